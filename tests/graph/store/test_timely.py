"""A query of ours that does not end is stopped, and the next one is answered."""

import pytest

from graph.maps import load_into, open_map
from graph.model import Severity
from graph.store import timely
from graph.store.embedded import DiskStore
from graph.store.timely import NotMadeError, asking, first_of
from graph.validation import checked, run_checks, seconds_of_a_check

NEVER = "SELECT ?a ?m { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER (STR(?c) < STR(?f) && STR(?f) < STR(?i) && ?m) }"
HUNGRY = "SELECT ?a ?c { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i ?f ?c"
QUICK = "SELECT ?s ?m { VALUES (?s ?m) { (<urn:b> 'second') (<urn:a> 'first') (<urn:a> 'first') (<urn:c> UNDEF) } }"


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setattr(timely, "LARGE", 0)
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "map.yaml").write_text("elements:\n  - {id: web, kind: application}\n")
    load_into(tmp_path / "shop.store", [tmp_path / "shop"])
    return DiskStore(tmp_path / "shop.store")


def test_what_takes_too_long_or_too_much_is_stopped_and_the_next_query_is_answered(store, monkeypatch):
    with asking(store, 0.2) as ask, pytest.raises(NotMadeError, match=r"it took longer than 0\.2 seconds"):
        ask(NEVER, 2)
    monkeypatch.setattr(timely, "MEMORY", 30_000_000)
    with asking(store, 60) as ask:
        with pytest.raises(NotMadeError, match=r"it needed more than 0\.03 GB of memory"):
            ask(HUNGRY, 2)
        assert (
            ask(QUICK, 2)
            == first_of(store.rows(QUICK), 2)
            == timely.First((("urn:a", "first"), ("urn:b", "second")), 1)
        )


def test_a_child_that_is_gone_is_one_check_that_was_not_made(store):
    begun = []
    usual = timely.subprocess.Popen
    with pytest.MonkeyPatch.context() as patch, asking(store, 60) as ask:
        patch.setattr(timely.subprocess, "Popen", lambda *all, **more: begun.append(usual(*all, **more)) or begun[-1])
        assert ask(QUICK, 1).rest == 2
        begun[0].kill()
        begun[0].wait()
        with pytest.raises(NotMadeError):
            ask(QUICK, 1)
        assert ask(QUICK, 1).rest == 2


def test_rows_that_come_slowly_are_stopped_too(store):
    with pytest.raises(NotMadeError, match="it took longer than -1 seconds"):
        first_of(store.rows(QUICK), 2, -1)


@pytest.mark.parametrize(
    ("said", "severity"), [("error", Severity.ERROR), ("warning", Severity.WARNING), ("note", Severity.WARNING)]
)
def test_a_check_that_does_not_end_is_told_as_not_made(tmp_path, said, severity):
    """Whether there is an error is then not known: where there might be one, it counts as one."""
    check = tmp_path / "endless.rq"
    check.write_text(f"# title: All is well\n# severity: {said}\n# remedy: mend it\n")

    def ask(*_):
        raise NotMadeError("it took longer than 600 seconds")

    (found,) = checked(ask, check, None)
    assert (found.severity, found.check, found.subject, found.where) == (severity, "endless", "", None)
    assert str(found) == (
        "this check was not made: it took longer than 600 seconds (All is well); "
        "give each check more time: SERVICEMAP_CHECK_SECONDS"
    )


def test_a_large_store_is_checked_with_the_same_findings(store, monkeypatch):
    beside = run_checks(store)
    monkeypatch.setattr(timely, "LARGE", 1_000_000)
    assert beside == run_checks(store) != ()


def test_with_another_time_for_each_check_they_are_made_again(store, monkeypatch):
    monkeypatch.setenv("SERVICEMAP_CHECK_SECONDS", "0.000001")
    cut = open_map(store=store.folder).checks
    assert {f.message.partition(":")[0] for f in cut} == {"this check was not made"}
    monkeypatch.delenv("SERVICEMAP_CHECK_SECONDS")
    assert open_map(store=store.folder).checks == run_checks(store)


@pytest.mark.parametrize("said", ["soon", "0", "-1", "nan", "inf"])
def test_a_time_that_is_none_is_refused(said):
    from graph.model import InputError

    with pytest.raises(InputError, match="SERVICEMAP_CHECK_SECONDS"):
        seconds_of_a_check({"SERVICEMAP_CHECK_SECONDS": said})
