"""Is what the documents show true? Every command in them runs, in order, and prints what they say it prints.

How a document is read:

- A fenced ``console`` block is a session: ``$ `` starts a command, ``> `` goes on with it, the rest is what it prints.
  A line ``...`` stands for any lines. A command ends with 0; or with 1 or 2, when the block shows what it said then.
- A fenced block whose first line is ``# file: shop/map.yaml`` is a file that the reader writes, that line included.
- ``$ make``, ``$ git clone``, ``$ cd servicemap`` and ``$ pip`` are not run here. ``servicemap serve`` and ``demo``
  get a free port and are ended once they have said what the document shows.

Each document runs in a folder of its own, with copies of the folders that STARTS names for it. A server is started as a
reader starts it, other commands run as ``tests/house/ready.py`` says.

Each run reads README, the tutorial and every fifth of the others; the long tests read all.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.examples import some
from tests.house.ready import Ready

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [file for file in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))] if file.is_file()]
SESSIONS = [file for file in DOCUMENTS if "```console" in file.read_text(encoding="utf-8")]
ALWAYS = [ROOT / "README.md", ROOT / "docs" / "tutorial.md"]
READ = ALWAYS + some((file for file in SESSIONS if file not in ALWAYS), 5)
STARTS = {
    "README.md": ["data"],
    "docs/reference/availability.md": ["data"],
    "docs/reference/export.md": ["data"],
    "docs/reference/find.md": ["data"],
}  # every other document starts from an empty folder
LEFT_OUT = re.compile(r"(make|git clone|cd servicemap|pip|pipx|uvx?)\b")
SERVES = re.compile(r"servicemap (serve|demo)\b(?!.*--(check|help))")
FENCE = re.compile(r"^(?P<indent> *)```(?P<info>[^`\n]*)\n(?P<body>.*?)^(?P=indent)``` *$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"# file: (\S+)\n")
SECONDS = 60
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(("COV", "PYTEST"))} | {
    "COLUMNS": "100",
    "NO_COLOR": "1",
    "LC_ALL": "C.UTF-8",
    "PYTHONUNBUFFERED": "1",
}


class Step(NamedTuple):
    """A command with what it should print, or a file with its text."""

    line: int
    command: str = ""
    expected: str = ""
    file: str = ""


def steps(document: str) -> Iterator[Step]:
    """What a reader does, in order."""
    for block in FENCE.finditer(document):
        body = textwrap.dedent(block["body"])
        line = document.count("\n", 0, block.start()) + 2
        named = FILE.match(body)
        if block["info"].strip() == "console":
            yield from session(body, line)
        elif named:
            yield Step(line, expected=body, file=named[1])


def session(body: str, line: int) -> Iterator[Step]:
    """The commands of one console block."""
    at, command, expected = 0, [], []
    for number, text in enumerate([*body.splitlines(), "$ "], start=line):
        if text.startswith("$ "):
            if command:
                yield Step(at, "\n".join(command), "\n".join(expected))
            at, command, expected = number, [text[2:]], []
        elif text.startswith("> ") and command and not expected:
            command.append(text[2:])
        else:
            expected.append(text)


def matches(expected: str, printed: str) -> bool:
    """Whether something prints as shown; spaces at line ends do not count."""
    lines = [line.rstrip() for line in expected.strip("\n").splitlines()]
    pattern = "".join(r"(?:.*\n)*" if line == "..." else re.escape(line) + r"\n" for line in lines)
    return bool(re.fullmatch(pattern, "".join(f"{line.rstrip()}\n" for line in printed.strip("\n").splitlines())))


class Reader:
    """Somebody who does what a document says, in a folder of his own."""

    def __init__(self, home: Path, folders: list[str], program: Path | None = None) -> None:
        self.home, self.folder, self.status = home, home / "work", 0
        self.folder.mkdir()
        for name in folders:
            shutil.copytree(ROOT / name, self.folder / name)
        (home / "bin").mkdir()
        self.program = home / "bin" / "servicemap"
        self.program.write_text(
            f'#!/bin/sh\nexec "{sys.executable}" "{ROOT / "servicemap.py"}" "$@"\n', encoding="utf-8"
        )
        self.program.chmod(0o755)
        first = str(program.parent if program else self.program.parent)
        self.environment = ENVIRONMENT | {"PATH": f"{first}{os.pathsep}{os.environ['PATH']}", "HOME": str(home)}

    def write(self, name: str, text: str) -> None:
        """Write a file of the document."""
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def run(self, command: str) -> str:
        """Run a command where the last one left off; gives what a terminal would show."""
        with tempfile.TemporaryDirectory(dir=self.home) as notes:
            place = Path(notes) / "place"
            script = f'(exit {self.status})\n{command}\nstatus=$?\npwd >"{place}"\nexit $status\n'
            done = subprocess.run(
                ["bash", "-c", script],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=SECONDS,
                check=False,
            )
            self.status = done.returncode
            self.folder = Path(place.read_text(encoding="utf-8").strip()) if place.is_file() else self.folder
        return done.stdout

    def watch(self, command: str, expected: str) -> str:
        """Start a server, wait until it has said what is expected, end it; gives what it said."""
        said, environment = self.home / "said", self.environment
        environment = environment | {"PATH": f"{self.program.parent}{os.pathsep}{environment['PATH']}"}
        with said.open("w") as output:
            server = subprocess.Popen(
                ["bash", "-c", command],
                cwd=self.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            until = time.monotonic() + SECONDS
            while time.monotonic() < until and server.poll() is None:
                if said.stat().st_size and matches(expected, said.read_text(encoding="utf-8")):
                    break
                time.sleep(0.1)
            if server.poll() is None:
                os.killpg(server.pid, signal.SIGTERM)
            server.wait(SECONDS)
        return said.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ready]:
    program = Ready(tmp_path_factory.mktemp("ready"), ENVIRONMENT)
    yield program
    program.close()


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("document", READ, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_a_reader_sees_what_the_document_shows(document, ready, tmp_path):
    reader = Reader(tmp_path, STARTS.get(document.relative_to(ROOT).as_posix(), []), ready.script)
    todo = [step for step in steps(document.read_text(encoding="utf-8")) if not LEFT_OUT.match(step.command)]
    for step in todo:
        if step.file:
            reader.write(step.file, step.expected)
            continue
        command, expected = step.command, step.expected
        if SERVES.search(command):
            command, expected = on_free_port(command, expected)
            printed = reader.watch(command, expected)
        else:
            printed = reader.run(command)
        where = f"{document.name}:{step.line}: $ {command}"
        assert matches(expected, printed), f"{where}\n--- shown\n{expected}\n--- printed\n{printed}"
        allowed = {0, 1, 2} if expected.strip(".\n") else {0}
        assert reader.status in allowed, f"{where}\nends with {reader.status}\n{printed}"


@pytest.mark.parametrize(
    "document", [ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *DOCUMENTS], ids=lambda file: file.name
)
def test_links_lead_somewhere(document):
    targets = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", document.read_text(encoding="utf-8"))
    assert [target for target in targets if not (document.parent / target).exists()] == []


@pytest.mark.parametrize(
    "command", sorted(file.stem.replace("_", "-") for file in (ROOT / "app" / "commands").glob("[a-z]*.py"))
)
def test_every_command_is_shown_in_a_document(command):
    assert any(f"servicemap {command}" in document.read_text(encoding="utf-8") for document in DOCUMENTS)


def test_a_session_is_read_as_a_person_reads_it(tmp_path):
    document = textwrap.dedent(
        """
        ```yaml
        # file: shop/map.yaml
        title: A shop
        ```

        ```console
        $ cd shop
        $ cat map.yaml; \\
        > echo done >&2
        # file: shop/map.yaml
        title: A shop
        done
        $ seq 9
        1
        ...
        9
        $ false
        $ echo $?
        1
        ```
        """
    )
    reader, seen = Reader(tmp_path, []), []
    for step in steps(document):
        if step.file:
            reader.write(step.file, step.expected)
        else:
            seen.append((step.line, matches(step.expected, reader.run(step.command))))
    assert seen == [(8, True), (9, True), (14, True), (18, True), (19, True)]


@pytest.mark.parametrize(
    ("expected", "printed"), [("1\n...\n9", "1\n8"), ("", "1"), ("1", ""), ("a.c", "abc"), ("1", "1\n2")]
)
def test_another_output_does_not_match(expected, printed):
    assert not matches(expected, printed)


def test_a_server_is_ended_when_it_has_said_what_is_shown(tmp_path):
    assert Reader(tmp_path, []).watch("echo ready; sleep 60", "ready") == "ready\n"


def on_free_port(command: str, expected: str) -> tuple[str, str]:
    """The same on a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    bare = re.sub(r" --port[ =]\d+", "", command)
    return f"{bare} --port {port}", re.sub(r"(?<=127\.0\.0\.1:)\d+|(?<=localhost:)\d+", port, expected)
