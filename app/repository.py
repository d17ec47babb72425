"""Where does a repository show the line of a file that a fact comes from? An address made from a pattern."""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import quote, urlsplit

from graph.model import InputError, Where

__all__ = ["line_address", "pattern"]


def pattern(text: str) -> str:
    """A pattern with ``{path}``, and ``{line}`` where the repository shows lines; "" for none.

    >>> pattern("https://git.example.org/maps/blob/main/{path}#L{line}")
    'https://git.example.org/maps/blob/main/{path}#L{line}'

    Raises InputError for what is no web address, or has no place for the path.
    """
    remedy = "write it as https://git.example.org/maps/blob/main/{path}#L{line}"
    if text and (urlsplit(text).scheme not in ("http", "https") or not urlsplit(text).hostname):
        raise InputError.of(f"'{text[:80]}' is no address of a repository", remedy=remedy)
    if text and "{path}" not in text:
        raise InputError.of(f"'{text[:80]}' has no {{path}}", remedy=remedy)
    return text


def line_address(made_from: str, where: Where) -> str:
    """The address of a place; "" without a pattern, and for files outside of the folder that is served.

    >>> line_address("https://git.example.org/{path}#L{line}", Where("data/a b.yaml", 7))
    'https://git.example.org/data/a%20b.yaml#L7'
    >>> line_address("https://git.example.org/{path}", Where("/etc/other.yaml", 7))
    ''
    """
    path = PurePosixPath(str(where.path).replace("\\", "/"))
    if not made_from or path.is_absolute() or ".." in path.parts:
        return ""
    return made_from.replace("{path}", quote(str(path))).replace("{line}", str(where.line or 1))
