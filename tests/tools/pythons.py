# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the Pythons on this machine that can create virtual environments."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Iterator, NamedTuple

# Imports what Debian packages separately and what pip needs. Prints the base executable, because the Python on PATH may
# be a virtual environment's or a pyenv shim.
PROBE = """
import ensurepip, json, ssl, sys, venv, zlib
print(json.dumps([sys._base_executable, *sys.version_info[:4]]))
"""


class Python(NamedTuple):
    """An interpreter: its real path and its version."""

    path: str
    version: tuple[int, int, int]

    @property
    def minor(self) -> str:
        return f"3.{self.version[1]}"

    def __str__(self) -> str:
        return "Python {}.{}.{}".format(*self.version)


def find() -> dict[int, Python]:
    """Return the first usable final Python of each minor version, keyed by it. PATH comes before pyenv."""
    found: dict[int, Python] = {}
    seen = set()
    for path in _candidates():
        real = path.resolve()
        if real not in seen:
            seen.add(real)
            python = probe(str(path))
            if python:
                found.setdefault(python.version[1], python)
    return dict(sorted(found.items()))


def probe(path: str) -> Python | None:
    """Ask an interpreter for its path and version. Returns None if it cannot be used or is not final."""
    try:
        result = subprocess.run([path, "-c", PROBE], capture_output=True, check=False, timeout=30)
        base, *version, level = json.loads(result.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    if level != "final" or version[0] != 3:
        return None
    return Python(os.path.realpath(base), tuple(version))


def named(wanted: str, found: dict[int, Python]) -> Python:
    """Return the Python that PYTHON_OLD or PYTHON_NEW names: a version such as 3.12, a program, or a path."""
    minor = re.fullmatch(r"3\.(\d+)", wanted)
    python = found.get(int(minor[1])) if minor else probe(shutil.which(wanted) or wanted)
    if python is None:
        sys.exit(f"{wanted} is not a Python that can create virtual environments (it needs the venv and ssl modules).")
    return python


def path_without_shims() -> list[str]:
    """Return PATH without pyenv's shims, which ansible-test and Ansible use even for versions that do not work."""
    root = os.environ.get("PYENV_ROOT") or "/.pyenv/"
    entries = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return [entry for entry in entries if not (Path(entry).name == "shims" and root in f"{entry}/")]


def _candidates() -> Iterator[Path]:
    yield Path(sys.executable)
    for entry in path_without_shims():
        yield from _pythons_in(Path(entry))
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for folder in sorted(root.glob("versions/*/bin"), reverse=True):
        yield from _pythons_in(folder)


def _pythons_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("python3*") if re.fullmatch(r"python3(\.\d+)?", path.name))
