"""How does a store get smaller? What nobody needs any more goes, and the engine packs the rest."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from graph.model import InputError
from graph.store.embedded import DiskStore
from graph.store.folder import current, sweep, whole, write_files, write_whole

__all__ = ["Compacted", "compact"]


@dataclass(frozen=True, slots=True)
class Compacted:
    """Bytes on the disk before and after; what generations share counts once."""

    before: int
    after: int


def compact(folder: Path) -> Compacted:
    """Pack a store into a generation of its own and take the earlier ones away.

    Who still reads an earlier generation can go on with what is open, and opens the store anew for the rest.
    Raises InputError when the folder is no store, it is damaged, in use, or the disk refuses; it is then as it was.
    """
    DiskStore(folder)
    before = _size(folder)
    with DiskStore(folder, writable=True) as store:
        generation = current(folder)
        after = folder / f"{int(generation.name) + 1:06d}"
        try:
            shutil.rmtree(after, ignore_errors=True)
            after.mkdir()
            with whole(folder, (RuntimeError,)):
                ox.Store.read_only(str(store.generation)).backup(str(after / "triples"))
                triples = ox.Store(str(after / "triples"))
                triples.optimize()
                triples.flush()
                del triples
            write_files(after)
            for name in ("history.jsonl", "loaded.json"):
                write_whole(after / name, (generation / name).read_bytes())
            write_whole(folder / "CURRENT", after.name)
        except (OSError, InputError) as error:
            shutil.rmtree(after, ignore_errors=True)
            if isinstance(error, InputError):
                raise
            raise InputError.of(
                f"the store '{folder}' could not be written ({str(error)[:160]}); it is as it was before",
                remedy="see that the disk has room and the folder may be written",
            ) from error
        sweep(folder, keep=1)
    return Compacted(before, _size(folder))


def _size(folder: Path) -> int:
    """What the folder takes on the disk; a file with two names counts once."""
    files = [file.stat() for file in folder.rglob("*") if file.is_file()]
    return sum({(status.st_dev, status.st_ino): status.st_size for status in files}.values())
