"""Does the catalogue say what the sources say about each service, and whether its promise can be carried?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.analysis.known import Known
from graph.catalogue import Entry, answer, carried_words, catalogue, promise_words
from graph.maps import Map, open_map
from graph.store.embedded import MemoryStore
from graph.store.interface import Row

LAUNDRY = Path(__file__).parents[2] / "data" / "laundry"


@pytest.fixture(scope="module")
def laundry() -> Map:
    return open_map([LAUNDRY])


@pytest.fixture(scope="module")
def entries(laundry: Map) -> dict[str, Entry]:
    p = laundry.projection
    return {p.ids[entry.element]: entry for entry in catalogue(laundry.store, p)}


def test_services_of_every_sort_are_in_it_and_nothing_else(entries: dict[str, Entry]) -> None:
    assert {"laundry/laundry", "laundry/carrier", "laundry/detergent"} <= set(entries)
    assert "laundry/same-day" not in entries


def test_the_promise_is_held_against_what_is_promised_beneath(entries: dict[str, Entry]) -> None:
    laundry = entries["laundry/laundry"]
    assert promise_words(laundry) == "99 %"
    assert carried_words(laundry) == "Not guaranteed"
    assert laundry.slack is not None
    assert laundry.slack == pytest.approx(laundry.check.allowed - laundry.check.promised)  # type: ignore[union-attr]
    assert carried_words(entries["laundry/detergent"]) == "No promise"


def test_offerings_have_their_prices(laundry: Map, entries: dict[str, Entry]) -> None:
    rows = answer(laundry.projection, [entries["laundry/laundry"]]).rows
    assert ("Next day, ¥ 300 per bag", "Same day, ¥ 500 per bag") in rows[0]


def test_what_no_source_says_stays_unsaid(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "elements:\n  - {id: a, kind: technical service, name: A}\n"
        "  - {id: old, kind: business service, name: Old, lifecycle: retired}\n"
    )
    opened = open_map([tmp_path])
    found = catalogue(opened.store, opened.projection)
    assert [(e.owners, e.criticality, e.state, e.promised, e.price) for e in found] == [
        ((), "", "", None, None),
        ((), "", "retired", None, None),
    ]
    assert [entry.retired for entry in found] == [False, True]


def test_unchecked_promises_are_said_to_be_so(laundry: Map) -> None:
    found = {carried_words(e) for e in catalogue(laundry.store, laundry.projection, checked=False) if e.promised}
    assert found == {"Not worked out"}


def test_it_asks_as_often_however_many_services_there_are(laundry: Map, monkeypatch: pytest.MonkeyPatch) -> None:
    known, asked, rows = Known(laundry.projection, laundry.figures), list[str](), MemoryStore.rows

    def counted(store: MemoryStore, text: str) -> Iterator[Row]:
        asked.append(text)
        return rows(store, text)

    monkeypatch.setattr(MemoryStore, "rows", counted)
    monkeypatch.setattr(MemoryStore, "about", lambda *_: pytest.fail("one service was asked for"))
    assert len(catalogue(laundry.store, laundry.projection, known=known)) == 4
    assert len(asked) == 2
