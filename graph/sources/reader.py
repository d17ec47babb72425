"""What does one file say, and need it be read? By the importer that knows it, beside what a store holds of it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from graph.commits import commit_of
from graph.model import Confidence, Finding, Head, InputError, ReadOptions, Severity, Source, Statements, Where
from graph.ntriples import BASE
from graph.sources.files import Candidate, Seen, beginning, check_still, place_of, seen_now
from graph.sources.importers import Importer
from graph.sources.reading import Kept, Reading
from graph.templated import TemplateError
from ontology.vocabulary import HOME

__all__ = ["Reader", "basis"]

T = TypeVar("T")

_ASKED = _ALONE, _EARLIER, _BESIDE = "a", "e", "b"  # what else the reading of a file rested on: it begins a recipe
_RENAME = "rename it, or load it by another path"


class Reader:
    """One reading: what was read, what needed not be, and what earlier files of the same importer speak of."""

    def __init__(
        self,
        importers: Sequence[Importer],
        basis: str,
        given: tuple[Candidate, ...],
        stored: Callable[[str], Kept | None],
        moment: str,
    ) -> None:
        self.importers, self.basis, self.given = importers, basis, given
        self.stored, self.moment = stored, moment
        self.earlier: defaultdict[str, _Earlier] = defaultdict(_Earlier)
        self.read_: list[Statements] = []
        self.unchanged: list[Source] = []
        self.failed: dict[str, tuple[Finding, ...]] = {}
        self.fatal: list[Finding] = []
        self.kept: dict[str, Kept] = {}
        self.commits: dict[Path, str] = {}
        self.files: dict[tuple[str, str], dict[Path, str]] = {}
        self.surveys: dict[tuple[str, str, object], Any] = {}

    def read(self, candidate: Candidate) -> Statements | None:
        """What the file says; None when the store holds just that."""
        if any("\ud800" <= sign <= "\udfff" for sign in candidate.shown + candidate.source_id):
            raise InputError.of(
                "the name of this file or of its folder is not UTF-8", path=candidate.shown, remedy=_RENAME
            )
        if not candidate.named and not candidate.path.resolve().is_relative_to(candidate.root):
            message = "this link points out of the folder that was given, it is not read"
            return _passed_over(candidate, "outside", message, "name the file itself")
        seen = seen_now(candidate)
        if seen is None:
            return _passed_over(candidate, "no-file", "this is not an ordinary file", "copy what it holds into a file")
        kept = self.stored(candidate.source_id)
        if kept is not None and kept.place == place_of(candidate.shown):
            self.kept[candidate.source_id] = kept
        if kept is not None and self._is_as_kept(candidate, seen, kept):
            self.unchanged.append(kept.source)
            self.earlier[kept.source.importer].add(kept.source, kept.lines)
            return None
        head = Head(candidate.path, beginning(seen.head))
        importer = self._importer_of(head)
        if importer is None:
            if candidate.source_id in self.kept and seen.head.strip():  # it was understood before, so it is broken now
                candidate = replace(candidate, named=True)
            return _not_recognised(candidate, [importer.NAME for importer in self.importers])
        earlier = self.earlier[importer.NAME]
        earlier.asked = False
        beside = _Beside(self, importer, candidate.namespace)
        options = ReadOptions(candidate.namespace, BASE, candidate.source_id, earlier, beside)
        try:
            statements = importer.read(candidate.path, options)
        except TemplateError as error:
            if candidate.source_id in self.kept:  # it was understood before
                raise
            (first,) = error.problems
            severity = Severity.ERROR if candidate.named else Severity.WARNING
            return _nothing_of(candidate, replace(first, severity=severity))
        check_still(candidate, seen)
        source = replace(
            statements.source,
            path=candidate.shown,
            digest=seen.digest,
            loaded_at=self.moment,
            commit=self._commit(candidate.path),
        )
        asked = _BESIDE if beside.asked else _EARLIER if earlier.asked else _ALONE
        recipe = "" if statements.follow else self._recipe(candidate, seen, importer, asked)
        return replace(statements, source=source, recipe=recipe)

    def _importer_of(self, head: Head) -> Importer | None:
        """The importer that is the surest of a file; None when none knows it."""
        sure = [(importer.recognises(head), importer) for importer in self.importers]
        best = max((confidence for confidence, _ in sure), default=Confidence.NO)
        return None if best is Confidence.NO else next(importer for confidence, importer in sure if confidence is best)

    def files_of(self, importer: Importer, namespace: str) -> dict[Path, str]:
        """The files of this reading that an importer reads into a namespace, with their digests.

        What cannot be read is not among them; that is told when its turn comes.
        """
        key = importer.NAME, namespace
        if key not in self.files:
            self.files[key] = dict(self._files_of(importer, namespace))
        return self.files[key]

    def _files_of(self, importer: Importer, namespace: str) -> Iterator[tuple[Path, str]]:
        for candidate in self.given:
            if candidate.namespace != namespace or candidate.path.suffix.lower() not in importer.ENDINGS:
                continue
            if not candidate.named and not candidate.path.resolve().is_relative_to(candidate.root):
                continue
            try:
                seen = seen_now(candidate)
            except InputError:
                continue
            if seen and self._importer_of(Head(candidate.path, beginning(seen.head))) is importer:
                yield candidate.path, seen.digest

    def _is_as_kept(self, candidate: Candidate, seen: Seen, kept: Kept) -> bool:
        """Whether a reading would find what the store holds."""
        importer = {each.NAME: each for each in self.importers}.get(kept.source.importer)
        if importer is None or kept.recipe[:1] not in _ASKED:
            return False
        return self._recipe(candidate, seen, importer, kept.recipe[0]) == kept.recipe

    def _recipe(self, candidate: Candidate, seen: Seen, importer: Importer, asked: str) -> str:
        """What the reading of a file depends on: by itself, on those read before it too, on all beside it too."""
        parts = [
            self.basis,
            seen.digest,
            candidate.source_id,
            candidate.namespace,
            candidate.shown,
            place_of(candidate.shown),
        ]
        if asked != _ALONE:
            parts += self.earlier[importer.NAME].names
        if asked == _BESIDE:
            for path, digest in self.files_of(importer, candidate.namespace).items():
                parts += [str(path), digest]
        return asked + _digest(parts)

    def _commit(self, path: Path) -> str:
        folder = path.absolute().parent
        if folder not in self.commits:
            self.commits[folder] = commit_of(path)
        return self.commits[folder]

    def take(self, statements: Statements) -> None:
        """A file was read and can be used."""
        if statements.source.importer:
            self.earlier[statements.source.importer].add(statements.source, lambda: statements.lines)
        self.read_.append(statements)

    def refuse(self, candidate: Candidate, problems: tuple[Finding, ...]) -> None:
        """A file cannot be used: what a store holds of it stays, else nothing can be loaded."""
        kept = self.stored(candidate.source_id)
        if kept is None or kept.place != place_of(candidate.shown):
            self.fatal += problems
            return
        self.kept[candidate.source_id] = kept
        self.failed[candidate.source_id] = problems
        self.earlier[kept.source.importer].add(kept.source, kept.lines)

    def done(self) -> Reading:
        """What the reading found. Raises InputError where a file can be used neither now nor as a store holds it."""
        if self.fatal:
            raise InputError(*(problem for problems in self.failed.values() for problem in problems), *self.fatal)
        if not (self.unchanged or self.failed or any(s.source.importer for s in self.read_)):
            first = self.read_[0].findings[0]
            raise InputError(replace(first, severity=Severity.ERROR))
        return Reading(tuple(self.read_), tuple(self.unchanged), self.failed, self.kept)


def _digest_of(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _digest(parts: Sequence[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def basis(importers: Sequence[Importer], mappings: Sequence[Path]) -> str:
    """The programs and words that reading depends on: another version of them may read the same file differently."""
    shipped = _shipped(HOME)
    own = {Path(file) for importer in importers if isinstance(file := getattr(importer, "__file__", None), str)}
    digests = shipped | {file: _digest_of(file) for file in (own - shipped.keys()).union(mappings) if file.is_file()}
    return _digest([*(importer.NAME for importer in importers), *(digests[file] for file in sorted(digests))])


@cache
def _shipped(words: Path) -> dict[Path, str]:
    """The program's own files and words with their digests: a process reads by those that it began with."""
    house = Path(__file__).parents[1]
    files = [
        *house.glob("*.py"),
        *(file for folder in ("importers", "mapping", "sources") for file in (house / folder).rglob("*.*")),
        *words.rglob("*.ttl"),
    ]
    return {file: _digest_of(file) for file in files if "__pycache__" not in file.parts and file.is_file()}


