"""What hangs on the corner of an element? Findings, promises in doubt, changes that come up, and what is broken now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.words import zone_words
from graph.catalogue import Entry
from graph.model import Finding, Severity
from graph.projection import Projection
from graph.records import Plan, Records
from graph.store import Reader

__all__ = ["SOON_DAYS", "WORDS", "Badge", "Kind", "badges"]

Kind = Literal["broken", "promise", "change", "finding"]

SOON_DAYS = 14
"""Changes that begin within so many days count as coming up."""
WORDS: dict[Kind, str] = {
    "broken": "broken now",
    "promise": "promise in doubt",
    "change": f"change within {SOON_DAYS} days",
    "finding": "finding",
}
_AT_RISK = ("not expected to hold", "not guaranteed", "weaker beneath")
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Badge:
    """A mark on an element, with what it stands for in words."""

    kind: Kind
    words: str


def badges(
    store: Reader,
    projection: Projection,
    at: int,
    *,
    services: Iterable[Entry],
    findings: Mapping[str, Sequence[Finding]],
) -> dict[int, tuple[Badge, ...]]:
    """The badges of every element that has some, the gravest first.

    Args:
        store: what the sources say.
        projection: the map.
        at: seconds since 1970.
        services: the catalogue, with the verdicts on what is promised.
        findings: what was found, by the IRI that it is about.
    """
    found: dict[int, list[Badge]] = {}
    told = (*_of_records(store, projection, at), *_of_promises(services), *_of_findings(projection, findings))
    for element, badge in told:
        found.setdefault(element, []).append(badge)
    return {element: tuple(dict.fromkeys(each)) for element, each in found.items()}


def _of_records(store: Reader, projection: Projection, at: int) -> Iterator[tuple[int, Badge]]:
    records = Records(store, projection, at, at + SOON_DAYS * _DAY)
    yield from _plans("broken", (*records.incidents, *records.reported))
    yield from _plans("change", records.changes)


def _plans(kind: Kind, plans: Iterable[Plan]) -> Iterator[tuple[int, Badge]]:
    for plan in plans:
        start = datetime.fromtimestamp(plan.start, plan.zone) if kind == "change" else None
        when = f", {start:%Y-%m-%d %H:%M} {zone_words(start)}" if start else ""
        for element in plan.elements:
            yield element, Badge(kind, f"{plan.name}{when}")


def _of_promises(services: Iterable[Entry]) -> Iterator[tuple[int, Badge]]:
    for entry in services:
        if entry.check is not None and entry.check.verdict in _AT_RISK:
            yield entry.element, Badge("promise", f"Promise {entry.check.verdict}")


def _of_findings(projection: Projection, findings: Mapping[str, Sequence[Finding]]) -> Iterator[tuple[int, Badge]]:
    index = projection.index
    for iri, found in findings.items():
        told = [finding for finding in found if finding.severity is not Severity.NOTE]
        if told and iri in index:
            more = f", and {len(told) - 1} more" if len(told) > 1 else ""
            yield index[iri], Badge("finding", f"{told[0].message[:1].upper()}{told[0].message[1:]}{more}")
