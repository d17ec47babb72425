"""Views are kept beside the store, whole or not at all."""

import pytest

from graph.maps import load_into
from graph.model import InputError
from graph.store.views import MOST_VIEWS, forget_view, save_view, views_of


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    home = tmp_path_factory.mktemp("views")
    source = home / "shop.yaml"
    source.write_text("namespace: shop\nelements: [{id: a, kind: tool, name: A}]\n", encoding="utf-8")
    load_into(home / "store", [source])
    return home / "store"


@pytest.fixture
def store(folder):
    """A store without views."""
    (folder / "views.json").unlink(missing_ok=True)
    return folder


def test_a_view_is_kept_replaced_and_forgotten(store):
    save_view(store, " On  production ", "without=a", by="Ada")
    save_view(store, "All", "")
    assert [(view.name, view.query, view.by) for view in views_of(store)] == [
        ("All", "", ""),
        ("On production", "without=a", "Ada"),
    ]
    save_view(store, "on production", "without=b", again=True)
    assert [view.query for view in views_of(store)] == ["", "without=b"]
    forget_view(store, "All")
    assert [view.name for view in views_of(store)] == ["on production"]


@pytest.mark.parametrize(
    ("name", "query", "message"),
    [
        ("", "", "'' cannot be the name of a view; take a few plain words"),
        ("x" * 101, "", "cannot be the name of a view"),
        ("a\u202eb", "", "cannot be the name of a view"),
        ("ALL", "", "there is a view 'ALL' already; take another name, or replace it"),
        ("Long", "select=" + "a" * 9_000, "this view says too much to be kept; select fewer elements"),
    ],
)
def test_what_cannot_be_kept_is_said_and_changes_nothing(store, name, query, message):
    save_view(store, "All", "")
    before = views_of(store)
    with pytest.raises(InputError, match=message.replace("(", "\\(")):
        save_view(store, name, query)
    assert views_of(store) == before


def test_a_name_that_is_not_there_gets_the_nearest(store):
    save_view(store, "Production", "")
    with pytest.raises(InputError, match=r"no view 'Producton'; did you mean 'Production'\?"):
        forget_view(store, "Producton")


def test_there_is_an_end_to_views(store, monkeypatch):
    assert MOST_VIEWS == 500
    monkeypatch.setattr("graph.store.views.MOST_VIEWS", 1)
    save_view(store, "One", "")
    save_view(store, "One", "focus=a", again=True)
    with pytest.raises(InputError, match="there are 1 views already"):
        save_view(store, "Two", "")


def test_a_spoilt_file_and_a_plain_folder_are_named(store, tmp_path):
    (store / "views.json").write_text("[{", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be read"):
        views_of(store)
    with pytest.raises(InputError, match="is no servicemap store"):
        views_of(tmp_path)
