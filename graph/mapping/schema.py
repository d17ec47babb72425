"""What may stand in a mapping, and what does one mapping say?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from fnmatch import fnmatchcase
from pathlib import Path as FilePath
from typing import TypeVar

from graph.documents import Document, Map, Seq, Value, read_documents
from graph.mapping.expressions import Condition, Expression, Function, Otherwise, Source, Template, Test
from graph.mapping.paths import Node, Path, Reads, parse_path, select
from graph.model import Confidence, InputError
from graph.similar import did_you_mean
from ontology import terms as t
from ontology.vocabulary import ElementClass, PropertyUse, Vocabulary, vocabulary

__all__ = ["Edge", "Ignored", "MappingFile", "Recognition", "Repeated", "Rule", "load_mapping"]

MAX_TEMPLATE = 2_000
MAX_NESTED_RULES = 10

_MAPPING_KEYS = ("mapping", "title", "description", "recognises", "namespace", "tables", "rules", "ignores", "misfits")
_RULE_KEYS = (
    "each", "when", "id", "namespace", "kind", "name", "description", "properties", "depends_on", "repeated", "unique",
    "rules",
)  # fmt: skip
_EXPRESSION_KEYS = (
    "value", "first", "all", "part", "each", "when", "do", "table", "else", "default", "namespace", "because",
)  # fmt: skip
_EDGE_KEYS = ("each", "when", "on", "namespace", "kind", "reverse", "of", "k", "id")
_CONDITION_KEYS = ("value", "equals", "in", "matches", "exists", "not", "any", "all")
_FUNCTIONS = {"lower": 0, "trim": 0, "slug": 0, "split": 1, "join": 1, "last": 1, "replace": 2}


class Repeated(Enum):
    """What a second row with the same id means: a mistake of the file, or more about the same element."""

    WARN = "warn"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Recognition:
    """How a file is known: patterns for its name, places that must all exist, places of which one must."""

    files: tuple[str, ...] = ()
    all: tuple[Path, ...] = ()
    any: tuple[Path, ...] = ()

    def may_fit(self, text: str) -> bool:
        """Whether a text has the keys of the places that must exist: a file without them needs no reading."""

        def named(path: Path) -> bool:
            return all(step in text for step in path.steps if isinstance(step, str))

        return all(map(named, self.all)) and (not self.any or any(map(named, self.any)))

    def confidence(self, name: str, documents: list[Document]) -> Confidence:
        """How sure it is that a file with this name and content is meant."""
        if not (self.all or self.any):
            return Confidence.MAYBE if self.knows_name(name) else Confidence.NO
        roots = [Node(document.value, document.line) for document in documents]

        def present(path: Path) -> bool:
            return any(node.value for root in roots for node in select(path, root, Reads(), strict=True))

        if not all(map(present, self.all)) or (self.any and not any(map(present, self.any))):
            return Confidence.NO
        return Confidence.CERTAIN if self.knows_name(name) else Confidence.LIKELY

    def knows_name(self, name: str) -> bool:
        """Whether a file name fits one of the patterns."""
        return any(fnmatchcase(name.lower(), pattern.lower()) for pattern in self.files)


@dataclass(frozen=True, slots=True)
class Edge:
    """A rule for dependencies. With ``members`` it makes one group of alternatives for each of its rows."""

    line: int
    each: Path | None
    when: Condition | None
    on: Expression | None
    kind: Expression | None
    reverse: bool
    facts: Mapping[str, Expression]
    members: tuple[Edge, ...]
    k: Expression | None
    id: Expression | None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule for elements: one for each row. Without ``kind`` it says more about elements that others define.

    ``unique`` is what no two rows should share although it is not the id; both are kept and the second is told.
    """

    line: int
    each: Path
    when: Condition | None
    id: Expression
    namespace: Expression | None
    kind: Expression | None
    name: Expression | None
    properties: Mapping[str, Expression]
    uses: Mapping[str, PropertyUse]
    depends_on: tuple[Edge, ...]
    repeated: Repeated
    unique: Expression | None
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Ignored:
    """Places that are left out on purpose, and why."""

    path: str
    because: str


@dataclass(frozen=True, slots=True)
class MappingFile:
    """A whole mapping."""

    name: str
    title: str
    path: FilePath
    recognises: Recognition
    namespace: Expression | None
    rules: tuple[Rule, ...]
    ignores: tuple[Ignored, ...]
    misfits: PropertyUse | None


