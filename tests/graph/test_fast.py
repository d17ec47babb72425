"""A fast property says what the plain query says, wherever it stands, and is refused where it could not."""

from __future__ import annotations

import random

import pytest

from bench.generator import generate
from bench.generator.service_graph import service_graph
from graph.fast import MOST_ROWS, expanded
from graph.maps import load_into, open_map
from graph.model import InputError
from graph.servicegraph import ServiceGraph
from graph.store.embedded import DiskStore
from graph.store.guard import PREFIXES
from graph.store.isolation import ask
from graph.store.workers import Workers
from tests.graph.written import SHOP, opened, write

HEAD = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
SHARED = """?m sm:memberOfGroup ?g ; sm:provider ?a . ?k sm:memberOfGroup ?g ; sm:provider ?b . FILTER(STR(?a) < STR(?b))
    ?a sm:dependsOn* ?any . ?b sm:dependsOn* ?any ."""
PROMISED = """?r sm:covers ?b ; sm:hasObjective [ sm:metric sm:metric-availability ; sm:targetPercent ?n ] .
    FILTER NOT EXISTS { ?r sm:validFrom ?f FILTER(?f > NOW()) } FILTER NOT EXISTS { ?r sm:validUntil ?u FILTER(?u <= NOW()) }"""
COVERED = PROMISED.replace("?b", "?s").replace("?n", "?own").replace("?r", "?q")
LEVELS = """VALUES (?low ?l) { (sm:criticality-low 1) (sm:criticality-medium 2) (sm:criticality-high 3) (sm:criticality-critical 4) }
    VALUES (?high ?h) { (sm:criticality-low 1) (sm:criticality-medium 2) (sm:criticality-high 3) (sm:criticality-critical 4) }"""
