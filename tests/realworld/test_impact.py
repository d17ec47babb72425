"""Five real systems: what depends on each element equals the truth, required is pessimistic, unknown gives a bracket."""

import hashlib
import json
import re
from functools import cache
from itertools import product

import networkx as nx
import pytest

from graph import schedule
from graph.analysis import availability, promises
from graph.analysis.cause import cause
from graph.analysis.changes import Change, ChangeKind, Profile
from graph.analysis.judgement import answer, judge
from graph.analysis.known import Known
from graph.analysis.states import State
from graph.analysis.windows import FOREVER
from graph.assessment import Extent, assess
from graph.checker import check
from graph.figures import figures
from graph.maps import open_map
from graph.records import Records
from graph.reports import html, markdown
from graph.results import document
from tests.examples import some

SYSTEMS = {
    "gitlab-service-catalog": "dependency_edges",
    "k8s-sock-shop": "env_edges",
    "k8s-online-boutique": "env_edges",
    "jaeger-dependencies": "dependency_edges",
    "compose-otel-demo": "core+full+observability",
}


@pytest.fixture(scope="module")
def asked(realworld):
    items = json.loads((realworld / "expected.json").read_text())["items"]

    @cache
    def of(name):
        truth = items[name]["truth"][SYSTEMS[name]]
        return open_map([realworld / name]), truth.get("depends_on_edges", truth)

    return of


def names(projection, elements):
    return sorted(projection.ids[v].partition("/")[2] for v in elements)


@pytest.mark.parametrize("name", SYSTEMS)
def test_all_dependencies_of_the_system_are_there(asked, name):
    opened, truth = asked(name)
    assert opened.projection.dependencies == truth["edges_unique"]


@pytest.mark.parametrize("name", SYSTEMS)
def test_what_an_outage_takes_down_equals_the_truth_and_what_is_assumed_is_said(asked, name):
    opened, truth = asked(name)
    p = opened.projection
    for provider, expected in truth["impact"].items():
        changed = p.find(provider)
        result = judge(p, [Change(ChangeKind.OUTAGE, changed)])
        down = names(p, [b.element for b in result.affected if b.upper is b.lower is State.DOWN])
        assert len(down) == len(result.affected) == expected["transitive_dependants"]
        if "transitive_dependants_list" in expected:
            assert down == expected["transitive_dependants_list"]
        else:
            digest = hashlib.sha256("\n".join(down).encode()).hexdigest()
            assert digest == expected["transitive_dependants_sha256_of_sorted_newline_joined"]
        assert 0 < result.assumed == result.dependencies
        assert f"strength assumed for {result.assumed:,} of" in answer(p, result).notes[0]


@pytest.mark.parametrize("name", SYSTEMS)
def test_with_nothing_assumed_the_answer_is_a_bracket_from_nothing_to_down(asked, name):
    p = asked(name)[0].projection
    graph = p.networkx()
    found = ((iri, nx.ancestors(graph, iri) - {iri}) for iri in sorted(graph))
    provider, expected = next((iri, above) for iri, above in found if 0 < len(above) < 30)
    result = judge(p, [Change(ChangeKind.OUTAGE, p.find(provider))], profile=Profile.UNKNOWN)
    assert {p.iris[b.element] for b in result.affected} == expected
    assert {(b.lower, b.upper) for b in result.affected} == {(State.UNAFFECTED, State.DOWN)}
    assert all(deciding.alone or deciding.together for deciding in result.deciding)


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_result_passes_the_independent_checker(asked, name):
    opened, truth = asked(name)
    p = opened.projection
    provider = min(truth["impact"], key=lambda each: truth["impact"][each]["transitive_dependants"])
    result = judge(p, [Change(ChangeKind.OUTAGE, p.find(provider))])
    assert check(opened.store, document(opened, result)) == ()


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_report_says_what_is_down_what_is_assumed_and_who_is_not_known(asked, name):
    opened, truth = asked(name)
    p = opened.projection
    provider = next(iter(truth["impact"]))
    page = html.write(assess(opened, judge(p, [Change(ChangeKind.OUTAGE, p.find(provider))]), extent=Extent(most=100)))
    assert "is assumed." in page
    assert "nobody is accountable for" in page


@pytest.mark.parametrize(("profile", "name"), some(product(Profile, SYSTEMS), 2))
def test_the_report_can_be_read_by_somebody_who_does_not_know_the_system(asked, name, profile):
    opened, truth = asked(name)
    p = opened.projection
    provider = max(truth["impact"], key=lambda each: truth["impact"][each]["transitive_dependants"])
    told = assess(
        opened, judge(p, [Change(ChangeKind.OUTAGE, p.find(provider))], profile=profile), extent=Extent(most=100)
    )
    assert any("nobody says how strong the need is" in line for line in told.summary)
    text = markdown.write(told)
    lines = text.splitlines()
    assert len(lines) < 400, "ten pages are read by nobody"
    assert max(map(len, lines)) < 400, "walls of names are read by nobody"
    assert f"{name}/" not in text.replace(f"/{name}/", "/"), "ids are for machines"  # a place in a file is for people
    assert "w3id.org" not in text, "addresses are for machines"
    assert not re.search(r"\b1 (more reasons|elements|dependencies|gaps)\b", text)


@pytest.mark.parametrize("name", SYSTEMS)
def test_each_source_that_would_explain_an_outage_is_told_and_none_else(asked, name):
    opened, _ = asked(name)
    p = opened.projection
    graph = p.networkx()
    red = next(iri for iri in sorted(graph) if 0 < len(nx.descendants(graph, iri) - {iri}) < 30)
    found = cause(p, {p.find(red): State.DOWN})
    assert {p.iris[v] for each in found.found for v in each.elements} == nx.descendants(graph, red) | {red}
    assert {len(each.elements) for each in found.found} == {1}


@pytest.mark.parametrize("name", SYSTEMS)
def test_what_the_files_do_not_say_is_said_and_no_number_is_made_up(asked, name):
    opened, _ = asked(name)
    known = Known(opened.projection, figures(opened.store))
    told = availability.answer(known, [availability.availability(known, v) for v in availability.services(known)[:10]])
    assert {row[2] for row in told.rows} <= {"not known"}
    assert told.rows or told.title.startswith("no element of this map is a service")
    assert promises.answer(known, promises.checks(known)).title.startswith("no promise is looked at")
    records = Records(opened.store, opened.projection, 0, FOREVER)
    assert schedule.answer(opened.projection, schedule.schedule(records)).title.startswith("no collision: the map")
