"""Which services does an address of the catalogue mean? Filters with counts, words, order, pages. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from urllib.parse import parse_qs, quote, urlencode

from app.atlas import Atlas
from graph.catalogue import CARRIED, NOT_WORKED_OUT, Entry, carried_words
from graph.natural import natural

__all__ = ["COLUMNS", "FACETS", "PAGE_SIZE", "Choice", "Chosen", "Facet", "chosen", "link"]

PAGE_SIZE = 100
"""Rows on a page."""
FACETS = {
    "kind": "Kind",
    "owner": "Owner",
    "environment": "Environment",
    "criticality": "Criticality",
    "state": "State",
    "carried": "Promise",
}
COLUMNS = ("name", "kind", "owner", "promised", "carried", "criticality", "state", "used")
"""What rows can be sorted by; with a minus in front the other way round."""
NOT_SAID = "Not said"
_CRITICALITY = ("critical", "high", "medium", "low")
_STATES = ("planned", "in service", "retiring", "retired")
_LIFE = ("current", "retired", "all")


@dataclass(frozen=True, slots=True)
class Choice:
    """What the address asks for; ``filters`` is facet -> values of which one must fit.

    >>> Choice.parse("kind=Business+service&sort=-used&page=2").filters
    {'kind': ('Business service',)}
    >>> Choice.parse("sort=nothing&page=x&life=old&q=") == Choice()
    True
    """

    words: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    life: str = "current"
    sort: str = "name"
    page: int = 1

    @classmethod
    def parse(cls, query: str) -> Choice:
        """Read the part of an address after the question mark; what nobody understands is left out."""
        values = parse_qs(query.lstrip("?"), max_num_fields=200)
        last = {key: found[-1] for key, found in values.items()}
        sort, page = last.get("sort", "name"), last.get("page", "")
        return cls(
            words=" ".join(last.get("q", "").split())[:200],
            filters={facet: tuple(sorted(set(values[facet]))) for facet in FACETS if facet in values},
            life=last["life"] if last.get("life") in _LIFE else "current",
            sort=sort if sort.removeprefix("-") in COLUMNS else "name",
            page=max(1, int(page)) if page.isdecimal() and len(page) < 7 else 1,
        )

    def toggled(self, facet: str, value: str) -> Choice:
        """The same choice with a value of a facet added or taken away, from its first page."""
        values = tuple(sorted(set(self.filters.get(facet, ())) ^ {value}))
        filters = {key: kept for key, kept in {**self.filters, facet: values}.items() if kept}
        return replace(self, filters=filters, page=1)

    def sorted_by(self, column: str) -> Choice:
        """The same choice in the order of a column, the most used first; a second time the other way round."""
        first, second = (f"-{column}", column) if column == "used" else (column, f"-{column}")
        return replace(self, sort=second if self.sort == first else first, page=1)


def link(choice: Choice, *, ending: str = "") -> str:
    """The address of a choice.

    >>> link(Choice(words="web", filters={"kind": ("Vendor service",)}), ending=".csv")
    '/catalogue.csv?q=web&kind=Vendor%20service'
    """
    parts = [("q", choice.words)]
    parts += [(facet, value) for facet in FACETS for value in choice.filters.get(facet, ())]
    parts += [
        ("life", "" if choice.life == "current" else choice.life),
        ("sort", "" if choice.sort == "name" else choice.sort),
        ("page", "" if choice.page == 1 else str(choice.page)),
    ]
    query = urlencode([(key, value) for key, value in parts if value], quote_via=quote)
    return f"/catalogue{ending}{f'?{query}' if query else ''}"


@dataclass(frozen=True, slots=True)
class Facet:
    """One way to filter: its values, each with how many services of the choice it has."""

    key: str
    label: str
    values: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """What a choice finds: all rows in order, those of the page, the filters, and how many there are of each life."""

    choice: Choice
    entries: tuple[Entry, ...]
    facets: tuple[Facet, ...]
    lives: Mapping[str, int]

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-len(self.entries) // PAGE_SIZE))

    @property
    def page(self) -> tuple[Entry, ...]:
        """The rows of the page; of the last one where the address asks for more."""
        first = (min(self.choice.page, self.pages) - 1) * PAGE_SIZE
        return self.entries[first : first + PAGE_SIZE]


def chosen(atlas: Atlas, choice: Choice) -> Chosen:
    """What the catalogue of a map has for a choice. Cost grows with the number of services."""
    facts = {id(entry): _facts(atlas, entry) for entry in atlas.catalogue}
    fits = [entry for entry in atlas.catalogue if _says(atlas, entry, choice.words)]
    narrowed = [entry for entry in fits if _passes(facts[id(entry)], choice, besides="")]
    alive = {
        "current": sum(not entry.retired for entry in narrowed),
        "retired": sum(entry.retired for entry in narrowed),
        "all": len(narrowed),
    }
    living = [entry for entry in fits if _lives(entry, choice.life)]
    facets = []
    for key, label in FACETS.items():
        counted = Counter(
            value
            for entry in living
            if _passes(facts[id(entry)], choice, besides=key)
            for value in facts[id(entry)][key]
        )
        counted.update(dict.fromkeys(choice.filters.get(key, ()), 0))
        if set(counted) != {NOT_SAID} and counted:
            facets.append(Facet(key, label, tuple(sorted(counted.items(), key=_order(key)))))
    rows = [entry for entry in narrowed if _lives(entry, choice.life)]
    return Chosen(choice, tuple(_in_order(atlas, rows, choice.sort)), tuple(facets), alive)


def _lives(entry: Entry, life: str) -> bool:
    return life == "all" or entry.retired == (life == "retired")


def _says(atlas: Atlas, entry: Entry, words: str) -> bool:
    p = atlas.projection
    text = " ".join(p.labels[e] for e in (entry.element, *entry.owners, *(o.element for o in entry.offerings)))
    text = f"{text} {p.ids[entry.element]}".casefold()
    return all(word in text for word in words.casefold().split())


def _facts(atlas: Atlas, entry: Entry) -> dict[str, tuple[str, ...]]:
    names = atlas.projection.labels
    return {
        "kind": (atlas.kind(entry.element),),
        "owner": tuple(names[party] for party in entry.owners) or ("Nobody",),
        "environment": tuple(names[place] for place in entry.environments) or (NOT_SAID,),
        "criticality": (entry.criticality or NOT_SAID,),
        "state": (entry.state or NOT_SAID,),
        "carried": (carried_words(entry),),
    }


def _passes(facts: Mapping[str, tuple[str, ...]], choice: Choice, *, besides: str) -> bool:
    return all(
        key == besides or not set(values).isdisjoint(facts[key]) for key, values in choice.filters.items() if values
    )


def _order(facet: str) -> Callable[[tuple[str, int]], tuple[int, str]]:
    """Code lists in their own order, names by how many there are; what is not said comes last."""
    lists: Mapping[str, Sequence[str]] = {
        "criticality": _CRITICALITY,
        "state": _STATES,
        "carried": [*CARRIED.values(), "By contract", NOT_WORKED_OUT, "No promise"],
    }
    listed = lists.get(facet, ())

    def key(pair: tuple[str, int]) -> tuple[int, str]:
        value, number = pair
        if value in (NOT_SAID, "Nobody"):
            return 1, ""
        return (listed.index(value) - len(listed) if value in listed else -number), natural(value)

    return key


def _in_order(atlas: Atlas, entries: Sequence[Entry], sort: str) -> list[Entry]:
    """By a column; what has no value there comes last in both directions."""
    names = atlas.projection.labels
    verdicts = [*CARRIED.values(), "By contract", NOT_WORKED_OUT]

    def value(entry: Entry) -> tuple[float, str] | None:
        match sort.removeprefix("-"):
            case "kind":
                return 0, atlas.kind(entry.element)
            case "owner":
                return (0, natural(names[entry.owners[0]])) if entry.owners else None
            case "promised":
                percent = entry.promised[1].percent if entry.promised else None
                return (float(percent if percent is not None else -1), "") if entry.promised else None
            case "carried":
                slack = entry.slack if entry.slack is not None else inf
                return (verdicts.index(carried_words(entry)), f"{-slack:024.3f}") if entry.promised else None
            case "criticality":
                return (_CRITICALITY.index(entry.criticality), "") if entry.criticality in _CRITICALITY else None
            case "state":
                return (_STATES.index(entry.state), "") if entry.state in _STATES else None
            case "used":
                return atlas.users(entry.element), ""
            case _:
                return 0, natural(names[entry.element])

    said = [(found, entry) for entry in entries if (found := value(entry)) is not None]
    said.sort(key=lambda pair: pair[0], reverse=sort.startswith("-"))
    return [*(entry for _, entry in said), *(entry for entry in entries if value(entry) is None)]
