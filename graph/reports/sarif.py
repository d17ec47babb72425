"""How is a verdict of the gate written for tools that show findings in code? SARIF 2.1.0, with file and line."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
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
    """The hits as results of one run. A hit without a place gets the map's first file: some readers want one."""
    names = [setting.name for setting in verdict.settings]
    run: dict[str, Any] = {
        "tool": {"driver": {"name": "servicemap gate", "rules": [_rule(setting) for setting in verdict.settings]}},
        "invocations": [{"executionSuccessful": True}],
        "columnKind": "unicodeCodePoints",
        "results": [_result(told, names, verdict.map) for told in verdict.told],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _rule(setting: Setting) -> dict[str, Any]:
    return {
        "id": setting.name,
        "shortDescription": {"text": setting.title},
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
        "message": {"text": "".join(sign if sign.isprintable() else " " for sign in text)},
        "partialFingerprints": {"servicemapGate/v1": fingerprint},
    }
    where = hit.where or (Where(file, 1) if file else None)
    if where is not None:
        place = {"uri": quote(where.path), "uriBaseId": "%SRCROOT%"}
        region = {"startLine": max(where.line, 1)}
        result["locations"] = [{"physicalLocation": {"artifactLocation": place, "region": region}}]
    return result
