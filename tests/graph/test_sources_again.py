"""Files that are read again say what a first reading says; those that stayed as they were are not read."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.importers import map as map_files
from graph.maps import open_map, reopening
from graph.model import InputError
from graph.sources import again, read_sources
from graph.sources.again import Again

WEB = "title: Shop\nelements:\n  - {id: web, kind: application, name: Web, depends_on: [db]}\n"
DB = "elements:\n  - {id: db, kind: database, name: Store}\n"
BACKSTAGE = "apiVersion: backstage.io/v1alpha1\n"
PART = BACKSTAGE + (
    "kind: Component\nmetadata: {{name: {name}}}\nspec: {{type: service, lifecycle: production, owner: us}}\n"
)
SAID = {
    "web.yaml": (WEB, WEB.replace("[db]", "[dbase]"), WEB.replace("name: Web", "name: Web shop"), "elements: [", ""),
    "db.yaml": (
        DB,
        DB.replace("id: db", "id: dbase"),
        DB.replace("database", "databse"),
        "name: Release\non: [push]\n",
    ),
    "more.yaml": ("elements:\n  - {id: db, kind: cache}\n", "elements:\n  - {id: mail, kind: application}\n"),
    "compose.yaml": ("services: {web: {image: shop}}\n", "services: {web: {image: shop, depends_on: [db]}}\n"),
    "compose.full.yaml": ("services: {db: {image: store}}\n", "services: {db: {image: {{ it }}}}\n"),
    "catalog-info.yaml": (
        f"{BACKSTAGE}kind: Location\nmetadata: {{name: all}}\nspec: {{targets: [./parts/part.yaml]}}\n",
        PART.format(name="part"),
    ),
    "parts/part.yaml": (PART.format(name="part"), PART.format(name="other")),
    "parts/piece.yaml": (PART.format(name="part"), PART.format(name="piece")),
}
EDITS = st.sampled_from([(name, text) for name, texts in SAID.items() for text in (*texts, None)])


def told(read: Any) -> Any:
    """What a reading gave, without the time of it; or what was wrong."""
    try:
        return [replace(each, source=replace(each.source, loaded_at="")) for each in read()]
    except InputError as error:
        return error.problems


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(EDITS, min_size=1, max_size=3), min_size=1, max_size=8))
def test_what_is_read_again_is_what_a_first_reading_finds(
    tmp_path_factory: pytest.TempPathFactory, steps: list[list[tuple[str, str | None]]]
) -> None:
    folder = tmp_path_factory.mktemp("shop")
    (folder / "web.yaml").write_text(WEB)
    (folder / "db.yaml").write_text(DB)
    reading = Again([folder])
    reading.read()
    for edits in steps:
        for name, text in edits:
            file = folder / name
            if text is None:
                file.unlink(missing_ok=True)
            else:
                file.parent.mkdir(exist_ok=True)
                file.write_text(text)
        assert told(reading.read) == told(lambda: read_sources([folder]))


def test_files_that_stayed_as_they_were_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "web.yaml").write_text(WEB)
    (tmp_path / "db.yaml").write_text(DB)
    read, reads = map_files.read, []

    def noted(path: Path, options: Any) -> Any:
        reads.append(path.name)
        return read(path, options)

    monkeypatch.setattr(map_files, "read", noted)
    opened = reopening([tmp_path])
    first = opened()
    assert reads == ["db.yaml", "web.yaml"]
    (tmp_path / "web.yaml").write_text(WEB.replace("name: Web", "name: Web shop"))
    second = opened()
    assert reads == ["db.yaml", "web.yaml", "web.yaml"]
    assert second.store.revision == open_map([tmp_path]).store.revision != first.store.revision
    assert [source.path for source in second.store.sources] == [source.path for source in first.store.sources]


def test_a_file_of_another_commit_says_so_without_being_read(tmp_path: Path) -> None:
    git = tmp_path / ".git"
    git.mkdir()
    (tmp_path / "db.yaml").write_text(DB)
    reading = Again([tmp_path])
    for commit in ("a" * 40, "b" * 40):
        (git / "HEAD").write_text(f"{commit}\n")
        (found,) = reading.read()
        assert found.source.commit == commit


def test_a_large_map_is_not_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(again, "_MOST", 10)
    (tmp_path / "db.yaml").write_text(DB)
    reading = Again([tmp_path])
    assert reading.read() != []
    assert told(reading.read) == told(lambda: read_sources([tmp_path]))
    assert reading._held == {}


def test_what_a_file_that_stayed_defines_is_known_to_the_one_that_changed(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(PART.format(name="part"))
    (tmp_path / "two.yaml").write_text(PART.format(name="piece"))
    reading = Again([tmp_path])
    reading.read()
    (tmp_path / "two.yaml").write_text(PART.format(name="part"))
    _, two = reading.read()
    assert any("one.yaml" in str(finding) for finding in two.findings)
    assert told(reading.read) == told(lambda: read_sources([tmp_path]))
