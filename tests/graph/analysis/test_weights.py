"""A member with a weight counts as so many members: every analysis says what it says where the member stands so often."""

from dataclasses import replace
from importlib.util import find_spec
from unittest.mock import patch

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graph.analysis import again, kernels, levels
from graph.analysis.again import answered
from graph.analysis.batch import Batch
from graph.analysis.cause import cause
from graph.analysis.collisions import collisions
from graph.analysis.impact import State, impact
from graph.analysis.kernels import spread, wiring
from graph.analysis.likelihood import likelihood
from graph.analysis.recovery import recovery
from graph.analysis.restore import restore
from graph.analysis.single_points import single_points
from graph.analysis.structure import Part, structure
from graph.analysis.timed import LEVELS, Happening, Times, timed
from graph.analysis.windows import ALWAYS
from graph.projection import Edges, Sparse
from graph.projection.edits import Edit
from tests.examples import examples
from tests.graph.analysis import test_timed as plain
from tests.graph.analysis.edits import in_order
from tests.graph.analysis.small import maps, projection

DOWN, DEGRADED = State.DOWN, State.DEGRADED


def rows(edges, groups):
    """Dependent and provider of each edge of ``projection``, and whether the provider is a member of a group."""
    for dependent, provider, _ in edges:
        yield dependent, provider, False
    for number, (dependent, _, members) in enumerate(groups):
        if dependent >= 0:
            yield dependent, number, False
        yield from ((number, member, True) for member in members)


def with_weights(n, edges, groups, weight, fulls):
    """The map as it is read, with a weight for some edges."""
    p = projection(n, edges, groups)
    said = Sparse(np.array(sorted(weight), np.int32), [str(weight[e]) for e in sorted(weight)])
    e, g = p.edges, p.groups
    made = Edges(e.dependent, e.provider, e.kind, e.strength, e.phase, e.assumed, e.iris, {"weight": said})
    size = np.bincount(e.dependent, [weight.get(edge, 1) for edge in range(len(e))], minlength=p.vertices)[n:]
    full = np.array(fulls, np.int32)
    return replace(p, edges=made, groups=replace(g, size=size.astype(np.int32), full=full))


def repeated(n, edges, groups, weight, fulls):
    """The same map with each such member standing in its group as often as it counts, and the places of its edges."""
    counts = [weight.get(edge, 1) if member else 1 for edge, (*_, member) in enumerate(rows(edges, groups))]
    many, edge = [], len(edges)
    for dependent, k, members in groups:
        edge += dependent >= 0
        many.append((dependent, k, [m for at, m in enumerate(members) for _ in range(counts[edge + at])]))
        edge += len(members)
    p = projection(n, edges, many)
    places = np.split(np.arange(sum(counts)), np.cumsum(counts)[:-1]) if counts else []
    return replace(p, groups=replace(p.groups, full=np.array(fulls, np.int32))), many, [at.tolist() for at in places]


@st.composite
def cases(draw):
    n, edges, groups = draw(maps(groups=True, strengths=True))
    members = [edge for edge, (*_, member) in enumerate(rows(edges, groups)) if member]
    weight = {edge: draw(st.integers(2, 4)) for edge in members if draw(st.booleans())}
    edge, made, fulls = len(edges), [], []
    for dependent, _, inside in groups:
        edge += dependent >= 0
        total = sum(weight.get(edge + at, 1) for at in range(len(inside)))
        edge += len(inside)
        made.append((dependent, draw(st.integers(0, total)), inside))
        fulls.append(draw(st.integers(made[-1][1], total)))
    return n, edges, made, weight, fulls


CHANGES = st.sampled_from(LEVELS)


