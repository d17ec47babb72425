"""What does a child that answers queries do, and what is it kept from? It reads one revision, behind hard walls.

It takes tasks from its standard input and answers on its standard output; both in frames, a length before the bytes.
A task names the triples by a key; they stay open for the next one.
"""

from __future__ import annotations

import contextlib
import errno
import faulthandler
import json
import os
import re
import resource
import signal
import struct
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeVar, cast

import pyoxigraph as ox

from graph.answer import count
from graph.model import InputError
from graph.store.folder import PACKED, SUMS
from graph.store.guard import NO_SERVICE, PREFIXES, graphs_asked, may_be_sums, mentions_fast, plain, without_allowed
from graph.store.interface import DEFAULT, Limits
from graph.store.listed import listed
from graph.store.ordered import Ordered, in_order, order_of
from graph.store.reading import Opened, value_of
from graph.store.written import GRAPH_NOTATIONS, Pieces, Wanted, Writing, boolean, row_writer, rows, triples
from ontology.terms import SM

if TYPE_CHECKING:
    from graph.store.sums import Sums

__all__ = [
    "FAILURES",
    "HEAD",
    "MORE_MEMORY",
    "NO_GRAPH",
    "PIECE",
    "SPENT",
    "Rewriting",
    "Task",
    "add_frame",
    "address_space",
    "answer",
    "answer_once",
    "calls",
    "die_with_parent",
    "failed",
    "hungry",
    "length",
    "let_go",
    "parse",
    "read_frame",
    "reply_of",
    "said_of",
    "serve",
    "tell",
    "tell_found",
    "walled",
    "write_frame",
]

MORE_MEMORY = "ask for less, or raise --memory"

_MOST_COLUMNS = 200
_SERVICE = re.compile("service", re.IGNORECASE | re.ASCII)
_OURS, _NO_WORD = SM.removesuffix("#"), "https://w3id.org/-"  # by the grammar, "x://" stands in IRIs and texts alone
SPENT = 300_000_000  # bytes that a child may have grown by before another takes its place
_LENGTH = struct.Struct(">Q")
_AT_ONCE = 1 << 18  # bytes of an answer that go together
HEAD = _LENGTH.size
PIECE = b"+"  # a frame that begins so is a piece of an answer; any other says something in JSON


@dataclass(frozen=True, slots=True)
class Task:
    """What a child is to do: have the triples of ``key`` at hand, and answer ``text`` when there is one.

    ``folder`` is that of the triples, "" when they follow in a frame of their own or are there already; for a map in an
    engine elsewhere, its address.
    With ``wanted`` the answer comes written, in pieces.
    """

    key: str
    folder: str = ""
    quads: bool = False
    text: str | None = None
    limits: Limits = field(default_factory=Limits)
    services: tuple[str, ...] = ()
    wanted: Wanted | None = None
    writing: Writing | None = None

    def to_json(self) -> bytes:
        """As it goes through a pipe."""
        return json.dumps(self, default=lambda made: {name: getattr(made, name) for name in made.__slots__}).encode()

    @classmethod
    def from_json(cls, said: bytes) -> Task:
        """The same task at the other end."""
        fields = json.loads(said)
        wanted = None if fields["wanted"] is None else Wanted.of(fields["wanted"])
        writing = None if fields["writing"] is None else Writing(**fields["writing"])
        made = {
            "writing": writing,
            "limits": Limits(**fields["limits"]),
            "services": tuple(fields["services"]),
            "wanted": wanted,
        }
        return cls(**{**fields, **made})


def length(head: bytes | bytearray) -> int:
    """How many bytes follow the head of a frame."""
    return int(_LENGTH.unpack(head)[0])


def read_frame(file: IO[bytes]) -> bytes:
    """The next frame; b"" at the end, and where a frame is cut off."""
    head = file.read(HEAD)
    size = length(head) if len(head) == HEAD else 0
    said = file.read(size)
    return said if len(said) == size else b""


def write_frame(file: IO[bytes], said: bytes) -> None:
    """Write a frame, and have it go with those that were added before."""
    add_frame(file, said)
    file.flush()


