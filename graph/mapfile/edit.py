"""How is a part of a map file changed, so that all the rest stays as a person wrote it, to the last byte?

The file is read with the places of its nodes, and only the span that a change is about is written anew. Then the new
text is read, and has to say what the old one said with the change made: else the change is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from graph.documents import read_documents
from graph.importers.map import sections
from graph.mapfile.text import Content, block, flow, item_lines, scalar
from graph.model import InputError
from graph.similar import did_you_mean
from ontology.vocabulary import vocabulary

__all__ = [
    "AddDependency",
    "AddElement",
    "ChangeDependency",
    "Edit",
    "RemoveDependency",
    "RemoveElement",
    "RemoveProperty",
    "SetProperty",
    "edit",
]

_STEP = "  "
_ALIAS = re.compile(r"\*[^\s,\[\]{}]+")


@dataclass(frozen=True, slots=True)
class AddElement:
    """A new entry at the end of a section; the section is made when it is not there. ``entry`` begins with its id."""

    section: str
    entry: Mapping[str, Content]
    namespace: str = ""


@dataclass(frozen=True, slots=True)
class RemoveElement:
    """An entry goes, with the comments inside it. Elements are named by id, or by ``namespace/id``."""

    element: str


@dataclass(frozen=True, slots=True)
class SetProperty:
    """A property gets a value, be it new or in place of another."""

    element: str
    key: str
    value: Content


@dataclass(frozen=True, slots=True)
class RemoveProperty:
    """A property goes."""

    element: str
    key: str


@dataclass(frozen=True, slots=True)
class AddDependency:
    """A dependency is added at the end: an id, a long form with ``on``, or a group with ``of``."""

    element: str
    item: Content


@dataclass(frozen=True, slots=True)
class RemoveDependency:
    """A dependency goes, also out of a group; or a whole group, by its id. ``by`` tells equals apart: kind, slot ..."""

    element: str
    on: str
    by: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChangeDependency:
    """Keys of a dependency get new values, or go where the value is None; ``on`` and ``by`` as for removing."""

    element: str
    on: str
    values: Mapping[str, Content | None]
    by: Mapping[str, str] = field(default_factory=dict)


Edit = (
    AddElement | RemoveElement | SetProperty | RemoveProperty | AddDependency | RemoveDependency | ChangeDependency
)  # fmt: skip


def edit(text: str, patch: Sequence[Edit], *, path: Path | str = "map.yaml", namespace: str = "") -> str:
    r"""Make changes to the text of a map file, one after the other; all of them, or none.

    What a change is not about stays byte for byte: comments, order, quotes, indentation, blank lines, line ends.
    Comments that stand above what is removed stay too.

    Args:
        text: the file, YAML and not JSON.
        patch: the changes.
        path: name of the file, for messages.
        namespace: that of the file, where its head does not name one.

    Raises:
        InputError: the text is no valid file, something that is to be changed is not there or is there twice, or the
            change would touch more than it says, because the place is shared by an alias: edit that by hand.

    >>> old = "elements:\n  - {id: web, kind: application}   # ours\n"
    >>> print(edit(old, [SetProperty("web", "owner", "web-team")]), end="")
    elements:
      - {id: web, kind: application, owner: web-team}   # ours
    """
    for change in patch:
        file = _File(text, Path(path), namespace)
        wanted = file.expected(change)
        text = file.changed(change)
        if not _says(text, wanted, Path(path)):
            raise _refused(path, change)
    return text


def _says(text: str, wanted: list[Any], path: Path) -> bool:
    try:
        return _values(text, path) == wanted
    except InputError:
        return False


def _refused(path: Path | str, change: Edit) -> InputError:
    why = "the place is shared, or written in a way that only a person can change"
    return InputError.of(f"{type(change).__name__} cannot be made: {why}", path=path, remedy="edit the file by hand")


def _values(text: str, path: Path) -> list[Any]:
    return [_plain(document.value) for document in read_documents(path, text=text.encode())]


def _plain(value: object) -> Any:  # noqa: ANN401 any YAML
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return (
        [_plain(item) for item in value] if isinstance(value, list | tuple) else None if value is None else str(value)
    )


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where something stands: its node, and the text from ``start`` to ``end``."""

    node: yaml.Node
    start: int
    end: int

    @property
    def is_flow(self) -> bool:
        return isinstance(self.node, yaml.CollectionNode) and bool(self.node.flow_style)


