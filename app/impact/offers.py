"""What could be different in the map, in one click? Ready edits around what is changed; an address names them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import yaml

from app.atlas import Atlas, Link
from app.impact.question import Question
from app.words import short
from graph.model import InputError
from graph.projection import REQUIRED
from graph.store import DERIVED
from ontology.vocabulary import vocabulary

__all__ = ["Offer", "offers", "patch_of", "titles"]

_MOST_ELEMENTS, _MOST_EACH, _MOST_USERS = 3, 4, 30
_RESERVE, _BETWEEN = "30 min", "~"

Patch = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Offer:
    """An edit in words, and the question with it; of one that is chosen the question without it."""

    words: str
    question: Question
    chosen: bool = False


def offers(atlas: Atlas, question: Question) -> list[Offer]:
    """Edits of the elements that are changed; none where the what-if is written by hand in a way that is not read here.

    >>> from pathlib import Path
    >>> from graph.maps import open_map
    >>> atlas = Atlas(open_map([Path("data/laundry")]))
    >>> [offer.words for offer in offers(atlas, Question(elements=("laundry/boiler",)))][:2]
    ['Boiler is taken away', 'A second Boiler, one of them is enough']
    """
    if _read(question.patch) is None:
        return []
    found = []
    for element in _chosen(atlas, question):
        for name, words, _ in _edits(atlas, element):
            on = name in question.offered
            rest = tuple(each for each in question.offered if each != name)
            found.append(Offer(words, replace(question, offered=rest if on else (*rest, name), at=""), on))
    return found


def patch_of(atlas: Atlas, question: Question) -> str:
    """The whole what-if of a question: what is written, and the ready edits that it names.

    Raises:
        InputError: for an edit that is not offered, or where nothing can be added to what is written.
    """
    if not question.offered:
        return question.patch
    said = _read(question.patch)
    if said is None:
        raise InputError.of("nothing can be added to this what-if", remedy="write it in the format of map files")
    for name in question.offered:
        said = _merged(said, _named(atlas, name)[1])
    return yaml.safe_dump(said, sort_keys=False, allow_unicode=True, width=100).strip()


def titles(atlas: Atlas, question: Question) -> list[str]:
    """The what-if in words: its ready edits, and that more is written by hand."""
    named = [_named(atlas, name)[0] for name in question.offered]
    return [*named, *(["what you wrote yourself"] if question.patch else [])]


def _named(atlas: Atlas, name: str) -> tuple[str, Patch]:
    """The words and the edit that a name stands for."""
    try:
        element = atlas.projection.find(name.split(_BETWEEN)[1]) if _BETWEEN in name else -1
    except InputError:
        element = -1
    found = {each: (words, patch) for each, words, patch in _edits(atlas, element)} if element >= 0 else {}
    if name not in found:
        raise InputError.of(f"'{name[:80]}' is no edit that is offered here", remedy="pick one of the list")
    return found[name]


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


def _edits(atlas: Atlas, element: int) -> Iterator[tuple[str, str, Patch]]:
    """The name of each edit, as addresses have it, its words, and the patch."""
    p = atlas.projection
    own, name = p.ids[element], short(p.labels[element], 40)
    yield _BETWEEN.join(("away", own)), f"{name} is taken away", {"remove": [own]}
    if (twin := _twin(atlas, element)) is not None:
        yield _BETWEEN.join(("second", own)), f"A second {name}, one of them is enough", twin
    for each in islice(_said(atlas, _plain(atlas.used_by(element))), _MOST_EACH):
        user, other = p.ids[each.element], short(p.labels[each.element], 40)
        yield _BETWEEN.join(("free", own, user)), f"{other} no longer needs {name}", _about(user, {"remove": [own]})
        if each.strength == "required":
            softer, longer = {"on": own, "strength": "degrading"}, {"on": own, "tolerance": _RESERVE}
            words = f"{other} only works worse without {name}"
            yield _BETWEEN.join(("softer", own, user)), words, _about(user, {"change": [softer]})
            words = f"{other} holds out {_RESERVE} without {name}"
            yield _BETWEEN.join(("longer", own, user)), words, _about(user, {"change": [longer]})


def _about(element: str, dependencies: Mapping[str, Any]) -> Patch:
    return {"change": {element: {"depends_on": dict(dependencies)}}}


def _plain(links: list[Link]) -> list[Link]:
    """Those of one element on another, once each: not through a group, and those that carry an outage."""
    often = Counter(each.element for each in links)
    return [each for each in links if each.strength and not each.group and often[each.element] == 1]


def _said(atlas: Atlas, links: list[Link]) -> Iterator[Link]:
    """Those that a source says as dependencies: what follows from a property is changed by that property."""
    iris, about = atlas.projection.edges.iris, atlas.map.store.about
    return (each for each in links if any(graph != DERIVED for _, _, graph in about(iris[each.edge])))


def _twin(atlas: Atlas, element: int) -> Patch | None:
    """A copy with the same dependencies; whoever requires the first then requires one of the two."""
    p = atlas.projection
    cls = vocabulary().classes.get(p.classes[element])
    namespace, _, identifier = p.ids[element].rpartition("/")
    users = [each for each in _plain(atlas.used_by(element)) if int(p.edges.strength[each.edge]) == REQUIRED]
    copy = f"{identifier}-2"
    if cls is None or not cls.key or not 0 < len(users) <= _MOST_USERS or f"{namespace}/{copy}" in set(p.ids):
        return None
    if len(list(_said(atlas, users))) < len(users):
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
