"""How are the rules that look at every dependency run on a large map? Each has a twin that works on whole columns.

A twin concludes the same statements as its rule, and knows the rule by its digest: whoever changes a rule gets what the
changed query says. Where a twin is not sure of its columns it leaves the rule to the engine.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

import numpy as np
import numpy.typing as npt
import pyoxigraph as ox

from graph.store.columns import Columns
from graph.texts import Stretches, Table, columns_of, find_in, first_of_each, joined
from ontology import terms as t

__all__ = ["TWINS", "Twin"]

Twin = Callable[[ox.Store, Columns], Iterable[bytes] | None]
Places = npt.NDArray[np.int64]
_TYPE = f"<{t.RDF_TYPE}>".encode()
_ROWS = 1 << 17


def _stubs(triples: ox.Store, columns: Columns) -> Iterable[bytes] | None:
    """Rule 010: what is mentioned and has no type."""
    shortcuts = _answers(triples, f"SELECT DISTINCT ?p {{ ?kind <{t.SHORTCUT}> ?p }}")
    asked = [columns.column(t.DCTERMS_IDENTIFIER), *(columns.column(p) for p in (t.PROVIDER, t.DEPENDENT, t.HOLDER))]
    asked += [columns.column(shortcut[1:-1].decode()) for (shortcut,) in shortcuts]
    classes = columns.classes()
    if classes is None or any(column is None for column in asked):
        return None
    typed = Table(joined([columns_of(columns.instances(cls) or b"?s\n")[0] for cls in classes]))
    missing = set[bytes]()
    for number, column in enumerate(asked):
        subjects, values = columns_of(column or b"")
        for ends in (subjects,) * (number not in (1, 2, 3)) + (values,) * (number > 0):
            missing.update(ends.take(np.flatnonzero(typed.find(ends) < 0)).to_bytes())
    return (_stub(triples, thing) for thing in sorted(missing) if thing.startswith(b"<"))


def _stub(triples: ox.Store, thing: bytes) -> bytes:
    iri = thing[1:-1].decode()
    last = ox.Literal(iri[max(iri.rfind("/"), iri.rfind("#")) + 1 :])
    identifiers = _said(triples, iri, t.DCTERMS_IDENTIFIER) or [str(last)]
    labels = _said(triples, iri, t.RDFS_LABEL) or identifiers
    said = [(t.RDF_TYPE, f"<{t.ELEMENT}>"), (t.IS_STUB, f'"true"^^<{t.XSD_BOOLEAN}>')]
    said += [(t.DCTERMS_IDENTIFIER, each) for each in identifiers] + [(t.RDFS_LABEL, each) for each in labels]
    return "".join(f"<{iri}> <{predicate}> {value} .\n" for predicate, value in said).encode()


def _said(triples: ox.Store, subject: str, predicate: str) -> list[str]:
    found = triples.quads_for_pattern(ox.NamedNode(subject), ox.NamedNode(predicate), None, None)
    return sorted({str(quad.object) for quad in found})


def _default_kind(_: ox.Store, columns: Columns) -> Iterable[bytes] | None:
    """Rule 020: dependencies without a kind."""
    dependencies, kinds = columns.instances(t.DEPENDENCY), columns.column(t.KIND)
    if dependencies is None or kinds is None:
        return None
    (things,) = columns_of(dependencies)
    without = things.take(np.flatnonzero(find_in(columns_of(kinds)[0], things) < 0)).to_bytes()
    return [b"%b <%b> <%b> .\n" % (thing, t.KIND.encode(), t.KIND_NEEDS.encode()) for thing in dict.fromkeys(without)]


def _shortcuts(triples: ox.Store, columns: Columns) -> Iterable[bytes] | None:
    """Rule 050: dependencies, their kinds and both their ends are joined by what they are about."""
    asked = [columns.column(predicate) for predicate in (t.KIND, t.DEPENDENT, t.PROVIDER)]
    if any(column is None for column in asked):
        return None
    kinds, dependents, providers = (columns_of(column or b"") for column in asked)
    if any((ends[1].blob[ends[1].start] == ord('"')).any() for ends in (kinds, dependents, providers)):
        return None
    properties = _properties(triples)
    return _joined(kinds, dependents, providers, properties)


def _properties(triples: ox.Store) -> dict[bytes, list[bytes]]:
    """For each kind of dependency the direct properties that follow from it."""
    found = defaultdict[bytes, list[bytes]](list)
    query = f"""SELECT DISTINCT ?kind ?property
        {{ ?kind <{t.SHORTCUT}> ?shortcut . ?shortcut <{t.RDFS_SUB_PROPERTY_OF}>* ?property }}"""
    for kind, property_ in _answers(triples, query):
        if property_.startswith(b"<"):
            found[kind].append(property_)
    return found


_Pairs = tuple[Stretches, ...]


def _joined(
    kinds: _Pairs, dependents: _Pairs, providers: _Pairs, properties: dict[bytes, list[bytes]]
) -> Iterator[bytes]:
    first, number = first_of_each(kinds[0])
    table = Table(kinds[0].take(first))
    of_dependents, of_providers = table.find(dependents[0]), table.find(providers[0])
    both = _matches(of_dependents, of_providers)
    dependent, provider = dependents[1].take(both[0]), providers[1].take(both[1])
    of_kinds, ends = _matches(number, of_dependents[both[0]])
    names = first_of_each(kinds[1])
    kind_of = names[1][of_kinds]
    by_property = defaultdict[bytes, list[Places]](list)
    for n, kind in enumerate(kinds[1].take(names[0]).to_bytes()):
        for property_ in properties.get(kind, ()):
            by_property[property_].append(ends[kind_of == n])
    pair = _numbers(dependent, provider)
    for property_, parts in by_property.items():
        rows = np.concatenate(parts)
        rows = rows[np.unique(pair[rows], return_index=True)[1]]
        middle = b" %b " % property_
        for some in np.array_split(rows, len(rows) // _ROWS + 1):
            left, right = dependent.take(some).to_bytes(), provider.take(some).to_bytes()
            yield b"".join([b"%b%b%b .\n" % (a, middle, b) for a, b in zip(left, right, strict=True)])


def _numbers(left: Stretches, right: Stretches) -> Places:
    """A number for each pair of texts; equal pairs have equal ones."""
    return first_of_each(left)[1] * (len(right) + 1) + first_of_each(right)[1]


def _matches(left: Places, right: Places) -> tuple[Places, Places]:
    """Rows of both sides that have the same number, each with each; negative numbers match nothing."""
    order = np.argsort(right, kind="stable")
    ordered = right[order]
    begin = np.searchsorted(ordered, left, "left")
    many = np.where(left < 0, 0, np.searchsorted(ordered, left, "right") - begin)
    rows = np.repeat(np.arange(len(left)), many)
    within = np.arange(len(rows)) - np.repeat(np.cumsum(many) - many, many)
    return rows, order[begin[rows] + within]


def _classes_above(triples: ox.Store, columns: Columns) -> Iterable[bytes] | None:
    """Rule 060: what is of a class is of those above it."""
    below = defaultdict[bytes, list[bytes]](list)
    query = f"""SELECT DISTINCT ?class ?above {{ ?class <{t.RDFS_SUB_CLASS_OF}>+ ?above
        FILTER (STRSTARTS(STR(?above), "{t.SM}")) }}"""
    for cls, above in _answers(triples, query):
        below[above].append(cls)
    if columns.classes() is None:
        return None
    return _lifted(columns, below)


def _lifted(columns: Columns, below: dict[bytes, list[bytes]]) -> Iterator[bytes]:
    for above, classes in below.items():
        things = [columns.instances(cls[1:-1].decode()) or b"" for cls in classes if cls.startswith(b"<")]
        end = b" %b %b .\n" % (_TYPE, above)
        once = list(dict.fromkeys(thing for column in things for thing in column.split(b"\n")[1:-1]))
        yield from (end.join([*once[n : n + _ROWS], b""]) for n in range(0, len(once), _ROWS))


def _works_for(_: ox.Store, columns: Columns) -> Iterable[bytes] | None:
    """Rule 080: services that depend on an application, and the instances of it."""
    asked = [columns.instances(t.WORKLOAD), columns.instances(t.SERVICE)]
    asked += [columns.column(t.DEPENDS_ON), columns.column(t.INSTANCE_OF)]
    if any(column is None for column in asked):
        return None
    (applications,), (services,), (users, used), (instances, kinds) = (columns_of(column or b"") for column in asked)
    rows = np.flatnonzero((find_in(services, users) >= 0) & (find_in(applications, used) >= 0))
    said = list(zip(used.take(rows).to_bytes(), users.take(rows).to_bytes(), strict=True))
    of = defaultdict[bytes, list[bytes]](list)
    for instance, application in zip(instances.to_bytes(), kinds.to_bytes(), strict=True):
        of[application].append(instance)
    said += [(instance, service) for application, service in said for instance in of.get(application, ())]
    return (b"%b <%b> %b .\n" % (thing, t.WORKS_FOR.encode(), service) for thing, service in dict.fromkeys(said))


def _answers(triples: ox.Store, query: str) -> list[tuple[bytes, ...]]:
    found = triples.query(query, use_default_graph_as_union=True)
    assert isinstance(found, ox.QuerySolutions)
    text = found.serialize(format=ox.QueryResultsFormat.TSV) or b""
    return [tuple(line.split(b"\t")) for line in text.split(b"\n")[1:-1]]


TWINS: dict[str, Twin] = {  # by the first signs of the digest of the rule that they are a twin of
    "d3081245e015dd0c": _stubs,  # 010-stubs
    "dea0aed1bc04f743": _default_kind,  # 020-default-kind
    "7dc0b7a8f2c5e080": _shortcuts,  # 050-shortcuts
    "1356079481767613": _classes_above,  # 060-class-closure
    "95b27c39817b4bb0": _works_for,  # 080-instance-service
}
