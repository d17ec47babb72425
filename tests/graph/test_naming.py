"""Do the reader and the maker of technical names follow what a map writes down, whatever the organisation?"""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.maps import Map, open_map
from graph.model import InputError
from graph.naming import convention, conventions, make_name, read_name, taken
from graph.validation import run_checks
from ontology import terms as t

# an invented one: the environment first, underscores, small letters, two lengths of numbers, and hosts with dots
HARBOUR = """
naming_conventions:
  - id: harbour
    name: Harbour names
    separator: _
    letter_case: lower
    segments:
      - {id: e, name: stage, tells: environment, order: 1, shortest: 1, longest: 1,
         codes: [{code: l, meaning: live, environment_type: production}, {code: t, meaning: try-out, environment_type: test}]}
      - {id: n, name: number, tells: sequence, order: 2, shortest: 1, longest: 3}
      - {id: k, name: thing, tells: type, order: 3, shortest: 2, longest: 4,
         codes: [{code: crne, meaning: crane server, means_kind: server},
                 {code: db, meaning: database, means_kind: database, separator: '.'},
                 {code: bkt, meaning: bucket, means_kind: storage, separator: none, letter_case: upper}]}
      - {id: w, name: quay, tells: clarification, order: 4, shortest: 2, longest: 8, form: '^[a-z]+$'}
environments: [{id: live, environment_type: production}, {id: trial, environment_type: test}]
elements:
  - {id: a, kind: server, technical_name: l_7_crne_north, naming_convention: harbour, environment: live}
  - {id: b, kind: server, technical_name: l_8_crne_n0rth, naming_convention: harbour, environment: live}
  - {id: c, kind: server, technical_name: x_8_crne_north, naming_convention: harbour, environment: live}
  - {id: d, kind: server, technical_name: t_9_crne_north, naming_convention: harbour, environment: live}
  - {id: e, kind: server, technical_name: l_9_crne, naming_convention: harbour, environment: live}
  - {id: f, kind: database, technical_name: l.12.db.stores, naming_convention: harbour, environment: live}
  - {id: g, kind: storage, technical_name: L345BKTSOUTH, naming_convention: harbour, environment: live}
  - {id: h, kind: storage, technical_name: l_345_bkt_south, naming_convention: harbour, environment: live}
"""
NAMING = {"name-parts", "name-segment", "name-of-a-type"}


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Map:
    file = tmp_path_factory.mktemp("harbour") / "map.yaml"
    file.write_text(HARBOUR, encoding="utf-8")
    return open_map([file], namespace="quay")


@pytest.fixture(scope="module")
def enterprise(root: Path) -> Map:
    return open_map([root / "data" / "enterprise"])


def read(opened: Map, name: str) -> list[str]:
    parts = read_name(opened.store, convention(opened.store), name)
    return [part.meaning or part.text for part in parts]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("l_7_crne_north", ["live", "7", "crane server", "north"]),
        ("t_123_crne_quay", ["try-out", "123", "crane server", "quay"]),
        ("l.12.db.stores", ["live", "12", "database", "stores"]),
        ("L345BKTSOUTH", ["live", "345", "bucket", "south"]),
        ("T1BKTEAST", ["try-out", "1", "bucket", "east"]),
    ],
)
def test_a_name_is_read_as_the_convention_of_the_map_says(harbour: Map, name: str, says: list[str]) -> None:
    assert read(harbour, name) == says


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("l_7_crne", ["the name 'l_7_crne' has 3 parts and should have 4"]),
        (
            "q_x_crne_n0",
            ["part stage: 'q' is no code", "part number: 'x' is no number", "part quay: 'n0' does not have"],
        ),
        ("l_1234_crne_north", ["part number: '1234' is longer than 3"]),
        ("l_7_crne_n", ["part quay: 'n' is shorter than 2"]),
        ("L_7_crne_north", ["part stage: 'L' is no code"]),
        ("l_7_bkt_north", ["'bkt' is written without a separator, in capitals"]),
        ("l_7_db_north", ["'db' is written with '.'"]),
        ("x" * 300, ["the name is longer than 255"]),
    ],
)
def test_all_that_is_wrong_with_a_name_is_told(harbour: Map, name: str, said: list[str]) -> None:
    with pytest.raises(InputError) as error:
        read(harbour, name)

    assert len(error.value.problems) == len(said)
    assert all(words in problem.message for words, problem in zip(said, error.value.problems, strict=True))


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"environment": "live", "type": "crane server", "clarification": "north"}, "l_1_crne_north"),
        ({"stage": "t", "number": "20", "thing": "crne", "quay": "east"}, "t_20_crne_east"),
        ({"environment": "live", "type": "server", "clarification": "north", "sequence": "9"}, "l_9_crne_north"),
        ({"environment": "live", "type": "database", "clarification": "stores"}, "l.1.db.stores"),
        ({"environment": "try-out", "type": "bucket", "clarification": "south"}, "T1BKTSOUTH"),
    ],
)
def test_a_name_is_made_as_the_convention_of_the_map_says(harbour: Map, values: dict[str, str], name: str) -> None:
    made = make_name(harbour.store, convention(harbour.store), values, taken=taken(harbour.store))

    assert made == name
    assert len(read(harbour, made)) == 4


