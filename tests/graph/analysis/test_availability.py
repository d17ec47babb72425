"""The answer says how available something is, what costs the minutes, and everything that it rests on."""

from datetime import date
from decimal import Decimal
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.analysis.availability import (
    answer,
    availability,
    causes,
    causes_answer,
    defaults_of,
    names_of,
    percent_words,
    rounded,
    services,
)
from graph.analysis.changes import Profile
from graph.analysis.known import Known, Settings
from graph.analysis.timed import Times
from graph.analysis.unknowns import Doubts, Readings
from graph.figures import Figures, figures
from graph.model import InputError
from ontology import terms as t
from tests.examples import examples
from tests.graph.analysis.open_maps import Open, open_maps
from tests.graph.written import opened

SITE = """
    elements:
      - id: shop
        kind: business service
        name: Shop
        depends_on: [{of: [one, two]}, {on: mail, strength: degrading}]
      - {id: one, kind: server, intrinsic_availability: 99.9, depends_on: [site]}
      - {id: two, kind: server, intrinsic_availability: 99.9, depends_on: [site]}
      - {id: site, kind: site, name: Site, intrinsic_availability: 99.95WINDOW}
      - {id: mail, kind: application, name: Mail, measured_availability: 99, depends_on: [site]}
      - {id: team, kind: team, time_zone: Europe/Amsterdam}
      - {id: deal, kind: agreement, agreement_type: sla, by: team, for: team, covers: shop, objectives: [{metric: availability, percent: 99.9 %, OBJECTIVE}]}
"""


def known(folder, *, window="", objective="period: year", **settings):
    map_ = opened(folder, SITE.replace("WINDOW", window).replace("OBJECTIVE", objective))
    return Known(map_.projection, figures(map_.store), Settings(**settings))


def found(one):
    return availability(one, one.projection.find("shop"))


def test_minutes_are_those_of_the_period_of_the_agreement(tmp_path):
    one = known(tmp_path)
    assert rounded(found(one).minutes) == 263.3
    assert found(one).period.words == "year of 365 days"
    assert rounded(found(known(tmp_path, objective="period: month")).minutes) == rounded(263.338 * 30 / 365)
    assert rounded(found(known(tmp_path, period="week")).minutes) == rounded(263.338 * 7 / 365)
    assert found(known(tmp_path, on=date(2026, 2, 3), objective="period: month")).counted == 28 * 1440


def test_only_minutes_in_the_service_hours_count(tmp_path):
    one = known(tmp_path, objective="period: week, service_hours: 'Mon-Fri 08:00-18:00'")
    assert found(one).counted == 3000
    assert found(one).minutes == pytest.approx(3000 * found(one).likelihood.unavailability)


def test_planned_maintenance_costs_its_minutes_unless_it_is_agreed_that_it_does_not_count(tmp_path):
    window = ", maintenance_hours: Sun 02:00-04:00"
    counts = found(known(tmp_path, window=window, objective="period: week"))
    plain = found(known(tmp_path, objective="period: week"))
    assert counts.minutes == pytest.approx(120 + (10_080 - 120) * plain.unavailability)
    assert counts.planned == pytest.approx(120 * (1 - plain.unavailability))
    left_out = found(known(tmp_path, window=window, objective="period: week, planned_time_excluded: true"))
    assert left_out.counted == 10_080 - 120
    assert left_out.unavailability == pytest.approx(plain.unavailability)


def test_a_planned_window_of_one_replica_leaves_the_other(tmp_path):
    text = SITE.replace("WINDOW", "").replace("OBJECTIVE", "period: week")
    map_ = opened(
        tmp_path, text.replace("id: one, kind: server,", "id: one, kind: server, maintenance_hours: Sun 02:00-04:00,")
    )
    one = Known(map_.projection, figures(map_.store), Settings())
    alone = 1 - 0.9995 * 0.999
    both = 1 - 0.9995 * (1 - 1e-6)
    assert found(one).minutes == pytest.approx(120 * alone + (10_080 - 120) * both)


def test_a_single_window_counts_in_its_month_and_in_the_zone_of_the_agreement(tmp_path):
    window = ', planned_window: {starts: "2026-12-05T22:00:00+01:00", ends: "2026-12-06T02:00:00+01:00"}'
    december = found(known(tmp_path, window=window, objective="period: month", on=date(2026, 12, 1)))
    assert december.planned == pytest.approx(240 * (1 - december.likelihood.unavailability))
    assert december.period.words == "2026-12-01 to 2027-01-01, Europe/Amsterdam"
    assert found(known(tmp_path, window=window, objective="period: month", on=date(2026, 11, 1))).planned == 0
    nominal = found(known(tmp_path, window=window))
    assert nominal.planned == 0
    assert "planned windows of Site are not looked at without a day in the calendar" in nominal.notes