TIERS = " ".join(
    f"FILTER(NOT EXISTS {{ ?r sm:{tier} ?any }} || EXISTS {{ ?r sm:{tier} ?l . ?{end} sm:criticality ?l }})"
    for tier, end in (("ruleFromTier", "a"), ("ruleToTier", "b"))
)
ID = "https://w3id.org/servicemap/id/fernhaven/"
# <X> is an element, <Y> another; each pair says the same
FORMS = {
    "what depends on it": ("SELECT ?s { ?s fast:dependsOn <X> }", "SELECT DISTINCT ?s { ?s sm:dependsOn+ <X> }"),
    "what it depends on": ("SELECT ?s { <X> fast:dependsOn ?s }", "SELECT DISTINCT ?s { <X> sm:dependsOn+ ?s }"),
    "itself too": ("SELECT ?s { ?s fast:dependsOnOrIs <X> }", "SELECT DISTINCT ?s { ?s sm:dependsOn* <X> }"),
    "of a class, among other words": (
        "SELECT ?n { ?s a sm:Application ; fast:dependsOn <X> ; rdfs:label ?n . FILTER(STRLEN(?n) > 0) }",
        "SELECT DISTINCT ?n { ?s a sm:Application ; sm:dependsOn+ <X> ; rdfs:label ?n }",
    ),
    "two in one statement": (
        "SELECT ?s ?n { ?s fast:dependsOn <X> ; fast:users ?n . }",
        "SELECT ?s ?n { { SELECT DISTINCT ?s { ?s sm:dependsOn+ <X> } } { SELECT ?s (COUNT(DISTINCT ?u) AS ?n) { ?u sm:dependsOn ?s } GROUP BY ?s } }",
    ),
    "from values": (
        "SELECT ?a ?s { VALUES ?a { <X> <Y> } ?a fast:dependsOn ?s }",
        "SELECT DISTINCT ?a ?s { VALUES ?a { <X> <Y> } ?a sm:dependsOn+ ?s }",
    ),
    "both ends": ("ASK { <X> fast:dependsOn <Y> }", "ASK { <X> sm:dependsOn+ <Y> }"),
    "in a sub-select, OPTIONAL and UNION": (
        "SELECT ?a ?s { { SELECT ?a { ?a a sm:Application } } OPTIONAL { ?s fast:dependsOn <X> . ?s sm:dependsOn ?a } }",
        "SELECT DISTINCT ?a ?s { ?a a sm:Application OPTIONAL { ?s sm:dependsOn+ <X> . ?s sm:dependsOn ?a } }",
    ),
    "not": (
        "SELECT ?a { ?a a sm:Application FILTER NOT EXISTS { ?a fast:dependsOn <X> } }",
        "SELECT ?a { ?a a sm:Application FILTER NOT EXISTS { ?a sm:dependsOn+ <X> } }",
    ),
    "taken away": (
        "SELECT ?a { ?a a sm:Application MINUS { ?a fast:dependsOn <X> } }",
        "SELECT ?a { ?a a sm:Application MINUS { ?a sm:dependsOn+ <X> } }",
    ),
    "users": ("SELECT ?e ?n { ?e fast:users ?n }", "SELECT ?e (COUNT(DISTINCT ?u) AS ?n) { ?u sm:dependsOn ?e } GROUP BY ?e"),
    "most users": (
        "SELECT ?e ?n { ?e fast:users (?n 3) }",
        "SELECT ?e (COUNT(DISTINCT ?u) AS ?n) { ?u sm:dependsOn ?e } GROUP BY ?e ORDER BY DESC(?n) ?e LIMIT 3",
    ),
    "blast radius": (
        "SELECT ?e ?n { ?e fast:blastRadius ?n }",
        "SELECT ?e (COUNT(DISTINCT ?u) AS ?n) { ?u sm:dependsOn+ ?e } GROUP BY ?e",
    ),
    "on a circle": ("SELECT ?e { ?e fast:dependsOn ?e }", "SELECT DISTINCT ?e { ?e sm:dependsOn+ ?e }"),
    "on a circle, of a class": (
        "SELECT ?e { ?e a sm:Application ; fast:dependsOn ?e }",
        "SELECT DISTINCT ?e { ?e a sm:Application ; sm:dependsOn+ ?e }",
    ),
    "one that may be on a circle": (
        "SELECT ?e { VALUES ?e { <X> <Y> } ?e fast:dependsOn ?e }",
        "SELECT DISTINCT ?e { VALUES ?e { <X> <Y> } ?e sm:dependsOn+ ?e }",
    ),
    "users of a class": (
        "SELECT ?e ?n { ?e fast:users (?n sm:Application) }",
        "SELECT ?e (COUNT(DISTINCT ?u) AS ?n) { ?u sm:dependsOn ?e ; a sm:Application } GROUP BY ?e",
    ),
    "blast radius in a class": (
        "SELECT ?e ?n { ?e fast:blastRadius (?n sm:Application) }",
        "SELECT ?e (COUNT(DISTINCT ?u) AS ?n) { ?u sm:dependsOn+ ?e ; a sm:Application } GROUP BY ?e",
    ),
    "blast radius in a class, of one": (
        "SELECT ?n { <X> fast:blastRadius (?n sm:Server) }",
        "SELECT ?n { { SELECT (COUNT(DISTINCT ?u) AS ?n) { ?u sm:dependsOn+ <X> ; a sm:Server } } FILTER(?n > 0) }",
    ),
    "blast radius of one": ("SELECT ?n { <X> fast:blastRadius ?n }", "SELECT ?n { { SELECT (COUNT(DISTINCT ?u) AS ?n) { ?u sm:dependsOn+ <X> } } FILTER(?n > 0) }"),
    "largest of a class": (
        "SELECT ?e ?n { ?e a sm:Application ; fast:blastRadius (?n 2) }",
        "SELECT ?e (COUNT(DISTINCT ?u) AS ?n) { ?e a sm:Application . ?u sm:dependsOn+ ?e } GROUP BY ?e ORDER BY DESC(?n) ?e LIMIT 2",
    ),
    "cost": (
        "SELECT ?a ?c { <X> fast:monthlyCost (?a ?c) }",
        "SELECT ?a ?c { { SELECT ?c (SUM(?x) AS ?a) { { SELECT DISTINCT ?p { VALUES ?s { <X> } ?s sm:dependsOn* ?p } } ?p sm:monthlyCost ?k . ?k sm:amount ?x ; sm:currency ?c } GROUP BY ?c } }",
    ),
    "shared first": (
        "SELECT ?g ?a ?b ?c { ?g fast:sharedCause (?a ?b ?c 1000) }",
        f"SELECT DISTINCT ?g ?a ?b ?c {{ {SHARED.replace('?any', '?c')} FILTER NOT EXISTS {{ {SHARED.replace('?any', '?o')} ?o sm:dependsOn+ ?c FILTER NOT EXISTS {{ ?c sm:dependsOn+ ?o }} }} }}",
    ),
    "promised least": (
        "SELECT ?s ?p ?n { ?s a sm:Application ; fast:leastPromised (?p ?n) }",
        f"SELECT ?s (IRI(MIN(STR(?b))) AS ?p) ?n {{ {{ SELECT ?s (MIN(?x) AS ?n) {{ ?s a sm:Application ; sm:dependsOn+ ?b . {PROMISED.replace('?n', '?x')} }} GROUP BY ?s }} ?s sm:dependsOn+ ?b . {PROMISED} {{ SELECT DISTINCT ?s {{ {COVERED} }} }} }} GROUP BY ?s ?n",
    ),
    "breaks a rule": (
        "SELECT ?r ?a ?b { ?r fast:brokenBy (?a ?b 1000) }",
        f"SELECT DISTINCT ?r ?a ?b {{ ?r a sm:LayerRule ; sm:ruleFrom ?f ; sm:ruleTo ?t . ?x sm:mapKey ?f . ?y sm:mapKey ?t . ?a a ?x ; sm:dependsOn ?b . ?b a ?y {TIERS} }}",
    ),
    "called less critical": (
        "SELECT ?p ?d { ?p fast:lessCriticalThan (?d 1000) }",
        f"SELECT DISTINCT ?p ?d {{ ?e sm:provider ?p ; sm:dependent ?d ; sm:strength sm:strength-required MINUS {{ ?e sm:memberOfGroup ?g }} MINUS {{ ?e sm:kind/sm:carriesExposure ?x }} {LEVELS} ?p sm:criticality ?low . ?d sm:criticality ?high FILTER(?l < ?h) }}",
    ),
    "no alternative": (
        "SELECT ?d ?p { ?d a sm:Application ; fast:noAlternative (?p 1000) }",
        "SELECT DISTINCT ?d ?p { ?d a sm:Application . ?e sm:provider ?p ; sm:dependent ?d ; sm:kind/sm:propagatesImpact true MINUS { ?e sm:memberOfGroup ?g } FILTER(NOT EXISTS { ?e sm:strength ?any } || EXISTS { ?e sm:strength sm:strength-required }) }",
    ),
    "unused": (
        "SELECT ?e ?n { ?e a sm:Application ; fast:unused (?n 1000) }",
        "SELECT ?e (COUNT(DISTINCT ?u) AS ?n) { ?e a sm:Application MINUS { ?x sm:provider ?e } OPTIONAL { ?e sm:dependsOn ?u } } GROUP BY ?e",
    ),
    "unused, of any of two classes": (
        "SELECT ?e { ?e fast:unused (?n 1000 sm:Application sm:Server) }",
        "SELECT DISTINCT ?e { VALUES ?c { sm:Application sm:Server } ?e a ?c MINUS { ?x sm:provider ?e } }",
    ),
    "how many there are": (
        "SELECT ?c ?n { ?c fast:elements ?n }",
        "SELECT ?c (COUNT(DISTINCT ?e) AS ?n) { GRAPH ?g { ?e a ?c ; dcterms:identifier ?i } FILTER(STRSTARTS(STR(?g), 'https://w3id.org/servicemap/graph/source/')) } GROUP BY ?c",
    ),
    "how many there are of one class": (
        "SELECT ?n { sm:Application fast:elements ?n }",
        "SELECT ?n { { SELECT (COUNT(DISTINCT ?e) AS ?n) { GRAPH ?g { ?e a sm:Application ; dcterms:identifier ?i } } } FILTER(?n > 0) }",
    ),
}  # fmt: skip


