"""How is a YAML or JSON file read so that nothing in it can hurt, change its type or lose its line?"""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NoReturn, TypeAlias, Union

import yaml

from graph.model import InputError
from graph.similar import did_you_mean

__all__ = [
    "MAX_ALIASED",
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_TEXT",
    "MAX_VALUES",
    "Document",
    "Map",
    "Seq",
    "Value",
    "read_bytes",
    "read_documents",
    "read_start",
]

MAX_BYTES = 32_000_000
MAX_DEPTH = 50
MAX_VALUES = 2_000_000
MAX_TEXT = 1_000_000
MAX_ALIASED = 1_000_000
MAX_TAG_DIRECTIVES = 100
_TOO_DEEP, _FLATTER = f"the file is nested deeper than {MAX_DEPTH} levels", "make it flatter"

Value: TypeAlias = Union["Map", "Seq", str, None]


class Map(dict[str, Value]):
    """A mapping: ``line`` is where it starts, ``lines`` where the value of each key starts."""

    __slots__ = ("_other_key_lines", "line", "lines")

    def __init__(self, line: int = 0) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}
        self._other_key_lines: dict[str, int] | None = None

    def put(self, key: str, value: Value, line: int, *, key_line: int = 0) -> None:
        """Set a key; the key may stand on another line than its value."""
        self[key] = value
        self.lines[key] = line
        if key_line and key_line != line:
            if self._other_key_lines is None:
                self._other_key_lines = {}
            self._other_key_lines[key] = key_line

    def key_line(self, key: str) -> int:
        """The line of a key itself; its value may start below it."""
        return (self._other_key_lines or {}).get(key, self.lines[key])


class Seq(list[Value]):
    """A list: ``line`` is where it starts, ``lines`` where each item starts."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int = 0) -> None:
        super().__init__()
        self.line = line
        self.lines: list[int] = []

    def add(self, value: Value, line: int) -> None:
        """Append an item."""
        self.append(value)
        self.lines.append(line)


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a file and the line on which it starts."""

    value: Value
    line: int


def read_documents(path: Path, *, text: bytes | None = None) -> list[Document]:
    r"""Read all documents of a YAML file, or the one of a JSON file.

    Scalars are text as written: ``no``, ``012`` and ``1:30`` stay what they are, quoted or not. Only an empty
    plain scalar, ``~`` and ``null`` are ``None``. Documents that hold nothing are left out, so an empty file
    gives an empty list. Aliases share one value; merge keys (``<<``) are resolved, own keys win.

    Args:
        path: the file. It is read as JSON when its name ends in ``.json``, as YAML when it ends in ``.yaml`` or
            ``.yml``, else as JSON when it starts with a brace or bracket, else as YAML.
        text: what the file holds, when it was read already; ``path`` is then only a name.

    Returns:
        The documents in the order of the file. Treat values as read-only: aliases share them.

    Raises:
        InputError: the file is missing, no file, over 32 MB, no UTF-8, broken, nested deeper than 50, holds more
            than 2 million values or a text of more than a million characters, or expands its aliases to more than a
            million values, repeats a key, has keys that are no text, or asks for types by a tag. It names the line.

    One pass; about 1 to 2 MB a second for YAML.

    >>> [document] = read_documents(Path("shop.yaml"), text=b"shop:\n  open: no\n  code: 012\n  owner: ~\n")
    >>> document.value, document.value["shop"].lines["code"]
    ({'shop': {'open': 'no', 'code': '012', 'owner': None}}, 3)
    """
    content = _decoded(read_bytes(path) if text is None else text, path)
    builder = _Builder(path)
    if _is_json(path, content):
        _read_json(content, builder)
    else:
        _read_yaml(content, builder)
    return [document for document in builder.documents if document.value is not None]


@lru_cache(maxsize=2)  # several importers look at one file, one after the other
def read_start(path: Path, text: str) -> list[Document]:
    """Read as much as can be understood of the first part of a file, to tell what kind of file it is.

    Never raises: what comes after a mistake or after the cut is missing.

    >>> read_start(Path("shop.json"), '{"shop": {"open": "no", "co')[0].value
    {'shop': {'open': 'no'}}
    """
    builder = _Builder(path)
    text = text.removeprefix("\ufeff")
    try:
        if _is_json(path, text):
            _read_json(text, builder)
        else:
            _read_yaml(text[: text.rfind("\n") + 1] or text, builder)
    except InputError:
        while builder.stack:
            builder.close()
    return [document for document in builder.documents if document.value is not None]


