"""Manifests become workloads, and addresses in their settings become needs: in two real shops, and in every corner."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graph.importers.kubernetes import read, recognises
from graph.maps import load_into, open_map
from graph.model import Confidence, InputError, Severity
from graph.sources import read_sources
from ontology import terms as t
from tests.graph.importers.told import OPTIONS, head, surest, told

SAMPLE = Path(__file__).parents[3] / "data" / "samples" / "kubernetes" / "shop.yaml"
SHOPS = {
    "k8s-sock-shop": "deploy/kubernetes/complete-demo.yaml",
    "k8s-online-boutique": "release/kubernetes-manifests.yaml",
}


@pytest.fixture
def said(tmp_path):
    def of(text, name="app.yaml"):
        (tmp_path / name).write_text(text)
        return told(read(tmp_path / name, OPTIONS))

    return of


def workload(name, *, space="", env="[]", more=""):
    where = f", namespace: {space}" if space else ""
    return f"""
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}{where}}}
spec:
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec: {{containers: [{{name: c, image: "r/{name}:1", env: {env}}}]{more}}}
---
apiVersion: v1
kind: Service
metadata: {{name: {name}{where}}}
spec: {{selector: {{app: {name}}}}}
---"""


@pytest.mark.parametrize(("folder", "file"), SHOPS.items())
def test_workloads_and_needs_of_a_real_shop_equal_the_truth(realworld, folder, file):
    path = realworld / folder / file
    truth = json.loads((realworld / "expected.json").read_text())["items"][folder]["truth"]
    found = told(read(path, OPTIONS))
    assert sorted(found.classes()) == truth["workload_names"]
    assert found.edges() == {tuple(edge) for edge in truth["env_edge_list"]}
    assert recognises(head(path)) is Confidence.CERTAIN
    assert surest(path) == "kubernetes"


def test_the_sample_has_four_needs_and_says_what_it_left_out():
    found = told(read(SAMPLE, OPTIONS))
    assert found.edges() == {("web", "stock"), ("web", "search"), ("stock", "stock-db")}
    assert [str(finding).partition(": ")[2] for finding in found.statements.findings] == [
        "1 address in settings: no service of these files answers there, left out",
        "objects that are no workload are left out: ConfigMap 1, Namespace 1",
    ]
    assert found.of("stock-db", "version") == ["16.4"]
    assert found.of("web", "technology") == ["web"]


@pytest.mark.parametrize(
    ("value", "needs"),
    [
        ("b:80", True),
        ("http://b", True),
        ("tcp://user@b:80/path", True),
        ("b.default.svc.cluster.local", True),
        ("b", False),
        ("a:80", False),
        ("c:80", False),
        ("the b:80", False),
        ("", False),
    ],
)
def test_only_an_address_of_another_workload_is_a_need(said, value, needs):
    env = f'[{{name: X, value: "{value}"}}]'
    found = said(workload("a", env=env) + workload("b"))
    assert found.edges() == ({("a", "b")} if needs else set())


def test_a_service_of_another_namespace_is_found_by_its_whole_name(said):
    env = '[{name: X, value: "b.two:80"}]'
    found = said(workload("a", space="one", env=env) + workload("b", space="one") + workload("b", space="two"))
    assert found.edges() == {("a", "two:b")}


SETTINGS = """
apiVersion: v1
kind: ConfigMap
metadata: {name: urls}
data:
  stock: stock:8080
  else: nowhere:1
