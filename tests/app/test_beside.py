"""Does what is worked out beside requests let them go first, and end with the server?"""

from __future__ import annotations

import gc
import sys
import time
from threading import Event, Thread

import pytest
from flask import Flask

from app.atlas import Atlas
from app.beside import Still, beside, keep
from app.live import Live
from app.sparql.endpoint import Endpoint
from app.web import _get_ready, create_app
from graph.maps import Map
from graph.turns import giving_way, in_turns


def test_threads_take_short_turns_as_long_as_something_is_worked_out() -> None:
    usual = sys.getswitchinterval()
    with beside():
        assert sys.getswitchinterval() <= usual / 5
    assert sys.getswitchinterval() == usual


def test_what_was_made_is_looked_through_no_more() -> None:
    before = gc.get_freeze_count()
    kept = [[number] for number in range(100)]
    keep()
    assert gc.get_freeze_count() >= before + len(kept)
    gc.unfreeze()


def test_who_waits_for_a_still_moment_is_held_by_a_request_and_let_go_at_the_end(norrvik: Map) -> None:
    live, still = Live(norrvik), Still()
    assert still.wait(60), "nobody has asked yet"
    server = create_app(live).server
    still.watch(server)
    assert server.test_client().get("/revision.json").status_code == 200
    assert still.wait(0), "no longer than was said"
    told: list[bool] = []
    waiting = Thread(target=lambda: told.append(still.wait(60)))
    waiting.start()
    still.over()
    waiting.join(10)
    assert told == [False]


def test_long_work_pauses_while_a_request_is_answered_and_goes_on_after_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.beside._WORK", 0.0)
    monkeypatch.setattr("app.beside._REST", 30.0)
    server, still, asked, answered = Flask("slow"), Still(), Event(), Event()
    still.watch(server)

    @server.get("/slow")
    def slow() -> str:
        asked.set()
        answered.wait(30)
        return ""

    still.pause()  # nobody asks
    asking = Thread(target=lambda: server.test_client().get("/slow"))
    asking.start()
    asked.wait(30)
    done: list[int] = []

    def work() -> None:
        with giving_way(still.pause):
            done.extend(in_turns(range(3)))

    working = Thread(target=work)
    working.start()
    working.join(0.3)
    assert done == []
    answered.set()
    working.join(20)
    asking.join(20)
    assert done == [0, 1, 2]
    monkeypatch.setattr("app.beside._REST", 0.01)
    still._answering[work] = time.monotonic()  # one that takes long
    work()
    assert done == [0, 1, 2, 0, 1, 2]
    monkeypatch.setattr("app.beside._REST", 30.0)
    still._answering[work] = time.monotonic() - 1.0  # it may wait for this very work
    before = time.monotonic()
    work()
    assert time.monotonic() - before < 20


def test_the_server_has_worked_out_what_pages_share(norrvik: Map) -> None:
    atlas = Atlas(norrvik)
    _get_ready(atlas, Endpoint(lambda: atlas.map.store), Still())
    assert {"catalogue", "witnesses", "findings", "index"} <= set(vars(atlas))
    gc.unfreeze()
