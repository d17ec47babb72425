"""Which commit does a file belong to? What ``.git`` says, read as files: git itself is not run, and so no hook is."""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["commit_of"]

_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_REFERENCE = re.compile(r"refs/[\w./@+#-]{1,400}")
_LARGEST = 20_000_000


def commit_of(file: Path) -> str:
    """The commit that is checked out where a file lies; "" outside of git, and where ``.git`` does not tell.

    Changes of the file that are not committed do not show here; its digest tells them.

    >>> commit_of(Path("/"))
    ''
    """
    for above in file.absolute().parents:
        found = above / ".git"
        if found.exists():
            try:
                return _head(found)
            except (OSError, ValueError):
                return ""
    return ""


def _head(found: Path) -> str:
    git = found
    if found.is_file():  # a work tree or a submodule: its own folder lies elsewhere
        git = (found.parent / _read(found).removeprefix("gitdir:").strip()).resolve()
    common = git
    if (git / "commondir").is_file():
        common = (git / _read(git / "commondir").strip()).resolve()
    return _resolved(git, common, _read(git / "HEAD").strip())


def _resolved(git: Path, common: Path, said: str) -> str:
    if not said.startswith("ref:"):
        return said if _COMMIT.fullmatch(said) else ""
    name = said.removeprefix("ref:").strip()
    if not _REFERENCE.fullmatch(name) or ".." in name:
        return ""
    for folder in (git, common):
        if (folder / name).is_file():
            commit = _read(folder / name).strip()
            return commit if _COMMIT.fullmatch(commit) else ""
    for line in _read(common / "packed-refs").splitlines():
        commit, _, packed = line.partition(" ")
        if packed.strip() == name and _COMMIT.fullmatch(commit):
            return commit
    return ""


def _read(file: Path) -> str:
    if not file.is_file() or file.stat().st_size > _LARGEST:
        raise ValueError("not a file of git's")
    return file.read_text(encoding="utf-8")
