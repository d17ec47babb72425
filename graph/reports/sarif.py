"""How is a verdict of the gate written for tools that show findings in code? SARIF 2.1.0, with file and line."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from graph.model import Where

if TYPE_CHECKING:
    from graph.gate.settings import Setting
    from graph.gate.verdict import Told, Verdict

__all__ = ["TAKES", "write"]

TAKES = ("verdict",)
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"fail": "error", "warn": "warning", "off": "none"}


def write(verdict: Verdict) -> str:
    """The hits as results of one run. A hit without a place gets the map's first file: some readers want one.

    What the verdict says beside its hits stands in notifications of the run: who must agree, what is assumed ...
    """
    names = [setting.name for setting in verdict.settings]
    run: dict[str, Any] = {
        "tool": {"driver": {"name": "servicemap gate", "rules": [_rule(setting) for setting in verdict.settings]}},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": list(_notes(verdict))}],
        "columnKind": "unicodeCodePoints",
        "results": [_result(told, names, verdict.map) for told in verdict.told],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _notes(verdict: Verdict) -> Iterator[dict[str, Any]]:
    """What stands beside the hits, a sentence each: nothing of it may be missing where SARIF alone is read."""
    yield _note(f"{verdict.words}; from {verdict.base} to {verdict.head}")
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
        yield from (_note(f"{what}: {line}") for line in lines)


def _note(text: str) -> dict[str, Any]:
    return {"level": "note", "message": {"text": _printable(text)}}


def _rule(setting: Setting) -> dict[str, Any]:
    said = f"'{setting.name}: fail', 'warn' or 'off' in the rules file; it is '{setting.level.value}'."
    return {
        "id": setting.name,
        "shortDescription": {"text": setting.title},
        "fullDescription": {"text": setting.title},
        "help": {"text": f"{setting.title} Set it with {said}"},
        "defaultConfiguration": {"level": _LEVELS[setting.level.value], "enabled": setting.level.value != "off"},
    }


def _result(told: Told, names: Sequence[str], file: str) -> dict[str, Any]:
    hit = told.hit
    text = f"{hit.message}; {hit.remedy}" if hit.remedy else hit.message
    fingerprint = hashlib.sha256("\0".join((told.rule.name, hit.subject, hit.message)).encode()).hexdigest()
    result: dict[str, Any] = {
        "ruleId": told.rule.name,
        "ruleIndex": names.index(told.rule.name),
        "level": _LEVELS[told.rule.level.value],
        "message": {"text": _printable(text)},
        "partialFingerprints": {"servicemapGate/v1": fingerprint},
    }
    where = hit.where or (Where(file, 1) if file else None)
    if where is not None:
        place = {"uri": quote(where.path), "uriBaseId": "%SRCROOT%"}
        region = {"startLine": max(where.line, 1)}
        result["locations"] = [{"physicalLocation": {"artifactLocation": place, "region": region}}]
    return result


def _printable(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)
