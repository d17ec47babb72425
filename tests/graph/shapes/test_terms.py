"""A term that is written into a query is the term that the store holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.shapes.terms import literal, written
from ontology import terms as t
from tests.graph.shapes.alike import Bare

EMPTY = Bare("")


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_a_text_survives_being_written(text: str) -> None:
    ((value,),) = EMPTY.rows(f"SELECT ({written(('literal', text, t.XSD_STRING, ''))} AS ?value) {{}}")

    assert value.text == text


def test_a_blank_node_cannot_be_asked_for() -> None:
    with pytest.raises(ValueError, match="blank node"):
        written(("bnode", "b0", "", ""))


def test_what_rdflib_cannot_read_is_known_and_not_logged(caplog) -> None:
    assert literal(("literal", "soon", t.XSD_DATE_TIME, "")).ill_typed is True
    assert literal(("literal", "1", t.XSD_INTEGER, "")).value == 1
    assert caplog.text == ""
