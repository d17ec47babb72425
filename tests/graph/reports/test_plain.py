"""Tables for people have names; ids stay where two things have the same name."""

from graph.answer import Answer
from graph.reports._plain import plain


def test_ids_go_where_the_names_tell_the_rows_apart_and_stay_where_they_do_not():
    people = Answer("", "people", ("part", "who", "id"), (("told", "Ann", "x/ann"), ("done", "Ann", "x/ann")))
    assert plain(people).columns == ("part", "who")
    twins = Answer("", "people", ("who", "id"), (("Ann", "x/ann"), ("Ann", "y/ann")))
    assert plain(twins) is twins
    assert plain(Answer("", "x", ("id", "state"), (("a", "down"),))).columns == ("id", "state")
