"""Is a kept result true of this map? A second evaluation, from the statements, that shares no code with the engine.

It reads dependencies and groups from the triples, repeats the rules of the meaning one by one until nothing changes,
and compares every span of both runs; then it walks every proof. Slow and plain on purpose.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from math import ceil
from pathlib import Path
from typing import Any

from graph.model import InputError
from graph.store import Reader
from ontology import terms as t

__all__ = ["check"]

FORMAT = "servicemap result 1"
_STATES = ("at risk", "degraded", "down")
_KINDS = ("outage", "degradation", "capacity loss", "maintenance", "replacement", "retirement")
_LESSER = ("degradation", "capacity loss")
_BEGINNING, _END = -(2**62), 2**62
_MOST_ROUNDS, _MOST_TOLD = 10_000, 50
_RUN = t.SM + "phase-run"
_STRENGTHS = {t.SM + "strength-optional": 0, t.SM + "strength-degrading": 1, t.SM + "strength-required": 2}
_PHASES = [t.SM + "phase-run", t.SM + "phase-start", t.SM + "phase-change"]
_TIMES = (t.TOLERANCE_MINUTES, t.RECOVERY_LAG_MINUTES, t.REFILL_MINUTES)
_ENDLESS = 2**64
_STRENGTH, _NEEDED, _EVIDENCE, _MEMBERSHIP, _TOLERANCE = (
    "strength", "members that must work", "old evidence", "old membership", "tolerance",
)  # fmt: skip
_MOST_OPEN = 50
_Key = tuple[str, str, str]
_Open = tuple[str, _Key]
Spans = list[tuple[int, int]]
Felt = dict[str, Spans]


@dataclass
class _Need:
    """A dependency, or the need of an element for its group."""

    iri: str
    dependent: str
    provider: str
    strength: int
    stated: bool
    tolerance: int = 0
    lag: int = 0
    refill: int = 0
    counts: int = 1

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is known by."""
        return self.iri, self.dependent, self.provider


@dataclass
class _Way:
    """How the map is read where it leaves something open.

    ``absent``  dependencies that pass nothing on, ``lost`` members that are down whenever another one is hit
    ``longest`` tolerances that count instead, ``whole`` groups that need all of their members
    ``away``    elements and groups that are not followed
    """

    absent: set[_Key] = field(default_factory=set)
    lost: set[_Key] = field(default_factory=set)
    longest: dict[_Key, int] = field(default_factory=dict)
    whole: set[str] = field(default_factory=set)
    away: set[str] = field(default_factory=set)


@dataclass
class _Group:
    """A group of alternatives and its members."""

    k: int
    full: int
    members: list[_Need] = field(default_factory=list)
    share: Decimal | None = None

    def need(self, size: int) -> int:
        """How many of so many members must work."""
        return self.k if self.share is None else max(1, ceil(self.share * size / 100))


def check(store: Reader, result: Mapping[str, Any], *, path: str | Path = "") -> tuple[str, ...]:
    """What is wrong with a result, in words; nothing when it is true of the map.

    Args:
        store: the map, at the revision of the result.
        result: as ``graph.results.document`` makes it, read from JSON.
        path: the file that it was read from, for messages.

    Raises:
        InputError: it is no result, or one of another revision.
    """
    if not isinstance(result, dict) or result.get("format") != FORMAT:
        remedy = f"its format should be '{FORMAT}'"
        raise InputError.of("this is no result that servicemap has kept", path=path, remedy=remedy)
    if result.get("revision") != store.revision:
        raise InputError.of(
            f"the result is of revision '{str(result.get('revision'))[:40]}', the map is at '{store.revision}'",
            path=path,
            remedy="check it against the map as it was, or judge again",
        )
    try:
        return tuple(_problems(_Facts(store), result))[:_MOST_TOLD]
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as problem:
        said = " ".join(str(problem).split())[:120]
        raise InputError.of(f"the result is damaged ({type(problem).__name__}: {said})", path=path) from problem


