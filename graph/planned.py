"""What would a plan do to the map? Its addresses become elements, its actions become changes.

A plan is what a tool says that it is about to do: Terraform, Kubernetes, Compose. Each has a reader in ``graph.plans``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from graph.analysis.changes import Change, ChangeKind
from graph.analysis.windows import ALWAYS, Spans
from graph.answer import count
from graph.maps import Map
from ontology import terms as t
from ontology.vocabulary import vocabulary

__all__ = ["Action", "Effect", "Plan", "Planned", "Planning", "changes", "planning", "shown"]

_KEY = r'\[(?:\d+|"(?:[^"\\]|\\.)*")\]'
_KEYS = re.compile(_KEY)
_STEP = re.compile(rf"([^.\[\]]+)((?:{_KEY})?)(?:\.|$)")
_MOST_SHOWN = 200


class Action(Enum):
    """What a plan does to a thing, in words."""

    CREATE = "created"
    UPDATE = "changed in place, it may restart"
    REPLACE = "replaced"
    DELETE = "deleted"
    SHRINK = "runs fewer instances"
    STOP = "runs no instance any more"
    FORGET = "no longer managed, it stays"
    READ = "read"
    NONE = "not changed"
    UNKNOWN = "changed in a way that is not known here"


_HARMLESS = (Action.NONE, Action.READ, Action.CREATE, Action.FORGET)


@dataclass(frozen=True, slots=True)
class Planned:
    """One thing of a plan.

    ``name``      what it is called on its own, where the address does not end in it
    ``detail``    more about the action, in words
    ``previous``  its address before it was moved; "" when it was not
    ``deposed``   what goes is an old object that a replacement has left behind, not the resource itself
    ``imported``  it exists already, and Terraform begins to manage it
    ``fewer``     it runs fewer instances afterwards, beside what the action says
    """

    address: str
    action: Action
    previous: str = ""
    deposed: bool = False
    imported: bool = False
    name: str = ""
    detail: str = ""
    fewer: bool = False

    @property
    def harmless(self) -> bool:
        """Whether nothing that is there now is touched."""
        return self.deposed or self.action in _HARMLESS

    def __str__(self) -> str:
        moved = f", moved from {shown(self.previous)}" if self.previous else ""
        what = "an old object of it is deleted" if self.deposed else self.action.value
        detail = f" ({shown(self.detail)})" if self.detail else ""
        return f"{shown(self.address)}: {what}{detail}{', imported' if self.imported else ''}{moved}"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is taken from a plan.

    ``tool``    whose plan it is
    ``drift``   what was changed past the tool
    ``doubts``  why it may not be all
    ``rights``  who gets or loses access, in words
    """

    path: str
    tool: str
    planned: tuple[Planned, ...]
    drift: tuple[Planned, ...] = ()
    doubts: tuple[str, ...] = ()
    rights: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Effect:
    """What plans do to one element; ``kind`` is None where nothing can break. ``by`` says how it was found.

    ``smaller``  whether it can carry less afterwards, whatever ``kind`` may do to it
    """

    element: int
    kind: ChangeKind | None
    words: str
    planned: tuple[Planned, ...]
    by: str
    smaller: bool = False


@dataclass(frozen=True, slots=True)
class Planning:
    """What plans do to a map.

    ``effects``   by element
    ``unmapped``  what touches something that is not on the map, as far as anybody can tell
    ``new``       what is created and not on the map yet
    ``notes``     drift and doubts, in words
    """

    effects: tuple[Effect, ...]
    unmapped: tuple[Planned, ...]
    new: tuple[Planned, ...]
    notes: tuple[str, ...]
    rights: tuple[str, ...] = ()

    def told(self, labels: Sequence[str]) -> Iterator[str]:
        """All of it in sentences, for people."""
        yield from self.known(labels)
        yield from self.unknown

    @property
    def unknown(self) -> Iterator[str]:
        """What cannot be found on the map, and what the plans themselves leave open."""
        yield from (f"not on the map: {planned}" for planned in self.unmapped)
        yield from self.notes

    def known(self, labels: Sequence[str]) -> Iterator[str]:
        """What happens to elements, and what is new."""
        for effect in self.effects:
            yield f"{labels[effect.element]}: {effect.words} (found by {effect.by})"
        yield from self.rights
        if self.new:
            yield f"{count(len(self.new), 'new resource')} not on the map yet: {_some(self.new, action=False)}"


