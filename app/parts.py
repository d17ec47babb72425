"""What are pages made of? Small pieces of HTML that all pages share; every text is set as text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from dash import html
from dash.development.base_component import Component

from app.atlas import Atlas, Link
from app.view import View, link
from app.words import said_kind, short, zone_words
from graph.analysis.nearby import distances
from graph.analysis.reach import Direction, reach
from graph.facts import Fact
from graph.look import slug
from graph.model import Finding, Severity
from graph.natural import natural
from graph.people import is_actor
from ontology import terms as t
from ontology.vocabulary import vocabulary

__all__ = [
    "IN_PANE",
    "Here",
    "attrs",
    "button",
    "change_words",
    "element_address",
    "entity",
    "fact_list",
    "fact_text",
    "far",
    "findings_list",
    "focus_address",
    "icon",
    "impact_address",
    "in_words",
    "labelled",
    "link_rows",
    "message",
    "most_used",
    "own_facts",
    "parted",
    "party_rows",
    "section",
    "sentence",
    "spare",
    "stopped",
    "tile",
    "title_size",
    "unbroken",
    "way_to",
    "where_text",
    "zone_of",
]


@dataclass(frozen=True, slots=True)
class Here:
    """Where on the map a list stands: its links select what is shown, and focus on what is not."""

    view: View
    elements: frozenset[int]

    def selecting(self, atlas: Atlas, element: int) -> str:
        """The address that selects an element."""
        identifier = atlas.projection.ids[element]
        if element in self.elements:
            return link(replace(self.view, selected=identifier))
        return link(View(focus=identifier, selected=identifier))


Children = Sequence[Any] | Component | str | int | None
_WHOLE = 24
"""Letters of a name that no line breaks."""


def unsplit(name: str) -> Component:
    """A name within a sentence: a short one stays on one line, so that no number is parted from its word."""
    return html.Span(name, className="whole" if len(name) <= _WHOLE else "")


def arrows(*names: str) -> list[Component | str]:
    """Names with an arrow from each to the next."""
    return [part for name in names for part in (" → ", unsplit(name))][1:]


def by_name(atlas: Atlas, links: Iterable[Link]) -> list[Link]:
    """Links in the order of what they lead to; those of a group of alternatives stand together."""
    labels, first = atlas.projection.labels, dict[str, str]()
    named = sorted(((natural(labels[each.element]), each) for each in links), key=lambda pair: pair[0])
    for name, each in named:
        first.setdefault(each.group, name)
    ordered = sorted(named, key=lambda pair: (first[pair[1].group] if pair[1].group else pair[0], pair[1].group))
    return [each for _, each in ordered]


def findings_list(findings: Iterable[Finding]) -> list[Component]:
    """What somebody should look at, each with what to do about it and the place."""
    return [
        html.Div(
            [
                icon("point") if finding.severity is Severity.NOTE else icon("alert-triangle-filled", extra="warning"),
                html.B(short(in_words(sentence(finding.message)), 400)),
                html.Span([f"{sentence(finding.remedy)} " if finding.remedy else "", _place(finding)]),
            ],
            className="first",
        )
        for finding in findings
    ]


def _place(finding: Finding) -> Component:
    where = finding.where
    words = (
        f"{PurePath(where.path).name}:{where.line}"
        if where and where.line
        else PurePath(where.path).name
        if where
        else ""
    )
    return html.Code(words, title=str(where or ""))


def parted(path: str) -> list[str | Component]:
    """A path or an address whose line may end after each part, so that no word of it is broken."""
    folders = path.split("/")
    found: list[str | Component] = []
    for each in folders[:-1]:
        found += [f"{each}/", html.Wbr()]
    return [*found, folders[-1]]


def sentence(words: str) -> str:
    """Words that begin with a capital letter, unless they begin with the name of a file or a host.

    >>> sentence("define it"), sentence(""), sentence("map.yaml:3: no owner")
    ('Define it', '', 'map.yaml:3: no owner')
    """
    if "." in words.partition(" ")[0].rstrip(".:;,"):
        return words
    return f"{words[:1].upper()}{words[1:]}"


def stopped(words: str) -> str:
    """Words as a whole sentence: with a capital letter, and a full stop where no other mark ends it.

    >>> stopped("define it"), stopped("did you mean 'db'?")
    ('Define it.', "Did you mean 'db'?")
    """
    return sentence(words) if words.endswith(("?", "!", ".")) else f"{sentence(words)}."


def attrs(values: Mapping[str, str]) -> dict[str, Any]:
    """Attributes with a dash in their name, which Python's keywords cannot spell."""
    return dict(values)


