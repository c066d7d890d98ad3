# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands on stacks: run once, in both spellings, and maintenance mode only when it is not so already."""

from __future__ import annotations

from importlib import import_module

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.stack_action import COMMANDS
from simulator.seed import AWESOME_APP, PUBLIC_TOKEN

CARIBOU = "f8468fc145ea49bac474b30a8fea888d"
REFUSALS = import_module("ansible_collections.cloud66.cloud.plugins.modules.c66_stack_action").MODULE
# What each command is given here, and what goes into the call beside the command and the reference.
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


def test_the_commands_are_the_contracts(contract):
    """And what each of them needs and may have."""
    told = contract["components"]["schemas"]["StackActionRequest"]["x-parameters-by-command"]
    assert set(COMMANDS) == {*told, "reboot_servers"}
    for name, parameters in told.items():
        needs, may = len([one for one in parameters if not one.endswith("?")]), len(parameters)
        assert (len(COMMANDS[name].needs), len(COMMANDS[name].needs + COMMANDS[name].may)) == (needs, may), name


@pytest.mark.parametrize("spellings", ["slate", "go", "both"])
@pytest.mark.parametrize("command", GIVEN)
def test_every_command_is_understood_in_either_spelling(act, sim, bodies, command, spellings):
    sim.settings(action_spellings=spellings)
    given, sent = GIVEN[command]
    ran = act(command, **given)
    assert ran.result["changed"], ran.result
    assert ran.result["action"]["action"] == command
    assert ran.result["action"]["finished_success"] is True
    assert ran.result["stack_action"] == {"stack_uid": AWESOME_APP, "command": command, **given}
    [body] = bodies()
    reference = body.pop("user_reference")
    assert reference.startswith("ansible-")
    assert body == {"command": command, **sent}


def test_servers_are_rebooted(act, sim, bodies):
    ran = act("reboot_servers", strategy="serial", group="mysql")
    assert ran.result["action"]["action"] == "stack_reboot"
    assert bodies() == [{"strategy": "serial", "group": "mysql"}]
    assert sim.writes[0].path.endswith("/reboot_servers")
    act("reboot_servers", strategy="parallel")
    assert bodies()[1] == {"strategy": "parallel"}


# Maintenance mode can be read


@pytest.mark.parametrize("visible", ["start", "end"])
def test_maintenance_mode_on_twice_is_one_change(act, sim, visible):
    sim.settings(async_visible=visible)
    predicted = act("maintenance_mode", enabled=True, check=True, diff=True)
    assert not sim.writes
    done = act("maintenance_mode", enabled=True, diff=True)
    assert predicted.result["changed"] is done.result["changed"] is True
    assert predicted.result["diff"] == done.result["diff"]
    assert (done.result["diff"]["before"], done.result["diff"]["after"]) == (
        {"maintenance_mode": False},
        {"maintenance_mode": True},
    )
    assert predicted.result["stack_action"] == done.result["stack_action"]
    assert predicted.result["action"] is None
    assert sim.world.stack(AWESOME_APP)["maintenance_mode"] is True
    for check in (False, True):
        again = act("maintenance_mode", enabled=True, check=check, diff=True)
        assert again.result["changed"] is False
        assert again.result["stack_action"] == done.result["stack_action"]
        assert again.result["action"] is None
        assert again.result["diff"]["before"] == again.result["diff"]["after"]
    assert len(sim.writes) == 1
    assert act("maintenance_mode", enabled=False).result["changed"]
    assert sim.world.stack(AWESOME_APP)["maintenance_mode"] is False
    assert not act("maintenance_mode", enabled=False).result["changed"]


def test_maintenance_mode_that_has_no_effect_is_said(act, sim):
    """Cloud 66 says that it went well."""
    action = sim.world.start_action(AWESOME_APP, "maintenance_mode", seconds=0)
    sim.world.settle()
    sim.fault("wrong_type", method="POST", applied=False, body={"response": action})
    ran = act("maintenance_mode", enabled=True)
    assert ran.result["failed"]
    assert "maintenance_mode of stack" in ran.result["msg"]
    assert "it had no effect within 15 seconds" in ran.result["msg"]
    assert ran.result["action"]["id"] == action["id"]


def test_without_wait_it_comes_back_at_once(act, sim, clock):
    ran = act("maintenance_mode", enabled=True, wait=False)
    assert ran.result["changed"]
    assert ran.result["action"]["finished_at"] is None
    assert not clock.pauses


def test_other_commands_are_run_each_time(act, sim):
    for _number in range(2):
        predicted = act("service_pause", service="web", check=True, diff=True)
        done = act("service_pause", service="web", diff=True)
        assert predicted.result["changed"] is done.result["changed"] is True
        assert predicted.result["diff"] == done.result["diff"]
        assert done.result["diff"]["after"] == done.result["stack_action"]
    assert len(sim.writes) == 2


