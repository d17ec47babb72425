"""Does the page of a change say what the command says, and what is wrong with an address?"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from dash import html
from flask.testing import FlaskClient

from app.atlas import Atlas
from app.badges import Badge, badges
from app.impact.hit import _MINUTES, _span_of, hit_list
from app.impact.judged import checked, judged
from app.impact.picking import bar, named_so, picker, when
from app.impact.question import KINDS, LONGEST_PATCH, Question, link
from app.impact.screen import _PROMISES, _above, _named_first, _saves, article, so_far, wrong
from app.missing import Missing
from app.pages.element import columns
from app.pages.impact import PAGE, _answered, _picked
from app.parts import change_words, impact_address
from app.web import create_app
from graph.answer import Answer
from graph.checker import check
from graph.maps import open_map
from graph.model import InputError
from graph.reports.svg import lanes, places
from tests.app.commands import run

SHOP = """
namespace: shop
elements:
  - {id: shop, kind: business service, name: Shop, criticality: critical, depends_on: [web]}
  - {id: web, kind: technical service, name: "Web <b>", depends_on: [{on: db, tolerance: 30 min}, {of: [a, b], k: 1}]}
  - {id: db, kind: database, name: Database}
  - {id: report, kind: application, name: Report, depends_on: [{on: db, strength: optional}]}
  - {id: a, kind: server, name: A}
  - {id: b, kind: server, name: B}
  - {id: patch-db, kind: change, name: Patch the database, affects: [db],
     planned_start: "2026-12-05T02:00:00Z", planned_end: "2026-12-05T04:00:00Z"}
