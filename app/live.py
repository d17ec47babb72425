"""Which state of the map is shown? The newest that could be read; with ``watch``, what changes is read again."""

from __future__ import annotations

import gc
import secrets
import time
from collections.abc import Callable, Hashable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event, Lock, Thread

from app.atlas import Atlas
from app.reader import reads
from graph.maps import Map
from graph.model import Finding, InputError
from graph.redaction import redacted
from graph.sources import candidates
from graph.store.embedded import DiskStore, MemoryStore

__all__ = ["Live", "stamp"]

_OFTEN, _SELDOM, _SHARE = 0.1, 2.0, 10
"""Seconds between two looks, here and at an engine elsewhere, and how many times longer than a look the pause is."""


class Live:
    """The map of a server. ``atlas`` is one revision; ask for it once for each answer. Safe for many threads.

    Whoever may read some namespaces alone has an atlas in which the names of all others are hidden.

    ``key`` makes the names of what is hidden; whoever has it can guess them.

    ``reopen`` reads the map again; without it the map stays as it was opened. ``source_link`` is a pattern of addresses
    where a repository shows the lines of its files, "" for none.
    """

    def __init__(self, opened: Map, reopen: Callable[[], Map] | None = None) -> None:
        self._whole = Atlas(opened)
        self._trouble: tuple[Finding, ...] = ()
        self._views: dict[tuple[str, ...], tuple[str, Atlas]] = {}
        self.key, self._viewing = secrets.token_bytes(32), Lock()
        self.watching = False
        self.source_link = ""
        self._reopen = reopen
        self._lock = Lock()
        self._stopped = Event()

    @property
    def atlas(self) -> Atlas:
        """The map as whoever asks may see it."""
        namespaces = reads()
        return self._view(namespaces) if namespaces else self._whole

    @property
    def trouble(self) -> tuple[Finding, ...]:
        """Why the newest state could not be read, for those who may know its files."""
        return () if reads() else self._trouble

    def _view(self, namespaces: tuple[str, ...]) -> Atlas:
        """The map with the names of these namespaces alone; made once for each revision."""
        opened = self._whole.map
        if isinstance(opened.store, DiskStore) and opened.store.stale:
            opened = Map(DiskStore(opened.store.folder))
        with self._viewing:
            revision, atlas = self._views.get(namespaces, ("", None))
            if atlas is None or revision != opened.store.revision:
                made = redacted(opened, namespaces, self.key)
                atlas = Atlas(made, before=atlas)
                self._views[namespaces] = (opened.store.revision, atlas)
            return atlas

    def renew(self) -> bool:
        """Read the map again; says whether another one is shown now. What cannot be read is in ``trouble``."""
        if self._reopen is None:
            return False
        with self._lock:
            try:
                atlas = Atlas(self._reopen(), before=self._whole)
                changed = atlas.projection.revision != self._whole.projection.revision
            except InputError as error:
                self._trouble = error.problems
                return False
            self._trouble = ()
            if changed:
                self._whole = atlas
                gc.unfreeze()  # the map before can go
            return changed

    def watch(self, paths: Sequence[Path] = (), *, namespace: str = "") -> None:
        """Look after the files of the map, or its store, in a thread of its own until ``stop``."""
        self.watching = True
        before = self._stamp(paths, namespace)
        Thread(target=self._look, args=(paths, namespace, before), name="watch", daemon=True).start()

    def stop(self) -> None:
        """Look no longer."""
        self._stopped.set()

    def _look(self, paths: Sequence[Path], namespace: str, before: Hashable) -> None:
        often = _OFTEN if isinstance(self._whole.map.store, MemoryStore | DiskStore) else _SELDOM
        pause = often
        while not self._stopped.wait(pause):
            began = time.monotonic()
            now = self._stamp(paths, namespace)
            pause = max(often, _SHARE * (time.monotonic() - began))
            if now != before:
                before = now
                self.renew()

    def _stamp(self, paths: Sequence[Path], namespace: str) -> Hashable:
        store = self._whole.map.store
        with suppress(InputError, OSError):  # files that come and go: the next look sees them
            if not isinstance(store, MemoryStore):
                return str(store.newest)
            files = (candidate.path for candidate in candidates(paths, namespace=namespace))
            return stamp({*files, *(Path(source.path) for source in self._whole.sources)})
        return ""


def stamp(paths: Iterable[Path]) -> Hashable:
    """What changes when one of the files does: which there are, when each was written, and how long it is.

    >>> stamp([Path("/no/such/file")]) == stamp([])
    False
    """
    found = []
    for path in sorted(paths):
        try:
            said = path.stat()
        except OSError:
            found.append((str(path), 0, -1))
        else:
            found.append((str(path), said.st_mtime_ns, said.st_size))
    return tuple(found)
