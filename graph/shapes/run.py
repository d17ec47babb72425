"""What breaks the shapes? The sieve names what might, the judge says what does; each thing is judged once a part."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache

from graph.shapes.judge import Broken, Classes, Judge
from graph.shapes.sieve import Sieve, parts_of, sieves
from graph.store import Reader, Value
from ontology import terms as t
from ontology.constraints import Shape

__all__ = ["broken"]


def broken(store: Reader, shapes: Iterable[Shape], *, excused: str = "") -> Iterator[Broken]:
    """Every demand of the shapes that something in the store breaks, over the union of all graphs.

    Args:
        store: what is checked.
        shapes: what to hold it against.
        excused: a property that is true of things which may be of any class; the judge does not know of it, so it
            only saves work where the caller leaves such values out.

    Cost: a pass over the statements of each property that a shape names, and a judgement for each suspect.
    """
    known = _Known(store)
    judge = Judge(store, known.classes)
    judged: dict[int, set[int]] = defaultdict(set)
    for sieve in sieves(parts_of(shapes), below=known.below, is_used=known.is_used, excused=excused):
        if sieve.unless is None or known.number(sieve.unless[0]) != known.number(sieve.unless[1]):
            for focus, path in _suspects(store, sieve):
                for part in sieve.parts[path]:
                    if hash(focus) not in judged[id(part)]:
                        judged[id(part)].add(hash(focus))
                        if judge.is_target(part.targets, focus):
                            yield from judge.broken(part.shape, focus)


class _Known:
    """What the sieve wants to know of the store before it asks; each thing is looked up once."""

    def __init__(self, store: Reader) -> None:
        self._store = store
        self.classes = Classes(store)
        self.is_used = cache(self._is_used)
        self.number = cache(self._number)
        self._has_instances = cache(self._is_there)

    def below(self, cls: str) -> list[str]:
        return [each for each in self.classes.below(cls) if self._has_instances(each)]

    def _is_used(self, predicate: str) -> bool:
        return next(iter(self._store.pairs(predicate)), None) is not None

    def _is_there(self, cls: str) -> bool:
        ((answer,),) = self._store.select(f"ASK {{ ?thing <{t.RDF_TYPE}> <{cls}> }}").rows
        return answer is not None and answer.text == "true"

    def _number(self, query: str) -> str:
        return next((value.text for (value,) in self._store.rows(query) if value is not None), "")


def _suspects(store: Reader, sieve: Sieve) -> Iterator[tuple[Value, str]]:
    for row in store.rows(sieve.query):
        focus, path = row[-1], row[0].text if len(row) > 1 and row[0] is not None else ""
        if focus is not None:
            yield focus, path
