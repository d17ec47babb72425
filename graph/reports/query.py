"""How is the answer to a query told? Its columns and values as they are, and what a limit cut."""

from __future__ import annotations

from graph.answer import Answer, count
from graph.store import Table

__all__ = ["answer"]


def answer(table: Table) -> Answer:
    """A table of a query as an answer; values are their text, missing ones are empty."""
    title = count(len(table.rows), "row") if table.form == "select" else count(len(table.rows), "statement")
    if table.form == "ask":
        title = ""
    return Answer(
        title=title,
        of="rows",
        columns=table.columns,
        rows=tuple(tuple(None if value is None else value.text for value in row) for row in table.rows),
        notes=(f"cut: {table.truncated}",) if table.truncated else (),
        facts={"truncated": table.truncated or None},
    )
