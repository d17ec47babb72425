"""What lies in the folder of a store, and how is it changed so that a crash leaves one whole state or the other?

``format`` names the version, ``CURRENT`` the generation that counts, ``lock`` keeps two writers apart. A generation is
a folder with a number for its name: ``triples`` is the engine's, ``files.json`` has the digests of its files,
``loaded.json`` and ``history.jsonl`` say what it holds, and others may keep what they worked out beside them.
``lines`` holds the side tables of all generations.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from graph.model import InputError
from graph.store.loaded import FORMAT_NUMBER, Loaded

__all__ = [
    "COLUMNS",
    "DRAFT",
    "FIRST",
    "FORMAT",
    "GENERATION",
    "LINES",
    "OLD_FORMAT",
    "PACKED",
    "PROPERTIES",
    "SUMS",
    "check_files",
    "check_format",
    "current",
    "damaged",
    "generations",
    "is_store",
    "lock",
    "make",
    "read_loaded",
    "sweep",
    "sync",
    "whole",
    "write_files",
    "write_whole",
]

OLD_FORMAT, FORMAT = "servicemap store 1\n", f"servicemap store {FORMAT_NUMBER}\n"
_TRIES, _PAUSE = 20, 0.05
FIRST, LINES, COLUMNS, DRAFT = "000000", "lines", "columns", "update-"
PACKED, SUMS, PROPERTIES = "packed", "sums", "properties"
GENERATION = re.compile("[0-9]{6,12}")
_SPOILT = (OSError, RuntimeError, ValueError, KeyError, TypeError, AttributeError)
_MADE_FIRST = {"lock", FIRST, LINES, "CURRENT", "CURRENT.new", "format.new"}  # all that there is before ``format``
_IN_FIRST = {
    "triples",
    "loaded.json",
    "loaded.json.new",
    "history.jsonl",
    "history.jsonl.new",
    "draft.nt",
    "files.json",
    "files.json.new",
}


def is_store(folder: Path) -> bool:
    """Whether a folder is a store of ours, of any version.

    >>> is_store(Path("/"))
    False
    """
    return (folder / "format").is_file() and (folder / "CURRENT").is_file()


def make(folder: Path, fill: Callable[[Path], None]) -> IO[str]:
    """Make a store and give back its lock. ``format`` comes last: until then it is unfinished, and is made anew.

    Args:
        folder: where; nothing may be there but what an earlier making left behind.
        fill: writes the first generation into the folder that it is given.
    """
    held = None
    try:
        _check_free(folder)
        folder.mkdir(parents=True, exist_ok=True)
        held = lock(folder)
        if not is_store(folder):  # else another process has just made it
            _check_free(folder)
            shutil.rmtree(folder / FIRST, ignore_errors=True)
            (folder / FIRST).mkdir()
            (folder / LINES).mkdir(exist_ok=True)
            fill(folder / FIRST)
            write_whole(folder / "CURRENT", FIRST)
            write_whole(folder / "format", FORMAT)
    except (OSError, RuntimeError, InputError) as error:
        if held is not None:
            held.close()
        if isinstance(error, InputError):
            raise
        reason = getattr(error, "strerror", None) or str(error)[:160]
        raise InputError.of(f"no store can be made in '{folder}' ({reason})") from error
    return held


def _check_free(folder: Path) -> None:
    """A store may be made where nothing is, or nothing but what making one left behind; all else is not ours."""
    if not folder.exists() or (folder.is_dir() and _is_free(folder)) or is_store(folder):
        return
    raise InputError.of(
        f"'{folder}' exists and is no servicemap store", remedy="name a new or an empty folder with --store"
    )


def _is_free(folder: Path) -> bool:
    held, names = folder / "lock", _names(folder)
    ours = names <= _MADE_FIRST and held.is_file() and held.stat().st_size == 0
    loaded = _names(folder / LINES) or _names(folder / FIRST) - _IN_FIRST
    return not names or (ours and not loaded)


def _names(folder: Path) -> set[str]:
    return {entry.name for entry in folder.iterdir()} if folder.is_dir() else set()


def check_format(folder: Path) -> None:
    """Raises InputError for the format of another version."""
    with whole(folder):
        found = (folder / "format").read_text(encoding="utf-8")
    if found == OLD_FORMAT or (found == FORMAT and _is_old(folder)):
        raise InputError.of(
            f"'{folder}' has the format '{OLD_FORMAT.strip()}', this version reads '{FORMAT.strip()}'",
            remedy=f"bring it up to date with: servicemap migrate --store {folder}",
        )
    if found != FORMAT:
        raise InputError.of(
            f"'{folder}' has the format '{found.strip()[:60]}', this version reads '{FORMAT.strip()}'",
            remedy="use the version that wrote it, or load the files again into a new folder",
        )


def _is_old(folder: Path) -> bool:
    """Whether a migration was interrupted between its last two steps."""
    with whole(folder):
        said = json.loads((current(folder) / "loaded.json").read_text(encoding="utf-8"))
        return "format" not in said and "titles" in said


@contextmanager
def whole(folder: Path, signs: tuple[type[Exception], ...] = _SPOILT) -> Iterator[None]:
    """What cannot be read here is damage; ``signs`` are the errors that show it."""
    try:
        yield
    except signs as error:
        raise damaged(folder, error) from error


def damaged(folder: Path, reason: object) -> InputError:
    """The error that says so."""
    return InputError.of(
        f"the store '{folder}' is damaged ({str(reason)[:120]})",
        remedy="restore a backup, or load the files again into a new folder",
    )


def lock(folder: Path) -> IO[str]:
    """Keep other writers out until the file is closed. Raises InputError when another process is writing."""
    try:
        held = (folder / "lock").open("a", encoding="utf-8")
    except OSError as error:
        raise InputError.of(f"the store '{folder}' cannot be written ({error.strerror})") from error
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        held.close()
        raise InputError.of(
            f"the store '{folder}' is being changed by another process", remedy="try again when that is done"
        ) from error
    return held


def current(folder: Path) -> Path:
    """The generation that counts."""
    with whole(folder):
        opened = os.open(f"{folder}/CURRENT", os.O_RDONLY | os.O_CLOEXEC)  # read before every query
        try:
            name = os.read(opened, 100).decode().strip()
        finally:
            os.close(opened)
    if not GENERATION.fullmatch(name):
        raise damaged(folder, "CURRENT names no generation")
    return folder / name


def generations(folder: Path) -> list[Path]:
    """All generations, the oldest first, also those that are unfinished."""
    return sorted((entry for entry in folder.iterdir() if GENERATION.fullmatch(entry.name)), key=lambda e: int(e.name))


def read_loaded(generation: Path) -> Loaded:
    """What a generation says about itself."""
    history = (generation / "history.jsonl").read_text(encoding="utf-8")
    return Loaded.read((generation / "loaded.json").read_text(encoding="utf-8"), history)


def write_files(generation: Path, before: Path | None = None) -> None:
    """Note the digest of each file of the engine, once it is closed; what is linked from ``before`` has one already."""
    known: dict[str, str] = json.loads((before / "files.json").read_bytes()) if before else {}
    found = {}
    for file in _engine_files(generation):
        old = before / "triples" / file.name if before and file.name in known else None
        same = old is not None and old.exists() and old.samefile(file)
        found[file.name] = known[file.name] if same else _content(file)
    write_whole(generation / "files.json", json.dumps(found, indent=1))


def check_files(generation: Path) -> None:
    """Raises ValueError when a file of the engine is not as it was written; the engine does not always look."""
    known = json.loads((generation / "files.json").read_bytes())
    found = {file.name: _content(file) for file in _engine_files(generation)}
    if wrong := sorted(name for name in {*known, *found} if known.get(name) != found.get(name)):
        raise ValueError(f"its file {wrong[0]} is not as it was written")


def _engine_files(generation: Path) -> list[Path]:
    return sorted((generation / "triples").glob("*.sst"))


def _content(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def sweep(folder: Path, *, keep: int = 2) -> None:
    """Take away what a crash left behind and what nobody reads any more; the last but one may still be read."""
    number = int(current(folder).name)
    read = {f"{number - back:06d}" for back in range(keep)}
    for generation in generations(folder):
        if generation.name not in read:
            shutil.rmtree(generation, ignore_errors=True)
    for _ in range(_TRIES):  # whoever wrote drafts is gone, as this process holds the lock; or is just being ended
        for draft in folder.glob(f"{DRAFT}*"):
            shutil.rmtree(draft, ignore_errors=True)
        if not any(folder.glob(f"{DRAFT}*")):
            break
        time.sleep(_PAUSE)
    with whole(folder):
        loaded = [read_loaded(folder / name) for name in sorted(read) if (folder / name / "history.jsonl").exists()]
        files = {held.file for each in loaded for held in each.held}
        for name in _names(folder / LINES):
            if name.partition(".")[0] not in files:
                (folder / LINES / name).unlink(missing_ok=True)


def write_whole(file: Path, text: str | bytes) -> None:
    """Write a small file whole or not at all; when this returns, it is on the disk."""
    draft = file.with_name(file.name + ".new")
    with draft.open("wb") as out:
        out.write(text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)
    sync(file.parent)


def sync(folder: Path) -> None:
    """Have the names in a folder on the disk too."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