def _problems(facts: _Facts, result: Mapping[str, Any]) -> Iterator[str]:
    yield from _asked(facts, result)
    horizon = _END if result["horizon"] is None else int(result["horizon"])
    changes = result["changes"]
    changed = {change["element"] for change in changes}
    retired = {change["element"] for change in changes if change["kind"] == "retirement"}
    far = facts.far(changed)
    away = set() if result["depth"] is None else facts.beyond(far, int(result["depth"]))
    open_ = _open(facts, result, away)
    worst, best = _read_as(facts, open_, set(), away), _read_as(facts, open_, open_, away)
    most = _evaluate(facts, changes, worst, certain=False, horizon=horizon)
    least = _evaluate(facts, changes, best, certain=True, horizon=horizon)
    yield from _compare("at most", most, result["most"])
    yield from _compare("at least", least, result["least"])
    resting = set(far) - changed - set(facts.groups)
    said = {each["element"] for each in result["affected"]}
    hit = {iri for iri in most if iri not in facts.groups and iri not in changed}
    for iri in sorted(hit ^ said):
        yield f"{iri} is {'affected and not told' if iri in hit else 'told as affected and is not'}"
    spared = {each["element"] for each in result["spared"]}
    for iri in sorted(spared ^ (resting - hit - changed - away)):
        yield f"{iri} is {'told as spared and is not' if iri in spared else 'spared and not told'}"
    if sorted(result["beyond"]) != sorted(facts.reached_from(set(most), away)):
        yield "what lies beyond the depth is not told as it is"
    for each in result["affected"]:
        yield from _bounds(each, most, least)
        yield from _walk(facts, each, most, changed, worst, result)
    for each in result["spared"]:
        yield from _saved(facts, each, most, changed, retired, worst)
    yield from _cuts(facts, result)
    yield from _decided(facts, result, open_, away, horizon)
    stated = [need for need in facts.needs if need.provider in far and need.provider not in facts.groups]
    if (result["assumed"], result["dependencies"]) != (sum(not n.stated for n in stated), len(stated)):
        yield "the number of assumed strengths is not what the map says"


def _cuts(facts: _Facts, result: Mapping[str, Any]) -> Iterator[str]:
    """What is told to be left out is what a limit left out, and nothing of that is left untold."""
    open_ = sum(each["lower"] == "unaffected" and each["upper"] in _STATES[1:] for each in result["affected"])
    expected = [f"what decides is told for the first 50 of {open_:,} open elements"] if open_ > _MOST_OPEN else []
    if beyond := len(result["beyond"]):
        hops = f"{result['depth']:,} hop{'s' if result['depth'] != 1 else ''}"
        rest = f"{beyond:,} element{'s' if beyond != 1 else ''}"
        expected.append(f"dependencies are followed for {hops}; beyond that {rest} may be down or not hit at all")
    told = [cut for cut in result["cuts"] if cut != _CIRCLE or not any(need.lag for need in facts.needs)]
    if told != expected:
        yield "what is told of its limits is not what they left out"


_CIRCLE = "a circle of lags was not followed to its end; its spans last to the horizon"


def _open(facts: _Facts, result: Mapping[str, Any], away: set[str]) -> set[_Open]:
    """All that is unknown, as far as the profile asks for it."""
    found: set[_Open] = set()
    if result["profile"] == "required":
        return found
    stale = facts.stale(result["as_of"], result["stale_after"])
    for need in facts.needs:
        if need.strength < 1 or need.dependent in away:
            continue
        if not need.stated:
            found.add((_STRENGTH, need.key))
        if need.iri in stale:
            found.add((_MEMBERSHIP if need.dependent in facts.groups else _EVIDENCE, need.key))
        read = need.iri in facts.longest and result["as_of"]
        if read or (result["profile"] == "nothing" and not need.tolerance):
            found.add((_TOLERANCE, need.key))
    asked = facts.silent if result["as_of"] else set()
    return found | {(_NEEDED, (iri, "", "")) for iri in asked if facts.size(iri) > 1}


