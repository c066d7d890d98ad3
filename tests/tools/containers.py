# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds images and runs containers as root on Debian, without a container registry.

Each command runs in namespaces of its own. However it ends, its mounts and processes end with it.
"""

from __future__ import annotations

import ast
import fcntl
import hashlib
import http.client
import os
import re
import shutil
import subprocess
import tempfile
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from .places import CACHE
from .programs import JobError, Shell, SkippedError, own_environment

FOLDER = CACHE / "containers"
STORAGE, RUN = FOLDER / "storage", FOLDER / "run"
# Each is a Debian package. crun runs the containers.
PACKAGES = ("buildah", "crun", "debootstrap", "podman")
CA_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")

# crun 1.8 fails where the machine mounts cgroups v2 beside v1.
UNSHARE = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
INSIDE = (*UNSHARE, "sh", "-c", 'umount /sys/fs/cgroup/unified 2>/dev/null; exec "$@"', "sh")

STORAGE_CONF = f"""\
[storage]
driver = "overlay"
graphroot = "{STORAGE}"
runroot = "{RUN}"
"""
# Nothing that needs more than namespaces. By default, Podman raises the limits, which not every root may do.
CONTAINERS_CONF = f"""\
[containers]
cgroups = "disabled"
default_ulimits = ["nofile=1024:4096", "nproc=1000:1000"]
netns = "host"

[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
lock_type = "file"
runtime = "crun"
tmp_dir = "{RUN}/podman"
"""

# Mounts as the storage does, in $1.
PROBE = """\
mkdir "$1/lower" "$1/upper" "$1/work" "$1/merged"
mount -t overlay overlay -o "lowerdir=$1/lower,upperdir=$1/upper,workdir=$1/work" "$1/merged"
"""
# ca-certificates is part of the base: installed later, it would replace the machine's bundle.
MAKE_BASE = """\
name=$1 suite=$2 mirror=$3 pip_conf=$4 bundle=$5
if podman image exists "$name"; then exit; fi
container=$(buildah from scratch)
root=$(buildah mount "$container")
debootstrap --variant=minbase --include=ca-certificates "$suite" "$root" "$mirror"
rm -f "$root"/var/cache/apt/archives/*.deb
cp "$pip_conf" "$root/etc/pip.conf"
if [ -e "$bundle" ]; then cp "$bundle" "$root$bundle"; fi
buildah commit --quiet --rm "$container" "$name"
"""
# Containers of builds and runs that were killed, and layers of images that have long been replaced.
CLEAN = """\
podman ps --all --external --quiet | xargs --no-run-if-empty podman rm --force --time 0
podman image prune --force --filter until=48h
"""


class Containers:
    """Runs commands for which buildah and podman keep their images below .cache."""

    def __init__(self, shell: Shell, variables: dict[str, str]) -> None:
        self._shell = shell
        self._variables = variables

    def run(self, *command: str, cwd: Path | None = None, **variables: str) -> str:
        """Run a program and return its output. Raises JobError if it fails."""
        try:
            return self._shell.run(*INSIDE, *command, cwd=cwd, **self._variables, **variables)
        except JobError:
            raise JobError(f"{' '.join(command[:2])} failed.") from None

    def script(self, text: str, *arguments: str) -> str:
        """Run a shell script up to its first failure."""
        return self.run("sh", "-ec", text, "sh", *arguments)

    def base(self, suite: str) -> str:
        """Return the name of an image with a bare Debian. It is made if there is none for this mirror and settings."""
        mirror = _mirror(suite)
        settings = pip_conf(_pip_config(self._shell.venv.bin / "python"))
        parts = [suite, mirror, settings, MAKE_BASE, CA_BUNDLE.read_text("utf-8") if CA_BUNDLE.exists() else ""]
        name = f"localhost/cloud66-base:{hashlib.sha256(repr(parts).encode()).hexdigest()[:12]}"
        file = FOLDER / "pip.conf"
        file.write_text(settings, encoding="utf-8")
        self.script(MAKE_BASE, name, suite, mirror, str(file), str(CA_BUNDLE))
        return name


@contextmanager
def containers(shell: Shell) -> Iterator[Containers]:
    """Yield what runs commands with images, locked against other processes. Raises SkippedError where it cannot run."""
    if os.geteuid():
        raise SkippedError("only root can build images without a registry")
    if not shutil.which("apt-get"):
        raise SkippedError("not on Debian")
    missing = [name for name in PACKAGES if not shutil.which(name)]
    if missing:
        raise SkippedError(f"not installed: {', '.join(missing)}")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with open(FOLDER / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _probe()
        # Podman takes the missing folder for a restart of the machine. Its database keeps the paths of its first run,
        # and nothing that is needed.
        for folder in (RUN, STORAGE / "libpod"):
            shutil.rmtree(folder, ignore_errors=True)
        found = Containers(shell, _configure())
        found.script(CLEAN)
        yield found


def _probe() -> None:
    """Raise SkippedError where the kernel refuses what every command here needs."""
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        command = [*INSIDE, "sh", "-ec", PROBE, "sh", folder]
        result = subprocess.run(command, capture_output=True, check=False, encoding="utf-8", errors="replace")
    if result.returncode:
        lines = result.stderr.strip().splitlines() or ["unshare failed"]
        raise SkippedError(f"no namespaces or overlay mounts: {lines[0]}")


def _configure() -> dict[str, str]:
    """Write the settings of buildah and podman. Returns the variables that name the files."""
    variables = {}
    for name, content in (("CONTAINERS_STORAGE_CONF", STORAGE_CONF), ("CONTAINERS_CONF", CONTAINERS_CONF)):
        file = FOLDER / f"{name.lower()}.toml"
        file.write_text(content, encoding="utf-8")
        variables[name] = str(file)
    return variables


def _mirror(suite: str) -> str:
    """Return the first mirror of Debian that apt uses and that has a release. Raises SkippedError if none does."""
    command = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"]
    listing = subprocess.run(command, stdout=subprocess.PIPE, check=True, encoding="utf-8").stdout
    for url in dict.fromkeys(listing.split()):
        if is_debian(url, suite):
            return url
    raise SkippedError(f"no mirror that apt uses offers Debian {suite}")


def is_debian(url: str, suite: str) -> bool:
    """Whether a repository has a release of Debian itself: others have releases of the same names."""
    if not url.startswith("http"):
        return False
    try:
        with urllib.request.urlopen(f"{url.rstrip('/')}/dists/{suite}/Release", timeout=60) as answer:
            return re.search(rb"^Origin: Debian$", answer.read(), re.MULTILINE) is not None
    except (OSError, http.client.HTTPException):
        return False


def _pip_config(python: Path) -> str:
    command = [str(python), "-m", "pip", "config", "list"]
    return subprocess.run(command, env=own_environment(), stdout=subprocess.PIPE, check=True, encoding="utf-8").stdout


def pip_conf(listing: str) -> str:
    """Return the content of a pip.conf with the indexes that `pip config list` shows, without those on local disks."""
    values = {}
    # Environment variables are listed first, and have precedence.
    for line in reversed(listing.splitlines()):
        name, _equals, value = line.partition("=")
        values[name.rpartition(".")[2]] = ast.literal_eval(value).split()
    wanted = {name: values.get(name, []) for name in ("index-url", "extra-index-url", "trusted-host")}
    for name in ("index-url", "extra-index-url"):
        wanted[name] = [url for url in wanted[name] if url.startswith("http")]
    return "\n".join(["[global]", *(f"{name} = {' '.join(words)}" for name, words in wanted.items() if words), ""])
