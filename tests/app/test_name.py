"""Does ``servicemap name`` read and make names, and say in one line what is wrong?"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.commands import Done, run

PARTS = ("-p", "application=shop", "-p", "environment=production 1", "-p", "type=machine", "-p", "clarification=SRC")


@pytest.fixture
def name(root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    def ask(*words: str) -> Done:
        return run(capsys, monkeypatch, "name", *words)

    monkeypatch.chdir(root)
    return ask


def test_a_name_is_read(name) -> None:
    done = name("read", "fhzlakpd1stalak01", "data/enterprise", "--format", "csv")

    assert (done.code, done.out.splitlines()[3:5]) == (
        0,
        ["C,environment,PD1,production 1", "D,type,STA,storage account"],
    )


def test_a_name_is_made_that_no_machine_of_the_map_has(name) -> None:
    done = name("make", "data/enterprise", *PARTS, "--format", "csv")

    assert (done.code, done.out.splitlines()[1].partition(",")[0]) == (0, "FHZ-SHP-PD1-IVM-SRC-03")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("read", "X", "data/enterprise"), "error: the name 'X' has 1 part and should have 6"),
        (("make", "data/enterprise", "-p", "shop"), "error: a part is no PART=VALUE, or is given twice"),
        (
            ("make", "data/enterprise", "-p", "B=SHP", "-p", "B=FIN"),
            "error: a part is no PART=VALUE, or is given twice",
        ),
        (("make", "data/laundry"), "error: the map has no naming convention"),
    ],
)
def test_what_is_wrong_is_one_line_and_ends_with_2(name, words: tuple[str, ...], said: str) -> None:
    done = name(*words)

    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert done.err.startswith(said)
