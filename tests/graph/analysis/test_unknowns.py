"""What is open is read at its worst and its best: equal to a slow evaluator that tries every reading of it."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from graph.analysis.changes import Change, ChangeKind, Profile
from graph.analysis.impact import State
from graph.analysis.judgement import answer, judge
from graph.analysis.timed import LEVELS, Times
from graph.analysis.unknowns import ENDLESS, Doubts, Unknown, What
from graph.projection import OPTIONAL, REQUIRED
from tests.examples import examples
from tests.graph.analysis.small import maps, projection
from tests.graph.analysis.test_timed import END, counted, moments, passed

DOWN, DEGRADED, AT_RISK = State.DOWN, State.DEGRADED, State.AT_RISK
OUTAGE = ChangeKind.OUTAGE
SPAN = st.tuples(st.integers(0, 40), st.integers(1, 20)).map(lambda pair: ((pair[0], pair[0] + pair[1]),))


def rows_of(n, edges, groups):
    """All edges in the order of the projection."""
    rows = [(d, p, s) for d, p, s in edges]
    for number, (dependent, _, members) in enumerate(groups):
        rows += [(dependent, n + number, REQUIRED)] if dependent >= 0 else []
        rows += [(n + number, member, REQUIRED) for member in members]
    return rows


def evaluated(n, rows, needed, lost, changes, tolerance):
    """The words of the meaning, moment by moment, until nothing changes: the worst state of each element."""
    held = {(v, s): set() for v in range(n + len(needed)) for s in LEVELS}
    for change in changes:
        for state in LEVELS[LEVELS.index(change.kind.state) :]:
            held[change.element, state] |= moments(change.windows)
    before = None
    while held != before:
        before = {key: set(value) for key, value in held.items()}
        felt = [passed(held, row, tolerance.get(e, 0), 0, 0) for e, row in enumerate(rows)]
        for (dependent, _, _), states in zip(rows, felt, strict=True):
            for state in LEVELS if dependent < n else ():
                held[dependent, state] |= states[state]
        for group, k in enumerate(needed):
            mine = [e for e, row in enumerate(rows) if row[0] == n + group]
            hit = set().union(*(felt[e][AT_RISK] for e in mine)) if mine else set()
            gone = [e in lost and rows[e][2] > OPTIONAL for e in mine]
            members = [dict.fromkeys(LEVELS, hit) if g else felt[e] for e, g in zip(mine, gone, strict=True)]
            for moment, state in counted(members, k):
                for level in LEVELS[LEVELS.index(state) :] if state else ():
                    held[n + group, level].add(moment)
    return {v: next((s for s in LEVELS if held[v, s]), State.UNAFFECTED) for v in range(n)}


def read(n, rows, groups, tolerance, longest, good, open_):
    """One reading: what each unknown makes of strengths, numbers of members, lost members and tolerances."""
    strength = [s for _, _, s in rows]
    needed, lost, lasting = [k for _, k, _ in groups], set(), dict(tolerance)
    for each in open_:
        best = each in good
        if each.what in (What.STRENGTH, What.EVIDENCE) and best:
            strength[each.at] = OPTIONAL
        if each.what is What.MEMBERSHIP and not best:
            lost.add(each.at)
        if each.what is What.NEEDED:
            needed[each.at] = needed[each.at] if best else len(groups[each.at][2])
        if each.what is What.TOLERANCE and best:
            lasting[each.at] = min(longest[each.at], 10 * END)
    return [(d, p, s) for (d, p, _), s in zip(rows, strength, strict=True)], needed, lost, lasting


@st.composite
def cases(draw):
    n, edges, groups = draw(maps(groups=True, strengths=True))
    rows = rows_of(n, edges, groups)
    numbers = st.sets(st.integers(0, max(len(rows) - 1, 0)), max_size=2)
    chosen = [draw(numbers) if rows else set() for _ in range(3)]
    open_groups = draw(st.sets(st.integers(0, len(groups) - 1), max_size=2)) if groups else set()
    groups = [(d, 1, m) if g in open_groups else (d, k, m) for g, (d, k, m) in enumerate(groups)]
    tolerance = {e: draw(st.integers(1, 9)) for e in chosen[2] if draw(st.booleans())}
    longest = {e: ENDLESS if draw(st.booleans()) else tolerance.get(e, 0) + 5 for e in chosen[2]}
    kind = st.sampled_from([OUTAGE, ChangeKind.DEGRADATION])
    changes = [Change(draw(kind), draw(st.integers(0, n - 1)), draw(SPAN)) for _ in range(draw(st.integers(1, 2)))]
    return n, edges, groups, rows, chosen, open_groups, tolerance, longest, changes


def unknowns_of(case):
    """What is open in a case, as its words say."""
    n, _, groups, rows, (assumed, stale, _), open_groups, _, longest, _ = case
    passing = {e for e, row in enumerate(rows) if row[2] > OPTIONAL}
    found = [Unknown(What.STRENGTH, e) for e in assumed & passing]
    found += [Unknown(What.MEMBERSHIP if rows[e][0] >= n else What.EVIDENCE, e) for e in stale & passing]
    found += [Unknown(What.TOLERANCE, e) for e in longest.keys() & passing]
    return found + [Unknown(What.NEEDED, g) for g in open_groups if len(groups[g][2]) > 1]


def judged(case, profile=Profile.UNKNOWN):
    n, edges, groups, _, (assumed, stale, _), open_groups, tolerance, longest, changes = case
    p = projection(n, edges, groups)
    p.edges.assumed[list(assumed)] = True
    doubts = Doubts(frozenset(open_groups), frozenset(stale), longest, 1, 1)
    return judge(p, changes, times=Times(tolerance), profile=profile, horizon=END, doubts=doubts)


@examples(60, deadline=None)
@given(cases())
def test_the_bracket_is_the_best_and_the_worst_of_all_readings_and_what_decides_decides(case):
    n, _, groups, rows, _, _, tolerance, longest, changes = case
    open_ = unknowns_of(case)
    result = judged(case)

    def states(good):
        return evaluated(n, *read(n, rows, groups, tolerance, longest, good, open_)[:3], changes,
                         read(n, rows, groups, tolerance, longest, good, open_)[3])  # fmt: skip

    every = [
        states({u for u, best in zip(open_, way, strict=True) if best}) for way in product([0, 1], repeat=len(open_))
    ]
    found = {b.element: (b.lower, b.upper) for b in result.affected}
    for v in set(range(n)) - {change.element for change in changes}:
        expected = min(run[v] for run in every), max(run[v] for run in every)
        assert found.get(v, (State.UNAFFECTED, State.UNAFFECTED)) == expected
    assert {each.element for each in result.deciding} == {b.element for b in result.affected if b.untold}
    for each in result.deciding:
        v, together = each.element, set(each.together)
        assert {u for u in open_ if states({u})[v] < DEGRADED} == set(each.alone)
        assert states(set(open_) - together)[v] >= DEGRADED
        assert all(states(set(open_) - together | {one})[v] < DEGRADED for one in together)


def test_how_many_members_must_work_is_all_or_one_where_nobody_says():
    p = projection(4, [(0, 1)], [(1, 1, [2, 3])])
    doubts = Doubts(needed=frozenset({0}))
    assert judge(p, [Change(OUTAGE, 2)], doubts=doubts).affected[0].upper is AT_RISK
    result = judge(p, [Change(OUTAGE, 2)], doubts=doubts, profile=Profile.UNKNOWN)
    assert [(b.element, b.lower, b.upper) for b in result.affected] == [(1, AT_RISK, DOWN), (0, AT_RISK, DOWN)]


def test_an_old_dependency_is_there_or_not_and_the_answer_says_that_it_decides():
    p = projection(2, [(0, 1)])
    result = judge(p, [Change(OUTAGE, 1)], doubts=Doubts(stale=frozenset({0})), profile=Profile.UNKNOWN)
    assert [(b.lower, b.upper) for b in result.affected] == [(State.UNAFFECTED, DOWN)]
    assert "E0 is safe if E0 → E1 is there no more; find out" in answer(p, result).notes


def test_an_old_membership_is_lost_when_another_member_is_hit_and_not_before():
    p = projection(3, [], [(0, 1, [1, 2])])
    stale = Doubts(stale=frozenset({2}))  # the edge from the group to its second member
    window = ((10, 20),)
    result = judge(p, [Change(OUTAGE, 1, window)], doubts=stale, profile=Profile.UNKNOWN)
    assert [(b.lower, b.upper, b.spans) for b in result.affected] == [(AT_RISK, DOWN, window)]


def test_a_reserve_without_a_size_holds_for_ever_or_not_at_all():
    p = projection(2, [(0, 1)])
    result = judge(p, [Change(OUTAGE, 1)], doubts=Doubts(longest={0: ENDLESS}), profile=Profile.UNKNOWN)
    assert [(b.lower, b.upper) for b in result.affected] == [(AT_RISK, DOWN)]


def test_with_nothing_assumed_a_dependency_without_a_tolerance_may_have_any():
    p = projection(2, [(0, 1)])
    for profile, lower in ((Profile.UNKNOWN, DOWN), (Profile.NOTHING, AT_RISK)):
        assert judge(p, [Change(OUTAGE, 1)], profile=profile).affected[0].lower is lower


def test_what_lies_beyond_the_depth_that_was_asked_may_be_hit_and_is_told():
    p = projection(4, [(0, 1), (1, 2), (2, 3)])
    result = judge(p, [Change(OUTAGE, 3)], depth=1)
    assert [b.element for b in result.affected] == [2]
    assert result.beyond == (0, 1)
    said = "dependencies are followed for 1 hop; beyond that 2 elements may be down or not hit at all"
    assert said in answer(p, result).notes
    assert judge(p, [Change(OUTAGE, 3)], depth=3).beyond == ()
