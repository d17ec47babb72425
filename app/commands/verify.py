"""servicemap verify: is a kept result true of this map?"""

from __future__ import annotations

import json
from pathlib import Path

import click

from app.options import SomePath, files_argument, say, source_options

__all__ = ["command"]

_LARGEST = 500_000_000


@click.command("verify")
@click.argument("result", type=SomePath())
@files_argument
@source_options
def command(
    result: Path, files: tuple[Path, ...], store: Path | None, namespace: str, mappings: tuple[Path, ...]
) -> None:
    """Check RESULT, as `servicemap impact --save` has kept it, against the map.

    Every state, span, proof and reason is worked out again from the map's own statements, without the engine that
    made the result. Leaves with 0 when all of it is true, with 1 when something is not, with 2 when it is no result,
    or one of another revision.

    \b
    Examples:
      servicemap impact carrier data/laundry --kind outage --save result.json
      servicemap verify result.json data/laundry
    """
    from graph.checker import check
    from graph.maps import open_map

    told = _read(result)
    wrong = check(open_map(files, store=store, namespace=namespace, mappings=mappings).store, told)
    for each in wrong:
        click.echo(each)
    say(f"{result}: {'not true of this map' if wrong else 'every state, span, proof and reason is true of this map'}")
    raise click.exceptions.Exit(1 if wrong else 0)


def _read(file: Path) -> dict[str, object]:
    from graph.model import InputError

    try:
        if file.stat().st_size > _LARGEST:
            raise InputError.of("larger than 500 MB", path=file, remedy="it is no result of servicemap")
        told = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError.of(f"cannot be read ({error.strerror})", path=file) from error
    except (ValueError, RecursionError) as error:
        raise InputError.of("this is no JSON", path=file, remedy="name a file that --save has made") from error
    if not isinstance(told, dict):
        raise InputError.of("this is no result of servicemap", path=file, remedy="name a file that --save has made")
    return told
