"""What is down comes back after what it needs, and circles are told."""

from hypothesis import given
from hypothesis import strategies as st

from graph.analysis._parts import parts
from graph.analysis.recovery import answer, recovery
from graph.projection import DEGRADING, OPTIONAL, PHASES, REQUIRED
from tests.graph.analysis.small import in_phases, maps, projection


def test_each_comes_after_what_it_needs():
    p = projection(4, [(0, 1), (1, 2), (0, 2), (3, 2)])
    assert recovery(p, [0, 1, 2, 3]).steps == ((2,), (1, 3), (0,))


def test_what_works_already_and_what_is_optional_holds_nobody_up():
    p = projection(4, [(0, 1), (0, 2, OPTIONAL), (0, 3, DEGRADING)])
    assert recovery(p, [0, 2, 3]).steps == ((0, 2, 3),)


def test_a_group_is_there_when_enough_members_are():
    p = projection(5, [(2, 3), (3, 4)], [(0, 1, [1, 2])])
    assert recovery(p, [0, 1, 2, 3, 4]).steps == ((1, 4), (0, 3), (2,))


def test_a_circle_comes_back_together_and_with_a_start_in_it_not_at_all():
    p = projection(3, [(0, 1), (1, 0), (1, 2)])
    result = recovery(p, [0, 1, 2])
    assert (result.steps, result.circles, result.cold) == (((2,), (0, 1)), ((0, 1),), ())
    p = in_phases(projection(3, [(0, 1), (1, 0), (1, 2)]), {0: "start"})
    assert recovery(p, [0, 1, 2]).cold == ((0, 1),)
    assert answer(p, recovery(p, [0, 1, 2])).notes == ("cannot cold-start, each waits for the other: E0, E1",)


@given(maps(groups=True, strengths=True), st.data())
def test_every_element_has_one_step_and_no_provider_comes_later_unless_in_a_circle(made, data):
    n, edges, groups = made
    p = projection(n, edges, groups)
    down = data.draw(st.sets(st.integers(0, n - 1)))
    result = recovery(p, down)
    assert sorted(v for step in result.steps for v in step) == sorted(down)
    at = {v: number for number, step in enumerate(result.steps) for v in step}
    together = {frozenset(c) for c in result.circles}
    for dependent, provider, strength in edges:
        if strength == 2 and dependent in down and provider in down:
            same = any({dependent, provider} <= c for c in together)
            assert at[provider] < at[dependent] or same


def plainly(p, down):
    """The same, element by element, from what each waits for."""
    edges, start, size = p.edges, PHASES.index("start"), len(p)

    def asked(vertex, *, starting=False):
        own = [e for e in range(len(edges)) if edges.dependent[e] == vertex and edges.strength[e] == REQUIRED]
        return [e for e in own if edges.phase[e] == start or (edges.phase[e] < start and not starting)]

    def needs(vertex):
        return [int(edges.provider[e]) for e in asked(vertex)]

    vertices = set(down)
    while more := {v for u in vertices for v in needs(u) if v >= size} - vertices:
        vertices |= more
    step, circles, cold = {}, [], []
    for part in parts(vertices, lambda v: set(needs(v)) & vertices):
        last = 0
        for vertex in part:
            steps = sorted(step.get(v, 0) for v in needs(vertex) if v not in part)
            k = p.groups.k[vertex - size] if vertex >= size else len(steps)
            last = max(last, steps[min(k, len(steps)) - 1] if steps and k else 0)
        inside = tuple(v for v in part if v < size)
        circle = len(inside) > 1 or (len(inside) == 1 and inside[0] in needs(inside[0]))
        step |= {v: last + (v < size or circle) for v in part}
        if circle:
            circles.append(inside)
            if any(edges.provider[e] in part for v in part for e in asked(v, starting=True)):
                cold.append(inside)
    steps = [
        tuple(v for v in sorted(down) if step[v] == n) for n in range(1, max((step[v] for v in down), default=0) + 1)
    ]
    return tuple(steps), tuple(sorted(circles)), tuple(sorted(cold))


@given(maps(groups=True, strengths=True), st.data())
def test_waves_over_arrays_give_the_order_that_elements_one_by_one_give(made, data):
    n, edges, groups = made
    phases = data.draw(
        st.dictionaries(st.integers(0, max(len(edges) - 1, 0)), st.sampled_from(PHASES)) if edges else st.just({})
    )
    p = in_phases(projection(n, edges, groups), phases)
    down = data.draw(st.sets(st.integers(0, n - 1)))
    result = recovery(p, down)
    assert (result.steps, result.circles, result.cold) == plainly(p, down)
