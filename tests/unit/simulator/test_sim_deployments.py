# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deployments: their outcome, their queue, and their effect on the stack."""

from __future__ import annotations

import pytest

STACK = "f196c5b41758cb7977620d49eb1492ef"
PATH = f"/stacks/{STACK}/deployments"


@pytest.fixture
def pass_time(sim):
    """Advance the simulator's clock by some seconds."""
    return lambda seconds: sim.settings(clock_offset=sim.world.settings.clock_offset + seconds)


@pytest.fixture
def deploy(sim, call, conforms):
    sim.settings(deploy_seconds=60)

    def start(**body):
        return conforms("create_deployment", call("POST", PATH, body=body))["response"]

    return start


@pytest.fixture
def read(call, conforms):
    """Reads the newest deployments, the stack, and an action."""

    class Read:
        def rows(self):
            return conforms("list_deployments", call("GET", PATH))["response"]

        def stack(self):
            row = conforms("get_stack", call("GET", f"/stacks/{STACK}"))["response"]
            return row["status"], row["is_busy"]

        def action(self, number):
            return conforms("get_stack_action", call("GET", f"/stacks/{STACK}/actions/{number}"))["response"]

    return Read()


def test_initial_deployments(read):
    rows = read.rows()
    assert [(row["is_live"], row["outcome"]["meaning"]) for row in rows] == [(True, "success"), (False, "success")]
    assert rows[0]["git_hash"] != rows[1]["git_hash"]


def test_deployment_succeeds(sim, read, deploy, pass_time):
    (before, _busy), updated_before = read.stack(), sim.world.stack(STACK)["updated_at_iso"]
    answer = deploy(user_reference="mine", services="web:latest,api")
    assert (answer["ok"], answer["queued"]) == (True, False)
    row = read.rows()[0]
    assert (row["is_deploying"], row["outcome"], row["finished_at"]) == (True, None, None)
    assert row["triggered_by"] == "owner@example.com"
    assert before != 6
    assert read.stack() == (6, True)
    assert sim.world.stack(STACK)["updated_at_iso"] > updated_before
    action = read.action(answer["async_action_id"])
    assert (action["metadata"], action["finished_at"]) == ({"user_reference": "mine"}, None)

    pass_time(61)
    row = read.rows()[0]
    assert (row["is_deploying"], row["outcome"]["meaning"], row["is_live"]) == (False, "success", True)
    assert [row["is_live"] for row in read.rows()].count(True) == 1
    assert read.stack() == (1, False)
    assert read.action(answer["async_action_id"])["finished_success"] is True


@pytest.mark.parametrize("where", ["setting", "stack", "action", "control"])
def test_deployment_fails(sim, call, read, deploy, pass_time, where):
    if where == "setting":
        sim.settings(deploy_failure="No disk")
    elif where == "action":
        sim.settings(action_failure="No disk")
    elif where == "stack":
        sim.world.deploy_failures[STACK] = "No disk"
    else:
        assert call("POST", "//_sim/deploy_failures", body={STACK: "No disk"}).json == {STACK: "No disk"}
    answer = deploy()
    pass_time(61)
    action = read.action(answer["async_action_id"])
    assert (action["finished_success"], action["finished_message"]) == (False, "No disk")
    assert read.rows()[0]["outcome"]["meaning"] == "failed"
    assert [row["is_live"] for row in read.rows()] == [False, True, False]
    assert read.stack() == (2, False)
    assert call("POST", "//_sim/deploy_failures", body={STACK: None}).json == {}


def test_deployments_are_queued(sim, read, deploy, pass_time):
    first, second, third = deploy(), deploy(user_reference="b"), deploy()
    assert [answer["queued"] for answer in (first, second, third)] == [False, True, True]
    assert sum(row["is_deploying"] for row in read.rows()) == 1
    assert len(read.rows()) == 3
    pass_time(61)
    assert [row["is_deploying"] for row in read.rows()[:2]] == [True, False]
    assert read.stack() == (6, True)
    assert read.action(second["async_action_id"])["finished_at"] is None
    pass_time(600)
    assert len(read.rows()) == 5
    assert read.stack() == (1, False)
    ends = [read.action(answer["async_action_id"])["finished_at"] for answer in (first, second, third)]
    assert ends == sorted(set(ends))
    assert sim.world.settings.deploy_seconds == 60


