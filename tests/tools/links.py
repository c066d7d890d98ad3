# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds dead links in Markdown files: to files that do not exist, or to headings that do not exist."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Iterator
from urllib.parse import unquote

# Inline links and images, reference definitions, and HTML attributes.
LINK = re.compile(r"\]\(\s*<?([^)\s>]+)|^\s{0,3}\[[^\]]+\]:\s*<?([^\s>]+)|\b(?:href|src)=[\"']([^\"']+)", re.MULTILINE)
FENCED = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
INLINE_CODE = re.compile(r"`[^`\n]+`")
ANCHOR = re.compile(r"<[^>]+\b(?:id|name)=[\"']([^\"']+)")
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//")


def dead(root: Path, names: list[str], repository: str = "") -> Iterator[str]:
    """Yield a line for each dead link in the Markdown files among `names`, which lists all files.

    With the address of the repository, links to its pages are looked up among the files, too.
    """
    known = {*names, *(str(folder) for name in names for folder in Path(name).parents)}
    for name in names:
        if name.endswith(".md"):
            for target in _targets(root / name, repository):
                problem = _problem(root, known, name, target)
                if problem:
                    yield f"{name}: {target}: {problem}"


def _targets(file: Path, repository: str) -> Iterator[str]:
    """Yield what a file links to: paths relative to it, or to the root if they begin with a slash."""
    text = INLINE_CODE.sub("", FENCED.sub("", file.read_text(encoding="utf-8")))
    for found in LINK.finditer(text):
        # Punctuation may be escaped.
        target = (found[1] or found[2] or found[3]).replace("\\", "")
        if repository:
            target = re.sub(rf"{re.escape(repository)}/(?:blob|tree)/main/", "/", target)
        if not ELSEWHERE.match(target):
            yield unquote(target)


def _problem(root: Path, known: set[str], name: str, target: str) -> str | None:
    path, _hash, anchor = target.partition("#")
    file = os.path.normpath(os.path.join("/", os.path.dirname(name), path))[1:] if path else name
    if file not in known:
        return "no such file"
    if anchor and file.endswith(".md") and anchor not in _anchors(root / file):
        return "no such heading"
    return None


def _anchors(file: Path) -> set[str]:
    """Return HTML anchors, and those that GitHub gives to headings: lower case, no punctuation, repeats numbered."""
    text = FENCED.sub("", file.read_text(encoding="utf-8"))
    anchors = set(ANCHOR.findall(text))
    for heading in HEADING.findall(text):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        slug = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
        anchor, number = slug, 0
        while anchor in anchors:
            number += 1
            anchor = f"{slug}-{number}"
        anchors.add(anchor)
    return anchors
