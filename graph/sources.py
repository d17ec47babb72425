"""Which files make a map, and what do they say? Files and folders become sources, each read by its importer."""

from __future__ import annotations

import hashlib
import os
import stat
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Protocol

from graph.discover import discover
from graph.model import Confidence, Finding, Head, InputError, ReadOptions, Severity, Source, Statements, Where
from graph.ntriples import readable_id
from graph.similar import Proposals, did_you_mean

__all__ = ["BASE", "Candidate", "Importer", "candidates", "known_endings", "read_sources", "root_and_namespace"]

BASE = "https://w3id.org/servicemap/id/"
_SKIPPED = {"node_modules", "__pycache__", "venv"}
_MOST_FILES, _LARGEST_FILE, _HEAD = 10_000, 2_000_000_000, 65_536
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
    for path in paths:
        folder = _is_folder(path)
        root, space = root_and_namespace(path, namespace)
        for file in _files(path, endings) if folder else [path]:
            real = _resolved(file)
            if real is None:
                raise InputError.of("cannot be read (symbolic links in a circle)", path=file, remedy="mend the link")
            inner = real.relative_to(root).as_posix() if real.is_relative_to(root) else file.name
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
    count = 0
    for folder, folders, names in os.walk(path, onerror=_refuse_folder):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in _SKIPPED)
        for name in sorted(names):
            if Path(name).suffix.lower() in endings and not name.startswith("."):
                count += 1
                if count > _MOST_FILES:
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
    known: Callable[[Sequence[Statements]], Iterable[str]] = lambda _: (),
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> list[Statements]:
    """Read every source that the paths mean; all or nothing.

    Args:
        paths: files and folders.
        namespace: for all of them, instead of the folder's name.
        mappings: mapping files for formats of one's own; they are tried before the shipped ones.
        known: IRIs that stay defined where the map is added to, given what was read; asked only when a reference
            is open.
        clock: the time that the provenance states.

    Raises:
        InputError: a file cannot be read, nothing recognises a file that was named, or an element of a map file
            points at something that no file defines. Every problem of every file is in it.
    """
    importers = _importers(mappings)
    read: list[Statements] = []
    problems: list[Finding] = []
    moment = clock().isoformat(timespec="seconds")
    waiting = deque(candidates(paths, namespace=namespace, endings=_endings(importers)))
    known_files = {candidate.path.resolve() for candidate in waiting}
    earlier: defaultdict[str, _Earlier] = defaultdict(_Earlier)
    while waiting:
        candidate = waiting.popleft()
        try:
            statements = _read(candidate, importers, moment, earlier)
        except InputError as error:
            problems += error.problems
            continue
        followed, open_ends = _followed(candidate, statements, known_files)
        waiting += followed
        statements = replace(statements, findings=(*statements.findings, *open_ends))
        earlier[statements.source.importer].unread.append(statements)
        read.append(statements)
        problems += [f for f in statements.findings if f.severity is Severity.ERROR]
    if problems:
        raise InputError(*problems)
    understood = [s for s in read if s.source.importer]
    if not understood:
        first = read[0].findings[0]
        raise InputError(replace(first, severity=Severity.ERROR))
    open_references = _open_references(read, known)
    if open_references:
        raise InputError(*open_references)
    return read


class _Earlier:
    """Where the files that one importer read before speak of something; looked through only when it asks."""

    def __init__(self) -> None:
        self.unread: list[Statements] = []
        self._places: dict[str, Where] = {}

    def __call__(self, iri: str) -> Where | None:
        for statements in self.unread:
            for said, line in statements.lines.items():
                self._places.setdefault(said, Where(statements.source.path, line))
        self.unread.clear()
        return self._places.get(iri)


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


def _read(
    candidate: Candidate, importers: list[Importer], moment: str, earlier: defaultdict[str, _Earlier]
) -> Statements:
    if any("\ud800" <= sign <= "\udfff" for sign in candidate.shown + candidate.source_id):
        raise InputError.of("the name of this file or of its folder is not UTF-8", path=candidate.shown, remedy=_RENAME)
    text = _bytes(candidate)
    if text is None:
        return _passed_over(candidate, "no-file", "this is not an ordinary file", "copy what it holds into a file")
    head = Head(candidate.path, _head(text))
    sure = [(importer.recognises(head), importer) for importer in importers]
    best = max((confidence for confidence, _ in sure), default=Confidence.NO)
    if best is Confidence.NO:
        return _not_recognised(candidate, [importer.NAME for importer in importers])
    importer = next(importer for confidence, importer in sure if confidence is best)
    options = ReadOptions(candidate.namespace, BASE, candidate.source_id, earlier[importer.NAME])
    statements = importer.read(candidate.path, options)
    source = replace(statements.source, path=candidate.shown, digest=hashlib.sha256(text).hexdigest(), loaded_at=moment)
    return replace(statements, source=source)


def _bytes(candidate: Candidate) -> bytes | None:
    """What an ordinary file holds; a pipe, a device and the like are never opened, they may have no end."""
    try:
        status = candidate.path.stat()
        if not stat.S_ISREG(status.st_mode):
            return None
        if status.st_size > _LARGEST_FILE:
            raise InputError.of("the file is larger than 2 GB", path=candidate.shown, remedy="split it")
        return candidate.path.read_bytes()
    except OSError as error:
        raise InputError.of(f"cannot be read ({error.strerror})", path=candidate.shown) from error


def _head(text: bytes) -> str:
    """The beginning as text, without the piece of a character that the cut may leave; "" when it is no text."""
    try:
        return text[:_HEAD].decode("utf-8-sig")
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
    finding = Finding(severity, check, "", Where(candidate.shown), message, remedy)
    return Statements(Source(candidate.source_id, candidate.shown, "", "", candidate.namespace), b"", {}, (finding,))


def _open_references(read: list[Statements], known: Callable[[Sequence[Statements]], Iterable[str]]) -> list[Finding]:
    """What map files point at and nobody defines; the first of each file, and how many more there are."""
    defined = frozenset[str]().union(*(s.defines for s in read))
    if all(iri in defined for s in read if s.closed for iri in s.mentions):
        return []
    defined |= frozenset(known(read))
    names = [readable_id(iri) for iri in defined]
    short = [name.partition("/")[2] for name in names]
    proposals = Proposals()
    findings = []
    for statements in sorted((s for s in read if s.closed), key=lambda s: s.source.path):
        path, own = statements.source.path, statements.source.namespace
        open_ = sorted((line, iri) for iri, line in statements.mentions.items() if iri not in defined)
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
    return findings


_MOST_REFERENCES = 200
