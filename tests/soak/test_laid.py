"""Hundreds of patches over the sample enterprise: a copy of its store says what all statements put together say."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph import whatif
from graph.analysis.elements import kind_of
from graph.compare import compare
from graph.consequences import consequences
from graph.maps import load_into, open_map
from graph.model import InputError
from graph.projection import Projection
from graph.store import DERIVED, embedded
from graph.store.laid import LaidStore

ENTERPRISE = Path(__file__).parents[2] / "data" / "enterprise"
KINDS = ("application", "business service", "server", "site", "person")


def patches(p: Projection, chance: random.Random) -> Iterator[str]:
    """One edit each, of any sort, anywhere on the map."""
    start, order = p.uses
    teams, sites = ([v for v in range(len(p)) if kind_of(p, v) == kind] for kind in ("team", "site"))
    while True:
        vertex = chance.randrange(len(p))
        name, other = p.ids[vertex], p.ids[chance.randrange(len(p))]
        own = [e for e in order[start[vertex] : start[vertex + 1]].tolist() if p.edges.provider[e] < len(p)]
        edge = chance.choice(own) if own else 0
        on = f"{{on: {p.ids[int(p.edges.provider[edge]) % len(p)]}, kind: {p.kinds[p.edges.kind[edge]].key}"
        yield chance.choice(
            [
                f"remove: [{name}]",
                f"change: {{{name}: {{depends_on: {{remove: [{on}}}]}}}}}}",
                f"change: {{{name}: {{depends_on: {{change: [{on}, strength: degrading}}]}}}}}}",
                f"change: {{{name}: {{depends_on: {{add: [{other}]}}}}}}",
                f"change: {{{name}: {{owner: {p.ids[chance.choice(teams)]}, name: Another}}}}",
                f"change: {{{name}: {{location: {p.ids[chance.choice(sites)]}, criticality: critical}}}}",
                f"namespace: {name.partition('/')[0]}\n"
                f"add: {{elements: [{{id: zz, kind: {chance.choice(KINDS)}, name: New, depends_on: [{name}]}}]}}",
            ]
        )


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_copy_says_finds_and_compares_as_all_statements_put_together(tmp_path, monkeypatch):
    monkeypatch.setattr(embedded, "_MARKED", 0)
    load_into(tmp_path / "store", [ENTERPRISE])
    before, file, tried, short = open_map(store=tmp_path / "store"), tmp_path / "what-if.yaml", 0, 0
    for text in patches(before.projection, random.Random(7)):
        file.write_text(text, encoding="utf-8")
        monkeypatch.setattr(whatif, "_LARGE", 1 << 40)
        try:
            whole = whatif.overlaid(before, file)
        except InputError:
            continue
        monkeypatch.setattr(whatif, "_LARGE", 0)
        laid = whatif.overlaid(before, file)
        tried, short = tried + 1, short + isinstance(laid.store, LaidStore)
        assert {*laid.store.triples(DERIVED).split(b"\n")} == {*whole.store.triples(DERIVED).split(b"\n")}, text
        assert laid.findings == whole.findings, text
        told = compare(before, laid)
        assert told == compare(before, whole), text
        assert consequences(before, laid, told) == consequences(before, whole, told), text
        if tried == 300:
            break
    assert short > 200, "the short way was hardly tried"