def random_map(seed: int) -> str:
    """Some twenty elements, with circles, groups, structure, phases and costs."""
    rng = random.Random(seed)
    lines = ["elements:"]
    for n in range(20):
        wants = []
        for provider in rng.sample(range(20), rng.randint(0, 3)):
            kind = rng.choice(["needs", "runs on", "connects to", "part of", "monitored by"])
            phase = rng.choice(["", "", ", phase: start"])
            strength = rng.choice(["", "", ", strength: required", ", strength: degrading"])
            wants.append(f"{{on: e{provider}, kind: {kind}{phase}{strength}}}")
        if rng.random() < 0.2:
            wants.append(f"{{of: [e{rng.randrange(10)}, e{rng.randrange(10, 20)}], k: 1}}")
        cost = (
            f", monthly_cost: {rng.choice(['{amount: 10, currency: EUR}', '{amount: 2.25, currency: EUR}', '{amount: 7, currency: USD}'])}"
            if rng.random() < 0.6
            else ""
        )
        level = rng.choice(["", *(f", criticality: {each}" for each in ("low", "medium", "high", "critical"))])
        lines.append(
            f"  - {{id: e{n}, kind: {rng.choice(['application', 'server'])}, depends_on: [{', '.join(wants)}]{cost}{level}}}"
        )
    for n in range(8):
        term = rng.choice(["", "", "valid_until: 2020-01-01,", "valid_from: 2999-01-01,"])
        lines.append(f"  - {{id: a{n}, kind: agreement, {term} covers: [e{rng.randrange(20)}, e{rng.randrange(20)}],")
        lines.append(f"     objectives: [{{metric: availability, percent: {rng.choice([99, 99.5, 99.9])}}}]}}")
    lines.append("layer_rules:")
    for n in range(3):
        tiers = rng.choice(
            [
                "",
                ", from_criticality: critical",
                ", to_criticality: [low, medium]",
                ", from_criticality: high, to_criticality: low",
            ]
        )
        lines.append(
            f"  - {{id: r{n}, name: R{n}, from_kind: {rng.choice(['application', 'element'])}, to_kind: {rng.choice(['server', 'application'])}{tiers}}}"
        )
    return "\n".join(lines)


