"""Does a Backstage catalogue arrive whole, with Backstage's own rules for names, and nothing added?"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from graph.importers import backstage
from graph.importers.backstage import parse_ref, read
from graph.maps import Map, open_map
from graph.model import Confidence, Head, InputError
from graph.templated import TemplateError
from tests.graph.importers.told import OPTIONS, Told, head, surest, told

SAMPLE = Path(__file__).parents[3] / "data" / "samples" / "backstage"


def by(text: str, folder: Path, *, name: str = "catalog-info.yaml") -> Told:
    (folder / name).write_text(dedent(text), encoding="utf-8")
    return told(read(folder / name, OPTIONS))


def entity(kind: str, name: str, spec: str = "{}", *, more: str = "") -> str:
    return f"---\napiVersion: backstage.io/v1alpha1\nkind: {kind}\nmetadata: {{name: {name}{more}}}\nspec: {spec}\n"


# The real catalogues


@pytest.fixture(scope="module")
def giantswarm(realworld: Path) -> Map:
    return open_map([realworld / "backstage-giantswarm"])


@pytest.fixture(scope="module")
def redhat(realworld: Path) -> Map:
    return open_map([realworld / "backstage-rhdh"])


@pytest.fixture(scope="module")
def truth(realworld: Path) -> dict[str, Any]:
    items: dict[str, Any] = json.loads((realworld / "expected.json").read_text())["items"]
    return {name: item["truth"] for name, item in items.items()}


def pairs(map_: Map, kind: str) -> set[tuple[str, str]]:
    p = map_.projection
    number = next(i for i, k in enumerate(p.kinds) if k.key == kind)
    chosen = p.edges.kind == number
    ends = zip(p.edges.dependent[chosen], p.edges.provider[chosen], strict=True)
    return {(p.ids[a].partition("/")[2], p.ids[b].partition("/")[2]) for a, b in ends}


def as_id(ref: str) -> str:
    """The id here of a reference as the truth writes it."""
    return parse_ref(ref).id


def stubs(map_: Map) -> set[str]:
    p = map_.projection
    return {p.ids[v].partition("/")[2] for v in range(len(p)) if p.stub[v]}


def owners(map_: Map) -> list[tuple[str, str]]:
    owned = "https://w3id.org/servicemap#ownedBy"
    return [(s.rpartition("/")[2], o.rpartition("/")[2]) for s, o in map_.store.pairs(owned)]


def test_giant_swarm_has_96_elements_of_105_documents(giantswarm: Map, truth: dict[str, Any]) -> None:
    known = truth["backstage-giantswarm"]
    p = giantswarm.projection
    defined = [p.ids[v].partition("/")[2] for v in range(len(p)) if not p.stub[v]]
    assert len(defined) == known["unique_entities"] == 96
    assert Counter(name.partition(":")[0] for name in defined) == known["entities_by_kind_unique"]
    repeated = [f for f in giantswarm.reading if f.check == "duplicate-id"]
    assert len(defined) + len(repeated) == known["entity_documents"] == 105
    assert sorted({f.message.split("'")[1] for f in repeated}) == known["duplicate_entity_refs"]
    assert all(f.where is not None and f.where.line and "first in line " in f.message for f in repeated)


def test_giant_swarm_states_no_dependency_and_none_is_invented(giantswarm: Map, truth: dict[str, Any]) -> None:
    relations = truth["backstage-giantswarm"]["relations_unique_by_type"]
    assert truth["backstage-giantswarm"]["dependency_edges"]["edges_unique"] == 0
    whole = pairs(giantswarm, "part of")
    assert sum(b.startswith("system:") for _, b in whole) == relations["partOf(system)"]
    assert sum(b.startswith("group:") for _, b in whole) == relations["childOf"]
    assert giantswarm.projection.dependencies == len(whole)


def test_giant_swarms_owners_are_all_there_and_the_unresolved_are_listed(
    giantswarm: Map, truth: dict[str, Any]
) -> None:
    known = truth["backstage-giantswarm"]
    found = owners(giantswarm)
    assert len(set(found)) == known["relations_unique_by_type"]["ownedBy"] == 84
    assert Counter(o for _, o in found) == {as_id(k): v for k, v in known["owned_entities_by_owner"].items()}
    missing = Counter(name.partition(":")[0] for name in stubs(giantswarm))
    dangling = known["dangling_targets"]
    assert missing == {
        "group": dangling["ownedBy"] + dangling["childOf"],
        "system": dangling["partOf(system)"],
        "user": known["undefined_sources"]["memberOf"],
    }
    listed = {f.subject.rpartition("/")[2] for f in giantswarm.findings if f.check == "stub"}
    assert listed == stubs(giantswarm)
    members = "https://w3id.org/servicemap#memberOf"
    assert len(set(giantswarm.store.pairs(members))) == known["relations_unique_by_type"]["memberOf"]


def test_red_hat_has_21_entities_when_the_folder_is_given(redhat: Map, truth: dict[str, Any]) -> None:
    known = truth["backstage-rhdh"]
    p = redhat.projection
    defined = [p.ids[v].partition("/")[2] for v in range(len(p)) if not p.stub[v]]
    assert Counter(name.partition(":")[0] for name in defined) == known["entities_by_kind_unique"]
    assert len(defined) == known["unique_entities"] == 21
    needs = pairs(redhat, "needs")
    assert len(needs) == known["dependency_edges"]["edges_unique"] == 5
    for resource, impact in known["dependency_edges"]["impact"].items():
        assert {a for a, b in needs if b == as_id(resource)} == {as_id(a) for a in impact["transitive_dependants_list"]}
    assert len(pairs(redhat, "part of")) == known["relations_unique_by_type"]["partOf(system)"]
    assert Counter(o for _, o in owners(redhat)) == {as_id(k): v for k, v in known["owned_entities_by_owner"].items()}
    dangling = known["dangling_targets"]
    assert Counter(name.partition(":")[0] for name in stubs(redhat)) == {
        "group": dangling["ownedBy"],
        "system": dangling["partOf(system)"],
    }
    assert not [f for f in redhat.reading if f.check == "not-followed"]


def test_red_hats_all_yaml_alone_leads_to_all_that_its_locations_name(realworld: Path) -> None:
    """Three of the 21 entities are in a test file that no Location names."""
    map_ = open_map([realworld / "backstage-rhdh" / "catalog-entities" / "all.yaml"])
    p = map_.projection
    assert len(p) - p.stub.sum() == 18
    assert len(map_.store.sources) == 18
    assert {source.namespace for source in map_.store.sources} == {"catalog-entities"}
    assert len(pairs(map_, "needs")) == 5


def test_it_takes_its_own_real_files_and_no_others(realworld: Path) -> None:
    files = [path for path in sorted(realworld.rglob("*")) if path.is_file() and path.suffix in backstage.ENDINGS]
    own = {path for path in files if "backstage-" in str(path) and path.suffix == ".yaml"}
    assert {path for path in files if backstage.recognises(head(path)) > Confidence.NO} == own
    assert {surest(path) for path in own} == {"backstage"}


# The sample


def test_the_sample_reads_as_recorded(root: Path) -> None:
    """Rewrite the record with: python -m tests.graph.importers.test_backstage."""
    assert sample_record() == (root / "tests" / "golden" / "backstage-sample.txt").read_text(encoding="utf-8")


def sample_record() -> str:
    return "".join(told(read(file, OPTIONS)).record(SAMPLE) for file in sorted(SAMPLE.rglob("*.yaml")))


def test_the_first_file_of_the_sample_leads_to_all_others() -> None:
    one, all_ = open_map([SAMPLE / "catalog-info.yaml"]), open_map([SAMPLE])
    assert one.projection.ids == all_.projection.ids
    assert len(one.store.sources) == 4


# Names


@pytest.mark.parametrize(
    ("text", "kind", "ref", "identifier"),
    [
        ("web", "component", "component:default/web", "component:web"),
        ("API:Web", "component", "api:default/web", "api:web"),
        ("pets/web", "component", "component:pets/web", "component:pets:web"),
        ("user:pets/Ada", "group", "user:pets/ada", "user:pets:ada"),
        ("a.b-c_d", "api", "api:default/a.b-c_d", "api:a.b-c_d"),
    ],
)
def test_references_are_understood_as_backstage_does(text: str, kind: str, ref: str, identifier: str) -> None:
    found = parse_ref(text, kind=kind)
    assert (str(found), found.id) == (ref, identifier)
    assert "/" not in found.id


@pytest.mark.parametrize("text", ["", "a/b/c", "a:b:c", "a:", "/b", "a b", "x:" + "y" * 600])
def test_what_is_no_reference_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no entity reference|is longer than"):
        parse_ref(text, kind="group")


def test_one_name_may_have_several_kinds_and_namespaces(tmp_path: Path) -> None:
    found = by(
        entity("Component", "pay")
        + entity("API", "pay")
        + entity("Component", "pay", more=", namespace: Shops")
        + entity("component", "PAY"),
        tmp_path,
    )
    assert found.classes() == {
        "component:pay": "Component",
        "api:pay": "Service",
        "component:shops:pay": "Component",
    }
    assert found.of("component:shops:pay", "externalId") == ["component:shops/pay"]
    [twice] = found.findings("duplicate-id")
    assert str(twice).endswith(
        "catalog-info.yaml:17: 'component:default/pay' is here twice, first in line 2; the first is taken; "
        "give each its own name"
    )


def test_a_reference_means_the_namespace_of_the_entity_that_makes_it(tmp_path: Path) -> None:
    spec = "{owner: crew, system: default/tills, dependsOn: ['resource:db'], consumesApis: [{name: a, kind: API}]}"
    found = by(entity("Component", "web", spec, more=", namespace: shops"), tmp_path)
    assert found.stubs == {"group:shops:crew", "system:tills", "resource:shops:db", "api:shops:a"}
    assert found.of("component:shops:web", "ownedBy") == ["group:shops:crew"]
    assert found.of("component:shops:web", "partOf") == ["system:tills"]


@pytest.mark.parametrize(
    ("kind", "field", "edge"),
    [
        ("Component", "dependsOn: ['resource:b']", ("component:a", "resource:b")),
        ("Resource", "dependencyOf: ['component:b']", ("component:b", "resource:a")),
        ("Component", "consumesApis: [b]", ("component:a", "api:b")),
        ("Component", "providesApis: [b]", ("api:b", "component:a")),
    ],
)
def test_what_is_needed_points_from_the_one_that_needs(
    tmp_path: Path, kind: str, field: str, edge: tuple[str, str]
) -> None:
    found = by(entity(kind, "a", f"{{{field}}}"), tmp_path)
    assert found.edges() == {edge}
    inferred = field.startswith("provides")
    node = f"{edge[0]}/dependency/needs/x/{edge[1]}"
    assert found.of(node, "evidenceType") == [f"evidence-{'inferred' if inferred else 'declared'}"]
    assert found.evidence(*edge)[0].startswith(f"spec.{field.partition(':')[0]} of {kind.lower()}:default/a")


@pytest.mark.parametrize(
    ("kind", "field", "statement"),
    [
        ("Component", "subcomponentOf: b", ("component:a", "partOf", "component:b")),
        ("Component", "system: b", ("component:a", "partOf", "system:b")),
        ("System", "domain: b", ("system:a", "partOf", "domain:b")),
        ("Domain", "subdomainOf: b", ("domain:a", "partOf", "domain:b")),
        ("Group", "parent: b", ("group:a", "partOf", "group:b")),
        ("Group", "children: [b]", ("group:b", "partOf", "group:a")),
        ("Group", "members: [b]", ("user:b", "memberOf", "group:a")),
        ("User", "memberOf: [b]", ("user:a", "memberOf", "group:b")),
        ("Template", "owner: user:b", ("template:a", "ownedBy", "user:b")),
    ],
)
def test_relations_that_are_no_needs_make_no_dependency(
    tmp_path: Path, kind: str, field: str, statement: tuple[str, str, str]
) -> None:
    found = by(entity(kind, "a", f"{{{field}}}"), tmp_path)
    assert statement in found.triples
    assert found.edges() == set()
    assert len(found.stubs) == 1


def test_members_of_what_is_no_group_are_kept_in_words(tmp_path: Path) -> None:
    found = by(entity("System", "a", "{members: [b]}"), tmp_path)
    assert found.facts("system:a") == {("members", "b")}
    assert found.stubs == set()


# What is kept


def test_annotations_links_tags_labels_and_the_type_are_kept(tmp_path: Path) -> None:
    found = by(
        """
        apiVersion: backstage.io/v1beta1
        kind: Component
        metadata:
          name: web
          title: The  web
          tags: [a, b]
          labels: {stage: gold}
          annotations:
            backstage.io/source-location: url:https://example.org/git
            backstage.io/view-url: https://example.org/view
            backstage.io/techdocs-ref: dir:.
            count: 007
          links:
            - {url: "https://example.org/x", title: X, icon: y, type: dashboard}
            - {url: not an address, title: Z}
          uid: 9f
        spec: {type: website, lifecycle: beta, tiers: [1, 2], deep: {a: {b: c}}}
        relations: [{type: ownedBy, targetRef: "group:default/x"}]
        """,
        tmp_path,
    )
    assert found.of("component:web", "label") == ["The web"]
    assert found.of("component:web", "tag") == ["a", "b"]
    assert found.of("component:web", "repository") == ["https://example.org/git"]
    assert found.links("component:web") >= {
        ("X (dashboard)", "https://example.org/x"),
        ("view", "https://example.org/view"),
    }
    assert found.facts("component:web") == {
        ("stage", "gold"),
        ("backstage.io/techdocs-ref", "dir:."),
        ("count", "007"),
        ("uid", "9f"),
        ("type", "website"),
        ("lifecycle", "beta"),
        ("tiers", "1"),
        ("tiers", "2"),
        ("link", "Z not an address"),
    }
    assert [f.message for f in found.findings("left-out")] == [
        "'spec.deep' is left out (1 value)",
        "'relations' is left out (1 value)",
    ]
    assert found.findings("wrong-value")[0].where.line == 16


def test_the_younger_kinds_of_backstage_are_known(tmp_path: Path) -> None:
    found = by(entity("Environment", "prod") + entity("AiResource", "skill", "{type: plugin, skills: [a]}"), tmp_path)
    assert found.classes() == {"environment:prod": "Environment", "airesource:skill": "Resource"}
    assert (found.of("airesource:skill", "resourceType"), found.facts("airesource:skill")) == (
        ["plugin"],
        {("skills", "a")},
    )


def test_includes_are_kept_as_references_and_never_read(tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("password: swordfish")
    found = by(entity("API", "a", "{definition: {$text: ./secret.yaml}}"), tmp_path)
    assert found.facts("api:a") == {("definition $text", "./secret.yaml")}
    assert not any("swordfish" in part for triple in found.triples for part in triple)
    assert found.statements.follow == {}


@pytest.mark.parametrize(
    ("sort", "cls", "told_as"),
    [
        ("database", "Database", ("type", "database")),
        ("S3_bucket", "StorageVolume", ("type", "S3_bucket")),
        ("pigeonhole", "Resource", None),
    ],
)
def test_a_resource_is_what_its_type_plainly_says_and_the_load_notes_it(
    tmp_path: Path, sort: str, cls: str, told_as: tuple[str, str] | None
) -> None:
    found = by(entity("Resource", "r", f"{{type: {sort}}}"), tmp_path)
    assert found.classes() == {"resource:r": cls}
    assert found.facts("resource:r") == ({told_as} if told_as else set())
    assert found.of("resource:r", "resourceType") == ([] if told_as else [sort])
    assert len(found.findings("inferred-kind")) == bool(told_as)


@pytest.mark.parametrize(
    ("word", "code"), [("production", ["lifecycle-in-service"]), ("deprecated", ["lifecycle-retiring"]), ("beta", [])]
)
def test_a_lifecycle_is_translated_where_the_meaning_is_the_same(tmp_path: Path, word: str, code: list[str]) -> None:
    found = by(entity("Component", "a", f"{{lifecycle: {word}}}"), tmp_path)
    assert [c.rpartition("/")[2] for c in found.of("component:a", "lifecycle")] == code
    assert found.facts("component:a") == (set() if code else {("lifecycle", word)})


def test_json_and_lists_of_entities_are_read_as_well(tmp_path: Path) -> None:
    entities = [
        {"apiVersion": "backstage.io/v1alpha1", "kind": "Group", "metadata": {"name": name}} for name in ("a", "b")
    ]
    (tmp_path / "all.json").write_text(json.dumps(entities))
    assert backstage.recognises(head(tmp_path / "all.json")) is Confidence.CERTAIN
    assert told(read(tmp_path / "all.json", OPTIONS)).classes() == {"group:a": "Team", "group:b": "Team"}


# What is wrong


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            entity("Componnet", "a"),
            "3: unknown kind 'Componnet', this entity is left out; did you mean 'Component'?",
        ),
        (
            entity("Gizmo", "a"),
            "3: unknown kind 'Gizmo', this entity is left out; known are Component, API, System, Domain, Resource, "
            "Group, User, Location, Template, Environment, AiResource",
        ),
        (
            "apiVersion: backstage.io/v1alpha1\nmetadata: {name: a}",
            "1: this entity has no kind; known are Component, API, System, Domain, Resource, Group, User, Location, Template, Environment, AiResource",
        ),
        (
            "apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: {title: A}",
            "1: this User has no 'metadata.name', it is left out; give it one",
        ),
        (
            "apiVersion: backstage.io/v1alpha1\nkind: User",
            "1: this User has no 'metadata.name', it is left out; give it one",
        ),
        (
            entity("API", "'a/b'"),
            "4: 'a/b' is no name of an entity, the API is left out; write letters, digits and - _ . only",
        ),
        (
            entity("API", "'${{ values.name }}'"),
            "4: '${{ values.name }}' is no name of an entity, the API is left out; write letters, digits and - _ . only",
        ),
        ("- apiVersion: v1\n- text", "1: this document is no entity of Backstage, it is left out"),
        (
            entity("Component", "a", "{dependsOn: [db]}"),
            "5: 'dependsOn' of 'component:default/a': 'db' names no kind; it is left out; write for example 'component:db'",
        ),
        (
            entity("Component", "a", "{dependsOn: [[db]]}"),
            "5: 'dependsOn' of 'component:default/a' holds a list where a reference belongs, it is left out; write [kind:][namespace/]name",
        ),
        (
            entity("Component", "a", "{dependsOn: ['resorce:db']}"),
            "5: 'dependsOn' of 'component:default/a' names the unknown kind 'resorce'; did you mean 'resource'?",
        ),
        (
            entity("Component", "a", "{dependOn: ['resource:db']}"),
            "5: 'dependOn' of 'component:default/a' is no field of Backstage's, it is kept as a fact; did you mean 'dependsOn'?",
        ),
        (
            entity("Component", "a", "{owner: a/b/c}"),
            "5: 'owner' of 'component:default/a': 'a/b/c' is no entity reference; it is left out; write [kind:][namespace/]name",
        ),
        (
            entity("Location", "a", "{target: /etc/passwd}"),
            "5: the target '/etc/passwd' is no relative path, it is not read; write it from the folder of this file",
        ),
        (
            entity("Location", "a", "{targets: ['https://example.org/x.yaml']}"),
            "5: the target 'https://example.org/x.yaml' is an address, it is not read",
        ),
        (
            entity("Location", "a", "{targets: ['../*.yaml']}"),
            "5: no file fits the target '../*.yaml'; correct the pattern",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_the_way_out(tmp_path: Path, text: str, message: str) -> None:
    found = by(text, tmp_path)
    assert f"catalog-info.yaml:{message}" in found.messages(tmp_path)


def test_a_broken_file_is_refused_and_a_skeleton_of_a_template_told_apart(tmp_path: Path) -> None:
    text = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: a\n"
    with pytest.raises(InputError, match=r"catalog-info\.yaml:\d+: this is not valid YAML"):
        by(text, tmp_path)
    with pytest.raises(TemplateError, match="this is a text with places to be filled, it is not read"):
        by("{% if values.x %}\n" + text, tmp_path)


def test_a_name_of_two_files_is_taken_from_the_first_and_both_places_are_named(tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "a.yaml").write_text(entity("Component", "web", "{owner: one}"))
    (shop / "b.yaml").write_text(entity("Component", "web", "{owner: two}") + entity("Group", "two"))
    map_ = open_map([shop])
    assert owners(map_) == [("component:web", "group:one")]
    [twice] = [f for f in map_.reading if f.check == "duplicate-id"]
    assert str(twice) == (
        f"{shop}/b.yaml:2: 'component:default/web' is here twice, first in {shop}/a.yaml:2; the first is taken; "
        "give each its own name"
    )


# Locations


def located(folder: Path, *targets: str) -> Map:
    (folder / "shop").mkdir(exist_ok=True)
    file = folder / "shop" / "all.yaml"
    file.write_text(entity("Location", "all", json.dumps({"targets": targets})))
    return open_map([file])


def not_followed(map_: Map, folder: Path) -> list[str]:
    return [str(f).replace(f"{folder}/", "") for f in map_.reading if f.check == "not-followed"]


def test_relative_targets_are_followed_as_deep_as_they_lead(tmp_path: Path) -> None:
    deep = tmp_path / "shop" / "x" / "y"
    deep.mkdir(parents=True)
    (deep.parent / "next.yaml").write_text(entity("Location", "next", "{target: ./y/web.yaml}"))
    (deep / "web.yaml").write_text(entity("Component", "web") + entity("Location", "back", "{target: ../../all.yaml}"))
    map_ = located(tmp_path, "./x/next.yaml", "x/next.yaml")
    assert len(map_.projection) == 4
    assert sorted(source.id for source in map_.store.sources) == [
        "shop/all.yaml",
        "shop/x/next.yaml",
        "shop/x/y/web.yaml",
    ]
    assert not_followed(map_, tmp_path) == []


def test_targets_with_patterns_are_followed(tmp_path: Path) -> None:
    for name in ("a/one.yaml", "a/two.yml", "a/b/three.yaml", ".git/four.yaml"):
        file = tmp_path / "shop" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(entity("Group", file.stem))
    assert len(located(tmp_path, "./a/*.yaml").projection) == 2
    assert len(located(tmp_path, "./**/*.y?ml").projection) == 3
    assert len(located(tmp_path, "./**/*.y*ml").projection) == 4


def test_nothing_outside_of_the_given_folder_is_read(tmp_path: Path) -> None:
    outside = tmp_path / "outside.yaml"
    outside.write_text(entity("Group", "secret"))
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "link.yaml").symlink_to(outside)
    (tmp_path / "shop" / "loop.yaml").symlink_to(tmp_path / "shop" / "loop.yaml")
    os.mkfifo(tmp_path / "shop" / "pipe.yaml")
    map_ = located(
        tmp_path,
        "../outside.yaml",
        "x/../../outside.yaml",
        str(outside),
        "file:///etc/passwd",
        "link.yaml",
        "loop.yaml",
        "pipe.yaml",
        "C:/x.yaml",
        "~/x.yaml",
        "n" * 5_000,
    )
    assert map_.projection.ids == ["shop/location:all"]
    said = not_followed(map_, tmp_path)
    assert len(said) == 10
    assert (
        "shop/all.yaml:5: '../outside.yaml' is outside the folder that was given, it is not read; give a folder around both"
        in said
    )


def test_a_target_that_is_missing_is_told_with_what_was_meant(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "groups.yaml").write_text(entity("Group", "a"))
    assert not_followed(located(tmp_path, "./gruops.yaml"), tmp_path) == [
        "shop/all.yaml:5: there is no file 'gruops.yaml'; did you mean 'groups.yaml'?"
    ]


def test_a_target_in_a_form_that_nobody_knows_is_a_note(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "notes.txt").write_text("dear")
    map_ = located(tmp_path, "notes.txt")
    assert [f.severity.value for f in map_.reading if f.check == "not-recognised"] == ["note"]


def test_many_mistakes_are_cut_and_take_no_time(tmp_path: Path) -> None:
    spec = json.dumps(
        {"dependsOn": [f"resorce{i}:x" for i in range(3_000)], "targets": [f"f{i}" for i in range(3_000)]}
    )
    (tmp_path / "all.yaml").write_text(entity("Location", "a", spec))
    map_ = open_map([tmp_path / "all.yaml"])
    counted = Counter(f.check for f in map_.reading)
    assert max(counted.values()) <= 201
    assert any("2800 more" in f.message for f in map_.reading)


@pytest.mark.parametrize(
    ("name", "text", "sure"),
    [
        ("a.yaml", "apiVersion: backstage.io/v1alpha1\nkind: API\n", Confidence.CERTAIN),
        ("a.yml", "# c\n---\nkind: Template\napiVersion: 'scaffolder.backstage.io/v1beta3'\n", Confidence.CERTAIN),
        ("a.yaml", "- apiVersion: backstage.io/v1alpha1\n  kind: API\n", Confidence.CERTAIN),
        ("a.json", '{"kind": "API", "apiVersion": "backstage.io/v1alpha1"}', Confidence.CERTAIN),
        ("a.yaml", "apiVersion: v1\nkind: Pod\nmetadata:\n  labels: {backstage.io/kubernetes-id: x}\n", Confidence.NO),
        ("a.yaml", "apiVersion: v1\nkind: ConfigMap\ndata:\n  x: |\n    apiVersion: backstage.io/v1alpha1\n", Confidence.NO),
        ("a.yaml", "app: {title: x}\nbackend: {baseUrl: y}\n", Confidence.NO),
        ("a.md", "apiVersion: backstage.io/v1alpha1\nkind: API\n", Confidence.NO),
    ],
)  # fmt: skip
def test_it_recognises_its_own_files(tmp_path: Path, name: str, text: str, sure: Confidence) -> None:
    assert backstage.recognises(Head(tmp_path / name, text)) is sure


if __name__ == "__main__":
    (Path(__file__).parents[2] / "golden" / "backstage-sample.txt").write_text(sample_record(), encoding="utf-8")


def test_an_element_keeps_ten_thousand_dependencies_and_the_others_are_counted(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    file = tmp_path / "shop" / "a.yaml"
    needs = ", ".join(f"component:c{n}" for n in range(10_004))
    file.write_text(entity("Component", "web", f"{{dependsOn: [{needs}]}}"))
    said = read(file, OPTIONS)
    assert len([iri for iri in said.lines if "/dependency/" in iri]) == 10_000
    (found,) = (finding for finding in said.findings if finding.check == "too-many-dependencies")
    assert "4 dependencies of 'component:web' are left out, 10,000 are kept; the first is here" in str(found)


def test_an_element_keeps_a_thousand_facts_and_the_others_are_counted(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    file = tmp_path / "shop" / "a.yaml"
    annotations = "".join(f", x/{n}: y" for n in range(1_003))
    file.write_text(entity("Component", "web", more=f", annotations: {{z: y{annotations}}}"))
    (found,) = (finding for finding in open_map([file]).reading if finding.check == "too-many-facts")
    assert str(found).replace(f"{tmp_path}/", "") == (
        "shop/a.yaml:4: 4 facts of 'component:web' are left out, 1,000 are kept; the first is here; keep them elsewhere"
    )
