# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make release`, the check of a tag, and the workflow that publishes."""

from __future__ import annotations

import os
import re
import subprocess

import pytest
import yaml
from tools import release
from tools.places import ROOT
from tools.programs import JobError
from tools.venvs import CONTROLLERS

EXPRESSION = re.compile(r"\$\{\{ ([\w.]+) \}\}")
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


class Recorder:
    """Stands in for a Shell."""

    def __init__(self):
        self.commands = []

    def run(self, *command, **_options):
        self.commands.append(command)

    def say(self, _text):
        pass


@pytest.fixture
def checkout(tmp_path):
    """A checkout whose version 1.1.0 is not released, after 1.0.0."""
    for name, text in {
        "galaxy.yml": "name: cloud\nversion: 1.1.0\n",
        "CHANGELOG.md": "# Notes\n## v1\\.0\\.0\n",
        "changelogs/fragments/x.yml": "bugfixes: []\n",
        "plugins/module_utils/version.py": 'VERSION = "1.1.0"\n',
        "plugins/modules/c66_new.py": "version_added: 1.1.0\noptions:\n  old:\n    version_added: 1.0.0\n",
        "extensions/eda/plugins/event_source/c66_events.py": "version_added: 1.1.0\n",
        "roles/new/meta/argument_specs.yml": 'version_added: "1.1.0"\n',
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def texts(folder):
    return {path.name: path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file()}


def test_prepare(checkout, monkeypatch):
    monkeypatch.setenv("VERSION", "2.0.0")
    shell = Recorder()
    release.prepare(shell, checkout)
    assert texts(checkout) == {
        "galaxy.yml": "name: cloud\nversion: 2.0.0\n",
        "CHANGELOG.md": "# Notes\n## v1\\.0\\.0\n",
        "x.yml": "bugfixes: []\n",
        "version.py": 'VERSION = "2.0.0"\n',
        "c66_new.py": "version_added: 2.0.0\noptions:\n  old:\n    version_added: 1.0.0\n",
        "c66_events.py": "version_added: 2.0.0\n",
        "argument_specs.yml": 'version_added: "2.0.0"\n',
    }
    assert [command[:2] for command in shell.commands] == [("antsibull-changelog", "release")]


def test_things_of_a_released_version_keep_it(checkout, monkeypatch):
    monkeypatch.setenv("VERSION", "1.1.1")
    (checkout / "CHANGELOG.md").write_text("## v1\\.1\\.0\n## v1\\.0\\.0\n", encoding="utf-8")
    release.prepare(Recorder(), checkout)
    assert texts(checkout)["c66_new.py"].startswith("version_added: 1.1.0\n")
    assert texts(checkout)["galaxy.yml"].endswith("version: 1.1.1\n")


@pytest.mark.parametrize(
    ("version", "message"),
    [
        ("", "Say which version: make release VERSION=1.2.3."),
        ("2.0", "Say which version: make release VERSION=1.2.3."),
        ("1.0.0", "Version 1.0.0 is not newer than the last release."),
        ("0.10.0", "Version 0.10.0 is not newer than the last release."),
    ],
)
def test_a_wrong_version_changes_nothing(checkout, monkeypatch, version, message):
    monkeypatch.setenv("VERSION", version)
    before, shell = texts(checkout), Recorder()
    with pytest.raises(JobError, match=re.escape(message)):
        release.prepare(shell, checkout)
    assert (texts(checkout), shell.commands) == (before, [])


def test_a_release_without_fragments(checkout, monkeypatch):
    monkeypatch.setenv("VERSION", "1.1.0")
    (checkout / "changelogs/fragments/x.yml").unlink()
    with pytest.raises(JobError, match="There are no fragments"):
        release.prepare(Recorder(), checkout)


@pytest.mark.parametrize(
    ("tag", "message"),
    [
        ("", "The tag is '', but galaxy.yml has version 1.1.0."),
        ("v1.1.0", "The tag is 'v1.1.0', but galaxy.yml has version 1.1.0."),
        ("1.1.0", "The changelog lacks version 1.1.0: run make release."),
    ],
)
def test_check_refuses(checkout, monkeypatch, tag, message):
    monkeypatch.setenv("TAG", tag)
    with pytest.raises(JobError, match=re.escape(message)):
        release.check(checkout)


def test_check_accepts_a_release(checkout, monkeypatch):
    monkeypatch.setenv("TAG", "1.1.0")
    (checkout / "CHANGELOG.md").write_text("## v1\\.1\\.0\n", encoding="utf-8")
    release.check(checkout)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_of_others_are_pinned(path):
    """To a commit: a tag can be moved."""
    used = re.findall(r"uses: (\S+)", path.read_text(encoding="utf-8"))
    assert used
    assert [name for name in used if not name.startswith("./") and not re.search(r"@[0-9a-f]{40}$", name)] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_no_expression_in_a_script(path):
    """GitHub would insert the value into the script, as code."""
    jobs = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]
    scripts = [step["run"] for job in jobs.values() for step in job.get("steps", []) if "run" in step]
    assert [script for script in scripts if "${{" in script] == []


