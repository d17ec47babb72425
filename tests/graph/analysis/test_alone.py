"""What each element takes with it alone is what ``impact`` says of it; a single point is one that takes a service down."""

import random

import pytest

from graph.analysis import alone as module
from graph.analysis.alone import alone
from graph.analysis.impact import State, impact
from graph.analysis.single_points import business_services, single_points
from tests.graph.written import opened


def random_map(seed):
    chance = random.Random(seed)
    lines = ["elements:"]
    for n in range(14):
        lines += [f"  - id: e{n}", f"    kind: {chance.choice(['business service', 'application', 'database'])}"]
        needs = []
        for other in sorted(chance.sample(range(14), chance.randint(0, 3))):
            if other != n:
                strength = chance.choice(["required", "degrading", "optional"])
                needs.append(f"{{on: e{other}, strength: {strength}}}")
        if chance.random() < 0.4:
            members = chance.sample([m for m in range(14) if m != n], 3)
            needs.append(f"{{id: g{n}, of: [{', '.join(f'e{m}' for m in members)}], k: {chance.randint(1, 3)}}}")
        if needs:
            lines.append(f"    depends_on: [{', '.join(needs)}]")
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(25))
def test_alone_is_impact_of_one_element(tmp_path, seed):
    p = opened(tmp_path, random_map(seed)).projection
    services = set(business_services(p))
    for element, found in alone(p, range(len(p))).items():
        states = impact(p, {element: State.DOWN}).state
        worse = {v for v in range(len(p)) if states[v] >= State.DEGRADED and v != element}
        assert found.elements == len(worse)
        assert found.services == worse & services
        assert found.down == {v for v in worse & services if states[v] == State.DOWN}


@pytest.mark.parametrize("seed", range(25))
def test_a_single_point_is_what_takes_the_service_down_alone(tmp_path, seed):
    p = opened(tmp_path, random_map(seed)).projection
    taken = alone(p, range(len(p)))
    services = business_services(p)
    expected = {s: {e for e, found in taken.items() if s in found.down} for s in services}
    assert {s: set(points.tolist()) for s, points in single_points(p, services).of.items()} == expected


def test_many_elements_are_asked_in_parts(tmp_path, monkeypatch):
    p = opened(tmp_path, random_map(3)).projection
    whole = alone(p, range(len(p)))
    monkeypatch.setattr(module, "_MOST_BYTES", 0)
    monkeypatch.setattr(module, "_FEWEST", 3)
    assert alone(p, range(len(p))) == whole


def test_a_map_without_services_has_no_single_points(tmp_path):
    p = opened(tmp_path, "elements:\n  - {id: a, kind: tool}\n").projection
    assert single_points(p, business_services(p)).of == {}
    assert alone(p, []) == {}
