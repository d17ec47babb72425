"""Which map file says these statements, and what can no map file say? Every word comes from the vocabulary."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from functools import cached_property
from typing import NamedTuple
from urllib.parse import unquote

from graph.documents import MAX_BYTES, MAX_TEXT
from graph.importers.map import BASE_FORM, LARGEST_COUNT, LONGEST_BASE, group_name, id_problem, sections
from graph.mapfile.text import Bare, Content, block
from graph.model import Finding, InputError, Severity
from graph.ntriples import BASE, XSD, Statement, Term, dependency_iri, element_iri, readable_id, segment
from graph.values import code_iri, literal, number
from ontology import terms as t
from ontology.vocabulary import ElementClass, PropertyUse, Vocabulary, vocabulary

__all__ = ["Composed", "compose"]

_NUMERIC = frozenset({XSD + "integer", XSD + "decimal", XSD + "boolean"})
_MOST_FINDINGS, _DEEPEST = 200, 20
_IN_ADDRESS = {"environment": "in", "slot": "slot"}
_ENTRY_KEYS = ("id", "kind", "name", "depends_on")


@dataclass(frozen=True, slots=True)
class Composed:
    """A map file, and what it does not say of what it should: each with the reason, the like of them in one finding."""

    text: str
    findings: tuple[Finding, ...] = ()


def compose(
    statements: Iterable[Statement], titles: Mapping[str, str] | None = None, *, stubs: bool = True
) -> Composed:
    """Write a map file that reads back to the same statements.

    Elements of several namespaces or bases become documents of one file. Elements, properties and dependencies stand in
    a fixed order, whatever the order of the statements. What the file points at and does not define stands under
    ``stubs``. Cost grows with the statements.

    Args:
        statements: what sources say; conclusions of rules are not among them.
        titles: ``title`` and ``description`` of the map.
        stubs: list what is pointed at and not defined; without it the text is a piece of a larger file.

    Raises:
        InputError: the file would be larger than a map file may be.

    >>> made = compose(
    ...     [
    ...         Statement(BASE + "shop/web", t.RDF_TYPE, Term(t.APPLICATION, is_iri=True)),
    ...         Statement(BASE + "shop/web", t.DCTERMS_IDENTIFIER, Term("web")),
    ...         Statement(BASE + "shop/web", t.RDFS_LABEL, Term("Web")),
    ...     ]
    ... )
    >>> print(made.text, end="")
    namespace: shop
    <BLANKLINE>
    elements:
      - id: web
        kind: application
        name: Web
    >>> made.findings
    ()
    """
    return _Composer(statements).composed(titles or {}, stubs=stubs)


class _Place(NamedTuple):
    """Where the id of an element stands: under which base and in which namespace."""

    base: str
    namespace: str
    identifier: str


def _place(iri: str) -> _Place | None:
    """The id that a map file needs to say an address; None when no id does."""
    head, _, last = iri.rpartition("/")
    base, _, space = head.rpartition("/")
    place = _Place(f"{base}/", unquote(space), unquote(last))
    for text, noun in ((place.identifier, "an id"), (place.namespace, "a namespace")):
        if text != text.strip() or id_problem(text, noun):
            return None
    if len(place.base) > LONGEST_BASE or not BASE_FORM.fullmatch(place.base) or element_iri(*place) != iri:
        return None
    return place


class _Composer:
    """The statements, those taken out that are said."""

    def __init__(self, statements: Iterable[Statement]) -> None:
        self.words: Vocabulary = vocabulary()
        self.left: dict[str, dict[str, list[Term]]] = {}
        for subject, predicate, value in sorted(set(statements)):
            self.left.setdefault(subject, {}).setdefault(predicate, []).append(value)
        self.classes = {
            c.iri: c
            for c in self.words.classes.values()
            if c.key and not c.abstract and self.words.is_a(c.iri, t.ELEMENT)
        }
        self.kinds = {kind.iri: kind.key for kind in self.words.kinds.values()}
        self.needs = next(iri for iri, key in self.kinds.items() if key == "needs")
        self.added: Counter[str] = Counter()
        self.changed: Counter[tuple[str, str]] = Counter()
        self.reasons: dict[str, str] = {}
        self.typed = {iri for iri, about in self.left.items() if about.get(t.RDF_TYPE)}
        self.mentions: set[str] = set()
        self.places = {iri: self._element_place(iri) for iri in self.left if self._class_of(iri)}
        self.under, self.members = self._hanging()

    def _element_place(self, iri: str) -> _Place | None:
        place = _place(iri)
        given = self.text_of(iri, t.DCTERMS_IDENTIFIER)
        return None if place is None or (given is not None and given != place.identifier) else place

    def _class_of(self, iri: str) -> ElementClass | None:
        """The most specific class that an element of a map file can have."""
        found = [
            self.classes[v.text] for v in self.left[iri].get(t.RDF_TYPE, ()) if v.is_iri and v.text in self.classes
        ]
        return max(found, key=lambda c: (len(c.ancestors), c.iri), default=None)

    def _hanging(self) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
        """Dependencies and groups by their dependent, and by the group that they belong to."""
        under: defaultdict[str, list[str]] = defaultdict(list)
        members: defaultdict[str, list[str]] = defaultdict(list)
        for iri in sorted(self.left):
            if self.is_a(iri, t.DEPENDENCY) or self.is_a(iri, t.DEPENDENCY_GROUP):
                outer = self.iri_of(iri, t.MEMBER_OF_GROUP)
                if outer:
                    members[outer].append(iri)
                elif (dependent := self.iri_of(iri, t.DEPENDENT)) is not None:
                    under[dependent].append(iri)
        return dict(under), dict(members)

    # Asking

    def is_a(self, iri: str, cls: str) -> bool:
        return Term(cls, is_iri=True) in self.left.get(iri, {}).get(t.RDF_TYPE, ())

    def iri_of(self, subject: str, predicate: str) -> str | None:
        return next((v.text for v in self.left.get(subject, {}).get(predicate, ()) if v.is_iri), None)

    def text_of(self, subject: str, predicate: str) -> str | None:
        values = self.left.get(subject, {}).get(predicate, ())
        return next((v.text for v in values if not v.is_iri and not v.datatype and not v.language), None)

    def said(self, subject: str, predicate: str, value: Term) -> None:
        values = self.left.get(subject, {}).get(predicate)
        if values is not None and value in values:
            values.remove(value)
        else:
            self.added[predicate] += 1

    # The whole

    def composed(self, titles: Mapping[str, str], *, stubs: bool) -> Composed:
        documents: defaultdict[tuple[str, str], dict[str, list[dict[str, Content]]]] = defaultdict(dict)
        order = self._sections
        for iri in sorted(self.places):
            place = self.places[iri]
            cls = self._class_of(iri)
            if place is not None and cls is not None:
                section = self._section(cls)
                document = documents[place.base, place.namespace]
                document.setdefault(section, []).append(_Entry(self, iri, place, cls, section).content())
        listed = self._stubs() if stubs else {}
        text = "---\n".join(
            _document(key, documents.get(key, {}), listed.get(key, []), titles if position == 0 else {}, order)
            for position, key in enumerate(sorted({*documents, *listed}, key=lambda key: (key[0] != BASE, key)))
        )
        if not text:
            text = "".join(
                f"{line}\n" for line in block({k: titles[k] for k in ("title", "description") if k in titles})
            )
        if len(text.encode()) > MAX_BYTES:
            message = f"the map file would be larger than the {MAX_BYTES // 1_000_000} MB that one may have"
            raise InputError.of(message, remedy="write a part of the map with --focus, or Turtle")
        return Composed(text, tuple(self._findings()))

    @cached_property
    def _sections(self) -> list[str]:
        """Sections in the order of the lanes, the one for everything last."""
        named = {name: cls for name, cls in sections(self.words).items() if cls is not None}
        lanes = list(self.words.lanes)
        return [*sorted(named, key=lambda n: lanes.index(named[n].lane) if named[n].lane in lanes else 99), "elements"]

    def _section(self, cls: ElementClass) -> str:
        known = {other.iri: name for name, other in sections(self.words).items() if other is not None}
        return next((known[iri] for iri in (cls.iri, *cls.ancestors) if iri in known), "elements")

    def _stubs(self) -> dict[tuple[str, str], list[str]]:
        """What is pointed at or has an id and no more, by base and namespace."""
        found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        known = {
            iri for iri in self.left if not self.left[iri].get(t.RDF_TYPE) and self.text_of(iri, t.DCTERMS_IDENTIFIER)
        }
        for iri in sorted(known | self.mentions):
            place = _place(iri)
            if place is not None and self.places.get(iri) is None:
                found[place.base, place.namespace].append(place.identifier)
                self.said(iri, t.DCTERMS_IDENTIFIER, Term(place.identifier))
        return dict(found)

    # What is not said

    def not_said(self, subject: str, reason: str) -> None:
        """Remember why the rest of what is known about something is not said."""
        self.reasons.setdefault(subject, reason)

    def _findings(self) -> Iterator[Finding]:
        groups: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for subject in sorted(self.left):
            for predicate, values in self.left[subject].items():
                if values:
                    reason = self.reasons.get(subject) or self._reason(subject, predicate, values)
                    groups[reason, predicate] += [subject] * len(values)
        told = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
        for (reason, predicate), subjects in told[:_MOST_FINDINGS]:
            message = f"{_number(len(subjects), 'statement')} with '{_short(predicate)}' not written: {reason}"
            yield _finding(message, subjects[0], f"for example about '{_name(subjects[0])}'")
        if len(told) > _MOST_FINDINGS:
            more = sum(len(subjects) for _, subjects in told[_MOST_FINDINGS:])
            yield _finding(f"{_number(more, 'statement')} more not written", "", "RDF formats hold all of them")
        for (noun, what), many in sorted((+self.changed).items()):
            remedy = "what it says is the same" if "address" in what else "the others cannot be written"
            yield _finding(f"{_number(many, noun)} {what}", "", remedy)
        for predicate, many in sorted(self.added.items()):
            message = f"{_number(many, 'statement')} with '{_short(predicate)}' added: a map file always says it"
            yield _finding(message, "", "nothing else changes by it")

    def _reason(self, subject: str, predicate: str, values: Sequence[Term]) -> str:
        if subject in self.places and self.places[subject] is None:
            return "the address of the element is no id of a map file"
        if self.is_a(subject, t.DEPENDENCY) or self.is_a(subject, t.DEPENDENCY_GROUP):
            return "the dependency belongs to nothing that is written"
        if subject not in self.typed:
            return "nothing defines what it is about"
        if predicate in (t.RDF_TYPE, t.RDFS_LABEL, t.DCTERMS_IDENTIFIER):
            return "an entry has one kind, one name and one id, in no language"
        if not any(use.iri == predicate for cls in self.words.classes.values() for use in cls.properties.values()):
            return "map files have no word for it"
        if any(v.language for v in values):
            return "a text of a map file has no language"
        return "the value, or a second one, does not fit the property"


def _finding(message: str, subject: str, remedy: str) -> Finding:
    return Finding(Severity.WARNING, "not-in-map-files", subject, None, message, remedy)


def _number(many: int, noun: str) -> str:
    several = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{many:,} {noun} is" if many == 1 else f"{many:,} {several} are"


def _short(iri: str) -> str:
    return f"sm:{iri.removeprefix(t.SM)}" if iri.startswith(t.SM) else iri


def _name(iri: str) -> str:
    return readable_id(iri) if _place(iri) else iri


def _document(
    key: tuple[str, str],
    found: Mapping[str, list[dict[str, Content]]],
    stubs: list[str],
    titles: Mapping[str, str],
    order: Sequence[str],
) -> str:
    base, namespace = key
    head: dict[str, Content] = {"namespace": namespace}
    head |= {name: titles[name] for name in ("title", "description") if name in titles}
    head |= {"base": base} if base != BASE else {}
    head |= {"stubs": stubs} if stubs else {}
    lines = [*block(head)]
    for section in order:
        if section in found:
            lines += ["", f"{section}:"]
            for position, entry in enumerate(found[section]):
                first, *rest = block(entry, "    ")
                lines += [*([""] if position else []), f"  - {first[4:]}", *rest]
    return "".join(f"{line}\n" for line in lines)


class _Entry:
    """One element as an entry of its section."""

    def __init__(self, composer: _Composer, iri: str, place: _Place, cls: ElementClass, section: str) -> None:
        self.composer, self.iri, self.place, self.cls, self.section = composer, iri, place, cls, section
        self.words = composer.words
        self.taken: set[str] = set()
        self.groups = 0

    def content(self) -> dict[str, Content]:
        said, cls = self.composer.said, self.cls
        entry: dict[str, Content] = {"id": self.place.identifier}
        said(self.iri, t.RDF_TYPE, Term(cls.iri, is_iri=True))
        said(self.iri, t.DCTERMS_IDENTIFIER, Term(self.place.identifier))
        default = sections(self.words)[self.section]
        if default is None or default.iri != cls.iri:
            entry["kind"] = cls.key
        entry |= self._name()
        uses = sorted(
            (use for key, use in cls.properties.items() if key not in _ENTRY_KEYS),
            key=lambda use: use.iri != t.DCTERMS_DESCRIPTION,
        )
        entry |= self.properties(self.iri, uses)
        needs = [
            item for iri in self.composer.under.get(self.iri, ()) if (item := self._hanging(iri, "", "")) is not None
        ]
        return entry | ({"depends_on": needs} if needs else {})

    def _name(self) -> dict[str, Content]:
        given = self.composer.left[self.iri].get(t.RDFS_LABEL, [])
        plain = [v for v in given if not v.datatype and not v.language and not v.is_iri and v.text.strip()]
        best = next((v for v in plain if v.text == " ".join(v.text.split())), None) or next(
            iter([*plain, *(v for v in given if v.text.strip())]), None
        )
        name = " ".join(best.text.split()) if best else self.place.identifier
        self.composer.said(self.iri, t.RDFS_LABEL, Term(name))
        return {} if name == " ".join(self.place.identifier.split()) else {"name": name}

    # Properties

    def properties(self, subject: str, uses: Iterable[PropertyUse], depth: int = 0) -> dict[str, Content]:
        """What the file says about a thing by these properties."""
        found: dict[str, Content] = {}
        about = self.composer.left.get(subject, {})
        for use in uses:
            if not about.get(use.iri):
                continue
            terms = list(about[use.iri])
            if use.kind == "part":
                items: list[Content] = list(self._parts(subject, use, terms, depth)) if depth < _DEEPEST else []
            else:
                items = list(self._values(subject, use, terms))
            if items:
                found[use.key] = items[0] if len(items) == 1 else items
        return found

    def _values(self, subject: str, use: PropertyUse, terms: Iterable[Term]) -> Iterator[Content]:
        for term in terms:
            text = self._value(use, term)
            if text is not None:
                self.composer.said(subject, use.iri, term)
                yield text
                if not use.many:
                    return

    def _value(self, use: PropertyUse, term: Term) -> str | None:
        """How the file writes a value; None where reading would give another."""
        if use.kind == "reference":
            return self.reference(term.text) if term.is_iri else None
        if use.kind == "code":
            code = self.words.codes.get(term.text)
            fits = code is not None and term.is_iri and code.scheme == use.range and code.key.strip() == code.key
            return (
                code.key
                if code is not None and fits and code_iri(code.key, use.range, self.words) == term.text
                else None
            )
        if term.is_iri or term.language or len(term.text) > MAX_TEXT or "\0" in term.text:
            return None
        return next(
            (text for text in _spellings(use, term) if _reads_as(text, use) == (term.text, term.datatype)), None
        )

    def reference(self, iri: str) -> str | None:
        """How the file names another element."""
        place = _place(iri)
        if place is None or place.base != self.place.base:
            return None
        self.composer.mentions.add(iri)
        if place.namespace == self.place.namespace:
            return place.identifier
        return f"{place.namespace}/{place.identifier}"

    def _parts(self, subject: str, use: PropertyUse, terms: Sequence[Term], depth: int) -> Iterator[Content]:
        """Parts in the order of their numbers; one with another address than its place gives it has an id."""
        head = f"{subject}/{segment(use.key)}"
        sayable = [(term.text, cls) for term in terms if (cls := self._part_class(use, term)) is not None]
        chosen = sayable if use.many else sayable[:1]
        numbered = {
            iri: int(iri[len(head) + 1 :])
            for iri, _ in chosen
            if iri.startswith(head + "/") and _is_number(iri[len(head) + 1 :])
        }
        ordered = _in_places([iri for iri, _ in chosen], numbered) if len(chosen) > 1 else [iri for iri, _ in chosen]
        classes = dict(chosen)
        for position, iri in enumerate(ordered, 1):
            address = f"{head}/{position}" if len(ordered) > 1 else head
            yield self._part(subject, use, iri, classes[iri], address, depth)

    def _part(
        self, subject: str, use: PropertyUse, iri: str, cls: ElementClass, address: str, depth: int
    ) -> dict[str, Content]:
        said = self.composer.said
        part: dict[str, Content] = {}
        head = f"{subject}/{segment(use.key)}/"
        rest = iri.removeprefix(head) if iri.startswith(head) else ""
        if address != iri:
            if rest and "id" not in cls.properties and segment(unquote(rest)) == rest and "%00" not in rest:
                part["id"] = unquote(rest)
            else:
                self.composer.changed["part", "written under another address"] += 1
        if cls.iri != use.range or self.words.classes[use.range].abstract:
            part["kind"] = cls.key
        said(subject, use.iri, Term(iri, is_iri=True))
        said(iri, t.RDF_TYPE, Term(cls.iri, is_iri=True))
        uses = [inner for key, inner in cls.properties.items() if key not in part]
        return part | self.properties(iri, uses, depth + 1)

    def _part_class(self, use: PropertyUse, term: Term) -> ElementClass | None:
        """The class of a part, when a part of this property can have it, and it is not written yet."""
        if not term.is_iri or term.text not in self.composer.left or term.text in self.composer.places:
            return None
        general = self.words.classes[use.range]
        for value in self.composer.left[term.text].get(t.RDF_TYPE, ()):
            cls = self.words.classes.get(value.text)
            if cls is None or cls.abstract:
                continue
            if cls is general or (cls.key and self.words.is_a(cls.iri, use.range) and "kind" not in general.properties):
                return cls
        return None

    # Dependencies

    def _hanging(self, iri: str, group: str, group_now: str, depth: int = 0) -> Content | None:
        """A dependency or a group of this element; None where no map file can say it."""
        if self.composer.iri_of(iri, t.DEPENDENT) not in (self.iri, None if group else self.iri):
            return None
        if self.composer.is_a(iri, t.DEPENDENCY_GROUP):
            return self._group(iri, group, group_now, depth)
        return self._dependency(iri, group, group_now)

    def _dependency(self, iri: str, group: str, group_now: str) -> Content | None:
        composer, edge = self.composer, self.words.classes[t.DEPENDENCY].properties
        provider, kind = composer.iri_of(iri, t.PROVIDER), composer.iri_of(iri, t.KIND) or composer.needs
        target = self.reference(provider) if provider is not None else None
        if provider is None or target is None or kind not in composer.kinds:
            composer.not_said(iri, "its kind is unknown, or it leads where this file has no id for")
            return None
        key = composer.kinds[kind]
        told = {name: self._as_in_address(iri, name, edge[name]) for name in _IN_ADDRESS}
        spelled = {name: text for name, text in told.items() if isinstance(text, str)}
        now = dependency_iri(self.iri, key.replace(" ", "-"), provider, **spelled, group=group_now)
        if now in self.taken:
            composer.not_said(iri, "the same dependency is written already")
            return None
        self.taken.add(now)
        composer.changed["dependency", "written under another address"] += int(now != iri)
        ends = ((t.RDF_TYPE, t.DEPENDENCY), (t.DEPENDENT, self.iri), (t.PROVIDER, provider), (t.KIND, kind))
        for predicate, value in (*ends, *([(t.MEMBER_OF_GROUP, group)] if group else [])):
            composer.said(iri, predicate, Term(value, is_iri=True))
        item: dict[str, Content] = {"on": target}
        item |= {"kind": key} if key != composer.kinds[composer.needs] else {}
        item |= self.properties(iri, [use for name, use in edge.items() if name not in ("on", "kind")])
        item |= {name: text for name, text in told.items() if text and name in item}
        return target if len(item) == 1 else item

    def _as_in_address(self, iri: str, name: str, use: PropertyUse) -> str | list[str]:
        """Environment or slot as the address of a dependency spells it; as a list it does not become part of it."""
        values = [text for v in self.composer.left[iri].get(use.iri, ()) if (text := self._value(use, v)) is not None]
        if not iri.startswith(f"{self.iri}/dependency/"):
            return values[0] if len(values) == 1 else values
        pieces = iri.removeprefix(f"{self.iri}/dependency/").split("/")[3:]
        spelled = dict(zip(pieces[::2], map(unquote, pieces[1::2]), strict=False)).get(_IN_ADDRESS[name])
        if spelled is None or len(values) != 1:
            return values if use.many else values[:1]
        same = (
            self._resolved(spelled) == self._resolved(values[0])
            if use.kind == "reference"
            else spelled.strip() == values[0]
        )
        return spelled if same else values

    def _resolved(self, text: str) -> str:
        space, _, identifier = text.strip().rpartition("/")
        return element_iri(self.place.base, space or self.place.namespace, identifier)

    def _group(self, iri: str, outer: str, outer_now: str, depth: int) -> Content | None:
        if depth > _DEEPEST:
            self.composer.not_said(iri, f"groups are nested deeper than {_DEEPEST}")
            return None
        said, members = self.composer.said, self.composer.members.get(iri, ())
        given = iri.removeprefix(f"{self.iri}/group/") if iri.startswith(f"{self.iri}/group/") else ""
        name = unquote(given)
        keeps = bool(name.strip()) and name == name.strip() and segment(name) == given and name.isprintable()
        now = iri if keeps else self._new_group()
        counts = [self._counts(each) for each in members]
        below = [self._hanging(each, iri, now, depth + 1) for each in members]
        items = [item for item in below if item is not None]
        if not items:
            self.composer.not_said(iri, "the group has no members that can be written")
            return None
        if len(items) < len(members):
            self.composer.changed["group", "written with fewer members"] += 1
        digest = group_name(outer_now, [m if isinstance(m, str) else str(_called(m)) for m in items])
        if not keeps:
            self.composer.changed["group", "written under another address"] += 1
        said(iri, t.RDF_TYPE, Term(t.DEPENDENCY_GROUP, is_iri=True))
        said(iri, t.DEPENDENT, Term(self.iri, is_iri=True))
        if outer:
            said(iri, t.MEMBER_OF_GROUP, Term(outer, is_iri=True))
        group: dict[str, Content] = {"id": unquote(now.rpartition("/")[2])} if given != digest else {}
        size = sum(many for many, item in zip(counts, below, strict=True) if item is not None)
        least, k = self._least(iri, size)
        group |= {"of": items} if k is None else {"of": items, "k": k}
        cls = self.words.classes[t.DEPENDENCY_GROUP]
        full = next((use for name, use in cls.properties.items() if name == "full"), None)
        uses = [use for key, use in cls.properties.items() if key not in ("id", "of", "k")]
        if full is not None and not self._full_fits(iri, full, least):
            uses.remove(full)
        return group | self.properties(iri, uses)

    def _counts(self, iri: str) -> int:
        """As how many members of its group a member counts."""
        said = self.composer.left.get(iri, {}).get(t.WEIGHT, ())
        return next((int(term.text) for term in said if _is_number(term.text) and int(term.text)), 1)

    def _new_group(self) -> str:
        """A free address for a group whose own no map file can give."""
        self.groups += 1
        now = f"{self.iri}/group/group-{self.groups}"
        return self._new_group() if now in self.composer.left else now

    def _least(self, iri: str, members: int) -> tuple[int, Content | None]:
        """How many members must work, and how the file says so; None where nobody does."""
        about, said = self.composer.left.get(iri, {}), self.composer.said
        for term in about.get(t.MINIMUM_MEMBERS, ()):
            if term.datatype == XSD + "integer" and _is_number(term.text) and int(term.text) <= LARGEST_COUNT:
                said(iri, t.MINIMUM_MEMBERS, term)
                return int(term.text), Bare(term.text)
        for term in about.get(t.MINIMUM_PERCENT, ()):
            try:
                share = number(term.text)
            except ValueError:
                continue
            if term.datatype == XSD + "decimal" and format(share, "f") == term.text and 0 <= share <= 100:
                said(iri, t.MINIMUM_PERCENT, term)
                return int((share * members / 100).to_integral_value(ROUND_CEILING)), f"{term.text} %"
        return 1, None

    def _full_fits(self, iri: str, use: PropertyUse, least: int) -> bool:
        values = self.composer.left.get(iri, {}).get(use.iri, ())
        try:
            return all(least <= Decimal(term.text) <= LARGEST_COUNT for term in values)
        except ArithmeticError:
            return False


def _called(member: Content) -> Content:
    assert isinstance(member, Mapping)
    return member.get("on") or member["of"]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 9 and text == str(int(text))


def _in_places(iris: Sequence[str], numbered: Mapping[str, int]) -> list[str]:
    """Things in the places that their numbers name, the others in those that are free."""
    wanted = {number: iri for iri, number in numbered.items() if 1 <= number <= len(iris)}
    others = iter([iri for iri in iris if iri not in wanted.values()])
    return [wanted[place] if place in wanted else next(others) for place in range(1, len(iris) + 1)]


def _reads_as(text: str, use: PropertyUse) -> tuple[str, str] | None:
    if not text.strip() or text != text.strip():
        return None
    try:
        return literal(text, use)
    except (ValueError, ArithmeticError):
        return None


def _spellings(use: PropertyUse, term: Term) -> Iterator[str]:
    """Ways to write a value, the one that people like best first; those that read as another value are sorted out."""
    text = term.text
    if use.unit == "minutes":
        yield from _spans(text)
    elif use.unit == "percent":
        yield f"{text} %"
    elif term.datatype == XSD + "boolean":
        yield Bare("yes" if text in ("true", "1") else "no")
    elif term.datatype == XSD + "dateTime":
        yield Bare(text.removesuffix("T00:00:00Z"))
        yield Bare(text)
    elif term.datatype in _NUMERIC:
        yield Bare(text)
    else:
        yield text


def _spans(text: str) -> Iterator[str]:
    if text.isascii() and text.isdecimal() and len(text) < 12 and int(text):
        for size, word in ((7 * 24 * 60, "week"), (24 * 60, "day"), (60, "h")):
            many, rest = divmod(int(text), size)
            if not rest and (word != "week" or many == 1):
                yield f"{many} {word}{'s' if many > 1 and word != 'h' else ''}"
    yield f"{text} min"
