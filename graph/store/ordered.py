"""How are rows put in order by names? Beside the engine, which fetches two names from its files for each comparison.

The engine is asked without the order and the limit. The rows are sorted as it would sort them, and as many are kept as
are wanted. Numbers it compares without fetching anything, so all but names and plain texts is left to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import pyoxigraph as ox

from graph.store.guard import marks

__all__ = ["Order", "Ordered", "in_order", "order_of"]

_LONGEST, _MOST = 20_000, 50_000  # signs of a query; rows that are kept
_BATCH = 20_000  # rows between two looks at which of them are needed
_VARIABLE = r"[?$]([A-Za-z_]\w*+)"
_BY = rf"(?:{_VARIABLE}|(?:ASC|DESC)\s*+\(\s*+{_VARIABLE}\s*+\))"
_TAIL = re.compile(
    rf"\}}\s*+ORDER\s++BY(?P<by>(?:\s*+{_BY})++)"
    r"(?:\s*+LIMIT\s++(?P<limit>\d{1,9}+)(?!\w))?+(?:\s*+OFFSET\s++(?P<offset>\d{1,9}+)(?!\w))?+\s*+(?:\#[^\r\n{}]*+)?+",
    re.IGNORECASE | re.ASCII,
)
_KEYS = re.compile(rf"(ASC|DESC)?\s*+\(?\s*+{_VARIABLE}", re.IGNORECASE | re.ASCII)
_HEAD = re.compile(
    rf"SELECT(?:\s++DISTINCT)?+(?P<columns>(?:\s*+{_VARIABLE})++|\s*+\*)\s*+(?:WHERE\s*+)?+", re.IGNORECASE | re.ASCII
)
# Where these stand the first row may come late, and its order may be one of numbers: it would all be done twice.
_LATE = frozenset(("group", "count", "sum", "avg", "min", "max", "sample", "group_concat"))
_TEXT = ox.NamedNode("http://www.w3.org/2001/XMLSchema#string")

Row = tuple[object, ...]


class Order(NamedTuple):
    """What a query says of the order: the query without it, the columns and whether they fall, which rows are told."""

    text: str
    by: tuple[tuple[str, bool], ...]
    first: int
    most: int | None


@dataclass(frozen=True, slots=True)
class Ordered:
    """Rows in their order, as the engine would give them."""

    variables: tuple[ox.Variable, ...]
    rows: tuple[Row, ...]

    def __iter__(self) -> Iterator[Row]:
        """The rows."""
        return iter(self.rows)


def order_of(text: str) -> Order | None:
    """The order of a query, where it is one of columns that are told; None where there is none, or another.

    >>> order_of("SELECT ?x { ?x a sm:Service } ORDER BY DESC(?x) LIMIT 10")
    Order(text='SELECT ?x { ?x a sm:Service }', by=(('x', True),), first=0, most=10)
    >>> order_of("SELECT ?x { ?x a sm:Service } ORDER BY STR(?x)") is None
    True
    """
    end = text.rfind("}")
    if end < 0 or len(text) > _LONGEST or (tail := _TAIL.fullmatch(text, end)) is None:
        return None
    said = list(marks(text))
    select = next((mark for mark in said if mark.word not in ("prefix", "base")), None)
    brace = next((mark for mark in said if mark.word == "{"), None)
    if select is None or brace is None or not any(mark.start == end and mark.depth == 0 for mark in said):
        return None
    head = _HEAD.fullmatch(text, select.start, brace.start)
    if head is None or not _LATE.isdisjoint(mark.word for mark in said):
        return None
    by = tuple((found[2], (found[1] or "").casefold() == "desc") for found in _KEYS.finditer(tail["by"]))
    told = {name.lstrip("?$") for name in head["columns"].split()}
    if "*" not in told and not told.issuperset(name for name, _ in by):
        return None
    most = None if tail["limit"] is None else int(tail["limit"])
    return Order(text[: end + 1], by, int(tail["offset"] or 0), most)


def in_order(found: object, order: Order, most: int) -> Ordered | None:
    """The rows that are told, at most so many and one more; None where the engine has to put them in order.

    Cost: all rows are fetched once; no more are held than are told, and some thousand.

    Args:
        found: what the engine gives for ``order.text``.
        order: what the query says.
        most: rows that are told at most.
    """
    last = order.first + (most + 1 if order.most is None else min(order.most, most + 1))
    if not isinstance(found, ox.QuerySolutions) or last > _MOST:
        return None
    names = [variable.value for variable in found.variables]
    if not set(names).issuperset(name for name, _ in order.by):
        return None
    keys = [(_key(names.index(name)), falls) for name, falls in reversed(order.by)]
    kept = list[Row]()
    try:
        for solution in found:
            kept.append(row := tuple(solution))
            if len(kept) == 1:
                for key, _ in keys:
                    key(row)  # of another kind than is put in order here, it is seen at once
            if len(kept) >= last + _BATCH:
                _sort(kept, keys)
                del kept[last:]
        _sort(kept, keys)
    except _Unlike:
        return None
    return Ordered(tuple(found.variables), tuple(kept[order.first : last]))


class _Unlike(Exception):  # noqa: N818  it is no error
    """A value that is neither a name nor a plain text."""


def _sort(rows: list[Row], keys: list[tuple[Callable[[Row], tuple[int, str]], bool]]) -> None:
    for key, falls in keys:
        rows.sort(key=key, reverse=falls)


def _key(column: int) -> Callable[[Row], tuple[int, str]]:
    """What a row is sorted by, as SPARQL says: nothing, then nodes without a name, names, texts."""

    def key(row: Row) -> tuple[int, str]:
        term = row[column]
        if isinstance(term, ox.NamedNode):
            return 2, term.value
        if term is None:
            return 0, ""
        if isinstance(term, ox.BlankNode):
            return 1, term.value
        if isinstance(term, ox.Literal) and term.datatype == _TEXT:
            return 3, term.value
        raise _Unlike

    return key
