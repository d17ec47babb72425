"""Does GOV.UK's list of repositories arrive whole, row by row, with its teams and in its own words?"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from graph.importers import mapping
from graph.maps import open_map
from graph.model import Confidence, Severity
from tests.graph.importers.told import OPTIONS, Told, head, surest, told

SAMPLE = Path(__file__).parents[3] / "data" / "samples" / "govuk-repositories" / "data" / "repos.yml"


@pytest.fixture(scope="module")
def file(realworld: Path) -> Path:
    return realworld / "repos-govuk" / "data" / "repos.yml"


@pytest.fixture(scope="module")
def govuk(file: Path) -> Told:
    return told(mapping.read(file, OPTIONS))


@pytest.fixture(scope="module")
def truth(realworld: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((realworld / "expected.json").read_text())["items"]["repos-govuk"]["truth"]
    return found


@pytest.fixture(scope="module")
def raw(file: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.load(file.read_text(), Loader=yaml.BaseLoader)  # noqa: S506  it makes texts only
    return found


def rows(found: Told) -> list[str]:
    return [name for name, cls in found.classes().items() if cls != "Team"]


def test_it_is_recognised_for_certain(file: Path) -> None:
    assert mapping.recognises(head(file)) is Confidence.CERTAIN
    assert surest(file) == surest(SAMPLE) == "mapping"


def test_136_rows_of_14_types_and_18_teams(govuk: Told, truth: dict[str, Any]) -> None:
    assert len(rows(govuk)) == truth["repos"] == 136
    types = Counter(govuk.of(row, "tag")[0] for row in rows(govuk))
    assert types == truth["by_type"]
    assert len(types) == 14
    teams = [name for name, cls in govuk.classes().items() if cls == "Team"]
    assert len(teams) == truth["distinct_teams"] == 18


def test_each_row_has_the_owner_that_the_list_names(govuk: Told, truth: dict[str, Any]) -> None:
    owners = Counter("#" + govuk.of(row, "ownedBy")[0].removeprefix("team:") for row in rows(govuk))
    assert owners == truth["repos_per_team"]


def test_the_alerted_team_and_the_hosting_are_kept(
    govuk: Told, raw: list[dict[str, Any]], truth: dict[str, Any]
) -> None:
    for row in raw:
        name = row.get("app_name") or row["repo_name"]
        alerts = row.get("alerts_team")
        assert govuk.of(name, "supportGroup") == ([f"team:{alerts.removeprefix('#')}"] if alerts else [])
        assert govuk.of(name, "providerName") == (
            [row["production_hosted_on"]] if "production_hosted_on" in row else []
        )
    hosted = Counter("".join(govuk.of(row, "providerName")) or "None" for row in rows(govuk))
    assert hosted == truth["by_production_hosted_on"]


def test_a_channel_that_owns_nothing_is_pointed_at_and_not_made_a_team(govuk: Told, raw: list[dict[str, Any]]) -> None:
    owning = {row["team"] for row in raw}
    alerted = {row["alerts_team"] for row in raw if "alerts_team" in row}
    assert govuk.stubs == {f"team:{name.removeprefix('#')}" for name in alerted - owning}


def test_the_one_repository_with_several_rows_is_reported_and_no_row_is_lost(
    govuk: Told, truth: dict[str, Any]
) -> None:
    told_twice = govuk.findings("duplicate-id")
    assert {finding.message.split("'")[1] for finding in told_twice} == set(truth["duplicates"]) == {"licensify"}
    assert all(f.severity is Severity.WARNING and f.where and f.where.line for f in told_twice)
    apps = [row for row in rows(govuk) if row.startswith("licensify-")]
    assert apps == ["licensify-backend", "licensify-feed", "licensify-frontend"]


def test_two_spellings_of_one_type_give_one_kind_and_are_noted(govuk: Told, truth: dict[str, Any]) -> None:
    notes = govuk.findings("other-spelling")
    assert len(notes) == truth["by_type"]["Data Engineering"] == 2
    assert all("'Data Engineering' is written 'Data engineering'" in note.message for note in notes)
    kinds = {govuk.of(r, "type")[0] for r in rows(govuk) if govuk.of(r, "tag")[0].lower() == "data engineering"}
    assert kinds == {"Component"}


def test_no_value_is_lost_and_no_dependency_invented(govuk: Told, raw: list[dict[str, Any]]) -> None:
    said = {o.strip() for _, _, o in govuk.triples}
    texts = {
        str(v).strip() for row in raw for value in row.values() for v in (value if isinstance(value, list) else [value])
    }
    names = {text for text in texts if text not in said and f"team:{text.removeprefix('#')}" not in said}
    assert names == set()
    assert govuk.edges() == set()
    assert {f.check for f in govuk.statements.findings} == {"duplicate-id", "other-spelling", "inferred-kind"}


def test_the_whole_way_gives_the_same(realworld: Path) -> None:
    p = open_map([realworld / "repos-govuk"]).projection
    assert (len(p) - p.stub.sum(), p.stub.sum(), p.dependencies) == (136 + 18, 8, 0)


def test_the_sample_reads_as_recorded(root: Path) -> None:
    """Rewrite the record with: python -m tests.graph.importers.test_govuk."""
    assert sample_record() == (root / "tests" / "golden" / "govuk-sample.txt").read_text(encoding="utf-8")


def sample_record() -> str:
    """A comment more in the mapping does not change it."""
    return re.sub(r"(?<=repositories[.]yaml):[0-9]+", "", told(mapping.read(SAMPLE, OPTIONS)).record(SAMPLE.parent))


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("- repo_name: a\n  team: b\n  type: c\n", Confidence.CERTAIN),
        ("- repo_name: a\n  type: c\n", Confidence.NO),
        ("- repo_name: a\n  team: b\n", Confidence.NO),
        ("repos:\n- repo_name: a\n  team: b\n  type: c\n", Confidence.NO),
    ],
)
def test_only_lists_of_that_form_are_recognised(tmp_path: Path, text: str, sure: Confidence) -> None:
    (tmp_path / "repos.yml").write_text(text)
    assert mapping.recognises(head(tmp_path / "repos.yml")) is sure


if __name__ == "__main__":
    (Path(__file__).parents[2] / "golden" / "govuk-sample.txt").write_text(sample_record(), encoding="utf-8")
