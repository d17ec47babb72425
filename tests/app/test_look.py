"""Are the colours readable, and do style sheet and CSS come from the same tokens?"""

from __future__ import annotations

import json

import pytest

from app.badges import WORDS
from app.impact.hit import STATES
from app.look import badge_drawing, canvas, css, stylesheet
from graph.look import ICONS, LOOKS, SCHEMES, TOKENS, Scheme, icon, look_of, slug
from ontology import terms as t
from ontology.vocabulary import vocabulary


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("text", ["text-1", "text-2", "text-3"])
@pytest.mark.parametrize("ground", ["canvas", "band", "surface", "subtle", "element"])
def test_text_can_be_read_on_every_ground(side: int, text: str, ground: str) -> None:
    assert contrast(TOKENS[text][side], TOKENS[ground][side]) >= 4.5


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("state", ["down", "degraded", "risk", "unknown", "good"])
def test_the_word_of_a_state_can_be_read_on_its_fill(side: int, state: str) -> None:
    assert contrast(TOKENS[state][side], TOKENS[f"{state}-fill"][side]) >= 4.5


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("word", LOOKS)
def test_the_icon_of_a_class_stands_out_from_its_tile(side: int, word: str) -> None:
    assert contrast(LOOKS[word].ink[side], LOOKS[word].fill[side]) >= 3.0


@pytest.mark.parametrize("side", [0, 1])
def test_lines_can_be_seen_and_dimmed_text_can_still_be_read(side: int) -> None:
    assert contrast(TOKENS["line"][side], TOKENS["band"][side]) >= 3.0
    assert contrast(TOKENS["dim-text"][side], TOKENS["band"][side]) >= 3.0


def test_no_two_classes_look_the_same_in_grey() -> None:
    def marks(word: str) -> tuple[str, str]:
        return LOOKS[word].icon, LOOKS[word].tile

    assert len({marks(word) for word in LOOKS}) == len(LOOKS)


def test_every_class_of_the_ontology_has_a_look_of_its_own_lane() -> None:
    words = vocabulary().classes
    plain = {
        cls.key
        for cls in words.values()
        if cls.key
        and t.ELEMENT in cls.ancestors
        and look_of((cls.key, *(words[a].key for a in cls.ancestors if a in words))) == "element"
    }
    assert plain == set()


def test_all_looks_and_tokens_are_in_the_css() -> None:
    text = css()
    assert all(f".tile-{slug(word)}" in text for word in LOOKS)
    assert all(text.count(f"--sm-{name}:") == 2 for name in TOKENS)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_style_sheet_is_plain_json_without_opacity_on_elements(scheme: Scheme) -> None:
    assert json.loads(json.dumps(canvas()[scheme]))["style"] == stylesheet(scheme)
    assert not any("opacity" in key for rule in stylesheet(scheme) for key in rule["style"] if key == "opacity")


@pytest.mark.parametrize("file", sorted(ICONS.glob("*.svg")), ids=lambda file: file.stem)
def test_an_icon_is_a_drawing_without_scripts_or_addresses(file: object) -> None:
    drawing = icon(file.stem)  # type: ignore[attr-defined]
    assert drawing.startswith("<")
    assert "script" not in drawing
    assert "http" not in drawing


def test_each_badge_has_a_shape_of_its_own_but_broken_which_is_down() -> None:
    ink = dict.fromkeys(TOKENS, "")  # without colours
    drawn = {kind: badge_drawing(kind, ink) for kind in (*WORDS, *STATES.values())}
    assert drawn.pop("broken") == drawn["down"]
    assert len(set(drawn.values())) == len(drawn)
