"""Does a Compose file give its services and what they need, overlays included, and keep everything else to itself?"""

from __future__ import annotations

import json
import os
from pathlib import Path
from textwrap import dedent
from typing import Any

import networkx as nx
import pytest

from graph.images import Image, parse_image
from graph.importers import compose
from graph.importers.compose import read
from graph.maps import Map, open_map
from graph.model import Confidence, Head, InputError, ReadOptions, Severity
from graph.sources import read_sources
from ontology import terms as t
from tests.graph.importers.told import BASE, OPTIONS, Told, head, surest, told

SAMPLE = Path(__file__).parents[3] / "data" / "samples" / "compose"
ALIAS = "http://www.w3.org/2004/02/skos/core#altLabel"
DEMO = ("compose.yaml", "compose.full.yaml", "compose.observability.yaml")


def by(text: str, folder: Path, *, name: str = "compose.yaml") -> Told:
    (folder / name).write_text(dedent(text), encoding="utf-8")
    return told(read(folder / name, ReadOptions("x", BASE, f"x/{name}")))


def services(text: str, folder: Path) -> Told:
    return by("services:\n" + "".join(f"  {line}\n" for line in dedent(text).splitlines()), folder)


# OpenTelemetry's demo


@pytest.fixture(scope="module")
def demo(realworld: Path) -> Path:
    return realworld / "compose-otel-demo"


