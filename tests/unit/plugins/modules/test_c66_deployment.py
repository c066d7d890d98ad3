# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stack is deployed once, and one knows what became of it."""

from __future__ import annotations

import pytest
from simulator.seed import AWESOME_APP, PUBLIC_TOKEN

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def deploy(run_module):
    def call(**args):
        return run_module("c66_deployment", **{"stack": "Awesome App", **args})

    return call


@pytest.fixture
def rows(sim):
    """The deployments of the stack that these tests have made, the newest first."""
    before = {row["id"] for row in sim.world.deployments[AWESOME_APP]}

    def look():
        sim.world.settle()
        return [row for row in sim.world.deployments[AWESOME_APP] if row["id"] not in before]

    return look


@pytest.fixture
def somebody(sim):
    """Let somebody else deploy the stack."""

    def call(seconds=100, who="jim@example.com", ref=None, reference=None):
        mine = sim.world.settings.deploy_seconds
        sim.settings(deploy_seconds=seconds)
        sim.world.deploys.ask(sim.world.stack(AWESOME_APP), who, ref, reference)
        sim.settings(deploy_seconds=mine)
        return sim.world.deployments[AWESOME_APP][0]

    return call


def posts(sim):
    return [one for one in sim.requests if one.method == "POST"]


def test_a_deployment_is_there_with_its_outcome_when_the_task_ends(deploy, rows, bodies):
    ran = deploy(diff=True)
    assert ran.result["changed"], ran.result
    [row] = rows()
    deployment, action = ran.result["deployment"], ran.result["action"]
    assert deployment == {**row, "stack_uid": AWESOME_APP}
    assert (deployment["outcome"]["meaning"], deployment["is_live"]) == ("success", True)
    assert (action["action"], action["stack_uid"]) == ("application_deployment", AWESOME_APP)
    assert action["finished_success"] is True
    [body] = bodies()
    assert body == {"user_reference": ran.result["user_reference"]}
    assert ran.result["user_reference"].startswith("ansible-")
    assert action["metadata"] == body
    assert ran.result["diff"]["before"] == {}
    assert ran.result["diff"]["after"] == {"stack_uid": AWESOME_APP}
    assert not ran.warnings


def test_everything_that_can_be_said_is_sent(deploy, bodies):
    asked = {
        "git_ref": "v1",
        "services": ["web:8c7f3d39", "api"],
        "deployment_profile": "quick",
        "deploy_strategy": "rolling",
        "rollout_strategy": "canary",
        "canary_percentage": 20,
        "user_reference": "pipeline-17",
    }
    ran = deploy(**asked, diff=True, environment="production")
    assert bodies() == [asked]
    asked.pop("user_reference")
    assert ran.result["diff"]["after"] == {"stack_uid": AWESOME_APP, **asked}
    assert ran.result["user_reference"] == "pipeline-17"
    deploy(git_ref="", services=[], user_reference="", canary_percentage=0)
    assert set(bodies()[1]) == {"user_reference", "canary_percentage"}


def test_each_run_deploys(deploy, rows):
    assert deploy().result["user_reference"] != deploy().result["user_reference"]
    assert len(rows()) == 2


@pytest.mark.parametrize("busy", [False, True])
def test_check_mode_sends_nothing_and_does_not_wait(deploy, rows, sim, clock, somebody, busy):
    if busy:
        somebody()
    predicted = deploy(check=True, diff=True, git_ref="v1").result
    assert not sim.writes
    assert not clock.pauses
    done = deploy(diff=True, git_ref="v1").result
    assert predicted["changed"] is done["changed"] is True
    assert predicted["diff"] == done["diff"]
    assert predicted["deployment"] is predicted["action"] is predicted["user_reference"] is None


def test_without_wait_it_comes_back_as_it_has_begun(deploy, rows, clock):
    ran = deploy(wait=False)
    assert ran.result["changed"]
    [row] = rows()
    assert ran.result["action"]["finished_at"] is None
    assert ran.result["action"]["started_at"]
    assert ran.result["deployment"]["id"] == row["id"]
    assert ran.result["deployment"]["is_deploying"] is True
    assert not clock.pauses


def test_the_id_is_told_before_it_is_waited_for(deploy, sim):
    ran = deploy()
    assert (
        ran.notices[0] == f"Action {ran.result['action']['id']} (application_deployment) of stack Awesome App has begun"
    )


