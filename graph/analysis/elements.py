"""What is in this map? Elements with their kinds and how many depend on each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from graph.analysis._frontier import carrying
from graph.answer import Answer
from graph.model import InputError
from graph.natural import natural
from graph.projection import Projection
from graph.projection.model import Coded
from graph.similar import did_you_mean
from ontology.vocabulary import vocabulary

__all__ = ["all_of", "answer", "elements", "kind_of"]


def kind_of(projection: Projection, vertex: int) -> str:
    """The kind of an element in words; "not defined" for a stub."""
    if projection.stub[vertex]:
        return "not defined"
    cls = vocabulary().classes[projection.classes[vertex]]
    return cls.key or cls.label.lower()


def all_of(projection: Projection, kind: str) -> list[int]:
    """Numbers of all elements of a class, or of one below it, by its IRI."""
    words, classes = vocabulary(), projection.classes
    if isinstance(classes, Coded):
        wanted = [number for number, cls in enumerate(classes.words) if cls and words.is_a(cls, kind)]
        found: list[int] = np.flatnonzero(np.isin(classes.codes, wanted)).tolist()
        return found
    named = {cls for cls in set(classes) if cls and words.is_a(cls, kind)}
    return [v for v, cls in enumerate(classes) if cls in named]


def elements(projection: Projection, *, kind: str | None = None, stubs: bool = False) -> list[int]:
    """Numbers of the elements, by kind and name.

    Args:
        projection: the map.
        kind: only those of a kind, or of one below it.
        stubs: only those that nobody defines.

    Raises:
        InputError: there is no such kind.
    """
    chosen: Sequence[int] = np.flatnonzero(projection.stub).tolist() if stubs else range(len(projection))
    if kind is not None:
        words = vocabulary()
        wanted = words.class_named(kind.strip().casefold())
        if wanted is None:
            keys = sorted(cls.key for cls in words.classes.values() if cls.key)
            near = did_you_mean(kind, keys)
            raise InputError.of(
                f"no kind '{kind}'", remedy=near or f"kinds are {', '.join(keys)}", check="unknown-kind"
            )
        chosen = [v for v in chosen if words.is_a(projection.classes[v], wanted.iri)]
    return sorted(chosen, key=lambda v: (kind_of(projection, v), natural(projection.labels[v]), projection.ids[v]))


def answer(projection: Projection, chosen: Sequence[int], *, title: str, notes: tuple[str, ...] = ()) -> Answer:
    """Elements as rows, in the order given; counted are direct dependencies that can carry an outage."""
    dependent, provider, edge = projection.direct
    usable = carrying(projection)[edge]
    pairs = np.unique(np.stack([dependent[usable], provider[usable]]), axis=1)
    uses = np.bincount(pairs[0], minlength=len(projection))
    used_by = np.bincount(pairs[1], minlength=len(projection))
    return Answer(
        title=title,
        of="elements",
        columns=("id", "name", "kind", "depends on", "used by"),
        rows=tuple(
            (projection.ids[v], projection.labels[v], kind_of(projection, v), int(uses[v]), int(used_by[v]))
            for v in chosen
        ),
        facts={"revision": projection.revision},
        notes=notes,
    )
