"""How is a made map written as N-Triples? Statement for statement as the importer of map files writes it."""

from __future__ import annotations

from typing import BinaryIO

from bench.generator.arrays import BS, ENVIRONMENTS, KINDS, LEVELS, REGIONS, STATES, STRENGTHS, Generated
from bench.generator.rows import CHUNK, NAMESPACE, Need, Row, Surroundings, elements, kind_of, label_of
from graph.ntriples import element_iri
from ontology import terms as t
from ontology.vocabulary import vocabulary

__all__ = ["write_triples"]

BASE = "https://w3id.org/servicemap/id/"


def write_triples(made: Generated, file: BinaryIO) -> int:
    """Write a map as N-Triples, as the importers write it; return how many statements there are. Needs little memory.

    >>> import io
    >>> write_triples(generate(1_000), io.BytesIO()) > 30_000
    True
    """
    pen = _Triples(made, file)
    for element in elements(made):
        pen.element(*element)
    pen.around(Surroundings(made))
    return pen.finish()


class _Triples:
    """Writes statements; one method for each sort of thing."""

    def __init__(self, made: Generated, file: BinaryIO) -> None:
        words = vocabulary()
        self.file, self.names, self.k = (
            file,
            made.names(),
            dict(zip(made.groups.tolist(), made.k.tolist(), strict=True)),
        )
        self.home = element_iri(BASE, NAMESPACE, "")
        self.classes = {cls.key: cls.iri for cls in words.classes.values() if cls.key}
        self.kinds = [
            (word.replace(" ", "-"), kind.iri) for word in KINDS for kind in words.kinds.values() if kind.key == word
        ]
        self.codes = {(scheme, code.key): code.iri for scheme in words.classes for code in words.codes_of(scheme)}
        self.states = [self.codes[t.LIFECYCLE_CODE, word] for word in STATES]
        self.levels = [self.codes[t.CRITICALITY_CODE, word] for word in LEVELS]
        self.strengths = [self.codes.get((t.STRENGTH_CODE, word), "") for word in STRENGTHS]
        self.pieces: list[str] = []
        self.count = 0

    def finish(self) -> int:
        text = "".join(self.pieces)
        self.pieces.clear()
        self.count += text.count("\n")
        self.file.write(text.encode("ascii"))
        return self.count

    def defined(self, name: str, kind: str, label: str) -> str:
        """Say what a thing is; return its address."""
        if len(self.pieces) > CHUNK:
            self.finish()
        iri = self.home + name
        self.pieces.append(
            f"<{iri}> <{t.RDF_TYPE}> <{self.classes[kind]}> .\n"
            f'<{iri}> <{t.DCTERMS_IDENTIFIER}> "{name}" .\n'
            f'<{iri}> <{t.RDFS_LABEL}> "{label}" .\n'
        )
        return iri

    def element(self, element: int, row: Row, needs: list[Need]) -> None:
        layer, number, word, team, environment, state, level, cents, region, role = row
        iri = self.defined(self.names[element], kind_of(layer, number), label_of(layer, number, word))
        self.pieces.append(
            f"<{iri}> <{t.OWNED_BY}> <{self.home}team-{team}> .\n"
            f"<{iri}> <{t.IN_ENVIRONMENT}> <{self.home}{ENVIRONMENTS[environment]}> .\n"
            f"<{iri}> <{t.LIFECYCLE}> <{self.states[state]}> .\n"
            f"<{iri}> <{t.CRITICALITY}> <{self.levels[level]}> .\n"
            f"<{iri}> <{t.MONTHLY_COST}> <{iri}/monthly_cost> .\n"
            f"<{iri}/monthly_cost> <{t.RDF_TYPE}> <{t.MONETARY_AMOUNT}> .\n"
            f'<{iri}/monthly_cost> <{t.AMOUNT}> "{cents / 100:.2f}"^^<{t.XSD_DECIMAL}> .\n'
            f'<{iri}/monthly_cost> <{t.CURRENCY}> "EUR" .\n'
            f'<{iri}> <{t.TAG}> "{REGIONS[region]}" .\n'
        )
        if layer == BS:
            self.accountable(iri, role)
        group = self.group(iri, self.k[element]) if element in self.k else ""
        for need in needs:
            self.dependency(iri, need, group)

    def group(self, iri: str, k: int) -> str:
        group = f"{iri}/group/members"
        self.pieces.append(
            f"<{group}> <{t.RDF_TYPE}> <{t.DEPENDENCY_GROUP}> .\n"
            f"<{group}> <{t.DEPENDENT}> <{iri}> .\n"
            f'<{group}> <{t.MINIMUM_MEMBERS}> "{k}"^^<{t.XSD_INTEGER}> .\n'
        )
        return group

    def dependency(self, iri: str, need: Need, group: str = "") -> None:
        provider, kind, strength, at_start, week, tolerance = need
        name, (key, kind_iri) = self.names[provider], self.kinds[kind]
        at = f"<{iri}/dependency/{key}/{NAMESPACE}/{name}{'/member/members' if group else ''}>"
        text = (
            f"{at} <{t.RDF_TYPE}> <{t.DEPENDENCY}> .\n"
            f"{at} <{t.DEPENDENT}> <{iri}> .\n"
            f"{at} <{t.PROVIDER}> <{self.home}{name}> .\n"
            f"{at} <{t.KIND}> <{kind_iri}> .\n"
        )
        if group:
            text += f"{at} <{t.MEMBER_OF_GROUP}> <{group}> .\n"
        if strength:
            text += f"{at} <{t.STRENGTH}> <{self.strengths[strength]}> .\n"
        if at_start:
            text += f"{at} <{t.PHASE}> <{t.PHASE_START}> .\n"
        if tolerance:
            text += f'{at} <{t.TOLERANCE_MINUTES}> "{tolerance}"^^<{t.XSD_DECIMAL}> .\n'
        if week:
            text += f'{at} <{t.EVIDENCE}> "traces of week {week}" .\n'
            text += f"{at} <{t.EVIDENCE_TYPE}> <{t.EVIDENCE_OBSERVED}> .\n"
        self.pieces.append(text)

    def accountable(self, iri: str, role: int) -> None:
        self.pieces.append(
            f"<{iri}> <{t.RACI}> <{iri}/raci> .\n"
            f"<{iri}/raci> <{t.RDF_TYPE}> <{t.RACI_ASSIGNMENT}> .\n"
            f"<{iri}/raci> <{t.DUTY}> <{t.DUTY_ACCOUNTABLE}> .\n"
            f"<{iri}/raci> <{t.ASSIGNED_TO}> <{self.home}role-{role}> .\n"
        )

    def around(self, around: Surroundings) -> None:
        count = around.count
        for word in ENVIRONMENTS:
            iri = self.defined(word, "environment", word.capitalize())
            self.pieces.append(f"<{iri}> <{t.ENVIRONMENT_TYPE}> <{self.codes[t.ENVIRONMENT_TYPE_CODE, word]}> .\n")
        for kind, many in (("team", count.teams), ("customer", count.roles)):
            for number in range(many):
                self.defined(f"{kind}-{number}", kind, f"{kind.capitalize()} {number}")
        for number in range(count.roles):
            iri = self.defined(f"role-{number}", "role", f"Role {number}")
            self.pieces.append(
                f"<{iri}> <{t.HOLDING}> <{iri}/held_by> .\n"
                f"<{iri}/held_by> <{t.RDF_TYPE}> <{t.ROLE_HOLDING}> .\n"
                f"<{iri}/held_by> <{t.HOLDER}> <{self.home}team-{number}> .\n"
            )
        for number, needed in enumerate(around.needs):
            self.process(number, needed, around)
        for number, covered in enumerate(around.covers):
            self.agreement(number, covered, around)

    def process(self, number: int, needed: list[str], around: Surroundings) -> None:
        iri = self.defined(f"process-{number}", "process", f"Process {number}")
        self.pieces.append(f"<{iri}> <{t.OWNED_BY}> <{self.home}team-{number}> .\n")
        self.accountable(iri, number % around.count.roles)
        for name in needed:
            at = f"<{iri}/dependency/needs/{NAMESPACE}/{name}>"
            self.pieces.append(
                f"{at} <{t.RDF_TYPE}> <{t.DEPENDENCY}> .\n"
                f"{at} <{t.DEPENDENT}> <{iri}> .\n"
                f"{at} <{t.PROVIDER}> <{self.home}{name}> .\n"
                f"{at} <{t.KIND}> <{t.KIND_NEEDS}> .\n"
            )

    def agreement(self, number: int, covered: list[str], around: Surroundings) -> None:
        iri = self.defined(f"agreement-{number}", "agreement", f"Agreement {number}")
        word, customer, provider = around.parties(number)
        percent, minutes = around.promise(number)
        first, second = f"<{iri}/objectives/1>", f"<{iri}/objectives/2>"
        self.pieces.append(
            f"<{iri}> <{t.AGREEMENT_TYPE}> <{self.codes[t.AGREEMENT_TYPE_CODE, word]}> .\n"
            f"<{iri}> <{t.AGREED_FOR}> <{self.home}{customer}> .\n"
            f"<{iri}> <{t.AGREED_BY}> <{self.home}{provider}> .\n"
            f"<{iri}> <{t.HAS_OBJECTIVE}> {first} .\n"
            f"{first} <{t.RDF_TYPE}> <{t.SERVICE_LEVEL_OBJECTIVE}> .\n"
            f"{first} <{t.METRIC}> <{t.METRIC_AVAILABILITY}> .\n"
            f'{first} <{t.TARGET_PERCENT}> "{percent}"^^<{t.XSD_DECIMAL}> .\n'
            f"{first} <{t.PERIOD}> <{t.PERIOD_MONTH}> .\n"
            f"<{iri}> <{t.HAS_OBJECTIVE}> {second} .\n"
            f"{second} <{t.RDF_TYPE}> <{t.SERVICE_LEVEL_OBJECTIVE}> .\n"
            f"{second} <{t.METRIC}> <{t.METRIC_RESTORE_TIME}> .\n"
            f'{second} <{t.TARGET_MINUTES}> "{minutes}"^^<{t.XSD_DECIMAL}> .\n'
        )
        self.pieces += [f"<{iri}> <{t.COVERS}> <{self.home}{name}> .\n" for name in covered]
