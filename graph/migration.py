"""How does a file come to say in today's words what it says in old ones?

Map files and mappings by their lines, RDF by updates, queries by their tokens. What is written anew has to say the same
when it is read again.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

import yaml

from graph.conversion import updated
from graph.documents import Map, Seq, Value, read_bytes, read_documents
from graph.gate.settings import read_settings
from graph.importers import map as map_file
from graph.importers import rdf
from graph.mapping.renewed import entries, renewed, span
from graph.model import Finding, InputError, ReadOptions, Severity, Where
from graph.ntriples import BASE
from graph.rdf_files import checked_text
from graph.renamed import in_todays_words, old_words
from graph.store.guard import PREFIXES
from ontology.vocabulary import migration_files, vocabulary

__all__ = ["migrated"]

_QUERIES, _LIKE_TURTLE = (".rq", ".ru", ".sparql"), (".ttl", ".trig", ".nt", ".nq")
_OF_A_WHAT_IF = {"add", "change", "remove"}
_OLD_VALUE = re.compile(r"'(?P<old>.+)' is an old word of '(?P<key>.+)'")


def migrated(path: Path) -> tuple[str, tuple[Finding, ...]]:
    """The text of a file in today's words, and what was old in it; the text is as it was where nothing is old.

    Map files, mappings, questions, queries and updates keep their comments and their lines, and so does Turtle where
    it can. Other RDF is written anew.

    Raises:
        InputError: the file is none of these, or cannot be read.
    """
    options, ending = ReadOptions(path.stem, BASE, path.name), path.suffix.lower()
    if ending in _QUERIES:
        return _query(path)
    if ending in rdf.ENDINGS:
        return _rdf(path, options)
    if ending in map_file.ENDINGS:
        return _yaml(path, options)
    remedy = "name .yaml, .json, .rq, .ru or RDF files"
    raise InputError.of("it is no map file, mapping or query, and no RDF", path=path, remedy=remedy)


def _yaml(path: Path, options: ReadOptions) -> tuple[str, tuple[Finding, ...]]:
    """A map file, a mapping, a what-if or rules of the gate; what it is is told by its sections."""
    documents = read_documents(path)
    top = documents[0].value if len(documents) == 1 else None
    sections = set(top) if isinstance(top, Map) else set()
    if "mapping" in sections:
        return renewed(path, _text(path))
    if sections == {"rules"}:
        read_settings(path)  # it names rules and levels of criticality, which have no old words
        return _text(path), ()
    if sections & _OF_A_WHAT_IF and sections <= _OF_A_WHAT_IF | {"title", "description", "namespace"}:
        return _what_if(path)
    return _map(path, options)


def _query(path: Path) -> tuple[str, tuple[Finding, ...]]:
    text = _text(path)
    try:
        found = old_words(text, PREFIXES)
        return in_todays_words(text, PREFIXES), tuple(
            Finding(
                Severity.WARNING,
                "old-word",
                "",
                Where(str(path), word.line),
                f"'{word.old}' is an old word",
                f"write '{word.new}'",
            )
            for word in found
        )
    except InputError as error:
        raise InputError.of(error.problems[0].message, path=path, remedy="mend the query first") from None


def _text(path: Path) -> str:
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeError as error:
        raise InputError.of("it is not UTF-8", path=path, remedy="name another file") from error


def _rdf(path: Path, options: ReadOptions) -> tuple[str, tuple[Finding, ...]]:
    checked_text(path)
    found = _old(rdf.read(path, options).findings)
    text = path.read_bytes().decode("utf-8-sig", "replace")  # XML may be written in another encoding
    if not found:
        return text, ()
    renamed = {old: word.instead for old, word in vocabulary().renamed.items()}
    updates = [file.read_text(encoding="utf-8") for file in migration_files()]
    return updated(path, updates, renamed=renamed, wording=_wording(path, text)), found


def _wording(path: Path, text: str) -> str:
    """Turtle and what is like it with other words in their places; "" for what is written in another way."""
    if path.suffix.lower() not in _LIKE_TURTLE:
        return ""
    try:
        return in_todays_words(text, {})
    except InputError:
        return ""


def _what_if(path: Path) -> tuple[str, tuple[Finding, ...]]:
    """A patch in the words of map files: old keys, and old kinds and codes where such a value stands."""
    text, words = _text(path), vocabulary()
    lists = {(use.key, use.range) for cls in words.classes.values() for use in cls.properties.values()}
    places = list[tuple[int, int, str, str]]()
    for key, value in entries(text):
        if today := words.key_today(key.value):
            places.append((*span(key), key.value, today))
        for each in value.value if isinstance(value, yaml.SequenceNode) else [value]:
            for old in words.renamed.values() if isinstance(each, yaml.ScalarNode) else ():
                if old.key and old.key == each.value and (key.value == "kind" or (key.value, old.of) in lists):
                    places.append((*span(each), old.key, words.word_today(old.key)))
    found = []
    for start, end, was, today in sorted(places, reverse=True):
        where = Where(str(path), text.count("\n", 0, start) + 1)
        found.append(Finding(Severity.WARNING, "old-word", "", where, f"'{was}' is an old word", f"write '{today}'"))
        text = text[:start] + text[start:end].replace(was, today) + text[end:]
    return text, tuple(reversed(found))


def _map(path: Path, options: ReadOptions) -> tuple[str, tuple[Finding, ...]]:
    text = _text(path)
    found = _old(map_file.read(path, options).findings)
    words = vocabulary()
    renamed = [old for old in words.renamed.values() if old.key]
    now = {old.key: _key(old.instead) for old in renamed if old.instead not in {**words.classes, **words.codes}}
    values = {
        old.key: (words.codes.get(old.instead) or words.classes[old.instead]).key
        for old in renamed
        if old.key not in now
    }
    lines = text.splitlines(keepends=True)
    names = "|".join(map(re.escape, now))
    keys = re.compile(rf"(?<![\w-])({names})(?=['\"]?\s*:)")
    for number in _lines_of(path, now) if found else ():
        lines[number - 1] = keys.sub(lambda key: now[key[1]], lines[number - 1])
    for finding in found:
        of = _OLD_VALUE.fullmatch(finding.message)
        if of and finding.where and of["old"] in values:
            at, said = finding.where.line - 1, re.escape(of["old"])
            value = re.compile(
                rf"(?<![\w-])({re.escape(of['key'])}['\"]?\s*:\s*['\"]?){said}(?=['\"]?\s*([,}}#]|$))", re.MULTILINE
            )
            lines[at] = value.sub(rf"\g<1>{values[of['old']]}", lines[at])
    return "".join(lines), found


def _lines_of(path: Path, keys: Collection[str]) -> set[int]:
    """The lines on which one of these is a key."""
    found: set[int] = set()
    seen: set[int] = set()
    waiting: list[Value] = [document.value for document in read_documents(path)]
    while waiting:
        value = waiting.pop()
        if id(value) in seen:
            continue
        if isinstance(value, Map):
            seen.add(id(value))
            found |= {value.key_line(key) for key in keys if key in value}
            waiting += value.values()
        elif isinstance(value, Seq):
            seen.add(id(value))
            waiting += value
    return found


def _old(findings: object) -> tuple[Finding, ...]:
    assert isinstance(findings, tuple)
    return tuple(finding for finding in findings if finding.check == "old-word")


def _key(iri: str) -> str:
    classes = vocabulary().classes.values()
    return next(use.key for cls in classes for use in cls.properties.values() if use.iri == iri)
