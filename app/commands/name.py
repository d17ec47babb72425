"""servicemap name: what does a technical name say, and which name keeps the convention?"""

from __future__ import annotations

from pathlib import Path

import click

from app.options import files_argument, format_option, print_answer, source_options

__all__ = ["command"]

_convention = click.option(
    "--convention", "wanted", default="", metavar="ID", help="Which naming convention, where the map has several."
)


@click.group("name")
def command() -> None:
    """Read and make technical names, as a naming convention of the map says.

    \b
    Examples:
      servicemap name read FHZ-ORD-PD1-SQL-RDO-01 data/enterprise
      servicemap name make data/enterprise -p B=SHP -p C=PD1 -p type=machine -p clarification=SRC
    """


@command.command("read")
@click.argument("name")
@files_argument
@_convention
@source_options
@format_option
def read(
    name: str, files: tuple[Path, ...], wanted: str,
    store: Path | str | None, namespace: str, mappings: tuple[Path, ...], form: str,
) -> None:  # fmt: skip
    """Say what the parts of NAME mean, or what is wrong with it."""
    from graph.maps import open_map
    from graph.naming import answer, convention, read_name

    opened = open_map(files, store=store, namespace=namespace, mappings=mappings)
    chosen = convention(opened.store, wanted)
    print_answer(answer(chosen, name, read_name(opened.store, chosen, name)), form)


@command.command("make")
@files_argument
@click.option(
    "--part", "-p", "parts", multiple=True, metavar="PART=VALUE", help="A part: a code, a meaning, or letters."
)
@_convention
@source_options
@format_option
def make(
    files: tuple[Path, ...], parts: tuple[str, ...], wanted: str,
    store: Path | str | None, namespace: str, mappings: tuple[Path, ...], form: str,
) -> None:  # fmt: skip
    """Make a name that keeps the convention and is not taken.

    A part that has one code needs no value. Without a sequence the next free number is taken.
    """
    from graph.maps import open_map
    from graph.model import InputError
    from graph.naming import convention, made, make_name, read_name, taken

    values = dict(each.partition("=")[::2] for each in parts if "=" in each)
    if len(values) < len(parts):
        raise InputError.of("a part is no PART=VALUE, or is given twice", remedy="write, for example, application=shop")
    opened = open_map(files, store=store, namespace=namespace, mappings=mappings)
    chosen = convention(opened.store, wanted)
    name = make_name(opened.store, chosen, values, taken=taken(opened.store))
    print_answer(made(chosen, name, read_name(opened.store, chosen, name)), form)
