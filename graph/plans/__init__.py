"""Which tools say what they are about to do? One reader per file; ``TAKES`` says from how many files each reads.

A reader of one file takes a plan that the tool has written. A reader of two takes what the tool was told before and
what it is told now, and works out the difference as the tool would; it gives None for files that are not its own.
"""

from __future__ import annotations

from pathlib import Path

from graph.discover import discover
from graph.model import InputError
from graph.planned import Plan

__all__ = ["read_edit", "read_plan"]


def read_plan(path: Path) -> Plan:
    """Read a plan that a tool has written. Raises InputError when the file is none, or one that is not known."""
    return _first(path)


def read_edit(before: Path, after: Path) -> Plan:
    """What a tool would do when files of its own change; each is a file, or a folder of files.

    Raises InputError when a file cannot be read, or no reader knows what the two are.
    """
    return _first(before, after)


def _first(*paths: Path) -> Plan:
    readers = {name: reader for name, reader in discover(__name__).items() if len(paths) == reader.TAKES}
    for reader in readers.values():
        found: Plan | None = reader.read(*paths)
        if found is not None:
            return found
    kinds = " nor ".join(reader.TOOL for reader in readers.values())
    raise InputError.of(
        f"neither {kinds}: what changes here is not known", path=paths[-1], remedy="see docs/how-to/judge-a-change.md"
    )
