"""One more is one file: importer, command, report, page, word, question, check and rule are dropped in, and are there."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
import textwrap

import pytest

from tests.graph.gitted import Git
from tests.house.test_docs import FENCE, FILE, matches, session

IMPORTER = '''"""How is a list of lines read? Each line ``a > b`` says that a depends on b."""

from graph.model import Confidence, Source, Statements
from graph.ntriples import Writer, dependency_iri, element_iri
from ontology import terms as t

NAME = "arrows"
ENDINGS = frozenset({".arrows"})


def recognises(head):
    return Confidence.CERTAIN if head.path.suffix == ".arrows" else Confidence.NO


def read(path, options):
    writer, lines, defined = Writer(), {}, set()
    for number, line in enumerate(path.read_text().splitlines(), 1):
        a, b = (element_iri(options.base, options.namespace, name.strip()) for name in line.split(">"))
        for iri in (a, b):
            writer.type(iri, t.APPLICATION)
            defined.add(iri)
        edge = dependency_iri(a, "needs", b)
        writer.type(edge, t.DEPENDENCY)
        writer.iri(edge, t.DEPENDENT, a)
        writer.iri(edge, t.PROVIDER, b)
        lines[edge] = number
    return Statements(Source(options.source_id, str(path), NAME, "", options.namespace), writer.result(), lines, defines=frozenset(defined))
'''

COMMAND = '''"""servicemap hello: is anybody there?"""

import click


@click.command("hello")
def command():
    """Say hello."""
    click.echo("hello")
'''

QUESTION = "# title: Which applications are there?\nSELECT ?name { ?name a sm:Application }\n"

CHECK = """# title: An application is called x
# severity: note
# remedy: call it something else
PREFIX sm: <https://w3id.org/servicemap#>
SELECT ?subject ("too short a name" AS ?message) { ?subject a sm:Application }
"""

REPORT = '''"""How are names written? One a line."""

TAKES = ("answer", "map")


def write(result, layout=None):
    names = [row[1] for row in result.rows] if hasattr(result, "rows") else [result.projection.labels[v] for v in result.elements]
    return "".join(f"{name}\\n" for name in names)
'''

RULE = '''"""Something is called hello."""

from graph.compare import How
from graph.gate.case import Hit

LEVEL = "fail"


def look(case, options):
    for difference in case.comparison.of("element", How.ADDED):
        if difference.name == "hello":
            yield Hit("there is a hello", difference.iri, difference.where, "say goodbye")
'''

PAGE = '''"""Who greets? A page."""

from dash import html

from app.pages import Page


def _frame():
    return html.Div("hello")


PAGE = Page(
    name="hello", path="/hello", title="Hello", icon="map", position=99, below=False,
    frame=_frame, connect=lambda app, atlas: None,
    check=lambda atlas, rest, query: None, answer=lambda atlas, rest, query: {"hello": atlas.title},
)
'''


@pytest.fixture(scope="module")
def house(root, tmp_path_factory):
    """A copy of the house, as Python has compiled it, with one more file of each sort, and a map in the new format."""
    home = tmp_path_factory.mktemp("house")
    for folder in ("ontology", "graph", "app"):
        shutil.copytree(root / folder, home / folder, ignore=shutil.ignore_patterns("node_modules"))
    shutil.copy(root / "servicemap.py", home)
    (home / "graph" / "importers" / "arrows.py").write_text(IMPORTER)
    (home / "app" / "commands" / "hello.py").write_text(COMMAND)
    (home / "graph" / "reports" / "names.py").write_text(REPORT)
    (home / "app" / "pages" / "hello.py").write_text(PAGE)
    (home / "graph" / "queries" / "applications.rq").write_text(QUESTION)
    (home / "ontology" / "checks" / "short.rq").write_text(CHECK)
    (home / "graph" / "gate" / "rules" / "greeting.py").write_text(RULE)
    (home / "mine").mkdir()
    (home / "mine" / "map.arrows").write_text("web > db\nshop > web\n")
    return home


def run(house, *words):
    done = subprocess.run(
        [sys.executable, "servicemap.py", *words], cwd=house, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout


def test_a_command(house):
    assert "hello" in run(house, "--help")
    assert run(house, "hello") == "hello\n"


def test_an_importer(house):
    affected = json.loads(run(house, "impact", "mine/db", "mine", "--format", "json"))["affected"]
    assert [row["id"] for row in affected] == ["mine/web", "mine/shop"]


def test_a_report(house):
    assert run(house, "export", "mine", "--format", "names") == "mine/db\nmine/shop\nmine/web\n"
    assert run(house, "impact", "db", "mine", "--format", "names") == "mine/web\nmine/shop\n"


def test_a_question(house):
    assert "Which applications are there?" in run(house, "ask")
    assert run(house, "ask", "applications", "mine").startswith("name")


def test_a_check(house):
    assert "too short a name; call it something else" in run(house, "validate", "mine")


def test_a_rule_of_the_gate(house, tmp_path):
    git = Git(tmp_path)
    git.commit({"mine/map.yaml": "elements: [{id: x, kind: tool}]"})
    git.write({"mine/map.yaml": "elements: [{id: x, kind: tool}, {id: hello, kind: tool}]"})
    assert "greeting  there is a hello" in run(house, "gate", tmp_path / "mine", "--base", "main")


def test_a_page(house):
    code = (
        "import sys; sys.path.insert(0, '.')\n"
        "from pathlib import Path\nfrom app.web import create_server\nfrom graph.maps import open_map\n"
        "client = create_server(open_map([Path('mine')])).test_client()\n"
        "print(client.get('/hello').status_code, client.get('/hello.json').get_json())"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=house, capture_output=True, text=True, check=False)
    assert done.stdout == "200 {'hello': 'mine'}\n", done.stderr


def test_words_a_check_and_a_question_as_the_page_says(root, tmp_path):
    """``docs/how-to/extend-the-ontology.md``, followed to the letter: its files are written, its commands run."""
    for folder in ("ontology", "graph", "app"):
        shutil.copytree(root / folder, tmp_path / folder, ignore=shutil.ignore_patterns("node_modules"))
    shutil.copy(root / "servicemap.py", tmp_path)
    tried = 0
    for block in FENCE.finditer((root / "docs" / "how-to" / "extend-the-ontology.md").read_text()):
        body = textwrap.dedent(block["body"])
        if named := FILE.match(body):
            file = tmp_path / named[1]
            assert not file.exists()
            file.parent.mkdir(exist_ok=True)
            file.write_text(body[named.end() :])
        elif block["info"] == "sh":
            for step in session(body, 1):
                program, *words = shlex.split(step.command)
                assert program == "python"
                done = subprocess.run(
                    [sys.executable, *words],
                    cwd=tmp_path,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                    check=False,
                )
                assert matches(step.expected, done.stdout), f"{step.command}\n{done.stdout}"
                tried += 1
    assert tried == 4
