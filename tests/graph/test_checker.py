"""A kept result is checked without the engine: true ones pass, tampered ones do not."""

import copy
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graph.analysis.changes import Change, ChangeKind, Profile, times_of
from graph.analysis.judgement import judge
from graph.checker import check
from graph.doubts import doubts
from graph.maps import load_into, open_map
from graph.model import InputError
from graph.results import digest, document
from tests.examples import some
from tests.graph.written import opened, write

ROOT = Path(__file__).resolve().parents[2]
HOUR = 3600
NOW = datetime(2026, 11, 26, 8, tzinfo=UTC)


def kept(
    opened_map, names, *, kind=ChangeKind.OUTAGE, profile=Profile.REQUIRED, windows=((0, 2 * HOUR),), depth=None, **more
):
    p = opened_map.projection
    changes = [Change(kind, p.find(name), windows, **more) for name in names]
    open_ = doubts(opened_map.store, p, at=NOW)
    result = judge(p, changes, times=times_of(p), profile=profile, doubts=open_, depth=depth)
    return json.loads(json.dumps(document(opened_map, result)))


@pytest.mark.parametrize("folder", ["laundry", "enterprise"])
@pytest.mark.parametrize("profile", [Profile.REQUIRED, Profile.UNKNOWN])
def test_what_the_engine_says_of_every_element_of_the_shipped_maps_is_true(folder, profile):
    opened_map = open_map([ROOT / "data" / folder])
    names = opened_map.projection.ids
    for name in some(names, 15 if folder == "enterprise" else 1):
        assert check(opened_map.store, kept(opened_map, [name], profile=profile)) == ()


@pytest.mark.parametrize("folder", ["gitlab-service-catalog", "backstage-rhdh", "compose-otel-demo"])
def test_what_the_engine_says_of_real_catalogues_is_true(realworld, folder):
    opened_map = open_map([realworld / folder])
    for name in list(opened_map.projection.ids)[::4]:
        assert check(opened_map.store, kept(opened_map, [name], profile=Profile.UNKNOWN)) == ()


def test_of_two_weights_the_smaller_counts_for_the_checker_too(tmp_path):
    text = "elements:\n  - {id: a, kind: service, depends_on: [{of: [{on: b, weight: 9}, c], k: 10}]}\n"
    one = write(tmp_path, text + "  - {id: b, kind: service}\n  - {id: c, kind: service}\n", "one.yaml")
    p = open_map([one]).projection
    iri = p.edges.iris[p.edges.provider.tolist().index(p.find("b"))]
    two = write(tmp_path, f"<{iri}> <https://w3id.org/servicemap#weight> 10, 0 .\n", "two.ttl")
    opened_map = open_map([one, two])
    result = kept(opened_map, ["c"])
    assert [each["element"].rpartition("/")[2] for each in result["affected"]] == ["a"]
    assert check(opened_map.store, result) == ()


MAP = """
    elements:
      - {id: shop, kind: business service, depends_on: [web, {on: mail, strength: optional}, {on: db, tolerance: 3 h, refill: 2 h}]}
      - {id: web, kind: application, depends_on: [{of: [{on: vm-1, weight: 2}, vm-2, vm-3], k: 2}]}
      - {id: report, kind: application, depends_on: [{on: db, strength: degrading, tolerance: 30 min, refill: 1 h, recovery_lag: 5 min}]}
      - {id: db, kind: database, depends_on: [vm-1]}
      - {id: mail, kind: tool, depends_on: [vm-1]}
      - {id: vm-1, kind: virtual machine}
      - {id: vm-2, kind: virtual machine}
      - {id: vm-3, kind: virtual machine}
      - {id: board, kind: application, depends_on: [{of: [{on: vm-1, last_seen: 2026-11-20}, {on: vm-3, last_seen: 2025-01-01}]}]}
      - {id: hub, kind: application, depends_on: [{of: [{on: vm-1, strength: required}, {on: vm-3, strength: required}], strength: required}]}
      - {id: panel, kind: application, depends_on: [hub]}
      - {id: feed, kind: application, depends_on: [{on: db, strength: required, last_seen: 2025-03-01}]}
      - {id: chart, kind: application, depends_on: [{on: feed, strength: required, refill: 1 h}]}
"""


@pytest.fixture
def small(tmp_path):
    return opened(tmp_path, MAP)


