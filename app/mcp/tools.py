"""What may assistants ask? Six questions to the map, answered as plain values, behind the limits of everybody."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from app.doors import Caller
from app.live import Live
from app.mcp.comparing import Comparing
from app.sparql.endpoint import Endpoint
from graph.analysis.elements import answer as elements
from graph.analysis.impact import State, impact
from graph.analysis.impact import answer as effects
from graph.answer import Answer, count
from graph.asking import answer as answered
from graph.asking import listed
from graph.facts import answer as facts
from graph.library import OWN, question, questions
from graph.model import InputError
from graph.reports.json import data
from graph.reports.query import answer as rows_of
from graph.store.interface import Limits

__all__ = ["ROWS", "Asker", "Tools"]

ROWS = 1_000
_ALL_ROWS, _LONGEST, _MOST_CHANGED = 100, 200, 100
_SIZE = 1_000_000


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and whether that one has left meanwhile."""

    caller: Caller
    gone: Callable[[], bool] = lambda: False


class Tools:
    """The questions. Each answers with a title, facts, rows under their name, and notes; InputError says what is wrong.

    Args:
        live: the map.
        endpoint: whose workers answer what is asked in SPARQL.
        comparing: how two states are compared.
    """

    def __init__(self, live: Live, endpoint: Endpoint, comparing: Comparing) -> None:
        self._live, self._endpoint, self._comparing = live, endpoint, comparing
        self._own = Path(os.environ[OWN]) if os.environ.get(OWN) else None
        questions(self._own)  # what is wrong with them is said now, not to whoever asks first

    @property
    def about(self) -> str:
        """What the map is, in a sentence."""
        return self._live.atlas.map.summary()

    def find(self, words: str, *, limit: int = 20) -> dict[str, Any]:
        """Elements whose name, id, other name, kind or owner fits the words, the best first."""
        atlas = self._live.atlas
        projection = atlas.projection
        hits = atlas.index.search(words[:_LONGEST], limit=limit + 1)
        found = [hit.element for hit in hits[:limit]]
        title = f"{count(len(found), 'element fits', 'elements fit')} '{words[:_LONGEST]}'"
        notes = (f"only the first {limit} are told",) if len(hits) > limit else ()
        return data(elements(projection, found, title=title, notes=notes))

    def describe(self, element: str, *, most: int = _ALL_ROWS) -> dict[str, Any]:
        """Everything the sources say about an element, with file and line."""
        atlas = self._live.atlas
        vertex = atlas.projection.find(element)
        return data(_cut(facts(atlas.map.store, atlas.projection, vertex, atlas.facts(vertex)), most))

    def ask(self, asker: Asker, name: str, given: Mapping[str, str], *, rows: int = _ALL_ROWS) -> dict[str, Any]:
        """The answer to a ready question; without a name, the questions there are."""
        if not name:
            known = listed(questions(self._own))
            return data(replace(known, title=f"{count(len(known.rows), 'question')}; ask one by its name"))
        asked = question(name, self._own)
        ask = partial(self._table, asker, rows=rows)
        return data(answered(asked, given, self._live.atlas.projection, ask))

    def sparql(self, asker: Asker, query: str, *, rows: int = _ALL_ROWS) -> dict[str, Any]:
        """The answer to a query of SPARQL 1.1, which only reads."""
        return data(rows_of(self._table(asker, query, rows=rows)))

    def impact(self, names: Sequence[str], *, state: str = "down", most: int = _ALL_ROWS) -> dict[str, Any]:
        """What breaks if elements fail: who is down, degraded or at risk, and by which way."""
        if not 0 < len(names) <= _MOST_CHANGED:
            raise InputError.of(f"{len(names)} elements are named", remedy=f"name 1 to {_MOST_CHANGED}")
        projection = self._live.atlas.projection
        changes = dict.fromkeys(projection.find_all(names), State[state.upper()])
        return data(effects(projection, impact(projection, changes), most=most))

    def compare(self, asker: Asker, *, what_if: str = "", base: str = "", most: int = _ALL_ROWS) -> dict[str, Any]:
        """What a patch, or the edits since a revision of git, change and bring about."""
        told = self._comparing.compare(what_if=what_if, base=base, reads=asker.caller.reads, gone=asker.gone)
        cut = [name for name, said in told.items() if isinstance(said, list) and name != "notes" and len(said) > most]
        notes = [f"the first {most:,} of {len(told[name]):,} {name} are told; raise most to see more" for name in cut]
        return {**told, **{name: told[name][:most] for name in cut}, "notes": [*notes, *told["notes"]]}

    def _table(self, asker: Asker, text: str, *, rows: int) -> Any:  # noqa: ANN401 a Table
        return self._endpoint.ask(text, asker.caller, Limits(rows=rows, size=_SIZE), gone=asker.gone)


def _cut(told: Answer, most: int) -> Answer:
    if len(told.rows) <= most:
        return told
    note = f"the first {most:,} of {len(told.rows):,} {told.of} are told; raise most to see more"
    return replace(told, rows=told.rows[:most], notes=(note, *told.notes))
