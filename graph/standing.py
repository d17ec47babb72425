"""What is not well already, and what does a change add to it? The baseline of a judgement, and the difference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from functools import cached_property, partial

import numpy as np

from graph.analysis.changes import Change, Profile, happenings, times_of
from graph.analysis.feels import LEVELS, Felt, differing, paired
from graph.analysis.judgement import Bracket, Judgement, judge, told
from graph.analysis.judgement import answer as judged
from graph.analysis.timed import Timed, timed
from graph.analysis.unknowns import Doubts
from graph.analysis.windows import at_least, without
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
        differs = self._differing.__getitem__
        return replace(
            self.full,
            changes=self.own,
            affected=tuple(bracket for bracket in self.full.affected if differs(bracket.element)),
            deciding=tuple(each for each in self.full.deciding if differs(each.element)),
        )

    @cached_property
    def added(self) -> Judgement:
        """The times that the changes add to what is so already: what they take from promises."""
        full = self.full
        most, least = (paired(a.feels, b.feels, _added) for a, b in self._runs)
        upper, lower = (paired(most, least, partial(_both, number=number)) for number in (1, 2))
        return replace(self.shown, most=replace(full.most, feels=upper), least=replace(full.least, feels=lower))

    @cached_property
    def same(self) -> tuple[Bracket, ...]:
        """Elements that are hit already, and for which the changes make no difference."""
        return tuple(bracket for bracket in self.full.affected if not self._differing[bracket.element])

    @cached_property
    def worsened(self) -> tuple[int, ...]:
        """Elements that are worse off than through the changes or the baseline alone: a spare or reserve was in use."""
        full, base = self.full.most.worsts, self.base.most.worsts
        worse = (full > np.maximum(base, self.alone.worsts)).tolist()
        return tuple(bracket.element for bracket in self.shown.affected if worse[bracket.element])

    @property
    def _runs(self) -> tuple[tuple[Timed, Timed], tuple[Timed, Timed]]:
        """The runs of both readings, each with that of what is so already."""
        return (self.full.most, self.base.most), (self.full.least, self.base.least)

    @cached_property
    def _differing(self) -> list[bool]:
        """For which vertices the changes make a difference."""
        first, second = (differing(run.feels, base.feels) for run, base in self._runs)
        found: list[bool] = (first | second).tolist()
        return found


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


def _added(felt: Felt, base: Felt) -> Felt:
    """The spans that the base has not."""
    return {s: without(felt[s], base[s]) if base[s] else felt[s] for s in LEVELS}


def _both(one: Felt, other: Felt, number: int) -> Felt:
    """The moments that are in so many of the two; where both have the same, these are they."""
    return {s: one[s] if one[s] == other[s] else at_least(number, [one[s], other[s]]) for s in LEVELS}


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
