"""What are the parts of a run in SARIF?"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from graph.model import Where

__all__ = ["LEVELS", "note", "result", "rule"]

LEVELS = {"fail": "error", "warn": "warning", "off": "none"}


def note(text: str) -> dict[str, Any]:
    """A notification of the run: what is said beside its results."""
    return {"level": "note", "message": {"text": _printable(text)}}


def rule(name: str, title: str, more: str, level: str) -> dict[str, Any]:
    """What a result may be of; ``title`` is a sentence, ``more`` tells what one can do about it."""
    return {
        "id": name,
        "shortDescription": {"text": title},
        "fullDescription": {"text": title},
        "help": {"text": more},
        "defaultConfiguration": {"level": level, "enabled": level != "none"},
    }


def result(
    name: str, number: int, level: str, text: str, print_of: Mapping[str, Sequence[str]], where: Where | None
) -> dict[str, Any]:
    """One result, of the rule with this name and number; the fingerprint is of what does not move with the lines."""
    prints = {key: hashlib.sha256("\0".join(parts).encode()).hexdigest() for key, parts in print_of.items()}
    found: dict[str, Any] = {
        "ruleId": name,
        "ruleIndex": number,
        "level": level,
        "message": {"text": _printable(text)},
        "partialFingerprints": prints,
    }
    if where is not None:
        place = {"uri": quote(where.path), "uriBaseId": "%SRCROOT%"}
        region = {"startLine": max(where.line, 1)}
        found["locations"] = [{"physicalLocation": {"artifactLocation": place, "region": region}}]
    return found


def _printable(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)
