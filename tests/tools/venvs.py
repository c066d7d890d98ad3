# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual environments, one for each ansible-core under test, recreated only when their requirements change.

The newest also holds the development tools. The oldest holds the lowest versions that requirements.txt allows.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator, NamedTuple

from . import pythons
from .places import CACHE, ROOT, collections_path
from .pythons import Python

# The lowest and highest Python 3 minor version for the controller of each supported ansible-core, oldest first.
CONTROLLERS = {
    "2.16": (10, 12),
    "2.17": (10, 12),
    "2.18": (11, 13),
    "2.19": (11, 13),
    "2.20": (12, 14),
    "2.21": (12, 14),
    "2.22": (13, 15),
}
LOWEST, HIGHEST = CONTROLLERS["2.16"][0], max(high for _low, high in CONTROLLERS.values())

RUNTIME = "requirements.txt"
FOR_TESTS = [
    RUNTIME,
    "tests/unit/requirements.txt",
    "tests/integration/requirements.txt",
    "tests/simulator/requirements.txt",
]
FOR_DEMO = [RUNTIME, "tests/simulator/requirements.txt", "tests/demo/requirements.txt"]
FOR_IMAGES = "tests/images/requirements.txt"
FOR_DEVELOPMENT = [*FOR_TESTS, "tests/requirements.txt"]
# The oldest ansible-rulebook on which the event source works.
OLDEST_RULEBOOK = "1.1"


class Venv(NamedTuple):
    """A virtual environment with an ansible-core."""

    path: Path
    core: str
    python: Python

    @property
    def bin(self) -> Path:
        return self.path / "bin"

    def __str__(self) -> str:
        return " ".join(filter(None, ("ansible-core", self.core, "on", str(self.python))))


def make_all() -> list[Venv]:
    """Create the environments for the tests, oldest ansible-core first. .cache/venv links to the last."""
    with _locked():
        venvs = _make_named(os.environ["CORES"].split()) if os.environ.get("CORES") else _make_extremes()
        _point(CACHE / "venv", venvs[-1].path)
    collections_path()
    return venvs


def make_for_demo() -> Path:
    """Create the environment for the demo and the simulator: the newest ansible-core, and no development tools."""
    found = _usable()
    with _locked():
        venv = Venv(CACHE / "venv-demo", "", found[max(found)])
        if not venv.path.exists():
            print("The first run installs ansible-core into .cache: about 15 seconds on a fast connection.", flush=True)
        _make(venv, ["ansible-core"], FOR_DEMO)
    collections_path()
    return venv.path


def make_for_users(like: Venv) -> Venv:
    """Create an environment as a user has it: only ansible-core and the collection's requirements."""
    venv = Venv(CACHE / "venv-user", like.core, like.python)
    _make(venv, [f"ansible-core~={like.core}.0"], [RUNTIME])
    return venv


def make_for_images(like: Venv) -> Venv:
    """Create an environment with the programs that build and use execution environments."""
    venv = Venv(CACHE / "venv-images", "", like.python)
    _make(venv, [], [FOR_IMAGES])
    return venv


def make_for_rulebooks(like: Venv) -> Venv:
    """Create an environment as a user of rulebooks has it: ansible-rulebook and the collection's requirements.

    On the oldest ansible-core it has the oldest ansible-rulebook, otherwise the newest.
    """
    is_oldest = like.core == next(iter(CONTROLLERS))
    venv = Venv(CACHE / f"venv-rulebook-{like.core}", like.core, like.python)
    # With pyparsing 3.3.3, ansible-rulebook before 1.3.2 cannot read conditions.
    rulebook = [f"ansible-rulebook~={OLDEST_RULEBOOK}.0", "pyparsing!=3.3.3"] if is_oldest else ["ansible-rulebook"]
    _make(venv, [f"ansible-core~={like.core}.0", *rulebook], [RUNTIME])
    return venv


def make_prerelease(newest: Venv) -> Venv | None:
    """Create the environment with a pre-release of the next ansible-core; None if there is none to be had here."""
    try:
        version = _available_core(newest.python, "--pre")
        core = ".".join(version.split(".")[:2])
        if core == newest.core:
            return None
        venv = Venv(CACHE / f"venv-{core}", core, newest.python)
        _make(venv, [f"ansible-core=={version}"], FOR_TESTS)
    except SystemExit as problem:
        print(f"Not testing on a pre-release of ansible-core, which cannot be installed: {problem}", flush=True)
        return None
    return venv


