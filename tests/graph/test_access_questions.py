"""Do the questions about access say what an obvious evaluator says, on any day, with nested groups, denials and dates?"""

from __future__ import annotations

import random
from datetime import datetime
from pathlib import Path

import pytest
import yaml

from graph.access import access
from graph.library import fill, questions
from graph.store.guard import PREFIXES
from tests.graph.written import opened

HERE = "https://w3id.org/servicemap/id/acc/"
HEAD = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
DAYS = [f"2026-0{month}-01T00:00:00Z" for month in range(1, 8)]
PEOPLE, GROUPS = ["ann", "bob", "cy"], ["g0", "g1", "g2"]
ROLES = {"reader": (), "writer": ("reader",), "chief": ("writer",)}
SCOPES = {"sub": (), "rg0": ("sub",), "rg1": ("sub",), "vm0": ("rg0",), "vm1": ("rg1",), "vm2": ("rg0", "rg1")}


def made(seed: int) -> dict[str, list[dict]]:
    """Groups, with who is in them, and assignments on the scopes: a role, to somebody, perhaps denied, perhaps dated."""
    dice = random.Random(seed)
    groups = [
        {"id": name, "name": name, "member": dice.sample([*PEOPLE, *GROUPS[:n]], dice.randint(1, 2))}
        for n, name in enumerate(GROUPS)
    ]
    scopes = []
    for name, above in SCOPES.items():
        kind = {"s": "subscription", "r": "resource group", "v": "virtual machine"}[name[0]]
        scope: dict = {"id": name, "name": name, "kind": kind, "access": []}
        for up in above:
            scope.setdefault("subscription" if up == "sub" else "contained_in", []).append(up)
        for _ in range(dice.randint(0, 2)):
            given = {"role": dice.choice([*ROLES]), "to": dice.choice([*PEOPLE, *GROUPS])}
            given |= {"effect": "deny"} if dice.random() < 0.3 else {}
            given |= {"valid_from": dice.choice(DAYS[1:4])} if dice.random() < 0.4 else {}
            given |= {"valid_until": dice.choice(DAYS[3:6])} if dice.random() < 0.4 else {}
            if all({**given, "id": 0} != {**other, "id": 0} for other in scope["access"]):
                scope["access"].append({"id": f"a{len(scope['access'])}", **given})
        scopes.append(scope)
    return {"groups": groups, "scopes": scopes}


def written(said: dict[str, list[dict]]) -> str:
    roles = [
        {"id": name, "name": name, "permits": {"reader": "read", "writer": "write", "chief": "grant"}[name]}
        | ({"includes": list(includes)} if includes else {})
        for name, includes in ROLES.items()
    ]
    people = [{"id": name, "name": name} for name in PEOPLE]
    return yaml.safe_dump(
        {"namespace": "acc", "access_roles": roles, "access_groups": said["groups"], "people": people,
         "elements": said["scopes"]},
        sort_keys=False,
    )  # fmt: skip


def can_change(said: dict[str, list[dict]], person: str, scope: str, day: str) -> bool:
    """The obvious way: some grant reaches the person here or above on this day, and no denial does."""
    inside = {group["id"]: set(group["member"]) for group in said["groups"]}
    by_id = {found["id"]: found for found in said["scopes"]}

    def reaches(principal: str) -> bool:
        return principal == person or any(reaches(member) for member in inside.get(principal, ()))

    def writes(role: str) -> bool:
        return role == "writer" or any(writes(included) for included in ROLES[role])

    def around(name: str) -> set[str]:
        return {name}.union(*(around(up) for up in SCOPES[name]))

    here = [given for name in around(scope) for given in by_id[name]["access"]]
    valid = [g for g in here if g.get("valid_from", "") <= day and day < g.get("valid_until", "9")]
    effects = {g.get("effect", "allow") for g in valid if reaches(g["to"]) and writes(g["role"])}
    return effects == {"allow"}


@pytest.mark.parametrize("seed", range(4))
def test_who_and_what_can_change_is_what_the_obvious_evaluator_says(seed: int, tmp_path: Path) -> None:
    said = made(seed)
    store = opened(tmp_path, written(said)).store
    asked = questions()

    def rows(name: str, **values: str) -> set[str]:
        table = store.select(HEAD + fill(asked[name], values)).rows
        column = 0 if name == "who-can-change" else 1
        return {row[column].text for row in table}

    for day in DAYS:
        for scope in SCOPES:
            expected = {person for person in PEOPLE if can_change(said, person, scope, day)}
            assert rows("who-can-change", element=HERE + scope, day=day) == expected, (scope, day)
        for person in PEOPLE:
            expected = {scope for scope in SCOPES if can_change(said, person, scope, day)}
            assert rows("what-can-change", person=HERE + person, day=day) == expected, (person, day)


def test_the_made_maps_hold_denials_dates_and_nested_groups_that_matter() -> None:
    every = [given for seed in range(4) for scope in made(seed)["scopes"] for given in scope["access"]]
    answers = {
        (seed, day): tuple(can_change(made(seed), person, scope, day) for person in PEOPLE for scope in SCOPES)
        for seed in range(4)
        for day in (DAYS[0], DAYS[3], DAYS[6])
    }

    assert {"deny"} & {given.get("effect") for given in every}
    assert any(set(group["member"]) & set(GROUPS) for seed in range(4) for group in made(seed)["groups"])
    assert any(answers[seed, DAYS[0]] != answers[seed, DAYS[3]] for seed in range(4))
    assert any(True in row and False in row for row in answers.values())


HELD = """
    namespace: acc
    access_roles:
      - {id: writer, name: Writer, permits: write}
    people:
      - {id: ann, name: ann, team: nights}
      - {id: bob, name: bob}
      - {id: cy, name: cy}
    teams:
      - {id: nights, name: Nights}
    roles:
      - {id: lead, name: Lead, held_by: [{party: bob, valid_until: 2026-03-01}, {party: cy, valid_from: 2026-03-01}]}
      - {id: watch, name: Watch, held_by: {party: nights, valid_from: 2026-02-01, valid_until: 2026-04-01}}
    access_groups:
      - {id: crew, name: Crew, member: [watch]}
    elements:
      - {id: vm, name: vm, kind: virtual machine, access: [{role: writer, to: lead}, {role: writer, to: crew}]}
"""


@pytest.mark.parametrize(
    ("month", "able"),
    [(1, {"bob"}), (2, {"bob", "ann"}), (3, {"cy", "ann"}), (4, {"cy"})],
)
def test_a_role_gives_access_to_those_who_hold_it_on_the_day(month: int, able: set[str], tmp_path: Path) -> None:
    made = opened(tmp_path, HELD)
    day = f"2026-0{month}-15T00:00:00Z"

    def rows(name: str, **values: str) -> list[tuple[str, ...]]:
        table = made.store.select(HEAD + fill(questions()[name], values)).rows
        return [tuple(value.text for value in row) for row in table]

    assert {row[0] for row in rows("who-can-change", element=HERE + "vm", day=day)} == able
    assert {p for p in PEOPLE if rows("what-can-change", person=HERE + p, day=day)} == able

    graph = made.projection
    found = access(made.store, graph, [graph.index[HERE + "vm"]], at=datetime.fromisoformat(day))
    # a role that nobody holds stands for itself there
    assert {graph.labels[who] for on in found.able.values() for who in on} & set(PEOPLE) == able
