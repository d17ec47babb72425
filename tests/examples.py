"""With how many examples is something tried? With a part of them in each run, always the same, and with all in the long tests.

``make soak`` draws other examples each time, as many as the test names, and tries every one of ``some``.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any, TypeVar

from hypothesis import settings

PROFILE = os.environ.get("SERVICEMAP_EXAMPLES", "house")
ALL = 100  # of a test that names no number
T = TypeVar("T")


def examples(number: int, *, least: int = 10, **options: Any) -> settings:
    """Settings of a test that is tried with so many examples in the long tests, and with a fifth of them else.

    Fewer than ten find little; a test whose examples take seconds says how many are the ``least``.
    """
    return settings(max_examples=number if PROFILE == "dice" else sampled(number, least), **options)


def some(cases: Iterable[T], every: int = 4) -> list[T]:
    """Every fourth of some cases, or as ``every`` says; in the long tests all of them.

    >>> some("abcdefg") if PROFILE == "house" else ["a", "e"]
    ['a', 'e']
    """
    return list(cases)[:: 1 if PROFILE == "dice" else every]


def sampled(number: int, least: int = 10) -> int:
    """How many of so many are tried in each run."""
    return max(number // 5, min(number, least))


# A busy machine is not a wrong answer, and the same commit gives the same answer; who wants other examples asks for them.
settings.register_profile("house", deadline=None, derandomize=True, database=None, max_examples=sampled(ALL))
settings.register_profile("dice", deadline=None, max_examples=ALL)
