"""A part of a map as a picture outside of a page: the cards and the layout of the map page, and what is left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.atlas import Atlas
from app.drawn import drawn
from app.view import View
from graph.excerpt import excerpt, hit
from graph.maps import open_map

LAUNDRY = Path(__file__).parents[2] / "data" / "laundry"


@pytest.fixture(scope="module")
def laundry():
    return open_map([LAUNDRY])


def test_a_whole_map_is_the_picture_of_the_page(laundry):
    atlas = Atlas(laundry)
    drawing, layout = drawn(atlas, excerpt(laundry))
    page = atlas.picture(View())
    assert drawing.cards == page.cards
    assert layout == page.layout
    assert len(drawing.strokes) == len(page.shown.lines)
    assert (
        drawing.notes[0]
        == f"{len(laundry.projection) - len(drawing.cards)} elements without lines left out: people, papers and records"
    )


def test_a_part_has_its_focus_its_lanes_and_its_notes(laundry):
    drawing, layout = drawn(Atlas(laundry), excerpt(laundry, focus="factory", hops=1, direction="down"))
    assert drawing.focus == "laundry/factory"
    assert {card.id for card in drawing.cards} == set(layout.positions)
    assert {row.key for row in drawing.rows} == {card.lane for card in drawing.cards}
    assert set(drawing.marks.values()) == {"1 of 2"}
    assert drawing.notes[0].endswith(f"of {len(laundry.projection)}")


def test_relations_are_drawn_otherwise_than_needs(laundry):
    drawing, _ = drawn(Atlas(laundry), excerpt(laundry))
    styles = {(stroke.said, stroke.style) for stroke in drawing.strokes}
    assert ("flows to", "relation") in styles
    assert ("runs on", "solid") in styles


def test_states_go_by_the_ids_of_the_cards(laundry):
    drawing, _ = drawn(Atlas(laundry), hit(laundry, ["boiler"]))
    assert set(drawing.states) == {card.id for card in drawing.cards}
    assert set(drawing.states.values()) == {"down"}
