"""Every example in every --help runs as it stands, in a folder that holds the shipped data."""

from __future__ import annotations

import shlex
import shutil
from importlib import import_module

import pytest

from graph.discover import names
from tests.app.commands import run
from tests.graph.gitted import Git

COMMANDS = {name.replace("_", "-"): import_module(f"app.commands.{name}").command for name in names("app.commands")}
EXAMPLES = [
    line.strip()
    for command in COMMANDS.values()
    for line in (command.help or "").partition("Examples:")[2].splitlines()
    if line.strip().startswith("servicemap ")
]
WAITING = ("servicemap serve", "servicemap mcp")  # these wait; tests/browser and tests/app/mcp start them


@pytest.fixture(scope="module")
def folder(root, tmp_path_factory):
    home = tmp_path_factory.mktemp("examples")
    shutil.copytree(root / "data", home / "data")
    git = Git(home)
    git.commit()
    (home / "data" / "laundry" / "bags.yaml").unlink()
    git.commit()
    return home


@pytest.mark.parametrize("example", [line for line in EXAMPLES if not line.startswith(WAITING)])
def test_an_example_runs(folder, capsys, monkeypatch, example):
    monkeypatch.chdir(folder)
    done = run(capsys, monkeypatch, *shlex.split(example)[1:])
    assert done.code == 0, done.err
    assert done.out or done.err


def test_every_command_has_examples():
    assert {line.split()[1] for line in EXAMPLES} == set(COMMANDS)
