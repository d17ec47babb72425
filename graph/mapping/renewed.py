"""How does a mapping come to name today's words? Each old one is put right in its place, all else stays as written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from graph.mapping.schema import load_mapping
from graph.model import Finding, InputError, Severity, Where

__all__ = ["entries", "renewed", "span"]

_OLD = re.compile(r"(?:(?P<what>unknown property|unknown kind)|'(?P<key>.+)' cannot be) '(?P<old>[^']+)'.*")
_NO_VALUES = {"each", "when", "do", "namespace", "because"}
_TODAY = re.compile(r"it is called '(?P<today>[^']+)' now")


def renewed(path: Path, text: str) -> tuple[str, tuple[Finding, ...]]:
    """The text of a mapping in today's words, and what was old in it.

    Raises InputError where the mapping is wrong in another way.
    """
    found = list[Finding]()
    while True:
        try:
            load_mapping(path, text=text.encode())
        except InputError as error:
            problem = error.problems[0]
            was, now = _OLD.fullmatch(problem.message), _TODAY.fullmatch(problem.remedy)
            if was is None or now is None or problem.where is None:
                raise
            line, old, today = problem.where.line, was["old"], now["today"]
            places = _places(text, line, was["what"] or "", was["key"] or "kind", old)
            if not places:
                raise
            for start, end in sorted(places, reverse=True):
                text = text[:start] + text[start:end].replace(old, today) + text[end:]
            where = Where(str(path), text.count("\n", 0, min(places)[0]) + 1)
            said = f"'{old}' is an old word"
            found.append(Finding(Severity.WARNING, "old-word", "", where, said, f"write '{today}'"))
        else:
            return text, tuple(found)


def _places(text: str, line: int, what: str, key: str, old: str) -> set[tuple[int, int]]:
    """Where an old word stands: as the key on a line, or as a value of a key whose own value begins on that line."""
    found = set[tuple[int, int]]()
    for name, value in entries(text):
        if what == "unknown property":
            if name.value == old and name.start_mark.line + 1 == line:
                found.add(span(name))
        elif name.value == key and value.start_mark.line + 1 == line:
            found |= {span(each) for each in _scalars(value) if each.value == old}
    return found


def entries(text: str) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
    """Every key of a document with its value, however deep; the text was read by ``read_documents`` before."""
    for node in yaml.compose_all(text, Loader=yaml.SafeLoader):
        yield from _pairs(node)


def span(node: yaml.Node) -> tuple[int, int]:
    """Where a value starts in the text, and where it ends."""
    return node.start_mark.index, node.end_mark.index


def _pairs(node: yaml.Node | None) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield key, value
            yield from _pairs(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _pairs(item)


def _scalars(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    """The values below a node; keys are none, nor is what a condition compares."""
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _scalars(item)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value not in _NO_VALUES:
                yield from _scalars(value)
