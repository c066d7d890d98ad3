# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_backup: a schedule is created once, and seen by the backups that it makes."""

from __future__ import annotations

import pytest
from simulator.seed import AWESOME_APP, BACKUP_GROUP, PUBLIC_TOKEN, STOREFRONT
from unit.fixtures.writes import APPLIED, NOT_APPLIED

BODY = {"db_type": "postgresql", "frequency": "0 * * * *", "keep_count": 10}


@pytest.fixture
def backup(run_module):
    given = {**BODY, "db_type": ["postgresql"], "stack": "Awesome App", "diff": True}
    return lambda **args: run_module("c66_backup", **{**given, **args})


def states(run):
    return run.result["diff"]["before"], run.result["diff"]["after"]


def test_present_twice(sim, backup, sent):
    first = backup()
    assert first.result["changed"]
    assert states(first) == ({}, BODY)
    assert first.result["backup"]["id"] == sim.world.backups[AWESOME_APP][0]["id"]
    assert (first.result["backup"]["backup_status_name"], first.warnings) == ("ok", [])
    second = backup()
    assert (second.result["changed"], states(second)) == (False, ({}, {}))
    assert second.result["backup"] == first.result["backup"]
    assert second.warnings[0].startswith(f"No schedule was created: backup {first.result['backup']['id']} of ")
    assert sent() == [("POST", "backups", BODY)]


@pytest.mark.parametrize("check", [True, False])
def test_force_creates_another_one(sim, backup, check):
    sim.world.add_backup(AWESOME_APP, 1, db_type="postgresql")
    assert not backup(check=check).result["changed"]
    run = backup(force=True, check=check)
    assert (run.result["changed"], run.warnings) == (True, [])
    assert len(sim.world.backup_schedules) == (0 if check else 1)


def test_check_mode_predicts_and_sends_nothing(sim, backup):
    check = backup(check=True)
    assert not sim.writes
    real = backup()
    assert (check.result["changed"], check.result["diff"]) == (True, real.result["diff"])
    assert not backup(check=True).result["changed"]


@pytest.mark.parametrize(
    ("wanted", "other"),
    [
        ({}, {"db_type": "mysql"}),
        ({"db_type": ["postgresql", "redis"]}, {"db_type": "redis"}),
        ({"excluded_tables": ["a"]}, {"skip_tables": "a,b"}),
        ({"excluded_tables": []}, {"skip_tables": "a"}),
        ({"logical_backup": False}, {"logical_backup": True}),
    ],
)
def test_a_backup_that_looks_different_does_not_count(sim, backup, wanted, other):
    sim.world.add_backup(AWESOME_APP, 1, **{"db_type": "postgresql", **other})
    assert backup(check=True, **wanted).result["changed"]


@pytest.mark.parametrize(
    ("wanted", "other"),
    [
        ({"db_type": ["all"]}, {"db_type": "mysql"}),
        ({"excluded_tables": ["b", "a"]}, {"skip_tables": "a, b"}),
        ({"logical_backup": False}, {"logical_backup": None}),
    ],
)
def test_a_backup_that_looks_the_same_counts(sim, backup, wanted, other):
    sim.world.add_backup(AWESOME_APP, 1, **{"db_type": "postgresql", **other})
    assert not backup(check=True, **wanted).result["changed"]


def test_all_options_are_sent(backup, bodies):
    backup(excluded_tables=["b", "a"], gzip=False, run_on_replica_server=True, logical_backup=True)
    more = {"excluded_tables": "a,b", "gzip": False, "run_on_replica_server": True, "logical_backup": True}
    assert bodies() == [{**BODY, **more}]


def test_without_wait_it_returns_what_was_requested(sim, backup, clock):
    run = backup(wait=False)
    assert run.result["backup"] == {"stack_uid": AWESOME_APP, **BODY}
    assert not clock.pauses


def test_a_first_backup_that_fails(sim, backup):
    sim.settings(backup_failure="dump failed: disk full")
    result = backup().result
    assert (result["failed"], result["changed"]) == (True, True)
    assert result["msg"].endswith("failed: dump failed: disk full")
    assert result["backup"]["backup_status_name"] == "failed"


def test_a_first_backup_that_does_not_come(sim, backup):
    sim.settings(backup_seconds=10**6)
    result = backup(wait_timeout=60).result
    assert (result["failed"], result["changed"]) == (True, True)
    assert "no backup of postgresql is listed yet" in result["msg"]
    assert "wait: false" in result["msg"]


@pytest.mark.parametrize("kind", APPLIED)
def test_a_lost_answer_that_was_applied(sim, backup, kind):
    sim.fault(kind, method="POST", times=1, **APPLIED[kind])
    result = backup().result
    assert (result["changed"], result["backup"]["backup_status_name"]) == (True, "ok")
    assert len(sim.world.backup_schedules) == len(sim.writes) == 1


@pytest.mark.parametrize("kind", NOT_APPLIED)
def test_a_lost_answer_is_never_sent_again(sim, backup, clock, kind):
    sim.fault(kind, method="POST")
    result = backup(api_retries=3).result
    assert (result["failed"], result["changed"], len(sim.writes)) == (True, True, 1)
    assert "it is not started again" in result["msg"]
    assert clock.elapsed <= 70


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"keep_count": 0}, "keep_count must be at least 1, not 0."),
        ({"db_type": ["all", "mysql"]}, "db_type must be all, or some types, but not both."),
        ({"db_type": []}, "db_type is empty."),
        ({"stack": "Nobody"}, "No stack matches 'Nobody'"),
    ],
)
def test_bad_input(sim, backup, options, message):
    assert backup(**options).result["msg"].startswith(message)
    assert not sim.writes