def labelled(words: str) -> dict[str, Any]:
    """What a control or a part of the page is called where no text is seen."""
    return attrs({"aria-label": words})


def icon(name: str, *, extra: str = "") -> Component:
    """An icon in the colour of the text around it."""
    return html.Span(className=f"icon icon-{name} {extra}".strip(), **attrs({"aria-hidden": "true"}))


def tile(look: str, *, extra: str = "") -> Component:
    """The mark of a class."""
    return html.Span(className=f"tile tile-{slug(look)} {extra}".strip(), **attrs({"aria-hidden": "true"}))


def most_used(atlas: Atlas, address: Callable[[int], str], most: Sequence[int] | None = None) -> Component:
    """The nine elements that most others use, with the ``address`` that each leads to; empty where none is used."""
    p = atlas.projection
    most = atlas.most_used if most is None else most
    picks = [
        html.A(
            [
                tile(atlas.look[e], extra="tile-24"),
                html.B(short(p.labels[e], 60), className=title_size(p.labels[e])),
                html.Small([f"{atlas.kind(e)}, ", html.Span(f"used by {atlas.users(e):,}", className="whole")]),
            ],
            href=address(e),
            className="pick",
        )
        for e in most
        if atlas.users(e)
    ]
    return html.Div([html.H3("Most used"), html.Div(picks, className="picks")]) if picks else html.Div()


def element_address(atlas: Atlas, element: int) -> str:
    """Where an element's own page is."""
    return "/element/" + quote(atlas.projection.ids[element], safe="/-._~:@")


def change_words(atlas: Atlas, element: int) -> tuple[str, str]:
    """What a button says that judges a change of an element, and as a question; empty for what nobody loses.

    People are away, records are judged, papers and what else no dependency leads to neither fail nor change.
    """
    p = atlas.projection
    if is_actor(p, element) and not p.stub[element]:
        return "If away", f"What if this {atlas.kind(element).lower()} is away?"
    if p.classes[element] and vocabulary().is_a(p.classes[element], t.CHANGE):
        return "Judge it", "What does this change do?"
    return ("", "") if element in atlas.aside else ("If it fails", "What if it fails or is changed?")


def impact_address(atlas: Atlas, element: int) -> str:
    """Where a change of an element is judged; of a change record, what it says."""
    cls = atlas.projection.classes[element]
    key = "change" if cls and vocabulary().is_a(cls, t.CHANGE) else "element"
    return f"/impact?{key}={quote(atlas.projection.ids[element], safe='/')}"


def focus_address(atlas: Atlas, element: int) -> str:
    """Where the map shows an element and what it is connected to."""
    identifier = atlas.projection.ids[element]
    return link(View(focus=identifier, selected=identifier))


def button(
    words: str,
    *,
    name: str,
    href: str = "",
    filled: bool = False,
    icon_only: bool = False,
    extra: str = "",
    **attributes: str,
) -> Component:
    """A button, or a link that looks like one; one that shows its icon only has its words for screen readers."""
    classes = ["button", "button-filled" if filled else "", "button-icon" if icon_only else "", extra]
    inside = [icon(name), html.Span(words, className="sr" if icon_only else "")]
    shared: dict[str, Any] = {"className": " ".join(filter(None, classes)), **attributes}
    if icon_only:
        shared["title"] = words
    return html.A(inside, href=href, **shared) if href else html.Button(inside, type="button", **shared)