def rows(store, text):
    return sorted(tuple(v and v[:3] for v in row) for row in store.select(text).rows)


def both(made, text, x, y):
    """Rows of both forms; the fast one goes through the rewriting, and then to the engine."""
    fast, plain = (HEAD + form.replace("<X>", f"<{x}>").replace("<Y>", f"<{y}>") for form in text)
    return rows(made.store, expanded(fast, ServiceGraph(made.store, made.projection))[0]), rows(made.store, plain)


@pytest.mark.parametrize("seed", range(8))
def test_both_forms_say_the_same_on_random_maps(tmp_path, seed):
    made = opened(tmp_path, random_map(seed))
    x, y = random.Random(seed).sample(list(made.projection.iris), 2)
    for name, forms in FORMS.items():
        fast, plain = both(made, forms, x, y)
        assert fast == plain, name


def test_an_element_of_several_classes_counts_for_each_but_not_for_those_above(tmp_path):
    (tmp_path / "map.ttl").write_text(
        "@prefix sm: <https://w3id.org/servicemap#> . @prefix : <https://w3id.org/servicemap/id/x/> .\n"
        + "".join(
            f'<https://w3id.org/servicemap/id/x/{n}> a {kinds} ; <http://purl.org/dc/terms/identifier> "{n}" .\n'
            for n, kinds in enumerate(("sm:Application, sm:VendorService", "sm:Application, sm:Element", "sm:Server"))
        )
    )
    made = open_map([tmp_path / "map.ttl"])
    kinds = {cls.rpartition("#")[2]: number for cls, number in ServiceGraph(made.store, made.projection).kinds.items()}
    assert kinds == {"Application": 2, "VendorService": 1, "Server": 1}


