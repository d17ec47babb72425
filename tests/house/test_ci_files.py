"""Do the CI files of the documents work as they stand? Their very steps run on a repository with three branches.

Left out is only the installation; the comment goes to a server of this machine that keeps comments as the platform
does.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import yaml

from tests.app.test_gate import repository
from tests.graph.planned import HIDDEN, resource, write_plan
from tests.house.ready import Ready

KEY_OF_THIS_TEST = "only-for-this-test"
BRANCHES = [("passes", 0, "passes"), ("warns", 0, "passes with 1 warning"), ("fails", 1, "fails: 2 reasons")]


@pytest.fixture
def platform():
    """Comments of a pull or merge request, kept as the two platforms keep them."""

    class Platform(BaseHTTPRequestHandler):
        def answer(self, found):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(found).encode())

        def body(self):
            return json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"]

        def do_GET(self):
            assert KEY_OF_THIS_TEST in (self.headers["Authorization"] or "") + (self.headers["PRIVATE-TOKEN"] or "")
            if self.path.endswith("/user"):
                self.answer({"id": 7})
                return
            page = int(re.search(r"[?&]page=(\d+)", self.path)[1])
            self.answer(self.comments[(page - 1) * 100 : page * 100])

        def do_POST(self):
            self.asked.append(("POST", self.path))
            made = {"id": len(self.comments), "body": self.body()}
            self.comments.append(made | {"user": {"login": "github-actions[bot]"}, "author": {"id": 7}})
            self.answer(made)

        def change(self):
            self.asked.append((self.command, self.path))
            self.comments[int(self.path.rpartition("/")[2])]["body"] = self.body()
            self.answer({})

        do_PATCH = do_PUT = change

        def log_message(self, *_):
            pass

    Platform.comments = [
        {
            "id": n,
            "body": "<!-- servicemap gate --> a mark that somebody else has typed",
            "user": {"login": "eve"},
            "author": {"id": 9},
        }
        for n in range(100)
    ]
    Platform.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Platform)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Platform, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    """The program, as the documents are tried with it."""
    program = Ready(tmp_path_factory.mktemp("ready"), os.environ)
    yield program.script
    program.close()


@pytest.fixture
def checkout(ready, tmp_path):
    git = repository(tmp_path / "checkout")
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, program in (("servicemap", ready), ("python", sys.executable)):
        file = programs / name
        file.write_text(f'#!/bin/sh\nexec "{program}" "$@"\n')
        file.chmod(0o755)
    git.environment |= {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "HOME": str(tmp_path)}
    return git


def shell(words, text, folder, environment):
    done = subprocess.run([*words, text], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


class GitHub:
    """Runs the steps of the workflow as GitHub does: each in a shell of its own, with ``bash -e``."""

    def __init__(self, root, git, url):
        self.git, self.url = git, url
        self.workflow = yaml.safe_load((root / "docs" / "ci" / "github-actions.yml").read_text(encoding="utf-8"))
        (self.job,) = self.workflow["jobs"].values()

    def run(self, branch, folder):
        temp = folder / branch
        temp.mkdir(exist_ok=True)
        facts = {
            "github.event.pull_request.base.sha": self.git("rev-parse", "main"),
            "github.event.pull_request.head.sha": self.git("rev-parse", branch),
            "github.event.pull_request.number": "12",
            "github.token": KEY_OF_THIS_TEST,
        }
        output, summary = temp / "output", temp / "summary"
        common = self.git.environment | {
            "GITHUB_WORKSPACE": str(self.git.folder), "RUNNER_TEMP": str(temp), "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(summary), "GITHUB_API_URL": self.url, "GITHUB_REPOSITORY": "acme/shop",
        }  # fmt: skip
        self.git("checkout", "--quiet", branch)
        code, said = 0, ""
        for step in self.job["steps"]:
            if "run" not in step or step["name"] == "Install servicemap":
                continue
            told = {**self.job["env"], **step.get("env", {})}
            if output.is_file():
                facts = facts | {
                    f"steps.gate.outputs.{k}": v
                    for k, v in (line.split("=", 1) for line in output.read_text().splitlines())
                }
            own = {
                key: re.sub(r"\$\{\{ (.+?) \}\}", lambda m, facts=facts: facts[m[1]], value)
                for key, value in told.items()
            }
            code, more = shell(["bash", "-e", "-c"], step["run"], self.git.folder, common | own)
            said += more
            if code:
                assert step["name"] == "Verdict", said
        return code, said, (temp / "gate" / "gate.md").read_text(), summary.read_text()


class GitLab:
    """Runs the script of the job as GitLab does: in one shell that stops at the first failure."""

    def __init__(self, root, git, url):
        self.git, self.url = git, url
        told = yaml.safe_load((root / "docs" / "ci" / "gitlab-ci.yml").read_text(encoding="utf-8"))
        (self.job,) = told.values()

    def run(self, branch, folder):
        self.git("checkout", "--quiet", branch)
        environment = self.git.environment | self.job["variables"] | {
            "CI_PROJECT_DIR": str(self.git.folder), "CI_PROJECT_ID": "5", "CI_MERGE_REQUEST_IID": "12",
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": self.git("merge-base", "main", branch), "CI_API_V4_URL": self.url,
            "CI_COMMIT_SHA": self.git("rev-parse", branch), "SERVICEMAP_TOKEN": KEY_OF_THIS_TEST, "GIT_CONFIG_GLOBAL": str(folder / "gitconfig"),
        }  # fmt: skip
        lines = [line for line in [*self.job["before_script"], *self.job["script"]] if "pip install" not in line]
        code, said = shell(["bash", "-c"], "\n".join(["set -eo pipefail", *lines]), self.git.folder, environment)
        text = (self.git.folder / "gate" / "gate.md").read_text()
        return code, said, text, text


@pytest.fixture(params=[GitHub, GitLab])
def pipeline(request, root, checkout, platform):
    return request.param(root, checkout, platform[1])


@pytest.mark.slow
def test_three_branches_pass_warn_and_fail(pipeline, platform, tmp_path):
    for branch, code, words in BRANCHES:
        found, said, text, summary = pipeline.run(branch, tmp_path)
        assert found == code, said
        assert f"### Service map: {words}\n" in text
        assert summary == text


@pytest.mark.slow
def test_one_comment_is_kept_up_to_date_and_nobody_elses_is_touched(pipeline, platform, tmp_path):
    kept, _ = platform
    others = json.dumps(kept.comments)
    pipeline.run("warns", tmp_path)
    pipeline.run("fails", tmp_path)
    assert [method for method, _ in kept.asked] in (["POST", "PATCH"], ["POST", "PUT"])
    assert json.dumps(kept.comments[:100]) == others
    (mine,) = kept.comments[100:]
    assert mine["body"].startswith("<!-- servicemap gate -->\n### Service map: fails")


@pytest.mark.slow
def test_a_plan_and_rules_beside_the_map_are_used(pipeline, checkout, platform, tmp_path):
    write_plan(checkout.folder / "tfplan.json", *[resource(f"aws_instance.web[{n}]", "delete") for n in (0, 1)])
    code, said, text, _ = pipeline.run("passes", tmp_path)
    assert code == 1, said
    assert "The plan takes Shop down" in text
    assert HIDDEN not in said + text
    (checkout.folder / "maps" / "gate-rules.yaml").write_text("rules: {plan-takes-down: off, plan-hits: off}\n")
    code, said, text, _ = pipeline.run("passes", tmp_path)
    assert code == 0, said


@pytest.mark.slow
def test_a_map_that_cannot_be_read_is_told_and_fails(pipeline, checkout, platform, tmp_path):
    checkout("checkout", "--quiet", "-b", "broken", "main")
    checkout.commit({"maps/shop.yaml": "elements:\n  - {id: a, kind: sevice}\n"})
    code, said, text, _ = pipeline.run("broken", tmp_path)
    assert code == 2, said
    assert text.startswith("<!-- servicemap gate -->\n### Service map: cannot be judged\n")
    assert "unknown kind 'sevice'" in text


def test_the_workflow_may_read_and_comment_and_no_more(root):
    text = (root / "docs" / "ci" / "github-actions.yml").read_text(encoding="utf-8")
    told = yaml.safe_load(text)
    assert told["permissions"] == {"contents": "read", "pull-requests": "write"}
    assert all("permissions" not in job for job in told["jobs"].values())
    assert told[True] == "pull_request"  # YAML 1.1 takes the word "on" for a truth
    used = re.findall(r"uses: (\S+)", text)
    assert {name.partition("@")[0] for name in used} == {"actions/checkout", "actions/setup-python"}
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", name) for name in used)


def test_no_step_puts_what_others_wrote_into_a_shell(root):
    told = yaml.safe_load((root / "docs" / "ci" / "github-actions.yml").read_text(encoding="utf-8"))
    runs = [step["run"] for job in told["jobs"].values() for step in job["steps"] if "run" in step]
    assert len(runs) == 4
    assert all("${{" not in run for run in runs)
    assert all(re.search(r"servicemap==\d+\.\d+\.\d+", run) for run in runs if "pip install" in run)
