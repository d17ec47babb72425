"""Is an answer drawn as a map: statements and pairs as lines, else the lines of the map, and cuts said?"""

from __future__ import annotations

from typing import Any

import pytest

from app.atlas import Atlas
from app.missing import Missing
from app.query.answers import Answered
from app.query.asked import Asked
from app.query.picture import picture
from app.query.told import Told
from graph.maps import Map
from graph.reports import svg
from graph.store.interface import Limits, Table, Value

ID, SM = "https://w3id.org/servicemap/id/shop/", "https://w3id.org/servicemap#"


@pytest.fixture
def drawn(shop: Map) -> Any:
    atlas = Atlas(shop)
    return lambda table, **how: picture(Told(atlas, Answered(Asked(), "", table, 1.0, Limits())), **how)


def iri(name: str) -> Value:
    return Value("uri", name if ":" in name else ID + name)


def ends(drawing: Any) -> set[tuple[str, str, str]]:
    return {(stroke.dependent, stroke.provider, stroke.said) for stroke in drawing.strokes}


def test_statements_between_elements_are_lines_with_their_word(drawn: Any) -> None:
    rows = ((iri("shop"), iri(SM + "ownedBy"), iri("crew")), (iri("db"), iri(SM + "label"), Value("literal", "text")))
    drawing, layout = drawn(Table(("subject", "predicate", "object"), rows, form="graph"))
    assert ends(drawing) == {("shop/shop", "shop/crew", "ownedBy")}
    assert set(layout.positions) == {"shop/shop", "shop/crew", "shop/db"}


def test_rows_with_two_elements_are_lines_and_a_row_without_one_is_said(drawn: Any) -> None:
    rows = ((iri("web"), Value("literal", "Crew")), (Value("literal", "nothing"), None), (iri("db"), iri("db")))
    drawing, _ = drawn(Table(("a", "b"), rows))
    assert ends(drawing) == {("shop/web", "shop/crew", "")}
    assert drawing.notes == ("1 row without an element not drawn",)


def test_a_list_of_elements_has_the_lines_of_the_map(drawn: Any) -> None:
    drawing, layout = drawn(Table(("x",), tuple((iri(name),) for name in ("shop", "web", "db"))))
    assert {(a, b) for a, b, _ in ends(drawing)} == {("shop/shop", "shop/web"), ("shop/web", "shop/db")}
    assert drawing.notes == ("lines are those of the map",)
    assert "<b>Database" not in svg.write(drawing, layout)


def test_on_a_phone_the_picture_is_as_wide_as_that(drawn: Any) -> None:
    table = Table(("x",), tuple((iri(name),) for name in ("shop", "web", "db")))
    assert drawn(table, narrow=True)[1].width < 520 < drawn(table)[1].width


def test_no_element_and_too_many_are_said(drawn: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Missing, match="Nothing to draw"):
        drawn(Table(("x",), ((Value("literal", "nothing"),),)))
    monkeypatch.setattr("app.query.picture.MOST_DRAWN", 1)
    with pytest.raises(Missing, match="Too many"):
        drawn(Table(("x",), ((iri("shop"),), (iri("web"),))))
