"""Jaeger's dependency graph arrives whole: callers depend on what they call, observed, with the number of calls."""

from __future__ import annotations

import json
from pathlib import Path

from graph.importers import mapping
from graph.model import Confidence
from tests.graph.importers.told import OPTIONS, head, surest, told

SAMPLE = Path(__file__).parents[3] / "data" / "samples" / "jaeger" / "dependencies.json"


def test_the_sample_is_known_for_certain_and_says_who_calls_whom():
    found = told(mapping.read(SAMPLE, OPTIONS))
    assert surest(SAMPLE) == "mapping"
    assert found.edges() == {(each["parent"], each["child"]) for each in json.loads(SAMPLE.read_text())}
    edge = "web/dependency/needs/x/orders"
    assert (found.of(edge, "callCount"), found.of(edge, "evidenceType")) == (["5210"], ["evidence-observed"])
    assert found.statements.findings == ()


def test_the_answer_of_the_interface_says_the_same_as_the_list(tmp_path):
    path = tmp_path / "calls.json"
    path.write_text(json.dumps({"data": json.loads(SAMPLE.read_text()), "total": 0, "limit": 0, "errors": None}))
    assert mapping.recognises(head(path)) is Confidence.LIKELY
    assert told(mapping.read(path, OPTIONS)).edges() == told(mapping.read(SAMPLE, OPTIONS)).edges()
