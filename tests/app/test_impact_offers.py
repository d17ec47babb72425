"""Each ready edit of a what-if can be laid over the map, adds to what is written already, and does what its words say."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.atlas import Atlas
from app.impact import judged as judging
from app.impact.judged import judged
from app.impact.offers import offers, patch_of, titles
from app.impact.picking import bar
from app.impact.question import LONGEST_PATCH, Question
from app.impact.screen import article
from graph.analysis.states import State
from graph.beside import PROMISES, approval
from graph.maps import open_map
from graph.model import InputError
from graph.whatif import overlaid_graph
from tests.examples import some

DATA = Path(__file__).parents[2] / "data"
SHOP = """
namespace: shop
elements:
  - {id: shop, kind: business service, name: Shop, depends_on: [{on: web, strength: required}]}
  - {id: web, kind: application, name: Web, supplier: maker, depends_on: [{on: db, kind: connects to, strength: required}]}
  - {id: db, kind: database, name: Database, depends_on: [{on: disk, strength: required}]}
  - {id: disk, kind: server, name: Disk}
  - {id: maker, kind: supplier, name: Maker}
"""


@pytest.fixture
def atlas(tmp_path):
    (tmp_path / "shop.yaml").write_text(SHOP)
    return Atlas(open_map([tmp_path / "shop.yaml"]))


def offered(atlas, question):
    return {offer.words: offer.question for offer in offers(atlas, question)}


def hit(atlas, question):
    found = judged(atlas, question)
    p = found.atlas.projection
    return {p.ids[b.element]: State(b.upper).words for b in found.shown.affected}


def test_the_edits_of_a_hub_do_not_read_what_is_said_of_all_that_use_it(tmp_path, monkeypatch):
    users = "\n".join(f"  - {{id: u{n}, kind: application, depends_on: [db]}}" for n in range(200))
    (tmp_path / "hub.yaml").write_text(f"namespace: hub\nelements:\n  - {{id: db, kind: database}}\n{users}\n")
    atlas, read = Atlas(open_map([tmp_path / "hub.yaml"])), []
    about = type(atlas.map.store).about

    def counted(store, iri):
        read.append(iri)
        return about(store, iri)

    monkeypatch.setattr(type(atlas.map.store), "about", counted)
    assert len(offered(atlas, Question(elements=("hub/db",)))) == 1 + 3 * 4, "it goes away, and three for each of four"
    assert len(read) < 20


@pytest.mark.parametrize("name", some(["enterprise", "laundry"], 2))
def test_every_edit_can_be_laid_over_the_map(name, tmp_path):
    atlas = Atlas(open_map([DATA / name]))
    tried = 0
    for element in range(0, len(atlas.projection), len(atlas.projection) // 12):
        for offer in offers(atlas, Question(elements=(atlas.projection.ids[element],)))[:3]:
            (tmp_path / "what-if.yaml").write_text(patch_of(atlas, offer.question))
            overlaid_graph(atlas.map, tmp_path / "what-if.yaml")
            tried += 1
    assert tried > 1


def test_a_second_one_saves_all_that_need_it(atlas):
    asked = Question(elements=("shop/db",))
    assert set(hit(atlas, asked)) == {"shop/web", "shop/shop"}
    with_twin = offered(atlas, asked)["A second Database, one of them is enough"]
    assert set(hit(atlas, with_twin).values()) == {"at risk"}
    made = judged(atlas, with_twin).atlas
    twin = made.projection.find("shop/db-2")
    assert made.kind(twin) == made.kind(made.projection.find("shop/db"))
    assert [made.projection.ids[each.element] for each in made.depends_on(twin)] == ["shop/disk"]


def test_edits_of_its_users_do_what_their_words_say(atlas):
    found = offered(atlas, Question(elements=("shop/db",), start="2026-12-05T02:00Z", lasts="20 min"))
    assert hit(atlas, found["Web only works worse without Database"])["shop/web"] == "degraded"
    assert "shop/web" not in hit(atlas, found["Web no longer needs Database"])
    assert hit(atlas, found["Web holds out 30 min without Database"])["shop/web"] == "at risk"


def test_what_is_taken_away_keeps_its_name_and_no_outage_of_it_is_told(atlas):
    found = judged(atlas, offered(atlas, Question(elements=("shop/db",)))["Database is taken away"])
    p = found.atlas.projection
    assert (found.report.title, p.labels[p.find("shop/db")]) == ("Removal of Database", "Database")
    assert found.report.summary[0] == "Database: taken away, for good."
    assert judged(atlas, Question(elements=("shop/db",))).report.title == "Outage of Database"


def test_edits_add_up_to_what_is_written_and_an_address_names_each(atlas):
    asked = Question(elements=("shop/db",), patch="remove: [shop/maker]")
    first = offered(atlas, asked)["Web only works worse without Database"]
    second = offered(atlas, first)["Database is taken away"]
    assert second.offered == ("softer~shop/db~shop/web", "away~shop/db")
    assert Question.parse(second.query) == second
    assert "strength: degrading" in patch_of(atlas, second)
    assert "remove:\n- shop/maker\n- shop/db" in patch_of(atlas, second)
    assert [each.words for each in offers(atlas, second) if each.chosen] == [
        "Database is taken away",
        "Web only works worse without Database",
    ]
    assert offered(atlas, second)["Database is taken away"] == first, "once more takes it back"
    assert titles(atlas, second)[-1] == "what you wrote yourself"


@pytest.mark.parametrize("name", ["away", "away~nobody", "best~shop/db", "free~shop/db~shop/disk", "~"])
def test_an_edit_that_is_not_offered_is_told(atlas, name):
    with pytest.raises(InputError, match="no edit that is offered"):
        judged(atlas, Question(elements=("shop/db",), offered=(name,)))


def test_the_page_says_before_and_after_and_the_way_back(atlas):
    with_twin = offered(atlas, Question(elements=("shop/db",)))["A second Database, one of them is enough"]
    found = judged(atlas, with_twin)
    said = str(article(atlas, found))
    assert "'2 → 0'" in said
    assert "'0 → 2'" in said
    assert "2 elements fare better" in said
    assert "'Undo'" in said
    assert "Undo the what-if" in str(bar(atlas, with_twin))


def test_promises_approval_and_cost_stand_beside_those_without_the_what_if(tmp_path):
    more = """
  - {id: ann, kind: person, name: Ann}
  - {id: deal, kind: agreement, name: Deal, agreement_type: sla, by: maker, for: maker, covers: shop,
     objectives: [{metric: availability, percent: 99.9 %, period: month}]}
