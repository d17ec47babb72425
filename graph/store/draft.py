"""Where is a large map worked out before it goes to an engine elsewhere? In a folder here, which goes when it is done.

Rules over whole columns, the service graph, shapes and checks cost a pass over files here, and a question to the engine
for each statement there.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import mkdtemp
from weakref import finalize

from graph.model import Statements
from graph.store.embedded import DiskStore
from graph.store.parts import has_blanks

__all__ = ["LARGE", "conclusions", "drafted", "is_large"]

LARGE = 20_000_000
"""Bytes of statements from which on it is worth it."""


def is_large(new: Sequence[Statements]) -> bool:
    """Whether sources say so much."""
    return sum(len(s.triples) + (s.file.stat().st_size if s.file is not None else 0) for s in new) > LARGE


def drafted(new: Sequence[Statements], beside: Path) -> DiskStore:
    """A store of some sources and what follows from them, in a folder that goes when nobody asks it any more.

    Until it is closed it has whole columns at hand. ``beside`` is a place in the folder of that folder. Raises
    InputError as ``DiskStore.replace``.
    """
    folder = Path(mkdtemp(prefix="draft-", dir=beside.parent))
    store = None
    try:
        store = DiskStore(folder / "store", writable=True)
        store.told = folder / "conclusions.nt"
        store.told.touch()
        store.replace(new)
    except BaseException:
        if store is not None:
            store.close()
        shutil.rmtree(folder, ignore_errors=True)
        raise
    finalize(store, shutil.rmtree, folder, ignore_errors=True)
    return store


def conclusions(draft: DiskStore) -> Path | None:
    """A file with what follows, which goes with the draft; None where it speaks of things without a name.

    Such things have other names in every store. The file was written with the draft.
    """
    file = draft.told
    return None if file is None or has_blanks(file) else file
