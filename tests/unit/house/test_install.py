# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the README says about installing works in an empty folder, from a local copy of the repository.

So does what the simulator's README says.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import sys
from pathlib import Path

import pytest
import yaml
from tools.places import REPOSITORY, ROOT
from unit.fixtures.programs import run
from unit.fixtures.repository import copied_repository

README = (ROOT / "README.md").read_text(encoding="utf-8")
CLONE = re.search(r"^\$ (git clone .+)", README, re.MULTILINE)[1]
SECTION = README.partition("\n## Install it\n")[2].partition("\n## ")[0]
SIMULATOR = (ROOT / "tests" / "simulator" / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ (.+)", re.MULTILINE)


@pytest.fixture(scope="module")
def redirected(tmp_path_factory):
    """The environment in which the repository's address leads to a local copy."""
    return copied_repository(tmp_path_factory.mktemp("github"))


@pytest.fixture
def shell(redirected, tmp_path):
    """Run a script in an empty folder."""

    def call(script):
        done = run(["bash", "-e", "-c", script], env=environment(tmp_path, **redirected), cwd=call.folder)
        assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"
        return done.stdout

    call.folder = tmp_path / "empty"
    call.folder.mkdir()
    return call


def environment(home, **more):
    """The environment of a user who has only ansible-core."""
    foreign = ("ANSIBLE_", "CLOUD66_", "GIT_", "PYTHON", "XDG_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**kept, "HOME": str(home), "PATH": path, **more}


def offline(command):
    """Whether a command needs no network. Prints which is not run."""
    if command.startswith("pip "):
        print(f"{command}: not run, because it needs the network")
        return False
    return True


def test_each_way_installs_the_collection(shell, tmp_path):
    installed = tmp_path / ".ansible" / "collections" / "ansible_collections" / "cloud66" / "cloud"
    shell(CLONE)
    ways = 0
    for kind, block in BLOCK.findall(SECTION):
        if kind == "yaml":
            (shell.folder / "requirements.yml").write_text(block, encoding="utf-8")
            continue
        shutil.rmtree(installed, ignore_errors=True)
        for command in filter(offline, COMMAND.findall(block)):
            shell(command)
        assert (installed / "plugins" / "modules" / "c66_ping_info.py").exists(), block
        ways += 1
    assert ways == 3


def test_the_repository_is_that_of_galaxy():
    assert yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["repository"] == REPOSITORY


def test_pip_installs_what_the_requirements_say():
    needed = (ROOT / "requirements.txt").read_text(encoding="utf-8").split()
    line = re.search(r"^\$ pip install ('.+)$", SECTION, re.MULTILINE)[1]
    assert re.findall(r"'([^']+)'", line) == needed


def test_the_simulator_runs_in_ci_and_takes_commands(shell, tmp_path):
    (shell.folder / "site.yml").write_text(
        "- hosts: localhost\n  gather_facts: false\n  tasks: [{cloud66.cloud.c66_ping_info: {probe: true}}]\n",
        encoding="utf-8",
    )
    blocks = BLOCK.findall(SIMULATOR)
    steps = yaml.safe_load(next(block for kind, block in blocks if kind == "yaml"))
    script = ["trap 'kill $(jobs -p)' EXIT"]
    for step in steps:
        script += [f"export {name}={value}" for name, value in step.get("env", {}).items()]
        script += [step["run"]] if offline(step["run"]) else []
    for kind, block in blocks:
        for command in COMMAND.findall(block) if kind == "console" else []:
            if command.startswith(("make ", "python ")):
                print(f"{command}: not run, because it is running already")
            else:
                script.append(command)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    output = shell("\n".join(script).replace("8066", port))
    assert "failed=0" in output
    assert '"name": "Awesome App"' in output
    assert '"deploy_seconds": 10' in output
    assert '"kind": "reset_after"' in output
