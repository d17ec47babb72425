"""How do the pages look? Pictures of every page of each map, wide and narrow, light and dark, into shots/.

All maps and states without an argument; names of maps take those alone, ``--only`` some states, ``--sizes`` and
``--schemes`` some widths and colours. ``--sheets`` puts several pictures beside each other. The word ``docs`` takes the
pictures of README and docs instead, into docs/images/.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as BrowserError

ROOT = Path(__file__).resolve().parents[1]
REAL = Path(os.environ.get("SERVICEMAP_REALWORLD", ROOT.parent / "shared" / "realworld"))
TARGET = ROOT / "shots"
MADE = TARGET / "made"
MAPS = {
    "enterprise": ROOT / "data" / "enterprise",
    "gitlab": REAL / "gitlab-service-catalog",
    "boutique": REAL / "k8s-online-boutique",
    "jaeger": REAL / "jaeger-dependencies" / "packages",
    "made": MADE,
}
ELEMENTS = 100_000
WORDS = ("platform", "service", "ser", "a", "1")
"""What an element of a map is looked for by that is too large to be drawn at once."""
SIZES = {1440: 900, 1024: 768, 390: 844}
SCHEMES = ("light", "dark")
COLUMNS = {1440: 2, 1024: 2, 390: 4}
PROGRAM = [sys.executable, str(ROOT / "servicemap.py")]
WINDOW = "kind=maintenance&from=2026-12-05T02:00Z&lasts=2%20h"
COUNTED = quote("SELECT ?k (COUNT(*) AS ?n) { ?x a ?c . ?c sm:mapKey ?k } GROUP BY ?k")
STILL = """() => {
    const map = document.getElementById('map-page');
    if (document.querySelector('main.message')) return document.readyState === 'complete';
    if (!window.servicemapTools || !document.querySelector('.page:not([hidden])')) return false;
    if (document.querySelector('.first-page')) return false;
    if (document.body.classList.contains('pending') || document.querySelector('.asking')) return false;
    if (/^Drawing/.test((document.getElementById('query-result') || {}).textContent || '')) return false;
    return map.hidden || !document.getElementById('map-empty').hidden || !document.getElementById('map-table').hidden
        || (window.servicemapReady !== undefined && (!window.cy || !window.cy.animated()));
}"""
LINES = quote("CONSTRUCT { ?a sm:dependsOn ?b } WHERE { ?a sm:dependsOn ?b } LIMIT 12")


def pressed(*names: str) -> Callable[[Page], None]:
    """Click what the selectors name, one after the other; what a narrow page does not show is not clicked."""

    def act(page: Page) -> None:
        for name in names:
            if page.locator(name).first.is_visible():
                page.locator(name).first.click()
                page.wait_for_timeout(300)

    return act


def typed(opener: str, field: str, words: str) -> Callable[[Page], None]:
    """Write words into a field that opens first."""

    def act(page: Page) -> None:
        if opener and page.locator(opener).first.is_visible():
            page.locator(opener).first.click()
        if page.locator(field).is_visible():
            page.locator(field).fill(words)
            page.wait_for_timeout(600)

    return act


def menu_of_an_element(page: Page) -> None:
    """The menu that a right click opens on the element in focus."""
    page.evaluate("""() => {
        const node = window.cy.nodes('.element.focus')[0] || window.cy.nodes('.element')[0];
        if (node) node.emit({ type: 'cxttap', renderedPosition: node.renderedPosition() });
    }""")


def largest_group_opened(page: Page) -> None:
    """The group that holds most elements, open in its place."""
    page.evaluate("""() => {
        const many = (node) => Number((node.data('kind').match(/[\\d,]+/) || ['0'])[0].replace(/,/g, ''));
        const group = window.cy.nodes('.gathered').max(many).ele;
        window.servicemapTools.go(group.data('href'));
    }""")
    page.wait_for_timeout(1_500)
    page.wait_for_function(STILL, timeout=60_000)
    page.wait_for_timeout(400)


def first_visit(page: Page) -> None:
    """The first hint of those for newcomers."""
    page.evaluate("window.servicemapTools.actions.tour && window.servicemapTools.actions.tour()")
    page.wait_for_timeout(200)


@dataclass(frozen=True, slots=True)
class State:
    """What is taken: an address and what is done there before the picture."""

    path: str
    act: Callable[[Page], None] | None = None


STATES = {
    "map": State("/map"),
    "map-focus": State("/map?focus={element}"),
    "map-selected": State("/map?focus={element}&select={element}"),
    "map-table": State("/map?as=table"),
    "map-groups": State("/map?by=owner"),
    "map-layers": State("/map?by=layer"),
    "map-group-open": State("/map?by=layer", largest_group_opened),
    "map-ways": State("/map?from={user}&to={element}"),
    "map-several": State("/map?select={user},{element}"),
    "map-found": State("/map?find=" + quote('label ~ "s" and degree > 2')),
    "map-hidden": State("/map?without=" + quote("kind = team or kind = person")),
    "map-nothing": State("/map?find=" + quote("kind = ")),
    "map-missing": State("/map?focus=nobody-knows-this"),
    "open-hops": State("/map?focus={element}", pressed(".toolbar-start .menu:nth-of-type(1) > summary")),
    "open-lanes": State("/map?focus={element}", pressed(".toolbar-start .menu:last-child > summary")),
    "open-find": State("/map?focus={element}", pressed("#find-menu > summary")),
    "open-typed": State("/map", typed("#find-menu > summary", "#find-input", "kind = service and own")),
    "open-views": State("/map?focus={element}", pressed("#views-menu > summary")),
    "open-search": State("/map", typed(".header .only-phone[data-act=search]", "#search-input", "or")),
    "open-context": State("/map?focus={element}", menu_of_an_element),
    "open-tour": State("/map?focus={element}", first_visit),
    "element": State("/element/{element}"),
    "element-user": State("/element/{user}"),
    "catalogue": State("/catalogue"),
    "impact-begin": State("/impact"),
    "impact": State("/impact?element={element}&" + WINDOW),
    "query-begin": State("/query"),
    "query": State("/query?ask=services-and-owners"),
    "query-chart": State(f"/query?view=chart&query={COUNTED}"),
    "query-graph": State(f"/query?view=graph&query={LINES}"),
    "query-raw": State("/query?ask=services-and-owners&view=raw"),
    "sources": State("/sources"),
    "sources-findings": State("/sources?show=findings"),
    "sources-seen": State("/sources?show=evidence"),
    "sources-stubs": State("/sources?show=undefined"),
    "sources-check": State("/sources?show=check"),
}

ORDERS = "/map?focus=fernhaven/order-management"
DOCS = {
    "map-light": (ORDERS, "light", (1280, 800)),
    "map-dark": (f"{ORDERS}&select=fernhaven/order-management", "dark", (1280, 800)),
    "overview-light": ("/map?by=owner", "light", (1280, 800)),
    "impact-light": (f"/impact?element=fernhaven/zone-a&{WINDOW}", "light", (1280, 800)),
    "query-dark": (f"/query?view=graph&query={LINES}", "dark", (1280, 800)),
    "phone-light": (f"{ORDERS}&select=fernhaven/order-management", "light", (390, 844)),
}
"""The best six: name -> address, colours, size."""


def main() -> None:
    """Take the pictures that the arguments ask for."""
    asked = arguments()
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        sys.exit("no browser: install chromium, or name one in CHROMIUM")
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=options)
        if asked.maps == ["docs"]:
            documents(browser)
            return
        for name in asked.maps or [name for name, place in MAPS.items() if place.is_dir() or place == MADE]:
            place = MAPS.get(name, Path(name))
            if place == MADE:
                make()
            with serving(place) as address:
                taken = [*pictures(browser, address, TARGET / place_name(name), asked)]
            if asked.sheets:
                sheets(browser, taken)
        browser.close()


def arguments() -> argparse.Namespace:
    """What to take."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("maps", nargs="*", help=f"docs, folders, or of {', '.join(MAPS)}")
    parser.add_argument("--only", default="", help="states whose name begins so, parted by commas")
    parser.add_argument("--sizes", default="", help="widths, parted by commas")
    parser.add_argument("--schemes", default="", help="light, dark")
    parser.add_argument("--sheets", action="store_true", help="several pictures beside each other, too")
    return parser.parse_args()


