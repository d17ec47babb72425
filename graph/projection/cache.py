"""How is a projection kept beside its triples, and opened without reading it? One file that is mapped into memory.

The file is a head and arrays. The head says for which revision, vocabulary and format it is, and a sum of each array;
a file that does not fit or does not add up is as good as none: the projection is built anew.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import sys
import threading
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from graph.model import Finding, Severity, Where
from graph.projection.build import Statements, project, words_of_kinds
from graph.projection.model import Coded, DependencyIris, Edges, Groups, Ids, Projection, Sparse
from graph.texts import Names, Texts
from ontology.vocabulary import ontology_files, shape_files, vocabulary

if TYPE_CHECKING:
    from graph.store.remote import RemoteStore

__all__ = ["FORMAT", "cached", "fetched", "load", "save"]

FORMAT = 3
_MAGIC = b"servicemap projection\n"
_ALIGNED = 64
_NAMES = ("full", "short", "label")
Arrays = dict[str, npt.NDArray[Any]]


def cached(store: Statements, file: Path, *, newest: bool = False) -> Projection:
    """The projection of a store: mapped from the file when that is whole and of this revision, else built and kept.

    Where the file cannot be written, the projection is built for this process alone. With ``newest`` it takes the place
    of one of another revision.
    """
    found = load(file, store.revision)
    if isinstance(found, Projection):
        return found
    built = project(store)
    if found is None or newest:
        with suppress(OSError):
            save(built, file)
    return built


def fetched(store: RemoteStore) -> Projection:
    """The projection of a map in an engine elsewhere, kept here; only sources that have changed are fetched again.

    What was loaded just now and is still at hand is not fetched at all.
    """
    from graph.store.fetched import Fetched

    file = store.beside("projection")
    found = load(file, store.revision)
    if isinstance(found, Projection):
        return found
    with Fetched(store) as columns:
        made = cached(columns if store.draft is None else store.draft, file, newest=True)
        columns.forget()
    return made


@dataclass(frozen=True, slots=True)
class Other:
    """A file that is whole, and of another revision: another process has moved on, it is left alone."""

    revision: str


def load(file: Path, revision: str) -> Projection | Other | None:
    """The projection in a file; None when there is none that can be used."""
    try:
        with file.open("rb") as opened:
            mapped = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
        head, start = _head(mapped)
        if head["key"] != _key():
            return None
        if head["revision"] != revision:
            return Other(head["revision"])
        arrays = {name: _array(mapped, start, *said) for name, said in head["arrays"].items()}
        return _projection(head, arrays)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _head(mapped: mmap.mmap) -> tuple[dict[str, Any], int]:
    begin = len(_MAGIC) + 16
    if mapped[: len(_MAGIC)] != _MAGIC:
        raise ValueError("no projection")
    length, check = (int(mapped[at : at + 8], 16) for at in (len(_MAGIC), len(_MAGIC) + 8))
    written = mapped[begin : begin + length]
    if zlib.crc32(written) != check:
        raise ValueError("the head is damaged")
    head = json.loads(written)
    if head["size"] != len(mapped) - _aligned(begin + length):
        raise ValueError("a part is missing")
    return head, _aligned(begin + length)


def _array(mapped: mmap.mmap, start: int, kind: str, count: int, offset: int, total: int) -> npt.NDArray[Any]:
    array = np.frombuffer(mapped, kind, count, start + offset)
    if _sum(array) != total:
        raise ValueError("an array is damaged")
    return array


def _sum(array: npt.NDArray[Any]) -> int:
    """The sum of all eight-byte words: finds what a disk or a crash does, and is as fast as reading."""
    whole = array.nbytes // 8 * 8
    octets = np.ascontiguousarray(array).view(np.uint8)
    return int(octets[:whole].view("<u8").sum(dtype=np.uint64)) ^ zlib.crc32(octets[whole:].tobytes())


def save(projection: Projection, file: Path) -> None:
    """Write a projection whole or not at all. Raises OSError when the disk refuses."""
    arrays = _arrays(projection)
    places, at = {}, 0
    for name, array in arrays.items():
        places[name] = [array.dtype.str, len(array), at, _sum(array)]
        at = _aligned(at + array.nbytes)
    head = json.dumps(_told(projection) | {"arrays": places, "size": at}).encode()
    draft = file.with_name(f"{file.name}.{os.getpid()}.{threading.get_ident()}.new")
    try:
        with draft.open("wb") as out:
            out.write(_MAGIC + f"{len(head):08x}{zlib.crc32(head):08x}".encode() + head)
            for array in arrays.values():
                out.write(bytes(_aligned(out.tell()) - out.tell()))
                out.write(np.ascontiguousarray(array).data)
            out.write(bytes(_aligned(out.tell()) - out.tell()))
        draft.replace(file)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _aligned(place: int) -> int:
    return -(-place // _ALIGNED) * _ALIGNED


def _key() -> str:
    """What a file must be made for, beside the revision."""
    words = hashlib.sha256()
    for each in (*ontology_files(), *shape_files()):
        words.update(each.read_bytes())
    return f"{FORMAT} {sys.byteorder} {words.hexdigest()[:16]}"


def _told(p: Projection) -> dict[str, Any]:
    return {
        "key": _key(),
        "revision": p.revision,
        "dated": p.dated,
        "shares": {str(number): str(percent) for number, percent in p.groups.share.items()},
        "classes": _coded(p.classes).words,
        "rare": list(p.edges.rare),
        "besides": {cls: len(vertices) for cls, vertices in p.besides.items()},
        "findings": [_finding(finding) for finding in p.findings],
    }


def _finding(finding: Finding) -> list[Any]:
    where = [finding.where.path, finding.where.line] if finding.where else None
    return [finding.severity.value, finding.check, finding.subject, where, finding.message, finding.remedy]


def _coded(classes: Sequence[str]) -> Coded:
    if isinstance(classes, Coded):
        return classes
    words = sorted(set(classes))
    number = {word: code for code, word in enumerate(words)}
    return Coded(words, np.array([number[cls] for cls in classes], np.uint16))


def _arrays(p: Projection) -> Arrays:
    edges, iris = p.edges, p.edges.iris
    assert isinstance(iris, DependencyIris), "only what was made from a store is kept"
    found: Arrays = {
        "stub": p.stub,
        "owned": p.owned,
        "criticality": p.criticality,
        "classes": _coded(p.classes).codes,
        "dependent": edges.dependent,
        "provider": edges.provider,
        "kind": edges.kind,
        "claim": edges.claim,
        "users": p.users,
        "uses": p.uses[0],
        "order": p.uses[1],
        "k": p.groups.k,
        "full": p.groups.full,
        "group_size": p.groups.size,
        "owner": iris.owner,
        "other": iris.other.edges,
        "besides": np.concatenate([*p.besides.values(), np.zeros(0, np.int32)]),
    }
    texts = {"iris": p.iris, "ids": p.ids, "labels": p.labels, "groups": p.groups.iris, "others": iris.other.values}
    for name, rare in edges.rare.items():
        found[f"rare {name}"] = rare.edges
        texts[f"rare {name}"] = rare.values
    for name, column in texts.items():
        held = column if isinstance(column, Texts) else Texts.of(column)
        found[f"{name} blob"], found[f"{name} offsets"] = held.blob, held.offsets
    for name in _NAMES:
        names: Names = getattr(p.names, name)
        found[f"by {name}"], found[f"{name} vertices"] = names.hashes, names.vertices
    return found


def _projection(head: Mapping[str, Any], a: Arrays) -> Projection:
    def texts(name: str) -> Texts:
        return Texts(a[f"{name} blob"], a[f"{name} offsets"])

    kinds = tuple(vocabulary().kinds.values())
    iris, groups = texts("iris"), texts("groups")
    other = Sparse(a["other"], texts("others"))
    ends = a["dependent"], a["provider"], a["kind"]
    made = DependencyIris(ends, (iris, groups), a["owner"], words_of_kinds(kinds), other)
    rare = {name: Sparse(a[f"rare {name}"], texts(f"rare {name}")) for name in head["rare"]}
    ids = Ids(*(Names(a[f"by {name}"], a[f"{name} vertices"]) for name in _NAMES))
    ends_of = np.cumsum(list(head["besides"].values()), dtype=np.int64)[:-1]
    found = Projection(
        revision=head["revision"],
        iris=iris,
        ids=texts("ids"),
        labels=texts("labels"),
        classes=Coded(head["classes"], a["classes"]),
        stub=a["stub"],
        owned=a["owned"],
        criticality=a["criticality"],
        edges=Edges.packed((*ends, a["claim"]), made, rare),
        groups=Groups(
            groups, a["k"], a["full"], a["group_size"], {int(n): Decimal(said) for n, said in head["shares"].items()}
        ),
        kinds=kinds,
        dated=head["dated"],
        findings=tuple(_found(*finding) for finding in head["findings"]),
        known_ids=ids,
        besides=dict(zip(head["besides"], np.split(a["besides"], ends_of), strict=False)),
    )
    vars(found).update(by_provider=True, users=a["users"], uses=(a["uses"], a["order"]))
    return found


def _found(severity: str, check: str, subject: str, where: list[Any] | None, message: str, remedy: str) -> Finding:
    return Finding(Severity(severity), check, subject, Where(*where) if where else None, message, remedy)
