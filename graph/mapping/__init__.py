"""The language of mappings: how a foreign catalogue is read without code. ``graph.importers.mapping`` runs it."""
