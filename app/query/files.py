"""What does the query page ask the server for? Answers as JSON, CSV and other notations, and things to pick from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from itertools import islice

from flask import Flask, Response, jsonify, request

from app.atlas import Atlas
from app.live import Live
from app.query.answers import Answers
from app.query.asked import Asked
from app.query.told import Told
from app.sparql.endpoint import Endpoint
from graph.analysis.search import search
from graph.look import slug
from graph.reports import csv
from ontology.terms import SM
from ontology.vocabulary import vocabulary

__all__ = ["connect"]

_PICKS, _SEARCHED = 12, 400


def connect(server: Flask, live: Live, endpoint: Endpoint) -> Answers:
    """Add the addresses of the query page to a server; gives what answers there."""
    answers = Answers(live, endpoint)

    def told() -> Told:
        fresh = "no-cache" in request.headers.get("Cache-Control", "")
        return Told(live.atlas, answers.answer(Asked.parse(_query()), fresh=fresh))

    def as_json() -> Response:
        return jsonify(told().values())

    def as_csv() -> Response:
        found = told()
        response = Response(csv.write(found.answer()), mimetype="text/csv")
        response.headers["Content-Disposition"] = f'attachment; filename="{found.asked.name or "query"}.csv"'
        if found.table.truncated:
            response.headers["Servicemap-Truncated"] = found.table.truncated
        return response

    def picks() -> Response:
        kind, words = request.args.get("type", "sm:Element")[:100], request.args.get("q", "")[:200]
        return jsonify({"picks": list(islice(_picks(live.atlas, kind, words), _PICKS))})

    def words() -> Response:
        return jsonify(answers.words())

    def check() -> Response:
        text = request.get_data(as_text=True)
        return jsonify({"wrong": [asdict(each) for each in answers.check(text)[:20]]})

    addresses: dict[str, Callable[[], Response]] = {
        "/query.json": as_json,
        "/query.csv": as_csv,
        "/query/picks.json": picks,
        "/query/words.json": words,
    }
    for address, answer in addresses.items():
        server.add_url_rule(address, address, answer)
    server.add_url_rule("/query/check.json", "check a query", check, methods=["POST"])
    return answers


def _picks(atlas: Atlas, kind: str, words: str) -> Iterator[dict[str, str]]:
    """Elements of a class that words find, the best first; without words the most used."""
    p, known, wanted = atlas.projection, vocabulary(), SM + kind.removeprefix("sm:")
    if words.strip():
        order = [hit.element for hit in search(p, words, limit=_SEARCHED)]
    else:
        order = sorted(range(len(p)), key=lambda e: (-atlas.users(e), p.labels[e]))
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
