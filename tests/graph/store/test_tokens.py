"""Tokens are kept as digests, and are gone when they are revoked."""

from __future__ import annotations

import pytest

from graph.maps import load_into
from graph.model import InputError
from graph.store.tokens import Tokens, add_token, revoke_token, tokens_of
from tests.graph.written import SHOP, write


@pytest.fixture
def folder(tmp_path):
    load_into(tmp_path / "store", [write(tmp_path, SHOP)])
    return tmp_path / "store"


def test_a_token_opens_until_it_is_revoked(folder):
    tokens = Tokens(folder)
    assert not tokens.any
    secret = add_token(folder, "ci", write=True, namespaces=("shop",), seconds=3, at_once=1)
    found = tokens.of(secret)
    assert (found.name, found.write, found.namespaces, found.seconds, found.at_once) == ("ci", True, ("shop",), 3, 1)
    assert tokens.of("smt_other") is None
    revoke_token(folder, "ci")
    assert tokens.of(secret) is None


def test_no_secret_is_in_the_store_and_only_its_owner_reads_the_file(folder):
    secret = add_token(folder, "ci")
    file = folder / "tokens.json"
    assert secret not in file.read_text()
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("act", "says"),
    [
        (lambda f: add_token(f, "ci"), "there is a token 'ci' already"),
        (lambda f: add_token(f, ""), "cannot be the name"),
        (lambda f: add_token(f, "a\nb"), "cannot be the name"),
        (lambda f: revoke_token(f, "ce"), "no token 'ce'; known are ci"),
        (lambda f: tokens_of(f.parent), "is no servicemap store"),
        (lambda f: [(f / "tokens.json").write_text("{"), tokens_of(f)], "cannot be read"),
    ],
)
def test_what_cannot_be_is_told(folder, act, says):
    add_token(folder, "ci")
    with pytest.raises(InputError) as error:
        act(folder)
    assert says in str(error.value)


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    return "http://127.0.0.1:7878/query"


def test_tokens_to_an_engine_elsewhere_are_kept_by_who_serves_it(elsewhere, tmp_path):
    tokens = Tokens(elsewhere)
    assert not tokens.any
    secret = add_token(elsewhere, "ci", reads=("shop",))
    assert tokens.of(secret).reads == ("shop",)
    assert [token.name for token in tokens_of(elsewhere + "/")] == ["ci"]
    assert tokens_of("http://127.0.0.1:7879/query") == ()
    (file,) = (tmp_path / "settings").rglob("tokens.json")
    assert (file.stat().st_mode | file.parent.stat().st_mode) & 0o077 == 0
    revoke_token(elsewhere, "ci")
    assert tokens.of(secret) is None


def test_no_token_writes_into_an_engine_elsewhere(elsewhere):
    with pytest.raises(InputError, match="takes no writes through our server"):
        add_token(elsewhere, "ci", write=True)
