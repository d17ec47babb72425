"""What is different after a patch, or since a revision of git? Worked out in a process that can be stopped."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph.maps import Map, open_map
from graph.model import Finding, InputError, Severity

__all__ = ["SECONDS", "Comparing", "Opening", "told", "work"]

SECONDS, MEMORY = 60.0, 4_000_000_000
_LONGEST = 100_000
_LOOK = 0.1
_HOME = str(Path(__file__).resolve().parents[2])
_CHILD = "import sys\nsys.path.insert(0, sys.argv[1])\nfrom app.mcp.comparing import work\nwork()\n"
_PATCH = "what-if.yaml"


@dataclass(frozen=True, slots=True)
class Opening:
    """How the map was opened, so that another process can open it too."""

    files: tuple[Path, ...] = ()
    store: Path | str | None = None
    namespace: str = ""
    mappings: tuple[Path, ...] = ()

    @classmethod
    def of(cls, told: dict[str, Any]) -> Opening:
        """The same again, from what ``told`` gave.

        >>> Opening.of(Opening((Path("shop"),), namespace="shop").told())
        Opening(files=(PosixPath('shop'),), store=None, namespace='shop', mappings=())
        """
        store = told["folder"] and Path(told["folder"])
        return cls(
            tuple(map(Path, told["files"])),
            store or told["address"],
            told["namespace"],
            tuple(map(Path, told["mappings"])),
        )

    def told(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "files": list(map(str, self.files)),
            "folder": str(self.store) if isinstance(self.store, Path) else None,
            "address": self.store if isinstance(self.store, str) else None,
            "namespace": self.namespace,
            "mappings": list(map(str, self.mappings)),
        }

    def map(self) -> Map:
        """The map, read now."""
        return open_map(self.files, store=self.store, namespace=self.namespace, mappings=self.mappings)


class Comparing:
    """Compares, one question at a time.

    Args:
        opening: how the map is opened.
        history: whether older revisions of its files may be told.
        key: makes the names of what is hidden, for those who may not read all.
        seconds: how long a comparison may take.
    """

    def __init__(self, opening: Opening, *, history: bool, key: bytes = b"", seconds: float = SECONDS) -> None:
        self._opening, self._history, self._key, self._seconds = opening, history, key, seconds
        self._one = threading.Lock()

    def compare(
        self,
        *,
        what_if: str = "",
        base: str = "",
        reads: tuple[str, ...] = (),
        gone: Callable[[], bool] = lambda: False,
    ) -> dict[str, Any]:
        """What a patch, or the edits since a revision of git, change: as `servicemap compare` tells it in JSON.

        ``reads`` are the namespaces whose names may be told; () for all.

        Raises InputError when what is asked for cannot be, takes too long, or somebody else compares.
        """
        if bool(what_if) == bool(base):
            raise InputError.of("compare takes one of what_if and base", remedy="give a patch, or a revision of git")
        if len(what_if) > _LONGEST:
            raise InputError.of(f"the patch is longer than {_LONGEST:,} characters", remedy="write less")
        if base and (reads or not self._history):
            raise InputError.of("older revisions are not told here", remedy="ask with what_if")
        if not self._one.acquire(timeout=self._seconds / 6):
            raise InputError.of("somebody else compares", remedy="try again in a moment", check="busy")
        try:
            return self._worked_out(what_if, base, reads, gone)
        finally:
            self._one.release()

    def _worked_out(self, what_if: str, base: str, reads: tuple[str, ...], gone: Callable[[], bool]) -> dict[str, Any]:
        hiding = {"reads": list(reads), "key": self._key.hex()} if reads else {}
        asked = self._opening.told() | {"what_if": what_if, "base": base} | hiding
        with tempfile.TemporaryFile() as question, tempfile.TemporaryFile() as answer:
            question.write(json.dumps(asked).encode())
            question.seek(0)
            process = subprocess.Popen(  # noqa: S603 our own program
                [sys.executable, "-c", _CHILD, _HOME],
                stdin=question,
                stdout=answer,
                stderr=subprocess.DEVNULL,
                env=os.environ | {"MALLOC_ARENA_MAX": "2"},
            )
            code = _wait(process, self._seconds, gone)
            answer.seek(0)
            said = answer.read()
        if code or not said:
            raise InputError.of(
                "the comparison broke off (the map is too large, or the patch too hungry)", check="died"
            )
        answered: dict[str, Any] = json.loads(said)
        if "problems" in answered:
            raise InputError(
                *(Finding(Severity.ERROR, check, "", None, *said) for check, *said in answered["problems"])
            )
        return answered


def _wait(process: subprocess.Popen[bytes], seconds: float, gone: Callable[[], bool]) -> int:
    """The exit code; InputError when it takes too long, or nobody waits any more."""
    until = time.monotonic() + seconds
    try:
        while time.monotonic() < until:
            with suppress(subprocess.TimeoutExpired):
                return process.wait(_LOOK)
            if gone():
                raise InputError.of("the comparison was cancelled", check="cancelled")
        raise InputError.of(f"the comparison took longer than {seconds:g} seconds and was stopped", check="late")
    finally:
        process.kill()
        process.wait()


# ── in the process of its own ──────────────────────────────────────────────────────────────────


def work() -> None:
    """Read what is to be compared from standard input, and tell it on standard output."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    sys.stdout.write(json.dumps(told(json.load(sys.stdin)), default=list))


def told(asked: dict[str, Any]) -> dict[str, Any]:
    """What is different, or the problems: check, words and remedy of each."""
    from graph.reports.json import data

    try:
        return data(_compared(asked))
    except InputError as error:
        return {"problems": [(problem.check, _said(problem), problem.remedy) for problem in error.problems[:20]]}


def _said(problem: Finding) -> str:
    """What is wrong; in a patch the line is told, the place where it was kept is not."""
    where = problem.where
    if where is None:
        return problem.message
    place = "what_if" if Path(where.path).name == _PATCH else where.path
    return f"{place}:{where.line}: {problem.message}" if where.line else f"{place}: {problem.message}"


def _compared(asked: dict[str, Any]) -> Any:  # noqa: ANN401 an Answer; its module is heavy
    from graph.compare import compare
    from graph.consequences import answer, consequences

    opening = Opening.of(asked)
    if asked["what_if"]:
        before, after = _patched(opening.map(), asked["what_if"], asked.get("reads", ()), asked.get("key", ""))
    else:
        before, after = _in_git(opening, asked["base"])
    found = compare(before, after)
    return answer(found, consequences(before, after, found))


def _patched(before: Map, what_if: str, reads: Sequence[str], key: str) -> tuple[Map, Map]:
    from graph.redaction import View, redacted
    from graph.whatif import overlaid

    if reads:
        before = redacted(before, reads, bytes.fromhex(key))
    with tempfile.TemporaryDirectory(prefix="servicemap-") as folder:
        patch = Path(folder) / _PATCH
        patch.write_text(what_if, encoding="utf-8", errors="replace")
        after = overlaid(before, patch)
        return before, View(after.store, after.reading) if reads else after


def _in_git(opening: Opening, base: str) -> tuple[Map, Map]:
    from app.options import WORKING_TREE
    from app.proposal import in_git

    if opening.store is not None or len(opening.files) != 1:
        raise InputError.of("the map is not one file or folder in git", remedy="ask with what_if")
    return in_git(opening.files[0], base, WORKING_TREE, opening.namespace, opening.mappings)
