"""How does the query page look before anything is answered? Library, head, typed fields, and what the browser needs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
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

_HEAD = re.compile(r"#\s*(title|persona|words|rows|parameter|why|file)\s*:")
_WORD, _MOST_WORDS, _LONGEST_WORD = re.compile(r"\w+"), 12, 40
_KINDS = {"xsd:date": "date", "xsd:dateTime": "moment", "xsd:boolean": "choice", "xsd:string": "text"}


def shelves(known: Mapping[str, Question], asked: Asked) -> list[Component]:
    """The ready questions by who asks them; those that hold the words."""
    fits, near = _fitting(known.values(), asked.words)
    parts: list[Component] = []
    for persona in sorted({each.persona for each in fits}):
        rows = [_row(each, asked) for each in sorted(fits, key=lambda each: each.title) if each.persona == persona]
        parts.append(html.Section([html.H2(sentence(persona or "anybody")), html.Ul(rows)], className="facet"))
    if near or not fits:
        clear = html.A("Show all questions", href=link(Asked(**_without_words(asked))), className="more-link")
        also = " These hold some of it:" if fits else ""
        parts.insert(0, html.Div([html.P(f"No question holds “{asked.words}”.{also}"), clear], className="words facet"))
    return parts


def _fitting(known: Iterable[Question], words: str) -> tuple[list[Question], bool]:
    """The questions that hold all words, first of all by what they ask; where none does, the nearest, which is said.

    A word that none holds counts as the one that it is most like.
    """
    asked, known = words.casefold().split(), list(known)
    for said in (_asks, _said):
        if fits := [each for each in known if all(word in said(each) for word in asked)]:
            return fits, False
    held = sorted({word for each in known for word in _WORD.findall(_said(each)) if len(word) > 3})
    meant = [
        word if any(word in _said(each) for each in known) else next(iter(get_close_matches(word, held, 1, 0.75)), "")
        for word in asked[:_MOST_WORDS]
        if len(word) <= _LONGEST_WORD
    ]
    some = {each.name: sum(word in _said(each) for word in meant if len(word) > 2) for each in known}
    most = max(some.values(), default=0)
    return [each for each in known if most and some[each.name] == most], True


def _without_words(asked: Asked) -> dict[str, Any]:
    return {"name": asked.name, "values": asked.values, "text": asked.text, "rows": asked.rows, "view": asked.view}


def _asks(question: Question) -> str:
    return f"{question.title} {question.name} {question.words}".casefold()


def _said(question: Question) -> str:
    return f"{_asks(question)} {question.persona}".casefold()


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
            "words": "Rows at most",
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
