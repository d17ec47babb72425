"""Files and folders become sources, all or nothing."""

import os
from pathlib import Path

import pytest

from graph.maps import open_map
from graph.model import InputError
from graph.sources import candidates, read_sources
from tests.graph.written import SHOP, write


def test_a_folder_gives_its_name_as_namespace_and_a_file_that_of_its_folder(tmp_path):
    file = write(tmp_path, SHOP)
    for path in (file, file.parent):
        (found,) = candidates([path])
        assert (found.namespace, found.source_id) == ("shop", "shop/map.yaml")
    (deeper,) = candidates([tmp_path])
    assert (deeper.namespace, deeper.source_id) == (tmp_path.name, f"{tmp_path.name}/shop/map.yaml")
    (named,) = candidates([file], namespace="mine")
    assert named.source_id == "mine/map.yaml"


def test_a_file_named_twice_is_read_once(tmp_path):
    file = write(tmp_path, SHOP)
    assert len(candidates([file, file.parent])) == 1


def test_two_files_that_would_be_one_source_are_refused(tmp_path):
    one, two = write(tmp_path / "x", SHOP), write(tmp_path / "y", SHOP)
    with pytest.raises(InputError, match=r"would both be the source 'shop/map\.yaml'; load them one after the other"):
        candidates([one, two])


def test_hidden_and_foreign_files_in_a_folder_are_passed_over(tmp_path):
    write(tmp_path, SHOP)
    write(tmp_path, "x: 1", ".hidden.yaml")
    write(tmp_path, "dear", "letter.txt")
    write(tmp_path / "shop" / ".git", SHOP)
    assert len(candidates([tmp_path / "shop"])) == 1


def test_a_file_is_known_by_its_last_line_too_when_nothing_ends_it(tmp_path):
    (tmp_path / "shop.yaml").write_text("title: Shop\nelements: [{id: web, kind: service}]", encoding="utf-8")
    assert [len(read.defines) for read in read_sources([tmp_path])] == [1]


def test_a_file_in_a_folder_that_nobody_knows_is_a_note(tmp_path):
    write(tmp_path, SHOP)
    write(tmp_path, "name: Release\non: [push]\n", "release.yaml")
    map_ = open_map([tmp_path / "shop"])
    (note,) = [f for f in map_.reading if f.check == "not-recognised"]
    assert note.severity.value == "note"
    assert str(note.where).endswith("release.yaml")
    assert len(map_.store.sources) == 1


