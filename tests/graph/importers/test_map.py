"""Our own map format: what it says arrives, and what is wrong is told with its line and the way out."""

import pytest

from graph.analysis.changes import times_of
from graph.analysis.timed import Times
from graph.importers.map import recognises
from graph.model import Confidence, Head, InputError
from tests.graph.written import SHOP, opened, write


def select(map_, text):
    return [
        tuple(v.text if v else None for v in row)
        for row in map_.store.select("PREFIX sm: <https://w3id.org/servicemap#> " + text).rows
    ]


def end(iri):
    return iri.rpartition("/")[2].rpartition("#")[2]


def test_elements_have_their_kind_name_and_id(tmp_path):
    p = opened(tmp_path).projection
    shop = p.find("shop")
    assert (p.ids[shop], p.labels[shop], end(p.classes[shop])) == ("shop/shop", "Shop", "BusinessService")
    assert p.labels[p.find("web")] == "web"


def test_the_long_form_says_strength_and_tolerance(tmp_path):
    rows = select(
        opened(tmp_path),
        "SELECT ?s ?m { ?d a sm:Dependency; sm:provider ?p; sm:strength ?s; sm:toleranceMinutes ?m FILTER(STRENDS(STR(?p), '/db')) }",
    )
    assert [(end(s), m) for s, m in rows] == [("strength-degrading", "30")]


def test_the_long_form_says_refill_and_recovery_lag_and_the_engine_counts_them_in_seconds(tmp_path):
    p = opened(
        tmp_path,
        """
        elements:
          - id: a
            kind: application
            depends_on: [{on: b, tolerance: 10 min, refill: 2 h, recovery_lag: 90 min}]
          - {id: b, kind: database}
        """,
    ).projection
    assert times_of(p) == Times({0: 600}, {0: 5400}, {0: 7200})


def test_a_member_with_a_weight_counts_as_so_many_in_the_group_and_in_shares_of_it(tmp_path):
    groups = opened(
        tmp_path,
        """
        elements:
          - id: a
            kind: application
            depends_on:
              - {of: [b, {on: c, weight: 3}, {of: [b, c], weight: 2}], k: 50 %, full: 4}
          - {id: b, kind: database}
          - {id: c, kind: database}
        """,
    ).projection.groups
    assert sorted(zip(groups.k.tolist(), groups.full.tolist(), groups.size.tolist(), strict=True)) == [
        (1, 1, 2),
        (3, 4, 6),
    ]


def test_a_group_has_its_members_and_no_dependency_counts_twice(tmp_path):
    p = opened(tmp_path).projection
    assert len(p.groups) == 1
    assert (p.groups.k.tolist(), p.groups.size.tolist()) == ([1], [2])
    assert p.dependencies == 4
    dependent, provider, _ = p.direct
    pairs = sorted((p.ids[a], p.ids[b]) for a, b in zip(dependent, provider, strict=True))
    assert pairs == [
        ("shop/shop", "shop/db"),
        ("shop/shop", "shop/web"),
        ("shop/web", "shop/vm-1"),
        ("shop/web", "shop/vm-2"),
    ]


def test_groups_nest_and_take_percentages(tmp_path):
    p = opened(
        tmp_path,
        """
        elements:
          - id: a
            kind: application
            depends_on:
              - k: 50 %
                of: [b, c, {k: 2, of: [d, e]}]
          - {id: b, kind: server}
          - {id: c, kind: server}
          - {id: d, kind: server}
          - {id: e, kind: server}
        """,
    ).projection
    assert sorted(zip(p.groups.k.tolist(), p.groups.size.tolist(), strict=True)) == [(2, 2), (2, 3)]


def test_the_shortcut_is_derived_and_nobody_writes_it(tmp_path):
    rows = select(opened(tmp_path), "SELECT ?s ?o { ?s sm:runsOn ?o }")
    assert [(end(s), end(o)) for s, o in rows] == [("web", "vm-2")]


def test_references_resolve_across_files(tmp_path):
    write(tmp_path, "elements:\n  - {id: a, kind: application, depends_on: [b]}\n", "one.yaml")
    write(tmp_path, "elements:\n  - {id: b, kind: application}\n", "two.yaml")
    from graph.maps import open_map

    p = open_map([tmp_path / "shop"]).projection
    assert p.dependencies == 1
    assert not p.stub.any()