@pytest.mark.parametrize("as_text", [False, True])
def test_a_failure_carries_the_words_of_cloud_66_and_the_deployment(deploy, rows, sim, as_text):
    sim.settings(deploy_failure="No disk", success_as_text=as_text)
    ran = deploy()
    assert ran.result["failed"]
    assert ran.result["msg"].endswith("(application_deployment) has failed: No disk")
    [row] = rows()
    assert ran.result["deployment"] == {**row, "stack_uid": AWESOME_APP}
    assert ran.result["deployment"]["outcome"]["meaning"] == "failed"
    assert ran.result["action"]["finished_message"] == "No disk"
    assert ran.result["user_reference"] == ran.result["action"]["metadata"]["user_reference"]
    assert ran.result["changed"] is True


def test_running_out_of_time_says_how_to_go_on(deploy, rows, sim, clock):
    sim.settings(deploy_seconds=100)
    ran = deploy(wait_timeout=30)
    assert ran.result["failed"]
    number = ran.result["action"]["id"]
    assert f"c66_action_info with stack: {AWESOME_APP}, action_id: {number} and wait: true" in ran.result["msg"]
    assert ran.result["deployment"]["is_deploying"] is True
    assert clock.elapsed == pytest.approx(30)
    assert len(rows()) == 1


@pytest.mark.parametrize("kind", ["reset", "html", "cut", "bad_json", "empty", "unavailable"])
def test_what_goes_wrong_while_it_waits_is_asked_again(deploy, rows, sim, kind):
    fault = sim.fault(kind, method="GET", path="/stacks/*/actions/*", times=3)
    assert deploy().result["deployment"]["outcome"]["meaning"] == "success"
    assert fault.hits == 3
    assert len(posts(sim)) == len(rows()) == 1


def test_a_question_after_the_start_that_fails_carries_what_is_known(deploy, rows, sim):
    sim.fault("reset", method="GET", path="/stacks/*/actions/*")
    ran = deploy(wait=False)
    assert ran.result["failed"]
    assert ran.result["action"]["id"] == sim.world.actions[AWESOME_APP][0]["id"]
    assert ran.result["user_reference"].startswith("ansible-")
    assert ran.result["deployment"]["id"] == rows()[0]["id"]


# What the answer may say


@pytest.mark.parametrize("answer", ["full", "no_action", "brief"])
@pytest.mark.parametrize("wait", [True, False])
@pytest.mark.parametrize("filters", [True, False])
def test_the_action_is_found_whatever_the_answer_says(deploy, rows, sim, answer, wait, filters):
    sim.settings(deploy_answer=answer, reference_filter=filters)
    ran = deploy(wait=wait)
    assert ran.result["changed"], ran.result
    assert ran.result["action"]["id"] == sim.world.actions[AWESOME_APP][0]["id"]
    assert ran.result["action"]["metadata"]["user_reference"] == ran.result["user_reference"]
    assert ran.result["deployment"]["id"] == rows()[0]["id"]


def test_an_answer_without_any_action_is_followed_by_the_deployment(deploy, rows, sim):
    sim.settings(deploy_answer="no_action", deploy_seconds=100)
    sim.fault("wrong_type", method="GET", path="/stacks/*/actions", body={"response": [], "pagination": {}})
    ran = deploy()
    assert ran.result["changed"], ran.result
    assert ran.result["action"] is None
    assert ran.result["deployment"]["outcome"]["meaning"] == "success"
    sim.settings(deploy_failure="No disk")
    ran = deploy()
    assert ran.result["failed"]
    assert ran.result["msg"] == "the deployment of stack Awesome App has failed: its outcome is failed"
    assert ran.result["deployment"]["outcome"]["meaning"] == "failed"
    assert len(posts(sim)) == 2


def test_a_refusal_in_an_acknowledgement_is_told(deploy, sim):
    sim.fault("wrong_type", method="POST", applied=False, body={"response": {"ok": False, "message": "Not now"}})
    ran = deploy()
    assert ran.result["msg"] == "Cloud 66 has refused a deployment of stack Awesome App: Not now."