def read_bytes(path: Path) -> bytes:
    """The bytes of an ordinary file of at most 32 MB; InputError in all other cases."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise InputError.of("this is a folder, not a file", path=path, remedy="name a file in it")
        if not stat.S_ISREG(status.st_mode):
            raise InputError.of("this is not an ordinary file", path=path, remedy="copy what it holds into a file")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise InputError.of("there is no such file", path=path, remedy=_similar_file(path)) from None
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or str(problem)
        raise InputError.of(f"the file cannot be read: {reason}", path=path, remedy="check its rights") from None
    _check_size(len(data), path)
    return data


def _similar_file(path: Path) -> str:
    try:
        hint = did_you_mean(path.name, (entry.name for entry in path.parent.iterdir()))
    except (OSError, ValueError):
        return "check the path: its folder does not exist either"
    return f"check the path{_in_brackets(hint)}"


def _in_brackets(hint: str) -> str:
    return f" ({hint})" if hint else ""


def _check_size(size: int, path: Path) -> None:
    if size > MAX_BYTES:
        raise InputError.of(
            f"the file is larger than {MAX_BYTES // 1_000_000} MB", path=path, remedy="split it into several files"
        )


_MARKS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)


def _decoded(data: bytes, path: Path) -> str:
    _check_size(len(data), path)
    for mark, name in _MARKS:
        if data.startswith(mark):
            _refuse_encoding(path, name)
    zero = data.find(0)
    if zero >= 0:
        sample = data[:200]
        if abs(sample[::2].count(0) - sample[1::2].count(0)) > len(sample) // 4:
            _refuse_encoding(path, "UTF-16")
        raise InputError.of(
            f"byte {zero} is NUL: this is a binary file, not text",
            path=path,
            line=data.count(b"\n", 0, zero) + 1,
            remedy="give a YAML or JSON file",
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        # A byte order mark is cut off before positions are counted.
        start = problem.start + (len(data) - len(problem.object))
        raise InputError.of(
            f"byte {start} (0x{data[start]:02X}) is not UTF-8, it may be Latin-1 or Windows-1252",
            path=path,
            line=data.count(b"\n", 0, start) + 1,
            remedy="save the file as UTF-8",
        ) from None


def _refuse_encoding(path: Path, name: str) -> NoReturn:
    raise InputError.of(
        f"byte 0 starts a file in {name}, not UTF-8", path=path, line=1, remedy="save the file as UTF-8"
    )


def _is_json(path: Path, text: str) -> bool:
    suffix = path.suffix.lower()
    if suffix in {".json", ".yaml", ".yml"}:
        return suffix == ".json"
    return bool(re.match(r"\s*[{\[]", text))


@dataclass(slots=True)
class _Anchor:
    """A value that aliases point at: how many values it holds, and how deep it is."""

    value: Value
    values: int
    height: int


@dataclass(slots=True)
class _Frame:
    """A map or list that is still open."""

    holder: Map | Seq
    anchor: str | None
    values_before: int
    key: str | None = None
    key_line: int = 0
    height: int = 1
    merging: bool = False
    merged: list[Map] | None = None


class _Builder:
    """Puts values together as they arrive, and stops when a limit is passed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.documents: list[Document] = []
        self.stack: list[_Frame] = []
        self.anchors: dict[str, _Anchor | None] = {}
        self.values = 0
        self.aliased = 0

    def fail(self, line: int, message: str, remedy: str) -> NoReturn:
        raise InputError.of(message, path=self.path, line=line, remedy=remedy)

    @property
    def wants_key(self) -> bool:
        if not self.stack:
            return False
        frame = self.stack[-1]
        return frame.key is None and not frame.merging and type(frame.holder) is Map

    def _check_text(self, text: str, line: int) -> None:
        if len(text) > MAX_TEXT:
            self.fail(line, f"a text of more than {MAX_TEXT:,} characters begins here", "shorten it, or link to it")

    def set_key(self, key: str, line: int) -> None:
        self._check_text(key, line)
        frame = self.stack[-1]
        if isinstance(frame.holder, Map) and key in frame.holder:
            first = frame.holder.key_line(key)
            self.fail(line, f"the key {key[:60]!r} is here twice, first in line {first}", "remove or rename one")
        frame.key, frame.key_line = key, line

    def merge_next(self, line: int) -> None:
        """The next value holds keys for the open map."""
        frame = self.stack[-1]
        if frame.merged is not None:
            self.fail(line, "the merge key '<<' is here twice", "write one '<<' with a list: '<<: [*a, *b]'")
        frame.merged = []
        frame.merging = True

    def open(self, holder: Map | Seq, anchor: str | None = None) -> None:
        if self.wants_key:
            self.fail(holder.line, "a key must be text, this one is a list or a map", "write the key as one word")
        if len(self.stack) >= MAX_DEPTH:
            self.fail(holder.line, _TOO_DEEP, _FLATTER)
        if anchor is not None:
            self.anchors[anchor] = None
        self.stack.append(_Frame(holder, anchor, self.values))

    def close(self) -> None:
        frame = self.stack.pop()
        holder = frame.holder
        if frame.merged and isinstance(holder, Map):
            for source in frame.merged:
                for key, value in source.items():
                    if key not in holder:
                        holder.put(key, value, source.lines[key], key_line=source.key_line(key))
        if frame.anchor is not None:
            self.anchors[frame.anchor] = _Anchor(holder, self.values - frame.values_before + 1, frame.height)
        self.add(holder, holder.line, frame.height)

    def add(self, value: Value, line: int, height: int = 0) -> None:
        """Put a whole value into what is open; ``height`` counts the levels of maps and lists in it."""
        self.values += 1
        if isinstance(value, str):
            self._check_text(value, line)
        if self.values - self.aliased > MAX_VALUES:
            self.fail(line, f"the file holds more than {MAX_VALUES:,} values", "split it into several files")
        if not self.stack:
            self.documents.append(Document(value, line))
            return
        frame = self.stack[-1]
        if height >= frame.height:
            frame.height = height + 1
        holder = frame.holder
        if isinstance(holder, Seq):
            holder.add(value, line)
        elif frame.merging:
            frame.merged = self._merge_sources(value, line)
            frame.merging = False
        elif frame.key is not None:
            holder.put(frame.key, value, line, key_line=frame.key_line)
            frame.key = None

    def _merge_sources(self, value: Value, line: int) -> list[Map]:
        sources = value if isinstance(value, Seq) else [value]
        maps = [source for source in sources if isinstance(source, Map)]
        if len(maps) < len(sources):
            self.fail(line, "the merge key '<<' needs a map or a list of maps", "write '<<: *name-of-a-map'")
        return maps

    def alias(self, name: str, line: int) -> None:
        if name not in self.anchors:
            hint = _in_brackets(did_you_mean(name, self.anchors))
            self.fail(line, f"the alias '*{name}' has no anchor '&{name}' above it", f"define it first{hint}")
        anchor = self.anchors[name]
        if anchor is None:
            self.fail(line, f"the alias '*{name}' stands inside the value that it repeats", f"take it out of '&{name}'")
        self.aliased += anchor.values
        if self.aliased > MAX_ALIASED:
            self.fail(line, f"the aliases repeat more than {MAX_ALIASED:,} values", "write less by alias")
        if len(self.stack) + anchor.height > MAX_DEPTH:
            self.fail(line, _TOO_DEEP, _FLATTER)
        self.values += anchor.values - 1
        self.add(anchor.value, line, anchor.height)