def test_lines_survive(tmp_path):
    map_ = opened(tmp_path)
    (source,) = map_.store.sources
    lines = {
        end(iri): line
        for iri, line in map_.store.lines(source.id).items()
        if "/dependency/" not in iri and "/group/" not in iri and " " not in iri
    }
    assert lines == {"web-team": 4, "shop": 6, "web": 13, "db": 18, "vm-1": 19, "vm-2": 20}


def test_values_keep_the_type_that_their_property_wants(tmp_path):
    text = "elements:\n  - {id: no, kind: application, name: 012, version: 1.10, description: off}\n"
    map_ = opened(tmp_path, text)
    facts = {(f.property, f.value) for f in _facts(map_, "no")}
    assert ("description", "off") in facts
    assert ("version", "1.10") in facts
    assert map_.projection.labels[map_.projection.find("no")] == "012"


def _facts(map_, name):
    from graph.facts import facts_of

    return facts_of(map_.store, map_.projection, map_.projection.find(name))


WRONG = [
    ("elements:\n  - {id: a, kind: sevice}", "2: unknown kind 'sevice'; did you mean 'service'?"),
    ("elemnts:\n  - {id: a, kind: service}", "1: unknown section 'elemnts'; did you mean 'elements'?"),
    ("namespace: a\ntitle: A\ncomponents:\n  - {id: a}", "3: unknown section 'components'; write its entries under 'elements', each with 'kind: component'"),
    ("namespace: a\ntitle: A\nstorages:\n  - {id: a}", "3: unknown section 'storages'; write its entries under 'elements', each with 'kind: storage'"),
    ("elements:\n  - {kind: service}", "2: an entry needs 'id'"),
    ("elements:\n  - {id: a}", "2: an entry needs 'kind'"),
    ("elements:\n  - {id: a, kind: service, ownr: b}", "2: 'service' has no property 'ownr'; did you mean 'owner'?"),
    ("elements:\n  - {id: a/b, kind: service}", "2: 'a/b' is no id; an id holds no '/'"),
    ("elements: {a: {kind: service, id: a}}", "1: 'elements' is a list; write 'elements:' and below it entries that begin with '- id:'"),
    ("elements:\n  - id: a", "2: an entry needs 'kind'"),
    ("elements:\n  - just-a-text\n  - {id: a, kind: service}", "2: an entry of 'elements' has no keys; write '- id: …' with a 'kind:' and a 'name:'"),
    (
        "elements:\n  - {id: a, kind: service}\n  - {id: a, kind: service}",
        "3: 'a' is defined twice, first on line 2; give each its own id",
    ),
    (
        "elements:\n  - id: a\n    kind: service\n    depends_on:\n      - {on: a, kind: nedes}",
        "5: unknown kind of dependency 'nedes'; did you mean 'needs'?",
    ),
    (
        "elements:\n  - id: a\n    kind: service\n    depends_on:\n      - {on: a, strength: requird}",
        "5: 'strength': unknown value 'requird'; did you mean 'required'?",
    ),
    (
        "elements:\n  - id: a\n    kind: service\n    depends_on:\n      - {on: a, tolerance: half an hour}",
        "5: 'tolerance': 'half an hour' is not a length of time; write '30 min', '4 h' or '2 days'",
    ),
    ("elements:\n  - {id: a, kind: service, depends_on: [b, b], name: A}\n  - {id: b, kind: service}",
     "2: the same dependency stands on line 2; take one out, or give each a 'slot'"),
    ("elements:\n  - {id: a, kind: service, depends_on: [{of: []}]}", "2: a group has no members; list them in 'of:'"),
    ("elements:\n  - {id: a, kind: service, depends_on: [{of: [a], k: many}]}",
     "2: 'k' is 'many'; write how many must work: a count such as 1, or '50 %'"),
    ("elements:\n  - {id: a, kind: service, depends_on: [{of: [a], k: 120 %}]}",
     "2: 'k' cannot be 120 %; write how many must work: a count such as 1, or '50 %'"),
    ("base: nonsense\nelements:\n  - {id: a, kind: service}", "1: 'nonsense' is no base for ids; write an address that ends in '/'"),
    ("teams:\n  - {id: a, kind: service}", "2: 'service' does not belong in 'teams'; move the entry to 'elements'"),
    ("elements:\n  - {id: a, kind: service, depends_on: [{of: [a], id: x}, {of: [b], id: x}]}\n  - {id: b, kind: service}",
     "2: the group 'x' of this element is here twice, first on line 2; give each its own id"),
    ("elements:\n  - {id: a, kind: service, depends_on: [{of: [a], k: 1e99}]}\n  - {id: b, kind: service}",
     "2: 'k' cannot be 1e99; write 1,000,000 or less"),
    ("elements:\n  - {id: a, kind: service, depends_on: [{of: [a], k: 99999999999}]}\n  - {id: b, kind: service}",
     "2: 'k' cannot be 99999999999; write 1,000,000 or less"),
    ("elements:\n  - {id: a, kind: service, depends_on: [{of: [a], full: 99999999999999}]}\n  - {id: b, kind: service}",
     "2: 'full' cannot be 99999999999999; write 1,000,000 or less"),
    ("elements:\n  - {id: a, kind: service, depends_on: [{of: [a, b], k: 2, full: 1}]}\n  - {id: b, kind: service}",
     "2: 'full' cannot be 1; 'k' asks for 2, and full service needs no fewer"),
    ("elements:\n  - {id: a, kind: service, depends_on: [{of: [a, b], k: 60 %, full: 1}]}\n  - {id: b, kind: service}",
     "2: 'full' cannot be 1; 'k' asks for 2, and full service needs no fewer"),
    ("base: 'http://[/'\nelements: []", "1: 'http://[/' is no base for ids; write an address that ends in '/'"),
    ("base: 'http://a:b/'\nelements: []", "1: 'http://a:b/' is no base for ids; write an address that ends in '/'"),
    ("base: 'https://a/?q#'\nelements: []", "1: 'https://a/?q#' is no base for ids; write an address that ends in '/'"),
    ("base: 'https://a/#'\nelements: []", "1: 'https://a/#' is no base for ids; write an address that ends in '/'"),
    ("base: 'https://a b/'\nelements: []", "1: 'https://a b/' is no base for ids; write an address that ends in '/'"),
    ("base: 'https://a/../'\nelements: []", "1: 'https://a/../' is no base for ids; write an address that ends in '/'"),
    ("namespace: a/b\nelements: []", "1: 'a/b' is no namespace; a namespace holds no '/'"),
    ("namespace: ' '\nelements: []", "1: 'namespace' is a text"),
    ('namespace: "a\\x07"\nelements: []', "1: 'a ' is no namespace; leave out control characters"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), WRONG, ids=[message[:40] for _, message in WRONG])
