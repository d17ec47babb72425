"""A comparison tells what the command tells, and one that takes too long is stopped."""

from __future__ import annotations

import tempfile

import pytest

from app.mcp.comparing import Comparing, Opening, told
from graph.maps import open_map
from graph.model import InputError
from tests.graph.gitted import Git
from tests.graph.written import SHOP, write


def test_edits_since_a_revision_are_told_where_history_may_be(tmp_path):
    file, git = write(tmp_path, SHOP), Git(tmp_path)
    git.commit()
    file.write_text(file.read_text().replace("name: Shop", "name: Web shop"))
    opening = Opening((file.parent,))
    found = Comparing(opening, history=True).compare(base="HEAD")
    assert [(row["before"], row["after"]) for row in found["differences"]] == [("Shop", "Web shop")]
    with pytest.raises(InputError, match="older revisions are not told here"):
        Comparing(opening, history=False).compare(base="HEAD")
    with pytest.raises(InputError, match="HEAD~9"):
        Comparing(opening, history=True).compare(base="HEAD~9")


def test_a_comparison_that_is_late_or_not_wanted_any_more_is_stopped(opening):
    comparing = Comparing(opening, history=False, seconds=0.05)
    with pytest.raises(InputError, match=r"took longer than 0\.05 seconds and was stopped"):
        comparing.compare(what_if="remove: [db]")
    with pytest.raises(InputError, match="was cancelled"):
        Comparing(opening, history=False).compare(what_if="remove: [db]", gone=lambda: True)


def test_one_comparison_at_a_time(opening):
    comparing = Comparing(opening, history=False, seconds=0.3)
    with comparing._one, pytest.raises(InputError, match="somebody else compares"):
        comparing.compare(what_if="remove: [db]")


@pytest.mark.parametrize(
    ("patch", "words"),
    [
        ("remove: [db", "what_if:"),
        ("- a list", "what_if: a what-if is one mapping"),
        ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\nremvoe: [db]", "what_if:4: "),
        ("[" * 5_000, "what_if:"),
    ],
)
def test_a_patch_that_is_none_is_an_error_that_names_its_line(opening, patch, words):
    problems = told(opening.told() | {"what_if": patch, "base": ""})["problems"]
    assert any(said.startswith(words) for _, said, _ in problems)
    assert not any(tempfile.gettempdir() in said for _, said, _ in problems)


def test_what_cannot_be_compared_is_refused_before_anything_starts(opening):
    comparing = Comparing(opening, history=True)
    for given in ({}, {"what_if": "remove: [db]", "base": "HEAD"}):
        with pytest.raises(InputError, match="compare takes one of what_if and base"):
            comparing.compare(**given)
    with pytest.raises(InputError, match="the patch is longer than 100,000 characters"):
        comparing.compare(what_if="x" * 100_001)


def test_the_map_is_opened_as_it_was_named(opening):
    assert opening.map().projection.ids == open_map(opening.files).projection.ids
