"""How does a made map look as a service graph, without going through triples? For benchmarks of analyses alone."""

from __future__ import annotations

import numpy as np

from bench.generator.arrays import Generated
from graph.projection import REQUIRED, Edges, Groups, Projection
from graph.projection.model import Coded
from graph.texts import Texts
from ontology import terms as t
from ontology.vocabulary import vocabulary

__all__ = ["service_graph"]


def service_graph(made: Generated) -> Projection:
    """The elements and dependencies, all required; an element that needs k of n has a group in between.

    >>> from bench.generator import generate
    >>> p = service_graph(generate(1_000))
    >>> len(p), len(p.groups), p.by_provider
    (1000, 6, True)
    """
    group_of = np.full(made.elements, -1, np.int64)
    group_of[made.groups] = made.elements + np.arange(len(made.groups))
    dependent = np.where(group_of[made.src] >= 0, group_of[made.src], made.src)
    dependent = np.concatenate([dependent, made.groups]).astype(np.int32)
    provider = np.concatenate([made.dst, group_of[made.groups]]).astype(np.int32)
    order = np.lexsort((dependent, provider))
    dependent, provider = dependent[order], provider[order]
    size = np.bincount(dependent, minlength=made.elements + len(made.groups))[made.elements :].astype(np.int32)
    names = [f"{name:07d}" for name in range(made.elements)]
    kinds = tuple(vocabulary().kinds.values())
    needs = next(number for number, kind in enumerate(kinds) if kind.key == "needs")
    count, nothing = len(order), np.zeros(len(order), np.int8)
    return Projection(
        revision="made",
        iris=Texts.of([f"https://w3id.org/servicemap/id/made/{name}" for name in names]),
        ids=Texts.of([f"made/{name}" for name in names]),
        labels=Texts.of(names),
        classes=Coded((t.SERVICE,), np.zeros(made.elements, np.uint16)),
        stub=np.zeros(made.elements, np.bool_),
        edges=Edges(
            dependent,
            provider,
            np.full(count, needs, np.int8),
            np.full(count, REQUIRED, np.int8),
            nothing,
            nothing.astype(np.bool_),
            Texts.of([""] * count),
        ),
        groups=Groups(Texts.of([f"group {n}" for n in range(len(size))]), np.minimum(made.k, size), made.k, size),
        kinds=kinds,
    )
