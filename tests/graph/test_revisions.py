"""A map is taken from git as it was, offline, without running or following anything, and named as the repository does."""

from pathlib import Path

import pytest

from graph.model import InputError
from graph.revisions import Repository
from tests.graph.gitted import Git
from tests.graph.written import SHOP


@pytest.fixture
def git(tmp_path):
    folder = tmp_path / "checkout"
    folder.mkdir()
    made = Git(folder)
    made.commit({"maps/shop/map.yaml": SHOP, "README.md": "not a map"})
    return made


@pytest.fixture
def repository(git):
    return Repository.around(git.folder / "maps" / "shop")


def ids(opened):
    return [name for name in opened.projection.ids if "/" in name]


def refused(call, *words, **options):
    with pytest.raises(InputError) as left:
        call(*words, **options)
    return str(left.value)


def test_a_revision_is_the_map_as_it_was_and_not_as_it_is(git, repository):
    git.write({"maps/shop/map.yaml": SHOP.replace("id: vm-2, kind", "id: vm-9, kind").replace("vm-2", "vm-9")})
    assert "shop/vm-2" in ids(repository.opened("HEAD").opened)
    assert "shop/vm-9" in ids(repository.working_tree().opened)
    assert "shop/vm-2" not in ids(repository.working_tree().opened)


def test_ids_and_places_are_those_of_the_repository(git, repository):
    for revision in (repository.opened("main"), repository.working_tree()):
        assert [source.path for source in revision.opened.store.sources] == ["maps/shop/map.yaml"]
        assert {name.partition("/")[0] for name in ids(revision.opened)} == {"shop"}
        where = next(f.where for f in revision.opened.findings if f.check == "no-owner")
        assert str(where).startswith("maps/shop/map.yaml:")


def test_the_commit_is_known_to_the_source(git, repository):
    revision = repository.opened("main")
    assert revision.commit == git("rev-parse", "main")
    assert revision.name == f"main ({revision.commit[:7]})"
    assert [source.commit for source in revision.opened.store.sources] == [revision.commit]


def test_the_whole_repository_and_a_single_file_can_be_a_map(git):
    assert "checkout/vm-1" in ids(Repository.around(git.folder).opened("main").opened)
    file = Repository.around(git.folder / "maps" / "shop" / "map.yaml")
    assert "shop/vm-1" in ids(file.opened("main").opened)


def test_a_folder_that_is_there_no_more_can_still_be_asked_for(git):
    git("rm", "-r", "--quiet", "maps")
    git.commit()
    repository = Repository.around(git.folder / "maps" / "shop")
    assert "shop/vm-1" in ids(repository.opened("HEAD~1").opened)
    assert refused(repository.opened, "HEAD") == "'maps/shop' has no map files in 'HEAD'; name a folder that has"


def test_a_base_without_the_map_is_an_empty_map_and_says_so(git):
    git.commit({"new/map.yaml": SHOP})
    before = Repository.around(git.folder / "new").opened("HEAD~1", may_lack=True)
    assert len(before.opened.projection) == 0
    assert [f.message for f in before.opened.reading] == [f"no map in {before.name}: all of it is new"]


def test_a_mistyped_revision_gets_a_proposal(repository):
    assert refused(repository.opened, "mian") == "'mian' is no revision of 'checkout'; did you mean 'main'?"


@pytest.mark.parametrize(
    "name", ["", "--help", "-h", "a\nb", "\0", "HEAD:maps", "0000000000000000000000000000000000000000"]
)
def test_what_is_no_revision_is_refused(repository, name):
    assert "revision" in refused(repository.opened, name)


def test_in_a_shallow_clone_the_missing_history_is_named(git, repository, tmp_path):
    first = git("rev-parse", "HEAD")
    git.commit({"maps/shop/more.yaml": "title: More"})
    git.clone(tmp_path / "shallow", "--depth=1")
    clone = Repository.around(tmp_path / "shallow" / "maps" / "shop")
    assert refused(clone.opened, first).endswith("fetch it whole (git fetch --unshallow)")


def test_a_folder_in_no_repository_is_refused(tmp_path):
    assert "is in no git repository" in refused(Repository.around, tmp_path)


def test_a_broken_map_is_told_with_its_path_in_the_repository(git, repository):
    git.commit({"maps/shop/map.yaml": "elements:\n  - {id: a, kind: sevice}\n"})
    told = refused(repository.opened, "main")
    assert told.startswith("maps/shop/map.yaml:2: unknown kind 'sevice'")
    assert "servicemap-" not in told


