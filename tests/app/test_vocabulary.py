"""Does the explorer answer for the vocabulary in what is asked for?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import rdflib

from app.vocabulary import chosen
from app.web import create_server
from graph.wordbook import wordbook
from ontology.words import words

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from graph.maps import Map


@pytest.fixture(scope="module")
def client(norrvik: Map) -> FlaskClient:
    return create_server(norrvik).test_client()


@pytest.mark.parametrize(
    ("accept", "ending"),
    [
        ("", "ttl"),
        ("*/*", "ttl"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "html"),
        ("text/turtle", "ttl"),
        ("text/turtle;q=0.4, application/rdf+xml;q=0.8, text/html;q=0.1", "rdf"),
        ("application/ld+json", "jsonld"),
        ("application/json", "jsonld"),
        ("application/n-triples", "nt"),
        ("text/*", "ttl"),
        ("text/turtle;q=0, text/*", "html"),
        ("text/turtle;q=0", None),
        ("image/png", None),
    ],
)
def test_the_heaviest_wish_that_can_be_met_is_met(accept: str, ending: str | None) -> None:
    assert chosen(accept) == ending


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib warns of itself
@pytest.mark.parametrize(
    ("media", "notation"),
    [
        ("text/turtle", "turtle"),
        ("application/ld+json", "json-ld"),
        ("application/rdf+xml", "xml"),
        ("application/n-triples", "nt"),
    ],
)
def test_the_address_of_the_vocabulary_answers_in_each_notation(client: FlaskClient, media: str, notation: str) -> None:
    for address in ("/ontology", "/ontology/data", "/ontology/0.4.0"):
        answer = client.get(address, headers={"Accept": media})

        assert answer.status_code == 200
        assert answer.mimetype == media
        assert "Accept" in answer.vary
    answer = client.get("/ontology/data", headers={"Accept": media})
    assert len(rdflib.Graph().parse(data=answer.text, format=notation)) > 10
    assert client.get(answer.headers["Content-Location"]).text == answer.text


def test_pages_lead_back_to_the_map_where_there_is_one(client: FlaskClient) -> None:
    back = '<a href="/map">Back to the map</a></header>'
    for page in ("index.html", "core.html"):
        assert client.get(f"/ontology/{page}").text.count(back) == 1
        assert back not in wordbook().file(page)


def test_a_browser_is_led_to_pages(client: FlaskClient) -> None:
    for address, page in (("/ontology", "index"), ("/ontology/core", "core"), ("/ontology.html", "index")):
        answer = client.get(address, headers={"Accept": "text/html"})

        assert (answer.status_code, answer.headers["Location"]) == (303, f"/ontology/{page}.html")
        assert client.get(answer.headers["Location"]).mimetype == "text/html"
    assert client.get("/ontology/").headers["Location"] == "/ontology"


@pytest.mark.parametrize("name", ["Service", "dependsOn", "kind-runs-on"])
def test_a_word_leads_to_what_is_said_of_it(client: FlaskClient, name: str) -> None:
    page = client.get(f"/ontology/term/{name}", headers={"Accept": "text/html"})
    said = client.get(f"/ontology/term/{name}", headers={"Accept": "application/rdf+xml"})

    assert (page.status_code, said.status_code) == (303, 303)
    assert f'id="{name}"' in client.get(page.headers["Location"]).text
    assert client.get(said.headers["Location"]).mimetype == "application/rdf+xml"
    assert client.get(f"/ontology/term/{name}.html").headers["Location"] == page.headers["Location"]


def test_every_word_has_an_address(client: FlaskClient) -> None:
    wrong = [word.name for word in words().values() if client.get(f"/ontology/term/{word.name}").status_code != 303]

    assert wrong == []


def test_who_accepts_none_of_it_is_told_what_there_is(client: FlaskClient) -> None:
    for address in ("/ontology", "/ontology/term/Service"):
        answer = client.get(address, headers={"Accept": "image/png"})

        assert answer.status_code == 406
        assert answer.text.count("\n") == 6
        assert "Accept" in answer.vary
        listed = [line.split() for line in answer.text.splitlines()[1:]]
        assert all(client.get(each, follow_redirects=True).mimetype == media for each, media in listed)


@pytest.mark.parametrize(
    "address",
    ["/ontology/nothing", "/ontology/nothing.ttl", "/ontology/term/Nothing", "/ontology/term/Service.xyz", "/ontology.css",
     "/ontology/term/Nothing.html", "/ontology/..%2fterms.py"],
)  # fmt: skip
def test_what_is_not_in_it_is_not_found(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404


def test_the_explorer_leads_to_it_and_its_pages_keep_to_the_rules_of_the_server(client: FlaskClient) -> None:
    answer = client.get("/ontology/catalogue.html", headers={"Accept-Encoding": "gzip"})

    assert answer.headers["Content-Encoding"] == "gzip"
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert r"\u002fontology\u002findex.html" in client.get("/_dash-layout").text
