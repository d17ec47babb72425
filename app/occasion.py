"""When and beside what is a change made? The records of its time, what is so already, and all that is changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from graph.analysis.changes import Change, ChangeKind, Profile
from graph.analysis.judgement import Judgement
from graph.analysis.unknowns import Doubts
from graph.analysis.windows import ALWAYS, FOREVER, Spans
from graph.assessment import Occasion, Without
from graph.maps import Map
from graph.projection import Projection
from graph.records import Plan, Records, seconds
from graph.standing import standing
from graph.whatif import doubts_before, judged_before

__all__ = ["occasion", "without_edit"]


def occasion(
    opened: Map,
    changes: list[Change],
    *,
    record: str | None = None,
    kind: str | None = None,
    spans: Spans | None = None,
    profile: Profile = Profile.REQUIRED,
    baseline: bool | None = None,
    doubts: Doubts | None = None,
    depth: int | None = None,
) -> tuple[Occasion, list[Change]]:
    """The occasion of changes, or of a change record, and the changes with what the record says.

    Raises InputError where there is no such record, or where it says something that cannot be.
    """
    now = seconds(datetime.now(UTC))
    plan = Records(opened.store, opened.projection, now).change(record) if record else None
    if plan is not None:
        said = [replace(c, windows=spans or c.windows, surely=None if spans else c.surely) for c in plan.changes]
        said = [replace(change, kind=ChangeKind(kind)) for change in said] if kind else said
        plan = replace(plan, changes=(*said, *(replace(c, windows=plan.window) for c in changes)))
    else:
        names = ", ".join(opened.projection.labels[change.element] for change in changes)
        plan = Plan("change", changes[0].element, names, -FOREVER, FOREVER, tuple(changes))
    window = plan.window or ALWAYS
    plan = replace(plan, start=window[0][0], end=window[-1][1])
    at = plan.start if plan.start > -FOREVER else now
    records = Records(opened.store, opened.projection, at, plan.end)
    found = standing(
        opened.projection,
        plan.changes,
        _already(records, plan) if baseline is not False else (),
        profile=profile,
        doubts=doubts,
        depth=depth,
    )
    return Occasion(records, plan, found), list(plan.changes)


def _already(records: Records, plan: Plan) -> list[Plan]:
    """What is not well already, but for the change itself where it is under way."""
    return [each for each in records.baseline if each.record != plan.record or each.what != "change"]


def without_edit(
    before: Map, after: Projection, result: Judgement, found: Occasion | None, *, baseline: bool | None = None
) -> Without | None:
    """The same changes, on the same occasion, on the map before an edit; None where it had not what is changed.

    Cost: one more judgement, or three and the records where there is an occasion.

    Args:
        before: the map before the edit.
        after: the service graph after it.
        result: what the changes do there.
        found: the occasion there; None where no time and no record is given.
        baseline: False where what is not well already is left out.
    """
    p = before.projection
    if found is None:
        judged = judged_before(p, after, result)
        return None if judged is None else Without(before, judged, None)
    plan = _moved(found.plan, p, after)
    if plan is None:
        return None
    records = Records(before.store, p, found.records.at, found.records.until)
    judged_too = standing(
        p,
        plan.changes,
        _already(records, plan) if baseline is not False else (),
        profile=result.profile,
        doubts=doubts_before(p, after, result.doubts),
        depth=result.depth,
    )
    return Without(before, judged_too.full, Occasion(records, plan, judged_too))


def _moved(plan: Plan, p: Projection, after: Projection) -> Plan | None:
    """A plan by the numbers of another map; None where that has not all that is changed."""
    places = {v: p.index.get(after.iris[v], -1) for v in (plan.record, *plan.elements)}
    if any(places[element] < 0 for element in plan.elements):
        return None

    def known(party: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(p.index[iri] for v in party if (iri := after.iris[v]) in p.index)

    return replace(
        plan,
        record=places[plan.record],
        changes=tuple(replace(change, element=places[change.element]) for change in plan.changes),
        by=known(plan.by),
        approvers=known(plan.approvers),
        needs=known(plan.needs),
    )
