"""servicemap compare takes two states, or one map at two times in git, and says what it cannot use in one line."""

import json

import pytest

from tests.app.commands import run
from tests.graph.gitted import Git
from tests.graph.written import SHOP


@pytest.fixture
def ask(tmp_path, capsys, monkeypatch):
    folder = tmp_path / "checkout"
    folder.mkdir()
    git = Git(folder)
    git.commit({"shop/map.yaml": SHOP})
    git("tag", "v1")
    git.commit({"shop/map.yaml": SHOP.replace("k: 1", "k: 2")})
    monkeypatch.chdir(folder)
    return lambda *words: run(capsys, monkeypatch, "compare", *words)


def test_two_revisions_are_compared_with_the_places_of_the_repository(ask):
    done = ask("shop", "--base", "v1", "--head", "main", "--format", "json")
    told = json.loads(done.out)
    assert done.code == 0
    assert [row["where"] for row in told["differences"]] == ["shop/map.yaml:16"]
    assert told["new single points"] == ["vm-1 alone takes Shop down", "vm-2 alone takes Shop down"]


def test_without_head_it_is_the_files_as_they_are(ask):
    assert ask("shop", "--base", "HEAD").err == "no difference\n"
    assert ask("shop", "--base", "HEAD", "--head", "working tree").err == "no difference\n"
    assert ask("shop", "--base", "v1").err.startswith("1 dependency changed")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["shop", "--base", "mian"], "error: 'mian' is no revision of 'checkout'; did you mean 'main'?\n"),
        (["shop"], "error: compare takes two states to compare; 1 given; see: servicemap compare --help\n"),
        (["shop", "shop", "--base", "v1"], "error: compare takes one file or folder with --base or --what-if; 2 given; see: servicemap compare --help\n"),
        (["shop", "--base", "v1", "--what-if", "x.yaml"], "error: both --base and --what-if are given; give one of them\n"),
        (["shop", "--what-if", "x.yaml"], "error: x.yaml: there is no such file; check the path\n"),
        (["shop", "shop", "--head", "v1"], "error: --head needs --base; name the revision to compare with\n"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_one_line(ask, words, said):
    done = ask(*words)
    assert (done.code, done.err, done.out) == (2, said, "")


def test_two_folders_of_different_names_are_one_map_at_two_times(ask, tmp_path):
    old = tmp_path / "checkout" / "old"
    old.mkdir()
    (old / "map.yaml").write_text((tmp_path / "checkout" / "shop" / "map.yaml").read_text())
    assert ask("old", "shop").err == "no difference\n"
    assert ask("shop", "old").err == "no difference\n"


def test_a_what_if_is_compared_with_the_map_as_it_is(ask, tmp_path):
    patch = tmp_path / "more.yaml"
    patch.write_text("add:\n  elements:\n    - {id: vm-3, kind: virtual machine}\n")
    done = ask("shop", "--what-if", patch)
    assert done.code == 0
    assert done.err.startswith("1 element added\n")
    patch.write_text("change: {vm-3: {name: x}}")
    done = ask("shop", "--what-if", patch)
    assert (done.code, done.out) == (2, "")
    assert done.err == f"error: {patch}:1: no element 'vm-3' in this map; did you mean 'vm-2'?\n"
