"""What is free goes round among those who wait; nobody waits for another's crowd, and nothing is lost."""

from __future__ import annotations

import threading
import time
from collections import deque

import pytest

from graph.model import InputError
from graph.store.turns import Share, Turns


def waiters(turns, clients, got):
    """A thread for each client, that takes, notes and gives back, queued in the order given."""
    threads = []
    for number, client in enumerate(clients, 1):

        def work(client=client):
            thing = turns.take(client, seconds=30)
            got.append(client)
            turns.put(thing)
            turns.done(client)

        threads.append(threading.Thread(target=work))
        threads[-1].start()
        while turns.waiting < number:
            time.sleep(0.001)
    return threads


def test_one_with_many_lets_another_with_one_go_between():
    turns, got = Turns(), []
    threads = waiters(turns, ["many"] * 4 + ["one"], got)
    turns.put("worker")
    for thread in threads:
        thread.join(30)
    assert sorted(got) == ["many"] * 4 + ["one"]
    assert got.index("one") <= 1
    assert (turns.waiting, turns.held) == (0, 0)


def test_a_client_has_no_more_at_a_time_than_its_share():
    turns = Turns()
    for _ in range(2):
        turns.put("worker")
    assert turns.take("a", seconds=1, share=Share(1, 1)) == "worker"
    with pytest.raises(InputError, match="under way"):
        turns.take("a", seconds=0.05, share=Share(1, 1))
    assert turns.take("b", seconds=1, share=Share(1, 1)) == "worker"


def test_a_client_whose_places_to_wait_are_taken_is_told_at_once():
    turns = Turns()
    with pytest.raises(InputError, match="0 queries of yours wait already"):
        turns.take("a", seconds=30, share=Share(1, 0))


def test_who_leaves_while_waiting_leaves_the_queue():
    turns, left = Turns(), InputError.of("left")

    def check():
        raise left

    with pytest.raises(InputError, match="left"):
        turns.take("a", seconds=30, check=check)
    assert turns.waiting == 0
    turns.put("worker")
    assert turns.take("b", seconds=1) == "worker"


def test_what_came_too_late_for_somebody_who_left_goes_to_the_next():
    turns = Turns()
    turns.put("worker")
    ticket = turns.take("a", seconds=1)
    assert (ticket, turns.held) == ("worker", 1)
    turns.put(ticket)
    turns.done("a")
    assert turns.empty() == ["worker"]
    assert turns.empty() == []


def test_who_does_not_wait_takes_what_is_free_and_nobody_waits_for():
    turns = Turns()
    assert turns.take_now("a") is None
    turns.put("worker")
    assert turns.take_now("a", share=Share(at_once=0)) is None
    assert turns.take_now("a") == "worker"
    assert (turns.take_now("a"), turns.held) == (None, 1)
    turns.put("worker")
    assert turns.take_now("a", share=Share(at_once=1)) is None
    turns.done("a")
    assert turns.take_now("a", share=Share(at_once=1)) == "worker"


def test_who_does_not_wait_passes_nobody():
    turns = Turns()
    with turns._lock:
        turns._waiting["first"] = deque([None])
        turns._free.append("worker")
    assert turns.take_now("second") is None


def test_who_must_not_wait_is_called_in_its_turn():
    turns, called = Turns(), []
    turns.put("worker")
    assert turns.queue("a", lambda: called.append("a")).got == ["worker"]
    tickets = [turns.queue(client, lambda client=client: called.append(client)) for client in ("b", "c", "b")]
    assert (called, turns.waiting, turns.take_now("d")) == (["a"], 3, None)
    turns.leave(tickets[0])
    for _ in range(2):
        turns.put("worker")
        turns.done("a")
    assert (called, turns.waiting) == (["a", "b", "c"], 0)
    assert [ticket.got for ticket in tickets] == [[], ["worker"], ["worker"]]


def test_what_a_ticket_got_after_all_goes_to_the_next():
    turns, called = Turns(), []
    first = turns.queue("a", lambda: called.append("a"))
    turns.queue("b", lambda: called.append("b"))
    turns.put("worker")
    turns.leave(first)
    assert (called, turns.held) == (["a", "b"], 1)


def test_who_waits_too_much_is_not_queued():
    turns = Turns()
    turns.queue("a", lambda: None, share=Share(1, 1))
    with pytest.raises(InputError, match="1 queries of yours wait already"):
        turns.queue("a", lambda: None, share=Share(1, 1))


def test_what_is_missing_is_left_to_whoever_can_wait():
    turns = Turns()
    turns.put(None)
    assert turns.take_now("a") is None
    assert turns.take("a", seconds=1) is None
    assert turns.held == 1