def test_a_folder_without_any_map_is_an_error(tmp_path):
    write(tmp_path, "name: Release\non: [push]\n", "release.yaml")
    with pytest.raises(InputError, match="not a format that servicemap knows"):
        read_sources([tmp_path / "shop"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no map files in"):
        read_sources([tmp_path / "empty"])


def test_the_problems_of_all_files_are_told_together(tmp_path):
    write(tmp_path, "elements:\n  - {id: a, kind: x}\n", "one.yaml")
    write(tmp_path, "elements:\n  - {id: b, kind: y}\n", "two.yaml")
    with pytest.raises(InputError) as error:
        read_sources([tmp_path / "shop"])
    assert [p.where.path.rpartition("/")[2] for p in error.value.problems] == ["one.yaml", "two.yaml"]


def test_a_digest_names_what_was_read(tmp_path):
    file = write(tmp_path, SHOP)
    (first,) = read_sources([file])
    (again,) = read_sources([file])
    assert first.source.digest == again.source.digest
    file.write_text(SHOP.replace("A shop", "Another"))
    (changed,) = read_sources([file])
    assert changed.source.digest != first.source.digest


def test_a_file_comes_before_those_whose_names_go_on_from_its_own(tmp_path):
    for name in ("compose.full.yaml", "compose.yaml", "compose-dev.yml", "a.yaml"):
        write(tmp_path, "x: 1", name)
    assert [c.path.name for c in candidates([tmp_path / "shop"])] == [
        "a.yaml",
        "compose.yaml",
        "compose-dev.yml",
        "compose.full.yaml",
    ]


GROUP = "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {{name: {}}}\n"
LOCATION = "---\napiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {{name: {}}}\nspec: {{targets: [{}]}}\n"


def test_what_a_file_asks_for_is_read_after_all_that_was_given_and_keeps_its_namespace(tmp_path):
    one = write(tmp_path, GROUP.format("a") + LOCATION.format("l", "./deep/b.txt, ./map.yaml, c.yaml"), "a.yaml")
    write(tmp_path, GROUP.format("c"), "c.yaml")
    (tmp_path / "shop" / "deep").mkdir()
    (tmp_path / "shop" / "deep" / "b.txt").write_text("dear", encoding="utf-8")
    named = write(tmp_path, SHOP)
    read = read_sources([one, named], namespace="mine")
    assert [(s.source.id, s.source.importer) for s in read] == [
        ("mine/a.yaml", "backstage"),
        ("mine/map.yaml", "map"),
        ("mine/deep/b.txt", ""),
        ("mine/c.yaml", "backstage"),
    ]


def test_a_file_that_is_asked_for_and_broken_stops_the_load_like_any_other(tmp_path):
    one = write(tmp_path, LOCATION.format("l", "b.yaml"), "a.yaml")
    write(tmp_path, GROUP.format("[b"), "b.yaml")
    with pytest.raises(InputError, match=r"b\.yaml:\d+: this is not valid YAML"):
        read_sources([one])


def test_a_file_of_another_given_folder_may_be_asked_for(tmp_path):
    one = write(tmp_path / "x", LOCATION.format("l", "../../y/other/b.yaml"), "a.yaml")
    other = tmp_path / "y" / "other"
    other.mkdir(parents=True)
    (other / "b.yaml").write_text(GROUP.format("b"), encoding="utf-8")
    assert [f.check for s in read_sources([one]) for f in s.findings] == ["not-followed"]
    assert [f.check for s in read_sources([one, other]) for f in s.findings] == []


def test_only_ordinary_files_are_read(tmp_path):
    write(tmp_path, SHOP)
    pipe = tmp_path / "shop" / "pipe.yaml"
    os.mkfifo(pipe)
    read = read_sources([tmp_path / "shop"])
    assert [(f.severity.value, str(f)) for s in read for f in s.findings if f.check == "no-file"] == [
        ("note", f"{pipe}: this is not an ordinary file; copy what it holds into a file")
    ]
    assert len(open_map([tmp_path / "shop"]).store.sources) == 1
    for path in (pipe, Path("/dev/zero")):
        with pytest.raises(InputError, match="this is not an ordinary file"):
            read_sources([path])


def test_a_file_is_too_large_before_it_is_read(tmp_path):
    file = write(tmp_path, SHOP)
    os.truncate(file, 2_000_000_001)
    with pytest.raises(InputError, match="the file is larger than 2 GB"):
        read_sources([file])


@pytest.mark.parametrize("target", ["loop.yaml", "nowhere.yaml"])
def test_a_link_that_leads_nowhere_is_one_clear_line(tmp_path, target):
    write(tmp_path, SHOP)
    link = tmp_path / "shop" / "loop.yaml"
    link.symlink_to(target)
    with pytest.raises(InputError, match=r"loop\.yaml: cannot be read"):
        read_sources([tmp_path / "shop"])
    with pytest.raises(InputError, match=r"cannot be read|does not exist"):
        read_sources([link])


def test_a_name_that_is_too_long_is_one_clear_line(tmp_path):
    with pytest.raises(InputError, match=r"cannot be read .File name too long."):
        read_sources([tmp_path / ("x" * 300)])


@pytest.mark.parametrize("name", ["shop/\udcff.yaml", "shop/\udcff/map.yaml", "\udcff/map.yaml"])
def test_a_name_that_is_not_utf_8_is_one_clear_line(tmp_path, name):
    file = tmp_path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(SHOP)
    for path in (file, file.parent, tmp_path):
        with pytest.raises(InputError, match="is not UTF-8; rename it"):
            read_sources([path])


@pytest.mark.parametrize("namespace", ["a/b", "a\nb", "\x1b", "\udcff"])
def test_a_namespace_that_cannot_be_one_is_refused(tmp_path, namespace):
    with pytest.raises(InputError, match="cannot be a namespace; leave out '/' and control characters"):
        read_sources([write(tmp_path, SHOP)], namespace=namespace)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_folder_that_may_not_be_read_is_named(tmp_path):
    write(tmp_path, SHOP)
    inner = write(tmp_path / "shop", SHOP).parent
    inner.chmod(0)
    try:
        with pytest.raises(InputError, match=f"^{inner}: this folder cannot be read .Permission denied."):
            read_sources([tmp_path / "shop"])
        with pytest.raises(InputError, match=r"cannot be read .Permission denied."):
            read_sources([inner / "map.yaml"])
    finally:
        inner.chmod(0o700)


def test_a_folder_that_cannot_be_listed_is_named(tmp_path, monkeypatch):
    write(tmp_path, SHOP)
    inner = write(tmp_path / "shop", SHOP).parent
    scan = os.scandir

    def refuse(path):
        if Path(path) == inner:
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(InputError, match=f"^{inner}: this folder cannot be read .Permission denied."):
        read_sources([tmp_path / "shop"])


def test_a_link_out_of_the_folder_is_not_read_and_said(tmp_path):
    file = write(tmp_path, SHOP)
    outside = tmp_path / "outside.yaml"
    outside.write_text("elements:\n  - {id: secret, kind: service}\n")
    (file.parent / "link.yaml").symlink_to(outside)
    (file.parent / "inside.yaml").symlink_to(file)
    found = [finding for s in read_sources([file.parent]) for finding in s.findings]
    assert [str(f) for f in found if f.check == "outside"] == [
        f"{file.parent}/link.yaml: this link points out of the folder that was given, it is not read; name the file itself"
    ]
    assert any("secret" in iri for s in read_sources([file.parent / "link.yaml"]) for iri in s.defines)


def test_after_many_problems_reading_stops_and_says_what_was_not_looked_at(tmp_path, monkeypatch):
    monkeypatch.setattr("graph.sources._MOST_PROBLEMS", 4)
    for name in "abcd":
        write(tmp_path, "elements:\n  - {id: x, kind: a}\n  - {id: y, kind: b}\n", f"{name}.yaml")
    with pytest.raises(InputError) as error:
        read_sources([tmp_path / "shop"])
    assert (
        str(error.value.problems[0])
        == "reading stopped after 4 problems, 2 files were not looked at; mend the first ones"
    )
    assert len(error.value.problems) == 5


def test_a_map_is_opened_from_paths_that_are_texts_and_from_one_path_alone(tmp_path):
    file = tmp_path / "shop.yaml"
    file.write_text("namespace: shop\nelements: [{id: web, kind: application}]\n", encoding="utf-8")

    assert [open_map(paths).projection.ids for paths in ([str(file)], str(file), file)] == [["shop/web"]] * 3
