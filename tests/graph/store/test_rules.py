"""Rules that run at scale conclude what the plain rules do, one statement at a time."""

from __future__ import annotations

import random
from pathlib import Path

import pyoxigraph as ox
import pytest

from graph.sources import read_sources
from graph.store.columns import Columns
from graph.store.interface import DERIVED
from graph.store.rules import Rule, derive, rules
from graph.store.twins import TWINS
from ontology.vocabulary import HOME, ontology_files
from tests.examples import some
from tests.graph.written import SHOP, write

PLAIN = Path(__file__).parent / "plain"
SM = "https://w3id.org/servicemap#"


def plain():
    """The rules as one would write them first; those that were written for speed have their old form in a folder."""
    for rule in rules():
        file = PLAIN / f"{rule.name}.rq"
        yield file.read_text() if file.is_file() else rule.query


def stored(triples, folder=None):
    store = ox.Store(*([str(folder)] if folder else []))
    for file in ontology_files():
        store.bulk_load(path=str(file), format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode("x:words"))
    store.bulk_load(input=triples, format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode("x:map"))
    return store


def derived(store):
    return store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.NamedNode(DERIVED))


def by_the_book(triples):
    store = stored(triples)
    for query in plain():
        found = list(store.query(query, use_default_graph_as_union=True))
        store.extend(ox.Quad(*fact, ox.NamedNode(DERIVED)) for fact in found)
    return derived(store)


def generated(seed):
    """A map of a few things and every way of saying that they have to do with each other."""
    dice, kinds = random.Random(seed), ["needs", "runs-on", "part-of", "located-in", "held-by"]
    classes = ["Application", "Person", "Role", "Site", "BusinessService"]
    said = ["runsOn", "locatedIn", "needs", "ownedBy"] if seed % 3 else ["ownedBy"]
    names = [f"<https://x/id/m/{number}>" for number in range(12)]
    lines = []
    for name in names:
        if dice.random() < 0.7:
            lines.append(f"{name} a <{SM}{dice.choice(classes)}> .")
        if dice.random() < 0.5:
            lines.append(f'{name} <http://purl.org/dc/terms/identifier> "{dice.random()}" .')
        lines.append(f"{name} <{SM}{dice.choice(said)}> {dice.choice(names)} .")
        lines.append(f"{name} <{SM}instanceOf> {dice.choice(names)} .")
        lines.append(f"{name} <{SM}holding> <https://x/h/{dice.randrange(5)}> .")
    lines += [f"<https://x/h/{number}> <{SM}holder> {dice.choice(names)} ." for number in range(5)]
    for edge in (f"<https://x/d/{number}>" for number in range(20)):
        lines.append(f"{edge} a <{SM}Dependency> ; <{SM}dependent> {dice.choice(names)} .")
        if dice.random() < 0.9:
            lines.append(f"{edge} <{SM}provider> {dice.choice(names)} .")
        claimed = dice.choices(kinds, k=dice.choice([0, 1, 1, 1, 2]))
        lines += [f"{edge} <{SM}kind> <{SM}kind-{kind}> ." for kind in claimed]
    text = "".join(line + "\n" for line in lines)
    return ox.serialize([q.triple for q in ox.parse(text, ox.RdfFormat.TURTLE)], format=ox.RdfFormat.N_TRIPLES)


def with_columns(triples, folder):
    """What the rules conclude, and how much each, when the columns are noted while the map is loaded."""
    store, columns = stored(triples, folder / "store"), Columns(folder / "columns")
    columns.add(store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.NamedNode("x:words")).splitlines(keepends=True))
    columns.add(triples.splitlines(keepends=True))
    conclusions = derive(store, folder / "draft", columns=columns)
    columns.close()
    return sorted(derived(store).splitlines()), conclusions


@pytest.mark.parametrize("name", ["laundry", "enterprise"])
def test_shipped_maps_give_the_same_conclusions(root, name, tmp_path):
    triples = b"".join(s.triples for s in read_sources([root / "data" / name]))
    expected = by_the_book(triples)
    store = stored(triples, tmp_path / "store")
    by_engine = derive(store, tmp_path / "draft")
    assert expected
    assert sorted(derived(store).splitlines()) == sorted(expected.splitlines())
    (tmp_path / "columns").mkdir()
    assert with_columns(triples, tmp_path / "columns") == (sorted(expected.splitlines()), by_engine)


