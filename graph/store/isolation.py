"""How does a query of a user run without harm? In a child process that can be killed, behind limits, reading only."""

from __future__ import annotations

import faulthandler
import os
import pickle
import re
import resource
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO

import numpy as np
import pyoxigraph as ox

from graph.model import InputError
from graph.store.embedded import DiskStore, MemoryStore, table_of
from graph.store.interface import Limits, Table
from ontology import terms as t

__all__ = ["PREFIXES", "ask", "check_query"]

PREFIXES = {
    "sm": t.SM,
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dcterms": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
}
_LONGEST, _DEEPEST, _MOST_PARTS = 200_000, 50, 200
_NOISE = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'(?:[^'\\\n]|\\.)*'"
    r'|<[^<>"{}|^`\\\s]*>'
    r"|\#[^\n]*"
    r"|[?$]\w+"
    r"|\w*:[\w.%-]*",
    re.DOTALL,
)
_STEP = dict.fromkeys("{([", 1) | dict.fromkeys("})]", -1)
_UPDATES = {"insert", "delete", "load", "clear", "drop", "create", "add", "move", "copy", "with"}
_HOME = str(Path(__file__).resolve().parents[2])
_Task = tuple[str, bytes, str, Limits]  # a folder of triples or the quads themselves, the query, its limits
_CHILD = "import sys; sys.path.insert(0, sys.argv[1]); from graph.store.isolation import _serve_child; _serve_child()"


def check_query(text: str) -> None:
    """Refuse, before any parser sees it, what is too large or reaches outside. Linear in the text.

    >>> check_query("SELECT * WHERE { ?s ?p ?o } LIMIT 3")
    >>> check_query("SELECT * WHERE { SERVICE <http://example.org/> { ?s ?p ?o } }")
    Traceback (most recent call last):
    ...
    graph.model.InputError: the query calls another server (SERVICE); take that part out: only this map is asked
    """
    _check_text(text)
    bare = _NOISE.sub(" ", text)
    words = [word.casefold() for word in re.findall(r"[A-Za-z]+", bare)]
    if "service" in words:
        raise InputError.of(
            "the query calls another server (SERVICE)", remedy="take that part out: only this map is asked"
        )
    first = next((word for word in words if word not in ("base", "prefix")), "")
    if first in _UPDATES:
        raise InputError.of(
            f"'{first.upper()}' would change the map", remedy="ask with SELECT, ASK, CONSTRUCT or DESCRIBE"
        )
    _check_shape(bare, words)


def _check_text(text: str) -> None:
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise InputError.of("the query holds half a character (a lone surrogate)", remedy="type it again") from None
    if size > _LONGEST:
        raise InputError.of(f"the query is longer than {_LONGEST:,} bytes", remedy="ask for less at once")
    if "\0" in text:
        raise InputError.of("the query holds a NUL character", remedy="take it out")


def _check_shape(bare: str, words: list[str]) -> None:
    """What grows the engine's stack or planning time: nesting, runs of signs, and the number of parts."""
    steps = np.array([_STEP.get(character, 0) for character in bare], np.int8)
    if steps.size and int(np.cumsum(steps, dtype=np.int32).max()) > _DEEPEST:
        raise InputError.of(f"the query nests brackets deeper than {_DEEPEST}", remedy="write it flatter")
    if (run := re.search(r"[!^+\-]{51,}", re.sub(r"\s+", "", bare))) is not None:
        raise InputError.of(f"the query repeats '{run[0][0]}' more than 50 times in a row", remedy="write it once")
    parts = sum(bare.count(sign) for sign in "/|.;") + words.count("union")
    if parts > _MOST_PARTS:
        raise InputError.of(
            f"the query has more than {_MOST_PARTS} patterns, path steps and UNIONs", remedy="ask in several queries"
        )


