"""How fast is the explorer in a browser? First paint, focus, keystrokes, panning and zooming, memory; in Chromium.

``python bench/explorer.py data/enterprise`` serves a folder, ``python bench/explorer.py --store STORE`` a store. With
``--drawing 1000`` a made map of so many elements is laid out here and handed to the page in one piece, as the server
does with an answer; timed from there to the painted frame, and nothing else is measured. The page gathers such a map.
Needs Debian's chromium, or another that CHROMIUM names. Times are of the clock: what else the machine does counts.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.atlas import Atlas
from app.elements import bounds, cytoscape_elements
from app.map.bars import bands, lanes
from app.map.screen import Screen, asked
from app.painted import tree
from app.view import ALL, Shown, View, lines_among
from bench.generator import generate, write_triples
from graph.maps import open_map

SIZE = {"width": 1440, "height": 900}
PATIENCE = 120_000
PAINTED = "() => window.servicemapReady"
SEEN = """() => ["first-contentful-paint", "first picture"].map(
  (name) => performance.getEntriesByName(name).map((e) => e.startTime)[0] || 0)"""
FOCUS = """async (name) => {
  performance.clearResourceTimings();
  window.servicemapReady = "";
  const began = performance.now(), state = window.servicemapTools.state;
  const until = async (there) => { // nobody who waits has frames drawn: only the last one counts
    while (!there() && performance.now() - began < 30000) await new Promise((then) => setTimeout(then, 4));
    await new Promise(requestAnimationFrame);
    return performance.now() - began;
  };
  window.servicemapTools.go("/map?focus=" + encodeURIComponent(name));
  const seen = await until(() => window.servicemapReady && state.picture.focus === name);
  const whole = await until(() => !document.body.classList.contains("pending"));
  const asked = performance.getEntriesByType("resource").find((e) => e.name.includes("/map/picture.json"));
  return [seen, asked.responseEnd - asked.requestStart, whole];
}"""
FRAMES = """async (seconds) => {
  const cy = window.servicemapTools.state.cy, found = [];
  let last = performance.now(), began = last, turn = 0;
  while (last - began < seconds * 1000) {
    turn += 1;
    if (turn % 40 < 20) cy.panBy({ x: turn % 80 < 40 ? 9 : -9, y: 4 });
    else cy.zoom({ level: cy.zoom() * (turn % 80 < 40 ? 1.02 : 1 / 1.02), renderedPosition: { x: 500, y: 400 } });
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    found.push(now - last);
    last = now;
  }
  return found;
}"""
DRAWN = """async ([answer, key]) => {
  const data = { ...answer.picture, key, drawn: answer.drawn };
  const lines = answer.drawn.elements.filter((each) => each.data.source !== undefined);
  const cy = window.servicemapTools.state.cy;
  window.servicemapReady = "";
  const began = performance.now();
  window.dash_clientside.set_props("map-picture", { data });
  while (window.servicemapReady !== key && performance.now() - began < 30000) await new Promise(requestAnimationFrame);
  const painted = new Promise((then) => cy.one("render", () => requestAnimationFrame(() => setTimeout(then))));
  cy.fit(cy.nodes(".element"), 8);
  cy.forceRender(); // a map that rests, as an empty one does, is not painted again by itself
  await painted;
  const taken = performance.now() - began;
  const seen = lines.filter((each) => cy.getElementById(each.data.id).visible()).length;
  return [taken, seen, document.querySelectorAll("#map-lanes .lane").length, cy.nodes(".element").length];
}"""
ASK = """async (address) => {
  const began = performance.now();
  await (await fetch(address)).text();
  return performance.now() - began;
}"""


def main() -> None:
    """Print a line for each measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", help="a folder of a map")
    parser.add_argument("--store", help="a store")
    parser.add_argument("--focus", type=int, default=40, help="how many changes of focus")
    parser.add_argument("--drawing", type=int, default=0, help="draw a made map of so many elements, only that")
    parser.add_argument("--actions", type=int, default=0, help="how many further ones, for the growth of memory")
    options = parser.parse_args()
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        sys.exit("no browser: install chromium, or name one in CHROMIUM")
    place = ["--store", options.store] if options.store else [options.folder or "data/enterprise"]
    command = [Path(sys.executable).with_name("servicemap"), "serve", *place, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        try:
            began = time.perf_counter()
            address = next(line.split()[1] for line in server.stdout or () if line.startswith("open http"))
            print(f"server ready after {time.perf_counter() - began:.1f} s")
            with sync_playwright() as driver:
                flags = ["--no-sandbox"] if os.geteuid() == 0 else []
                browser = driver.chromium.launch(executable_path=program, args=flags)
                measure(browser, address.rstrip("/"), server.pid, options)
                browser.close()
        finally:
            server.terminate()


def measure(browser: Browser, address: str, server: int, options: argparse.Namespace) -> None:
    """All measurements on a running server."""
    if options.drawing:
        drawing(opened(browser.new_context(viewport=SIZE), address, "first page after start"), options.drawing)
        return
    opened(browser.new_context(viewport=SIZE), address, "first page after start")
    context = browser.new_context(viewport=SIZE)
    opened(context, address, "first page, empty cache")
    page = opened(context, address, "first page, warm cache")
    frames(page, "whole map")
    names = elements(page, address, options.focus)
    page.evaluate(FOCUS, names[0])
    times = [page.evaluate(FOCUS, name) for name in names[1:]]
    say("focus to the screen", [each[0] for each in times])
    say("focus, request of the picture", [each[1] for each in times])
    say("focus, with all that stands around the map", [each[2] for each in times])
    frames(page, "focus")
    typed = [
        f"{address}/search.json?q={text[:size]}"
        for text in ("payment", "order data", "idnetity")
        for size in range(1, len(text) + 1)
    ]
    say("keystroke in the search", [page.evaluate(ASK, one) for one in typed])
    text = "kind = database and environment = production"
    typed = [f"{address}/find.json?q={text[:size].replace(' ', '%20')}" for size in range(1, len(text) + 1)]
    say("keystroke in an expression", [page.evaluate(ASK, one) for one in typed])
    if options.actions:
        growth(page, names, server, options.actions)


def opened(context: BrowserContext, address: str, words: str) -> Page:
    """Open the map in a new page; prints until when it is seen and when it is live, and what came over the wire."""
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    sizes: list[float] = []
    wire.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
    began = time.perf_counter()
    page.goto(f"{address}/map", wait_until="commit")
    page.wait_for_function(PAINTED, timeout=PATIENCE)
    seconds = time.perf_counter() - began
    paint, placed = page.evaluate(SEEN)
    page.wait_for_load_state("networkidle")
    seen = "the map is seen, its cards can be clicked" if 0 < placed <= paint else "something is seen"
    print(f"{words}: {seen} after {paint / 1000:.2f} s, it is live after {seconds:.2f} s, {sum(sizes) / 1e6:.2f} MB")
    return page


def drawing(page: Page, many: int) -> None:
    """Draw a made map, with all of its lines and as the page does, by turns with an empty one."""
    answer = answered(many)
    drawn = answer["drawn"]
    bare = [{**each, "classes": each["classes"].removesuffix("rest")} for each in drawn["elements"]]
    empty = {**answer, "drawn": {**drawn, "elements": []}}
    for words, full in (
        ("as the map page does", answer),
        ("with all lines", {**answer, "drawn": {**drawn, "elements": bare}}),
    ):
        times = []
        for turn in range(5):
            page.evaluate(DRAWN, [empty, f"empty {words} {turn}"])
            taken, lines, titles, elements = page.evaluate(DRAWN, [full, f"{words} {turn}"])
            times.append(taken)
        say(f"drawn {words}: {elements:,} elements, {titles} lanes, {lines:,} lines in sight", times)


def answered(many: int) -> dict[str, Any]:
    """What the server would send for all elements of a made map that have lines, laid out."""
    with tempfile.TemporaryDirectory() as folder:
        with (file := Path(folder) / "map.nt").open("wb") as out:
            write_triples(generate(many), out)
        atlas = Atlas(open_map([file]))
    inside = frozenset(range(len(atlas.projection)))
    lines = lines_among(atlas.projection, inside, inside, frozenset())
    made = atlas.draw(Shown(tuple(sorted(inside)), lines, ALL, len(inside)), spread=True)
    now = Screen(View(), made, asked(atlas, "", ""), atlas.sieve(View()), None)
    known = {
        "focus": "",
        "selected": [],
        "lit": None,
        "litLines": None,
        "line": None,
        "stops": [],
        "title": "",
        "label": "",
    }
    answer = {
        "drawn": {
            "elements": cytoscape_elements(atlas.projection, made.cards, lines, made.layout, said={}),
            "bands": tree(bands(made)),
            "lanes": tree(lanes(atlas, now)),
        },
        "picture": {**known, "announce": "", "bounds": list(bounds(made.layout))},
    }
    found: dict[str, Any] = json.loads(json.dumps(answer))
    return found


def frames(page: Page, words: str) -> None:
    """Pan and zoom for three seconds."""
    found = sorted(page.evaluate(FRAMES, 3))
    count = page.evaluate("window.servicemapTools.state.cy.elements().length")
    middle = found[len(found) // 2]
    print(f"panning and zooming, {words}, {count} things drawn: {1000 / middle:.0f} frames a second in the median")


def elements(page: Page, address: str, many: int) -> list[str]:
    """Names of elements of many kinds, by what a search finds."""
    found: dict[str, None] = {}
    for text in ("a", "b", "c", "d", "i", "l", "o", "p", "s", "w", "api", "data", "ser", "pay", "cus", "vir", "1", "2"):
        hits = page.evaluate(
            "async (address) => (await (await fetch(address)).json()).hits", f"{address}/search.json?q={text}"
        )
        found |= dict.fromkeys(hit["id"] for hit in hits)
    return list(found)[: many + 1]


def growth(page: Page, names: Sequence[str], server: int, actions: int) -> None:
    """Change the focus again and again; prints the memory of the page and of the server on the way."""
    wire = page.context.new_cdp_session(page)
    for number in range(actions + 1):
        if number % max(1, actions // 5) == 0:
            wire.send("HeapProfiler.collectGarbage")
            heap: dict[str, Any] = wire.send("Runtime.getHeapUsage")
            nodes = page.evaluate("document.querySelectorAll('*').length")
            page_mb, server_mb = heap["usedSize"] / 1e6, resident(server)
            print(
                f"after {number} actions: page {page_mb:.1f} MB, {nodes} nodes; server {server_mb:.0f} MB", flush=True
            )
        page.evaluate(FOCUS, names[number % len(names)])


def resident(server: int) -> float:
    """The memory of a process in MB."""
    lines = Path(f"/proc/{server}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1e3 for line in lines if line.startswith("VmRSS"))


def say(words: str, times: Sequence[float]) -> None:
    """Print median, p95 and longest of some milliseconds."""
    found = sorted(times)
    at = {"median": len(found) // 2, "p95": int(len(found) * 0.95), "longest": -1}
    print(f"{words}, {len(found)} times:", ", ".join(f"{word} {found[n]:.0f} ms" for word, n in at.items()), flush=True)


if __name__ == "__main__":
    main()
