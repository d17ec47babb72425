"""How is the vocabulary read as a book? One HTML page for each module and for each sort of file that uses its words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from html import escape
from pathlib import Path

from graph.answer import count
from graph.look import CODE_FONT, FONT, TOKENS
from graph.wordbook.diagrams import Arrow, diagram
from graph.wordbook.examples import Example, examples
from graph.wordbook.uses import Folder, Shape, Use, asked, shapes, uses
from ontology import terms as t
from ontology.vocabulary import HOME, DependencyKind, Facts, vocabulary
from ontology.words import Word, words

__all__ = ["MODULES", "Book", "style"]

# the order in which a newcomer reads them; a module that is not named here comes after them
_FIRST = (
    "core", "catalogue", "agreement", "technology", "place", "organisation", "process", "operations", "continuity",
    "data", "cloud", "finance", "governance", "reference", "provenance", "result",
)  # fmt: skip
MODULES = tuple(
    dict.fromkeys((*_FIRST, *sorted(file.stem for file in HOME.glob("*.ttl") if file.stem != "alignments")))
)
_OTHERS = ("codes", "shapes", "rules", "checks", "questions")
_TITLES = {
    "reference": "Reference models",
    "codes": "Code lists",
    "provenance": "Where it comes from",
    "result": "Results",
}
_LEADS = {
    "codes": "Lists of words: where a property takes one word of a list, these are the words.",
    "shapes": "What a thing of each class may and must say. Validation asks for it, and editors complete it.",
    "rules": "What follows from a map. Rules run in this order whenever a map is opened or loaded.",
    "checks": "What only shows in the whole map. Each finding says what to write where.",
    "questions": "The questions that are ready to be asked: <code>servicemap ask NAME</code>.",
}
_TAKES = {
    t.XSD_STRING: "a text",
    t.XSD_ANY_URI: "an address, such as https://example.org/page",
    t.XSD_DECIMAL: "a number",
    t.XSD_INTEGER: "a whole number",
    t.XSD_BOOLEAN: "yes or no",
    t.XSD_DATE_TIME: "a moment",
}
_UNITS = {"minutes": "a length of time, kept in minutes", "percent": "a percentage"}
_FILES = (("ttl", "Turtle"), ("jsonld", "JSON-LD"), ("rdf", "RDF/XML"), ("nt", "N-Triples"))
_SHORT = {
    "http://www.w3.org/2004/02/skos/core#": "skos:",
    "http://www.w3.org/ns/prov#": "prov:",
    "http://www.w3.org/2002/07/owl#": "owl:",
    "http://www.w3.org/2001/XMLSchema#": "xsd:",
    "http://bp4mc2.org/def/archimate#": "archimate:",
    "https://www.irit.fr/recherches/MELODI/ontologies/BBO#": "bbo:",
    "http://www.w3.org/ns/dcat#": "dcat:",
    "https://w3id.org/dpv#": "dpv:",
    "https://w3id.org/noria/ontology/": "noria:",
    "http://www.w3.org/ns/odrl/2/": "odrl:",
    "http://www.w3.org/ns/org#": "org:",
    "http://open-services.net/ns/cm#": "oslc-cm:",
    "http://purl.org/net/p-plan#": "pplan:",
    "https://schema.org/": "schema:",
    "http://xmlns.com/foaf/0.1/": "foaf:",
}
_MATCHES = {"exactMatch": "the same", "closeMatch": "nearly the same"}
_ADDRESS = "{module}.html#{name}"


class Book:
    """The pages, made when they are asked for. What they rest on is read once, in about a second."""

    def names(self) -> tuple[str, ...]:
        """The names of all pages, without their ending, in reading order."""
        return ("index", *MODULES, *_OTHERS)

    def page(self, name: str) -> str:
        """The text of one page. Raises KeyError where there is none of that name.

        >>> "business service" in Book().page("catalogue")
        True
        """
        if name == "index":
            return self._sheet(name, "The servicemap vocabulary", self._index())
        if name in MODULES:
            return self._sheet(name, title_of(name), self._module(name))
        if name not in _OTHERS:
            raise KeyError(name)
        body = {"codes": self._codes, "shapes": self._shapes}.get(name)
        return self._sheet(name, title_of(name), body() if body else self._files(name))

    def place(self, name: str) -> str:
        """Where the word of that name is explained: page and anchor. Raises KeyError where there is no such word."""
        return _address(self.words[t.SM + name])

    # What the pages rest on

    @cached_property
    def words(self) -> Mapping[str, Word]:
        """All words by address."""
        return words()

    @cached_property
    def _uses(self) -> Mapping[str, tuple[Use, ...]]:
        return uses()

    @cached_property
    def _shapes_of(self) -> Mapping[str, list[Shape]]:
        found = defaultdict(list)
        for shape in shapes():
            for target in shape.targets:
                found[target].append(shape)
        return found

    @cached_property
    def _below(self) -> Mapping[str, list[Word]]:
        found = defaultdict(list)
        for word in self.words.values():
            for above in word.above:
                found[above].append(word)
        return found

    @cached_property
    def _pointing(self) -> Mapping[str, list[Word]]:
        found = defaultdict(list)
        for word in self.words.values():
            if word.range:
                found[word.range].append(word)
        return found

    @cached_property
    def _parts(self) -> frozenset[str]:
        known = vocabulary()
        return frozenset(c for c in known.classes if known.is_a(c, t.DESCRIPTOR) or known.is_a(c, t.ASSIGNMENT))

    @cached_property
    def _header(self) -> Facts:
        return Facts([HOME / "core.ttl"])

    @property
    def version(self) -> str:
        """The version of the vocabulary, as its header says."""
        return self._header.one(t.ONTOLOGY, t.OWL_VERSION_INFO)

    # Pages

    def _index(self) -> Iterator[str]:
        about = self._header
        yield f'<p class="lead">{_text(about.one(t.ONTOLOGY, t.DCTERMS + "abstract"))}</p>'
        files = " · ".join(f'<a href="servicemap.{ending}">{words}</a>' for ending, words in _FILES)
        yield "<dl>"
        yield f"<dt>Address</dt><dd><code>{t.ONTOLOGY}</code>, prefix <code>sm:</code> for <code>{t.SM}</code></dd>"
        modified = about.one(t.ONTOLOGY, t.DCTERMS_MODIFIED)[:10]
        yield f"<dt>Version</dt><dd>{_text(self.version)}, {modified}</dd>"
        yield f'<dt>Files</dt><dd>{files} · <a href="context.jsonld">JSON-LD context</a></dd>'
        yield f"<dt>Cite as</dt><dd>{_text(about.one(t.ONTOLOGY, t.DCTERMS + 'bibliographicCitation'))}</dd>"
        yield f"<dt>Licence</dt><dd>{_away(about.one(t.ONTOLOGY, t.DCTERMS + 'license'))}</dd></dl>"
        yield '<h2 id="pages">Pages</h2><ul class="cards">'
        for name in self.names()[1:]:
            lead = _first_line(name) if name in MODULES else _LEADS[name]
            yield f'<li><a href="{name}.html"><b>{_text(title_of(name))}</b></a><span>{lead}</span>'
            yield f"<small>{self._count(name)}</small></li>"
        yield '</ul><h2 id="words">All words</h2><ul class="words">'
        for word in sorted(self.words.values(), key=lambda w: (w.label.casefold(), w.name)):
            old = ' class="old"' if word.deprecated else ""
            yield f'<li id="{_text(word.name)}"{old}><a href="{_address(word)}">{_text(word.label)}</a> '
            yield f"<small>{word.sort}</small></li>"
        yield "</ul>"

    def _count(self, name: str) -> str:
        if name in MODULES:
            here = [word for word in self.words.values() if word.module == name]
            classes = sum(word.sort in ("class", "code list") for word in here)
            properties = count(len(here) - classes, "property", "properties")
            return f"{count(classes, 'class', 'classes')}, {properties}"
        if name == "codes":
            lists = len({word.scheme for word in self.words.values() if word.scheme})
            return f"{lists} lists, {sum(bool(word.scheme) for word in self.words.values())} words"
        return str(len(shapes()) if name == "shapes" else len(asked(_folder(name))))

    def _module(self, name: str) -> Iterator[str]:
        here = [word for word in self.words.values() if word.module == name]
        classes = [word for word in here if word.sort in ("class", "code list")]
        properties = [word for word in here if word not in classes]
        files = " · ".join(f'<a href="{name}.{ending}">{words}</a>' for ending, words in _FILES)
        yield f'<p class="lead">{_first_line(name)}</p><p class="files">{files}</p>'
        yield from _contents("Classes", classes)
        yield from _contents("Properties", properties)
        picture = diagram([word for word in classes if word.sort == "class"], self._arrows(), self.words, _ADDRESS)
        if picture:
            yield '<h2 id="picture">In a picture</h2><figure class="picture"><div tabindex="0" role="region" '
            yield f'aria-label="Classes of {_text(title_of(name))}">{picture}</div>'
            yield "<figcaption>A card is a class, with what it points at. Pale cards stand on other pages, dashed ones "
            yield "only gather others. A line leads to the class that a property takes.</figcaption></figure>"
        for heading, those in (("Classes", classes), ("Properties", properties)):
            if those:
                yield f'<h2 id="{heading.lower()}">{heading}</h2>'
            for word in those:
                yield from self._word(word)

    def _codes(self) -> Iterator[str]:
        lists = {word.scheme: self.words[word.scheme] for word in self.words.values() if word.scheme}
        ordered = sorted(lists.values(), key=lambda word: word.label)
        yield f'<p class="lead">{_LEADS["codes"]}</p>'
        yield '<nav class="contents" aria-label="Code lists"><h2>Lists</h2><ul>'
        for word in ordered:
            yield f'<li><a href="#{word.name}-words">{_text(word.label)}</a></li>'
        yield "</ul></nav>"
        for word in ordered:
            if word.module.startswith("codes/"):
                yield from self._word(word, level=2)
            else:
                yield f"<h2>{_text(word.label)}</h2><p>{_text(word.definition)} {self._link(word.iri, 'More')}</p>"
            yield from self._entries(word)

    def _entries(self, scheme: Word) -> Iterator[str]:
        kinds = vocabulary().kinds
        yield f'<div class="table" id="{scheme.name}-words"><table><thead><tr><th scope="col">Word</th>'
        yield '<th scope="col">Meaning</th><th scope="col">Named by</th></tr></thead><tbody>'
        for word in self.words.values():
            if word.scheme == scheme.iri:
                more = f"<br><small>{self._kind(kinds[word.iri])}</small>" if word.iri in kinds else ""
                written = f"<code>{_text(word.key)}</code>" if word.key else ""
                name = f"<b>{_text(word.label)}</b>" if word.label != word.key else ""
                yield f'<tr id="{_text(word.name)}"><th scope="row">{written} {name}<br>'
                yield f'<code class="iri">sm:{_text(word.name)}</code></th>'
                yield f"<td>{_text(word.definition)}{_noted(word)}{more}{_matched(word)}<br>"
                yield f"<small>Source: {_away(word.source)}</small></td>"
                yield f"<td>{self._named(word.iri)}</td></tr>"
        yield "</tbody></table></div>"

    def _kind(self, kind: DependencyKind) -> str:
        if kind.carries_impact:
            carries = f"An outage passes; {_text(kind.strength)} unless stated."
        elif kind.exposure:
            carries = f"No outage passes; the dependent becomes {self._link(kind.exposure)}."
        else:
            carries = "No outage passes."
        return f"{carries} Implies {self._link(kind.shortcut)}."

    def _shapes(self) -> Iterator[str]:
        yield f'<p class="lead">{_LEADS["shapes"]}</p>'
        for shape in shapes():
            yield f'<section class="term" id="{shape.name}"><h3><a href="#{shape.name}">{_text(shape.label)}</a></h3>'
            yield f"<p>Looks at {_listed(self._link(iri) for iri in shape.targets)}.</p>"
            if shape.demands:
                yield '<div class="table"><table><thead><tr><th scope="col">Property</th><th scope="col">Wanted</th>'
                yield "</tr></thead><tbody>"
                for demand in shape.demands:
                    yield f"<tr><td>{self._link(demand.path)}</td><td>{_text(demand.message)}</td></tr>"
                yield "</tbody></table></div>"
            yield "</section>"

    def _files(self, name: str) -> Iterator[str]:
        yield f'<p class="lead">{_LEADS[name]}</p>'
        for key, question in asked(_folder(name)).items():
            yield f'<section class="term" id="{key}"><h3><a href="#{key}">{_text(question.title)}</a> '
            yield f"<code>{key}</code></h3><dl>"
            for head, said in _heads(question.text):
                yield f"<dt>{_text(head.capitalize())}</dt><dd>{_text(said)}</dd>"
            named = dict.fromkeys(t.SM + found for found in re.findall(r"\bsm:([A-Za-z][\w-]*)", question.text))
            links = _listed(self._link(iri) for iri in named if iri in self.words)
            yield f"<dt>Words</dt><dd>{links or 'none of ours'}</dd></dl>"
            yield f"<details><summary>SPARQL</summary><pre>{_text(_body(question.text))}</pre></details></section>"

    # A word

    def _word(self, word: Word, *, level: int = 3) -> Iterator[str]:
        old = " old" if word.deprecated else ""
        yield f'<section class="term{old}" id="{_text(word.name)}">'
        name = _text(word.name)
        yield f'<h{level}><a href="#{name}">{_text(word.label)}</a> <code>sm:{name}</code></h{level}>'
        if word.deprecated:
            yield f'<p class="warning">Do not write this any more; write {self._link(word.replaced_by)}.</p>'
        yield f"<p>{_text(word.definition)}{_noted(word)}</p><dl>"
        facts = self._of_class(word) if word.sort in ("class", "code list") else self._of_property(word)
        for head, said in (*facts, *self._of_any(word)):
            if said:
                yield f"<dt>{head}</dt><dd>{said}</dd>"
        yield "</dl>"
        if example := examples().get(word.iri):
            yield _example(example)
        yield "</section>"

    def _of_class(self, word: Word) -> Iterator[tuple[str, str]]:
        if word.deprecated:  # nothing is made of it any more
            return
        cls = vocabulary().classes[word.iri]
        written = f"<code>kind: {_text(word.key)}</code>" if word.key else ""
        if cls.section:
            written += f" or an entry of <code>{_text(cls.section)}:</code>"
        if word.abstract:
            written = "only gathers others; map files name one of them"
        elif word.iri in self._parts and not word.key:
            written = "as a part of what it describes"
        yield "In map files", written
        yield "A case of", _listed(self._link(iri) for iri in word.above)
        yield "Cases", _listed(self._link(below.iri) for below in self._below.get(word.iri, ()))
        own = dict.fromkeys(d.path for shape in self._shapes_of.get(word.iri, ()) for d in shape.demands)
        yield "Properties", _listed(self._link(path) for path in own)
        inherited = [iri for iri in cls.ancestors if self._shapes_of.get(iri)]
        yield "And those of", _listed(self._link(iri) for iri in inherited)
        yield "Pointed at by", _listed(self._link(each.iri) for each in self._pointing.get(word.iri, ()))
        if word.sort == "code list" and not word.module.startswith("codes/"):
            yield "Words", f'<a href="codes.html#{word.name}-words">in the code lists</a>'

    def _of_property(self, word: Word) -> Iterator[tuple[str, str]]:
        yield "In map files", f"<code>{_text(word.key)}:</code>" if word.key else ""
        yield "Said of", _listed(self._said_of(word))
        yield "Domain", f"only of {self._link(word.domain)}" if word.domain else ""
        yield "Takes", self._takes(word)
        yield "A case of", _listed(self._link(iri) for iri in word.above)
        yield "Cases", _listed(self._link(below.iri) for below in self._below.get(word.iri, ()))

    def _said_of(self, word: Word) -> Iterator[str]:
        """The classes whose shape names the property, and how often each may say it."""
        for target, those in self._shapes_of.items():
            for demand in (d for shape in those for d in shape.demands if d.path == word.iri):
                often = {(True, True): "exactly once", (True, False): "once or more", (False, True): "at most once"}
                said = often.get((demand.required, demand.once), "")
                yield f"{self._link(target)}{f' ({said})' if said else ''}"

    def _takes(self, word: Word) -> str:
        if word.unit in _UNITS:
            return _UNITS[word.unit]
        if word.range in _TAKES or not word.range:
            return _TAKES.get(word.range, "")
        target = self.words.get(word.range)
        if target is None:
            return self._link(word.range)
        if target.sort == "code list":
            return f"one word of the list {self._link(target.iri)}"
        what = "the parts of" if target.iri in self._parts else "the id of"
        return f"{what} {'an' if target.label[0] in 'aeiou' else 'a'} {self._link(target.iri)}"

    def _of_any(self, word: Word) -> Iterator[tuple[str, str]]:
        yield "Elsewhere", _listed(_match(kind, other) for kind, other in word.matches)
        yield "Source", _away(word.source)
        yield "Named by", self._named(word.iri)
        yield "Rows", _listed(self._rows(word.iri))

    def _rows(self, iri: str) -> list[str]:
        """The rows of the reference models that the questions with this word ask for."""
        return sorted({row for use in self._uses.get(iri, ()) for row in use.rows}, key=lambda row: (len(row), row))

    def _named(self, iri: str) -> str:
        """The shapes, rules, checks and questions that name a word."""
        told = defaultdict(list)
        for use in self._uses.get(iri, ()):
            told[use.page].append(f'<a href="{use.page}.html#{use.name}" title="{_text(use.title)}">{use.name}</a>')
        return "<br>".join(f"{page}: {', '.join(links)}" for page, links in told.items())

    def _arrows(self) -> list[Arrow]:
        found = []
        for target, those in self._shapes_of.items():
            for path in dict.fromkeys(d.path for shape in those for d in shape.demands):
                word = self.words.get(path)
                reached = self.words.get(word.range) if word else None
                if word is not None and reached is not None and reached.sort == "class":
                    found.append(Arrow(target, reached.iri, word.label))
        return found

    def _link(self, iri: str, label: str = "") -> str:
        word = self.words.get(iri)
        if word is None:
            return f"<code>{_text(_short(iri))}</code>"
        return f'<a href="{_address(word)}">{_text(label or word.label)}</a>'

    # The sheet around it

    def _sheet(self, name: str, title: str, body: Iterable[str]) -> str:
        links = "".join(
            f'<li><a href="{each}.html"{" aria-current=page" if each == name else ""}>{_text(title_of(each))}</a></li>'
            for each in self.names()
        )
        return _PAGE.format(title=_text(title), links=links, body="\n".join(body), version=_text(self.version))


def title_of(name: str) -> str:
    """The title of a page.

    >>> title_of("catalogue"), title_of("codes")
    ('Catalogue', 'Code lists')
    """
    return "Overview" if name == "index" else _TITLES.get(name, name.capitalize())


def style() -> str:
    """The style sheet of all pages: colours of the explorer, light and dark as the reader's system wants, and paper."""
    light, dark = ("".join(f"--{name}:{pair[side]};" for name, pair in TOKENS.items()) for side in (0, 1))
    sheet = (Path(__file__).parent / "pages.css").read_text(encoding="utf-8")
    return (
        f":root{{color-scheme:light dark;--font:{FONT};--code:{CODE_FONT};{light}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}\n{sheet}"
    )


