"""Where do the answers of the query page come from? From the workers behind /sparql; the last ones are kept a while."""

from __future__ import annotations

import os
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from flask import request

from app.live import Live
from app.missing import Missing
from app.problem import Problem
from app.query.asked import Asked
from app.query.check import Wrong, check
from app.query.words import known, words
from app.reader import reads
from app.sparql.endpoint import Endpoint
from graph.asking import filled
from graph.library import OWN, Question, keep, questions
from graph.model import InputError
from graph.similar import proposal
from graph.store.interface import GRAPH, Limits, Table
from graph.store.workers import Answering
from graph.store.written import ROW_NOTATIONS, Wanted

__all__ = ["Answered", "Answers", "library", "named", "own_folder"]

_KEPT, _MOST_CELLS, _LONG = 16, 500_000, 60.0
_NOWHERE = GRAPH + "none"
_Key = tuple[str, tuple[str, ...], str, str, int]


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """An answer, and what it answers: the query as it was put, the question of the library, and its values in words."""

    asked: Asked
    query: str
    table: Table
    milliseconds: float
    limits: Limits
    question: Question | None = None
    meant: Mapping[str, str] | None = None


def own_folder() -> Path | None:
    """The folder of one's own questions that the environment names, None for none."""
    return Path(os.environ[OWN]) if os.environ.get(OWN) else None


def library() -> Mapping[str, Question]:
    """The ready questions by name, those of one's own too."""
    return questions(own_folder())


def named(known: Mapping[str, Question], name: str) -> Question:
    """A ready question; Missing, with those of similar names, where there is none."""
    if name not in known:
        detail, links = f"no question is called '{name[:60]}'", {"/query": "Show the questions"}
        raise Missing("No such question", detail, proposal(name, known, most=5), links)
    return known[name]


