"""How does a file of RDF become another one that says the same? All of it in another notation, or in newer words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyoxigraph as ox

from graph.model import InputError
from graph.notation import NOTATIONS, as_addresses, unsaid_in_xml, with_sorted_prefixes
from graph.rdf_files import FORMATS, checked_text, not_valid
from graph.similar import proposal

__all__ = ["CONVERTED", "converted", "updated"]

CONVERTED = {**NOTATIONS, "jsonld": ox.RdfFormat.JSON_LD}
_NONE: Mapping[str, str] = MappingProxyType({})
_WITH_GRAPHS = "trig, nquads or jsonld"


def converted(path: Path, notation: str) -> str:
    """A file of RDF in another notation. Nodes without a name keep their order; the same file gives the same text.

    Args:
        path: Turtle, TriG, N-Triples, N-Quads, JSON-LD or RDF/XML, told by its ending.
        notation: one of ``CONVERTED``.

    Raises:
        InputError: the file cannot be read, or the notation cannot say all of it. What is written was read back and is
            all that was there.
    """
    quads, prefixes = _read(path)
    return _written(path, quads, prefixes, CONVERTED[notation])


def updated(path: Path, updates: Iterable[str], *, renamed: Mapping[str, str] = _NONE, wording: str = "") -> str:
    """A file of RDF after some SPARQL updates, in the notation that it has. As ``converted``.

    Args:
        path: the file.
        updates: what is done to its statements, in this order.
        renamed: old address -> the one that takes its place in properties and values, after the updates.
        wording: the text of the file as it may be written then. Where it says just that it is taken, with its comments;
            else the file is written anew, and its comments are lost.
    """
    quads, prefixes = _read(path)
    store = ox.Store()
    store.extend(quads)
    for update in updates:
        store.update(update)
    made = [_with_names_of_today(quad, renamed) for quad in store]
    if wording and _says(path, wording, made):
        return wording
    return _written(path, made, prefixes, FORMATS[path.suffix.lower()])


def _with_names_of_today(quad: ox.Quad, renamed: Mapping[str, str]) -> ox.Quad:
    predicate, value = quad.predicate, quad.object
    if predicate.value in renamed:
        predicate = ox.NamedNode(renamed[predicate.value])
    if isinstance(value, ox.NamedNode) and value.value in renamed:
        value = ox.NamedNode(renamed[value.value])
    return ox.Quad(quad.subject, predicate, value, quad.graph_name)


def _says(path: Path, text: str, quads: Sequence[ox.Quad]) -> bool:
    """Whether a text says what the quads say, no more and no less."""
    try:
        return set(_numbered(ox.parse(text, format=FORMATS[path.suffix.lower()]))) == set(quads)
    except (SyntaxError, ValueError):
        return False


def _read(path: Path) -> tuple[list[ox.Quad], dict[str, str]]:
    if path.suffix.lower() not in FORMATS:
        remedy = proposal(path.suffix.lower(), FORMATS) or f"give it one of the endings {', '.join(FORMATS)}"
        raise InputError.of(f"'{path.name}' has no ending of RDF", path=path, remedy=remedy)
    text = checked_text(path)
    try:
        reader = ox.parse(text, format=FORMATS[path.suffix.lower()])
        quads = list(_numbered(reader))
    except SyntaxError as error:
        raise not_valid(path, error) from None
    except ValueError as error:
        raise InputError.of(f"not valid RDF: {error}", path=path, remedy="correct the file", check="syntax") from None
    return quads, dict(reader.prefixes)


def _numbered(quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
    """Nodes without a name are called by their turn, as parsers give them another name each time."""
    names: dict[ox.BlankNode, ox.BlankNode] = {}

    def named(term: object) -> Any:  # noqa: ANN401 as it came
        if isinstance(term, ox.BlankNode):
            return names.setdefault(term, ox.BlankNode(f"b{len(names) + 1}"))
        return term

    for quad in quads:
        yield ox.Quad(named(quad.subject), quad.predicate, named(quad.object), named(quad.graph_name))


def _written(path: Path, quads: Sequence[ox.Quad], prefixes: dict[str, str], form: ox.RdfFormat) -> str:
    graphs = {quad.graph_name for quad in quads}
    if not form.supports_datasets and graphs - {ox.DefaultGraph()}:
        message = f"it holds named graphs, and {form.name} has none"
        raise InputError.of(message, path=path, remedy=f"write {_WITH_GRAPHS}", check="incomplete")
    said: list[ox.Quad] = sorted(set(quads), key=str)
    if form is ox.RdfFormat.RDF_XML:
        _check_xml(path, said)
    plain = form in (ox.RdfFormat.N_TRIPLES, ox.RdfFormat.N_QUADS, ox.RdfFormat.JSON_LD)
    parts = said if form.supports_datasets else [quad.triple for quad in said]
    try:
        made = ox.serialize(parts, format=form, prefixes=None if plain else prefixes) or b""
        again = set(ox.parse(made, format=form))
    except (SyntaxError, ValueError) as error:
        raise _incomplete(path, form, str(error)) from None
    lost = [quad for quad in said if quad not in again]
    if lost or len(again) != len(said):
        raise _incomplete(path, form, str(lost[0]) if lost else "what it says is not what is read again")
    return with_sorted_prefixes(made.decode("utf-8"), form)


def _check_xml(path: Path, said: Sequence[ox.Quad]) -> None:
    """XML has no place for some signs and names; readers that forgive that would hide it."""
    lines = (f"{quad.triple} .".encode() for quad in said)
    _, left = unsaid_in_xml(as_addresses(lines))
    if left:
        raise _incomplete(path, ox.RdfFormat.RDF_XML, left[0])


def _incomplete(path: Path, form: ox.RdfFormat, reason: str) -> InputError:
    message = f"{form.name} cannot say all of it: {' '.join(reason.split())[:200]}"
    return InputError.of(message, path=path, remedy="write turtle, ntriples or nquads", check="incomplete")
