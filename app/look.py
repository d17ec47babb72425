"""How does the explorer look? Tokens and class marks, turned into CSS and into the style of the canvas. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from graph.look import FONT, ICONS, LOOKS, SCHEMES, TOKENS, Look, Scheme, icon, slug
from graph.look import tile as mark

__all__ = ["badge_drawing", "canvas", "css", "tile"]


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
    return _uri(_svg(mark(word, scheme, dim=dim), width=48))


def _fold(scheme: Scheme, name: str) -> str:
    side = SCHEMES.index(scheme)
    paper, line = TOKENS["hover"][side], TOKENS[name][side]
    return _uri(_svg(f"<path d='M.6 0V9.4H10z' fill='{paper}' stroke='{line}' stroke-width='1'/>", size=10, width=20))


_BADGES = {
    "broken": ("<path d='M5 1h5l4 4v5l-4 4H5l-4-4V5z' fill='{down-mark}'/>", "M5 5l5 5m0-5l-5 5", "surface"),
    "promise": ("<path d='M2.5 .8h6.7l3.6 3.6v9.8H2.5z' fill='{degraded-mark}'/>", "M7.5 5v3.6m0 2.4v.2", "surface"),
    "change": ("<rect x='1' y='1' width='13' height='13' rx='3' fill='{accent}'/>", "M4 4h7v7H4zm0 2.4h7", "on-accent"),
    "down": ("<path d='M5 1h5l4 4v5l-4 4H5l-4-4V5z' fill='{down-mark}'/>", "M5 5l5 5m0-5l-5 5", "surface"),
    "degraded": ("<path d='M.6 1.4h13.8L7.5 14z' fill='{degraded-mark}'/>", "M7.5 4v3.6m0 2v.2", "surface"),
    "risk": ("<path d='M7.5 .7l6.8 6.8-6.8 6.8L.7 7.5z' fill='{risk-mark}'/>", "M7.5 4v4m0 2.6v.2", "surface"),
    "finding": ("<path d='M7.5 1L14.4 13.6H.6z' fill='{degraded-mark}'/>", "M7.5 5.4v4m0 2v.2", "surface"),
}


_STATES = ("down", "degraded", "risk")


def badge(kind: str, scheme: Scheme) -> str:
    """The mark of a badge as a data URI: a shape of its own, with a sign, so that colour is not all that tells.

    >>> badge("finding", "dark").startswith("data:image/svg+xml,")
    True
    """
    side = SCHEMES.index(scheme)
    drawn = _svg(badge_drawing(kind, {name: pair[side] for name, pair in TOKENS.items()}), size=15, width=45)
    return "data:image/svg+xml," + quote(drawn, safe="")  # the canvas parts a list of images at spaces


def badge_drawing(kind: str, ink: Mapping[str, str]) -> str:
    """The same as the inside of an SVG of 15 by 15, in colours of any kind."""
    shape, sign, stroke = _BADGES[kind]
    for name, colour in ink.items():
        shape = shape.replace(f"{{{name}}}", colour)
    return f"{shape}<path d='{sign}' fill='none' stroke='{ink[stroke]}' stroke-width='1.5' stroke-linecap='round'/>"


def css() -> str:
    """The tokens as ``--sm-*`` variables for both schemes, the icons as masks, the class marks as backgrounds."""
    parts = []
    for scheme in SCHEMES:
        side = SCHEMES.index(scheme)
        values = [f"--sm-{name}:{pair[side]}" for name, pair in TOKENS.items()]
        values += [f'--sm-tile-{slug(word)}:url("{tile(word, scheme)}")' for word in LOOKS]
        values += [f"--sm-ink-{slug(word)}:{look.ink[side]}" for word, look in LOOKS.items()]
        values += [f"--sm-fill-{slug(word)}:{look.fill[side]}" for word, look in LOOKS.items()]
        values += [f'--sm-badge-{kind}:url("{badge(kind, scheme)}")' for kind in _BADGES]
        where = ":root" if scheme == "light" else ':root[data-mantine-color-scheme="dark"], [data-drawn="dark"]'
        parts.append(f"{where}{{color-scheme:{scheme};{';'.join(values)}}}")
    parts += [f".tile-{slug(word)}{{background-image:var(--sm-tile-{slug(word)})}}" for word in LOOKS]
    parts += [f".corner-{kind}{{background-image:var(--sm-badge-{kind})}}" for kind in _BADGES]
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
            "secondState": {state: TOKENS[state][SCHEMES.index(scheme)] for state in _STATES},
            "font": FONT,
        }
        for scheme in SCHEMES
    }


def _gathered(scheme: Scheme, ink: Mapping[str, str]) -> list[tuple[str, dict[str, Any]]]:
    """Cards, frames, numbers and bundles of an overview; what is on a card is an image that the server drew."""
    image = {
        "background-image": f"data({scheme})",
        "background-width": "100%",
        "background-height": "100%",
        "background-position-x": "0px",
        "background-position-y": "0px",
        "background-clip": "none",
        "label": "",
    }
    card = {**image, "corner-radius": 10, "shape": "round-rectangle"}
    number = {
        "width": "data(w)",
        "height": 16,
        "shape": "round-rectangle",
        "corner-radius": 4,
        "background-color": ink["canvas"],
        "border-width": 0,
        "label": "data(label)",
        "font-family": FONT,
        "font-size": 11,
        "color": ink["text-2"],
        "text-valign": "center",
        "text-halign": "center",
        "min-zoomed-font-size": 5,
        "events": "no",
        "z-index-compare": "manual",
        "z-index": 8,
    }
    frame = {
        "width": "data(w)",
        "height": "data(h)",
        "shape": "round-rectangle",
        "corner-radius": 10,
        "background-color": ink["band"],
        "border-color": ink["accent"],
        "border-width": 1.5,
        "background-image": f"data({scheme})",
        "background-width": "100%",
        "background-height": "44px",
        "font-family": FONT,
        "font-weight": 600,
        "color": ink["text-1"],
        "background-position-x": "0px",
        "background-position-y": "0px",
        "background-clip": "none",
        "events": "no",
        "z-index-compare": "manual",
        "z-index": 2,
    }
    far = {
        "background-image": "none",
        "label": "data(label)",
        "font-size": 22,
        "text-max-width": "190px",
        "text-justification": "center",
    }
    behind = {
        "text-background-color": ink["canvas"],
        "text-background-opacity": 1,
        "text-background-padding": "1px",
        "text-background-shape": "round-rectangle",
    }
    return [
        ("node.gathered", card),
        ("node.gathered.far", far),
        ("node.others", {"border-style": "dashed", "border-dash-pattern": [4, 3], "background-color": ink["canvas"]}),
        ("node.handle", {"border-width": 0, "background-opacity": 0, "corner-radius": 6, "z-index": 11}),
        ("node.handle.far", {"label": "", "background-image": f"data({scheme})"}),
        ("node.frame", frame),
        ("node.frame.far", {**far, "text-halign": "center", "text-valign": "top", "text-margin-y": 30}),
        ("node.number", number),
        ("node.number.far", {"font-size": 17, **behind}),
        ("node.number.under", {"text-opacity": 0, "text-background-opacity": 0, "background-opacity": 0}),
    ]


def _bundles(scheme: Scheme, ink: Mapping[str, str]) -> list[tuple[str, dict[str, Any]]]:
    """Bundles of an overview, as thick as they count."""
    colour = ink["line-group" if scheme == "light" else "line"]
    plain = {"line-color": colour, "target-arrow-color": colour}
    trunk = {"events": "no", "line-cap": "round", "z-index": 2}
    return [
        ("edge.bundle", {**plain, "width": "data(width)", "arrow-scale": 0.9, "segment-radii": 10}),
        ("edge.trunk", trunk),
        ("edge.shaft", {"target-arrow-shape": "none"}),
    ]


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
        *(
            (
                f"node.st-{state}",
                {"background-color": ink[f"{state}-fill"], "border-color": ink[f"{state}-mark"], "border-width": 1.5},
            )
            for state in _STATES
        ),
        (
            "node.changed",
            {"border-style": "double", "border-width": 5},
        ),
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
        *_gathered(scheme, ink),
        (
            "node.badge",
            {
                "width": 15,
                "height": 15,
                "shape": "rectangle",
                "background-opacity": 0,
                "background-fit": "contain",
                "events": "no",
                "z-index-compare": "manual",
                "z-index": 13,
            },
        ),
        *((f"node.badge-{kind}", {"background-image": badge(kind, scheme)}) for kind in _BADGES),
        ("node.badge.dim", {"background-image-opacity": 0.35}),
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
        *_bundles(scheme, ink),
        (
            "edge.loop",
            {"curve-style": "bezier", "loop-direction": "0deg", "loop-sweep": "70deg", "control-point-step-size": 32},
        ),
        ("edge.observed", {"line-style": "dashed", "line-dash-pattern": [5, 3]}),
        ("edge.relation", {"line-style": "dashed", "line-dash-pattern": [8, 3, 2, 3]}),
        ("edge.through", {"line-style": "dashed", "line-dash-pattern": [1, 4], "line-cap": "round", "width": 1.75}),
        ("edge.rest", {"visibility": "hidden"}),
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
            {
                "line-color": ink["line-group-focus"],
                "target-arrow-color": ink["line-group-focus"],
                "width": 1.5,
                "z-index": 5,
            },
        ),
        (
            "edge.touch",
            {
                "line-color": ink["line-focus"],
                "target-arrow-color": ink["line-focus"],
                "width": 2,
                "arrow-scale": 0.8,
                "z-index": 6,
            },
        ),
        (
            "edge.stops",
            {
                "line-style": "dashed",
                "line-dash-pattern": [2, 4],
                "line-color": ink["degraded"],
                "target-arrow-color": ink["degraded"],
            },
        ),
        ("edge.on.hover", {"line-color": ink["accent"], "target-arrow-color": ink["accent"], "z-index": 7}),
        ("edge.bundle.on", {"width": "data(width)", "arrow-scale": 0.9}),
        ("node.near", {"border-color": ink["accent"], "border-width": 1.25}),
        (
            "node.meant",
            {"border-color": ink["accent"], "border-width": 2, "outline-width": 2, "outline-color": ink["accent"]},
        ),
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
        ("node.asked", _asked(ink, 3, 5)),
        ("node.asked.far", _asked(ink, 5, 10)),
        ("node.gathered.asked", {"underlay-opacity": 0}),
        (
            "node.walk",
            {"outline-width": 2, "outline-style": "dashed", "outline-color": ink["text-1"], "outline-offset": 3},
        ),
        ("node.focus.walk", {"outline-width": 2.5, "outline-style": "solid", "outline-color": ink["accent"]}),
    ]
    return [{"selector": selector, "style": style} for selector, style in rules]


def _asked(ink: Mapping[str, str], ring: int, halo: int) -> dict[str, Any]:
    """What was asked for: a thick ring and a halo around it, which nothing beside it has."""
    return {
        "border-color": ink["accent"],
        "border-width": 2,
        "outline-width": ring,
        "outline-color": ink["accent"],
        "outline-offset": 1,
        "underlay-color": ink["accent"],
        "underlay-opacity": 0.22,
        "underlay-padding": halo,
        "underlay-shape": "round-rectangle",
        "z-index": 11,
    }


def _outline(look: Look) -> dict[str, Any]:
    """The outline of a class's elements; the two with a point take theirs from the data, as it depends on the width."""
    match look.outline:
        case "pentagon" | "folded":
            return {"shape": "polygon", "shape-polygon-points": "data(points)"}
        case "cut":
            return {"shape": "cut-rectangle", "corner-radius": look.radius}
        case "round":
            return {"shape": "round-rectangle", "corner-radius": look.radius}