@dataclass(frozen=True, slots=True)
class _Pair:
    """A key with its value."""

    key: str
    start: int
    colon: int
    value: _Spot


class _File:
    """A map file with the places of what is in it."""

    def __init__(self, text: str, path: Path, namespace: str) -> None:
        self.text, self.path, self.namespace = text, path, namespace
        if path.suffix.lower() == ".json":
            raise InputError.of("a JSON file is not edited", path=path, remedy="write the map as YAML")
        self.values = _values(text, path)
        self.newline = "\r\n" if "\r\n" in text else "\n"
        loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        bom = text.startswith("\ufeff")
        nodes = yaml.compose_all(text.removeprefix("\ufeff"), Loader=loader)
        self.shift = int(bom)
        self.roots = [node for node in nodes if isinstance(node, yaml.MappingNode)]
        if len(self.roots) != len(self.values):
            raise InputError.of("the file holds documents that are no mappings", path=path, remedy="edit it by hand")

    def by_hand(self, why: str) -> InputError:
        return InputError.of(why, path=self.path, remedy="edit the file by hand")

    # Places

    def spot(self, node: yaml.Node, after: int = 0) -> _Spot:
        """Where a node stands; an alias stands where it is used, not where its value is."""
        start = node.start_mark.index + self.shift
        if start < after:
            found = _ALIAS.search(self.text, after)
            if found is None:
                raise self.by_hand("an alias is not where it should be")
            return _Spot(node, found.start(), found.end())
        return _Spot(node, start, self.end(node))

    def end(self, node: yaml.Node) -> int:
        """Where a node really ends: those of blocks reach to what comes next, with comments between."""
        if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
            if isinstance(node, yaml.MappingNode):
                return max(pair.value.end for pair in self.pairs(node))
            return max(spot.end for spot in self.items(node)) if isinstance(node, yaml.SequenceNode) else 0
        end = node.end_mark.index + self.shift
        if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
            return len(self.text[:end].rstrip())
        return end

    def pairs(self, node: yaml.MappingNode) -> list[_Pair]:
        found = []
        for key, value in node.value:
            end = key.end_mark.index + self.shift
            colon = self.text.index(":", end)
            found.append(_Pair(key.value, key.start_mark.index + self.shift, colon, self.spot(value, colon)))
        return found

    def items(self, node: yaml.SequenceNode) -> list[_Spot]:
        found: list[_Spot] = []
        for item in node.value:
            found.append(self.spot(item, found[-1].end if found else node.start_mark.index + self.shift))
        return found

    def line_start(self, index: int) -> int:
        return self.text.rfind("\n", 0, index) + 1

    def line_end(self, index: int) -> int:
        """The index after the line break of a line; the end of the text for the last one."""
        found = self.text.find("\n", index)
        return len(self.text) if found < 0 else found + 1

    def column(self, index: int) -> int:
        return index - self.line_start(index)

    # Finding

    def entries(self) -> Iterator[tuple[int, str, int, _Spot, Any]]:
        """Document, section, position, place and value of every entry."""
        known = sections(vocabulary())
        for number, root in enumerate(self.roots):
            for pair in self.pairs(root):
                if pair.key in known and isinstance(pair.value.node, yaml.SequenceNode):
                    values = self.values[number][pair.key]
                    for position, spot in enumerate(self.items(pair.value.node)):
                        if isinstance(spot.node, yaml.MappingNode) and isinstance(values[position], dict):
                            yield number, pair.key, position, spot, values[position]

    def space(self, number: int) -> str:
        """The namespace of a document: its own, or that of the one before."""
        named = [value["namespace"] for value in self.values[: number + 1] if isinstance(value.get("namespace"), str)]
        return named[-1].strip() if named else self.namespace

    def find(self, element: str) -> tuple[int, str, int, _Spot, Any]:
        space, _, identifier = element.rpartition("/")
        names = []
        for found in self.entries():
            name = str(found[4].get("id") or "").strip()
            names.append(name)
            if name == identifier and space in ("", self.space(found[0])):
                return found
        near = did_you_mean(identifier, names)
        raise InputError.of(f"no element '{element}' in this file", path=self.path, remedy=near or "correct the id")

    def pair(self, node: yaml.Node, key: str) -> _Pair | None:
        assert isinstance(node, yaml.MappingNode)
        return next((pair for pair in self.pairs(node) if pair.key == key), None)

    # What the change should do

    def expected(self, change: Edit) -> list[Any]:
        """What the file says when the change is made."""
        wanted = [_plain(value) for value in self.values]
        if isinstance(change, AddElement):
            number = self.document(change)
            wanted[number][change.section] = [*(wanted[number].get(change.section) or []), _plain(change.entry)]
            return wanted
        number, section, position, _, _ = self.find(change.element)
        entry = wanted[number][section][position]
        if isinstance(change, RemoveElement):
            del wanted[number][section][position]
            if not wanted[number][section]:
                del wanted[number][section]
        elif isinstance(change, SetProperty):
            entry[change.key] = _plain(change.value)
        elif isinstance(change, RemoveProperty):
            self.own_key(change, entry)
            del entry[change.key]
        elif isinstance(change, AddDependency):
            entry["depends_on"] = [*_listed(entry.get("depends_on")), _plain(change.item)]
        else:
            _change_dependency(entry, change, lambda: self.way(change, entry))
        return wanted

    def own_key(self, change: RemoveProperty, entry: Mapping[str, object]) -> None:
        if change.key not in entry or change.key == "id":
            near = did_you_mean(change.key, [key for key in entry if key != "id"])
            message = f"'{change.element}' has no property '{change.key}' that can be removed"
            raise InputError.of(message, path=self.path, remedy=near or "correct the name")

    def document(self, change: AddElement) -> int:
        if change.section not in sections(vocabulary()):
            near = did_you_mean(change.section, sections(vocabulary()))
            raise InputError.of(
                f"there is no section '{change.section}'", path=self.path, remedy=near or "write 'elements'"
            )
        names = [self.space(number) for number in range(len(self.values))]
        if not names or (change.namespace and change.namespace not in names):
            raise self.by_hand(f"this file has no document for '{change.namespace}'")
        return names.index(change.namespace) if change.namespace else 0

    def way(self, change: RemoveDependency | ChangeDependency, entry: Mapping[str, Any]) -> list[int]:
        """Positions that lead to the one dependency that is meant: in the list, and in the groups within."""
        found = list(_ways(entry.get("depends_on"), change.on, change.by))
        if len(found) == 1:
            return found[0]
        names = [name for name in _names_in(entry.get("depends_on")) if name != change.on]
        if not found:
            near = did_you_mean(change.on, names)
            message = f"'{change.element}' has no such dependency on '{change.on}'"
            raise InputError.of(message, path=self.path, remedy=near or "correct the id, or what else it is told by")
        message = f"'{change.element}' has {len(found)} dependencies on '{change.on}'"
        raise InputError.of(message, path=self.path, remedy="say by its kind, slot or environment which of them")

    # Making it

    def changed(self, change: Edit) -> str:
        """The text with the change made."""
        if isinstance(change, AddElement):
            return self.with_element(self.document(change), change)
        number, section, position, spot, entry = self.find(change.element)
        holder = self.pair(self.roots[number], section)
        assert holder is not None
        if isinstance(change, RemoveElement):
            return self.without_item(holder, position, self.roots[number])
        if isinstance(change, SetProperty):
            return self.with_value(spot, change.key, change.value)
        if isinstance(change, RemoveProperty):
            return self.without_key(spot, change.key)
        if isinstance(change, AddDependency):
            return self.with_dependency(spot, change.item)
        return self.with_changed(spot, change, self.way(change, entry))

    def with_changed(self, entry: _Spot, change: RemoveDependency | ChangeDependency, way: Sequence[int]) -> str:
        holder, owner = self.pair(entry.node, "depends_on"), entry
        assert holder is not None
        for position in way[:-1]:
            owner = self.items(holder.value.node)[position]  # type: ignore[arg-type]  # the way says that it is a list
            inner = self.pair(owner.node, "of")
            assert inner is not None
            holder = inner
        if isinstance(change, RemoveDependency):
            if isinstance(holder.value.node, yaml.SequenceNode):
                return self.without_item(holder, way[-1], owner.node)
            return self.without_key(owner, holder.key)
        is_list = isinstance(holder.value.node, yaml.SequenceNode)
        spot = self.items(holder.value.node)[way[-1]] if is_list else holder.value  # type: ignore[arg-type]  # a list
        if isinstance(spot.node, yaml.ScalarNode):
            keys = {key: value for key, value in change.values.items() if value is not None}
            told = "".join(f", {key}: {flow(value)}" for key, value in keys.items())
            raw = self.text[spot.start : spot.end]
            return self.replaced(spot.start, spot.end, f"{{on: {raw}{told}}}" if keys else raw)
        file = self
        for key, value in change.values.items():
            again = file.find(change.element)[3]
            inside = file.inner(again, way)
            text = file.without_key(inside, key) if value is None else file.with_value(inside, key, value)
            file = _File(text, self.path, self.namespace)
        return file.text

    def inner(self, entry: _Spot, way: Sequence[int]) -> _Spot:
        spot, key = entry, "depends_on"
        for position in way:
            holder = self.pair(spot.node, key)
            assert holder is not None
            node = holder.value.node
            spot, key = self.items(node)[position] if isinstance(node, yaml.SequenceNode) else holder.value, "of"
        return spot

    def replaced(self, start: int, end: int, new: str) -> str:
        return self.text[:start] + new + self.text[end:]

    def lines(self, made: Iterator[str] | Sequence[str]) -> str:
        return "".join(f"{line}{self.newline}" for line in made)

    def after_line(self, index: int, new: str) -> str:
        """Put lines below the line of an index."""
        end = self.line_end(index)
        begin = "" if self.text[:end].endswith("\n") else self.newline
        return self.replaced(end, end, begin + new)

    def with_value(self, entry: _Spot, key: str, value: Content) -> str:
        assert isinstance(entry.node, yaml.MappingNode)
        pair = self.pair(entry.node, key)
        if pair is None:
            return self.with_new_key(entry, key, value)
        old, line_end = pair.value, self.line_end(pair.colon)
        inline = entry.is_flow or isinstance(value, str)
        indent = " " * self.column(pair.start)
        told = scalar(value) if isinstance(value, str) else flow(value)
        if not inline:
            told = "\n".join(block({key: value}, indent))[len(f"{indent}{key}:") :].replace("\n", self.newline)
        if old.start < line_end and not self.is_missing(pair):
            start = old.start if told[:1] not in (" ", "\r", "\n") else pair.colon + 1
            return self.replaced(start, old.end, told)
        rest = self.text[pair.colon + 1 : line_end].rstrip("\r\n")
        end = max(old.end, pair.colon + 1 + len(rest)) if not entry.is_flow else old.end
        told = told if told[:1] in (" ", "\r", "\n") else f" {told}"
        comment = rest if rest.strip().startswith("#") else ""
        if comment and self.newline not in told:
            return self.replaced(pair.colon + 1, end, told + comment)
        first, _, others = told.partition(self.newline)
        return self.replaced(pair.colon + 1, end, first + comment + (self.newline + others if others else ""))

    def is_missing(self, pair: _Pair) -> bool:
        """Whether a key has no value at all."""
        return pair.value.start >= pair.value.end

    def with_new_key(self, entry: _Spot, key: str, value: Content) -> str:
        assert isinstance(entry.node, yaml.MappingNode)
        pairs = self.pairs(entry.node)
        if entry.is_flow:
            last = pairs[-1].value.end
            return self.replaced(last, last, f", {key}: {flow(value)}")
        cut = next((n for n, pair in enumerate(pairs) if pair.key == "depends_on"), len(pairs))
        last_pair = pairs[cut - 1] if cut else pairs[-1]
        indent = " " * self.column(pairs[0].start)
        return self.after_line(max(last_pair.value.end, last_pair.colon), self.lines(block({key: value}, indent)))

    def without_key(self, entry: _Spot, key: str) -> str:
        assert isinstance(entry.node, yaml.MappingNode)
        pairs = self.pairs(entry.node)
        position = next((n for n, pair in enumerate(pairs) if pair.key == key), None)
        if position is None:
            raise self.by_hand(f"'{key}' comes from an alias")
        pair = pairs[position]
        ends = [(p.start, max(p.value.end, p.colon + 1)) for p in pairs]
        if entry.is_flow:
            return self.without_flow(ends, position)
        if position == 0:
            if len(pairs) == 1:
                raise InputError.of(f"'{key}' is all there is", path=self.path, remedy="remove the whole")
            if "#" in self.text[ends[0][1] : pairs[1].start]:
                raise self.by_hand(f"'{key}' is followed by a comment")
            return self.replaced(pair.start, pairs[1].start, "")
        return self.replaced(self.line_start(pair.start), self.line_end(ends[position][1]), "")

    def without_flow(self, ends: Sequence[tuple[int, int]], position: int) -> str:
        """Take one of several things out that stand between commas, and one comma with it."""
        start, end = ends[position]
        if position + 1 < len(ends) and "#" not in self.text[end : ends[position + 1][0]]:
            return self.replaced(start, ends[position + 1][0], "")
        if position and "#" not in self.text[ends[position - 1][1] : start]:
            return self.replaced(ends[position - 1][1], end, "")
        comma = re.compile(r"\s*,").match(self.text, end)
        return self.replaced(start, comma.end() if comma else end, "")

    def without_item(self, holder: _Pair, position: int, owner: yaml.Node) -> str:
        """Take an item out of a list; the last one takes the key of the list with it."""
        node = holder.value.node
        assert isinstance(node, yaml.SequenceNode)
        spots = self.items(node)
        if len(spots) == 1:
            return self.without_key(self.spot(owner), holder.key)
        if node.flow_style:
            return self.without_flow([(spot.start, spot.end) for spot in spots], position)
        start, end = self.line_start(self.dash(spots[position])), self.line_end(spots[position].end)
        blank = re.compile(r"[ \t]*\r?\n")
        before = self.line_start(start - 1) if start else 0
        after = blank.match(self.text, end)
        if start and blank.fullmatch(self.text, before, start) and (after or end >= len(self.text)):
            start = before
        elif start and after and self.text[:start].rstrip(" \t\r\n").endswith(":"):
            end = after.end()
        return self.replaced(start, end, "")

    def dash(self, spot: _Spot) -> int:
        """Where the dash of an item in a block list stands."""
        return self.text.rindex("-", 0, spot.start)

    def with_dependency(self, entry: _Spot, item: Content) -> str:
        pair = self.pair(entry.node, "depends_on")
        if pair is None:
            return self.with_new_key(entry, "depends_on", [item])
        node = pair.value.node
        if isinstance(node, yaml.SequenceNode) and node.value:
            return self.with_item(node, item)
        if self.is_missing(pair) or isinstance(node, yaml.SequenceNode) or node.value in ("~", "null"):
            return self.with_value(entry, "depends_on", [item])
        raw = self.text[pair.value.start : pair.value.end]
        if isinstance(node, yaml.MappingNode) and not node.flow_style:
            raise InputError.of("the one dependency is written without a dash", path=self.path, remedy="make it a list")
        return self.replaced(pair.value.start, pair.value.end, f"[{raw}, {flow(item)}]")

    def with_item(self, node: yaml.SequenceNode, item: Content) -> str:
        spots = self.items(node)
        last = spots[-1]
        if node.flow_style:
            return self.replaced(last.end, last.end, f", {flow(item)}")
        indent = " " * self.column(self.dash(last))
        return self.after_line(last.end, self.lines(item_lines(item, indent)))

    def with_element(self, number: int, change: AddElement) -> str:
        root = self.roots[number]
        pair = self.pair(root, change.section)
        if pair is not None and isinstance(pair.value.node, yaml.SequenceNode) and pair.value.node.value:
            node = pair.value.node
            spots = self.items(node)
            gap = self.text[spots[-2].end : spots[-1].start] if len(spots) > 1 else "\n\n"
            flat = isinstance(spots[-1].node, yaml.MappingNode) and bool(spots[-1].node.flow_style)
            if node.flow_style:
                return self.with_item(node, change.entry)
            blank = bool(re.search(r"\n[ \t]*\r?\n", gap)) and not flat
            indent = " " * self.column(self.dash(spots[-1]))
            return self.after_line(
                spots[-1].end, (self.newline if blank else "") + self.lines(_entry(change.entry, indent))
            )
        if pair is not None:
            made = self.newline + self.lines(_entry(change.entry, _STEP)).removesuffix(self.newline)
            end = max(pair.value.end, pair.colon + 1)
            return self.replaced(pair.colon + 1, end, made)
        made = self.newline + f"{change.section}:{self.newline}" + self.lines(_entry(change.entry, _STEP))
        pairs = self.pairs(root)
        return self.after_line(max((max(p.value.end, p.colon) for p in pairs), default=0), made)


