"""A file is written whole or not at all."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys

import pytest

from app.outfile import check_outfile, write_whole
from graph.model import InputError


def test_a_file_is_replaced_and_keeps_its_rights(tmp_path):
    file = tmp_path / "a.svg"
    file.write_text("old")
    file.chmod(0o640)
    write_whole(file, "new\n")
    assert file.read_bytes() == b"new\n"
    assert file.stat().st_mode & 0o777 == 0o640
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.svg"]


def test_a_new_file_has_the_usual_rights(tmp_path):
    before = os.umask(0o027)
    try:
        write_whole(tmp_path / "a", "x")
    finally:
        os.umask(before)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    write_whole(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_a_device_is_written_to(tmp_path):
    from pathlib import Path

    write_whole(Path("/dev/null"), "new")
    assert not Path("/dev/null").is_file()


def test_folders_and_missing_folders_are_refused(tmp_path):
    with pytest.raises(InputError, match="is a folder; name a file in it"):
        check_outfile(tmp_path)
    with pytest.raises(InputError, match="does not exist; make it first"):
        check_outfile(tmp_path / "no" / "file")
    check_outfile(None)
    check_outfile(tmp_path / "file")


def test_where_nothing_can_be_written_the_old_file_stays(tmp_path):
    """A limit on the size of files stands for a full disk."""
    (tmp_path / "a").write_text("old")
    code = (
        "import sys\nfrom pathlib import Path\nfrom app.outfile import write_whole\nfrom graph.model import InputError\n"
        "try:\n    write_whole(Path(sys.argv[1]), 'x' * 100_000)\nexcept InputError as error:\n    print(error)"
    )

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "a"], capture_output=True, text=True, check=False, preexec_fn=limit
    )
    assert "cannot be written (File too large)" in done.stdout
    assert (tmp_path / "a").read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a"]