@pytest.fixture(scope="module")
def truth(realworld: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((realworld / "expected.json").read_text())["items"]["compose-otel-demo"]["truth"]
    return found


def edges(map_: Map) -> set[tuple[str, str]]:
    p = map_.projection
    dependent, provider, _ = p.direct
    return {(p.ids[a].partition("/")[2], p.ids[b].partition("/")[2]) for a, b in zip(dependent, provider, strict=True)}


@pytest.mark.parametrize(
    ("files", "name", "counts"),
    [
        (DEMO[:1], "core_only", (20, 46)),
        (DEMO, "core+full+observability", (28, 58)),
        (DEMO[::-1], "core+full+observability", (28, 58)),
        ((".",), "core+full+observability", (28, 58)),
    ],
)
def test_the_demo_has_its_services_and_dependencies(
    demo: Path, truth: dict[str, Any], files: tuple[str, ...], name: str, counts: tuple[int, int]
) -> None:
    known = truth[name]
    map_ = open_map([demo / file for file in files])
    p = map_.projection
    assert [i.partition("/")[2] for i in p.ids] == known["service_names"]
    assert (len(p), p.dependencies) == (known["services"], known["depends_on_edges"]["edges_unique"]) == counts
    assert not p.stub.any()
    graph = nx.DiGraph(edges(map_))
    for service, impact in known["depends_on_edges"]["impact"].items():
        assert sorted(nx.ancestors(graph, service)) == impact["transitive_dependants_list"]
    assert [f for f in map_.reading if f.check != "left-out"] == []


def test_variables_of_the_demo_stay_as_they_are_written(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAGE_NAME", "expanded")
    monkeypatch.setenv("DEMO_VERSION", "expanded")
    found = told(read(demo / "compose.yaml", OPTIONS))
    image = "${IMAGE_NAME}:${DEMO_VERSION}-ad"
    assert ("image", image) in found.facts("ad")
    assert (found.of("ad", "version"), found.of("ad", "technology")) == (["${DEMO_VERSION}-ad"], [])
    assert not any("expanded" in part for triple in found.triples for part in triple)


def test_dependencies_of_the_demo_know_their_line_and_their_words(demo: Path) -> None:
    found = told(read(demo / "compose.yaml", OPTIONS))
    assert found.evidence("checkout", "email") == ["depends_on, condition service_healthy"]
    line = found.statements.lines[f"{BASE}x/checkout/dependency/needs/x/email"]
    assert (demo / "compose.yaml").read_text().splitlines()[line - 1].strip() == "email:"
    assert not any(p in ("strength", "phase") for _, p, _ in found.triples)


def test_it_takes_its_own_real_files_and_no_others(realworld: Path) -> None:
    files = [path for path in sorted(realworld.rglob("*")) if path.is_file()]
    own = {realworld / "compose-otel-demo" / name for name in DEMO}
    assert {path for path in files if compose.recognises(head(path)) > Confidence.NO} == own
    assert {surest(path) for path in own} == {"compose"}


# The sample


def test_the_sample_reads_as_recorded(root: Path) -> None:
    """Rewrite the record with: python -m tests.graph.importers.test_compose."""
    assert sample_record() == (root / "tests" / "golden" / "compose-sample.txt").read_text(encoding="utf-8")


def sample_record() -> str:
    return "".join(told(statements).record(SAMPLE) for statements in read_sources([SAMPLE], namespace="x"))


def test_nothing_secret_of_the_sample_is_kept() -> None:
    assert "never-read" not in sample_record()


def test_an_overlay_adds_to_the_services_of_the_first_file() -> None:
    map_ = open_map([SAMPLE])
    assert edges(map_) - edges(open_map([SAMPLE / "compose.yaml"])) == {("web", "broker")}
    assert map_.title == "bookshop"
    assert not map_.projection.stub.any()


# What a service needs


@pytest.mark.parametrize(
    ("setting", "evidence"),
    [
        ("depends_on: [b]", "depends_on"),
        ("depends_on: {b: }", "depends_on"),
        ("depends_on: {b: {condition: service_started}}", "depends_on, condition service_started"),
        ("depends_on: {b: {condition: service_healthy, restart: true}}", "depends_on, condition service_healthy, restart true"),
        ("links: [b]", "links"),
        ('links: ["b:db"]', "links"),
        ('external_links: ["b:db"]', "external_links"),
        ("volumes_from: [b]", "volumes_from"),
        ('volumes_from: ["b:ro"]', "volumes_from"),
        ('volumes_from: ["container:b:ro"]', "volumes_from"),
        ("network_mode: service:b", "network_mode"),
        ("network_mode: container:b", "network_mode"),
        ("ipc: service:b", "ipc"),
        ("pid: service:b", "pid"),
    ],
)  # fmt: skip
def test_a_need_is_read_in_every_form(tmp_path: Path, setting: str, evidence: str) -> None:
    found = services(f"a:\n  image: x\n  {setting}\nb:\n  image: y", tmp_path)
    assert found.edges() == {("a", "b")}
    assert found.evidence("a", "b") == [evidence]
    node = "a/dependency/needs/x/b"
    assert (found.of(node, "strength"), found.of(node, "phase")) == ([], [])
    assert (found.of(node, "kind"), found.of(node, "evidenceType")) == (["kind-needs"], ["evidence-declared"])
    assert found.statements.findings == ()


@pytest.mark.parametrize(
    "setting",
    [
        "networks: [b]",
        "volumes: ['b:/data', './b:/x', '/b']",
        "secrets: [b]",
        "configs: [b]",
        "environment: {HOST: b}",
        "command: connect b",
        "network_mode: host",
        "network_mode: b",
        "pid: host",
        "extra_hosts: ['b:10.0.0.1']",
        "extends: b",
    ],
)
def test_no_need_is_invented(tmp_path: Path, setting: str) -> None:
    found = services(f"a:\n  image: x\n  {setting}\nb:\n  image: y", tmp_path)
    assert found.edges() == set()
    assert found.stubs == set()


def test_one_pair_said_in_two_ways_is_one_dependency_with_two_reasons(tmp_path: Path) -> None:
    found = services("a:\n  links: [b]\n  depends_on: [b]\nb: {image: y}", tmp_path)
    assert found.edges() == {("a", "b")}
    assert found.evidence("a", "b") == ["depends_on", "links"]


def test_what_must_have_ended_is_needed_at_the_start_and_what_may_be_missing_is_optional(tmp_path: Path) -> None:
    found = services(
        """
        a:
          image: x
          depends_on:
            job: {condition: service_completed_successfully}
            extra: {condition: service_started, required: false}
        job: {image: x}
        extra: {image: x}
        """,
        tmp_path,
    )
    assert found.of("a/dependency/needs/x/job", "phase") == ["phase-start"]
    assert found.of("a/dependency/needs/x/extra", "strength") == ["strength-optional"]
    assert found.of("a/dependency/needs/x/extra", "phase") == []


# What a service is


@pytest.mark.parametrize(
    ("text", "image", "product"),
    [
        ("postgres", Image("postgres", "", ""), "postgres"),
        ("a/b/c:1.2", Image("a/b/c", "1.2", ""), "c"),
        ("host:5000/c", Image("host:5000/c", "", ""), "c"),
        ("c:1@sha256:ab", Image("c", "1", "sha256:ab"), "c"),
        ("c@sha256:ab", Image("c", "", "sha256:ab"), "c"),
        ("${R}/c:${T}", Image("${R}/c", "${T}", ""), "c"),
        ("${R:-host:1/x}/c:${T:-a/b}", Image("${R:-host:1/x}/c", "${T:-a/b}", ""), "c"),
        ("${A:-${B:-c:1}}", Image("${A:-${B:-c:1}}", "", ""), ""),
        ("${A", Image("${A", "", ""), ""),
        (":", Image("", "", ""), ""),
    ],
)
def test_an_image_is_cut_at_the_right_places(text: str, image: Image, product: str) -> None:
    assert parse_image(text) == image
    assert image.product == product


def test_image_replicas_profiles_ports_and_volumes_are_kept(tmp_path: Path) -> None:
    found = services(
        """
        a:
          image: base/postgres:16
          container_name: rows
          build: ./a
          scale: 2
          profiles: [x, y]
          ports: ["80:80", {target: 443, published: "8443", protocol: tcp, host_ip: 127.0.0.1}, 9]
          volumes: ["rows:/data", "./x:/x", "/y", {type: volume, source: more, target: /m}, {type: bind, source: ./z}]
          deploy: {replicas: 3, mode: global, resources: {}}
          labels: {owner: nobody}
        """,
        tmp_path,
    )
    assert found.classes() == {"a": "Component"}
    assert (found.of("a", "technology"), found.of("a", "version"), found.of("a", ALIAS)) == (
        ["postgres"],
        ["16"],
        ["rows"],
    )
    assert found.facts("a") == {
        ("image", "base/postgres:16"),
        ("build context", "./a"),
        ("replicas", "2"),
        ("replicas", "3"),
        ("deploy mode", "global"),
        ("profile", "x"),
        ("profile", "y"),
        ("port", "80:80"),
        ("port", "127.0.0.1:8443:443/tcp"),
        ("port", "9"),
        ("volume", "rows"),
        ("volume", "more"),
    }
    assert found.messages(tmp_path) == [
        "compose.yaml: settings that say nothing about the map are left out: deploy.resources 1, labels 1"
    ]


def test_anchors_merge_keys_and_extensions_are_understood(tmp_path: Path) -> None:
    found = by(
        """
        x-base: &base
          image: shop:1
          depends_on: &needs
            db: {condition: service_started}
        services:
          web:
            <<: *base
          worker:
            <<: *base
            image: shop:2
            depends_on:
              <<: *needs
              web: {condition: service_started}
            x-note: ignored
          db: {image: mysql}
        """,
        tmp_path,
    )
    assert found.edges() == {("web", "db"), ("worker", "db"), ("worker", "web")}
    assert (found.of("web", "version"), found.of("worker", "version")) == (["1"], ["2"])
    assert found.statements.findings == ()


def test_an_extended_service_lends_its_image_but_not_its_needs(tmp_path: Path) -> None:
    found = services(
        """
        base: {image: "shop:1", depends_on: [db]}
        middle: {extends: {service: base}}
        end: {extends: middle}
        far: {extends: {service: x, file: ../common.yaml}}
        round: {extends: round}
        lost: {extends: bsae}
        db: {image: mysql}
        """,
        tmp_path,
    )
    assert found.of("end", "version") == ["1"]
    assert found.edges() == {("base", "db")}
    assert found.facts("far") == {("extends", "x of ../common.yaml")}
    assert found.messages(tmp_path) == [
        "compose.yaml:6: 'far' extends 'x' of '../common.yaml', whose settings are not taken over; what it needs must stand here",
        "compose.yaml:8: 'lost' extends 'bsae', which this file does not define; did you mean 'base'?",
    ]


def test_a_service_that_only_an_overlay_has_is_defined_there(tmp_path: Path) -> None:
    by("services: {web: {image: shop}}", tmp_path)
    by("services: {web: {depends_on: [queue]}, queue: }", tmp_path, name="compose.override.yaml")
    map_ = open_map([tmp_path])
    p = map_.projection
    assert len(p) == 2
    assert not p.stub.any()
    assert edges(map_) == {("web", "queue")}


def test_the_image_of_a_second_file_is_a_fact_and_the_version_stays_one(tmp_path: Path) -> None:
    by("services: {web: {image: 'shop:1', ports: ['80']}}", tmp_path)
    by(
        "services: {web: {image: 'shop:2', ports: ['80', '81']}, db: {image: 'mysql:8'}}",
        tmp_path,
        name="compose.dev.yaml",
    )
    map_ = open_map([tmp_path])
    version = "https://w3id.org/servicemap#version"
    assert sorted((s.rpartition("/")[2], v) for s, v in map_.store.pairs(version)) == [("db", "8"), ("web", "1")]
    values = sorted((s.partition("/facts/")[2], v) for s, v in map_.store.pairs(f"{t.SM}factValue") if "/web/" in s)
    assert values == [
        ("compose.dev.yaml%20image", "shop:2"),
        ("compose.dev.yaml%20port", "80"),
        ("compose.dev.yaml%20port-2", "81"),
        ("image", "shop:1"),
        ("port", "80"),
    ]
    assert [str(f) for f in map_.reading] == [
        f"{tmp_path}/compose.dev.yaml:1: the service 'web' has an image in {tmp_path}/compose.yaml:1 too; its version is taken from there"
    ]
    assert not [f for f in map_.validate() if f.severity is Severity.ERROR]


def test_documents_of_one_file_add_to_each_other(tmp_path: Path) -> None:
    found = by("services: {a: {image: x}}\n---\nservices: {a: {depends_on: [b]}, b: {image: y}}\n", tmp_path)
    assert found.edges() == {("a", "b")}
    assert found.statements.findings == ()


# Other files


def test_included_files_are_read_when_they_lie_in_the_folder(tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    (shop / "db").mkdir(parents=True)
    (tmp_path / "outside.yaml").write_text("services: {secret: {image: x}}")
    (shop / "db" / "compose.yaml").write_text("services: {db: {image: mysql}}")
    (shop / "db" / "more.yaml").write_text("services: {cache: {image: redis}}")
    (shop / "compose.yaml").write_text(
        "include:\n"
        "  - db/compose.yaml\n"
        "  - path: [./db/more.yaml, ../outside.yaml]\n"
        "  - oci://example.org/x\n"
        "  - ${WHERE}/x.yaml\n"
        "  - /etc/compose.yaml\n"
        "  - db/moer.yaml\n"
        "services: {web: {image: shop, depends_on: [db, cache]}}\n"
    )
    map_ = open_map([shop / "compose.yaml"])
    assert map_.projection.ids == ["shop/cache", "shop/db", "shop/web"]
    assert edges(map_) == {("web", "db"), ("web", "cache")}
    assert [str(f).removeprefix(f"{shop}/") for f in map_.reading] == [
        "compose.yaml:4: 'oci://example.org/x' of 'include' is an address, it is not read",
        "compose.yaml:5: '${WHERE}/x.yaml' of 'include' has a variable in it, it is not read",
        "compose.yaml:6: '/etc/compose.yaml' of 'include' is no relative path, it is not read; write it from the folder of this file",
        "compose.yaml:3: '../outside.yaml' is outside the folder that was given, it is not read; give a folder around both",
        "compose.yaml:7: there is no file 'db/moer.yaml'; did you mean 'more.yaml'?",
    ]


def test_projects_of_two_folders_that_share_a_name_are_told(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "compose.yaml").write_text("services: {db: {image: mysql}}")
    [warning] = [f for f in open_map([tmp_path]).reading if f.check == "same-service"]
    assert str(warning) == (
        f"{tmp_path}/b/compose.yaml:1: the service 'db' is also in {tmp_path}/a/compose.yaml:1, in another folder; "
        "they are taken for one; load each project by itself, with its own --namespace"
    )


# What is wrong


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "shop: {image: x, depends_on: [dbs]}\ndb: {image: y}",
            "2: 'depends_on' of 'shop' names 'dbs', which this file does not define; add it or correct the name (did you mean 'db'?)",
        ),
        (
            "shop: {image: x, depends_on: {zebra: }}",
            "2: 'depends_on' of 'shop' names 'zebra', which this file does not define; add it or correct the name",
        ),
        ("shop: {image: x, depend_on: [db]}", "2: 'depend_on' of 'shop' is no setting of Compose, it is left out; did you mean 'depends_on'?"),
        ("shop: {image: x, depends_on: shop}", "2: 'depends_on' of 'shop' is a text where a list belongs; write '- ' before each name"),
        (
            "shop: {image: x, depends_on: {shop: {condition: healthy}}}",
            "2: unknown condition 'healthy' of 'shop'; did you mean 'service_healthy'?",
        ),
        (
            "shop: {image: x, depends_on: {shop: {condition: [x]}}}",
            "2: unknown condition 'no text' of 'shop'; known are service_started, service_healthy, service_completed_successfully",
        ),
        (
            "shop: {image: x, depends_on: [{db: }]}",
            "2: an item of 'depends_on' of 'shop' is no name of a service, it is left out; write one name to an item, or a map of names",
        ),
        (
            "shop: {image: x, links: [a/b]}",
            "2: an item of 'links' of 'shop' is no name of a service, it is left out; write one name to an item, or a map of names",
        ),
        ("my shop: {image: x}", "2: 'my shop' is no name of a service, it is left out; write letters, digits and - _ . only"),
        ("shop: nginx", "2: the service 'shop' is no map, it is left out; write its 'image:' below it"),
        (
            "shop: {image: x, depends_on: !reset [], ports: !override ['80:80']}",
            "2: '!reset' is not applied: what other files say here stays; load the output of 'docker compose config' instead",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line_and_the_way_out(tmp_path: Path, text: str, message: str) -> None:
    assert f"compose.yaml:{message}" in services(text, tmp_path).messages(tmp_path)


def test_tags_of_compose_are_taken_off_and_others_refused(tmp_path: Path) -> None:
    found = services("a:\n  image: x\n  ports: !override\n    - '80:80'\n  depends_on: !reset null", tmp_path)
    assert found.facts("a") == {("image", "x"), ("port", "80:80")}
    assert [f.where.line for f in found.findings("not-applied")] == [4, 6]
    with pytest.raises(InputError, match=r"compose\.yaml:2: the tag '!!python/object:os' asks for a type"):
        services("a: !!python/object:os {}", tmp_path)


@pytest.mark.parametrize("text", ["services: [a]", "services: text", "- a", "text"])
def test_what_has_no_services_gives_none_and_says_so(tmp_path: Path, text: str) -> None:
    found = by(text, tmp_path)
    assert found.statements.defines == frozenset()
    assert len(found.findings("no-services")) == 1


def test_an_undefined_name_in_an_overlay_is_left_to_the_file_below_it(tmp_path: Path) -> None:
    found = by("services: {web: {depends_on: [db]}}", tmp_path, name="docker-compose.prod.yml")
    assert found.stubs == {"db"}
    assert found.statements.findings == ()


def test_many_mistakes_are_cut_and_take_no_time(tmp_path: Path) -> None:
    names = "".join(f"  s{i}: {{image: x, depnds_{i}: y, depends_on: [t{i}]}}\n" for i in range(3_000))
    found = by(f"services:\n{names}", tmp_path)
    assert len(found.statements.defines) == 3_000
    assert len(found.statements.findings) < 410


@pytest.mark.parametrize(
    ("name", "text", "sure"),
    [
        ("compose.yaml", "services:\n  a:\n    image: x\n", Confidence.CERTAIN),
        ("docker-compose.prod.yml", "services:\n  a:\n    environment: [X]\n", Confidence.CERTAIN),
        ("docker-compose-dev.yml", "version: '3'\nservices:\n  a: {}\n", Confidence.CERTAIN),
        ("compose.yaml", "include: [a.yaml]\n", Confidence.CERTAIN),
        ("compose.yaml", "services:\n  a:\n    ports: !reset []\n", Confidence.CERTAIN),
        ("stack.yml", "services:\n  a:\n    image: x\n    deploy: {replicas: 2}\n", Confidence.LIKELY),
        ("stack.yml", "x-a: 1\nservices: {a: {build: .}}\n", Confidence.LIKELY),
        ("values.yaml", "services:\n  a:\n    image: {repository: x}\n", Confidence.NO),
        ("catalogue.yaml", "services:\n  a:\n    image: x.png\n    owner: me\n", Confidence.NO),
        ("catalogue.yaml", "services:\n  a:\n    depends_on: [b]\n", Confidence.NO),
        ("service-catalog.yml", "services:\n- name: api\n", Confidence.NO),
        ("compose.yaml", "services:\n- name: api\n", Confidence.NO),
        ("compose.yaml", "apiVersion: v1\nservices: {a: {image: x}}\n", Confidence.NO),
        ("compose.yaml", "elements:\n- id: a\n", Confidence.NO),
        ("compose.md", "services:\n  a:\n    image: x\n", Confidence.NO),
    ],
)
def test_it_recognises_its_own_files(tmp_path: Path, name: str, text: str, sure: Confidence) -> None:
    assert compose.recognises(Head(tmp_path / name, text)) is sure


def test_the_environment_is_never_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Never(dict[str, str]):
        def __getitem__(self, key: str) -> str:
            raise AssertionError(key)

        get = __getitem__  # type: ignore[assignment]

    monkeypatch.setattr(os, "environ", Never())
    found = services("a: {image: '${HOME}', depends_on: ['$HOME']}", tmp_path)
    assert found.stubs == {"$HOME"}


if __name__ == "__main__":
    (Path(__file__).parents[2] / "golden" / "compose-sample.txt").write_text(sample_record(), encoding="utf-8")
