# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands and YAML blocks of the pages run as they stand, against the simulator.

What cannot run here is in REASONS with the reason, which `pytest -s` prints.
"""

from __future__ import annotations

import json
import os
import re

import pytest
import yaml
from simulator.shapes import iso
from tools.places import ROOT
from unit.fixtures.collection import example_files
from unit.fixtures.programs import run

PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for pattern in ("README.md", "docs/*.md", "roles/*/README.md", "playbooks/*.yml")
    for path in ROOT.glob(pattern)
)
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
# In the comment at the top of a playbook.
HEADER = re.compile(r"^#   (.+)$", re.MULTILINE)
# A first line that names the file that the block is.
NAMED = re.compile(r"# ([\w./-]+\.ya?ml)\b")
# What begins like this is not run, and why.
REASONS = {
    "make ": "it is a target of the Makefile, which `make test` runs or which needs the network",
    "pip install": "it needs the network",
    "ansible-builder ": "it needs a registry; `make ee` builds both images without",
    "podman ": "it needs an image; `make ee` has them",
    "git clone": "tests/unit/house/test_install.py runs it",
    "ansible-galaxy collection": "tests/unit/house/test_install.py runs it",
    "collections:": "tests/unit/house/test_install.py installs what it lists",
    "export CLOUD66_ACCESS_TOKEN=<": "it has a placeholder",
    "ansible-playbook cloud66.cloud.login": "it asks for a code from a browser; tests/unit/plays holds what it does",
    "ansible-playbook -i c66.yml cloud66.cloud.ping_servers": "it connects to servers; tests/unit/ssh has some",
    "ansible -i c66.yml": "it connects to servers; tests/unit/ssh has some",
    "ansible-playbook cloud66.cloud.notify": "it needs a webhook; tests/unit/plays has one",
    "ansible-rulebook ": "it runs forever and needs Java; tests/unit/eda runs it",
    "- name: Tell": "it is a rulebook; tests/unit/eda reads it",
    "- name: Deploy again": "it is a rulebook; tests/unit/eda reads it",
    "ssh ": "it connects to a server; tests/unit/ssh has some",
    "- name: Set up AWX": "it needs AWX; tests/unit/plays/test_awx.py runs the role",
    "ansible-playbook awx.yml": "it needs AWX; tests/unit/plays/test_awx.py runs the role",
    "delegate_to:": "it is a part of a task",
    "stack: Awesome App\nenvironment: production\nstate:": "it is a report",
    "all:": "it is for ansible-rulebook",
    "drools_db_file_path:": "it is for ansible-rulebook",
    "on:\n  push: {branches": "tests/unit/ci runs it",
    "include:": "tests/unit/ci runs it",
    "export NOTIFY_URL": "it has a placeholder",
    "fields:": "it is for AWX",
    "env:": "it is for AWX",
    "version: 3": "it is for ansible-builder",
    "dependencies:": "it is for ansible-builder; `make ee` does it",
}
# What Ansible or a role reads by itself.
VARIABLE_FOLDERS = {"env_vars", "group_vars", "host_vars"}
# Variables that the blocks leave to the user.
VARIABLES = {"release": "main", "awx_job_id": 17}
# The playbook that AWX imports gets the stack from a survey.
SURVEY = {"docs/awx.md": {"deploy_stack": "Awesome App"}}
# What a CI system puts into its expressions and variables.
COMMIT = "0123456789abcdef0123456789abcdef01234567"
EXPRESSIONS = {"github.sha": COMMIT, "github.run_id": "17", "github.run_attempt": "1"}
CI = {"JOB": "17", "CI_COMMIT_SHA": COMMIT, "CI_JOB_ID": "17"}


def commands(page):
    """What follows a prompt, or stands in the header of a playbook."""
    text = (ROOT / page).read_text(encoding="utf-8")
    if page.endswith(".yml"):
        return HEADER.findall(text[: text.index("\n- ")])
    lines = [line for kind, block in FENCE.findall(text) if kind == "console" for line in block.splitlines()]
    return [line[2:] for line in lines if line.startswith("$ ")]


def blocks(page):
    """The YAML blocks of a page."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return [block for kind, block in FENCE.findall(text) if kind == "yaml" and page.endswith(".md")]


def reason(text):
    """Why something is not run; None if it is."""
    return next((why for start, why in REASONS.items() if text.startswith(start)), None)


