"""What does the browser draw of a map, and what does it need to know for that? A picture as one plain value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.atlas import Atlas
from app.badges import Badge
from app.elements import bounds, cytoscape_elements
from app.map.bars import bands, lanes
from app.map.cards import canvas_elements, canvas_id, size
from app.map.hit import MARKS
from app.map.overview import Gathered
from app.map.screen import Screen, line_words, lit, screen, stops
from app.missing import Missing
from app.painted import tree
from app.view import View
from app.words import plural, short

__all__ = ["ahead", "missing_picture", "picture"]

_NONE = "none"


def ahead(atlas: Atlas, query: str, *, narrow: bool) -> dict[str, Any]:
    """The picture of an address, for a page that draws it before it asks for all that stands around it.

    It does not wait for badges where a revision of the map is new: it has those of the one before, and another key.
    """
    return picture(atlas, screen(atlas, query, narrow=narrow), narrow=narrow, hung=atlas.badges_before)


def picture(
    atlas: Atlas,
    now: Screen,
    known: str = "",
    *,
    narrow: bool,
    hung: Mapping[int, Sequence[Badge]] | None = None,
) -> dict[str, Any]:
    """What the map page draws. What is on the screen already, by its key, is told without its parts.

    With badges that are ``hung`` on elements instead of those of the map, the key is another.
    """
    if now.overview is not None:
        return _of_groups(atlas, now, now.overview, known)
    made = now.picture
    nothing = made.shown.wall or not made.cards
    key = _NONE if made.shown.wall else f"{made.key}{' narrow' if narrow else ''}"
    if hung is None:
        hung = atlas.badges
    elif key != _NONE:
        key += " badges of before"
    if now.hit is not None and key != _NONE:
        key += f" impact {now.view.impact}"
    parts = None if key == known else _drawn(_elements(atlas, now, hung), tree(lanes(atlas, now)), tree(bands(made)))
    return {**_for_browser(atlas, now), "key": _NONE if nothing else key, "drawn": parts}


def missing_picture(atlas: Atlas, missing: Missing) -> dict[str, Any]:
    """Nothing, where an address names what the map does not have."""
    return {
        "key": _NONE,
        "title": f"{missing.title} · {atlas.title}",
        "label": "Map",
        "announce": missing.title,
        "drawn": _drawn([], [], []),
    }


def _drawn(elements: list[dict[str, Any]], titles: list[Any], under: list[Any]) -> dict[str, Any]:
    return {"elements": elements, "lanes": titles, "bands": under}


def _elements(atlas: Atlas, now: Screen, hung: Mapping[int, Sequence[Badge]]) -> list[dict[str, Any]]:
    shown, ids = now.picture.shown, atlas.projection.ids
    states = (now.hit.states or {}) if now.hit is not None else {}
    name = {element: ids[element] for element in shown.elements}
    said = {f"{name[line.dependent]} > {name[line.provider]}": line_words(atlas, line) for line in shown.lines}
    corners = {name[e]: [(badge.kind, badge.words) for badge in hung[e]] for e in shown.elements if e in hung}
    return cytoscape_elements(
        atlas.projection,
        now.picture.cards,
        shown.lines,
        now.picture.layout,
        said=said,
        focus=now.view.focus,
        badges=corners,
        states={ids[v]: (MARKS[words], words) for v, words in states.items() if words in MARKS},
        changed=frozenset(ids[v] for v in now.hit.changed) if now.hit is not None else frozenset(),
    )


def _for_browser(atlas: Atlas, now: Screen) -> dict[str, Any]:
    """What the browser needs besides the elements: what to light up, what to say, how large the picture is."""
    p, made = atlas.projection, now.picture.layout
    subject = now.selected if now.selected is not None else now.focus
    name = short(p.labels[subject], 60) if subject is not None else "Map"
    shown = now.picture.shown
    words = f"{plural(len(shown.elements), 'element')} and {plural(len(shown.lines), 'line')} shown"
    if now.selected is not None:
        links = f"depends on {len(atlas.depends_on(now.selected))}, used by {len(atlas.used_by(now.selected))}"
        words = f"{short(p.labels[now.selected], 60)}, {atlas.kind(now.selected)}, {links}"
    return {
        "focus": now.view.focus,
        "selected": [p.ids[element] for element in now.picked],
        "hit": now.hit is not None and bool(now.hit.elements),
        "lit": shining[0] if (shining := lit(atlas, now)) is not None else None,
        "litLines": shining[1] if shining is not None else None,
        "stops": stops(atlas, now),
        "line": None if now.asked.edge is None else " > ".join(p.ids[end] for end in now.asked.edge),
        "bounds": list(bounds(made)),
        "title": f"{name} · {atlas.title}" if subject is not None else f"{atlas.title} · Map",
        "label": f"Map of {atlas.title}: {plural(len(shown.elements), 'element')}",
        "announce": words,
    }


def _of_groups(atlas: Atlas, now: Screen, found: Gathered, known: str) -> dict[str, Any]:
    """The map of groups, where the elements are too many or the address asks for it."""
    groups, lit = plural(len(found.plane.nodes), "group"), now.sieve.lit
    key = now.picture.key if lit is None else f"{now.picture.key} lit {now.view.find}"
    return {
        "key": key if found.plane.nodes else _NONE,
        "focus": "",
        "selected": [atlas.projection.ids[element] for element in now.picked],
        "lit": _lit_groups(atlas, now, found),
        "litLines": None,
        "line": None,
        "bounds": list(size(found.plane)),
        "whole": True,
        "family": f"overview {found.by} {_sifted(now.view)}",
        "open": [canvas_id(path) for path in now.view.opened],
        "title": f"{atlas.title} · Map",
        "label": f"Map of {atlas.title}: {plural(found.elements, 'element')} in {groups}",
        "announce": f"{plural(found.elements, 'element')} in {groups}, {plural(len(found.plane.bundles), 'line')}",
        "drawn": None if key == known else _drawn(canvas_elements(atlas, found, now.view, lit), [], []),
    }


def _sifted(view: View) -> str:
    """What is left out of the map; where that changes the picture is fitted anew, and where a group opens it stays."""
    return str((view.hidden, view.without, view.kept, view.everything))


def _lit_groups(atlas: Atlas, now: Screen, found: Gathered) -> list[str] | None:
    """The cards that hold something that was asked for."""
    lit = now.sieve.lit
    if lit is None:
        return None
    ids = atlas.projection.ids
    nodes = [node for node in found.plane.walk() if node.fits(lit)]
    return [ids[node.element] if node.element >= 0 else canvas_id(node.path) for node in nodes]
