"""servicemap verify: is a store whole, and is a kept result true of a map?"""

from __future__ import annotations

import json
from pathlib import Path

import click

from app.options import SomePath, files_argument, format_option, print_answer, source_options
from graph.answer import Answer, count

__all__ = ["command"]

_LARGEST = 500_000_000


@click.command("verify")
@click.argument("result", type=SomePath(), required=False)
@files_argument
@source_options
@format_option
def command(
    result: Path | None, files: tuple[Path, ...], store: Path | str | None, namespace: str, mappings: tuple[Path, ...],
    form: str,
) -> None:  # fmt: skip
    """Without RESULT: read everything in a store and hold it against what was noted when it was loaded.

    With RESULT, as `servicemap impact --save` has kept it: work out every state, span, proof and reason again from the
    map's own statements, without the engine that made it.

    Leaves with 0 when all is whole and true, with 1 when something is damaged or not true.

    \b
    Examples:
      servicemap load data/laundry --store laundry.store
      servicemap verify --store laundry.store
      servicemap impact carrier data/laundry --kind outage --save result.json
      servicemap verify result.json data/laundry
    """
    from graph.model import InputError

    if result is not None:
        told, wrong = _result(result, files, store, namespace, mappings)
    elif isinstance(store, Path):
        told, wrong = _store(store)
    elif store is not None:
        raise InputError.of(
            f"'{store}' is no folder, and an engine on a server looks after its own files",
            remedy="name a store in a folder, or a kept result",
        )
    else:
        raise InputError.of("nothing to verify", remedy="name a store with --store DIR, or a kept result and its map")
    print_answer(told, form)
    raise click.exceptions.Exit(1 if wrong else 0)


def _store(store: Path) -> tuple[Answer, int]:
    from graph.store.verify import verify

    checks = verify(store)
    damaged = sum(bool(check.damage) for check in checks)
    title = f"{store} is damaged: {damaged} of {count(len(checks), 'check')}" if damaged else f"{store} is whole"
    rows = tuple(("damaged" if check.damage else "whole", check.name, check.damage) for check in checks)
    notes = ("restore a backup, or load the files again into a new folder",) if damaged else ()
    return Answer(title, "checks", ("state", "what", "damage"), rows, {"damaged": damaged}, notes), damaged


def _result(
    result: Path, files: tuple[Path, ...], store: Path | str | None, namespace: str, mappings: tuple[Path, ...]
) -> tuple[Answer, int]:
    from graph.checker import check
    from graph.maps import open_map

    said = _read(result)
    wrong = check(open_map(files, store=store, namespace=namespace, mappings=mappings).store, said, path=result)
    words = "not true of this map" if wrong else "every state, span, proof and reason is true of this map"
    rows = tuple((each,) for each in wrong)
    return Answer(f"{result}: {words}", "problems", ("not true",), rows, {"wrong": len(wrong)}), len(wrong)


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
