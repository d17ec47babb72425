"""Is the sample enterprise large enough to be worth a look, and are its deliberate faults there to be found?"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from app.atlas import Atlas
from app.elements import MOST_LINES
from app.view import View
from graph.analysis.cycles import cycles
from graph.analysis.impact import State, impact
from graph.library import fill, questions
from graph.maps import Map, open_map
from graph.response import response_plan
from graph.store.workers import Workers
from ontology.vocabulary import vocabulary
from tests.app.commands import run
from tests.examples import some

PREFIXES = """
PREFIX sm: <https://w3id.org/servicemap#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""


@pytest.fixture(scope="module")
def enterprise(root: Path) -> Map:
    return open_map((root / "data" / "enterprise",))


def names(enterprise: Map, pattern: str) -> set[str]:
    """The names that a pattern over the enterprise finds."""
    table = enterprise.store.select(f"{PREFIXES} SELECT DISTINCT ?name WHERE {{ {pattern} }}")
    return {value.text for (value,) in table.rows if value}


def test_every_lane_has_something_in_it(enterprise: Map) -> None:
    words = vocabulary()
    lanes = {words.lanes[words.classes[cls].lane].label for cls in enterprise.projection.classes}

    assert lanes == {lane.label for lane in words.lanes.values()} - {"Services"}


def test_the_files_hold_no_error(enterprise: Map) -> None:
    assert [str(finding) for finding in enterprise.validate() if finding.severity.value == "error"] == []


def test_both_sql_replicas_stand_in_one_zone(enterprise: Map) -> None:
    graph = enterprise.projection
    cluster, zone = graph.find("sql-cluster"), graph.find("zone-a")

    one = impact(graph, {graph.find("sql-replica-1"): State.DOWN})
    all_of_the_zone = impact(graph, {zone: State.DOWN})

    assert one.state[cluster] == State.AT_RISK
    assert all_of_the_zone.state[cluster] == State.DOWN


def test_the_other_groups_survive_the_loss_of_any_one_zone(enterprise: Map) -> None:
    graph = enterprise.projection
    redundant = [graph.find(name) for name in ("kubernetes", "event-bus", "storage-account", "edge-firewall")]

    for zone in ("zone-a", "zone-b", "zone-c"):
        state = impact(graph, {graph.find(zone): State.DOWN}).state
        assert all(state[element] < State.DOWN for element in redundant), zone


def test_the_order_hub_and_the_stock_ledger_need_each_other(enterprise: Map) -> None:
    graph = enterprise.projection

    found = cycles(graph)

    assert [{graph.labels[vertex] for vertex in circle} for circle in found.circles] == [{"Order hub", "Stock ledger"}]
    assert found.selves == ()


FALSE_SPARES = [
    ("warehouse-wifi", ("wifi-controller-1", "wifi-controller-2"), "core-switch"),
    ("sql-cluster", ("sql-replica-1", "sql-replica-2"), "zone-a"),
    ("till-software", ("longwire", "longwire-mobile"), "longwire-core"),
]


@pytest.mark.parametrize(("element", "spares", "cause"), FALSE_SPARES)
def test_a_false_spare_helps_against_each_alone_and_not_against_what_they_share(
    enterprise: Map, element: str, spares: tuple[str, str], cause: str
) -> None:
    graph = enterprise.projection
    number = graph.find(element)

    alone = [impact(graph, {graph.find(spare): State.DOWN}).state[number] for spare in spares]
    shared = impact(graph, {graph.find(cause): State.DOWN}).state[number]

    assert max(alone) == State.AT_RISK
    assert shared > State.AT_RISK


POWER = [
    ({"brightgrid"}, State.AT_RISK),
    ({"diesel-generator"}, State.AT_RISK),
    ({"brightgrid", "battery-room"}, State.DOWN),
    ({"diesel-generator", "battery-room"}, State.AT_RISK),
]


@pytest.mark.parametrize(("broken", "state"), POWER)
def test_the_distribution_centre_has_the_grid_or_else_diesel_and_batteries(
    enterprise: Map, broken: set[str], state: State
) -> None:
    graph = enterprise.projection

    result = impact(graph, {graph.find(name): State.DOWN for name in broken})

    assert result.state[graph.find("core-switch")] == state


def test_the_map_is_large_enough_to_be_worth_a_look_and_small_enough_to_be_drawn_with_its_lines(
    enterprise: Map,
) -> None:
    first = Atlas(enterprise).choose(View())

    assert 250 <= len(first.elements) <= 300
    assert len(first.lines) <= MOST_LINES


def test_records_and_rules_are_not_in_the_first_picture(enterprise: Map) -> None:
    atlas = Atlas(enterprise)
    first = atlas.choose(View())

    drawn = {atlas.lane[element] for element in first.elements}
    asked_for = {
        atlas.lane[element] for element in atlas.choose(View(everything=True, focus="fernhaven/inc-checkout")).elements
    }

    assert {"governance", "records"} & drawn == set()
    assert asked_for == {"records"}


