"""An answer on the map has the name of its question, the way back to it, and what the map hid before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest

from app.atlas import Atlas
from app.map.bars import notice, status, toolbar
from app.map.finding import typed
from app.map.pane import pane
from app.map.screen import screen
from app.map.sift import chips, facets
from app.parts import far
from app.sieve import NOT_SAID, choices
from app.view import View, link
from app.words import short
from tests.graph.written import opened


def parts(made: Any) -> Iterator[Any]:
    """All components in components."""
    if isinstance(made, list | tuple):
        for each in made:
            yield from parts(each)
    elif made is not None and not isinstance(made, str | int | float):
        yield made
        yield from parts(getattr(made, "children", None))


def links(made: Any) -> list[tuple[str, str]]:
    """Title and address of each link."""
    return [(getattr(each, "title", ""), each.href) for each in parts(made) if getattr(each, "href", "")]


@pytest.mark.parametrize(
    ("answer", "words", "back"),
    [
        (
            "ask=services-and-owners&sort=owner",
            "Which business services are there, and who owns them?",
            "/query?ask=services-and-owners&sort=owner",
        ),
        ("query=SELECT ?x { ?x ?p ?o }", "A query of your own", "/query?query=SELECT%20?x%20{%20?x%20?p%20?o%20}"),
        ("q=", "A query of your own", ""),
        ("ask=x&query=y", "A query of your own", ""),
    ],
)
def test_an_answer_on_the_map_has_a_name_and_a_way_back(atlas: Atlas, answer: str, words: str, back: str) -> None:
    two = ",".join(atlas.projection.ids[:2])
    found = chips(atlas, screen(atlas, View(selected=two, answer=answer, hidden=("teams",)).query))
    assert words in str(found)
    assert ("Back to the answer" in str(found)) is bool(back)
    assert [href for title, href in links(found) if title == "Back to the answer"] == ([back] if back else [])
    assert ("Let the answer go", "/map?hide=teams") in links(found)


def test_what_is_picked_is_shown_though_filters_hide_it_and_that_is_said(atlas: Atlas) -> None:
    p = atlas.projection
    teams = [p.ids[v] for v in range(len(p)) if atlas.lane[v] == "teams"][:2]
    assert len(teams) == 2
    now = screen(atlas, View(selected=",".join(teams), hidden=("teams",)).query)
    assert {p.ids[v] for v in now.picture.shown.elements} >= set(teams)
    assert "2 of these 2 do not fit the filters; all are shown. " in str(notice(atlas, now))
    others = screen(atlas, View(hidden=("teams",)).query)
    assert set(others.picture.shown.elements) <= set(now.picture.shown.elements), "what stood there stays"
    assert notice(atlas, others) == []
    assert "not asked for" in str(status(atlas, now))


def test_filters_that_a_phone_sets_aside_for_an_answer_are_one_chip_that_says_so(atlas: Atlas) -> None:
    p = atlas.projection
    teams = ",".join(p.ids[v] for v in range(len(p)) if atlas.lane[v] == "teams")
    query = f"select={teams}&only=kind:Database&without=not (has owner)"
    now = screen(atlas, query, narrow=True)
    assert now.alone
    assert notice(atlas, now) == []
    assert str(chips(atlas, now)).count("chip-sift") == 1
    assert "Filters do not apply here" in str(chips(atlas, now))
    assert ("Take away", f"/map?select={teams}") in links(chips(atlas, now))
    assert "Filters do not apply here" not in str(chips(atlas, screen(atlas, query)))


def test_strength_is_told_of_dependencies_that_carry_an_outage_alone(tmp_path: Path) -> None:
    text = """
        namespace: shop
        elements:
          - {id: web, kind: application, depends_on: [{on: db, strength: required}, mq, {on: watch, kind: monitored by}]}
          - {id: db, kind: database}
          - {id: mq, kind: server}
          - {id: watch, kind: application}
    """
    atlas = Atlas(opened(tmp_path, text))
    said = [getattr(each, "children", "") for each in parts(pane(atlas, screen(atlas, "")))]
    told = [
        said[at + 1]
        for word in ("Dependencies", "Carry an outage", "Their strength declared")
        for at in [said.index(word)]
    ]
    assert told == ["3", "2", "1"]


def test_the_way_to_a_selected_element_outside_the_view_keeps_the_filters(atlas: Atlas) -> None:
    now = screen(atlas, View(selected="norrvik/sql", kept=(("kind", "Team"),)).query)
    assert ("", link(replace(now.view, focus="norrvik/sql"))) in links(notice(atlas, now))


def test_what_is_left_out_is_named(tmp_path: Path) -> None:
    text = """
        people: [{id: ada, name: Ada}]
        elements: [{id: shop, kind: application, depends_on: [db]}, {id: db, kind: database}, {id: old, kind: server}]
    """
    atlas = Atlas(opened(tmp_path, text))
    now = screen(atlas, "")
    assert len(now.picture.shown.elements) == 3, "a server without lines stays"
    assert "1 person, paper or record without lines left out" in str(status(atlas, now))
    assert typed(atlas, "", 0)["examples"] == [], "an example that finds nothing is not offered"


def test_a_circle_is_picked_with_all_that_is_in_it(tmp_path: Path) -> None:
    text = """
        namespace: shop
        elements: [{id: a, kind: server, depends_on: [b]}, {id: b, kind: server, depends_on: [a]}]
    """
    atlas = Atlas(opened(tmp_path, text))
    assert ("", "/map?select=shop/a,shop/b") in links(pane(atlas, screen(atlas, "")))


def test_the_elements_of_an_answer_stand_alone_on_a_large_map_whatever_is_picked_of_them(tmp_path: Path) -> None:
    many = "".join(f"\n          - {{id: s-{n}, kind: server, depends_on: [s-{n - 1}]}}" for n in range(1, 130))
    text = f"""
        namespace: shop
        elements:
          - {{id: s-0, kind: server}}{many}
    """
    atlas = Atlas(opened(tmp_path, text))
    ids = [f"shop/s-{n}" for n in (3, 60, 90)]
    for picked in (",".join(ids), ids[1], ""):
        now = screen(atlas, f"select={picked}&among={','.join(ids)}")
        assert sorted(atlas.projection.ids[e] for e in now.picture.shown.elements) == sorted(ids)
        assert "Only the 3 of the answer" in str(toolbar(atlas, now))
        assert ("Show the whole map", link(replace(now.view, among=()))) in links(toolbar(atlas, now))
    assert len(screen(atlas, f"select={','.join(ids)}").picture.shown.elements) == 130
    few = Atlas(opened(tmp_path / "few", "{namespace: shop, elements: [{id: a, kind: server}, {id: b, kind: server}]}"))
    assert len(screen(few, "among=shop/a").picture.shown.elements) == 2, "of a small map nothing is left out"


def test_the_beginning_of_a_value_is_asked_about_and_can_be_taken(tmp_path: Path) -> None:
    text = """
        elements:
          - {id: shop, kind: application, environment: production}
          - {id: production, kind: environment, name: Production}
    """
    answer = typed(Atlas(opened(tmp_path, text)), " environment = prod", 19)
    assert answer["count"] == 0
    assert answer["notes"] == ["nothing has environment 'prod': did you mean 'Production'?"]
    assert answer["meant"] == [{"at": 15, "until": 19, "text": "Production"}]


def test_how_far_lines_lead_and_how_far_an_outage_comes_are_told_apart(tmp_path: Path) -> None:
    text = """
        elements:
          - {id: shop, kind: application, depends_on: [{on: db, strength: required}]}
          - {id: db, kind: database, depends_on: [{on: watch, kind: monitored by}]}
          - {id: watch, kind: tool, depends_on: [{on: disk, strength: required}]}
          - {id: disk, kind: server}
    """
    atlas = Atlas(opened(tmp_path, text))
    shop, db, watch, disk = map(atlas.projection.find, ("shop", "db", "watch", "disk"))
    rest = "only linked, by lines that carry none."
    assert far(atlas, shop, "dependencies") == (3, f"An outage of 1 of the 3 can reach it; the others are {rest}")
    assert far(atlas, db, "dependencies") == (2, f"No outage of these can reach it: they are {rest}")
    assert far(atlas, disk, "dependants") == (3, f"Its outage can reach 1 of the 3; the others are {rest}")
    assert far(atlas, watch, "dependants") == (2, f"No outage of it reaches these: they are {rest}")
    assert far(atlas, watch, "dependencies") == (1, "")


def test_a_focus_has_a_chip_as_long_as_it_holds_but_on_a_phone_where_the_path_names_it(atlas: Atlas) -> None:
    def looks(query: str) -> list[str]:
        return [getattr(each, "className", "") for each in parts(toolbar(atlas, screen(atlas, query, narrow=False)))]

    first, second, other = atlas.projection.ids[:3]
    assert "chip chip-focus" in looks(f"focus={first}")
    assert "chip chip-focus" in looks(f"focus={other}&from={first}&to={second}")
    assert "chip chip-focus not-phone" in looks(f"focus={first}&from={first}&to={second}")


def test_values_that_are_folded_away_are_told_in_short_and_lead_where_the_others_would(tmp_path: Path) -> None:
    people = "".join(f"{{id: p{n}, name: {'Very ' * 12}long {n}}}, " for n in range(11))
    owned = "".join(f"{{id: a{n}, kind: application, owner: p{n % 11}, depends_on: [a0]}}, " for n in range(1, 40))
    atlas = Atlas(opened(tmp_path, f"people: [{people}]\nelements: [{owned} {{id: a0, kind: application}}]"))
    now = screen(atlas, "show=all&find=kind%20=%20person")
    every = choices(now.view, "owner", atlas.facet, np.ones(len(atlas), np.bool_))

    def told(query: str, part: str) -> str:
        made = parts(facets(atlas, screen(atlas, query)))
        named = (each for each in made if part in (getattr(each, "className", ""), getattr(each, "id", "")))
        return next((getattr(each, "data-rest", "") for each in named), "")

    href, name, rows, first, more = json.loads(told(now.view.query, "sift-owner"))
    assert (href, name, first, more) == (link(now.view), "owner", 8, f"{len(every) - 8} more")
    assert [tuple(row[:2]) for row in rows] == [(each.count, each.value) for each in every]
    assert rows[8][2:] == [every[8].label, short(every[8].label, 60)]
    assert rows[-1] == [every[-1].count, NOT_SAID, "Not said", "Not said"]
    kept = View.parse(f"{href.partition('?')[2]}&only=owner:{quote(rows[8][1])}")
    assert kept == now.view.with_kept("owner", rows[8][1])
    one = now.view.with_kept("owner", every[0].value)
    assert not told(one.query, "sift-owner"), "a filter with something chosen is open"
    href, name, rows = json.loads(told(one.query, "fold"))
    assert [row[1] for row in rows] == [
        each.value for each in choices(one, "owner", atlas.facet, np.ones(len(atlas), np.bool_))[8:]
    ]
    nine = replace(now.view, kept=tuple(("owner", each.value) for each in every[:10]))
    assert not told(nine.query, "fold"), "what is chosen is always drawn"
