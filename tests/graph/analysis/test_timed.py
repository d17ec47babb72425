"""Windows of change reach whom they reach, when they reach them: equal to a slow evaluator that looks at each moment."""

from dataclasses import replace
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from graph.analysis.impact import State, impact
from graph.analysis.timed import LEVELS, Happening, Times, timed
from graph.analysis.windows import ALWAYS, FOREVER, merged
from graph.projection import DEGRADING, OPTIONAL, REQUIRED
from tests.examples import examples
from tests.graph.analysis.small import maps, projection

DOWN, DEGRADED, AT_RISK = State.DOWN, State.DEGRADED, State.AT_RISK
END = 60


def moments(spans):
    return {moment for start, end in spans for moment in range(max(start, 0), min(end, END))}


def late(held, tolerance, lag, refill):
    """The moments that a dependent feels: second by second, what is left of its reserve and of its way back."""
    felt, left, back, returning = set(), tolerance, refill, 0
    for moment in range(END):
        if moment in held:
            back = 0
            if left:
                left -= 1
                returning = max(returning - 1, 0)
                if returning:  # it was not back yet
                    felt.add(moment)
            else:
                felt.add(moment)
                returning = lag + 1
        else:
            back += 1
            left = tolerance if back >= refill else left
            returning = max(returning - 1, 0)
            if returning:
                felt.add(moment)
    return felt


def passed(held, row, tolerance, lag, refill):
    """What a dependency hands on, as moments."""
    _, provider, strength = row
    if strength == OPTIONAL:
        return {state: set() for state in LEVELS}
    felt = {state: late(held[provider, state], tolerance, lag, refill) for state in LEVELS}
    if strength == DEGRADING:
        felt[DOWN] = set()
    if tolerance:
        felt[AT_RISK] |= {m + n for m in held[provider, DEGRADED] for n in range(refill + 1) if m + n < END}
    return felt


def counted(members, k):
    """What a group with these members is, moment by moment."""
    for moment in range(END if 0 < k <= len(members) else 0):
        states = sorted(max([s for s in LEVELS if moment in m[s]], default=0) for m in members)
        worst = states[k - 1]
        if any(s >= DEGRADED for s in states):
            worst = max(worst, AT_RISK)
        if sum(s < DEGRADED for s in states) < k:
            worst = max(worst, DEGRADED)
        yield moment, worst


def obvious(n, edges, groups, happenings, times):
    """The words of the meaning, moment by moment, repeated until nothing changes."""
    rows = [(d, p, s) for d, p, s in edges]
    for number, (dependent, _, members) in enumerate(groups):
        rows += [(dependent, n + number, REQUIRED)] if dependent >= 0 else []
        rows += [(n + number, member, REQUIRED) for member in members]
    held = {(v, s): set() for v in range(n + len(groups)) for s in LEVELS}
    for h in happenings:
        for state in LEVELS[LEVELS.index(h.state) :]:
            held[h.element, state] |= moments(h.spans)
    before = None
    while held != before:
        before = {key: set(value) for key, value in held.items()}
        one_step(n, groups, rows, held, times)
    return held


def one_step(n, groups, rows, held, times):
    """Each rule once."""
    said = (times.tolerance, times.lag, times.refill)
    felt = [passed(held, row, *(each.get(e, 0) for each in said)) for e, row in enumerate(rows)]
    for (dependent, _, _), states in zip(rows, felt, strict=True):
        for state in LEVELS if dependent < n else ():
            held[dependent, state] |= states[state]
    for group, (_, k, _) in enumerate(groups):
        members = [f for f, row in zip(felt, rows, strict=True) if row[0] == n + group]
        for moment, worst in counted(members, k):
            for state in LEVELS[LEVELS.index(worst) :] if worst else ():
                held[n + group, state].add(moment)


