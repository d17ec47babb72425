"""How is our own map format read? YAML made for people and git; every word of it comes from the vocabulary."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import ROUND_CEILING, Decimal
from pathlib import Path

from graph.documents import Document, Map, Seq, Value, read_documents, read_start
from graph.model import Confidence, Finding, Head, InputError, ReadOptions, Severity, Source, Statements, Where
from graph.ntriples import Writer, dependency_iri, element_iri
from graph.similar import Proposals
from graph.values import MOST_PROBLEMS, named, number, write_property
from ontology import terms as t
from ontology.vocabulary import ElementClass, PropertyUse, Vocabulary, vocabulary

__all__ = [
    "BASE_FORM",
    "ENDINGS",
    "LARGEST_COUNT",
    "LONGEST_BASE",
    "NAME",
    "group_name",
    "id_problem",
    "read",
    "recognises",
    "sections",
    "statements",
]

NAME = "map"
ENDINGS = frozenset({".yaml", ".yml", ".json"})
_PLURALS = (("ies", "y"), ("es", ""), ("s", ""), ("", ""))  # how the name of a section ends, and that of its kind
_HEADER = ("namespace", "title", "description", "base", "stubs")
_KEY = re.compile(r'^["\']?([A-Za-z_]\w*)["\']?\s*:', re.MULTILINE)
_ENTRY = re.compile(r'(?:^\s*-\s*|[{,]\s*|^\s+)["\']?(id|kind)["\']?\s*:', re.MULTILINE)
_LIST = re.compile(r"(?:[ ]*+(?:#[^\n]*+)?\n)*+[ ]*- ")
BASE_FORM = re.compile(
    r"https?://[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*(:[0-9]{1,5})?"
    r"(/(?!\.\.?/)[A-Za-z0-9._~-]*)*/"
)
_LONGEST_ID = LONGEST_BASE = 500
LARGEST_COUNT = 1_000_000
_MOST_DEPENDENCIES = 100_000


def recognises(head: Head) -> Confidence:
    """By its sections at the top and entries that have an ``id``."""
    if head.path.suffix.lower() not in ENDINGS:
        return Confidence.NO
    if head.path.suffix.lower() == ".json":
        return _recognises_json(head)
    keys, entries = set(_KEY.findall(head.text)), set(_ENTRY.findall(head.text))
    own = keys & sections(vocabulary()).keys()
    if own and "id" in entries and _foreign(head.text) <= len(own | keys & set(_HEADER)):
        return Confidence.LIKELY
    if "elements" in keys or {"namespace", "title"} <= keys:
        return Confidence.MAYBE
    return Confidence.MAYBE if entries == {"id", "kind"} and not _LIST.match(head.text) else Confidence.NO


def _foreign(text: str) -> int:
    """How many keys at the top are neither ours nor those of a list, which might be a section with a wrong name.

    Other programs have files with ``steps`` and ``activities`` too.
    """
    known = sections(vocabulary()).keys() | set(_HEADER)
    return sum(key[1] not in known and not _is_list(text, key.end()) for key in _KEY.finditer(text))


def _is_list(text: str, at: int) -> bool:
    return bool(_LIST.match(text, at)) or text[at : at + 80].lstrip(" ").startswith("[")


def _recognises_json(head: Head) -> Confidence:
    """By what stands at the top: other JSON has ids, kinds and elements too, further down."""
    value = next((document.value for document in read_start(head.path, head.text)), None)
    if not isinstance(value, Map):
        return Confidence.NO
    for key in sections(vocabulary()).keys() & value.keys():
        entries = value[key]
        if isinstance(entries, Seq) and any(isinstance(entry, Map) and "id" in entry for entry in entries[:3]):
            return Confidence.LIKELY
    return Confidence.MAYBE if "elements" in value else Confidence.NO


def sections(words: Vocabulary) -> dict[str, ElementClass | None]:
    """Section -> the class of its entries; ``elements`` leaves the class to each entry."""
    return {"elements": None} | {cls.section: cls for cls in words.classes.values() if cls.section}


def read(path: Path, options: ReadOptions) -> Statements:
    """Read one map file.

    Raises:
        InputError: with every problem of the file: unknown sections, kinds, properties and values, wrong types,
            ids that are missing or given twice. References are held against all files of the map later.
    """
    return statements(read_documents(path), path, options)


def statements(documents: Sequence[Document], path: Path, options: ReadOptions) -> Statements:
    """What documents say that are written as map files are; as ``read``."""
    reader = _Reader(path, options)
    try:
        for document in documents:
            reader.document(document.value, document.line)
    except _EnoughError as enough:
        rest = Finding(
            Severity.ERROR, "more-problems", "", Where(str(path)), str(enough), "mend them and read it again"
        )
        raise InputError(*sorted(reader.problems, key=lambda p: p.where or Where("")), rest) from None
    if reader.problems:
        raise InputError(*sorted(reader.problems, key=lambda p: p.where or Where("")))
    return Statements(
        source=Source(options.source_id, str(path), NAME, "", reader.namespace),
        triples=reader.writer.result(),
        lines=reader.lines,
        findings=reader.told() if documents else (_empty(path),),
        defines=frozenset(reader.defined),
        mentions={iri: line for iri, line in reader.mentions.items() if iri not in reader.stubs},
        closed=True,
        titles=reader.titles,
    )


def _empty(path: Path) -> Finding:
    return Finding(Severity.NOTE, "empty", "", Where(str(path)), "the file is empty")


class _EnoughError(Exception):
    """Nothing is gained by reading on; says why."""


class _Reader:
    """What one file says, collected."""

    def __init__(self, path: Path, options: ReadOptions) -> None:
        self.path, self.namespace, self.base = str(path), options.namespace, options.base
        self.words = vocabulary()
        self.sections = sections(self.words)
        self.kinds = {kind.key: kind for kind in self.words.kinds.values()}
        self.classes = {
            c.key: c
            for c in self.words.classes.values()
            if c.key and not c.abstract and self.words.is_a(c.iri, t.ELEMENT)
        }
        self.writer = Writer()
        self.lines: dict[str, int] = {}
        self.defined: dict[str, int] = {}
        self.entries = 0
        self.mentions: dict[str, int] = {}
        self.stubs: set[str] = set()
        self.titles: dict[str, str] = {}
        self.problems: list[Finding] = []
        self.renamed = {old.key: old.instead for old in self.words.renamed.values() if old.key}
        self.old_words: list[Finding] = []
        self.proposals = Proposals()

    def problem(self, line: int, message: str, remedy: str = "", *, check: str = "map-format") -> None:
        self.add([Finding(Severity.ERROR, check, "", Where(self.path, line), message, remedy)])

    def add(self, problems: Iterable[Finding]) -> None:
        """Keep problems; there is no use in reading on after the last that is shown."""
        for problem in problems:
            if problem.check == "old-word":
                self.old_words.append(problem)
                continue
            if len(self.problems) >= MOST_PROBLEMS:
                raise _EnoughError(f"it has more problems than these {MOST_PROBLEMS}")
            self.problems.append(problem)

    def document(self, value: Value, line: int) -> None:
        if not isinstance(value, Map):
            self.problem(line, "a map file is a mapping of sections", f"begin with one of {', '.join(self.sections)}")
            return
        self.entries += sum(len(value[key] or ()) for key in self.sections if isinstance(value.get(key), Seq))
        for key in _HEADER:
            if key in value:
                self._header(key, value[key], value.lines[key])
        for key, entries in value.items():
            if key in self.sections:
                self._section(key, entries, value.lines[key])
            elif key not in _HEADER:
                self.problem(value.key_line(key), f"unknown section '{key[:60]}'", self._instead_of(key))

    def _instead_of(self, key: str) -> str:
        """What to write for a section that there is not: many kinds have none of their own."""
        words = key.casefold().replace("_", " ").strip()
        for ending, instead in _PLURALS:
            one = words.removesuffix(ending) + instead
            if words.endswith(ending) and one in self.classes:
                return f"write its entries under 'elements', each with 'kind: {one}'"
        return self.proposals.proposal(key, [*self.sections, *_HEADER])

    def _header(self, key: str, value: Value, line: int) -> None:
        if key == "stubs":
            self._stubs(value, line)
        elif not isinstance(value, str) or not value.strip():
            self.problem(line, f"'{key}' is a text")
        elif key == "namespace":
            if problem := id_problem(value.strip(), "a namespace"):
                self.problem(line, f"'{value.strip()[:60]}' is no namespace", problem)
            else:
                self.namespace = value.strip()
        elif key == "base":
            if len(value) <= LONGEST_BASE and BASE_FORM.fullmatch(value):
                self.base = value
            else:
                remedy = "write an address that ends in '/', such as 'https://example.org/map/'"
                self.problem(line, f"'{value[:60]}' is no base for ids", remedy)
        else:
            self.titles[key] = " ".join(value.split())

    def _stubs(self, value: Value, line: int) -> None:
        """Ids that the file points at although nothing defines them."""
        for item, at in _each(value, line):
            if not isinstance(item, str):
                self.problem(at, "'stubs' is a list of ids", "write 'stubs: [id, namespace/id]'")
                continue
            try:
                iri = self.resolve(item, None, Where(self.path, at))
            except InputError as error:
                self.add(error.problems)
                continue
            self.stubs.add(iri)
            self.writer.text(iri, t.DCTERMS_IDENTIFIER, item.strip().rpartition("/")[2])

    def _section(self, name: str, entries: Value, line: int) -> None:
        if entries is None:
            return
        if not isinstance(entries, Seq):
            self.problem(line, f"'{name}' is a list", f"write '{name}:' and below it entries that begin with '- id:'")
            return
        for entry, at in zip(entries, entries.lines, strict=True):
            if isinstance(entry, Map):
                self._entry(entry, at, name)
            else:
                self.problem(at, f"an entry of '{name}' has no keys", "write '- id: …' with a 'kind:' and a 'name:'")

    def _entry(self, entry: Map, line: int, section: str) -> None:
        identifier = self._text(entry, "id", line)
        cls = self._class(entry, line, section)
        if identifier is None or cls is None:
            return
        if problem := id_problem(identifier):
            self.problem(entry.lines["id"], f"'{identifier[:60]}' is no id", problem)
            return
        iri = element_iri(self.base, self.namespace, identifier)
        if iri in self.defined:
            first = self.defined[iri]
            self.problem(
                line,
                f"'{identifier}' is defined twice, first on line {first}",
                "give each its own id",
                check="duplicate-id",
            )
            return
        self.defined[iri] = self.lines[iri] = line
        self.writer.type(iri, cls.iri)
        self.writer.text(iri, t.DCTERMS_IDENTIFIER, identifier)
        name = self._text(entry, "name", line) if "name" in entry else identifier
        self.writer.text(iri, t.RDFS_LABEL, named(name or "", identifier))
        for key, value in entry.items():
            if key == "depends_on":
                _Dependencies(self, iri).read(value, entry.lines[key])
            elif key not in ("id", "kind", "name"):
                self._property(iri, cls, key, value, entry.key_line(key))

    def _text(self, entry: Map, key: str, line: int) -> str | None:
        value = entry.get(key)
        if isinstance(value, str) and value.strip():
            return value.strip()
        self.problem(entry.lines.get(key, line), f"an entry needs '{key}'" if value is None else f"'{key}' is a text")
        return None

    def _class(self, entry: Map, line: int, section: str) -> ElementClass | None:
        default = self.sections[section]
        if "kind" not in entry and default is not None:
            return default
        key = self._text(entry, "kind", line)
        if key is None:
            return None
        cls = self.classes.get(key)
        if cls is None and (cls := self.words.old_class(key)) is not None:
            where = Where(self.path, entry.lines["kind"])
            message, remedy = f"'{key}' is an old word of 'kind'", f"write '{cls.key}'"
            self.old_words.append(Finding(Severity.WARNING, "old-word", "", where, message, remedy))
        if cls is None:
            remedy = self.proposals.proposal(key, self.classes)
            self.problem(entry.lines["kind"], f"unknown kind '{key[:60]}'", remedy, check="unknown-kind")
        elif default is not None and not self.words.is_a(cls.iri, default.iri):
            self.problem(entry.lines["kind"], f"'{key}' does not belong in '{section}'", "move the entry to 'elements'")
            return None
        return cls

    def _property(self, iri: str, cls: ElementClass, key: str, value: Value, line: int) -> None:
        self.known_property(
            iri, cls, key, value, line, f"{cls.key or cls.label.lower()}", ("depends_on", "id", "kind", "name")
        )

    def known_property(
        self, iri: str, cls: ElementClass, key: str, value: Value, line: int, noun: str, others: tuple[str, ...]
    ) -> None:
        """Write a property that the class has; else say which it has."""
        use = cls.properties.get(key) or self._renamed(iri, cls, key, line)
        if use is None:
            remedy = self.proposals.proposal(key, [*cls.properties, *others])
            self.problem(line, f"'{noun}' has no property '{key[:60]}'", remedy, check="unknown-property")
            return
        self.lines.setdefault(f"{iri} {use.iri}", line)
        self.add(write_property(self.writer, iri, use, value, Where(self.path, line), self.resolve, self.proposals))

    def _renamed(self, iri: str, cls: ElementClass, key: str, line: int) -> PropertyUse | None:
        """The property that an old word stands for; that it is an old one is told."""
        use = next((use for use in cls.properties.values() if use.iri == self.renamed.get(key)), None)
        if use is not None:
            where, remedy = Where(self.path, line), f"write '{use.key}'"
            self.old_words.append(Finding(Severity.WARNING, "old-word", iri, where, f"'{key}' is an old word", remedy))
        return use

    def told(self) -> tuple[Finding, ...]:
        """What is to be said of a file that could be read."""
        more = len(self.old_words) - MOST_PROBLEMS
        if more <= 0:
            return tuple(self.old_words)
        message, remedy = f"{more:,} more old words", "mend all with 'servicemap ontology migrate'"
        rest = Finding(Severity.WARNING, "old-word", "", Where(self.path), message, remedy)
        return (*self.old_words[:MOST_PROBLEMS], rest)

    def resolve(self, text: str, use: PropertyUse | None, where: Where) -> str:  # noqa: ARG002 a Resolve is called so
        """The IRI that ``id`` or ``namespace/id`` means, remembered as a mention."""
        namespace, _, identifier = text.strip().rpartition("/")
        if "/" in text:
            namespace, _, identifier = text.strip().partition("/")
        if problem := id_problem(identifier) or (namespace and id_problem(namespace, "a namespace")):
            raise InputError.of(f"'{text[:60]}' is no reference", path=where.path, line=where.line, remedy=problem)
        iri = element_iri(self.base, namespace or self.namespace, identifier)
        self.mentions.setdefault(iri, where.line)
        if len(self.mentions) - self.entries > _MOST_OUTSIDE:
            raise _EnoughError(f"it points at more than {_MOST_OUTSIDE:,} things that it does not define")
        return iri


_MOST_OUTSIDE = 50_000


def id_problem(identifier: str, noun: str = "an id") -> str:
    """What is wrong with an id, as advice; "" when nothing is."""
    if not identifier:
        return "write an id, or namespace/id"
    if "/" in identifier:
        return f"{noun} holds no '/'"
    if len(identifier) > _LONGEST_ID:
        return f"keep it under {_LONGEST_ID} characters"
    return "" if identifier.isprintable() else "leave out control characters"


def group_name(outer: str, members: Iterable[str]) -> str:
    """What a group without an id is called: the same whatever its ``k``, made of how the file writes its members."""
    return hashlib.sha256("\0".join([outer, *sorted(members)]).encode()).hexdigest()[:8]


class _Dependencies:
    """``depends_on`` of one element: short, long, and groups of alternatives."""

    def __init__(self, reader: _Reader, dependent: str) -> None:
        self.reader, self.dependent, self.writer = reader, dependent, reader.writer
        self.edge = reader.words.classes[t.DEPENDENCY]
        self.group = reader.words.classes[t.DEPENDENCY_GROUP]
        self.equal: Counter[str] = Counter()

    def read(self, value: Value, line: int, *, group: str = "") -> None:
        if isinstance(value, Seq) and len(value) > _MOST_DEPENDENCIES:
            message = f"these are {len(value):,} dependencies of one element, at most {_MOST_DEPENDENCIES:,} are read"
            self.reader.problem(line, message, "let it depend on a few things that depend on these")
            return
        for item, at in _each(value, line):
            if isinstance(item, Map) and "of" in item:
                self._group(item, at, group)
            elif isinstance(item, str) or (isinstance(item, Map) and "on" in item):
                self._edge(item, at, group)
            else:
                self.reader.problem(
                    at, "a dependency names nothing", "write an id, or 'on: id' with its kind, or 'of: [ids]' with 'k'"
                )

    def _edge(self, item: str | Map, line: int, group: str) -> None:
        known = item if isinstance(item, Map) else Map(line)
        target, key = item if isinstance(item, str) else known["on"], known.get("kind", "needs")
        kind = self.reader.kinds.get(key) if isinstance(key, str) else None
        if kind is None:
            message = f"unknown kind of dependency '{str(key)[:60]}'"
            self.reader.problem(
                known.lines["kind"],
                message,
                self.reader.proposals.proposal(str(key), self.reader.kinds),
                check="unknown-kind",
            )
            return
        if not isinstance(target, str) or not target.strip():
            self.reader.problem(line, "'on' is the id of one element", "write one dependency for each")
            return
        try:
            provider = self.reader.resolve(target, None, Where(self.reader.path, known.lines.get("on", line)))
        except InputError as error:
            self.reader.add(error.problems)
            return
        slot, environment = known.get("slot"), known.get("environment")
        iri = dependency_iri(
            self.dependent,
            kind.key.replace(" ", "-"),
            provider,
            environment=environment if isinstance(environment, str) else "",
            slot=slot if isinstance(slot, str) else "",
            group=group,
        )
        if iri in self.reader.lines:
            first = self.reader.lines[iri]
            self.reader.problem(
                line, f"the same dependency stands on line {first}", "take one out, or give each a 'slot'"
            )
            return
        self.reader.lines[iri] = line
        self.writer.type(iri, t.DEPENDENCY)
        self.writer.iri(iri, t.DEPENDENT, self.dependent)
        self.writer.iri(iri, t.PROVIDER, provider)
        self.writer.iri(iri, t.KIND, kind.iri)
        if group:
            self.writer.iri(iri, t.MEMBER_OF_GROUP, group)
        for name, value in known.items():
            if name not in ("on", "kind"):
                self.reader.known_property(iri, self.edge, name, value, known.lines[name], "dependency", ("on", "kind"))

    def _group(self, item: Map, line: int, outer: str) -> None:
        members = list(_each(item["of"], item.lines["of"]))
        if not members:
            self.reader.problem(line, "a group has no members", "list them in 'of:'")
            return
        iri = self._group_iri(item, members, outer)
        if iri in self.reader.lines:
            given, first = str(item["id"]).strip()[:60], self.reader.lines[iri]
            self.reader.problem(
                line,
                f"the group '{given}' of this element is here twice, first on line {first}",
                "give each its own id",
                check="duplicate-id",
            )
            return
        self.reader.lines[iri] = line
        self.writer.type(iri, t.DEPENDENCY_GROUP)
        self.writer.iri(iri, t.DEPENDENT, self.dependent)
        if outer:
            self.writer.iri(iri, t.MEMBER_OF_GROUP, outer)
        fits = self._full_fits(item, self._minimum(iri, item, sum(map(_counts, members))))
        for name, value in item.items():
            if name not in ("of", "k", "id") and (fits or name != "full"):
                self.reader.known_property(iri, self.group, name, value, item.lines[name], "group", ("of", "k", "id"))
        self.read(item["of"], item.lines["of"], group=iri)

    def _group_iri(self, item: Map, members: list[tuple[Value, int]], outer: str) -> str:
        """Stable over edits of k and strength: made of the members' names, unless the group has an id."""
        given = item.get("id")
        if isinstance(given, str) and given.strip():
            return element_iri(f"{self.dependent}/", "group", given.strip())
        names = [
            m if isinstance(m, str) else str(m.get("on") or m.get("of")) for m, _ in members if isinstance(m, str | Map)
        ]
        iri = f"{self.dependent}/group/{group_name(outer, names)}"
        plain = iri
        while iri in self.reader.lines:
            self.equal[plain] += 1
            iri = f"{plain}-{self.equal[plain] + 1}"
        return iri

    def _minimum(self, iri: str, item: Map, members: int) -> int:
        """``k``: a count, or a percentage of the members; returns how many members that is, 1 when nothing is said."""
        if "k" not in item:
            return 1
        value, line = item["k"], item.lines["k"]
        text = value.strip() if isinstance(value, str) else ""
        try:
            amount = number(text.removesuffix("%").strip())
        except ValueError:
            self.reader.problem(
                line, f"'k' is '{str(value)[:40]}'", "write how many must work: a count such as 1, or '50 %'"
            )
            return 0
        percent = text.endswith("%")
        if not percent and amount > LARGEST_COUNT:
            self.reader.problem(line, f"'k' cannot be {text}", f"write {LARGEST_COUNT:,} or less")
            return 0
        if amount < 0 or (percent and amount > 100) or (not percent and amount != int(amount)):
            self.reader.problem(line, f"'k' cannot be {text}", "write how many must work: a count such as 1, or '50 %'")
            return 0
        if percent:
            self.writer.number(iri, t.MINIMUM_PERCENT, amount)
            return int((amount * members / 100).to_integral_value(ROUND_CEILING))
        self.writer.number(iri, t.MINIMUM_MEMBERS, int(amount))
        return int(amount)

    def _full_fits(self, item: Map, least: int) -> bool:
        """Whether ``full`` can be a count of members; what is no number at all is told with the other properties."""
        value = item.get("full")
        try:
            full = number(value) if isinstance(value, str) else Decimal(least)
        except ValueError:
            return True
        message = f"'full' cannot be {value}"
        if full > LARGEST_COUNT:
            self.reader.problem(item.lines["full"], message, f"write {LARGEST_COUNT:,} or less")
        elif full < least:
            remedy = f"'k' asks for {least}, and full service needs no fewer"
            self.reader.problem(item.lines["full"], message, remedy)
        else:
            return True
        return False


def _counts(member: tuple[Value, int]) -> int:
    """As how many members of its group a member counts; what is no number is told with its properties."""
    said = member[0].get("weight") if isinstance(member[0], Map) else None
    return int(said) if isinstance(said, str) and said.isascii() and said.isdecimal() and len(said) < 9 else 1


def _each(value: Value, line: int) -> Iterator[tuple[Value, int]]:
    """The items of a list, or the one value itself; nothing for an empty one."""
    if isinstance(value, Seq):
        yield from zip(value, value.lines, strict=True)
    elif value is not None:
        yield value, line
