# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A copy of the checkout at a path that ansible-test and ansible-lint accept.

ansible-test works only in .../ansible_collections/NAMESPACE/NAME and follows no symlinks, while a checkout can be
anywhere. The copy holds the files that git does not ignore, including uncommitted ones. Each job has its own, because
two runs of ansible-test cannot share one.
"""

from __future__ import annotations

import fcntl
import filecmp
import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from .places import CACHE, IN_COLLECTIONS, ROOT
from .programs import own_environment

# Created in a copy by the programs, and needed by their next run.
KEPT = (".git", ".ansible", os.path.join("tests", "output"))


@contextmanager
def synced(name: str) -> Iterator[Path]:
    """Yield the up-to-date copy of this name, locked against other processes."""
    base = CACHE / "trees" / name
    tree = base / IN_COLLECTIONS
    tree.mkdir(parents=True, exist_ok=True)
    with open(base / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _init_git(tree)
        _sync(tree)
        yield tree


def collections_of(tree: Path) -> str:
    """Return the ANSIBLE_COLLECTIONS_PATH for a copy."""
    return str(tree.parents[len(IN_COLLECTIONS.parts) - 1])


def files() -> list[str]:
    """Return the files of the checkout that git does not ignore, relative to its root."""
    # With the user's own HOME: git may need a `safe.directory` from the user's settings.
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    output = subprocess.run(command, cwd=ROOT, env=own_environment(), stdout=subprocess.PIPE, check=True).stdout
    names = {os.fsdecode(name) for name in output.split(b"\0") if name}
    return sorted(name for name in names if os.path.lexists(ROOT / name))


def _init_git(tree: Path) -> None:
    """Create a repository in the copy. Otherwise git would use the checkout's, which ignores the copy's files."""
    if not (tree / ".git").is_dir():
        subprocess.run(["git", "init", "--quiet", str(tree)], env=own_environment(), check=True)


def _sync(tree: Path) -> None:
    wanted = files()
    for path in set(_files_in(tree)) - {tree / name for name in wanted}:
        path.unlink()
    _remove_empty_folders(tree)
    for name in wanted:
        if not _is_same(ROOT / name, tree / name):
            _copy(ROOT / name, tree / name)


def _files_in(tree: Path) -> Iterator[Path]:
    """Yield all files and symlinks except those in KEPT."""
    for folder, subfolders, names in os.walk(tree):
        here = Path(folder)
        subfolders[:] = [name for name in subfolders if str((here / name).relative_to(tree)) not in KEPT]
        links = [name for name in subfolders if (here / name).is_symlink()]
        yield from (here / name for name in names + links)


def _remove_empty_folders(tree: Path) -> None:
    for folder, _subfolders, _names in os.walk(tree, topdown=False):
        inside = os.path.relpath(folder, tree)
        if inside != "." and not inside.startswith(KEPT) and not os.listdir(folder):
            os.rmdir(folder)


def _is_same(source: Path, target: Path) -> bool:
    if source.is_symlink() or target.is_symlink() or not target.exists():
        return False
    return source.stat().st_mode == target.stat().st_mode and filecmp.cmp(str(source), str(target))


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_symlink():
        target.unlink()
    shutil.copy2(str(source), str(target), follow_symlinks=False)
