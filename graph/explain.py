"""How does a query run, and what makes it slow? Its parts with what each finds, what it cost, and how to write it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from graph.answer import Answer, Cell
from graph.model import InputError
from graph.patterns import Group, Statement, read
from graph.renamed import old_words
from graph.sparql import Token, iri, prefixes, tokens
from graph.store import Limits, Table
from graph.store.guard import PREFIXES, check_query

__all__ = ["Hint", "explain", "hints"]

MOST_COUNTED, MOST_PARTS = 100_000, 20
_PART = Limits(seconds=2, rows=1)
_TEXT_FUNCTIONS = {"REGEX", "CONTAINS", "STRSTARTS", "STRENDS"}


@dataclass(frozen=True, slots=True)
class Hint:
    """What makes a query slow, and how to write it instead."""

    what: str
    instead: str

    def __str__(self) -> str:
        return f"{self.what}; {self.instead}"


def explain(text: str, ask: Callable[[str, Limits], Table], limits: Limits | None = None) -> Answer:
    """Run a query and its parts, and say what each finds and what makes the whole slow.

    The engine tells no plan. The query is read as it is written; every statement of it is counted by itself, two
    seconds at most, and the whole is run within the limits.

    Args:
        text: the query, with prefixes as in ``servicemap query``.
        ask: puts a query to the engine, behind the limits.
        limits: of the whole.
    """
    check_query(text)
    title, facts = _whole(text, ask, limits or Limits())
    rows: list[tuple[Cell, ...]] = []
    parts = [(group, statement) for group in read(text, PREFIXES) for statement in group.statements if statement.said]
    parts = [each for each in parts if not each[0].inside("template") and not each[0].inside("service")]
    parts.sort(key=lambda each: each[1].start)
    for group, statement in parts[:MOST_PARTS]:
        words = " ".join(text[statement.start : statement.end].split())
        rows.append((words, *_counted(text, group, statement, ask)))
    notes = [str(hint) for hint in hints(text)]
    if len(parts) > MOST_PARTS:
        notes.append(f"cut: only the first {MOST_PARTS} of {len(parts)} statements were counted")
    return Answer(
        title=title,
        of="parts",
        columns=("statement", "finds", "milliseconds"),
        rows=tuple(rows),
        facts=facts,
        notes=tuple(notes) or ("nothing in it is known to be slow",),
    )


def _whole(text: str, ask: Callable[[str, Limits], Table], limits: Limits) -> tuple[str, dict[str, Cell]]:
    started = time.perf_counter()
    try:
        table = ask(text, limits)
    except InputError as error:
        if error.problems[0].check != "late" and "memory" not in error.problems[0].message:
            raise
        return error.problems[0].message, {"rows": None, "milliseconds": None, "truncated": None}
    taken = 1000 * (time.perf_counter() - started)
    said = f"{len(table.rows):,} {'row' if len(table.rows) == 1 else 'rows'} in {taken:,.0f} ms"
    cut = f"; cut: {table.truncated}" if table.truncated else ""
    facts: dict[str, Cell] = {"rows": len(table.rows), "milliseconds": round(taken, 1)}
    return said + cut, facts | {"truncated": table.truncated or None}


def _counted(
    text: str, group: Group, statement: Statement, ask: Callable[[str, Limits], Table]
) -> tuple[str, float | None]:
    """How many rows a statement has by itself, with the values that its braces give, and in how many milliseconds."""
    used = {token.variable for said in statement.said for token in said}
    used |= {statement.subject.variable} if statement.subject is not None else set()
    given = [
        f"VALUES ?{name} {{ {' '.join(token.text for token in said)} }}"
        for name, said in group.values.items()
        if name in used
    ]
    head = "".join(f"PREFIX {name}: <{address}> " for name, address in prefixes(tokens(text)).items())
    inside = f"{' '.join(given)} {text[statement.start : statement.end]}"
    counting = f"{head}SELECT (COUNT(*) AS ?n) {{ SELECT * {{ {inside} }} LIMIT {MOST_COUNTED + 1} }}"
    started = time.perf_counter()
    try:
        ((number,),) = ask(counting, _PART).rows
    except InputError as error:
        return ("takes too long" if error.problems[0].check == "late" else "cannot be counted"), None
    found = int(number.text) if number is not None else 0
    taken = round(1000 * (time.perf_counter() - started), 1)
    return (f"more than {MOST_COUNTED:,}" if found > MOST_COUNTED else f"{found:,}"), taken


def hints(text: str) -> tuple[Hint, ...]:
    """What in a query is known to be slow, from reading it alone, and which words are old; each thing once, in order.

    >>> [hint.what for hint in hints("SELECT * { ?a sm:dependsOn+ ?b } LIMIT 10")]
    ['the path sm:dependsOn+ begins everywhere: neither end is given']
    """
    said, groups = tokens(text), read(text, PREFIXES)
    known = PREFIXES | prefixes(said)
    found: list[Hint] = []
    for group in sorted(groups, key=lambda each: each.statements[0].start if each.statements else 0):
        if group.sort != "template":
            for statement in group.statements:
                found += _of_statement(group, statement, text, known, _variables(_below_of(group, groups)))
            found += _unjoined(group, groups)
    found += _of_words(said)
    if _sum_with_optional(said, groups):
        found.append(
            Hint(
                "a sum with OPTIONAL is left to the engine, which looks what is optional up for every row",
                "sum without it, which takes whole columns, and ask for the rest in a query of its own",
            )
        )
    found += [Hint(f"'{word.old}' is an old word", f"write '{word.new}'") for word in old_words(text, PREFIXES)]
    return tuple(dict.fromkeys(found))


def _of_statement(
    group: Group, statement: Statement, text: str, known: dict[str, str], within: set[str]
) -> Iterator[Hint]:
    for said in statement.said:
        ends = [end for end in (statement.subject, said[-1]) if end is not None]
        free = [end for end in ends if end.variable and end.variable not in group.values]
        path = _endless(said, text)
        elsewhere = {
            end.variable for end in free if end.variable in within or _said_elsewhere(end.variable, said, group, text)
        }
        if path and len(free) == len(ends) and not elsewhere:
            if any(end.variable in group.types for end in free):
                yield Hint(
                    f"the path {path} is walked once for every element of the class",
                    "name what it begins with, in a sub-select of its own",
                )
            else:
                yield Hint(
                    f"the path {path} begins everywhere: neither end is given",
                    "give one end with VALUES in the same braces, or count with fast:blastRadius",
                )
        elif path and any(end.variable in group.types for end in free) and len(free) < len(ends):
            yield Hint(
                f"the path {path} is walked once for every element of the class",
                "put the path in a sub-select of its own, or write fast:dependsOn, which takes the class into account",
            )
        elif path and len(free) < len(ends) and iri(said[0], known).endswith("#dependsOn"):
            yield Hint(f"the path {path} is walked over triples", "fast:dependsOn answers it from the service graph")
        if len(said) == 2 and said[0].variable and len(free) == len(ends):
            yield Hint("a statement of three variables reads the whole map", "name the property")


def _said_elsewhere(name: str, path: Sequence[Token], group: Group, text: str) -> bool:
    """Whether another statement of the same braces, beside its class, tells which elements a variable may be."""
    for statement in group.statements:
        for said in statement.said:
            names = {token.variable for token in said} | {statement.subject.variable if statement.subject else ""}
            if said is not path and name in names and said[0].text != "a" and not _endless(said, text):
                return True
    return False


def _endless(said: Sequence[Token], text: str) -> str:
    """The path of a verb that may have any length; "" when there is none."""
    verb = said[:-1]
    endless = any(token.text in ("+", "*") for token in verb[1:]) and not said[0].word
    return text[verb[0].start : verb[-1].end] if endless else ""


def _unjoined(group: Group, groups: Sequence[Group]) -> Iterator[Hint]:
    """Parts of one pair of braces that share no variable: each row of one meets each row of the other."""
    parts = [_variables([statement]) for statement in group.statements]
    parts += [_variables(_below(each, groups)) for each in groups if each.parent is group]
    joined: list[set[str]] = []
    for part in (part for part in parts if part):
        touching = [other for other in joined if other & part]
        joined = [other for other in joined if not other & part] + [part.union(*touching)]
    if len(joined) > 1:
        names = " and ".join(f"?{min(part)}" for part in joined[:2])
        yield Hint(f"{names} are not joined: every row of one meets every row of the other", "join them by a variable")


def _below_of(group: Group, groups: Sequence[Group]) -> list[Statement]:
    """What is said in the braces that lie in these."""
    return [each for other in groups if other.parent is group for each in _below(other, groups)]


def _below(group: Group, groups: Sequence[Group]) -> list[Statement]:
    return [*group.statements, *_below_of(group, groups)]


def _variables(statements: Sequence[Statement]) -> set[str]:
    every = [token for statement in statements for said in statement.said for token in said]
    every += [statement.subject for statement in statements if statement.subject is not None]
    return {token.variable for token in every if token.variable}


def _of_words(said: Sequence[Token]) -> Iterator[Hint]:
    words, outer = [token.word for token in said], _outer(said)
    if "ORDER" in outer and "LIMIT" not in outer:
        yield Hint("all rows are sorted before the first comes", "add LIMIT")
    elif "SELECT" in words and "LIMIT" not in outer and "GROUP" not in outer and "COUNT" not in words:
        yield Hint("all rows are asked for", "add LIMIT while you try it out")
    for place, word in enumerate(words[:-1]):
        if word in _TEXT_FUNCTIONS and said[place + 1].text == "(":
            yield Hint(
                f"{word} looks into every text", "say first what else is known of the element, so that few are left"
            )
    if _optional_first(said):
        yield Hint("OPTIONAL stands before what must be there", "write what must be there first")
    if "COUNT" in words and "sm:dependsOn" in {token.text for token in said}:
        yield Hint(
            "dependencies are counted over triples", "fast:users and fast:blastRadius count in the service graph"
        )


def _sum_with_optional(said: Sequence[Token], groups: Sequence[Group]) -> bool:
    """Whether something is summed that may lack a part, over more than what is named."""
    words = {token.word for token in said}
    named = any(group.values for group in groups) or any(
        statement.subject is not None and statement.subject.kind in ("iri", "name")
        for group in groups
        for statement in group.statements
    )
    return "OPTIONAL" in words and bool(words & {"SUM", "AVG"}) and not named


def _outer(said: Sequence[Token]) -> set[str]:
    """The words outside all braces."""
    depth, found = 0, set[str]()
    for token in said:
        depth += {"{": 1, "}": -1}.get(token.text, 0)
        if not depth and token.word:
            found.add(token.word)
    return found


def _optional_first(said: Sequence[Token]) -> bool:
    """Whether a statement follows an OPTIONAL in the same braces."""
    depth, ended = 0, dict[int, bool]()
    for before, token in zip((None, *said), said, strict=False):
        if token.text == "{":
            if before is not None and before.word == "OPTIONAL":
                ended[depth] = True
            depth += 1
            ended[depth] = False
        elif token.text == "}":
            depth -= 1
        elif ended.get(depth) and (
            token.kind in ("var", "iri", "name") and before is not None and before.text in ("}", ".")
        ):
            return True
    return False
