"""A what-if is another map: what its files would say after the same edits, and nothing on disk is touched."""

from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest

from graph.analysis.changes import Change, ChangeKind
from graph.analysis.judgement import judge
from graph.analysis.states import State
from graph.compare import compare
from graph.consequences import answer as told
from graph.consequences import consequences
from graph.maps import load_into, open_map
from graph.model import InputError
from graph.whatif import fares, laid_over, overlaid, overlaid_graph
from tests.examples import some
from tests.graph.written import opened

MAP = """
    title: A shop
    teams:
      - {id: web-team, name: Web team}
      - {id: db-team}
    elements:
      - id: shop
        kind: business service
        name: Shop
        owner: web-team
        tag: [front, money]
        raci: [{duty: accountable, to: web-team}]
        depends_on:
          - {on: web, strength: required}
          - {on: db, strength: degrading, tolerance: 30 min}
          - {on: db, kind: runs on}
      - id: web
        kind: application
        depends_on:
          - {id: machines, of: [vm-1, vm-2], k: 1, strength: required}
      - {id: db, kind: database}
      - {id: vm-1, kind: virtual machine}
      - {id: vm-2, kind: virtual machine}
"""

# a patch, and the same by hand: what stands in the file, and what would
SAME = [
    ("add: {elements: [{id: mail, kind: tool, name: Mail}]}",
     ("  - {id: vm-1, kind", "  - {id: mail, kind: tool, name: Mail}\n  - {id: vm-1, kind")),
    ("add: {teams: [{id: ops}]}", ("  - {id: db-team}", "  - {id: db-team}\n  - {id: ops}")),
    ("change: {shop: {name: The shop}}", ("name: Shop", "name: The shop")),
    ("change: {shop: {owner: db-team}}", ("owner: web-team", "owner: db-team")),
    ("change: {shop: {criticality: high}}", ("    owner: web-team", "    owner: web-team\n    criticality: high")),
    ("change: {shop: {tag: [money, new]}}", ("[front, money]", "[money, new]")),
    ("change: {shop: {tag: ~}}", ("    tag: [front, money]\n", "")),
    ("change: {shop: {raci: [{duty: accountable, to: db-team}]}}", ("to: web-team}", "to: db-team}")),
    ("change: {shop: {raci: ~}}", ("    raci: [{duty: accountable, to: web-team}]\n", "")),
    ("change: {Shop: {depends_on: {remove: [web]}}}", ("      - {on: web, strength: required}\n", "")),
    ("change: {shop: {depends_on: {remove: [{on: db, kind: runs on}]}}}", ("      - {on: db, kind: runs on}\n", "")),
    ("change: {shop: {depends_on: {add: [{on: vm-1, strength: optional}]}}}",
     ("      - {on: db, kind: runs on}\n", "      - {on: db, kind: runs on}\n      - {on: vm-1, strength: optional}\n")),
    ("change: {shop: {depends_on: {change: [{on: web, strength: degrading}]}}}",
     ("{on: web, strength: required}", "{on: web, strength: degrading}")),
    ("change: {shop: {depends_on: {change: [{on: db, kind: needs, tolerance: 1 h, strength: ~}]}}}",
     ("{on: db, strength: degrading, tolerance: 30 min}", "{on: db, tolerance: 1 h}")),
    ("change: {web: {depends_on: {change: [{id: machines, k: 2}]}}}", ("k: 1", "k: 2")),
    ("change: {web: {depends_on: {change: [{id: machines, k: 50 %}]}}}", ("k: 1", "k: 50 %")),
    ("change: {web: {depends_on: {change: [{id: machines, full: 2, strength: ~}]}}}",
     ("k: 1, strength: required", "k: 1, full: 2")),
    ("change: {web: {depends_on: {remove: [machines]}}}",
     ("    depends_on:\n      - {id: machines, of: [vm-1, vm-2], k: 1, strength: required}\n", "")),
    ("change: {web: {depends_on: {remove: [machines], add: [{id: machines, of: [vm-1, vm-2, db], k: 2, strength: required}]}}}",
     ("of: [vm-1, vm-2], k: 1", "of: [vm-1, vm-2, db], k: 2")),
    ("change: {web: {depends_on: {remove: [vm-2]}}}", ("of: [vm-1, vm-2]", "of: [vm-1]")),
    ("change: {web: {depends_on: {remove: [machines], add: [{id: machines, of: [vm-1, {on: db, tolerance: 5 min}], k: 50 %}]}}}",
     ("of: [vm-1, vm-2], k: 1, strength: required", "of: [vm-1, {on: db, tolerance: 5 min}], k: 50 %")),
    ("change: {shop: {depends_on: {change: [{on: web, strength: optional, tolerance: 2 h}]}}}",
     ("{on: web, strength: required}", "{on: web, strength: optional, tolerance: 2 h}")),
    ("change: {shop: {depends_on: {change: [{on: db, kind: needs, tolerance: ~}]}}}",
     ("strength: degrading, tolerance: 30 min", "strength: degrading")),
    ("change: {shop: {depends_on: {add: [{on: vm-1, tolerance: 1 min, recovery_lag: 2 min}]}}}",
     ("      - {on: db, kind: runs on}\n", "      - {on: db, kind: runs on}\n      - {on: vm-1, tolerance: 1 min, recovery_lag: 2 min}\n")),
]  # fmt: skip


