"""How is the vocabulary published? Pages for people and files for programs, made from the ontology alone."""

from __future__ import annotations

from graph.wordbook.files import Wordbook, wordbook

__all__ = ["Wordbook", "wordbook"]
