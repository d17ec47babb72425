"""Every fact knows its source."""

from graph.facts import answer, facts_of, named_by
from graph.maps import open_map
from graph.store import DERIVED, ONTOLOGY
from ontology import terms as t
from tests.graph.written import SHOP, opened, write


def test_a_fact_has_words_source_and_line(tmp_path):
    map_ = opened(tmp_path)
    (owner,) = [f for f in facts_of(map_.store, map_.projection, map_.projection.find("shop")) if f.property == "owner"]
    assert (owner.value, owner.line, owner.source) == ("Web team", 9, "shop/map.yaml")
    assert owner.iri.endswith("/shop/web-team")


def test_the_facts_of_a_part_stay_together(tmp_path):
    text = SHOP.replace("name: Shop\n", "name: Shop\n        monthly_cost: {amount: 12.50, currency: EUR}\n")
    map_ = opened(tmp_path, text)
    shop = map_.projection.find("shop")
    facts = facts_of(map_.store, map_.projection, shop)
    assert {(f.about, f.property): f.value for f in facts if f.part} == {
        ("monthly cost", "amount"): "12.5",
        ("monthly cost", "currency"): "EUR",
    }
    rows = answer(map_.store, map_.projection, shop, facts).rows
    assert "amount 12.5, currency EUR" in [value for fact, value, _ in rows if fact == "monthly cost"]


def test_the_answer_lists_dependencies_both_ways_through_groups(tmp_path):
    map_ = opened(tmp_path)
    web, file = map_.projection.find("web"), map_.store.sources[0].path
    rows = answer(map_.store, map_.projection, web, facts_of(map_.store, map_.projection, web)).rows
    assert ("used by", "Shop (needs, required, assumed)", f"{file}:11") in rows
    assert ("depends on", "vm-2 (runs on, required, assumed, 1 of 2)", f"{file}:16") in rows


def test_who_names_an_element_is_known_with_the_word(tmp_path):
    map_ = opened(tmp_path)
    p = map_.projection
    named = named_by(map_.store, p, p.find("web-team"))
    assert [(words, p.labels[number]) for words, number in named] == [("owner", "db"), ("owner", "Shop")]


def test_each_property_knows_its_own_line_in_its_own_source(tmp_path):
    text = SHOP.replace("name: Shop\n", "name: Shop\n        description: Sells.\n")
    one = write(tmp_path, text)
    two = write(
        tmp_path,
        '<https://w3id.org/servicemap/id/shop/shop> <http://purl.org/dc/terms/description> "Again." .\n',
        "b.ttl",
    )
    map_ = open_map([one, two])
    facts = facts_of(map_.store, map_.projection, map_.projection.find("shop"))
    assert [(f.value, f.line) for f in facts if f.property == "description"] == [("Again.", 1), ("Sells.", 9)]


def test_what_is_not_wanted_of_what_points_at_an_element_is_left_out(root):
    laundry = open_map([root / "data" / "laundry"])
    store, team = laundry.store, laundry.projection.iris[laundry.projection.find("shop-team")]
    every = [*store.pointing_at(team)]
    for besides in ({t.OWNED_BY, DERIVED}, {t.ASSIGNED_TO}, {ONTOLOGY}):
        left = [each for each in every if not besides.intersection(each[1:])]
        told = [*store.pointing_at(team, besides=besides)]
        assert sorted(told) == sorted(left)
    assert {predicate for _, predicate, _ in every} > {t.OWNED_BY}
