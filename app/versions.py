"""Which address does a file of the explorer have? One with the digest of what is in it, so that it may be kept."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from app import look

__all__ = ["ASSETS", "look_address", "versioned"]

ASSETS = Path(__file__).parent / "assets"


def versioned(name: str) -> str:
    """The address of an asset; it may be kept for ever."""
    return f"/assets/{name}?v={_digest((ASSETS / name).read_bytes())}"


def look_address(name: str) -> str:
    """The address of the stylesheet or of the colours of the canvas, which are made here."""
    content = look.css() if name.endswith(".css") else json.dumps(look.canvas())
    return f"/{name}?v={_digest(content.encode())}"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]
