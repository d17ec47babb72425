"""How is a foreign YAML or JSON catalogue read without code? By a mapping: a file of rules, shipped or one's own."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from graph.documents import Document, Map, Seq, Value, read_bytes, read_documents, read_start
from graph.mapping.expressions import Expression, Got, Scope, rows, single, values
from graph.mapping.paths import MAX_STEPS, Node, Reads
from graph.mapping.schema import Edge, MappingFile, Repeated, Rule, load_mapping
from graph.model import Confidence, Finding, Head, InputError, ReadOptions, Severity, Source, Statements, Where
from graph.ntriples import Writer, dependency_iri, element_iri, segment
from graph.values import named, number, percent, write_property
from ontology import terms as t
from ontology.vocabulary import DependencyKind, ElementClass, PropertyUse, vocabulary

__all__ = [
    "ENDINGS",
    "NAME",
    "MappingImporter",
    "importer_for",
    "load_mapping",
    "read",
    "recognises",
    "shipped_mappings",
]

NAME = "mapping"
MAX_ROWS = 1_000_000
MAX_EDGES = 5_000_000
# A file names each dependency; rows that are multiplied with each other make more than it has room for.
LEAST_EDGES, BYTES_AN_EDGE = 10_000, 4
LEAST_STEPS, STEPS_A_BYTE = 1_000_000, 2
MAX_FINDINGS_OF_A_KIND = 200
LONGEST_ID = 500
_SHIPPED = Path(__file__).parent / "mappings"
ENDINGS = frozenset({".yaml", ".yml", ".json"})
_HEAD = 64_000


@cache
def shipped_mappings() -> tuple[MappingFile, ...]:
    """The mappings that come with the program, in the order of their file names."""
    return tuple(load_mapping(path) for path in sorted(_SHIPPED.glob("*.yaml")))


def recognises(head: Head) -> Confidence:
    """How sure the surest of the shipped mappings is."""
    return _best(head)[0]


def read(path: Path, options: ReadOptions) -> Statements:
    """Read a file by the shipped mapping that knows it best.

    Raises:
        InputError: the file cannot be read, or no shipped mapping knows it.
    """
    data = read_bytes(path)
    confidence, mapping = _best(Head(path, (data + b"\n")[:_HEAD].decode("utf-8", "ignore")))
    if mapping is None or confidence is Confidence.NO:
        known = ", ".join(mapping.title for mapping in shipped_mappings())
        remedy = f"write a mapping for it and name it with --mapping; shipped are: {known}"
        raise InputError.of("no mapping knows the form of this file", path=path, remedy=remedy)
    return _Run(mapping, path, options, size=len(data)).read(read_documents(path, text=data))


def _best(head: Head) -> tuple[Confidence, MappingFile | None]:
    found: tuple[Confidence, MappingFile | None] = (Confidence.NO, None)
    if head.path.suffix.lower() not in ENDINGS:
        return found
    candidates = [m for m in shipped_mappings() if m.recognises.may_fit(head.text)]
    documents = read_start(head.path, head.text) if candidates else []
    for mapping in candidates:
        confidence = mapping.recognises.confidence(head.path.name, documents)
        if confidence > found[0]:
            found = (confidence, mapping)
    return found


@dataclass(frozen=True, slots=True)
class MappingImporter:
    """A mapping as an importer of its own, with the same door as all importers."""

    mapping: MappingFile
    NAME: str
    ENDINGS: frozenset[str] = ENDINGS

    def recognises(self, head: Head) -> Confidence:
        """Certain for what it recognises, because somebody named it; without ``recognises`` for all YAML and JSON."""
        known = self.mapping.recognises
        if head.path.suffix.lower() not in ENDINGS and not known.knows_name(head.path.name):
            return Confidence.NO
        if not (known.files or known.all or known.any):
            return Confidence.CERTAIN
        confidence = known.confidence(head.path.name, read_start(head.path, head.text))
        return Confidence.CERTAIN if confidence > Confidence.NO else Confidence.NO

    def read(self, path: Path, options: ReadOptions) -> Statements:
        """Read any file by this mapping, recognised or not; InputError when it cannot be read."""
        data = read_bytes(path)
        return _Run(self.mapping, path, options, size=len(data)).read(read_documents(path, text=data))


def importer_for(mapping: MappingFile) -> MappingImporter:
    """The importer that reads by one mapping, for example one that a user gave."""
    return MappingImporter(mapping, f"{NAME} {mapping.name}")


@dataclass(frozen=True, slots=True)
class _Said:
    """What was written first about something, and where: a second voice is compared with it."""

    content: object
    line: int


class _Run:
    """One file under one mapping, and what it says, collected."""

    def __init__(self, mapping: MappingFile, path: Path, options: ReadOptions, *, size: int) -> None:
        self.mapping, self.path, self.options = mapping, path, options
        self.words = vocabulary()
        self.classes = {c.key: c for c in self.words.classes.values() if c.key and not c.abstract}
        self.kinds = {kind.key: kind for kind in self.words.kinds.values()}
        self.edge_class = self.words.classes[t.DEPENDENCY]
        self.group_class = self.words.classes[t.DEPENDENCY_GROUP]
        self.writer = Writer()
        self.reads = Reads(most=min(MAX_STEPS, LEAST_STEPS + STEPS_A_BYTE * size))
        self.most_edges = min(MAX_EDGES, LEAST_EDGES + size // BYTES_AN_EDGE)
        self.lines: dict[str, int] = {}
        self.defined: dict[str, ElementClass] = {}
        self.mentions: dict[str, int] = {}
        self.said: dict[tuple[str, str], _Said] = {}
        self.findings: list[Finding] = []
        self.counts: Counter[str] = Counter()
        self.misfits: Counter[str] = Counter()
        self.inferred: dict[int, Counter[str]] = {}
        self.rows = 0
        self.edges = 0
        where = mapping.path
        self.mapping_place = where.name if where.parent == _SHIPPED else str(where)

    def read(self, documents: list[Document]) -> Statements:
        try:
            for document in documents:
                root = Node(document.value, document.line)
                scope = Scope(root, self.path.name, self.options.namespace, self.reads, self._report)
                for rule in self.mapping.rules:
                    self._rule(rule, scope, namespace=self.mapping.namespace)
        except OverflowError as problem:
            raise InputError.of(
                f"{problem} (mapping {self.mapping_place})", path=self.path, remedy="make its paths narrower"
            ) from None
        self._close(documents)
        name = f"{NAME} {self.mapping.name}"
        return Statements(
            source=Source(self.options.source_id, str(self.path), name, "", self.options.namespace),
            triples=self.writer.result(),
            lines=self.lines,
            findings=tuple(self.findings),
            defines=frozenset(self.defined),
            mentions=self.mentions,
            closed=False,
        )

    # Findings

    def _report(self, severity: Severity, check: str, line: int, mapping_line: int, message: str, remedy: str) -> None:
        place = f" (mapping {self.mapping_place}:{mapping_line})" if mapping_line else ""
        self._add(Finding(severity, check, "", Where(str(self.path), line), f"{message}{place}", remedy))

    def _warn(self, check: str, line: int, mapping_line: int, message: str, remedy: str) -> None:
        self._report(Severity.WARNING, check, line, mapping_line, message, remedy)

    def _add(self, finding: Finding) -> None:
        self.counts[finding.check] += 1
        if self.counts[finding.check] <= MAX_FINDINGS_OF_A_KIND:
            self.findings.append(finding)

    def _close(self, documents: list[Document]) -> None:
        """Say what holds for the whole file."""
        where = Where(str(self.path))
        for line, kinds in self.inferred.items():
            because = next(
                rule.kind.because for rule in self._all_rules(self.mapping.rules) if rule.line == line and rule.kind
            )
            counted = ", ".join(f"{kind} {count}" for kind, count in kinds.most_common())
            message = f"the kinds of {kinds.total()} elements are inferred, {because}: {counted}"
            self._report(Severity.NOTE, "inferred-kind", 0, line, message, "correct the table if it does not fit")
        for place, (count, line) in _unread(documents, self.reads).items():
            ignored = next((i for i in self.mapping.ignores if _covers(i.path, place)), None)
            said = f"{count} value{'s' if count > 1 else ''}, the first is here; mapping {self.mapping_place}"
            if ignored is not None:
                because = f", {ignored.because}" if ignored.because else ""
                self._report(
                    Severity.NOTE, "left-out", line, 0, f"'{place}' is left out on purpose{because} ({said})", ""
                )
            else:
                message = f"no rule reads '{place}' ({said})"
                self._report(
                    Severity.NOTE, "not-read", line, 0, message, "add a rule, or list the place under 'ignores'"
                )
        if not self.rows:
            message = f"no rule of the mapping finds a row in this file (mapping {self.mapping_place})"
            self._add(Finding(Severity.WARNING, "empty", "", where, message, "check 'each' in its rules"))
        for check, count in self.counts.items():
            if count > MAX_FINDINGS_OF_A_KIND:
                severity = next(f.severity for f in self.findings if f.check == check)
                message = f"{count - MAX_FINDINGS_OF_A_KIND} more findings of the kind '{check}' are not listed"
                self.findings.append(Finding(severity, check, "", where, message, "mend those that are listed first"))

    def _all_rules(self, rules: tuple[Rule, ...]) -> Iterator[Rule]:
        for rule in rules:
            yield rule
            yield from self._all_rules(rule.rules)

    # Elements

    def _rule(self, rule: Rule, scope: Scope, *, namespace: Expression | None = None) -> None:
        for row in rows(rule.each, rule.when, scope):
            self.rows += 1
            if self.rows > MAX_ROWS:
                raise OverflowError(f"the mapping finds more than {MAX_ROWS:,} rows")
            said = single(rule.namespace, row) or single(namespace, row)
            self._row(rule, replace(row, namespace=_text(said)) if said is not None else row)

    def _row(self, rule: Rule, scope: Scope) -> None:
        identifier = _text(single(rule.id, scope))
        line = scope.node.line
        if not identifier:
            if _says_something(scope.node.value):
                self._warn("no-id", line, rule.id.line, "this entry has no id, it is left out", "give it one")
            return
        if len(identifier) > LONGEST_ID:
            message = f"the id '{identifier[:40]}...' is longer than {LONGEST_ID} characters, its entry is left out"
            self._warn("no-id", line, rule.id.line, message, "map a shorter one")
            return
        iri = element_iri(self.options.base, scope.namespace, identifier)
        if rule.kind is None:
            self._mention(iri, identifier, line)
        elif not self._define(rule, iri, identifier, scope):
            return
        if rule.unique is not None:
            self._unique(rule, rule.unique, identifier, scope)
        self._properties(rule, iri, scope)
        for edge in rule.depends_on:
            self._edge(edge, iri, scope)
        for inner in rule.rules:
            self._rule(inner, scope)

    def _unique(self, rule: Rule, unique: Expression, identifier: str, scope: Scope) -> None:
        """Tell what stands in two rows that should stand in one; the rows are kept, because their ids differ."""
        text = _text(single(unique, scope))
        line = scope.node.line
        first = self.said.setdefault((text, f"unique {rule.line}"), _Said(identifier, line))
        if text and first.content != identifier:
            kept = f"both are kept, as '{first.content}' and '{identifier}'"
            message = f"'{text}' is here twice, first in line {first.line}; {kept}"
            self._warn("duplicate-id", line, unique.line, message, "give each its own name")

    def _define(self, rule: Rule, iri: str, identifier: str, scope: Scope) -> bool:
        """Say what the element is; False when its row has to be left out."""
        line = scope.node.line
        if iri in self.defined:
            if rule.repeated is Repeated.SAME:
                return True
            message = f"'{identifier}' is here twice, first in line {self.lines[iri]}; the first is taken"
            self._warn("duplicate-id", line, rule.line, message, "give each its own id")
            return False
        cls = self._class(rule, identifier, scope)
        if cls is None:
            return False
        self.defined[iri] = cls
        self.lines[iri] = line
        self.writer.type(iri, cls.iri)
        self.writer.text(iri, t.DCTERMS_IDENTIFIER, identifier)
        self.writer.text(iri, t.RDFS_LABEL, named(_text(single(rule.name, scope)) or "", identifier))
        return True

    def _class(self, rule: Rule, identifier: str, scope: Scope) -> ElementClass | None:
        if rule.kind is None:
            return None
        got = single(rule.kind, scope)
        key = _text(got)
        cls = self.classes.get(key)
        if cls is None:
            what = f"has the unknown kind '{key[:60]}'" if key else "has no kind"
            remedy = "add the kind to the table, or give a 'default'"
            line = got.line if got else scope.node.line
            self._warn("unknown-kind", line, rule.kind.line, f"'{identifier}' {what}, it is left out", remedy)
        elif rule.kind.because:
            self.inferred.setdefault(rule.line, Counter())[key] += 1
        return cls

    def _mention(self, iri: str, identifier: str, line: int) -> None:
        if iri not in self.mentions:
            self.mentions[iri] = line
            self.writer.text(iri, t.DCTERMS_IDENTIFIER, identifier)

    # Properties

    def _properties(self, rule: Rule, iri: str, scope: Scope) -> None:
        cls = self.defined.get(iri)
        for key, expression in rule.properties.items():
            found = values(expression, scope)
            if not found:
                continue
            use = rule.uses[key] if cls is None else cls.properties.get(key)
            if use is None:
                kind = cls.key if cls else ""
                message = f"'{kind}' has no property '{key}', its value is left out"
                self._warn("unknown-property", found[0].line, expression.line, message, "map it to another property")
                continue
            self._property(iri, use, found, expression.line)

    def _property(self, iri: str, use: PropertyUse, found: list[Got], mapping_line: int) -> None:
        """Write one property; of a property with one value the first that is said stays."""
        line = found[0].line
        if not use.many:
            first = self.said.setdefault((iri, use.iri), _Said(found[0].value, line))
            if first.content != found[0].value:
                message = f"'{use.key}' has another value in line {first.line}, which is taken"
                self._warn("contradiction", line, mapping_line, message, "correct one of them")
                return
            if len(found) > 1:
                message = f"'{use.key}' takes one value, here are {len(found)}; the first is taken"
                self._warn("several-values", found[1].line, mapping_line, message, "make the mapping find one")
        for content in _contents(use, found if use.many else found[:1]):
            where = Where(str(self.path), content.line)
            self.lines.setdefault(f"{iri} {use.iri}", where.line)
            for problem in write_property(self.writer, iri, use, content, where, self._resolve):
                kept = self._keep(iri, use, content)
                place = problem.where.line if problem.where else line
                message = f"{problem.message}; the value is {'kept in words' if kept else 'left out'}"
                self._warn("wrong-value", place, mapping_line, message, problem.remedy)

    def _keep(self, iri: str, use: PropertyUse, content: Seq) -> bool:
        """Keep a value that does not fit under the property for misfits; parts and values of dependencies cannot be."""
        cls = self.defined.get(iri)
        if self.mapping.misfits is None or cls is None or use.kind == "part":
            return False
        keeper = cls.properties.get(self.mapping.misfits.key)
        if keeper is None:
            return False
        self.misfits[iri] += 1
        fact = Map(content.line)
        fact.put("id", f"misfit-{self.misfits[iri]}", content.line)
        fact.put("name", use.label, content.line)
        fact.put("value", content[0], content.line)
        where = Where(str(self.path), content.line)
        return not write_property(self.writer, iri, keeper, fact, where, self._resolve)

    def _resolve(self, text: str, use: PropertyUse, where: Where) -> str:  # noqa: ARG002  # the protocol of values
        namespace, _, identifier = text.partition("/")
        iri = f"{self.options.base}{namespace}/{identifier}"
        self._mention(iri, unquote(identifier), where.line)
        return iri

    # Dependencies

    def _edge(self, edge: Edge, iri: str, scope: Scope, *, group: str = "") -> None:
        for row in rows(edge.each, edge.when, scope):
            if edge.members:
                self._group(edge, iri, row, outer=group)
            else:
                self._dependencies(edge, iri, row, group)

    def _dependencies(self, edge: Edge, iri: str, scope: Scope, group: str) -> None:
        targets = values(edge.on, scope) if edge.on is not None else []
        if not targets and edge.each is not None and _says_something(scope.node.value):
            message = "this dependency names nothing that it is on, it is left out"
            self._warn("no-provider", scope.node.line, edge.line, message, "name what is needed")
        kind = self._kind(edge, scope) if targets else None
        if kind is None:
            return
        facts = {key: found for key, expression in edge.facts.items() if (found := values(expression, scope))}
        for target in targets:
            namespace, _, identifier = str(target.value).partition("/")
            if len(unquote(identifier)) > LONGEST_ID:
                message = f"this dependency is on an id longer than {LONGEST_ID} characters, it is left out"
                self._warn("no-provider", target.line, edge.line, message, "map a shorter one")
                continue
            other = f"{self.options.base}{namespace}/{identifier}"
            self._mention(other, unquote(identifier), target.line)
            ends = (other, iri) if edge.reverse else (iri, other)
            if edge.reverse:
                self.mentions.setdefault(iri, scope.node.line)
            line = target.line or scope.node.line
            for own in [{**facts, "slot": [slot]} for slot in facts.get("slot", ())] or [facts]:
                self._dependency(edge, ends, kind, own, line, scope=scope, group=group)

    def _kind(self, edge: Edge, scope: Scope) -> DependencyKind | None:
        key = _text(single(edge.kind, scope)) or "needs"
        kind = self.kinds.get(key)
        if kind is None:
            line = edge.kind.line if edge.kind else edge.line
            message = f"unknown kind of dependency '{key[:60]}', it is left out"
            self._warn("unknown-kind", scope.node.line, line, message, f"map it to one of {', '.join(self.kinds)}")
        return kind

    def _dependency(
        self,
        edge: Edge,
        ends: tuple[str, str],
        kind: DependencyKind,
        facts: Mapping[str, list[Got]],
        line: int,
        *,
        scope: Scope,
        group: str,
    ) -> None:
        self.edges += 1
        if self.edges > self.most_edges:
            raise OverflowError(f"the mapping finds more than {self.most_edges:,} dependencies")
        dependent, provider = ends
        iri = dependency_iri(
            dependent,
            kind.key.replace(" ", "-"),
            provider,
            environment=_local(facts.get("environment"), scope.namespace),
            slot=_text(next(iter(facts.get("slot", ())), None)),
            group=group,
        )
        content = {key: [got.value for got in found] for key, found in facts.items()}
        if iri in self.lines:
            first = self.said[iri, t.DEPENDENCY]
            same = first.content == (content, group)
            message = f"this dependency is here twice, first in line {first.line}" + (
                "" if same else "; the first is taken"
            )
            severity = Severity.NOTE if same else Severity.WARNING
            self._report(severity, "duplicate-dependency", line, edge.line, message, "take one out, or map a 'slot'")
            return
        self.said[iri, t.DEPENDENCY] = _Said((content, group), line)
        self.lines[iri] = line
        self.writer.type(iri, t.DEPENDENCY)
        self.writer.iri(iri, t.DEPENDENT, dependent)
        self.writer.iri(iri, t.PROVIDER, provider)
        self.writer.iri(iri, t.KIND, kind.iri)
        if group:
            self.writer.iri(iri, t.MEMBER_OF_GROUP, group)
        for key, found in facts.items():
            self._property(iri, self.edge_class.properties[key], found, edge.facts[key].line)

    def _group(self, edge: Edge, iri: str, scope: Scope, *, outer: str) -> None:
        """A group of alternatives for one row; none when the row names no members."""
        members = sorted(self._member_ids(edge.members, scope))
        if not members:
            return
        name = _text(single(edge.id, scope)) or hashlib.sha256("\0".join([outer, *members]).encode()).hexdigest()[:8]
        group = f"{iri}/group/{segment(name)}"
        if group in self.lines:
            message = f"the group '{name}' is here twice, first in line {self.lines[group]}; the first is taken"
            self._warn("duplicate-dependency", scope.node.line, edge.line, message, "give each group its own 'id'")
            return
        self.lines[group] = scope.node.line
        self.writer.type(group, t.DEPENDENCY_GROUP)
        self.writer.iri(group, t.DEPENDENT, iri)
        if outer:
            self.writer.iri(group, t.MEMBER_OF_GROUP, outer)
        self._minimum(edge, group, scope)
        for key, expression in edge.facts.items():
            found = values(expression, scope)
            if found:
                self._property(group, self.group_class.properties[key], found, expression.line)
        for member in edge.members:
            self._edge(member, iri, scope, group=group)

    def _member_ids(self, members: tuple[Edge, ...], scope: Scope) -> Iterator[str]:
        for member in members:
            for row in rows(member.each, member.when, scope):
                if member.members:
                    yield from self._member_ids(member.members, row)
                elif member.on is not None:
                    yield from (_local([got], scope.namespace) for got in values(member.on, row))

    def _minimum(self, edge: Edge, group: str, scope: Scope) -> None:
        """``k``: a count, or a percentage of the members; where nothing is said, nothing is."""
        got = single(edge.k, scope)
        text = _text(got)
        if not text:
            return
        try:
            amount = percent(text) if text.endswith("%") else number(text)
        except ValueError:
            amount = Decimal(-1)
        if amount < 0 or (amount > _ALL_PERCENT if text.endswith("%") else amount != int(amount)):
            line = got.line if got else scope.node.line
            message = f"'k' is '{text[:60]}', which is no count and no percentage; 1 is taken"
            self._warn("wrong-value", line, _line_of(edge.k, edge), message, "write how many must work: 1, or '50 %'")
            text, amount = "1", Decimal(1)
        if text.endswith("%"):
            self.writer.number(group, t.MINIMUM_PERCENT, amount)
        else:
            self.writer.number(group, t.MINIMUM_MEMBERS, int(amount))


_ALL_PERCENT = 100


def _contents(use: PropertyUse, found: list[Got]) -> Iterator[Seq]:
    """What is written together: parts, because they are numbered; the rest one by one, so that one may fail."""
    for some in [found] if use.kind == "part" else [[got] for got in found]:
        content = Seq(some[0].line)
        for got in some:
            content.add(got.value, got.line)
        yield content


def _line_of(expression: Expression | None, edge: Edge) -> int:
    return expression.line if expression is not None else edge.line


def _text(got: Got | None) -> str:
    return got.value.strip() if got is not None and isinstance(got.value, str) else ""


def _local(found: list[Got] | None, namespace: str) -> str:
    """A reference as people write it: the id alone inside its own namespace."""
    if not found:
        return ""
    space, _, identifier = _text(found[0]).partition("/")
    return unquote(identifier) if unquote(space) == namespace else f"{unquote(space)}/{unquote(identifier)}"


def _says_something(value: Value) -> bool:
    if isinstance(value, Map):
        return any(map(_says_something, value.values()))
    return any(map(_says_something, value)) if isinstance(value, Seq) else bool(value and value.strip())


# --- What no rule read -------------------------------------------------------------------------------------------


def _unread(documents: list[Document], reads: Reads) -> dict[str, tuple[int, int]]:
    """Places with texts that no rule used -> how many there are, and the line of the first."""
    found: dict[str, tuple[int, int]] = {}
    for document in documents:
        if not isinstance(document.value, Map | Seq):
            continue
        for place, line in _unread_below(document.value, "", reads):
            count, first = found.get(place, (0, line))
            found[place] = (count + 1, first)
    return found


def _unread_below(holder: Map | Seq, place: str, reads: Reads) -> Iterator[tuple[str, int]]:
    is_map = isinstance(holder, Map)
    slots: list[tuple[str | int, Value, int]] = (
        [(key, value, holder.lines[key]) for key, value in holder.items()]
        if isinstance(holder, Map)
        else [(i, value, line) for i, (value, line) in enumerate(zip(holder, holder.lines, strict=True))]
    )
    wild = id(holder) in reads.wild
    for slot, value, line in slots:
        if value is None:
            continue
        name = _step(str(slot), wild=wild) if is_map else "[]"
        below = f"{place}{'.' if is_map and place else ''}{name}" if place or is_map else name
        if isinstance(value, str):
            if value.strip() and (id(holder), slot) not in reads.slots:
                yield below, line
        else:
            yield from _unread_below(value, below, reads)


def _step(key: str, *, wild: bool) -> str:
    if wild:
        return "*"
    return f'"{key}"' if any(sign in ' .[]{}"*^$@' for sign in key) else key


def _covers(ignored: str, place: str) -> bool:
    return place == ignored or place.startswith((f"{ignored}.", f"{ignored}["))
