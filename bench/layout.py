r"""How good and how fast are the pictures? Beside Graphviz dot, dagre and plain lanes, on real and on generated maps.

    python bench/layout.py --compose compose.yaml compose.extra.yaml --catalogue service-catalog.yml \\
        --generator generate.py --maps data/enterprise ONLINE-BOUTIQUE SOCK-SHOP --peers FOLDER-WITH-DAGRE --draw out

Each option adds maps; without any, only the map that is written in this file is laid out. ``--maps`` takes folders
that servicemap opens, and lays them out as the map page does. With ``--peers``, each map is drawn by the others too,
with the rows that our engine gave the boxes, and measured by ``bench/measures.py``: first as it is, then after each of
four edits (a box less, a box more, a line less, a line more). ``--draw`` writes an SVG of each map into a folder.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from html import escape
from pathlib import Path
from random import Random

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.measures import Drawn, moved, quality
from bench.peers import dagre, dot, ours, plain, ranks
from graph.layout import Box, Lane, Layout, Line, Rect, layout
from graph.layout.widths import label

Map = tuple[list[Box], list[Line], list[Lane], dict[str, str]]

SHOP = {
    "Processes": "Take an order>Online ordering;Pick and pack>Online ordering,Click and collect;"
    "Hand over in store>Click and collect;Reward a customer>Loyalty programme",
    "Business services": "Online ordering>Delivery slots,Storefront,Checkout,Order management,Customer accounts;"
    "Click and collect>Order management,Stock availability;Loyalty programme>Customer accounts,Points ledger",
    "Technical services": "Delivery slots>Slot planner;Storefront>Product search,Web shop;"
    "Checkout>Payments,Basket,Stock availability;Order management>Order hub,Stock availability,Notifications;"
    "Customer accounts>Customer identity,Profile store;Product search>Search index;Payments>Payment gateway;"
    "Stock availability>Stock ledger;Notifications>Message relay;Customer identity>Sign-on",
    "Applications": "Slot planner>Geolane,SQL cluster;Web shop>Object store,API gateway,Kubernetes;"
    "Basket>Session cache,Kubernetes;Order hub>Event bus,SQL cluster,Kubernetes;Profile store>SQL cluster;"
    "Points ledger>SQL cluster;Search index>Object store,Kubernetes;"
    "Payment gateway>Kortex Pay,Secrets vault,Kubernetes;"
    "Stock ledger>SQL cluster,Event bus,Kubernetes;Message relay>Mailbeam,Event bus;"
    "Sign-on>Secrets vault,Session cache",
    "Vendor services": "Geolane;Kortex Pay;Mailbeam",
    "Platform": "API gateway>Edge firewall;Object store>Storage account,Node pool B;"
    "Kubernetes>Node pool A|pools,Node pool B|pools;Event bus>Storage account;Session cache>Node pool A;"
    "Secrets vault>Key module;SQL cluster>SQL replica 1|replicas,SQL replica 2|replicas",
    "Infrastructure": "Edge firewall>Zone 2;Node pool B>Zone 2;Node pool A>Zone 1;Storage account;Key module>Zone 1;"
    "SQL replica 1>Zone 1;SQL replica 2>Zone 1",
    "Locations": "Zone 1;Zone 2",
    "Teams": "Web;Checkout team;Orders;Delivery;Stock;Customer;Identity;Platform team",
}
COMPOSE_LANES = {
    "Entry": ("load-generator", "frontend-proxy", "flagd-ui", "llm"),
    "Front end": ("frontend", "image-provider"),
    "Data": ("valkey-cart", "kafka", "flagd", "astronomy-db", "postgresql"),
    "Observability": ("grafana", "otel-collector", "jaeger", "opensearch", "prometheus"),
}
MOST_EDITED, PATIENCE = 300, 20.0
KINDS = ["Business services", "Technical services", "Applications", "Components", "Platform", "Resources", "Groups"]


def main() -> None:
    """Measure what the options name, and print a line per map."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--compose", type=Path, nargs="+", help="Compose files that belong together")
    parser.add_argument("--catalogue", type=Path, help="GitLab's service catalogue")
    parser.add_argument("--generator", type=Path, help="a module with build(n, seed)")
    parser.add_argument("--sizes", default="50,200,1000", help="sizes of the generated maps")
    parser.add_argument("--maps", type=Path, nargs="+", default=[], help="folders of maps")
    parser.add_argument("--peers", type=Path, help="compare; the folder where dagre was installed with npm")
    parser.add_argument("--draw", type=Path, help="a folder for pictures")
    options = parser.parse_args()
    if options.peers:
        compare(options)
        return
    layout(*shop()[:3])
    print(f"{'map':22}{'boxes/lines':>12}{'size':>14}{'ink x':>8}{'bends':>7}{'jogs':>6}{'seconds':>9}")
    for name, (boxes, lines, lanes, names) in maps(options):
        times = []
        for _ in range(2 if len(boxes) > 300 else 5):
            begun = time.process_time()
            made = layout(boxes, lines, lanes)
            times.append(time.process_time() - begun)
        bends = sum(len(r.points) - 2 for r in made.routes.values()) / max(1, len(made.routes))
        print(
            f"{name:22}{f'{len(boxes)}/{len(lines)}':>12}{f'{made.width:.0f}x{made.height:.0f}':>14}"
            f"{ink_crossings(made, lines):>8}{bends:>7.1f}{short_jogs(made):>6}{min(times):>9.3f}"
        )
        if options.draw:
            options.draw.mkdir(parents=True, exist_ok=True)
            (options.draw / f"{name}.svg").write_text(svg(made, names), encoding="utf-8")