class _Earlier:
    """Where the files that one importer read before speak of something; looked through only when it asks."""

    def __init__(self) -> None:
        self.asked = False
        self.names: list[str] = []
        self._unread: list[tuple[str, Callable[[], Mapping[str, int]]]] = []
        self._places: dict[str, Where] = {}

    def add(self, source: Source, lines: Callable[[], Mapping[str, int]]) -> None:
        self.names += [source.id, source.digest, source.path]
        self._unread.append((source.path, lines))

    def __call__(self, iri: str) -> Where | None:
        self.asked = True
        for path, lines in self._unread:
            for said, line in lines().items():
                self._places.setdefault(said, Where(path, line))
        self._unread.clear()
        return self._places.get(iri)


class _Beside:
    """What the other files of one importer and one namespace say; looked through only when it asks, and once."""

    def __init__(self, reader: Reader, importer: Importer, namespace: str) -> None:
        self.asked = False
        self._reader, self._importer, self._namespace = reader, importer, namespace

    def __call__(self, survey: Callable[[Sequence[Path]], T], /) -> T:
        """What the survey finds."""
        self.asked = True
        key = self._importer.NAME, self._namespace, survey
        if key not in self._reader.surveys:
            self._reader.surveys[key] = survey([*self._reader.files_of(self._importer, self._namespace)])
        found: T = self._reader.surveys[key]
        return found


def _not_recognised(candidate: Candidate, names: list[str]) -> Statements:
    if candidate.path.suffix.lower() in {".yaml", ".yml", ".json"}:
        from graph.documents import read_documents

        if candidate.named:
            read_documents(candidate.path)
    remedy = f"known are {', '.join(sorted(names))}; describe your own with --mapping"
    return _passed_over(candidate, "not-recognised", "not a format that servicemap knows", remedy)


def _passed_over(candidate: Candidate, check: str, message: str, remedy: str) -> Statements:
    """A named file must be understood; one that merely lies in a folder is passed over, and that is said."""
    severity = Severity.ERROR if candidate.named else Severity.NOTE
    return _nothing_of(candidate, Finding(severity, check, "", Where(candidate.shown), message, remedy))


def _nothing_of(candidate: Candidate, why: Finding) -> Statements:
    return Statements(Source(candidate.source_id, candidate.shown, "", "", candidate.namespace), b"", {}, (why,))
