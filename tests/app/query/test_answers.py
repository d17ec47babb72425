"""Are answers kept for whoever asks the same again, and for nobody else?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask, Request

from app.doors import Caller, Doors
from app.live import Live
from app.query.answers import Answers
from app.query.asked import Asked
from app.reader import sees
from app.sparql.endpoint import Endpoint
from graph.maps import Map
from graph.store.interface import Table

ASKED = Asked(text="SELECT ?x { ?x a sm:Element }")


class Counting(Endpoint):
    """An endpoint that counts what it is really asked."""

    asked = 0

    def ask(self, *args: Any, **more: Any) -> Table:
        """As the endpoint."""
        self.asked += 1
        return super().ask(*args, **more)


class OfOneNamespace(Doors):
    """Doors that let everybody in as the reader of one namespace."""

    def reader(self, request: Request) -> Caller:
        """As the doors."""
        caller = replace(super().reader(request), reads=("elsewhere",))
        sees(caller.reads)
        return caller


@pytest.fixture
def endpoint(shop: Map) -> Any:
    live = Live(shop)
    endpoint = Counting(lambda: live.atlas.map.store)
    endpoint.live = live  # type: ignore[attr-defined]
    yield endpoint
    endpoint.close()


def test_the_same_is_asked_once_unless_it_is_wanted_fresh(endpoint: Any) -> None:
    answers = Answers(endpoint.live, endpoint)
    with Flask("x").test_request_context("/"):
        first = answers.answer(ASKED)
        again = answers.answer(Asked(text=ASKED.text, sort="x", view="chart"))
        assert (again.table, endpoint.asked) == (first.table, 1)
        answers.answer(ASKED, fresh=True)
        assert endpoint.asked == 2
        answers.answer(Asked(text=ASKED.text, rows=100))
        assert endpoint.asked == 3, "another limit may cut elsewhere"


def test_another_reader_is_answered_from_what_that_one_may_read(endpoint: Any) -> None:
    answers = Answers(endpoint.live, endpoint)
    text = "SELECT ?n { ?x a sm:Application ; rdfs:label ?n }"
    with Flask("x").test_request_context("/"):
        assert "Web" in {row[0].text for row in answers.answer(Asked(text=text)).table.rows if row[0]}
    endpoint.doors = OfOneNamespace()
    with Flask("x").test_request_context("/"):
        found = {row[0].text for row in answers.answer(Asked(text=text)).table.rows if row[0]}
    assert "Web" not in found


def test_few_answers_are_kept(endpoint: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.query.answers._KEPT", 2)
    answers = Answers(endpoint.live, endpoint)
    with Flask("x").test_request_context("/"):
        for number in (1, 2, 3, 1):
            answers.answer(Asked(text=f"SELECT ({number} AS ?n) {{}}"))
    assert endpoint.asked == 4
