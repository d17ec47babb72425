"""Manifests become workloads, and addresses in their settings become needs: in two real shops, and in every corner."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graph.importers.kubernetes import read, recognises
from graph.model import Confidence
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
        "1 addresses in settings are those of no service of this file, they are left out",
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


def test_lists_and_json_are_read(said):
    objects = [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": n}, "spec": {}} for n in ("a", "b")]
    found = said(json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}), "app.json")
    assert sorted(found.classes()) == ["a", "b"]


def test_an_object_without_a_name_is_told_and_left_out(said):
    found = said("apiVersion: v1\nkind: Pod\nspec: {}\n")
    assert [finding.check for finding in found.statements.findings] == ["no-id"]


def test_values_of_secrets_are_never_read(said):
    text = workload("a") + "\napiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {p: hunter2}\n"
    assert "hunter2" not in repr(said(text))


@pytest.mark.parametrize(
    "text", ["apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: a}\n", "a: 1\n"]
)
def test_what_is_no_manifest_is_not_recognised(tmp_path, text):
    (tmp_path / "a.yaml").write_text(text)
    assert recognises(head(tmp_path / "a.yaml")) is Confidence.NO
