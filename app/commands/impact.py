"""servicemap impact: what breaks if this fails or is changed, when, and how sure is that?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from app.options import (
    Moment,
    SomePath,
    TimeSpan,
    files_argument,
    format_option,
    print_answer,
    source_options,
    what_if_option,
    window,
    write_whole,
)

__all__ = ["command"]


@click.command("impact")
@click.argument("element", required=False)
@files_argument
@click.option(
    "--plan",
    "plans",
    multiple=True,
    type=SomePath(),
    metavar="FILE",
    help="What a Terraform plan (terraform show -json) does, instead of ELEMENT.",
)
@click.option("--also", multiple=True, metavar="ELEMENT", help="Another element that fails at the same time.")
@click.option(
    "--state", type=click.Choice(["down", "degraded"]), default="down", show_default=True, help="How badly it fails."
)
@click.option(
    "--kind",
    type=click.Choice(["outage", "degradation", "maintenance", "replacement", "retirement"]),
    help="What is done to it, instead of --state.",
)
@click.option("--from", "start", type=Moment(), metavar="TIME", help="When it begins; without it, at any time.")
@click.option("--until", "end", type=Moment(), metavar="TIME", help="When it ends; without it, it goes on.")
@click.option("--lasts", type=TimeSpan(), metavar="TIME SPAN", help="How long it lasts, instead of --until.")
@click.option(
    "--assume",
    type=click.Choice(["required", "unknown"]),
    default="required",
    show_default=True,
    help="What to take a strength for that nobody states; with unknown the answer says at least and at most.",
)
@click.option(
    "--save", type=SomePath(), metavar="FILE", help="Keep the result with its proofs, for `servicemap verify`."
)
@what_if_option
@source_options
@format_option
def command(
    element: str | None, files: tuple[Path, ...], plans: tuple[Path, ...], also: tuple[str, ...], state: str,
    kind: str | None, start: datetime | None, end: datetime | None, lasts: int | None, assume: str,
    save: Path | None, what_if: Path | None,
    store: Path | None, namespace: str, mappings: tuple[Path, ...], form: str,
) -> None:  # fmt: skip
    """What breaks if ELEMENT fails? Who is down, degraded or at risk, when, and why.

    ELEMENT is an id, namespace/id, or a name. FILES are files or folders. A TIME has a time zone:
    2026-12-05T02:00+01:00; a plain date means midnight UTC. A TIME SPAN is written as "30 min" or "2 h".
    With --what-if the map is taken as it would be after a patch.
    With --plan there is no ELEMENT: the plan's addresses are found on the map, and what is not there is listed.

    \b
    Examples:
      servicemap impact carrier data/laundry
      servicemap impact carrier data/laundry --also factory --format json
      servicemap impact sql-cluster data/enterprise --kind maintenance --from 2026-12-05T02:00+01:00 --lasts "2 h"
      servicemap impact sql-cluster data/enterprise --assume unknown
    """
    from graph.maps import open_map

    spans = window(start, end, lasts)
    named, files = _apart(element, files, also, plans)
    opened = open_map(files, store=store, namespace=namespace, mappings=mappings)
    if what_if is not None:
        from graph.whatif import overlaid

        opened = overlaid(opened, what_if)
    projection = opened.projection
    chosen = [projection.find(name) for name in named]
    if not plans and spans is None and kind is None and assume == "required" and save is None:
        from graph.analysis.impact import State, answer, impact

        print_answer(answer(projection, impact(projection, dict.fromkeys(chosen, State[state.upper()]))), form)
        return
    from graph.analysis import judgement
    from graph.analysis.changes import Change, ChangeKind, Profile, times_of
    from graph.analysis.windows import ALWAYS

    what = ChangeKind(kind or ("outage" if state == "down" else "degradation"))
    changes = [Change(what, each, spans or ALWAYS) for each in dict.fromkeys(chosen)]
    told: tuple[str, ...] = ()
    if plans:
        from graph import terraform

        planning = terraform.planning(opened, [terraform.read_plan(plan) for plan in plans])
        changes += terraform.changes(planning.effects, windows=spans or ALWAYS)
        told = tuple(planning.told(projection.labels))
    result = judgement.judge(projection, changes, times=times_of(projection), profile=Profile(assume))
    if save is not None:
        import json

        from graph.results import document

        write_whole(save, json.dumps(document(opened, result), indent=1) + "\n")
    zone = next((moment.tzinfo for moment in (start, end) if moment and moment.tzinfo), UTC)
    answered = judgement.answer(projection, result, zone=zone)
    title = answered.title if changes else "the plan takes nothing away that is on the map: no known impact"
    print_answer(replace(answered, title=title, notes=(*told, *answered.notes)), form)


def _apart(
    element: str | None, files: tuple[Path, ...], also: tuple[str, ...], plans: tuple[Path, ...]
) -> tuple[list[str], tuple[Path, ...]]:
    """The elements and the files: with a plan the first word is a file too."""
    if plans:
        return list(also), (*((Path(element),) if element else ()), *files)
    if not element:
        raise click.UsageError("Missing argument 'ELEMENT', or a plan with --plan")
    return [element, *also], files