def add_frame(file: IO[bytes], said: bytes) -> None:
    """Write a frame that may wait for the next ones: each way through a pipe wakes the other side."""
    file.write(_LENGTH.pack(len(said)))
    file.write(said)


Found = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples
Rewriting = Callable[[Opened], Callable[[str], str]]
"""What makes, for a store, what turns a query into one that the engine understands."""


def serve(rewriting: Rewriting, *, sockets: bool = False) -> None:
    """Answer tasks until standard input ends. With ``sockets`` it may call the servers that a task allows."""
    out = os.fdopen(os.dup(1), "wb", _AT_ONCE)
    let_go()
    if not sockets:
        forbid_sockets()
    key, files, at = "", sockets, _At(ox.Store(), Path(), rewriting)
    while said := read_frame(sys.stdin.buffer):
        task = Task.from_json(said)
        if task.writing is not None:
            write_frame(out, _write(task, task.writing))
            continue
        if task.key != key:
            at = _At(ox.Store(), Path(), rewriting)  # the one before is let go first
            try:
                at, key = _At(_opened(task), Path(task.folder), rewriting), task.key
            except (OSError, RuntimeError, ValueError) as error:
                key = ""
                write_frame(out, said_of(error=f"the triples cannot be opened: {_words(error)}", spent=True))
                continue
            files = sockets or not task.quads
        if task.text is None:
            write_frame(out, b"{}")
            at.get_ready()
            continue
        using = at.rewriting(task)
        if task.wanted is None:
            reply = answer(at.store, task, files=files, rewrite=using)
        else:
            reply = tell(at.store, task, out, files=files, rewrite=using)
        if at.spent():
            reply = reply[:-1] + (b"" if reply == b"{}" else b", ") + b'"spent": true}'
        write_frame(out, reply)


class _At:
    """What a child has open, and what was worked out for it."""

    def __init__(self, store: ox.Store, folder: Path, make: Rewriting) -> None:
        self.store, self._folder, self._make = store, folder, make
        self._columns = folder.parent / SUMS
        self._begun = address_space()
        self._fast: Callable[[str], str] | None = None
        self._sums: Sums | None = None

    def rewriting(self, task: Task) -> Callable[[str], str] | None:
        """What turns the query into another; None where it stays as it is."""
        text = task.text or ""
        if mentions_fast(text):
            if self._fast is None:
                of_a_store = self._folder.name in ("triples", PACKED)
                self._fast = self._make(Opened(self.store, self._folder.parent if of_a_store else None))
                self._begun = address_space()
            return self._fast
        if not may_be_sums(text) or not (task.wanted is None or task.wanted.everything):
            return None
        return partial(self._summing().rewritten, seconds=task.limits.seconds)

    def get_ready(self) -> None:
        """Have at hand what lies ready, while nobody waits."""
        if self._columns.is_dir():
            self._summing().get_ready()

    def _summing(self) -> Sums:
        if self._sums is None:
            from graph.store.sums import Sums

            self._sums = Sums(self.store, self._columns)
            self._begun = address_space()
        return self._sums

    def spent(self) -> bool:
        """Whether it has grown so much, beside what was worked out, that another should take its place."""
        self._begun += self._sums.answered() if self._sums is not None else 0
        return address_space() - self._begun > SPENT


def answer_once(store: ox.Store, task: Task, writing: int) -> None:
    """In a fork: answer one task into a pipe. Whatever the parent has open stays out of reach."""
    let_go()
    forbid_sockets()
    with os.fdopen(writing, "wb") as out:
        write_frame(out, answer(store, task, files=False))


def _write(task: Task, writing: Writing) -> bytes:
    """Write into the store in a folder that is nobody else's; b"{}" when all of it is written."""
    die_with_parent()
    parts = [read_frame(sys.stdin.buffer) for _ in writing.notations]
    try:
        signal.setitimer(signal.ITIMER_REAL, task.limits.seconds + 1)
        with _kept({resource.RLIMIT_AS: address_space() + task.limits.memory}):
            store = ox.Store(task.folder)
            if writing.update:
                _into(store, ox.NamedNode(DEFAULT), ox.DefaultGraph())
                store.update(writing.update, base_iri=writing.base, prefixes=PREFIXES)
                _into(store, ox.DefaultGraph(), ox.NamedNode(DEFAULT))
            else:
                _put(store, writing, parts)
            store.flush()
            del store
    except SyntaxError as error:
        return said_of(error=f"it cannot be read: {_words(error)}", check="syntax")
    except FAILURES as error:
        return failed(error, task.limits)
    return b"{}"


