"""Does the page about formats name every format that is read, and every word that an importer translates?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from graph.discover import discover
from graph.importers import backstage, compose
from graph.importers.mapping import shipped_mappings

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "formats.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
TITLES = {
    "map": "Map files",
    "rdf": "RDF",
    "backstage": "Backstage",
    "compose": "Docker Compose",
    "noria": "NORIA-O",
    "kubernetes": "Kubernetes",
}


@pytest.mark.parametrize("name", sorted(set(discover("graph.importers")) - {"mapping"}))
def test_every_importer_has_a_section(name: str) -> None:
    assert TITLES.get(name, name) in SECTIONS


@pytest.mark.parametrize("mapping", shipped_mappings(), ids=lambda mapping: mapping.name)
def test_every_shipped_mapping_has_a_section_that_names_its_files(mapping) -> None:
    text = next(text for text in SECTIONS.values() if f"/{mapping.recognises.files[0]}`" in text)
    assert text


def test_every_kind_relation_and_type_of_backstage_is_named() -> None:
    text = SECTIONS["Backstage"].lower()
    rows = dict(re.findall(r"^\| (\w+) \| ([\w ]+)", text, re.MULTILINE))
    assert {kind: rows[kind].strip() for kind in backstage._CLASSES} == backstage._CLASSES
    words = set(re.findall(r"[\w-]+", text))
    assert {field.lower() for field in backstage._RELATIONS} <= words
    assert set(backstage._RESOURCES) <= words
    assert set(backstage._LIFECYCLES) <= words


def test_every_setting_of_compose_that_is_read_is_named() -> None:
    words = set(re.findall(r"[\w]+", SECTIONS["Docker Compose"]))
    assert words >= compose._READ
