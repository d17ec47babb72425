"""How wide is a label, and the box around it? Measured here with a wide font, so that no browser has to cut a name."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from math import ceil

__all__ = ["Label", "box_width", "label", "text_width"]

UNITS = 2048
# Advance widths of DejaVu Sans Bold and DejaVu Sans, in 1/2048 em: U+0020 to U+007E, then U+00A0 to U+00FF.
BOLD = (
    "713 934 1067 1716 1425 2052 1786 627 936 936 1071 1716 778 850 778 748 1425 1425 1425 1425 1425 1425 1425 1425 "
    "1425 1425 819 819 1716 1716 1716 1188 2048 1585 1561 1503 1700 1399 1399 1681 1714 762 762 1587 1305 2038 1714 "
    "1741 1501 1741 1577 1475 1397 1663 1585 2259 1579 1483 1485 936 748 936 1716 1024 1024 1382 1466 1214 1466 1389 "
    "891 1466 1458 702 702 1362 702 2134 1458 1407 1466 1466 1010 1219 979 1458 1335 1892 1321 1335 1192 1458 748 "
    "1458 1716 "
    "713 934 1425 1425 1303 1425 748 1024 1024 2048 1155 1323 1716 850 2048 1024 1024 1716 897 897 1024 1507 1303 778 "
    "1024 897 1155 1323 2120 2120 2120 1188 1585 1585 1585 1585 1585 1585 2222 1503 1399 1399 1399 1399 762 762 762 "
    "762 1716 1714 1741 1741 1741 1741 1741 1716 1741 1663 1663 1663 1663 1483 1511 1473 1382 1382 1382 1382 1382 "
    "1382 2146 1214 1389 1389 1389 1389 702 702 702 702 1407 1458 1407 1407 1407 1407 1407 1716 1407 1458 1458 1458 "
    "1458 1335 1466 1335"
)
REGULAR = (
    "651 821 942 1716 1303 1946 1597 563 799 799 1024 1716 651 739 651 690 1303 1303 1303 1303 1303 1303 1303 1303 "
    "1303 1303 690 690 1716 1716 1716 1087 2048 1401 1405 1430 1577 1294 1178 1587 1540 604 604 1343 1141 1767 1532 "
    "1612 1235 1612 1423 1300 1251 1499 1401 2025 1403 1251 1403 799 690 799 1716 1024 1024 1255 1300 1126 1300 1260 "
    "721 1300 1298 569 569 1186 569 1995 1298 1253 1300 1300 842 1067 803 1298 1212 1675 1212 1212 1075 1303 690 1303 "
    "1716 "
    "651 821 1303 1303 1303 1303 690 1024 1024 2048 965 1253 1716 739 2048 1024 1024 1716 821 821 1024 1303 1303 651 "
    "1024 821 965 1253 1985 1985 1985 1087 1401 1401 1401 1401 1401 1401 1995 1430 1294 1294 1294 1294 604 604 604 604 "
    "1587 1532 1612 1612 1612 1612 1612 1716 1612 1499 1499 1499 1499 1251 1239 1290 1255 1255 1255 1255 1255 1255 "
    "2011 1126 1260 1260 1260 1260 569 569 569 569 1253 1298 1253 1253 1253 1253 1253 1716 1253 1298 1298 1298 1298 "
    "1212 1300 1212"
)
CODES = [*range(0x20, 0x7F), *range(0xA0, 0x100)]
OTHER = 1.0
WIDE = 1.1
EMOJI = 1.5
NAME_SIZE, SECOND_SIZE = 12.0, 11.0
AROUND, LEAST, STEP = 46.0, 88.0, 4
LINE = 24
ELLIPSIS = "…"
INVISIBLE = {"Mn", "Me", "Cf", "Cc", "Zl", "Zp"}


@dataclass(frozen=True, slots=True)
class Label:
    """The text of a box as it is drawn: one or two lines of name, the second line, and the width of the box.

    ``second`` is empty when the name takes both lines; ``cut`` tells that the name was too long even for that.
    """

    name: tuple[str, ...]
    second: str
    width: float
    cut: bool = False


def text_width(text: str, *, size: float, bold: bool = False) -> float:
    """Return the width of a text in pixels, digits counted as "0".

    Latin is measured with DejaVu Sans, the widest font of the stack; other scripts are given an em, wide East Asian
    signs a little more, and marks that stand on other letters nothing.

    >>> text_width("Basket", size=12, bold=True) < text_width("Basket!", size=12, bold=True)
    True
    >>> text_width("10", size=11) == text_width("47", size=11)
    True
    """
    table = _table(bold=bold)
    return size * sum(table[c] if c in table else _other(c) for c in text)


@lru_cache(maxsize=8192)
def label(name: str, second: str = "", *, extra: float = 0.0) -> Label:
    """Return the lines of a box and the width that they need.

    A name of more than 24 characters takes two lines, broken after a space or one of ``- _ . /``, inside a word when
    there is no such place; what is longer than two lines loses its middle.

    Args:
        name: the name of the element.
        second: the fact under the name; it goes when the name takes two lines.
        extra: more width, for outlines that need it (a process 10, a vendor service 4).

    >>> label("Basket", "Production")
    Label(name=('Basket',), second='Production', width=108.0, cut=False)
    >>> label("customer-order-management-service").name
    ('customer-order-', 'management-service')
    """
    whole = " ".join(name.split())
    lines = (whole,) if len(whole) <= LINE else _halves(whole)
    cut = lines is None
    if lines is None:
        keep = 2 * LINE - 1
        short = whole[: keep // 2] + ELLIPSIS + whole[-(keep - keep // 2) :]
        lines = _halves(short) or (short[:LINE], short[LINE:])
    shown = " ".join(second.split()) if len(lines) == 1 else ""
    if len(shown) > 2 * LINE:
        shown = shown[:LINE] + ELLIPSIS + shown[-(LINE - 1) :]
    widest = max(*(text_width(line, size=NAME_SIZE, bold=True) for line in lines), text_width(shown, size=SECOND_SIZE))
    return Label(lines, shown, float(max(LEAST, ceil((AROUND + widest + extra) / STEP) * STEP)), cut)


def box_width(name: str, second: str = "", *, extra: float = 0.0) -> float:
    """Return the width of a box in pixels: 46 and the wider of its lines, a multiple of 4, at least 88.

    >>> box_width("a"), box_width("Basket", "Production")
    (88.0, 108.0)
    """
    return label(name, second, extra=extra).width


def _halves(text: str) -> tuple[str, ...] | None:
    """Two lines of at most 24 characters each, as equal as possible; None when the text is too long for that."""
    places = [m.end() for m in re.finditer(r"[ \-_./]", text)]
    fitting = [
        (max(len(a), len(b)), a, b)
        for a, b in ((text[:n].rstrip(" "), text[n:]) for n in places)
        if a and b and len(a) <= LINE and len(b) <= LINE
    ]
    if fitting:
        _, first, last = min(fitting)
        return first, last
    return (text[:LINE], text[LINE:]) if len(text) <= 2 * LINE else None


@lru_cache(maxsize=2)
def _table(*, bold: bool) -> dict[str, float]:
    """Widths in em of the letters that are known."""
    table = {chr(c): int(w) / UNITS for c, w in zip(CODES, (BOLD if bold else REGULAR).split(), strict=True)}
    return table | dict.fromkeys("0123456789", table["0"]) | {ELLIPSIS: 1.0}


@lru_cache(maxsize=4096)
def _other(letter: str) -> float:
    """The width in em of a letter that is not in the table: too much rather than too little."""
    if unicodedata.category(letter) in INVISIBLE:
        return 0.0
    if ord(letter) >= 0x1F000:
        return EMOJI
    if unicodedata.east_asian_width(letter) in ("W", "F"):
        return WIDE
    base = unicodedata.normalize("NFD", letter)
    if base[0] != letter and base[0].isascii():
        return _table(bold=True)[base[0]]
    return OTHER if unicodedata.category(letter) != "Lu" else 1.2
