"""A service that matters can now be taken down by one element alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from graph.gate.case import Case, Hit, Option

__all__ = ["LEVEL", "OPTIONS", "look"]

LEVEL = "fail"
OPTIONS: Mapping[str, Option] = {"criticality": ("critical", "high")}
_MOST_NAMED = 3


def look(case: Case, options: Mapping[str, Option]) -> Iterator[Hit]:
    """New single points of failure under services that were there before and are this critical."""
    wanted = options["criticality"]
    assert isinstance(wanted, tuple)
    taken: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for point in case.follows.new_points:
        if point.service in case.before.projection.index and case.criticality.get(point.service) in wanted:
            taken[point.iri, point.name].append(point.service_name)
    for (iri, name), services in taken.items():
        more = f" and {len(services) - _MOST_NAMED} more" if len(services) > _MOST_NAMED else ""
        message = f"if {name} fails, it alone takes down {', '.join(services[:_MOST_NAMED])}{more}"
        yield Hit(message, iri, case.place(iri), "give it an alternative, or agree on the risk")
