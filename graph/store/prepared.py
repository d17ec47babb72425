"""What do sums by group need? Columns of what is said, as numbers of terms; the usual ones lie ready in files.

To read a column from the engine costs about as much as a whole sum. So the columns that sums are mostly about (costs,
amounts, currencies, owners) are written beside the packed copy of a generation, and whoever asks maps them.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyoxigraph as ox

from ontology import terms as t

__all__ = ["Column", "Ids", "Prepared", "Terms", "read_column", "read_prepared", "write_prepared"]

Ids = npt.NDArray[np.int64]
Name = tuple[str, str]
"""A verb, and the one thing that its value is; "" for any."""

_USUAL = (
    t.MONTHLY_COST,
    t.COST_PER_HOUR_DOWN,
    t.HAS_COST,
    t.LIST_PRICE,
    t.AMOUNT,
    t.CURRENCY,
    t.COST_PERIOD,
    t.OWNED_BY,
    t.IN_ENVIRONMENT,
    t.CRITICALITY,
)
_MOST_ROWS = 2_000_000
_INDEX, _TERMS = "index.json", "terms"


class Column:
    """Subjects and values of a verb, as often as the engine finds them; with starts for both directions."""

    def __init__(self, subjects: Ids, values: Ids, starts: Mapping[bool, tuple[Ids, Ids]] | None = None) -> None:
        self.subjects, self.values, self.starts = subjects, values, dict(starts or {})

    def of(self, back: bool) -> tuple[Ids, Ids]:  # noqa: FBT001 the direction
        """Where what belongs to a term begins, and that, in the order of subjects or (``back``) of values."""
        if back not in self.starts:
            keys, others = (self.values, self.subjects) if back else (self.subjects, self.values)
            order = np.argsort(keys, kind="stable")
            start = np.zeros(int(keys.max(initial=-1)) + 2, dtype=np.int64)
            np.cumsum(np.bincount(keys, minlength=len(start) - 1), out=start[1:])
            self.starts[back] = start, others[order]
        return self.starts[back]


class Terms(Sequence[bytes]):
    """Terms by their numbers, as TSV writes them: those of a file, each read when it is asked for, and new ones.

    >>> terms = Terms()
    >>> terms.number(b"<x:a>"), terms.number(b"<x:b>"), terms.number(b"<x:a>"), terms[1], len(terms)
    (0, 1, 0, b'<x:b>', 2)
    """

    def __init__(self, said: bytes | memoryview = b"", ends: Ids | None = None) -> None:
        self._said, self._ends = said, np.zeros(0, dtype=np.int64) if ends is None else ends
        self._new: list[bytes] = []
        self._numbers: dict[bytes, int] | None = None

    def __len__(self) -> int:
        return len(self._ends) + len(self._new)

    def __getitem__(self, number: Any) -> Any:  # noqa: ANN401 as a sequence has it
        if isinstance(number, slice):
            return [self[each] for each in range(*number.indices(len(self)))]
        if number >= len(self._ends):
            return self._new[number - len(self._ends)]
        return bytes(self._said[int(self._ends[number - 1]) if number else 0 : int(self._ends[number])])

    def lines(self, first: Ids, second: Ids) -> bytes:
        """Two columns of terms of the file, a line each."""
        said, ends = bytes(self._said), np.concatenate((np.zeros(1, np.int64), self._ends))
        places = [ends[numbers].tolist() for numbers in (first, first + 1, second, second + 1)]
        return b"".join([b"%b\t%b\n" % (said[a:b], said[c:d]) for a, b, c, d in zip(*places, strict=True)])

    def number(self, term: bytes) -> int:
        """The number of a term, a new one where it has none."""
        if self._numbers is None:
            self._numbers = {each: number for number, each in enumerate(self)}
        known = self._numbers.setdefault(term, len(self))
        if known == len(self):
            self._new.append(term)
        return known


class Prepared(NamedTuple):
    """What lies ready: the columns, the terms, the number that each is, and what sort of number."""

    columns: dict[Name, Column]
    terms: Terms
    numbers: Ids
    kinds: npt.NDArray[np.int8]

    def told(self, verb: str) -> bytes | None:
        """A column as the engine tells it in TSV, with its head; None for one that does not lie ready."""
        column = self.columns.get((verb, ""))
        return None if column is None else b"?s\t?o\n" + self.terms.lines(column.subjects, column.values)


def read_column(triples: ox.Store, name: Name, terms: Terms, most: int) -> tuple[Column | None, int]:
    """A column as the engine finds it, None where it has more rows than ``most``; and how many bytes it was told in."""
    verb, thing = name
    said = f"?s <{verb}> <{thing}>" if thing else f"?s <{verb}> ?o"
    query = f"SELECT {'?s' if thing else '?s ?o'} {{ {said} }} LIMIT {most + 1}"
    found = triples.query(query, use_default_graph_as_union=True)
    assert isinstance(found, ox.QuerySolutions)
    text = found.serialize(format=ox.QueryResultsFormat.TSV) or b""
    lines = text.split(b"\n")[1:-1]
    if len(lines) > most:
        return None, len(text)
    number = terms.number
    pairs = np.array([[number(cell) for cell in line.split(b"\t")] for line in lines], dtype=np.int64)
    pairs = pairs.reshape(len(lines), 1 if thing else 2)  # what two graphs say counts twice, as in the engine
    return Column(pairs[:, 0], pairs[:, -1]), len(text)


def write_prepared(triples: ox.Store, folder: Path, weigh: Any) -> None:  # noqa: ANN401 see ``sums``
    """Have the usual columns in a folder, which is there when they are whole; ``weigh`` says what number a term is.

    Cost: at 100,000 elements some seconds of a processor and 30 MB on the disk.
    """
    draft, terms = folder.with_name(f"{folder.name}.new"), Terms()
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    index: list[Name] = []
    for verb in _USUAL:
        column, _ = read_column(triples, (verb, ""), terms, _MOST_ROWS)
        if column is not None:
            for name, array in _arrays(column):
                np.save(draft / f"{len(index)}-{name}.npy", array)
            index.append((verb, ""))
    weighed = [weigh(term) for term in terms]
    np.save(draft / "numbers.npy", np.array([number for number, _ in weighed], dtype=np.int64))
    np.save(draft / "kinds.npy", np.array([kind for _, kind in weighed], dtype=np.int8))
    np.save(draft / "ends.npy", np.cumsum([len(term) for term in terms], dtype=np.int64))
    (draft / _TERMS).write_bytes(b"".join(terms))
    (draft / _INDEX).write_text(json.dumps(index), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    draft.rename(folder)


def _arrays(column: Column) -> Iterable[tuple[str, Ids]]:
    yield "subjects", column.subjects
    yield "values", column.values
    for back in (False, True):
        start, others = column.of(back)
        yield f"start{int(back)}", start
        yield f"others{int(back)}", others


def read_prepared(folder: Path) -> Prepared | None:
    """What lies ready in a folder, mapped; None where nothing does."""
    try:
        index = json.loads((folder / _INDEX).read_text(encoding="utf-8"))
        columns = {(verb, thing): _mapped(folder, number) for number, (verb, thing) in enumerate(index)}
        said, ends = np.memmap(folder / _TERMS, dtype=np.uint8, mode="r"), _array(folder, "ends")
        terms = Terms(memoryview(said), ends)  # type: ignore[arg-type]  # it is a buffer
        return Prepared(columns, terms, _array(folder, "numbers"), _array(folder, "kinds"))
    except (OSError, EOFError, ValueError, TypeError):
        return None


def _mapped(folder: Path, number: int) -> Column:
    starts = {
        back: (_array(folder, f"{number}-start{int(back)}"), _array(folder, f"{number}-others{int(back)}"))
        for back in (False, True)
    }
    return Column(_array(folder, f"{number}-subjects"), _array(folder, f"{number}-values"), starts)


def _array(folder: Path, name: str) -> Any:  # noqa: ANN401 an array of whatever was written
    return np.load(folder / f"{name}.npy", mmap_mode="r")
