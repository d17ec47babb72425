"""Does the server answer as it says? Pages, JSON, errors, headers, hostile names."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.web import create_app
from graph.maps import Map, open_map

HOSTILE = [
    "<script>alert(1)</script>",
    "javascript:alert(1)",
    "\u202egnp.exe\u202c",
    "zero\u200bwidth",
    '"><img src=x onerror=alert(1)>',
    "=HYPERLINK(1)",
    "x" * 10_000,
    "{{7*7}} ${7*7}",
]


@pytest.fixture(scope="module")
def client(norrvik: Map) -> FlaskClient:
    return create_app(norrvik).server.test_client()


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/map",
        "/map?focus=norrvik/sql&hops=2&direction=up&hide=teams",
        "/element/norrvik/sql",
        "/healthz",
        "/search.json?q=sql",
    ],
)
def test_what_exists_answers_200(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    "address",
    ["/nothing", "/map/", "/map/x", "/element", "/element/", "/element/norrvik/nobody", "/element/sql", "/map?focus=nobody",
     "/?select=norrvik/nobody", "/assets/none.js", "/api/none.json", "/map.xls", "/_dash-component-suites/none/x.js"],
)  # fmt: skip
def test_what_does_not_exist_answers_404_with_help(client: FlaskClient, address: str) -> None:
    answer = client.get(address, headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "Show the map" in answer.text or "error" in answer.text
    asks = answer.mimetype == "text/html" and "search for" in answer.text.lower()
    assert asks == ('name="find"' in answer.text)


@pytest.mark.parametrize("address", ["/none.json", "/element/norrvik/nobody.json", "/map.json?focus=nobody"])
def test_programs_get_errors_in_one_shape(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 404
    assert list(answer.get_json()["error"]) == ["status", "title", "detail", "help"]
    assert answer.get_json()["error"]["status"] == 404


def test_a_wrong_method_is_an_error_in_the_same_shape(client: FlaskClient) -> None:
    answer = client.post("/search.json")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert answer.get_json()["error"]["status"] == 405


def test_an_unknown_element_is_answered_with_those_of_similar_name(client: FlaskClient) -> None:
    answer = client.get("/element/norrvik/kubernets")
    assert answer.status_code == 404
    assert "/element/norrvik/kubernetes" in answer.text
    answer = client.get("/map?focus=norrvik/kubernets")
    assert "/map?focus=norrvik/kubernetes" in answer.text, "a focus that is not there leads to those that are"


def test_the_policy_allows_neither_inline_scripts_nor_eval_nor_others(client: FlaskClient) -> None:
    answer = client.get("/")
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    assert re.fullmatch(r"'self' 'sha256-[^']+'", policy["script-src"])
    assert policy["default-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == "'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_no_page_names_another_machine(client: FlaskClient) -> None:
    found = set(re.findall(r"(?:src|href)=\"(https?:)?//[^\"]+", client.get("/").text))
    assert found == set()


def scripts(client: FlaskClient) -> list[str]:
    return re.findall(r'<(?:script|link)[^>]*?(?:src|href)="(/[^"]+)"', client.get("/").text)


def test_everything_the_first_page_names_is_there_and_lasts(client: FlaskClient) -> None:
    for address in scripts(client):
        answer = client.get(address, buffered=True)
        assert answer.status_code == 200, address
        assert "immutable" in answer.headers["Cache-Control"], address


def test_a_first_visit_stays_small(client: FlaskClient) -> None:
    addresses = ["/", "/_dash-layout", "/_dash-dependencies", *scripts(client)]
    packed = {"Accept-Encoding": "gzip"}
    sizes = {a: int(client.get(a, headers=packed, buffered=True).headers["Content-Length"]) for a in addresses}
    assert sum(sizes.values()) < 1_000_000, sizes


def test_what_is_compressed_says_the_same(client: FlaskClient) -> None:
    plain = client.get("/map.json").data
    packed = client.get("/map.json", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain


def test_pages_are_asked_again_each_time(client: FlaskClient) -> None:
    assert client.get("/map").headers["Cache-Control"] == "no-cache"


def test_the_map_as_json_says_what_is_shown(client: FlaskClient) -> None:
    answer = client.get("/map.json?focus=norrvik/sql&direction=up&hops=1").get_json()
    assert {each["label"] for each in answer["elements"]} >= {"SQL cluster", "Order hub", "Stock ledger"}
    assert answer["focus"] == "norrvik/sql"
    assert answer["counts"]["elements"] == 47
    assert all(
        each["provider"] == "norrvik/sql" or each["dependent"] != "norrvik/sql" for each in answer["dependencies"]
    )


def test_an_element_as_json_says_what_breaks_and_where_it_is_said(client: FlaskClient) -> None:
    answer = client.get("/element/norrvik/sql.json").get_json()
    assert [each["label"] for each in answer["depends_on"]] == ["SQL replica 1", "SQL replica 2"]
    assert {each["group"] for each in answer["depends_on"]} == {"1 of 2"}
    assert answer["if_it_fails"]["down"] == len(answer["if_it_fails"]["affected"]) > 0
    assert answer["facts"][0]["source"].endswith("norrvik.yaml")
    assert answer["facts"][0]["line"] > 0
    assert "Who has a part in a change?" in {each["question"] for each in answer["more"]}
    assert "- id: sql\n" in answer["written"]
    assert answer["cut"] == []


def test_the_json_of_an_element_tells_long_lists_in_pieces(client: FlaskClient) -> None:
    whole = client.get("/element/norrvik/sql.json").get_json()
    affected = whole["if_it_fails"]["affected"]
    said = [client.get(f"/element/norrvik/sql.json?limit=1&offset={n}").get_json() for n in range(len(affected) + 1)]
    assert [each for one in said for each in one["if_it_fails"]["affected"]] == affected
    assert [each for one in said for each in one["used_by"]] == whole["used_by"]
    assert said[1]["cut"] == [
        "depends_on: 2 to 2 of 2",
        f"used_by: 2 to 2 of {len(whole['used_by'])}",
        *([f"named_by: 2 to 2 of {len(whole['named_by'])}"] if len(whole["named_by"]) > 1 else []),
        f"affected: 2 to 2 of {len(affected)}",
    ]
    assert said[0]["if_it_fails"]["down"] == whole["if_it_fails"]["down"]


def test_search_ranks_and_forgives(client: FlaskClient) -> None:
    hits = client.get("/search.json?q=order").get_json()["hits"]
    assert hits[0]["label"].startswith("Order")
    assert client.get("/search.json?q=kubernets").get_json()["hits"][0]["label"] == "Kubernetes"
    assert client.get("/search.json?q=").get_json()["hits"] == []


def ask(client: FlaskClient, outputs: str, inputs: list[Any]) -> Any:
    """Call a callback as the browser does."""
    wanted = outputs.strip(".").split("...")
    body = {
        "output": outputs,
        "outputs": [dict(zip(("id", "property"), part.rsplit(".", 1), strict=True)) for part in wanted],
        "inputs": inputs,
        "changedPropIds": [f"{each['id']}.{each['property']}" for each in inputs],
    }
    answer = client.post("/_dash-update-component", json=body)
    assert answer.status_code == 200, answer.text
    return answer.get_json()["response"]


@pytest.fixture(scope="module")
def outputs(client: FlaskClient) -> dict[str, str]:
    """Input of each server callback -> its outputs."""
    found = client.get("/_dash-dependencies").get_json()
    return {each["inputs"][0]["id"]: each["output"] for each in found if not each["clientside_function"]}


def show(client: FlaskClient, outputs: dict[str, str], query: str, *, key: str = "", narrow: bool = False) -> Any:
    address = {"path": "/map", "query": query, "narrow": narrow, "known": key}
    return ask(client, outputs["map-address"], [{"id": "map-address", "property": "data", "value": address}])


def test_a_picture_that_is_on_the_screen_is_not_sent_again(client: FlaskClient, outputs: dict[str, str]) -> None:
    first = show(client, outputs, "focus=norrvik/sql")
    picture = first["map-picture"]["data"]
    again = show(client, outputs, "focus=norrvik/sql&select=norrvik/sql", key=picture["key"])
    assert {each["data"]["id"] for each in picture["drawn"]["elements"]} > {"norrvik/sql"}
    assert again["map-picture"]["data"]["drawn"] is None
    assert again["map-picture"]["data"]["key"] == picture["key"]
    assert "map-pane" in again


@pytest.mark.parametrize("query", ["", "focus=norrvik/sql&select=norrvik/sql", "by=owner", "hide=teams&find=sql"])
def test_a_picture_that_is_drawn_ahead_is_that_of_the_page(
    client: FlaskClient, outputs: dict[str, str], query: str
) -> None:
    for narrow in (False, True):
        alone = client.get(f"/map/picture.json?{query}{'&narrow' if narrow else ''}").get_json()
        assert alone == show(client, outputs, query, narrow=narrow)["map-picture"]["data"]
    assert client.get("/map/picture.json?focus=nobody").status_code == 404


def test_an_element_that_is_not_there_is_said_on_the_map(client: FlaskClient, outputs: dict[str, str]) -> None:
    answer = show(client, outputs, "focus=nobody")
    assert "No element" in json.dumps(answer["map-empty"], ensure_ascii=False)


def test_a_phone_gets_a_place_to_start_where_the_map_is_too_much(client: FlaskClient, outputs: dict[str, str]) -> None:
    answer = show(client, outputs, "", narrow=True)
    assert "elements in" in json.dumps(answer["map-status"])
    assert "Most used" in json.dumps(answer["map-pane"])


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    folder = tmp_path_factory.mktemp("hostile")
    elements = [
        {
            "id": f"e{n}",
            "kind": "application",
            "name": name,
            "description": name,
            "depends_on": [f"e{(n + 1) % len(HOSTILE)}"],
        }
        for n, name in enumerate(HOSTILE)
    ]
    (folder / "hostile.yaml").write_text(
        json.dumps({"namespace": "hostile", "title": HOSTILE[0], "elements": elements})
    )
    return create_app(open_map([folder])).server.test_client()


def test_hostile_names_are_text_in_every_page(hostile: FlaskClient) -> None:
    for address in ("/", "/element/hostile/e0", "/element/hostile/nobody%3Cscript%3Ealert(1)%3C/script%3E"):
        assert "<script>alert" not in hostile.get(address).text
    found = hostile.get("/map.json").get_json()
    assert {each["label"] for each in found["elements"]} == set(HOSTILE)


def test_a_callback_answers_for_hostile_names(hostile: FlaskClient) -> None:
    found = hostile.get("/_dash-dependencies").get_json()
    names = {each["inputs"][0]["id"]: each["output"] for each in found if not each["clientside_function"]}
    answer = show(hostile, names, "focus=hostile/e6&select=hostile/e6")
    assert len(json.dumps(answer)) < 200_000


def test_no_name_is_turned_round_on_a_page(hostile: FlaskClient) -> None:
    found = hostile.get("/_dash-dependencies").get_json()
    names = {each["inputs"][0]["id"]: each["output"] for each in found if not each["clientside_function"]}
    pane = json.dumps(show(hostile, names, "select=hostile/e2")["map-pane"], ensure_ascii=False)
    assert '["gnp.exe"]' in pane, "it would be read exe.png"


def test_the_lock_file_of_the_bundle_names_no_machine() -> None:
    import app

    folder = Path(app.__file__).parent / "bundle"
    assert "http" not in (folder / "package-lock.json").read_text().replace("https://opencollective", "").replace(
        "https://github.com", ""
    )
    licences = (folder / "THIRD-PARTY.txt").read_text()
    assert all(name in licences for name in ("cytoscape 3.", "@zazuko/yasqe 4.", "codemirror 5.", "dompurify 3."))


def test_a_record_says_what_rests_on_what_it_affects_and_a_paper_nothing(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(
        "namespace: shop\nelements:\n"
        "  - {id: web, kind: application, depends_on: [db]}\n  - {id: db, kind: database}\n"
        "  - {id: inc, kind: incident, affects: [db], started_at: 2026-11-01T10:00+01:00}\n"
        "  - {id: handbook, kind: policy}\n"
    )
    client = create_app(open_map([tmp_path])).server.test_client()
    record = client.get("/element/shop/inc.json").get_json()
    assert record["if_it_fails"] is None
    assert [each["id"] for each in record["if_what_it_affects_fails"]["affected"]] == ["shop/web"]
    paper = client.get("/element/shop/handbook.json").get_json()
    assert (paper["if_it_fails"], paper["if_what_it_affects_fails"]) == (None, None)
    assert client.get("/element/shop/db.json").get_json()["if_it_fails"]["down"] == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"output": "x", "inputs": []},
        [],
        "x",
        None,
        {"output": "..map-toolbar.children..", "inputs": 1},
        {"output": ["x"]},
    ],
)
def test_what_no_page_sends_to_be_filled_is_refused(client: FlaskClient, body: Any) -> None:
    answer = client.post("/_dash-update-component", json=body)
    assert answer.status_code == 400
    assert answer.get_json()["error"]["title"] == "Not a request of a page"


def test_a_callback_without_its_inputs_is_refused(client: FlaskClient) -> None:
    for each in client.get("/_dash-dependencies").get_json():
        if not each["clientside_function"]:
            body = {"output": each["output"], "outputs": [], "inputs": [], "changedPropIds": []}
            assert client.post("/_dash-update-component", json=body).status_code == 400


def test_an_element_is_a_table_too(client: FlaskClient) -> None:
    whole = client.get("/element/norrvik/kubernetes.json").get_json()
    answer = client.get("/element/norrvik/kubernetes.csv")
    rows = [*csv.DictReader(io.StringIO(answer.text))]
    assert answer.mimetype == "text/csv"
    for what, name in (("depends on", "depends_on"), ("used by", "used_by")):
        assert [row["id"] for row in rows if row["what"] == what] == [each["id"] for each in whole[name]]
    assert [row["value"] for row in rows if row["what"] == "fact"] == [each["value"] for each in whole["facts"]]
    assert client.get("/element/norrvik/nobody.csv").status_code == 404


def test_what_an_address_of_the_map_says_and_cannot_be_is_told(client: FlaskClient) -> None:
    said = client.get("/map.json?hops=5&direction=sideways&by=colour&within=abc").get_json()["problems"]
    assert said == [
        "hops=5 is not known here; hops is 1, 2, 3 or all",
        "direction=sideways is not known here; direction is down, up or both",
        "by=colour is not known here; by is layer, system, owner, location or community",
        "within=abc is no number; write a number from 1 on",
    ]
    assert client.get("/map.json?focus=norrvik/kubernetes&hops=2&direction=up").get_json()["problems"] == []
    long = client.get("/map.json?focus=" + 3_000 * "a").get_json()
    assert len(long["error"]["detail"]) <= 200
