"""How is a store copied away and brought back? One generation with its side tables, as a folder or as one tar file."""

from __future__ import annotations

import errno
import re
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from graph.model import InputError
from graph.store.embedded import DiskStore
from graph.store.folder import (
    FIRST,
    FORMAT,
    LINES,
    check_format,
    current,
    generations,
    is_store,
    lock,
    read_loaded,
    sweep,
    whole,
    write_whole,
)

__all__ = ["back_up", "restore"]

_TRIES = 5
_PART = re.compile(
    r"format|CURRENT|lines/[0-9a-f]{24}-[0-9]{6,12}\.(lines|findings|mentions)"
    r"|[0-9]{6,12}/(loaded\.json|history\.jsonl|files\.json|triples/[A-Za-z0-9_.-]{1,100})"
)
_TAR = (".tar", ".tar.gz", ".tgz")


def back_up(folder: Path, target: Path) -> None:
    """Copy a store as it is now, while others read or write it. A name that ends in .tar, .tar.gz or .tgz is one file.

    What others worked out from a generation and keep beside it is left out; it is worked out again.
    Raises InputError when the folder is no store or damaged, the target exists, or cannot be written.
    """
    if target.exists() or target.is_symlink():
        raise InputError.of(f"'{target}' exists already", remedy="name a backup that does not exist yet")
    DiskStore(folder)
    draft = target.with_name(target.name + ".partial")
    try:
        _remove(draft)
        draft.parent.mkdir(parents=True, exist_ok=True)
        if target.name.endswith(_TAR):
            with tempfile.TemporaryDirectory(prefix=f"{target.name}.", suffix=".partial", dir=draft.parent) as parts:
                _snapshot(folder, Path(parts) / "store")
                _pack(Path(parts) / "store", draft)
        else:
            _snapshot(folder, draft)
        draft.rename(target)
    except OSError as error:
        _remove(draft)
        raise InputError.of(
            f"the backup '{target}' cannot be written ({error.strerror or error})", remedy="see that the disk has room"
        ) from error
    except InputError:
        _remove(draft)
        raise


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _snapshot(folder: Path, target: Path) -> None:
    """A writer may take a generation away while it is copied; then the one after it is taken."""
    for _ in range(_TRIES):
        generation = current(folder)
        _remove(target)
        target.mkdir(parents=True)
        try:
            _copy_generation(folder, generation, target, FIRST)
        except FileNotFoundError:
            if current(folder) == generation:
                raise
            continue
        write_whole(target / "CURRENT", FIRST)
        write_whole(target / "format", FORMAT)
        return
    raise InputError.of(f"the store '{folder}' changes faster than it can be copied", remedy="try again later")


def _copy_generation(source: Path, generation: Path, target: Path, name: str) -> None:
    """Copy what a generation is made of. Nothing is linked: what happens to one copy does not happen to the other."""
    loaded = read_loaded(generation)
    (target / name).mkdir()
    (target / LINES).mkdir(exist_ok=True)
    shutil.copytree(generation / "triples", target / name / "triples")
    for file in ("loaded.json", "history.jsonl", "files.json"):
        shutil.copyfile(generation / file, target / name / file)
    for held in loaded.held:
        shutil.copyfile(source / LINES / f"{held.file}.lines", target / LINES / f"{held.file}.lines")
        for ending in ("findings", "mentions", "marks"):
            if (source / LINES / f"{held.file}.{ending}").exists():
                shutil.copyfile(source / LINES / f"{held.file}.{ending}", target / LINES / f"{held.file}.{ending}")


def _pack(parts: Path, target: Path) -> None:
    compressed = target.name.removesuffix(".partial").endswith((".gz", ".tgz"))
    with tarfile.open(target, "w:gz" if compressed else "w") as tar:
        for file in sorted(parts.rglob("*")):
            if file.is_file():
                tar.add(file, file.relative_to(parts).as_posix())


def restore(backup: Path, folder: Path, *, replace: bool = False) -> None:
    """Bring a backup back as a store. It becomes a generation of its own, so others see the old state or the new one.

    Args:
        backup: a folder or a tar file that ``back_up`` wrote.
        folder: where; it must not be there yet.
        replace: put it in the place of what the store there holds, also when that is damaged.

    Raises:
        InputError: the backup is none or is spoilt, something is in the way, or the disk refuses; what was there is
            as it was.
    """
    if folder.exists() and not replace and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError.of(f"'{folder}' exists already", remedy="name a new folder, or add --replace to replace it")
    if folder.is_dir() and any(folder.iterdir()) and not is_store(folder):
        raise InputError.of(f"'{folder}' exists and is no servicemap store", remedy="name a new or an empty folder")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _unpacked(backup, folder.parent) as parts:
            DiskStore(parts)
            _bring_back(parts, folder)
    except OSError as error:
        raise InputError.of(
            f"'{folder}' cannot be written ({error.strerror or error}); what was there is as it was",
            remedy="see that the disk has room and the folder may be written",
        ) from error


def _bring_back(parts: Path, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    with lock(folder):
        last = max((int(each.name) for each in generations(folder)), default=-1)
        name = f"{last + 1:06d}"
        draft = folder / name
        try:
            with whole(parts, (ValueError, KeyError, TypeError, FileNotFoundError)):
                _copy_generation(parts, current(parts), folder, name)
        except (OSError, InputError):
            shutil.rmtree(draft, ignore_errors=True)
            raise
        fresh = not is_store(folder)
        write_whole(folder / "CURRENT", name)
        if fresh or (folder / "format").read_bytes() != FORMAT.encode():
            write_whole(folder / "format", FORMAT)
        sweep(folder, keep=1)


@contextmanager
def _unpacked(backup: Path, beside: Path) -> Iterator[Path]:
    """The backup as a folder; of a tar file only the parts of a store are taken, and none can lie elsewhere."""
    if backup.is_dir():
        if not is_store(backup):
            raise InputError.of(
                f"'{backup}' is no backup of a store", remedy="name a folder or file of servicemap backup"
            )
        check_format(backup)
        yield backup
        return
    if not backup.is_file():
        raise InputError.of(f"'{backup}' does not exist", remedy="name a folder or file of servicemap backup")
    with tempfile.TemporaryDirectory(prefix=".restoring-", dir=beside) as parts:
        _unpack(backup, Path(parts))
        if not is_store(Path(parts)):
            raise InputError.of(
                f"'{backup}' is no backup of a store", remedy="name a folder or file of servicemap backup"
            )
        yield Path(parts)


def _unpack(backup: Path, parts: Path) -> None:
    spoilt = (tarfile.TarError, EOFError, OSError, ValueError)
    try:
        with tarfile.open(backup) as tar:
            room = shutil.disk_usage(parts).free
            for member in tar:
                room -= member.size
                if not member.isreg() or not _PART.fullmatch(member.name) or room < 0:
                    raise InputError.of(
                        f"'{backup}' holds '{member.name[:100]}', which is no part of a backup or has no room here",
                        remedy="name a file of servicemap backup",
                    )
                data = tar.extractfile(member)
                assert data is not None
                target = parts / member.name
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("xb") as out:
                    shutil.copyfileobj(data, out)
    except spoilt as error:
        if isinstance(error, OSError) and error.errno in (
            errno.EFBIG,
            errno.ENOSPC,
        ):  # the disk is full, not the backup spoilt
            raise
        raise InputError.of(
            f"'{backup}' cannot be read as a backup ({str(error)[:120]})", remedy="use another backup"
        ) from error