def planning(opened: Map, plans: Sequence[Plan]) -> Planning:
    """What the plans do to the elements of a map.

    An element is found by the address that it records as ``external_id``: that of the resource, with or without the
    key of an instance, or of a module that the resource is in; the longest wins. Else by its id or name, where that is
    the name of the resource and of no other element.
    """
    finder = _Finder(opened)
    covered: defaultdict[int, list[tuple[Planned, str]]] = defaultdict(list)
    unmapped, new = [], []
    for planned in (planned for plan in plans for planned in plan.planned):
        found, by = finder.find(planned)
        for element in found:
            covered[element].append((planned, by))
        if not found and planned.action is Action.CREATE:
            new.append(planned)
        elif not found and not planned.harmless:
            unmapped.append(planned)
    effects = [_effect(element, all_) for element, all_ in sorted(covered.items())]
    return Planning(
        effects=tuple(effect for effect in effects if effect is not None),
        unmapped=tuple(unmapped),
        new=tuple(new),
        notes=tuple(_notes(plans)),
        rights=tuple(told for plan in plans for told in plan.rights),
    )


_RECORDED, _NAMED = "recorded address", "name"
_PLANNED = (
    t.WORKLOAD, t.PLATFORM, t.INFRASTRUCTURE, t.TOOL, t.DATA_SET, t.CERTIFICATE, t.SUBSCRIPTION, t.RESOURCE_GROUP,
    t.RESOURCE,
)  # fmt: skip


class _Finder:
    """Finds elements by addresses."""

    def __init__(self, opened: Map) -> None:
        self.projection = opened.projection
        self.recorded: defaultdict[str, set[int]] = defaultdict(set)
        for iri, address in opened.store.pairs(t.EXTERNAL_ID):
            number = self.projection.index.get(iri)
            if number is not None:
                self.recorded[address.strip()].add(number)

    def find(self, planned: Planned) -> tuple[list[int], str]:
        """The elements, and how they were found."""
        addresses = [address for address in (planned.address, planned.previous) if address]
        for known in (known for address in addresses for known in _coverers(address)):
            if known in self.recorded:
                return sorted(self.recorded[known]), _RECORDED
        for address in addresses:
            found = self._named.get(_plain(planned.name or _resource_name(address)), set())
            if len(found) == 1:
                return list(found), _NAMED
        return [], ""

    @cached_property
    def _named(self) -> Mapping[str, set[int]]:
        """Name or id -> elements, of those that Terraform may manage: a service has a name for other reasons."""
        words, p = vocabulary(), self.projection
        wanted = {cls for cls in set(p.classes) if any(words.is_a(cls, known) for known in _PLANNED)}
        found: defaultdict[str, set[int]] = defaultdict(set)
        for number, cls in enumerate(p.classes):
            if cls in wanted and not p.stub[number]:
                for name in (p.ids[number].partition("/")[2], p.labels[number]):
                    found[_plain(name)].add(number)
        return found


def _coverers(address: str) -> Iterator[str]:
    """What may be recorded for a resource, the longest first.

    >>> list(_coverers('module.a["x"].aws_instance.web[0]'))[:3]
    ['module.a["x"].aws_instance.web[0]', 'module.a["x"].aws_instance.web', 'module.a.aws_instance.web']
    >>> list(_coverers('module.a["x"].aws_instance.web[0]'))[3:]
    ['module.a["x"]', 'module.a']
    """
    if not address:
        return
    yield from dict.fromkeys((address, re.sub(rf"{_KEY}$", "", address), _KEYS.sub("", address)))
    steps = [name + key for name, key in _STEP.findall(address)]
    modules = 0
    while steps[2 * modules : 2 * modules + 1] == ["module"]:
        modules += 1
    for depth in range(modules, 0, -1):
        whole = ".".join(steps[: 2 * depth])
        yield from dict.fromkeys((whole, re.sub(rf"{_KEY}$", "", whole), _KEYS.sub("", whole)))


