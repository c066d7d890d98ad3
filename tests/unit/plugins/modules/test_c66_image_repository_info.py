# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_image_repository_info: lists of image repositories."""

from __future__ import annotations

import pytest


@pytest.fixture
def read(run_module):
    def call(**args):
        result = run_module("c66_image_repository_info", **args).result
        assert "password" not in str(result)
        return [row["username"] for row in result["image_repositories"]]

    return call


def test_the_list_is_complete(sim, read):
    for number in range(40):
        sim.world.add_image_repository(username=f"user-{number}")
    assert read() == ["kickass", *(f"user-{number}" for number in range(40))]


def test_filters(sim, read):
    sim.world.add_image_repository(url="https://ghcr.io", username="kickass")
    sim.world.add_image_repository(url="https://ghcr.io", username="robot")
    assert read(url="https://ghcr.io") == ["kickass", "robot"]
    assert read(username="kickass") == ["kickass", "kickass"]
    assert read(url="https://ghcr.io", username="robot") == ["robot"]
    assert read(url="https://nowhere.example.com") == []


def test_the_account(sim, read):
    sim.world.add_image_repository(207, username="labs")
    assert read(account_id=207) == ["labs"]


def test_without_the_scope(run_module):
    result = run_module("c66_image_repository_info", api_token="public-only-4c9c9b2222").result
    assert result["msg"].startswith("Cannot read the image repositories: Cloud 66 answered 403")
    assert "the scope admin" in result["msg"]
