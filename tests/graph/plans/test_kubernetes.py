"""Manifests before and after become what Kubernetes would do: with the manifests of two real shops, edited."""

import pytest

from graph.model import InputError
from graph.plans import read_edit
from graph.plans.kubernetes import read

WEB = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: shop/web:1
          envFrom: [{configMapRef: {name: settings}}]
          env: [{name: PASSWORD, value: hunter2-never-shown}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data: {colour: red}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: admins, namespace: shop}
roleRef: {kind: Role, name: admin, apiGroup: rbac.authorization.k8s.io}
subjects: [{kind: User, name: ann}, {kind: Group, name: night}]
"""


@pytest.fixture
def edit(tmp_path):
    def made(*changes, text=WEB):
        new = text
        for old, other in changes:
            assert old in new
            new = new.replace(old, other)
        (tmp_path / "old.yaml").write_text(text)
        (tmp_path / "new.yaml").write_text(new)
        return read(tmp_path / "old.yaml", tmp_path / "new.yaml")

    return made


def told(plan):
    return [str(planned) for planned in plan.planned if not str(planned).endswith("not changed")]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("replicas: 3", "replicas: 2"), "Deployment shop/web: runs fewer instances (2 instead of 3)"),
        (("replicas: 3", "replicas: 0"), "Deployment shop/web: runs no instance any more"),
        (("web:1", "web:2"), "Deployment shop/web: changed in place, it may restart (image)"),
        (("hunter2", "hunter3"), "Deployment shop/web: changed in place, it may restart (env)"),
        (("replicas: 3", "strategy: {type: Recreate}\n  replicas: 3"), None),
        (("kind: Deployment", "kind: StatefulSet"), "Deployment shop/web: deleted"),
    ],
)
def test_each_edit_of_a_workload_is_what_kubernetes_would_do(edit, change, words):
    assert told(edit(change))[:1] == ([words] if words else [])


def test_a_workload_that_restarts_with_fewer_instances_says_both(edit):
    plan = edit(("web:1", "web:2"), ("replicas: 3", "replicas: 2"))
    assert told(plan)[:1] == [
        "Deployment shop/web: changed in place, it may restart (image; then 2 instead of 3 instances)"
    ]
    assert [each.fewer for each in plan.planned if each.name == "web"] == [True]


def test_a_workload_that_is_recreated_goes_down_for_certain(edit):
    both = ("replicas: 3", "strategy: {type: Recreate}\n  replicas: 3"), ("web:1", "web:2")
    assert told(edit(*both)) == ["Deployment shop/web: replaced (image)"]


def test_a_workload_that_reads_what_is_changed_may_restart(edit):
    assert told(edit(("colour: red", "colour: blue"))) == [
        "ConfigMap shop/settings: changed in place, it may restart (data)",
        "Deployment shop/web: changed in place, it may restart (reads ConfigMap settings, which is changed)",
    ]


def test_who_loses_and_who_gets_rights_is_told(edit):
    assert edit(("{kind: User, name: ann}", "{kind: User, name: ben}")).rights == (
        "loses access: User ann, role admin in shop",
        "gets access: User ben, role admin in shop",
    )


def test_no_value_is_ever_shown(edit):
    assert "hunter" not in repr(edit(("hunter2", "hunter3"), ("web:1", "web:2")))


def test_nothing_changes_when_nothing_is_changed(realworld):
    for shop in ("k8s-sock-shop", "k8s-online-boutique"):
        plan = read(realworld / shop, realworld / shop)
        assert len(plan.planned) > 20
        assert (told(plan), plan.rights) == ([], ())


def test_in_a_real_shop_what_is_taken_out_is_deleted_and_what_is_shrunk_is_told(realworld, tmp_path):
    old = realworld / "k8s-sock-shop"
    text = next(old.rglob("complete-demo.yaml")).read_text()
    documents = text.split("\n---")
    kept = [d for d in documents if not ("kind: Deployment" in d and "\n  name: carts-db\n" in d)]
    assert len(kept) == len(documents) - 1
    new = tmp_path / "new.yaml"
    new.write_text("\n---".join(kept).replace("weaveworksdemos/orders:0.4.7", "weaveworksdemos/orders:0.4.8"))
    assert told(read(old, new)) == [
        "Deployment sock-shop/carts-db: deleted",
        "Deployment sock-shop/orders: changed in place, it may restart (image)",
    ]


def test_files_of_neither_tool_are_refused_in_one_line(tmp_path):
    (tmp_path / "a.yaml").write_text("elements: []\n")
    with pytest.raises(InputError, match=r"a.yaml: neither Compose nor Kubernetes: what changes here is not known"):
        read_edit(tmp_path / "a.yaml", tmp_path / "a.yaml")