"""
WINDOW = "from=2026-12-05T02:00Z&lasts=2+h"


@pytest.fixture(scope="module")
def atlas(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    file = tmp_path_factory.mktemp("shop") / "shop.yaml"
    file.write_text(SHOP)
    return Atlas(open_map([file]))


@pytest.fixture(scope="module")
def client(atlas: Atlas) -> FlaskClient:
    return create_app(atlas.map).server.test_client()


def text(made: Any) -> str:
    """All words of components."""
    if made is None or isinstance(made, str | int):
        return str(made or "")
    if isinstance(made, list | tuple):
        return " ".join(map(text, made))
    return text(getattr(made, "children", None))


def test_an_address_holds_the_whole_question() -> None:
    question = Question(
        elements=("shop/db", "shop/a"),
        kind="retirement",
        start="2026-12-05T02:00+01:00",
        lasts="2 h",
        assume="unknown",
        stale="30 d",
        depth="2",
        most="7",
        plans="0",
        left_out=("shop/x",),
        patch="remove: [b]\n",
        at="1780000000",
    )
    assert Question.parse(link(question).partition("?")[2]) == question


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("kind=explosion", "no kind of change"),
        ("from=tomorrow", "is no time"),
        ("lasts=2+h", "needs a beginning"),
        ("from=2026-12-05T02:00Z&lasts=long", "is no length of time"),
        ("from=2026-12-05T02:00Z&until=2026-12-05T01:00Z", "ends before it begins"),
        ("at=soon", "no time of the picture"),
        ("assume=hope", "nothing is assumed under the name 'hope'"),
        ("depth=0", "'0' is no number of hops"),
        ("depth=far", "'far' is no number of hops"),
        ("most=0", "'0' is no number of rows here"),
        ("most=1001", "'1001' is no number of rows here"),
        ("response-plans=-1", "'-1' is no number of response plans here"),
        ("response-plans=101", "'101' is no number of response plans here"),
        ("stale-after=long", "'long' is no length of time"),
        ("stale-after=99999999+weeks", "'99999999 weeks' is longer than a thousand years"),
        ("from=0001-01-01T00:00%2B14:00&lasts=1+h", "the window lies outside of the years 2 to 9998"),
        ("from=9999-12-31T23:59Z&lasts=1+week", "the window lies outside of the years 2 to 9998"),
        ("from=2026-12-05T02:00Z&lasts=99999999999+weeks", "the window lies outside of the years 2 to 9998"),
        (f"what-if={'x' * (LONGEST_PATCH + 1)}", "at most 4,000 characters"),
        ("&".join(f"element=e{n}" for n in range(60)), "more than 50"),
        ("&".join(f"k{n}=e" for n in range(300)), "says too much"),
    ],
)
def test_what_cannot_be_is_said_with_status_400(client: FlaskClient, query: str, said: str) -> None:
    answer = client.get(f"/impact.json?{query}")
    assert answer.status_code == 400
    assert said in answer.get_json()["error"]["detail"]
    assert client.get(f"/impact?{query}").status_code == (200 if query.startswith(("from", "lasts")) else 400)


@pytest.mark.parametrize("query", ["element=nothing", "change=nothing", "asked=nothing", "element=db&leave-out=nobody"])
def test_what_is_not_there_is_said_with_status_404(client: FlaskClient, query: str) -> None:
    for ending in ("", ".json", ".csv", ".md"):
        assert client.get(f"/impact{ending}?{query}").status_code == 404


def test_the_json_tells_states_and_times_as_the_command_does(client: FlaskClient) -> None:
    found = client.get(f"/impact.json?element=db&{WINDOW}").get_json()["affected"]
    assert {(row["id"], row["state"], row["from"]) for row in found} == {
        ("shop/web", "down", "2026-12-05T02:30+00:00"),
        ("shop/shop", "down", "2026-12-05T02:30+00:00"),
    }


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ("assume=nothing", ("--assume", "nothing")),
        ("depth=1", ("--depth", "1")),
        ("assume=unknown&stale-after=1+d", ("--assume", "unknown", "--stale-after", "1 d")),
        ("assume=unknown&stale-after=9999+d", ("--assume", "unknown", "--stale-after", "9999 d")),
    ],
)
def test_profile_age_and_depth_are_those_of_the_command(
    tmp_path: Path, capsys: Any, monkeypatch: Any, query: str, options: tuple[str, ...]
) -> None:
    file = tmp_path / "shop.yaml"
    seen = "{on: db, last_seen: 2024-01-01T00:00:00Z, strength: required}"
    file.write_text(SHOP + f"  - {{id: extra, kind: application, depends_on: [{seen}]}}\n")
    told = create_app(open_map([file])).server.test_client().get(f"/impact.json?element=db&{query}").get_json()
    printed = json.loads(run(capsys, monkeypatch, "impact", "db", file, *options, "--format", "json").out)
    for key in ("affected", "profile", "beyond", "deciding", "notes"):
        assert told[key] == printed[key]
    assert (len(told["beyond"]) > 0) is (query == "depth=1")


def test_profile_age_and_depth_are_picked_beside_the_page(atlas: Atlas) -> None:
    plain = text(picker(atlas, Question(elements=("db",))))
    assert "Say the least and the most" in plain
    assert "For 2 hops" in plain
    folds = [part for part in picker(atlas, Question(elements=("db",))) if isinstance(part, html.Details)]
    one_of = [part for part in folds if text(part).startswith(("How far", "Rows of", "Response plans"))]
    assert all("one-of" in part.className for part in one_of)
    assert len(one_of) == 3
    assert "After 90 days" not in plain
    loose = picker(atlas, Question(elements=("db",), assume="nothing", stale="45 d", depth="7"))
    assert "As the address says: 45 d" in text(loose)
    assert "As the address says: 7" in text(loose)


def test_how_much_is_told_is_picked_beside_the_page_and_said_by_the_address(
    atlas: Atlas, client: FlaskClient, tmp_path: Path, capsys: Any, monkeypatch: Any
) -> None:
    beside = text(picker(atlas, Question(elements=("db",), most="100", plans="9")))
    assert "10 rows" in beside
    assert "20 services" in beside
    assert "As the address says: 9" in beside
    plan, cut = "If Shop is down: who does and says what?", "0 plans of 1 told here"
    for query, told, short in (
        ("", True, False),
        ("&response-plans=0", False, True),
        ("&response-plans=1", True, False),
    ):
        page = text(_answered(atlas, f"element=db{query}")[0])
        report = client.get(f"/impact.md?element=db{query}").get_data(as_text=True)
        for words in (page, report):
            assert ((plan in words), (cut in words)) == (told, short)
    assert "0 response plans of 1 told" in client.get("/impact.ttl?element=db&response-plans=0").get_data(as_text=True)
    file = tmp_path / "shop.yaml"
    file.write_text(SHOP)
    printed = json.loads(run(capsys, monkeypatch, "impact", "db", file, "--most", "1", "--format", "json").out)
    found = client.get("/impact.json?element=db&most=1").get_json()
    assert len(found["affected"]) == 1
    assert [row["id"] for row in found["affected"]] == [row["id"] for row in printed["affected"]]
    assert "the first 1 of 2 affected elements are told" in client.get("/impact.ttl?element=db&most=1").get_data(
        as_text=True
    )


def test_every_file_of_the_page_answers(client: FlaskClient) -> None:
    kinds = {".csv": "text/csv", ".md": "text/markdown", ".html": "text/html", ".light.svg": "image/svg+xml"}
    for ending, kind in {
        **kinds,
        ".dark.svg": "image/svg+xml",
        ".ttl": "text/turtle",
        ".trig": "application/trig",
        ".sarif": "application/sarif+json",
        ".proofs.json": "application/json",
        ".whole.json": "application/json",
    }.items():
        answer = client.get(f"/impact{ending}?element=db")
        assert (answer.status_code, answer.mimetype) == (200, kind)
        assert "<b>" not in answer.get_data(as_text=True) or ending in (
            ".csv",
            ".proofs.json",
            ".whole.json",
            ".ttl",
            ".trig",
            ".sarif",
        )
        assert client.get(f"/impact{ending}").status_code == 400, "nothing is changed"


def test_the_proofs_pass_the_checker(client: FlaskClient, atlas: Atlas) -> None:
    kept = client.get(f"/impact.proofs.json?element=db&{WINDOW}").get_json()
    assert not check(atlas.map.store, kept)


def test_the_page_works_out_the_proofs_that_it_shows_as_the_file_has_them(
    atlas: Atlas, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = judged(atlas, Question.parse(f"element=db&{WINDOW}"))
    assert found is not None
    p, whole = atlas.projection, found.proofs
    hit = [bracket.element for bracket in found.shown.affected]
    assert {p.iris[v]: proof for v, (_, proof) in found.why(hit).items()} == {
        each["element"]: each["proof"] for each in whole["affected"]
    }
    assert {p.iris[v]: by for v, by in found.saved(found.shown.spared).items()} == {
        each["element"]: each["saved_by"] for each in whole["spared"]
    }
    monkeypatch.setattr("app.impact.judged.document", lambda *_: pytest.fail("the whole document is for its file"))
    again = replace(found)
    assert "depends on" in text(article(atlas, again))


def test_figures_are_read_once_for_all_answers_of_a_map(atlas: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    assert atlas.known.figures is atlas.map.figures
    monkeypatch.setattr("graph.maps.figures", lambda _: pytest.fail("they are read again"))
    found = judged(atlas, Question.parse("element=b&kind=retirement"))
    assert found is not None
    assert found.report.sections


def test_the_picture_shows_the_state_at_the_chosen_time(atlas: Atlas) -> None:
    found = judged(atlas, Question.parse(f"element=db&{WINDOW}"))
    assert found is not None
    first, second, last = found.breakpoints
    names = {atlas.projection.ids[v]: state for v, state in found.states(first).items()}
    assert names == {"shop/db": "down", "shop/web": "at risk", "shop/shop": "at risk"}
    assert set(found.states(second).values()) == {"down"}
    assert not found.states(last)


def test_times_stand_in_the_zone_that_the_record_is_written_in_and_say_it(tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text(SHOP.replace("02:00:00Z", "03:00:00+01:00").replace("04:00:00Z", "05:00:00+01:00"))
    local = Atlas(open_map([file]))
    said = text(article(local, judged(local, Question.parse("change=patch-db"))))
    assert "5 Dec 2026, 03:00–05:00 UTC+01:00" in said
    assert "02:00" not in said
    facts = text(columns(local, local.projection.find("patch-db"))[1])
    assert "5 Dec 2026, 03:00 UTC+01:00" in facts
    hung = badges(local.map.store, local.projection, 1_796_000_000, services=(), findings={})
    assert hung[local.projection.find("db")] == (Badge("change", "Patch the database, 2026-12-05 03:00 UTC+01:00"),)


def test_a_change_record_says_what_and_when(atlas: Atlas) -> None:
    found = judged(atlas, Question.parse("change=patch-db"))
    assert found is not None
    assert [atlas.projection.ids[v] for v in found.changed] == ["shop/db"]
    assert found.breakpoints


def test_all_that_a_question_finds_is_changed(atlas: Atlas) -> None:
    found = judged(atlas, Question.parse("asked=nobody-accountable"))
    assert found is not None
    assert {atlas.projection.ids[v] for v in found.changed} == {"shop/shop", "shop/web"}


def test_a_what_if_is_judged_and_leaves_the_map_alone(atlas: Atlas) -> None:
    question = Question(elements=("shop/a",), patch="remove: [b]\n")
    today, then = judged(atlas, Question(elements=("shop/a",))), judged(atlas, question)
    assert today is not None
    assert then is not None
    assert len(then.report.sections) > len(today.report.sections)
    assert any("before and after" in part.heading for part in then.report.sections)
    assert then.atlas is not atlas
    assert "shop/b" in atlas.projection.ids


def test_a_what_if_that_cannot_be_names_its_line_and_no_folder(atlas: Atlas) -> None:
    with pytest.raises(InputError) as caught:
        judged(atlas, Question(elements=("shop/db",), patch="remove: [nothing]\n"))
    assert str(caught.value.problems[0]).startswith("what-if:1:")
    assert "what-if:1:" in text(_answered(atlas, "element=shop/db&what-if=remove:+[nothing]")[0])


def test_the_page_says_verdict_proofs_people_and_unknowns(atlas: Atlas) -> None:
    found = judged(atlas, Question.parse("element=db&kind=outage"))
    said = text(article(atlas, found))
    for words in ("Outage of Database", "Web <b>", "depends on", "shop.yaml:4", "decide", "What do we not know?"):
        assert words in said


def test_the_answer_is_said_in_a_line_beside_the_choices(atlas: Atlas) -> None:
    said = text(so_far(judged(atlas, Question.parse("element=db"))))
    assert said == "2 down See the answer"
    other = text(so_far(judged(atlas, Question.parse("element=db&if=second~shop/db"))))
    assert other == "2 → 0 down, 0 → 2 at risk See the answer"
    assert text(so_far(judged(atlas, Question.parse("element=report")))) == "No known impact See the answer"
    assert text(_answered(atlas, "element=shop/db")[1]) == said


def test_what_a_what_if_adds_is_named_where_it_is_hit_too(tmp_path: Path) -> None:
    lines = ("{id: a, kind: service, name: A, depends_on: [b]}", "{id: b, kind: service, name: B, depends_on: [a]}")
    (tmp_path / "shop.yaml").write_text("namespace: shop\nelements:\n" + "".join(f"  - {each}\n" for each in lines))
    circle = Atlas(open_map([tmp_path]))
    said = text(article(circle, judged(circle, Question.parse("element=a&if=second~shop/a"))))
    assert "What it adds is hit too, and counted above: A 2 (at risk)." in said
    assert "What it adds" not in text(article(circle, judged(circle, Question.parse("element=a"))))


def test_the_page_says_who_is_spared_and_by_what(atlas: Atlas) -> None:
    said = text(article(atlas, judged(atlas, Question.parse("element=db"))))
    assert "Report it can do without" in said


def test_the_top_names_who_is_told_and_which_promise_needs_a_time(atlas: Atlas) -> None:
    people = Answer("", "people", ("part", "who", "id"), (("must be told", "Ann", "Ann"), ("must do it", "Bob", "Bob")))
    promises = Answer("", "promises", ("agreement", "verdict"), (("Gold", "broken"), ("Tin", "no window: not counted")))
    said = text(_named_first({_PROMISES: promises}, people))
    assert "Must be told:  Ann" in said
    assert "Breaks:  Gold" in said
    assert "Choose a start and a length" in said
    assert "Bob" not in said
    assert "Not notified, as asked:  Ann" in text(_named_first({}, None, silent=["Ann"]))
    assert _named_first({}, None) is None


@pytest.mark.parametrize(
    ("rule", "said"),
    [("after 1440 min", "after 1 day"), ("120 min", "2 hours"), ("90 min", "90 min"), ("0 min", "0 min")],
)
def test_long_times_are_said_in_their_largest_unit(rule: str, said: str) -> None:
    assert _MINUTES.sub(_span_of, rule) == said


def test_nothing_picked_offers_a_beginning(atlas: Atlas) -> None:
    assert "What fails, or what do you want to change?" in text(article(atlas, judged(atlas, Question())))
    assert "Nothing is picked yet" in text(bar(atlas, Question()))


@pytest.mark.parametrize(
    ("times", "said"),
    [
        ("from=soon", "write Sat 2:00 or 5.12.2026 2:00"),
        ("from=2026-12-05&lasts=long", "write 30 min or 2 h"),
        ("lasts=2+h", "start"),
    ],
)
def test_a_time_that_cannot_be_read_is_said_beside_it_and_what_is_picked_stays(
    atlas: Atlas, times: str, said: str
) -> None:
    chips, beside, _, beside_it = _picked(atlas, f"element=shop/db&kind=maintenance&{times}")
    assert "Database" in text(chips)
    assert said in text(beside)
    assert "Maintenance" in text(beside_it)


def test_the_window_is_said_in_words_with_its_zone() -> None:
    window = Question(start="2026-12-05T02:00+01:00", lasts="10 h")
    assert text(when(window)) == "Sat 5 Dec 2026, 02:00–12:00, UTC+01:00"
    assert not when(Question())
    assert text(when(Question(end="2026-12-05T02:00Z"))) == "From any time to Sat 5 Dec 2026, 02:00, UTC"


def test_a_box_of_the_picture_leads_to_why_it_is_hit(atlas: Atlas) -> None:
    found = judged(atlas, Question.parse("element=db"))
    assert found is not None
    said = str(article(atlas, found))
    web, shop = atlas.projection.find("web"), atlas.projection.find("shop")
    assert said.count(f"href='#why-{web}'") == 2, "its box, and its name among what is reached"
    assert said.count(f"href='#why-{shop}'") == 3, (
        "the number of those that are down leads to the first of the list too"
    )
    assert f"id='why-{web}'" in said
    drawing = found.picture("light")
    assert f">{found.report.title}</text>" in drawing
    for at in places(found.drawing[1]).values():
        mark = f'x="{at.x - 14 + 6:g}" y="{at.y - 42 + at.height / 2 - 12:g}" width="24"'
        assert mark in drawing, "the picture moves what it draws by as much"
    assert "translate(14 42)" in drawing
    for name, _, middle in lanes(*found.drawing):
        assert f'y="{middle - 42 - 10:g}" width="20"' in drawing, f"the mark of {name} stands as high as its title"


def test_what_was_judged_a_moment_ago_is_at_hand(atlas: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1_800_000_000]
    monkeypatch.setattr("app.impact.judged.time.time", lambda: now[0])
    first, as_of_now = (judged(atlas, Question.parse(f"element=db{more}")) for more in ("", "&until=2027-12-05T02:00Z"))
    now[0] += 1_800
    assert judged(atlas, Question.parse("element=db&until=2027-12-05T02:00Z")) is not as_of_now
    assert judged(atlas, Question.parse("element=db&q=looked+for")) is first
    assert judged(atlas, Question.parse("element=a")) is not first
    for each in ("b", "web", "report"):
        judged(atlas, Question.parse(f"element={each}"))
    assert judged(atlas, Question.parse("element=db")) is not first, "few are kept"


def test_times_are_looked_at_before_they_are_asked(client: FlaskClient) -> None:
    said = client.get(f"/impact/when.json?{WINDOW}").get_json()
    assert said == {"said": "Sat 5 Dec 2026, 02:00–04:00, UTC"}
    assert client.get("/impact/when.json?lasts=2+h").get_json() == {"wanted": "Now say when it starts."}
    wrong = client.get("/impact/when.json?from=2026-12-05T02:00Z&until=2026-12-01T02:00Z").get_json()
    assert (wrong["field"], "ends before it begins" in wrong["wrong"]) == ("until", True)


def test_what_is_searched_for_can_be_added(atlas: Atlas) -> None:
    question = Question(elements=("shop/a",), words="database")
    said = str(named_so(atlas, question))
    assert "/impact?element=shop/a&element=shop/db" in said
    assert "/impact?element=shop/a&change=shop/patch-db" in said
    assert named_so(atlas, replace(question, words="")) == []
    assert "Nothing is called “nowhere”" in text(named_so(atlas, replace(question, words="nowhere")))
    assert all(kind.capitalize() in str(picker(atlas, question)) for kind in KINDS)


def test_what_is_found_stands_under_its_field_not_in_what_a_phone_folds_away(atlas: Atlas) -> None:
    page = PAGE.frame()
    folds = [part for part in page._traverse() if isinstance(part, html.Details)]
    assert not any("impact-hits" in list(fold) for fold in folds)
    assert "impact-hits" in list(page)
    *_, found, choices = _picked(atlas, "element=shop/a&q=database")
    assert "Database" in text(found)
    assert "Database" not in text(choices)


def test_what_is_wrong_is_said_in_words(atlas: Atlas) -> None:
    with pytest.raises(Missing) as caught:
        checked(atlas, "", "element=datbase")
    assert "datbase" in text(wrong(caught.value))


def test_links_lead_from_an_element_to_its_change(client: FlaskClient, atlas: Atlas) -> None:
    find = atlas.projection.find
    assert impact_address(atlas, find("db")) == "/impact?element=shop/db"
    assert impact_address(atlas, find("patch-db")) == "/impact?change=shop/patch-db"
    assert client.get(impact_address(atlas, find("patch-db"))).status_code == 200


def test_people_are_away_records_are_judged_and_papers_do_neither(tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text(
        """
