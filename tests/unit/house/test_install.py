# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The README's ways to install the collection work in an empty folder, from a local copy of the repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from tools.places import REPOSITORY, ROOT
from tools.tree import files
from unit.fixtures.programs import run

SECTION = re.search(
    r"^## Install it\n(.*?)^## ", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
)[1]
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", SECTION, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """Return a folder with a git repository of the checkout's files, also those that are not committed."""
    folder = tmp_path_factory.mktemp("github")
    repository = folder / "cloud66.cloud.git"
    for name in files():
        target = repository / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target)
    author = ("-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false")
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], [*author, "commit", "-q", "-m", "All"]):
        subprocess.run(["git", "-C", str(repository), *command], check=True, env=environment(folder))
    return folder


def environment(home, **more):
    """The environment of a user who has only ansible-core."""
    foreign = ("ANSIBLE_", "CLOUD66_", "GIT_", "PYTHON", "XDG_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**kept, "HOME": str(home), "PATH": path, **more}


def test_each_way_installs_the_collection(copy, tmp_path):
    local = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.file://{copy}/.insteadOf",
        "GIT_CONFIG_VALUE_0": REPOSITORY[: REPOSITORY.rindex("/") + 1],
    }
    installed = tmp_path / ".ansible" / "collections" / "ansible_collections" / "cloud66" / "cloud"
    folder = tmp_path / "empty"
    folder.mkdir()
    ways = 0
    for kind, block in BLOCKS:
        if kind == "yaml":
            (folder / "requirements.yml").write_text(block, encoding="utf-8")
            continue
        shutil.rmtree(installed, ignore_errors=True)
        for command in re.findall(r"^\$ (.+)", block, re.MULTILINE):
            if command.startswith("pip "):
                print(f"{command}: not run, because it needs the network")
                continue
            done = run(["bash", "-c", command], env=environment(tmp_path, **local), cwd=folder)
            assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        assert (installed / "plugins" / "modules" / "c66_ping_info.py").exists(), block
        ways += 1
    assert ways == 3


def test_the_repository_is_that_of_galaxy():
    assert yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["repository"] == REPOSITORY


def test_pip_installs_what_the_requirements_say():
    needed = (ROOT / "requirements.txt").read_text(encoding="utf-8").split()
    line = re.search(r"^\$ pip install ('.+)$", SECTION, re.MULTILINE)[1]
    assert re.findall(r"'([^']+)'", line) == needed
