"""What do filters and expressions leave of a map? Facets with counts, what is hidden, what is lit up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from app.view import View
from graph.analysis.expression import And, Expression, ExpressionError, Not, Or, Term, parse
from graph.analysis.find import Column, Found
from graph.natural import natural

__all__ = ["FACETS", "NOT_SAID", "Choice", "Sieve", "choices", "kept_silent", "only_of", "sieve"]

Bools = npt.NDArray[np.bool_]

FACETS: Final[Mapping[str, str]] = {
    "kind": "Kind",
    "environment": "Environment",
    "criticality": "Criticality",
    "owner": "Owner",
    "lane": "Layer",
    "source": "Source",
}
NOT_SAID = "-"
"""The value in an address for what no source says."""


@dataclass(frozen=True, slots=True, eq=False)
class Sieve:
    """What the expressions and filters of a view mean.

    ``stays``  which elements are not hidden, None where nothing is
    ``lit``    which are lit up, None where nothing was asked for
    ``wrong``  expressions that cannot be understood, by the word for their place in the address
    """

    stays: Bools | None
    lit: Bools | None
    wrong: Mapping[str, ExpressionError]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet, and how many elements it would leave."""

    value: str
    label: str
    count: int
    chosen: bool


def sieve(view: View, find: Callable[[str], Found], facet: Callable[[str], Column], size: int) -> Sieve:
    """What a view hides and lights up; what cannot be understood hides nothing.

    Args:
        view: what the address asks for.
        find: answers an expression; raises ExpressionError.
        facet: the column of a facet.
        size: how many elements the map has.
    """
    wrong: dict[str, ExpressionError] = {}
    notes: list[str] = []
    answered: dict[str, Bools] = {}
    for name, text in (("find", view.find), ("without", view.without)):
        try:
            if text:
                found = find(text)
                answered[name] = found.fits
                notes += found.notes
        except ExpressionError as error:
            wrong[name] = error
    stays = [fits for name in _facets_of(view) if (fits := _keeps(view, name, facet(name), size)) is not None]
    if "without" in answered:
        stays.append(~answered["without"])
    left = np.asarray(np.logical_and.reduce(stays)) if stays else None
    return Sieve(left, answered.get("find"), wrong, tuple(dict.fromkeys(notes)))


def _facets_of(view: View) -> list[str]:
    return [name for name in FACETS if any(facet == name for facet, _ in view.kept)]


def _keeps(view: View, name: str, column: Column, size: int) -> Bools | None:
    """Which elements have one of the values that are kept of a facet; None where none is."""
    values = {value for facet, value in view.kept if facet == name}
    if not values:
        return None
    found = np.zeros(size, np.bool_)
    wanted = np.array([word in values for word in column.words], np.bool_)
    if wanted.any():
        found[column.elements[wanted[column.codes]]] = True
    if NOT_SAID in values:
        silent = np.ones(size, np.bool_)
        silent[column.elements] = False
        found |= silent
    return found


def choices(view: View, name: str, facet: Callable[[str], Column], among: Bools) -> tuple[Choice, ...]:
    """The values of a facet with how many of some elements have each, the most first; other facets are heeded."""
    left = among.copy()
    for other in _facets_of(view):
        if other != name and (keeps := _keeps(view, other, facet(other), len(among))) is not None:
            left &= keeps
    column = facet(name)
    chosen = {value for key, value in view.kept if key == name}
    rows = np.flatnonzero(left.take(column.elements))  # a mask of so many is read ten times slower than places
    counts = np.bincount(column.codes.take(rows), minlength=len(column.words))
    silent = left.copy()
    silent[column.elements] = False
    told = set(np.flatnonzero(counts).tolist())
    told |= {code for code, word in enumerate(column.words) if word in chosen} if chosen else set()
    words = ((column.words[code], int(counts[code])) for code in sorted(told))
    found = [Choice(word, word, count, word in chosen) for word, count in words]
    found.sort(key=lambda choice: (not choice.chosen, -choice.count, _sorted_by(choice.label)))
    if found and (silent.any() or NOT_SAID in chosen):
        found.append(Choice(NOT_SAID, "Not said", int(silent.sum()), NOT_SAID in chosen))
    return tuple(found)


@lru_cache(maxsize=16_384)
def _sorted_by(label: str) -> str:
    """The same values are put in order at each step to another picture."""
    return natural(label)


def only_of(without: str) -> str:
    """What alone is shown where all else is hidden, "" where it is the other way round.

    >>> only_of("not (environment = production)"), only_of("kind = team"), only_of("not has owner and kind = team")
    ('environment = production', '', '')
    """
    text = without.strip()
    if not isinstance(_tree(text), Not):
        return ""
    inner = text[len("not") :].strip()
    return inner[1:-1].strip() if inner.startswith("(") else inner


def kept_silent(without: str) -> Mapping[str, str]:
    """Property -> the same expression that keeps those of which nobody says it, for what alone is shown.

    >>> kept_silent("not (environment = production and kind = database)")["environment"]
    'not ((environment = production or not has environment) and kind = database)'
    """
    only = only_of(without)
    tree = _tree(only) if only else None
    terms = sorted(_positive(tree), key=lambda term: term.key.at) if tree else []
    keys = dict.fromkeys(term.key.text for term in terms)
    return {key: f"not ({_with_silent(only, [term for term in terms if term.key.text == key])})" for key in keys}


def _with_silent(text: str, terms: list[Term]) -> str:
    whole = len(terms) == 1 and terms[0].key.at == 0 and terms[0].values[-1].until == len(text)
    for term in reversed(terms):
        start, end, key = term.key.at, term.values[-1].until, text[term.key.at : term.key.until]
        kept = f"{text[start:end]} or not has {key}"
        text = f"{text[:start]}{kept if whole else f'({kept})'}{text[end:]}"
    return text


def _positive(tree: Expression) -> Iterator[Term]:
    """The terms that somebody must say something for to fit."""
    match tree:
        case And(parts) | Or(parts):
            for part in parts:
                yield from _positive(part)
        case Term() if tree.operator[0] != "!":
            yield tree


def _tree(text: str) -> Expression | None:
    try:
        return parse(text)
    except ExpressionError:
        return None
