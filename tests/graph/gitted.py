"""How does a test make a git repository? A real one, in a folder of its own, that knows nobody's settings."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from textwrap import dedent


class Git:
    """A repository in a folder that is there."""

    def __init__(self, folder: Path, *, begin: bool = True) -> None:
        self.folder = folder
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | {
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_AUTHOR_NAME": "A",
            "GIT_AUTHOR_EMAIL": "a@example.org",
            "GIT_COMMITTER_NAME": "A",
            "GIT_COMMITTER_EMAIL": "a@example.org",
        }
        if begin:
            self("init", "--quiet", "--initial-branch=main")

    def clone(self, folder: Path, *options: str) -> Git:
        """Another repository with what this one has."""
        self("clone", "--quiet", *options, f"file://{self.folder}", str(folder))
        return Git(folder, begin=False)

    def __call__(self, *words: str, given: bytes = b"") -> str:
        done = subprocess.run(
            ["git", "-C", str(self.folder), *words], env=self.environment, input=given, capture_output=True, check=True
        )
        return done.stdout.decode().strip()

    def write(self, files: dict[str, str]) -> None:
        """Write files, without the indentation of their texts."""
        for name, text in files.items():
            file = self.folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(dedent(text), encoding="utf-8")

    def commit(self, files: dict[str, str] | None = None) -> str:
        """Write files and commit all that there is; the commit's name."""
        self.write(files or {})
        self("add", "--all")
        self("commit", "--quiet", "--allow-empty", "--message=x")
        return self("rev-parse", "HEAD")
