# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_stack_action: commands are run once, in both spellings, and maintenance mode only if it changes."""

from __future__ import annotations

from importlib import import_module

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.stack_action import COMMANDS
from simulator.seed import AWESOME_APP, PUBLIC_TOKEN

CARIBOU = "f8468fc145ea49bac474b30a8fea888d"
REFUSALS = import_module("ansible_collections.cloud66.cloud.plugins.modules.c66_stack_action").MODULE
# The options of each command, and the fields that it sends besides the command and the reference.
GIVEN = {
    "clear_caches": ({}, {}),
    "restart": ({}, {}),
    "maintenance_mode": ({"enabled": True}, {"value": 1}),
    "container_restart": ({"container": "c1"}, {"container": "c1", "container_id": "c1"}),
    **{
        name: (
            {"process": "worker", "server": "Caribou"},
            {"process-name": "worker", "process_name": "worker", "server_uid": CARIBOU},
        )
        for name in ("process_pause", "process_restart", "process_resume")
    },
    **{
        name: (
            {"service": "web", "server": CARIBOU},
            {"service_name": "web", "server_id_filter": CARIBOU, "server_uid": CARIBOU},
        )
        for name in ("service_pause", "service_restart", "service_resume")
    },
    **{
        name: (
            {"server": CARIBOU, "db_type": "postgresql"},
            {"server": "Caribou", "server_uid": CARIBOU, "server_group": "postgresql", "db_type": "postgresql"},
        )
        for name in ("promote_slave_db", "resync_slave_db", "disable_replication_slave_db")
    },
}


@pytest.fixture
def act(run_module):
    def call(command, **args):
        return run_module("c66_stack_action", **{"stack": "Awesome App", "command": command, **args})

    return call


def refusal(**args):
    given = {"stack": "Awesome App", **args}
    return " ".join(
        ArgumentSpecValidator(REFUSALS.argument_spec, **REFUSALS.constraints).validate(given).error_messages
    )


def test_the_commands_are_those_of_the_contract(contract):
    """With their required and optional fields."""
    documented = contract["components"]["schemas"]["StackActionRequest"]["x-parameters-by-command"]
    assert set(COMMANDS) == {*documented, "reboot_servers"}
    for name, parameters in documented.items():
        needs, may = len([parameter for parameter in parameters if not parameter.endswith("?")]), len(parameters)
        assert (len(COMMANDS[name].needs), len(COMMANDS[name].needs + COMMANDS[name].may)) == (needs, may), name


@pytest.mark.parametrize("spellings", ["slate", "go", "both"])
@pytest.mark.parametrize("command", GIVEN)
def test_every_command_is_accepted_in_both_spellings(act, sim, bodies, command, spellings):
    sim.settings(action_spellings=spellings)
    given, sent = GIVEN[command]
    run = act(command, **given)
    assert run.result["changed"], run.result
    assert run.result["action"]["action"] == command
    assert run.result["action"]["finished_success"] is True
    assert run.result["stack_action"] == {"stack_uid": AWESOME_APP, "command": command, **given}
    [body] = bodies()
    reference = body.pop("user_reference")
    assert reference.startswith("ansible-")
    assert body == {"command": command, **sent}


def test_servers_are_rebooted(act, sim, bodies):
    run = act("reboot_servers", strategy="serial", group="mysql")
    assert run.result["action"]["action"] == "stack_reboot"
    assert bodies() == [{"strategy": "serial", "group": "mysql"}]
    assert sim.writes[0].path.endswith("/reboot_servers")
    act("reboot_servers", strategy="parallel")
    assert bodies()[1] == {"strategy": "parallel"}


# Maintenance mode, whose state can be read


@pytest.mark.parametrize("visible", ["start", "end"])
def test_maintenance_mode_on_twice_is_one_change(act, sim, visible):
    sim.settings(async_visible=visible)
    predicted = act("maintenance_mode", enabled=True, check=True, diff=True)
    assert not sim.writes
    real = act("maintenance_mode", enabled=True, diff=True)
    assert predicted.result["changed"] is real.result["changed"] is True
    assert predicted.result["diff"] == real.result["diff"]
    assert (real.result["diff"]["before"], real.result["diff"]["after"]) == (
        {"maintenance_mode": False},
        {"maintenance_mode": True},
    )
    assert predicted.result["stack_action"] == real.result["stack_action"]
    assert predicted.result["action"] is None
    assert sim.world.stack(AWESOME_APP)["maintenance_mode"] is True
    for check in (False, True):
        again = act("maintenance_mode", enabled=True, check=check, diff=True)
        assert again.result["changed"] is False
        assert again.result["stack_action"] == real.result["stack_action"]
        assert again.result["action"] is None
        assert again.result["diff"]["before"] == again.result["diff"]["after"]
    assert len(sim.writes) == 1
    assert act("maintenance_mode", enabled=False).result["changed"]
    assert sim.world.stack(AWESOME_APP)["maintenance_mode"] is False
    assert not act("maintenance_mode", enabled=False).result["changed"]


def test_maintenance_mode_without_effect_is_an_error(act, sim):
    """Cloud 66 reports success."""
    action = sim.world.start_action(AWESOME_APP, "maintenance_mode", seconds=0)
    sim.world.settle()
    sim.fault("wrong_type", method="POST", applied=False, body={"response": action})
    run = act("maintenance_mode", enabled=True)
    assert run.result["failed"]
    assert "maintenance_mode of stack" in run.result["msg"]
    assert "it had no effect within 15 seconds" in run.result["msg"]
    assert run.result["action"]["id"] == action["id"]