def test_degraded_counts_when_the_agreement_or_the_one_who_asks_says_so(tmp_path):
    down = found(known(tmp_path))
    agreed = found(known(tmp_path, objective="period: year, degraded_counts: true"))
    asked = found(known(tmp_path, degraded_counts=True))
    refused = found(known(tmp_path, objective="period: year, degraded_counts: true", degraded_counts=False))
    assert down.minutes < agreed.minutes == asked.minutes
    assert refused.minutes == down.minutes


def test_what_has_no_figure_makes_an_upper_bound_and_is_named(tmp_path):
    one = known(tmp_path)
    assert [one.projection.labels[v] for v in found(one).missing] == ["Shop"]
    told = answer(one, [found(one)])
    assert told.rows[0][2] == "≤ 99.9499 %"
    assert "upper bound: 1 element has no figure, of 4: Shop" in told.notes
    full = known(tmp_path, defaults=defaults_of(["business service=100"]))
    assert found(full).missing == ()
    assert answer(full, [found(full)]).rows[0][2] == "99.9499 %"


def test_cuts_and_what_lies_beneath_them_too_are_told(tmp_path):
    one = known(tmp_path, degraded_counts=True)
    notes = answer(one, [found(one)]).notes
    assert "not looked at beneath 1 figure that is end to end: Mail" in notes
    assert "counted by themselves, and lying beneath such a figure too: Site" in notes
    assert "being degraded counts as being down: Shop" in notes


def test_the_causes_say_what_would_be_won(tmp_path):
    one = known(tmp_path)
    rows = causes(found(one))
    assert [(one.projection.ids[row.part.vertex], row.alone) for row in rows] == [
        ("shop/site", True),
        ("shop/one", False),
        ("shop/two", False),
    ]
    without_site = 1e-6 * 525_600
    assert rows[0].minutes == pytest.approx(found(one).minutes - without_site)
    told = causes_answer(one, found(one))
    assert told.title == "Shop works at best 99.9499 % of the time: 263.3 minutes down in a year of 365 days"
    assert told.rows[0] == ("shop/site", "Site", "site", "99.95 %", "measured", "alone", True, 262.8)
    assert told.facts["method"] == "exact"


def test_the_method_and_what_is_assumed_are_told(tmp_path):
    notes = answer(known(tmp_path), [found(known(tmp_path))]).notes
    assert "exact: all states of all parts, shared causes counted once (decision diagrams)" in notes
    assert any(note.startswith("assumed: parts fail and are repaired independently") for note in notes)
    assert "strength assumed for 4 of 5 dependencies (profile: required)" in notes


def test_a_simulated_answer_says_its_error_and_its_bounds(tmp_path):
    servers = ", ".join(f"s{n}" for n in range(9))
    lines = "\n".join(f"  - {{id: s{n}, kind: server, intrinsic_availability: 90}}" for n in range(9))
    groups = "".join(f"\n      - {{id: g{n}, of: [s{n}, s{n + 1}, s{n + 3}], k: 2}}" for n in range(6))
    map_ = opened(
        tmp_path,
        f"elements:\n{lines}\n  - id: shop\n    kind: business service\n    depends_on:{groups}\n# {servers}\n",
    )
    exact = Known(map_.projection, figures(map_.store), Settings())
    rough = Known(map_.projection, figures(map_.store), Settings(limit=4))
    right, close = found(exact), found(rough)
    told = answer(rough, [close])
    assert close.error > 0
    assert abs(close.minutes - right.minutes) <= 1.5 * close.error
    assert told.rows[0][6].startswith("simulated ± ")
    assert any(note.startswith("simulated: ") and "95 % interval" in note for note in told.notes)
    assert all(row.minutes is None for row in causes(close))


def test_services_are_business_services_or_else_all(tmp_path):
    one = known(tmp_path)
    assert [one.projection.ids[v] for v in services(one)] == ["shop/shop"]
    plain = opened(tmp_path, "elements:\n  - {id: a, kind: service}\n  - {id: b, kind: server}", "b.yaml")
    other = Known(plain.projection, figures(plain.store), Settings())
    assert [other.projection.ids[v] for v in services(other)] == ["shop/a"]


