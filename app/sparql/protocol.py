"""What does a request to the SPARQL endpoint ask for? A query, an update, or the description: SPARQL 1.1 Protocol."""

from __future__ import annotations

import re
from binascii import a2b_qp
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple
from urllib.parse import parse_qsl

from flask import Request
from werkzeug.http import parse_options_header

from app.problem import Problem

__all__ = ["Operation", "Sent", "operation", "sent"]

_FORM, _QUERY, _UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
_MOST_FIELDS, _MOST_GRAPHS = 2_100, 1_000
_ESCAPES = re.compile(r"query=([!-$'-~]*+(?:%[0-9A-Fa-f]{2}[!-$'-~]*+)*+)")


@dataclass(frozen=True, slots=True)
class Operation:
    """What is to be done. ``default`` and ``named`` are the graphs of the dataset, None for all."""

    kind: Literal["query", "update", "description"]
    text: str = ""
    default: tuple[str, ...] | None = None
    named: tuple[str, ...] | None = None


class Sent(NamedTuple):
    """What of a request says what it asks for."""

    method: str
    query: str
    content_type: str
    body: Callable[[], bytes]


def sent(request: Request) -> Sent:
    """That of a request."""
    query = request.query_string.decode("utf-8", "replace")
    return Sent(request.method, query, request.content_type or "", lambda: request.get_data(cache=False))


def operation(request: Sent) -> Operation:
    """Read a request; Problem where it is none that the protocol knows."""
    fields = _fields(request.query)
    if request.method in ("GET", "HEAD"):
        if _texts(fields, "update"):
            raise Problem(400, "Bad request", "an update cannot be asked for with GET", "send it with POST")
        return _query(fields) if _texts(fields, "query") else Operation("description")
    return _posted(request, fields)


def _posted(request: Sent, fields: list[tuple[str, str]]) -> Operation:
    media, charset = request.content_type, "utf-8"
    if media not in (_FORM, _QUERY):
        media, parameters = parse_options_header(media)
        media, charset = media.lower(), parameters.get("charset", "utf-8")
    if media not in (_FORM, _QUERY, _UPDATE):
        said = f"'{media[:100]}' is not how a query is sent" if media else "the body has no Content-Type"
        raise Problem(415, "Media type not known", said, f"send a form ({_FORM}), or the query alone as {_QUERY}")
    if charset.lower().replace("_", "-") not in ("utf-8", "utf8"):
        raise Problem(415, "Not UTF-8", f"the charset '{charset[:50]}' is not read here", "send UTF-8")
    try:
        body = request.body().decode("utf-8")
    except UnicodeDecodeError:
        raise Problem(400, "Not UTF-8", "the body is not UTF-8", "send UTF-8") from None
    if media == _FORM:
        fields = fields + _fields(body)
    else:
        if _texts(fields, "query") or _texts(fields, "update"):
            raise Problem(400, "Bad request", "a query stands in the address and in the body", "leave one of them out")
        fields = [*fields, ("query" if media == _QUERY else "update", body)]
    if _texts(fields, "update"):
        if _texts(fields, "query"):
            raise Problem(400, "Bad request", "a query and an update are sent together", "send one after the other")
        return _update(fields)
    return _query(fields)


def _fields(text: str) -> list[tuple[str, str]]:
    if not text:
        return []
    if (alone := _ESCAPES.fullmatch(text)) is not None:
        # the same by a compiled reader of =XX, for what most programs send
        escaped = alone[1].replace("=", "=3D").replace("%", "=").replace("+", " ")
        return [("query", a2b_qp(escaped).decode("utf-8", "replace"))]
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise Problem(
            400, "Bad request", "there are too many parameters", f"name {_MOST_GRAPHS:,} graphs at most"
        ) from None


def _texts(fields: list[tuple[str, str]], name: str) -> list[str]:
    return [value for key, value in fields if key == name]


def _query(fields: list[tuple[str, str]]) -> Operation:
    if len(fields) == 1 and fields[0][0] == "query":
        return Operation(*fields[0])  # type: ignore[arg-type]  # as just asked
    default, named = _graphs(fields, "default-graph-uri"), _graphs(fields, "named-graph-uri")
    return Operation("query", _only(fields, "query"), default, named)


def _update(fields: list[tuple[str, str]]) -> Operation:
    default, named = _graphs(fields, "using-graph-uri"), _graphs(fields, "using-named-graph-uri")
    return Operation("update", _only(fields, "update"), default, named)


def _only(fields: list[tuple[str, str]], name: str) -> str:
    found = _texts(fields, name)
    if len(found) != 1:
        said = f"there are {len(found)} of '{name}'" if found else f"there is no '{name}'"
        raise Problem(400, "Bad request", said, f"send one {name}")
    return found[0]


def _graphs(fields: list[tuple[str, str]], name: str) -> tuple[str, ...] | None:
    found = tuple(dict.fromkeys(_texts(fields, name)))
    if len(found) > _MOST_GRAPHS:
        raise Problem(400, "Bad request", f"there are {len(found):,} of '{name}'", f"name {_MOST_GRAPHS:,} at most")
    for graph in found:
        if ":" not in graph or any(sign in graph for sign in ' <>"{}|\\^`') or not graph.isprintable():
            raise Problem(400, "Bad request", f"'{graph[:100]}' is no address of a graph", "write the IRI in full")
    return found or None
