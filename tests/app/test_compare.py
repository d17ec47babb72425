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
        (["shop", "shop", "--base", "v1"], "error: compare takes one file or folder with --base; 2 given; see: servicemap compare --help\n"),
        (["shop", "shop", "--head", "v1"], "error: --head needs --base; name the revision to compare with\n"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_one_line(ask, words, said):
    done = ask(*words)
    assert (done.code, done.err, done.out) == (2, said, "")
