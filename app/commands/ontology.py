"""servicemap ontology: which words are there, and are they well made?"""

from __future__ import annotations

from pathlib import Path

import click

from app.options import format_option, print_answer

__all__ = ["command"]


@click.group("ontology")
def command() -> None:
    """Look at the vocabulary: its words, and how well it is made.

    \b
    Examples:
      servicemap ontology terms
      servicemap ontology terms agreement
      servicemap ontology lint
    """


@command.command("terms")
@click.argument("text", default="")
@format_option
def terms(text: str, form: str) -> None:
    """List the words of the vocabulary; with TEXT only those that hold it in their name or definition."""
    from graph.reports.terms import terms
    from ontology.vocabulary import vocabulary

    print_answer(terms(vocabulary(), text), form)


@command.command("lint")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--namespace", help="Look at terms whose address begins so; without it, at servicemap's own.")
@format_option
def lint(files: tuple[Path, ...], namespace: str | None, form: str) -> None:
    """Look for pitfalls in Turtle FILES, or in the shipped vocabulary. Leaves with 1 when one is critical."""
    from graph.model import InputError
    from graph.reports.terms import pitfalls
    from ontology import terms as t
    from ontology.lint import lint

    try:
        found = lint(files or None, namespace=namespace or t.SM)
    except (SyntaxError, OSError, ValueError) as error:
        message = f"a file cannot be read as Turtle ({error})"
        raise InputError.of(message, remedy="correct it, or leave it out") from error
    print_answer(pitfalls(found), form)
    raise click.exceptions.Exit(1 if any(p.critical for p in found) else 0)