def place_name(name: str) -> str:
    """The folder of a map's pictures."""
    return Path(name).name


def documents(browser: Browser) -> None:
    """The pictures of README and docs."""
    with serving(MAPS["enterprise"]) as address:
        for name, (path, scheme, size) in DOCS.items():
            page = opened(browser, size, scheme)
            visit(page, address + path)
            file = ROOT / "docs" / "images" / f"{name}.png"
            page.screenshot(path=file)
            page.context.close()
            print(file)


def make() -> None:
    """The map of 100,000 elements, made once."""
    if not (MADE / "map.nt").is_file():
        command = [sys.executable, "-m", "bench.generator", str(ELEMENTS), "--out", str(MADE)]
        subprocess.run(command, cwd=ROOT, check=True)


@contextmanager
def serving(place: Path) -> Iterator[str]:
    """The address of a server of that map, as long as it is needed; a server of one's own may be named instead."""
    if found := os.environ.get("SERVICEMAP_AT"):
        yield found
        return
    server = subprocess.Popen([*PROGRAM, "serve", str(place), "--port", "0"], stderr=subprocess.PIPE, text=True)
    try:
        for line in server.stderr or ():
            if said := re.search(r"http://[\w.:]+", line):
                yield said[0]
                return
        sys.exit(f"the server of {place} did not start")
    finally:
        server.terminate()
        server.wait()