def test_what_is_wrong_is_told_with_its_line_and_the_way_out(tmp_path, text, message):
    file = write(tmp_path, text)
    with pytest.raises(InputError) as error:
        opened(tmp_path, text)
    said = [str(p).removeprefix(f"{file}:") for p in error.value.problems]
    assert said[0].startswith(message), said


def test_equal_groups_of_one_line_stay_apart(tmp_path):
    group = "{of: [b, c]}"
    text = f"elements:\n  - {{id: a, kind: service, depends_on: [{group}, {group}, {group}]}}\n"
    p = opened(tmp_path, text + "  - {id: b, kind: service}\n  - {id: c, kind: service}\n").projection
    assert p.groups.size.tolist() == [2, 2, 2]


@pytest.mark.parametrize("base", ["https://example.org/", "http://a-b.example:8080/x~y/z_1/"])
def test_a_plain_address_is_a_base(tmp_path, base):
    p = opened(tmp_path, f"base: {base}\nelements:\n  - {{id: a, kind: service}}\n").projection
    assert p.iris == [f"{base}shop/a"]


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "text",
    [
        "elements:\n" + "".join(f"  - {{id: a{n}, kind: k{n}}}\n" for n in range(10_000)),
        "elements:\n  - id: a\n    kind: service\n" + "".join(f"    p{n}: 1\n" for n in range(10_000)),
        "elements: []\n" + "".join(f"s{n}: 1\n" for n in range(10_000)),
        "elements:\n  - id: a\n    kind: service\n    facts:\n" + "      - {nme: x}\n" * 10_000,
    ],
)
def test_a_file_full_of_problems_tells_the_first_and_that_there_are_more(tmp_path, text):
    with pytest.raises(InputError) as error:
        opened(tmp_path, text)
    *_, last = error.value.problems
    assert len(error.value.problems) == 201
    assert str(last).endswith("it has more problems than these 200; mend them and read it again")
    assert sum("did you mean" in str(p) or "known are" in str(p) for p in error.value.problems) <= 20


