"""How does a map look in another revision of its git repository? Its files are taken from git, offline, and read.

Nothing of the repository is run and nothing is checked out: git lists a tree and hands over the contents of its files,
so that no hook, filter or network is asked. What the reading says names files as the repository does. A file that
points to what is defined no more is read all the same, and a finding says so: that is what a comparison is to tell.
"""

from __future__ import annotations

import os
import posixpath
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from graph.maps import Map, map_of
from graph.model import Finding, InputError, Severity, Statements, Where
from graph.similar import did_you_mean
from graph.sources import known_endings, read_sources

__all__ = ["Repository", "Revision"]

_SECONDS, _MOST_FILES, _MOST_BYTES = 60, 10_000, 200_000_000
_QUIET = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "protocol.allow=never")
_OWN = {"GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_REPLACE_OBJECTS": "1"}
_STRANGE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_EXTERNAL_DIFF", "GIT_TRACE")
_PASSED_OVER = {"node_modules", "__pycache__", "venv"}
_LINK, _SUBMODULE = "120000", "160000"


@dataclass(frozen=True, slots=True)
class Revision:
    """A state of a map: what it is called, its commit ("" for the working tree), and the map as it was then."""

    name: str
    commit: str
    opened: Map


@dataclass(frozen=True, slots=True)
class _Entry:
    """A file in a tree of git."""

    path: str
    mode: str
    digest: str
    size: int


