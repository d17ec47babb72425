"""What is different between two versions of a vocabulary, and which of it breaks a map, a query or a program?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from ontology.words import Word

__all__ = ["Changed", "changes"]

How = Literal["added", "removed", "deprecated", "changed"]
_PARTS = ("sort", "key", "label", "definition", "note", "domain", "range", "unit", "abstract", "scheme", "above")
_HARMLESS = {"label", "definition", "note"}


@dataclass(frozen=True, slots=True)
class Changed:
    """A difference in one word.

    ``part``      what of the word changed: "definition", "range", ...; "" for the whole word
    ``breaking``  True where a map, a query or a program that was right before can be wrong now
    ``instead``   the name of the word to write, where there is one
    """

    name: str
    how: How
    part: str = ""
    before: str = ""
    after: str = ""
    breaking: bool = False
    instead: str = ""


def changes(old: Mapping[str, Word], new: Mapping[str, Word]) -> tuple[Changed, ...]:
    """What changed from one version to the next: what breaks first, then by name.

    Nothing breaks by a new word, another label, a definition in other words, a wider domain or range, a word above, or
    a word that is deprecated: it is still there. All else breaks.

    >>> changes({}, {})
    ()
    """
    found = [*_gone(old, new)]
    for iri, word in new.items():
        if iri in old:
            found += _differences(old[iri], word, new)
        else:
            found.append(Changed(word.name, "added", after=word.definition))
    return tuple(sorted(found, key=lambda c: (not c.breaking, c.name, c.part)))


def _gone(old: Mapping[str, Word], new: Mapping[str, Word]) -> Iterator[Changed]:
    for iri, word in old.items():
        if iri not in new:
            yield Changed(word.name, "removed", before=word.definition, breaking=True, instead=_instead(word, new))


def _differences(old: Word, new: Word, known: Mapping[str, Word]) -> Iterator[Changed]:
    if new.deprecated and not old.deprecated:
        yield Changed(new.name, "deprecated", instead=_instead(new, known))
    for part in _PARTS:
        before, after = getattr(old, part), getattr(new, part)
        if before != after:
            breaking = part not in _HARMLESS and not _widened(part, before, after, known)
            yield Changed(new.name, "changed", part, _said(before), _said(after), breaking=breaking)


def _instead(word: Word, known: Mapping[str, Word]) -> str:
    return known[word.replaced_by].name if word.replaced_by in known else ""


def _widened(part: str, before: object, after: object, known: Mapping[str, Word]) -> bool:
    """Whether all that was right before still is."""
    if part in ("key", "unit"):
        return part == "key" and not before
    if part == "above":
        return isinstance(before, tuple) and isinstance(after, tuple) and set(before) <= set(after)
    if part in ("domain", "range") and isinstance(before, str):
        return after == "" or after in _above(before, known)
    return part == "abstract" and after is False


def _above(iri: str, known: Mapping[str, Word]) -> set[str]:
    found: set[str] = set()
    waiting = [iri]
    while waiting:
        word = known.get(waiting.pop())
        fresh = [each for each in word.above if each not in found] if word else []
        found.update(fresh)
        waiting += fresh
    return found


def _said(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