teams: [{id: blue, name: Blue}]
people: [{id: ada, name: Ada}]
elements:
  - {id: shop, kind: business service, name: Shop, owner: blue, depends_on: [db]}
  - {id: db, kind: database, name: Books}
  - {id: patch, kind: change, name: Patch, affects: [db]}
  - {id: rule, kind: policy, name: Rule}
"""
    )
    small = Atlas(open_map([tmp_path / "map.yaml"]))
    find = small.projection.find
    assert change_words(small, find("ada")) == ("If away", "What if this person is away?")
    assert change_words(small, find("patch"))[0] == "Judge it"
    assert change_words(small, find("rule")) == ("", "")
    assert change_words(small, find("db"))[0] == "If it fails"
    found = judged(small, Question(elements=(small.projection.ids[find("ada")],)))
    assert found is not None
    assert found.report.title == "Absence of Ada"


def test_a_name_of_ten_thousand_letters_is_no_wall(tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text(f"elements: [{{id: long, kind: application, name: {'Long' * 2_500}}}]")
    small = Atlas(open_map([tmp_path / "map.yaml"]))
    inside = str(article(small, judged(small, Question(elements=("long",)))))
    assert "Long" * 20 in inside
    assert "Long" * 120 not in inside


def test_times_that_are_not_offered_are_counted(atlas: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    found = judged(atlas, Question.parse(f"element=db&{WINDOW}"))
    assert found is not None
    times = len(found.breakpoints)
    assert times > 1
    assert "times; all are in the files above" not in text(article(atlas, found))
    monkeypatch.setattr("app.impact.screen.FIRST", 1)
    assert f"The first 1 of {times} times; all are in the files above." in text(article(atlas, found))


def test_what_was_broken_before_is_named_apart_from_what_breaks(tmp_path: Path) -> None:
    more = """
  - {id: maker, kind: team, name: Maker}
  - {id: deal, kind: agreement, name: Deal, agreement_type: sla, by: maker, for: maker, covers: shop,
     objectives: [{metric: availability, percent: 99.9 %, period: month}]}
  - {id: fire, kind: incident, name: Fire, affects: [shop], severity: major,
     started_at: "2026-12-01T02:00:00Z", restored_at: "2026-12-01T07:00:00Z"}
