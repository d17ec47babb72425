"""servicemap impact takes what is changed from manifests, Compose files, queries and git, and says what it cannot find."""

import json
import subprocess

import pytest

from tests.app.commands import run
from tests.graph.written import SHOP, write

COMPOSE = "services:\n  web: {image: 'shop/web:1'}\n  db: {image: 'postgres:16'}\n  cache: {image: redis}\n"


@pytest.fixture
def ask(tmp_path, capsys, monkeypatch):
    write(tmp_path, SHOP)
    (tmp_path / "old.yaml").write_text(COMPOSE)
    (tmp_path / "new.yaml").write_text(COMPOSE.replace("web:1", "web:2").replace("  cache: {image: redis}\n", ""))
    monkeypatch.chdir(tmp_path)
    return lambda *words: run(capsys, monkeypatch, "impact", *words)


def states(done):
    return {row["id"]: row["state"] for row in json.loads(done.out)["affected"]}


def test_a_compose_file_and_what_replaces_it_are_judged(ask):
    done = ask("shop", "--replace", "old.yaml", "new.yaml", "--format", "json")
    assert states(done) == {"shop/shop": "down"}
    notes = json.loads(done.out)["notes"]
    assert notes[:2] == [
        "web: services.web: replaced (image) (found by name)",
        "not on the map: services.cache: deleted",
    ]


def test_all_that_a_query_gives_is_changed(ask):
    done = ask("shop", "--chosen-by", "SELECT ?e { ?e a sm:VirtualMachine }", "--format", "json")
    assert states(done) == {"shop/web": "down", "shop/shop": "down"}


def test_a_query_that_gives_no_element_is_refused_in_one_line(ask):
    done = ask("shop", "--chosen-by", "SELECT ?e { ?e a sm:Rack }")
    assert (done.code, done.out) == (2, "")
    assert done.err == "error: the query gives no element of the map; let it select elements: SELECT ?e …\n"


def git(*words):
    names = ("-c", "user.name=a", "-c", "user.email=a@b")
    subprocess.run(["git", *names, *words], check=True, capture_output=True)


def test_what_edits_remove_is_taken_from_those_that_still_need_it(ask, tmp_path):
    shop = "services:\n  web: {image: w, depends_on: [db]}\n  db: {image: d}\n"
    file = write(tmp_path, shop, "compose.yaml")
    git("init", "-q")
    git("add", "shop")
    git("commit", "-qm", "a shop")
    file.write_text(shop.replace("  db: {image: d}\n", ""))
    assert states(ask(str(file), "--base", "HEAD", "--format", "json")) == {"shop/web": "down"}
    report = ask(str(file), "--base", "HEAD", "--format", "markdown").out
    assert "## What is different before and after?" in report
    assert "| removed | element | db |" in report


def test_with_a_what_if_the_report_says_what_is_different(ask, tmp_path):
    patch = "namespace: shop\nchange: {db: {depends_on: {add: [vm-1]}}}\n"
    (tmp_path / "patch.yaml").write_text(patch)
    done = ask("vm-1", "shop", "--what-if", "patch.yaml", "--format", "markdown")
    assert "## What is different before and after?" in done.out
    assert "| added | dependency | db → vm-1 |" in done.out


def test_with_a_what_if_the_report_sets_promises_beside_those_without_it(ask, tmp_path):
    deal = """
      - {id: deal, kind: agreement, name: Deal, agreement_type: sla, by: web-team, for: web-team, covers: shop,
         objectives: [{metric: availability, percent: 99.9 %, period: month}]}
"""
    write(tmp_path, SHOP + deal.lstrip("\n"))
    patch = "namespace: shop\nchange: {shop: {depends_on: {change: [{on: web, strength: degrading}]}}}\n"
    (tmp_path / "patch.yaml").write_text(patch)
    when = ("--from", "2026-12-05T02:00+01:00", "--lasts", "2 h", "--format", "markdown")
    said = ask("web", "shop", "--what-if", "patch.yaml", *when).out
    assert "| Deal | Shop | available 99.9 % | 120.0 | broken | 0.0 | nothing taken |" in said
    assert "before and with the what-if?" not in ask("web", "shop", *when).out


def test_with_a_what_if_of_dependencies_alone_rows_and_report_say_the_same(ask, tmp_path):
    (tmp_path / "patch.yaml").write_text("namespace: shop\nchange: {db: {depends_on: {add: [vm-1]}}}\n")
    plain = states(ask("vm-1", "shop", "--format", "json"))
    added = states(ask("vm-1", "shop", "--what-if", "patch.yaml", "--format", "json"))
    judged = states(ask("vm-1", "shop", "--what-if", "patch.yaml", "--kind", "outage", "--format", "json"))
    in_time = ("--from", "2026-12-05T02:00+01:00", "--what-if", "patch.yaml", "--format", "json")
    assert "shop/db" not in plain
    assert (
        added
        == judged
        == states(ask("vm-1", "shop", *in_time))
        == {**plain, "shop/db": "down", "shop/shop": "degraded"}
    )


def test_every_name_that_is_not_there_is_told_not_the_first_alone(ask):
    done = ask("nobody", "shop", "--also", "nothing", "--leave-out", "nowhere")
    assert (done.code, done.out) == (2, "")
    assert [line.partition(";")[0] for line in done.err.splitlines()] == [
        "error: no element 'nobody' in this map",
        "error: no element 'nothing' in this map",
        "error: no element 'nowhere' in this map",
    ]


def test_a_file_in_the_place_of_the_element_is_told_beside_what_else_is_missing(ask):
    done = ask("nosuch.yaml", "x")
    assert (done.code, done.out) == (2, "")
    assert done.err.splitlines() == [
        "error: 'nosuch.yaml' is no file, and is taken for an element of the map; "
        "the first word is an element, the files come after it",
        "error: 'x' does not exist; name a file or a folder that does",
    ]


def test_an_element_beside_a_plan_is_told_not_taken_for_a_file_that_is_missing(ask, tmp_path):
    (tmp_path / "README.md").write_text("# no plan")
    for words in (("--plan", tmp_path / "README.md"), ("--replace", "a.yaml", "b.yaml"), ("--base", "HEAD")):
        done = ask("db", "shop", *words)
        assert (done.code, done.out) == (2, "")
        assert done.err.splitlines() == [
            "error: 'db' is no file, and what is changed is said by an option; leave it out, or name it with --also"
        ]


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("shop", "--head", "HEAD"), "--head needs --base"),
        (("shop", "old.yaml", "--base", "HEAD"), "--base takes one file or folder in git"),
        (("db", "shop", "--from", "2026-12-05", "--until", "2026-12-04"), "the window ends before it starts"),
        (
            ("db", "shop", "--from", "2026-12-05", "--lasts", "999999999 h"),
            "the window lies outside of the years 2 to 9998",
        ),
        (("db", "shop", "--from", "0001-01-01T00:00+14:00"), "the window lies outside of the years 2 to 9998"),
        (("db", "shop", "--stale-after", "99999999 weeks"), "'99999999 weeks' is longer than a thousand years"),
        (("shop", "--replace", "old.yaml", "shop/map.yaml"), "neither Compose nor Kubernetes"),
    ],
)
def test_wrong_input_is_one_line_and_exit_2(ask, words, error):
    done = ask(*words)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert error in done.err
