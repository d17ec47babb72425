"""Which people, teams and roles have to do with an element, and in which way?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

from graph.attributes import Attributes
from graph.facts import Fact
from graph.kept import Arrays, Keeper, texts_in, texts_of
from graph.natural import natural
from graph.projection import Projection
from ontology.vocabulary import vocabulary

__all__ = ["everybody", "is_close", "named_directly"]

_DISTANT = 3
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T|$)")
_PLAIN_WAYS = {"to", "contact", "party", "assigned to"}
"""How duties and contacts name somebody: the duty itself says enough."""
_WAYS = {"attested by": "has confirmed as complete"}
"""In which way somebody has to do with an element, seen from there."""


def _nearness(word: str) -> int:
    """How close a relation is to owning: owners first, then other kinds of owner, teams, and everybody else.

    >>> _nearness("owner"), _nearness("data owner"), _nearness("customer")
    (0, 1, 3)
    """
    return 0 if word == "owner" else 1 if word.endswith("owner") else 2 if word == "team" else _DISTANT


def is_close(word: str) -> bool:
    """Whether who is named so answers for an element: an owner of some kind, or its team.

    >>> is_close("data owner"), is_close("customer")
    (True, False)
    """
    return _nearness(word) < _DISTANT


def named_directly(
    projection: Projection, said: Attributes, is_party: npt.NDArray[np.bool_], keep: Keeper
) -> dict[int, list[tuple[str, int]]]:
    """Element -> parties that it names itself, owners first, each with the word for the relation.

    One scan for each property that may name one; what is found is kept for the revision.
    """
    told = keep("parties", lambda: _rows(_scanned(projection, said, is_party)))
    words, found = texts_in(told, "words"), dict[int, list[tuple[str, int]]]()
    for element, word, party in zip(*(told[each].tolist() for each in ("element", "word", "party")), strict=True):
        found.setdefault(element, []).append((words[word], party))
    return found


def _rows(found: Mapping[int, list[tuple[str, int]]]) -> Arrays:
    """The same as arrays: the element, the number of the word, the party."""
    number: dict[str, int] = {}
    rows = [
        (element, number.setdefault(word, len(number)), party)
        for element, told in found.items()
        for word, party in told
    ]
    columns = np.array(rows, np.int32).reshape(-1, 3).T
    return dict(zip(("element", "word", "party"), columns, strict=True)) | texts_of("words", list(number))


def _scanned(
    projection: Projection, said: Attributes, is_party: npt.NDArray[np.bool_]
) -> dict[int, list[tuple[str, int]]]:
    """The same, as the sources say it."""
    relations = {
        use.iri: use.label
        for cls in vocabulary().classes.values()
        for use in cls.properties.values()
        if use.kind == "reference"
    }
    found: dict[int, list[tuple[str, int]]] = {}
    for predicate, label in relations.items():
        elements, parties = said.named(predicate)
        kept = is_party[parties] & (elements != parties)
        for element, party in zip(elements[kept].tolist(), parties[kept].tolist(), strict=True):
            found.setdefault(element, []).append((label, party))
    names = projection.labels
    return {
        element: pairs
        if len(pairs) == 1
        else sorted(set(pairs), key=lambda pair: (_nearness(pair[0]), pair[0], natural(names[pair[1]]), pair[1]))
        for element, pairs in found.items()
    }


def everybody(
    owners: Iterable[tuple[str, int]], facts: Iterable[Fact], parties: Mapping[str, int]
) -> list[tuple[str, int]]:
    """Who is named directly, and who is named in duties and contacts, once each: in which ways, and the party.

    Args:
        owners: who is named directly.
        facts: what is said about the element.
        parties: the parties among what the facts name, by their IRI.
    """
    parts: dict[str, list[Fact]] = {}
    for fact in facts:
        if fact.part:
            parts.setdefault(fact.part, []).append(fact)
    found = list(owners)
    for told in parts.values():
        words = ", ".join(fact.value for fact in told if not fact.iri and not _MOMENT.match(fact.value))
        for fact in told:
            if fact.iri in parties:
                way = "" if fact.property in _PLAIN_WAYS else _WAYS.get(fact.property, fact.property.lower())
                found.append((": ".join(filter(None, (way, words))) or told[0].about, parties[fact.iri]))
    ways: dict[int, list[str]] = {}
    for word, party in found:
        ways.setdefault(party, []).append(word)
    return [(", ".join(dict.fromkeys(words)), party) for party, words in ways.items()]
