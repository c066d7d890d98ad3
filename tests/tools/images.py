# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the execution and the decision environment with the artifact, and uses them as AWX and people do."""

from __future__ import annotations

import re
import shutil
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from . import artifact
from .containers import Containers, containers
from .places import CACHE, REPOSITORY, ROOT
from .programs import JobError, Shell
from .venvs import make_for_images

FOLDER = CACHE / "images"
EXECUTION, DECISION = "execution-environment", "decision-environment"
# How the files get the collection, and how they do here.
FROM_GIT = f"""\
      - name: {REPOSITORY}.git
        type: git
        version: main
"""
FROM_FILE = """\
      - name: {file.name}
        type: file
"""
FILE = """\
additional_build_files:
  - src: {file}
    dest: .
"""
BASE = re.compile(r"^    name: debian:(\w+)-slim$", re.MULTILINE)
BUILD_OPTIONS = "--isolation=chroot --network=host --pull=never"

DEMO = ROOT / "tests" / "demo"
RULEBOOKS = ROOT / "tests" / "images"
DOCTOR = f"{artifact.FULL_NAME}.doctor"
WRONG_TOKEN = "5d0d0e2222"
# Set for every program. What starts a container hands them on.
ACCESS = ("CLOUD66_API_URL", "CLOUD66_ACCESS_TOKEN")
# OpenShift chooses a user for each project. It has no name, no home, and the group 0.
PODMAN = ("podman", "run", "--rm", "--user=123456:0", *(f"--env={name}" for name in ACCESS))
# ansible-navigator hands all of Ansible's variables on.
FOREIGN = ("ANSIBLE_COLLECTIONS_PATH", "ANSIBLE_CONFIG", "ANSIBLE_HOME")
NAVIGATOR = ("env", *(f"--unset={name}" for name in FOREIGN), "ansible-navigator")
# Ends a rulebook that hangs.
SECONDS = "120"


def check(shell: Shell) -> None:
    """Build both environments, and use them against the simulator."""
    shell.say(
        "Builds execution-environment.yml and decision-environment.yml: some minutes, 1.1 GB in .cache/containers.\n"
    )
    shutil.rmtree(FOLDER, ignore_errors=True)
    tarball = artifact.build(shell, FOLDER)
    with artifact.simulator(shell, FOLDER) as url:
        access = {"CLOUD66_API_URL": url, "CLOUD66_ACCESS_TOKEN": artifact.TOKEN}
        tools = Shell(make_for_images(shell.venv), shell.say, cwd=FOLDER, **access)
        try:
            _check(tools, tarball, url)
        finally:
            shell.processor_seconds += tools.processor_seconds
    _check_secrets(shell)


def _check(tools: Shell, tarball: Path, url: str) -> None:
    suites = {name: _define(tools, name, tarball) for name in (EXECUTION, DECISION)}
    with containers(tools) as engine:
        images = {name: _build(engine, name, suite) for name, suite in suites.items()}
        _run_runner(engine, images[EXECUTION], url)
        _run_navigator(engine, images[EXECUTION], url)
        _run_podman(engine, images[EXECUTION])
        _run_rulebook(engine, images[DECISION])


def _define(tools: Shell, name: str, tarball: Path) -> str:
    """Write the definition of an environment with the artifact in place of the repository, and have it checked.

    Returns the Debian release that it is based on.
    """
    text = (ROOT / f"{name}.yml").read_text(encoding="utf-8")
    base = BASE.search(text)
    if text.count(FROM_GIT) != 1 or not base:
        raise JobError(f"{name}.yml has another base image, or does not install the collection from {REPOSITORY}.git.")
    text = text.replace(FROM_GIT, FROM_FILE.format(file=tarball)) + FILE.format(file=tarball)
    (FOLDER / f"{name}.yml").write_text(text, encoding="utf-8")
    tools.run("ansible-builder", "create", *_definition(name))
    return base[1]


def _definition(name: str) -> tuple[str, ...]:
    return ("--file", f"{name}.yml", "--context", f"context-{name}")


def _build(engine: Containers, name: str, suite: str) -> str:
    """Build an image on a Debian release. Returns its name."""
    image = f"localhost/cloud66-{name}"
    base = ("--build-arg", f"EE_BASE_IMAGE={engine.base(suite)}")
    build = ("ansible-builder", "build", *_definition(name), "--tag", image, *base, "--verbosity", "3")
    engine.run(*build, "--container-runtime", "podman", f"--extra-build-cli-args={BUILD_OPTIONS}")
    return image


