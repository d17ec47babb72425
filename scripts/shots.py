"""How do the pages look? Pictures of each shipped map's pages, wide and narrow, light and dark, into shots/.

With the word ``docs`` as argument, the pictures of README and docs instead, into docs/images/.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
REAL = Path(os.environ.get("SERVICEMAP_REALWORLD", ROOT.parent / "shared" / "realworld"))
MAPS = [ROOT / "data" / "enterprise", ROOT / "data" / "laundry", REAL / "gitlab-service-catalog"]
PAGES = {
    "map": "/map",
    "focus": "/map?focus={element}",
    "element": "/element/{element}",
    "catalogue": "/catalogue",
    "impact": "/impact?element={element}&kind=maintenance&from=2026-12-05T02:00Z&lasts=2%20h",
    "query": "/query?ask=services-and-owners",
    "query-own": "/query?view=chart&query=SELECT ?k (COUNT(*) AS ?n) {{ ?x a ?c . ?c sm:mapKey ?k }} GROUP BY ?k",
    "sources": "/sources",
}
DOCS = {
    "map-light": ("/map?focus=fernhaven/order-management", "light"),
    "map-dark": ("/map?focus=fernhaven/order-management", "dark"),
    "element-light": ("/element/fernhaven/sql-cluster", "light"),
}
SIZES = [(1440, 900), (1024, 768), (390, 844)]
SCHEMES = ["light", "dark"]
PROGRAM = [sys.executable, str(ROOT / "servicemap.py")]


def main() -> None:
    """Take all pictures, or those of the maps that are named as arguments."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        sys.exit("no browser: install chromium, or name one in CHROMIUM")
    target = ROOT / "shots"
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=options)
        if sys.argv[1:] == ["docs"]:
            with serving(MAPS[0]) as address:
                for name, (path, scheme) in DOCS.items():
                    print(
                        picture(browser, address + path, ROOT / "docs" / "images" / f"{name}.png", (1440, 900), scheme)
                    )
            return
        for folder in [Path(name) for name in sys.argv[1:]] or [each for each in MAPS if each.is_dir()]:
            with serving(folder) as address:
                for file in pictures(browser, address, target / folder.name, busiest(folder)):
                    print(file)
        browser.close()


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of a server of that map, as long as it is needed."""
    server = subprocess.Popen([*PROGRAM, "serve", str(folder), "--port", "0"], stderr=subprocess.PIPE, text=True)
    try:
        for line in server.stderr or ():
            if found := re.search(r"http://[\w.:]+", line):
                yield found[0]
                return
        sys.exit(f"the server of {folder} did not start")
    finally:
        server.terminate()
        server.wait()


def busiest(folder: Path) -> str:
    """The element that most others rest on: its pages are the fullest."""
    listed = subprocess.run(
        [*PROGRAM, "list", str(folder), "--format", "json"], stdout=subprocess.PIPE, text=True, check=True
    )
    rows = json.loads(listed.stdout)["elements"]
    return str(max(rows, key=lambda row: (row.get("used by", 0), row["id"]))["id"])


def pictures(browser: Browser, address: str, stem: Path, element: str) -> Iterator[Path]:
    """One picture of each page, size and scheme."""
    for (name, path), size, scheme in itertools.product(PAGES.items(), SIZES, SCHEMES):
        file = Path(f"{stem}-{name}-{size[0]}-{scheme}.png")
        yield picture(browser, address + path.format(element=quote(element)), file, size, scheme)


def picture(browser: Browser, address: str, file: Path, size: tuple[int, int], scheme: str) -> Path:
    """One picture of one address."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    context.add_init_script("localStorage.setItem('servicemap-toured', 'yes')")  # no hints over the picture
    page = context.new_page()
    page.goto(address, wait_until="networkidle")
    page.wait_for_timeout(1500)  # the map is fitted once its frame has its size
    file.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=file)
    context.close()
    return file


if __name__ == "__main__":
    main()
