"""Are made maps what they claim to be: the same each time, of the promised shape, and as our importers write them?"""

from __future__ import annotations

import io
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from bench.generator import Generated, generate, write_map_file, write_triples
from graph.importers.map import read
from graph.maps import open_map
from graph.model import ReadOptions, Severity
from graph.projection import Projection


@pytest.fixture(scope="module")
def made() -> Generated:
    return generate(1_000)


@pytest.fixture(scope="module")
def folder(made: Generated, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``map.nt`` and ``yaml/map.yaml`` of one map."""
    home = tmp_path_factory.mktemp("made")
    (home / "yaml").mkdir()
    with (home / "map.nt").open("wb") as triples, (home / "yaml" / "map.yaml").open("wb") as text:
        write_triples(made, triples)
        write_map_file(made, text)
    return home


def written(made: Generated) -> tuple[bytes, bytes]:
    triples, text = io.BytesIO(), io.BytesIO()
    write_triples(made, triples)
    write_map_file(made, text)
    return triples.getvalue(), text.getvalue()


def test_one_seed_gives_one_map_and_another_seed_another(made: Generated) -> None:
    assert written(made) == written(generate(1_000))
    assert written(made)[0] != written(generate(1_000, seed=8))[0]


def test_a_map_has_as_many_elements_and_statements_as_it_says(made: Generated) -> None:
    file = io.BytesIO()

    count = write_triples(made, file)

    lines = file.getvalue().splitlines()
    assert count == len(lines) == len(set(lines))
    assert 30 <= count / made.elements <= 36
    assert len(made.layer) == len(set(made.names())) == made.elements


def test_dependencies_are_in_order_and_none_is_there_twice_or_on_itself(made: Generated) -> None:
    key = made.src.astype(np.int64) * made.elements + made.dst

    assert (np.diff(key) > 0).all()
    assert (made.src != made.dst).all()


def test_each_group_has_its_members_and_k_leaves_one_or_two_of_them_to_spare(made: Generated) -> None:
    size = np.bincount(made.src, minlength=made.elements)[made.groups]

    assert size.min() >= 2
    assert size.max() <= 5
    assert ((made.k >= 1) & (made.k < size) & (made.k >= size - 2)).all()


def test_cycles_are_small_and_hubs_are_large() -> None:
    large = generate(20_000)
    graph = nx.DiGraph(zip(large.src.tolist(), large.dst.tolist(), strict=True))
    used = np.bincount(large.dst, minlength=large.elements)

    circles = [len(part) for part in nx.strongly_connected_components(graph) if len(part) > 1]

    assert len(circles) > 20
    assert max(circles) < 100
    assert 4.5 < len(large.src) / large.elements < 5.1
    assert np.median(used) == 2
    assert used.max() > 1_000


def test_the_triples_are_those_that_the_importer_writes_for_the_map_file(folder: Path) -> None:
    options = ReadOptions(namespace="other", base="https://w3id.org/servicemap/id/", source_id="made")

    statements = read(folder / "yaml" / "map.yaml", options)

    assert sorted(statements.triples.splitlines()) == sorted((folder / "map.nt").read_bytes().splitlines())


def columns(p: Projection) -> list[object]:
    e, g = p.edges, p.groups
    arrays = (e.dependent, e.provider, e.kind, e.strength, e.phase, e.assumed, g.k, g.full)
    return [p.iris, p.labels, p.classes, list(e.iris), list(g.iris), *(array.tolist() for array in arrays)]


def test_both_files_give_the_projection_that_the_arrays_tell(made: Generated, folder: Path) -> None:
    triples, text = open_map([folder / "map.nt"]).projection, open_map([folder / "yaml"]).projection

    assert columns(triples) == columns(text)
    names = made.names()
    dependent, provider, _ = triples.direct
    pairs = {(triples.ids[a], triples.ids[b]) for a, b in zip(dependent.tolist(), provider.tolist(), strict=True)}
    told = {(f"made/{names[a]}", f"made/{names[b]}") for a, b in zip(made.src.tolist(), made.dst.tolist(), strict=True)}
    assert told <= pairs
    assert {pair[0].partition("-")[0] for pair in pairs - told} == {"made/process", "made/role"}


def test_a_made_map_has_no_errors_and_warns_only_of_what_chance_has_dealt(folder: Path) -> None:
    findings = open_map([folder / "map.nt"]).validate()

    assert Severity.ERROR not in {finding.severity for finding in findings}
    assert {finding.check for finding in findings} <= {
        "cycle",
        "false-redundancy",
        "tier-reversed",
        "promise-not-carried",
        "raci-incomplete",
    }


@pytest.mark.parametrize("elements", [0, 999, 1_000_001])
def test_sizes_that_nobody_measures_are_refused(elements: int) -> None:
    with pytest.raises(ValueError, match="make between 1,000 and 1,000,000"):
        generate(elements)


def test_a_map_file_is_not_written_for_a_map_that_nobody_writes_by_hand() -> None:
    with pytest.raises(ValueError, match="map files are written up to 10,000"):
        write_map_file(generate(10_001), io.BytesIO())