@pytest.mark.parametrize("name", FORMS)
def test_both_forms_say_the_same_on_the_shipped_map(enterprise, name):
    x = "https://w3id.org/servicemap/id/fernhaven/sql-cluster"
    y = "https://w3id.org/servicemap/id/fernhaven/online-ordering"
    fast, plain = both(enterprise, FORMS[name], x, y)
    assert fast == plain
    fast, plain = both(enterprise, FORMS[name], y, x)
    assert fast == plain


@pytest.mark.parametrize(
    ("query", "left_out"),
    [
        ("SELECT ?s { ?s fast:dependsOn <X> } ORDER BY ?s", True),
        ("SELECT ?s WHERE { <Y> fast:dependsOn ?s . } ORDER BY ?s # all", True),
        ("SELECT ?s { ?s a sm:Element ; fast:dependsOnOrIs <X> } ORDER BY ?s", True),
        ("SELECT ?s { ?s fast:dependsOn <X> } ORDER BY DESC(?s)", False),
        ("SELECT ?s { ?s fast:dependsOn <X> } ORDER BY ?s LIMIT 5", False),
        ("SELECT DISTINCT ?s { ?s fast:dependsOn <X> } ORDER BY ?s", False),
        ("SELECT ?s { ?s fast:dependsOn <X> ; rdfs:label ?n } ORDER BY ?s", False),
        ("SELECT ?s { ?s a ?c ; fast:dependsOn <X> } ORDER BY ?s", False),
        ("SELECT ?s { ?s fast:dependsOn <X> FILTER(?s != <Y>) } ORDER BY ?s", False),
        ("SELECT ?s { VALUES ?s { <Y> } ?s fast:dependsOn <X> } ORDER BY ?s", False),
        ("SELECT ?s { VALUES ?x { <X> } ?s fast:dependsOn ?x } ORDER BY ?s", False),
        ("SELECT ?s { { ?s fast:dependsOn <X> } } ORDER BY ?s", False),
    ],
)  # fmt: skip
def test_rows_are_in_order_whoever_puts_them_so(enterprise, query, left_out):
    """Where the values are all that there is, the engine is not told to order them; else it is."""
    text = HEAD + query.replace("<X>", f"<{ID}sql-cluster>").replace("<Y>", f"<{ID}online-ordering>")
    graph = ServiceGraph(enterprise.store, enterprise.projection)
    asked = expanded(text, graph)[0]
    assert ("ORDER BY" not in asked) == left_out
    assert "ORDER BY" in expanded(text, graph, apart=True)[0]
    plain = enterprise.store.select(
        text.replace("fast:dependsOnOrIs", "sm:dependsOn*")
        .replace("fast:dependsOn", "sm:dependsOn+")
        .replace("SELECT ?s", "SELECT DISTINCT ?s")
    )
    told = [row[0].text for row in enterprise.store.select(asked).rows]
    assert list(dict.fromkeys(told)) == [row[0].text for row in plain.rows]


@pytest.mark.parametrize("back", [False, True])
def test_a_walk_finds_the_same_by_marks_and_by_places(monkeypatch, back):
    graph = ServiceGraph(None, service_graph(generate(1_000)))
    found = []
    for few in (1, 10**9):
        monkeypatch.setattr("graph.servicegraph._FEW", few)
        found.append([graph.walk(start, back=back).tolist() for start in range(0, 1_000, 9)])
    assert found[0] == found[1]
    assert max(map(len, found[0])) > 100


@pytest.mark.parametrize("most", [1, 3, 5, 7])
def test_the_largest_are_the_first_of_all_also_among_equals(enterprise, most):
    graph = ServiceGraph(enterprise.store, enterprise.projection)
    assert graph.chosen(graph.users, None, None, most) == graph.chosen(graph.users, None, None, None)[:most]


