"""Which files make a map, and what do they say? Files and folders become sources, each read by its importer."""

from __future__ import annotations

import hashlib
import os
import stat
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, TypeVar

from graph.answer import count
from graph.commits import commit_of
from graph.discover import discover
from graph.model import Confidence, Finding, Head, InputError, ReadOptions, Severity, Source, Statements, Where
from graph.ntriples import BASE, readable_id
from graph.similar import Proposals, did_you_mean
from graph.templated import TemplateError
from ontology.vocabulary import HOME

__all__ = [
    "BASE",
    "Candidate",
    "Importer",
    "Kept",
    "Reading",
    "candidates",
    "known_endings",
    "place_of",
    "read_again",
    "read_sources",
    "root_and_namespace",
    "without_open_ends",
]

T = TypeVar("T")

_ASKED = _ALONE, _EARLIER, _BESIDE = "a", "e", "b"  # what else the reading of a file rested on: it begins a recipe

_SKIPPED = {"node_modules", "__pycache__", "venv"}
_MOST_FILES, _LARGEST_FILE, _LARGEST_STREAMED, _HEAD = 10_000, 2_000_000_000, 50_000_000_000, 65_536
_MOST_PROBLEMS = 2_000
_RENAME = "rename it, or load it by another path"
_MOST_OPEN_ENDS, _MOST_PROPOSALS, _LONGEST_SHOWN = 200, 20, 200


class Importer(Protocol):
    """A module of ``graph/importers``, or a mapping that behaves like one.

    ``ENDINGS`` are those of the files that it may know; in a folder, files with other endings are passed over.
    """

    NAME: str
    ENDINGS: frozenset[str]

    def recognises(self, head: Head) -> Confidence:
        """How sure it is that the file is its own."""

    def read(self, path: Path, options: ReadOptions) -> Statements:
        """What the file says; InputError when it cannot be used."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that may be a source; ``named`` when somebody named it, so that it must be understood.

    ``root`` is the folder that was given, or that of the file that was given: what the file asks for lies in it.
    """

    path: Path
    shown: str
    namespace: str
    source_id: str
    named: bool
    root: Path


def candidates(paths: Sequence[Path], *, namespace: str = "", endings: frozenset[str] | None = None) -> list[Candidate]:
    """The files that the paths mean, in a stable order: a file itself, a folder with all that is below it.

    A file comes before those whose names go on from its own: ``compose.yaml`` before ``compose.full.yaml``.
    The namespace of a folder's files is the folder's name, that of a file the name of the folder it lies in.
    Raises InputError for what is missing or cannot be read, and for two files that would be the same source.
    """
    found: dict[str, Candidate] = {}
    endings = _endings(_importers(())) if endings is None else endings
    for path, folder in zip(paths, _are_folders(paths), strict=True):
        root, space = root_and_namespace(path, namespace)
        for file in _files(path, endings) if folder else [path]:
            real = _resolved(file)
            if real is None:
                raise InputError.of("cannot be read (symbolic links in a circle)", path=file, remedy="mend the link")
            if real.is_relative_to(root):
                inner = real.relative_to(root).as_posix()
            else:
                inner = file.relative_to(path).as_posix() if folder else file.name
            candidate = Candidate(file, str(file), space, f"{space}/{inner}", named=not folder, root=root)
            known = found.get(candidate.source_id)
            if known is not None and known.path.resolve() != real:
                raise InputError.of(
                    f"'{known.shown}' and '{file}' would both be the source '{candidate.source_id}'",
                    remedy="load them one after the other, each with its own --namespace",
                )
            found.setdefault(candidate.source_id, candidate)
    if not found:
        raise InputError.of(
            f"no map files in {', '.join(repr(str(p)) for p in paths)}",
            remedy=f"a map file ends in {', '.join(sorted(endings))}",
        )
    return sorted(found.values(), key=lambda c: (c.source_id.removesuffix(c.path.suffix), c.source_id))


