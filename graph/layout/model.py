"""What goes into a picture of the map, and what comes out? Boxes, lines and lanes; positions, bands and routes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = [
    "Box",
    "Lane",
    "LaneBand",
    "Layout",
    "Line",
    "Mark",
    "Place",
    "Point",
    "Rect",
    "Route",
    "Row",
    "Strand",
]

Point = tuple[float, float]


@dataclass(frozen=True, slots=True, order=True)
class Box:
    """An element as the picture sees it: its id, the lane that it stands in, and its size in pixels."""

    id: str
    lane: str
    width: float
    height: float = 34.0


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """A dependency: ``source`` needs ``target``. Lines of one ``group`` leave their source from one port."""

    source: str
    target: str
    id: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane of the map: its key, and the height that its title needs in the title column."""

    key: str
    title_height: float = 34.0


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle; ``x`` and ``y`` are its top left corner, y grows downwards.

    >>> Rect(10, 20, 100, 34).centre
    (60.0, 37.0)
    """

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The x of the right side."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The y of the lower side."""
        return self.y + self.height

    @property
    def centre(self) -> Point:
        """The middle, which is what Cytoscape calls the position of a node."""
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class LaneBand:
    """The band of a lane, right of the title column."""

    key: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Route:
    """The way of one line, from the side of its source to the side of its target: vertical and horizontal pieces."""

    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """Where the mark of a group ("1 of 2") belongs: the point on the side of its element where the lines leave."""

    group: str
    box: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Place:
    """An item of a row: a box (``way`` empty), or the trunk to a box passing "down" or "up" through the row.

    A strand that runs apart from that trunk has the way "down apart" or "up apart".
    """

    id: str
    way: str
    x: float


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a lane from left to right, kept so that the next picture can start from this one."""

    lane: str
    shelf: bool
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True, order=True)
class Strand:
    """Lines that run apart from their trunk until they arrive: the provider, "down" or "up", and who needs it."""

    target: str
    way: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """A picture of the map. The same input gives an equal ``Layout``; it is a value and can be stored.

    Attributes:
        positions: rectangle of each box.
        lanes: bands from top to bottom; lanes without boxes have none.
        routes: route of each line, from source to target; lines from a box to itself have none.
        dots: points where lines to one provider join.
        marks: where the marks of groups belong.
        loops: ids of the lines from a box to itself.
        width: width of the picture, title column included.
        height: height of the picture.
        title_width: width of the title column; no line enters it.
        rows: order of boxes and trunks, the seed of the next picture.
        strands: lines that run apart from their trunk; the next picture keeps them so.
        fingerprint: digest of what the picture was made from.
    """

    positions: Mapping[str, Rect] = field(default_factory=dict)
    lanes: tuple[LaneBand, ...] = ()
    routes: Mapping[str, Route] = field(default_factory=dict)
    dots: tuple[Point, ...] = ()
    marks: tuple[Mark, ...] = ()
    loops: tuple[str, ...] = ()
    width: float = 0.0
    height: float = 0.0
    title_width: float = 0.0
    rows: tuple[Row, ...] = ()
    strands: tuple[Strand, ...] = ()
    fingerprint: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the picture as lists, texts and numbers; ``from_json`` reads it back."""
        return {
            "positions": {k: [r.x, r.y, r.width, r.height] for k, r in self.positions.items()},
            "lanes": [[b.key, b.x, b.y, b.width, b.height] for b in self.lanes],
            "routes": {k: [list(p) for p in r.points] for k, r in self.routes.items()},
            "dots": [list(p) for p in self.dots],
            "marks": [[m.group, m.box, m.x, m.y] for m in self.marks],
            "loops": list(self.loops),
            "size": [self.width, self.height, self.title_width],
            "rows": [[r.lane, r.shelf, [[p.id, p.way, p.x] for p in r.places]] for r in self.rows],
            "strands": [[s.target, s.way, list(s.sources)] for s in self.strands],
            "fingerprint": self.fingerprint,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Layout:
        """Read what ``to_json`` wrote.

        >>> Layout.from_json(Layout(width=3.0).to_json()) == Layout(width=3.0)
        True
        """
        width, height, title_width = data["size"]
        return cls(
            positions={k: Rect(*r) for k, r in data["positions"].items()},
            lanes=tuple(LaneBand(*b) for b in data["lanes"]),
            routes={k: Route(tuple((x, y) for x, y in r)) for k, r in data["routes"].items()},
            dots=tuple((x, y) for x, y in data["dots"]),
            marks=tuple(Mark(*m) for m in data["marks"]),
            loops=tuple(data["loops"]),
            width=width,
            height=height,
            title_width=title_width,
            rows=tuple(Row(lane, shelf, tuple(Place(*p) for p in places)) for lane, shelf, places in data["rows"]),
            strands=tuple(Strand(target, way, tuple(sources)) for target, way, sources in data.get("strands", ())),
            fingerprint=data["fingerprint"],
        )
