"""servicemap impact: what breaks if this fails or is changed, when, and how sure is that?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.options import (
    FORMATS,
    WORKING_TREE,
    Moment,
    SomePath,
    TimeSpan,
    assuming_options,
    files_argument,
    naming,
    print_answer,
    print_report,
    source_options,
    what_if_option,
    window,
)
from app.outfile import check_outfile, write_whole
from app.proposal import Proposal
from graph.reports import format_names

if TYPE_CHECKING:
    from graph.analysis.judgement import Judgement
    from graph.answer import Answer, Report
    from graph.maps import Map
    from graph.projection import Projection
    from graph.standing import Standing

__all__ = ["command"]

REPORTS, HITS = format_names("report"), format_names("hits")
RESULTS = format_names("result")


@click.command("impact")
@click.argument("element", required=False)
@files_argument
@click.option("--change", "record", metavar="RECORD", help="Judge a change record of the map, instead of ELEMENT.")
@click.option(
    "--baseline/--no-baseline",
    default=None,
    help="Whether open incidents, running changes and reported states count; else where a time or a record is given.",
)
@click.option(
    "--plan",
    "plans",
    multiple=True,
    type=SomePath(),
    metavar="FILE",
    help="What a Terraform plan (terraform show -json) does, instead of ELEMENT.",
)
@click.option(
    "--replace",
    "edits",
    multiple=True,
    nargs=2,
    type=SomePath(),
    metavar="OLD NEW",
    help="What it does to replace Kubernetes manifests or Compose files, instead of ELEMENT; files or folders.",
)
@click.option("--chosen-by", "query", metavar="QUERY", help="All elements that a SPARQL query gives, as in `query`.")
@click.option("--base", metavar="REVISION", help="What the edits of FILES since this revision of git do.")
@click.option(
    "--head", metavar="REVISION", default=WORKING_TREE, show_default=True, help="With --base: the revision after it."
)
@click.option("--also", multiple=True, metavar="ELEMENT", help="Another element that fails at the same time.")
@click.option(
    "--state", type=click.Choice(["down", "degraded"]), default="down", show_default=True, help="How badly it fails."
)
@click.option(
    "--kind",
    type=click.Choice(["outage", "degradation", "capacity loss", "maintenance", "replacement", "retirement"]),
    help="What is done to it, instead of --state.",
)
@click.option("--from", "start", type=Moment(), metavar="TIME", help="When it begins; without it, at any time.")
@click.option("--until", "end", type=Moment(), metavar="TIME", help="When it ends; without it, it goes on.")
@click.option("--lasts", type=TimeSpan(), metavar="TIME SPAN", help="How long it lasts, instead of --until.")
@assuming_options
@click.option(
    "--depth",
    type=click.IntRange(1),
    metavar="N",
    help="Follow dependencies N hops; what is beyond may be hit. Without it all.",
)
@click.option("--leave-out", multiple=True, metavar="ELEMENT", help="Who is not to be notified, in a report.")
@click.option(
    "--save", type=SomePath(), metavar="FILE", help="Keep the result with its proofs, for `servicemap verify`."
)
@click.option(
    "--rolled-up", is_flag=True, help="List services, processes, customers, locations and environments instead."
)
@click.option(
    "--most",
    type=click.IntRange(1),
    metavar="N",
    help="List at most so many; else 1,000, and in a report 100 elements, promises and steps, and fewer of the rest.",
)
@click.option(
    "--response-plans",
    "response_plans",
    type=click.IntRange(0),
    metavar="N",
    help="Tell the response plans of at most N services that go down, in a report; else of 5.",
)
@what_if_option
@source_options
@click.option(
    "--format",
    "form",
    type=click.Choice([*FORMATS, *REPORTS, *HITS, *RESULTS]),
    default="table",
    show_default=True,
    help=f"How to print the answer; {' and '.join(REPORTS)} give the whole report for a change board, "
    f"{' and '.join(RESULTS)} the same as a graph that SPARQL can ask about, "
    f"{' and '.join(HITS)} who is hit beside the lines of the files.",
)
def command(
    element: str | None, files: tuple[Path, ...], record: str | None, plans: tuple[Path, ...],
    edits: tuple[tuple[Path, Path], ...], query: str | None, base: str | None, head: str, also: tuple[str, ...],
    state: str, kind: str | None, start: datetime | None, end: datetime | None, lasts: int | None, assume: str,
    stale_after: int, depth: int | None, leave_out: tuple[str, ...],
    save: Path | None, most: int | None, response_plans: int | None, what_if: Path | None, store: Path | str | None,
    namespace: str, mappings: tuple[Path, ...], form: str,
    *, baseline: bool | None, rolled_up: bool,
) -> None:  # fmt: skip
    """What breaks if ELEMENT fails? Who is down, degraded or at risk, when, and why.

    ELEMENT is an id, namespace/id, or a name. FILES are files or folders. A TIME has a time zone:
    2026-12-05T02:00+01:00; a plain date means midnight UTC. A TIME SPAN is written as "30 min" or "2 h".
    With --what-if the map is taken as it would be after a patch. With --change there is no ELEMENT: the record says
    what is changed and when. With --plan and --replace there is none either: what they name is found on the map, and
    what is not there is listed. With --base, what the edits remove is taken away from those that still need it, and
    the report says what else they change.

    \b
    Examples:
      servicemap impact carrier data/laundry
      servicemap impact carrier data/laundry --also factory --format json
      servicemap impact sql-cluster data/enterprise --kind maintenance --from 2026-12-05T02:00+01:00 --lasts "2 h"
      servicemap impact sql-cluster data/enterprise --rolled-up
      servicemap impact --change chg-broker-1 data/enterprise
      servicemap impact --chosen-by "SELECT ?e { ?e sm:ownedBy/rdfs:label 'Platform' }" data/enterprise
      servicemap impact --base HEAD data/laundry
      servicemap impact sql-cluster data/enterprise --assume unknown
      servicemap impact sql-cluster data/enterprise --assume nothing --stale-after "30 d" --depth 3
      servicemap impact sql-cluster data/enterprise --from 2026-12-05T02:00+01:00 --lasts "2 h" --format markdown
    """
    from graph.doubts import failed

    check_outfile(save, option="--save")
    asked, most = most, most or (100 if form in REPORTS else 1_000)
    spans = window(start, end, lasts)
    proposal = Proposal(plans, edits, query, base, head)
    named, files = _apart(element, files, also, without=record is not None or bool(proposal))
    with naming(named):
        opened, before = proposal.maps(files, store=store, namespace=namespace, mappings=mappings)
    graph_alone = save is None and form in FORMATS and not (record or proposal or spans or baseline or rolled_up)
    graph_alone = graph_alone and assume == "required" and depth is None
    laid, projection = None, opened.projection
    if what_if is not None:
        from graph.whatif import Laid, laid_over, overlaid

        if graph_alone:
            laid = laid_over(opened, what_if)
        else:
            opened, before = overlaid(opened, what_if), opened
            laid = Laid(before.projection, opened.projection, None)
        projection = laid.after
    found = projection.find_all([*named, *leave_out])
    silent = found[len(named) :]
    chosen = [*dict.fromkeys([*found[: len(named)], *proposal.chosen(opened)])]
    plain = spans is None and kind is None and assume == "required" and save is None and form in FORMATS and not depth
    gone = tuple(each.words for each in failed(opened.store))
    if plain and not record and not proposal and not baseline and not rolled_up:
        from graph.analysis.impact import State, answer, impact

        failing = dict.fromkeys(chosen, State[state.upper()])
        plainly = answer(projection, impact(projection, failing), most=most)
        print_answer(replace(plainly, notes=(*gone, *(laid.told(failing) if laid else ()), *plainly.notes)), form)
        return
    from graph.analysis.changes import Change, ChangeKind, Profile, times_of
    from graph.analysis.judgement import judge
    from graph.analysis.windows import ALWAYS
    from graph.doubts import doubts

    what = ChangeKind(kind or ("outage" if state == "down" else "degradation"))
    changes = [Change(what, each, spans or ALWAYS) for each in chosen]
    planned, said = proposal.changes(opened, before, spans or ALWAYS)
    changes += planned
    open_ = doubts(opened.store, projection, at=datetime.now(UTC), limit=timedelta(seconds=stale_after))
    occasion = None
    if (record or spans or baseline) and (changes or record):
        from app.occasion import occasion as occasion_of

        occasion, changes = occasion_of(
            opened, changes, record=record, kind=kind, spans=spans, profile=Profile(assume), baseline=baseline,
            doubts=open_, depth=depth,
        )  # fmt: skip
    standing = occasion.standing if occasion else None
    result = (
        standing.full
        if standing
        else judge(projection, changes, times=times_of(projection), profile=Profile(assume), doubts=open_, depth=depth)
    )
    shifted: tuple[str, ...] = ()
    if laid is not None:
        from graph.whatif import fares

        shifted = fares(laid.before, laid.after, result)
    if save is not None:
        _keep(save, opened, result)
    of_record = occasion.plan.zone if occasion else UTC
    zone = next((moment.tzinfo for moment in (start, end) if moment and moment.tzinfo), of_record)
    if form in (*REPORTS, *HITS, *RESULTS):
        from app.occasion import without_edit
        from graph.assessment import Extent

        tried = before if what_if is not None else None
        without = without_edit(tried, projection, result, occasion, baseline=baseline) if tried else None
        extent = replace(Extent.of(asked, plans=response_plans), most=most)
        if form in RESULTS:
            from graph.result_graph import result_graph
            from graph.store.held import program

            made = result_graph(
                opened, result, at=datetime.now(UTC), program=program(), leave_out=silent, extent=extent,
                occasion=occasion, said=said, before=before, shifted=shifted, without=without,
            )  # fmt: skip
            click.echo(import_module(f"graph.reports.{form}").write(made), nl=False)
            return
        from graph.assessment import assess

        report = assess(
            opened, result, zone=zone, leave_out=silent, extent=extent, occasion=occasion, before=before, said=said,
            shifted=shifted, without=without,
        )  # fmt: skip
        _print(report, form, opened)
        return
    shown = standing if standing and standing.plans else result
    answered = _rolled_up(opened, shown) if rolled_up else _listed(projection, shown, zone=zone, most=most)
    if form == "json" and changes and not rolled_up:
        from graph.assessment import with_claims

        answered = with_claims(answered, opened, result, occasion)
    title = answered.title if changes else f"{proposal.words} takes nothing away that is on the map: no known impact"
    print_answer(replace(answered, title=title, notes=(*said, *gone, *shifted, *answered.notes)), form)


def _print(report: Report, form: str, opened: Map) -> None:
    """The report; where its form is for tools that show findings in code, with the places of what is hit."""
    if form not in HITS:
        return print_report(report, form)
    from graph.whereabouts import whereabouts

    return click.echo(import_module(f"graph.reports.{form}").write(report, whereabouts(opened)), nl=False)


def _listed(projection: Projection, found: Standing | Judgement, *, zone: tzinfo, most: int) -> Answer:
    """The elements that are hit."""
    from graph.analysis.judgement import Judgement
    from graph.analysis.judgement import answer as judged
    from graph.standing import answer as compared

    if isinstance(found, Judgement):
        return judged(projection, found, zone=zone, most=most)
    return compared(found, zone=zone, most=most)


def _rolled_up(opened: Map, found: Standing | Judgement) -> Answer:
    """What is reached, whatever a report would say of elements."""
    from graph.analysis.judgement import Judgement
    from graph.rollup import answer, reach

    return answer(opened.projection, reach(opened, found if isinstance(found, Judgement) else found.shown))


def _apart(
    element: str | None, files: tuple[Path, ...], also: tuple[str, ...], *, without: bool
) -> tuple[list[str], tuple[Path, ...]]:
    """The elements and the files: where something else says what is changed, the first word is a file too.

    Raises InputError where it is none, and a usage error where nothing says what is changed.
    """
    from graph.model import InputError

    if without:
        if element and not Path(element).exists():
            remedy = "leave it out, or name it with --also"
            raise InputError.of(f"'{element}' is no file, and what is changed is said by an option", remedy=remedy)
        return list(also), (*((Path(element),) if element else ()), *files)
    if not element:
        raise click.UsageError("Missing argument 'ELEMENT'; or name a record with --change, or a plan with --plan")
    return [element, *also], files


def _keep(save: Path, opened: Map, result: Judgement) -> None:
    import json

    from graph.results import document

    write_whole(save, json.dumps(document(opened, result), indent=1) + "\n")