@contextmanager
def _locked() -> Iterator[None]:
    """Keep other processes from making environments during a `with` block."""
    CACHE.mkdir(exist_ok=True)
    with open(CACHE / "venvs.lock", "w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Waiting for another make, which is making the virtual environments.", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make_extremes() -> list[Venv]:
    found = _usable()
    old, new = os.environ.get("PYTHON_OLD"), os.environ.get("PYTHON_NEW")
    oldest = _oldest(pythons.named(old, found) if old else None, found)
    newest = _make_newest(pythons.named(new, found) if new else found[max(found)])
    if oldest[:2] == newest[:2]:
        return [newest]
    _make(oldest, [f"ansible-core~={oldest.core}.0", *_lowest_runtime()], FOR_TESTS)
    return [oldest, newest]


def _make_named(cores: list[str]) -> list[Venv]:
    """Create an environment for each version in CORES, on the newest Python it runs on; the last is for development."""
    found = _usable()
    venvs = []
    for core in cores:
        if core not in CONTROLLERS:
            sys.exit(f"CORES: {core} is not one of {', '.join(CONTROLLERS)}.")
        low, high = CONTROLLERS[core]
        suitable = [minor for minor in found if low <= minor <= high]
        if not suitable:
            sys.exit(f"ansible-core {core} needs Python 3.{low} to 3.{high}.")
        venvs.append(Venv(CACHE / f"venv-{core}", core, found[max(suitable)]))
    for venv in venvs:
        _make(venv, [f"ansible-core~={venv.core}.0"], FOR_DEVELOPMENT if venv is venvs[-1] else FOR_TESTS)
    return venvs


def _usable() -> dict[int, Python]:
    found = {minor: python for minor, python in pythons.find().items() if LOWEST <= minor <= HIGHEST}
    if not found:
        sys.exit(
            f"No Python 3.{LOWEST} to 3.{HIGHEST} that can create virtual environments is on PATH or in pyenv."
            " On Debian: apt-get install python3-venv."
        )
    return found


def _oldest(python: Python | None, found: dict[int, Python]) -> Venv:
    """Return the oldest ansible-core that can run here, on the lowest Python it runs on."""
    pool = {python.version[1]: python} if python else found
    for core, (low, high) in CONTROLLERS.items():
        for minor in sorted(pool):
            if low <= minor <= high:
                return Venv(CACHE / f"venv-{core}", core, pool[minor])
    sys.exit(f"No supported ansible-core runs on {python}.")


def _make_newest(python: Python) -> Venv:
    """Create the environment with the newest final ansible-core. Without one, pip looks up the version."""
    stamp = _stamp(python, ["ansible-core"], FOR_DEVELOPMENT)
    for path in CACHE.glob("venv-2.*"):
        if _read_stamp(path) == stamp:
            return Venv(path, path.name[len("venv-") :], python)
    core = ".".join(_available_core(python).split(".")[:2])
    venv = Venv(CACHE / f"venv-{core}", core, python)
    _make(venv, ["ansible-core"], FOR_DEVELOPMENT)
    return venv


def _available_core(python: Python, *options: str) -> str:
    """Ask pip for the newest version of ansible-core on this Python."""
    probe, report = CACHE / "venv-probe", CACHE / "newest-core.json"
    _run([python.path, "-m", "venv", "--clear", str(probe)])
    _pip(probe, "--dry-run", "--no-deps", "--ignore-installed", "--report", str(report), *options, "ansible-core")
    version = json.loads(report.read_text(encoding="utf-8"))["install"][0]["metadata"]["version"]
    report.unlink()
    shutil.rmtree(probe)
    return str(version)


def _lowest_runtime() -> list[str]:
    """Return the runtime requirements at their lower bounds, so that the bounds are tested."""
    lines = (ROOT / RUNTIME).read_text(encoding="utf-8").splitlines()
    return [line.replace(">=", "==") + ".*" for line in lines if ">=" in line]


def _make(venv: Venv, packages: list[str], files: list[str]) -> None:
    stamp = _stamp(venv.python, packages, files)
    if _read_stamp(venv.path) == stamp:
        return
    print(f"Making {venv.path.relative_to(ROOT)} ({venv})", end=" ", flush=True)
    start = time.monotonic()
    _run([venv.python.path, "-m", "venv", "--clear", str(venv.path)])
    _pip(venv.path, *packages, *(word for file in files for word in ("-r", str(ROOT / file))))
    (venv.path / "stamp").write_text(stamp, encoding="utf-8")
    print(f"{time.monotonic() - start:.0f} s", flush=True)


def _stamp(python: Python, packages: list[str], files: list[str]) -> str:
    """Hash everything that defines an environment, including its path: an environment cannot be moved."""
    text = [str(ROOT), *map(str, python), *packages, *((ROOT / file).read_text(encoding="utf-8") for file in files)]
    return hashlib.sha256("\n".join(text).encode()).hexdigest()


def _read_stamp(path: Path) -> str:
    stamp = path / "stamp"
    return stamp.read_text(encoding="utf-8") if stamp.exists() else ""


def _pip(venv: Path, *arguments: str) -> None:
    options = ["--quiet", "--disable-pip-version-check", "--no-input"]
    _run([str(venv / "bin" / "python"), "-m", "pip", "install", *options, *arguments])


def _run(command: list[str]) -> None:
    """Run a program. Its output is shown only if it fails."""
    # The user's active virtual environment or PYTHONPATH must not affect ours.
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    result = subprocess.run(
        command, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env
    )
    if result.returncode:
        sys.exit(f"\n{result.stdout.decode(errors='replace')}\nFailed: {' '.join(command)}")


def _point(link: Path, target: Path) -> None:
    draft = link.with_name(f"{link.name}.{os.getpid()}")
    draft.symlink_to(target.name)
    draft.replace(link)
