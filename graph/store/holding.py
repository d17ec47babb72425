"""What does every store tell of the sources that it holds, from what it noted of them?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from graph.store.loaded import Held, Loaded, Revision, Ruled

if TYPE_CHECKING:
    from graph.model import Source

__all__ = ["Holding"]


class Holding:
    """What every store tells of the sources that it holds, from what it noted of them."""

    _loaded: Loaded

    @property
    def revision(self) -> str:
        """As ``Reader.revision``."""
        return self._loaded.revision

    @property
    def sources(self) -> tuple[Source, ...]:
        """As ``Reader.sources``."""
        return self._loaded.sources

    @property
    def held(self) -> tuple[Held, ...]:
        """The sources with what the store knows of them: findings, and whether one is stale."""
        return self._loaded.held

    @property
    def history(self) -> tuple[Revision, ...]:
        """The revisions that are remembered, the oldest first."""
        return self._loaded.history

    @property
    def ruled(self) -> tuple[Ruled, ...]:
        """The rules as they were run for this revision."""
        return self._loaded.ruled

    @property
    def words(self) -> str:
        """The digest of the vocabulary and the rules that it was made with."""
        return self._loaded.words

    @property
    def titles(self) -> Mapping[str, str]:
        """Title and description of the map: those of the first source that says them."""
        return self._loaded.titles

    def place(self, source: Source) -> Path:
        """The full path of a source's file when it was loaded."""
        held = self._held_as(source.id)
        from graph.sources import place_of

        return Path((held.place if held else "") or place_of(source.path))

    def _held_as(self, source_id: str) -> Held | None:
        return next((each for each in self.held if each.source.id == source_id), None)
