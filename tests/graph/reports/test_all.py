"""What must hold for every format: it says what it takes, it writes every map, and twice the same."""

from __future__ import annotations

import subprocess
import sys

import pytest

from graph.discover import discover
from graph.excerpt import excerpt
from graph.reports import Written, writers
from tests.graph.reports.conftest import DATA

MAPS = writers("map")
MAKERS = {"findings", "history", "query", "terms"}  # these make answers of something else


def text_of(made):
    return made.text if isinstance(made, Written) else made


def test_every_file_says_what_it_takes_or_makes_answers():
    found = discover("graph.reports")
    assert {name for name in found if not hasattr(found[name], "TAKES")} == MAKERS
    assert all(
        callable(getattr(found[name], made)) for name in MAKERS for made in found[name].__all__ if made.islower()
    )
    assert {takes for module in found.values() for takes in getattr(module, "TAKES", ())} == {
        "answer",
        "hits",
        "map",
        "picture",
        "report",
        "result",
        "verdict",
    }


@pytest.mark.parametrize("name", MAPS)
def test_a_map_is_written_twice_the_same(name, shipped, hostile):
    for part in (shipped, hostile):
        assert text_of(MAPS[name].write(part)) == text_of(MAPS[name].write(part)) != ""


@pytest.mark.parametrize("name", MAPS)
def test_a_map_without_anything_is_written(name, tmp_path):
    from tests.graph.written import opened

    assert isinstance(
        text_of(MAPS[name].write(excerpt(opened(tmp_path, "namespace: x\ntitle: Nothing\nelements: []\n")))), str
    )


def test_every_format_is_the_same_in_another_process(tmp_path):
    """Order does not hang on hashes, which differ from process to process."""
    code = (
        "import sys, hashlib\nfrom pathlib import Path\nfrom graph.maps import open_map\nfrom graph.excerpt import excerpt\n"
        "from graph.reports import writers\npart = excerpt(open_map([Path(sys.argv[1])]), derived=True)\n"
        "for name, writer in sorted(writers('map').items()):\n    if name == 'prov': continue  # it says when\n    made = writer.write(part)\n"
        "    print(name, hashlib.sha256(getattr(made, 'text', made).encode()).hexdigest())"
    )
    said = [
        subprocess.run([sys.executable, "-c", code, DATA / "laundry"], env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(DATA.parent)}, capture_output=True, text=True, check=True).stdout
        for seed in ("1", "2")
    ]  # fmt: skip
    assert said[0] == said[1] != ""
    assert len(said[0].splitlines()) == len(MAPS) - 1


def test_the_formats_are_known_without_heavy_packages():
    code = "import sys\nimport app.options\nprint([m for m in ('numpy', 'pyoxigraph', 'rdflib', 'yaml', 'scipy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=DATA.parent, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
