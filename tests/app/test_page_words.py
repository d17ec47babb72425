"""Do the pages speak to people alone: no option of the command line, no whole path of a file where it is read?"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.web import create_server
from graph.maps import open_map

LAUNDRY = Path(__file__).parents[2] / "data" / "laundry"
STATES = {
    "map": ["", "select=laundry/carrier", "select=laundry/carrier,laundry/boiler", "from=laundry/carrier", "by=layer"],
    "catalogue": ["", "kind=Business+service"],
    "element": ["laundry/carrier", "laundry/boiler"],
    "impact": ["", "element=laundry/carrier", "element=laundry/carrier&from=2026-12-05T02:00Z&lasts=2+h", "element=x"],
    "query": ["", "ask=services-and-owners", "ask=services-behind", "ask=nothing"],
    "sources": ["", "show=findings", "show=evidence", "show=undefined", "show=check"],
    "compare": ["element=laundry/carrier&element=laundry/boiler", "element=laundry/carrier"],
}
_OPTION = re.compile(r"(?<![\w-])--[a-z]{2,}")


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return create_server(open_map([LAUNDRY])).test_client()


@pytest.fixture(scope="module")
def callbacks(client: FlaskClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/_dash-dependencies").get_json()
    return found


@pytest.mark.parametrize(("page", "state"), [(page, state) for page, states in STATES.items() for state in states])
def test_what_a_page_says_has_no_options_and_no_whole_paths(
    client: FlaskClient, callbacks: list[dict[str, Any]], page: str, state: str
) -> None:
    said = [words for answer in _asked(client, callbacks, page, state) for words in _texts(answer)]
    assert said, "the page says something"
    assert not [words for words in said if _OPTION.search(words)]
    if (page, state) != ("sources", ""):  # which lists the files
        assert not [words for words in said if str(LAUNDRY) in words]


def _asked(client: FlaskClient, callbacks: list[dict[str, Any]], page: str, state: str) -> Iterator[Any]:
    """What the server answers when an address of the page is opened."""
    path, query = (f"/{page}/{state}", "") if page == "element" else (f"/{page}", state)
    address = {"path": path, "query": query, "narrow": False, "known": ""}
    for each in callbacks:
        asked = each["inputs"][0]["id"]
        if asked not in {f"{page}-address", f"{page}-asked"} or each["clientside_function"]:
            continue
        names = [
            dict(zip(("id", "property"), part.rsplit(".", 1), strict=True))
            for part in each["output"].strip(".").split("...")
        ]
        body = {
            "output": each["output"],
            "outputs": names if each["output"].startswith("..") else names[0],
            "inputs": [{"id": asked, "property": "data", "value": address}],
            "state": [{"id": one["id"], "property": one["property"], "value": ""} for one in each["state"]],
            "changedPropIds": [f"{asked}.data"],
        }
        answer = client.post("/_dash-update-component", json=body)
        assert answer.status_code == 200, answer.get_data(as_text=True)[:300]
        yield json.loads(answer.get_data())


def _texts(said: Any) -> Iterator[str]:
    """The texts of painted trees: what stands between the tags, not the attributes."""
    if isinstance(said, dict):
        if "tree" in said.get("props", {}):
            yield from _inside(said["props"]["tree"])
        for value in said.values():
            yield from _texts(value)
    elif isinstance(said, list):
        for value in said:
            yield from _texts(value)


def _inside(tree: list[Any]) -> Iterator[str]:
    for part in tree:
        if isinstance(part, list):
            yield from _inside(part[2])
        elif isinstance(part, str):
            yield part
