"""Does the page show the library, the values that a question takes, and nothing as markup?"""

from __future__ import annotations

import json

import pytest

from app.atlas import Atlas
from app.query.asked import Asked
from app.query.screen import _fitting, bare, fields, head, shelves
from graph.library import question, questions
from graph.maps import Map


@pytest.fixture(scope="module")
def atlas(shop: Map) -> Atlas:
    return Atlas(shop)


def test_the_library_lists_every_question_under_who_asks_it() -> None:
    known = questions()
    text = json.dumps(
        [part.to_plotly_json() for part in shelves(known, Asked())], default=lambda each: each.to_plotly_json()
    )
    assert all(f"/query?ask={name}" in text for name in known)
    assert text.count("Service manager") == 1


def test_words_leave_those_that_hold_them_and_the_links_keep_the_words() -> None:
    found = json.dumps(
        [part.to_plotly_json() for part in shelves(questions(), Asked(words="rest on service"))],
        default=lambda each: each.to_plotly_json(),
    )
    assert "/query?ask=services-behind&q=rest%20on%20service" in found
    assert "/query?ask=catalogue" not in found
    nothing = json.dumps(
        [part.to_plotly_json() for part in shelves(questions(), Asked(words="zzz"))],
        default=lambda each: each.to_plotly_json(),
    )
    assert "No question holds" in nothing


@pytest.mark.parametrize(
    ("words", "name", "near"),
    [
        ("single point of failure", "no-alternative", False),
        ("SPOF", "no-alternative", False),
        ("sngle point", "no-alternative", True),
        ("certificate renewals", "what-ends-next", True),
    ],
)
def test_questions_are_found_by_other_words_and_else_the_nearest(words: str, name: str, near: bool) -> None:
    found, told = _fitting(questions().values(), words)
    assert name in [each.name for each in found]
    assert told is near


def test_a_word_that_a_question_asks_for_counts_before_who_asks_it() -> None:
    found, _ = _fitting(questions().values(), "owner")
    assert found
    assert all("owner" in f"{each.title} {each.words}" for each in found)


def test_each_parameter_is_a_typed_field_with_the_value_of_the_address(atlas: Atlas) -> None:
    service, rows = fields(
        atlas, question("services-behind"), Asked(name="services-behind", values={"service": "shop"})
    )
    assert (service["kind"], service["value"], service["label"], service["type"]) == (
        "element",
        "shop/shop",
        "Shop",
        "sm:Service",
    )
    assert [each["value"] for each in rows["choices"]] == ["100", "1000", "10000"]
    day = fields(atlas, question("agreements-expiring"), Asked())[0]
    assert (day["kind"], day["value"]) == ("moment", "2027-03-01T00:00:00Z")


def test_the_limit_of_a_question_and_that_of_the_page_are_told_apart(atlas: Atlas) -> None:
    found = fields(atlas, question("shared-by-many"), Asked())
    assert [each["words"] for each in found] == ["Limit of the question", "Rows at most"]


def test_a_default_that_is_not_in_this_map_leaves_the_field_empty(atlas: Atlas) -> None:
    assert fields(atlas, question("services-behind"), Asked())[0]["value"] == ""


def test_the_head_says_where_a_question_is_from_and_offers_a_copy() -> None:
    shown = str(head(Asked(name="catalogue"), question("catalogue"), "ASK {}"))
    assert "Library, read only" in shown
    assert "/query?query=ASK%20{}" in shown
    assert "Edit a copy" not in str(head(Asked(text="ASK {}"), None, "ASK {}"))


def test_the_lines_that_describe_a_question_are_not_shown_twice() -> None:
    text = question("services-behind").text
    assert bare(text).startswith("SELECT")
    assert bare("# why: no\nnothing") == "nothing"
    assert bare("# title: all comments\n") == "# title: all comments\n"
