"""Does a mapping read a foreign catalogue whole, and say what it could not read and why?"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

import networkx as nx
import pyoxigraph as ox
import pytest
import yaml

from graph.importers import mapping as importer
from graph.importers.mapping import importer_for, load_mapping, shipped_mappings
from graph.model import Confidence, Finding, Head, InputError, ReadOptions, Severity, Statements
from ontology import terms as t

BASE = "https://w3id.org/servicemap/id/"
OPTIONS = ReadOptions("gitlab", BASE, "test")
RDF, RDFS, DCTERMS = (
    term.rpartition(end)[0] + end for term, end in ((t.RDF_TYPE, "#"), (t.RDFS_LABEL, "#"), (t.DCTERMS_IDENTIFIER, "/"))
)
SAMPLES = Path(__file__).parents[3] / "data" / "samples" / "gitlab" / "services"


@dataclass(frozen=True)
class Graph:
    """The statements of one file, short: without the base and the prefixes."""

    statements: Statements
    triples: frozenset[tuple[str, str, str]]

    def of(self, subject: str, predicate: str) -> list[str]:
        return sorted(o for s, p, o in self.triples if (s, p) == (subject, predicate))

    def count(self, cls: str) -> int:
        return sum(p == "type" and o == cls for _, p, o in self.triples)

    def edges(self) -> set[tuple[str, str]]:
        ends: dict[str, dict[str, str]] = {}
        for s, p, o in self.triples:
            if p in {"dependent", "provider"}:
                ends.setdefault(s, {})[p] = o
        return {(end["dependent"], end["provider"]) for end in ends.values() if "provider" in end}

    def findings(self, check: str) -> list[Finding]:
        return [finding for finding in self.statements.findings if finding.check == check]

    def line(self, subject: str) -> int:
        return self.statements.lines[BASE + subject]

    @property
    def stubs(self) -> set[str]:
        return {short(iri) for iri in self.statements.mentions if iri not in self.statements.defines}


def short(name: str) -> str:
    for start in (f"{BASE}gitlab/", BASE, t.SM, RDF, RDFS, DCTERMS):
        if name.startswith(start):
            return name.removeprefix(start)
    return name


def graph(statements: Statements) -> Graph:
    found = ox.parse(input=statements.triples, format=ox.RdfFormat.N_TRIPLES)
    return Graph(
        statements, frozenset((short(q.subject.value), short(q.predicate.value), short(q.object.value)) for q in found)
    )


def head(path: Path) -> Head:
    return Head(path, path.read_bytes()[:64_000].decode("utf-8", "ignore"))


def by(mapping: str, source: str, tmp_path: Path, *, name: str = "source.yaml") -> Graph:
    """Read a source by a mapping that is written for the test."""
    (tmp_path / "mapping.yaml").write_text(dedent(mapping), encoding="utf-8")
    (tmp_path / name).write_text(dedent(source), encoding="utf-8")
    return graph(importer_for(load_mapping(tmp_path / "mapping.yaml")).read(tmp_path / name, OPTIONS))


def messages(result: Graph, tmp_path: Path) -> list[str]:
    return [str(finding).replace(f"{tmp_path}/", "") for finding in result.statements.findings]


# GitLab's real catalogue


@pytest.fixture(scope="module")
def services_file(realworld: Path) -> Path:
    return realworld / "gitlab-service-catalog" / "services" / "service-catalog.yml"


@pytest.fixture(scope="module")
def services(services_file: Path) -> Graph:
    return graph(importer.read(services_file, OPTIONS))


@pytest.fixture(scope="module")
def teams(services_file: Path) -> Graph:
    return graph(importer.read(services_file.with_name("teams.yml"), OPTIONS))


@pytest.fixture(scope="module")
def truth(realworld: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((realworld / "expected.json").read_text())["items"]["gitlab-service-catalog"][
        "truth"
    ]
    return found


@pytest.fixture(scope="module")
def raw(services_file: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(services_file.read_text())["services"]
    return found


def test_gitlabs_catalogue_and_teams_are_recognised_for_certain(services_file: Path) -> None:
    assert importer.recognises(head(services_file)) is Confidence.CERTAIN
    assert importer.recognises(head(services_file.with_name("teams.yml"))) is Confidence.CERTAIN


def test_no_other_real_file_is_taken_for_gitlabs(realworld: Path) -> None:
    taken = {path for path in realworld.rglob("*.*") if path.is_file() and importer.recognises(head(path))}
    others = {path.relative_to(realworld).parts[0] for path in taken if "gitlab" not in str(path)}
    assert others == {"repos-govuk", "jaeger-dependencies"}


def test_all_services_of_gitlab_arrive_with_their_kinds(services: Graph, truth: dict[str, Any]) -> None:
    assert len(services.statements.defines) == truth["services"] == 55
    tiers = {"sv": "Service", "db": "Database", "inf": "Infrastructure", "lb": "LoadBalancer", "stor": "StorageVolume"}
    assert {tier: services.count(cls) for tier, cls in tiers.items()} == truth["services_by_tier"]
    [note] = services.findings("inferred-kind")
    assert "the kinds of 55 elements are inferred, the catalogue names only their tier" in note.message


def test_all_dependencies_of_gitlab_arrive_and_open_ends_are_known(services: Graph, truth: dict[str, Any]) -> None:
    edges = services.edges()
    assert len(edges) == truth["dependency_edges"]["edges_unique"] == 38
    assert ("gitaly", "gitaly") in edges
    services_alone = {end for end in services.stubs if not end.startswith("team:")}
    dangling = sorted([a, b] for a, b in edges if b in services_alone)
    assert dangling == sorted(truth["dependency_targets_not_defined"])
    assert len(dangling) == 10
    for target in services_alone:
        assert services.of(target, "identifier") == [target]


def test_what_needs_postgres_is_what_the_raw_file_says(services: Graph, truth: dict[str, Any]) -> None:
    hit = nx.ancestors(nx.DiGraph(services.edges()), "postgres")
    assert sorted(hit) == truth["dependency_edges"]["impact"]["postgres"]["transitive_dependants_list"]
    assert not any(p == "strength" for _, p, _ in services.triples)


def test_teams_of_gitlab_arrive_and_own_their_services(services: Graph, teams: Graph, truth: dict[str, Any]) -> None:
    assert teams.count("Team") == len(teams.statements.defines) == truth["teams_defined"] == 63
    owned = [(s, o) for s, p, o in services.triples if p == "ownedBy"]
    assert len(owned) == truth["service_team_links"] == 38
    named = {team.removeprefix("team:") for _, team in owned if BASE + "gitlab/" + team not in teams.statements.defines}
    assert sorted(named) == truth["teams_referenced_but_not_defined"] == ["trust_and_safety", "verify"]
    assert teams.statements.findings == ()
    assert (teams.of("team:geo", "managerHandle"), teams.line("gitlab/team:geo")) == (["geo-mgr"], 27)


@pytest.mark.parametrize(
    ("predicate", "path"),
    [
        ("label", "friendly_name"),
        ("tier", "tier"),
        ("trackerLabel", "label"),
        ("businessRequirement", "business.requirement"),
        ("businessValue", "business.business_value"),
        ("customerDescription", "business.customers"),
        ("slaWeighting", "business.SLA.overall_sla_weighting"),
        ("repository", "technical.project"),
        ("dataClassificationLabel", "technical.security.data_classification"),
        ("securityIncident", "technical.security.security_incidents"),
        ("securityDocument", "technical.documents.security"),
        ("configurationRole", "technical.chef_roles"),
        ("scalingBound", "technical.scalability.bound"),
        ("scalingDirection", "technical.scalability.scalable"),
        ("scalingNote", "technical.scalability.note"),
        ("provisioning", "infrastructure.provisioning"),
        ("infrastructureNote", "infrastructure.architecture"),
        ("playbook", "operations.playbooks"),
        ("errorBudget", "operations.error_budget"),
        ("maintenanceDocument", "operations.maintenance"),
        ("dashboardFolder", "observability.monitors.grafana_folder"),
        ("errorTracker", "observability.monitors.sentry_slug"),
    ],
)
def test_a_field_of_every_service_is_in_the_graph_as_it_stands(
    services: Graph, raw: list[dict[str, Any]], predicate: str, path: str
) -> None:
    for service in raw:
        value: Any = service
        for key in path.split("."):
            value = (value or {}).get(key)
        expected = [str(v).strip() for v in (value if isinstance(value, list) else [value]) if v is not None]
        if predicate == "label":
            expected = [" ".join(expected[0].split())]
        assert services.of(service["name"], predicate) == sorted(set(expected)), service["name"]


def test_no_value_of_gitlabs_files_is_lost(services: Graph, teams: Graph, services_file: Path) -> None:
    """Every text of the raw files is an object of some statement, or is said to be left out on purpose."""
    for found, file in ((services, services_file), (teams, services_file.with_name("teams.yml"))):
        said = {o.strip() for _, _, o in found.triples}
        said |= {" ".join(o.split()) for o in said} | {o.removeprefix("team:") for o in said}
        missing = {text for text in texts(as_text(file)) if text.strip() not in said}
        assert missing <= {"gcp, elastic.io"}  # two providers, split
    assert [finding.check for finding in services.statements.findings if finding.severity is Severity.NOTE] == [
        "inferred-kind",
        "left-out",
    ]


def as_text(file: Path) -> Any:
    return yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - it makes texts only


def texts(value: Any) -> set[str]:
    if isinstance(value, dict):
        value = list(value.values())
    return set().union(*map(texts, value)) if isinstance(value, list) else {value} - {"", "null", "~"}


def test_what_is_no_address_is_kept_in_words_and_told(services: Graph) -> None:
    problems = services.findings("wrong-value")
    assert len(problems) == 7
    assert all(problem.severity is Severity.WARNING for problem in problems)
    assert services.of("jaeger/facts/misfit-1", "factValue") == ["TBD"]


def test_elements_and_dependencies_know_their_lines(services: Graph, services_file: Path) -> None:
    rows = services_file.read_text().splitlines()
    for iri in services.statements.defines:
        line = rows[services.statements.lines[iri] - 1]
        assert line.strip() == f"- name: {short(iri)}"
    for iri, number in services.statements.lines.items():
        if "/dependency/" in iri and " " not in iri:
            assert rows[number - 1].partition("#")[0].split() == ["-", "service:", iri.rpartition("/")[2]]


# The sample


def test_the_sample_reads_as_recorded(root: Path) -> None:
    """Rewrite the record with: python -m tests.graph.importers.test_mapping."""
    golden = root / "tests" / "golden" / "gitlab-sample.txt"
    assert sample_record() == golden.read_text(encoding="utf-8")


def sample_record() -> str:
    said = []
    for name in ("service-catalog.yml", "teams.yml"):
        statements = importer.read(SAMPLES / name, OPTIONS)
        said += sorted(" ".join(triple).replace("\n", "\\n") for triple in graph(statements).triples)
        said += [str(finding).replace(str(SAMPLES), ".") for finding in statements.findings]
    return "\n".join(said) + "\n"


def test_reading_twice_gives_the_same_bytes() -> None:
    one, two = (importer.read(SAMPLES / "service-catalog.yml", OPTIONS) for _ in range(2))
    assert one == two


@pytest.mark.parametrize("name", ["other.yaml", "services.json"])
def test_the_same_content_under_another_name_is_likely_and_reads_the_same(tmp_path: Path, name: str) -> None:
    content = as_text(SAMPLES / "service-catalog.yml")
    path = tmp_path / name
    path.write_text(json.dumps(content) if name.endswith("json") else yaml.safe_dump(content))
    assert importer.recognises(head(path)) is Confidence.LIKELY
    assert (
        graph(importer.read(path, OPTIONS)).triples
        == graph(importer.read(SAMPLES / "service-catalog.yml", OPTIONS)).triples
    )


def test_a_file_without_the_keys_of_any_mapping_is_not_read_to_find_that_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importer, "read_start", None)
    assert importer.recognises(Head(Path("map.yaml"), "elements:\n- id: a\n")) is Confidence.NO


def test_a_file_in_another_form_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("services: {db: {image: postgres}}")
    assert importer.recognises(head(path)) is Confidence.NO
    with pytest.raises(InputError) as problem:
        importer.read(path, OPTIONS)
    assert str(problem.value) == (
        f"{path}: no mapping knows the form of this file; write a mapping for it and name it with --mapping; "
        "shipped are: GitLab's service catalogue, GitLab's list of teams, GOV.UK's list of repositories, "
        "Jaeger's dependency graph"
    )


def test_a_catalogue_that_lists_its_teams_itself_defines_them(tmp_path: Path) -> None:
    path = tmp_path / "service-catalog.yml"
    path.write_text(
        "teams: [{name: web, slack_channel: we}]\nservices: [{name: a, tier: sv, team: web, infra_owner: infra}]",
        encoding="utf-8",
    )
    found = graph(importer.read(path, OPTIONS))
    assert (found.of("a", "ownedBy"), found.of("team:web", "chatChannel")) == (["team:web"], ["we"])
    assert found.stubs == {"team:infra"}


def test_gaps_and_other_shapes_of_a_similar_catalogue_are_read_or_told(tmp_path: Path) -> None:
    path = tmp_path / "service-catalog.yml"
    path.write_text(
        dedent("""\
        services:
        - name: a
          technical: {dependencies: b, logging: /var/log/x, colour: red}
        - name: b
          tier: cdn
          teams:
          technical:
            dependencies: [redis, {service: c}, {service: }, {service: c}, [q]]
            security: {data_classification: Purple}
          business: {SLA: {overall_sla_weighting: high}}
        - name: b
        - tier: db
        -
        """)
    )
    found = graph(importer.read(path, OPTIONS))
    assert found.edges() == {("a", "b"), ("b", "redis"), ("b", "c")}
    assert (found.of("a", "type"), found.of("b", "type")) == (["Service"], ["Service"])
    in_mapping = re.compile(r"(?<=catalogue[.]yaml):\d+")  # a comment more in the mapping breaks no test
    assert [in_mapping.sub(":#", message) for message in messages(found, tmp_path)] == [
        "service-catalog.yml:5: 'cdn' is not in the table of the mapping, which knows sv, db, inf, lb, stor (mapping gitlab-service-catalogue.yaml:#); correct the value, or add it to the table",
        "service-catalog.yml:10: 'sla_weighting': 'high' is not a number; the value is kept in words (mapping gitlab-service-catalogue.yaml:#); write digits, for example '2.5'",
        "service-catalog.yml:9: 'purple' is not in the table of the mapping, which knows green, yellow, orange, red (mapping gitlab-service-catalogue.yaml:#); correct the value, or add it to the table",
        "service-catalog.yml:8: this dependency is here twice, first in line 8 (mapping gitlab-service-catalogue.yaml:#); take one out, or map a 'slot'",
        "service-catalog.yml:8: this dependency names nothing that it is on, it is left out (mapping gitlab-service-catalogue.yaml:#); name what is needed",
        "service-catalog.yml:11: 'b' is here twice, first in line 4; the first is taken (mapping gitlab-service-catalogue.yaml:#); give each its own id",
        "service-catalog.yml:12: this entry has no id, it is left out (mapping gitlab-service-catalogue.yaml:#); give it one",
        "service-catalog.yml: the kinds of 2 elements are inferred, the catalogue names only their tier: service 2 (mapping gitlab-service-catalogue.yaml:#); correct the table if it does not fit",
        "service-catalog.yml:3: no rule reads 'services[].technical.colour' (1 value, the first is here; mapping gitlab-service-catalogue.yaml); add a rule, or list the place under 'ignores'",
        "service-catalog.yml:8: no rule reads 'services[].technical.dependencies[][]' (1 value, the first is here; mapping gitlab-service-catalogue.yaml); add a rule, or list the place under 'ignores'",
        "service-catalog.yml:12: no rule reads 'services[].tier' (1 value, the first is here; mapping gitlab-service-catalogue.yaml); add a rule, or list the place under 'ignores'",
    ]


# The language


def test_maps_of_maps_nested_rules_and_references_into_other_namespaces(tmp_path: Path) -> None:
    found = by(
        """
        mapping: places
        rules:
          - each: sites.*
            id: "{@key}"
            kind: site
            name: "{title}"
            rules:
              - each: hosts.*
                id: "{^@key}.{@key}"
                kind: server
                properties:
                  location: "{^@key}"
                  owner: {value: "{team}", namespace: people, default: "nobody"}
                  host_name: "{@key}"
                  processors: "{cpu}"
                  model: "{$.defaults.model}"
        """,
        """
        defaults: {model: T1}
        sites:
          berlin:
            title: Berlin  office
            hosts:
              web1: {team: web, cpu: 4}
              web2: {cpu: many}
        """,
        tmp_path,
    )
    assert found.of("berlin", "label") == ["Berlin office"]
    assert found.of("berlin.web1", "locatedIn") == ["berlin"]
    assert found.of("berlin.web1", "ownedBy") == ["people/web"]
    assert found.of("people/web", "identifier") == ["web"]
    assert found.of("berlin.web2", "ownedBy") == ["people/nobody"]
    assert (found.line("gitlab/berlin"), found.line("gitlab/berlin.web2")) == (4, 8)
    assert messages(found, tmp_path) == [
        "source.yaml:8: 'processors': 'many' is not a number; the value is left out (mapping mapping.yaml:16); write digits, for example '2.5'"
    ]


def test_an_edge_list_makes_elements_and_dependencies_in_both_directions(tmp_path: Path) -> None:
    found = by(
        """
        mapping: calls
        rules:
          - each: "[]"
            id: "{parent}"
            kind: technical service
            repeated: same
            depends_on:
              - on: "{child}"
                kind: connects to
                slot: "{ports[]}"
                evidence: "{calls} calls"
                evidence_type: observed
              - {on: "{serves}", reverse: true, strength: required}
          - {each: "[]", id: "{child}", kind: technical service, repeated: same}
        """,
        '[{"parent": "a", "child": "b", "calls": 7, "ports": [80, 443]},\n {"parent": "a", "child": "a", "serves": "z"}]',
        tmp_path,
        name="calls.json",
    )
    assert found.count("TechnicalService") == 2
    assert found.edges() == {("a", "b"), ("a", "a"), ("z", "a")}
    edge = "a/dependency/connects-to/gitlab/b/slot/80"
    assert (found.of(edge, "evidence"), found.of(edge, "evidenceType")) == (["7 calls"], ["evidence-observed"])
    assert found.of("z/dependency/needs/gitlab/a", "strength") == ["strength-required"]
    assert found.count("Dependency") == 4
    assert messages(found, tmp_path) == []


def test_what_should_stand_in_one_row_is_told_when_it_stands_in_two_and_both_are_kept(tmp_path: Path) -> None:
    found = by(
        """
        mapping: apps
        rules:
          - {each: "[]", id: "{app}", kind: application, unique: "{repository}"}
        """,
        """
        - {app: a, repository: x}
        - {app: b, repository: x}
        - {app: c}
        - {app: d}
        """,
        tmp_path,
    )
    assert found.count("Application") == 4
    assert messages(found, tmp_path) == [
        "source.yaml:3: 'x' is here twice, first in line 2; both are kept, as 'a' and 'b' (mapping mapping.yaml:4); give each its own name"
    ]


@pytest.mark.parametrize(
    ("word", "otherwise", "kinds", "severities"),
    [
        ("Big Apps", "warn", ["Application"], []),
        ("big apps", "warn", ["Application"], [Severity.NOTE]),
        ("Big  Apps", "warn", ["Tool"], [Severity.WARNING]),
        ("BOTH", "warn", ["Tool"], [Severity.WARNING]),
        ("big apps", "skip", ["Tool"], []),
        ("big apps", "error", ["Tool"], [Severity.ERROR]),
    ],
)
def test_a_word_that_differs_in_capital_letters_alone_is_read_and_noted(
    tmp_path: Path, word: str, otherwise: str, kinds: list[str], severities: list[Severity]
) -> None:
    found = by(
        f"""
        mapping: apps
        rules:
          - each: "[]"
            id: a
            kind: {{value: "{{type}}", table: {{Big Apps: application, Both: server, both: server}}, else: {otherwise}, default: tool}}
        """,
        f"- type: {word}\n",
        tmp_path,
    )
    assert found.of("a", "type") == kinds
    assert [finding.severity for finding in found.statements.findings] == severities
    if severities == [Severity.NOTE]:
        assert messages(found, tmp_path) == [
            "source.yaml:1: 'big apps' is written 'Big Apps' in the table of the mapping and is read as that (mapping mapping.yaml:6); write it the same way everywhere"
        ]


def test_groups_of_alternatives_may_nest(tmp_path: Path) -> None:
    found = by(
        """
        mapping: pools
        rules:
          - each: apps[]
            id: "{name}"
            kind: application
            depends_on:
              - each: pools[]
                id: "{name}"
                k: "{need}"
                full: "{full}"
                mode: active
                of:
                  - {each: "hosts[]", on: "{.}", kind: runs on}
                  - {k: 50 %, of: [{each: "spare[]", on: "{.}"}]}
        """,
        """
        apps:
          - name: web
            pools:
              - {name: main, need: 2, full: 3, hosts: [h1, h2, h3], spare: [s1, s2]}
              - {name: odd, need: some, hosts: h4}
              - {name: none}
        """,
        tmp_path,
    )
    assert found.of("web/group/main", "minimumMembers") == ["2"]
    assert found.of("web/group/main", "fullServiceMembers") == ["3"]
    assert found.of("web/group/main", "groupMode") == ["mode-active"]
    assert found.of("web/dependency/runs-on/gitlab/h1/member/main", "memberOfGroup") == ["web/group/main"]
    [inner] = [s for s, p, o in found.triples if p == "memberOfGroup" and o == "web/group/main" and "/group/" in s]
    assert found.of(inner, "minimumPercent") == ["50"]
    assert found.of(f"web/dependency/needs/gitlab/s1/member/{inner.rpartition('/')[2]}", "memberOfGroup") == [inner]
    assert found.count("DependencyGroup") == 3
    assert [m for m in messages(found, tmp_path) if "'k'" in m] == [
        "source.yaml:6: 'k' is 'some', which is no count and no percentage; 1 is taken (mapping mapping.yaml:10); write how many must work: 1, or '50 %'"
    ]


@pytest.mark.parametrize(
    ("when", "ids"),
    [
        ("{value: '{kind}', equals: app}", "ac"),
        ("{value: '{kind}', in: [db, queue]}", "b"),
        ("{value: '{name}', matches: '*ain'}", "ac"),
        ("{exists: extra.x}", "b"),
        ("{not: {exists: extra}}", "acd"),
        ("[{exists: name}, {not: {value: '{name}', equals: main}}]", "c"),
        ("{any: [{exists: extra}, {value: '{tags[]}', equals: t2}]}", "bc"),
        ("{all: [{exists: name}, {exists: tags}]}", "c"),
        ("{value: '{name}', equals: '{copy}'}", "a"),
    ],
)
def test_conditions_choose_rows(tmp_path: Path, when: str, ids: str) -> None:
    found = by(
        f"mapping: m\nrules:\n  - each: rows.*\n    id: '{{@key}}'\n    kind: application\n    when: {when}\n",
        """
        rows:
          a: {kind: app, name: main, copy: main}
          b: {kind: db, extra: {x: 1}}
          c: {kind: app, name: again, tags: [t1, t2]}
          d: {kind: }
        """,
        tmp_path,
    )
    assert sorted(short(iri) for iri in found.statements.defines) == list(ids)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'{a}'", ["One / Two"]),
        ("constant", ["constant"]),
        ("'{{a}} {a}'", ["{a} One / Two"]),
        ("'{a} {missing}'", []),
        ("'{list[]}!'", ["x!", "y!", "x!"]),
        ("['{a}', '{missing}', z]", ["One / Two", "z"]),
        ("{first: ['{missing}', '{b}', '{a}']}", ["b b"]),
        ("{value: '{a}', do: [lower, slug]}", ["one-two"]),
        ("{value: '{a}', do: [{split: /}, trim]}", ["One", "Two"]),
        ("{value: '{list[]}', do: [{join: ', '}]}", ["x, y, x"]),
        ("{value: '{a}', do: [{last: ' / '}]}", ["Two"]),
        ("{value: '{a}', do: [{replace: {One: Three, ' / ': }}]}", ["ThreeTwo"]),
        ("{value: '{b}', table: {b b: [p, q]}}", ["p", "q"]),
        ("{value: '{list[]}', table: {x: 1}, else: keep}", ["1", "y", "1"]),
        ("{value: '{list[]}', table: {x: 1}, else: skip}", ["1", "1"]),
        ("{value: '{b}', table: shared, default: none}", ["none"]),
        ("{each: 'rows[]', when: {exists: on}, value: '{@index}:{n}@{@line}'}", ["1:2@7"]),
        ("{value: '{missing}', default: '{@file} {@namespace}'}", ["source.yaml gitlab"]),
    ],
)
def test_expressions_give_texts(tmp_path: Path, expression: str, expected: list[str]) -> None:
    found = by(
        f"mapping: m\ntables: {{shared: {{o: p}}}}\nrules:\n  - each: .\n    id: it\n    kind: application\n    properties:\n      tag: {expression}\n",
        """\
        a: One / Two
        b: b b
        missing: null
        list: [x, y, x]
        rows:
          - {n: 1}
          - {n: 2, on: yes}
        """,
        tmp_path,
    )
    assert Counter(found.of("it", "tag")) == Counter(dict.fromkeys(expected, 1))


def test_parts_are_written_when_the_file_says_something_of_them(tmp_path: Path) -> None:
    found = by(
        """
        mapping: m
        rules:
          - each: rows[]
            id: "{id}"
            kind: offering
            properties:
              price: {part: {amount: "{cost}", currency: EUR, per: month}}
              objectives:
                each: promises.*
                part: {id: "{@key}", metric: "{@key}", percent: "{.}"}
        """,
        "rows: [{id: a, cost: 3.50, promises: {availability: 99.9 %}}, {id: b}]",
        tmp_path,
    )
    assert (found.of("a/price", "amount"), found.of("a/price", "type")) == (["3.50"], ["Price"])
    assert found.of("a/objectives/availability", "targetPercent") == ["99.9"]
    assert found.of("b", "price") == []
    assert found.count("Price") == 1


def test_a_rule_without_a_kind_says_more_about_what_others_define(tmp_path: Path) -> None:
    found = by(
        """
        mapping: m
        rules:
          - {each: "apps[]", id: "{.}", kind: application}
          - {each: owners.*, id: "{@key}", properties: {owner: "{.}", tier: "{$.tier}"}}
        """,
        "apps: [a]\nowners: {a: t1, elsewhere: t2}\ntier: gold\n",
        tmp_path,
    )
    assert (found.of("a", "ownedBy"), found.of("elsewhere", "ownedBy")) == (["t1"], ["t2"])
    assert found.stubs == {"elsewhere", "t1", "t2"}


def test_two_voices_on_one_value_are_told_and_the_first_is_taken(tmp_path: Path) -> None:
    found = by(
        'mapping: m\nrules: [{each: "[]", id: "{id}", kind: application, repeated: same, properties: {tier: "{t}"}}]',
        "- {id: a, t: x}\n- {id: a, t: x}\n- {id: a, t: y}\n",
        tmp_path,
    )
    assert found.of("a", "tier") == ["x"]
    assert messages(found, tmp_path) == [
        "source.yaml:3: 'tier' has another value in line 1, which is taken (mapping mapping.yaml:2); correct one of them"
    ]


def test_every_document_of_a_file_is_read(tmp_path: Path) -> None:
    mapping = 'mapping: m\nrules: [{each: ., when: {value: "{kind}", equals: App}, id: "{name}", kind: application}]'
    found = by(mapping, "kind: App\nname: a\n---\nkind: App\nname: b\n---\nkind: Other\nname: c\n", tmp_path)
    assert {short(iri) for iri in found.statements.defines} == {"a", "b"}
    assert found.line("gitlab/b") == 4
    assert [finding.check for finding in found.statements.findings] == ["not-read"]


def test_what_no_rule_reads_is_listed_unless_it_is_left_out_on_purpose(tmp_path: Path) -> None:
    found = by(
        """
        mapping: m
        rules: [{each: apps.*, id: "{@key}", kind: application}]
        ignores:
          apps.*.secret: not ours to show
          apps.*.deep:
        """,
        """\
        apps:
          a: {secret: x, port: 80, "x.y": 1, none: , empty: []}
          b: {port: 81, deep: {er: [1]}}
        """,
        tmp_path,
    )
    assert messages(found, tmp_path) == [
        "source.yaml:2: 'apps.*.secret' is left out on purpose, not ours to show (1 value, the first is here; mapping mapping.yaml)",
        "source.yaml:2: no rule reads 'apps.*.port' (2 values, the first is here; mapping mapping.yaml); add a rule, or list the place under 'ignores'",
        "source.yaml:2: no rule reads 'apps.*.\"x.y\"' (1 value, the first is here; mapping mapping.yaml); add a rule, or list the place under 'ignores'",
        "source.yaml:3: 'apps.*.deep.er[]' is left out on purpose (1 value, the first is here; mapping mapping.yaml)",
    ]


def test_namespaces_come_from_the_mapping_the_rule_and_the_row(tmp_path: Path) -> None:
    found = by(
        """
        mapping: m
        namespace: "{$.org}"
        rules:
          - {each: "apps[]", id: "{.}", kind: application}
          - each: sites[]
            id: "{name}"
            kind: site
            namespace: "{country}"
            rules: [{each: "hosts[]", id: "{.}", kind: server, properties: {location: "{^name}"}}]
        """,
        "org: acme\napps: [a]\nsites: [{name: b, country: de, hosts: [h]}, {name: c}]\n",
        tmp_path,
    )
    assert {short(iri) for iri in found.statements.defines} == {
        "acme/a",
        "de/b",
        "de/h",
        "acme/c",
    }
    assert found.of("de/h", "locatedIn") == ["de/b"]


@pytest.mark.parametrize(
    ("rule", "source", "message"),
    [
        ("kind: {value: '{k}', table: {db: database, vm: server}}, properties: {serial_number: '{s}'}", "{id: a, k: db, s: 7}", "source.yaml:1: 'database' has no property 'serial_number', its value is left out (mapping mapping.yaml:2); map it to another property"),
        ("kind: {value: '{k}', table: {db: database}, else: error}", "{id: a, k: x}", "source.yaml:1: 'x' is not in the table of the mapping, which knows db (mapping mapping.yaml:2); correct the value, or add it to the table"),
        ("kind: '{k}'", "{id: a, k: x}", "source.yaml:1: 'a' has the unknown kind 'x', it is left out (mapping mapping.yaml:2); add the kind to the table, or give a 'default'"),
        ("kind: '{k}'", "{id: a, k: }", "source.yaml:1: 'a' has no kind, it is left out (mapping mapping.yaml:2); add the kind to the table, or give a 'default'"),
        ("kind: application, properties: {tier: '{t[]}'}", "{id: a, t: [x, y]}", "source.yaml:1: 'tier' takes one value, here are 2; the first is taken (mapping mapping.yaml:2); make the mapping find one"),
        ("kind: application, name: '{t[]}'", "{id: a, t: [x, y]}", "source.yaml:1: one value is wanted here, the mapping finds 2; 'x' is taken (mapping mapping.yaml:2); make the path go to one value"),
        ("kind: application, properties: {tag: '{id} {t[]}'}", "{id: a, t: [x, y]}", "source.yaml:1: 't[]' has 2 values between other text; the first is taken (mapping mapping.yaml:2); use 'each' to go through them"),
        ("kind: application, depends_on: [{on: b, kind: '{k}'}]", "{id: a, k: neds}", "source.yaml:1: unknown kind of dependency 'neds', it is left out (mapping mapping.yaml:2); map it to one of needs,"),
        ("kind: application, depends_on: [{on: b, strength: '{s[]}', each: '.'}, {on: b}]", "{id: a, s: required}", "source.yaml:1: this dependency is here twice, first in line 1; the first is taken (mapping mapping.yaml:2); take one out, or map a 'slot'"),
        ("kind: application, depends_on: [{id: g, of: [{on: b}]}, {id: g, of: [{on: c}]}]", "{id: a}", "source.yaml:1: the group 'g' is here twice, first in line 1; the first is taken (mapping mapping.yaml:2); give each group its own 'id'"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_with_both_places(tmp_path: Path, rule: str, source: str, message: str) -> None:
    found = by(f"mapping: m\nrules: [{{each: ., id: '{{id}}', {rule}}}]", source, tmp_path)
    assert messages(found, tmp_path)[0].startswith(message)


@pytest.mark.parametrize(
    ("limit", "message"), [("MAX_ROWS", "finds more than 3 rows"), ("MAX_EDGES", "finds more than 3 dependencies")]
)
def test_rows_and_dependencies_have_limits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, message: str
) -> None:
    monkeypatch.setattr(importer, limit, 3)
    with pytest.raises(InputError, match=message):
        by(
            'mapping: m\nrules: [{each: "[]", id: "{.}", kind: application, depends_on: [{on: x}]}]',
            "[a, b, c, d]",
            tmp_path,
        )


def test_an_id_without_end_is_left_out(tmp_path: Path) -> None:
    mapping = 'mapping: m\nrules: [{each: "[]", id: "{.}", kind: application, depends_on: [{on: "{.}{.}"}]}]'
    found = by(mapping, f"[{'a' * 501}, {'b' * 300}]", tmp_path)
    assert found.statements.defines == {f"{BASE}gitlab/{'b' * 300}"}
    assert [finding.check for finding in found.statements.findings] == ["no-id", "no-provider"]


def test_a_mapping_that_finds_nothing_says_so(tmp_path: Path) -> None:
    found = by('mapping: m\nrules: [{each: "apps[]", id: x, kind: application}]', "other:\n", tmp_path)
    assert messages(found, tmp_path) == [
        "source.yaml: no rule of the mapping finds a row in this file (mapping mapping.yaml); check 'each' in its rules"
    ]


def test_many_findings_of_a_kind_are_counted_not_listed(tmp_path: Path) -> None:
    found = by(
        'mapping: m\nrules: [{each: "[]", id: a, kind: application}]', "- x\n" * 300, tmp_path
    )  # fmt: skip
    assert len(found.findings("duplicate-id")) == 201
    assert messages(found, tmp_path)[-1] == (
        "source.yaml: 99 more findings of the kind 'duplicate-id' are not listed; mend those that are listed first"
    )


def test_a_mapping_with_too_much_work_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph.importers.mapping.MAX_STEPS", 100_000)
    with pytest.raises(InputError) as problem:
        by(
            'mapping: m\nrules: [{each: "[]", id: "{@index}", kind: application, properties: {tag: "{$[]}"}}]',
            "- x\n" * 1000,
            tmp_path,
        )
    assert str(problem.value).replace(f"{tmp_path}/", "") == (
        "source.yaml: the mapping takes more than 100,000 steps through the file (mapping mapping.yaml); make its paths narrower"
    )


def test_a_mapping_that_somebody_names_goes_first(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(
        'mapping: own\nrecognises: {all: ["apps[].id"]}\nrules: [{each: "apps[]", id: "{id}", kind: application}]'
    )
    own = importer_for(load_mapping(path))
    assert own.NAME == "mapping own"
    assert own.recognises(Head(Path("x.yaml"), "apps:\n- id: a\n")) is Confidence.CERTAIN
    assert own.recognises(Head(Path("x.yaml"), "apps:\n- name: a\n")) is Confidence.NO
    assert own.recognises(Head(Path("x.txt"), "apps:\n- id: a\n")) is Confidence.NO


# Mistakes in mappings

GOOD = "mapping: m\nrules:\n  - each: rows[]\n    id: '{id}'\n    kind: application\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "m.yaml:1: a mapping is one map; start with 'mapping: a-name' and 'rules:'"),
        ("- a", "m.yaml:1: a mapping is one map; start with 'mapping: a-name' and 'rules:'"),
        ("a: [b\n", "m.yaml:2: this is not valid YAML: while parsing a flow sequence that starts in line 1, did not find expected ',' or ']'; close the bracket or brace, and put commas between the items"),
        ("rules: []", "m.yaml:1: the mapping has no 'mapping'; add 'mapping:' with a text"),
        ("mapping: m", "m.yaml:1: the mapping has no 'rules'; add 'rules:' with at least one rule"),
        ("mapping: m\nrules: []", "m.yaml:2: 'rules' is empty; add at least one rule"),
        ("mapping: m\nrules: {}", "m.yaml:2: 'rules' must be a list; write its items with '- ', one a line"),
        ("mapping: m\nruels: []", "m.yaml:2: unknown key 'ruels' in a mapping; did you mean 'rules'?"),
        ("mapping: m\nrules: [x]", "m.yaml:2: a rule must be a map; write 'key: value' lines, indented below it"),
        ("mapping: m\nrules:\n  - id: a", "m.yaml:3: the rule has no 'each'; add 'each:', for example each: services[]"),
        ("mapping: m\nrules:\n  - each: a", "m.yaml:3: the rule has no 'id'; add 'id:', for example id: '{name}'"),
        (GOOD.replace("application", "aplication"), "m.yaml:5: unknown kind 'aplication'; did you mean 'application'?"),
        (GOOD + "    proprties: {}", "m.yaml:6: unknown key 'proprties' in a rule; did you mean 'properties'?"),
        (GOOD + "    properties:\n      teir: x", "m.yaml:7: unknown property 'teir' of 'application'; did you mean 'tier'?"),
        (GOOD + "    properties:\n      lifecycle: in servce", "m.yaml:7: 'lifecycle' cannot be 'in servce'; did you mean 'in service'?"),
        (GOOD + "    properties:\n      lifecycle: {value: '{x}', table: {a: in service, b: gone}}", "m.yaml:7: 'lifecycle' cannot be 'gone'; write one of planned, in service, retiring, retired"),
        (GOOD + "    properties:\n      lifecycle: [planned, old]", "m.yaml:7: 'lifecycle' cannot be 'old'; write one of planned, in service, retiring, retired"),
        (GOOD + "    properties:\n      placement: {part: {target: private}}", "m.yaml:7: 'target' cannot be 'private'; it is called 'private cloud' now"),
        (GOOD.replace("application", "activity") + "    properties:\n      belongs_to_process: x", "m.yaml:7: unknown property 'belongs_to_process' of 'activity'; it is called 'done_in_process' now"),
        (GOOD + "    properties:\n      log: {part: {nmae: x}}", "m.yaml:7: unknown property 'nmae' of 'link'; did you mean 'name'?"),
        (GOOD + "    properties:\n      tier: {part: {name: x}}", "m.yaml:7: 'part' is only for properties that have parts; use 'value' here"),
        (GOOD + "    properties:\n      tier: {valeu: x}", "m.yaml:7: unknown key 'valeu' in a value; did you mean 'value'?"),
        (GOOD + "    properties:\n      tier: {do: [trim]}", "m.yaml:7: a value needs one of value, first, all and part; here is none; write one of them"),
        (GOOD + "    properties:\n      tier: {value: x, first: [y]}", "m.yaml:7: a value needs one of value, first, all and part; here is 'value' and 'first'; write one of them"),
        (GOOD + "    properties:\n      tier: {value: x, do: [uper]}", "m.yaml:7: unknown function 'uper'; known are lower, trim, slug, split, join, last, replace"),
        (GOOD + "    properties:\n      tier: {value: x, do: [split]}", "m.yaml:7: the function 'split' is not written like this; write '- split: ', ''"),
        (GOOD + "    properties:\n      tier: {value: x, do: [{replace: a}]}", "m.yaml:7: the function 'replace' is not written like this; write '- replace: {old text: new text}'"),
        (GOOD + "    properties:\n      tier: {value: x, else: wran, table: {}}", "m.yaml:7: 'else' cannot be 'wran'; did you mean 'warn'?"),
        (GOOD + "    properties:\n      tier: {value: x, table: tiers}", "m.yaml:7: there is no table 'tiers'; define it under 'tables:' or write it here"),
        (GOOD + "    properties:\n      tier: '{a'", "m.yaml:7: '{a' has a brace that is not closed; add '}', or write '{{' for a brace"),
        (GOOD + "    properties:\n      tier: 'a}'", "m.yaml:7: 'a}' has a brace that was not opened; write '}}' for a brace"),
        (GOOD + "    properties:\n      tier: '{}'", "m.yaml:7: the path is empty; write '.' for the row itself"),
        (GOOD + "    properties:\n      tier: '" + "a" * 2001 + "'", "m.yaml:7: the text is longer than 2,000 characters; make it shorter"),
        (GOOD + "    when: {value: '{x}', is: y}", "m.yaml:6: unknown key 'is' in a condition; known are value, equals, in, matches, exists, not, any, all"),
        (GOOD + "    when: {value: '{x}'}", "m.yaml:6: a condition asks one thing; write one of equals, in, matches, exists, not, any, all"),
        (GOOD + "    when: {equals: y}", "m.yaml:6: the condition 'equals' has no 'value'; add for example value: '{name}'"),
        (GOOD + "    when: {value: '{x}', equals: }", "m.yaml:6: what is compared with must be a text; write a text; for a missing value use 'not: {exists: ...}'"),
        (GOOD + "    when: {exists: 'a..b'}", "m.yaml:6: the path 'a..b' cannot be read at '.b'; write keys with dots between them, '[]' for items, '*' for all keys, and other signs in quotes"),
        (GOOD + "    depends_on: [{kind: needs}]", "m.yaml:6: the dependency rule has no 'on'; add 'on:' with the id of what is needed, or 'of:'"),
        (GOOD + "    depends_on: [{on: a, kind: neds}]", "m.yaml:6: unknown kind of dependency 'neds'; did you mean 'needs'?"),
        (GOOD + "    depends_on: [{on: a, strength: requried}]", "m.yaml:6: 'strength' cannot be 'requried'; did you mean 'required'?"),
        (GOOD + "    depends_on: [{on: a, strenght: required}]", "m.yaml:6: unknown key 'strenght' in a dependency rule; did you mean 'strength'?"),
        (GOOD + "    depends_on: [{on: a, reverse: yes}]", "m.yaml:6: 'reverse' must be true or false; write 'reverse: true' or leave it out"),
        (GOOD + "    depends_on: [{of: [{on: a}], reverse: true}]", "m.yaml:6: unknown key 'reverse' in a group; known are each, when, namespace, of, k, id, strength, full, weight, mode, switchover, coverage, common_cause"),
        (GOOD + "    repeated: often", "m.yaml:6: 'repeated' cannot be 'often'; write one of warn, same"),
        (GOOD + "misfits: tier", "m.yaml:6: 'tier' cannot keep misfits; name a property whose parts have a name and a value"),
        (GOOD + "recognises: {file: [a]}", "m.yaml:6: unknown key 'file' in 'recognises'; did you mean 'files'?"),
        ("mapping: m\nrules: " + "[{each: a, id: b, rules: " * 11 + "[]" + "}]" * 11, "m.yaml:2: rules are nested deeper than 10 levels; use longer paths in 'each'"),
    ],
)  # fmt: skip
def test_a_broken_mapping_gives_one_clear_line(text: str, message: str) -> None:
    with pytest.raises(InputError) as problem:
        load_mapping(Path("m.yaml"), text=text.encode())
    assert str(problem.value) == message


def test_the_shipped_mappings_are_sound() -> None:
    assert [mapping.name for mapping in shipped_mappings()] == [
        "gitlab-service-catalogue",
        "gitlab-teams",
        "govuk-repositories",
        "jaeger-dependencies",
    ]


if __name__ == "__main__":
    (Path(__file__).parents[2] / "golden" / "gitlab-sample.txt").write_text(sample_record(), encoding="utf-8")


@pytest.mark.parametrize(
    "do", ["{replace: {a: aa}}, " * 40, "{split: x}, {join: a}, " + "{replace: {a: aaaaaaaaaa}}, " * 8]
)
def test_functions_do_not_grow_a_text_without_end(tmp_path: Path, do: str) -> None:
    mapping = f'mapping: m\nrules: [{{each: "[]", id: {{value: "{{.}}", do: [{do}]}}, kind: application}}]'
    with pytest.raises(InputError, match=r"a text grows over 1,000,000 characters \(mapping .*mapping.yaml\)"):
        by(mapping, "[aaa]", tmp_path)


def test_rows_times_rows_make_no_more_dependencies_than_the_file_can_name(tmp_path: Path) -> None:
    mapping = 'mapping: m\nrules: [{each: "[]", id: "{.}", kind: application, depends_on: [{each: "$[]", on: "{.}"}]}]'
    names = ", ".join(f"a{n}" for n in range(300))
    with pytest.raises(InputError, match=r"the mapping finds more than 10,\d{3} dependencies"):
        by(mapping, f"[{names}]", tmp_path)
