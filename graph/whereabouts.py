"""Where do the files speak of what a report names: an element by its id, an agreement by its name?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache

from graph.maps import Map
from graph.model import Where
from graph.validation import Places

__all__ = ["whereabouts"]


def whereabouts(opened: Map) -> Callable[[str], Where | None]:
    """What finds the place; of something without one, and of one of several agreements of a name, the map's first file.

    >>> from graph.maps import open_map
    >>> str(whereabouts(open_map("data/laundry"))("laundry/carrier"))
    'data/laundry/services.yaml:33'
    """
    projection, places = opened.projection, Places(opened.store)
    known = dict(zip(projection.ids, projection.iris, strict=True))
    named = [agreement.iri for agreement in opened.figures.agreements if agreement.iri in projection.index]
    labels = {iri: projection.labels[projection.index[iri]] for iri in named}
    held = Counter(labels.values())
    known |= {label: iri for iri, label in labels.items() if held[label] == 1}
    first = next((Where(source.path, 1) for source in opened.store.sources if source.importer), None)

    @cache
    def where(name: str) -> Where | None:
        iri = known.get(name)
        return (places.of(iri) if iri else None) or first

    return where