def section(title: str, children: Children, *, note: str = "", level: int = 2, right: str = "") -> Component:
    """A part of a pane or card with its heading."""
    head: list[Any] = [title]
    if note:
        head.append(html.Small(note))
    if right:
        head.append(html.Small(right, className="right"))
    heading = html.H2(head) if level == 2 else html.H3(head)
    inside = children if isinstance(children, (list, tuple)) else [children]
    return html.Section([heading, *inside], className="section")


def entity(atlas: Atlas, element: int, href: str, *, team: bool = False) -> Component:
    """An element in a cell of a table: mark and name; with ``team`` a team says that it is one."""
    label = atlas.party_words(element) if team else atlas.projection.labels[element]
    return html.A(
        [tile(atlas.look[element]), html.Span(dotted(short(label)), className="anywhere")],
        href=href,
        className="entity",
    )


def dotted(name: str) -> str | list[str | Component]:
    """A name whose line may end after its dots where nothing else parts it: that of a host, of a package, an e-mail."""
    first, *others = re.split(r"(?<=[.@])", name) if " " not in name else [name]
    return [first, *(part for each in others if each for part in (html.Wbr(), each))] if others else name


def way_to(value: str) -> Component:
    """A phone number or an e-mail, as a link that rings or writes; other words as they are."""
    mail = "@" in value and " " not in value
    if not mail and not _NUMBER.fullmatch(value):
        return html.Span(dotted(value))
    return html.A(dotted(value), href=f"{'mailto' if mail else 'tel'}:{value.replace(' ', '')}", className="more-link")


_NUMBER = re.compile(r"\+?[\d ()/.-]{3,40}")


def link_rows(atlas: Atlas, links: Sequence[Link], here: Here | None, *, most: int = 12, more: str = "") -> Component:
    """A list of dependencies: mark, name, strength. ``here`` is None on other pages than the map."""
    rows = [_link_row(atlas, each, here) for each in links[:most]]
    if len(links) > most:
        rest = f"{len(links) - most:,} more"
        rows.append(
            html.A([html.Span(rest, className="more")], href=more) if more else html.Div(rest, className="row muted")
        )
    return html.Div(rows, className="rows")


def _link_row(atlas: Atlas, each: Link, here: Here | None) -> Component:
    label = atlas.projection.labels[each.element]
    assumed = each.strength and atlas.projection.edges.assumed[each.edge] and "assumed"
    needed = each.group and f"{each.group} needed"
    note = ", ".join(filter(None, [needed, each.strength or said_kind(each.kind), assumed]))
    href = element_address(atlas, each.element) if here is None else here.selecting(atlas, each.element)
    return html.A(
        [
            tile(atlas.look[each.element]),
            html.Span(short(label), className=" ".join(filter(None, ["name", title_size(label)]))),
            html.Span(note, className="note"),
        ],
        href=href,
    )


def far(atlas: Atlas, element: int, direction: Direction) -> tuple[int, str]:
    """How many elements the lines lead to in a direction, and how many of them an outage passes; "" where all.

    The picture follows every line, an outage only some: both are said, so that neither looks wrong.
    """
    p = atlas.projection
    lines = distances(p, element, "down" if direction == "dependencies" else "up")[: len(p)]
    total = int((lines > 0).sum())
    carried = len(reach(p, [element], direction=direction).elements)
    if carried >= total:
        return total, ""
    linked = "only linked, by lines that carry none."
    if not carried:
        these, are = ("this one", "it is") if total == 1 else ("these", "they are")
        comes = (
            f"No outage of {these} can reach it" if direction == "dependencies" else f"No outage of it reaches {these}"
        )
        return total, f"{comes}: {are} {linked}"
    some = f"{carried:,} of the {total:,}"
    comes = f"An outage of {some} can reach it" if direction == "dependencies" else f"Its outage can reach {some}"
    return total, f"{comes}; {'the other is' if total - carried == 1 else 'the others are'} {linked}"


