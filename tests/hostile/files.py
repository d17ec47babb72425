"""Which files try to hurt? Each case writes some into a folder, and says how the program should take them.

A case is a function ``folder -> words``: what it writes lies in ``folder``, beside it stands ``secret``, which nobody
may read; the words are options for ``load``. Its ``Case`` says how ``load`` ends and what its first line holds.

A case is named by its size in the long tests. Where that takes seconds, and no limit is met, each run tries a part.
"""

from __future__ import annotations

import gzip
import json
import os
import socket
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from tests.examples import PROFILE

Words = Iterable[object] | None
SM = "@prefix sm: <https://w3id.org/servicemap#> .\n@prefix : <https://w3id.org/servicemap/id/evil/> .\n"
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:sm="https://w3id.org/servicemap#"'
UNREAD = "what-nobody-reads"
FINE = "elements:\n  - {id: fine, kind: service}\n"


@dataclass(frozen=True)
class Case:
    """``code``: how ``load`` ends, 2 when it refuses; ``says``: a pattern for its words, errors first."""

    write: Callable[[Path], Words]
    code: int
    says: str


CASES: dict[str, Case] = {}


def much(number: int, part: int) -> int:
    """So many in the long tests, a part of them else."""
    return number if PROFILE == "dice" else part


def case(code: int, says: str = "") -> Callable[[Callable[[Path], Words]], Callable[[Path], Words]]:
    """Make a case of a function."""

    def keep(write: Callable[[Path], Words]) -> Callable[[Path], Words]:
        CASES[write.__name__.replace("_", " ")] = Case(write, code, says)
        return write

    return keep


def files(code: int, says: str, named: dict[str, tuple[str, bytes | str | Callable[[], bytes | str]]]) -> None:
    """Make cases that are one file each: what it tries -> its name and what it holds."""

    def writer(name: str, content: bytes | str | Callable[[], bytes | str]) -> Callable[[Path], Words]:
        def write(folder: Path) -> Words:
            data = content() if callable(content) else content
            (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)
            return None

        return write

    for what, (name, content) in named.items():
        CASES[what] = Case(writer(name, content), code, says)


# Entities and documents of XML

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


def xml(entities: str, text: str) -> str:
    """RDF/XML with a document type."""
    return f"<!DOCTYPE r [{entities}]><rdf:RDF {RDF}><sm:Service rdf:about='http://x/a'><sm:note>{text}</sm:note></sm:Service></rdf:RDF>"


files(
    2,
    "declares a document type or entities; write the texts out",
    {
        "a billion laughs": ("a.rdf", xml(f'<!ENTITY l0 "ha">{LAUGHS}', "&l9;")),
        "a large entity many times": ("a.rdf", lambda: xml(f'<!ENTITY l "{"x" * 100_000}">', "&l;" * 10_000)),
        "an entity that is a file": ("a.rdf", xml('<!ENTITY l SYSTEM "file:///etc/passwd">', "&l;")),
        "an entity that is beside": ("a.owl", xml('<!ENTITY l SYSTEM "../secret">', "&l;")),
        "an entity that is on the net": ("a.rdf", xml('<!ENTITY l SYSTEM "http://127.0.0.1:9/x">', "&l;")),
        "a parameter entity": ("a.rdf", xml('<!ENTITY % l SYSTEM "http://127.0.0.1:9/x.dtd"> %l;', "x")),
        "a document type elsewhere": ("a.rdf", f"<!DOCTYPE r SYSTEM 'http://127.0.0.1:9/x.dtd'><rdf:RDF {RDF}/>"),
    },
)
files(2, "not valid XML", {"RDF XML that is cut off": ("a.rdf", f"<rdf:RDF {RDF}><sm:Service rdf:about='http://x/a'>")})
files(2, "nested deeper than 100", {"deep XML": ("a.rdf", f"<rdf:RDF {RDF}>" + "<sm:a><rdf:Description>" * 100_000)})
files(
    1,
    "An element has exactly one id",
    {
        "XInclude": (
            "a.rdf",
            f'<rdf:RDF {RDF} xmlns:xi="http://www.w3.org/2001/XInclude"><sm:Service rdf:about="http://x/a">'
            '<xi:include rdf:resource="file:///etc/passwd"/></sm:Service></rdf:RDF>',
        ),
    },
)

