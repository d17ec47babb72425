"""servicemap export: every format is a choice, what is lost is told, and bad input is one line."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest

from app.commands.export import command
from graph.maps import open_map
from graph.reports import writers
from tests.app.commands import run
from tests.graph.written import SHOP, write


@pytest.fixture
def shop(tmp_path):
    return write(tmp_path, SHOP).parent


@pytest.fixture
def do(capsys, monkeypatch):
    return lambda *words: run(capsys, monkeypatch, "export", *words)


def test_the_choices_are_the_files_of_the_folder():
    choices = next(p for p in command.params if p.name == "form").type.choices
    assert list(choices) == sorted(writers("answer", "map", "picture"))
    assert {
        "turtle",
        "trig",
        "ntriples",
        "nquads",
        "jsonld",
        "rdfxml",
        "yaml",
        "graphml",
        "dot",
        "mermaid",
        "csv",
        "svg",
        "json",
        "pdf",
        "png",
        "cytoscape",
    } <= set(choices)


@pytest.mark.parametrize(("form", "head"), [("pdf", b"%PDF-"), ("png", b"\x89PNG")])
def test_pictures_that_are_no_text_go_to_a_file(do, shop, tmp_path, form, head):
    pytest.importorskip("typst")
    written = do(shop, "--format", form, "--out", tmp_path / "out")
    assert written.code == 0
    assert (tmp_path / "out").read_bytes().startswith(head)


@pytest.mark.parametrize("form", sorted({*writers("answer", "map", "picture")} - {"pdf", "png"}))
def test_every_format_is_written_the_same_to_stdout_and_to_a_file(do, shop, tmp_path, form):
    printed = do(shop, "--format", form)
    assert (printed.code, bool(printed.out)) == (0, True)
    written = do(shop, "--format", form, "--out", tmp_path / "out")
    assert (written.code, written.out) == (0, "")
    assert without_times((tmp_path / "out").read_bytes().decode()) == without_times(printed.out)
    assert written.err.splitlines()[-1] == f"{tmp_path / 'out'}: 6 elements as {form}"


def without_times(text):
    """The text but for the moment of reading: a folder is read once for each export, and a second may pass between."""
    return re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "NOW", text)


def test_a_store_is_exported_as_its_files_are(do, shop, tmp_path, capsys, monkeypatch):
    assert run(capsys, monkeypatch, "load", shop, "--store", tmp_path / "store").code == 0
    for form in ("yaml", "turtle", "graphml", "svg", "csv"):
        assert do("--store", tmp_path / "store", "--format", form).out == do(shop, "--format", form).out


def test_an_exported_map_file_is_the_same_map(do, shop, tmp_path):
    (tmp_path / "again.yaml").write_text(do(shop, "--format", "yaml").out)
    again, before = open_map([tmp_path / "again.yaml"]), open_map([shop])
    assert again.title == before.title
    assert again.projection.ids == before.projection.ids
    assert again.projection.dependencies == before.projection.dependencies


def test_focus_hops_and_direction_choose_a_part(do, shop):
    done = do(shop, "--format", "csv", "--focus", "web", "--hops", "1", "--direction", "down")
    assert [row["id"] for row in csv.DictReader(io.StringIO(done.out))] == ["shop/vm-1", "shop/vm-2", "shop/web"]
    assert done.err.splitlines() == ["3 elements of 6", "1 dependency to or from the others left out"]


def test_the_two_tables(do, shop):
    rows = list(csv.DictReader(io.StringIO(do(shop, "--format", "csv", "--table", "dependencies").out)))
    assert {(row["dependent"], row["provider"], row["must work"]) for row in rows} == {
        ("shop/shop", "shop/web", ""), ("shop/shop", "shop/db", ""), ("shop/web", "shop/vm-1", "1 of 2"), ("shop/web", "shop/vm-2", "1 of 2"),
    }  # fmt: skip
    assert len(json.loads(do(shop, "--format", "json", "--table", "dependencies").out)["dependencies"]) == 4


def test_a_picture_of_an_impact_is_called_after_what_fails(do, shop):
    assert re.search("<title>If [^<]+ fails</title>", do(shop, "--format", "svg", "--impact", "db").out)


def test_impact_is_written_with_its_states(do, shop):
    done = do(shop, "--format", "json", "--impact", "db")
    states = {row["id"]: row.get("state") for row in json.loads(done.out)["elements"]}
    assert states == {"shop/db": "down", "shop/shop": "degraded"}
    assert done.err.splitlines()[0] == "if db fails: 1 element degraded"
    assert (
        "degraded" in do(shop, "--format", "mermaid", "--impact", "db").out
        or "class n" in do(shop, "--format", "mermaid", "--impact", "db").out
    )


def test_positions_are_those_of_the_page(do, shop):
    assert 'pos="' in do(shop, "--format", "dot", "--positions").out
    assert '<y:Geometry x="' in do(shop, "--format", "graphml", "--positions").out
    assert 'pos="' not in do(shop, "--format", "dot").out


def test_what_a_format_cannot_say_is_told(do, tmp_path):
    text = "@prefix x: <https://w3id.org/servicemap/id/shop/> .\nx:a a <https://w3id.org/servicemap#Application> ; x:tag 'q' .\n"
    done = do(write(tmp_path, text, "map.ttl"), "--format", "yaml")
    assert done.code == 0
    assert (
        "warning: 1 statement is with 'https://w3id.org/servicemap/id/shop/tag' not written: map files have no word for it"
        in done.err
    )


def test_a_large_map_is_refused_where_nobody_could_read_it(do, tmp_path, monkeypatch):
    rows = "".join(f"  - {{id: e{n}, kind: server}}\n" for n in range(410))
    folder = write(tmp_path, f"elements:\n{rows}").parent
    done = do(folder, "--format", "svg")
    assert (done.code, done.out) == (2, "")
    assert (
        done.err
        == "error: 410 elements are too many for svg, which takes 400; write a part with --focus ELEMENT --hops N, or raise --limit\n"
    )
    assert do(folder, "--format", "mermaid").code == 2
    assert do(folder, "--format", "mermaid", "--limit", "500").code == 0
    assert do(folder, "--format", "svg", "--focus", "e1").code == 0
    assert do(folder, "--format", "graphml").code == 0


WRONG = [
    (("--format", "turtle", "--hops", "1"), "--hops needs an element to start from; name one with --focus"),
    (("--format", "turtle", "--direction", "up"), "--direction needs an element to start from"),
    (("--format", "turtle", "--focus", "shpo"), "no element 'shpo' in this map; did you mean 'Shop'"),
    (("--format", "turtle", "--focus", "web", "--impact", "db"), "--focus and --impact are both given"),
    (
        (
            "--format",
            "tutle",
        ),
        "'tutle' is not one of",
    ),
    ((), "Missing option '--format'"),
]


@pytest.mark.parametrize(("words", "message"), WRONG)
def test_bad_input_is_one_line(do, shop, words, message):
    done = do(shop, *words)
    assert (done.code, done.out, len(done.err.splitlines())) == (2, "", 1)
    assert message in done.err


def test_a_folder_is_no_file_to_write(do, shop, tmp_path):
    done = do(shop, "--format", "turtle", "--out", tmp_path)
    assert done.code == 2
    assert "is a folder; name a file in it with --out" in done.err
    done = do(shop, "--format", "turtle", "--out", tmp_path / "no" / "x")
    assert "does not exist" in done.err