def _read_as(facts: _Facts, open_: set[_Open], good: set[_Open], away: set[str]) -> _Way:
    """How the map is read where some of the unknowns are as good as they can be, and the others as bad."""
    way = _Way(away=away)
    for what, key in open_:
        if (what, key) in good:
            if what in (_STRENGTH, _EVIDENCE):
                way.absent.add(key)
            elif what == _TOLERANCE:
                way.longest[key] = facts.longest.get(key[0], _ENDLESS)
        elif what == _MEMBERSHIP:
            way.lost.add(key)
        elif what == _NEEDED:
            way.whole.add(key[0])
    return way


def _decided(
    facts: _Facts, result: Mapping[str, Any], open_: set[_Open], away: set[str], horizon: int
) -> Iterator[str]:
    """What is told to decide does: together it hits an element, and no part of that does; alone it saves it."""
    untold = [e["element"] for e in result["affected"] if e["lower"] == "unaffected" and e["upper"] != "at risk"]
    if [each["element"] for each in result["deciding"]] != untold[:_MOST_OPEN]:
        yield "what decides is not told for the elements that are open"

    def hits(element: str, good: set[_Open]) -> bool:
        way = _read_as(facts, open_, good, away)
        run = _evaluate(facts, result["changes"], way, certain=False, horizon=horizon, within=below)
        return bool(run.get(element, {}).get("degraded"))

    for each in result["deciding"]:
        alone, together = ({_named(unknown) for unknown in each[word]} for word in ("alone", "together"))
        name = each["element"]
        below = facts.below(name)
        if not alone <= together <= open_:
            yield f"{name}: something is told to decide that is not open"
        elif not hits(name, open_ - together) or any(hits(name, open_ - together | {one}) for one in together):
            yield f"{name}: what is told to decide together does not"
        elif alone != {one for one in together if not hits(name, {one})}:
            yield f"{name}: what is told to decide alone is not what does"


def _named(unknown: Mapping[str, str]) -> _Open:
    if unknown["what"] == _NEEDED:
        return _NEEDED, (unknown["group"], "", "")
    return unknown["what"], (unknown["dependency"], unknown["dependent"], unknown["provider"])


def _asked(facts: _Facts, result: Mapping[str, Any]) -> Iterator[str]:
    """The question is one that can be asked of this map, and the text is as it was kept."""
    rest = {key: value for key, value in result.items() if key != "digest"}
    if result["digest"] != hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest():
        yield "it is not as it was kept: its digest is that of another text"
    if result["profile"] not in ("required", "unknown", "nothing"):
        yield f"there is no profile '{str(result['profile'])[:40]}'"
    for change in result["changes"]:
        if change["kind"] not in _KINDS or change["element"] not in facts.elements:
            yield f"there is no change '{str(change['kind'])[:40]}' of '{str(change['element'])[:200]}'"
    if {path: source["digest"] for path, source in result["sources"].items()} != facts.sources:
        yield "its sources are not those of this map"
    if result["failed_sources"] != {
        held.source.path: held.stale_since for held in facts.store.held if held.stale_since
    }:
        yield "its sources that cannot be read are not those of this map"


def _bounds(each: Mapping[str, Any], most: Mapping[str, Felt], least: Mapping[str, Felt]) -> Iterator[str]:
    for name, run in (("upper", most), ("lower", least)):
        worst = next((s for s in reversed(_STATES) if run.get(each["element"], {}).get(s)), "unaffected")
        if each[name] != worst:
            yield f"{each['element']}: {name} is told as '{each[name]}' and is '{worst}'"


def _compare(name: str, run: Mapping[str, Felt], told: Mapping[str, Any]) -> Iterator[str]:
    for iri in sorted({*run, *told}):
        expected = {state: spans for state, spans in run.get(iri, {}).items() if spans}
        said = {state: _read(spans) for state, spans in told.get(iri, {}).items()}
        if expected != said:
            yield f"{iri}: its spans ({name}) are not what follows from the map"


def _read(spans: Sequence[Sequence[int | None]]) -> Spans:
    return [(_BEGINNING if a is None else int(a), _END if b is None else int(b)) for a, b in spans]


