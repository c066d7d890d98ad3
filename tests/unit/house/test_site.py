# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Links of the guides lead to pages of the site where it has them, and otherwise to the repository."""

from __future__ import annotations

import pytest
from tools.places import REPOSITORY
from tools.site import with_links


@pytest.mark.parametrize(
    ("file", "target", "expected"),
    [
        ("docs/deploy.md", "awx.md#deploy", "awx.md#deploy"),
        ("docs/deploy.md", "../roles/deploy/README.md", "role_deploy.md"),
        ("roles/deploy/README.md", "../../docs/ci.md", "ci.md"),
        ("docs/docsite/index.md", "../ssh.md", "ssh.md"),
        ("docs/getting_started.md", "images/demo.svg", "images/demo.svg"),
        ("docs/ci.md", f"{REPOSITORY}/blob/main/tests/simulator/README.md", "simulator.md"),
        ("tests/simulator/README.md", "settings.py", f"{REPOSITORY}/blob/main/tests/simulator/settings.py"),
        ("docs/deploy.md", "#rollback", "#rollback"),
        ("docs/deploy.md", "https://www.cloud66.com", "https://www.cloud66.com"),
    ],
)
def test_links(file, target, expected):
    assert with_links(f"See [it]({target}).", file) == f"See [it]({expected})."
