"""GitLab's service catalogue, as GitLab keeps it: the whole way from the files to the answer."""

import json

import numpy as np
import pytest

from graph.analysis.cycles import cycles
from graph.analysis.reach import reach
from graph.facts import facts_of
from graph.maps import open_map
from tests.app.commands import run


@pytest.fixture(scope="module")
def gitlab(realworld):
    return open_map([realworld / "gitlab-service-catalog"])


@pytest.fixture(scope="module")
def truth(realworld):
    return json.loads((realworld / "expected.json").read_text())["items"]["gitlab-service-catalog"]["truth"]


def ids(projection, vertices):
    return [projection.ids[v].partition("/")[2] for v in vertices]


def values(gitlab, name, *properties):
    p = gitlab.projection
    return sorted(f.value for f in facts_of(gitlab.store, p, p.find(name)) if f.property in properties)


def test_55_services_38_dependencies_and_63_teams(gitlab, truth):
    p = gitlab.projection
    services = {s for s, g in subjects_in(gitlab, "service-catalog.yml")}
    assert len(services) == truth["services"]
    assert p.dependencies == truth["dependency_edges"]["edges_unique"]
    teams = {s for s, g in subjects_in(gitlab, "teams.yml")}
    assert len(teams) == truth["teams_defined"]


def subjects_in(gitlab, file):
    query = f"""PREFIX sm: <https://w3id.org/servicemap#>
        SELECT DISTINCT ?s ?g {{ GRAPH ?g {{ ?s a ?class ; <http://purl.org/dc/terms/identifier> ?id }}
            FILTER(STRENDS(STR(?g), "{file}")) }}"""
    return {(row[0].text, row[1].text) for row in gitlab.store.select(query).rows}


def test_targets_that_nobody_defines_are_stubs_and_listed(gitlab, truth):
    p = gitlab.projection
    dependent, provider, _ = p.direct
    open_ends = {(a, b) for a, b in zip(ids(p, dependent), ids(p, provider), strict=True) if p.stub[p.find(b)]}
    assert open_ends == {tuple(pair) for pair in truth["dependency_targets_not_defined"]}
    listed = {f.subject.rpartition("/")[2] for f in gitlab.findings if f.check == "stub"}
    teams = {f"team:{name}" for name in truth["teams_referenced_but_not_defined"]}
    infrastructure_owner = {"team:sre_observability"}
    assert listed == {"postgres", "prometheus", "elasticsearch"} | teams | infrastructure_owner


@pytest.mark.parametrize("name", ["postgres", "redis", "gitaly", "consul"])
def test_impact_hits_exactly_the_dependants(gitlab, realworld, truth, capsys, monkeypatch, name):
    expected = truth["dependency_edges"]["impact"][name]
    done = run(capsys, monkeypatch, "impact", name, realworld / "gitlab-service-catalog", "--format", "json")
    affected = json.loads(done.out)["affected"]
    assert sorted(row["id"].partition("/")[2] for row in affected) == expected["transitive_dependants_list"]
    assert {row["state"] for row in affected} == {"down"}
    assert sum(row["distance"] == 1 for row in affected) == expected["direct_dependants"]
    p = gitlab.projection
    needs = reach(p, [p.find(name)], direction="dependencies").elements
    assert len(needs) == expected["transitive_dependencies"]


def test_the_cycle_and_the_self_loop_are_reported(gitlab, truth):
    p = gitlab.projection
    found = cycles(p)
    assert [ids(p, circle) for circle in found.circles] == [truth["dependency_edges"]["largest_cycle"]]
    assert ids(p, found.selves) == truth["dependency_edges"]["self_loops"]
    said = {f.check for f in gitlab.findings}
    assert {"cycle", "self-dependency"} <= said


def test_each_service_knows_its_teams(gitlab, truth):
    for name, teams in truth["owners_example"].items():
        assert len(values(gitlab, name, "owner")) == len(teams), name


def test_business_fields_tier_and_classification_are_facts_with_a_line(gitlab):
    p = gitlab.projection
    facts = facts_of(gitlab.store, p, p.find("api"))
    said = {f.property: f.value for f in facts}
    assert said["business requirement"].startswith("API is required to allow developing tools")
    assert said["tier"] == "sv"
    assert all(f.line > 0 and f.path.endswith("service-catalog.yml") for f in facts)
    assert values(gitlab, "console", "data classification label") or values(gitlab, "console", "data classification")


def test_services_in_the_overall_sla_have_their_weight(gitlab, truth):
    weight = next(u for u in _uses() if u.key == "sla_weighting").iri
    assert (
        sorted(s.rpartition("/")[2] for s, value in gitlab.store.pairs(weight) if float(value))
        == truth["services_with_overall_sla_weighting"]
    )


def _uses():
    from ontology.vocabulary import vocabulary

    return [use for cls in vocabulary().classes.values() for use in cls.properties.values()]


def test_every_runbook_is_there(gitlab, truth):
    runbook = next(u for u in _uses() if u.key == "runbook").iri
    told_twice = 1
    assert len(set(gitlab.store.pairs(runbook))) == truth["runbook_links"] - told_twice


def test_no_strength_is_invented(gitlab):
    edges = gitlab.projection.edges
    assert np.all(edges.assumed)
