"""Does an address say all that is asked, and nothing that cannot be?"""

from __future__ import annotations

import pytest

from app.query.asked import LONGEST, Asked, link
from graph.model import InputError


def test_an_address_and_what_it_asks_are_the_same() -> None:
    asked = Asked(
        name="services-behind",
        values={"service": "shop/web & more", "day": "2026-12-01"},
        rows=100,
        view="chart",
        find="a b",
        sort="-name",
        page=3,
        across="kind",
        up="n",
        words="rest",
    )
    assert Asked.parse(link(asked).partition("?")[2]) == asked


def test_a_query_of_ones_own_comes_back_letter_by_letter() -> None:
    text = 'SELECT * # all & more\nWHERE { ?s ?p "+%20ü" }\n'
    assert Asked.parse(link(Asked(text=text)).partition("?")[2]).text == text


def test_what_nobody_understands_is_left_out() -> None:
    assert Asked.parse("rows=7&view=hologram&page=x&nothing=1") == Asked()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("ask=catalogue&query=ASK+{}", "asked together"),
        (f"query={'x' * (LONGEST + 1)}", "at most 8,000 characters"),
        ("&".join(f"k{n}=e" for n in range(300)), "says too much"),
    ],
)
def test_what_cannot_be_is_said(query: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        Asked.parse(query)


def test_how_an_answer_is_shown_does_not_change_what_is_asked() -> None:
    assert Asked(name="a", view="raw", find="x", sort="b", page=2).same == Asked(name="a")
