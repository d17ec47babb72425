"""How is the vocabulary served? At /ontology, as pages for people or in the notation of RDF that a program asks for.

``/ontology``, ``/ontology/MODULE``  the whole, or a module: what ``Accept`` says, or an ending such as ``.ttl``
``/ontology/term/NAME``              303 to where the word is explained, or described in that notation
``/ontology/FILE``                   the files as ``servicemap ontology docs`` writes them
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask, Response, request

from app.accept import best
from app.missing import Missing
from graph.wordbook import wordbook
from graph.wordbook.files import WHOLE

__all__ = ["answer_vocabulary", "chosen"]

_HOME = "/ontology"
_BACK = '<a href="/map">Back to the map</a>'  # only where there is a map: not in the files that are written
# ending of the file: media types that ask for it; the first is the one it is sent as
TYPES: Mapping[str, tuple[str, ...]] = {
    "ttl": ("text/turtle",),
    "html": ("text/html", "application/xhtml+xml"),
    "jsonld": ("application/ld+json", "application/json"),
    "rdf": ("application/rdf+xml",),
    "nt": ("application/n-triples",),
    "css": ("text/css",),
}
_OFFERED = ("ttl", "html", "jsonld", "rdf", "nt")


def answer_vocabulary(server: Flask) -> None:
    """Add the addresses of the vocabulary to a server."""
    server.add_url_rule(_HOME, "vocabulary", lambda: _negotiated(WHOLE))
    server.add_url_rule(f"{_HOME}/", "vocabulary folder", lambda: _to(_HOME, 308))
    server.add_url_rule(f"{_HOME}.<ending>", "vocabulary by ending", lambda ending: _file(f"{WHOLE}.{ending}"))
    server.add_url_rule(f"{_HOME}/term/<name>", "word", _word)
    server.add_url_rule(f"{_HOME}/<name>", "vocabulary file", _named)


def chosen(accept: str) -> str | None:
    """The ending that an ``Accept`` header asks for: the highest weight, Turtle where all are equal; None for none.

    >>> chosen("text/html,application/xml;q=0.9,*/*;q=0.8"), chosen("*/*"), chosen("image/png")
    ('html', 'ttl', None)
    """
    media = best(accept, [media for ending in _OFFERED for media in TYPES[ending]])
    return next((ending for ending in _OFFERED if media in TYPES[ending]), None)


def _named(name: str) -> Response:
    book = wordbook()
    if name == book.book.version:
        return _negotiated(WHOLE)
    return _negotiated(name) if name in book.modules() else _file(name)


def _negotiated(name: str) -> Response:
    """A module in what is asked for; pages are at an address of their own, where their links lead on."""
    ending = chosen(request.headers.get("Accept", ""))
    if ending is None:
        return _not_acceptable(f"{_HOME}/{name}")
    if ending == "html":
        return _varying(_to(f"{_HOME}/{'index' if name == WHOLE else name}.html"))
    response = _varying(_sent(wordbook().file(f"{name}.{ending}"), ending))
    response.headers["Content-Location"] = f"{_HOME}/{name}.{ending}"
    return response


def _word(name: str) -> Response:
    """A word is not a page: whoever asks for it is sent to what is said about it."""
    stem, dot, ending = name.rpartition(".")
    try:
        if not dot:
            place = wordbook().book.place(name)
            wanted = chosen(request.headers.get("Accept", ""))
            if wanted is None:
                return _not_acceptable(f"{_HOME}/term/{name}")
            to = f"{_HOME}/{place}" if wanted == "html" else f"{_HOME}/term/{name}.{wanted}"
            return _varying(_to(to))
        if ending == "html":
            return _to(f"{_HOME}/{wordbook().book.place(stem)}")
        return _sent(wordbook().word(stem, ending), ending)
    except KeyError:
        raise _no_such(f"term/{name}") from None


def _file(name: str) -> Response:
    if name == f"{WHOLE}.html":
        return _to(f"{_HOME}/index.html")
    try:
        return _sent(wordbook().file(name), name.rpartition(".")[2])
    except KeyError:
        raise _no_such(name) from None


def _sent(text: str, ending: str) -> Response:
    if ending == "html":
        text = text.replace("</header>", f"{_BACK}</header>", 1)
    return Response(text, content_type=f"{TYPES[ending][0]}; charset=utf-8")


def _to(address: str, status: int = 303) -> Response:
    return Response(status=status, headers={"Location": address})


def _varying(response: Response) -> Response:
    response.headers.add("Vary", "Accept")
    return response


def _not_acceptable(address: str) -> Response:
    """What there is instead, a line each."""
    lines = [f"{address}.{ending}  {TYPES[ending][0]}" for ending in _OFFERED]
    text = "\n".join(["None of what you accept is here. There are:", *lines, ""])
    return _varying(Response(text, status=406, content_type="text/plain; charset=utf-8"))


def _no_such(name: str) -> Missing:
    return Missing(
        "No such page of the vocabulary",
        f"there is no {name[:80]} in it",
        "look it up in the list of all words",
        {f"{_HOME}/index.html": "Show the vocabulary"},
    )
