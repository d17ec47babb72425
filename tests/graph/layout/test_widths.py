"""Does a label fit its box, whatever the name?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.layout.widths import box_width, label, text_width
from tests.examples import examples


def test_a_box_is_as_wide_as_its_wider_line() -> None:
    assert box_width("Basket", "Production") == box_width("B", "Production")
    assert box_width("Order management", "x") > box_width("Order", "x")
    assert box_width("Order management") == 180


def test_a_box_is_never_narrower_than_88_and_always_a_multiple_of_4() -> None:
    assert box_width("a") == 88
    assert all(box_width("a" * n, extra=extra) % 4 == 0 for n in range(1, 30) for extra in (0, 4, 10))


def test_digits_are_all_as_wide_as_a_nought() -> None:
    assert text_width("1111", size=12, bold=True) == text_width("0000", size=12, bold=True)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Basket", ("Basket",)),
        ("A name of 24 characters.", ("A name of 24 characters.",)),
        ("Customer order management service", ("Customer order", "management service")),
        ("customer-order-management-service", ("customer-order-", "management-service")),
        ("registry.example.org/team/shop", ("registry.example.", "org/team/shop")),
        ("customer_order_management_service", ("customer_order_", "management_service")),
        ("Donaudampfschifffahrtsgesellschaft", ("Donaudampfschifffahrtsge", "sellschaft")),
    ],
)
def test_long_names_take_two_lines(name: str, lines: tuple[str, ...]) -> None:
    assert label(name).name == lines


def test_two_lines_of_name_leave_no_room_for_the_second_line() -> None:
    assert label("Customer order management service", "Team Orders").second == ""


def test_a_name_of_ten_thousand_characters_loses_its_middle() -> None:
    found = label("start " + "x" * 10_000 + " end")
    assert found.cut
    assert found.name[0].startswith("start")
    assert found.name[1].endswith(" end")
    assert "…" in "".join(found.name)
    assert found.width < 500


def test_marks_on_letters_take_no_room_and_wide_signs_take_more_than_an_em() -> None:
    assert text_width("e\u0301\u200b", size=10) == text_width("e", size=10)
    assert text_width("注文", size=10) >= 20
    assert text_width("🧺", size=10) >= 10


@examples(200, derandomize=True, database=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_gets_a_box(name: str, second: str) -> None:
    found = label(name, second)
    assert 1 <= len(found.name) <= 2
    assert all(len(line) <= 24 for line in found.name)
    assert 88 <= found.width <= 900
    if not found.cut:
        assert "".join(found.name).replace(" ", "") == "".join(name.split())