def patch(folder, text):
    file = folder / "what-if.yaml"
    file.write_text(dedent(text), encoding="utf-8")
    return file


def edited(*edits):
    text = dedent(MAP)
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def as_graph(made):
    """The service graph in words; lines and files left out."""
    p, e = made.projection, made.projection.edges
    facts = {
        (s.split("/id/")[-1], predicate, value.text)
        for s in {*p.iris, *e.iris, *p.groups.iris}
        for predicate, value, graph in made.store.about(s)
        if not graph.endswith("/meta")
    }
    return facts, list(p.ids), sorted(zip(e.iris, e.strength.tolist(), strict=True)), p.groups.k.tolist()


@pytest.mark.parametrize(("text", "edit"), SAME, ids=[text for text, _ in SAME])
def test_a_what_if_is_what_the_edited_file_would_say(tmp_path, text, edit):
    before = opened(tmp_path / "a", MAP)
    made = overlaid(before, patch(tmp_path, text))
    by_hand = opened(tmp_path / "b", edited(edit))
    assert as_graph(made) == as_graph(by_hand)
    assert compare(made, by_hand).differences == ()
    assert compare(before, made).differences != ()


@pytest.mark.parametrize(("text", "edit"), some(SAME), ids=[text for text, _ in some(SAME)])
def test_neither_the_file_nor_the_opened_map_is_touched(tmp_path, text, edit):
    before = opened(tmp_path, MAP)
    written, dump = (tmp_path / "shop" / "map.yaml").read_bytes(), before.store.dump()
    overlaid(before, patch(tmp_path, text))
    assert (tmp_path / "shop" / "map.yaml").read_bytes() == written
    assert before.store.dump() == dump


MORE = ("{remove: [machines]}", "full: 2, strength")  # whole groups that are no more, and a strength that nobody says
ARRAYS_ALONE = [text for text, _ in SAME if "depends_on" in text and not any(word in text for word in MORE)]


def columns(p):
    e, g = p.edges, p.groups
    rare = {name: list(zip(said.edges.tolist(), said.values, strict=True)) for name, said in e.rare.items()}
    arrays = [
        each.tolist() for each in (e.dependent, e.provider, e.kind, e.claim, g.k, g.full, g.size, p.stub, *p.uses)
    ]
    return arrays, list(e.iris), rare, p.dated, list(p.ids)


@pytest.mark.parametrize("text", [text for text, _ in some(SAME)])
def test_the_graph_alone_is_the_graph_of_the_whole_map(tmp_path, text, monkeypatch):
    before, file = opened(tmp_path / "a", MAP), patch(tmp_path, text)
    whole = overlaid(before, file).projection
    if text in ARRAYS_ALONE:
        monkeypatch.setattr("graph.whatif.overlaid", lambda *_: pytest.fail("all statements were gone through"))
    found = overlaid_graph(before, file)
    assert columns(found) == columns(whole)
    assert found.revision != before.projection.revision


@pytest.mark.parametrize("text", ARRAYS_ALONE)
@pytest.mark.parametrize("changed", ["db", "vm-1"])
def test_whom_a_what_if_helps_is_told_alike_by_what_rests_on_it_and_by_two_whole_answers(tmp_path, text, changed):
    laid = laid_over(opened(tmp_path / "a", MAP), patch(tmp_path, text))
    assert laid.edit is not None
    failing = {laid.after.find(changed): State.DOWN}
    assert laid.told(failing) == replace(laid, edit=None).told(failing)


