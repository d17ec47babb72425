"""The ready questions: each has a title, parses, and answers on the shipped maps."""

import pytest

from graph.library import question, questions
from graph.maps import open_map
from graph.model import InputError
from graph.store.isolation import ask


@pytest.fixture(scope="module")
def enterprise(root):
    return open_map([root / "data" / "enterprise"]).store


@pytest.mark.parametrize("name", questions())
def test_each_question_has_a_title_and_answers(enterprise, name):
    assert questions()[name].title.endswith("?")
    found = ask(enterprise, questions()[name].text)
    assert found.columns
    assert found.rows


def test_an_unknown_question_gets_a_proposal():
    with pytest.raises(InputError, match=r"no question 'agreement'; did you mean 'agreements'\?"):
        question("agreement")
