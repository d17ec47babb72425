"""What does a CONSTRUCT make of statements and the vocabulary, apart from any store?"""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from ontology.vocabulary import ontology_files

__all__ = ["constructed"]


def constructed(query: str, parts: Iterable[bytes]) -> bytes:
    r"""The statements that a query of ours makes, as N-Triples, each once.

    Args:
        query: a CONSTRUCT that is part of the program; it is not guarded as a query of a user is.
        parts: N-Triples that it is asked of, beside the modules and alignments of the ontology.

    >>> constructed(
    ...     "CONSTRUCT { ?a <https://x/q> ?b } WHERE { ?a <https://x/p> ?b }", [b'<https://x/a> <https://x/p> "1" .']
    ... )
    b'<https://x/a> <https://x/q> "1" .\n'
    """
    store = ox.Store()
    for file in ontology_files():
        store.bulk_load(path=str(file), format=ox.RdfFormat.TURTLE)
    for part in parts:
        store.bulk_load(part, format=ox.RdfFormat.N_TRIPLES)
    made = store.query(query)
    assert isinstance(made, ox.QueryTriples)
    return ox.serialize(sorted(set(made), key=str), format=ox.RdfFormat.N_TRIPLES) or b""
