"""How is a judgement kept, so that anybody can check it later? As plain values with a proof for each element.

A result names the revision, the changes and the profile; for both runs the spans of every element and group that is
hit; for each affected element the way by which its worst state comes, dependency by dependency with source, line, age
and rule; for each spared one what saves it; for each open one what decides. ``graph.checker`` checks all of it without
the engine.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from graph.analysis._frontier import carrying
from graph.analysis.changes import Change, ChangeKind, Profile, times_of
from graph.analysis.judgement import Judgement
from graph.analysis.states import State
from graph.analysis.timed import LEVELS, Timed
from graph.analysis.unknowns import Unknown, What
from graph.analysis.windows import FOREVER, Spans, used_up
from graph.doubts import Ages, failed
from graph.maps import Map
from graph.projection import DEGRADING, OPTIONAL, Projection
from graph.validation import Places

__all__ = ["FORMAT", "digest", "document", "proofs", "savers", "ways"]

FORMAT = "servicemap result 1"


def document(opened: Map, judgement: Judgement) -> dict[str, Any]:
    """The judgement as plain values for JSON. Times are seconds since 1970; null stands for no beginning or no end."""
    teller = _Teller(opened, judgement)
    told = {
        "format": FORMAT,
        "revision": judgement.most.revision,
        "profile": judgement.profile.value,
        "horizon": _moment(judgement.most.horizon),
        "as_of": judgement.doubts.as_of or None,
        "stale_after": judgement.doubts.stale_after or None,
        "depth": judgement.depth,
        "changes": [teller.change(change) for change in judgement.changes],
        "most": teller.states(judgement.most),
        "least": teller.states(judgement.least),
        "affected": [
            {
                "element": opened.projection.iris[bracket.element],
                "lower": bracket.lower.words,
                "upper": bracket.upper.words,
                "proof": list(teller.proof(bracket.element)),
            }
            for bracket in judgement.affected
        ],
        "spared": [
            {"element": opened.projection.iris[v], "saved_by": list(teller.savers(v))} for v in judgement.spared
        ],
        "deciding": [
            {
                "element": opened.projection.iris[each.element],
                "alone": [teller.unknown(unknown) for unknown in each.alone],
                "together": [teller.unknown(unknown) for unknown in each.together],
            }
            for each in judgement.deciding
        ],
        "beyond": [opened.projection.iris[v] for v in judgement.beyond],
        "sources": {
            source.path: {"digest": source.digest, "loaded_at": source.loaded_at}
            for source in opened.store.sources
            if source.importer
        },
        "failed_sources": {each.path: each.since for each in failed(opened.store)},
        "assumed": judgement.assumed,
        "dependencies": judgement.dependencies,
        "cuts": list(judgement.cuts),
    }
    return told | {"digest": digest(told)}


def proofs(opened: Map, judgement: Judgement, elements: Sequence[int]) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """Elements with the steps of their proofs, as ``document`` tells them."""
    teller = _Teller(opened, judgement)
    yield from ((element, list(teller.proof(element))) for element in elements)


def savers(opened: Map, judgement: Judgement, elements: Sequence[int]) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """Elements that are spared with what saves each, as ``document`` tells them."""
    teller = _Teller(opened, judgement)
    yield from ((element, list(teller.savers(element))) for element in elements)


def ways(opened: Map, judgement: Judgement, elements: Sequence[int]) -> dict[int, tuple[int, list[dict[str, Any]]]]:
    """By how many of its own dependencies each of these elements goes down or is degraded, and the way by one of them.

    Each would do alone. Where nothing has a time, the way is the one that waits least for reserves.
    """
    teller = _Teller(opened, judgement)
    told = ((element, teller.bringing(element)) for element in elements)
    return {element: (len(edges), list(teller.way(element, edges))) for element, edges in told}


def digest(told: Mapping[str, Any]) -> str:
    """SHA-256 of a result without its digest: what was changed by accident is seen at once.

    >>> digest({"a": 1, "digest": "x"}) == digest({"a": 1})
    True
    """
    hashed = hashlib.sha256()
    for piece in _pieces({key: value for key, value in told.items() if key != "digest"}):
        hashed.update(piece.encode())
    return hashed.hexdigest()


def _pieces(told: Mapping[str, Any]) -> Iterator[str]:
    """The text of a result as JSON with its keys in order, a row of its lists at a time: whole, a large one is vast."""
    encode = json.JSONEncoder(sort_keys=True).encode
    for number, (key, value) in enumerate(sorted(told.items())):
        yield f"{', ' if number else '{'}{encode(key)}: "
        if isinstance(value, list):
            yield "["
            yield from (f"{', ' if place else ''}{encode(each)}" for place, each in enumerate(value))
            yield "]"
        else:
            yield encode(value)
    yield "}"


def _moment(moment: int) -> int | None:
    return None if abs(moment) >= FOREVER else moment


def _spans(spans: Spans) -> list[list[int | None]]:
    return [[_moment(start), _moment(end)] for start, end in spans]


class _Teller:
    """Puts numbers of a projection into IRIs and words."""

    def __init__(self, opened: Map, judgement: Judgement) -> None:
        self.projection: Projection = opened.projection
        self.judgement, self.places = judgement, Places(opened.store)
        self.times = times_of(opened.projection)
        self.usable = carrying(opened.projection)
        self.groups, as_of = judgement.worst.projection.groups, judgement.doubts.as_of
        self.ages = Ages(opened.store, datetime.fromtimestamp(as_of, UTC))
        self.loose = judgement.profile is not Profile.REQUIRED
        self.steps: dict[int, dict[str, Any]] = {}

    def change(self, change: Change) -> dict[str, Any]:
        told: dict[str, Any] = {
            "element": self.projection.iris[change.element],
            "kind": change.kind.value,
            "windows": _spans(change.windows),
        }
        if change.surely is not None:
            told["surely"] = _spans(change.surely)
        return told | ({"name": change.name} if change.name else {})

    def states(self, run: Timed) -> dict[str, dict[str, list[list[int | None]]]]:
        """IRI of an element or group -> state -> when it is at least that bad."""
        return {
            self._iri(vertex): {state.words: _spans(spans) for state in LEVELS if (spans := run.of(vertex, state))}
            for vertex in sorted(run.spans[State.AT_RISK])
        }

    def _iri(self, vertex: int) -> str:
        elements = len(self.projection)
        return self.projection.iris[vertex] if vertex < elements else self.projection.groups.iris[vertex - elements]

    def proof(self, element: int) -> Iterator[dict[str, Any]]:
        """The way from a change to the element: each dependency with its rule and its place.

        What many ways share is told once; it is the same value in each.
        """
        return self._told(self.judgement.most.path(self.projection, element))

    def _told(self, path: Sequence[int]) -> Iterator[dict[str, Any]]:
        for edge in path:
            if edge not in self.steps:
                self.steps[edge] = self._step(edge)
            yield self.steps[edge]

    def bringing(self, element: int) -> list[int]:
        """The dependencies of an element by each of which alone it comes to its worst state."""
        start, order = self.projection.uses
        edges: list[int] = order[start[element] : start[element + 1]].tolist()
        return [edge for edge in edges if self._brings(edge, State(self.judgement.most.worst(element)))]

    def _brings(self, edge: int, state: State) -> bool:
        edges, times = self.projection.edges, self.times
        if not self.usable[edge] or edges.strength[edge] <= (DEGRADING if state is State.DOWN else OPTIONAL):
            return False
        spans = self.judgement.most.of(int(edges.provider[edge]), state)
        return any(used_up(spans, tolerance=times.tolerance.get(edge, 0), refill=times.refill.get(edge, 0)))

    def way(self, element: int, edges: Sequence[int]) -> Iterator[dict[str, Any]]:
        """The proof of an element; where all is for ever, of the ways by its dependencies the one that waits least."""
        most, provider, waits = self.judgement.most, self.projection.edges.provider, self.times.tolerance
        shown = most.path(self.projection, element)
        if any(edge in waits for edge in shown) and abs(most.of(element, most.worst(element))[0][0]) >= FOREVER:
            ways = ((*most.path(self.projection, int(provider[edge])), edge) for edge in edges)
            straight = (way for way in ways if all(int(provider[edge]) != element for edge in way))
            shown = min((shown, *straight), key=lambda way: (sum(waits.get(edge, 0) for edge in way), len(way)))
        return self._told(shown)

    def _step(self, edge: int) -> dict[str, Any]:
        edges, iri = self.projection.edges, self.projection.edges.iris[edge]
        step: dict[str, Any] = {
            "dependency": iri,
            "dependent": self._iri(int(edges.dependent[edge])),
            "provider": self._iri(int(edges.provider[edge])),
            "rule": self._rule(edge),
            "assumed": bool(edges.assumed[edge]),
        }
        if (moment := self._used_up(edge)) is not None:
            step["used_up"] = moment
        where = self.places.of(iri)
        if where is not None:
            step |= {"source": where.path, "line": where.line}
        age = self.ages.of(iri)
        step |= {"known_by": age.by, "since": age.since or None}
        return step | {"age_days": age.days if self.judgement.doubts.as_of else None}

    def unknown(self, unknown: Unknown) -> dict[str, str]:
        """What is unknown of a dependency or a group."""
        if unknown.what is What.NEEDED:
            return {"what": unknown.what.value, "group": self.projection.groups.iris[unknown.at]}
        edges = self.projection.edges
        ends = int(edges.dependent[unknown.at]), int(edges.provider[unknown.at])
        return {
            "what": unknown.what.value,
            "dependency": edges.iris[unknown.at],
            "dependent": self._iri(ends[0]),
            "provider": self._iri(ends[1]),
        }

    def _rule(self, edge: int) -> str:
        """Which rule of the meaning the step uses."""
        e, groups = self.projection.edges, self.groups
        rule = "degrading" if e.strength[edge] <= DEGRADING else "required"
        group = int(e.dependent[edge]) - len(self.projection)
        if group >= 0:
            rule += f", member of {groups.k[group]} of {groups.size[group]}"
            if self.loose and group in self.judgement.doubts.needed:
                rule += " (how many must work is not said)"
            if edge in self.judgement.worst.lost:
                rule += ", lost as its evidence is old"
            if self.projection.weight is not None and self.projection.weight[edge] > 1:
                rule += f", counts {self.projection.weight[edge]}"
        if edge in self.times.tolerance:
            rule += f", after {self.times.tolerance[edge] / 60:g} min"
            if edge in self.times.refill:
                rule += f", refills in {self.times.refill[edge] / 60:g} min"
        if edge in self.times.lag:
            rule += f", back {self.times.lag[edge] / 60:g} min later"
        return rule

    def _used_up(self, edge: int) -> int | None:
        """When the reserve of a dependency is used up for the first time; None where it never is, or always was."""
        tolerance = self.times.tolerance.get(edge, 0)
        if not tolerance:
            return None
        spans = self.judgement.most.of(int(self.projection.edges.provider[edge]), State.DEGRADED)
        moments = used_up(spans, tolerance=tolerance, refill=self.times.refill.get(edge, 0))
        return next((moment for moment, _ in moments if abs(moment) < FOREVER), None)

    def savers(self, element: int) -> Iterator[dict[str, Any]]:
        """What keeps the effect away at the dependencies next to it: an optional one, a reserve, or other members."""
        start, order = self.projection.uses
        edges, most = self.projection.edges, self.judgement.most
        changed = {change.element for change in self.judgement.changes}
        for edge in order[start[element] : start[element + 1]]:
            provider = int(edges.provider[edge])
            if not self.usable[edge]:
                continue
            if provider >= len(self.projection):
                left = self._left(provider)
                if left is not None:
                    yield {"group": self._iri(provider), "needs": left[0], "left": left[1]}
            elif most.worst(provider) or provider in changed:
                how = "optional" if edges.strength[edge] <= OPTIONAL else "reserve"
                yield {"dependency": edges.iris[edge], "because": how}

    def _left(self, group: int) -> tuple[int, int] | None:
        """How many members a group needs, and how many are never down; None where no member is hit."""
        start, order = self.projection.uses
        edges = self.projection.counted(order[start[group] : start[group + 1]])
        members = self.projection.edges.provider[edges]
        down = int(np.sum([self.judgement.most.worst(int(m)) == State.DOWN for m in members]))
        retired = {c.element for c in self.judgement.changes if c.kind is ChangeKind.RETIREMENT}
        gone = sum(member in retired for member in members.tolist())
        return (self.groups.needed(group - len(self.projection), gone), len(members) - down) if down else None
