"""Does the map keep to its shapes and checks? Findings with file and line, from SHACL and from graph-wide queries."""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal

from graph.model import NOT_LISTED, Finding, InputError, Severity, Source, Where
from graph.ntriples import readable_id
from graph.shapes import Broken, broken, broken_by_pyshacl
from graph.store import ONTOLOGY, Reader, source_graph
from graph.store.folder import write_whole
from graph.store.held import program, words_digest
from graph.store.interface import Row
from graph.store.loaded import findings_text, read_findings
from graph.store.timely import Asking, Gathering, NotMadeError, asking, first_of
from ontology import terms as t
from ontology.constraints import ShapeError, read_shapes, shape_triples
from ontology.vocabulary import HOME, shape_files

__all__ = [
    "MOST_TOLD",
    "NOT_MADE",
    "Engine",
    "Places",
    "Twin",
    "checked",
    "in_order",
    "kept_checks",
    "run_checks",
    "run_shapes",
    "seconds_of_a_check",
]

MOST_TOLD = 1_000
Engine = Literal["checks", "pyshacl"]


class Places:
    """Where do the sources say something? Looks lines up, each source's table once."""

    def __init__(self, store: Reader) -> None:
        self._store = store
        self._tables = [(source, store.lines(source.id)) for source in store.sources]

    def of(self, iri: str) -> Where | None:
        """The first place that says something about the thing.

        For a part of an element that is the element's place; for a stub the first dependency on it, or else the first
        that names it.
        """
        for name in (iri, iri.partition("/dependency/")[0].partition("/group/")[0]):
            for source, lines in self._tables:
                if name in lines:
                    return Where(source.path, lines[name])
        return self._first_that_names(iri, t.PROVIDER) or self._file_of(iri) or self._first_that_names(iri)

    def line(self, source_id: str, subject: str, predicate: str) -> int:
        """The line on which a source says a property of a thing, or else begins with the thing; 0 when not known."""
        for source, lines in self._tables:
            if source.id == source_id:
                return lines.get(f"{subject} {predicate}") or lines.get(subject, 0)
        return 0

    def _file_of(self, iri: str) -> Where | None:
        """The file of a thing, where it has no line."""
        if ":" not in iri or not self._without_lines:
            return None
        graphs = {graph for _, _, graph in self._store.about(iri)}
        return next((Where(source.path) for graph, source in self._without_lines.items() if graph in graphs), None)

    @cached_property
    def _without_lines(self) -> dict[str, Source]:
        """The files whose lines are not known, by their graphs."""
        files = [source for source, lines in self._tables if source.importer and not lines]
        return {source_graph(source.id): source for source in files}

    def _first_that_names(self, iri: str, by: str = "") -> Where | None:
        if ":" not in iri:
            return None
        pointing = {(subject, named) for subject, named, _ in self._store.pointing_at(iri) if by in ("", named)}
        for source, lines in self._tables:
            places = (lines.get(f"{subject} {named}") or lines.get(subject) for subject, named in pointing)
            found = [line for line in places if line]
            if found:
                return Where(source.path, min(found))
        return None


Twin = Callable[[str], Iterable[Row] | None]
"""What answers a check from the service graph: its text -> its rows, None where it has to be asked."""


def run_checks(store: Reader, *, twin: Twin = lambda _: None) -> tuple[Finding, ...]:
    """Run every check of ``ontology/checks`` once over the whole map.

    At most ``MOST_TOLD`` findings of each check are told; one more says how many there are beside them. A check that
    takes longer than ``seconds_of_a_check`` is stopped, and a finding says that it was not made.
    """
    places, found = Places(store), list[Finding]()
    with asking(store, seconds_of_a_check()) as ask:
        for file in sorted(HOME.glob("checks/*.rq")):
            found += checked(ask, file, places, twin=twin)
    return in_order(found)


