"""How are sums by group answered quickly? From whole columns, where a query asks for nothing else.

An engine fetches every number of a sum by itself. ``SELECT ?k (SUM(?a) AS ?s) { ?x p ?m . ?m q ?a ; r ?k }
GROUP BY ?k`` is answered here by joining the columns of p, q and r as arrays, and stands as VALUES in its place. The
columns are read once for a revision. Whatever is not exactly of this form, or has a value of which the sum is not sure
to be the engine's, is left to the engine as it is.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyoxigraph as ox

from graph.model import InputError
from graph.ntriples import RDF_TYPE
from graph.sparql import Token, iri, prefixes, tokens
from graph.store.guard import PREFIXES
from graph.store.prepared import Column, Ids, Terms, read_column, read_prepared
from ontology.terms import XSD_DECIMAL

__all__ = ["Sums", "weighed"]

_MOST_ROWS, _MOST_COLUMNS, _MOST_GROUPS, _MOST_TERMS, _MOST_ASKED = 300_000, 12, 20_000, 800_000, 1_000
_MOST_JOINED = 2_000_000
_SHARE = 3  # of the time of a query, the part that its engine may need for its columns to be read
_GROWS = 12  # bytes of memory for a byte of TSV, measured
_NUMBER = re.compile(  # as the engine writes an integer or a decimal
    rb"(?P<whole>-?[0-9]{1,18})(?:\.(?P<fraction>[0-9]{1,6}))?"
    rb'|"(?P<quoted>-?[0-9]{1,18})(?:\.(?P<rest>[0-9]{1,6}))?"\^\^<%b>' % XSD_DECIMAL.encode()
)
_NO_NUMBER, _WHOLE, _FRACTION = range(3)
_KEY = re.compile(rb'<[^<>\s]*>|"(?:[^"\\\r\n]|\\.)*"(?:@[A-Za-z0-9-]+|\^\^<[^<>\s]*>)?|-?[0-9]{1,18}|true|false')
_PLACES, _LARGEST = 6, 2**62
_COSTS = "SELECT ?k (SUM(?a) AS ?s) { ?x sm:monthlyCost ?m . ?m sm:amount ?a ; sm:currency ?k } GROUP BY ?k"


class _Pattern(NamedTuple):
    """A statement with a known verb; ``thing`` is the IRI that is its value, or else ``value`` the variable."""

    subject: str
    verb: str
    value: str
    thing: str


@dataclass(frozen=True, slots=True)
class _Asked:
    """A query of the one form; ``sums`` has, for each column of the answer, what is summed; "" for a count."""

    patterns: tuple[_Pattern, ...]
    columns: tuple[str, ...]
    sums: dict[str, str]
    groups: tuple[str, ...]
    tail: str


class _Unlike(Exception):  # noqa: N818  it is no error
    """The query is of another form, or its answer is not sure."""


class Sums:
    """Answers sums over the triples of one revision.

    To read a column costs about as much as the engine needs for a whole sum. So the engine answers what is asked once;
    when it is asked again, one column is read each time, until all are here. What takes the engine more than a third
    of its time stays with it: reading must not be why an answer is late. What lies ready in ``folder`` is not read.
    """

    def __init__(self, triples: ox.Store, folder: Path | None = None) -> None:
        self._triples, self._folder, self._grown = triples, folder, 0
        self._large = set[tuple[str, str]]()
        self._took: dict[frozenset[tuple[str, str]], float] = {}
        self._left: tuple[frozenset[tuple[str, str]], float] | None = None
        self._forget()

    def get_ready(self) -> None:
        """Add up the costs once where their columns lie ready: whoever asks first need not wait for what is mapped."""
        asked = _Reading(_COSTS).asked()
        if {(each.verb, each.thing) for each in asked.patterns} <= self._columns.keys():
            with suppress(_Unlike):
                self._answered(asked, 0.0)

    def answered(self) -> int:
        """What was left to the engine is answered; how many bytes columns have taken since the last time, about."""
        if self._left is not None:
            asked, begun = self._left
            if len(self._took) >= _MOST_ASKED:
                self._took.clear()
            self._took[asked], self._left = time.monotonic() - begun, None
        grown, self._grown = self._grown, 0
        return grown

    def _forget(self) -> None:
        ready = read_prepared(self._folder) if self._folder is not None else None
        self._columns: dict[tuple[str, str], Column] = {} if ready is None else ready.columns
        self._terms = Terms() if ready is None else ready.terms
        self._numbers: Ids = np.zeros(0, dtype=np.int64) if ready is None else ready.numbers
        self._kinds = np.zeros(0, dtype=np.int8) if ready is None else ready.kinds
        self._ready = len(self._columns), len(self._terms)

    def rewritten(self, text: str, *, seconds: float) -> str:
        """The query with its answer in place of its pattern; the query itself where it is left to the engine.

        ``seconds`` is how long the answer may take.
        """
        try:
            return self._answered(_Reading(text).asked(), seconds)
        except (_Unlike, InputError):
            return text

    def _answered(self, asked: _Asked, seconds: float) -> str:
        needed = frozenset((each.verb, each.thing) for each in asked.patterns)
        if needed - self._columns.keys() and not self._gathered(needed, seconds):
            self._left = needed, time.monotonic()
            raise _Unlike
        rows = _joined(asked.patterns, self._columns)
        many = len(next(iter(rows.values())))
        number, keys = _numbered([rows[name] for name in asked.groups], many)
        if len(keys) > _MOST_GROUPS:
            raise _Unlike
        cells = {name: [self._key(term) for term in keys[:, at].tolist()] for at, name in enumerate(asked.groups)}
        for name, summed in asked.sums.items():
            if summed:
                cells[name] = self._summed(rows[summed], number, len(keys))
            else:
                cells[name] = [str(n) for n in np.bincount(number, minlength=len(keys)).tolist()]
        head = " ".join(f"?{name}" for name in asked.columns)
        body = " ".join(f"({' '.join(row)})" for row in zip(*(cells[name] for name in asked.columns), strict=True))
        return f"SELECT {head} {{ VALUES ({head}) {{ {body} }} }} {asked.tail}"

    def _key(self, term: int) -> str:
        said: bytes = self._terms[term]
        if _KEY.fullmatch(said) is None:  # a blank node, or a number that has several spellings
            raise _Unlike
        return said.decode()

    def _summed(self, values: Ids, number: Ids, groups: int) -> list[str]:
        """The sum of each group: whole where all its values are, and exact."""
        self._weigh()
        numbers, kinds = self._numbers[values], self._kinds[values]
        if (kinds == _NO_NUMBER).any() or int(np.abs(numbers).max(initial=0)) * max(len(values), 1) >= _LARGEST:
            raise _Unlike
        totals = np.zeros(groups, dtype=np.int64)
        np.add.at(totals, number, numbers)
        decimal = np.bincount(number[kinds == _FRACTION], minlength=groups) > 0
        return [
            _decimal(total) if is_decimal else str(total // 10**_PLACES)
            for total, is_decimal in zip(totals.tolist(), decimal.tolist(), strict=True)
        ]

    def _weigh(self) -> None:
        """Have the numbers of all terms at hand, in millionths, and what sort of number each is."""
        known = len(self._numbers)
        if known == len(self._terms):
            return
        found = [weighed(term) for term in self._terms[known:]]
        self._numbers = np.concatenate([self._numbers, np.array([n for n, _ in found], dtype=np.int64)])
        self._kinds = np.concatenate([self._kinds, np.array([kind for _, kind in found], dtype=np.int8)])

    def _gathered(self, needed: frozenset[tuple[str, str]], seconds: float) -> bool:
        """Read one more of the columns that are needed, if that is worth it; whether all are here then."""
        if needed & self._large or self._took.get(needed, seconds) > seconds / _SHARE or len(needed) > _MOST_COLUMNS:
            return False
        columns, terms = self._ready
        if len(self._columns.keys() | needed) - columns > _MOST_COLUMNS or len(self._terms) - terms > _MOST_TERMS:
            self._forget()
        self._read(*min(needed - self._columns.keys()))
        return needed <= self._columns.keys()

    def _read(self, verb: str, thing: str) -> None:
        column, size = read_column(self._triples, (verb, thing), self._terms, _MOST_ROWS)
        self._grown += _GROWS * size
        if column is None:
            self._large.add((verb, thing))
            raise _Unlike
        self._columns[verb, thing] = column


def _joined(patterns: Sequence[_Pattern], columns: dict[tuple[str, str], Column]) -> dict[str, Ids]:
    """The rows that fit all patterns, as one array of terms for each variable."""
    waiting, rows = list(patterns), dict[str, Ids]()
    while waiting:
        at = next((n for n, each in enumerate(waiting) if not rows or {each.subject, each.value} & rows.keys()), None)
        if at is None:
            raise _Unlike
        pattern = waiting.pop(at)
        column = columns[pattern.verb, pattern.thing]
        if not rows:
            rows = {pattern.subject: column.subjects} | ({pattern.value: column.values} if pattern.value else {})
            continue
        back = pattern.subject not in rows
        known, other = (pattern.value, pattern.subject) if back else (pattern.subject, pattern.value)
        chosen, found = _matches(rows[known], *column.of(back))
        if len(chosen) > _MOST_JOINED:
            raise _Unlike
        fits = found == rows[other][chosen] if other in rows else None
        rows = {name: values[chosen] for name, values in rows.items()}
        if other and fits is None:
            rows[other] = found
        elif fits is not None:
            rows = {name: values[fits] for name, values in rows.items()}
    return rows


def _matches(left: Ids, start: Ids, others: Ids) -> tuple[Ids, Ids]:
    """For every row of ``left`` what belongs to its term: the numbers of the rows, and that."""
    last = len(start) - 2
    inside = np.minimum(left, max(last, 0))
    begin = start[inside] if last >= 0 else np.zeros(len(left), dtype=np.int64)
    many = np.where(left <= last, start[inside + 1] - begin, 0) if last >= 0 else np.zeros(len(left), dtype=np.int64)
    if int(many.sum()) > _MOST_JOINED:
        raise _Unlike
    rows = np.repeat(np.arange(len(left)), many)
    within = np.arange(len(rows)) - np.repeat(np.cumsum(many) - many, many)
    return rows, others[begin[rows] + within]


def _numbered(columns: Sequence[Ids], many: int) -> tuple[Ids, npt.NDArray[np.int64]]:
    """The number of the group of every row, and the terms of every group."""
    if not many:
        return np.zeros(0, dtype=np.int64), np.zeros((0, len(columns)), dtype=np.int64)
    number = np.zeros(many, dtype=np.int64)
    for column in columns:
        distinct, place = np.unique(column, return_inverse=True)
        _, number = np.unique(number * len(distinct) + place, return_inverse=True)
    _, first = np.unique(number, return_index=True)
    return number, np.stack([column[first] for column in columns], axis=1)


def weighed(term: bytes) -> tuple[int, int]:
    """What a term of TSV counts in millionths, and its sort; nothing for what is no number, or not sure to be exact."""
    found = _NUMBER.fullmatch(term)
    if found is None:
        return 0, _NO_NUMBER
    whole, fraction = found["whole"] or found["quoted"], found["fraction"] or found["rest"] or b""
    number = int(whole + fraction + b"0" * (_PLACES - len(fraction)))
    if abs(number) >= _LARGEST:
        return 0, _NO_NUMBER
    return number, _WHOLE if found["whole"] and not fraction else _FRACTION


def _decimal(total: int) -> str:
    digits = str(abs(total)).rjust(_PLACES + 1, "0")
    return f'"{"-" * (total < 0)}{digits[:-_PLACES]}.{digits[-_PLACES:]}"^^<{XSD_DECIMAL}>'


# ── the form ───────────────────────────────────────────────────────────────────────────────────


class _Reading:
    """Reads a query token by token; raises _Unlike for the first that is not of the form."""

    def __init__(self, text: str) -> None:
        self._said: tuple[Token, ...] = tokens(text)
        self._known = PREFIXES | prefixes(self._said)
        self._at = 0
        self._used = set[str]()

    def asked(self) -> _Asked:
        """All of it."""
        while self._word() == "PREFIX":
            self._at += 3
        self._take("SELECT")
        columns, sums = self._head()
        if self._word() == "WHERE":
            self._at += 1
        self._sign("{")
        patterns = tuple(self._patterns())
        self._take("GROUP")
        self._take("BY")
        groups = tuple(self._variables())
        variables = {name for each in patterns for name in (each.subject, each.value) if name}
        plain = [name for name in columns if name not in sums]
        fits = patterns and groups and sorted(plain) == sorted(set(plain)) and set(plain) <= set(groups) <= variables
        fits = fits and self._used <= variables and not sums.keys() & variables
        if not fits or len(columns) != len(set(columns)) or any(each.subject == each.value for each in patterns):
            raise _Unlike
        return _Asked(patterns, columns, sums, groups, self._tail(set(columns)))

    def _head(self) -> tuple[tuple[str, ...], dict[str, str]]:
        columns, sums = list[str](), dict[str, str]()
        while self._text() != "{" and self._word() != "WHERE":
            if self._text() != "(":
                columns.append(self._variable())
                continue
            self._sign("(")
            kind = self._word()
            self._take(kind if kind in ("SUM", "COUNT") else "SUM")
            self._sign("(")
            if kind == "COUNT" and self._text() == "*":
                self._sign("*")
                summed = ""
            else:
                summed = self._variable()
            self._sign(")")
            self._take("AS")
            name = self._variable()
            self._sign(")")
            if name in sums:
                raise _Unlike
            columns.append(name)
            self._used |= {summed} - {""}
            sums[name] = summed if kind == "SUM" else ""  # every variable has a value in every row
        if not sums:
            raise _Unlike
        return tuple(columns), sums

    def _patterns(self) -> Iterator[_Pattern]:
        while self._text() != "}":
            subject = self._variable()
            while True:
                verb = RDF_TYPE if self._text() == "a" else iri(self._token(), self._known)
                if not verb or self._token().kind not in ("iri", "name", "word"):
                    raise _Unlike
                self._at += 1
                while True:
                    yield self._value(subject, verb)
                    if self._text() != ",":
                        break
                    self._sign(",")
                if self._text() != ";":
                    break
                self._sign(";")
                if self._text() in (".", "}", ";"):
                    raise _Unlike
            if self._text() != "}":
                self._sign(".")
        self._sign("}")

    def _value(self, subject: str, verb: str) -> _Pattern:
        if self._token().kind == "var":
            return _Pattern(subject, verb, self._variable(), "")
        thing = iri(self._token(), self._known)
        if not thing or ":" not in thing:
            raise _Unlike
        self._at += 1
        return _Pattern(subject, verb, "", thing)

    def _tail(self, columns: set[str]) -> str:
        """What follows the groups, where it is about columns of the answer alone."""
        begun = self._at
        if self._word() == "ORDER":
            self._take("ORDER")
            self._take("BY")
            while self._at < len(self._said) and self._word() not in ("LIMIT", "OFFSET"):
                if self._word() in ("ASC", "DESC"):
                    self._at += 1
                    self._sign("(")
                    known = self._variable()
                    self._sign(")")
                else:
                    known = self._variable()
                if known not in columns:
                    raise _Unlike
        while self._at < len(self._said):
            if self._word() not in ("LIMIT", "OFFSET"):
                raise _Unlike
            self._at += 1
            if not self._text().isdecimal():
                raise _Unlike
            self._at += 1
        return " ".join(each.text for each in self._said[begun:])

    def _variables(self) -> Iterator[str]:
        while self._at < len(self._said) and self._token().kind == "var":
            yield self._variable()

    def _token(self) -> Token:
        if self._at >= len(self._said):
            raise _Unlike
        return self._said[self._at]

    def _text(self) -> str:
        return self._said[self._at].text if self._at < len(self._said) else ""

    def _word(self) -> str:
        return self._said[self._at].word if self._at < len(self._said) else ""

    def _variable(self) -> str:
        if not self._token().variable:
            raise _Unlike
        self._at += 1
        return self._said[self._at - 1].variable

    def _take(self, word: str) -> None:
        if not word or self._word() != word:
            raise _Unlike
        self._at += 1

    def _sign(self, sign: str) -> None:
        if self._text() != sign:
            raise _Unlike
        self._at += 1
