"""Does the reader keep text, lines and its limits, whatever stands in a file?"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from graph.documents import MAX_BYTES, Map, Seq, Value, read_documents, read_start
from graph.model import InputError

WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufeff\ufffe\uffff\u2028\u2029")
)
VALUES = st.recursive(
    st.none() | WORDS, lambda inner: st.lists(inner) | st.dictionaries(WORDS, inner), max_leaves=20
)  # fmt: skip


def read(name: str, text: str | bytes) -> list[Value]:
    data = text.encode() if isinstance(text, str) else text
    return [document.value for document in read_documents(Path(name), text=data)]


def refusal(name: str, text: str | bytes) -> str:
    with pytest.raises(InputError) as problem:
        read(name, text)
    assert len(problem.value.problems) == 1
    return str(problem.value)


# Text


def test_scalars_stay_text_as_written() -> None:
    text = "a: no\nb: 012\nc: 1:30\nd: 1_000\ne: 2026-01-31\nf: 1.50\ng: 0x1F\nh: .inf\ni: =\n"
    [value] = read("a.yaml", text)
    assert list(value.values()) == ["no", "012", "1:30", "1_000", "2026-01-31", "1.50", "0x1F", ".inf", "="]


def test_only_an_empty_plain_scalar_a_tilde_and_null_are_none() -> None:
    [value] = read("a.yaml", "a:\nb: ~\nc: null\nd: ''\ne: 'null'\nf: \"~\"\ng: !!str\nh: nil\n- i: x\n"[:-7])
    assert value == {"a": None, "b": None, "c": None, "d": "", "e": "null", "f": "~", "g": "", "h": "nil"}


def test_numbers_and_words_of_json_stay_text() -> None:
    [value] = read("a.json", '{"a": 1.50, "b": -0e5, "c": true, "d": null, "e": "x", "f": [], "g": {}}')
    assert value == {"a": "1.50", "b": "-0e5", "c": "true", "d": None, "e": "x", "f": [], "g": {}}


def test_a_pair_of_surrogates_in_json_is_one_character() -> None:
    assert read("a.json", r'["\ud83d\ude00 \u00e4 \/ \" \n"]') == [['😀 ä / " \n']]


def test_a_byte_order_mark_is_accepted() -> None:
    assert read("a.yaml", b"\xef\xbb\xbfa: b\n") == read("a.json", b'\xef\xbb\xbf{"a": "b"}') == [{"a": "b"}]


@given(VALUES)
def test_what_is_written_as_json_is_read_again(value: Any) -> None:
    expected = [] if value is None else [value]
    assert read("a.json", json.dumps(value)) == expected
    assert read("a.json", json.dumps(value, ensure_ascii=False, indent=2)) == expected


@given(VALUES)
def test_what_is_written_as_yaml_is_read_again(value: Any) -> None:
    text = yaml.safe_dump(value, allow_unicode=True, sort_keys=False, default_flow_style=False)
    assert read("a.yaml", text) == ([] if value is None else [value])


@given(VALUES)
def test_json_read_as_yaml_has_the_same_values_and_lines(value: Any) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=1)
    if any(len(line) > 1000 for line in text.splitlines()):
        return  # YAML keys are at most 1,024 characters long
    one, two = read("a.json", text), read("a.yaml", text)
    assert one == two
    assert lines(one) == lines(two)


def lines(value: Any) -> Any:
    if isinstance(value, Map):
        return value.line, value.lines, [lines(inner) for inner in value.values()]
    return (
        [getattr(value, "line", 0), getattr(value, "lines", 0), *map(lines, value)] if isinstance(value, list) else None
    )


# Lines


def test_every_value_knows_its_line() -> None:
    [document] = read_documents(
        Path("a.yaml"), text=b"# top\nshop:\n  open: no\n  list:\n    - a\n\n    - b: |\n        x\n"
    )
    assert document.line == 2
    top = document.value
    assert isinstance(top, Map)
    shop = top["shop"]
    assert isinstance(shop, Map)
    assert (top.lines["shop"], top.key_line("shop"), shop.line, shop.lines["open"]) == (3, 2, 3, 3)
    items = shop["list"]
    assert isinstance(items, Seq)
    assert (shop.key_line("list"), items.line, items.lines) == (4, 5, [5, 7])


def test_documents_of_one_file_come_in_order_without_the_empty_ones() -> None:
    found = read_documents(Path("a.yaml"), text=b"---\na: 1\n---\n---\n# nothing\n---\n- b\n...\n")
    assert [(document.value, document.line) for document in found] == [({"a": "1"}, 2), (["b"], 7)]


@pytest.mark.parametrize("text", [b"", b"\n\n", b"# only a comment\n", b"---\n", b"null\n"])
def test_a_file_without_content_has_no_documents(text: bytes) -> None:
    assert read_documents(Path("a.yaml"), text=text) == []


def test_the_ending_decides_and_then_the_first_sign() -> None:
    assert read("terraform.tfstate", ' {"a": "\\ud83d\\ude00"}') == [{"a": "😀"}]
    assert read("catalogue", "a: b") == [{"a": "b"}]


# Aliases and merge keys


def test_aliases_repeat_values_and_merge_keys_add_those_that_are_missing() -> None:
    text = "base: &base {x: 1, y: 2}\nmore: &more {y: 3, z: 4}\nshop:\n  y: 9\n  <<: [*base, *more]\nkeys: &k name\n*k : *base\n"
    [value] = read("a.yaml", text)
    assert value["shop"] == {"y": "9", "x": "1", "z": "4"}
    assert value["shop"].lines == {"y": 4, "x": 1, "z": 2}
    assert value["name"] == {"x": "1", "y": "2"}


def test_a_quoted_merge_sign_is_an_ordinary_key() -> None:
    assert read("a.yaml", '"<<": b') == [{"<<": "b"}]


# Refusals

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 12)
)
MERGE_BOMB = "a0: &a0 {x: 1, y: 2}\n" + "".join(
    f"a{i}: &a{i} {{<<: [{', '.join([f'*a{i - 1}'] * 10)}]}}\n" for i in range(1, 12)
)
DEEP = "a.yaml:1: the file is nested deeper than 50 levels; make it flatter"
DEEP_JSON = DEEP.replace("yaml", "json")
NOT_TEXT = "; save the file as UTF-8"


REFUSALS = [
    ("a.yaml", "[" * 100_000, DEEP),
    ("a.yaml", "{a: " * 100_000, DEEP),
    ("a.yaml", "- " * 100_000, DEEP),
    ("a.json", "[" * 100_000, DEEP_JSON),
    ("a.json", '{"a":' * 100_000, DEEP_JSON),
    ("a.yaml", "".join(" " * i + "a:\n" for i in range(3000)), DEEP.replace(":1:", ":51:")),
    ("a.yaml", "x: &x " + "[" * 30 + "]" * 30 + "\ny: " + "[" * 30 + "*x" + "]" * 30, DEEP.replace(":1:", ":2:")),
    ("a.yaml", BOMB, "a.yaml:6: the aliases repeat more than 1,000,000 values; write less by alias"),
    ("a.yaml", MERGE_BOMB, "a.yaml:7: the aliases repeat more than 1,000,000 values; write less by alias"),
    ("a.yaml", "a: 1\nb: &b\n  c: *b\n", "a.yaml:3: the alias '*b' stands inside the value that it repeats; take it out of '&b'"),
    ("a.yaml", "b: &base 1\na: *bse", "a.yaml:2: the alias '*bse' has no anchor '&bse' above it; define it first (did you mean 'base'?)"),
    ("a.yaml", "a: 1\nb:\n  - 2\na: 3", "a.yaml:4: the key 'a' is here twice, first in line 1; remove or rename one"),
    ("a.yaml", "a: {b: 1, 'b': 2}", "a.yaml:1: the key 'b' is here twice, first in line 1; remove or rename one"),
    ("a.json", '{"a":\n [1],\n"\\u0061":2}', "a.json:3: the key 'a' is here twice, first in line 1; remove or rename one"),
    ("a.yaml", "a: {<<: 1}", "a.yaml:1: the merge key '<<' needs a map or a list of maps; write '<<: *name-of-a-map'"),
    ("a.yaml", "b: &b {x: 1}\na:\n  <<: *b\n  <<: *b", "a.yaml:4: the merge key '<<' is here twice; write one '<<' with a list: '<<: [*a, *b]'"),
    ("a.yaml", "a: !!python/object/apply:os.system [ls]", "a.yaml:1: the tag '!!python/object/apply:os.system' asks for a type, which is not allowed here; remove the tag"),
    ("a.yaml", "a: !Ref x", "a.yaml:1: the tag '!Ref' asks for a type, which is not allowed here; remove the tag"),
    ("a.yaml", "a: !!binary aGk=", "a.yaml:1: the tag '!!binary' asks for a type, which is not allowed here; remove the tag"),
    ("a.yaml", "a: !!set {b}", "a.yaml:1: the tag '!!set' asks for a type, which is not allowed here; remove the tag"),
    ("a.yaml", "? [a]\n: b", "a.yaml:1: a key must be text, this one is a list or a map; write the key as one word"),
    ("a.yaml", "x: &x [a]\n*x : b", "a.yaml:2: a key must be text, the alias '*x' is none; write the key as one word"),
    ("a.yaml", "%TAG !a! tag:x,1:\n" * 200_000, "a.yaml: the file has 100 or more lines that start with '%'; remove the directives"),
    ("a.yaml", 'a: "x\\0"', "a.yaml:1: the text holds the character U+0000, which is no text; remove it"),
    ("a.yaml", "a: b\nc: \x07", "a.yaml:2: the character U+0007 is not allowed in YAML; remove it"),
    ("a.yaml", "a: b\nc\0d", "a.yaml:2: byte 6 is NUL: this is a binary file, not text; give a YAML or JSON file"),
    ("a.json", b"\x7fELF\x02\x01\x01\x00", "a.json:1: byte 7 is NUL: this is a binary file, not text; give a YAML or JSON file"),
    ("a.yaml", "a: b".encode("utf-16"), "a.yaml:1: byte 0 starts a file in UTF-16, not UTF-8" + NOT_TEXT),
    ("a.json", '{"a": 1}'.encode("utf-16-be"), "a.json:1: byte 0 starts a file in UTF-16, not UTF-8" + NOT_TEXT),
    ("a.yaml", "a: b".encode("utf-32"), "a.yaml:1: byte 0 starts a file in UTF-32, not UTF-8" + NOT_TEXT),
    ("a.yaml", "a: b\nc: ä".encode("latin-1"), "a.yaml:2: byte 8 (0xE4) is not UTF-8, it may be Latin-1 or Windows-1252" + NOT_TEXT),
    ("a.yaml", b"\xef\xbb\xbfa: \xff", "a.yaml:1: byte 6 (0xFF) is not UTF-8, it may be Latin-1 or Windows-1252" + NOT_TEXT),
    ("a.yaml", b" " * (MAX_BYTES + 1), "a.yaml: the file is larger than 32 MB; split it into several files"),
    ("a.yaml", "a: b\nc: " + "x" * 1_000_001, "a.yaml:2: a text of more than 1,000,000 characters begins here; shorten it, or link to it"),
    ("a.json", '{"' + "x" * 1_000_001 + '": 1}', "a.json:1: a text of more than 1,000,000 characters begins here; shorten it, or link to it"),
    ("a.yaml", "a: b: c", "a.yaml:1: this is not valid YAML: mapping values are not allowed in this context; check the indentation, and put text that holds ': ' in quotes"),
    ("a.yaml", "a:\n\tb: c", "a.yaml:2: this is not valid YAML: while scanning for the next token found character that cannot start any token; indent with spaces instead of tabs, and put text that starts with @, ` or % in quotes"),
    ("a.yaml", 'a: "b\nc: d', "a.yaml:2: this is not valid YAML: while scanning a quoted scalar that starts in line 1, found unexpected end of stream; close the quote that is still open"),
    ("a.yaml", "a: [b,\n", "a.yaml:2: this is not valid YAML: while parsing a flow node did not find expected node content; check the text in brackets or braces, and close them"),
    ("a.yaml", "a:\n    b: 1\n  c: 2", "a.yaml:3: this is not valid YAML: while parsing a block mapping that starts in line 1, did not find expected key; give all keys of a map the same indentation, and close quotes and brackets"),
    ("a.json", '{"a": "\\ud83d"}', "a.json:1: the text holds the character U+D83D, which is no text; remove the escape"),
    ("a.json", '["\\u0000"]', "a.json:1: the text holds the character U+0000, which is no text; remove the escape"),
    ("a.json", '{"a": 01}', "a.json:1: this is not valid JSON: '01' stands where a value should be; correct the line"),
    ("a.json", '{"a": 1, // why\n"b": 2}', "a.json:1: this is not valid JSON: '/' stands where a key in double quotes should be; remove the comment: JSON has none"),
    ("a.json", "[1,\n]", "a.json:2: this is not valid JSON: ']' stands where a value should be; remove the comma before it"),
    ("a.json", '{"a": 1,}', "a.json:1: this is not valid JSON: '}' stands where a key in double quotes should be; remove the comma before it"),
    ("a.json", '{"a": [1', "a.json:1: this is not valid JSON: it ends where a comma or the end of the list or map should be; complete the file"),
    ("a.json", '{"a": "x\n"}', "a.json:1: this is not valid JSON: the text that starts here has no end; close its quote"),
    ("a.json", '["' + "\\n" * 2_000_000, "a.json:1: this is not valid JSON: the text that starts here has no end; close its quote"),
    ("a.json", '["\\x"]', "a.json:1: this is not valid JSON: the escape at '\\\\x\"' is unknown; write a backslash twice"),
    ("a.json", "{} {}", "a.json:1: this is not valid JSON: '{' stands where nothing more after the end of the document should be; correct the line"),
    ("a.json", "[NaN]", "a.json:1: this is not valid JSON: 'NaN' stands where a value or ']' should be; write true, false, null or a number"),
    ("a.json", "{'a': 1}", "a.json:1: this is not valid JSON: \"'\" stands where a key in double quotes or '}' should be; use double quotes"),
    ("a.json", '{"a" 1}', "a.json:1: this is not valid JSON: '1' stands where a colon after the key should be; correct the line"),
    ("a.json", "[}", "a.json:1: this is not valid JSON: '}' stands where a value or ']' should be; correct the line"),
]  # fmt: skip


@pytest.mark.timeout(30)
@pytest.mark.parametrize(("name", "text", "message"), REFUSALS, ids=[message for _, _, message in REFUSALS])
def test_a_hostile_or_broken_file_gives_one_line_quickly(name: str, text: str | bytes, message: str) -> None:
    assert refusal(name, text) == message


def test_a_folder_a_missing_file_and_a_device_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.yaml").touch()
    for path, message in [
        (tmp_path, f"{tmp_path}: this is a folder, not a file; name a file in it"),
        (tmp_path / "modle.yaml", f"{tmp_path}/modle.yaml: there is no such file; check the path (did you mean 'model.yaml'?)"),
        (tmp_path / "no" / "a.yaml", f"{tmp_path}/no/a.yaml: there is no such file; check the path: its folder does not exist either"),
        (Path("/dev/null"), "/dev/null: this is not an ordinary file; copy what it holds into a file"),
    ]:  # fmt: skip
        with pytest.raises(InputError) as problem:
            read_documents(path)
        assert str(problem.value) == message


@given(st.text(alphabet="[]{}:,-?&*!|>'\"%@ \nab<~#\\0", max_size=60))
def test_any_yaml_is_read_or_refused(text: str) -> None:
    with suppress(InputError):
        read_documents(Path("a.yaml"), text=text.encode())


@given(st.text(alphabet='[]{}:,"\\/ \n0123456789.-+eEtrufalsn', max_size=60))
def test_json_is_accepted_exactly_when_the_standard_library_accepts_it(text: str) -> None:
    def strict(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) < len(pairs):
            raise ValueError
        return dict(pairs)

    try:
        json.loads(text, object_pairs_hook=strict)
    except (ValueError, RecursionError):
        if text.strip(" \n"):
            refusal("a.json", text)
    else:
        read("a.json", text)


@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for name in ("a.yaml", "a.json", "a"):
        with suppress(InputError):
            read_documents(Path(name), text=data)


# The beginning of a file


def test_the_start_of_a_file_that_is_cut_off_is_understood_as_far_as_it_goes() -> None:
    assert read_start(Path("a.yaml"), "a:\n  - b: 1\n    c: [1, 2")[0].value == {"a": [{"b": "1"}]}
    assert read_start(Path("a.json"), '{"a": [{"b": 1}, {"c": "d')[0].value == {"a": [{"b": "1"}, {}]}
    assert read_start(Path("a.json"), "nonsense") == []


@given(VALUES, st.integers(0, 400))
def test_no_cut_makes_the_start_unreadable(value: Any, size: int) -> None:
    read_start(Path("a.json"), json.dumps(value)[:size])
    read_start(Path("a.yaml"), yaml.safe_dump(value, allow_unicode=True)[:size])


# Without the C library, and speed


def test_without_the_c_library_the_values_and_lines_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "a: &a [no, {b: ~}]\nc:\n  d: |\n    x\n  <<: {e: *a}\n---\n- 'f'\n"
    fast = read("a.yaml", text)
    monkeypatch.delattr(yaml, "CLoader")
    slow = read("a.yaml", text)
    assert fast == slow
    assert lines(fast[0]) == lines(slow[0])
    assert refusal("a.yaml", "[" * 100_000) == DEEP
    assert (
        refusal("a.yaml", 'a: "\\ud83d"')
        == "a.yaml:1: the text holds the character U+D83D, which is no text; remove it"
    )
