"""How do programs write a store? A child writes a copy, and what it changed is checked: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from graph.model import InputError
from graph.sparql import replaced, tokens
from graph.store.embedded import Change, DiskStore
from graph.store.guard import check_update, marks
from graph.store.interface import Limits
from graph.store.isolation import write_copy
from graph.store.written import Writing

__all__ = ["Author", "put_graph", "remove_graph", "update"]

_LIMITS = Limits(seconds=60)
_LONGEST = 200_000  # what is longer is refused anyway
Allowed = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes, in words, and which graphs that one may write."""

    name: str
    may_write: Allowed


def update(
    folder: Path,
    text: str,
    author: Author,
    *,
    base: str | None = None,
    default: Sequence[str] | None = None,
    named: Sequence[str] | None = None,
    limits: Limits = _LIMITS,
) -> Change:
    """Do a SPARQL update: all of it, or nothing.

    Args:
        folder: of the store.
        text: the update. It may call nobody and load nothing; LOAD SILENT fails, and says nothing of it.
        author: who writes.
        base: what relative IRIs stand on.
        default: graphs that WHERE sees, in the place of USING.
        named: those in the place of USING NAMED.
        limits: of time and memory.

    Raises:
        InputError: it is wrong, too slow, too hungry, or would change what files say or what the author may not.
    """
    text = _without_silent_loads(text)
    check_update(text)
    if default is not None or named is not None:
        text = _with_using(text, default or (), named or ())
    return _write(folder, Writing(update=text, base=base), (), author, limits)


def put_graph(
    folder: Path,
    graph: str,
    parts: Sequence[tuple[str, bytes]],
    author: Author,
    *,
    replace: bool,
    base: str | None = None,
) -> Change:
    """Put statements into a graph, or in the place of what is there.

    Args:
        folder: of the store.
        graph: its IRI.
        parts: pairs of a notation and a text in it.
        author: who writes.
        replace: whether what is there goes.
        base: what relative IRIs stand on; the graph's own when left out.

    Raises:
        InputError: as ``update``.
    """
    writing = Writing(
        graph=graph, replace=replace, notations=tuple(notation for notation, _ in parts), base=base or graph
    )
    return _write(folder, writing, [text for _, text in parts], author, _LIMITS)


def remove_graph(folder: Path, graph: str, author: Author) -> Change:
    """Take a graph away. Raises InputError as ``update``."""
    return _write(folder, Writing(graph=graph, replace=True), (), author, _LIMITS)


def _write(folder: Path, writing: Writing, parts: Sequence[bytes], author: Author, limits: Limits) -> Change:
    with DiskStore(folder, writable=True) as store:
        return store.change(
            lambda copy: write_copy(copy, writing, parts, limits), by=author.name, allowed=author.may_write
        )


def _without_silent_loads(text: str) -> str:
    """The update with something that does nothing in place of each LOAD SILENT: it fails here, and may not say so.

    >>> _without_silent_loads("LOAD SILENT <http://x/> INTO GRAPH <http://y/> ; CLEAR ALL")
    'CLEAR SILENT GRAPH <x-nothing:> ; CLEAR ALL'
    """
    if "silent" not in text.casefold() or len(text) > _LONGEST:
        return text
    said, changes = tokens(text), []
    for at, token in enumerate(said):
        source, into = said[at + 1 : at + 3], said[at + 3 : at + 6]
        if [token.word, *(each.word for each in source[:1])] != ["LOAD", "SILENT"] or len(source) < 2:
            continue
        last = into[-1] if [each.word for each in into[:2]] == ["INTO", "GRAPH"] and len(into) == 3 else source[-1]
        changes.append((token.start, last.end, "CLEAR SILENT GRAPH <x-nothing:>"))
    return replaced(text, changes)


def _with_using(text: str, default: Sequence[str], named: Sequence[str]) -> str:
    """The update with USING before each WHERE that follows a template."""
    said = "".join([*(f"USING <{graph}> " for graph in default), *(f"USING NAMED <{graph}> " for graph in named)])
    found, at = [], 0
    top = [mark for mark in marks(text) if mark.depth == 0]
    if any(mark.word in ("using", "with") for mark in top):
        raise InputError.of(
            "the update names its graphs with USING or WITH, and the request does too", remedy="leave one of them out"
        )
    for before, mark in pairwise(top):
        if mark.word == "where" and before.word == "}":
            found += [text[at : mark.start], said]
            at = mark.start
    return "".join([*found, text[at:]])
