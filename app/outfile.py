"""How is a file written whole or not at all? The old one stays until the new one is there."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from graph.model import InputError

__all__ = ["check_outfile", "write_whole"]


def check_outfile(out: Path | None, *, option: str = "--out") -> None:
    """Refuse at once what no file can be written to, before anything costly is done. Raises InputError."""
    if out is not None and out.is_dir():
        raise InputError.of(f"'{out}' is a folder", remedy=f"name a file in it with {option}")
    if out is not None and not out.parent.is_dir():
        raise InputError.of(f"the folder of '{out}' does not exist", remedy="make it first, or name another")


def write_whole(out: Path, text: str | bytes) -> None:
    """Write a text, or bytes. A link stays a link, rights stay as they are, a pipe or device is written to directly.

    Raises:
        InputError: the file cannot be written; what was there is as it was.
    """
    try:
        place = out.resolve()
        if place.exists() and not place.is_file():
            place.write_bytes(_bytes(text))
        else:
            _replace(place, _bytes(text))
    except OSError as error:
        reason = error.strerror or str(error)
        remedy = "name a file in a folder that you may write and that has room"
        raise InputError.of(f"'{out}' cannot be written ({reason})", remedy=remedy) from error


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text


def _replace(place: Path, text: bytes) -> None:
    mode = place.stat().st_mode & 0o777 if place.exists() else 0o666 & ~_umask()
    number, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name[:40]}.")
    draft = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(mode)
        draft.replace(place)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