def party_rows(atlas: Atlas, element: int, here: Here | None, *, most: int = 40) -> Component:
    """Who has to do with an element, owners first, or that nobody is named."""
    people = atlas.people(element)
    rows = [
        html.A(
            [
                tile(atlas.look[party]),
                html.Span(short(atlas.projection.labels[party]), className="name"),
                html.Span(word, className="note"),
            ],
            href=element_address(atlas, party) if here is None else here.selecting(atlas, party),
        )
        for word, party in people[:most]
    ]
    if len(people) > most:
        rows.append(
            html.A(html.Span(f"{len(people) - most:,} more", className="more"), href=element_address(atlas, element))
        )
    nobody = html.Div(
        [icon("alert-triangle-filled", extra="warning"), html.Span("Nobody is named", className="name")],
        className="row",
    )
    return html.Div(rows or [nobody], className="rows")


def own_facts(atlas: Atlas, element: int) -> list[list[Fact]]:
    """Facts for a list: those of the element one by one, those of a part together.

    The description and the people are left out: they have their own places.
    """
    people = {atlas.projection.iris[party] for _, party in atlas.people(element)}
    single = [[f] for f in atlas.facts(element) if not f.part and f.property != "description" and f.iri not in people]
    parts: dict[str, list[Fact]] = {}
    for fact in atlas.facts(element):
        if fact.part:
            parts.setdefault(fact.part, []).append(fact)
    return single + [facts for facts in parts.values() if not people.intersection(f.iri for f in facts)]


def fact_text(fact: Fact) -> str:
    """A value with its unit.

    >>> (
    ...     fact_text(Fact("price", "300", "", "", "s", "a.yaml", 3)),
    ...     fact_text(Fact("x", "99.9", "", "percent", "", "", 0)),
    ... )
    ('300', '99.9 %')
    """
    unit = {"minutes": " min", "percent": " %"}.get(fact.unit, "")
    if _MOMENT.fullmatch(fact.value):
        return in_words(fact.value)
    if fact.property == "amount" and fact.value.isdecimal():
        return f"{int(fact.value):,}"
    value = fact.value.rstrip("0").rstrip(".") if fact.unit and "." in fact.value else fact.value
    return f"{value}{unit}"


_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?")
_SPAN = re.compile(f"({_MOMENT.pattern}) to ({_MOMENT.pattern})")


_DAY = re.compile(r"(?<!\w)'[^']*'|(?<![\w/.:-])(\d{4}-\d\d-\d\d)(?![\w/-]|\.\w)")  # names in quotes stay as they are
_AMOUNT = re.compile(r"(?<![\w.,-])\d{4,15}(?=(?:\.\d+)? [A-Z]{3}\b)")


def in_words(text: str) -> str:
    """The same text with days, moments and money as people write them; moments in the zone in which they are said.

    >>> in_words("2026-12-05T02:00+00:00 to 2026-12-05 04:00+00:00"), in_words("2025-06-30T00:00:00+02:00")
    ('5 Dec 2026, 02:00–04:00 UTC', '30 Jun 2025')
    >>> in_words("2026-12-02T22:00+01:00 to 2026-12-03T00:00+01:00"), in_words("at 2026-12-02T22:00+01:00")
    ('2 Dec 2026, 22:00 to 3 Dec 2026, 00:00 UTC+01:00', 'at 2 Dec 2026, 22:00 UTC+01:00')
    >>> in_words("'Tests' allows 4000 EUR")
    "'Tests' allows 4,000 EUR"
    >>> in_words("'Copy of 2026-11-01' ends on 2027-02-01, which is soon")
    "'Copy of 2026-11-01' ends on 1 Feb 2027, which is soon"
    """
    text = _SPAN.sub(_said_span, text)
    text = _MOMENT.sub(lambda found: _said_moment(found[0]), text)
    text = _DAY.sub(lambda found: _said_moment(found[1]) if found[1] else found[0], text)
    return _AMOUNT.sub(lambda found: f"{int(found[0]):,}", text)