def test_no_filter_and_no_hook_of_the_repository_runs(git, repository, tmp_path):
    trap = tmp_path / "trap"
    git("config", "filter.trap.smudge", f"touch {trap}")
    git("config", "filter.trap.clean", f"touch {trap}; cat")
    git("config", "core.fsmonitor", f"touch {trap}")
    git("config", "diff.trap.textconv", f"touch {trap}; cat")
    git.write({".gitattributes": "*.yaml filter=trap diff=trap export-ignore\n"})
    for hook in ("post-checkout", "reference-transaction", "post-index-change"):
        file = git.folder / ".git" / "hooks" / hook
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"#!/bin/sh\ntouch {trap}\n")
        file.chmod(0o755)
    git("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "filter.trap.clean=cat", "add", "--all")
    git("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "commit", "--quiet", "-m", "x")
    trap.unlink(missing_ok=True)
    assert "shop/vm-1" in ids(repository.opened("main").opened)
    assert not trap.exists()


def test_a_link_in_git_is_not_followed_and_that_is_said(git, repository, tmp_path):
    secret = tmp_path / "secret.yaml"
    secret.write_text("elements:\n  - {id: secret, kind: tool}\n")
    (git.folder / "maps" / "shop" / "link.yaml").symlink_to(secret)
    git.commit()
    opened = repository.opened("main").opened
    assert "shop/secret" not in ids(opened)
    assert "maps/shop/link.yaml: a symbolic link in git is not followed" in map(str, opened.reading)


def test_of_many_links_the_first_are_told_and_how_many_more_there_are(git, repository):
    for number in range(25):
        (git.folder / "maps" / "shop" / f"link-{number:02}").symlink_to("map.yaml")
    git.commit()
    told = [str(f) for f in repository.opened("main").opened.reading if f.check == "not-read"]
    assert len(told) == 21
    assert told[-1] == "5 more symbolic links and submodules are not read"


def test_a_tree_with_a_file_twice_is_refused(git):
    blob = bytes.fromhex(git("rev-parse", "HEAD:maps/shop/map.yaml"))
    raw = b"100644 map.yaml\0" + blob + b"100644 map.yaml\0" + blob
    tree = git("hash-object", "-w", "-t", "tree", "--literally", "--stdin", given=raw)
    commit = git("commit-tree", tree, "-m", "x")
    said = refused(Repository.around(git.folder).opened, commit)
    assert said.startswith("'map.yaml' cannot be taken from git (File exists)")


@pytest.mark.parametrize("name", ["..", ".git"])
def test_a_path_in_git_that_leads_elsewhere_is_refused(git, tmp_path, name):
    blob = git("hash-object", "-w", "--stdin", given=b"elements:\n  - {id: x, kind: tool}\n")
    raw = b"100644 map.yaml\0" + bytes.fromhex(blob)
    inner = git("hash-object", "-w", "-t", "tree", "--literally", "--stdin", given=raw)
    outer = f"40000 {name}\0".encode() + bytes.fromhex(inner)
    tree = git("hash-object", "-w", "-t", "tree", "--literally", "--stdin", given=outer)
    commit = git("commit-tree", tree, "-m", "x")
    before = sorted(tmp_path.rglob("*.yaml"))
    assert "which leads elsewhere" in refused(Repository.around(git.folder).opened, commit)
    assert sorted(tmp_path.rglob("*.yaml")) == before


def test_nothing_is_left_behind(git, repository, monkeypatch, tmp_path):
    home = tmp_path / "tmp"
    home.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(home))
    repository.opened("main")
    assert list(home.iterdir()) == []


def test_too_much_is_refused_before_it_is_read(git, repository, monkeypatch):
    monkeypatch.setattr("graph.revisions._MOST_BYTES", 10)
    assert refused(repository.opened, "main").endswith("name a smaller folder")
    monkeypatch.setattr("graph.revisions._MOST_BYTES", 10_000)
    monkeypatch.setattr("graph.revisions._MOST_FILES", 0)
    assert refused(repository.opened, "main") == "more than 0 map files in git; name a smaller folder"


def test_an_object_that_is_missing_is_told(git, repository):
    blob = git("rev-parse", "HEAD:maps/shop/map.yaml")
    (git.folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    assert "fetch it whole" in refused(repository.opened, "main")


def test_what_a_partial_clone_lacks_is_not_fetched(git, repository, tmp_path):
    git("config", "uploadpack.allowFilter", "true")
    git("config", "uploadpack.allowAnySHA1InWant", "true")
    clone = git.clone(tmp_path / "partial", "--filter=blob:none", "--no-checkout")
    asked = tmp_path / "asked"
    program = tmp_path / "upload-pack"
    program.write_text(f'#!/bin/sh\ntouch {asked}\nexec git-upload-pack "$@"\n')
    program.chmod(0o755)
    clone("config", "remote.origin.uploadpack", str(program))
    (clone.folder / "maps" / "shop").mkdir(parents=True)
    assert "fetch it whole" in refused(Repository.around(clone.folder / "maps" / "shop").opened, "main")
    assert not asked.exists()


def test_two_branches_part_at_their_common_ancestor(git, repository):
    first = git("rev-parse", "HEAD")
    git("checkout", "--quiet", "-b", "side")
    side = git.commit({"a.txt": "a"})
    git("checkout", "--quiet", "main")
    main = git.commit({"b.txt": "b"})
    assert repository.fork(main, side) == first
    git("checkout", "--quiet", "--orphan", "alone")
    assert repository.fork(main, git.commit()) == main


def test_git_in_a_hook_does_not_lead_to_another_repository(git, repository, monkeypatch, tmp_path):
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    assert Repository.around(git.folder / "maps").top == Path(git.folder).resolve()
    assert "shop/vm-1" in ids(repository.opened("main").opened)


def test_without_git_one_line_says_so(repository, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert refused(repository.opened, "main") == "git is not installed; install it, or compare two folders"


def test_a_submodule_is_not_read_and_that_is_said(git, repository):
    commit = git("rev-parse", "HEAD")
    git("update-index", "--add", "--cacheinfo", f"160000,{commit},maps/shop/other")
    git("commit", "--quiet", "-m", "x")
    assert "maps/shop/other: a submodule is not read" in map(str, repository.opened("main").opened.reading)