def _entry(entry: Mapping[str, Content], indent: str) -> Iterator[str]:
    """An entry as an item of a block list."""
    first, *rest = block(entry, indent + _STEP)
    yield f"{indent}- {first[len(indent) + len(_STEP) :]}"
    yield from rest


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _ways(value: object, on: str, by: Mapping[str, str]) -> Iterator[list[int]]:
    for position, item in enumerate(_listed(value)):
        if _is_meant(item, on, by):
            yield [position]
        if isinstance(item, dict) and "of" in item:
            yield from ([position, *rest] for rest in _ways(item["of"], on, by))


def _is_meant(item: object, on: str, by: Mapping[str, str]) -> bool:
    if isinstance(item, str):
        return item.strip() == on and all(key == "kind" and value == "needs" for key, value in by.items())
    if not isinstance(item, dict):
        return False
    if "of" in item:
        return str(item.get("id") or "").strip() == on and not by
    told = {"kind": "needs", **item}
    return str(item.get("on") or "").strip() == on and all(told.get(key) == value for key, value in by.items())


def _names_in(value: object) -> Iterator[str]:
    for item in _listed(value):
        if isinstance(item, dict) and "of" in item:
            yield from _names_in(item["of"])
        elif isinstance(item, dict):
            yield str(item.get("on") or "")
        else:
            yield str(item)


def _change_dependency(
    entry: dict[str, Any], change: RemoveDependency | ChangeDependency, find: Callable[[], list[int]]
) -> None:
    """Change the values of an entry as the change says."""
    *outer, position = find()
    holder, key = entry, "depends_on"
    for step in outer:
        holder, key = _listed(holder[key])[step], "of"
    listed = isinstance(holder[key], list)
    items = _listed(holder[key])
    if isinstance(change, RemoveDependency):
        del items[position]
        if not items and key == "of":
            raise InputError.of("the group would have no members", remedy="remove the group, by its id")
        if not items:
            del holder[key]
        return
    old = items[position] if isinstance(items[position], dict) else {"on": items[position]}
    new = {**old, **{name: _plain(value) for name, value in change.values.items() if value is not None}}
    gone = {name for name, value in change.values.items() if value is None}
    made = {name: value for name, value in new.items() if name not in gone}
    items[position] = made if isinstance(items[position], dict) or len(made) > 1 else made["on"]
    if not listed:
        holder[key] = items[0]