def test_defaults_are_percentages_of_kinds():
    assert defaults_of(["server=99.9", "virtual machine = 99 %"]) == {
        t.SERVER: Decimal("99.9"),
        t.VIRTUAL_MACHINE: Decimal(99),
    }


@pytest.mark.parametrize("text", ["server", "sever=99", "server=good", "server=101", "=99", "server=-1", "server="])
def test_what_is_no_default_is_one_line(text):
    with pytest.raises(InputError, match=r"is no default; write a kind and its availability, such as 'server=99.9'"):
        defaults_of([text])


@pytest.mark.parametrize(
    ("lost", "words"),
    [
        (0.5, "50 %"),
        (0.0123, "98.77 %"),
        (1e-5, "99.999 %"),
        (1.234e-7, "99.9999877 %"),
        (0.99, "1 %"),
        (1e-30, "100 %"),
    ],
)
def test_availability_is_told_with_the_digits_that_matter(lost, words):
    assert percent_words(lost) == words


def test_many_names_are_cut_and_said_to_be(tmp_path):
    assert names_of(known(tmp_path), [0, 0, 0], most=1).endswith(" and 2 more")


@examples(60, deadline=None)
@given(open_maps(most=5), st.data())
def test_the_bracket_is_the_best_and_the_worst_of_all_states_in_all_readings(made, data):
    percent = data.draw(st.lists(st.sampled_from(["99.9", "80", "50", "100"]), min_size=made.n, max_size=made.n))
    _is_best_and_worst(made, percent, data.draw(st.sampled_from([2, 3])))


@pytest.mark.parametrize("k", [0, 2])
def test_a_group_that_asks_for_nothing_or_for_more_than_it_has_is_never_hit_in_any_reading(k):
    never = Open(2, [], [(0, k, [1])], frozenset(), frozenset({1}), frozenset(), frozenset())
    _is_best_and_worst(never, ["99.9", "80"], 3)


def _is_best_and_worst(made: Open, percent: list[str], level: int) -> None:
    """Hold the bracket of element 0 against all states in all readings, weighed one by one."""
    chances = [float((100 - Decimal(each)) / 100) for each in percent]
    p = made.projection()
    said = Figures(intrinsic={p.iris[v]: Decimal(each) for v, each in enumerate(percent)})
    one = Known.read(p, said, Settings(degraded_counts=level == 2), made.readings())
    likely = []
    for reading in made.every():
        likely.append(0.0)
        for failed in range(2**made.n):
            down = [v for v in range(made.n) if failed >> v & 1]
            if reading.states(dict.fromkeys(down, 3))[0] >= level:
                likely[-1] += prod(c if v in down else 1 - c for v, c in enumerate(chances))
    assert availability(one, 0).unavailability == pytest.approx(max(likely), rel=1e-9, abs=0)
    assert availability(one.at_best, 0).unavailability == pytest.approx(min(likely), rel=1e-9, abs=0)


def test_what_nobody_states_gives_a_bracket_that_says_on_what_it_rests(tmp_path):
    plain = known(tmp_path)
    doubts = Doubts(needed=frozenset({0}))
    one = Known.read(plain.projection, plain.figures, plain.settings, readings_of(plain.projection, doubts))
    worst, best = found(one), found(one.at_best)
    assert worst.unavailability == pytest.approx(1 - 0.9995 * 0.999**2)
    assert best.unavailability == 0  # that the servers stand on the site, and the shop on them, may do no harm
    told = answer(one, [worst], best=[best])
    assert told.columns[-2:] == ("minutes down at best", "unavailability at best")
    assert told.rows[0][2:4] == ("≤ 99.75 % … ≤ 100 %", rounded(worst.minutes))
    assert told.rows[0][-2:] == (0, 0)
    assert told.facts["profile"] == "unknown"
    assert "strength assumed for 4 of 5 dependencies (profile: unknown)" in told.notes
    assert "read at best and at worst: 1 group does not say how many members must work" in told.notes
    parts = causes_answer(one, worst, best=best)
    assert parts.title.startswith("Shop works 99.75 % to at best 100 % of the time: 0.0 to 1,313.0 minutes down")
    assert (parts.columns[-1], parts.rows[0][-1]) == ("minutes won at best", 0)
    assert parts.facts["minutes_down_at_best"] == 0


def readings_of(projection, doubts):
    return Readings(projection, Times(), doubts, Profile.UNKNOWN)
