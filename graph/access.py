"""Who can change these elements at that time, who cannot and should, and whose rights would go?

Access is given on scopes: it holds for all that a scope contains. A denial on any scope around wins over every grant.
What reaches a person through a group, a team or a role goes when that is taken away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from graph.answer import Answer, count
from graph.people import holders
from graph.projection import Projection
from graph.store import Reader
from ontology import terms as t
from ontology.vocabulary import vocabulary

__all__ = ["Access", "Right", "access", "answer", "differing"]

_CHANGES = (t.PERMISSION_WRITE, t.PERMISSION_GRANT)

_Span = tuple[datetime | None, datetime | None]


@dataclass(frozen=True, slots=True, order=True)
class Right:
    """What somebody may do on something: by name, ``role`` is the access role that says so."""

    scope: str
    who: str
    permission: str
    role: str

    def __str__(self) -> str:
        return f"{self.who}: {self.permission} on {self.scope} ({self.role})"


@dataclass(frozen=True, slots=True)
class Access:
    """Result of ``access``.

    ``able``   for each element, who may change it at the time, with the scopes that the right is given on
    ``gaps``   who should be able to and is not, and rights that end too early, in words
    ``lost``   rights that go because what they are given through is taken away
    """

    able: Mapping[int, Mapping[int, tuple[int, ...]]]
    gaps: tuple[str, ...]
    lost: tuple[Right, ...]


@dataclass(frozen=True, slots=True)
class _Assignment:
    """An access role that is given to a principal on a scope, for a time."""

    scope: int
    principal: int
    role: str
    denies: bool
    start: datetime | None
    end: datetime | None

    def holds(self, at: datetime | None) -> bool:
        """Whether it is valid at a time; without one, it is."""
        return at is None or _within(at, (self.start, self.end))


def access(
    store: Reader,
    projection: Projection,
    changed: Collection[int],
    *,
    doing: Collection[int] = (),
    at: datetime | None = None,
    until: datetime | None = None,
) -> Access:
    """Who can carry out and take back a change of elements, and who would lose access by it.

    Args:
        store: what the map says.
        projection: its graph.
        changed: the elements. People, roles, teams, access groups and access roles among them take rights with them.
        doing: those who carry the change out.
        at: when it begins; without it assignments of any time count.
        until: when it must be over, its way back included.
    """
    book = _Book(store, projection)
    things = sorted(v for v in changed if not book.gives(v))
    able = {v: book.able(v, at) for v in things}
    gone = frozenset(v for v in changed if book.gives(v))
    lost = sorted(book.rights(at) - book.rights(at, without=gone)) if gone else []
    gaps = [*book.gaps(able, doing, at, until), *book.without_access(able, doing, at)]
    gaps += book.without_access_then(gone, at) if lost else []
    return Access(able, tuple(gaps), tuple(lost))


def differing(before: tuple[Reader, Projection], after: tuple[Reader, Projection]) -> tuple[list[Right], list[Right]]:
    """Rights that are there before and not after, and the other way round, at any time."""
    old, new = _Book(*before).rights(None), _Book(*after).rights(None)
    return sorted(old - new), sorted(new - old)


class _Book:
    """Reads assignments, groups and scopes."""

    def __init__(self, store: Reader, projection: Projection) -> None:
        self.store, self.projection = store, projection

    def gives(self, element: int) -> bool:
        """Whether rights are given to it, through it, or by its name."""
        cls = self.projection.classes[element]
        return any(vocabulary().is_a(cls, kind) for kind in (t.ACTOR, t.ACCESS_GROUP, t.ACCESS_ROLE))

    def able(
        self, element: int, at: datetime | None, *, without: Collection[int] = ()
    ) -> Mapping[int, tuple[int, ...]]:
        """Who may change the element at a time: people, or whom a right is given to where nobody is known in it."""
        scopes = self._scopes(element)
        given, denied = defaultdict[int, set[int]](set), set[int]()
        for each in self.assignments:
            if self.projection.index.get(each.role, -1) in without or each.scope in without:
                continue
            if each.scope in scopes and each.holds(at) and any(p in _CHANGES for p in self.permits.get(each.role, ())):
                people = self._reached(each.principal, at, without)
                denied |= people if each.denies else set()
                for person in () if each.denies else people:
                    given[person].add(each.scope)
        return {person: tuple(sorted(on)) for person, on in sorted(given.items()) if person not in denied}

    def rights(self, at: datetime | None, *, without: Collection[int] = ()) -> set[Right]:
        """All that anybody may do, but by those assignments that go through what is left out."""
        p, found, denied = self.projection, set[Right](), set[tuple[str, str, str]]()
        for each in self.assignments:
            role = p.index.get(each.role)
            if not each.holds(at) or role in without or each.scope in without:
                continue
            label = p.labels[role] if role is not None else each.role
            for person in self._reached(each.principal, at, without):
                for permission in self.permits.get(each.role, ()):
                    right = Right(p.labels[each.scope], p.labels[person], self._word(permission), label)
                    if each.denies:
                        denied.add((right.scope, right.who, right.permission))
                    else:
                        found.add(right)
        return {right for right in found if (right.scope, right.who, right.permission) not in denied}

    def gaps(
        self,
        able: Mapping[int, Mapping[int, tuple[int, ...]]],
        doing: Collection[int],
        at: datetime | None,
        until: datetime | None,
    ) -> Iterator[str]:
        """Who carries it out and may not, nobody who may, and rights that end before it is over."""
        labels = self.projection.labels
        people = {p for actor in doing for p in holders(self.store, self.projection, actor, at=at)}
        for element, known in able.items():
            if not known:
                yield f"nobody is known to have access to change {labels[element]}"
                continue
            for person in sorted(p for p in people if self._reached(p, at).isdisjoint(known)):
                yield f"{labels[person]} carries it out and has no access to change {labels[element]}"
            late = set(self.able(element, until)) if until else set(known)
            for person in sorted((people & set(known)) - late):
                yield f"the access of {labels[person]} to {labels[element]} ends before the change is over"

    def without_access(
        self, able: Mapping[int, Mapping[int, tuple[int, ...]]], doing: Collection[int], at: datetime | None
    ) -> Iterator[str]:
        """Who is responsible for what is changed, and cannot change it; who carries it out is told already."""
        labels = self.projection.labels
        told = {p for actor in doing for p in holders(self.store, self.projection, actor, at=at)}
        for element, known in able.items():
            for person in sorted(self._responsible_for(element, at) - told) if known else ():
                if self._reached(person, at).isdisjoint(known):
                    yield f"{labels[person]} is responsible for {labels[element]} and has no access to change it"

    def without_access_then(self, gone: Collection[int], at: datetime | None) -> Iterator[str]:
        """Who is responsible for something, and cannot change it any more once some actors and roles are gone."""
        labels = self.projection.labels
        for element in sorted(self.responsible):
            people = self._responsible_for(element, at) - set(gone)
            known, left = (self.able(element, at, without=each) if people else {} for each in ((), gone))
            for person in sorted(people):
                reached = self._reached(person, at)
                if not reached.isdisjoint(known) and reached.isdisjoint(left):
                    yield f"{labels[person]} is responsible for {labels[element]} and would lose access to change it"

    def _responsible_for(self, element: int, at: datetime | None) -> set[int]:
        actors = self.responsible.get(element, ())
        return {p for actor in actors for p in holders(self.store, self.projection, actor, at=at)}

    @cached_property
    def responsible(self) -> Mapping[int, set[int]]:
        """Element -> the actors that a RACI chart calls responsible for it."""
        index, found = self.projection.index, defaultdict[int, set[int]](set)
        duties = {iri for iri, duty in self.store.pairs(t.DUTY) if duty == t.DUTY_RESPONSIBLE}
        actors = _many(self.store, t.ASSIGNED_TO)
        for element, assignment in self.store.pairs(t.RACI):
            if assignment in duties and element in index:
                found[index[element]].update(index[actor] for actor in actors.get(assignment, ()) if actor in index)
        return found

    @cached_property
    def assignments(self) -> tuple[_Assignment, ...]:
        """All assignments of the map, in a stable order."""
        index, found = self.projection.index, []
        denials = {iri for iri, effect in self.store.pairs(t.ACCESS_EFFECT) if effect == t.EFFECT_DENY}
        roles, starts, ends = (dict(sorted(self.store.pairs(p))) for p in (t.GRANTS_ROLE, t.VALID_FROM, t.VALID_UNTIL))
        principals = _many(self.store, t.PRINCIPAL)
        for scope, iri in sorted(set(self.store.pairs(t.HAS_ACCESS))):
            for principal in sorted(principals.get(iri, ())):
                if scope in index and principal in index and iri in roles:
                    span = _moment(starts.get(iri)), _moment(ends.get(iri))
                    found.append(_Assignment(index[scope], index[principal], roles[iri], iri in denials, *span))
        return tuple(found)

    @cached_property
    def permits(self) -> Mapping[str, set[str]]:
        """Access role -> all that it permits, with the roles that it includes."""
        return _many(self.store, t.ALL_PERMITS)

    @cached_property
    def _inside(self) -> Mapping[int, set[int]]:
        """Whoever a right goes on to: members of groups and teams, holders of roles."""
        index, found = self.projection.index, defaultdict[int, set[int]](set)
        turned = ((team, actor) for actor, team in self.store.pairs(t.MEMBER_OF))
        for one, other in (*self.store.pairs(t.GROUP_MEMBER), *self.store.pairs(t.HELD_BY), *turned):
            if one in index and other in index:
                found[index[one]].add(index[other])
        return found

    @cached_property
    def _spans(self) -> Mapping[tuple[int, int], list[_Span]]:
        """(role, holder) -> from when until when, once for each holding; for those that say dates."""
        index, found = self.projection.index, defaultdict[tuple[int, int], list[_Span]](list)
        holder, starts, ends = (dict(sorted(self.store.pairs(p))) for p in (t.HOLDER, t.VALID_FROM, t.VALID_UNTIL))
        for role, holding in sorted(set(self.store.pairs(t.HOLDING))):
            party = holder.get(holding, "")
            if role in index and party in index:
                found[index[role], index[party]].append((_moment(starts.get(holding)), _moment(ends.get(holding))))
        return found

    def _beyond(self, actor: int, at: datetime | None) -> set[int]:
        """Whoever a right of an actor goes on to at a time: a role only to those who hold it then."""
        inside = self._inside.get(actor, set())
        if at is None:
            return inside
        spans = {other: self._spans.get((actor, other), ()) for other in inside}
        return {other for other in inside if not spans[other] or any(_within(at, span) for span in spans[other])}

    def _reached(self, principal: int, at: datetime | None, without: Collection[int] = ()) -> set[int]:
        """The people whom a right reaches at a time; a group without any stands for itself."""
        found, waiting = set[int](), [principal]
        while waiting:
            actor = waiting.pop()
            if actor not in found and actor not in without:
                found.add(actor)
                waiting += sorted(self._beyond(actor, at))
        return {actor for actor in found if not self._beyond(actor, at)}

    def _scopes(self, element: int) -> set[int]:
        """The element and all that contains it."""
        found, waiting = set[int](), [element]
        while waiting:
            scope = waiting.pop()
            if scope not in found:
                found.add(scope)
                waiting += sorted(self._around.get(scope, ()))
        return found

    @cached_property
    def _around(self) -> Mapping[int, set[int]]:
        index, found = self.projection.index, defaultdict[int, set[int]](set)
        for inner, outer in (*self.store.pairs(t.CONTAINED_IN), *self.store.pairs(t.IN_SUBSCRIPTION)):
            if inner in index and outer in index:
                found[index[inner]].add(index[outer])
        return found

    @staticmethod
    def _word(permission: str) -> str:
        code = vocabulary().codes.get(permission)
        return code.key if code else permission.rpartition("-")[2]


def _many(store: Reader, predicate: str) -> dict[str, set[str]]:
    found = defaultdict[str, set[str]](set)
    for subject, value in store.pairs(predicate):
        found[subject].add(value)
    return found


def _within(at: datetime, span: _Span) -> bool:
    start, end = span
    return (start is None or start <= at) and (end is None or at < end)


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def answer(projection: Projection, result: Access, *, most: int = 100) -> Answer:
    """Who may change each element, as rows; gaps, and ``most`` rights that would go, as notes; the cut is said."""
    labels = projection.labels
    rows = [
        (labels[element], labels[person], "; ".join(labels[scope] for scope in scopes))
        for element, known in result.able.items()
        for person, scopes in known.items()
    ]
    lost = [f"would lose access: {right}" for right in result.lost[:most]]
    if len(result.lost) > most:
        lost.append(f"{len(result.lost) - most:,} more rights would go")
    able = len({row[1] for row in rows})
    return Answer(
        title=f"{count(able, 'person', 'people')} with access, {count(len(result.gaps), 'gap')}",
        of="access",
        columns=("element", "who can change it", "given on"),
        rows=tuple(rows),
        notes=(*(f"gap: {gap}" for gap in result.gaps), *lost),
    )
