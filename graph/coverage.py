"""How well is the part of the map known that an answer rests on? Owners, strengths, evidence, and who attested it.

That nothing is hit is only as good as the map. It is called safe where somebody attested each element of the part, in
the year before the change; a time without a date attests nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt

from graph.analysis.unknowns import Doubts
from graph.answer import count
from graph.maps import Map
from graph.projection import STRUCTURE
from ontology import terms as t

__all__ = ["Coverage", "coverage"]

LIMIT = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of a part of the map: how many elements and dependencies there are, and of how many something is known.

    ``stated``    dependencies with a strength that a source states, ``evident`` those of which it is said how one knows
    ``attested``  elements that somebody found complete in the year before, ``oldest`` the first day of those
    ``groups``    groups of alternatives, ``counted`` those that say how many members must work
    ``dated``     dependencies with a day on which they were last seen, ``stale`` those whose evidence is older than
                  ``limit`` days
    """

    elements: int
    owned: int
    dependencies: int
    stated: int
    evident: int
    attested: int
    oldest: str
    groups: int = 0
    counted: int = 0
    dated: int = 0
    stale: int = 0
    limit: int = 0

    @property
    def safe(self) -> bool:
        """Whether what the map does not show is attested not to be there."""
        return 0 < self.elements == self.attested

    @property
    def further(self) -> tuple[str, ...]:
        """What is known of groups and of the age of the evidence, in sentences."""
        told = []
        if self.groups:
            needs = "says" if self.counted == 1 else "say"
            told.append(f"Of {count(self.groups, 'group')} here {self.counted:,} {needs} how many members must work.")
        if self.dependencies and self.limit:
            old = f"{self.stale:,} of them more than {self.limit:,} days ago" if self.dated else "so none counts as old"
            known = count(self.dated, "dependency says", "dependencies say")
            told.append(
                f"{known} when it was last seen: {old}."
                if self.dated
                else f"No dependency here says when it was last seen, {old}."
            )
        return tuple(told)

    def __str__(self) -> str:
        since = f" (since {self.oldest})" if self.oldest else ""
        elements, dependencies = (
            count(self.elements, "element"),
            count(self.dependencies, "dependency", "dependencies"),
        )
        has, is_, says = ("has" if self.owned == 1 else "have"), _is(self.attested), _says(self.stated)
        return (
            f"Of {elements} here {self.owned:,} {has} an owner, {self.attested:,} {is_} attested as complete{since}. "
            f"Of {dependencies} {self.stated:,} {says} how strong the need is, {self.evident:,} how that is known."
        )


def _is(number: int) -> str:
    return "is" if number == 1 else "are"


def _says(number: int) -> str:
    return "says" if number == 1 else "say"


def coverage(
    opened: Map, elements: Collection[int], *, at: datetime | None = None, doubts: Doubts | None = None
) -> Coverage:
    """How well these elements, and the dependencies between them, are known.

    Args:
        opened: the map.
        elements: what is changed, and all that rests on it.
        at: when the change is made; without it no attestation is young enough.
        doubts: what the map leaves open beside strengths; without it nothing is said of groups and ages.
    """
    doubts = doubts or Doubts()
    p, inside = opened.projection, np.zeros(opened.projection.vertices, np.bool_)
    inside[list(elements)] = True
    dependent, provider, edge = p.direct
    between = edge[inside[dependent] & inside[provider] & (p.edges.strength[edge] != STRUCTURE)]
    moments = dict(opened.store.pairs(t.ATTESTED_AT))
    fresh = dict[int, str]()
    for iri, attestation in opened.store.pairs(t.HAS_ATTESTATION) if at else ():
        said = moments.get(attestation, "")
        if iri in p.index and inside[p.index[iri]] and _young(said, at):
            fresh[p.index[iri]] = max(said, fresh.get(p.index[iri], ""))
    return Coverage(
        elements=len(elements),
        owned=int(p.owned[list(elements)].sum()) if len(p.owned) else 0,
        dependencies=len(between),
        stated=int((~p.edges.assumed[between]).sum()),
        evident=int(p.edges.evident[between].sum()),
        attested=len(fresh),
        oldest=min(fresh.values(), default="")[:10],
        **(_further(opened, inside, between, doubts) if doubts.as_of else {}),
    )


def _further(
    opened: Map, inside: npt.NDArray[np.bool_], between: npt.NDArray[np.int32], doubts: Doubts
) -> dict[str, int]:
    """What is known of the groups in the part, and of the age of its dependencies."""
    p, edges = opened.projection, opened.projection.edges
    into = np.flatnonzero(edges.provider >= len(p))
    groups = np.unique(edges.provider[into[inside[edges.dependent[into]]]] - len(p))
    seen = {iri for iri, _ in opened.store.pairs(t.LAST_SEEN)}
    dated = p.edges_called(seen) if seen else []
    return {
        "groups": len(groups),
        "counted": int((~np.isin(groups, list(doubts.needed))).sum()),
        "dated": int(np.isin(between, dated).sum()),
        "stale": int(np.isin(between, list(doubts.stale)).sum()),
        "limit": doubts.stale_after // 86_400,
    }


def _young(said: str, at: datetime | None) -> bool:
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        return False
    return at is not None and moment.tzinfo is not None and at - LIMIT <= moment <= at
