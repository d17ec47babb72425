"""Twenty people click at once for five minutes, one clicks a thousand times: no error, and no memory is kept.

What a browser asks while somebody explores is recorded in Chromium, and asked again by twenty clients, each in an order of
its own and with pauses as people make them. How long answers took is printed, with ``-s``.
"""

from __future__ import annotations

import http.client
import random
import re
import statistics
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.soak.served import served

pytestmark = pytest.mark.timeout(1800)
PEOPLE, SECONDS, PAUSE = 20, 300, (0.5, 2.5)
ACTIONS, WARM = 1000, 200
WORDS = ("payment", "data", "portal", "server", "team")
PAGES = ("/element/{}", "/impact?of={}&kind=outage", "/map?focus={}", "/map?focus={}&hops=2")
FOCUS = """async (address) => {
  window.servicemapReady = "";
  window.servicemapTools.go(address);
  const began = performance.now();
  while (!window.servicemapReady && performance.now() - began < 30000) await new Promise(requestAnimationFrame);
  return Boolean(window.servicemapReady);
}"""


@pytest.fixture(scope="module")
def server(root):
    """Its port and its process."""
    with served(root / "data" / "enterprise") as running:
        yield running


@pytest.fixture(scope="module")
def context(chromium):
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    yield context
    context.close()


def opened(context, port):
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{port}/map", wait_until="commit")
    page.wait_for_function("() => window.servicemapReady", timeout=60_000)
    return page


def names(page):
    """Elements that searches find."""
    ask = "async (word) => (await (await fetch('/search.json?q=' + word)).json()).hits.map((hit) => hit.id)"
    return list(dict.fromkeys(name for word in WORDS for name in page.evaluate(ask, word)))[:12]


def recorded(context, port):
    """Actions of a person: each is what the browser asks for it, as method, path, body and headers."""
    page = opened(context, port)
    found, asked = [], []
    page.on(
        "request",
        lambda each: asked.append(
            (
                each.method,
                each.url.partition(f":{port}")[2],
                each.post_data_buffer,
                {k: v for k, v in each.headers.items() if k in {"content-type", "accept"}},
            )
        ),
    )
    for name in names(page):
        for address in PAGES:
            asked.clear()
            page.goto(f"http://127.0.0.1:{port}{address.format(name)}")
            page.wait_for_load_state("networkidle")
            found.append([each for each in asked if "/assets/" not in each[1] and "/_dash-component" not in each[1]])
    for word in WORDS:
        found += [[("GET", f"/search.json?q={word[:size]}", None, {})] for size in range(1, len(word) + 1)]
    page.close()
    return [action for action in found if action]


class Person:
    """Does one thing after the other, with pauses; keeps what went wrong and how long each answer took."""

    def __init__(self, port, actions, seed, until):
        self.port, self.actions, self.dice, self.until = port, actions, random.Random(seed), until
        self.taken, self.wrong, self.done = [], [], 0
        self.thread = threading.Thread(target=self.live)

    def live(self):
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as wire:
            while time.monotonic() < self.until:
                for method, path, body, headers in self.dice.choice(self.actions):
                    self.ask(wire, method, path, body, headers)
                self.done += 1
                time.sleep(self.dice.uniform(*PAUSE))

    def ask(self, wire, method, path, body, headers):
        began = time.perf_counter()
        try:
            wire.request(method, path, body, {**headers, "Origin": f"http://127.0.0.1:{self.port}"})
            answer = wire.getresponse()
            answer.read()
            self.wrong += [f"{answer.status} {method} {path}"] if answer.status >= 400 else []
        except (OSError, http.client.HTTPException) as error:
            wire.close()
            self.wrong.append(f"{error!r} {method} {path}")
        self.taken.append(time.perf_counter() - began)


def resident(process):
    """Megabytes that a process holds."""
    told = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    return int(re.search(r"VmRSS:\s+(\d+)", told)[1]) / 1e3


def test_twenty_people_are_answered_for_five_minutes(server, context):
    port, process = server
    actions = recorded(context, port)
    until = time.monotonic() + SECONDS
    people = [Person(port, actions, seed, until) for seed in range(PEOPLE)]
    for person in people:
        person.thread.start()
    time.sleep(SECONDS / 3)
    warm = resident(process)
    for person in people:
        person.thread.join()
    last, taken = resident(process), [each for person in people for each in person.taken]
    p50, p95 = statistics.median(taken), statistics.quantiles(taken, n=20)[-1]
    done = sum(person.done for person in people)
    said = (
        f"{PEOPLE} people: {done:,} actions, {len(taken):,} answers, median {1e3 * p50:.0f} ms, p95 {1e3 * p95:.0f} ms"
    )
    print(f"{said}; server {warm:.0f} MB after {SECONDS / 3:.0f} s, {last:.0f} MB at the end")  # noqa: T201 shown with -s
    assert [wrong for person in people for wrong in person.wrong] == []
    assert last <= 1.1 * warm + 20


def test_a_thousand_actions_keep_no_memory(server, context):
    port, process = server
    page = opened(context, port)
    wire = context.new_cdp_session(page)
    known, held = names(page), {}
    for number in range(ACTIONS + 1):
        if number in {WARM, ACTIONS}:
            wire.send("HeapProfiler.collectGarbage")
            heap = wire.send("Runtime.getHeapUsage")["usedSize"] / 1e6
            held[number] = heap, page.evaluate("document.querySelectorAll('*').length"), resident(process)
        assert page.evaluate(FOCUS, f"/map?focus={known[number % len(known)]}&hops={1 + number % 2}")
    page.close()
    for number, (heap, nodes, there) in held.items():
        print(f"after {number} actions: page {heap:.1f} MB, {nodes} nodes; server {there:.0f} MB")  # noqa: T201 as above
    (before, things, server_before), (after, more, server_after) = held[WARM], held[ACTIONS]
    assert after <= 1.15 * before + 1
    assert more <= 1.1 * things
    assert server_after <= 1.1 * server_before + 20