def test_a_spare_that_a_what_if_adds_helps_who_rests_on_the_group(tmp_path):
    text = MAP.replace("of: [vm-1, vm-2]", "of: [vm-1]")
    before = opened(tmp_path, text)
    again = "{id: machines, of: [vm-1, vm-2], k: 1, strength: required}"
    file = patch(tmp_path, f"change: {{web: {{depends_on: {{remove: [machines], add: [{again}]}}}}}}")
    laid = laid_over(before, file)
    assert laid.edit is not None
    failing = {laid.after.find("vm-1"): State.DOWN}
    words = "with the what-if, 2 elements fare better: Shop (down → at risk), web (down → at risk)"
    assert laid.told(failing) == (words,)
    result = judge(laid.after, [Change(ChangeKind.OUTAGE, laid.after.find("vm-1"))])
    assert fares(laid.before, laid.after, result) == (words,)


def test_of_what_only_the_what_if_brings_nothing_is_said_to_fare_otherwise(tmp_path):
    laid = laid_over(opened(tmp_path, MAP), patch(tmp_path, "add: {elements: [{id: mail, kind: tool}]}"))
    assert laid.edit is None
    assert laid.told({laid.after.find("mail"): State.DOWN}) == ()


@pytest.mark.parametrize("number", range(2))
def test_a_member_of_a_group_of_a_real_map_is_taken_away_in_the_arrays(tmp_path, enterprise, number, monkeypatch):
    p = enterprise.projection
    inside = np.flatnonzero((p.edges.dependent >= len(p)) & (p.edges.provider < len(p)))
    of_owners = [
        e for e in inside.tolist()
        if "power" not in p.edges.iris[e] and p.groups.k[p.edges.dependent[e] - len(p)] < p.groups.size[p.edges.dependent[e] - len(p)]
    ]  # fmt: skip
    edge = of_owners[len(of_owners) * (2 * number + 1) // 4]
    owner = p.ids[p.index[p.edges.iris[edge].partition("/dependency/")[0]]]
    file = patch(tmp_path, f"change: {{{owner}: {{depends_on: {{remove: [{p.ids[int(p.edges.provider[edge])]}]}}}}}}")
    whole = columns(overlaid(enterprise, file).projection)
    monkeypatch.setattr("graph.whatif.overlaid", lambda *_: pytest.fail("all statements were gone through"))
    assert columns(overlaid_graph(enterprise, file)) == whole


@pytest.mark.parametrize("number", range(4))
def test_each_dependency_of_a_real_map_can_be_removed_and_changed_in_the_arrays(tmp_path, enterprise, number):
    p = enterprise.projection
    alone = (p.edges.provider < len(p)) & (p.edges.dependent < len(p))
    of_elements = [e for e in np.flatnonzero(alone).tolist() if p.kinds[p.edges.kind[e]].key == "runs on"]
    edge = of_elements[len(of_elements) * number // 4]
    ends = [p.ids[int(end[edge])] for end in (p.edges.dependent, p.edges.provider)]
    on = f"{{on: {ends[1]}, kind: {p.kinds[p.edges.kind[edge]].key}, strength: optional}}"
    what = f"change: [{on}]" if number % 2 else f"remove: [{on}]"
    file = patch(tmp_path, f"change: {{{ends[0]}: {{depends_on: {{{what}}}}}}}")
    assert columns(overlaid_graph(enterprise, file)) == columns(overlaid(enterprise, file).projection)


def test_what_a_property_brings_back_is_left_to_the_statements(tmp_path):
    before = opened(
        tmp_path,
        """
        elements:
          - {id: a, kind: application, location: b, depends_on: [{on: b, kind: located in, strength: degrading}]}
          - {id: b, kind: location}
        """,
    )
    file = patch(tmp_path, "change: {a: {depends_on: {remove: [b]}}}")
    found = overlaid_graph(before, file)
    assert columns(found) == columns(overlaid(before, file).projection)
    assert len(found.edges) == 1


def test_a_group_that_would_need_too_many_is_refused_for_the_graph_too(tmp_path):
    file = patch(tmp_path, "change: {web: {depends_on: {change: [{id: machines, k: 3}]}}}")
    with pytest.raises(InputError, match="would need 3 of 2 members"):
        overlaid_graph(opened(tmp_path, MAP), file)


def test_what_is_removed_and_still_needed_stays_as_something_that_nobody_defines(tmp_path):
    made = overlaid(opened(tmp_path, MAP), patch(tmp_path, "remove: [db]"))
    assert [made.projection.ids[v] for v in made.projection.stub.nonzero()[0]] == ["shop/db"]
    assert [f.check for f in made.findings if f.check == "stub"] == ["stub"]


def test_what_is_removed_and_needed_by_nobody_is_gone(tmp_path):
    made = overlaid(opened(tmp_path, MAP), patch(tmp_path, "remove: [shop]\n"))
    assert "shop/shop" not in made.projection.ids
    assert made.projection.edges.iris != []


def test_all_parts_go_together(tmp_path):
    text = """
        add:
          elements: [{id: vm-3, kind: virtual machine}]
        change:
          web:
            depends_on:
              remove: [machines]
              add: [{id: machines, of: [vm-2, vm-3], k: 1, strength: required}]
        remove: [vm-1]
    """
    made = overlaid(opened(tmp_path / "a", MAP), patch(tmp_path, text))
    by_hand = opened(
        tmp_path / "b", edited(("  - {id: vm-1, kind: virtual machine}\n", ""), ("id: vm-2, kind: virtual machine}", "id: vm-2, kind: virtual machine}\n  - {id: vm-3, kind: virtual machine}"), ("of: [vm-1, vm-2]", "of: [vm-2, vm-3]"))
    )  # fmt: skip
    assert as_graph(made) == as_graph(by_hand)


def test_what_the_what_if_says_has_its_place_in_it(tmp_path):
    file = patch(tmp_path, "add:\n  elements:\n    - {id: mail, kind: tool}\n")
    before = opened(tmp_path, MAP)
    (difference,) = compare(before, overlaid(before, file)).differences
    assert str(difference.where) == f"{file}:3"


def test_ids_of_a_map_with_a_base_of_its_own_keep_it(tmp_path):
    text = "base: https://example.org/\n" + dedent(MAP)
    made = overlaid(
        opened(tmp_path, text), patch(tmp_path, "add: {elements: [{id: mail, kind: tool, depends_on: [db]}]}")
    )
    assert {iri.partition("/shop/")[0] for iri in made.projection.iris} == {"https://example.org"}
    assert not made.projection.stub.any()


def test_a_map_of_several_namespaces_is_asked_which(tmp_path):
    opened(tmp_path, MAP)
    other = tmp_path / "other" / "map.yaml"
    other.parent.mkdir()
    other.write_text("elements: [{id: x, kind: tool}]")
    both = open_map([tmp_path / "shop", other])
    with pytest.raises(InputError, match="the map has several namespaces; say which in 'namespace:'"):
        overlaid(both, patch(tmp_path, "add: {elements: [{id: y, kind: tool}]}"))
    made = overlaid(both, patch(tmp_path, "namespace: other\nadd: {elements: [{id: y, kind: tool}]}"))
    assert "other/y" in made.projection.ids


def test_a_dependency_that_follows_from_a_property_is_changed_by_the_property(tmp_path):
    text = "locations: [{id: bergen, kind: site}]\nelements: [{id: web, kind: server, location: bergen}]"
    file = patch(tmp_path, "change: {web: {depends_on: {remove: [bergen]}}}")
    with pytest.raises(InputError) as left:
        overlaid(opened(tmp_path, text), file)
    assert str(left.value.problems[0]) == (
        f"{file}:1: that 'shop/web' depends on 'bergen' follows from the property 'location'; "
        "change that instead: a property stands under the element itself"
    )
    made = overlaid(opened(tmp_path, text), patch(tmp_path, "change: {web: {location: ~}}"))
    assert len(made.projection.edges) == 0


ENTERPRISE = Path(__file__).parents[2] / "data" / "enterprise"
EXAMPLES = Path(__file__).parents[2] / "docs" / "what-if"
WHAT_FOLLOWS = {
    "add-a-replica": "no longer a single point of failure: Zone A alone takes Online ordering down",
    "retire-a-site": "new finding: data/enterprise/infrastructure.yaml:463: 'distribution-centre' is defined nowhere; "
    "6 elements point at it; define it, load the source that defines it, or correct the name",
    "move-a-tier": "no longer a single point of failure: Zone A alone takes Gift cards down",
    "change-an-agreement": "promise SQL cluster OLA, availability of SQL cluster: guaranteed (168.5 minutes left) "
    "before, not guaranteed (25.92 minutes too many) after",
}


@pytest.fixture(scope="module")
def enterprise():
    return open_map([ENTERPRISE])


def test_each_example_of_a_what_if_is_tried():
    assert {file.stem for file in EXAMPLES.iterdir()} == WHAT_FOLLOWS.keys()


@pytest.mark.parametrize("name", sorted(WHAT_FOLLOWS))
def test_an_example_tells_before_and_after_in_one_answer(enterprise, name):
    after = overlaid(enterprise, EXAMPLES / f"{name}.yaml")
    comparison = compare(enterprise, after)
    notes = told(comparison, consequences(enterprise, after, comparison)).notes
    place = str(ENTERPRISE.parent.parent) + "/"
    assert WHAT_FOLLOWS[name] in [note.replace(place, "") for note in notes]


def test_a_store_can_be_asked_what_if(tmp_path):
    opened(tmp_path, MAP)
    load_into(tmp_path / "store", [tmp_path / "shop"])
    made = overlaid(open_map(store=tmp_path / "store"), patch(tmp_path, "change: {shop: {name: The shop}}"))
    assert "The shop" in list(made.projection.labels)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("change: {web: {depends_on: {change: [{id: machines, k: 3}]}}}", ":1: a group of 'shop/web' would need 3 of 2 members; lower 'k' or add members"),
        ("change:\n  web:\n    depends_on:\n      remove: [machines]\n      add: [{id: machines, of: [vm-1], k: 2}]", ":5: a group of 'shop/web' would need 2 of 1 members; lower 'k' or add members"),
        ("change: {wev: {name: x}}", ":1: no element 'wev' in this map; did you mean 'web'?"),
        ("remove: [vm-9]", ":1: no element 'vm-9' in this map; did you mean 'vm-2'?"),
        ("change: {web: {ownr: web-team}}", ":1: 'application' has no property 'ownr'; did you mean 'owner'?"),
        ("change: {web: {owner: nobody}}", ":1: 'nobody' is not defined; add it or correct the name"),
        ("change: {web: {owner: ~}}", ":1: 'shop/web' has no 'owner' to take away; leave it out"),
        ("change: {web: {criticality: hihg}}", ":1: 'criticality': unknown value 'hihg'; did you mean 'high'?"),
        ("change: {shop: {depends_on: {remove: [wep]}}}", ":1: 'shop/shop' does not depend on 'wep'; did you mean 'web'?"),
        ("change: {shop: {depends_on: {remove: [vm-1]}}}", ":1: 'shop/shop' does not depend on 'vm-1'; name an element that it depends on, or the id of a group"),
        ("change: {shop: {depends_on: {change: [{on: db, strength: required}]}}}", ":1: 2 dependencies are meant; say which by 'kind'"),
        ("change: {shop: {depends_on: {change: [{on: web, strenght: required}]}}}", ":1: a dependency has no 'strenght'; did you mean 'strength'?"),
        ("change: {shop: {depends_on: {change: [web]}}}", ":1: a changed dependency says what is new; write 'on: id' and the new values"),
        ("change: {shop: {depends_on: {add: [web]}}}", ":1: 'shop/shop' has this dependency already; put it under 'change'"),
        ("change: {shop: {depends_on: [web]}}", ":1: 'depends_on' of a change has lists under 'add', 'remove' and 'change'; write one"),
        ("change: {shop: web}", ":1: under 'shop' there are no properties; write 'owner: web-team' or the like"),
        ("change: [shop]", ":1: 'change' is a mapping; write the ids of elements below it"),
        ("add: {elements: [{id: web, kind: tool}]}", ":1: 'shop/web' is on the map already; put it under 'change'"),
        ("add: {elements: [{id: x, kind: toool}]}", ":1: unknown kind 'toool'; did you mean 'tool'?"),
        ("ad: {}", ":1: unknown part 'ad' of a what-if; did you mean 'add'?"),
        ("title: nothing", ":1: the what-if changes nothing; write one of add, change, remove"),
        ("- x", ": a what-if is one mapping; begin with one of add, change, remove"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(tmp_path, text, said):
    file = patch(tmp_path, text)
    with pytest.raises(InputError) as left:
        overlaid(opened(tmp_path, MAP), file)
    assert str(left.value.problems[0]) == f"{file}{said}"


def test_a_problem_of_a_group_and_of_its_members_is_told_once(tmp_path):
    opened_map = opened(tmp_path, MAP)
    text = "change: {web: {depends_on: {add: [{id: machines, of: [vm-1, vm-2]}]}}}"
    with pytest.raises(InputError) as caught:
        overlaid(opened_map, patch(tmp_path, text))
    assert [str(problem).rpartition("yaml:")[2] for problem in caught.value.problems] == [
        "1: 'shop/web' has this dependency already; put it under 'change'"
    ]
