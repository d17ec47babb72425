"""Editing a map file: the change is made, and every other byte stays."""

import difflib
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given
from hypothesis import strategies as st

from graph.documents import read_documents
from graph.mapfile.edit import (
    AddDependency,
    AddElement,
    ChangeDependency,
    RemoveDependency,
    RemoveElement,
    RemoveProperty,
    SetProperty,
    edit,
)
from graph.model import InputError
from tests.examples import examples, some
from tests.graph.mapfile.maps import maps

DATA = Path(__file__).parents[3] / "data"

SHOP = """\
# yaml-language-server: $schema=x
namespace: shop   # our name

teams:            # who
- {id: web-team, name: "Web: team"}   # flush left

elements:
  # the shop itself
  - id: shop
    kind: business service
    name: 'Shop'
    description: |
      Two lines,
      # not a comment

    owner: web-team   # since May
    depends_on:
      - web           # the page
      # two databases
      - {on: db, strength: degrading,   tolerance: 30 min}
      - of: [vm-1, {on: vm-2, kind: runs on}]
        k: 1
        id: vms

  - id: web
    name: 日本 😀
    kind: application

  - {id: db, kind: database, owner: web-team}
  - id: vm-1
    kind: virtual machine
    tag:
      - a
      - b  # second
"""

# name, change, lines that go, lines that come
CASES = [
    ("a value in place", SetProperty("shop", "owner", "db-team"), ["    owner: web-team   # since May"], ["    owner: db-team   # since May"]),
    ("a quoted value in place", SetProperty("shop", "name", "no"), ["    name: 'Shop'"], ['    name: "no"']),
    ("a value in braces", SetProperty("db", "owner", "b: c"), ["  - {id: db, kind: database, owner: web-team}"], ['  - {id: db, kind: database, owner: "b: c"}']),
    ("a new value", SetProperty("web", "owner", "web-team"), [], ["    owner: web-team"]),
    ("a new value before the dependencies", SetProperty("shop", "criticality", "high"), [], ["    criticality: high"]),
    ("a new value in braces", SetProperty("db", "tag", ["a", "b"]), ["  - {id: db, kind: database, owner: web-team}"], ["  - {id: db, kind: database, owner: web-team, tag: [a, b]}"]),
    ("a new list", SetProperty("web", "raci", [{"duty": "informed", "to": "db-team"}]), [], ["    raci:", "      - {duty: informed, to: db-team}"]),
    ("a block text for one line", SetProperty("shop", "description", "One."), ["    description: |", "      Two lines,", "      # not a comment"], ["    description: One."]),
    ("a list for one word", SetProperty("vm-1", "tag", "c"), ["    tag:", "      - a", "      - b  # second"], ["    tag: c  # second"]),
    ("a value goes", RemoveProperty("shop", "owner"), ["    owner: web-team   # since May"], []),
    ("a value in braces goes", RemoveProperty("db", "owner"), ["  - {id: db, kind: database, owner: web-team}"], ["  - {id: db, kind: database}"]),
    ("a block text goes", RemoveProperty("shop", "description"), ["    description: |", "      Two lines,", "      # not a comment"], []),
    ("an element goes", RemoveElement("db"), ["  - {id: db, kind: database, owner: web-team}"], []),
    ("an element of a namespace goes", RemoveElement("shop/web"), ["  - id: web", "    name: 日本 😀", "    kind: application", ""], []),
    ("the only element of a section goes", RemoveElement("web-team"), ["teams:            # who", '- {id: web-team, name: "Web: team"}   # flush left'], []),
    ("an element comes", AddElement("elements", {"id": "q", "kind": "queue", "name": "Q"}), [], ["  - id: q", "    kind: queue", "    name: Q"]),
    ("an element comes to a list at the left", AddElement("teams", {"id": "db-team"}), [], ["- id: db-team"]),
    ("an element of a new section", AddElement("people", {"id": "ann", "name": "Ann"}), [], ["", "people:", "  - id: ann", "    name: Ann"]),
    ("a dependency comes", AddDependency("shop", {"on": "q", "kind": "needs", "strength": "optional"}), [], ["      - {on: q, kind: needs, strength: optional}"]),
    ("the first dependency comes", AddDependency("web", "db"), [], ["    depends_on: [db]"]),
    ("a group comes", AddDependency("db", {"of": ["vm-1", "vm-2"], "k": "1"}), ["  - {id: db, kind: database, owner: web-team}"], ['  - {id: db, kind: database, owner: web-team, depends_on: [{of: [vm-1, vm-2], k: "1"}]}']),
    ("a dependency goes", RemoveDependency("shop", "web"), ["      - web           # the page"], []),
    ("a member of a group goes", RemoveDependency("shop", "vm-2"), ["      - of: [vm-1, {on: vm-2, kind: runs on}]"], ["      - of: [vm-1]"]),
    ("a group goes", RemoveDependency("shop", "vms"), ["      - of: [vm-1, {on: vm-2, kind: runs on}]", "        k: 1", "        id: vms"], []),
    ("a short dependency gets a strength", ChangeDependency("shop", "web", {"strength": "required"}), ["      - web           # the page"], ["      - {on: web, strength: required}           # the page"]),
    ("a long dependency changes", ChangeDependency("shop", "db", {"strength": "optional", "tolerance": None}), ["      - {on: db, strength: degrading,   tolerance: 30 min}"], ["      - {on: db, strength: optional}"]),
    ("a member of a group changes", ChangeDependency("shop", "vm-1", {"kind": "runs on"}), ["      - of: [vm-1, {on: vm-2, kind: runs on}]"], ["      - of: [{on: vm-1, kind: runs on}, {on: vm-2, kind: runs on}]"]),
    ("a group changes", ChangeDependency("shop", "vms", {"k": "2"}), ["        k: 1"], ['        k: "2"']),
]  # fmt: skip


