"""Which questions are ready to be asked? The queries of ``graph/queries``, each a file with its title."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from graph.model import InputError
from graph.similar import proposal

__all__ = ["Question", "question", "questions"]

HOME = Path(__file__).parent / "queries"


@dataclass(frozen=True, slots=True)
class Question:
    """A named query: its title is the question in words."""

    name: str
    title: str
    text: str


def questions(folder: Path = HOME) -> Mapping[str, Question]:
    """All questions of a folder by name.

    >>> questions()["not-defined"].title
    'What is pointed at and not defined anywhere, and by whom?'
    """
    return {file.stem: _read(file) for file in sorted(folder.glob("*.rq"))}


def question(name: str) -> Question:
    """The question of that name; InputError with a proposal when there is none."""
    known = questions()
    if name not in known:
        raise InputError.of(f"no question '{name}'", remedy=proposal(name, known), check="unknown-question")
    return known[name]


def _read(file: Path) -> Question:
    text = file.read_text(encoding="utf-8")
    heads = (line[1:].strip().partition(":") for line in text.splitlines() if line.startswith("#"))
    title = next((words.strip() for key, _, words in heads if key.strip() == "title"), file.stem)
    return Question(file.stem, title, text)
