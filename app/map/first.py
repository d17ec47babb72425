"""What does a map show before any script has run? The page as it will stand, with its picture, in the first answer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from app.atlas import Atlas
from app.elements import MOST_LINES, bounds
from app.look import badge_drawing
from app.map.files import pictured
from app.map.screen import Screen, lit
from app.view import View, link
from graph.drawing import Card, Drawing
from graph.layout.model import Layout, Rect
from graph.look import FONT, TOKENS, marked, slug
from graph.reports._picture import Picture
from graph.reports._xml import attribute

__all__ = ["drawable", "picture", "plain"]

_BADGE = 15
_MOST_BADGES = 2


def plain(view: View) -> bool:
    """Whether a view is one that can be drawn at first: nothing in it is lit up, and it is no table and no overview."""
    return not (
        view.table or view.by or view.selected or view.edge or view.start or view.end or view.find or view.impact
    )


def drawable(atlas: Atlas, now: Screen) -> bool:
    """Whether what a view shows can be drawn at first."""
    return now.overview is None and not now.picture.shown.wall and bool(now.picture.cards) and lit(atlas, now) is None


def picture(atlas: Atlas, now: Screen) -> str:
    """The picture of a view as SVG."""
    drawing, made = pictured(atlas, now), now.picture.layout
    if len(drawing.strokes) > MOST_LINES:
        drawing, made = replace(drawing, strokes=()), replace(made, dots=())
    p, shown = atlas.projection, now.picture.shown
    hung = {p.ids[e]: list(dict.fromkeys(b.kind for b in atlas.badges[e])) for e in shown.elements if e in atlas.badges}
    addresses = {p.ids[e]: link(replace(now.view, selected=p.ids[e])) for e in shown.elements}
    touching = (line for line in shown.lines if now.focus in (line.dependent, line.provider))
    near = {p.ids[end] for line in touching for end in (line.dependent, line.provider)}
    return "".join(_First(drawing, made, hung, addresses, near).lines())


class _First(Picture):
    """The picture of a page that is not there yet: colours by name, cards that are links, what the frame has left out.

    What the script needs that puts it in its place stands in attributes: how large it is, and where cards are.
    """

    def __init__(
        self,
        drawing: Drawing,
        made: Layout,
        hung: Mapping[str, Sequence[str]],
        addresses: Mapping[str, str],
        near: set[str],
    ) -> None:
        super().__init__(drawing, made, "light")
        self.ink = {name: f"var(--sm-{name})" for name in TOKENS}
        self.hung, self.addresses, self.near = hung, addresses, near

    def lines(self) -> Iterator[str]:
        places = self.layout.positions
        spots = [[*places[c.id].centre, c.width, int(c.id in self.near)] for c in self.drawing.cards]
        focus = places[self.drawing.focus].centre if self.drawing.focus else None
        told = {"bounds": bounds(self.layout), "spots": spots, "focus": focus}
        yield f'<svg class="first-map" role="group" font-family={attribute(FONT)} '
        yield f"data-told={attribute(json.dumps(told, separators=(',', ':')))}>"
        yield from self.symbols()
        yield "<g>\n"
        yield from self.together()
        for card in self.drawing.cards:
            yield from self.card(card, places[card.id])
        yield from self.marks()
        yield "</g></svg>\n"

    def mark(self, look: str) -> str:
        return marked(look, f"var(--sm-ink-{slug(look)})", f"var(--sm-fill-{slug(look)})")

    def begun(self, card: Card) -> str:
        name = "two" if card.second and "\n" not in card.label else "one"
        return f'<a href={attribute(self.addresses[card.id])} class="{name}" tabindex="-1">'

    def ended(self, card: Card) -> str:
        return f"{''.join(self.badges(card, self.layout.positions[card.id]))}</a>\n"

    def badges(self, card: Card, box: Rect) -> Iterator[str]:
        for number, kind in enumerate(self.hung.get(card.id, ())[:_MOST_BADGES]):
            x, y = box.right - 3 - _BADGE * number - _BADGE / 2, box.y - _BADGE / 2
            yield f'<g transform="translate({x:g} {y:g})">{badge_drawing(kind, self.ink)}</g>'