def compare(options: argparse.Namespace) -> None:
    """Print a line for each map and engine."""
    columns = (("map", -22), ("engine", -8), ("ink x", 7), ("false", 7), ("through", 9), ("bends", 7), ("length", 8))
    columns += (("area", 7), ("seconds", 9), ("moved px", 10), ("> 24 px", 9))
    print("".join(f"{word:<{-width}}" if width < 0 else f"{word:>{width}}" for word, width in columns))
    for name, (boxes, every, lanes, _) in maps(options):
        lines = [line for line in every if line.source != line.target]
        first = layout(boxes, lines, lanes)
        print(f"{name} {len(boxes)}/{len(lines)}, {len(set(ranks(first).values()))} rows", flush=True)
        for engine, draw in _engines(lanes, options.peers).items():
            _print(engine, draw, boxes, lines, first, edits=len(boxes) <= MOST_EDITED)


Draw = Callable[[list[Box], list[Line], Layout | None], Drawn | tuple[Drawn, float] | str]


def _engines(lanes: list[Lane], folder: Path) -> dict[str, Draw]:
    """Who draws; the last argument is the last picture, of which only our engine makes use."""
    return {
        "ours": lambda boxes, lines, seed: ours(layout(boxes, lines, lanes, previous=seed)),
        "dot": lambda boxes, lines, _: dot(boxes, lines, _of(boxes, lines, lanes), seconds=PATIENCE),
        "dagre": lambda boxes, lines, _: dagre(boxes, lines, _of(boxes, lines, lanes), folder, seconds=PATIENCE),
        "lanes": lambda boxes, lines, _: plain(boxes, lines, _of(boxes, lines, lanes)),
    }


def _of(boxes: list[Box], lines: list[Line], lanes: list[Lane]) -> dict[str, int]:
    return _ranked(tuple(boxes), tuple(lines), tuple(lanes))


@cache
def _ranked(boxes: tuple[Box, ...], lines: tuple[Line, ...], lanes: tuple[Lane, ...]) -> dict[str, int]:
    """The rows that our engine gives from scratch: what all others get."""
    return ranks(layout(boxes, lines, lanes))


