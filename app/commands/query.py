"""servicemap query: ask in SPARQL."""

from __future__ import annotations

import math
from pathlib import Path

import click

from app.options import files_argument, format_option, print_answer, source_options
from app.question import text_of
from graph.answer import Answer

__all__ = ["command"]


def _finite(_context: click.Context, _option: click.Parameter, value: float) -> float:
    if not math.isfinite(value):
        raise click.BadParameter(f"{value} is no number of seconds.")
    return value


@click.command("query")
@click.argument("sparql")
@files_argument
@click.option(
    "--seconds",
    type=click.FloatRange(0.01, 3600),
    default=10,
    show_default=True,
    callback=_finite,
    help="Stop the query after so long.",
)
@click.option(
    "--memory",
    type=click.IntRange(10, 1_000_000),
    default=1000,
    show_default=True,
    help="Stop it when it needs more MB than this.",
)
@click.option("--rows", type=click.IntRange(1), default=10_000, show_default=True, help="At most so many rows.")
@click.option(
    "--size",
    type=click.IntRange(1, 1_000),
    default=20,
    show_default=True,
    help="At most so many MB of answer.",
)
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
    sparql: str, files: tuple[Path, ...], seconds: float, memory: int, rows: int, size: int, services: tuple[str, ...],
    store: Path | None, namespace: str, mappings: tuple[Path, ...], form: str,
) -> None:  # fmt: skip
    """Ask the map in SPARQL 1.1. SPARQL is the query, @FILE that holds it, or the name of a ready question.

    The query sees all sources at once; each is a named graph too, to be named with FROM or GRAPH. The prefixes sm,
    rdf, rdfs, owl, xsd, skos, dcterms and prov are known. It only reads, and it cannot reach outside the map, unless
    --service allows a server. Ctrl-C stops it.

    \b
    Examples:
      servicemap query "SELECT ?service { ?service a sm:BusinessService }" data/laundry
      servicemap query "ASK { ?x sm:dependsOn+ ?x }" data/laundry
      servicemap query services-and-owners data/laundry
      servicemap query list
    """
    from graph.maps import open_map
    from graph.reports.query import answer
    from graph.store import Limits
    from graph.store.guard import check_query
    from graph.store.isolation import ask

    if sparql == "list" and not files:
        print_answer(_questions(), form)
        return
    text = text_of(sparql)
    check_query(text, services=services)
    opened = open_map(files, store=store, namespace=namespace, mappings=mappings)
    limits = Limits(seconds=seconds, memory=memory * 1_000_000, rows=rows, size=size * 1_000_000)
    print_answer(answer(ask(opened.store, text, limits, services=services)), form)


def _questions() -> Answer:
    from graph.library import questions

    rows = tuple((name, question.title) for name, question in questions().items())
    return Answer("ask one with: servicemap query NAME FILES...", "questions", ("name", "question"), rows)
