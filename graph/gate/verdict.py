"""What does the gate say? The hits of its rules, what breaks, who must agree, what is assumed, what is not known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any

from graph.analysis.elements import kind_of
from graph.analysis.impact import State
from graph.analysis.judgement import Bracket
from graph.answer import Answer, count
from graph.compare import How
from graph.discover import discover
from graph.gate.case import Case, Hit
from graph.gate.settings import Level, Setting
from graph.model import Where
from graph.natural import natural
from graph.people import Part, people

__all__ = ["Broken", "Told", "Verdict", "Wanted", "answer", "document", "verdict"]


@dataclass(frozen=True, slots=True)
class Told:
    """A hit of a rule, with the rule that found it."""

    rule: Setting
    hit: Hit


@dataclass(frozen=True, slots=True)
class Broken:
    """An element that is hit: its id, name and kind, at least and at most how badly, by which way, and where it is."""

    id: str
    name: str
    kind: str
    service: bool
    lower: str
    upper: str
    way: tuple[str, ...]
    where: Where | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A person or team: what is wanted of them ("must approve"), and why."""

    part: str
    who: str
    why: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Result of ``verdict``.

    ``base``, ``head``  what the two states are called
    ``map``      the file that a place is given in where there is none; "" for an empty map
    ``told``     hits, those that fail first
    ``settings``  all rules, those that found nothing included
    ``changes``  what is different, in numbers
    ``removed``  what is removed: where others still need it, it counts as retired
    ``plan``     what plans do to elements, in sentences
    """

    base: str
    head: str
    map: str
    told: tuple[Told, ...]
    settings: tuple[Setting, ...]
    changes: tuple[str, ...]
    removed: tuple[str, ...]
    plan: tuple[str, ...]
    breaks: tuple[Broken, ...]
    wanted: tuple[Wanted, ...]
    gaps: tuple[str, ...]
    assumed: tuple[str, ...]
    unknown: tuple[str, ...]

    def of(self, level: Level) -> tuple[Told, ...]:
        """The hits of a level."""
        return tuple(told for told in self.told if told.rule.level is level)

    @property
    def level(self) -> Level:
        """The worst that was found; off when nothing was."""
        return next((level for level in (Level.FAIL, Level.WARN) if self.of(level)), Level.OFF)

    @property
    def words(self) -> str:
        """The verdict in a few words."""
        fails, warnings = len(self.of(Level.FAIL)), len(self.of(Level.WARN))
        told = ", ".join([count(fails, "reason")] * bool(fails) + [count(warnings, "warning")] * bool(warnings))
        return {Level.FAIL: f"fails: {told}", Level.WARN: f"passes with {told}", Level.OFF: "passes"}[self.level]


def verdict(case: Case, settings: Mapping[str, Setting], *, base: str, head: str) -> Verdict:
    """Hold a case against the rules."""
    told = tuple(_told(case, settings))
    sources = sorted(source.path for source in case.after.store.sources if source.importer)
    wanted, gaps = _wanted(case)
    return Verdict(
        base=base,
        head=head,
        map=sources[0] if sources else "",
        told=tuple(sorted(told, key=_order)),
        settings=tuple(settings[name] for name in sorted(settings)),
        changes=tuple(_changes(case)),
        removed=tuple(_removed(case)),
        plan=tuple(case.planning.known(case.after.projection.labels)),
        breaks=tuple(_broken(case, bracket) for bracket in case.hit(case.harm)),
        wanted=wanted,
        gaps=gaps,
        assumed=tuple(_assumed(case)),
        unknown=tuple(_unknown(case, frozenset(each.hit.subject for each in told))),
    )


def _order(told: Told) -> tuple[int, str, str, int, str]:
    where = told.hit.where or Where("")
    return list(Level).index(told.rule.level), told.rule.name, where.path, where.line, told.hit.message


def _told(case: Case, settings: Mapping[str, Setting]) -> Iterator[Told]:
    """The hits of all rules that are not off; one that another rule says already, and no milder, is left out."""
    rules = {file.replace("_", "-"): rule for file, rule in discover("graph.gate.rules").items()}
    found = {
        name: [] if setting.level is Level.OFF else list(dict.fromkeys(rules[name].look(case, setting.options)))
        for name, setting in settings.items()
    }
    levels = list(Level)
    for name, hits in found.items():
        other = getattr(rules[name], "COVERED_BY", name)
        milder = levels.index(settings[other].level) > levels.index(settings[name].level)
        covered = set() if other == name or milder else {hit.subject for hit in found[other]}
        yield from (Told(settings[name], hit) for hit in hits if hit.subject not in covered)


def _changes(case: Case) -> Iterator[str]:
    for what, plural in (("element", "elements"), ("dependency", "dependencies")):
        for how in How:
            if found := case.comparison.of(what, how):
                yield f"{count(len(found), what, plural)} {how.value}"


def _removed(case: Case) -> Iterator[str]:
    """What is removed, and what that means."""
    old, new = case.before.projection, case.after.projection
    for iri in case.removed:
        number = old.index[iri]
        means = "others still need it, so it counts as retired" if iri in new.index else "nothing needs it any more"
        yield f"{old.labels[number]} ({kind_of(old, number)}): {means}"


def _broken(case: Case, bracket: Bracket) -> Broken:
    p, number = case.after.projection, bracket.element
    ways = [int(p.edges.provider[edge]) for edge in case.harm.most.path(p, number)]
    return Broken(
        id=p.ids[number],
        name=p.labels[number],
        kind=kind_of(p, number),
        service=number in case.services,
        lower=bracket.lower.words,
        upper=bracket.upper.words,
        way=tuple(p.labels[v] for v in ways if v < len(p)),
        where=case.place(p.iris[number]),
    )


def _wanted(case: Case) -> tuple[tuple[Wanted, ...], tuple[str, ...]]:
    """Who has a part in the change: in the new state, and for what is removed in the old one.

    A service that gets a new single point of failure counts as hit: who is accountable for it takes the risk.
    """
    after, before = case.after.projection, case.before.projection
    touched = [after.index[iri] for iri in case.touched()]
    risky = (after.index[point.service] for point in case.follows.new_points if point.service in before.index)
    hit = dict.fromkeys(risky, State.DEGRADED) | {b.element: b.upper for b in case.hit(case.harm)}
    new = people(case.after.store, after, [v for v in touched if not after.stub[v]], hit)
    old = people(case.before.store, before, [before.index[iri] for iri in case.removed], {})
    found: dict[Wanted, None] = {}
    for projection, result in ((after, new), (before, old)):
        for entry in result.entries:
            why = "; ".join(f"{r.leading} {projection.labels[r.element]}" for r in entry.reasons[:_MOST_REASONS])
            more = len(entry.reasons) - _MOST_REASONS
            why += f"; {count(more, 'more reason')}" if more > 0 else ""
            found.setdefault(Wanted(entry.part.words, projection.labels[entry.actor], why))
    parts = [part.words for part in Part]
    ordered = sorted(found, key=lambda w: (parts.index(w.part), natural(w.who), w.why))
    return tuple(ordered), tuple(dict.fromkeys([*new.gaps, *old.gaps]))


_MOST_REASONS = 3


def _assumed(case: Case) -> Iterator[str]:
    judged = [judgement for judgement in (case.harm, case.reach) if judgement.changes]
    if assumed := max((judgement.assumed for judgement in judged), default=0):
        all_ = max(judgement.dependencies for judgement in judged)
        words = count(all_, "dependency", "dependencies")
        if all_ == 1:
            yield "the one dependency that rests on it states no strength; it is taken as required"
        else:
            yield f"{assumed:,} of {words} that rest on it state no strength; they are taken as required"
    if named := [effect for effect in case.planning.effects if effect.by == "name"]:
        labels = case.after.projection.labels
        names = ", ".join(labels[effect.element] for effect in named)
        yield f"found in the plan by name alone, not by a recorded address: {names}"
    if case.before.projection.dated or case.after.projection.dated:
        yield "dependencies that are dated count, whatever the day is"


def _unknown(case: Case, told: Set[str]) -> Iterator[str]:
    """What is open; what a rule tells is not told again."""
    yield from case.planning.unknown
    untold = [bracket.element for bracket in case.harm.affected if bracket.untold]
    if untold:
        names = _some(case.after.projection.labels[v] for v in untold)
        yield f"whether {names} {'is' if len(untold) == 1 else 'are'} hit at all"
    yield from _reading(case, told)
    yield from dict.fromkeys(cut for judged in (case.harm, case.reach) for cut in judged.cuts)


def _reading(case: Case, told: Set[str]) -> Iterator[str]:
    """What reading the files has left open: what is new, and how much was so before."""
    known = {(finding.check, finding.message) for finding in case.before.reading}
    yield from (str(finding) for finding in case.before.reading if finding.check == "no-map")
    new = [finding for finding in case.after.reading if (finding.check, finding.message) not in known]
    yield from (str(finding) for finding in new if finding.check != "unknown-reference" or finding.subject not in told)
    if left := len(case.after.reading) - len(new):
        yield f"{count(left, 'note')} about reading the files, as before; see them with: servicemap validate"


def _some(names: Iterable[str]) -> str:
    told = sorted(names, key=str.casefold)
    return ", ".join(told[:_MOST_NAMED]) + (f" and {len(told) - _MOST_NAMED:,} more" if len(told) > _MOST_NAMED else "")


_MOST_NAMED = 8


def answer(result: Verdict) -> Answer:
    """The hits as rows, and the rest in facts and notes."""
    return Answer(
        title=f"{result.base} … {result.head}: {result.words}",
        of="hits",
        columns=("level", "rule", "finding", "remedy", "where"),
        rows=tuple(
            (t.rule.level.value, t.rule.name, t.hit.message, t.hit.remedy, str(t.hit.where or "")) for t in result.told
        ),
        notes=(
            *(f"removed: {line}" for line in result.removed),
            *result.plan,
            *(f"{b.name} ({b.kind}): {_states(b)}" for b in result.breaks),
            *(f"{w.part}: {w.who} ({w.why})" for w in result.wanted),
            *(f"assumed: {line}" for line in result.assumed),
            *(f"not known: {line}" for line in result.unknown),
        ),
    )


def _states(broken: Broken) -> str:
    return broken.upper if broken.lower == broken.upper else f"at least {broken.lower}, at most {broken.upper}"


def document(result: Verdict) -> dict[str, Any]:
    """All of it as plain values for JSON."""
    return {
        "format": "servicemap gate 1",
        "base": result.base,
        "head": result.head,
        "verdict": {Level.FAIL: "fail", Level.WARN: "warn", Level.OFF: "pass"}[result.level],
        "words": result.words,
        "hits": [
            {
                "level": told.rule.level.value,
                "rule": told.rule.name,
                "message": told.hit.message,
                "remedy": told.hit.remedy,
                "subject": told.hit.subject,
                **_place(told.hit.where),
            }
            for told in result.told
        ],
        "changes": list(result.changes),
        "removed": list(result.removed),
        "plan": list(result.plan),
        "breaks": [
            {
                "id": broken.id,
                "name": broken.name,
                "kind": broken.kind,
                "at least": broken.lower,
                "at most": broken.upper,
                "way": list(broken.way),
                **_place(broken.where),
            }
            for broken in result.breaks
        ],
        "people": [{"part": wanted.part, "who": wanted.who, "why": wanted.why} for wanted in result.wanted],
        "gaps": list(result.gaps),
        "assumed": list(result.assumed),
        "unknown": list(result.unknown),
    }


def _place(where: Where | None) -> dict[str, Any]:
    return {"file": where.path, "line": where.line} if where else {}
