"""A service promises more availability than something that it rests on, and that is new."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from graph.gate.case import Case, Hit, Option
from graph.maps import Map
from graph.store.guard import PREFIXES

__all__ = ["LEVEL", "look"]

LEVEL = "fail"
# All of them: the ready question of that name tells the least promise beneath each SLA alone.
_LESSER = """SELECT DISTINCT ?promise ?percent ?rests_on ?promised_there
WHERE {
  # What the promised services rest on first, then the promises at both ends, then names.
  { SELECT DISTINCT ?agreement ?percent ?provider ?promised_there WHERE {
      { SELECT DISTINCT ?service ?provider WHERE {
          { SELECT DISTINCT ?service WHERE {
              ?agreement sm:agreementType sm:agreement-sla ; sm:covers ?service . ?service a sm:Service
          } }
          ?service sm:dependsOn+ ?provider
      } }
      { SELECT DISTINCT ?provider ?promised_there WHERE {
          ?other sm:covers ?provider ; sm:hasObjective [
            sm:metric sm:metric-availability ; sm:targetPercent ?promised_there
          ]
      } }
      { SELECT DISTINCT ?service ?agreement ?percent WHERE {
          ?agreement sm:agreementType sm:agreement-sla ; a sm:Agreement ; sm:covers ?service .
          ?agreement sm:hasObjective [ sm:metric sm:metric-availability ; sm:targetPercent ?percent ] .
      } }
      FILTER (?promised_there < ?percent)
  } }
  ?agreement rdfs:label ?promise .
  ?provider rdfs:label ?rests_on .
}
ORDER BY ?promise ?promised_there ?rests_on"""


def look(case: Case, options: Mapping[str, Option]) -> Iterator[Hit]:  # noqa: ARG001 every rule is called so
    """What is promised on something that is promised less, and was not before."""
    known = set(_rows(case.before))
    for promise, percent, rests_on, there in _rows(case.after):
        if (promise, percent, rests_on, there) not in known:
            message = f"{promise} promises {percent} %, and {rests_on}, which it rests on, only {there} %"
            found = [n for n, label in enumerate(case.after.projection.labels) if label == promise]
            iri = case.after.projection.iris[found[0]] if found else ""
            yield Hit(message, iri or promise, case.place(iri) if iri else None, "agree on one of the two anew")


def _rows(opened: Map) -> Iterator[tuple[str, ...]]:
    known = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
    for row in opened.store.select(known + _LESSER).rows:
        yield tuple(value.text if value else "" for value in row)
