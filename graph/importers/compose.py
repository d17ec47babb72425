"""How is a Docker Compose file read? Its services, and what each of them says it needs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from graph.collector import LONGEST_ID, Collector
from graph.documents import Map, Seq, Value, read_bytes, read_documents, read_start
from graph.images import masked, parse_image
from graph.model import Confidence, Head, ReadOptions, Statements, Where
from graph.similar import did_you_mean

__all__ = ["ENDINGS", "NAME", "read", "recognises", "without_tags"]

NAME = "compose"
ENDINGS = frozenset({".yaml", ".yml"})

_FILE = re.compile(r"(?:docker-)?compose(?:[._-].*)?\.ya?ml", re.IGNORECASE)
_BASE = re.compile(r"(?:docker-)?compose\.ya?ml", re.IGNORECASE)
_SERVICES = re.compile(r"^[\"']?(?:services|include)[\"']?\s*:", re.MULTILINE)
_TAG = re.compile(r"(?<=[:-])([ \t]+)!(reset|override)\b")
_VARIABLE = re.compile(r"\$(?:\{|[A-Za-z_])")
_CONDITIONS = ("service_started", "service_healthy", "service_completed_successfully")

# What a service may say, by the Compose specification. Some of it is read; a word that is not here may be misspelt.
_KEYS = frozenset(
    {
        "annotations",
        "attach",
        "blkio_config",
        "build",
        "cap_add",
        "cap_drop",
        "cgroup",
        "cgroup_parent",
        "command",
        "configs",
        "container_name",
        "cpu_count",
        "cpu_percent",
        "cpu_period",
        "cpu_quota",
        "cpu_rt_period",
        "cpu_rt_runtime",
        "cpu_shares",
        "cpus",
        "cpuset",
        "credential_spec",
        "depends_on",
        "deploy",
        "develop",
        "device_cgroup_rules",
        "devices",
        "dns",
        "dns_opt",
        "dns_search",
        "domainname",
        "driver_opts",
        "entrypoint",
        "env_file",
        "environment",
        "expose",
        "extends",
        "external_links",
        "extra_hosts",
        "gpus",
        "group_add",
        "healthcheck",
        "hostname",
        "image",
        "init",
        "ipc",
        "isolation",
        "label_file",
        "labels",
        "links",
        "logging",
        "mac_address",
        "mem_limit",
        "mem_reservation",
        "mem_swappiness",
        "memswap_limit",
        "models",
        "network_mode",
        "networks",
        "oom_kill_disable",
        "oom_score_adj",
        "pid",
        "pids_limit",
        "platform",
        "ports",
        "post_start",
        "pre_stop",
        "privileged",
        "profiles",
        "provider",
        "pull_policy",
        "read_only",
        "restart",
        "runtime",
        "scale",
        "secrets",
        "security_opt",
        "shm_size",
        "stdin_open",
        "stop_grace_period",
        "stop_signal",
        "storage_opt",
        "sysctls",
        "tmpfs",
        "tty",
        "ulimits",
        "use_api_socket",
        "user",
        "userns_mode",
        "uts",
        "volumes",
        "volumes_from",
        "working_dir",
    }
)
_READ = frozenset(
    {
        "build",
        "container_name",
        "depends_on",
        "deploy",
        "extends",
        "external_links",
        "image",
        "ipc",
        "links",
        "network_mode",
        "pid",
        "ports",
        "profiles",
        "scale",
        "volumes",
        "volumes_from",
    }
)


def recognises(head: Head) -> Confidence:
    """By a map of services that say nothing but what Compose knows; a name such as ``compose.yaml`` makes it sure."""
    if head.path.suffix.lower() not in ENDINGS or not _SERVICES.search(head.text):
        return Confidence.NO
    documents = read_start(head.path, without_tags(head.text)[0])
    value = documents[0].value if documents else None
    if not isinstance(value, Map) or "apiVersion" in value:
        return Confidence.NO
    services = value.get("services")
    if _FILE.fullmatch(head.path.name):
        here = isinstance(services, Map) and all(isinstance(s, Map | None) for s in services.values())
        elsewhere = "services" not in value and isinstance(value.get("include"), Seq | str)
        return Confidence.CERTAIN if here or elsewhere else Confidence.NO
    if not isinstance(services, Map) or not services or not all(map(_only_known, services.values())):
        return Confidence.NO
    runs = any(isinstance(s, Map) and (isinstance(s.get("image"), str) or "build" in s) for s in services.values())
    return Confidence.LIKELY if runs else Confidence.NO


def without_tags(text: str) -> tuple[str, list[tuple[int, str]]]:
    """The text without the tags by which an overlay takes back what the file below it says; their lines and names."""
    if "!reset" not in text and "!override" not in text:
        return text, []
    lines, tags = text.split("\n"), []
    for number, line in enumerate(lines):
        if not line.lstrip().startswith("#"):
            tags += [(number + 1, found[2]) for found in _TAG.finditer(line)]
            lines[number] = _TAG.sub(r"\1", line)
    return "\n".join(lines), tags


def _only_known(service: Value) -> bool:
    return isinstance(service, Map) and all(key in _KEYS or key.startswith("x-") for key in service)


def read(path: Path, options: ReadOptions) -> Statements:
    """Read one Compose file. Overlays add to what other files say of a service, because its id is its name.

    Raises:
        InputError: the file cannot be read or is no YAML. What is wrong with single services is told as findings.
    """
    text = read_bytes(path).decode("utf-8", "surrogateescape")
    said = Collector(path, options, NAME)
    plain, tags = without_tags(text)
    for line, tag in tags:
        message = f"'!{tag}' is not applied: what other files say here stays"
        said.warn("not-applied", line, message, "load the output of 'docker compose config' instead")
    reader = _Reader(path, said)
    for document in read_documents(path, text=plain.encode("utf-8", "surrogateescape")):
        reader.document(document.value, document.line)
    return reader.close()


class _Reader:
    """One file, service by service."""

    def __init__(self, path: Path, said: Collector) -> None:
        self.path, self.said = path, said
        # Facts that a file before this one has too get addresses of their own, so that the two do not become one.
        inner = (said.options.source_id.partition("/")[2] or path.name).encode("utf-8", "replace").decode()
        self.inner = f"{inner} "
        # An overlay leans on a file beside it; others should define what they name.
        self.open = bool(_FILE.fullmatch(path.name)) and not _BASE.fullmatch(path.name)
        self.services = Map()
        self.left_out: Counter[str] = Counter()
        self.needed: list[tuple[str, str, int, str]] = []

    def close(self) -> Statements:
        self._undefined()
        if self.left_out:
            counted = ", ".join(f"{key} {number}" for key, number in sorted(self.left_out.items()))
            self.said.note("left-out", 0, f"settings that say nothing about the map are left out: {counted}")
        return self.said.result()

    def _undefined(self) -> None:
        """What is needed and not there, in a file that should be whole; others may lean on a file beside them."""
        if self.open:
            return
        names = dict.fromkeys(name for name in self.services if self.said.line_of(name))
        for dependent, provider, line, field in self.needed:
            if provider not in names:
                near = self.said.near(provider, names)
                message = f"'{field}' of '{dependent}' names '{provider}', which this file does not define"
                self.said.warn("unknown-service", line, message, f"add it or correct the name{near and f' ({near})'}")

    def document(self, value: Value, line: int) -> None:
        if not isinstance(value, Map):
            self.said.warn("no-services", line, "this is no map with services, it is left out", "write 'services:'")
            return
        services = value.get("services")
        if services is not None and not isinstance(services, Map):
            self.said.warn("no-services", value.lines["services"], "'services' is no map, it is left out", "name each")
        here = services if isinstance(services, Map) else Map(line)
        for name, service in here.items():
            if name not in self.services:
                self.services.put(name, service, here.lines[name])
        title = value.get("name")
        if isinstance(title, str) and title.strip() and not _VARIABLE.search(title):
            self.said.titles.setdefault("title", title.strip())
        self._include(value.get("include"), value.lines.get("include", line))
        for name, service in here.items():
            self._service(name, service, here.key_line(name))
        for key in value:
            if key not in ("services", "include", "name", "version") and not key.startswith("x-"):
                self.left_out[key] += 1

    # Other files

    def _include(self, value: Value, line: int) -> None:
        for item, at in _each(value, line):
            paths = item.get("path") if isinstance(item, Map) else item
            for path, place in _each(paths, at):
                if isinstance(path, str) and path.strip():
                    self.open = True
                    self._follow("include", path.strip(), place)

    def _follow(self, what: str, target: str, line: int) -> None:
        if "://" in target or target.startswith("git@") or _VARIABLE.search(target):
            reason = "has a variable in it" if _VARIABLE.search(target) else "is an address"
            self.said.note("not-followed", line, f"'{target[:200]}' of '{what}' {reason}, it is not read")
        elif re.match(r"[/\\~]|[A-Za-z]:", target):
            message = f"'{target[:200]}' of '{what}' is no relative path, it is not read"
            self.said.warn("not-followed", line, message, "write it from the folder of this file")
        else:
            self.said.follow.setdefault(self.path.parent / target, line)

    # A service

    def _service(self, name: str, service: Value, line: int) -> None:
        if not re.fullmatch(r"[\w.-]+", name) or len(name) > LONGEST_ID:
            message = f"'{name[:60]}' is no name of a service, it is left out"
            self.said.warn("no-id", line, message, "write letters, digits and - _ . only")
            return
        if service is not None and not isinstance(service, Map):
            self.said.warn(
                "no-id", line, f"the service '{name}' is no map, it is left out", "write its 'image:' below it"
            )
            return
        self._same_name_elsewhere(name, line)
        if not self.said.line_of(name):
            self.said.define(name, "component", name, line)
        settings = service if isinstance(service, Map) else Map(line)
        self._image(name, settings)
        self._numbers(name, settings)
        self._texts(name, settings)
        self._dependencies(name, settings)
        for key in settings:
            if key not in _READ and not key.startswith("x-"):
                self._other(name, settings, key)

    def _same_name_elsewhere(self, name: str, line: int) -> None:
        """Files of one folder are overlays of each other; those of two folders are two projects as a rule."""
        first = self.said.options.earlier(self.said.iri(name))
        if first is not None and Path(first.path).parent != self.path.parent and not self.said.line_of(name):
            message = f"the service '{name}' is also in {first}, in another folder; they are taken for one"
            self.said.warn("same-service", line, message, "load each project by itself, with its own --namespace")

    def _other(self, name: str, settings: Map, key: str) -> None:
        near = self.said.near(key, _KEYS) if key not in _KEYS else ""
        if near:
            message = f"'{key}' of '{name}' is no setting of Compose, it is left out"
            self.said.warn("unknown-property", settings.key_line(key), message, near)
        else:
            self.left_out[key] += 1

    def _fact(self, name: str, key: str, value: str, line: int) -> None:
        if value.strip():
            of = self.inner if self._said_before(name, key) else ""
            self.said.fact(name, key, value.strip(), line, of=of)

    def _said_before(self, name: str, key: str) -> Where | None:
        """Where a file before this one has such a fact of the service."""
        return self.said.options.earlier(self.said.part_iri(name, "facts", key))

    def _image(self, name: str, settings: Map) -> None:
        """The image as written, and what can be told from it; that of an extended service when none is given."""
        at = settings
        if "image" not in settings and "build" not in settings:
            at = self._extended(name, settings) or settings
        text, line = at.get("image"), at.lines.get("image", 0)
        if isinstance(text, str) and text.strip():
            image = parse_image(text.strip())
            self._fact(name, "image", text, line)
            before = self._said_before(name, "image")
            if image.product:
                self.said.tell(name, "technology", image.product, line)
            if before is not None:
                message = f"the service '{name}' has an image in {before} too; its version is taken from there"
                self.said.note("other-image", line, message)
            elif image.tag or image.digest:
                self.said.tell(name, "version", image.tag or image.digest, line)
        build, line = at.get("build"), at.lines.get("build", 0)
        if isinstance(build, Map):
            for key in ("context", "dockerfile", "target"):
                value = build.get(key)
                if isinstance(value, str):
                    self._fact(name, f"build {key}", value, build.lines[key])
        elif isinstance(build, str):
            self._fact(name, "build context", build, line)

    def _extended(self, name: str, settings: Map) -> Map | None:
        """The service of this file that another extends, through several steps but never in a circle."""
        seen = {name}
        while True:
            base, file, _ = _extends(settings)
            found = self.services.get(base)
            if file or base in seen or not isinstance(found, Map):
                return None
            if "image" in found or "build" in found:
                return found
            seen.add(base)
            settings = found

    def _numbers(self, name: str, settings: Map) -> None:
        deploy = settings.get("deploy")
        if isinstance(deploy, Map):
            for key in ("replicas", "mode"):
                value = deploy.get(key)
                if isinstance(value, str):
                    self._fact(name, key if key == "replicas" else f"deploy {key}", value, deploy.lines[key])
            self.left_out.update(f"deploy.{key}" for key in deploy if key not in ("replicas", "mode"))
        scale = settings.get("scale")
        if isinstance(scale, str):
            self._fact(name, "replicas", scale, settings.lines["scale"])

    def _texts(self, name: str, settings: Map) -> None:
        container = settings.get("container_name")
        if isinstance(container, str) and container.strip() not in ("", name):
            self.said.tell(name, "alias", container.strip(), settings.lines["container_name"])
        for key, label in (("profiles", "profile"), ("ports", "port"), ("volumes", "volume")):
            for item, line in _each(settings.get(key), settings.lines.get(key, 0)):
                text = _port(item) if key == "ports" else _volume(item) if key == "volumes" else item
                if isinstance(text, str):
                    self._fact(name, label, text, line)
        base, file, line = _extends(settings)
        if base:
            self._fact(name, "extends", f"{base} of {file}" if file else base, line)
            self._extends_says(name, base, file, line)

    def _extends_says(self, name: str, base: str, file: str, line: int) -> None:
        """By the documentation, dependencies are never inherited; settings of another file are not looked up."""
        if file:
            message = f"'{name}' extends '{base}' of '{file[:200]}', whose settings are not taken over"
            self.said.note("extends", line, message, "what it needs must stand here")
        elif base not in self.services:
            near = self.said.near(base, self.services)
            message = f"'{name}' extends '{base}', which this file does not define"
            self.said.warn("unknown-service", line, message, near or "correct the name")

    # What it needs

    def _dependencies(self, name: str, settings: Map) -> None:
        self._depends_on(name, settings)
        for field in ("links", "external_links", "volumes_from"):
            for item, line in _each(settings.get(field), settings.lines.get(field, 0)):
                if isinstance(item, str):
                    target, _, rest = item.strip().partition(":")
                    outside = field == "external_links"
                    if field == "volumes_from" and target == "container":
                        target, outside = rest.partition(":")[0], True
                    self._need(name, target, line, field, outside=outside)
                else:
                    self._wrong(name, field, line)
        for field in ("network_mode", "ipc", "pid"):
            text = settings.get(field)
            mode, _, target = text.partition(":") if isinstance(text, str) else ("", "", "")
            if mode in ("service", "container"):
                self._need(name, target, settings.lines[field], field, outside=mode == "container")
            elif mode:
                self.left_out[field] += 1

    def _depends_on(self, name: str, settings: Map) -> None:
        value, line = settings.get("depends_on"), settings.lines.get("depends_on", 0)
        if isinstance(value, Map):
            for target, how in value.items():
                known = how if isinstance(how, Map) else Map(value.lines[target])
                self._need(name, target, value.key_line(target), "depends_on", how=known)
            return
        if isinstance(value, str):
            message = f"'depends_on' of '{name}' is a text where a list belongs"
            self.said.warn("wrong-value", line, message, "write '- ' before each name")
        for item, at in _each(value, line):
            if isinstance(item, str):
                self._need(name, item, at, "depends_on")
            else:
                self._wrong(name, "depends_on", at)

    def _wrong(self, name: str, field: str, line: int) -> None:
        message = f"an item of '{field}' of '{name}' is no name of a service, it is left out"
        self.said.warn("wrong-value", line, message, "write one name to an item, or a map of names")

    def _need(
        self, name: str, target: str, line: int, field: str, *, how: Map | None = None, outside: bool = False
    ) -> None:
        target = target.strip()
        if not target or len(target) > LONGEST_ID or "/" in target:
            self._wrong(name, field, line)
            return
        facts = {"evidence": field, "evidence_type": "declared"}
        if how is not None:
            facts |= self._condition(name, how, field)
        self.said.depend(name, target, line, facts=facts)
        if not outside:
            self.needed.append((name, target, line, field))

    def _condition(self, name: str, how: Map, field: str) -> dict[str, str]:
        """What the long form adds. Only a service that must have ended is needed at the start and no more."""
        condition, required = how.get("condition"), how.get("required")
        words = [f"{key} {value}" for key, value in how.items() if isinstance(value, str) and not key.startswith("x-")]
        facts = {"evidence": ", ".join([field, *words])}
        if condition == "service_completed_successfully":
            facts["phase"] = "start"
        elif condition is not None and condition not in _CONDITIONS:
            shown = condition[:60] if isinstance(condition, str) else "no text"
            near = did_you_mean(shown, _CONDITIONS) or f"known are {', '.join(_CONDITIONS)}"
            self.said.warn("wrong-value", how.lines["condition"], f"unknown condition '{shown}' of '{name}'", near)
        if isinstance(required, str) and required.lower() in ("false", "no", "off"):
            facts["strength"] = "optional"
        return facts


def _extends(settings: Map) -> tuple[str, str, int]:
    """The service that a service extends, the file it is in ("" for this one), and the line."""
    value, line = settings.get("extends"), settings.lines.get("extends", 0)
    if isinstance(value, Map):
        service, file = value.get("service"), value.get("file")
        return (service if isinstance(service, str) else ""), (file if isinstance(file, str) else ""), line
    return (value if isinstance(value, str) else ""), "", line


def _port(item: Value) -> str:
    """A port as the short form writes it."""
    if not isinstance(item, Map):
        return item if isinstance(item, str) else ""
    host, published, target, protocol = (
        text if isinstance(text := item.get(key), str) else "" for key in ("host_ip", "published", "target", "protocol")
    )
    start = f"{host}:" if host else ""
    return f"{start}{f'{published}:' if published else ''}{target}{f'/{protocol}' if protocol else ''}"


def _volume(item: Value) -> str:
    """The name of a named volume; a folder of the machine, mounted into the container, says nothing about the map."""
    if isinstance(item, Map):
        source = item.get("source")
        return source if item.get("type") == "volume" and isinstance(source, str) else ""
    source = item.partition(":")[0] if isinstance(item, str) and ":" in masked(item) else ""
    return source if re.fullmatch(r"[A-Za-z0-9][\w.-]*", source) else ""


def _each(value: Value, line: int) -> Iterator[tuple[Value, int]]:
    """The items of a list, or the one value itself."""
    if isinstance(value, Seq):
        yield from zip(value, value.lines, strict=True)
    elif value is not None:
        yield value, line
