"""What does an address of the change page ask? What is changed, how, when, and what is taken for granted. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from urllib.parse import parse_qs, quote, urlencode

from graph.analysis.changes import ChangeKind, Profile
from graph.analysis.windows import FIRST, FOREVER, LAST, LONGEST, Spans
from graph.assessment import Extent
from graph.doubts import STALE_AFTER
from graph.model import InputError
from graph.values import minutes, moment

__all__ = ["KINDS", "LONGEST_PATCH", "MOST_ELEMENTS", "MOST_LISTED", "MOST_PLANS", "PROFILES", "Question", "link"]

KINDS = tuple(kind.value for kind in ChangeKind)
PROFILES = tuple(profile.value for profile in Profile)
MOST_ELEMENTS = 50
"""How many elements an address may name."""
MOST_LISTED, MOST_PLANS = 1_000, 100
"""How many rows of each list, and how many response plans, an address may ask for; the command line tells more."""
LONGEST_PATCH = 4_000
"""Characters of a what-if in an address; a longer one is for the command line."""


@dataclass(frozen=True, slots=True)
class Question:
    """What the address asks, as it is written there; ``window`` and ``check`` say what is wrong with it.

    ``elements``  ids or names of what is changed
    ``record``    a change record, which says what is changed and when
    ``asked``     a ready question of the library: all that it finds is changed; ``values`` are for its parameters
    ``sparql``    a query of one's own: all elements that it gives are changed
    ``acts``      what a plan does: a kind of change and an element each
    ``start``, ``end``, ``lasts``  the window, in the words of map files
    ``assume``    "unknown" or "nothing": what is open is read at its worst and at its best; "" takes it as required
    ``stale``     how long ago evidence was last seen that is old, in the words of map files; "" for 180 days
    ``depth``     how many hops dependencies are followed; "" for all
    ``most``      how many rows each list has; "" for what is usual
    ``plans``     how many response plans are told; "" for what is usual
    ``left_out``  who is not to be told
    ``patch``     a what-if, in the format of map files
    ``offered``   the names of ready edits that are laid over the map as well
    ``words``     what somebody searches for, to change it too
    ``at``        the time of the picture, in seconds since 1970

    >>> Question.parse("element=shop%2Fdb&kind=maintenance").elements
    ('shop/db',)
    """

    elements: tuple[str, ...] = ()
    record: str = ""
    asked: str = ""
    values: tuple[tuple[str, str], ...] = ()
    sparql: str = ""
    acts: tuple[tuple[str, str], ...] = ()
    kind: str = ""
    start: str = ""
    end: str = ""
    lasts: str = ""
    assume: str = ""
    stale: str = ""
    depth: str = ""
    most: str = ""
    plans: str = ""
    left_out: tuple[str, ...] = ()
    patch: str = ""
    offered: tuple[str, ...] = ()
    words: str = ""
    at: str = ""

    @classmethod
    def parse(cls, query: str) -> Question:
        """Read the part of an address after the question mark. Raises InputError for what cannot be."""
        found = cls.read(query)
        found.check()
        return found

    @classmethod
    def read(cls, query: str) -> Question:
        """The same, unchecked: what is right in it can be kept. Raises InputError for an address that is too long."""
        try:
            values = parse_qs(query.lstrip("?"), max_num_fields=200)
        except ValueError as error:
            raise InputError.of("the address says too much", remedy="name fewer elements") from error
        last = {key: found[-1].strip() for key, found in values.items()}
        return cls(
            elements=tuple(dict.fromkeys(values.get("element", ()))),
            record=last.get("change", ""),
            asked=last.get("asked", ""),
            values=tuple(sorted((key[1:], text) for key, text in last.items() if key.startswith("$") and text)),
            sparql=values["query"][-1].replace("\r\n", "\n") if "query" in values else "",
            acts=tuple(dict.fromkeys(_act(each) for each in values.get("act", ()))),
            kind=last.get("kind", ""),
            start=last.get("from", ""),
            end=last.get("until", ""),
            lasts=last.get("lasts", ""),
            assume=assume if (assume := last.get("assume", "")) != Profile.REQUIRED.value else "",
            stale=last.get("stale-after", ""),
            depth=last.get("depth", ""),
            most=last.get("most", ""),
            plans=last.get("response-plans", ""),
            left_out=tuple(dict.fromkeys(values.get("leave-out", ()))),
            patch=values["what-if"][-1].replace("\r\n", "\n") if "what-if" in values else "",
            offered=tuple(dict.fromkeys(values.get("if", ()))),
            words=" ".join(last.get("q", "").split())[:200],
            at=last.get("at", ""),
        )

    def check(self, *, window: bool = True) -> None:
        """Raise InputError for what cannot be, in words that say how to mend it; for times only with ``window``."""
        if self.kind and self.kind not in KINDS:
            raise InputError.of(f"no kind of change is called '{self.kind[:60]}'", remedy=f"say {', '.join(KINDS)}")
        if any(not kind or not each for kind, each in self.acts):
            raise InputError.of("an act names a kind of change and an element", remedy="write act=replacement shop/db")
        if strange := next((kind for kind, _ in self.acts if kind not in KINDS), ""):
            raise InputError.of(f"no kind of change is called '{strange[:60]}'", remedy=f"say {', '.join(KINDS)}")
        self._check_taken()
        if len(self.sparql) > LONGEST_PATCH:
            remedy = "make it shorter; a longer one is judged at the command line, from a file"
            raise InputError.of(f"a query here has at most {LONGEST_PATCH:,} characters", remedy=remedy)
        if len(self.elements) + len(self.left_out) + len(self.acts) > MOST_ELEMENTS:
            raise InputError.of(f"more than {MOST_ELEMENTS} elements are named", remedy="name fewer")
        if len(self.offered) > MOST_ELEMENTS:
            raise InputError.of(f"more than {MOST_ELEMENTS} edits are named", remedy="name fewer")
        if len(self.patch) > LONGEST_PATCH:
            remedy = "make it shorter; a longer one is judged at the command line, from a file"
            raise InputError.of(f"a what-if here has at most {LONGEST_PATCH:,} characters", remedy=remedy)
        if self.at and not self.at.removeprefix("-").isdecimal():
            raise InputError.of(f"'{self.at[:60]}' is no time of the picture", remedy="pick one of the times offered")
        if window:
            self.window()

    def _check_taken(self) -> None:
        """Raise InputError where what is taken for granted, or how far one looks, cannot be."""
        if self.assume and self.assume not in PROFILES:
            remedy = f"say {', '.join(PROFILES)}"
            raise InputError.of(f"nothing is assumed under the name '{self.assume[:60]}'", remedy=remedy)
        if self.depth and not (_is_number(self.depth) and int(self.depth)):
            raise InputError.of(f"'{self.depth[:60]}' is no number of hops", remedy="write 1 or more")
        if self.most and not (_is_number(self.most) and 0 < int(self.most) <= MOST_LISTED):
            remedy = f"write 1 to {MOST_LISTED:,}; the command line lists more, with --most"
            raise InputError.of(f"'{self.most[:60]}' is no number of rows here", remedy=remedy)
        if self.plans and not (_is_number(self.plans) and int(self.plans) <= MOST_PLANS):
            remedy = f"write 0 to {MOST_PLANS}; the command line tells more, with --response-plans"
            raise InputError.of(f"'{self.plans[:60]}' is no number of response plans here", remedy=remedy)
        if self.stale and _length(self.stale) > LONGEST:
            raise InputError.of(f"'{self.stale[:60]}' is longer than a thousand years", remedy="write 180 d or 2 weeks")

    @property
    def profile(self) -> Profile:
        """What is assumed of what nobody states."""
        return Profile(self.assume or Profile.REQUIRED.value)

    @property
    def hops(self) -> int | None:
        """How many hops dependencies are followed; None for all."""
        return int(self.depth) if self.depth else None

    @property
    def listed(self) -> int:
        """How many rows a list has."""
        return int(self.most) if self.most else MOST_LISTED

    @property
    def extent(self) -> Extent:
        """How much of each part a report tells, as at the command line."""
        plans = int(self.plans) if self.plans else None
        return replace(Extent.of(int(self.most) if self.most else None, plans=plans), most=self.listed)

    @property
    def limit(self) -> timedelta:
        """How long ago evidence was last seen that is old."""
        return timedelta(seconds=_length(self.stale)) if self.stale else STALE_AFTER

    @property
    def as_of_now(self) -> bool:
        """Whether what else is planned is read as of now, or may be: nobody says here when it begins."""
        return bool(self.record) or (not self.start and bool(self.end))

    @property
    def named(self) -> bool:
        """Whether anything is changed at all."""
        return bool(self.elements or self.record or self.asked or self.sparql or self.acts)

    @property
    def what_if(self) -> bool:
        """Whether the map is judged as it would be with edits."""
        return bool(self.patch or self.offered)

    @property
    def as_it_is(self) -> Question:
        """The same question about the map as it is."""
        return replace(self, patch="", offered=(), at="")

    def window(self) -> Spans | None:
        """When it happens; None where nobody says. Raises InputError for times that cannot be."""
        if not (self.start or self.end or self.lasts):
            return None
        if self.lasts and (self.end or not self.start):
            remedy = "fill in the start, and either the length or the end"
            raise InputError.of("how long it lasts needs a beginning, and no end", remedy=remedy)
        first = round(_time(self.start).timestamp()) if self.start else -FOREVER
        last = round(_time(self.end).timestamp()) if self.end else FOREVER
        last = first + _length(self.lasts) if self.lasts else last
        if last <= first:
            raise InputError.of("the window ends before it begins", remedy="give an end that is later")
        if any(abs(moment) < FOREVER and not FIRST <= moment <= LAST for moment in (first, last)):
            raise InputError.of("the window lies outside of the years 2 to 9998", remedy="give a time within them")
        return ((first, last),)

    @property
    def slip(self) -> tuple[str, str]:
        """The field of a time that cannot be, and what is wrong with it; ("", "") where all is well.

        >>> Question(start="2026-12-05T02:00Z", lasts="long").slip[0], Question(lasts="2 h").slip[0], Question().slip
        ('lasts', 'lasts', ('', ''))
        """
        times = (("from", self.start, _time), ("until", self.end, _time), ("lasts", self.lasts, _length))
        for key, text, read in times:
            if problem := _wrong(read, text):
                return key, problem
        try:
            self.window()
        except InputError as problem:
            return "lasts" if self.lasts else "until", str(problem)
        return "", ""

    @property
    def wanted(self) -> str:
        """What is still to be said of a window that is begun; "" where nothing is, or where it cannot be.

        >>> Question(lasts="2 h").wanted, Question(lasts="long").wanted
        ('Now say when it starts.', '')
        """
        begun = bool(self.lasts) and not (self.start or self.end or _wrong(_length, self.lasts))
        return "Now say when it starts." if begun else ""

    @property
    def at_any_time(self) -> Question:
        """The same question without a time."""
        return replace(self, start="", end="", lasts="", at="")

    @property
    def zone(self) -> tzinfo:
        """The time zone that the window is written in."""
        return next((_time(text).tzinfo or UTC for text in (self.start, self.end) if text), UTC)

    def without(self, element: str) -> Question:
        """The same question without an element."""
        return replace(self, elements=tuple(each for each in self.elements if each != element), at="")

    def leaving_out(self, party: str) -> Question:
        """The same question with somebody not to be told, or to be told again."""
        kept = tuple(each for each in self.left_out if each != party)
        return replace(self, left_out=kept if party in self.left_out else (*kept, party))

    @property
    def query(self) -> str:
        """The part of the address after the question mark."""
        parts = [("element", each) for each in self.elements]
        parts += [("act", f"{kind} {each}") for kind, each in self.acts]
        said: Mapping[str, str] = {
            "change": self.record,
            "asked": self.asked,
            **{f"${key}": text for key, text in self.values},
            "query": self.sparql,
            "kind": self.kind,
            "from": self.start,
            "until": self.end,
            "lasts": self.lasts,
            "assume": self.assume,
            "stale-after": self.stale,
            "depth": self.depth,
            "most": self.most,
            "response-plans": self.plans,
            "what-if": self.patch,
            "q": self.words,
            "at": self.at,
        }
        parts += [(key, value) for key, value in said.items() if value]
        parts += [("if", each) for each in self.offered]
        parts += [("leave-out", each) for each in self.left_out]
        return urlencode(parts, safe="/,:$", quote_via=quote)


def _is_number(text: str) -> bool:
    return len(text) < 9 and text.isascii() and text.isdecimal()


def _act(text: str) -> tuple[str, str]:
    """A kind of change, and the element that it is done to: `capacity loss shop/db`."""
    kind, _, element = text.strip().rpartition(" ")
    return kind, element


def _wrong(read: Callable[[str], object], text: str) -> str:
    """Why a text cannot be read; "" where it can, and for none."""
    try:
        if text:
            read(text)
    except InputError as problem:
        return str(problem)
    return ""


_WRITE = "write Sat 2:00 or 5.12.2026 2:00 on the page, 2026-12-05 02:00+01:00 in an address"


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(moment(text))
    except ValueError as problem:
        known = "has no time zone" if "no time zone" in str(problem) else "is no time that can be read"
        raise InputError.of(f"'{text[:60]}' {known}", remedy=_WRITE) from problem


def _length(text: str) -> int:
    try:
        return round(minutes(text) * 60)
    except ValueError as problem:
        raise InputError.of(f"'{text[:60]}' is no length of time", remedy="write 30 min or 2 h") from problem


def link(question: Question, *, ending: str = "") -> str:
    """The address of a question.

    >>> link(Question(elements=("shop/db",), kind="maintenance"), ending=".csv")
    '/impact.csv?element=shop/db&kind=maintenance'
    """
    return f"/impact{ending}?{question.query}" if question.query else f"/impact{ending}"