"""
KUSTOMIZATION = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [web.yaml]\n"
ONE_FILE_EACH = {
    "web.yaml": workload("web", env="[{name: STOCK, valueFrom: {configMapKeyRef: {name: urls, key: stock}}}]"),
    "stock.yaml": workload("stock", env='[{name: DB, value: "db.data:5432"}, {name: X, value: "gone:1"}]'),
    "db.yaml": workload("db", space="data"),
    "urls.yaml": SETTINGS,
}


@pytest.fixture
def folder(tmp_path):
    for name, text in ONE_FILE_EACH.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def needs(statements):
    return {edge for each in statements for edge in told(each).edges()}


def test_what_one_file_each_says_is_put_together(folder):
    found = read_sources([folder], namespace="x")
    assert needs(found) == {("web", "stock"), ("stock", "db")}
    (web,) = (each for each in found if each.source.path.endswith("web.yaml"))
    assert told(web).evidence("web", "stock") == ["env STOCK, key stock of ConfigMap urls"]
    notes = [str(finding) for each in found for finding in each.findings if "answers there" in str(finding)]
    assert len(notes) == 1


def test_a_service_and_its_workload_may_stand_in_two_files(tmp_path):
    deployment, service = workload("stock").split("---")[:2]
    (tmp_path / "a.yaml").write_text(workload("web", env='[{name: S, value: "http://stock"}]'))
    (tmp_path / "b.yaml").write_text(deployment)
    (tmp_path / "c.yaml").write_text(service)
    assert needs(read_sources([tmp_path], namespace="x")) == {("web", "stock")}


def test_a_setting_of_another_file_that_changes_changes_the_needs(folder, tmp_path_factory):
    store = tmp_path_factory.mktemp("kept") / "store"
    first = load_into(store, [folder])
    assert load_into(store, [folder]).unchanged == len(ONE_FILE_EACH)
    (folder / "urls.yaml").write_text(SETTINGS.replace("stock:8080", "db.data:1"))
    after = load_into(store, [folder])
    assert [edges(known.projection) for known in (first, after)] == [
        {("web", "stock"), ("stock", "db")},
        {("web", "db"), ("stock", "db")},
    ]


def test_a_patch_in_another_folder_adds_to_the_first_file_and_is_told(tmp_path):
    for name, version in (("base", "1"), ("overlay", "2")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "web.yaml").write_text(workload("web").replace("web:1", f"web:{version}"))
    (tmp_path / "base" / "kustomization.yaml").write_text(KUSTOMIZATION)
    found = open_map([tmp_path])
    assert [str(f) for f in found.findings if f.severity is Severity.ERROR] == []
    assert [f.where.path.endswith("overlay/web.yaml") for f in found.findings if f.check == "same-workload"] == [True]
    assert found.store.dump().count(f"/web> <{t.SM}version>".encode()) == 1


def edges(projection):
    ends = projection.edges.dependent, projection.edges.provider
    return {(projection.labels[a], projection.labels[b]) for a, b in zip(*ends, strict=True)}


def test_lists_and_json_are_read(said):
    objects = [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": n}, "spec": {}} for n in ("a", "b")]
    found = said(json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}), "app.json")
    assert sorted(found.classes()) == ["a", "b"]


def test_an_object_without_a_name_is_told_and_left_out(said):
    found = said("apiVersion: v1\nkind: Pod\nspec: {}\n")
    assert [finding.check for finding in found.statements.findings] == ["no-id"]


CHART = "apiVersion: v1\nkind: Pod\nmetadata:\n  labels: {{ .Values.labels }}\n"


def test_a_broken_file_is_refused(said):
    with pytest.raises(InputError, match=r"app\.yaml:\d+: this is not valid YAML"):
        said("apiVersion: v1\nkind: Pod\nmetadata: {name: a\n")


def test_a_chart_in_a_folder_is_passed_over_and_one_that_is_named_is_refused(tmp_path):
    (tmp_path / "chart.yaml").write_text(CHART)
    with pytest.raises(InputError, match=r"chart\.yaml:4: this is a text with places to be filled.*'helm template'"):
        read_sources([tmp_path / "chart.yaml"])
    with pytest.raises(InputError, match="places to be filled"):
        read_sources([tmp_path])
    (tmp_path / "web.yaml").write_text(workload("web"))
    found = [finding for each in read_sources([tmp_path]) for finding in each.findings]
    assert [(f.check, f.severity) for f in found if "places" in f.message] == [("template-of-a-file", Severity.WARNING)]


def test_what_was_read_before_and_is_a_chart_now_keeps_what_it_said(tmp_path):
    folder, store = tmp_path / "folder", tmp_path / "store"
    folder.mkdir()
    (folder / "a.yaml").write_text(workload("a"))
    (folder / "b.yaml").write_text(workload("b"))
    load_into(store, [folder])
    (folder / "a.yaml").write_text(CHART)
    assert {*load_into(store, [folder]).projection.labels} == {"a", "b"}


def test_a_name_with_a_place_to_be_filled_is_none(said):
    found = said(workload("a") + workload("b").replace("name: b", 'name: "{{ .Release.Name }}-b"'))
    assert [*found.classes()] == ["a"]
    assert {finding.check for finding in found.statements.findings} == {"template-of-a-file"}


def test_values_of_secrets_are_never_read(said):
    text = workload("a") + "\napiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {p: hunter2}\n"
    assert "hunter2" not in repr(said(text))


@pytest.mark.parametrize(
    "text", ["apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: a}\n", "a: 1\n"]
)
def test_what_is_no_manifest_is_not_recognised(tmp_path, text):
    (tmp_path / "a.yaml").write_text(text)
    assert recognises(head(tmp_path / "a.yaml")) is Confidence.NO
