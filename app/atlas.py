"""What do the screens keep asking a map? Lanes, looks and words of its elements, worked out once per revision."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import PurePath
from typing import Any, TypeAlias, TypeVar, cast

import numpy as np
import numpy.typing as npt

from app.badges import Badge, Kind, badges
from app.elements import bounds, boxes, wires
from app.lately import Lately
from app.parties import everybody, is_close, named_directly
from app.sieve import Sieve, sieve
from app.view import Shown as Choice
from app.view import View, shown
from app.words import said_strength, short, two_lines
from graph.analysis.cycles import Cycles, cycles
from graph.analysis.find import Column, Found, find
from graph.analysis.known import Known
from graph.analysis.nearby import Direction, distances
from graph.analysis.search import Index
from graph.answer import Answer
from graph.attributes import Attributes
from graph.attributes import index as search_index
from graph.catalogue import Entry, catalogue
from graph.dossier import Dossiers
from graph.drawing import Card, Row
from graph.evidence import Witness, witnesses
from graph.evidence import answer as evidence
from graph.facts import Fact, facts_of, named_by, words_of
from graph.layout import Lane as LaneRow
from graph.layout import Layout, layout
from graph.layout.widths import label as fit_label
from graph.look import LOOKS, look_of
from graph.maps import Map
from graph.model import Finding, Severity, Source, Where
from graph.natural import natural
from graph.projection import Projection
from graph.response import Facts
from graph.validation import Places
from ontology import terms as t
from ontology.vocabulary import ElementClass, Lane, vocabulary

__all__ = [
    "MOST_CHECKED",
    "OTHERS",
    "PARTIES",
    "Atlas",
    "Link",
    "Picture",
    "Row",
]

OTHERS = "others"
PARTIES = ("person", "team", "role")
_PAPERS = ("agreement", "offering", "tool", "policy", "incident", "reference model")
_PARTS = ("step", "swimlane", "activity", "data flow")
_PICTURES, _KEPT = 64, 128
_FACTS = 4_096
_FAR = 4
_QUARTER = 900
_DESK, _PHONE, _WIDER = 1_120.0, 390.0, (1_300.0, 1_500.0)
_READABLE = 0.6
_TALL, _STRETCH = 620.0, 1.8
_DESCRIPTION = words_of(t.DCTERMS_DESCRIPTION)
_REACHED = (words_of(t.PHONE), words_of(t.EMAIL))


@dataclass(frozen=True, slots=True)
class Link:
    """One side of a dependency, as lists show it: the other end, how strong, of which kind, by which edge."""

    element: int
    edge: int
    kind: str
    strength: str
    group: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A view that has been laid out: what is shown, how each element is drawn, and where everything is.

    ``width`` is the width that the layout was asked for.
    """

    shown: Choice
    cards: tuple[Card, ...]
    layout: Layout
    width: float
    key: str


T = TypeVar("T")
MOST_CHECKED = 20_000
"""A map with more elements than this has no promise checked in its catalogue: that takes minutes."""


def _fits(made: Layout) -> float:
    """The zoom at which a picture fits an ordinary screen."""
    left, top, right, bottom = bounds(made)
    return min(940 / max(right - left + 28, 1), 750 / max(bottom - top, 1), 1)


def _column(elements: Sequence[int], texts: Sequence[str]) -> Column:
    words = sorted(set(texts))
    place = {word: number for number, word in enumerate(words)}
    codes = np.fromiter((place[text] for text in texts), np.int32, len(texts))
    return Column(np.array(elements, np.int32), codes, tuple(words), np.full(len(words), -1, np.int32))


def _lane_key(lane: Lane) -> str:
    """A lane's word in addresses: "business-services"."""
    return lane.key or lane.iri.rpartition("#")[2].removeprefix("lane-")


_Key: TypeAlias = tuple[View, bool, tuple[int, ...]]


