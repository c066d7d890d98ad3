# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting in playbooks."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

from simulator.seed import AWESOME_APP
from unit.fixtures.programs import HANG, program

LEASE = "cloud66.cloud.c66_firewall_lease"
# Runs a program that Ctrl-C can interrupt. A shell starts background jobs, which those of CI may be, without that.
INTERRUPTIBLE = """\
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])
"""


def test_a_task_that_exceeds_its_timeout_has_shown_the_id(play, sim):
    """Ansible discards the result of such a task."""
    sim.settings(action_seconds=HANG)
    lease = {LEASE: {**play.connection, "stack": "Awesome App"}}
    playbook = play(
        {"name": "open it", **lease, "timeout": HANG, "ignore_errors": True},
        {"name": "go on", "ansible.builtin.debug": {"msg": "it goes on"}},
        ANSIBLE_CALLBACKS_ENABLED="recorder,impatient",
    )
    assert (playbook["open it"].way, playbook["open it"].event) == ("worker", "failed")
    assert str(HANG) in playbook["open it"].result["msg"]
    number = sim.world.actions[AWESOME_APP][0]["id"]
    begun = f"{LEASE}: Action {number} (open_lease) of stack Awesome App has begun"
    assert begun in playbook.stderr
    assert playbook["go on"].event == "ok"
    assert len(sim.writes) == 1


def test_both_ways_of_running_have_the_same_result(play, sim):
    sim.settings(action_seconds=0)
    lease = {**play.connection, "stack": "Awesome App", "from_ip": "198.51.100.7"}
    playbook = play(
        *(
            {"name": way, LEASE: {**lease, "port": port}, "vars": {"cloud66_in_worker": way == "worker"}}
            for way, port in (("worker", 22), ("process", 23))
        )
    )
    for way, port in (("worker", 22), ("process", 23)):
        result = playbook[way].result
        assert playbook[way].way == way
        assert result["changed"]
        assert result["action"]["finished_success"]
        assert result["lease"] == {**playbook["worker"].result["lease"], "port": port}
    assert len(sim.writes) == 2


def test_ctrl_c_says_that_the_work_continues(sim, real_time, tmp_path):
    """Whether or not Ansible's workers still receive the signal themselves."""
    sim.settings(action_seconds=HANG)
    tasks = [{LEASE: {"stack": "Awesome App"}}]
    (tmp_path / "play.yml").write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]))
    environment = {
        **os.environ,
        "ANSIBLE_HOME": str(tmp_path / "ansible"),
        "CLOUD66_ACCESS_TOKEN": sim.token,
        "CLOUD66_API_URL": sim.url,
    }
    with subprocess.Popen(
        [sys.executable, "-c", INTERRUPTIBLE, program("ansible-playbook"), "play.yml"],
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as playbook:
        for line in playbook.stderr:
            if "Waiting for action" in line:
                os.killpg(playbook.pid, signal.SIGINT)
                break
        rest = playbook.stderr.read()
    number = sim.world.actions[AWESOME_APP][0]["id"]
    assert (
        f"Interrupted while waiting for action {number} (open_lease) of stack Awesome App. The work continues" in rest
    )
    assert f"stack: {AWESOME_APP}, action_id: {number} and wait: true." in rest
    assert "Traceback" not in rest
    assert playbook.returncode == 99
