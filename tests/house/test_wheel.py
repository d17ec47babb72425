"""Is servicemap the same from a wheel, an editable install and a checkout, wherever it is started?

All three run in a clean environment without test packages, in a folder that holds somebody else's ``app``, ``graph``
and ``data``, while another package has put an ``app`` into site-packages too.

What the wheel asks for is linked from the environment of the tests, where pip has put it; the long tests let pip fetch it.
Each run shows the demo map from the wheel, and lists a map from the others; the long tests show the demo from all.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import Distribution, distribution
from importlib.util import cache_from_source
from pathlib import Path
from typing import NamedTuple

import pytest
from packaging.requirements import Requirement

from tests.examples import PROFILE, some

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("ontology", "graph", "app", "data")
AROUND = ("pyproject.toml", "servicemap.py", "__main__.py", "README.md", "LICENSE")
DOORS = ["wheel", "editable", "checkout"]
FOREIGN = "raise RuntimeError('somebody else owns this')\n"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


class Environment(NamedTuple):
    """A clean virtual environment and its Python."""

    home: Path
    python: Path


class Door(NamedTuple):
    """One way to start the program: as a command and as a module."""

    name: str
    command: list[str]
    module: list[str]
    folder: Path


def test_the_wheel_holds_every_file_of_the_house_and_nothing_else(wheel, sources):
    with zipfile.ZipFile(wheel) as archive:
        shipped = {name for name in archive.namelist() if ".dist-info/" not in name}
    expected = {f"servicemap/{file.relative_to(ROOT).as_posix()}" for file in sources}
    assert shipped == expected | {"servicemap/__init__.py", "servicemap/__main__.py"}


def test_the_environment_has_no_test_packages(clean):
    names = run([*pip(clean.python), "list", "--format=freeze"], clean.home).stdout.lower()
    assert "dash==" in names
    assert not {"pytest", "hypothesis", "playwright", "mypy"} & {line.split("==")[0] for line in names.splitlines()}


def test_every_door_tells_the_same(door):
    command, module = run([*door.command, "--help"], door.folder), run([*door.module, "--help"], door.folder)
    assert command.stdout == module.stdout
    assert command.stdout.startswith("Usage: servicemap")
    assert "demo" in command.stdout


def test_every_door_shows_the_demo(door):
    words = ["demo", "--check"] if door.name in some(DOORS) else ["list", str(ROOT / "data" / "laundry")]
    run([*door.command, *words], door.folder)


@pytest.fixture(scope="module")
def sources() -> list[Path]:
    """What git knows of the house, and what is new and not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *PARTS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("no git here: the wheel is compared with the files that git knows")
    return [file for name in listed.stdout.split("\0") if name and (file := ROOT / name).is_file()]


@pytest.fixture(scope="module")
def checkout(sources, tmp_path_factory) -> Path:
    """A copy of the house, as a clone has it."""
    copy = tmp_path_factory.mktemp("checkout")
    for file in [*sources, *(ROOT / name for name in AROUND)]:
        target = copy / file.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    return copy


@pytest.fixture(scope="module")
def wheel(checkout, tmp_path_factory) -> Path:
    """The wheel, built as anybody would."""
    folder = tmp_path_factory.mktemp("wheel")
    run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(checkout)],
        folder,
    )
    return next(folder.glob("servicemap-*.whl"))


@pytest.fixture(scope="module")
def clean(wheel, tmp_path_factory) -> Environment:
    """The wheel in a new environment, with what it asks for and nothing else, and a foreign ``app`` beside it."""
    home = tmp_path_factory.mktemp("clean")
    run([sys.executable, "-m", "venv", "--without-pip", str(home)], home)
    python = home / "bin" / "python"
    packages = Path(
        run([str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], home).stdout.strip()
    )
    if PROFILE != "dice":
        for each in dict(needed(distribution("servicemap"))).values():
            link(each, packages)
    run([*pip(python), "install", "--no-compile", *(["--no-index"] if PROFILE != "dice" else []), str(wheel)], home)
    run([*pip(python), "check"], home)
    (packages / "app").mkdir()
    (packages / "app" / "__init__.py").write_text(FOREIGN, encoding="utf-8")
    return Environment(home, python)


@pytest.fixture(scope="module", params=DOORS)
def door(request, clean, checkout, wheel, tmp_path_factory) -> Door:
    """The ways in, one after the other, in one environment."""
    run([*pip(clean.python), "uninstall", "--yes", "servicemap"], clean.home)
    if request.param != "checkout":
        what = [str(wheel)] if request.param == "wheel" else ["--editable", str(checkout)]
        run([*pip(clean.python), "install", "--no-deps", *what], clean.home)
    folder = tmp_path_factory.mktemp("elsewhere")
    for name in ("app", "graph", "data"):
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text(FOREIGN, encoding="utf-8")
    command = [str(clean.home / "bin" / "servicemap")]
    module = [str(clean.python), "-m", "servicemap"]
    if request.param == "checkout":
        command = module = [str(clean.python), str(checkout / "servicemap.py")]
    return Door(request.param, command, module, folder)


def pip(python: Path) -> list[str]:
    """The pip of the tests, at work for another Python."""
    return [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check"]


def needed(program: Distribution, extras: frozenset[str] = frozenset()) -> Iterator[tuple[str, Distribution]]:
    """What a distribution asks for, and what that asks for."""
    for requirement in map(Requirement, program.requires or ()):
        if requirement.marker is None or any(requirement.marker.evaluate({"extra": one}) for one in extras or ("",)):
            one = distribution(requirement.name)
            yield one.name, one
            yield from needed(one, frozenset(requirement.extras))


def link(one: Distribution, packages: Path) -> None:
    """Put what a distribution holds into other site-packages, and what Python has compiled of it."""
    for file in one.files or ():
        source = Path(str(one.locate_file(file)))
        if ".." not in file.parts:
            for each in (source, Path(cache_from_source(str(source)))) if file.suffix == ".py" else (source,):
                target = packages / each.relative_to(one.locate_file(""))
                target.parent.mkdir(parents=True, exist_ok=True)
                with suppress(FileExistsError, FileNotFoundError):
                    hard_link(each, target)


def hard_link(source: Path, target: Path) -> None:
    """The same file under another name, or its copy where the two are on different disks."""
    try:
        target.hardlink_to(source)
    except (FileExistsError, FileNotFoundError):
        raise
    except OSError:
        shutil.copy2(source, target)


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a program there with no more of this environment than a user has; it must succeed."""
    keep = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV", "PYTEST"))}
    done = subprocess.run(
        command, cwd=folder, env=keep | {"PYTHONPATH": "."}, capture_output=True, text=True, timeout=500, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    return done
