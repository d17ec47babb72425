"""No file hurts: it is refused in one line or read with findings, in little memory; nothing leaves, nothing else is read.

Each file of ``files`` is loaded into a store that holds a map, in a process of its own (see ``jail``).
"""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path

import pytest

from graph.maps import load_into, open_map
from tests.examples import PROFILE, some
from tests.graph.written import SHOP, write
from tests.hostile.files import CASES, UNREAD, Case
from tests.hostile.jail import run, was_killed

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
MOST_MEMORY = 500_000_000
LONG = {"30 MB of ones"}  # meets the limit of "32 MB of dashes"
NAMES = [name for name in some(sorted(CASES), 6) if name not in LONG or PROFILE == "dice"]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """A store with a small map."""
    folder = tmp_path_factory.mktemp("loaded")
    load_into(folder / "store", [write(folder, SHOP)])
    return folder / "store"


def digests(store: Path) -> dict[str, str]:
    """What every file of a store holds."""
    files = (file for file in sorted(store.rglob("*")) if file.is_file())
    return {str(file.relative_to(store)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def set_up(home: Path, case: Case) -> tuple[Path, list[object]]:
    """Write what a case writes, beside a file that is fine, in a folder beside which a secret lies."""
    folder = home / "evil"
    folder.mkdir()
    (home / "secret").write_text(f"elements:\n  - {{id: {UNREAD}, kind: service}}\n")
    (folder / "fine.yaml").write_text("elements:\n  - {id: fine-too, kind: service}\n")
    words = case.write(folder)
    return folder, list(words) if words is not None else [folder]


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_file_does_no_harm(tmp_path, loaded, name):
    case, store = CASES[name], tmp_path / "store"
    shutil.copytree(loaded, store)
    before = digests(store)
    _, words = set_up(tmp_path, case)
    ran = run("load", *words, "--store", store)
    said = ran.err + ran.out
    assert not was_killed(ran), "it did not end"
    assert ran.code == case.code, said[-2000:]
    assert re.search(case.says, said), said[-2000:]
    assert not re.search("Traceback|stumbled", said), said[-2000:]
    assert ran.memory < MOST_MEMORY
    assert ran.reached == ()
    outside = {
        name
        for name in ran.opened
        if name.startswith(str(tmp_path)) and not name.startswith((f"{tmp_path}/evil", f"{tmp_path}/store"))
    }
    assert outside == set()
    assert {
        name
        for name in ran.opened
        if name.startswith(("/etc/passwd", "/dev/zero", "/proc/self/mem", "/proc/self/environ"))
    } == set()
    assert UNREAD not in said
    assert not (Path.cwd() / "hurt").exists()
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", said)
    if ran.code == 2:
        lines = ran.err.splitlines()
        assert lines
        assert len(lines) <= 21
        assert max(map(len, lines)) < 1_000
        assert all(line.startswith("error: ") for line in lines)
        assert ran.out == ""
        assert digests(store) == before
    elements = set(open_map(store=store).projection.ids)
    assert {"shop/shop", "shop/db"} <= elements
    assert not any(UNREAD in element for element in elements)


def test_there_are_enough_of_them():
    assert len(CASES) >= 60


def test_the_jail_sees_what_is_opened_and_refuses_what_calls_out(tmp_path):
    """Without this, the others could not fail."""
    file = write(tmp_path, SHOP)
    assert str(file) in run("list", file).opened
    ran = run("serve", file, "--port", "0")
    assert ran.code == 2
    assert any(event.startswith("socket.") for event in ran.reached)


def test_labels_that_are_code_stay_text(tmp_path):
    folder, _ = set_up(tmp_path, CASES["labels that are code"])
    table = run("list", folder, "--format", "csv").out
    assert ",'=cmd|" in table
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", table)