def ask(store: MemoryStore | DiskStore, text: str, limits: Limits | None = None) -> Table:
    """Answer a query of a user over the union of all graphs.

    The child gets the limits of wall time, memory, rows and bytes; what they cut is in ``Table.truncated``.
    Raises InputError when the query is wrong, refused, too slow or too hungry. Nothing can be changed by it.
    """
    limits = limits or Limits()
    check_query(text)
    if isinstance(store, DiskStore):
        return _in_new_process((str(store.generation), b"", text, limits))
    if threading.active_count() > 1:
        return _in_new_process(("", store.dump(), text, limits))
    return _in_fork(store, text, limits)


def _in_fork(store: MemoryStore, text: str, limits: Limits) -> Table:
    """The child shares the parent's memory until one of them writes: nothing is copied. Not safe beside threads."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        with os.fdopen(writing, "wb") as out:
            _answer(store._triples, text, limits, out)  # noqa: SLF001 the engine's handle stays inside this folder
        os._exit(0)
    os.close(writing)
    try:
        with os.fdopen(reading, "rb") as answer:
            return _collect(answer, child, limits)
    finally:
        os.waitpid(child, 0)


def _in_new_process(task: _Task) -> Table:
    process = subprocess.Popen(  # noqa: S603 our own interpreter and our own code
        [sys.executable, "-I", "-c", _CHILD, _HOME], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        pickle.dump(task, process.stdin)
        process.stdin.close()
        return _collect(process.stdout, process.pid, task[3])


def _serve_child() -> None:
    generation, quads, text, limits = pickle.load(sys.stdin.buffer)  # noqa: S301 written by our own parent
    out = sys.stdout.buffer
    if generation:
        triples = ox.Store.read_only(generation)
    else:
        triples = ox.Store()
        triples.bulk_load(input=quads, format=ox.RdfFormat.N_QUADS)
    _answer(triples, text, limits, out)
    out.flush()


def _answer(triples: ox.Store, text: str, limits: Limits, out: IO[bytes]) -> None:
    """In the child: ask, and write a table or the words of an error."""
    faulthandler.disable()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    memory = _address_space() + limits.memory
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    reply: Table | str
    try:
        answer = triples.query(text, use_default_graph_as_union=True, prefixes=PREFIXES)
        reply = table_of(answer, rows=limits.rows)
        reply = _within(reply, limits)
    except SyntaxError as error:
        reply = f"the query is not SPARQL: {' '.join(str(error).split())[:300]}"
    except MemoryError:
        reply = _hungry(limits)
    except (OSError, RuntimeError, ValueError) as error:
        reply = f"the query failed: {' '.join(str(error).split())[:300]}"
    out.write(pickle.dumps(reply))


def _within(table: Table, limits: Limits) -> Table:
    """Cut the rows where the answer's text grows over the limit."""
    size = 0
    for number, row in enumerate(table.rows):
        size += sum(len(value.text) for value in row if value is not None)
        if size > limits.size:
            said = f"the first {number:,} rows ({limits.size:,} bytes); there are more"
            return Table(table.columns, table.rows[:number], said, table.form)
    return table


def _collect(answer: IO[bytes], child: int, limits: Limits) -> Table:
    """In the parent: wait for the child, and no longer than allowed."""
    late = threading.Event()

    def stop() -> None:
        late.set()
        os.kill(child, 9)

    clock = threading.Timer(limits.seconds, stop)
    clock.start()
    try:
        said = answer.read()
    except BaseException:
        os.kill(child, 9)
        raise
    finally:
        clock.cancel()
    if late.is_set():
        raise InputError.of(
            f"the query took longer than {limits.seconds:g} seconds and was stopped",
            remedy="ask for less, or raise --seconds",
        )
    if not said:
        raise InputError.of(_hungry(limits), remedy="ask for less, or raise --memory")
    reply = pickle.loads(said)  # noqa: S301 written by our own child
    if isinstance(reply, Table):
        return reply
    raise InputError.of(str(reply))


def _hungry(limits: Limits) -> str:
    return f"the query needed more than {limits.memory / 1e6:,.0f} MB of memory and was stopped"


def _address_space() -> int:
    """Bytes of address space that this process has now; a generous guess where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    except OSError:
        return 8_000_000_000