class Answers:
    """Answers to addresses. What is sorted, drawn or saved again within a minute is not asked again.

    Everybody's are kept apart from those of others who may read something else.
    """

    def __init__(self, live: Live, endpoint: Endpoint) -> None:
        self._live, self._endpoint = live, endpoint
        self._kept: OrderedDict[_Key, tuple[float, Table, float]] = OrderedDict()
        self._words: dict[tuple[str, tuple[str, ...]], dict[str, list[dict[str, Any]]]] = {}
        self._lock = Lock()

    def text(self, asked: Asked) -> tuple[str, Question | None, Mapping[str, str] | None]:
        """The query that an address stands for, the question that it is from, and its values in words."""
        if not asked.name:
            return asked.text, None, None
        atlas, question = self._live.atlas, named(library(), asked.name)
        text, meant = filled(question, asked.values, atlas.projection)
        return text, question, meant

    def answer(self, asked: Asked, *, fresh: bool = False) -> Answered:
        """Ask; with ``fresh`` also what was asked a moment ago. Raises InputError as the endpoint does, and Missing."""
        if not asked.anything:
            raise InputError.of(
                "nothing is asked", remedy="name a question: ?ask=NAME, or write one: ?query=SELECT ..."
            )
        text, question, meant = self.text(asked)
        limits = self._endpoint.doors.reader(request).within(Limits(rows=asked.rows))
        table, taken = self._table(self._put(asked, text, question), limits, fresh=fresh)
        return Answered(asked, text, table, taken, limits, question, meant)

    def _put(self, asked: Asked, text: str, question: Question | None) -> str:
        """What the engine is asked: a question that has a fast form in that form, where the map knows it."""
        if question is None or not question.fast or not self._live.atlas.map.fast:
            return text
        return filled(question, asked.values, self._live.atlas.projection, fast=True)[0]

    def _table(self, text: str, limits: Limits, *, fresh: bool) -> tuple[Table, float]:
        key = (self._live.atlas.map.store.revision, reads(), text, str(limits.seconds), limits.rows)
        now = time.monotonic()
        with self._lock:
            if not fresh and key in self._kept and now - self._kept[key][0] < _LONG:
                self._kept.move_to_end(key)
                return self._kept[key][1:]
        caller = self._endpoint.doors.reader(request)
        gone: Callable[[], bool] | None = request.environ.get("waitress.client_disconnected")
        table = self._endpoint.ask(text, caller, limits, gone=gone)
        taken = 1000 * (time.monotonic() - now)
        with self._lock:
            self._kept[key] = (now, table, taken)
            self._kept.move_to_end(key)
            while len(self._kept) > _KEPT or (len(self._kept) > 1 and self._cells() > _MOST_CELLS):
                self._kept.popitem(last=False)
        return table, taken

    def raw(self, asked: Asked, notation: str) -> Answering:
        """The answer as the engine writes it, in a notation of rows or of a graph; asked anew."""
        text, question, _ = self.text(asked)
        text = self._put(asked, text, question)
        caller = self._endpoint.doors.reader(request)
        forms = ("select", "ask") if notation in ROW_NOTATIONS else ("graph",)
        wanted = Wanted(dict.fromkeys(forms, notation))
        gone: Callable[[], bool] | None = request.environ.get("waitress.client_disconnected")
        return self._endpoint.tell(text, wanted, caller, Limits(rows=asked.rows), gone=gone)

    def may_keep(self) -> str:
        """Why whoever asks cannot add questions to the library, in words; "" for who can."""
        doors = self._endpoint.doors
        if own_folder() is None:
            return (
                "this server has no folder for questions of your own: whoever runs it can name one (SERVICEMAP_QUERIES)"
            )
        caller = doors.reader(request)
        if not doors.writable or not caller.write or caller.namespaces:
            return "this server takes no questions from you: ask whoever runs it for a token that may write"
        return ""

    def keep(self, name: str, text: str) -> Question:
        """Add a question to the folder of one's own. Problem for who may not, InputError for what is no question."""
        caller, why = self._endpoint.doors.writer(request), self.may_keep()
        folder = own_folder()
        if why or folder is None:
            raise Problem(403, "Not allowed", why, "save the question as a file")
        if wrong := self.check(text):
            place = f" at {wrong[0].line}:{wrong[0].column}" if wrong[0].line else ""
            raise InputError.of(f"the query is not right{place}: {wrong[0].words}", remedy="mend it first")
        kept = keep(folder, name, text)
        self._endpoint.doors.wrote(caller, 201, self._live.atlas.map.store.revision, [f"question {name}"])
        return kept

    def words(self) -> dict[str, list[dict[str, Any]]]:
        """The words that a query of this map may use; worked out once for each revision and each kind of reader."""
        caller = self._endpoint.doors.reader(request)
        key = (self._live.atlas.map.store.revision, reads())
        with self._lock:
            found = self._words.get(key)
        if found is None:
            found = words(lambda text: self._endpoint.ask(text, caller, Limits(rows=5_000)))
            with self._lock:
                self._words[key] = found
                while len(self._words) > _KEPT:
                    self._words.pop(next(iter(self._words)))
        return found

    def check(self, text: str) -> list[Wrong]:
        """What is wrong with a query; the engine reads it over no graph at all, so nothing is looked for."""
        caller = self._endpoint.doors.reader(request)
        nothing = Wanted(dict.fromkeys(("select", "ask"), "json") | {"graph": "turtle"}, (_NOWHERE,), ())

        def parse(query: str) -> None:
            limits = caller.within(Limits(seconds=2, rows=1))
            self._endpoint.workers.tell(query, nothing, limits, client=caller.name, share=caller.share).close()

        def used() -> set[str]:
            return {each["iri"] for listed in self.words().values() for each in listed}

        return check(text, known(), parse, used)

    def _cells(self) -> int:
        return sum(len(table.rows) * max(len(table.columns), 1) for _, table, _ in self._kept.values())
