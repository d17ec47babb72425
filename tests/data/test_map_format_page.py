"""Does the page on the map format list every word that a map file may use?

Its tables are written from the vocabulary: ``python -m tests.data.test_map_format_page`` writes them anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from graph.importers.map import read
from graph.model import ReadOptions
from ontology import terms as t
from ontology.vocabulary import DependencyKind, ElementClass, PropertyUse, vocabulary

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "map-format.md"
BEGIN, END = "<!-- written from the vocabulary: begin -->", "<!-- written from the vocabulary: end -->"


def tables() -> str:
    """The part of the page that follows from the vocabulary."""
    words = vocabulary()
    element = words.classes[t.ELEMENT]
    kinds = sorted((c for c in words.classes.values() if _is_kind(c)), key=lambda c: (_position(c), c.key))
    parts = {use.range for cls in words.classes.values() for use in cls.properties.values() if use.kind == "part"}
    schemes = {use.range for cls in words.classes.values() for use in cls.properties.values() if use.kind == "code"}
    schemes.discard(t.DEPENDENCY_KIND)
    return "\n".join(
        [
            "### Kinds of dependencies",
            "",
            *_table(
                ("kind", "what it carries", "meaning"),
                ((f"`{k.key}`", _carried(k), k.definition) for k in words.kinds.values()),
            ),
            "",
            "### Kinds of elements and their sections",
            "",
            *_table(
                ("kind", "section", "lane", "own properties"),
                (
                    (
                        f"`{c.key}`",
                        f"`{c.section}`" if c.section else "",
                        words.lanes[c.lane].label if c.lane else "",
                        ", ".join(f"`{key}`" for key in c.properties if key not in element.properties),
                    )
                    for c in kinds
                ),
            ),
            "",
            "### Properties of every element",
            "",
            *_properties(element.properties.values()),
            "",
            "### Properties of some kinds",
            "",
            *_properties(_own(kinds, element)),
            "",
            "### Parts",
            "",
            *_table(
                ("part", "keys"),
                sorted(
                    (words.classes[iri].label, ", ".join(map(_key, words.classes[iri].properties.values())))
                    for iri in parts
                ),
            ),
            "",
            "### Codes",
            "",
            *_table(
                ("code list", "words"),
                sorted(
                    (words.classes[iri].label, ", ".join(f"`{code.key}`" for code in words.codes_of(iri)))
                    for iri in schemes
                ),
            ),
        ]
    )


def _is_kind(cls: ElementClass) -> bool:
    return bool(cls.key) and not cls.abstract and vocabulary().is_a(cls.iri, t.ELEMENT)


def _position(cls: ElementClass) -> int:
    return vocabulary().lanes[cls.lane].position if cls.lane else 0


def _carried(kind: DependencyKind) -> str:
    if kind.exposure:
        return f"leaves it {vocabulary().exposures[kind.exposure].label.lower()}"
    return f"outages; {kind.strength} unless declared" if kind.carries_impact else "nothing"


def _own(kinds: Iterable[ElementClass], element: ElementClass) -> list[PropertyUse]:
    found = {key: use for c in kinds for key, use in c.properties.items() if key not in element.properties}
    return [found[key] for key in sorted(found)]


def _properties(uses: Iterable[PropertyUse]) -> list[str]:
    return _table(("key", "value", "meaning"), ((_key(use), _wanted(use), use.definition) for use in uses))


def _key(use: PropertyUse) -> str:
    return f"`{use.key}`" + (" (required)" if use.required else "")


_PLAIN = {
    "decimal": "number",
    "integer": "whole number",
    "boolean": "yes or no",
    "dateTime": "date and time",
    "anyURI": "address",
}


def _wanted(use: PropertyUse) -> str:
    words = vocabulary()
    name = use.range.rpartition("#")[2]
    if use.kind == "value":
        said = {"minutes": "time span", "percent": "share"}.get(use.unit) or _PLAIN.get(name, "text")
    else:
        said = f"{use.kind}: {words.classes[use.range].label}"
    return said + (", one or several" if use.many else "")


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    lines = [head, tuple("---" for _ in head), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]


def test_the_tables_of_the_page_are_current() -> None:
    written = PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0].strip()

    assert written == tables(), "write them anew: python -m tests.data.test_map_format_page"


@pytest.mark.parametrize("cls", [t.DEPENDENCY, t.DEPENDENCY_GROUP])
def test_every_key_of_a_dependency_and_a_group_is_explained(cls: str) -> None:
    prose = PAGE.read_text(encoding="utf-8").partition(BEGIN)[0]

    missing = [key for key in vocabulary().classes[cls].properties if f"`{key}`" not in prose]

    assert missing == []


def _examples() -> list[str]:
    """The example files of the page: those that begin with a section or a header."""
    blocks = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    return [block for block in blocks if re.match(r"[a-z_]+:", block)]


@pytest.mark.parametrize("example", _examples(), ids=lambda text: text.partition("\n")[0][:30])
def test_the_examples_are_map_files(example: str, tmp_path: Path) -> None:
    file = tmp_path / "example.yaml"
    file.write_text(example, encoding="utf-8")

    statements = read(
        file, ReadOptions(namespace="example", base="https://w3id.org/servicemap/id/", source_id="example")
    )

    assert statements.defines
    assert statements.findings == ()


if __name__ == "__main__":
    page = PAGE.read_text(encoding="utf-8")
    before, after = page.partition(BEGIN)[0], page.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n\n{tables()}\n\n{END}{after}", encoding="utf-8")
