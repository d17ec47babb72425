"""How is a word written in a map file? The shortest whole passage of a shipped map that uses it, with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from graph.documents import Map, Seq, Value, read_documents
from ontology import terms as t
from ontology.vocabulary import ElementClass, PropertyUse, Vocabulary, vocabulary

__all__ = ["Example", "examples"]

_HOME = Path(__file__).parents[2]
_MAPS = ("data/laundry", "data/enterprise", "data/reference_model", "data/samples/map")
_WANTED = 3  # a passage of fewer lines tells little of a class
_LONGEST = 16


@dataclass(frozen=True, slots=True)
class Example:
    """A passage of a shipped map file, and the line that it begins on."""

    path: str
    line: int
    text: str


@cache
def examples(home: Path = _HOME) -> Mapping[str, Example]:
    """Address of a word -> a passage that uses it; none for words that maps do not write. Read once, 1 to 2 s.

    Args:
        home: the folder in which ``data`` lies; where it is not there, there are no examples.
    """
    found: dict[str, tuple[tuple[int, int], Example]] = {}
    for path in (file for folder in _MAPS for file in sorted((home / folder).glob("*.yaml"))):
        for iri, example in _Passages(path, path.relative_to(home).as_posix()).all():
            weight = (_fitness(example), len(found))
            if iri not in found or weight[0] < found[iri][0][0]:
                found[iri] = weight, example
    return {iri: example for iri, (_, example) in found.items()}


def _fitness(example: Example) -> int:
    """Short, but long enough to show something; less is better."""
    lines = example.text.count("\n") + 1
    return lines if lines >= _WANTED else 100 - lines


class _Passages:
    """The passages of one file, by the word that each shows."""

    def __init__(self, path: Path, shown: str) -> None:
        self.path, self.shown = path, shown
        self.lines = path.read_text(encoding="utf-8").splitlines()
        self.words: Vocabulary = vocabulary()
        self.sections = {cls.section: cls for cls in self.words.classes.values() if cls.section}
        self.named = {cls.key: cls for cls in self.words.classes.values() if cls.key}
        self.kinds = {kind.key: kind.iri for kind in self.words.kinds.values()}
        self.codes = {(code.scheme, code.key): code.iri for code in self.words.codes.values()}

    def all(self) -> Iterator[tuple[str, Example]]:
        for document in read_documents(self.path):
            if isinstance(document.value, Map):
                for section, entries in document.value.items():
                    if isinstance(entries, Seq):
                        yield from self.entries(section, entries)

    def entries(self, section: str, entries: Seq) -> Iterator[tuple[str, Example]]:
        for entry, line in zip(entries, entries.lines, strict=True):
            if isinstance(entry, Map):
                said = entry.get("kind")
                cls = self.named.get(said) if isinstance(said, str) else self.sections.get(section)
                if cls is not None:
                    yield cls.iri, self.passage(line)
                    yield from self.properties(cls, entry)
                    yield from self.dependencies(entry.get("depends_on"), entry.lines.get("depends_on", line))

    def properties(self, cls: ElementClass, entry: Map) -> Iterator[tuple[str, Example]]:
        for key, value in entry.items():
            use = cls.properties.get(key)
            if use is not None:
                example = self.passage(entry.key_line(key))
                yield use.iri, example
                yield from self.values(use, value, example)

    def values(self, use: PropertyUse, value: Value, example: Example) -> Iterator[tuple[str, Example]]:
        for item in value if isinstance(value, Seq) else [value]:
            if use.kind == "code" and isinstance(item, str) and (use.range, item) in self.codes:
                yield self.codes[use.range, item], example
                yield use.range, example
            elif use.kind == "part" and isinstance(item, Map):
                said = item.get("kind")
                cls = self.named.get(said) if isinstance(said, str) else None
                part = cls if cls and self.words.is_a(cls.iri, use.range) else self.words.classes[use.range]
                yield part.iri, example
                yield from self.properties(part, item)

    def dependencies(self, value: Value, line: int) -> Iterator[tuple[str, Example]]:
        for item in value if isinstance(value, Seq) else []:
            if not isinstance(item, Map):
                continue
            group = "of" in item
            example = self.passage(item.key_line("of" if group else "on"))
            cls = self.words.classes[t.DEPENDENCY_GROUP if group else t.DEPENDENCY]
            yield cls.iri, example
            yield from self.properties(cls, item)
            kind = item.get("kind")
            if not group and isinstance(kind, str) and kind in self.kinds:
                yield self.kinds[kind], example
                yield t.KIND, example
                yield t.DEPENDENCY_KIND, example
            if "k" in item:
                yield t.MINIMUM_PERCENT if "%" in str(item["k"]) else t.MINIMUM_MEMBERS, example
            yield from self.dependencies(item.get("of"), line)

    def passage(self, line: int) -> Example:
        """The line, and those below it that are indented deeper: what an entry or a key holds."""
        start = max(line, 1) - 1
        first = self.lines[start]
        indent = len(first) - len(first.lstrip())
        taken = [first]
        for text in self.lines[start + 1 :]:
            inner = len(text) - len(text.lstrip())
            item = text.lstrip().startswith("- ") and inner == indent and not first.lstrip().startswith("- ")
            if text.strip() and inner <= indent and not item:
                break
            taken.append(text)
        while taken and (not taken[-1].strip() or taken[-1].lstrip().startswith("#")):
            taken.pop()
        if len(taken) > _LONGEST:
            taken = [*taken[: _LONGEST - 1], " " * (indent + 2) + "…"]
        return Example(self.shown, line, "\n".join(each[indent:] for each in taken))
