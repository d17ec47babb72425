"""What does the query page ask the server for? Answers as JSON, CSV and other notations, and things to pick from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from functools import partial
from itertools import islice

import numpy as np
from flask import Flask, Response, jsonify, request

from app.atlas import Atlas
from app.live import Live
from app.query.answers import Answers
from app.query.asked import Asked
from app.query.chart import SIZES, chart
from app.query.chart import svg as bars
from app.query.picture import picture
from app.query.told import Told
from app.sparql.endpoint import Endpoint
from graph.look import Scheme, slug
from graph.model import InputError
from graph.reports import csv, svg
from ontology.terms import SM
from ontology.vocabulary import vocabulary

__all__ = ["RAW", "connect"]

RAW: Mapping[str, tuple[str, str]] = {
    "srj": ("json", "application/sparql-results+json"),
    "srx": ("xml", "application/sparql-results+xml"),
    "tsv": ("tsv", "text/tab-separated-values"),
    "ttl": ("turtle", "text/turtle"),
    "nt": ("ntriples", "application/n-triples"),
    "jsonld": ("jsonld", "application/ld+json"),
    "rdf": ("rdfxml", "application/rdf+xml"),
}
"""Ending of an address -> notation, and what it is sent as: the first three for rows, the others for graphs."""
_PICKS, _SEARCHED = 12, 400


def connect(server: Flask, live: Live, endpoint: Endpoint) -> None:
    """Add the addresses of the query page to a server."""
    files = _Files(live, Answers(live, endpoint))
    for address, answer in files.addresses().items():
        server.add_url_rule(address, address, answer)
    for ending, (notation, media) in RAW.items():
        address = f"/query.{ending}"
        server.add_url_rule(address, address, partial(files.raw, notation, media, ending))
    server.add_url_rule("/query/library.json", "keep a question", files.keep, methods=["POST"])
    server.add_url_rule("/query/check.json", "check a query", files.check, methods=["POST"])


class _Files:
    """What each address answers."""

    def __init__(self, live: Live, answers: Answers) -> None:
        self._live, self._answers = live, answers

    def addresses(self) -> dict[str, Callable[[], Response]]:
        """What is asked for with GET."""
        return {
            "/query.json": lambda: jsonify(self._told().values(part=_part())),
            "/query.csv": self._csv,
            "/query.svg": self._chart,
            "/query.light.svg": lambda: self._picture("light"),
            "/query.dark.svg": lambda: self._picture("dark"),
            "/query/picks.json": self._found,
            "/query/library.json": lambda: jsonify(
                {"may": not self._answers.may_keep(), "why": self._answers.may_keep()}
            ),
            "/query/words.json": lambda: jsonify(self._answers.words()),
        }

    def check(self) -> Response:
        """What is wrong with the query that is sent."""
        text = request.get_data(as_text=True)
        return jsonify({"wrong": [asdict(each) for each in self._answers.check(text)[:20]]})

    def raw(self, notation: str, media: str, ending: str) -> Response:
        """The answer as the engine writes it."""
        asked = Asked.parse(_query())
        answering = self._answers.raw(asked, notation)
        response = Response(b"".join(answering), mimetype=media)
        response.headers["Content-Disposition"] = f'attachment; filename="{asked.name or "query"}.{ending}"'
        if answering.truncated:
            response.headers["Servicemap-Truncated"] = answering.truncated
        return response

    def keep(self) -> tuple[Response, int]:
        """Add a question to the library."""
        said = request.get_json(silent=True)
        if not isinstance(said, dict) or not all(isinstance(said.get(key), str) for key in ("name", "text")):
            raise InputError.of("a question is sent as JSON with 'name' and 'text'", remedy="send both")
        kept = self._answers.keep(said["name"], said["text"])
        return jsonify({"name": kept.name, "title": kept.title}), 201

    def _told(self) -> Told:
        fresh = "no-cache" in request.headers.get("Cache-Control", "")
        return Told(self._live.atlas, self._answers.answer(Asked.parse(_query()), fresh=fresh))

    def _csv(self) -> Response:
        found = self._told()
        response = Response(csv.write(found.answer()), mimetype="text/csv")
        response.headers["Content-Disposition"] = f'attachment; filename="{found.asked.name or "query"}.csv"'
        if found.table.truncated:
            response.headers["Servicemap-Truncated"] = found.table.truncated
        return response

    def _chart(self) -> Response:
        drawn, size = chart(self._told()), request.args.get("size", "")
        return _drawing(bars(drawn, size=size if size in SIZES else "wide"), drawn.left_out)

    def _picture(self, scheme: Scheme) -> Response:
        drawing, layout = picture(self._told(), narrow=request.args.get("size") == "narrow")
        return _drawing(svg.write(drawing, layout, scheme=scheme), "; ".join(drawing.notes))

    def _found(self) -> Response:
        kind, words = request.args.get("type", "sm:Element")[:100], request.args.get("q", "")[:200]
        return jsonify({"picks": list(islice(_picks(self._live.atlas, kind, words), _PICKS))})


def _part() -> int:
    """Which page of the rows is wanted, 0 for all."""
    said = request.args.get("part", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 7 else 0


def _drawing(text: str, left_out: str) -> Response:
    response = Response(text, mimetype="image/svg+xml")
    if left_out:
        response.headers["Servicemap-Left-Out"] = left_out
    return response


def _picks(atlas: Atlas, kind: str, words: str) -> Iterator[dict[str, str]]:
    """Elements of a class that words find, the best first; without words the most used."""
    p, known, wanted = atlas.projection, vocabulary(), SM + kind.removeprefix("sm:")
    if words.strip():
        order = [hit.element for hit in atlas.index.search(words, limit=_SEARCHED)]
    else:
        start, _ = p.used_by
        order = np.argsort(-np.diff(start[: len(p) + 1]), kind="stable").tolist()
    for element in order:
        cls = p.classes[element]
        if wanted == f"{SM}Element" or (cls in known.classes and known.is_a(cls, wanted)):
            yield {
                "id": p.ids[element],
                "iri": p.iris[element],
                "label": p.labels[element],
                "kind": atlas.kind(element),
                "look": slug(atlas.look[element]),
            }


def _query() -> str:
    return request.query_string.decode("utf-8", "replace")