def seconds_of_a_check(environment: Mapping[str, str] = os.environ) -> float:
    """How long a check may take, as ``SERVICEMAP_CHECK_SECONDS`` says it; else ten minutes.

    Raises InputError when that is no number above 0.

    >>> seconds_of_a_check({}), seconds_of_a_check({"SERVICEMAP_CHECK_SECONDS": "90"})
    (600.0, 90.0)
    """
    said = environment.get("SERVICEMAP_CHECK_SECONDS") or "600"
    with suppress(ValueError):
        if 0 < (seconds := float(said)) <= _LONGEST:
            return seconds
    raise InputError.of(
        f"SERVICEMAP_CHECK_SECONDS is '{said[:40]}', which is no number of seconds above 0, {_LONGEST} at most",
        remedy="write a number such as 600, or nothing",
    )


_LONGEST = 1_000_000


def kept_checks(
    store: Reader, file: Path, *, asked: Reader | None = None, twin: Twin = lambda _: None
) -> tuple[Finding, ...]:
    """As ``run_checks``, for a revision that stays as it is: the first to ask keeps the answer in a file beside it.

    A file that cannot be read or written, or that other checks made, or with another time for each, costs time and
    nothing else. ``asked`` is where the same map is asked, if elsewhere.
    """
    state = hashlib.sha256(f"{words_digest()} {program()} {store.revision} {seconds_of_a_check()}".encode())
    for check in sorted(HOME.glob("checks/*.rq")):
        state.update(check.read_bytes())
    with suppress(OSError, ValueError, TypeError):
        key, _, told = file.read_text(encoding="utf-8").partition("\n")
        if key == state.hexdigest():
            return read_findings(told)
    found = run_checks(asked or store, twin=twin)
    with suppress(OSError):
        write_whole(file, f"{state.hexdigest()}\n{findings_text(found)}")
    return found


def checked(
    ask: Asking, file: Path, places: Places, *, asked: str = "", twin: Twin = lambda _: None
) -> Iterator[Finding]:
    """What one check finds; ``asked`` is its query where less than all of it is asked."""
    text = file.read_text(encoding="utf-8")
    head = dict(line[1:].strip().split(":", 1) for line in text.splitlines() if line.startswith("#") and ":" in line)
    severity = Severity(head.get("severity", "warning").strip())
    title, remedy = head.get("title", file.stem).strip(), head.get("remedy", "").strip()
    try:
        rows = twin(asked or text)
        first = ask(asked or text, MOST_TOLD) if rows is None else first_of(rows, MOST_TOLD, seconds_of_a_check())
    except NotMadeError as why:
        yield _not_made(severity, file.stem, title, str(why))
        return
    for subject_iri, words in first.told:
        yield Finding(severity, file.stem, subject_iri, places.of(subject_iri), words or title, remedy)
    if first.rest:
        yield _and_more(severity, file.stem, title, first.rest, remedy)


def _not_made(severity: Severity, check: str, title: str, why: str) -> Finding:
    """That a check did not end. What it would have found is not known, so an error may be among it."""
    severity = Severity.ERROR if severity is Severity.ERROR else Severity.WARNING
    remedy = "give each check more time: SERVICEMAP_CHECK_SECONDS"
    return Finding(severity, check, "", None, f"{NOT_MADE}: {why} ({title})", remedy)


NOT_MADE = "this check was not made"
"""How the finding begins that stands for a check that was stopped."""


def run_shapes(store: Reader, files: Sequence[Path] = (), *, engine: Engine = "checks") -> tuple[Finding, ...]:
    """Hold the map against the SHACL shapes.

    The shapes become queries and checks that cost a pass over the statements they are about, on a map of any size.
    pySHACL says the same and takes some ms a thing; it can be asked, to compare. At most ``MOST_TOLD`` findings of
    each shape, or property of it, are told; one more says how many there are beside them.

    Args:
        store: the map.
        files: more shapes, in Turtle, beside those that are shipped.
        engine: "checks", or "pyshacl".

    Raises InputError when a file cannot be read, or a shape asks for more than SHACL core.
    """
    try:
        triples = shape_triples((*shape_files(), *files))
        shapes = read_shapes(triples)
    except ShapeError as error:
        raise InputError.of(str(error), remedy="correct the shape, or take it out", check="shapes") from error
    if engine == "pyshacl":
        results = broken_by_pyshacl(store, triples, shapes)
    else:
        results = broken(store, shapes, excused=t.IS_STUB)
    return _Telling(store).told(results)


