"""Which services are offered, to what terms, and can what is promised for them be carried? One entry a service."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

from graph.analysis.elements import kind_of
from graph.analysis.known import Known
from graph.analysis.promises import Check, checks
from graph.answer import Answer, Cell, count
from graph.figures import Agreement, Objective, figures, span_words
from graph.natural import natural
from graph.projection import Projection
from graph.projection.build import OWNERS
from graph.store import Reader
from graph.turns import in_turns
from ontology import terms as t
from ontology.vocabulary import vocabulary

__all__ = [
    "CARRIED",
    "NOT_WORKED_OUT",
    "Entry",
    "Offering",
    "Price",
    "answer",
    "carried_words",
    "catalogue",
    "promise_words",
]

CARRIED = {
    "guaranteed": "Guaranteed",
    "each beneath is strong enough": "Strong enough beneath",
    "not backed": "Not backed",
    "not guaranteed": "Not guaranteed",
    "weaker beneath": "Weaker beneath",
    "not expected to hold": "Not expected to hold",
    "nothing promised beneath": "Nothing promised beneath",
}
"""The verdicts on a promise as pages say them, the best first."""
NOT_WORKED_OUT = "Not worked out"
_SIGNS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}


@dataclass(frozen=True, slots=True)
class Price:
    """What a consumer pays; ``per`` says for what, "" when the sources do not.

    >>> str(Price(Decimal("18400.00"), "EUR", "month")), str(Price(Decimal("2.4"), "SEK"))
    ('€ 18,400 per month', 'SEK 2.40')
    """

    amount: Decimal
    currency: str
    per: str = ""

    def __str__(self) -> str:
        whole = self.amount == self.amount.to_integral_value()
        said = f"{_SIGNS.get(self.currency, self.currency)} {self.amount:,.{0 if whole else 2}f}".strip()
        return f"{said} per {self.per}" if self.per else said


@dataclass(frozen=True, slots=True)
class Offering:
    """One way to order a service."""

    element: int
    price: Price | None


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A service as the catalogue has it.

    ``owners``, ``environments``  numbers of elements that it names
    ``criticality``, ``state``    words of their code lists, "" for what no source says
    ``promised``                  what is promised for it: availability before other objectives, the weakest first
    ``check``                     whether that can be carried; None where nobody promised, or a vendor did
    """

    element: int
    owners: tuple[int, ...]
    environments: tuple[int, ...]
    criticality: str
    state: str
    offerings: tuple[Offering, ...]
    price: Price | None
    promised: tuple[Agreement, Objective] | None
    check: Check | None

    @property
    def retired(self) -> bool:
        """Whether it is offered no more."""
        return self.state == "retired"

    @property
    def slack(self) -> float | None:
        """Minutes that are left of the promise when all beneath use up what they are allowed."""
        return self.check.slack if self.check else None


def catalogue(
    store: Reader, projection: Projection, *, checked: bool = True, known: Known | None = None
) -> tuple[Entry, ...]:
    """All services, by name; elements of other kinds and what no source defines are not among them.

    ``known`` are the figures where they are read already. Cost: that of ``figures``, a look at each service, and that
    of ``promises.checks`` where they are ``checked``.
    """
    words = vocabulary()
    service = {iri for iri in set(projection.classes) if iri in words.classes and words.is_a(iri, t.SERVICE)}
    known, said = known or Known(projection, figures(store)), _Said(store, projection, service)
    found_checks = _checks(known) if checked else {}
    offerings: defaultdict[str, list[Offering]] = defaultdict(list)
    for offering, of in known.figures.offerings.items():
        if offering in projection.index:
            offerings[of].append(Offering(projection.index[offering], said.price(offering)))
    found = []
    for vertex, cls in in_turns(enumerate(projection.classes)):
        if cls not in service or projection.stub[vertex]:
            continue
        iri = projection.iris[vertex]
        values, check = said.of.get(iri, {}), found_checks.get(vertex)
        owners = (said.elements(values.get(predicate, ())) for predicate in OWNERS)
        found.append(
            Entry(
                element=vertex,
                owners=tuple(dict.fromkeys(chain.from_iterable(owners))),
                environments=said.elements(values.get(t.IN_ENVIRONMENT, ())),
                criticality=_code(values.get(t.CRITICALITY, ())),
                state=_code(values.get(t.LIFECYCLE, ())),
                offerings=tuple(sorted(offerings[iri], key=lambda each: natural(projection.labels[each.element]))),
                price=said.price(iri),
                promised=(check.agreement, check.objective) if check else _promised(known, vertex),
                check=check,
            )
        )
    return tuple(sorted(found, key=lambda e: (natural(projection.labels[e.element]), projection.ids[e.element])))


