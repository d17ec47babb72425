"""How is a value written in YAML, so that every reader reads the same text and people like to read it too?"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TypeAlias, Union

import yaml

__all__ = ["Bare", "Content", "block", "flow", "item_lines", "scalar"]

WIDTH = 112
_STEP = "  "
_UNSAFE = re.compile(r'[,\[\]{}#"\\]|:(?=\s|$)|\s$')
_FIRST = re.compile(r"[^\W_]|[_/.(+<$€£~]")
_OCTAL = re.compile(r"[-+]?0[ox]", re.IGNORECASE)


class Bare(str):
    """A value that is no text to YAML either: a number, yes or no. It is written without quotes."""

    __slots__ = ()


Content: TypeAlias = Union[str, "Mapping[str, Content]", "Sequence[Content]"]


def scalar(text: str) -> str:
    r"""One value on one line. Text that a YAML reader could take for something else is put in quotes.

    >>> scalar("Order hub"), scalar("no"), scalar("012"), scalar("a: b"), scalar(Bare("12"))
    ('Order hub', '"no"', '"012"', '"a: b"', '12')
    >>> scalar(" two\nlines ")
    '" two\\nlines "'
    """
    if isinstance(text, Bare) or _is_plain(text):
        return str(text)
    return _quoted(text)


def _quoted(text: str) -> str:
    quoted = json.dumps(text, ensure_ascii=False)
    return quoted if quoted.isprintable() else "".join(map(_escaped, quoted))


def _is_plain(text: str) -> bool:
    if not _FIRST.match(text) or not text.isprintable() or _UNSAFE.search(text) or _OCTAL.match(text):
        return False
    tag = _resolver().resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]  # PyYAML's stubs lack it
    return bool(tag == "tag:yaml.org,2002:str")


@cache
def _resolver() -> yaml.resolver.Resolver:
    """What YAML 1.1 takes for numbers, dates and truths; its text is text in YAML 1.2 too."""
    return yaml.resolver.Resolver()


def _escaped(sign: str) -> str:
    if sign.isprintable():
        return sign
    return f"\\u{ord(sign):04x}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08x}"


def flow(value: Content) -> str:
    """A value in one line, with brackets and braces.

    >>> flow({"on": "vm", "kind": "runs on", "port": [Bare("80"), "a,b"]})
    '{on: vm, kind: runs on, port: [80, "a,b"]}'
    """
    if isinstance(value, str):
        return scalar(value) if "?" not in value else _quoted(value)  # some readers end a plain text there
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {flow(item)}" for key, item in value.items()) + "}"
    return "[" + ", ".join(map(flow, value)) + "]"


def block(entry: Mapping[str, Content], indent: str = "") -> Iterator[str]:
    """A mapping, a line or more for each key; what is short and flat stays in one line.

    >>> print(*block({"id": "a", "depends_on": ["b", {"on": "c", "strength": "optional"}]}), sep=chr(10))
    id: a
    depends_on:
      - b
      - {on: c, strength: optional}
    """
    for key, value in entry.items():
        yield from _keyed(f"{indent}{key}:", value, indent)


def _keyed(head: str, value: Content, indent: str) -> Iterator[str]:
    if isinstance(value, str):
        if "\n" in value and _can_be_block(value):
            yield f"{head} |-"
            yield from (f"{indent}{_STEP}{line}" if line else "" for line in value.split("\n"))
        else:
            yield f"{head} {scalar(value)}"
    elif _is_short(value) and len(line := f"{head} {flow(value)}") <= WIDTH:
        yield line
    elif isinstance(value, Mapping):
        yield head
        yield from block(value, indent + _STEP)
    else:
        yield head
        for item in value:
            yield from item_lines(item, indent + _STEP)


def item_lines(item: Content, indent: str) -> Iterator[str]:
    """An item of a list; a mapping begins on the line of its dash."""
    if isinstance(item, str):
        yield f"{indent}- {scalar(item)}"
    elif _is_flat(item) and len(line := f"{indent}- {flow(item)}") <= WIDTH:
        yield line
    elif isinstance(item, Mapping):
        first, *rest = block(item, indent + _STEP)
        yield f"{indent}- {first[len(indent) + 2 :]}"
        yield from rest
    else:
        yield f"{indent}- {flow(item)}"


def _is_short(value: Content) -> bool:
    """Whether a value of a key looks well in one line: a flat mapping, or a list of words."""
    if isinstance(value, Mapping):
        return _is_flat(value)
    return all(isinstance(item, str) and "\n" not in item for item in value)


def _is_flat(value: Content) -> bool:
    """Whether nothing in a mapping holds mappings of its own."""
    values = value.values() if isinstance(value, Mapping) else value
    return all(_is_word(item) or (not isinstance(item, Mapping) and all(map(_is_word, item))) for item in values)


def _is_word(item: Content) -> bool:
    return isinstance(item, str) and "\n" not in item


def _can_be_block(text: str) -> bool:
    lines = text.split("\n")
    whole = all(line.replace("\t", "").isprintable() and line == line.rstrip() for line in lines)
    return whole and bool(lines[0]) and not lines[0][0].isspace() and bool(lines[-1])
