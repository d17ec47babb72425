"""Which elements and dependencies are shown? The state in the address, and what follows from it. Pure."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import parse_qs, quote, urlencode

import numpy as np
import numpy.typing as npt

from graph.analysis.nearby import Direction, distances
from graph.model import InputError
from graph.projection import Projection

__all__ = [
    "ALL",
    "MOST_AT_FIRST",
    "MOST_BOXES",
    "WALL",
    "WALL_ON_PHONES",
    "Line",
    "Shown",
    "View",
    "lines_among",
    "link",
    "shown",
]

Ints = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]

WALL = 400
"""A map with more elements than this is not shown without a focus."""
MOST_BOXES = 300
"""A view with a focus is cut by hops to at most this many elements."""
MOST_AT_FIRST = 100
"""The same where the address says nothing of hops: what can still be read, and is drawn at once."""
WALL_ON_PHONES = 40
MOST_ON_PHONES = 14
ALL = 0
"""The value of ``hops`` that means: no limit."""
HOPS: Final = (1, 2, 3, ALL)
GROUPED_BY: Final = ("layer", "system", "owner", "location", "community")
"""What a map can be gathered by; without a word it is gathered only where it is too large to draw."""
DIRECTIONS: Final[Mapping[Direction, str]] = {"both": "Both", "down": "Depends on", "up": "Used by"}


@dataclass(frozen=True, slots=True)
class View:
    """What the address asks for. ``hops`` -1 means: not said, take what fits.

    ``hidden``    lanes that are hidden; ``without`` an expression, what fits it is hidden too
    ``kept``      pairs of a facet and a value: what has none of a facet's values is hidden
    ``find``      an expression; what fits it is lit up
    ``selected``  one element, or several with commas between
    ``edge``      a line that is selected: both ends, dependent first, with ">" between
    ``start``, ``end``  the ends of the ways that are shown: all shortest, or with ``within`` all up to so many hops
    ``way``       which of the ways is lit up alone, 0 for all
    ``by`` and ``opened`` are of the overview: what elements are gathered by, and which groups are open, each told by
    the keys that lead to it.
    ``among``     the elements of an answer, which are shown alone where the map has many more
    ``answer``    the question whose answer is shown: what stands after the question mark of its page
    ``impact``    a change whose answer is shown: what stands after the question mark of the page of changes
    ``slips``     what the address says that cannot be, in words; the view is as if it said nothing of it

    >>> View.parse("focus=shop/web&hops=2&hide=teams,tools") == View("shop/web", 2, hidden=("teams", "tools"))
    True
    >>> View.parse("hops=many&direction=sideways") == View()
    True
    """

    focus: str = ""
    hops: int = -1
    direction: Direction = "both"
    hidden: tuple[str, ...] = ()
    selected: str = ""
    table: bool = False
    everything: bool = False
    find: str = ""
    without: str = ""
    kept: tuple[tuple[str, str], ...] = ()
    start: str = ""
    end: str = ""
    within: int = 0
    way: int = 0
    edge: str = ""
    by: str = ""
    opened: tuple[str, ...] = ()
    answer: str = ""
    impact: str = ""
    among: tuple[str, ...] = ()
    slips: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def parse(cls, query: str) -> View:
        """Read the part of an address after the question mark; what nobody understands is left out."""
        given = _fields(query)
        values = {key: found[-1] for key, found in given.items()}
        pairs = (tuple(text.partition(":")[::2]) for text in given.get("only", ()))
        hops = values.get("hops", "")
        direction = values.get("direction", "both")
        return cls(
            focus=values.get("focus", ""),
            hops=ALL if hops == "all" else int(hops) if hops in ("1", "2", "3") else -1,
            direction="down" if direction == "down" else "up" if direction == "up" else "both",
            hidden=tuple(sorted({lane for lane in values.get("hide", "").split(",") if lane})),
            selected=values.get("select", ""),
            table=values.get("as") == "table",
            everything=values.get("show") == "all",
            find=values.get("find", "").strip(),
            without=values.get("without", "").strip(),
            kept=tuple(sorted({(facet, value) for facet, value in pairs if facet})),
            start=values.get("from", ""),
            end=values.get("to", ""),
            within=_small(values.get("within", "")),
            way=_small(values.get("way", "")),
            edge=values.get("line", ""),
            by=values.get("by", "") if values.get("by", "") in GROUPED_BY else "",
            opened=tuple(sorted({path for path in values.get("open", "").split(",") if path})),
            answer=values.get("answer", "")[:_LONGEST_ANSWER],
            impact=impact if len(impact := values.get("impact", "")) <= _LONGEST_IMPACT else "",
            among=tuple(dict.fromkeys(name for name in values.get("among", "").split(",") if name)),
            slips=tuple(_slips(values)),
        )

    @property
    def query(self) -> str:
        """The same state as text, always in the same order, without what is usual.

        >>> View(focus="shop/web", hops=2, hidden=("teams",)).query
        'focus=shop/web&hops=2&hide=teams'
        """
        parts = {
            "focus": self.focus,
            "hops": "" if self.hops < 0 else str(self.hops or "all"),
            "direction": "" if self.direction == "both" else self.direction,
            "hide": ",".join(self.hidden),
            "select": self.selected,
            "among": ",".join(self.among),
            "as": "table" if self.table else "",
            "show": "all" if self.everything else "",
            "find": self.find,
            "without": self.without,
            "from": self.start,
            "to": self.end,
            "within": str(self.within or ""),
            "way": str(self.way or ""),
            "line": self.edge,
            "by": self.by,
            "open": ",".join(self.opened),
            "answer": self.answer,
            "impact": self.impact,
        }
        said = [(key, value) for key, value in parts.items() if value]
        said += [("only", f"{facet}:{value}") for facet, value in self.kept]
        return urlencode(said, safe="/,:>~", quote_via=quote)

    @property
    def picture(self) -> View:
        """The part of the state that decides what is drawn."""
        bare = replace(self, selected="", table=False, find="", start="", end="", within=0, way=0, edge="")
        return replace(bare, answer="", impact="", among=())

    @property
    def picks(self) -> tuple[str, ...]:
        """The elements that are selected, each once.

        >>> View(selected="shop/web,shop/db,shop/web").picks
        ('shop/web', 'shop/db')
        """
        return tuple(dict.fromkeys(name for name in self.selected.split(",") if name))

    @property
    def sifted(self) -> bool:
        """Whether something is hidden by more than its lane."""
        return bool(self.without or self.kept)

    def with_kept(self, facet: str, value: str) -> View:
        """The same view with a value of a facet added, or taken away."""
        return replace(self, kept=tuple(sorted(set(self.kept) ^ {(facet, value)})))

    def toggled_group(self, path: str) -> View:
        """The same view with a group of the overview opened; or closed, with what was open inside."""
        inside = {other for other in self.opened if other == path or other.startswith(f"{path}~")}
        kept = set(self.opened) - inside
        return replace(self, selected="", opened=tuple(sorted(kept if path in inside else kept | {path})))

    def toggled(self, lane: str) -> View:
        """The same view with a lane hidden, or shown again."""
        hidden = set(self.hidden) ^ {lane}
        return replace(self, hidden=tuple(sorted(hidden)))


_MOST_WITHIN = 12
_LONGEST_ANSWER = 4_000
_LONGEST_IMPACT = 12_000


def _small(text: str) -> int:
    return min(int(text), _MOST_WITHIN * 10) if text.isascii() and text.isdigit() and len(text) < 5 else 0


def _slips(said: Mapping[str, str]) -> Iterator[str]:
    """What of an address cannot be, each with what could."""
    for name, known in _CHOICES.items():
        if (value := said.get(name, "")) and value not in known:
            yield f"{name}={value[:40]} is not known here; {name} is {', '.join(known[:-1])} or {known[-1]}"
    for name in ("within", "way"):
        if (value := said.get(name, "")) and not _small(value):
            yield f"{name}={value[:40]} is no number; write a number from 1 on"
    if len(said.get("impact", "")) > _LONGEST_IMPACT:
        yield "the change is too long to be shown here; read its own page"


_CHOICES: Final = {"hops": ("1", "2", "3", "all"), "direction": ("down", "up", "both"), "by": GROUPED_BY}


def _fields(query: str) -> dict[str, list[str]]:
    try:
        return parse_qs(query.lstrip("?"), keep_blank_values=False, max_num_fields=500)
    except ValueError:  # more fields than any address of ours has
        return {}


def link(view: View) -> str:
    """The address of a view.

    >>> link(View(focus="shop/web")), link(View())
    ('/map?focus=shop/web', '/map')
    """
    return f"/map?{view.query}" if view.query else "/map"


@dataclass(frozen=True, slots=True)
class Line:
    """All dependencies of one element on another.

    ``edges``    numbers of the dependencies; of the first steps where hidden elements lie between
    ``group``    number of the group of alternatives that the line belongs to, -1 for none
    ``through``  how many hidden elements lie between the two
    """

    dependent: int
    provider: int
    edges: tuple[int, ...]
    group: int = -1
    through: int = 0

    def is_relation(self, projection: Projection) -> bool:
        """Whether it only says that the two belong together: no outage passes, and nothing is exposed."""
        kinds = (projection.kinds[projection.edges.kind[edge]] for edge in self.edges)
        return not any(kind.carries_impact or kind.exposure for kind in kinds)


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What is on the screen.

    ``elements``  numbers of the elements, in the order of the map
    ``lines``     dependencies among them, by dependent and provider
    ``hops``      the limit in force; ``ALL`` for none
    ``within``    how many elements the focus reaches when nothing is cut
    ``by_focus``, ``by_lane``, ``by_filter``  how many elements the focus, hidden lanes, and filters keep out
    ``fits``      how many would be shown where there is a wall
    ``aside``     how many have no line of their own and stay out until they are asked for
    ``wall``      True where nothing is shown as the map is too large without a focus
    ``cut``       the words for what a limit left out, "" for nothing
    """

    elements: tuple[int, ...]
    lines: tuple[Line, ...]
    hops: int
    within: int
    by_focus: int = 0
    by_lane: int = 0
    by_filter: int = 0
    fits: int = 0
    aside: int = 0
    wall: bool = False
    cut: str = ""


