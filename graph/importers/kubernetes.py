"""How are Kubernetes manifests read? Their workloads, and which services of these files their settings name."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from graph.answer import count
from graph.collector import LONGEST_ID, Collector
from graph.documents import Document, Map, Seq, Value, read_documents, read_start
from graph.images import parse_image
from graph.model import Confidence, Head, InputError, ReadOptions, Statements, Where
from graph.templated import documents_of, has_places

__all__ = ["ENDINGS", "NAME", "WORKLOADS", "listed", "pod_of", "read", "recognises", "template_of"]

NAME = "kubernetes"
ENDINGS = frozenset({".yaml", ".yml", ".json"})
WORKLOADS = frozenset(
    {"CronJob", "DaemonSet", "Deployment", "Job", "Pod", "ReplicaSet", "ReplicationController", "StatefulSet"}
)
_GROUPS = re.compile(r"(?:v\d\w*|[a-z0-9.-]+\.k8s\.io/v\d\w*|(?:apps|batch|autoscaling|policy|extensions)/v\d\w*)")
_START = re.compile(r"^[\"']?apiVersion[\"']?\s*:|\"apiVersion\"", re.MULTILINE)
_OF_A_TEMPLATE = "load what is made from it, for example by 'helm template'"
_ADDRESS = re.compile(
    r"(?P<scheme>[a-zA-Z][\w+.-]*://)?(?:[^@/\s]*@)?(?P<name>[a-z0-9]([a-z0-9-]*[a-z0-9])?)"
    r"(?P<suffix>\.[a-z0-9.-]+)?(?P<port>:\d+)?(?:/\S*)?"
)


def recognises(head: Head) -> Confidence:
    """By objects that name a version of Kubernetes' own interfaces, a kind and a name."""
    if head.path.suffix.lower() not in ENDINGS or not _START.search(head.text):
        return Confidence.NO
    documents = [document.value for document in read_start(head.path, head.text)]
    found = [each for value in documents if isinstance(value, Map) for each in listed(value)]
    if found and all(_is_object(each) for each in found[:-1] or found):
        return Confidence.CERTAIN
    return Confidence.NO


def _is_object(value: Map) -> bool:
    version = value.get("apiVersion")
    return isinstance(value.get("kind"), str) and isinstance(version, str) and bool(_GROUPS.fullmatch(version))


def listed(document: Map) -> Iterator[Map]:
    """The objects of a document: itself, or the items of a list.

    >>> [*listed(Map())]
    [{}]
    """
    items = document.get("items")
    if str(document.get("kind", "")).endswith("List") and isinstance(items, Seq):
        yield from (item for item in items if isinstance(item, Map))
    else:
        yield document


def pod_of(workload: Map) -> Map:
    """What the instances of a workload are made from: the specification of its pods.

    >>> pod_of(Map())
    {}
    """
    spec = _map(workload.get("spec"))
    return spec if workload.get("kind") == "Pod" else _map(template_of(workload).get("spec"))


def template_of(workload: Map) -> Map:
    """The template of a workload; that of a job for one that makes jobs.

    >>> template_of(Map())
    {}
    """
    spec = _map(workload.get("spec"))
    if workload.get("kind") == "CronJob":
        spec = _map(_map(spec.get("jobTemplate")).get("spec"))
    return _map(spec.get("template"))


def read(path: Path, options: ReadOptions) -> Statements:
    """Read one file of manifests.

    Raises:
        InputError: the file cannot be read or is no YAML. What is wrong with single objects is told as findings.
    """
    documents = documents_of(path, remedy=_OF_A_TEMPLATE)
    reader = _Reader(Collector(path, options, NAME), lambda: options.beside(_survey))
    reader.take_all(documents)
    return reader.close()


def _survey(paths: Sequence[Path]) -> _Everywhere:
    """What services and settings all these files have; a file that cannot be read has none."""
    found = _Everywhere()
    for path in paths:
        reader = _Reader(Collector(path, ReadOptions("x", "x:", "x"), NAME), _Everywhere)
        try:
            reader.take_all(read_documents(path))
        except InputError:
            continue
        found.take(reader)
    return found


@dataclass(frozen=True, slots=True)
class _Workload:
    """A workload of the file: its id on the map, where it runs, and how its pods are marked."""

    id: str
    space: str
    labels: Mapping[str, Value]
    whole: Map