@pytest.fixture(scope="module")
def enterprise(root):
    return open_map([root / "data" / "enterprise"])


def test_availability_and_slack_are_those_of_the_commands(enterprise):
    from graph.analysis.availability import availability
    from graph.analysis.promises import checks

    graph = ServiceGraph(enterprise.store, enterprise.projection)
    service = enterprise.projection.find("online-ordering")
    text = "SELECT ?a ?n { VALUES ?s { <https://w3id.org/servicemap/id/fernhaven/online-ordering> } ?s fast:availability ?a ; fast:slackMinutes ?n }"
    ((share, left),) = enterprise.store.select(HEAD + expanded(text, graph)[0]).rows
    assert float(share.text) == pytest.approx(1 - availability(graph._known, service).unavailability, abs=1e-9)
    assert float(left.text) == pytest.approx(
        min(c.slack for c in checks(graph._known, service) if c.slack is not None), abs=1e-6
    )


def test_users_ask_in_a_child_whether_the_map_is_in_memory_or_in_a_store(enterprise, tmp_path, root):
    from graph.maps import load_into

    text = f"SELECT ?n {{ <{ID}sql-cluster> fast:blastRadius ?n }}"
    wanted = ask(enterprise.store, f"SELECT (COUNT(DISTINCT ?u) AS ?n) {{ ?u sm:dependsOn+ <{ID}sql-cluster> }}").rows
    assert ask(enterprise.store, text).rows == wanted
    disk = load_into(tmp_path / "store", [root / "data" / "enterprise"]).store
    assert ask(disk, text).rows == wanted
    with Workers(disk, size=1) as workers:
        assert workers.ask(text).rows == workers.ask(text).rows == wanted
        with pytest.raises(InputError, match=r"there is no fast:user; did you mean 'users'\?"):
            workers.ask("SELECT * { ?a fast:user ?n }")
        assert workers.ask("ASK { ?a a sm:Server }").form == "ask"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT * { ?a fast:dependsOn ?b }", "fast:dependsOn does not say where it begins; name an element, or give a variable its VALUES in the same braces"),
        ("SELECT * { VALUES ?a { 1 } ?a fast:dependsOn ?b }", "fast:dependsOn does not say where it begins"),
        ("SELECT * { ?a fast:monthlyCost (?n ?c) }", "fast:monthlyCost does not say where it begins"),
        ("SELECT * { SERVICE SILENT <urn:x> { ?a fast:dependsOn <urn:b> } }", "fast properties are answered here, not by another server (SERVICE); move them out of SERVICE"),
        ("SELECT * { SERVICE <urn:x> { { ?a fast:dependsOn <urn:b> } } }", "fast properties are answered here, not by another server (SERVICE)"),
        ("SELECT * { ?a fast:dependsOn+ <urn:b> }", "fast:dependsOn is written otherwise; write ?a fast:dependsOn ?b"),
        ("SELECT * { ?a ^fast:dependsOn <urn:b> }", "fast:dependsOn stands where it cannot be answered; write it as the verb of a statement of its own"),
        ("SELECT * { ?a sm:partOf/fast:users ?b }", "fast:users stands where it cannot be answered"),
        ("SELECT * { [] fast:users ?n }", "a fast property needs a subject with a name; write a variable or an IRI before it"),
        ("SELECT * { ?a sm:partOf [ fast:users ?n ] }", "fast:users stands where it cannot be answered"),
        ("SELECT * { ?a fast:dependsOn <urn:b>, <urn:c> }", "fast:dependsOn is written otherwise"),
        ("SELECT * { ?a fast:users (?n many) }", "fast:users is written otherwise"),
        ("SELECT * { ?a fast:users (?n 0) }", "'0' is no number of rows"),
        ("SELECT * { ?a fast:users ?a }", "a fast property joins a variable with itself"),
        ("CONSTRUCT { ?a fast:users 1 } { ?a ?b ?c }", "fast properties cannot be built; write them in the WHERE part"),
        ("SELECT * { ?a fast:unused (?n 5 ?c) }", "fast:unused is written otherwise"),
        ("SELECT * { ?a fast:user ?n }", "there is no fast:user; did you mean 'users'?"),
        ("SELECT * { ?a a fast:users }", "fast:users stands where it cannot be answered"),
        ("SELECT * { ?a <https://w3id.org/servicemap/fast#dependsOn> ?b }", "fast:dependsOn does not say where it begins"),
        ("PREFIX q: <https://w3id.org/servicemap/fast#> SELECT * { ?a q:dependsOn ?b }", "fast:dependsOn does not say where it begins"),
        ("SELECT * { " + "?a fast:users ?n . " * 21 + "}", "the query has more than 20 fast patterns; ask in several queries"),
        ("SELECT * { VALUES ?a { " + "<urn:a> " * 1001 + "} ?a fast:dependsOn ?b }", "?a has more than 1,000 values; ask for fewer"),
        ("SELECT * { ?a a sm:Element ; fast:availability ?n }", "elements, at most 50 are answered; name them with VALUES"),
        ("SELECT * { ?a fast:users ?n } }", "closes '}' without opening it"),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_refused_with_what_to_write(enterprise, text, message):
    with pytest.raises(InputError) as told:
        expanded(text, ServiceGraph(enterprise.store, enterprise.projection))
    assert message in str(told.value)


