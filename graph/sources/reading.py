"""What did a reading find, and is all defined that map files point at?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field, replace

from graph.model import Finding, InputError, Severity, Source, Statements, Where
from graph.ntriples import readable_id
from graph.similar import Proposals

__all__ = ["Kept", "Reading", "with_open_ends", "without_open_ends"]

_MOST_REFERENCES = 200


@dataclass(frozen=True, slots=True)
class Kept:
    """What a store holds of a source and the next reading asks for.

    ``recipe`` is what the last reading depended on ("" when it has to be read in any case), ``lines`` gives the lines,
    ``mentions`` what it points at outside of itself, when that must be defined, ``place`` the full path of its file.
    """

    source: Source
    recipe: str
    lines: Callable[[], Mapping[str, int]]
    mentions: Mapping[str, int]
    place: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reading found.

    ``read``       what was read, also files that nothing recognised
    ``unchanged``  what the store holds already as it would be read
    ``failed``     id of a source that the store holds and that cannot be used now -> why
    ``kept``       what the store holds of these
    """

    read: tuple[Statements, ...]
    unchanged: tuple[Source, ...] = ()
    failed: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict)
    kept: Mapping[str, Kept] = field(default_factory=dict)

    @property
    def replaced(self) -> set[str]:
        """Ids of the sources that were read anew and understood."""
        return {s.source.id for s in self.read if s.source.importer}

    @property
    def seen(self) -> set[str]:
        """Ids of all sources that are there, read or not."""
        return self.replaced | {source.id for source in self.unchanged} | set(self.failed)


def without_open_ends(reading: Reading, known: Callable[[Set[str]], Iterable[str]] = lambda _: ()) -> Reading:
    """The same, where what map files point at is defined; a file that points at nothing has failed.

    Args:
        reading: what was read.
        known: IRIs that a store goes on to define when the sources with these ids are replaced; asked only when a
            reference is open.

    Raises:
        InputError: a file points at nothing, and no store holds it from an earlier time.
    """
    while True:
        found = _open_references(reading, known)
        new = {source_id: problems for source_id, problems in found.items() if source_id not in reading.failed}
        fatal = [
            problem for source_id, problems in new.items() if source_id not in reading.kept for problem in problems
        ]
        if fatal:
            raise InputError(*fatal)
        if not new:
            return reading
        reading = replace(
            reading,
            read=tuple(s for s in reading.read if s.source.id not in new),
            unchanged=tuple(source for source in reading.unchanged if source.id not in new),
            failed={**reading.failed, **new},
        )


def with_open_ends(reading: Reading) -> list[Statements]:
    """What was read; what map files point at and nobody defines is told with them."""
    found = _open_references(reading, lambda _: ())
    return [replace(s, findings=(*s.findings, *found.get(s.source.id, ()))) for s in reading.read]


def _open_references(reading: Reading, known: Callable[[Set[str]], Iterable[str]]) -> dict[str, tuple[Finding, ...]]:
    """What map files point at and nobody defines; the first of each file, and how many more there are."""
    mentions = {s.source: s.mentions for s in reading.read if s.closed}
    mentions |= {source: reading.kept[source.id].mentions for source in reading.unchanged}
    defined = [s.defines for s in reading.read]
    if all(any(iri in each for each in defined) for said in mentions.values() for iri in said):
        return {}
    everything = frozenset[str]().union(*defined, known(reading.replaced))
    names = [readable_id(iri) for iri in everything]
    short = [name.partition("/")[2] for name in names]
    proposals = Proposals()
    found: dict[str, tuple[Finding, ...]] = {}
    for source in sorted(mentions, key=lambda source: source.path):
        path, own = source.path, source.namespace
        open_ = sorted((line, iri) for iri, line in mentions[source].items() if iri not in everything)
        findings = []
        for line, iri in open_[:_MOST_REFERENCES]:
            space, _, identifier = readable_id(iri).partition("/")
            said = identifier if space == own else f"{space}/{identifier}"
            near = proposals.near(said, short if space == own else names)
            remedy = f"add it or correct the name ({near})" if near else "add it or correct the name"
            where = Where(path, line)
            findings.append(
                Finding(Severity.ERROR, "unknown-reference", iri, where, f"'{said}' is not defined", remedy)
            )
        if len(open_) > _MOST_REFERENCES:
            message = f"{len(open_) - _MOST_REFERENCES:,} more references are not defined"
            findings.append(
                Finding(Severity.ERROR, "unknown-reference", "", Where(path), message, "mend the first ones")
            )
        if findings:
            found[source.id] = tuple(findings)
    return found
