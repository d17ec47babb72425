"""Does a page reach the screen as few components, however much it says?"""

from __future__ import annotations

import json
from typing import Any

import dash_mantine_components as dmc
import pytest
from dash import html, no_update
from flask.testing import FlaskClient

from app.atlas import Atlas
from app.painted import Painted, painted, tree
from app.web import create_server

ADDRESSES = {
    "map-address": [
        ("/map", ""),
        ("/map", "as=table"),
        ("/map", "by=owner"),
        ("/map", "focus=norrvik/nothing"),
        ("/map", "select=norrvik/online"),
    ],
    "element-address": [("/element/norrvik/online", ""), ("/element/norrvik/nothing", "")],
    "catalogue-address": [("/catalogue", "")],
    "compare-address": [("/compare", "element=norrvik/online&element=norrvik/collect"), ("/compare", "")],
    "impact-address": [("/impact", ""), ("/impact", "element=norrvik/online"), ("/impact", "element=nothing")],
    "impact-asked": [("/impact", ""), ("/impact", "element=norrvik/online"), ("/impact", "element=nothing")],
    "query-address": [("/query", "ask=services-behind")],
    "sources-address": [("/sources", ""), ("/sources", "show=findings"), ("/sources", "show=check")],
}


@pytest.fixture(scope="module")
def client(atlas: Atlas) -> FlaskClient:
    return create_server(atlas.map).test_client()


def filled(client: FlaskClient, callback: dict[str, Any], path: str, query: str) -> dict[str, Any]:
    """What a callback puts where."""
    names = callback["output"].strip(".").split("...")
    outputs = [dict(zip(("id", "property"), name.rsplit(".", 1), strict=True)) for name in names]
    key = f"{callback['inputs'][0]['id']}.data"
    value = {"path": path, "query": query, "narrow": False, "known": ""}
    body = {
        "output": callback["output"],
        "outputs": outputs if len(outputs) > 1 else outputs[0],
        "inputs": [{"id": key.removesuffix(".data"), "property": "data", "value": value}],
        "state": [{**each, "value": ""} for each in callback["state"]],
        "changedPropIds": [key],
    }
    answer = client.post("/_dash-update-component", json=body)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.get_json()["response"]
    return told


def test_every_page_is_filled_with_one_component_for_each_place(client: FlaskClient) -> None:
    callbacks = [each for each in client.get("/_dash-dependencies").get_json() if not each["clientside_function"]]
    assert {each["inputs"][0]["id"] for each in callbacks} == set(ADDRESSES)
    drawn = 0
    for callback in callbacks:
        for path, query in ADDRESSES[callback["inputs"][0]["id"]]:
            places = filled(client, callback, path, query)
            for place, values in places.items():
                text = json.dumps(values.get("children"))
                assert text.count('"namespace"') <= 1, (path, query, place)
                drawn += text.count('"Painted"')
    assert drawn > 20


def test_a_tree_keeps_texts_attributes_and_order_and_leaves_out_what_is_none() -> None:
    part = html.Details([None, html.Summary("<b>"), 3], open=True, title=None, **{"data-at": "1"})
    assert tree([part, "after"]) == [
        ["details", {"open": True, "data-at": "1"}, [["summary", {}, ["<b>"]], 3]],
        "after",
    ]


def test_what_is_no_html_cannot_be_a_part_of_a_tree() -> None:
    with pytest.raises(TypeError, match="Badge is not plain HTML"):
        tree([html.Div(dmc.Badge("new"))])


def test_only_parts_of_the_page_are_painted() -> None:
    data = [{"data": {"id": "a"}}]
    paint = painted(lambda: (html.P("a"), "words", data, no_update, [], True))
    first, *rest = paint()
    assert isinstance(first, Painted)
    assert rest == ["words", data, no_update, [], True]
    assert isinstance(painted(lambda: [html.P("a")])(), Painted)
