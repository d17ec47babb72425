"""Is an answer told with the elements that its cells name, found and sorted as the address says?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.atlas import Atlas
from app.query.answers import Answered
from app.query.asked import Asked
from app.query.headings import words_of_column
from app.query.told import Told
from graph.library import question
from graph.maps import Map
from graph.store.interface import Limits, Table, Value

XSD = "http://www.w3.org/2001/XMLSchema#"
TABLE = Table(
    ("service", "name", "n", "at", "note"),
    (
        (Value("uri", "https://w3id.org/servicemap/id/shop/web"), Value("literal", "Twin"), Value("literal", "10", XSD + "integer"),
         Value("literal", "2026-11-26T08:00:00Z", XSD + "dateTime"), Value("literal", "b")),
        (Value("uri", "https://w3id.org/servicemap/id/shop/shop"), Value("literal", "shop/db"), Value("literal", "9", XSD + "integer"),
         Value("literal", "2026-11-25", XSD + "date"), None),
        (Value("uri", "https://w3id.org/servicemap/id/shop/db"), Value("literal", "Crew"), None, None, Value("literal", "a")),
    ),
)  # fmt: skip


@pytest.fixture
def told(shop: Map) -> Any:
    atlas = Atlas(shop)
    return lambda **asked: Told(atlas, Answered(Asked(**asked), "SELECT ...", TABLE, 12.34, Limits()))


def test_each_column_says_what_its_values_are(told: Any) -> None:
    assert [(column.name, column.kind) for column in told().columns] == [
        ("service", "element"),
        ("name", "element"),
        ("n", "number"),
        ("at", "time"),
        ("note", "text"),
    ]


def test_a_cell_names_an_element_by_address_by_id_and_by_a_name_that_it_alone_has(told: Any) -> None:
    elements = told().values()["elements"]
    assert elements["https://w3id.org/servicemap/id/shop/web"]["href"] == "/element/shop/web"
    assert elements["shop/db"]["label"] == "<b>Database</b>"
    assert elements["Crew"]["kind"] == "Team"
    assert "Twin" not in elements, "two elements have that name"


def test_a_name_that_several_have_means_the_one_that_is_of_a_kind_with_its_column(shop: Map) -> None:
    atlas, web, crew = Atlas(shop), Value("literal", "Web"), Value("literal", "Crew")
    p = atlas.projection
    team = p.classes[p.find("crew")]
    again = p.find("twin-2")
    atlas.projection = replace(
        p,
        labels=tuple("Web" if n == again else label for n, label in enumerate(p.labels)),
        classes=tuple(team if n == again else cls for n, cls in enumerate(p.classes)),
    )
    rows = ((web, web), (Value("literal", "Twin"), crew), (Value("literal", "5", XSD + "integer"), crew))
    told = Told(atlas, Answered(Asked(), "", Table(("part", "owner"), rows), 1.0, Limits()))
    named = told.values()["elements_in"]
    assert named["part"]["Web"]["id"] == "shop/web"
    assert named["owner"]["Web"]["id"] == "shop/twin-2"
    assert told.values(part=1)["unclear"] == []


@pytest.mark.parametrize(
    ("query", "meant", "words", "note"),
    [
        (
            "SELECT ...",
            {"limit": "3 (as nothing else is said)"},
            "First 3; there may be more",
            "Limit of the question: 3 rows, reached",
        ),
        ("SELECT ...", {"limit": "4"}, "Complete", "Limit of the question: 4 rows, not reached"),
        (
            "SELECT ?x { ?x ?p ?o }\nlimit 3 offset 6\n",
            {},
            "First 3; there may be more",
            "Limit of the query: 3 rows, reached",
        ),
        (
            "SELECT ?x { { SELECT ?x { ?x ?p ?o } LIMIT 3 } }",
            {},
            "Complete",
            "At most 1,000 rows on the page, not reached",
        ),
    ],
)
def test_an_answer_that_its_own_limit_ended_is_not_called_complete(
    shop: Map, query: str, meant: dict[str, str], words: str, note: str
) -> None:
    asked = question("shared-by-many") if meant else None
    told = Told(Atlas(shop), Answered(Asked(), query, TABLE, 1.0, Limits(rows=1_000), asked, meant)).values(part=1)
    assert told["whole"]["words"] == words
    assert told["whole"]["complete"] is (words == "Complete")
    assert note in told["whole"]["notes"][0]


def test_an_answer_that_the_page_cut_says_so(shop: Map) -> None:
    cut = replace(TABLE, truncated="the first 3 rows")
    told = Told(Atlas(shop), Answered(Asked(), "SELECT ...", cut, 1.0, Limits(), None, {"limit": "3"}))
    assert told.whole() == {
        "complete": False,
        "words": "Cut: the first 3 rows",
        "notes": ["Raise the limit, or ask for less"],
    }


def test_numbers_are_sorted_as_numbers_and_what_is_missing_comes_last(told: Any) -> None:
    assert [row["n"] for row in told(sort="n").values()["rows"]] == ["9", "10", None]
    assert [row["n"] for row in told(sort="-n").values()["rows"]] == ["10", "9", None]


def test_elements_are_sorted_and_found_by_their_names(told: Any) -> None:
    names = [row["service"].rpartition("/")[2] for row in told(sort="service").values()["rows"]]
    assert names == ["db", "shop", "web"], "<b>Database</b>, Shop, Web"
    assert [row["name"] for row in told(find="database crew").values()["rows"]] == ["Crew"]
    assert told(find="database crew").values()["total"] == 3


def test_an_unknown_column_sorts_nothing(told: Any) -> None:
    assert told(sort="colour").rows == TABLE.rows


@pytest.mark.parametrize(("name", "words"), [("name", "Name"), ("hitBy", "Hit by"), ("ID", "ID"), ("", "")])
def test_a_variable_becomes_words(name: str, words: str) -> None:
    assert words_of_column(name) == words


def test_a_part_has_the_rows_of_one_page_and_what_the_page_says_of_all(
    shop: Map, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.query.told.PAGE_SIZE", 2)
    monkeypatch.setattr("app.query.told.FIRST", 1)
    told = Told(Atlas(shop), Answered(Asked(), "", TABLE, 1.0, Limits()))
    second = told.values(part=2)
    assert [row["name"] for row in second["rows"]] == ["Crew"]
    assert (second["found"], second["page"], second["pages"], second["about"]) == (3, 2, 2, 3)
    assert second["first"] == ["shop/web"]
    assert second["drawn"] == 4, "shop/db is named by its address and by its id"
    assert len(second["shown"]) == 1, "of the elements of all columns only so many are taken"
    assert second["unclear"] == ["Twin"]
    assert told.values(part=9)["page"] == 2
    assert len(told.values()["rows"]) == 3
