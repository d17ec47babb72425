"""What does each element of a made map say, as numbers and words? What both writers write."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from bench.generator.arrays import APP, BS, LAYERS, WORDS, Around, Generated, Ints

__all__ = ["CHUNK", "NAMESPACE", "Need", "Row", "Surroundings", "elements", "kind_of", "label_of"]

NAMESPACE = "made"
CHUNK = 1 << 15

Row = tuple[int, ...]
Need = tuple[int, int, int, bool, int, int]


def elements(made: Generated) -> Iterator[tuple[int, Row, list[Need]]]:
    """Each element as numbers, with what it depends on: a piece of the arrays at a time."""
    facts, stated = made.facts, made.stated
    start = np.searchsorted(made.src, np.arange(made.elements + 1))
    for begin in range(0, made.elements, CHUNK):
        end = min(begin + CHUNK, made.elements)
        columns = [made.layer, made.number, facts.word, facts.team, facts.environment, facts.state, facts.level]
        columns += [facts.cents, facts.region, facts.role]
        rows = zip(*(column[begin:end].tolist() for column in columns), strict=True)
        inside = slice(start[begin], start[end])
        columns = [made.dst, stated.kind, stated.strength, stated.at_start, stated.week, stated.tolerance]
        needs = list(zip(*(column[inside].tolist() for column in columns), strict=True))
        bounds = (start[begin : end + 1] - start[begin]).tolist()
        for place, row in enumerate(rows):
            yield begin + place, row, needs[bounds[place] : bounds[place + 1]]


def _members(column: Ints, who: npt.NDArray[np.bool_], count: int) -> list[list[int]]:
    """For each of ``count`` agreements or processes the elements that belong to it."""
    found = np.flatnonzero(who)
    found = found[np.argsort(column[found], kind="stable")]
    bounds = np.searchsorted(column[found], np.arange(count + 1))
    return [found[bounds[each] : bounds[each + 1]].tolist() for each in range(count)]


def kind_of(layer: int, number: int) -> str:
    """The kind of an element, as a map file says it."""
    kinds = LAYERS[layer].kinds
    return kinds[number % len(kinds)]


def label_of(layer: int, number: int, word: int) -> str:
    """What people call an element."""
    return f"{WORDS[word]} {kind_of(layer, number)} {number}"


class Surroundings:
    """Teams, roles, customers, processes and agreements: what is said of them, in words of the map format."""

    def __init__(self, made: Generated) -> None:
        self.count, names = Around(made.elements), made.names()
        agreed = _members(made.facts.agreement, made.layer <= APP, self.count.agreements)
        done = _members(made.facts.process, made.layer == BS, self.count.processes)
        self.covers = [[names[element] for element in those] for those in agreed]
        self.needs = [[names[element] for element in those] for those in done]

    def parties(self, agreement: int) -> tuple[str, str, str]:
        """Type, customer and provider of an agreement."""
        provider = f"team-{agreement % self.count.teams}"
        if agreement < self.count.roles:
            return "sla", f"customer-{agreement}", provider
        return "ola", f"team-{(agreement + 1) % self.count.teams}", provider

    @staticmethod
    def promise(agreement: int) -> tuple[str, int]:
        """Availability in percent, and minutes until it works again."""
        return ("99", "99.5", "99.9", "99.95")[agreement % 4], (60, 240, 480)[agreement % 3]
