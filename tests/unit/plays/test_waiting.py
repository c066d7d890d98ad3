# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting in playbooks."""

from __future__ import annotations

from simulator.seed import AWESOME_APP
from unit.fixtures.programs import HANG

LEASE = "cloud66.cloud.c66_firewall_lease"


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
