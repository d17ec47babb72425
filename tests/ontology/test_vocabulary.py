"""Do programs read from the ontology what it says?"""

from __future__ import annotations

import pytest

from ontology import terms as t
from ontology.vocabulary import vocabulary

WORDS = vocabulary()


@pytest.mark.parametrize(
    ("key", "section", "lane"),
    [
        ("business service", "business_services", t.LANE_BUSINESS_SERVICES),
        ("service", "", t.LANE_SERVICES),
        ("offering", "offerings", t.LANE_AGREEMENTS_AND_TOOLS),
        ("database", "", t.LANE_PLATFORM),
        ("zone", "", t.LANE_LOCATIONS),
        ("person", "people", t.LANE_TEAMS),
        ("process", "processes", t.LANE_PROCESSES),
    ],
)
def test_a_class_is_found_by_its_key(key: str, section: str, lane: str) -> None:
    cls = WORDS.class_named(key)

    assert cls is not None
    assert (cls.section, cls.lane, cls.abstract) == (section, lane, False)


def test_a_class_has_the_properties_of_the_classes_above_it() -> None:
    supplier = WORDS.classes[t.SUPPLIER].properties

    assert {"supplier_number", "legal_name", "email", "owner", "description"} <= set(supplier)


@pytest.mark.parametrize(
    ("cls", "key", "kind", "range_", "many", "required"),
    [
        (t.APPLICATION, "owner", "reference", t.PARTY, True, False),
        (t.APPLICATION, "lifecycle", "code", t.LIFECYCLE_CODE, False, False),
        (t.APPLICATION, "log", "part", t.LINK, True, False),
        (t.APPLICATION, "description", "value", t.XSD_STRING, False, False),
        (t.SERVICE_OFFERING, "service", "reference", t.SERVICE, False, True),
        (t.PRICE, "amount", "value", t.XSD_DECIMAL, False, True),
        (t.RACI_ASSIGNMENT, "duty", "code", t.DUTY_CODE, False, True),
        (t.DEPENDENCY, "strength", "code", t.STRENGTH_CODE, False, False),
        (t.DEPENDENCY, "environment", "reference", t.ENVIRONMENT, False, False),
    ],
)
def test_a_property_says_what_it_takes(cls: str, key: str, kind: str, range_: str, many: bool, required: bool) -> None:
    use = WORDS.classes[cls].properties[key]

    assert (use.kind, use.range, use.many, use.required) == (kind, range_, many, required)


def test_numbers_know_their_unit_and_limits() -> None:
    availability = WORDS.classes[t.APPLICATION].properties["measured_availability"]

    assert (availability.unit, availability.minimum, availability.maximum) == ("percent", 0, 100)
    assert WORDS.classes[t.DEPENDENCY].properties["tolerance"].unit == "minutes"
    assert WORDS.classes[t.PRICE].properties["currency"].pattern == "^[A-Z]{3}$"


@pytest.mark.parametrize(
    ("key", "carries", "strength", "exposure"),
    [
        ("needs", True, "required", ""),
        ("runs on", True, "required", ""),
        ("located in", True, "required", ""),
        ("part of", False, "", ""),
        ("flows to", False, "", ""),
        ("monitored by", False, "", t.EXPOSURE_BLIND),
        ("backed up by", False, "", t.EXPOSURE_UNPROTECTED),
        ("recovered by", False, "", t.EXPOSURE_UNRECOVERABLE),
        ("held by", False, "", t.EXPOSURE_UNMANAGEABLE),
    ],
)
def test_a_kind_of_dependency_says_what_it_carries(key: str, carries: bool, strength: str, exposure: str) -> None:
    kind = WORDS.kind_named(key)

    assert kind is not None
    assert (kind.carries_impact, kind.strength, kind.exposure) == (carries, strength, exposure)


def test_lanes_run_from_the_customer_down_and_end_with_what_is_not_defined() -> None:
    labels = [lane.label for lane in WORDS.lanes.values()]

    assert labels[:4] == ["Processes", "Business services", "Services", "Technical services"]
    assert labels[-1] == "Not defined anywhere"
    assert WORDS.classes[t.ELEMENT].lane == t.LANE_UNDEFINED


def test_an_unknown_word_is_nothing() -> None:
    assert WORDS.class_named("sevice") is None
    assert WORDS.kind_named("sits on") is None
