# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stages of `make test`: what each runs, and on which ansible-core versions."""

from __future__ import annotations

import os
import random
import re
import shutil
from typing import Callable, NamedTuple

from . import ansible_test, artifact, docs, generator, images
from .places import CACHE, IN_COLLECTIONS, ROOT, collections_path
from .programs import Shell, SkippedError
from .tree import collections_of, files, synced
from .venvs import Venv, make_for_rulebooks

# The closing lines of pytest and coverage, shown even if all tests pass.
CLOSING = re.compile(
    r"\d+ (passed|failed|errors?|skipped)\b.* in |no tests ran|TOTAL\s|FAIL Required|Required test coverage"
)
# Also why tests were skipped.
SKIPS = re.compile(rf"SKIPPED |{CLOSING.pattern}")
PLUGIN_UNITS = "tests/unit/plugins"
UNITS_WITHOUT_ANSIBLE = ("tests/unit/simulator",)
HOSTILE = "tests/unit/simulator/test_sim_hostile.py"
RULEBOOKS = "tests/unit/eda/test_rulebooks.py"
QUICK_UNITS = (
    f"{PLUGIN_UNITS}/modules",
    f"{PLUGIN_UNITS}/module_utils",
    "tests/unit/house/test_architecture.py",
    "tests/unit/house/test_generator.py",
    "tests/unit/simulator",
)


# The files of GitHub, by their schema in check-jsonschema.
SCHEMAS = {
    "github-workflows": re.compile(r"\.github/workflows/.*").fullmatch,
    "github-issue-config": re.compile(r"\.github/ISSUE_TEMPLATE/config\.yml").fullmatch,
    "github-issue-forms": re.compile(r"\.github/ISSUE_TEMPLATE/(?!config).*").fullmatch,
}

NEXT_UNITS = (
    "tests/unit/plays",
    "tests/unit/plugins/filter",
    "tests/unit/plugins/inventory",
    "tests/unit/plugins/lookup",
    "tests/unit/plugins/module_utils/engine",
    "tests/unit/plugins/plugin_utils",
    "tests/unit/house/test_documentation.py",
)
NEXT_TARGETS = ("c66_device", "c66_env_var", "c66_server_info", "inventory_c66", "lookup_c66_env_var")


class Stage(NamedTuple):
    """A part of the tests. `alone`: run nothing beside it, because it uses all processors or is quick."""

    name: str
    run: Callable[[Shell], None]
    on_all: bool = False
    alone: bool = False
    shown: re.Pattern[str] | None = None


class Job(NamedTuple):
    """A stage on one ansible-core. The result of a job that does not `count` is only reported."""

    stage: Stage
    venv: Venv
    counts: bool = True

    def __str__(self) -> str:
        is_special = self.stage.on_all or not self.counts
        return f"{self.stage.name} on ansible-core {self.venv.core}" if is_special else self.stage.name


def jobs(names: list[str], venvs: list[Venv]) -> list[Job]:
    """Return the jobs of some stages. `venvs` ends with the newest ansible-core, which is tested first."""
    chosen = [STAGES[name] for name in names]
    return [Job(stage, venv) for stage in chosen for venv in (reversed(venvs) if stage.on_all else venvs[-1:])]


def prerelease_jobs(venv: Venv) -> list[Job]:
    """Return the jobs on a pre-release of ansible-core."""
    return [Job(Stage("next", _next, alone=True, shown=CLOSING), venv, counts=False)]


def _next(shell: Shell) -> None:
    """Run what depends on ansible-core most: the units of plugins and plays, and some integration targets."""
    shell.run(*_pytest(shell, *NEXT_UNITS))
    ansible_test.integration(shell, *NEXT_TARGETS)


def _format(shell: Shell) -> None:
    shell.run("ruff", "format", "--check", "--diff", ".")


