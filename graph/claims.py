"""Who says what, where sources disagree? A finding about two claims names each source with what it says."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from graph.model import Finding, Where
from graph.ntriples import readable_id
from graph.store import Reader, source_graph
from ontology import terms as t

__all__ = ["with_sources"]

_SAID = {
    "strength": t.STRENGTH,
    "phase": t.PHASE,
    "tolerance": t.TOLERANCE_MINUTES,
    "recovery lag": t.RECOVERY_LAG_MINUTES,
    "refill time": t.REFILL_MINUTES,
    "weight": t.WEIGHT,
    "number of members that must work": t.MINIMUM_MEMBERS,
    "share of members that must work": t.MINIMUM_PERCENT,
    "number of members for full service": t.FULL_SERVICE_MEMBERS,
}


def with_sources(store: Reader, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The same findings; those about claims that differ say which source says what, and stand at the first of them.

    Cost: the statements about each such dependency or group, and the line tables of the sources that say them.
    """
    sources = {source_graph(source.id): source for source in store.sources}
    told = []
    for finding in findings:
        predicate = _SAID.get(finding.check.removeprefix("conflicting-"))
        if not finding.check.startswith("conflicting-") or predicate is None:
            told.append(finding)
            continue
        said: defaultdict[str, set[str]] = defaultdict(set)
        for named, value, graph in store.about(finding.subject):
            if named == predicate and graph in sources:
                said[graph].add(_word(value.text))
        places = {graph: store.lines(sources[graph].id).get(finding.subject, 0) for graph in said}
        words = [
            f"{Where(sources[graph].path, places[graph])} says {' and '.join(sorted(said[graph]))}"
            for graph in sorted(said, key=lambda graph: sources[graph].path)
        ]
        first = min(said, key=lambda graph: sources[graph].path, default="")
        where = Where(sources[first].path, places[first]) if first else None
        message = f"{finding.message}: {', '.join(words)}" if words else finding.message
        told.append(replace(finding, message=message, where=where))
    return tuple(told)


def _word(text: str) -> str:
    """A value as people write it: of a code its last word.

    >>> _word("https://w3id.org/servicemap#strength-required"), _word("30")
    ('required', '30')
    """
    return readable_id(text).rpartition("#")[2].rpartition("-")[2] if ":" in text else text
