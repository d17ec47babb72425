"""How is a map in RDF read? Statements in our vocabulary, taken as they are, from any of the usual notations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from graph.model import Confidence, Finding, Head, InputError, ReadOptions, Severity, Source, Statements, Where
from graph.ntriples import XSD, Writer, readable_id, survey
from graph.rdf_files import FORMATS, NOISE, checked_text, file_base, name_of, not_valid, subject_lines, triples
from graph.similar import Proposals
from ontology import terms as t
from ontology.vocabulary import vocabulary

__all__ = ["ENDINGS", "NAME", "read", "recognises"]

NAME = "rdf"
ENDINGS = frozenset(FORMATS)
_POINTERS = (t.DEPENDENT, t.PROVIDER)
_HELD = 32_000_000  # a file of N-Triples that is larger than this goes from the disk to the store
_MOST_FINDINGS = 200
_LARGEST = {t.MINIMUM_MEMBERS: 1_000_000, t.FULL_SERVICE_MEMBERS: 1_000_000, t.MINIMUM_PERCENT: 100}
_COUNT = re.compile(r"\+?[0-9]{1,30}")
_SHARE = re.compile(r"\+?[0-9]{1,30}(\.[0-9]{0,30})?([eE][+-]?[0-9]{1,2})?")
_CONCLUDED = (t.DEPENDS_ON, t.RELATES_TO)


def recognises(head: Head) -> Confidence:
    """By the ending of the name: these notations carry no other mark."""
    return Confidence.LIKELY if head.path.suffix.lower() in ENDINGS else Confidence.NO


def read(path: Path, options: ReadOptions) -> Statements:
    """Read all statements.

    Blank nodes get names that stay the same as long as the file does, so that links and comparisons are possible.
    Named graphs inside a file are read as one, because the file is the source; a finding says so. Lines are known
    for subjects that stand at the beginning of a line. Nothing that the file refers to is fetched.

    Raises:
        InputError: the file is broken, incomplete, nested too deep, refers to a context that is not ours, holds
            entities of XML, a text of more than a million characters, statements about statements (RDF 1.2), or
            groups that need something else than a number.
    """
    if path.suffix.lower() == ".nt" and (plain := _plain(path, options)) is not None:
        return plain
    text = checked_text(path)
    graphs: set[str] = set()
    noted = _Noted()
    body = ox.serialize(noted.passing(triples(path, text, options, graphs)), format=ox.RdfFormat.N_TRIPLES) or b""
    lines = subject_lines(text, noted.subjects, base=file_base(options))
    _check_numbers(path, noted.numbers, lines)
    odd = _odd(noted.used)
    first = _first_lines(text, {iri.removeprefix(t.SM) for iri in (*odd[:_MOST_FINDINGS], *noted.old)})
    return Statements(
        source=Source(options.source_id, str(path), NAME, "", options.namespace),
        triples=body + _mentions(iri for iri in noted.pointed_at if iri not in noted.defined),
        lines=lines,
        findings=(*_merged(path, graphs), *_old_words(path, noted.old, first), *_unknown_words(path, odd, first)),
        defines=frozenset(noted.defined),
    )


@cache
def _renamed() -> Mapping[str, ox.NamedNode]:
    """Old word -> the one that is written now."""
    return {iri: ox.NamedNode(old.instead) for iri, old in vocabulary().renamed.items()}


class _Noted:
    """What is noted of the statements while they go by, so that they need not be kept."""

    def __init__(self) -> None:
        self.subjects: set[str] = set()
        self.defined: set[str] = set()
        self.pointed_at: dict[str, None] = {}
        self.used: dict[str, None] = {}
        self.numbers: list[ox.Triple] = []
        self.old: dict[str, None] = {}

    def _today(self, triple: ox.Triple) -> ox.Triple:
        """The statement with the properties, classes and codes of today."""
        now, value = _renamed(), name_of(triple.object)
        old = [word for word in (triple.predicate.value, value) if word in now]
        if not old:
            return triple
        self.old.update(dict.fromkeys(old))
        target = now.get(value, triple.object)
        return ox.Triple(triple.subject, now.get(triple.predicate.value, triple.predicate), target)

    def passing(self, triples: Iterable[ox.Triple]) -> Iterator[ox.Triple]:
        for triple in triples:
            triple = self._today(triple)  # noqa: PLW2901 the same statement in today's words
            subject, predicate, value = name_of(triple.subject), triple.predicate.value, name_of(triple.object)
            self.subjects.add(subject)
            if predicate == t.RDF_TYPE:
                self.defined.add(subject)
            if value and predicate in _POINTERS:
                self.pointed_at[value] = None
            if predicate in _LARGEST:
                self.numbers.append(triple)
            self.used.update((word, None) for word in (predicate, value, subject) if word.startswith(t.SM))
            yield triple


def _plain(path: Path, options: ReadOptions) -> Statements | None:
    """A file of N-Triples that can be stored as it is; None when its statements have to be written anew."""
    with path.open("rb") as text:
        found = survey(text, vocabulary=t.SM, pointers=_POINTERS, watched=_LARGEST)
    if found is None or found.statements != _count(path):
        return None
    if not _renamed().keys().isdisjoint(found.words):
        return None
    numbers = [quad.triple for quad in ox.parse(b"".join(found.watched), format=ox.RdfFormat.N_TRIPLES)]
    _check_numbers(path, numbers, found.lines)
    odd = _odd(found.words)
    large = path.stat().st_size > _HELD
    mentioned = _mentions(iri for iri in found.pointed_at if iri not in found.typed)
    return Statements(
        source=Source(options.source_id, str(path), NAME, "", options.namespace),
        triples=mentioned if large else _ended(path.read_bytes()) + mentioned,
        file=path if large else None,
        lines=found.lines,
        findings=tuple(
            _unknown_words(path, odd, {iri.removeprefix(t.SM): found.words[iri] for iri in odd[:_MOST_FINDINGS]})
        ),
        defines=found.typed,
    )


def _ended(text: bytes) -> bytes:
    return text if text.endswith(b"\n") else text + b"\n"


def _count(path: Path) -> int:
    try:
        return sum(1 for _ in ox.parse(path=str(path), format=ox.RdfFormat.N_TRIPLES))
    except SyntaxError as error:
        raise not_valid(path, error) from None


def _mentions(iris: Iterable[str]) -> bytes:
    mentioned = Writer()
    for iri in iris:
        mentioned.text(iri, t.DCTERMS_IDENTIFIER, readable_id(iri).partition("/")[2])
    return mentioned.result()


def _merged(path: Path, graphs: set[str]) -> Iterator[Finding]:
    if len(graphs) > 1:
        message = f"{len(graphs)} named graphs are read as one: the file is the source"
        yield Finding(Severity.NOTE, "named-graphs", "", Where(str(path)), message, "split the file to keep them apart")


def _check_numbers(path: Path, triples: list[ox.Triple], lines: Mapping[str, int]) -> None:
    """How many members a group needs must be a number that can be counted with."""
    problems: list[Finding] = []
    for triple in triples:
        largest = _LARGEST.get(triple.predicate.value)
        if largest is None or _is_number(triple.object, largest, whole=triple.predicate.value != t.MINIMUM_PERCENT):
            continue
        where = Where(str(path), lines.get(name_of(triple.subject), 0))
        if len(problems) == _MOST_FINDINGS:
            more = f"it has more values of this kind than these {_MOST_FINDINGS}"
            problems.append(Finding(Severity.ERROR, "wrong-value", "", Where(str(path)), more, "mend them first"))
            break
        said = str(getattr(triple.object, "value", ""))[:60]
        message = f"'sm:{triple.predicate.value.removeprefix(t.SM)}' cannot be '{said}'"
        what = "a percentage" if largest == 100 else "a whole number"
        remedy = f"write {what} from 0 to {largest:,}, without quotes"
        problems.append(Finding(Severity.ERROR, "wrong-value", name_of(triple.subject), where, message, remedy))
    if problems:
        raise InputError(*problems)


def _is_number(term: object, largest: int, *, whole: bool) -> bool:
    if not isinstance(term, ox.Literal) or term.datatype.value not in _number_types(whole=whole):
        return False
    form = _COUNT if whole else _SHARE
    return bool(form.fullmatch(term.value)) and Decimal(term.value) <= largest


@cache
def _number_types(*, whole: bool) -> frozenset[str]:
    names = ["integer", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger"]
    names += ["unsignedInt", "unsignedLong", "unsignedShort", "unsignedByte"]
    return frozenset(XSD + name for name in (names if whole else [*names, "decimal", "double", "float"]))


@cache
def _words() -> frozenset[str]:
    """Every word of our vocabulary."""
    words = vocabulary()
    listed = frozenset(value for value in vars(t).values() if isinstance(value, str))
    properties = {use.iri for cls in words.classes.values() for use in cls.properties.values()}
    shortcuts = {kind.shortcut for kind in words.kinds.values()}
    return listed.union(words.classes, words.kinds, words.codes, words.lanes, words.exposures, properties, shortcuts)


def _odd(used: Iterable[str]) -> list[str]:
    """Words that look like ours and are none, and those that are concluded and have no effect when written."""
    known = _words()
    return [iri for iri in used if iri not in known or iri in _CONCLUDED]


def _old_words(path: Path, old: Iterable[str], first: Mapping[str, int]) -> Iterator[Finding]:
    for iri in old:
        name, now = iri.removeprefix(t.SM), _renamed()[iri].value.removeprefix(t.SM)
        where = Where(str(path), first.get(name, 0))
        yield Finding(Severity.WARNING, "old-word", "", where, f"'sm:{name}' is an old word", f"write 'sm:{now}'")


def _unknown_words(path: Path, odd: list[str], first: Mapping[str, int]) -> Iterator[Finding]:
    known = _words()
    names, proposals = [iri.removeprefix(t.SM) for iri in sorted(known) if iri.startswith(t.SM)], Proposals()
    for number, iri in enumerate(odd):
        if number == _MOST_FINDINGS:
            message = f"{len(odd) - number} more words are not in the vocabulary"
            yield Finding(Severity.WARNING, "unknown-word", "", Where(str(path)), message, "mend the others first")
            return
        name = iri.removeprefix(t.SM)
        where = Where(str(path), first.get(name, 0))
        if iri in _CONCLUDED:
            message = f"'sm:{name}' is concluded from dependencies, written by hand it makes none"
            remedy = "write a kind, such as 'sm:needs'"
            yield Finding(Severity.WARNING, "concluded-word", "", where, message, remedy)
        else:
            near = proposals.near(name, names)
            message = f"'sm:{name[:60]}' is no word of the vocabulary"
            yield Finding(Severity.WARNING, "unknown-word", "", where, message, near or "correct the name")


def _first_lines(text: bytes, names: set[str]) -> dict[str, int]:
    """The line on which each local name first stands behind a prefix or the address of the vocabulary."""
    found: dict[str, int] = {}
    if not names:
        return found
    bare = NOISE.sub(lambda noise: noise[0] if noise[0][:1] == b"<" else b"\n" * noise[0].count(b"\n"), text)
    for number, line in enumerate(bare.decode("utf-8", "replace").split("\n"), 1):
        for word in re.findall(r"[:#]([\w-]+)", line):
            if word in names:
                found.setdefault(word, number)
    return found