def test_without_the_scope_nothing_is_created(sim, backup):
    result = backup(api_token=PUBLIC_TOKEN).result
    assert (result["status"], result["changed"]) == (403, False)
    assert "lacks the scope admin" in result["msg"]


# Imports

URL = "https://user:a-password-that-nobody-must-see@backups.example.com/mysql.tar?signature=secret-too"
IMPORT = {"db_type": "mysql", "group": BACKUP_GROUP, "remote_url": URL}


@pytest.fixture
def imported(run_module):
    """Run c66_backup with state: imported, and check that the URL is not shown."""

    def call(**args):
        given = {**IMPORT, "db_type": ["mysql"], "stack": "Storefront", "state": "imported", "diff": True, **args}
        run = run_module("c66_backup", **given)
        shown = str([run.result, run.warnings, run.notices, run.logs])
        assert not [part for part in ("a-password-that", "backups.example.com", "secret-too") if part in shown]
        return run

    return call


def test_a_backup_is_imported_by_each_run(sim, imported, sent):
    first = imported()
    assert (first.result["changed"], first.warnings) == (True, [])
    assert states(first) == ({}, {"db_type": "mysql", "group": BACKUP_GROUP})
    assert first.result["backup"]["id"] == sim.world.backups[STOREFRONT][0]["id"]
    assert first.result["backup"]["backup_status_name"] == "ok"
    second = imported()
    assert second.result["changed"]
    assert second.result["backup"]["id"] != first.result["backup"]["id"]
    assert sent() == [("POST", "backups", IMPORT)] * 2
    assert sim.world.backup_schedules == []


def test_check_mode_imports_nothing(sim, imported):
    check = imported(check=True)
    assert not sim.writes
    real = imported()
    assert (check.result["changed"], check.result["diff"]) == (True, real.result["diff"])
    assert imported(check=True).result["changed"]


def test_an_import_without_wait(imported, clock):
    result = imported(wait=False).result
    assert result["backup"] == {"stack_uid": STOREFRONT, "db_type": "mysql", "group": BACKUP_GROUP}
    assert not clock.pauses


def test_a_backup_of_another_group_or_type_is_not_the_imported_one(sim, imported):
    sim.settings(backup_seconds=10**6)
    sim.world.schedule.at(sim.world.now() + 5, lambda: sim.world.add_backup(STOREFRONT, 1346, db_type="mysql"))
    sim.world.schedule.at(sim.world.now() + 5, lambda: sim.world.add_backup(STOREFRONT, BACKUP_GROUP, db_type="redis"))
    result = imported(wait_timeout=60).result
    assert (result["failed"], result["changed"]) == (True, True)
    assert "no backup of mysql is listed yet" in result["msg"]
    assert "with group before importing it again" in result["msg"]


def test_an_import_that_fails(sim, imported):
    sim.settings(backup_failure="download failed: 404")
    result = imported().result
    assert (result["failed"], result["changed"]) == (True, True)
    assert result["msg"].endswith("failed: download failed: 404")


@pytest.mark.parametrize("kind", APPLIED)
def test_a_lost_answer_to_an_import_that_was_applied(sim, imported, kind):
    sim.fault(kind, method="POST", times=1, **APPLIED[kind])
    assert imported().result["backup"]["backup_status_name"] == "ok"
    assert len(sim.world.backup_imports) == len(sim.writes) == 1


@pytest.mark.parametrize("kind", NOT_APPLIED)
def test_a_lost_answer_to_an_import_is_never_sent_again(sim, imported, clock, kind):
    sim.fault(kind, method="POST")
    result = imported(api_retries=3).result
    assert (result["failed"], result["changed"], len(sim.writes)) == (True, True, 1)
    assert f"Not found among the backups of group {BACKUP_GROUP} of stack Storefront" in result["msg"]
    assert clock.elapsed <= 70


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"db_type": ["all"]}, "db_type must be the one type of the imported backup, such as mysql."),
        ({"db_type": ["mysql", "redis"]}, "db_type must be the one type of the imported backup, such as mysql."),
        ({"db_type": []}, "db_type must be the one type of the imported backup, such as mysql."),
        ({"remote_url": "backup.tar"}, "remote_url must be a URL with a scheme and a host."),
        ({"remote_url": "https://[x"}, "remote_url must be a URL with a scheme and a host."),
        ({"group": 0}, "group must be at least 1, not 0."),
        ({"state": "present"}, "remote_url and group can only be given with state: imported."),
        ({"state": "present", "remote_url": None}, "group can only be given with state: imported."),
    ],
)
def test_bad_input_for_an_import(sim, imported, options, message):
    assert imported(**options).result["msg"].startswith(message)
    assert not sim.writes


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"remote_url": None}, "state is imported but all of the following are missing: remote_url"),
        ({"group": None}, "state is imported but all of the following are missing: group"),
        ({"gzip": True}, r"parameters are mutually exclusive: remote_url\|gzip"),
        ({"frequency": "0 * * * *"}, r"parameters are mutually exclusive: remote_url\|frequency"),
    ],
)
def test_options_of_imports_and_schedules(sim, imported, options, message):
    with pytest.raises(AssertionError, match=message):
        imported(**options)
    assert not sim.requests


def test_an_unknown_group(imported):
    result = imported(group=7).result
    assert (result["status"], result["changed"]) == (400, False)
    assert "group or db_type is unknown" in result["msg"]


def test_an_import_without_the_scope(sim, imported):
    result = imported(api_token=PUBLIC_TOKEN).result
    assert (result["status"], result["changed"], sim.world.backup_imports) == (403, False, [])


def test_an_answer_that_quotes_the_url(sim, imported):
    sim.fault("status", method="POST", status=400, details=f"Cannot read {URL}")
    result = imported().result
    assert (result["status"], result["changed"]) == (400, False)
    assert "Cannot read" in result["msg"]