def shown(
    projection: Projection,
    view: View,
    lanes: Sequence[str],
    *,
    narrow: bool = False,
    aside: frozenset[int] = frozenset(),
    companions: Mapping[int, Sequence[int]] | None = None,
    quiet: frozenset[int] = frozenset(),
    sieve: Bools | None = None,
    among: Sequence[int] = (),
    far: Callable[[Projection, int, Direction], Ints] = distances,
) -> Shown:
    """Which elements a view shows. Cost grows with what the focus reaches.

    Args:
        projection: the map.
        view: what the address asks for. A focus that the map does not know is no focus.
        lanes: key of the lane of each element.
        narrow: True on phones, where fewer hops are shown when the address says nothing.
        aside: elements that the whole map leaves out until everything is asked for: people without a service, say.
        companions: element -> elements that belong beside it without a dependency.
        quiet: dependencies that the whole map does not draw until everything is asked for: those on people.
        sieve: which elements filters leave; None for all. The focus is never hidden.
        among: show these alone.
        far: says how far everything is from the focus, for who keeps that.
    """
    focus = _number(projection, view.focus) if not among else None
    hidden = frozenset(view.hidden)
    stays = np.ones(len(projection), np.bool_)
    if hidden:
        stays = np.fromiter((lane not in hidden for lane in lanes), np.bool_, len(projection))
    kept = stays if sieve is None else stays & sieve
    hops, within, cut = ALL, len(projection), ""
    if among:
        kept = np.ones(len(projection), np.bool_)
        chosen = np.array(sorted(set(among))[:WALL], np.int32)
        cut = (
            f"{len(set(among)) - len(chosen):,} more are selected than can be drawn"
            if len(chosen) < len(set(among))
            else ""
        )
    elif focus is None:
        inside = np.ones(len(projection), np.bool_)
        inside[list(aside if not view.everything else ())] = False
        chosen = np.flatnonzero(inside).astype(np.int32)
        fits = int(kept[chosen].sum())
        if fits > (WALL_ON_PHONES if narrow else WALL):
            return Shown((), (), ALL, len(projection), wall=True, fits=fits)
    else:
        distance = far(projection, focus, view.direction)[: len(projection)]
        kept[focus] = True
        nearest, hops, within, cut = _near(np.where(kept, distance, -1), view.hops, narrow=narrow)
        beside = {companion for element in nearest.tolist() for companion in (companions or {}).get(element, ())}
        limit = int(distance[nearest].max(initial=0))
        between = np.flatnonzero((distance >= 0) & (distance <= limit) & ~kept)
        chosen = np.unique(np.concatenate([nearest, between, np.array(sorted(beside), np.int32)])).astype(np.int32)
    elements = tuple(chosen[kept[chosen]].tolist())
    silent = quiet if focus is None and not view.everything else frozenset[int]()
    lines, whole = _lines(projection, frozenset(chosen.tolist()), frozenset(elements), silent)
    if not whole:
        cut = ", ".join(filter(None, [cut, "some lines through hidden elements are left out"]))
    return Shown(
        elements=elements,
        lines=lines,
        hops=hops,
        within=within,
        by_focus=len(projection) - len(chosen) if focus is not None or among else 0,
        aside=len(projection) - len(chosen) if focus is None and not among else 0,
        by_lane=int((~stays)[chosen].sum()) if not among else 0,
        by_filter=int((stays & ~kept)[chosen].sum()),
        cut=cut,
    )


