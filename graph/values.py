"""How does a value from a file become a statement of the type that its property wants?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Protocol

from graph.documents import Map, Seq, Value
from graph.model import Finding, InputError, Severity, Where
from graph.ntriples import XSD, Writer, segment
from graph.similar import Proposals
from ontology.vocabulary import ElementClass, PropertyUse, Vocabulary, vocabulary

__all__ = [
    "MOST_PROBLEMS",
    "Resolve",
    "code_iri",
    "day",
    "literal",
    "minutes",
    "moment",
    "named",
    "number",
    "percent",
    "truth",
    "write_property",
]

MOST_PROBLEMS = 200


class Resolve(Protocol):
    """How the importer finds the thing that a reference means."""

    def __call__(self, text: str, use: PropertyUse, where: Where) -> str:
        """Write what is known of the thing and return its IRI; InputError or ValueError when there is none."""
        ...


def write_property(
    writer: Writer,
    subject: str,
    use: PropertyUse,
    value: Value,
    where: Where,
    resolve: Resolve,
    proposals: Proposals | None = None,
) -> list[Finding]:
    """Write one property of one subject, typed by the vocabulary; never guessed from the text.

    Args:
        writer: takes the statements.
        subject: IRI of the thing that has the property.
        use: the property as the subject's class uses it.
        value: as read from the file: a text, a list of them, or for parts a map (or a list of maps).
            ``None``, empty text and empty lists say nothing and write nothing.
        where: place of the value; items of lists and keys of parts know their own lines.
        resolve: turns a reference into an IRI.
        proposals: those of the file, where it has more values than this one.

    Returns:
        What does not fit, as errors with the line and the way out; the values that fit are written all the same.
        At most one more than ``MOST_PROBLEMS``.
    """
    return _Property(writer, resolve, proposals or Proposals()).write(subject, use, value, where)[: MOST_PROBLEMS + 1]


class _Property:
    """One call of write_property, with what stays the same through nested parts."""

    def __init__(self, writer: Writer, resolve: Resolve, proposals: Proposals) -> None:
        self.writer = writer
        self.proposals = proposals
        self.resolve = resolve
        self.words = vocabulary()

    def write(self, subject: str, use: PropertyUse, value: Value, where: Where) -> list[Finding]:
        items = list(_items(value, where))
        if len(items) > 1 and not use.many:
            remedy = "keep one of them"
            return [_error(subject, items[1][1], f"'{use.key}' takes one value, here are {len(items)}", remedy)]
        found: list[Finding] = []
        parts: dict[str, int] = {}
        for position, (item, place) in enumerate(items, start=1):
            del found[MOST_PROBLEMS + 1 :]
            if use.kind == "part":
                found += self._part(subject, use, item, place, position if len(items) > 1 else 0, parts)
                continue
            if not isinstance(item, str):
                what = "a map" if isinstance(item, Map) else "a list"
                found.append(_error(subject, place, f"'{use.key}' is {what}", f"write {_wanted(use, self.words)}"))
                continue
            try:
                found += self._single(subject, use, item.strip(), place)
            except InputError as problem:
                found += problem.problems
            except ValueError as problem:
                message, _, remedy = str(problem).partition("; ")
                found.append(_error(subject, place, f"'{use.key}': {message}", remedy))
        return found

    def _single(self, subject: str, use: PropertyUse, text: str, where: Where) -> list[Finding]:
        """Write one value; what is returned is told and no reason to refuse it."""
        if use.kind == "reference":
            self.writer.iri(subject, use.iri, self.resolve(text, use, where))
        elif use.kind == "code":
            old = self.words.old_code(text, use.range)
            self.writer.iri(subject, use.iri, old.iri if old else code_iri(text, use.range, self.words, self.proposals))
            if old:
                message = f"'{text}' is an old word of '{use.key}'"
                return [Finding(Severity.WARNING, "old-word", subject, where, message, f"write '{old.key}'")]
        else:
            lexical, datatype = literal(text, use)
            self.writer.text(subject, use.iri, lexical, datatype)
        return []

    def _part(
        self, subject: str, use: PropertyUse, item: Value, where: Where, position: int, parts: dict[str, int]
    ) -> list[Finding]:
        """Write one part; ``parts`` has those before it in the same list, and their lines."""
        if not isinstance(item, Map):
            remedy = f"write {_wanted(use, self.words)}"
            return [_error(subject, where, f"'{use.key}' is not a map", remedy)]
        try:
            cls = _part_class(use, item, self.words, self.proposals)
        except ValueError as problem:
            message, _, remedy = str(problem).partition("; ")
            return [_error(subject, _at(where, item, "kind"), message, remedy)]
        part = f"{subject}/{segment(use.key)}"
        identifier = item.get("id")
        if isinstance(identifier, str) and "id" not in cls.properties:
            part += f"/{segment(identifier)}"
        elif position:
            part += f"/{position}"
        if part in parts:
            message = f"'{part.rpartition('/')[2][:60]}' is twice in '{use.key}', first on line {parts[part]}"
            return [_error(subject, where, message, "give each its own id")]
        parts[part] = where.line
        self.writer.iri(subject, use.iri, part)
        self.writer.type(part, cls.iri)
        found: list[Finding] = []
        for key, value in item.items():
            place = _at(where, item, key)
            inner = cls.properties.get(key)
            if inner is not None:
                found += self.write(part, inner, value, place)
            elif key not in {"id", "kind"} and len(found) <= MOST_PROBLEMS:
                message = f"'{cls.key or cls.label}' has no property '{key[:60]}'"
                found.append(_error(part, place, message, self.proposals.proposal(key, cls.properties)))
        return found


def _items(value: Value, where: Where) -> Iterable[tuple[Value, Where]]:
    """The values that say something, each with its place."""
    if isinstance(value, Seq):
        for item, line in zip(value, value.lines, strict=True):
            yield from _items(item, Where(where.path, line)) if not isinstance(item, Seq) else [(item, where)]
    elif isinstance(value, str):
        if value.strip():
            yield value, where
    elif value is not None:
        yield value, where


def _at(where: Where, holder: Map, key: str) -> Where:
    return Where(where.path, holder.lines.get(key, where.line))


def _error(subject: str, where: Where, message: str, remedy: str) -> Finding:
    return Finding(Severity.ERROR, "wrong-value", subject, where, message, remedy)


def _part_class(use: PropertyUse, item: Map, words: Vocabulary, proposals: Proposals) -> ElementClass:
    """The class of a part: what the property says, or a narrower one that the part names as its ``kind``."""
    cls = words.classes[use.range]
    kind = item.get("kind")
    if kind is None or "kind" in cls.properties:
        if cls.abstract:
            known = ", ".join(sorted(c.key for c in _kinds_of(use.range, words)))
            raise ValueError(f"'{use.key}' needs a kind; write 'kind:' with one of {known}")
        return cls
    named = next((c for c in _kinds_of(use.range, words) if c.key == kind), None)
    if named is None:
        known = proposals.near(str(kind), (c.key for c in _kinds_of(use.range, words)))
        raise ValueError(f"unknown kind '{_short(str(kind))}' of '{use.key}'; {known or 'leave it out'}")
    return named


def _kinds_of(ancestor: str, words: Vocabulary) -> list[ElementClass]:
    return [c for c in words.classes.values() if c.key and not c.abstract and words.is_a(c.iri, ancestor)]


def _wanted(use: PropertyUse, words: Vocabulary) -> str:
    if use.kind == "part":
        return f"a map with {', '.join(sorted(words.classes[use.range].properties)) or 'its properties'}"
    if use.kind == "reference":
        return "an id"
    if use.kind == "code":
        return f"one of {', '.join(code.key for code in words.codes_of(use.range))}"
    return f"a text, for example {_EXAMPLES.get(use.unit or use.range.rpartition('#')[2], 'some words')}"


_EXAMPLES = {
    "minutes": "'30 min'",
    "percent": "'99.9 %'",
    "boolean": "'yes'",
    "integer": "'3'",
    "decimal": "'2.5'",
    "dateTime": "'2026-01-31T08:00:00+01:00'",
    "date": "'2026-01-31'",
    "anyURI": "'https://example.org/page'",
}


def code_iri(text: str, scheme: str, words: Vocabulary, proposals: Proposals | None = None) -> str:
    """The IRI of an entry of a code list by its key; ValueError with the nearest or all entries."""
    codes = words.codes_of(scheme)
    for code in codes:
        if code.key == text:
            return code.iri
    known = (proposals or Proposals()).near(text, (code.key for code in codes))
    words_of_list = ", ".join(code.key for code in codes)
    raise ValueError(f"unknown value '{_short(text)}'; {known or 'write one of ' + words_of_list}")


def literal(text: str, use: PropertyUse) -> tuple[str, str]:
    """The lexical form and datatype of a text under a property; ValueError says what is wrong and what to write.

    Whole numbers get ``xsd:integer`` and other numbers ``xsd:decimal``, because stores normalise the derived types.
    """
    kind = use.range.rpartition("#")[2]
    if kind in {"string", "langString"}:
        _check_pattern(text, use)
        return text, ""
    if kind in _WHOLE:
        amount: int | Decimal = _amount(text, use)
        if amount != int(amount):
            raise ValueError(f"'{_short(text)}' is not a whole number; write one, for example '3'")
        _check_range(text, amount, use, floor=_WHOLE[kind])
        return str(int(amount)), XSD + "integer"
    if kind in {"decimal", "double", "float"}:
        amount = _amount(text, use)
        _check_range(text, amount, use)
        return format(amount, "f"), XSD + "decimal"
    if kind == "boolean":
        return ("true" if truth(text) else "false"), use.range
    if kind == "dateTime":
        return moment(text), use.range
    if kind == "date":
        return day(text).isoformat(), use.range
    if kind == "anyURI":
        if not _ADDRESS.fullmatch(text):
            raise ValueError(f"'{_short(text)}' is not an address; write one such as 'https://example.org/page'")
        return text, use.range
    _check_pattern(text, use)
    return text, use.range


_WHOLE: dict[str, int | None] = {"integer": None, "int": None, "long": None, "nonNegativeInteger": 0}
_WHOLE["positiveInteger"] = 1
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`]+")
_LONGEST_MATCHED = 2_000


def _check_pattern(text: str, use: PropertyUse) -> None:
    if use.pattern and not (len(text) <= _LONGEST_MATCHED and re.search(use.pattern, text)):
        raise ValueError(f"'{_short(text)}' does not have the form {use.pattern}; correct it")


def _check_range(text: str, amount: int | Decimal, use: PropertyUse, *, floor: int | None = None) -> None:
    least = use.minimum if use.minimum is not None else floor
    if least is not None and amount < least:
        raise ValueError(f"'{_short(text)}' is too small; write {least} or more")
    if use.maximum is not None and amount > use.maximum:
        raise ValueError(f"'{_short(text)}' is too large; write {use.maximum} or less")


def _amount(text: str, use: PropertyUse) -> Decimal:
    if use.unit == "minutes":
        return minutes(text)
    return percent(text) if use.unit == "percent" else number(text)


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(?:\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,2})?")
_SPAN = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,6})?)\s*([a-z]+)\s*", re.IGNORECASE)
_MINUTES = {
    **dict.fromkeys(("s", "sec", "second", "seconds"), Decimal(1) / 60),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), Decimal(1)),
    **dict.fromkeys(("h", "hour", "hours"), Decimal(60)),
    **dict.fromkeys(("d", "day", "days"), Decimal(24 * 60)),
    **dict.fromkeys(("week", "weeks"), Decimal(7 * 24 * 60)),
}


def number(text: str) -> Decimal:
    """A plain decimal number; ValueError for anything else.

    >>> number("2.50")
    Decimal('2.50')
    """
    if not _NUMBER.fullmatch(text.strip()):
        raise ValueError(f"'{_short(text)}' is not a number; write digits, for example '2.5'")
    return Decimal(text.strip())


def named(name: str, identifier: str) -> str:
    r"""What an element is called: its name in one line, or its id where the name has no sign that anybody sees.

    >>> named(" Shop\n  floor ", "shop"), named("\u200b\u200b", "shop"), named("", "shop")
    ('Shop floor', 'shop', 'shop')
    """
    line = " ".join(name.split())
    return line if any(map(str.isprintable, line.replace(" ", ""))) else " ".join(identifier.split())


def minutes(text: str) -> Decimal:
    """A length of time in minutes; ValueError when the unit is missing or unknown.

    >>> minutes("30 min"), minutes("1.5 h"), minutes("1 day 2 hours")
    (Decimal('30'), Decimal('90.0'), Decimal('1560'))
    """
    total, position, rest = Decimal(0), 0, text.strip()
    while match := _SPAN.match(rest, position):
        unit = _MINUTES.get(match[2].lower())
        if unit is None:
            raise ValueError(f"'{_short(text)}' has the unknown unit '{match[2]}'; write s, min, h, days or weeks")
        total, position = total + Decimal(match[1]) * unit, match.end()
    if not rest or position < len(rest):
        raise ValueError(f"'{_short(text)}' is not a length of time; write '30 min', '4 h' or '2 days'")
    return total.quantize(Decimal("0.001")).normalize() if total % 1 else total


def percent(text: str) -> Decimal:
    """A percentage, with or without its sign; ValueError for anything else.

    >>> percent("99.9 %"), percent("50")
    (Decimal('99.9'), Decimal('50'))
    """
    try:
        return number(text.strip().removesuffix("%"))
    except ValueError:
        raise ValueError(f"'{_short(text)}' is not a percentage; write for example '99.9 %'") from None


def truth(text: str) -> bool:
    """Yes or no; ValueError for anything else.

    >>> truth("yes"), truth("False")
    (True, False)
    """
    answer = {"yes": True, "true": True, "on": True, "no": False, "false": False, "off": False}
    if text.strip().lower() not in answer:
        raise ValueError(f"'{_short(text)}' is neither yes nor no; write 'yes' or 'no'")
    return answer[text.strip().lower()]


_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?", re.ASCII)


def moment(text: str) -> str:
    """A point in time in the form of xsd:dateTime. A plain date means midnight UTC; ValueError without a time zone.

    >>> moment("2026-01-31T08:00+01:00"), moment("2026-01-31")
    ('2026-01-31T08:00:00+01:00', '2026-01-31T00:00:00Z')
    """
    text = text.strip()
    if len(text) == len("2026-01-31"):
        return f"{day(text).isoformat()}T00:00:00Z"
    match = _MOMENT.fullmatch(text)
    if match and not match[3]:
        raise ValueError(f"'{text}' has no time zone; write '{text.replace(' ', 'T')}Z' or with '+01:00'")
    try:
        found = datetime.fromisoformat(text.upper()) if match else None
    except ValueError:
        found = None
    if found is None:
        raise ValueError(f"'{_short(text)}' is not a point in time; write for example '2026-01-31T08:00:00+01:00'")
    plain = found.replace(tzinfo=None).isoformat()
    return plain + ("Z" if found.utcoffset() == UTC.utcoffset(None) else text[-6:])


def day(text: str) -> date:
    """A date; ValueError for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"'{_short(text)}' is not a date; write for example '2026-01-31'") from None
