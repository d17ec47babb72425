"""What follows from a map? The numbered rules are run in their order, each on all that is known by then.

No statement becomes an object of Python: the engine writes what a rule concludes as N-Triples and reads that back,
through memory for a store in memory, through a file for one in a folder. Where whole columns of what the sources say
are at hand, the rules that look at every dependency are run by their twins (see ``twins``).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from graph.store.columns import Columns
from graph.store.interface import DERIVED
from graph.store.parts import load_file
from graph.store.twins import TWINS
from ontology.vocabulary import HOME

__all__ = ["Conclusion", "Rule", "derive", "rules"]

_NTRIPLES = ox.RdfFormat.N_TRIPLES
_PIECE = 1_000_000


@dataclass(frozen=True, slots=True)
class Rule:
    """A file of ``ontology/rules``: ``name`` is its number and words, ``title`` says what it concludes.

    Where nothing fits ``condition``, the pattern after "# if:" in its head, it concludes nothing and is not asked.
    """

    name: str
    title: str
    query: str
    condition: str = ""

    @property
    def digest(self) -> str:
        """Tells one version of the rule from another."""
        return hashlib.sha256(self.query.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Conclusion:
    """How many statements a rule concluded; what another rule says too counts each time."""

    rule: Rule
    statements: int


@cache
def rules() -> tuple[Rule, ...]:
    """All rules in the order in which they run.

    >>> rules()[0].name
    '010-stubs'
    """
    return tuple(_rules())


def _rules() -> Iterator[Rule]:
    for file in sorted(HOME.glob("rules/*.rq")):
        query = file.read_text(encoding="utf-8")
        title, condition = re.match(r"# title: (.+)", query), re.search(r"^# if: (.+)", query, re.MULTILINE)
        yield Rule(file.stem, title[1] if title else file.stem, query, condition[1] if condition else "")


def derive(
    triples: ox.Store,
    draft: Path | None = None,
    *,
    run: Sequence[Rule] = (),
    columns: Columns | None = None,
    told: Path | None = None,
) -> tuple[Conclusion, ...]:
    """Run the rules and put what they conclude into the derived graph, which must be empty.

    Args:
        triples: the store.
        draft: a file for what a rule concludes, made and taken away again; in memory when it is left out.
        run: the rules; all of them when left out.
        columns: what the sources and the ontology say, for the rules that have a twin; conclusions are added. They go
            with a draft.
        told: a file to which all that is concluded is added too; goes with a draft.

    Cost: an answer to each rule, and the loading of it. 100,000 elements with 480,000 dependencies give 1.3 million
    statements, in a third of the time with columns.
    """
    return tuple(_conclude(triples, rule, draft, columns, told) for rule in run or rules())


def _conclude(
    triples: ox.Store, rule: Rule, draft: Path | None, columns: Columns | None, told: Path | None
) -> Conclusion:
    graph = ox.NamedNode(DERIVED)
    if not _applies(triples, rule):
        return Conclusion(rule, 0)
    if draft is None:
        text = _answer(triples, rule).serialize(format=_NTRIPLES) or b""
        if text:  # nearly all of its words are in the store already: then this is faster than bulk_load
            triples.load(input=text, format=_NTRIPLES, to_graph=graph, lenient=True)
        return Conclusion(rule, text.count(b"\n"))
    try:
        pieces = _twin(triples, rule, columns)
        if pieces is None:
            _answer(triples, rule).serialize(str(draft), format=_NTRIPLES)
        else:
            with draft.open("wb") as out:
                out.writelines(pieces)
        if draft.stat().st_size:
            load_file(triples, draft, DERIVED)
        statements = 0
        with draft.open("rb") as written, nullcontext() if told is None else told.open("ab") as all_:
            while lines := written.readlines(_PIECE):
                statements += len(lines)
                if columns is not None:
                    columns.add(lines)
                if all_ is not None:
                    all_.writelines(lines)
        return Conclusion(rule, statements)
    finally:
        draft.unlink(missing_ok=True)


def _applies(triples: ox.Store, rule: Rule) -> bool:
    prefixes = " ".join(re.findall(r"^PREFIX .+", rule.query, re.MULTILINE))
    return not rule.condition or bool(
        triples.query(f"{prefixes} ASK {{ {rule.condition} }}", use_default_graph_as_union=True)
    )


def _answer(triples: ox.Store, rule: Rule) -> ox.QueryTriples:
    found = triples.query(rule.query, use_default_graph_as_union=True)
    assert isinstance(found, ox.QueryTriples)
    return found


def _twin(triples: ox.Store, rule: Rule, columns: Columns | None) -> Iterable[bytes] | None:
    """What a rule concludes, from columns; None where the engine has to be asked."""
    twin = TWINS.get(rule.digest[:16]) if columns is not None else None
    return twin(triples, columns) if twin is not None and columns is not None else None
