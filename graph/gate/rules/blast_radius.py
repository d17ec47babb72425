"""The change reaches many business services."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from graph.gate.case import Case, Hit, Option

__all__ = ["LEVEL", "OPTIONS", "look"]

LEVEL = "warn"
OPTIONS: Mapping[str, Option] = {"above": 5}
_MOST_NAMED = 5


def look(case: Case, options: Mapping[str, Option]) -> Iterator[Hit]:
    """More business services than ``above`` are hit by the plans, or rest on what is changed."""
    above, p = options["above"], case.after.projection
    assert isinstance(above, int)
    found = {bracket.element for judged in (case.harm, case.reach) for bracket in case.hit_services(judged)}
    if len(found) > above:
        names = sorted((p.labels[v] for v in found), key=str.casefold)
        more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
        message = f"{len(names)} business services rest on what is changed: {', '.join(names[:_MOST_NAMED])}{more}"
        yield Hit(message, "blast radius", None, f"split the change, or agree on it; the limit is {above}")
