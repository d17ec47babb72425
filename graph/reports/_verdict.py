"""How is a verdict of the gate written for a pull request? Short Markdown, for people who do not know the system.

Names come from files that anybody may have written: nothing in them can become a link, a picture, a mention of
somebody, a command, or the end of a table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graph.answer import count
from graph.gate.settings import Level
from graph.gate.verdict import Broken, Told, Verdict, Wanted
from graph.reports._markup import code, text

__all__ = ["MARK", "write"]

MARK = "<!-- servicemap gate -->"
_MOST_HITS, _MOST_ROWS = 15, 10
_MOST_SIGNS = 60_000  # a comment on GitHub has at most 65,536


def write(verdict: Verdict) -> str:
    """The verdict as Markdown; it begins with a mark by which an earlier comment is found again."""
    parts = [f"{MARK}\n### Service map: {verdict.words}", _what(verdict)]
    parts += _hits("Why it fails", verdict.of(Level.FAIL))
    parts += _hits("Warnings", verdict.of(Level.WARN))
    parts += _list("What is removed", verdict.removed)
    parts += _list("What the plan does", verdict.plan)
    parts += _breaks(verdict.breaks)
    parts += _people(verdict.wanted, verdict.gaps)
    parts += _list("What is assumed", verdict.assumed)
    parts += _list("What is not known", verdict.unknown)
    return _fitting("\n\n".join(parts) + "\n")


def _fitting(page: str) -> str:
    """The text, cut after a whole line where a platform would not take it; the cut is said."""
    if len(page) <= _MOST_SIGNS:
        return page
    return page[: page.rindex("\n", 0, _MOST_SIGNS)] + "\n\n**Cut here:** the rest is in the JSON.\n"


def _what(verdict: Verdict) -> str:
    changes = ", ".join(verdict.changes) or "nothing on the map is different"
    return f"From {text(verdict.base)} to {text(verdict.head)}: {changes}."


def _hits(title: str, told: Sequence[Told]) -> Iterator[str]:
    if told:
        lines = [
            f"- {_sentence(each.hit.message)}{f' {_sentence(each.hit.remedy)}' if each.hit.remedy else ''}"
            f" ({code(str(each.hit.where)) + ', ' if each.hit.where else ''}rule `{each.rule.name}`)"
            for each in told[:_MOST_HITS]
        ]
        yield "\n".join([f"**{title}**", "", *lines, *_more(len(told) - _MOST_HITS)])


def _breaks(breaks: Sequence[Broken]) -> Iterator[str]:
    at_risk = [broken for broken in breaks if broken.upper == "at risk"]
    breaks = [broken for broken in breaks if broken.upper != "at risk"]
    yield from _broken(breaks) if breaks else ["**What breaks:** nothing that is known."]
    if at_risk:
        names = ", ".join(text(broken.name) for broken in at_risk[:_MOST_ROWS])
        more = f" and {len(at_risk) - _MOST_ROWS:,} more" if len(at_risk) > _MOST_ROWS else ""
        yield f"**At risk**, as a spare is lost: {names}{more}."


def _broken(breaks: Sequence[Broken]) -> Iterator[str]:
    shown = sorted(breaks, key=lambda broken: not broken.service)[:_MOST_ROWS]
    rows = [f"| {text(b.name)} | {text(b.kind)} | {_state(b)} | {_way(b)} |" for b in shown]
    services = sum(broken.service for broken in breaks)
    among = f", among them {count(services, 'business service')}" if services else ", no business service"
    head = f"**What breaks:** {count(len(breaks), 'element')}{among}."
    table = ["| name | what it is | state | because it rests on |", "| --- | --- | --- | --- |", *rows]
    yield "\n".join([head, "", *table])
    if len(breaks) > _MOST_ROWS:
        yield "\n".join(_more(len(breaks) - _MOST_ROWS))


def _state(broken: Broken) -> str:
    if broken.lower == broken.upper:
        return broken.upper
    return f"may be {broken.upper}" if broken.lower == "unaffected" else f"{broken.lower}, may be {broken.upper}"


def _way(broken: Broken) -> str:
    return " ← ".join(text(name) for name in reversed(broken.way[-_LONGEST_WAY:])) or "it is changed itself"


_LONGEST_WAY = 6


def _people(wanted: Sequence[Wanted], gaps: Sequence[str]) -> Iterator[str]:
    active = [each for each in wanted if each.part != "must be told"]
    told = [each for each in wanted if each.part == "must be told"]
    lines = [f"- {text(each.who)} {each.part} ({text(each.why)})" for each in active[:_MOST_ROWS]]
    lines += _more(len(active) - _MOST_ROWS)
    if told:
        names = ", ".join(text(each.who) for each in told[:_MOST_ROWS])
        more = f" and {len(told) - _MOST_ROWS} more" if len(told) > _MOST_ROWS else ""
        lines.append(f"- To be told: {names}{more}")
    nobody = [gap.removeprefix(_NOBODY) for gap in gaps if gap.startswith(_NOBODY)]
    if nobody:
        more = f" and {len(nobody) - _MOST_ROWS} more" if len(nobody) > _MOST_ROWS else ""
        lines.append(f"- Gap: {_NOBODY}{', '.join(map(text, nobody[:_MOST_ROWS]))}{more}")
    others = [gap for gap in gaps if not gap.startswith(_NOBODY)]
    lines += [f"- Gap: {text(gap)}" for gap in others[:_MOST_ROWS]] + list(_more(len(others) - _MOST_ROWS))
    if lines:
        yield "\n".join(["**Who must agree**", "", *lines])


_NOBODY = "nobody is accountable for "


def _list(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        told = [f"- {text(line)}" for line in lines[:_MOST_ROWS]]
        yield "\n".join([f"**{title}**", "", *told, *_more(len(lines) - _MOST_ROWS)])


def _more(number: int) -> Iterator[str]:
    if number > 0:
        yield f"- and {number:,} more, in the JSON"


def _sentence(words: str) -> str:
    said = text(words)
    return f"{said[:1].upper()}{said[1:]}."
