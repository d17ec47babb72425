"""What follows from the difference between two states of a map?

Blast radius, single points of failure, availability, promises, gaps in the responsibilities.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field, fields, replace
from math import isclose

from graph.analysis.alone import Alone, alone
from graph.analysis.availability import availability, rounded, services
from graph.analysis.changed_points import changed_points
from graph.analysis.known import Known, Settings
from graph.analysis.promises import Check, checks
from graph.analysis.reach import reach
from graph.analysis.structure import below
from graph.answer import Answer, count
from graph.compare import Comparison
from graph.compare import answer as differences
from graph.figures import READ, Figures, figures
from graph.maps import Map
from graph.natural import natural
from graph.people import people
from graph.projection import Projection
from graph.store.laid import LaidStore
from ontology import terms as t
from ontology.vocabulary import vocabulary

__all__ = ["Consequences", "Downtime", "Gap", "Point", "Radius", "Slack", "answer", "consequences", "touched"]

_MOST_TOLD = 20
_MOST_BENEATH = 200_000


@dataclass(frozen=True, slots=True)
class Radius:
    """What the outage of an element does alone, before and after; None where a state does not have the element."""

    iri: str
    name: str
    before: Alone | None
    after: Alone | None

    def __str__(self) -> str:
        return f"{self.name}: {_radius(self.before)} before, {_radius(self.after)} after"


@dataclass(frozen=True, slots=True, order=True)
class Point:
    """An element that alone takes a business service down; both by IRI and by name."""

    service_name: str
    name: str
    service: str
    iri: str

    def __str__(self) -> str:
        return f"{self.name} alone takes {self.service_name} down"


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that is missing in the responsibilities, in words, and the first service that it is missing for."""

    message: str
    subject: str = field(compare=False)

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True, slots=True)
class Downtime:
    """Expected minutes down in a year, before and after; None where a state does not have the service."""

    iri: str
    name: str
    before: float | None
    after: float | None

    def __str__(self) -> str:
        return f"{self.name}: {_minutes(self.before)} before, {_minutes(self.after)} after"


@dataclass(frozen=True, slots=True)
class Slack:
    """A promise, how it is judged before and after, and the minutes that are left of it; None where nothing adds up.

    A promise that a state does not have is "not promised" there.
    """

    objective: str
    name: str
    before: str
    after: str
    slack_before: float | None
    slack_after: float | None

    def __str__(self) -> str:
        was, is_ = _judged(self.before, self.slack_before), _judged(self.after, self.slack_after)
        return f"{self.name}: {was} before, {is_} after"


@dataclass(frozen=True, slots=True)
class Consequences:
    """Result of ``consequences``: what is different, nothing that is the same in both states.

    ``radius`` begins with what has grown most, ``downtime`` with what has got worst; ``cuts`` says what was not
    worked out.
    """

    radius: tuple[Radius, ...]
    new_points: tuple[Point, ...]
    gone_points: tuple[Point, ...]
    new_gaps: tuple[Gap, ...]
    gone_gaps: tuple[Gap, ...]
    downtime: tuple[Downtime, ...] = ()
    slack: tuple[Slack, ...] = ()
    cuts: tuple[str, ...] = ()


def consequences(before: Map, after: Map, comparison: Comparison) -> Consequences:
    """What follows from a comparison of two maps.

    Looked at are the blast radius of the elements that differ and of the providers of dependencies that differ, the
    single points of failure of all business services, and who is accountable for each service; availability and
    promises of what rests on anything that differs. Cost: linear in the maps, and the work of each of these questions
    for the services concerned; availability is asked as long as they have no more than 200,000 elements beneath them.
    """
    chosen = touched(comparison)
    new_gaps, gone_gaps = _changed_gaps(before, after, comparison)
    points = changed_points(before.projection, after.projection)
    figured = _Figured(before, after, set(_changed(before, after, comparison)))
    return Consequences(
        radius=tuple(_radii(before.projection, after.projection, chosen)),
        new_points=tuple(sorted(_point(after.projection, *pair) for pair in points.new)),
        gone_points=tuple(sorted(_point(before.projection, *pair) for pair in points.gone)),
        new_gaps=new_gaps,
        gone_gaps=gone_gaps,
        downtime=tuple(figured.downtime()),
        slack=tuple(figured.slack()),
        cuts=tuple(figured.cuts),
    )


def touched(comparison: Comparison) -> frozenset[str]:
    """IRIs of the elements that differ, and of both ends of the dependencies that do."""
    ends = ((difference.owner, difference.provider) for difference in comparison.differences)
    return frozenset(iri for pair in ends for iri in pair if iri)


def _changed(before: Map, after: Map, comparison: Comparison) -> Iterator[str]:
    """IRIs of the elements that differ, or whose dependencies do: what is only needed by these fares as before."""
    for difference in comparison.differences:
        known = any(difference.owner in opened.projection.index for opened in (before, after))
        yield difference.owner if known else difference.provider


