"""What does the map look like in numbers? Counts, depth, degrees, and how much is known of what should be."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from graph.analysis._frontier import carrying
from graph.analysis.cycles import cycles
from graph.analysis.elements import kind_of
from graph.analysis.kernels import distinct
from graph.analysis.layers import layers
from graph.answer import Answer, Cell, count
from graph.projection import Projection

__all__ = ["Stats", "answer", "stats"]


@dataclass(frozen=True, slots=True)
class Stats:
    """Result of ``stats``.

    ``kinds``          how many elements of each kind, the most frequent first
    ``layers``         how many elements in each layer, from the ground up
    ``most_used``      the elements that most others depend on directly, each with how many
    ``owned``, ``stated``, ``evident``  elements with an owner; dependencies with a strength, and with evidence
    """

    revision: str
    elements: int
    stubs: int
    dependencies: int
    carrying: int
    groups: int
    circles: int
    in_circles: int
    kinds: tuple[tuple[str, int], ...]
    layers: tuple[int, ...]
    used: tuple[int, int, int]
    most_used: tuple[tuple[int, int], ...]
    owned: int
    stated: int
    evident: int


def stats(projection: Projection) -> Stats:
    """Count; linear in the map."""
    dependent, provider, edge = projection.direct
    usable = carrying(projection)[edge] & (dependent != provider)
    pairs = distinct(provider[usable].astype(np.int64) << 32 | dependent[usable])
    users = np.bincount(pairs >> 32, minlength=len(projection))
    circles = cycles(projection).circles
    assumed, carried = projection.assumed
    single = projection.edges.provider < len(projection)
    top = np.lexsort((np.arange(len(users)), -users))[:_MOST_USED]
    one_of = {key: v for v, key in enumerate(zip(projection.classes, projection.stub.tolist(), strict=True))}
    kinds: Counter[str] = Counter()
    for key, number in Counter(zip(projection.classes, projection.stub.tolist(), strict=True)).items():
        kinds[kind_of(projection, one_of[key])] += number
    middle = np.percentile(users, [50, 99]) if len(users) else (0, 0)
    return Stats(
        revision=projection.revision,
        elements=len(projection) - int(projection.stub.sum()),
        stubs=int(projection.stub.sum()),
        dependencies=projection.dependencies,
        carrying=carried,
        groups=len(projection.groups),
        circles=len(circles),
        in_circles=sum(map(len, circles)),
        kinds=tuple(sorted(kinds.items(), key=lambda item: (-item[1], item[0]))),
        layers=layers(projection).counts(),
        used=(int(middle[0]), int(middle[1]), int(users.max(initial=0))),
        most_used=tuple((int(v), int(users[v])) for v in top if users[v]),
        owned=int((projection.owned & ~projection.stub).sum()) if len(projection.owned) else 0,
        stated=carried - assumed,
        evident=int((projection.edges.evident & single).sum()),
    )


_MOST_USED = 5


def answer(projection: Projection, result: Stats) -> Answer:
    """Each number as a row with its name."""
    rows: list[tuple[str, Cell]] = [
        ("elements", result.elements),
        ("not defined anywhere", result.stubs),
        ("dependencies", result.dependencies),
        ("dependencies that carry an outage", result.carrying),
        ("groups of alternatives", result.groups),
        ("circles", result.circles),
        ("elements in circles", result.in_circles),
        ("layers", len(result.layers)),
    ]
    rows += [(f"elements of layer {layer}", number) for layer, number in enumerate(result.layers[:_LAYERS])]
    if len(result.layers) > _LAYERS:
        rows.append(("elements of the layers above", sum(result.layers[_LAYERS:])))
    rows += [(f"kind: {kind}", number) for kind, number in result.kinds]
    rows += [
        ("direct users of an element, median", result.used[0]),
        ("direct users of an element, 99 of 100 have at most", result.used[1]),
        ("direct users of an element, largest", result.used[2]),
    ]
    rows += [(f"most used: {projection.labels[v]}", users) for v, users in result.most_used]
    rows += [
        ("elements with an owner", _share(result.owned, result.elements)),
        ("dependencies with a stated strength", _share(result.stated, result.carrying)),
        ("dependencies with evidence", _share(result.evident, result.dependencies)),
    ]
    return Answer(
        title=f"{count(result.elements, 'element')} in {count(len(result.layers), 'layer')}",
        of="numbers",
        columns=("number", "value"),
        rows=tuple(rows),
        facts={"revision": result.revision},
    )


_LAYERS = 20


def _share(part: int, whole: int) -> str:
    return f"{part:,} of {whole:,} ({100 * part / whole:.0f} %)" if whole else "0 of 0"
