"""How does the drawing of a map become SVG? Bands, lines, cards and marks, in the colours of one scheme."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from graph.drawing import Card, Drawing, Row, Stroke
from graph.layout.model import Layout, Point, Rect
from graph.layout.trunks import branches
from graph.layout.widths import text_width
from graph.look import FONT, LOOKS, SCHEMES, TOKENS, Scheme, slug, tile
from graph.reports._xml import attribute, shown

__all__ = ["ORIGIN", "Picture"]

_STATES = {"down": "down", "degraded": "degraded", "at risk": "risk"}
_BADGES = {"down": "h6l4 4v6l-4 4h-6l-4-4v-6z", "degraded": "m-4 1h14l-7 12z", "risk": "m3 0l7 7-7 7-7-7z"}
"""A shape for each state, 14 wide, from a point 4 right of its corner: colour is not all that tells."""
_SIGNS = {"down": "m.5 4.5l5 5m0-5l-5 5", "degraded": "m3 2.8v3.4m0 2v1.2", "risk": "m3 3.5v4m0 2v1.2"}
"""What stands in each of these shapes, from the same point."""
_DASHES = {"relation": "8 3 2 3", "through": "1 4", "solid": ""}
_MARGIN, _HEAD, _NOTE, _CORNER, _ARROW, _CUT, _FOLD = 14.0, 42.0, 18.0, 6.0, 7.0, 10.0, 8.0
_TITLE_SIZE, _NOTE_SIZE = 15, 11
ORIGIN = (_MARGIN, _HEAD)
"""Where in the picture the layout begins."""


class Picture:
    """One drawing, with the colours of one scheme."""

    def __init__(self, drawing: Drawing, layout: Layout, scheme: Scheme) -> None:
        self.drawing, self.layout, self.scheme = drawing, layout, scheme
        self.side = SCHEMES.index(scheme)
        self.ink: Mapping[str, str] = {name: pair[self.side] for name, pair in TOKENS.items()}
        words = [text_width(drawing.title, size=_TITLE_SIZE, bold=True)]
        words += [text_width(note, size=_NOTE_SIZE) for note in drawing.notes]
        self.width = max(layout.width, *words) + 2 * _MARGIN
        self.top = _HEAD
        self.height = self.top + layout.height + _MARGIN + _NOTE * len(drawing.notes)

    def lines(self) -> Iterator[str]:
        ink, w, h = self.ink, _n(self.width), _n(self.height)
        yield f'<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="img" '
        yield f'font-family={attribute(FONT)} style="font-variant-numeric: tabular-nums">\n'
        yield f"<title>{shown(self.drawing.title)}</title>\n"
        yield f'<rect width="{w}" height="{h}" fill="{ink["canvas"]}"/>\n'
        yield self.text(_MARGIN, 26, self.drawing.title, "text-1", _TITLE_SIZE, bold=True)
        yield from self.symbols()
        yield f'<g transform="translate({_n(_MARGIN)} {_n(self.top)})">\n'
        yield from self.bands()
        yield from self.strokes()
        for card in self.drawing.cards:
            yield from self.card(card, self.layout.positions[card.id])
        yield from self.marks()
        yield "</g>\n"
        for number, note in enumerate(self.drawing.notes):
            y = self.top + self.layout.height + _NOTE * (number + 1) - 2
            yield self.text(_MARGIN, y, note, "text-3", _NOTE_SIZE)
        yield "</svg>\n"

    def symbols(self) -> Iterator[str]:
        """The marks of the classes that are in the picture, each once."""
        looks = sorted({card.look for card in self.drawing.cards} | {row.look for row in self.drawing.rows})
        yield "<defs>\n"
        for look in looks:
            drawing = self.mark(look).replace("'", '"')
            yield f'<symbol id="tile-{slug(look)}" viewBox="0 0 24 24">{drawing}</symbol>\n'
        yield "</defs>\n"

    def mark(self, look: str) -> str:
        """The mark of a class."""
        return tile(look, self.scheme)

    # Lanes

    def bands(self) -> Iterator[str]:
        rows = {row.key: row for row in self.drawing.rows}
        for band in self.layout.lanes:
            yield f'<rect x="{_n(band.x)}" y="{_n(band.y)}" width="{_n(band.width)}" height="{_n(band.height)}" rx="8" '
            yield f'fill="{self.ink["band"]}"/>\n'
            yield from self.lane_title(rows[band.key], band.y + band.height / 2)

    def lane_title(self, row: Row, middle: float) -> Iterator[str]:
        yield _use(row.look, 0, middle - 10, 20)
        words = row.label.split()
        lines = [row.label] if len(row.label) <= 14 or len(words) < 2 else _two(words)
        for number, line in enumerate(lines):
            y = middle + 4.2 + (number - (len(lines) - 1) / 2) * 14
            yield self.text(28, y, line, "text-2", 12, bold=True)

    # Lines

    def strokes(self) -> Iterator[str]:
        for stroke, points, arrow in self.ways():
            if points:
                yield from self.stroke(stroke, points, arrow=arrow)
            else:
                yield from self.loop(stroke)
        for x, y in self.layout.dots:
            yield f'<circle cx="{_n(x)}" cy="{_n(y)}" r="2.25" fill="{self.ink["line"]}"/>\n'

    def ways(self) -> Iterator[tuple[Stroke, Sequence[Point], bool]]:
        """The lines with the points that they lead along, none for a loop, and whether they end in an arrow."""
        routes = self.layout.routes
        own = branches([(stroke.id, stroke.provider) for stroke in self.drawing.strokes], routes)
        for stroke in self.drawing.strokes:
            if stroke.dependent == stroke.provider:
                yield stroke, (), False
            elif stroke.id in routes:
                whole = stroke.id not in own
                yield stroke, (routes if whole else own)[stroke.id].points, whole

    def together(self) -> Iterator[str]:
        """The same as ``strokes`` in as few parts as can be, without what is said about each line."""
        shafts: dict[str, list[str]] = {}
        filled = [f"M{_n(x - 2.25)} {_n(y)}a2.25 2.25 0 1 0 4.5 0a2.25 2.25 0 1 0 -4.5 0" for x, y in self.layout.dots]
        for stroke, points, arrow in self.ways():
            if points:
                shafts.setdefault(stroke.style, []).append(_path(_without_head(points) if arrow else points))
            else:
                shafts.setdefault("solid", []).append(self.around(stroke))
            if arrow:
                filled.append(_head(points))
        for style, ways in sorted(shafts.items()):
            dash = f' stroke-dasharray="{_DASHES[style]}"' if _DASHES[style] else ""
            yield f'<path d="{"".join(ways)}" fill="none" stroke="{self.ink["line"]}" stroke-width="1.25"{dash}/>\n'
        yield f'<path d="{"".join(filled)}" fill="{self.ink["line"]}"/>\n'

    def stroke(self, stroke: Stroke, points: Sequence[Point], *, arrow: bool) -> Iterator[str]:
        dash = f' stroke-dasharray="{_DASHES[stroke.style]}"' if _DASHES[stroke.style] else ""
        shaft = _without_head(points) if arrow else points
        yield f'<path d="{_path(shaft)}" fill="none" stroke="{self.ink["line"]}" stroke-width="1.25"{dash}>'
        yield f"<title>{shown(self.stroke_title(stroke))}</title></path>\n"
        if arrow:
            yield f'<path d="{_head(points)}" fill="{self.ink["line"]}"/>\n'

    def stroke_title(self, stroke: Stroke) -> str:
        """What a line says when the pointer rests on it."""
        return f"{stroke.dependent} {stroke.said} {stroke.provider}"

    def loop(self, stroke: Stroke) -> Iterator[str]:
        """A line from a card to itself."""
        yield f'<path d="{self.around(stroke)}" fill="none" stroke="{self.ink["line"]}" stroke-width="1.25"/>\n'

    def around(self, stroke: Stroke) -> str:
        """Its way, over the right corner of the card."""
        box = self.layout.positions[stroke.dependent]
        x, y = box.right - 16, box.y
        return f"M{_n(x)} {_n(y)}C{_n(x)} {_n(y - 16)} {_n(box.right + 16)} {_n(y - 2)} {_n(box.right)} {_n(y + 12)}"

    # Cards

    def card(self, card: Card, box: Rect) -> Iterator[str]:
        state = _STATES.get(self.drawing.states.get(card.id, ""), "")
        fill = self.ink[f"{state}-fill" if state else "canvas" if card.stub else "element"]
        border = self.ink[f"{state}-mark" if state else "element-border"]
        dash = ' stroke-dasharray="4 3"' if card.stub else ""
        second = self.drawing.states[card.id] if state else card.second
        yield self.begun(card)
        yield f'{_outline(card, box)} fill="{fill}" stroke="{border}" stroke-width="{1.5 if state else 1}"{dash}/>'
        if card.id == self.drawing.focus:
            ring = f'x="{_n(box.x - 4)}" y="{_n(box.y - 4)}" width="{_n(box.width + 8)}" height="{_n(box.height + 8)}"'
            yield f'<rect {ring} rx="{_n(LOOKS[card.look].radius + 4)}" fill="none" stroke="{self.ink["accent"]}" '
            yield 'stroke-width="2.5"/>'
        if LOOKS[card.look].outline == "folded":
            x, y = box.right - _FOLD, box.y
            fold = f"M{_n(x)} {_n(y)}v{_n(_FOLD)}h{_n(_FOLD)}"
            yield f'<path d="{fold}" fill="{self.ink["hover"]}" stroke="{border}"{dash}/>'
        x, middle = box.x, box.centre[1]
        yield _use(card.look, x + 6, middle - 12, 24)
        lines = card.label.split("\n")
        first = middle + 4.2 - (6.9 * (len(lines) - 1)) - (6.5 if second and len(lines) == 1 else 0)
        for number, line in enumerate(lines):
            yield self.text(x + 38, first + 13.8 * number, line, "text-1", 12, bold=True)
        if second and len(lines) == 1:
            yield self.text(x + 38, middle + 11.4, second, state or "text-3", 11)
        if state:
            corner = f"M{_n(box.right - 5)} {_n(box.y - 8)}"
            yield f'<path d="{corner}{_BADGES[state]}" fill="{border}" stroke="{self.ink["band"]}" stroke-width="1.5"/>'
            yield f'<path d="{corner}{_SIGNS[state]}" fill="none" stroke="{self.ink["surface"]}" stroke-width="1.6"/>'
        yield self.ended(card)

    def begun(self, card: Card) -> str:
        """What opens a card."""
        return f"<g><title>{shown(f'{card.full or _whole(card)} ({card.kind})')}</title>"

    def ended(self, _card: Card) -> str:
        """What closes it."""
        return "</g>\n"

    def marks(self) -> Iterator[str]:
        """The marks of groups of alternatives, where their lines leave."""
        for mark in self.layout.marks:
            words = self.drawing.marks.get(mark.group, "")
            if words:
                width = 12 + 6 * len(words)
                x, y = mark.x - width / 2, mark.y - 2
                at = f'x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="14" rx="7"'
                yield f'<rect {at} fill="{self.ink["surface"]}" stroke="{self.ink["element-border"]}"/>'
                yield self.text(mark.x, y + 10.6, words, "text-2", 10.5, middle=True)

    def text(
        self, x: float, y: float, words: str, ink: str, size: float, *, bold: bool = False, middle: bool = False
    ) -> str:
        """A line of text, on its base line."""
        more = (' font-weight="600"' if bold else "") + (' text-anchor="middle"' if middle else "")
        at = f'x="{_n(x)}" y="{_n(y)}" font-size="{_n(size)}"{more} fill="{self.ink[ink]}"'
        return f"<text {at}>{shown(words)}</text>\n"


def _whole(card: Card) -> str:
    return " ".join(card.label.split())


def _two(words: Sequence[str]) -> list[str]:
    """A title in two lines, the first not longer than it must be."""
    cuts = [[" ".join(words[:n]), " ".join(words[n:])] for n in range(1, len(words))]
    return min(cuts, key=lambda cut: max(map(len, cut)))


def _use(look: str, x: float, y: float, size: int) -> str:
    return f'<use href="#tile-{slug(look)}" x="{_n(x)}" y="{_n(y)}" width="{size}" height="{size}"/>\n'


def _outline(card: Card, box: Rect) -> str:
    """The outline of a card, its colours still to come."""
    look = LOOKS[card.look]
    left, top, right, low = box.x, box.y, box.right, box.bottom
    cut = look.radius
    if look.outline == "round":
        size = f'x="{_n(left)}" y="{_n(top)}" width="{_n(box.width)}" height="{_n(box.height)}"'
        return f'<rect {size} rx="{_n(look.radius)}"'
    if look.outline == "pentagon":
        corners = [(left, top), (right - _CUT, top), (right, box.centre[1]), (right - _CUT, low), (left, low)]
    elif look.outline == "folded":
        corners = [(left, top), (right - _FOLD, top), (right, top + _FOLD), (right, low), (left, low)]
    else:
        corners = [(left + cut, top), (right - cut, top), (right, top + cut), (right, low - cut)]
        corners += [(right - cut, low), (left + cut, low), (left, low - cut), (left, top + cut)]
    return f'<polygon points="{" ".join(f"{_n(x)},{_n(y)}" for x, y in corners)}"'


def _path(points: Sequence[Point]) -> str:
    """A line along points, its corners rounded."""
    said = [f"M{_n(points[0][0])} {_n(points[0][1])}"]
    for before, here, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(_CORNER, _length(before, here) / 2, _length(here, after) / 2)
        (x1, y1), (x2, y2) = _towards(here, before, radius), _towards(here, after, radius)
        said.append(f"L{_n(x1)} {_n(y1)}Q{_n(here[0])} {_n(here[1])} {_n(x2)} {_n(y2)}")
    return "".join([*said, f"L{_n(points[-1][0])} {_n(points[-1][1])}"])


def _without_head(points: Sequence[Point]) -> list[Point]:
    """The same line, ending inside its arrowhead and not at its tip."""
    return [*points[:-1], _towards(points[-1], points[-2], min(_ARROW - 1, _length(*points[-2:]) / 2))]


def _head(points: Sequence[Point]) -> str:
    """The arrowhead at the end of a line."""
    tip, before = points[-1], points[-2]
    x, y = _towards(tip, before, _ARROW)
    across = (3.2, 0.0) if abs(tip[0] - before[0]) < abs(tip[1] - before[1]) else (0.0, 3.2)
    one, two = (x - across[0], y - across[1]), (x + across[0], y + across[1])
    return f"M{_n(tip[0])} {_n(tip[1])}L{_n(one[0])} {_n(one[1])}L{_n(two[0])} {_n(two[1])}Z"


def _length(one: Point, two: Point) -> float:
    return abs(one[0] - two[0]) + abs(one[1] - two[1])


def _towards(start: Point, end: Point, length: float) -> Point:
    whole = _length(start, end) or 1.0
    return start[0] + (end[0] - start[0]) * length / whole, start[1] + (end[1] - start[1]) * length / whole


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