def test_an_answer_that_is_too_large_says_how_to_ask_for_less(enterprise, monkeypatch):
    assert MOST_ROWS == 100_000
    monkeypatch.setattr("graph.fast.MOST_ROWS", 3)
    with pytest.raises(InputError, match="fast:dependsOn has more than 3 rows; say the class of what is asked for"):
        expanded(
            f"SELECT * {{ ?a fast:dependsOn <{ID}sql-cluster> }}", ServiceGraph(enterprise.store, enterprise.projection)
        )


def test_what_is_no_element_has_no_rows(enterprise):
    graph = ServiceGraph(enterprise.store, enterprise.projection)
    for text in (
        "SELECT * { ?a fast:dependsOn <urn:none> }",
        "SELECT * { <urn:none> fast:users ?n }",
        "SELECT * { 1 fast:dependsOn ?a }",
    ):
        assert enterprise.store.select(HEAD + expanded(text, graph)[0]).rows == ()


def test_what_was_put_in_is_told(enterprise):
    graph = ServiceGraph(enterprise.store, enterprise.projection)
    (given,) = expanded("SELECT * { ?a fast:users (?n 7) }", graph)[1]
    assert (given.name, given.rows) == ("users", 7)


def test_a_worker_reads_the_service_graph_that_lies_beside_the_triples(tmp_path):
    load_into(tmp_path / "store", [write(tmp_path, SHOP)])
    store = DiskStore(tmp_path / "store")
    beside = store.newest.parent / "projection"
    beside.unlink()
    with Workers(store, size=1) as workers:
        workers.ask("ASK { ?x fast:users ?n }")
    assert beside.exists()


def test_members_of_every_class_are_those_that_the_engine_tells(enterprise):
    p, graph = enterprise.projection, ServiceGraph(enterprise.store, enterprise.projection)
    assert len(p.besides) > 80
    for cls in p.besides:
        assert graph._told_by_class(cls).tolist() == graph._asked_for(cls).tolist(), cls


def test_a_promise_that_is_no_number_counts_as_none(tmp_path):
    made = opened(tmp_path, SHOP)
    graph = ServiceGraph(made.store, made.projection)
    shop, vertex = made.projection.find("shop"), made.projection.find("db")
    iri = made.projection.iris[vertex]
    graph.store = _Saying(
        f'?element\t?percent\n<{iri}>\t"much"\n<{iri}>\t99.50\n<{iri}>\t99.5\n<urn:x>\t1\n<{made.projection.iris[shop]}>\t99.9\n'.encode()
    )
    assert graph.least_promised() == {shop: (vertex, "99.5")}


class _Saying:
    """A store that has one answer."""

    def __init__(self, said):
        self.said = said

    def tsv(self, query):
        return self.said
