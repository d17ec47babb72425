"""Expressions become trees, and what is wrong is pointed at."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.analysis.expression import And, ExpressionError, Has, Not, Or, Term, Words, parse


def plain(tree):
    """The tree in brackets, without places."""
    match tree:
        case Term(key, operator, values):
            return f"{key.text} {operator} {', '.join(value.text for value in values)}"
        case Has(key):
            return f"has {key.text}"
        case Words(value):
            return value.text
        case Not(inner):
            return f"not [{plain(inner)}]"
        case And(parts):
            return " & ".join(f"[{plain(part)}]" for part in parts)
        case Or(parts):
            return " | ".join(f"[{plain(part)}]" for part in parts)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("kind = database", "kind = database"),
        ("kind=database", "kind = database"),
        ("a = b and c = d or e = f", "[[a = b] & [c = d]] | [e = f]"),
        ("a = b and (c = d or e = f)", "[a = b] & [[c = d] | [e = f]]"),
        ("not a = b and c = d", "[not [a = b]] & [c = d]"),
        ("not (a = b AND c = d)", "not [[a = b] & [c = d]]"),
        ("NOT has owner", "not [has owner]"),
        ("kind = business service or used by >= 5", "[kind = business service] | [used by >= 5]"),
        ("environment = test, staging", "environment = test, staging"),
        ('name ~ "and (or)"', "name ~ and (or)"),
        ("name ~ 'it''s'", None),
        ("order hub", "order hub"),
        ("Bob's tool", "Bob's tool"),
        ("has = 3", "has = 3"),
        ("host_name = a.b-c:80/x*", "host_name = a.b-c:80/x*"),
    ],
)
def test_an_expression_is_read_as_people_mean_it(text, tree):
    if tree is None:
        with pytest.raises(ExpressionError):
            parse(text)
    else:
        assert plain(parse(text)) == tree


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("", "", "nothing is written; write for example: kind = database"),
        ("kind =", "=", "a value is missing after '='; write one"),
        ("kind = database and", "and", "something is missing after 'and'; write what comes next, or take it away"),
        ("and kind = a", "and", "something is missing before 'and'; write what comes first"),
        ("= a", "=", "what should be '='?; write a property before it: kind = …"),
        ("(kind = a", "(", "this bracket is not closed; write a ) where it ends"),
        ("kind = a)", ")", "nothing was opened that this closes; take the ) away, or write a ( before it"),
        ("kind = a (b = c)", "(", "'and' or 'or' is missing before '('; write one of them between"),
        ('name = "abc', '"abc', 'a quotation mark is not closed; close it with "'),
        ("kind = and", "and", "a value is missing after '='; write one; quotation marks make a word of it: \"and\""),
        ("a = b, , c", ",", "a value is missing after ','; write one"),
        ("!kind = a", "!", "'!' alone means nothing; write not, or != for 'is not'"),
    ],
)
def test_what_is_wrong_is_pointed_at(text, place, words):
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    error = caught.value
    assert text[error.at : error.until] == place
    assert str(error) == f"column {error.at + 1}: {words}"


@pytest.mark.parametrize(
    "text", ["(" * 5_000, "not " * 900, "(" * 500 + "a" + ")" * 500, "a = b " + "and a = b " * 1_000]
)
def test_endless_expressions_are_refused(text):
    with pytest.raises(ExpressionError, match=r"longer|deep|bracket"):
        parse(text)


@given(st.text(alphabet=" ab=~<>!()\"',ornotdhs", max_size=40))
def test_any_text_is_a_tree_or_an_error_with_a_place(text):
    with suppress(ExpressionError):
        parse(text)
        return
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    error = caught.value
    assert 0 <= error.at <= error.until <= len(text)
    assert error.pointed().startswith(text)
