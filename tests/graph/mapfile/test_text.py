"""Values in YAML: what is written reads back, for our reader and for others."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from graph.documents import read_documents
from graph.mapfile.text import Bare, block, flow, scalar

ODD = [
    "no", "012", "1:30", "~", "null", "", " a", "a ", "a: b", "a #b", "- a", "? a", "'", '"', "it's", "\\", "{a}", "[", "]", "*a", "&a", "!a",
    "@a", "`a", "%a", "|", ">", "<<", "=", ".5", "1e3", "0x1f", "0o17", "2026-01-31", "on", "Yes", "a\nb", "a\n\nb", "a\n  b", "a\r\nb", "a\tb",
    "\ufeffa", "\x85", "\u2028", "é", "日本", "😀", "\x7f", "\x1b[0m", "---", "...", "a:", ":a", "https://x.example/?a=b&c=%20", "end", "99.9 %", "a, b", "#", "key: |",
]  # fmt: skip
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


def read(text):
    return read_documents(Path("a.yaml"), text=text.encode())[0].value


@pytest.mark.parametrize("text", ODD)
def test_odd_text_is_read_as_it_was(text):
    for written in ("\n".join(block({"a": text, "b": [text, "x"]})), flow({"a": text, "b": [text, "x"]})):
        found = read(written)
        assert (found["a"], found["b"]) == (text, [text, "x"])
        assert yaml.safe_load(written) == {"a": text, "b": [text, "x"]}


@given(
    st.recursive(
        TEXT,
        lambda inner: (
            st.lists(inner, min_size=1, max_size=4)
            | st.dictionaries(st.from_regex("key[a-z]{0,3}", fullmatch=True), inner, min_size=1, max_size=4)
        ),
        max_leaves=15,
    )
)
def test_every_value_is_read_as_it_was(value):
    assert read("\n".join(block({"key": value}))) == {"key": value}
    assert yaml.safe_load("\n".join(block({"key": value}))) == {"key": value}


def test_numbers_and_truths_stay_bare():
    assert [scalar(Bare("12")), scalar(Bare("yes")), scalar("12"), scalar("yes")] == ["12", "yes", '"12"', '"yes"']


def test_text_of_several_lines_is_a_block_that_people_can_read():
    assert list(block({"a": "one\n\ntwo"}, "  ")) == ["  a: |-", "    one", "", "    two"]
    assert read("\n".join(block({"a": "one\n\ntwo"}, "  "))) == {"a": "one\n\ntwo"}


def test_what_does_not_fit_in_a_line_gets_lines_of_its_own():
    item = {"on": "a" * 60, "evidence": "b" * 60}
    assert list(block({"depends_on": [item]})) == ["depends_on:", f"  - on: {'a' * 60}", f"    evidence: {'b' * 60}"]
