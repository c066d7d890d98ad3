# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting in playbooks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from simulator.seed import AWESOME_APP

PATIENCE = 120


@pytest.fixture
def play(sim, tmp_path):
    def call(*tasks):
        defaults = {"api_url": sim.url, "api_token": sim.token, "api_retries": 0}
        plays = [
            {
                "hosts": "localhost",
                "gather_facts": False,
                "module_defaults": {f"cloud66.cloud.{name}": defaults for name in ("c66_firewall_lease",)},
                "tasks": list(tasks),
            }
        ]
        (tmp_path / "play.json").write_text(json.dumps(plays))
        return subprocess.run(
            [str(Path(sys.executable).with_name("ansible-playbook")), "-i", "localhost,", "-c", "local", "play.json"],
            env={
                **os.environ,
                "ANSIBLE_HOME": str(tmp_path / "ansible"),
                "ANSIBLE_DEPRECATION_WARNINGS": "false",
                "COLUMNS": "10000",
            },
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    return call


def test_a_task_that_exceeds_its_timeout_has_shown_the_id(play, sim):
    """Ansible discards the result of such a task."""
    sim.settings(action_seconds=3600)
    done = play(
        {
            "name": "Open it",
            "cloud66.cloud.c66_firewall_lease": {"stack": "Awesome App"},
            "timeout": 1,
            "ignore_errors": True,
        },
        {"name": "Go on", "ansible.builtin.debug": {"msg": "it goes on"}},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    number = sim.world.actions[AWESOME_APP][0]["id"]
    assert (
        f"cloud66.cloud.c66_firewall_lease: Action {number} (open_lease) of stack {AWESOME_APP} has begun"
        in done.stdout
    )
    assert done.stdout.index("has begun") < done.stdout.index("fatal:")
    assert "ignored=1" in done.stdout
    assert "it goes on" in done.stdout
    assert len(sim.writes) == 1


def test_both_ways_of_running_have_the_same_result(play, sim):
    sim.settings(action_seconds=0)
    lease = {"stack": "Awesome App", "from_ip": "198.51.100.7"}
    show = {"ansible.builtin.debug": {"msg": "{{ result.lease | to_json }} {{ result.action.action }}"}}
    tasks = []
    for number, in_worker in enumerate((True, False)):
        tasks += [
            {
                "cloud66.cloud.c66_firewall_lease": {**lease, "port": 22 + number},
                "vars": {"cloud66_in_worker": in_worker, "ansible_python_interpreter": sys.executable},
                "register": "result",
            },
            {"ansible.builtin.assert": {"that": "result.action.finished_success and result is changed"}},
            show,
        ]
    done = play(*tasks)
    assert done.returncode == 0, done.stdout + done.stderr
    one, other = (line for line in done.stdout.splitlines() if '"msg": "{' in line)
    assert one.replace(": 22", ": 23") == other
    assert len(sim.writes) == 2
