"""Which elements fit an expression? Over whole columns: kind, name, owner, state, how much is used, any property."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from graph.analysis.expression import (
    OPERATORS,
    And,
    Expression,
    ExpressionError,
    Has,
    Not,
    Or,
    Term,
    Value,
    Words,
    parse,
)
from graph.projection import Projection
from graph.similar import did_you_mean, nearest, proposal
from ontology.vocabulary import vocabulary

__all__ = ["Column", "Columns", "Completion", "Found", "Meant", "completions", "find"]

Ints = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A property of all elements: ``elements[n]`` says ``words[codes[n]]``, by element and word.

    ``words``    codes of lists by their key, elements by their name, all else as it is written; each once
    ``targets``  for each word the number of the element that is named; -1 for what is none
    """

    elements: Ints
    codes: Ints
    words: tuple[str, ...]
    targets: Ints

    @property
    def texts(self) -> list[str]:
        """What is said, row by row."""
        return [self.words[code] for code in self.codes.tolist()]


class Columns(Protocol):
    """Where the properties of elements come from."""

    @property
    def keys(self) -> Sequence[str]:
        """All that may be asked for."""

    def of(self, key: str) -> Column:
        """One of them."""


@dataclass(frozen=True, slots=True)
class Meant:
    """What may stand in an expression in the place of what begins at ``at`` and ends before ``until``."""

    at: int
    until: int
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """``fits`` says of each element whether it does; ``notes`` what somebody should know: a value that nobody has.

    ``meant`` says what may stand in the place of such a value, as it has to be typed.
    """

    fits: Bools
    notes: tuple[str, ...] = ()
    meant: tuple[Meant, ...] = ()

    @property
    def elements(self) -> list[int]:
        """Numbers of what fits."""
        return [int(number) for number in np.flatnonzero(self.fits)]


def find(projection: Projection, columns: Columns, text: str) -> Found:
    """The elements that fit an expression; see ``docs/reference/find.md``. Cost: a look at each column that is named.

    Raises ExpressionError, which points at the place, for what cannot be understood, unknown properties and kinds.

    >>> from pathlib import Path
    >>> from graph.attributes import Attributes
    >>> from graph.maps import open_map
    >>> opened = open_map([Path("data/laundry")])
    >>> p = opened.projection
    >>> found = find(p, Attributes(opened.store, p), "kind = technical service and used by > 1")
    >>> [p.labels[number] for number in found.elements]
    ['Carrier', 'Washing factory']
    """
    asked = _Asked(projection, columns, text)
    fits = asked.fits(parse(text))
    return Found(fits, tuple(dict.fromkeys(asked.notes)), tuple(asked.meant))


_OWN = ("kind", "name", "id", "lane", "namespace", "uses", "used_by", "degree", "defined")
_NUMBERS = ("uses", "used_by", "degree")
_FIRST = ("kind", "name", "owner", "environment", "criticality", "state", "lifecycle", "lane", "used_by", "uses", "id")
_SAID = {"label": "name", "type": "kind", "layer": "lane", "users": "used_by", "depends_on": "uses"}


