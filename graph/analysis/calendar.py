"""Which minutes of a period count, and what is planned to be down in them? The period cut into segments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from graph.hours import Period

__all__ = ["Planned", "Segment", "minutes_within", "segments"]

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
