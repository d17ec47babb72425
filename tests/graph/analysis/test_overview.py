"""Does an overview count what the map says? Held against a loop over all dependencies."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.generator import generate
from bench.generator.service_graph import service_graph
from graph.analysis.overview import NOWHERE, overview
from graph.projection import Projection


@pytest.fixture(scope="module")
def made() -> Projection:
    """A thousand elements with alternatives among them."""
    return service_graph(generate(1_000))


@pytest.mark.parametrize("groups", [1, 3, 24, 1_000])
def test_every_dependency_counts_once_between_the_groups_of_its_ends(made: Projection, groups: int) -> None:
    member = [(7 * element) % groups for element in range(len(made))]
    found = overview(made, member, groups)
    dependent, provider, _ = made.direct
    plain = Counter((member[a], member[b]) for a, b in zip(dependent.tolist(), provider.tolist(), strict=True))
    inside = [plain.pop((group, group), 0) for group in range(groups)]
    pairs = zip(found.dependent.tolist(), found.provider.tolist(), strict=True)
    assert dict(zip(pairs, found.count.tolist(), strict=True)) == plain
    assert found.inside.tolist() == inside
    assert found.sizes.tolist() == [member.count(group) for group in range(groups)]
    assert found.count.tolist() == sorted(found.count.tolist(), reverse=True)


def test_an_element_that_is_left_out_takes_its_dependencies_with_it(made: Projection) -> None:
    member = np.zeros(len(made), np.int32)
    member[::3] = NOWHERE
    found = overview(made, member, 1)
    dependent, provider, _ = made.direct
    kept = (dependent % 3 != 0) & (provider % 3 != 0)
    assert (found.sizes.tolist(), found.inside.tolist(), found.between) == ([666], [int(kept.sum())], 0)


@given(st.integers(0, 1_000), st.integers(0, 40), st.floats(0, 1))
def test_what_is_drawn_covers_the_share_unless_that_is_too_much(
    made: Projection, seed: int, most: int, share: float
) -> None:
    found = overview(made, np.random.default_rng(seed).integers(0, 12, len(made)), 12)
    drawn = found.worth_drawing(most=most, share=share)
    assert drawn <= most
    assert drawn == most or int(found.count[:drawn].sum()) >= share * found.between
    if 0 < drawn < min(most, len(found.count)):
        assert found.count[drawn] < found.count[drawn - 1], "equals stand or fall together"


def test_a_map_without_elements_has_an_overview() -> None:
    empty = service_graph(generate(1_000))
    found = overview(empty, np.full(1_000, NOWHERE), 0)
    assert (len(found.sizes), found.between, found.worth_drawing(most=10, share=0.9)) == (0, 0, 0)


def test_what_leads_over_hidden_elements_counts_once_for_each_group_that_it_reaches(made: Projection) -> None:
    hidden = np.arange(len(made)) % 5 == 0
    member = np.where(hidden, NOWHERE, np.arange(len(made)) % 4)
    found = overview(made, member, 4, hidden=hidden)
    dependent, provider, _ = made.direct
    uses: dict[int, list[int]] = {}
    for a, b in zip(dependent.tolist(), provider.tolist(), strict=True):
        uses.setdefault(a, []).append(b)

    def reached(element: int) -> set[int]:
        seen, waiting, groups = {element}, [element], set[int]()
        while waiting:
            for other in uses.get(waiting.pop(), ()):
                if not hidden[other]:
                    groups.add(int(member[other]))
                elif other not in seen:
                    seen.add(other)
                    waiting.append(other)
        return groups

    plain, over = Counter[tuple[int, int]](), Counter[tuple[int, int]]()
    for a, b in zip(dependent.tolist(), provider.tolist(), strict=True):
        if hidden[a]:
            continue
        ends = reached(b) if hidden[b] else {int(member[b])}
        plain.update((int(member[a]), end) for end in ends)
        over.update((int(member[a]), end) for end in ends if hidden[b])
    rows = list(zip(found.dependent.tolist(), found.provider.tolist(), strict=True))
    assert over, "the map has such chains"
    assert dict(zip(rows, found.count.tolist(), strict=True)) == {k: n for k, n in plain.items() if k[0] != k[1]}
    assert dict(zip(rows, found.through.tolist(), strict=True)) == {row: over[row] for row in rows}
    with pytest.raises(ValueError, match="63 groups"):
        overview(made, member, 63, hidden=hidden)