@examples(300)
@given(cases(), st.data())
def test_states_are_those_of_the_repeated_members_by_every_way_to_them(case, data):
    n = case[0]
    p, (other, _, _) = with_weights(*case), repeated(*case)
    changes = data.draw(st.dictionaries(st.integers(0, n - 1), CHANGES, min_size=1, max_size=3))
    expected = impact(other, changes).state.tolist()
    assert impact(p, changes).state.tolist() == expected
    ordered = in_order(p)
    same = Edit(claims={edge: int(claim) for edge, claim in enumerate(ordered.edges.claim)})
    for compiled, few in ((find_spec("numba") is not None, 400), (False, 400), (False, -1)):
        taken = {"is_compiled": lambda compiled=compiled: compiled}
        with (
            patch.object(kernels, "_FEW", few),
            patch.multiple(again, _LARGE=1e-9, **taken),
            patch.multiple(levels, **taken),
        ):
            assert spread(wiring(p), changes, compiled=compiled).state.tolist() == expected
            found = answered(ordered, changes)
            assert [found.most.state.tolist(), found.after(same).most.state.tolist()] == [expected] * 2
    batch = Batch(p)
    states = batch.states([{v: State(s) for v, s in changes.items()}])[:, 0].tolist()
    assert dict(zip(batch.vertices.tolist(), states, strict=True)) == dict(enumerate(expected))
    run = timed(p, [Happening(v, s, ALWAYS) for v, s in changes.items()], horizon=2**61)
    assert [run.worst(v) for v in range(p.vertices)] == expected


@examples(200)
@given(cases(), st.data())
def test_spans_equal_the_obvious_evaluator_with_repeated_members(case, data):
    n, edges, groups, weight, _ = case
    fulls = [k for _, k, _ in groups]
    p, (_, many, places) = with_weights(n, edges, groups, weight, fulls), repeated(n, edges, groups, weight, fulls)
    count = len(places)
    numbers = st.integers(0, max(count - 1, 0))
    said = [data.draw(st.dictionaries(numbers, st.integers(1, 9), max_size=4)) if count else {} for _ in range(3)]
    what = st.tuples(st.integers(0, n - 1), CHANGES, st.lists(plain.SPAN, min_size=1, max_size=3).map(plain.merged))
    told = [Happening(*each) for each in data.draw(st.lists(what, min_size=1, max_size=4))]
    result = timed(p, told, times=Times(*said), horizon=plain.END)
    everywhere = [{at: seconds for edge, seconds in each.items() for at in places[edge]} for each in said]
    expected = plain.obvious(n, edges, many, told, Times(*everywhere))
    for vertex in range(p.vertices):
        for state in LEVELS:
            assert plain.moments(result.of(vertex, state)) == expected[vertex, state], (vertex, state)


@examples(150)
@given(cases(), st.data())
def test_figures_points_causes_collisions_and_orders_are_those_of_the_repeated_members(case, data):
    n = case[0]
    p, (other, _, _) = with_weights(*case), repeated(*case)
    target = data.draw(st.integers(0, n - 1))
    chances = {v: (Part(v, data.draw(st.sampled_from([0.0, 1e-5, 0.05, 0.9]))),) for v in range(n)}
    for state in (DOWN, DEGRADED):
        one, two = (likelihood(structure(each, target, chances, state=state)) for each in (p, other))
        assert abs(one.unavailability - two.unavailability) <= 1e-9 * two.unavailability
    points = [{s: e.tolist() for s, e in single_points(each, range(n)).of.items()} for each in (p, other)]
    assert points[0] == points[1]
    red = {target: DEGRADED}
    assert cause(p, red, most=2) == cause(other, red, most=2)
    plans = [[Happening(v, DOWN, ALWAYS)] for v in range(min(n, 4))]
    assert collisions(p, plans).found == collisions(other, plans).found
    down = data.draw(st.sets(st.integers(0, n - 1), min_size=1))
    assert recovery(p, down) == recovery(other, down)
    minutes, cut = dict.fromkeys(range(n), 7.0), np.zeros(n, np.bool_)
    found = [restore(each, target, minutes, cut=cut) for each in (p, other)]
    assert (found[0].minutes, found[0].path) == (found[1].minutes, found[1].path)


def test_the_large_member_alone_is_enough_and_so_are_both_small_ones():
    p = with_weights(4, [], [(0, 2, [1, 2, 3])], {3: 2}, [2])
    assert p.groups.size.tolist() == [4]
    for lost, state in (((3,), State.AT_RISK), ((1, 2), State.AT_RISK), ((1, 3), DOWN), ((1,), State.AT_RISK)):
        assert impact(p, dict.fromkeys(lost, DOWN)).state[0] == state, lost
