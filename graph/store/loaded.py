"""What does a revision say about itself, beside its triples? The sources that it holds, and how it came to be."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING

from graph.model import Finding, Severity, Source, Where

if TYPE_CHECKING:
    from graph.store.rules import Conclusion

__all__ = [
    "FORMAT_NUMBER",
    "MOST_REVISIONS",
    "Held",
    "Loaded",
    "Revision",
    "Ruled",
    "Told",
    "findings_text",
    "read_findings",
]

FORMAT_NUMBER = 2
MOST_REVISIONS = 1_000


@dataclass(frozen=True, slots=True)
class Held:
    """A source as it is held.

    ``file``        name of its side tables in the folder ``lines``
    ``place``       full path of its file when it was loaded
    ``recipe``      what its reading depended on; "" when it is read again in any case
    ``statements``, ``digest``  of its graph; ``lines`` how many lines are known
    ``counts``      errors, warnings and notes of its reading
    ``stale_since`` when its file was first found to be unusable, "" while it is not; ``problems`` says why
    """

    source: Source
    file: str = ""
    place: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    recipe: str = ""
    statements: int = 0
    digest: str = ""
    lines: int = 0
    counts: tuple[int, int, int] = (0, 0, 0)
    stale_since: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """A source in a revision: ``change`` is loaded, removed or stale (kept as it was)."""

    id: str
    change: str
    path: str = ""
    importer: str = ""
    digest: str = ""
    commit: str = ""
    errors: int = 0
    warnings: int = 0
    notes: int = 0


@dataclass(frozen=True, slots=True)
class Revision:
    """A state of the store: when it came to be, by which program, and what changed."""

    number: int
    revision: str
    at: str
    program: str
    changes: tuple[Told, ...] = ()


@dataclass(frozen=True, slots=True)
class Ruled:
    """A rule as it was run for a revision."""

    name: str
    title: str
    digest: str
    statements: int

    @classmethod
    def of(cls, conclusion: Conclusion) -> Ruled:
        """The same, without the query."""
        return cls(conclusion.rule.name, conclusion.rule.title, conclusion.rule.digest, conclusion.statements)


@dataclass(frozen=True, slots=True)
class Loaded:
    """All of it. ``words`` is the digest of the ontology and the rules, ``ruled`` what these concluded."""

    held: tuple[Held, ...] = ()
    revision: str = "empty"
    words: str = ""
    ruled: tuple[Ruled, ...] = ()
    history: tuple[Revision, ...] = ()

    @property
    def sources(self) -> tuple[Source, ...]:
        """What is held, as the rest of the house knows it."""
        return tuple(each.source for each in self.held)

    @property
    def number(self) -> int:
        """The number of the revision, 0 before anything was loaded."""
        return self.history[-1].number if self.history else 0

    @property
    def titles(self) -> Mapping[str, str]:
        """Title and description of the map: those of the first source that says them."""
        merged: dict[str, str] = {}
        for each in self.held:
            for key, value in each.titles.items():
                merged.setdefault(key, value)
        return merged

    def changed(self, held: Sequence[Held], *, at: str, program: str) -> Loaded:
        """With other sources, and the revision that this makes."""
        ordered = tuple(sorted(held, key=lambda each: each.source.id))
        state = "".join(f"{each.source.id}\0{each.source.digest}\0{each.source.namespace}\n" for each in ordered)
        name = hashlib.sha256(state.encode()).hexdigest()[:12] if ordered else "empty"
        told = tuple(_told({each.source.id: each for each in self.held}, {each.source.id: each for each in ordered}))
        revision = Revision(self.number + 1, name, at, program, told)
        return replace(self, held=ordered, revision=name, history=(*self.history, revision)[-MOST_REVISIONS:])

    def to_json(self) -> str:
        """The state, without the history."""
        said = asdict(self)
        del said["history"]
        return json.dumps({"format": FORMAT_NUMBER, **said}, indent=1)

    def history_text(self) -> str:
        """The revisions, one a line."""
        return "".join(json.dumps(asdict(revision), separators=(",", ":")) + "\n" for revision in self.history)

    @classmethod
    def read(cls, text: str, history: str) -> Loaded:
        """What ``to_json`` and ``history_text`` wrote. Raises ValueError, KeyError or TypeError when it is spoilt."""
        said = json.loads(text)
        held = tuple(_held(each) for each in said["held"])
        revisions = tuple(_revision(json.loads(line)) for line in history.splitlines())
        ruled = tuple(Ruled(**each) for each in said["ruled"])
        return cls(held, str(said["revision"]), str(said["words"]), ruled, revisions)


def _held(said: Mapping[str, object]) -> Held:
    texts = _texts({key: said[key] for key in ("file", "place", "recipe", "digest", "stale_since")})
    counts, problems = said["counts"], said["problems"]
    if not isinstance(counts, list) or len(counts) != 3 or not isinstance(problems, list):
        raise TypeError("there are no numbers where numbers should be")
    return Held(
        source=Source(**_texts(said["source"])),
        file=texts["file"],
        place=texts["place"],
        titles=_texts(said["titles"]),
        recipe=texts["recipe"],
        statements=_number(said["statements"]),
        digest=texts["digest"],
        lines=_number(said["lines"]),
        counts=(_number(counts[0]), _number(counts[1]), _number(counts[2])),
        stale_since=texts["stale_since"],
        problems=tuple(map(str, problems)),
    )


def _revision(said: Mapping[str, object]) -> Revision:
    changes = said["changes"]
    if not isinstance(changes, list):
        raise TypeError("there is no list where changes should be")
    texts = _texts({key: said[key] for key in ("revision", "at", "program")})
    told = tuple(Told(**each) for each in changes)
    return Revision(_number(said["number"]), texts["revision"], texts["at"], texts["program"], told)


def _number(said: object) -> int:
    if not isinstance(said, int):
        raise TypeError("there is no number where a number should be")
    return said


def _texts(said: object) -> dict[str, str]:
    if not isinstance(said, dict) or not all(isinstance(word, str) for pair in said.items() for word in pair):
        raise TypeError("there is no text where text should be")
    return said


def _told(before: Mapping[str, Held], after: Mapping[str, Held]) -> list[Told]:
    found = []
    for key in sorted({*before, *after}):
        old, new = before.get(key), after.get(key)
        if new is None:
            assert old is not None
            found.append(_row(old, "removed"))
        elif old is None or old.file != new.file:
            found.append(_row(new, "loaded"))
        elif (old.stale_since, old.problems) != (new.stale_since, new.problems):
            found.append(_row(new, "stale"))
    return found


def _row(held: Held, change: str) -> Told:
    source, (errors, warnings, notes) = held.source, held.counts
    errors = max(errors, len(held.problems))
    return Told(source.id, change, source.path, source.importer, source.digest, source.commit, errors, warnings, notes)


def findings_text(findings: Sequence[Finding]) -> str:
    """Findings for a file."""
    return json.dumps([_finding(finding) for finding in findings])


def _finding(f: Finding) -> tuple[str, str, str, str | None, int, str, str]:
    path, line = (f.where.path, f.where.line) if f.where else (None, 0)
    return f.severity.value, f.check, f.subject, path, line, f.message, f.remedy


def read_findings(text: str) -> tuple[Finding, ...]:
    """What ``findings_text`` wrote. Raises ValueError or TypeError when it is spoilt.

    >>> read_findings("[]")
    ()
    """
    return tuple(
        Finding(Severity(severity), check, subject, None if path is None else Where(path, line), message, remedy)
        for severity, check, subject, path, line, message, remedy in json.loads(text)
    )
