"""What does a map file look like, as a JSON Schema that editors understand? Everything in it comes from the vocabulary.

``python -m ontology.schema`` writes ``map.schema.json`` anew; a test says when that is due.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from ontology import terms as t
from ontology.vocabulary import HOME, ElementClass, PropertyUse, Vocabulary, vocabulary

__all__ = ["SCHEMA_FILE", "map_schema", "schema_text"]

SCHEMA_FILE = HOME / "map.schema.json"

Schema = dict[str, Any]

_UNITS = "s|sec|seconds?|min|mins|minutes?|h|hours?|d|days?|weeks?"
_LENGTH_OF_TIME = rf"^\s*([0-9]+(\.[0-9]+)?\s*({_UNITS})\s*)+$"
_PERCENTAGE = r"^\s*[0-9]+(\.[0-9]+)?\s*%?\s*$"
_NUMBER = r"^\s*[+-]?[0-9]+(\.[0-9]+)?\s*$"
_WHOLE_NUMBER = r"^\s*[+-]?[0-9]+\s*$"
_ADDRESS = r"^\s*[A-Za-z][A-Za-z0-9+.-]*:\S+\s*$"
_MOMENT = r"^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d))?$"
_BASE = r"^https?://\S+[/#]$"
_TRUTH = (True, False, "true", "false", "yes", "no", "on", "off")
_SCALAR = ("string", "number", "boolean")  # text is text as written, also where YAML sees a number or a truth in it


def map_schema(words: Vocabulary | None = None) -> Schema:
    """The JSON Schema (draft 2020-12) of a map file.

    Says what a single file can say. Whether references lead somewhere is only known when all files are read.

    Args:
        words: the vocabulary to describe; the shipped one unless told.

    Returns:
        The schema as a value that ``json`` can write.

    >>> sorted(map_schema()["properties"])[:3]
    ['access_groups', 'access_roles', 'activities']
    """
    return _Schema(words or vocabulary()).whole()


def schema_text() -> str:
    """The schema as it is shipped."""
    return json.dumps(map_schema(), indent=1, ensure_ascii=False) + "\n"


class _Schema:
    """Builds the schema of one vocabulary; each property and part is said once and referred to."""

    def __init__(self, words: Vocabulary) -> None:
        self.words = words
        self.definitions: dict[str, Schema] = {}
        self.names: dict[PropertyUse, str] = {}
        self.kinds = [c for c in words.classes.values() if c.key and not c.abstract and words.is_a(c.iri, t.ELEMENT)]

    def whole(self) -> Schema:
        sections = {c.section: self._section(c) for c in self.kinds if c.section}
        self.definitions |= {_class_name(c): self._entry(c) for c in self.kinds}
        self.definitions["dependency"] = self._dependency()
        self.definitions["id"] = _plain("Unique in its namespace; never changes.", pattern="^[^/]+$")
        self.definitions["reference"] = _plain("The id of an element, or namespace/id.", pattern="^[^/]+(/[^/]+)?$")
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": "https://w3id.org/servicemap/map.schema.json",
            "title": "servicemap map file",
            "description": "Elements of a service map and what depends on what, made for people and git.",
            "type": "object",
            "properties": {
                "namespace": _plain("The first half of the names of all elements; without it, the folder's name."),
                "title": _plain("What the map is called."),
                "description": _plain("What the map shows."),
                "base": {"type": "string", "pattern": _BASE, "description": "The address that all ids begin with."},
                "stubs": _maybe_many(_ref("reference"))
                | {"description": "What this file points at although nobody has defined it yet."},
                "elements": _list(self._dispatch(self.kinds, None), "Elements of any kind; each says its 'kind'."),
                **sections,
            },
            "additionalProperties": False,
            "$defs": dict(sorted(self.definitions.items())),
        }

    def _section(self, cls: ElementClass) -> Schema:
        below = [c for c in self.kinds if self.words.is_a(c.iri, cls.iri)]
        entry = self._dispatch(below, cls) if len(below) > 1 else _ref(_class_name(cls))
        return _list(entry, cls.definition)

    @staticmethod
    def _dispatch(kinds: Iterable[ElementClass], default: ElementClass | None) -> Schema:
        """An entry that is described by the class that its ``kind`` names."""
        choices = {c.key: c for c in kinds}
        branches: list[Schema] = [
            {"if": {"properties": {"kind": {"const": key}}, "required": ["kind"]}, "then": _ref(_class_name(cls))}
            for key, cls in choices.items()
        ]
        if default is not None:
            branches.append({"if": {"not": {"required": ["kind"]}}, "then": _ref(_class_name(default))})
        return {
            "type": "object",
            "properties": {"kind": {"enum": list(choices)}},
            "required": ["id"] if default is not None else ["id", "kind"],
            "allOf": branches,
        }

    def _entry(self, cls: ElementClass) -> Schema:
        own = {
            "id": _ref("id"),
            "name": _plain("What people call it."),
            "kind": {"const": cls.key, "description": cls.definition},
            "depends_on": _maybe_many(_ref("dependency")) | {"description": "What it depends on, and how."},
        }
        return _object(cls, own | self._properties(cls), required=("id",))

    def _properties(self, cls: ElementClass, *, without: str = "") -> dict[str, Schema]:
        return {key: _ref(self._property(use)) for key, use in cls.properties.items() if key != without}

    def _property(self, use: PropertyUse) -> str:
        """The name of the definition of a property; the same for all classes that use it alike."""
        if use not in self.names:
            taken = set(self.names.values())
            name = f"property-{use.key}"
            number = 2
            while name in taken:
                name, number = f"property-{use.key}-{number}", number + 1
            self.names[use] = name
            single = self._value(use)
            said = {"title": use.label, "description": use.definition}
            self.definitions[name] = said | (_maybe_many(single) if use.many else single)
        return self.names[use]

    def _value(self, use: PropertyUse) -> Schema:
        if use.kind == "reference":
            return {"anyOf": [_ref("reference"), {"type": "null"}]}
        if use.kind == "code":
            return {"enum": [*(code.key for code in self.words.codes_of(use.range)), None]}
        if use.kind == "part":
            return {"anyOf": [_ref(self._part(self.words.classes[use.range])), {"type": "null"}]}
        return _literal(use)

    def _part(self, cls: ElementClass) -> str:
        name = _class_name(cls)
        if name not in self.definitions:
            self.definitions[name] = {}  # a part may hold parts of its own class
            own = {"id": _ref("id")} | self._properties(cls)
            self.definitions[name] = _object(cls, own)
        return name

    def _dependency(self) -> Schema:
        edge, group = self.words.classes[t.DEPENDENCY], self.words.classes[t.DEPENDENCY_GROUP]
        members = {"description": "The alternatives.", **_maybe_many(_ref("dependency"))}
        minimum = {
            "description": "How many members must work: a count such as 1, or a share such as '50 %'.",
            "anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": _PERCENTAGE}],
        }
        self.definitions["alternatives"] = _object(
            group,
            self._properties(group, without="k") | {"id": _ref("id"), "of": members, "k": minimum},
            required=("of",),
        )
        self.definitions["long-dependency"] = _object(
            edge, {"on": _ref("reference")} | self._properties(edge), required=("on",), optional=("kind",)
        )
        return {
            "if": {"type": "object"},
            "then": {
                "if": {"required": ["of"]},
                "then": _ref("alternatives"),
                "else": _ref("long-dependency"),
            },
            "else": _ref("reference"),
        }


def _object(
    cls: ElementClass, properties: dict[str, Schema], *, required: tuple[str, ...] = (), optional: tuple[str, ...] = ()
) -> Schema:
    needed = [key for key, use in cls.properties.items() if use.required and key not in optional]
    return {
        "title": cls.label,
        "description": cls.definition,
        "type": "object",
        "properties": properties,
        "required": [*required, *needed],
        "additionalProperties": False,
    }


def _literal(use: PropertyUse) -> Schema:
    """A value of a datatype, as YAML or a person may write it."""
    if use.unit == "minutes":
        return {"type": ["string", "null"], "pattern": _LENGTH_OF_TIME, "examples": ["30 min", "4 h", "2 days"]}
    if use.unit == "percent":
        return _numeric(use, "number", _PERCENTAGE)
    match use.range:
        case t.XSD_INTEGER:
            return _numeric(use, "integer", _WHOLE_NUMBER)
        case t.XSD_DECIMAL:
            return _numeric(use, "number", _NUMBER)
        case t.XSD_BOOLEAN:
            return {"enum": [*_TRUTH, None]}
        case t.XSD_DATE_TIME:
            return {
                "type": ["string", "null"],
                "pattern": _MOMENT,
                "examples": ["2026-01-31T08:00:00+01:00", "2026-01-31"],
            }
        case t.XSD_ANY_URI:
            return {"type": ["string", "null"], "pattern": _ADDRESS, "examples": ["https://example.org/page"]}
        case _:
            return {"type": [*_SCALAR, "null"]} | ({"pattern": use.pattern} if use.pattern else {})


def _numeric(use: PropertyUse, kind: str, pattern: str) -> Schema:
    number: Schema = {"type": kind}
    if use.minimum is not None:
        number["minimum"] = _plain_number(str(use.minimum))
    if use.maximum is not None:
        number["maximum"] = _plain_number(str(use.maximum))
    return {"anyOf": [number, {"type": "string", "pattern": pattern}, {"type": "null"}]}


def _plain_number(text: str) -> int | float:
    return float(text) if "." in text else int(text)


def _plain(description: str, *, pattern: str = "") -> Schema:
    return {"type": list(_SCALAR), "description": description} | ({"pattern": pattern} if pattern else {})


def _maybe_many(single: Schema) -> Schema:
    """One value, or a list of them."""
    return {"if": {"type": "array"}, "then": {"items": single}, "else": {"anyOf": [single, {"type": "null"}]}}


def _list(entry: Schema, description: str) -> Schema:
    return {"description": description, "type": ["array", "null"], "items": entry}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _class_name(cls: ElementClass) -> str:
    return f"class-{(cls.key or cls.label).lower().replace(' ', '-')}"


if __name__ == "__main__":
    SCHEMA_FILE.write_text(schema_text(), encoding="utf-8")
