"""How is kept what was worked out of a revision? As arrays in a file, which says what they were made for."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from graph.texts import Texts

__all__ = ["Arrays", "Keeper", "anew", "arrays_of", "kept", "texts_held", "texts_in", "texts_of"]

Arrays = Mapping[str, npt.NDArray[Any]]
Keeper = Callable[[str, Callable[[], Arrays]], Arrays]
"""Answers with the arrays that lie under a name, or has them made."""
_KEY, _FORM = "made for", "arrays 1"


def anew(_name: str, make: Callable[[], Arrays]) -> Arrays:
    """A keeper that keeps nothing."""
    return make()


def kept(file: Path, key: str, make: Callable[[], Arrays]) -> Arrays:
    """What is in a file that was made for the same; else what is made, which is then in it.

    A file of something else, a damaged one, and a folder that cannot be written to cost time and nothing else. The
    form holds a checksum of each array.
    """
    failures = (OSError, ValueError, KeyError, EOFError, BadZipFile)
    with suppress(*failures), file.open("rb") as opened, np.load(opened) as found:
        if found[_KEY].tobytes() == f"{_FORM} {key}".encode():
            return {name: found[name] for name in found.files if name != _KEY}
    made = make()
    with suppress(OSError):
        _write(file, {**made, _KEY: np.frombuffer(f"{_FORM} {key}".encode(), np.uint8)})
    return made


def _write(file: Path, arrays: Arrays) -> None:
    draft = file.with_name(f"{file.name}.{os.getpid()}.{threading.get_ident()}.new")
    try:
        with draft.open("wb") as out:
            np.savez(out, **arrays)  # type: ignore[arg-type] # the stubs take a name for its option
        draft.replace(file)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def texts_of(name: str, texts: Sequence[str]) -> dict[str, npt.NDArray[Any]]:
    """Texts as two arrays.

    >>> list(texts_in(texts_of("words", ["api", "büro"]), "words"))
    ['api', 'büro']
    """
    return arrays_of(name, Texts.of([text.encode("utf-8", "surrogatepass") for text in texts]))


def arrays_of(name: str, held: Texts) -> dict[str, npt.NDArray[Any]]:
    """Texts that lie in one run already, as two arrays; ``texts_held`` gives them back."""
    return {f"{name} blob": held.blob, f"{name} offsets": held.offsets}


def texts_held(arrays: Arrays, name: str) -> Texts:
    """The texts of two arrays, each decoded when it is asked for."""
    return Texts(arrays[f"{name} blob"], arrays[f"{name} offsets"])


def texts_in(arrays: Arrays, name: str) -> list[str]:
    """The texts that ``texts_of`` made two arrays of."""
    blob, places = arrays[f"{name} blob"].tobytes(), arrays[f"{name} offsets"].tolist()
    return [blob[a:b].decode("utf-8", "surrogatepass") for a, b in pairwise(places)]
