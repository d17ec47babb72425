"""The command line: answers to stdout, words to stderr, one clear line and exit 2 for what cannot be used."""

import csv
import io
import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from graph.discover import names
from graph.store.embedded import DiskStore
from tests.app.commands import run
from tests.graph.written import SHOP, write


@pytest.fixture
def shop(tmp_path):
    return write(tmp_path, SHOP).parent


@pytest.fixture
def do(capsys, monkeypatch):
    return lambda *words: run(capsys, monkeypatch, *words)


def test_impact_says_who_is_hit_and_how(do, shop):
    done = do("impact", "db", shop)
    assert done.code == 0
    assert done.out.splitlines()[1].split() == [
        "shop/shop",
        "Shop",
        "business",
        "service",
        "degraded",
        "1",
        "db",
        "←",
        "shop",
    ]
    assert done.err.splitlines()[0] == "if db fails: 1 element degraded"


def test_impact_as_json_has_everything_in_it(do, shop):
    said = json.loads(do("impact", "vm-1", shop, "--also", "vm-2", "--format", "json").out)
    assert [row["id"] for row in said["affected"]] == ["shop/web", "shop/shop"]
    assert said["affected"][0]["state"] == "down"
    assert said["changes"] == ["shop/vm-1", "shop/vm-2"]
    assert said["notes"] == ["strength assumed for 3 of 4 dependencies (profile: required)"]


def test_csv_is_csv(do, shop):
    rows = list(csv.reader(io.StringIO(do("list", shop, "--format", "csv").out)))
    assert rows[0] == ["id", "name", "kind", "depends on", "used by"]
    assert ["shop/db", "db", "database", "0", "1"] in rows


def test_a_store_answers_as_the_files_do(do, shop, tmp_path):
    loaded = do("load", shop, "--store", tmp_path / "store")
    assert loaded.code == 0
    assert "4 dependencies, 1 source" in loaded.err
    for words in (("impact", "vm-1"), ("list",), ("paths", "shop", "vm-1"), ("show", "shop"), ("search", "web")):
        assert do(*words, shop).out == do(*words, "--store", tmp_path / "store").out


def test_query_answers_in_every_format(do, shop):
    query = "SELECT ?name { ?x a sm:Database ; rdfs:label ?name }"
    assert do("query", query, shop).out == "name\ndb\n"
    assert json.loads(do("query", query, shop, "--format", "json").out)["rows"] == [{"name": "db"}]
    assert do("query", query, shop, "--format", "csv").out == "name\ndb\n"


def test_a_ready_question_is_asked_with_options_that_its_parameters_make(do, shop):
    done = do("ask", "services-behind", shop, "--service", "shop")
    assert (
        done.out.splitlines()[1:] == ["application  web", "database     db", "virtual machine  vm-1"]
        or "db" in done.out
    )
    assert "Shop: " in done.err
    assert "--service TEXT" in do("ask", "services-behind", "--help").out


def test_ask_alone_lists_the_questions_by_who_asks(do, monkeypatch, tmp_path):
    rows = json.loads(do("ask", "--persona", "auditor", "--format", "json").out)["questions"]
    assert {"for": "auditor", "name": "who-can-change", "options": "--element --day"}.items() <= rows[-1].items()
    (tmp_path / "mine.rq").write_text("# title: Is it mine?\n# persona: me\nASK {}\n")
    assert "Is it mine?" in do("ask", "--queries", tmp_path).out
    monkeypatch.setenv("SERVICEMAP_QUERIES", str(tmp_path))
    assert do("ask", "--persona", "me").out.splitlines()[1].split() == ["me", "mine", "Is", "it", "mine?"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["services-behnd", "SHOP"], "no question 'services-behnd'; did you mean 'services-behind'?"),
        (["services-behind", "SHOP", "--servce", "x"], "'services-behind' has no option --servce; did you mean '--service'?"),
        (["services-behind", "SHOP"], "'services-behind' is asked about a service; name one with --service"),
        (["services-behind", "SHOP", "--service", "db"], "service: 'db' is of the kind 'database'; name a service"),
        (["--queries", "nowhere"], "'nowhere' is no folder of questions; name a folder with .rq files"),
    ],
)  # fmt: skip
def test_a_question_that_cannot_be_asked_is_told_in_one_line(do, shop, words, message):
    one_clear_line(do("ask", *[shop if word == "SHOP" else word for word in words]), message)


