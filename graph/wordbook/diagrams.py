"""How does a module look as a picture? Its classes as cards with what they point at, and a line to each such class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from graph.drawing import Card, Drawing, Row, Stroke
from graph.layout import Box, Lane, Layout, Line, layout
from graph.layout.model import Rect
from graph.layout.widths import text_width
from graph.look import TOKENS
from graph.reports._picture import Picture
from graph.reports._xml import attribute, shown
from ontology.words import Word

__all__ = ["Arrow", "diagram"]

_HERE, _ELSEWHERE = "here", "elsewhere"
_PAD, _TITLE, _LINE = 10.0, 24.0, 16.0
_NARROWEST, _WIDTH = 96.0, 868.0
_MOST = 8  # lines on a card; the rest stand in the text below the picture


@dataclass(frozen=True, slots=True)
class Arrow:
    """A property from a class to a class, as pictures name it."""

    source: str
    target: str
    label: str


def diagram(classes: Sequence[Word], arrows: Sequence[Arrow], known: Mapping[str, Word], address: str) -> str:
    """The picture of some classes and of the properties between them, as SVG in the colours of the page around it.

    Args:
        classes: the classes of the module.
        arrows: the properties that their shapes name.
        known: all words by address.
        address: where a word is explained, with ``{module}`` and ``{name}`` in it.

    Returns:
        The ``svg`` element, its cards links; "" where there is no class. The same input gives the same text.
    """
    own = {word.iri for word in classes}
    between = [arrow for arrow in arrows if arrow.source in own and arrow.target in known]
    far = sorted({arrow.target for arrow in between} - own)
    cards = [_card(known[iri], [a for a in between if a.source == iri], known, own) for iri in [*sorted(own), *far]]
    if not cards:
        return ""
    pairs = sorted({(arrow.source, arrow.target) for arrow in between})
    strokes = [Stroke(f"{source} {target}", source, target, _said(between, source, target)) for source, target in pairs]
    made = layout(
        [Box(card.id, card.lane, card.width, card.height) for card in cards],
        [Line(stroke.dependent, stroke.provider, stroke.id) for stroke in strokes],
        [Lane(_HERE), Lane(_ELSEWHERE)],
        width=_WIDTH,
        title_width=0,
    )
    drawing = Drawing("", tuple(cards), tuple(strokes), (Row(_HERE, "", ""), Row(_ELSEWHERE, "", "")))
    return "".join(_Classes(drawing, made, known, address).lines())


def _said(arrows: Sequence[Arrow], source: str, target: str) -> str:
    return ", ".join(sorted({a.label for a in arrows if a.source == source and a.target == target}))


def _card(word: Word, arrows: Sequence[Arrow], known: Mapping[str, Word], own: set[str]) -> Card:
    rows = [f"{arrow.label} → {known[arrow.target].label}" for arrow in sorted(arrows, key=lambda a: a.label)]
    if len(rows) > _MOST:
        rows = [*rows[: _MOST - 1], f"and {len(rows) - _MOST + 1} more"]
    widest = max([text_width(word.label, size=12, bold=True), *(text_width(row, size=11) for row in rows)])
    height = _TITLE + _LINE * len(rows) + (4 if rows else 2)
    width = max(_NARROWEST, widest + 2 * _PAD) // 4 * 4 + 4
    lane = _HERE if word.iri in own else _ELSEWHERE
    return Card(word.iri, word.label, "\n".join(rows), word.sort, "element", lane, width, height)


class _Classes(Picture):
    """A picture of classes: cards with lines of text in them, colours by name so that the page chooses the scheme."""

    def __init__(self, drawing: Drawing, made: Layout, known: Mapping[str, Word], address: str) -> None:
        super().__init__(drawing, made, "light")
        self.ink = {name: f"var(--{name})" for name in TOKENS}
        self.known, self.address = known, address

    def lines(self) -> Iterator[str]:
        w, h = round(self.layout.width), round(self.layout.height)
        yield f'<svg viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="group" aria-label="Classes and properties">\n'
        yield from self.bands()
        yield from self.strokes()
        for card in self.drawing.cards:
            yield from self.card(card, self.layout.positions[card.id])
        yield "</svg>\n"

    def lane_title(self, row: Row, middle: float) -> Iterator[str]:
        """Bands have no titles here: the words below the picture say what stands where."""
        del row, middle
        yield from ()

    def stroke_title(self, stroke: Stroke) -> str:
        """A line says its properties."""
        return f"{self.known[stroke.dependent].label}: {stroke.said} → {self.known[stroke.provider].label}"

    def card(self, card: Card, box: Rect) -> Iterator[str]:
        word = self.known[card.id]
        href = self.address.format(module=word.module, name=word.name)
        far = card.lane == _ELSEWHERE
        dash = ' stroke-dasharray="4 3"' if word.abstract else ""
        yield f"<a href={attribute(href)}><title>{shown(word.definition)}</title>"
        yield f'<rect x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}" rx="6" '
        yield f'fill="{self.ink["canvas" if far else "element"]}" stroke="{self.ink["element-border"]}"{dash}/>'
        yield self.text(box.x + _PAD, box.y + 17, card.label, "text-2" if far else "text-1", 12, bold=True)
        rows = card.second.split("\n") if card.second else []
        if rows:
            y = box.y + _TITLE
            yield f'<path d="M{box.x:g} {y:g}h{box.width:g}" stroke="{self.ink["border"]}"/>'
        for number, row in enumerate(rows):
            yield self.text(box.x + _PAD, box.y + _TITLE + 13 + _LINE * number, row, "text-2", 11)
        yield "</a>\n"