def _said_moment(text: str) -> str:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{_day(at)}, {at:%H:%M}{_said_zone(at)}" if at.hour or at.minute else _day(at)


def _said_span(found: re.Match[str]) -> str:
    """A span says its zone once, and its day once where it does not leave it."""
    try:
        first, last = datetime.fromisoformat(found[1]), datetime.fromisoformat(found[2])
    except ValueError:
        return found[0]
    if first.utcoffset() != last.utcoffset() or not (first.hour or first.minute or last.hour or last.minute):
        return f"{_said_moment(found[1])} to {_said_moment(found[2])}"
    end = f"–{last:%H:%M}" if first.date() == last.date() else f" to {_day(last)}, {last:%H:%M}"
    return f"{_day(first)}, {first:%H:%M}{end}{_said_zone(last)}"


def _day(at: datetime) -> str:
    return f"{at.day} {at:%b %Y}"


def _said_zone(at: datetime) -> str:
    return f" {zone}" if (zone := zone_words(at)) else ""


def zone_of(texts: Iterable[str]) -> str:
    """The zone in which all moments of some texts are said; "" where a text is none, or zones differ. A day says none.

    >>> zone_of(["2026-12-02T22:00+01:00", "2026-12-11T00:00Z"]), zone_of(["2026-12-02"]), zone_of(["x"])
    ('UTC+01:00', '', '')
    """
    try:
        moments = [datetime.fromisoformat(text) for text in texts]
    except ValueError:
        return ""
    zones = {zone_words(at) for at in moments if at.hour or at.minute}
    return zones.pop() if len(zones) == 1 else ""


def spare(minutes: float) -> str:
    """What is left of a promise in the worst case, or what is missing.

    >>> spare(427.66), spare(-235.1)
    ('427.7 min to spare', '235.1 min short')
    """
    return f"{abs(minutes):,.1f} min {'short' if minutes < 0 else 'to spare'}"


def where_text(fact: Fact) -> str:
    """The file and line that says it, without the folders.

    >>> where_text(Fact("price", "300", "", "", "s", "/maps/a.yaml", 3))
    'a.yaml:3'
    """
    name = PurePath(fact.path).name
    return f"{name}:{fact.line}" if fact.line else name


_WIDE, _LINE, _PLACE = 70, 48, 26
"""A value or a place with more characters, or a line with all three, stands under its name, over the whole width."""
IN_PANE = 16
"""A place with more characters leaves no room beside it in the pane of the map."""
_LONG, _WORD = 40, 16
"""A line with so many characters ended where its writer had no more room; a longer word is too wide for a title."""


def unbroken(place: str) -> str:
    """The class of a file and its line that stay together; "" for a long one, which may end its line anywhere."""
    return "unbroken" if len(place) <= _PLACE else ""


def title_size(name: str) -> str:
    """The class of a name in a narrow pane; one with a long word is smaller or has more room: the word stays whole.

    >>> title_size("productcatalogservice"), title_size("Order management")
    ('with-long-word', '')
    """
    return "with-long-word" if max(map(len, re.split(r"[\s-]", name)), default=0) > _WORD else ""


def fact_list(atlas: Atlas, facts: Iterable[Sequence[Fact]], *, longest: int = _PLACE) -> Component:
    """Facts in three columns: what, value, where it is said. A part of an element stands on one line.

    ``longest`` is how many characters a place may have beside its value; a longer one stands above it.
    """
    cells: list[Component] = []
    last = ""
    for group in map(_as_one, facts):
        word = group[0].about or group[0].property
        value = _fact_value(atlas, group[0]) if len(group) == 1 and not group[0].part else _part_values(atlas, group)
        place = where_text(group[0])
        title = f"{group[0].path}:{group[0].line}" if group[0].line else group[0].path
        said = sum(len(fact.value) for fact in group)
        wide = said > _WIDE or len(word) + said + len(place) > _LINE or len(place) > longest
        told = html.Dd(value, className="wide" if wide else "")
        said_in = html.Code(place, title=title, className=unbroken(place))
        where = html.Dd(said_in, className="where wide-where" if wide else "where")
        name = html.Dt("" if word == last and not wide else word[:1].upper() + word[1:])
        cells += [html.Div([name, where, told], className="wide-fact")] if wide else [name, told, where]
        last = word
    return html.Dl(cells, className="facts")