# --- YAML -------------------------------------------------------------------------------------------------------

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_TAG = "tag:yaml.org,2002:"
_SCALAR_TAGS = frozenset({"!", *(_TAG + name for name in ("str", "int", "float", "bool", "timestamp"))})
_BAD_TEXT = re.compile("[\x00\ud800-\udfff]")
_REMEDIES = {
    "mapping values are not allowed": "check the indentation, and put text that holds ': ' in quotes",
    "cannot start any token": "indent with spaces instead of tabs, and put text that starts with @, ` or % in quotes",
    "could not find expected ':'": "write 'key: value', with the same indentation as the keys around it",
    "did not find expected key": "give all keys of a map the same indentation, and close quotes and brackets",
    "did not find expected '-' indicator": "start each item of the list with '- ', with the same indentation",
    "found unexpected end of stream": "close the quote that is still open",
    "did not find expected ',' or": "close the bracket or brace, and put commas between the items",
    "node content": "check the text in brackets or braces, and close them",
    "unknown escape character": "write a backslash twice, or use single quotes",
    "found undefined tag handle": "remove the tag",
}


def _read_yaml(text: str, builder: _Builder) -> None:
    directives = re.compile(r"^%", re.MULTILINE)
    if sum(1 for _, _ in zip(directives.finditer(text), range(MAX_TAG_DIRECTIVES), strict=False)) == MAX_TAG_DIRECTIVES:
        builder.fail(0, f"the file has {MAX_TAG_DIRECTIVES} or more lines that start with '%'", "remove the directives")
    events = _events(text)
    try:
        _take_events(events, builder)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        what = " ".join(part for part in (_context(problem), problem.problem) if part)
        if "maximum nesting depth" in what:  # newer parsers have a limit of their own, and scan ahead of ours
            builder.fail(mark.line + 1 if mark else 0, _TOO_DEEP, _FLATTER)
        remedy = next((r for sign, r in _REMEDIES.items() if sign in what), "correct the line")
        builder.fail(mark.line + 1 if mark else 0, f"this is not valid YAML: {what}", remedy)
    except yaml.reader.ReaderError as problem:
        found = _FORBIDDEN.search(text)
        line = text.count("\n", 0, found.start()) + 1 if found else 0
        name = f"U+{ord(found[0]):04X}" if found else problem.reason
        builder.fail(line, f"the character {name} is not allowed in YAML", "remove it")


