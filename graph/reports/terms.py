"""How are the words of the vocabulary told? One row each: how map files say it, what sort it is, what it means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from graph.answer import Answer, count
from graph.similar import did_you_mean

if TYPE_CHECKING:
    from ontology.changes import Changed
    from ontology.lint import Pitfall
    from ontology.vocabulary import Vocabulary

__all__ = ["differences", "pitfalls", "terms"]


def terms(words: Vocabulary, wanted: str = "") -> Answer:
    """The classes, properties, kinds of dependencies and codes whose word, name or definition holds a text.

    >>> from ontology.vocabulary import vocabulary
    >>> [row[:2] for row in terms(vocabulary(), "swimlane").rows if row[1] == "class"]
    [('swimlane', 'class')]
    """
    lists = {
        code.scheme: words.classes[code.scheme].label for code in words.codes.values() if code.scheme in words.classes
    }
    uses = {use.iri: use for cls in words.classes.values() for use in cls.properties.values()}
    found = [
        *((cls, "class") for cls in words.classes.values() if cls.iri not in lists),
        *((use, "property") for use in uses.values()),
        *((kind, "kind of dependency") for kind in words.kinds.values()),
        *(
            (code, f"code: {lists.get(code.scheme, '')}")
            for code in words.codes.values()
            if code.iri not in words.kinds
        ),
    ]
    rows = sorted(
        (term.key, sort, term.iri.rpartition("#")[2], term.definition)
        for term, sort in found
        if wanted.casefold() in f"{term.key} {term.label} {term.iri} {term.definition}".casefold()
    )
    title = count(len(rows), "term") + (f" for '{wanted}'" if wanted else "")
    instead = "" if rows else _instead(words, wanted, [term.key or term.label for term, _ in found])
    columns = ("word", "sort", "term", "definition")
    return Answer(title, "terms", columns, tuple(rows), notes=(instead,) if instead else ())


def _instead(words: Vocabulary, wanted: str, known: Sequence[str]) -> str:
    """What somebody may have meant by a word that is not there: its new name, or the nearest one."""
    today = words.key_today(wanted) or words.word_today(wanted)
    return f"it is called '{today}' now" if today else did_you_mean(wanted, known)


def differences(found: Sequence[Changed]) -> Answer:
    """What changed between two versions of a vocabulary, what breaks first."""
    rows = tuple(
        ("yes" if c.breaking else "no", c.name, f"{c.how} {c.part}".strip(), c.before, c.after, c.instead)
        for c in found
    )
    breaking = sum(c.breaking for c in found)
    title = f"{count(len(found), 'difference')}, {breaking} breaking" if found else "no differences"
    columns = ("breaking", "term", "change", "before", "after", "write instead")
    return Answer(title, "differences", columns, rows, facts={"breaking": breaking})


def pitfalls(found: Sequence[Pitfall]) -> Answer:
    """What the lint of a vocabulary found, critical first."""
    rows = tuple(("critical" if p.critical else "care", p.term, p.message, p.remedy) for p in found)
    critical = sum(p.critical for p in found)
    title = f"{count(len(found), 'pitfall')}, {critical} critical" if found else "no pitfalls"
    return Answer(title, "pitfalls", ("weight", "term", "pitfall", "remedy"), rows, facts={"critical": critical})