def _print(
    engine: str,
    draw: Draw,
    boxes: list[Box],
    lines: list[Line],
    seed: Layout,
    *,
    edits: bool,
) -> None:
    if engine == "ours" or len(boxes) <= MOST_EDITED:
        draw(boxes, lines, None)  # what is compiled, loaded and ranked counts for nobody
    begun = sum(os.times()[:4])
    made = draw(boxes, lines, None)
    seconds = sum(os.times()[:4]) - begun  # of processors, of other programs too
    if isinstance(made, str):
        print(f"{'':22}{engine:8} {made}", flush=True)
        return
    made = made[0] if isinstance(made, tuple) else made
    found = quality(made, lines)
    bends = "-" if found.bends is None else f"{found.bends:.1f}"
    moves = _moves(draw, made, boxes, lines, seed) if edits else None
    said = "" if moves is None else f"{moves[0]:>10.1f}{moves[1]:>9.0%}"
    print(
        f"{'':22}{engine:8}{found.ink:>7,}{found.false:>7,}{found.through:>9,}{bends:>7}{found.length:>8.0f}"
        f"{found.area:>7.2f}{seconds:>9.3f}{said}",
        flush=True,
    )


def _moves(
    draw: Draw,
    whole: Drawn,
    boxes: list[Box],
    lines: list[Line],
    seed: Layout,
) -> tuple[float, float] | None:
    """The mean of what four edits move: a box and a line less, and each of them back again."""
    random = Random(7)
    box = random.choice(sorted({end for line in lines for end in (line.source, line.target)}))
    fewer = [b for b in boxes if b.id != box]
    kept = [line for line in lines if box not in (line.source, line.target)]
    cut = random.choice(sorted(lines))
    shorter = [line for line in lines if line != cut]
    found = []
    for part_boxes, part_lines in ((fewer, kept), (boxes, shorter)):
        less = layout(part_boxes, part_lines, _lanes_of(seed))
        small = _drawing(draw(part_boxes, part_lines, None))
        after = _drawing(draw(part_boxes, part_lines, seed))
        again = _drawing(draw(boxes, lines, less))
        if small is None or after is None or again is None:
            return None
        found += [moved(whole, after), moved(small, again)]
    return sum(px for px, _ in found) / len(found), sum(far for _, far in found) / len(found)


def _lanes_of(seed: Layout) -> list[Lane]:
    return [Lane(band.key) for band in seed.lanes]


def _drawing(made: Drawn | tuple[Drawn, float] | str) -> Drawn | None:
    return None if isinstance(made, str) else made[0] if isinstance(made, tuple) else made


def opened(path: Path) -> Map:
    """A map as its page draws it: without papers and people that no line leads to."""
    from app.atlas import Atlas
    from app.elements import boxes, wires
    from app.view import View, lines_among
    from graph.maps import open_map

    atlas = Atlas(open_map([path]))
    shown = atlas.choose(View())
    elements = shown.elements or tuple(e for e in range(len(atlas)) if e not in atlas.aside)
    inside = frozenset(elements)
    lines = shown.lines or lines_among(atlas.projection, inside, inside, atlas.quiet)
    cards = [atlas.card(element, inside) for element in elements]
    used = {card.lane for card in cards}
    lanes = [Lane(row.key, 44.0) for row in atlas.rows if row.key in used]
    return boxes(cards), wires(atlas.projection, lines), lanes, {card.id: card.label for card in cards}


def maps(options: argparse.Namespace) -> Iterator[tuple[str, Map]]:
    """The maps that were asked for."""
    yield "shop", shop()
    if options.compose:
        yield "compose", compose(options.compose)
    if options.catalogue:
        yield "catalogue", catalogue(options.catalogue)
    for path in options.maps:
        yield path.name, opened(path)
    if options.generator:
        spec = importlib.util.spec_from_file_location("generator", options.generator)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for size in map(int, options.sizes.split(",")):
            yield f"generated-{size}", generated(module.build, size)


