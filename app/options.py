"""Which arguments and options do the commands share, and how do they print?"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import click

from graph.answer import Answer
from graph.model import Finding

__all__ = [
    "FORMATS",
    "SomePath",
    "counting_options",
    "files_argument",
    "format_option",
    "print_answer",
    "print_findings",
    "say",
    "service_and_files",
    "source_options",
    "split_service",
]

FORMATS = ("table", "json", "csv")
_MAPPING = "A mapping that describes a catalogue format of your own."
_NAMESPACE = "Namespace of the ids, instead of the folder's name."
_DEFAULT = "Availability of elements of a kind that have no figure: server=99.9."
_PERIODS = ("day", "week", "month", "quarter", "year")
_PERIOD = "Count over a day, week, month, quarter or year, whatever the agreement says."
_ON = "Count in the calendar: the month, year ... that this day lies in, with what is planned in it."
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


def files_argument(function: _F) -> _F:
    """FILES... : the map as files and folders."""
    return click.argument("files", nargs=-1, type=SomePath())(function)


def source_options(function: _F) -> _F:
    """--store, --namespace and --mapping: where the map comes from."""
    path = SomePath()
    for decorate in (
        click.option("--mapping", "mappings", multiple=True, type=path, metavar="FILE", help=_MAPPING),
        click.option("--namespace", default="", metavar="NAME", help=_NAMESPACE),
        click.option("--store", type=path, metavar="DIR", help="Take the map from a store instead of files."),
    ):
        function = decorate(function)
    return function


def service_and_files(function: _F) -> _F:
    """[SERVICE] FILES... : an element if the first word is no file, and the map; ``split_service`` tells."""
    return click.argument("words", nargs=-1, type=SomePath(), metavar="[SERVICE] [FILES]...")(function)


def split_service(words: tuple[Path, ...], store: Path | None) -> tuple[str, tuple[Path, ...]]:
    """The element asked about, "" for none, and the files: the first word is a file where one of that name is there.

    >>> split_service((Path("no such file"), Path("map.yaml")), None)[0]
    'no such file'
    """
    if words and (store is not None or len(words) > 1) and not os.path.exists(words[0]):  # noqa: PTH110 it never raises
        return str(words[0]), words[1:]
    return "", words


def counting_options(function: _F) -> _F:
    """--on, --period and --default: what availability is counted over, and for what has no figure."""
    for decorate in (
        click.option("--default", "defaults", multiple=True, metavar="KIND=PERCENT", help=_DEFAULT),
        click.option("--period", type=click.Choice(["", *_PERIODS]), default="", help=_PERIOD, show_choices=False),
        click.option("--on", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help=_ON),
    ):
        function = decorate(function)
    return function


def format_option(function: _F) -> _F:
    """--format table|json|csv."""
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