def _radii(before: Projection, after: Projection, chosen: Iterable[str]) -> Iterator[Radius]:
    old, new = _alone(before, chosen), _alone(after, chosen)

    def order(iri: str) -> tuple[int, str, str]:
        return _size(old.get(iri)) - _size(new.get(iri)), _name(after, before, iri).casefold(), iri

    for iri in sorted(old.keys() | new.keys(), key=order):
        was, is_ = old.get(iri), new.get(iri)
        if _said(before, was) != _said(after, is_):
            yield Radius(iri, _name(after, before, iri), was, is_)


def _size(told: Alone | None) -> int:
    return told.elements if told else 0


def _alone(projection: Projection, chosen: Iterable[str]) -> dict[str, Alone]:
    numbers = [projection.index[iri] for iri in chosen if iri in projection.index]
    return {projection.iris[number]: told for number, told in alone(projection, numbers).items()}


def _said(projection: Projection, told: Alone | None) -> object:
    """A radius in a form that two states can be compared by."""
    if told is None or not told.elements:
        return None
    return told.elements, *(frozenset(projection.iris[v] for v in side) for side in (told.services, told.down))


def _name(first: Projection, second: Projection, iri: str) -> str:
    return next(p.labels[p.index[iri]] for p in (first, second) if iri in p.index)


def _point(projection: Projection, service: str, element: str) -> Point:
    labels, index = projection.labels, projection.index
    return Point(labels[index[service]], labels[index[element]], service, element)


class _Figured:
    """What rests on anything that differs, in both states, with its figures."""

    def __init__(self, before: Map, after: Map, chosen: Iterable[str]) -> None:
        known = [
            Known(opened.projection, each) for opened, each in zip((before, after), _both(before, after), strict=True)
        ]
        self.known = known
        differing = {*chosen, *_differing(known[0].figures, known[1].figures)}
        self.differing = differing
        self.concerned = [_resting(each.projection, differing) for each in known]
        self.cuts: list[str] = []

    def downtime(self) -> Iterator[Downtime]:
        """Of business services, those that get worst first."""
        said = [self._said(known, concerned) for known, concerned in zip(self.known, self.concerned, strict=True)]
        both = (iri for iri in said[0].keys() | said[1].keys() if not _alike(said[0].get(iri), said[1].get(iri)))
        p, q = (known.projection for known in self.known)
        found = [Downtime(iri, _name(q, p, iri), said[0].get(iri), said[1].get(iri)) for iri in both]
        yield from sorted(found, key=lambda d: ((d.before or 0.0) - (d.after or 0.0), natural(d.name), d.iri))

    def _said(self, known: Known, concerned: frozenset[str]) -> dict[str, float]:
        yearly = replace(known, settings=Settings(period="year"))
        p, left = known.projection, _MOST_BENEATH
        asked = [v for v in services(known) if p.iris[v] in concerned]
        found = dict[str, float]()
        for vertex in asked:
            left -= len(below(p, [vertex]))
            if left < 0:
                words = f"availability is compared for {len(found):,} of {len(asked):,} services that may differ"
                self.cuts = [f"{words}; the others have too much beneath them"]
                break
            found[p.iris[vertex]] = availability(yearly, vertex).minutes
        return found

    def slack(self) -> Iterator[Slack]:
        """Of every promise that is judged otherwise, or has other minutes left."""
        states = [self._checked(known) for known in self.known]
        for key in sorted(states[0].keys() | states[1].keys()):
            old, new = (state.get(key) for state in states)
            said = _verdict(old), _verdict(new)
            left = old.slack if old else None, new.slack if new else None
            if said[0] != said[1] or not _alike(*left):
                yield Slack(key[1], self._called(*key), *said, *left)

    def _called(self, agreement: str, objective: str, element: str) -> str:
        p, q = (known.projection for known in self.known)
        found = (o for known in self.known for a in known.agreements for o in a.objectives if o.iri == objective)
        return f"{_name(q, p, agreement)}, {next(found).metric} of {_name(q, p, element)}"

    def _checked(self, known: Known) -> dict[tuple[str, str, str], Check]:
        iris, index = known.projection.iris, known.projection.index
        return {
            (each.agreement.iri, each.objective.iri, iris[each.vertex]): each
            for each in checks(known, touching={index[iri] for iri in self.differing if iri in index})
        }


def _both(before: Map, after: Map) -> tuple[Figures, Figures]:
    """The figures of both states; read once where no property that they are read from differs."""
    old, laid = figures(before.store, money=False), after.store
    alike = isinstance(laid, LaidStore) and laid.base is before.store and not laid.differing.properties & READ
    return old, old if alike else figures(after.store, money=False)


