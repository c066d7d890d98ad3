# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running stacks are scaled while one request in ten fails: the end state is right, and nothing is added twice."""

from __future__ import annotations

from collections import Counter

import pytest

STACKS = 20
ATTEMPTS = 5
TASKS = [
    ("c66_server_group", {"group": "Docker Server", "count": 3}),
    ("c66_service", {"service": "web", "servers": {"Lion": 2}}),
    ("c66_process", {"process": "worker", "servers": {"Lion": 3}}),
    ("c66_process", {"process": "worker", "state": "paused"}),
    ("c66_job", {"jobs": ["cleanup"], "state": "paused"}),
]


@pytest.fixture
def stacks(sim):
    uids = []
    for number in range(STACKS):
        fields = {"name": f"scaled-{number}", "environment": "production", "status": 1, "health": 3}
        uid = sim.world.add_stack(framework="docker", **fields)["uid"]
        sim.world.add_server(uid, name="Lion", server_roles=["docker"], server_group_id=128, health_state=3)
        # As they are before servers are added.
        assert sim.world.services[uid]
        assert sim.world.processes[uid]
        uids.append(uid)
    return uids


@pytest.fixture
def scale(run_module):
    """Run all tasks on a stack like CI, which repeats failed ones. Returns whether each changed something."""

    def call(uid):
        changed = []
        for name, args in TASKS:
            for _attempt in range(ATTEMPTS):
                result = run_module(name, stack=uid, api_retries=4, **args).result
                if not result.get("failed"):
                    break
            assert not result.get("failed"), result
            changed.append(result["changed"])
        return changed

    return call


@pytest.mark.parametrize("seed", [66, 3])
def test_scaling_despite_faults(sim, stacks, scale, clock, seed):
    sim.settings(limit=10**6, server_seconds=30)
    sim.fault("any_transient", rate=0.1, seed=seed)
    for uid in stacks:
        scale(uid)
    faults = sum(1 for request in sim.requests if request.fault)
    sim.clear_faults()
    sim.world.settle()
    for uid in stacks:
        world = sim.world
        assert len(world.servers[uid]) == 3
        [web] = [row for row in world.services[uid] if row["name"] == "web"]
        assert Counter(row["server_name"] for row in web["containers"]) == {"Lion": 2}
        [worker] = [row for row in world.processes[uid] if row["name"] == "worker"]
        assert (worker["servers"], worker["servers_pauses"]) == ({"Lion": 3}, {"Lion": 3})
        assert [row["name"] for row in world.jobs[uid] if row["paused"]] == ["cleanup"]
    # Adding servers is the write that must not be repeated.
    added = Counter(
        record.path for record in sim.requests if record.operation_id == "scale_server_group" and record.applied
    )
    assert set(added.values()) == {1}
    assert faults > len(sim.requests) / 20
    before = len(sim.writes)
    assert [scale(uid) for uid in stacks] == [[False] * len(TASKS)] * STACKS
    assert len(sim.writes) == before