# Contexts of JSON-LD

files(
    2,
    "refers to a context elsewhere, and nothing is fetched",
    {
        "a context on the net": ("a.jsonld", '{"@context": "http://127.0.0.1:9/c.jsonld", "@id": "http://x/a"}'),
        "a context in a list": ("a.jsonld", '{"@context": [{}, "http://127.0.0.1:9/c.jsonld"], "@id": "http://x/a"}'),
        "a context in a file": ("a.jsonld", '{"@context": "file:///etc/passwd", "@id": "http://x/a"}'),
        "a context beside": ("a.jsonld", '{"@context": "../secret", "@id": "http://x/a"}'),
        "a context inside": (
            "a.jsonld",
            '{"@id": "http://x/a", "http://x/p": {"@context": "http://127.0.0.1:9/", "http://x/q": 1}}',
        ),
        "a context that imports": ("a.jsonld", '{"@context": {"@import": "http://127.0.0.1:9/"}, "@id": "http://x/a"}'),
        "a context of a type": (
            "a.jsonld",
            '{"@context": {"@vocab": "http://x/", "T": {"@id": "T", "@context": "http://127.0.0.1:9/"}}, "@type": "T", "p": 1}',
        ),
    },
)
files(2, "not valid RDF", {"JSON-LD that is cut off": ("a.jsonld", '{"@id": "http://x/a", "http://x/p": [1, 2')})
files(
    2,
    "nested deeper than 100",
    {
        "deep lists in JSON-LD": ("a.jsonld", "[" * 100_000 + "]" * 100_000),
        "deep maps in JSON-LD": ("a.jsonld", '{"http://x/p":' * 100_000 + "1" + "}" * 100_000),
        "deep blank nodes": ("a.ttl", SM + ":a sm:note " + "[ sm:note " * 100_000 + "1" + "]" * 100_000 + " ."),
        "deep lists in Turtle": ("a.ttl", SM + ":a sm:note " + "(" * 100_000 + ")" * 100_000 + " ."),
        "deep graphs": ("a.trig", "{" * 100_000),
    },
)
files(
    2,
    "triple term of RDF 1.2; write RDF 1.1",
    {
        "deep triple terms": ("a.ttl", SM + "<<( :a :b " * 100_000 + ":c" + " )>>" * 100_000 + " :d :e ."),
        "deep reified triples": ("a.trig", SM + "<< :a :b " * 100_000),
        "triple terms in N-Quads": (
            "a.nq",
            "<http://x/a> <http://x/b> <<( <http://x/c> <http://x/d> <http://x/e> )>> .\n",
        ),
    },
)

files(0, "100001 named graphs are read as one|100000 named graphs are read as one", {
    "a hundred thousand graphs": ("a.nq", lambda: "".join(f"<http://x/a> <http://x/b> <http://x/c> <http://x/g{n}> .\n" for n in range(100_000))),
})  # fmt: skip
files(
    2,
    "1,000,000 values or more",
    {
        "a million values in JSON-LD": (
            "a.jsonld",
            lambda: '{"@id": "http://x/a", "http://x/p": [' + "1," * 5_000_000 + "1]}",
        )
    },
)

# RDF that ends before its end

