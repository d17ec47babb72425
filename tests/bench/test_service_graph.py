"""A made map as a service graph has the dependencies of its arrays, and a group where k of n are enough."""

import numpy as np

from bench.generator import generate
from bench.generator.service_graph import service_graph


def test_the_graph_is_that_of_the_arrays():
    made = generate(1_000)
    p = service_graph(made)
    dependent, provider, _ = p.direct
    told = set(zip(dependent.tolist(), provider.tolist(), strict=True))
    assert told == set(zip(made.src.tolist(), made.dst.tolist(), strict=True))
    assert p.groups.size.tolist() == np.bincount(made.src, minlength=1_000)[made.groups].tolist()
    assert (p.groups.k <= p.groups.size).all()
    assert p.by_provider
    assert p.find("0000007") == 7
