"""Are the maps that are shipped sound: valid, unique in their ids, whole in their references, and true to the model?"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from ontology.vocabulary import ElementClass, vocabulary

HOME = Path(__file__).parents[2]
MAPS = sorted(folder for folder in (HOME / "data").iterdir() if list(folder.glob("*.yaml")))
FILES = [file for folder in MAPS for file in sorted(folder.glob("*.yaml"))]
HEAD = {"namespace", "title", "description", "base"}


class _EditorLoader(yaml.SafeLoader):
    """Reads YAML 1.2, as an editor with a JSON Schema does: dates, `on` and `no` stay text."""


_EditorLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":bool"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_EditorLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), list("tf"))


@cache
def content(file: Path) -> dict[str, Any]:
    value = yaml.load(file.read_text(encoding="utf-8"), Loader=_EditorLoader)  # noqa: S506  it is a SafeLoader
    assert isinstance(value, dict)
    return value


def entries(folder: Path) -> Iterator[tuple[ElementClass, dict[str, Any]]]:
    """Each entry of a map with its class."""
    known = vocabulary()
    sections = {c.section: c for c in known.classes.values() if c.section}
    for file in sorted(folder.glob("*.yaml")):
        for section, values in content(file).items():
            if section in HEAD:
                continue
            for entry in values:
                cls = known.class_named(entry["kind"]) if "kind" in entry else sections[section]
                assert cls is not None, f"{file.name}: {entry['id']}: unknown kind"
                yield cls, entry


def dependencies(entry: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The dependencies of an entry in their long form, members of groups included."""
    waiting = list(entry.get("depends_on", ()))
    while waiting:
        item = waiting.pop(0)
        if isinstance(item, str):
            yield {"on": item}
        elif "of" in item:
            waiting = [*item["of"], *waiting]
        else:
            yield item


def references(cls: ElementClass, holder: dict[str, Any]) -> Iterator[str]:
    """Every id that an entry, or a part of it, points at."""
    known = vocabulary()
    for key, value in holder.items():
        use = cls.properties.get(key)
        if use is None:
            continue
        for one in value if isinstance(value, list) else [value]:
            if use.kind == "reference":
                yield one
            elif use.kind == "part":
                yield from references(known.classes[use.range], one)


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_every_shipped_file_is_valid_against_the_schema(file: Path) -> None:
    schema = HOME / "ontology" / "map.schema.json"
    validator = jsonschema.Draft202012Validator(json.loads(schema.read_text(encoding="utf-8")))

    problems = [f"{problem.json_path}: {problem.message}" for problem in validator.iter_errors(content(file))]

    assert problems == []


@pytest.mark.parametrize("folder", MAPS, ids=lambda folder: folder.name)
def test_an_id_names_one_entry_only(folder: Path) -> None:
    counts = Counter(entry["id"] for _, entry in entries(folder))

    assert [identifier for identifier, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("folder", MAPS, ids=lambda folder: folder.name)
def test_everything_that_is_pointed_at_is_defined(folder: Path) -> None:
    everything = list(entries(folder))
    defined = {entry["id"] for _, entry in everything}
    pointed_at = {(entry["id"], to) for cls, entry in everything for to in references(cls, entry)}
    pointed_at |= {(entry["id"], needed["on"]) for _, entry in everything for needed in dependencies(entry)}

    assert sorted(pair for pair in pointed_at if pair[1] not in defined) == []


# The boxes, steps and lessons of reference models keep the names that the models give them.
DRAWN = [folder for folder in MAPS if folder.name != "reference_model"]


@pytest.mark.parametrize("folder", DRAWN, ids=lambda folder: folder.name)
def test_names_are_short_enough_to_be_drawn_whole(folder: Path) -> None:
    assert [entry["name"] for _, entry in entries(folder) if len(entry["name"]) > 24] == []
