"""Which figure of each element counts, and when does it count?

Every figure is *intrinsic* (the element alone) or *end to end* (with all that it needs). An end-to-end figure is a
leaf: beneath it nothing is looked at, or dependencies would count twice. The first of these counts: what was measured
for the element alone, what was measured end to end, the contract with a vendor, another objective, a default.
"""

from __future__ import annotations

from collections import ChainMap, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from graph.analysis._frontier import carrying
from graph.analysis.calendar import Planned
from graph.analysis.likelihood import LIMIT
from graph.analysis.states import State
from graph.analysis.structure import Part, Structure, structure
from graph.analysis.unknowns import Readings
from graph.figures import Agreement, Figures, Objective, Takeover
from graph.hours import week_of, zone_of
from graph.projection import Projection
from ontology import terms as t
from ontology.vocabulary import vocabulary

__all__ = ["Figure", "Known", "Settings", "unavailability_of"]

Bools = npt.NDArray[np.bool_]
Promise = tuple[Agreement, Objective]


@dataclass(frozen=True, slots=True)
class Figure:
    """What is said about one element: ``origin`` is measured, contract, objective or default."""

    unavailability: float
    end_to_end: bool
    origin: str


@dataclass(frozen=True, slots=True)
class Settings:
    """How to count.

    ``defaults``         by kind (IRI of the class): the percentage of what has no figure
    ``on``               a day in the calendar; without one a nominal period, and no look at what is in force
    ``period``           "year" and so on; without one that of the agreement, else a year
    ``degraded_counts``  None: as the agreement says
    ``limit``            most nodes of the diagrams
    """

    defaults: Mapping[str, Decimal] = field(default_factory=dict)
    on: date | None = None
    period: str = ""
    degraded_counts: bool | None = None
    limit: int = LIMIT


@dataclass(frozen=True, slots=True)
class _Spares:
    """A group that says how its members stand in for each other; ``working`` of them carry the load.

    ``counts`` says as how many members each of them counts.
    """

    group: int
    members: tuple[int, ...]
    counts: tuple[int, ...]
    working: int
    takeover: Takeover

    def active(self, chances: Mapping[int, float]) -> list[int]:
        """The members that carry the load, of those with a figure: the ones that fail most, to flatter nothing."""
        known = [(m, counts) for m, counts in zip(self.members, self.counts, strict=True) if m in chances]
        found, carried = [], 0
        for member, counts in sorted(known, key=lambda each: (-chances[each[0]], each[0])):
            if carried >= self.working:
                break
            found.append(member)
            carried += counts
        return found

    def shared(self, chances: Mapping[int, float]) -> float:
        """How likely what hits all members at once has happened: by the weakest member, to flatter nothing."""
        return self.takeover.common_cause * max((chances[m] for m in self.members if m in chances), default=0.0)