@dataclass(frozen=True, slots=True)
class Repository:
    """The git repository that a map lies in.

    ``top``    its folder
    ``inner``  path of the map's folder or file in it, with "/"; "" for the whole repository
    """

    top: Path
    inner: str

    @classmethod
    def around(cls, path: Path) -> Repository:
        """The repository that holds a file or folder, be it that it is there no more.

        Raises InputError when no repository holds it, or git is not installed.
        """
        real = path.resolve()
        here = next(folder for folder in (real, *real.parents) if folder.is_dir())
        done = _git(here, "rev-parse", "--show-toplevel")
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace")
            if "dubious ownership" in said:
                why = f"git does not trust '{here}', another user owns it"
                raise InputError.of(why, remedy="allow it with: git config --global --add safe.directory FOLDER")
            raise InputError.of(f"'{path}' is in no git repository", remedy="name a folder that is, or compare two")
        top = Path(os.fsdecode(done.stdout.removesuffix(b"\n"))).resolve()
        inner = real.relative_to(top).as_posix()
        return cls(top, "" if inner == "." else inner)

    def commit(self, name: str) -> str:
        """The commit that a name means. Raises InputError when it means none, with a proposal."""
        if not name or name.startswith("-") or not name.isprintable():
            raise InputError.of(f"'{name}' cannot be a revision", remedy="name a branch, a tag or a commit")
        done = _git(self.top, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
        if done.returncode:
            known = (
                _git(self.top, "for-each-ref", "--format=%(refname:short)").stdout.decode("utf-8", "replace").split()
            )
            shallow = (
                "the history is not all here; fetch it whole (git fetch --unshallow)" if self._is_shallow() else ""
            )
            remedy = did_you_mean(name, known) or shallow or "name a branch, a tag or a commit that is here"
            raise InputError.of(f"'{name}' is no revision of '{self.top.name}'", remedy=remedy)
        return done.stdout.decode("ascii").strip()

    def fork(self, base: str, head: str) -> str:
        """The commit at which two commits part; the base itself where they share no history."""
        done = _git(self.top, "merge-base", base, head)
        return base if done.returncode else done.stdout.decode("ascii").split()[0]

    def opened(
        self, name: str, *, namespace: str = "", mappings: Sequence[Path] = (), may_lack: bool = False
    ) -> Revision:
        """The map as a revision has it.

        Args:
            name: a branch, a tag or a commit.
            namespace: of its ids, instead of the folder's name.
            mappings: for catalogue formats of one's own.
            may_lack: a revision without any file of the map gives an empty map.

        Raises:
            InputError: there is no such revision, the map is not in it, it is too large, a path in it leads elsewhere,
                an object is not in this clone, or its files cannot be used.
        """
        commit = self.commit(name)
        entries = self._entries(commit)
        endings = known_endings(mappings)
        wanted = [entry for entry in entries if _is_wanted(entry, endings)]
        words = commit[:7] if commit.startswith(name) else f"{name} ({commit[:7]})"
        notes = tuple(_left_out(entries))
        if not wanted:
            if not may_lack:
                what = self.inner or self.top.name
                raise InputError.of(f"'{what}' has no map files in '{name}'", remedy="name a folder that has")
            empty = Finding(Severity.NOTE, "no-map", "", None, f"no map in {words}: all of it is new")
            return Revision(words, commit, Map(map_of(()).store, (empty, *notes)))
        with tempfile.TemporaryDirectory(prefix="servicemap-") as made:
            home = Path(made).resolve()
            self._write(wanted, home)
            found = self._read(home, namespace, mappings, notes, commit)
        return Revision(words, commit, found)

    def opened_or_empty(self, commit: str, *, name: str, namespace: str = "", mappings: Sequence[Path] = ()) -> Map:
        """As ``opened`` for a commit, to compare with: a map that cannot be read is an empty one, and that is said."""
        try:
            return self.opened(commit, namespace=namespace, mappings=mappings, may_lack=True).opened
        except InputError as error:
            message = f"the map of {name} cannot be read, so all of it is new: {error.problems[0]}"
            return Map(map_of(()).store, (Finding(Severity.WARNING, "no-map", "", None, message),))

    def take(self, name: str, folder: Path, ending: str) -> None:
        """Put the files with an ending, as a revision has them, below a folder of the caller's.

        Raises InputError when there is no such revision, there is too much, or an object is not in this clone.
        """
        entries = self._entries(self.commit(name))
        self._write([entry for entry in entries if _is_wanted(entry, frozenset({ending}))], folder)

    def working_tree(self, *, namespace: str = "", mappings: Sequence[Path] = ()) -> Revision:
        """The map as its files are now. Raises InputError when they cannot be used."""
        return Revision("working tree", "", self._read(self.top, namespace, mappings, (), ""))

    def _is_shallow(self) -> bool:
        return _git(self.top, "rev-parse", "--is-shallow-repository").stdout.strip() == b"true"

    def _entries(self, commit: str) -> list[_Entry]:
        """What a commit has below the map's folder, or the one file."""
        below = ["--", self.inner] if self.inner else []
        done = _git(self.top, "ls-tree", "-r", "-z", "-l", "--full-tree", commit, *below)
        if done.returncode:
            raise _incomplete(done.stderr)
        return [_entry(line) for line in done.stdout.split(b"\0") if line]

    def _write(self, entries: Sequence[_Entry], home: Path) -> None:
        """Put the files of a tree below a folder of our own."""
        if len(entries) > _MOST_FILES:
            raise InputError.of(f"more than {_MOST_FILES:,} map files in git", remedy="name a smaller folder")
        if sum(entry.size for entry in entries) > _MOST_BYTES:
            raise InputError.of(f"more than {_MOST_BYTES // 1_000_000} MB in git", remedy="name a smaller folder")
        asked = "".join(f"{entry.digest}\n" for entry in entries).encode("ascii")
        done = _git(self.top, "cat-file", "--batch", given=asked)
        if done.returncode:
            raise _incomplete(done.stderr)
        for entry, content in zip(entries, _contents(done.stdout, entries), strict=True):
            target = home / entry.path
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("xb") as file:
                    file.write(content)
            except OSError as error:
                why = f"'{entry.path}' cannot be taken from git ({error.strerror})"
                raise InputError.of(why, remedy="see to the temporary folder, or to the file's name") from error

    def _read(self, home: Path, namespace: str, mappings: Sequence[Path], notes: Sequence[Finding], commit: str) -> Map:
        """Read the map below a folder that stands for the repository, and name its files as the repository does."""
        target = home / self.inner
        space = namespace or ((target if target.is_dir() else target.parent).relative_to(home).name or self.top.name)
        shorten = _shortened(f"{home}{os.sep}")
        try:
            read = read_sources([target], namespace=space, mappings=mappings, open_ends=True)
        except InputError as error:
            raise InputError(*map(shorten, error.problems)) from None
        told = [_renamed(statements, shorten, commit) for statements in read]
        found = map_of(told)
        return Map(found.store, (*notes, *found.reading))


def _git(folder: Path, *words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run git where it can neither ask, nor fetch, nor run anything of the repository's."""
    program = shutil.which("git")
    if program is None:
        raise InputError.of("git is not installed", remedy="install it, or compare two folders")
    environment: Mapping[str, str] = {k: v for k, v in os.environ.items() if not k.startswith(_STRANGE)} | _OWN
    try:
        return subprocess.run(  # noqa: S603 no shell, the program is git, and no word of a user begins with "-"
            [program, "-C", str(folder), *_QUIET, *words],
            input=given,
            capture_output=True,
            env={**environment, "LC_ALL": "C"},
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise InputError.of(f"git did not answer in {_SECONDS} s", remedy="name a smaller folder") from None
    except OSError as error:
        raise InputError.of(f"git cannot be started ({error.strerror})", remedy="see to its installation") from error


def _incomplete(said: bytes) -> InputError:
    words = (said.decode("utf-8", "replace").strip().splitlines() or ["an object is missing"])[0]
    return InputError.of(f"git cannot read this revision ({words[:200]})", remedy="fetch it whole, then try again")


def _entry(line: bytes) -> _Entry:
    """One line of ``git ls-tree -l``; a path that does not stay below its folder is refused."""
    head, _, name = line.partition(b"\t")
    mode, _, digest, size = head.decode("ascii").split()
    path = os.fsdecode(name)
    parts = path.split("/")
    if any(part in ("", ".", "..") or part.casefold() == ".git" or "\\" in part for part in parts):
        raise InputError.of(f"git holds a file with the path '{path}', which leads elsewhere", remedy="rename the file")
    return _Entry(path, mode, digest, int(size) if size.isdecimal() else 0)


def _is_wanted(entry: _Entry, endings: frozenset[str]) -> bool:
    known = posixpath.splitext(entry.path)[1].lower() in endings
    passed_over = not _PASSED_OVER.isdisjoint(entry.path.split("/")[:-1])
    return known and not passed_over and entry.mode not in (_LINK, _SUBMODULE)


def _left_out(entries: Sequence[_Entry]) -> Iterator[Finding]:
    """Links and submodules are not followed, and that is said."""
    passed_over = [entry for entry in entries if entry.mode in (_LINK, _SUBMODULE)]
    for entry in passed_over[:_MOST_TOLD]:
        words = "a symbolic link in git is not followed" if entry.mode == _LINK else "a submodule is not read"
        yield Finding(Severity.NOTE, "not-read", "", Where(entry.path), words)
    if len(passed_over) > _MOST_TOLD:
        more = f"{len(passed_over) - _MOST_TOLD:,} more symbolic links and submodules are not read"
        yield Finding(Severity.NOTE, "not-read", "", None, more)


_MOST_TOLD = 20


def _contents(answer: bytes, entries: Sequence[_Entry]) -> Iterator[bytes]:
    """The files that ``git cat-file --batch`` hands over, in the order in which they were asked for."""
    at = 0
    for entry in entries:
        end = answer.index(b"\n", at)
        words = answer[at:end].split()
        if len(words) != _WORDS_OF_A_HEAD:
            raise InputError.of(f"'{entry.path}' is not in this clone", remedy="fetch it whole, then try again")
        size = int(words[2])
        yield answer[end + 1 : end + 1 + size]
        at = end + size + 2


_WORDS_OF_A_HEAD = 3


def _shortened(home: str) -> Callable[[Finding], Finding]:
    """Says a finding with the paths of the repository."""

    def shorten(finding: Finding) -> Finding:
        where = replace(finding.where, path=finding.where.path.removeprefix(home)) if finding.where else None
        message, remedy = finding.message.replace(home, ""), finding.remedy.replace(home, "")
        return replace(finding, where=where, message=message, remedy=remedy)

    return shorten


def _renamed(statements: Statements, shorten: Callable[[Finding], Finding], commit: str) -> Statements:
    place = shorten(Finding(Severity.NOTE, "", "", Where(statements.source.path), "")).where
    assert place is not None
    source = replace(statements.source, path=place.path, commit=commit)
    return replace(statements, source=source, findings=tuple(map(shorten, statements.findings)))
