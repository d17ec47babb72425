"""The gate on GitLab's catalogue: a service is taken out and a plan replaces a machine; the page stays short."""

import json
import shutil

import pytest

from tests.app.commands import run
from tests.graph.gitted import Git
from tests.graph.planned import resource, write_plan


@pytest.fixture
def gate(realworld, tmp_path, capsys, monkeypatch):
    folder = tmp_path / "checkout"
    shutil.copytree(
        realworld / "gitlab-service-catalog" / "services", folder / "services", copy_function=shutil.copyfile
    )
    folder.joinpath("services").chmod(0o755)
    git = Git(folder)
    git.commit()
    catalogue = folder / "services" / "service-catalog.yml"
    head, _, rest = catalogue.read_text(encoding="utf-8").partition("\n- name: pgbouncer\n")
    catalogue.write_text(head + "\n- name: " + rest.partition("\n- name: ")[2], encoding="utf-8")
    git("checkout", "--quiet", "-b", "without")
    git.commit()
    plan = write_plan(
        tmp_path / "plan.json",
        resource("google_compute_instance.redis[0]", "delete", "create"),
        resource("google_compute_instance.redis[1]", "no-op"),
        resource("module.patroni.google_compute_disk.data[0]", "update"),
    )
    monkeypatch.chdir(folder)
    return lambda *words: run(
        capsys, monkeypatch, "gate", "services", "--base", "main", "--head", "without", "--plan", plan, *words
    )


def test_what_breaks_is_what_rests_on_redis_and_all_of_it_is_assumed(gate):
    told = json.loads(gate("--format", "json").out)
    assert told["changes"] == ["1 element removed", "1 dependency removed"]
    assert {broken["at most"] for broken in told["breaks"]} == {"degraded"}
    assert "GitLab API" in {broken["name"] for broken in told["breaks"]}
    assert told["assumed"][0] == "22 of 22 dependencies that rest on it state no strength; they are taken as required"
    assert [hit["rule"] for hit in told["hits"]] == ["plan-unmapped"]


def test_the_comment_is_a_page_that_a_stranger_can_read(gate):
    text = gate("--format", "markdown").out
    assert len(text.splitlines()) < 60
    assert "Persistent Redis: 1 of 2 instances" in text
    assert "notes about reading the files, as before" in text
