"""Which minutes of a week, and of a period of the calendar, do words such as "Mon-Fri 08:00-18:00" mean?

A week is an array of 10,080 truth values, from Monday 00:00 on, in local time. A period is an array that says for each
of its minutes which minute of the week it is: an hour that the clock skips in spring is not in it, one that it repeats
in autumn is in it twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import numpy.typing as npt

from graph.model import InputError

__all__ = ["ALWAYS", "NOMINAL_DAYS", "WEEK", "Period", "period", "week_of", "zone_of"]

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int32]

DAY, WEEK = 1440, 10_080
ALWAYS: Bools = np.ones(WEEK, np.bool_)
NOMINAL_DAYS = {
    "day": 1,
    "week": 7,
    "month": 30,
    "quarter": 90,
    "year": 365,
    "rolling 7 days": 7,
    "rolling 28 days": 28,
    "rolling 30 days": 30,
}

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ALWAYS = re.compile(r"24 ?[x×*/] ?7|always|all day, every day")
_DAY = r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*"
_TOKEN = re.compile(
    rf"(?P<from>{_DAY}) ?(?:-|to) ?(?P<to>{_DAY})|(?P<day>{_DAY})|(?P<daily>daily|every day)"
    r"|(?P<start>\d{1,2}:\d{2}) ?(?:-|to) ?(?P<end>\d{1,2}:\d{2})"
)
_BETWEEN = re.compile(r"[ ,;]*(?:and)?[ ,;]*")


@lru_cache(maxsize=1024)
def week_of(text: str) -> Bools | None:
    """The minutes of a week that a text about hours means; None where it is not understood.

    Understood are ``24 × 7`` and days with times, in any number: ``Mon-Fri 08:00-12:00, 13:00-17:00; Sat 09:00-13:00``.
    Days without a time are whole days, times without a day are those of every day. A time that ends before it starts
    goes on into the next day.

    >>> int(week_of("Mon–Sat, 08:00–19:00").sum()), int(week_of("24 × 7").sum()), week_of("when the sun shines")
    (3960, 10080, None)
    """
    said = text.casefold().replace("–", "-").replace("—", "-").strip().rstrip(".")
    if _ALWAYS.fullmatch(said):
        return ALWAYS
    found = _tokens(said)
    if not found:
        return None
    week = np.zeros(WEEK, np.bool_)
    days: list[int] = []
    timed = True
    for token in found:
        if token["start"]:
            span = _span(token["start"], token["end"])
            if span is None:
                return None
            _mark(week, days or list(range(7)), *span)
            timed = True
        else:
            days = _days(token) if timed else [*days, *_days(token)]
            timed = False
    if not timed:
        _mark(week, days, 0, DAY)
    return week


def _tokens(said: str) -> list[re.Match[str]]:
    """Days and times one after the other; nothing when there is anything else."""
    found, at = [], 0
    while at < len(said):
        token = _TOKEN.match(said, at)
        if token is None:
            return []
        found.append(token)
        between = _BETWEEN.match(said, token.end())
        at = between.end() if between else token.end()
    return found


def _days(token: re.Match[str]) -> list[int]:
    if token["daily"]:
        return list(range(7))
    if token["day"]:
        return [_DAYS.index(token["day"][:3])]
    first, last = _DAYS.index(token["from"][:3]), _DAYS.index(token["to"][:3])
    return [(first + step) % 7 for step in range((last - first) % 7 + 1)]


def _span(start: str, end: str) -> tuple[int, int] | None:
    """Minutes after midnight; the end is later than the start, if need be on the next day."""
    first, last = (int(hour) * 60 + int(minute) for hour, minute in (start.split(":"), end.split(":")))
    if first > DAY or last > DAY or int(start[-2:]) > 59 or int(end[-2:]) > 59:
        return None
    return first, last if last > first else last + DAY


def _mark(week: Bools, days: list[int], start: int, end: int) -> None:
    for day in days:
        week[np.arange(day * DAY + start, day * DAY + end) % WEEK] = True


@dataclass(frozen=True, slots=True, eq=False)
class Period:
    """A stretch of time over which minutes are counted.

    ``words``    as people say it: "month of 30 days", "2026-11 in Europe/Amsterdam"
    ``minutes``  its length
    ``start``    its first moment, None for a nominal period: any month, any year
    ``end``      the first moment after it, None for a nominal period
    """

    words: str
    minutes: int
    start: datetime | None = None
    end: datetime | None = None

    def week_minutes(self, zone: ZoneInfo) -> Ints:
        """For each minute which minute of the week it is in a zone; a nominal period is one ordinary week."""
        if self.start is None:
            return np.arange(WEEK, dtype=np.int32)
        return _week_minutes(self.start, self.minutes, zone.key)

    @property
    def scale(self) -> float:
        """Minutes of the period for each entry of ``week_minutes``."""
        return self.minutes / WEEK if self.start is None else 1.0


@lru_cache(maxsize=64)
def _week_minutes(start: datetime, minutes: int, zone: str) -> Ints:
    """Offsets change on a quarter of an hour at the earliest, so one look a quarter is enough."""
    info = ZoneInfo(zone)
    quarters = range(0, minutes, 15)
    local = []
    for minute in quarters:
        moment = (start + timedelta(minutes=minute)).astimezone(info)
        local.append(moment.weekday() * DAY + moment.hour * 60 + moment.minute)
    spread = np.repeat(np.array(local, np.int32), 15) + np.tile(np.arange(15, dtype=np.int32), len(local))
    return (spread[:minutes] % WEEK).astype(np.int32)


def zone_of(name: str) -> ZoneInfo:
    """The time zone of a name such as Europe/Amsterdam; UTC for "".

    Raises InputError when there is no such zone.
    """
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InputError.of(
            f"no time zone '{name}'", remedy="write one such as Europe/Amsterdam", check="unknown-time-zone"
        ) from error


def period(kind: str, *, on: date | None = None, zone: ZoneInfo | None = None) -> Period:
    """The period of a kind that a day lies in; without a day a nominal one (a month has 30 days, a year 365).

    Raises InputError when it reaches beyond the years 1 to 9999.

    >>> period("month").minutes, period("year").minutes
    (43200, 525600)
    >>> period("month", on=date(2026, 2, 11)).minutes
    40320
    >>> period("day", on=date(2026, 3, 29), zone=ZoneInfo("Europe/Amsterdam")).minutes
    1380
    """
    days = NOMINAL_DAYS[kind]
    if on is None:
        words = kind if kind.startswith("rolling") or days <= 7 else f"{kind} of {days} days"
        return Period(words, days * DAY)
    info = zone or ZoneInfo("UTC")
    try:
        first, last = _ends(kind, on)
        start, end = (datetime(d.year, d.month, d.day, tzinfo=info).astimezone(UTC) for d in (first, last))
    except (ValueError, OverflowError) as error:
        raise InputError.of(f"the {kind} of {on} is outside of the calendar", remedy="choose another day") from error
    minutes = int((end - start).total_seconds()) // 60
    return Period(f"{first.isoformat()} to {last.isoformat()}, {info.key}", minutes, start, end)


def _ends(kind: str, on: date) -> tuple[date, date]:
    """First day, and first day after."""
    if kind.startswith("rolling"):
        return on - timedelta(days=NOMINAL_DAYS[kind] - 1), on + timedelta(days=1)
    if kind in ("day", "week"):
        first = on - timedelta(days=on.weekday() if kind == "week" else 0)
        return first, first + timedelta(days=NOMINAL_DAYS[kind])
    months = {"month": 1, "quarter": 3, "year": 12}[kind]
    month = (on.month - 1) // months * months
    after = on.year * 12 + month + months
    return date(on.year, month + 1, 1), date(after // 12, after % 12 + 1, 1)
