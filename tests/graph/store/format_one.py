"""How did the first format of a store lie on the disk? Written as the versions before the second format wrote it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict

import pyoxigraph as ox

from graph.ntriples import Writer
from graph.sources import place_of, read_sources
from graph.store.interface import DERIVED, META, ONTOLOGY, source_graph
from ontology import terms as t
from ontology.vocabulary import HOME, ontology_files

__all__ = ["write_format_one"]


def write_format_one(folder, paths):
    """A store in the first format that holds what the paths say, as its first generation after the empty one."""
    read = [s for s in read_sources(paths) if s.source.importer]
    generation = folder / "000001"
    generation.mkdir(parents=True)
    (folder / "lines").mkdir()
    (folder / "lock").touch()
    triples = ox.Store(str(generation / "triples"))
    for file in ontology_files():
        triples.bulk_load(path=str(file), format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(ONTOLOGY))
    meta = Writer()
    for s in read:
        graph = source_graph(s.source.id)
        triples.bulk_load(input=s.triples, format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(graph))
        meta.type(graph, t.SOURCE)
        meta.text(graph, t.PATH, s.source.path)
        name = hashlib.sha256(f"{s.source.id}\0{s.source.digest}\0{s.source.namespace}".encode()).hexdigest()[:24]
        (folder / "lines" / f"{name}.json").write_text(json.dumps(dict(s.lines)))
    triples.bulk_load(input=meta.result(), format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(META))
    for rule in sorted(HOME.glob("rules/*.rq")):
        found = triples.query(rule.read_text(encoding="utf-8"), use_default_graph_as_union=True)
        triples.bulk_extend([ox.Quad(*fact, ox.NamedNode(DERIVED)) for fact in found])
    triples.flush()
    del triples
    said = {
        "revision": "0123456789ab",
        "titles": {s.source.id: dict(s.titles) for s in read if s.titles},
        "places": {s.source.id: place_of(s.source.path) for s in read},
        "sources": [asdict(s.source) for s in read],
    }
    (generation / "loaded.json").write_text(json.dumps(said, indent=1))
    (folder / "CURRENT").write_text("000001")
    (folder / "format").write_text("servicemap store 1\n")
    return folder
