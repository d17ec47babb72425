"""When does something hold? Sets of half-open spans of time, and what a dependency or a group does to them.

Times are whole seconds since 1970 (UTC). A set of spans is sorted, and its spans neither overlap nor abut: the reading
of a set is then the same as its writing, and equal sets are equal tuples.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TypeAlias

__all__ = [
    "ALWAYS",
    "FIRST",
    "FOREVER",
    "LAST",
    "LONGEST",
    "Spans",
    "at_least",
    "carried",
    "covers",
    "later",
    "length",
    "meets",
    "merged",
    "used_up",
    "without",
]

FOREVER = 2**62
FIRST, LAST = (round(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (2, 9999))
"""Between these a window may lie that somebody asks about: calendars know no others."""
LONGEST = 1_000 * 366 * 24 * 60 * 60
"""Seconds of the longest length of time that somebody may ask about."""
Span: TypeAlias = tuple[int, int]
Spans: TypeAlias = tuple[Span, ...]
ALWAYS: Spans = ((-FOREVER, FOREVER),)


def merged(spans: Iterable[Span]) -> Spans:
    """The set of all moments in any of the spans; empty and reversed ones hold none.

    >>> merged([(25, 58), (0, 30), (60, 60)])
    ((0, 58),)
    """
    found: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if found and start <= found[-1][1]:
            if end > found[-1][1]:
                found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return tuple(found)


def carried(spans: Spans, *, tolerance: int = 0, lag: int = 0, refill: int = 0) -> Spans:
    """What a dependent feels of its provider's spans: it holds out for the tolerance, and comes back after the lag.

    A span that is not longer than the tolerance is not felt at all. The spans are whole before they are shortened, so
    two short ones that touch are felt as one long one. So are those that lie less than the refill time apart, as far as
    the reserve goes: what one has used is missing in the next.

    >>> carried(merged([(0, 30), (25, 58)]), tolerance=40)
    ((40, 58),)
    >>> carried(merged([(0, 10), (12, 58)]), tolerance=30)
    ((42, 58),)
    >>> carried(merged([(0, 10), (12, 58)]), tolerance=30, refill=5)
    ((32, 58),)
    """
    if not tolerance and not lag:
        return spans
    return merged((start, later(span[1], lag)) for start, span in used_up(spans, tolerance=tolerance, refill=refill))


def used_up(spans: Spans, *, tolerance: int, refill: int = 0) -> Iterator[tuple[int, Span]]:
    """The spans that use up a reserve, and when they do. A gap shorter than the refill time fills nothing again.

    >>> list(used_up(((0, 10), (12, 58)), tolerance=30, refill=5))
    [(32, (12, 58))]
    """
    left, back = tolerance, -FOREVER
    for start, end in spans:
        if start - back >= refill:
            left = tolerance
        if end - start > left:
            yield later(start, left), (start, end)
        left, back = max(left - (end - start), 0), end


def later(moment: int, seconds: int) -> int:
    """The moment so much later; what has no beginning or no end keeps none.

    >>> later(100, 20), later(-FOREVER, 20) == -FOREVER
    (120, True)
    """
    return moment if abs(moment) >= FOREVER else min(moment + seconds, FOREVER)


def at_least(count: int, members: Sequence[Spans]) -> Spans:
    """The moments at which at least ``count`` of the members hold.

    >>> at_least(2, [((0, 10),), ((5, 20),), ((8, 9),)])
    ((5, 10),)
    """
    if count <= 0:
        return ALWAYS
    if count > len(members):
        return ()
    events = sorted(
        (moment, step) for spans in members for start, end in spans for moment, step in ((start, 1), (end, -1))
    )
    found: list[Span] = []
    holding, since, position = 0, 0, 0
    while position < len(events):
        moment, before = events[position][0], holding
        while position < len(events) and events[position][0] == moment:
            holding += events[position][1]
            position += 1
        if before < count <= holding:
            since = moment
        elif holding < count <= before:
            found.append((since, moment))
    return tuple(found)


def covers(outer: Spans, inner: Spans) -> bool:
    """Whether every moment of the second set is in the first.

    >>> covers(((0, 10),), ((2, 3), (5, 10))), covers(((0, 4),), ((2, 5),))
    (True, False)
    """
    return merged([*outer, *inner]) == outer


def meets(first: Spans, second: Spans) -> bool:
    """Whether the two sets share a moment.

    >>> meets(((0, 5),), ((5, 9),)), meets(((0, 5),), ((4, 9),))
    (False, True)
    """
    return bool(at_least(2, [first, second]))


def without(spans: Spans, others: Spans) -> Spans:
    """The moments of the first set that are not in the second.

    >>> without(((0, 10), (20, 30)), ((5, 25),))
    ((0, 5), (25, 30))
    """
    ends = [-FOREVER, *(moment for span in others for moment in span), FOREVER]
    gaps = merged(zip(ends[::2], ends[1::2], strict=True))
    return at_least(2, [spans, gaps])


def length(spans: Spans) -> int:
    """Seconds in the set.

    >>> length(((0, 60), (120, 150)))
    90
    """
    return sum(end - start for start, end in spans)
