"""What goes into the engine in parts is there as if it had gone in whole; what has things without a name goes in whole."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from graph.store.parts import has_blanks, load_file, parts, parts_of

GRAPH = "http://x/g"


def stored(file, at_once):
    store = ox.Store()
    load_file(store, file, GRAPH, at_once=at_once)
    return store


@pytest.fixture
def file(tmp_path):
    lines = [f'<http://x/{number}> <http://x/p> "é {number}_:a" .\n' for number in range(500)]
    (tmp_path / "map.nt").write_text("".join(lines), encoding="utf-8")
    return tmp_path / "map.nt"


@pytest.mark.parametrize("size", [1, 50, 1_000, 10_000_000])
def test_parts_are_whole_lines_and_together_the_file(file, size):
    parts = list(parts_of(file, size))
    assert b"".join(parts) == file.read_bytes()
    assert all(part.endswith(b"\n") for part in parts)
    assert len(parts) == 1 or max(map(len, parts)) <= size + 100


def test_what_goes_in_by_parts_is_all_there(file):
    assert set(stored(file, 1_000)) == set(stored(file, 10_000_000))
    assert len(stored(file, 1_000)) == 500
    assert {quad.graph_name.value for quad in stored(file, 1_000)} == {GRAPH}


def test_a_last_line_without_an_end_is_there(tmp_path):
    (tmp_path / "map.nt").write_text("<x:a> <x:p> <x:b> .\n" * 3 + "<x:a> <x:p> <x:c> .")
    assert len(stored(tmp_path / "map.nt", 30)) == 2


@pytest.mark.parametrize("line", ["_:a <x:p> <x:b> .", "<x:b> <x:p> _:a ."])
def test_things_without_a_name_stay_one_thing(tmp_path, line):
    (tmp_path / "map.nt").write_text("<x:a> <x:p> <x:b> .\n" * 20 + f"{line}\n" * 2 + "_:a <x:q> <x:c> .\n" * 20)
    assert has_blanks(tmp_path / "map.nt")
    assert len(stored(tmp_path / "map.nt", 100)) == 3


def test_what_looks_like_one_in_a_text_does_no_harm(file):
    assert not has_blanks(file)
    file.write_text(file.read_text(encoding="utf-8").replace("_:a", " _:a"), encoding="utf-8")
    assert has_blanks(file)
    assert len(stored(file, 1_000)) == 500


def test_lines_that_are_none_are_an_error(file):
    file.write_bytes(file.read_bytes() + b"nonsense\n" * 100)
    with pytest.raises(SyntaxError):
        stored(file, 1_000)


def test_what_is_not_much_longer_than_a_part_goes_in_whole(file):
    size = file.stat().st_size
    assert parts(file, size) is None
    assert parts(file, size // 3 + 1) is None
    assert len(list(parts(file, size // 4))) >= 4
