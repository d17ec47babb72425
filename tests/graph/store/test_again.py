"""A second load reads and writes what changed, and nothing else; a file that cannot be used keeps what it said."""

from __future__ import annotations

import pytest

from graph.importers import map as map_importer
from graph.importers import rdf
from graph.maps import load_into, open_map
from graph.model import InputError, Severity
from graph.sources.importers import importers_of
from graph.sources.reader import basis
from graph.store.embedded import DiskStore
from tests.graph.written import SHOP, write

MORE = "elements:\n  - {id: more, kind: service, depends_on: [web]}\n"


@pytest.fixture
def read(monkeypatch):
    """The names of the files that importers were given, in order."""
    names = []
    for importer in (map_importer, rdf):
        plain = importer.read
        monkeypatch.setattr(
            importer, "read", lambda path, options, plain=plain: (names.append(path.name), plain(path, options))[1]
        )
    return names


def load(tmp_path, **options):
    return load_into(tmp_path / "store", [tmp_path / "shop"], **options)


def generation(tmp_path):
    return (tmp_path / "store" / "CURRENT").read_text()


def test_unchanged_files_are_neither_read_nor_written(tmp_path, read):
    write(tmp_path, SHOP)
    write(tmp_path, MORE, "more.yaml")
    first, before = load(tmp_path), generation(tmp_path)
    again = load(tmp_path)
    assert (read, generation(tmp_path)) == (["map.yaml", "more.yaml"], before)
    assert (again.unchanged, again.store.revision) == (2, first.store.revision)
    assert again.store.history == first.store.history


def test_only_what_changed_is_read(tmp_path, read):
    write(tmp_path, SHOP)
    write(tmp_path, MORE, "more.yaml")
    load(tmp_path)
    write(tmp_path, MORE.replace("more", "much"), "more.yaml")
    after = load(tmp_path)
    assert read == ["map.yaml", "more.yaml", "more.yaml"]
    assert (after.unchanged, "shop/much" in after.projection.ids, "shop/more" in after.projection.ids) == (
        1,
        True,
        False,
    )
    assert open_map([tmp_path / "shop"]).store.dump().count(b"\n") > 0
    assert after.projection.ids == open_map([tmp_path / "shop"]).projection.ids


@pytest.mark.parametrize("what", ["namespace", "basis", "path"])
def test_what_else_the_reading_rests_on_makes_it_read_again(tmp_path, read, monkeypatch, what):
    write(tmp_path, SHOP)
    load(tmp_path)
    if what == "namespace":
        load(tmp_path, namespace="shop2")
    elif what == "basis":
        monkeypatch.setattr("graph.sources.basis", lambda *_: "another version of the programs or the words")
        load(tmp_path)
    else:
        monkeypatch.chdir(tmp_path)
        load_into(tmp_path / "store", [(tmp_path / "shop").relative_to(tmp_path)])
    assert read == ["map.yaml", "map.yaml"]


def test_the_basis_changes_with_words_importers_and_mappings(tmp_path, monkeypatch):
    importers = importers_of(())
    before = basis(importers, ())
    assert basis(importers, ()) == before
    mapping = write(tmp_path, "a: b\n", "mine.yml")
    one = basis(importers, [mapping])
    mapping.write_text("a: c\n")
    assert len({before, one, basis(importers, [mapping]), basis(importers[1:], ())}) == 4
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "core.ttl").write_text("")
    monkeypatch.setattr("graph.sources.reader.HOME", tmp_path / "words")
    assert basis(importers, ()) != before


COMPONENT = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {{name: {name}, title: {title}}}\nspec: {{type: service, owner: team, lifecycle: production}}\n"


def test_a_file_that_asked_what_earlier_files_say_is_read_again_when_these_change(tmp_path):
    write(tmp_path, COMPONENT.format(name="web", title="One"), "a.yaml")
    write(tmp_path, COMPONENT.format(name="web", title="Two"), "b.yaml")
    first = load(tmp_path)
    assert "Two" not in first.projection.labels
    assert load(tmp_path).unchanged == 2
    write(tmp_path, COMPONENT.format(name="other", title="One"), "a.yaml")
    after = load(tmp_path)
    assert {"One", "Two"} <= set(after.projection.labels)
    assert after.projection.ids == open_map([tmp_path / "shop"]).projection.ids


def test_findings_of_unchanged_files_are_told_again(tmp_path):
    write(tmp_path, COMPONENT.format(name="web", title="One"), "a.yaml")
    write(tmp_path, COMPONENT.format(name="web", title="Two"), "b.yaml")
    first, again = load(tmp_path), load(tmp_path)
    told = sorted(map(str, first.findings))
    assert any("b.yaml" in line for line in told)
    assert sorted(map(str, again.findings)) == told == sorted(map(str, open_map(store=tmp_path / "store").findings))


def test_a_failed_file_keeps_its_last_good_graph_and_the_others_are_loaded(tmp_path):
    file = write(tmp_path, SHOP)
    write(tmp_path, MORE, "more.yaml")
    load(tmp_path)
    write(tmp_path, "elements:\n  - {id: web, kind: nonsense}\n")
    write(tmp_path, MORE.replace("more", "much"), "more.yaml")
    after = load(tmp_path)
    assert {"shop/web", "shop/db", "shop/much"} <= set(after.projection.ids)
    errors = [str(f) for f in after.reading if f.severity is Severity.ERROR]
    assert errors[0].startswith(f"{file}:2: ")
    assert "kept as it was on" in errors[-1]
    assert after.failed
    (held,) = (held for held in after.store.held if held.stale_since)
    assert (held.source.id, held.problems[0].startswith(f"{file}:2: ")) == ("shop/map.yaml", True)
    ((since, why),) = after.store.select(
        "PREFIX sm: <https://w3id.org/servicemap#> SELECT ?since ?why { ?s a sm:Source ; sm:staleSince ?since ; sm:staleBecause ?why }"
    ).rows
    assert (since.text[:4], why.text) == (held.stale_since[:4], held.problems[0])
    before = generation(tmp_path)
    again = load(tmp_path)
    assert (again.failed, generation(tmp_path)) == (True, before)
    stored = open_map(store=tmp_path / "store")
    assert [f.severity for f in stored.findings if f.check == "stale"] == [Severity.WARNING]


