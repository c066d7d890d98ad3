# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rolling reboots in plays whose hosts are the servers."""

from __future__ import annotations

import pytest
from simulator.seed import AWESOME_APP
from unit.fixtures.plays import INVENTORY

NAMES = ["Ant", "Bee", "Cat", "Dog", "Elk"]
HOSTS = INVENTORY.replace("localhost", "{}")
REBOOT = "cloud66.cloud.c66_server"


@pytest.fixture
def servers(sim):
    sim.settings(action_seconds=0, reboot_seconds=1)
    rows = sim.world.servers[AWESOME_APP]
    rows.clear()
    for name in NAMES:
        sim.world.add_server(AWESOME_APP, name=name, health_state=3)
    return rows


@pytest.mark.parametrize(
    ("in_play", "in_task", "own"),
    [
        ({}, {"run_once": True}, {"servers": "{{ ansible_play_hosts }}", "batch": "2"}),
        ({"serial": 2}, {}, {"servers": ["{{ inventory_hostname }}"]}),
    ],
    ids=["one task for all hosts", "a task for each host, with serial"],
)
def test_never_more_than_a_batch_of_hosts_is_unhealthy(play, sim, servers, in_play, in_task, own):
    options = {**play.connection, "stack": "Awesome App", "state": "rebooted", "wait_interval": 1}
    task = {"name": "reboot", REBOOT: {**options, **own}, **in_task}
    hosts = {"hosts": "all", "gather_facts": False, **in_play, "tasks": [task]}
    playbook = play(plays=[hosts], inventory="".join(map(HOSTS.format, NAMES)))
    assert {(result.way, result.event) for result in playbook.tasks} == {("worker", "ok")}
    assert all(result.result["changed"] for result in playbook.tasks)
    reboots = [write for write in sim.writes if write.operation_id == "reboot_server"]
    assert len({write.path for write in reboots}) == len(reboots) == len(NAMES)
    assert max(write.notes["unhealthy"] for write in reboots) == 2
    assert {row["health_state"] for row in servers} == {3}
