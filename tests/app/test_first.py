"""Is the map to be seen before any script has run? In the first answer, as the page will show it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.web import create_server
from graph.maps import Map, open_map

PICTURE = '<svg class="first-map"'


@pytest.fixture(scope="module")
def client(norrvik: Map) -> FlaskClient:
    made = create_server(norrvik).test_client()
    made.get("/map.json")  # what the server works out at its start
    return made


def test_the_first_answer_shows_every_element_with_its_name_lanes_and_facts(client: FlaskClient, norrvik: Map) -> None:
    text = client.get("/map").text
    assert PICTURE in text
    assert (
        text.count('tabindex="-1">')
        == len(norrvik.projection)
        == len(set(re.findall(r'href="(/map\?select=[^",]+)"', text)))
    )
    assert text.count('class="lane"') == 9
    assert "47 of 47 elements shown" in text


def test_a_view_that_waits_for_nothing_else_is_drawn_and_one_that_lights_up_is_not(client: FlaskClient) -> None:
    assert PICTURE in client.get("/map?focus=norrvik/sql").text
    for query in ("select=norrvik/sql", "as=table", "by=owner", "hide=teams", "from=norrvik/online&to=norrvik/sql"):
        assert PICTURE not in client.get(f"/map?{query}").text, query
    assert PICTURE not in client.get("/catalogue").text


def test_what_comes_first_has_no_id_and_runs_nothing(client: FlaskClient) -> None:
    text = client.get("/map").text
    first = text[text.index('<div class="first-page"') : text.index("<script src", text.index("first-page"))]
    assert re.findall(r'\sid="(?!tile-)[^"]*"', first) == []
    assert "<script" not in first
    assert re.search(r"\son[a-z]+=", first) is None


def test_hostile_names_are_text_in_what_comes_first(tmp_path: Path) -> None:
    names = [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{%css%}<!--",
        "\u202egnp.exe",
    ]
    elements = [
        {"id": f"e{n}", "kind": "application", "name": name, "depends_on": ["e0"]} for n, name in enumerate(names)
    ]
    (tmp_path / "map.yaml").write_text(json.dumps({"namespace": "h", "title": names[0], "elements": elements}))
    client = create_server(open_map([tmp_path])).test_client()
    client.get("/map.json")
    text = client.get("/map").text
    assert PICTURE in text
    assert "<script>alert" not in text
    assert "<img" not in text
    assert ">{%css%}&lt;!--<" in text
    assert "\u202e" not in text, "it would be read exe.png"


def test_a_phone_gets_its_own_picture(client: FlaskClient) -> None:
    text = client.get("/map?focus=norrvik/sql", headers={"User-Agent": "Mozilla/5.0 (Linux; Android 14) Mobile"}).text
    assert 'data-narrow="1"' in text
    assert 'class="pane folded"' in text
