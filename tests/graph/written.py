"""How does a test write a small map? One text, one folder, one opened map."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from graph.maps import Map, open_map

SHOP = """
    title: A shop
    teams:
      - {id: web-team, name: Web team}
    elements:
      - id: shop
        kind: business service
        name: Shop
        owner: web-team
        depends_on:
          - web
          - {on: db, strength: degrading, tolerance: 30 min}
      - id: web
        kind: application
        depends_on:
          - of: [vm-1, {on: vm-2, kind: runs on}]
            k: 1
      - {id: db, kind: database, owner: web-team}
      - {id: vm-1, kind: virtual machine}
      - {id: vm-2, kind: virtual machine}
"""


def write(folder: Path, text: str, name: str = "map.yaml") -> Path:
    """Write a text, without its indentation, into ``folder/shop/``; return the file."""
    file = folder / "shop" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(dedent(text), encoding="utf-8")
    return file


def opened(folder: Path, text: str = SHOP, name: str = "map.yaml") -> Map:
    """Write a map and open it."""
    return open_map([write(folder, text, name)])
