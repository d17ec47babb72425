"""The dataset behind one narrow interface; the only place that names an engine."""

from graph.store.interface import DERIVED, GRAPH, META, ONTOLOGY, Limits, Reader, Store, Table, Value, source_graph

__all__ = ["DERIVED", "GRAPH", "META", "ONTOLOGY", "Limits", "Reader", "Store", "Table", "Value", "source_graph"]
