"""Which elements does somebody mean who types a few letters? Ranked, tolerant of typing errors."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from graph.projection import Projection

__all__ = ["Hit", "search"]

_FUZZY = 20_000


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """A found element; ``rank`` 0 is best: exact, then a beginning, a word's beginning, inside, similar."""

    rank: int
    users: int
    label: str
    element: int


def search(projection: Projection, text: str, *, limit: int = 20) -> tuple[Hit, ...]:
    """Elements whose name or id fits the text, best first; among equals the most used first.

    Similar spellings are tried only where nothing contains the text.
    """
    wanted = " ".join(text.casefold().split())
    if not wanted:
        return ()
    start, _ = projection.used_by
    hits = []
    for number, (label, identifier) in enumerate(zip(projection.labels, projection.ids, strict=True)):
        rank = _rank(wanted, label.casefold(), identifier.casefold())
        if rank is not None:
            hits.append(Hit(rank, -int(start[number + 1] - start[number]), label, number))
    return tuple(sorted(hits)[:limit]) if hits else _similar(projection, wanted, limit)


def _rank(wanted: str, label: str, identifier: str) -> int | None:
    short = identifier.partition("/")[2]
    if wanted in (label, identifier, short):
        return 0
    if label.startswith(wanted) or short.startswith(wanted):
        return 1
    if wanted in label or wanted in identifier:
        words = label.replace("-", " ").replace("_", " ").replace("/", " ")
        return 2 if f" {wanted}" in words else 3
    parts = wanted.split()
    return 4 if len(parts) > 1 and all(part in label or part in identifier for part in parts) else None


def _similar(projection: Projection, wanted: str, limit: int) -> tuple[Hit, ...]:
    known: dict[str, int] = {}
    for number, label in enumerate(projection.labels[:_FUZZY]):
        known.setdefault(label.casefold(), number)
        known.setdefault(projection.ids[number].partition("/")[2].casefold(), number)
    near = difflib.get_close_matches(wanted[:100], known, n=limit, cutoff=0.7)
    found = dict.fromkeys(known[name] for name in near)
    return tuple(Hit(5, position, projection.labels[number], number) for position, number in enumerate(found))
