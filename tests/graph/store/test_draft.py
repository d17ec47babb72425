"""A large map is worked out on this machine before it goes to an engine elsewhere."""

from __future__ import annotations

import gc
from dataclasses import replace

import pytest

from graph.sources import read_sources
from graph.store.draft import conclusions, drafted, is_large
from graph.store.embedded import MemoryStore
from graph.store.interface import DERIVED

DEPENDS = """
@prefix sm: <https://w3id.org/servicemap#> .
<http://x/a> a sm:BusinessService ; sm:dependsOn <http://x/b> .
<http://x/b> a sm:Database .
<http://x/d> a sm:Dependency ; sm:dependent <http://x/b> ; sm:provider <http://x/a> .
"""


@pytest.fixture
def sources(tmp_path):
    file = tmp_path / "map.ttl"
    file.write_text(DEPENDS, encoding="utf-8")
    return read_sources([file], namespace="x")


def test_a_draft_concludes_what_a_store_concludes_and_is_gone_when_nobody_asks_it(sources, tmp_path):
    memory = MemoryStore()
    memory.replace(sources)
    draft = drafted(sources, tmp_path / "beside")
    told = conclusions(draft).read_bytes()
    assert sorted(told.splitlines()) == sorted(memory.triples(DERIVED).splitlines())
    assert draft.revision == memory.revision
    draft.close()
    assert draft.folder.is_dir()
    del draft
    gc.collect()
    assert [each.name for each in tmp_path.iterdir()] == ["map.ttl"]


def test_conclusions_about_things_without_a_name_are_not_for_another_store(sources, tmp_path):
    unnamed = [replace(each, triples=each.triples.replace(b"<http://x/d>", b"_:d")) for each in sources]
    draft = drafted(unnamed, tmp_path / "beside")
    assert conclusions(draft) is None
    draft.close()


def test_what_is_large_is_counted_in_bytes(sources, monkeypatch):
    assert not is_large(sources)
    monkeypatch.setattr("graph.store.draft.LARGE", 100)
    assert is_large(sources)
