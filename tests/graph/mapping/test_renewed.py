"""A mapping with old words becomes one with those of today; a word that means something else stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.mapping.renewed import renewed
from graph.model import InputError

PLACED = """mapping: ours
rules:
  - each: apps[]
    id: "{id}"
    kind: application
    name: {value: "{zone}", table: {private: private, public: open}, default: private}  # private
    properties:
      placement:
        part:
          driver: existing
          target: {value: "{zone}", when: {value: "{zone}", equals: private}, table: {private: %s, public: iaas}}
"""
DONE = """mapping: ours
rules:
  - each: activities[]
    id: "{id}"
    kind: activity
    properties: {description: belongs_to_process, %s: "{belongs_to_process}"}
"""


@pytest.mark.parametrize(
    ("text", "line", "old", "today"),
    [(DONE, 6, "belongs_to_process", "done_in_process"), (PLACED, 11, "private", "private cloud")],
    ids=["property", "code"],
)
def test_an_old_word_is_put_right_where_it_is_one(text: str, line: int, old: str, today: str) -> None:
    now, found = renewed(Path("ours.yaml"), text % old)

    assert now == text % today
    assert [str(each) for each in found] == [f"ours.yaml:{line}: '{old}' is an old word; write '{today}'"]
    assert renewed(Path("ours.yaml"), now) == (now, ())


def test_a_mapping_that_is_wrong_in_another_way_is_refused_with_its_line() -> None:
    with pytest.raises(InputError, match=r"ours\.yaml:5: unknown kind 'aplication'"):
        renewed(Path("ours.yaml"), (PLACED % "iaas").replace("kind: application", "kind: aplication"))
