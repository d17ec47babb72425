"""The ready questions: each has a title, parses, and answers on the shipped maps; so do those of one's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.asking import answer
from graph.library import fill, keep, question, questions
from graph.maps import open_map
from graph.model import InputError
from graph.sparql import tokens
from graph.store.isolation import ask

WHOLE = "# title: Which?\n# parameter: service : sm:Service\nSELECT * { VALUES ?service { sm:x } ?service ?p ?o }\n"


@pytest.fixture(scope="module")
def enterprise(root):
    return open_map([root / "data" / "enterprise"]).store


@pytest.mark.parametrize("name", questions())
def test_each_question_has_a_title_and_answers(enterprise, name):
    assert questions()[name].title.endswith("?")
    found = ask(enterprise, questions()[name].text)
    assert found.columns


def test_an_unknown_question_gets_a_proposal():
    with pytest.raises(InputError, match=r"no question 'agreement'; did you mean 'agreements'\?"):
        question("agreement")


def test_the_limit_of_a_question_is_the_number_after_limit_and_in_the_list_of_a_fast_property():
    asked = questions()["shared-by-many"]
    assert "LIMIT 7 }" in fill(asked, {"limit": "7"})
    assert "(?users 7)" in fill(asked, {"limit": "7"}, fast=True)
    for value in ("0", "-1", "many", "7 OFFSET 1", "1000000"):
        with pytest.raises(InputError, match="is no number of rows; write one from 1 to 999999"):
            fill(asked, {"limit": value})


def test_what_the_limit_of_a_question_cuts_is_said(root):
    opened = open_map([root / "data" / "enterprise"])
    asked = questions()["shared-by-many"]

    def told(most):
        return answer(asked, {"limit": most}, opened.projection, lambda text: ask(opened.store, text))

    assert told("3").notes == ("cut: the first 3 rows, there may be more; --limit asks for another number",)
    assert len(told("3").rows) == 3
    assert told("5000").notes == ()


HOSTILE = [
    "x> } ?s ?p ?o { <y",
    '" } DROP ALL #',
    "'''",
    '"""',
    "\\",
    "\\u0022",
    "\n}",
    "}",
    "#",
    "?x",
    "<a:b>",
    "1 } UNION { ?a ?b ?c",
]


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_text_becomes_one_term_and_nothing_else(value):
    asked = questions()["agreements-expiring"]
    before, after = tokens(asked.text), tokens(fill(asked, {"day": value}))
    assert [(a.kind, b.kind) for a, b in zip(before, after, strict=True) if a.text != b.text] == [("text", "text")]


@given(st.text())
def test_whatever_is_asked_about_the_query_has_the_same_words(value):
    asked = questions()["services-behind"]
    try:
        filled = fill(asked, {"service": value})
    except InputError as error:
        assert "is no address" in str(error)  # noqa: PT017 most texts are none
        return
    assert len(tokens(filled)) == len(tokens(asked.text))


def own(folder, text, name="mine.rq"):
    (folder / name).write_text(text, encoding="utf-8")
    return questions(folder)


def test_a_folder_of_ones_own_is_asked_beside_what_is_shipped(tmp_path):
    known = own(tmp_path, WHOLE)
    assert known["mine"].parameters[0].default == "sm:x"
    assert "<urn:a>" in fill(known["mine"], {"service": "urn:a"})
    assert "services-behind" in known


def test_the_fast_form_of_a_question_stands_beside_it_and_takes_the_same_values(tmp_path):
    (tmp_path / "fast").mkdir()
    fast = tmp_path / "fast" / "mine.rq"
    fast.write_text("SELECT * { VALUES ?service { sm:x } ?p fast:dependsOn ?service }", encoding="utf-8")
    asked = own(tmp_path, WHOLE)["mine"]
    assert "?p fast:dependsOn" in fill(asked, {"service": "urn:a"}, fast=True)
    assert "<urn:a>" in fill(asked, {"service": "urn:a"}, fast=True)
    assert "fast:" not in fill(asked, {"service": "urn:a"})
    fast.write_text("SELECT * { ?p fast:dependsOn sm:x }", encoding="utf-8")
    with pytest.raises(InputError, match="the query gives the parameter 'service' no value"):
        questions(tmp_path)


