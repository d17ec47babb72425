"""PDF and PNG of a map: the same picture as SVG, whole, in its own size, and the same bytes each time."""

from __future__ import annotations

import shutil
import struct
import subprocess
import sys

import pytest

from app.atlas import Atlas
from app.drawn import drawn
from graph.model import InputError
from graph.reports import pdf, png
from graph.reports._picture import Picture


@pytest.fixture(scope="module")
def drawing(shipped):
    pytest.importorskip("typst")
    return drawn(Atlas(shipped.map), shipped)


def test_a_png_is_twice_as_sharp_as_the_picture(drawing):
    made = png.write(*drawing)
    picture = Picture(*drawing, "light")
    assert made.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", made[16:24])
    assert abs(width - 1.5 * picture.width) <= 2
    assert abs(height - 1.5 * picture.height) <= 2


def test_a_pdf_holds_the_names_as_text(drawing, tmp_path):
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    (tmp_path / "map.pdf").write_bytes(pdf.write(*drawing))
    done = subprocess.run(["pdftotext", tmp_path / "map.pdf", "-"], capture_output=True, text=True, check=True)
    said = " ".join(done.stdout.split())
    for card in drawing[0].cards:
        assert " ".join(card.label.split()) in said


@pytest.mark.parametrize("form", [pdf, png])
def test_the_same_picture_gives_the_same_bytes(drawing, form):
    assert form.write(*drawing) == form.write(*drawing)
    assert form.write(*drawing, scheme="dark") != form.write(*drawing)


def test_without_the_package_the_remedy_says_how_to_get_it(drawing, monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(InputError, match=r"pdf needs a package that is not installed.*servicemap\[pictures\]"):
        pdf.write(*drawing)
