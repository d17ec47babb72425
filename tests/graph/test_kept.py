"""What is kept beside a store is what would be made anew, and is read for the same revision alone."""

import numpy as np
import pytest

from app.atlas import Atlas
from graph.figures import READ
from graph.kept import kept
from graph.maps import load_into, open_map
from graph.store.embedded import DiskStore
from ontology import terms as t


def never():
    raise AssertionError("this was kept")


def numbers():
    return {"numbers": np.arange(5)}


def test_arrays_are_read_again_for_the_same_alone(tmp_path):
    file = tmp_path / "numbers"
    kept(file, "one", numbers)
    assert kept(file, "one", never)["numbers"].tolist() == [0, 1, 2, 3, 4]
    assert kept(file, "two", lambda: {"numbers": np.zeros(1)})["numbers"].tolist() == [0.0]
    assert [each.name for each in tmp_path.iterdir()] == ["numbers"]


@pytest.mark.parametrize("spoil", [lambda _: b"", lambda whole: whole[: len(whole) // 2], lambda _: b"numbers"])
def test_what_is_spoilt_is_made_anew(tmp_path, spoil):
    file = tmp_path / "numbers"
    kept(file, "one", numbers)
    file.write_bytes(spoil(file.read_bytes()))
    assert kept(file, "one", numbers)["numbers"].tolist() == [0, 1, 2, 3, 4]
    assert kept(file, "one", never)["numbers"].tolist() == [0, 1, 2, 3, 4]


def test_a_changed_bit_is_noticed(tmp_path):
    file = tmp_path / "numbers"
    kept(file, "one", numbers)
    whole = bytearray(file.read_bytes())
    whole[whole.index(np.arange(5).tobytes()) + 8] ^= 1
    file.write_bytes(whole)
    with pytest.raises(AssertionError, match="this was kept"):
        kept(file, "one", never)


def test_where_nothing_can_be_written_it_is_made(tmp_path):
    assert kept(tmp_path / "none" / "numbers", "one", numbers)["numbers"].tolist() == [0, 1, 2, 3, 4]


def test_a_second_process_shows_and_finds_the_same_without_asking_the_store(tmp_path, root, monkeypatch):
    load_into(tmp_path / "store", [root / "data" / "laundry"])
    plain = told(Atlas(open_map(store=tmp_path / "store")))
    monkeypatch.setattr("graph.maps.KEPT", 1)
    assert told(Atlas(open_map(store=tmp_path / "store"))) == plain
    again = Atlas(open_map(store=tmp_path / "store"))
    monkeypatch.setattr("graph.attributes.pairs", lambda *_: never())
    monkeypatch.setattr("graph.surroundings.pairs", lambda *_: never())
    asked, pairs = [], DiskStore.pairs
    monkeypatch.setattr(DiskStore, "pairs", lambda store, predicate: asked.append(predicate) or pairs(store, predicate))
    assert told(again) == plain
    assert not READ.intersection(asked) - {t.AMOUNT, t.CURRENCY}
    assert all(plain)


def test_a_load_works_out_what_filters_and_the_search_of_a_large_map_ask_for_first(tmp_path, root, monkeypatch):
    plain = Atlas(open_map(root / "data" / "laundry"))
    owners, hits = plain.facet("owner").words, plain.index.search("wash")
    monkeypatch.setattr("graph.maps.KEPT", 1)
    load_into(tmp_path / "store", [root / "data" / "laundry"])
    monkeypatch.setattr("graph.attributes.pairs", lambda *_: never())
    monkeypatch.setattr("graph.attributes.texts_of", lambda *_: never())
    first = Atlas(open_map(store=tmp_path / "store"))
    assert first.facet("owner").words == owners != ()
    assert first.index.search("wash") == hits != ()
    assert (first.map.store.generation.parent / "searched").is_file()


def told(atlas):
    words = ("wash", "team", "databse", "ada shop")
    columns = [atlas.attributes.of(key) for key in ("alias", "criticality", "environment", "owner")]
    return (
        [atlas.index.search(word) for word in words],
        atlas._parties,
        atlas.teams,
        [(each.elements.tolist(), each.codes.tolist(), each.words, each.targets.tolist()) for each in columns],
        [number.tolist() for number in (atlas.index._ends, atlas.index._standing)],
        [atlas.map.surroundings.named.by(element) for element in range(len(atlas))],
        {whole: inside.tolist() for whole, inside in atlas.map.surroundings.environments.items()} or "none",
        atlas.map.figures,
    )
