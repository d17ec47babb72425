"""Whatever is spoilt in a store is found, and a store that is whole is called whole."""

from __future__ import annotations

import json
import os
import shutil

import pyoxigraph as ox
import pytest

from graph.maps import load_into
from graph.model import InputError
from graph.store.compact import compact
from graph.store.embedded import DiskStore
from graph.store.verify import verify
from tests.graph.written import SHOP, write

BASE = "https://w3id.org/servicemap/graph/"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    home = tmp_path_factory.mktemp("loaded")
    write(home, SHOP)
    write(home, "elements:\n  - {id: more, kind: service, depends_on: [web]}\n", "more.yaml")
    load_into(home / "store", [home / "shop"])
    return home / "store"


@pytest.fixture
def store(loaded, tmp_path):
    shutil.copytree(loaded, tmp_path / "store")
    return tmp_path / "store"


def damage(store):
    return [f"{check.name}: {check.damage}" for check in verify(store) if check.damage]


def said(generation):
    return json.loads((generation / "loaded.json").read_text())


def edit(**changes):
    def spoil(store):
        generation = store / "000001"
        held = said(generation)
        held["held"][0] |= changes
        (generation / "loaded.json").write_text(json.dumps(held))

    return spoil


def quads(change):
    def spoil(store):
        triples = ox.Store(str(store / "000001" / "triples"))
        change(triples)
        triples.flush()

    return spoil


def first(triples, graph):
    return next(triples.quads_for_pattern(None, None, None, ox.NamedNode(BASE + graph)))


def other(triples, graph):
    quad = first(triples, graph)
    triples.remove(quad)
    triples.add(ox.Quad(quad.subject, quad.predicate, ox.Literal("another"), quad.graph_name))


SPOILT = {
    "a statement is missing": (
        quads(lambda s: s.remove(first(s, "source/shop/map.yaml"))),
        "it makes .* statements, .* were loaded",
    ),
    "a statement is another": (quads(lambda s: other(s, "source/shop/more.yaml")), "are others than were loaded"),
    "a conclusion is missing": (quads(lambda s: s.remove(first(s, "derived"))), "the rules conclude"),
    "a conclusion is another": (quads(lambda s: other(s, "derived")), "the rules conclude"),
    "the provenance is another": (quads(lambda s: other(s, "meta")), "about where things come from"),
    "a graph is nobody's": (
        quads(
            lambda s: s.add(ox.Quad(ox.NamedNode("a:b"), ox.NamedNode("a:b"), ox.NamedNode("a:b"), ox.NamedNode("a:g")))
        ),
        "no source accounts for",
    ),
    "lines are missing": (
        lambda s: next((s / "lines").glob("*.lines")).unlink(),
        "its lines are complete: FileNotFound",
    ),
    "lines are cut": (lambda s: os.truncate(next((s / "lines").glob("*.lines")), 60), "table of lines is cut"),
    "mentions are spoilt": (lambda s: next((s / "lines").glob("*.mentions")).write_text("x"), "no table of lines"),
    "the count of lines is another": (edit(lines=1), "1 were loaded"),
    "the digest is another": (edit(digest="0"), "are others than were loaded"),
    "CURRENT leads nowhere": (lambda s: (s / "CURRENT").write_text("000009"), "is damaged"),
    "the format is another": (lambda s: (s / "format").write_text("servicemap store 9\n"), "has the format"),
    "a file of the engine is gone": (
        lambda s: [file.unlink() for file in (s / "000001" / "triples").glob("*.sst")],
        "is damaged",
    ),
    "a file of the engine has no digest": (
        lambda s: (s / "000001" / "files.json").write_text("{}"),
        "is not as it was written",
    ),
    "the history is spoilt": (lambda s: (s / "000001" / "history.jsonl").write_text("{}\n"), "is damaged"),
    "other words made it": (
        lambda s: (s / "000001" / "loaded.json").write_text(json.dumps(said(s / "000001") | {"words": "0"})),
        "other words or rules",
    ),
}


@pytest.mark.parametrize("name", SPOILT)
def test_damage_is_found_and_named(store, name):
    spoil, words = SPOILT[name]
    spoil(store)
    found = damage(store)
    assert len(found) >= 1
    import re

    assert any(re.search(words, line) for line in found), found


def test_bits_that_changed_on_the_disk_are_found(store):
    biggest = max((store / "000001" / "triples").glob("*.sst"), key=lambda file: file.stat().st_size)
    with biggest.open("r+b") as file:
        file.seek(biggest.stat().st_size // 3)
        file.write(b"\xff" * 64)
    assert damage(store)


def test_a_whole_store_is_whole_and_stays_as_it_is(store):
    before = {str(file): file.stat().st_mtime_ns for file in store.rglob("*") if file.is_file()}
    assert damage(store) == []
    assert {str(file): file.stat().st_mtime_ns for file in store.rglob("*") if file.is_file()} == before
    assert len(verify(store)) == 9
    assert [entry.name for entry in store.parent.iterdir()] == ["store"]


def test_what_is_no_store_is_refused(tmp_path):
    with pytest.raises(InputError, match="is no servicemap store"):
        verify(tmp_path)


def test_compacting_takes_away_what_is_not_needed_and_changes_nothing_else(tmp_path):
    store = tmp_path / "store"
    for number in range(3):
        write(store.parent, SHOP.replace("A shop", f"{number} shop"))
        load_into(store, [store.parent / "shop" / "map.yaml"])
    before = DiskStore(store)
    told = (before.revision, before.history, before.titles)
    (store / "lines" / ("0" * 24 + "-000009.lines")).write_text("left behind")
    done = compact(store)
    after = DiskStore(store)
    assert (after.revision, after.history, after.titles) == told
    assert done.after < done.before
    assert len([entry for entry in store.iterdir() if entry.name.isdigit()]) == 1
    assert damage(store) == []
    assert len(after.lines("shop/map.yaml")) == len(before.lines("shop/map.yaml")) > 0


def test_a_damaged_store_is_not_compacted(store):
    (store / "CURRENT").write_text("x")
    with pytest.raises(InputError, match="is damaged"):
        compact(store)
