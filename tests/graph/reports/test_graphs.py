"""GraphML, DOT, Mermaid, JSON and tables: read back by those who read them, with groups, and with hostile texts."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
from xml.etree import ElementTree as ET

import networkx as nx
import pytest

from graph.excerpt import excerpt
from graph.layout import Layout
from graph.layout.model import Rect
from graph.reports import csv as csv_report
from graph.reports import cytoscape, dot, graphml, mermaid
from graph.reports import json as json_report
from tests.graph.written import SHOP, opened

LAYOUT = Layout(positions={"laundry/boiler": Rect(10, 20, 100, 34)}, height=100)


@pytest.fixture
def shop(tmp_path):
    return excerpt(opened(tmp_path, SHOP))


# GraphML


def test_networkx_reads_the_same_graph(shipped, hostile, tmp_path):
    for part in (shipped, hostile):
        p = part.projection
        (tmp_path / "map.graphml").write_text(graphml.write(part), encoding="utf-8")
        found = nx.read_graphml(tmp_path / "map.graphml", force_multigraph=True)
        assert found.is_directed()
        assert set(found.nodes) == set(part.names.values())
        assert sorted((a, b) for a, b in found.edges()) == sorted(
            (part.names[x.dependent], part.names[x.provider]) for x in part.arrows()
        )
        for v in part.elements:
            assert found.nodes[part.names[v]]["kind"] == part.kind(v)
            assert found.nodes[part.names[v]].get("stub", False) == bool(p.stub[v])
        groups = {node: data for node, data in found.nodes(data=True) if data["kind"] == "group of alternatives"}
        assert {(data["k"], data["full"], data["members"]) for data in groups.values()} == {
            (group.k, group.full, group.size) for group in part.groups
        }


def test_yed_finds_labels_and_places(laundry):
    text = graphml.write(excerpt(laundry), LAYOUT)
    found = nx.parse_graphml(text, force_multigraph=True)
    assert (found.nodes["laundry/boiler"]["label"], found.nodes["laundry/boiler"]["x"]) == ("Boiler", "10")
    labels = {element.text for element in ET.fromstring(text).iter("{http://www.yworks.com/xml/graphml}NodeLabel")}  # noqa: S314 our own text
    assert {"Boiler", "1 of 2"} <= labels


def test_names_in_graphml_survive_what_xml_can_hold(hostile):
    found = nx.parse_graphml(graphml.write(hostile), force_multigraph=True)
    names = {data.get("name") for _, data in found.nodes(data=True)}
    assert "</text><script>alert(1)</script>" in names
    assert "=HYPERLINK(\u202egnp.exe\ufffd\ufffd[31m)" in names


# DOT


@pytest.fixture(scope="module")
def graphviz():
    program = shutil.which("dot")
    if program is None:
        pytest.skip("Graphviz is not installed: no program 'dot'")

    def draw(text, form):
        done = subprocess.run([program, f"-T{form}"], input=text.encode(), capture_output=True, check=False, timeout=60)
        assert (done.returncode, done.stderr.decode()) == (0, "")
        return done.stdout.decode()

    return draw


def test_graphviz_draws_every_map(graphviz, shipped):
    drawn = json.loads(graphviz(dot.write(shipped), "json"))
    nodes = [thing for thing in drawn["objects"] if "nodes" not in thing or ("label" in thing and "tooltip" in thing)]
    labels = [thing["label"].split("\\n")[0] for thing in nodes if "tooltip" in thing]
    p = shipped.projection
    assert sorted(labels) == sorted([*(p.labels[v] for v in shipped.elements), *(g.words for g in shipped.groups)])
    assert len(drawn["edges"]) == shipped.lines


def test_graphviz_shows_hostile_texts_as_they_are(graphviz, hostile):
    root = ET.fromstring(graphviz(dot.write(hostile), "svg"))  # noqa: S314 Graphviz wrote it
    shown = {element.text for element in root.iter("{http://www.w3.org/2000/svg}text")}
    assert "</text><script>alert(1)</script>" in shown
    assert r"\N \G \" --> [x] {y} |z| `m` #quot; &lt; %% ]]>" in shown
    assert {"1 of 3", "2 of 2", "日本語 😀", "end"} <= shown
    assert not list(root.iter("{http://www.w3.org/2000/svg}script"))


def test_places_reach_graphviz(graphviz, laundry):
    text = dot.write(excerpt(laundry), LAYOUT)
    assert 'pos="60,63!", width=1.389, height=0.472' in text
    graphviz(text, "dot")


def test_dot_tells_strengths_and_kinds(shop):
    text = dot.write(shop)
    assert "style=dashed" in text
    assert 'label="runs on"' in text
    assert '[label="1 of 2", tooltip="1 of 2 must work"' in text


# Mermaid

NODE = r"n\d+(\[\"[^\"\[\]{}<>`|\\]*\"\]|\{\{\"[^\"]*\"\}\})"
LINE = re.compile(
    rf"flowchart TB|  subgraph lane\d+\[\"[^\"\[\]{{}}<>`|\\]*\"\]|    {NODE}|  {NODE}|  end"
    r"|  n\d+ (-->|-\.->)(\|\"[^\"|]*\"\|)? n\d+|  classDef \w+ [\w:,#-]+( 3)?|  class n\d+(,n\d+)* \w+"
)


def test_mermaid_has_no_line_that_could_mean_something_else(shipped, hostile, shop):
    for part in (shipped, hostile, shop):
        lines = mermaid.write(part).text.splitlines()
        assert [line for line in lines if not LINE.fullmatch(line)] == []
        assert sum("-->" in line or "-.->" in line for line in lines) == part.lines
        assert sum("{{" in line for line in lines) == len(part.groups)


def test_words_that_mermaid_knows_stay_inside_quotes():
    assert mermaid.quoted("end") == '"end"'
    assert mermaid.quoted('a "b" [c] <d> #1; `e`') == '"a #34;b#34; #91;c#93; #60;d#62; #35;1; #96;e#96;"'


def test_mermaid_says_when_its_own_limits_are_passed(laundry, monkeypatch):
    assert not mermaid.write(excerpt(laundry)).findings
    monkeypatch.setattr(mermaid, "_MOST_LINES", 10)
    (finding,) = mermaid.write(excerpt(laundry)).findings
    assert "Mermaid draws 10" in str(finding)


# JSON and tables


def test_json_has_elements_groups_and_dependencies(shop):
    found = json.loads(json_report.write(shop))
    assert len(found["elements"]) == 6
    assert found["groups"][0]["must work"] == 1
    assert {"dependent": "shop/shop", "provider": "shop/db", "kind": "needs", "strength": "degrading"}.items() <= next(
        row for row in found["dependencies"] if row["provider"] == "shop/db"
    ).items()
    assert json.loads(json_report.write(shop, LAYOUT))["title"] == "A shop"


def test_tables_are_csv_that_no_spreadsheet_runs(hostile):
    rows = list(csv.DictReader(io.StringIO(csv_report.write(hostile.table("elements")))))
    assert [row["name"] for row in rows if row["id"].endswith("/q1")] == ["'=HYPERLINK( gnp.exe  [31m)"]
    assert [row["description"][:5] for row in rows if row["description"]] == ["'=1+1"]
    assert [row["id"] for row in rows if row["not defined"] == "yes"] == ["shop/nowhere"]


def test_a_dependency_in_the_table_knows_its_group(hostile):
    rows = list(csv.DictReader(io.StringIO(csv_report.write(hostile.table("dependencies")))))
    inner = [row for row in rows if row["must work"] == "2 of 2"]
    assert {row["provider"] for row in inner} == {"shop/q3", "shop/q1"}
    assert {row["dependent"] for row in inner} == {"shop/a\"b<c>&'d"}
    outer = {row["group"] for row in rows if row["must work"] == "1 of 3"}
    assert {row["group within"] for row in inner} == outer
    assert len(rows) == hostile.projection.dependencies


# Cytoscape


def test_cytoscape_gets_every_element_group_and_dependency(shipped, hostile):
    for part in (shipped, hostile):
        found = json.loads(cytoscape.write(part))["elements"]
        ids = [node["data"]["id"] for node in found["nodes"]]
        assert len(set(ids)) == len(ids) == len(part.elements) + len(part.groups)
        assert len(found["edges"]) == len(list(part.arrows()))
        assert {edge["data"][end] for edge in found["edges"] for end in ("source", "target")} <= set(ids)


def test_cytoscape_places_elements_by_their_middle(tmp_path, shop):
    found = json.loads(cytoscape.write(shop, Layout(positions={shop.projection.ids[0]: Rect(10, 20, 100, 34)})))
    placed = [node["position"] for node in found["elements"]["nodes"] if "position" in node]
    assert placed == [{"x": 60.0, "y": 37.0}]