def root_and_namespace(path: Path, namespace: str = "") -> tuple[Path, str]:
    """The folder that a path means, links resolved, and the namespace of what lies in it.

    Raises InputError for a namespace that cannot be one.

    >>> root_and_namespace(Path("/"), "shop")[1]
    'shop'
    """
    if "/" in namespace or not namespace.isprintable():
        raise InputError.of(f"'{namespace}' cannot be a namespace", remedy="leave out '/' and control characters")
    root = path.resolve() if path.is_dir() else path.resolve().parent
    return root, namespace or root.name or "map"


def known_endings(mappings: Sequence[Path] = ()) -> frozenset[str]:
    """Endings of the files that an importer or one of the mappings may know.

    >>> ".yaml" in known_endings()
    True
    """
    return _endings(_importers(mappings))


def _are_folders(paths: Sequence[Path]) -> list[bool]:
    """Whether each path is a folder; all that cannot be read are told at once."""
    told, problems = [], list[Finding]()
    for path in paths:
        try:
            told.append(_is_folder(path))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(*problems)
    return told


def _is_folder(path: Path) -> bool:
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        raise _missing(path) from None
    except (OSError, ValueError) as error:  # too long, in a folder that may not be read, or links in a circle
        reason = getattr(error, "strerror", None) or error
        raise InputError.of(f"'{path}' cannot be read ({reason})", remedy="name a file or a folder that can") from error


def _missing(path: Path) -> InputError:
    try:
        near = did_you_mean(path.name, (p.name for p in path.parent.iterdir()))
    except OSError:
        near = ""
    return InputError.of(f"'{path}' does not exist", remedy=near or "name a file or a folder that does")


def _files(path: Path, endings: frozenset[str]) -> Iterator[Path]:
    found = 0
    for folder, folders, names in os.walk(path, onerror=_refuse_folder):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in _SKIPPED)
        for name in sorted(names):
            if Path(name).suffix.lower() in endings and not name.startswith("."):
                found += 1
                if found > _MOST_FILES:
                    raise InputError.of(
                        f"'{path}' holds more than {_MOST_FILES:,} files", remedy="name a smaller folder"
                    )
                yield Path(folder, name)


def _refuse_folder(error: OSError) -> None:
    """What is not seen would be missing from the map, and nobody would know."""
    raise InputError.of(
        f"this folder cannot be read ({error.strerror})",
        path=str(error.filename),
        remedy="see to its rights, or name the files one by one",
    ) from error


def read_sources(
    paths: Sequence[Path],
    *,
    namespace: str = "",
    mappings: Sequence[Path] = (),
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    open_ends: bool = False,
) -> list[Statements]:
    """Read every source that the paths mean; all or nothing.

    Args:
        paths: files and folders.
        namespace: for all of them, instead of the folder's name.
        mappings: mapping files for formats of one's own; they are tried before the shipped ones.
        clock: the time that the provenance states.
        open_ends: whether a map file may point at something that no file defines: it is a finding of the file then.

    Raises:
        InputError: a file cannot be read, nothing recognises a file that was named, or an element of a map file
            points at something that no file defines, unless it may. Every problem of every file is in it; after 2,000
            of them it says how many files were not looked at.
    """
    reading = read_again(paths, namespace=namespace, mappings=mappings, clock=clock)
    return _with_open_ends(reading) if open_ends else list(without_open_ends(reading).read)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a store holds of a source and the next reading asks for.

    ``recipe`` is what the last reading depended on ("" when it has to be read in any case), ``lines`` gives the lines,
    ``mentions`` what it points at outside of itself, when that must be defined, ``place`` the full path of its file.
    """

    source: Source
    recipe: str
    lines: Callable[[], Mapping[str, int]]
    mentions: Mapping[str, int]
    place: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reading found.

    ``read``       what was read, also files that nothing recognised
    ``unchanged``  what the store holds already as it would be read
    ``failed``     id of a source that the store holds and that cannot be used now -> why
    ``kept``       what the store holds of these
    """

    read: tuple[Statements, ...]
    unchanged: tuple[Source, ...] = ()
    failed: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict)
    kept: Mapping[str, Kept] = field(default_factory=dict)

    @property
    def replaced(self) -> set[str]:
        """Ids of the sources that were read anew and understood."""
        return {s.source.id for s in self.read if s.source.importer}

    @property
    def seen(self) -> set[str]:
        """Ids of all sources that are there, read or not."""
        return self.replaced | {source.id for source in self.unchanged} | set(self.failed)


