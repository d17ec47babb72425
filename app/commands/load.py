"""servicemap load: keep a map in a store."""

from __future__ import annotations

from pathlib import Path

import click

from app.options import SomePath, StorePlace, files_argument, format_option, print_findings

__all__ = ["command"]


@click.command("load")
@files_argument
@click.option(
    "--store",
    required=True,
    type=StorePlace(),
    metavar="PLACE",
    help="The store: a folder, made when it is not there, or the address of a SPARQL engine.",
)
@click.option("--namespace", default="", metavar="NAME", help="Namespace of the ids, instead of the folder's name.")
@click.option(
    "--mapping",
    "mappings",
    multiple=True,
    type=SomePath(),
    metavar="FILE",
    help="A mapping that describes a catalogue format of your own.",
)
@format_option
def command(files: tuple[Path, ...], store: Path | str, namespace: str, mappings: tuple[Path, ...], form: str) -> None:
    """Load FILES into a store, in place of what the same files said before. What has not changed is not read again.

    Leaves with 0 when there is no error among the findings, else with 1; the files are loaded in both cases.
    With 2 a file cannot be used. If the store holds it from an earlier time, it keeps what the file said then, and
    the other files are loaded. If not, nothing is loaded.

    \b
    Examples:
      servicemap load data/laundry --store laundry.store
    """
    from graph.answer import count
    from graph.maps import load_into
    from graph.model import InputError, Severity
    from graph.reports.findings import worst

    if not files:
        raise InputError.of("nothing to load", remedy="name files or a folder")
    opened = load_into(store, files, namespace=namespace, mappings=mappings)
    findings = opened.validate()
    said = f"loaded into {store}: {opened.summary()}"
    if opened.unchanged:
        said += f"; {count(opened.unchanged, 'file')} unchanged and not read again"
    print_findings(findings, said, form)
    if opened.failed:
        raise click.exceptions.Exit(2)
    raise click.exceptions.Exit(1 if worst(findings) is Severity.ERROR else 0)
