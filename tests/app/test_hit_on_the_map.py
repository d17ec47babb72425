"""Does the map say who is hit by a change, how, and of which change it speaks?"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from app.atlas import Atlas
from app.impact.judged import judged
from app.impact.question import Question
from app.impact.screen import article
from app.map.bars import notice, status, toolbar
from app.map.canvas import ahead, picture
from app.map.files import pictured
from app.map.pane import pane
from app.map.screen import answer, screen
from app.map.sift import chips
from app.view import View
from graph.reports import svg

SQL = "element=norrvik/sql"


@pytest.fixture(scope="module")
def asked() -> str:
    return View(impact=SQL).query


def test_the_map_shows_how_each_element_fares_as_the_page_of_the_change_says(atlas: Atlas, asked: str) -> None:
    found = judged(atlas, Question.parse(SQL))
    assert found is not None
    ids, now = atlas.projection.ids, screen(atlas, asked)
    assert answer(atlas, "", asked)["impact"]["states"] == {ids[v]: words for v, words in found.states().items()}
    drawn = {each["data"]["id"]: each for each in picture(atlas, now, narrow=False)["drawn"]["elements"]}
    names = {"down": "down", "degraded": "degraded", "at risk": "risk"}
    for v, words in found.states().items():
        node = drawn[ids[v]]
        assert f"st-{names[words]}" in node["classes"]
        assert node["data"]["told"][0].lower() == words
        assert f"badge {names[words]} {ids[v]}" in drawn
    assert [each for each in drawn if " changed" in drawn[each]["classes"]] == ["norrvik/sql"]
    assert not any(
        "st-" in each["classes"]
        for name, each in drawn.items()
        if name in atlas.projection.ids and atlas.projection.ids.index(name) not in found.states()
    )


def test_it_says_of_which_change_and_how_many_and_leads_back_or_away(atlas: Atlas, asked: str) -> None:
    now = screen(atlas, f"{asked}&hide=teams")
    said = str(chips(atlas, now))
    assert "Outage of SQL cluster: 14 down" in said
    assert "href='/impact?element=norrvik/sql'" in said
    assert "href='/map?hide=teams'" in said
    inside = str(pane(atlas, now))
    for words in (
        "Who is hit",
        "Outage of SQL cluster",
        "Why, and who must know",
        "what is changed",
        "Changed",
        "Down",
    ):
        assert words in inside, words


def test_the_page_of_the_change_leads_to_it_and_its_address_holds_the_question(atlas: Atlas) -> None:
    found = judged(atlas, Question.parse(f"{SQL}&kind=maintenance"))
    assert f"href='/map?impact={quote('element=norrvik/sql&kind=maintenance', safe='/,:>~')}'" in str(
        article(atlas, found)
    )
    view = View.parse(f"impact={quote(SQL)}&hide=teams")
    assert View.parse(view.query) == view
    assert view.picture.impact == ""


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("element=nobody", "No element 'nobody' in this map"),
        ("element=norrvik/sql&kind=party", "o kind of change is called 'party'"),
        ("q=x", "It names nothing that is changed"),
        ("<script>", "It names nothing that is changed"),
        ("asked=never", "o question 'never' can be asked here"),
    ],
)
def test_what_cannot_be_judged_is_told_and_the_map_stays(atlas: Atlas, query: str, said: str) -> None:
    now = screen(atlas, View(impact=query).query)
    assert said in str(notice(atlas, now))
    assert len(now.picture.shown.elements) == len(screen(atlas, "").picture.shown.elements)
    told = picture(atlas, now, narrow=False)
    assert told["lit"] is None
    assert told["hit"] is False


def test_a_question_that_is_too_long_is_told_and_not_cut(atlas: Atlas) -> None:
    now = screen(atlas, f"impact=element%3D{'x' * 12_000}")
    assert now.hit is None
    assert "The change is too long to be shown here" in str(notice(atlas, now))


def test_what_a_filter_would_hide_is_shown_and_a_picture_of_before_is_not_taken_for_it(
    atlas: Atlas, asked: str
) -> None:
    now = screen(atlas, f"{asked}&only=kind:Team")
    assert now.hit is not None
    assert set(now.picture.shown.elements) >= set(now.hit.elements)
    plain = ahead(atlas, "", narrow=False)["key"]
    assert (
        len(
            {
                plain,
                ahead(atlas, asked, narrow=False)["key"],
                ahead(atlas, View(impact=f"{SQL}&kind=capacity loss").query, narrow=False)["key"],
            }
        )
        == 3
    )


def test_a_phone_shows_what_is_hit_alone_and_files_tell_the_states(atlas: Atlas, asked: str) -> None:
    now: Any = screen(atlas, asked, narrow=True)
    assert set(now.picture.shown.elements) == set(now.hit.elements)
    assert f"Only the {len(now.hit.elements)} changed or hit" in str(toolbar(atlas, now))
    assert "not hit" in str(status(atlas, now))
    whole = screen(atlas, asked)
    assert svg.write(pictured(atlas, whole), whole.picture.layout, scheme="light").count(">down<") == len(
        [words for words in (whole.hit.states or {}).values() if words == "down"] if whole.hit else []
    )


def test_a_what_if_that_adds_elements_says_what_the_map_does_not_have(atlas: Atlas) -> None:
    patch = "namespace: norrvik\nadd:\n  elements:\n    - {id: till-2, kind: application, depends_on: [sql]}\n"
    now = screen(atlas, View(impact=f"{SQL}&what-if={quote(patch)}").query)
    assert now.hit is not None
    assert "with a what-if" in now.hit.title
    assert now.hit.absent == 1
    assert "1 element of the what-if cannot be shown: not in this map." in str(notice(atlas, now))
