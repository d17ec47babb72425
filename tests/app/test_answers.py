"""Rows of an answer are all on a page, first those that there is room for, and each cell names its column."""

from __future__ import annotations

from app.answers import table_of
from app.atlas import Atlas
from graph.answer import Answer


def rows(number: int, columns: int = 2) -> Answer:
    names = tuple(f"column {n}" for n in range(columns))
    return Answer("", "things", names, tuple(tuple(f"{r}.{c}" for c in range(columns)) for r in range(number)))


def test_what_comes_after_the_first_rows_unfolds_in_the_same_table(atlas: Atlas) -> None:
    box = table_of(atlas, rows(40))
    table, press = box.children
    assert [len(part.children) for part in table.children[1:]] == [12, 28]
    assert (press.children, getattr(press, "data-act")) == ("28 more", "unfold")


def test_a_few_rows_more_are_shown_at_once(atlas: Atlas) -> None:
    (table,) = table_of(atlas, rows(14)).children
    assert [len(part.children) for part in table.children[1:]] == [14]


def test_each_cell_names_its_column_for_pages_that_are_too_narrow(atlas: Atlas) -> None:
    box = table_of(atlas, rows(1, 6))
    assert box.className == "table-box stacks wide"
    cells = box.children[0].children[1].children[0].children
    assert [getattr(cell, "data-label") for cell in cells] == [f"Column {n}" for n in range(6)]
    assert table_of(atlas, rows(1), stacks=False).className == "table-box"