class _Asked:
    """One expression, being answered."""

    def __init__(self, projection: Projection, columns: Columns, text: str) -> None:
        self.p, self.columns, self.text = projection, columns, text
        self.notes: list[str] = []
        self.meant: list[Meant] = []

    def fits(self, expression: Expression) -> Bools:
        match expression:
            case And(parts):
                return np.asarray(np.logical_and.reduce([self.fits(part) for part in parts]))
            case Or(parts):
                return np.asarray(np.logical_or.reduce([self.fits(part) for part in parts]))
            case Not(inner):
                return np.logical_not(self.fits(inner))
            case Has(key):
                return self._said(self._key(key))
            case Words(value):
                return self._named(value.text)
            case Term():
                return self._term(expression)

    # ── keys ───────────────────────────────────────────────────────────────────────────────

    def _key(self, typed: Value) -> str:
        key = re.sub(r"[\s-]+", "_", typed.text.strip().casefold())
        key = _SAID.get(key, key)
        if key in _OWN or key in self.columns.keys:
            return key
        if today := vocabulary().key_today(key):
            self.notes.append(f"'{typed.text}' is called '{today.replace('_', ' ')}' now")
            return today
        known = [*_OWN, *self.columns.keys]
        near = did_you_mean(typed.text, [each.replace("_", " ") for each in known])
        if "_" in key and key.rpartition("_")[2] in known:
            near = f"if '{typed.text.rpartition(' ')[2]}' is the property, write 'and' or 'or' before it"
        remedy = near or f"known are {', '.join(_FIRST[:8])}, and every property of map files"
        raise ExpressionError(self.text, typed.at, typed.until, f"no property '{typed.text}'", remedy)

    def _said(self, key: str) -> Bools:
        if key == "defined":
            return np.logical_not(self.p.stub)
        if key in _NUMBERS:
            return self._count(key) > 0
        if key in _OWN:
            return np.ones(len(self.p), np.bool_)
        found = np.zeros(len(self.p), np.bool_)
        found[self.columns.of(key).elements] = True
        return found

    # ── terms ──────────────────────────────────────────────────────────────────────────────

    def _term(self, term: Term) -> Bools:
        key, operator = (
            self._key(term.key),
            term.operator.removeprefix("!") if term.operator[0] == "!" else term.operator,
        )
        found = np.asarray(np.logical_or.reduce([self._value(key, operator, value) for value in term.values]))
        return np.logical_not(found) if term.operator[0] == "!" else found

    def _value(self, key: str, operator: str, value: Value) -> Bools:
        if key in _NUMBERS:
            return self._compared(self._count(key), operator, value)
        if key == "kind" and operator == "=" and "*" not in value.text:
            return self._of_kind(value)
        if key == "defined":
            return self._flag(np.logical_not(self.p.stub), value)
        if key in ("name", "id", "namespace", "kind", "lane"):
            return self._own(key, operator, value)
        column = self.columns.of(key)
        test = self._test(operator, value, numbers=True)
        ids = [self.p.ids[n] if n >= 0 else "" for n in column.targets.tolist()]
        wanted = [
            test(word) or (bool(identifier) and (test(identifier) or test(identifier.partition("/")[2])))
            for word, identifier in zip(column.words, ids, strict=True)
        ]
        found = np.zeros(len(self.p), np.bool_)
        if column.words:
            found[column.elements[np.array(wanted, np.bool_)[column.codes]]] = True
        if operator == "=" and not any(wanted):
            self._unknown(key, value, (*column.words, *filter(None, ids)))
        return found

    def _own(self, key: str, operator: str, value: Value) -> Bools:
        test = self._test(operator, value)
        match key:
            case "name":
                fits = (test(label) for label in self.p.labels)
            case "id":
                fits = (test(identifier) or test(identifier.partition("/")[2]) for identifier in self.p.ids)
            case "namespace":
                known = {space: test(space) for space in {each.partition("/")[0] for each in self.p.ids}}
                fits = (known[identifier.partition("/")[0]] for identifier in self.p.ids)
                self._unknown_of(key, operator, value, known)
            case "lane":
                lanes = {cls: _lane(cls) for cls in set(self.p.classes)}
                by_class = {cls: any(map(test, words)) for cls, words in lanes.items()}
                fits = (by_class[cls] for cls in self.p.classes)
                self._known_lane(operator, value, by_class.values())
            case _:
                kinds = {cls: test(_kind(cls)) for cls in set(self.p.classes)}
                fits = (kinds[cls] for cls in self.p.classes)
        return np.fromiter(fits, np.bool_, len(self.p))

    def _of_kind(self, value: Value) -> Bools:
        """Of a kind, or of one below it."""
        words, wanted = vocabulary(), value.text.strip().casefold()
        cls = words.class_named(wanted) or words.class_named(wanted.replace("-", " ").replace("_", " "))
        if cls is None and wanted.endswith("s"):
            cls = words.class_named(wanted[:-1])
        if cls is None:
            called = ((each, name.casefold()) for each in words.classes.values() for name in each.called)
            cls = next((each for each, name in called if wanted in (name, f"{name}s")), None)
        if cls is None:
            keys = sorted(each.key for each in words.classes.values() if each.key)
            raise ExpressionError(
                self.text, value.at, value.until, f"no kind '{value.text}'", proposal(wanted, keys, most=8)
            )
        below = {each: words.is_a(each, cls.iri) for each in set(self.p.classes)}
        return np.fromiter((below[each] for each in self.p.classes), np.bool_, len(self.p))

    def _named(self, text: str) -> Bools:
        """A part of the name, the id or another name."""
        wanted = text.casefold()
        names = _NAMES.get(self.p) or _NAMES.setdefault(self.p, _names(self.p))
        found = np.fromiter((wanted in name for name in names), np.bool_, len(self.p))
        if "alias" in self.columns.keys:
            column = self.columns.of("alias")
            fits = np.array([wanted in word.casefold() for word in column.words], np.bool_)
            if fits.any():
                found[column.elements[fits[column.codes]]] = True
        return found

    def _count(self, key: str) -> Ints:
        """How many elements each uses directly, or is used by, or both."""
        uses, used = _COUNTS.get(self.p) or _COUNTS.setdefault(self.p, _counts(self.p))
        return uses if key == "uses" else used if key == "used_by" else (uses + used).astype(np.int32)

    def _compared(self, counts: Ints, operator: str, value: Value) -> Bools:
        try:
            number = float(value.text)
        except ValueError:
            raise ExpressionError(
                self.text, value.at, value.until, f"'{value.text}' is no number", "write one: used by > 5"
            ) from None
        if operator == "~":
            raise ExpressionError(self.text, value.at, value.until, "a number contains nothing", "write =, > or <")
        return np.asarray(_COMPARE[operator](counts, number))

    def _flag(self, said: Bools, value: Value) -> Bools:
        words = {"yes": True, "true": True, "no": False, "false": False}
        if value.text.casefold() not in words:
            raise ExpressionError(
                self.text, value.at, value.until, f"'{value.text}' is neither yes nor no", "write one of them"
            )
        return said if words[value.text.casefold()] else np.logical_not(said)

    def _test(self, operator: str, value: Value, *, numbers: bool = False) -> Callable[[str], bool]:
        wanted = value.text.casefold()
        if operator == "=":
            if "*" in wanted:
                pattern = re.compile(fnmatch.translate(wanted.replace("[", "[[]").replace("?", "[?]")))
                return lambda text: pattern.match(text.casefold()) is not None
            return lambda text: text.casefold() == wanted
        if operator == "~":
            return lambda text: wanted in text.casefold()
        if not numbers:
            remedy = "write =, !=, ~ or !~"
            raise ExpressionError(self.text, value.at, value.until, f"'{operator}' compares numbers and dates", remedy)
        return lambda text: _ordered(text, operator, value.text)

    # ── notes ──────────────────────────────────────────────────────────────────────────────

    def _unknown(self, key: str, value: Value, known: Iterable[str]) -> None:
        today = vocabulary().word_today(value.text)
        meant = today or _begun(value.text, known := list(known)) or nearest(value.text, known)
        near = f"it is called '{today}' now" if today else f"did you mean '{meant}'?" if meant else ""
        if meant:
            self.meant.append(Meant(value.at, value.until, _written(meant)))
        said = f"nothing has {key.replace('_', ' ')} '{value.text}'"
        self.notes.append(f"{said}: {near}" if near else said)

    def _unknown_of(self, key: str, operator: str, value: Value, known: dict[str, bool]) -> None:
        if operator == "=" and not any(known.values()):
            self._unknown(key, value, known)

    def _known_lane(self, operator: str, value: Value, fits: Iterable[bool]) -> None:
        lanes = [word for lane in vocabulary().lanes.values() for word in (lane.label, lane.key)]
        wanted = value.text.casefold()
        if (
            operator == "="
            and not any(fits)
            and wanted not in {word.casefold() for word in lanes}
            and "*" not in wanted
        ):
            labels = [lane.label for lane in vocabulary().lanes.values()]
            raise ExpressionError(
                self.text, value.at, value.until, f"no lane '{value.text}'", proposal(value.text, labels)
            )


