"""The commands availability and promises: every form, and every wrong word in one line."""

import csv
import io
import json

import pytest

from tests.app.commands import run
from tests.graph.written import write

TEXT = """
    elements:
      - {id: shop, kind: business service, name: Shop, depends_on: [{of: [one, two]}]}
      - {id: one, kind: server, intrinsic_availability: 99.9, depends_on: [site]}
      - {id: two, kind: server, intrinsic_availability: 99.9, depends_on: [site]}
      - {id: site, kind: site, name: Site, intrinsic_availability: 99.95}
      - {id: us, kind: team}
      - {id: sla, kind: agreement, agreement_type: sla, by: us, for: us, covers: shop, objectives: [{metric: availability, percent: 99.99 %, period: year}]}
      - {id: ola, kind: agreement, agreement_type: ola, by: us, for: us, covers: site, objectives: [{metric: availability, percent: 99.95 %, period: year}]}
"""


@pytest.fixture
def ask(tmp_path, capsys, monkeypatch):
    file = write(tmp_path, TEXT)

    def asked(*words):
        return run(capsys, monkeypatch, *(file if word == "FILE" else word for word in words))

    return asked


def test_each_business_service_has_a_row(ask):
    done = ask("availability", "FILE")
    assert done.code == 0
    assert done.out.splitlines()[1].split("  ")[:2] == ["shop/shop", "Shop"]
    assert "≤ 99.9499 %" in done.out
    assert "availability of 1 service" in done.err
    assert "assumed: parts fail and are repaired independently" in done.err


def test_one_service_is_told_with_what_costs_the_minutes(ask):
    told = json.loads(ask("availability", "shop", "FILE", "--format", "json").out)
    assert told["minutes_down"] == pytest.approx(0.0005009995 * 525_600)
    assert told["method"] == "exact"
    assert [row["id"] for row in told["causes"]] == ["shop/site", "shop/one", "shop/two"]
    assert told["missing"] == ["shop/shop"]


def test_csv_has_the_same_rows(ask):
    rows = list(csv.DictReader(io.StringIO(ask("availability", "FILE", "--format", "csv").out)))
    assert float(rows[0]["unavailability"]) == pytest.approx(0.0005009995, rel=1e-9)


def test_a_day_and_a_period_choose_the_calendar(ask):
    told = json.loads(
        ask("availability", "shop", "FILE", "--on", "2026-02-03", "--period", "month", "--format", "json").out
    )
    assert told["minutes_counted"] == 28 * 1440
    assert told["period"] == "2026-02-01 to 2026-03-01, UTC"


def test_defaults_stand_in_for_what_has_no_figure(ask):
    told = json.loads(ask("availability", "shop", "FILE", "--default", "business service=100", "--format", "json").out)
    assert told["missing"] == []


def test_promises_say_what_holds_and_who_relies(ask):
    told = json.loads(ask("promises", "shop", "FILE", "--format", "json").out)
    (row,) = told["promises"]
    assert (row["allowed"], row["guaranteed"], row["verdict"]) == (52.56, 262.8, "not expected to hold")
    assert row["renegotiate"] == "ola (Site)"
    relying = json.loads(ask("promises", "FILE", "--relying", "--format", "json").out)
    assert [(row["id"], row["relied on by"]) for row in relying["reliances"]] == [("shop/site", "Shop")]


def test_repairs_are_told_for_one_service(ask):
    told = json.loads(ask("availability", "shop", "FILE", "--repairs", "--format", "json").out)
    assert (told["repairs"][0]["id"], told["repairs"][0]["repair"]) == ("shop/site", "a second one")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("availability", "shpo", "FILE"), "error: no element 'shpo' in this map; did you mean 'Shop'?"),
        (("promises", "shpo", "FILE"), "error: no element 'shpo' in this map; did you mean 'Shop'?"),
        (
            ("availability", "shop", "FILE", "--default", "sever=99"),
            "error: 'sever=99' is no default; write a kind and its availability, such as 'server=99.9'",
        ),
        (("availability", "FILE", "--repairs"), "error: --repairs is about one service; name it before the files"),
        (("availability",), "error: no map is given; name files or a folder, or a store with --store DIR"),
    ],
)
def test_a_wrong_word_is_one_line_and_leaves_with_2(ask, words, line):
    done = ask(*words)
    assert (done.code, done.out, done.err) == (2, "", f"{line}\n")


@pytest.mark.parametrize(
    "words", [("--on", "2026-13-01"), ("--on", "today"), ("--period", "decade"), ("--degraded", "maybe")]
)
def test_a_wrong_option_leaves_with_2(ask, words):
    done = ask("availability", "FILE", *words)
    assert done.code == 2
    assert "Traceback" not in done.err


def test_a_day_that_no_calendar_has_and_a_period_are_told_in_words(ask):
    assert (
        "'2026-02-30' is no day of the calendar; write it as 2026-12-05"
        in ask("availability", "FILE", "--on", "2026-02-30").err
    )
    assert "not one of 'day', 'week'" in ask("availability", "FILE", "--period", "decade").err


def test_an_unknown_time_zone_in_a_map_is_one_line(tmp_path, capsys, monkeypatch):
    file = write(tmp_path, TEXT.replace("{id: us, kind: team}", "{id: us, kind: team, time_zone: Mars/Olympus}"))
    done = run(capsys, monkeypatch, "availability", file)
    assert (done.code, done.err) == (2, "error: no time zone 'Mars/Olympus'; write one such as Europe/Amsterdam\n")


def test_a_map_without_services_says_that_there_are_none(tmp_path, capsys, monkeypatch):
    file = write(tmp_path, "elements:\n  - {id: a, kind: server}\n")
    for command in ("availability", "promises"):
        done = run(capsys, monkeypatch, command, file)
        assert done.code == 0
        assert done.out == ""


def test_what_nothing_has_a_figure_of_has_no_minutes_either(tmp_path, capsys, monkeypatch):
    file = write(tmp_path, "elements: [{id: shop, kind: business service, depends_on: [db]}, {id: db, kind: database}]")
    said = [file, "--format", "json"]
    (row,) = json.loads(run(capsys, monkeypatch, "availability", *said).out)["services"]
    one = json.loads(run(capsys, monkeypatch, "availability", "shop", *said).out)

    assert (row["availability"], row["minutes down"], row["unavailability"]) == ("not known", None, None)
    assert (one["availability"], one["minutes_down"], one["unavailability"]) == (None, None, None)