def _number(projection: Projection, name: str) -> int | None:
    try:
        return projection.find(name) if name else None
    except InputError:
        return None


def _near(distance: Ints, hops: int, *, narrow: bool) -> tuple[Ints, int, int, str]:
    """The elements within the hops asked for, the hops in force, how many are in reach, and the words of a cut."""
    reached = np.flatnonzero(distance >= 0).astype(np.int32)
    far = int(distance.max(initial=0))
    counts = np.cumsum(np.bincount(distance[reached], minlength=far + 1))
    within = len(reached)
    most = MOST_BOXES
    if hops < 0:
        most = MOST_AT_FIRST
        hops = ALL if not narrow else 2 if counts[min(2, far)] <= MOST_ON_PHONES else 1
    limit = far if hops == ALL else min(hops, far)
    asked = int(counts[limit])
    if asked <= most:
        return reached[distance[reached] <= limit], hops, within, ""
    fits = max((h for h in range(limit + 1) if counts[h] <= most), default=0)
    kept = reached[distance[reached] <= fits]
    next_ring = reached[distance[reached] == fits + 1]
    if fits == 0:
        kept = np.sort(np.concatenate([kept, next_ring[: most - 1]]))
        drawn = f"only {len(kept) - 1:,} of {len(next_ring):,} neighbours are drawn"
        cut = f"{asked - len(kept):,} more within reach; {drawn}"
        return kept, 1, within, cut
    cut = f"{asked - len(kept):,} more within reach; cut at {fits} {'hop' if fits == 1 else 'hops'}"
    return kept, fits, within, cut


