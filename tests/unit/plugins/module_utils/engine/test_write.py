# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A failure after a write that was, or may have been, applied says so, in every engine."""

from __future__ import annotations

import pytest

STACK = {"stack": "Awesome App"}
DEVICE = {"user_id": 18, "device_token": "wertqy", "device_type": "ios", "sub_type": "iphone"}
# One write of each engine.
WRITES = {
    "state": ("c66_device", DEVICE),
    "values": ("c66_env_var", {**STACK, "key": "COLOUR", "value": "red"}),
    "command": ("c66_stack_action", {**STACK, "command": "restart"}),
    "deploy": ("c66_deployment", STACK),
}
engines = pytest.mark.parametrize("engine", WRITES)


@pytest.fixture
def write(run_module):
    """Run the module that stands for an engine."""

    def run(engine, **more):
        name, args = WRITES[engine]
        return run_module(name, **{**args, **more})

    return run


@engines
def test_a_write_that_cannot_be_read_back(write, sim, engine):
    """The write is applied, and then every read is answered 502."""
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
    """Its answer is lost each time, and there is no trace of it."""
    sim.fault("reset", method="POST")
    result = write(engine).result
    assert result["failed"] and result["changed"], result
    assert "may have been applied" in result["msg"]


@engines
@pytest.mark.parametrize("status", [400, 403, 404, 409])
def test_a_write_that_was_refused_changes_nothing(write, sim, engine, status):
    sim.fault("status", status=status, method="POST")
    result = write(engine).result
    assert result["failed"]
    assert result["changed"] is False
    assert "actions" not in result


def test_the_thing_is_returned_as_it_was_last_seen(write, sim):
    """It is read once after it was created, and does not turn out as wanted."""
    sim.fault("empty", method="PUT", applied=False)
    sim.world.add_device(18, token="wertqy", device_type=1, sub_type=1)
    result = write("state", sub_type="ipad").result
    assert result["failed"] and result["changed"]
    assert result["device"]["sub_type_name"] == "iphone"


def test_the_first_of_two_writes_is_told(write, sim):
    sim.fault("status", status=400, method="DELETE")
    result = write("values", key=None, value=None, env_vars={"COLOUR": "red"}, purge=True).result
    assert result["failed"] and result["changed"]
    assert result["changes"] == {"added": ["COLOUR"], "changed": [], "removed": []}
    assert [action["action"] for action in result["actions"]] == ["env-var-new"]
    assert result["env_vars"] == []


@pytest.mark.parametrize("engine", ["values", "command", "deploy"])
def test_an_action_that_fails(write, sim, engine):
    sim.settings(action_failure="The agent is away")
    result = write(engine).result
    assert result["failed"] and result["changed"]
    [action] = result["actions"] if engine == "values" else [result["action"]]
    assert action["finished_success"] is False
    assert "The agent is away" in result["msg"]
