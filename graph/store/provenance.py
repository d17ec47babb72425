"""Where does what the store holds come from? Sources, revisions and rules in the words of PROV, for the meta graph."""

from __future__ import annotations

from urllib.parse import quote

from graph.ntriples import Writer
from graph.store.interface import DERIVED, GRAPH, source_graph
from graph.store.loaded import Held, Loaded, Revision, Told
from ontology import terms as t

__all__ = ["provenance"]


def provenance(loaded: Loaded) -> bytes:
    """All of it as N-Triples. Cost: a dozen statements for each source and for each change that is remembered."""
    writer = Writer()
    for held in loaded.held:
        _source(writer, held)
    before = ""
    for revision in loaded.history:
        before = _revision(writer, revision, before)
    if before:
        for ruled in loaded.ruled:
            run = f"{GRAPH}rule/{quote(ruled.name)}"
            writer.type(run, t.RULE_RUN)
            writer.text(run, t.RDFS_LABEL, ruled.title)
            writer.text(run, t.NAME, ruled.name)
            writer.text(run, t.DIGEST, ruled.digest)
            writer.number(run, t.STATEMENT_COUNT, ruled.statements)
            writer.iri(run, t.PROV_GENERATED, DERIVED)
            writer.iri(run, t.PROV_WAS_INFORMED_BY, _load(loaded.history[-1]))
    return writer.result()


def _source(writer: Writer, held: Held) -> None:
    source, graph = held.source, source_graph(held.source.id)
    writer.type(graph, t.SOURCE)
    writer.text(graph, t.RDFS_LABEL, source.id)
    writer.text(graph, t.PATH, source.path)
    writer.text(graph, t.IMPORTED_BY, source.importer)
    writer.text(graph, t.DIGEST, source.digest)
    writer.text(graph, t.NAMESPACE, source.namespace)
    if source.commit:
        writer.text(graph, t.COMMIT, source.commit)
    if source.loaded_at:
        writer.text(graph, t.LOADED_AT, source.loaded_at, t.XSD_DATE_TIME)
    if held.digest:
        writer.number(graph, t.STATEMENT_COUNT, held.statements)
    for term, number in zip((t.ERROR_COUNT, t.WARNING_COUNT, t.NOTE_COUNT), held.counts, strict=True):
        writer.number(graph, term, number)
    if held.stale_since:
        writer.text(graph, t.STALE_SINCE, held.stale_since, t.XSD_DATE_TIME)
        for problem in held.problems:
            writer.text(graph, t.STALE_BECAUSE, problem)


def _revision(writer: Writer, revision: Revision, before: str) -> str:
    iri, load = f"{GRAPH}revision/{revision.number}", _load(revision)
    writer.type(iri, t.REVISION)
    writer.text(iri, t.RDFS_LABEL, f"revision {revision.number}")
    writer.number(iri, t.REVISION_NUMBER, revision.number)
    writer.text(iri, t.CONTENT_NAME, revision.revision)
    writer.text(iri, t.PROV_GENERATED_AT_TIME, revision.at, t.XSD_DATE_TIME)
    writer.iri(iri, t.PROV_WAS_GENERATED_BY, load)
    if before:
        writer.iri(iri, t.PROV_WAS_REVISION_OF, before)
    writer.type(load, t.LOAD)
    writer.text(load, t.RDFS_LABEL, f"load {revision.number}")
    writer.text(load, t.PROV_ENDED_AT_TIME, revision.at, t.XSD_DATE_TIME)
    writer.text(load, t.MADE_WITH, revision.program)
    for told in revision.changes:
        _told(writer, iri, load, told)
    return iri


def _load(revision: Revision) -> str:
    return f"{GRAPH}load/{revision.number}"


def _told(writer: Writer, revision: str, load: str, told: Told) -> None:
    version = f"{revision}/{quote(told.id, safe='/-._~')}"
    writer.type(version, t.SOURCE_VERSION)
    writer.iri(version, t.PROV_SPECIALIZATION_OF, source_graph(told.id))
    writer.text(version, t.WHAT_CHANGED, told.change)
    for term, value in (
        (t.PATH, told.path),
        (t.IMPORTED_BY, told.importer),
        (t.DIGEST, told.digest),
        (t.COMMIT, told.commit),
    ):
        if value:
            writer.text(version, term, value)
    numbers = (told.errors, told.warnings, told.notes)
    for term, number in zip((t.ERROR_COUNT, t.WARNING_COUNT, t.NOTE_COUNT), numbers, strict=True):
        writer.number(version, term, number)
    writer.iri(load, t.PROV_USED, version)
