"""Are the words offered that a map uses, the most used first, and the rest of the vocabulary behind them?"""

from __future__ import annotations

from flask.testing import FlaskClient

from app.query.words import known, words
from graph.model import InputError
from graph.store.interface import Table, Value


def test_what_the_map_uses_comes_first_with_its_count(client: FlaskClient) -> None:
    found = client.get("/query/words.json").get_json()
    classes = {each["name"]: each["used"] for each in found["classes"]}
    assert classes["sm:Application"] == 3
    assert classes["sm:VendorService"] == 0, "the vocabulary knows more than the map uses"
    used = [each["used"] for each in found["properties"]]
    assert used == sorted(used, reverse=True)
    assert next(each for each in found["properties"] if each["name"] == "sm:dependsOn")["label"] == "depends on"


def test_a_property_from_elsewhere_is_offered_in_full() -> None:
    table = Table(("word", "n"), ((Value("uri", "https://example.org/a/b"), Value("literal", "7")),))
    first = words(lambda _: table)["properties"][0]
    assert (first["name"], first["used"]) == ("<https://example.org/a/b>", 7)


def test_an_engine_that_is_too_slow_leaves_the_vocabulary() -> None:
    def late(_: str) -> Table:
        raise InputError.of("stopped", check="late")

    assert {each["used"] for each in words(late)["classes"]} == {0}
    assert "https://w3id.org/servicemap#Service" in known()