def steps(content):
    """The playbooks that a CI job of GitHub or GitLab runs."""
    jobs = content.get("jobs", content).values() if isinstance(content, dict) else []
    lines = []
    for job in jobs:
        if isinstance(job, dict):
            lines += [step.get("run", "") for step in job.get("steps", [])] + list(job.get("script", []))
    found = [line for line in lines if line.startswith("ansible-playbook ")]
    return [re.sub(r"\$\{\{ ([\w.]+) \}\}", lambda match: EXPRESSIONS[match[1]], line) for line in found]


@pytest.fixture
def shell(sim, real_time, tmp_path):
    """Run a command in a folder with the files that the pages name."""
    sim.settings(deploy_seconds=1, action_seconds=0.1)
    for rows in sim.world.backups.values():
        for row in rows:
            # The seed's are old, and the pages want them to be of today.
            row["backup_date_iso"] = iso(sim.world.now())
    for path in example_files():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "gateway").touch()
    (tmp_path / "ansible.cfg").touch()
    (tmp_path / "c66.yml").write_text("plugin: cloud66.cloud.c66\n", encoding="utf-8")
    (tmp_path / "stacks.c66.yml").write_text("plugin: cloud66.cloud.c66\nhosts: stacks\n", encoding="utf-8")
    access = {"CLOUD66_ACCESS_TOKEN": sim.token, "CLOUD66_API_URL": sim.url}

    def call(command):
        own = {
            "HOME": str(tmp_path),
            "ANSIBLE_HOME": str(tmp_path / "ansible"),
            "ANSIBLE_CONFIG": str(tmp_path / "ansible.cfg"),
        }
        environment = {**os.environ, **CI, **access, **own}
        done = run(["bash", "-c", command], env=environment, cwd=tmp_path)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout

    call.folder, call.token = tmp_path, sim.token
    return call


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_shows_runs_as_it_stands(shell, page):
    playbooks, inventories, stacks, lines = [], [], [], []
    for number, block in enumerate(blocks(page)):
        named = NAMED.match(block)
        text = block[block.index("\n") + 1 :] if named else block
        if reason(text):
            print(f"{page}: {text.splitlines()[0]}: {reason(text)}")
            continue
        content = yaml.safe_load(text)
        in_ci = steps(content)
        file = shell.folder / (named[1] if named else f"block{number}.c66.yml")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block, encoding="utf-8")
        lines += in_ci
        if isinstance(content, list):
            playbooks.append(file.name)
        elif content.get("plugin") == "cloud66.cloud.c66":
            inventories += ["-i", file.name]
            stacks += ["-i", file.name] if content.get("hosts") == "stacks" else []
        else:
            assert in_ci or VARIABLE_FOLDERS & set(file.parts), f"nothing runs this block of {page}:\n{block}"
    if inventories:
        hosts = json.loads(shell(f"ansible-inventory {' '.join(inventories)} --list"))["_meta"]["hostvars"]
        assert hosts
    if playbooks:
        variables = json.dumps({**VARIABLES, "cloud66_token": shell.token, **SURVEY.get(page, {})})
        sources = " ".join(["-i localhost,", *stacks])
        shell(f"ansible-playbook {sources} -c local {' '.join(playbooks)} -e '{variables}'")
    for command in [*commands(page), *lines]:
        if reason(command):
            print(f"{page}: {command}: {reason(command)}")
        else:
            shell(command)


def test_every_reason_is_needed():
    texts = [text for page in PAGES for text in commands(page)]
    texts += [re.sub(r"\A# [\w./-]+\.ya?ml.*\n", "", block) for page in PAGES for block in blocks(page)]
    unused = [start for start in REASONS if not any(text.startswith(start) for text in texts)]
    assert unused == []


def test_commands_are_found_everywhere():
    """The tests above must not pass because they find nothing."""
    assert [page for page in PAGES if page.startswith("playbooks/") and not commands(page)] == []
    assert {"README.md", "docs/deploy.md", "roles/env_vars/README.md"} <= {page for page in PAGES if commands(page)}
    assert len([page for page in PAGES if blocks(page)]) >= 7


@pytest.mark.parametrize("page", PAGES)
def test_extra_variables_with_blanks_are_json(page):
    """Ansible splits `name=value` at blanks, even where the shell does not."""
    text = (ROOT / page).read_text(encoding="utf-8")
    assert re.findall(r"""-e ?\w+=(?:'[^']* [^']*'|"[^"]* [^"]*")|-e ?(['"])\w+=[^'"]* [^'"]*\1""", text) == []