@pytest.mark.parametrize("seconds", [2, 10, 300])
def test_a_deployment_may_be_listed_late(deploy, rows, sim, seconds):
    sim.settings(deployment_shows_after=seconds)
    ran = deploy()
    assert ran.result["changed"], ran.result
    if seconds < 300:
        assert ran.result["deployment"]["id"] == rows()[0]["id"]
    else:
        assert ran.result["deployment"] is None
        [warning] = ran.warnings
        assert "0 in its list may be it" in warning
    assert ran.result["action"]["finished_success"] is True


def test_the_deployment_of_another_user_is_not_taken_for_ours(deploy, rows, somebody):
    """It goes on while ours waits."""
    somebody(seconds=50)
    somebody(seconds=50)
    ran = deploy(when_busy="queue")
    assert len(rows()) == 3
    assert ran.result["deployment"]["id"] == rows()[0]["id"]
    assert ran.result["deployment"]["triggered_by"] == "owner@example.com"


def test_a_deployment_that_cannot_be_told_from_another_is_not_guessed(deploy, rows, somebody):
    somebody(seconds=50)
    somebody(seconds=50, who="owner@example.com")
    ran = deploy(when_busy="queue")
    assert ran.result["changed"]
    assert ran.result["action"]["finished_success"] is True
    assert ran.result["deployment"] is None
    [warning] = ran.warnings
    assert "2 in its list may be it" in warning


# Lost answers


def test_a_deployment_whose_answer_was_lost_is_found(deploy, rows, sim, lost):
    ran = deploy(api_retries=3)
    assert ran.result["changed"], ran.result
    assert ran.result["action"]["id"] == sim.world.actions[AWESOME_APP][0]["id"]
    assert ran.result["deployment"]["outcome"]["meaning"] == "success"
    assert lost.hits == len(posts(sim)) == len(rows()) == 1


@pytest.mark.parametrize("given", [{}, {"user_reference": "pipeline-17"}])
def test_a_deployment_that_was_lost_and_not_begun_fails_and_is_not_started_again(
    deploy, rows, sim, clock, vanished, somebody, given
):
    # Somebody else's is not ours, though it is new.
    sim.world.schedule.at(sim.world.now() + 5, lambda: somebody(who="owner@example.com", reference="theirs"))
    ran = deploy(api_retries=3, **given)
    assert ran.result["failed"]
    assert vanished.hits == len(posts(sim)) == 1
    reference = given.get("user_reference", "ansible-")
    assert (
        f"among the actions of stack Awesome App ({AWESOME_APP}) by the user_reference {reference}" in ran.result["msg"]
    )
    assert "; it is not started again" in ran.result["msg"]
    assert sum(clock.pauses) >= 60


# A reference of the user's


def test_a_reference_is_deployed_once(deploy, rows, sim):
    done = deploy(user_reference="pipeline-17")
    assert done.result["changed"]
    for check in (False, True):
        again = deploy(user_reference="pipeline-17", check=check, diff=True)
        assert again.result["changed"] is False
        assert again.result["action"] == done.result["action"]
        assert again.result["deployment"] == done.result["deployment"]
        assert again.result["user_reference"] == "pipeline-17"
        assert again.result["diff"]["before"] == again.result["diff"]["after"] == {}
    sim.settings(clock_offset=sim.world.settings.clock_offset + 60)
    assert deploy(user_reference="pipeline-18").result["changed"]
    assert len(posts(sim)) == len(rows()) == 2
    assert deploy(user_reference="pipeline-17").result["deployment"]["id"] == done.result["deployment"]["id"]


@pytest.mark.parametrize("filters", [True, False])
def test_references_are_compared_here_too(deploy, sim, filters):
    sim.settings(reference_filter=filters)
    sim.world.start_action(AWESOME_APP, "application_deployment", seconds=0, user_reference="pipeline-1")
    # The same reference for other work is not a deployment.
    sim.world.start_action(AWESOME_APP, "restart", seconds=0, user_reference="pipeline-17")
    assert deploy(user_reference="pipeline-17").result["changed"]
    assert not deploy(user_reference="pipeline-17").result["changed"]
    assert len(posts(sim)) == 1


def test_a_reference_whose_deployment_goes_on_is_waited_for(deploy, rows, sim, clock):
    sim.settings(deploy_seconds=100)
    begun = deploy(user_reference="pipeline-17", wait=False)
    for modes in ({"check": True}, {"wait": False}):
        looked = deploy(user_reference="pipeline-17", **modes)
        assert (looked.result["changed"], looked.result["deployment"]["is_deploying"]) == (False, True)
    assert not clock.pauses
    again = deploy(user_reference="pipeline-17", when_busy="fail")
    assert again.result["changed"] is False
    assert again.result["action"]["id"] == begun.result["action"]["id"]
    assert again.result["deployment"]["outcome"]["meaning"] == "success"
    assert len(posts(sim)) == len(rows()) == 1


