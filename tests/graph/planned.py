"""How does a test write a Terraform plan? As ``terraform show -json`` does, with values that must never be seen."""

from __future__ import annotations

import json
from pathlib import Path

HIDDEN = "hunter2-never-shown"


def resource(address, *actions, **more):
    """A resource change; values stand in it, sensitive ones too."""
    change = {
        "actions": list(actions),
        "before": {"password": HIDDEN, "name": HIDDEN},
        "after": {"password": HIDDEN},
        "before_sensitive": {"password": True},
        "after_sensitive": {"password": True},
        "after_unknown": {},
    }
    if more.pop("importing", False):
        change["importing"] = {"id": HIDDEN}
    return {"address": address, "mode": "managed", "change": change, **more}


def plan(*resources, version="1.2", **more):
    """A plan as a mapping."""
    return {
        "format_version": version,
        "terraform_version": "1.9.0",
        "variables": {"password": {"value": HIDDEN}},
        "planned_values": {"outputs": {"password": {"sensitive": True, "value": HIDDEN}}},
        "resource_changes": list(resources),
        **more,
    }


def write_plan(file: Path, *resources, **more) -> Path:
    """Write a plan; return the file."""
    file.write_text(json.dumps(plan(*resources, **more)), encoding="utf-8")
    return file