class _Telling:
    """Turns results into findings: one for each thing and message."""

    def __init__(self, store: Reader) -> None:
        self._store = store
        self._first: dict[tuple[Severity, str], Gathering] = defaultdict(lambda: Gathering(MOST_TOLD))
        self._label = lru_cache(maxsize=1_024)(self._read_label)
        self._is_stub = lru_cache(maxsize=4_096)(self._read_is_stub)

    def told(self, results: Iterable[Broken]) -> tuple[Finding, ...]:
        for result in results:
            # what nobody defines has no kind yet; the check for stubs lists it
            if result.value is None or result.value.kind != "uri" or not self._is_stub(result.value.text):
                severity = _SEVERITIES.get(result.shape.severity, Severity.ERROR)
                self._first[severity, self._words(result)].add(result.focus.text, "")
        return in_order(self._findings())

    def _words(self, result: Broken) -> str:
        label = self._label(result.path) if result.path else ""
        message = result.shape.message or _PLAIN.get(result.component, "a demand of the shape is not met")
        return f"{label}: {message}" if label else message

    def _findings(self) -> Iterator[Finding]:
        places = Places(self._store)
        for (severity, words), gathered in self._first.items():
            first = gathered.first()
            for focus, _ in first.told:
                about = readable_id(focus.partition("/dependency/")[0].partition("/group/")[0])
                yield Finding(severity, "shape", focus, places.of(focus), f"{about}: {words}")
            if first.rest:
                yield _and_more(severity, "shape", words, first.rest)

    def _read_label(self, iri: str) -> str:
        """What the ontology calls a property; "" where it is not ours."""
        labels = [v.text for p, v, graph in self._store.about(iri) if p == t.RDFS_LABEL and graph == ONTOLOGY]
        return min(labels, default="")

    def _read_is_stub(self, iri: str) -> bool:
        return any(p == t.IS_STUB and value.text == "true" for p, value, _ in self._store.about(iri))


_SEVERITIES = {t.SH_VIOLATION: Severity.ERROR, t.SH_WARNING: Severity.WARNING, t.SH_INFO: Severity.NOTE}
_PLAIN = {
    f"{component}ConstraintComponent": words
    for component, words in {
        "MinCount": "there are too few values",
        "MaxCount": "there are too many values",
        "Class": "a value is not of the right class",
        "Datatype": "a value is not of the right type",
        "NodeKind": "a value is not of the right kind",
        "In": "a value is not in the list",
        "HasValue": "a value is missing",
        "Pattern": "a value does not have the right form",
        "MinLength": "a value is too short",
        "MaxLength": "a value is too long",
        "MinInclusive": "a value is too low",
        "MinExclusive": "a value is too low",
        "MaxInclusive": "a value is too high",
        "MaxExclusive": "a value is too high",
        "LanguageIn": "a text is in none of the languages",
        "UniqueLang": "two texts are in one language",
        "Closed": "the property is not allowed here",
    }.items()
}


def _and_more(severity: Severity, check: str, words: str, number: int, remedy: str = "") -> Finding:
    return Finding(severity, check, "", None, f"{words} ({number:,} {NOT_LISTED})", remedy)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Errors first, then by check and place."""
    return tuple(sorted(findings, key=_order))


def _order(finding: Finding) -> tuple[int, str, bool, str, int, str]:
    where = finding.where or Where("")
    nowhere = not finding.subject  # it sums up the ones before
    return list(Severity).index(finding.severity), finding.check, nowhere, where.path, where.line, finding.message