def _context(problem: yaml.MarkedYAMLError) -> str:
    """What was being read, and where it began when that is another line."""
    start, end = problem.context_mark, problem.problem_mark
    place = f" that starts in line {start.line + 1}," if start and end and start.line != end.line else ""
    return f"{problem.context}{place}" if problem.context else ""


_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|\ufeff")


def _events(text: str) -> Iterator[yaml.Event]:
    loader: type[yaml.CLoader | yaml.Loader] = getattr(yaml, "CLoader", yaml.Loader)
    return yaml.parse(text, Loader=loader)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _take_events(events: Iterator[yaml.Event], builder: _Builder) -> None:
    for event in events:
        if isinstance(event, yaml.ScalarEvent):
            _take_scalar(event, builder)
        elif isinstance(event, yaml.MappingStartEvent):
            line = _line(event)
            _check_tag(event.tag, "map", line, builder)
            builder.open(Map(line), event.anchor)
        elif isinstance(event, yaml.SequenceStartEvent):
            line = _line(event)
            _check_tag(event.tag, "seq", line, builder)
            builder.open(Seq(line), event.anchor)
        elif isinstance(event, yaml.CollectionEndEvent):
            builder.close()
        elif isinstance(event, yaml.AliasEvent):
            _take_alias(event.anchor or "", _line(event), builder)
        elif isinstance(event, yaml.DocumentStartEvent):
            builder.anchors.clear()


def _take_scalar(event: yaml.ScalarEvent, builder: _Builder) -> None:
    text: str = event.value
    line = _line(event)
    tag: str | None = event.tag
    if event.style == '"' and (bad := _BAD_TEXT.search(text)):
        builder.fail(line, f"the text holds the character U+{ord(bad[0]):04X}, which is no text", "remove it")
    if tag is not None and tag != _TAG + "null" and tag not in _SCALAR_TAGS:
        is_merge = tag == _TAG + "merge" and text == "<<"
        if not is_merge:
            _check_tag(tag, "", line, builder)
    if builder.wants_key:
        if text == "<<" and not event.style and tag in {None, _TAG + "merge"}:
            builder.merge_next(line)
        else:
            builder.set_key(text, line)
        if event.anchor is not None:
            builder.anchors[event.anchor] = _Anchor(text, 1, 0)
        return
    is_null = tag == _TAG + "null" or (tag is None and not event.style and text in _NULLS)
    value = None if is_null else text
    if event.anchor is not None:
        builder.anchors[event.anchor] = _Anchor(value, 1, 0)
    builder.add(value, line)


def _take_alias(name: str, line: int, builder: _Builder) -> None:
    if not builder.wants_key:
        builder.alias(name, line)
        return
    anchor = builder.anchors.get(name)
    if anchor is None or not isinstance(anchor.value, str):
        builder.fail(line, f"a key must be text, the alias '*{name}' is none", "write the key as one word")
    builder.set_key(anchor.value, line)


def _check_tag(tag: str | None, allowed: str, line: int, builder: _Builder) -> None:
    if tag is None or tag == "!" or tag == _TAG + allowed:
        return
    shown = "!!" + tag.removeprefix(_TAG) if tag.startswith(_TAG) else tag
    builder.fail(line, f"the tag {shown!r} asks for a type, which is not allowed here", "remove the tag")


# --- JSON -------------------------------------------------------------------------------------------------------

_TOKEN = re.compile(
    r"""[ \t\n\r]*(?:
    (?P<sign>[{}\[\],:])
    | "(?P<text>[^"\\\x00-\x1f]*+)"
    | (?P<escaped>"[^"\\\x00-\x1f]*+(?:\\.[^"\\\x00-\x1f]*+)*+")
    | (?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)(?![0-9A-Za-z.+\-])
    | (?P<word>true|false|null)(?![0-9A-Za-z_])
    | (?P<quote>")
    | (?P<end>\Z)
    | (?P<wrong>.)
    )""",
    re.VERBOSE | re.DOTALL,
)
_AFTER_VALUE, _VALUE, _FIRST_ITEM, _FIRST_KEY, _KEY, _COLON, _END = range(7)
_WANTED = {
    _AFTER_VALUE: "a comma or the end of the list or map",
    _VALUE: "a value",
    _FIRST_ITEM: "a value or ']'",
    _FIRST_KEY: "a key in double quotes or '}'",
    _KEY: "a key in double quotes",
    _COLON: "a colon after the key",
    _END: "nothing more after the end of the document",
}


