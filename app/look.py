"""How does the explorer look? Tokens and class marks, turned into CSS and into the style of the canvas. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import quote

__all__ = [
    "CODE_FONT",
    "FONT",
    "LOOKS",
    "SCHEMES",
    "TOKENS",
    "Look",
    "Scheme",
    "canvas",
    "css",
    "icon",
    "look_of",
    "tile",
]

Scheme = Literal["light", "dark"]
SCHEMES: Final[tuple[Scheme, Scheme]] = ("light", "dark")

FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif'
CODE_FONT = 'ui-monospace, "Cascadia Mono", Menlo, "Liberation Mono", monospace'
ICONS = Path(__file__).parent / "assets" / "icons"

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


def _uri(svg: str) -> str:
    return "data:image/svg+xml," + quote(svg, safe="=:/ ',.-_!*();@&+$[]~")


def _svg(inside: str, *, size: int = 24, width: int | None = None) -> str:
    side = width or size
    head = f"<svg xmlns='http://www.w3.org/2000/svg' width='{side}' height='{side}' viewBox='0 0 {size} {size}'>"
    return f"{head}{inside}</svg>"


def tile(word: str, scheme: Scheme, *, dim: bool = False) -> str:
    """The mark of a class as a data URI: its icon on its shape.

    >>> tile("team", "light").startswith("data:image/svg+xml,")
    True
    """
    look, side = LOOKS[word], SCHEMES.index(scheme)
    ink = TOKENS["dim-text"][side] if dim else look.ink[side]
    fill = TOKENS["hover"][side] if dim else look.fill[side]
    shape = f"<g fill='{fill}' stroke='{fill}' stroke-width='0'>{_TILES[look.tile]}</g>".replace('"', "'")
    scale, shift = (0.54, 5.5) if look.tile in ("diamond", "arrow") else (0.6, 4.8)
    left = shift - 1.6 if look.tile == "arrow" else shift
    drawing = icon(look.icon).replace('"', "'")
    lines = (
        f"<g transform='translate({left:g} {shift:g}) scale({scale})' fill='none' stroke='{ink}' stroke-width='2.1' "
        f"stroke-linecap='round' stroke-linejoin='round'>{drawing}</g>"
    )
    return _uri(_svg(shape + lines, width=48))


def _fold(scheme: Scheme, name: str) -> str:
    side = SCHEMES.index(scheme)
    paper, line = TOKENS["hover"][side], TOKENS[name][side]
    return _uri(_svg(f"<path d='M.6 0V9.4H10z' fill='{paper}' stroke='{line}' stroke-width='1'/>", size=10, width=20))


def css() -> str:
    """The tokens as ``--sm-*`` variables for both schemes, the icons as masks, the class marks as backgrounds."""
    parts = []
    for scheme in SCHEMES:
        side = SCHEMES.index(scheme)
        values = [f"--sm-{name}:{pair[side]}" for name, pair in TOKENS.items()]
        values += [f'--sm-tile-{slug(word)}:url("{tile(word, scheme)}")' for word in LOOKS]
        values += [f"--sm-ink-{slug(word)}:{look.ink[side]}" for word, look in LOOKS.items()]
        where = ":root" if scheme == "light" else ':root[data-mantine-color-scheme="dark"]'
        parts.append(f"{where}{{color-scheme:{scheme};{';'.join(values)}}}")
    parts += [f".tile-{slug(word)}{{background-image:var(--sm-tile-{slug(word)})}}" for word in LOOKS]
    for file in sorted(ICONS.glob("*.svg")):
        drawing = icon(file.stem).replace('"', "'")
        paint = "" if file.stem.endswith("-filled") else "fill='none' stroke='#000' stroke-width='2'"
        lines = f"<g {paint} stroke-linecap='round' stroke-linejoin='round'>{drawing}</g>"
        parts.append(f'.icon-{file.stem}{{--icon:url("{_uri(_svg(lines))}")}}')
    return "\n".join(parts)


def canvas() -> dict[str, Any]:
    """Everything the canvas needs: per scheme the style sheet, the class marks and the colours of second lines."""
    return {
        scheme: {
            "style": stylesheet(scheme),
            "tiles": {slug(word): tile(word, scheme) for word in LOOKS},
            "dim": {slug(word): tile(word, scheme, dim=True) for word in LOOKS},
            "fold": _fold(scheme, "element-border"),
            "second": TOKENS["text-3"][SCHEMES.index(scheme)],
            "secondDim": TOKENS["dim-text"][SCHEMES.index(scheme)],
            "font": FONT,
        }
        for scheme in SCHEMES
    }


def stylesheet(scheme: Scheme) -> list[dict[str, Any]]:
    """The style sheet of the canvas; class marks and second lines are added in the browser as images."""
    side = SCHEMES.index(scheme)
    ink = {name: pair[side] for name, pair in TOKENS.items()}
    rules: list[tuple[str, dict[str, Any]]] = [
        ("core", {"active-bg-opacity": 0, "selection-box-opacity": 0, "outside-texture-bg-opacity": 0}),
        (
            "node.element",
            {
                "width": "data(w)",
                "height": "data(h)",
                "shape": "round-rectangle",
                "corner-radius": 4,
                "background-color": ink["element"],
                "border-color": ink["element-border"],
                "border-width": 1,
                "label": "data(label)",
                "font-family": FONT,
                "font-size": 12,
                "font-weight": 600,
                "color": ink["text-1"],
                "text-halign": "right",
                "text-valign": "center",
                "text-margin-x": "data(tx)",
                "text-margin-y": "data(ty)",
                "text-wrap": "wrap",
                "text-max-width": "1000px",
                "text-justification": "left",
                "line-height": 1.15,
                "min-zoomed-font-size": 5,
                "overlay-opacity": 0,
                "bounds-expansion": 8,
                "z-index-compare": "manual",
                "z-index": 10,
            },
        ),
        ("node.plain", {"text-margin-y": 0}),
        ("node.far", {"font-size": 14, "text-halign": "center", "text-margin-x": 0, "text-margin-y": 0}),
    ]
    rules += [(f"node.look-{slug(word)}", _outline(look)) for word, look in LOOKS.items()]
    rules += [(f"node.look-{slug(word)}.far", {"background-color": look.fill[side]}) for word, look in LOOKS.items()]
    rules += [
        ("node.stub", {"border-style": "dashed", "border-dash-pattern": [4, 3], "background-color": ink["canvas"]}),
        (
            "node.mark",
            {
                "width": "data(w)",
                "height": 14,
                "shape": "round-rectangle",
                "corner-radius": 7,
                "background-color": ink["surface"],
                "border-color": ink["element-border"],
                "border-width": 1,
                "label": "data(label)",
                "font-family": FONT,
                "font-size": 10.5,
                "color": ink["text-2"],
                "text-valign": "center",
                "text-halign": "center",
                "min-zoomed-font-size": 5,
                "events": "no",
                "z-index-compare": "manual",
                "z-index": 12,
            },
        ),
        (
            "node.dot",
            {
                "width": 4.5,
                "height": 4.5,
                "background-color": ink["line"],
                "events": "no",
                "z-index-compare": "manual",
                "z-index": 4,
            },
        ),
        (
            "edge",
            {
                "width": 1.25,
                "line-color": ink["line"],
                "target-arrow-shape": "triangle",
                "target-arrow-color": ink["line"],
                "arrow-scale": 0.75,
                "curve-style": "bezier",
                "overlay-opacity": 0,
                "z-index-compare": "manual",
                "z-index": 3,
            },
        ),
        (
            "edge.routed",
            {
                "curve-style": "round-segments",
                "segment-distances": "data(distances)",
                "segment-weights": "data(weights)",
                "segment-radii": 6,
                "radius-type": "arc-radius",
                "edge-distances": "endpoints",
                "source-endpoint": "data(from)",
                "target-endpoint": "data(to)",
            },
        ),
        (
            "edge.straight",
            {"curve-style": "straight", "source-endpoint": "data(from)", "target-endpoint": "data(to)"},
        ),
        ("edge.branch", {"curve-style": "straight", "target-endpoint": "data(branchTo)", "target-arrow-shape": "none"}),
        (
            "edge.bent",
            {
                "curve-style": "round-segments",
                "segment-distances": "data(branchDistances)",
                "segment-weights": "data(branchWeights)",
            },
        ),
        ("edge.branch.whole", {"target-endpoint": "data(to)", "target-arrow-shape": "triangle"}),
        (
            "edge.routed.branch.whole",
            {
                "curve-style": "round-segments",
                "segment-distances": "data(distances)",
                "segment-weights": "data(weights)",
            },
        ),
        (
            "edge.loop",
            {"curve-style": "bezier", "loop-direction": "0deg", "loop-sweep": "70deg", "control-point-step-size": 32},
        ),
        ("edge.observed", {"line-style": "dashed", "line-dash-pattern": [5, 3]}),
        ("edge.relation", {"line-style": "dashed", "line-dash-pattern": [8, 3, 2, 3]}),
        ("edge.through", {"line-style": "dashed", "line-dash-pattern": [1, 4], "line-cap": "round", "width": 1.75}),
        ("edge.rest, node.rest", {"visibility": "hidden"}),
        ("edge.rest.on, edge.rest.hover", {"visibility": "visible"}),
        ("node.hover", {"border-color": ink["text-2"]}),
        ("edge.hover", {"line-color": ink["accent"], "target-arrow-color": ink["accent"], "z-index": 7}),
        (
            "node.element.dim",
            {
                "background-color": ink["band"],
                "color": ink["dim-text"],
                "border-color": ink["dim-border"],
                "font-weight": 400,
            },
        ),
        ("node.dot.dim", {"background-color": ink["line-dim"], "z-index": 2}),
        (
            "node.mark.dim",
            {"color": ink["dim-text"], "border-color": ink["dim-border"], "background-color": ink["band"]},
        ),
        ("edge.dim", {"line-color": ink["line-dim"], "target-arrow-color": ink["line-dim"], "z-index": 1}),
        (
            "edge.on",
            {"line-color": ink["line-focus"], "target-arrow-color": ink["line-focus"], "width": 1.5, "z-index": 5},
        ),
        ("edge.touch", {"width": 2, "arrow-scale": 0.8, "z-index": 6}),
        ("node.near", {"border-color": ink["accent"], "border-width": 1.25}),
        (
            "node.focus",
            {
                "border-color": ink["accent"],
                "border-width": 1.5,
                "outline-width": 2.5,
                "outline-color": ink["accent"],
                "outline-offset": 3,
                "z-index": 11,
            },
        ),
        (
            "node.walk",
            {"outline-width": 2, "outline-style": "dashed", "outline-color": ink["text-1"], "outline-offset": 3},
        ),
        ("node.focus.walk", {"outline-width": 2.5, "outline-style": "solid", "outline-color": ink["accent"]}),
    ]
    return [{"selector": selector, "style": style} for selector, style in rules]


def _outline(look: Look) -> dict[str, Any]:
    """The outline of a class's elements; the two with a point take theirs from the data, as it depends on the width."""
    match look.outline:
        case "pentagon" | "folded":
            return {"shape": "polygon", "shape-polygon-points": "data(points)"}
        case "cut":
            return {"shape": "cut-rectangle", "corner-radius": look.radius}
        case "round":
            return {"shape": "round-rectangle", "corner-radius": look.radius}