class _Everywhere:
    """The workloads, services and settings of all files; which workloads answer to a service is worked out once."""

    def __init__(self) -> None:
        self._workloads: defaultdict[str, dict[str, _Workload]] = defaultdict(dict)
        self._selectors: dict[tuple[str, str], Map] = {}
        self._answering: dict[tuple[str, str], list[_Workload]] = {}
        self.settings: dict[tuple[str, str], Map] = {}

    def take(self, reader: _Reader) -> None:
        """Add what one file has; of two that are called the same the first counts."""
        for workload in reader.workloads:
            self._workloads[workload.space].setdefault(workload.id, workload)
        for name, space, selector, _ in reader.services:
            self._selectors.setdefault((space, name), selector)
        self.settings = reader.settings | self.settings

    def answering(self, space: str, name: str) -> list[_Workload] | None:
        """The workloads that answer to a service; None when there is no such service."""
        key = space, name
        if key not in self._selectors:
            return None
        if key not in self._answering:
            self._answering[key] = _selected([*self._workloads[space].values()], space, self._selectors[key])
        return self._answering[key]


class _Reader:
    """One file, object by object; what they say of each other is looked up at the end.

    What the file itself does not answer is looked for in the others, ``everywhere``.
    """

    def __init__(self, said: Collector, everywhere: Callable[[], _Everywhere]) -> None:
        self.said = said
        self._everywhere = everywhere
        self.workloads: list[_Workload] = []
        self.services: list[tuple[str, str, Map, Map]] = []
        self.settings: dict[tuple[str, str], Map] = {}
        self.left_out: Counter[str] = Counter()
        self.unanswered = 0

    def take_all(self, documents: Iterable[Document]) -> None:
        """Take every object of some documents."""
        for document in documents:
            if isinstance(document.value, Map):
                for each in listed(document.value):
                    self.take(each)

    def take(self, whole: Map) -> None:
        """Take one object."""
        kind, about = whole.get("kind"), _map(whole.get("metadata"))
        name, space = about.get("name") or about.get("generateName"), about.get("namespace")
        if kind == "Kustomization":
            self.left_out[kind] += 1
            return
        if not isinstance(kind, str) or not isinstance(name, str) or not name or len(name) > LONGEST_ID // 2:
            self.said.warn("no-id", whole.line, "an object has no kind or no name, it is left out", "name it")
            return
        if has_places(name):
            message = f"the name '{name[:60]}' has a place to be filled, the object is left out"
            self.said.warn("template-of-a-file", whole.line, message, _OF_A_TEMPLATE)
            return
        within = space if isinstance(space, str) else "default"
        if kind in WORKLOADS:
            self._define(kind, name, within, whole)
        elif kind == "Service":
            self.services.append((name, within, _map(_map(whole.get("spec")).get("selector")), whole))
        else:
            if kind == "ConfigMap":
                self.settings[within, name] = _map(whole.get("data"))
            self.left_out[kind] += 1

    def _define(self, kind: str, name: str, space: str, whole: Map) -> None:
        given = next(
            (
                each
                for each in (name, f"{space}:{name}", f"{space}:{kind.lower()}:{name}")
                if not self.said.line_of(each)
            ),
            "",
        )
        if not given:
            self.said.warn("twice", whole.line, f"{kind} '{name}' is there twice, the first counts", "name each once")
            return
        self._same_elsewhere(given, kind, whole.line)
        self.said.define(given, "component", name, whole.line)
        labels = _map(_map((whole if kind == "Pod" else template_of(whole)).get("metadata")).get("labels"))
        self.workloads.append(_Workload(given, space, labels, whole))
        self._fact(given, "workload", kind, whole.line)
        self._fact(given, "namespace", space, whole.line)
        spec = _map(whole.get("spec"))
        replicas = spec.get("replicas")
        if isinstance(replicas, str):
            self._fact(given, "replicas", replicas, spec.lines["replicas"])
        self._images(given, whole)

    def _before(self, workload: str) -> Where | None:
        """Where a file before this one has the workload: a patch says again what the first file says."""
        return self.said.options.earlier(self.said.iri(workload))

    def _same_elsewhere(self, workload: str, kind: str, line: int) -> None:
        first = self._before(workload)
        if first is not None and Path(first.path).parent != self.said.path.parent:
            message = f"{kind} '{workload}' is also in {first}, in another folder; they are taken for one"
            self.said.warn(
                "same-workload", line, message, "load each by itself, with its own --namespace, if they are two"
            )

    def _fact(self, workload: str, key: str, value: str, line: int) -> None:
        """A fact; one that a file before this one has too gets an address of its own."""
        inner = self.said.options.source_id.partition("/")[2] or self.said.path.name
        inner = inner.encode("utf-8", "replace").decode()
        before = self.said.options.earlier(self.said.part_iri(workload, "facts", key))
        self.said.fact(workload, key, value, line, of=f"{inner} " if before else "")

    def _images(self, workload: str, whole: Map) -> None:
        """What runs in its containers; with one container that is its technology and version."""
        containers = [*_containers(pod_of(whole))]
        for container in containers:
            text = container.get("image")
            if isinstance(text, str) and text.strip():
                image, line = parse_image(text.strip()), container.lines["image"]
                self._fact(workload, "image", text, line)
                if self._before(workload):
                    continue
                if len(containers) == 1 and image.product:
                    self.said.tell(workload, "technology", image.product, line)
                if len(containers) == 1 and (image.tag or image.digest):
                    self.said.tell(workload, "version", image.tag or image.digest, line)

    def close(self) -> Statements:
        own = {(space, name): _selected(self.workloads, space, selector) for name, space, selector, _ in self.services}
        for workload in self.workloads:
            for text, line, setting in self._texts(workload):
                self._need(workload, text, line, setting, own)
        for name, space, selector, whole in self.services:
            for workload in _selected(self.workloads, space, selector):
                if workload.id != name:
                    self._fact(workload.id, "service", name, whole.line)
        if self.unanswered:
            told = count(self.unanswered, "address", "addresses")
            message = f"{told} in settings: no service of these files answers there, left out"
            self.said.note("left-out", 0, message)
        if self.left_out:
            counted = ", ".join(f"{kind} {number}" for kind, number in sorted(self.left_out.items()))
            self.said.note("left-out", 0, f"objects that are no workload are left out: {counted}")
        return self.said.result()

    def _texts(self, workload: _Workload) -> Iterator[tuple[str, int, str]]:
        """What the settings of its containers say, with the line and the name of each."""
        for container in _containers(pod_of(workload.whole)):
            for item in _items(container.get("env")):
                text, name = item.get("value"), item.get("name")
                if isinstance(text, str):
                    yield text, item.lines["value"], f"env {name}"
                reference = _map(_map(item.get("valueFrom")).get("configMapKeyRef"))
                of, key = reference.get("name"), reference.get("key")
                if isinstance(of, str) and isinstance(key, str):
                    for text, line in self._setting(workload, of, reference.line, key):
                        yield text, line, f"env {name}, key {key} of ConfigMap {of}"
            for item in _items(container.get("envFrom")):
                name = _map(item.get("configMapRef")).get("name")
                if isinstance(name, str):
                    for key, text, line in self._settings(workload, name, item.line):
                        yield text, line, f"env {key} of ConfigMap {name}"

    def _settings(self, workload: _Workload, name: str, line: int) -> Iterator[tuple[str, str, int]]:
        """Keys and texts of a ConfigMap; those of another file stand, for this one, where it is asked for."""
        place = workload.space, name
        own = self.settings.get(place)
        known = own if own is not None else self._everywhere().settings.get(place, Map())
        for key, text in known.items():
            if isinstance(text, str):
                yield key, text, known.lines[key] if own is not None else line

    def _setting(self, workload: _Workload, name: str, line: int, key: str) -> Iterator[tuple[str, int]]:
        yield from ((text, at) for found, text, at in self._settings(workload, name, line) if found == key)

    def _need(
        self, workload: _Workload, text: str, line: int, setting: str,
        own: Mapping[tuple[str, str], list[_Workload]],
    ) -> None:  # fmt: skip
        found = _ADDRESS.fullmatch(text.strip())
        if found is None or not (found["scheme"] or found["port"] or found["suffix"]):
            return
        spaces = (found["suffix"] or "").strip(".").partition(".")[0] or workload.space, workload.space
        providers = next((own[space, found["name"]] for space in spaces if own.get((space, found["name"]))), None)
        if providers is None:
            everywhere = self._everywhere()
            told = [everywhere.answering(space, found["name"]) for space in spaces]
            known = [answer for answer in told if answer is not None]
            providers = next((answer for answer in known if answer), known[0] if known else None)
        if providers is None:
            self.unanswered += (spaces[0], found["name"]) not in own and (spaces[1], found["name"]) not in own
            return
        for provider in providers:
            if provider.id != workload.id:
                facts = {"evidence": setting, "evidence_type": "declared"}
                self.said.depend(workload.id, provider.id, line, facts=facts)


def _selected(workloads: list[_Workload], space: str, selector: Map) -> list[_Workload]:
    """The workloads whose pods a service sends to; without a selector it sends to none that are known."""
    return [
        each
        for each in workloads
        if selector and each.space == space and all(each.labels.get(key) == value for key, value in selector.items())
    ]


def _containers(pod: Map) -> Iterator[Map]:
    yield from _items(pod.get("containers"))


def _items(value: Value) -> Iterator[Map]:
    if isinstance(value, Seq):
        yield from (item for item in value if isinstance(item, Map))


def _map(value: Value) -> Map:
    return value if isinstance(value, Map) else Map()