def _folder(name: str) -> Folder:
    folders: dict[str, Folder] = {"rules": "rules", "checks": "checks", "questions": "questions"}
    return folders[name]


@cache
def _first_line(module: str) -> str:
    """The question that the file of a module answers."""
    first = (HOME / f"{module}.ttl").read_text(encoding="utf-8").partition("\n")[0]
    return _text(first.lstrip("# "))


def _address(word: Word) -> str:
    page = "codes" if word.module.startswith("codes/") else word.module
    return _ADDRESS.format(module=page, name=word.name)


def _contents(heading: str, those: Sequence[Word]) -> Iterator[str]:
    if those:
        links = "".join(f'<li><a href="#{_text(word.name)}">{_text(word.label)}</a></li>' for word in those)
        yield f'<nav class="contents" aria-label="{heading}"><h2>{heading}</h2><ul>{links}</ul></nav>'


def _example(example: Example) -> str:
    where = f"{_text(example.path)}, line {example.line}"
    return f'<figure><figcaption>{where}</figcaption><pre tabindex="0">{_text(example.text)}</pre></figure>'


def _heads(text: str) -> Iterator[tuple[str, str]]:
    """What the first lines of a file say about it, without its title."""
    for line in text.splitlines():
        if not line.startswith("#"):
            return
        head, colon, said = line[1:].strip().partition(":")
        if colon and head.strip() != "title":
            yield head.strip(), said.strip()


