"""Statements in the notations of RDF: what XML cannot say, and which prefixes there are."""

from graph.notation import prefixes_of, unsaid_in_xml


def test_what_xml_cannot_say_is_set_apart():
    lines = [
        r'<http://x/a> <http://x/p> "fine \r\n" .',
        r'<http://x/a> <http://x/p> "bell \u0007" .',
        '<http://x/a> <http://x/1> "no name" .',
        "<http://x/a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://x/> .",
    ]
    kept, left = unsaid_in_xml("\n".join(lines).encode())
    assert (kept.decode().splitlines(), left) == (lines[:1], lines[1:])


def test_two_places_of_one_name_get_two_prefixes():
    found = prefixes_of(["https://a/shop/x", "https://b/shop/x", "https://a/Ä/x"])
    assert found["shop"] == "https://a/shop/"
    assert "https://b/shop/" in found.values()
    assert all(name.isascii() for name in found)


def test_a_namespace_called_as_a_usual_prefix_does_not_take_its_place():
    assert prefixes_of(["https://a/sm/x"])["sm"] == "https://w3id.org/servicemap#"
