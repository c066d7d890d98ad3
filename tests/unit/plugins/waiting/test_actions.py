# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Actions are read and waited for, several of them together, and so is other work; and what else is only read."""

from __future__ import annotations

import json

import pytest
from ansible_collections.cloud66.cloud.plugins.module_utils.api.errors import Cloud66Error
from ansible_collections.cloud66.cloud.plugins.module_utils.engine import wait as waiting
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.run import Run
from simulator.seed import AWESOME_APP, PUBLIC_TOKEN, STOREFRONT


@pytest.fixture
def actions(run_module):
    def call(**args):
        return run_module("c66_action_info", **{"stack": "Awesome App", **args})

    return call


def paths(requests):
    return [one.path.removeprefix("/api/3") for one in requests]


def test_actions_are_read(actions, sim):
    running = sim.world.start_action(AWESOME_APP, "application_deployment", user_reference="mine")
    result = actions().result
    assert [one["id"] for one in result["actions"]] == [one["id"] for one in sim.world.actions[AWESOME_APP]]
    assert result["actions"][0]["finished_success"] is None
    assert result["actions"][1]["finished_success"] is True
    assert {one["stack_uid"] for one in result["actions"]} == {AWESOME_APP}
    assert not result["changed"]
    assert [one["id"] for one in actions(user_reference="mine").result["actions"]] == [running["id"]]
    assert actions(action="backup").result["actions"] == []
    assert actions(action_id=running["id"]).result["actions"][0]["action"] == "application_deployment"
    assert actions(action_id=4711).result["status"] == 404


def test_one_that_has_failed_fails_only_who_waits(actions, sim):
    sim.settings(action_failure="The disk is full")
    number = sim.world.start_action(AWESOME_APP, "application_deployment", seconds=0)["id"]
    assert actions(action_id=number).result["actions"][0]["finished_success"] is False
    ran = actions(action_id=number, wait=True)
    assert not ran.told
    assert "has failed: The disk is full" in ran.result["msg"]


def test_what_has_ended_is_not_asked_for_again(actions, sim, clock):
    actions(wait=True)
    assert [path for path in paths(sim.requests) if "actions" in path] == [f"/stacks/{AWESOME_APP}/actions"]
    assert not clock.pauses


def test_several_are_waited_for_with_one_list(actions, sim, clock):
    for number in range(4):
        sim.world.start_action(AWESOME_APP, "application_deployment", seconds=5 + 3 * number, user_reference="mine")
    result = actions(user_reference="mine", wait=True, wait_interval=2).result
    assert {one["finished_success"] for one in result["actions"]} == {True}
    asked = [one for one in sim.requests if "/actions" in one.path]
    # The first read, then one request a question: the list, and at the end the last one by itself.
    assert len(asked) == len(clock.pauses) + 2
    lists = [one for one in asked if one.path.endswith("/actions")]
    assert len(lists) > 2
    assert [one["id"] for one in result["actions"]] == [one["id"] for one in sim.world.actions[AWESOME_APP]][:4]


def test_two_in_a_long_list_are_asked_for_one_by_one(actions, sim, clock):
    sim.world.add_past_actions(AWESOME_APP, 100)
    for _number in range(2):
        sim.world.start_action(AWESOME_APP, "application_deployment", seconds=10, user_reference="mine")
    actions(user_reference="mine", wait=True)
    lists = [one for one in sim.requests if one.path.endswith("/actions") and "mine" not in one.query]
    assert len(lists) == 4, "the list of four pages is read once, and then costs more than two questions"
    assert len([one for one in sim.requests if "/actions/" in one.path]) >= 4
    assert clock.pauses


def test_the_end_of_all_is_waited_for_before_one_fails_them(actions, sim):
    sim.world.start_action(AWESOME_APP, "application_deployment", seconds=3, user_reference="mine", failure="No space")
    last = sim.world.start_action(AWESOME_APP, "application_deployment", seconds=30, user_reference="mine")
    ran = actions(user_reference="mine", wait=True)
    assert "No space (1 of 2 failed)" in ran.result["msg"]
    assert last["finished_success"] is True


def test_running_out_of_time_names_them_all(actions, sim):
    numbers = [
        sim.world.start_action(AWESOME_APP, "application_deployment", seconds=99, user_reference="mine")["id"]
        for _number in range(2)
    ]
    message = actions(user_reference="mine", wait=True, wait_timeout=10).result["msg"]
    assert "2 actions (application_deployment) has not ended within 10 seconds (2 of 2 going on)" in message
    assert all(str(number) in message for number in numbers)


@pytest.fixture
def run(sim, clock):
    assert not clock.pauses
    return Run({"api_url": sim.url, "api_token": sim.token, "api_retries": 0})


