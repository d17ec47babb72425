"""How does the server answer programs? Requests go to workers, answers come in pieces, and errors have one shape."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import finalize

from flask import Blueprint, Response, request

from app.accept import best
from app.doors import Caller, Doors
from app.metrics import CONTENT_TYPE, Metrics
from app.problem import Problem, of_input, problem
from app.reader import reads
from app.sparql.description import description
from app.sparql.graph_store import EVERY_GRAPH, graph_of, new_graph, parts_of
from app.sparql.notations import GRAPHS, media_type, notations, wanted_graph
from app.sparql.protocol import Operation, operation, sent
from graph.model import InputError
from graph.notation import NOTATIONS
from graph.store.asking import Asking
from graph.store.embedded import Change, DiskStore, MemoryStore
from graph.store.interface import DERIVED, META, ONTOLOGY, Limits, Table, source_graph
from graph.store.update import Author, put_graph, remove_graph, update
from graph.store.workers import Answering, Begun, Queued, Workers
from graph.store.written import Wanted

if TYPE_CHECKING:
    from graph.store.lookups import LookedUp
    from graph.store.remote import RemoteStore

__all__ = ["FAILED", "FEW", "Endpoint"]

FEW = 100  # rows of an answer that goes whole
FAILED = "servicemap.failed"  # in the environment of a request: why its query, which was asked already, has no answer
_GRAPH = Limits(rows=5_000_000, seconds=60)
_CHOICE = "send Accept: text/turtle, application/n-triples, application/trig or another notation of RDF"


class Endpoint:
    """The addresses for programs, over a store that may be another one at each request.

    Args:
        store: what is asked now.
        doors: who may come in.
        size: how many queries run at a time.
        spare: how many more workers wait to take the place of one that is stopped.
        limits: of a query.
        wrote: called when the store has another revision.
    """

    def __init__(
        self,
        store: Callable[[], MemoryStore | DiskStore | RemoteStore],
        doors: Doors | None = None,
        *,
        size: int = 4,
        spare: int = 1,
        limits: Limits | None = None,
        wrote: Callable[[], None] = lambda: None,
    ) -> None:
        self._store, self.doors, self._limits = store, doors or Doors(), limits or Limits()
        self._size, self._spare = size, spare
        self.metrics, self._wrote, self._writing = Metrics(), wrote, threading.Lock()
        self._reopened: DiskStore | None = None
        self._lock = threading.Lock()
        self._made: dict[tuple[str, ...], Workers] = {}

    @property
    def workers(self) -> Workers:
        """The workers of whoever asks, made when the first query comes; they ask the newest store.

        Those who may read some namespaces alone have others: what one worker has open, no one else is to see.
        """
        store, who = self._store(), reads()
        with self._lock:
            if who not in self._made:
                size, spare = (min(self._size, 2), 0) if who else (self._size, self._spare)
                self._made[who] = Workers(store, size=size, spare=spare, limits=self._limits)
                finalize(self, self._made[who].close)
            self._made[who].store = store
            return self._made[who]

    def reach(self) -> None:
        """Ask the store the least there is. Raises EngineAwayError where it is out of reach."""
        for _ in self._store().about(META):
            break

    def ask(
        self, text: str, caller: Caller, limits: Limits | None = None, *, gone: Callable[[], bool] | None = None
    ) -> Table:
        """Answer a query of somebody who is in: by the same workers, limits and turns as at /sparql, counted there.

        ``gone`` says whether whoever waits has left. Raises InputError as ``Workers.ask``.
        """
        with self._counted():
            found = self.workers.ask(
                text,
                caller.within(limits or self._limits),
                asking=Asking(gone),
                client=caller.name,
                share=caller.share,
            )
        self._count(len(found.rows), found.truncated)
        return found

    def tell(
        self,
        text: str,
        wanted: Wanted,
        caller: Caller,
        limits: Limits | None = None,
        *,
        gone: Callable[[], bool] | None = None,
    ) -> Answering:
        """Answer a query of somebody who is in, or tell a graph, in pieces; counted as by ``ask``.

        Raises InputError as ``Workers.tell``.
        """
        with self._counted():
            answering = self.workers.tell(
                text,
                wanted,
                caller.within(limits or self._limits),
                asking=Asking(gone),
                client=caller.name,
                share=caller.share,
            )
        self._count(answering.rows, answering.truncated)
        return answering

    def begin(
        self,
        text: str,
        wanted: Wanted,
        caller: Caller,
        *,
        gone: Callable[[], bool] | None = None,
        then: Callable[[], None] | None = None,
    ) -> Begun | Queued | None:
        """As ``tell``, for a thread that must not wait; None where it would have to. ``finish`` has the answer.

        ``then`` as for ``Workers.begin``.
        """
        return self.workers.begin(
            text,
            wanted,
            caller.within(self._limits),
            asking=Asking(gone),
            client=caller.name,
            share=caller.share,
            then=then,
        )

    def finish(self, begun: Begun | Queued) -> Answering:
        """The answer to what was begun, or why what waited was not; as ``tell``."""
        with self._counted(begun.began):
            answering = begun.answering()
        self._count(answering.rows, answering.truncated)
        return answering

    def look_up(self, text: str, wanted: Wanted, caller: Caller, key: str) -> LookedUp | None:
        """Answer what takes a few look-ups at most, at once; None for all else. Counted as by ``ask``.

        ``key`` tells the revision, as the workers do.
        """
        began = time.monotonic()
        found = self.workers.look_up(text, wanted, caller.within(self._limits), key=key)
        if found is not None:
            self.again(found.rows, time.monotonic() - began)
        return found

    def again(self, rows: int, seconds: float = 0.0) -> None:
        """Count an answer that was at hand, or was so after so long."""
        self.metrics.answered(rows, seconds)

    def get_ready(self) -> None:
        """Have workers begun before somebody asks; nothing is waited for."""
        _ = self.workers

    def close(self) -> None:
        """End the workers."""
        with self._lock:
            for workers in self._made.values():
                workers.close()

    def blueprint(self) -> Blueprint:
        """What a server registers."""
        made = Blueprint("programs", __name__)
        made.add_url_rule("/sparql", "sparql", self._sparql, methods=["GET", "POST"])
        made.add_url_rule("/sparql/", "sparql_", self._sparql, methods=["GET", "POST"])
        graph = ["GET", "PUT", "POST", "DELETE"]
        made.add_url_rule("/graphs", "graphs", self._graphs, methods=graph)
        made.add_url_rule("/graphs/<path:rest>", "graph", self._graphs, methods=graph)
        made.add_url_rule("/metrics", "metrics", self._metrics)
        made.register_error_handler(Problem, lambda p: problem(p.status, p.title, p.detail, p.help))
        made.register_error_handler(InputError, of_input)
        made.after_request(self._finish)
        return made

    # ── SPARQL Protocol ────────────────────────────────────────────────────────────────────────

    def _sparql(self) -> Response:
        asked = operation(sent(request))
        if asked.kind == "update":
            return self._update(asked)
        caller = self.doors.reader(request)
        if FAILED in request.environ:
            raise request.environ[FAILED]
        if asked.kind == "description":
            return self._describe()
        wanted = Wanted(notations(request.headers.get("Accept", "")), asked.default, asked.named, request.base_url)
        return self._told(asked.text, wanted, caller, self._limits, self._unknown(asked))

    def _unknown(self, asked: Operation) -> list[str]:
        """Graphs that the request names and that are not there: they are empty, and that is said."""
        if asked.default is None and asked.named is None:
            return []
        known = self._names()
        return [graph for graph in (*(asked.default or ()), *(asked.named or ())) if graph not in known]

    def _names(self) -> set[str]:
        return {ONTOLOGY, DERIVED, META, *(source_graph(source.id) for source in self._newest().sources)}

    def _newest(self) -> MemoryStore | DiskStore | RemoteStore:
        """The store as it is now; one on disk is opened again when somebody has written it."""
        store = self._store()
        if not isinstance(store, DiskStore) or not store.stale:
            return store
        with self._lock:
            if self._reopened is None or self._reopened.stale:
                self._reopened = DiskStore(store.folder)
            return self._reopened

    def _told(self, text: str, wanted: Wanted, caller: Caller, limits: Limits, unknown: list[str]) -> Response:
        gone = request.environ.get("waitress.client_disconnected")
        return self._response(self.tell(text, wanted, caller, limits, gone=gone), unknown)

    def _count(self, rows: int, truncated: str) -> None:
        self.metrics.rows.inc(rows)
        if truncated:
            self.metrics.truncated.inc()

    def _response(self, answering: Answering, unknown: list[str]) -> Response:
        media = media_type(answering.form, answering.notation, request.headers.get("Accept", ""))
        if request.method == "HEAD":
            answering.close()
            response = Response(content_type=media)
        else:  # what is short goes whole: the connection stays open for the next
            few = answering.rows <= FEW
            response = Response(b"".join(answering) if few else answering, content_type=media)
        response.headers["Vary"] = "Accept"
        if answering.truncated:
            response.headers["Truncated"] = answering.truncated
        if unknown:
            response.headers["Unknown-Graphs"] = ", ".join(f"<{graph}>" for graph in unknown)[:2_000]
        return response

    @contextmanager
    def _counted(self, began: float | None = None) -> Iterator[None]:
        began, outcome = began or time.monotonic(), "failed"
        try:
            yield
            outcome = "answered"
        except InputError as error:
            outcome = error.problems[0].check
            raise
        finally:
            self.metrics.queries.labels(outcome).inc()
            self.metrics.seconds.observe(time.monotonic() - began)

    def _describe(self) -> Response:
        offers = [offer for offer, notation in GRAPHS.items() if notation in NOTATIONS]
        chosen = best(request.headers.get("Accept", ""), offers) or "text/turtle"
        said = description(request.base_url, self._names(), updates=self.doors.writable, notation=GRAPHS[chosen])
        response = Response(said, content_type=media_type("graph", GRAPHS[chosen], chosen))
        response.headers["Vary"] = "Accept"
        return response

    # ── Graph Store Protocol ───────────────────────────────────────────────────────────────────

    def _graphs(self, rest: str = "") -> Response:
        if request.method in ("GET", "HEAD"):
            return self._graph_told(graph_of(request, rest))
        caller = self.doors.writer(request)
        graph, author = graph_of(request, rest), Author(caller.name, caller.may_write)
        if graph == EVERY_GRAPH:
            if request.method != "POST":
                raise Problem(400, "Bad request", "no graph is named", "name one with ?graph=, or ?default")
            graph = new_graph(request)
        folder = self._folder()
        if request.method == "DELETE":
            if graph not in self._names():
                raise Problem(404, "No such graph", f"no graph '{graph[:200]}'", "see /sparql for those that there are")
            return self._written(caller, lambda: remove_graph(folder, graph, author))
        parts, replace = parts_of(request), request.method == "PUT"
        return self._written(caller, lambda: put_graph(folder, graph, parts, author, replace=replace))

    def _graph_told(self, graph: str) -> Response:
        caller, accept = self.doors.reader(request), request.headers.get("Accept", "")
        notation = "trig" if not accept and graph == EVERY_GRAPH else notations(accept).get("graph")
        if notation is None:
            raise Problem(406, "Not acceptable", "a graph is told in a notation of RDF, and none is accepted", _CHOICE)
        return self._told("", wanted_graph(graph, notation), caller, _GRAPH, [])

    # ── writes ─────────────────────────────────────────────────────────────────────────────────

    def _update(self, asked: Operation) -> Response:
        caller = self.doors.writer(request)
        author, base, folder = Author(caller.name, caller.may_write), request.base_url, self._folder()
        return self._written(
            caller,
            lambda: update(folder, asked.text, author, base=base, default=asked.default, named=asked.named),
        )

    def _folder(self) -> Path:
        store = self._newest()
        if not isinstance(store, MemoryStore | DiskStore):
            raise Problem(
                403, "Not allowed", "this map is kept by an engine elsewhere", "load files into it, or write there"
            )
        if not isinstance(store, DiskStore):
            raise Problem(403, "Not allowed", "this map is kept in no store", "ask whoever runs it to keep it in one")
        return store.folder

    def _written(self, caller: Caller, act: Callable[[], Change]) -> Response:
        """Do a write, one after the other; it is on the disk when this answers."""
        outcome = "failed"
        try:
            with self._writing:
                change = act()
            outcome = "written"
        except InputError as error:
            outcome = error.problems[0].check
            raise
        finally:
            self.metrics.writes.labels(outcome).inc()
        if change.graphs:
            self._wrote()
        response = Response(status=201 if change.made else 204)
        if change.made:
            response.headers["Location"] = min(change.made)
        self.doors.wrote(caller, response.status_code, change.revision, change.graphs)
        return response

    # ── around both ────────────────────────────────────────────────────────────────────────────

    def _metrics(self) -> Response:
        self.doors.reader(request)
        return Response(self.metrics.text(list(self._made.values())), content_type=CONTENT_TYPE)

    def _finish(self, response: Response) -> Response:
        """Say who else may read it, and count who was not let in."""
        origin = request.headers.get("Origin", "")
        allowed = self.doors.allowed_origin(origin)
        if allowed:
            response.headers["Access-Control-Allow-Origin"] = allowed
            response.headers["Access-Control-Expose-Headers"] = "Truncated, Unknown-Graphs, Location"
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
            if request.method == "OPTIONS":
                response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, POST, PUT, DELETE, OPTIONS"
                response.headers["Access-Control-Allow-Headers"] = "Accept, Authorization, Content-Type"
                response.headers["Access-Control-Max-Age"] = "600"
        response.headers.add("Vary", "Origin")
        if response.status_code in (401, 403, 429):
            self.metrics.refused.labels(str(response.status_code)).inc()
        return response
