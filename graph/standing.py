"""What is not well already, and what does a change add to it? The baseline of a judgement, and the difference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from functools import cached_property

from graph.analysis.changes import Change, Profile, happenings, times_of
from graph.analysis.judgement import Bracket, Judgement, judge, told
from graph.analysis.judgement import answer as judged
from graph.analysis.states import State
from graph.analysis.timed import LEVELS, Timed, timed
from graph.analysis.unknowns import Doubts
from graph.analysis.windows import Spans, at_least, without
from graph.answer import Answer, count
from graph.projection import Projection
from graph.records import Plan

__all__ = ["Standing", "already", "answer", "standing"]


@dataclass(frozen=True, eq=False)
class Standing:
    """Changes judged on top of what is so already.

    ``own``    the changes that are asked about
    ``plans``  open incidents, changes under way and reported states, which are so without them
    ``full``   the judgement of both together: what is kept, and what is checked
    ``base``   the judgement of what is so without the changes
    ``alone``  what the changes would do if all else were well
    """

    projection: Projection
    own: tuple[Change, ...]
    plans: tuple[Plan, ...]
    full: Judgement
    base: Judgement
    alone: Timed

    @cached_property
    def shown(self) -> Judgement:
        """The full judgement, of those elements alone for which the changes make a difference."""
        differing = {bracket.element for bracket in self.full.affected if self._differs(bracket.element)}
        return replace(
            self.full,
            changes=self.own,
            affected=tuple(bracket for bracket in self.full.affected if bracket.element in differing),
            deciding=tuple(each for each in self.full.deciding if each.element in differing),
        )

    @cached_property
    def added(self) -> Judgement:
        """The times that the changes add to what is so already: what they take from promises."""
        full, base = self.full, self.base
        most, least = _added(full.most, base.most), _added(full.least, base.least)
        upper = {s: _both(most[s], least[s], 1) for s in LEVELS}
        lower = {s: _both(most[s], least[s], 2) for s in LEVELS}
        return replace(self.shown, most=replace(full.most, spans=upper), least=replace(full.least, spans=lower))

    @cached_property
    def same(self) -> tuple[Bracket, ...]:
        """Elements that are hit already, and for which the changes make no difference."""
        return tuple(bracket for bracket in self.full.affected if not self._differs(bracket.element))

    @cached_property
    def worsened(self) -> tuple[int, ...]:
        """Elements that are worse off than through the changes or the baseline alone: a spare or reserve was in use."""
        full, base = self.full.most, self.base.most
        hit = (bracket.element for bracket in self.shown.affected)
        return tuple(v for v in hit if full.worst(v) > max(base.worst(v), self.alone.worst(v)))

    def _differs(self, element: int) -> bool:
        runs = ((self.full.most, self.base.most), (self.full.least, self.base.least))
        return any(run.of(element, state) != base.of(element, state) for run, base in runs for state in LEVELS)


def standing(
    projection: Projection,
    own: Sequence[Change],
    plans: Sequence[Plan],
    *,
    profile: Profile = Profile.REQUIRED,
    doubts: Doubts | None = None,
    depth: int | None = None,
) -> Standing:
    """Judge changes on top of what is so already. Cost: two judgements and a run."""
    times = times_of(projection)
    before = [change for plan in plans for change in plan.changes]
    return Standing(
        projection,
        tuple(own),
        tuple(plans),
        full=judge(projection, [*own, *before], times=times, profile=profile, doubts=doubts, depth=depth),
        base=judge(projection, before, times=times, profile=profile, doubts=doubts),
        alone=timed(projection, happenings(own), times=times),
    )


def _added(run: Timed, base: Timed) -> dict[State, dict[int, Spans]]:
    """By state and vertex, the spans of the run that the base has not."""
    return {
        s: {v: without(spans, known) if (known := base.of(v, s)) else spans for v, spans in run.spans[s].items()}
        for s in LEVELS
    }


def _both(one: Mapping[int, Spans], other: Mapping[int, Spans], number: int) -> dict[int, Spans]:
    """By vertex, the moments that are in so many of the two; where both have the same, these are they."""
    pairs = ((v, one.get(v, ()), other.get(v, ())) for v in sorted({*one, *other}))
    found = {v: a if a == b else at_least(number, [a, b]) for v, a, b in pairs}
    return {v: spans for v, spans in found.items() if spans}


def answer(result: Standing, *, zone: tzinfo = UTC, most: int | None = None, named: bool = False) -> Answer:
    """What the changes add: rows as for a judgement, with the state of each element without them."""
    plain = judged(result.projection, result.shown, zone=zone, most=most, named=named)
    at = plain.columns.index("state") + 1
    before = [result.base.most.worst(bracket.element).words for bracket in result.shown.affected[:most]]
    return replace(
        plain,
        columns=(*plain.columns[:at], "without it", *plain.columns[at:]),
        rows=tuple((*row[:at], words, *row[at:]) for row, words in zip(plain.rows, before, strict=True)),
        facts={**plain.facts, "already so": [plan.name for plan in result.plans]},
        notes=(*_notes(result, zone), *plain.notes),
    )


def _notes(result: Standing, zone: tzinfo) -> Iterator[str]:
    labels = result.projection.labels
    for plan in result.plans:
        names = ", ".join(labels[element] for element in plan.elements)
        ends = " to ".join(filter(None, (told(plan.start, zone), told(plan.end, zone) or "an unknown end")))
        yield f"already so: {plan.name} ({plan.what}: {names}), {ends}"
    if result.same:
        yield f"already hit, with or without this: {_some(result, [bracket.element for bracket in result.same])}"
    if result.worsened:
        yield f"a spare or reserve is in use already, so this hits harder: {_some(result, list(result.worsened))}"
    full, base = result.full.most, result.base.most
    mine = {change.element for change in result.own}
    for element in sorted({element for plan in result.plans for element in plan.elements} - mine):
        if full.worst(element) > base.worst(element):
            yield f"{labels[element]} is {base.worst(element).words} already, and would be {full.worst(element).words}"


_TOLD = 8


def _some(result: Standing, elements: Sequence[int]) -> str:
    names = [result.projection.labels[v] for v in elements[:_TOLD]]
    return ", ".join(names) + (f" and {len(elements) - _TOLD:,} more" if len(elements) > _TOLD else "")


def already(result: Standing, *, zone: tzinfo = UTC) -> Answer:
    """What is not well without the changes: a section of a report."""
    labels = result.projection.labels
    return Answer(
        title=count(len(result.plans), "thing") + " already so",
        of="baseline",
        columns=("what", "name", "elements", "from", "until"),
        rows=tuple(
            (plan.what, plan.name, [labels[e] for e in plan.elements], told(plan.start, zone), told(plan.end, zone))
            for plan in result.plans
        ),
        notes=tuple(note for note in _notes(result, zone) if not note.startswith("already so:")),
    )
