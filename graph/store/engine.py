"""How is a SPARQL engine on a server asked and changed? Over HTTP, by the SPARQL 1.1 protocols, and nothing else.

What an engine answers is never simply believed: some cut long answers and do not say so. Whatever is longer than any
such cut is counted, and fetched page by page where it was cut.
"""

from __future__ import annotations

import http.client
import os
import re
import socket
import ssl
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol
from urllib.parse import SplitResult, urlencode, urlsplit

import pyoxigraph as ox

from graph.model import InputError
from graph.store.parts import parts

__all__ = ["SURE", "Addresses", "Answer", "Engine", "EngineAwayError", "Stopping", "addresses", "is_address", "parsed"]

_JSON, _TSV = ox.QueryResultsFormat.JSON, ox.QueryResultsFormat.TSV
_LINES = "text/tab-separated-values"
_RESULTS, _STATEMENTS = "application/sparql-results+json", "application/n-triples, text/turtle;q=0.9"
_FORM, _TURTLE = {"Content-Type": "application/x-www-form-urlencoded"}, {"Content-Type": "text/turtle"}
_PLACES = (  # how the address of queries ends -> where updates and graphs go, as the makers of the engines document it
    (r"/query", "/update", "/store"),  # Oxigraph
    (r"(/.+)/(?:query|sparql)", r"\1/update", r"\1/data"),  # Fuseki
    (r"(.*/repositories/[^/]+)", r"\1/statements", r"\1/rdf-graphs/service"),  # GraphDB and RDF4J
    (r"/sparql", "/sparql", "/sparql-graph-crud"),  # Virtuoso
)
_HEAD = re.compile(r"(?:\s+|#[^\n]*\n?|PREFIX\s+[^\s:]*:\s*<[^>]*>|BASE\s*<[^>]*>)*", re.IGNORECASE)
SURE = 1_000  # no engine is known to cut shorter answers than this
_BLANK = re.compile(rb'("type":\s*"bnode",\s*"value":\s*")nodeID://')  # Virtuoso's names are none
_TRUTH = re.compile(rb'("datatype":\s*"http://www\.w3\.org/2001/XMLSchema#boolean",\s*"value":\s*")([01])"')
_PIECE = 1 << 20
_OF_OXIGRAPH = "/store"  # the end of the address where it takes graphs
_PAUSE = 0.3  # seconds before a question is asked once more of an engine that was not there
_YES = '{"head": {}, "boolean": true}', '{"head": {}, "boolean": false}'


