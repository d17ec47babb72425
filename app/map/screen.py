"""What does an address of the map mean? A view, laid out; and the same as plain values."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from app.atlas import Atlas, Picture
from app.map.hit import Hit, hit
from app.map.overview import Gathered, gathered, title
from app.map.overview import answer as plain_overview
from app.missing import Missing
from app.parts import focus_address
from app.sieve import Sieve
from app.view import ALL, WALL, Line, Shown, View, link
from app.words import plural, said_kind, said_strength, short
from graph.analysis.paths import Paths, linked, passing, paths
from graph.model import InputError

__all__ = [
    "MOST_WAYS",
    "Asked",
    "Screen",
    "along",
    "answer",
    "asked",
    "dependencies",
    "line_words",
    "lit",
    "screen",
    "stops",
    "whole",
]

Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """An address with its names resolved: numbers of elements in place of what was written.

    ``picked``   what is selected; ``strangers`` are names in a selection of several that the map does not have
    ``ends``     where ways begin and end, None for what is not said
    ``edge``     dependent and provider of the line that is selected
    """

    view: View
    focus: int | None
    picked: tuple[int, ...]
    strangers: tuple[str, ...]
    ends: tuple[int | None, int | None]
    edge: tuple[int, int] | None


@dataclass(frozen=True, slots=True, eq=False)
class Screen:
    """Everything that one address shows, before it becomes HTML.

    ``selected``  the element of a selection of one, else None
    ``ways``      the ways that are asked for, None where none are
    ``sieve``     what expressions and filters mean
    ``linked``    where no way leads there: edges of a way over links that carry no outage, as ``linked``
    ``hit``       the change whose answer is shown, None where none is
    ``alone``     whether what was asked for stands alone, without what a focus or the whole map would show
    """

    view: View
    picture: Picture
    asked: Asked
    sieve: Sieve
    ways: Paths | None
    overview: Gathered | None = None
    """Where the map is gathered into groups, those; the picture then holds only the elements in open groups."""
    linked: tuple[int, ...] = ()
    hit: Hit | None = None
    alone: bool = False

    @property
    def focus(self) -> int | None:
        """The element in focus."""
        return self.asked.focus

    @property
    def picked(self) -> tuple[int, ...]:
        """The elements that are selected."""
        return self.asked.picked

    @property
    def selected(self) -> int | None:
        """The element that alone is selected."""
        return self.picked[0] if len(self.picked) == 1 else None


MOST_WAYS = 100
MOST_BESIDE = 120
"""With more than so many elements beside them, ways between two and the elements of an answer stand alone.

