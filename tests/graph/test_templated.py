"""Texts with places to be filled are told from those that only look like them."""

import pytest

from graph.templated import has_places


@pytest.mark.parametrize(
    "text", ["a: {{ .Values.a }}", "{%- if a %}\na: 1\n{% endif %}", "a: ${{ values.a }}", "a: <%= b %>"]
)
def test_a_text_of_helm_jinja_backstage_or_ruby_has_places(text):
    assert has_places(text)


@pytest.mark.parametrize("text", ["a: {b: {c: 1}}", "a: ${B}", "a: 5 % b", "a: <b>"])
def test_a_plain_text_has_none(text):
    assert not has_places(text)
