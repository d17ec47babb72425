"""What must be true of every picture? The laws of the layout, on maps that chance made and on hard ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations, pairwise
from random import Random

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from graph.layout import Box, Lane, Layout, Line, Rect, layout
from tests.examples import examples

Map = tuple[list[Box], list[Line], list[Lane]]
LANES = [Lane("services"), Lane("applications", 60.0), Lane("platform")]
KEYS = [lane.key for lane in LANES]


@st.composite
def maps(draw: st.DrawFn) -> Map:
    """Up to twenty boxes in three lanes, with any lines among them, some of them in groups."""
    lanes = draw(st.lists(st.sampled_from(KEYS), max_size=20))
    widths = draw(st.lists(st.sampled_from([88.0, 92.0, 120.0, 236.0]), min_size=len(lanes), max_size=len(lanes)))
    boxes = [Box(f"n{n:02}", lane, width) for n, (lane, width) in enumerate(zip(lanes, widths, strict=True))]
    ends = st.integers(0, max(0, len(boxes) - 1))
    pairs = draw(st.lists(st.tuples(ends, ends, st.sampled_from(["", "", "", "g"])), max_size=40)) if boxes else []
    lines = [
        Line(f"n{a:02}", f"n{b:02}", f"line {n}", group and f"{group}{a}") for n, (a, b, group) in enumerate(pairs)
    ]
    return boxes, lines, LANES


def chance(boxes: int, lines: int, *, seed: int = 1, lanes: int = 5, near: bool = False) -> Map:
    """A map of any size; ``near`` lets boxes need mostly what is in their lane or the next."""
    random = Random(seed)
    made = [Box(f"n{n:03}", f"lane {n * lanes // boxes}", 88.0 + 4 * random.randrange(30)) for n in range(boxes)]
    starts = [random.randrange(boxes) for _ in range(lines)]
    ends = [min(boxes - 1, n + random.randrange(90)) if near else random.randrange(boxes) for n in starts]
    edges = [Line(made[a].id, made[b].id, f"{n}") for n, (a, b) in enumerate(zip(starts, ends, strict=True))]
    return made, edges, [Lane(f"lane {n}") for n in range(lanes)]


def named(text: str, lanes: str) -> Map:
    """A small map: "a>b a>c" and "a b | c" for the lanes."""
    keys = [part.split() for part in lanes.split("|")]
    boxes = [Box(name, f"lane {n}", 100.0) for n, names in enumerate(keys) for name in names]
    lines = [Line(*pair.split(">"), pair) for pair in text.split()]
    return boxes, lines, [Lane(f"lane {n}") for n in range(len(keys))]


HARD: dict[str, Map] = {
    "nothing": ([], [], LANES),
    "one box": named("", "a"),
    "loop": named("a>a", "a"),
    "pair": named("a>b b>a", "a b"),
    "pair over lanes": named("a>b b>a", "a | b"),
    "circle": named("a>b b>c c>a", "a | b | c"),
    "circle of swaps": named("a>d b>c c>b d>a", "a b | c d"),
    "hub": named(" ".join(f"u{n}>hub" for n in range(24)), " ".join(f"u{n}" for n in range(24)) + " | hub"),
    "needy": named(" ".join(f"app>p{n}" for n in range(24)), "app | " + " ".join(f"p{n}" for n in range(24))),
    "all to all": named(" ".join(f"{a}>{b}" for a in "abcdefg" for b in "tuvwxyz"), "a b c d e f g | t u v w x y z"),
    "one lane": chance(40, 60, lanes=1),
    "chain": named(" ".join(f"c{n:02}>c{n + 1:02}" for n in range(20)), " ".join(f"c{n:02}" for n in range(21))),
    "shelf": named("a>b c>b", "a " + " ".join(f"s{n}" for n in range(40)) + " | c " + "| b"),
    "backwards": named("c>a c>b d>a b>a", "a b | c | d"),
    "dense": chance(60, 240, seed=5),
    "large": chance(300, 420, seed=7, near=True),
    "lines beside their trunks": chance(24, 36, seed=1),
}  # fmt: skip
every_hard_map = pytest.mark.parametrize("hard", HARD.values(), ids=HARD.keys())
chance_maps = examples(60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))


def check(made: Layout, boxes: list[Box], lines: list[Line]) -> None:
    """All laws that hold for one picture."""
    assert set(made.positions) == {box.id for box in boxes}
    assert set(made.routes) == {line.id for line in lines if line.source != line.target}
    assert set(made.loops) == {line.id for line in lines if line.source == line.target}
    check_boxes(made, boxes)
    check_ends(made, lines)
    check_pieces(made, lines)


def check_boxes(made: Layout, boxes: list[Box]) -> None:
    """No two boxes overlap; each keeps its size and stands inside the band of its lane; bands follow the lanes."""
    bands = {band.key: Rect(band.x, band.y, band.width, band.height) for band in made.lanes}
    assert list(bands) == [lane for lane in bands if any(box.lane == lane for box in boxes)]
    assert all(a.y + a.height <= b.y for a, b in zip(made.lanes, made.lanes[1:], strict=False))
    for box in boxes:
        at, band = made.positions[box.id], bands[box.lane]
        assert (at.width, at.height) == (box.width, box.height)
        assert band.x <= at.x
        assert at.right <= band.right
        assert band.y <= at.y
        assert at.bottom <= band.bottom
    for a, b in combinations(sorted(made.positions.values(), key=lambda r: r.y), 2):
        assert a.right <= b.x or b.right <= a.x or a.bottom <= b.y or b.bottom <= a.y


def check_ends(made: Layout, lines: list[Line]) -> None:
    """Each route starts on its source and ends on its target, upright, and turns at right angles only."""
    for line in lines:
        if line.source == line.target:
            continue
        points = made.routes[line.id].points
        for (x, y), box, near in (
            (points[0], made.positions[line.source], points[1]),
            (points[-1], made.positions[line.target], points[-2]),
        ):
            assert box.x < x < box.right
            assert y in (box.y, round(box.bottom, 2))
            assert near[0] == x
            assert (near[1] < y) == (y == box.y)
        (_, last), (_, before) = points[-1], points[-2]
        assert abs(last - before) >= 12
        for a, b in pairwise(points):
            assert (a[0] == b[0]) != (a[1] == b[1])


def pieces(made: Layout, lines: Iterable[Line]) -> dict[tuple[bool, float], list[tuple[float, float, Line]]]:
    """All straight pieces: (upright, place across) -> (low, high, line)."""
    found: dict[tuple[bool, float], list[tuple[float, float, Line]]] = defaultdict(list)
    for line in lines:
        points = made.routes[line.id].points if line.id in made.routes else ()
        for (ax, ay), (bx, by) in pairwise(points):
            if ax == bx:
                found[True, ax].append((min(ay, by), max(ay, by), line))
            else:
                found[False, ay].append((min(ax, bx), max(ax, bx), line))
    return found


def check_pieces(made: Layout, lines: list[Line]) -> None:
    """No piece meets a foreign box or the title column; pieces of two providers never lie on each other."""
    found = pieces(made, lines)
    for (upright, at), members in found.items():
        for low, high, line in members:
            assert (at if upright else low) >= made.title_width
            for key, box in made.positions.items():
                side = (box.x, box.right) if upright else (box.y, box.bottom)
                along = (box.y, box.bottom) if upright else (box.x, box.right)
                if side[0] < at < side[1] and low < along[1] and along[0] < high:
                    raise AssertionError(f"line {line.id} runs through box {key}")
    near = sorted(found)
    for first, second in [(key, key) for key in near] + list(pairwise(near)):
        if first[0] != second[0] or second[1] - first[1] > 0.5:
            continue
        for low, high, line in found[first]:
            for other_low, other_high, other in found[second]:
                if line.target == other.target or (
                    line.group and (line.group, line.source) == (other.group, other.source)
                ):
                    continue
                assert min(high, other_high) - max(low, other_low) <= 0.5, f"{line} lies on {other}"


@every_hard_map
def test_hard_maps_keep_all_laws(hard: Map) -> None:
    check(layout(*hard), hard[0], hard[1])


@every_hard_map
def test_hard_maps_keep_all_laws_on_a_phone(hard: Map) -> None:
    check(layout(*hard, width=390, title_width=40), hard[0], hard[1])


@pytest.mark.parametrize("hard", [HARD[key] for key in ("dense", "one lane", "shelf", "circle of swaps")])
def test_sweeps_instead_of_the_programme_keep_all_laws(hard: Map, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph.layout.coordinates.LARGEST_PROGRAMME", 0)
    check(layout(*hard), hard[0], hard[1])


@chance_maps
@given(maps())
def test_maps_of_chance_keep_all_laws(some: Map) -> None:
    check(layout(*some), some[0], some[1])


@every_hard_map
def test_the_order_of_the_input_does_not_matter(hard: Map) -> None:
    boxes, lines, lanes = hard
    assert layout(boxes[::-1], lines[::-1], lanes) == layout(boxes, lines, lanes)


@every_hard_map
def test_an_unchanged_map_keeps_its_picture(hard: Map) -> None:
    made = layout(*hard)
    assert layout(*hard, previous=made) == made
    assert Layout.from_json(made.to_json()) == made
    assert layout(*hard, previous=replace(made, fingerprint="")).positions == made.positions


@chance_maps
@given(maps(), st.integers(0, 39))
def test_without_one_line_nothing_changes_sides(some: Map, place: int) -> None:
    boxes, lines, lanes = some
    before = layout(boxes, lines, lanes)
    kept = [line for n, line in enumerate(lines) if n != place % max(1, len(lines))]
    after = layout(boxes, kept, lanes, previous=before)
    check(after, boxes, kept)
    for a, b in combinations(sorted(before.positions), 2):
        old, new = (before.positions[a], before.positions[b]), (after.positions[a], after.positions[b])
        if old[0].y == old[1].y and new[0].y == new[1].y:
            assert (old[0].x < old[1].x) == (new[0].x < new[1].x)


@pytest.mark.parametrize("seed", range(6))
def test_with_less_on_the_map_no_row_moves_up(seed: int) -> None:
    boxes, lines, lanes = chance(40, 60, seed=seed, near=True)
    before = layout(boxes, lines, lanes)
    gone = lines[seed].source
    fewer = [line for line in lines if gone not in (line.source, line.target)]
    for kept, rest in ((boxes, lines[1:]), ([box for box in boxes if box.id != gone], fewer)):
        after = layout(kept, rest, lanes, previous=before)
        check(after, kept, rest)
        linked = {end for line in rest for end in (line.source, line.target)}
        held = [after.positions[key].y - before.positions[key].y for key in sorted(linked)]
        assert min(held) >= 0
        assert max(held) <= 30, "a channel may need a track more"


@chance_maps
@given(maps(), st.data())
def test_a_new_box_and_a_new_line_move_no_row(some: Map, data: st.DataObject) -> None:
    boxes, lines, lanes = some
    before = layout(boxes, lines, lanes)
    more = [*boxes, Box("new", data.draw(st.sampled_from(KEYS)), 100.0)]
    longer = [*lines, Line("new", data.draw(st.sampled_from([box.id for box in more])), "new")]
    after = layout(more, longer, lanes, previous=before)
    check(after, more, longer)
    linked = {end for line in lines for end in (line.source, line.target) if line.source != line.target}
    for a, b in combinations(sorted(linked), 2):
        same_row = before.positions[a].y == before.positions[b].y
        if same_row:
            assert after.positions[a].y == after.positions[b].y
            assert (before.positions[a].x < before.positions[b].x) == (after.positions[a].x < after.positions[b].x)


def test_lines_of_a_group_leave_from_one_port() -> None:
    boxes, _, lanes = named("", "db | one two three")
    lines = [Line("db", "one", "1", "g"), Line("db", "two", "2", "g"), Line("db", "three", "3")]
    made = layout(boxes, lines, lanes)
    check(made, boxes, lines)
    starts = [made.routes[key].points[0] for key in "123"]
    assert starts[0] == starts[1] != starts[2]
    assert [(mark.group, mark.box, (mark.x, mark.y)) for mark in made.marks] == [("g", "db", starts[0])]


def test_a_full_side_with_a_group_among_its_ports_has_room() -> None:
    """Five ports, one of them of a group, on a side of 92 px: distances are rounded and must not contradict places."""
    widths = {"b1": 188, "b3": 148, "b4": 144, "b6": 108, "b8": 92, "b24": 132}
    lanes = {"b4": "0", "b24": "1", "b1": "2", "b6": "2", "b3": "3", "b8": "4"}
    boxes = [Box(key, lanes[key], width) for key, width in widths.items()]
    lines = [Line("b8", key, f"to {key}", "g" if key == "b1" else "") for key in ("b6", "b4", "b1", "b24")]
    lines.append(Line("b3", "b8", "in"))
    check(layout(boxes, lines, [Lane(key) for key in "01234"], width=1120, title_width=140), boxes, lines)


def test_all_lines_to_a_provider_end_in_one_arrow() -> None:
    made = layout(*HARD["hub"])
    assert len({route.points[-1] for route in made.routes.values()}) == 1
    assert made.dots


def test_lines_against_the_lanes_arrive_from_below() -> None:
    made = layout(*named("b>a", "a | b"))
    assert made.routes["b>a"].points[-1][1] == made.positions["a"].bottom
    assert made.routes["b>a"].points[0][1] == made.positions["b"].y


def test_forty_boxes_without_lines_make_a_compact_grid() -> None:
    boxes, _, lanes = named("", " ".join(f"s{n:02}" for n in range(40)))
    made = layout(boxes, [], lanes)
    assert made.width == 1200
    assert made.height < 300
    assert len({rect.x for rect in made.positions.values()}) == 8


def test_a_title_gets_the_height_that_it_needs() -> None:
    boxes, lines, _ = named("", "a")
    made = layout(boxes, lines, [Lane("lane 0", 90.0)])
    assert made.lanes[0].height == 90
    assert made.positions["a"].centre[1] == 45


def test_a_large_map_is_about_as_wide_as_it_is_high() -> None:
    made = layout(*HARD["large"])
    assert 0.7 < made.width / made.height < 3


@pytest.mark.parametrize(
    ("boxes", "lines", "message"),
    [
        ([Box("a", "services", 90)] * 2, [], "box 'a' stands twice; give each box an id of its own"),
        ([Box("a", "cellar", 90)], [], "box 'a' stands in lane 'cellar', which is not among the lanes"),
        ([Box("a", "services", 90)], [Line("a", "b", "1")], "line '1' ends at 'b', which is no box"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused_in_words(boxes: list[Box], lines: list[Line], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        layout(boxes, lines, LANES)