def _places(value, path=()):
    """Every single value of a document, with the way to it."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _places(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _places(inner, (*path, number))
    else:
        yield path, value


def _other(value):
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 61
    return 12_345 if value is None else f"{value}x"


def _sort(path):
    """Which field it is: where in the lists, and of which element, does not matter."""
    return tuple("…" if isinstance(key, int) or str(key).startswith("http") else key for key in path)


def mutations(result, *, of_each=10_000):
    """The result with one value changed: so many of each field."""
    seen = Counter()
    for path, value in _places(result):
        seen[_sort(path)] += 1
        if seen[_sort(path)] > of_each:
            continue
        changed = copy.deepcopy(result)
        at = changed
        for key in path[:-1]:
            at = at[key]
        at[path[-1]] = _other(value)
        yield path, changed


def rejected(opened_map, result):
    try:
        return bool(check(opened_map.store, result))
    except InputError:
        return True


QUESTIONS = {"horizon", "loaded_at", "name", "as_of", "stale_after", "depth"}
"""With another horizon, time of loading, name, or limit of age the same answer may be true of this map."""


MANY = {Profile.REQUIRED: 12, Profile.UNKNOWN: 3, Profile.NOTHING: 1}
"""How many values of each field are changed: a bracket takes long to check."""


@pytest.mark.parametrize("profile", list(Profile))
def test_a_result_in_which_any_value_is_changed_is_rejected(small, profile):
    result = kept(small, ["vm-1", "vm-2"], profile=profile)
    assert check(small.store, result) == ()
    for path, changed in mutations(result, of_each=MANY[profile]):
        assert rejected(small, changed), path


@pytest.mark.parametrize("profile", list(Profile))
def test_a_forged_digest_does_not_help(small, profile):
    result = kept(small, ["vm-1", "vm-2"], profile=profile)
    tried = 0
    for path, changed in mutations(result, of_each=MANY[profile]):
        if path[-1] not in QUESTIONS and path != ("digest",):
            assert rejected(small, changed | {"digest": digest(changed)}), path
            tried += 1
    assert tried > 30


def _fields(schema, path=()):
    """Every field that a result may have, as a way through the published schema."""
    if "properties" in schema:
        for key, inner in schema["properties"].items():
            yield from _fields(inner, (*path, key))
    elif isinstance(schema.get("items"), dict):
        yield from _fields(schema["items"], (*path, "each"))
    elif "prefixItems" in schema:
        yield from _fields(schema["prefixItems"][0], (*path, "each"))
    elif isinstance(schema.get("additionalProperties"), dict):
        yield from _fields(schema["additionalProperties"], (*path, "each"))
    else:
        yield path


def _field(schema, path):
    """The field of the schema that a place of a result belongs to."""
    way = []
    for key in path:
        if "properties" in schema:
            schema, word = schema["properties"][key], key
        elif inner := schema.get("items") or schema.get("prefixItems", [schema.get("additionalProperties")])[0]:
            schema, word = inner, "each"
        else:
            break  # what saves an element is one of two objects, told apart by their keys
        way.append(word)
    return tuple(way)


def _without(result, path):
    less = copy.deepcopy(result)
    at = less
    for key in path[:-1]:
        at = at[key]
    del at[path[-1]]
    return less


def test_every_field_of_the_published_schema_is_guarded(small, tmp_path):
    schema = json.loads((ROOT / "docs" / "reference" / "result.schema.json").read_text(encoding="utf-8"))
    tools = "".join(f"      - {{id: tool-{n}, kind: tool, depends_on: [db]}}\n" for n in range(51))
    wide = opened(tmp_path / "wide", "\n    elements:\n      - {id: db, kind: database}\n" + tools)
    file = write(tmp_path / "old", "elements:\n  - {id: db, kind: database}\n")
    load_into(tmp_path / "store", [file])
    file.write_text("elements: [", encoding="utf-8")
    old = load_into(tmp_path / "store", [file])
    apart = ((0, HOUR // 3), (HOUR // 2, HOUR))
    results = [
        (small, kept(small, ["vm-1", "vm-2"], windows=apart, surely=((60, HOUR // 3),), name="Patches")),
        (small, kept(small, ["vm-1"], profile=Profile.UNKNOWN)),
        (small, kept(small, ["mail"])),
        (wide, kept(wide, ["db"], profile=Profile.UNKNOWN)),
        (small, kept(small, ["vm-1"], depth=1)),
        (old, kept(old, ["db"])),
    ]
    left = set(_fields(schema))
    for opened_map, result in results:
        assert check(opened_map.store, result) == ()
        for path, changed in mutations(result):
            field = _field(schema, path)
            if field not in left:
                continue
            left.remove(field)
            if not {*field} & QUESTIONS:
                for forged in (changed, _without(result, path)):
                    assert rejected(opened_map, forged), field
                    if field != ("digest",):
                        assert rejected(opened_map, forged | {"digest": digest(forged)}), field
    assert left == set(), "no result of this test has them"


def test_a_result_that_leaves_something_out_is_rejected(small):
    result = kept(small, ["vm-1", "vm-2"])
    for section in ("affected", "spared", "most", "least", "changes"):
        for number in range(len(result[section])):
            less = copy.deepcopy(result)
            del less[section][number if isinstance(less[section], list) else sorted(less[section])[number]]
            assert rejected(small, less | {"digest": digest(less)}), (section, number)
    for number in range(len(result["affected"])):
        less = copy.deepcopy(result)
        less["affected"][number]["proof"].pop(0)
        assert rejected(small, less | {"digest": digest(less)})


def test_a_result_of_another_revision_or_no_result_is_refused(small):
    result = kept(small, ["vm-1"])
    with pytest.raises(InputError, match="the result is of revision 'abc', the map is at"):
        check(small.store, result | {"revision": "abc"})
    with pytest.raises(InputError, match="this is no result that servicemap has kept"):
        check(small.store, {"format": "x"})
    with pytest.raises(InputError, match="the result is damaged"):
        check(small.store, {key: value for key, value in result.items() if key != "most"})


def test_what_is_refused_names_its_file(small):
    for wrong in ({}, kept(small, ["vm-1"]) | {"revision": "abc"}):
        with pytest.raises(InputError, match=r"^old\.json: (this is no result|the result is of revision)"):
            check(small.store, wrong, path="old.json")


def test_outages_that_use_up_one_reserve_together_are_proved_with_the_moment(small):
    result = kept(small, ["vm-1"], windows=((0, HOUR // 3), (HOUR // 2, HOUR)))
    assert check(small.store, result) == ()
    step = next(each for each in result["affected"] if each["element"].endswith("/report"))["proof"][-1]
    assert step["rule"] == "degrading, after 30 min, refills in 60 min, back 5 min later"
    assert step["used_up"] == 40 * 60
    step["used_up"] += 60
    assert check(small.store, result | {"digest": digest(result)}) == (
        f"{step['dependent']}: its proof says when the reserve of '{step['dependency']}' is used up, and it is not then",
    )
