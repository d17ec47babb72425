"""Does every import contract hold, and does each of them fail when somebody breaks it?"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
LINT_IMPORTS = str(Path(sys.executable).with_name("lint-imports"))


class Break(NamedTuple):
    """One way to break a contract: a new file with an import that must not be, or such an import in a file."""

    contract: str
    file: str
    text: str


BREAKS = [
    Break("floors", "ontology/violation.py", "import graph.model\n"),
    Break("floors", "graph/importers/violation.py", "import app.cli\n"),
    Break("graph", "graph/store/violation.py", "import graph.projection\n"),
    Break("graph", "graph/analysis/violation.py", "import graph.reports\n"),
    Break("graph", "graph/a_new_floor.py", ""),
    Break("importers", "graph/importers/violation.py", "import graph.importers.rdf\n"),
    Break("web", "graph/reports/violation.py", "import flask\n"),
    Break("web", "ontology/violation.py", "import click\n"),
    Break("analyses", "graph/analysis/violation.py", "import rdflib\n"),
    Break("analyses", "graph/analysis/violation.py", "import graph.store\n"),
    Break("checker", "graph/checker.py", "import graph.projection\n"),
    Break("checker", "graph/checker.py", "from graph.analysis.windows import merged\n"),
    Break("engine", "graph/reports/violation.py", "import pyoxigraph\n"),
    Break("engine", "app/violation.py", "import pyoxigraph\n"),
    Break("cycles", "app/commands/violation.py", "import app.violation\n"),
]
# A circle needs a second file; it stands there alone for every other contract.
PARTNER = Break("cycles", "app/violation.py", "import app.commands.violation\n")


@pytest.fixture(scope="module")
def lint(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., SimpleNamespace]:
    """Lint one copy of the code, with some files added that are gone afterwards."""
    copy = tmp_path_factory.mktemp("contracts")
    shutil.copy(ROOT / "pyproject.toml", copy)
    for part in ("ontology", "graph", "app"):
        for source in sorted((ROOT / part).rglob("*.py")):
            target = copy / source.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)

    def run(contract: str, *added: Break) -> SimpleNamespace:
        files = {copy / each.file: each.text for each in added}
        before = {file: file.read_text(encoding="utf-8") for file in files if file.exists()}
        for file, text in files.items():
            file.write_text(before.get(file, "") + text, encoding="utf-8")
        try:
            done = subprocess.run(
                [LINT_IMPORTS, "--no-logo", "--contract", contract],
                cwd=copy,
                capture_output=True,
                text=True,
                check=False,
            )
        finally:
            for file in files:
                file.write_text(before[file], encoding="utf-8") if file in before else file.unlink()
        return SimpleNamespace(status=done.returncode, text=done.stdout + done.stderr)

    return run


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract["id"])
def test_every_contract_holds_and_is_broken_below(contract, lint):
    assert contract["id"] in {each.contract for each in BREAKS}
    done = lint(contract["id"])
    assert done.status == 0, done.text
    assert f"{contract['name']} KEPT" in done.text


@pytest.mark.parametrize("broken", BREAKS, ids=lambda each: f"{each.contract}: {each.text.strip()} in {each.file}")
def test_a_broken_contract_is_named(broken, lint):
    name = next(contract["name"] for contract in CONTRACTS if contract["id"] == broken.contract)
    done = lint(broken.contract, broken, *([PARTNER] if broken.contract == "cycles" else []))
    assert done.status == 1, done.text
    assert f"{name} BROKEN" in done.text
