"""Is a value typed by its property, never by its looks?"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.documents import Map, read_documents
from graph.model import InputError, Where
from graph.ntriples import Writer
from graph.values import minutes, moment, number, percent, truth, write_property
from ontology import terms as t
from ontology.vocabulary import PropertyUse, vocabulary


def use(cls: str, key: str) -> PropertyUse:
    return vocabulary().classes[cls].properties[key]


def written(cls: str, key: str, text: str) -> tuple[list[str], list[str]]:
    """The statements and the problems of one property, as if it stood in a file."""
    [document] = read_documents(Path("a.yaml"), text=f"{key}: {text}".encode())
    assert isinstance(document.value, Map)
    writer = Writer()
    value, line = document.value[key], document.value.lines[key]

    def resolve(text: str, use: PropertyUse, where: Where) -> str:
        if text == "?":
            raise InputError.of("'?' is no reference", path=where.path, line=where.line, remedy="write an id")
        return f"https://x/{text}"

    problems = write_property(writer, "s", use(cls, key), value, Where("a.yaml", line), resolve)
    short = writer.result().decode().replace(t.SM, "sm:").replace("http://www.w3.org/2001/XMLSchema#", "xsd:")
    return short.splitlines(), [str(problem) for problem in problems]


@pytest.mark.parametrize(
    ("cls", "key", "text", "statements"),
    [
        (t.ELEMENT, "description", "no", ['<s> <http://purl.org/dc/terms/description> "no" .']),
        (t.ELEMENT, "tag", "[012, 1:30]", ['<s> <sm:tag> "012" .', '<s> <sm:tag> "1:30" .']),
        (t.ELEMENT, "lifecycle", "in service", ["<s> <sm:lifecycle> <sm:lifecycle-in-service> ."]),
        (t.ELEMENT, "owner", "[a, b]", ["<s> <sm:ownedBy> <https://x/a> .", "<s> <sm:ownedBy> <https://x/b> ."]),
        (t.ELEMENT, "measured_availability", "99.9 %", ['<s> <sm:measuredAvailability> "99.9"^^<xsd:decimal> .']),
        (t.ELEMENT, "recovery_time_objective", "4 h", ['<s> <sm:recoveryTimeObjective> "240"^^<xsd:decimal> .']),
        (t.ELEMENT, "end_of_support", "2027-01-01", ['<s> <sm:endOfSupport> "2027-01-01T00:00:00Z"^^<xsd:dateTime> .']),
        (t.DEPENDENCY, "port", "0443", ['<s> <sm:port> "443"^^<xsd:integer> .']),
        (t.TEAM, "objective_alerts_to_chat", "yes", ['<s> <sm:objectiveAlertsToChat> "true"^^<xsd:boolean> .']),
        (t.ELEMENT, "runbook", "https://x/y", ['<s> <sm:runbook> "https://x/y"^^<xsd:anyURI> .']),
        (t.ELEMENT, "alias", "", []),
        (t.ELEMENT, "alias", "''", []),
        (t.ELEMENT, "alias", "[]", []),
    ],
)  # fmt: skip
def test_a_value_is_written_with_the_type_of_its_property(cls: str, key: str, text: str, statements: list[str]) -> None:
    assert written(cls, key, text) == (statements, [])


def test_parts_have_names_of_their_own_and_types() -> None:
    statements, problems = written(t.ELEMENT, "log", "[{name: a, url: 'https://x/'}, {id: main log, name: b}]")
    rdf_type = f"<{t.RDF_TYPE}> <sm:Link> ."
    assert problems == []
    assert statements == [
        "<s> <sm:log> <s/log/1> .",
        f"<s/log/1> {rdf_type}",
        '<s/log/1> <sm:name> "a" .',
        '<s/log/1> <sm:url> "https://x/"^^<xsd:anyURI> .',
        "<s> <sm:log> <s/log/main%20log> .",
        f"<s/log/main%20log> {rdf_type}",
        '<s/log/main%20log> <sm:name> "b" .',
    ]


def test_two_parts_of_one_name_are_told() -> None:
    _, problems = written(t.ELEMENT, "log", "[{id: main, name: a}, {id: main, name: b}]")
    assert problems == ["a.yaml:1: 'main' is twice in 'log', first on line 1; give each its own id"]
    _, problems = written(t.ELEMENT, "log", "[{id: '2', name: a}, {name: b}]")
    assert problems == ["a.yaml:1: '2' is twice in 'log', first on line 1; give each its own id"]


@pytest.mark.parametrize(
    ("cls", "key", "text", "message"),
    [
        (t.ELEMENT, "lifecycle", "in servce", "a.yaml:1: 'lifecycle': unknown value 'in servce'; did you mean 'in service'?"),
        (t.ELEMENT, "lifecycle", "zzz", "a.yaml:1: 'lifecycle': unknown value 'zzz'; write one of planned, in service, retiring, retired"),
        (t.ELEMENT, "lifecycle", "[planned, retired]", "a.yaml:1: 'lifecycle' takes one value, here are 2; keep one of them"),
        (t.ELEMENT, "description", "{a: b}", "a.yaml:1: 'description' is a map; write a text, for example some words"),
        (t.ELEMENT, "owner", "{a: b}", "a.yaml:1: 'owner' is a map; write an id"),
        (t.ELEMENT, "owner", "[a, '?']", "a.yaml:1: '?' is no reference; write an id"),
        (t.ELEMENT, "log", "x", "a.yaml:1: 'log' is not a map; write a map with name, url"),
        (t.ELEMENT, "log", "\n  name: x\n  ulr: y", "a.yaml:3: 'link' has no property 'ulr'; did you mean 'url'?"),
        (t.ELEMENT, "runbook", "TBD", "a.yaml:1: 'runbook': 'TBD' is not an address; write one such as 'https://example.org/page'"),
        (t.ELEMENT, "recovery_time_objective", "30", "a.yaml:1: 'recovery_time_objective': '30' is not a length of time; write '30 min', '4 h' or '2 days'"),
        (t.ELEMENT, "recovery_time_objective", "3 moons", "a.yaml:1: 'recovery_time_objective': '3 moons' has the unknown unit 'moons'; write s, min, h, days or weeks"),
        (t.ELEMENT, "measured_availability", "high", "a.yaml:1: 'measured_availability': 'high' is not a percentage; write for example '99.9 %'"),
        (t.ELEMENT, "sla_weighting", "-1", "a.yaml:1: 'sla_weighting': '-1' is too small; write 0 or more"),
        (t.DEPENDENCY, "port", "1.5", "a.yaml:1: 'port': '1.5' is not a whole number; write one, for example '3'"),
        (t.TEAM, "objective_alerts_to_chat", "maybe", "a.yaml:1: 'objective_alerts_to_chat': 'maybe' is neither yes nor no; write 'yes' or 'no'"),
        (t.ELEMENT, "end_of_support", "2027-01-01T00:00:00", "a.yaml:1: 'end_of_support': '2027-01-01T00:00:00' has no time zone; write '2027-01-01T00:00:00Z' or with '+01:00'"),
        (t.ELEMENT, "end_of_support", "2027-02-30", "a.yaml:1: 'end_of_support': '2027-02-30' is not a date; write for example '2026-01-31'"),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_told_with_line_and_way_out(cls: str, key: str, text: str, message: str) -> None:
    assert written(cls, key, text)[1] == [message]


def test_a_wrong_value_does_not_take_the_right_ones_with_it() -> None:
    statements, problems = written(t.ELEMENT, "runbook", "[https://x/y, TBD]")
    assert (len(statements), len(problems)) == (1, 1)


@given(st.decimals(min_value=0, max_value=10**9, places=3))
def test_minutes_of_a_number_of_minutes_are_that_number(amount: Decimal) -> None:
    assert minutes(f"{amount} min") == amount
    assert percent(f"{amount} %") == number(str(amount)) == amount


@given(st.datetimes(), st.integers(-14 * 60, 14 * 60))
def test_a_moment_keeps_its_point_in_time(clock: datetime, offset: int) -> None:
    when = clock.replace(tzinfo=timezone(timedelta(minutes=offset)))
    assert datetime.fromisoformat(moment(when.isoformat())) == when


@pytest.mark.parametrize("word", ["", "1", "0", "y", "ja"])
def test_nothing_but_yes_and_no_is_yes_or_no(word: str) -> None:
    with pytest.raises(ValueError, match="neither yes nor no"):
        truth(word)


@given(st.text(max_size=30))
def test_no_text_breaks_a_reader_of_values(text: str) -> None:
    for read in (minutes, percent, number, moment, truth):
        try:
            read(text)
        except ValueError as problem:
            assert "; write" in str(problem) or "time zone" in str(problem)  # noqa: PT017 - the message is the point