"""
    (tmp_path / "shop.yaml").write_text(SHOP + more.lstrip("\n"))
    atlas = Atlas(open_map([tmp_path / "shop.yaml"]))
    found = judged(atlas, Question.parse(f"element=db&{WINDOW}"))
    assert found is not None
    assert found.report.summary.count("Broken already, without this: 1 promise.") == 1
    assert "No other promise breaks." in found.report.summary
    said = text(article(atlas, found))
    assert "Broken already, without this:  Deal" in said
    assert "Breaks:" not in said
    spared = judged(atlas, Question.parse(f"element=db&{WINDOW}&if=second~shop/db"))
    assert spared is not None
    said = text(article(atlas, spared))
    assert "Broken already, without this:  Deal" in said, "what the what-if spares is broken all the same"
    assert "It helps: 2 down become 0; 2 fare better, none worse." in said


def test_promises_of_no_time_have_no_empty_columns_and_say_once_why(tmp_path: Path) -> None:
    more = """
  - {id: maker, kind: team, name: Maker, email: maker@shop.example, phone: "+31 55 555 0100"}
  - {id: deal, kind: agreement, name: Deal, agreement_type: sla, by: maker, for: maker, covers: shop,
     objectives: [{metric: availability, percent: 99.9 %, period: month}]}
