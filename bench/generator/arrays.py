"""What does a large map look like? Dependencies, groups and facts in arrays.

The shape: layers above each other, from business services down to resources. Elements live in domains of about a
thousand; most dependencies stay inside, the rest go to popular ones, so that the number of dependants follows a power
law. Some components call back those that call them. Clusters need k of their n members.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

__all__ = ["Around", "Facts", "Generated", "Layer", "Stated", "generate"]

Ints = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.int8]
Wide = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Layer:
    """One kind of height in the map: who lives there, and where their dependencies go."""

    prefix: str
    kinds: tuple[str, ...]
    share: float
    degree: float = 0.0
    goes_to: dict[str, float] = field(default_factory=dict)


LAYERS = (
    Layer("bs", ("business service",), 0.010, 6.0, {"ts": 0.8, "app": 0.2}),
    Layer("ts", ("technical service",), 0.040, 6.0, {"app": 0.7, "cmp": 0.15, "plat": 0.15}),
    Layer("app", ("application",), 0.120, 7.0, {"cmp": 0.7, "app": 0.1, "plat": 0.2}),
    Layer("cmp", ("component",), 0.380, 6.0, {"cmp": 0.25, "plat": 0.25, "res": 0.5}),
    Layer("plat", ("platform", "database", "message broker", "cache"), 0.044, 6.0, {"plat": 0.2, "res": 0.8}),
    Layer("res", ("virtual machine", "virtual machine", "server", "storage", "network"), 0.400, 3.5, {"res": 1.0}),
    Layer("grp", ("cluster",), 0.006),
)
BS, TS, APP, CMP, PLAT, RES, GRP = range(len(LAYERS))
NUMBER = {layer.prefix: position for position, layer in enumerate(LAYERS)}
LEAVES_DOMAIN = {TS: 0.05, APP: 0.05, CMP: 0.03, PLAT: 0.6, RES: 0.25}  # by the layer that is gone to
TOWARDS_POPULAR = {RES: 4.0}  # how unevenly a domain uses its own, where it is not 1.5
HUBS = 6.0  # rank ** -(1 - 1/6): in-degrees follow a power law with exponent 2.2
CALLS_BACK = 0.003
KINDS = ("needs", "connects to", "runs on")
STRENGTHS = ("", "required", "degrading", "optional")
ENVIRONMENTS = ("production", "staging", "test", "development")
STATES = ("in service", "planned", "retiring")
LEVELS = ("critical", "high", "medium", "low")
REGIONS = ("west", "north", "east", "south", "overseas", "islands")
WORDS = ("Payment", "Claim", "Identity", "Ledger", "Order", "Catalogue", "Archive", "Billing", "Search", "Delivery")


@dataclass(frozen=True, slots=True, eq=False)
class Stated:
    """What is said of each dependency besides its ends; numbers of KINDS and STRENGTHS, 0 where nothing is said."""

    kind: Bytes
    strength: Bytes
    at_start: npt.NDArray[np.bool_]
    week: Bytes
    tolerance: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """What is said of each element besides its dependencies; numbers of the lists above, or of teams and the like."""

    environment: Bytes
    state: Bytes
    level: Bytes
    cents: Wide
    region: Bytes
    word: Bytes
    team: Ints
    role: Ints
    process: Ints
    agreement: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Generated:
    """A map in arrays. Element i lies in ``layer[i]``; dependency j says that ``src[j]`` depends on ``dst[j]``.

    Dependencies are in order of src, then dst, and none is there twice. ``groups`` are the elements that need only
    ``k`` of what they depend on; the others need all of it.
    """

    elements: int
    layer: Bytes
    number: Ints
    src: Ints
    dst: Ints
    groups: Ints
    k: Ints
    stated: Stated
    facts: Facts

    def names(self) -> list[str]:
        """The id of each element."""
        prefixes = [layer.prefix for layer in LAYERS]
        pairs = zip(self.layer.tolist(), self.number.tolist(), strict=True)
        return [f"{prefixes[layer]}-{number}" for layer, number in pairs]


@dataclass(frozen=True, slots=True)
class Around:
    """How many teams and the like look after so many elements: about 2 % of them."""

    elements: int

    @property
    def teams(self) -> int:
        """One for two hundred elements."""
        return self.elements // 200

    @property
    def roles(self) -> int:
        """One for a thousand, and as many customers."""
        return self.elements // 1000

    @property
    def processes(self) -> int:
        """One for five hundred."""
        return self.elements // 500

    @property
    def agreements(self) -> int:
        """One for a hundred; the first ones, one for a thousand, are with customers."""
        return self.elements // 100


class _Plan:
    """How many elements each layer has, and which of them live in which domain."""

    def __init__(self, elements: int) -> None:
        sizes = [max(2, round(elements * layer.share)) for layer in LAYERS]
        sizes[CMP] += elements - sum(sizes)
        self.elements, self.domains = elements, max(1, elements // 1000)
        self.size = np.array(sizes, np.int64)
        self.first = np.cumsum([0, *sizes[:-1]])

    def begin(self, layer: int, domain: Wide) -> Wide:
        """The first of a layer's numbers in a domain."""
        return -(-domain * self.size[layer] // self.domains)

    def span(self, layer: int, domain: Wide) -> tuple[Wide, Wide]:
        """The first of a layer's numbers in a domain, and the first after them."""
        return self.begin(layer, domain), self.begin(layer, domain + 1)

    def domain(self, layer: int, number: Wide) -> Wide:
        """Where a layer's numbers live."""
        return number * self.domains // self.size[layer]

    @cached_property
    def layer(self) -> Bytes:
        """The layer of each element."""
        return np.repeat(np.arange(len(LAYERS)), self.size).astype(np.int8)

    @cached_property
    def number(self) -> Ints:
        """The number of each element within its layer."""
        return (np.arange(self.elements) - self.first[self.layer]).astype(np.int32)

    def domain_of(self, elements: Wide) -> Wide:
        """The domain of each of some elements of any layer."""
        layer = self.layer[elements]
        return (elements - self.first[layer]) * self.domains // self.size[layer]


def generate(elements: int, *, seed: int = 7) -> Generated:
    """Make a map of so many elements; teams, roles, customers, processes and agreements (2 %) come on top.

    Takes about a second and 200 MB for each million dependencies. Raises ValueError below 1,000 and above 1,000,000.

    >>> small = generate(1_000)
    >>> len(small.layer), len(small.groups), bool((small.src != small.dst).all())
    (1000, 6, True)
    """
    if not 1_000 <= elements <= 1_000_000:
        raise ValueError(f"{elements:,} elements: make between 1,000 and 1,000,000")
    rng, plan = np.random.default_rng(seed), _Plan(elements)
    pairs = [_down(plan, rng, layer) for layer in range(GRP)]
    pairs.append(_back(plan, rng, np.concatenate(pairs, axis=1)))
    width, members, users = _clusters(plan, rng)
    src, dst = np.concatenate([*pairs, members, users], axis=1)
    key = np.unique((src * elements + dst)[src != dst])
    src, dst = (key // elements).astype(np.int32), (key % elements).astype(np.int32)
    slack = rng.integers(1, 3, len(width))
    return Generated(
        elements,
        plan.layer,
        plan.number,
        src,
        dst,
        (plan.first[GRP] + np.arange(len(width))).astype(np.int32),
        np.maximum(1, width - slack).astype(np.int32),
        _stated(plan, rng, src, dst),
        _facts(plan, rng, src, dst),
    )


def _down(plan: _Plan, rng: np.random.Generator, layer: int) -> Wide:
    """What the elements of one layer depend on, in layers below and in their own."""
    degree = LAYERS[layer].degree
    out = rng.geometric(1 / degree, plan.size[layer]).clip(1, int(8 * degree))
    number = np.repeat(np.arange(plan.size[layer]), out)
    shares = LAYERS[layer].goes_to
    chosen = rng.choice(len(shares), len(number), p=list(shares.values()))
    found = []
    for position, target in enumerate(NUMBER[prefix] for prefix in shares):
        source = number[chosen == position]
        provider = _near(plan, rng, target, plan.domain(layer, source), TOWARDS_POPULAR.get(target, 1.5))
        far = rng.random(len(source)) < LEAVES_DOMAIN[target]
        provider[far] = _far(plan, rng, layer, target, source[far])
        if target == layer:
            _turn_down(plan, rng, layer, source, provider)
        found.append(np.stack([source + plan.first[layer], provider + plan.first[target]]))
    return np.concatenate(found, axis=1)


def _near(plan: _Plan, rng: np.random.Generator, layer: int, domain: Wide, skew: float) -> Wide:
    """One of a layer in each domain, the first ones more often."""
    begin, end = plan.span(layer, domain)
    drawn = begin + ((end - begin) * rng.random(len(domain)) ** skew).astype(np.int64)
    return np.minimum(drawn, plan.size[layer] - 1)


def _far(plan: _Plan, rng: np.random.Generator, layer: int, target: int, source: Wide) -> Wide:
    """One of the popular ones of the whole map; services and code look only at domains before their own."""
    if target in (PLAT, RES):
        reach = np.full(len(source), plan.size[target])
    else:
        reach = np.maximum(source * plan.size[target] // plan.size[layer], 1)
    return (reach * rng.random(len(source)) ** HUBS).astype(np.int64)


def _turn_down(plan: _Plan, rng: np.random.Generator, layer: int, source: Wide, provider: Wide) -> None:
    """Inside a layer dependencies go to lower numbers, so that cycles come only from calls back."""
    up = np.flatnonzero(provider >= source)
    begin = plan.begin(layer, plan.domain(layer, source[up]))
    skew = TOWARDS_POPULAR.get(layer, 2.0)
    provider[up] = begin + ((source[up] - begin) * rng.random(len(up)) ** skew).astype(np.int64)


def _back(plan: _Plan, rng: np.random.Generator, pairs: Wide) -> Wide:
    """Calls back to callers of the same domain: small circles."""
    src, dst = pairs
    inside = plan.domain_of(src) == plan.domain_of(dst)
    calls = np.flatnonzero((plan.layer[src] >= APP) & (plan.layer[dst] <= CMP) & inside)
    chosen = rng.choice(calls, round(CALLS_BACK * plan.elements), replace=False)
    return np.stack([dst[chosen], src[chosen]])


def _clusters(plan: _Plan, rng: np.random.Generator) -> tuple[Wide, Wide, Wide]:
    """The size of each cluster, what it may run on, and which components run on it."""
    clusters = np.arange(plan.size[GRP])
    domain = plan.domain(GRP, clusters)
    width = rng.integers(2, 6, len(clusters))
    kind = np.where(rng.random(len(clusters)) < 0.3, PLAT, RES)
    begin, end = np.where(kind == PLAT, plan.span(PLAT, domain), plan.span(RES, domain))
    first = begin + (rng.random(len(clusters)) * (end - begin)).astype(np.int64)
    owner = np.repeat(clusters, width)
    turn = np.arange(len(owner)) - np.repeat(np.cumsum(width) - width, width)
    member = begin[owner] + (first[owner] - begin[owner] + turn) % (end - begin)[owner]
    members = np.stack([owner + plan.first[GRP], member + plan.first[kind[owner]]])
    used = np.repeat(clusters, rng.integers(2, 8, len(clusters)))
    users = _near(plan, rng, CMP, domain[used], 1.0)
    return width, members, np.stack([users + plan.first[CMP], used + plan.first[GRP]])


def _stated(plan: _Plan, rng: np.random.Generator, src: Ints, dst: Ints) -> Stated:
    source, target, count = plan.layer[src], plan.layer[dst], len(src)
    kind = np.where(target >= PLAT, 2, 1)
    kind[(source == CMP) & (target == PLAT) & (dst % 2 == 0)] = 1
    kind[source <= TS] = 0
    strength = rng.choice(len(STRENGTHS), count, p=[0.6, 0.32, 0.06, 0.02])
    return Stated(
        kind=kind.astype(np.int8),
        strength=(strength * (source != GRP)).astype(np.int8),
        at_start=(rng.random(count) < 0.01) & (source != GRP),
        week=np.where(rng.random(count) < 0.1, rng.integers(1, 53, count), 0).astype(np.int8),
        tolerance=np.where(rng.random(count) < 0.05, rng.choice([5, 30, 240], count), 0).astype(np.int32),
    )


def _facts(plan: _Plan, rng: np.random.Generator, src: Ints, dst: Ints) -> Facts:
    n, around = plan.elements, Around(plan.elements)
    team = plan.domain_of(np.arange(n)) * around.teams // plan.domains + rng.integers(0, 4, n)
    sla, ola = rng.integers(0, around.roles, n), rng.integers(around.roles, around.agreements, n)
    return Facts(
        environment=_environments(plan, rng, src, dst),
        state=rng.choice(len(STATES), n, p=[0.9, 0.05, 0.05]).astype(np.int8),
        level=rng.choice(len(LEVELS), n, p=[0.1, 0.2, 0.4, 0.3]).astype(np.int8),
        cents=np.round(100 * rng.lognormal(4.5, 1.2, n)).astype(np.int64),
        region=rng.integers(0, len(REGIONS), n).astype(np.int8),
        word=rng.integers(0, len(WORDS), n).astype(np.int8),
        team=np.minimum(team, around.teams - 1).astype(np.int32),
        role=rng.integers(0, around.roles, n).astype(np.int32),
        process=rng.integers(0, around.processes, n).astype(np.int32),
        agreement=np.where(plan.layer == BS, sla, ola).astype(np.int32),
    )


def _environments(plan: _Plan, rng: np.random.Generator, src: Ints, dst: Ints) -> Bytes:
    """Nothing depends on an environment below its own: an element is where the highest of its dependants is."""
    own = rng.choice(len(ENVIRONMENTS), plan.elements, p=[0.6, 0.15, 0.15, 0.1]).astype(np.int8)
    used = np.zeros(plan.elements, np.bool_)
    used[dst] = True
    environment = np.where(used, np.int8(len(ENVIRONMENTS) - 1), own)
    while True:
        before = environment.copy()
        np.minimum.at(environment, dst, environment[src])
        if (before == environment).all():
            return environment
