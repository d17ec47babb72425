"""What is the answer to a question about a change? The judgement, the report, the proofs, the picture."""

from __future__ import annotations

import tempfile
import time
from collections import Counter, OrderedDict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np

from app.atlas import Atlas
from app.drawn import drawn
from app.impact.offers import patch_of
from app.impact.question import MOST_ELEMENTS, Question
from app.missing import Missing
from app.occasion import occasion, without_edit
from app.problem import Problem
from app.reader import reads
from app.words import plural, short
from graph.analysis.changes import Change, ChangeKind, times_of
from graph.analysis.feels import Felt
from graph.analysis.judgement import Bracket, Judgement, judge
from graph.analysis.judgement import answer as judged_answer
from graph.analysis.shift import Shift, timed_shifts, told
from graph.analysis.single_points import business_services
from graph.analysis.states import State
from graph.analysis.timed import Timed
from graph.analysis.windows import ALWAYS, FOREVER, Spans
from graph.answer import Answer, Report
from graph.asking import filled
from graph.assessment import Occasion, Without, assess, is_planned, with_claims
from graph.doubts import doubts
from graph.drawing import Drawing
from graph.excerpt import Excerpt
from graph.layout import Layout
from graph.library import questions
from graph.look import Scheme
from graph.maps import Map
from graph.model import Finding, InputError
from graph.projection import Projection
from graph.reports import svg
from graph.result_graph import ResultGraph, result_graph
from graph.results import document, savers, ways
from graph.rollup import Reach, reach
from graph.rollup import answer as reach_answer
from graph.standing import answer as standing_answer
from graph.store import Limits
from graph.store.guard import check_query
from graph.store.held import program
from graph.store.isolation import ask
from graph.whatif import overlaid

__all__ = ["MOST_DRAWN", "WHAT_IF", "Judged", "checked", "judged"]

WHAT_IF = "the what-if"
"""What a what-if of the page is called where its place is told: nobody wrote a file."""

MOST_DRAWN = 150
"""A change that hits more elements than this has no picture here: nobody could read it."""
_RECENT, _FRESH, _STEADY = 3, 60, 3_600
_HELP = {"/impact": "Judge another change", "/map": "Show the map"}


