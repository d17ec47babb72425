"""How does an importer collect what one foreign file says? Elements, properties, dependencies, and what did not fit."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from pathlib import Path

from graph.documents import Map, Value
from graph.model import Finding, ReadOptions, Severity, Source, Statements, Where
from graph.ntriples import Writer, dependency_iri, element_iri, segment
from graph.similar import did_you_mean
from graph.values import named, write_property
from ontology import terms as t
from ontology.vocabulary import PropertyUse, vocabulary

__all__ = ["LONGEST_ID", "MAX_FINDINGS_OF_A_KIND", "Collector"]

MAX_FINDINGS_OF_A_KIND = 200
MAX_FACTS_OF_ONE = 1_000
MAX_DEPENDENCIES_OF_ONE = 10_000
MAX_COMPARISONS = 40_000
LONGEST_ID = 500


class Collector:
    """What one file says, by the words of the map format. A foreign file is open: its mistakes are told, not fatal.

    A value that does not have the form that its property wants is kept in words, as a fact. Nothing is written about
    how strong a dependency is unless the importer says so.
    """

    def __init__(self, path: Path, options: ReadOptions, importer: str) -> None:
        self.path, self.options, self.importer = path, options, importer
        words = vocabulary()
        self._classes = {c.key: c for c in words.classes.values() if c.key and not c.abstract}
        self._kinds = {kind.key: kind for kind in words.kinds.values()}
        self._edge = words.classes[t.DEPENDENCY]
        self._writer = Writer()
        self._class_of: dict[str, str] = {}
        self._facts: defaultdict[tuple[str, str, str], dict[str, None]] = defaultdict(dict)
        self._facts_of: Counter[str] = Counter()
        self._first_too_many: dict[str, int] = {}
        self._dependencies_of: Counter[str] = Counter()
        self._first_beyond: dict[str, int] = {}
        self._comparisons = MAX_COMPARISONS
        self._counts: Counter[str] = Counter()
        self._more: dict[str, Severity] = {}
        self.lines: dict[str, int] = {}
        self.mentions: dict[str, int] = {}
        self.findings: list[Finding] = []
        self.follow: dict[Path, int] = {}
        self.titles: dict[str, str] = {}

    # Findings

    def warn(self, check: str, line: int, message: str, remedy: str = "", *, subject: str = "") -> None:
        """Say what a person should mend."""
        self._find(Severity.WARNING, check, line, message, remedy, subject)

    def note(self, check: str, line: int, message: str, remedy: str = "", *, subject: str = "") -> None:
        """Say what a person should know."""
        self._find(Severity.NOTE, check, line, message, remedy, subject)

    def _find(self, severity: Severity, check: str, line: int, message: str, remedy: str, subject: str) -> None:
        self._counts[check] += 1
        if self._counts[check] <= MAX_FINDINGS_OF_A_KIND:
            self.findings.append(Finding(severity, check, subject, Where(str(self.path), line), message, remedy))
        else:
            self._more[check] = severity

    def near(self, word: str, known: Collection[str]) -> str:
        """Which known word was meant, as a question; "" too when a file has more mistakes than can be looked at."""
        self._comparisons -= len(known)
        return did_you_mean(word, known) if self._comparisons >= 0 else ""

    # Elements

    def iri(self, identifier: str) -> str:
        """The IRI of an id of this file's namespace."""
        return element_iri(self.options.base, self.options.namespace, identifier)

    def line_of(self, identifier: str) -> int:
        """The line on which this file defines an element; 0 when it does not."""
        iri = self.iri(identifier)
        return self.lines[iri] if iri in self._class_of else 0

    def properties(self, identifier: str) -> frozenset[str]:
        """The properties that an element of this file may have, by its kind."""
        return frozenset(self._classes[self._class_of[self.iri(identifier)]].properties)

    def define(self, identifier: str, kind: str, name: str | None, line: int) -> None:
        """Say that there is an element. The importer has seen to it that the id is new and short enough.

        Without a name the id is one; None leaves the name to another file.
        """
        iri = self.iri(identifier)
        self._class_of[iri] = kind
        self.lines[iri] = line
        self._writer.type(iri, self._classes[kind].iri)
        self._writer.text(iri, t.DCTERMS_IDENTIFIER, identifier)
        if name is not None:
            self._writer.text(iri, t.RDFS_LABEL, named(name, identifier))

    def mention(self, identifier: str, line: int) -> str:
        """The IRI of an element that the file points at, whether it defines it or not."""
        iri = self.iri(identifier)
        if iri not in self.mentions:
            self.mentions[iri] = line
            self._writer.text(iri, t.DCTERMS_IDENTIFIER, identifier)
        return iri

    # Properties

    def refer(self, identifier: str, key: str, target: str, line: int, *, kind: str = "") -> None:
        """Point from one element at another by a property; ``kind`` where this file does not define the first."""
        subject = self.mention(identifier, line) if kind else self.iri(identifier)
        use = self._classes[kind or self._class_of[subject]].properties[key]
        self._writer.iri(subject, use.iri, self.mention(target, line))

    def tell(self, identifier: str, key: str, value: Value, line: int) -> None:
        """Write a property of an element that this file defines; what does not fit is told and kept in words."""
        iri = self.iri(identifier)
        use = self._classes[self._class_of[iri]].properties[key]
        where = Where(str(self.path), line)
        self.lines.setdefault(f"{iri} {use.iri}", where.line)
        for problem in write_property(self._writer, iri, use, value, where, self._no_reference):
            at = problem.where.line if problem.where else line
            self.warn("wrong-value", at, f"{problem.message}; the value is kept in words", problem.remedy, subject=iri)
            if isinstance(value, str):
                self.fact(identifier, use.label, value, at)

    def part(self, identifier: str, key: str, entries: Mapping[str, str], line: int, *, of: str) -> None:
        """Write a part of an element, such as a link; ``of`` tells it apart from others of its kind."""
        part = Map(line)
        part.put("id", of, line)
        for name, text in entries.items():
            if text:
                part.put(name, text, line)
        iri = self.iri(identifier)
        self.lines.setdefault(self.part_iri(identifier, key, of), line)
        use = self._classes[self._class_of[iri]].properties[key]
        for problem in write_property(self._writer, iri, use, part, Where(str(self.path), line), self._no_reference):
            message = f"{problem.message}; the value is kept in words"
            self.warn("wrong-value", line, message, problem.remedy, subject=iri)
            self.fact(identifier, use.label, " ".join(text for text in entries.values() if text), line)

    def part_iri(self, identifier: str, key: str, of: str) -> str:
        """The IRI of a part, as ``part`` writes it."""
        return f"{self.iri(identifier)}/{segment(key)}/{segment(of)}"

    def fact(self, identifier: str, name: str, value: str, line: int, *, of: str = "") -> None:
        """Keep in words what has no property of its own; ``of`` tells it apart from the same fact of another file."""
        known = self._facts[identifier, of, name]
        if value not in known:
            self._facts_of[identifier] += 1
            if self._facts_of[identifier] > MAX_FACTS_OF_ONE:
                self._first_too_many.setdefault(identifier, line)
                return
            known[value] = None
            address = f"{of}{name}" if len(known) == 1 else f"{of}{name}-{len(known)}"
            self.part(identifier, "facts", {"name": name, "value": value}, line, of=address)

    @staticmethod
    def _no_reference(text: str, use: PropertyUse, where: Where) -> str:  # noqa: ARG004 a Resolve is called so
        raise ValueError(f"'{text}' is a reference; call 'refer'")

    # Dependencies

    def depend(
        self, dependent: str, provider: str, line: int, *, kind: str = "needs", facts: Mapping[str, str] | None = None
    ) -> str:
        """Say that one element depends on another; said twice, the second adds its facts to the first.

        "" comes back, and a finding at the end, for what is beyond the most that one element may have.
        """
        if self._dependencies_of[dependent] >= MAX_DEPENDENCIES_OF_ONE:
            self._dependencies_of[dependent] += 1
            self._first_beyond.setdefault(dependent, line)
            return ""
        known = self._kinds[kind]
        ends = self.mention(dependent, line), self.mention(provider, line)
        iri = dependency_iri(ends[0], kind.replace(" ", "-"), ends[1])
        if iri not in self.lines:
            self.lines[iri] = line
            self._dependencies_of[dependent] += 1
            self._writer.type(iri, t.DEPENDENCY)
            self._writer.iri(iri, t.DEPENDENT, ends[0])
            self._writer.iri(iri, t.PROVIDER, ends[1])
            self._writer.iri(iri, t.KIND, known.iri)
        for key, value in (facts or {}).items():
            use = self._edge.properties[key]
            write_property(self._writer, iri, use, value, Where(str(self.path), line), self._no_reference)
        return iri

    # The end

    def result(self) -> Statements:
        """Everything, with what was told too often to be listed, and what was too much to be kept."""
        for identifier, line in self._first_too_many.items():
            more = self._facts_of[identifier] - MAX_FACTS_OF_ONE
            message = (
                f"{more:,} facts of '{identifier[:60]}' are left out, {MAX_FACTS_OF_ONE:,} are kept; the first is here"
            )
            self.warn("too-many-facts", line, message, "keep them elsewhere", subject=self.iri(identifier))
        for identifier, line in self._first_beyond.items():
            more = self._dependencies_of[identifier] - MAX_DEPENDENCIES_OF_ONE
            message = (
                f"{more:,} dependencies of '{identifier[:60]}' are left out, {MAX_DEPENDENCIES_OF_ONE:,} are kept; "
                "the first is here"
            )
            self.warn("too-many-dependencies", line, message, "split the element", subject=self.iri(identifier))
        for check, severity in self._more.items():
            more = self._counts[check] - MAX_FINDINGS_OF_A_KIND
            message = f"{more} more findings of the kind '{check}' are not listed"
            self.findings.append(
                Finding(severity, check, "", Where(str(self.path)), message, "mend those that are listed first")
            )
        options = self.options
        defined = frozenset(self._class_of)
        return Statements(
            source=Source(options.source_id, str(self.path), self.importer, "", options.namespace),
            triples=self._writer.result(),
            lines=self.lines,
            findings=tuple(self.findings),
            defines=defined,
            mentions=self.mentions,
            titles=self.titles,
            follow=self.follow,
        )
