"""Every fact knows its source."""

from graph.facts import answer, facts_of
from tests.graph.written import SHOP, opened


def test_a_fact_has_words_source_and_line(tmp_path):
    map_ = opened(tmp_path)
    (owner,) = [f for f in facts_of(map_.store, map_.projection, map_.projection.find("shop")) if f.property == "owner"]
    assert (owner.value, owner.line, owner.source) == ("Web team", 6, "shop/map.yaml")
    assert owner.iri.endswith("/shop/web-team")


def test_parts_are_told_with_what_they_belong_to(tmp_path):
    text = SHOP.replace("name: Shop\n", "name: Shop\n        monthly_cost: {amount: 12.50, currency: EUR}\n")
    map_ = opened(tmp_path, text)
    facts = {
        (f.about, f.property): f.value for f in facts_of(map_.store, map_.projection, map_.projection.find("shop"))
    }
    assert facts["monthly cost", "amount"] == "12.5"
    assert facts["monthly cost", "currency"] == "EUR"


def test_the_answer_lists_dependencies_both_ways_through_groups(tmp_path):
    map_ = opened(tmp_path)
    web = map_.projection.find("web")
    rows = answer(map_.projection, web, facts_of(map_.store, map_.projection, web)).rows
    assert ("used by", "Shop (needs)", "shop/shop") in rows
    assert ("depends on", "vm-2 (runs on)", "shop/vm-2") in rows