@dataclass(eq=False)
class Judged:
    """The answer. ``atlas`` is the map that was judged: with a what-if, the map after it; then ``before`` is there."""

    atlas: Atlas
    question: Question
    result: Judgement
    occasion: Occasion | None
    changed: tuple[int, ...]
    left_out: tuple[int, ...]
    before: Map | None
    screens: dict[Hashable, Any] = field(default_factory=dict)
    """What was made of it to be looked at, by its form."""

    @property
    def shown(self) -> Judgement:
        """What the change adds to what is so already."""
        standing = self.occasion.standing if self.occasion else None
        return standing.shown if standing else self.result

    @property
    def zone(self) -> tzinfo:
        """The zone of the times that are shown: of the window that was written, else of the record."""
        if self.occasion and not (self.question.start or self.question.end):
            return self.occasion.plan.zone
        return self.question.zone

    @property
    def planned(self) -> bool:
        """Whether somebody means to do it, so that it can be approved."""
        return is_planned(self.shown)

    @cached_property
    def serving(self) -> frozenset[int]:
        """The business services that are hit."""
        services = set(business_services(self.atlas.projection))
        return frozenset(bracket.element for bracket in self.shown.affected if bracket.element in services)

    @cached_property
    def listed(self) -> tuple[Bracket, ...]:
        """Who is hit as the page lists it.

        Business services first, by how bad it is, how critical they are and how near; then the worst, then the nearest.
        """
        critical = self.atlas.projection.criticality

        def place(bracket: Bracket) -> tuple[int, ...]:
            served = bracket.element in self.serving
            return (0, -bracket.upper, -bracket.lower, -int(critical[bracket.element])) if served else (1,)

        return tuple(sorted(self.shown.affected, key=place))

    @cached_property
    def counted(self) -> Counter[State]:
        """How many elements fare how at their worst."""
        return Counter(bracket.upper for bracket in self.shown.affected)

    @cached_property
    def counted_without(self) -> Counter[State]:
        """The same without the what-if."""
        return Counter(bracket.upper for bracket in self.without.shown.affected) if self.without else Counter()

    @cached_property
    def without(self) -> Without | None:
        """The same changes without the what-if; None without one, and where they cannot be made without it."""
        if self.before is None:
            return None
        return without_edit(self.before, self.atlas.projection, self.result, self.occasion)

    @cached_property
    def shifted(self) -> tuple[Shift, ...]:
        """Who fares otherwise with the what-if, or for another time; those most helped or harmed first."""
        if self.without is None:
            return ()
        p, q = self.without.opened.projection, self.atlas.projection
        return timed_shifts(p, self.without.judgement.most, q, self.result.most)

    @cached_property
    def report(self) -> Report:
        """The whole report, as for a change board."""
        return assess(
            self.atlas.map,
            self.result,
            zone=self.zone,
            leave_out=self.left_out,
            extent=self.question.extent,
            occasion=self.occasion,
            before=self.before,
            shifted=tuple(told(self.atlas.projection, self.shifted)) if self.without else (),
            without=self.without,
            reached=self.reach,
            facts=self.atlas.responses,
        )

    @cached_property
    def table(self) -> Answer:
        """Who is hit, as the command prints it."""
        standing = self.occasion.standing if self.occasion else None
        if standing and standing.plans:
            return standing_answer(standing, zone=self.zone, most=self.question.listed)
        return judged_answer(self.atlas.projection, self.result, zone=self.zone, most=self.question.listed)

    @property
    def for_programs(self) -> Answer:
        """The same with what can be claimed."""
        return with_claims(self.table, self.atlas.map, self.result, self.occasion)

    @cached_property
    def reach(self) -> Reach:
        """The services, processes, customers, locations and environments that it reaches."""
        return reach(self.atlas.map, self.shown)

    @cached_property
    def rolled_up(self) -> Answer:
        """The same as a table."""
        return reach_answer(self.atlas.projection, self.reach)

    @cached_property
    def proofs(self) -> dict[str, Any]:
        """The result with a proof for each element, as ``servicemap verify`` takes it."""
        return document(self.atlas.map, self.result)

    def why(self, elements: Sequence[int]) -> dict[int, tuple[int, list[dict[str, Any]]]]:
        """By how many ways each of these elements is hit, and the steps of one; those of all are in ``proofs``."""
        return ways(self.atlas.map, self.result, elements)

    def saved(self, elements: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
        """What saves each of these elements."""
        return dict(savers(self.atlas.map, self.result, elements))

    @cached_property
    def graph(self) -> ResultGraph:
        """The whole answer as statements, with its origin."""
        return result_graph(
            self.atlas.map,
            self.result,
            at=datetime.now(UTC),
            program=program(),
            leave_out=self.left_out,
            extent=self.question.extent,
            occasion=self.occasion,
            before=self.before,
            shifted=tuple(told(self.atlas.projection, self.shifted)) if self.without else (),
            without=self.without,
        )

    @property
    def breakpoints(self) -> tuple[int, ...]:
        """The times at which a state begins, in seconds since 1970; empty where nothing has a time."""
        times = {moment for felt in self._felt for spans in felt.values() for span in spans for moment in span}
        windows = {moment for change in self.shown.changes for span in change.windows for moment in span}
        return tuple(sorted(moment for moment in times | windows if abs(moment) < FOREVER))

    @property
    def _felt(self) -> tuple[Felt, ...]:
        """The different answers to when something is how bad, of all that is hit."""
        feels = self.shown.most.feels
        hit = [bracket.element for bracket in self.shown.affected]
        return tuple(feels.felt[number] for number in np.unique(feels.number[np.array(hit, np.int32)]).tolist())

    @property
    def drawn(self) -> int:
        """How many elements a picture of it has."""
        return len({b.element for b in self.shown.affected} | {change.element for change in self.shown.changes})

    def states(self, at: int | None = None) -> dict[int, str]:
        """How each element fares: at a time, or at its worst."""
        found = {bracket.element: bracket.upper for bracket in self.shown.affected}
        found |= {change.element: change.kind.state for change in self.shown.changes}
        if at is not None:
            most = self.shown.most
            found = {v: state for v in found if (state := self._at(most, v, at)) is not State.UNAFFECTED}
        return {v: state.words for v, state in found.items()}

    @staticmethod
    def _at(most: Timed, element: int, at: int) -> State:
        for state in (State.DOWN, State.DEGRADED, State.AT_RISK):
            if any(start <= at < end for start, end in most.of(element, state)):
                return state
        return State.UNAFFECTED

    @cached_property
    def drawing(self) -> tuple[Drawing, Layout]:
        """What is hit, laid out as on the map, with the states at the chosen time. Raises Missing for too many."""
        worst, at = self.states(), int(self.question.at) if self.question.at else None
        if len(worst) > MOST_DRAWN:
            raise Missing(
                "Too many for a picture",
                f"{len(worst):,} elements are hit, and {MOST_DRAWN} are drawn at most",
                "read the list instead",
            )
        part = Excerpt(self.atlas.map, sorted(worst), whole=False, states=self.states(at), focus=self.changed[0])
        drawing, layout = drawn(self.atlas, part)
        return replace(drawing, title=short(self.report.title, 60)), layout

    def picture(self, scheme: Scheme) -> str:
        """The same in the colours of the states; SVG."""
        return svg.write(*self.drawing, scheme=scheme)


def checked(atlas: Atlas, _rest: str, query: str) -> tuple[int, ...]:
    """What an address names. Raises Missing for what the map does not have, InputError for what cannot be.

    Times are read when the page is filled: what is wrong with them is said beside them, and what is picked stays.
    """
    question = Question.read(query)
    question.check(window=False)
    for _, each in question.acts:
        _element(atlas, each)
    if question.what_if:  # it is judged when the page is filled, which says what is wrong with it beside it
        return ()
    return (*_chosen(atlas, question), *(_element(atlas, each) for each in question.left_out))


def judged(atlas: Atlas, question: Question) -> Judged | None:
    """The answer; None where nothing is changed. Cost: as `servicemap impact` of the same.

    The last answers are at hand: a page asks for its pictures and files right after it, and is often opened again. What
    is read of the map as of now is so for this minute; all else holds for this hour, as ages in days are a part of it.

    Raises:
        Missing: for an element, a record or a ready question that is not there.
        InputError: for a what-if that cannot be, with every problem of it.
    """
    if not question.named:
        return None
    recent: OrderedDict[Hashable, Judged] = atlas.kept(__name__, OrderedDict)
    lasting = _FRESH if question.as_of_now else _STEADY
    key = (replace(question, words=""), int(time.time()) // lasting, reads())
    found = recent.pop(key, None)  # the last that was asked for stays longest
    recent[key] = found = found or _judge(atlas, question)
    while len(recent) > _RECENT:
        recent.popitem(last=False)
    return found


def _judge(atlas: Atlas, question: Question) -> Judged:
    before = atlas.map if question.what_if else None
    if question.what_if:
        patch = patch_of(atlas, question)
        atlas = atlas.supposed(patch, partial(_laid_over, atlas, patch))
    chosen = _chosen(atlas, question)
    spans, profile, depth = question.window(), question.profile, question.hops
    kind = ChangeKind(question.kind or "outage")
    elements = chosen if not question.record else chosen[:-1]
    open_ = doubts(atlas.map.store, atlas.projection, at=datetime.now(UTC), limit=question.limit)
    changes, found = [Change(kind, each, spans or ALWAYS) for each in elements], None
    changes += [_act(ChangeKind(did), _element(atlas, each), spans or ALWAYS) for did, each in question.acts]
    if question.record or spans:
        found, changes = occasion(
            atlas.map,
            changes,
            record=question.record or None,
            kind=question.kind or None,
            spans=spans,
            profile=profile,
            doubts=open_,
            depth=depth,
        )
    standing = found.standing if found else None
    p, times = atlas.projection, times_of(atlas.projection)
    result = standing.full if standing else judge(p, changes, times=times, profile=profile, doubts=open_, depth=depth)
    changed = tuple(dict.fromkeys(change.element for change in changes))
    left_out = tuple(_element(atlas, each) for each in question.left_out)
    return Judged(atlas, question, result, found, changed, left_out, before)


def _chosen(atlas: Atlas, question: Question) -> tuple[int, ...]:
    """The elements of a question, those of a ready question, and last the change record."""
    named = [_element(atlas, each) for each in question.elements]
    named += _found_by(atlas, question) if question.asked else ()
    named += _given_by(atlas, question.sparql) if question.sparql else ()
    return (*dict.fromkeys(named), *((_element(atlas, question.record),) if question.record else ()))


def _element(atlas: Atlas, name: str) -> int:
    try:
        return atlas.projection.find(name)
    except InputError as error:
        problem = error.problems[0]
        remedy = (
            problem.remedy if problem.remedy.startswith(("did", "write")) else "search for it by a part of its name"
        )
        raise Missing(f"No element “{short(name, 60)}” in this map", problem.message, remedy, _HELP) from error


def _act(kind: ChangeKind, element: int, spans: Spans) -> Change:
    """What a plan does; what is changed in place may restart, or may not."""
    return Change(kind, element, spans, () if kind is ChangeKind.MAINTENANCE else None, "plan")


def _given_by(atlas: Atlas, text: str) -> list[int]:
    """The elements that a query of one's own gives, in any column. InputError where it gives none or too many.

    Who may read some names alone may not: what a query finds would tell about the others.
    """
    if reads():
        raise Problem(
            403, "Not allowed", "a query may not choose what is changed for you", "ask it on the page of queries"
        )
    check_query(text)
    table = ask(atlas.map.store, text, Limits())
    index = atlas.projection.index
    cells = (cell.text for row in getattr(table, "rows", ()) for cell in row if cell is not None)
    return _few([*dict.fromkeys(index[each] for each in cells if each in index)], "the query")


def _few(found: list[int], whose: str) -> list[int]:
    if not found or len(found) > MOST_ELEMENTS:
        words = plural(len(found), "element")
        raise InputError.of(f"{whose} finds {words}", remedy=f"ask for 1 to {MOST_ELEMENTS} elements of the map")
    return found


def _found_by(atlas: Atlas, question: Question) -> list[int]:
    """The elements of a ready question: those of the first column with any, by IRI, id, or a name that only one has."""
    known, name = questions(), question.asked
    if name not in known:
        raise Missing("No such question", f"no question '{name[:60]}' can be asked here", "pick one of the list", _HELP)
    text, _ = filled(known[name], dict(question.values), atlas.projection)
    table = ask(atlas.map.store, text, Limits())
    columns = ([cell.text for row in table.rows if (cell := row[at]) is not None] for at in range(len(table.columns)))
    told = ([*dict.fromkeys(_told(atlas.projection, cells))] for cells in columns)
    found = next(filter(None, told), [])
    return _few(found, f"“{known[name].title}”")


def _told(p: Projection, cells: Iterable[str]) -> Iterator[int]:
    held = Counter(p.labels)
    by_id = {identifier: number for number, identifier in enumerate(p.ids)}
    by_name = {label: number for number, label in enumerate(p.labels) if held[label] == 1}
    for text in cells:
        if (number := p.index.get(text, by_id.get(text, by_name.get(text)))) is not None:
            yield number


def _laid_over(atlas: Atlas, patch: str) -> Atlas:
    """The map after a what-if. Raises InputError with every problem, each with its line."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "what-if.yaml"
        file.write_text(patch, encoding="utf-8")
        try:
            return Atlas(overlaid(atlas.map, file, called=WHAT_IF))
        except InputError as error:
            raise InputError(*(_named(problem) for problem in error.problems)) from error


def _named(problem: Finding) -> Finding:
    """A problem of the what-if, without the folder that it was written to."""
    return replace(problem, where=replace(problem.where, path="what-if") if problem.where else None)
