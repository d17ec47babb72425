"""servicemap gate: may this change of the map, or what a plan would do, be merged?"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.options import WORKING_TREE, SomePath, mapping_option, say
from app.outfile import write_whole

if TYPE_CHECKING:
    from graph.gate.case import Case
    from graph.gate.verdict import Verdict

__all__ = ["command"]

_ENDINGS = {".md": "markdown", ".sarif": "sarif", ".json": "json"}
_FORMATS = ("table", "markdown", "json", "sarif")


@click.command("gate")
@click.argument("folder", type=SomePath())
@click.option("--base", required=True, metavar="REVISION", help="What the change is to be merged into.")
@click.option(
    "--head", metavar="REVISION", default=WORKING_TREE, show_default=True, help="The change; a branch or a commit."
)
@click.option(
    "--plan",
    "plans",
    multiple=True,
    type=SomePath(),
    metavar="FILE",
    help="A Terraform plan (terraform show -json) that goes with the change.",
)
@click.option("--rules", type=SomePath(), metavar="FILE", help="Which rules fail, which warn, which are off.")
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMATS),
    default="table",
    show_default=True,
    help="How to print the verdict.",
)
@click.option(
    "--out",
    "outs",
    multiple=True,
    type=SomePath(),
    metavar="FILE",
    help="Write the verdict to a file too: .md, .sarif or .json say in which format.",
)
@click.option("--namespace", default="", metavar="NAME", help="Namespace of the ids, instead of the folder's name.")
@mapping_option
def command(
    folder: Path, base: str, head: str, plans: tuple[Path, ...], rules: Path | None, form: str,
    outs: tuple[Path, ...], namespace: str, mappings: tuple[Path, ...],
) -> None:  # fmt: skip
    """May the change of the map in FOLDER be merged? What it breaks, who must agree, what is assumed, what is unknown.

    Compared are the revision at which HEAD left BASE, and HEAD; a plan is judged on the map of HEAD. Nothing is
    checked out, and no network is asked. Leaves with 0 when the change passes, with or without warnings, with 1 when
    a rule fails, with 2 when something given cannot be used.

    \b
    Examples:
      servicemap gate data/laundry --base HEAD
      servicemap gate data/laundry --base HEAD --format markdown --out gate.sarif --out gate.json
    """
    from graph.gate.settings import Level, read_settings, shipped
    from graph.gate.verdict import verdict
    from graph.model import InputError

    for out in outs:
        if out.suffix not in _ENDINGS:
            raise InputError.of(f"'{out}' has no known ending", remedy=f"end it in {', '.join(_ENDINGS)}")
    settings = read_settings(rules) if rules else shipped()
    case, names = _case(folder, base, head, plans, namespace, mappings)
    found = verdict(case, settings, base=names[0], head=names[1])
    click.echo(_written(found, form), nl=False)
    for out in outs:
        write_whole(out, _written(found, _ENDINGS[out.suffix]))
    if form == "table":
        from graph.gate.verdict import answer

        for note in answer(found).notes:
            say(note)
    say(f"{found.base} … {found.head}: {found.words}")
    raise click.exceptions.Exit(1 if found.level is Level.FAIL else 0)


def _case(
    folder: Path, base: str, head: str, plans: tuple[Path, ...], namespace: str, mappings: tuple[Path, ...]
) -> tuple[Case, tuple[str, str]]:
    """The two states with the plans, and what the states are called."""
    from graph.gate.case import NO_PLANS, Case
    from graph.revisions import Repository

    read = [import_module("graph.plans").read_plan(plan) for plan in plans]
    repository = Repository.around(folder)
    target = repository.commit(base)
    if head == WORKING_TREE:
        after, tip = repository.working_tree(namespace=namespace, mappings=mappings), repository.commit("HEAD")
    else:
        after, tip = repository.opened(head, namespace=namespace, mappings=mappings), repository.commit(head)
    fork = repository.fork(target, tip)
    called = base[:7] if re.fullmatch(r"[0-9a-f]{40}", base) else base
    name = fork[:7] if fork.startswith(base) else f"{called} ({fork[:7]})"
    before = repository.opened_or_empty(fork, name=name, namespace=namespace, mappings=mappings)
    planning = import_module("graph.planned").planning(after.opened, read) if read else NO_PLANS
    return Case(before, after.opened, datetime.now(UTC).date(), planning), (name, after.name)


def _written(found: Verdict, form: str) -> str:
    """The verdict in a format."""
    from graph.gate.verdict import answer, document

    if form == "json":
        import json

        return json.dumps(document(found), indent=1) + "\n"
    text: str = import_module(f"graph.reports.{form}").write(answer(found) if form == "table" else found)
    return text