def shop() -> Map:
    """The map of the mock-ups."""
    entries = []
    for lane, text in SHOP.items():
        for entry in text.split(";"):
            name, _, targets = entry.partition(">")
            entries.append((name, lane, [t for t in targets.split(",") if t]))
    lines = []
    for name, _, targets in entries:
        for target in targets:
            to, _, group = target.partition("|")
            lines.append(Line(name, to, f"{name} > {to}", group and f"{name} {group}"))
    return _map([(name, lane, name) for name, lane, _ in entries], lines, list(SHOP))


def compose(paths: list[Path]) -> Map:
    """The services of Compose files, and what they wait for."""
    services: dict[str, set[str]] = defaultdict(set)
    for path in paths:
        text = path.read_text(encoding="utf-8").replace("!override", "").replace("!reset", "")
        for name, service in yaml.safe_load(text)["services"].items():
            services[name] |= set(service.get("depends_on") or ())
    lane_of = {name: lane for lane, names in COMPOSE_LANES.items() for name in names}
    lines = [Line(a, b, f"{a} > {b}") for a, needed in services.items() for b in sorted(needed) if b in services]
    lanes = ["Entry", "Front end", "Services", "Data", "Observability"]
    return _map([(n, lane_of.get(n, "Services"), n) for n in services], lines, lanes)


