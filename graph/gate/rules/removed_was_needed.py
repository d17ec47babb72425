"""An element is removed on which others rested until now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from graph.analysis.changes import Change, ChangeKind
from graph.analysis.impact import State
from graph.analysis.judgement import judge
from graph.analysis.single_points import business_services
from graph.answer import count
from graph.gate.case import Case, Hit, Option

__all__ = ["LEVEL", "look"]

LEVEL = "warn"
_MOST_NAMED = 3


def look(case: Case, options: Mapping[str, Option]) -> Iterator[Hit]:  # noqa: ARG001 every rule is called so
    """Removed elements that nothing depends on any more, where something that stays did."""
    old, new = case.before.projection, case.after.projection
    services = set(business_services(old))
    for iri in case.removed:
        if iri in new.index:
            continue
        hit = judge(old, [Change(ChangeKind.RETIREMENT, old.index[iri])]).affected
        stay = [b.element for b in hit if b.upper >= State.DEGRADED and old.iris[b.element] in new.index]
        if stay:
            named = sorted(old.labels[v] for v in stay if v in services)
            more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
            among = f", among them {', '.join(named[:_MOST_NAMED])}{more}" if named else ""
            name = old.labels[old.index[iri]]
            message = f"{name} is removed; until now {count(len(stay), 'element')} rested on it{among}"
            yield Hit(message, iri, case.place(iri), "make sure that they do not need it any more")
