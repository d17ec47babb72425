"""Which known word did somebody mean? The tail of many messages."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = ["did_you_mean", "proposal"]

_MOST = 20_000


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A question that names the nearest known word, or "" when none is near.

    >>> did_you_mean("postgress", ["postgres", "redis"])
    "did you mean 'postgres'?"
    >>> did_you_mean("zebra", ["postgres", "redis"])
    ''
    """
    by_fold = {name.casefold(): name for name, _ in zip(known, range(_MOST), strict=False)}
    near = difflib.get_close_matches(word.casefold()[:200], by_fold, n=1, cutoff=0.6)
    return f"did you mean '{by_fold[near[0]]}'?" if near else ""


def proposal(word: str, known: Iterable[str], *, most: int = 12) -> str:
    """What to write instead: the nearest known word, or else the known ones, the more similar first.

    >>> proposal("lable", ["label", "name"])
    "did you mean 'label'?"
    >>> proposal("zzz", ["label", "kind", "name"], most=2)
    'known are kind, label and 1 more'
    """
    names = sorted(set(known))
    if near := did_you_mean(word, names):
        return near
    first = difflib.get_close_matches(word.casefold()[:200], names, n=most, cutoff=0.3)
    shown = sorted([*first, *(name for name in names if name not in first)][:most])
    more = len(names) - len(shown)
    return f"known are {', '.join(shown)}{f' and {more} more' if more else ''}"
