"""Which findings are other ones when a little is said otherwise? A check is run again only where that may matter.

A check that reads no property and no class that differs finds what it found. Some look no further than a dependency and
what it joins: they are tried on what lies around the statements that differ, before and after, and where that comes to
the same, nothing is other. These know their checks by digest: a check that is changed is run again.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from graph.analysis._frontier import gather
from graph.model import NOT_LISTED, Finding
from graph.projection import Projection
from graph.store.laid import Differing, LaidStore
from graph.store.timely import First, first_of
from graph.twins import Twins
from graph.validation import NOT_MADE, Places, checked, in_order
from ontology import terms as t
from ontology.vocabulary import HOME

__all__ = ["checks_again"]


def checks_again(
    store: LaidStore, before: Projection, after: Projection, known: Sequence[Finding]
) -> tuple[Finding, ...]:
    """As ``validation.run_checks``, of a store that is another with a patch laid over it.

    Args:
        store: the store.
        before: the service graph without the patch.
        after: the one with it.
        known: what the checks find without it.
    """
    return in_order(_Again(store, before, after, known).found())


@dataclass(eq=False)
class _Again:
    store: LaidStore
    before: Projection
    after: Projection
    known: Sequence[Finding]

    def found(self) -> Iterator[Finding]:
        """What all checks find."""
        known = defaultdict[str, list[Finding]](list)
        for finding in self.known:
            known[finding.check].append(finding)
        for file in sorted(HOME.glob("checks/*.rq")):
            text = file.read_text(encoding="utf-8")
            if not _reads(text, self.store.differing) or self._is_alike_near(text):
                yield from map(self._placed, known[file.stem])
            else:
                yield from self._run(file, text, known[file.stem])

    @cached_property
    def _places(self) -> Places:
        return Places(self.store)

    def _ask(self, text: str, most: int) -> First:
        return first_of(self.store.rows(text), most)

    @cached_property
    def _twin(self) -> Twins:
        return Twins(self.store, self.after)

    @cached_property
    def _spoken_of(self) -> frozenset[str]:
        return frozenset(self.store.lines(self.store.own))

    def _placed(self, finding: Finding) -> Finding:
        """The same finding; what the patch speaks of may have another place."""
        moved = finding.subject in self._spoken_of
        return replace(finding, where=self._places.of(finding.subject)) if moved else finding

    def _is_alike_near(self, text: str) -> bool:
        """Whether a check that looks no further finds the same around the statements that differ."""
        if _digest(text) not in _NEAR or _reads(text, self.store.elsewhere):
            return False
        was, is_ = self.store.around(text)
        return was == is_

    def _run(self, file: Path, text: str, known: Sequence[Finding]) -> Iterator[Finding]:
        cut = any(not f.subject and (NOT_LISTED in f.message or NOT_MADE in f.message) for f in known)
        if _digest(text) != _OF_GROUPS or cut:
            yield from checked(self._ask, file, self._places, twin=self._twin)
            return
        owners = self._owners()
        groups = sorted({group for owner in owners for group in self._groups_of(owner)})
        if len(groups) > _MANY:
            yield from checked(self._ask, file, self._places, twin=self._twin)
            return
        yield from (self._placed(finding) for finding in known if finding.subject not in owners)
        if groups:
            listed = " ".join(f"<{group}>" for group in groups)
            asked = re.sub(
                r"(\?edge sm:memberOfGroup (\?group)|\?any sm:memberOfGroup (\?of))",
                lambda found: f"VALUES {found[2] or found[3]} {{ {listed} }} {found[1]}",
                text,
            )
            yield from checked(self._ask, file, self._places, asked=asked)

    def _owners(self) -> frozenset[str]:
        """Elements that have a group of which a member rests on what differs, before or after."""
        touched, found = self.store.touched, set(self.store.touched)
        groups = {name for name in touched if "/group/" in name}
        for p in (self.before, self.after):
            starts = [p.index[name] for name in touched if name in p.index]
            seen = _above(p, starts)
            inside = p.edges.dependent[seen[p.edges.provider] & (p.edges.dependent >= len(p))]
            groups |= {p.groups.iris[number] for number in np.unique(inside - len(p)).tolist()}
        readers = (self.store, self.store.base)
        said = (each for reader in readers for group in groups for each in reader.about(group))
        return frozenset(found | {value.text for predicate, value, _ in said if predicate == t.DEPENDENT})

    def _groups_of(self, owner: str) -> Iterator[str]:
        pointing = self.store.pointing_at(owner) if ":" in owner else ()
        yield from (name for name, predicate, _ in pointing if predicate == t.DEPENDENT and "/dependency/" not in name)


def _above(p: Projection, starts: Sequence[int]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which vertices rest on some elements, in whatever way, themselves included."""
    seen = np.zeros(p.vertices, np.bool_)
    frontier = np.array(sorted(starts), np.int32)
    while frontier.size:
        seen[frontier] = True
        reached = np.unique(p.edges.dependent[gather(p.used_by, frontier)])
        frontier = reached[~seen[reached]]
    return seen


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


