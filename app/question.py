"""Which query does somebody mean on the command line: its text, a file that holds it, or a ready question?"""

from __future__ import annotations

import re
import stat
from pathlib import Path

__all__ = ["text_of"]

_LONGEST = 200_000


def text_of(sparql: str) -> str:
    """The text of a query that is given as itself, as @FILE, or by the name of a ready question.

    Raises InputError when there is no such question, or the file cannot be read.
    """
    from graph.library import question
    from graph.model import InputError

    if re.fullmatch(r"[a-z]+(-[a-z]+)*", sparql):
        return question(sparql).text
    if not sparql.startswith("@"):
        return sparql
    try:
        return _start(Path(sparql[1:])).decode("utf-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or ("not UTF-8" if isinstance(error, UnicodeError) else str(error))
        raise InputError.of(f"the query file '{sparql[1:]}' cannot be read ({reason})") from error


def _start(file: Path) -> bytes:
    """The bytes of an ordinary file, no more than tell that it is too long: a device or a pipe may never end."""
    if not stat.S_ISREG(file.stat().st_mode):
        raise ValueError("not an ordinary file")
    with file.open("rb") as data:
        text = data.read(_LONGEST + 1)
    if len(text) > _LONGEST:
        raise ValueError(f"longer than {_LONGEST:,} bytes")
    return text
