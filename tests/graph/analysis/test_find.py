"""Expressions find elements by what is said of them, and say what nobody has."""

import pytest

from graph.analysis.expression import ExpressionError
from graph.analysis.find import completions, find
from graph.attributes import Attributes
from tests.graph.written import opened

TEXT = """
    teams: [{id: blue, name: Blue team}]
    environments: [{id: live, name: Production, environment_type: production}, {id: try, name: Test bed}]
    elements:
      - {id: shop, kind: business service, name: Web shop, criticality: high, owner: blue, depends_on: [till, db]}
      - {id: till, kind: application, name: Till, environment: live, depends_on: [db, gone], alias: register}
      - {id: till-2, kind: application, name: Till, environment: try, depends_on: [db]}
      - {id: db, kind: database, name: Books, environment: live, size_gib: 5432, operational_status: {state: degraded}}
    stubs: [gone]
"""


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    made = opened(tmp_path_factory.mktemp("find"), TEXT)
    return made.projection, Attributes(made.store, made.projection)


def ids(asked, text):
    return " ".join(sorted(asked[0].ids[n].partition("/")[2] for n in find(*asked, text).elements))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kind = application", "till till-2"),
        ("kind = applications", "till till-2"),
        ("kind = DB", "db"),
        ("type = database", "db"),
        ("criticality = high", "shop"),
        ("environment = production", "db till"),
        ("environment = live", "db till"),
        ("environment = production, test bed", "db till till-2"),
        ("environment != production and kind = application", "till-2"),
        ("owner = blue team", "shop"),
        ("owner ~ BLUE", "shop"),
        ("has owner", "shop"),
        ("state = degraded", "db"),
        ("lane = applications", "till till-2"),
        ("used by > 2", "db"),
        ("uses = 2", "shop till"),
        ("degree >= 3", "db till"),
        ("defined = no", "gone"),
        ("not has defined", "gone"),
        ("size gib > 5000", "db"),
        ("size_gib < 900", ""),
        ("name = t*", "till till-2 try"),
        ("id = till-*", "till-2"),
        ("register", "till"),
        ("till and not environment = production", "till-2"),
        ("kind = database or (criticality = high and owner = blue)", "db shop"),
    ],
)
def test_an_expression_finds(asked, text, expected):
    assert ids(asked, text) == expected


def test_not_turns_everything_round(asked):
    for text in ("kind = application", "has owner", "used by > 2", "environment = production", "till"):
        assert (find(*asked, f"not ({text})").fits != find(*asked, text).fits).all()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("enviroment = production", "column 1: no property 'enviroment'; did you mean 'environment'?"),
        ("kind = databse", "column 8: no kind 'databse'; did you mean 'database'?"),
        ("used by > many", "column 11: 'many' is no number; write one: used by > 5"),
        ("lane = aplications", "column 8: no lane 'aplications'; did you mean 'Applications'?"),
        ("name > b", "column 8: '>' compares numbers and dates; write =, !=, ~ or !~"),
        ("defined = perhaps", "column 11: 'perhaps' is neither yes nor no; write one of them"),
        (
            "shop kind = application",
            "column 1: no property 'shop kind'; if 'kind' is the property, write 'and' or 'or' before it",
        ),
    ],
)
def test_an_unknown_word_is_pointed_at_with_the_nearest(asked, text, message):
    with pytest.raises(ExpressionError) as caught:
        find(*asked, text)
    assert str(caught.value) == message


def test_a_value_that_nobody_has_is_said(asked):
    assert find(*asked, "owner = blu team").notes == ("nothing has owner 'blu team': did you mean 'Blue team'?",)
    assert find(*asked, "owner = blue team").notes == ()
    begun = find(*asked, "not owner = blu")
    assert begun.notes == ("nothing has owner 'blu': did you mean 'Blue team'?",)
    assert [(each.at, each.until, each.text) for each in begun.meant] == [(12, 15, "Blue team")]
    assert not find(*asked, "owner = blu").elements, "the beginning of a value is not taken for it"


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("", "kind "),
        ("env", "environment "),
        ("kind ", "= "),
        ("kind = da", "database"),
        ("kind = database and envi", "environment "),
        ("environment = ", "Production"),
        ("environment = production, te", "Test bed"),
        ("owner = Blue team", " and "),
        ("not (own", "owner "),
        ("has cri", "criticality "),
        ("used by ", "= "),
    ],
)
def test_what_may_come_next_is_offered(asked, text, offered):
    assert completions(*asked, text, len(text))[0].text == offered


def test_a_property_is_offered_by_the_beginning_of_one_of_its_words(asked):
    offered = [each.text for each in completions(*asked, "own", 3)]
    assert "owner " in offered
    assert not [each for each in offered if "downtime" in each]
    assert "owner " in [each.text for each in completions(*asked, "wner", 4)], "within, where nothing begins so"


def test_what_is_offered_can_be_taken(asked):
    text = ""
    for wanted in ("kind ", "= ", "application", " and ", "environment ", "= ", "Production"):
        chosen = next(each for each in completions(*asked, text, len(text)) if each.text == wanted)
        text = text[: chosen.at] + chosen.text
    assert ids(asked, text) == "till"


def test_a_word_that_was_renamed_is_understood_and_told(asked):
    found = find(*asked, "has belongs to process")
    assert found.notes == ("'belongs to process' is called 'done in process' now",)
    assert find(*asked, "target = private").notes == ("nothing has target 'private': it is called 'private cloud' now",)
