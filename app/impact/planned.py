"""What would a plan do here? Terraform's is read, forgotten, and becomes the address of a change."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.atlas import Atlas
from app.impact.question import MOST_ELEMENTS, Question, link
from graph.model import Finding, InputError
from graph.planned import planning
from graph.plans import read_plan

__all__ = ["LARGEST_PLAN", "planned"]

LARGEST_PLAN = 20_000_000
"""Bytes of a plan that is sent to the page; a larger one is for the command line."""


def planned(atlas: Atlas, content: bytes) -> dict[str, Any]:
    """The address of the change that a plan makes, and all that must be said of the plan.

    Raises InputError for what is no plan, for one that touches nothing on the map, and for one that touches too much.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "plan.json"
        file.write_bytes(content)
        try:
            plan = read_plan(file)
        except InputError as error:
            raise InputError(*(_named(problem) for problem in error.problems)) from error
    told = planning(atlas.map, [replace(plan, path="plan")])
    p = atlas.projection
    acts = tuple((each.kind.value, p.ids[each.element]) for each in told.effects if each.kind is not None)
    said = [*told.told(p.labels)]
    if not acts:
        remedy = "; ".join(said[:3]) or "it changes nothing"
        raise InputError.of("nothing on this map breaks by this plan", remedy=remedy)
    if len(acts) > MOST_ELEMENTS:
        remedy = "a larger one is judged at the command line, from its file"
        raise InputError.of(f"the plan touches {len(acts):,} elements, {MOST_ELEMENTS} are judged here", remedy=remedy)
    return {"address": link(Question(acts=acts)), "said": said}


def _named(problem: Finding) -> Finding:
    """A problem of the plan, without the folder that it was written to."""
    return replace(problem, where=replace(problem.where, path="plan") if problem.where else None)
