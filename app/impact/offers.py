"""What could be different in the map, in one click? Ready edits around what is changed, each added to the what-if."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import yaml

from app.atlas import Atlas, Link, short
from app.impact.question import LONGEST_PATCH, Question
from graph.model import InputError
from graph.projection import REQUIRED
from graph.store import DERIVED
from ontology.vocabulary import vocabulary

__all__ = ["Offer", "offers"]

_MOST_ELEMENTS, _MOST_EACH, _MOST_USERS = 3, 4, 30
_RESERVE = "30 min"

Patch = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Offer:
    """An edit in words, and the question with it."""

    words: str
    question: Question


def offers(atlas: Atlas, question: Question) -> list[Offer]:
    """Edits of the elements that are changed; none where the what-if is written by hand in a way that is not read here.

    >>> from pathlib import Path
    >>> from graph.maps import open_map
    >>> atlas = Atlas(open_map([Path("data/laundry")]))
    >>> [offer.words for offer in offers(atlas, Question(elements=("laundry/boiler",)))][:2]
    ['Boiler is taken away', 'A second Boiler, one of them is enough']
    """
    said = _read(question.patch)
    if said is None:
        return []
    found = []
    for element in _chosen(atlas, question):
        for words, edit in _edits(atlas, element):
            patch = yaml.safe_dump(_merged(said, edit), sort_keys=False, allow_unicode=True, width=100)
            if len(patch) <= LONGEST_PATCH:
                found.append(Offer(words, replace(question, patch=patch.strip(), at="")))
    return found


def _chosen(atlas: Atlas, question: Question) -> Iterator[int]:
    for name in question.elements[:_MOST_ELEMENTS]:
        try:
            element = atlas.projection.find(name)
        except InputError:
            continue
        if not atlas.projection.stub[element]:
            yield element


class _Plain(yaml.SafeLoader):
    """YAML without aliases: a short text with them may stand for a very long one."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("an alias")
        return super().compose_node(parent, index)


def _read(patch: str) -> Patch | None:
    """What the what-if says so far; None for what is no plain mapping."""
    try:
        said = yaml.load(patch, _Plain) if patch.strip() else {}  # noqa: S506 a safe loader
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _merged(one: Any, other: Any) -> Any:  # noqa: ANN401 any YAML
    """Both: mappings key by key, lists one after the other, else the later."""
    if isinstance(one, dict) and isinstance(other, dict):
        rest = {key: value for key, value in other.items() if key not in one}
        return {key: _merged(value, other[key]) if key in other else value for key, value in one.items()} | rest
    if isinstance(one, list) and isinstance(other, list):
        return [*one, *(each for each in other if each not in one)]
    return other


# ── edits ──────────────────────────────────────────────────────────────────────────────────────


def _edits(atlas: Atlas, element: int) -> Iterator[tuple[str, Patch]]:
    p = atlas.projection
    name = short(p.labels[element], 40)
    yield f"{name} is taken away", {"remove": [p.ids[element]]}
    if (twin := _twin(atlas, element)) is not None:
        yield f"A second {name}, one of them is enough", twin
    for each in _said(atlas, _plain(atlas.used_by(element)))[:_MOST_EACH]:
        user, other = p.ids[each.element], short(p.labels[each.element], 40)
        yield f"{other} no longer needs {name}", _about(user, {"remove": [p.ids[element]]})
        if each.strength == "required":
            softer = {"on": p.ids[element], "strength": "degrading"}
            yield f"{other} only works worse without {name}", _about(user, {"change": [softer]})
            longer = {"on": p.ids[element], "tolerance": _RESERVE}
            yield f"{other} holds out {_RESERVE} without {name}", _about(user, {"change": [longer]})


def _about(element: str, dependencies: Mapping[str, Any]) -> Patch:
    return {"change": {element: {"depends_on": dict(dependencies)}}}


def _plain(links: list[Link]) -> list[Link]:
    """Those of one element on another, once each: not through a group, and those that carry an outage."""
    often = [each.element for each in links]
    return [each for each in links if each.strength and not each.group and often.count(each.element) == 1]


def _said(atlas: Atlas, links: list[Link]) -> list[Link]:
    """Those that a source says as dependencies: what follows from a property is changed by that property."""
    iris, about = atlas.projection.edges.iris, atlas.map.store.about
    return [each for each in links if any(graph != DERIVED for _, _, graph in about(iris[each.edge]))]


def _twin(atlas: Atlas, element: int) -> Patch | None:
    """A copy with the same dependencies; whoever requires the first then requires one of the two."""
    p = atlas.projection
    cls = vocabulary().classes.get(p.classes[element])
    namespace, _, identifier = p.ids[element].rpartition("/")
    users = [each for each in _plain(atlas.used_by(element)) if int(p.edges.strength[each.edge]) == REQUIRED]
    copy = f"{identifier}-2"
    if len(_said(atlas, users)) < len(users):
        return None
    if cls is None or not cls.key or not 0 < len(users) <= _MOST_USERS or f"{namespace}/{copy}" in set(p.ids):
        return None
    needs = [
        {"on": p.ids[each.element], "kind": _kind(atlas, each), "strength": each.strength}
        for each in _plain(atlas.depends_on(element))
    ]
    entry = {"id": copy, "kind": cls.key, "name": f"{p.labels[element]} 2"} | ({"depends_on": needs} if needs else {})
    both = (p.ids[element], f"{namespace}/{copy}")
    change = {
        p.ids[each.element]: {
            "depends_on": {
                "remove": [p.ids[element]],
                "add": [
                    {
                        "of": [{"on": name, "kind": _kind(atlas, each)} for name in both],
                        "k": 1,
                        "strength": "required",
                    }
                ],
            }
        }
        for each in users
    }
    return {"namespace": namespace, "add": {"elements": [entry]}, "change": change}


def _kind(atlas: Atlas, link: Link) -> str:
    p = atlas.projection
    return p.kinds[int(p.edges.kind[link.edge])].key
