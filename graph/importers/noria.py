"""How is instance data of NORIA-O read? By the alignments; what has no word here is kept in words or listed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from graph.answer import count
from graph.collector import LONGEST_ID, Collector
from graph.model import Confidence, Head, ReadOptions, Statements
from graph.ntriples import BASE, RDF_TYPE, Statement, Term
from graph.rdf_files import FORMATS, checked_text, spoken, subject_lines
from ontology import terms as t
from ontology.alignments import read_as
from ontology.vocabulary import PropertyUse, vocabulary

__all__ = ["ENDINGS", "NAME", "read", "recognises"]

NAME = "noria"
ENDINGS = frozenset(FORMATS)

NORIA = "https://w3id.org/noria/"
_WORDS = f"{NORIA}ontology/"
_BOT, _SEAS, _ORG = "https://w3id.org/bot#", "https://w3id.org/seas/", "http://www.w3.org/ns/org#"
_FOAF = "http://xmlns.com/foaf/0.1/"
_PREFIXES = {
    "noria": _WORDS,
    "bot": _BOT,
    "seas": _SEAS,
    "org": _ORG,
    "foaf": _FOAF,
    "dcterms": t.DCTERMS,
    "prov": "http://www.w3.org/ns/prov#",
    "pep": "https://w3id.org/pep/",
    "ldp": "http://www.w3.org/ns/ldp#",
    "owl": "http://www.w3.org/2002/07/owl#",
}


@dataclass(frozen=True, slots=True)
class _Back:
    """A property that points the other way than ours: what we call it, and the kind of thing that has ours."""

    key: str
    kind: str


_BACKWARDS = {
    f"{_BOT}hasElement": _Back("location", "infrastructure"),
    f"{_BOT}containsElement": _Back("location", "infrastructure"),
    f"{_BOT}containsZone": _Back("location", "location"),
    f"{_BOT}hasBuilding": _Back("location", "location"),
    f"{_BOT}hasStorey": _Back("location", "location"),
    f"{_BOT}hasSpace": _Back("location", "location"),
    f"{_ORG}hasUnit": _Back("part_of", "team"),
    f"{_ORG}hasSubOrganization": _Back("part_of", "organisation"),
    f"{_ORG}hasMember": _Back("team", "person"),
    f"{_SEAS}hasSubSystem": _Back("part_of", "component"),
    f"{_WORDS}agentManagesResource": _Back("technical_owner", "infrastructure"),
}
# What a dependency follows from, where none is stated, and why. The thing that is pointed at is the dependent.
_NEEDED_BY = {
    f"{_SEAS}subSystemOf": "a system needs what it is made of",
    f"{_WORDS}applicationModuleOf": "an application needs its modules",
    f"{_WORDS}resourceForApplication": "an application needs the resources that are there for it",
}
_SYSTEMS = frozenset({"application", "service"})
# Entries of their code lists that say plainly what ours say; all others are kept in words.
_KINDS = {"resource/type/server": "server"}
_FACING = {"service/type/customerfacingservice": "customer", "service/type/resourcefacingservice": "it"}
_NAMES = (
    t.RDFS_LABEL,
    t.SKOS_PREF_LABEL,
    f"{_FOAF}name",
    f"{_WORDS}applicationModuleName",
    f"{_WORDS}applicationShortIdentifier",
    f"{_WORDS}resourceHostName",
    t.DCTERMS_TITLE,
)
_FIRST_AND_LAST = (f"{_FOAF}firstName", f"{_FOAF}lastName")
_ACCOUNT = f"{_FOAF}holdsAccount"
_ACCOUNT_NAME = f"{_FOAF}accountName"
_ANY = "infrastructure"  # of what has no class in the file; only relations that all elements have are said of it


def recognises(head: Head) -> Confidence:
    """By the address of NORIA-O, in a file that does not speak our own words."""
    if head.path.suffix.lower() not in ENDINGS or t.SM in head.text:
        return Confidence.NO
    return Confidence.CERTAIN if _WORDS in head.text else Confidence.NO


def read(path: Path, options: ReadOptions) -> Statements:
    """Read all instances of one file.

    Things whose class has a word here become elements. Of their statements those that have a word are said with it,
    the others are kept in words, as facts. Things whose class has no word are left out, and counted.

    Raises:
        InputError: the file is no RDF, or could do harm (see ``graph.rdf_files``).
    """
    return _Reader(path, options).result()


class _Reader:
    """One file, thing by thing."""

    def __init__(self, path: Path, options: ReadOptions) -> None:
        text = checked_text(path)
        self.said = Collector(path, options, NAME)
        about: defaultdict[str, list[Statement]] = defaultdict(list)
        for statement in spoken(path, text, options):
            about[statement.subject].append(statement)
        self.about: Mapping[str, list[Statement]] = dict(about)
        self.lines = subject_lines(text, self.about.keys())
        self.kinds = {iri: kind for iri in self.about if (kind := self._kind(iri))}
        self.accounts = {iri for iri in self.about if iri not in self.kinds and self._values(iri, _ACCOUNT_NAME)}
        self.held: set[str] = set()
        self.in_words: dict[str, tuple[int, int]] = {}

    def result(self) -> Statements:
        things = [iri for iri in self.about if iri in self.kinds and self._fits(iri)]
        for iri in things:
            self.said.define(_identifier(iri), self.kinds[iri], self._name(iri), self._line(iri))
        for iri in things:
            self._thing(iri)
        for iri in self.about:
            if iri not in self.kinds and not self._types(iri):
                self._more_about(iri)
        self._tell_the_rest()
        return self.said.result()

    # Classes and names

    def _types(self, iri: str) -> list[str]:
        return [s.value.text for s in self.about.get(iri, ()) if s.predicate == RDF_TYPE and s.value.is_iri]

    def _kind(self, iri: str) -> str:
        """The most exact class of ours that the alignments give; "" when there is none."""
        words = vocabulary().classes
        found = [words[own] for theirs in self._types(iri) for own in _classes(theirs)]
        concrete = sorted((c for c in found if c.key and not c.abstract), key=lambda c: (-len(c.ancestors), c.key))
        if not concrete:
            return ""
        told = (_KINDS.get(_entry(s.value), "") for s in self.about[iri] if s.value.is_iri)
        return next((kind for kind in told if kind), concrete[0].key)

    def _fits(self, iri: str) -> bool:
        identifier = _identifier(iri)
        if len(identifier) > LONGEST_ID:
            message = f"'{iri[:60]}...' is an address of more than {LONGEST_ID} characters, it is left out"
            self.said.warn("no-id", self._line(iri), message, "shorten it")
            return False
        return True

    def _name(self, iri: str) -> str | None:
        """What the thing is called; None when this file does not say it, another one may."""
        for predicate in _NAMES:
            if values := self._values(iri, predicate):
                return values[0]
        both = [values[0] for predicate in _FIRST_AND_LAST if (values := self._values(iri, predicate))]
        return " ".join(both) or None

    def _values(self, iri: str, predicate: str) -> list[str]:
        return [s.value.text for s in self.about[iri] if s.predicate == predicate and not s.value.is_iri]

    def _line(self, iri: str) -> int:
        return self.lines.get(iri, 0)

    # What is said

    def _thing(self, iri: str) -> None:
        identifier, line = _identifier(iri), self._line(iri)
        self.said.tell(identifier, "external_id", iri, line)
        name, once = self._name(iri), set[str]()
        for predicate, value in ((s.predicate, s.value) for s in self.about[iri]):
            use = _own_use(predicate, self.kinds[iri])
            if predicate == RDF_TYPE:
                self._further_type(iri, value, line)
            elif predicate in _BACKWARDS and value.is_iri:
                self._backwards(iri, predicate, value.text, line)
            elif self._needed(iri, predicate, value, line) or self._code(identifier, value, line):
                pass
            elif predicate == _ACCOUNT and value.text in self.accounts:
                self._account(identifier, value.text, line)
            elif predicate == t.DCTERMS_DESCRIPTION and not value.is_iri:
                self.said.tell(identifier, "description", value.text, line)
            elif use is not None and self._takes(use, value) and (use.many or use.iri not in once):
                once.add(use.iri)
                self._say(identifier, use, value, line)
            elif not self._is_name(predicate, value, name):
                self._in_words(identifier, predicate, value, line)

    def _takes(self, use: PropertyUse, value: Term) -> bool:
        """Whether the value has the form that the property wants, and is not a thing that is left out."""
        if use.kind != "reference":
            return not value.is_iri or value.text.startswith("mailto:")
        return value.is_iri and (value.text in self.kinds or not self._types(value.text))

    def _say(self, identifier: str, use: PropertyUse, value: Term, line: int) -> None:
        if use.kind == "reference":
            self.said.refer(identifier, use.key, _identifier(value.text), line)
        else:
            self.said.tell(identifier, use.key, value.text.removeprefix("mailto:"), line)

    def _code(self, identifier: str, value: Term, line: int) -> bool:
        """An entry of one of their code lists that one of ours stands for."""
        facing = _FACING.get(_entry(value), "")
        if facing and "facing" in self.said.properties(identifier):
            self.said.tell(identifier, "facing", facing, line)
            return True
        return _entry(value) in _KINDS

    def _account(self, identifier: str, account: str, line: int) -> None:
        """The account of a person is no thing here, its name is what the person signs in with."""
        self.held.add(account)
        for text in self._values(account, _ACCOUNT_NAME):
            self.said.tell(identifier, "access_id", text, line)

    def _backwards(self, iri: str, predicate: str, target: str, line: int) -> None:
        back = _BACKWARDS[predicate]
        kind = self.kinds.get(target, back.kind)
        key = back.key if back.key in {use.key for use in _uses(kind).values()} else "part_of"
        self.said.refer(_identifier(target), key, _identifier(iri), line, kind=kind)

    def _needed(self, iri: str, predicate: str, value: Term, line: int) -> bool:
        """A dependency that follows; True when the statement says nothing else."""
        if predicate not in _NEEDED_BY or not value.is_iri:
            return False
        whole = self.kinds.get(value.text)
        if whole in _SYSTEMS or not predicate.startswith(_SEAS):
            evidence = f"{_short(predicate)} of {iri}; {_NEEDED_BY[predicate]}"
            facts = {"evidence": evidence, "evidence_type": "inferred"}
            self.said.depend(_identifier(value.text), _identifier(iri), line, facts=facts)
        return predicate not in read_as()

    def _further_type(self, iri: str, value: Term, line: int) -> None:
        """A class that says more than the one that was taken."""
        if value.is_iri and not _classes(value.text):
            self._in_words(_identifier(iri), RDF_TYPE, value, line)

    def _more_about(self, iri: str) -> None:
        """Statements about a thing whose class stands in another file: relations can be said, the rest is counted."""
        line, left = self._line(iri), 0
        for predicate, value in ((s.predicate, s.value) for s in self.about[iri]):
            use = _own_use(predicate, _ANY)
            if predicate in _BACKWARDS and value.is_iri:
                self._backwards(iri, predicate, value.text, line)
            elif self._needed(iri, predicate, value, line):
                pass
            elif use is not None and use.kind == "reference" and self._takes(use, value):
                self.said.refer(_identifier(iri), use.key, _identifier(value.text), line, kind=_ANY)
            else:
                left += 1
        if left:
            message = f"{count(left, 'statement')} about '{iri}' are left out: this file does not say what it is"
            self.said.note("left-out", line, message, "give it a class in this file")

    @staticmethod
    def _is_name(predicate: str, value: Term, name: str | None) -> bool:
        return name is not None and not value.is_iri and (value.text == name or predicate in _FIRST_AND_LAST)

    def _in_words(self, identifier: str, predicate: str, value: Term, line: int) -> None:
        if value.text.strip():
            self.said.fact(identifier, _short(predicate), value.text.strip(), line)
            number, first = self.in_words.get(predicate, (0, line))
            self.in_words[predicate] = (number + 1, first)

    # What is not

    def _tell_the_rest(self) -> None:
        for predicate, (number, line) in self.in_words.items():
            message = f"'{_short(predicate)}' has no word here, it is kept in words ({count(number, 'value')})"
            self.said.note("kept-in-words", line, message)
        left = [iri for iri in self.about if iri not in self.kinds and self._types(iri) and iri not in self.held]
        things, statements = Counter[str](), Counter[str]()
        first: dict[str, int] = {}
        for iri in left:
            name = _short(self._types(iri)[0])
            things[name] += 1
            statements[name] += len(self.about[iri])
            first.setdefault(name, self._line(iri))
        for name, number in sorted(things.items()):
            message = f"{count(number, 'thing')} of the class '{name}' ({count(statements[name], 'statement')})"
            self.said.warn(
                "no-word", first[name], f"{message}: there is no word here for it, left out", "keep them in their file"
            )


def _identifier(iri: str) -> str:
    """The address without what all have in common; without '/', so that map files can point at it."""
    start = next((start for start in (NORIA, BASE) if iri.startswith(start)), "")
    rest = iri.removeprefix(start) if start else iri.partition("://")[2]
    return rest.replace("/", ":").replace("#", ":") or iri


def _classes(theirs: str) -> Sequence[str]:
    """Classes of ours that a class of others can be read as: by the alignments, or because ours stands below it."""
    words = vocabulary().classes
    aligned = [own for own in read_as().get(theirs, ()) if own in words]
    below = [cls for cls in words.values() if theirs in cls.ancestors]
    return aligned or [cls.iri for cls in sorted(below, key=lambda cls: len(cls.ancestors))[:1]]


@cache
def _uses(kind: str) -> Mapping[str, PropertyUse]:
    """The properties that a kind of thing has here, by their addresses."""
    found = next(cls for cls in vocabulary().classes.values() if cls.key == kind)
    return {use.iri: use for use in found.properties.values()}


def _own_use(predicate: str, kind: str) -> PropertyUse | None:
    """How a kind of thing says what a property of others says; None when it cannot."""
    uses = _uses(kind)
    return next((uses[own] for own in read_as().get(predicate, ()) if own in uses), None)


def _entry(value: Term) -> str:
    """The entry of a code list of theirs, in any of its releases."""
    return value.text.rpartition("/kos/")[2].lower() if value.is_iri and "/kos/" in value.text else ""


def _short(iri: str) -> str:
    return next((f"{name}:{iri[len(home) :]}" for name, home in _PREFIXES.items() if iri.startswith(home)), iri)
