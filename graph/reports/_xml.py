"""How does a text stand in XML? Escaped, and without the signs that XML forbids or that turn the text around it."""

from __future__ import annotations

import re

__all__ = ["attribute", "shown", "text"]

_FORBIDDEN = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def text(words: str) -> str:
    """Between tags; what XML forbids becomes U+FFFD.

    >>> text("a < b & c")
    'a &lt; b &amp; c'
    """
    plain = _FORBIDDEN.sub("\ufffd", words)
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def attribute(words: str) -> str:
    """As the value of an attribute, with its quotes.

    >>> print(attribute('say "hi"'))
    "say &quot;hi&quot;"
    """
    plain = text(words).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")
    return f'"{plain}"'


def shown(words: str) -> str:
    """In a picture: as ``text``, and without signs that nobody sees but that move others about."""
    return text(_UNSEEN.sub("", words))