def _put(store: ox.Store, writing: Writing, parts: list[bytes]) -> None:
    graph = ox.NamedNode(writing.graph)
    if writing.replace:
        store.remove_graph(graph)
    for notation, part in zip(writing.notations, parts, strict=True):
        store.load(part, format=GRAPH_NOTATIONS[notation], base_iri=writing.base, to_graph=graph)


def _into(store: ox.Store, old: ox.NamedNode | ox.DefaultGraph, new: ox.NamedNode | ox.DefaultGraph) -> None:
    """Have the statements of a graph in another."""
    quads = [ox.Quad(q.subject, q.predicate, q.object, new) for q in store.quads_for_pattern(None, None, None, old)]
    if quads:
        store.extend(quads)
        store.clear_graph(old)


def die_with_parent() -> None:
    """Have the kernel end this process when the one that began it is no more, where it is Linux."""
    if sys.platform.startswith("linux"):
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)


def _opened(task: Task) -> ox.Store:
    if not task.quads:
        return ox.Store.read_only(task.folder)
    triples = ox.Store()
    triples.bulk_load(input=read_frame(sys.stdin.buffer), format=ox.RdfFormat.N_QUADS)
    return triples


def let_go() -> None:
    """No words to anybody, no core, and what interrupts the parent is the parent's to answer."""
    faulthandler.disable()
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def answer(store: ox.Store, task: Task, *, files: bool, rewrite: Callable[[str], str] | None = None) -> bytes:
    """Ask behind the walls; the reply as JSON. Only a store on disk may open more files.

    What rewrites the query is ours, and may open files; time and memory end it too.
    The kernel ends the process a little after the time is over, should nobody else do it.
    """
    try:
        text = _rewritten(task, rewrite)
        with walled(task.limits, files=files):
            return _reply(store, text, task)
    except FAILURES as error:
        return failed(error, task.limits)


def _rewritten(task: Task, rewrite: Callable[[str], str] | None) -> str:
    """The query as the engine gets it."""
    if rewrite is None:
        return task.text or ""
    with walled(task.limits, files=True):
        return rewrite(task.text or "")


def tell(
    store: ox.Store, task: Task, out: IO[bytes], *, files: bool, rewrite: Callable[[str], str] | None = None
) -> bytes:
    """As ``answer``, written into ``out`` in the notation that is wanted: what comes, the pieces; then returns the end.

    What comes is said when the answer is known as far as the limits let it: errors and cuts are known before the first
    piece. Only a disk that fails, or the end of the time, breaks off later; then the process ends.
    """
    begun = False

    def piece(said: bytes) -> None:
        nonlocal begun
        begun = True
        add_frame(out, PIECE + said)

    try:
        text = _rewritten(task, rewrite)
        with walled(task.limits, files=files):
            return _tell(store, text, task, out, piece)
    except FAILURES as error:
        if begun:
            os._exit(1)
        return failed(error, task.limits)


FAILURES = (InputError, SyntaxError, MemoryError, OSError, RuntimeError, ValueError)


@contextlib.contextmanager
def walled(limits: Limits, *, files: bool) -> Iterator[None]:
    """Time and memory of a query, and no files but where they are allowed; the kernel ends what takes longer."""
    walls = {resource.RLIMIT_FSIZE: 0, resource.RLIMIT_AS: address_space() + limits.memory}
    if not files:
        walls[resource.RLIMIT_NOFILE] = 0
    try:
        signal.setitimer(signal.ITIMER_REAL, limits.seconds + 1)
        with _kept(walls):
            yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def failed(error: Exception, limits: Limits) -> bytes:
    """What is said of a query that failed."""
    if isinstance(error, InputError):
        return said_of(error=error.problems[0].message, remedy=error.problems[0].remedy, check="refused")
    if isinstance(error, SyntaxError):
        return said_of(error=f"the query is not SPARQL: {_words(error)}", check="syntax")
    if isinstance(error, MemoryError):
        return said_of(error=hungry(limits), remedy=MORE_MEMORY, spent=True, check="hungry")
    return said_of(error=f"the query failed: {_words(error)}")


