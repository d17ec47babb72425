"""A column holds what the text says, or there is none: the engine is asked where a line is not plain."""

import pytest

from graph.store.columns import Columns
from ontology import terms as t


@pytest.fixture
def columns(tmp_path):
    return Columns(tmp_path / "columns")


def line(value, predicate=t.KIND, subject="<x:a>", end=" .\n"):
    return f"{subject} <{predicate}> {value}{end}".encode()


def test_a_column_holds_every_row_in_order_however_many_there_are(columns):
    columns.add(line("<x:b>", subject=f"<x:{number}>") for number in range(5_000))
    rows = columns.column(t.KIND).splitlines()
    assert rows[0] == b"?s\t?o"
    assert rows[1:] == [f"<x:{number}>\t<x:b>".encode() for number in range(5_000)]


def test_empty_lines_change_nothing(columns):
    columns.add([line("<x:b>"), b"\n", b" \n", line('"a"', t.RDFS_LABEL)])
    assert columns.column(t.RDFS_LABEL) == b'?s\t?o\n<x:a>\t"a"\n'


@pytest.mark.parametrize(
    "odd",
    [
        line('"01"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        line('"a"@'),
        line("<x:b>", end=" . # and more\n"),
        line("<x:b> . # <x:c>"),
        line('"b" . # "c"'),
        line("<x:b>", end="  .\n"),
        line("<x:b>", end=" ."),
        line(f'"<x> <{t.KIND}> "'),
        line("<x:\\u0062>"),
        line("<x:b>", subject="#"),
        b"nonsense\n",
    ],
)
def test_what_is_not_plain_leaves_no_column(columns, odd):
    columns.add([line("<x:b>"), odd])
    assert columns.column(t.KIND) is None


def test_a_class_that_is_not_plain_leaves_no_column_of_any_class(columns):
    columns.add([line("<x:b>", t.RDF_TYPE), line('"b"', t.RDF_TYPE)])
    assert columns.instances("x:b") is None
    assert columns.classes() is None


def test_things_without_a_name_are_in_it(columns):
    columns.add([line("<x:b>", t.RDF_TYPE, "_:n1"), line("_:n1")])
    assert columns.instances("x:b") == b"?s\n_:n1\n"
    assert columns.column(t.KIND) == b"?s\t?o\n<x:a>\t_:n1\n"


def test_nothing_is_left_of_it(columns, tmp_path):
    columns.add(line("<x:b>") for _ in range(5_000))
    columns.close()
    assert list(tmp_path.iterdir()) == []