@dataclass(frozen=True, eq=False)
class Known:
    """The map with its figures: what the availability of any element is worked out from.

    ``edits`` are unavailabilities that take the place of stated ones, by element: what if it were better?
    ``readings`` say how what is open reads; the map is then the worst of them, and ``at_best`` the best.
    """

    projection: Projection
    figures: Figures
    settings: Settings = Settings()
    edits: Mapping[int, float] = field(default_factory=dict)
    readings: Readings | None = None

    @classmethod
    def read(cls, projection: Projection, figures: Figures, settings: Settings, readings: Readings | None) -> Known:
        """The map as it is, or where something is read both ways at its worst."""
        return cls(projection if readings is None else readings.worst.plain(), figures, settings, readings=readings)

    @cached_property
    def at_best(self) -> Known | None:
        """The best reading; None where nothing is read both ways."""
        if self.readings is None:
            return None
        return Known(self.readings.best.plain(), self.figures, self.settings, self.edits)

    @cached_property
    def agreements(self) -> tuple[Agreement, ...]:
        """Those in force on the day, or all without a day."""
        if self.settings.on is None:
            return self.figures.agreements
        noon = datetime.combine(self.settings.on, time(12), tzinfo=UTC)
        return tuple(agreement for agreement in self.figures.agreements if agreement.holds(noon))

    @cached_property
    def _by_metric(self) -> Mapping[str, Mapping[int, tuple[Promise, ...]]]:
        found: dict[str, dict[int, list[Promise]]] = defaultdict(lambda: defaultdict(list))
        for agreement in self.agreements:
            for objective in agreement.objectives:
                if (objective.percent if objective.metric == "availability" else objective.within) is not None:
                    for vertex in self.subjects(agreement, objective):
                        found[objective.metric][vertex].append((agreement, objective))
        return {
            metric: {vertex: tuple(sorted(each, key=_weakest_first)) for vertex, each in promises.items()}
            for metric, promises in found.items()
        }

    def promises_of(self, metric: str) -> Mapping[int, tuple[Promise, ...]]:
        """What was promised of a metric, by the element that it is about, the weakest first."""
        return self._by_metric.get(metric, {})

    @property
    def promises(self) -> Mapping[int, tuple[Promise, ...]]:
        """Promises of availability, by the element that they are about, the weakest first."""
        return self.promises_of("availability")

    def subjects(self, agreement: Agreement, objective: Objective) -> list[int]:
        """The elements that an objective is for, of those that the agreement covers.

        An offering is as available as its service, so what is promised for it is promised for the service too. A time
        from order to fulfilment is that of the offerings that take so long, if there are any.
        """
        key = agreement.iri, objective.iri
        if key not in self._subjects:
            self._subjects[key] = self._covered(agreement, objective)
        return self._subjects[key]

    @cached_property
    def _subjects(self) -> dict[tuple[str, str], list[int]]:
        return {}

    def _covered(self, agreement: Agreement, objective: Objective) -> list[int]:
        covered = dict.fromkeys(agreement.covers)
        if objective.metric in _OF_THE_SERVICE:
            covered |= dict.fromkeys(self.figures.offerings[iri] for iri in covered if iri in self.figures.offerings)
        elif objective.metric == "turnaround":
            times = self.figures.turnarounds
            meant = [iri for iri in covered if objective.within is not None and times.get(iri) == objective.within]
            covered = dict.fromkeys(meant or covered)
        found = (self.projection.index.get(iri) for iri in covered)
        return [vertex for vertex in found if vertex is not None]

    @cached_property
    def objectives_of(self) -> Mapping[int, tuple[Promise, ...]]:
        """Every objective of the agreements in force, by the elements that it is for."""
        found = defaultdict[int, list[Promise]](list)
        for agreement in self.agreements:
            for objective in agreement.objectives:
                for vertex in dict.fromkeys(self.subjects(agreement, objective)):
                    found[vertex].append((agreement, objective))
        return {vertex: tuple(each) for vertex, each in found.items()}

    @cached_property
    def figure(self) -> Mapping[int, Figure]:
        """The figure of each element that has one, by the precedence at the file's head."""
        said = ((vertex, next(self._said(vertex, self.projection.iris[vertex]), None)) for vertex in self._spoken_of)
        found = {vertex: figure for vertex, figure in said if figure is not None}
        return found | {
            vertex: replace(found[vertex], unavailability=chance)
            for vertex, chance in self.edits.items()
            if vertex in found
        }

    @property
    def _spoken_of(self) -> Iterable[int]:
        """Elements that may have a figure: all of them when there are defaults."""
        if self.settings.defaults:
            return range(len(self.projection))
        index = self.projection.index
        stated = (self.figures.intrinsic, self.figures.measured, self.figures.objectives)
        return {index[iri] for facts in stated for iri in facts if iri in index} | set(self.promises)

    def _said(self, vertex: int, iri: str) -> Iterator[Figure]:
        stated = self.figures
        if iri in stated.intrinsic:
            yield Figure(unavailability_of(stated.intrinsic[iri]), end_to_end=False, origin="measured")
        if iri in stated.measured:
            yield Figure(unavailability_of(stated.measured[iri]), end_to_end=True, origin="measured")
        promises = self.promises.get(vertex, ())
        contracts = [o for agreement, o in promises if agreement.kind == "underpinning contract"]
        others = [o for agreement, o in promises if agreement.kind != "underpinning contract"]
        own = [o for o in stated.objectives.get(iri, ()) if _promises(o)]
        for origin, objectives in (("contract", contracts), ("objective", [*others, *own])):
            if objectives:
                weakest = min(objectives, key=lambda o: (o.percent or Decimal(0), o.iri))
                yield Figure(unavailability_of(weakest.percent or Decimal(0)), weakest.end_to_end, origin)
        default = self._default(vertex)
        if default is not None:
            yield default

    def _default(self, vertex: int) -> Figure | None:
        """Of its kind, or of the nearest kind above."""
        words, defaults = vocabulary(), self.settings.defaults
        if not defaults:
            return None
        cls = self.projection.classes[vertex]
        above = words.classes[cls].ancestors if cls in words.classes else ()
        percent = next((defaults[c] for c in (cls, *above) if c in defaults), None)
        return None if percent is None else Figure(unavailability_of(percent), end_to_end=False, origin="default")

    @cached_property
    def cut(self) -> Bools:
        """Elements with an end-to-end figure: nothing beneath them is looked at."""
        found = np.zeros(len(self.projection), np.bool_)
        found[[vertex for vertex, figure in self.figure.items() if figure.end_to_end]] = True
        return found

    @cached_property
    def rests(self) -> Bools:
        """Elements that need something."""
        found = np.zeros(self.projection.vertices, np.bool_)
        found[self.projection.edges.dependent[carrying(self.projection)]] = True
        return found

    def own(self, vertex: int, target: int) -> Figure | None:
        """The figure of an element as it counts for a target, whose own end-to-end figure is what is asked for."""
        figure = self.figure.get(vertex)
        return self._default(vertex) if figure and figure.end_to_end and vertex == target else figure

    def structure(self, target: int, state: State, *, down: frozenset[int] = frozenset()) -> Structure:
        """What must fail for the target to be down; ``down`` are elements that are down for certain."""
        own = self.own(target, target)
        parts: ChainMap[int, tuple[Part, ...]] = ChainMap({}, self.known_parts)
        if self.cut[target]:
            parts[target] = (Part(target, own.unavailability),) if own else ()
        for vertex in down:
            parts[vertex] = (Part(vertex, 1.0, "planned"),)
        return structure(self.projection, target, parts, state=state, cut=self.cut)

    @cached_property
    def known_parts(self) -> dict[int, tuple[Part, ...]]:
        """What fails by itself in the whole map, by the figure of each."""
        return self.parts({vertex: figure.unavailability for vertex, figure in self.figure.items()})

    def parts(self, chances: Mapping[int, float]) -> dict[int, tuple[Part, ...]]:
        """What fails by itself: elements, and what the members of a group have in common."""
        common: dict[int, float] = defaultdict(float)
        for spares in self._spares:
            for member in spares.members:
                common[member] = min(1.0, common[member] + spares.takeover.common_cause)
        parts: dict[int, tuple[Part, ...]] = {
            vertex: (Part(vertex, chance * (1 - common.get(vertex, 0.0))),) for vertex, chance in chances.items()
        }
        for spares in self._spares:
            found = [Part(spares.group, spares.shared(chances), "common cause")]
            if spares.working < sum(spares.counts):
                active = spares.active(chances)
                fails = sum(parts[m][0].unavailability for m in active)
                found.append(Part(spares.group, (1 - spares.takeover.coverage) * fails, "takeover that fails"))
                found.append(Part(spares.group, self._switching(spares, active, parts), "switchover"))
            parts[spares.group] = tuple(
                replace(part, unavailability=min(1.0, part.unavailability)) for part in found if part.unavailability
            )
        return parts

    def _switching(self, spares: _Spares, active: Sequence[int], parts: Mapping[int, tuple[Part, ...]]) -> float:
        """Share of time spent on switching over: so many failures, so many minutes each."""
        known = [m for m in active if self.restore_minutes.get(m)]
        return sum(parts[m][0].unavailability * spares.takeover.switchover / self.restore_minutes[m] for m in known)

    @cached_property
    def _spares(self) -> tuple[_Spares, ...]:
        edges, groups, elements = self.projection.edges, self.projection.groups, len(self.projection)
        found = []
        for number, iri in enumerate(groups.iris):
            if iri in self.figures.takeovers and 0 < groups.k[number] <= groups.size[number]:
                start, order = self.projection.uses
                mine = order[start[elements + number] : start[elements + number + 1]]
                mine = mine[edges.provider[mine] < elements]
                members, weight = edges.provider[mine].tolist(), self.projection.weight
                counts = [1] * len(members) if weight is None else weight[mine].tolist()
                takeover = self.figures.takeovers[iri]
                working = int(groups.k[number])
                found.append(_Spares(elements + number, tuple(members), tuple(counts), working, takeover))
        return tuple(found)

    @cached_property
    def restore_minutes(self) -> Mapping[int, float]:
        """How long a failure lasts, where it is said: a restore time, or else the recovery time objective."""
        index = self.projection.index
        found = {index[iri]: float(m) for iri, m in self.figures.restore.items() if iri in index}
        for iri, objectives in self.figures.objectives.items():
            found |= dict.fromkeys((index[iri],), longest) if iri in index and (longest := _longest(objectives)) else {}
        for agreement in self.agreements:
            longest = _longest(agreement.objectives)
            if longest:
                found |= dict.fromkeys((index[iri] for iri in agreement.covers if iri in index), longest)
        return found

    @cached_property
    def vendors(self) -> Bools:
        """Elements that others run for us: what is beneath them is theirs."""
        words = vocabulary()
        vendor = {cls for cls in set(self.projection.classes) if words.is_a(cls, t.VENDOR_SERVICE)}
        return np.array([cls in vendor for cls in self.projection.classes], np.bool_)

    @cached_property
    def promisers(self) -> frozenset[str]:
        """Who has promised anything."""
        return frozenset(agreement.by for agreement in self.agreements)

    def ended(self, metric: str) -> Bools:
        """Elements of which every promise of a metric is meant end to end."""
        if metric not in self._ended:
            found = np.zeros(len(self.projection), np.bool_)
            promises = self.promises_of(metric).items()
            found[[v for v, each in promises if all(objective.end_to_end for _, objective in each)]] = True
            self._ended[metric] = found
        return self._ended[metric]

    @cached_property
    def _ended(self) -> dict[str, Bools]:
        return {}

    def unclear(self, metric: str, agreement: Agreement) -> set[int]:
        """Elements for which it depends on who asks: an agreement's own, and those with promises of both scopes."""
        own = self.own_of(agreement)
        promises = self.promises_of(metric)
        if metric not in self._mixed:
            scopes = {v: {objective.end_to_end for _, objective in each} for v, each in promises.items()}
            self._mixed[metric] = {v for v, each in scopes.items() if len(each) > 1}
        return self._mixed[metric] | (own & promises.keys())

    def own_of(self, agreement: Agreement) -> frozenset[int]:
        """Every element that some objective of an agreement is for."""
        if agreement.iri not in self._own:
            subjects = (v for objective in agreement.objectives for v in self.subjects(agreement, objective))
            self._own[agreement.iri] = frozenset(subjects)
        return self._own[agreement.iri]

    @cached_property
    def _own(self) -> dict[str, frozenset[int]]:
        return {}

    @cached_property
    def _mixed(self) -> dict[str, set[int]]:
        return {}

    def takeover_notes(self, vertices: Sequence[int]) -> Iterator[str]:
        """Groups whose switchover cannot be counted, because nobody says how often their members fail."""
        inside = set(vertices)
        for spares in self._spares:
            if spares.takeover.switchover and inside & set(spares.members):
                unknown = [m for m in spares.members if not self.restore_minutes.get(m)]
                if unknown:
                    names = ", ".join(self.projection.labels[m] for m in unknown[:5])
                    yield f"switchover not counted for want of a restore time: {names}"

    def promise(self, target: int) -> Promise | None:
        """The promise to its customers: of an SLA before others, the strictest first."""
        order = {"sla": 0, "ola": 1, "": 2, "underpinning contract": 3}
        promises = self.promises.get(target, ())
        return min(promises, key=lambda p: (order.get(p[0].kind, 4), -(p[1].percent or 0), p[1].iri), default=None)

    def zone(self, target: int, agreement: Agreement | None = None) -> ZoneInfo:
        """The zone in which hours are meant: of the agreement, of its provider, of the owner, or else UTC."""
        zones, iri = self.figures.zones, self.projection.iris[target]
        owners = self.figures.owners.get(iri, ())
        holders = (agreement.iri, agreement.by, *owners) if agreement else owners
        named = next((zones[holder] for holder in holders if holder in zones), "")
        return zone_of(named)

    def hours(self, target: int, objective: Objective | None, notes: list[str]) -> Bools | None:
        """The minutes of the week that count: of the objective, or of the element; None for all."""
        text = (objective.hours if objective else "") or self.figures.hours.get(self.projection.iris[target], "")
        week = week_of(text) if text else None
        if text and week is None:
            notes.append(
                f"the service hours '{text}' of {self.projection.labels[target]} are not understood: all hours count"
            )
        return week

    def planned(self, vertices: Sequence[int], notes: list[str]) -> dict[int, Planned]:
        """When elements are out of service on purpose."""
        found = {}
        for vertex in vertices:
            iri = self.projection.iris[vertex]
            texts, said = self.figures.maintenance.get(iri, ()), self.figures.windows.get(iri, ())
            windows = tuple((start, end) for start, end in said if start < end)
            if len(windows) < len(said):
                label = self.projection.labels[vertex]
                notes.append(f"a planned window of {label} ends before it starts: it is left out")
            weeks = tuple(week for text in texts if (week := week_of(text)) is not None)
            if len(weeks) < len(texts):
                wrong = next(text for text in texts if week_of(text) is None)
                label = self.projection.labels[vertex]
                notes.append(f"the maintenance hours '{wrong}' of {label} are not understood: they are left out")
            if windows and self.settings.on is None:
                label = self.projection.labels[vertex]
                notes.append(f"planned windows of {label} are not looked at without a day in the calendar")
            if weeks or (windows and self.settings.on):
                found[vertex] = Planned(weeks, windows)
        return found


_OF_THE_SERVICE = ("availability", "restore time", "response time")


def unavailability_of(percent: Decimal) -> float:
    """The share of time that is left of 100 %, without a rounding in between.

    >>> unavailability_of(Decimal("99.999"))
    1e-05
    """
    return float((100 - percent) / 100)


def _weakest_first(promise: Promise) -> tuple[Decimal, Decimal, str]:
    objective = promise[1]
    return objective.percent or Decimal(0), -(objective.within or Decimal(0)), objective.iri


def _promises(objective: Objective) -> bool:
    return objective.metric == "availability" and objective.percent is not None


def _longest(objectives: Sequence[Objective]) -> float:
    """The longest restore time; 0 where none is said."""
    return max((float(o.within) for o in objectives if o.metric == "restore time" and o.within), default=0.0)