def _words(error: Exception) -> str:
    return " ".join(str(error).split())[:300]


def hungry(limits: Limits) -> str:
    """What is said of a query that needed too much."""
    return f"the query needed more than {limits.memory / 1e6:,.0f} MB of memory and was stopped"


def said_of(**words: object) -> bytes:
    """A reply."""
    return json.dumps(words, ensure_ascii=False).encode()


@contextlib.contextmanager
def _kept(walls: dict[int, int]) -> Iterator[None]:
    """The walls as soft limits, so that the next query of this process gets its own."""
    before = {kind: resource.getrlimit(kind) for kind in walls}
    for kind, wall in walls.items():
        hard = before[kind][1]
        resource.setrlimit(kind, (wall if hard == resource.RLIM_INFINITY else min(wall, hard), hard))
    try:
        yield
    finally:
        for kind, limit in before.items():
            resource.setrlimit(kind, limit)


def _reply(store: ox.Store, text: str, task: Task) -> bytes:
    if (why := _refused(store, task)) is not None:
        return why
    union = graphs_asked(task.text or "") is None
    return reply_of(_found(store, text, Wanted(), task.limits, union=union, by_protocol=False), task)


def reply_of(found: Found | Ordered, task: Task, cut: Callable[[int], str] = lambda _: "") -> bytes:
    """What was found, as JSON; ``cut`` says in words what else than the limits cut it after so many rows."""
    if isinstance(found, ox.QueryBoolean):
        return _table(("answer",), "ask", iter([(ox.Literal(bool(found)),)]), task.limits)
    if isinstance(found, ox.QueryTriples):
        triple_rows = ((triple.subject, triple.predicate, triple.object) for triple in found)
        return _table(("subject", "predicate", "object"), "graph", triple_rows, task.limits, cut)
    columns = tuple(variable.value for variable in found.variables)
    if (why := _too_wide(columns)) is not None:
        return why
    return _table(columns, "select", (tuple(solution) for solution in found), task.limits, cut)


def _refused(store: ox.Store, task: Task, *, graphs: bool = True) -> bytes | None:
    """Why a query is not asked: it calls somebody else, or names graphs that are not there."""
    text = task.text or ""
    if calls(text, task.services):
        return said_of(error=NO_SERVICE, remedy="take that part out", check="refused")
    for graph in (graphs_asked(text) or ()) if graphs else ():
        if not store.contains_named_graph(ox.NamedNode(graph)):
            return said_of(error=f"'{graph[:200]}' is no graph of this map, and nothing is fetched", remedy=NO_GRAPH)
    return None


def _too_wide(columns: tuple[str, ...]) -> bytes | None:
    if len(columns) <= _MOST_COLUMNS:
        return None
    message = f"the query asks for {len(columns):,} columns, at most {_MOST_COLUMNS} are told"
    return said_of(error=message, remedy="select fewer")


def _tell(store: ox.Store, text: str, task: Task, out: IO[bytes], piece: Callable[[bytes], None]) -> bytes:
    wanted = task.wanted or Wanted()
    if wanted.graph:
        return _tell_graph(store, wanted, task.limits, out, piece)
    by_protocol = wanted.default is not None or wanted.named is not None
    if (why := _refused(store, task, graphs=not by_protocol)) is not None:
        return why
    union = not by_protocol and graphs_asked(task.text or "") is None
    found = _found(store, text, wanted, task.limits, union=union, by_protocol=by_protocol)
    return tell_found(found, task, out, piece)


