"""Whoever asked before is known at once, and not a moment longer than the doors would let that one in."""

from __future__ import annotations

import pytest
from werkzeug.test import EnvironBuilder

from app.callers import Callers
from app.doors import Doors, networks
from graph.maps import load_into
from graph.store.tokens import Tokens, add_token, revoke_token
from tests.graph.written import SHOP, write


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    home = tmp_path_factory.mktemp("callers")
    load_into(home / "store", [write(home, SHOP)])
    return home / "store"


def environ(address="127.0.0.1", **headers):
    named = {name.replace("_", "-"): said for name, said in headers.items()}
    return EnvironBuilder(
        "/sparql", "http://localhost/", headers=named, environ_base={"REMOTE_ADDR": address}
    ).get_environ()


def test_a_token_is_known_until_it_is_revoked(folder):
    callers, secret = Callers(Doors(Tokens(folder), open=False)), add_token(folder, "reports")
    request = environ(Authorization=f"Bearer {secret}")
    assert callers.of(request) is callers.of(request)
    assert callers.of(request).name == "token reports"
    assert callers.of(environ(Authorization="Bearer other")) is None
    assert callers.of(environ()) is None
    revoke_token(folder, "reports")
    assert callers.of(request) is None


def test_all_that_the_doors_look_at_counts(folder):
    proxies = {"proxies": networks(["10.0.0.0/8"]), "read_groups": ("staff",), "user_header": "X-User"}
    callers = Callers(Doors(Tokens(folder), own=True, open=False, groups_header="X-Groups", **proxies))
    assert callers.of(environ("10.0.0.1", X_User="ann", X_Groups="staff")).name == "user ann"
    assert callers.of(environ("10.0.0.1", X_User="bob", X_Groups="staff")).name == "user bob"
    assert callers.of(environ("10.0.0.1", X_User="ann", X_Groups="guests")) is None
    assert callers.of(environ("192.0.2.1", X_User="ann", X_Groups="staff")) is None
    own = Callers(Doors(Tokens(folder), own=True))
    assert own.of(environ()) is not None
    assert own.of(environ(Host="evil.example")) is None


def test_no_secret_is_kept(folder):
    callers, secret = Callers(Doors(Tokens(folder))), add_token(folder, "secret")
    assert callers.of(environ(Authorization=f"Bearer {secret}")) is not None
    assert secret not in repr(callers._known)
    revoke_token(folder, "secret")


def test_no_more_than_some_are_kept(folder):
    callers = Callers(Doors(Tokens(folder)))
    for number in range(1_200):
        callers.of(environ(f"192.0.2.{number % 250}", Host=f"name-{number}"))
    assert len(callers._known) <= 500
