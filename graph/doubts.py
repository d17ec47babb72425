"""What does the map leave open beside strengths, and how old is what it says? Read from the statements.

A dependency is as old as its evidence (``last_seen``), or else as the reading of the source that states it. It is stale
where its evidence is older than a limit. A source that is read again confirms what it says, so the day of its reading
makes nothing stale; but a source that cannot be read any more confirms nothing, and is stale after the same time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property

import numpy as np

from graph.analysis.changes import Profile, times_of
from graph.analysis.unknowns import ENDLESS, Doubts, Readings
from graph.answer import count
from graph.model import Source
from graph.projection import Projection
from graph.projection.build import pairs
from graph.store import Reader
from graph.texts import first_of_each
from graph.validation import Places
from ontology import terms as t

__all__ = ["STALE_AFTER", "Age", "Ages", "Failed", "doubts", "failed", "readings"]

STALE_AFTER = timedelta(days=180)
"""How old evidence may be, unless somebody says otherwise."""

_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?")


@dataclass(frozen=True, slots=True)
class Age:
    """Since when a dependency is known to be there, in the words of the source, and by what.

    ``by``   "evidence" (when it was last seen), "import" (when its source was read) or "unknown"
    ``days`` whole days up to the moment that is asked about; None where it is not known
    """

    since: str
    by: str
    days: int | None

    @property
    def moment(self) -> str:
        """Since when, with its zone; "" where it is not known."""
        found = _moment(self.since)
        return found.isoformat() if found else ""

    @property
    def words(self) -> str:
        """As people say it: "seen 268 days ago"."""
        if self.days is None:
            return "age unknown"
        ago = "today" if self.days <= 0 else f"{count(self.days, 'day')} ago"
        return f"{'seen' if self.by == 'evidence' else 'read'} {ago}"


@dataclass(frozen=True, slots=True)
class Failed:
    """A source that cannot be read any more: since when, and when it was read last. It says what it said then."""

    path: str
    since: str
    loaded_at: str

    @property
    def words(self) -> str:
        """As a sentence."""
        return f"{self.path} cannot be read since {self.since[:10]}; it counts as it was on {self.loaded_at[:10]}"


def failed(store: Reader) -> tuple[Failed, ...]:
    """The sources that cannot be read any more, by their path."""
    return tuple(
        Failed(each.source.path, each.stale_since, each.source.loaded_at)
        for each in sorted(store.held, key=lambda each: each.source.path)
        if each.stale_since
    )


class Ages:
    """How old is each dependency of a map, at a moment? Looks things up once, when first asked."""

    def __init__(self, store: Reader, at: datetime) -> None:
        self.store, self.at = store, at

    @cached_property
    def seen(self) -> Mapping[str, datetime]:
        """Dependency -> when its evidence was last seen; of several claims the latest."""
        found: dict[str, datetime] = {}
        for iri, text in self.store.pairs(t.LAST_SEEN):
            moment = _moment(text)
            if moment is not None:
                found[iri] = max(moment, found.get(iri, moment))
        return found

    @cached_property
    def _places(self) -> Places:
        return Places(self.store)

    @cached_property
    def _read(self) -> Mapping[str, Source]:
        return {source.path: source for source in self.store.sources}

    def of(self, iri: str) -> Age:
        """The age of a dependency, or of a group."""
        if iri in self.seen:
            moment = self.seen[iri]
            return Age(moment.isoformat(), "evidence", (self.at - moment).days)
        where = self._places.of(iri)
        source = self._read.get(where.path) if where else None
        read = _moment(source.loaded_at) if source else None
        if source is None or read is None:
            return Age("", "unknown", None)
        return Age(source.loaded_at, "import", (self.at - read).days)

    def stale(self, projection: Projection, limit: timedelta) -> frozenset[int]:
        """The edges whose evidence is older than the limit, or whose sources have all failed and are."""
        oldest = self.at - limit
        old = {iri for iri, moment in self.seen.items() if moment < oldest}
        old |= self._forsaken(oldest) - self.seen.keys()
        return frozenset(projection.edges_called(old) if old else ())

    def _forsaken(self, oldest: datetime) -> set[str]:
        """What is said by sources alone that cannot be read, and were read before that moment."""
        gone = {
            each.source.id
            for each in self.store.held
            if each.stale_since and (read := _moment(each.source.loaded_at)) is not None and read < oldest
        }
        if not gone:
            return set()
        said = {iri for source in gone for iri in self.store.lines(source)}
        return said.difference(*(self.store.lines(s.id) for s in self.store.sources if s.id not in gone))


def doubts(store: Reader, projection: Projection, *, at: datetime, limit: timedelta = STALE_AFTER) -> Doubts:
    """What the map leaves open beside strengths. Cost: the statements about groups, tolerances and evidence.

    Args:
        store: what the map says.
        projection: its graph.
        at: the moment that ages are counted to, with its zone.
        limit: evidence that is older than this is stale.
    """
    needed = {iri for term in (t.MINIMUM_MEMBERS, t.MINIMUM_PERCENT) for iri, _ in store.pairs(term)}
    return Doubts(
        needed=frozenset(number for number, iri in enumerate(projection.groups.iris) if iri not in needed),
        stale=Ages(store, at).stale(projection, limit),
        longest=dict(_longest(store, projection)),
        as_of=int(at.timestamp()),
        stale_after=int(limit.total_seconds()),
    )


def readings(
    store: Reader, projection: Projection, profile: Profile, *, at: datetime, limit: timedelta = STALE_AFTER
) -> Readings | None:
    """How the map reads at its worst and at its best; None where what nobody states is taken as required.

    Args: as ``doubts``, and what is assumed.
    """
    if profile is Profile.REQUIRED:
        return None
    open_ = doubts(store, projection, at=at, limit=limit)
    return Readings(projection, times_of(projection), open_, profile)


def _longest(store: Reader, projection: Projection) -> Iterator[tuple[int, int]]:
    """Edge -> the longest tolerance in seconds, of those on which sources disagree or that nobody gives a size."""
    tolerance, refill = (projection.edges.rare.get(name) for name in ("tolerance", "refill"))
    held = set(tolerance.edges.tolist()) if tolerance else set()
    yield from ((edge, ENDLESS) for edge in (refill.edges.tolist() if refill else ()) if edge not in held)
    said: dict[str, set[Decimal]] = {}
    subjects, values = pairs(store, t.TOLERANCE_MINUTES)
    first, number = first_of_each(subjects)
    rows = np.flatnonzero(np.isin(number, number[~values.equal(values.take(first[number]))]))
    for iri, text in zip(subjects.take(rows).texts(), values.take(rows).texts(), strict=True):
        if _NUMBER.fullmatch(text):
            said.setdefault(iri, set()).add(Decimal(text))
    several = {iri: round(float(max(all_)) * 60) for iri, all_ in said.items() if len(all_) > 1}
    if several and tolerance:
        for edge in tolerance.edges.tolist():
            if (most := several.get(projection.edges.iris[edge])) is not None:
                yield edge, most


def _moment(text: str) -> datetime | None:
    """A moment in the words of a source; without a zone it is in UTC; None for what is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
