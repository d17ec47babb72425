"""servicemap compare: what is different between two states of a map?"""

from __future__ import annotations

from pathlib import Path

import click

from app.options import SomePath, format_option, print_answer

__all__ = ["command"]


@click.command("compare")
@click.argument("before", type=SomePath())
@click.argument("after", type=SomePath())
@click.option(
    "--namespace", default="", metavar="NAME", help="Namespace of the ids in both, instead of AFTER's folder's name."
)
@click.option(
    "--mapping",
    "mappings",
    multiple=True,
    type=SomePath(),
    metavar="FILE",
    help="A mapping that describes a catalogue format of your own.",
)
@format_option
def command(before: Path, after: Path, namespace: str, mappings: tuple[Path, ...], form: str) -> None:
    """What does AFTER say otherwise than BEFORE? Elements, dependencies and findings, with their places.

    Each is a file, a folder, or a store.

    \b
    Examples:
      servicemap compare data/laundry data/laundry
    """
    from graph.compare import answer, compare
    from graph.maps import Map, open_map
    from graph.sources import root_and_namespace
    from graph.store.embedded import is_store

    def opened(path: Path) -> Map:
        if is_store(path):
            return open_map(store=path)
        return open_map([path], namespace=space, mappings=mappings)

    space = namespace or ("" if is_store(after) or is_store(before) else root_and_namespace(after)[1])
    print_answer(answer(compare(opened(before), opened(after))), form)