def test_software_runs_in_four_environments_and_a_lab(enterprise: Map) -> None:
    found = names(enterprise, "?e a sm:Workload ; sm:inEnvironment/rdfs:label ?name")

    assert found == {"Production", "Quality assurance", "Test", "Development", "Lab"}


def test_everything_in_a_lane_has_an_owner_but_for_the_two_that_lack_one(enterprise: Map) -> None:
    found = names(
        enterprise,
        "VALUES ?c { sm:Service sm:Workload sm:Platform sm:Infrastructure sm:Tool sm:Process sm:DataSet } "
        "?e a ?c ; rdfs:label ?name . FILTER NOT EXISTS { ?e sm:ownedBy ?o }",
    )

    assert found == {"Points ledger", "Label printing"}


def test_what_was_seen_and_is_declared_too_is_one_dependency(enterprise: Map) -> None:
    seen = names(
        enterprise,
        "?d sm:evidenceType sm:evidence-observed ; sm:dependent/rdfs:label ?from ; sm:provider/rdfs:label ?to . "
        "FILTER NOT EXISTS { ?d sm:strength ?s } BIND (CONCAT(?from, ' → ', ?to) AS ?name)",
    )

    assert seen == {"Recommendations → Profile store", "Route planner → geo-cache", "Stock ledger → Order hub"}


OPEN_FAULTS = {
    "an application that nobody owns or answers for": (
        "?e a sm:Application ; rdfs:label ?name . FILTER NOT EXISTS { ?e sm:ownedBy ?o } FILTER NOT EXISTS { ?e sm:raci ?r }",
        {"Points ledger"},
    ),
    "a service that nobody owns": (
        "?e a sm:Service ; rdfs:label ?name . FILTER NOT EXISTS { ?e sm:ownedBy ?o }",
        {"Label printing"},
    ),
    "a certificate that ends within 30 days": (
        "?e a sm:Certificate ; rdfs:label ?name ; sm:expires ?end . "
        'FILTER (?end < "2026-12-25T00:00:00Z"^^xsd:dateTime)',
        {"Shop certificate"},
    ),
    "a service that two answer for": (
        "?e sm:raci ?one , ?two ; rdfs:label ?name . FILTER (STR(?one) < STR(?two)) "
        "?one sm:duty sm:duty-accountable . ?two sm:duty sm:duty-accountable",
        {"Returns"},
    ),
    "a contract that ends within 90 days": (
        "?e a sm:Agreement ; rdfs:label ?name ; sm:validUntil ?end . "
        'FILTER (?end < "2027-02-20T00:00:00Z"^^xsd:dateTime)',
        {"Streetlark contract"},
    ),
    "a vendor service without a contract": (
        "?e a sm:VendorService ; rdfs:label ?name . FILTER NOT EXISTS { ?c a sm:Agreement ; sm:covers ?e }",
        {"Drizzle Data"},
    ),
    "a machine that nothing uses": (
        "?e a ?class ; rdfs:label ?name . ?class rdfs:subClassOf* sm:Infrastructure . "
        "FILTER NOT EXISTS { ?d sm:provider ?e }",
        {"Old file server"},
    ),
    "a role that nobody holds": (
        "?e a sm:Role ; rdfs:label ?name . FILTER NOT EXISTS { ?e sm:holding ?h }",
        {"Problem manager"},
    ),
}


@pytest.mark.parametrize(("pattern", "found"), OPEN_FAULTS.values(), ids=OPEN_FAULTS.keys())
def test_a_deliberate_fault_is_there_and_alone(enterprise: Map, pattern: str, found: set[str]) -> None:
    assert names(enterprise, pattern) == found


