# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages of the site: links lead to pages where it has them, otherwise to the repository; titles are short."""

from __future__ import annotations

import pytest
from tools.places import REPOSITORY
from tools.site import shortened, with_links


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


PLUGIN = """\
:orphan:

cloud66.cloud.c66_device module -- Manage the mobile devices
++++++++++++++++++++++++++++++++++++++++++++++++++++++++++++

.. Collection note

.. note::
    This module is part of a collection.

    To install it, see there.

New in cloud66.cloud 0.1.0

.. contents::
   :local:

Synopsis
--------
"""


def test_the_title_of_a_plugin_is_its_name():
    title, line, *rest = [text for text in shortened(PLUGIN).splitlines() if text]
    assert (title, set(line)) == ("c66_device", {"+"})
    assert rest == [
        "The module ``cloud66.cloud.c66_device``: Manage the mobile devices.",
        "New in cloud66.cloud 0.1.0",
        "Synopsis",
        "--------",
    ]
