"""Can a change be chosen by a query, by a question with values, and by a Terraform plan?"""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from app.atlas import Atlas
from app.impact.judged import judged
from app.impact.planned import planned
from app.impact.question import Question, link
from app.problem import Problem
from app.reader import sees
from app.web import create_app
from graph.maps import open_map
from graph.model import InputError
from tests.graph.planned import HIDDEN, resource, write_plan
from tests.graph.written import SHOP, write


@pytest.fixture(scope="module")
def atlas(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    folder = tmp_path_factory.mktemp("asked")
    write(folder, SHOP)
    return Atlas(open_map([folder / "shop"]))


@pytest.fixture(scope="module")
def client(atlas: Atlas) -> FlaskClient:
    return create_app(atlas.map).server.test_client()


def ids(atlas: Atlas, question: Question) -> list[str]:
    found = judged(atlas, question)
    assert found is not None
    return [atlas.projection.ids[element] for element in found.changed]


def test_all_elements_that_a_query_gives_are_changed(atlas: Atlas) -> None:
    asked = "query=" + quote("SELECT ?x { ?x a ?c ; rdfs:label 'db' }".replace("'", '"'))
    assert ids(atlas, Question.parse(asked)) == ["shop/db"]
    assert Question.parse(link(Question.parse(asked)).partition("?")[2]) == Question.parse(asked)


@pytest.mark.parametrize("text", ["SELECT ?x { ?x a 7 }", "SELECT ?x {", "DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }"])
def test_a_query_that_chooses_nothing_is_refused_in_words(atlas: Atlas, text: str) -> None:
    with pytest.raises(InputError):
        judged(atlas, Question(sparql=text))


def test_who_reads_some_names_alone_chooses_by_no_query(atlas: Atlas) -> None:
    app = create_app(atlas.map).server
    with app.test_request_context("/impact"):
        sees(("elsewhere",))
        with pytest.raises(Problem):
            judged(atlas, Question(sparql="SELECT ?x { ?x a sm:Database }"))


def test_a_question_is_asked_with_the_values_of_the_address(atlas: Atlas) -> None:
    question = Question.parse("asked=services-behind&$service=shop/shop")
    assert question.values == (("service", "shop/shop"),)
    assert Question.parse(question.query) == question
    assert ids(atlas, question)
    with pytest.raises(InputError):
        judged(atlas, Question(asked="services-behind", values=(("colour", "red"),)))


def test_a_plan_becomes_an_address_that_says_the_same(atlas: Atlas, client: FlaskClient, tmp_path: Path) -> None:
    resources = [resource("aws_db_instance.db", "delete"), resource("aws_lb.front", "delete")]
    file = tmp_path / "plan.json"
    write_plan(file, *resources)
    answer = client.post("/impact/plan.json", data=file.read_bytes()).get_json()
    assert answer["address"] == "/impact?act=retirement%20shop/db"
    assert answer["said"][:2] == [
        "db: aws_db_instance.db: deleted (found by name)",
        "not on the map: aws_lb.front: deleted",
    ]
    assert HIDDEN not in json.dumps(answer)
    assert ids(atlas, Question.parse(answer["address"].partition("?")[2])) == ["shop/db"]


@pytest.mark.parametrize("content", [b"{}", b"[1", b"\xff\xfe", json.dumps({"format_version": "1.2"}).encode()])
def test_what_is_no_plan_is_refused_without_a_folder_in_its_words(client: FlaskClient, content: bytes) -> None:
    answer = client.post("/impact/plan.json", data=content)
    assert answer.status_code == 400
    assert "plan.json" not in answer.get_data(as_text=True)


def test_a_plan_that_touches_nothing_here_says_so(atlas: Atlas, tmp_path: Path) -> None:
    write_plan(tmp_path / "plan.json", resource("aws_lb.front", "create"))
    with pytest.raises(InputError, match="nothing on this map"):
        planned(atlas, (tmp_path / "plan.json").read_bytes())


@pytest.mark.parametrize("address", ["act=explosion+shop/db", "act=shop/db", "query=" + "x" * 5000])
def test_addresses_that_cannot_be_are_refused(address: str) -> None:
    with pytest.raises(InputError):
        Question.parse(address)
