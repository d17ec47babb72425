"""Rows of an answer are all on a page, first those that there is room for, and each cell names its column."""

from __future__ import annotations

from pathlib import Path

from app.answers import table_of
from app.atlas import Atlas
from graph.answer import Answer
from tests.graph.written import opened


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


def test_agreements_have_names_minutes_have_a_unit_and_moments_are_words(tmp_path: Path) -> None:
    text = """
        elements: [{id: shop, kind: business service}]
        agreements: [{id: sla-shop, kind: agreement, name: Gold}]
    """
    columns = ("agreement", "renegotiate", "slack", "allowed", "from")
    row = ("sla-shop", "sla-shop (Shop)", -293.8, 43.2, "2026-12-17 03:00+01:00")
    table = table_of(
        Atlas(opened(tmp_path, text)), Answer("", "promises", columns, (row, ("gone", *row[1:])))
    ).children[0]
    first, second = (line.children for line in table.children[1].children)
    assert "children='Gold'" in str(first[0])
    assert "href='/element/shop/sla-shop'" in str(first[0])
    assert str(first[1]).count("Gold") == 1
    assert "for Shop" in str(first[1])
    assert [cell.children[0].children for cell in first[2:]] == [
        "293.8 min short",
        "43.2 min",
        "17 Dec 2026, 03:00",
    ]
    assert table.children[0].children.children[-1].children == "From (UTC+01:00)", "a column says its zone once"
    assert second[0].children[0].children == "gone"


def test_phones_and_mails_ring_and_write_and_other_words_do_not(atlas: Atlas) -> None:
    row = (["+31 55 555 0100", "+31 2"], "desk@shop.example", "the number on the wall")
    table = table_of(atlas, Answer("", "contacts", ("phone", "e-mail", "call"), (row,))).children[0]
    phone, mail, call = table.children[1].children[0].children
    assert [each.href for each in phone.children if each != ", "] == ["tel:+31555550100", "tel:+312"]
    assert [each.href for each in mail.children] == ["mailto:desk@shop.example"]
    assert "href" not in str(call)


def test_with_names_above_all_rows_are_there_and_some_are_held_back(atlas: Atlas) -> None:
    (table,) = table_of(atlas, rows(30), named=True, held=(1,)).children
    (body,) = table.children[1:]
    assert [getattr(line, "className", None) for line in body.children[:3]] == [None, "held", None]
    assert len(body.children) == 30