@pytest.mark.parametrize("check", [False, True])
def test_a_reference_whose_deployment_has_failed_is_not_deployed_again(deploy, sim, check):
    sim.settings(deploy_failure="No disk")
    deploy(user_reference="pipeline-17")
    sim.settings(deploy_failure=None)
    ran = deploy(user_reference="pipeline-17", check=check)
    assert ran.result["failed"]
    assert ran.result["msg"].endswith("and that has failed: No disk. To deploy again, give another user_reference.")
    assert "The user_reference pipeline-17 was used before, by action" in ran.result["msg"]
    assert ran.result["deployment"]["outcome"]["meaning"] == "failed"
    assert ran.result["changed"] is False
    assert len(posts(sim)) == 1


def test_a_reference_whose_deployment_fails_while_it_is_waited_for(deploy, sim):
    sim.settings(deploy_failure="No disk", deploy_seconds=50)
    deploy(user_reference="pipeline-17", wait=False)
    ran = deploy(user_reference="pipeline-17")
    assert ran.result["msg"].endswith("has failed: No disk")
    assert ran.result["deployment"]["outcome"]["meaning"] == "failed"
    assert len(posts(sim)) == 1


@pytest.mark.parametrize("seed", range(6))
def test_a_reference_is_deployed_once_however_much_goes_wrong(deploy, rows, sim, seed):
    """A job that is run again with its reference until it goes well."""
    sim.fault("any_transient", rate=0.3, seed=seed)
    results = []
    while len(results) < 10 and not (results and "deployment" in results[-1] and "failed" not in results[-1]):
        results.append(deploy(user_reference="pipeline-17", api_retries=4).result)
    assert "failed" not in results[-1], results[-1]
    assert results[-1]["action"]["finished_success"] is True
    assert len(rows()) == 1
    assert sum(one.applied for one in posts(sim)) == 1


# Only what has changed


def test_a_commit_that_is_live_is_not_deployed(deploy, rows, sim):
    once = {"git_ref": COMMIT, "only_if_changed": True}
    predicted = deploy(**once, check=True)
    done = deploy(**once)
    assert predicted.result["changed"] is done.result["changed"] is True
    for check in (False, True):
        again = deploy(**{**once, "git_ref": COMMIT.upper()}, check=check)
        assert again.result["changed"] is False
        assert again.result["deployment"] == done.result["deployment"]
        assert again.result["action"] is again.result["user_reference"] is None
    assert len(posts(sim)) == len(rows()) == 1
    # What is live counts, not what was deployed once.
    deploy(git_ref="f" * 40)
    assert deploy(**once).result["changed"]


def test_a_commit_whose_deployment_failed_is_deployed_again(deploy, sim):
    sim.settings(deploy_failure="No disk")
    deploy(git_ref=COMMIT)
    sim.settings(deploy_failure=None)
    assert deploy(git_ref=COMMIT, only_if_changed=True).result["changed"]


def test_a_commit_that_was_reverted_is_deployed_again(deploy, rows, sim):
    deploy(git_ref=COMMIT)
    head, live = sim.world.deployments[AWESOME_APP][:2]
    head.update(is_live=False, reverted=True)
    live.update(is_live=True)
    assert deploy(git_ref=COMMIT, only_if_changed=True).result["changed"]


def test_the_head_counts_where_nothing_is_said_to_be_live(deploy, sim):
    deploy(git_ref=COMMIT)
    sim.world.deployments[AWESOME_APP][0].update(is_live=False)
    assert not deploy(git_ref=COMMIT, only_if_changed=True).result["changed"]
    sim.world.deployments[AWESOME_APP][0].update(outcome={"code": 2, "meaning": "failed"})
    assert deploy(git_ref=COMMIT, only_if_changed=True).result["changed"]