def _lint(shell: Shell) -> None:
    scripts = [name for name in files() if name.endswith(".sh") or name == ".ci/run"]
    schemas = [
        ("check-jsonschema", "--builtin-schema", f"vendor.{schema}", *(name for name in files() if match(name)))
        for schema, match in SCHEMAS.items()
    ]
    shell.run_all(("ruff", "check", "."), ("shellcheck", *scripts), *schemas)


def _types(shell: Shell) -> None:
    mypy = ("mypy", "--config-file", str(ROOT / "pyproject.toml"))
    cache = str(CACHE / "mypy")
    plugins = str(IN_COLLECTIONS / "plugins")
    shell.run(*mypy, plugins, cwd=collections_path(), MYPY_CACHE=cache)
    shell.run(*mypy, "-p", "simulator", "-p", "tools", cwd=ROOT / "tests", MYPY_CACHE=cache)


def _ansible_lint(shell: Shell) -> None:
    # In a copy, because it leaves a folder behind.
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
    """Run all unit tests on the newest ansible-core, and on others those that Ansible or a library may affect.

    Coverage is measured with the tests of the plugins. The others run playbooks, which it would slow down. Those of
    rulebooks are a stage of their own.
    """
    if (CACHE / "venv").resolve() == shell.venv.path.resolve():
        covered = _pytest(shell, PLUGIN_UNITS, "--cov", "--cov-report=term")
        shell.run_all(covered, _pytest(shell, "tests/unit", f"--ignore={PLUGIN_UNITS}", f"--ignore={RULEBOOKS}"))
    else:
        ignored = [f"--ignore={folder}" for folder in (*UNITS_WITHOUT_ANSIBLE, RULEBOOKS)]
        # Just before a full hour, when the hourly limit begins anew.
        shell.run(*_pytest(shell, "tests/unit", *ignored), CLOCK_START="10:59:59")


def _rulebook(shell: Shell) -> None:
    """Run rulebooks with ansible-rulebook, which has an environment of its own."""
    if not shutil.which("java") and not os.environ.get("JAVA_HOME"):
        raise SkippedError("ansible-rulebook needs Java, which is not installed.")
    try:
        venv = make_for_rulebooks(shell.venv)
    except SystemExit as problem:
        raise SkippedError(f"ansible-rulebook cannot be installed: {problem}") from None
    shell.run(*_pytest(shell, "-rs", RULEBOOKS), RULEBOOK_BIN=str(venv.bin))


def _quick(shell: Shell) -> None:
    """Run the unit tests that start no Ansible program, without the slow hostile requests to the simulator."""
    shell.run(*_pytest(shell, *QUICK_UNITS, f"--ignore={HOSTILE}"))


def _pytest(shell: Shell, *arguments: str) -> list[str]:
    """The command that runs pytest with one process per processor and in random order."""
    seed = f"--randomly-seed={random.randrange(2**32)}"
    shell.say(f"To repeat the order of these tests: {seed}\n")
    processes = str(min(os.cpu_count() or 1, 4))
    return ["pytest", "-q", "-n", processes, "--dist", "worksteal", seed, *arguments]


STAGES = {
    stage.name: stage
    for stage in (
        Stage("generated", generator.check, alone=True),
        Stage("format", _format, alone=True),
        Stage("lint", _lint, alone=True),
        Stage("unit", _unit, on_all=True, alone=True, shown=CLOSING),
        Stage("quick", _quick, alone=True, shown=CLOSING),
        # The rest run two at a time, so the slow ones come first.
        Stage("sanity", ansible_test.sanity, on_all=True),
        Stage("ee", images.check),
        Stage("integration", ansible_test.integration, on_all=True),
        Stage("rulebook", _rulebook, on_all=True, shown=SKIPS),
        Stage("types", _types),
        Stage("artifact", artifact.check),
        Stage("docs-lint", docs.lint),
        Stage("ansible-lint", _ansible_lint),
    )
}
QUICK = ["generated", "format", "lint", "types", "quick"]
ALL = [name for name in STAGES if name != "quick"]
