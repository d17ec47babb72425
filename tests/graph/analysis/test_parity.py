"""What the documentation of iTop and of Icinga's business processes says comes out here too.

OK, WARNING and CRITICAL of Icinga are unaffected (or at risk), degraded and down. An Icinga process that selects the
worst of the best n children is a group that needs n of them, both to work at all and for full service.
"""

import pytest

from graph.analysis.impact import State, impact
from graph.people import answer, people
from graph.projection import DEGRADING, REQUIRED
from tests.graph.analysis.small import projection
from tests.graph.written import opened

OK, WARN, CRIT = State.UNAFFECTED, State.DEGRADED, State.DOWN

OPERATORS = "https://github.com/Icinga/icingaweb2-module-businessprocess/blob/main/doc/09-Operators.md"
MIN = "https://github.com/Icinga/icingaweb2-module-businessprocess/issues/278"
ICINGA = [
    # AND selects the worst state of its children
    ("AND", [OK, OK, OK], OK, OPERATORS),
    ("AND", [OK, WARN, OK], WARN, OPERATORS),
    ("AND", [OK, WARN, CRIT], CRIT, OPERATORS),
    # OR selects the best state of its children
    ("OR", [CRIT, CRIT, OK], OK, OPERATORS),
    ("OR", [CRIT, WARN, CRIT], WARN, OPERATORS),
    ("OR", [CRIT, CRIT, CRIT], CRIT, OPERATORS),
    # DEGRADED behaves like AND, and what is critical becomes a warning
    ("DEGRADED", [OK, OK, OK], OK, OPERATORS),
    ("DEGRADED", [OK, WARN, OK], WARN, OPERATORS),
    ("DEGRADED", [OK, CRIT, WARN], WARN, OPERATORS),
    # MIN n selects the worst state of the best n children
    (2, [OK, OK, OK], OK, MIN),
    (2, [OK, OK, WARN], OK, MIN),
    (2, [OK, OK, CRIT], OK, MIN),
    (2, [OK, WARN, WARN], WARN, MIN),
    (2, [OK, WARN, CRIT], WARN, MIN),
    (2, [OK, CRIT, CRIT], CRIT, MIN),
    (3, [OK, OK, CRIT], CRIT, OPERATORS),
    (1, [WARN, CRIT, CRIT], WARN, OPERATORS),
]


@pytest.mark.parametrize(("operator", "children", "expected", "link"), ICINGA)
def test_a_business_process_of_icinga_has_the_state_that_its_operator_gives(operator, children, expected, link):
    n = len(children)
    members = list(range(1, n + 1))
    if operator in ("AND", "DEGRADED"):
        strength = REQUIRED if operator == "AND" else DEGRADING
        p = projection(n + 1, [(0, member, strength) for member in members])
    else:
        p = projection(n + 1, [], [(0, 1 if operator == "OR" else operator, members)])
    changes = {member: state for member, state in zip(members, children, strict=True) if state}
    found = impact(p, changes).state[0] if changes else State.UNAFFECTED
    assert (found if found >= State.DEGRADED else State.UNAFFECTED) == expected, link


REDUNDANCY = "https://www.itophub.io/wiki/page?id=latest:products:designer:impact_analysis"
DATACENTER = "https://www.itophub.io/wiki/page?id=latest:datamodel:itop-datacenter-mgmt"
CONFIGURATION = "https://www.itophub.io/wiki/page?id=latest:datamodel:itop-config-mgmt"
FARM = """
    elements:
      - {id: solution, kind: application, depends_on: [farm]}
      - {id: farm, kind: cluster, depends_on: [{of: [a, b, c], k: "RULE"}]}
      - {id: a, kind: server, depends_on: [rack-1]}
      - {id: b, kind: server, depends_on: [rack-1]}
      - {id: c, kind: server, depends_on: [rack-2, {of: [pdu-1, pdu-2], k: 1}]}
      - {id: rack-1, kind: server}
      - {id: rack-2, kind: server}
      - {id: pdu-1, kind: server}
      - {id: pdu-2, kind: server}
"""
ITOP = [
    # a count: the farm is alive while at least so many are up
    ("1", ["a"], False, REDUNDANCY),
    ("1", ["a", "b"], False, REDUNDANCY),
    ("1", ["a", "b", "c"], True, REDUNDANCY),
    ("2", ["a"], False, REDUNDANCY),
    ("2", ["a", "c"], True, REDUNDANCY),
    # a percentage: at least so large a share must be up; 50 % of three are two
    ("50 %", ["a"], False, REDUNDANCY),
    ("50 %", ["a", "b"], True, REDUNDANCY),
    ("34 %", ["a"], False, REDUNDANCY),
    ("33 %", ["a", "b"], False, REDUNDANCY),
    ("100 %", ["c"], True, REDUNDANCY),
    # what is in an enclosure or a rack is hit with it, and several sources add up
    ("1", ["rack-1"], False, DATACENTER),
    ("1", ["rack-1", "rack-2"], True, DATACENTER),
    ("2", ["rack-1"], True, DATACENTER),
    # a device with two power units survives one of them
    ("3", ["pdu-1"], False, DATACENTER),
    ("3", ["pdu-1", "pdu-2"], True, DATACENTER),
]


@pytest.mark.parametrize(("rule", "sources", "hit", "link"), ITOP)
def test_a_farm_of_itop_fails_when_its_redundancy_rule_says_so(tmp_path, rule, sources, hit, link):
    p = opened(tmp_path, FARM.replace("RULE", rule)).projection
    state = impact(p, {p.find(source): State.DOWN for source in sources}).state.tolist()
    assert (state[p.find("farm")] == State.DOWN) is hit, link
    assert (state[p.find("solution")] == State.DOWN) is hit, link


CONTACTS = """
    elements:
      - {id: app, kind: application, owner: app-team, depends_on: [server]}
      - {id: server, kind: server, owner: server-team, support_group: desk}
      - {id: app-team, kind: team}
      - {id: server-team, kind: team}
      - {id: desk, kind: team}
"""


@pytest.mark.parametrize(
    ("leave_out", "told"),
    [
        ([], {"app-team", "desk", "server-team"}),
        (["desk"], {"app-team", "server-team"}),
        (["desk", "app-team"], {"server-team"}),
    ],
)
def test_contacts_of_what_is_hit_are_told_but_those_who_are_not_to_be_notified(tmp_path, leave_out, told):
    """As the contacts of a ticket of iTop, of which one may be set to "do not notify"."""
    opened_map = opened(tmp_path, CONTACTS)
    p = opened_map.projection
    server = p.find("server")
    hit = {
        int(v): State(int(impact(p, {server: State.DOWN}).state[v])) for v in impact(p, {server: State.DOWN}).affected
    }
    result = people(opened_map.store, p, [server], hit, leave_out=[p.find(name) for name in leave_out])
    assert {p.labels[entry.actor] for entry in result.entries} == told, CONFIGURATION
    notes = answer(p, result).notes
    assert all(f"not notified, as asked: {name}" in notes for name in leave_out)
