"""A case tells apart what is removed, what is changed and what is merely worded, and knows where things stand."""

from graph.analysis.impact import State
from tests.graph.gate.cases import case
from tests.graph.planned import resource

WITHOUT_CACHE = (
    ("    depends_on: [{on: cache, strength: degrading}]\n", ""),
    ("  - {id: cache, kind: database, name: Cache, owner: web-team}\n", ""),
)


def ids(iris):
    return [iri.rpartition("/")[2] for iri in iris]


def test_what_is_removed_is_known_by_the_old_state_and_placed_there(tmp_path):
    made = case(tmp_path, *WITHOUT_CACHE)
    assert ids(made.removed) == ["cache"]
    assert made.place(made.removed[0]).path.endswith("before/shop/map.yaml")
    assert ids(made.changed) == ["blog"]


def test_what_is_new_is_not_changed(tmp_path):
    made = case(tmp_path, ("  - {id: cache,", "  - {id: mail, kind: tool, owner: web-team}\n  - {id: cache,"))
    assert (made.removed, made.changed) == ((), ())
    assert ids(made.touched()) == ["mail"]


def test_a_changed_dependency_changes_who_depends_and_not_who_is_needed(tmp_path):
    made = case(tmp_path, ("on: db, strength: degrading", "on: db, strength: required"))
    assert ids(made.changed) == ["web"]


def test_words_alone_are_no_change_of_substance(tmp_path):
    assert case(tmp_path / "1", ("name: Shop\n", "name: The shop\n")).changed == ()
    assert ids(case(tmp_path / "2", ("criticality: critical", "criticality: high")).changed) == ["shop"]


def test_what_a_plan_is_about_is_touched_and_what_it_only_creates_is_not(tmp_path):
    made = case(
        tmp_path, plan=[resource("aws_db_instance.orders", "delete"), resource("aws_instance.web[2]", "create")]
    )
    assert ids(made.touched()) == ["db"]


def test_the_reach_of_a_change_is_what_rests_on_it(tmp_path):
    made = case(tmp_path, ("k: 1", "k: 2"))
    labels = made.after.projection.labels
    assert {labels[b.element]: b.upper for b in made.reach.affected} == {"Shop": State.DOWN}
    assert [labels[b.element] for b in made.hit_services(made.reach)] == ["Shop"]
    assert made.harm.affected == ()


def test_criticality_is_in_the_words_of_map_files(tmp_path):
    made = case(tmp_path, ("criticality: critical", "criticality: high"))
    assert {iri.rpartition("/")[2]: word for iri, word in made.criticality.items()} == {"shop": "high"}
