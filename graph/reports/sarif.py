"""How are a verdict, and what a change does, written for tools that show findings in code? SARIF 2.1.0."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from graph.answer import Report
from graph.model import Where
from graph.reports._sarif import LEVELS, note, result, rule

if TYPE_CHECKING:
    from graph.gate.settings import Setting
    from graph.gate.verdict import Told, Verdict

__all__ = ["TAKES", "write"]

TAKES = ("hits", "verdict")
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def write(told: Report | Verdict, where: Callable[[str], Where | None] = lambda _: None) -> str:
    """The hits as results of one run. A hit without a place gets the map's first file: some readers want one.

    What is said beside the hits stands in notifications of the run: who must agree, what is assumed ...

    Args:
        told: what the gate says, or the report about a change.
        where: for a report, where the files speak of an element, by its id, or of an agreement, by its name.
    """
    if isinstance(told, Report):
        from graph.reports import _hits

        run = _hits.run(told, where)
    else:
        run = _run(told)
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _run(verdict: Verdict) -> dict[str, Any]:
    names = [setting.name for setting in verdict.settings]
    return {
        "tool": {"driver": {"name": "servicemap gate", "rules": [_rule(setting) for setting in verdict.settings]}},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": list(_notes(verdict))}],
        "columnKind": "unicodeCodePoints",
        "results": [_result(told, names, verdict.map) for told in verdict.told],
    }


def _notes(verdict: Verdict) -> Iterator[dict[str, Any]]:
    """What stands beside the hits, a sentence each: nothing of it may be missing where SARIF alone is read."""
    yield note(f"{verdict.words}; from {verdict.base} to {verdict.head}")
    for what, lines in (
        ("different", verdict.changes),
        ("removed", verdict.removed),
        ("the plan", verdict.plan),
        ("breaks", [f"{each.name}: at least {each.lower}, at most {each.upper}" for each in verdict.breaks]),
        ("who", [f"{each.who} {each.part} ({each.why})" for each in verdict.wanted]),
        ("gap", verdict.gaps),
        ("assumed", verdict.assumed),
        ("not known", verdict.unknown),
    ):
        yield from (note(f"{what}: {line}") for line in lines)


def _rule(setting: Setting) -> dict[str, Any]:
    said = f"'{setting.name}: fail', 'warn' or 'off' in the rules file; it is '{setting.level.value}'."
    level = LEVELS[setting.level.value]
    return rule(setting.name, setting.title, f"{setting.title} Set it with {said}", level)


def _result(told: Told, names: Sequence[str], file: str) -> dict[str, Any]:
    hit = told.hit
    text = f"{hit.message}; {hit.remedy}" if hit.remedy else hit.message
    where = hit.where or (Where(file, 1) if file else None)
    print_of = {"servicemapGate/v1": (told.rule.name, hit.subject, hit.message)}
    level = LEVELS[told.rule.level.value]
    return result(told.rule.name, names.index(told.rule.name), level, text, print_of, where)
