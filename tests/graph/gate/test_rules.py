"""Every rule finds what it is for, says it in words that stand alone, and nothing in a change that is harmless."""

import pytest

from graph.gate.settings import shipped
from graph.gate.verdict import verdict
from graph.maps import map_of
from graph.sources import read_sources
from tests.graph.gate.cases import TODAY, Case, case, opened
from tests.graph.planned import resource

DELETED = [resource("aws_db_instance.orders", "delete")]
VMS = ["aws_instance.web[0]", "aws_instance.web[1]"]

# rule, edits of the map, what stands in the map before too, resources of a plan, what is found
CASES = [
    ("new-error", [("k: 1", "k: 3")], [], [], ["the group needs 3 members and has 2"]),
    ("new-warning", [("on: db, strength", "on: web, strength")], [], [], ["'web' depends on itself"]),
    ("unowned", [("name: Cache, owner: web-team", "name: Cache")], [], [], ["'Cache' has no owner"]),
    ("raci-gap", [("    raci: [{duty: accountable, to: ann}]\n    depends_on: [web]", "    depends_on: [web]")], [], [],
     ["nobody is accountable for Shop"]),
    ("single-point", [("k: 1", "k: 2")], [], [],
     ["if VM 1 fails, it alone takes down Shop", "if VM 2 fails, it alone takes down Shop"]),
    ("k-lowered", [("k: 2", "k: 1")], [("k: 1", "k: 2")], [], ["web is said to need 1 of its alternatives, it was 2"]),
    ("removed-was-needed",
     [("    depends_on: [{on: cache, strength: degrading}]\n", ""), ("  - {id: cache, kind: database, name: Cache, owner: web-team}\n", "")], [], [],
     ["Cache is removed; until now 1 element rested on it, among them Blog"]),
    ("promise-broken", [("99.9 %", "99.1 %")], [], [],
     ["Shop SLA promises 99.5 %, and Orders database, which it rests on, only 99.1 %"]),
    ("agreement-expired", [("criticality: critical", "criticality: high")], [], [], ["Shop SLA has ended on 2026-01-31"]),
    ("plan-takes-down", [], [], [resource(vm, "delete") for vm in VMS], ["the plan takes Shop down"]),
    ("plan-hits", [], [], DELETED, ["Shop is degraded when the plan is carried out"]),
    ("plan-hits", [], [], [resource(vm, "update") for vm in VMS], ["Shop may be down when the plan is carried out"]),
    ("plan-unmapped", [], [], [resource("aws_lb.front", "update")],
     ["the plan touches what is not on the map, so nobody knows what rests on it: aws_lb.front: changed in place, it may restart"]),
]  # fmt: skip


def found(made, *names):
    told = verdict(made, shipped(), base="main", head="side").told
    return [each.hit.message for each in told if not names or each.rule.name in names]


@pytest.fixture(scope="module", params=CASES)
def hits(request, tmp_path_factory):
    """A rule, what it finds in its case, and what it should say."""
    rule, edits, before, plan, messages = request.param
    made = case(tmp_path_factory.mktemp("case"), *edits, before=tuple(before), plan=plan)
    told = verdict(made, shipped(), base="main", head="side").told
    return rule, [each.hit for each in told if each.rule.name == rule], messages


def test_a_rule_finds_what_it_is_for(hits):
    _, found, messages = hits
    assert [hit.message for hit in found] == messages


def test_what_is_found_has_a_place_and_a_remedy(hits):
    rule, found, _ = hits
    assert all(hit.remedy and hit.subject for hit in found)
    assert all(hit.where and hit.where.line for hit in found) or rule == "plan-unmapped"


IN_OTHER_TESTS = {"blast-radius", "removed-still-needed", "stub-added"}


def test_every_rule_has_a_case():
    assert {rule for rule, *_ in CASES} | IN_OTHER_TESTS == set(shipped())


def test_a_map_that_stays_passes_without_a_word(tmp_path):
    assert found(case(tmp_path)) == []


def test_better_words_need_nobody(tmp_path):
    made = case(tmp_path, ("The front of the shop", "What customers see of the shop"))
    assert made.changed == ()
    assert found(made) == []


def test_a_plan_that_only_creates_passes(tmp_path):
    assert found(case(tmp_path, plan=[resource("aws_lb.front", "create")])) == []


