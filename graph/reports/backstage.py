"""How is a map written as a catalogue of Backstage? Entities in YAML, by the alignments; the rest is counted."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from graph.model import Finding, Severity
from graph.reports import Written

if TYPE_CHECKING:  # the format must be known without the store behind a map
    from graph.excerpt import Excerpt
    from graph.layout import Layout

__all__ = ["TAKES", "references", "write"]

TAKES = ("map",)
_MOST_LETTERS = 63
_KINDS = {"component": "Component", "resource": "Resource", "domain": "Domain", "group": "Group", "user": "User"}
# Where a relation stands in an entity: the kinds that it leads from and to -> the field, and whether it is a list.
_FIELDS: Mapping[str, Mapping[tuple[str, str], tuple[str, bool]]] = {
    "dependsOn": {
        (dependent, provider): ("dependsOn", True)
        for dependent in ("component", "resource")
        for provider in ("component", "resource")
    },
    "ownedBy": {
        (owned, owner): ("owner", False)
        for owned in ("component", "resource", "domain")
        for owner in ("group", "user")
    },
    "partOf": {
        ("component", "component"): ("subcomponentOf", False),
        ("group", "group"): ("parent", False),
        ("domain", "domain"): ("subdomainOf", False),
    },
    "memberOf": {("user", "group"): ("memberOf", True)},
}  # fmt: skip
_OWNED = ("component", "resource", "domain")


def write(excerpt: Excerpt, layout: Layout | None = None) -> Written:  # noqa: ARG001 a catalogue has no positions
    """One document for each entity: kind, name, title, description, type, owner, parents, dependencies.

    The first of several values is written where Backstage takes one; that is told, as is what has no kind there.
    Our own importer of catalogues gives the same elements and dependencies again (see ``references``).
    """
    import yaml

    from graph.reports._others import said_in

    said = said_in("backstage", excerpt)
    about: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for statement in said.statements:
        about[statement.subject][re.split(r"[/#]", statement.predicate)[-1]].append(statement.value.text)
    kinds = {iri: facts["type"][0].partition("#kind-")[2] for iri, facts in _typed(about)}
    names = references(excerpt)
    findings = Counter[str]()
    entities = [_entity(iri, about[iri], kinds, names, findings) for iri in sorted(kinds, key=lambda i: names[i])]
    text = yaml.safe_dump_all(entities, allow_unicode=True, sort_keys=False, explicit_start=True, width=120)
    told = (Finding(Severity.NOTE, "no-word", "", None, f"{words} ({number})") for words, number in findings.items())
    return Written(text if entities else "# Nothing in this map can be said in Backstage.\n", (*said.findings, *told))


def references(excerpt: Excerpt) -> dict[str, str]:
    """The name that each element has in a catalogue: its id with what Backstage does not take as ``-``, shortened.

    Two elements of one name get a number.
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    p = excerpt.projection
    for v in excerpt.elements:
        plain = re.sub(r"[^a-z0-9]+", "-", p.ids[v].partition("/")[2].lower()).strip("-") or "element"
        name, number = plain[:_MOST_LETTERS].strip("-"), 1
        while name in taken:
            number += 1
            end = f"-{number}"
            name = plain[: _MOST_LETTERS - len(end)] + end
        taken.add(name)
        found[p.iris[v]] = name
    return found


def _typed(about: Mapping[str, Mapping[str, list[str]]]) -> Iterator[tuple[str, Mapping[str, list[str]]]]:
    """What our word for it, ``dcterms:type``, is told apart from: the kind."""
    for iri, facts in about.items():
        kinds = sorted(text for text in facts["type"] if "#kind-" in text)
        yield iri, {**facts, "type": kinds}


def _entity(
    iri: str, facts: Mapping[str, list[str]], kinds: Mapping[str, str], names: Mapping[str, str], told: Counter[str]
) -> dict[str, Any]:
    kind = kinds[iri]
    metadata: dict[str, Any] = {"name": names[iri]}
    if facts.get("label"):
        metadata["title"] = min(facts["label"])
    if facts.get("description"):
        metadata["description"] = min(facts["description"])
    metadata["annotations"] = {"w3id.org/servicemap-id": iri}
    words = [text for text in facts["type"] if "#kind-" not in text]
    spec: dict[str, Any] = {"type": words[0].replace(" ", "-")} if words and kind != "user" else {}
    for relation, fields in _FIELDS.items():
        for target in sorted(facts.get(relation, ()), key=lambda other: names[other]):
            field, many = fields.get((kind, kinds[target]), ("", False))
            ref = f"{kinds[target]}:{names[target]}"
            if not field:
                told[f"'{relation}' from {kind} to {kinds[target]} cannot be said in Backstage, left out"] += 1
            elif many:
                spec.setdefault(field, []).append(ref)
            elif field in spec:
                told[f"a second '{field}' cannot be said in Backstage, left out"] += 1
            else:
                spec[field] = ref
    if kind in _OWNED and "owner" not in spec:
        told["Backstage wants an owner of each component, resource and domain; none is known, and none is made up"] += 1
    return {"apiVersion": "backstage.io/v1alpha1", "kind": _KINDS[kind], "metadata": metadata, "spec": spec}
