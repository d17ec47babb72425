"""How does a large file go into an engine without filling the memory? In parts of whole lines, one after the other.

An engine holds much of what it is given at a time: 1.15 GB for 40,000 elements, 1.7 GB for 100,000. Parts of 64 MB
took 0.55 GB for 100,000, and no more time of a processor; but each part leaves layers of its own, which took twice the
room on the disk until they were packed. So up to some 100,000 elements go in whole, and more in large parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

__all__ = ["has_blanks", "load_file", "parts", "parts_of"]

_AT_ONCE, _WHOLE = 200_000_000, 3  # bytes of a part; a file of no more than so many of them goes in whole
_LOOKED_AT = 1 << 24
_BLANK = re.compile(rb"(?:^|\s)_:", re.MULTILINE)


def load_file(triples: ox.Store, file: Path, graph: str, *, at_once: int = _AT_ONCE) -> None:
    """Put a file of N-Triples into a graph, whole or in ``parts``. Raises what ``bulk_load`` raises."""
    named, form = ox.NamedNode(graph), ox.RdfFormat.N_TRIPLES
    some = parts(file, at_once)
    if some is None:
        triples.bulk_load(path=str(file), format=form, to_graph=named, lenient=True)
    else:
        for part in some:
            triples.bulk_load(input=part, format=form, to_graph=named, lenient=True)


def parts(file: Path, at_once: int = _AT_ONCE) -> Iterator[bytes] | None:
    """The parts in which a file of N-Triples goes into an engine; None where it goes in whole.

    That is where it is no longer than three parts, and where it speaks of things without a name: in each part they
    would be others.
    """
    if file.stat().st_size <= _WHOLE * at_once or has_blanks(file):
        return None
    return parts_of(file, at_once)


def has_blanks(file: Path) -> bool:
    """Whether a file of N-Triples speaks of things without a name, or seems to."""
    return any(b"_:" in part and _BLANK.search(part) is not None for part in parts_of(file, _LOOKED_AT))


def parts_of(file: Path, size: int) -> Iterator[bytes]:
    """A file in parts of whole lines, of about so many bytes each."""
    with file.open("rb") as opened:
        while part := opened.read(size):
            yield part + opened.readline()
