"""How is a suite put to a server? All data files are its graphs, and each query names those that it is about."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlencode

import pyoxigraph as ox

from graph.model import Source, Statements
from graph.store.embedded import MemoryStore
from tests.conformance.suite import Case, expected, same, same_csv, statements, told

JSON, ROWS = "application/sparql-results+json", "application/n-triples"


def store_of(files: Iterable[Path]) -> MemoryStore:
    """A store in which each file is a graph of the file's address."""
    store = MemoryStore()
    store.replace(
        Statements(Source(f"<{file.as_uri()}>", str(file), "suite", "", "suite"), as_ntriples(file), {})
        for file in files
    )
    return store


def as_ntriples(file: Path) -> bytes:
    """A data file as N-Triples."""
    return ox.serialize((quad.triple for quad in statements(file)), format=ox.RdfFormat.N_TRIPLES) or b""


class Server:
    """A SPARQL server at an address of this machine, asked over one connection."""

    def __init__(self, netloc: str, path: str) -> None:
        self.connection, self.path = http.client.HTTPConnection(netloc, timeout=60), path

    def post(self, fields: list[tuple[str, str]], accept: str) -> tuple[int, str, bytes]:
        """Send a form; status, type and body of the answer."""
        heads = {"Content-Type": "application/x-www-form-urlencoded", "Accept": accept}
        self.connection.request("POST", self.path, urlencode(fields).encode(), heads)
        answer = self.connection.getresponse()
        return answer.status, answer.headers.get("Content-Type", ""), answer.read()

    def close(self) -> None:
        """End the connection."""
        self.connection.close()


def ask(server: Server, case: Case) -> str:
    """Put a test to a server; "" when it passes, else why not."""
    text = f"BASE <{case.query.as_uri()}>\n" + case.query.read_bytes().decode()
    fields = [("query", text)]
    if not re.search(r"\bFROM\b", text):
        fields += [("default-graph-uri", file.as_uri()) for file in case.data]
        fields += [("named-graph-uri", iri) for iri, _ in case.named]
    if len(fields) == 1 and ("Syntax" in case.kind or "FROM" not in text):
        fields.append(("default-graph-uri", "urn:nothing"))
    as_csv = "CSV" in case.kind
    status, media, body = server.post(fields, "text/csv" if as_csv else f"{JSON}, {ROWS};q=0.9")
    if "Syntax" in case.kind:
        good = status == 200 or b"is not supported" in body  # a function that is not known is no matter of syntax
        return "" if good == ("Positive" in case.kind) else f"{status}: {body[:150].decode(errors='replace')}"
    if status != 200 or case.result is None:
        return f"{status}: {body[:150].decode(errors='replace')}"
    if as_csv:
        return "" if same_csv(body, case.result) else f"another table: {body[:100]!r}"
    try:
        wanted = expected(case.result)
    except KeyError:
        return f"a result as {case.result.suffix} is not read"
    found = told(media, body)
    ordered = bool(re.search(r"ORDER\s+BY", text, re.IGNORECASE)) and case.result.suffix in (".srx", ".srj", ".ttl")
    return "" if same(found, wanted, ordered=ordered, reduced="REDUCED" in text) else f"another answer: {body[:150]!r}"
