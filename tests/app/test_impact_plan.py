"""servicemap impact takes a Terraform plan in place of an element, and a map as it would be."""

import json

import pytest

from tests.app.commands import run
from tests.graph.planned import HIDDEN, resource, write_plan
from tests.graph.written import SHOP, write


@pytest.fixture
def ask(tmp_path, capsys, monkeypatch):
    write(tmp_path, SHOP)
    monkeypatch.chdir(tmp_path)

    def call(*words, resources=(), **more):
        write_plan(tmp_path / "plan.json", *resources, **more)
        return run(capsys, monkeypatch, "impact", *words)

    return call


def test_a_plan_is_judged(ask):
    resources = [resource("aws_db_instance.db", "delete"), resource("aws_lb.front", "delete")]
    done = ask("shop", "--plan", "plan.json", "--format", "json", resources=resources)
    told = json.loads(done.out)
    assert done.code == 0
    assert [(row["id"], row["state"]) for row in told["affected"]] == [("shop/shop", "degraded")]
    assert told["notes"][:2] == [
        "db: aws_db_instance.db: deleted (found by name)",
        "not on the map: aws_lb.front: deleted",
    ]
    assert HIDDEN not in done.out + done.err


def test_a_plan_that_only_creates_breaks_nothing(ask):
    done = ask("shop", "--plan", "plan.json", resources=[resource("aws_lb.front", "create")])
    assert (done.code, done.out) == (0, "")
    assert done.err.startswith("the plan takes nothing away that is on the map: no known impact\n")


def test_an_update_only_may_hit_and_what_decides_is_said(ask):
    done = ask("shop", "--plan", "plan.json", resources=[resource("aws_instance.web", "update")])
    assert "unaffected … down" in done.out
    assert "Shop is hit if the change takes down what it is about" in done.err


def test_a_plan_goes_with_a_window_and_another_element(ask):
    words = ("shop", "--plan", "plan.json", "--also", "vm-1", "--from", "2026-12-05T02:00+01:00", "--lasts", "2 h")
    done = ask(*words, resources=[resource("aws_db_instance.db", "create", "delete")])
    assert "2026-12-05T02:30+01:00" in done.out  # half an hour later, as the dependency tolerates that
    assert "vm-1 (outage) and db (replacement)" in done.err


def test_a_plan_of_another_format_is_refused_in_one_line(ask):
    done = ask("shop", "--plan", "plan.json", version="2.0")
    assert (done.code, done.out) == (2, "")
    assert done.err == "error: plan.json: a plan of format '2.0' is not known; formats 0.1, 0.2 and 1.x are\n"


def test_neither_an_element_nor_a_plan_is_refused(ask):
    done = ask()
    assert done.code == 2
    assert "or a plan with --plan" in done.err


def test_the_map_is_taken_as_it_would_be(ask, tmp_path):
    assert "down" not in ask("vm-1", "shop").out
    (tmp_path / "less.yaml").write_text("change: {web: {depends_on: {remove: [vm-2]}}}")
    done = ask("vm-1", "shop", "--what-if", "less.yaml")
    assert "if vm-1 fails: 2 elements down" in done.err


def test_a_group_that_would_need_more_than_it_has_is_wrong_input(ask, tmp_path):
    (tmp_path / "two.yaml").write_text("change: {web: {depends_on: {remove: [vm-2], add: [{of: [vm-2], k: 2}]}}}")
    done = ask("vm-1", "shop", "--what-if", "two.yaml")
    assert (done.code, done.out) == (2, "")
    assert "would need 2 of 1 members" in done.err
