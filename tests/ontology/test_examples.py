"""Is the example that stands beside a word right, and does it use the word?"""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.model import Severity
from tests.ontology.examples import examples, opened, words_of_examples


@pytest.mark.parametrize("word", examples(), ids=lambda iri: iri.rpartition("#")[2])
def test_an_example_is_a_map_that_uses_its_word_and_has_no_error(word: str, tmp_path: Path) -> None:
    made = opened(examples()[word], tmp_path)

    assert word in words_of_examples()
    findings = (*made.findings, *made.validate())
    assert [str(finding) for finding in findings if finding.severity is Severity.ERROR] == []


def test_a_word_in_a_module_may_bring_its_example(tmp_path: Path) -> None:
    (tmp_path / "own.ttl").write_text(
        '<urn:word> <http://www.w3.org/2004/02/skos/core#example> "elements: []" .', encoding="utf-8"
    )

    assert examples(tmp_path) == {"urn:word": "elements: []"}
    assert examples()
