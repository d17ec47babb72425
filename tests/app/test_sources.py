"""Does the sources page tell what is loaded and what is wrong with it, and judge a file without keeping it?"""

from __future__ import annotations

import csv
import io
import time
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.atlas import Atlas
from app.doors import Doors
from app.live import Live
from app.sources.checks import Checks
from app.sources.ledger import TABS, Ledger, link, table
from app.sources.tables import bar, footer, shown
from app.sparql.endpoint import Endpoint
from app.web import create_app
from graph.maps import load_into, open_map

ENTERPRISE = Path(__file__).parents[2] / "data" / "enterprise"
GOOD = b"elements:\n  - {id: a, kind: application, name: A, owner: t}\n  - {id: t, kind: team, name: T}\n"


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return Atlas(open_map([ENTERPRISE]))


@pytest.fixture(scope="module")
def client(atlas: Atlas) -> FlaskClient:
    return create_app(atlas.map).server.test_client()


@pytest.mark.parametrize("show", [show for show in TABS if show != "check"])
def test_each_table_its_json_and_its_csv_hold_the_same_rows(atlas: Atlas, client: FlaskClient, show: str) -> None:
    rows = table(atlas, Ledger(show)).rows
    assert rows
    text = client.get(link(Ledger(show), ending=".csv")).get_data(as_text=True)
    assert len(list(csv.reader(io.StringIO(text)))) == len(rows) + 1
    assert "table" in str(shown(atlas, Ledger(show))).lower()
    assert footer(atlas, Ledger(show))
    whole = client.get("/sources.json").get_json()
    named = client.get(link(Ledger(show, words="e"), ending=".json")).get_json()
    assert whole["revision"] == atlas.projection.revision
    assert named["title"]


def test_a_source_says_its_importer_digest_age_and_what_was_found_in_it(atlas: Atlas, client: FlaskClient) -> None:
    rows = {row["source"]: row for row in client.get("/sources.json").get_json()["sources"]}
    agreements = rows["enterprise/agreements.yaml"]
    assert agreements["importer"] == "map"
    assert len(agreements["digest"]) >= 12
    assert agreements["loaded at"]
    assert agreements["elements"] > 40
    said = str(shown(atlas, Ledger())) + str(footer(atlas, Ledger()))
    assert "All in the folder enterprise" in said, "the folder that all lie in is said once"
    assert "['agreements.yaml']" in said
    assert agreements["warnings"] == sum(
        f.severity.value == "warning" and f.where is not None and f.where.path == agreements["path"]
        for f in atlas.findings
    )


def test_what_nobody_defines_is_told_with_who_points_at_it(client: FlaskClient) -> None:
    (row,) = client.get("/sources.json?show=undefined").get_json()["not defined"]
    assert (row["id"], row["by"]) == ("fernhaven/geo-cache", ["fernhaven/route-planner"])


@pytest.mark.parametrize(
    ("show", "said"), [("undefined", ["First: ", "Define "]), ("evidence", ["Declared in: ", "Seen in: ", "Calls: "])]
)
def test_what_has_no_column_on_a_phone_stands_beneath_a_cell(atlas: Atlas, show: str, said: list[str]) -> None:
    rows = shown(atlas, Ledger(show)).children[2].children
    folded = [str(cell) for row in rows for cell in row.children if "only-phone" in str(cell)]
    assert len(folded) == len(rows)
    assert all(any(word in each for each in folded) for word in said)
    assert not any("–" in each for each in folded), "what a row does not have is not named"
    assert "least" not in str(rows)


def test_words_narrow_a_table_and_an_address_says_them(atlas: Atlas) -> None:
    some = table(atlas, Ledger("evidence", words="geo-cache"))
    assert len(some.rows) == 1
    assert "Nothing fits" in str(shown(atlas, Ledger("findings", words="zzzz")))
    assert "current" in str(bar(atlas, Ledger("check")))


