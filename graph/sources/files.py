"""Which files make a map, and what is each of them now? Nothing outside of what was given is read."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from graph.model import Finding, InputError, Severity, Statements, Where
from graph.similar import did_you_mean
from graph.sources.importers import known_endings

__all__ = [
    "Candidate",
    "Seen",
    "beginning",
    "candidates",
    "check_still",
    "followed",
    "place_of",
    "root_and_namespace",
    "seen_now",
]

_SKIPPED = {"node_modules", "__pycache__", "venv"}
_MOST_FILES, _LARGEST_FILE, _LARGEST_STREAMED, _HEAD = 10_000, 2_000_000_000, 50_000_000_000, 65_536
_MOST_OPEN_ENDS, _MOST_PROPOSALS, _LONGEST_SHOWN = 200, 20, 200


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
    endings = known_endings() if endings is None else endings
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


def place_of(path: str) -> str:
    """The full path of a file, the links of its folder resolved but not its own; it needs not exist.

    >>> place_of("/srv/../srv/shop.yaml")
    '/srv/shop.yaml'
    """
    folder, name = os.path.split(path)
    return str(Path(os.path.realpath(folder or "."), name))


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


def followed(
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


@dataclass(frozen=True, slots=True)
class Seen:
    """What a file is now: its digest, its beginning, and by what a change of it is noticed."""

    digest: str
    head: bytes
    state: tuple[int, ...]


def seen_now(candidate: Candidate) -> Seen | None:
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
            return Seen(hashlib.file_digest(file, "sha256").hexdigest(), head, _state(status))
    except OSError as error:
        raise InputError.of(f"cannot be read ({error.strerror})", path=candidate.shown) from error


def _state(status: os.stat_result) -> tuple[int, ...]:
    return status.st_ino, status.st_size, status.st_mtime_ns


def check_still(candidate: Candidate, seen: Seen) -> None:
    """A file that is written while it is read would be half of one version and half of another."""
    try:
        same = _state(candidate.path.stat()) == seen.state
    except OSError:
        same = False
    if not same:
        raise InputError.of(
            "the file changed while it was read", path=candidate.shown, remedy="load it again when it is complete"
        )


def beginning(text: bytes) -> str:
    """The beginning as text, without the piece of a character that the cut may leave; "" when it is no text."""
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return text[: error.start].decode("utf-8-sig") if error.start > _HEAD - 4 else ""
