"""What does a store note of a source beside its triples, and who notes it when? The same for every kind of store."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

from graph.model import Finding, Severity, Statements
from graph.sources import place_of
from graph.store.digest import GraphDigest
from graph.store.lines import packed
from graph.store.loaded import Held, findings_text
from graph.store.rules import rules
from ontology.vocabulary import ontology_files

__all__ = ["file_name", "held_of", "marked", "now", "program", "side_tables", "words_digest"]

_MOST_PROBLEMS = 20


@cache
def words_digest() -> str:
    """Tells one version of the vocabulary and the rules from another."""
    state = hashlib.sha256()
    for file in ontology_files():
        state.update(file.read_bytes())
    for rule in rules():
        state.update(rule.name.encode() + rule.query.encode())
    return state.hexdigest()


@cache
def program() -> str:
    """Who writes: the name of this program and its version."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"servicemap {version('servicemap')}"
    except PackageNotFoundError:
        return "servicemap"


def now() -> str:
    """This moment, to the second, as the store writes it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def marked(held: Held, problems: Sequence[Finding] | None) -> Held:
    """A source that stays as it is: in order, or stale because its file cannot be used."""
    if problems is None:
        return held
    told = tuple(str(problem) for problem in problems[:_MOST_PROBLEMS])
    return replace(held, stale_since=held.stale_since or now(), problems=told)


def held_of(s: Statements, digest: GraphDigest, file: str) -> Held:
    """A source as it will be held; ``file`` names its side tables."""
    counts = [sum(f.severity is severity for f in s.findings) for severity in Severity]
    return Held(
        source=s.source,
        file=file,
        place=place_of(s.source.path),
        titles=dict(s.titles),
        recipe=s.recipe,
        statements=digest.statements,
        digest=digest.digest,
        lines=len(s.lines),
        counts=(counts[0], counts[1], counts[2]),
    )


def side_tables(s: Statements) -> dict[str, bytes]:
    """What is kept of a source beside its statements, by name: lines, findings, what it points at outside of itself."""
    tables = {"lines": packed(s.lines)}
    if s.findings:
        tables["findings"] = findings_text(s.findings).encode()
    if s.closed and (outside := {iri: line for iri, line in s.mentions.items() if iri not in s.defines}):
        tables["mentions"] = packed(outside)
    return tables


def file_name(s: Statements, generation: str) -> str:
    """A name for the side tables of a source: another content, or another reading of it, never has the same."""
    state = "\0".join((s.source.id, s.source.digest, s.source.path, s.recipe or s.source.loaded_at))
    return f"{hashlib.sha256(state.encode()).hexdigest()[:24]}-{generation}"
