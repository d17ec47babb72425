"""When and beside what is a change made? The records of its time, what is so already, and all that is changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from graph.analysis.changes import Change, ChangeKind, Profile
from graph.analysis.unknowns import Doubts
from graph.analysis.windows import ALWAYS, FOREVER, Spans
from graph.assessment import Occasion
from graph.maps import Map
from graph.records import Plan, Records, seconds
from graph.standing import standing

__all__ = ["occasion"]


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
    already = [each for each in records.baseline if each.record != plan.record or each.what != "change"]
    found = standing(
        opened.projection,
        plan.changes,
        already if baseline is not False else (),
        profile=profile,
        doubts=doubts,
        depth=depth,
    )
    return Occasion(records, plan, found), list(plan.changes)