Else neither end would be in sight, and of the elements only some.
"""


_SEEN, _SEEN_ON_PHONES = (720, 920), (520, 600)
"""How wide and high ways may be to be seen whole, names readable: 65 % of 1024 by 768, and a phone."""


def asked(atlas: Atlas, _rest: str, query: str) -> Asked:
    """What an address means. Raises Missing for elements that are not there."""
    view = View.parse(query)
    focus, start, end = (_element(atlas, name) for name in (view.focus, view.start, view.end))
    picked, strangers = _picked(atlas, view)
    first, _, second = view.edge.partition(">")
    ends = (_element(atlas, first), _element(atlas, second)) if first and second else (None, None)
    edge = None if ends[0] is None or ends[1] is None else (ends[0], ends[1])
    ids = atlas.projection.ids

    def named(element: int | None) -> str:
        return "" if element is None else ids[element]

    clean = replace(
        view,
        focus=named(focus),
        selected=",".join(ids[element] for element in picked),
        start=named(start),
        end=named(end),
        edge="" if edge is None else f"{ids[edge[0]]}>{ids[edge[1]]}",
    )
    return Asked(clean, focus, picked, strangers, (start, end), edge)


def _picked(atlas: Atlas, view: View) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """The elements of a selection; of several, those that are not there are told apart."""
    if len(view.picks) < 2:
        one = _element(atlas, view.selected.strip(","))
        return (() if one is None else (one,)), ()
    found = {name: _exactly(atlas, name) for name in view.picks}
    known = tuple(dict.fromkeys(number for number in found.values() if number is not None))
    if not known:
        _element(atlas, view.picks[0])
    return known, tuple(name for name, number in found.items() if number is None)


def _exactly(atlas: Atlas, name: str) -> int | None:
    """The element with an id or IRI; nothing is guessed, as there may be hundreds of names."""
    p = atlas.projection
    if name in p.index:
        return p.index[name]
    return next((n for n in p.names.full.candidates(name) if p.ids[n] == name), None)


def screen(atlas: Atlas, query: str, *, narrow: bool = False) -> Screen:
    """What an address shows. Raises Missing when it names an element that the map does not have."""
    meant = asked(atlas, "", query)
    view, (start, end) = meant.view, meant.ends
    ways = None
    if start is not None and end is not None:
        ways = paths(atlas.projection, start, end, hops=view.within or None, most=MOST_WAYS)
    links = linked(atlas.projection, ways.source, ways.target) if ways is not None and not ways.ways else ()
    on_ways = _on_ways(atlas, ways, links)
    answer = hit(atlas, view.impact)
    hits = answer.elements if answer is not None else ()
    among = on_ways or hits or (meant.picked if len(meant.picked) > 1 else ())
    alone = on_ways or hits or tuple(one for name in view.among if (one := _exactly(atlas, name)) is not None)
    found = atlas.sieve(view)
    if meant.focus is not None or not view.by:
        picture = atlas.picture(view, narrow=narrow, among=among)
        many = meant.focus is None and (picture.shown.wall or len(picture.shown.elements) > MOST_BESIDE)
        stands = bool(among) and atlas.picture(view, narrow=narrow).shown.wall
        if alone and many:
            stands = True
            picture = atlas.picture_of(view, alone, narrow=narrow)
        elif not picture.shown.wall and not set(among) <= set(picture.shown.elements):
            # what hides an end of a way, or a row of an answer, would hide what was asked for
            together = (*among, *(set(picture.shown.elements) - set(among)))
            stands = narrow or len(together) > WALL
            picture = atlas.picture_of(view, among if stands else together, narrow=narrow)
        if on_ways and not stands and not picture.shown.wall and _far_apart(atlas, picture, on_ways, narrow=narrow):
            stands, picture = True, atlas.picture_of(view, on_ways, narrow=narrow)
        if not picture.shown.wall:
            return Screen(view, picture, meant, found, ways, linked=links, hit=answer, alone=stands)
    groups = gathered(atlas, view, whole(atlas, view), narrow=narrow)
    few = _few(atlas, groups, f"{atlas.projection.revision} {view.picture.query}")
    return Screen(view, few, meant, found, ways, groups, links, answer)


def whole(atlas: Atlas, view: View) -> Ints:
    """The elements of the whole map that are not hidden; those that no line leads to are left out until asked for."""
    inside = np.ones(len(atlas), np.bool_)
    if not view.everything and not any(facet in ("kind", "lane") for facet, _ in view.kept):
        inside[list(atlas.aside)] = False
    if view.hidden:
        hidden = frozenset(view.hidden)
        inside &= np.array([lane not in hidden for lane in atlas.lane], np.bool_)
    stays = atlas.sieve(view).stays if view.sifted else None
    return np.flatnonzero(inside if stays is None else inside & stays).astype(np.int32)


def _few(atlas: Atlas, found: Gathered, key: str) -> Picture:
    """The elements of open groups as a picture without lines of its own."""
    shown = Shown(found.drawn, (), ALL, len(atlas), aside=len(atlas) - found.elements)
    return Picture(shown, (), found.plane.layout, found.plane.layout.width, key)


def _on_ways(atlas: Atlas, ways: Paths | None, links: tuple[int, ...]) -> tuple[int, ...]:
    """The elements of all ways; where there are none, those of the links that lead there all the same."""
    if ways is None:
        return ()
    count = len(atlas.projection)
    found = dict.fromkeys(v for way in ways.ways for v in way if v < count)
    return tuple(found) or tuple(dict.fromkeys((ways.source, *along(atlas, links), ways.target)))


def _far_apart(atlas: Atlas, picture: Picture, on_ways: tuple[int, ...], *, narrow: bool) -> bool:
    """Whether ways are too large in a picture to be seen whole."""
    places = [picture.layout.positions[atlas.projection.ids[v]] for v in on_ways]
    wide = max(place.right for place in places) - min(place.x for place in places)
    high = max(place.bottom for place in places) - min(place.y for place in places)
    most = _SEEN_ON_PHONES if narrow else _SEEN
    return wide > most[0] or high > most[1]


def along(atlas: Atlas, links: tuple[int, ...]) -> list[int]:
    """The elements that links one after the other lead through, groups of alternatives left out."""
    edges, count = atlas.projection.edges, len(atlas.projection)
    ends = [int(edges.dependent[links[0]])] if links else []
    return [v for v in (*ends, *(int(edges.provider[edge]) for edge in links)) if v < count]


def lit(atlas: Atlas, now: Screen) -> tuple[list[str], list[str] | None] | None:
    """What is lit up: ids of elements, and of lines where not all between them are; None where nothing was asked."""
    ids = atlas.projection.ids
    if now.ways is not None:
        ways, count = now.ways.ways or (tuple(along(atlas, now.linked)),), len(atlas.projection)
        chosen = ways[now.view.way - 1 : now.view.way] if 0 < now.view.way <= len(ways) else ways
        steps = [[v for v in way if v < count] for way in chosen]
        lines = {f"{ids[a]} > {ids[b]}" for way in steps for a, b in pairwise(way)}
        ends = [now.ways.source, now.ways.target]
        return [ids[v] for v in dict.fromkeys([*ends, *(v for way in steps for v in way)])], sorted(lines)
    if now.hit is not None and now.hit.elements and now.sieve.lit is None:
        return [ids[e] for e in now.hit.elements], None
    if now.sieve.lit is None:
        return None
    return [ids[e] for e in now.picture.shown.elements if now.sieve.lit[e]], None


def stops(atlas: Atlas, now: Screen) -> list[str]:
    """Of the links between the ends of a path the lines that carry no outage, where one of them ends it."""
    p, count = atlas.projection, len(atlas.projection)
    ends = [(int(p.edges.dependent[edge]), int(p.edges.provider[edge])) for edge in now.linked]
    held = [pair for pair, passes in zip(ends, passing(p, now.linked), strict=True) if not passes and max(pair) < count]
    return sorted({f"{p.ids[a]} > {p.ids[b]}" for a, b in held})


def _element(atlas: Atlas, name: str) -> int | None:
    if not name:
        return None
    try:
        return atlas.projection.find(name)
    except InputError as error:
        problem = error.problems[0]
        meant = re.search("did you mean '(.+)'", problem.remedy)
        near = atlas.index.search(meant[1] if meant else name.rpartition("/")[2], limit=3)
        raise Missing(
            f"No element “{short(name, 60)}” in this map",
            short(problem.message, 200),
            problem.remedy if problem.remedy.startswith(("did", "write")) else "search for it by a part of its name",
            {**{focus_address(atlas, hit.element): short(hit.label, 60) for hit in near}, "/map": "Show the map"},
        ) from error


def answer(atlas: Atlas, _rest: str, query: str) -> dict[str, Any]:
    """The map of an address as plain values; positions are those of the picture."""
    now = screen(atlas, query)
    p, shown = atlas.projection, now.picture.shown
    places = now.picture.layout.positions
    gathered_ = {"overview": plain_overview(atlas, now.overview, now.sieve.lit)} if now.overview else {}
    return {
        **gathered_,
        "title": atlas.title,
        "revision": p.revision,
        "address": link(now.view),
        "focus": now.view.focus or None,
        "hops": shown.hops or "all",
        "direction": now.view.direction,
        "counts": {
            "elements": len(p),
            "shown": len(shown.elements),
            "dependencies": p.dependencies,
            "shown_dependencies": dependencies(now.picture),
            "outside_focus": shown.by_focus,
            "in_hidden_lanes": shown.by_lane,
            "filtered_out": shown.by_filter,
        },
        "selected": [p.ids[element] for element in now.picked],
        "not_in_this_map": list(now.asked.strangers),
        "lit": None if (shining := lit(atlas, now)) is None else shining[0],
        "impact": _hit(atlas, now.hit),
        "ways": _ways(atlas, now.ways, now.linked),
        "problems": [str(problem) for problem in now.sieve.wrong.values()]
        + list(now.sieve.notes)
        + list(now.view.slips),
        "cut": shown.cut or (_gathered_words(now.overview) if now.overview else None),
        "lanes": [
            {
                "key": row.key,
                "label": row.label,
                "elements": atlas.lane_sizes[row.key],
                "hidden": row.key in now.view.hidden,
            }
            for row in atlas.rows
        ],
        "elements": [
            {
                "id": card.id,
                "iri": p.iris[element],
                "label": p.labels[element],
                "kind": card.kind,
                "lane": card.lane,
                "defined": not card.stub,
                "x": places[card.id].centre[0],
                "y": places[card.id].centre[1],
                "width": card.width,
                "height": card.height,
            }
            for element, card in zip(shown.elements, now.picture.cards, strict=not now.overview)
        ],
        "dependencies": [
            {
                "dependent": p.ids[line.dependent],
                "provider": p.ids[line.provider],
                "kinds": sorted({p.kinds[int(p.edges.kind[e])].label for e in line.edges}),
                "strength": _strength(atlas, line),
                "through_hidden": line.through,
            }
            for line in shown.lines
        ],
    }


def _hit(atlas: Atlas, found: Hit | None) -> dict[str, Any] | None:
    if found is None:
        return None
    ids = atlas.projection.ids
    return {
        "title": found.title,
        "counts": found.words,
        "address": found.href,
        "changed": [ids[v] for v in found.changed],
        "states": {ids[v]: words for v, words in (found.states or {}).items()},
        "not_in_this_map": found.absent,
        "problem": found.wrong or None,
    }


def _ways(atlas: Atlas, ways: Paths | None, links: tuple[int, ...]) -> dict[str, Any] | None:
    if ways is None:
        return None
    p = atlas.projection
    return {
        "from": p.ids[ways.source],
        "to": p.ids[ways.target],
        "hops": ways.hops if ways.ways else None,
        "ways": [[p.ids[v] for v in way if v < len(p)] for way in ways.ways],
        "linked": [p.ids[v] for v in along(atlas, links)],
        "cut": list(ways.cuts),
    }


def _strength(atlas: Atlas, line: Line) -> str:
    return said_strength(max(int(atlas.projection.edges.strength[e]) for e in line.edges))


def _strength_words(atlas: Atlas, line: Line) -> str:
    """The same for people: assumed where no dependency of this strength is declared so."""
    edges, word = atlas.projection.edges, _strength(atlas, line)
    most = max(int(edges.strength[e]) for e in line.edges)
    assumed = all(edges.assumed[e] for e in line.edges if int(edges.strength[e]) == most)
    return f"{word}, assumed" if word and assumed else word


def dependencies(picture: Picture) -> int:
    """How many dependencies the picture shows; a line may stand for several."""
    return sum(len(line.edges) for line in picture.shown.lines if not line.through)


def _gathered_words(found: Gathered) -> str:
    return f"{plural(found.elements, 'element')} gathered by {title(found.by)}; open groups with open="


def line_words(atlas: Atlas, line: Line) -> str:
    """What is said about a line: its kinds, its strength, and what it hides."""
    p = atlas.projection
    kinds = sorted({said_kind(p.kinds[int(p.edges.kind[e])].label) for e in line.edges})
    group = f"{p.groups.k[line.group]} of {p.groups.size[line.group]} is enough" if line.group >= 0 else ""
    through = f"over {plural(line.through, 'hidden element')}" if line.through else ""
    count = plural(len(line.edges), "dependency", "dependencies") if len(line.edges) > 1 else ""
    return ", ".join(filter(None, [", ".join(kinds), _strength_words(atlas, line), group, through, count]))