def is_address(place: object) -> bool:
    """Whether a place is the address of an engine, and no folder.

    >>> is_address("http://127.0.0.1:7878/query"), is_address("shop.store")
    (True, False)
    """
    return isinstance(place, str) and re.match("https?://", place, re.IGNORECASE) is not None


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where an engine takes queries, updates and whole graphs; ``header`` is what proves who asks, "" for nobody."""

    query: str
    update: str
    graphs: str
    header: str = ""


def addresses(address: str, environment: Mapping[str, str] = os.environ) -> Addresses:
    """The three addresses of an engine, from that of its queries. The environment may say more.

    ``SERVICEMAP_UPDATE``, ``SERVICEMAP_GRAPHS``  the other two; else they follow from the form of the address, which
    is known for Oxigraph, Fuseki, GraphDB, RDF4J and Virtuoso. Other engines are taken to have all in one place.
    ``SERVICEMAP_TOKEN``, or ``SERVICEMAP_USER`` and ``SERVICEMAP_PASSWORD``  who asks.

    Raises InputError when an address cannot be one, or holds a password.

    >>> addresses("http://127.0.0.1:7878/query", {}).graphs
    'http://127.0.0.1:7878/store'
    >>> addresses("https://maps.example/shop/sparql", {}).update
    'https://maps.example/shop/update'
    >>> addresses("https://maps.example/sparql", {"SERVICEMAP_UPDATE": "https://maps.example/write"}).update
    'https://maps.example/write'
    """
    parts = _parts(address)
    path = parts.path.rstrip("/")
    update = graphs = path
    for form, for_updates, for_graphs in _PLACES:
        if (found := re.fullmatch(form, path)) is not None:
            update, graphs = found.expand(for_updates), found.expand(for_graphs)
            break
    said = [environment.get(name, "") for name in ("SERVICEMAP_UPDATE", "SERVICEMAP_GRAPHS")]
    for each in filter(None, said):
        _parts(each)
    start = f"{parts.scheme}://{parts.netloc}"
    return Addresses(address, said[0] or start + update, said[1] or start + graphs, _header(environment))


def _parts(address: str) -> SplitResult:
    parts = SplitResult("", "", "", "", "")
    try:
        parts = urlsplit(address)
        known = bool(parts.hostname) and parts.scheme in ("http", "https") and (parts.port or 1) > 0
    except ValueError:
        known = False
    if not known or not address.isprintable() or " " in address:
        raise InputError.of(f"'{address[:120]}' is no address of a SPARQL engine", remedy="write https://HOST/PATH")
    if parts.username is not None or parts.query or parts.fragment:
        raise InputError.of(
            f"the address of '{parts.hostname}' holds more than a host and a path",
            remedy="a name and a password go into SERVICEMAP_USER and SERVICEMAP_PASSWORD",
        )
    return parts


def _header(environment: Mapping[str, str]) -> str:
    if token := environment.get("SERVICEMAP_TOKEN", ""):
        return f"Bearer {token}"
    if user := environment.get("SERVICEMAP_USER", ""):
        return "Basic " + b64encode(f"{user}:{environment.get('SERVICEMAP_PASSWORD', '')}".encode()).decode()
    return ""


Answer = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples


class Stopping(Protocol):
    """Who may stop a call while it runs; ``asking.Asking`` is one."""

    def under_way(self, stop: Callable[[], None]) -> AbstractContextManager[None]:
        """While this runs, ``stop`` is what stops the call."""


class Engine:
    """An engine behind three addresses. Every call has a connection of its own, so any thread may call.

    Args:
        places: the addresses.
        seconds: of silence after which the engine is given up.

    Every method raises InputError, with the host and the reason, when the engine is not there, refuses, or fails.
    """

    def __init__(self, places: Addresses, *, seconds: float = 600.0) -> None:
        self.places, self.seconds = places, seconds

    @property
    def host(self) -> str:
        """Host and port, for messages."""
        return urlsplit(self.places.query).netloc

    def whole(self, query: str, graphs: Sequence[str] = (), *, seconds: float | None = None) -> tuple[bytes, ...]:
        """The whole answer to a query of ours over the union of some graphs; in pages, where the engine cuts it.

        ``seconds`` is how long the answer, its count and each page may take. Raises InputError also when the engine
        cuts it, and its pages do not add up to all of it.
        """
        text = self.once(query, graphs, seconds=seconds, lines=self._writes_lines and _is_select(query))
        given = _count(text)
        if given < SURE:
            return (text,)
        wanted = self.count(query, graphs, seconds=seconds)
        if wanted <= given:
            return (text,)
        return tuple(self._pages(query, graphs, wanted, given))

    @property
    def _writes_lines(self) -> bool:
        """Whether it tells rows in TSV as we do: that is shorter, and is read and counted in a third of the time."""
        return self.places.graphs.endswith(_OF_OXIGRAPH)

    def _pages(self, query: str, graphs: Sequence[str], wanted: int, size: int) -> Iterator[bytes]:
        """All rows in pieces of a size; in one order, so that no row is missed or told twice."""
        head, body = _split(query)
        first = parsed(self.once(f"{head} SELECT * WHERE {{ {{ {body} }} }} LIMIT 1", graphs))
        assert isinstance(first, ox.QuerySolutions)
        order = " ".join(f"?{variable.value}" for variable in first.variables)
        sorted_ = f"SELECT {order} WHERE {{ {{ {body} }} }} ORDER BY {order}"
        told = 0
        while told < wanted:
            text = self.once(f"{head} SELECT * WHERE {{ {{ {sorted_} }} }} LIMIT {size} OFFSET {told}", graphs)
            if not (given := _count(text)):
                break
            told += given
            yield text
        if told != wanted:
            raise self.wrong(
                f"gives {told:,} of {wanted:,} rows",
                "raise its limit of rows (in Virtuoso that is ResultSetMaxRows)",
            )

    def count(
        self,
        query: str,
        graphs: Sequence[str] = (),
        *,
        named: Sequence[str] | None = None,
        seconds: float | None = None,
        at_once: bool = False,
    ) -> int:
        """How many rows a query has, be its answer cut or not; with ``at_once`` how many of them it gives at once."""
        head, body = _split(query)
        what = "(1 AS ?n)" if at_once else "(COUNT(*) AS ?n)"
        said = self.once(f"{head} SELECT {what} WHERE {{ {{ {body} }} }}", graphs, named=named, seconds=seconds)
        if at_once:
            return _count(said)
        answer = parsed(said)
        assert isinstance(answer, ox.QuerySolutions)
        return int(_first(answer) or 0)

    def once(
        self,
        query: str,
        graphs: Sequence[str] = (),
        *,
        named: Sequence[str] | None = None,
        seconds: float | None = None,
        most: int | None = None,
        stopping: Stopping | None = None,
        statements: bool = False,
        lines: bool = False,
    ) -> bytes:
        """What the engine says to a query, be it cut or not: results in JSON, or statements in Turtle.

        Args:
            query: the query.
            graphs: the graphs that it is about; those that it names itself, or what the engine thinks, when empty.
            named: those that it may name with GRAPH, when these are others.
            seconds: how long it may take; InputError with the check ``late`` after that.
            most: bytes; InputError with the check ``large`` for more.
            stopping: who may stop it.
            statements: whether it is answered with statements; Virtuoso would tell them as rows, of a kind of its own.
            lines: whether rows may come in TSV; JSON otherwise.
        """
        fields = [("query", query), *(("default-graph-uri", graph) for graph in graphs)]
        fields += [("named-graph-uri", graph) for graph in (graphs if named is None else named)]
        wanted = _STATEMENTS if statements else f"{_RESULTS}, {_STATEMENTS}"
        headers = {**_FORM, "Accept": f"{_LINES}, {_RESULTS};q=0.9" if lines else wanted}
        call = _Call("POST", self.places.query, urlencode(fields).encode(), headers)
        try:
            return self._do(call, seconds, most, stopping)
        except EngineAwayError:  # a question may be asked again
            time.sleep(_PAUSE)
            return self._do(call, seconds, most, stopping)

    def update(self, text: str) -> None:
        """Run an update. Whether it happens whole or not at all is the engine's promise."""
        self._do(_Call("POST", self.places.update, urlencode([("update", text)]).encode(), _FORM))

    def put(self, graph: str, statements: bytes | IO[bytes]) -> None:
        """Have a graph say this and nothing else: N-Triples, from memory or from a file that is read as it is sent."""
        if statements == b"":
            self.drop(graph)
        else:
            self._do(_Call("PUT", self._place(graph), statements, _TURTLE))

    def fill(self, graph: str, file: Path) -> None:
        """Have a graph say what a file says, and nothing else. What breaks off may leave a part, where that is faster.

        Oxigraph holds all of a transaction in memory, and takes eight times as long for it. So it gets no transaction,
        and a large file in parts.
        """
        if not self.places.graphs.endswith(_OF_OXIGRAPH):
            with file.open("rb") as statements:
                self.put(graph, statements)
            return
        self.drop(graph)
        address, some = f"{self._place(graph)}&no_transaction", parts(file)
        with file.open("rb") as statements:
            for part in (statements,) if some is None else some:
                self._do(_Call("POST", address, part, _TURTLE))

    def add(self, graph: str, statements: bytes) -> None:
        """Have a graph say this too."""
        if statements:
            self._do(_Call("POST", self._place(graph), statements, _TURTLE))

    def get(self, graph: str) -> bytes:
        """What a graph says, as N-Triples, all of it; b"" for one that is not there."""
        accept = {"Accept": "application/n-triples, text/plain;q=0.5"}
        text = self._do(_Call("GET", self._place(graph), None, accept, missing=True))
        given = text.count(b"\n")
        everything = f"SELECT ?s ?p ?o {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
        if given < SURE or (wanted := self.count(everything, [graph])) <= given:
            return text
        return b"".join(map(_lines, self._pages(everything, [graph], wanted, given)))

    def drop(self, graph: str) -> None:
        """Have a graph be no more."""
        self._do(_Call("DELETE", self._place(graph), None, {}, missing=True))

    def _place(self, graph: str) -> str:
        # Virtuoso knows "graph-uri" alone, all others the "graph" of the standard
        name = "graph-uri" if self.places.graphs.endswith("/sparql-graph-crud") else "graph"
        return f"{self.places.graphs}?{urlencode([(name, graph)])}"

    def wrong(self, reason: str, remedy: str = "", check: str = "input") -> InputError:
        """What is wrong with the engine, as an error."""
        return InputError.of(f"the engine at {self.host} {reason}", remedy=remedy, check=check)

    def _do(
        self, call: _Call, seconds: float | None = None, most: int | None = None, stopping: Stopping | None = None
    ) -> bytes:
        until = time.monotonic() + (self.seconds if seconds is None else seconds)
        connection = _connection(call.address, min(self.seconds, max(until - time.monotonic(), 0.001)))
        headers = call.headers | ({"Authorization": self.places.header} if self.places.header else {})

        def stop() -> None:
            with suppress(OSError, AttributeError):
                connection.sock.shutdown(socket.SHUT_RDWR)

        try:
            with stopping.under_way(stop) if stopping else nullcontext():
                connection.request(call.method, _target(call.address), call.body, headers)
                answer = connection.getresponse()
                text = self._read(answer, connection, until if seconds else None, most)
        except TimeoutError as error:
            if seconds is not None:
                raise self._late(seconds) from error
            raise self.wrong(f"says nothing for {self.seconds:g} seconds", "see whether it is well") from error
        except (OSError, http.client.HTTPException) as error:
            if stopping is not None:
                with stopping.under_way(stop):  # raises where it was stopped
                    pass
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise EngineAwayError.of(
                f"the engine at {self.host} cannot be reached ({reason[:120]})",
                remedy="see that it runs and that the address is right",
                check="away",
            ) from error
        finally:
            connection.close()
        if answer.status in (404, 410) and call.missing:
            return b""
        if not 200 <= answer.status < 300:
            raise self._refused(answer, text)
        return text

    def _read(
        self,
        answer: http.client.HTTPResponse,
        connection: http.client.HTTPConnection,
        until: float | None,
        most: int | None,
    ) -> bytes:
        pieces: list[bytes] = []
        size = 0
        while True:
            if until is not None:
                if (left := until - time.monotonic()) <= 0:
                    raise TimeoutError
                if connection.sock is not None:
                    connection.sock.settimeout(left)
            piece = answer.read1(_PIECE)
            if not piece:
                return b"".join(pieces)
            size += len(piece)
            if most is not None and size > most:
                reason = f"the answer is larger than {most / 1e6:g} MB"
                raise InputError.of(reason, remedy="ask for less, or raise --size", check="large")
            pieces.append(piece)

    def _late(self, seconds: float) -> InputError:
        return InputError.of(
            f"the query took longer than {seconds:g} seconds and was stopped",
            remedy="ask for less, or raise --seconds",
            check="late",
        )

    def _refused(self, answer: http.client.HTTPResponse, text: bytes) -> InputError:
        said = " ".join(text[:2_000].decode("utf-8", "replace").split())[:200]
        if answer.status in (401, 403):
            remedy = "say who you are: SERVICEMAP_TOKEN, or SERVICEMAP_USER and SERVICEMAP_PASSWORD"
            return self.wrong(f"refuses ({answer.status} {answer.reason}): {said}", remedy, "refused")
        if 300 <= answer.status < 400:
            return self.wrong(f"has moved to {answer.getheader('Location', 'another address')}", "give that address")
        if answer.status in (404, 405, 415):
            remedy = "give the right addresses: --store, SERVICEMAP_UPDATE, SERVICEMAP_GRAPHS"
            return self.wrong(f"knows no such address ({answer.status} {answer.reason}): {said}", remedy)
        return self.wrong(f"answers {answer.status} {answer.reason}: {said}", check="refused")


