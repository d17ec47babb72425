"""Does the map keep to its shapes and checks? Findings with file and line, from SHACL and from graph-wide queries."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from graph.model import Finding, Severity, Where
from graph.ntriples import readable_id
from graph.store import DERIVED, ONTOLOGY, Reader, source_graph
from ontology import terms as t
from ontology.vocabulary import HOME, shape_files

__all__ = ["MOST_SHAPED", "Places", "run_checks", "run_shapes"]

MOST_SHAPED = 2_000


class Places:
    """Where do the sources say something? Looks lines up, each source's table once."""

    def __init__(self, store: Reader) -> None:
        self._tables = [(source, store.lines(source.id)) for source in store.sources]

    def of(self, iri: str) -> Where | None:
        """The first place that says something about the thing.

        For a part of an element that is the element's place; for a stub the first dependency on it.
        """
        for name in (iri, iri.partition("/dependency/")[0].partition("/group/")[0]):
            for source, lines in self._tables:
                if name in lines:
                    return Where(source.path, lines[name])
        return self._pointing.get("/".join(iri.rsplit("/", 2)[1:]))

    def line(self, source_id: str, subject: str, predicate: str) -> int:
        """The line on which a source says a property of a thing, or else begins with the thing; 0 when not known."""
        for source, lines in self._tables:
            if source.id == source_id:
                return lines.get(f"{subject} {predicate}") or lines.get(subject, 0)
        return 0

    @cached_property
    def _pointing(self) -> dict[str, Where]:
        """Namespace and id of each provider -> the first dependency on it."""
        found: dict[str, Where] = {}
        for source, lines in self._tables:
            for name, line in lines.items():
                if " " in name:
                    continue
                _, is_dependency, rest = name.partition("/dependency/")
                if is_dependency:
                    provider = "/".join(rest.split("/")[1:3])
                    found.setdefault(provider, Where(source.path, line))
        return found


def run_checks(store: Reader) -> tuple[Finding, ...]:
    """Run every check of ``ontology/checks`` once over the whole map."""
    places = Places(store)
    found = [finding for file in sorted(HOME.glob("checks/*.rq")) for finding in _check(store, file, places)]
    return tuple(sorted(found, key=_order))


def _check(store: Reader, file: Path, places: Places) -> Iterator[Finding]:
    text = file.read_text(encoding="utf-8")
    head = dict(line[1:].strip().split(":", 1) for line in text.splitlines() if line.startswith("#") and ":" in line)
    severity = Severity(head.get("severity", "warning").strip())
    table = store.select(text)
    for row in table.rows:
        cells = dict(zip(table.columns, row, strict=True))
        subject, message = cells.get("subject"), cells.get("message")
        if subject is not None:
            words = message.text if message is not None else head.get("title", file.stem).strip()
            yield Finding(
                severity, file.stem, subject.text, places.of(subject.text), words, head.get("remedy", "").strip()
            )


def run_shapes(store: Reader) -> tuple[Finding, ...]:
    """Hold the map against the SHACL shapes, by pySHACL: for ordinary maps, as it takes some ms a thing.

    On a larger map the shapes are left out, and a note says so; the checks run on maps of any size.
    """
    focus = {s for s, cls in store.pairs(t.RDF_TYPE) if cls in (t.DEPENDENCY, t.DEPENDENCY_GROUP)}
    focus |= {s for s, _ in store.pairs(t.DCTERMS_IDENTIFIER)}
    if len(focus) > MOST_SHAPED:
        message = f"{len(focus):,} elements and dependencies are too many for the shapes; only the checks ran"
        remedy = f"validate the files in parts of at most {MOST_SHAPED:,}"
        return (Finding(Severity.NOTE, "shapes-left-out", "", None, message, remedy),)
    import pyshacl
    import rdflib

    data, shapes, words = rdflib.Graph(), rdflib.Graph(), rdflib.Graph()
    for graph in [*(source_graph(source.id) for source in store.sources), DERIVED]:
        data.parse(data=store.triples(graph), format="nt")
    words.parse(data=store.triples(ONTOLOGY), format="nt")
    for file in shape_files():
        shapes.parse(file, format="turtle")
    if not len(data):
        return ()
    _, report, _ = pyshacl.validate(
        data + words, shacl_graph=shapes, inference="none", advanced=False, meta_shacl=False
    )
    assert isinstance(report, rdflib.Graph)
    places = Places(store)
    sh = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    severities = {str(sh.Warning): Severity.WARNING, str(sh.Info): Severity.NOTE}
    stubs = {subject for subject, value in store.pairs(t.IS_STUB) if value == "true"}
    found = []
    for result in report.subjects(rdflib.RDF.type, sh.ValidationResult):
        if str(report.value(result, sh.value)) in stubs:
            continue  # what nobody defines has no kind yet; the check for stubs lists it
        subject, path = str(report.value(result, sh.focusNode)), report.value(result, sh.resultPath)
        label = words.value(path, rdflib.RDFS.label) if path is not None else None
        message = " ".join(str(report.value(result, sh.resultMessage) or "breaks a rule").split())
        about = readable_id(subject.partition("/dependency/")[0].partition("/group/")[0])
        words_ = f"{about}: {label}: {message}" if label else f"{about}: {message}"
        severity = severities.get(str(report.value(result, sh.resultSeverity)), Severity.ERROR)
        found.append(Finding(severity, "shape", subject, places.of(subject), words_))
    return tuple(sorted(set(found), key=_order))


def _order(finding: Finding) -> tuple[int, str, str, int, str]:
    where = finding.where or Where("")
    return list(Severity).index(finding.severity), finding.check, where.path, where.line, finding.message