def test_the_name_of_a_question_is_no_query(do, shop):
    message = "'services-behind' is not SPARQL; for a ready question write: servicemap ask services-behind"
    one_clear_line(do("query", "services-behind", shop), message)


def test_a_query_can_stand_in_a_file(do, shop, tmp_path):
    (tmp_path / "q.rq").write_text("ASK { ?x a sm:Database }")
    assert do("query", f"@{tmp_path / 'q.rq'}", shop).out == "answer\ntrue\n"


def test_validate_leaves_with_1_when_there_is_an_error(do, tmp_path):
    fine = write(tmp_path, SHOP)
    assert do("validate", fine).code == 0
    bad = write(tmp_path, SHOP.replace("k: 1", "k: 5"), "bad.yaml")
    done = do("validate", bad)
    assert done.code == 1
    assert "error" in done.out


def test_dependants_and_dependencies_are_each_others_mirror(do, shop):
    assert "web → vm-1" in do("dependencies", "web", shop).out
    assert "vm-1 ← web" in do("dependants", "vm-1", shop).out


def test_every_command_has_help_with_an_example():
    for name in names("app.commands"):
        command = import_module(f"app.commands.{name}").command
        assert command.name == name.replace("_", "-")
        assert f"servicemap {command.name}" in (command.help or ""), name


def test_help_loads_nothing_heavy():
    code = "import sys; sys.argv[1:]=['--help']\nfrom app.cli import main\ntry: main()\nexcept SystemExit: print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"numpy", "scipy", "rdflib", "dash", "pyshacl", "networkx", "pyoxigraph", "yaml"}
    assert not heavy & set(done.stdout.split())