class _Said:
    """What is said of services and of prices; read in three questions, however many there are."""

    def __init__(self, store: Reader, projection: Projection, classes: Collection[str]) -> None:
        self._projection = projection
        self.of = _by_subject(store, f"VALUES ?c {{ {_listed(sorted(classes))} }} ?x a ?c", _OF_A_SERVICE)
        """Service -> predicate -> values."""
        self._prices: defaultdict[str, list[str]] = defaultdict(list)
        for thing, price in store.pairs(t.LIST_PRICE):
            self._prices[thing].append(price)
        self._terms = _by_subject(store, f"?any <{t.LIST_PRICE}> ?x", _OF_A_PRICE) if self._prices else {}

    def elements(self, values: Sequence[str]) -> tuple[int, ...]:
        """Numbers of the elements among the values, by name."""
        names, index = self._projection.labels, self._projection.index
        found = {index[value] for value in values if value in index}
        return tuple(sorted(found, key=lambda each: (natural(names[each]), each)))

    def price(self, thing: str) -> Price | None:
        """The price, where it has a number and a currency."""
        for price in sorted(self._prices.get(thing, ())):
            said = self._terms.get(price, {})
            if said.get(t.AMOUNT) and said.get(t.CURRENCY):
                per = min(said.get(t.PRICED_PER, [""]))
                return Price(Decimal(min(said[t.AMOUNT])), min(said[t.CURRENCY]), per)
        return None


_OF_A_SERVICE = (*OWNERS, t.IN_ENVIRONMENT, t.CRITICALITY, t.LIFECYCLE)
_OF_A_PRICE = (t.AMOUNT, t.CURRENCY, t.PRICED_PER)


def _by_subject(store: Reader, which: str, predicates: Sequence[str]) -> Mapping[str, Mapping[str, list[str]]]:
    """What is said of the things ``?x`` with some predicates: thing -> predicate -> values."""
    found: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    asked = (
        f"SELECT ?x ?p ?o {{ {{ SELECT DISTINCT ?x {{ {which} }} }} VALUES ?p {{ {_listed(predicates)} }} ?x ?p ?o }}"
    )
    for thing, predicate, value in store.rows(asked):
        if thing is not None and predicate is not None and value is not None:
            found[thing.text][predicate.text].append(value.text)
    return found


def _listed(iris: Sequence[str]) -> str:
    return " ".join(f"<{iri}>" for iri in iris)


def _code(values: Sequence[str]) -> str:
    codes = vocabulary().codes
    return min((codes[value].label for value in values if value in codes), default="")


def _checks(known: Known) -> Mapping[int, Check]:
    """The check that stands for each element: availability first, and of several the one with the worst verdict."""
    order = list(CARRIED)
    found: dict[int, Check] = {}
    for check in sorted(
        checks(known),
        key=lambda c: (c.objective.metric != "availability", -order.index(c.verdict), c.agreement.iri, c.objective.iri),
    ):
        found.setdefault(check.vertex, check)
    return found


def _promised(known: Known, vertex: int) -> tuple[Agreement, Objective] | None:
    """What is promised for an element where nothing of it is checked: a vendor's contract."""
    return next(iter(known.promises.get(vertex, ())), None)


def promise_words(entry: Entry) -> str:
    """What is promised, in a few words; "" for nothing."""
    if entry.promised is None:
        return ""
    objective = entry.promised[1]
    if objective.metric == "availability" and objective.percent is not None:
        return f"{objective.percent.normalize():f} %"
    share = f" in {objective.percentile.normalize():f} %" if objective.percentile is not None else ""
    return f"{objective.metric} {span_words(float(objective.within or 0))}{share}"


def carried_words(entry: Entry) -> str:
    """Whether what is promised can be carried, in a few words."""
    if entry.check is not None:
        return CARRIED[entry.check.verdict]
    if entry.promised is None:
        return "No promise"
    return "By contract" if entry.promised[0].kind == "underpinning contract" else NOT_WORKED_OUT


def answer(projection: Projection, entries: Sequence[Entry], *, title: str = "") -> Answer:
    """One row for each service; minutes are those of the promise's period."""

    def names(elements: Sequence[int]) -> tuple[str, ...]:
        return tuple(projection.labels[element] for element in elements)

    rows: list[tuple[Cell, ...]] = [
        (
            projection.ids[entry.element],
            projection.labels[entry.element],
            kind_of(projection, entry.element),
            names(entry.owners),
            promise_words(entry),
            carried_words(entry),
            _minutes(entry.check.allowed if entry.check else None),
            _minutes(entry.check.expected if entry.check else None),
            _minutes(entry.check.promised if entry.check else None),
            _minutes(entry.slack),
            tuple(_offered(projection, each) for each in entry.offerings),
            str(entry.price or ""),
            names(entry.environments),
            entry.criticality,
            entry.state,
        )
        for entry in entries
    ]
    return Answer(
        title=title or count(len(entries), "service"),
        of="services",
        columns=(
            *("id", "name", "kind", "owners", "promised", "carried", "allowed", "expected", "guaranteed", "slack"),
            *("offerings", "price", "environments", "criticality", "state"),
        ),
        rows=tuple(rows),
        facts={"revision": projection.revision},
        notes=(
            "allowed, expected, guaranteed and slack are minutes of the promise's period; slack is what is left when "
            "every allowance beneath is used up at the worst moment",
        ),
    )


def _offered(projection: Projection, offering: Offering) -> str:
    return f"{projection.labels[offering.element]}{f', {offering.price}' if offering.price else ''}"


def _minutes(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
