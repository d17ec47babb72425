"""servicemap query: ask in SPARQL."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.options import files_argument, format_option, limit_options, print_answer, source_options
from app.question import text_of

if TYPE_CHECKING:
    from graph.store import Limits

__all__ = ["command"]


@click.command("query")
@click.argument("sparql")
@files_argument
@limit_options
@click.option(
    "--service",
    "services",
    multiple=True,
    metavar="ADDRESS",
    help="Let the query call this server with SERVICE; the address as it stands in the query. May be repeated.",
)
@source_options
@format_option
def command(
    sparql: str, files: tuple[Path, ...], limits: Limits, services: tuple[str, ...],
    store: Path | str | None, namespace: str, mappings: tuple[Path, ...], form: str,
) -> None:  # fmt: skip
    """Ask the map in SPARQL 1.1. SPARQL is the query, or @FILE that holds it.

    The query sees all sources at once; each is a named graph too, to be named with FROM or GRAPH. The prefixes sm,
    rdf, rdfs, owl, xsd, skos, dcterms and prov are known. It only reads, and it cannot reach outside the map, unless
    --service allows a server. Ctrl-C stops it. Ready questions are asked with "servicemap ask".

    \b
    Examples:
      servicemap query "SELECT ?service { ?service a sm:BusinessService }" data/laundry
      servicemap query "ASK { ?x sm:dependsOn+ ?x }" data/laundry
    """
    from graph.library import questions
    from graph.maps import open_map
    from graph.model import InputError
    from graph.renamed import old_words
    from graph.reports.query import answer
    from graph.store.guard import PREFIXES, check_query, mentions_fast
    from graph.store.isolation import ask

    if sparql in questions():
        raise InputError.of(f"'{sparql}' is not SPARQL", remedy=f"for a ready question write: servicemap ask {sparql}")
    text = text_of(sparql)
    check_query(text, services=services)
    opened = open_map(files, store=store, namespace=namespace, mappings=mappings)
    if mentions_fast(text):
        _ = opened.projection  # made and kept before the time of the query begins
    told = answer(ask(opened.store, text, limits, services=services))
    old = dict.fromkeys(map(str, old_words(text, PREFIXES)))
    print_answer(replace(told, notes=(*told.notes, *old)), form)
