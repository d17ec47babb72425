"""Forms: each file writes a result in one format, and says in ``TAKES`` what it writes.

``answer``   ``write(answer)``: rows, as every analysis has them
``hits``     ``write(report, where)``: who is hit, beside the lines of the files
``map``      ``write(excerpt, layout=None)``: a map or a part of it, text, or ``Written`` where something is lost
``picture``  ``write(drawing, layout)``: what a page draws
``report``   ``write(report)``: several answers about one thing, for people
``result``   ``write(result)``: the same as statements, a named graph that SPARQL can ask about
``verdict``  ``write(verdict)``: what the gate says of a change of the map
``MOST`` is how many elements a format takes unless somebody asks for more.
A file without ``TAKES`` makes an answer of something else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType

from graph.discover import discover
from graph.model import Finding

__all__ = ["Written", "format_names", "writers"]


@dataclass(frozen=True, slots=True)
class Written:
    """A map in a format, and what the format could not say of it."""

    text: str
    findings: Sequence[Finding] = ()


def writers(*takes: str) -> dict[str, ModuleType]:
    """The formats that write one of these, by name.

    >>> sorted(writers("answer"))[:2]
    ['csv', 'json']
    """
    return {name: made for name, made in discover("graph.reports").items() if set(takes) & set(_taken(made))}


def format_names(*takes: str) -> tuple[str, ...]:
    """The names of these formats, in order.

    >>> format_names("report")
    ('html', 'markdown', 'whole')
    """
    return tuple(sorted(writers(*takes)))


def _taken(module: ModuleType) -> Sequence[str]:
    found: Sequence[str] = getattr(module, "TAKES", ())
    return found
