"""What does a change reach, in words that people outside IT use? Services, processes, customers, places, environments.

The elements that are hit are gathered by what they are, by whom they serve, and by where they stand. Nothing is added
to what the map says: an element without a place, an environment or a customer is in none, and is counted as such.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graph.analysis.judgement import Judgement
from graph.analysis.states import State
from graph.answer import Answer, Cell, count
from graph.maps import Map
from graph.natural import natural
from graph.projection import Projection
from graph.surroundings import Inside
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
    classes = list(projection.classes)
    kinds = {cls: what for what, known in _OWN.items() for cls in set(classes) if words.is_a(cls, known)}
    own = {v: kinds[classes[v]] for v in upper if classes[v] in kinds}
    services = [v for v, what in own.items() if what == "business service"]
    around = opened.surroundings
    customers: Inside = around.customers if services else {}
    fared = _fared(projection, lower, upper)
    found = [Reached(what, v, lower[v], upper[v], (v,)) for v, what in own.items()]
    for what, inside in (("customer", customers), ("location", around.places), ("environment", around.environments)):
        found += _gathered(what, inside, fared)
    names = {r.element: natural(projection.labels[r.element]) for r in found}
    found.sort(key=lambda r: (KINDS.index(r.what), -r.upper, -r.lower, -len(r.through), names[r.element], r.element))
    return Reach(
        reached=tuple(found),
        hit=len(upper),
        unplaced=_outside(upper, around.places, projection),
        nowhere=_outside(upper, around.environments, projection),
        unserving=_outside(services, customers, projection),
    )


_Fared = tuple[npt.NDArray[np.int8], npt.NDArray[np.int8]]
"""The least and the most that each element suffers; -1 for what is neither changed nor hit."""


def _fared(projection: Projection, lower: Mapping[int, State], upper: Mapping[int, State]) -> _Fared:
    """The states of all elements at once."""
    least, most = (np.full(len(projection), -1, np.int8) for _ in range(2))
    for states, known in ((least, lower), (most, upper)):
        states[list(known)] = [int(state) for state in known.values()]
    return least, most


def _outside(elements: Iterable[int], inside: Inside, projection: Projection) -> int:
    """How many of some elements are in none of the wholes."""
    known = np.zeros(len(projection), np.bool_)
    for within in inside.values():
        known[within] = True
    return sum(not known[element] for element in set(elements))


def _gathered(what: str, inside: Inside, fared: _Fared) -> Iterator[Reached]:
    """Each place in which something is hit: with that, the worst state of it, and how many fare so of how many."""
    lower, upper = fared
    for whole, within in inside.items():
        hit = within[upper[within] >= 0]
        if not len(hit):
            continue
        hit = hit[np.lexsort((hit, -lower[hit], -upper[hit]))]
        least, most = lower[hit].max(), upper[hit[0]]
        itself = upper[whole] == most
        worst = 0 if itself else int((upper[hit] == most).sum())
        of = 0 if itself else len(within) - int((within == whole).any())
        yield Reached(what, whole, State(int(least)), State(int(most)), tuple(hit.tolist()), worst, of)


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