"""
    (tmp_path / "shop.yaml").write_text(SHOP.replace("name: Shop,", "name: Shop, owner: maker,") + more.lstrip("\n"))
    atlas = Atlas(open_map([tmp_path / "shop.yaml"]))
    found = judged(atlas, Question.parse("element=db"))
    assert found is not None
    said = text(article(atlas, found))
    assert "Agreement Service Promise Period Minutes allowed" in said
    assert "Used before" not in said
    assert "no window" not in said
    assert said.count("so nothing is counted") == 1
    assert "Must be told:  Team Maker" in said
    assert "Team Maker Do not notify +31 55 555 0100 , maker@  shop.  example" in " ".join(said.split()).replace(
        "@ shop. ", "@  shop.  "
    )


def test_the_verdict_is_the_first_that_is_told_of_a_promise_and_minutes_say_of_what(tmp_path: Path) -> None:
    more = """
  - {id: maker, kind: team, name: Maker}
  - {id: deal, kind: agreement, name: Deal, agreement_type: sla, by: maker, for: maker, covers: shop,
     objectives: [{metric: availability, percent: 99.9 %, period: month}]}
"""
    (tmp_path / "shop.yaml").write_text(SHOP + more.lstrip("\n"))
    found = judged(atlas := Atlas(open_map([tmp_path / "shop.yaml"])), Question.parse(f"element=db&{WINDOW}"))
    assert found is not None
    said = text(article(atlas, found))
    assert "Agreement Verdict Service Promise Period Minutes allowed" in said
    assert "Takes at least (min) Takes at most (min)" in said


def test_of_business_services_that_fare_alike_the_most_critical_is_listed_first(tmp_path: Path) -> None:
    services = "".join(
        f"  - {{id: {name}, kind: business service, name: {name}, criticality: {level}, depends_on: [{on}]}}\n"
        for name, level, on in (("Cards", "medium", "db"), ("Orders", "critical", "web"), ("Board", "low", "db"))
    )
    (tmp_path / "shop.yaml").write_text(SHOP + services)
    found = judged(Atlas(open_map([tmp_path / "shop.yaml"])), Question.parse("element=db"))
    assert found is not None
    labels = found.atlas.projection.labels
    assert [labels[each.element] for each in found.listed][:4] == ["Orders", "Shop", "Cards", "Board"]


def test_of_several_ways_the_one_without_a_reserve_is_shown_and_that_there_are_others(tmp_path: Path) -> None:
    (tmp_path / "n.yaml").write_text("""
