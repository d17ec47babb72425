"""How does a text stay text in Markdown? Names come from files that anybody may have written."""

from __future__ import annotations

import re

__all__ = ["code", "text"]

_LONGEST = 400
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#!|~$])")
_LIST = re.compile(r"[+-]( |$)")


def text(words: str) -> str:
    r"""A text that stays text: no markup, no link, no mention of somebody, no line break.

    >>> text("[a](b) | @all <img>")
    '\\[a\\]\\(b\\) \\| @\u200ball &lt;img&gt;'
    """
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in words).split())
    line = line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
    opening = "\\" if _LIST.match(line) else ""
    line = opening + _SPECIAL.sub(r"\\\1", line.replace("&", "&amp;")).replace("<", "&lt;").replace(">", "&gt;")
    return line.replace("@", "@\u200b").replace("://", ":\u200b//").replace("www.", "www\u200b.")


def code(words: str) -> str:
    """A text in the letters of code."""
    plain = "".join(sign if sign.isprintable() and sign != "`" else " " for sign in words)
    return f"`{plain}`"