files(
    2,
    "not valid RDF",
    {
        "Turtle that is cut off": ("a.ttl", SM + ":a a sm:Service ; sm:note"),
        "Turtle cut off in a text": ("a.ttl", SM + ':a a sm:Service . :b sm:note "half a te'),
        "TriG that is cut off": ("a.trig", SM + ":g { :a a sm:Service ."),
        "N-Triples that are cut off": ("a.nt", "<http://x/a> <http://x/b> <http://x/c> .\n<http://x/a> <http:/"),
        "N-Quads that are cut off": (
            "a.nq",
            "<http://x/a> <http://x/b> <http://x/c> <http://x/g> .\n<http://x/a> <http://x/b>",
        ),
        "Turtle with a NUL": ("a.ttl", SM + ":a\0 a sm:Service ."),
        "Turtle that is no UTF-8": ("a.ttl", SM.encode() + b':a sm:note "\xe9" .'),
        "Turtle in UTF-16": ("a.ttl", (SM + ":a a sm:Service .").encode("utf-16")),
        "half a character in Turtle": ("a.ttl", SM + ':a sm:note "\\uD83D" .'),
        "an address with a space": ("a.nt", "<http://x/a b> <http://x/b> <http://x/c> .\n"),
        "gzip as N-Triples": ("a.nt", gzip.compress(b"<http://x/a> <http://x/b> <http://x/c> .\n")),
        "zip as Turtle": ("a.ttl", lambda: zipped(b"x" * 1000)),
    },
)
files(2, "not valid XML", {"gzip as RDF XML": ("a.rdf", gzip.compress(b"<a/>"))})
files(
    1,
    "An element has exactly one id",
    {
        "Turtle with a byte order mark": ("a.ttl", b"\xef\xbb\xbf" + SM.encode() + b":a a sm:Service ."),
        "Turtle with old line ends": (
            "a.ttl",
            (SM + ":a a sm:Service .\n# x\n:b a sm:Service .\n").replace("\n", "\r"),
        ),
        "a hundred thousand prefixes": (
            "a.ttl",
            lambda: SM + "".join(f"@prefix p{n}: <http://x/{n}/> .\n" for n in range(100_000)) + ":a a sm:Service .",
        ),
        "ten thousand unknown words": (
            "a.ttl",
            lambda: SM + ":a a sm:Service .\n" + "".join(f":a sm:word{n} {n} .\n" for n in range(10_000)),
        ),
    },
)
files(
    2,
    "more than 1,000,000 (characters|bytes)",
    {
        "a text of 100 MB in Turtle": ("a.ttl", lambda: SM + ':a sm:note "' + "x" * 100_000_000 + '" .'),
        "a text of 100 MB in N-Triples": ("a.nt", lambda: '<http://x/a> <http://x/b> "' + "x" * 100_000_000 + '" .\n'),
        "a long text of 30 MB in lines": ("a.ttl", lambda: SM + ':a sm:note """' + "xxxxxxxxx\n" * 3_000_000 + '""" .'),
        "a text of 20 MB in RDF XML": (
            "a.rdf",
            lambda: (
                f"<rdf:RDF {RDF}><sm:Service rdf:about='http://x/a'><sm:note>{'x' * 20_000_000}</sm:note></sm:Service></rdf:RDF>"
            ),
        ),
        "a text of 20 MB in JSON-LD": (
            "a.jsonld",
            lambda: json.dumps({"@id": "http://x/a", "http://x/p": "x" * 20_000_000}),
        ),
        "an address of 10 MB": ("a.ttl", lambda: f"<http://x/{'a' * 10_000_000}> a <http://x/b> ."),
        "a number of two million digits": ("a.ttl", lambda: SM + ":a sm:note " + "9" * 2_000_000 + " ."),
    },
)
files(
    2,
    "'sm:minimumMembers' cannot be",
    {
        "a group that needs a million digits": (
            "a.ttl",
            lambda: SM + ":a a sm:DependencyGroup ; sm:minimumMembers " + "9" * 900_000 + " .",
        ),
        "a group that needs infinity": ("a.ttl", SM + ":a a sm:DependencyGroup ; sm:minimumMembers 1e999 ."),
    },
)

# Packed files and files of other kinds


def zipped(content: bytes) -> bytes:
    """A zip file with one file in it."""
    data = BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("map.json", content)
    return data.getvalue()


def zeros(packer: zlib._Compress) -> bytes:
    """A gigabyte of nothing, packed to a megabyte."""
    return b"".join([*(packer.compress(bytes(1_000_000)) for _ in range(1000)), packer.flush()])


@case(2, "not a format that servicemap knows|not UTF-8|binary file")
def a_packed_file_among_others(folder: Path) -> Words:
    (folder / "bomb.json").write_bytes(zeros(zlib.compressobj(9, wbits=31)))
    return [folder / "bomb.json"]


files(0, "not a format that servicemap knows", {
    "many tag directives": ("a.yaml", lambda: "".join(f"%TAG !t{n}! tag:x,{n}:\n" for n in range(100_000)) + "---\n" + FINE),
    "a million documents": ("a.yaml", lambda: "--- {id: a}\n" * 1_000_000),
    "UTF-16": ("a.yaml", FINE.encode("utf-16")),
    "two encodings": ("a.yaml", FINE.encode() + "title: café\n".encode() + "description: café\n".encode("latin-1")),
    "a zip bomb in a folder": ("a.json", lambda: zipped(bytes(50_000_000))),
    "gzip in a folder": ("a.yaml", gzip.compress(FINE.encode())),
    "a program in a folder": ("a.yaml", b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 100),
    "a picture in a folder": ("a.yml", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 100),
})  # fmt: skip


