"""A plan's addresses become elements, its actions become changes; no value of it is ever seen."""

import json
from collections import Counter

import pytest

from graph.analysis.changes import ChangeKind
from graph.analysis.impact import State
from graph.analysis.judgement import judge
from graph.model import InputError
from graph.planned import Action, Plan, Planned, changes, planning
from graph.plans import read_plan
from tests.graph.planned import HIDDEN, plan, resource, write_plan
from tests.graph.written import opened

MAP = """
    elements:
      - {id: orders, kind: business service, depends_on: [web, orders-db]}
      - {id: web, kind: application, external_id: "aws_instance.web"}
      - {id: node-7, kind: virtual machine, external_id: 'module.pool["a.b"].aws_instance.node[7]'}
      - {id: pool, kind: cluster, external_id: 'module.pool'}
      - {id: orders-db, kind: database, name: Orders database}
      - {id: reports, kind: application}
      - {id: Reports 2, kind: application, name: reports}
"""


@pytest.fixture
def told(tmp_path):
    def of(*resources, **more):
        made = opened(tmp_path / "map", MAP)
        found = planning(made, [read_plan(write_plan(tmp_path / "plan.json", *resources, **more))])
        kinds = {made.projection.labels[e.element]: e.kind and e.kind.value for e in found.effects}
        return kinds, found, made

    return of


@pytest.mark.parametrize(
    ("actions", "kind"),
    [
        (["delete"], "retirement"),
        (["delete", "create"], "replacement"),
        (["create", "delete"], "replacement"),
        (["create", "forget"], "replacement"),
        (["update"], "maintenance"),
        (["create"], None),
        (["forget"], None),
        (["teleport"], "outage"),
    ],
)
def test_each_action_is_a_kind_of_change(told, actions, kind):
    assert told(resource("aws_instance.web", *actions))[0] == {"web": kind}


@pytest.mark.parametrize("action", ["no-op", "read"])
def test_what_stays_as_it_is_is_not_told(told, action):
    kinds, found, _ = told(resource("aws_instance.web", action), resource("aws_instance.else", action))
    assert (kinds, found.unmapped, found.new) == ({}, (), ())


def test_what_is_deleted_is_down_what_is_updated_only_may_be(told):
    for action, lower in (("delete", State.DOWN), ("update", State.UNAFFECTED)):
        _, found, made = told(resource("aws_instance.web", action))
        judged = judge(made.projection, changes(found.effects))
        assert [(made.projection.labels[b.element], b.lower, b.upper) for b in judged.affected] == [
            ("orders", lower, State.DOWN)
        ]


def test_some_instances_of_a_resource_degrade_and_all_of_them_retire(told):
    one, two = 'aws_instance.web["a"]', 'aws_instance.web["b"]'
    assert told(resource(one, "delete"), resource(two, "no-op"))[0] == {"web": "degradation"}
    assert told(resource(one, "delete"), resource(two, "delete"))[0] == {"web": "retirement"}
    assert told(resource(one, "create", "delete"), resource(two, "create", "delete"))[0] == {"web": "replacement"}
    words = told(resource(one, "delete"), resource(two, "no-op"))[1].effects[0].words
    assert words == '1 of 2 instances: aws_instance.web["a"]: deleted'


def test_a_new_instance_next_to_others_breaks_nothing(told):
    assert told(resource("aws_instance.web[0]", "no-op"), resource("aws_instance.web[1]", "create"))[0] == {"web": None}


def test_the_longest_recorded_address_wins(told):
    kinds, _, _ = told(
        resource('module.pool["a.b"].aws_instance.node[7]', "delete"),
        resource('module.pool["a.b"].aws_instance.node[8]', "update"),
    )
    assert kinds == {"node-7": "retirement", "pool": "maintenance"}


def test_a_part_of_a_module_that_goes_is_an_outage_of_what_the_module_is(told):
    kinds, _, _ = told(
        resource("module.pool.aws_lb.front", "delete"), resource("module.pool.aws_eks_cluster.main", "no-op")
    )
    assert kinds == {"pool": "outage"}


def test_a_name_is_enough_where_it_is_the_only_one_and_that_is_said(told):
    kinds, found, _ = told(resource("aws_db_instance.orders_db", "delete"))
    assert kinds == {"Orders database": "retirement"}
    assert found.effects[0].by == "name"