def test_queued_deployment_without_an_action(sim, call, deploy, pass_time):
    sim.settings(queued_action=False)
    deploy()
    assert deploy(user_reference="later")["async_action_id"] is None
    path = f"/stacks/{STACK}/actions?user_reference=later"
    assert call("GET", path).json["response"] == []
    pass_time(61)
    assert len(call("GET", path).json["response"]) == 1


@pytest.mark.parametrize(("setting", "others"), [("no_action", {"queued"}), ("brief", set())])
def test_shorter_answers(sim, call, deploy, setting, others):
    sim.settings(deploy_answer=setting)
    answer = deploy(user_reference="mine")
    assert {name for name in answer if answer[name] is not None} == {"ok", "message"} | others
    assert len(call("GET", f"/stacks/{STACK}/actions?user_reference=mine").json["response"]) == 1


def test_deployment_is_listed_late(sim, call, read, deploy, pass_time):
    sim.settings(deployment_shows_after=10)
    deploy()
    assert len(read.rows()) == 2
    assert call("GET", f"{PATH}/{sim.world.deployments[STACK][0]['id']}").status == 404
    pass_time(11)
    assert len(read.rows()) == 3


def test_cancel(sim, call, conforms, read, deploy, pass_time):
    before, _busy = read.stack()
    answer = deploy()
    number = read.rows()[0]["id"]
    sim.settings(cancel_seconds=10)
    assert conforms("cancel_deployment", call("DELETE", f"{PATH}/{number}"))["response"]["ok"] is True
    assert read.rows()[0]["is_deploying"]
    pass_time(11)
    row = read.rows()[0]
    assert (row["is_deploying"], row["outcome"]["meaning"]) == (False, "cancelled")
    assert read.stack() == (before, False)
    assert read.action(answer["async_action_id"])["finished_success"] is False
    assert conforms("cancel_deployment", call("DELETE", f"{PATH}/{number}"))["error"] == "conflict"
    sim.settings(cancel_finished="ok")
    assert call("DELETE", f"{PATH}/{number}").status == 200
    assert call("DELETE", f"{PATH}/1").status == 404


def test_cancel_twice_and_too_late(sim, call, read, deploy, pass_time):
    sim.settings(cancel_seconds=100)
    deploy()
    number = read.rows()[0]["id"]
    assert [call("DELETE", f"{PATH}/{number}").status for _number in range(2)] == [200, 200]
    pass_time(61)
    assert not read.rows()[0]["is_deploying"]


def test_cancel_a_queued_deployment(sim, call, read, deploy, pass_time):
    sim.settings(queued_listed=True)
    deploy()
    queued = deploy()
    row = read.rows()[0]
    assert (row["started_at"], row["is_deploying"]) == (None, False)
    assert call("DELETE", f"{PATH}/{row['id']}").status == 200
    assert read.action(queued["async_action_id"])["finished_success"] is False
    pass_time(61)
    assert read.stack() == (1, False)
    assert [row["outcome"]["meaning"] for row in read.rows()[:2]] == ["cancelled", "success"]


def test_deployed_git_hash(read, deploy, pass_time):
    live = read.rows()[0]["git_hash"]
    hashes = []
    for ref in (None, "", "main", "v1", "0123456789abcdef" * 2 + "01234567"):
        deploy(**({} if ref is None else {"git_ref": ref}))
        pass_time(61)
        hashes.append(read.rows()[0]["git_hash"])
    assert hashes[0] == hashes[1] == live
    assert hashes[4] == "0123456789abcdef" * 2 + "01234567"
    assert len(set(hashes)) == 4


def test_optional_body(call, conforms):
    conforms("create_deployment", call("POST", PATH))
    assert call("POST", PATH, body={"user_reference": "x" * 256}).status == 400
    assert call("POST", PATH, form={"services": "web,api"}).status == 200
    assert call("POST", PATH, token="public-only-4c9c9b2222").status == 403
