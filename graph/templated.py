"""Is a file a text with places to be filled, from which the real files are made?"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from graph.documents import Document, read_bytes, read_documents
from graph.model import InputError

__all__ = ["TemplateError", "documents_of", "has_places"]

_PLACE = re.compile(r"\{\{|\{%|<%")


class TemplateError(InputError):
    """A text with places to be filled was to be read; that it cannot be is no mistake of its author."""


def has_places(text: str) -> bool:
    """Whether a text has places to be filled, as Helm, Jinja, Backstage and their like write them.

    >>> has_places("name: {{ .Values.name }}"), has_places("name: {a: {b: c}}")
    (True, False)
    """
    return bool(_PLACE.search(text))


def documents_of(path: Path, *, remedy: str) -> list[Document]:
    """Read the documents of a YAML or JSON file that may be a template.

    Raises:
        TemplateError: it is none and has places to be filled; ``remedy`` says what to do then.
        InputError: it is none, or cannot be read.
    """
    data = read_bytes(path)
    try:
        return read_documents(path, text=data)
    except InputError as error:
        if not has_places(data.decode("utf-8", "replace")):
            raise
        first = error.problems[0]
        message = f"this is a text with places to be filled, it is not read ({first.message})"
        raise TemplateError(replace(first, check="template-of-a-file", message=message, remedy=remedy)) from None
