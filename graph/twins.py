"""Which checks does the service graph answer? Those that follow every path, each in the form of a twin.

A twin gives the same rows as its check and knows it by its digest: whoever changes a check is asked the changed one.
Where a twin is not sure it leaves the check to the engine.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from itertools import islice

from graph.analysis.resting import Alternatives
from graph.projection import Projection
from graph.servicegraph import ServiceGraph
from graph.store.interface import Reader, Row
from ontology import terms as t

__all__ = ["FEW", "Twins"]

FEW = 1_000
"""Elements up to which the engine has answered before the service graph is at hand."""
_AT_ONCE = 10_000  # groups that are named in one query
_WIDE = (t.SITE, t.SUBSCRIPTION, t.RESOURCE_GROUP, t.PARTY)


class Twins:
    """The twins of the checks, over one revision of the map. Called with the text of a check it gives its rows."""

    def __init__(self, store: Reader, projection: Projection, *, few: int = FEW) -> None:
        self._store, self._projection, self._few = store, projection, few

    def __call__(self, text: str) -> Iterator[Row] | None:
        """The rows; None where the check has to be asked."""
        if len(self._projection) <= self._few:
            return None
        twin = _TWINS.get(hashlib.sha256(text.encode()).hexdigest()[:16])
        return twin(text, self._store, self._projection) if twin is not None else None


def _false_redundancy(text: str, store: Reader, projection: Projection) -> Iterator[Row] | None:
    """The alternatives of a group that rest together on something: what each rests on is walked, not joined."""
    groups = _alternatives(store, projection.index)
    return None if groups is None else _together(text, store, projection, groups)


def _together(text: str, store: Reader, projection: Projection, groups: Mapping[str, Alternatives]) -> Iterator[Row]:
    found = ServiceGraph(store, projection).rest_together(groups.values(), _WIDE)
    rows = (
        f"(<{group}> {shared[0]} <{projection.iris[shared[1]]}>)"
        for group, shared in zip(groups, found, strict=True)
        if shared is not None
    )
    begin, end = text.index(_INNER), text.index(_AFTER)
    while some := list(islice(rows, _AT_ONCE)):
        given = f"VALUES (?group ?causes ?example) {{ {' '.join(some)} }}"
        yield from store.rows(text[:begin] + given + text[end:])


_INNER = "{ SELECT ?group (COUNT(DISTINCT ?cause) AS ?causes)"
_AFTER = "# of several"


def _alternatives(store: Reader, index: Mapping[str, int]) -> dict[str, Alternatives] | None:
    """The groups with the number of each member; None where one counts as no whole number, or is no element."""
    counts, needed = defaultdict[str, dict[int, int]](dict), dict[str, float]()
    for group, member, amount in store.rows(_MEMBERS):
        number = _number(amount)
        if group is None or group.kind != "uri" or member is None or number is None or number % 1:
            return None
        if member.text not in index:
            return None
        counts[group.text][index[member.text]] = int(number)
    for group, amount in store.rows(f"SELECT ?group ?minimum {{ ?group <{t.MINIMUM_MEMBERS}> ?minimum }}"):
        number = _number(amount)
        if group is None or number is None:
            return None
        needed[group.text] = max(needed.get(group.text, float("-inf")), float(number))
    return {group: Alternatives(of, needed.get(group, 1.0)) for group, of in sorted(counts.items())}


def _number(value: object) -> Decimal | None:
    """What a literal with a number says; None where it says none."""
    datatype, text = getattr(value, "datatype", ""), getattr(value, "text", "")
    if datatype not in (t.XSD_INTEGER, t.XSD_DECIMAL):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


_MEMBERS = f"""SELECT ?group ?member (MAX(COALESCE(?weight, 1)) AS ?counts) {{
    ?edge <{t.MEMBER_OF_GROUP}> ?group ; <{t.PROVIDER}> ?member OPTIONAL {{ ?edge <{t.WEIGHT}> ?weight }}
}} GROUP BY ?group ?member"""
_TWINS: dict[str, Callable[[str, Reader, Projection], Iterator[Row] | None]] = {
    "833e0708480e3f37": _false_redundancy,
}
