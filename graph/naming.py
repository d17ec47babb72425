"""What does a technical name say, and how is one made? Both follow from the convention that a map writes down."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice

from graph.answer import Answer, count
from graph.model import Finding, InputError, Severity
from graph.ntriples import readable_id
from graph.similar import proposal
from graph.sparql import quoted
from graph.store import Reader
from ontology import terms as t

__all__ = [
    "Code",
    "Convention",
    "Part",
    "Segment",
    "answer",
    "convention",
    "conventions",
    "made",
    "make_name",
    "read_name",
    "taken",
]

_LONGEST = 255
_MOST_DIGITS, _MOST_WAYS = 5, 1_000
_QUERY = f"""
PREFIX sm: <{t.SM}>
PREFIX rdfs: <{t.RDFS}>
SELECT DISTINCT
  ?convention ?label ?between ?case ?segment ?name ?tells ?order ?least ?most ?form
  ?code ?letters ?meaning ?kind ?own ?as
WHERE {{
  ?convention a sm:NamingConvention ; sm:hasSegment ?segment .
  ?segment sm:name ?name ; sm:segmentOrder ?order ; sm:segmentRole/sm:mapKey ?tells .
  OPTIONAL {{ ?convention rdfs:label ?label }}
  OPTIONAL {{ ?convention sm:separator ?between }}
  OPTIONAL {{ ?convention sm:letterCase/sm:mapKey ?case }}
  OPTIONAL {{ ?segment sm:shortest ?least }}
  OPTIONAL {{ ?segment sm:longest ?most }}
  OPTIONAL {{ ?segment sm:segmentForm ?form }}
  OPTIONAL {{
    ?segment sm:hasNamingCode ?code .
    ?code sm:codeLetters ?letters ; sm:codeMeaning ?meaning .
    OPTIONAL {{ ?code sm:meansKind ?kind }}
    OPTIONAL {{ ?code sm:separator ?own }}
    OPTIONAL {{ ?code sm:letterCase/sm:mapKey ?as }}
  }}
}}
ORDER BY ?convention ?order ?segment ?letters ?code ?kind
"""


@dataclass(frozen=True, slots=True)
class Code:
    """Letters and what they stand for; a type may be written with another separator and in another case."""

    letters: str
    meaning: str
    kinds: tuple[str, ...] = ()
    separator: str | None = None
    letter_case: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """A part that each name has: what it tells, how long it may be, its form, and its codes where it has a list."""

    name: str
    tells: str
    shortest: int = 1
    longest: int = _LONGEST
    form: str = ""
    codes: tuple[Code, ...] = ()


@dataclass(frozen=True, slots=True)
class Convention:
    """How an organisation writes its names; the segments are in their order."""

    iri: str
    label: str
    separator: str
    letter_case: str
    segments: tuple[Segment, ...]

    @property
    def id(self) -> str:
        """Its id with its namespace."""
        return readable_id(self.iri)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a name: its segment, its letters, and the code that they are."""

    segment: Segment
    text: str
    code: Code | None = None

    @property
    def meaning(self) -> str:
        """In words: what the code stands for, with the number behind it."""
        if self.code is None:
            return ""
        return f"{self.code.meaning} {self.text[len(self.code.letters) :]}".strip()


def conventions(store: Reader) -> tuple[Convention, ...]:
    """The naming conventions of a map, by their ids."""
    found: dict[str, Convention] = {}
    segments: dict[str, dict[str, Segment]] = {}
    for row in store.rows(_QUERY):
        iri, label, between, case, segment, name, tells, _, least, most, form, code, *said = (
            "" if value is None else value.text for value in row
        )
        found.setdefault(iri, Convention(iri, label or readable_id(iri), _separator(between), case, ()))
        known = segments.setdefault(iri, {})
        one = known.get(segment) or Segment(name, tells, _length(least, 1), _length(most, _LONGEST), form)
        known[segment] = _with_code(one, said, is_own=row[-2] is not None) if code else one
    return tuple(replace(each, segments=tuple(segments[each.iri].values())) for each in found.values())


