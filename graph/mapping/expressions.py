"""What does an expression of a mapping give for one row of a file?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from fnmatch import fnmatchcase

from graph.documents import MAX_TEXT, Map, Seq
from graph.mapping.paths import Node, Path, Reads, Variable, select
from graph.model import Severity
from graph.ntriples import segment

__all__ = [
    "Condition",
    "Expression",
    "Function",
    "Got",
    "Otherwise",
    "Report",
    "Scope",
    "Source",
    "Template",
    "Test",
    "holds",
    "rows",
    "single",
    "values",
]

Report = Callable[[Severity, str, int, int, str, str], None]


@dataclass(frozen=True, slots=True)
class Template:
    """A text with places in it; without places it is a constant."""

    parts: tuple[str | Path, ...]
    paths: tuple[Path, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "paths", tuple(part for part in self.parts if isinstance(part, Path)))

    @property
    def constant(self) -> str | None:
        """The text, when there is no place in it."""
        return None if self.paths else "".join(map(str, self.parts))


class Source(Enum):
    """Where the values of an expression come from."""

    VALUE = "value"
    FIRST = "first"
    ALL = "all"
    PART = "part"


class Otherwise(Enum):
    """What to do with a value that a table does not hold."""

    ERROR = "error"
    WARN = "warn"
    KEEP = "keep"
    SKIP = "skip"


class Test(Enum):
    """What a condition asks."""

    EQUALS = "equals"
    IN = "in"
    MATCHES = "matches"
    EXISTS = "exists"
    NOT = "not"
    ANY = "any"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Condition:
    """A question about a row. ``value`` is compared with ``words``, or ``inner`` conditions are joined."""

    test: Test
    value: Expression | None = None
    words: tuple[Template, ...] = ()
    path: Path | None = None
    inner: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Function:
    """A change of texts from the closed set: lower, trim, slug, split, join, last, replace."""

    name: str
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Expression:
    """Where values come from and what is done to them; ``line`` is its place in the mapping.

    The order is: rows of ``each`` for which ``when`` holds, their values, ``do``, ``table``, and the ``default``
    when nothing came out. A ``reference`` gives ``namespace/id``, each part written as in IRIs.
    """

    line: int
    source: Source = Source.VALUE
    template: Template = Template(())
    options: tuple[Expression, ...] = ()
    entries: Mapping[str, Expression] | None = None
    each: Path | None = None
    when: Condition | None = None
    do: tuple[Function, ...] = ()
    table: Mapping[str, tuple[str, ...]] | None = None
    otherwise: Otherwise = Otherwise.WARN
    default: Template | None = None
    namespace: Expression | None = None
    reference: bool = False
    because: str = ""


@dataclass(frozen=True, slots=True)
class Got:
    """A value and the line of the file that it is from; ``fixed`` values are from the mapping instead."""

    value: str | Map
    line: int
    fixed: bool = False
    namespace: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """A row, and what is known around it."""

    node: Node
    file: str
    namespace: str
    reads: Reads
    report: Report

    def at(self, node: Node) -> Scope:
        """The same around another row."""
        return Scope(node, self.file, self.namespace, self.reads, self.report)


def rows(each: Path | None, when: Condition | None, scope: Scope) -> Iterator[Scope]:
    """The rows of a path for which the condition holds; without a path the row itself."""
    nodes = [scope.node] if each is None else select(each, scope.node, scope.reads)
    for node in nodes:
        inner = scope if each is None else scope.at(node)
        if when is None or holds(when, inner):
            yield inner


def values(expression: Expression, scope: Scope) -> list[Got]:
    """All values of an expression, in the order of the file."""
    found: list[Got] = []
    for inner in rows(expression.each, expression.when, scope):
        found += _placed(_source(expression, inner), expression, inner)
    for function in expression.do:
        found = _apply(function, found)
    found = [got for got in found if not isinstance(got.value, str) or got.value.strip()]
    if expression.table is not None:
        found = list(_looked_up(expression, expression.table, found, scope))
    if not found and expression.default is not None:
        default = [replace(got, fixed=True) for got in _filled(expression.default, scope, expression.line)]
        found = _placed(default, expression, scope)
    return [_reference(got, scope) for got in found if _text(got)] if expression.reference else found


def _placed(found: list[Got], expression: Expression, scope: Scope) -> list[Got]:
    """The values with the namespace that the expression says, where they have none yet."""
    if expression.namespace is None or not found:
        return found
    namespace = _text(single(expression.namespace, scope))
    return [replace(got, namespace=got.namespace or namespace) for got in found]


def _reference(got: Got, scope: Scope) -> Got:
    return replace(got, value=f"{segment(got.namespace or scope.namespace)}/{segment(_text(got))}")


def single(expression: Expression | None, scope: Scope) -> Got | None:
    """The one value of an expression; more than one is a warning and the first is taken."""
    found = values(expression, scope) if expression is not None else []
    if expression is not None and len(found) > 1:
        message = f"one value is wanted here, the mapping finds {len(found)}; '{found[0].value}' is taken"
        _warn(scope, "several-values", found[1].line, expression.line, message, "make the path go to one value")
    return found[0] if found else None


def _text(got: Got | None) -> str:
    return got.value.strip() if got is not None and isinstance(got.value, str) else ""


def _warn(scope: Scope, check: str, line: int, mapping_line: int, message: str, remedy: str) -> None:
    scope.report(Severity.WARNING, check, line, mapping_line, message, remedy)


def _source(expression: Expression, scope: Scope) -> list[Got]:
    if expression.source is Source.VALUE:
        return _filled(expression.template, scope, expression.line)
    if expression.source is Source.PART:
        return _part(expression, scope)
    found: list[Got] = []
    for option in expression.options:
        found += values(option, scope)
        if found and expression.source is Source.FIRST:
            break
    return found


def _filled(template: Template, scope: Scope, mapping_line: int) -> list[Got]:
    """A template with its places filled: one text for each value of its only place, else one text or none."""
    constant = template.constant
    if constant is not None:
        return [Got(constant, scope.node.line, fixed=True)]
    if len(template.paths) == 1:
        found = _found(template.paths[0], scope)
        if len(template.parts) == 1:
            return found
        return [
            replace(got, value="".join(part if isinstance(part, str) else str(got.value) for part in template.parts))
            for got in found
        ]
    texts: list[str] = []
    line = 0
    for part in template.parts:
        if isinstance(part, str):
            texts.append(part)
            continue
        found = _found(part, scope)
        if not found:
            return []
        if len(found) > 1:
            message = f"'{part}' has {len(found)} values between other text; the first is taken"
            _warn(scope, "several-values", found[1].line, mapping_line, message, "use 'each' to go through them")
        texts.append(str(found[0].value))
        line = line or found[0].line
    return [Got("".join(texts), line)]


def _found(path: Path, scope: Scope) -> list[Got]:
    """The texts at a place."""
    if path.variable is not None:
        return _variable(path, scope)
    found: list[Got] = []
    for node in select(path, scope.node, scope.reads):
        if isinstance(node.value, str):
            scope.reads.mark(node)
            if node.value.strip():
                found.append(Got(node.value, node.line))
    return found


def _variable(path: Path, scope: Scope) -> list[Got]:
    if path.variable is Variable.FILE:
        return [Got(scope.file, scope.node.line)]
    if path.variable is Variable.NAMESPACE:
        return [Got(scope.namespace, scope.node.line)]
    for node in select(path, scope.node, scope.reads):
        if path.variable is Variable.LINE:
            return [Got(str(node.line), node.line)]
        wanted = str if path.variable is Variable.KEY else int
        if isinstance(node.slot, wanted) and node.holder is not None:
            return [Got(str(node.slot), node.line)]
    return []


def _part(expression: Expression, scope: Scope) -> list[Got]:
    """A part with the keys that have values; none when the file itself says nothing about it."""
    part = Map(scope.node.line)
    from_file = False
    for key, entry in (expression.entries or {}).items():
        found = values(entry, scope)
        from_file = from_file or any(not got.fixed for got in found)
        if len(found) == 1:
            part.put(key, found[0].value, found[0].line)
        elif found:
            several = Seq(found[0].line)
            for got in found:
                several.add(got.value, got.line)
            part.put(key, several, several.line)
    return [Got(part, part.line)] if from_file else []


def _apply(function: Function, found: list[Got]) -> list[Got]:
    texts = [got for got in found if isinstance(got.value, str)]
    if function.name == "join":
        joined = _bounded(function.arguments[0].join(str(got.value) for got in texts))
        return [replace(texts[0], value=joined)] if texts else []
    if function.name == "split":
        return [replace(got, value=piece) for got in texts for piece in str(got.value).split(function.arguments[0])]
    return [replace(got, value=_bounded(_change(function, str(got.value)))) for got in texts]


def _change(function: Function, text: str) -> str:
    match function.name:
        case "lower":
            return text.lower()
        case "trim":
            return text.strip()
        case "slug":
            return re.sub(r"[\W_]+", "-", text.lower()).strip("-")
        case "last":
            return text.removesuffix(function.arguments[0]).rpartition(function.arguments[0])[2]
        case _:
            for old, new in zip(function.arguments[::2], function.arguments[1::2], strict=True):
                text = _bounded(text.replace(old, new))
            return text


def _bounded(text: str) -> str:
    """The text; OverflowError when functions made it longer than a file may hold one."""
    if len(text) > MAX_TEXT:
        raise OverflowError(f"a text grows over {MAX_TEXT:,} characters")
    return text


def _looked_up(
    expression: Expression, table: Mapping[str, tuple[str, ...]], found: list[Got], scope: Scope
) -> Iterator[Got]:
    """The values that a table gives for what was found, and findings for what it does not hold."""
    for got in found:
        text = _text(got)
        if text in table:
            yield from (replace(got, value=value) for value in table[text])
        elif expression.otherwise is Otherwise.KEEP:
            yield got
        elif expression.otherwise is Otherwise.WARN and (near := _other_spelling(text, table)) is not None:
            message = f"'{text[:60]}' is written '{near}' in the table of the mapping and is read as that"
            remedy = "write it the same way everywhere"
            scope.report(Severity.NOTE, "other-spelling", got.line, expression.line, message, remedy)
            yield from (replace(got, value=value) for value in table[near])
        elif expression.otherwise is not Otherwise.SKIP:
            severity = Severity.ERROR if expression.otherwise is Otherwise.ERROR else Severity.WARNING
            message = f"'{text[:60]}' is not in the table of the mapping, which knows {', '.join(table) or 'nothing'}"
            remedy = "correct the value, or add it to the table"
            scope.report(severity, "not-in-table", got.line, expression.line, message, remedy)


def _other_spelling(text: str, table: Mapping[str, tuple[str, ...]]) -> str | None:
    """The one key of a table that differs only in small and capital letters."""
    found = [key for key in table if key.casefold() == text.casefold()]
    return found[0] if len(found) == 1 else None


def holds(condition: Condition, scope: Scope) -> bool:
    """Whether a condition is true for a row; of several values one is enough."""
    if condition.test is Test.ALL:
        return all(holds(inner, scope) for inner in condition.inner)
    if condition.test is Test.ANY:
        return any(holds(inner, scope) for inner in condition.inner)
    if condition.test is Test.NOT:
        return not any(holds(inner, scope) for inner in condition.inner)
    if condition.path is not None:
        return any(node.value for node in select(condition.path, scope.node, scope.reads))
    if condition.value is None:
        return False
    words = [str(got.value).strip() for word in condition.words for got in _filled(word, scope, 0)]
    texts = [_text(got) for got in values(condition.value, scope)]
    if condition.test is Test.MATCHES:
        return any(fnmatchcase(text[:_LONGEST_MATCHED], word) for text in texts for word in words)
    return any(text in words for text in texts)


_LONGEST_MATCHED = 2_000
