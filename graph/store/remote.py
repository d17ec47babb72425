"""How is a map kept by an engine on a server? Any that speaks SPARQL 1.1; the same store, behind an address.

Each source is a graph of its own, as in a folder, and so are the words, what the rules conclude, and where things come
from. The other graphs are the store's: ``store`` says what is held, and its change is what makes a revision;
``side/NAME`` has the tables of a source; ``lock`` keeps two loads apart. ``change`` names what a load is about to
change, and is gone when it has: what it still names after a broken load is read again by the next.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import socket
import time
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from typing import Literal, Self
from urllib.parse import quote

import pyoxigraph as ox

from graph.model import Finding, InputError, Statements
from graph.sources import Kept
from graph.store.digest import GraphDigest
from graph.store.draft import conclusions, drafted, is_large
from graph.store.elsewhere import as_update, builds, built_from, pairs_of, predicates
from graph.store.embedded import DiskStore
from graph.store.engine import SURE, Answer, Engine, Stopping, addresses, parsed
from graph.store.fetched import Fetched
from graph.store.guard import PREFIXES, check_query, graphs_asked, marks
from graph.store.held import file_name, held_of, marked, now, program, side_tables, words_digest
from graph.store.holding import Holding
from graph.store.interface import DERIVED, GRAPH, META, ONTOLOGY, Limits, Row, Table, Value, source_graph
from graph.store.lines import LineTable
from graph.store.loaded import Held, Loaded, Ruled, read_findings
from graph.store.provenance import provenance
from graph.store.reading import table_of
from graph.store.rules import Rule, rules
from graph.store.written import Wanted
from ontology.vocabulary import ontology_files

__all__ = ["RemoteStore"]

STATE, CHANGE, LOCK, SIDE = GRAPH + "store", GRAPH + "change", GRAPH + "lock", GRAPH + "side/"
_NOTHING = GRAPH + "nothing"  # the name of no graph
_GRAPHS = "its graphs are told by: SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"
_RDF_VALUE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#value"
_PIECE = 300_000  # characters of a text that is kept in the engine; Virtuoso takes no literal of many megabytes
_PART = 20_000_000  # bytes of a graph that is sent at once
_SMALL = 100_000  # bytes of a column that stays in memory
_NOTED = re.compile(rb'^<([^>]*)>\s+<[^>]*>\s+"([^"]*)"', re.MULTILINE)
_LEASE = 1_800  # seconds after which the lock of a load that was never taken away no longer counts
_SIGNED = _LEASE / 6  # seconds after which a load says again that it lives
_NTRIPLES = ox.RdfFormat.N_TRIPLES
_ONE = re.compile(rb'"([01])"\^\^<http://www\.w3\.org/2001/XMLSchema#boolean>')
_TRUTH = {"0": "false", "1": "true"}


class RemoteStore(Holding):
    """A map in an engine. What is read is the revision that was there when it was opened, or when ``renew`` was called.

    Args:
        address: where the engine takes queries; ``engine.addresses`` says what else there is to say.
        writable: whether it will be changed; one process at a time may.

    Raises InputError when the engine is not there or refuses, holds no map and is not to be changed, or when another
    process is changing it.
    """

    def __init__(self, address: str, *, writable: bool = False) -> None:
        self.address = address
        self.engine = Engine(addresses(address))
        self._token = ""
        self.draft: DiskStore | None = None
        """All that was loaded just now, on this machine; None where some of it was there before, or it is small."""
        self._tables: dict[str, Mapping[str, int]] = {}
        self._broken: frozenset[str] = frozenset()
        if writable:
            self._lock()
        try:
            self.renew(empty=writable)
        except InputError:
            self.close()
            raise

    def renew(self, *, empty: bool = False) -> None:
        """Read what the engine holds now. ``empty``: it may hold no map yet."""
        said = self._texts(STATE)
        if not said and not empty:
            raise InputError.of(
                f"the engine at {self.engine.host} holds no servicemap map",
                remedy=f"load one with: servicemap load FILES --store {self.address}",
            )
        try:
            self._loaded = Loaded.read(said["state"], said["history"]) if said else Loaded()
        except (ValueError, KeyError, TypeError) as error:
            raise self.engine.wrong(f"holds a map that this version cannot read ({str(error)[:80]})") from error
        self._tables.clear()
        self._forget()
        self._broken = frozenset(json.loads(self._texts(CHANGE).get("sources", "[]")))
        sources = (source_graph(source.id) for source in self.sources)
        self.graphs = (ONTOLOGY, DERIVED, META, *sources)

    @property
    def newest(self) -> str:
        """The revision that the engine holds now, whoever loaded it."""
        said = self._texts(STATE)
        return Loaded.read(said["state"], said["history"]).revision if said else ""

    def _forget(self) -> None:
        """What the engine holds is another state now."""
        self._aside, self._fetched = ox.Store(), set[str]()
        self._small: dict[tuple[str, str], bytes] = {}

    # What is held

    @property
    def held(self) -> tuple[Held, ...]:
        """The sources with what the store knows of them; those that a broken load may have half changed are stale."""
        return tuple(map(self._mended, self._loaded.held))

    def _mended(self, held: Held) -> Held:
        if held.source.id not in self._broken:
            return held
        problem = "a load broke off: it may say what it said before, what its file says, or a part of it"
        return replace(held, stale_since=held.stale_since or now(), problems=(*held.problems, problem))

    # Reading

    def pairs(self, predicate: str) -> Iterator[tuple[str, str]]:
        """As ``Reader.pairs``."""
        return pairs_of(self.column(predicate))

    def about(self, subject: str) -> Iterator[tuple[str, Value, str]]:
        """As ``Reader.about``."""
        for row in self.rows(f"SELECT ?p ?o ?g {{ GRAPH ?g {{ <{_iri(subject)}> ?p ?o }} }}"):
            predicate, value, graph = row
            assert predicate is not None
            assert value is not None
            yield predicate.text, value, graph.text if graph else ""

    def pointing_at(self, value: str, *, besides: Collection[str] = ()) -> Iterator[tuple[str, str, str]]:
        """As ``Reader.pointing_at``."""
        none = ", ".join(f"<{_iri(each)}>" for each in sorted(besides))
        but = f" FILTER(?p NOT IN ({none}) && ?g NOT IN ({none}))" if none else ""
        for row in self.rows(f"SELECT ?s ?p ?g {{ GRAPH ?g {{ ?s ?p <{_iri(value)}> }}{but} }}"):
            subject, predicate, graph = row
            assert subject is not None
            assert predicate is not None
            yield subject.text, predicate.text, graph.text if graph else ""

    def select(self, query: str) -> Table:
        """As ``Reader.select``."""
        tables = [_table(text) for text in self._whole(query)]
        return replace(tables[0], rows=tuple(row for table in tables for row in table.rows))

    def rows(self, query: str, *, seconds: float | None = None) -> Iterator[Row]:
        """As ``Reader.rows``; InputError with the check ``late`` when it takes longer than so many seconds."""
        for text in self._whole(query, seconds=seconds):
            yield from _table(text).rows

    def column(self, predicate: str) -> bytes:
        """As ``Reader.column``; what was told once is kept here for this revision, and for whoever asks next."""
        return self._told("column", _iri(predicate))

    def subjects(self, predicate: str) -> bytes:
        """As ``Reader.subjects``."""
        return self._told("subjects", _iri(predicate))

    def instances(self, cls: str) -> bytes:
        """As ``Reader.instances``."""
        return self._told("instances", _iri(cls))

    def _told(self, how: Literal["column", "subjects", "instances"], iri: str) -> bytes:
        found = self._small.get((how, iri))
        if found is None:
            with Fetched(self, origins=True) as kept:
                found = getattr(kept, how)(iri)
            if len(found) <= _SMALL:
                self._small[how, iri] = found
        return found

    def tsv(self, query: str, graphs: Sequence[str] | None = None) -> bytes:
        """The whole answer to a SELECT of ours over all graphs, or over some, in TSV."""
        pieces = [_tsv(text) for text in self._whole(query, graphs)]
        return b"".join([pieces[0], *(piece.partition(b"\n")[2] for piece in pieces[1:])])

    def _whole(
        self, query: str, graphs: Sequence[str] | None = None, *, seconds: float | None = None
    ) -> tuple[bytes, ...]:
        """The answer of the engine; what it refuses although it is a query of ours is worked out here."""
        try:
            return self.engine.whole(query, self.graphs if graphs is None else graphs, seconds=seconds)
        except InputError as error:
            if error.problems[0].check != "refused":
                raise
            return (_answered(self._here(query, self.graphs), query),)

    def _here(self, query: str, graphs: Sequence[str]) -> ox.Store:
        """A store on this machine with those statements that a query looks at; what was fetched before is there."""
        named = predicates(query)
        wanted = sorted({f"GRAPH {graph}" for graph in graphs} if named is None else named)
        for each in (each for each in wanted if each not in self._fetched):
            if named is None:
                graph = each.removeprefix("GRAPH ")
                self._aside.bulk_load(input=self.engine.get(graph), format=_NTRIPLES, to_graph=ox.NamedNode(graph))
            else:
                asked = f"SELECT ?s ?o ?g {{ GRAPH ?g {{ ?s <{each}> ?o }} }}"
                for text in self.engine.whole(asked, graphs):
                    self._aside.bulk_load(input=_quads(text, each), format=ox.RdfFormat.N_QUADS)
            self._fetched.add(each)
        return self._aside

    def triples(self, graph: str) -> bytes:
        """As ``Reader.triples``."""
        said = ox.serialize(ox.parse(self.engine.get(graph), format=_NTRIPLES), format=_NTRIPLES) or b""
        return _ONE.sub(lambda found: found[0].replace(found[1], _TRUTH[found[1].decode()].encode(), 1), said)

    def ask(
        self, text: str, limits: Limits, *, services: Collection[str] = (), asking: Stopping | None = None
    ) -> Table:
        """Answer a query of a user without fast properties, as ``isolation.ask``; it runs in the engine."""
        check_query(text, services=services)
        answer, cut = self.answer(text, limits, asking=asking)
        table = table_of(answer, rows=limits.rows)
        if table.form == "ask" or table.truncated:
            return table
        return replace(table, truncated=cut(len(table.rows)))

    def answer(
        self, text: str, limits: Limits, wanted: Wanted | None = None, *, asking: Stopping | None = None
    ) -> tuple[Answer, Callable[[int], str]]:
        """What the engine says to a query, with its own limits as well as these of time and size.

        The second says in words how the engine itself cut the answer after so many rows or statements, "" where it did
        not. What CONSTRUCT builds is believed when the engine gives all rows that it is built from; what DESCRIBE tells
        is the engine's own choice, and cannot be counted.
        """
        wanted = wanted or Wanted()
        graphs, named = self._dataset(text, wanted)
        text = _with_prefixes(text, wanted.base)
        built, asked = builds(text), built_from(text) or text
        said = self.engine.once(
            text, graphs, named=named, seconds=limits.seconds, most=limits.size, stopping=asking, statements=built
        )

        def counted(*, at_once: bool = False) -> int:
            return self.engine.count(asked, graphs, named=named, seconds=limits.seconds, at_once=at_once)

        def cut(rows: int) -> str:
            if built and asked is text:
                return f"{rows:,} statements; whether the engine has more is not known" if rows >= SURE else ""
            if rows < SURE and not built:
                return ""
            try:
                all_rows = counted()
                given = counted(at_once=True) if built and all_rows >= SURE else rows
            except InputError as error:  # a query with FROM cannot stand in another
                if error.problems[0].check != "refused":
                    raise
                what = "statements" if built else "rows"
                return f"{rows:,} {what}; whether the engine has more is not known"
            if all_rows <= given or all_rows < SURE:
                return ""
            return f"{'from ' * built}the first {given:,} of {all_rows:,} rows: the engine gives no more at a time"

        return parsed(said), cut

    def _dataset(self, text: str, wanted: Wanted) -> tuple[Sequence[str], Sequence[str]]:
        """The graphs that a query is about, and those that it may name; none where it says both itself."""
        if wanted.default is not None or wanted.named is not None:
            graphs = [graph for graph in wanted.default or () if graph in self.graphs]
            named = [graph for graph in wanted.named or () if graph in self.graphs]
            return (graphs, named) if graphs or named else ([_NOTHING], named)
        asked = graphs_asked(text)
        if asked is None:
            return self.graphs, self.graphs
        for graph in asked:
            if graph not in self.graphs:
                message = f"'{graph[:200]}' is no graph of this map, and nothing is fetched"
                raise InputError.of(message, remedy=_GRAPHS)
        if len(asked) < sum(mark.word == "from" and not mark.depth for mark in marks(text)):
            raise InputError.of("a graph is not named in full", remedy="write its whole address after FROM")
        return (), ()

    @property
    def parts(self) -> dict[str, str]:
        """The graphs, each with a name for what it says now; "" where a broken load may have changed it."""
        held = {source_graph(each.source.id): each.file for each in self._loaded.held}
        broken = {source_graph(source_id) for source_id in self._broken}
        made = {ONTOLOGY: f"words {self._loaded.words}", DERIVED: f"derived {self.revision}", META: ""}
        known = {**made, **held} if not broken else {**made, DERIVED: "", **held, **dict.fromkeys(broken, "")}
        return {graph: known[graph] for graph in self.graphs if graph != META}

    @property
    def origins(self) -> dict[str, str]:
        """As ``parts``, the graph that tells where things come from."""
        return {META: "" if self._broken else f"origins {self.revision}"}

    def size(self, graph: str) -> int:
        """How many statements a graph has."""
        return self.engine.count(f"SELECT ?s ?p ?o {{ GRAPH <{_iri(graph)}> {{ ?s ?p ?o }} }}", [graph])

    def beside(self, name: str) -> Path:
        """Where this machine keeps something that was made from the map: in the cache of whoever asks."""
        home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "servicemap"
        with suppress(OSError):
            home.mkdir(parents=True, exist_ok=True)
        return home / f"{name}-{hashlib.sha256(self.address.encode()).hexdigest()[:24]}"

    def lines(self, source_id: str) -> Mapping[str, int]:
        """As ``Reader.lines``; each source's table is fetched once."""
        if source_id not in self._tables:
            table = self._side(source_id).get("lines", "")
            self._tables[source_id] = LineTable(_unpacked(table)) if table else {}
        return self._tables[source_id]

    def findings(self, source_id: str) -> tuple[Finding, ...]:
        """What the reading of a source found when it was loaded."""
        said = self._side(source_id).get("findings", "")
        return read_findings(_unpacked(said).decode()) if said else ()

    def kept(self, source_id: str) -> Kept | None:
        """What the next reading of a source asks for."""
        held = self._held_as(source_id)
        if held is None:
            return None
        said = self._side(source_id).get("mentions", "")
        mentions: Mapping[str, int] = LineTable(_unpacked(said)) if said else {}
        recipe = "" if held.stale_since else held.recipe
        return Kept(held.source, recipe, lambda: self.lines(source_id), mentions, held.place)

    def _side(self, source_id: str) -> dict[str, str]:
        held = self._held_as(source_id)
        return self._texts(SIDE + held.file) if held else {}

    # Texts that the engine keeps for us

    def _texts(self, graph: str) -> dict[str, str]:
        """The texts of a graph of ours, by name."""
        pieces: dict[str, dict[int, str]] = {}
        for subject, value in _NOTED.findall(self.engine.get(graph)):
            name, _, number = subject.decode().removeprefix(f"{graph}#").rpartition(".")
            pieces.setdefault(name, {})[int(number)] = value.decode()
        whole = {name: "".join(text for _, text in sorted(said.items())) for name, said in pieces.items()}
        return {name: text if graph.startswith(SIDE) else _unpacked(text).decode() for name, text in whole.items()}

    def _note(self, graph: str, texts: Mapping[str, bytes]) -> None:
        """Have a graph of ours hold these texts, and nothing else; at once, so that nobody sees a part of them."""
        lines = []
        for name, text in texts.items():
            written = _packed(text)
            for number, start in enumerate(range(0, max(len(written), 1), _PIECE)):
                piece = written[start : start + _PIECE]
                lines.append(f'<{graph}#{name}.{number}> <{_RDF_VALUE}> "{piece}" .\n')
        self.engine.put(graph, "".join(lines).encode())

    # Changing

    def replace(
        self,
        statements: Iterable[Statements],
        *,
        remove: Iterable[str] = (),
        failed: Mapping[str, Sequence[Finding]] | None = None,
    ) -> str:
        """As ``DiskStore.replace``; what a broken load may leave half changed is named, and mended by the next.

        Cost: each changed source is sent once; the rules run in the engine. Where all is new and much, they run here.
        """
        if not self._token:
            raise InputError.of(f"the map at {self.engine.host} was opened for reading only")
        new = list(statements)
        failed = failed or {}
        gone = {*remove, *(s.source.id for s in new)} & {source.id for source in self.sources}
        staying = [marked(each, failed.get(each.source.id)) for each in self.held if each.source.id not in gone]
        if not new and staying == list(self._loaded.held) and self._loaded.words == words_digest():
            return self.revision
        self.draft = None
        changing = {*self._broken, *gone, *(s.source.id for s in new)}
        self._note(CHANGE, {"sources": json.dumps(sorted(changing)).encode()})
        with self._signing():
            held = self._sent_and_drafted(new, gone) if not staying and is_large(new) else self._sent(new, gone)
            loaded = self._loaded.changed([*staying, *held], at=now(), program=program())
            loaded = replace(loaded, ruled=self._published() or self._concluded(loaded), words=words_digest())
        self.engine.put(META, provenance(loaded))
        self._note(STATE, {"state": loaded.to_json().encode(), "history": loaded.history_text().encode()})
        self._after(loaded, changing - {s.source.id for s in new} - gone)
        self.renew()
        return self.revision

    def _sent_and_drafted(self, new: Sequence[Statements], gone: set[str]) -> list[Held]:
        """The same; while the engine takes the files, the map is worked out on this machine."""
        with ThreadPoolExecutor(1) as beside:
            drafting = beside.submit(drafted, new, self.beside("draft"))
            held = self._sent(new, gone)
            self.draft = drafting.result()
        return held

    def _sent(self, new: Sequence[Statements], gone: set[str]) -> list[Held]:
        """Have the changed sources in the engine, with their tables."""
        if self._loaded.words != words_digest():
            self.engine.put(ONTOLOGY, _ontology())
        for source_id in sorted(gone - {s.source.id for s in new}):
            self.engine.drop(source_graph(source_id))
        held = []
        for s in new:
            each = held_of(s, GraphDigest(s.triples.count(b"\n"), ""), file_name(s, quote(self._token, safe="")))
            self._send(s)
            self._note(SIDE + each.file, side_tables(s))
            held.append(each)
        return held

    def _send(self, s: Statements) -> None:
        graph = source_graph(s.source.id)
        if s.file is not None:
            if is_large([s]):
                self.engine.fill(graph, s.file)
            else:
                with s.file.open("rb") as file:
                    self.engine.put(graph, file)
            self.engine.add(graph, s.triples)
            return
        first, rest = _part(s.triples)
        self.engine.put(graph, first)
        while rest:
            first, rest = _part(rest)
            self.engine.add(graph, first)

    def _published(self) -> tuple[Ruled, ...]:
        """Have what was concluded here in the engine; () where it has to be concluded there."""
        file = conclusions(self.draft) if self.draft is not None else None
        if self.draft is None or file is None:
            return ()
        self.engine.fill(DERIVED, file)
        return self.draft.ruled

    def _concluded(self, loaded: Loaded) -> tuple[Ruled, ...]:
        """Run the rules in the engine, each on all that is known by then; what it refuses is worked out here."""
        self.engine.drop(DERIVED)
        graphs = (ONTOLOGY, *(source_graph(source.id) for source in loaded.sources), DERIVED)
        found, before = [], 0
        for rule in rules():
            try:
                self.engine.update(as_update(rule, DERIVED, graphs))
            except InputError as error:
                if error.problems[0].check != "refused":
                    raise
                self._work_out(rule, graphs)
            number = self.engine.count(f"SELECT * {{ GRAPH <{DERIVED}> {{ ?s ?p ?o }} }}", graphs)
            found.append(Ruled(rule.name, rule.title, rule.digest, number - before))
            before = number
        return tuple(found)

    def _work_out(self, rule: Rule, graphs: Sequence[str]) -> None:
        """Run a rule on this machine."""
        self._forget()
        rest = _built(self._here(rule.query, graphs), rule)
        while rest:
            first, rest = _part(rest)
            self.engine.add(DERIVED, first)

    def _after(self, loaded: Loaded, broken: set[str]) -> None:
        """Take away what the revision before held and this one does not."""
        for file in {each.file for each in self._loaded.held} - {each.file for each in loaded.held}:
            self.engine.drop(SIDE + file)
        if broken:
            self._note(CHANGE, {"sources": json.dumps(sorted(broken)).encode()})
        else:
            self.engine.drop(CHANGE)

    # One load at a time

    def _lock(self) -> None:
        """Take the lock, or raise InputError. Two who try at once: the engine lets one of them write."""
        token = f"{socket.gethostname()}.{os.getpid()}.{time.time_ns()}"
        self._unlock_the_dead()
        free = f"FILTER NOT EXISTS {{ GRAPH <{LOCK}> {{ ?any <{_RDF_VALUE}> ?value }} }}"
        taken = f'<{LOCK}#{quote(token)}> <{_RDF_VALUE}> "{int(time.time())}"'
        self.engine.update(f"INSERT {{ GRAPH <{LOCK}> {{ {taken} }} }} WHERE {{ {free} }}")
        if [who for who, _ in self._locks()] != [token]:
            raise InputError.of(
                f"the map at {self.engine.host} is being changed by another process",
                remedy=f"try again when that is done; a load that died is forgotten after {_LEASE // 60} minutes",
            )
        self._token = token

    def _locks(self) -> list[tuple[str, int]]:
        found = _NOTED.findall(self.engine.get(LOCK))
        return [(subject.decode().removeprefix(f"{LOCK}#"), int(at)) for subject, at in found]

    def _unlock_the_dead(self) -> None:
        """A load that died left its lock: on this machine that is known at once, elsewhere after a while."""
        for who, at in self._locks():
            host, number, _ = who.rsplit(".", 2)
            if at + _LEASE < time.time() or (host == socket.gethostname() and not _lives(int(number))):
                self.engine.drop(LOCK)

    @contextmanager
    def _signing(self) -> Iterator[None]:
        """While this runs, the lock says every few minutes that this load is still at it: one file may take an hour."""
        done = Event()

        def sign() -> None:
            while not done.wait(_SIGNED):
                with suppress(InputError):  # the load itself will say that the engine is away
                    self._sign()

        signing = Thread(target=sign, daemon=True)
        signing.start()
        try:
            yield
        finally:
            done.set()
            signing.join()

    def _sign(self) -> None:
        self.engine.put(LOCK, f'<{LOCK}#{quote(self._token)}> <{_RDF_VALUE}> "{int(time.time())}" .\n'.encode())

    def close(self) -> None:
        """Let go of the lock."""
        if self.draft is not None:
            self.draft.close()
        if self._token:
            self._token = ""
            self.engine.drop(LOCK)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _lives(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _iri(text: str) -> str:
    """An IRI that can stand in a query; what cannot names nothing that an engine holds."""
    return re.sub(r'[\x00-\x20<>"{}|^`\\]', lambda sign: quote(sign[0]), text)


def _with_prefixes(text: str, base: str | None = None) -> str:
    """A query with the prefixes that it need not write, on its own first line, so that lines keep their numbers."""
    known = {name.casefold() for name in re.findall(r"\bPREFIX\s+([\w.-]+):", text, re.IGNORECASE)}
    head = (f"PREFIX {name}: <{iri}> " for name, iri in PREFIXES.items() if name not in known)
    return "".join((f"BASE <{base}> " if base else "", *head, text))


def _table(text: bytes) -> Table:
    return table_of(parsed(text))


def _tsv(text: bytes) -> bytes:
    if text[:1] == b"?":
        return text
    answer = parsed(text)
    assert isinstance(answer, ox.QuerySolutions)
    return answer.serialize(format=ox.QueryResultsFormat.TSV) or b""


def _quads(text: bytes, predicate: str) -> bytes:
    answer = parsed(text)
    assert isinstance(answer, ox.QuerySolutions)
    return "".join(f"{subject} <{predicate}> {value} {graph} .\n" for subject, value, graph in answer).encode()


def _packed(text: bytes) -> str:
    return b64encode(zlib.compress(text, 6)).decode()


def _unpacked(text: str) -> bytes:
    return zlib.decompress(b64decode(text))


def _answered(store: ox.Store, query: str) -> bytes:
    """An answer in JSON. It goes with this step: what an error keeps of who asked, another thread may let go of."""
    answer = store.query(query, use_default_graph_as_union=True)
    assert not isinstance(answer, ox.QueryTriples)
    return answer.serialize(format=ox.QueryResultsFormat.JSON) or b""


def _built(store: ox.Store, rule: Rule) -> bytes:
    """What a rule builds. The answer goes with this step: no other thread may let go of it."""
    found = store.query(rule.query, use_default_graph_as_union=True)
    assert isinstance(found, ox.QueryTriples)
    return found.serialize(format=_NTRIPLES) or b""


def _part(text: bytes) -> tuple[bytes, bytes]:
    """As many whole lines as are sent at once, and the rest."""
    if len(text) <= _PART:
        return text, b""
    end = text.rindex(b"\n", 0, _PART) + 1
    return text[:end], text[end:]


def _ontology() -> bytes:
    """All modules as N-Triples; the names of blank nodes of different files differ."""
    store = ox.Store()
    for file in ontology_files():
        store.bulk_load(path=str(file), format=ox.RdfFormat.TURTLE)
    return store.dump(format=_NTRIPLES, from_graph=ox.DefaultGraph()) or b""
