# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet is rebooted while one request in ten fails: at most a batch is down, and nothing is rebooted twice."""

from __future__ import annotations

from collections import Counter

import pytest

STACKS = 8
SERVERS = 40
BATCH = 5


@pytest.fixture
def fleet(sim):
    """Stacks whose servers take two pages. The fleet is rebooted a stack at a time."""
    uids = []
    for number in range(STACKS):
        uid = sim.world.add_stack(name=f"rolling-{number}", environment="production", status=1, health=3)["uid"]
        for server in range(SERVERS):
            sim.world.add_server(uid, name=f"web-{server}", server_roles=["web"], health_state=3)
        uids.append(uid)
    return uids


def reboots(sim):
    return [record for record in sim.requests if record.operation_id == "reboot_server" and record.applied]


def not_rebooted(sim, uid):
    """The names of the servers that were not rebooted, by what Cloud 66 has done."""
    done = {record.path.split("/")[-2] for record in reboots(sim)}
    return [row["name"] for row in sim.world.servers[uid] if row["uid"] not in done]


@pytest.mark.parametrize("seed", [66, 3])
def test_rolling_reboot_despite_faults(sim, fleet, run_module, clock, seed):
    """After a failure, somebody checks the servers, waits until they are healthy, and goes on with the rest."""
    sim.settings(limit=10**6, action_seconds=5, reboot_seconds=90)
    sim.fault("any_transient", rate=0.1, seed=seed)
    options = {"batch": str(BATCH), "state": "rebooted", "api_retries": 4}
    for uid in fleet:
        while left := not_rebooted(sim, uid):
            result = run_module("c66_server", stack=uid, servers=left, **options).result
            reported = {name for batch in result.get("batches", []) for name in batch}
            assert set(left) - set(not_rebooted(sim, uid)) <= reported
            assert result.get("failed") or reported == set(left)
            clock.move(200)
    assert sum(1 for request in sim.requests if request.fault) > len(sim.requests) / 20
    counts = Counter(record.path for record in reboots(sim))
    assert len(counts) == STACKS * SERVERS
    assert set(counts.values()) == {1}
    assert max(record.notes["unhealthy"] for record in reboots(sim)) == BATCH
    sim.world.settle()
    assert {row["health_state"] for uid in fleet for row in sim.world.servers[uid]} == {3}