def difference(old, new):
    """Lines that go and lines that come."""
    rows = list(difflib.ndiff(old.splitlines(keepends=True), new.splitlines(keepends=True)))
    return [[row[2:].rstrip("\r\n") for row in rows if row.startswith(sign)] for sign in "-+"]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(("change", "gone", "come"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_only_what_the_change_is_about_changes(change, gone, come, newline):
    old = SHOP.replace("\n", newline)
    new = edit(old, [change])
    went, came = difference(old, new)
    assert (went, came) == (gone, come)
    assert new.count("\n") == new.count(newline)


def test_a_byte_order_mark_stays():
    assert edit("\ufeff" + SHOP, [RemoveElement("db")]) == "\ufeff" + edit(SHOP, [RemoveElement("db")])


def test_a_file_without_a_last_line_end_can_grow():
    new = edit(SHOP.rstrip("\n"), [SetProperty("vm-1", "owner", "x"), AddElement("elements", {"id": "q"})])
    assert new == SHOP + "    owner: x\n  - id: q\n"


def test_several_changes_are_made_in_turn():
    new = edit(
        SHOP,
        [
            AddElement("elements", {"id": "q", "kind": "server"}),
            AddDependency("q", "db"),
            AddDependency("q", "web"),
            SetProperty("q", "name", "Q"),
        ],
    )
    assert new == SHOP + "  - id: q\n    kind: server\n    name: Q\n    depends_on: [db, web]\n"


def test_one_dependency_without_a_list_becomes_a_list():
    old = "elements:\n  - id: a\n    depends_on: b   # why\n"
    assert edit(old, [AddDependency("a", "c")]) == "elements:\n  - id: a\n    depends_on: [b, c]   # why\n"
    assert edit(old, [RemoveDependency("a", "b")]) == "elements:\n  - id: a\n"


def test_documents_of_a_file_keep_their_namespaces():
    old = "namespace: a\nelements:\n  - id: x\n---\nnamespace: b\nelements:\n  - id: x\n"
    assert edit(old, [SetProperty("b/x", "name", "X")]) == old + "    name: X\n"
    assert edit(old, [AddElement("teams", {"id": "y"}, namespace="b")]) == old + "\nteams:\n  - id: y\n"


def test_an_empty_section_and_an_empty_value_are_filled():
    assert edit(
        "teams:\nelements:\n  - id: x\n    name:   # later\n",
        [AddElement("teams", {"id": "y"}), SetProperty("x", "name", "X")],
    ) == ("teams:\n  - id: y\nelements:\n  - id: x\n    name: X   # later\n")


WRONG = [
    (SetProperty("shp", "name", "x"), "no element 'shp' in this file; did you mean 'shop'"),
    (SetProperty("other/shop", "name", "x"), "no element 'other/shop'"),
    (RemoveProperty("shop", "ownr"), "'shop' has no property 'ownr' that can be removed; did you mean 'owner'"),
    (RemoveProperty("shop", "id"), "no property 'id' that can be removed"),
    (RemoveDependency("shop", "dbx"), "'shop' has no such dependency on 'dbx'; did you mean 'db'"),
    (RemoveDependency("shop", "db", {"kind": "runs on"}), "no such dependency on 'db'"),
    (AddElement("elemnts", {"id": "x"}), "there is no section 'elemnts'; did you mean 'elements'"),
    (AddElement("elements", {"id": "x"}, namespace="q"), "this file has no document for 'q'"),
]


@pytest.mark.parametrize(("change", "message"), WRONG)
def test_what_is_not_there_is_told(change, message):
    with pytest.raises(InputError, match=message.replace("(", r"\(")):
        edit(SHOP, [change])


def test_equal_dependencies_are_told_apart():
    old = "elements:\n  - id: a\n    depends_on:\n      - {on: b, slot: x}\n      - {on: b, slot: y}\n"
    with pytest.raises(InputError, match="2 dependencies on 'b'"):
        edit(old, [RemoveDependency("a", "b")])
    assert edit(old, [RemoveDependency("a", "b", {"slot": "x"})]) == old.replace("      - {on: b, slot: x}\n", "")


def test_what_an_alias_shares_is_not_changed_for_others():
    old = "elements:\n  - id: a\n    tag: &t [x]\n  - id: b\n    tag: *t   # shared\n  - id: c\n    depends_on: &d [a]\n  - id: e\n    depends_on: *d\n"
    assert edit(old, [SetProperty("b", "tag", "y")]) == old.replace("*t ", "y ")
    with pytest.raises(InputError, match="by hand"):
        edit(old, [SetProperty("a", "tag", "y")])
    with pytest.raises(InputError, match="by hand"):
        edit(old, [AddDependency("e", "b")])


def test_the_last_member_of_a_group_does_not_go_alone():
    with pytest.raises(InputError, match="the group would have no members"):
        edit(SHOP, [RemoveDependency("shop", "vm-1"), RemoveDependency("shop", "vm-2")])


def test_json_is_not_edited():
    with pytest.raises(InputError, match="a JSON file is not edited"):
        edit("{}", [RemoveElement("a")], path="map.json")


def test_nothing_is_done_when_a_later_change_fails():
    with pytest.raises(InputError):
        edit(SHOP, [RemoveElement("db"), RemoveElement("db")])


SHIPPED = sorted(DATA.glob("laundry/*.yaml")) + sorted(DATA.glob("enterprise/*.yaml"))


@pytest.mark.parametrize("file", some(SHIPPED), ids=lambda file: f"{file.parent.name}/{file.name}")
def test_entries_of_the_shipped_maps_can_be_edited_and_edited_back(file):
    """A property comes and goes again and nothing has changed; so do a dependency and an element."""
    old = file.read_text(encoding="utf-8")
    for document in read_documents(file):
        for section, entries in document.value.items():
            for entry in [*entries[::8], entries[-1]] if isinstance(entries, list) else ():
                identifier = entry["id"]
                there = edit(old, [SetProperty(identifier, "new_key", "no: 1")])
                assert edit(there, [RemoveProperty(identifier, "new_key")]) == old
                there = edit(old, [AddDependency(identifier, {"on": "elsewhere", "kind": "runs on"})])
                went, came = difference(old, there)
                assert len(went) <= 1
                assert len(came) in (1, 2)
                assert edit(edit(old, [AddElement(section, {"id": "new-one"})]), [RemoveElement("new-one")]) == old


@examples(60, suppress_health_check=list(HealthCheck))
@given(made=maps(), seed=st.randoms(use_true_random=False))
def test_lines_outside_of_a_change_stay_in_random_maps(made, seed):
    from graph.mapfile.text import block

    text = "\n".join(block(made)) + "\n"
    entry = seed.choice(made["elements"])
    keys = [key for key in entry if key != "id"]
    key = seed.choice(keys)
    new = edit(text, [RemoveProperty(entry["id"], key)])
    wanted = json.loads(json.dumps(made))
    del next(e for e in wanted["elements"] if e["id"] == entry["id"])[key]
    assert read_documents(Path("a.yaml"), text=new.encode())[0].value == wanted
    assume(entry["id"].isascii())
    there = edit(text, [SetProperty(entry["id"], "zzz", seed.choice(["x", ["a", "b"]]))])
    assert edit(there, [RemoveProperty(entry["id"], "zzz")]) == text
