"""Which lines are drawn? People's only around a focus, and what carries no outage looks different."""

from __future__ import annotations

import pytest

from app.atlas import Atlas
from app.map.screen import line_words
from app.parts import by_name, link_rows
from app.view import View
from tests.graph.written import opened

MAP = """
    suppliers:
      - {id: soap-ltd, name: Soap Ltd}
    elements:
      - id: soap
        kind: vendor service
        supplier: soap-ltd
      - id: wash
        kind: process
        depends_on: [soap, {on: fold, kind: flows to}]
      - {id: fold, kind: process}
"""


@pytest.fixture
def atlas(tmp_path):
    return Atlas(opened(tmp_path, MAP))


def lines(atlas, view):
    names = atlas.projection.labels
    return {(names[line.dependent], names[line.provider]): line for line in atlas.choose(view).lines}


def test_the_whole_map_draws_no_lines_to_people(atlas):
    assert set(lines(atlas, View())) == {("wash", "soap"), ("wash", "fold")}
    assert "Soap Ltd" not in [atlas.projection.labels[e] for e in atlas.choose(View()).elements]


def test_a_focus_and_the_wish_for_everything_bring_them_back(atlas):
    assert ("soap", "Soap Ltd") in lines(atlas, View(focus="shop/soap"))
    assert ("soap", "Soap Ltd") in lines(atlas, View(everything=True))


def test_what_carries_no_outage_is_a_relation(atlas):
    drawn = lines(atlas, View())
    assert drawn["wash", "fold"].is_relation(atlas.projection)
    assert not drawn["wash", "soap"].is_relation(atlas.projection)


@pytest.mark.parametrize(("strength", "words"), [("", "required, assumed"), (", strength: required", "required")])
def test_a_strength_that_nobody_declares_is_said_to_be_assumed(tmp_path, strength, words):
    text = (
        f"elements: [{{id: till, kind: application, depends_on: [{{on: db{strength}}}]}}, {{id: db, kind: database}}]"
    )
    atlas = Atlas(opened(tmp_path, text))
    till = atlas.projection.find("till")
    assert f"children='{words}', className='note'" in str(link_rows(atlas, atlas.depends_on(till), None))
    [line] = atlas.choose(View()).lines
    assert line_words(atlas, line).endswith(words)


def test_the_usual_kind_is_called_as_the_lists_call_it(tmp_path):
    text = "elements: [{id: till, kind: application, depends_on: [db]}, {id: db, kind: database}]"
    atlas = Atlas(opened(tmp_path, text))
    [line] = atlas.choose(View()).lines
    assert line_words(atlas, line) == "depends on, required, assumed"


def test_who_has_to_do_with_an_element_is_told_in_plain_words(tmp_path):
    text = """
        teams: [{id: crew, name: Crew}]
        elements:
          - id: db
            kind: database
            owner: crew
            raci: [{duty: responsible, to: crew}]
            attested: {by_whom: crew, attested_at: 2026-10-12T00:00:00Z, scope: dependencies}
    """
    atlas = Atlas(opened(tmp_path, text))
    [(words, crew)] = atlas.people(atlas.projection.find("db"))
    assert words == "owner, has confirmed as complete: dependencies, responsible"
    assert atlas.projection.labels[crew] == "Crew"


def test_what_is_beside_an_element_stands_by_name_and_a_group_together(tmp_path):
    names = "".join(f"  - {{id: e{n}, kind: database, name: Base {n}}}\n" for n in (1, 2, 3, 9, 10))
    group = "{of: [e3, e10], k: 1}"
    top = f"  - {{id: top, kind: application, depends_on: [e9, e2, {group}, e1]}}\n"
    atlas = Atlas(opened(tmp_path, f"\nelements:\n{top}{names}"))
    p = atlas.projection
    told = [p.labels[each.element] for each in by_name(atlas, atlas.depends_on(p.find("top")))]
    assert told == ["Base 1", "Base 2", "Base 3", "Base 10", "Base 9"]
