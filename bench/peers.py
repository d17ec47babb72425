"""How do others draw a map? Graphviz dot, dagre and plain lanes, with the rows that our engine gave the boxes."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.measures import Drawn, Point
from graph.layout import Box, Layout, Line, Rect

__all__ = ["dagre", "dot", "ours", "plain", "ranks"]

_INCH = 72.0
_DAGRE = """
const dagre = require(process.argv[1]), fs = require("fs"), map = JSON.parse(fs.readFileSync(0, "utf8"));
const g = new dagre.graphlib.Graph({ multigraph: true });
g.setGraph({ rankdir: "TB", nodesep: 12, ranksep: 40, edgesep: 10, ranker: "network-simplex" });
g.setDefaultEdgeLabel(() => ({}));
map.rows.forEach((_, n) => {
  g.setNode(`row ${n}`, { width: 1, height: 1 });
  if (n) g.setEdge(`row ${n - 1}`, `row ${n}`, { minlen: 1, weight: 100 }, "rows");
});
for (const b of map.boxes) {
  g.setNode(`b ${b.id}`, { width: b.width, height: b.height });
  if (b.row) g.setEdge(`row ${b.row - 1}`, `b ${b.id}`, { minlen: 1, weight: 0.01 }, "row");
}
for (const l of map.lines) g.setEdge(`b ${l.from}`, `b ${l.to}`, { minlen: l.least, weight: 1 }, l.id);
const begun = process.hrtime.bigint();
dagre.layout(g);
const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
const out = { boxes: {}, lines: {}, seconds };
for (const b of map.boxes) { const n = g.node(`b ${b.id}`); out.boxes[b.id] = [n.x, n.y]; }
for (const l of map.lines) out.lines[l.id] = g.edge(`b ${l.from}`, `b ${l.to}`, l.id).points.map((p) => [p.x, p.y]);
console.log(JSON.stringify(out));
"""


def ours(made: Layout) -> Drawn:
    """The picture of our engine."""
    ways = {key: route.points for key, route in made.routes.items()}
    return Drawn(made.positions, ways, made.title_width)


def ranks(made: Layout) -> dict[str, int]:
    """The row of each box, from top to bottom; the lines of a shelf are rows too."""
    tops = sorted({round(box.centre[1]) for box in made.positions.values()})
    place = {top: n for n, top in enumerate(tops)}
    return {key: place[round(box.centre[1])] for key, box in made.positions.items()}


def plain(boxes: Sequence[Box], lines: Sequence[Line], rows: Mapping[str, int]) -> Drawn:
    """Boxes in the order of their ids, each row in the middle, straight lines from side to side."""
    found: dict[str, Rect] = {}
    members: dict[int, list[Box]] = {}
    for box in sorted(boxes, key=lambda one: one.id):
        members.setdefault(rows[box.id], []).append(box)
    widest = max(sum(box.width + 12 for box in row) for row in members.values())
    for number, row in members.items():
        x = (widest - sum(box.width + 12 for box in row)) / 2
        for box in row:
            found[box.id] = Rect(x, number * 90.0, box.width, box.height)
            x += box.width + 12
    return Drawn(found, {line.id: _straight(found[line.source], found[line.target]) for line in lines})


def _straight(a: Rect, b: Rect) -> list[Point]:
    (x1, _), (x2, _) = a.centre, b.centre
    if a.y < b.y:
        return [(x1, a.bottom), (x2, b.y)]
    return (
        [(x1, a.y), (x2, b.bottom)] if a.y > b.y else [(x1, a.bottom), ((x1 + x2) / 2, a.bottom + 20), (x2, b.bottom)]
    )


def dot(boxes: Sequence[Box], lines: Sequence[Line], rows: Mapping[str, int], *, seconds: float = 60.0) -> Drawn | str:
    """Graphviz dot with our rows as ranks; the reason where there is no picture."""
    program = shutil.which("dot")
    if program is None:
        return "dot is not installed"
    number = {box.id: n for n, box in enumerate(sorted(boxes, key=lambda one: one.id))}
    text = ['digraph { rankdir=TB; nodesep=0.17; ranksep=0.55; splines=true; node [shape=box fixedsize=true label=""];']
    count = max(rows.values()) + 1
    text += [f"r{n} [style=invis width=0.01 height=0.01];" for n in range(count)]
    text += [f"r{n} -> r{n + 1} [style=invis weight=100];" for n in range(count - 1)]
    for box in boxes:
        text.append(f"b{number[box.id]} [width={box.width / _INCH:.4f} height={box.height / _INCH:.4f}];")
        text.append(f"{{ rank=same; r{rows[box.id]}; b{number[box.id]}; }}")
    for place, line in enumerate(lines):
        up = rows[line.source] > rows[line.target]
        ends = (line.target, line.source) if up else (line.source, line.target)
        back = " dir=back" if up else ""
        text.append(f"b{number[ends[0]]} -> b{number[ends[1]]} [id=e{place}{back}];")
    text.append("}")
    try:
        done = subprocess.run(
            [program, "-Tjson"], input="\n".join(text), capture_output=True, text=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return f"more than {seconds:.0f} s"
    if done.returncode:
        return f"dot: {done.stderr.strip()[:60]}"
    return _from_dot(json.loads(done.stdout), boxes, lines, number)


def _from_dot(said: dict, boxes: Sequence[Box], lines: Sequence[Line], number: Mapping[str, int]) -> Drawn:
    high = float(said["bb"].split(",")[3])
    at = {each["name"]: [float(v) for v in each["pos"].split(",")] for each in said["objects"] if "pos" in each}
    found = {}
    for box in boxes:
        x, y = at[f"b{number[box.id]}"]
        found[box.id] = Rect(x - box.width / 2, high - y - box.height / 2, box.width, box.height)
    ways = {}
    for edge in said.get("edges", ()):
        if edge.get("id", "").startswith("e") and "_draw_" in edge:
            points = next(op["points"] for op in edge["_draw_"] if op["op"] in "bB")
            ways[lines[int(edge["id"][1:])].id] = [(x, high - y) for x, y in _bezier(points)]
    return Drawn(found, ways, curved=True)


def _bezier(points: Sequence[Sequence[float]], *, steps: int = 8) -> list[Point]:
    """A chain of cubic curves as short straight pieces."""
    found: list[Point] = [(points[0][0], points[0][1])]
    for n in range(0, len(points) - 3, 3):
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = (tuple(p) for p in points[n : n + 4])
        for step in range(1, steps + 1):
            t = step / steps
            w = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            found.append((w[0] * ax + w[1] * bx + w[2] * cx + w[3] * dx, w[0] * ay + w[1] * by + w[2] * cy + w[3] * dy))
    return found


def dagre(
    boxes: Sequence[Box], lines: Sequence[Line], rows: Mapping[str, int], folder: Path, *, seconds: float = 60.0
) -> tuple[Drawn, float] | str:
    """Dagre with our rows as least lengths of lines, for it takes no ranks; and the seconds it says it needed.

    ``folder`` is where ``npm install @dagrejs/dagre`` was run.
    """
    node, module = shutil.which("node"), folder / "node_modules" / "@dagrejs" / "dagre"
    if node is None or not module.is_dir():
        return "node or dagre is not installed"
    said_lines = []
    for line in lines:
        step = rows[line.target] - rows[line.source]
        ends = (line.source, line.target) if step >= 0 else (line.target, line.source)
        said_lines.append({"from": ends[0], "to": ends[1], "least": max(1, abs(step)), "id": line.id})
    asked = {
        "rows": list(range(max(rows.values()) + 1)),
        "boxes": [{"id": b.id, "width": b.width, "height": b.height, "row": rows[b.id]} for b in boxes],
        "lines": said_lines,
    }
    try:
        done = subprocess.run(
            [node, "-e", _DAGRE, str(module)],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"more than {seconds:.0f} s"
    if done.returncode:
        return f"dagre: {done.stderr.strip().splitlines()[-1][:60] if done.stderr.strip() else 'failed'}"
    said = json.loads(done.stdout)
    size = {box.id: box for box in boxes}
    found = {
        key: Rect(x - size[key].width / 2, y - size[key].height / 2, size[key].width, size[key].height)
        for key, (x, y) in said["boxes"].items()
    }
    ways = {key: [(x, y) for x, y in points] for key, points in said["lines"].items()}
    return Drawn(found, ways), float(said["seconds"])
