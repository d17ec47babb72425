"""How does a file come to say in today's words what it says in old ones? Map files by their lines, RDF by updates."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from graph.conversion import updated
from graph.documents import Map, Seq, Value, read_documents
from graph.importers import map as map_file
from graph.importers import rdf
from graph.model import Finding, InputError, ReadOptions
from graph.ntriples import BASE
from ontology.vocabulary import migration_files, vocabulary

__all__ = ["migrated"]

_OLD_VALUE = re.compile(r"'(?P<old>.+)' is an old word of '(?P<key>.+)'")


def migrated(path: Path) -> tuple[str, tuple[Finding, ...]]:
    """The text of a file in today's words, and what was old in it; the text is as it was where nothing is old.

    A map file keeps its comments and its lines. RDF is written anew, its comments are lost.

    Raises:
        InputError: the file is neither a map file nor RDF, or cannot be read.
    """
    options = ReadOptions(path.stem, BASE, path.name)
    if path.suffix.lower() in rdf.ENDINGS:
        return _rdf(path, options)
    if path.suffix.lower() in map_file.ENDINGS:
        return _map(path, options)
    raise InputError.of("it is neither a map file nor RDF", path=path, remedy="name .yaml, .json or RDF files")


def _rdf(path: Path, options: ReadOptions) -> tuple[str, tuple[Finding, ...]]:
    found = _old(rdf.read(path, options).findings)
    if not found:
        return path.read_text(encoding="utf-8"), ()
    made = updated(path, [file.read_text(encoding="utf-8") for file in migration_files()])
    if made == updated(path, ()):
        raise InputError.of("no update knows its old words", path=path, remedy="write the new ones by hand")
    return made, found


def _map(path: Path, options: ReadOptions) -> tuple[str, tuple[Finding, ...]]:
    text = path.read_bytes().decode("utf-8-sig")
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