def test_all_supported_versions_are_tested():
    matrix = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8"))
    entries = matrix["jobs"]["test"]["strategy"]["matrix"]["include"]
    cores = sorted(core for entry in entries for core in entry["cores"].split())
    # There is no final release of the last one.
    assert cores == list(CONTROLLERS)[:-1]


# The expressions of the workflow that publishes.
VALUES = {
    "github.ref_name": "1.1.0",
    "github.repository": "cloud66/cloud66.cloud",
    "github.token": "github-secret",
    "secrets.GALAXY_TOKEN": "galaxy-secret",
}
STAND_IN = """#!/bin/bash
echo "${0##*/} $*" >>"$CALLS"
if [ "${0##*/} $1" = "$FAILS" ]; then exit 1; fi
[ -z "${ANSIBLE_GALAXY_TOKEN_PATH:-}" ] || cp -p "$ANSIBLE_GALAXY_TOKEN_PATH" "$CALLS.token"
"""


def publish(folder, fails=""):
    """Run the steps of the jobs that check and publish, as GitHub does. Returns the calls of programs, in order."""
    jobs = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8"))["jobs"]
    assert (jobs["test"]["needs"], jobs["publish"]["needs"]) == ("check", "test")
    steps = jobs["check"]["steps"] + jobs["publish"]["steps"]
    for name in ("make", "gh", ".cache/venv/bin/antsibull-changelog", ".cache/venv/bin/ansible-galaxy"):
        program = folder / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(STAND_IN, encoding="utf-8")
        program.chmod(0o755)
    (folder / "dist").mkdir()
    (folder / "dist" / "cloud66-cloud-1.1.0.tar.gz").touch()
    calls = folder / "calls"
    common = {"PATH": f"{folder}:{os.environ['PATH']}", "CALLS": str(calls), "FAILS": fails, "RUNNER_TEMP": str(folder)}
    values = {**VALUES, "runner.temp": str(folder)}
    for step in (step for step in steps if "run" in step):
        own = {name: EXPRESSION.sub(lambda found: values[found[1]], text) for name, text in step.get("env", {}).items()}
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        if subprocess.run(command, cwd=folder, env={**common, **own}, check=False).returncode:
            break
    return calls.read_text(encoding="utf-8").splitlines()


def test_the_workflow_publishes(tmp_path):
    assert publish(tmp_path) == [
        "make release-check",
        "make build",
        "antsibull-changelog generate --only-latest --output-format md --output notes.md",
        "ansible-galaxy collection publish dist/cloud66-cloud-1.1.0.tar.gz",
        "gh release create 1.1.0 dist/cloud66-cloud-1.1.0.tar.gz --verify-tag --title 1.1.0 --notes-file notes.md",
    ]
    assert (tmp_path / "calls.token").read_text(encoding="utf-8") == "token: galaxy-secret\n"
    assert (tmp_path / "calls.token").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("fails", "last"), [("make release-check", "make release-check"), ("make build", "make build")]
)
def test_the_workflow_stops_before_it_publishes(tmp_path, fails, last):
    assert publish(tmp_path, fails)[-1] == last