@pytest.mark.parametrize(("ref", "changed"), [(COMMIT, False), ("f" * 40, True)])
def test_a_commit_that_comes_live_while_it_is_waited_for_is_not_deployed_again(deploy, sim, somebody, ref, changed):
    somebody(ref=ref)
    predicted = deploy(git_ref=COMMIT, only_if_changed=True, check=True)
    done = deploy(git_ref=COMMIT, only_if_changed=True)
    assert predicted.result["changed"] is done.result["changed"] is changed
    assert len(posts(sim)) == changed


@pytest.mark.parametrize("ref", ["master", "0123456", COMMIT + "0"])
def test_only_a_full_hash_can_be_compared(deploy, sim, ref):
    ran = deploy(git_ref=ref, only_if_changed=True)
    assert "only_if_changed needs the full hash of a commit (40 hex digits)" in ran.result["msg"]
    assert not sim.requests


# Another deployment goes on


def test_the_one_that_runs_is_waited_for_first(deploy, rows, sim, somebody):
    theirs = somebody(seconds=100)
    ran = deploy()
    assert ran.result["changed"]
    assert [row["outcome"]["meaning"] for row in rows()] == ["success", "success"]
    assert ran.result["deployment"]["id"] == rows()[0]["id"]
    assert ran.result["deployment"]["started_at"] >= theirs["finished_at"]
    assert ran.notices[0].startswith(f"Deployment {theirs['id']} on stack Awesome App of jim@example.com since ")
    assert ran.notices[0].endswith(" is running: waiting for its end")


def test_its_outcome_makes_no_difference(deploy, rows, sim, somebody):
    sim.world.deploy_failures[AWESOME_APP] = "No disk"
    somebody(seconds=20)
    sim.world.deploy_failures.clear()
    ran = deploy()
    assert ran.result["changed"], ran.result
    assert [row["outcome"]["meaning"] for row in rows()] == ["success", "failed"]


def test_those_behind_it_are_waited_for_too(deploy, rows, sim, somebody):
    sim.settings(deploy_seconds=50)
    somebody()
    somebody()
    ran = deploy()
    assert ran.result["deployment"]["id"] == rows()[0]["id"]
    assert [row["outcome"]["meaning"] for row in rows()] == ["success"] * 3
    # It was asked for when they had ended, and not put behind them.
    assert ran.result["action"]["started_at"] >= rows()[1]["finished_at"]
    assert len(posts(sim)) == 1


def test_it_waits_no_longer_than_it_may_in_all(deploy, rows, sim, clock, somebody):
    somebody(seconds=40)
    sim.settings(deploy_seconds=100)
    ran = deploy(wait_timeout=60)
    assert ran.result["failed"]
    assert clock.elapsed == pytest.approx(60, abs=1)
    assert ran.result["action"]["finished_at"] is None
    somebody(seconds=4000)
    ran = deploy(wait_timeout=60)
    assert ran.result["msg"].endswith(
        "Nothing was started. Give it more time with wait_timeout, or queue behind it with when_busy: queue."
    )
    assert ran.result["changed"] is False
    assert len(posts(sim)) == 1


def test_a_list_that_is_not_right_is_asked_again_no_longer_than_it_may(deploy, sim, clock, somebody):
    """It says that a deployment goes on which has ended by what is read of it alone."""
    theirs = somebody(seconds=5000)
    ended = {**theirs, "is_deploying": False, "outcome": {"code": 1, "meaning": "success"}}
    sim.fault("wrong_type", method="GET", path="/stacks/*/deployments/*", body={"response": ended})
    ran = deploy(wait_timeout=60)
    assert "what is being deployed on stack Awesome App has not ended within 60 seconds" in ran.result["msg"]
    assert clock.elapsed == pytest.approx(60)
    assert len(clock.pauses) < 30


def test_joining_waits_for_the_one_that_runs_and_starts_none(deploy, rows, sim, clock, somebody):
    theirs = somebody()
    looked = [deploy(when_busy="join", **modes) for modes in ({"check": True}, {"wait": False})]
    assert [(ran.result["changed"], ran.result["deployment"]["is_deploying"]) for ran in looked] == [(False, True)] * 2
    assert not clock.pauses
    ran = deploy(when_busy="join", git_ref=COMMIT)
    assert ran.result["changed"] is False
    assert ran.result["deployment"] == {**theirs, "stack_uid": AWESOME_APP}
    assert ran.result["deployment"]["outcome"]["meaning"] == "success"
    assert ran.result["action"] is ran.result["user_reference"] is None
    assert not sim.writes
    assert deploy(when_busy="join").result["changed"]