def test_a_name_that_several_have_or_that_is_a_services_is_not_enough(told):
    kinds, found, _ = told(resource("aws_instance.reports", "delete"), resource("aws_instance.orders", "delete"))
    assert kinds == {}
    assert [planned.address for planned in found.unmapped] == ["aws_instance.reports", "aws_instance.orders"]


def test_a_moved_resource_is_found_by_where_it_was(told):
    kinds, found, _ = told(resource("aws_instance.front", "no-op", previous_address="aws_instance.web"))
    assert kinds == {"web": None}
    assert "moved from aws_instance.web" in found.effects[0].words
    moved = resource("aws_instance.front", "update", previous_address="aws_instance.web")
    assert told(moved)[0] == {"web": "maintenance"}


def test_an_imported_resource_breaks_nothing(told):
    kinds, found, _ = told(resource("aws_instance.web", "no-op", importing=True))
    assert kinds == {"web": None}
    assert found.effects[0].words == "aws_instance.web: not changed, imported"
    kinds, found, _ = told(resource("aws_instance.web", "update", importing=True))
    assert kinds == {"web": "maintenance"}
    assert "imported" in found.effects[0].words


def test_a_deposed_object_is_not_the_resource(told):
    kinds, found, _ = told(
        resource("aws_instance.web", "delete", deposed="0a1b2c3d"), resource("aws_instance.web", "no-op")
    )
    assert kinds == {"web": None}
    assert "an old object of it is deleted" in found.effects[0].words


def test_drift_is_listed_and_not_acted_upon(told):
    kinds, found, _ = told(resource_drift=[resource("aws_instance.web", "delete")])
    assert kinds == {}
    assert found.notes == ("changed outside Terraform, not judged: aws_instance.web: deleted",)


def test_a_plan_that_is_not_whole_says_so(told):
    _, found, _ = told(errored=True, complete=False, deferred_changes=[{"reason": "x"}], action_invocations=[{}, {}])
    assert [note.partition(": ")[2] for note in found.notes] == [
        "making this plan has failed, it is not whole",
        "this plan is not whole, another one will follow",
        "1 change put off to a later plan",
        "2 actions of a provider will run, what they do is not said",
    ]


def test_a_plan_need_not_say_which_terraform_made_it(tmp_path):
    file = tmp_path / "plan.json"
    file.write_text(json.dumps({"format_version": "0.1", "planned_values": {}}))
    assert read_plan(file).planned == ()


def test_what_is_new_and_what_cannot_be_found_are_listed_apart(told):
    _, found, made = told(resource("aws_instance.x", "create"), resource("aws_instance.y", "update"))
    assert list(found.told(made.projection.labels)) == [
        "1 new resource not on the map yet: aws_instance.x",
        "not on the map: aws_instance.y: changed in place, it may restart",
    ]


def test_no_value_of_a_plan_is_ever_seen(told):
    everything = [
        resource("aws_instance.web", "update"),
        resource("aws_instance.y", "delete"),
        resource("aws_instance.z", "create", importing=True),
    ]
    _, found, made = told(*everything, resource_drift=[resource("aws_instance.web", "update")])
    assert HIDDEN not in repr(found) + "".join(found.told(made.projection.labels))


def test_an_address_cannot_steer_a_terminal_or_fill_the_page(told):
    _, found, made = told(resource("aws_instance.\x1b[31m" + "x" * 5000, "delete"))
    (line,) = found.told(made.projection.labels)
    assert line.isprintable()
    assert len(line) < 300


