# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Completes the pages of antsibull-docs to those of the site. It imports the modules, so docs.py runs it as a program.

The guides are the Markdown files of the checkout. Their links become links within the site, or to the repository.
docs/docsite/index.md has the navigation, which shows the titles of the pages: they are short names.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path
from typing import Iterable

from .generator.files import by_subject
from .generator.modules import load
from .links import ELSEWHERE
from .places import NAME, NAMESPACE, REPOSITORY, ROOT, collections_path

# The Markdown files that are pages: file -> name in the site.
ROLES = {f"roles/{path.parent.name}/README.md": path.parent.name for path in ROOT.glob("roles/*/README.md")}
PAGES = {
    "CHANGELOG.md": "changelog.md",
    "docs/docsite/index.md": "index.md",
    "tests/simulator/README.md": "simulator.md",
    **{f"docs/{path.name}": path.name for path in (ROOT / "docs").glob("*.md")},
    **{file: f"role_{role}.md" for file, role in ROLES.items()},
}
LINK = re.compile(r"(\]\()([^)\s]+)(\))")
IN_REPOSITORY = re.compile(rf"{re.escape(REPOSITORY)}/(?:blob|tree)/main/")

# The title of a plugin's page: its full name, its kind, and what it does.
TITLE = re.compile(rf"^{NAMESPACE}\.{NAME}\.(\w+) (\w+)(?: -- (.+))?\n(\++)\n", re.MULTILINE)
# All pages are in the navigation. The theme has a table of contents, and "Getting started" says how to install.
ORPHAN = r":orphan:\n"
CONTENTS = r"\.\. contents::\n"
NOTE = r"\.\. Collection note\n\n\.\. note::\n"
LINKS = r"Collection links\n~+\n\n\.\. ansible-links::\n"
UNNEEDED = re.compile(rf"^(?:{ORPHAN}|(?:{CONTENTS}|{NOTE}|{LINKS})(?: +.*\n|\n)*)", re.MULTILINE)
# The heading above the options of a role. Each role has one entry point, and the title says what it does.
ENTRY_POINT = re.compile(r"^Entry point ``main`` -- .+$", re.MULTILINE)
VARIABLES_INDEX = re.compile(r"^Index of all .+\n(=+)$", re.MULTILINE)
# The comment at the top of a playbook, and a command in it.
COMMENT = re.compile(r"^---\n((?:#.*\n)+)")
COMMAND = re.compile(r"^  (\S.+)$", re.MULTILINE)


def main(arguments: list[str]) -> int:
    """Complete the pages in a folder. Returns the exit status."""
    folder = Path(arguments[0])
    sys.path.insert(0, str(collections_path()))
    (folder / "index.rst").unlink()
    for path in folder.glob("*.rst"):
        if path.name.endswith("_module.rst") and not path.name.startswith("c66_"):
            # Only the collection's own roles use it.
            path.unlink()
        else:
            path.write_text(shortened(path.read_text(encoding="utf-8")), encoding="utf-8")
    _write_subjects(folder)
    _write_playbooks(folder)
    _write_pages(folder)
    return 0


def shortened(text: str) -> str:
    """A page of antsibull-docs with a short title and without what the site does not need."""
    text = UNNEEDED.sub("", text)
    text = VARIABLES_INDEX.sub(r"Environment variables\n\1", text)
    return ENTRY_POINT.sub("Entry point", TITLE.sub(_short_title, text, count=1))


def _short_title(found: re.Match[str]) -> str:
    name, kind, description, line = found.groups()
    title = "Variables" if kind == "role" else name
    words = {"module": "module", "role": "role"}.get(kind, f"{kind} plugin")
    return f"{title}\n{line}\n\nThe {words} ``{NAMESPACE}.{NAME}.{name}``: {description}.\n\n"


def with_links(text: str, file: str) -> str:
    """The text of a file of the checkout, whose links to other files lead to their pages, or to the repository."""
    return LINK.sub(lambda found: found[1] + _target(found[2], file) + found[3], text)


def _target(target: str, file: str) -> str:
    path, hash_, anchor = IN_REPOSITORY.sub("/", target).partition("#")
    if ELSEWHERE.match(path) or not path:
        return target
    inside = os.path.normpath(os.path.join("/", os.path.dirname(file), path))[1:]
    if inside.startswith("docs/images/"):
        return inside[len("docs/") :]
    return PAGES.get(inside, f"{REPOSITORY}/blob/main/{inside}") + hash_ + anchor


def _write_pages(folder: Path) -> None:
    """The Markdown files. Below the page of a role is that of its variables."""
    shutil.copytree(ROOT / "docs" / "images", folder / "images")
    for file, page in PAGES.items():
        text = with_links((ROOT / file).read_text(encoding="utf-8"), file)
        if file in ROLES:
            text += _toctree([f"Variables <{ROLES[file]}_role>"])
        (folder / page).write_text(text, encoding="utf-8")


def _write_subjects(folder: Path) -> None:
    """A page for each subject, with its modules."""
    for subject, modules in by_subject(load(ROOT)).items():
        rows = [
            f"| [`{module.name}`]({module.name}_module.rst) | {module.documentation['short_description']} |"
            for module in modules
        ]
        lines = [f"# {subject}", "", "| module | what it does |", "| --- | --- |", *rows, ""]
        text = "\n".join(lines) + _toctree(f"{module.name}_module" for module in modules)
        (folder / f"modules_{subject.lower().replace(' ', '_')}.md").write_text(text, encoding="utf-8")


def _write_playbooks(folder: Path) -> None:
    """A page for each playbook: the comment at its top."""
    for path in (ROOT / "playbooks").glob("*.yml"):
        comment = COMMENT.match(path.read_text(encoding="utf-8"))
        if comment is None:
            raise ValueError(f"{path} has no comment at its top.")
        lines = [line[2:] for line in comment[1].splitlines()]
        text = COMMAND.sub(r"```console\n$ \1\n```", "\n".join(lines))
        (folder / f"playbook_{path.stem}.md").write_text(f"# {path.stem}\n\n{text}\n", encoding="utf-8")


def _toctree(entries: Iterable[str]) -> str:
    """A part of the navigation, below the page that it is on."""
    return "\n".join(["", "```{toctree}", ":hidden:", "", *entries, "```", ""])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
