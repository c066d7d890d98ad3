# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs programs in a controlled environment, independent of the user's settings."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any, Callable, Sequence

from . import pythons
from .places import CACHE, ROOT, collections_path
from .pythons import Python
from .venvs import Venv

HOME = CACHE / "home"

# Prefixes of environment variables set by a shell, a CI system or a git hook that would change what is tested.
FOREIGN = (
    "ANSIBLE_",
    "CLOUD66_",
    "COVERAGE_",
    "FORCE_COLOR",
    "GIT_DIR",
    "GIT_INDEX",
    "GIT_OBJECT",
    "GIT_PREFIX",
    "GIT_WORK",
    "MYPY",
    "PYTEST_",
    "PYTHON",
    "PY_COLORS",
    "RUFF_",
    "VIRTUAL_ENV",
    "XDG_",
    "YAMLLINT_",
)


class JobError(Exception):
    """A job failed. The text says why where the output of its programs does not."""


class SkippedError(Exception):
    """A job cannot run here. The text says why."""


def own_environment() -> dict[str, str]:
    """Return the user's environment variables without the foreign ones."""
    return {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}


def environment(venv: Venv) -> dict[str, str]:
    """Return the environment variables for programs of a virtual environment."""
    HOME.mkdir(parents=True, exist_ok=True)
    # An empty file: with none Ansible reads the system's configuration, and some tools refuse /dev/null.
    config = HOME / "ansible.cfg"
    config.touch()
    return {
        **own_environment(),
        "HOME": str(HOME),
        "LC_ALL": "C.UTF-8",
        "PATH": search_path(venv, venv.python),
        # Output through a pipe should appear at once.
        "PYTHONUNBUFFERED": "1",
        "ANSIBLE_CONFIG": str(config),
        "ANSIBLE_HOME": str(CACHE / "ansible"),
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_COLLECTIONS_PATH": str(collections_path()),
    }


def search_path(venv: Venv, *base_pythons: Python) -> str:
    """Return a PATH with the virtual environment's programs first, then those of some base Pythons."""
    folders = [str(venv.bin), *(str(Path(python.path).parent) for python in base_pythons)]
    return os.pathsep.join([*folders, *pythons.path_without_shims()])


class Shell:
    """Runs the programs of one job. Their output goes line by line to `write` and is kept in `lines`.

    `processor_seconds` is the processor time of these programs and of those that they waited for.
    """

    def __init__(self, venv: Venv, write: Callable[[str], object], cwd: Path = ROOT, **variables: str) -> None:
        self.venv = venv
        self.lines: list[str] = []
        self.processor_seconds = 0.0
        self._write = write
        self._cwd = cwd
        self._variables = variables

    def say(self, text: str) -> None:
        for line in text.splitlines(keepends=True):
            self.lines.append(line)
            self._write(line)

    def run(self, *command: str, cwd: Path | None = None, **variables: str) -> str:
        """Run a program and return its output. Raises JobError if it fails."""
        text, problem = self._run(command, cwd, variables)
        if problem:
            raise JobError(problem)
        return text

    def run_all(self, *commands: Sequence[str], cwd: Path | None = None, **variables: str) -> None:
        """Run all programs in turn, even after a failure. Raises JobError if any failed."""
        problems = [self._run(command, cwd, variables)[1] for command in commands]
        if any(problems):
            raise JobError("\n".join(filter(None, problems)))

    def read(self, *command: str, cwd: Path | None = None, **variables: str) -> str:
        """Return the standard output of a program. The output is shown only if the program fails."""
        result = subprocess.run(command, capture_output=True, check=False, **self._popen_options(cwd, variables))
        problem = _problem(command, result.returncode)
        if problem:
            self.say(result.stdout + result.stderr)
            raise JobError(problem)
        return str(result.stdout)

    def _run(self, command: Sequence[str], cwd: Path | None, variables: dict[str, str]) -> tuple[str, str | None]:
        """Run a program. Returns its output, and a message if it failed."""
        text = []
        options = {**self._popen_options(cwd, variables), "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        with subprocess.Popen(command, **options) as process:
            assert process.stdout
            for line in process.stdout:
                text.append(line)
                self.say(line)
            # Popen's own wait does not return the processor time.
            _pid, status, usage = os.wait4(process.pid, 0)
            process.returncode = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
        self.processor_seconds += usage.ru_utime + usage.ru_stime
        return "".join(text), _problem(command, process.returncode)

    def _popen_options(self, cwd: Path | None, variables: dict[str, str]) -> dict[str, Any]:
        return {
            "cwd": cwd or self._cwd,
            "env": {**environment(self.venv), **self._variables, **variables},
            "stdin": subprocess.DEVNULL,
            "encoding": "utf-8",
            "errors": "replace",
        }


def _problem(command: Sequence[str], status: int) -> str | None:
    return f"{' '.join(command[:3])} exited with status {status}." if status else None
