"""What do sources say that are being loaded, property by property? Columns that are noted while the text goes by.

To ask the engine for all values of a property costs it two look-ups for each; the text was in our hands a moment ago.
Only what is sure is handed out: where a line is written in another way than the engine would write it, or a value is
one that it spells in its own way, there is no column, and the engine has to be asked.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from functools import cache
from itertools import chain
from pathlib import Path

from ontology import terms as t
from ontology.vocabulary import vocabulary

__all__ = ["Columns"]

_TYPE = f"<{t.RDF_TYPE}>".encode()
_AT_ONCE = 1_024
_THING = rb'(?:<[^<>"{}|^`\\\x00-\x20]*+>|_:[A-Za-z0-9]++)'
_ROWS = re.compile(rb"(?:%b\t(?:%b|\"(?:[^\"\\\x00-\x1f]|\\.)*+\"(?:@[A-Za-z0-9-]++)?)\n)*+" % (_THING, _THING))
_THINGS = re.compile(rb"(?:%b\n)*+" % _THING)


class Columns:
    r"""The columns of some predicates, kept in files of a folder that ``close`` takes away.

    >>> from tempfile import TemporaryDirectory
    >>> folder = TemporaryDirectory()
    >>> noted = Columns(Path(folder.name) / "columns")
    >>> noted.add([f"<x:a> <{t.KIND}> <x:b> .\n".encode(), f"<x:a> <{t.RDF_TYPE}> <x:c> .\n".encode()])
    >>> noted.column(t.KIND), noted.instances("x:c"), noted.instances("x:d"), noted.column("x:unknown")
    (b'?s\t?o\n<x:a>\t<x:b>\n', b'?s\n<x:a>\n', b'?s\n', None)
    >>> noted.close()
    >>> folder.cleanup()
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        self._of = {f"<{iri}>".encode(): _Column(folder / f"p{n}", iri) for n, iri in enumerate(_kept())}
        self._things: dict[bytes, _Column] = {}
        self._whole = True

    def add(self, lines: Iterable[bytes]) -> None:
        """Note lines of N-Triples, best some thousand at a time: half a microsecond each."""
        of, things = self._of, self._things
        for line in lines:
            try:
                _, predicate, value = line.split(b" ", 2)
            except ValueError:
                self._whole &= not line.strip()
                continue
            column = of.get(predicate)
            if column is None:
                if predicate != _TYPE:
                    continue
                column = things.get(value)
                if column is None:
                    column = things[value] = _Column(self._folder / f"c{len(things)}", t.RDF_TYPE, value)
            column.lines.append(line)
        for column in chain(of.values(), things.values()):
            if len(column.lines) >= _AT_ONCE:
                column.write()

    def column(self, predicate: str) -> bytes | None:
        """Subject and value of every statement with a predicate, as the engine would write them in TSV; None if unsure.

        A statement that was said twice stands in it twice.
        """
        column = self._of.get(f"<{predicate}>".encode())
        rows = column.read() if column is not None and self._whole else None
        return None if rows is None else b"?s\t?o\n" + rows

    def instances(self, cls: str) -> bytes | None:
        """The things of a class as a column of TSV; None if unsure. What was said twice stands in it twice."""
        if not self._typed():
            return None
        column = self._things.get(f"<{cls}> .\n".encode())
        return b"?s\n" + ((column.read() or b"") if column is not None else b"")

    def classes(self) -> list[str] | None:
        """All classes that have things; None if unsure."""
        return [value[1:-4].decode() for value in self._things] if self._typed() else None

    def _typed(self) -> bool:
        return self._whole and all(
            _THINGS.fullmatch(value[:-3] + b"\n") is not None and column.is_sure()
            for value, column in self._things.items()
        )

    def close(self) -> None:
        """Take the files away."""
        shutil.rmtree(self._folder, ignore_errors=True)


@cache
def _kept() -> tuple[str, ...]:
    """What rules and projections ask for as whole columns."""
    shortcuts = (kind.shortcut for kind in vocabulary().kinds.values() if kind.shortcut)
    return tuple(dict.fromkeys((*_ASKED, *shortcuts)))


_ASKED = (
    t.DEPENDENT,
    t.PROVIDER,
    t.KIND,
    t.STRENGTH,
    t.PHASE,
    t.MEMBER_OF_GROUP,
    t.EVIDENCE_TYPE,
    t.HOLDER,
    t.DEPENDS_ON,
    t.INSTANCE_OF,
    t.DCTERMS_IDENTIFIER,
    t.RDFS_LABEL,
    t.OWNED_BY,
    t.BUSINESS_OWNER,
    t.TECHNICAL_OWNER,
    t.INFRASTRUCTURE_OWNER,
    t.DATA_OWNER,
    t.COST_OWNER,
    t.CRITICALITY,
)


class _Column:
    """Lines that say one thing: what is alike in them is taken out, the rest goes to a file."""

    __slots__ = ("_file", "_middle", "_sure", "_text", "_value", "lines")

    def __init__(self, file: Path, predicate: str, value: bytes = b"") -> None:
        self._file, self._sure, self._text = file, True, b""
        self._middle, self._value = f" <{predicate}> ".encode(), value
        self.lines: list[bytes] = []

    def write(self) -> None:
        if not self.lines:
            return
        text, lines = b"".join(self.lines), len(self.lines)
        self.lines.clear()
        if not self._sure:
            return
        if self._value:
            rows, form = text.replace(self._middle + self._value, b"\n"), _THINGS
        else:
            rows, form = text.replace(self._middle, b"\t").replace(b" .\n", b"\n"), _ROWS
        self._sure = form.fullmatch(rows) is not None and rows.count(b"\n") == lines
        if lines >= _AT_ONCE or self._file.exists():
            with self._file.open("ab") as out:
                out.write(rows)
        else:
            self._text += rows

    def is_sure(self) -> bool:
        self.write()
        return self._sure

    def read(self) -> bytes | None:
        if not self.is_sure():
            return None
        return (self._file.read_bytes() if self._file.exists() else b"") + self._text
