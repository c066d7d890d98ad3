# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_action_info: actions are read and waited for, one or several."""

from __future__ import annotations

import pytest
from simulator.seed import AWESOME_APP


@pytest.fixture
def actions(run_module):
    def call(**args):
        return run_module("c66_action_info", **{"stack": "Awesome App", **args})

    return call


def paths(requests):
    return [request.path.removeprefix("/api/3") for request in requests]


def test_actions_are_read(actions, sim):
    running = sim.world.start_action(AWESOME_APP, "application_deployment", user_reference="mine")
    result = actions().result
    assert [action["id"] for action in result["actions"]] == [action["id"] for action in sim.world.actions[AWESOME_APP]]
    assert result["actions"][0]["finished_success"] is None
    assert result["actions"][1]["finished_success"] is True
    assert {action["stack_uid"] for action in result["actions"]} == {AWESOME_APP}
    assert not result["changed"]
    assert [action["id"] for action in actions(user_reference="mine").result["actions"]] == [running["id"]]
    assert actions(action="backup").result["actions"] == []
    assert actions(action_id=running["id"]).result["actions"][0]["action"] == "application_deployment"
    assert actions(action_id=4711).result["status"] == 404


def test_a_failed_action_fails_the_task_only_with_wait(actions, sim):
    sim.settings(action_failure="The disk is full")
    number = sim.world.start_action(AWESOME_APP, "application_deployment", seconds=0)["id"]
    assert actions(action_id=number).result["actions"][0]["finished_success"] is False
    run = actions(action_id=number, wait=True)
    assert not run.notices
    assert " failed: The disk is full" in run.result["msg"]


def test_ended_actions_are_not_read_again(actions, sim, clock):
    actions(wait=True)
    assert [path for path in paths(sim.requests) if "actions" in path] == [f"/stacks/{AWESOME_APP}/actions"]
    assert not clock.pauses


def test_several_actions_are_waited_for_with_one_list(actions, sim, clock):
    for number in range(4):
        sim.world.start_action(AWESOME_APP, "application_deployment", seconds=5 + 3 * number, user_reference="mine")
    result = actions(user_reference="mine", wait=True, wait_interval=2).result
    assert {action["finished_success"] for action in result["actions"]} == {True}
    requests = [request for request in sim.requests if "/actions" in request.path]
    # The first read, then one request for each poll: the list, and for the last action the action itself.
    assert len(requests) == len(clock.pauses) + 2
    lists = [request for request in requests if request.path.endswith("/actions")]
    assert len(lists) > 2
    assert [action["id"] for action in result["actions"]] == [
        action["id"] for action in sim.world.actions[AWESOME_APP]
    ][:4]


def test_two_actions_in_a_long_list_are_read_one_by_one(actions, sim, clock):
    sim.world.add_past_actions(AWESOME_APP, 100)
    for _number in range(2):
        sim.world.start_action(AWESOME_APP, "application_deployment", seconds=10, user_reference="mine")
    actions(user_reference="mine", wait=True)
    lists = [request for request in sim.requests if request.path.endswith("/actions") and "mine" not in request.query]
    assert len(lists) == 4, "the list of four pages is read once, and then costs more than two questions"
    assert len([request for request in sim.requests if "/actions/" in request.path]) >= 4
    assert clock.pauses


def test_all_actions_have_ended_before_a_failure_is_reported(actions, sim):
    sim.world.start_action(AWESOME_APP, "application_deployment", seconds=3, user_reference="mine", failure="No space")
    last = sim.world.start_action(AWESOME_APP, "application_deployment", seconds=30, user_reference="mine")
    run = actions(user_reference="mine", wait=True)
    assert "No space (1 of 2 failed)" in run.result["msg"]
    assert last["finished_success"] is True


def test_a_timeout_names_all_actions(actions, sim):
    numbers = [
        sim.world.start_action(AWESOME_APP, "application_deployment", seconds=99, user_reference="mine")["id"]
        for _number in range(2)
    ]
    message = actions(user_reference="mine", wait=True, wait_timeout=10).result["msg"]
    assert "one of 2 actions (application_deployment) of stack Awesome App did not end within 10 seconds" in message
    assert all(str(number) in message for number in numbers)


def test_a_failure_returns_the_actions(run_module, sim):
    row = sim.world.start_action(AWESOME_APP, "restart", failure="No disk")
    run = run_module("c66_action_info", stack=AWESOME_APP, action_id=row["id"], wait=True)
    assert run.result["failed"]
    [action] = run.result["actions"]
    assert (action["finished_success"], action["finished_message"]) == (False, "No disk")
