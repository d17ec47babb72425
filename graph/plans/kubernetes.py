"""What would Kubernetes do when its manifests change? Which workloads it ends, shrinks, starts anew, and whose rights.

Compared is object by object, by kind, namespace and name. Values are compared and never shown, be they secret or not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from graph.documents import Map, Seq, Value
from graph.importers.kubernetes import WORKLOADS, listed, pod_of, template_of
from graph.planned import Action, Plan, Planned
from graph.plans._files import maps_of

__all__ = ["TAKES", "TOOL", "read"]

TAKES, TOOL = 2, "Kubernetes"
_READ_BY_WORKLOADS = frozenset({"ConfigMap", "PersistentVolumeClaim", "Secret"})
_BINDINGS = frozenset({"ClusterRoleBinding", "RoleBinding"})
_DEEPEST = 50


class _Key(NamedTuple):
    kind: str
    space: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.space}/{self.name}" if self.space else f"{self.kind} {self.name}"


_Objects = dict[_Key, Map]


def read(before: Path, after: Path) -> Plan | None:
    """What two states of manifests, each a file or a folder, differ in; None where either holds no manifest.

    >>> read(Path("data/laundry/services.yaml"), Path("data/laundry/services.yaml")) is None
    True
    """
    old, new = _objects(before), _objects(after)
    if not old or not new:
        return None
    moved = _reading_what_changed(old, new)
    planned = tuple(_planned(key, old.get(key), new.get(key), moved.get(key, "")) for key in sorted({*old, *new}))
    return Plan(f"{before} → {after}", TOOL, planned, rights=tuple(_rights(old, new)))


def _objects(path: Path) -> _Objects:
    found: _Objects = {}
    for document in maps_of(path):
        for each in listed(document):
            about, kind = _map(each.get("metadata")), each.get("kind")
            name, space = about.get("name") or about.get("generateName"), about.get("namespace")
            if isinstance(kind, str) and isinstance(name, str) and isinstance(each.get("apiVersion"), str):
                found[_Key(kind, space if isinstance(space, str) else "", name)] = each
    return found


def _map(value: Value) -> Map:
    return value if isinstance(value, Map) else Map()


def _planned(key: _Key, old: Map | None, new: Map | None, reads: str) -> Planned:
    action, detail, fewer = Action.NONE, "", False
    if old is None or new is None:
        action = Action.CREATE if old is None else Action.DELETE
    elif key.kind in WORKLOADS:
        action, detail = _workload(old, new)
        fewer = _fewer(old, new) and action is Action.UPDATE
        if action is Action.NONE and reads:
            action, detail = Action.UPDATE, f"reads {reads}, which is changed"
    elif differing := _differing(old, new):
        action, detail = Action.UPDATE, ", ".join(differing)
    return Planned(str(key), action, name=key.name, detail=detail, fewer=fewer)


def _workload(old: Map, new: Map) -> tuple[Action, str]:
    """What becomes of a workload: fewer instances, none, or all of them anew, one after the other or at once."""
    was, will = _map(old.get("spec")), _map(new.get("spec"))
    had, has = _instances(was), _instances(will)
    if has == 0 < had or will.get("suspend") == "true" != was.get("suspend"):
        return Action.STOP, ""
    if differing := sorted(set(_differing(_pod(old), _pod(new)))):
        strategy = _map(will.get("strategy") or will.get("updateStrategy")).get("type")
        action = Action.REPLACE if strategy == "Recreate" or new.get("kind") == "Pod" else Action.UPDATE
        more = f"; then {has} instead of {had} instances" if _fewer(old, new) else ""
        return action, ", ".join(differing) + more
    return (Action.SHRINK, f"{has} instead of {had}") if has < had else (Action.NONE, "")


def _fewer(old: Map, new: Map) -> bool:
    return _instances(_map(new.get("spec"))) < _instances(_map(old.get("spec")))


def _instances(spec: Mapping[str, Value]) -> int:
    said = spec.get("replicas")
    return int(said) if isinstance(said, str) and said.isdecimal() and len(said) < 10 else 1


def _pod(workload: Map) -> Map:
    """What its instances are made from: a change of it makes them anew."""
    pod = Map()
    pod.update(pod_of(workload))
    if workload.get("kind") != "Pod":
        pod.update(_map(template_of(workload).get("metadata")))
    return pod


def _differing(old: Map, new: Map) -> list[str]:
    """Names of the fields in which two differ; of containers, the fields inside."""
    found = list[str]()
    for key in sorted({*old, *new} - {"metadata", "status"}):
        one, other = old.get(key), new.get(key)
        if one == other:
            continue
        if key in ("containers", "initContainers"):
            found += _in_containers(_by_name(one), _by_name(other))
        else:
            found.append(key)
    return found


def _by_name(containers: Value) -> dict[str, Map]:
    return (
        {str(each.get("name")): each for each in containers or () if isinstance(each, Map)}
        if isinstance(containers, Seq)
        else {}
    )


def _in_containers(old: Mapping[str, Map], new: Mapping[str, Map]) -> Iterator[str]:
    if old.keys() != new.keys():
        yield "containers"
    for name in sorted(old.keys() & new.keys()):
        yield from (key for key in {*old[name], *new[name]} if old[name].get(key) != new[name].get(key))


def _reading_what_changed(old: _Objects, new: _Objects) -> dict[_Key, str]:
    """Workloads that read a ConfigMap, a Secret or a claim that is changed or gone: its kind and name."""
    changed = {
        (key.space, key.kind, key.name)
        for key in old
        if key.kind in _READ_BY_WORKLOADS and (key not in new or _differing(old[key], new[key]))
    }
    found: dict[_Key, str] = {}
    for key, workload in new.items() if changed else ():
        for kind, name in _references(_pod(workload)) if key.kind in WORKLOADS else ():
            if (key.space, kind, name) in changed:
                found.setdefault(key, f"{kind} {name}")
    return found


_POINTERS = {
    "configMapRef": ("ConfigMap", "name"),
    "configMapKeyRef": ("ConfigMap", "name"),
    "configMap": ("ConfigMap", "name"),
    "secretRef": ("Secret", "name"),
    "secretKeyRef": ("Secret", "name"),
    "secret": ("Secret", "secretName"),
    "persistentVolumeClaim": ("PersistentVolumeClaim", "claimName"),
}


def _references(value: Value, depth: int = 0) -> Iterator[tuple[str, str]]:
    """Kind and name of all that a template reads, wherever in it that stands."""
    if isinstance(value, Map):
        for key, inner in value.items():
            if key in _POINTERS and isinstance(inner, Map):
                kind, field = _POINTERS[key]
                name = inner.get(field) or inner.get("name")
                if isinstance(name, str):
                    yield kind, name
            if depth < _DEEPEST:
                yield from _references(inner, depth + 1)
    elif isinstance(value, Seq):
        for item in value if depth < _DEEPEST else ():
            yield from _references(item, depth + 1)


def _rights(old: _Objects, new: _Objects) -> Iterator[str]:
    """Who loses and who gets access, by the bindings of roles."""
    had, has = _granted(old), _granted(new)
    yield from (f"loses access: {told}" for told in sorted(had - has))
    yield from (f"gets access: {told}" for told in sorted(has - had))


def _granted(objects: _Objects) -> set[str]:
    found = set()
    for key, binding in objects.items():
        if key.kind in _BINDINGS:
            role, subjects = _map(binding.get("roleRef")).get("name"), binding.get("subjects")
            where = f" in {key.space}" if key.space else ""
            for subject in subjects if isinstance(subjects, Seq) else ():
                told = _map(subject)
                found.add(f"{told.get('kind')} {told.get('name')}, role {role}{where}")
    return found
