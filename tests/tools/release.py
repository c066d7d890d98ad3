# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prepares a release: the version, wherever it is written, and the changelog. A tag of the version publishes it."""

from __future__ import annotations

import os
import re
from pathlib import Path

from .places import ROOT
from .programs import JobError, Shell

VERSION = re.compile(r"\d+\.\d+\.\d+")
IN_GALAXY = re.compile(r"^version: (\S+)$", re.MULTILINE)
IN_CHANGELOG = re.compile(r"^## v(\S+)$", re.MULTILINE)
# What has a `version_added`.
DOCUMENTED = ("plugins/**/*.py", "extensions/eda/**/*.py", "roles/*/meta/argument_specs.yml")


def prepare(shell: Shell, root: Path = ROOT) -> None:
    """Write the version VERSION into the checkout, and its changelog from the fragments. Raises JobError."""
    version = os.environ.get("VERSION", "")
    current, released = _galaxy_version(root), _released(root)
    if not VERSION.fullmatch(version):
        raise JobError("Say which version: make release VERSION=1.2.3.")
    if _ordered(version) <= max(map(_ordered, released)):
        raise JobError(f"Version {version} is not newer than the last release.")
    if not any((root / "changelogs" / "fragments").glob("*.yml")):
        raise JobError("There are no fragments in changelogs/fragments: a release without changes?")
    set_version(root, current, version, added=current not in released)
    shell.run("antsibull-changelog", "release", "--reload-plugins", cwd=root)
    shell.say(f"Read CHANGELOG.md, commit, and push the tag {version}: it publishes.\n")


def set_version(root: Path, current: str, version: str, *, added: bool) -> None:
    """Replace the version. With `added`, also where it is that of a new thing: it was never released."""
    _replace(root / "galaxy.yml", f"version: {current}", f"version: {version}")
    _replace(root / "plugins/module_utils/version.py", f'VERSION = "{current}"', f'VERSION = "{version}"')
    if added:
        new = re.compile(rf"(\bversion_added: *[\"']?){re.escape(current)}\b")
        for path in (path for pattern in DOCUMENTED for path in root.glob(pattern)):
            text = path.read_text(encoding="utf-8")
            path.write_text(new.sub(rf"\g<1>{version}", text), encoding="utf-8")


def check(root: Path = ROOT) -> None:
    """Check that the checkout is the release that the tag TAG names. Raises JobError."""
    tag = os.environ.get("TAG", "")
    version = _galaxy_version(root)
    if tag != version:
        raise JobError(f"The tag is {tag!r}, but galaxy.yml has version {version}.")
    if version not in _released(root):
        raise JobError(f"The changelog lacks version {version}: run make release.")


def _galaxy_version(root: Path) -> str:
    return IN_GALAXY.findall((root / "galaxy.yml").read_text(encoding="utf-8"))[0]


def _released(root: Path) -> list[str]:
    headings = IN_CHANGELOG.findall((root / "CHANGELOG.md").read_text(encoding="utf-8"))
    return [heading.replace("\\", "") for heading in headings]


def _ordered(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    if text.count(old) != 1:
        raise JobError(f"{path.name} does not contain {old!r} once.")
    path.write_text(text.replace(old, new), encoding="utf-8")
