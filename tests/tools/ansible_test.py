# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ansible-test in a copy of the checkout, set up so that it does not download its own pip."""

from __future__ import annotations

import ast
import configparser
import io
import os
import re
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from . import pythons
from .programs import HOME, JobError, Shell, search_path
from .tree import synced
from .venvs import Venv

# ansible-test downloads get_pip.py from an Ansible site unless its cache holds one. This one installs the pip that
# ships with Python, then upgrades it from the package index to the version that ansible-test asks for.
GET_PIP = """\
import subprocess
import sys

arguments = [word for word in sys.argv[1:] if word not in ("--no-setuptools", "--no-wheel")]
subprocess.check_call([sys.executable, "-m", "ensurepip"], stdout=subprocess.DEVNULL)
sys.exit(subprocess.call([sys.executable, "-m", "pip", "install", "--quiet", "--upgrade", *arguments]))
"""

# ansible-test exits with 0 despite these warnings.
SKIPPED = re.compile("WARNING: (Skipping|Required program|All targets)")

# Modules run on Python 3.9 and newer, see tests/config.yml.
LOWEST_TARGET = 9


def sanity(shell: Shell) -> None:
    """Run every sanity test on the controller's Python, and the compile and import tests on the modules' oldest too."""
    own = shell.venv.python
    lowest = pythons.find().get(LOWEST_TARGET, own)
    options = ["--controller", f"origin:python={own.minor}@{shell.venv.bin}/"]
    for python in dict.fromkeys((lowest, own)):
        options += ["--target-python", f"{python.minor}@{python.path}"]
    with _tree(shell, "sanity") as tree:
        # A component of GitLab consists of two YAML documents, which ansible-test refuses. The artifact has none.
        shutil.rmtree(tree / "templates")
        # Without `--venv`: each test gets its own virtual environment anyway.
        command = ("ansible-test", "sanity", "--color", "no", *options)
        output = shell.run(*command, cwd=tree, PATH=search_path(shell.venv, own, lowest))
    skipped = [line for line in output.splitlines() if SKIPPED.search(line)]
    if skipped:
        raise JobError("\n".join(["Tests were skipped:", *skipped]))


def integration(shell: Shell, *names: str) -> None:
    """Run targets in tests/integration/targets, or all, with the virtual environment's ansible-core and libraries."""
    with _tree(shell, "integration") as tree:
        python = shell.venv.python.minor
        targets = shell.read("ansible-test", "integration", "--list-targets", *names, cwd=tree).split()
        if all(target.startswith("setup_") for target in targets):
            raise JobError("ansible-test found no integration targets.")
        # Without `--venv`: our own environments hold what the targets need, in the versions under test.
        options = ("--local", "--continue-on-error", "--python", python, "--color", "no")
        shell.run("ansible-test", "integration", *options, *names, cwd=tree)
        shell.say(f"{len(targets)} targets: {', '.join(targets)}\n")


@contextmanager
def _tree(shell: Shell, stage: str) -> Iterator[Path]:
    """Yield a copy of the checkout, once ansible-test is known to find files in it."""
    _prepare_home(shell.venv)
    with synced(f"{stage}-{shell.venv.core}") as tree:
        # ansible-test succeeds when it has nothing to test.
        if not shell.read("ansible-test", "env", "--list-files", cwd=tree).split():
            raise JobError("ansible-test found no files to test.")
        yield tree


def _prepare_home(venv: Venv) -> None:
    cache = HOME / ".ansible" / "test" / "cache"
    for version in _pip_versions(venv):
        _write(cache / f"get_pip_{version.replace('.', '_')}.py", GET_PIP)
    _copy_pip_settings(venv)


def _pip_versions(venv: Venv) -> list[str]:
    """Return the versions of pip that this ansible-test installs."""
    (source,) = venv.path.glob("lib/python*/site-packages/ansible_test/_internal/python_requirements.py")
    return re.findall(r"\bpip='([\d.]+)'", source.read_text(encoding="utf-8"))


def _copy_pip_settings(venv: Venv) -> None:
    """Copy the user's pip settings to our HOME: ansible-test passes pip no environment variables."""
    settings = configparser.RawConfigParser()
    settings.add_section("global")
    settings.set("global", "cache-dir", _ask_pip(venv, "cache", "dir").strip())
    for line in _ask_pip(venv, "config", "list").splitlines():
        name, value = line.split("=", 1)
        section, option = name.rsplit(".", 1)
        section = "global" if section == ":env:" else section
        if not settings.has_section(section):
            settings.add_section(section)
        settings.set(section, option, ast.literal_eval(value))
    text = io.StringIO()
    settings.write(text)
    _write(HOME / ".config" / "pip" / "pip.conf", text.getvalue())


def _ask_pip(venv: Venv, *arguments: str) -> str:
    """Return pip's standard output; empty if it fails, as `pip cache dir` does when the cache is disabled."""
    command = [str(venv.bin / "python"), "-I", "-m", "pip", *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False).stdout


def _write(path: Path, text: str) -> None:
    """Write a private file atomically: another ansible-test may be reading it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as draft:
        draft.write(text)
    os.replace(draft.name, path)
