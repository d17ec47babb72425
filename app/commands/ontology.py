"""servicemap ontology: which words are there, are they well made, and how are they published?"""

from __future__ import annotations

from pathlib import Path

import click

from app.options import SomePath, format_option, print_answer, say

__all__ = ["command"]

_NOTATIONS = ("jsonld", "nquads", "ntriples", "rdfxml", "trig", "turtle")


@click.group("ontology")
def command() -> None:
    """Look at the vocabulary: its words, how well it is made, and how it is published.

    \b
    Examples:
      servicemap ontology terms
      servicemap ontology terms agreement
      servicemap ontology lint
      servicemap ontology docs --out words
      servicemap ontology context --out context.jsonld
      servicemap ontology diff words/servicemap.ttl
      servicemap ontology convert words/core.ttl --to jsonld
      servicemap ontology migrate data/laundry/services.yaml
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


@command.command("docs")
@click.option("--out", required=True, type=SomePath(), metavar="FOLDER", help="The folder to write; made if missing.")
def docs(out: Path) -> None:
    """Write the reference of the vocabulary as HTML, with each module as Turtle, JSON-LD, RDF/XML and N-Triples.

    The pages need no server, no script and nothing from elsewhere: begin with index.html. 'servicemap serve' shows the
    same at /ontology.
    """
    from app.outfile import write_whole
    from graph.answer import count
    from graph.model import InputError
    from graph.wordbook import wordbook

    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"the folder '{out}' cannot be made ({error.strerror or error})"
        raise InputError.of(message, remedy="name a folder that you may write") from error
    book = wordbook()
    for name in book.names():
        write_whole(out / name, book.file(name))
    say(f"{out}: {count(len(book.names()), 'file')}; begin with {out / 'index.html'}")


@command.command("context")
@click.option("--out", type=SomePath(), metavar="FILE", help="Write a file, whole or not at all, instead of printing.")
def context(out: Path | None) -> None:
    """Write the JSON-LD context: a short name for each property. Files may name it by its address.

    \b
    Examples:
      servicemap ontology context
    """
    from app.outfile import check_outfile, write_whole
    from ontology.context import ADDRESS, context_text

    check_outfile(out)
    if out is None:
        click.echo(context_text(), nl=False)
    else:
        write_whole(out, context_text())
        say(f"{out}: the context that files call {ADDRESS}")


@command.command("diff")
@click.argument("old", type=SomePath())
@click.argument("new", required=False, type=SomePath())
@format_option
def diff(old: Path, new: Path | None, form: str) -> None:
    """Say what changed between two versions of a vocabulary, and what of it breaks maps, queries or programs.

    OLD and NEW are Turtle files, folders of them, or revisions of git: REVISION, or REVISION:FOLDER. Without NEW it
    is the vocabulary of this program.

    \b
    Examples:
      servicemap ontology docs --out words
      servicemap ontology diff words/servicemap.ttl
    """
    from graph.reports.terms import differences
    from graph.vocabularies import vocabulary_at
    from ontology.changes import changes
    from ontology.words import words

    after = words() if new is None else vocabulary_at(str(new), beside=old)
    print_answer(differences(changes(vocabulary_at(str(old), beside=new), after)), form)


@command.command("convert")
@click.argument("file", type=SomePath())
@click.option("--to", "notation", type=click.Choice(_NOTATIONS), required=True, help="The notation to write.")
@click.option("--out", type=SomePath(), metavar="FILE", help="Write a file, whole or not at all, instead of printing.")
def convert(file: Path, notation: str, out: Path | None) -> None:
    """Write a FILE of RDF in another notation: all that it says, or nothing and the reason.

    \b
    Examples:
      servicemap ontology docs --out words
      servicemap ontology convert words/core.ttl --to rdfxml --out core.rdf
    """
    from app.outfile import check_outfile, write_whole
    from graph.conversion import converted

    check_outfile(out)
    text = converted(file, notation)
    if out is None:
        click.echo(text, nl=False)
    else:
        write_whole(out, text)
        say(f"{out}: {file} as {notation}")


@command.command("migrate")
@click.argument("files", nargs=-1, required=True, type=SomePath())
@click.option("--write", is_flag=True, help="Write the files anew; without it they stay, and it is told what is old.")
def migrate(files: tuple[Path, ...], write: bool) -> None:  # noqa: FBT001 click gives flags so
    """Bring FILES from words that were renamed to today's: map files, mappings, questions, queries, RDF, shapes.

    Files with old words are still read; each such word is a finding. Comments stay, but for RDF that is no Turtle.

    \b
    Examples:
      servicemap ontology migrate data/laundry/services.yaml
    """
    from app.outfile import write_whole
    from graph.answer import count
    from graph.migration import migrated
    from graph.reports.findings import lines

    changed = [(file, *migrated(file)) for file in files]
    old = [finding for _, _, found in changed for finding in found]
    click.echo(lines(old), nl=False)
    named = count(sum(bool(found) for _, _, found in changed), "file")
    if not old:
        say("no old words")
    elif not write:
        say(f"{count(len(old), 'old word')} in {named}; mend with --write")
    else:
        for file, text, found in changed:
            if found:
                write_whole(file, text)
        say(f"{count(len(old), 'old word')} mended in {named}")
