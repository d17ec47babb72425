"""servicemap compare: what is different between two states of a map?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.options import WORKING_TREE, SomePath, format_option, mapping_option, print_answer, what_if_option
from app.proposal import in_git

if TYPE_CHECKING:
    from graph.maps import Map

__all__ = ["command"]


@click.command("compare")
@click.argument("paths", nargs=-1, type=SomePath(), metavar="BEFORE AFTER | FOLDER")
@click.option("--base", metavar="REVISION", help="Compare FOLDER with what it was in this revision of git.")
@click.option(
    "--head",
    metavar="REVISION",
    default=WORKING_TREE,
    show_default=True,
    help="With --base: the revision that comes after it, instead of the files as they are now.",
)
@what_if_option
@click.option(
    "--namespace", default="", metavar="NAME", help="Namespace of the ids in both, instead of the folder's name."
)
@mapping_option
@format_option
def command(
    paths: tuple[Path, ...], base: str | None, head: str, what_if: Path | None, namespace: str,
    mappings: tuple[Path, ...], form: str,
) -> None:  # fmt: skip
    """What does AFTER say otherwise than BEFORE? Elements, dependencies and findings, with their places.

    And what follows from it: blast radius, single points of failure, availability, what is left of promises, gaps in
    the responsibilities.

    BEFORE and AFTER are files, folders, or stores. With --base it is one file or FOLDER in a git repository, at two
    times; nothing is checked out. With --what-if it is one map as it is, and as it would be after a patch.

    \b
    Examples:
      servicemap compare data/laundry data/laundry
      servicemap compare data/laundry --base HEAD
      servicemap compare data/laundry --base HEAD~1 --head HEAD --format json
    """
    from graph.compare import compare
    from graph.consequences import answer, consequences

    before, after = _between(paths, base, head, what_if, namespace=namespace, mappings=mappings)
    found = compare(before, after)
    print_answer(answer(found, consequences(before, after, found)), form)


def _between(
    paths: tuple[Path, ...],
    base: str | None,
    head: str,
    what_if: Path | None,
    *,
    namespace: str,
    mappings: tuple[Path, ...],
) -> tuple[Map, Map]:
    """The two states."""
    from graph.model import InputError

    see = "see: servicemap compare --help"
    if base is not None and what_if is not None:
        raise InputError.of("both --base and --what-if are given", remedy="give one of them")
    wanted = 2 if base is None and what_if is None else 1
    if len(paths) != wanted:
        words = "two states to compare" if wanted == 2 else "one file or folder with --base or --what-if"
        raise InputError.of(f"compare takes {words}; {len(paths)} given", remedy=see)
    if base is not None:
        return in_git(paths[0], base, head, namespace, mappings)
    if head != WORKING_TREE:
        raise InputError.of("--head needs --base", remedy="name the revision to compare with")
    from graph.sources import root_and_namespace
    from graph.store.embedded import is_store

    stores = any(is_store(path) for path in paths)
    space = namespace or ("" if stores else root_and_namespace(paths[-1])[1])
    before = _opened(paths[0], space, mappings)
    if what_if is None:
        return before, _opened(paths[1], space, mappings)
    from graph.whatif import overlaid

    return before, overlaid(before, what_if)


def _opened(path: Path, namespace: str, mappings: tuple[Path, ...]) -> Map:
    from graph.maps import open_map
    from graph.store.embedded import is_store

    if is_store(path):
        return open_map(store=path)
    return open_map([path], namespace=namespace, mappings=mappings, open_ends=True)
