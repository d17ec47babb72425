"""A few letters find what is meant."""

import re

import pytest

from graph.analysis.search import search
from tests.graph.written import opened

TEXT = """
    elements:
      - {id: order-hub, kind: application, name: Order hub}
      - {id: orders, kind: business service, name: Online ordering, depends_on: [order-hub]}
      - {id: reorder, kind: application, name: Reorder point}
      - {id: db-7, kind: database, name: Postgres}
"""


@pytest.fixture
def p(tmp_path):
    return opened(tmp_path, TEXT).projection


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("order hub", "Order hub"),
        ("ORDER-HUB", "Order hub"),
        ("order", "Order hub"),
        ("hub", "Order hub"),
        ("postgers", "Postgres"),
        ("db-7", "Postgres"),
        ("ordering", "Online ordering"),
        ("point reorder", "Reorder point"),
    ],
)
def test_the_best_fit_comes_first(p, text, first):
    assert search(p, text)[0].label == first


def test_nothing_and_noise_find_nothing(p):
    assert search(p, "   ") == ()
    assert search(p, "zzzzzz") == ()


def test_the_limit_holds(p):
    assert len(search(p, "o", limit=2)) == 2


@pytest.mark.parametrize("text", ["psotgres", "ostgres", "pstgres", "postgress", "postger", "odrer hub", "hub odrer"])
def test_one_or_two_slips_are_forgiven_also_while_typing(p, text):
    assert search(p, text)[0].label == ("Postgres" if "h" not in text else "Order hub")


def test_the_kind_finds_and_says_so(p):
    (hit,) = search(p, "database")
    assert (hit.label, hit.why) == ("Postgres", "kind: database (DB)")


def test_what_a_kind_is_also_called_comes_before_the_middle_of_a_word(tmp_path):
    p = opened(tmp_path, TEXT + "      - {id: sandbox, kind: tool}\n      - {id: vault, kind: database}\n").projection
    assert [(hit.label, hit.why) for hit in search(p, "DB")][1:] == [("vault", "kind: database (DB)"), ("sandbox", "")]


@pytest.mark.parametrize("text", ["databse", "dtabase", "databases"])
def test_slips_in_a_kind_are_forgiven_too_and_say_what_is_like_it(p, text):
    (hit,) = search(p, text)
    assert (hit.label, hit.why) == ("Postgres", "kind: database (DB)")


def test_words_that_are_joined_by_signs_are_found_apart(p):
    assert search(p, "postgres-db/2")[0].label == "Postgres"


@pytest.mark.parametrize("text", ["q\nq", "\x00", "\ud800", "[", "ö", "a" * 5_000, "q z " * 500])
def test_odd_texts_find_nothing_and_break_nothing(p, text):
    assert search(p, text) == ()


def test_names_with_signs_in_front_and_lines_within_are_found_exactly(tmp_path):
    text = 'elements: [{id: a, kind: tool, name: "[x] Tool"}, {id: b, kind: tool, name: "two\\nlines"}]'
    p = opened(tmp_path, text).projection
    assert search(p, "[x] tool")[0].rank == 0
    assert search(p, "two lines")[0].rank == 0


def test_the_ranks_are_those_of_a_plain_look_at_every_name(p):
    """The columns tell the same as reading name by name."""
    for text in {p.labels[n].casefold()[a:b] for n in range(len(p)) for a in range(6) for b in range(a + 2, 9)}:
        asked = " ".join(text.split())
        if len(asked) < 2:
            continue
        best = {n: min(_plain(asked, p.labels[n]), _plain(asked, p.ids[n])) for n in range(len(p))}
        found = {hit.element: hit.rank for hit in search(p, asked) if hit.rank <= 3}
        most = 3 if len(asked) > 2 else 2  # two letters are meant as a word
        assert found == {n: rank for n, rank in best.items() if rank <= most}, asked


def _plain(asked, name):
    name = name.casefold()
    if asked not in name:
        return 9
    wholes = (name, name.partition("/")[2])
    if asked in wholes:
        return 0
    if any(whole.startswith(asked) for whole in wholes):
        return 1
    return 2 if re.search(rf"(?<![a-z0-9]){re.escape(asked)}", name) and asked[0].isalnum() else 3


def test_where_not_all_words_are_found_those_with_one_of_them_are(p):
    assert [hit.label for hit in search(p, "customer hub")] == ["Order hub"]
    assert search(p, "xylophone of zebras") == ()
