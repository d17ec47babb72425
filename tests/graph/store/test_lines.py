"""A table of lines says what the mapping said that it was made of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.store.lines import LineTable, open_lines, packed

LINES = st.dictionaries(st.text(), st.integers(0, 2**32 - 1))


@given(LINES, st.text())
def test_a_table_equals_the_mapping_it_was_made_of(lines, other):
    table = LineTable(packed(lines))
    table.check()
    assert dict(table) == dict(table.items()) == lines
    assert (len(table), table.get(other), other in table) == (len(lines), lines.get(other), other in lines)


def test_a_table_is_walked_through_in_the_order_of_the_lines():
    table = LineTable(packed({"z": 1, "a": 3, "m": 2, "b": 3}))
    assert list(table) == ["z", "m", "a", "b"]
    assert list(table.items()) == [("z", 1), ("m", 2), ("a", 3), ("b", 3)]


def test_a_table_in_a_file_is_searched_where_it_lies(tmp_path):
    lines = {f"https://x/{number}": number for number in range(10_000)}
    (tmp_path / "table").write_bytes(packed(lines))
    table = open_lines(tmp_path / "table")
    assert table["https://x/9999"] == 9999
    assert "https://x/10000" not in table


@pytest.mark.parametrize("spoilt", [b"", b"smlines", b"{}" * 20, packed({"a": 1})[:-1], packed({"a": 1}) + b"x"])
def test_what_is_no_table_is_refused(tmp_path, spoilt):
    (tmp_path / "table").write_bytes(spoilt)
    with pytest.raises(ValueError, match="table of lines"):
        open_lines(tmp_path / "table")


def test_a_count_that_the_bytes_do_not_hold_is_refused():
    with pytest.raises(ValueError, match="cut"):
        LineTable(b"smlines1" + (2**60).to_bytes(8, "little") + b"x" * 100)


def test_keys_out_of_order_are_found_when_they_are_looked_for():
    table = packed({"a": 1, "b": 2}).replace(b"ab", b"ba")
    with pytest.raises(ValueError, match="out of order"):
        LineTable(table).check()
