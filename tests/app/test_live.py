"""Does a server show the newest state that could be read, and say why a newer one could not?"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from app.atlas import Atlas
from app.live import Live
from app.map.canvas import ahead, picture
from app.map.screen import screen
from app.view import View
from app.web import create_server
from graph.maps import load_into, open_map

SHOP = """\
title: Shop
elements:
  - {id: shop, kind: business service, name: Shop, depends_on: [web]}
  - {id: web, kind: application, name: Web, depends_on: [db]}
  - {id: db, kind: database, name: Store}
"""


def until(happened: Callable[[], bool]) -> bool:
    """Whether it happens within ten seconds."""
    end = time.monotonic() + 10
    while not happened() and time.monotonic() < end:
        time.sleep(0.02)
    return happened()


def live_of(folder: Path) -> Live:
    return Live(open_map([folder]), lambda: open_map([folder]))


def test_an_edit_is_shown_and_what_was_there_keeps_its_place(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(SHOP)
    live = live_of(tmp_path)
    first = live.atlas.picture(View()).layout
    (tmp_path / "shop.yaml").write_text(f"{SHOP}  - {{id: cache, kind: cache, name: Cache}}\n")
    assert live.renew()
    second = live.atlas.picture(View()).layout
    space = f"{tmp_path.name}/"
    assert set(second.positions) - set(first.positions) == {f"{space}cache"}
    rows = [[second.positions[f"{space}{name}"].y for name in ("shop", "web", "db")]]
    assert rows == [sorted(rows[0])]


def test_another_name_of_the_same_width_is_another_picture(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(SHOP)
    live = live_of(tmp_path)
    first = live.atlas.picture(View())
    (tmp_path / "shop.yaml").write_text(SHOP.replace("name: Web}", "name: Wed}").replace("name: Web,", "name: Wed,"))
    assert live.renew()
    second = live.atlas.picture(View())
    assert second.layout.positions == first.layout.positions
    assert second.key != first.key


def test_a_picture_of_a_new_state_has_the_badges_of_the_one_before_until_its_own_are_known(tmp_path: Path) -> None:
    more = "  - {id: mend, kind: incident, name: Slow, started_at: 2020-01-01T00:00Z, affects: [db]}\n"
    (tmp_path / "shop.yaml").write_text(SHOP + more)
    live = live_of(tmp_path)
    first = ahead(live.atlas, "", narrow=False)
    assert "broken" in str(first["drawn"])
    assert "before" not in first["key"]
    (tmp_path / "shop.yaml").write_text(SHOP.replace("name: Store", "name: Vault"))
    assert live.renew()
    second = ahead(live.atlas, "", narrow=False)
    assert "Vault" in str(second["drawn"])
    assert "broken" in str(second["drawn"])
    assert second["key"].endswith("badges of before")
    third = picture(live.atlas, screen(live.atlas, ""), second["key"], narrow=False)
    assert "broken" not in str(third["drawn"])
    assert ahead(live.atlas, "", narrow=False) == third, "they are known now"


def test_what_cannot_be_read_leaves_the_last_state_and_says_why(tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text(SHOP)
    live = live_of(tmp_path)
    client = create_server(live).test_client()
    before = client.get("/revision.json").get_json()
    assert before["trouble"] == []
    file.write_text(SHOP.replace("kind: database", "kind: databse"))
    assert not live.renew()
    told = client.get("/revision.json").get_json()
    assert told["revision"] == before["revision"]
    assert "shop.yaml:5" in told["trouble"][0]
    file.write_text(SHOP)
    live.renew()
    assert client.get("/revision.json").get_json()["trouble"] == []


def test_a_map_that_was_given_whole_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(SHOP)
    assert not Live(open_map([tmp_path])).renew()


def test_watching_sees_edits_new_files_and_new_loads_of_a_store(tmp_path: Path) -> None:
    folder = tmp_path / "maps"
    folder.mkdir()
    (folder / "shop.yaml").write_text(SHOP)
    live = live_of(folder)
    live.watch([folder])
    (folder / "more.yaml").write_text("elements:\n  - {id: mail, kind: application, name: Mail}\n")
    assert until(lambda: len(live.atlas) == 4)
    (folder / "more.yaml").unlink()
    assert until(lambda: len(live.atlas) == 3)
    live.stop()
    store = tmp_path / "shop.store"
    load_into(store, [folder])
    stored = Live(open_map(store=store), lambda: open_map(store=store))
    stored.watch()
    (folder / "shop.yaml").write_text(SHOP.replace("name: Web", "name: Web shop"))
    load_into(store, [folder])
    assert until(lambda: "Web shop" in stored.atlas.projection.labels)
    stored.stop()


def test_another_state_lets_the_memory_of_the_one_before_be_given_back(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(SHOP)
    live = live_of(tmp_path)
    gc.freeze()
    assert not live.renew()
    assert gc.get_freeze_count() > 0
    (tmp_path / "shop.yaml").write_text(SHOP.replace("name: Web", "name: Web shop"))
    assert live.renew()
    assert gc.get_freeze_count() == 0


def test_a_picture_that_several_ask_for_at_once_is_drawn_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shop.yaml").write_text(SHOP)
    atlas, drawn, all_asked = live_of(tmp_path).atlas, [], Barrier(3)
    draw = Atlas.draw

    def slowly(self: Atlas, *args: Any, **more: Any) -> Any:
        drawn.append(args)
        time.sleep(0.2)
        return draw(self, *args, **more)

    monkeypatch.setattr(Atlas, "draw", slowly)

    def ask(_: int) -> Any:
        all_asked.wait(10)
        return atlas.picture(View())

    with ThreadPoolExecutor(3) as people:
        found = list(people.map(ask, range(3)))
    assert len(drawn) == 1
    assert found[0] is found[1] is found[2] is atlas.picture(View())
