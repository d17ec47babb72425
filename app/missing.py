"""What is said when nothing is at an address?"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["Missing"]


class Missing(LookupError):  # noqa: N818  (it says what is the case)
    """Nothing is at this address; ``help`` says where to look instead, ``links`` are addresses with their words."""

    def __init__(self, title: str, detail: str, remedy: str, links: Mapping[str, str] | None = None) -> None:
        super().__init__(title)
        self.title, self.detail, self.help, self.links = title, detail, remedy, dict(links or {})
