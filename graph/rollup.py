"""What does a change reach, in words that people outside IT use? Services, processes, customers, places, environments.

The elements that are hit are gathered by what they are, by whom they serve, and by where they stand. Nothing is added
to what the map says: an element without a place, an environment or a customer is in none, and is counted as such.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from graph.analysis.judgement import Judgement
from graph.analysis.states import State
from graph.answer import Answer, Cell, count
from graph.attributes import Attributes
from graph.maps import Map
from graph.projection import Projection
from ontology import terms as t
from ontology.vocabulary import vocabulary

__all__ = ["KINDS", "Reach", "Reached", "answer", "plural", "reach", "state_words"]

_OWN = {
    "business service": t.BUSINESS_SERVICE,
    "technical service": t.TECHNICAL_SERVICE,
    "application": t.APPLICATION,
    "process": t.PROCESS,
}
_PLURALS = {"process": "processes"}
KINDS = (*_OWN, "customer", "location", "environment")
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Reached:
    """A service, application, process, customer, location or environment, and how badly it is reached.

    ``through``  the elements by which it is, the worst first; of a service, application or process itself alone
    ``worst``    how many of these fare as badly as the worst, and ``of`` how many there are in it, hit or not; of what
                 is hit itself both are 0
    """

    what: str
    element: int
    lower: State
    upper: State
    through: tuple[int, ...]
    worst: int = 0
    of: int = 0


@dataclass(frozen=True, slots=True)
class Reach:
    """All that a change reaches, by kind, the worst first.

    ``hit``        how many elements are changed or hit
    ``unplaced``   how many of them have no location, ``nowhere`` no environment, ``unserving`` of the business services
                   no customer: as far as the map says
    """

    reached: tuple[Reached, ...]
    hit: int
    unplaced: int
    nowhere: int
    unserving: int


def reach(opened: Map, judgement: Judgement) -> Reach:
    """Gather what is changed or hit. Cost: what is said about customers, environments and places, and what is hit.

    Where a thing stands is what it is located in, or else where what it runs on stands, and the places around that.
    """
    projection, words = opened.projection, vocabulary()
    upper = {bracket.element: bracket.upper for bracket in judgement.affected}
    lower = {bracket.element: bracket.lower for bracket in judgement.affected}
    for change in judgement.changes:
        surely = change.windows if change.surely is None else change.surely
        for states, spans in ((upper, change.windows), (lower, surely)):
            state = change.kind.state if spans else State.UNAFFECTED
            states[change.element] = max(states.get(change.element, State.UNAFFECTED), state)
    classes = set(projection.classes)
    kinds = {cls: what for what, known in _OWN.items() for cls in classes if words.is_a(cls, known)}
    own = {v: kinds[projection.classes[v]] for v in upper if projection.classes[v] in kinds}
    services = [v for v, what in own.items() if what == "business service"]
    customers = _turned(_customers(opened, _business_services(projection) if services else ()))
    places, rooms = _places(projection), _environments(opened)
    found = [Reached(what, v, lower[v], upper[v], (v,)) for v, what in own.items()]
    for what, inside in (("customer", customers), ("location", places), ("environment", rooms)):
        found += _gathered(what, inside, lower, upper)
    labels = projection.labels
    found.sort(key=lambda r: (KINDS.index(r.what), -r.upper, -r.lower, -len(r.through), labels[r.element], r.element))
    return Reach(
        reached=tuple(found),
        hit=len(upper),
        unplaced=len(upper.keys() - set().union(*places.values())),
        nowhere=len(upper.keys() - set().union(*rooms.values())),
        unserving=len(set(services) - set().union(*customers.values())),
    )


def _turned(of: Mapping[int, set[int]]) -> dict[int, set[int]]:
    """Who receives what, from what is received by whom."""
    found: dict[int, set[int]] = {}
    for element, wholes in of.items():
        for whole in wholes:
            found.setdefault(whole, set()).add(element)
    return found


def _gathered(
    what: str, inside: Mapping[int, set[int]], lower: Mapping[int, State], upper: Mapping[int, State]
) -> Iterator[Reached]:
    """Each place in which something is hit: with that, the worst state of it, and how many fare so of how many."""
    for whole, within in inside.items():
        elements = sorted(within & upper.keys(), key=lambda v: (-upper[v], -lower[v], v))
        if not elements:
            continue
        least, most = max(lower[v] for v in elements), upper[elements[0]]
        itself = whole in upper and upper[whole] == most
        worst = 0 if itself else sum(upper[v] == most for v in elements)
        yield Reached(what, whole, least, most, tuple(elements), worst, 0 if itself else len(within - {whole}))


def _business_services(projection: Projection) -> list[int]:
    is_a = vocabulary().is_a
    known = {cls for cls in set(projection.classes) if is_a(cls, t.BUSINESS_SERVICE)}
    return [v for v, cls in enumerate(projection.classes) if cls in known]


def _customers(opened: Map, services: Sequence[int]) -> dict[int, set[int]]:
    """Who receives each service: as it says itself, and as the agreements with customers say."""
    index, iris = opened.projection.index, opened.projection.iris
    told = {iris[v]: set[int]() for v in services}
    for service, customer in opened.store.pairs(t.SERVES_CUSTOMER):
        if service in told and customer in index:
            told[service].add(index[customer])
    agreed: dict[str, set[str]] = {}
    for agreement, customer in opened.store.pairs(t.AGREED_FOR):
        agreed.setdefault(agreement, set()).add(customer)
    is_a, classes = vocabulary().is_a, opened.projection.classes
    for agreement, service in opened.store.pairs(t.COVERS):
        for customer in agreed.get(agreement, ()) if service in told else ():
            if customer in index and is_a(classes[index[customer]], t.CUSTOMER):
                told[service].add(index[customer])
    return {index[service]: found for service, found in told.items()}


def _environments(opened: Map) -> dict[int, set[int]]:
    """What is in each environment."""
    found: dict[int, set[int]] = {}
    naming, named = Attributes(opened.store, opened.projection).named(t.IN_ENVIRONMENT)
    for element, environment in zip(naming.tolist(), named.tolist(), strict=True):
        found.setdefault(environment, set()).add(element)
    return found


def _places(projection: Projection) -> dict[int, set[int]]:
    """What stands in each location, or in a place within it; the location itself as well. Cost: what is found."""
    is_a, inside = vocabulary().is_a, dict[int, list[int]]()
    for element, around in (_ends(projection, t.KIND_RUNS_ON) | _ends(projection, t.KIND_LOCATED_IN)).items():
        for place in around:
            inside.setdefault(place, []).append(element)
    location = {cls for cls in set(projection.classes) if is_a(cls, t.LOCATION)}
    found = {}
    for place in (v for v, cls in enumerate(projection.classes) if cls in location):
        stack, seen = [place], {place}
        while stack:
            fresh = [v for v in inside.get(stack.pop(), []) if v not in seen]
            seen.update(fresh)
            stack += fresh
        found[place] = seen
    return found


def _ends(projection: Projection, kind: str) -> dict[int, list[int]]:
    """The providers of each element by dependencies of a kind, those in groups as well."""
    dependent, provider, edge = projection.direct
    number = next(n for n, each in enumerate(projection.kinds) if each.iri == kind)
    chosen = np.flatnonzero(projection.edges.kind[edge] == number)
    found: dict[int, list[int]] = {}
    for one, other in zip(dependent[chosen].tolist(), provider[chosen].tolist(), strict=True):
        found.setdefault(one, []).append(other)
    return found


def answer(projection: Projection, found: Reach, *, most: int | None = None) -> Answer:
    """What is reached as rows; ``most`` of each kind, and the cut is said."""
    rows: list[Reached] = []
    titles, notes = list[str](), list[str]()
    for what in KINDS:
        every = [each for each in found.reached if each.what == what]
        rows += every[:most]
        titles += [_many(len(every), what)] if every else []
        if most is not None and len(every) > most:
            notes.append(f"of {_many(len(every), what)} the worst {most} are listed; the rolled-up list has all")
    for number, noun, one, several in (
        (found.unserving, "business service", "for which nobody names a customer", "for which nobody names a customer"),
        (found.unplaced, "element", "of which nobody says where it stands", "of which nobody says where they stand"),
        (found.nowhere, "element", "of which nobody says in which environment it is", _NOWHERE),
    ):
        rest = f"is hit {one}" if number == 1 else f"are hit {several}"
        notes += [f"{count(number, noun)} {rest}"] if number else []
    return Answer(
        title=", ".join(titles) or "the map shows none of these above it",
        of="reached",
        columns=("what", "id", "name", "state", "elements", "because of"),
        rows=tuple(_row(projection, each) for each in rows),
        facts={"revision": projection.revision},
        notes=tuple(notes),
    )


_NOWHERE = "of which nobody says in which environment they are"


def _row(projection: Projection, each: Reached) -> tuple[Cell, ...]:
    itself = each.through == (each.element,)
    names = [projection.labels[v] for v in each.through[:_NAMED]]
    more = f" and {len(each.through) - _NAMED:,} more" if len(each.through) > _NAMED else ""
    return (
        each.what,
        projection.ids[each.element],
        projection.labels[each.element],
        state_words(each),
        len(each.through),
        "itself" if itself else ", ".join(names) + more,
    )


def state_words(each: Reached) -> str:
    """Its state, where that is not certain the least and the most; of a place how many of its elements fare so.

    >>> state_words(Reached("location", 0, State.DOWN, State.DOWN, (1, 2, 3), worst=3, of=40))
    '3 of its 40 elements are down'
    """
    upper, lower = each.upper.words, each.lower.words
    if not each.of:
        return upper if each.lower == each.upper else f"{lower} … {upper}"
    what = "service" if each.what == "customer" else "element"
    most = "" if each.lower == each.upper else "at most "
    of = f"its only {what}" if each.of == 1 else f"{each.worst:,} of its {each.of:,} {what}s"
    return f"{most}{of} {'is' if each.worst == 1 else 'are'} {upper}"


def plural(what: str) -> str:
    """The name of several of a kind.

    >>> plural("process"), plural("location")
    ('processes', 'locations')
    """
    return _PLURALS.get(what, f"{what}s")


def _many(number: int, what: str) -> str:
    return count(number, what, plural(what))
