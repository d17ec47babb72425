"""A store with a patch laid over it says what all its statements put together would, and is a copy that goes."""

import gc
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest

from graph import whatif
from graph.compare import compare
from graph.consequences import consequences
from graph.maps import load_into, open_map
from graph.store import DERIVED, embedded
from graph.store.laid import _NEAR, LaidStore
from graph.store.rules import rules
from graph.whatif import overlaid

MAP = """
    elements:
      - {id: shop, kind: business service, name: Shop, owner: web-team, criticality: critical,
         raci: [{duty: accountable, to: web-team}], depends_on: [web, {on: db, strength: degrading}]}
      - {id: web, kind: application, environment: live, location: bergen,
         depends_on: [{id: machines, of: [vm-1, vm-2], k: 1}]}
      - {id: db, kind: database, owner: db-team, criticality: low, depends_on: [disk]}
      - {id: disk, kind: server}
      - {id: vm-1, kind: virtual machine, depends_on: [disk]}
      - {id: vm-2, kind: virtual machine, depends_on: [disk]}
      - {id: live, kind: environment, environment_type: production}
      - {id: bergen, kind: site}
      - {id: oslo, kind: site}
      - {id: web-team, kind: team}
      - {id: db-team, kind: team}
"""
PATCHES = [
    "add: {elements: [{id: mail, kind: application, name: Mail, owner: web-team, depends_on: [db]}]}",
    "add: {elements: [{id: mail, kind: business service, criticality: critical, depends_on: [db]}]}\n"
    "change: {shop: {depends_on: {add: [mail]}}}",
    "remove: [db]",
    "remove: [shop]",
    "remove: [web-team]",
    "change: {vm-2: {depends_on: {remove: [disk], add: [db]}}}",
    "change: {web: {depends_on: {remove: [vm-2]}}}",
    "change: {web: {location: oslo, environment: ~}}",
    "change: {shop: {name: The shop, owner: db-team, criticality: ~, raci: ~}}",
    "change: {db: {criticality: high, lifecycle: retired}}",
]


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """The map in a store, with all that a large one keeps."""
    folder = tmp_path_factory.mktemp("laid")
    (folder / "shop").mkdir()
    (folder / "shop" / "map.yaml").write_text(dedent(MAP), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embedded, "_MARKED", 0)
        load_into(folder / "store", [folder / "shop"])
    return open_map(store=folder / "store")


@pytest.fixture
def laid(kept, tmp_path, monkeypatch):
    """The same patch both ways: in a copy of the store, and from all statements."""

    def lay(text):
        file = tmp_path / "what-if.yaml"
        file.write_text(text, encoding="utf-8")
        monkeypatch.setattr(whatif, "_LARGE", 0)
        short = overlaid(kept, file)
        monkeypatch.setattr(whatif, "_LARGE", 1 << 40)
        return short, overlaid(kept, file)

    return lay


@pytest.mark.parametrize("text", PATCHES)
def test_a_copy_says_finds_and_compares_as_all_statements_put_together(kept, laid, text):
    short, whole = laid(text)
    assert isinstance(short.store, LaidStore)
    assert not isinstance(whole.store, LaidStore)
    assert {*short.store.triples(DERIVED).split(b"\n")} == {*whole.store.triples(DERIVED).split(b"\n")}
    assert short.findings == whole.findings
    told = compare(kept, short)
    assert told == compare(kept, whole)
    assert consequences(kept, short, told) == consequences(kept, whole, told)


def test_what_a_rule_reads_that_looks_far_is_left_to_all_statements(kept, laid):
    short, _ = laid("add: {people: [{id: ann, team: web-team}]}")
    assert not isinstance(short.store, LaidStore)


def test_the_store_stays_as_it_is_and_the_copy_goes(kept, laid):
    revision, said = kept.store.revision, kept.store.triples(DERIVED)
    short, whole = laid("remove: [db]")
    assert short.store.revision == whole.store.revision != revision
    folder = Path(short.store.folder)
    assert folder.is_dir()
    del short
    gc.collect()
    assert not folder.exists()
    assert open_map(store=kept.store.folder).store.triples(DERIVED) == said


def test_without_room_for_a_copy_all_statements_are_put_together(kept, laid, monkeypatch):
    def refuse(**_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("graph.store.laid.mkdtemp", refuse)
    short, whole = laid("remove: [db]")
    assert not isinstance(short.store, LaidStore)
    assert short.findings == whole.findings


def test_every_rule_that_looks_no_further_is_known_by_its_digest():
    assert _NEAR.keys() <= {rule.digest[:16] for rule in rules()}
    changed = replace(rules()[0], query=rules()[0].query + " ")
    assert changed.digest[:16] not in _NEAR
