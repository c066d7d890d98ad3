# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs run in an environment of ours, with nothing of the user's around them."""

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

# Settings of the user's shell, of a CI, or of a git hook that `make test` is called from. They change what is tested.
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
    """A job has failed; the text says why, when what its programs wrote does not."""


def own_environment() -> dict[str, str]:
    """The user's environment variables without the foreign ones."""
    return {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}


def environment(venv: Venv) -> dict[str, str]:
    """The environment variables in which a virtual environment's programs run."""
    HOME.mkdir(parents=True, exist_ok=True)
    # An empty file, for no file at all makes Ansible look for the system's, and some tools refuse /dev/null.
    config = HOME / "ansible.cfg"
    config.touch()
    return {
        **own_environment(),
        "HOME": str(HOME),
        "LC_ALL": "C.UTF-8",
        "PATH": search_path(venv, venv.python),
        # What a program writes into a pipe is to be seen at once.
        "PYTHONUNBUFFERED": "1",
        "ANSIBLE_CONFIG": str(config),
        "ANSIBLE_HOME": str(CACHE / "ansible"),
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_COLLECTIONS_PATH": str(collections_path()),
    }


def search_path(venv: Venv, *real: Python) -> str:
    """A PATH on which the virtual environment's programs are found first, and then `python3.X` of some real Pythons."""
    folders = [str(venv.bin), *(str(Path(python.path).parent) for python in real)]
    return os.pathsep.join([*folders, *pythons.path_without_shims()])


class Shell:
    """Runs the programs of one job. Whatever they write goes line by line to `write`, and is kept in `lines`.

    `processor_seconds` is what they and the programs that they have waited for have used so far.
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
        """Run a program and return all that it wrote. Raises JobError when it ends with an error."""
        text, problem = self._run(command, cwd, variables)
        if problem:
            raise JobError(problem)
        return text

    def run_all(self, *commands: Sequence[str], cwd: Path | None = None, **variables: str) -> None:
        """Run programs one after another, also after one has failed. Raises JobError when any has."""
        problems = [self._run(command, cwd, variables)[1] for command in commands]
        if any(problems):
            raise JobError("\n".join(filter(None, problems)))

    def read(self, *command: str, cwd: Path | None = None, **variables: str) -> str:
        """The standard output of a program, which is shown only if the program fails."""
        done = subprocess.run(command, capture_output=True, check=False, **self._surroundings(cwd, variables))
        problem = _problem(command, done.returncode)
        if problem:
            self.say(done.stdout + done.stderr)
            raise JobError(problem)
        return str(done.stdout)

    def _run(self, command: Sequence[str], cwd: Path | None, variables: dict[str, str]) -> tuple[str, str | None]:
        """Run a program. Returns what it wrote, and what is wrong with how it ended."""
        text = []
        surroundings = {**self._surroundings(cwd, variables), "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        with subprocess.Popen(command, **surroundings) as process:
            assert process.stdout
            for line in process.stdout:
                text.append(line)
                self.say(line)
            # Popen would wait in a way that does not tell what the process has used.
            _pid, status, usage = os.wait4(process.pid, 0)
            process.returncode = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
        self.processor_seconds += usage.ru_utime + usage.ru_stime
        return "".join(text), _problem(command, process.returncode)

    def _surroundings(self, cwd: Path | None, variables: dict[str, str]) -> dict[str, Any]:
        return {
            "cwd": cwd or self._cwd,
            "env": {**environment(self.venv), **self._variables, **variables},
            "stdin": subprocess.DEVNULL,
            "encoding": "utf-8",
            "errors": "replace",
        }


def _problem(command: Sequence[str], status: int) -> str | None:
    return f"{' '.join(command[:3])} ended with {status}." if status else None
