"""How does what a change does stand in SARIF? Who is hit and what breaks, where files speak of it; the rest beside."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from graph.answer import Answer, Report, words_of_cell
from graph.model import Where
from graph.reports._sarif import note, result, rule

__all__ = ["run"]

_RULES = {
    "down": ("An element is down.", "error"),
    "degraded": ("An element is degraded.", "warning"),
    "at risk": ("An element has lost a reserve, and is at risk.", "note"),
    "broken": ("A promise breaks.", "error"),
    "may break": ("A promise may break.", "warning"),
    "broken already": ("A promise is broken already, and more is taken from it.", "warning"),
}
_NAMES = tuple(_RULES)
_HELP = "Who must agree, and what is assumed, stands in the notifications of the run."
_BESIDE = {"people": "who", "unknowns": "not known"}
_CERTAIN = " … "


def run(report: Report, where: Callable[[str], Where | None]) -> dict[str, Any]:
    """The report as one run; ``where`` as in ``sarif.write``."""
    hits = [hit for section in report.sections for hit in _results(section.answer, report, where)]
    rules = [rule(_key(name), title, f"{title} {_HELP}", level) for name, (title, level) in _RULES.items()]
    return {
        "tool": {"driver": {"name": "servicemap impact", "rules": rules}},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": list(_notes(report))}],
        "columnKind": "unicodeCodePoints",
        "results": hits,
    }


def _results(answer: Answer, report: Report, where: Callable[[str], Where | None]) -> Iterator[dict[str, Any]]:
    if answer.of == "affected":
        yield from _affected(answer, report, where)
    elif answer.of == "promises":
        yield from _promises(answer, report, where)


def _key(name: str) -> str:
    return name.replace(" ", "-")


def _rows(answer: Answer) -> Iterator[Mapping[str, str]]:
    for row in answer.rows:
        yield dict(zip(answer.columns, map(words_of_cell, row), strict=True))


def _affected(answer: Answer, report: Report, where: Callable[[str], Where | None]) -> Iterator[dict[str, Any]]:
    for row in _rows(answer):
        least, _, most = row["state"].rpartition(_CERTAIN)
        level = "warning" if least and _RULES[most][1] == "error" else _RULES[most][1]
        when = f", {row['from']} to {row['until'] or 'an unknown end'}" if row.get("from") else ""
        before = f"; without it {row['without it']}" if row.get("without it") else ""
        text = f"{report.title}: {row['name']} ({row['kind']}) is {row['state']}{when}{before}; {row['path']}"
        print_of = {"servicemapImpact/v1": (most, row["id"], report.title)}
        yield result(_key(most), _NAMES.index(most), level, text, print_of, where(row["id"]))


def _promises(answer: Answer, report: Report, where: Callable[[str], Where | None]) -> Iterator[dict[str, Any]]:
    for row in _rows(answer):
        verdict = row["verdict"]
        if verdict in _RULES:
            text = (
                f"{report.title}: {row['agreement']}, {row['service']}, {row['promise']} ({row['period']}): {verdict}; "
                f"{row['allowed min']} min are allowed, {row['used before']} used before, "
                f"this takes {row['at least']} to {row['at most']}"
            )
            promise = row["agreement"], row["service"], row["promise"]
            print_of = {"servicemapImpact/v1": (verdict, *promise, report.title)}
            number, level = _NAMES.index(verdict), _RULES[verdict][1]
            yield result(_key(verdict), number, level, text, print_of, where(row["agreement"]))


def _notes(report: Report) -> Iterator[dict[str, Any]]:
    """What stands beside the hits: nothing that somebody must know may be missing where SARIF alone is read."""
    yield note(f"{report.title}; " + ", ".join(f"{name} {words_of_cell(said)}" for name, said in report.facts.items()))
    yield from map(note, report.summary)
    for section in report.sections:
        what = _BESIDE.get(section.answer.of)
        if what:
            yield from (note(f"{what}: {'; '.join(filter(None, row.values()))}") for row in _rows(section.answer))
        yield from (note(f"{section.heading} {said}") for said in section.answer.notes)