def test_a_stale_source_of_a_store_says_so(tmp_path: Path) -> None:
    file, store = tmp_path / "a.yaml", tmp_path / "a.store"
    file.write_bytes(GOOD)
    load_into(store, [file])
    file.write_text("elements: [")
    load_into(store, [file])
    stale = Atlas(open_map(store=store))
    assert "Out of date" in str(shown(stale, Ledger()))


# ── the check of a file ────────────────────────────────────────────────────────────────────────


def send(client: FlaskClient, name: str, content: bytes, **headers: str) -> Any:
    return client.post("/sources/checks", data={"file": (io.BytesIO(content), name)}, headers=headers)


def judged(client: FlaskClient, key: str) -> dict[str, Any]:
    for _ in range(600):
        told: dict[str, Any] = client.get(f"/sources/checks/{key}").get_json()
        if told["state"] != "reading":
            return told
        time.sleep(0.05)
    raise AssertionError("the check does not end")


def test_a_file_is_judged_as_a_load_would_and_the_map_stays(client: FlaskClient, atlas: Atlas) -> None:
    good = send(client, "<b>my</b> map.yaml", GOOD)
    bad = send(client, "bad.yaml", b"elements:\n  - {id: a, kind: sevice}\n")
    assert (good.status_code, bad.status_code) == (202, 202)
    told = judged(client, good.get_json()["key"])
    assert (told["state"], told["loads"], told["file"]) == ("done", True, "<b>my</b> map.yaml")
    assert "2 elements" in told["title"]
    assert "servicemap-check" not in str(told)
    refused = judged(client, bad.get_json()["key"])
    assert (refused["state"], refused["loads"]) == ("refused", False)
    assert "bad.yaml:2" in refused["findings"][0]["finding"]
    assert "did you mean" in refused["findings"][0]["finding"]
    assert client.get("/revision.json").get_json()["revision"] == atlas.projection.revision


@pytest.mark.parametrize(("name", "status"), [("a.exe", 415), ("", 415), ("..", 415)])
def test_what_is_no_map_file_is_not_taken(client: FlaskClient, name: str, status: int) -> None:
    answer = send(client, name, GOOD, Accept="application/json")
    assert answer.status_code == status
    assert answer.get_json()["error"]["status"] == status


def test_a_file_that_is_too_large_is_not_taken(client: FlaskClient) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.yaml"\r\n\r\n'
    body = head + b"#" * 20_200_000 + b"\r\n--x--\r\n"
    kind = {"Accept": "application/json", "Content-Type": "multipart/form-data; boundary=x"}
    assert client.post("/sources/checks", data=body, headers=kind).status_code == 413


def test_other_pages_may_not_send_files(client: FlaskClient) -> None:
    assert send(client, "a.yaml", GOOD, Origin="http://evil.example", Accept="application/json").status_code == 403


def test_a_page_behind_a_proxy_that_speaks_tls_may_send_files(client: FlaskClient) -> None:
    told = send(client, "a.yaml", GOOD, Origin="https://localhost", Accept="application/json")
    assert told.status_code == 202
    judged(client, told.get_json()["key"])


def test_a_check_can_be_stopped_and_only_two_are_read_at_a_time() -> None:
    checks = Checks()
    keys = [checks.begin("a.yaml", GOOD) for _ in range(3)]
    assert keys[0]
    assert keys[1]
    assert keys[2] is None
    for key in keys[:2]:
        checks.stop(str(key))
        check = checks.get(str(key))
        assert check is not None
        assert check.told()["state"] == "stopped"


