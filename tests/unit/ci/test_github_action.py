# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The GitHub Action: its steps run as GitHub runs them, against the simulator."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from simulator.seed import AWESOME_APP
from tools.places import ROOT
from unit.fixtures.ci import COMMIT, HOSTILE, schema_errors, started
from unit.fixtures.pages import Section
from unit.fixtures.programs import program, run

ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
INSTALL, DEPLOY = ACTION["runs"]["steps"]
PAGE = Section("docs/ci.md", "GitHub Actions")
CONTEXT = {"github.sha": COMMIT, "github.run_id": "17", "github.run_attempt": "1"}
EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}")
COMMAND = re.compile(r"^::([\w-]+)(?: [^:]*)?::(.*)$", re.MULTILINE)


def evaluated(value, context):
    """A value with its expressions replaced. It knows only names, which is all that action.yml needs."""
    return EXPRESSION.sub(lambda match: context[match[1].strip()], str(value))


class Runner:
    """A runner of GitHub: it evaluates expressions, and runs each step with bash and the files for its results."""

    def __init__(self, folder, environment):
        self.folder, self.environment = folder, environment
        self.workspace, self.temp = folder / "workspace", folder / "temp"
        for path in (self.workspace, self.temp):
            path.mkdir()

    def step(self, step, context):
        files = {name: self.folder / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV")}
        for file in files.values():
            file.write_text("", encoding="utf-8")
        script = self.folder / "script.sh"
        script.write_text(evaluated(step["run"], context), encoding="utf-8")
        env = {
            **self.environment,
            **{name: str(file) for name, file in files.items()},
            **{name: evaluated(value, context) for name, value in step.get("env", {}).items()},
            "GITHUB_ACTION_PATH": str(ROOT),
            "RUNNER_TEMP": str(self.temp),
        }
        done = run(["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)], env=env, cwd=self.workspace)
        lines = files["GITHUB_OUTPUT"].read_text(encoding="utf-8").splitlines()
        return SimpleNamespace(
            status=done.returncode,
            output=done.stdout + done.stderr,
            commands=live_commands(done.stdout),
            outputs=dict(line.split("=", 1) for line in lines),
            summary=files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8"),
        )


def live_commands(output):
    """The commands that GitHub would carry out: not those between `stop-commands` and its end."""
    found, stopped = [], None
    for name, text in COMMAND.findall(output):
        if name == stopped:
            stopped = None
        elif stopped is None and name == "stop-commands":
            stopped = text
        elif stopped is None:
            found.append((name, text))
    assert stopped is None, "commands stay switched off for the steps that follow"
    return found


@pytest.fixture
def action(sim, real_time, tmp_path):
    """Run the action with inputs. Its environment is this one, so that it does not install another."""
    sim.settings(deploy_seconds=0.2, action_seconds=0.1)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "GITHUB_"))}
    runner = Runner(tmp_path, {**kept, "CLOUD66_API_URL": sim.url, "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"})
    (runner.temp / "cloud66").mkdir()
    (runner.temp / "cloud66" / "venv").symlink_to(Path(sys.executable).parents[1])

    def call(**inputs):
        given = {"token": sim.token, **{name.replace("_", "-"): value for name, value in inputs.items()}}
        unknown = set(given) - set(ACTION["inputs"])
        assert not unknown
        defaults = {name: evaluated(one.get("default", ""), CONTEXT) for name, one in ACTION["inputs"].items()}
        context = {**CONTEXT, **{f"inputs.{name}": value for name, value in {**defaults, **given}.items()}}
        assert runner.step(INSTALL, context).status == 0
        done = runner.step(DEPLOY, context)
        names = [f"steps.deploy.outputs.{name}" for name in ("deployment-id", "changed", "healthy", "report")]
        context.update({name: done.outputs.get(name.rpartition(".")[2], "") for name in names})
        done.outputs = {name: evaluated(one["value"], context) for name, one in ACTION["outputs"].items()}
        assert list(tmp_path.rglob("hacked")) == []
        assert list(runner.temp.glob("cloud66.*")) == [], "variables may have secrets"
        shown = done.output.replace(f"::add-mask::{sim.token}\n", "")
        assert sim.token not in shown + done.summary
        return done

    call.workspace = runner.workspace
    return call


def test_the_schema_knows_it():
    assert schema_errors("github-actions", ROOT / "action.yml") == ""


def test_no_expression_is_in_a_script():
    """It could be a command. The evaluator must know all others."""
    assert [step["name"] for step in ACTION["runs"]["steps"] if EXPRESSION.search(step["run"])] == []


