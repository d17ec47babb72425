"""What does the map know about one element beyond its facts? Promises, people, access, records, cost, and its plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from pathlib import Path

from graph.access import Access, access
from graph.access import answer as access_answer
from graph.analysis.elements import kind_of
from graph.analysis.known import Known
from graph.analysis.promises import answer as promises_answer
from graph.analysis.promises import checks
from graph.analysis.reach import reach
from graph.answer import Answer, Cell, Report, Section, count
from graph.figures import figures
from graph.people import answer as people_answer
from graph.people import people
from graph.projection import Projection
from graph.response import Facts, response_plan
from graph.servicegraph import ServiceGraph
from graph.store import DERIVED, ONTOLOGY, Reader
from ontology import terms as t
from ontology.vocabulary import vocabulary

__all__ = ["Dossiers"]

_RECORDS = (t.CHANGE, t.INCIDENT, t.MAINTENANCE_WINDOW, t.CHANGE_FREEZE)
_STARTS, _ENDS = (t.PLANNED_START, t.STARTED_AT, t.DETECTED_AT), (t.PLANNED_END, t.RESTORED_AT)
_MOST, _MOST_NAMED = 50, 3
_PROMISES = ("agreement", "promised", "verdict", "slack", "renegotiate")


class Dossiers:
    """Makes the dossier of one element after the other; what is read from the whole map is read once.

    >>> from datetime import UTC
    >>> from pathlib import Path
    >>> from graph.maps import open_map
    >>> laundry = open_map([Path("data/laundry")])
    >>> made = Dossiers(laundry.store, laundry.projection)
    >>> report = made.of(laundry.projection.find("laundry"), at=datetime(2026, 11, 26, tzinfo=UTC))
    >>> [section.heading for section in report.sections][:1]
    ['What is promised, and can it be kept?']
    """

    def __init__(
        self,
        store: Reader,
        projection: Projection,
        known: Known | None = None,
        *,
        beside: Path | None = None,
        facts: Facts | None = None,
    ) -> None:
        self.store, self.projection, self._beside = store, projection, beside
        self._given, self._facts = known, facts or Facts(store, projection)

    def of(self, element: int, *, at: datetime) -> Report:
        """What the map knows about an element; a question that makes no sense for its kind is left out.

        Args:
            element: the number of the element.
            at: the time for which roles and rights count.

        Cost: agreements, rights, costs and records of the map, the first time; what the element rests on.
        """
        parts = (
            self._promises(element),
            self._people(element, at),
            self._access(element, at),
            self._records(element),
            self._cost(element),
        )
        p = self.projection
        return Report(
            title=p.labels[element],
            summary=(f"{kind_of(p, element)}, {p.ids[element]}",),
            sections=tuple(part for part in parts if part is not None),
            facts={"id": p.ids[element], "at": at.isoformat(), "revision": p.revision},
        )

    @cached_property
    def _known(self) -> Known:
        return self._given or Known(self.projection, figures(self.store))

    @cached_property
    def _graph(self) -> ServiceGraph:
        return ServiceGraph(self.store, self.projection, self._beside)

    def _is_a(self, element: int, cls: str) -> bool:
        return vocabulary().is_a(self.projection.classes[element], cls)

    def _can_be_changed(self, element: int) -> bool:
        """Whether somebody should answer for it and have access: not so for people, papers and records."""
        words = vocabulary()
        known = words.classes.get(self.projection.classes[element])
        if known is None or not known.lane or self.projection.stub[element]:
            return False
        return words.lanes[known.lane].position < words.lanes[t.LANE_TEAMS].position

    # the parts

    def _promises(self, element: int) -> Section | None:
        found = checks(self._known, element)
        if not found:
            return None
        told = promises_answer(self._known, found)
        places = [told.columns.index(column) for column in _PROMISES]
        rows = tuple(tuple(row[place] for place in places) for row in told.rows)
        told = replace(told, columns=_PROMISES, rows=rows)
        return Section("What is promised, and can it be kept?", told)

    def _people(self, element: int, at: datetime) -> Section | None:
        found = people(self.store, self.projection, {element}, {}, at=at)
        if not found.entries and not self._can_be_changed(element):
            return None
        gaps = found.gaps if self._can_be_changed(element) else ()
        return Section("Who has a part in a change?", people_answer(self.projection, replace(found, gaps=gaps)))

    def _access(self, element: int, at: datetime) -> Section | None:
        found = access(self.store, self.projection, {element}, at=at)
        if found.lost:
            return Section("What can be changed through it?", _rights(found))
        if self._can_be_changed(element) and self._is_anything_given:
            told = access_answer(self.projection, found)
            rows = tuple(row[1:] for row in told.rows)
            return Section("Who can change it?", replace(told, columns=told.columns[1:], rows=rows))
        return None

    @cached_property
    def _is_anything_given(self) -> bool:
        """Whether the map says anything about access: else its absence is no news."""
        return next(iter(self.store.pairs(t.HAS_ACCESS)), None) is not None

    def _cost(self, element: int) -> Section | None:
        """In a month: its own, and with all that it rests on."""
        total = {currency: amount for amount, currency in self._graph.cost_of(element)}
        if not total:
            return None
        own = {currency: amount for amount, currency in self._graph.own_cost_of(element)}
        rows = [(_text(currency), _text(own.get(currency, "")), _text(amount)) for currency, amount in total.items()]
        note = (
            "what several services share is counted in full for each of them; what has no cost in the map is not in it"
        )
        told = Answer(
            title="in a month", of="costs", columns=("currency", "its own", "with all that it rests on"),
            rows=tuple(rows), notes=(note,),
        )  # fmt: skip
        return Section("What does it cost?", told)

    def plan(self, element: int) -> Report | None:
        """The response plan of a service; None for what is none."""
        if not self._is_a(element, t.SERVICE) or self.projection.stub[element]:
            return None
        return response_plan(self.store, self.projection, element, facts=self._facts)

    # what is planned and what happened

    def _records(self, element: int) -> Section | None:
        """Changes, incidents, windows and freezes of the element and of what it rests on, the latest first."""
        beneath = reach(self.projection, [element], direction="dependencies").elements.tolist()
        touched = defaultdict[int, list[int]](list)
        for each in (element, *beneath):
            for record in self._affecting.get(each, ()):
                touched[record].append(each)
        if self._can_be_changed(element):
            touched |= {record: [] for record in self._of_everything}
        if not touched:
            return None
        p = self.projection
        rows = sorted(
            (self._record(record, on) for record, on in touched.items()), key=lambda row: (row[3], row[2]), reverse=True
        )
        cut = (f"the latest {_MOST} of {count(len(rows), 'record')}",) if len(rows) > _MOST else ()
        told = Answer(
            title=f"{count(len(rows), 'record')} of {p.labels[element]} and of what it rests on", of="records",
            columns=("kind", "id", "name", "from", "until", "state", "on"), rows=tuple(rows[:_MOST]), notes=cut,
        )  # fmt: skip
        return Section("What is planned, and what happened?", told)

    @cached_property
    def _affecting(self) -> Mapping[int, list[int]]:
        """Element -> the records that affect it."""
        found = defaultdict[int, list[int]](list)
        index = self.projection.index
        for record, element in sorted(set(self.store.pairs(t.AFFECTS))):
            if record in index and element in index and any(self._is_a(index[record], cls) for cls in _RECORDS):
                found[index[element]].append(index[record])
        return found

    @cached_property
    def _of_everything(self) -> tuple[int, ...]:
        """The change freezes that name nothing, and hold for everything."""
        said = {record for record, _ in self.store.pairs(t.AFFECTS)}
        every = (v for v, iri in enumerate(self.projection.iris) if iri not in said)
        return tuple(v for v in every if self._is_a(v, t.CHANGE_FREEZE))

    def _record(self, record: int, on: list[int]) -> tuple[Cell, ...]:
        p = self.projection
        said: dict[str, str] = {}
        for predicate, value, graph in sorted(
            self.store.about(p.iris[record]), key=lambda each: (each[0], each[1].text)
        ):
            if graph not in (DERIVED, ONTOLOGY):
                said.setdefault(predicate, value.text)
        codes = vocabulary().codes
        code = codes.get(said.get(t.CHANGE_STATE, ""))
        state = code.label.lower() if code else ""
        if self._is_a(record, t.INCIDENT):
            state = "restored" if t.RESTORED_AT in said else "open"
        return (
            kind_of(p, record),
            p.ids[record],
            p.labels[record],
            next((_minute(said[each]) for each in _STARTS if each in said), ""),
            next((_minute(said[each]) for each in _ENDS if each in said), ""),
            state,
            tuple(p.labels[each] for each in on[:_MOST_NAMED])
            + ((f"{len(on) - _MOST_NAMED:,} more",) if len(on) > _MOST_NAMED else ()),
        )


def _rights(found: Access) -> Answer:
    """What goes through somebody: by scope and permission."""
    rows = tuple((right.scope, right.permission, right.role, right.who) for right in found.lost[:_MOST])
    cut = (f"the first {_MOST} of {count(len(found.lost), 'right')}",) if len(found.lost) > _MOST else ()
    title = count(len(found.lost), "right")
    return Answer(title=title, of="rights", columns=("on", "may", "access role", "who"), rows=rows, notes=cut)


def _text(term: str) -> str:
    """What an N-Triples literal says, for people.

    >>> _text('"3180.5"^^<http://www.w3.org/2001/XMLSchema#decimal>'), _text('"EUR"'), _text("")
    ('3,180.5', 'EUR', '')
    """
    words = term.partition("^^")[0].strip('"')
    whole, point, part = words.partition(".")
    return f"{int(whole):,}{point}{part}" if whole.lstrip("-").isdigit() else words


def _minute(text: str) -> str:
    """A moment without its seconds.

    >>> _minute("2026-11-28T02:00:00+01:00"), _minute("2026-11-28")
    ('2026-11-28 02:00+01:00', '2026-11-28')
    """
    return text[:10] + (" " + text[11:16] + text[19:] if len(text) > 10 else "")