def _differing(first: Figures, second: Figures) -> Iterator[str]:
    """IRIs of what has other figures, and of what an agreement covers that is not the same."""
    for name in (each.name for each in fields(Figures)):
        one, other = getattr(first, name), getattr(second, name)
        if name == "agreements":
            for agreement in set(one) ^ set(other):
                yield from (*agreement.covers, agreement.by)
        else:
            yield from (iri for iri in one.keys() | other.keys() if one.get(iri) != other.get(iri))


def _resting(projection: Projection, chosen: Iterable[str]) -> frozenset[str]:
    """The chosen elements that there are, and all that rests on them."""
    starts = [projection.index[iri] for iri in chosen if iri in projection.index]
    reached = reach(projection, starts).elements.tolist() if starts else []
    return frozenset(projection.iris[v] for v in (*starts, *reached))


def _alike(one: float | None, other: float | None) -> bool:
    return one == other or (one is not None and other is not None and isclose(one, other, rel_tol=1e-9, abs_tol=1e-9))


def _verdict(told: Check | None) -> str:
    return told.verdict if told else "not promised"


def _minutes(minutes: float | None) -> str:
    return "not there" if minutes is None else f"{rounded(minutes):,g} minutes down a year"


def _judged(verdict: str, slack: float | None) -> str:
    if slack is None:
        return verdict
    return f"{verdict} ({rounded(abs(slack)):,g} minutes {'left' if slack >= 0 else 'too many'})"


def _changed_gaps(before: Map, after: Map, comparison: Comparison) -> tuple[tuple[Gap, ...], tuple[Gap, ...]]:
    """What is newly missing in the responsibilities, and what is missing no more.

    Asked are the services that the difference can reach; all services only where something comes out, since what is
    missing for one may be missing for another already.
    """
    differing = {difference.iri for difference in comparison.differences}
    concerned = {iri for opened in (before, after) for iri in _naming(opened, differing)}
    gaps = tuple(_gaps(opened, concerned) for opened in (before, after))
    if set(gaps[0]) == set(gaps[1]):
        return (), ()
    gaps = tuple(_gaps(opened) for opened in (before, after))
    return tuple(gap for gap in gaps[1] if gap not in gaps[0]), tuple(gap for gap in gaps[0] if gap not in gaps[1])


_RESPONSIBLE = frozenset({t.RACI, t.ASSIGNED_TO, t.HOLDING, t.HOLDER})


def _naming(opened: Map, differing: Iterable[str]) -> set[str]:
    """What differs, and all that names it in its responsibilities: assignments, roles, and whoever has these."""
    found, left = set(differing), list(differing)
    while left:
        pointing = opened.store.pointing_at(left.pop())
        for subject in {subject for subject, predicate, _ in pointing if predicate in _RESPONSIBLE} - found:
            found.add(subject)
            left.append(subject)
    return found


def _gaps(opened: Map, within: Container[str] | None = None) -> list[Gap]:
    """What is missing in the responsibilities for all services, or those of some IRIs, each thing once."""
    words, projection = vocabulary(), opened.projection
    wanted = {cls for cls in set(projection.classes) if words.is_a(cls, t.SERVICE)}
    services = [v for v, cls in enumerate(projection.classes) if cls in wanted and not projection.stub[v]]
    if within is not None:
        services = [v for v in services if projection.iris[v] in within]
    gaps = (Gap(gap, projection.iris[v]) for v in services for gap in people(opened.store, projection, [v], {}).gaps)
    return list(dict.fromkeys(gaps))


def _radius(told: Alone | None) -> str:
    if told is None:
        return "not there"
    services = count(len(told.services), "business service")
    return f"{count(told.elements, 'element')} and {services}" if told.elements else "nothing"


def answer(comparison: Comparison, result: Consequences) -> Answer:
    """The differences as rows, and in the facts and notes what follows from them."""
    told = differences(comparison)
    lists = {
        "blast radius": [str(radius) for radius in result.radius],
        "new single points": [str(point) for point in result.new_points],
        "gone single points": [str(point) for point in result.gone_points],
        "availability": list(map(str, result.downtime)),
        "promises": list(map(str, result.slack)),
        "new gaps": list(map(str, result.new_gaps)),
        "gone gaps": list(map(str, result.gone_gaps)),
    }
    words = {
        "blast radius": "blast radius of {}",
        "new single points": "new single point of failure: {}",
        "gone single points": "no longer a single point of failure: {}",
        "availability": "availability of {}",
        "promises": "promise {}",
        "new gaps": "new gap: {}",
        "gone gaps": "gap closed: {}",
    }
    notes = [note for name, said in lists.items() for note in _notes(said, words[name], name)]
    return replace(told, facts={**told.facts, **lists}, notes=(*told.notes, *notes, *result.cuts))


def _notes(said: list[str], words: str, name: str) -> Iterator[str]:
    yield from (words.format(each) for each in said[:_MOST_TOLD])
    if len(said) > _MOST_TOLD:
        yield f"{name}: {len(said) - _MOST_TOLD:,} more in the JSON"
