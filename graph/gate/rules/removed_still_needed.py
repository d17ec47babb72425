"""An element is removed, and something still depends on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from graph.gate.case import Case, Hit, Option
from graph.projection import Projection

__all__ = ["LEVEL", "look"]

LEVEL = "fail"
_MOST_NAMED = 3


def look(case: Case, options: Mapping[str, Option]) -> Iterator[Hit]:  # noqa: ARG001 every rule is called so
    """Removed elements that are still pointed at."""
    old, new = case.before.projection, case.after.projection
    for iri in case.removed:
        if iri in new.index:
            names = _dependents(new, new.index[iri])
            more = f" and {len(names) - _MOST_NAMED:,} more" if len(names) > _MOST_NAMED else ""
            who = f"{', '.join(names[:_MOST_NAMED])}{more}" or "others"
            verb = "depends" if len(names) == 1 else "depend"
            remedy = "keep it, or remove the dependencies on it"
            message = f"{old.labels[old.index[iri]]} is removed, and {who} still {verb} on it"
            yield Hit(message, iri, case.place(iri), remedy)


def _dependents(projection: Projection, vertex: int) -> list[str]:
    """The names of what depends on an element, be it as one of several."""
    dependent, provider, _ = projection.direct
    return sorted({projection.labels[user] for user in dependent[provider == vertex].tolist()}, key=str.casefold)
