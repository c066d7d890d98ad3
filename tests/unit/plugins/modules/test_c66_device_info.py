# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_device_info: the devices of users."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("brief", [False, True])
def test_devices(sim, run_module, brief):
    """Even if the list of users does not contain them."""
    sim.settings(brief_users=brief)
    run = run_module("c66_device_info")
    rows = run.result["devices"]
    assert [(row["user_id"], row["device_type_name"], row["sub_type_name"]) for row in rows] == [
        (4, "ios", "iphone"),
        (5, "ios", "ipad"),
    ]
    assert all("token" not in row for row in rows)
    assert len(sim.requests) == (1 + len(sim.world.users) if brief else 1)
    assert "jims-phone" in run.secrets


@pytest.mark.parametrize(
    ("args", "tokens"),
    [
        ({}, ["jims-phone", "maria/tablet 1"]),
        ({"user_id": 5}, ["maria/tablet 1"]),
        ({"user_id": 18}, []),
        ({"email": "jim@example.com"}, ["jims-phone"]),
    ],
)
def test_tokens_on_request(run_module, args, tokens):
    run = run_module("c66_device_info", include_token=True, **args)
    assert [row["token"] for row in run.result["devices"]] == tokens
    assert not run.secrets & set(tokens)


def test_a_user_whose_devices_are_null(sim, run_module):
    sim.world.users[0]["devices"] = None
    assert len(run_module("c66_device_info").result["devices"]) == 2


def test_a_missing_user(run_module):
    assert (
        run_module("c66_device_info", user_id=99).result["msg"].startswith("Cannot read user 99: Cloud 66 answered 404")
    )


def test_without_the_scope(run_module):
    result = run_module("c66_device_info", api_token="no-users-4c9c9b3333").result
    assert "lacks the scope users" in result["msg"]
    assert result["status"] == 403