def _run_runner(engine: Containers, image: str, url: str) -> None:
    """Run a playbook as AWX does."""
    data = FOLDER / "runner"
    (data / "env").mkdir(parents=True)
    values = zip(ACCESS, (url, artifact.TOKEN))
    (data / "env" / "envvars").write_text("".join(f"{name}: {value}\n" for name, value in values), encoding="utf-8")
    options = ["--process-isolation", "--process-isolation-executable", "podman", "--container-image", image]
    # The user of the image could not write into the folder, which is root's.
    options.append("--container-option=--user=root")
    _expect(engine.run("ansible-runner", "run", str(data), "--playbook", DOCTOR, *options), "Ready.")


def _run_navigator(engine: Containers, image: str, url: str) -> None:
    """Run the demo's playbook twice, with the inventory plugin, and show the inventory."""
    project = FOLDER / "project"
    project.mkdir()
    for name in ("deploy.yml", "c66.yml"):
        shutil.copy2(DEMO / name, project)
    options = ["--mode", "stdout", "--execution-environment-image", image, "--pull-policy", "never"]
    options += ["--container-engine", "podman", "--inventory", "c66.yml"]
    options += [word for name in ACCESS for word in ("--penv", name)]
    play = (*NAVIGATOR, "run", "deploy.yml", "--playbook-artifact-enable", "false", *options)
    with _message_queues():
        _expect(engine.run(*play, cwd=project), "changed=2", "failed=0")
        _expect(engine.run(*play, cwd=project), "changed=0", "failed=0")
        inventory = engine.run(*NAVIGATOR, "inventory", *options, "--graph", cwd=project)
    _expect(inventory, "@stack_awesome_app:", "@role_web:")
    with urllib.request.urlopen(url.replace("/api/3", "/_sim/state?thing=env_vars")) as state:
        _expect(state.read().decode(), '"RELEASE"')


def _run_podman(engine: Containers, image: str) -> None:
    """Run a playbook as any user, and with a token that is not accepted."""
    _expect(engine.run(*PODMAN, image, "ansible-playbook", DOCTOR), "Ready.")
    fails = ("sh", "-c", f"! ansible-playbook {DOCTOR}")
    output = engine.run(*PODMAN, image, *fails, CLOUD66_ACCESS_TOKEN=WRONG_TOKEN)
    _expect(output, "The token from the variable CLOUD66_ACCESS_TOKEN is invalid or was revoked")


def _run_rulebook(engine: Containers, image: str) -> None:
    """Run a rulebook on an event that the simulator has."""
    run = (*PODMAN, f"--volume={RULEBOOKS}:/rulebooks:ro", image, "timeout", SECONDS, "ansible-rulebook")
    _expect(engine.run(*run, "--version"), "Java version")
    files = ("--rulebook", "/rulebooks/rulebook.yml", "--inventory", "/rulebooks/inventory.yml")
    _expect(engine.run(*run, *files), "Ready.")


@contextmanager
def _message_queues() -> Iterator[None]:
    """Give the machine the folder that ansible-navigator wants to see, if it has none. Nothing uses it."""
    folder = Path("/dev/mqueue")
    is_new = not folder.exists()
    if is_new:
        folder.mkdir()
    try:
        yield
    finally:
        if is_new:
            folder.rmdir()


def _expect(output: str, *texts: str) -> None:
    missing = [text for text in texts if text not in output]
    if missing:
        raise JobError(f"Missing in the output: {', '.join(missing)}")


def _check_secrets(shell: Shell) -> None:
    """Check that no token is in the output, or in what ansible-runner and ansible-navigator have written.

    ansible-runner writes the variables of a container into files of their own.
    """
    written = [path for name in ("project", "runner") for path in (FOLDER / name).rglob("*") if path.is_file()]
    files = [path for path in written if path.name not in ("envvars", "env.list", "command")]
    places = {"the output": "".join(shell.lines), **{str(path): path.read_text("utf-8", "replace") for path in files}}
    found = [place for place, text in places.items() if artifact.TOKEN in text or WRONG_TOKEN in text]
    if found:
        raise JobError(f"A token is in {', '.join(found)}.")