def test_joining_one_that_fails_fails(deploy, sim, somebody):
    sim.world.deploy_failures[AWESOME_APP] = "No disk"
    theirs = somebody()
    ran = deploy(when_busy="join")
    assert ran.result["failed"]
    assert ran.result["msg"].startswith(f"deployment {theirs['id']} on stack Awesome App of jim@example.com since ")
    assert ran.result["msg"].endswith("has failed: its outcome is failed")
    assert ran.result["deployment"]["outcome"]["meaning"] == "failed"
    assert ran.result["changed"] is False


def test_joining_no_longer_than_one_may(deploy, sim, somebody):
    somebody(seconds=1000)
    ran = deploy(when_busy="join", wait_timeout=50)
    assert "has not ended within 50 seconds (deploying)" in ran.result["msg"]
    assert "c66_deployment_info and running: true" in ran.result["msg"]


@pytest.mark.parametrize("how", ["join", "wait"])
@pytest.mark.parametrize("shown", [10, 100, 1000])
def test_the_status_of_the_stack_tells_of_one_that_is_not_listed_yet(deploy, rows, sim, somebody, how, shown):
    sim.settings(deployment_shows_after=shown)
    theirs = somebody(seconds=100)
    sim.settings(deployment_shows_after=0)
    looked = deploy(when_busy=how, check=True)
    assert looked.result["changed"] is (how == "wait")
    ran = deploy(when_busy=how)
    assert ran.result["changed"] is (how == "wait")
    sim.world.settle()
    assert theirs["finished_at"]
    if how == "wait":
        assert ran.result["deployment"]["started_at"] >= theirs["finished_at"]
    elif shown < 1000:
        assert ran.result["deployment"]["id"] == theirs["id"]
    else:
        assert ran.result["deployment"] is None
        assert "cannot be told" in ran.warnings[0]
    assert len(posts(sim)) == (how == "wait")


@pytest.mark.parametrize("check", [False, True])
def test_a_busy_stack_may_be_a_failure(deploy, sim, somebody, check):
    theirs = somebody()
    ran = deploy(when_busy="fail", check=check)
    assert ran.result["msg"] == (
        f"Deployment {theirs['id']} on stack Awesome App of jim@example.com since {theirs['started_at']} is running,"
        " and when_busy is fail: nothing was started."
    )
    theirs["is_deploying"] = False
    ran = deploy(when_busy="fail", check=check)
    assert ran.result["msg"].startswith("A deployment of stack Awesome App is running, and when_busy is fail")
    assert not sim.writes


@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize("answer", ["full", "no_action", "brief"])
@pytest.mark.parametrize("action", [True, False])
def test_queueing_lets_cloud_66_deploy_after_it(deploy, rows, sim, somebody, listed, answer, action):
    """A deployment in the queue may have neither an action nor a place in the list."""
    sim.settings(queued_listed=listed, deploy_answer=answer, queued_action=action)
    theirs = somebody(seconds=200)
    ran = deploy(when_busy="queue")
    assert ran.result["changed"], ran.result
    assert ran.result["action"]["finished_success"] is True
    assert ran.result["deployment"]["id"] == rows()[0]["id"]
    assert ran.result["deployment"]["started_at"] >= theirs["finished_at"]
    assert len(posts(sim)) == 1
    assert len(rows()) == 2


def test_queueing_behind_another_that_waits_does_not_take_that_one_for_ours(deploy, rows, sim, somebody):
    """Though there is no trace of ours but the queue."""
    sim.settings(queued_action=False, deploy_answer="no_action", deploy_seconds=100)
    somebody(seconds=50)
    somebody()
    sim.fault("wrong_type", method="GET", path="/stacks/*/actions", body={"response": [], "pagination": {}})
    ran = deploy(when_busy="queue")
    assert ran.result["changed"], ran.result
    assert rows()[0]["outcome"]["meaning"] == "success"
    assert len(rows()) == 3
    assert ran.result["action"] is None
    # Both of the others are of somebody else, so which is ours can be told only by an action.
    assert ran.result["deployment"] is None
    assert "2 in its list may be it" in ran.warnings[0]