@pytest.mark.parametrize("seed", some(range(12)))
def test_generated_maps_give_the_same_conclusions(seed, tmp_path):
    triples = generated(seed)
    expected = by_the_book(triples)
    store = stored(triples)
    by_engine = derive(store)
    assert len(expected) > 1000
    assert sorted(derived(store).splitlines()) == sorted(expected.splitlines())
    assert with_columns(triples, tmp_path) == (sorted(expected.splitlines()), by_engine)


def test_a_twin_belongs_to_a_rule_as_it_is_written_now():
    """A rule that was changed has none until somebody has seen to it."""
    assert set(TWINS) <= {rule.digest[:16] for rule in rules()}


def test_a_rule_that_an_organisation_changes_is_asked_of_the_engine(tmp_path):
    store, columns = stored(b"", tmp_path / "store"), Columns(tmp_path / "columns")
    own = Rule("050-shortcuts", "", "CONSTRUCT { <x:a> <x:b> <x:c> } WHERE {}")
    assert derive(store, tmp_path / "draft", run=[own], columns=columns)[0].statements == 1
    assert derived(store) == b"<x:a> <x:b> <x:c> .\n"


def test_what_a_rule_concludes_is_in_the_columns_of_the_rules_after_it(tmp_path):
    store, columns = stored(b"", tmp_path / "store"), Columns(tmp_path / "columns")
    own = Rule("045-own", "", f"CONSTRUCT {{ <x:d> <{SM}kind> <x:k> ; a <x:c> }} WHERE {{}}")
    derive(store, tmp_path / "draft", run=[own], columns=columns)
    assert columns.column(f"{SM}kind") == b"?s\t?o\n<x:d>\t<x:k>\n"
    assert columns.instances("x:c") == b"?s\n<x:d>\n"


def test_running_the_rules_again_from_the_start_gives_the_same(tmp_path):
    (statements,) = read_sources([write(tmp_path, SHOP)])
    store = stored(statements.triples)
    first = derive(store)
    before = derived(store)
    store.remove_graph(ox.NamedNode(DERIVED))
    assert derive(store) == first
    assert derived(store) == before


def test_each_rule_tells_its_title_its_version_and_what_it_concluded(tmp_path):
    (statements,) = read_sources([write(tmp_path, SHOP)])
    found = {conclusion.rule.name: conclusion for conclusion in derive(stored(statements.triples))}
    assert list(found) == sorted(file.stem for file in HOME.glob("rules/*.rq"))
    assert found["050-shortcuts"].statements == 8
    assert found["050-shortcuts"].rule.title.startswith("A dependency implies the direct property")
    assert len({conclusion.rule.digest for conclusion in found.values()}) == len(found)


def test_a_rule_is_only_asked_where_something_fits_its_condition():
    own = Rule("045-own", "", "CONSTRUCT { <x:a> <x:b> <x:c> } WHERE {}", f"?role <{SM}holding> ?holding")
    assert derive(stored(b""), run=[own])[0].statements == 0
    assert derive(stored(f"<x:r> <{SM}holding> <x:h> .".encode()), run=[own])[0].statements == 1


def test_where_a_condition_does_not_hold_the_rule_would_conclude_nothing():
    nothing_short = (
        f"<x:d> a <{SM}Dependency> ; <{SM}dependent> <x:a> ; <{SM}provider> <x:b> ; <{SM}kind> <{SM}kind-needs> ."
    )
    triples = ox.serialize(
        [q.triple for q in ox.parse(nothing_short, ox.RdfFormat.TURTLE)], format=ox.RdfFormat.N_TRIPLES
    )
    store = stored(triples)
    assert [rule.name for rule in rules() if rule.condition] == ["040-implied-dependencies"]
    assert {c.rule.name: c.statements for c in derive(store)}["040-implied-dependencies"] == 0
    assert sorted(by_the_book(triples).splitlines()) == sorted(derived(store).splitlines())


def test_a_rule_that_fails_leaves_no_draft_behind(tmp_path):
    store = stored(b"", tmp_path / "store")
    broken = Rule("000-broken", "", "CONSTRUCT { ?a ?b ?c } {")
    with pytest.raises(SyntaxError):
        derive(store, tmp_path / "draft", run=[broken])
    assert not (tmp_path / "draft").exists()