def tell_found(
    found: Found | Ordered,
    task: Task,
    out: IO[bytes],
    piece: Callable[[bytes], None],
    more: Callable[[int], str] = lambda _: "",
) -> bytes:
    """Write what was found as it is wanted; ``more`` as ``cut`` of ``reply_of``."""
    wanted = task.wanted or Wanted()
    form = {ox.QueryBoolean: "ask", ox.QueryTriples: "graph"}.get(type(found), "select")
    notation = wanted.notations.get(form, "")
    if not notation:
        return said_of(error=_NO_FORM[form], remedy=_FORM_REMEDY[form], check="not-acceptable")
    if isinstance(found, ox.QueryBoolean):
        add_frame(out, said_of(form=form, notation=notation, truncated="", rows=1))
        piece(boolean(notation, bool(found)))
    elif isinstance(found, ox.QueryTriples):
        kept, cut = _within(found, task.limits, lambda triple: str(triple).encode())
        cut = cut or more(len(kept))
        add_frame(out, said_of(form=form, notation=notation, truncated=cut, rows=len(kept)))
        pieces = Pieces(piece)
        triples(notation, (triple for triple, _ in kept), PREFIXES, cut, cast("IO[bytes]", pieces))
        pieces.flush_all()
    else:
        columns = tuple(variable.value for variable in found.variables)
        if (why := _too_wide(columns)) is not None:
            return why
        kept, cut = _within((tuple(solution) for solution in found), task.limits, row_writer(notation, columns))
        cut = cut or more(len(kept))
        add_frame(out, said_of(form=form, notation=notation, truncated=cut, rows=len(kept)))
        for part in rows(notation, columns, [written for _, written in kept], cut):
            piece(part)
    return b"{}"


_NO_FORM = {
    "select": "a SELECT is answered in JSON, XML, CSV or TSV, and none of these is accepted",
    "ask": "an ASK is answered in JSON or XML, and neither is accepted",
    "graph": "a CONSTRUCT or DESCRIBE is answered in a notation of RDF, and none of these is accepted",
}
_FORM_REMEDY = {
    "select": "send Accept: application/sparql-results+json",
    "ask": "send Accept: application/sparql-results+json",
    "graph": "send Accept: text/turtle",
}


def _found(
    store: ox.Store, text: str, wanted: Wanted, limits: Limits, *, union: bool, by_protocol: bool
) -> Found | Ordered:
    """What the engine finds, in the order that the query says; where the query lists it, what that says."""
    if (said := listed(text)) is not None:
        return said
    if (order := order_of(text)) is not None:
        with contextlib.suppress(SyntaxError):  # the engine finds it in the whole query, too, and says where
            found = _asked(store, order.text, wanted, union=union, by_protocol=by_protocol)
            if (ordered := in_order(found, order, limits.rows)) is not None:
                return ordered
    return _asked(store, text, wanted, union=union, by_protocol=by_protocol)


def _asked(store: ox.Store, text: str, wanted: Wanted, *, union: bool, by_protocol: bool) -> Found:
    if not by_protocol:
        return store.query(text, use_default_graph_as_union=union, prefixes=PREFIXES, base_iri=wanted.base)
    return store.query(
        text,
        prefixes=PREFIXES,
        base_iri=wanted.base,
        default_graph=[ox.NamedNode(graph) for graph in wanted.default or ()],
        named_graphs=[ox.NamedNode(graph) for graph in wanted.named or ()],
    )


_Row = TypeVar("_Row")


def _within(
    found: Iterable[_Row], limits: Limits, write: Callable[[_Row], bytes]
) -> tuple[list[tuple[_Row, bytes]], str]:
    """Rows with what is written of them, no more than the limits let through; what they cut is said."""
    kept: list[tuple[_Row, bytes]] = []
    size = 0
    for row in found:
        if len(kept) == limits.rows:
            return kept, f"the first {count(limits.rows, 'row')}; there are more"
        written = write(row)
        size += len(written)
        if size > limits.size:
            return kept, f"the first {count(len(kept), 'row')} ({limits.size:,} bytes); there are more"
        kept.append((row, written))
    return kept, ""