namespace: n
elements:
  - {id: web, kind: application, name: Web, depends_on: [{on: db, tolerance: 15 min}, cache, fonts]}
  - {id: cache, kind: application, name: Cache, depends_on: [db]}
  - {id: fonts, kind: application, name: Fonts}
  - {id: db, kind: database, name: Database}
""")
    for query in ("element=db", f"element=db&{WINDOW}"):
        found = judged(Atlas(open_map([tmp_path / "n.yaml"])), Question.parse(query))
        assert found is not None
        web = text(hit_list(found)).split(" Its page")[1]
        assert "One of 2 ways: each would do alone." in web
        assert "Web  depends on  Cache" in web, "it is down at once by this one"
        assert "after 15 min" not in web


def test_business_services_stand_first_in_who_is_hit_and_the_words_say_so(atlas: Atlas) -> None:
    found = judged(atlas, Question.parse(f"element=db&{WINDOW}"))
    assert found is not None
    assert [atlas.projection.labels[bracket.element] for bracket in found.shown.affected] == ["Web <b>", "Shop"]
    said = text(hit_list(found))
    assert "Business services first, by how bad it is, how critical they are and how near; then the rest" in said
    assert said.index(" Shop ") < said.index(" Web <b> ")


def test_a_record_marks_its_kind_and_its_times_and_a_case_can_be_begun_again(atlas: Atlas) -> None:
    chips, times, _, choices = _picked(atlas, "change=shop/patch-db")
    assert "Start again" in text(chips)
    assert "As the record says: Sat 5 Dec 2026, 02:00–04:00, UTC" in text(times)
    assert "data-from='2026-12-05T02:00:00+00:00'" in str(times)
    kinds = next(part for part in choices if text(part).startswith("What happens to it?"))
    marked = [part for part in kinds._traverse() if getattr(part, "aria-current", "")]
    assert [text(part).strip() for part in marked] == ["Maintenance"]
    assert "Start again" not in text(bar(atlas, Question()))
    chosen = _picked(atlas, "change=shop/patch-db&from=2026-12-06T02:00Z&lasts=1 h")[1]
    assert "record" not in text(chosen)


def test_a_maintenance_says_that_it_counts_as_an_outage_and_an_outage_does_not(atlas: Atlas) -> None:
    words = "Nothing says what of Database stays up during the maintenance, so it counts as an outage does."
    for kind, there in (("maintenance", True), ("outage", False), ("degradation", False)):
        found = judged(atlas, Question.parse(f"element=db&kind={kind}&{WINDOW}"))
        assert found is not None
        assert (words in found.report.summary) is there


def test_a_note_for_the_command_line_is_told_in_words_of_the_page(tmp_path: Path) -> None:
    used = "".join(f"  - {{id: e{n}, kind: application, depends_on: [db]}}\n" for n in range(12))
    Path(tmp_path, "map.yaml").write_text(f"namespace: n\nelements:\n  - {{id: db, kind: database}}\n{used}")
    parts = judged(Atlas(open_map([tmp_path])), Question(elements=("n/db",))).report.sections
    assert any("--save" in note for part in parts for note in part.answer.notes), (
        "the report says it to whoever has the option"
    )
    said = [note for part in parts for note in _above(part).answer.notes]
    assert "the first 10 of 12 elements are proved here; a row of who is hit opens its own" in said
    assert not [note for note in said if "--" in note]


@pytest.mark.parametrize("drawn", [True, False])
def test_pictures_are_offered_where_there_is_one(atlas: Atlas, monkeypatch: pytest.MonkeyPatch, drawn: bool) -> None:
    monkeypatch.setattr("app.impact.screen.MOST_DRAWN", 400 if drawn else 0)
    found = judged(atlas, Question.parse("element=db"))
    assert found is not None
    assert ("impact.light.svg" in str(_saves(found))) == drawn


def test_a_what_if_that_makes_it_last_shorter_helps_and_says_by_how_much(atlas: Atlas) -> None:
    patch = quote("change: {web: {depends_on: {change: [{on: db, tolerance: 60 min}]}}}")
    found = judged(atlas, Question.parse(f"element=db&{WINDOW}&what-if={patch}"))
    assert found is not None
    said = text(article(atlas, found))
    assert "It helps: 2 fare better, none worse." in said
    assert "down, 30 min less" in said
    assert "changes nothing" not in said
    (line,) = [line for line in found.report.summary if "fare better" in line]
    assert line == "With the what-if, 2 elements fare better: Shop (down, 30 min less), Web <b> (down, 30 min less)."
    untimed = judged(atlas, Question.parse(f"element=db&what-if={patch}"))
    assert untimed is not None
    assert "Without a time it changes nothing. What holds out for a while shows with a start" in text(
        article(atlas, untimed)
    )
