"""What do files and folders say? They become sources, each read by its importer."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from graph.answer import count
from graph.model import Finding, InputError, Severity, Statements
from graph.ntriples import BASE
from graph.sources.files import Candidate, candidates, followed, place_of, root_and_namespace
from graph.sources.importers import Importer, endings_of, importers_of, known_endings
from graph.sources.reader import Reader, basis
from graph.sources.reading import Kept, Reading, with_open_ends, without_open_ends

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

_MOST_PROBLEMS = 2_000


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
    return with_open_ends(reading) if open_ends else list(without_open_ends(reading).read)


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
    importers = importers_of(mappings)
    waiting = deque(candidates(paths, namespace=namespace, endings=endings_of(importers)))
    moment = clock().isoformat(timespec="seconds")
    reader = Reader(importers, basis(importers, mappings), tuple(waiting), stored, moment)
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
        more, open_ends = followed(candidate, statements, known_files)
        waiting += more
        errors = tuple(f for f in statements.findings if f.severity is Severity.ERROR)
        if errors:
            reader.refuse(candidate, errors)
        else:
            reader.take(replace(statements, findings=(*statements.findings, *open_ends)))
    return reader.done()


def _enough(problems: list[Finding], *, files: int) -> InputError:
    """Nobody reads more; what was not looked at is said first."""
    message = f"reading stopped after {len(problems):,} problems, {count(files, 'file')} were not looked at"
    return InputError(Finding(Severity.ERROR, "more-problems", "", None, message, "mend the first ones"), *problems)
