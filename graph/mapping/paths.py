"""How is a place in a YAML or JSON document named, and what is found there?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from graph.documents import Map, Seq, Value

__all__ = ["Node", "Path", "Reads", "Variable", "Wild", "parse_path", "select"]

MAX_PATH = 500
MAX_STEPS = 30_000_000


class Wild(Enum):
    """A step that goes to many places."""

    ITEMS = "[]"
    KEYS = "*"


class Variable(Enum):
    """What is known of a row beside its content."""

    KEY = "@key"
    INDEX = "@index"
    LINE = "@line"
    FILE = "@file"
    NAMESPACE = "@namespace"


@dataclass(frozen=True, slots=True)
class Path:
    """A place, as seen from a row.

    ``climbs`` says how many items to go out first; -1 means that the path starts at the document.
    """

    text: str
    climbs: int
    steps: tuple[str | Wild, ...]
    variable: Variable | None = None

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Node:
    """A value at its place: ``around`` is the row, or item of a list or map, that it stands in.

    ``holder`` and ``slot`` say where it is kept; ``line`` is where it starts, for the value of a key of a row
    the line of the key.
    """

    value: Value
    line: int
    around: Node | None = None
    holder: Map | Seq | None = None
    slot: str | int = 0


class Reads:
    """What was read of a file, and how much work that was."""

    def __init__(self, *, most: int = MAX_STEPS) -> None:
        self.most = most
        self.slots: set[tuple[int, str | int]] = set()
        self.wild: set[int] = set()
        self.steps = 0

    def mark(self, node: Node) -> None:
        """Remember that a rule used this value."""
        if node.holder is not None:
            self.slots.add((id(node.holder), node.slot))

    def step(self) -> None:
        """Count one step; OverflowError when a mapping makes too many."""
        self.steps += 1
        if self.steps > self.most:
            raise OverflowError(f"the mapping takes more than {self.most:,} steps through the file")


_START = re.compile(r"(\$|\^*)\.?")
_STEP = re.compile(r"""(?P<items>\[\])|(?P<keys>\*)|"(?P<quoted>[^"]+)"|(?P<name>[^\s.\[\]{}"*^$@][^.\[\]{}"*^$]*)""")


def parse_path(text: str) -> Path:
    """Read a path; ValueError says what is wrong with it.

    ``a.b`` goes to a key, ``a[]`` to each item of a list, ``a.*`` to each key of a map, ``"a.b"`` to a key with
    dots. ``.`` is the row itself, ``^`` the item around it, ``$`` the document. ``@key``, ``@index``, ``@line``,
    ``@file`` and ``@namespace`` tell about the row.

    >>> parse_path("technical.dependencies[]").steps
    ('technical', 'dependencies', <Wild.ITEMS: '[]'>)
    >>> parse_path('^labels."app.kubernetes.io/name"').climbs
    1
    """
    if len(text) > MAX_PATH:
        raise ValueError(f"the path is longer than {MAX_PATH} characters; make it shorter")
    rest = text.strip()
    start = _START.match(rest)
    prefix = start[1] if start else ""
    climbs = -1 if prefix == "$" else len(prefix)
    position = start.end() if start else 0
    steps: list[str | Wild] = []
    if rest[position : position + 1] == "@":
        return Path(text, climbs, (), _variable(rest[position:]))
    if not rest:
        raise ValueError("the path is empty; write '.' for the row itself")
    while position < len(rest):
        step = _STEP.match(rest, position)
        if step is None:
            raise ValueError(
                f"the path '{text}' cannot be read at '{rest[position : position + 12]}'; "
                "write keys with dots between them, '[]' for items, '*' for all keys, and other signs in quotes"
            )
        if step["items"] is not None:
            steps.append(Wild.ITEMS)
        elif step["keys"] is not None:
            steps.append(Wild.KEYS)
        else:
            steps.append(step["quoted"] or step["name"].strip())
        position = step.end()
        if rest[position : position + 1] == "." and position + 1 < len(rest):
            position += 1
        elif position < len(rest) and rest[position] != "[":
            raise ValueError(f"the path '{text}' needs a dot before '{rest[position : position + 12]}'; add it")
    return Path(text, climbs, tuple(steps))


def _variable(text: str) -> Variable:
    try:
        return Variable(text)
    except ValueError:
        known = ", ".join(variable.value for variable in Variable)
        raise ValueError(f"'{text}' is not known; write one of {known}") from None


def select(path: Path, row: Node, reads: Reads, *, strict: bool = False) -> Iterator[Node]:
    """What is found at a path, in the order of the file; nothing when the place does not exist.

    A single value where a list is expected counts as a list of one, unless ``strict``. Nulls are not found.
    """
    start: Node | None = row
    if path.climbs < 0:
        while start is not None and start.around is not None:
            start = start.around
    for _ in range(path.climbs):
        start = start.around if start is not None else None
    if start is None:
        return
    found: Iterator[tuple[Node, Node]] = iter([(start, start)])
    for step in path.steps:
        found = _follow(found, step, reads, strict=strict)
    for node, _ in found:
        reads.step()
        if node.value is not None:
            yield node


def _follow(
    places: Iterator[tuple[Node, Node]], step: str | Wild, reads: Reads, *, strict: bool
) -> Iterator[tuple[Node, Node]]:
    """Take one step from each place; a place is a node and the row or item that it belongs to."""
    for node, item in places:
        reads.step()
        value = node.value
        if isinstance(step, str):
            if isinstance(value, Map) and step in value:
                yield Node(value[step], value.lines[step], item, value, step), item
        elif step is Wild.KEYS:
            if isinstance(value, Map):
                reads.wild.add(id(value))
                for key, inner in value.items():
                    below = Node(inner, value.key_line(key), item, value, key)
                    yield below, below
        elif isinstance(value, Seq):
            for index, (inner, line) in enumerate(zip(value, value.lines, strict=True)):
                below = Node(inner, line, item, value, index)
                yield below, below
        elif value is not None and not strict:
            below = Node(value, node.line, item, node.holder, node.slot)
            yield below, below
