"""A verdict as Markdown: short, safe to show, and the same every time."""

import re

from graph.reports import _verdict, markdown
from tests.graph.gate.cases import PLAN
from tests.graph.gate.cases import judged as told
from tests.graph.planned import HIDDEN

GOLDEN = """\
<!-- servicemap gate -->
### Service map: fails: 2 reasons, 4 warnings

From main \\(1a2b3c4\\) to side \\(5d6e7f8\\): 1 dependency changed.

**Why it fails**

- If VM 1 fails, it alone takes down Shop. Give it an alternative, or agree on the risk. (`PLACE:42`, rule `single-point`)
- If VM 2 fails, it alone takes down Shop. Give it an alternative, or agree on the risk. (`PLACE:43`, rule `single-point`)

**Warnings**

- Shop SLA has ended on 2026-01-31. Renew it, or say what holds now. (`PLACE:8`, rule `agreement-expired`)
- Shop is degraded when the plan is carried out. Tell those who use it, and agree on a window. (`PLACE:20`, rule `plan-hits`)
- Blog may be degraded when the plan is carried out. Tell those who use it, and agree on a window. (`PLACE:27`, rule `plan-hits`)
- The plan touches what is not on the map, so nobody knows what rests on it: aws\\_lb.front: deleted. Record the address as 'external\\_id' of an element. (rule `plan-unmapped`)

**What the plan does**

- Cache: aws\\_instance.cache: changed in place, it may restart \\(found by name\\)
- Orders database: aws\\_db\\_instance.orders: replaced \\(found by recorded address\\)

**What breaks:** 3 elements, among them 2 business services.

| name | what it is | state | because it rests on |
| --- | --- | --- | --- |
| Shop | business service | degraded | web ← Orders database |
| Blog | business service | may be degraded | Cache |
| web | application | degraded | Orders database |

**Who must agree**

- Ann must approve (accountable for Blog; accountable for Shop)
- To be told: Web team
- Gap: nobody is accountable for Cache, Orders database, web

**What is assumed**

- 1 of 3 dependencies that rest on it state no strength; they are taken as required
- found in the plan by name alone, not by a recorded address: Cache

**What is not known**

- not on the map: aws\\_lb.front: deleted
- whether Blog is hit at all
"""


def test_the_comment_says_what_a_stranger_needs(tmp_path):
    text = markdown.write(told(tmp_path, ("k: 1", "k: 2"), plan=PLAN))
    assert re.sub(r"`[^`]*map\.yaml:", "`PLACE:", text) == GOLDEN


def test_a_change_of_nothing_is_three_lines(tmp_path):
    assert markdown.write(told(tmp_path)) == (
        "<!-- servicemap gate -->\n### Service map: passes\n\n"
        "From main \\(1a2b3c4\\) to side \\(5d6e7f8\\): nothing on the map is different.\n\n"
        "**What breaks:** nothing that is known.\n"
    )


EVIL = "<img src=x> [a](https://x.example) | @team `x` **b** www.x.example /merge --> #1"


def test_a_name_stays_text(tmp_path):
    text = markdown.write(told(tmp_path, ("name: Shop\n", f"name: '{EVIL}'\n"), ("k: 1", "k: 2"), plan=PLAN))
    shown = text.replace(_verdict.MARK, "")
    for never in ("<img", "](http", "@team", "://", "www.", "-->", "**b**", " | @"):
        assert never not in shown
    assert all(not line.startswith("/") for line in text.splitlines())
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {5}


def test_a_comment_is_never_too_long_for_a_pull_request(tmp_path):
    many = "".join(
        f"  - {{id: s{n}, kind: business service, name: {'S' * 300}{n}, criticality: high, depends_on: [web]}}\n"
        for n in range(200)
    )
    found = told(tmp_path, ("  - {id: cache,", many + "  - {id: cache,"), ("k: 1", "k: 2"), plan=PLAN)
    text = markdown.write(found)
    assert len(text) < 65_000
    assert "more, in the JSON" in text


def test_a_page_that_is_still_too_long_is_cut_after_a_line_and_says_so(tmp_path, monkeypatch):
    whole = markdown.write(told(tmp_path, ("k: 1", "k: 2"), plan=PLAN))
    monkeypatch.setattr(_verdict, "_MOST_SIGNS", 500)
    text = markdown.write(told(tmp_path, ("k: 1", "k: 2"), plan=PLAN))
    kept, _, rest = text.partition("\n\n**Cut here:** the rest is in the JSON.\n")
    assert rest == ""
    assert whole.startswith(kept + "\n")
    assert len(kept) <= 500


def test_a_verdict_is_written_twice_the_same_and_without_values_of_the_plan(tmp_path):
    found = told(tmp_path, ("k: 1", "k: 2"), plan=PLAN)
    assert markdown.write(found) == markdown.write(found)
    assert HIDDEN not in markdown.write(found)
