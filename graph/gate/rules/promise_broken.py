"""A service promises more availability than something that it rests on, and that is new."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from graph.gate.case import Case, Hit, Option
from graph.library import question
from graph.maps import Map
from graph.store.isolation import PREFIXES

__all__ = ["LEVEL", "look"]

LEVEL = "fail"


def look(case: Case, options: Mapping[str, Option]) -> Iterator[Hit]:  # noqa: ARG001 every rule is called so
    """New rows of the question for promises on lesser promises."""
    known = set(_rows(case.before))
    for promise, percent, rests_on, there in _rows(case.after):
        if (promise, percent, rests_on, there) not in known:
            message = f"{promise} promises {percent} %, and {rests_on}, which it rests on, only {there} %"
            found = [n for n, label in enumerate(case.after.projection.labels) if label == promise]
            iri = case.after.projection.iris[found[0]] if found else ""
            yield Hit(message, iri or promise, case.place(iri) if iri else None, "agree on one of the two anew")


def _rows(opened: Map) -> Iterator[tuple[str, ...]]:
    known = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
    for row in opened.store.select(known + question("promises-on-lesser-promises").text).rows:
        yield tuple(value.text if value else "" for value in row)
