"""Does a path find what it names, and nothing else?"""

from __future__ import annotations

from pathlib import Path as FilePath

import pytest

from graph.documents import read_documents
from graph.mapping.paths import Node, Reads, parse_path, select

TEXT = b"""
services:
  - name: shop
    tags: [a, b]
    "app.io/name": x
    depends:
      db: {port: 5432}
      mail:
    empty:
  - name: mail
    tags: c
deep: {er: {est: gold}}
"""


def document() -> Node:
    [found] = read_documents(FilePath("a.yaml"), text=TEXT)
    return Node(found.value, found.line)


def found(path: str, row: str = ".") -> list[tuple[object, int]]:
    reads = Reads()
    [start] = select(parse_path(row), document(), reads)
    return [(node.value, node.line) for node in select(parse_path(path), start, reads)]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("deep.er.est", [("gold", 12)]),
        ("services[].name", [("shop", 3), ("mail", 10)]),
        ("services[].tags[]", [("a", 4), ("b", 4), ("c", 11)]),
        ('services[]."app.io/name"', [("x", 5)]),
        ("services[].depends.*.port", [("5432", 7)]),
        ("deep.*.*", [("gold", 12)]),
        ("services.name", []),
        ("services[].empty", []),
        ("services[].name.first", []),
        ("services[].name.*", []),
        ("nothing[]", []),
    ],
)
def test_a_path_goes_by_keys_items_and_all_keys(path: str, expected: list[tuple[object, int]]) -> None:
    assert found(path) == expected


def test_a_single_value_counts_as_a_list_of_one_unless_strict() -> None:
    assert found("deep[].er[].est[]") == [("gold", 12)]
    assert list(select(parse_path("deep[].er"), document(), Reads(), strict=True)) == []


def test_paths_climb_to_the_item_around_and_start_again_at_the_document() -> None:
    [row] = select(parse_path("services[].depends.*.port"), document(), Reads())
    reads = Reads()

    def values(path: str) -> list[object]:
        return [node.value for node in select(parse_path(path), row, reads)]

    assert values(".") == ["5432"]
    assert values("^port") == values("^.port") == ["5432"]
    assert values("^^name") == ["shop"]
    assert values("^^^deep.er.est") == values("$.deep.er.est") == ["gold"]
    assert values("^^^^name") == []


def test_only_what_was_marked_counts_as_read() -> None:
    reads = Reads()
    [first, second] = select(parse_path("services[].name"), document(), reads)
    reads.mark(first)
    assert (id(first.holder), "name") in reads.slots
    assert (id(second.holder), "name") not in reads.slots


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("", "the path is empty; write '.' for the row itself"),
        ("a..b", "the path 'a..b' cannot be read at '.b'; write keys with dots between them, '[]' for items, '*' for all keys, and other signs in quotes"),
        ("a[0]", "the path 'a[0]' cannot be read at '[0]'; write keys with dots between them, '[]' for items, '*' for all keys, and other signs in quotes"),
        ("a[]b", "the path 'a[]b' needs a dot before 'b'; add it"),
        ("@kee", "'@kee' is not known; write one of @key, @index, @line, @file, @namespace"),
        ("a" * 501, "the path is longer than 500 characters; make it shorter"),
    ],
)  # fmt: skip
def test_a_wrong_path_says_where_it_is_wrong(path: str, message: str) -> None:
    with pytest.raises(ValueError) as problem:  # noqa: PT011 - the whole message is compared
        parse_path(path)
    assert str(problem.value) == message
