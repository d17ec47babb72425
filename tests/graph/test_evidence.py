"""Is what was seen in use told apart from what is declared, pair by pair?"""

from __future__ import annotations

from pathlib import Path

from graph.evidence import Standing, answer, witnesses
from graph.maps import Map, open_map

MAP = """\
namespace: shop
elements:
  - id: web
    kind: application
    depends_on:
      - db
      - {on: cache, kind: connects to}
      - {on: host, kind: runs on}
  - {id: job, kind: application, depends_on: [db]}
  - {id: db, kind: database}
  - {id: cache, kind: cache}
  - {id: host, kind: server}
  - {id: mail, kind: application}
"""
TRACES = """\
@base <https://w3id.org/servicemap/id/shop/> .
@prefix sm: <https://w3id.org/servicemap#> .
<web/dependency/connects-to/shop/db> a sm:Dependency ; sm:dependent <web> ; sm:provider <db> ;
    sm:kind sm:kind-connects-to ; sm:callCount 12 ; sm:evidenceType sm:evidence-observed .
<web/dependency/connects-to/shop/mail> a sm:Dependency ; sm:dependent <web> ; sm:provider <mail> ;
    sm:kind sm:kind-connects-to ; sm:evidenceType sm:evidence-observed .
"""


def opened(folder: Path, *, traces: bool = True) -> Map:
    (folder / "map.yaml").write_text(MAP)
    if traces:
        (folder / "traces.ttl").write_text(TRACES)
    return open_map([folder])


def test_pairs_are_seen_declared_or_both_whatever_their_kind(tmp_path: Path) -> None:
    shop = opened(tmp_path)
    p = shop.projection
    found = {(p.ids[w.dependent], p.ids[w.provider]): w for w in witnesses(shop.store, p)}
    assert {pair: w.standing for pair, w in found.items()} == {
        ("shop/web", "shop/mail"): Standing.UNDECLARED,
        ("shop/web", "shop/cache"): Standing.UNSEEN,
        ("shop/web", "shop/db"): Standing.BOTH,
    }, "a server is never seen in a trace, and a job that nobody traced proves nothing"
    both = found["shop/web", "shop/db"]
    assert both.calls == 12
    assert str(both.declared).endswith("map.yaml:6")
    assert str(both.seen).endswith("traces.ttl:3")
    assert found["shop/web", "shop/mail"].declared is None
    assert next(row[4] for row in answer(p, witnesses(shop.store, p)).rows) == "seen, not declared"


def test_without_anything_observed_nothing_is_held_against_what_is_declared(tmp_path: Path) -> None:
    shop = opened(tmp_path, traces=False)
    assert witnesses(shop.store, shop.projection) == ()


def test_pairs_stand_in_the_order_of_the_numbers_in_their_names(tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text(
        "namespace: shop\nelements:\n"
        + "".join(f"  - {{id: e{n}, kind: application, name: App {n}}}\n" for n in (1, 2, 9, 10))
    )
    seen = "".join(
        f"<e{n}/dependency/connects-to/shop/e1> a sm:Dependency ; sm:dependent <e{n}> ; sm:provider <e1> ;\n"
        "    sm:kind sm:kind-connects-to ; sm:evidenceType sm:evidence-observed .\n"
        for n in (10, 9, 2)
    )
    (tmp_path / "traces.ttl").write_text("\n".join(TRACES.splitlines()[:2]) + "\n" + seen)
    shop = open_map([tmp_path])
    told = [shop.projection.labels[each.dependent] for each in witnesses(shop.store, shop.projection)]
    assert told == ["App 2", "App 9", "App 10"]
