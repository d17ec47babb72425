"""A digest tells whether a graph holds the statements that were loaded, no more and no fewer."""

from __future__ import annotations

import random

import pyoxigraph as ox
import pytest

from graph.store.digest import digest_of, stored_digest

VALUES = [
    "<https://x/b>",
    '"plain"',
    '"Grüße, 東京"',
    '"01"^^<http://www.w3.org/2001/XMLSchema#integer>',
    '"1.50"^^<http://www.w3.org/2001/XMLSchema#decimal>',
    '"2026-01-01T00:00:00+00:00"^^<http://www.w3.org/2001/XMLSchema#dateTime>',
    '"yes"^^<http://www.w3.org/2001/XMLSchema#boolean>',
    '"hello"@EN-gb',
    '"line\\nbreak \\"quoted\\" \\\\ back"',
    '"\\u00e9"',
    '"é"',
    '"a  b . c"',
    '"ends with .\\n"',
    '"https://x/> <https://y/"',
    '""',
]
LINES = [f"<https://x/a> <https://x/p{number % 3}> {value} .\n".encode() for number, value in enumerate(VALUES)]
STRANGE = [
    b"<https://x/a>  <https://x/p>\t<https://x/c>  .\n",
    b"<https://x/a> <https://x/p> <https://x/d>.\n",
    b"<https://x/a><https://x/p> <https://x/e> .\r\n",
    b"# a comment\n",
    b"\n",
    b"<https://x/\\u0061> <https://x/p> <https://x/f> .\n",
    b"<https://x/a> <https://x/p> <https://x/g> . # said why\n",
    b"<https://x/a> <https://x/p> <https://x/h> .",
]


def loaded(lines):
    store = ox.Store()
    store.bulk_load(b"".join(lines), ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode("https://x/g"))
    return store


@pytest.mark.parametrize("lines", [[], LINES, STRANGE, LINES + STRANGE, LINES * 2, *([line] for line in LINES)])
def test_what_is_loaded_and_what_is_stored_have_one_digest(lines):
    assert digest_of(lines) == stored_digest(loaded(lines), "https://x/g")


def test_the_order_of_the_lines_does_not_count():
    mixed = random.Random(7).sample(LINES, len(LINES))
    assert digest_of(mixed) == digest_of(LINES)


@pytest.mark.parametrize("missing", range(len(LINES)))
def test_a_statement_that_is_missing_changes_the_digest(missing):
    # the two ways of writing é are one statement
    others = [line for number, line in enumerate(LINES) if number != missing]
    assert digest_of(others) != digest_of(LINES) or VALUES[missing] in ('"é"', '"\\u00e9"')


def test_statements_are_counted_once():
    assert (
        digest_of(LINES + LINES).statements
        == digest_of(LINES).statements
        == stored_digest(loaded(LINES), "https://x/g").statements
    )
