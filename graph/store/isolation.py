"""How does a query of a user run without harm? In a child process that can be killed, behind limits, reading only."""

from __future__ import annotations

import contextlib
import errno
import faulthandler
import os
import pickle
import re
import resource
import signal
import struct
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
_LONGEST, _DEEPEST, _MOST_PARTS, _MOST_COLUMNS = 200_000, 50, 200, 200
# Every alternative eats what it looked at (possessive), so one pass is linear. What is not closed ends with its line,
# a long text with the query. A name keeps no dots: the engine may end it at any of them.
_TOKEN = re.compile(
    r'"""(?:[^"\\]++|\\.|"(?!""))*+(?:""")?'
    r"|'''(?:[^'\\]++|\\.|'(?!''))*+(?:''')?"
    r'|"(?:[^"\\\r\n]++|\\.)*+"?'
    r"|'(?:[^'\\\r\n]++|\\.)*+'?"
    r'|<[^<>"{}|^`\s()]*+>'
    r"|\#[^\r\n]*+"
    r"|[?$](?!\d|true|false)\w++"
    r"|(?P<word>\w[\w-]*+(?!:))"
    r"|(?:\w[\w-]*+)?:(?:[\w:%-]++|\\[^\w\s])*+",
    re.DOTALL | re.IGNORECASE,
)
_ESCAPED_LETTER = re.compile(r"(?<!\\)\\(?:u00|U000000)([46][1-9a-fA-F]|[57][0-9aA])")
_SERVED, _ONLY_HERE = "the query calls another server (SERVICE)", "take that part out: only this map is asked"
_SERVICE = re.compile("service", re.IGNORECASE | re.ASCII)
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
    bare = _TOKEN.sub(lambda found: found["word"] or " ", _plain(text)).casefold()
    if "service" in bare:
        raise InputError.of(_SERVED, remedy=_ONLY_HERE)
    first = next((word for word in re.findall(r"[a-z]+", bare) if word not in ("base", "prefix")), "")
    if first in _UPDATES:
        raise InputError.of(
            f"'{first.upper()}' would change the map", remedy="ask with SELECT, ASK, CONSTRUCT or DESCRIBE"
        )
    _check_shape(bare)


def _plain(text: str) -> str:
    r"""Letters that are written as ``\u0053``, as letters: some versions of the engine read them so everywhere."""
    return _ESCAPED_LETTER.sub(lambda found: chr(int(found[1], 16)), text)


def _check_text(text: str) -> None:
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise InputError.of("the query holds half a character (a lone surrogate)", remedy="type it again") from None
    if size > _LONGEST:
        raise InputError.of(f"the query is longer than {_LONGEST:,} bytes", remedy="ask for less at once")
    if "\0" in text:
        raise InputError.of("the query holds a NUL character", remedy="take it out")


def _check_shape(bare: str) -> None:
    """What grows the engine's stack or planning time: nesting, runs of signs, and the number of parts."""
    steps = np.array([_STEP.get(character, 0) for character in bare], np.int8)
    if steps.size and int(np.cumsum(steps, dtype=np.int32).max()) > _DEEPEST:
        raise InputError.of(f"the query nests brackets deeper than {_DEEPEST}", remedy="write it flatter")
    if (run := re.search(r"[!^+\-]{51,}", re.sub(r"\s+", "", bare))) is not None:
        raise InputError.of(f"the query repeats '{run[0][0]}' more than 50 times in a row", remedy="write it once")
    parts = sum(bare.count(sign) for sign in "/|.;") + bare.count("union")
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
        try:
            os.close(reading)
            with os.fdopen(writing, "wb") as out:
                _answer(store._triples, text, limits, out, files=False)  # noqa: SLF001 the engine's handle stays here
            os._exit(0)
        finally:
            os._exit(1)
    os.close(writing)
    status = 0
    try:
        with os.fdopen(reading, "rb") as answer:
            said = _collect(answer, child, limits)
    finally:
        status = os.waitpid(child, 0)[1]
    return _told(said, os.waitstatus_to_exitcode(status), limits)


