"""What does a Terraform plan say? Its addresses and actions, and why it may not be all.

Read is what ``terraform show -json`` writes. Only addresses and actions are taken from it: the values of resources,
sensitive or not, are never looked at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from graph.answer import count
from graph.model import InputError
from graph.planned import Action, Plan, Planned, shown

__all__ = ["TAKES", "read"]

TAKES = 1

_LARGEST = 200_000_000
_VERSION = re.compile(r"0\.[12]|1\.\d+")
_MADE_BY = "make it with: terraform show -json PLAN"
_OF_A_PLAN = {"resource_changes", "planned_values"}
_KEYS = {"terraform_version", *_OF_A_PLAN}  # older plans, and those of other tools, name no version of Terraform

_ACTIONS = {
    ("no-op",): Action.NONE,
    ("read",): Action.READ,
    ("create",): Action.CREATE,
    ("update",): Action.UPDATE,
    ("delete",): Action.DELETE,
    ("delete", "create"): Action.REPLACE,
    ("create", "delete"): Action.REPLACE,
    ("forget",): Action.FORGET,
    ("create", "forget"): Action.REPLACE,
}


def read(path: Path) -> Plan:
    """Read a plan.

    Raises InputError when the file is no plan, or one of a format that is not known.
    """
    told = _json(path)
    version = told.get("format_version")
    if not isinstance(version, str) or not told.keys() & _KEYS:
        raise InputError.of("this is no Terraform plan in JSON", path=path, remedy=_MADE_BY)
    if not _VERSION.fullmatch(version):
        what = f"a plan of format '{shown(version)}'"
        raise InputError.of(f"{what} is not known", path=path, remedy="formats 0.1, 0.2 and 1.x are")
    if not told.keys() & _OF_A_PLAN:
        raise InputError.of("this is a Terraform state, not a plan", path=path, remedy=_MADE_BY)
    planned = tuple(_planned(path, item) for item in _list(path, told, "resource_changes"))
    drift = tuple(_planned(path, item) for item in _list(path, told, "resource_drift"))
    return Plan(str(path), "Terraform", planned, drift, tuple(_doubts(path, told)))


def _json(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _LARGEST:
            raise InputError.of(f"larger than {_LARGEST // 1_000_000} MB", path=path, remedy=_MADE_BY)
        told = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InputError.of(f"cannot be read ({error.strerror})", path=path, remedy="name a file that can") from error
    except (ValueError, RecursionError):
        raise InputError.of("this is no JSON", path=path, remedy=_MADE_BY) from None
    if not isinstance(told, dict):
        raise InputError.of("this is no Terraform plan in JSON", path=path, remedy=_MADE_BY)
    return told


def _list(path: Path, told: Mapping[str, Any], key: str) -> list[Any]:
    found = [] if told.get(key) is None else told[key]
    if not isinstance(found, list):
        raise InputError.of(f"'{key}' is no list, so this is no Terraform plan", path=path, remedy=_MADE_BY)
    return found


def _planned(path: Path, item: object) -> Planned:
    change = item.get("change") if isinstance(item, dict) else None
    actions = change.get("actions") if isinstance(change, dict) else None
    if not isinstance(item, dict) or not isinstance(item.get("address"), str) or not isinstance(actions, list):
        raise InputError.of("a resource has no address or no actions", path=path, remedy=_MADE_BY)
    assert isinstance(change, dict)
    previous = item.get("previous_address")
    return Planned(
        address=item["address"],
        action=_ACTIONS.get(tuple(map(str, actions)), Action.UNKNOWN),
        previous=previous if isinstance(previous, str) and previous != item["address"] else "",
        deposed=bool(item.get("deposed")),
        imported=bool(change.get("importing")),
    )


def _doubts(path: Path, told: Mapping[str, Any]) -> Iterator[str]:
    if told.get("errored") is True:
        yield f"{path}: making this plan has failed, it is not whole"
    if told.get("complete") is False:
        yield f"{path}: this plan is not whole, another one will follow"
    if deferred := _list(path, told, "deferred_changes"):
        yield f"{path}: {count(len(deferred), 'change')} put off to a later plan"
    if acts := _list(path, told, "action_invocations"):
        yield f"{path}: {count(len(acts), 'action')} of a provider will run, what they do is not said"
