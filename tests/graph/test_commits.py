"""The commit of a file is the one that git names, however git keeps it; git is not run for it."""

from __future__ import annotations

import subprocess

import pytest

from graph.commits import commit_of


def git(folder, *words):
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *identity, *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path):
    folder = tmp_path / "repository"
    (folder / "maps").mkdir(parents=True)
    (folder / "maps" / "a.yaml").write_text("a: b\n")
    git(folder, "init", "--quiet", "--initial-branch", "main")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "one")
    return folder


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("detached", [False, True])
def test_the_commit_is_that_of_git(repository, packed, detached):
    if detached:
        git(repository, "checkout", "--quiet", "--detach")
    if packed:
        git(repository, "pack-refs", "--all")
    assert commit_of(repository / "maps" / "a.yaml") == git(repository, "rev-parse", "HEAD")


def test_a_second_work_tree_has_its_own(repository, tmp_path):
    git(repository, "worktree", "add", "--quiet", "-b", "side", str(tmp_path / "side"))
    (tmp_path / "side" / "b.yaml").write_text("")
    git(tmp_path / "side", "add", ".")
    git(tmp_path / "side", "commit", "--quiet", "--message", "two")
    assert commit_of(tmp_path / "side" / "b.yaml") == git(tmp_path / "side", "rev-parse", "HEAD")
    assert commit_of(tmp_path / "side" / "b.yaml") != commit_of(repository / "maps" / "a.yaml")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("HEAD", "ref: ../../../../etc/passwd"),
        ("HEAD", "ref: refs/heads/../../secret"),
        ("HEAD", "ref: refs/heads/none"),
        ("HEAD", ""),
        ("HEAD", "x" * 40),
        ("refs/heads/main", "secret"),
    ],
)
def test_a_git_folder_that_does_not_tell_gives_none(repository, name, text):
    (repository / ".git" / name).write_text(text)
    (repository / ".git" / "secret").write_text("a" * 40)
    assert commit_of(repository / "maps" / "a.yaml") == ""


def test_hooks_and_monitors_of_the_repository_are_not_run(repository, tmp_path):
    spy = tmp_path / "spy"
    spy.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    spy.chmod(0o755)
    git(repository, "config", "core.fsmonitor", str(spy))
    assert commit_of(repository / "maps" / "a.yaml")
    assert not (tmp_path / "ran").exists()


def test_outside_of_git_there_is_none(tmp_path):
    assert commit_of(tmp_path / "a.yaml") == ""
