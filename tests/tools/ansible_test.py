# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-test in a copy of the checkout, with what it needs to work where it cannot download its own pip."""

from __future__ import annotations

import ast
import configparser
import io
import os
import re
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from . import pythons
from .programs import HOME, JobError, Shell, search_path
from .tree import synced
from .venvs import Venv

# ansible-test fetches a program that installs pip from a site of Ansible's, unless it finds one in its cache. This one
# installs the pip that comes with Python, and then, from the package index, the version that ansible-test asks for.
GET_PIP = """\
import subprocess
import sys

arguments = [word for word in sys.argv[1:] if word not in ("--no-setuptools", "--no-wheel")]
subprocess.check_call([sys.executable, "-m", "ensurepip"], stdout=subprocess.DEVNULL)
sys.exit(subprocess.call([sys.executable, "-m", "pip", "install", "--quiet", "--upgrade", *arguments]))
"""

# With these warnings ansible-test succeeds all the same.
SKIPPED = re.compile("WARNING: (Skipping|Required program|All targets)")

# The oldest Python that modules run on, see tests/config.yml.
LOWEST_TARGET = 9


def sanity(shell: Shell) -> None:
    """Every sanity test on the controller's Python, and what compiles and imports on the lowest one for modules too."""
    own = shell.venv.python
    lowest = pythons.find().get(LOWEST_TARGET, own)
    options = ["--controller", f"origin:python={own.minor}@{shell.venv.bin}/"]
    for python in dict.fromkeys((lowest, own)):
        options += ["--target-python", f"{python.minor}@{python.path}"]
    with _tree(shell, "sanity") as tree:
        # Not in a `--venv`: each test gets a virtual environment of its own anyway, so it would only cost time.
        command = ("ansible-test", "sanity", "--color", "no", *options)
        said = shell.run(*command, cwd=tree, PATH=search_path(shell.venv, own, lowest))
    skipped = [line for line in said.splitlines() if SKIPPED.search(line)]
    if skipped:
        raise JobError("\n".join(["Tests were skipped:", *skipped]))


def integration(shell: Shell) -> None:
    """Every target in tests/integration/targets, with the virtual environment's ansible-core and libraries."""
    with _tree(shell, "integration") as tree:
        python = shell.venv.python.minor
        targets = shell.read("ansible-test", "integration", "--list-targets", cwd=tree).split()
        if all(target.startswith("setup_") for target in targets):
            raise JobError("ansible-test has found no integration targets.")
        # Not in a `--venv`: our own environments hold what the targets need, in the versions that are to be tested.
        shell.run("ansible-test", "integration", "--local", "--python", python, "--color", "no", cwd=tree)
        shell.say(f"{len(targets)} targets: {', '.join(targets)}\n")


@contextmanager
def _tree(shell: Shell, stage: str) -> Iterator[Path]:
    """A copy of the checkout in which ansible-test has been seen to find files."""
    _prepare_home(shell.venv)
    with synced(f"{stage}-{shell.venv.core}") as tree:
        # With nothing to test ansible-test succeeds.
        if not shell.read("ansible-test", "env", "--list-files", cwd=tree).split():
            raise JobError("ansible-test has found no files to test.")
        yield tree


def _prepare_home(venv: Venv) -> None:
    cache = HOME / ".ansible" / "test" / "cache"
    for version in _pip_versions(venv):
        _write(cache / f"get_pip_{version.replace('.', '_')}.py", GET_PIP)
    _keep_pip_settings(venv)


def _pip_versions(venv: Venv) -> list[str]:
    """The versions of pip that an ansible-test installs."""
    (source,) = venv.path.glob("lib/python*/site-packages/ansible_test/_internal/python_requirements.py")
    return re.findall(r"\bpip='([\d.]+)'", source.read_text(encoding="utf-8"))


def _keep_pip_settings(venv: Venv) -> None:
    """Let pip know in our HOME what it knows in the user's: ansible-test passes it no environment variables."""
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


def _ask_pip(venv: Venv, *question: str) -> str:
    """What pip says on its standard output; nothing, if it fails, as for the folder of a cache that is switched off."""
    command = [str(venv.bin / "python"), "-I", "-m", "pip", *question]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False).stdout


def _write(path: Path, text: str) -> None:
    """Write a file that only we may read, and whole, for another ansible-test may be reading it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as draft:
        draft.write(text)
    os.replace(draft.name, path)
