"""How do statements become JSON-LD that people can read? Short names from a context that is part of it."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from graph.ntriples import RDF_TYPE, XSD, Statement, Term
from ontology import terms as t
from ontology.context import KEYWORDS, name_of, type_of

__all__ = ["Compact"]

_LARGEST_EXACT = 2**53
_WORD = re.compile(r"[A-Za-z][\w-]*")


class Compact:
    """Statements with the shortest names that the context allows."""

    def __init__(self, said: Iterable[Statement], prefixes: Mapping[str, str]) -> None:
        self.subjects: defaultdict[str, defaultdict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        schemes = set()
        for statement in said:
            self.subjects[statement.subject][statement.predicate].append(statement.value)
            schemes |= {iri.partition(":")[0] for iri in _iris(statement)}
        self.prefixes = {name: home for name, home in prefixes.items() if name not in schemes and name not in KEYWORDS}
        self.homes = {home: name for name, home in self.prefixes.items()}
        used = {predicate for about in self.subjects.values() for predicate in about} - {RDF_TYPE}
        self.terms = {iri: name_of(iri) for iri in sorted(used) if name_of(iri)}
        self.kinds = {iri: type_of(iri) for iri in self.terms}
        self.by_term = {name: iri for iri, name in self.terms.items()}

    def text(self) -> str:
        things = ",\n".join(_lines(self.thing(subject), " ") for subject in self.subjects)
        return f'{{\n"@context": {_lines(self.context(), "")},\n"@graph": [\n{things}\n]\n}}\n'

    def context(self) -> dict[str, Any]:
        context: dict[str, Any] = {"@vocab": t.SM, "id": "@id", "type": "@type", **self.prefixes}
        for iri, name in sorted(self.terms.items(), key=lambda pair: pair[1]):
            kind = self.kinds.get(iri, "")
            short = self.short(iri)
            context[name] = {"@id": short, "@type": self.short(kind)} if kind else short
        return context

    def thing(self, subject: str) -> dict[str, Any]:
        found: dict[str, Any] = {"id": self.short(subject)}
        about = self.subjects[subject]
        for predicate in sorted(about, key=lambda iri: (iri != RDF_TYPE, self.terms.get(iri, iri))):
            if predicate == RDF_TYPE and all(term.is_iri for term in about[predicate]):
                key, values = "type", [self.word(term.text) or self.short(term.text) for term in about[predicate]]
            else:
                key = self.terms.get(predicate, predicate)
                values = [self.value(term, self.kinds.get(predicate, "")) for term in about[predicate]]
            found[key] = values[0] if len(values) == 1 else values
        return found

    def value(self, term: Term, kind: str) -> Any:  # noqa: ANN401 JSON
        if term.is_iri:
            if kind == "@id":
                return self.short(term.text)
            return (kind == "@vocab" and self.word(term.text)) or {"id": self.short(term.text)}
        if term.language:
            return {"@value": term.text, "@language": term.language}
        if term.datatype == kind:
            return _native(term)
        return {"@value": term.text, "@type": term.datatype or XSD + "string"}

    def word(self, iri: str) -> str:
        """A word of our vocabulary by its own name; "" for all others."""
        name = iri.removeprefix(t.SM)
        known = name != iri and _WORD.fullmatch(name) and self.by_term.get(name, iri) == iri
        return name if known and name not in KEYWORDS and name not in self.prefixes else ""

    def short(self, iri: str) -> str:
        """An address with the nearest prefix that fits it."""
        end = max(iri.rfind("/"), iri.rfind("#"))
        while end >= 0:
            home, rest = iri[: end + 1], iri[end + 1 :]
            if home in self.homes and rest and not rest.startswith("//"):
                return f"{self.homes[home]}:{rest}"
            end = max(iri.rfind("/", 0, end), iri.rfind("#", 0, end))
        return iri


def _lines(found: Mapping[str, Any], indent: str) -> str:
    """An object, a line for each key."""
    rows = (f"{indent} {_json(key)}: {_json(value)}" for key, value in found.items())
    return f"{indent}{{\n" + ",\n".join(rows) + f"\n{indent}}}"


def _json(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if text.isprintable() else "".join(map(_escaped, text))


def _escaped(sign: str) -> str:
    return sign if sign.isprintable() or ord(sign) >= 0x10000 else f"\\u{ord(sign):04x}"


def _iris(statement: Statement) -> tuple[str, ...]:
    ends = (statement.subject, statement.predicate)
    return (*ends, statement.value.text) if statement.value.is_iri else ends


def _native(term: Term) -> str | int | bool:
    if term.datatype == XSD + "boolean" and term.text in ("true", "false"):
        return term.text == "true"
    if term.datatype == XSD + "integer" and re.fullmatch(r"0|-?[1-9][0-9]{0,15}", term.text):
        return int(term.text) if abs(int(term.text)) < _LARGEST_EXACT else term.text
    return term.text
