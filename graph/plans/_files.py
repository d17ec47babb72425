"""Which documents does a file, or a folder of files, hold?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from graph.documents import Map, read_bytes, read_documents
from graph.model import InputError

__all__ = ["maps_of"]

_ENDINGS = (".yaml", ".yml", ".json")
_MOST = 2_000


def maps_of(path: Path, *, plain: Callable[[bytes], bytes] = bytes) -> list[Map]:
    """The documents that are maps, file by file in the order of their names; hidden files are passed over.

    Args:
        path: the file or folder.
        plain: makes of what a file holds what is read.

    Raises:
        InputError: a file cannot be read, or a folder holds more than 2,000.
    """
    documents = (each for file in _files(path) for each in read_documents(file, text=plain(read_bytes(file))))
    return [document.value for document in documents if isinstance(document.value, Map)]


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    files = sorted(
        file
        for file in path.rglob("*")
        if file.suffix.lower() in _ENDINGS
        and not any(part.startswith(".") for part in file.relative_to(path).parts)
        and not file.is_symlink()
    )
    if len(files) > _MOST:
        raise InputError.of(f"more than {_MOST:,} files", path=path, remedy="name a smaller folder")
    yield from files