def _walk(
    facts: _Facts, each: Mapping[str, Any], most: Mapping[str, Felt], changed: set[str], way: _Way,
    result: Mapping[str, Any],
) -> Iterator[str]:  # fmt: skip
    """The proof leads from a change to the element, over dependencies that the map has, each carrying its state."""
    name = each["element"]
    ends = [""]
    for step in each["proof"]:
        need = facts.by_iri.get((step["dependency"], step["dependent"], step["provider"]))
        if need is None or need.strength < 1:
            yield f"{name}: its proof uses '{step['dependency']}', which carries nothing in this map"
            return
        if not any(most.get(need.provider, {}).values()) and need.provider not in changed:
            yield f"{name}: its proof goes over '{need.provider}', which is not hit"
        if len(ends) == 1 and need.provider not in changed:
            yield f"{name}: its proof does not begin at a change"
        if len(ends) > 1 and need.provider != ends[-1]:
            yield f"{name}: its proof is broken before '{step['dependency']}'"
        yield from _says(facts, name, step, need, way, result)
        spans = most.get(need.provider, {}).get("degraded", [])
        reserve = _outlasting(need, need.tolerance, spans) if need.tolerance else iter(())
        if step.get("used_up") != next((begin for begin, _ in reserve if abs(begin) < _END), None):
            yield f"{name}: its proof says when the reserve of '{step['dependency']}' is used up, and it is not then"
        ends.append(need.dependent)
    if ends[-1] != name:
        yield f"{name}: its proof ends at '{ends[-1]}'"


def _says(
    facts: _Facts, name: str, step: Mapping[str, Any], need: _Need, way: _Way, result: Mapping[str, Any]
) -> Iterator[str]:
    """What a step says of its dependency is what the map says, its age included."""
    silent = result["profile"] != "required" and bool(result["as_of"])
    if step["assumed"] == need.stated or step["rule"] != facts.rule(need, way, silent=silent):
        yield f"{name}: its proof says of '{step['dependency']}' what the map does not"
    place = facts.place(step["dependency"])
    if (step.get("source"), step.get("line")) != place:
        yield f"{name}: its proof names another place for '{step['dependency']}' than the map"
    seen, days = facts.seen.get(need.iri), None
    read = result["sources"].get(place[0], {}).get("loaded_at", "") if place[0] else ""
    moment = seen or (_moment(read) if read else None)
    if moment is not None and result["as_of"] is not None:
        days = (datetime.fromtimestamp(result["as_of"], UTC) - moment).days
    expected = (
        (seen.isoformat(), "evidence", days) if seen else (read, "import", days) if moment else (None, "unknown", None)
    )
    if (step["since"], step["known_by"], step["age_days"]) != expected:
        yield f"{name}: its proof says another age of '{step['dependency']}' than the map"


def _saved(
    facts: _Facts, each: Mapping[str, Any], most: Mapping[str, Felt], changed: set[str], retired: set[str], way: _Way
) -> Iterator[str]:
    """What is told to save the element is there, and does save it."""
    expected = []
    for need in facts.of.get(each["element"], ()):
        group = facts.groups.get(need.provider)
        if group is not None:
            lost = [m.counts for m in facts.all_members[need.provider] if most.get(m.provider, {}).get("down")]
            if lost:
                left = facts.size(need.provider) - sum(lost)
                gone = sum(m.counts for m in facts.all_members[need.provider] if m.provider in retired)
                needs = group.k if not gone else group.need(facts.size(need.provider) - gone)
                needs = facts.size(need.provider) if need.provider in way.whole else needs
                expected.append({"group": need.provider, "needs": needs, "left": left})
        elif any(most.get(need.provider, {}).values()) or need.provider in changed:
            expected.append({"dependency": need.iri, "because": "optional" if need.strength < 1 else "reserve"})
    told = sorted(map(str, (dict(sorted(s.items())) for s in each["saved_by"])))
    if told != sorted(map(str, (dict(sorted(s.items())) for s in expected))):
        yield f"{each['element']}: what is told to save it is not what the map says"


# ── the map, from its statements ───────────────────────────────────────────────────────────────