def catalogue(path: Path) -> Map:
    """GitLab's services by tier."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    services = {s["name"]: s for s in data["services"]}
    lines = []
    for name, service in services.items():
        found = ((service.get("technical") or {}).get("dependencies")) or ()
        targets = {d["service"] for d in found if isinstance(d, dict)} & set(services)
        lines += [Line(name, target, f"{name} > {target}") for target in sorted(targets)]
    tiers = [t["name"] for t in data["tiers"]]
    return _map([(n, s["tier"], s.get("friendly_name") or n) for n, s in services.items()], lines, tiers)


def generated(build: object, size: int) -> Map:
    """The reference map of a size, as many lines per element as the prototype of the layout was measured with."""
    made = build(size, 7)
    kept = {}
    ratio = {50: 89, 200: 531, 1000: 3120}.get(size, size * 3)
    pairs = list(zip(made["src"].tolist(), made["dst"].tolist(), strict=True))
    for place, (a, b) in enumerate(pairs):
        if place * ratio // len(pairs) != (place - 1) * ratio // len(pairs) or len(pairs) <= ratio:
            kept[a, b] = Line(f"n{a}", f"n{b}", f"{a}>{b}")
    elements = [
        (f"n{n}", KINDS[k], f"{KINDS[k].rstrip('s')} {i}")
        for n, (k, i) in enumerate(zip(made["kind"].tolist(), made["index"].tolist(), strict=True))
    ]
    return _map(elements, list(kept.values()), KINDS)


def _map(elements: list[tuple[str, str, str]], lines: list[Line], lanes: list[str]) -> Map:
    boxes = [Box(key, lane, label(name, lane.rstrip("s")).width) for key, lane, name in elements]
    return boxes, lines, [Lane(lane) for lane in lanes], {key: name for key, _, name in elements}


def ink(made: Layout, lines: list[Line]) -> dict[str, tuple[list[tuple], list[tuple]]]:
    """The pieces of the lines of each provider, those that lie on each other once: horizontal and vertical ones."""
    target = {line.id: line.target for line in lines}
    pieces: dict[tuple[str, bool, float], list[tuple[float, float]]] = defaultdict(list)
    for key, route in made.routes.items():
        for (ax, ay), (bx, by) in zip(route.points, route.points[1:], strict=False):
            flat = ay == by
            pieces[target[key], flat, ay if flat else ax].append(tuple(sorted((ax, bx) if flat else (ay, by))))
    found: dict[str, tuple[list[tuple], list[tuple]]] = defaultdict(lambda: ([], []))
    for (provider, flat, at), spans in sorted(pieces.items()):
        merged: list[list[float]] = []
        for low, high in sorted(spans):
            if merged and low <= merged[-1][1]:
                merged[-1][1] = max(merged[-1][1], high)
            else:
                merged.append([low, high])
        found[provider][0 if flat else 1].extend((at, low, high) for low, high in merged)
    return found


def ink_crossings(made: Layout, lines: list[Line]) -> int:
    """How often the line of one provider is seen to cross that of another."""
    flat = [(p, *piece) for p, (h, _) in ink(made, lines).items() for piece in h]
    steep = sorted(((x, p, low, high) for p, (_, v) in ink(made, lines).items() for x, low, high in v))
    total = 0
    for provider, y, left, right in flat:
        total += sum(p != provider and left < x < right and low < y < high for x, p, low, high in steep)
    return total


def short_jogs(made: Layout) -> int:
    """How many horizontal pieces are shorter than 12 px."""
    found = set()
    for route in made.routes.values():
        for (ax, ay), (bx, by) in zip(route.points, route.points[1:], strict=False):
            if ay == by and abs(ax - bx) < 12:
                found.add((ax, bx, ay))
    return len(found)


def svg(made: Layout, names: dict[str, str]) -> str:
    """A plain drawing of a layout."""
    width, height = made.width + 16, made.height + 16
    bands = [
        f'<rect x="{b.x}" y="{b.y}" width="{b.width}" height="{b.height}" rx="8" fill="#F2F4F7"/>'
        f'<text x="4" y="{b.y + b.height / 2 + 4}" font-weight="600" font-size="11">{escape(b.key)}</text>'
        for b in made.lanes
    ]
    paths = [
        f'<path d="{rounded(r.points)}" fill="none" stroke="#7B8798" stroke-width="1.25" marker-end="url(#a)"/>'
        for r in made.routes.values()
    ]
    marks = [
        f'<rect x="{m.x - 18}" y="{m.y - 6}" width="36" height="13" rx="6" fill="#fff" stroke="#9CA6B4"/>'
        f'<text x="{m.x}" y="{m.y + 4}" font-size="9.5" text-anchor="middle">1 of 2</text>'
        for m in made.marks
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="-8 -8 {width} {height}" font-family="DejaVu Sans" font-size="12">',
            '<rect x="-8" y="-8" width="100%" height="100%" fill="#FCFCFD"/>',
            '<marker id="a" orient="auto" markerWidth="8" markerHeight="8" refX="7" refY="3.5" '
            'markerUnits="userSpaceOnUse"><path d="M0 0.5 L7 3.5 L0 6.5z" fill="#7B8798"/></marker>',
            *bands,
            *paths,
            *(element(made.positions[key], names[key]) for key in made.positions),
            *marks,
            "</svg>",
        ]
    )


def element(at: Rect, name: str) -> str:
    """A box with its tile and its name."""
    found = label(name).name
    out = (
        f'<rect x="{at.x}" y="{at.y}" width="{at.width}" height="{at.height}" rx="8" fill="#fff" stroke="#9CA6B4"/>'
        f'<rect x="{at.x + 6}" y="{at.y + 5}" width="24" height="24" rx="6" fill="#DFF4EC"/>'
    )
    for n, text in enumerate(found):
        y = at.y + (21 if len(found) == 1 else 14 + 13 * n)
        out += f'<text x="{at.x + 38}" y="{y}" font-weight="600" font-size="12">{escape(text)}</text>'
    return out


def rounded(points: tuple[tuple[float, float], ...], radius: float = 6.0) -> str:
    """A path with round corners."""
    path = [f"M{points[0][0]} {points[0][1]}"]
    for (ax, ay), (bx, by), (cx, cy) in zip(points, points[1:], points[2:], strict=False):
        first, last = abs(ax - bx) + abs(ay - by), abs(cx - bx) + abs(cy - by)
        r = min(radius, first / 2, last / 2)
        path.append(f"L{bx + (ax - bx) / first * r} {by + (ay - by) / first * r}")
        path.append(f"Q{bx} {by} {bx + (cx - bx) / last * r} {by + (cy - by) / last * r}")
    return " ".join([*path, f"L{points[-1][0]} {points[-1][1]}"])


if __name__ == "__main__":
    main()