@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize("action", [True, False])
def test_queueing_without_waiting_tells_what_is_known(deploy, rows, sim, clock, somebody, listed, action):
    sim.settings(queued_listed=listed, queued_action=action)
    somebody(seconds=200)
    ran = deploy(when_busy="queue", wait=False)
    assert ran.result["changed"]
    assert (ran.result["action"] is not None) == action
    assert (ran.result["deployment"] is not None) == listed
    assert ran.result["user_reference"].startswith("ansible-")
    assert not clock.pauses
    assert not ran.warnings


def test_running_out_of_time_in_the_queue_names_the_reference(deploy, sim, somebody):
    sim.settings(queued_action=False)
    somebody(seconds=2000)
    ran = deploy(when_busy="queue", wait_timeout=100)
    assert "the deployment of stack Awesome App has not ended within 100 seconds" in ran.result["msg"]
    assert f"c66_action_info and user_reference: {ran.result['user_reference']}" in ran.result["msg"]
    assert ran.result["changed"] is True


# Cancelling


@pytest.fixture
def cancel(deploy):
    return lambda **args: deploy(state="cancelled", **args)


@pytest.mark.parametrize("named", [False, True])
def test_the_deployment_that_runs_is_cancelled(cancel, sim, clock, somebody, named):
    sim.settings(cancel_seconds=10)
    theirs = somebody()
    which = {"deployment_id": theirs["id"]} if named else {}
    predicted = cancel(check=True, diff=True, **which)
    assert predicted.result["deployment"]["is_deploying"] is True
    assert not sim.writes
    done = cancel(diff=True, **which)
    assert predicted.result["changed"] is done.result["changed"] is True
    assert predicted.result["diff"] == done.result["diff"]
    assert done.result["diff"]["after"] == {"is_deploying": False}
    assert done.result["deployment"] == {**theirs, "stack_uid": AWESOME_APP}
    assert done.result["deployment"]["outcome"]["meaning"] == "cancelled"
    assert done.result["action"] is None
    for check in (False, True):
        again = cancel(check=check, **which)
        assert again.result["changed"] is False
        assert (again.result["deployment"] or {}).get("id") == (theirs["id"] if named else None)
    assert len(sim.writes) == 1
    assert 10 <= clock.elapsed < 20


def test_one_that_waits_behind_another_is_cancelled_by_its_id(cancel, sim, somebody):
    sim.settings(queued_listed=True)
    running, waiting = somebody(), somebody()
    ran = cancel(deployment_id=waiting["id"])
    assert ran.result["changed"]
    assert ran.result["deployment"]["outcome"]["meaning"] == "cancelled"
    sim.world.settle()
    assert running["is_deploying"]


def test_one_that_is_not_listed_yet_is_looked_for(cancel, sim, somebody):
    sim.settings(deployment_shows_after=10)
    theirs = somebody()
    assert cancel().result["deployment"]["id"] == theirs["id"]
    sim.settings(deployment_shows_after=100)
    somebody(seconds=1000)
    ran = cancel()
    assert ran.result["failed"]
    assert "is running, but the deployment is not listed yet" in ran.result["msg"]


def test_without_wait_it_is_told_to_end(cancel, sim, clock, somebody):
    sim.settings(cancel_seconds=10)
    somebody()
    ran = cancel(wait=False)
    assert (ran.result["changed"], ran.result["deployment"]["is_deploying"]) == (True, True)
    assert not clock.pauses


def test_one_that_ends_well_before_it_is_cancelled_is_said(cancel, sim, somebody):
    sim.settings(cancel_seconds=10)
    theirs = somebody()
    real = sim.world.deploys.cancel
    sim.world.deploys.cancel = lambda uid, row: True
    ran = cancel()
    sim.world.deploys.cancel = real
    assert theirs["outcome"]["meaning"] == "success"
    assert ran.result["deployment"]["outcome"]["meaning"] == "success"
    assert "has ended well before it could be cancelled" in ran.warnings[0]


@pytest.mark.parametrize("finished", ["conflict", "ok"])
def test_one_that_has_ended_meanwhile_is_fine(cancel, sim, somebody, finished):
    sim.settings(cancel_finished=finished)
    theirs = somebody(seconds=100)
    real = sim.world.deploys.cancel

    def late(uid, row):
        sim.settings(clock_offset=sim.world.settings.clock_offset + 200)
        sim.world.settle()
        return real(uid, row)

    sim.world.deploys.cancel = late
    ran = cancel()
    assert not ran.result.get("failed"), ran.result
    assert ran.result["changed"] is (finished == "ok")
    assert ran.result["deployment"]["outcome"]["meaning"] == theirs["outcome"]["meaning"] == "success"


