"""Does the review of the ontology name tests that are there?"""

from __future__ import annotations

import re
from pathlib import Path

HOME = Path(__file__).parents[2]
PAGE = (HOME / "docs" / "review" / "ontology.md").read_text(encoding="utf-8")


def test_every_bar_names_a_test_that_is_there() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", PAGE)

    assert len(named) >= 20
    assert [name for file, name in named if f"def {name}(" not in (HOME / file).read_text(encoding="utf-8")] == []


def test_every_row_of_the_table_of_bars_names_a_test() -> None:
    table = PAGE.partition("## Every bar and its test")[2].partition("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ")][2:]

    assert [row for row in rows if "::test_" not in row] == []
