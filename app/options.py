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
from graph.reports import writers

__all__ = [
    "FORMATS",
    "SomePath",
    "files_argument",
    "format_option",
    "print_answer",
    "print_findings",
    "say",
    "source_options",
]

FORMATS = tuple(sorted(writers("answer"), key=lambda name: name != "table"))
_MAPPING = "A mapping that describes a catalogue format of your own."
_NAMESPACE = "Namespace of the ids, instead of the folder's name."
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
