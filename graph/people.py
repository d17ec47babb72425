"""Who must approve, do, be asked and be told, when elements are changed or hit? One entry each, with all reasons.

RACI speaks: who is accountable approves, who is responsible does, who is consulted is asked, who is informed is told.
Owners and support groups are told as well. A duty of a role is a duty of those who hold it at that time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from graph.analysis.states import State
from graph.answer import Answer, count, few
from graph.natural import natural
from graph.projection import Projection
from graph.store import DERIVED, ONTOLOGY, Reader
from graph.surroundings import OWNING, Named
from ontology import terms as t
from ontology.vocabulary import vocabulary

Ints = npt.NDArray[np.int32]

__all__ = ["Entry", "Part", "People", "Reason", "answer", "heading", "holders", "is_actor", "people"]


class Part(IntEnum):
    """What somebody has to do with a change, the weightiest first."""

    APPROVE = 0
    DO = 1
    ASK = 2
    TELL = 3

    @property
    def words(self) -> str:
        """As people say it of work that is planned, and as results keep it."""
        return ("must approve", "must do it", "must be asked", "must be told")[self]

    def said(self, *, planned: bool) -> str:
        """The same in words that fit: nobody approves what nobody planned, those accountable decide what is done then.

        >>> Part.APPROVE.said(planned=False), Part.TELL.said(planned=False)
        ('must decide', 'must be told')
        """
        return self.words if planned or self >= Part.ASK else ("must decide", "must mend it")[self]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: the part, the element, and the words of the map ("accountable", "support group", "holds the role …").

    ``spared``  whether they would have to approve if the element were not at risk alone
    """

    part: Part
    element: int
    words: str
    role: int | None = None
    spared: bool = False

    @property
    def leading(self) -> str:
        """The words with the one that leads to the element.

        >>> Reason(Part.ASK, 0, "consulted").leading, Reason(Part.ASK, 0, "consulted for releases").leading
        ('consulted about', 'consulted for releases of')
        """
        return f"{self.words} {_LEADING.get(self.words, 'of')}"