def busiest(address: str) -> tuple[str, str]:
    """The element that most others rest on, whose pages are the fullest, and one that uses it."""
    drawn = told(f"{address}/map.json")["dependencies"]
    used = Counter(line["provider"] for line in drawn)
    hits = [] if used else [hit for word in WORDS for hit in told(f"{address}/search.json?q={word}")["hits"]]
    found = used.most_common(1)[0][0] if used else max(hits, key=lambda hit: hit["users"])["id"]
    users = told(f"{address}/element/{quote(found)}.json")["used_by"]
    return found, users[0]["id"]


def told(address: str) -> dict[str, Any]:
    """What the server answers as JSON."""
    with urlopen(address) as answer:  # noqa: S310 our own server
        said: dict[str, Any] = json.load(answer)
        return said


def pictures(browser: Browser, address: str, folder: Path, asked: argparse.Namespace) -> Iterator[Path]:
    """The pictures of one map: each state in each size and scheme."""
    element, user = busiest(address)
    wanted = tuple(filter(None, asked.only.split(",")))
    folder.mkdir(parents=True, exist_ok=True)
    for width in chosen(asked.sizes, SIZES):
        page = opened(browser, (int(width), SIZES[int(width)]), "light")
        for name, state in STATES.items():
            if wanted and not name.startswith(wanted):
                continue
            visit(page, address + state.path.format(element=quote(element), user=quote(user)))
            if state.act:
                state.act(page)
            for scheme in chosen(asked.schemes, SCHEMES):
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
                page.wait_for_timeout(250)
                with suppress(BrowserError):  # a graph is drawn again in the other colours
                    page.wait_for_function(STILL, timeout=10_000)
                file = folder / f"{name}-{width}-{scheme}.png"
                page.screenshot(path=file)
                print(file, flush=True)
                yield file
            page.emulate_media(color_scheme="light")
        page.context.close()


def chosen(asked: str, known: Iterable[Any]) -> list[str]:
    """Those that were asked for, or all."""
    return [each for each in map(str, known) if not asked or each in asked.split(",")]


def opened(browser: Browser, size: tuple[int, int], scheme: str) -> Page:
    """A page of that size, without the hints of a first visit over it."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, reduced_motion="reduce"
    )  # type: ignore[arg-type]
    context.add_init_script("localStorage.setItem('servicemap-toured', 'yes')")
    return context.new_page()


def visit(page: Page, address: str) -> None:
    """Go there and wait until the page stands still."""
    page.goto(address)
    with suppress(BrowserError):
        page.wait_for_function(STILL, timeout=60_000)
    page.wait_for_timeout(300)


def sheets(browser: Browser, taken: Sequence[Path]) -> None:
    """Several pictures beside each other: those of one width and scheme."""
    groups: dict[tuple[str, ...], list[Path]] = {}
    for file in taken:
        groups.setdefault(tuple(file.stem.rsplit("-", 2)[1:]), []).append(file)
    for (width, scheme), files in groups.items():
        across, wide = COLUMNS[int(width)], {1440: 720, 1024: 720, 390: 360}[int(width)]
        for number, start in enumerate(range(0, len(files), across)):
            page = browser.new_page(viewport={"width": across * wide, "height": 900})
            inside = "".join(f'<img src="{file.name}" width="{wide}">' for file in files[start : start + across])
            sheet = files[0].parent / f"sheet-{width}-{scheme}-{number:02}.html"
            sheet.write_text(f'<body style="margin:0;display:flex;flex-wrap:wrap">{inside}</body>')
            page.goto(sheet.as_uri())
            page.screenshot(path=sheet.with_suffix(".png"), full_page=True)
            page.close()
            sheet.unlink()


if __name__ == "__main__":
    main()