CANCEL_LOST = {
    "reset_after": {},
    "reset": {},
    "status": {"status": 408},
    "html": {"applied": True},
    "cut": {},
    "bad_json": {},
    "unavailable": {},
}


@pytest.mark.parametrize("kind", CANCEL_LOST)
@pytest.mark.parametrize("seconds", [1, 30])
@pytest.mark.parametrize("finished", ["conflict", "ok"])
def test_a_cancel_whose_answer_was_lost_is_sent_once_more_at_most(cancel, sim, somebody, kind, seconds, finished):
    sim.settings(cancel_seconds=seconds, cancel_finished=finished)
    theirs = somebody(seconds=1000)
    fault = sim.fault(kind, method="DELETE", times=1, **CANCEL_LOST[kind])
    ran = cancel(api_retries=3)
    assert ran.result["changed"], ran.result
    assert ran.result["deployment"]["outcome"]["meaning"] == "cancelled"
    assert fault.hits == 1
    assert len(sim.writes) == (1 if fault.applied and seconds == 1 else 2)
    assert theirs["outcome"]["meaning"] == "cancelled"


def test_a_cancel_that_never_comes_through_is_said(cancel, sim, somebody):
    somebody(seconds=1000)
    fault = sim.fault("reset", method="DELETE")
    ran = cancel(wait_timeout=100)
    assert ran.result["failed"]
    assert ran.result["changed"]
    assert ran.result["msg"].endswith("The write may have been applied.")
    assert ran.result["deployment"]["is_deploying"] is True
    assert fault.hits == 2


def test_a_refusal_to_cancel_is_told(cancel, sim, somebody):
    theirs = somebody()
    sim.fault("status", status=409, method="DELETE", times=1)
    assert cancel().result["status"] == 409
    sim.fault("wrong_type", method="DELETE", times=1, applied=False, body={"response": {"ok": False, "message": None}})
    ran = cancel()
    assert ran.result["msg"].startswith(f"Cloud 66 has refused to cancel deployment {theirs['id']} on stack")
    assert ran.result["msg"].endswith(": it gives no reason.")


def test_two_that_run_are_not_told_from_one_another(cancel, sim, somebody):
    one, other = somebody(), somebody()
    other.update(is_deploying=True)
    sim.world.deployments[AWESOME_APP][1].update(is_deploying=True)
    ran = cancel()
    assert "Several deployments are running on stack Awesome App: " in ran.result["msg"]
    assert str(one["id"]) in ran.result["msg"]
    assert not sim.writes


def test_one_that_is_not_there_cannot_be_cancelled(cancel, sim):
    ran = cancel(deployment_id=1)
    assert ran.result["status"] == 404
    assert "deployment 1 of stack Awesome App" in ran.result["msg"]


# What makes no sense


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"user_reference": "x" * 256}, "user_reference may have 255 characters at most."),
        ({"canary_percentage": 101}, "canary_percentage must be from 0 to 100, not 101."),
        ({"canary_percentage": -1}, "canary_percentage must be from 0 to 100, not -1."),
        ({"deployment_id": 107}, "it needs state: cancelled"),
    ],
)
@pytest.mark.parametrize("check", [False, True])
def test_what_makes_no_sense_is_refused(deploy, sim, given, told, check):
    assert told in deploy(check=check, **given).result["msg"]
    assert not sim.requests


def test_the_longest_reference_will_do(deploy):
    assert deploy(user_reference="x" * 255).result["changed"]


@pytest.mark.parametrize("state", ["deployed", "cancelled"])
def test_a_scope_that_is_missing_is_named(deploy, sim, somebody, state):
    somebody(seconds=20)
    ran = deploy(api_token=PUBLIC_TOKEN, state=state)
    assert ran.result["status"] == 403
    assert "lacks the scope redeploy" in ran.result["msg"]
    assert ("a deployment of" if state == "deployed" else "deployment 1") in ran.result["msg"]


@pytest.mark.parametrize("state", ["deployed", "cancelled"])
def test_a_stack_that_is_not_there_is_said(deploy, sim, state):
    assert "There is no stack" in deploy(stack="Nobody", state=state).result["msg"]
    assert not sim.writes
