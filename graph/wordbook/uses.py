"""Where is each word used? In which shapes, rules, checks and questions, and by which rows of the reference models."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from graph.library import Question, questions
from ontology import terms as t
from ontology.vocabulary import HOME, Facts, shape_files

__all__ = ["Demand", "Shape", "Use", "asked", "shapes", "uses"]

_WORD = re.compile(r"\bsm:([A-Za-z][\w-]*)")
Folder = Literal["rules", "checks", "questions"]


@dataclass(frozen=True, slots=True)
class Demand:
    """What a shape asks of one property, in words; ``once`` where it takes one value, ``required`` where it must be."""

    path: str
    takes: str
    message: str
    once: bool
    required: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape: the classes that it looks at, and what it asks of each property."""

    name: str
    label: str
    targets: tuple[str, ...]
    demands: tuple[Demand, ...]


@dataclass(frozen=True, slots=True)
class Use:
    """A place that names a word: the page, the place on it, its title, and the rows of the models it stands for."""

    page: str
    name: str
    title: str
    rows: tuple[str, ...] = ()


def shapes() -> tuple[Shape, ...]:
    """The shapes that are shipped, in the order of their files."""
    facts = Facts(shape_files())
    found = []
    for iri in facts.typed(t.SH_NODE_SHAPE):
        demands = (_demand(facts, each) for each in facts.of(iri, t.SH_PROPERTY))
        named = tuple(demand for demand in demands if demand.path.startswith("http"))
        targets = tuple(facts.of(iri, t.SH_TARGET_CLASS))
        found.append(Shape(re.split(r"[#/]", iri)[-1], facts.one(iri, t.RDFS_LABEL), targets, named))
    return tuple(found)


def _demand(facts: Facts, each: str) -> Demand:
    return Demand(
        path=facts.one(each, t.SH_PATH),
        takes=facts.one(each, t.SH_CLASS) or facts.one(each, t.SH_DATATYPE),
        message=facts.one(each, t.SH_MESSAGE),
        once=facts.one(each, t.SH_MAX_COUNT) == "1",
        required=facts.one(each, t.SH_MIN_COUNT) not in ("", "0"),
    )


def asked(folder: Folder) -> Mapping[str, Question]:
    """The rules, checks or questions that are shipped, by name.

    >>> asked("checks")["no-owner"].title
    'Nobody answers for it'
    """
    if folder == "questions":
        return questions()
    texts = {file.stem: file.read_text(encoding="utf-8") for file in sorted((HOME / folder).glob("*.rq"))}
    return {
        name: Question(name, text.partition("# title: ")[2].partition("\n")[0], text) for name, text in texts.items()
    }


def uses() -> Mapping[str, tuple[Use, ...]]:
    """Address of a word -> where it is named: shapes first, then rules, checks and questions, each in order."""
    found: defaultdict[str, dict[Use, None]] = defaultdict(dict)
    for shape in shapes():
        use = Use("shapes", shape.name, shape.label)
        for iri in _named(shape):
            found[iri][use] = None
    folders: tuple[Folder, ...] = ("rules", "checks", "questions")
    for folder in folders:
        for name, question in asked(folder).items():
            for word in _WORD.findall(question.text):
                found[t.SM + word][Use(folder, name, question.title, question.rows)] = None
    return {iri: tuple(named) for iri, named in found.items()}


def _named(shape: Shape) -> Iterator[str]:
    yield from shape.targets
    for demand in shape.demands:
        yield demand.path
        yield demand.takes
