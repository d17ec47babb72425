"""How are counts, times, long names and dependencies said on a page?"""

from __future__ import annotations

import re
from datetime import datetime

from graph.projection import DEGRADING, OPTIONAL, REQUIRED, STRUCTURE

__all__ = ["age", "as_written", "plural", "said_kind", "said_strength", "short", "two_lines", "zone_words"]


def plural(number: int, noun: str, nouns: str = "") -> str:
    """A count in words.

    >>> plural(1, "service"), plural(1200, "dependency", "dependencies")
    ('1 service', '1,200 dependencies')
    """
    return f"{number:,} {noun if number == 1 else nouns or noun + 's'}"


def as_written(text: str) -> str:
    r"""A text without the marks that turn signs round: what is written "gnp.exe" is not to be read "exe.png".

    >>> as_written("Report \u202egnp.exe\u202c"), as_written("\u0645\u062e\u0632\u0646")
    ('Report gnp.exe', '\u0645\u062e\u0632\u0646')
    """
    return text if text.isascii() else _TURNS.sub("", text)


_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")


def short(text: str, most: int = 90) -> str:
    """A text for a list: the middle of very long ones is left out.

    >>> short("a" * 200, 11)
    'aaaaa…aaaaa'
    """
    half = (most - 1) // 2
    return text if len(text) <= most else f"{text[:half]}…{text[-half:]}"


def age(moment: str, now: datetime) -> str:
    """How long ago something was, in the largest unit that fits; "" for no moment.

    >>> from datetime import UTC
    >>> age("2026-11-19T10:00:00+00:00", datetime(2026, 11, 22, 11, tzinfo=UTC))
    '3 days ago'
    """
    if not moment:
        return ""
    seconds = (now - datetime.fromisoformat(moment)).total_seconds()
    for size, noun in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            return f"{plural(int(seconds // size), noun)} ago"
    return "just now"


def zone_words(at: datetime) -> str:
    """The zone of a moment; "" where none is said.

    >>> zone_words(datetime.fromisoformat("2026-12-05T02:00+01:00"))
    'UTC+01:00'
    """
    name = f"{at:%z}"
    return "" if not name else "UTC" if name == "+0000" else f"UTC{name[:3]}:{name[3:5]}"


def said_kind(label: str) -> str:
    """A kind of dependency inside a line; the usual one says what all say.

    >>> said_kind("Needs"), said_kind("Runs on")
    ('depends on', 'runs on')
    """
    words = label.lower()
    return "depends on" if words == "needs" else words


def said_strength(strength: int) -> str:
    """The word for a strength; structure has none.

    >>> said_strength(2), said_strength(-1)
    ('required', '')
    """
    return {REQUIRED: "required", DEGRADING: "degrading", OPTIONAL: "optional", STRUCTURE: ""}[strength]


def two_lines(label: str) -> bool:
    """Whether the title of a lane takes two lines.

    >>> two_lines("Platform"), two_lines("Business services")
    (False, True)
    """
    return len(label) > 14 and " " in label
