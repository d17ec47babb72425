"""servicemap export: write a map, or a part of it, for other tools."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.options import SomePath, files_argument, say, source_options
from app.outfile import check_outfile, write_whole
from graph.answer import count
from graph.reports import Written, writers

if TYPE_CHECKING:  # only --help must be quick
    from graph.drawing import Drawing
    from graph.excerpt import Excerpt
    from graph.layout import Layout
    from graph.maps import Map

__all__ = ["command"]

_FORMATS = writers("answer", "map", "picture")
_DIRECTIONS = ("both", "down", "up")
_MOST_FINDINGS = 20


@click.command("export")
@files_argument
@click.option("--format", "form", type=click.Choice(sorted(_FORMATS)), required=True, help="What to write.")
@click.option("--focus", default="", metavar="ELEMENT", help="Only what is near this element.")
@click.option("--hops", type=click.IntRange(0), metavar="N", help="So many steps from it, instead of all.")
@click.option(
    "--direction", type=click.Choice(_DIRECTIONS), default="both", show_default=True,
    help="down: what it depends on; up: what depends on it.",
)  # fmt: skip
@click.option("--impact", "failing", multiple=True, metavar="ELEMENT", help="Only what breaks if this fails, and how.")
@click.option("--with-derived", "derived", is_flag=True, help="RDF: with what follows from rules, in its own graph.")
@click.option(
    "--table", type=click.Choice(["elements", "dependencies"]), help="Which of the two tables to write; else elements."
)
@click.option("--positions", is_flag=True, help="With places as on the map page, where the format has them.")
@click.option(
    "--scheme", type=click.Choice(["light", "dark"]), default="light", show_default=True, help="Colours of SVG."
)
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Take so many elements where a format takes fewer.")
@click.option("--out", type=SomePath(), metavar="FILE", help="Write a file, whole or not at all, instead of printing.")
@source_options
def command(
    files: tuple[Path, ...], form: str, focus: str, hops: int | None, direction: Any, failing: tuple[str, ...],  # noqa: ANN401 click checks the words
    derived: bool, table: str | None, positions: bool, scheme: Any, limit: int | None, out: Path | None,  # noqa: ANN401, FBT001 click gives flags so
    store: Path | str | None, namespace: str, mappings: tuple[Path, ...],
) -> None:  # fmt: skip
    """Write a map, or a part of it, in another format: RDF, our YAML, graphs, pictures, tables.

    What a format cannot say is told on stderr, never dropped in silence. See docs/reference/export.md for what each
    format carries.

    \b
    Examples:
      servicemap export data/laundry --format turtle
      servicemap export data/laundry --format svg --focus factory --hops 2 --out factory.svg
      servicemap export data/laundry --format csv --table dependencies
      servicemap export data/laundry --format mermaid --impact boiler
    """
    from graph.maps import open_map
    from graph.model import InputError

    check_outfile(out)
    for option, given in (("--hops", hops is not None), ("--direction", direction != "both")):
        if given and not focus:
            raise InputError.of(f"{option} needs an element to start from", remedy="name one with --focus")
    opened = open_map(files, store=store, namespace=namespace, mappings=mappings)
    part = _part(opened, focus, hops, direction, failing, derived=derived)
    writer = _FORMATS[form]
    _check_size(part, form, getattr(writer, "MOST", None), limit)
    made, notes, many = _made(part, form, table, positions=positions, scheme=scheme)
    text, findings = (made.text, made.findings) if isinstance(made, Written) else (made, ())
    if out is None and isinstance(text, bytes) and sys.stdout.isatty():
        raise InputError.of(f"{form} is nothing to read on a screen", remedy="name a file with --out")
    if out is None:
        click.echo(text, nl=False)
    else:
        write_whole(out, text)
    _tell(notes, [str(finding) for finding in findings])
    if out is not None:
        say(f"{out}: {count(many, 'element')} as {form}")


def _part(
    opened: Map, focus: str, hops: int | None, direction: Any, failing: Sequence[str], *, derived: bool  # noqa: ANN401 click checks the words
) -> Excerpt:  # fmt: skip
    from graph.excerpt import excerpt, hit
    from graph.model import InputError

    if failing and focus:
        raise InputError.of("--focus and --impact are both given", remedy="give one of them")
    if failing:
        return hit(opened, failing, derived=derived)
    return excerpt(opened, focus=focus, hops=hops, direction=direction, derived=derived)


def _check_size(part: Excerpt, form: str, most: int | None, limit: int | None) -> None:
    from graph.model import InputError

    allowed = max(most or 0, limit or 0)
    if most is not None and len(part.elements) > allowed:
        many = f"{len(part.elements):,} elements are too many for {form}, which takes {allowed:,}"
        raise InputError.of(many, remedy="write a part with --focus ELEMENT --hops N, or raise --limit")


def _made(
    part: Excerpt, form: str, table: str | None, *, positions: bool, scheme: Any  # noqa: ANN401 click checks the words
) -> tuple[str | bytes | Written, Sequence[str], int]:  # fmt: skip
    """The text, what must be said beside it, and how many elements are in it."""
    writer = _FORMATS[form]
    if "picture" in writer.TAKES:
        drawing, layout = _drawn(part)
        return writer.write(drawing, layout, scheme=scheme), drawing.notes, len(drawing.cards)
    if "map" not in writer.TAKES or (table and "answer" in writer.TAKES):
        return writer.write(part.table(table or "elements")), part.notes, len(part.elements)
    return writer.write(part, _drawn(part)[1] if positions else None), part.notes, len(part.elements)


def _drawn(part: Excerpt) -> tuple[Drawing, Layout]:
    from app.atlas import Atlas
    from app.drawn import drawn

    return drawn(Atlas(part.map), part)


def _tell(notes: Sequence[str], findings: Sequence[str]) -> None:
    """What is left out, and what the format could not say."""
    for note in notes:
        say(note)
    for finding in findings[:_MOST_FINDINGS]:
        say(f"warning: {finding}")
    if len(findings) > _MOST_FINDINGS:
        say(f"warning: and {len(findings) - _MOST_FINDINGS:,} more of this kind")
