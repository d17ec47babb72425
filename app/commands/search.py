"""servicemap search: which element do I mean?"""

from __future__ import annotations

from pathlib import Path

import click

from app.options import files_argument, format_option, print_answer, source_options

__all__ = ["command"]


@click.command("search")
@click.argument("words")
@files_argument
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="At most so many.")
@source_options
@format_option
def command(
    words: str, files: tuple[Path, ...], limit: int,
    store: Path | str | None, namespace: str, mappings: tuple[Path, ...], form: str,
) -> None:  # fmt: skip
    """Find elements by a part of a name, id, other name, kind or owner, the best first.

    Several words may stand in different ones of these: "orders database". Small typing errors are forgiven.

    \b
    Examples:
      servicemap search wash data/laundry
    """
    from graph.analysis.elements import answer
    from graph.answer import count
    from graph.attributes import Attributes, index
    from graph.maps import open_map

    opened = open_map(files, store=store, namespace=namespace, mappings=mappings)
    projection = opened.projection
    said = Attributes(opened.store, projection, opened.kept)
    hits = index(projection, said, opened.kept).search(words, limit=limit + 1)
    found = [hit.element for hit in hits[:limit]]
    title = f"{count(len(found), 'element fits', 'elements fit')} '{words}'"
    notes = (f"only the first {limit} are shown; raise --limit",) if len(hits) > limit else ()
    print_answer(answer(projection, found, title=title, notes=notes), form)
