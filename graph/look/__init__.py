"""How do pictures of a map look, on a page and in a file? Colours, fonts, and the mark and outline of each class."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal

__all__ = [
    "CODE_FONT",
    "FONT",
    "ICONS",
    "LOOKS",
    "SCHEMES",
    "TOKENS",
    "Look",
    "Outline",
    "Scheme",
    "icon",
    "look_of",
    "marked",
    "slug",
    "tile",
]

Scheme = Literal["light", "dark"]
SCHEMES: Final[tuple[Scheme, Scheme]] = ("light", "dark")

FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif'
CODE_FONT = 'ui-monospace, "Cascadia Mono", Menlo, "Liberation Mono", monospace'
ICONS = Path(__file__).parent / "icons"

# name: light, dark
TOKENS: Final[Mapping[str, tuple[str, str]]] = {
    "canvas": ("#FCFCFD", "#0F1317"),
    "band": ("#F2F4F7", "#161B21"),
    "surface": ("#FFFFFF", "#14181E"),
    "subtle": ("#F5F6F8", "#1B2028"),
    "hover": ("#ECEFF3", "#232A33"),
    "border": ("#E2E5EA", "#272E38"),
    "border-strong": ("#C5CBD4", "#3C4653"),
    "element": ("#FFFFFF", "#1D232B"),
    "element-border": ("#9CA6B4", "#56616F"),
    "text-1": ("#171C24", "#E8EBF0"),
    "text-2": ("#475160", "#B4BCC8"),
    "text-3": ("#626C7B", "#929CAA"),
    "accent": ("#3F51C7", "#94A2FF"),
    "on-accent": ("#FFFFFF", "#10131F"),
    "accent-fill": ("#ECEFFC", "#262D52"),
    "accent-text": ("#3445B4", "#B3BDFF"),
    "dim-text": ("#7A8494", "#727D8C"),
    "dim-border": ("#DDE1E7", "#2A313A"),
    "down": ("#B3261E", "#FF9A8F"),
    "down-mark": ("#B3261E", "#E5594C"),
    "down-fill": ("#FCE9E7", "#4A1B18"),
    "degraded": ("#9C5700", "#F6B25A"),
    "degraded-mark": ("#BD7100", "#EFA13A"),
    "degraded-fill": ("#FFEBCF", "#43300F"),
    "risk": ("#756500", "#E8D85A"),
    "risk-mark": ("#9A8800", "#E3CC2E"),
    "risk-fill": ("#FBF5C8", "#3A360F"),
    "unknown": ("#5F4B9B", "#BBA9F2"),
    "unknown-mark": ("#7A64BE", "#A48FE8"),
    "unknown-fill": ("#EFEBF9", "#2F2748"),
    "unaffected": ("#5E6978", "#98A2B0"),
    "good": ("#08765A", "#4CC9A1"),
    "good-fill": ("#DFF4EC", "#0F3A2E"),
    "line": ("#7B8798", "#6C7889"),
    "line-dim": ("#D5DAE1", "#2A313B"),
    "line-focus": ("#3F51C7", "#94A2FF"),
    "line-proof": ("#B3261E", "#E5594C"),
    "line-group": ("#AAB4C3", "#3C4653"),
    "line-group-focus": ("#8492DD", "#5B68B8"),
}

Outline = Literal["pentagon", "round", "cut", "folded"]


@dataclass(frozen=True, slots=True)
class Look:
    """How a class is told from others: icon, colours (light, dark), shape of the tile, outline of the element."""

    icon: str
    ink: tuple[str, str]
    fill: tuple[str, str]
    tile: str
    outline: Outline
    radius: float = 0.0
    extra_width: int = 0


def _rounded(radius: float) -> str:
    return f'<rect width="24" height="24" rx="{radius:g}"/>'


def _polygon(points: str) -> str:
    return f'<polygon points="{points}" stroke-width="1.5" stroke-linejoin="round"/>'


_TILES: Final[Mapping[str, str]] = {
    "arrow": _polygon("1,2 16,2 23,12 16,22 1,22"),
    "square-7": _rounded(7),
    "hexagon": _polygon("12,1 22,6.5 22,17.5 12,23 2,17.5 2,6.5"),
    "square-3": _rounded(3),
    "diamond": _polygon("12,.8 23.2,12 12,23.2 .8,12"),
    "octagon": _polygon("7.5,1 16.5,1 23,7.5 23,16.5 16.5,23 7.5,23 1,16.5 1,7.5"),
    "square-1": _rounded(1),
    "circle": '<circle cx="12" cy="12" r="12"/>',
    "page": '<path d="M2 2a2 2 0 0 1 2-2h12l6 6v16a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2z"/>',
}

_GROUND = (("#4F5B6B", "#B3BDCA"), ("#E6EAEF", "#303945"))
_PARTY = (("#3A3F47", "#D5D9DF"), ("#E9EAED", "#333A44"))
_QUIET = (("#475160", "#B4BCC8"), ("#F5F6F8", "#1B2028"))

# by the word that map files and screens use for the class; classes below one of these share its look
LOOKS: Final[Mapping[str, Look]] = {
    "process": Look("arrow-big-right", ("#736A00", "#DED26A"), ("#F6F2CC", "#3B370F"), "arrow", "pentagon", 0, 10),
    "business service": Look("briefcase", ("#0B65A3", "#6DB8EC"), ("#E3F0FA", "#12324A"), "square-7", "round", 10),
    "technical service": Look("settings-2", ("#08765A", "#4CC9A1"), ("#DFF4EC", "#0F3A2E"), "hexagon", "round", 8),
    "service": Look("package", ("#08765A", "#4CC9A1"), ("#DFF4EC", "#0F3A2E"), "hexagon", "round", 8),
    "application": Look("app-window", ("#2B86BE", "#92D2F7"), ("#E4F3FC", "#183A4E"), "square-3", "round", 4),
    "vendor service": Look(
        "building-skyscraper", ("#966000", "#EFB653"), ("#FBEFD6", "#44320F"), "diamond", "folded", 0, 4
    ),
    "platform": Look("stack-2", ("#A0497F", "#E6A3CB"), ("#F8E8F2", "#452338"), "octagon", "cut", 6),
    "infrastructure": Look("server-2", *_GROUND, "square-1", "round", 1.5),
    "location": Look("building-warehouse", *_GROUND, "square-1", "round", 1.5),
    "person": Look("user", *_PARTY, "circle", "round", 17),
    "team": Look("users", *_PARTY, "circle", "round", 17),
    "role": Look("id", *_PARTY, "circle", "round", 17),
    "agreement": Look("file-certificate", *_QUIET, "page", "round", 4),
    "offering": Look("tag", *_QUIET, "page", "round", 4),
    "tool": Look("tool", *_QUIET, "square-3", "round", 4),
    "policy": Look("list-details", *_QUIET, "octagon", "cut", 6),
    "incident": Look("clock", *_QUIET, "circle", "round", 10),
    "reference model": Look("table", *_QUIET, "square-1", "round", 1.5),
    "element": Look("point", *_QUIET, "square-3", "round", 4),
}


# classes beside those, by the look that they share without being below it
_LIKE: Final[Mapping[str, str]] = {
    "business capability": "process",
    "component": "application",
    "instance": "application",
    "data set": "platform",
    "resource": "infrastructure",
    "certificate": "infrastructure",
    "backup": "tool",
    "environment": "location",
    "failure domain": "location",
    "subscription": "location",
    "resource group": "location",
    "organisation": "team",
    "supplier": "team",
    "customer": "team",
    "access group": "team",
    "activity": "process",
    "step": "process",
    "swimlane": "process",
    "management group": "location",
    "resource provider": "platform",
    "data flow": "platform",
    **dict.fromkeys(("deployment template", "response plan", "recovery plan", "runbook"), "agreement"),
    **dict.fromkeys(("control", "requirement", "risk", "exception", "naming convention", "access role"), "policy"),
    **dict.fromkeys(("separation of duties", "layer rule", "business impact analysis", "budget"), "policy"),
    **dict.fromkeys(("problem", "known error", "change", "service request", "recovery test"), "incident"),
    **dict.fromkeys(("maintenance window", "change freeze"), "incident"),
    **dict.fromkeys(
        ("model box", "principle", "concept", "lesson", "deliverable", "operating mode"), "reference model"
    ),
}


def look_of(words: tuple[str, ...]) -> str:
    """The look of a class, given its own word and those of its ancestors from near to far.

    >>> look_of(("virtual machine", "infrastructure", "element"))
    'infrastructure'
    >>> look_of(("something new",))
    'element'
    """
    return next((_LIKE.get(word, word) for word in words if word in LOOKS or word in _LIKE), "element")


def slug(word: str) -> str:
    """A word as part of a CSS class.

    >>> slug("business service")
    'business-service'
    """
    return re.sub(r"[^a-z0-9]+", "-", word.lower()).strip("-")


@cache
def icon(name: str) -> str:
    """The drawing inside an icon of 24 by 24, without its ``svg`` tag. Raises FileNotFoundError for unknown names."""
    text = (ICONS / f"{name}.svg").read_text("utf-8")
    drawing = re.sub(r"<svg.*?>|</svg>|<path stroke=\"none\"[^>]*/>", "", text, flags=re.DOTALL)
    return " ".join(drawing.split())


def tile(word: str, scheme: Scheme, *, dim: bool = False) -> str:
    """The mark of a class as the inside of an SVG of 24 by 24: its icon on its shape."""
    look, side = LOOKS[word], SCHEMES.index(scheme)
    ink = TOKENS["dim-text"][side] if dim else look.ink[side]
    return marked(word, ink, TOKENS["hover"][side] if dim else look.fill[side])


def marked(word: str, ink: str, fill: str) -> str:
    """The same mark in two colours of any kind, as SVG has them."""
    look = LOOKS[word]
    shape = f"<g fill='{fill}' stroke='{fill}' stroke-width='0'>{_TILES[look.tile]}</g>".replace('"', "'")
    scale, shift = (0.54, 5.5) if look.tile in ("diamond", "arrow") else (0.6, 4.8)
    left = shift - 1.6 if look.tile == "arrow" else shift
    drawing = icon(look.icon).replace('"', "'")
    return shape + (
        f"<g transform='translate({left:g} {shift:g}) scale({scale})' fill='none' stroke='{ink}' stroke-width='2.1' "
        f"stroke-linecap='round' stroke-linejoin='round'>{drawing}</g>"
    )