_COUNTS: WeakKeyDictionary[Projection, tuple[Ints, Ints]] = WeakKeyDictionary()


_NAMES: WeakKeyDictionary[Projection, list[str]] = WeakKeyDictionary()


def _names(projection: Projection) -> list[str]:
    """Name and id of each element in small letters, once for a revision: they are asked for with every keystroke."""
    return [f"{a}\n{b}".casefold() for a, b in zip(projection.labels, projection.ids, strict=True)]


def _counts(projection: Projection) -> tuple[Ints, Ints]:
    """Of each element, how many it uses and how many use it; worked out once, as it takes a second on large maps."""
    dependent, provider, _ = projection.direct
    both = np.unique(dependent.astype(np.int64) << 32 | provider)
    size = len(projection)
    uses, used = np.bincount(both >> 32, minlength=size), np.bincount(both & 0xFFFFFFFF, minlength=size)
    return uses.astype(np.int32), used.astype(np.int32)


_COMPARE: dict[str, Callable[..., object]] = {
    "=": np.equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "<": np.less,
    "<=": np.less_equal,
}


def _ordered(text: str, operator: str, wanted: str) -> bool:
    """Numbers by their size; else as text, which is right for dates."""
    try:
        return bool(_COMPARE[operator](float(text), float(wanted)))
    except ValueError:
        return bool(_COMPARE[operator]((text > wanted) - (text < wanted), 0))


def _lane(cls: str) -> tuple[str, ...]:
    words = vocabulary()
    lane = words.lanes.get(words.classes[cls].lane) if cls in words.classes else None
    return (lane.label, lane.key) if lane else ("Others",)


def _kind(cls: str) -> str:
    known = vocabulary().classes.get(cls)
    return (known.key or known.label) if known else "element"


# ── completion ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Completion:
    """What may be written from ``at`` to where somebody types; ``said`` tells what it is."""

    at: int
    text: str
    said: str


