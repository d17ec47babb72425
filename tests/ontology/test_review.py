"""Does the review of the ontology name tests that are there?"""

from __future__ import annotations

import re
from pathlib import Path

from tests.ontology.test_checks import CASES

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


def part(title: str) -> str:
    return PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]


def table_rows(text: str) -> list[list[str]]:
    lines = (line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| ---"))
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def test_every_file_of_the_vocabulary_was_read_and_asked_everything() -> None:
    rows = {row[0]: row[1:] for row in table_rows(part("Read line by line"))}
    files = [HOME / "ontology" / folder for folder in ("", "codes", "shapes")]
    names = [
        (folder.name if folder.name != "ontology" else "", file.stem)
        for folder in files
        for file in folder.glob("*.ttl")
    ]

    for folder, name in names:
        assert all(rows[f"{folder}/{name}" if folder else name]), (folder, name)


def test_every_number_in_the_checklist_is_that_of_a_finding_with_what_was_done() -> None:
    found = [row for row in table_rows(part("What was found by reading, and mended")) if row[0].isdigit()]
    numbers = {int(row[0]) for row in found}
    named = {
        int(n)
        for row in table_rows(part("Read line by line"))
        for cell in row[1:]
        for n in re.findall(r"\b\d+\b", cell)
    }

    assert numbers == set(range(1, len(found) + 1))
    assert all(len(row) == 4 and all(row) for row in found)
    assert named - {2, 4, 5, 7} <= numbers
    assert part("Still open").strip() == "Nothing."


def asked_for() -> list[list[str]]:
    table = PAGE.partition("## Every check that was asked for")[2].partition("\n## ")[0]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in table.splitlines() if row.startswith("| ")][
        2:
    ]


def test_every_check_that_was_asked_for_is_there_and_says_what_the_page_says() -> None:
    by_query = [row for row in asked_for() if "shapes" not in row[1]]

    assert len(by_query) == 24
    for name, checks, says in by_query:
        first, *others = re.findall(r"`([\w-]+)`", checks)
        assert {first, *others} <= CASES.keys(), name
        assert CASES[first][2] == says
