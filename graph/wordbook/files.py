"""Which files make up the published vocabulary? Its pages, their style, and each module in each notation of RDF."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, cached_property

from graph.notation import PREFIXES, as_addresses, in_order, notate, triples_of
from graph.ntriples import Statement, Term, statements
from graph.reports._compact import Compact
from graph.wordbook.pages import MODULES, Book, style
from ontology import terms as t
from ontology.context import CONTEXT_FILE
from ontology.vocabulary import ontology_files, shape_files
from ontology.words import Word

__all__ = ["NOTATIONS", "WHOLE", "Wordbook", "wordbook"]

WHOLE = "servicemap"
NOTATIONS: Mapping[str, str] = {"ttl": "turtle", "jsonld": "jsonld", "rdf": "rdfxml", "nt": "ntriples"}
_PREFIXES = {
    **PREFIXES,
    "owl": t.OWL,
    "skos": t.SKOS,
    "prov": t.PROV,
    "sh": t.SH,
    "vann": "http://purl.org/vocab/vann/",
}


_LISTS = f"{t.ONTOLOGY}/list/"


def _as_skos(words: Mapping[str, Word]) -> bytes:
    """The code lists as concept schemes, and their words as top concepts, for tools that know SKOS alone."""
    said: list[Statement] = []
    for word in words.values():
        if word.scheme:
            kind, scheme = words[word.scheme], _LISTS + words[word.scheme].name
            said += [
                Statement(scheme, t.RDF_TYPE, Term(t.SKOS + "ConceptScheme", is_iri=True)),
                Statement(scheme, t.SKOS + "prefLabel", Term(kind.label, language="en")),
                Statement(scheme, t.SKOS + "hasTopConcept", Term(word.iri, is_iri=True)),
                Statement(word.iri, t.SKOS + "prefLabel", Term(word.label, language="en")),
                Statement(word.iri, t.SKOS + "inScheme", Term(scheme, is_iri=True)),
                Statement(word.iri, t.SKOS + "topConceptOf", Term(scheme, is_iri=True)),
            ]
    return "".join(f"{statement}\n" for statement in said).encode()


class Wordbook:
    """The files by name, each made when it is asked for. The same vocabulary gives the same bytes."""

    def __init__(self) -> None:
        self.book = Book()
        self._kept: dict[str, str] = {}

    def names(self) -> tuple[str, ...]:
        """The names of all files.

        >>> {"index.html", "servicemap.ttl", "catalogue.jsonld"} <= set(wordbook().names())
        True
        """
        pages = (f"{page}.html" for page in self.book.names())
        files = (f"{module}.{ending}" for module in self.modules() for ending in NOTATIONS)
        return (*pages, "style.css", "context.jsonld", "shapes.ttl", *files)

    def modules(self) -> tuple[str, ...]:
        """What there are RDF files of: the whole, each module, and the code lists."""
        return (WHOLE, *MODULES, "codes")

    def file(self, name: str) -> str:
        """The text of one file, made once. Raises KeyError where there is none of that name."""
        if name not in self._kept:
            self._kept[name] = self._made(name)
        return self._kept[name]

    def _made(self, name: str) -> str:
        stem, _, ending = name.rpartition(".")
        if ending == "html":
            return self.book.page(stem)
        if name == "style.css":
            return style()
        if name == "context.jsonld":
            return CONTEXT_FILE.read_text(encoding="utf-8")
        if name == "shapes.ttl":
            return notate({"": triples_of(shape_files())}, "turtle", _PREFIXES)
        if stem not in self.modules():
            raise KeyError(name)
        return self._written(self._lines_of(stem), ending)

    def word(self, name: str, ending: str) -> str:
        """What is said of one word, in a notation. Raises KeyError where there is no such word, or notation.

        >>> wordbook().word("Team", "ttl").count("sm:Team ")
        1
        """
        if t.SM + name not in self.book.words:
            raise KeyError(name)
        return self._written(self._said[f"<{t.SM}{name}>"], ending)

    @cached_property
    def _said(self) -> Mapping[str, list[bytes]]:
        """Subject -> its lines of N-Triples."""
        found: dict[str, list[bytes]] = {}
        for line in in_order([triples_of(ontology_files()), _as_skos(self.book.words)]):
            found.setdefault(line.partition(b" ")[0].decode(), []).append(line)
        return found

    def _lines_of(self, module: str) -> list[bytes]:
        if module == WHOLE:
            return [line for lines in self._said.values() for line in lines]
        subjects = [f"<{w.iri}>" for w in self.book.words.values() if w.module.partition("/")[0] == module]
        if module == "codes":
            subjects += [subject for subject in self._said if subject.startswith(f"<{_LISTS}")]
        return [line for subject in subjects for line in self._said[subject]]

    def _written(self, lines: list[bytes], ending: str) -> str:
        text = b"\n".join([*lines, b""])
        if NOTATIONS[ending] == "jsonld":
            return Compact(statements(as_addresses(in_order([text]))), _PREFIXES).text()
        return notate({"": text}, NOTATIONS[ending], _PREFIXES)


@cache
def wordbook() -> Wordbook:
    """The files of the vocabulary that is shipped, one for the whole process."""
    return Wordbook()