_MOST_STEPS = 200_000
"""So many hidden elements are walked over at most for the lines of one picture: less than a second."""


def lines_among(
    projection: Projection, chosen: frozenset[int], elements: frozenset[int], quiet: frozenset[int]
) -> tuple[Line, ...]:
    """Dependencies among the elements; chains through hidden ones are contracted, not dropped."""
    return _lines(projection, chosen, elements, quiet)[0]


def _lines(
    projection: Projection, chosen: frozenset[int], elements: frozenset[int], quiet: frozenset[int]
) -> tuple[tuple[Line, ...], bool]:
    """As ``lines_among``, and whether nothing had to be left out."""
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    groups: dict[tuple[int, int], int] = {}
    through: dict[tuple[int, int], int] = {}
    steps = _MOST_STEPS
    for element in sorted(elements):
        hidden: dict[int, tuple[int, int]] = {}
        for edge, provider, group in _providers(projection, element):
            if edge in quiet:
                continue
            if provider in elements:
                found[element, provider].append(edge)
                if group >= 0:
                    groups[element, provider] = group
            elif provider in chosen:
                hidden.setdefault(provider, (edge, 1))
        if hidden and steps > 0:
            for provider, (edge, length) in _beyond(projection, hidden, chosen, elements).items():
                if provider != element and (element, provider) not in found:
                    through[element, provider] = length
                    found[element, provider].append(edge)
            steps -= len(hidden)
    lines = (
        Line(*pair, tuple(edges), groups.get(pair, -1), through.get(pair, 0)) for pair, edges in sorted(found.items())
    )
    return tuple(lines), steps > 0


def _beyond(
    projection: Projection, hidden: dict[int, tuple[int, int]], chosen: frozenset[int], elements: frozenset[int]
) -> dict[int, tuple[int, int]]:
    """Shown elements behind hidden ones -> the first edge towards them, and how many hidden ones lie between."""
    found: dict[int, tuple[int, int]] = {}
    queue = deque(hidden)
    while queue:
        element = queue.popleft()
        first, length = hidden[element]
        for _, provider, _ in _providers(projection, element):
            if provider in elements:
                found.setdefault(provider, (first, length))
            elif provider in chosen and provider not in hidden:
                hidden[provider] = (first, length + 1)
                queue.append(provider)
    return found


def _providers(projection: Projection, vertex: int, group: int = -1) -> list[tuple[int, int, int]]:
    """Edge, provider and outermost group of everything that an element depends on directly, groups opened."""
    start, order = projection.uses
    edges, count = order[start[vertex] : start[vertex + 1]], len(projection)
    found = []
    for edge, provider in zip(edges.tolist(), projection.edges.provider[edges].tolist(), strict=True):
        if provider >= count:
            outer = group if group >= 0 else provider - count
            found += _providers(projection, provider, outer)
        else:
            found.append((edge, provider, group))
    return found