"""
    raci = "name: Shop, raci: [{duty: accountable, to: ann}],"
    (tmp_path / "shop.yaml").write_text(SHOP.replace("name: Shop,", raci) + more.lstrip("\n"))
    atlas = Atlas(open_map([tmp_path / "shop.yaml"]))
    asked = Question(elements=("shop/db",), start="2026-12-05T02:00Z", lasts="2 h")
    with_twin = offered(atlas, asked)["A second Database, one of them is enough"]
    found = judged(atlas, with_twin)
    sides = {part.heading: part.answer for part in found.report.sections}
    assert sides[PROMISES].rows == (("Deal", "Shop", "available 99.9 %", 120.0, "broken", 0.0, "nothing taken"),)
    assert sides[approval(planned=False)].rows == (("shop/ann", "Ann", "must decide", "need not"),)
    said = str(article(atlas, found))
    assert "1 of 1 promise fares otherwise" in said
    assert "Of nothing that goes down the map says what an hour costs, neither before nor with it." in said
    assert PROMISES not in {part.heading for part in judged(atlas, asked).report.sections}


def test_a_proof_through_a_what_if_names_its_line_and_no_file(atlas):
    patch = "change:\n  shop:\n    depends_on:\n      add: [disk]\n"
    asked = Question(elements=("shop/disk",), patch=patch)
    found = judged(atlas, asked)
    shop = found.atlas.projection.find("shop/shop")
    (step,) = found.why([shop])[shop][1]
    assert (step["source"], step["line"]) == ("the what-if", 4)
    said = str(article(atlas, found))
    assert f"the what-if, line {step['line']}" in said
    assert "what-if.yaml" not in said
    assert "what-if.yaml" not in str(found.proofs)


def test_what_follows_from_a_property_is_not_offered(atlas):
    assert list(offered(atlas, Question(elements=("shop/maker",)))) == ["Maker is taken away"]


@pytest.mark.parametrize(
    "patch", ["- a list", "a: &x [1]\nb: [*x, *x]", "a: [", "x" * LONGEST_PATCH, "[" * 3_000, "? [a]\n: b\n- c"]
)
def test_a_what_if_that_is_not_read_here_is_left_alone(atlas, patch):
    assert offers(atlas, Question(elements=("shop/db",), patch=patch)) == []


def test_unknown_elements_and_stubs_offer_nothing(atlas):
    assert offers(atlas, Question(elements=("nobody",))) == []
    assert offers(atlas, Question()) == []


def test_the_map_of_a_what_if_is_laid_once_for_all_that_is_asked_of_it_and_anew_for_another(atlas, monkeypatch):
    laid = []
    real = judging._laid_over
    monkeypatch.setattr(judging, "_laid_over", lambda *given: laid.append(given[1]) or real(*given))
    element = atlas.projection.ids[0]
    one, other = (Question(elements=(element,), patch=f"change: {{{element}: {{name: {name}}}}}") for name in "ab")
    first, again = judged(atlas, one), judged(atlas, replace(one, kind="maintenance"))
    assert first.atlas is again.atlas
    assert judged(atlas, other).atlas.projection.labels[0] == "b"
    assert len(laid) == 2
    with pytest.raises(InputError):
        judged(atlas, replace(one, patch="change: {nobody: {name: x}}"))
    assert judged(atlas, other).atlas.projection.labels[0] == "b"
    assert len(laid) == 3