def test_a_mended_file_is_stale_no_more(tmp_path):
    file = write(tmp_path, SHOP)
    load(tmp_path)
    good = file.read_text()
    file.write_text("[")
    assert load(tmp_path).stale
    file.write_text(good)
    after = load(tmp_path)
    assert (after.failed, after.stale) == (False, ())
    assert [told.change for revision in after.store.history for told in revision.changes] == [
        "loaded",
        "stale",
        "loaded",
    ]


def test_a_new_file_that_fails_refuses_the_load_whole(tmp_path):
    write(tmp_path, SHOP)
    load(tmp_path)
    before = generation(tmp_path)
    write(tmp_path, SHOP.replace("A shop", "B shop"))
    new = write(tmp_path, "elements:\n  - {id: x, kind: nonsense}\n", "new.yaml")
    with pytest.raises(InputError, match=r"new\.yaml:2"):
        load(tmp_path)
    assert generation(tmp_path) == before
    new.unlink()
    assert load(tmp_path).title == "B shop"


def test_a_failed_file_of_another_folder_never_takes_a_place(tmp_path):
    write(tmp_path, SHOP)
    load(tmp_path)
    other = write(tmp_path / "other", "[")
    with pytest.raises(InputError, match=r"map\.yaml"):
        load_into(tmp_path / "store", [other])
    assert not DiskStore(tmp_path / "store").held[0].stale_since


def test_an_unchanged_file_whose_reference_went_is_told_and_the_rest_is_loaded(tmp_path):
    file = write(tmp_path, SHOP)
    write(tmp_path, MORE, "more.yaml")
    load(tmp_path)
    file.write_text("elements:\n  - {id: new, kind: service}\n")
    after = load(tmp_path)
    assert "more.yaml:2: 'web' is not defined" in str(after.reading[0])
    assert "shop/new" in after.projection.ids
    assert [source.id for source in after.stale] == ["shop/more.yaml"]


def test_many_changes_one_by_one_give_the_map_that_one_load_gives(tmp_path):
    for number in range(6):
        write(tmp_path, SHOP.replace("web", f"web{number}"))
        write(
            tmp_path, MORE.replace("web", f"web{number}").replace("more", f"more{number % 3}"), f"more{number % 4}.yaml"
        )
        for other in (tmp_path / "shop").glob("more*.yaml"):
            other.write_text(other.read_text().replace(f"web{number - 1}", f"web{number}"))
        load(tmp_path)
    kept, fresh = DiskStore(tmp_path / "store"), load_into(tmp_path / "fresh", [tmp_path / "shop"]).store
    graphs = [
        f"https://w3id.org/servicemap/graph/{name}"
        for name in ("derived", "source/shop/map.yaml", "source/shop/more1.yaml")
    ]
    assert all(fresh.triples(graph) for graph in graphs)
    assert [sorted(kept.triples(graph).splitlines()) for graph in graphs] == [
        sorted(fresh.triples(graph).splitlines()) for graph in graphs
    ]
    assert kept.revision == fresh.revision


def test_a_change_that_takes_out_more_than_it_leaves_begins_anew_and_says_the_same(tmp_path, monkeypatch):
    from graph.store import embedded

    write(tmp_path, SHOP)
    write(tmp_path, MORE, "more.yaml")
    load(tmp_path)
    write(tmp_path, SHOP.replace("A shop", "B shop"))
    monkeypatch.setattr(embedded, "_FEW", 0)
    after = load(tmp_path)
    fresh = load_into(tmp_path / "fresh", [tmp_path / "shop"])
    for graph in ("derived", "source/shop/map.yaml", "source/shop/more.yaml"):
        iri = f"https://w3id.org/servicemap/graph/{graph}"
        assert sorted(after.store.triples(iri).splitlines()) == sorted(fresh.store.triples(iri).splitlines()) != []
    assert after.title == "B shop"


def test_what_was_worked_out_for_a_generation_is_not_taken_along(tmp_path):
    write(tmp_path, SHOP)
    store = load(tmp_path).store
    (store.generation.parent / "notes").mkdir()
    (store.generation.parent / "notes" / "edges").write_text("old")
    load(tmp_path)
    assert (DiskStore(tmp_path / "store").generation.parent / "notes" / "edges").exists()
    write(tmp_path, SHOP.replace("A shop", "B shop"))
    after = load(tmp_path).store
    assert not (after.generation.parent / "notes").exists()


def test_a_reader_that_stayed_open_leads_others_to_a_generation_that_is_there(tmp_path):
    write(tmp_path, SHOP)
    reader = load(tmp_path).store
    own = reader.generation
    for number in range(2):
        write(tmp_path, SHOP.replace("A shop", f"{number} shop"))
        load(tmp_path)
    assert not own.exists()
    assert reader.generation == DiskStore(tmp_path / "store").generation
    assert reader.titles == {"title": "A shop"}
