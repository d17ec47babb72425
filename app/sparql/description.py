"""What can this endpoint do? The SPARQL 1.1 Service Description, made from what is served."""

from __future__ import annotations

from collections.abc import Iterable

from graph.notation import notate
from graph.ntriples import RDF_TYPE, Writer
from graph.store.interface import ONTOLOGY

__all__ = ["description"]

SD = "http://www.w3.org/ns/sparql-service-description#"
_FORMATS = "http://www.w3.org/ns/formats/"
_RESULTS = (
    "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV",
    "Turtle", "TriG", "N-Triples", "N-Quads", "RDF_XML", "JSON-LD",
)  # fmt: skip
_INPUTS = ("Turtle", "TriG", "N-Triples", "N-Quads", "RDF_XML", "JSON-LD")


def description(endpoint: str, graphs: Iterable[str], *, updates: bool, notation: str) -> str:
    """The description of the endpoint at an address, in a notation of RDF.

    Args:
        endpoint: the address at which it answers.
        graphs: IRIs of its named graphs.
        updates: whether it takes updates.
        notation: one of ``graph.notation.NOTATIONS``.

    >>> "sd:endpoint" in description("https://x/sparql", [], updates=False, notation="turtle")
    True
    """
    writer, service, dataset, default = Writer(), f"{endpoint}#service", f"{endpoint}#dataset", f"{endpoint}#default"
    writer.type(service, SD + "Service")
    writer.iri(service, SD + "endpoint", endpoint)
    writer.iri(service, SD + "supportedLanguage", SD + "SPARQL11Query")
    if updates:
        writer.iri(service, SD + "supportedLanguage", SD + "SPARQL11Update")
        for name in _INPUTS:
            writer.iri(service, SD + "inputFormat", _FORMATS + name)
    for name in _RESULTS:
        writer.iri(service, SD + "resultFormat", _FORMATS + name)
    writer.iri(service, SD + "feature", SD + "UnionDefaultGraph")
    writer.iri(service, SD + "defaultDataset", dataset)
    writer.type(dataset, SD + "Dataset")
    writer.iri(dataset, SD + "defaultGraph", default)
    writer.type(default, SD + "Graph")
    for number, graph in enumerate(sorted(graphs), 1):
        named = f"{endpoint}#graph-{number}"
        writer.iri(dataset, SD + "namedGraph", named)
        writer.type(named, SD + "NamedGraph")
        writer.iri(named, SD + "name", graph)
    prefixes = {"sd": SD, "rdf": RDF_TYPE.partition("#")[0] + "#", "formats": _FORMATS}
    return notate({ONTOLOGY: writer.result()}, notation, prefixes)
