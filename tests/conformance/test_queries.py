"""The endpoint answers the W3C tests of queries as it should; what fails is listed with its reason.

A seventh of the tests, and all that are known to fail; ``make soak`` runs all of them, beside ``oxigraph serve``.
"""

from tests.conformance.known import FAILING
from tests.conformance.served import ask


def test_what_fails_is_what_is_listed(ours, queries):
    sample = [case for number, case in enumerate(queries) if number % 7 == 0 or case.name in FAILING]
    failed = {case.name: why for case in sample if (why := ask(ours, case))}
    assert {name: why for name, why in failed.items() if name not in FAILING} == {}
    assert sorted(failed) == sorted(FAILING)


def test_every_reason_is_told():
    assert all(len(reason) > 20 for reason in FAILING.values())
