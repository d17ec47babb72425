"""With how many examples is something tried? With a third of them in each run, always the same, and with all in the long tests.

``make soak`` draws other examples each time, and as many as the test names.
"""

from __future__ import annotations

import os
from typing import Any

from hypothesis import settings

PROFILE = os.environ.get("SERVICEMAP_EXAMPLES", "house")
ALL = 100  # of a test that names no number
LEAST = 10  # fewer find little


def examples(number: int, **options: Any) -> settings:
    """Settings of a test that is tried with so many examples in the long tests, and with a third of them else."""
    return settings(max_examples=number if PROFILE == "dice" else sampled(number), **options)


def sampled(number: int) -> int:
    """How many of so many are tried in each run."""
    return max(number // 3, min(number, LEAST))


# A busy machine is not a wrong answer, and the same commit gives the same answer; who wants other examples asks for them.
settings.register_profile("house", deadline=None, derandomize=True, database=None, max_examples=sampled(ALL))
settings.register_profile("dice", deadline=None, max_examples=ALL)
