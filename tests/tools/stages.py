# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stages of `make test`: what each of them runs, and on which ansible-cores."""

from __future__ import annotations

import os
import random
import re
from typing import Callable, NamedTuple

from . import ansible_test, artifact, docs
from .places import CACHE, IN_COLLECTIONS, ROOT, collections_path
from .programs import Shell
from .tree import collections_of, files, synced
from .venvs import Venv

# The lines that pytest and coverage close with. They are shown also when all is well.
CLOSING = re.compile(
    r"\d+ (passed|failed|errors?|skipped)\b.* in |no tests ran|TOTAL\s|FAIL Required|Required test coverage"
)
HOSTILE = "tests/unit/simulator/test_sim_hostile.py"
QUICK_UNITS = (
    "tests/unit/plugins/modules",
    "tests/unit/plugins/module_utils",
    "tests/unit/house/test_architecture.py",
    "tests/unit/simulator",
)


class Stage(NamedTuple):
    """A part of the tests. `alone` says that it keeps all processors busy, or is over before it is worth a thought."""

    name: str
    run: Callable[[Shell], None]
    on_all: bool = False
    alone: bool = False
    shown: re.Pattern[str] | None = None


class Job(NamedTuple):
    """A stage on one ansible-core."""

    stage: Stage
    venv: Venv

    def __str__(self) -> str:
        return f"{self.stage.name} on ansible-core {self.venv.core}" if self.stage.on_all else self.stage.name


def jobs(names: list[str], venvs: list[Venv]) -> list[Job]:
    """The jobs of some stages. The newest ansible-core, which is the last, comes first."""
    chosen = [STAGES[name] for name in names]
    return [Job(stage, venv) for stage in chosen for venv in (reversed(venvs) if stage.on_all else venvs[-1:])]


def _format(shell: Shell) -> None:
    shell.run("ruff", "format", "--check", "--diff", ".")


def _lint(shell: Shell) -> None:
    scripts = [name for name in files() if name.endswith(".sh") or name == ".ci/run"]
    shell.run_all(("ruff", "check", "."), ("shellcheck", *scripts))


def _types(shell: Shell) -> None:
    mypy = ("mypy", "--config-file", str(ROOT / "pyproject.toml"))
    cache = str(CACHE / "mypy")
    plugins = str(IN_COLLECTIONS / "plugins")
    shell.run(*mypy, plugins, cwd=collections_path(), MYPY_CACHE=cache)
    shell.run(*mypy, "-p", "simulator", "-p", "tools", cwd=ROOT / "tests", MYPY_CACHE=cache)


def _ansible_lint(shell: Shell) -> None:
    # In a copy, for it leaves a folder of its own behind.
    with synced("ansible-lint") as tree:
        collections = collections_of(tree)
        shell.run(
            "ansible-lint",
            "--nocolor",
            "--offline",
            "--profile",
            "production",
            cwd=tree,
            ANSIBLE_COLLECTIONS_PATH=collections,
        )


def _unit(shell: Shell) -> None:
    """pytest, on as many processes as there are processors; with coverage on the newest ansible-core only."""
    is_newest = (CACHE / "venv").resolve() == shell.venv.path.resolve()
    if is_newest:
        _pytest(shell, "tests/unit", "--cov", "--cov-report=term")
    else:
        # Just before a full hour, when the hourly limit begins anew.
        _pytest(shell, "tests/unit", CLOCK_START="10:59:59")


def _quick(shell: Shell) -> None:
    """The units that start no program of Ansible's, without the hostile requests that take the simulator long."""
    _pytest(shell, *QUICK_UNITS, f"--ignore={HOSTILE}")


def _pytest(shell: Shell, *arguments: str, **variables: str) -> None:
    seed = f"--randomly-seed={random.randrange(2**32)}"
    shell.say(f"To repeat the order of these tests: {seed}\n")
    processes = str(min(os.cpu_count() or 1, 4))
    shell.run("pytest", "-q", "-n", processes, "--dist", "worksteal", seed, *arguments, cwd=ROOT, **variables)


STAGES = {
    stage.name: stage
    for stage in (
        Stage("format", _format, alone=True),
        Stage("lint", _lint, alone=True),
        Stage("unit", _unit, on_all=True, alone=True, shown=CLOSING),
        Stage("quick", _quick, alone=True, shown=CLOSING),
        # From here on two at a time, so the long ones come first.
        Stage("sanity", ansible_test.sanity, on_all=True),
        Stage("integration", ansible_test.integration, on_all=True),
        Stage("types", _types),
        Stage("artifact", artifact.check),
        Stage("docs-lint", docs.lint),
        Stage("ansible-lint", _ansible_lint),
    )
}
QUICK = ["format", "lint", "types", "quick"]
ALL = [name for name in STAGES if name != "quick"]
