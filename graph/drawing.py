"""What does a picture of a map show, before anybody draws it? Cards, lines and lanes, with the words on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Card", "Drawing", "Row", "Stroke"]


@dataclass(frozen=True, slots=True)
class Card:
    """An element as it is drawn: two lines of text, a look, and the words that are said about it."""

    id: str
    label: str
    second: str
    kind: str
    look: str
    lane: str
    width: float
    height: float
    stub: bool = False
    beside: tuple[str, ...] = ()
    """Ids of the elements that light up with this one though no line leads there (the team that owns it)."""
    full: str = ""
    """The whole name, where the label had to be cut."""


@dataclass(frozen=True, slots=True)
class Row:
    """A lane as the screens name it."""

    key: str
    label: str
    look: str


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line as it is drawn, from the card that needs to the other; ``id`` is that of its route.

    ``style`` is "relation" where no outage passes, "through" where it stands for a way over cards that are left out.
    """

    id: str
    dependent: str
    provider: str
    said: str
    style: Literal["solid", "relation", "through"] = "solid"


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """A picture of a map, for whoever draws it; where everything is says its ``Layout``.

    ``marks``   group of alternatives -> the words of its mark ("1 of 2")
    ``notes``   what is not in the picture, in words
    ``states``  card -> how it fares: "down", "degraded" or "at risk"
    ``focus``   the card in the middle, which gets a ring
    """

    title: str
    cards: tuple[Card, ...]
    strokes: tuple[Stroke, ...]
    rows: tuple[Row, ...]
    marks: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    states: Mapping[str, str] = field(default_factory=dict)
    focus: str = ""
