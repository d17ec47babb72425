"""The endpoint does the W3C tests of updates as it should; what fails is listed with its reason.

One in 25 of the tests, and all that are known to fail; ``make soak`` puts all of them, beside ``oxigraph serve``.
"""

from __future__ import annotations

from tests.conformance.known import FAILING_UPDATES
from tests.conformance.updates import put


def test_what_fails_is_what_is_listed(writing, update_cases):
    sample = [case for number, case in enumerate(update_cases) if number % 25 == 0 or case.name in FAILING_UPDATES]
    failed = {case.name: why for case in sample if (why := put(writing, case))}
    assert {name: why for name, why in failed.items() if name not in FAILING_UPDATES} == {}
    assert sorted(failed) == sorted(FAILING_UPDATES)


def test_no_test_is_left_out(update_cases):
    assert sum(case.kind == "UpdateEvaluationTest" for case in update_cases) == 94
    assert sum("Syntax" in case.kind for case in update_cases) == 55
