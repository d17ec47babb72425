"""How does a test run a command? In this process, through the door that people use."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import pytest

from app.cli import main


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str


def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: object) -> Done:
    """Run ``servicemap WORDS``."""
    monkeypatch.setattr(sys, "argv", ["servicemap", *map(str, words)])
    capsys.readouterr()
    with pytest.raises(SystemExit) as left:
        main()
    said = capsys.readouterr()
    return Done(int(left.value.code or 0), said.out, said.err)
