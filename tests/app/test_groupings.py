"""Which group does each element belong to? By layer, owner, system, location and community."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from app.atlas import Atlas
from app.groupings import GROUPINGS, By, best_grouping, grouping
from graph.maps import open_map

MAP = """
namespace: g
elements:
  - {id: shop, kind: application, name: Shop, owner: web, part_of: store, depends_on: [{on: vm, kind: runs on}]}
  - {id: store, kind: application, name: Store, owner: web}
  - {id: vm, kind: virtual machine, name: VM, owner: ops, location: hall}
  - {id: hall, kind: site, name: Hall}
  - {id: paper, kind: application, name: Paper}
  - {id: web, kind: team, name: Web}
  - {id: ops, kind: team, name: Ops}
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    """Seven elements of which it is clear where they belong."""
    file = tmp_path_factory.mktemp("g") / "g.yaml"
    file.write_text(MAP)
    return Atlas(open_map([file]))


def groups(atlas: Atlas, by: By) -> dict[str, set[str]]:
    found = grouping(atlas, by)
    named: dict[str, set[str]] = {group.label: set() for group in found.groups}
    for element, number in enumerate(found.member.tolist()):
        named[found.groups[number].label].add(atlas.projection.labels[element])
    return named


def test_owners_hold_what_they_own_and_themselves(small: Atlas) -> None:
    assert groups(small, "owner") == {
        "Web": {"Shop", "Store", "Web"},
        "Ops": {"VM", "Ops"},
        "Owner not said": {"Hall", "Paper"},
    }


def test_a_system_is_the_outermost_of_what_an_element_is_part_of(small: Atlas) -> None:
    assert groups(small, "system")["Store"] == {"Shop", "Store"}


def test_an_element_is_where_the_thing_is_that_it_runs_on(small: Atlas) -> None:
    assert groups(small, "location")["Hall"] == {"Shop", "VM", "Hall"}


def test_communities_are_named_after_what_most_others_use(small: Atlas) -> None:
    assert any(label.startswith("Around ") for label in groups(small, "community"))


@pytest.mark.parametrize("by", GROUPINGS)
def test_every_element_belongs_to_one_group_and_no_group_is_empty(atlas: Atlas, by: By) -> None:
    found = grouping(atlas, by)
    assert len(found.member) == len(atlas)
    assert set(found.member.tolist()) == set(range(len(found.groups)))
    assert len({group.key for group in found.groups}) == len(found.groups)


def test_a_map_that_names_no_group_is_gathered_by_community(tmp_path: Path) -> None:
    lines = ["namespace: g", "elements:"]
    lines += [f"  - {{id: s{n}, kind: technical service, depends_on: [s{(n + 1) % 9}]}}" for n in range(9)]
    (tmp_path / "g.yaml").write_text("\n".join(lines))
    assert best_grouping(Atlas(open_map([tmp_path]))) == "community"


def test_a_map_is_gathered_by_the_first_word_that_says_much(small: Atlas) -> None:
    assert best_grouping(small) == "owner"


def test_what_two_ask_for_at_once_is_made_once(atlas: Atlas) -> None:
    made, begun = [], Event()

    def make() -> str:
        begun.set()
        made.append(time.sleep(0.05))
        return "made"

    with ThreadPoolExecutor(2) as both:
        first = both.submit(atlas.kept, "asked for at once", make)
        begun.wait(10)
        second = both.submit(atlas.kept, "asked for at once", make)
        assert (first.result(), second.result(), len(made)) == ("made", "made", 1)
