"""Two stores are compared by the sums of their subjects, with the differences that reading all of both would give."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.compare import compare
from graph.maps import Map, load_into
from graph.store import embedded
from graph.store.embedded import DiskStore
from graph.store.marks import differing, marks_of

THINGS = st.sampled_from(["a", "b", "c", "d"])
LINES = st.lists(st.tuples(THINGS, THINGS, THINGS), max_size=12)


def written(lines):
    return "".join(f"<x:{s}> <x:{p}> <x:{o}> .\n" for s, p, o in lines).encode()


@given(st.lists(LINES, min_size=1, max_size=2), st.lists(LINES, min_size=1, max_size=2))
def test_the_subjects_of_which_something_else_is_said_are_those_that_differ(first, second):
    said = [{(s, p, o) for source in side for s, p, o in set(source)} for side in (first, second)]
    expected = {f"<x:{s}>" for s, _, _ in said[0] ^ said[1]}
    found = differing(*([marks_of(written(source)) for source in side] for side in (first, second)))
    assert expected <= found
    if len(first) == len(second) == 1:
        assert expected == found


def test_order_and_repeats_do_not_count():
    lines = [("a", "b", "c"), ("b", "b", "c"), ("a", "b", "d")]
    assert differing([marks_of(written(lines))], [marks_of(written([*reversed(lines), *lines]))]) == frozenset()


MAP = """
elements:
  - {{id: shop, kind: business service, name: {name}, monthly_cost: {cost}, depends_on: [{on}]}}
  - {{id: web, kind: application}}
  - {{id: db, kind: database}}
  - {{id: mail, kind: application}}
"""


@pytest.fixture
def stores(tmp_path, monkeypatch):
    monkeypatch.setattr(embedded, "_MARKED", 0)
    states = (
        ("Shop", "{amount: 10.50, currency: EUR}", "web, db"),
        ('The "shop"', "{amount: 11, currency: EUR}", "web, mail"),
    )
    for number, (name, cost, on) in enumerate(states):
        folder = tmp_path / str(number) / "shop"
        folder.mkdir(parents=True)
        told = name.replace('"', "'")
        (folder / "map.yaml").write_text(MAP.format(name=told, cost=cost, on=on))
        load_into(tmp_path / f"{number}.store", [folder])
    return [tmp_path / f"{number}.store" for number in range(2)]


def test_stores_that_noted_sums_are_compared_as_by_all_statements(stores, monkeypatch):
    before, after = (Map(DiskStore(store)) for store in stores)
    with monkeypatch.context() as patch:
        patch.setattr("graph.compare._statements", lambda *_: pytest.fail("all statements were read"))
        found = compare(before, after)
    monkeypatch.setattr("graph.compare._by_marks", lambda *_: None)
    assert found == compare(before, after)
    assert {(d.how.value, d.name) for d in found.differences} >= {
        ("removed", "Shop → db"),
        ("added", "The 'shop' → mail"),
    }


def test_marks_of_another_graph_are_not_used(stores):
    (file,) = stores[0].glob("lines/*.marks")
    (other,) = stores[1].glob("lines/*.marks")
    file.write_bytes(other.read_bytes())
    before, after = (Map(DiskStore(store)) for store in stores)
    assert before.store.marks(before.store.sources[0].id) is None
    assert len(compare(before, after).differences) >= 3
    file.write_bytes(b"cut")
    assert before.store.marks(before.store.sources[0].id) is None


def test_a_number_is_found_by_the_name_of_its_subject():
    sums = marks_of(written([("a", "b", "c"), ("b", "b", "c"), ("a", "b", "d")]))
    assert sorted(sums.called(sums.keys)) == ["<x:a>", "<x:b>"]
    assert sums.called(np.zeros(1, np.uint64)) == []
