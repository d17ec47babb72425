"""Every hostile query as a whole command, every hostile file under strace: nothing leaves, nothing else is opened.

Run by ``make soak``; the same queries and files are tried in ``tests/hostile`` in less time.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys

import pytest

from graph.maps import load_into
from tests.graph.written import SHOP, write
from tests.hostile.files import CASES
from tests.hostile.jail import ROOT, run, was_killed
from tests.hostile.queries import QUERIES
from tests.hostile.test_files import digests, set_up

pytestmark = pytest.mark.timeout(600)
OUTSIDE = re.compile(
    r'(?:connect|sendto|sendmsg)\(\d+, .*(?:AF_INET|AF_UNIX)|(?:open|openat|openat2)\(.*?"(?P<name>[^"]*)"'
)
FORBIDDEN = re.compile(r"/etc/(passwd|shadow)|/secret$|/dev/zero|/proc/self/(mem|environ)|\.ssh")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A map as a file and as a store."""
    folder = tmp_path_factory.mktemp("home")
    load_into(folder / "store", [write(folder, SHOP)])
    return folder


@pytest.mark.parametrize("where", ["file", "store"])
@pytest.mark.parametrize("name", QUERIES)
def test_a_hostile_query_as_a_command(home, tmp_path, name, where):
    query, says = QUERIES[name]
    file = tmp_path / "query.rq"
    file.write_bytes(query.encode("utf-8", "surrogatepass"))
    words = ["--store", home / "store"] if where == "store" else [home / "shop"]
    before = digests(home / "store")
    ran = run("query", f"@{file}", *words, "--seconds", 5, "--memory", 300)
    assert not was_killed(ran)
    assert ran.memory < 500_000_000
    assert ran.reached == ()
    assert digests(home / "store") == before
    assert "Traceback" not in ran.err
    assert "stumbled" not in ran.err
    if ran.code:
        assert ran.code == 2
        assert ran.out == ""
        (line,) = ran.err.splitlines()
        assert line.startswith("error: ")
        assert len(line) < 600
    else:
        assert "cut" in ran.err or not says or "^$" in says
    assert run("query", "ASK { ?x a sm:Database }", *words).out == "answer\ntrue\n"


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.parametrize("name", sorted(CASES))
def test_a_hostile_file_under_strace(tmp_path, name):
    _, words = set_up(tmp_path, CASES[name])
    log = tmp_path / "calls"
    trace = [
        "strace",
        "-f",
        "-qq",
        "-e",
        "trace=connect,sendto,sendmsg,open,openat,openat2,execve",
        "-e",
        "signal=none",
        "-o",
        log,
    ]
    command = [sys.executable, "-m", "servicemap", "load", *words, "--store", tmp_path / "store"]
    done = subprocess.run([*trace, *command], capture_output=True, text=True, cwd=ROOT, check=False, errors="replace")
    assert done.returncode == CASES[name].code, done.stderr[-2000:]
    calls = log.read_text(errors="replace").splitlines()
    assert len([call for call in calls if "execve(" in call and call.rstrip().endswith("= 0")]) == 1
    for call in calls:
        found = OUTSIDE.search(call)
        if found is not None and not re.search(r"= -1 E", call):
            assert found["name"] is not None, call
            assert not FORBIDDEN.search(found["name"]), call