def _with_code(segment: Segment, said: list[str], *, is_own: bool) -> Segment:
    """The segment with a code, or with one more kind of a code that it has."""
    letters, meaning, kind, own, case = said
    codes = {(code.letters, code.meaning): code for code in segment.codes}
    before = codes.get((letters, meaning))
    kinds = (*(before.kinds if before else ()), *filter(None, [kind]))
    codes[letters, meaning] = Code(letters, meaning, kinds, _separator(own) if is_own else None, case)
    return replace(segment, codes=tuple(codes.values()))


def _length(written: str, otherwise: int) -> int:
    """A length; what is longer than any name, or no number, is left to the shapes."""
    return min(int(written), _LONGEST + 1) if re.fullmatch("[0-9]{1,18}", written) else otherwise


def _separator(written: str) -> str:
    return "" if written == "none" else written


def convention(store: Reader, wanted: str = "") -> Convention:
    """The convention with an id or name, or the only one; InputError where it is not clear which."""
    all_of_them = conventions(store)
    names = {name: one for one in all_of_them for name in (one.label, one.id.partition("/")[2], one.id)}
    if wanted in names:
        return names[wanted]
    if not all_of_them:
        raise InputError.of("the map has no naming convention", remedy="write one under 'naming_conventions'")
    if wanted:
        raise InputError.of(f"no naming convention '{wanted[:60]}'", remedy=proposal(wanted, names))
    if len(all_of_them) > 1:
        known = ", ".join(one.id for one in all_of_them)
        raise InputError.of(f"the map has several naming conventions ({known})", remedy="say which with --convention")
    return all_of_them[0]


def taken(store: Reader) -> frozenset[str]:
    """The technical names that elements of the map have."""
    return frozenset(text for _, text in store.pairs(t.TECHNICAL_NAME))


def read_name(store: Reader, convention: Convention, name: str) -> tuple[Part, ...]:
    """What the parts of a name say.

    A type that is written in its own way is read in that way: without a separator each part takes as few letters as
    its lengths, codes and forms allow. The form of a part is looked at by the store, as the checks do.

    Raises InputError with all that is wrong, in the order of the parts.
    """
    if len(name) > _LONGEST:
        raise InputError.of(f"the name is longer than {_LONGEST} letters", remedy="correct the name", check="name")
    if not name.isprintable():
        raise InputError.of("the name holds a sign that cannot be seen", remedy="type it again", check="name")
    reader = _Reading(store, convention)
    for code in _written_in_their_own_way(convention):
        parts = reader.own(name, code)
        if parts:
            return parts
    return reader.usual(name)


def _written_in_their_own_way(convention: Convention) -> list[Code]:
    return [code for s in convention.segments for code in s.codes if code.separator is not None or code.letter_case]


