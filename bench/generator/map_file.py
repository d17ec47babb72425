"""How is a made map written as a map file? In YAML, as people would."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from bench.generator.arrays import BS, ENVIRONMENTS, KINDS, LEVELS, REGIONS, STATES, STRENGTHS, Generated
from bench.generator.rows import NAMESPACE, Need, Row, Surroundings, elements, kind_of, label_of

__all__ = ["LARGEST_MAP_FILE", "write_map_file"]

LARGEST_MAP_FILE = 10_000


def write_map_file(made: Generated, file: BinaryIO) -> None:
    """Write the same map as people would, in YAML.

    Raises ValueError for more than 10,000 elements: nobody writes larger ones by hand.
    """
    if made.elements > LARGEST_MAP_FILE:
        raise ValueError(f"{made.elements:,} elements: map files are written up to {LARGEST_MAP_FILE:,}")
    names, k = made.names(), dict(zip(made.groups.tolist(), made.k.tolist(), strict=True))
    pieces = [f"namespace: {NAMESPACE}\ntitle: A made map\nelements:\n"]
    for element, row, needs in elements(made):
        pieces.append(_yaml_element(names[element], row))
        entries = [_yaml_dependency(names, need) for need in needs]
        if element in k:
            pieces.append(f"    depends_on:\n      - id: members\n        k: {k[element]}\n        of:\n")
            pieces += [f"          - {entry}\n" for entry in entries]
        elif entries:
            pieces.append("    depends_on:\n")
            pieces += [f"      - {entry}\n" for entry in entries]
    pieces += _yaml_around(Surroundings(made))
    file.write("".join(pieces).encode("ascii"))


def _yaml_element(name: str, row: Row) -> str:
    layer, number, word, team, environment, state, level, cents, region, role = row
    return (
        f"  - id: {name}\n    kind: {kind_of(layer, number)}\n    name: {label_of(layer, number, word)}\n"
        f"    owner: team-{team}\n    environment: {ENVIRONMENTS[environment]}\n"
        f"    lifecycle: {STATES[state]}\n    criticality: {LEVELS[level]}\n"
        f"    monthly_cost: {{amount: {cents / 100:.2f}, currency: EUR}}\n    tag: {REGIONS[region]}\n"
    ) + (f"    raci: {{duty: accountable, to: role-{role}}}\n" if layer == BS else "")


def _yaml_dependency(names: list[str], need: Need) -> str:
    provider, kind, strength, at_start, week, tolerance = need
    said = [f"on: {names[provider]}"]
    said += [f"kind: {KINDS[kind]}"] if kind else []
    said += [f"strength: {STRENGTHS[strength]}"] if strength else []
    said += ["phase: start"] if at_start else []
    said += [f"tolerance: {tolerance} min"] if tolerance else []
    said += [f"evidence: traces of week {week}", "evidence_type: observed"] if week else []
    return names[provider] if len(said) == 1 else f"{{{', '.join(said)}}}"


def _yaml_around(around: Surroundings) -> Iterator[str]:
    count = around.count
    yield "environments:\n"
    for word in ENVIRONMENTS:
        yield f"  - {{id: {word}, name: {word.capitalize()}, environment_type: {word}}}\n"
    for kind, many in (("team", count.teams), ("customer", count.roles)):
        yield f"{kind}s:\n"
        yield from (f"  - {{id: {kind}-{number}, name: {kind.capitalize()} {number}}}\n" for number in range(many))
    yield "roles:\n"
    for number in range(count.roles):
        yield f"  - {{id: role-{number}, name: Role {number}, held_by: {{party: team-{number}}}}}\n"
    yield "processes:\n"
    for number, needed in enumerate(around.needs):
        yield f"  - id: process-{number}\n    name: Process {number}\n    owner: team-{number}\n"
        yield f"    raci: {{duty: accountable, to: role-{number % count.roles}}}\n"
        yield f"    depends_on: [{', '.join(needed)}]\n"
    yield "agreements:\n"
    for number, covered in enumerate(around.covers):
        word, customer, provider = around.parties(number)
        percent, minutes = around.promise(number)
        yield f"  - id: agreement-{number}\n    name: Agreement {number}\n    agreement_type: {word}\n"
        yield f"    for: {customer}\n    by: {provider}\n    covers: [{', '.join(covered)}]\n    objectives:\n"
        yield f"      - {{metric: availability, percent: {percent} %, period: month}}\n"
        yield f"      - {{metric: restore time, within: {minutes} min}}\n"
