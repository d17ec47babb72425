"""Is what the map shows written in every format, as it stands there, and is too much told?"""

from __future__ import annotations

import re
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest
import rdflib
import yaml
from flask.testing import FlaskClient

from app.map.files import _ending, _formats, _remarked, export_menu
from app.view import View
from app.web import create_server
from graph.maps import Map, open_map
from graph.model import Finding, Severity
from graph.reports import Written


@pytest.fixture(scope="module")
def client(norrvik: Map) -> FlaskClient:
    return create_server(norrvik).test_client()


@pytest.mark.parametrize("name", sorted(_formats()))
def test_each_format_of_the_menu_is_answered(client: FlaskClient, name: str) -> None:
    address = f"/map.{_ending(name)}?focus=norrvik/sql&hops=1"
    assert address in str(export_menu(View(focus="norrvik/sql", hops=1)))
    answer = client.get(address)
    assert answer.status_code == 200
    assert len(answer.data) > 100
    assert "attachment" in answer.headers["Content-Disposition"]


def test_the_ending_of_a_file_says_what_is_in_it(client: FlaskClient) -> None:
    beginnings = {
        "ttl": b"@prefix",
        "xml": b"<?xml",
        "svg": b"<svg",
        "png": b"\x89PNG",
        "pdf": b"%PDF",
        "graphml": b"<?xml",
    }
    for name in _formats():
        begins = beginnings.get(_ending(name).rpartition(".")[2], b"")
        lines = client.get(f"/map.{_ending(name)}?focus=norrvik/sql&hops=1").data.lstrip().split(b"\n")
        said = b"\n".join(line for line in lines if not line.startswith(b"# "))
        assert said.startswith(begins), name


def test_what_a_format_cannot_say_stands_at_the_head_of_its_file() -> None:
    client = create_server(open_map("data/enterprise")).test_client()
    told = client.get("/map.archimate.ttl").get_data(as_text=True)
    assert told.startswith("# What this file leaves out:\n# ")
    assert "of the kind 'backup' cannot be said in ArchiMate, left out" in told.split("@prefix")[0]
    rdflib.Graph().parse(data=told, format="turtle")
    told = client.get("/map.backstage.yaml").get_data(as_text=True)
    assert "of the kind 'backup' cannot be said in Backstage, left out\n" in told
    assert [*yaml.safe_load_all(told)]
    assert client.get("/map.ttl").get_data(as_text=True).startswith("@prefix"), "all is said"


def test_no_label_ends_a_remark() -> None:
    sly = Finding(Severity.WARNING, "no-word", "", None, "a --> b\n<rdf:RDF/> --- end -")
    told = _remarked(Written("<?xml version='1.0'?>\n<a/>\n", (sly,)), "rdfxml")
    assert ET.fromstring(told).tag == "a"  # noqa: S314 our own text
    assert _remarked(Written("x: 1\n", (sly,)), "yaml").count("\n") == 3
    assert _remarked(Written("flowchart TD\n", (sly,)), "mermaid").startswith("%% What")


def test_the_map_is_a_table_as_other_pages_are(client: FlaskClient) -> None:
    answer = client.get("/map.csv?focus=norrvik/sql&hops=1")
    assert answer.mimetype == "text/csv"
    assert answer.data == client.get("/map.elements.csv?focus=norrvik/sql&hops=1").data
    assert client.get("/map.csv?focus=nobody").get_json()["error"]["status"] == 404


def test_the_picture_shows_what_the_page_shows_and_no_more(client: FlaskClient) -> None:
    query = f"focus=norrvik/sql&without={quote('kind = application')}"
    shown = client.get(f"/map.json?{query}").get_json()["elements"]
    drawn = client.get(f"/map.svg?{query}").get_data(as_text=True)
    assert all(f"{each['label']} (" in drawn for each in shown)
    assert "(Application)" not in drawn
    assert client.get(f"/map.elements.csv?{query}").get_data(as_text=True).count("\n") == len(shown) + 1


def test_an_overview_is_drawn_with_its_groups_open_groups_open(client: FlaskClient) -> None:
    groups = client.get("/map.json?by=layer").get_json()["overview"]["groups"]
    first = next(group for group in groups if group["elements"] > 1)
    closed = client.get("/map.svg?by=layer").get_data(as_text=True)
    opened = client.get(f"/map.svg?by=layer&open={first['path']}").get_data(as_text=True)
    assert set(re.findall(r'<g id="([^"]+)"', closed)) == {f"group {group['path']}" for group in groups}
    assert opened.count("<g id=") == closed.count("<g id=") + first["elements"]


def test_too_much_for_a_format_is_told(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.map.files.MOST_IN_FILE", 3)
    answer = client.get("/map.ttl")
    assert answer.status_code == 404
    assert "this format takes 3 here" in answer.get_data(as_text=True)
