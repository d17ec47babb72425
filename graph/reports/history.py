"""How is the history of a store told? A row for each source that a revision changed, the newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from graph.answer import Answer, Cell, count

if TYPE_CHECKING:
    from graph.store.loaded import Held, Revision

__all__ = ["answer"]

_COMMIT = 12


def answer(history: Sequence[Revision], held: Sequence[Held]) -> Answer:
    """The revisions as rows; sources whose files cannot be used now are in the notes."""
    from graph.store.loaded import MOST_REVISIONS

    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (r.number, r.at, t.change, t.path, t.commit[:_COMMIT], t.importer, t.errors, t.warnings, t.notes)
        for r in reversed(history)
        for t in r.changes
    )
    notes = [
        f"{each.source.path} is stale since {each.stale_since}, it says what it said on {each.source.loaded_at}"
        for each in held
        if each.stale_since
    ]
    if history and history[0].number > 1:
        notes.append(f"only the last {MOST_REVISIONS:,} revisions are kept")
    columns = ("revision", "at", "change", "file", "commit", "importer", "errors", "warnings", "notes")
    stale = sum(bool(each.stale_since) for each in held)
    title = f"{count(len(history), 'revision')}, {count(len(held), 'source')}, {stale} of them stale"
    return Answer(title, "changes", columns, rows, {"stale": stale}, tuple(notes))
