# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The GitLab component: its job runs as GitLab runs it, against the simulator."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from pathlib import Path

import pytest
import yaml
from simulator.seed import AWESOME_APP
from tools.places import ROOT
from unit.fixtures.ci import COMMIT, HOSTILE, schema_errors, started
from unit.fixtures.pages import Section
from unit.fixtures.programs import run
from unit.fixtures.repository import copied_repository

TEXT = (ROOT / "templates" / "deploy.yml").read_text(encoding="utf-8")
HEADER, BODY = yaml.safe_load_all(TEXT)
INPUTS = HEADER["spec"]["inputs"]
PAGE = Section("docs/ci.md", "GitLab")
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
BLOCK = re.compile(r"\$\[\[ inputs\.(\w+) \]\]")
TYPES = {"boolean": bool, "number": int, "string": str}
# What GitLab puts into the environment, and expands in the values of variables.
PREDEFINED = {"CI_COMMIT_SHA": COMMIT, "CI_JOB_ID": "17"}


def interpolated(value, inputs):
    """A value of the configuration with its blocks replaced. A block alone keeps its type."""
    if isinstance(value, dict):
        return {interpolated(name, inputs): interpolated(one, inputs) for name, one in value.items()}
    if isinstance(value, list):
        return [interpolated(one, inputs) for one in value]
    if not isinstance(value, str):
        return value
    alone = BLOCK.fullmatch(value)
    if alone:
        return inputs[alone[1]]
    found = BLOCK.sub(lambda match: _shown(inputs[match[1]]), value)
    assert "$[[" not in BLOCK.sub("", value), "an expression that the test does not know"
    return found


def _shown(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


def configuration(**given):
    """The job with inputs, each of its type."""
    missing = [name for name, one in INPUTS.items() if "default" not in one and name not in given]
    assert not missing and set(given) <= set(INPUTS)
    inputs = {name: given.get(name, one.get("default")) for name, one in INPUTS.items()}
    assert all(isinstance(value, TYPES[INPUTS[name].get("type", "string")]) for name, value in inputs.items())
    return interpolated(BODY, inputs)


def environment(job):
    """The variables of a job. GitLab expands those of its own in values, unless told not to."""
    found = {}
    for name, given in job["variables"].items():
        value, expands = (given["value"], given["expand"]) if isinstance(given, dict) else (given, True)
        assert isinstance(value, str), f"GitLab refuses {name}"
        found[name] = re.sub(r"\$(\w+)", lambda m: PREDEFINED.get(m[1], ""), value) if expands else value
    return found


@pytest.fixture(scope="module")
def redirected(tmp_path_factory):
    """The environment in which the repository's address leads to a local copy."""
    return copied_repository(tmp_path_factory.mktemp("github"))


@pytest.fixture
def component(sim, real_time, tmp_path, redirected):
    """Run the job of the component. pip is replaced, because this environment has what it would install."""
    sim.settings(deploy_seconds=0.2, action_seconds=0.1)
    programs, project, home = tmp_path / "bin", tmp_path / "project", tmp_path / "home"
    temp = tmp_path / "temp"
    for folder in (programs, project, home, temp):
        folder.mkdir()
    (programs / "pip").write_text('#!/bin/sh\nprintf "%s\\n" "$@" > "$HOME/pip"\n', encoding="utf-8")
    # TMPDIR would do the same, but in a long path, ansible-core has no socket.
    (programs / "mktemp").write_text(
        f'#!/bin/sh\nexec {shutil.which("mktemp")} "{temp}/tmp.XXXXXX"\n', encoding="utf-8"
    )
    for program in programs.iterdir():
        program.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "CI_", "GIT_"))}
    env = {
        **kept,
        **PREDEFINED,
        "CLOUD66_ACCESS_TOKEN": sim.token,
        "CLOUD66_API_URL": sim.url,
        **redirected,
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "PATH": os.pathsep.join([str(programs), str(Path(sys.executable).parent), os.environ["PATH"]]),
    }

    def call(notify_url="", **inputs):
        env["NOTIFY_URL"] = notify_url
        [job] = configuration(**inputs).values()
        done = run(["bash", "-eo", "pipefail", "-c", "\n".join(job["script"])], {**env, **environment(job)}, project)
        assert sim.token not in done.stdout + done.stderr
        assert list(tmp_path.rglob("hacked")) == []
        assert list(temp.glob("tmp.*")) == [], "variables may have secrets"
        run(["bash", "-c", "\n".join(job["after_script"])], {**env, **environment(job)}, project)
        done.paths = [project / name for name in job["artifacts"]["paths"]]
        return done

    call.home = home
    return call


