"""What will happen to the map, and when? Changes with windows, and what is assumed where the map does not say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from weakref import WeakKeyDictionary

from graph.analysis.states import State
from graph.analysis.timed import Happening, Times
from graph.analysis.windows import ALWAYS, FOREVER, Spans, covers, merged
from graph.model import InputError
from graph.projection import Projection

__all__ = ["Change", "ChangeKind", "Profile", "happenings", "times_of"]


class ChangeKind(Enum):
    """What a change does to its element while its window lasts; the last three are work that somebody means to do."""

    OUTAGE = "outage"
    DEGRADATION = "degradation"
    CAPACITY_LOSS = "capacity loss"
    MAINTENANCE = "maintenance"
    REPLACEMENT = "replacement"
    RETIREMENT = "retirement"

    @property
    def state(self) -> State:
        """The state that it brings."""
        return State.DEGRADED if self in (ChangeKind.DEGRADATION, ChangeKind.CAPACITY_LOSS) else State.DOWN


class Profile(Enum):
    """What is assumed of a dependency whose strength nobody states.

    ``REQUIRED``  what the kind says by default: the pessimistic reading
    ``UNKNOWN``   both readings, required and optional, and so of all else that the map leaves open: see
                  ``graph.analysis.unknowns``; the answer is a bracket
    ``NOTHING``   as unknown, and a dependency that states no tolerance may also have an endless one
    """

    REQUIRED = "required"
    UNKNOWN = "unknown"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that happens to one element.

    ``windows``  when it may be under way: from the earliest start to the latest end
    ``surely``   when it is under way for certain: from the latest start to the earliest end; None: as ``windows``
    ``name``     of the change record that it comes from, in words

    Raises InputError for a window that ends before it starts, and where what is certain is not possible.
    """

    kind: ChangeKind
    element: int
    windows: Spans = ALWAYS
    surely: Spans | None = None
    name: str = ""

    @property
    def is_planned(self) -> bool:
        """Whether somebody means to do it: work, and what a record or a plan says. The rest just happens.

        >>> Change(ChangeKind.OUTAGE, 0).is_planned, Change(ChangeKind.OUTAGE, 0, name="Till 7.2").is_planned
        (False, True)
        """
        work = (ChangeKind.MAINTENANCE, ChangeKind.REPLACEMENT, ChangeKind.RETIREMENT)
        return self.kind in work or bool(self.name)

    def __post_init__(self) -> None:
        for start, end in (*self.windows, *(self.surely or ())):
            if start >= end:
                raise InputError.of("the window ends before it starts", remedy="give an end that is later")
        if self.surely is not None and not covers(merged(self.windows), merged(self.surely)):
            raise InputError.of("the certain part of a window lies outside it", remedy="give it within the window")


def happenings(changes: Sequence[Change], *, certain: bool = False) -> tuple[Happening, ...]:
    """What the changes do, when they may be under way or when they surely are. What is retired stays away.

    What is retired is no member of its groups any more. That can only help, so it counts from when it is certain in the
    pessimistic reading, and from when it is possible in the optimistic one.
    """
    found = []
    for change in changes:
        may = merged(change.windows)
        must = may if change.surely is None else merged(change.surely)
        spans, other = (must, may) if certain else (may, must)
        gone = None
        if change.kind is ChangeKind.RETIREMENT and spans:
            spans, gone = ((spans[0][0], FOREVER),), other[0][0] if other else None
        if spans:
            found.append(Happening(change.element, change.kind.state, spans, gone))
    return tuple(found)


def times_of(projection: Projection) -> Times:
    """Tolerances, lags and refill times of the map's dependencies, in seconds; read once of a map."""
    found = _TIMES.get(projection)
    if found is None:
        found = _TIMES[projection] = Times(*(_seconds(projection, name) for name in ("tolerance", "lag", "refill")))
    return found


_TIMES: WeakKeyDictionary[Projection, Times] = WeakKeyDictionary()


def _seconds(projection: Projection, name: str) -> dict[int, int]:
    said = projection.edges.rare.get(name)
    if said is None:
        return {}
    pairs = zip(said.edges.tolist(), said.values, strict=True)
    return {edge: seconds for edge, minutes in pairs if (seconds := round(float(minutes) * 60)) > 0}