def test_the_page_knows_all_inputs_and_outputs():
    documented = PAGE.rows("input")
    assert list(documented) == list(ACTION["inputs"])
    for name in ("only-if-changed", "wait-timeout", "check", "report"):
        assert documented[name] == ACTION["inputs"][name]["default"]
    assert list(PAGE.rows("output")) == list(ACTION["outputs"])


def test_it_deploys_and_reports(sim, action):
    """With the inputs that the page shows."""
    [job] = PAGE.yaml()["jobs"].values()
    [step] = job["steps"]
    assert step["uses"] == "cloud66/cloud66.cloud@main"
    inputs = {
        name: evaluated(value, {"secrets.CLOUD66_ACCESS_TOKEN": sim.token}) for name, value in step["with"].items()
    }
    done = action(**inputs)
    assert done.status == 0, done.output
    newest = sim.world.deployments[AWESOME_APP][0]
    assert done.outputs == {
        "deployment-id": str(newest["id"]),
        "changed": "true",
        "healthy": "true",
        "report": "deploy.json",
    }
    report = json.loads((action.workspace / "deploy.json").read_text(encoding="utf-8"))
    assert report["deployment"]["id"] == newest["id"]
    assert done.summary.startswith("### \u2705 `Awesome App`, `production`: deployed\n")
    assert f"- deployment: changed; number `{newest['id']}`" in done.summary
    assert done.commands == [("add-mask", sim.token)]
    [call] = started(sim)
    assert json.loads(call.body)["git_ref"] == COMMIT
    assert json.loads(call.body)["user_reference"] == "github-17-1"


def test_a_second_run_with_the_same_reference_deploys_nothing(sim, action):
    first = action(stack="Awesome App")
    second = action(stack="Awesome App")
    assert second.status == 0, second.output
    assert second.outputs == {**first.outputs, "changed": "false"}
    assert len(started(sim)) == 1


def test_a_failing_deployment(sim, action):
    sim.world.deploy_failures[AWESOME_APP] = "The build of web has failed: 100%\n::error::hacked"
    done = action(stack="Awesome App")
    assert done.status == 2
    assert done.outputs["changed"] == done.outputs["healthy"] == ""
    assert done.outputs["deployment-id"] == str(sim.world.deployments[AWESOME_APP][0]["id"])
    assert "`Awesome App`: failed" in done.summary
    assert "The build of web has failed" in done.summary
    [_mask, (name, text)] = done.commands
    assert name == "error"
    assert text.startswith("Deploy: ")
    assert "The build of web has failed: 100%25%0A::error::hacked" in text


def test_a_wrong_token(sim, action):
    done = action(stack="Awesome App", token="wrong-4711-secret")
    assert done.status == 2
    assert done.commands[0] == ("add-mask", "wrong-4711-secret")
    assert done.commands[1][0] == "error"
    assert "401" in done.commands[1][1]
    assert "wrong-4711-secret" not in done.output.replace("::add-mask::wrong-4711-secret\n", "")


def test_no_token(action):
    """As in a pull request from a fork, which gets no secrets."""
    done = action(stack="Awesome App", token="")
    [(name, text)] = done.commands
    assert name == "error"
    assert "CLOUD66_ACCESS_TOKEN" in text


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"variables": "deploy_when_busy: never"}, "value of deploy_when_busy must be one of: wait, join, queue, fail"),
        ({"variables": "deploy_ref: main"}, "There is no variable deploy_ref. Did you mean deploy_git_ref"),
        ({"variables": "a: [b"}, ""),
        ({"wait_timeout": "soon"}, "deploy_wait_timeout"),
        ({"check": "yes"}, "The input check must be true or false."),
        ({"report": "nowhere/deploy.json"}, "There is no folder"),
    ],
)
def test_inputs_that_are_wrong(sim, action, inputs, message):
    """Nothing is sent. An old report is not taken for the new one."""
    (action.workspace / "deploy.json").write_text('{"steps": {}, "deployment": {"id": 1}}', encoding="utf-8")
    done = action(stack="Awesome App", **inputs)
    assert done.status != 0
    assert done.outputs["report"] == ""
    name, text = done.commands[-1]
    assert name == "error"
    assert message in text
    assert len(text) > 20, done.output
    assert not sim.writes


def test_the_plan_changes_nothing(sim, action):
    done = action(stack="Awesome App", check="true", variables='deploy_env_vars: {COLOUR: "a-very-secret-value"}')
    assert done.status == 0, done.output
    assert done.outputs == {"deployment-id": "", "changed": "true", "healthy": "", "report": "deploy.json"}
    assert "- environment variables: would change; added `COLOUR`" in done.summary
    assert "a-very-secret-value" not in done.output + done.summary
    assert not sim.writes


