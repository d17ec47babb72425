"""Which modules stand in a folder? The one registry: importers, analyses, reports, commands and pages are found by it.

Others add theirs by an entry point of the group ``servicemap.<package>``.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["discover", "names"]


def names(package: str) -> list[str]:
    """Names of the modules of a package and of its entry points, without importing them.

    >>> "mapping" in names("graph.importers")
    True
    """
    folder = importlib.import_module(package)
    inside = [m.name for m in pkgutil.iter_modules(folder.__path__) if not m.name.startswith("_")]
    return sorted({*inside, *(point.name for point in _outside(package))})


def discover(package: str) -> dict[str, ModuleType]:
    """The modules of a package and those that others registered for it, by name."""
    outside = {point.name: point for point in _outside(package)}
    return {
        name: outside[name].load() if name in outside else importlib.import_module(f"{package}.{name}")
        for name in names(package)
    }


def _outside(package: str) -> Iterable[EntryPoint]:
    """Entry points of others; the machinery is loaded only where an installed package mentions us at all."""
    if not _mentioned():
        return ()
    from importlib.metadata import entry_points

    return entry_points(group=f"servicemap.{package}")


@cache
def _mentioned() -> bool:
    for entry in dict.fromkeys(sys.path):
        for file in Path(entry or ".").glob("*.dist-info/entry_points.txt"):
            try:
                if b"[servicemap." in file.read_bytes():
                    return True
            except OSError:
                continue
    return False