def test_a_file_that_points_at_too_much_that_it_does_not_define_is_refused_early(tmp_path, monkeypatch):
    monkeypatch.setattr("graph.importers.map._MOST_OUTSIDE", 3)
    own = "elements:\n  - {id: a, kind: service, depends_on: [b, c, d, e]}\n" + "".join(
        f"  - {{id: {name}, kind: service}}\n" for name in "bcde"
    )
    assert len(opened(tmp_path, own).projection) == 5
    wanted = ", ".join(f"x{n}" for n in range(20))
    with pytest.raises(InputError, match="points at more than 3 things that it does not define"):
        opened(tmp_path, own.replace("depends_on: [b", f"depends_on: [{wanted}, b"))


def test_an_unknown_reference_is_an_error_with_a_proposal(tmp_path):
    text = SHOP.replace("          - web\n", "          - wbe\n")
    with pytest.raises(
        InputError, match=r"map.yaml:11: 'wbe' is not defined; add it or correct the name \(did you mean 'web'\?\)"
    ):
        opened(tmp_path, text)


def test_all_problems_of_a_file_are_told_at_once(tmp_path):
    with pytest.raises(InputError) as error:
        opened(tmp_path, "elements:\n  - {id: a, kind: sevice}\n  - {kind: service}\n")
    assert len(error.value.problems) == 2


@pytest.mark.parametrize(
    ("name", "text", "sure"),
    [
        ("a.yaml", "elements:\n  - id: a\n", Confidence.LIKELY),
        ("a.yaml", "teams:\n  - {id: a}\n", Confidence.LIKELY),
        ("a.yaml", "teams:\n- name: create\n", Confidence.NO),
        ("a.yaml", "steps:\n- id: build\n  name: go\ntimeout: 60s\noptions:\n  machine: big\n", Confidence.NO),
        ("a.yaml", "teams:\n- id: a\nservces:\n# mine\n- id: b\ncomponents: [{id: c}]\ntitel: A\n", Confidence.LIKELY),
        ("a.yaml", "services:\n- name: api\n", Confidence.NO),
        ("a.json", '{"elements": [{"id": "a", "kind": "service"}]}', Confidence.LIKELY),
        ("a.json", '[{"id": "a", "kind": "CLIENT"}]', Confidence.NO),
        ("a.json", '{"views": {"elements": [{"id": "1"}]}}', Confidence.NO),
        ("a.yaml", "- id: a\n  kind: x\n", Confidence.NO),
        ("a.ttl", "elements:\n  - id: a\n", Confidence.NO),
    ],
)
def test_it_recognises_its_own_files(tmp_path, name, text, sure):
    assert recognises(Head(tmp_path / name, text)) is sure


def test_json_is_read_as_well(tmp_path):
    p = opened(
        tmp_path,
        '{"elements": [{"id": "a", "kind": "service", "depends_on": ["b"]}, {"id": "b", "kind": "service"}]}',
        "map.json",
    ).projection
    assert p.dependencies == 1


def test_an_element_has_so_many_dependencies(tmp_path, monkeypatch):
    monkeypatch.setattr("graph.importers.map._MOST_DEPENDENCIES", 2)
    text = "elements:\n  - {id: a, kind: service}\n  - {id: b, kind: service}\n  - {id: c, kind: service}\n  - {id: d, kind: service, depends_on: [a, b, c]}\n"
    with pytest.raises(
        InputError, match=r"5: these are 3 dependencies of one element, at most 2 are read; let it depend"
    ):
        opened(tmp_path, text)
    assert opened(tmp_path, text.replace(", c]", "]")).projection.dependencies == 2