_MANY = 200
_OF_GROUPS = "833e0708480e3f37"  # false-redundancy: asked for the groups above what differs
_NEAR = {
    "a6c2bfda3f81f104": "tier-reversed",
    "a329768e7a11dacd": "self-dependency",
    "00c5388a3ebc9249": "production-needs-test",
    "1306c5a0db0ba6d3": "retired-provider",
    "f9fbc5bffeda201e": "promise-not-carried",
    "d4cc11ab586bece9": "orphan",
    "1a8c228c7c5ce425": "no-owner",
    "4209a15bf28876b4": "half-owned",
    "737d65d6484ffe39": "defined-twice",
}
_OF_ELEMENTS = {"737d65d6484ffe39", "ceb378c083215c87", "f6cd6906074fc404"}
"""Defined twice, and two checks of names: they look at what has a name, so at no dependency."""
_DEPENDENCIES = frozenset({t.DEPENDENCY, t.DEPENDENCY_GROUP})
_OF_NAMES = frozenset({t.RDFS_LABEL, t.DCTERMS_IDENTIFIER, t.SAME_AS})


def _reads(text: str, differing: Differing) -> bool:
    """Whether a check may read what differs. A name that is only told, of something that is new, is not read."""
    if _digest(text) in _OF_ELEMENTS and differing.classes <= _DEPENDENCIES and not differing.properties & _OF_NAMES:
        return False
    text = re.sub(r"^\s*#.*$", "", text, flags=re.MULTILINE)
    classes = set(_CLASS.findall(text)) - {var for listed in _VALUES.findall(text) for var in listed.split()}
    if _ANY_PROPERTY.search(_LISTED.sub(" ", text)) or (differing.classes and classes):
        return True
    spaces = dict(re.findall(r"PREFIX ([\w-]+): <([^>]+)>", text))
    named = {spaces[space] + word for space, word in re.findall(r"\b([\w-]+):([\w-]+)", text) if space in spaces}
    named |= set(re.findall(r"<([^<>\s]+)>", text))
    if differing.labels or "rdfs:label" in _NAMED.sub("", text):
        return bool(named & differing.words)
    return bool(named & differing.words - {t.RDFS_LABEL})


_LISTED = re.compile(r"(?:SELECT|DISTINCT|GROUP BY|ORDER BY|VALUES \()(?:\s+\?\w+|\?\w+)+")
_ANY_PROPERTY = re.compile(r"\?\w+\s+\?\w+\s+\?\w+")
_CLASS = re.compile(r"[\s(;^]a(?:\s+(\?\w+)|\s*[/|*+])")  # a class that is asked for; "" at the begin of a path
_VALUES = re.compile(r"VALUES \(?(\?[^{)]+)\)? \{")
_NAMED = re.compile(r"OPTIONAL \{ (?:\{ SELECT [^{}]* WHERE \{ )?\?\w+ rdfs:label \?\w+ (?:\} \} )?\}")