def _resource_name(address: str) -> str:
    """The name of a resource, without type, modules and key.

    >>> _resource_name('module.a.aws_instance.web["a.b"]')
    'web'
    """
    steps = _STEP.findall(address)
    return str(steps[-1][0]) if steps else ""


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]+", "-", name.casefold()).strip("-")


def _effect(element: int, covered: Sequence[tuple[Planned, str]]) -> Effect | None:
    """What happens to an element, given all resources that make it up, those included that stay as they are."""
    all_ = [planned for planned, _ in covered]
    by = _RECORDED if any(how == _RECORDED for _, how in covered) else _NAMED
    told = tuple(planned for planned in all_ if _is_worth_telling(planned))
    if not told:
        return None
    present = [planned for planned in all_ if not planned.deposed and planned.action is not Action.CREATE]
    gone = [planned for planned in present if planned.action is Action.DELETE]
    hit = [planned for planned in present if planned.action in _ENDS]
    fewer = [planned for planned in present if planned.action is Action.SHRINK]
    words = _some([planned for planned in told if not planned.harmless] or told)
    kind = None
    if present and len(gone) == len(present):
        kind = ChangeKind.RETIREMENT
    elif hit and len(hit) < len(present) and len({_KEYS.sub("", planned.address) for planned in present}) == 1:
        kind, words = ChangeKind.DEGRADATION, f"{len(hit)} of {len(present)} instances: {words}"
    elif hit:
        kind = ChangeKind.REPLACEMENT if all(p.action is Action.REPLACE for p in hit) else ChangeKind.OUTAGE
    elif fewer and len(fewer) == len([planned for planned in present if not planned.harmless]):
        kind = ChangeKind.CAPACITY_LOSS
    elif any(planned.action in (Action.UPDATE, Action.SHRINK) for planned in present):
        kind = ChangeKind.MAINTENANCE
    touched = [planned for planned in present if not planned.harmless]
    smaller = kind is ChangeKind.MAINTENANCE and all(p.fewer or p.action is Action.SHRINK for p in touched)
    return Effect(element, kind, words, told, by, smaller)


def _is_worth_telling(planned: Planned) -> bool:
    return planned.action not in (Action.NONE, Action.READ) or bool(planned.previous) or planned.imported


_ENDS = (Action.DELETE, Action.REPLACE, Action.STOP, Action.UNKNOWN)


def _notes(plans: Sequence[Plan]) -> Iterator[str]:
    for plan in plans:
        if changed := [drift for drift in plan.drift if drift.action is not Action.NONE]:
            yield f"changed outside {plan.tool}, not judged: {_some(changed)}"
        yield from plan.doubts


def changes(effects: Sequence[Effect], *, windows: Spans = ALWAYS) -> list[Change]:
    """The effects as changes for ``judge``; what is changed in place may restart, or not, and may be smaller then."""
    found = []
    for effect in effects:
        if effect.kind is not None:
            surely: Spans | None = () if effect.kind is ChangeKind.MAINTENANCE else None
            found.append(Change(effect.kind, effect.element, windows, surely, "plan"))
        if effect.smaller:
            found.append(Change(ChangeKind.CAPACITY_LOSS, effect.element, windows, None, "plan"))
    return found


_MOST_LISTED = 5


def _some(planned: Sequence[Planned], *, action: bool = True) -> str:
    told = [str(each) if action else shown(each.address) for each in planned[:_MOST_LISTED]]
    more = f" and {len(planned) - _MOST_LISTED:,} more" if len(planned) > _MOST_LISTED else ""
    return "; ".join(told) + more


def shown(text: str) -> str:
    r"""A text of a plan in one line that is not too long.

    >>> shown("two\nlines")
    'two lines'
    """
    plain = "".join(sign if sign.isprintable() else " " for sign in text)
    return plain if len(plain) <= _MOST_SHOWN else plain[: _MOST_SHOWN - 1] + "…"
