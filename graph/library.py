"""Which questions are ready to be asked? The queries of ``graph/queries``, each a file with its title."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from graph.model import InputError
from graph.similar import proposal

__all__ = ["Parameter", "Question", "fill", "question", "questions"]

HOME = Path(__file__).parent / "queries"

_PARAMETER = re.compile(r"(?P<name>[a-z_]+) : (?P<type>(?:sm|xsd):\w+)")
_NOT_IN_AN_IRI = re.compile(r"[\x00-\x20<>\"{}|\\^`]")


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a question can be asked about: a variable, and the class or datatype of its value (``sm:Service``).

    ``default`` is the value in the file, as SPARQL writes it: something of the shipped sample.
    """

    name: str
    type: str
    default: str


@dataclass(frozen=True, slots=True)
class Question:
    """A named query: its title is the question in words, ``persona`` who asks it.

    ``rows`` are the rows of the reference model that it asks for.
    """

    name: str
    title: str
    text: str
    persona: str = ""
    parameters: tuple[Parameter, ...] = ()
    rows: tuple[str, ...] = ()


def questions(folder: Path = HOME) -> Mapping[str, Question]:
    """All questions of a folder by name.

    >>> questions()["not-defined"].title
    'What is pointed at and not defined anywhere, and by whom?'
    """
    return {file.stem: _read(file) for file in sorted(folder.glob("*.rq"))}


def question(name: str) -> Question:
    """The question of that name; InputError with a proposal when there is none."""
    known = questions()
    if name not in known:
        raise InputError.of(f"no question '{name}'", remedy=proposal(name, known), check="unknown-question")
    return known[name]


def fill(asked: Question, values: Mapping[str, str]) -> str:
    """The query with other values for its parameters: IRIs for elements, plain text for the rest.

    A value is written as one term, so that it can never become a piece of query. Raises InputError for an unknown
    parameter and for an address that is none.

    >>> fill(questions()["services-behind"], {"service": "https://example.org/id/shop"}).count(
    ...     "<https://example.org/id/shop>"
    ... )
    1
    """
    text = asked.text
    known = {parameter.name: parameter for parameter in asked.parameters}
    for name, value in values.items():
        if name not in known:
            remedy = proposal(name, known) or "leave it out"
            raise InputError.of(f"'{asked.name}' has no parameter '{name[:60]}'", remedy=remedy)
        term = _term(value, known[name])
        text = _set(text, name, term)
    return text


def _set(text: str, name: str, term: str) -> str:
    """The query with another value for one parameter, in all places that name it."""
    line = f"VALUES ?{name} {{ {term} }}"
    return _values(name).sub(lambda _: line, text)


def _term(value: str, parameter: Parameter) -> str:
    if parameter.type.startswith("sm:"):
        if ":" not in value or _NOT_IN_AN_IRI.search(value):
            raise InputError.of(f"'{value[:60]}' is no address", remedy=f"give the address of a {parameter.type[3:]}")
        return f"<{value}>"
    escaped = value.translate({ord(c): f"\\u{ord(c):04X}" for c in '\\"\n\r\t'})
    return f'"{escaped}"' + ("" if parameter.type == "xsd:string" else f"^^{parameter.type}")


def _values(name: str) -> re.Pattern[str]:
    """Where a query says the value of a parameter."""
    return re.compile(rf"VALUES \?{name} \{{ (?P<term>[^}}]+) \}}")


def _read(file: Path) -> Question:
    text = file.read_text(encoding="utf-8")
    heads = [line[1:].strip().partition(":") for line in text.splitlines() if line.startswith("#")]
    said = {key.strip(): words.strip() for key, _, words in heads}
    wanted = (_PARAMETER.fullmatch(words.strip()) for key, _, words in heads if key.strip() == "parameter")
    parameters = tuple(
        Parameter(match["name"], match["type"], found["term"] if (found := _values(match["name"]).search(text)) else "")
        for match in wanted
        if match
    )
    rows = tuple(said.get("rows", "").replace(",", " ").split())
    return Question(file.stem, said.get("title", file.stem), text, said.get("persona", ""), parameters, rows)
