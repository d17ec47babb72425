"""Compose files before and after become what Compose would do: with the files of the OpenTelemetry demo, edited."""

import pytest

from graph.plans.compose import read

SHOP = """
services:
  web:
    image: shop/web:1
    depends_on: [db]
    environment: {PASSWORD: hunter2-never-shown}
    configs: [settings]
  db:
    image: postgres:16
    deploy: {replicas: 2}
  old: {image: x}
configs:
  settings: {content: red}
"""


@pytest.fixture
def edit(tmp_path):
    def made(old, new):
        assert old in SHOP
        (tmp_path / "old.yaml").write_text(SHOP)
        (tmp_path / "new.yaml").write_text(SHOP.replace(old, new))
        return read(tmp_path / "old.yaml", tmp_path / "new.yaml")

    return made


def told(plan):
    return [str(planned) for planned in plan.planned if not str(planned).endswith("not changed")]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("web:1", "web:2", ["services.web: replaced (image)"]),
        ("hunter2", "hunter3", ["services.web: replaced (environment)"]),
        ("replicas: 2", "replicas: 1", ["services.db: runs fewer instances (1 instead of 2)"]),
        ("replicas: 2", "replicas: 0", ["services.db: runs no instance any more"]),
        ("replicas: 2", "replicas: 4", []),
        ("depends_on: [db]", "depends_on: [old]", []),
        ("content: red", "content: blue", ["services.web: replaced (configs settings)"]),
        ("  old: {image: x}\n", "", ["services.old: deleted"]),
        ("  old: {image: x}\n", "  new: {image: x}\n", ["services.new: created", "services.old: deleted"]),
    ],
)
def test_each_edit_of_a_service_is_what_compose_would_do(edit, old, new, words):
    assert told(edit(old, new)) == words


def test_no_value_is_ever_shown(edit):
    assert "hunter" not in repr(edit("hunter2", "hunter3"))


def test_the_real_demo_changes_nothing_by_itself_and_tells_what_an_edit_does(realworld, tmp_path):
    folder = realworld / "compose-otel-demo"
    whole = read(folder, folder)
    assert (len(whole.planned), told(whole)) == (28, [])
    new = tmp_path / "compose.yaml"
    text = (folder / "compose.yaml").read_text()
    new.write_text(text.replace("${VALKEY_IMAGE}", "valkey/valkey:9"))
    assert told(read(folder / "compose.yaml", new)) == ["services.valkey-cart: replaced (image)"]
