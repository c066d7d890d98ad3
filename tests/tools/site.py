# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Completes the pages of antsibull-docs to those of the site. It imports the modules, so docs.py runs it as a program.

The guides are the Markdown files of the checkout, whose links become links within the site, or to the repository.
docs/docsite/index.md has the navigation.
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

# Pages beside those in docs/: file -> name in the site. Each role's page is followed by its options.
PAGES = {
    "CHANGELOG.md": "changelog.md",
    "tests/simulator/README.md": "simulator.md",
    "docs/docsite/index.md": "index.md",
}
PAGES.update({f"docs/{path.name}": path.name for path in (ROOT / "docs").glob("*.md")})
ROLES = {f"roles/{path.parent.name}/README.md": path.parent.name for path in ROOT.glob("roles/*/README.md")}
PAGES.update({file: f"role_{role}.md" for file, role in ROLES.items()})

IN_REPOSITORY = re.compile(rf"{re.escape(REPOSITORY)}/(?:blob|tree)/main/")
LINK = re.compile(r"(\]\()([^)\s]+)(\))")
# The title of a page of antsibull-docs: the full name, the kind, and what it does.
TITLE = re.compile(rf"^{NAMESPACE}\.{NAME}\.(\w+) (\w+)(?: -- (.+))?\n(\++)\n", re.MULTILINE)
# It repeats what the role does; each role has only this one.
ENTRY_POINT = re.compile(r"^Entry point ``main`` -- .+$", re.MULTILINE)
ORPHAN = re.compile(r"^:orphan:\n", re.MULTILINE)
# Parts of those pages that the site does not need: how to install the collection, and the theme's own table of contents.
UNNEEDED = re.compile(
    r"^(?:\.\. Collection note\n\n\.\. note::|\.\. contents::|Collection links\n~+\n\n\.\. ansible-links::)\n(?:[ ]+.*\n|\n)*",
    re.MULTILINE,
)
# The comment at the top of a playbook.
COMMENT = re.compile(r"^---\n((?:#.*\n)+)")


def main(arguments: list[str]) -> int:
    """Complete the pages in a folder. Returns the exit status."""
    folder = Path(arguments[0])
    sys.path.insert(0, str(collections_path()))
    _shorten_titles(folder)
    _remove_internal(folder)
    _write_subjects(folder)
    _write_playbooks(folder)
    shutil.copytree(ROOT / "docs" / "images", folder / "images")
    for file, page in PAGES.items():
        text = with_links((ROOT / file).read_text(encoding="utf-8"), file)
        if file in ROLES:
            text += _toctree([f"Variables <{ROLES[file]}_role>"])
        (folder / page).write_text(text, encoding="utf-8")
    (folder / "index.rst").unlink()
    return 0


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


def _shorten_titles(folder: Path) -> None:
    """The navigation shows titles: let them be names, with the rest below. It lists all pages, so none is an orphan."""
    for path in folder.glob("*.rst"):
        text = UNNEEDED.sub("", ORPHAN.sub("", path.read_text(encoding="utf-8")))
        text = ENTRY_POINT.sub("Entry point", TITLE.sub(_short_title, text, count=1))
        path.write_text(text, encoding="utf-8")
    path = folder / "environment_variables.rst"
    title = "Environment variables"
    text = re.sub(
        r"^Index of all .+\n=+\n", f"{title}\n{'=' * len(title)}\n", path.read_text("utf-8"), flags=re.MULTILINE
    )
    path.write_text(text, encoding="utf-8")


def _short_title(found: re.Match[str]) -> str:
    name, kind, description, line = found.groups()
    title = "Variables" if kind == "role" else name
    full = f"``{NAMESPACE}.{NAME}.{name}``, {'an' if kind == 'inventory' else 'a'} {kind}"
    full += {"module": "", "role": ""}.get(kind, " plugin")
    return f"{title}\n{line}\n\n{full}: {description}.\n\n"


def _remove_internal(folder: Path) -> None:
    """Remove the pages of modules that only the collection's own roles use."""
    for path in folder.glob("*_module.rst"):
        if not path.name.startswith("c66_"):
            path.unlink()


def _write_subjects(folder: Path) -> None:
    """A page for each subject, with its modules."""
    for subject, modules in by_subject(load(ROOT)).items():
        lines = [f"# {subject}", "", "| module | what it does |", "| --- | --- |"]
        for module in modules:
            lines.append(
                f"| [`{module.name}`]({module.name}_module.rst) | {module.documentation['short_description']} |"
            )
        text = "\n".join(lines) + "\n" + _toctree(f"{module.name}_module" for module in modules)
        (folder / f"modules_{subject.lower().replace(' ', '_')}.md").write_text(text, encoding="utf-8")


def _write_playbooks(folder: Path) -> None:
    """A page for each playbook, with the comment at its top."""
    for path in (ROOT / "playbooks").glob("*.yml"):
        found = COMMENT.match(path.read_text(encoding="utf-8"))
        lines = [line[2:] for line in found[1].splitlines()] if found else []
        text = re.sub(r"^  (\S.+)$", r"```console\n$ \1\n```", "\n".join(lines), flags=re.MULTILINE)
        (folder / f"playbook_{path.stem}.md").write_text(f"# {path.stem}\n\n{text}\n", encoding="utf-8")


def _toctree(entries: Iterable[str]) -> str:
    """A part of the navigation below a page."""
    return "\n".join(["", "```{toctree}", ":hidden:", "", *entries, "```", ""])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