def _as_one(group: Sequence[Fact]) -> Sequence[Fact]:
    """A part that is a name with its value as one fact of that name; others as they are."""
    said = {fact.property: fact for fact in group}
    if len(group) != 2 or set(said) != {"name", "value"}:
        return group
    return [replace(said["value"], property=said["name"].value, about="", part="")]


def _part_values(atlas: Atlas, facts: Sequence[Fact]) -> list[Any]:
    """The values of a part in a row, elements first: "18400 EUR"; each with its word where there are more than two."""
    ordered = sorted(facts, key=lambda fact: not fact.iri)
    named = len(facts) > 2
    found: list[Any] = []
    for fact in ordered:
        if found:
            found.append(", " if named else " ")
        if named and not fact.iri:
            found.append(html.Span(f"{fact.property} ", className="muted"))
        found.append(_fact_value(atlas, fact))
    return found


def _fact_value(atlas: Atlas, fact: Fact) -> Component | str:
    number = atlas.projection.index.get(fact.iri) if fact.iri else None
    if number is not None:
        return html.A(short(fact.value), href=element_address(atlas, number))
    text = fact_text(fact)
    if text.startswith(("https://", "http://")):
        pieces = [html.Span(each, className="piece") for each in _pieces(_short_address(text))]
        return html.A(pieces, href=text, target="_blank", rel="noopener noreferrer")
    return short(_joined(text), 1_000)


def _short_address(text: str, most: int = 90) -> str:
    """A web address for a list: of a long one parts in its middle are left out, and no word of it.

    >>> _short_address("https://a.org/one/two/three/four.html", 30)
    'https://a.org/…/four.html'
    """
    if len(text) <= most:
        return text
    scheme, _, rest = text.partition("://")
    host, *parts = rest.split("/")
    kept = list[str]()
    while parts and len(scheme) + len(host) + len("/".join([parts[-1], *kept])) + 6 <= most:
        kept.insert(0, parts.pop())
    return "/".join([f"{scheme}://{host}", "…", *kept]) if kept else short(text, most)


def _pieces(address: str) -> list[str]:
    """The parts of an address after which its line may end.

    >>> _pieces("https://a.org/b-c/d")
    ['https://a.org/', 'b-c/', 'd']
    """
    scheme, mark, rest = address.partition("://")
    first, *others = re.findall(r"[^/]*/|[^/]+", rest) or [""]
    return [f"{scheme}{mark}{first}", *others]


def _joined(text: str) -> str:
    r"""A text whose lines end where its sentences do: those that its writer broke are put together, lists stay.

    >>> _joined("Eliminates the latencies of git operations over\nNFS.\n- one\n- two")
    'Eliminates the latencies of git operations over NFS.\n- one\n- two'
    """
    found = list[str]()
    for line in text.strip().splitlines():
        broken = found and len(found[-1]) >= _LONG and line.strip() and not _ITEM.match(line)
        found[-1:] = [f"{found[-1]} {line.strip()}"] if broken else [*found[-1:], line]
    return "\n".join(found)


_ITEM = re.compile(r"\s*([-*•+]|\d{1,3}[.)])\s|\s{2,}")


def message(title: str, words: Children, actions: Children = None) -> Component:
    """A whole page that says what is missing, why, and what to do."""
    return html.Div(
        [html.H1(title), html.P(words), html.Div(actions, className="actions")], className="message", role="status"
    )
