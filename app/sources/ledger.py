"""What does an address of the sources page show? One of its tables, filtered by words, a page of it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, urlencode

from app.atlas import MOST_CHECKED, Atlas
from graph.answer import Answer, count
from graph.reports.findings import answer as findings
from graph.reports.json import data

__all__ = ["PAGE_SIZE", "TABS", "Ledger", "link", "numbers", "table", "values"]

PAGE_SIZE = 100
TABS = {
    "files": "Sources",
    "findings": "Findings",
    "undefined": "Not defined",
    "evidence": "Declared and seen",
    "check": "Check a file",
}


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the address asks for.

    >>> Ledger.parse("show=findings&q=a++b&page=2")
    Ledger(show='findings', words='a b', page=2)
    >>> Ledger.parse("show=secrets&page=-1") == Ledger()
    True
    """

    show: str = "files"
    words: str = ""
    page: int = 1

    @classmethod
    def parse(cls, query: str) -> Ledger:
        """Read the part of an address after the question mark; what nobody understands is left out."""
        last = {key: found[-1] for key, found in parse_qs(query.lstrip("?"), max_num_fields=200).items()}
        page = last.get("page", "")
        return cls(
            show=last["show"] if last.get("show") in TABS else "files",
            words=" ".join(last.get("q", "").split())[:200],
            page=max(1, int(page)) if page.isdecimal() and len(page) < 7 else 1,
        )


def link(ledger: Ledger, *, ending: str = "") -> str:
    """The address that shows it.

    >>> link(Ledger()), link(Ledger("findings", page=3), ending=".csv")
    ('/sources', '/sources.csv?show=findings&page=3')
    """
    parts = {
        "show": "" if ledger.show == "files" else ledger.show,
        "q": ledger.words,
        "page": "" if ledger.page == 1 else str(ledger.page),
    }
    query = urlencode({key: value for key, value in parts.items() if value}, quote_via=quote)
    return f"/sources{ending}{f'?{query}' if query else ''}"


def numbers(atlas: Atlas, shown: str = "") -> dict[str, int | None]:
    """How many rows each table has; None for what a large map has not worked out, unless it is the one ``shown``."""

    def of(show: str, name: str) -> int | None:
        ready = len(atlas) <= MOST_CHECKED or show in ("files", "undefined", shown) or name in vars(atlas)
        return len(getattr(atlas, name)) if ready else None

    tables = {"files": "sources", "findings": "findings", "undefined": "stubs", "evidence": "witnesses"}
    return {show: of(show, name) for show, name in tables.items()}


def table(atlas: Atlas, ledger: Ledger) -> Answer:
    """The table that an address shows, all its pages; those that hold all words somewhere."""
    makers = {"findings": _findings, "undefined": _undefined, "evidence": _evidence}
    whole = makers.get(ledger.show, _files)(atlas)
    wanted = ledger.words.casefold().split()
    if not wanted:
        return whole
    rows = tuple(row for row in whole.rows if _says(row, wanted))
    return Answer(whole.title, whole.of, whole.columns, rows, whole.facts, whole.notes)


def _says(row: tuple[object, ...], wanted: list[str]) -> bool:
    text = " ".join(str(cell) for cell in row).casefold()
    return all(word in text for word in wanted)


def values(atlas: Atlas, ledger: Ledger) -> dict[str, object]:
    """All tables as plain values, or the one that the address asks for by name."""
    if ledger != Ledger():
        return data(table(atlas, ledger))
    found: dict[str, object] = {"title": atlas.title, "revision": atlas.projection.revision}
    for show in numbers(atlas):
        part = data(table(atlas, Ledger(show)))
        found |= {key: part[key] for key in part if isinstance(part[key], list) and key != "notes"}
    return found


def _files(atlas: Atlas) -> Answer:
    known = len(atlas) <= MOST_CHECKED or "findings" in vars(atlas)
    told: Mapping[str, Counter[str]] = atlas.findings_in if known else {}
    held = {each.id for each in atlas.map.stale}
    return Answer(
        title=count(len(atlas.sources), "source"),
        of="sources",
        columns=(
            *("source", "path", "importer", "elements", "loaded at", "digest", "commit"),
            *("errors", "warnings", "notes", "stale"),
        ),
        rows=tuple(
            (
                source.id,
                source.path,
                source.importer,
                atlas.elements_in[source.id],
                source.loaded_at,
                source.digest,
                source.commit,
                told[source.path]["error"] if known else None,
                told[source.path]["warning"] if known else None,
                told[source.path]["note"] if known else None,
                source.id in held,
            )
            for source in sorted(atlas.sources, key=lambda each: each.id)
        ),
        facts={"revision": atlas.projection.revision},
        notes=() if known else ("findings are being worked out; ask again in a minute",),
    )


def _findings(atlas: Atlas) -> Answer:
    return findings(atlas.findings)


def _undefined(atlas: Atlas) -> Answer:
    p = atlas.projection
    rows = []
    for stub in atlas.stubs:
        users = atlas.used_by(stub)
        where = atlas.where(users[0].edge) if users else None
        names = dict.fromkeys(p.ids[each.element] for each in users[:200])
        rows.append((p.ids[stub], p.labels[stub], atlas.users(stub), tuple(names), str(where or "")))
    return Answer(
        title=count(len(rows), "element") + " mentioned and not defined",
        of="not defined",
        columns=("id", "name", "used", "by", "first"),
        rows=tuple(rows),
        facts={"revision": p.revision},
    )


def _evidence(atlas: Atlas) -> Answer:
    return atlas.witnessed