def test_a_large_map_that_is_kept_here_is_asked_with_fast_properties(root, monkeypatch):
    small = open_map([root / "data" / "laundry"])
    assert not small.fast
    monkeypatch.setattr("graph.maps.FEW", len(small.projection) - 1)
    assert small.fast


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("mine.rq", "SELECT * {}", "mine.rq:1: the question has no title; begin the file with: # title: What do I ask?"),
        ("Mine.rq", WHOLE, "Mine.rq:1: the name of a question has small letters, digits and dashes; rename the file"),
        ("circles.rq", WHOLE, "circles.rq:1: 'circles' is a question already; give the file another name"),
        ("mine.rq", "# tittle: a?\n", "mine.rq:1: 'tittle' is no word of a question's head; did you mean 'title'?"),
        ("mine.rq", WHOLE.replace("sm:Service\n", "sm:Servise\n"), "mine.rq:2: 'sm:Servise' is no class and no code list of the vocabulary; did you mean 'sm:Service'?"),
        ("mine.rq", WHOLE.replace("sm:Service\n", "xsd:dat\n"), "mine.rq:2: 'xsd:dat' is no type of a parameter; did you mean 'xsd:date'?"),
        ("mine.rq", WHOLE.replace("service : sm:Service", "service"), "mine.rq:2: 'service' is no parameter; write it so: # parameter: service : sm:Service"),
        ("mine.rq", WHOLE.replace("?service { sm:x }", "?other { sm:x }"), "mine.rq:2: the query gives the parameter 'service' no value; say its value in the query: VALUES ?service { … }"),
        ("mine.rq", WHOLE.replace("parameter: service", "parameter: store"), "mine.rq:2: 'store' is an option of every question; take another name"),
        ("mine.rq", WHOLE.replace("?p ?o }", '"open }'), "mine.rq:1: the query is not SPARQL"),
        ("mine.rq", WHOLE + "#" * 200_000, "mine.rq:1: the question is longer than 200,000 bytes; ask for less"),
    ],
)  # fmt: skip
def test_what_is_no_question_is_told_with_its_line(tmp_path, name, text, message):
    with pytest.raises(InputError) as told:
        own(tmp_path, text, name)
    assert message in str(told.value)


def test_what_cannot_be_read_is_told(tmp_path):
    (tmp_path / "mine.rq").write_bytes(b"\xff")
    with pytest.raises(InputError, match="cannot be read"):
        questions(tmp_path)
    with pytest.raises(InputError, match="is no folder of questions"):
        questions(tmp_path / "none")


def test_a_question_that_is_kept_is_read_as_any_other(tmp_path):
    kept = keep(tmp_path, "on-call", WHOLE)
    assert questions(tmp_path)["on-call"] == kept
    assert kept.parameters[0].type == "sm:Service"
    assert (tmp_path / "on-call.rq").read_text(encoding="utf-8") == WHOLE


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("../on-call", WHOLE, "small letters, digits and dashes"),
        ("", WHOLE, "small letters, digits and dashes"),
        ("circles", WHOLE, "'circles' is a question already"),
        ("mine", WHOLE, "'mine' is a question already"),
        ("on-call", "SELECT * {}", "the question has no title"),
        ("on-call", WHOLE + "# \ud800", "half a character"),
    ],
)
def test_what_cannot_be_kept_leaves_the_folder_as_it_was(tmp_path, name, text, said):
    own(tmp_path, WHOLE)
    before = {file: file.read_text(encoding="utf-8") for file in tmp_path.iterdir()}
    with pytest.raises(InputError, match=said):
        keep(tmp_path, name, text)
    assert {file: file.read_text(encoding="utf-8") for file in tmp_path.iterdir()} == before


def test_a_folder_that_is_not_there_takes_no_question(tmp_path):
    with pytest.raises(InputError, match="takes no file"):
        keep(tmp_path / "none", "on-call", WHOLE)
