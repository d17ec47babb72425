"""What does an address of the query page ask? A ready question with its values, or a query of one's own. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qs, quote, urlencode

from graph.model import InputError

__all__ = ["LONGEST", "ROWS", "VIEWS", "Asked", "link"]

VIEWS = {"table": "Table", "chart": "Chart", "graph": "Graph", "raw": "Raw"}
ROWS = (100, 1_000, 10_000)
"""How many rows an answer may have, to choose from."""
LONGEST = 8_000
"""Characters of a query in an address; a longer one is for the command line and for /sparql."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks, and how the answer is shown.

    ``name``    a ready question, with ``values`` for its parameters
    ``text``    a query of one's own
    ``rows``    the most rows that are wanted
    ``view``    how the answer is shown, "" for what fits
    ``find``    words that a row must hold
    ``sort``    the column that rows are sorted by, with a minus the other way round
    ``across``, ``up``  the columns of a chart, "" for those that fit
    ``words``   what somebody looks for in the library

    >>> asked = Asked.parse("ask=services-behind&$service=shop%2Fweb&sort=-name&rows=100")
    >>> asked.name, asked.values, asked.sort, asked.rows
    ('services-behind', {'service': 'shop/web'}, '-name', 100)
    """

    name: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    rows: int = 1_000
    view: str = ""
    find: str = ""
    sort: str = ""
    page: int = 1
    across: str = ""
    up: str = ""
    words: str = ""

    @classmethod
    def parse(cls, query: str) -> Asked:
        """Read the part of an address after the question mark. Raises InputError for what cannot be."""
        try:
            values = parse_qs(query.lstrip("?"), max_num_fields=200)
        except ValueError as error:
            raise InputError.of("the address says too much", remedy="give fewer values") from error
        last = {key: found[-1] for key, found in values.items()}
        rows, page = last.get("rows", ""), last.get("page", "")
        found = cls(
            name=last.get("ask", "").strip(),
            values={key[1:]: value.strip() for key, value in last.items() if key.startswith("$") and value.strip()},
            text=last.get("query", "").replace("\r\n", "\n"),
            rows=int(rows) if rows in map(str, ROWS) else 1_000,
            view=last["view"] if last.get("view") in VIEWS else "",
            find=" ".join(last.get("find", "").split())[:200],
            sort=last.get("sort", "")[:200],
            page=max(1, int(page)) if page.isdecimal() and len(page) < 7 else 1,
            across=last.get("across", "")[:200],
            up=last.get("up", "")[:200],
            words=" ".join(last.get("q", "").split())[:200],
        )
        found.check()
        return found

    def check(self) -> None:
        """Raise InputError for what cannot be, in words that say how to mend it."""
        if self.name and self.text:
            raise InputError.of("a ready question and a query are asked together", remedy="leave one of them out")
        if len(self.text) > LONGEST:
            remedy = "make it shorter; a program may send a longer one to /sparql"
            raise InputError.of(f"a query in an address has at most {LONGEST:,} characters", remedy=remedy)

    @property
    def anything(self) -> bool:
        """Whether there is a question at all."""
        return bool(self.name or self.text.strip())

    @property
    def same(self) -> Asked:
        """The part that decides which rows there are; what only shows them is left out."""
        return Asked(name=self.name, values=self.values, text=self.text, rows=self.rows)

    @property
    def query(self) -> str:
        """The part of the address after the question mark, always in the same order, without what is usual.

        >>> Asked(name="catalogue", view="chart", page=2).query
        'ask=catalogue&view=chart&page=2'
        """
        said = {
            "ask": self.name,
            **{f"${key}": self.values[key] for key in sorted(self.values)},
            "query": self.text,
            "rows": "" if self.rows == 1_000 else str(self.rows),
            "view": self.view,
            "find": self.find,
            "sort": self.sort,
            "page": "" if self.page == 1 else str(self.page),
            "across": self.across,
            "up": self.up,
            "q": self.words,
        }
        return urlencode({key: value for key, value in said.items() if value}, safe="$/,:?{}", quote_via=quote)

    def asking(self, name: str) -> Asked:
        """Another question of the library, while the same words are looked for."""
        return Asked(name=name, words=self.words)

    def shown(self, view: str) -> Asked:
        """The same answer, shown in another way."""
        return replace(self, view=view, page=1)


def link(asked: Asked, *, ending: str = "") -> str:
    """The address of a question.

    >>> link(Asked(name="catalogue"), ending=".csv"), link(Asked())
    ('/query.csv?ask=catalogue', '/query')
    """
    return f"/query{ending}?{asked.query}" if asked.query else f"/query{ending}"