def load_mapping(path: FilePath, *, text: bytes | None = None) -> MappingFile:
    """Read a mapping.

    Args:
        path: a YAML (or JSON) file.
        text: what it holds, when that was read already.

    Raises:
        InputError: the file cannot be read or is no mapping; the message names the line and what is near.
    """
    documents = read_documents(path, text=text)
    reader = _Reader(path)
    if len(documents) != 1 or not isinstance(documents[0].value, Map):
        raise reader.error(1, "a mapping is one map", "start with 'mapping: a-name' and 'rules:'")
    return reader.mapping(documents[0].value)


_T = TypeVar("_T")


class _Reader:
    """Reads one mapping file; stops at the first mistake."""

    def __init__(self, path: FilePath) -> None:
        self.path = path
        self.words: Vocabulary = vocabulary()
        self.tables: dict[str, Mapping[str, tuple[str, ...]]] = {}

    # Structure

    def error(self, line: int, message: str, remedy: str) -> InputError:
        return InputError.of(message, path=self.path, line=line, remedy=remedy, check="mapping")

    def checked(self, line: int, act: Callable[[], _T]) -> _T:
        """What the act returns; its ValueError becomes a message with the line."""
        try:
            return act()
        except ValueError as problem:
            message, _, remedy = str(problem).partition("; ")
            raise self.error(line, message, remedy) from None

    def keys(self, holder: Map, allowed: Collection[str], what: str) -> None:
        for key in holder:
            if key not in allowed:
                hint = did_you_mean(key, allowed) or f"known are {', '.join(allowed)}"
                raise self.error(holder.key_line(key), f"unknown key '{key}' in {what}", hint)

    def a_map(self, value: Value, line: int, what: str) -> Map:
        if not isinstance(value, Map):
            raise self.error(line, f"{what} must be a map", "write 'key: value' lines, indented below it")
        return value

    def items(self, value: Value, line: int, what: str) -> Iterator[tuple[Value, int]]:
        if not isinstance(value, Seq):
            raise self.error(line, f"{what} must be a list", "write its items with '- ', one a line")
        return zip(value, value.lines, strict=True)

    def word(self, holder: Map, key: str, what: str, *, default: str | None = None) -> str:
        value = holder.get(key, default)
        line = holder.lines.get(key, holder.line)
        if value is None:
            raise self.error(line, f"{what} has no '{key}'", f"add '{key}:' with a text")
        if not isinstance(value, str):
            raise self.error(line, f"'{key}' of {what} must be a text", "write one text")
        return value

    def place(self, value: Value, line: int, what: str) -> Path:
        if not isinstance(value, str):
            raise self.error(line, f"{what} must be a path", "write for example 'services[]'")
        return self.checked(line, lambda: parse_path(value))

    # The parts of a mapping, from the outside in

    def mapping(self, top: Map) -> MappingFile:
        self.keys(top, _MAPPING_KEYS, "a mapping")
        name = self.word(top, "mapping", "the mapping")
        for table, content in self._entries(top, "tables"):
            self.tables[table] = self.table(content, top.lines["tables"])
        if "rules" not in top:
            raise self.error(top.line, "the mapping has no 'rules'", "add 'rules:' with at least one rule")
        return MappingFile(
            name=name,
            title=self.word(top, "title", "the mapping", default=name),
            path=self.path,
            recognises=self.recognition(top),
            misfits=self.misfits(top),
            namespace=self.optional(top, "namespace"),
            rules=self.rules(top, ()),
            ignores=tuple(
                Ignored(path, because if isinstance(because, str) else "")
                for path, because in self._entries(top, "ignores")
            ),
        )

    def misfits(self, top: Map) -> PropertyUse | None:
        """The property that keeps values which fit no other; it has parts with a name and a value."""
        if top.get("misfits") is None:
            return None
        key, line = self.word(top, "misfits", "the mapping"), top.lines["misfits"]
        use = self.use(key, tuple(self.words.classes.values()), line)
        if use.kind != "part" or not {"name", "value"} <= self.words.classes[use.range].properties.keys():
            raise self.error(
                line, f"'{key}' cannot keep misfits", "name a property whose parts have a name and a value"
            )
        return use

    def _entries(self, holder: Map, key: str) -> list[tuple[str, Value]]:
        if holder.get(key) is None:
            return []
        return list(self.a_map(holder[key], holder.lines[key], f"'{key}'").items())

    def recognition(self, top: Map) -> Recognition:
        if top.get("recognises") is None:
            return Recognition()
        holder = self.a_map(top["recognises"], top.lines["recognises"], "'recognises'")
        self.keys(holder, ("files", "all", "any"), "'recognises'")

        def paths(key: str) -> tuple[Path, ...]:
            if key not in holder:
                return ()
            return tuple(
                self.place(v, line, f"'{key}'") for v, line in self.items(holder[key], holder.lines[key], f"'{key}'")
            )

        files: list[str] = []
        if "files" in holder:
            for value, line in self.items(holder["files"], holder.lines["files"], "'files'"):
                if not isinstance(value, str):
                    raise self.error(line, "a file pattern must be a text", "write for example 'catalogue*.yaml'")
                files.append(value)
        return Recognition(tuple(files), paths("all"), paths("any"))

    def rules(self, holder: Map, outer: tuple[int, ...]) -> tuple[Rule, ...]:
        line = holder.lines["rules"]
        if len(outer) >= MAX_NESTED_RULES:
            raise self.error(
                line, f"rules are nested deeper than {MAX_NESTED_RULES} levels", "use longer paths in 'each'"
            )
        found = tuple(self.rule(v, where, outer) for v, where in self.items(holder["rules"], line, "'rules'"))
        if not found:
            raise self.error(line, "'rules' is empty", "add at least one rule")
        return found

    def rule(self, value: Value, line: int, outer: tuple[int, ...]) -> Rule:
        holder = self.a_map(value, line, "a rule")
        self.keys(holder, _RULE_KEYS, "a rule")
        for key in ("each", "id"):
            if holder.get(key) is None:
                example = "services[]" if key == "each" else "'{name}'"
                raise self.error(line, f"the rule has no '{key}'", f"add '{key}:', for example {key}: {example}")
        kind = self.optional(holder, "kind")
        classes = self.classes(kind)
        properties: dict[str, Expression] = {}
        uses: dict[str, PropertyUse] = {}
        for key, expression in self._entries(holder, "properties"):
            inner = self.a_map(holder["properties"], line, "'properties'")
            uses[key] = use = self.use(key, classes, inner.key_line(key))
            properties[key] = self.expression(expression, inner.lines[key], use=use)
        if holder.get("description") is not None:
            uses["description"] = use = self.use("description", classes, holder.key_line("description"))
            properties["description"] = self.expression(holder["description"], holder.lines["description"], use=use)
        edges = holder.get("depends_on")
        return Rule(
            line=line,
            each=self.place(holder["each"], holder.lines["each"], "'each'"),
            when=self.when(holder),
            id=self.expression(holder["id"], holder.lines["id"]),
            namespace=self.optional(holder, "namespace"),
            kind=kind,
            name=self.optional(holder, "name"),
            properties=properties,
            uses=uses,
            depends_on=self.edges(edges, holder.lines["depends_on"]) if edges is not None else (),
            repeated=self.choice(holder, "repeated", Repeated, Repeated.WARN),
            unique=self.optional(holder, "unique"),
            rules=self.rules(holder, (*outer, line)) if holder.get("rules") is not None else (),
        )

    def choice(self, holder: Map, key: str, enum: type[_Choice], default: _Choice) -> _Choice:
        value = holder.get(key)
        if value is None:
            return default
        known = [choice.value for choice in enum]
        if value not in known:
            hint = did_you_mean(str(value), known) or f"write one of {', '.join(known)}"
            raise self.error(holder.lines[key], f"'{key}' cannot be '{value}'", hint)
        return enum(value)

    # Words of the vocabulary

    def classes(self, kind: Expression | None) -> tuple[ElementClass, ...]:
        """The classes that a rule may give; all of them when that depends on the file."""
        if kind is None:
            return tuple(self.words.classes.values())
        by_key = {cls.key: cls for cls in self.words.classes.values() if cls.key and not cls.abstract}
        possible, is_open = _possible(kind)
        for text in possible:
            if text not in by_key:
                old = self.words.old_class(text)
                hint = (
                    f"it is called '{old.key}' now"
                    if old
                    else did_you_mean(text, by_key) or "see the list of kinds in the reference of map files"
                )
                raise self.error(kind.line, f"unknown kind '{text}'", hint)
        return tuple(by_key[text] for text in possible) if not is_open else tuple(by_key.values())

    def use(self, key: str, classes: Collection[ElementClass], line: int) -> PropertyUse:
        """How a property is used by the first of some classes that has it."""
        for cls in classes:
            if key in cls.properties:
                return cls.properties[key]
        known = {name for cls in classes for name in cls.properties}
        names = {cls.key or cls.label.lower() for cls in classes}
        what = f"'{names.pop()}'" if len(names) == 1 else "any of the kinds of this rule"
        was = [old.instead for old in self.words.renamed.values() if old.key == key]
        now = [name for cls in classes for name, use in cls.properties.items() if use.iri in was]
        hint = f"it is called '{now[0]}' now" if now else did_you_mean(key, known)
        hint = hint or f"known are {', '.join(sorted(known)[:20])}"
        raise self.error(line, f"unknown property '{key}' of {what}", hint)

    def check_codes(self, expression: Expression, use: PropertyUse) -> None:
        known = [code.key for code in self.words.codes_of(use.range)]
        for text in _possible(expression)[0]:
            if text not in known:
                old = self.words.old_code(text, use.range)
                hint = f"it is called '{old.key}' now" if old else ""
                hint = hint or did_you_mean(text, known) or f"write one of {', '.join(known)}"
                raise self.error(expression.line, f"'{use.key}' cannot be '{text}'", hint)

    # Edges

    def edges(self, value: Value, line: int) -> tuple[Edge, ...]:
        return tuple(self.edge(item, where) for item, where in self.items(value, line, "'depends_on' or 'of'"))

    def edge(self, value: Value, line: int) -> Edge:
        holder = self.a_map(value, line, "a dependency rule")
        is_group = holder.get("of") is not None
        cls = self.words.classes[t.DEPENDENCY_GROUP if is_group else t.DEPENDENCY]
        allowed = [
            key for key in _EDGE_KEYS if key not in (("on", "kind", "reverse") if is_group else ("of", "k", "id"))
        ]
        self.keys(holder, dict.fromkeys([*allowed, *cls.properties]), "a group" if is_group else "a dependency rule")
        if not is_group and holder.get("on") is None:
            raise self.error(
                line, "the dependency rule has no 'on'", "add 'on:' with the id of what is needed, or 'of:'"
            )
        facts = {
            key: self.expression(content, holder.lines[key], use=cls.properties[key])
            for key, content in holder.items()
            if key in cls.properties and key not in _EDGE_KEYS and content is not None
        }
        on = self.optional(holder, "on")
        if on is not None:
            on = replace(on, reference=True, namespace=on.namespace or self.optional(holder, "namespace"))
        kind = self.optional(holder, "kind")
        if kind is not None:
            known = [kind.key for kind in self.words.kinds.values()]
            for text in _possible(kind)[0]:
                if text not in known:
                    hint = did_you_mean(text, known) or f"write one of {', '.join(known)}"
                    raise self.error(kind.line, f"unknown kind of dependency '{text}'", hint)
        return Edge(
            line=line,
            each=self.place(holder["each"], holder.lines["each"], "'each'") if holder.get("each") is not None else None,
            when=self.when(holder),
            on=on,
            kind=kind,
            reverse=self.yes(holder, "reverse"),
            facts=facts,
            members=self.edges(holder["of"], holder.lines["of"]) if is_group else (),
            k=self.optional(holder, "k"),
            id=self.optional(holder, "id"),
        )

    def yes(self, holder: Map, key: str) -> bool:
        value = holder.get(key, "false")
        if value not in {"true", "false"}:
            raise self.error(
                holder.lines[key], f"'{key}' must be true or false", f"write '{key}: true' or leave it out"
            )
        return value == "true"

    # Expressions

    def optional(self, holder: Map, key: str) -> Expression | None:
        return self.expression(holder[key], holder.lines[key]) if holder.get(key) is not None else None

    def expression(self, value: Value, line: int, *, use: PropertyUse | None = None) -> Expression:
        found = self._any_expression(value, line, use)
        if use is not None and use.kind == "code":
            self.check_codes(found, use)
        return replace(found, reference=use is not None and use.kind == "reference")

    def _any_expression(self, value: Value, line: int, use: PropertyUse | None) -> Expression:
        if isinstance(value, str):
            return Expression(line, template=self.template(value, line))
        if isinstance(value, Seq):
            options = tuple(self._any_expression(v, where, use) for v, where in self.items(value, line, "the values"))
            return Expression(line, source=Source.ALL, options=options)
        holder = self.a_map(value, line, "a value")
        self.keys(holder, _EXPRESSION_KEYS, "a value")
        sources = [source for source in Source if holder.get(source.value) is not None]
        if len(sources) != 1:
            said = " and ".join(f"'{source.value}'" for source in sources) or "none"
            raise self.error(
                line, f"a value needs one of value, first, all and part; here is {said}", "write one of them"
            )
        [source] = sources
        content, at = holder[source.value], holder.lines[source.value]
        template, options, entries = Template(()), (), None
        if source is Source.VALUE:
            if not isinstance(content, str):
                raise self.error(at, "'value' must be a text with places in braces", "write for example '{name}'")
            template = self.template(content, at)
        elif source is Source.PART:
            entries = self.part(content, at, use)
        else:
            options = tuple(
                self._any_expression(v, where, use) for v, where in self.items(content, at, f"'{source.value}'")
            )
        default = holder.get("default")
        if default is not None and not isinstance(default, str):
            raise self.error(holder.lines["default"], "'default' must be a text", "write one text")
        return Expression(
            line=line,
            source=source,
            template=template,
            options=options,
            entries=entries,
            each=self.place(holder["each"], holder.lines["each"], "'each'") if holder.get("each") is not None else None,
            when=self.when(holder),
            do=self.functions(holder),
            table=self.table(holder["table"], holder.lines["table"]) if holder.get("table") is not None else None,
            otherwise=self.choice(holder, "else", Otherwise, Otherwise.WARN),
            default=self.template(default, holder.lines["default"]) if default is not None else None,
            namespace=self.optional(holder, "namespace"),
            because=self.word(holder, "because", "a value", default=""),
        )

    def part(self, content: Value, line: int, use: PropertyUse | None) -> dict[str, Expression]:
        if use is None or use.kind != "part":
            raise self.error(line, "'part' is only for properties that have parts", "use 'value' here")
        holder = self.a_map(content, line, "'part'")
        classes = [c for c in self.words.classes.values() if self.words.is_a(c.iri, use.range)]
        return {
            key: self.expression(
                value,
                holder.lines[key],
                use=None if key in {"id", "kind"} else self.use(key, classes, holder.key_line(key)),
            )
            for key, value in holder.items()
        }

    def template(self, text: str, line: int) -> Template:
        if len(text) > MAX_TEMPLATE:
            raise self.error(line, f"the text is longer than {MAX_TEMPLATE:,} characters", "make it shorter")
        return Template(self.checked(line, lambda: tuple(_template_parts(text))))

    def table(self, value: Value, line: int) -> Mapping[str, tuple[str, ...]]:
        if isinstance(value, str):
            if value not in self.tables:
                hint = did_you_mean(value, self.tables) or "define it under 'tables:' or write it here"
                raise self.error(line, f"there is no table '{value}'", hint)
            return self.tables[value]
        holder = self.a_map(value, line, "a table")
        return {key: tuple(self._cells(content, holder.lines[key])) for key, content in holder.items()}

    def _cells(self, value: Value, line: int) -> Iterator[str]:
        for cell in value if isinstance(value, Seq) else (value,):
            if isinstance(cell, str):
                yield cell
            elif cell is not None:
                raise self.error(line, "the values of a table must be texts", "write one text, or a list of texts")

    def functions(self, holder: Map) -> tuple[Function, ...]:
        if holder.get("do") is None:
            return ()
        return tuple(self.function(v, line) for v, line in self.items(holder["do"], holder.lines["do"], "'do'"))

    def function(self, value: Value, line: int) -> Function:
        name, argument = (
            (value, None) if isinstance(value, str) else next(iter(self.a_map(value, line, "a function").items()))
        )
        if name not in _FUNCTIONS:
            hint = did_you_mean(str(name), _FUNCTIONS) or f"known are {', '.join(_FUNCTIONS)}"
            raise self.error(line, f"unknown function '{name}'", hint)
        if isinstance(value, Map) and len(value) != 1:
            raise self.error(line, "a function is one key", "write each function as an item of its own")
        if _FUNCTIONS[name] == 0 and argument is None:
            return Function(name)
        if _FUNCTIONS[name] == 1 and isinstance(argument, str) and argument:
            return Function(name, (argument,))
        if _FUNCTIONS[name] == 2 and isinstance(argument, Map) and "" not in argument:
            pairs = [(old, new or "") for old, new in argument.items() if new is None or isinstance(new, str)]
            if len(pairs) == len(argument):
                return Function(name, tuple(text for pair in pairs for text in pair))
        form = ("- {name}", "- {name}: ', '", "- {name}: {{old text: new text}}")[_FUNCTIONS[name]].format(name=name)
        raise self.error(line, f"the function '{name}' is not written like this", f"write '{form}'")

    # Conditions

    def when(self, holder: Map) -> Condition | None:
        return self.condition(holder["when"], holder.lines["when"]) if holder.get("when") is not None else None

    def condition(self, value: Value, line: int) -> Condition:
        if isinstance(value, Seq):
            return Condition(
                Test.ALL, inner=tuple(self.condition(v, where) for v, where in self.items(value, line, ""))
            )
        holder = self.a_map(value, line, "a condition")
        self.keys(holder, _CONDITION_KEYS, "a condition")
        tests = [test for test in Test if test.value in holder]
        if len(tests) != 1:
            raise self.error(
                line, "a condition asks one thing", "write one of equals, in, matches, exists, not, any, all"
            )
        [test] = tests
        content, at = holder[test.value], holder.lines[test.value]
        if test in {Test.NOT, Test.ANY, Test.ALL}:
            several = isinstance(content, Seq)
            inner = (
                [self.condition(v, w) for v, w in self.items(content, at, "")]
                if several
                else [self.condition(content, at)]
            )
            return (
                Condition(Test.NOT, inner=(Condition(Test.ALL, inner=tuple(inner)),))
                if test is Test.NOT
                else Condition(test, inner=tuple(inner))
            )
        if test is Test.EXISTS:
            return Condition(test, path=self.place(content, at, "'exists'"))
        if holder.get("value") is None:
            raise self.error(line, f"the condition '{test.value}' has no 'value'", "add for example value: '{name}'")
        words = self.items(content, at, "'in'") if test is Test.IN else iter([(content, at)])
        return Condition(
            test,
            value=self.expression(holder["value"], holder.lines["value"]),
            words=tuple(self.template(self._plain(word, where), where) for word, where in words),
        )

    def _plain(self, value: Value, line: int) -> str:
        if not isinstance(value, str):
            raise self.error(
                line,
                "what is compared with must be a text",
                "write a text; for a missing value use 'not: {exists: ...}'",
            )
        return value


