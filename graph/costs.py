"""What does each element cost by itself in a month? Columns, a currency each, read from a store or from a file.

To read them takes a second of a processor at 100,000 elements. So whoever packs a store keeps them beside it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from graph.analysis._frontier import gather, starts_of
from graph.model import InputError
from graph.texts import Stretches, Table, columns_of, first_of_each
from ontology import terms as t

__all__ = ["Costs", "costs_of", "keep_costs", "kept_costs"]

Ints = npt.NDArray[np.int32]
Wide = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_FORM = "costs 1"


class Statements(Protocol):
    """What is needed of a store."""

    def column(self, predicate: str) -> bytes:
        """As ``Reader.column``."""


@dataclass(frozen=True, slots=True, eq=False)
class Costs:
    """Costs in one currency: of each element in parts of 10 ** ``scale``, who has one, and whose is no integer."""

    amount: Wide
    has: Bools
    fraction: Bools
    scale: int


def keep_costs(file: Path, made_for: str, costs: Mapping[str, Costs]) -> None:
    """Write costs into a file; ``made_for`` says of which elements in which order. OSError where that cannot be."""
    said = {"form": _FORM, "for": made_for, "costs": [[currency, each.scale] for currency, each in costs.items()]}
    arrays = {f"{name}{number}": getattr(each, name) for number, each in enumerate(costs.values()) for name in _ARRAYS}
    draft = file.with_name(f"{file.name}.new")
    with draft.open("wb") as out:
        np.savez(out, said=np.frombuffer(json.dumps(said).encode(), np.uint8), **arrays)
    draft.replace(file)


def kept_costs(file: Path, made_for: str) -> Mapping[str, Costs] | None:
    """The costs in a file; None where there are none, or others."""
    failures = (OSError, ValueError, KeyError, EOFError, BadZipFile)
    with suppress(*failures), file.open("rb") as opened, np.load(opened) as found:
        said = json.loads(found["said"].tobytes())
        if (said["form"], said["for"]) == (_FORM, made_for):
            return {
                currency: Costs(**{name: found[f"{name}{number}"] for name in _ARRAYS}, scale=scale)
                for number, (currency, scale) in enumerate(said["costs"])
            }
    return None


_ARRAYS = ("amount", "has", "fraction")


def costs_of(store: Statements, at: Callable[[Stretches], Wide], size: int) -> Iterator[tuple[str, Costs]]:
    """The costs of each currency, as a store says them; ``at`` finds elements as it writes them."""
    elements, costs = columns_of(store.column(t.MONTHLY_COST))
    first, cost = first_of_each(costs)
    vertex, known = at(elements), Table(costs.take(first))
    have = np.unique(vertex[vertex >= 0] * len(first) + cost[vertex >= 0])  # what two graphs say counts once
    vertex, cost = np.divmod(have, max(len(first), 1))
    found, currencies = _values_of(known, store.column(t.CURRENCY))
    rows, currency = _with_values(cost, found)
    vertex, cost = vertex[rows], cost[rows]
    found, amounts = _values_of(known, store.column(t.AMOUNT))
    rows, amount = _with_values(cost, found)
    vertex, currency = vertex[rows], currency[rows]
    for number in sorted(np.unique(currency).tolist(), key=currencies.__getitem__):
        these = currency == number
        yield currencies[number], _column(vertex[these], amount[these], amounts, size)


def _values_of(known: Table, written: bytes) -> tuple[tuple[Ints, Ints], list[str]]:
    """What a column says of each that is known: where its values begin, and their numbers; and all values."""
    subjects, values = columns_of(written)
    at, (first, number) = known.find(subjects), first_of_each(values)
    said = np.unique(at[at >= 0] * len(first) + number[at >= 0])
    of, value = np.divmod(said, max(len(first), 1))
    texts = [each.decode() for each in values.take(first).to_bytes()]
    return (starts_of(of.astype(np.int32), len(known.texts)), value.astype(np.int32)), texts


def _with_values(of: Wide, values: tuple[Ints, Ints]) -> tuple[Wide, Ints]:
    """For each row as many rows as it has values: the number of the row, and of the value."""
    return np.arange(len(of)).repeat(np.diff(values[0])[of]), gather(values, of.astype(np.int32))


def _column(vertex: Wide, amount: Ints, amounts: Sequence[str], size: int) -> Costs:
    """The costs of one currency; each is written as in Turtle, bare when it is a whole number."""
    used = np.unique(amount).tolist()
    written = {number: amounts[number].partition("^^")[0].strip('"') for number in used}
    scale = max(len(words.partition(".")[2]) for words in written.values())
    worth, fraction = np.zeros(len(amounts), np.int64), np.zeros(len(amounts), np.bool_)
    for number, words in written.items():
        whole, _, part = words.partition(".")
        try:
            worth[number] = int(whole + part.ljust(scale, "0"))
        except (ValueError, OverflowError):
            raise InputError.of(f"'{words[:40]}' is no amount that can be added up", remedy="correct it") from None
        fraction[number] = not amounts[number].lstrip("+-").isdecimal()
    column = Costs(np.zeros(size, np.int64), np.zeros(size, np.bool_), np.zeros(size, np.bool_), scale)
    np.add.at(column.amount, vertex, worth[amount])
    column.has[vertex] = True
    column.fraction[vertex[fraction[amount]]] = True
    return column
