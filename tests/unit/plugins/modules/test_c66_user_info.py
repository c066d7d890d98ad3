# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_user_info: the users of an account."""

from __future__ import annotations

import pytest


def test_users(sim, run_module):
    run = run_module("c66_user_info")
    assert [row["id"] for row in run.result["users"]] == [row["id"] for row in sim.world.users]
    jim = run.result["users"][3]
    assert jim["devices"][0]["device_type_name"] == "ios"
    assert "token" not in jim["devices"][0]
    assert {"jims-phone", "maria/tablet 1"} <= run.secrets


@pytest.mark.parametrize(
    ("args", "ids"),
    [
        ({"email": "jim@example.com"}, [4]),
        ({"email": "jim"}, []),
        ({"user_id": 18}, [18]),
        ({"user_id": 18, "email": "ansible@example.com"}, [18]),
        ({"user_id": 18, "email": "jim@example.com"}, []),
    ],
)
def test_some_users(run_module, args, ids):
    assert [row["id"] for row in run_module("c66_user_info", **args).result["users"]] == ids


def test_a_missing_user(run_module):
    assert (
        run_module("c66_user_info", user_id=99).result["msg"].startswith("Cannot read user 99: Cloud 66 answered 404")
    )


def test_without_the_scope(run_module):
    result = run_module("c66_user_info", api_token="no-users-4c9c9b3333").result
    assert "lacks the scope users" in result["msg"]
    assert result["status"] == 403


def test_a_user_whose_devices_are_null(sim, run_module):
    sim.world.users[0]["devices"] = None
    assert run_module("c66_user_info", user_id=1).result["users"][0]["devices"] is None