class _Facts:
    """Dependencies and groups, read statement by statement."""

    def __init__(self, store: Reader) -> None:
        self.store = store
        kinds = self._kinds()
        said = {term: self._all(term) for term in (t.STRENGTH, t.PHASE, *_TIMES, t.KIND, t.MEMBER_OF_GROUP, t.WEIGHT)}
        dependents, providers = self._all(t.DEPENDENT), self._all(t.PROVIDER)
        self.elements = elements = {iri for iri, _ in store.pairs(t.DCTERMS_IDENTIFIER)} | {
            i for i, _ in store.pairs(t.IS_STUB)
        }
        group_iris = {iri for iri, cls in store.pairs(t.RDF_TYPE) if cls == t.DEPENDENCY_GROUP and iri in dependents}
        outer = {iri: min(found) for iri, found in said[t.MEMBER_OF_GROUP].items()}
        self.needs: list[_Need] = []
        self.groups: dict[str, _Group] = {}
        self.of: defaultdict[str, list[_Need]] = defaultdict(list)
        self.all_members: defaultdict[str, list[_Need]] = defaultdict(list)
        for iri in sorted({*providers, *group_iris}):
            is_group = iri in group_iris
            dependent = outer.get(iri) or min(dependents.get(iri, {""}))
            provider = iri if is_group else min(providers[iri])
            if not is_group and not {dependent, provider} <= elements | group_iris:
                continue
            need = self._need(iri, dependent, provider, said, kinds, is_group=is_group)
            if dependent in group_iris:
                self.all_members[dependent].append(need)
            if self._runs(iri, said):
                self.needs.append(need)
                self.of[dependent].append(need)
        self._count(group_iris)
        self.needs = [need for need in self.needs if need.strength >= 0]
        self.by_iri = {(n.iri, n.dependent, n.provider): n for n in self.needs}
        self.sources = {source.path: source.digest for source in store.sources if source.importer}
        counted = self._all(t.MINIMUM_MEMBERS).keys() | self._all(t.MINIMUM_PERCENT).keys()
        self.silent = group_iris - counted
        self.longest = self._longest(said)
        self.seen: dict[str, datetime] = {}
        for iri, text in store.pairs(t.LAST_SEEN):
            if (moment := _moment(text)) is not None:
                self.seen[iri] = max(moment, self.seen.get(iri, moment))

    def _kinds(self) -> dict[str, int]:
        """Kind -> default strength; -1 where it carries no outage."""
        carries = {iri for iri, value in self.store.pairs(t.PROPAGATES_IMPACT) if value == "true"}
        default = {iri: _STRENGTHS.get(value, 2) for iri, value in self.store.pairs(t.DEFAULT_STRENGTH)}
        kinds = {iri for iri, cls in self.store.pairs(t.RDF_TYPE) if cls == t.DEPENDENCY_KIND}
        self.exposing = {iri for iri, _ in self.store.pairs(t.CARRIES_EXPOSURE)}
        return {iri: default.get(iri, 2) if iri in carries else -1 for iri in kinds}

    @staticmethod
    def _longest(said: Mapping[str, dict[str, set[str]]]) -> dict[str, int]:
        """Of the tolerances that sources state the longest; endless where a reserve has no size."""
        claims = {iri: {Decimal(m) for m in minutes} for iri, minutes in said[t.TOLERANCE_MINUTES].items()}
        found = {iri: round(float(max(minutes)) * 60) for iri, minutes in claims.items() if len(minutes) > 1}
        return found | {iri: _ENDLESS for iri in said[t.REFILL_MINUTES] if iri not in claims}

    def stale(self, as_of: int | None, limit: int | None) -> set[str]:
        """What was last seen before the limit, and what only sources say that failed and were read before it."""
        if not as_of or limit is None:
            return set()
        oldest = datetime.fromtimestamp(as_of - limit, UTC)
        old = {iri for iri, moment in self.seen.items() if moment < oldest}
        said: dict[str, bool] = {}
        for held in self.store.held:
            read = _moment(held.source.loaded_at)
            bad = bool(held.stale_since) and read is not None and read < oldest
            for iri in self.store.lines(held.source.id):
                said[iri] = said.get(iri, True) and bad
        return old | {iri for iri, bad in said.items() if bad and iri not in self.seen}

    def _all(self, term: str) -> dict[str, set[str]]:
        found: defaultdict[str, set[str]] = defaultdict(set)
        for subject, value in self.store.pairs(term):
            found[subject].add(value)
        return dict(found)

    def _need(
        self, iri: str, dependent: str, provider: str, said: Mapping[str, dict[str, set[str]]],
        kinds: Mapping[str, int], *, is_group: bool,
    ) -> _Need:  # fmt: skip
        kind = t.SM + "kind-needs" if is_group else min(said[t.KIND].get(iri, {t.SM + "kind-needs"}))
        claims = [_STRENGTHS[c] for c in said[t.STRENGTH].get(iri, ()) if c in _STRENGTHS]
        strength = kinds.get(kind, kinds[t.SM + "kind-needs"])
        if claims and kind not in self.exposing:
            strength = max(claims)
        stated, at = iri in said[t.STRENGTH], iri
        for _ in range(100):  # a group speaks for its members
            at = min(said[t.MEMBER_OF_GROUP].get(at, {""}))
            stated = stated or at in said[t.STRENGTH]
        times = [[Decimal(m) for m in said[term].get(iri, ())] for term in _TIMES]
        worst = (min, max, max)  # of several claims the one that does most harm
        tolerance, lag, refill = [
            round(float(most(minutes)) * 60) if minutes else 0 for most, minutes in zip(worst, times, strict=True)
        ]
        weights = [int(w) for w in said[t.WEIGHT].get(iri, ()) if w.isdecimal() and 1 <= int(w) <= 1_000]
        counts = min(weights, default=1)  # the smaller does more harm
        return _Need(iri, dependent, provider, strength, stated, tolerance, lag, refill, counts)

    @staticmethod
    def _runs(iri: str, said: Mapping[str, dict[str, set[str]]]) -> bool:
        phases = [_PHASES.index(phase) for phase in said[t.PHASE].get(iri, ()) if phase in _PHASES]
        return not phases or min(phases) == 0

    def _count(self, group_iris: set[str]) -> None:
        least, share, full = (
            self._all(t.MINIMUM_MEMBERS),
            self._all(t.MINIMUM_PERCENT),
            self._all(t.FULL_SERVICE_MEMBERS),
        )
        for iri in group_iris:
            size, k = self.size(iri), 1
            if iri in least:
                k = int(max(Decimal(v) for v in least[iri]))
            elif iri in share:
                k = ceil(max(Decimal(v) for v in share[iri]) * size / 100)
            wanted = max(int(max(Decimal(v) for v in full[iri])), k) if iri in full else k
            members = [need for need in self.of[iri] if need.strength >= 1]
            percent = max(Decimal(v) for v in share[iri]) if iri in share and iri not in least else None
            self.groups[iri] = _Group(k if k <= size else 0, min(wanted, size), members, percent)

    def size(self, group: str) -> int:
        """How many members a group has; one with a weight counts as so many."""
        return sum(need.counts for need in self.all_members[group])

    def far(self, changed: set[str]) -> dict[str, int]:
        """What has a way of dependencies to a change: how many hops; a group costs none."""
        users: defaultdict[str, list[str]] = defaultdict(list)
        for need in self.needs:
            users[need.provider].append(need.dependent)
        found, front, hops = dict.fromkeys(changed, 0), list(changed), 0
        while front:
            hops += 1
            following: list[str] = []
            for at in front:
                waiting = [at]
                while waiting:
                    for user in users[waiting.pop()]:
                        if user not in found:
                            found[user] = hops
                            (waiting if user in self.groups else following).append(user)
            front = following
        return found

    def beyond(self, far: Mapping[str, int], depth: int) -> set[str]:
        """What is further away than so many hops."""
        return {iri for iri, hops in far.items() if hops > depth}

    def below(self, element: str) -> set[str]:
        """The element, and all that it rests on."""
        found, waiting = {element}, [element]
        while waiting:
            for need in self.of[waiting.pop()]:
                if need.provider not in found:
                    found.add(need.provider)
                    waiting.append(need.provider)
        return found

    def reached_from(self, hit: set[str], away: set[str]) -> set[str]:
        """The elements among those that are away that rest on something that is hit."""
        found: set[str] = set()
        waiting = set(hit)
        while waiting:
            users = {n.dependent for n in self.needs if n.provider in waiting and n.strength >= 1}
            waiting = (users & away) - found
            found |= waiting
        return found - set(self.groups)

    def rule(self, need: _Need, way: _Way, *, silent: bool) -> str:
        """The rule that a step uses, in the words of a result."""
        words = "degrading" if need.strength == 1 else "required"
        if need.dependent in self.groups:
            size = self.size(need.dependent)
            k = size if need.dependent in way.whole else self.groups[need.dependent].k
            words += f", member of {k} of {size}"
            if silent and need.dependent in self.silent:
                words += " (how many must work is not said)"
            words += ", lost as its evidence is old" if need.key in way.lost else ""
            words += f", counts {need.counts}" if need.counts > 1 else ""
        if need.tolerance:
            words += f", after {need.tolerance / 60:g} min"
            words += f", refills in {need.refill / 60:g} min" if need.refill else ""
        return words + (f", back {need.lag / 60:g} min later" if need.lag else "")

    def place(self, iri: str) -> tuple[str | None, int | None]:
        """File and line that say a dependency, or else the element it belongs to."""
        for name in (iri, iri.partition("/dependency/")[0].partition("/group/")[0]):
            for source in self.store.sources:
                line = self.store.lines(source.id).get(name)
                if line is not None:
                    return source.path, line
        return None, None


