"""What is open is read from the statements: groups that say nothing, old evidence, sources that failed, odd reserves."""

from datetime import UTC, datetime, timedelta

import pytest

from graph.analysis.unknowns import ENDLESS
from graph.doubts import Ages, doubts, failed
from graph.maps import load_into, open_map, open_store
from tests.graph.written import opened, write

NOW = datetime(2026, 11, 26, tzinfo=UTC)
MAP = """
    elements:
      - {id: shop, kind: business service, depends_on: [{of: [a, b], k: 1}, {of: [a, b, {on: c, last_seen: 2025-01-01}]}]}
      - {id: a, kind: server, depends_on: [{on: c, last_seen: 2026-03-01}, {on: b, refill: 1 h}]}
      - {id: b, kind: server}
      - {id: c, kind: server}
"""


@pytest.fixture
def small(tmp_path):
    return opened(tmp_path, MAP)


def ends(p, edges):
    """Dependent and provider of edges; a group is called by its number."""
    return {
        tuple(
            p.ids[v].partition("/")[2] if v < len(p) else "group"
            for v in (int(p.edges.dependent[e]), int(p.edges.provider[e]))
        )
        for e in edges
    }


def test_groups_old_evidence_and_reserves_without_a_size_are_found(small):
    p = small.projection
    found = doubts(small.store, p, at=NOW)
    assert len(found.needed) == 1
    assert ends(p, found.stale) == {("group", "c"), ("a", "c")}
    assert {(next(iter(ends(p, [e]))), most) for e, most in found.longest.items()} == {(("a", "b"), ENDLESS)}
    assert ends(p, doubts(small.store, p, at=NOW, limit=timedelta(days=400)).stale) == {("group", "c")}


def test_an_age_is_that_of_the_evidence_or_else_of_the_reading(small):
    p, ages = small.projection, Ages(small.store, NOW)
    by_end = {next(iter(ends(p, [e]))): ages.of(iri) for e, iri in enumerate(p.edges.iris)}
    assert (by_end["a", "c"].by, by_end["a", "c"].days, by_end["a", "c"].words) == (
        "evidence",
        270,
        "seen 270 days ago",
    )
    assert (by_end["a", "b"].by, by_end["a", "b"].since) == ("import", small.store.sources[0].loaded_at)
    assert ages.of("https://example.org/nowhere").words == "age unknown"


def test_a_source_that_cannot_be_read_any_more_is_told_and_gets_old(tmp_path):
    file = write(tmp_path, MAP)
    load_into(tmp_path / "store", [file])
    file.write_text("elements: [", encoding="utf-8")
    load_into(tmp_path / "store", [file])
    with open_store(tmp_path / "store") as store:
        (told,) = failed(store)
        assert told.path.endswith("map.yaml")
        assert f"cannot be read since {told.since[:10]}; it counts as it was on {told.loaded_at[:10]}" in told.words
        p = open_map(store=tmp_path / "store").projection
        read = datetime.fromisoformat(told.loaded_at)
        young, old = (doubts(store, p, at=read + timedelta(days=days)) for days in (179, 181))
        assert ends(p, young.stale) < ends(p, old.stale)
        assert ("group", "a") in ends(p, old.stale)
