"""Is the project's own paperwork in order: floors, versions, ways in, and a start that loads little?"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
HEAVY = {"dash", "flask", "llvmlite", "networkx", "numba", "numpy", "plotly", "pyshacl", "rdflib", "scipy"}


def test_the_coverage_floor_never_sinks():
    """The floor is at least the highest that was ever committed, as far as this clone remembers."""
    history = subprocess.run(
        ["git", "log", "--patch", "--format=", "-G^fail_under", "--", "pyproject.toml"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if history.returncode:
        pytest.skip("no git history here: the coverage floor is compared in a clone")
    before = [float(value) for value in re.findall(r"^[+-]fail_under = ([\d.]+)", history.stdout, re.MULTILINE)]
    assert PROJECT["tool"]["coverage"]["report"]["fail_under"] >= max(before, default=0)


def test_the_changelog_tells_of_this_version():
    assert re.search(rf"^## {re.escape(PROJECT['project']['version'])}\b", read("CHANGELOG.md"), re.MULTILINE)


@pytest.mark.parametrize("dependency", PROJECT["project"]["dependencies"])
def test_every_dependency_says_from_which_version_on(dependency):
    assert re.fullmatch(r"[a-z0-9-]+>=[\d.]+", dependency)


def test_ci_runs_what_anybody_can_run():
    lines = [line for line in read(".ci/run").splitlines() if line and not line.startswith("#")]
    assert lines == ["set -eu", 'cd "$(dirname "$0")/.."', "exec make test"]


def test_hooks_run_parts_of_make_lint():
    parts = re.search(r"^lint: (.*?) ##", read("Makefile"), re.MULTILINE)
    hooks = re.findall(r"entry: make ([\w-]+)", read(".pre-commit-config.yaml"))
    assert parts is not None
    assert hooks == parts[1].split()


@pytest.mark.parametrize("start", [["servicemap.py", "--help"], ["-c", "import graph"]], ids=" ".join)
def test_the_start_loads_nothing_heavy(start):
    """`--help` answers in 0.2 s because what a command does not need is not imported."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *start], cwd=ROOT, capture_output=True, text=True, check=True
    )
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    imported = {line.split("|")[-1].strip() for line in lines}
    assert "graph" in imported or "app.cli" in imported
    assert not imported & HEAVY


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")
