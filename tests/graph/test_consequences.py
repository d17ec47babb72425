"""What follows from a difference: how far a failure reaches, single points of failure, gaps; nothing that stayed."""

import re
from random import Random
from textwrap import dedent

import pytest

from graph import consequences as consequences_module
from graph.compare import compare
from graph.consequences import Consequences, Gap, answer, consequences, touched
from tests.graph.written import SHOP, opened


@pytest.fixture
def follows(tmp_path):
    def told(*edits):
        text = dedent(SHOP)
        for old, new in edits:
            assert old in text
            text = text.replace(old, new)
        before, after = opened(tmp_path / "a"), opened(tmp_path / "b", text)
        comparison = compare(before, after)
        return comparison, consequences(before, after, comparison)

    return told


def test_from_a_map_that_stays_nothing_follows(follows):
    _, result = follows(("title: A shop", "# moved\ntitle: A shop"))
    assert result == Consequences((), (), (), (), ())


def test_a_group_that_needs_all_its_members_has_a_new_single_point_in_each(follows):
    _, result = follows(("k: 1", "k: 2"))
    assert list(map(str, result.new_points)) == ["vm-1 alone takes Shop down", "vm-2 alone takes Shop down"]
    assert result.gone_points == ()


def test_a_single_point_that_gets_a_spare_is_gone(follows):
    _, result = follows(("- of: [vm-1, {on: vm-2, kind: runs on}]\n        k: 1", "- vm-1"))
    assert list(map(str, result.new_points)) == ["vm-1 alone takes Shop down"]
    told = [str(radius) for radius in result.radius]
    assert told[0] == "vm-1: nothing before, 2 elements and 1 business service after"


def test_both_ends_of_a_changed_dependency_are_touched(follows):
    comparison, _ = follows(("strength: degrading", "strength: required"))
    assert {iri.rpartition("/")[2] for iri in touched(comparison)} == {"shop", "db"}


def test_a_stronger_dependency_is_a_wider_radius_only_in_what_it_takes_down(follows):
    _, result = follows(("strength: degrading", "strength: required"))
    assert [radius.name for radius in result.radius] == ["db"]
    (radius,) = result.radius
    assert (len(radius.before.down), len(radius.after.down)) == (0, 1)


def test_a_service_that_nobody_is_accountable_for_any_more_is_a_gap(tmp_path):
    raci = "owner: web-team\n    raci: [{duty: accountable, to: web-team}]\n    depends_on:"
    with_raci = dedent(SHOP).replace("owner: web-team\n    depends_on:", raci)
    before, after = opened(tmp_path / "a", with_raci), opened(tmp_path / "b")
    there = consequences(before, after, compare(before, after))
    back = consequences(after, before, compare(after, before))
    gap = Gap("nobody is accountable for Shop", "")
    assert (there.new_gaps, there.gone_gaps) == ((gap,), ())
    assert (back.new_gaps, back.gone_gaps) == ((), (gap,))
    assert there.new_gaps[0].subject.endswith("/shop/shop")


def test_the_answer_says_it_in_notes_and_keeps_all_of_it_in_facts(follows, monkeypatch):
    monkeypatch.setattr("graph.consequences._MOST_TOLD", 1)
    told = answer(*follows(("k: 1", "k: 2")))
    assert told.facts["new single points"] == ["vm-1 alone takes Shop down", "vm-2 alone takes Shop down"]
    assert "new single point of failure: vm-1 alone takes Shop down" in told.notes
    assert "new single points: 1 more in the JSON" in told.notes


PROMISED = """
    elements:
      - {id: shop, kind: business service, name: Shop, depends_on: [{on: db, strength: required}]}
      - {id: news, kind: business service, name: News, depends_on: [{on: web, strength: required}]}
      - {id: db, kind: database, name: Store, intrinsic_availability: 99.9 %}
      - {id: web, kind: application, intrinsic_availability: 99 %}
    agreements:
      - {id: sla, name: SLA, agreement_type: sla, by: shop, covers: shop, objectives: [{metric: availability, percent: 99 %, period: month}]}
      - {id: ola, name: OLA, agreement_type: ola, by: db, covers: db, objectives: [{metric: availability, percent: 99.9 %, period: month}]}
"""


def promised(tmp_path, *edits):
    text = dedent(PROMISED)
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    before, after = opened(tmp_path / "a", PROMISED), opened(tmp_path / "b", text)
    return consequences(before, after, compare(before, after))


def test_a_weaker_promise_beneath_is_told_with_the_minutes_that_are_left(tmp_path):
    result = promised(
        tmp_path,
        (
            "covers: db, objectives: [{metric: availability, percent: 99.9 %",
            "covers: db, objectives: [{metric: availability, percent: 98 %",
        ),
    )
    slack = [str(each) for each in result.slack]
    told = next(each for each in slack if each.startswith("SLA"))
    assert told.startswith("SLA, availability of Shop: guaranteed (388.8 minutes left) before, not ")
    assert told.endswith("(432 minutes too many) after")


def test_a_worse_figure_is_told_for_the_services_that_rest_on_it_and_for_no_other(tmp_path):
    result = promised(tmp_path, ("intrinsic_availability: 99.9 %", "intrinsic_availability: 99.8 %"))
    assert [str(each) for each in result.downtime] == [
        "Shop: 525.6 minutes down a year before, 1,051 minutes down a year after"
    ]


def test_a_promise_that_is_gone_is_told(tmp_path):
    (gone,) = [s for s in promised(tmp_path, ("covers: shop", "covers: news")).slack if s.after == "not promised"]
    assert str(gone) == "SLA, availability of Shop: guaranteed (388.8 minutes left) before, not promised after"


