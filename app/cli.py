"""How does the command line start? Finds the commands by their files and turns errors into exit codes.

Exit codes: 0 fine, 1 findings (validate and load), 2 something given cannot be used, 130 interrupted.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module

import click

from graph.discover import names
from graph.model import InputError
from graph.similar import did_you_mean

__all__ = ["Commands", "main"]

_MOST_LINES, _LONGEST = 20, 300
_ORDER = ["demo", "serve", "validate", "load", "list", "search", "show", "impact"]


class Commands(click.Group):
    """The group whose commands are the files of ``app/commands``; each is imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 click calls it so
        """Names in the order in which people meet them."""
        found = [name.replace("_", "-") for name in names("app.commands")]
        return sorted(found, key=lambda name: (_ORDER.index(name) if name in _ORDER else len(_ORDER), name))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command = import_module(f"app.commands.{cmd_name.replace('-', '_')}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, with a proposal for a mistyped name."""
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            near = did_you_mean(args[0], self.list_commands(ctx))
            ctx.fail(f"no command '{args[0]}'{'; ' + near if near else ''}")
        return super().resolve_command(ctx, args)


def _version(ctx: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001 click calls it so
    if value and not ctx.resilient_parsing:
        from importlib.metadata import PackageNotFoundError, version

        try:
            click.echo(f"servicemap {version('servicemap')}")
        except PackageNotFoundError:
            click.echo("servicemap, from a checkout that is not installed")
        ctx.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Show the version and exit."
)
def servicemap() -> None:
    """Ask a service map: what rests on what, and what breaks if this fails?

    A map is one or more files or folders (our own YAML, Turtle, or a catalogue that a mapping describes),
    or a store that they were loaded into.

    \b
    Begin with:
      servicemap demo                              look at a sample enterprise
      servicemap impact ELEMENT FILES...           what breaks if this fails?
      servicemap serve FILES...                    browse your own map
    """


def main() -> None:
    """Run the command line and leave with its exit code."""
    try:
        code = _run()
    except BrokenPipeError:
        _let_go_of_stdout()
        code = 0
    except OSError as error:
        if error.errno == errno.ENOSPC:
            _let_go_of_stdout()
        name = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, (str, bytes)) else ""
        code = _error(f"{name}{error.strerror or error}")
    except Exception as error:  # noqa: BLE001 whatever it is, nobody is shown a traceback who did not ask for one
        code = _stumbled(error)
    sys.exit(code if isinstance(code, int) else 0)


def _run() -> object:
    code: object
    try:
        _check_words(sys.argv)
        code = servicemap(prog_name="servicemap", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as done:
        code = done.exit_code
    except click.Abort:
        code = 130
    except click.UsageError as error:
        code = _usage(error)
    except click.ClickException as error:
        code = _error(error.format_message())
    except InputError as error:
        code = _input(error)
    except KeyboardInterrupt:
        code = 130
    return code


def _check_words(words: Sequence[str]) -> None:
    for word in words:
        if any("\ud800" <= sign <= "\udfff" for sign in word):
            raise InputError.of(f"'{word}' is not UTF-8", remedy="type it in UTF-8; rename a file that is not")


def _error(words: str) -> int:
    """One line to stderr, be it full or closed; the exit code."""
    with suppress(OSError):
        click.echo("error: " + printable(words), err=True)
    return 2


def _let_go_of_stdout() -> None:
    """What could not be written is not tried again when the program ends."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _stumbled(error: Exception) -> int:
    if os.environ.get("SERVICEMAP_DEBUG"):
        from traceback import print_exception

        print_exception(error)
    said = ": ".join(filter(None, (type(error).__name__, " ".join(str(error).split())[:_LONGEST])))
    return _error(f"servicemap stumbled ({said}); please report it with what you typed")


def _usage(error: click.UsageError) -> int:
    command = error.ctx.command_path if error.ctx else "servicemap"
    return _error(f"{' '.join(error.format_message().split())} (see: {command} --help)")


def _input(error: InputError) -> int:
    """One line a problem: where, what, and what to do."""
    for problem in error.problems[:_MOST_LINES]:
        _error(str(problem))
    if len(error.problems) > _MOST_LINES:
        _error(f"and {len(error.problems) - _MOST_LINES:,} more problems of this kind")
    return 2


def printable(text: str) -> str:
    """Text in one line that a terminal shows and does not obey."""
    return "".join(c if c.isprintable() else " " for c in text)