_LEADING = {"accountable": "for", "responsible": "for", "consulted": "about", "informed": "about"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A person, a team, or a role that nobody holds; the reasons are weightiest first."""

    actor: int
    reasons: tuple[Reason, ...]

    @property
    def part(self) -> Part:
        """The weightiest thing that is wanted of them."""
        return self.reasons[0].part


@dataclass(frozen=True, slots=True)
class People:
    """Result of ``people``: entries by part and name, and what is missing, in words."""

    entries: tuple[Entry, ...]
    gaps: tuple[str, ...]
    left_out: tuple[int, ...] = ()


def people(
    store: Reader,
    projection: Projection,
    changed: Collection[int],
    hit: Mapping[int, State],
    *,
    at: datetime | None = None,
    leave_out: Collection[int] = (),
    before: Reader | None = None,
    named: Callable[[], Named] | None = None,
    planned: bool = True,
) -> People:
    """Who has a part in it.

    Args:
        store: what the map says.
        projection: its graph.
        changed: elements that somebody works on.
        hit: elements that are affected, with their state; those at risk only make people told.
        at: when it happens: roles are held for a time. Without it holdings of any time count.
        leave_out: actors that are not to be notified; they are named in the result, not in the entries.
        before: what the map says without an edit that is tried: it tells who has a part in what the edit takes away.
        named: whom all elements name, where that is kept; asked for where many are affected.
        planned: whether somebody means to do it; only then it is a gap that one approves what they do themselves.
    """
    teller = _Teller(store, projection, at, before)
    if len(changed) + len(hit) > _MANY:
        teller.named = named() if named else Named(store, projection)
    reasons: defaultdict[int, set[Reason]] = defaultdict(set)
    alone, alike = {*changed, *hit}, np.zeros(0, np.int32)
    if teller.named is not None and before is None:
        many = np.array(sorted(alone.difference(changed)), np.int32)
        alike = many[~teller.named.assigned[many]]
        alone.difference_update(alike.tolist())
    for element in sorted(alone):
        for actor, reason in teller.reasons(element, changed=element in changed, state=hit.get(element)):
            reasons[actor].add(reason)
    owning = teller.owning(alike) if len(alike) else {}
    silent = {actor for actor in leave_out if actor in reasons or actor in owning}
    entries = [
        Entry(actor, tuple(sorted([*reasons.get(actor, ()), *owning.get(actor, ())], key=_weight)))
        for actor in {**reasons, **owning}
        if actor not in silent
    ]
    entries.sort(key=lambda entry: (entry.part, natural(projection.labels[entry.actor]), entry.actor))
    return People(tuple(entries), tuple(teller.gaps(changed, hit, reasons, planned=planned)), tuple(sorted(silent)))


def _weight(reason: Reason) -> tuple[Part, int, str]:
    return reason.part, reason.element, reason.words


def holders(store: Reader, projection: Projection, actor: int, *, at: datetime | None = None) -> tuple[int, ...]:
    """Who acts for an actor at a time: those who hold it if it is a role, else the actor itself."""
    return tuple(person for person, _ in _Teller(store, projection, at).holders(actor))


def is_actor(projection: Projection, element: int) -> bool:
    """Whether it is a person, a team, a role or another party: nobody approves that one of these is away."""
    return vocabulary().is_a(projection.classes[element], t.ACTOR)


_PARTS = {"accountable": Part.APPROVE, "responsible": Part.DO, "consulted": Part.ASK, "informed": Part.TELL}
_NOT_SAID = (DERIVED, ONTOLOGY)


class _Teller:
    """Reads assignments, owners and holdings from the map, element by element."""

    def __init__(
        self, store: Reader, projection: Projection, at: datetime | None, before: Reader | None = None
    ) -> None:
        self.store, self.projection, self.at, self.before = store, projection, at, before
        words = vocabulary()
        self.duties = {code.iri: _PARTS[code.key] for code in words.codes.values() if code.key in _PARTS}
        self.labels = {use.iri: use.label for cls in words.classes.values() for use in cls.properties.values()}
        self._known: dict[int, list[tuple[int, Part, str]]] = {}
        self.named: Named | None = None
        self._holders: dict[int, list[tuple[int, int | None]]] = {}
        self._vacant: set[int] = set()

    def reasons(self, element: int, *, changed: bool, state: State | None) -> Iterator[tuple[int, Reason]]:
        """Each actor who has a part because of the element; only those accountable approve of what is merely hit."""
        for actor, part, words in self._said(element):
            wanted = part
            if not changed:
                wanted = Part.TELL if part is not Part.APPROVE or state == State.AT_RISK else part
            for person, role in self.holders(actor):
                yield person, Reason(wanted, element, words, role, spared=wanted is not part is Part.APPROVE)

    def _said(self, element: int) -> list[tuple[int, Part, str]]:
        """Actor, part and words of everything that an element says about people."""
        if element not in self._known:
            self._known[element] = [*self._raci(element), *self._owners(element)]
        return self._known[element]

    def _raci(self, element: int) -> Iterator[tuple[int, Part, str]]:
        for predicate, value in self._naming(element):
            if predicate != t.RACI:
                continue
            said = defaultdict[str, list[str]](list)
            for key, text in self._about(value):
                said[key].append(text)
            part = next((self.duties[duty] for duty in said[t.DUTY] if duty in self.duties), None)
            activity = f" for {said[t.ACTIVITY][0]}" if said[t.ACTIVITY] else ""
            if part is not None:
                word = next(word for word, known in _PARTS.items() if known is part)
                for iri in said[t.ASSIGNED_TO]:
                    if iri in self.projection.index:
                        yield self.projection.index[iri], part, word + activity

    def _owners(self, element: int) -> Iterator[tuple[int, Part, str]]:
        for predicate, value in self._naming(element):
            if predicate in OWNING and value in self.projection.index:
                yield self.projection.index[value], Part.TELL, self.labels.get(predicate, "owner").lower()

    def owning(self, elements: Ints) -> dict[int, list[Reason]]:
        """The same for many elements that are hit and name nobody but owners, each of whom is told."""
        naming: defaultdict[tuple[int, str], list[Ints]] = defaultdict(list)
        for predicate, value, those in self.named.owners(elements) if self.named else ():
            if value in self.projection.index:
                naming[self.projection.index[value], self.labels.get(predicate, "owner").lower()].append(those)
        found: defaultdict[int, list[Reason]] = defaultdict(list)
        for (actor, words), parts in naming.items():
            those = parts[0] if len(parts) == 1 else np.unique(np.concatenate(parts))
            for person, role in dict.fromkeys(self.holders(actor)):
                found[person] += [Reason(Part.TELL, element, words, role) for element in those.tolist()]
        return found

    def holders(self, actor: int) -> list[tuple[int, int | None]]:
        """The actor itself, or those who hold it when it is a role; a role that nobody holds stands for itself."""
        if actor not in self._holders:
            self._holders[actor] = self._read_holders(actor)
        return self._holders[actor]

    def _read_holders(self, actor: int) -> list[tuple[int, int | None]]:
        if not vocabulary().is_a(self.projection.classes[actor], t.ROLE):
            return [(actor, None)]
        found: list[tuple[int, int | None]] = []
        for predicate, value in self._about(self.projection.iris[actor]):
            if predicate == t.HOLDING:
                said = dict(self._about(value))
                holder = self.projection.index.get(said.get(t.HOLDER, ""))
                if holder is not None and self._holds(said):
                    found.append((holder, actor))
        if not found:
            self._vacant.add(actor)
        return found or [(actor, None)]

    def _holds(self, said: Mapping[str, str]) -> bool:
        if self.at is None:
            return True
        start, end = said.get(t.VALID_FROM), said.get(t.VALID_UNTIL)
        return (not start or _moment(start) <= self.at) and (not end or self.at < _moment(end))

    def _naming(self, element: int) -> list[tuple[str, str]]:
        """What an element says of people, among other things."""
        found = self.named.by(element) if self.named is not None else []
        if found or (self.named is not None and self.before is None):
            return found
        return self._about(self.projection.iris[element])

    def _about(self, iri: str) -> list[tuple[str, str]]:
        told = [*self.store.about(iri)]
        if self.before is not None and not any(graph not in _NOT_SAID for _, _, graph in told):
            told += self.before.about(iri)
        return sorted({(predicate, value.text) for predicate, value, graph in told if graph not in _NOT_SAID})

    def gaps(
        self,
        changed: Collection[int],
        hit: Mapping[int, State],
        reasons: Mapping[int, set[Reason]],
        *,
        planned: bool,
    ) -> Iterator[str]:
        """What is missing or contradicts: nobody accountable, two, a vacant role, one who approves their own work."""
        labels = self.projection.labels
        classes = list(self.projection.classes)
        services = {cls for cls in set(classes) if vocabulary().is_a(cls, t.SERVICE)}
        down = [element for element, state in hit.items() if state >= State.DEGRADED and classes[element] in services]
        for element in sorted({*changed, *down}):
            accountable = {actor for actor, part, _ in self._said(element) if part is Part.APPROVE}
            if not accountable and not is_actor(self.projection, element):
                yield f"{_NOBODY}{labels[element]}"
            elif len(accountable) > 1:
                names = " and ".join(sorted(labels[actor] for actor in accountable))
                yield f"{len(accountable)} are accountable for {labels[element]}: {names}"
        for role in sorted(self._vacant):
            yield f"nobody holds the role {labels[role]}"
        for actor in sorted(reasons) if planned else ():
            parts = {part: {r.element for r in reasons[actor] if r.part is part} for part in (Part.APPROVE, Part.DO)}
            for element in sorted(parts[Part.APPROVE] & parts[Part.DO] & set(changed)):
                yield f"{labels[actor]} approves and carries out the change of {labels[element]}"


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


_MANY = 5_000
"""From so many elements on, the owners of the whole map are read sooner than each element by itself."""
_MOST_REASONS = 4
_NOBODY = "nobody is accountable for "


def heading(*, planned: bool) -> str:
    """What the list answers."""
    return "Who must approve, do, be asked, be told?" if planned else "Who must decide, mend, be asked, be told?"


def answer(projection: Projection, result: People, *, planned: bool = True) -> Answer:
    """The entries as rows: what is wanted of whom, and why; ``planned`` says whether somebody means to do it."""
    return Answer(
        title=f"{count(len(result.entries), 'person or team', 'people and teams')}, {count(len(result.gaps), 'gap')}",
        of="people",
        columns=("part", "who", "id", "why"),
        rows=tuple(
            (
                entry.part.said(planned=planned),
                projection.labels[entry.actor],
                projection.ids[entry.actor],
                _why(projection, entry),
            )
            for entry in result.entries
        ),
        facts={"revision": projection.revision, "gaps": list(result.gaps)},
        notes=(
            *_gaps(result.gaps),
            *(f"not notified, as asked: {projection.labels[actor]}" for actor in result.left_out),
        ),
    )


def _gaps(gaps: Sequence[str]) -> Iterator[str]:
    """The gaps as notes; what nobody is accountable for is one of them, with the first names."""
    names = [gap.removeprefix(_NOBODY) for gap in gaps if gap.startswith(_NOBODY)]
    if names:
        many = f"{len(names):,} elements: " if len(names) > 1 else ""
        yield f"gap: {_NOBODY}{many}{few(names)}"
    yield from (f"gap: {gap}" for gap in gaps if not gap.startswith(_NOBODY))


def _why(projection: Projection, entry: Entry) -> str:
    told = [
        f"{reason.leading} {projection.labels[reason.element]}"
        + (f" as {projection.labels[reason.role]}" if reason.role is not None else "")
        + (" (only at risk)" if reason.spared else "")
        for reason in entry.reasons[:_MOST_REASONS]
    ]
    left = len(entry.reasons) - _MOST_REASONS
    return "; ".join(told) + (f"; {count(left, 'more reason')}" if left > 0 else "")
