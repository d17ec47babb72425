"""What may every test ask for? The repository, the real catalogues, a server on a free port and a page in Chromium.

A test of a page asks for ``serve`` and ``page``, or ``going`` where it begins with a link, or ``phone``; it fails when the
page writes an error to the console or asks for anything from another machine. Where no browser can be started it is
skipped, with the reason.
"""

from __future__ import annotations

import gc
import os
import secrets
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.examples import PROFILE

ROOT = Path(__file__).resolve().parents[1]
LONG = ("house", "browser", "peers", "hostile", "store")  # the folders of tests that take long
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
LONGEST_START = 90  # seconds that a server may take on a machine with much other work
# What a browser does beside its pages: the two popups alone cost a second of a processor in each test. The last list that
# Chromium is given counts, so the features that Playwright turns off are in it.
FEATURES = (
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "AimEnabled",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)
CHROMIUM_OPTIONS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    f"--disable-features={','.join(FEATURES)}",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--no-first-run",
    "--process-per-site",  # pages of one context share their process, and what it has compiled
)

settings.load_profile(PROFILE)
gc.set_threshold(20_000, 20, 20)  # else a tenth of the time goes into looking for circles that nobody has made


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives a browser, so that ``-m 'not browser'`` leaves all of it out.

    What takes long comes first: else, near the end, one process has it to itself and the others wait.

    What is tried with hundreds of examples is not counted in the coverage: counting doubles its time, and the plain
    tests beside it go the same ways.
    """
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker("no_cover")
    items.sort(key=lambda item: item.path.parent.name not in LONG)


def pytest_collection_finish() -> None:
    """What has been collected stays to the end: nobody need look through it again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def realworld() -> Path:
    """The folder of real production catalogues; they are not ours to ship, so they lie beside the checkout."""
    folder = Path(os.environ.get("SERVICEMAP_REALWORLD", ROOT.parent / "shared" / "realworld"))
    if not folder.is_dir():
        pytest.skip("the real catalogues are not here: name their folder in SERVICEMAP_REALWORLD")
    return folder


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[[Any], str]]:
    """Serve a WSGI application on a free port of this machine; gives its address, without a slash at the end."""
    from werkzeug.serving import make_server

    running = []

    def start(application: Any) -> str:
        server = make_server("127.0.0.1", 0, application, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        running.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server, thread in running:
        server.shutdown()
        thread.join()
        server.server_close()


class PortTaken(Exception):  # noqa: N818 another port is tried
    """Between the choice of a port and the start of a server, somebody else has taken it."""


class OxigraphServers:
    """Real ``oxigraph serve`` on free ports of this machine; each has an address, without a slash at the end."""

    def __init__(self, program: str, factory: pytest.TempPathFactory) -> None:
        self._program, self._factory = program, factory
        self._words: dict[str, list[str]] = {}
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __call__(self, *options: str) -> str:
        """Start one; gives its address. Where somebody else has taken its port meanwhile, it gets another."""
        folder = self._factory.mktemp("oxigraph")
        while True:
            place = f"127.0.0.1:{free_port()}"
            data = str(folder / "data")
            self._words[f"http://{place}"] = [self._program, "serve", "--location", data, "--bind", place, *options]
            try:
                return self.again(f"http://{place}")
            except PortTaken:
                del self._words[f"http://{place}"]

    def again(self, address: str) -> str:
        """Start the one that had this address once more, with what it held. PortTaken when another has it now."""
        log = Path(self._words[address][3]).with_name("log")
        with log.open("w") as out:
            process = subprocess.Popen(self._words[address], stdout=out, stderr=out)
        until = time.monotonic() + LONGEST_START
        while process.poll() is None and time.monotonic() < until:
            with suppress(OSError), urllib.request.urlopen(address, timeout=5):
                if process.poll() is None:  # else somebody else answers there
                    self._running[address] = process
                    return address
            time.sleep(0.05)
        process.kill()
        process.wait(10)
        if "in use" in (said := log.read_text()):
            raise PortTaken(said)
        raise AssertionError(f"oxigraph serve did not start at {address}: {said}")

    def stop(self, address: str) -> None:
        """Kill the one that has this address."""
        server = self._running.pop(address)
        server.kill()
        server.wait(10)

    def stop_all(self) -> None:
        """Kill those that run."""
        for address in list(self._running):
            self.stop(address)


@pytest.fixture(scope="session")
def oxigraph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OxigraphServers]:
    """Start a real ``oxigraph serve`` on a free port of this machine; gives its address, without a slash at the end."""
    beside = Path(sys.executable).with_name("oxigraph")
    program = str(beside) if beside.exists() else shutil.which("oxigraph")
    if program is None:
        pytest.skip("no oxigraph server here: pip install oxigraph")
    servers = OxigraphServers(program, tmp_path_factory)
    yield servers
    servers.stop_all()


