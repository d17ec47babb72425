"""Who is hit, on the map? The answer of the page of a change, for a map that shows how each element fares."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from app.atlas import Atlas
from app.impact.hit import STATES
from app.impact.judged import Judged, judged
from app.impact.question import Question, link
from app.missing import Missing
from app.problem import Problem
from app.words import short
from graph.analysis.states import State
from graph.assessment import title_of
from graph.model import InputError

__all__ = ["MARKS", "Hit", "hit"]

MARKS: Mapping[str, str] = {state.words: name for state, name in STATES.items()}
"""The words of a state -> the name of its sign and its colours."""
_SAFE = "=&/,:%+$"


@dataclass(frozen=True, slots=True, eq=False)
class Hit:
    """What a change does to the elements of the map.

    ``title``    what is changed: "Outage of SQL cluster"
    ``words``    how many fare how: "42 down, 8 degraded"
    ``href``     the page that says why
    ``changed``  what is changed
    ``states``   element -> how it fares, in words; the worst first
    ``absent``   how many are hit that the map does not have: a what-if adds them
    ``wrong``    why there is no answer, "" where there is one
    """

    title: str
    words: str
    href: str
    changed: tuple[int, ...] = ()
    states: Mapping[int, str] | None = None
    absent: int = 0
    wrong: str = ""

    @property
    def elements(self) -> tuple[int, ...]:
        """All that is changed or hit."""
        return tuple(dict.fromkeys((*self.changed, *(self.states or {}))))


def hit(atlas: Atlas, query: str) -> Hit | None:
    """The answer to a question of the page of a change; None where nothing is asked. Cost: as that page."""
    if not query:
        return None
    try:
        question = Question.parse(query)
        found = judged(atlas, question)
    except (InputError, Missing, Problem) as problem:
        return Hit("A change", "", f"/impact?{quote(query, safe=_SAFE)}", wrong=short(_why(problem), 300))
    if found is None:
        return Hit("A change", "", "/impact", wrong="it names nothing that is changed")
    form: Hashable = ("map", question.at)
    if form not in found.screens:
        found.screens[form] = _told(atlas, found, question)
    told: Hit = found.screens[form]
    return told


def _why(problem: InputError | Missing | Problem) -> str:
    if isinstance(problem, InputError):
        return str(problem.problems[0])
    return f"{problem.detail}; {problem.help}"


def _told(atlas: Atlas, found: Judged, question: Question) -> Hit:
    """Elements of a map after a what-if are found by their ids in the map as it is."""
    at = int(question.at) if question.at else None
    ids, index = found.atlas.projection.ids, {each: v for v, each in enumerate(atlas.projection.ids)}
    order = {state.words: -state for state in State}
    worst = sorted(found.states(at).items(), key=lambda each: (order.get(each[1], 1), each[0]))
    states = {index[ids[v]]: words for v, words in worst if ids[v] in index}
    felt = [words for v, words in worst if v not in found.changed]  # as the page of the change counts
    counted = [(felt.count(state.words), state.words) for state in STATES]
    numbers = ", ".join(f"{many:,} {words}" for many, words in counted if many) or "no known impact"
    when = f" on {datetime.fromtimestamp(at, found.zone):%a %-d %b, %H:%M}" if at is not None else ""
    supposed = ", with a what-if" if question.what_if else ""
    title = short(title_of(found.atlas.projection, found.result, found.before), 80)
    changed = tuple(index[ids[v]] for v in found.changed if ids[v] in index)
    return Hit(f"{title}{supposed}{when}", numbers, link(question), changed, states, len(worst) - len(states))
