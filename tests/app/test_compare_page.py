"""Are two elements compared by what each rests on, and by what the catalogue promises?"""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from flask.testing import FlaskClient

from app.atlas import Atlas
from app.missing import Missing
from app.pages.compare import PAGE, _beneath, _filled, _parts, pair, rows
from app.web import create_server
from graph.maps import open_map

TEXT = """
teams: [{id: blue, name: Blue}]
elements:
  - {id: shop, kind: business service, name: Shop, owner: blue, criticality: high, depends_on: [till, stock]}
  - {id: bank, kind: business service, name: Bank, depends_on: [till, vault]}
  - {id: till, kind: application, name: Till, depends_on: [db]}
  - {id: stock, kind: application, name: Stock}
  - {id: vault, kind: application, name: vault}
  - {id: db, kind: database, name: Books}
"""
ASKED = "element=shop/shop&element=shop/bank"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    folder = tmp_path_factory.mktemp("compared") / "shop"
    folder.mkdir()
    (folder / "map.yaml").write_text(TEXT, encoding="utf-8")
    return Atlas(open_map([folder]))


@pytest.fixture(scope="module")
def client(shop: Atlas) -> FlaskClient:
    return create_server(shop.map).test_client()


def test_both_stand_side_by_side(shop: Atlas) -> None:
    told = {name: (one, other) for name, one, other in rows(shop, "", ASKED).rows}
    assert told["name"] == ("Shop", "Bank")
    assert told["who is named"] == ("Blue (owner)", "nobody is named")
    assert told["rests on"] == (3, 3)
    assert told["each alone takes it down"] == (3, 3)
    assert told["down if it fails"] == (0, 0)
    assert told["criticality"][0] == "high"


def test_what_is_shared_and_what_is_only_here_is_listed(shop: Atlas) -> None:
    first, second = pair(shop, ASKED)
    one, other = _beneath(shop, first, second)
    names = shop.projection.labels
    assert {names[v] for v in one & other} == {"Till", "Books"}
    assert {names[v] for v in one - other} == {"Stock"}
    said = str([*_parts(shop, first, second, rows(shop, "", ASKED))])
    assert "Only Bank rests on" in said
    assert "/map?select=shop/shop,shop/bank" in said


def test_a_name_at_the_top_of_a_column_keeps_its_letters(shop: Atlas) -> None:
    pair_of = [shop.projection.find(name) for name in ("vault", "stock")]
    answer = rows(shop, "", "element=shop/vault&element=shop/stock")
    first = str(next(_parts(shop, pair_of[0], pair_of[1], answer)))
    assert "Th(children='vault'" in first
    assert "Th(children='Vault'" not in first


def test_the_comparison_is_json_and_csv_too(client: FlaskClient) -> None:
    told = client.get(f"/compare.json?{ASKED}").get_json()
    assert [told["first"], told["second"]] == ["shop/shop", "shop/bank"]
    table = list(csv.reader(io.StringIO(client.get(f"/compare.csv?{ASKED}").text)))
    assert table[0] == ["question", "first", "second"]
    assert len(table) == len(told["questions"]) + 1


def test_a_page_with_one_element_offers_others_of_its_kind(shop: Atlas, client: FlaskClient) -> None:
    assert client.get("/compare?element=shop/shop").status_code == 200
    said, told = _filled(shop, "element=shop/shop")
    p = shop.projection
    alike = {v for v in range(len(p)) if shop.kind(v) == shop.kind(p.find("shop"))} - {p.find("shop")}
    assert {p.ids[v] for v in alike} == set(re.findall(r"/compare\?element=shop/shop&element=([^']+)'", str(said)))
    assert told["announce"] == "Compare Shop with which other?"


@pytest.mark.parametrize(
    "asked", ["", "element=shop/shop", "element=shop/shop,shop/shop", "element=shop/shop&element=no"]
)
def test_two_different_elements_are_needed(shop: Atlas, client: FlaskClient, asked: str) -> None:
    if asked != "element=shop/shop":  # the page asks for the other
        with pytest.raises(Missing):
            PAGE.check(shop, "", asked)
    answer = client.get(f"/compare.json?{asked}")
    assert answer.status_code == 404
    assert json.loads(answer.text)["error"]["help"]


def test_what_is_the_same_is_held_back_and_counted(shop: Atlas) -> None:
    said = str(_filled(shop, ASKED)[0])
    found = re.search(r"(\d+) rows? of (\d+) differ; what is the same stands in grey\.", said)
    assert found is not None
    assert int(found[1]) + said.count("className='held'") == int(found[2])
    assert said.count("className='held'") > 3