def test_without_wait_it_returns_at_once(act, sim, clock):
    run = act("maintenance_mode", enabled=True, wait=False)
    assert run.result["changed"]
    assert run.result["action"]["finished_at"] is None
    assert not clock.pauses


def test_other_commands_are_run_each_time(act, sim):
    for _number in range(2):
        predicted = act("service_pause", service="web", check=True, diff=True)
        real = act("service_pause", service="web", diff=True)
        assert predicted.result["changed"] is real.result["changed"] is True
        assert predicted.result["diff"] == real.result["diff"]
        assert real.result["diff"]["after"] == real.result["stack_action"]
    assert len(sim.writes) == 2


# Failures


def test_a_failure_has_the_message_of_cloud_66_and_the_action(act, sim):
    sim.settings(action_failure="No such container")
    run = act("restart")
    assert run.result["failed"]
    assert run.result["msg"].endswith(" failed: No such container")
    assert run.result["action"]["finished_success"] is False
    assert run.result["action"]["finished_message"] == "No such container"
    assert run.result["stack_action"]["command"] == "restart"
    assert run.result["changed"] is True


@pytest.mark.parametrize(("command", "given"), [("restart", {}), ("reboot_servers", {"strategy": "serial"})])
def test_a_command_whose_answer_was_lost_is_found_and_not_sent_again(act, sim, lost, command, given):
    run = act(command, api_retries=3, **given)
    assert run.result["changed"], run.result
    assert run.result["action"]["id"] == sim.world.actions[AWESOME_APP][0]["id"]
    assert run.result["action"]["finished_success"] is True
    assert lost.hits == len(sim.writes) == 1


def test_a_lost_command_is_not_confused_with_another_users(act, sim):
    """Theirs began after ours, and has another reference."""
    sim.settings(action_seconds=0)
    sim.fault("reset_after", method="POST", times=1)
    real = sim.world.work.open

    def both(*args, **kinds):
        row = real(*args, **kinds)
        real(AWESOME_APP, "restart", user_reference="theirs")
        return row

    sim.world.work.open = both
    run = act("restart")
    assert run.result["action"]["metadata"]["user_reference"].startswith("ansible-")


@pytest.mark.parametrize("command", ["restart", "reboot_servers"])
def test_a_lost_command_is_found_without_a_stored_reference(act, sim, command):
    sim.fault("status", status=408, method="POST", times=1)
    # As if Cloud 66 had run it without storing the reference.
    row = sim.world.start_action(AWESOME_APP, "stack_reboot" if command == "reboot_servers" else command)
    run = act(command, **({"strategy": "serial"} if command == "reboot_servers" else {}))
    assert run.result["action"]["id"] == row["id"]


def test_a_lost_command_that_did_not_run_fails(act, sim, clock, vanished):
    sim.world.start_action(AWESOME_APP, "restart", seconds=0, user_reference="theirs")
    sim.world.start_action(AWESOME_APP, "restart", seconds=0)
    sim.settings(clock_offset=3600)
    sim.world.schedule.at(
        sim.world.now() + 5, lambda: sim.world.start_action(AWESOME_APP, "restart", user_reference="theirs")
    )
    run = act("restart", api_retries=3)
    assert run.result["failed"]
    assert vanished.hits == len(sim.writes) == 1
    assert (
        f"Not found among the actions of stack Awesome App ({AWESOME_APP}); it is not started again"
        in run.result["msg"]
    )
    assert sum(clock.pauses) >= 60


def test_settling_continues_after_a_failed_read(act, sim):
    sim.fault("reset_after", method="POST", times=1)
    looks = sim.fault("reset", method="GET", path="/stacks/*/actions", times=2)
    assert act("restart").result["action"]["finished_success"] is True
    assert looks.hits == 2


def test_a_missing_scope_is_named(act, sim):
    run = act("restart", api_token=PUBLIC_TOKEN)
    assert run.result["status"] == 403
    assert "lacks the scope redeploy" in run.result["msg"]
    assert "the command restart to stack Awesome App" in run.result["msg"]


# Invalid options


@pytest.mark.parametrize("command", [name for name, item in COMMANDS.items() if item.needs])
def test_required_options_of_a_command_are_named(command):
    assert f"command is {command} but all of the following are missing: {COMMANDS[command].needs[0]}" in refusal(
        command=command
    )


def test_an_unknown_command_is_an_error():
    assert "explode" in refusal(command="explode")


@pytest.mark.parametrize(
    ("command", "given", "strange"),
    [
        ("restart", {"service": "web", "group": "all"}, "service and group"),
        ("maintenance_mode", {"enabled": True, "server": "Lion"}, "server"),
        ("reboot_servers", {"strategy": "serial", "enabled": True}, "enabled"),
        ("promote_slave_db", {"server": "Lion", "strategy": "serial"}, "strategy"),
    ],
)
def test_an_option_that_a_command_does_not_take_is_refused(act, sim, command, given, strange):
    run = act(command, **given)
    assert run.result["msg"] == f"The command {command} does not take {strange}."
    assert not sim.requests


@pytest.mark.parametrize("check", [False, True])
def test_a_missing_server_is_an_error(act, sim, check):
    run = act("process_restart", process="worker", server="Nobody", check=check)
    assert run.result["msg"].startswith("No server of stack Awesome App matches 'Nobody'. Available: Lion (")
    sim.world.add_server(AWESOME_APP, name="Lion")
    run = act("process_restart", process="worker", server="Lion", check=check)
    assert run.result["msg"].startswith("2 servers of stack Awesome App match Lion: Lion (")
    assert not sim.writes


def test_a_missing_stack_is_an_error(act, sim):
    assert "No stack matches" in act("restart", stack="Nobody").result["msg"]
    assert not sim.writes
