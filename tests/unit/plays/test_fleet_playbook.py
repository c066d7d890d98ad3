# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook fleet: its modes, files and exit statuses, with the inventory of stacks."""

from __future__ import annotations

import json
import os
import subprocess

import pytest
from simulator.seed import AWESOME_APP
from unit.fixtures.programs import program

DECLARED = {
    "awesome_app": {"cloud66_fleet_env_vars": {"RELEASE": "a-very-secret-value"}},
    "ledger": {"cloud66_fleet_settings": {"git.branch": "other"}},
}


@pytest.fixture
def folder(tmp_path):
    """A folder like a user's repository."""
    (tmp_path / "stacks.c66.yml").write_text("plugin: cloud66.cloud.c66\nhosts: stacks\n")
    (tmp_path / "host_vars").mkdir()
    for host, variables in DECLARED.items():
        (tmp_path / "host_vars" / f"{host}.yml").write_text(json.dumps(variables))
    return tmp_path


@pytest.fixture
def fleet(sim, real_time, folder):
    """Run the playbook."""
    sim.settings(action_seconds=0)

    def call(*options, inventory="stacks.c66.yml", **variables):
        env = {
            **os.environ,
            "ANSIBLE_HOME": str(folder / "ansible"),
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "CLOUD66_ACCESS_TOKEN": sim.token,
            "CLOUD66_API_RETRIES": "0",
            "CLOUD66_API_URL": sim.url,
            "HOME": str(folder),
        }
        given = ["-e", json.dumps(variables)] if variables else []
        command = [program("ansible-playbook"), "-i", inventory, "cloud66.cloud.fleet", *given, *options]
        done = subprocess.run(command, env=env, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
        assert "a-very-secret-value" not in done.stdout + done.stderr
        return done

    return call


def test_plan_apply_and_drift(sim, fleet, folder):
    """The exit status tells clean stacks from others, and what is applied is the plan that was made."""
    plan = fleet(fleet_plan="plan.json", fleet_markdown="plan.md", fleet_html="report.html")
    assert plan.returncode == 0, plan.stdout + plan.stderr
    assert sim.writes == []
    assert "2 differ" in plan.stdout
    assert sorted(json.loads((folder / "plan.json").read_text())["stacks"]) == ["awesome_app", "ledger"]
    assert "RELEASE" in (folder / "plan.md").read_text()
    assert (folder / "report.html").read_text().startswith("<!DOCTYPE html>")
    drift = fleet(fleet_mode="drift", fleet_report_file="drift.json")
    assert drift.returncode == 2
    report = json.loads((folder / "drift.json").read_text())
    assert report["summary"]["differs"] == 2
    assert report["stacks"]["awesome_app"]["kinds"]["env_vars"]["added"] == ["RELEASE"]
    assert "a-very-secret-value" not in json.dumps(report)
    assert "It differs: env_vars." in drift.stdout + drift.stderr
    assert "storefront" not in drift.stdout.partition("PLAY RECAP")[2]
    sim.world.add_env_var(AWESOME_APP, "RELEASE", "of somebody else")
    applied = fleet(fleet_mode="apply", fleet_plan="plan.json")
    assert applied.returncode == 2
    assert "Its plan is no longer the approved one" in applied.stdout + applied.stderr
    assert [write.path.rpartition("/stacks/")[2].partition("/")[2] for write in sim.writes] == ["settings/git-branch"]
    assert fleet(fleet_mode="apply").returncode == 0
    assert fleet("--limit", "ledger", fleet_mode="drift").returncode == 0
    assert fleet(fleet_detailed_exitcode=True).returncode == 0


def test_a_stack_that_cannot_be_read(sim, fleet):
    sim.fault("status", status=500, path=f"/stacks/{AWESOME_APP}/environments")
    drift = fleet(fleet_mode="drift")
    assert drift.returncode == 4
    assert "UNREACHABLE" in drift.stdout + drift.stderr


@pytest.mark.parametrize(
    ("options", "variables", "message"),
    [
        ((), {"fleet_mode": "destroy"}, "fleet_mode must be plan, apply, drift or export, not destroy."),
        ((), {"fleet_modus": "drift"}, "Did you mean fleet_mode?"),
        (("-i", "localhost,"), {}, "The inventory has no stacks."),
    ],
)
def test_mistakes(sim, fleet, options, variables, message):
    inventory = "localhost," if options else "stacks.c66.yml"
    done = fleet(inventory=inventory, **variables)
    assert done.returncode == 2
    assert message in done.stdout + done.stderr
    assert sim.writes == []


def test_export(sim, fleet, folder):
    (folder / "password").write_text("a password\n")
    seal = ("--vault-password-file", "password")
    for path in (folder / "host_vars").iterdir():
        path.unlink()
    done = fleet(*seal, fleet_mode="export", fleet_values="vault")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "cloud66_fleet_settings:" in (folder / "host_vars" / "awesome_app" / "state.yml").read_text()
    assert fleet(*seal, fleet_mode="drift").returncode == 0
    assert sim.writes == []