def _body(text: str) -> str:
    lines = text.splitlines()
    first = next((n for n, line in enumerate(lines) if line.strip() and not line.startswith("#")), 0)
    return "\n".join(lines[first:])


def _listed(links: Iterable[str]) -> str:
    return ", ".join(links)


def _noted(word: Word) -> str:
    return f" <small>{_text(word.note)}</small>" if word.note else ""


def _matched(word: Word) -> str:
    return "".join(f"<br><small>{_match(kind, other)}</small>" for kind, other in word.matches)


def _match(kind: str, other: str) -> str:
    return f"<code>{_text(_short(other))}</code> ({_MATCHES.get(kind, kind)})"


def _away(address: str) -> str:
    return f'<a class="away" href="{_text(address)}">{_text(address)}</a>' if address else ""


def _short(iri: str) -> str:
    for home, prefix in _SHORT.items():
        if iri.startswith(home):
            return prefix + iri.removeprefix(home)
    return iri


def _text(words: str) -> str:
    return escape(words, quote=True)


_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title} · servicemap vocabulary</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="style.css"></head>
<body><a class="skip" href="#main">Skip to the content</a>
<header><a href="index.html">servicemap vocabulary</a> <span>{version}</span></header>
<div class="sheet"><nav class="pages" aria-label="Pages"><ul>{links}</ul></nav>
<main id="main" tabindex="-1"><h1>{title}</h1>
{body}
</main></div></body></html>
"""