def _in_new_process(task: _Task) -> Table:
    process = subprocess.Popen(  # noqa: S603 our own interpreter and our own code
        [sys.executable, "-I", "-c", _CHILD, _HOME], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        pickle.dump(task, process.stdin)
        process.stdin.close()
        said = _collect(process.stdout, process.pid, task[3])
    return _told(said, process.returncode, task[3])


def _serve_child() -> None:
    generation, quads, text, limits = pickle.load(sys.stdin.buffer)  # noqa: S301 written by our own parent
    out = sys.stdout.buffer
    if generation:
        triples = ox.Store.read_only(generation)
    else:
        triples = ox.Store()
        triples.bulk_load(input=quads, format=ox.RdfFormat.N_QUADS)
    _answer(triples, text, limits, out, files=bool(generation))
    out.flush()


def _answer(triples: ox.Store, text: str, limits: Limits, out: IO[bytes], *, files: bool) -> None:
    """In the child: ask, and write a table or the words of an error. Only a store on disk may open more files."""
    faulthandler.disable()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    memory = _address_space() + limits.memory
    _forbid_sockets()
    if not files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    try:
        said = pickle.dumps(_reply(triples, text, limits))
    except SyntaxError as error:
        said = pickle.dumps(f"the query is not SPARQL: {' '.join(str(error).split())[:300]}")
    except MemoryError:
        said = pickle.dumps(_hungry(limits))
    except (OSError, RuntimeError, ValueError) as error:
        said = pickle.dumps(f"the query failed: {' '.join(str(error).split())[:300]}")
    out.write(said)


def _reply(triples: ox.Store, text: str, limits: Limits) -> Table | str:
    if _calls_service(text):
        return _SERVED
    answer = triples.query(text, use_default_graph_as_union=True, prefixes=PREFIXES)
    if isinstance(answer, ox.QuerySolutions) and len(answer.variables) > _MOST_COLUMNS:
        return f"the query asks for {len(answer.variables):,} columns, at most {_MOST_COLUMNS} are told; select fewer"
    return _within(table_of(answer, rows=limits.rows), limits)


def _calls_service(text: str) -> bool:
    """Whether the engine's own parser takes a SERVICE for a command: then it misses the word when that is changed."""
    masked, found = _SERVICE.subn("servixe", _plain(text))
    if found:
        try:
            _parse(masked)
        except SyntaxError:
            _parse(text)
            return True
    return False


def _parse(text: str) -> None:
    """Parse and no more: a variable that the query cannot have stops the engine before it asks anything."""
    unknown = ox.Variable("x" * (len(text) + 1))
    with contextlib.suppress(RuntimeError):
        ox.Store().query(text, prefixes=PREFIXES, substitutions={unknown: ox.Literal("")})


def _forbid_sockets() -> None:
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


def _within(table: Table, limits: Limits) -> Table:
    """Cut the rows where the answer's text grows over the limit."""
    size = 0
    for number, row in enumerate(table.rows):
        size += sum(len(value.text) for value in row if value is not None)
        if size > limits.size:
            said = f"the first {number:,} rows ({limits.size:,} bytes); there are more"
            return Table(table.columns, table.rows[:number], said, table.form)
    return table


def _collect(answer: IO[bytes], child: int, limits: Limits) -> bytes:
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
    return said


def _told(said: bytes, code: int, limits: Limits) -> Table:
    """The answer of a child, or why it has none: its exit code is the signal that ended it, below zero."""
    if code and code not in (-signal.SIGABRT, -signal.SIGKILL):
        raise InputError.of(
            "the query made the engine stop (it is too deep or too large)", remedy="write it shorter and flatter"
        )
    if code or not said:
        raise InputError.of(_hungry(limits), remedy="ask for less, or raise --memory")
    reply = pickle.loads(said)  # noqa: S301 written by our own child
    if isinstance(reply, Table):
        return reply
    raise InputError.of(str(reply), remedy=_ONLY_HERE if reply == _SERVED else "")


def _hungry(limits: Limits) -> str:
    return f"the query needed more than {limits.memory / 1e6:,.0f} MB of memory and was stopped"


def _address_space() -> int:
    """Bytes of address space that this process has now; a generous guess where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    except OSError:
        return 8_000_000_000
