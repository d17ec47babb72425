"""More elements, other names, owners and criticalities: the graph that a store of all that would give."""

from graph.projection.grown import Element, answered_for, grown, renamed
from graph.store.embedded import MemoryStore
from ontology import terms as t
from tests.graph.written import SHOP, opened

MORE = (
    SHOP
    + "      - {id: aaa, kind: tool, name: First, owner: web-team}\n      - {id: mail, kind: database, criticality: high}\n"
)


def columns(p):
    e = p.edges
    arrays = [a.tolist() for a in (e.dependent, e.provider, e.claim, p.stub, p.owned, p.criticality, p.users, *p.uses)]
    return arrays, list(p.iris), list(p.ids), list(p.labels), list(p.classes), list(e.iris), p.owners.tolist()


def element(p, name):
    v = p.find(name)
    return Element(p.iris[v], p.ids[v], p.labels[v], p.classes[v], bool(p.owned[v]), int(p.criticality[v]))


def test_room_is_made_for_elements_first_between_and_last(tmp_path):
    before, after = opened(tmp_path / "a").projection, opened(tmp_path / "b", MORE).projection
    made = grown(before, [element(after, "mail"), element(after, "aaa")])
    assert columns(made) == columns(after)
    assert made.find("First") == after.find("First")


def test_a_class_that_no_map_has_is_left_to_the_statements(tmp_path):
    p = opened(tmp_path).projection
    assert grown(p, [Element("urn:x", "x", "X", "urn:class")]) is None


def test_names_owners_and_criticalities_are_put_in_place(tmp_path):
    p = opened(tmp_path).projection
    vertex = p.find("db")
    made = answered_for(renamed(p, {vertex: "Orders"}), {vertex: (False, 4)})
    assert (made.labels[vertex], made.find("orders"), bool(made.owned[vertex]), made.criticality[vertex]) == (
        "Orders",
        vertex,
        False,
        4,
    )
    assert list(p.labels) != list(made.labels)
    assert made.edges is p.edges


def test_an_empty_map_grows(tmp_path):
    from graph.projection import project

    made = grown(project(MemoryStore()), [Element("urn:x/shop/a", "shop/a", "A", t.TOOL)])
    assert (len(made), list(made.ids)) == (1, ["shop/a"])
