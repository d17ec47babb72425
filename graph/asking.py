"""How is a ready question asked of a map? With values as people write them; the answer says what it cost."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal

from graph.answer import Answer, Cell, count
from graph.library import DATATYPES, LIMIT, Parameter, Question, fill
from graph.model import InputError
from graph.projection import Projection
from graph.reports import query
from graph.similar import did_you_mean, proposal
from graph.store import Table
from graph.values import code_iri, day, moment, number, truth
from ontology.terms import SM
from ontology.vocabulary import vocabulary

__all__ = ["answer", "filled", "listed", "most_rows", "wanted"]


def answer(
    asked: Question,
    given: Mapping[str, str],
    projection: Projection,
    ask: Callable[[str], Table],
    *,
    fast: bool = False,
) -> Answer:
    """Ask a ready question, with values as people write them; ``ask`` puts the query to the engine.

    The facts say what was asked about and what it cost: rows, milliseconds, and what a limit cut. With ``fast`` the
    engine is one that is asked with fast properties, and the question is put so where it can be.

    Raises:
        InputError: a value is missing or fits its parameter not, or the engine refuses.
    """
    text, meant = filled(asked, given, projection, fast=fast)
    started = time.perf_counter()
    table = ask(text)
    taken = 1000 * (time.perf_counter() - started)
    told = query.answer(table)
    about = f"{', '.join(meant.values())}: " if meant else ""
    facts: dict[str, Cell] = {"question": asked.title, "parameters": meant, "milliseconds": round(taken, 1)}
    if asked.old:
        remedy = "mend the file with 'servicemap ontology migrate'"
        told = replace(told, notes=(*told.notes, *asked.old, remedy))
    most = most_rows(meant)
    if most and len(table.rows) >= most:
        notes = (f"cut: the first {most:,} rows, there may be more; --limit asks for another number",)
        told = replace(told, notes=(*told.notes, *notes))
    return replace(told, title=f"{asked.title} {about}{told.title} in {taken:,.0f} ms", facts=facts | dict(told.facts))


def filled(
    asked: Question, given: Mapping[str, str], projection: Projection, *, fast: bool = False
) -> tuple[str, dict[str, str]]:
    """The query of a question with the values that people gave, and what each parameter stands for, in words.

    A parameter that nobody gave keeps the value of the file where that is something of this map, and the words say so.
    """
    known = {parameter.option: parameter for parameter in asked.parameters}
    terms: dict[str, str] = {}
    meant: dict[str, str] = {}
    for option, text in given.items():
        parameter = known.get(option.replace("_", "-"))
        if parameter is None:
            remedy = proposal(option, known) if known else "leave it out: it has none"
            raise InputError.of(f"'{asked.name}' has no parameter '{option[:60]}'", remedy=remedy, check="parameter")
        terms[parameter.name], meant[parameter.option] = _value(parameter, text, projection)
    for parameter in asked.parameters:
        if parameter.name not in terms:
            meant[parameter.option] = _default(asked, parameter, projection)
    return fill(asked, terms, fast=fast), meant


def most_rows(meant: Mapping[str, str]) -> int:
    """How many rows a question asks for itself, by what its parameters stand for; 0 where it asks for all.

    >>> most_rows({"limit": "20 (as nothing else is said)"}), most_rows({"service": "Shop"})
    (20, 0)
    """
    return int(number(meant.get(LIMIT, "0").split()[0]))


def wanted(parameter: Parameter) -> str:
    """What a parameter takes, in words.

    >>> wanted(Parameter("service", "sm:Service", "")), wanted(Parameter("day", "xsd:dateTime", ""))
    ('a service', 'a date or time')
    """
    if parameter.type in DATATYPES:
        return f"a {DATATYPES[parameter.type]}"
    codes = vocabulary().codes_of(_iri(parameter))
    if codes:
        return f"one of {', '.join(code.key for code in codes)}"
    label = vocabulary().classes[_iri(parameter)].label.lower()
    return f"{'an' if label[:1] in 'aeiou' else 'a'} {label}"


def listed(known: Mapping[str, Question], *, persona: str = "") -> Answer:
    """The library, by who asks; InputError when nobody of that name asks anything."""
    personas = sorted({asked.persona for asked in known.values() if asked.persona})
    if persona and persona not in personas:
        raise InputError.of(f"nobody called '{persona[:60]}' asks", remedy=proposal(persona, personas))
    chosen = [asked for asked in known.values() if not persona or asked.persona == persona]
    chosen.sort(key=lambda asked: (asked.persona, asked.name))
    return Answer(
        title=f"{count(len(chosen), 'question')}; ask one with: servicemap ask NAME FILES...",
        of="questions",
        columns=("for", "name", "question", "options"),
        rows=tuple(
            (asked.persona, asked.name, asked.title, " ".join(f"--{each.option}" for each in asked.parameters))
            for asked in chosen
        ),
    )


def _iri(parameter: Parameter) -> str:
    return SM + parameter.type.removeprefix("sm:")


def _value(parameter: Parameter, text: str, projection: Projection) -> tuple[str, str]:
    """The value that a text stands for, and that in words; InputError says what would fit."""
    try:
        if parameter.type in DATATYPES:
            value = _literal(parameter.type, text)
            return value, value
        if vocabulary().codes_of(_iri(parameter)):
            iri = code_iri(text, _iri(parameter), vocabulary())
            return iri, vocabulary().codes[iri].key
    except ValueError as error:
        message, _, remedy = str(error).partition("; ")
        raise InputError.of(f"{parameter.option}: {message}", remedy=remedy, check="parameter") from None
    return _element(parameter, text, projection)


def _element(parameter: Parameter, text: str, projection: Projection) -> tuple[str, str]:
    words, cls = vocabulary(), _iri(parameter)
    vertex = projection.find(text)
    is_a = words.classes.get(projection.classes[vertex])
    if cls != SM + "Element" and is_a is not None and not projection.stub[vertex] and not words.is_a(is_a.iri, cls):
        fitting = (
            name
            for v in range(len(projection))
            if words.is_a(projection.classes[v], cls)
            for name in (projection.ids[v], projection.labels[v])
        )
        remedy = did_you_mean(text, fitting) or f"name {wanted(parameter)}"
        message = f"{parameter.option}: '{text[:60]}' is of the kind '{is_a.label.lower()}'"
        raise InputError.of(message, remedy=remedy, check="parameter")
    return projection.iris[vertex], projection.labels[vertex]


def _literal(datatype: str, text: str) -> str:
    if datatype == "xsd:integer":
        amount = number(text)
        if amount != int(amount):
            raise ValueError(f"'{text[:60]}' is not a whole number; write one, for example '3'")
        return str(int(amount))
    if datatype == "xsd:decimal":
        return format(Decimal(number(text)), "f")
    if datatype == "xsd:boolean":
        return "true" if truth(text) else "false"
    if datatype == "xsd:date":
        return day(text.strip()).isoformat()
    return moment(text) if datatype == "xsd:dateTime" else text


def _default(asked: Question, parameter: Parameter, projection: Projection) -> str:
    """What the file asks about, in words; InputError where this map has no such element."""
    value = parameter.default_text
    if parameter.type in DATATYPES:
        return f"{value} (as nothing else is said)"
    iri = value if ":" in value and parameter.default.startswith("<") else SM + value.partition(":")[2]
    if iri in vocabulary().codes:
        return f"{vocabulary().codes[iri].key} (as nothing else is said)"
    if iri not in projection.index:
        message = f"'{asked.name}' is asked about {wanted(parameter)}"
        raise InputError.of(message, remedy=f"name one with --{parameter.option}", check="parameter")
    return f"{projection.labels[projection.index[iri]]} (as nothing else is said)"