def _tell_graph(
    store: ox.Store, wanted: Wanted, limits: Limits, out: IO[bytes], piece: Callable[[bytes], None]
) -> bytes:
    """A graph whole, or not at all."""
    graph = None if wanted.graph == "*" else ox.NamedNode(wanted.graph)
    if graph is not None and not store.contains_named_graph(graph):
        return said_of(error=f"no graph '{wanted.graph[:200]}'", remedy=NO_GRAPH, check="no-graph")
    many = sum(1 for _ in islice(store.quads_for_pattern(None, None, None, graph), limits.rows + 1))
    if many > limits.rows:
        message = f"the graph has more than {count(limits.rows, 'statement')}"
        return said_of(error=message, remedy="ask for parts of it with CONSTRUCT", check="too-large")
    notation = wanted.notations["graph"]
    add_frame(out, said_of(form="graph", notation=notation, truncated="", rows=many))
    pieces, quads = Pieces(piece), store.quads_for_pattern(None, None, None, graph)
    datasets = graph is None and GRAPH_NOTATIONS[notation].supports_datasets
    found = quads if datasets else (quad.triple for quad in quads)
    triples(notation, found, PREFIXES, "", cast("IO[bytes]", pieces))
    pieces.flush_all()
    return b"{}"


NO_GRAPH = "its graphs are told by: SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"


def _table(
    columns: tuple[str, ...],
    form: str,
    found: Iterator[tuple[object, ...]],
    limits: Limits,
    more: Callable[[int], str] = lambda _: "",
) -> bytes:
    """The rows as they come, and no more than the limits let through; what they cut is said."""

    def write(terms: tuple[object, ...]) -> bytes:
        return json.dumps([None if term is None else value_of(term) for term in terms], ensure_ascii=False).encode()

    kept, cut = _within(found, limits, write)
    head = said_of(columns=columns, form=form, truncated=cut or more(len(kept)))
    return b"".join((head[:-1], b', "rows": [', b",".join(row for _, row in kept), b"]}"))


def calls(text: str, services: Collection[str]) -> bool:
    """Whether the engine's own parser takes a SERVICE for a call that is not allowed.

    Then it misses the word when that is changed. Allowed ones are taken out before.
    """
    known = without_allowed(plain(text), services).replace(_OURS, _NO_WORD)
    masked = _SERVICE.sub("servixe", known)
    if masked != known:
        try:
            parse(masked)
        except SyntaxError:
            parse(text)
            return True
    return False


def parse(text: str) -> None:
    """Parse and no more: a variable that the query cannot have stops the engine before it asks anything."""
    unknown = ox.Variable("x" * (len(text) + 1))
    with contextlib.suppress(RuntimeError):
        ox.Store().query(text, prefixes=PREFIXES, substitutions={unknown: ox.Literal("")})


def forbid_sockets() -> None:
    """Have the kernel refuse every new socket, where it is Linux on a machine whose numbers are known (seccomp)."""
    machine = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}.get(os.uname().machine)
    if not sys.platform.startswith("linux") or machine is None:
        return
    import ctypes

    architecture, socket = machine
    load, equal, at_least, give = 0x20, 0x15, 0x35, 0x06
    program = b"".join(
        struct.pack("=HBBI", *step)
        for step in (
            (load, 0, 0, 4),
            (equal, 0, 5, architecture),
            (load, 0, 0, 0),
            (at_least, 3, 0, 0x40000000),  # the same calls under other numbers
            (equal, 2, 0, socket),
            (equal, 1, 0, 425),  # io_uring_setup: sockets by another door
            (give, 0, 0, 0x7FFF0000),
            (give, 0, 0, 0x00050000 | errno.EACCES),
        )
    )
    steps = ctypes.create_string_buffer(program, len(program))
    packed = struct.pack("@HP", len(program) // 8, ctypes.addressof(steps))
    control = ctypes.CDLL(None).prctl
    control.argtypes = [ctypes.c_int, ctypes.c_ulong, ctypes.c_char_p, ctypes.c_ulong, ctypes.c_ulong]
    if control(38, 1, None, 0, 0) == 0:  # no new rights, which a filter without root needs
        control(22, 2, packed, 0, 0)


def address_space() -> int:
    """Bytes of address space that this process has now; a generous guess where the system does not tell."""
    try:
        return int(os.pread(_statm(os.getpid()), 100, 0).split()[0]) * resource.getpagesize()
    except OSError:
        return 8_000_000_000


@cache
def _statm(_: int) -> int:
    """Open once in a process: it is asked before and after each query."""
    return os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)
