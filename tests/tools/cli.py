# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of the tools."""

from __future__ import annotations

import argparse
import os
import sys
import time
from typing import Callable

from . import artifact, docs, generator, release, venvs
from .places import ROOT
from .programs import JobError, Shell
from .runner import Runner
from .stages import ALL, QUICK, STAGES, Job, jobs, prerelease_jobs

COMMANDS = {
    "venv": "make the virtual environments",
    "demo-venv": "make the virtual environment of the demo and the simulator",
    "test": "run every test stage, on the oldest and the newest ansible-core",
    "check": f"run the quick stages on the newest ansible-core: {', '.join(QUICK)}",
    "generate": "write what follows from the modules",
    "build": "build the artifact into dist/",
    "docs": "build the documentation site",
    "release": "set the version VERSION and write the changelog",
    "release-check": "check that the checkout is the release TAG",
}

MAKERS: dict[str, Callable[[Shell], object]] = {
    "generate": generator.write,
    "build": lambda shell: artifact.build(shell, ROOT / "dist"),
    "docs": docs.build,
    "release": release.prepare,
}


def main(arguments: list[str]) -> int:
    """Run a command. Returns the exit status."""
    command = _parser().parse_args(arguments).command
    if any(character.isspace() for character in str(ROOT)):
        sys.exit(f"Ansible cannot run programs from a path that contains spaces: move the checkout out of {ROOT}.")
    if command == "demo-venv":
        venvs.make_for_demo()
        return 0
    if command == "release-check":
        return _tried(release.check)
    made = venvs.make_all()
    if command == "venv":
        print("\n".join(map(str, made)))
        return 0
    if command in MAKERS:
        shell = Shell(made[-1], lambda line: print(line, end="", flush=True))
        return _tried(lambda: MAKERS[command](shell))
    return _test(command, made)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tests/tools", description="The program behind the Makefile.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, text in COMMANDS.items():
        commands.add_parser(name, help=text)
    for name in STAGES:
        commands.add_parser(name, help="run one test stage")
    return parser


def _tried(work: Callable[[], object]) -> int:
    """Do some work. Returns the exit status."""
    try:
        work()
    except JobError as problem:
        print(problem)
        return 1
    return 0


def _test(command: str, made: list[venvs.Venv]) -> int:
    start = time.monotonic()
    print(f"Testing on {' and '.join(map(str, made[-1:] if command == 'check' else made))}.", flush=True)
    planned = _jobs(command, made)
    if command == "test" and not os.environ.get("CORES"):
        prerelease = venvs.make_prerelease(made[-1])
        planned += prerelease_jobs(prerelease) if prerelease else []
    passed = Runner(stream=command in STAGES).run(planned)
    print(f"{time.monotonic() - start:.0f} s in total.")
    return 0 if passed else 1


def _jobs(command: str, made: list[venvs.Venv]) -> list[Job]:
    if command == "check":
        return jobs(QUICK, made[-1:])
    return jobs(ALL if command == "test" else [command], made)
