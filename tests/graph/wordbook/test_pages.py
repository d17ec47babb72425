"""Does the reference of the vocabulary explain every word, and do all its links lead somewhere?"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from graph.library import questions
from graph.wordbook import wordbook
from graph.wordbook.examples import examples
from graph.wordbook.pages import MODULES, Book
from graph.wordbook.uses import shapes
from ontology import terms as t
from ontology.vocabulary import HOME, ontology_files, vocabulary
from ontology.words import Word, module_of, words

PAGES = wordbook().book.names()


class Read(HTMLParser):
    """What a page holds: its anchors, its links, and the text of each element with an id."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: Counter[str] = Counter()
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self.tags[tag] += 1
        if said.get("id"):
            self.ids.append(str(said["id"]))
        if said.get("href"):
            self.links.append(str(said["href"]))
        if tag not in ("meta", "link", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if self.open[-1:] == [tag]:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@cache
def read(page: str) -> Read:
    return Read(wordbook().file(f"{page}.html"))


def passage(word: Word) -> str:
    page, _, anchor = wordbook().book.place(word.name).partition("#")
    text = wordbook().file(page)
    start = text.index(f'id="{anchor}"')
    ends = [at for mark in ("</section>", "</tr>") if (at := text.find(mark, start)) >= 0]
    return text[start : min(ends)]


@pytest.mark.parametrize("module", sorted({word.module for word in words().values()}))
def test_every_word_is_explained_with_its_name_definition_source_and_where_it_is_used(module: str) -> None:
    from html import escape

    for word in words().values():
        if word.module == module:
            said = passage(word)
            wanted = (word.label, word.name, word.definition, word.note, word.source)
            assert all(escape(each) in said for each in wanted), word.name
            assert all(escape(other.rpartition("/")[2].rpartition("#")[2]) in said for _, other in word.matches), (
                word.name
            )
            assert ">In map files<" in said or not word.key or word.scheme, word.name
            assert ">Takes<" in said or not word.range, word.name


def test_every_module_shape_rule_check_and_question_has_its_place() -> None:
    assert {*MODULES, "alignments"} == {module_of(file) for file in ontology_files() if file.parent == HOME}
    assert {shape.name for shape in shapes()} <= set(read("shapes").ids)
    assert {file.stem for file in HOME.glob("rules/*.rq")} <= set(read("rules").ids)
    assert {file.stem for file in HOME.glob("checks/*.rq")} <= set(read("checks").ids)
    assert set(questions()) <= set(read("questions").ids)
    assert {word.name for word in words().values()} <= set(read("index").ids)


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere_and_no_anchor_is_there_twice(page: str) -> None:
    found = read(page)
    assert [name for name, often in Counter(found.ids).items() if often > 1] == []
    for link in found.links:
        file, _, anchor = link.partition("#")
        if link.startswith(("http:", "https:")):
            continue
        assert not file or file in wordbook().names(), link
        assert not anchor or anchor in read((file or f"{page}.html").removesuffix(".html")).ids, link


@pytest.mark.parametrize("page", PAGES)
def test_a_page_runs_nothing_and_loads_only_its_style(page: str) -> None:
    found = read(page)
    assert found.open == []
    assert not {"script", "img", "iframe", "object"} & set(found.tags)
    assert found.tags["link"] == 1
    assert "@import" not in wordbook().file("style.css")
    assert "url(" not in wordbook().file("style.css")


def test_every_module_has_a_picture_with_a_card_for_each_of_its_classes() -> None:
    for module in MODULES:
        here = [word for word in words().values() if word.module == module and word.sort == "class"]
        picture = wordbook().file(f"{module}.html").partition("<svg")[2].partition("</svg>")[0]
        assert [word.name for word in here if f'#{word.name}"' not in picture] == [], module


def test_an_example_is_what_stands_in_the_file(root: Path) -> None:
    for iri, example in examples().items():
        lines = (root / example.path).read_text(encoding="utf-8").splitlines()
        first = example.text.split("\n")[0]
        assert lines[example.line - 1].strip() == first, iri
    concrete = [c.iri for c in vocabulary().classes.values() if c.key and not c.abstract]
    assert len([iri for iri in concrete if iri in examples()]) > 0.9 * len(concrete)


def test_without_the_shipped_maps_there_are_no_examples(tmp_path: Path) -> None:
    assert examples(tmp_path) == {}


def test_a_property_says_of_what_and_how_often_and_what_it_takes() -> None:
    def told(iri: str) -> str:
        return re.sub(r"<[^>]*>", " ", passage(words()[iri]))

    assert re.search(r"Said of\s+service offering\s+\(exactly once\)", told(t.OFFERING_OF))
    assert re.search(r"Takes\s+the id of a\s+service", told(t.OFFERING_OF))
    assert re.search(r"Takes\s+one word of the list\s+strength", told(t.STRENGTH))
    assert "a length of time" in told(t.TOLERANCE_MINUTES)


def test_a_word_says_where_its_use_ends() -> None:
    assert words()[t.INCIDENT].note
    assert f"<small>{words()[t.INCIDENT].note}</small>" in passage(words()[t.INCIDENT])


def test_the_same_vocabulary_gives_the_same_pages() -> None:
    assert Book().page("governance") == Book().page("governance")


def test_there_is_no_page_of_another_name() -> None:
    with pytest.raises(KeyError):
        Book().page("nothing")
