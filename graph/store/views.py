"""Which views of a map have names? Kept beside the store, those of a map of files in one's own folder."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from graph.model import InputError
from graph.similar import proposal
from graph.store.folder import is_store, sync

__all__ = ["MOST_VIEWS", "SavedView", "forget_view", "own_place", "save_view", "views_of"]

_FILE = "views.json"
MOST_VIEWS = 500
_LONGEST_NAME, _LONGEST_QUERY = 100, 8_000


@dataclass(frozen=True, slots=True)
class SavedView:
    """A view with a name. ``query`` is what its address says after the question mark; ``by`` is who saved it."""

    name: str
    query: str
    by: str = ""
    saved_at: str = ""


def own_place(paths: Collection[str]) -> Path:
    """Where somebody's own views of a map of files are kept: a folder for each folder that such files lie in.

    >>> own_place(["maps/a.yaml", "maps/b.yaml"]) == own_place(["maps/a.yaml", "maps/more/c.yaml"])
    True
    """
    folders = [str(Path(path).resolve().parent) for path in paths]
    shared = os.path.commonpath(folders) if folders else ""
    return _home() / hashlib.sha256(shared.encode()).hexdigest()[:16]


def _home() -> Path:
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "servicemap" / "views"


def save_view(folder: Path, name: str, query: str, *, by: str = "", again: bool = False) -> SavedView:
    """Keep a view; with ``again`` in place of the one of that name.

    Raises InputError when the name is taken or cannot be one, there are too many, or the folder is no store.
    """
    name = " ".join(name.split())
    if not name or not name.isprintable() or len(name) > _LONGEST_NAME:
        raise InputError.of(f"'{name[:_LONGEST_NAME]}' cannot be the name of a view", remedy="take a few plain words")
    if len(query) > _LONGEST_QUERY:
        raise InputError.of("this view says too much to be kept", remedy="select fewer elements")
    known = views_of(folder)
    others = tuple(view for view in known if view.name.casefold() != name.casefold())
    if len(others) < len(known) and not again:
        raise InputError.of(
            f"there is a view '{name}' already", remedy="take another name, or replace it", check="taken"
        )
    if len(others) >= MOST_VIEWS:
        raise InputError.of(f"there are {MOST_VIEWS} views already", remedy="take one away first")
    made = SavedView(name, query, by, datetime.now(UTC).isoformat(timespec="seconds"))
    _write(folder, (*others, made))
    return made


def forget_view(folder: Path, name: str) -> None:
    """Take a view away. InputError when there is none of that name."""
    known = views_of(folder)
    kept = tuple(view for view in known if view.name != name)
    if len(kept) == len(known):
        raise InputError.of(f"no view '{name}'", remedy=proposal(name, [view.name for view in known]) if known else "")
    _write(folder, kept)


def views_of(folder: Path) -> tuple[SavedView, ...]:
    """The views of a store, or those of one's own, by name. InputError for another folder, or a spoilt file."""
    if not is_store(folder) and folder.parent != _home():
        raise InputError.of(f"'{folder}' is no servicemap store", remedy="views are kept in a store: --store DIR")
    try:
        found = [SavedView(**each) for each in json.loads((folder / _FILE).read_bytes())]
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, TypeError) as error:
        raise InputError.of(f"the views of '{folder}' cannot be read ({str(error)[:100]})") from error
    return tuple(sorted(found, key=lambda view: view.name.casefold()))


def _write(folder: Path, kept: tuple[SavedView, ...]) -> None:
    draft = folder / (_FILE + ".new")
    try:
        if folder.parent == _home():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with draft.open("wb") as out:
            out.write(json.dumps([asdict(view) for view in kept], indent=1, ensure_ascii=False).encode())
            out.flush()
            os.fsync(out.fileno())
        draft.replace(folder / _FILE)
        sync(folder)
    except OSError as error:
        raise InputError.of(f"the views of '{folder}' cannot be written ({error.strerror})") from error
