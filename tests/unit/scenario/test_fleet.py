# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet is configured and deployed while one request in ten fails, and everything is done exactly once."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.firewall import key_of
from simulator.faults import TRANSIENT

STACKS = 50
ATTEMPTS = 5
SERVICE_YAML = "services:\n  web:\n    image: example/web\n"
BROKEN = "The build of web has failed"
RULES = [
    {"from_ip": "203.0.113.0/24", "to_group": "128", "port": 8080},
    {"from_ip": "198.51.100.7", "protocol": "icmp"},
]
RULE_KEYS = ["tcp 8080 from 203.0.113.0/24 to group 128", "icmp from 198.51.100.7/32"]
ALERT = "noticent_stack_redeploy_failed"
CHANNELS = [{"channel": "browser"}, {"channel": "slack", "slack_url": "https://hooks.slack.com/services/T0/B0/fleet"}]


def wanted_variables(number):
    return {"RELEASE": "4", "COLOUR": "blue", "NUMBER": str(number), "GREETING": "hello {{ world }}"}


@pytest.fixture
def fleet(sim):
    """The UIDs of the stacks. Each has a variable to remove and one to change."""
    uids = []
    for number in range(STACKS):
        uid = sim.world.add_stack(name=f"fleet-{number}", environment="production", status=1, health=3)["uid"]
        sim.world.add_env_var(uid, "OLD", "1")
        sim.world.add_env_var(uid, "COLOUR", "red")
        uids.append(uid)
    return uids


@pytest.fixture
def attempt(run_module):
    """Run a task like CI, which repeats failed tasks. Returns the result and the number of the attempt."""

    def call(name, first, **args):
        for number in range(first, first + ATTEMPTS):
            given = {key: value(number) if callable(value) else value for key, value in args.items()}
            run = run_module(name, api_retries=4, **given)
            if not run.result.get("failed") or BROKEN in run.result["msg"]:
                break
        return run.result, number

    return call


@pytest.fixture
def configure_and_deploy(attempt):
    """Configure and deploy a stack. Returns the result and the attempt of each module."""

    def call(number, uid, first=1):
        tasks = {
            "c66_env_var": {"env_vars": wanted_variables(number), "purge": True},
            "c66_configuration": {"type": "service_yaml", "body": SERVICE_YAML},
            "c66_stack_setting": {"settings": {"git.branch": "release", "maintenance.mode": True}},
            "c66_firewall_rule": {"rules": RULES},
            "c66_notification": {"alerts": [{"alert_name": ALERT, "subscriptions": CHANNELS}], "purge": True},
            "c66_deployment": {"user_reference": lambda attempt: f"job-{number}-{attempt}", "git_ref": "release"},
        }
        return {name: attempt(name, first, stack=uid, **args) for name, args in tasks.items()}

    return call


def own_variables(sim, uid):
    rows = sim.world.env_vars[uid]
    return {row["key"]: row["value"] for row in rows if not row["readonly"] and not row.get("is_generated")}


def applied_writes(sim):
    """How often each write was applied, by method, path and body."""
    writes = Counter()
    for write in sim.writes:
        if write.applied:
            body = json.loads(write.body or "{}")
            # Another attempt at a deployment is the same write.
            body.pop("user_reference", None)
            writes[write.method, write.path, json.dumps(body, sort_keys=True)] += 1
    return writes


@pytest.mark.parametrize("seed", [66, 3])
def test_a_fleet_is_deployed_once_despite_faults(sim, fleet, configure_and_deploy, clock, seed):
    broken = fleet[17]
    sim.world.deploy_failures[broken] = BROKEN
    versions = {uid: len(sim.world.service_yamls[uid]) for uid in fleet}
    deployments = {uid: len(sim.world.deployments[uid]) for uid in fleet}
    # Another test covers the hourly limit.
    sim.settings(limit=10**6)
    sim.fault("any_transient", rate=0.1, seed=seed)
    results = {uid: configure_and_deploy(number, uid) for number, uid in enumerate(fleet)}
    faults = Counter(request.fault for request in sim.requests if request.fault)
    sim.clear_faults()
    sim.world.settle()

    # Each is as wanted, except for the one whose deployment fails.
    for number, uid in enumerate(fleet):
        for name, (result, _attempt) in results[uid].items():
            assert bool(result.get("failed")) == (uid == broken and name == "c66_deployment"), result
        assert own_variables(sim, uid) == wanted_variables(number)
        settings = {row["key"]: row["value"] for row in sim.world.stack_settings[uid]}
        assert (settings["git.branch"], str(settings["maintenance.mode"]).lower()) == ("release", "true")
        stored = [key_of(row) for row in sim.world.firewalls[uid]]
        assert [stored.count(key) for key in RULE_KEYS] == [1, 1]
        assert {"alert_name": ALERT, "subscriptions": CHANNELS} in sim.world.notifications[uid]
        assert len(sim.world.service_yamls[uid]) == versions[uid] + 1
        assert SERVICE_YAML in [row["body"] for row in sim.world.service_yamls[uid]]
        assert len(sim.world.deployments[uid]) == deployments[uid] + 1
        newest = max(sim.world.deployments[uid], key=lambda row: row["id"])
        assert newest["outcome"]["meaning"] == ("failed" if uid == broken else "success")
    assert BROKEN in results[broken]["c66_deployment"][0]["msg"]

    # No write was applied twice.
    assert {write: count for write, count in applied_writes(sim).items() if count > 1} == {}

    # Every kind of fault has occurred.
    assert sum(faults.values()) > len(sim.requests) / 20
    assert {fault["kind"] for fault in TRANSIENT} <= set(faults)

    # A second run changes nothing.
    before = len(sim.writes)
    for number, uid in enumerate(fleet):
        for name, (result, _attempt) in configure_and_deploy(number, uid, results[uid]["c66_deployment"][1]).items():
            assert not result["changed"] or (uid == broken and name == "c66_deployment")
    assert len(sim.writes) == before
