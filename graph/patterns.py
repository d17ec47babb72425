"""Where does a query name properties of a namespace? Statement by statement, as they stand in its groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from graph.model import InputError
from graph.sparql import Token, iri, prefixes, tokens

__all__ = ["Group", "Statement", "read"]

Sort = Literal["group", "service", "template", "data", "round", "square"]
_RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_TERMS = {"iri", "name", "blank", "var", "text", "number"}


@dataclass(slots=True)
class Statement:
    """What is said of one subject: its verbs with their objects, each a run of tokens."""

    subject: Token | None
    start: int
    said: list[list[Token]] = field(default_factory=list)

    @property
    def end(self) -> int:
        """Where it ends in the query, without its full stop."""
        return self.said[-1][-1].end


@dataclass(slots=True)
class Group:
    """A pair of braces: its statements, and what it says itself of the values and classes of variables."""

    sort: Sort
    parent: Group | None
    statements: list[Statement] = field(default_factory=list)
    values: dict[str, list[Token]] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    state: Literal["subject", "verb", "object", "other"] = "subject"

    depth: int = 0

    def inside(self, sort: Sort) -> bool:
        """Whether it is such a pair, or lies in one."""
        return self.sort == sort or (self.parent is not None and self.parent.inside(sort))

    def takes(self, token: Token) -> bool:
        """Whether a token belongs to the statements of this group, and opens or closes nothing."""
        if self.sort in ("data", "round"):
            return token.text not in ("{", "}", "(", ")")
        if token.text in ("{", "}"):
            return False
        return (
            token.text not in ("(", ")")
            or self.state in ("verb", "object")
            or (self.state == "subject" and token.text == "(")
        )

    def take(self, token: Token) -> None:
        """Read on."""
        if self.sort in ("data", "round"):
            return
        if self.state == "subject":
            self._begin(token)
        elif self.state == "other":
            self.state = "subject" if token.text == "." else "other"
        elif self.depth or token.text in ("(", "["):
            self._within(token)
        elif token.text == ".":
            self.state = "subject"
        elif token.text == ";":
            self.state = "verb"
        elif token.word and token.text != "a" and token.word not in ("TRUE", "FALSE"):
            self.state = "other"
        elif self.state == "verb":
            self.statements[-1].said.append([token])
            self.state = "object"
        else:
            self.statements[-1].said[-1].append(token)

    def _begin(self, token: Token) -> None:
        if token.kind in _TERMS:
            self.statements.append(Statement(token, token.start))
            self.state = "verb"
        elif token.text in ("(", "["):
            self.statements.append(Statement(None, token.start))
            self.depth, self.state = 1, "verb"
        elif token.kind == "word":
            self.state = "other"

    def _within(self, token: Token) -> None:
        """Inside the brackets of a subject, a path or an object."""
        statement = self.statements[-1]
        if self.state == "object":
            statement.said[-1].append(token)
        elif statement.said or statement.subject is not None or not self.depth:
            statement.said.append([token])
            self.state = "object"
        self.depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(token.text, 0)


def read(text: str, known: Mapping[str, str]) -> tuple[Group, ...]:
    """All groups of a query, with the prefixes that it may use without saying them; linear in the text.

    >>> (group,) = read("SELECT * { ?x a <urn:A> ; <urn:p> 1 }", {})
    >>> group.types, [[token.text for token in said] for said in group.statements[0].said]
    ({'x': 'urn:A'}, [['a', '<urn:A>'], ['<urn:p>', '1']])
    """
    said = tokens(text)
    return tuple(_Reading(said, dict(known) | prefixes(said)).groups())


class _Reading:
    """One pass over the tokens, with the brackets that are open."""

    def __init__(self, said: Sequence[Token], known: dict[str, str]) -> None:
        self.said, self.known = said, known
        self.open: list[Group] = []

    def groups(self) -> Iterator[Group]:
        for at, token in enumerate(self.said):
            group = self.open[-1] if self.open else None
            if group is not None and group.takes(token):
                group.take(token)
            elif token.text in ("{", "("):
                self._begin(at)
            elif token.text in ("}", ")"):
                if group is None:
                    raise InputError.of(f"the query is not SPARQL: it closes '{token.text}' without opening it")
                yield from self._end()

    def _begin(self, at: int) -> None:
        above, sort = self.open[-1] if self.open else None, self._sort(at)
        self.open.append(Group(sort, above))
        if above is not None and sort == "data" and self.said[at - 1].variable:
            end = next((n for n in range(at, len(self.said)) if self.said[n].text == "}"), at)
            above.values[self.said[at - 1].variable] = list(self.said[at + 1 : end])

    def _sort(self, at: int) -> Sort:
        if self.said[at].text != "{":
            return "round"
        before = [token.word for token in self.said[max(0, at - 2) : at]]
        if before[-1:] == ["CONSTRUCT"]:
            return "template"
        if before[:1] == ["VALUES"] or self._follows_values(at):
            return "data"
        return "service" if before[:1] in (["SERVICE"], ["SILENT"]) else "group"

    def _follows_values(self, at: int) -> bool:
        """Whether a list of variables in round brackets stands between VALUES and this brace."""
        back = at - 1
        if self.said[back].text != ")":
            return False
        while back > 0 and self.said[back - 1].variable:
            back -= 1
        return back > 1 and self.said[back - 1].text == "(" and self.said[back - 2].word == "VALUES"

    def _end(self) -> Iterator[Group]:
        closed = self.open.pop()
        if self.open:
            self.open[-1].state = "subject"
        if closed.sort in ("group", "service", "template"):
            self._note_types(closed)
            yield closed

    def _note_types(self, group: Group) -> None:
        for statement in group.statements:
            for said in statement.said:
                if statement.subject is None or not statement.subject.variable or len(said) != 2:
                    continue
                if said[0].text == "a" or iri(said[0], self.known) == _RDF_TYPE:
                    cls = iri(said[1], self.known)
                    if cls:
                        group.types[statement.subject.variable] = cls
