# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_backup_info: the backups of a stack."""

from __future__ import annotations

import pytest

STOREFRONT = "f196c5b41758cb7977620d49eb1492ef"


@pytest.fixture
def backups(run_module):
    return lambda **args: run_module("c66_backup_info", **{"stack": "Storefront", **args}).result


def test_backups(sim, backups):
    rows = backups()["backups"]
    assert [row["id"] for row in rows] == [row["id"] for row in sim.world.backups[STOREFRONT]]
    assert {row["backup_status_name"] for row in rows} == {"ok", "failed"}
    assert {row["verify_status_name"] for row in rows} == {"not_verified", "verified", "unable"}


def test_the_call_of_the_example_program(sim, backups):
    rows = backups(stack=STOREFRONT, group=1345, db_type="mysql")["backups"]
    assert len(rows) == 24
    assert all(sim.world.backup_groups[row["id"]] == 1345 for row in rows)
    assert {row["db_type"] for row in rows} == {"mysql"}


def test_a_db_type_that_cloud_66_ignores_is_filtered_locally(sim, backups):
    rows = sim.world.backups[STOREFRONT]
    sim.fault("wrong_type", path="*/backups", body={"response": rows})
    assert {row["db_type"] for row in backups(db_type="redis")["backups"]} == {"redis"}


@pytest.mark.parametrize(("filters", "count"), [({}, 1), ({"db_type": "redis"}, 1), ({"db_type": "mysql"}, 0)])
def test_one_backup(backups, filters, count):
    rows = backups(backup_id=4153, **filters)["backups"]
    assert [row["id"] for row in rows] == [4153] * count


def test_a_missing_backup(backups):
    assert backups(backup_id=1)["msg"].startswith("Cannot read backup 1 of stack Storefront: Cloud 66 answered 404")


def test_the_stack_of_backups_by_environment(sim, backups):
    sim.world.add_stack(name="Storefront", environment="production")
    assert backups()["msg"].startswith("2 stacks are named Storefront")
    assert len(backups(environment="staging")["backups"]) == 48
