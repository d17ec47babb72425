"""A pattern of addresses leads from a file and line to the repository, and only there."""

import json
from pathlib import Path

import pytest

from app.atlas import Atlas
from app.pages.element import more_columns
from app.repository import line_address, pattern
from graph.maps import open_map
from graph.model import InputError, Where

PATTERN = "https://git.example.org/maps/blob/main/{path}#L{line}"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("javascript:alert(1)//{path}", "no address of a repository"),
        ("git.example.org/{path}", "no address of a repository"),
        ("https:///{path}", "no address of a repository"),
        ("https://git.example.org/main", "has no {path}"),
    ],
)
def test_what_is_no_pattern_is_refused_with_an_example(text, why):
    with pytest.raises(InputError) as caught:
        pattern(text)
    assert why in str(caught.value)
    assert "{path}#L{line}" in str(caught.value)


def test_signs_of_a_file_name_stay_inside_the_path():
    found = line_address(PATTERN, Where('a?b#c"<d>/é.yaml', 3))
    assert found == "https://git.example.org/maps/blob/main/a%3Fb%23c%22%3Cd%3E/%C3%A9.yaml#L3"


@pytest.mark.parametrize("path", ["/etc/passwd", "../other/map.yaml", "a/../../b.yaml"])
def test_files_outside_of_the_folder_have_no_address(path):
    assert line_address(PATTERN, Where(path, 1)) == ""


def test_the_page_of_an_element_leads_to_its_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("map.yaml").write_text("namespace: shop\nelements:\n  - {id: web, kind: application}\n", encoding="utf-8")
    atlas = Atlas(open_map([Path("map.yaml")]))
    with_link, without = (
        json.dumps(
            [part.to_plotly_json() for part in more_columns(atlas, 0, source_link=link)[1]],
            default=lambda c: c.to_plotly_json(),
        )
        for link in (PATTERN, "")
    )
    assert "https://git.example.org/maps/blob/main/map.yaml#L3" in with_link
    assert "git.example.org" not in without
    assert "map.yaml:3" in without