def test_a_check_that_cannot_be_made_here_says_so_and_ends(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    checks = Checks()
    check = checks.get(str(checks.begin("a.yaml", GOOD)))
    assert check is not None
    for _ in range(600):
        if check.state != "reading":
            break
        time.sleep(0.01)
    assert check.state == "refused"
    assert (
        check.told()["findings"][0]["finding"]
        == "the check could not be made here: No such file or directory; try again"
    )


def test_an_unknown_check_is_a_404_of_the_one_shape(client: FlaskClient) -> None:
    answer = client.get("/sources/checks/none", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert answer.get_json()["error"]["help"]


# ── the load of a file ─────────────────────────────────────────────────────────────────────────


@pytest.fixture
def kept(tmp_path: Path) -> tuple[Path, FlaskClient]:
    """A store of one's own that takes writes, and who asks it on the same machine."""
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "map.yaml").write_text("elements:\n  - {id: shop, kind: service}\n")
    store = tmp_path / "store"
    load_into(store, [tmp_path / "base"])
    live = Live(open_map(store=store), lambda: open_map(store=store))
    doors = Doors(own=True, writable=True)
    endpoint = Endpoint(lambda: live.atlas.map.store, doors)
    return store, create_app(live, endpoint).server.test_client()


def load(client: FlaskClient, key: str, **headers: str) -> Any:
    return client.post(f"/sources/checks/{key}/load", headers={"Origin": "http://localhost", **headers})


def elements(client: FlaskClient) -> set[str]:
    return {each["id"] for each in client.get("/map.json?show=all").get_json()["elements"]}


def test_a_judged_file_is_loaded_into_the_store_and_replaced_by_its_next_version(
    kept: tuple[Path, FlaskClient],
) -> None:
    store, client = kept
    key = send(client, "more.yaml", GOOD).get_json()["key"]
    assert judged(client, key)["why_not"] == ""
    answer = load(client, key).get_json()
    assert answer["state"] == "loaded"
    assert str(store) not in str(answer)
    assert len(elements(client)) == 3
    assert [source.id for source in open_map(store=store).store.sources if source.importer] == [
        "base/map.yaml",
        "more/more.yaml",
    ]
    again = send(client, "more.yaml", b"elements:\n  - {id: only, kind: server}\n").get_json()["key"]
    judged(client, again)
    assert load(client, again).get_json()["state"] == "loaded"
    assert elements(client) == {"base/shop", "more/only"}
    assert load(client, again).status_code == 409


def test_a_file_that_points_into_the_map_is_loaded_and_one_that_points_nowhere_changes_nothing(
    kept: tuple[Path, FlaskClient],
) -> None:
    store, client = kept
    before = open_map(store=store).store.revision
    for target, state in (("base/nobody", "failed"), ("base/shop", "loaded")):
        text = f"elements:\n  - {{id: till, kind: service, depends_on: [{target}]}}\n"
        key = send(client, "till.yaml", text.encode()).get_json()["key"]
        assert judged(client, key)["open"] is True
        answer = load(client, key).get_json()
        assert answer["state"] == state
        assert (open_map(store=store).store.revision == before) == (state == "failed")
    assert elements(client) == {"base/shop", "till/till"}


def test_nobody_loads_from_another_page_without_a_store_or_where_nothing_is_written(
    kept: tuple[Path, FlaskClient], client: FlaskClient
) -> None:
    _, own = kept
    key = send(own, "more.yaml", GOOD).get_json()["key"]
    judged(own, key)
    assert load(own, key, Origin="http://evil.example").status_code == 403
    assert own.post(f"/sources/checks/{key}/load").status_code == 403
    other = send(client, "more.yaml", GOOD).get_json()["key"]
    assert "read from files" in judged(client, other)["why_not"]
    assert load(client, other).status_code == 403
    assert len(elements(own)) == 1


def test_a_load_that_is_stopped_leaves_the_store_as_it_was(
    kept: tuple[Path, FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, client = kept
    before = open_map(store=store).store.revision
    key = send(client, "more.yaml", GOOD).get_json()["key"]
    judged(client, key)
    slow = "import time; time.sleep(60)"
    monkeypatch.setattr("app.sources.checks._CHILD", slow)
    answers: list[Any] = []
    waiting = Thread(target=lambda: answers.append(load(client, key)))
    waiting.start()
    for _ in range(200):
        if client.get(f"/sources/checks/{key}").get_json()["state"] == "loading":
            break
        time.sleep(0.02)
    assert client.delete(f"/sources/checks/{key}").get_json()["state"] == "stopped"
    waiting.join(20)
    assert answers[0].get_json()["state"] == "stopped"
    assert open_map(store=store).store.revision == before
