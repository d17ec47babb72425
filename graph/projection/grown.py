"""What is the service graph with more elements? The same arrays with room made for them; nothing is built anew.

New elements depend on nothing yet, and nothing on them: what they need, and who needs them, is an edit to come after.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from graph.projection.model import Coded, DependencyIris, Edges, Projection
from graph.texts import Texts

__all__ = ["Element", "answered_for", "grown", "renamed"]

Ints = npt.NDArray[np.int32]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Element:
    """An element that is new: its IRI, id and name for people, class, whether it is owned, and how critical it is."""

    iri: str
    id: str
    label: str
    cls: str
    owned: bool = False
    criticality: int = 0


def grown(projection: Projection, elements: Sequence[Element]) -> Projection | None:
    """The graph with more elements. Cost: a pass over its arrays.

    None where it is not held as the store made it, or does not know the class of one of them.

    >>> from graph.projection.build import project
    >>> from graph.store.embedded import MemoryStore
    >>> from ontology.terms import TOOL
    >>> p = grown(project(MemoryStore()), [Element("urn:x/shop/mail", "shop/mail", "Mail", TOOL)])
    >>> list(p.labels), p.find("mail")
    (['Mail'], 0)
    """
    iris, ids, labels, classes, made = (
        projection.iris,
        projection.ids,
        projection.labels,
        projection.classes,
        projection.edges.iris,
    )
    if not isinstance(classes, Coded) or not isinstance(made, DependencyIris):
        return None
    if not isinstance(iris, Texts) or not isinstance(ids, Texts) or not isinstance(labels, Texts):
        return None
    new = sorted(elements, key=lambda each: each.iri.encode("utf-8", "surrogatepass"))
    if not all(each.cls in classes.words for each in new):
        return None
    at = np.array([iris.place_for(each.iri) for each in new], np.int64)

    def moved(vertices: Ints) -> Ints:
        found = vertices + np.searchsorted(at, vertices, "right").astype(np.int32)
        return np.where(vertices < 0, vertices, found).astype(np.int32)

    old = projection.edges
    dependent, provider = moved(old.dependent), moved(old.provider)
    names = _texts(iris, at, [each.iri for each in new])
    iris_of_edges = DependencyIris(
        (dependent, provider, old.kind), (names, made.groups), moved(made.owner), made.words, made.other
    )
    codes = np.insert(classes.codes, at, np.array([classes.words.index(each.cls) for each in new], classes.codes.dtype))
    after = replace(
        projection,
        iris=names,
        ids=_texts(ids, at, [each.id for each in new]),
        labels=_texts(labels, at, [each.label for each in new]),
        classes=Coded(classes.words, codes),
        stub=np.insert(projection.stub, at, values=False),
        owned=np.insert(projection.owned, at, [each.owned for each in new]),
        criticality=np.insert(projection.criticality, at, np.array([each.criticality for each in new], np.int8)),
        edges=Edges.packed((dependent, provider, old.kind, old.claim), iris_of_edges, old.rare),
        besides={cls: moved(vertices) for cls, vertices in projection.besides.items()},
        known_ids=None,
    )
    start, order = projection.uses
    users, uses = (np.insert(column, at, column[at]).astype(np.int32) for column in (projection.users, start))
    vars(after).update(by_provider=projection.by_provider, users=users, uses=(uses, order))
    return after


def answered_for(projection: Projection, elements: Mapping[int, tuple[bool, int]]) -> Projection:
    """The graph in which some elements are owned or not, and critical, otherwise."""
    owned, criticality = projection.owned.copy(), projection.criticality.copy()
    for vertex, said in elements.items():
        owned[vertex], criticality[vertex] = said
    made = replace(projection, owned=owned, criticality=criticality)
    vars(made).update(_indexes(projection))
    return made


def renamed(projection: Projection, labels: Mapping[int, str]) -> Projection:
    """The graph in which some elements have other names."""
    held = projection.labels
    texts = held.stretches().to_bytes() if isinstance(held, Texts) else [label.encode() for label in held]
    for vertex, label in labels.items():
        texts[vertex] = label.encode("utf-8", "surrogatepass")
    made = replace(projection, labels=Texts.of(texts), known_ids=None)
    vars(made).update(_indexes(projection))
    return made


def _indexes(projection: Projection) -> dict[str, object]:
    """What is known of the order of the dependencies; made where it is not yet."""
    return {"by_provider": projection.by_provider, "users": projection.users, "uses": projection.uses}


def _texts(old: Texts, at: Places, new: Sequence[str]) -> Texts:
    """Texts with others put in, each before the place that it is to have."""
    parts = [each.encode("utf-8", "surrogatepass") for each in new]
    offsets = old.offsets.astype(np.int64)
    cuts = offsets[at].tolist()
    pieces, last = list[bytes](), 0
    blob = old.blob.tobytes()
    for cut, part in zip(cuts, parts, strict=True):
        pieces += [blob[last:cut], part]
        last = cut
    pieces.append(blob[last:])
    lengths = np.insert(np.diff(offsets), at, [len(part) for part in parts])
    ends = np.concatenate([[0], np.cumsum(lengths)])
    joined = np.frombuffer(b"".join(pieces), np.uint8)
    return Texts(joined, ends.astype(np.uint32) if int(ends[-1]) < 1 << 32 else ends.astype(np.uint64))
