"""The picture of a map: well formed, self-contained, everything inside, nothing cut, nothing that runs."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from app.atlas import Atlas
from app.drawn import drawn
from graph.excerpt import excerpt, hit
from graph.layout.widths import text_width
from graph.look import TOKENS
from graph.reports import svg

SVG = "{http://www.w3.org/2000/svg}"


def picture(part, scheme="light"):
    drawing, layout = drawn(Atlas(part.map), part)
    return svg.write(drawing, layout, scheme=scheme), drawing, layout


def parsed(text):
    return ET.fromstring(text)  # noqa: S314 our own text


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_self_contained_and_runs_nothing(shipped, hostile, scheme):
    for part in (shipped, hostile):
        text = picture(part, scheme)[0]
        root = parsed(text)
        names = {element.tag.removeprefix(SVG) for element in root.iter()}
        assert names <= {
            "svg",
            "title",
            "rect",
            "text",
            "defs",
            "symbol",
            "g",
            "path",
            "polygon",
            "circle",
            "use",
            "line",
            "polyline",
            "ellipse",
        }
        for element in root.iter():
            assert not [name for name in element.attrib if name.lower().startswith("on")]
            assert element.get("href", "#").startswith("#")
        assert "url(" not in text
        assert re.findall(r"https?://[^\"\s<]+", re.sub(r"<(text|title)\b.*?</\1>", "", text)) == [
            "http://www.w3.org/2000/svg"
        ]


def test_every_element_line_and_group_is_in_it(shipped):
    text, drawing, layout = picture(shipped)
    root = parsed(text)
    shown = {element.text for element in root.iter(SVG + "text")}
    for card in drawing.cards:
        assert set(card.label.split("\n")) <= shown
    outer = {mark.group for mark in layout.marks}
    assert {drawing.marks[group] for group in outer} <= shown
    nested = [note for note in drawing.notes if "inside another" in note]
    assert len(drawing.marks) - len(outer) == (int(nested[0].split()[0]) if nested else 0)
    assert {row.label for row in drawing.rows if len(row.label) <= 14} <= shown
    told = [path for path in root.iter(SVG + "path") if path.find(SVG + "title") is not None]
    assert len(told) == sum(stroke.id in layout.routes for stroke in drawing.strokes)
    providers = {stroke.provider for stroke in drawing.strokes if stroke.id in layout.routes}
    heads = [path for path in root.iter(SVG + "path") if path.get("d", "").endswith("Z") and len(path) == 0]
    assert len([head for head in heads if head.get("fill") == TOKENS["line"][0]]) >= len(providers)


def test_texts_are_inside_their_cards_and_the_picture(shipped, hostile):
    for part in (shipped, hostile):
        text, drawing, layout = picture(part)
        root = parsed(text)
        width, height = float(root.get("width")), float(root.get("height"))
        for card in drawing.cards:
            box = layout.positions[card.id]
            for line in card.label.split("\n"):
                assert 38 + text_width(line, size=12, bold=True) <= box.width
        for element in root.iter(SVG + "text"):
            bold = element.get("font-weight") == "600"
            right = float(element.get("x")) + text_width(
                element.text or "", size=float(element.get("font-size")), bold=bold
            )
            assert right <= width
            assert float(element.get("y")) <= height


def test_hostile_names_are_text(hostile):
    text = picture(hostile)[0]
    assert "<script" not in text
    assert "\u202e" not in text
    shown = {element.text for element in parsed(text).iter(SVG + "text")}
    assert '<script>alert(1)</script> "&amp;" ]]>' in shown


def test_the_schemes_differ_in_colours_alone(laundry):
    light, dark = (picture(excerpt(laundry), scheme)[0] for scheme in ("light", "dark"))
    assert TOKENS["canvas"][0] in light
    assert TOKENS["canvas"][1] in dark
    assert TOKENS["canvas"][0] not in dark
    colours = re.compile(r"#[0-9A-Fa-f]{6}")
    assert colours.sub("", light) == colours.sub("", dark)


def test_states_and_focus_are_drawn(laundry):
    text = picture(hit(laundry, ["boiler"]))[0]
    assert text.count(f'fill="{TOKENS["down-fill"][0]}"') == 6
    assert ">down</text>" in text
    assert text.count(f'h6l4 4v6l-4 4h-6l-4-4v-6z" fill="{TOKENS["down-mark"][0]}"') == 6, (
        "a shape for each, not colour alone"
    )
    assert "if Boiler fails: 5 elements down" in text
    assert TOKENS["accent"][0] in picture(excerpt(laundry, focus="boiler", hops=1))[0]


def test_what_is_left_out_stands_in_the_picture(laundry, hostile):
    assert "14 elements without lines left out" in picture(excerpt(laundry))[0]
    assert "1 group inside another drawn as part of it" in picture(hostile)[0]


def test_the_same_map_gives_the_same_bytes(laundry):
    assert picture(excerpt(laundry))[0] == picture(excerpt(laundry))[0]
