"""What filters, expressions, selections and ways leave of a map, and what the page says of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
from flask.testing import FlaskClient

from app.atlas import Atlas
from app.map.bars import toolbar
from app.map.pane import pane
from app.map.screen import lit, screen, stops
from app.map.sift import chips
from app.sieve import NOT_SAID, choices
from app.view import View
from app.web import create_server
from graph.maps import open_map

TEXT = """
    teams: [{id: blue, name: Blue}, {id: red, name: Red}]
    environments: [{id: live, name: Production}, {id: try, name: Test}]
    elements:
      - {id: shop, kind: business service, name: Shop, owner: blue, criticality: high, depends_on: [till, stock]}
      - {id: till, kind: application, name: Till, owner: blue, environment: live, depends_on: [db]}
      - {id: stock, kind: application, name: Stock, owner: red, environment: live, depends_on: [db]}
      - {id: till-2, kind: application, name: Till, owner: red, environment: try, depends_on: [db]}
      - {id: db, kind: database, name: Books, environment: live, depends_on: [disk]}
      - {id: disk, kind: storage, name: Disk}
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    folder = tmp_path_factory.mktemp("sieve") / "shop"
    folder.mkdir()
    (folder / "map.yaml").write_text("\n".join(line[4:] for line in TEXT.splitlines()), encoding="utf-8")
    return Atlas(open_map([folder]))


@pytest.fixture(scope="module")
def client(shop: Atlas) -> FlaskClient:
    return create_server(shop.map).test_client()


def names(atlas: Atlas, query: str) -> str:
    p = atlas.projection
    return " ".join(sorted(p.ids[e].partition("/")[2] for e in atlas.choose(View.parse(query)).elements))


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("only=environment:Production", "db stock till"),
        ("only=environment:Production&only=environment:Test", "db stock till till-2"),
        ("only=environment:Production&only=owner:Blue", "till"),
        ("only=environment:-&only=kind:Business service", "shop"),
        ("only=kind:Team", "blue red"),
        ("without=kind = application", "blue db disk live red shop try"),
        ("without=not environment = production", "db stock till"),
        ("without=kind = team or lane = applications", "db disk live shop try"),
        ("without=kind = team&hide=applications", "db disk live shop try"),
        ("focus=shop/shop&direction=down&without=kind = application", "blue db disk shop"),
        ("focus=shop/till&without=kind = application or kind = team", "db disk shop till"),
        ("only=colour:green&without=kind = team", "db disk live shop stock till till-2 try"),
    ],
)
def test_filters_and_expressions_leave(shop: Atlas, query: str, left: str) -> None:
    assert names(shop, query) == left


def test_lines_through_what_is_hidden_are_drawn_on(shop: Atlas) -> None:
    p = shop.projection
    lines = shop.choose(View(without="kind = application or kind = database")).lines
    said = {(p.ids[line.dependent], p.ids[line.provider]): line.through for line in lines}
    assert said["shop/shop", "shop/disk"] == 2


def test_an_expression_that_is_wrong_hides_nothing_and_is_told(shop: Atlas) -> None:
    assert names(shop, "without=kind = databse") == names(shop, "")
    assert list(shop.sieve(View(without="kind = databse")).wrong) == ["without"]


def test_each_choice_says_how_many_it_would_leave(shop: Atlas) -> None:
    everything = np.ones(len(shop), np.bool_)
    for view in (View(), View.parse("only=owner:Blue"), View.parse("only=owner:Blue&only=kind:Application")):
        for facet in ("environment", "criticality"):
            for choice in choices(view, facet, shop.facet, everything):
                stays = shop.sieve(view.with_kept(facet, choice.value)).stays
                assert stays is not None
                assert choice.count == int(stays.sum())


def test_what_nobody_says_is_a_choice_of_its_own(shop: Atlas) -> None:
    found = {
        choice.value: choice.count
        for choice in choices(View(), "environment", shop.facet, np.ones(len(shop), np.bool_))
    }
    assert found["Production"] == 3
    assert found[NOT_SAID] == sum(1 for _ in range(len(shop))) - 4


def test_keeping_twice_lets_go() -> None:
    view = View()
    assert view.with_kept("kind", "Database").with_kept("kind", "Database") == view


