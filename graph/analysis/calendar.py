"""Which minutes of a period count, and what is planned to be down in them? The period cut into segments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import ceil, inf
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from graph.hours import WEEK, Period

__all__ = ["Planned", "Segment", "longest_wait", "minutes_within", "segments"]

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Planned:
    """When an element is out of service on purpose: every week, and once."""

    weeks: tuple[Bools, ...] = ()
    windows: tuple[tuple[datetime, datetime], ...] = ()


@dataclass(frozen=True, slots=True)
class Segment:
    """Minutes of the period in which the same elements are planned to be down."""

    minutes: float
    planned: frozenset[int]


def segments(
    period: Period, zone: ZoneInfo, *, hours: Bools | None = None, planned: Mapping[int, Planned] | None = None
) -> tuple[Segment, ...]:
    """Cut a period. Cost: its minutes times the elements planned.

    Args:
        period: what to cut; single windows count only where it lies in a calendar.
        zone: in which weekly hours are meant.
        hours: minutes of the week that count; all without them.
        planned: by element.
    """
    week = period.week_minutes(zone)
    counts = np.ones(len(week), np.bool_) if hours is None else hours[week]
    kinds = np.zeros(len(week), np.int64)
    sets: list[frozenset[int]] = [frozenset()]
    for element, plan in sorted((planned or {}).items()):
        down = _down(period, week, plan)
        if not (down & counts).any():
            continue
        kinds = kinds * 2 + down
        present, kinds = np.unique(kinds, return_inverse=True)
        sets = [sets[kind // 2] | ({element} if kind % 2 else frozenset()) for kind in present.tolist()]
    minutes = np.bincount(kinds[counts], minlength=len(sets)) * period.scale
    return tuple(Segment(float(n), planned) for n, planned in zip(minutes, sets, strict=True) if n)


def _down(period: Period, week: npt.NDArray[np.int32], plan: Planned) -> Bools:
    down = np.zeros(len(week), np.bool_)
    for hours in plan.weeks:
        down |= hours[week]
    for start, end in plan.windows if period.start else ():
        assert period.start is not None
        first, last = (int((moment - period.start).total_seconds() // 60) for moment in (start, end))
        down[max(0, first) : max(0, last)] = True
    return down


def minutes_within(period: Period, hours: tuple[tuple[Bools | None, ZoneInfo], ...]) -> float:
    """Minutes of the period that lie in all of the given hours, each in its own zone."""
    inside: Bools | None = None
    for mask, zone in hours:
        week = period.week_minutes(zone)
        here = np.ones(len(week), np.bool_) if mask is None else mask[week]
        inside = here if inside is None else inside & here
    return float(period.minutes) if inside is None else float(inside.sum()) * period.scale


def longest_wait(minutes: float, theirs: Bools | None, ours: Bools | None) -> float:
    """How many minutes of our hours pass at most while somebody works for so many minutes of theirs.

    Four working hours that begin on Friday at three end on Monday at eleven. Both are weeks of one zone.

    >>> from graph.hours import week_of
    >>> longest_wait(240, week_of("Mon-Fri 09:00-17:00"), None) / 60
    68.0
    >>> longest_wait(240, week_of("Mon-Fri 09:00-17:00"), week_of("Mon-Fri 08:00-20:00")) / 60
    8.0
    """
    if theirs is None or theirs.all():
        return minutes
    at = np.flatnonzero(theirs)
    if not at.size:
        return inf
    needed = ceil(minutes)
    weeks, left = divmod(np.arange(len(at)) + needed - 1, len(at))
    end = at[left] + weeks * WEEK
    passed = np.concatenate([[0], np.cumsum(np.ones(WEEK, np.int64) if ours is None else ours)])
    start = np.concatenate([[at[-1] - WEEK], at[:-1]]) + 1  # it fails when they have just gone

    def counted(moment: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        whole, rest = divmod(moment, WEEK)
        found: npt.NDArray[np.int64] = whole * passed[-1] + passed[rest]
        return found

    return float((counted(end + 1) - counted(start)).max())
