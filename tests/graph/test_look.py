"""Every class has a mark that both pages and files can draw."""

from xml.etree import ElementTree as ET

import pytest

from graph.look import LOOKS, SCHEMES, TOKENS, tile


@pytest.mark.parametrize("word", LOOKS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_mark_is_well_formed_and_has_the_colours_of_its_class(word, scheme):
    side = SCHEMES.index(scheme)
    for dim in (False, True):
        text = tile(word, scheme, dim=dim)
        ET.fromstring(f"<svg>{text}</svg>")  # noqa: S314 our own text
        assert (TOKENS["hover"][side] if dim else LOOKS[word].fill[side]) in text