def read_again(
    paths: Sequence[Path],
    *,
    namespace: str = "",
    mappings: Sequence[Path] = (),
    stored: Callable[[str], Kept | None] = lambda _: None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Reading:
    """Read those of the sources that are not as a store holds them. Open references are for ``without_open_ends``.

    A file that cannot be used and that the store holds from an earlier time is among ``failed``.
    Otherwise as ``read_sources``; ``stored`` tells what the store holds of a source.
    """
    importers = _importers(mappings)
    waiting = deque(candidates(paths, namespace=namespace, endings=_endings(importers)))
    moment = clock().isoformat(timespec="seconds")
    reader = _Reader(importers, _basis(importers, mappings), tuple(waiting), stored, moment)
    known_files = {candidate.path.resolve() for candidate in waiting}
    while waiting:
        candidate = waiting.popleft()
        try:
            statements = reader.read(candidate)
        except InputError as error:
            reader.refuse(candidate, error.problems)
            if len(reader.fatal) >= _MOST_PROBLEMS and waiting:
                raise _enough(reader.fatal, files=len(waiting)) from None
            continue
        if statements is None:
            continue
        followed, open_ends = _followed(candidate, statements, known_files)
        waiting += followed
        errors = tuple(f for f in statements.findings if f.severity is Severity.ERROR)
        if errors:
            reader.refuse(candidate, errors)
        else:
            reader.take(replace(statements, findings=(*statements.findings, *open_ends)))
    return reader.done()


class _Reader:
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
        seen = _seen(candidate)
        if seen is None:
            return _passed_over(candidate, "no-file", "this is not an ordinary file", "copy what it holds into a file")
        kept = self.stored(candidate.source_id)
        if kept is not None and kept.place == place_of(candidate.shown):
            self.kept[candidate.source_id] = kept
        if kept is not None and self._is_as_kept(candidate, seen, kept):
            self.unchanged.append(kept.source)
            self.earlier[kept.source.importer].add(kept.source, kept.lines)
            return None
        head = Head(candidate.path, _head(seen.head))
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
        _check_still(candidate, seen)
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
                seen = _seen(candidate)
            except InputError:
                continue
            if seen and self._importer_of(Head(candidate.path, _head(seen.head))) is importer:
                yield candidate.path, seen.digest

    def _is_as_kept(self, candidate: Candidate, seen: _Seen, kept: Kept) -> bool:
        """Whether a reading would find what the store holds."""
        importer = {each.NAME: each for each in self.importers}.get(kept.source.importer)
        if importer is None or kept.recipe[:1] not in _ASKED:
            return False
        return self._recipe(candidate, seen, importer, kept.recipe[0]) == kept.recipe

    def _recipe(self, candidate: Candidate, seen: _Seen, importer: Importer, asked: str) -> str:
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
        if self.fatal:
            raise InputError(*(problem for problems in self.failed.values() for problem in problems), *self.fatal)
        if not (self.unchanged or self.failed or any(s.source.importer for s in self.read_)):
            first = self.read_[0].findings[0]
            raise InputError(replace(first, severity=Severity.ERROR))
        return Reading(tuple(self.read_), tuple(self.unchanged), self.failed, self.kept)


def _digest(parts: Sequence[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _basis(importers: Sequence[Importer], mappings: Sequence[Path]) -> str:
    """The programs and words that reading depends on: another version of them may read the same file differently."""
    house = Path(__file__).parent
    files = [
        *house.glob("*.py"),
        *(file for folder in ("importers", "mapping") for file in (house / folder).rglob("*.*")),
        *HOME.rglob("*.ttl"),
        *(Path(file) for importer in importers if isinstance(file := getattr(importer, "__file__", None), str)),
        *mappings,
    ]
    names = [importer.NAME for importer in importers]
    kept = sorted({file for file in files if "__pycache__" not in file.parts and file.is_file()})
    return _digest([*names, *(hashlib.sha256(file.read_bytes()).hexdigest() for file in kept)])


def _enough(problems: list[Finding], *, files: int) -> InputError:
    """Nobody reads more; what was not looked at is said first."""
    message = f"reading stopped after {len(problems):,} problems, {count(files, 'file')} were not looked at"
    return InputError(Finding(Severity.ERROR, "more-problems", "", None, message, "mend the first ones"), *problems)


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

    def __init__(self, reader: _Reader, importer: Importer, namespace: str) -> None:
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


def _followed(
    candidate: Candidate, statements: Statements, known_files: set[Path]
) -> tuple[list[Candidate], list[Finding]]:
    """The files that a file asks for and that may be read, and what is to be said about the others.

    A file is read when it lies below the root, symbolic links resolved. Nothing else on the machine is touched.
    """
    found: list[Candidate] = []
    open_ends: list[Finding] = []
    for number, (path, line) in enumerate(statements.follow.items()):
        if len(open_ends) >= _MOST_OPEN_ENDS:
            message = f"{len(statements.follow) - number} more files that it names are not looked for"
            where, remedy = Where(candidate.shown, line), "mend those that are listed first"
            open_ends.append(Finding(Severity.WARNING, "not-followed", "", where, message, remedy))
            break
        shown = " ".join(os.path.relpath(path, candidate.path.parent).split())[:_LONGEST_SHOWN]
        file = _resolved(path)
        if file in known_files:
            continue
        if file is None or not file.is_relative_to(candidate.root):
            message = f"'{shown}' is outside the folder that was given, it is not read"
            remedy = "give a folder around both"
        elif not _is_file(file):
            near = did_you_mean(path.name, _names_beside(file)) if len(open_ends) < _MOST_PROPOSALS else ""
            message, remedy = f"there is no file '{shown}'", near or "correct the name"
        elif len(known_files) >= _MOST_FILES:
            message = f"'{shown}' is not read, these are {_MOST_FILES:,} files already"
            remedy = "give a smaller folder"
        else:
            known_files.add(file)
            inner = file.relative_to(candidate.root).as_posix()
            beside = os.path.normpath(path)
            space = candidate.namespace
            found.append(Candidate(path, beside, space, f"{space}/{inner}", named=False, root=candidate.root))
            continue
        where = Where(candidate.shown, line)
        open_ends.append(Finding(Severity.WARNING, "not-followed", "", where, message, remedy))
    return found, open_ends


def _resolved(path: Path) -> Path | None:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):  # a circle of links, or a name that cannot be one
        return None


def _is_file(file: Path) -> bool:
    try:
        return file.is_file()
    except OSError:  # a name that is too long
        return False


def _names_beside(file: Path) -> Iterator[str]:
    try:
        yield from (entry.name for entry in file.parent.iterdir())
    except OSError:
        return


def _importers(mappings: Sequence[Path]) -> list[Importer]:
    own: list[Importer] = []
    shipped: list[Importer] = list(discover("graph.importers").values())
    if mappings:
        mapping = import_module("graph.importers.mapping")
        own = [mapping.importer_for(mapping.load_mapping(path)) for path in mappings]
    return [*own, *shipped]


def _endings(importers: list[Importer]) -> frozenset[str]:
    return frozenset[str]().union(*(importer.ENDINGS for importer in importers))


def _seen(candidate: Candidate) -> _Seen | None:
    """What an ordinary file is now; a pipe, a device and the like are never opened, they may have no end."""
    try:
        status = candidate.path.stat()
        if not stat.S_ISREG(status.st_mode):
            return None
        largest = _LARGEST_STREAMED if candidate.path.suffix.lower() == ".nt" else _LARGEST_FILE
        if status.st_size > largest:
            raise InputError.of(
                f"the file is larger than {largest // 1_000_000_000} GB", path=candidate.shown, remedy="split it"
            )
        with candidate.path.open("rb") as file:
            head = file.read(_HEAD)
            if status.st_size < _HEAD:
                head += b"\n"  # it is whole: what stands in its last line counts too
            file.seek(0)
            return _Seen(hashlib.file_digest(file, "sha256").hexdigest(), head, _state(status))
    except OSError as error:
        raise InputError.of(f"cannot be read ({error.strerror})", path=candidate.shown) from error


@dataclass(frozen=True, slots=True)
class _Seen:
    digest: str
    head: bytes
    state: tuple[int, ...]


def _state(status: os.stat_result) -> tuple[int, ...]:
    return status.st_ino, status.st_size, status.st_mtime_ns


def _check_still(candidate: Candidate, seen: _Seen) -> None:
    """A file that is written while it is read would be half of one version and half of another."""
    try:
        same = _state(candidate.path.stat()) == seen.state
    except OSError:
        same = False
    if not same:
        raise InputError.of(
            "the file changed while it was read", path=candidate.shown, remedy="load it again when it is complete"
        )


def _head(text: bytes) -> str:
    """The beginning as text, without the piece of a character that the cut may leave; "" when it is no text."""
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return text[: error.start].decode("utf-8-sig") if error.start > _HEAD - 4 else ""


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


def without_open_ends(reading: Reading, known: Callable[[Set[str]], Iterable[str]] = lambda _: ()) -> Reading:
    """The same, where what map files point at is defined; a file that points at nothing has failed.

    Args:
        reading: what was read.
        known: IRIs that a store goes on to define when the sources with these ids are replaced; asked only when a
            reference is open.

    Raises:
        InputError: a file points at nothing, and no store holds it from an earlier time.
    """
    while True:
        found = _open_references(reading, known)
        new = {source_id: problems for source_id, problems in found.items() if source_id not in reading.failed}
        fatal = [
            problem for source_id, problems in new.items() if source_id not in reading.kept for problem in problems
        ]
        if fatal:
            raise InputError(*fatal)
        if not new:
            return reading
        reading = replace(
            reading,
            read=tuple(s for s in reading.read if s.source.id not in new),
            unchanged=tuple(source for source in reading.unchanged if source.id not in new),
            failed={**reading.failed, **new},
        )


def _with_open_ends(reading: Reading) -> list[Statements]:
    """What was read; what map files point at and nobody defines is told with them."""
    found = _open_references(reading, lambda _: ())
    return [replace(s, findings=(*s.findings, *found.get(s.source.id, ()))) for s in reading.read]


def _open_references(reading: Reading, known: Callable[[Set[str]], Iterable[str]]) -> dict[str, tuple[Finding, ...]]:
    """What map files point at and nobody defines; the first of each file, and how many more there are."""
    mentions = {s.source: s.mentions for s in reading.read if s.closed}
    mentions |= {source: reading.kept[source.id].mentions for source in reading.unchanged}
    defined = [s.defines for s in reading.read]
    if all(any(iri in each for each in defined) for said in mentions.values() for iri in said):
        return {}
    everything = frozenset[str]().union(*defined, known(reading.replaced))
    names = [readable_id(iri) for iri in everything]
    short = [name.partition("/")[2] for name in names]
    proposals = Proposals()
    found: dict[str, tuple[Finding, ...]] = {}
    for source in sorted(mentions, key=lambda source: source.path):
        path, own = source.path, source.namespace
        open_ = sorted((line, iri) for iri, line in mentions[source].items() if iri not in everything)
        findings = []
        for line, iri in open_[:_MOST_REFERENCES]:
            space, _, identifier = readable_id(iri).partition("/")
            said = identifier if space == own else f"{space}/{identifier}"
            near = proposals.near(said, short if space == own else names)
            remedy = f"add it or correct the name ({near})" if near else "add it or correct the name"
            where = Where(path, line)
            findings.append(
                Finding(Severity.ERROR, "unknown-reference", iri, where, f"'{said}' is not defined", remedy)
            )
        if len(open_) > _MOST_REFERENCES:
            message = f"{len(open_) - _MOST_REFERENCES:,} more references are not defined"
            findings.append(
                Finding(Severity.ERROR, "unknown-reference", "", Where(path), message, "mend the first ones")
            )
        if findings:
            found[source.id] = tuple(findings)
    return found


_MOST_REFERENCES = 200


def place_of(path: str) -> str:
    """The full path of a file, the links of its folder resolved but not its own; it needs not exist.

    >>> place_of("/srv/../srv/shop.yaml")
    '/srv/shop.yaml'
    """
    folder, name = os.path.split(path)
    return str(Path(os.path.realpath(folder or "."), name))