_MOST = 12


def completions(projection: Projection, columns: Columns, text: str, at: int) -> tuple[Completion, ...]:
    """What may come at a place in an expression that is being typed: properties, operators, values, and, or.

    >>> from pathlib import Path
    >>> from graph.attributes import Attributes
    >>> from graph.maps import open_map
    >>> opened = open_map([Path("data/laundry")])
    >>> said = Attributes(opened.store, opened.projection)
    >>> [each.text for each in completions(opened.projection, said, "kind = tech", 11)]
    ['technical service']
    """
    before = text[:at]
    value = re.search(r"(?:^|[\s(])([\w -]*?\w)\s*(!=|!~|>=|<=|=|~|>|<)\s*(?:[^()=~<>!]*,\s*)?([^,()=~<>!]*)$", before)
    if value:
        typed, begin = value[3], value.start(3)
        closed = re.search(r"\s(?:and|or)\s+(?:not\s+|has\s+)*", typed, re.IGNORECASE)
        if closed is None:
            return _values(projection, columns, value[1], typed, begin)
    typed = re.split(r"(?:^|[\s(])(?:and|or|not|has)\s+|\(", before, flags=re.IGNORECASE)[-1].lstrip()
    begin = at - len(typed)
    key = typed.strip().casefold().replace(" ", "_")
    known = [*_OWN, *columns.keys]
    if typed.endswith(" ") and key in known:
        return tuple(Completion(at, f"{sign} ", words) for sign, words in OPERATORS.items())
    first = [each for each in _FIRST if each in known and each.startswith(key)]
    rest = sorted({each for each in known if each.startswith(key)} - set(first))
    inside = sorted({each for each in known if key and f"_{key}" in each} - set(first) - set(rest))
    if not (first or rest or inside):  # the middle of a word, where nothing begins so
        inside = sorted({each for each in known if key in each})
    return tuple(
        Completion(begin, f"{each.replace('_', ' ')} ", "property") for each in (*first, *rest, *inside)[:_MOST]
    )


def _begun(word: str, known: Iterable[str]) -> str:
    """The one known word that a word is the beginning of; "" where it is none, or where there are several."""
    wanted = word.casefold()
    found = {each.casefold(): each for each in known if wanted and each.casefold().startswith(wanted)}
    return next(iter(found.values())) if len(found) == 1 else ""


def _values(projection: Projection, columns: Columns, key: str, typed: str, begin: int) -> tuple[Completion, ...]:
    wanted = typed.strip().strip("\"'").casefold()
    key = re.sub(r"[\s-]+", "_", key.strip().casefold())
    key = re.split(r"(?:^|_)(?:and|or|not|has)_", key)[-1]
    known = _known_values(projection, columns, _SAID.get(key, key))
    fits = sorted(
        (word for word in known if wanted in word.casefold()), key=lambda word: not word.casefold().startswith(wanted)
    )
    found = [Completion(begin, _written(word), key.replace("_", " ")) for word in fits[:_MOST]]
    if wanted and any(word.casefold() == wanted for word in known):
        end = begin + len(typed)
        space = "" if typed.endswith(" ") else " "
        longer = [each for each in found if each.text.strip("\"'").casefold() != wanted]
        found = [Completion(end, f"{space}and ", "both"), Completion(end, f"{space}or ", "either"), *longer]
    return tuple(found)


def _known_values(projection: Projection, columns: Columns, key: str) -> list[str]:
    words = vocabulary()
    match key:
        case "kind":
            used = set(projection.classes)
            above = {a for cls in used if cls in words.classes for a in (cls, *words.classes[cls].ancestors)}
            return sorted({words.classes[cls].key for cls in above if cls in words.classes and words.classes[cls].key})
        case "lane":
            return sorted({_lane(cls)[0] for cls in set(projection.classes)})
        case "namespace":
            return sorted({identifier.partition("/")[0] for identifier in projection.ids})
        case "defined":
            return ["no", "yes"]
        case _ if key in columns.keys:
            column = columns.of(key)
            counts = np.bincount(column.codes, minlength=len(column.words))
            often = np.argsort(-counts, kind="stable").tolist()
            return [column.words[code] for code in often if len(column.words[code]) <= 80]
        case _:
            return []


def _written(word: str) -> str:
    """A value as it has to be typed: in quotation marks where signs or words would be read otherwise.

    >>> _written("Team Orders"), _written("R&D (old)"), _written("this and that")
    ('Team Orders', '"R&D (old)"', '"this and that"')
    """
    plain = not re.search(r"[()=~<>!,\"']|^\s|\s$|\s\s|(^|\s)(and|or|not)(\s|$)", word, re.IGNORECASE)
    return word if plain and word else f'"{word}"' if '"' not in word else f"'{word}'"
