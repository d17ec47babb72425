"""Can we get back? Whether a change can be undone in its window, with what and whom, and how the last ones went."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from enum import Enum

from graph.analysis.changes import happenings, times_of
from graph.analysis.judgement import told
from graph.analysis.states import State
from graph.analysis.timed import Timed, timed
from graph.analysis.windows import FOREVER, Spans, at_least, later, merged
from graph.answer import Answer, count
from graph.people import holders
from graph.records import Plan, Records
from ontology import terms as t

__all__ = ["Holds", "Step", "answer", "back_out"]

_LATEST = 5


class Holds(Enum):
    """Whether something that the way back needs is there."""

    NO = "no"
    UNKNOWN = "not known"
    YES = "yes"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that the way back needs, whether it is there, and why."""

    what: str
    holds: Holds
    words: str


def back_out(records: Records, plan: Plan, *, zone: tzinfo = UTC) -> tuple[Step, ...]:
    """What speaks for and against getting back.

    Args:
        records: the records of the map at the time of the change.
        plan: the change.
        zone: for the times in the words.
    """
    return tuple(_Looker(records, plan, zone).steps())


class _Looker:
    def __init__(self, records: Records, plan: Plan, zone: tzinfo) -> None:
        self.records, self.projection, self.plan, self.zone = records, records.projection, plan, zone
        self.times = times_of(self.projection)
        others = [p for p in (*records.baseline, *records.changes) if not p.same_as(plan)]
        self.others = tuple(dict.fromkeys(others))
        self.own = self._run([plan])
        self.all = self._run([plan, *self.others])
        self.needed: Spans = merged((start, later(end, plan.back_out or 0)) for start, end in plan.window)

    def _run(self, plans: list[Plan]) -> Timed:
        changes = [change for plan in plans for change in plan.changes]
        return timed(self.projection, happenings(changes), times=self.times)

    def steps(self) -> Iterator[Step]:
        yield self._time()
        yield from self._backups()
        yield from self._by_kind(t.KIND_DEPLOYED_BY, "pipeline", "nothing is said to deploy")
        for need in self.plan.needs:
            yield self._works("tool", need, "")
        yield from self._plans()
        yield from self._people()
        yield self._past()

    def _time(self) -> Step:
        """Undoing begins at the point of no return at the latest, and must be over with the window."""
        plan = self.plan
        if plan.back_out is None:
            return Step("time", Holds.UNKNOWN, "nobody says how long it takes to undo it")
        minutes = f"{plan.back_out / 60:g} min"
        if plan.end >= FOREVER or plan.start <= -FOREVER:
            return Step("time", Holds.UNKNOWN, f"undoing takes {minutes}, and the window has no end or no beginning")
        if plan.no_return is None:
            last = plan.end - plan.back_out
            if last < plan.start:
                return Step("time", Holds.NO, f"undoing takes {minutes}, longer than the window")
            return Step("time", Holds.YES, f"undoing takes {minutes}; decide at {told(last, self.zone)} at the latest")
        gone, over = told(plan.no_return, self.zone), told(plan.end, self.zone)
        if plan.no_return + plan.back_out > plan.end:
            back = told(plan.no_return + plan.back_out, self.zone)
            return Step(
                "time", Holds.NO, f"begun at the point of no return ({gone}), undoing ends at {back}, after {over}"
            )
        return Step("time", Holds.YES, f"begun at the point of no return ({gone}), undoing ends by {over}")

    def _backups(self) -> Iterator[Step]:
        store, index = self.records.store, self.projection.index
        copies: dict[int, list[int]] = {}
        for copy, of in sorted(store.pairs(t.BACKUP_OF)):
            if copy in index and of in index:
                copies.setdefault(index[of], []).append(index[copy])
        restored = dict(sorted(store.pairs(t.LAST_RESTORED)))
        for element in self.plan.elements:
            label = self.projection.labels[element]
            backers = self._providers(element, t.KIND_BACKED_UP_BY)
            found = copies.get(element, [])
            if not found and not backers:
                yield Step("backup", Holds.UNKNOWN, f"no backup of {label} is known")
            for kept in found:
                proven = restored.get(self.projection.iris[kept], "")
                words = f"last restored {proven[:10]}" if proven else "never seen restored"
                yield self._works("backup", kept, f" ({label}: {words})", known=Holds.YES if proven else Holds.UNKNOWN)
            for backer in backers:
                yield self._works("backup", backer, f" (backs up {label})")

    def _by_kind(self, kind: str, what: str, missing: str) -> Iterator[Step]:
        for element in self.plan.elements:
            label = self.projection.labels[element]
            providers = self._providers(element, kind)
            if not providers:
                yield Step(what, Holds.UNKNOWN, f"{missing} {label}")
            for provider in providers:
                yield self._works(what, provider, f" (for {label})")

    def _providers(self, element: int, kind: str) -> list[int]:
        """What an element has a dependency of that kind on; members of its groups as well."""
        p = self.projection
        start, order = p.uses
        found, waiting = [], [element]
        while waiting:
            vertex = waiting.pop()
            for edge in order[start[vertex] : start[vertex + 1]].tolist():
                provider = int(p.edges.provider[edge])
                if p.is_group(provider):
                    waiting.append(provider)
                elif p.kinds[p.edges.kind[edge]].iri == kind:
                    found.append(provider)
        return sorted(found)

    def _works(self, what: str, element: int, more: str, *, known: Holds = Holds.YES) -> Step:
        """Whether an element works while the change is made or undone."""
        label = self.projection.labels[element]
        for run, words in ((self.own, "through this change"), (self.all, "through what else is planned or open")):
            for state in (State.DOWN, State.DEGRADED):
                if at_least(2, [run.of(element, state), self.needed]):
                    return Step(what, Holds.NO, f"{label} is {state.words} {words}{more}")
        return Step(what, known, f"{label} is not hit{more}")

    def _plans(self) -> Iterator[Step]:
        """Recovery plans of the elements, and what they need."""
        index, store = self.projection.index, self.records.store
        needs: dict[str, list[int]] = {}
        for plan, need in sorted(store.pairs(t.PLAN_NEEDS)):
            if need in index:
                needs.setdefault(plan, []).append(index[need])
        for plan, element in sorted(store.pairs(t.RECOVERS)):
            if index.get(element) in self.plan.elements and plan in index:
                for wanted in needs.get(plan, ()):
                    yield self._works("recovery plan", wanted, f" (needed by {self.projection.labels[index[plan]]})")

    def _people(self) -> Iterator[Step]:
        labels = self.projection.labels
        if not self.plan.by:
            yield Step("people", Holds.UNKNOWN, "nobody is named who carries it out")
        for person in self._persons(self.plan):
            busy = [
                other.name
                for other in self.others
                if person in self._persons(other) and at_least(2, [other.window, self.needed])
            ]
            if busy:
                yield Step("people", Holds.NO, f"{labels[person]} also carries out {', '.join(busy)}")
            else:
                yield Step("people", Holds.YES, f"{labels[person]} has no other change then")

    def _persons(self, plan: Plan) -> list[int]:
        at = datetime.fromtimestamp(plan.start, UTC) if abs(plan.start) < FOREVER else None
        store, p = self.records.store, self.projection
        return sorted({person for actor in plan.by for person in holders(store, p, actor, at=at)})

    def _past(self) -> Step:
        past = [
            (plan, caused) for plan, caused in self.records.past(self.plan.elements) if not plan.same_as(self.plan)
        ][:_LATEST]
        if not past:
            return Step("earlier changes", Holds.UNKNOWN, "no earlier change of these elements is known")
        bad = [(plan, caused) for plan, caused in past if caused or plan.state == "backed out"]
        of = f"of the last {count(len(past), 'change')} here"
        if not bad:
            return Step("earlier changes", Holds.YES, f"none {of} went wrong")
        words = ", ".join(f"{plan.name} ({', '.join(caused) or 'backed out'})" for plan, caused in bad)
        return Step("earlier changes", Holds.NO, f"{len(bad)} {of} went wrong: {words}")


def answer(steps: tuple[Step, ...]) -> Answer:
    """The steps as rows, what stands in the way first."""
    order = list(Holds)
    against = sum(step.holds is Holds.NO for step in steps)
    unknown = sum(step.holds is Holds.UNKNOWN for step in steps)
    said = f"{count(against, 'thing')} in the way" if against else "nothing known in the way"
    return Answer(
        title=f"{said}, {unknown} not known",
        of="back-out",
        columns=("what", "holds", "why"),
        rows=tuple(
            (step.what, step.holds.value, step.words) for step in sorted(steps, key=lambda s: order.index(s.holds))
        ),
    )