README = Path(__file__).parents[2] / "data" / "enterprise" / "README.md"
# What each row of the table in README.md must find: words of one line of what its command prints.
SHOWN = {
    "geo-cache": r"geo-cache +Route planner",
    "Label printing": r"services.yaml:\d+: 'Label printing' has no owner",
    "Points ledger": r"applications.yaml:\d+: 'Points ledger' has no owner",
    "Returns": r"2 are accountable for 'Returns'",
    "Order archive": r"Archive volume 1 \(runs on, required, 1 of 1\)",
    "Trade portal": r"'Trade portal' depends on 'Address cleaner', which is retired",
    "Slot planner": r"'Slot planner' is production and depends on 'Postcode check, test', which is not",
    "Order hub": r"2 elements depend on each other in a circle: order-hub, stock-ledger",
    "Plant advice SLA": r"Plant advice SLA +99.9 +Talkwell +99.5",
    "Vouchers": r"Vouchers +low +Checkout +critical",
    "Online ordering": r"Online ordering +business service +down",
    "SQL cluster": r"SQL cluster +database +down",
    "Warehouse Wi-Fi": r"Warehouse Wi-Fi +platform +down",
    "Till software": r"Till software +application +degraded",
    "Drizzle Data": r"Drizzle Data +Drizzle ApS",
    "Streetlark contract": r"2026-12-30\S+ +Streetlark contract",
    "Shop certificate": r"2026-12-09\S+ +Shop certificate",
    "Problem manager": r"Problem manager",
    "Old file server": r"Old file server +server +Network",
    "Copy of order data": r"backup +Copy of order data",
    "Trade supply SLA": r"'Trade supply SLA' promises 99.5 % and rests on 'Kraan, next morning'",
    "Label server": r"2027-01-12\S+ +Label server",
    "Old sales mart": r"2027-02-01\S+ +Old sales mart",
    "Bank link": r"Bank link +Polderbank +2026-03-02",
    "Search node 3": r"'FHZ-SHP-NP1-IVM-SRC-03' says anything but production \('NP'\), the map says production",
    "Broker 3": r"part F of the name 'FHZ-ORD-PD1-IVM-BRK-3': '3' is shorter than 2",
    "Price engine 3.9": r"'Marta Lindgren' approves and carries out 'Price engine 3.9'",
    "Price rules for January": r"Price rules for January +Christmas freeze",
    "Broker 2, new system": r"joint +Broker 1, new disk; Broker 2, new system +.*Event bus.* +down +2026-12-05T21:00",
    "Firewall rules, winter": r"person +Firewall rules, winter; Wi-Fi controller update +Elif Kaya",
    "Store checkout plan": r"missing\? +nobody says by which means whom to tell, and how often",
    "Release a change": r"Release a change +release in a hurry +0 +1",
    "Daan Visser": r"'Daan Visser' has two access roles on 'Production account' against 'Deploy or approve'",
    "Restore the SQL cluster": r"'Restore the SQL cluster' took 42 minutes and 'SQL cluster' must be back within 15",
    "Warehouse on paper": r"recovery plan +Warehouse on paper",
    "Copy for the tests": r"Copy for the tests +SQL cluster +Test database +Customer data +false",
    "All lines of one firm": r"risk +All lines of one firm",
    "Test budget": r"Test budget +4000 +4350 +EUR",
}


def faults() -> dict[str, str]:
    """Where each fault of the table is, and the command that shows it."""
    return dict(
        re.findall(r"^\| ([^|`]+?) \| [^|]+ \| `servicemap ([^`]+)` \|$", README.read_text("utf-8"), re.MULTILINE)
    )


def test_the_table_of_faults_and_what_is_expected_here_name_the_same() -> None:
    assert list(faults()) == list(SHOWN)


@pytest.mark.parametrize("where", some(SHOWN))
def test_the_command_beside_a_fault_shows_it(
    where: str, root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)

    done = run(capsys, monkeypatch, *shlex.split(faults()[where]))

    assert done.code == 0
    assert re.search(SHOWN[where], done.out + done.err)


# These look at today's date: what they say of the sample changes with it.
BY_THE_DAY = {"past-its-end", "stale-evidence", "backup-not-proven", "recovery-plan-not-tested"}


def test_no_finding_is_there_that_the_table_does_not_name(enterprise: Map) -> None:
    findings = [finding for finding in enterprise.validate() if finding.check not in BY_THE_DAY]
    names_of_machines = ["FHZ-SHP-NP1-IVM-SRC-03", "FHZ-ORD-PD1-IVM-BRK-3"]
    told = [finding for finding in findings if finding.check != "group-of-one"]  # it names no element

    unexpected = [str(f) for f in told if not any(n in f.message for n in [*SHOWN, "order-hub", *names_of_machines])]

    assert (len(findings), len(findings) - len(told)) == (25, 1)
    assert unexpected == []


def test_every_ready_question_has_an_answer_here(enterprise: Map) -> None:
    """Those that ask about one thing are asked about one that is here; no question may be empty."""
    here = "https://w3id.org/servicemap/id/fernhaven/"
    about = {
        "agreement-elements": {"agreement": f"{here}sla-online-ordering"},
        "process-steps": {"process": f"{here}grant-access"},
        "reference-arrows": {"model": f"{here}maturity-board"},
        "reference-boxes": {"model": f"{here}maturity-board"},
        "relied-on-for-more": {"service": f"{here}kraan-next-morning"},
    }

    kept = {"hit-in-a-result", "results-and-approvers"}  # they ask what data/samples/results holds
    found = {name: fill(q, about.get(name, {})) for name, q in questions().items() if name not in kept}
    with Workers(enterprise.store, size=1) as workers:
        rows = {name: len(workers.ask(text).rows) for name, text in found.items()}

    assert [name for name, count in rows.items() if not count] == []


@pytest.mark.parametrize(("service", "gaps"), [("online-ordering", 0), ("store-checkout", 8)])
def test_one_response_plan_is_whole_and_one_has_gaps(enterprise: Map, service: str, gaps: int) -> None:
    graph = enterprise.projection

    report = response_plan(enterprise.store, graph, graph.find(service))

    assert [len(s.answer.rows) for s in report.sections if s.heading == "What is missing?"] == [gaps]


def test_readme_names_every_file_of_the_map() -> None:
    text = README.read_text(encoding="utf-8")

    assert [file.name for file in README.parent.iterdir() if file != README and f"`{file.name}`" not in text] == []
