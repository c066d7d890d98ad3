# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups, users and devices, as their modules show them."""

from __future__ import annotations

import pytest

STOREFRONT = "f196c5b41758cb7977620d49eb1492ef"


# Backups


@pytest.fixture
def backups(run_module):
    return lambda **args: run_module("c66_backup_info", **{"stack": "Storefront", **args}).result


def test_backups(sim, backups):
    rows = backups()["backups"]
    assert [row["id"] for row in rows] == [row["id"] for row in sim.world.backups[STOREFRONT]]
    assert {row["backup_status_name"] for row in rows} == {"ok", "failed"}
    assert {row["verify_status_name"] for row in rows} == {"not_verified", "verified", "unable"}


def test_the_example_of_the_seed(sim, backups):
    rows = backups(stack=STOREFRONT, group=1345, db_type="mysql")["backups"]
    assert len(rows) == 24
    assert all(sim.world.backup_groups[row["id"]] == 1345 for row in rows)
    assert {row["db_type"] for row in rows} == {"mysql"}


def test_a_db_type_that_cloud_66_ignores_is_filtered_here(sim, backups):
    rows = sim.world.backups[STOREFRONT]
    sim.fault("wrong_type", path="*/backups", body={"response": rows})
    assert {row["db_type"] for row in backups(db_type="redis")["backups"]} == {"redis"}


@pytest.mark.parametrize(("filters", "count"), [({}, 1), ({"db_type": "redis"}, 1), ({"db_type": "mysql"}, 0)])
def test_one_backup(backups, filters, count):
    rows = backups(backup_id=4153, **filters)["backups"]
    assert [row["id"] for row in rows] == [4153] * count


def test_a_backup_that_is_not_there(backups):
    assert backups(backup_id=1)["msg"].startswith("Cannot read backup 1 of stack Storefront: Cloud 66 answered 404")


def test_the_stack_of_backups_by_environment(sim, backups):
    sim.world.add_stack(name="Storefront", environment="production")
    assert backups()["msg"].startswith("2 stacks are named Storefront")
    assert len(backups(environment="staging")["backups"]) == 48


# Users


def test_users(sim, run_module):
    ran = run_module("c66_user_info")
    assert [row["id"] for row in ran.result["users"]] == [row["id"] for row in sim.world.users]
    jim = ran.result["users"][3]
    assert jim["devices"][0]["device_type_name"] == "ios"
    assert "token" not in jim["devices"][0]
    assert {"jims-phone", "maria/tablet 1"} <= ran.secrets


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


@pytest.mark.parametrize("name", ["c66_user_info", "c66_device_info"])
def test_a_user_that_is_not_there(run_module, name):
    assert run_module(name, user_id=99).result["msg"].startswith("Cannot read user 99: Cloud 66 answered 404")


@pytest.mark.parametrize("name", ["c66_user_info", "c66_device_info"])
def test_without_the_scope(run_module, name):
    result = run_module(name, api_token="no-users-4c9c9b3333").result
    assert "lacks the scope users" in result["msg"]
    assert result["status"] == 403


# Devices of users


@pytest.mark.parametrize("brief", [False, True])
def test_devices(sim, run_module, brief):
    """Also where the list of users comes without them."""
    sim.settings(brief_users=brief)
    ran = run_module("c66_device_info")
    rows = ran.result["devices"]
    assert [(row["user_id"], row["device_type_name"], row["sub_type_name"]) for row in rows] == [
        (4, "ios", "iphone"),
        (5, "ios", "ipad"),
    ]
    assert all("token" not in row for row in rows)
    assert len(sim.requests) == (1 + len(sim.world.users) if brief else 1)
    assert "jims-phone" in ran.secrets


@pytest.mark.parametrize(
    ("args", "tokens"),
    [
        ({}, ["jims-phone", "maria/tablet 1"]),
        ({"user_id": 5}, ["maria/tablet 1"]),
        ({"user_id": 18}, []),
        ({"email": "jim@example.com"}, ["jims-phone"]),
    ],
)
def test_tokens_when_they_are_asked_for(run_module, args, tokens):
    ran = run_module("c66_device_info", include_token=True, **args)
    assert [row["token"] for row in ran.result["devices"]] == tokens
    assert not ran.secrets & set(tokens)


def test_a_user_whose_devices_are_null(sim, run_module):
    sim.world.users[0]["devices"] = None
    assert len(run_module("c66_device_info").result["devices"]) == 2
    assert run_module("c66_user_info", user_id=1).result["users"][0]["devices"] is None
