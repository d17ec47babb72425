"""Which graph does a request mean, and what is to go into it? The SPARQL 1.1 Graph Store Protocol."""

from __future__ import annotations

from uuid import uuid4

from flask import Request

from app.problem import Problem
from app.sparql.notations import GRAPHS, notation_of
from graph.store.interface import DEFAULT

__all__ = ["EVERY_GRAPH", "graph_of", "new_graph", "parts_of"]

EVERY_GRAPH = "*"
_LARGEST = 50_000_000
_NO_IRI = frozenset(' <>"{}|\\^`')


def graph_of(request: Request, rest: str) -> str:
    """The graph that the address means: named by ``?graph=``, ``?default``, or by the address itself.

    ``EVERY_GRAPH`` where none is named. Problem where more than one is, or its name is no IRI.
    """
    named, default = request.args.getlist("graph"), "default" in request.args
    if len(named) + default > 1 or (rest and (named or default)):
        raise Problem(400, "Bad request", "more than one graph is named", "name one with ?graph=")
    if rest:
        return request.base_url
    if not named:
        return DEFAULT if default else EVERY_GRAPH
    if ":" not in named[0] or _NO_IRI.intersection(named[0]) or not named[0].isprintable():
        raise Problem(400, "Bad request", f"'{named[0][:100]}' is no address of a graph", "write the IRI in full")
    return named[0]


def new_graph(request: Request) -> str:
    """An address for a graph that has none."""
    return f"{request.base_url.rstrip('/')}/{uuid4()}"


def parts_of(request: Request) -> list[tuple[str, bytes]]:
    """What is sent, in parts: notation and text of each. Problem for what is no notation of RDF."""
    request.max_content_length = _LARGEST
    if request.mimetype == "multipart/form-data":
        request.max_form_memory_size = _LARGEST
        found = [(part.content_type or "", part.read()) for part in request.files.values()]
    else:
        found = [(request.content_type or "", request.get_data(cache=False))]
    parts = []
    for content_type, text in found:
        notation = notation_of(content_type)
        if notation is None:
            said = f"'{content_type[:100]}' is no notation of RDF" if content_type else "there is no Content-Type"
            raise Problem(415, "Media type not known", said, f"send one of {', '.join(list(GRAPHS)[:6])}")
        parts.append((notation, text))
    return parts