def test_empty_inputs_are_defaults(sim, action):
    """As those of a workflow are that were not given."""
    done = action(stack="Awesome App", variables="", only_if_changed="", wait_timeout="", check="", git_ref="")
    assert done.status == 0, done.output
    assert len(started(sim)) == 1


def test_a_configuration_of_the_repository(sim, action):
    """The error is found in whatever form the repository wants the output."""
    text = "[defaults]\ncallback_result_format = yaml\nforce_color = true\nstdout_callback = minimal\n"
    (action.workspace / "ansible.cfg").write_text(text, encoding="utf-8")
    done = action(stack="nowhere")
    assert "No stack matches" in done.commands[-1][1]


@pytest.mark.parametrize("answer", [202, 500])
def test_the_report_is_posted(sim, action, webhook, answer):
    """Also after a failure. A webhook that refuses it does not change the outcome."""
    webhook.answer = (answer, "")
    sim.world.deploy_failures[AWESOME_APP] = "The build of web has failed"
    done = action(stack="Awesome App", notify_url=webhook.url)
    assert done.status == 2
    assert "`Awesome App`: failed" in webhook.posts[0]["text"]
    mask = ("add-mask", webhook.url)
    assert mask in done.commands
    assert "secret-4711" not in done.output.replace(f"::add-mask::{webhook.url}\n", "") + done.summary
    assert ("warning" in dict(done.commands)) == (answer == 500)


def test_only_if_changed(sim, action):
    live = next(row for row in sim.world.deployments[AWESOME_APP] if row["is_live"])
    done = action(stack="Awesome App", git_ref=live["git_hash"], only_if_changed="true")
    assert done.status == 0, done.output
    assert done.outputs["changed"] == "false"
    assert not started(sim)


@pytest.mark.parametrize("text", HOSTILE)
def test_inputs_are_never_commands(sim, action, text):
    """They reach Cloud 66 as they are, or are named in the error as they are."""
    done = action(stack="Awesome App", git_ref=text, reference=text.replace("\n", " "))
    assert done.status == 0, done.output
    assert [json.loads(call.body)["git_ref"] for call in started(sim)] == [text]
    wrong = action(stack=text, environment=text)
    assert wrong.status == 2
    assert [name for name, _text in wrong.commands] == ["add-mask", "error"]
    assert "stack matches" in wrong.commands[1][1]


def test_it_installs_itself(sim, action, tmp_path):
    """With pip and without anything of this environment. Needs the network."""
    other = tmp_path / "other"
    other.mkdir()
    kept = ("HTTP_PROXY", "HTTPS_PROXY", "LANG", "PIP_", "SSL_", "http_proxy", "https_proxy", "REQUESTS_CA")
    env = {name: value for name, value in os.environ.items() if name.startswith(kept)}
    python = subprocess.run(
        [sys.executable, "-c", "import sys; print(sys.base_prefix)"], capture_output=True, text=True, check=True
    ).stdout.strip()
    runner = Runner(
        other, {**env, "HOME": str(other), "PATH": f"{python}/bin:{os.defpath}", "CLOUD66_API_URL": sim.url}
    )
    probe = run([program("pip"), "download", "--no-deps", "--quiet", "-d", str(other / "probe"), "oauthlib"], env=env)
    if probe.returncode:
        pytest.skip("pip cannot download here")
    inputs = {name: evaluated(one.get("default", ""), CONTEXT) for name, one in ACTION["inputs"].items()}
    inputs.update({"stack": "Awesome App", "token": sim.token, "check": "true"})
    context = {**CONTEXT, **{f"inputs.{name}": value for name, value in inputs.items()}}
    installed = runner.step(INSTALL, context)
    assert installed.status == 0, installed.output
    assert not (runner.temp / "cloud66" / "venv").is_symlink()
    done = runner.step(DEPLOY, context)
    assert done.status == 0, done.output
    assert done.outputs["changed"] == "true"


def test_an_old_python(action, tmp_path):
    """It says what to do, before pip says something else."""
    old = tmp_path / "old"
    old.mkdir()
    (old / "python3").write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    (old / "python3").chmod(0o755)
    runner = Runner(old, {"HOME": str(old), "PATH": f"{old}:{os.defpath}"})
    done = runner.step(INSTALL, {})
    assert done.status == 1
    assert done.commands == [
        ("error", "This runner has no Python 3.10 or newer. Run actions/setup-python before this action.")
    ]
