"""How does the query page look before anything is answered? Library, head, typed fields, and what the browser needs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from dash import html
from dash.development.base_component import Component

from app.atlas import Atlas
from app.parts import attrs, button, sentence
from app.query.asked import ROWS, Asked, link
from graph.asking import wanted
from graph.library import DATATYPES, HOME, LIMIT, Parameter, Question
from graph.look import slug
from graph.model import InputError
from ontology.terms import SM
from ontology.vocabulary import vocabulary

__all__ = ["bare", "fields", "head", "shelves"]

_HEAD = re.compile(r"#\s*(title|persona|rows|parameter|why|file)\s*:")
_KINDS = {"xsd:date": "date", "xsd:dateTime": "moment", "xsd:boolean": "choice", "xsd:string": "text"}


def shelves(known: Mapping[str, Question], asked: Asked) -> list[Component]:
    """The ready questions by who asks them; those that hold the words."""
    words = asked.words.casefold().split()
    fits = [each for each in known.values() if all(word in _said(each) for word in words)]
    parts: list[Component] = []
    for persona in sorted({each.persona for each in fits}):
        rows = [_row(each, asked) for each in sorted(fits, key=lambda each: each.title) if each.persona == persona]
        parts.append(html.Section([html.H2(sentence(persona or "anybody")), html.Ul(rows)], className="facet"))
    if not fits:
        clear = html.A("Show all questions", href=link(Asked(**_without_words(asked))), className="more-link")
        parts.append(html.Div([html.P(f"No question holds “{asked.words}”."), clear], className="words facet"))
    return parts


def _without_words(asked: Asked) -> dict[str, Any]:
    return {"name": asked.name, "values": asked.values, "text": asked.text, "rows": asked.rows, "view": asked.view}


def _said(question: Question) -> str:
    return f"{question.title} {question.name} {question.persona}".casefold()


def _row(question: Question, asked: Asked) -> Component:
    here = {"aria-current": "true"} if question.name == asked.name else {}
    words = html.Span(question.title, className="anywhere grow")
    return html.Li(html.A(words, href=link(asked.asking(question.name)), **attrs(here)))


def head(asked: Asked, question: Question | None, text: str) -> list[Component]:
    """The question in words, where it is from, and what can be done with it."""
    if question is None:
        title = "Your own query" if asked.anything else "Ask the map"
        tag = "Not in the library" if asked.anything else "A question of the library, or a query of your own"
        copy = [] if asked.anything else [button("Write a query", name="pencil", **attrs({"data-act": "query-write"}))]
    else:
        title, tag = question.title, _origin(question)
        copy = [button("Edit a copy", name="pencil", href=link(Asked(text=text, rows=asked.rows)))]
    return [
        html.Div(
            [html.H2(title, className="anywhere"), html.Span(tag, className="tag not-phone")],
            className="grow query-name",
        ),
        *copy,
    ]


def _origin(question: Question) -> str:
    shipped = (HOME / f"{question.name}.rq").exists()
    return "Library, read only" if shipped else "Your organisation's library, read only"


def fields(atlas: Atlas, question: Question | None, asked: Asked) -> list[dict[str, Any]]:
    """What can be filled in: each parameter with its type, its value, and what there is to pick from."""
    found = [_field(atlas, each, asked.values.get(each.option, "")) for each in question.parameters] if question else []
    rows = [{"value": str(number), "words": f"{number:,}"} for number in ROWS]
    found.append(
        {
            "key": "rows",
            "words": "Limit of the page",
            "code": "limit",
            "kind": "choice",
            "value": str(asked.rows),
            "choices": rows,
        }
    )
    return found


def _field(atlas: Atlas, parameter: Parameter, given: str) -> dict[str, Any]:
    shared: dict[str, Any] = {
        "key": f"${parameter.option}",
        "words": "Limit of the question" if parameter.name == LIMIT else sentence(parameter.name.replace("_", " ")),
        "code": f"?{parameter.name}",
        "type": parameter.type,
        "hint": sentence(wanted(parameter)),
        "value": given,
    }
    if parameter.type in DATATYPES:
        kind = _KINDS.get(parameter.type, "number")
        choices = [{"value": each, "words": sentence(each)} for each in ("yes", "no")] if kind == "choice" else []
        usual = parameter.default_text
        if kind == "choice":
            usual = "yes" if usual in ("true", "1") else "no"
        return {**shared, "kind": kind, "value": given or usual, "choices": choices}
    if codes := vocabulary().codes_of(SM + parameter.type[3:]):
        usual = next((code.key for code in codes if code.iri == SM + parameter.default_text.partition(":")[2]), "")
        return {**shared, "kind": "choice", "value": given or usual, "choices": list(_choices(codes))}
    return {**shared, "kind": "element", **_picked(atlas, parameter, given)}


def _choices(codes: Iterable[Any]) -> Iterable[dict[str, str]]:
    return ({"value": code.key, "words": sentence(code.label)} for code in codes)


def _picked(atlas: Atlas, parameter: Parameter, given: str) -> dict[str, Any]:
    """The element that a field holds: what the address says, or what the file of the question says where it is here."""
    p = atlas.projection
    try:
        element = p.find(given) if given else p.index.get(parameter.default_text)
    except InputError:
        return {"value": given, "label": given}
    if element is None:
        return {"value": "", "label": ""}
    return {"value": p.ids[element], "label": p.labels[element], "look": slug(atlas.look[element])}


def bare(text: str) -> str:
    r"""A query without the lines above it that say its title and parameters: the page says them elsewhere.

    >>> bare("# title: All?\n# only these\nASK {}")
    '# only these\nASK {}'
    """
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines):
        if line.strip() and not line.startswith("#"):
            return "".join([each for each in lines[:number] if not _HEAD.match(each)] + lines[number:])
    return text
