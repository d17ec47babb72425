"""Does a chart draw what an answer says: the right columns, numbers as they are, and words for what is left out?"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

import pytest

from app.atlas import Atlas
from app.missing import Missing
from app.query.answers import Answered
from app.query.asked import Asked
from app.query.chart import MOST_BARS, Chart, Point, chart, svg
from app.query.told import Told
from graph.maps import Map
from graph.store.interface import Limits, Table, Value

XSD = "http://www.w3.org/2001/XMLSchema#"


def number(text: str) -> Value:
    return Value("literal", text, XSD + "decimal")


@pytest.fixture
def told(shop: Map) -> Any:
    atlas = Atlas(shop)
    return lambda table, **asked: Told(atlas, Answered(Asked(**asked), "", table, 1.0, Limits()))


KINDS = Table(
    ("kind", "cost", "n"),
    ((Value("literal", "a"), number("2.5"), number("7")), (Value("literal", "b"), number("-4"), number("1")), (Value("literal", "c"), None, number("3"))),
)  # fmt: skip


def test_the_first_number_is_drawn_for_each_value_the_largest_first(told: Any) -> None:
    drawn = chart(told(KINDS))
    assert (drawn.up, drawn.across, drawn.line) == ("Cost", "Kind", False)
    assert drawn.points == (Point("a", 2.5), Point("b", -4.0))
    assert drawn.left_out == "1 row without a number"


def test_the_address_chooses_columns_and_order(told: Any) -> None:
    assert chart(told(KINDS, up="n", sort="kind")).points == (Point("a", 7.0), Point("b", 1.0), Point("c", 3.0))
    assert chart(told(KINDS, up="n", across="cost")).across == "Cost"


def test_without_a_number_rows_are_counted(told: Any) -> None:
    table = Table(("kind",), (*((Value("literal", word),) for word in "xyx"), (None,)))
    drawn = chart(told(table))
    assert (drawn.up, drawn.points) == ("Rows", (Point("x", 2.0), Point("y", 1.0), Point("Nothing said", 1.0)))
    assert chart(told(KINDS, up="*")).up == "Rows"


def test_times_make_a_line_in_their_order(told: Any) -> None:
    days = ("2026-11-03", "2026-11-01", "2026-11-02T12:00:00+01:00")
    rows = tuple(
        (Value("literal", day, XSD + ("dateTime" if "T" in day else "date")), number(str(n)))
        for n, day in enumerate(days)
    )
    drawn = chart(told(Table(("day", "n"), rows)))
    assert drawn.line
    assert [point.value for point in drawn.points] == [1.0, 2.0, 0.0]


def test_a_cut_is_said(told: Any) -> None:
    rows = tuple((Value("literal", f"v{n}"), number(str(n))) for n in range(MOST_BARS + 5))
    drawn = chart(told(Table(("v", "n"), rows)))
    assert (len(drawn.points), drawn.left_out) == (MOST_BARS, "5 more values not drawn")


@pytest.mark.parametrize(
    "table", [Table(("a",), ()), Table((), ((),)), Table(("ask",), ((Value("literal", "true"),),), form="ask")]
)
def test_nothing_to_draw_is_said(told: Any, table: Table) -> None:
    with pytest.raises(Missing, match="Nothing to draw"):
        chart(told(table))


def test_the_svg_is_well_formed_and_bars_are_as_long_as_their_numbers() -> None:
    hostile = "<script>x</script>\u0000 & \u202e"
    drawing = svg(Chart("Kind", "Cost", (Point(hostile, 10.0), Point("b", -5.0), Point("c", 0.0))))
    tree = ET.fromstring(drawing)  # noqa: S314 (our own)
    widths = [float(bar.attrib["width"]) for bar in tree.iter("{http://www.w3.org/2000/svg}rect")]
    assert widths[0] == pytest.approx(2 * widths[1], abs=0.2)
    assert "<script>" not in drawing
    assert not list(tree.iter("{http://www.w3.org/2000/svg}script"))


def test_a_line_of_one_point_is_drawn() -> None:
    drawing = svg(Chart("Day", "Cost", (Point("2026-11-01", 0.0, 5.0),), line=True))
    assert len(list(ET.fromstring(drawing).iter("{http://www.w3.org/2000/svg}circle"))) == 1  # noqa: S314


@pytest.mark.parametrize("line", [True, False])
def test_a_chart_for_a_phone_fits_it_and_keeps_its_letters(line: bool) -> None:
    points = tuple(Point(f"2026-11-0{n} and a long name", float(n), float(n)) for n in range(1, 9))
    tree = ET.fromstring(svg(Chart("Day", "Cost", points, line=line), size="narrow"))  # noqa: S314
    assert int(tree.attrib["width"]) <= 360
    for bar in tree.iter("{http://www.w3.org/2000/svg}rect"):
        assert float(bar.attrib["x"]) + float(bar.attrib["width"]) <= 340


def test_a_long_name_takes_two_lines_before_it_is_cut() -> None:
    drawn = Chart("Kind", "Rows", (Point("Distribution centre", 2.0), Point("x" * 40, 1.0)))
    tree = ET.fromstring(svg(drawn, size="narrow"))  # noqa: S314
    said = [each.text for each in tree.iter("{http://www.w3.org/2000/svg}text")]
    assert said[2:4] == ["Distribution", "centre"]
    assert any(words and "…" in words for words in said)
