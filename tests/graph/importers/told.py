"""How does a test look at what an importer says? Short triples, edges, stubs, and messages without the folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from graph.discover import discover
from graph.model import Finding, Head, ReadOptions, Statements
from ontology import terms as t

BASE = "https://w3id.org/servicemap/id/"
OPTIONS = ReadOptions("x", BASE, "x/file")
STARTS = (
    f"{BASE}x/",
    BASE,
    t.SM,
    *(term.rpartition(end)[0] + end for term, end in ((t.RDF_TYPE, "#"), (t.RDFS_LABEL, "#"), (t.DCTERMS_TITLE, "/"))),
)


@dataclass(frozen=True)
class Told:
    """The statements of one file."""

    statements: Statements
    triples: frozenset[tuple[str, str, str]]

    def of(self, subject: str, predicate: str) -> list[str]:
        return sorted(o for s, p, o in self.triples if (s, p) == (subject, predicate))

    def classes(self) -> dict[str, str]:
        return {short(iri): self.of(short(iri), "type")[0] for iri in sorted(self.statements.defines)}

    def edges(self) -> set[tuple[str, str]]:
        nodes = {s for s, p, o in self.triples if (p, o) == ("type", "Dependency")}
        return {(self.of(n, "dependent")[0], self.of(n, "provider")[0]) for n in nodes}

    def facts(self, subject: str) -> set[tuple[str, str]]:
        parts = self.of(subject, "hasFact")
        return {(self.of(part, "name")[0], self.of(part, "factValue")[0]) for part in parts}

    def links(self, subject: str) -> set[tuple[str, str]]:
        parts = self.of(subject, "furtherLink")
        return {("".join(self.of(part, "name")), "".join(self.of(part, "url"))) for part in parts}

    def evidence(self, dependent: str, provider: str) -> list[str]:
        return self.of(f"{dependent}/dependency/needs/x/{provider}", "evidence")

    @property
    def stubs(self) -> set[str]:
        return {short(iri) for iri in self.statements.mentions if iri not in self.statements.defines}

    def findings(self, check: str) -> list[Finding]:
        return [finding for finding in self.statements.findings if finding.check == check]

    def messages(self, folder: Path) -> list[str]:
        return [str(finding).replace(f"{folder}/", "") for finding in self.statements.findings]

    def record(self, folder: Path) -> str:
        """What a golden file keeps: sorted triples, then findings."""
        rows = sorted(" ".join(triple).replace("\n", "\\n") for triple in self.triples)
        return "\n".join([*rows, *self.messages(folder)]) + "\n"


def short(name: str) -> str:
    return next((name.removeprefix(start) for start in STARTS if name.startswith(start)), name)


def told(statements: Statements) -> Told:
    found = ox.parse(input=statements.triples, format=ox.RdfFormat.N_TRIPLES)
    return Told(
        statements, frozenset((short(q.subject.value), short(q.predicate.value), short(q.object.value)) for q in found)
    )


def head(path: Path) -> Head:
    return Head(path, path.read_bytes()[:65_536].decode("utf-8", "ignore"))


def surest(path: Path) -> str:
    """The name of the importer that takes a file; "" when none does."""
    sure = [(importer.recognises(head(path)), importer.NAME) for importer in discover("graph.importers").values()]
    best = max(confidence for confidence, _ in sure)
    return next(name for confidence, name in sure if confidence is best) if best else ""
