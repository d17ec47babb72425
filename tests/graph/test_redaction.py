"""Who may read some namespaces alone sees all effects, and of what is hidden no name."""

from __future__ import annotations

from datetime import UTC, datetime
from textwrap import dedent

import pytest

from graph.analysis.changes import Change, ChangeKind, Profile, times_of
from graph.analysis.impact import State, impact
from graph.analysis.judgement import judge
from graph.doubts import doubts
from graph.maps import open_map
from graph.model import InputError
from graph.redaction import HIDDEN, NAME, redacted
from tests.graph.written import write

KEY = b"a key of the tests"
SHOP = """
    title: A shop
    elements:
      - {id: shop, kind: business service, name: Shop, depends_on: [web], description: sells things}
      - id: web
        kind: application
        depends_on:
          - backroom/crown
          - of: [backroom/vault, vm]
            k: 1
      - {id: vm, kind: virtual machine}
"""
INFRA = """
    title: Hush hush
    namespace: backroom
    teams:
      - {id: quiet-ops, name: Whisperers}
    elements:
      - id: crown
        kind: database
        name: Crown jewels
        owner: quiet-ops
        description: tell nobody
        depends_on: [{on: vault, strength: degrading, tolerance: 5 min}]
      - {id: vault, kind: application, name: Deep vault, depends_on: [shop/vm]}
"""
NAMES = (
    "crown",
    "Crown jewels",
    "vault",
    "Deep vault",
    "quiet-ops",
    "Whisperers",
    "tell nobody",
    "Hush hush",
    "backroom",
)


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    home = tmp_path_factory.mktemp("two")
    backroom = home / "backroom"
    backroom.mkdir()
    (backroom / "map.yaml").write_text(dedent(INFRA))
    return open_map([write(home, SHOP).parent, backroom])


@pytest.fixture(scope="module")
def view(opened):
    return redacted(opened, ["shop"], KEY)


def same(opened, view, mine="shop"):
    """Element of the map -> element of the view."""
    from graph.redaction import _Veil

    sources = [source for source in opened.store.sources if source.importer]
    texts = {s.id: opened.store.triples(f"https://w3id.org/servicemap/graph/source/{s.id}") for s in sources}
    shown = [texts[s.id] for s in sources if s.namespace == mine]
    veil = _Veil([mine], KEY, shown, [texts[s.id] for s in sources if s.namespace != mine])
    return {v: view.projection.index[veil.iri(iri)] for v, iri in enumerate(opened.projection.iris)}


def test_no_name_is_anywhere_in_the_view(view):
    dump = view.store.dump().decode()
    assert [name for name in NAMES if name in dump] == []
    told = [*view.projection.ids, *view.projection.labels, *view.projection.iris, view.title]
    assert [name for name in NAMES if any(name in text for text in told)] == []
    assert [name for name in NAMES if any(name in str(finding) for finding in view.findings)] == []


def test_what_may_be_read_is_told_as_it_is_written(view):
    p = view.projection
    web = p.find("web")
    assert (p.labels[p.find("shop")], p.ids[web]) == ("Shop", "shop/web")
    (description,) = view.store.select(
        "SELECT ?d { ?x dcterms:description ?d }".replace(
            "dcterms:description", "<http://purl.org/dc/terms/description>"
        )
    ).rows
    assert description[0].text == "sells things"
    (source,) = [source for source in view.store.sources if source.namespace == "shop"]
    assert view.store.lines(source.id)[p.iris[web]] == 5


def test_what_is_hidden_has_one_name_and_its_kind(opened, view):
    p, to = view.projection, same(opened, view)
    crown = to[opened.projection.find("backroom/crown")]
    assert p.labels[crown] == NAME
    assert p.ids[crown].startswith(f"{HIDDEN}/")
    assert p.classes[crown] == opened.projection.classes[opened.projection.find("backroom/crown")]


@pytest.mark.parametrize("state", [State.DOWN, State.DEGRADED])
def test_the_effects_are_the_same(opened, view, state):
    to = same(opened, view)
    assert len(view.projection) == len(opened.projection)
    for element, hidden in to.items():
        whole, seen = (impact(m.projection, {v: state}) for m, v in ((opened, element), (view, hidden)))
        assert {to[v]: (int(whole.state[v]), int(whole.distance[v])) for v in whole.affected.tolist()} == {
            v: (int(seen.state[v]), int(seen.distance[v])) for v in seen.affected.tolist()
        }
        assert sorted(to[v] for v in whole.spared.tolist()) == sorted(seen.spared.tolist())


def test_a_large_map_of_which_all_is_hidden_has_the_same_effects_and_no_name(root):
    opened = open_map([root / "data" / "laundry"])
    view = redacted(opened, ["nobody"], KEY)
    assert len(view.projection) == len(opened.projection)
    assert set(view.projection.labels) == {NAME}

    def effects(m):
        p = m.projection
        found = [impact(p, {v: State.DOWN}) for v in range(len(p))]
        return sorted((p.classes[v], [r.count(s) for s in State]) for v, r in enumerate(found))

    assert effects(view) == effects(opened)
    dump = view.store.dump().decode()
    named = {name for name in (*opened.projection.labels, *opened.projection.iris) if len(name) > 8}
    said = "\n".join(line for line in dump.split("\n") if "/graph/ontology>" not in line)
    assert [name for name in sorted(named) if f'"{name}"' in said or f"<{name}>" in said] == []


@pytest.mark.parametrize("depth", [None, 1])
def test_a_judgement_with_all_names_hidden_is_that_of_a_full_reader_unknowns_and_times_included(root, depth):
    opened = open_map([root / "data" / "laundry"])
    view = redacted(opened, ["nobody"], KEY)
    to = same(opened, view, "nobody")

    def judged(m, element):
        p, change = m.projection, Change(ChangeKind.MAINTENANCE, element, ((0, 5400),))
        open_ = doubts(m.store, p, at=datetime(2028, 1, 1, tzinfo=UTC))
        return judge(p, [change], times=times_of(p), profile=Profile.UNKNOWN, doubts=open_, depth=depth)

    def told(found, name):
        brackets = {name(b.element): (b.lower, b.upper, b.spans, b.distance) for b in found.affected}
        lists = (found.spared, found.beyond, tuple(each.element for each in found.deciding))
        return brackets, found.open, found.assumed, *(sorted(map(name, each)) for each in lists)

    hit = 0
    for element, hidden in to.items():
        whole = judged(opened, element)
        assert told(judged(view, hidden), int) == told(whole, to.__getitem__)
        hit += len(whole.affected)
    assert hit >= 26


def test_with_another_key_what_is_hidden_is_called_otherwise(opened, view):
    other = redacted(opened, ["shop"], b"another key")
    mine, theirs = ({i for i in m.projection.ids if i.startswith(HIDDEN)} for m in (view, other))
    assert len(mine) == len(theirs) == 3
    assert not mine & theirs
    assert set(redacted(opened, ["shop"], KEY).projection.ids) == set(view.projection.ids)


def test_a_map_that_is_too_large_for_a_view_is_refused(opened, monkeypatch):
    monkeypatch.setattr("graph.redaction.MOST", 5)
    with pytest.raises(InputError, match="more than 5 statements"):
        redacted(opened, ["shop"], KEY)


def test_who_reads_all_namespaces_reads_everything(opened):
    view = redacted(opened, ["shop", "backroom"], KEY)
    assert sorted(view.projection.labels) == sorted(opened.projection.labels)
    assert sorted(view.projection.iris) == sorted(opened.projection.iris)