_VIRTUOSO = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{admin}
DirsAllowed = .
NumberOfBuffers = 10000
MaxDirtyBuffers = 7000
[HTTPServer]
ServerPort = 127.0.0.1:{web}
ServerThreads = 5
[SPARQL]
ResultSetMaxRows = {rows}
"""


@pytest.fixture(scope="session")
def virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Virtuoso on free ports of this machine that anybody may change, and that cuts answers at 5,000 rows."""
    program, shell = shutil.which("virtuoso-t"), shutil.which("isql-vt")
    if program is None or shell is None:
        pytest.skip("no Virtuoso here: apt-get install virtuoso-opensource-7-bin")
    for _ in range(3):  # somebody else may take a port between the choice and the start
        folder = tmp_path_factory.mktemp("virtuoso")
        admin, web = free_port(), free_port()
        (folder / "virtuoso.ini").write_text(_VIRTUOSO.format(admin=admin, web=web, rows=5000))
        with (folder / "out").open("w") as out:
            server = subprocess.Popen([program, "-f", "-c", "virtuoso.ini"], cwd=folder, stdout=out, stderr=out)
        if _takes_updates(server, [shell, f"127.0.0.1:{admin}", "dba", "dba", 'exec=GRANT SPARQL_UPDATE TO "SPARQL";']):
            break
        server.kill()
        server.wait(10)
    else:
        raise AssertionError((folder / "virtuoso.log").read_text())
    yield f"http://127.0.0.1:{web}/sparql"
    server.kill()
    server.wait(10)


def _takes_updates(server: subprocess.Popen[bytes], words: list[str]) -> bool:
    """Whether a Virtuoso comes up and lets everybody change it."""
    until = time.monotonic() + LONGEST_START
    while server.poll() is None and time.monotonic() < until:
        if subprocess.run(words, capture_output=True, check=False).returncode == 0:
            return server.poll() is None
        time.sleep(0.2)
    return False


def free_port() -> int:
    """A port of this machine that nobody uses; none of those that Linux gives whoever names none."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as free, suppress(OSError):
            free.bind(("127.0.0.1", port))
            return port


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A Chromium as Playwright drives it: the one that is installed, or the one that CHROMIUM names."""
    playwright = pytest.importorskip("playwright.sync_api", reason="no browser: playwright is not installed")
    named = os.environ.get("CHROMIUM", "")
    program = shutil.which(named) if named else next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if program is None:
        pytest.skip("no browser: install chromium, or name one in CHROMIUM")
    options = [*CHROMIUM_OPTIONS, *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else [])]
    with playwright.sync_playwright() as driver:
        try:
            browser = driver.chromium.launch(executable_path=program, args=options)
        except playwright.Error as error:
            pytest.skip(f"no browser: {program} does not start: {str(error).splitlines()[0]}")
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def visits(chromium: Any) -> Iterator[Any]:
    """Where the pages of the tests are opened: a page that stays keeps their process, with what it has compiled."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    stays = context.new_page()
    stays.route("**", lambda asked: asked.fulfill(body=""))
    stays.goto("http://127.0.0.1:9/")
    yield context
    context.close()


@pytest.fixture
def page(visits: Any) -> Iterator[Any]:
    """A fresh page, 1440 by 900; at the end nothing may have gone wrong in it or been asked of another machine.

    Whatever a test before it has left in the browser is gone, but for files that the browser may keep.
    """
    there = visits.pages
    page, wrong, seen = opened(visits)
    yield page
    for each in visits.pages:
        if each not in there:
            each.close()
    forget(visits, seen)
    assert not wrong, "\n".join(wrong)


@pytest.fixture
def phone(page: Any) -> Any:
    """A fresh page, 390 by 844, that is touched."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.context.new_cdp_session(page).send(
        "Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 1}
    )
    return page


@pytest.fixture(scope="module")
def went(visits: Any) -> Iterator[tuple[Any, list[str], set[str]]]:
    """A page in which the tests of a module go on one after the other (see ``opened``)."""
    page, wrong, seen = opened(visits)
    yield page, wrong, seen
    page.close()


@pytest.fixture
def going(visits: Any, went: tuple[Any, list[str], set[str]]) -> Iterator[Any]:
    """The page of the tests before, for what begins with a link: it need not be loaded again. See ``tests/browser/going.py``."""
    page, wrong, seen = went
    yield page
    forget(visits, seen)
    told = "\n".join(wrong)
    wrong.clear()
    assert not told, told


def opened(visits: Any) -> tuple[Any, list[str], set[str]]:
    """A new page, what goes wrong in it, and the servers that it asks."""
    page = visits.new_page()
    wrong: list[str] = []
    seen: set[str] = set()

    def only_here(request: Any) -> None:
        if request.url.startswith("http://127.0.0.1:"):
            seen.add("/".join(request.url.split("/", 3)[:3]))
        elif request.url.startswith(("http:", "https:", "ws:", "wss:")):
            wrong.append(f"asked another machine: {request.url}")

    page.on(
        "request", only_here
    )  # the browser finds no other machine; to route what it asks would keep it from caching
    page.on("websocket", only_here)
    page.on("pageerror", lambda error: wrong.append(f"error in the page: {error}"))
    page.on("console", lambda said: wrong.append(f"console: {said.text}") if said.type == "error" else None)
    return page, wrong, seen


def forget(visits: Any, seen: set[str]) -> None:
    """What pages of some servers have left in the browser is gone."""
    wire = visits.new_cdp_session(visits.pages[0])
    for origin in seen:
        wire.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
    wire.detach()
    visits.clear_cookies()
    visits.clear_permissions()
