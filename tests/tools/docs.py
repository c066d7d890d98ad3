# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks the documentation and builds its site."""

from __future__ import annotations

import shutil

from . import links
from .places import CACHE, NAME, NAMESPACE, REPOSITORY, ROOT
from .programs import JobError, Shell
from .tree import collections_of, files, synced

SITE = CACHE / "docs"


def lint(shell: Shell) -> None:
    """Check the plugins' documentation, the changelog, the YAML files, the links between pages, and the site."""
    with synced("docs") as tree:
        collections = collections_of(tree)
        dead = list(links.dead(tree, files(), REPOSITORY))
        shell.say("".join(f"{line}\n" for line in dead))
        shell.run_all(
            ("antsibull-docs", "lint-collection-docs", "--plugin-docs", "--validate-collection-refs", "self", "."),
            ("antsibull-changelog", "lint"),
            ("yamllint", "--strict", "."),
            cwd=tree,
            ANSIBLE_COLLECTIONS_PATH=collections,
        )
    if dead:
        raise JobError(f"{len(dead)} links are dead.")
    build(shell)


def build(shell: Shell) -> None:
    """Build the site in .cache/docs/build/html. Sphinx warnings, such as dead references, are errors."""
    shutil.rmtree(SITE, ignore_errors=True)
    pages = SITE / "rst"
    pages.mkdir(parents=True)
    # antsibull-docs refuses a folder that others can write to.
    pages.chmod(0o700)
    target = ("--use-current", "--squash-hierarchy", "--cleanup", "everything", "--dest-dir", str(pages))
    shell.run("antsibull-docs", "collection", *target, f"{NAMESPACE}.{NAME}")
    html = SITE / "build" / "html"
    places = ("-c", str(ROOT / "docs" / "docsite"), "-d", str(SITE / "build" / "doctrees"), str(pages), str(html))
    shell.run("sphinx-build", "-q", "-b", "html", "-W", "--keep-going", *places)
    shell.say(f"The site is in {html.relative_to(ROOT)}.\n")