class _Reading:
    def __init__(self, store: Reader, convention: Convention) -> None:
        self._convention, self._segments = convention, convention.segments
        self._dead: set[tuple[int, str]] = set()
        self._fits = cache(lambda part, form: _has_form(store, part, form))

    def usual(self, name: str) -> tuple[Part, ...]:
        """The parts of a name that is written as most are."""
        between, segments = self._convention.separator, self._segments
        if not between:
            found = next(self._cut(name, 0), None)
            self._refuse(name, [] if found else [" cannot be cut into its parts"])
            return found or ()
        texts = name.split(between)
        if len(texts) != len(segments):
            self._refuse(name, [f" has {count(len(texts), 'part')} and should have {len(segments)}"])
        case, parts = self._convention.letter_case, self._parts(texts)
        said = [self._wrong(part.segment, part.text) or _not_in(case, part.text) for part in parts]
        wrong = [
            f": part {part.segment.name}: '{part.text}' {words}"
            for part, words in zip(parts, said, strict=True)
            if words
        ]
        codes = [part.code for part in parts if part.code and part.code.separator not in (None, between)]
        self._refuse(name, wrong + [f": '{code.letters}' is written {_way(code)}" for code in codes])
        return parts

    def own(self, name: str, code: Code) -> tuple[Part, ...]:
        """The parts of a name that is written as a type wants it; none where it is not."""
        case, usual = code.letter_case or self._convention.letter_case, self._convention.letter_case
        if _not_in(case, name):
            return ()
        text = name.upper() if usual == "upper" else name.lower() if usual == "lower" else name
        between = self._convention.separator if code.separator is None else code.separator
        if between:
            texts = text.split(between)
            whole = len(texts) == len(self._segments)
            good = whole and not any(map(self._wrong, self._segments, texts))
            readings: Iterator[tuple[Part, ...]] = iter([self._parts(texts)] if good else [])
        else:
            readings = islice(self._cut(text, 0), _MOST_WAYS)
        return next((parts for parts in readings if any(part.code == code for part in parts)), ())

    def _cut(self, text: str, number: int) -> Iterator[tuple[Part, ...]]:
        """The ways to cut a text into the segments from a number on; those that lead nowhere are tried once."""
        if number == len(self._segments):
            if not text:
                yield ()
            return
        if (number, text) in self._dead:
            return
        found = False
        segment, rest = self._segments[number], self._segments[number + 1 :]
        most = min(segment.longest, len(text) - sum(each.shortest for each in rest))
        least = max(segment.shortest, len(text) - sum(each.longest for each in rest))
        for width in range(least, most + 1):
            if not self._wrong(segment, text[:width]):
                for parts in self._cut(text[width:], number + 1):
                    found = True
                    yield (self._part(segment, text[:width]), *parts)
        if not found:
            self._dead.add((number, text))

    def _wrong(self, segment: Segment, text: str) -> str:
        if len(text) < segment.shortest:
            return f"is shorter than {segment.shortest}"
        if len(text) > segment.longest:
            return f"is longer than {segment.longest}"
        if segment.form and not self._fits(text, segment.form):
            return "does not have the form that is wanted"
        if segment.codes and self._part(segment, text).code is None:
            return "is no code of this part"
        if not segment.codes and segment.tells == "sequence" and not re.fullmatch("[0-9]+", text):
            return "is no number"
        return ""

    def _parts(self, texts: list[str]) -> tuple[Part, ...]:
        return tuple(map(self._part, self._segments, texts))

    def _part(self, segment: Segment, text: str) -> Part:
        word = text.rstrip("0123456789")
        by_letters = {code.letters: code for code in segment.codes}
        return Part(segment, text, by_letters.get(text) or by_letters.get(word))

    def _refuse(self, name: str, wrong: list[str]) -> None:
        remedy = f"names of '{self._convention.label}' are {self._pattern()}"
        found = [Finding(Severity.ERROR, "name", "", None, f"the name '{name}'{words}", remedy) for words in wrong]
        if found:
            raise InputError(*found)

    def _pattern(self) -> str:
        return self._convention.separator.join(f"{{{segment.tells}}}" for segment in self._segments)


def _has_form(store: Reader, part: str, form: str) -> bool:
    table = store.select(f"SELECT (REGEX({quoted(part)}, {quoted(form)}) AS ?fits) {{}}")
    value = table.rows[0][0] if table.rows else None
    return value is not None and value.text == "true"


def _not_in(case: str, text: str) -> str:
    if case == "upper" and text != text.upper():
        return "is not in capitals"
    if case == "lower" and text != text.lower():
        return "is not in small letters"
    return ""


def _way(code: Code) -> str:
    how = f"with '{code.separator}'" if code.separator else "without a separator"
    return how + {"upper": ", in capitals", "lower": ", in small letters"}.get(code.letter_case, "")


