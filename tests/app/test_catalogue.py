"""Does the catalogue show what its address asks for, and does its CSV hold the same?"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from app.atlas import Atlas
from app.catalogue.choice import PAGE_SIZE, Choice, chosen, link
from app.catalogue.table import facets, footer, table
from app.web import create_app
from graph.maps import open_map

KINDS = {"a": "business service", "b": "technical service", "c": "vendor service"}


@pytest.fixture(scope="module")
def atlas(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    folder = tmp_path_factory.mktemp("shop")
    lines = ["namespace: shop", "elements:", "  - {id: web, kind: team, name: Web}"]
    for number in range(230):
        kind = KINDS["abc"[number % 3]]
        facts = [", owner: web", ", criticality: high", ", lifecycle: retired", ""][number % 4]
        lines.append(f"  - {{id: s{number:03}, kind: {kind}, name: Service {number:03}{facts}}}")
    lines.append("  - {id: evil, kind: business service, name: '=1+1<script>', depends_on: [s000, s001]}")
    (folder / "shop.yaml").write_text("\n".join(lines))
    return Atlas(open_map([folder]))


@pytest.fixture(scope="module")
def client(atlas: Atlas) -> FlaskClient:
    return create_app(atlas.map).server.test_client()


def ids(atlas: Atlas, choice: Choice) -> list[str]:
    return [atlas.projection.ids[entry.element] for entry in chosen(atlas, choice).entries]


def test_retired_services_are_apart(atlas: Atlas) -> None:
    found = chosen(atlas, Choice())
    assert found.lives == {"current": 174, "retired": 57, "all": 231}
    assert len(found.entries) == 174
    assert all(entry.retired for entry in chosen(atlas, Choice(life="retired")).entries)


def test_a_facet_counts_what_a_click_on_it_would_show(atlas: Atlas) -> None:
    for choice in (Choice(), Choice(words="service 1"), Choice(filters={"criticality": ("high",)}, life="all")):
        for facet in chosen(atlas, choice).facets:
            if facet.key not in choice.filters:
                for value, number in facet.values:
                    assert len(chosen(atlas, choice.toggled(facet.key, value)).entries) == number


def test_values_of_one_facet_add_up_and_facets_narrow(atlas: Atlas) -> None:
    two = Choice(filters={"kind": ("Business service", "Vendor service")})
    one = Choice(filters={"kind": ("Business service",), "owner": ("Web",)})
    kinds = {atlas.kind(entry.element) for entry in chosen(atlas, two).entries}
    assert kinds == {"Business service", "Vendor service"}
    assert 0 < len(ids(atlas, one)) < len(ids(atlas, two))


def test_words_look_into_names_owners_and_ids(atlas: Atlas) -> None:
    assert ids(atlas, Choice(words="service 004")) == ["shop/s004"]
    assert len(ids(atlas, Choice(words="WEB"))) == 58


@pytest.mark.parametrize("sort", ["name", "kind", "owner", "promised", "carried", "criticality", "state", "used"])
def test_an_order_turned_round_holds_the_same_rows_and_what_says_nothing_stays_last(atlas: Atlas, sort: str) -> None:
    ahead, back = ids(atlas, Choice(sort=sort, life="all")), ids(atlas, Choice(sort=f"-{sort}", life="all"))
    assert sorted(ahead) == sorted(back)
    if sort == "owner":
        assert {ahead[-1], back[-1]}.isdisjoint({f"shop/s{n:03}" for n in range(0, 230, 4)})
    if sort == "used":
        assert set(back[:2]) == {"shop/s000", "shop/s001"}


def test_pages_hold_every_row_once(atlas: Atlas) -> None:
    seen = [entry for page in (1, 2, 3) for entry in chosen(atlas, Choice(page=page, life="all")).page]
    assert len(seen) == len(set(seen)) == 231
    assert len(chosen(atlas, Choice(page=1, life="all")).page) == PAGE_SIZE
    assert chosen(atlas, Choice(page=99, life="all")).page == chosen(atlas, Choice(page=3, life="all")).page
    assert "Page 2 of 3" in str(footer(atlas, chosen(atlas, Choice(page=2, life="all"))))


def test_an_address_says_the_whole_choice(atlas: Atlas) -> None:
    choice = Choice("web & co", {"kind": ("Business service",), "owner": ("A, B", "C=D")}, "all", "-used", 2)
    assert Choice.parse(link(choice).partition("?")[2]) == choice


def test_the_page_its_json_and_its_csv_hold_the_same_rows(atlas: Atlas, client: FlaskClient) -> None:
    query = f"kind={quote('Business service')}&sort=-name"
    rows = client.get(f"/catalogue.json?{query}").get_json()["services"]
    text = client.get(f"/catalogue.csv?{query}")
    assert "attachment" in text.headers["Content-Disposition"]
    saved = list(csv.DictReader(io.StringIO(text.get_data(as_text=True))))
    assert [row["id"] for row in rows] == [row["id"] for row in saved] == ids(atlas, Choice.parse(query))
    assert next(row["name"] for row in saved if row["id"] == "shop/evil").startswith("'=1+1")
    assert client.get("/catalogue").status_code == 200


def test_nothing_that_fits_is_said_with_a_way_out(atlas: Atlas, tmp_path: Path) -> None:
    assert "No service fits" in str(table(atlas, chosen(atlas, Choice(words="zzz"))))
    (tmp_path / "a.yaml").write_text("elements:\n  - {id: a, kind: application, name: A}\n")
    none = Atlas(open_map([tmp_path]))
    assert "No services in this map" in str(table(none, chosen(none, Choice())))


def test_what_no_service_of_the_map_says_has_no_column_and_what_all_say_is_no_filter(tmp_path: Path) -> None:
    lines = ["elements:", *(f"  - {{id: {name}, kind: technical service, name: {name.upper()}}}" for name in "ab")]
    (tmp_path / "a.yaml").write_text("\n".join(lines))
    plain = Atlas(open_map([tmp_path]))
    found = chosen(plain, Choice())
    said, below = str(table(plain, found)), str(footer(plain, found))
    assert "Used by" in said
    assert "Promised" not in said
    assert "Can it be kept?" not in said
    assert "No promise" not in said
    assert "a promise, criticality, offerings, state" in below
    assert "Minutes to spare" not in below
    assert facets(found) == []
    assert facets(chosen(plain, Choice.parse("kind=technical+service")))