def test_the_next_number_that_is_free_is_taken(harbour: Map) -> None:
    values = {"environment": "live", "type": "crne", "clarification": "north"}
    names = {f"l_{number}_crne_north" for number in (1, 2, 3, 5)}

    assert make_name(harbour.store, convention(harbour.store), values, taken=names) == "l_4_crne_north"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"colour": "red"}, "a name has no part 'colour'"),
        ({"environment": "live"}, "the name needs a value for type, clarification"),
        ({"environment": "lve", "type": "crne", "clarification": "north"}, "environment: 'lve' is no code"),
        ({"environment": "live", "type": "crne", "clarification": "n"}, "part quay: 'n' is shorter than 2"),
        ({"environment": "live", "type": "crne", "clarification": "a_b"}, "has 5 parts and should have 4"),
    ],
)
def test_a_name_that_would_not_keep_the_convention_is_not_made(harbour: Map, values: dict[str, str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        make_name(harbour.store, convention(harbour.store), values)


def test_no_number_left_is_told(harbour: Map) -> None:
    values = {"environment": "live", "type": "crne", "clarification": "north"}
    names = {f"l_{number}_crne_north" for number in range(1000)}

    with pytest.raises(InputError, match="all numbers of such names are taken"):
        make_name(harbour.store, convention(harbour.store), values, taken=names)


@pytest.mark.parametrize("sample", ["harbour", "enterprise"])
def test_the_reader_and_the_checks_refuse_the_same_names(sample: str, request: pytest.FixtureRequest) -> None:
    opened: Map = request.getfixturevalue(sample)
    refused = {finding.subject for finding in run_checks(opened.store) if finding.check in NAMING}

    for element, name in opened.store.pairs(t.TECHNICAL_NAME):
        try:
            read(opened, name)
        except InputError:
            assert element in refused, name
        else:
            assert element not in refused, name
    assert refused


def test_a_name_says_another_environment_than_the_map_under_any_convention(harbour: Map) -> None:
    found = [f.message for f in run_checks(harbour.store) if f.check == "name-contradicts-the-map"]

    assert found == ["the name 't_9_crne_north' says try-out ('t'), the map says production"]


def test_what_is_made_of_what_was_read_is_the_same_name(enterprise: Map) -> None:
    one = convention(enterprise.store)
    names = [name for name in sorted(taken(enterprise.store)) if "BRK-3" not in name]

    assert len(names) > 5
    for name in names:
        values = {part.segment.name: part.text for part in read_name(enterprise.store, one, name)}
        assert make_name(enterprise.store, one, values) == name


def test_it_must_be_clear_which_convention_is_meant(harbour: Map, tmp_path: Path) -> None:
    (tmp_path / "none.yaml").write_text("elements: [{id: a, kind: server}]", encoding="utf-8")
    two = HARBOUR.replace(
        "naming_conventions:", "naming_conventions:\n  - id: other\n    segments: [{name: A, tells: type, order: 1}]", 1
    )
    (tmp_path / "two.yaml").write_text(two, encoding="utf-8")

    assert [each.id for each in conventions(harbour.store)] == ["quay/harbour"]
    with pytest.raises(InputError, match="no naming convention 'habour'; did you mean 'harbour'"):
        convention(harbour.store, "habour")
    with pytest.raises(InputError, match="the map has no naming convention"):
        convention(open_map([tmp_path / "none.yaml"]).store)
    with pytest.raises(InputError, match="several naming conventions"):
        convention(open_map([tmp_path / "two.yaml"]).store)
    assert convention(open_map([tmp_path / "two.yaml"]).store, "harbour").label == "Harbour names"


def test_a_name_that_fits_nowhere_is_refused_soon(tmp_path: Path) -> None:
    """Ten free parts without a separator: what leads nowhere is tried once, and a form of any sort ends."""
    segments = "\n".join(
        f"      - {{name: p{n}, tells: clarification, order: {n}, shortest: 1, longest: 30, form: '^(a+)+$'}}"
        for n in range(1, 11)
    )
    file = tmp_path / "map.yaml"
    file.write_text(
        f"naming_conventions:\n  - id: x\n    separator: none\n    segments:\n{segments}\n", encoding="utf-8"
    )
    opened = open_map([file])

    with pytest.raises(InputError, match="cannot be cut into its parts"):
        read_name(opened.store, convention(opened.store), "a" * 60 + "!")


def test_lengths_that_are_no_numbers_or_huge_do_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "map.ttl"
    file.write_text(
        """@prefix sm: <https://w3id.org/servicemap#> . @prefix : <https://w3id.org/servicemap/id/x/> .
        :n a sm:NamingConvention ; sm:separator "-" ; sm:hasSegment :a, :b .
        :a sm:name "A" ; sm:segmentRole sm:segment-sequence ; sm:segmentOrder 1 ; sm:shortest 99999999999999 .
        :b sm:name "B" ; sm:segmentRole sm:segment-clarification ; sm:segmentOrder 2 ; sm:longest "many" .""",
        encoding="utf-8",
    )
    opened = open_map([file])

    with pytest.raises(InputError, match="longer than 255"):
        make_name(opened.store, convention(opened.store), {"B": "x"})