def test_the_schema_knows_it(tmp_path):
    for number, document in enumerate([HEADER, configuration(stack="Awesome App")]):
        file = tmp_path / f"{number}.yml"
        file.write_text(yaml.safe_dump(document), encoding="utf-8")
        assert schema_errors("gitlab-ci", file) == ""


def test_no_text_is_in_a_script():
    """It could be a command. GitLab checks booleans and numbers before it puts them there."""
    [job] = BODY.values()
    used = {
        name for line in [*job["script"], job["variables"]["DEPLOY_INPUTS"]["value"]] for name in BLOCK.findall(line)
    }
    assert used and all(INPUTS[name].get("type") in ("boolean", "number") for name in used)


def test_it_is_like_the_action():
    """The same inputs where both have them, the same variables, and the same versions."""
    in_action = {name.replace("-", "_"): one for name, one in ACTION["inputs"].items()}
    # GitLab has variables and artifacts for these, and its job id is the reference.
    assert set(in_action) - set(INPUTS) == {"token", "reference", "report", "notify_url"}
    assert set(INPUTS) - set(in_action) == {"image", "job", "stage", "version"}
    for name in ("environment", "only_if_changed", "wait_timeout", "check", "variables"):
        assert _shown(INPUTS[name]["default"]) == in_action[name]["default"]
    [job] = BODY.values()
    install, deploy = ACTION["runs"]["steps"]
    names = [set(re.findall(r"\bdeploy_\w+(?=:)", text)) for text in (str(job["variables"]), str(deploy["env"]))]
    assert names[1] - names[0] == {"deploy_markdown_file"}
    needed = (ROOT / "requirements.txt").read_text(encoding="utf-8").split()
    [core, *libraries] = re.findall(r"'([^']+)'", job["script"][0])
    assert libraries == needed
    assert f"'{core}'" in install["run"]


def test_the_page_knows_all_inputs():
    own = PAGE.rows("input")
    assert own == {name: INPUTS[name]["default"] for name in own}
    assert all(f"`{name}`" in PAGE.text or name in PAGE.yaml()["include"][0]["inputs"] for name in INPUTS)


def test_it_deploys(sim, component):
    """With the inputs that the page shows."""
    [included] = PAGE.yaml()["include"]
    assert included["remote"].endswith("/cloud66/cloud66.cloud/main/templates/deploy.yml")
    done = component(**included["inputs"])
    assert done.returncode == 0, done.stdout + done.stderr
    [file] = done.paths
    report = json.loads(file.read_text(encoding="utf-8"))
    assert report["deployment"]["id"] == sim.world.deployments[AWESOME_APP][0]["id"]
    [call] = started(sim)
    sent = json.loads(call.body)
    assert (sent["git_ref"], sent["user_reference"]) == (COMMIT, "gitlab-17")
    assert (component.home / "pip").read_text(encoding="utf-8").startswith("install\n")
    installed = component.home / ".ansible/collections/ansible_collections/cloud66/cloud"
    assert (installed / "MANIFEST.json").is_file()
    assert not (installed / "templates").exists() and not (installed / "action.yml").exists()


def test_the_plan_changes_nothing(sim, component):
    done = component(stack="Awesome App", check=True, variables="deploy_env_vars: {COLOUR: blue}")
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.paths[0].read_text(encoding="utf-8"))
    assert (report["state"], report["variables"]["added"]) == ("planned", ["COLOUR"])
    assert not sim.writes


def test_a_failing_deployment(sim, component, webhook):
    sim.world.deploy_failures[AWESOME_APP] = "The build of web has failed"
    done = component(stack="Awesome App", notify_url=webhook.url)
    assert done.returncode == 2
    assert "`Awesome App`: failed" in webhook.posts[0]["text"]
    assert json.loads(done.paths[0].read_text(encoding="utf-8"))["state"] == "failed"


@pytest.mark.parametrize("text", HOSTILE)
def test_inputs_are_never_commands(component, text):
    done = component(stack=text, environment=text)
    assert done.returncode == 2
    assert "stack matches" in json.loads(done.paths[0].read_text(encoding="utf-8"))["failure"]["msg"]
