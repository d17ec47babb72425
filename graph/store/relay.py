"""How does a child answer queries on a map in an engine elsewhere? It asks the engine, behind the walls of every child.

It looks ten times a minute which revision the engine holds, so that whoever asks gets the newest, and the service graph
that answers the fast properties is of the same.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import IO, cast

import pyoxigraph as ox

from graph.model import InputError
from graph.sparql import iri, prefixes, tokens
from graph.store.child import (
    FAILURES,
    NO_GRAPH,
    PIECE,
    SPENT,
    Task,
    add_frame,
    address_space,
    calls,
    failed,
    let_go,
    parse,
    read_frame,
    reply_of,
    said_of,
    tell_found,
    walled,
    write_frame,
)
from graph.store.guard import NO_SERVICE, PREFIXES, mentions_fast
from graph.store.remote import RemoteStore
from graph.store.written import GRAPH_NOTATIONS, Pieces, Wanted, triples

__all__ = ["serve"]

Rewriting = Callable[[RemoteStore], Callable[[str], str]]
_FRESH = 6.0  # seconds for which the revision is taken to be what it was
_FUNCTIONS = ("bif:", "sql:")  # of Virtuoso: some of them read files and call other servers


def serve(rewriting: Rewriting) -> None:
    """Answer tasks until standard input ends; as ``child.serve``, for one engine after the other."""
    out = os.fdopen(os.dup(1), "wb", 1 << 16)
    let_go()
    key, relay, begun = "", None, address_space()
    while said := read_frame(sys.stdin.buffer):
        task = Task.from_json(said)
        try:
            if task.key != key or relay is None:
                relay, key, begun = _Relay(RemoteStore(task.folder), rewriting), task.key, address_space()
            reply = b"{}" if task.text is None else relay.answer(task, out)
        except InputError as error:  # the engine is not there, or holds no map
            reply, relay = _wrong(error), None
        spent = relay is None or address_space() - begun > 2 * SPENT
        write_frame(out, reply[:-1] + b', "spent": true}' if spent and reply != b"{}" else reply)


class _Relay:
    """One engine, asked."""

    def __init__(self, store: RemoteStore, rewriting: Rewriting) -> None:
        self._store, self._rewriting = store, rewriting
        self._looked, self._rewrite = time.monotonic(), ("", cast("Callable[[str], str]", None))

    def answer(self, task: Task, out: IO[bytes]) -> bytes:
        """As ``child.answer``, or as ``child.tell`` where the task says how the answer is wanted."""
        begun = False

        def piece(said: bytes) -> None:
            nonlocal begun
            begun = True
            add_frame(out, PIECE + said)

        try:
            with walled(task.limits, files=True):
                return self._answer(task, out, piece)
        except FAILURES as error:
            if begun:
                os._exit(1)
            if isinstance(error, InputError):
                return _wrong(error)
            return failed(error, task.limits)

    def _answer(self, task: Task, out: IO[bytes], piece: Callable[[bytes], None]) -> bytes:
        self._renew()
        if task.wanted is not None and task.wanted.graph:
            return self._graph(task, task.wanted, out, piece)
        text = task.text or ""
        if calls(text, task.services):
            return said_of(error=NO_SERVICE, remedy="take that part out", check="refused")
        parse(text)
        _check_functions(text)
        if mentions_fast(text):
            text = self._rewritten(text)
        found, cut = self._store.answer(text, task.limits, task.wanted)
        if task.wanted is None:
            return reply_of(found, task, cut)
        return tell_found(found, task, out, piece, cut)

    def _renew(self) -> None:
        if time.monotonic() - self._looked > _FRESH:
            self._store.renew()
            self._looked = time.monotonic()

    def _rewritten(self, text: str) -> str:
        if self._rewrite[0] != self._store.revision:
            self._rewrite = self._store.revision, self._rewriting(self._store)
        return self._rewrite[1](text)

    def _graph(self, task: Task, wanted: Wanted, out: IO[bytes], piece: Callable[[bytes], None]) -> bytes:
        """A graph whole, or not at all; "*" for all of them."""
        store = self._store
        graphs = store.graphs if wanted.graph == "*" else tuple(g for g in store.graphs if g == wanted.graph)
        if not graphs:
            return said_of(error=f"no graph '{wanted.graph[:200]}'", remedy=NO_GRAPH, check="no-graph")
        many = sum(store.size(graph) for graph in graphs)
        if many > task.limits.rows:
            message = f"the graph has more than {task.limits.rows:,} statements"
            return said_of(error=message, remedy="ask for parts of it with CONSTRUCT", check="too-large")
        quads = [
            ox.Quad(said.subject, said.predicate, said.object, ox.NamedNode(graph))
            for graph in graphs
            for said in ox.parse(store.triples(graph), format=ox.RdfFormat.N_TRIPLES)
        ]
        notation = wanted.notations["graph"]
        add_frame(out, said_of(form="graph", notation=notation, truncated="", rows=len(quads)))
        pieces = Pieces(piece)
        whole = wanted.graph == "*" and GRAPH_NOTATIONS[notation].supports_datasets
        found = quads if whole else [quad.triple for quad in quads]
        triples(notation, found, PREFIXES, "", cast("IO[bytes]", pieces))
        pieces.flush_all()
        return b"{}"


def _check_functions(text: str) -> None:
    known = PREFIXES | prefixes(tokens(text))
    for token in tokens(text):
        if token.kind in ("iri", "name") and iri(token, known).startswith(_FUNCTIONS):
            raise InputError.of(
                f"'{token.text[:60]}' is a function of the engine itself", remedy="take it out", check="refused"
            )


def _wrong(error: InputError) -> bytes:
    first = error.problems[0]
    check = "refused" if first.check == "input" else first.check
    return said_of(error=first.message, remedy=first.remedy, check=check)