@case(2, "not UTF-8|binary file")
def gzip_that_is_named(folder: Path) -> Words:
    (folder / "a.yaml").write_bytes(gzip.compress(FINE.encode()))
    return [folder / "a.yaml"]


# Paths that lead out of the folder


@case(0, "points out of the folder that was given")
def links_out_of_the_folder(folder: Path) -> Words:
    for number, target in enumerate(("../secret", "/etc/passwd", "/dev/zero", "/proc/self/environ", "/proc/self/mem")):
        (folder / f"out{number}.yaml").symlink_to(target)
    return None


@case(0)
def a_link_to_a_folder_outside(folder: Path) -> Words:
    (folder / "out").symlink_to("/etc")
    (folder / "root").symlink_to("/")
    (folder / "round").symlink_to(folder)
    return None


@case(2, "symbolic links in a circle")
def links_in_a_circle(folder: Path) -> Words:
    (folder / "a.yaml").symlink_to("b.yaml")
    (folder / "b.yaml").symlink_to("a.yaml")
    return None


@case(2, "No such file")
def a_link_to_nothing(folder: Path) -> Words:
    (folder / "a.yaml").symlink_to("nothing.yaml")
    return None


LOCATION = "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: out}\nspec:\n  targets:\n"


@case(0, "it is not read")
def locations_that_lead_out(folder: Path) -> Words:
    targets = ["../secret", "../../../../../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "http://127.0.0.1:9/x"]
    targets += [
        "url:http://127.0.0.1:9/",
        "~/.ssh/id_rsa",
        "//127.0.0.1/share",
        "C:\\\\x",
        "./../secret",
        "a/../../secret",
        "x" * 5_000,
    ]
    targets += ["../*", "**/**/**/*", "/*", "[" * 500, "*" * 300, "out.yaml", "link"]
    (folder / "link").symlink_to("../secret")
    (folder / "out.yaml").write_text(LOCATION + "".join(f'    - "{target}"\n' for target in targets))
    return None


@case(0, "more files that it names are not looked for")
def a_hundred_thousand_locations(folder: Path) -> Words:
    (folder / "out.yaml").write_text(LOCATION + "".join(f"    - ./nowhere-{n}.yaml\n" for n in range(100_000)))
    return None


@case(0)
def texts_that_are_included(folder: Path) -> Words:
    api = "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: a}\nspec:\n  type: openapi\n  definition:\n"
    for number, what in enumerate(
        ("$text: ../secret", "$json: file:///etc/passwd", "$yaml: http://127.0.0.1:9/", "$openapi: /etc/passwd")
    ):
        (folder / f"a{number}.yaml").write_text(api.replace("name: a", f"name: a{number}") + f"    {what}\n")
    return None


@case(0, "it is not read")
def compose_files_that_lead_out(folder: Path) -> Words:
    out = ["../secret", "/etc/passwd", "http://127.0.0.1:9/x", "git@127.0.0.1:x", "${HOME}/x", "a/../../secret"]
    includes = "".join(f'  - "{path}"\n' for path in out)
    (folder / "compose.yaml").write_text(
        f"include:\n{includes}services:\n  web:\n    image: x\n    env_file: [../secret, /etc/passwd]\n"
        "    extends: {file: ../secret, service: x}\n    label_file: ../secret\n"
        "    volumes: ['/:/host', '../secret:/x']\n    build: {context: ../.., dockerfile: /etc/passwd}\n"
        "configs: {x: {file: /etc/passwd}}\nsecrets: {y: {file: ../secret}}\n"
    )
    return None


@case(0)
def names_that_steer_a_terminal(folder: Path) -> Words:
    for name in (
        "a\nb",
        "\x1b[31mred\x1b]0;title\x07",
        "\u202ecod.lmay",
        "\u200b",
        "-rf",
        "a'b\"c;$(id)`id`",
        "\x7f\x9b2J",
    ):
        (folder / f"{name}.yaml").write_text(
            f"title: x\nelements:\n  - {{id: 'e{len(name)}{ord(name[0])}', kind: service}}\n"
        )
    return None


@case(2, "not UTF-8")
def a_name_that_is_no_text(folder: Path) -> Words:
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe.yaml")).write_text(FINE)
    return None


@case(0)
def names_as_long_as_they_can_be(folder: Path) -> Words:
    deep = folder
    for _ in range(12):
        deep = deep / ("d" * 255)
        deep.mkdir()
    (deep / ("n" * 250 + ".yaml")).write_text(FINE)
    return None


@case(0, "not an ordinary file")
def pipes_sockets_and_folders(folder: Path) -> Words:
    os.mkfifo(folder / "pipe.yaml")
    os.mkfifo(folder / "pipe.ttl")
    (folder / "folder.yaml").mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        here = Path.cwd()
        os.chdir(folder)
        listener.bind("socket.json")
        os.chdir(here)
    return None


@case(2, "this is not an ordinary file")
def a_device_that_is_named(folder: Path) -> Words:
    return [Path("/dev/zero")]


@case(2, "not an ordinary file")
def a_pipe_as_mapping(folder: Path) -> Words:
    os.mkfifo(folder / "mapping")
    return [folder, "--mapping", folder / "mapping"]


# YAML

NINE = "".join(f"{c}: &{c} [{','.join(['*' + p] * 9)}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True))
MERGES = "m0: &m0 {k: v}\n" + "".join(f"m{n}: &m{n}\n  <<: [{', '.join([f'*m{n - 1}'] * 30)}]\n" for n in range(1, 12))
files(2, "evil/a.yaml", {
    "laughs by alias": ("a.yaml", FINE + "a: &a [x,x,x,x,x,x,x,x,x]\n" + NINE),
    "merge keys": ("a.yaml", FINE + MERGES),
    "an alias in itself": ("a.yaml", FINE + "a: &a [*a]\n"),
    "a hundred thousand anchors": ("a.yaml", lambda: FINE + "x:\n" + "".join(f"- &a{n} [*a{n - 1}]\n" if n else "- &a0 [1]\n" for n in range(100_000))),
    "keys that are here twice": ("a.yaml", "elements:\n  - {id: a, kind: service, kind: team}\n"),
    "code in a tag": ("a.yaml", FINE + "  - !!python/object/apply:os.system ['touch hurt']\n"),
    "code in another tag": ("a.yaml", FINE + "  - !!python/object/new:subprocess.Popen [[touch, hurt]]\n"),
    "deep lists": ("a.yaml", FINE + "x: " + "[" * 100_000),
    "deep maps": ("a.yaml", FINE + "x: " + "{a: " * 100_000),
    "deep blocks": ("a.yaml", lambda: FINE + "x:\n" + "".join(" " * n + "a:\n" for n in range(1, 5_000))),
    "deep dashes": ("a.yaml", lambda: FINE + "x:\n" + "- " * 100_000 + "a"),
    "a text of 20 MB": ("a.yaml", lambda: FINE + "title: " + "x" * 20_000_000),
    "a text of 30 MB in lines": ("a.yaml", lambda: FINE + "title: |\n" + "  xxxxxxx\n" * 3_000_000),
    "more than 32 MB": ("a.yaml", lambda: FINE + "#" * 32_000_000),
    "32 MB of dashes": ("a.yaml", lambda: "elements:\n" + "- a\n" * 7_990_000),
    "30 MB of entries that are wrong": ("a.yaml", lambda: "elements:\n" + "- {id: a}\n" * 3_000_000),
    "30 MB of brackets": ("a.yaml", lambda: "elements: [" + "[]," * 10_000_000),
    "30 MB of short keys": ("a.yaml", lambda: "elements:\n" + "".join(f"k{n}:\n" for n in range(3_500_000))),
    "a quote without an end": ("a.yaml", lambda: FINE + "title: '" + "x\n" * 10_000_000),
    "NUL": ("a.yaml", FINE.encode() + b"title: a\0b\n"),
    "half a character": ("a.yaml", FINE + 'title: "\\ud83d"\n'),
    "a key that is a list": ("a.yaml", FINE + "? [a, b]\n: c\n"),
    "a key of two million characters": ("a.yaml", lambda: FINE + "k" * 2_000_000 + ": 1\n"),
    "a tab": ("a.yaml", FINE + "\t- id: b\n"),
    "300,000 dependencies of one element": ("a.yaml", lambda: "elements:\n  - id: a\n    kind: service\n    depends_on:\n" + "".join(f"      - nobody-{n}\n" for n in range(300_000))),
    "300,000 unknown references": ("a.yaml", lambda: "elements:\n" + "".join(f"  - {{id: a{n}, kind: service, depends_on: [x{n}, y{n}, z{n}]}}\n" for n in range(100_000))),
    "100,000 ids that are here twice": ("a.yaml", lambda: "elements:\n" + "  - {id: a, kind: service}\n" * 100_000),
    "100,000 unknown words": ("a.yaml", lambda: "elements:\n" + "".join(f"  - {{id: a{n}, kind: service, propperty{n}: x}}\n" for n in range(100_000))),
    "ids that are paths": ("a.yaml", "elements:\n  - {id: ../../etc/passwd, kind: service}\n"),
    "a number beyond all numbers": ("a.yaml", "elements:\n  - {id: a, kind: service, depends_on: [{of: [b, c], k: 1e999}]}\n"),
    "no number": ("a.yaml", "elements:\n  - {id: a, kind: service, depends_on: [{of: [b, c], k: .nan}]}\n"),
    "a number of a million digits": ("a.yaml", lambda: "elements:\n  - {id: a, kind: service, depends_on: [{of: [b], k: " + "9" * 900_000 + "}]}\n"),
    "a base that leads out": ("a.yaml", "base: file:///etc/\n" + FINE),
})  # fmt: skip
files(0, "", {
    "a byte order mark": ("a.yaml", b"\xef\xbb\xbf" + FINE.encode()),
    "old line ends": ("a.yaml", FINE.replace("\n", "\r")),
    "other line ends": ("a.yaml", FINE + 'title: "a\u2028b\u2029c\x85d"\n'),
    "labels that are code": ("a.yaml", "title: \"<script>alert(1)</script>\"\nelements:\n  - {id: '<script>', kind: service, name: \"=cmd|' /C calc'!A0\"}\n  - {id: \"a'b\\\"c\", kind: service, name: \"\\u202Eevil\\e[31m\"}\n"),
    "a circle of a thousand": ("a.yaml", lambda: "elements:\n" + "".join(f"  - {{id: a{n}, kind: service, depends_on: [a{(n + 1) % 1000}]}}\n" for n in range(1000))),
    "a hub of ten thousand": ("a.yaml", lambda: "elements:\n  - id: hub\n    kind: service\n    depends_on: [" + ", ".join(f"a{n}" for n in range(much(10_000, 2_000))) + "]\n" + "".join(f"  - {{id: a{n}, kind: service}}\n" for n in range(much(10_000, 2_000)))),
    "30 MB of comments": ("a.yaml", lambda: FINE + "# nothing at all\n" * 1_700_000),
})  # fmt: skip
files(
    2,
    "evil/a.yaml",
    {
        "groups in groups": (
            "a.yaml",
            lambda: "elements:\n  - {id: a, kind: service, depends_on: [" + "{of: [" * 45 + "a" + "]}" * 45 + "]}\n",
        )
    },
)


@case(2, "UTF-32|UTF-8|not a format")
def utf_32_that_is_named(folder: Path) -> Words:
    (folder / "a.yaml").write_bytes(FINE.encode("utf-32"))
    return [folder / "a.yaml"]


# JSON


def as_json(more: str) -> str:
    """A map in JSON with something more in it."""
    return '{"elements": [{"id": "fine", "kind": "service"}], ' + more


files(2, "evil/a.json", {
    "deep JSON": ("a.json", as_json('"title": ' + "[" * 100_000)),
    "deep maps in JSON": ("a.json", as_json('"title": ' + '{"a":' * 100_000)),
    "keys that JSON has twice": ("a.json", as_json('"title": "a", "title": "b"}')),
    "more after the end": ("a.json", as_json('"title": "a"}') + ' {"elements": []}'),
    "no number in JSON": ("a.json", as_json('"title": NaN}')),
    "half a character in JSON": ("a.json", as_json('"title": "\\ud800"}')),
    "NUL in JSON": ("a.json", as_json('"title": "\\u0000"}')),
    "JSON that is cut off": ("a.json", as_json('"title": "a"')),
    "a text in JSON without an end": ("a.json", lambda: as_json('"title": "' + "x" * 20_000_000)),
    "a number in JSON of two million digits": ("a.json", lambda: as_json('"title": ' + "9" * 2_000_000 + "}")),
    "30 MB of ones": ("a.json", lambda: as_json('"title": [' + "1," * 15_000_000)),
    "a text in JSON of 20 MB": ("a.json", lambda: as_json('"title": "' + "x" * 20_000_000 + '"}')),
    "20 MB of escapes": ("a.json", lambda: as_json('"title": "' + "\\u0041" * 3_500_000 + '"}')),
    "a comment in JSON": ("a.json", as_json("/* x */}")),
})  # fmt: skip

# Mappings

ROWS = json.dumps([{"name": f"{'a' * 30}{n}", "tags": ["a"] * 20} for n in range(200)])
MAPPING = "mapping: evil\ntitle: Evil\nrules:\n  - each: $[]\n    id: {}\n    kind: service\n"


def mapped(identifier: str, *, rows: str = ROWS, mapping: str = MAPPING) -> Callable[[Path], Words]:
    """Read rows by a mapping whose ids are made so."""

    def write(folder: Path) -> Words:
        (folder / "rows.json").write_text(rows)
        (folder / "mapping.txt").write_text(mapping.replace("id: {}", f"id: {identifier}"))
        return [folder, "--mapping", folder / "mapping.txt"]

    return write


DOUBLE = "{value: '{name}', do: [" + "{replace: {a: aa}}, " * 60 + "]}"
CASES |= {
    "a mapping that doubles": Case(mapped(DOUBLE), 2, "grows over"),
    "a mapping that doubles in one step": Case(mapped("{value: '{name}', do: [{replace: {" + ", ".join(f"{a}: {b * 9}" for a, b in zip("abcdefghijklm", "bcdefghijklmn", strict=True)) + "}}]}"), 2, "grows over"),
    "a mapping with a bad pattern": Case(mapped("{value: '{name}', when: {value: '{name}', matches: '" + "*a" * 500 + "b'}}"), 0, ""),
    "a mapping that goes everywhere": Case(mapped("'{name}'", mapping=MAPPING.replace("$[]", "$" + "[]" * 200)), 0, ""),
    "a mapping with a long path": Case(mapped("{value: '{" + "a." * 900 + "b}'}"), 2, "longer than 500 characters"),
    "a mapping that splits": Case(mapped("{value: '{name}', do: [{split: a}, {join: aaaa}, {split: a}, {join: aaaaaaaa}]}"), 0, ""),
    "a mapping that is code": Case(mapped("!!python/object/apply:os.system ['touch hurt']"), 2, "asks for a type"),
    "a mapping with rules in rules": Case(mapped("'{name}'", mapping=MAPPING + "".join("  " * (2 * n + 2) + "rules:\n" + "  " * (2 * n + 3) + "- each: tags[]\n" + "  " * (2 * n + 4) + f"id: x{n}\n" + "  " * (2 * n + 4) + "kind: service\n" for n in range(15))), 2, ""),
    "a mapping that multiplies": Case(mapped("'{name}'", mapping=MAPPING + "    depends_on:\n      - {each: '$[].tags[]', on: '{.}'}\n", rows=json.dumps([{"name": f"n{n}", "tags": [f"t{m}" for m in range(40)]} for n in range(3000)])), 2, "finds more than"),
}  # fmt: skip

# Other people's formats, too much of them

ENTITY = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: a\n"
files(0, "", {
    "100,000 dependencies of an entity": ("a.yaml", lambda: ENTITY + "spec:\n  dependsOn:\n" + "".join(f"    - component:c{n}\n" for n in range(much(100_000, 3_000)))),
    "100,000 wrong references": ("a.yaml", lambda: ENTITY + "spec:\n  dependsOn:\n" + "".join(f"    - 'a b/{n} //'\n" for n in range(100_000))),
    "50,000 annotations": ("a.yaml", lambda: ENTITY + "  annotations:\n" + "".join(f"    x/{n}: '{n}'\n" for n in range(50_000))),
    "5,000 misspelt settings": ("compose.yaml", lambda: "services:\n" + "".join(f"  s{n}: {{image: x, imagge{n}: y, depnds_on: [z{n}]}}\n" for n in range(5_000))),
})  # fmt: skip
