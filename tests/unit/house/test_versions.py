# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The version in galaxy.yml, in the code, in the documentation and in the changelog agree."""

from __future__ import annotations

import re

import pytest
import yaml
from ansible_collections.cloud66.cloud.plugins.module_utils.version import VERSION
from tools.places import ROOT
from tools.venvs import CONTROLLERS

ADDED = re.compile(r"^ *version_added: *[\"']?([\d.]+)", re.MULTILINE)
PAGES = ("README.md", "CONTRIBUTING.md", "docs/*.md", "roles/*/README.md", "tests/simulator/README.md")
GENERATED = re.compile(r"<!-- BEGIN generated.*?END generated -->", re.DOTALL)
NUMBER = r"\d+|\w+teen|(?:twen|thir|for|fif)ty(?:-\w+)?"
FRAGMENTS = ROOT / "changelogs" / "fragments"
# What lines of the changelog are about, besides modules, plugins, roles and playbooks.
ALSO = {
    "GitHub Action",
    "GitLab component",
    "c66 inventory plugin",
    "c66_events",
    "decision-environment.yml",
    "execution-environment.yml",
}
COUNTED = re.compile(rf"\b(?:{NUMBER}) (?:modules|roles|lookups|playbooks)\b", re.IGNORECASE)


def ordered(version):
    return tuple(map(int, version.split(".")))


def changelog():
    return yaml.safe_load((ROOT / "changelogs" / "changelog.yaml").read_text(encoding="utf-8"))["releases"]


def test_the_readme_has_the_supported_versions():
    rows = re.findall(
        r"^\| (2\.\d+) \| 3\.(\d+) to 3\.(\d+) \|", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    supported = {core: (int(low), int(high)) for core, low, high in rows}
    # There is no final release of the last one.
    assert supported == dict(list(CONTROLLERS.items())[:-1])
    assert (
        yaml.safe_load((ROOT / "meta/runtime.yml").read_text(encoding="utf-8"))["requires_ansible"]
        == f">={min(supported)}.0"
    )


def test_the_code_knows_the_version():
    galaxy = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))
    assert galaxy["version"] == VERSION


def test_nothing_was_added_in_a_later_version():
    sources = [*ROOT.glob("plugins/**/*.py"), *ROOT.glob("plugins/**/*.yml"), *ROOT.glob("roles/*/meta/*.yml")]
    found = {path: ADDED.findall(path.read_text(encoding="utf-8")) for path in sources}
    late = {path.name: [v for v in versions if ordered(v) > ordered(VERSION)] for path, versions in found.items()}
    assert {name: versions for name, versions in late.items() if versions} == {}
    assert sum(map(len, found.values())) > 40


def test_the_changelog_has_the_version_or_fragments_for_it():
    newest = max(changelog(), key=ordered)
    fragments = list(FRAGMENTS.glob("*.yml"))
    assert newest == VERSION or (ordered(newest) < ordered(VERSION) and fragments)


def test_the_changelog_is_written_from_its_data():
    headings = re.findall(r"^## v(\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert [heading.replace("\\", "") for heading in headings] == sorted(changelog(), key=ordered, reverse=True)


def test_each_line_of_the_changelog_begins_with_what_it_is_about():
    """So that antsibull-changelog, which sorts the lines, puts those of one module together."""
    fragments = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in FRAGMENTS.glob("*.yml")]
    changes = [release.get("changes", {}) for release in changelog().values()]
    lines = [
        line
        for sections in (*fragments, *changes)
        for name, content in sections.items()
        if name.endswith(("changes", "features", "bugfixes", "fixes", "issues"))
        for line in content
    ]
    unknown = [line for line in lines if not all(map(is_known, line.partition(" - ")[0].split(", ")))]
    assert lines
    assert unknown == []
    # The text is reStructuredText: what is code has two backticks.
    assert [line for line in lines if re.search(r"\b[A-Z]\(", line)] == []


def is_known(subject):
    kind, _blank, name = subject.partition(" ")
    return (
        subject.startswith("All ")
        or subject in ALSO
        or (kind in ("role", "playbook") and (any(ROOT.glob(f"{kind}s/{name}*"))))
        or any(ROOT.glob(f"plugins/[!a]*/{subject}.py"))
    )


@pytest.mark.parametrize("page", sorted(str(path.relative_to(ROOT)) for name in PAGES for path in ROOT.glob(name)))
def test_no_page_counts_what_there_is(page):
    """Such a number goes stale."""
    text = GENERATED.sub("", (ROOT / page).read_text(encoding="utf-8"))
    assert COUNTED.findall(text) == []