def test_a_service_that_a_plan_is_about_itself_is_hit_too(tmp_path):
    before = (("    name: Shop\n", "    name: Shop\n    external_id: module.shop\n"),)
    made = case(tmp_path, before=before, plan=[resource("module.shop.aws_instance.a", "delete")])
    assert found(made, "plan-takes-down", "plan-hits") == ["the plan takes Shop down"]
    told = verdict(made, shipped(), base="a", head="b")
    assert [(broken.name, broken.lower, broken.way) for broken in told.breaks] == [("Shop", "down", ())]


def test_one_of_two_machines_is_a_risk_and_no_outage(tmp_path):
    made = case(tmp_path, plan=[resource(VMS[0], "delete"), resource(VMS[1], "no-op")])
    assert found(made) == ["Shop SLA has ended on 2026-01-31"]
    told = verdict(made, shipped(), base="a", head="b")
    assert [(broken.name, broken.upper) for broken in told.breaks] == [("web", "at risk"), ("Shop", "at risk")]


def test_a_single_point_under_a_service_that_matters_less_is_no_hit(tmp_path):
    assert (
        found(case(tmp_path, ("k: 1", "k: 2"), before=(("criticality: critical", "criticality: low"),)), "single-point")
        == []
    )


def test_a_new_service_brings_its_own_single_points(tmp_path):
    new = "  - {id: shop2, kind: business service, criticality: critical, owner: web-team, depends_on: [db]}\n"
    made = case(tmp_path, ("  - {id: cache,", new + "  - {id: cache,"))
    assert found(made, "single-point") == []


def test_many_services_are_a_wide_blast_radius(tmp_path):
    many = "".join(
        f"  - {{id: s{n}, kind: business service, name: S{n}, owner: web-team, depends_on: [web]}}\n" for n in range(5)
    )
    before = (("  - {id: cache,", many + "  - {id: cache,"),)
    assert found(case(tmp_path / "a", ("k: 1", "k: 2"), before=before), "blast-radius") == [
        "6 business services rest on what is changed: S0, S1, S2, S3, S4 and 1 more"
    ]
    settings = shipped()
    settings["blast-radius"].options["above"] = 6
    told = verdict(case(tmp_path / "b", ("k: 1", "k: 2"), before=before), settings, base="a", head="b").told
    assert "blast-radius" not in [each.rule.name for each in told]


def in_turtle(folder, *lines):
    file = folder / "x" / "map.ttl"
    file.parent.mkdir(parents=True)
    head = "@prefix : <https://w3id.org/servicemap/id/x/> .\n@prefix sm: <https://w3id.org/servicemap#> .\n"
    head += "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
    file.write_text(head + "\n".join(lines))
    return map_of(read_sources([file]))


NEED = "<https://w3id.org/servicemap/id/x/a/dependency/needs/x/b> a sm:Dependency ; sm:dependent :a ; sm:provider :b ;"
NEED += " sm:kind sm:kind-needs ."
A, B = f':a a sm:Application ; rdfs:label "A" . {NEED}', ':b a sm:Database ; rdfs:label "B" .'


def test_what_is_removed_and_still_needed_fails_and_breaks_what_needs_it(tmp_path):
    made = Case(in_turtle(tmp_path / "1", A, B), in_turtle(tmp_path / "2", A), TODAY)
    told = verdict(made, shipped(), base="a", head="b")
    assert [each.hit.message for each in told.told if each.rule.name == "removed-still-needed"] == [
        "B is removed, and A still depends on it"
    ]
    assert [each.rule.name for each in told.told if each.rule.name == "stub-added"] == []
    assert [(broken.name, broken.upper) for broken in told.breaks] == [("A", "down")]


def test_something_that_nobody_defines_is_told(tmp_path):
    made = Case(in_turtle(tmp_path / "1", B), in_turtle(tmp_path / "2", A), TODAY)
    assert "stub-added" not in found(made)
    made = Case(
        in_turtle(tmp_path / "3", ':a a sm:Application ; rdfs:label "A" .'), in_turtle(tmp_path / "4", A), TODAY
    )
    assert found(made, "stub-added") == ["'b' is defined nowhere; 1 element points at it"]


def test_something_that_nobody_defined_before_either_is_no_news(tmp_path):
    more = ':c a sm:Application ; rdfs:label "C" . ' + NEED.replace("x/a", "x/c").replace(":a", ":c")
    made = Case(in_turtle(tmp_path / "1", A, more), in_turtle(tmp_path / "2", A), TODAY)
    assert [f.check for f in made.comparison.new_findings] == ["stub"]  # one element fewer points at it
    assert found(made, "stub-added") == []


def test_a_first_map_is_all_new_and_can_pass(tmp_path):
    new = opened(tmp_path)
    made = Case(map_of(()), new, TODAY)
    assert [message for message in found(made) if "alone" in message] == []
