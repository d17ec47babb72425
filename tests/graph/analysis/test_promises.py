"""A promise is compared with the nearest promises beneath it, by chance and in the worst case."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.analysis.changes import Profile
from graph.analysis.known import Known, Settings
from graph.analysis.promises import answer, check, checks, reliances, reliances_answer
from graph.analysis.timed import Times
from graph.analysis.unknowns import Doubts, Readings
from graph.figures import Agreement, Figures, Objective, figures
from graph.maps import open_map
from graph.projection import Edges
from graph.projection.edits import Edit, edited
from tests.examples import examples
from tests.graph.analysis.open_maps import open_maps
from tests.graph.written import opened

HEAD = """
    elements:
      - {id: us, kind: team}
      - {id: them, kind: team}
"""


def deal(name, covers, objective, *, kind="ola", rest=""):
    return f"""
      - id: {name}
        kind: agreement
        agreement_type: {kind}
        by: them
        for: us
        covers: {covers}
        objectives: [{{{objective}}}]{rest}
"""


def availability(percent, period="month", rest=""):
    return f"metric: availability, percent: {percent} %, period: {period}{rest}"


def known(folder, *texts, **settings):
    map_ = opened(folder, HEAD + "".join(texts))
    return Known(map_.projection, figures(map_.store), Settings(**settings))


def service(name, *needs):
    return f"\n      - {{id: {name}, kind: service, depends_on: [{', '.join(needs)}]}}"


def only(one, name):
    (found,) = checks(one, one.projection.find(name))
    return found


def test_a_chain_guarantees_the_sum_and_names_the_dearest_contract(tmp_path):
    one = known(
        tmp_path,
        service("shop", "db", "net"), service("db"), service("net"),
        deal("sla", "shop", availability(99.9), kind="sla"), deal("ola-db", "db", availability(99.9)),
        deal("ola-net", "net", availability(99.95)),
    )  # fmt: skip
    found = only(one, "shop")
    assert found.allowed == pytest.approx(43.2)
    assert found.promised == pytest.approx(43.2 + 21.6)
    assert found.expected == pytest.approx(43_200 * (1 - 0.999 * 0.9995))
    assert found.slack == pytest.approx(-21.6)
    assert found.verdict == "not expected to hold"
    assert found.renegotiate.agreement.iri.endswith("/ola-db")
    assert found.renegotiate.won == pytest.approx(43.2)


def test_two_vendors_of_which_one_is_enough_guarantee_the_time_of_one(tmp_path):
    one = known(
        tmp_path,
        service("shop", "{of: [a, b]}"), "\n      - {id: a, kind: vendor service}\n      - {id: b, kind: vendor service}",
        deal("sla", "shop", availability(99.9), kind="sla"),
        deal("uc-a", "a", availability(99.9), kind="underpinning contract"),
        deal("uc-b", "b", availability(99.9), kind="underpinning contract"),
    )  # fmt: skip
    found = only(one, "shop")
    assert found.promised == pytest.approx(43.2)
    assert found.expected == pytest.approx(43_200 * 1e-6)
    assert found.verdict == "guaranteed"
    assert found.renegotiate is None


def test_each_path_is_cut_at_the_nearest_promise_and_the_ola_is_checked_by_itself(tmp_path):
    one = known(
        tmp_path,
        service("shop", "db"), service("db", "disk"), service("disk"),
        deal("sla", "shop", availability(99), kind="sla"), deal("ola", "db", availability(99.5)),
        deal("uc", "disk", availability(99), kind="underpinning contract"),
    )  # fmt: skip
    names = one.projection.labels
    assert [names[b.vertex] for b in only(one, "shop").backing] == ["db"]
    assert only(one, "shop").verdict == "guaranteed"
    assert [names[b.vertex] for b in only(one, "db").backing] == ["disk"]
    assert only(one, "db").verdict == "not expected to hold"
    assert [names[c.vertex] for c in checks(one)] == ["db", "shop"]


def test_beneath_a_promise_for_the_element_alone_the_path_goes_on(tmp_path):
    one = known(
        tmp_path, service("shop", "vm"), service("vm", "zone"), service("zone"),
        deal("sla", "shop", availability(99.9), kind="sla"), deal("machine", "vm", availability(99.95, rest=", scope: intrinsic")),
        deal("place", "zone", availability(99.99)),
    )  # fmt: skip
    found = only(one, "shop")
    assert [one.projection.labels[b.vertex] for b in found.backing] == ["vm", "zone"]
    assert found.promised == pytest.approx(21.6 + 4.32)


def test_the_promise_that_was_made_to_us_counts_before_that_to_others(tmp_path):
    text = deal("strict", "db", availability(99.99)).replace("for: us", "for: [shop]")
    one = known(
        tmp_path, service("shop", "db"), service("db"), text, deal("loose", "db", availability(99)),
        deal("sla", "shop", availability(99.9), kind="sla").replace("by: them", "by: shop"),
    )  # fmt: skip
    assert only(one, "shop").promised == pytest.approx(4.32)
    other = known(tmp_path, service("shop", "db"), service("db"), text, deal("loose", "db", availability(99)),
                  deal("sla", "shop", availability(99.9), kind="sla"))  # fmt: skip
    assert only(other, "shop").promised == pytest.approx(432)


def test_what_nobody_promised_leaves_nothing_guaranteed(tmp_path):
    one = known(
        tmp_path, service("shop", "db", "net"), service("db"), service("net"),
        deal("sla", "shop", availability(99.9), kind="sla"), deal("ola", "db", availability(99.95)),
    )  # fmt: skip
    found = only(one, "shop")
    assert [one.projection.labels[v] for v in found.unbacked] == ["net"]
    assert found.guaranteed == inf
    assert found.promised == pytest.approx(21.6)
    assert found.verdict == "not backed"


def test_a_party_that_has_promised_what_it_does_is_not_asked_for_more(tmp_path):
    one = known(
        tmp_path, "\n      - {id: shop, kind: service, depends_on: [db, {on: them, kind: supplied by}]}", service("db"),
        deal("sla", "shop", availability(99.9), kind="sla"), deal("ola", "db", availability(99.95)),
    )  # fmt: skip
    assert only(one, "shop").unbacked == ()
    assert only(one, "shop").verdict == "guaranteed"


def test_a_spare_that_nobody_promised_does_no_harm(tmp_path):
    one = known(
        tmp_path, service("shop", "{of: [db, net]}"), service("db"), service("net"),
        deal("sla", "shop", availability(99.9), kind="sla"), deal("ola", "db", availability(99.95)),
    )  # fmt: skip
    assert only(one, "shop").verdict == "guaranteed"


def test_an_element_in_between_is_our_own_and_named(tmp_path):
    one = known(
        tmp_path, service("shop", "app"), service("app", "db"), service("db"),
        deal("sla", "shop", availability(99.9), kind="sla"), deal("ola", "db", availability(99.95)),
    )  # fmt: skip
    found = only(one, "shop")
    assert [one.projection.labels[v] for v in found.own] == ["app"]
    assert found.verdict == "guaranteed"
    notes = answer(one, [found]).notes
    assert "in between, and in the guarantee taken as never failing by themselves: app" in notes


def test_a_promise_per_year_can_be_used_up_in_one_month_and_one_per_week_six_times(tmp_path):
    for period, minutes in (("year", 525.6), ("week", 6 * 10.08), ("month", 43.2), ("day", 30 * 1.44)):
        one = known(
            tmp_path, service("shop", "db"), service("db"), deal("sla", "shop", availability(99), kind="sla"),
            deal("ola", "db", availability(99.9, period)),
        )  # fmt: skip
        assert only(one, "shop").promised == pytest.approx(minutes), period
        assert only(one, "shop").expected == pytest.approx(43.2), period


def test_time_outside_of_the_hours_of_a_provider_is_promised_by_nobody(tmp_path):
    one = known(
        tmp_path, service("shop", "db"), service("db"),
        deal("sla", "shop", availability(99, "week"), kind="sla"),
        deal("ola", "db", availability(99, "week", ", service_hours: 'Mon-Fri 08:00-18:00'")),
    )  # fmt: skip
    found = only(one, "shop")
    assert found.backing[0].unpromised == 10_080 - 3000
    assert found.promised == pytest.approx(30 + 10_080 - 3000)
    assert any("lie outside the hours of ola" in note for note in answer(one, [found]).notes)


def test_a_promise_for_our_hours_alone_counts_those_alone(tmp_path):
    one = known(
        tmp_path, service("shop", "db"), service("db"),
        deal("sla", "shop", availability(99, "week", ", service_hours: 'Mon-Fri 08:00-18:00'"), kind="sla"),
        deal("ola", "db", availability(99.9, "week")),
    )  # fmt: skip
    found = only(one, "shop")
    assert found.allowed == pytest.approx(30)
    assert found.promised == pytest.approx(10.08)


def test_restore_times_add_up_along_the_restart(tmp_path):
    one = known(
        tmp_path, service("shop", "db", "net"), service("db"), service("net"),
        deal("sla", "shop", "metric: restore time, within: 2 h", kind="sla"),
        deal("ola", "db", "metric: restore time, within: 90 min"), deal("fast", "net", "metric: restore time, within: 3 h"),
    )  # fmt: skip
    found = only(one, "shop")
    assert (found.allowed, found.promised, found.verdict) == (120, 180, "not guaranteed")
    assert [one.projection.labels[v] for v in found.path] == ["net", "shop"]
    assert found.renegotiate.agreement.iri.endswith("/fast")
    assert found.renegotiate.won == 90


def test_a_response_time_carries_no_restore_time(tmp_path):
    one = known(
        tmp_path, service("shop", "db"), service("db"), deal("sla", "shop", "metric: restore time, within: 2 h", kind="sla"),
        deal("ola", "db", "metric: response time, within: 15 min"),
    )  # fmt: skip
    found = only(one, "shop")
    assert found.verdict == "not backed"
    assert found.notes == ("db promises when somebody answers, not when it works again",)


def test_a_restore_time_in_working_hours_lasts_over_the_weekend(tmp_path):
    one = known(
        tmp_path, service("shop", "db"), service("db"), deal("sla", "shop", "metric: restore time, within: 24 h", kind="sla"),
        deal("ola", "db", "metric: restore time, within: 4 h, service_hours: 'Mon-Fri 09:00-17:00'"),
    )  # fmt: skip
    assert only(one, "shop").promised == 68 * 60
    assert only(one, "shop").verdict == "not guaranteed"


@pytest.mark.parametrize(
    ("theirs", "verdict"),
    [
        ("within: 4 h, percentile: 99 %", "each beneath is strong enough"),
        ("within: 4 h", "each beneath is strong enough"),
        ("within: 4 h, percentile: 90 %", "weaker beneath"),
        ("within: 13 h, percentile: 99 %", "weaker beneath"),
    ],
)
def test_percentiles_are_compared_and_never_added(tmp_path, theirs, verdict):
    one = known(
        tmp_path, service("shop", "a", "b"), service("a"), service("b"),
        deal("sla", "shop", "metric: turnaround, within: 12 h, percentile: 98 %", kind="sla"),
        deal("ola-a", "a", f"metric: turnaround, {theirs}"), deal("ola-b", "b", "metric: turnaround, within: 11 h, percentile: 99 %"),
    )  # fmt: skip
    found = only(one, "shop")
    assert found.verdict == verdict
    assert found.promised is None
    assert bool(found.renegotiate) == (verdict == "weaker beneath")


def test_who_relies_on_it_for_more_than_was_promised_is_named(tmp_path):
    one = known(
        tmp_path,
        service("shop", "db"), service("desk", "db"), service("spare", "{of: [db, other]}"), service("db"), service("other"),
        deal("sla-shop", "shop", availability(99.9), kind="sla"), deal("sla-desk", "desk", availability(98), kind="sla"),
        deal("sla-spare", "spare", availability(99.9), kind="sla"),
        deal("ola", "db", availability(99)), deal("good", "other", availability(99.95)),
    )  # fmt: skip
    db = one.projection.find("db")
    found = reliances(one, db)
    assert [one.projection.labels[r.check.vertex] for r in found] == ["shop"]
    assert found[0].short == pytest.approx(432 - 43.2)
    told = reliances_answer(one, found, db)
    assert told.title == "1 promise relies on db for more than is promised beneath"
    assert told.rows[0][3:] == (432.0, "shop", "sla-shop", 43.2, 388.8)
    assert [r.check.vertex for r in reliances(one)] == [r.check.vertex for r in found]


def test_an_agreement_that_has_ended_backs_nothing(tmp_path):
    one = [
        known(
            tmp_path, service("shop", "db"), service("db"), deal("sla", "shop", availability(99), kind="sla"),
            deal("ola", "db", availability(99.9), rest="\n        valid_until: 2026-06-01"), on=day,
        )
        for day in (date(2026, 5, 1), date(2026, 6, 2))
    ]  # fmt: skip
    assert [only(each, "shop").verdict for each in one] == ["guaranteed", "not backed"]


def test_an_offering_goes_with_its_service_and_a_turnaround_with_its_offering(tmp_path):
    one = known(
        tmp_path, service("shop"),
        "\n      - {id: fast, kind: offering, service: shop, turnaround: 1 h}\n      - {id: slow, kind: offering, service: shop, turnaround: 9 h}",
        deal("sla", "[shop, fast, slow]", availability(99) + "}, {metric: turnaround, within: 1 h, percentile: 90 %", kind="sla"),
    )  # fmt: skip
    assert [(one.projection.labels[c.vertex], c.objective.metric) for c in checks(one)] == [
        ("fast", "turnaround"),
        ("shop", "availability"),
    ]


def test_what_is_promised_for_an_offering_is_promised_for_its_service(tmp_path):
    one = known(
        tmp_path, service("shop", "van"), service("van"),
        "\n      - {id: van-4h, kind: offering, service: van, turnaround: 4 h}",
        deal("sla", "shop", availability(99), kind="sla"), deal("ola", "van-4h", availability(99.6)),
    )  # fmt: skip
    assert only(one, "shop").promised == pytest.approx(172.8)
    assert only(one, "van").verdict == "nothing promised beneath"


def test_nothing_is_said_about_what_cannot_be_compared(tmp_path):
    one = known(tmp_path, service("shop"), deal("sla", "shop", "metric: throughput, statement: a lot", kind="sla"))
    (agreement,) = one.agreements
    assert check(one, agreement, agreement.objectives[0], one.projection.find("shop")) is None


def test_the_answer_says_everything_in_minutes(tmp_path):
    one = known(
        tmp_path, service("shop", "db"), service("db"), deal("sla", "shop", availability(99.95), kind="sla"),
        deal("ola", "db", availability(99.9)),
    )  # fmt: skip
    told = answer(one, checks(one, one.projection.find("shop")))
    assert told.title == "1 promise, 1 of them stronger than what is promised beneath"
    assert told.rows == (
        ("shop/shop", "shop", "sla", "99.95 % in a month of 30 days", 21.6, 43.2, 43.2, -21.6, "not expected to hold", "ola (db)", 0),
    )  # fmt: skip


@pytest.fixture(scope="module")
def shipped(root):
    opened = open_map([root / "data" / "enterprise"])
    return Known(opened.projection, figures(opened.store))


@pytest.mark.parametrize("place", range(8))
def test_after_an_edit_only_promises_that_its_ends_have_a_part_in_may_be_judged_otherwise(shipped, place):
    p = shipped.projection
    edge = (place * 2 + 1) * len(p.edges) // 16
    other = Known(edited(p, Edit(removed=(edge,))).projection, shipped.figures)
    ends = {int(p.edges.dependent[edge]), int(p.edges.provider[edge])}
    every = [{_judged(c) for c in checks(known)} for known in (shipped, other)]
    asked = [{_judged(c) for c in checks(known, touching=ends)} for known in (shipped, other)]
    assert every[0] ^ every[1] <= asked[0] | asked[1]
    assert {told[:3] for told in asked[0]} == {told[:3] for told in asked[1]}


def _judged(c):
    return c.agreement.iri, c.objective.iri, c.vertex, c.verdict, c.expected, c.promised


def test_above_a_promise_that_is_meant_end_to_end_nothing_looks_beneath_it(tmp_path):
    one = known(
        tmp_path, service("shop", "web"), service("web", "db"), service("db", "disk"), service("disk"),
        deal("sla", "shop", availability(99), kind="sla"), deal("ola", "db", availability(99.5)),
    )  # fmt: skip
    p = one.projection
    assert [p.labels[c.vertex] for c in checks(one, touching={p.find("disk")})] == ["db"]
    assert [p.labels[c.vertex] for c in checks(one, touching={p.find("db")})] == ["db", "shop"]


@examples(40, deadline=None)
@given(open_maps(most=6, lost=False), st.data())
def test_the_bracket_is_the_best_and_the_worst_of_all_readings(made, data):
    p = made.projection()
    percent = data.draw(st.lists(st.sampled_from(["99.9", "99", "95"]), min_size=made.n, max_size=made.n))
    deals = [
        Agreement(
            f"a{v}", "sla" if v == 0 else "ola", "us", (), (p.iris[v],),
            (Objective(f"o{v}", "availability", Decimal(each), end_to_end=False),),
        )
        for v, each in enumerate(percent)
    ]  # fmt: skip
    said = Figures(agreements=tuple(deals))
    one = Known.read(p, said, Settings(), made.readings())
    every = []
    for reading in made.every():
        q = replace(p, groups=replace(p.groups, k=np.array(reading.k, np.int32), full=np.array(reading.k, np.int32)))
        claim = np.array([(each & 0xFC) | (s + 1) for each, (_, _, s) in zip(q.edges.claim, reading.rows, strict=True)])
        e = q.edges
        q = replace(q, edges=Edges.packed((e.dependent, e.provider, e.kind, claim.astype(np.uint8)), e.iris, e.rare))
        every.append(only_check(Known(q, said, Settings())))
    worst, best = only_check(one), only_check(one.at_best)
    for number in ("expected", "promised"):
        found = [getattr(each, number) or 0.0 for each in every]
        assert (getattr(worst, number) or 0.0) == pytest.approx(max(found), rel=1e-9)
        assert (getattr(best, number) or 0.0) == pytest.approx(min(found), rel=1e-9)


def only_check(one):
    (found,) = checks(one, 0)
    return found


def test_a_promise_under_assumptions_is_told_at_worst_and_at_best(tmp_path):
    plain = known(
        tmp_path, service("shop", "db"), service("db"),
        deal("sla", "shop", availability(99.9), kind="sla"), deal("ola-db", "db", availability(99)),
    )  # fmt: skip
    readings = Readings(plain.projection, Times(), Doubts(), Profile.UNKNOWN)
    one = Known.read(plain.projection, plain.figures, plain.settings, readings)
    told = answer(one, checks(one), best=checks(one.at_best))
    row = dict(zip(told.columns, told.rows[-1], strict=True))
    assert (row["name"], row["guaranteed"], row["guaranteed at best"]) == ("shop", 432, 0)
    assert row["verdict"] == "not expected to hold … nothing promised beneath"
    assert told.title == "2 promises, 0 to 1 of them stronger than what is promised beneath"
    assert "strength assumed for 1 of 1 dependency (profile: unknown)" in told.notes
    relying = reliances_answer(one, reliances(one), best=reliances(one.at_best))
    assert [(row[1], row[-1]) for row in relying.rows] == [("db", False)]
    assert reliances_answer(plain, reliances(plain)).notes[-1].endswith("(profile: required)")
