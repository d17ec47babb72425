"""Which known word did somebody mean? The tail of many messages."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = ["Proposals", "did_you_mean", "nearest", "proposal"]

_MOST = 20_000
_LONGEST = 100
_NEAR = 0.6


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A question that names the nearest known word, or "" when none is near; a very long word gets none.

    >>> did_you_mean("postgress", ["postgres", "redis"])
    "did you mean 'postgres'?"
    >>> did_you_mean("zebra", ["postgres", "redis"])
    ''
    """
    near = nearest(word, known)
    return f"did you mean '{near}'?" if near else ""


def nearest(word: str, known: Iterable[str]) -> str:
    """The nearest known word, or "" when none is near.

    >>> nearest("databse", ["database", "server"]), nearest("zebra", ["database"])
    ('database', '')
    """
    if len(word) > _LONGEST:
        return ""
    wanted = word.casefold()
    by_fold = {
        name.casefold(): name for name, _ in zip(known, range(_MOST), strict=False) if _alike_in_length(wanted, name)
    }
    near = difflib.get_close_matches(wanted, by_fold, n=1, cutoff=_NEAR) if by_fold else []
    return by_fold[near[0]] if near else ""


def _alike_in_length(word: str, name: str) -> bool:
    """False when the lengths alone say that the two are not near: a look that costs next to nothing."""
    # folding may make a name up to three times as long
    return 2 * len(name) >= _NEAR * (len(word) + len(name)) / 3 and 2 * len(word) >= _NEAR * (len(word) + len(name))


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
    short = word.casefold() if len(word) <= _LONGEST else ""
    first = difflib.get_close_matches(short, names, n=most, cutoff=0.3) if short else []
    shown = sorted([*first, *(name for name in names if name not in first)][:most])
    more = len(names) - len(shown)
    return f"known are {', '.join(shown)}{f' and {more} more' if more else ''}"


class Proposals:
    """The proposals of one file: only the first are looked for, because nobody reads the later ones.

    >>> of_file = Proposals(most=1)
    >>> of_file.proposal("lable", ["label"]), of_file.proposal("lable", ["label"])
    ("did you mean 'label'?", '')
    """

    def __init__(self, *, most: int = 20) -> None:
        self._left = most

    def near(self, word: str, known: Iterable[str]) -> str:
        """As ``did_you_mean``; "" when the file had its share."""
        return did_you_mean(word, known) if self._take() else ""

    def proposal(self, word: str, known: Iterable[str]) -> str:
        """As the function ``proposal``; "" when the file had its share."""
        return proposal(word, known) if self._take() else ""

    def _take(self) -> bool:
        self._left -= 1
        return self._left >= 0