# ── the rules, again ───────────────────────────────────────────────────────────────────────────


def _evaluate(
    facts: _Facts, changes: Sequence[Mapping[str, Any]], way: _Way, *, certain: bool, horizon: int,
    within: set[str] | None = None,
) -> dict[str, Felt]:  # fmt: skip
    """Every element and group with when it is how bad, by repeating the rules until nothing changes.

    With ``within``, those alone; they must hold all that they rest on.
    """
    own, gone = _done(changes, certain=certain, horizon=horizon)
    users: defaultdict[str, set[str]] = defaultdict(set)
    for need in facts.needs:
        if within is None or need.dependent in within:
            users[need.provider].add(need.dependent)
    now = {iri: felt for iri, felt in own.items() if any(felt.values())}
    waiting = {user for iri in now for user in users[iri]}
    for _ in range(_MOST_ROUNDS):
        if not waiting:
            return now
        following: set[str] = set()
        for iri in sorted(waiting):
            felt = _rule(facts, iri, now, own.get(iri, {}), gone, way, horizon=horizon)
            if any(felt.values()) and felt != now.get(iri):
                now[iri] = felt
                following |= users[iri]
        waiting = following
    raise ValueError("a circle of lags has no end")


def _done(
    changes: Sequence[Mapping[str, Any]], *, certain: bool, horizon: int
) -> tuple[dict[str, Felt], dict[str, int]]:
    """What the changes do to their elements, and since when those are gone that are retired."""
    own: dict[str, Felt] = {}
    gone: dict[str, int] = {}
    for change in changes:
        both = [_read(change["windows"]), _read(change.get("surely", change["windows"]))]
        spans, other = both[::-1] if certain else both
        if change["kind"] == "retirement" and spans:
            spans = [(min(spans)[0], _END)]
            if other:
                gone[change["element"]] = min(min(other)[0], gone.get(change["element"], _END))
        felt = own.setdefault(change["element"], {state: [] for state in _STATES})
        for state in _STATES[: 2 if change["kind"] in _LESSER else 3]:
            felt[state] = _join([*felt[state], *spans], horizon)
    return own, gone


