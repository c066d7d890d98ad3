# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role backup_audit: it tells which databases have no young, good backup, and fails at the end."""

from __future__ import annotations

import json

import pytest
from simulator import shapes
from simulator.seed import AWESOME_APP, STOREFRONT

OLD = "its newest good backup is 2 days old, and not at most 26 hours"
ROLE = {"name": "cloud66.cloud.backup_audit"}


@pytest.fixture
def audit(play, sim, tmp_path):
    """Run the role. Storefront has one database with a young backup, and Ledger is exempt."""
    sim.world.backups[STOREFRONT].clear()
    add(sim, STOREFRONT, 1, database_name="shop")

    def call(**variables):
        files = {"report_file": tmp_path / "report.json", "table_file": tmp_path / "table.md"}
        given = {**files, "exempt": ["Ledger"], **variables}
        named = {f"backup_audit_{name}": str(one) if name in files else one for name, one in given.items()}
        task = {"ansible.builtin.include_role": ROLE, "vars": named}
        access = {"CLOUD66_ACCESS_TOKEN": sim.token, "CLOUD66_API_URL": sim.url}
        playbook = play(task, check=False, **access)
        report = json.loads(files["report_file"].read_text())
        return playbook, report, files["table_file"].read_text()

    return call


def add(sim, stack, hours, **fields):
    made = shapes.iso(sim.world.now() - hours * 3600)
    return sim.world.add_backup(stack, 1, **{"backup_status": 0, "verify_status": 0, "backup_date_iso": made, **fields})


def messages(playbook):
    return [task.result["msg"] for task in playbook.tasks if task.event == "failed"]


def test_young_backups_pass(audit, sim, real_time):
    add(sim, AWESOME_APP, 25, db_type="postgresql")
    playbook, report, table = audit()
    assert (messages(playbook), report["state"], report["problems"]) == ([], "passed", [])
    assert [row["stack_name"] for row in report["databases"]] == ["Awesome App", "Storefront"]
    assert "| Storefront | staging | mysql shop |" in table
    assert not sim.writes


def test_everything_wrong_is_listed_at_the_end(audit, sim, real_time):
    add(sim, AWESOME_APP, 49, db_type="postgresql", database_name="a|b {{ 1 + 1 }}")
    add(sim, STOREFRONT, 1, backup_status=1, database_name="other")
    playbook, report, table = audit(exempt=[])
    expected = [
        f"Awesome App (production), postgresql a|b {{{{ 1 + 1 }}}}: {OLD}",
        "Storefront (staging), mysql other: none of its 1 backups is good",
        "Ledger (development): it has no backup",
    ]
    assert sorted(report["problems"]) == sorted(expected)
    assert report["state"] == "failed"
    assert sorted(messages(playbook)[-1][1:]) == sorted(expected)
    assert "a\\|b {{ 1 + 1 }}" in table
    assert "| Ledger | development | | | | it has no backup |" in table


def test_a_stack_that_cannot_be_read_is_a_problem_and_the_others_are_checked(audit, sim, real_time):
    sim.fault("status", status=403, path=f"*/{AWESOME_APP}/backups")
    _playbook, report, _table = audit()
    assert len(report["databases"]) == 1
    [problem] = report["problems"]
    assert problem.startswith("Awesome App (production): Cannot read the backups of stack Awesome App")


def test_only_verified_backups_of_some_stacks(audit, sim, real_time):
    _playbook, report, _table = audit(stacks=["Storefront"], verified=True)
    assert (report["state"], report["without_backups"]) == ("failed", [])
    sim.world.backups[STOREFRONT][0]["verify_status"] = 2
    assert audit(stacks=["Storefront"], verified=True)[1]["state"] == "passed"


def test_stacks_without_backups_may_only_be_reported(audit, sim, real_time):
    playbook, report, _table = audit(without_backups="report")
    assert (messages(playbook), report["state"]) == ([], "passed")
    assert [row["stack_name"] for row in report["without_backups"]] == ["Awesome App"]


def test_nothing_to_check_is_a_failure(audit, sim, real_time):
    playbook, report, _table = audit(environment="prod")
    assert report["problems"] == ["there is no stack in the environment prod that is not exempt"]
    assert report["state"] == "failed"
    [warning] = [text for task in playbook.tasks for text in task.result.get("warnings", ())]
    assert warning == "No stack is in the environment 'prod'. Did you mean production?"
    everything = ["Awesome App", "Ledger", "Storefront"]
    assert audit(exempt=everything)[1]["problems"] == ["there is no stack that is not exempt"]


def test_an_error_is_reported_in_the_files_too(audit, sim, real_time):
    sim.fault("status", status=403, path="*/stacks")
    playbook, report, table = audit()
    assert report["state"] == "error"
    [problem] = report["problems"]
    assert problem.startswith("Cannot read the stacks: ")
    assert problem in messages(playbook)[-1]
    assert problem in table