def _read_json(text: str, builder: _Builder) -> None:
    """Read one JSON document (RFC 8259) without recursion."""
    if not text.strip(" \t\n\r"):
        return
    position, counted, line, state = 0, 0, 1, _VALUE
    while True:
        token = _TOKEN.match(text, position)
        if token is None:  # pragma: no cover  # the pattern matches at every position
            raise AssertionError(position)
        kind = token.lastgroup or ""
        start, position = token.start(kind), token.end()
        line += text.count("\n", counted, start)
        counted = start
        content = token[kind]
        if kind == "end" and state == _END:
            return
        if kind == "escaped":
            content = _unescaped(content, line, builder)
        following = _next_state(kind, content, line, state, builder)
        if following is None:
            _refuse_json(text, start, line, state, builder)
        state = following


def _next_state(kind: str, content: str, line: int, state: int, builder: _Builder) -> int | None:
    """Take one token; says what has to come next, or None when the token is out of place."""
    if kind == "sign":
        return _take_sign(content, line, builder) if _fits(content, state, builder) else None
    if kind == "quote":
        builder.fail(line, "this is not valid JSON: the text that starts here has no end", "close its quote")
    if kind not in {"text", "escaped", "number", "word"}:
        return None
    is_text = kind in {"text", "escaped"}
    if is_text and state in {_FIRST_KEY, _KEY}:
        builder.set_key(content, line)
        return _COLON
    if state not in {_VALUE, _FIRST_ITEM}:
        return None
    builder.add(None if kind == "word" and content == "null" else content, line)
    return _AFTER_VALUE if builder.stack else _END


def _fits(sign: str, state: int, builder: _Builder) -> bool:
    if sign in "{[":
        return state in {_VALUE, _FIRST_ITEM}
    if sign == ":":
        return state == _COLON
    if sign == ",":
        return state == _AFTER_VALUE
    closes_map = bool(builder.stack) and isinstance(builder.stack[-1].holder, Map)
    if sign == "}":
        return closes_map and state in {_FIRST_KEY, _AFTER_VALUE}
    return not closes_map and state in {_FIRST_ITEM, _AFTER_VALUE}


def _take_sign(sign: str, line: int, builder: _Builder) -> int:
    """Open, close or go on; says what has to come next."""
    if sign == "{":
        builder.open(Map(line))
        return _FIRST_KEY
    if sign == "[":
        builder.open(Seq(line))
        return _FIRST_ITEM
    if sign == ":":
        return _VALUE
    if sign == ",":
        return _KEY if isinstance(builder.stack[-1].holder, Map) else _VALUE
    builder.close()
    return _AFTER_VALUE if builder.stack else _END


def _unescaped(quoted: str, line: int, builder: _Builder) -> str:
    """A string with escapes; pairs of surrogates become one character."""
    try:
        content: str = json.loads(quoted)
    except json.JSONDecodeError as problem:
        found = quoted[problem.pos : problem.pos + 6]
        builder.fail(line, f"this is not valid JSON: the escape at {found!r} is unknown", "write a backslash twice")
    if bad := _BAD_TEXT.search(content):
        builder.fail(line, f"the text holds the character U+{ord(bad[0]):04X}, which is no text", "remove the escape")
    return content


def _refuse_json(text: str, start: int, line: int, state: int, builder: _Builder) -> NoReturn:
    found = text[start : start + 1]
    if not found:
        builder.fail(line, f"this is not valid JSON: it ends where {_WANTED[state]} should be", "complete the file")
    remedy = "correct the line"
    if found == "/" or found == "#":
        remedy = "remove the comment: JSON has none"
    elif found in "}]" and state in {_KEY, _VALUE}:
        remedy = "remove the comma before it"
    elif found == "'":
        remedy = "use double quotes"
    word = re.compile(r"[\w+.\-]{1,30}").match(text, start)
    shown = word[0] if word else found
    if shown in {"True", "False", "None", "NaN", "Infinity", "-Infinity", "undefined"}:
        remedy = "write true, false, null or a number"
    builder.fail(line, f"this is not valid JSON: {shown!r} stands where {_WANTED[state]} should be", remedy)