BILLION = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{c}: &{c} [{','.join(['*' + p] * 9)}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True)
)
MERGES = "m0: &m0 {k: v}\n" + "".join(f"m{n}: &m{n}\n  <<: [{', '.join([f'*m{n - 1}'] * 30)}]\n" for n in range(1, 12))
WRONG = {
    "broken YAML": ("elements:\n  - {id: a, kind: [service\n", "bad.yaml:"),
    "tab for indentation": ("elements:\n\t- id: a\n", "bad.yaml:2"),
    "duplicate key": ("elements:\n  - {id: a, id: b, kind: service}\n", "bad.yaml:2"),
    "alias bomb": (BILLION + "elements:\n  - {id: a, kind: service}\n", "bad.yaml:"),
    "merge bomb": (MERGES + "elements:\n  - {id: a, kind: service}\n", "bad.yaml:"),
    "deep nesting": ("elements: " + "[" * 100_000 + "\n", "bad.yaml:1"),
    "a list where a map belongs": ("- elements\n- id: 1\n  kind: service\n", "bad.yaml"),
    "a text where a list belongs": ("elements: many\n", "bad.yaml:1"),
    "wrong type of a value": ("elements:\n  - {id: a, kind: service, owner: {x: y}}\n", "bad.yaml:2"),
    "unknown kind": ("elements:\n  - {id: a, kind: databse}\n", "did you mean 'database'?"),
    "unknown section": ("elments:\n  - {id: a, kind: service}\n", "did you mean 'elements'?"),
    "unknown property": ("elements:\n  - {id: a, kind: service, descripton: b}\n", "did you mean 'description'?"),
    "unknown reference": ("elements:\n  - {id: alpha, kind: service, depends_on: [alpa]}\n", "did you mean 'alpha'?"),
    "id twice": ("elements:\n  - {id: a, kind: service}\n  - {id: a, kind: service}\n", "first on line 2"),
    "code that YAML would run": ("elements:\n  - !!python/object/apply:os.system ['true']\n", "bad.yaml:2"),
    "another kind of YAML": ("name: Release\non: [push]\n", "not a format that servicemap knows"),
    "empty": ("", "bad.yaml"),
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("what", WRONG)
def test_wrong_files_get_one_clear_line(do, tmp_path, what):
    text, place = WRONG[what]
    file = write(tmp_path, text, "bad.yaml")
    file.write_text(text)
    one_clear_line(do("impact", "a", file), place)


WRONG_BYTES = {
    "binary": (bytes(range(256)) * 10, "bad.yaml"),
    "UTF-16": ("elements:\n".encode("utf-16"), "UTF-8"),
    "Latin-1": ("elements:\n  - {id: caf\xe9, kind: service}\n".encode("latin-1"), "UTF-8"),
    "NUL": (b"elements:\n  - {id: a\0, kind: service}\n", "bad.yaml:2"),
}


@pytest.mark.parametrize("what", WRONG_BYTES)
def test_wrong_bytes_get_one_clear_line(do, tmp_path, what):
    data, place = WRONG_BYTES[what]
    file = write(tmp_path, "", "bad.yaml")
    file.write_bytes(data)
    one_clear_line(do("list", file), place)


def one_clear_line(done, place):
    assert done.code == 2
    assert done.out == ""
    lines = done.err.splitlines()
    assert lines[0].startswith("error: ")
    assert place in lines[0]
    assert "Traceback" not in done.err
    assert len(lines[0]) < 600


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["impakt", "a"], "no command 'impakt'; did you mean 'impact'?"),
        (["impact"], "Missing argument 'ELEMENT'"),
        (["impact", "db"], "no map is given; name files or a folder, or a store with --store DIR"),
        (["impact", "dbb", "SHOP"], "no element 'dbb' in this map; did you mean 'db'?"),
        (["impact", "db", "nowhere"], "'nowhere' does not exist"),
        (["impact", "db", "SHOP/mop.yaml"], "does not exist; did you mean 'map.yaml'?"),
        (["impact", "db", "--store", "SHOP"], "is no servicemap store"),
        (["impact", "db", "SHOP", "--store", "SHOP"], "both files and a store are given"),
        (["impact", "db", "SHOP", "--format", "xml"], "'xml' is not one of 'table', 'csv', 'json'"),
        (["list", "SHOP", "--kind", "databas"], "no kind 'databas'; did you mean 'database'?"),
        (["list", "SHOP", "--mapping", "nowhere.yaml"], "nowhere.yaml"),
        (["query", "SELECT", "SHOP"], "the query is not SPARQL"),
        (["query", "@nowhere.rq", "SHOP"], "the query file 'nowhere.rq' cannot be read"),
        (["load", "--store", "x"], "nothing to load"),
        (["list", ""], "the name is empty; name a file or a folder"),
        (["list", "--store", ""], "the name is empty"),
        (["list", "SHOP", "--mapping", ""], "the name is empty"),
        (["load", "SHOP", "--store", ""], "the name is empty"),
        (["load", "", "--store", "x"], "the name is empty"),
        (["list", "x" * 300], "File name too long"),
        (["list", "--store", "x" * 300], "File name too long"),
        (["load", "SHOP", "--store", "x" * 300], "File name too long"),
        (["list", "SHOP", "--namespace", "\udcff"], "is not UTF-8"),
        (["list", "SHOP", "--namespace", "a/b"], "cannot be a namespace"),
        (["list", "/dev/zero"], "/dev/zero: this is not an ordinary file"),
        (["\x1b[31m", "SHOP"], "no command ' [31m'"),
        (["paths", "shop", "db", "SHOP", "--hops", "0"], "'--hops': 0 is not in the range"),
    ],
)
def test_wrong_words_get_one_clear_line(do, shop, words, message):
    done = do(*[word.replace("SHOP", str(shop)) for word in words])
    one_clear_line(done, message)
    assert len(done.err.splitlines()) == 1


