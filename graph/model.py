"""What do the floors of ``graph`` hand to each other? The few values that everything else speaks in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from pathlib import Path
from typing import Protocol, TypeVar

__all__ = [
    "NOT_LISTED",
    "Confidence",
    "Finding",
    "Head",
    "InputError",
    "ReadOptions",
    "Severity",
    "Source",
    "Statements",
    "Where",
]


T = TypeVar("T")
NOT_LISTED = "more of these are not listed"
"""How a finding ends that stands for others of its kind."""


class Severity(Enum):
    """How bad a finding is: an error stops a load, a warning and a note do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Confidence(IntEnum):
    """How sure an importer is that a file is its own; the highest wins."""

    NO = 0
    MAYBE = 1
    LIKELY = 2
    CERTAIN = 3


@dataclass(frozen=True, slots=True, order=True)
class Where:
    """A place in a file; ``line`` counts from 1, 0 means the file as a whole.

    >>> str(Where("shop.yaml", 14)), str(Where("shop.yaml"))
    ('shop.yaml:14', 'shop.yaml')
    """

    path: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path


_COUNT = re.compile(r"('[^']*')|(?<![\w.,-])\d[\d,]*(?![\w-]|[.,]\d)")
"""A number that stands by itself; what is quoted is a name, and stays."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a person should look at: what, where, and what to do about it; one line when it is shown.

    >>> str(Finding(Severity.ERROR, "unknown-kind", "", Where("a.yaml", 3), "unknown kind 'sevice'", "write 'service'"))
    "a.yaml:3: unknown kind 'sevice'; write 'service'"
    """

    severity: Severity
    check: str
    subject: str
    where: Where | None
    message: str
    remedy: str = ""

    @property
    def identity(self) -> tuple[str, str, str]:
        """What it is about, however much of it there is: check, subject and message, without counts and place.

        >>> found = Finding(
        ...     Severity.WARNING, "stub", "urn:db", None, "'db 2' is defined nowhere; 3 elements point at it"
        ... )
        >>> found.identity[2]
        "'db 2' is defined nowhere; # elements point at it"
        """
        return self.check, self.subject, _COUNT.sub(lambda found: found[1] or "#", self.message)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        text = f"{place}{self.message}{'; ' + self.remedy if self.remedy else ''}"
        if text.isprintable():
            return text
        # It quotes a file, and what a file holds may break the line or steer a terminal.
        return "".join(sign if sign.isprintable() else " " for sign in text)


class InputError(Exception):
    """What somebody gave us cannot be used. Carries findings; the ways in turn them into one line each.

    >>> print(InputError.of("no map given", remedy="name a file or a folder"))
    no map given; name a file or a folder
    """

    def __init__(self, *problems: Finding) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems

    @classmethod
    def of(
        cls, message: str, *, path: str | Path = "", line: int = 0, remedy: str = "", check: str = "input"
    ) -> InputError:
        """Make the error of a single problem."""
        where = Where(str(path), line) if str(path) else None
        return cls(Finding(Severity.ERROR, check, "", where, message, remedy))


@dataclass(frozen=True, slots=True)
class Source:
    """One file as it was read. ``id`` is stable over re-reads and names the file's graph."""

    id: str
    path: str
    importer: str
    digest: str
    namespace: str
    loaded_at: str = ""
    commit: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """What an importer may look at to say whether a file is its own: the name and the first 64 kB as text.

    ``text`` is empty when the bytes are no UTF-8.
    """

    path: Path
    text: str


def _nowhere(iri: str) -> Where | None:  # noqa: ARG001 it is asked for one
    return None


class Beside(Protocol):
    """Gives what a survey finds in all files that one importer reads into one namespace."""

    def __call__(self, survey: Callable[[Sequence[Path]], T], /) -> T:
        """What the survey finds; each is made once in a reading."""


def _alone(survey: Callable[[Sequence[Path]], T], /) -> T:
    return survey(())


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the reader of a file is told: the namespace and base for ids, and the source's id.

    ``earlier`` says where a file that the same importer read before speaks of an IRI that has a line; an importer asks
    it when one thing should not be said by two files.

    ``beside`` gives what a survey finds in all files of this reading that the same importer reads into the same
    namespace; each survey is made once. An importer asks it when a file names what another file defines.
    """

    namespace: str
    base: str
    source_id: str
    earlier: Callable[[str], Where | None] = _nowhere
    beside: Beside = _alone


@dataclass(frozen=True, slots=True)
class Statements:
    """What an importer returns for one file.

    ``triples``   N-Triples (UTF-8): the exchange form that every store reads at full speed
    ``lines``     IRI of an element, dependency, agreement ... -> line where the file says it; for a property of it
                  ``<IRI> <property>`` with a space between, where that is another line
    ``defines``   IRIs of the things that this file defines (each has a type in ``triples``)
    ``mentions``  IRI of a thing that this file points at -> the line of the first mention
    ``closed``    True: a mention that no file defines is an error. False: it becomes a stub, and is listed
    ``titles``    what the file says about the map itself (title, description)
    ``recipe``    what the reading depended on, as a digest; "" when it must not be left out the next time
    ``file``      a file whose N-Triples belong to it as they are, beside ``triples``; for what is too large to hold
    ``follow``    file that this one asks to be read too -> the line that names it; it is read when it lies in the
                  folder that was given, or in that of the file that was given
    """

    source: Source
    triples: bytes
    lines: Mapping[str, int]
    findings: tuple[Finding, ...] = ()
    defines: Set[str] = frozenset()
    mentions: Mapping[str, int] = field(default_factory=dict)
    closed: bool = False
    titles: Mapping[str, str] = field(default_factory=dict)
    follow: Mapping[Path, int] = field(default_factory=dict)
    file: Path | None = None
    recipe: str = ""