def make_name(
    store: Reader, convention: Convention, values: Mapping[str, str], *, taken: Collection[str] = frozenset()
) -> str:
    """The name that says these values: of each segment, by its name or what it tells.

    A value is a code, what a code means (with a number behind it: "production 1"), or letters. A part with one code
    needs no value. A sequence without a value becomes the first number that makes a name which is not taken.

    Raises InputError for a value that is missing or unknown, and when the name would not keep the convention.
    """
    known = {key: segment for segment in convention.segments for key in (segment.name, segment.tells)}
    for key in values:
        if key not in known:
            raise InputError.of(f"a name has no part '{key[:60]}'", remedy=proposal(key, known))
    chosen = [(segment, _value(segment, values)) for segment in convention.segments]
    counted = next(
        (n for n, (segment, said) in enumerate(chosen) if said is None and segment.tells == "sequence"), None
    )
    missing = [segment.tells for n, (segment, said) in enumerate(chosen) if said is None and n != counted]
    if missing:
        raise InputError.of(f"the name needs a value for {', '.join(missing)}", remedy=f"say --part '{missing[0]}=…'")
    texts = [said or "" for _, said in chosen]
    if counted is not None:
        texts[counted] = _free(convention, texts, counted, taken)
    name = _joined(convention, texts)
    _check_reads_back(store, convention, name, texts)
    return name


def _free(convention: Convention, texts: list[str], place: int, taken: Collection[str]) -> str:
    """The first number that makes a name which is not taken."""
    segment = convention.segments[place]
    for number in range(1, 10 ** min(segment.longest, _MOST_DIGITS)):
        said = str(number).zfill(segment.shortest)
        if _joined(convention, [*texts[:place], said, *texts[place + 1 :]]) not in taken:
            return said
    raise InputError.of("all numbers of such names are taken", remedy="give 'sequence', or change another part")


def _value(segment: Segment, values: Mapping[str, str]) -> str | None:
    said = values.get(segment.name, values.get(segment.tells))
    if said is None:
        return segment.codes[0].letters if len(segment.codes) == 1 else None
    if not segment.codes:
        return said
    word = said.rstrip("0123456789")
    words, number = word.strip(), said[len(word) :]
    for code in segment.codes:
        if words.casefold() in (code.letters.casefold(), code.meaning.casefold()):
            return code.letters + number
    of_kind = [code for code in segment.codes if words.casefold() in code.kinds]
    if len(of_kind) == 1:
        return of_kind[0].letters + number
    names = [word for code in of_kind or segment.codes for word in (code.letters, code.meaning)]
    raise InputError.of(f"{segment.tells}: '{said[:60]}' is no code and no meaning", remedy=proposal(said, names))


def _joined(convention: Convention, texts: list[str]) -> str:
    codes = [
        code
        for segment, text in zip(convention.segments, texts, strict=True)
        for code in segment.codes
        if code.letters in (text, text.rstrip("0123456789"))
    ]
    own = next((code for code in codes if code.separator is not None or code.letter_case), None)
    between = own.separator if own and own.separator is not None else convention.separator
    case = (own.letter_case if own else "") or convention.letter_case
    name = between.join(texts)
    return name.upper() if case == "upper" else name.lower() if case == "lower" else name


def _check_reads_back(store: Reader, convention: Convention, name: str, texts: list[str]) -> None:
    read = [part.text.casefold() for part in read_name(store, convention, name)]
    if read != [text.casefold() for text in texts]:
        message = f"the name '{name}' would be read as {', '.join(read)}"
        raise InputError.of(message, remedy="give the parts fixed lengths, or a separator", check="name")


def answer(convention: Convention, name: str, parts: tuple[Part, ...]) -> Answer:
    """The parts of a name as rows."""
    rows = tuple((part.segment.name, part.segment.tells, part.text, part.meaning) for part in parts)
    return Answer(f"{name} keeps '{convention.label}'", "parts", ("part", "tells", "letters", "meaning"), rows)


def made(convention: Convention, name: str, parts: tuple[Part, ...]) -> Answer:
    """A name with what each part says, as one row."""
    columns = ("name", *(segment.name for segment in convention.segments))
    row = (name, *(part.meaning or part.text for part in parts))
    return Answer(f"a name that keeps '{convention.label}'", "names", columns, (row,))
