"""servicemap ask: put a ready question to the map."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.options import SomePath, files_argument, format_option, limit_options, print_answer, source_options
from graph.library import OWN, question, questions
from graph.similar import did_you_mean

if TYPE_CHECKING:
    from graph.library import Parameter, Question
    from graph.store import Limits

__all__ = ["command"]


class _Library(click.Group):
    """The group whose commands are the questions; each has the options that its parameters make."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the questions; the help does not list them, ``ask`` alone does."""
        return list(questions(ctx.params.get("own")))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command that asks a question."""
        known = questions(ctx.params.get("own"))
        return _asking(known[cmd_name]) if cmd_name in known else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, with a proposal for a mistyped name."""
        if not args[0].startswith("-"):
            question(args[0], ctx.params.get("own"))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Nothing: over seventy questions are no help."""


@click.group("ask", cls=_Library, invoke_without_command=True, subcommand_metavar="[QUESTION [FILES]... [OPTIONS]]")
@click.option(
    "--queries",
    "own",
    type=SomePath(),
    envvar=OWN,
    is_eager=True,
    metavar="FOLDER",
    help=f"Ask the questions of this folder too; {OWN} names it for good.",
)
@click.option("--persona", default="", metavar="WHO", help="List only what somebody asks: --persona architect.")
@format_option
@click.pass_context
def command(context: click.Context, own: Path | None, persona: str, form: str) -> None:
    """Put a ready question to the map; without one, list them by who asks.

    What a question is asked about is an option of it: "servicemap ask QUESTION --help" tells which. Elements are named
    by id or name, dates as 2026-01-31.

    \b
    Examples:
      servicemap ask
      servicemap ask --persona architect
      servicemap ask services-and-owners data/laundry
      servicemap ask services-behind data/enterprise --service online-ordering
      servicemap ask agreements-expiring data/enterprise --day 2027-06-30 --format csv
    """
    if context.invoked_subcommand is None:
        from graph.asking import listed

        print_answer(listed(questions(own), persona=persona), form)


def _asking(asked: Question) -> click.Command:
    """The command of one question."""

    @files_argument
    @limit_options
    @source_options
    @format_option
    def ask(
        files: tuple[Path, ...], limits: Limits,
        store: Path | str | None, namespace: str, mappings: tuple[Path, ...], form: str, **given: str | None,
    ) -> None:  # fmt: skip
        from graph.asking import answer
        from graph.maps import open_map
        from graph.store.isolation import ask

        opened = open_map(files, store=store, namespace=namespace, mappings=mappings)
        values = {name: text for name, text in given.items() if text is not None}
        told = answer(asked, values, opened.projection, lambda text: ask(opened.store, text, limits), fast=opened.fast)
        print_answer(told, form)

    made = click.command(asked.name, cls=_Asking, help=asked.title)(ask)
    made.params[:0] = [_option(parameter) for parameter in asked.parameters]
    return made


class _Asking(click.Command):
    """A command whose mistyped options are answered with the nearest one."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does it."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            known = [name for each in self.params for name in each.opts if name.startswith("--")]
            near = did_you_mean(error.option_name, known)
            ctx.fail(f"'{self.name}' has no option {error.option_name}{'; ' + near if near else ''}")


def _option(parameter: Parameter) -> click.Parameter:
    from graph.asking import wanted

    words = wanted(parameter)
    return click.Option(
        [f"--{parameter.option}", parameter.name], metavar="TEXT", help=words[:1].upper() + words[1:] + "."
    )
