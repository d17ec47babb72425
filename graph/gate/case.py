"""What do the rules of the gate look at? Two states of a map, plans, and what follows from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from graph.analysis.changes import Change, ChangeKind, times_of
from graph.analysis.impact import State
from graph.analysis.judgement import Bracket, Judgement, judge
from graph.analysis.single_points import business_services
from graph.compare import Comparison, Difference, How, compare, removed
from graph.consequences import Consequences, consequences
from graph.facts import words_of
from graph.maps import Map
from graph.model import Where
from graph.planned import Planning, changes
from graph.validation import Places
from ontology import terms as t
from ontology.vocabulary import vocabulary

__all__ = ["NO_PLANS", "Case", "Hit", "Option"]

Option = int | tuple[str, ...]
NO_PLANS = Planning((), (), (), ())
_MERELY_WORDS = {words_of(p).lower() for p in (t.RDFS_LABEL, t.DCTERMS_DESCRIPTION, t.RDFS_COMMENT, t.HOMEPAGE)}


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that a rule has found: in words, what it is about (an IRI, or an address), where, what to do."""

    message: str
    subject: str
    where: Where | None = None
    remedy: str = ""


@dataclass(frozen=True, eq=False)
class Case:
    """A map before and after a change, with plans that would change what it is about."""

    before: Map
    after: Map
    today: date
    planning: Planning = NO_PLANS

    @cached_property
    def comparison(self) -> Comparison:
        """What the second state says otherwise."""
        return compare(self.before, self.after)

    @cached_property
    def follows(self) -> Consequences:
        """What follows from that."""
        return consequences(self.before, self.after, self.comparison)

    @cached_property
    def removed(self) -> tuple[str, ...]:
        """IRIs of the elements that were defined and are no more."""
        return removed(self.comparison, self.before, self.after)

    @cached_property
    def changed(self) -> tuple[str, ...]:
        """IRIs of the elements that are there before and after and differ in more than their description."""
        there = [self.before.projection.index, self.after.projection.index]
        found = {d.owner for d in self.comparison.differences if not _is_merely_worded(d)}
        return tuple(sorted(iri for iri in found if all(iri in index for index in there)))

    @cached_property
    def harm(self) -> Judgement:
        """What breaks in the new state: by the plans, and by elements that are removed and still needed."""
        p = self.after.projection
        gone = [Change(ChangeKind.RETIREMENT, p.index[iri]) for iri in self.removed if iri in p.index]
        return judge(p, [*gone, *changes(self.planning.effects)], times=times_of(p))

    @cached_property
    def reach(self) -> Judgement:
        """What is hit in the new state when the changed elements fail."""
        p = self.after.projection
        return judge(p, [Change(ChangeKind.OUTAGE, p.index[iri]) for iri in self.changed], times=times_of(p))

    @cached_property
    def services(self) -> frozenset[int]:
        """The business services of the new state."""
        return frozenset(business_services(self.after.projection))

    def hit(self, judgement: Judgement) -> list[Bracket]:
        """What a judgement of the new state hits; business services that are changed themselves come first."""
        own = sorted({change.element for change in judgement.changes} & self.services)
        most, least = judgement.most, judgement.least
        changed = [Bracket(v, least.worst(v), most.worst(v), most.of(v, most.worst(v)), 0) for v in own]
        return [*changed, *judgement.affected]

    def hit_services(self, judgement: Judgement) -> list[Bracket]:
        """The business services that a judgement of the new state degrades or takes down."""
        return [b for b in self.hit(judgement) if b.element in self.services and b.upper >= State.DEGRADED]

    @cached_property
    def criticality(self) -> Mapping[str, str]:
        """IRI of an element -> how critical it is, in the words of map files."""
        codes = vocabulary().codes
        pairs = [*self.before.store.pairs(t.CRITICALITY), *self.after.store.pairs(t.CRITICALITY)]
        return {iri: codes[code].key for iri, code in pairs if code in codes}

    def place(self, iri: str) -> Where | None:
        """Where the new state speaks of something, else where the old one does."""
        return self._places[0].of(iri) or self._places[1].of(iri)

    @cached_property
    def _places(self) -> Sequence[Places]:
        return Places(self.after.store), Places(self.before.store)

    def touched(self) -> Iterator[str]:
        """IRIs of the elements of the new state that the change or a plan is about."""
        p = self.after.projection
        yield from sorted({d.owner for d in self.comparison.differences if d.owner in p.index})
        yield from sorted({p.iris[effect.element] for effect in self.planning.effects if effect.kind is not None})


def _is_merely_worded(difference: Difference) -> bool:
    return difference.how is How.CHANGED and all(told.property in _MERELY_WORDS for told in difference.told)
