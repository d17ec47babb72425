"""What follows from the difference between two states of a map? Blast radius, single points of failure, RACI gaps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from graph.analysis.alone import Alone, alone, single_points
from graph.answer import Answer, count
from graph.compare import Comparison
from graph.compare import answer as differences
from graph.maps import Map
from graph.people import people
from graph.projection import Projection
from ontology import terms as t
from ontology.vocabulary import vocabulary

__all__ = ["Consequences", "Gap", "Point", "Radius", "answer", "consequences", "touched"]

_MOST_TOLD = 20


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
class Consequences:
    """Result of ``consequences``: what is different, nothing that is the same in both states.

    ``radius`` begins with what has grown most.
    """

    radius: tuple[Radius, ...]
    new_points: tuple[Point, ...]
    gone_points: tuple[Point, ...]
    new_gaps: tuple[Gap, ...]
    gone_gaps: tuple[Gap, ...]


def consequences(before: Map, after: Map, comparison: Comparison) -> Consequences:
    """What follows from a comparison of two maps.

    Looked at are the blast radius of the elements that differ and of the providers of dependencies that differ, the
    single points of failure of all business services, and who is accountable for each service. Cost: for each state
    one run of ``single_points``, and the statements about its services.
    """
    chosen = touched(comparison)
    points = _points(before.projection), _points(after.projection)
    gaps = _gaps(before), _gaps(after)
    return Consequences(
        radius=tuple(_radii(before.projection, after.projection, chosen)),
        new_points=tuple(sorted(points[1] - points[0])),
        gone_points=tuple(sorted(points[0] - points[1])),
        new_gaps=tuple(gap for gap in gaps[1] if gap not in gaps[0]),
        gone_gaps=tuple(gap for gap in gaps[0] if gap not in gaps[1]),
    )


def touched(comparison: Comparison) -> frozenset[str]:
    """IRIs of the elements that differ, and of both ends of the dependencies that do."""
    ends = ((difference.owner, difference.provider) for difference in comparison.differences)
    return frozenset(iri for pair in ends for iri in pair if iri)


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


def _points(projection: Projection) -> set[Point]:
    labels, iris = projection.labels, projection.iris
    return {
        Point(labels[service], labels[element], iris[service], iris[element])
        for service, elements in single_points(projection).items()
        for element in elements
    }


def _gaps(opened: Map) -> list[Gap]:
    """What is missing in the responsibilities for all services, each thing once."""
    words, projection = vocabulary(), opened.projection
    wanted = {cls for cls in set(projection.classes) if words.is_a(cls, t.SERVICE)}
    services = [v for v, cls in enumerate(projection.classes) if cls in wanted and not projection.stub[v]]
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
        "new gaps": list(map(str, result.new_gaps)),
        "gone gaps": list(map(str, result.gone_gaps)),
    }
    words = {
        "blast radius": "blast radius of {}",
        "new single points": "new single point of failure: {}",
        "gone single points": "no longer a single point of failure: {}",
        "new gaps": "new gap: {}",
        "gone gaps": "gap closed: {}",
    }
    notes = [note for name, said in lists.items() for note in _notes(said, words[name], name)]
    return replace(told, facts={**told.facts, **lists}, notes=(*told.notes, *notes))


def _notes(said: list[str], words: str, name: str) -> Iterator[str]:
    yield from (words.format(each) for each in said[:_MOST_TOLD])
    if len(said) > _MOST_TOLD:
        yield f"{name}: {len(said) - _MOST_TOLD:,} more in the JSON"
