"""How does an answer look as bars, or as a line over time? Which columns are drawn, and the SVG of it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

from app.missing import Missing
from app.query.told import Column, Told, number_of
from app.words import plural, short

__all__ = ["MOST_BARS", "SIZES", "Chart", "Point", "chart", "svg"]

MOST_BARS = 40
"""Bars that are drawn at most; a line takes as many points as there are rows."""
_ROW, _TOP, _NUMBERS = 28, 36, 72
_HEIGHT, _LEFT, _BOTTOM = 320, 72, 40
SIZES = {"wide": (900, 240, 34), "middle": (640, 168, 23), "narrow": (340, 128, 17)}
"""Width of a chart, of the names in it, and how many letters these have."""
_INK = {
    "text": ("--sm-text-1", "#171C24"),
    "quiet": ("--sm-text-2", "#475160"),
    "bar": ("--sm-accent", "#3F51C7"),
    "grid": ("--sm-border", "#E2E5EA"),
}


@dataclass(frozen=True, slots=True)
class Point:
    """What is drawn for one value: its name, how much, and for a line when."""

    name: str
    value: float
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn. ``left_out`` says in words what is not."""

    across: str
    up: str
    points: tuple[Point, ...]
    left_out: str = ""
    line: bool = False

    @property
    def title(self) -> str:
        """The chart in words."""
        return f"{self.up} by {self.across.lower()}" if not self.line else f"{self.up} over {self.across.lower()}"


def chart(told: Told) -> Chart:
    """What of an answer is drawn: a number for each value of another column; without numbers, how often it comes.

    Raises Missing, with what to do, where there is nothing to draw.
    """
    numbers = [each for each in told.columns if each.kind == "number"]
    up = next((each for each in numbers if each.name == told.asked.up), numbers[0] if numbers else None)
    if told.asked.up == "*":
        up = None
    others = [each for each in told.columns if each is not up]
    wanted = next((each for each in others if each.name == told.asked.across), None)
    across = wanted or next((each for each in others if each.kind != "number"), others[0] if others else None)
    found = None
    if across is not None and told.table.form != "ask":
        lined = across.kind == "time" and up is not None
        found = _counted(told, across) if up is None else (_lined if lined else _barred)(told, across, up)
    if found is None or not found.points:
        raise Missing("Nothing to draw", "a chart needs rows: a number in each, or values to count", "ask for a number")
    return found


def _places(told: Told, *columns: Column) -> list[int]:
    return [told.table.columns.index(each.name) for each in columns]


def _counted(told: Told, across: Column) -> Chart:
    (at,) = _places(told, across)
    values = (row[at] for row in told.rows)
    held = Counter("Nothing said" if value is None else told.words(value) for value in values)
    points = [Point(name, float(number)) for name, number in held.most_common()]
    return Chart(across.words, told.count(2).partition(" ")[2].capitalize(), *_few(points))


def _barred(told: Told, across: Column, up: Column) -> Chart:
    at, of = _places(told, across, up)
    found = []
    for row in told.rows:
        name, value = row[at], row[of]
        number = number_of(value) if value is not None else None
        if number is not None:
            found.append(Point("Nothing said" if name is None else told.words(name), float(number)))
    if not told.asked.sort:
        found.sort(key=lambda point: -point.value)
    points, left_out = _few(found)
    missing = len(told.rows) - len(found)
    notes = [left_out, f"{plural(missing, 'row')} without a number" if missing else ""]
    return Chart(across.words, up.words, points, "; ".join(filter(None, notes)))


def _few(points: list[Point]) -> tuple[tuple[Point, ...], str]:
    rest = len(points) - MOST_BARS
    return tuple(points[:MOST_BARS]), f"{plural(rest, 'more value')} not drawn" if rest > 0 else ""


def _lined(told: Told, across: Column, up: Column) -> Chart:
    at, of = _places(told, across, up)
    found = []
    for row in told.rows:
        when, value = row[at], row[of]
        number = number_of(value) if value is not None else None
        moment = _moment(when.text) if when is not None else None
        if number is not None and moment is not None and when is not None:
            found.append(Point(when.text, float(number), moment))
    found.sort(key=lambda point: (point.at, point.value))
    missing = len(told.rows) - len(found)
    return Chart(
        across.words,
        up.words,
        tuple(found),
        f"{plural(missing, 'row')} without a time or a number" if missing else "",
        line=True,
    )


def _moment(text: str) -> float | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def svg(drawn: Chart, *, size: str = "wide") -> str:
    """The chart as SVG, in the colours of the page that it stands in; alone, in those of light pages.

    ``size``, one of ``SIZES``, makes it fit a smaller page without making its letters small.

    >>> "<title>Rows by kind" in svg(Chart("Kind", "Rows", (Point("a<b", 2),)))
    True
    """
    width = SIZES[size][0]
    inside = list(_line(drawn, width) if drawn.line else _bars(drawn, SIZES[size]))
    height = _HEIGHT if drawn.line else _TOP + _ROW * len(drawn.points) + 8
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" style="font:12px var(--sm-font,system-ui,sans-serif)">'
    )
    return "\n".join([head, f"<title>{_safe(drawn.title)}</title>", *inside, "</svg>\n"])