def _rule(
    facts: _Facts, iri: str, now: Mapping[str, Felt], own: Felt, gone: Mapping[str, int], way: _Way, *, horizon: int
) -> Felt:
    group = facts.groups.get(iri)
    needs = group.members if group else [n for n in facts.of.get(iri, ()) if n.strength >= 1]
    passed = [_passed(need, now, way, horizon=horizon) for need in needs]
    counts = [need.counts for need in needs]
    if group is None:
        return {s: _join([*own.get(s, []), *(x for p in passed for x in p[s])], horizon) for s in _STATES}
    hit = _join([span for p in passed for span in p["at risk"]], horizon)
    lost = way.lost - way.absent
    passed = [dict.fromkeys(_STATES, hit) if n.key in lost else p for n, p in zip(needs, passed, strict=True)]
    size = facts.size(iri)
    k = size if iri in way.whole else group.k
    if k < 1:
        return {s: [] for s in _STATES}
    times = [gone.get(need.provider, _END) if group.share is not None else _END for need in needs]
    if min(times, default=_END) < _END:
        return _fewer(group, size, list(zip(passed, counts, times, strict=True)), horizon)
    each = {s: [p[s] for p in passed] for s in _STATES}
    some = [span for spans in each["degraded"] for span in spans]
    return {
        "down": _when(each["down"], counts, size - k + 1),
        "degraded": _when(each["degraded"], counts, size - max(group.full, k) + 1),
        "at risk": _join([*_when(each["at risk"], counts, size - k + 1), *some], horizon),
    }


