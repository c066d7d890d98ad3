# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every engine reports a failure after a write that was, or may have been, applied."""

from __future__ import annotations

import pytest

STACK = {"stack": "Awesome App"}
DEVICE = {"user_id": 18, "device_token": "wertqy", "device_type": "ios", "sub_type": "iphone"}
# A write of each engine.
WRITES = {
    "state": ("c66_device", DEVICE),
    "values": ("c66_env_var", {**STACK, "key": "COLOUR", "value": "red"}),
    "command": ("c66_stack_action", {**STACK, "command": "restart"}),
    "deploy": ("c66_deployment", STACK),
}
engines = pytest.mark.parametrize("engine", WRITES)


@pytest.fixture
def write(run_module):
    """Run the module that represents an engine."""

    def run(engine, **more):
        name, args = WRITES[engine]
        return run_module(name, **{**args, **more})

    return run


@engines
def test_a_write_that_cannot_be_read_back(write, sim, engine):
    """The write is applied, and every read after it fails with 502."""
    write(engine, check=True)
    needed = len(sim.requests)
    sim.reset()
    sim.fault("status", status=502, method="GET", skip=needed)
    more = {} if engine == "state" else {"wait_timeout": 100}
    result = write(engine, **more).result
    assert result["failed"] and result["changed"], result
    assert len(sim.writes) == 1


@engines
def test_a_write_that_may_have_been_applied(write, sim, engine):
    """Each of its answers is lost, and it has no visible effect."""
    sim.fault("reset", method="POST")
    result = write(engine).result
    assert result["failed"] and result["changed"], result
    assert "may have been applied" in result["msg"]


@engines
@pytest.mark.parametrize("status", [400, 403, 404, 409])
def test_a_rejected_write_changes_nothing(write, sim, engine, status):
    sim.fault("status", status=status, method="POST")
    result = write(engine).result
    assert result["failed"]
    assert result["changed"] is False
    assert "actions" not in result


def test_a_failure_returns_the_thing_as_last_seen(write, sim):
    """After its creation it is read once, and differs from what is wanted."""
    sim.fault("empty", method="PUT", applied=False)
    sim.world.add_device(18, token="wertqy", device_type=1, sub_type=1)
    result = write("state", sub_type="ipad").result
    assert result["failed"] and result["changed"]
    assert result["device"]["sub_type_name"] == "iphone"


def test_the_first_of_two_writes_is_reported(write, sim):
    sim.fault("status", status=400, method="DELETE")
    result = write("values", key=None, value=None, env_vars={"COLOUR": "red"}, purge=True).result
    assert result["failed"] and result["changed"]
    assert result["changes"] == {"added": ["COLOUR"], "changed": [], "removed": []}
    assert [action["action"] for action in result["actions"]] == ["env-var-new"]
    assert result["env_vars"] == []


@pytest.mark.parametrize("engine", ["values", "command", "deploy"])
def test_a_failed_action(write, sim, engine):
    sim.settings(action_failure="The agent is away")
    result = write(engine).result
    assert result["failed"] and result["changed"]
    [action] = result["actions"] if engine == "values" else [result["action"]]
    assert action["finished_success"] is False
    assert "The agent is away" in result["msg"]