def test_a_wall_is_none_once_filters_leave_few(shop: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.view.WALL", 4)
    assert shop.choose(View()).wall
    assert shop.choose(View()).fits > 4
    assert not shop.choose(View.parse("only=environment:Production")).wall


def test_a_map_that_is_too_large_shows_what_is_selected(shop: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.view.WALL", 4)
    atlas = Atlas(shop.map)
    among = [atlas.projection.find(name) for name in ("shop", "db")]
    assert atlas.picture(View(), among=among).shown.elements == tuple(sorted(among))
    assert atlas.picture(replace(View(), focus="shop/shop"), among=among).shown.elements != tuple(sorted(among))


def ask(client: FlaskClient, **query: str) -> dict[str, object]:
    address = "&".join(f"{key}={quote(value)}" for key, value in query.items())
    answer = client.get(f"/map.json?{address}")
    assert answer.status_code == 200
    return dict(answer.get_json())


def test_an_address_selects_several_and_names_strangers(client: FlaskClient) -> None:
    found = ask(client, select="shop/shop,shop/db,shop/shop,shop/gone")
    assert found["selected"] == ["shop/shop", "shop/db"]
    assert found["not_in_this_map"] == ["shop/gone"]
    assert client.get("/map.json?select=shop/gone,shop/off").status_code == 404


def test_an_address_asks_for_ways(client: FlaskClient) -> None:
    found = ask(client, **{"from": "shop/shop", "to": "shop/disk"})["ways"]
    assert isinstance(found, dict)
    assert sorted(found["ways"]) == [
        ["shop/shop", f"shop/{middle}", "shop/db", "shop/disk"] for middle in ("stock", "till")
    ]
    lit = ask(client, **{"from": "shop/shop", "to": "shop/disk", "way": "1"})["lit"]
    assert isinstance(lit, list)
    assert len(lit) == 4


def test_elements_of_ways_are_in_the_picture_whatever_hides_them(shop: Atlas) -> None:
    asked = "from=shop/shop&to=shop/disk&hide=applications&focus=shop/shop&hops=1"
    ids = shop.projection.ids
    for narrow in (True, False):
        drawn = {ids[element] for element in screen(shop, asked, narrow=narrow).picture.shown.elements}
        assert drawn >= {"shop/shop", "shop/till", "shop/stock", "shop/db", "shop/disk"}


def test_ways_stand_alone_where_more_is_beside_them_than_can_be_seen(
    shop: Atlas, monkeypatch: pytest.MonkeyPatch
) -> None:
    def drawn(asked: str) -> set[str]:
        return {shop.projection.ids[element] for element in screen(shop, asked).picture.shown.elements}

    asked, ways = "from=shop/till&to=shop/disk", {"shop/till", "shop/db", "shop/disk"}
    assert drawn(asked) > ways
    monkeypatch.setattr("app.map.screen.MOST_BESIDE", 3)
    assert drawn(asked) == ways
    assert drawn(f"{asked}&focus=shop/shop") > ways, "a focus stays as it was"
    monkeypatch.setattr("app.map.screen._SEEN", (40, 40))
    assert drawn(f"{asked}&focus=shop/shop") == ways, "but where its picture is too large for both ends to be seen"
    now = screen(shop, f"{asked}&focus=shop/shop")
    assert now.alone
    assert "Only the path" in str(toolbar(shop, now))
    assert "Hops" not in str(toolbar(shop, now))


def test_linked_elements_that_do_not_depend_are_told_with_the_link_that_stops(tmp_path: Path) -> None:
    lines = [
        "elements:",
        "  - {id: till, kind: application, name: Till, depends_on: [db]}",
        "  - {id: db, kind: database, name: Books, depends_on: [{on: watch, kind: monitored by}]}",
        "  - {id: watch, kind: application, name: Watch, depends_on: [logs]}",
        "  - {id: logs, kind: storage, name: Logs}",
        "  - {id: lone, kind: storage, name: Lone}",
    ]
    (tmp_path / "map.yaml").write_text("\n".join(lines), encoding="utf-8")
    atlas = Atlas(open_map([tmp_path / "map.yaml"]))
    till, logs = (next(id_ for id_ in atlas.projection.ids if id_.endswith(end)) for end in ("/till", "/logs"))
    now = screen(atlas, f"from={till}&to={logs}")
    said = str(pane(atlas, now))
    assert "Linked, but an outage of Logs does not reach Till" in said
    assert "It does not pass here: Books, monitored by Watch." in said
    assert [name.rpartition("/")[2] for name in lit(atlas, now)[0]] == ["till", "logs", "db", "watch"]
    assert len(lit(atlas, now)[1]) == 3
    [held] = stops(atlas, now)
    assert [end.rpartition("/")[2] for end in held.split(" > ")] == ["db", "watch"]
    assert held in lit(atlas, now)[1]
    assert stops(atlas, screen(atlas, f"from={till}&to={till.replace('till', 'db')}")) == []
    assert "No link of any kind leads there" in str(
        pane(atlas, screen(atlas, f"from={till}&to={till.replace('till', 'lone')}"))
    )


def test_an_address_lights_up(client: FlaskClient) -> None:
    assert ask(client, find="kind = application")["lit"] == ["shop/stock", "shop/till", "shop/till-2"]
    assert ask(client)["lit"] is None
    assert ask(client, find="kind = aplication")["problems"] == [
        "column 8: no kind 'aplication'; did you mean 'application'?"
    ]


@pytest.mark.parametrize(
    ("text", "at", "count", "first", "problem"),
    [
        ("kind = application", None, 3, " and ", None),
        ("kind = app", None, None, "application", (7, 10)),
        ("", None, None, "kind ", None),
        ("  kind = databse", None, None, None, (9, 16)),
        ("env", "9999", 0, "environment ", None),
    ],
)
def test_typing_is_answered(
    client: FlaskClient,
    text: str,
    at: str | None,
    count: int | None,
    first: str | None,
    problem: tuple[int, int] | None,
) -> None:
    found = client.get(f"/find.json?q={quote(text)}{f'&at={at}' if at else ''}").get_json()
    assert found["count"] == count
    assert (found["completions"][0]["text"] if found["completions"] else None) == first
    assert ((found["problem"]["at"], found["problem"]["until"]) if found["problem"] else None) == problem


_ENDS = '["Shop"]]," depends on ",["span",{"className":"whole"},["Disk"]]'
_THROUGH = [f'["{one}"]]," → ",["span",{{"className":"whole"}},["{other}"]]' for one, other in (("Shop", "Stock"), ("Stock", "Books"), ("Books", "Disk"))]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (
            "select=shop/shop,shop/db",
            ["2 elements", "If they fail", "Paths between the two", "2 hops", "no path"],
        ),
        ("from=shop/shop&to=shop/disk", [_ENDS, "2 paths of 3 hops", *_THROUGH]),
        ("from=shop/disk&to=shop/shop", ["Disk does not depend on Shop", "The other way round"]),
        ("from=shop/shop", ["Search for the element that the path leads to"]),
        ("line=shop/till%3Eshop/db", ["Till depends on Books", "map.yaml:", "required, assumed", "Read"]),
        (
            "only=environment:Production",
            ["Environment: Production", "hidden by filters", "1 kept", "no environment is said", "Keep them"],
        ),
        ("without=kind %3D team", ["Hidden: kind = team", "Take away Hidden: kind = team"]),
        ("find=kind %3D database", ["Lit up: kind = database", "1 fit"]),
        ("find=kind %3D databse", ["Nothing is lit up: no kind 'databse'", "Did you mean 'database'?"]),
        ("find=owner %3D blau", ["Nothing has owner 'blau': did you mean 'Blue'?"]),
        ("only=kind:Nothing", ["Show everything again"]),
    ],
)
def test_the_page_says(client: FlaskClient, query: str, said: list[str]) -> None:
    outputs = client.get("/_dash-dependencies").get_json()
    callback = next(each for each in outputs if each["inputs"][0]["id"] == "map-address")
    names = [
        dict(zip(("id", "property"), part.split("."), strict=True))
        for part in callback["output"].strip(".").split("...")
    ]
    body = {
        "output": callback["output"],
        "outputs": names,
        "inputs": [{"id": "map-address", "property": "data", "value": {"query": query, "narrow": False, "known": ""}}],
        "changedPropIds": ["map-address.data"],
    }
    text = client.post("/_dash-update-component", json=body).get_data(as_text=True)
    shown = (
        text.encode().decode("unicode_escape").encode("utf-16", "surrogatepass").decode("utf-16")
        if "\\u" in text
        else text
    )
    missing = [words for words in said if words not in shown]
    assert not missing, missing


@pytest.mark.parametrize(
    ("without", "chip", "silent", "kept"),
    [
        (
            "not (environment = production)",
            "Only: environment = production",
            "6 hidden: no environment is said",
            "not (environment = production or not has environment)",
        ),
        (
            "not (kind = storage and environment = production)",
            "Only: kind = storage and environment = production",
            "1 hidden: no environment is said",
            "not (kind = storage and (environment = production or not has environment))",
        ),
        ("not (environment = production or not has environment)", "Only: environment = production or", "", ""),
        ("not (environment != production)", "Only: environment != production", "", ""),
        ("environment = production", "Hidden: environment = production", "", ""),
    ],
)
def test_what_alone_is_shown_says_what_it_hides_as_nobody_says_anything(
    shop: Atlas, without: str, chip: str, silent: str, kept: str
) -> None:
    now = screen(shop, View(without=without).query)
    found = str(chips(shop, now))
    assert chip in found
    assert ("Keep them" in found) is bool(silent)
    assert silent in found
    if kept:
        assert View(without=kept).query in found
        again = screen(shop, View(without=kept).query)
        assert set(again.picture.shown.elements) > set(now.picture.shown.elements)