# What goes wrong


def test_a_failure_carries_the_words_of_cloud_66_and_the_action(act, sim):
    sim.settings(action_failure="No such container")
    ran = act("restart")
    assert ran.result["failed"]
    assert ran.result["msg"].endswith("has failed: No such container")
    assert ran.result["action"]["finished_success"] is False
    assert ran.result["action"]["finished_message"] == "No such container"
    assert ran.result["stack_action"]["command"] == "restart"
    assert ran.result["changed"] is True


@pytest.mark.parametrize(("command", "given"), [("restart", {}), ("reboot_servers", {"strategy": "serial"})])
def test_a_command_whose_answer_was_lost_is_found_and_not_sent_again(act, sim, lost, command, given):
    ran = act(command, api_retries=3, **given)
    assert ran.result["changed"], ran.result
    assert ran.result["action"]["id"] == sim.world.actions[AWESOME_APP][0]["id"]
    assert ran.result["action"]["finished_success"] is True
    assert lost.hits == len(sim.writes) == 1


def test_a_lost_command_is_told_from_the_one_of_somebody_else(act, sim):
    """Theirs began after ours, and has a reference of its own."""
    sim.settings(action_seconds=0)
    sim.fault("reset_after", method="POST", times=1)
    real = sim.world.work.open

    def both(*args, **kinds):
        row = real(*args, **kinds)
        real(AWESOME_APP, "restart", user_reference="theirs")
        return row

    sim.world.work.open = both
    ran = act("restart")
    assert ran.result["action"]["metadata"]["user_reference"].startswith("ansible-")


@pytest.mark.parametrize("command", ["restart", "reboot_servers"])
def test_a_lost_command_is_found_where_no_reference_is_kept(act, sim, command):
    sim.fault("status", status=408, method="POST", times=1)
    # As if Cloud 66 had done it and forgotten the reference.
    row = sim.world.start_action(AWESOME_APP, "stack_reboot" if command == "reboot_servers" else command)
    ran = act(command, **({"strategy": "serial"} if command == "reboot_servers" else {}))
    assert ran.result["action"]["id"] == row["id"]


def test_a_command_that_was_lost_and_not_done_fails(act, sim, clock, vanished):
    sim.world.start_action(AWESOME_APP, "restart", seconds=0, user_reference="theirs")
    sim.world.start_action(AWESOME_APP, "restart", seconds=0)
    sim.settings(clock_offset=3600)
    sim.world.schedule.at(
        sim.world.now() + 5, lambda: sim.world.start_action(AWESOME_APP, "restart", user_reference="theirs")
    )
    ran = act("restart", api_retries=3)
    assert ran.result["failed"]
    assert vanished.hits == len(sim.writes) == 1
    assert (
        f"Not found among the actions of stack Awesome App ({AWESOME_APP}); it is not started again"
        in ran.result["msg"]
    )
    assert sum(clock.pauses) >= 60


def test_looking_goes_on_when_a_look_is_not_answered(act, sim):
    sim.fault("reset_after", method="POST", times=1)
    looks = sim.fault("reset", method="GET", path="/stacks/*/actions", times=2)
    assert act("restart").result["action"]["finished_success"] is True
    assert looks.hits == 2


def test_a_scope_that_is_missing_is_named(act, sim):
    ran = act("restart", api_token=PUBLIC_TOKEN)
    assert ran.result["status"] == 403
    assert "lacks the scope redeploy" in ran.result["msg"]
    assert "the command restart to stack Awesome App" in ran.result["msg"]


# What makes no sense


@pytest.mark.parametrize("command", [name for name, one in COMMANDS.items() if one.needs])
def test_what_a_command_needs_is_said(command):
    assert f"command is {command} but all of the following are missing: {COMMANDS[command].needs[0]}" in refusal(
        command=command
    )


def test_a_command_that_there_is_not_is_said():
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
    ran = act(command, **given)
    assert ran.result["msg"] == f"The command {command} does not take {strange}."
    assert not sim.requests


@pytest.mark.parametrize("check", [False, True])
def test_a_server_that_is_not_there_is_said(act, sim, check):
    ran = act("process_restart", process="worker", server="Nobody", check=check)
    assert ran.result["msg"].startswith("No server of stack Awesome App matches 'Nobody'. There are: Lion (")
    sim.world.add_server(AWESOME_APP, name="Lion")
    ran = act("process_restart", process="worker", server="Lion", check=check)
    assert ran.result["msg"].startswith("2 servers of stack Awesome App match Lion: Lion (")
    assert not sim.writes


def test_a_stack_that_is_not_there_is_said(act, sim):
    assert "There is no stack" in act("restart", stack="Nobody").result["msg"]
    assert not sim.writes
