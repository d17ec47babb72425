"""The tools answer as the commands do, within the limits of whoever asks."""

from __future__ import annotations

import pytest

from app.doors import Caller
from app.mcp.comparing import Comparing
from app.mcp.tools import Asker, Tools
from graph.model import InputError
from graph.store.turns import Share

SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


def test_the_map_is_told_in_a_sentence(tools):
    assert tools.about.startswith("A shop: 6 elements")


def test_a_query_that_is_late_is_stopped_and_the_next_is_answered(tools):
    asker = Asker(Caller("somebody", seconds=0.5))
    with pytest.raises(InputError, match=r"took longer than 0\.5 seconds"):
        tools.sparql(asker, SLOW)
    assert tools.sparql(asker, "ASK {}")["rows"]


def test_who_has_left_has_the_query_cancelled(tools):
    with pytest.raises(InputError, match="cancelled"):
        tools.sparql(Asker(Caller("somebody"), gone=lambda: True), SLOW)


def test_the_share_of_a_client_holds(tools):
    nothing = Asker(Caller("greedy", share=Share(0, 0)))
    with pytest.raises(InputError, match="queries of yours wait already"):
        tools.sparql(nothing, "ASK {}")


def test_too_many_elements_at_a_time_are_refused(tools):
    with pytest.raises(InputError, match="101 elements are named; name 1 to 100"):
        tools.impact(["db"] * 101)


def test_a_long_comparison_is_cut_and_says_so(live, endpoint, opening):
    told = Tools(live, endpoint, Comparing(opening, history=False)).compare(
        Asker(Caller("somebody")), what_if="remove: [db, vm-1]", most=1
    )
    assert len(told["differences"]) == 1
    assert "differences are told; raise most to see more" in told["notes"][0]


def test_ones_own_questions_are_asked_too(live, endpoint, opening, tmp_path, monkeypatch):
    (tmp_path / "shops.rq").write_text("# title: Which shops are there?\nSELECT ?x { VALUES ?x { 1 } }\n")
    monkeypatch.setenv("SERVICEMAP_QUERIES", str(tmp_path))
    tools = Tools(live, endpoint, Comparing(opening, history=False))
    assert tools.ask(Asker(Caller("somebody")), "shops", {})["rows"] == [{"x": "1"}]
