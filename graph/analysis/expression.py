"""What does a find expression say? Text such as ``kind = database and not environment = production``, as a tree.

Words and places are kept as they were typed, so that an error points at its place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from graph.model import Finding, InputError, Severity

__all__ = ["OPERATORS", "And", "Expression", "ExpressionError", "Has", "Not", "Or", "Term", "Value", "Words", "parse"]

OPERATORS = {
    "=": "is",
    "!=": "is not",
    "~": "contains",
    "!~": "does not contain",
    ">": "more than",
    ">=": "at least",
    "<": "less than",
    "<=": "at most",
}
_DEEPEST = 100
_LONGEST = 4_000


class ExpressionError(InputError):
    """An expression that cannot be understood; ``at`` and ``until`` are where in its text.

    >>> print(ExpressionError("kind = ", 7, 7, "a value is missing after '='", "write one: kind = database"))
    column 8: a value is missing after '='; write one: kind = database
    """

    def __init__(self, text: str, at: int, until: int, message: str, remedy: str = "") -> None:
        self.text, self.at, self.until = text, at, max(until, at)
        self.message, self.remedy = message, remedy
        words = f"column {at + 1}: {message}"
        super().__init__(Finding(Severity.ERROR, "find-expression", "", None, words, remedy))

    def pointed(self) -> str:
        """The text with a mark below the place.

        >>> print(ExpressionError("a = b or", 6, 8, "something is missing after 'or'").pointed())
        a = b or
              ^^
        """
        return f"{self.text}\n{' ' * self.at}{'^' * max(self.until - self.at, 1)}"


@dataclass(frozen=True, slots=True)
class Value:
    """A value as it was typed, and where."""

    text: str
    at: int
    until: int


@dataclass(frozen=True, slots=True)
class Term:
    """``key operator value, value``: one of the values is enough."""

    key: Value
    operator: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Has:
    """``has key``: something is said."""

    key: Value


@dataclass(frozen=True, slots=True)
class Words:
    """Words without a key: a part of the name or the id."""

    value: Value


@dataclass(frozen=True, slots=True)
class Not:
    """What does not fit."""

    inner: Expression


@dataclass(frozen=True, slots=True)
class And:
    """What fits all parts."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """What fits one part at least."""

    parts: tuple[Expression, ...]


Expression: TypeAlias = Term | Has | Words | Not | And | Or
Kind = Literal["word", "quoted", "operator", "(", ")", ",", "end"]


def parse(text: str) -> Expression:
    """The tree of an expression: ``not`` binds closer than ``and``, ``and`` closer than ``or``.

    Raises ExpressionError, which says where.

    >>> parse("kind = database and not has owner")
    And(parts=(Term(key=Value(text='kind', at=0, until=4), operator='=', values=(Value(text='database', at=7, until=15),)), Not(inner=Has(key=Value(text='owner', at=28, until=33)))))
    """  # noqa: E501 what is returned stands on one line
    return _Parser(text).whole()


@dataclass(frozen=True, slots=True)
class _Token:
    kind: Kind
    text: str
    at: int
    until: int

    def says(self, word: str) -> bool:
        return self.kind == "word" and self.text.casefold() == word

    @property
    def is_text(self) -> bool:
        return self.kind == "quoted" or (self.kind == "word" and self.text.casefold() not in ("and", "or", "not"))


_TOKENS = re.compile(
    r"""(?P<quoted>"[^"]*"|'[^']*')|(?P<operator>!=|!~|>=|<=|=|~|>|<)|(?P<sign>[(),])|(?P<word>(?:[^\s"'()=~<>!,]|(?<=\w)')+)"""
)


def _tokens(text: str) -> list[_Token]:
    found, at = list[_Token](), 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        match = _TOKENS.match(text, at)
        if match is None:
            if text[at] in "\"'":
                raise ExpressionError(
                    text, at, len(text), "a quotation mark is not closed", f"close it with {text[at]}"
                )
            raise ExpressionError(
                text, at, at + 1, f"'{text[at]}' alone means nothing", "write not, or != for 'is not'"
            )
        at = match.end()
        match match.lastgroup:
            case "quoted":
                found.append(_Token("quoted", match[0][1:-1], match.start(), at))
            case "operator":
                found.append(_Token("operator", match[0], match.start(), at))
            case "word":
                found.append(_Token("word", match[0], match.start(), at))
            case _:
                sign: Kind = "(" if match[0] == "(" else ")" if match[0] == ")" else ","
                found.append(_Token(sign, match[0], match.start(), at))
    end = len(text.rstrip())
    return [*found, _Token("end", "", end, end)]


class _Parser:
    def __init__(self, text: str) -> None:
        if len(text) > _LONGEST:
            raise ExpressionError(text[:40], 0, 0, f"this is longer than {_LONGEST:,} characters", "make it shorter")
        self.text, self.tokens, self.place, self.depth = text, _tokens(text), 0, 0

    @property
    def now(self) -> _Token:
        return self.tokens[self.place]

    def step(self) -> _Token:
        token = self.now
        self.place += token.kind != "end"
        return token

    def wrong(self, token: _Token, message: str, remedy: str = "") -> ExpressionError:
        return ExpressionError(self.text, token.at, token.until, message, remedy)

    def whole(self) -> Expression:
        if self.now.kind == "end":
            raise self.wrong(self.now, "nothing is written", "write for example: kind = database")
        found = self.either()
        rest = self.tokens[self.place]
        match rest.kind:
            case "end":
                return found
            case ")":
                raise self.wrong(rest, "nothing was opened that this closes", "take the ) away, or write a ( before it")
            case _:
                raise self.wrong(rest, f"'and' or 'or' is missing before '{rest.text}'", "write one of them between")

    def either(self) -> Expression:
        parts = [self.both()]
        while self.now.says("or"):
            self.step()
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def both(self) -> Expression:
        parts = [self.one()]
        while self.now.says("and"):
            self.step()
            parts.append(self.one())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def one(self) -> Expression:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.wrong(self.now, f"this is more than {_DEEPEST} deep", "take brackets or nots away")
        try:
            return self._one()
        finally:
            self.depth -= 1

    def _one(self) -> Expression:
        token = self.now
        if token.says("not"):
            self.step()
            return Not(self.one())
        if token.kind == "(":
            return self._bracket()
        if token.says("has") and self.tokens[self.place + 1].is_text:
            self.step()
            return Has(self._joined())
        if not token.is_text:
            raise self._missing(token)
        words = self._joined()
        if self.now.kind != "operator":
            return Words(words)
        return self._term(words)

    def _bracket(self) -> Expression:
        opened = self.step()
        inner = self.either()
        if self.now.kind == ",":
            raise self.wrong(self.now, "a comma stands between values only", "write or")
        if self.now.kind != ")":
            raise self.wrong(opened, "this bracket is not closed", "write a ) where it ends")
        self.step()
        return inner

    def _missing(self, token: _Token) -> ExpressionError:
        before = self.tokens[self.place - 1].text if self.place else ""
        if token.kind == "operator":
            return self.wrong(
                token, f"what should be '{token.text}'?", f"write a property before it: kind {token.text} …"
            )
        after = f" after '{before}'" if before else ""
        if token.kind == "end":
            last = self.tokens[self.place - 1]
            return self.wrong(last, f"something is missing{after}", "write what comes next, or take it away")
        return self.wrong(token, f"something is missing before '{token.text}'", "write what comes first")

    def _term(self, key: Value) -> Term:
        operator = self.step()
        values = [self._value(operator)]
        while self.now.kind == ",":
            values.append(self._value(self.step()))
        return Term(key, operator.text, tuple(values))

    def _value(self, before: _Token) -> Value:
        if not self.now.is_text:
            hint = f'; quotation marks make a word of it: "{self.now.text}"' if self.now.kind == "word" else ""
            token = before if self.now.kind == "end" else self.now
            raise self.wrong(token, f"a value is missing after '{before.text}'", f"write one{hint}")
        return self._joined()

    def _joined(self) -> Value:
        """Words that stand beside each other are one text: ``business service``."""
        first = last = self.step()
        while self.now.is_text and "quoted" not in (self.now.kind, last.kind):
            last = self.step()
        text = first.text if first is last else " ".join(self.text[first.at : last.until].split())
        return Value(text, first.at, last.until)