class EngineAwayError(InputError):
    """The engine is not there now; it may be in a moment."""


@dataclass(frozen=True, slots=True)
class _Call:
    method: str
    address: str
    body: bytes | IO[bytes] | None
    headers: dict[str, str]
    missing: bool = False  # whether it is well when there is no such thing


def _connection(address: str, seconds: float) -> http.client.HTTPConnection:
    parts = urlsplit(address)
    assert parts.hostname is not None
    if parts.scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(
            parts.hostname, parts.port, timeout=seconds, context=context, blocksize=_PIECE
        )
    return http.client.HTTPConnection(parts.hostname, parts.port, timeout=seconds, blocksize=_PIECE)


def _target(address: str) -> str:
    parts = urlsplit(address)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _split(query: str) -> tuple[str, str]:
    """The prefixes of a query, and the rest."""
    head = _HEAD.match(query)
    assert head is not None
    return head[0], query[head.end() :]


def _is_select(query: str) -> bool:
    return _split(query)[1][:6].upper() == "SELECT"


def parsed(text: bytes) -> Answer:
    """An answer as the engine of this machine knows it. Raises InputError when it is none."""
    try:
        if text[:1] == b"?":
            return ox.parse_query_results(text, format=_TSV)
        if text.lstrip()[:1] != b"{":
            return _statements(text)
        plain = _TRUTH.sub(lambda said: said[1] + (b'true"' if said[2] == b"1" else b'false"'), text)  # and its truth
        answer = ox.parse_query_results(_BLANK.sub(rb"\1", plain), format=_JSON)
        if isinstance(answer, ox.QuerySolutions) and [each.value for each in answer.variables] == ["__ASK_RETVAL"]:
            return ox.parse_query_results(_YES[_first(answer) != "1"], format=_JSON)  # Virtuoso's ASK
    except (SyntaxError, ValueError) as error:
        raise InputError.of(f"the engine answers what no SPARQL engine answers ({str(error)[:120]})") from error
    return answer


def _lines(text: bytes) -> bytes:
    """An answer of subjects, predicates and values as N-Triples."""
    answer = parsed(text)
    assert isinstance(answer, ox.QuerySolutions)
    return "".join(f"{subject} {predicate} {value} .\n" for subject, predicate, value in answer).encode()


def _first(answer: ox.QuerySolutions) -> str:
    """The text of the only value of an answer; "" when it has none."""
    values = [solution[0] for solution in answer]
    return values[0].value if values and isinstance(values[0], ox.Literal) else ""


def _statements(text: bytes) -> ox.QueryTriples:
    store = ox.Store()
    store.load(text, format=ox.RdfFormat.TURTLE)
    found = store.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
    assert isinstance(found, ox.QueryTriples)
    return found


def _count(text: bytes) -> int:
    """How many rows an answer has; 0 for one that has none at all, such as that to ASK."""
    if text[:1] == b"?":
        return text.count(b"\n") - 1
    answer = parsed(text)
    if not isinstance(answer, ox.QuerySolutions):
        return 0
    return (answer.serialize(format=_TSV) or b"\n").count(b"\n") - 1