def test_services_with_too_much_beneath_are_left_out_and_that_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr("graph.consequences._MOST_BENEATH", 1)
    result = promised(tmp_path, ("intrinsic_availability: 99.9 %", "intrinsic_availability: 99.8 %"))
    assert result.cuts == (
        "availability is compared for 0 of 1 services that may differ; the others have too much beneath them",
    )


RESPONSIBLE = """
people: [{id: ann, name: Ann}, {id: bob, name: Bob}]
teams: [{id: web-team, name: Web team}]
roles:
  - {id: lead, name: Lead, held_by: {party: ann}}
  - {id: spare, name: Spare}
elements:
  - {id: shop, kind: business service, name: Shop, raci: [{duty: accountable, to: lead}], depends_on: [web]}
  - {id: till, kind: business service, name: Till, raci: [{duty: accountable, to: spare}]}
  - {id: post, kind: technical service, name: Post, raci: [{duty: accountable, to: ann}, {duty: responsible, to: web-team}]}
  - {id: web, kind: application, name: Web}
"""


@pytest.mark.parametrize(
    ("old", "new", "gaps"),
    [
        (", held_by: {party: ann}", "", 1),
        ("{duty: accountable, to: ann}, ", "", 1),
        ("{duty: accountable, to: ann}, ", "{duty: accountable, to: ann}, {duty: accountable, to: bob}, ", 1),
        ("to: lead}], depends", "to: spare}], depends", 0),
        ("{duty: responsible, to: web-team}", "{duty: responsible, to: ann}", 1),
        ("name: Spare}", "name: Nobody yet}", 1),
        ("depends_on: [web]", "depends_on: []", 0),
        ("name: Web}", "name: The web}", 0),
    ],
)
def test_gaps_are_those_of_all_services_though_only_those_concerned_are_asked(tmp_path, old, new, gaps):
    text = dedent(RESPONSIBLE)
    assert old in text
    before, after = opened(tmp_path / "a", text), opened(tmp_path / "b", text.replace(old, new))
    found = consequences(before, after, compare(before, after))
    was, is_ = consequences_module._gaps(before), consequences_module._gaps(after)
    assert found.new_gaps == tuple(gap for gap in is_ if gap not in was)
    assert found.gone_gaps == tuple(gap for gap in was if gap not in is_)
    assert len(found.new_gaps) == gaps


def made(random):
    """A small map with groups, figures, and promises on several floors; one seed gives one map."""
    top, low = [f"s{n}" for n in range(3)], [f"a{n}" for n in range(5)]
    text = "elements:\n"
    for at, name in enumerate([*top, *low]):
        below = random.sample(low[max(0, at - 2) :] or low, k=min(3, len(low[max(0, at - 2) :]) or 1))
        strength = random.choice(["required", "required", "degrading", "optional"])
        needs = [f"{{on: {below[0]}, slot: one, strength: {strength}}}"]
        if len(below) > 2:
            needs.append(f"{{of: [{below[1]}, {below[2]}], k: {random.choice([1, 2])}}}")
        if random.random() < 0.3:
            needs.append(f"{{on: {random.choice(top + low)}, slot: two}}")
        kind = "business service" if name in top else random.choice(["application", "technical service"])
        figure = f", intrinsic_availability: {random.choice([99, 99.9, 99.95])} %" if random.random() < 0.6 else ""
        text += f"  - {{id: {name}, kind: {kind}, depends_on: [{', '.join(needs)}]{figure}}}\n"
    text += "  - {id: us, kind: team}\n  - {id: them, kind: supplier}\nagreements:\n"
    for number, name in enumerate(random.sample([*top, *low], k=5)):
        kind, by = random.choice([("sla", "us"), ("ola", "us"), ("underpinning contract", "them")])
        scope = random.choice(["intrinsic", "end to end"])
        percent = random.choice([98, 99.5, 99.9])
        text += f"  - {{id: d{number}, agreement_type: {kind}, by: {by}, for: us, covers: {name}, objectives: "
        text += f"[{{metric: availability, percent: {percent} %, period: month, scope: {scope}}}]}}\n"
    return text


def edited(random, text):
    """The map with one word of it changed: a strength, a number, an end of a dependency; or an element less."""
    lines = text.split("\n")
    at = random.choice([n for n, line in enumerate(lines) if "depends_on" in line or "covers" in line])
    edits = [
        lambda line: line.replace("strength: required", "strength: optional"),
        lambda line: line.replace("k: 1", "k: 2").replace("99.9 %", "98.5 %"),
        lambda line: re.sub(r"on: [sa]\d", lambda _: f"on: a{random.randrange(5)}", line),
        lambda line: re.sub(r"covers: [sa]\d", lambda _: f"covers: s{random.randrange(3)}", line),
        lambda line: line.replace("agreement_type: ola", "agreement_type: sla").replace("intrinsic}", "end to end}"),
        lambda line: re.sub(r"depends_on: \[.*\]", "depends_on: []", line),
    ]
    lines[at] = random.choice(edits)(lines[at])
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(6))
def test_the_quick_comparison_says_what_the_full_one_says(tmp_path, monkeypatch, seed):
    random = Random(seed)
    text = made(random)
    before, after = opened(tmp_path / "a", text), opened(tmp_path / "b", edited(random, edited(random, text)))
    everything = {*before.projection.iris, *after.projection.iris}
    ways = ((before, after), (after, before))
    quick = [consequences(*way, compare(*way)) for way in ways]
    monkeypatch.setattr("graph.consequences._differing", lambda *_: iter(everything))
    assert quick == [consequences(*way, compare(*way)) for way in ways]
