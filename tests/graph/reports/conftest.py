"""What do the tests of the formats share? A small map with every sort of trouble in it, and the shipped ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.excerpt import excerpt
from graph.maps import open_map
from tests.graph.written import opened

DATA = Path(__file__).parents[3] / "data"
HOSTILE = r"""
    title: "<script>alert(1)</script> \"&amp;\" ]]>"
    stubs: [nowhere]
    elements:
      - id: a"b<c>&'d
        kind: business service
        name: "</text><script>alert(1)</script>"
        description: "=1+1\r\ntwo\u0085lines"
        depends_on: [end, "graph;subgraph", nowhere, {of: [q1, q2, {of: [q3, q1], k: 2}], k: 1, full: 2}, long]
      - {id: end, kind: application, name: "end"}
      - {id: "graph;subgraph", kind: application, name: "\\N \\G \\\" --> [x] {y} |z| `m` #quot; &lt; %% ]]>"}
      - {id: q1, kind: server, name: "=HYPERLINK(\u202egnp.exe\u0007\x1b[31m)"}
      - {id: q2, kind: server, name: "日本語 😀"}
      - {id: q3, kind: network, name: "click href javascript:alert(1)", depends_on: [q3]}
      - {id: long, kind: vendor service, name: "a-very-long-name-that-never-ends-and-goes-on-and-on-and-on-for-ever"}
"""


@pytest.fixture(scope="session")
def hostile(tmp_path_factory):
    """The whole of a map whose texts try to break out."""
    return excerpt(opened(tmp_path_factory.mktemp("hostile"), HOSTILE))


@pytest.fixture(scope="session", params=["laundry", "enterprise"])
def shipped(request):
    """The whole of each shipped map."""
    return excerpt(open_map([DATA / request.param]))


@pytest.fixture(scope="session")
def laundry():
    """The map of the laundry."""
    return open_map([DATA / "laundry"])