def _fill(ink: str) -> str:
    return "var({},{})".format(*_INK[ink])


def _text(x: float, y: float, words: str, *, ink: str = "text", anchor: str = "start", more: str = "") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" style="fill:{_fill(ink)}{more};unicode-bidi:isolate">'
        f"{_safe(words)}</text>"
    )


def _safe(words: str) -> str:
    """As text of XML: without markup, and without signs that XML or a reader's eye cannot take."""
    return escape("".join(sign if sign.isprintable() else " " for sign in words))


def _said(value: float) -> str:
    r"""A number for people.

    >>> _said(1200.0), _said(99.95), _said(-2.0).encode("ascii", "backslashreplace")
    ('1,200', '99.95', b'\\u22122')
    """
    words = f"{value:,.0f}" if value == int(value) else f"{value:,.4f}".rstrip("0")
    return words.replace("-", "\N{MINUS SIGN}")


def _bars(drawn: Chart, size: tuple[int, int, int]) -> Iterator[str]:
    width, names, letters = size
    low, high = min(0.0, *(p.value for p in drawn.points)), max(0.0, *(p.value for p in drawn.points))
    room = width - names - _NUMBERS - 16
    scale = room / ((high - low) or 1.0)
    zero = names + 8 - low * scale
    yield _text(names, 20, drawn.across, ink="quiet", anchor="end", more=";font-weight:600")
    yield _text(names + 8, 20, drawn.up, ink="quiet", more=";font-weight:600")
    for number, point in enumerate(drawn.points):
        top = _TOP + _ROW * number
        long = abs(point.value) * scale
        left = zero if point.value >= 0 else zero - long
        label = _safe(f"{point.name[:200]}: {_said(point.value)}")
        yield f"<g><title>{label}</title>"
        lines = _in_lines(point.name, letters)
        for place, words in enumerate(lines):
            yield _text(names, top + 16 + 13 * place - (6.5 if len(lines) > 1 else 0), words, anchor="end")
        yield (
            f'<rect x="{left:.1f}" y="{top + 4}" width="{max(long, 1):.1f}" height="16" rx="3" '
            f'style="fill:{_fill("bar")}"/>'
        )
        yield _text(left + long + 8, top + 16, _said(point.value), ink="quiet")
        yield "</g>"


def _in_lines(name: str, letters: int) -> list[str]:
    """A name in one line, or in two where it is longer and has a place to part it; the end of the second may be cut.

    >>> _in_lines("Distribution centre", 17), _in_lines("Till", 17)
    (['Distribution', 'centre'], ['Till'])
    """
    if len(name) <= letters:
        return [name]
    first, rest = name[: letters + 1].rpartition(" ")[0].rstrip(), name
    if not first:
        return [short(name, letters)]
    return [first, short(rest[len(first) :].strip(), letters)]


def _line(drawn: Chart, width: int) -> Iterator[str]:
    values, times = [p.value for p in drawn.points], [p.at for p in drawn.points]
    low, high = min(0.0, *values), max(0.0, *values)
    first, last = min(times), max(times)
    room = _HEIGHT - _TOP - _BOTTOM
    across = (width - _LEFT - 32) / ((last - first) or 1.0)
    up = room / ((high - low) or 1.0)

    def place(point: Point) -> tuple[float, float]:
        return _LEFT + (point.at - first) * across, _HEIGHT - _BOTTOM - (point.value - low) * up

    yield _text(_LEFT, 20, drawn.up, ink="quiet", more=";font-weight:600")
    for part in range(5):
        value = low + (high - low) * part / 4
        y = _HEIGHT - _BOTTOM - (value - low) * up
        yield f'<path d="M{_LEFT} {y:.1f}H{width - 32}" style="stroke:{_fill("grid")};fill:none"/>'
        yield _text(_LEFT - 8, y + 4, _said(round(value, 4)), ink="quiet", anchor="end")
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(place, drawn.points))
    yield f'<polyline points="{points}" style="fill:none;stroke:{_fill("bar")};stroke-width:2;stroke-linejoin:round"/>'
    for point in drawn.points:
        x, y = place(point)
        label = _safe(f"{point.name[:60]}: {_said(point.value)}")
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" style="fill:{_fill("bar")}"><title>{label}</title></circle>'
    yield _text(_LEFT, _HEIGHT - 14, drawn.points[0].name[:10], ink="quiet")
    if last > first:
        yield _text(width - 32, _HEIGHT - 14, drawn.points[-1].name[:10], ink="quiet", anchor="end")
    yield _text((_LEFT + width) / 2, _HEIGHT - 14, drawn.across, ink="quiet", anchor="middle", more=";font-weight:600")
