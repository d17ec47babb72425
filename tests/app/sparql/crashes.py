"""What do the tests of crashes behind the endpoint share? A server that is killed while a client writes."""

from __future__ import annotations

import random
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from graph.store.embedded import DiskStore
from graph.store.tokens import add_token
from graph.store.verify import verify

ROOT = Path(__file__).resolve().parents[3]
GRAPH = "http://example.org/counted"
_SECONDS = 300  # for a write, on a machine that has much else to do: a killed server is noticed at once


def kill_while_writing(folder: Path, kills: int, seed: int) -> list[int]:
    """Kill a server ``kills`` times while a client writes numbers; how many were acknowledged after each.

    After each: every acknowledged number is there with both of its statements, and so is any other; the store opens,
    and is whole.
    """
    dice, acknowledged, number = random.Random(seed), set[int](), 0
    DiskStore(folder, writable=True).close()
    token, counts = add_token(folder, "writer", write=True), []
    for _ in range(kills):
        server, address = _started(folder)
        try:
            number += 1
            assert _written(address, token, number), "the first write of a life is not killed"
            acknowledged.add(number)
            killer = threading.Timer(3 * dice.random(), server.kill)
            killer.start()
            while _written(address, token, number + 1):
                number += 1
                acknowledged.add(number)
            number += 1  # it may be there or not
            killer.join()
        finally:
            server.kill()
            server.wait()
        assert server.stderr is not None
        server.stderr.close()
        found = _numbers(folder)
        assert acknowledged <= set(found), "an acknowledged write is gone"
        assert set(found.values()) <= {2}, "a write is half there"
        DiskStore(folder, writable=True).close()  # what the crash left behind goes away
        assert list(folder.glob("update-*")) == []
        assert [check for check in verify(folder) if check.damage] == []
        counts.append(len(acknowledged))
    return counts


def _started(folder: Path) -> tuple[subprocess.Popen[str], str]:
    words = [
        sys.executable,
        str(ROOT / "servicemap.py"),
        "serve",
        "--store",
        str(folder),
        "--sparql-only",
        "--writable",
        "--port",
        "0",
    ]
    server = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    for line in server.stderr:
        if found := re.search(r"http://\S+?/", line):
            return server, found[0]
    raise AssertionError("it did not start")


def _written(address: str, token: str, number: int) -> bool:
    text = f"INSERT DATA {{ GRAPH <{GRAPH}> {{ <urn:n:{number}> <urn:is> 'a', 'b' }} }}"
    body = urllib.parse.urlencode({"update": text}).encode()
    request = urllib.request.Request(f"{address}sparql", data=body, headers={"Authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:
            return answer.status in (201, 204)
    except urllib.error.HTTPError:
        raise
    except OSError:
        return False
    finally:
        time.sleep(0.01)


def _numbers(folder: Path) -> dict[int, int]:
    query = f"SELECT ?s (COUNT(?o) AS ?n) {{ GRAPH <{GRAPH}> {{ ?s <urn:is> ?o }} }} GROUP BY ?s"
    rows = DiskStore(folder).select(query).rows
    return {int(s.text.rpartition(":")[2]): int(n.text) for s, n in rows if s is not None and n is not None}
