"""What would Docker Compose do when its file changes? It makes each container anew whose service is not the same.

Compared is what a service says, and what the file says of the volumes, networks, configs and secrets that it names.
Values are compared and never shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from graph.documents import Map, Seq, Value
from graph.importers.compose import without_tags
from graph.planned import Action, Plan, Planned
from graph.plans._files import maps_of

__all__ = ["TAKES", "TOOL", "read"]

TAKES, TOOL = 2, "Compose"
_SHARED = ("configs", "networks", "secrets", "volumes")
_NOT_RUN = frozenset({"annotations", "depends_on", "develop", "profiles", "pull_policy"})
_COUNTS = frozenset({"deploy", "scale"})


def read(before: Path, after: Path) -> Plan | None:
    """What two states of a Compose file, or of a folder of them, differ in; None where either is no such file.

    >>> read(Path("data/laundry/services.yaml"), Path("data/laundry/services.yaml")) is None
    True
    """
    old, new = _services(before), _services(after)
    if old is None or new is None:
        return None
    planned = tuple(_planned(name, old.get(name), new.get(name)) for name in sorted({*old, *new}))
    return Plan(f"{before} → {after}", TOOL, planned)


def _services(path: Path) -> dict[str, Map] | None:
    """What runs, by its name, files later in the order of their names over those before; None where nothing does."""
    documents = [found for found in maps_of(path, plain=_plain) if _is_compose(found)]
    found: dict[str, Map] = {}
    for document in documents:
        services = document["services"]
        assert isinstance(services, Map)
        for name, said in services.items():
            whole = found.setdefault(name, Map())
            whole.update(said if isinstance(said, Map) else {})
            whole.update(_named(document, said))
    return found if documents else None


def _plain(content: bytes) -> bytes:
    return without_tags(content.decode("utf-8", "surrogateescape"))[0].encode("utf-8", "surrogateescape")


def _is_compose(document: Map) -> bool:
    services = document.get("services")
    return (
        isinstance(services, Map)
        and "apiVersion" not in document
        and all(isinstance(said, Map | None) for said in services.values())
    )


def _named(document: Map, service: Value) -> Iterator[tuple[str, Value]]:
    """What the file itself says of the volumes, networks, configs and secrets that a service names."""
    if isinstance(service, Map):
        for section in _SHARED:
            shared, names = document.get(section), service.get(section)
            if isinstance(shared, Map):
                yield from ((f"{section} {name}", shared[name]) for name in _names(names) if name in shared)


def _names(said: Value) -> Iterator[str]:
    for item in said if isinstance(said, Seq | Map) else ():
        source = item.get("source") if isinstance(item, Map) else item
        if isinstance(source, str):
            yield source.partition(":")[0]


def _planned(name: str, old: Map | None, new: Map | None) -> Planned:
    action, detail = Action.NONE, ""
    if old is None or new is None:
        action = Action.CREATE if old is None else Action.DELETE
    else:
        differing = sorted(key for key in {*old, *new} - _NOT_RUN if old.get(key) != new.get(key))
        had, has = _instances(old), _instances(new)
        if has == 0 < had:
            action = Action.STOP
        elif set(differing) <= _COUNTS and _without_count(old) == _without_count(new):
            action, detail = (Action.SHRINK, f"{has} instead of {had}") if has < had else (Action.NONE, "")
        elif differing:
            action, detail = Action.REPLACE, ", ".join(differing)
    return Planned(f"services.{name}", action, name=name, detail=detail)


def _deployed(service: Mapping[str, Value]) -> Map:
    said = service.get("deploy")
    return said if isinstance(said, Map) else Map()


def _instances(service: Mapping[str, Value]) -> int:
    said = service.get("scale") or _deployed(service).get("replicas")
    return int(said) if isinstance(said, str) and said.isdecimal() and len(said) < 10 else 1


def _without_count(service: Mapping[str, Value]) -> dict[str, Value]:
    return {key: value for key, value in _deployed(service).items() if key != "replicas"}
