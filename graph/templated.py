"""Is a file a text with places to be filled, from which the real files are made?"""

from __future__ import annotations

import re
from pathlib import Path

from graph.model import Finding, InputError, ReadOptions, Severity, Source, Statements, Where

__all__ = ["has_places", "passed_over"]

_PLACE = re.compile(r"\{\{|\{%|\$\{\{|<%")


def has_places(text: str) -> bool:
    """Whether a text has places to be filled, as Helm, Jinja, Backstage and their like write them.

    >>> has_places("name: {{ .Values.name }}"), has_places("name: {a: {b: c}}")
    (True, False)
    """
    return bool(_PLACE.search(text))


def passed_over(path: Path, options: ReadOptions, kind: str, error: InputError, remedy: str) -> Statements:
    """No statements and one warning: that such a text cannot be read is no mistake of its author."""
    first = error.problems[0]
    message = f"this is a text with places to be filled, it is not read ({first.message})"
    where = first.where or Where(str(path))
    finding = Finding(Severity.WARNING, "template-of-a-file", "", where, message, remedy)
    return Statements(Source(options.source_id, str(path), kind, "", options.namespace), b"", {}, (finding,))