def test_a_store_in_use_is_one_clear_line(do, shop, tmp_path):
    assert do("load", shop, "--store", tmp_path / "store").code == 0
    holder = DiskStore(tmp_path / "store", writable=True)
    done = do("load", shop, "--store", tmp_path / "store")
    holder.close()
    one_clear_line(done, "is being changed by another process; try again when that is done")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_that_may_not_be_read_is_one_clear_line(do, shop):
    (shop / "map.yaml").chmod(0)
    one_clear_line(do("list", shop / "map.yaml"), "cannot be read")


def test_nothing_from_a_file_reaches_the_terminal_as_a_command(do, tmp_path):
    file = write(tmp_path, 'elements:\n  - {id: a, kind: service, name: "x\\e[31my"}\n')
    assert "\x1b" not in do("list", file).out


def test_a_closed_pipe_is_no_error(shop):
    command = f"{sys.executable} -m servicemap list {shop} | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("words", [["list", "SHOP"], ["--help"], ["list", "SHOP", "--format", "json"]])
def test_a_full_disk_behind_stdout_is_one_clear_line(shop, words):
    command = [sys.executable, "-m", "servicemap", *(word.replace("SHOP", str(shop)) for word in words)]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "error: No space left on device\n")


def test_a_full_disk_behind_both_outputs_still_ends_with_2(shop):
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "servicemap", "list", str(shop)]
        assert subprocess.run(command, stdout=full, stderr=full, check=False).returncode == 2


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (
            ZeroDivisionError("by\nzero"),
            "error: servicemap stumbled (ZeroDivisionError: by zero); please report it with what you typed",
        ),
        (
            RecursionError("too deep"),
            "error: servicemap stumbled (RecursionError: too deep); please report it with what you typed",
        ),
        (MemoryError(), "error: servicemap stumbled (MemoryError); please report it with what you typed"),
        (PermissionError(13, "Permission denied", "/x"), "error: /x: Permission denied"),
    ],
)
def test_whatever_goes_wrong_is_one_clear_line(do, shop, monkeypatch, error, message):
    def stumble(*_, **__):
        raise error

    monkeypatch.delenv("SERVICEMAP_DEBUG", raising=False)
    monkeypatch.setattr("graph.maps.open_map", stumble)
    done = do("list", shop)
    assert (done.code, done.out, done.err) == (2, "", message + "\n")
    monkeypatch.setenv("SERVICEMAP_DEBUG", "1")
    assert ("Traceback" in do("list", shop).err) == (not isinstance(error, OSError))


def test_a_load_says_what_it_removed(do, shop, tmp_path):
    more = write(tmp_path, "elements:\n  - {id: more, kind: service}\n", "more.yaml")
    assert do("load", shop, "--store", tmp_path / "store").code == 0
    more.unlink()
    done = do("load", shop, "--store", tmp_path / "store")
    assert done.code == 0
    assert f"note: {more}: removed: loaded before, not read this time" in done.out.splitlines()


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_what_a_limit_of_a_query_cut_is_said_in_every_format(do, shop, form):
    done = do("query", "SELECT ?s { ?s ?p ?o }", shop, "--rows", "3", "--format", form)
    assert done.code == 0
    if form == "json":
        said = json.loads(done.out)
        assert said["truncated"] == "the first 3 rows; there are more"
        assert said["notes"] == ["cut: the first 3 rows; there are more"]
    else:
        assert len(done.out.splitlines()) == 4
        assert done.err == "3 rows\ncut: the first 3 rows; there are more\n"


def test_a_query_calls_a_server_that_is_allowed(do, shop, oxigraph):
    address = f"{oxigraph()}/query"
    query = f"SELECT ?v {{ SERVICE <{address}> {{ VALUES ?v {{ 1 2 }} }} }}"
    assert do("query", query, shop, "--service", address).out == "v\n1\n2\n"
    one_clear_line(do("query", query, shop), "the query calls another server (SERVICE); take that part out")
    one_clear_line(do("query", query, shop, "--service", address + "/"), f"in full: <{address}/>")