def state(**more):
    return {"format_version": "1.0", "terraform_version": "1.9.0", "values": {}, **more}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (json.dumps(plan(version="2.0")), "a plan of format '2.0' is not known; formats 0.1, 0.2 and 1.x are"),
        (json.dumps(plan(version="0.10")), "a plan of format '0.10' is not known; formats 0.1, 0.2 and 1.x are"),
        (json.dumps(plan(version="10.0")), "a plan of format '10.0' is not known; formats 0.1, 0.2 and 1.x are"),
        (json.dumps(state()), "this is a Terraform state, not a plan; make it with: terraform show -json PLAN"),
        ('{"format_version": "1.0"}', "this is no Terraform plan in JSON; make it with: terraform show -json PLAN"),
        ('{"format_version": 1}', "this is no Terraform plan in JSON; make it with: terraform show -json PLAN"),
        ("[]", "this is no Terraform plan in JSON; make it with: terraform show -json PLAN"),
        ("PK\x03\x04", "this is no JSON; make it with: terraform show -json PLAN"),
        ("[" * 100_000, "this is no JSON; make it with: terraform show -json PLAN"),
        (json.dumps(plan(resource_changes=None)), None),
        (json.dumps(plan(resource_changes={})), "'resource_changes' is no list, so this is no Terraform plan; make it with: terraform show -json PLAN"),
        (json.dumps(plan(resource_changes={"a": 1})), "'resource_changes' is no list, so this is no Terraform plan; make it with: terraform show -json PLAN"),
        (json.dumps(plan({"address": 1})), "a resource has no address or no actions; make it with: terraform show -json PLAN"),
        (json.dumps(plan("x")), "a resource has no address or no actions; make it with: terraform show -json PLAN"),
    ],
)  # fmt: skip
def test_what_is_no_plan_is_refused_in_one_line(tmp_path, text, said):
    file = tmp_path / "plan.json"
    file.write_text(text)
    if said is None:
        assert read_plan(file).planned == ()
        return
    with pytest.raises(InputError) as left:
        read_plan(file)
    assert str(left.value) == f"{file}: {said}"


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_plan(tmp_path / "none.json")


PLANS = "terraform-plan-infracost/cmd/infracost/testdata"


def test_a_real_plan_of_nested_modules_counts_and_keys_is_understood(realworld, tmp_path):
    found = read_plan(realworld / PLANS / "terraform_v0.14_plan.json")
    text = """
        elements:
          - {id: db-one, kind: database, external_id: module.db.module.db_1}
          - {id: counted, kind: virtual machine, external_id: module.instances.aws_instance.module_instance_counted}
    """
    made = opened(tmp_path, text)
    told = planning(made, [found])
    assert {made.projection.labels[e.element]: e.kind for e in told.effects} == {
        "db-one": ChangeKind.MAINTENANCE,
        "counted": None,
    }
    assert (len(told.unmapped), len(told.new)) == (0, 11)


WORDS = {"create": Action.CREATE, "no-op": Action.NONE, "update": Action.UPDATE}


@pytest.mark.parametrize("name", ["azure_firewall_plan", "express_route_gateway_plan", "terraform_v0.14_plan"])
def test_actions_of_real_plans_are_counted_as_others_count_them(realworld, name):
    items = json.loads((realworld / "expected.json").read_text(encoding="utf-8"))["items"]
    truth = items["terraform-plan-infracost"]["truth"][f"{name}.json"]["resource_changes_by_action"]
    found = Counter(planned.action for planned in read_plan(realworld / PLANS / f"{name}.json").planned)
    assert found == {WORDS[word]: number for word, number in truth.items()}


@pytest.mark.parametrize(("name", "resources"), [("azure_firewall_plan", 11), ("express_route_gateway_plan", 8)])
def test_real_plans_that_only_create_break_nothing(realworld, tmp_path, name, resources):
    found = planning(opened(tmp_path, MAP), [read_plan(realworld / PLANS / f"{name}.json")])
    assert (found.effects, found.unmapped, len(found.new)) == ((), (), resources)


def test_a_real_state_is_not_a_plan(realworld):
    with pytest.raises(InputError, match="this is a Terraform state, not a plan"):
        read_plan(realworld / PLANS / "terraform_v0.14_state.json")


def test_what_restarts_and_is_smaller_then_is_degraded_for_certain_and_down_at_most(tmp_path):
    made = opened(tmp_path / "map", MAP)
    planned = Planned("Deployment web", Action.UPDATE, name="web", fewer=True)
    found = planning(made, [Plan("edit", "Kubernetes", (planned,))])
    p = made.projection
    told = changes(found.effects)
    assert [(each.kind, each.surely) for each in told] == [
        (ChangeKind.MAINTENANCE, ()), (ChangeKind.CAPACITY_LOSS, None)
    ]  # fmt: skip
    (bracket,) = [each for each in judge(p, told).affected if p.ids[each.element].endswith("/orders")]
    assert (bracket.lower, bracket.upper) == (State.DEGRADED, State.DOWN)
