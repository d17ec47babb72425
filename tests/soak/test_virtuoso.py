"""Does the whole product work on an engine that lacks some of SPARQL 1.1, and cuts answers? Command by command."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.timeout(900)
def test_validate_impact_and_list_print_the_same_there(virtuoso, root, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    data = str(root / "data" / "enterprise")

    def said(*words):
        command = [sys.executable, "-m", "servicemap", *words]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, timeout=400)
        assert done.returncode in (0, 1), done.stderr
        return done.stdout

    said("load", data, "--store", virtuoso)
    for words in (("validate",), ("impact", "finance-database"), ("list",), ("promises",), ("single-points",)):
        assert said(*words, "--store", virtuoso) == said(*words, data), words