_Choice = TypeVar("_Choice", bound=Enum)


def _template_parts(text: str) -> Iterator[str | Path]:
    """The texts and places of a template; ``{{`` and ``}}`` stand for braces."""
    plain, position = "", 0
    while position < len(text):
        sign = text[position]
        if sign in "{}" and text[position + 1 : position + 2] == sign:
            plain, position = plain + sign, position + 2
        elif sign == "}":
            raise ValueError(f"'{text}' has a brace that was not opened; write '}}}}' for a brace")
        elif sign == "{":
            end = text.find("}", position)
            if end < 0:
                raise ValueError(f"'{text}' has a brace that is not closed; add '}}', or write '{{{{' for a brace")
            if plain:
                yield plain
            yield parse_path(text[position + 1 : end])
            plain, position = "", end + 1
        else:
            plain, position = plain + sign, position + 1
    if plain:
        yield plain


def _possible(expression: Expression) -> tuple[list[str], bool]:
    """The texts that an expression can give as the mapping says them, and whether others can come from the file."""
    found: list[str] = []
    is_open = False
    if expression.table is not None:
        found += [text for texts in expression.table.values() for text in texts]
        is_open = expression.otherwise is Otherwise.KEEP
    elif expression.source is Source.VALUE:
        constant = expression.template.constant
        is_open = constant is None or bool(expression.do)
        found += [] if is_open or constant is None else [constant]
    for option in expression.options if expression.table is None else ():
        texts, inner_open = _possible(option)
        found += texts
        is_open = is_open or inner_open
    if expression.default is not None and expression.default.constant is not None:
        found.append(expression.default.constant)
    return list(dict.fromkeys(found)), is_open
