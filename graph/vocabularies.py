"""Where does a version of a vocabulary come from? A file, a folder, or a revision of git."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from graph.model import InputError
from graph.revisions import Repository
from ontology.vocabulary import HOME
from ontology.words import Word, words

__all__ = ["vocabulary_at"]


def vocabulary_at(place: str, *, beside: Path | None = None) -> Mapping[str, Word]:
    """The words of one version of a vocabulary.

    Args:
        place: a Turtle file, a folder with modules and ``codes``, ``REVISION:FOLDER``, or ``REVISION``: the folder of
            the other version, or of the shipped vocabulary, as it was then.
        beside: where the other version lies.

    Raises:
        InputError: there is no such place, it holds no Turtle that defines words, or git does not know it.
    """
    path = Path(place)
    if path.exists():
        return _read(path, place)
    revision, _, folder = place.partition(":")
    where = Path(folder) if folder else beside if beside is not None and beside.exists() else HOME
    repository = Repository.around(where)
    with tempfile.TemporaryDirectory(prefix="servicemap-") as made:
        home = Path(made).resolve()
        repository.take(revision, home, ".ttl")
        found = home / repository.inner
        if not found.exists():
            raise InputError.of(f"'{where}' is not in '{revision}'", remedy="name another revision, or REVISION:FOLDER")
        return _read(found, place)


def _read(path: Path, said: str) -> Mapping[str, Word]:
    files: Sequence[Path] = [path]
    if path.is_dir():
        files = [*sorted(path.glob("*.ttl")), *sorted((path / "codes").glob("*.ttl"))]
    try:
        found = words(files) if files else {}
    except (SyntaxError, ValueError, OSError) as error:
        raise InputError.of(f"'{said}' cannot be read as Turtle ({error})", remedy="correct it") from error
    if not found:
        raise InputError.of(
            f"'{said}' defines no word of the vocabulary", remedy="name its Turtle files or their folder"
        )
    return found
