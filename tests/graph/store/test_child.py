"""A child takes tasks in frames, keeps the triples between them, and gives its limits back after each."""

import io
import json
import resource

import pyoxigraph as ox
import pytest

from graph.store import Limits
from graph.store.child import HEAD, Task, answer, hungry, length, read_frame, write_frame

A, P = ox.NamedNode("http://x/a"), ox.NamedNode("http://x/p")


@pytest.fixture
def triples():
    store = ox.Store()
    store.extend(ox.Quad(A, P, ox.Literal("é" * 10 + str(n))) for n in range(5))
    return store


def asked(triples, text, **limits):
    return json.loads(answer(triples, Task("it", text=text, limits=Limits(**limits)), files=True))


@pytest.mark.parametrize("said", [b"", b"x", b"y" * 100_000])
def test_a_frame_is_read_as_it_was_written(said):
    pipe = io.BytesIO()
    write_frame(pipe, said)
    assert length(pipe.getvalue()[:HEAD]) == len(said)
    pipe.seek(0)
    assert read_frame(pipe) == said


@pytest.mark.parametrize("cut", [0, HEAD - 1, HEAD, HEAD + 2])
def test_a_frame_that_is_cut_off_is_none(cut):
    pipe = io.BytesIO()
    write_frame(pipe, b"abc")
    assert read_frame(io.BytesIO(pipe.getvalue()[:cut])) == b""


def test_a_task_stays_the_same_through_a_pipe():
    task = Task("k", "/x", text="ASK {}", limits=Limits(rows=3), services=("http://x/",))
    assert Task.from_json(task.to_json()) == task


def test_every_form_of_answer_is_a_table(triples):
    assert asked(triples, "ASK { ?s ?p ?o }")["rows"] == [
        [["literal", "true", "http://www.w3.org/2001/XMLSchema#boolean", ""]]
    ]
    assert asked(triples, "SELECT ?none { ?s ?p ?o } LIMIT 1") == {
        "columns": ["none"],
        "form": "select",
        "truncated": "",
        "rows": [[None]],
    }
    assert asked(triples, "CONSTRUCT WHERE { ?s ?p ?o }")["columns"] == ["subject", "predicate", "object"]


def test_rows_and_bytes_are_counted_while_they_are_made(triples):
    select = "SELECT ?o { ?s ?p ?o }"
    assert asked(triples, select, rows=1)["truncated"] == "the first 1 row; there are more"
    assert asked(triples, select, rows=5)["truncated"] == ""
    whole = asked(triples, select)
    size = len(json.dumps(whole["rows"][0], ensure_ascii=False).encode())
    assert asked(triples, select, size=2 * size)["truncated"] == f"the first 2 rows ({2 * size} bytes); there are more"
    assert asked(triples, select, size=1) == {
        **whole,
        "rows": [],
        "truncated": "the first 0 rows (1 bytes); there are more",
    }


def test_the_limits_of_one_query_are_not_those_of_the_next(triples):
    kinds = (resource.RLIMIT_AS, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE)
    before = [resource.getrlimit(kind) for kind in kinds]
    assert "not SPARQL" in asked(triples, "SELEKT")["error"]
    assert asked(triples, "ASK {}")["form"] == "ask"
    assert [resource.getrlimit(kind) for kind in kinds] == before


def test_what_was_too_much_is_said_in_megabytes():
    assert hungry(Limits(memory=1_000_000_000)) == "the query needed more than 1,000 MB of memory and was stopped"
