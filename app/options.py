"""Which arguments and options do the commands share, and how do they print?"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from graph.answer import Answer, Report
from graph.model import Finding, InputError
from graph.reports import format_names

if TYPE_CHECKING:
    from graph.analysis.unknowns import Readings
    from graph.maps import Map

__all__ = [
    "FORMATS",
    "WORKING_TREE",
    "Moment",
    "SomePath",
    "StoreFolder",
    "StorePlace",
    "TimeSpan",
    "assuming_options",
    "counting_options",
    "files_argument",
    "format_option",
    "limit_options",
    "mapping_option",
    "naming",
    "print_answer",
    "print_findings",
    "print_report",
    "readings_of",
    "say",
    "service_and_files",
    "source_options",
    "split_service",
    "what_if_option",
    "window",
]

FORMATS = tuple(sorted(format_names("answer"), key=lambda name: name != "table"))
WORKING_TREE = "working tree"
_MAPPING = "A mapping that describes a catalogue format of your own."
_NAMESPACE = "Namespace of the ids, instead of the folder's name."
_DEFAULT = "Availability of elements of a kind that have no figure: server=99.9."
_PERIODS = ("day", "week", "month", "quarter", "year")
_PERIOD = "Count over a day, week, month, quarter or year, whatever the agreement says."
_ON = "Count in the calendar: the month, year ... that this day lies in, with what is planned in it."
_STORE = "Take the map from a store instead of files: a folder, or the address of a SPARQL engine."
_F = TypeVar("_F", bound=Callable[..., Any])


class SomePath(click.Path):
    """A file or a folder; "" is none, though Python takes it for the folder one is in."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> str | bytes | os.PathLike[str]:
        """As click does it."""
        if value == "":
            self.fail("the name is empty; name a file or a folder", param, ctx)
        return super().convert(value, param, ctx)


class StoreFolder(SomePath):
    """A store in a folder: what looks after its files. An engine on a server looks after its own."""

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> str | bytes | os.PathLike[str]:
        """As click does it."""
        from graph.store.engine import is_address

        if is_address(value):
            self.fail(f"'{value}' is no folder; an engine on a server looks after its own files", param, ctx)
        return super().convert(value, param, ctx)


class StorePlace(SomePath):
    """A store: a folder, or the address of a SPARQL engine, which stays as it is written."""

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> str | bytes | os.PathLike[str]:
        """As click does it."""
        from graph.store.engine import is_address

        return value if is_address(value) else super().convert(value, param, ctx)


