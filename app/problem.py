"""How is an error told to a program? Every address answers with the same shape of JSON."""

from __future__ import annotations

import re

from flask import Response, jsonify

from graph.model import InputError

__all__ = ["PROGRAMS", "Problem", "challenged", "kind_of", "of_input", "problem", "without_letters", "without_options"]

PROGRAMS = ("/sparql", "/graphs", "/metrics", "/mcp")  # addresses that people do not look at

_PLACE = re.compile(r"\bat (?:line )?(\d+)(?::| column )(\d+)")
_LETTERS = re.compile(r",? \[.*", re.DOTALL)  # the parser's long lists of letters that it could have taken
_OPTION = re.compile(r",? or raise --[a-z-]+")
_STATUS = {
    "syntax": (400, "Not SPARQL"),
    "not-acceptable": (406, "Not acceptable"),
    "no-graph": (404, "No such graph"),
    "too-large": (413, "Too large"),
    "large": (413, "Too large"),
    "late": (503, "Stopped: too slow"),
    "hungry": (503, "Stopped: too much memory"),
    "busy": (503, "Busy"),
    "share": (429, "Too many at a time"),
    "died": (500, "The query broke its worker"),
    "refused": (403, "Refused"),
    "forbidden": (403, "Not allowed"),
    "away": (503, "The map is out of reach"),
    "media-type": (415, "Media type not known"),
}


class Problem(Exception):  # noqa: N818  (it says what is the case)
    """What a request got wrong: an HTTP status, a title, what is wrong, and what to do instead."""

    def __init__(self, status: int, title: str, detail: str, remedy: str) -> None:
        super().__init__(detail)
        self.status, self.title, self.detail, self.help = status, title, detail, remedy


def problem(status: int, title: str, detail: str, remedy: str) -> Response:
    """The answer that says so; ``position`` is there where the words name a line and a column."""
    said: dict[str, object] = {"status": status, "title": title, "detail": detail, "help": remedy}
    if place := _PLACE.search(detail):
        said["position"] = {"line": int(place[1]), "column": int(place[2])}
    response = jsonify({"error": said})
    response.status_code = status
    if status in (429, 503):
        response.headers["Retry-After"] = "1"
    return challenged(response)


def challenged(response: Response) -> Response:
    """The same, and where it asks who one is, the ways to say so; a browser takes a token as a password."""
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="servicemap", charset="UTF-8", Bearer realm="servicemap"'
    return response


def without_letters(message: str) -> str:
    """The words of a parser without its long list of the letters that it could have taken.

    >>> without_letters("error at 1:2: expected one of a, ['0'..='9'], [x]")
    'error at 1:2: expected one of a ...'
    """
    return _LETTERS.sub(" ...", message)


def without_options(remedy: str) -> str:
    """A remedy without the options of the command line, which neither a page nor a program has.

    >>> without_options("ask for less, or raise --seconds")
    'ask for less'
    """
    return _OPTION.sub("", remedy)


def kind_of(check: str) -> tuple[int, str]:
    """The HTTP status and the title for a kind of refusal.

    >>> kind_of("late"), kind_of("input")
    ((503, 'Stopped: too slow'), (400, 'This cannot be answered'))
    """
    return _STATUS.get(check, (400, "This cannot be answered"))


def of_input(error: InputError) -> Response:
    """The answer for what cannot be used."""
    first = error.problems[0]
    status, title = _STATUS.get(first.check, (400, "Bad request"))
    return problem(status, title, without_letters(first.message), without_options(first.remedy) or _HINT)


_HINT = "look at the line and column that are named; sm, rdf, rdfs, owl, xsd, skos, dcterms and prov are known prefixes"
