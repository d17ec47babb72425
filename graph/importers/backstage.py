"""How is a Backstage catalogue read? Entities in YAML or JSON, one or many to a file, joined by Locations."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import Path, PurePosixPath

from graph.answer import count
from graph.collector import LONGEST_ID, Collector
from graph.documents import Map, Seq, Value
from graph.model import Confidence, Head, ReadOptions, Statements
from graph.templated import documents_of

__all__ = ["ENDINGS", "NAME", "EntityRef", "parse_ref", "read", "recognises"]

NAME = "backstage"
ENDINGS = frozenset({".yaml", ".yml", ".json"})

_VERSION = r"(?:[a-z0-9-]+\.)*backstage\.io/"
_ENTITY = re.compile(rf"""^(?:-\s+)?(?:{{\s*)?["']?apiVersion["']?\s*:\s*["']?{_VERSION}""", re.MULTILINE)
_ENTITY_INSIDE = re.compile(rf'"apiVersion"\s*:\s*"{_VERSION}')
_KIND = re.compile(r"""(?:^|[\s{,"'])kind["']?\s*:""", re.MULTILINE)
_OF_BACKSTAGE = re.compile(_VERSION)
_OF_A_TEMPLATE = "nothing needs to be done if it is the skeleton of a software template"

# Entity kind -> the class that stands for it here. docs/reference/formats.md says why.
_CLASSES = {
    "component": "component",
    "api": "service",
    "system": "application",
    "domain": "business capability",
    "resource": "resource",
    "group": "team",
    "user": "person",
    "location": "data set",
    "template": "tool",
    "environment": "environment",
    "airesource": "resource",
}
# Types of resources that say plainly what the resource is; all other resources stay "resource".
_RESOURCES = {
    "database": "database",
    "cache": "cache",
    "message-broker": "message broker",
    "cluster": "cluster",
    "kubernetes-cluster": "cluster",
    "virtual-machine": "virtual machine",
    "server": "server",
    "load-balancer": "load balancer",
    "network": "network",
    "storage": "storage",
    "bucket": "storage",
    "s3-bucket": "storage",
}
_LIFECYCLES = {"production": "in service", "deprecated": "retiring"}
_SOURCE = "backstage.io/source-location"
_VIEW = "backstage.io/view-url"


@dataclass(frozen=True, slots=True)
class EntityRef:
    """A name of an entity, folded to small letters as Backstage compares it.

    >>> EntityRef("component", "default", "petstore").id, EntityRef("api", "pets", "store").id
    ('component:petstore', 'api:pets:store')
    """

    kind: str
    namespace: str
    name: str

    @property
    def id(self) -> str:
        """The id here: without '/', so that map files can point at it, and without the namespace that all have."""
        return (
            f"{self.kind}:{self.name}" if self.namespace == "default" else f"{self.kind}:{self.namespace}:{self.name}"
        )

    def __str__(self) -> str:
        return f"{self.kind}:{self.namespace}/{self.name}"


_NAME = re.compile(r"[\w.-]+")
_REF = re.compile(r"(?:(?P<kind>[^:/\s]+):)?(?:(?P<namespace>[^:/\s]+)/)?(?P<name>[^:/\s]+)")


def parse_ref(text: str, *, kind: str = "", namespace: str = "default") -> EntityRef:
    """The entity that ``[kind:][namespace/]name`` means; ValueError when it means none.

    >>> str(parse_ref("Team-A", kind="group")), str(parse_ref("user:pets/ada", kind="group"))
    ('group:default/team-a', 'user:pets/ada')
    """
    match = _REF.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"'{text[:80]}' is no entity reference; write [kind:][namespace/]name")
    found = match["kind"] or kind
    if not found:
        raise ValueError(f"'{text[:80]}' names no kind; write for example 'component:{match['name'][:60]}'")
    ref = EntityRef(found.lower(), (match["namespace"] or namespace).lower(), match["name"].lower())
    if len(str(ref)) > LONGEST_ID:
        raise ValueError(f"'{text[:40]}...' is longer than {LONGEST_ID} characters; shorten it")
    return ref


def recognises(head: Head) -> Confidence:
    """By an ``apiVersion`` of Backstage and a ``kind``."""
    if head.path.suffix.lower() not in ENDINGS:
        return Confidence.NO
    pattern = _ENTITY_INSIDE if head.path.suffix.lower() == ".json" else _ENTITY
    known = pattern.search(head.text) and _KIND.search(head.text)
    return Confidence.CERTAIN if known else Confidence.NO


def read(path: Path, options: ReadOptions) -> Statements:
    """Read all entities of one file.

    Raises:
        InputError: the file cannot be read or is no YAML. What is wrong with single entities is told as findings.
    """
    reader = _Reader(path, options)
    for document in documents_of(path, remedy=_OF_A_TEMPLATE):
        reader.document(document.value, document.line)
    return reader.close()


@dataclass(frozen=True, slots=True)
class _Relation:
    """What a field of ``spec`` says: how, the kind that its references mean, and the direction.

    ``how``      a property of the map format, or "needs" for a dependency
    ``reverse``  the reference is the one that the relation starts from
    ``because``  why a dependency follows from it, where the field does not state one
    """

    how: str
    kind: str = ""
    reverse: bool = False
    because: str = ""


_RELATIONS = {
    "owner": _Relation("owner", "group"),
    "system": _Relation("part_of", "system"),
    "domain": _Relation("part_of", "domain"),
    "subdomainOf": _Relation("part_of", "domain"),
    "subcomponentOf": _Relation("part_of", "component"),
    "parent": _Relation("part_of", "group"),
    "children": _Relation("part_of", "group", reverse=True),
    "memberOf": _Relation("team", "group"),
    "members": _Relation("team", "user", reverse=True),
    "dependsOn": _Relation("needs"),
    "dependencyOf": _Relation("needs", reverse=True),
    "consumesApis": _Relation("needs", "api"),
    "providesApis": _Relation("needs", "api", reverse=True, because="an API needs what provides it"),
}
# Fields that mean something under one kind only: 'members' of a System would be nobody's team.
_ONLY = {
    "parent": "group",
    "children": "group",
    "members": "group",
    "memberOf": "user",
    "subdomainOf": "domain",
}
_SPEC = ("type", "lifecycle", "definition", "profile", "target", "targets", "presence", "steps", "parameters", "output")
_HEADER = ("apiVersion", "kind", "metadata", "spec")
_METADATA = ("name", "namespace", "title", "description", "annotations", "labels", "tags", "links")


class _Reader:
    """One file, entity by entity."""

    def __init__(self, path: Path, options: ReadOptions) -> None:
        self.path, self.earlier = path, options.earlier
        self.said = Collector(path, options, NAME)
        self.beside = _Beside(path.parent)
        self.by_type: Counter[str] = Counter()
        self.left_out: dict[str, tuple[int, int]] = {}

    def close(self) -> Statements:
        if self.by_type:
            counted = ", ".join(f"{kind} {number}" for kind, number in self.by_type.most_common())
            message = f"the kind of {count(self.by_type.total(), 'resource')} is inferred from the type: {counted}"
            self.said.note("inferred-kind", 0, message)
        for place, (number, line) in self.left_out.items():
            values = f"{number} values, the first is here" if number > 1 else "1 value"
            self.said.note("left-out", line, f"'{place}' is left out ({values})")
        return self.said.result()

    def leave_out(self, place: str, line: int) -> None:
        number, first = self.left_out.get(place, (0, line))
        self.left_out[place] = (number + 1, first)

    def document(self, value: Value, line: int) -> None:
        """An entity, or a list of them as the catalogue's own interface gives it."""
        if isinstance(value, Seq):
            for item, at in zip(value, value.lines, strict=True):
                self._entity(item, at)
        else:
            self._entity(value, line)

    def _entity(self, entity: Value, line: int) -> None:
        version = entity.get("apiVersion") if isinstance(entity, Map) else None
        if not isinstance(entity, Map) or not isinstance(version, str) or not _OF_BACKSTAGE.match(version):
            self.said.note("no-entity", line, "this document is no entity of Backstage, it is left out")
            return
        kind = entity.get("kind")
        metadata = entity.get("metadata")
        if not isinstance(kind, str) or kind.lower() not in _CLASSES:
            shown = kind[:60] if isinstance(kind, str) else ""
            message = f"unknown kind '{shown}', this entity is left out" if shown else "this entity has no kind"
            remedy = self.said.near(shown, _SPELLINGS) or f"known are {', '.join(_SPELLINGS)}"
            self.said.warn("unknown-kind", entity.lines.get("kind", line), message, remedy)
            return
        name = metadata.get("name") if isinstance(metadata, Map) else None
        if not isinstance(metadata, Map) or not isinstance(name, str) or not name.strip():
            self.said.warn("no-id", line, f"this {kind} has no 'metadata.name', it is left out", "give it one")
            return
        namespace = metadata.get("namespace")
        try:
            ref = parse_ref(name, kind=kind, namespace=_text(namespace) or "default")
        except ValueError:
            ref = None
        if ref is None or not _NAME.fullmatch(name.strip()):
            at = metadata.lines["name"]
            message = f"'{name[:60]}' is no name of an entity, the {kind} is left out"
            self.said.warn("no-id", at, message, "write letters, digits and - _ . only")
            return
        if self._is_new(ref, line):
            spec = entity.get("spec")
            _Entity(self, ref, entity, metadata, spec if isinstance(spec, Map) else Map(line)).read()

    def _is_new(self, ref: EntityRef, line: int) -> bool:
        """Whether this is the first entity of its name, in this file and those before it."""
        first = self.said.line_of(ref.id)
        before = None if first else self.earlier(self.said.iri(ref.id))
        if not first and before is None:
            return True
        place = f"in line {first}" if first else f"in {before}"
        message = f"'{ref}' is here twice, first {place}; the first is taken"
        self.said.warn("duplicate-id", line, message, "give each its own name", subject=self.said.iri(ref.id))
        return False


_SPELLINGS = tuple({"api": "API", "airesource": "AiResource"}.get(kind, kind.capitalize()) for kind in _CLASSES)


class _Entity:
    """One entity."""

    def __init__(self, reader: _Reader, ref: EntityRef, entity: Map, metadata: Map, spec: Map) -> None:
        self.reader, self.said, self.ref = reader, reader.said, ref
        self.entity, self.metadata, self.spec = entity, metadata, spec
        self.id = ref.id

    def read(self) -> None:
        profile = self.spec.get("profile")
        shown = _text(profile.get("displayName")) if isinstance(profile, Map) else ""
        label = _text(self.metadata.get("title")) or shown or _text(self.metadata.get("name"))
        self.said.define(self.id, self._class(), label, self.entity.line)
        self._tell("external_id", str(self.ref), self.metadata.lines["name"])
        self._metadata()
        self._spec()
        for key in self.entity:
            if key not in _HEADER:
                self.reader.leave_out(key, self.entity.lines[key])

    def _class(self) -> str:
        sort = re.sub(r"[\s_]+", "-", _text(self.spec.get("type")).lower())
        known = _RESOURCES.get(sort) if self.ref.kind == "resource" else None
        if known is not None:
            self.reader.by_type[known] += 1
        return known or _CLASSES[self.ref.kind]

    def _tell(self, key: str, value: str, line: int) -> None:
        if value.strip():
            self.said.tell(self.id, key, value, line)

    # What the entity is called and where more stands about it

    def _metadata(self) -> None:
        metadata = self.metadata
        if "description" in metadata:
            self._tell("description", _text(metadata["description"]), metadata.lines["description"])
        for tag, line in _each(metadata.get("tags"), metadata.lines.get("tags", 0)):
            self._tell("tag", _text(tag), line)
        self._links()
        self._annotations()
        for key, value, line in _entries(metadata.get("labels")):
            self.facts(key, value, line, of="label ")
        for key, value in metadata.items():
            if key not in _METADATA:
                self.facts(key, value, metadata.lines[key], of="metadata ")

    def _links(self) -> None:
        links = self.metadata.get("links")
        for number, (link, line) in enumerate(_each(links, self.metadata.lines.get("links", 0)), 1):
            if not isinstance(link, Map) or not _text(link.get("url")):
                message = f"a link of '{self.ref}' has no 'url', it is left out"
                self.said.warn("wrong-value", line, message, "give it one")
                continue
            title, sort = _text(link.get("title")), _text(link.get("type"))
            name = f"{title} ({sort})" if title and sort else title or sort
            self.said.part(self.id, "link", {"name": name, "url": _text(link["url"])}, line, of=str(number))
            for key in link:
                if key not in ("url", "title", "type", "icon"):
                    self.reader.leave_out(f"metadata.links[].{key}", link.lines[key])

    def _annotations(self) -> None:
        for key, value, line in _entries(self.metadata.get("annotations")):
            text = _text(value)
            address = text.removeprefix("url:")
            if key == _SOURCE and _is_address(address):
                self._tell("repository", address, line)
            elif key == _VIEW and _is_address(text):
                self.said.part(self.id, "link", {"name": "view", "url": text}, line, of="view")
            else:
                self.facts(key, value, line, of="annotation ")

    # What the entity is and what it has to do with others

    def _spec(self) -> None:
        for key, value in self.spec.items():
            line = self.spec.lines[key]
            relation = _RELATIONS.get(key) if _ONLY.get(key, self.ref.kind) == self.ref.kind else None
            if relation is not None:
                self._relation(key, relation, value, line)
            elif key == "type" and isinstance(value, str):
                self._type(value, line)
            elif key == "lifecycle" and isinstance(value, str):
                self._lifecycle(value, line)
            elif key == "profile" and isinstance(value, Map):
                self._profile(value)
            elif key == "definition" and not (isinstance(value, Map) and _include(value)):
                self.reader.leave_out("spec.definition", line)
            elif key in ("target", "targets") and self.ref.kind == "location":
                self._targets(value, line)
            else:
                self._misspelt(key)
                self.facts(key, value, line, of="spec ")

    def _type(self, text: str, line: int) -> None:
        if "resource_type" in self.said.properties(self.id):
            self._tell("resource_type", text.strip(), line)
        elif text.strip():
            self.said.fact(self.id, "type", text.strip(), line)

    def _misspelt(self, key: str) -> None:
        """A field that is nearly a relation may be one: a dependency would be lost without a word."""
        near = self.said.near(key, _RELATIONS) if key not in (*_RELATIONS, *_SPEC) else ""
        if near:
            message = f"'{key}' of '{self.ref}' is no field of Backstage's, it is kept as a fact"
            self.said.warn("unknown-property", self.spec.key_line(key), message, near)

    def _lifecycle(self, text: str, line: int) -> None:
        known = _LIFECYCLES.get(text.strip().lower())
        if known is not None:
            self._tell("lifecycle", known, line)
        elif text.strip():
            self.said.fact(self.id, "lifecycle", text.strip(), line)

    def _profile(self, profile: Map) -> None:
        for key, value, line in _entries(profile):
            text = _text(value)
            if key == "email" and "email" in self.said.properties(self.id):
                self._tell("email", text, line)
            elif key == "picture" and _is_address(text):
                self.said.part(self.id, "link", {"name": "picture", "url": text}, line, of="picture")
            elif key != "displayName":
                self.facts(key, value, line, of="profile ")

    def _relation(self, field: str, relation: _Relation, value: Value, line: int) -> None:
        for item, at in _each(value, line):
            ref = self._ref(field, relation, item, at)
            if ref is None:
                continue
            ends = (ref.id, self.id) if relation.reverse else (self.id, ref.id)
            if relation.how == "needs":
                evidence = f"spec.{field} of {self.ref}" + (f"; {relation.because}" if relation.because else "")
                sort = "inferred" if relation.because else "declared"
                self.said.depend(*ends, at, facts={"evidence": evidence, "evidence_type": sort})
            elif relation.reverse:
                subject = "person" if relation.how == "team" else "team"
                self.said.refer(ends[0], relation.how, ends[1], at, kind=subject)
            else:
                self.said.refer(ends[0], relation.how, ends[1], at)

    def _ref(self, field: str, relation: _Relation, item: Value, line: int) -> EntityRef | None:
        """The entity that a reference means, written as a text or as a map."""
        if isinstance(item, Map):
            parts = [_text(item.get(key)) for key in ("kind", "namespace", "name")]
            item = f"{parts[0]}{':' if parts[0] else ''}{parts[1]}{'/' if parts[1] else ''}{parts[2]}"
        if item is None or (isinstance(item, str) and not item.strip()):
            return None
        if not isinstance(item, str):
            message = f"'{field}' of '{self.ref}' holds a list where a reference belongs, it is left out"
            self.said.warn("wrong-reference", line, message, "write [kind:][namespace/]name")
            return None
        try:
            ref = parse_ref(item, kind=relation.kind, namespace=self.ref.namespace)
        except ValueError as problem:
            message, _, remedy = str(problem).partition("; ")
            self.said.warn("wrong-reference", line, f"'{field}' of '{self.ref}': {message}; it is left out", remedy)
            return None
        if ref.kind not in _CLASSES and (near := self.said.near(ref.kind, _CLASSES)):
            self.said.warn("unknown-kind", line, f"'{field}' of '{self.ref}' names the unknown kind '{ref.kind}'", near)
        return ref

    # What is kept in words

    def facts(self, name: str, value: Value, line: int, *, of: str) -> None:
        """Keep a text, a list of them or an include; deeper structures are left out, and that is told."""
        place = f"{_PLACES[of]}.{name}"
        for item, at in _each(value, line):
            if isinstance(item, str):
                if item.strip():
                    self.said.fact(self.id, name, item.strip(), at, of=of)
            elif isinstance(item, Map) and (include := _include(item)):
                self.said.fact(self.id, f"{name} {include}", _text(item[include]), at, of=of)
            elif item is not None:
                self.reader.leave_out(place, at)

    # Locations

    def _targets(self, value: Value, line: int) -> None:
        for item, at in _each(value, line):
            target = _text(item)
            if target:
                self.said.fact(self.id, "target", target, at)
                self._target(target, at)

    def _target(self, target: str, line: int) -> None:
        """Relative targets are asked for; nothing is ever fetched, and no absolute path is opened."""
        if "://" in target or target.startswith("url:"):
            self.said.note("not-followed", line, f"the target '{target[:200]}' is an address, it is not read")
        elif re.match(r"[/\\~]|[A-Za-z]:", target):
            message = f"the target '{target[:200]}' is no relative path, it is not read"
            self.said.warn("not-followed", line, message, "write it from the folder of this file")
        elif any(sign in target for sign in "*?["):
            found = self.reader.beside.fitting(target)
            if not found:
                self.said.warn("not-followed", line, f"no file fits the target '{target[:200]}'", "correct the pattern")
            for path in found:
                self.said.follow.setdefault(path, line)
        else:
            self.said.follow.setdefault(self.reader.path.parent / target, line)


_PLACES = {
    "label ": "metadata.labels",
    "metadata ": "metadata",
    "annotation ": "metadata.annotations",
    "spec ": "spec",
    "profile ": "spec.profile",
}
_MOST_FILES, _MOST_PATTERNS, _MOST_STEPS = 10_000, 50, 10


class _Beside:
    """The files below the folder of a file, looked through once, for targets with a pattern."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.patterns = folder, 0
        self._files: list[tuple[str, ...]] | None = None

    def fitting(self, pattern: str) -> list[Path]:
        """The files that fit; none when the pattern leaves the folder, or there are too many patterns."""
        steps = PurePosixPath(pattern).parts
        self.patterns += 1
        wild = sum(step == "**" for step in steps)
        if ".." in steps or wild > 1 or len(steps) > _MOST_STEPS or self.patterns > _MOST_PATTERNS:
            return []
        if self._files is None:
            self._files = list(islice(self._below(), _MOST_FILES))
        return [self.folder.joinpath(*parts) for parts in self._files if _fits(parts, steps)]

    def _below(self) -> Iterator[tuple[str, ...]]:
        for folder, folders, names in os.walk(self.folder):
            folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "node_modules")
            parts = Path(folder).relative_to(self.folder).parts
            yield from ((*parts, name) for name in sorted(names))


def _fits(parts: tuple[str, ...], steps: tuple[str, ...]) -> bool:
    """Whether the parts of a path fit those of a pattern; ``**`` stands for any number of folders."""
    if "**" in steps:
        before = steps.index("**")
        after = len(steps) - before - 1
        if len(parts) < before + after:
            return False
        parts = (*parts[:before], *parts[len(parts) - after :])
        steps = (*steps[:before], *steps[before + 1 :])
    return len(parts) == len(steps) and all(fnmatchcase(*pair) for pair in zip(parts, steps, strict=True))


def _include(value: Map) -> str:
    """The ``$text``, ``$json``, ``$yaml``, ``$openapi`` ... that stands for a value from elsewhere."""
    only = next(iter(value)) if len(value) == 1 else ""
    return only if only.startswith("$") and isinstance(value[only], str) else ""


def _each(value: Value, line: int) -> Iterator[tuple[Value, int]]:
    """The items of a list, or the one value itself."""
    if isinstance(value, Seq):
        yield from zip(value, value.lines, strict=True)
    elif value is not None:
        yield value, line


def _entries(value: Value) -> Iterator[tuple[str, Value, int]]:
    """The entries of a map; none when it is no map."""
    if isinstance(value, Map):
        yield from ((key, item, value.lines[key]) for key, item in value.items())


def _text(value: Value) -> str:
    return value.strip() if isinstance(value, str) else ""


def _is_address(text: str) -> bool:
    return re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", text) is not None
