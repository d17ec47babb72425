"""The commands that look after a store say what they did, in one line, and leave with the right status."""

from __future__ import annotations

import json

import pytest

from tests.app.commands import run
from tests.graph.written import SHOP, write


@pytest.fixture
def servicemap(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    write(tmp_path, SHOP)
    return lambda *words: run(capsys, monkeypatch, *words)


def test_a_second_load_says_that_it_read_nothing(servicemap):
    assert "unchanged" not in servicemap("load", "shop", "--store", "store").err
    again = servicemap("load", "shop", "--store", "store")
    assert "1 source; 1 file unchanged and not read again" in again.err
    assert again.code == 0


def test_a_load_with_a_file_that_cannot_be_used_leaves_with_2_and_says_where(servicemap, tmp_path):
    servicemap("load", "shop", "--store", "store")
    write(tmp_path, "elements:\n  - {id: web, kind: nonsense}\n")
    done = servicemap("load", "shop", "--store", "store")
    assert done.code == 2
    assert "error: shop/map.yaml:2: " in done.out
    assert "error: shop/map.yaml: kept as it was on " in done.out
    told = json.loads(servicemap("history", "--store", "store", "--format", "json").out)
    assert [row["change"] for row in told["changes"]] == ["stale", "loaded"]
    assert told["notes"][0].startswith("shop/map.yaml is stale since ")
    assert servicemap("validate", "--store", "store").code == 0


def test_history_tells_who_read_what_and_when(servicemap, tmp_path):
    servicemap("load", "shop", "--store", "store")
    write(tmp_path, SHOP.replace("A shop", "B shop"))
    servicemap("load", "shop", "--store", "store")
    told = json.loads(servicemap("history", "--store", "store", "--format", "json").out)
    assert [(row["revision"], row["change"], row["file"], row["importer"]) for row in told["changes"]] == [
        (2, "loaded", "shop/map.yaml", "map"),
        (1, "loaded", "shop/map.yaml", "map"),
    ]
    assert told["title"] == "2 revisions, 1 source, 0 of them stale"


def test_the_history_is_asked_in_sparql_too(servicemap, tmp_path):
    servicemap("load", "shop", "--store", "store")
    write(tmp_path, SHOP.replace("A shop", "B shop"))
    servicemap("load", "shop", "--store", "store")
    query = """PREFIX prov: <http://www.w3.org/ns/prov#>
        SELECT ?number ?change ?path ?before {
          ?revision a sm:Revision ; sm:revisionNumber ?number ; prov:wasGeneratedBy ?load .
          ?load a sm:Load ; prov:used ?version . ?version sm:whatChanged ?change ; sm:path ?path
          OPTIONAL { ?revision prov:wasRevisionOf/sm:revisionNumber ?before }
        } ORDER BY ?number"""
    rows = json.loads(servicemap("query", query, "--store", "store", "--format", "json").out)["rows"]
    assert [[str(row[name] or "") for name in ("number", "change", "path", "before")] for row in rows] == [
        ["1", "loaded", "shop/map.yaml", ""],
        ["2", "loaded", "shop/map.yaml", "1"],
    ]


def test_each_rule_of_the_derived_graph_is_told(servicemap):
    servicemap("load", "shop", "--store", "store")
    query = "SELECT ?name ?count { ?run a sm:RuleRun ; sm:name ?name ; sm:statementCount ?count } ORDER BY ?name"
    rows = json.loads(servicemap("query", query, "--store", "store", "--format", "json").out)["rows"]
    assert [row["name"] for row in rows][:2] == ["010-stubs", "015-renamed-words"]
    assert any(str(row["count"]) == "8" for row in rows)


def test_a_damaged_store_leaves_verify_with_1(servicemap, tmp_path):
    servicemap("load", "shop", "--store", "store")
    assert (whole := servicemap("verify", "--store", "store")).code == 0
    assert "store is whole" in whole.err
    next((tmp_path / "store" / "lines").iterdir()).unlink()
    done = servicemap("verify", "--store", "store")
    assert done.code == 1
    assert "store is damaged: 1 of " in done.err
    assert "restore a backup" in done.err


def test_a_backup_is_brought_back(servicemap):
    servicemap("load", "shop", "--store", "store")
    assert servicemap("backup", "copy.tar.gz", "--store", "store").code == 0
    assert servicemap("restore", "copy.tar.gz", "--store", "again").code == 0
    assert servicemap("restore", "copy.tar.gz", "--store", "again").code == 2
    assert servicemap("restore", "copy.tar.gz", "--store", "again", "--replace").code == 0
    assert "6 elements" in servicemap("validate", "--store", "again").err


def test_what_is_no_store_is_one_line_with_2(servicemap):
    for command in (["verify"], ["compact"], ["migrate"], ["history"], ["backup", "copy"]):
        done = servicemap(*command, "--store", "shop")
        assert (done.code, len(done.err.splitlines())) == (2, 1)
        assert "'shop' is no servicemap store" in done.err
