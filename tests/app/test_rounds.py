"""A round asks those for whom something came, and all of them when anything else happened."""

from __future__ import annotations

import socket

import pytest

from app import rounds
from app.rounds import Connections, go_round


class Connection:
    """One end of a pair, which counts how often it is asked; what comes is given to ``act``."""

    accepting = False

    def __init__(self, connections, act, *, alone=True):
        self.near, self.far = socket.socketpair()
        self.connections, self.act, self.alone = connections, act, alone
        self.asked, self.reads, self.writes, self.said = 0, True, False, []
        connections[self.near.fileno()] = self

    def readable(self):
        self.asked += 1
        return self.reads

    def writable(self):
        return self.writes

    def handle_read_event(self):
        self.said.append(self.near.recv(1))
        self.act(self)

    def handle_write_event(self):
        self.said.append("write")
        self.act(self)

    def leave(self):
        del self.connections[self.near.fileno()]


@pytest.fixture
def connections(monkeypatch):
    monkeypatch.setattr(rounds, "_ALL", 3600)  # nothing is asked because time went by
    connections, made = Connections(), []

    def make(act=lambda _: None, **options):
        made.append(Connection(connections, act, **options))
        return made[-1]

    connections.make = make
    yield connections
    for each in made:
        each.near.close()
        each.far.close()


def run(connections):
    go_round(connections, lambda found: found is None or found.alone)


def ends_after(number, *others):
    """Sends itself the next sign, and ends everything after so many."""

    def act(connection):
        if len(connection.said) < number:
            connection.far.send(b".")
        else:
            for each in (connection, *others):
                each.leave()

    return act


def test_one_for_whom_nothing_came_is_not_asked_again(connections):
    quiet = connections.make()
    busy = connections.make(ends_after(20, quiet))
    busy.far.send(b".")
    run(connections)
    assert (busy.asked, quiet.asked) == (20, 1)


def test_all_are_asked_when_something_else_happened(connections):
    quiet = connections.make()
    other = connections.make(ends_after(20, quiet), alone=False)
    other.far.send(b".")
    run(connections)
    assert quiet.asked == 20


def test_a_number_may_stand_for_another_connection(connections):
    last = connections.make(lambda connection: connection.leave())

    def replaced(connection):
        connection.leave()
        connections[connection.near.fileno()] = second

    first = connections.make(replaced)
    second = connections.make(lambda connection: (connection.leave(), last.far.send(b".")))
    second.leave()
    second.near.close()
    second.near = first.near
    first.far.send(b"ab")
    run(connections)
    assert (first.said, second.said) == ([b"a"], [b"b"])


def test_who_waits_for_nothing_is_told_nothing_until_it_does(connections):
    def act(connection):
        deaf.reads = len(connection.said) > 3
        ends_after(5)(connection)

    deaf = connections.make(lambda connection: connection.leave())
    deaf.reads = False
    deaf.far.close()  # its end has come, and nobody wants to know
    busy = connections.make(act, alone=False)
    busy.far.send(b".")
    run(connections)
    assert (busy.said, deaf.said) == ([b"."] * 5, [b""])


def test_who_waits_to_write_may(connections):
    writer = connections.make(lambda connection: connection.leave())
    writer.reads, writer.writes = False, True
    run(connections)
    assert writer.said == ["write"]


def test_one_that_goes_while_it_reads_is_not_told_that_it_may_write(connections):
    both = connections.make(lambda connection: connection.leave())
    both.writes = True
    both.far.send(b".")
    run(connections)
    assert both.said == [b"."]
