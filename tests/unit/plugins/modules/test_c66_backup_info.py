# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_backup_info: the backups of stacks, and whether they are good and new enough."""

from __future__ import annotations

import pytest
from simulator import shapes

HOUR = 3600
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
    assert backups(backup_id=1)["msg"].startswith("Cannot read backup 1 of stack Storefront (")


def test_the_stack_of_backups_by_environment(sim, backups):
    sim.world.add_stack(name="Storefront", environment="production")
    assert backups()["msg"].startswith("2 stacks are named Storefront")
    assert len(backups(environment="staging")["backups"]) == 48


# The audit


@pytest.fixture
def database(sim):
    """Storefront has one database, with backups of these ages in hours."""
    sim.world.backups[STOREFRONT].clear()

    def fill(*ages, **fields):
        for age in ages:
            made = shapes.iso(sim.world.now() - age * HOUR)
            good = {"backup_status": 0, "verify_status": 0, "backup_date_iso": made}
            sim.world.add_backup(STOREFRONT, 1345, **{**good, **fields})

    return fill


@pytest.mark.parametrize("max_age", ["26h", "2d", "1w", "1560m", "93600", " 26 H "])
def test_a_young_enough_backup(backups, database, max_age):
    database(50, 25)
    result = backups(max_age=max_age)
    [entry] = result["audited_databases"]
    assert (entry["problem"], result["overdue"], result["without_backups"]) == (None, [], [])
    assert entry["age"] in range(25 * HOUR, 25 * HOUR + 5)
    assert (entry["stack_name"], entry["db_type"], entry["database_name"]) == (
        "Storefront",
        "mysql",
        "mysql_production",
    )


@pytest.mark.parametrize(
    ("max_age", "problem"),
    [
        ("24h", "its newest good backup is 25 hours old, and not at most 24 hours"),
        ("90m", "its newest good backup is 25 hours old, and not at most 90 minutes"),
        ("0", "its newest good backup is 25 hours old, and not at most 0 seconds"),
    ],
)
def test_an_overdue_database(backups, database, max_age, problem):
    """A younger one failed, and the order of the list does not matter."""
    database(25, 50)
    database(1, backup_status=1)
    result = backups(max_age=max_age)
    assert [entry["problem"] for entry in result["overdue"]] == [problem]
    assert result["overdue"] == result["audited_databases"]


def test_only_verified_backups_count(backups, database):
    database(30, verify_status=2)
    database(2)
    assert backups(max_age="26h")["overdue"] == []
    [entry] = backups(max_age="26h", verified=True)["overdue"]
    assert entry["problem"] == "its newest good backup is 30 hours old, and not at most 26 hours"
    assert entry["verify_status_name"] == "verified"


@pytest.mark.parametrize(("options", "word"), [({}, "good"), ({"verified": True}, "good and verified")])
def test_a_database_without_a_good_backup(backups, database, options, word):
    database(1, 2, backup_status=1)
    [entry] = backups(**options)["overdue"]
    assert (entry["problem"], entry["backup_id"], entry["age"]) == (f"none of its 2 backups is {word}", None, None)


def test_only_failed_backups_are_returned_but_all_are_judged(backups, database):
    database(1)
    database(2, backup_status=1)
    result = backups(failed_only=True, max_age="26h")
    assert [row["backup_status_name"] for row in result["backups"]] == ["failed"]
    assert result["overdue"] == []


def test_a_backup_without_a_date_is_never_young(backups, database):
    database(1, backup_date_iso=None, created_at_iso="")
    assert len(backups(max_age="52w")["overdue"]) == 1


def test_all_stacks_are_read(sim, backups):
    result = backups(stack=None)
    assert {row["stack_name"] for row in result["backups"]} == {"Storefront"}
    assert {row["stack_name"] for row in result["without_backups"]} == {"Awesome App", "Ledger"}
    assert len(result["audited_databases"]) == 3


@pytest.mark.parametrize("skip", [True, False])
def test_a_stack_that_cannot_be_read(sim, backups, skip):
    sim.fault("status", status=403, path=f"*/{STOREFRONT}/backups")
    result = backups(stack=None, skip_failed=skip)
    if not skip:
        assert "Storefront" in result["msg"]
        return
    assert [row["stack_name"] for row in result["failed_stacks"]] == ["Storefront"]
    assert "Storefront" not in str(result["without_backups"])


@pytest.mark.parametrize("text", ["", "soon", "2y", "-1", "1.5h"])
def test_a_bad_age_is_refused_before_anything_is_read(sim, backups, text):
    assert backups(max_age=text)["msg"].startswith("max_age must be a duration such as 26h")
    assert not sim.requests