def test_actions_of_two_stacks_are_waited_for_together(sim, run, clock):
    rows = []
    for uid in (AWESOME_APP, STOREFRONT):
        for seconds in (5, 10):
            row = sim.world.start_action(uid, "application_deployment", seconds=seconds)
            rows.append({**row, "stack_uid": uid})
    ended = waiting.wait_for_actions(run, rows, waiting.Patience(100, 2))
    assert [one["id"] for one in ended] == [one["id"] for one in rows]
    assert [one["stack_uid"] for one in ended] == [one["stack_uid"] for one in rows]
    assert {one["finished_success"] for one in ended} == {True}
    # One request a question and stack at most.
    assert len(sim.requests) <= 2 * (len(clock.pauses) + 1)


def test_what_is_known_of_the_actions_comes_with_the_failure(run_module, sim):
    row = sim.world.start_action(AWESOME_APP, "restart", failure="No disk")
    ran = run_module("c66_action_info", stack=AWESOME_APP, action_id=row["id"], wait=True)
    assert ran.result["failed"]
    [action] = ran.result["actions"]
    assert (action["finished_success"], action["finished_message"]) == (False, "No disk")


def test_no_actions_are_no_wait(run, sim):
    assert waiting.wait_for_actions(run, [], waiting.Patience(100, 2)) == []
    assert not sim.requests


def test_other_work_is_waited_for_in_the_same_way(run, clock):
    states = [
        waiting.State("first", False, "ordered"),
        waiting.State("second", False, "issued"),
        waiting.State("third", True, "installed"),
    ]
    said = []
    run.log = said.append
    thing = waiting.wait_until(lambda: states.pop(0), "certificate 7", run, waiting.Patience(100, 2))
    assert thing == "third"
    assert [text.rpartition(",")[0] for text in said] == [
        "Waiting for certificate 7: ordered",
        "Waiting for certificate 7: issued",
    ]
    assert len(clock.pauses) == 2


def test_other_work_that_fails_or_does_not_end_is_said(run):
    patience = waiting.Patience(10, 2)
    with pytest.raises(Cloud66Error, match=r"^certificate 7 has failed: the domain is not yours$"):
        waiting.wait_until(
            lambda: waiting.State(None, True, "", "the domain is not yours"), "certificate 7", run, patience
        )
    with pytest.raises(
        Cloud66Error, match=r"^certificate 7 has not ended within 10 seconds \(ordered\)\. Look there\.$"
    ):
        waiting.wait_until(lambda: waiting.State(None, False, "ordered"), "certificate 7", run, patience, "Look there.")


def test_no_time_to_wait_is_one_question(run, clock):
    asked = []

    def ask():
        asked.append(1)
        return waiting.State("thing", False, "going on")

    with pytest.raises(Cloud66Error):
        waiting.wait_until(ask, "it", run, waiting.Patience(0, 2))
    assert len(asked) == 1
    assert not clock.pauses


# What is only read


def test_firewall_rules(run_module, sim):
    sim.world.add_rule(AWESOME_APP, from_ip="198.51.100.7", protocol="tcp", port=5432)
    result = run_module("c66_firewall_rule_info", stack="Awesome App").result
    rules = sim.world.firewalls[AWESOME_APP]
    assert [one["id"] for one in result["firewall_rules"]] == [one["id"] for one in rules]
    assert {one["stack_uid"] for one in result["firewall_rules"]} == {AWESOME_APP}
    assert not result["changed"]

    def kept(**filters):
        return run_module("c66_firewall_rule_info", stack="Awesome App", **filters).result["firewall_rules"]

    assert [one["from_ip"] for one in kept(port=5432)] == ["198.51.100.7"]
    assert kept(port=5432, protocol="udp") == []
    assert {one["rule_type"] for one in kept(rule_type="user")} == {"user"}
    refused = run_module("c66_firewall_rule_info", stack="Awesome App", api_token=PUBLIC_TOKEN).result
    assert "lacks the scope admin" in refused["msg"]


@pytest.mark.parametrize("settings", [{}, {"ssh_key_missing": "empty"}])
def test_the_access_key(run_module, sim, settings):
    sim.settings(**settings)
    result = run_module("c66_ssh_key_info").result
    assert result["ssh_keys"] == [{"public_key": sim.world.ssh_keys[1]}]
    sim.world.ssh_keys.clear()
    assert run_module("c66_ssh_key_info").result["ssh_keys"] == []
    sim.fault("status", status=403, path="/ssh_keys/access")
    assert run_module("c66_ssh_key_info").result["status"] == 403


def test_results_are_plain_data(run_module, sim):
    for name, args in (("c66_action_info", {"wait": True}), ("c66_firewall_rule_info", {}), ("c66_firewall_lease", {})):
        result = run_module(name, stack=STOREFRONT, **args).result
        assert json.loads(json.dumps(result)) == result
        assert sim.token not in str(result)
