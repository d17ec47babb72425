"""What does the command line say is changed, beside elements by name? Plans, files old and new, a query, git."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.options import WORKING_TREE
from app.question import text_of

if TYPE_CHECKING:
    from graph.analysis.changes import Change
    from graph.analysis.windows import Spans
    from graph.maps import Map

__all__ = ["Proposal", "in_git"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Where the changes come from.

    ``plans``         files that tools have written about what they are about to do
    ``edits``         files of tools, as they were and as they will be
    ``query``         gives the elements
    ``base``, ``head``   two revisions of the map's own files in git
    """

    plans: tuple[Path, ...]
    edits: tuple[tuple[Path, Path], ...]
    query: str | None
    base: str | None
    head: str

    def __bool__(self) -> bool:
        """Whether it says anything."""
        return bool(self.plans or self.edits or self.query or self.base)

    @property
    def words(self) -> str:
        """What it is, in words."""
        given = ((self.plans, "the plan"), (self.edits, "the edit"), (self.query, "the query"), (self.base, "the edit"))
        return next((words for said, words in given if said), "the change")

    def maps(
        self, files: tuple[Path, ...], *, store: Path | str | None, namespace: str, mappings: tuple[Path, ...]
    ) -> tuple[Map, Map | None]:
        """The map, and what it was before it was edited; None where it is not.

        Raises InputError where it cannot be opened, and where git and something else are given.
        """
        from graph.maps import open_map
        from graph.model import InputError

        if self.base is None:
            if self.head != WORKING_TREE:
                raise InputError.of("--head needs --base", remedy="name the revision to compare with")
            return open_map(files, store=store, namespace=namespace, mappings=mappings), None
        if store is not None or len(files) != 1:
            raise InputError.of("--base takes one file or folder in git", remedy="name it, and no --store")
        before, after = in_git(files[0], self.base, self.head, namespace, mappings)
        return after, before

    def chosen(self, opened: Map) -> Iterator[int]:
        """The elements that the query gives, in any column. Raises InputError where it gives none."""
        if self.query is None:
            return
        from graph.model import InputError
        from graph.store import Limits
        from graph.store.guard import check_query
        from graph.store.isolation import ask

        text = text_of(self.query)
        check_query(text)
        table = ask(opened.store, text, Limits())
        index = opened.projection.index
        cells = [cell.text for row in getattr(table, "rows", ()) for cell in row if cell is not None]
        found = dict.fromkeys(index[text] for text in cells if text in index)
        if not found:
            raise InputError.of("the query gives no element of the map", remedy="let it select elements: SELECT ?e …")
        yield from found

    def changes(self, opened: Map, before: Map | None, windows: Spans) -> tuple[list[Change], tuple[str, ...]]:
        """What plans, files and edits change on the map, and what must be said of them."""
        from graph.analysis.changes import Change, ChangeKind

        found, said = list[Change](), list[str]()
        if self.plans or self.edits:
            from graph.planned import changes, planning
            from graph.plans import read_edit, read_plan

            read = [*map(read_plan, self.plans), *(read_edit(old, new) for old, new in self.edits)]
            told = planning(opened, read)
            found += changes(told.effects, windows=windows)
            said += told.told(opened.projection.labels)
        if before is not None and self.base is not None:
            from graph.compare import compare, removed

            index = opened.projection.index
            gone = removed(compare(before, opened), before, opened)
            found += [Change(ChangeKind.RETIREMENT, index[iri], windows) for iri in gone if iri in index]
            freely = [before.projection.labels[before.projection.index[iri]] for iri in gone if iri not in index]
            said += [f"removed, and nothing needs it any more: {name}" for name in freely]
            said += [str(f) for f in opened.reading if f.check == "unknown-reference" and f.subject not in gone]
        return found, tuple(said)


def in_git(path: Path, base: str, head: str, namespace: str, mappings: tuple[Path, ...]) -> tuple[Map, Map]:
    """A map at two times of its git repository.

    Raises InputError when there is no such repository or revision, or the map cannot be read there.
    """
    from graph.revisions import Repository

    repository = Repository.around(path)
    before = repository.opened(base, namespace=namespace, mappings=mappings, may_lack=True)
    if head == WORKING_TREE:
        return before.opened, repository.working_tree(namespace=namespace, mappings=mappings).opened
    return before.opened, repository.opened(head, namespace=namespace, mappings=mappings).opened