class Day(click.ParamType[datetime]):
    """A day of the calendar."""

    name = "date"

    def convert(self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The day, as 2026-12-05."""
        if isinstance(value, datetime):
            return value
        try:
            return datetime.combine(date.fromisoformat(value), time())
        except ValueError:
            self.fail(f"'{value}' is no day of the calendar; write it as 2026-12-05", param, ctx)


class Moment(click.ParamType[datetime]):
    """A point in time with its zone, as map files write it."""

    name = "time"

    def convert(self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """As map files are read."""
        from graph.values import moment

        if isinstance(value, datetime):
            return value
        try:
            return datetime.fromisoformat(moment(value))
        except ValueError as problem:
            self.fail(str(problem), param, ctx)


class TimeSpan(click.ParamType[int]):
    """A length of time, as map files write it; in seconds."""

    name = "time span"

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """As map files are read."""
        from graph.values import minutes

        if isinstance(value, int):
            return value
        try:
            return round(minutes(value) * 60)
        except ValueError as problem:
            self.fail(str(problem), param, ctx)


class Past(TimeSpan):
    """A length of time that can be taken from today."""

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """As map files are read."""
        from graph.analysis.windows import LONGEST

        seconds = super().convert(value, param, ctx)
        if seconds > LONGEST:
            self.fail(f"'{str(value)[:60]}' is longer than a thousand years", param, ctx)
        return seconds


def window(start: datetime | None, end: datetime | None, lasts: int | None) -> tuple[tuple[int, int], ...] | None:
    """The window that --from, --until and --lasts mean, in seconds since 1970; None where none of them is given.

    Raises InputError where they contradict each other.
    """
    from graph.analysis.windows import FIRST, FOREVER, LAST

    if start is None and end is None and lasts is None:
        return None
    if lasts is not None and (end is not None or start is None):
        raise InputError.of("--lasts needs --from, and no --until", remedy="say when it begins and how long it lasts")
    first = -FOREVER if start is None else round(start.timestamp())
    last = FOREVER if end is None else round(end.timestamp())
    last = last if lasts is None else first + lasts
    if last <= first:
        raise InputError.of("the window ends before it starts", remedy="give an end that is later")
    if any(abs(moment) < FOREVER and not FIRST <= moment <= LAST for moment in (first, last)):
        raise InputError.of("the window lies outside of the years 2 to 9998", remedy="give a time within them")
    return ((first, last),)


def files_argument(function: _F) -> _F:
    """FILES... : the map as files and folders."""
    return click.argument("files", nargs=-1, type=SomePath())(function)


def mapping_option(function: _F) -> _F:
    """--mapping: formats of one's own."""
    return click.option("--mapping", "mappings", multiple=True, type=SomePath(), metavar="FILE", help=_MAPPING)(
        function
    )


def what_if_option(function: _F) -> _F:
    """--what-if: a patch that is laid over the map."""
    words = "Lay changes over the map, in the words of map files; no file is touched."
    return click.option("--what-if", "what_if", type=SomePath(), metavar="FILE", help=words)(function)


def source_options(function: _F) -> _F:
    """--store, --namespace and --mapping: where the map comes from."""
    for decorate in (
        mapping_option,
        click.option("--namespace", default="", metavar="NAME", help=_NAMESPACE),
        click.option("--store", type=StorePlace(), metavar="PLACE", help=_STORE),
    ):
        function = decorate(function)
    return function


def service_and_files(function: _F) -> _F:
    """[SERVICE] FILES... : an element if the first word is no file, and the map; ``split_service`` tells."""
    return click.argument("words", nargs=-1, type=SomePath(), metavar="[SERVICE] [FILES]...")(function)


def split_service(words: tuple[Path, ...], store: Path | str | None) -> tuple[str, tuple[Path, ...]]:
    """The element asked about, "" for none, and the files: the first word is a file where one of that name is there.

    >>> split_service((Path("no such file"), Path("map.yaml")), None)[0]
    'no such file'
    """
    if words and (store is not None or len(words) > 1) and not os.path.exists(words[0]):  # noqa: PTH110 it never raises
        return str(words[0]), words[1:]
    return "", words


@contextmanager
def naming(elements: Sequence[str]) -> Iterator[None]:
    """Opening a map while these are the elements that are asked about.

    Where the map cannot be opened, one that looks like a file that is not there is told too: it stands in the place of
    an element.
    """
    try:
        yield
    except InputError as error:
        remedy = "the first word is an element, the files come after it"
        words = "'{}' is no file, and is taken for an element of the map"
        files = [name for name in elements if Path(name).suffix.lower() in _FILES]
        more = (InputError.of(words.format(name), remedy=remedy) for name in files)
        raise InputError(*(found for each in more for found in each.problems), *error.problems) from error


_FILES = (".yaml", ".yml", ".json", ".ttl")


def assuming_options(function: _F) -> _F:
    """--assume and --stale-after: what is taken for granted that nobody states."""
    for decorate in (
        click.option(
            "--stale-after", type=Past(), default="180 d", show_default=True, metavar="TIME SPAN", help=_STALE
        ),
        click.option("--assume", type=click.Choice(_PROFILES), default="required", show_default=True, help=_ASSUME),
    ):
        function = decorate(function)
    return function


def readings_of(opened: Map, assume: str, stale_after: int) -> Readings | None:
    """How a map reads today at its worst and at its best, by these options; None where nothing is read both ways."""
    from graph.analysis.changes import Profile
    from graph.doubts import readings

    at, limit = datetime.now(UTC), timedelta(seconds=stale_after)
    return readings(opened.store, opened.projection, Profile(assume), at=at, limit=limit)


_PROFILES = ("required", "unknown", "nothing")
_ASSUME = (
    "What to take for granted that nobody states. With unknown the answer says at least and at most: strengths, "
    "how many members a group needs, old evidence, reserves without a size; with nothing tolerances too."
)
_STALE = "Evidence that was last seen longer ago is old."


def counting_options(function: _F) -> _F:
    """--on, --period and --default: what availability is counted over, and for what has no figure."""
    for decorate in (
        click.option("--default", "defaults", multiple=True, metavar="KIND=PERCENT", help=_DEFAULT),
        click.option("--period", type=click.Choice(_PERIODS), callback=_or_none, help=_PERIOD, show_choices=False),
        click.option("--on", type=Day(), metavar="DATE", help=_ON),
    ):
        function = decorate(function)
    return function


def _or_none(_context: click.Context, _option: click.Parameter, value: str | None) -> str:
    return value or ""


def limit_options(function: _F) -> _F:
    """--seconds, --memory, --rows and --size: what a query may cost, as ``limits``."""

    @wraps(function)
    def limited(*words: object, seconds: float, memory: int, rows: int, size: int, **options: object) -> object:
        from graph.store import Limits

        limits = Limits(seconds=seconds, memory=memory * 1_000_000, rows=rows, size=size * 1_000_000)
        return function(*words, limits=limits, **options)

    for decorate in (
        _limit("--size", click.IntRange(1, 1_000), 20, "At most so many MB of answer."),
        _limit("--rows", click.IntRange(1), 10_000, "At most so many rows."),
        _limit("--memory", click.IntRange(10, 1_000_000), 1000, "Stop it when it needs more MB than this."),
        _limit("--seconds", click.FloatRange(0.01, 3600), 10, "Stop the query after so long."),
    ):
        limited = decorate(limited)
    return cast("_F", limited)


def _limit(name: str, kind: click.ParamType[Any], given: int, words: str) -> Callable[[_F], _F]:
    return click.option(name, type=kind, default=given, show_default=True, callback=_finite, help=words)


def _finite(_context: click.Context, _option: click.Parameter, value: float) -> float:
    if not math.isfinite(value):
        raise click.BadParameter(f"{value} is no number of seconds.")
    return value


def format_option(function: _F) -> _F:
    """--format: any form that writes answers."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(FORMATS),
        default="table",
        show_default=True,
        help="How to print the answer.",
    )(function)


def print_answer(answer: Answer, form: str) -> None:
    """The rows to stdout, the words to stderr; in JSON the words are inside."""
    writer = import_module(f"graph.reports.{form}")
    click.echo(writer.write(answer), nl=False)
    if form != "json":
        say(answer.title)
        for note in answer.notes:
            say(note)


def print_report(report: Report, form: str) -> None:
    """A report of several sections to stdout."""
    click.echo(import_module(f"graph.reports.{form}").write(report), nl=False)


def print_findings(findings: Sequence[Finding], title: str, form: str) -> None:
    """Findings to stdout, a line each or in a format for programs; the sum to stderr."""
    from graph.reports.findings import answer, lines

    told = answer(findings, title=title)
    if form == "table":
        click.echo(lines(findings), nl=False)
        say(told.title)
    else:
        print_answer(told, form)


def say(words: str) -> None:
    """Words for the person at the terminal, in one line that a terminal cannot obey."""
    if words:
        click.echo("".join(c if c.isprintable() else " " for c in words), err=True)
