# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the artifact that users install, checks its content, and tries it in a clean environment."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tarfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from . import links
from .places import CACHE, IN_COLLECTIONS, NAME, NAMESPACE, ROOT
from .programs import JobError, Shell, environment
from .tree import synced
from .venvs import make_for_users

# Everything a user needs. Anything else belongs in galaxy.yml's build_ignore.
TOP_LEVEL = {
    "CHANGELOG.md",
    "FILES.json",
    "LICENSE",
    "MANIFEST.json",
    "README.md",
    "SECURITY.md",
    "changelogs",
    "decision-environment.yml",
    "docs",
    "execution-environment.yml",
    "extensions",
    "meta",
    "playbooks",
    "plugins",
    "requirements.txt",
    "roles",
}
REQUIRED = {
    "LICENSE",
    "README.md",
    "decision-environment.yml",
    "execution-environment.yml",
    "meta/runtime.yml",
    "requirements.txt",
}

DOCUMENTED = {
    "filter": "plugins/filter",
    "inventory": "plugins/inventory",
    "lookup": "plugins/lookup",
    "module": "plugins/modules",
    "role": "roles",
}
FULL_NAME = f"{NAMESPACE}.{NAME}"
TOKEN = "4c9c9b1111"
START_SECONDS = 60


def build(shell: Shell, target: Path) -> Path:
    """Build the artifact into a folder, from a copy of the checkout, because git ignores more than galaxy.yml does."""
    with synced("artifact") as tree:
        shell.run("ansible-galaxy", "collection", "build", "--force", "--output-path", str(target), cwd=tree)
    return max(target.glob("*.tar.gz"), key=os.path.getmtime)


def check(shell: Shell) -> None:
    """Build the artifact, install it into an environment with only ansible-core and its requirements, and use it."""
    folder = CACHE / "artifact"
    shutil.rmtree(folder, ignore_errors=True)
    tarball = build(shell, folder)
    _check_content(tarball)
    _check_import(shell, tarball)
    collections = folder / "installed"
    user = Shell(make_for_users(shell.venv), shell.say, folder, ANSIBLE_COLLECTIONS_PATH=str(collections))
    user.run("ansible-galaxy", "collection", "install", "--offline", "-p", str(collections), str(tarball))
    _check_links(collections / IN_COLLECTIONS)
    _check_docs(user, collections / IN_COLLECTIONS)
    with simulator(shell, folder) as url:
        user.run("ansible", "localhost", "-m", f"{FULL_NAME}.c66_ping_info", "-a", f"api_url={url} api_token={TOKEN}")


def _check_content(tarball: Path) -> None:
    with tarfile.open(tarball) as archive:
        names = {member.name for member in archive if member.isfile()}
    unwanted = sorted(name for name in names if name.split("/")[0] not in TOP_LEVEL or "/." in f"/{name}")
    unwanted += sorted(name for name in names if name.startswith("changelogs/") and name != "changelogs/changelog.yaml")
    missing = sorted(REQUIRED - names)
    if unwanted or missing:
        raise JobError(f"{tarball.name}: unwanted files {unwanted}, missing files {missing}.")


def _check_import(shell: Shell, tarball: Path) -> None:
    """Import it as Galaxy and Automation Hub do, with all checks. ansible-lint has a stage of its own."""
    options = {
        "GALAXY_IMPORTER_CHECK_REQUIRED_TAGS": "true",
        "GALAXY_IMPORTER_RUN_ANSIBLE_LINT": "false",
        "GALAXY_IMPORTER_RUN_FLAKE8": "true",
    }
    output = shell.run("python", "-m", "galaxy_importer.main", tarball.name, cwd=tarball.parent, **options)
    warnings = [line for line in output.splitlines() if line.startswith(("WARNING", "ERROR"))]
    if warnings:
        raise JobError("\n".join(["galaxy-importer warns:", *warnings]))


def _check_links(installed: Path) -> None:
    """Check that the pages link only to what is installed with them."""
    names = [str(path.relative_to(installed)) for path in installed.rglob("*") if path.is_file()]
    dead = list(links.dead(installed, names))
    if dead:
        raise JobError("The artifact has dead links:\n" + "\n".join(dead))


def _check_docs(user: Shell, installed: Path) -> None:
    """Check that ansible-doc has documentation for everything installed."""
    for kind, folder in DOCUMENTED.items():
        names = {f"{FULL_NAME}.{path.stem}" for path in (installed / folder).glob("[!_.]*")}
        if names:
            known = json.loads(user.read("ansible-doc", "--json", "-t", kind, *sorted(names)))
            missing = sorted(name for name in names if not known.get(name))
            if missing:
                raise JobError(f"ansible-doc -t {kind} has no documentation for {missing}.")


@contextmanager
def simulator(shell: Shell, folder: Path) -> Iterator[str]:
    """Yield the URL of a simulator. It runs in the development environment, which has its requirements."""
    port_file, log = folder / "port", folder / "simulator.log"
    command = [str(shell.venv.bin / "python"), str(ROOT / "tests" / "simulator"), "--host", "127.0.0.1", "--port", "0"]
    command += ["--port-file", str(port_file), "--parent-pid", str(os.getpid())]
    with open(log, "wb") as output:
        process = subprocess.Popen(command, env=environment(shell.venv), stdout=output, stderr=output)
    try:
        yield f"http://127.0.0.1:{_wait_for_port(process, port_file, log)}/api/3"
    finally:
        process.terminate()
        process.wait()


def _wait_for_port(process: subprocess.Popen[bytes], port_file: Path, log: Path) -> int:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        if port_file.exists():
            return int(port_file.read_text(encoding="utf-8"))
        time.sleep(0.05)
    raise JobError(f"The simulator did not start.\n{log.read_text(encoding='utf-8')}")