def _fewer(group: _Group, size: int, members: Sequence[tuple[Felt, int, int]], horizon: int) -> Felt:
    """A group that needs a share, while members go for good: looked at between each two moments at which one goes."""
    felt: Felt = {s: [] for s in _STATES}
    felt["at risk"] += [span for passed, _, _ in members for span in passed["degraded"]]
    moments = sorted({_BEGINNING, _END, *(time for _, _, time in members)})
    for a, b in pairwise(moments):
        here = [(passed, counts) for passed, counts, time in members if time > a]
        left = size - sum(counts for _, counts, time in members if time <= a)
        need = group.need(left)
        full = max(need, min(group.full, left)) if group.full > group.k else need
        for state, wanted in (("down", need), ("degraded", full), ("at risk", need)):
            lost = _when([passed[state] for passed, _ in here], [n for _, n in here], left - wanted + 1)
            for start, end in lost if left else [(_BEGINNING, _END)]:
                felt[state].append((max(start, a), min(end, b)))
    return {s: _join(spans, horizon) for s, spans in felt.items()}


def _passed(need: _Need, now: Mapping[str, Felt], way: _Way, *, horizon: int) -> Felt:
    provider = now.get(need.provider)
    if provider is None or need.key in way.absent or need.dependent in way.away:
        return {s: [] for s in _STATES}
    felt, tolerance = {}, way.longest.get(need.key, need.tolerance)
    for state in _STATES:
        late = [(begin, _add(b, need.lag)) for begin, b in _outlasting(need, tolerance, provider[state])]
        felt[state] = _join(late, horizon)
    if need.strength == 1:
        felt["down"] = []
    if tolerance:
        low = [(a, _add(b, need.refill)) for a, b in provider["degraded"]]
        felt["at risk"] = _join([*felt["at risk"], *low], horizon)
    return felt


def _outlasting(need: _Need, tolerance: int, spans: Spans) -> Iterator[tuple[int, int]]:
    """What is left of each span once the reserve is used up, by all spans since it was last full."""
    for number, (a, b) in enumerate(spans):
        used, before = 0, number
        while before and spans[before][0] - spans[before - 1][1] < need.refill:
            before -= 1
            used += spans[before][1] - spans[before][0]
        left = max(0, tolerance - used)
        if b - a > left:
            yield _add(a, left), b


def _moment(text: str) -> datetime | None:
    """A moment as a source writes it; without a zone it is in UTC; None for what is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _add(moment: int, seconds: int) -> int:
    return moment if abs(moment) >= _END else moment + seconds


def _join(spans: Sequence[tuple[int, int]], horizon: int) -> Spans:
    found: Spans = []
    for start, end in sorted((a, min(b, horizon)) for a, b in spans):
        if start >= end:
            continue
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def _when(members: Sequence[Spans], counts: Sequence[int], number: int) -> Spans:
    """The moments at which so many members are lost, looked at between each two moments at which anything changes."""
    moments = sorted({moment for spans in members for span in spans for moment in span})
    inside = [
        (a, b)
        for a, b in pairwise(moments)
        if sum(n for spans, n in zip(members, counts, strict=True) if any(s <= a and b <= e for s, e in spans))
        >= number
    ]
    return _join(inside, _END)