SPAN = st.tuples(st.integers(0, 40), st.integers(0, 25)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@st.composite
def cases(draw):
    n, edges, groups = draw(maps(groups=True, strengths=True))
    edges = [(d, p, s) for d, p, s in edges]
    count = len(edges) + sum(len(m) + (d >= 0) for d, _, m in groups)
    numbers = st.integers(0, max(count - 1, 0))
    tolerance = draw(st.dictionaries(numbers, st.integers(1, 12), max_size=6))
    lag = draw(st.dictionaries(numbers, st.integers(1, 5), max_size=4))
    refill = {e: draw(st.integers(1, 15)) for e in tolerance if draw(st.booleans())}
    state = st.sampled_from(LEVELS)
    what = st.tuples(st.integers(0, n - 1), state, st.lists(SPAN, min_size=1, max_size=3).map(merged))
    happenings = [Happening(*each) for each in draw(st.lists(what, min_size=1, max_size=4))]
    return n, edges, groups, happenings, Times(tolerance, lag, refill)


@examples(300)
@given(cases())
def test_spans_equal_the_obvious_evaluator(case):
    n, edges, groups, happenings, times = case
    p = projection(n, edges, groups)
    result = timed(p, happenings, times=times, horizon=END)
    assert not result.cuts
    expected = obvious(n, edges, groups, happenings, times)
    for vertex in range(n + len(groups)):
        for state in LEVELS:
            assert moments(result.of(vertex, state)) == expected[vertex, state], (vertex, state)


@given(maps(groups=True, strengths=True), st.data())
def test_without_windows_and_reserves_it_is_the_impact(made, data):
    n, edges, groups = made
    changes = data.draw(st.dictionaries(st.integers(0, n - 1), st.sampled_from(LEVELS), min_size=1, max_size=3))
    p = projection(n, edges, groups)
    result = timed(p, [Happening(v, s, ALWAYS) for v, s in changes.items()])
    assert [result.worst(v) for v in range(n)] == impact(p, changes).state[:n].tolist()


@given(cases())
def test_the_way_to_an_affected_element_starts_at_a_change(case):
    n, edges, groups, happenings, times = case
    p = projection(n, edges, groups)
    result = timed(p, happenings, times=times, horizon=END)
    changed = {h.element for h in happenings}
    for vertex in range(n):
        if result.worst(vertex) and vertex not in changed:
            way = result.path(p, vertex)
            assert p.edges.dependent[way[-1]] == vertex
            assert p.edges.provider[way[0]] in changed
    begun = {(v, state, start) for state in LEVELS for v, spans in result.spans[state].items() for start, _ in spans}
    assert begun <= set(result.why)
    assert all(edge < 0 or p.edges.dependent[edge] == v for (v, _, _), (edge, _, _) in result.why.items())
    with patch("graph.analysis._run.MANY", -1), patch("graph.analysis.timed.MANY", -1):  # as where much is reached
        q = projection(n, edges, groups)
        runs = [timed(q, happenings, times=each, horizon=END) for each in (times, Times(), replace(times))]
    assert (runs[0].spans, runs[0].why, runs[0].circular) == (result.spans, result.why, result.circular)
    assert runs[1].spans == timed(p, happenings, times=Times(), horizon=END).spans
    assert runs[2] is runs[0]


def test_two_short_outages_that_touch_use_up_the_reserve():
    p = projection(3, [(0, 1), (1, 2)])
    twice = [Happening(2, DOWN, ((0, 30),)), Happening(2, DOWN, ((25, 58),))]
    assert timed(p, twice, times=Times({1: 40})).of(1, DOWN) == ((40, 58),)
    assert all(not timed(p, [one], times=Times({1: 40})).of(1, DOWN) for one in twice)


def test_two_short_outages_apart_let_the_reserve_refill():
    p = projection(2, [(0, 1)])
    happenings = [Happening(1, DOWN, ((0, 10), (12, 58)))]
    result = timed(p, happenings, times=Times({0: 30}))
    assert result.of(0, DOWN) == ((42, 58),)
    assert result.of(0, AT_RISK) == ((0, 10), (12, 58))


def test_outages_less_than_the_refill_time_apart_use_up_one_reserve():
    p = projection(2, [(0, 1)])
    happenings = [Happening(1, DOWN, ((0, 10), (12, 58)))]
    result = timed(p, happenings, times=Times({0: 30}, refill={0: 3}))
    assert result.of(0, DOWN) == ((32, 58),)
    assert result.of(0, AT_RISK) == ((0, 61),)
    at_once = timed(p, happenings, times=Times({0: 30}, refill={0: 2}))
    assert at_once.of(0, DOWN) == ((42, 58),)


def test_a_reserve_that_is_used_up_holds_nothing_until_it_is_full_again():
    p = projection(2, [(0, 1)])
    happenings = [Happening(1, DOWN, ((0, 40), (45, 50), (70, 80)))]
    result = timed(p, happenings, times=Times({0: 30}, refill={0: 20}))
    assert result.of(0, DOWN) == ((30, 40), (45, 50))


def test_more_outage_never_means_less_of_it_with_a_refill_time():
    p = projection(2, [(0, 1)])
    times = Times({0: 30}, refill={0: 10})
    less, more = (((0, 20), (35, 60)), ((0, 26), (35, 60)))
    felt = [timed(p, [Happening(1, DOWN, spans)], times=times).of(0, DOWN) for spans in (less, more)]
    assert felt == [(), ((39, 60),)]


def test_a_circle_of_lags_never_comes_back_and_is_told():
    p = projection(3, [(0, 1), (1, 0), (1, 2)])
    result = timed(p, [Happening(2, DOWN, ((10, 20),))], times=Times(lag={0: 5}))
    assert result.of(0, DOWN) == ((10, FOREVER),)
    assert result.circular == (0, 1)


def test_a_circle_through_a_group_ends_when_the_other_members_are_back():
    p = projection(3, [(1, 0)], [(0, 2, [1, 2])])
    happenings = [Happening(1, DOWN, ((0, 10),)), Happening(2, DOWN, ((0, 50),))]
    assert timed(p, happenings, times=Times(lag={0: 3})).of(0, DOWN)[0][0] == 0


def test_what_comes_back_late_is_down_for_longer():
    p = projection(2, [(0, 1)])
    assert timed(p, [Happening(1, DOWN, ((0, 10),))], times=Times(lag={0: 7})).of(0, DOWN) == ((0, 17),)


def test_an_assumption_may_take_the_place_of_a_strength():
    p = projection(2, [(0, 1)])
    weaker = p.edges.strength.copy()
    weaker[:] = OPTIONAL
    assert timed(p, [Happening(1, DOWN, ALWAYS)], strength=weaker).worst(0) == State.UNAFFECTED


def test_the_way_told_is_the_one_from_the_nearest_change():
    far, near, changed, console = range(4)
    p = projection(
        4,
        [(console, far, REQUIRED), (far, near, REQUIRED), (near, changed, REQUIRED), (console, changed, REQUIRED)],
        [],
    )
    result = timed(p, [Happening(changed, DOWN, ALWAYS)])
    assert [int(p.edges.provider[edge]) for edge in result.path(p, console)] == [changed]