class Atlas:
    """A map, and what is worked out from it once. Safe to ask from many threads."""

    def __init__(self, opened: Map, *, before: Atlas | None = None) -> None:
        self.map = opened
        self.projection: Projection = opened.projection
        self.title = opened.title
        self._facts: Lately[int, tuple[Fact, ...]] = Lately(_FACTS)
        self._pictures: Lately[_Key, Picture] = Lately(_PICTURES)
        self._found: Lately[str, Found] = Lately(_PICTURES)
        self._facets: dict[str, Column] = {}
        self._badges: tuple[tuple[int, bool], dict[int, tuple[Badge, ...]]] | None = None
        self._badges_before = before.badges_by_iri if before else {}
        self._hung: tuple[dict[int, tuple[Badge, ...]], dict[Kind, npt.NDArray[np.bool_]]] | None = None
        self._supposed: tuple[str, Atlas] | None = None
        self._before = before.latest if before else {}
        self._made: Lately[Hashable, Any] = Lately(_KEPT)
        self._made_before = before._made.all() if before else {}  # noqa: SLF001 of its own class
        self._distances: Lately[tuple[int, str], npt.NDArray[np.int32]] = Lately(_FAR)

    def supposed(self, patch: str, lay: Callable[[], Atlas]) -> Atlas:
        """The map with a what-if laid over it; the last is kept, for other changes, times and readings of the same."""
        known = self._supposed
        if known is None or known[0] != patch:
            known = self._supposed = patch, lay()
        return known[1]

    def __len__(self) -> int:
        return len(self.projection)

    # ── classes, lanes, looks ──────────────────────────────────────────────────────────────

    @cached_property
    def _class_words(self) -> dict[str, tuple[str, str, str]]:
        """Class IRI -> its label, its lane, its look."""
        words = vocabulary().classes
        lanes = {lane.iri: _lane_key(lane) for lane in vocabulary().lanes.values()}

        def of(cls: ElementClass) -> tuple[str, str, str]:
            keys = (cls.key, *(words[a].key for a in cls.ancestors if a in words))
            return cls.label, lanes.get(cls.lane, OTHERS), look_of(keys)

        return {
            iri: of(words[iri]) if iri in words else ("Element", OTHERS, "element")
            for iri in set(self.projection.classes)
        }

    @cached_property
    def lane(self) -> list[str]:
        """Key of the lane of each element."""
        return [self._class_words[cls][1] for cls in self.projection.classes]

    @cached_property
    def look(self) -> list[str]:
        """The look of each element: a word of ``LOOKS``."""
        return [self._class_words[cls][2] for cls in self.projection.classes]

    def kind(self, element: int) -> str:
        """What an element is, in words: "Business service"."""
        label = self._class_words[self.projection.classes[element]][0]
        return "Not defined" if self.projection.stub[element] else label[:1].upper() + label[1:]

    @cached_property
    def named(self) -> dict[str, int]:
        """Text -> the element that it names: every id, and every name that one element alone has."""
        held = Counter(self.projection.labels)
        found = {label: element for element, label in enumerate(self.projection.labels) if held[label] == 1}
        return found | {identifier: element for element, identifier in enumerate(self.projection.ids)}

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The lanes from top to bottom that the map has elements in."""
        used = set(self.lane)
        named = [(_lane_key(lane), lane.label) for lane in vocabulary().lanes.values()]
        return tuple(Row(key, label, self._look_in(key)) for key, label in (*named, (OTHERS, "Others")) if key in used)

    def _look_in(self, lane: str) -> str:
        """The commonest look among the elements of a lane."""
        counted = Counter(look for look, key in zip(self.look, self.lane, strict=True) if key == lane)
        return min(counted, key=lambda look: (-counted[look], look))

    @cached_property
    def lane_sizes(self) -> Counter[str]:
        """How many elements each lane has."""
        return Counter(self.lane)

    # ── facts ──────────────────────────────────────────────────────────────────────────────

    def facts(self, element: int) -> tuple[Fact, ...]:
        """What the sources say about an element."""
        return self._facts.of(element, lambda: facts_of(self.map.store, self.projection, element))

    def named_by(self, element: int) -> tuple[tuple[str, int], ...]:
        """Agreements, offerings, people and others that name an element, each with the word for it."""
        return named_by(self.map.store, self.projection, element)

    def description(self, element: int) -> str:
        """The sentence that a source says about an element, "" for none."""
        return next((f.value.strip() for f in self.facts(element) if not f.about and f.property == _DESCRIPTION), "")

    @cached_property
    def _parties(self) -> dict[int, list[tuple[str, int]]]:
        """Element -> parties that it names directly, each with the word for the relation."""
        is_party = np.array([look in PARTIES for look in self.look], np.bool_)
        return named_directly(self.projection, self.attributes, is_party, self.map.kept)

    def owners(self, element: int) -> list[tuple[str, int]]:
        """Parties that an element names directly: the word for the relation, and the party."""
        return self._parties.get(element, [])

    def people(self, element: int) -> list[tuple[str, int]]:
        """Everybody who has to do with an element, owners first: in which way, and the party."""
        index, look = self.projection.index, self.look
        named = {fact.iri: index[fact.iri] for fact in self.facts(element) if fact.iri in index}
        parties = {iri: party for iri, party in named.items() if look[party] in PARTIES}
        return everybody(self.owners(element), self.facts(element), parties)

    def second(self, element: int) -> str:
        """The one fact under the name: who owns a service, what anything else is."""
        if self.projection.stub[element]:
            return "Not defined anywhere"
        if self.look[element] in ("technical service", "business service"):
            for word, party in self.owners(element):
                if is_close(word):
                    return short(self.party_words(party), 30)
        return short(self.kind(element), 30)

    def party_words(self, party: int) -> str:
        """The name of a person or a team; that of a team says that it is one."""
        label = self.projection.labels[party]
        return f"Team {label}" if self.look[party] == "team" and "team" not in label.casefold() else label

    def reached_at(self, party: int) -> list[str]:
        """The phones and e-mail addresses of somebody, as far as the map says them, phones first."""
        said = [(fact.property, fact.value) for fact in self.facts(party) if not fact.part]
        return [value for key in _REACHED for name, value in said if name == key]

    @cached_property
    def attributes(self) -> Attributes:
        """The properties of all elements, by their keys in map files."""
        return Attributes(self.map.store, self.projection, self.map.kept)

    @cached_property
    def index(self) -> Index:
        """What is searched in: names, ids, kinds, other names and owners."""
        return search_index(self.projection, self.attributes, self.map.kept)

    def found(self, text: str) -> Found:
        """What fits an expression; the last 64 are kept. Raises ExpressionError."""
        return self._found.of(text, lambda: find(self.projection, self.attributes, text))

    def facet(self, name: str) -> Column:
        """What a facet says of all elements; KeyError for what is none."""
        if name not in self._facets:
            self._facets[name] = self._facet(name)
        return self._facets[name]

    def _facet(self, name: str) -> Column:
        match name:
            case "kind":
                return _column(range(len(self)), [self.kind(element) for element in range(len(self))])
            case "lane":
                labels = {row.key: row.label for row in self.rows}
                return _column(range(len(self)), [labels[lane] for lane in self.lane])
            case "source":
                return self._by_source()
            case "environment" | "criticality" | "owner":
                return self.attributes.of(name)
            case _:
                raise KeyError(name)

    def _by_source(self) -> Column:
        index, elements, names = self.projection.index, list[int](), list[str]()
        for source in self.sources if len(self.sources) > 1 else ():
            inside = [index[iri] for iri in self.map.store.lines(source.id) if iri in index]
            elements += inside
            names += [PurePath(source.path).name] * len(inside)
        return _column(elements, names)

    def sieve(self, view: View) -> Sieve:
        """What the expressions and filters of a view mean."""
        return sieve(view, self.found, self.facet, len(self))

    # ── dependencies ───────────────────────────────────────────────────────────────────────

    def depends_on(self, element: int) -> list[Link]:
        """Everything that an element depends on directly; members of groups say their group."""
        return self._links_down(element, "")

    def _links_down(self, vertex: int, group: str) -> list[Link]:
        p = self.projection
        start, order = p.uses
        found = []
        for edge in order[start[vertex] : start[vertex + 1]].tolist():
            provider = int(p.edges.provider[edge])
            if provider < len(p):
                found.append(self._link(provider, edge, group))
            else:
                number = provider - len(p)
                found += self._links_down(provider, f"{p.groups.k[number]} of {p.groups.size[number]}")
        return found

    def used_by(self, element: int) -> list[Link]:
        """Everything that depends on an element directly, through groups too."""
        return self._links_up(element, "", -1)

    def _links_up(self, vertex: int, group: str, edge_shown: int) -> list[Link]:
        p = self.projection
        start, order = p.used_by
        found = []
        for edge in order[start[vertex] : start[vertex + 1]].tolist():
            dependent = int(p.edges.dependent[edge])
            first = edge if edge_shown < 0 else edge_shown
            if dependent < len(p):
                found.append(self._link(dependent, first, group))
            else:
                number = dependent - len(p)
                found += self._links_up(dependent, f"{p.groups.k[number]} of {p.groups.size[number]}", first)
        return found

    def _link(self, element: int, edge: int, group: str) -> Link:
        e = self.projection.edges
        kind = self.projection.kinds[int(e.kind[edge])]
        return Link(element, edge, kind.label, said_strength(int(e.strength[edge])), group)

    @cached_property
    def _places(self) -> Places:
        return Places(self.map.store)

    def where(self, edge: int) -> Where | None:
        """The file and line that states a dependency."""
        return self._places.of(self.projection.edges.iris[edge])

    def defined_at(self, element: int) -> Where | None:
        """The file and line that defines an element."""
        return None if self.projection.stub[element] else self._places.of(self.projection.iris[element])

    @cached_property
    def dossiers(self) -> Dossiers:
        """What is known about an element beyond its facts."""
        opened = self.map
        return Dossiers(opened.store, self.projection, self.known, beside=opened.beside, facts=self.responses)

    @cached_property
    def responses(self) -> Facts:
        """What response plans ask of the whole map; each part is read when it is first asked for."""
        return Facts(self.map.store, self.projection)

    @cached_property
    def known(self) -> Known:
        """Figures and agreements."""
        return self.map.known

    def users(self, element: int) -> int:
        """How many dependencies point at an element."""
        start, _ = self.projection.used_by
        return int(start[element + 1] - start[element])

    @cached_property
    def most_used(self) -> tuple[int, ...]:
        """The nine elements that most dependencies point at, the most used first."""
        return self.most_used_of(np.arange(len(self), dtype=np.int32))

    def most_used_of(self, some: npt.NDArray[np.int32]) -> tuple[int, ...]:
        """The same of some elements."""
        start, _ = self.projection.used_by
        users = np.diff(start)[some]
        least = np.sort(users)[-9:].min(initial=0)
        labels = self.projection.labels
        found: list[int] = some[users >= max(least, 1)].tolist()
        return tuple(sorted(found, key=lambda e: (-self.users(e), natural(labels[e])))[:9])

    @cached_property
    def cycles(self) -> Cycles:
        """Circles and self-loops."""
        return cycles(self.projection)

    @cached_property
    def stubs(self) -> tuple[int, ...]:
        """Elements that are used and not defined, the most used first."""
        found = [e for e in range(len(self.projection)) if self.projection.stub[e]]
        return tuple(sorted(found, key=lambda e: (-self.users(e), natural(self.projection.labels[e]))))

    @cached_property
    def catalogue(self) -> tuple[Entry, ...]:
        """The services of the map, by name; in large maps without the checks of what is promised."""
        return catalogue(self.map.store, self.projection, checked=len(self) <= MOST_CHECKED, known=self.known)

    @cached_property
    def witnesses(self) -> tuple[Witness, ...]:
        """Pairs of elements that were seen to call each other, held against what is declared."""
        return witnesses(self.map.store, self.projection)

    @cached_property
    def witnessed(self) -> Answer:
        """The same as rows."""
        return evidence(self.projection, self.witnesses)

    # ── sources and findings ───────────────────────────────────────────────────────────────

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """The files that were read."""
        return tuple(source for source in self.map.store.sources if source.importer)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What somebody should look at, errors and warnings first; notes are left to the lists."""
        order = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}
        return tuple(sorted(self.map.findings, key=lambda f: (order[f.severity], natural(f.message))))

    @property
    def findings_known(self) -> bool:
        """Whether findings can be told at once: those of a large map take minutes, and are looked for beside."""
        return len(self) <= MOST_CHECKED or "findings" in vars(self)

    def findings_about(self, element: int) -> list[Finding]:
        """What was found about an element; nothing as long as it is not known."""
        return self.findings_of.get(self.projection.iris[element], []) if self.findings_known else []

    @cached_property
    def findings_of(self) -> dict[str, list[Finding]]:
        """Findings by the IRI that they are about."""
        found: dict[str, list[Finding]] = {}
        for finding in self.findings:
            found.setdefault(finding.subject, []).append(finding)
        return found

    @cached_property
    def findings_in(self) -> dict[str, Counter[str]]:
        """How many errors, warnings and notes there are by the file that they are in."""
        found: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for finding in self.findings:
            if finding.where:
                found[finding.where.path][finding.severity.value] += 1
        return found

    @cached_property
    def elements_in(self) -> dict[str, int]:
        """How many elements each source says something of, by its id."""
        known = frozenset(self.projection.iris)
        return {source.id: sum(iri in known for iri in self.map.store.lines(source.id)) for source in self.sources}

    @cached_property
    def loaded_at(self) -> str:
        """When the newest source was read, "" when nobody knows."""
        return max((source.loaded_at for source in self.sources), default="")

    @property
    def badges(self) -> dict[int, tuple[Badge, ...]]:
        """What hangs on the corners of elements; worked out anew every quarter of an hour.

        On a large map findings are told once they are known: that takes long.
        """
        ready = self.findings_known
        key = (int(time.time()) // _QUARTER, ready)
        if self._badges is None or self._badges[0] != key:
            found = self.findings_of if ready else {}
            services = self.catalogue if len(self) <= MOST_CHECKED else ()  # a large one checks no promise
            at = key[0] * _QUARTER
            self._badges = key, badges(self.map.store, self.projection, at, services=services, findings=found)
        return self._badges[1]

    @property
    def badges_by_iri(self) -> dict[str, tuple[Badge, ...]]:
        """The badges that are worked out, by the IRI of their element; until then those of the revision before."""
        if self._badges is None:
            return self._badges_before
        iris = self.projection.iris
        return {iris[element]: badges for element, badges in self._badges[1].items()}

    @property
    def badges_before(self) -> dict[int, tuple[Badge, ...]] | None:
        """The badges of the revision before, as long as those of this one are not worked out; None where they are.

        Working them out takes most of the time until an edit of the map is on the screen.
        """
        if self._badges is not None or not self._badges_before:
            return None
        index = self.projection.index
        return {index[each]: badges for each, badges in self._badges_before.items() if each in index}

    def hung(self, kind: Kind) -> npt.NDArray[np.bool_]:
        """Of each element, whether a kind of badge hangs on it; worked out when badges are."""
        known = self.badges
        if self._hung is None or self._hung[0] is not known:
            self._hung = known, {}
        held = self._hung[1]
        if kind not in held:
            hangs = np.zeros(len(self), dtype=np.bool_)
            hangs[[e for e, hung in known.items() if any(b.kind == kind for b in hung)]] = True
            held[kind] = hangs
        return held[kind]

    # ── pictures ───────────────────────────────────────────────────────────────────────────

    def picture(self, view: View, *, narrow: bool = False, among: Sequence[int] = ()) -> Picture:
        """The view, laid out; the last 64 are kept. What the revision before showed keeps its place in it.

        Where the whole map is too large to be drawn, the elements ``among`` which something is asked are drawn alone.
        """
        made = self._kept((view.picture, narrow, ()))
        return self._kept((view.picture, narrow, tuple(sorted(set(among))))) if among and made.shown.wall else made

    def picture_of(self, view: View, among: Sequence[int], *, narrow: bool = False) -> Picture:
        """The elements ``among`` which something is asked, and no others, whatever the view hides."""
        return self._kept((view.picture, narrow, tuple(sorted(set(among)))))

    def at_hand(self, view: View, *, narrow: bool = False) -> bool:
        """Whether a view has been laid out already."""
        return (view.picture, narrow, ()) in self._pictures

    def _kept(self, key: _Key) -> Picture:
        return self._pictures.of(key, lambda: self._drawn(key))

    @property
    def latest(self) -> dict[_Key, Picture]:
        """The pictures that are kept; those of the revision before where nobody asked since."""
        return self._before | self._pictures.all()

    def _drawn(self, key: _Key) -> Picture:
        view, narrow, among = key
        choice = self.choose(view, narrow=narrow, among=among)
        spread = not narrow and not view.focus
        made = self.draw(choice, narrow=narrow, spread=spread, previous=self._before.get(key))
        return replace(made, key=f"{self.projection.revision} {made.layout.fingerprint} {view.query}")

    def draw(
        self,
        choice: Choice,
        *,
        narrow: bool = False,
        spread: bool = False,
        previous: Picture | None = None,
        width: float = 0.0,
    ) -> Picture:
        """Elements and lines, laid out; ``spread`` tries wider pictures for what would be small on a screen.

        The ``width`` that is wanted is that of a screen, or of a ``narrow`` one, unless it is told.
        With the ``previous`` picture of the same view, the new one has its width, and moves only what must move.
        """
        on_screen = frozenset(choice.elements)
        cards = tuple(self.card(element, on_screen) for element in choice.elements)
        used = {card.lane for card in cards}
        rows = [LaneRow(row.key, 44.0 if two_lines(row.label) else 34.0) for row in self.rows if row.key in used]
        lines = wires(self.projection, choice.lines)

        def drawn(width: float, height: float = 0.0) -> Layout:
            return layout(
                boxes(cards),
                lines,
                rows,
                width=width,
                height=height,
                title_width=40.0 if narrow else 140.0,
                previous=previous.layout if previous else None,
            )

        width = previous.width if previous else width or (_PHONE if narrow else _DESK)
        made = drawn(width, previous.layout.height if previous and spread and previous.layout.height < _TALL else 0.0)
        if previous is None and spread and _fits(made) < _READABLE:
            made, width = max(((made, width), *((drawn(w), w) for w in _WIDER)), key=lambda each: _fits(each[0]))
        if previous is None and spread and made.height < _TALL and lines:
            made = drawn(width, min(_TALL, _STRETCH * made.height))  # a small map takes more of the screen
        return Picture(choice, cards, made, width, made.fingerprint)

    def kept(self, key: Hashable, make: Callable[[], T]) -> T:
        """What was made under a key for this revision, made once; for what other modules work out of the map."""
        return cast("T", self._made.of(key, make))

    def before(self, key: Hashable) -> Any:  # noqa: ANN401 whatever was kept
        """What was kept under a key for the revision before; None when nothing was."""
        return self._made_before.get(key)

    @property
    def soon(self) -> tuple[Callable[[], object], ...]:
        """What works out what the first visitor asks for."""
        return (
            lambda: self.picture(View()),
            lambda: self.index.search("a"),
            lambda: self.aside,
            lambda: self.findings,
        )

    @property
    def later(self) -> tuple[Callable[[], object], ...]:
        """The same for other pages; takes longest."""
        around = self.map.surroundings
        return (
            lambda: self.catalogue,
            lambda: (around.named, around.environments, around.customers),
            lambda: self.responses.deals,
            lambda: self.witnesses,
        )

    def choose(self, view: View, *, narrow: bool = False, among: Sequence[int] = ()) -> Choice:
        """Which elements and lines a view shows. Who filters by kind or layer sees papers and people too."""
        everything = any(facet in ("kind", "lane") for facet, _ in view.kept)
        return shown(
            self.projection,
            view,
            self.lane,
            narrow=narrow,
            aside=frozenset() if everything else self.aside,
            companions=self.teams,
            quiet=self.quiet,
            sieve=self.sieve(view).stays if view.sifted else None,
            among=among,
            far=self._far,
        )

    def distances(self, focus: int, direction: Direction) -> npt.NDArray[np.int32]:
        """How far everything is from a focus, groups as well, as ``nearby``; the last few are kept."""

        def made() -> npt.NDArray[np.int32]:
            found = distances(self.projection, focus, direction)
            found.flags.writeable = False
            return found

        return self._distances.of((focus, direction), made)

    def _far(self, _projection: Projection, focus: int, direction: Direction) -> npt.NDArray[np.int32]:
        return self.distances(focus, direction)

    @cached_property
    def teams(self) -> dict[int, list[int]]:
        """Element -> the parties that stand beside it in the Teams lane: its owners and teams."""
        return {
            element: list(dict.fromkeys(party for word, party in parties if is_close(word)))
            for element, parties in self._parties.items()
            if self.look[element] not in PARTIES
        }

    @cached_property
    def aside(self) -> frozenset[int]:
        """What has no line, unless that is all there is: papers, tools, records, rules, steps, and who owns nothing."""
        p, e = self.projection, self.projection.edges
        owners = {party for parties in self.teams.values() for party in parties}
        is_party = np.zeros(p.vertices, np.bool_)
        is_party[[number for number, look in enumerate(self.look) if look in PARTIES]] = True
        counts = (e.dependent != e.provider) & ~is_party[e.provider]
        linked = set(np.unique(np.concatenate([e.dependent[counts], e.provider[counts]])).tolist())
        quiet = set(np.flatnonzero(is_party).tolist()) - linked
        papers = {number for number, look in enumerate(self.look) if look in _PAPERS}
        parts = {number for number, cls in enumerate(p.classes) if cls in self._parts}
        found = frozenset((quiet | (papers | parts) - linked) - owners)
        return found if len(found) < len(p) else frozenset()

    @cached_property
    def _parts(self) -> frozenset[str]:
        """Classes of what belongs to the inside of a process or a platform: steps, lanes, flows."""
        words = vocabulary().classes
        tops = {iri for iri, cls in words.items() if cls.key in _PARTS}
        return frozenset(iri for iri, cls in words.items() if iri in tops or tops.intersection(cls.ancestors))

    @cached_property
    def quiet(self) -> frozenset[int]:
        """Dependencies on people and suppliers: they light up around a focus, and do not cross the whole map."""
        p = self.projection
        is_party = np.zeros(p.vertices, np.bool_)
        is_party[[number for number, look in enumerate(self.look) if look in PARTIES]] = True
        return frozenset(np.flatnonzero(is_party[p.edges.provider]).tolist())

    def card(self, element: int, on_screen: frozenset[int]) -> Card:
        """How an element is drawn."""
        p, look = self.projection, self.look[element]
        text = fit_label(p.labels[element], self.second(element), extra=LOOKS[look].extra_width)
        return Card(
            id=p.ids[element],
            label="\n".join(text.name),
            second=text.second,
            kind=self.kind(element),
            look=look,
            lane=self.lane[element],
            width=text.width,
            height=34.0,
            stub=bool(p.stub[element]),
            beside=tuple(p.ids[party] for party in self.teams.get(element, ()) if party in on_screen),
            full=p.labels[element] if text.cut else "",
        )
