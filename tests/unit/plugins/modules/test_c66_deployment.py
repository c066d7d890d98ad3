# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_deployment: a stack is deployed once, and the outcome is known."""

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
    """The deployments of the stack, without the seeded ones, newest first."""
    before = {row["id"] for row in sim.world.deployments[AWESOME_APP]}

    def read():
        sim.world.settle()
        return [row for row in sim.world.deployments[AWESOME_APP] if row["id"] not in before]

    return read


@pytest.fixture
def somebody(sim):
    """Lets somebody else deploy the stack."""

    def call(seconds=100, who="jim@example.com", ref=None, reference=None):
        mine = sim.world.settings.deploy_seconds
        sim.settings(deploy_seconds=seconds)
        sim.world.deploys.ask(sim.world.stack(AWESOME_APP), who, ref, reference)
        sim.settings(deploy_seconds=mine)
        return sim.world.deployments[AWESOME_APP][0]

    return call


def posts(sim):
    return [request for request in sim.requests if request.method == "POST"]


def test_a_deployment_has_ended_when_the_task_ends(deploy, rows, bodies):
    run = deploy(diff=True)
    assert run.result["changed"], run.result
    [row] = rows()
    deployment, action = run.result["deployment"], run.result["action"]
    assert deployment == {**row, "stack_uid": AWESOME_APP}
    assert (deployment["outcome"]["meaning"], deployment["is_live"]) == ("success", True)
    assert (action["action"], action["stack_uid"]) == ("application_deployment", AWESOME_APP)
    assert action["finished_success"] is True
    [body] = bodies()
    assert body == {"user_reference": run.result["user_reference"]}
    assert run.result["user_reference"].startswith("ansible-")
    assert action["metadata"] == body
    assert run.result["diff"]["before"] == {}
    assert run.result["diff"]["after"] == {"stack_uid": AWESOME_APP}
    assert not run.warnings


def test_all_options_are_sent(deploy, bodies):
    wanted = {
        "git_ref": "v1",
        "services": ["web:8c7f3d39", "api"],
        "deployment_profile": "quick",
        "deploy_strategy": "rolling",
        "rollout_strategy": "canary",
        "canary_percentage": 20,
        "user_reference": "pipeline-17",
    }
    run = deploy(**wanted, diff=True, environment="production")
    assert bodies() == [wanted]
    wanted.pop("user_reference")
    assert run.result["diff"]["after"] == {"stack_uid": AWESOME_APP, **wanted}
    assert run.result["user_reference"] == "pipeline-17"
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
    real = deploy(diff=True, git_ref="v1").result
    assert predicted["changed"] is real["changed"] is True
    assert predicted["diff"] == real["diff"]
    assert predicted["deployment"] is predicted["action"] is predicted["user_reference"] is None


def test_without_wait_it_returns_once_the_deployment_has_begun(deploy, rows, clock):
    run = deploy(wait=False)
    assert run.result["changed"]
    [row] = rows()
    assert run.result["action"]["finished_at"] is None
    assert run.result["action"]["started_at"]
    assert run.result["deployment"]["id"] == row["id"]
    assert run.result["deployment"]["is_deploying"] is True
    assert not clock.pauses


def test_the_id_is_shown_before_waiting(deploy, sim):
    run = deploy()
    assert (
        run.notices[0] == f"Action {run.result['action']['id']} (application_deployment) of stack Awesome App has begun"
    )


@pytest.mark.parametrize("as_text", [False, True])
def test_a_failure_has_the_message_of_cloud_66_and_the_deployment(deploy, rows, sim, as_text):
    sim.settings(deploy_failure="No disk", success_as_text=as_text)
    run = deploy()
    assert run.result["failed"]
    assert run.result["msg"].endswith("(application_deployment) of stack Awesome App failed: No disk")
    [row] = rows()
    assert run.result["deployment"] == {**row, "stack_uid": AWESOME_APP}
    assert run.result["deployment"]["outcome"]["meaning"] == "failed"
    assert run.result["action"]["finished_message"] == "No disk"
    assert run.result["user_reference"] == run.result["action"]["metadata"]["user_reference"]
    assert run.result["changed"] is True


def test_a_timeout_says_how_to_keep_watching(deploy, rows, sim, clock):
    sim.settings(deploy_seconds=100)
    run = deploy(wait_timeout=30)
    assert run.result["failed"]
    number = run.result["action"]["id"]
    assert f"c66_action_info with stack: {AWESOME_APP}, action_id: {number} and wait: true" in run.result["msg"]
    assert run.result["deployment"]["is_deploying"] is True
    assert clock.elapsed == pytest.approx(30)
    assert len(rows()) == 1


@pytest.mark.parametrize("kind", ["reset", "html", "cut", "bad_json", "empty", "unavailable"])
def test_failed_reads_while_waiting_are_retried(deploy, rows, sim, kind):
    fault = sim.fault(kind, method="GET", path="/stacks/*/actions/*", times=3)
    assert deploy().result["deployment"]["outcome"]["meaning"] == "success"
    assert fault.hits == 3
    assert len(posts(sim)) == len(rows()) == 1


def test_a_failed_read_after_the_start_returns_the_known_facts(deploy, rows, sim):
    sim.fault("reset", method="GET", path="/stacks/*/actions/*")
    run = deploy(wait=False)
    assert run.result["failed"]
    assert run.result["action"]["id"] == sim.world.actions[AWESOME_APP][0]["id"]
    assert run.result["user_reference"].startswith("ansible-")
    assert run.result["deployment"]["id"] == rows()[0]["id"]


# Forms of the answer


@pytest.mark.parametrize("answer", ["full", "no_action", "brief"])
@pytest.mark.parametrize("wait", [True, False])
@pytest.mark.parametrize("filters", [True, False])
def test_the_action_is_found_in_every_form_of_answer(deploy, rows, sim, answer, wait, filters):
    sim.settings(deploy_answer=answer, reference_filter=filters)
    run = deploy(wait=wait)
    assert run.result["changed"], run.result
    assert run.result["action"]["id"] == sim.world.actions[AWESOME_APP][0]["id"]
    assert run.result["action"]["metadata"]["user_reference"] == run.result["user_reference"]
    assert run.result["deployment"]["id"] == rows()[0]["id"]


def test_without_an_action_the_deployment_itself_is_watched(deploy, rows, sim):
    sim.settings(deploy_answer="no_action", deploy_seconds=100)
    sim.fault("wrong_type", method="GET", path="/stacks/*/actions", body={"response": [], "pagination": {}})
    run = deploy()
    assert run.result["changed"], run.result
    assert run.result["action"] is None
    assert run.result["deployment"]["outcome"]["meaning"] == "success"
    sim.settings(deploy_failure="No disk")
    run = deploy()
    assert run.result["failed"]
    assert run.result["msg"] == "the deployment of stack Awesome App failed: its outcome is failed"
    assert run.result["deployment"]["outcome"]["meaning"] == "failed"
    assert len(posts(sim)) == 2


def test_a_rejection_in_a_successful_answer_is_an_error(deploy, sim):
    sim.fault("wrong_type", method="POST", applied=False, body={"response": {"ok": False, "message": "Not now"}})
    run = deploy()
    assert run.result["msg"] == "Cloud 66 has refused a deployment of stack Awesome App: Not now."


@pytest.mark.parametrize("seconds", [2, 10, 300])
def test_a_deployment_may_be_listed_late(deploy, rows, sim, seconds):
    sim.settings(deployment_shows_after=seconds)
    run = deploy()
    assert run.result["changed"], run.result
    if seconds < 300:
        assert run.result["deployment"]["id"] == rows()[0]["id"]
    else:
        assert run.result["deployment"] is None
        [warning] = run.warnings
        assert "0 in its list may be" in warning
    assert run.result["action"]["finished_success"] is True


def test_the_deployment_of_another_user_is_not_taken_for_ours(deploy, rows, somebody):
    """It is running while ours is queued."""
    somebody(seconds=50)
    somebody(seconds=50)
    run = deploy(when_busy="queue")
    assert len(rows()) == 3
    assert run.result["deployment"]["id"] == rows()[0]["id"]
    assert run.result["deployment"]["triggered_by"] == "owner@example.com"


def test_an_ambiguous_deployment_is_not_guessed(deploy, rows, somebody):
    somebody(seconds=50)
    somebody(seconds=50, who="owner@example.com")
    run = deploy(when_busy="queue")
    assert run.result["changed"]
    assert run.result["action"]["finished_success"] is True
    assert run.result["deployment"] is None
    [warning] = run.warnings
    assert "2 in its list may be" in warning


# Lost answers


def test_a_deployment_whose_answer_was_lost_is_found(deploy, rows, sim, lost):
    run = deploy(api_retries=3)
    assert run.result["changed"], run.result
    assert run.result["action"]["id"] == sim.world.actions[AWESOME_APP][0]["id"]
    assert run.result["deployment"]["outcome"]["meaning"] == "success"
    assert lost.hits == len(posts(sim)) == len(rows()) == 1


@pytest.mark.parametrize("given", [{}, {"user_reference": "pipeline-17"}])
def test_a_lost_deployment_that_did_not_begin_fails_and_is_not_started_again(
    deploy, rows, sim, clock, vanished, somebody, given
):
    # A new deployment of somebody else is not ours.
    sim.world.schedule.at(sim.world.now() + 5, lambda: somebody(who="owner@example.com", reference="theirs"))
    run = deploy(api_retries=3, **given)
    assert run.result["failed"]
    assert vanished.hits == len(posts(sim)) == 1
    reference = given.get("user_reference", "ansible-")
    assert (
        f"among the actions of stack Awesome App ({AWESOME_APP}) by the user_reference {reference}" in run.result["msg"]
    )
    assert "; it is not started again" in run.result["msg"]
    assert sum(clock.pauses) >= 60


# User references


def test_a_reference_is_deployed_once(deploy, rows, sim):
    real = deploy(user_reference="pipeline-17")
    assert real.result["changed"]
    for check in (False, True):
        again = deploy(user_reference="pipeline-17", check=check, diff=True)
        assert again.result["changed"] is False
        assert again.result["action"] == real.result["action"]
        assert again.result["deployment"] == real.result["deployment"]
        assert again.result["user_reference"] == "pipeline-17"
        assert again.result["diff"]["before"] == again.result["diff"]["after"] == {}
    sim.settings(clock_offset=sim.world.settings.clock_offset + 60)
    assert deploy(user_reference="pipeline-18").result["changed"]
    assert len(posts(sim)) == len(rows()) == 2
    assert deploy(user_reference="pipeline-17").result["deployment"]["id"] == real.result["deployment"]["id"]


@pytest.mark.parametrize("filters", [True, False])
def test_references_are_compared_locally_too(deploy, sim, filters):
    sim.settings(reference_filter=filters)
    sim.world.start_action(AWESOME_APP, "application_deployment", seconds=0, user_reference="pipeline-1")
    # Another action with the same reference is not a deployment.
    sim.world.start_action(AWESOME_APP, "restart", seconds=0, user_reference="pipeline-17")
    assert deploy(user_reference="pipeline-17").result["changed"]
    assert not deploy(user_reference="pipeline-17").result["changed"]
    assert len(posts(sim)) == 1


def test_a_running_deployment_with_the_reference_is_waited_for(deploy, rows, sim, clock):
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
def test_a_failed_deployment_with_the_reference_is_not_repeated(deploy, sim, check):
    sim.settings(deploy_failure="No disk")
    deploy(user_reference="pipeline-17")
    sim.settings(deploy_failure=None)
    run = deploy(user_reference="pipeline-17", check=check)
    assert run.result["failed"]
    assert run.result["msg"].endswith("which failed: No disk. To deploy again, use another user_reference.")
    assert "The user_reference pipeline-17 was used before, by action" in run.result["msg"]
    assert run.result["deployment"]["outcome"]["meaning"] == "failed"
    assert run.result["changed"] is False
    assert len(posts(sim)) == 1


def test_a_running_deployment_with_the_reference_fails(deploy, sim):
    sim.settings(deploy_failure="No disk", deploy_seconds=50)
    deploy(user_reference="pipeline-17", wait=False)
    run = deploy(user_reference="pipeline-17")
    assert run.result["msg"].endswith(" failed: No disk")
    assert run.result["deployment"]["outcome"]["meaning"] == "failed"
    assert len(posts(sim)) == 1


@pytest.mark.parametrize("seed", range(6))
def test_a_reference_is_deployed_once_despite_failures(deploy, rows, sim, seed):
    """A job repeats the task with one reference until it succeeds."""
    sim.fault("any_transient", rate=0.3, seed=seed)
    results = []
    while len(results) < 10 and not (results and "deployment" in results[-1] and "failed" not in results[-1]):
        results.append(deploy(user_reference="pipeline-17", api_retries=4).result)
    assert "failed" not in results[-1], results[-1]
    assert results[-1]["action"]["finished_success"] is True
    assert len(rows()) == 1
    assert sum(post.applied for post in posts(sim)) == 1


# Only changed commits


def test_a_live_commit_is_not_deployed(deploy, rows, sim):
    once = {"git_ref": COMMIT, "only_if_changed": True}
    predicted = deploy(**once, check=True)
    real = deploy(**once)
    assert predicted.result["changed"] is real.result["changed"] is True
    for check in (False, True):
        again = deploy(**{**once, "git_ref": COMMIT.upper()}, check=check)
        assert again.result["changed"] is False
        assert again.result["deployment"] == real.result["deployment"]
        assert again.result["action"] is again.result["user_reference"] is None
    assert len(posts(sim)) == len(rows()) == 1
    # The live commit is compared, not earlier ones.
    deploy(git_ref="f" * 40)
    assert deploy(**once).result["changed"]


def test_a_commit_whose_deployment_failed_is_deployed_again(deploy, sim):
    sim.settings(deploy_failure="No disk")
    deploy(git_ref=COMMIT)
    sim.settings(deploy_failure=None)
    assert deploy(git_ref=COMMIT, only_if_changed=True).result["changed"]


def test_a_reverted_commit_is_deployed_again(deploy, rows, sim):
    deploy(git_ref=COMMIT)
    head, live = sim.world.deployments[AWESOME_APP][:2]
    head.update(is_live=False, reverted=True)
    live.update(is_live=True)
    assert deploy(git_ref=COMMIT, only_if_changed=True).result["changed"]


def test_without_a_live_commit_the_head_is_compared(deploy, sim):
    deploy(git_ref=COMMIT)
    sim.world.deployments[AWESOME_APP][0].update(is_live=False)
    assert not deploy(git_ref=COMMIT, only_if_changed=True).result["changed"]
    sim.world.deployments[AWESOME_APP][0].update(outcome={"code": 2, "meaning": "failed"})
    assert deploy(git_ref=COMMIT, only_if_changed=True).result["changed"]


@pytest.mark.parametrize(("ref", "changed"), [(COMMIT, False), ("f" * 40, True)])
def test_a_commit_that_becomes_live_while_waiting_is_not_deployed_again(deploy, sim, somebody, ref, changed):
    somebody(ref=ref)
    predicted = deploy(git_ref=COMMIT, only_if_changed=True, check=True)
    real = deploy(git_ref=COMMIT, only_if_changed=True)
    assert predicted.result["changed"] is real.result["changed"] is changed
    assert len(posts(sim)) == changed


@pytest.mark.parametrize("ref", ["master", "0123456", COMMIT + "0"])
def test_only_a_full_hash_can_be_compared(deploy, sim, ref):
    run = deploy(git_ref=ref, only_if_changed=True)
    assert "only_if_changed needs the full hash of a commit (40 hex digits)" in run.result["msg"]
    assert not sim.requests


# Services


@pytest.mark.parametrize("check", [False, True])
def test_an_unknown_service_is_a_warning(deploy, sim, check):
    run = deploy(stack="Storefront", services=["wbe:1.2", "worker:1.2", "zzz"], check=check)
    assert run.result["changed"]
    advice = "Only one that is new in service.yml can be deployed."
    assert run.warnings == [
        f"stack Storefront has no service wbe. Did you mean web? {advice}",
        f"stack Storefront has no service zzz. Available: api, web, worker. {advice}",
    ]


def test_services_that_cannot_be_read_do_not_matter(deploy, sim):
    fault = sim.fault("reset", method="GET", path="/stacks/*/services")
    run = deploy(stack="Storefront", services=["wbe"])
    assert run.result["changed"], run.result
    assert not run.warnings
    assert fault.hits == 1
    assert not deploy(stack="Awesome App", services=["wbe"]).warnings


# Rolling back


def commits(rows):
    return [row["git_hash"] for row in rows()]


def test_a_rollback_deploys_the_commit_that_was_live_before(deploy, rows, bodies):
    """A commit that was deployed twice is one commit."""
    good, broken = "a" * 40, "b" * 40
    for ref in (good, broken, broken):
        deploy(git_ref=ref)
    predicted = deploy(state="rolled_back", check=True, diff=True)
    assert len(bodies()) == 3
    run = deploy(state="rolled_back", diff=True)
    assert run.result["changed"] is predicted.result["changed"] is True
    assert bodies()[3] == {"git_ref": good, "user_reference": run.result["user_reference"]}
    assert run.result["rolled_back_to"] == predicted.result["rolled_back_to"] == {**rows()[3], "stack_uid": AWESOME_APP}
    assert run.result["rolled_back_to"]["git_hash"] == good
    assert run.result["deployment"]["git_hash"] == good
    assert run.result["diff"] == predicted.result["diff"]
    assert run.result["diff"]["before"] == {"stack_uid": AWESOME_APP, "git_ref": broken}
    assert run.result["diff"]["after"] == {"stack_uid": AWESOME_APP, "git_ref": good}
    assert run.notices[0].startswith(f"The commit to go back to is {good}, of deployment {rows()[3]['id']} on stack ")
    assert not run.warnings


def test_a_second_rollback_never_goes_to_what_was_rolled_back(deploy, rows, sim):
    seeded = sim.world.deployments[AWESOME_APP][0]["git_hash"]
    for ref in ("a" * 40, "b" * 40):
        deploy(git_ref=ref)
    for _time in range(2):
        deploy(state="rolled_back")
    assert commits(rows) == [seeded, "a" * 40, "b" * 40, "a" * 40]


def test_a_rollback_with_a_reference_goes_back_once(deploy, rows):
    for ref in ("a" * 40, "b" * 40):
        deploy(git_ref=ref)
    first = deploy(state="rolled_back", user_reference="rollback-17")
    again = deploy(state="rolled_back", user_reference="rollback-17")
    assert (first.result["changed"], again.result["changed"]) == (True, False)
    assert again.result["deployment"] == first.result["deployment"]
    assert again.result["rolled_back_to"] is None
    assert commits(rows) == ["a" * 40, "b" * 40, "a" * 40]


def test_deployments_that_failed_are_no_target_of_a_rollback(deploy, rows, sim):
    deploy(git_ref="a" * 40)
    sim.world.deploy_failures[AWESOME_APP] = "No disk"
    deploy(git_ref="b" * 40)
    del sim.world.deploy_failures[AWESOME_APP]
    deploy(git_ref="c" * 40)
    run = deploy(state="rolled_back")
    assert run.result["rolled_back_to"]["git_hash"] == "a" * 40
    assert not run.warnings


def test_a_rollback_after_a_failed_deployment_says_what_it_replaces(deploy, rows, sim):
    for ref in ("a" * 40, "b" * 40):
        deploy(git_ref=ref)
    sim.world.deploy_failures[AWESOME_APP] = "No disk"
    deploy(git_ref="c" * 40)
    del sim.world.deploy_failures[AWESOME_APP]
    run = deploy(state="rolled_back")
    assert run.result["rolled_back_to"]["git_hash"] == "a" * 40
    [warning] = run.warnings
    failed, live = rows()[1], rows()[2]
    assert warning.startswith(f"deployment {failed['id']} on stack Awesome App of owner@example.com since ")
    assert warning.endswith(f"The rollback replaces deployment {live['id']} of {'b' * 40}, which is.")


def test_a_rollback_is_decided_before_another_deployment_is_waited_for(deploy, rows, somebody):
    for ref in ("a" * 40, "b" * 40):
        deploy(git_ref=ref)
    somebody(ref="c" * 40)
    predicted = deploy(state="rolled_back", check=True)
    run = deploy(state="rolled_back")
    assert run.result["rolled_back_to"] == predicted.result["rolled_back_to"]
    assert commits(rows)[:2] == ["a" * 40, "c" * 40]


@pytest.mark.parametrize("check", [False, True])
def test_without_an_earlier_commit_a_rollback_is_refused(deploy, sim, check):
    live, older = sim.world.deployments[AWESOME_APP]
    older.update(outcome={"code": 2, "meaning": "failed"})
    run = deploy(state="rolled_back", check=check)
    assert run.result["failed"]
    assert run.result["msg"] == (
        "stack Awesome App cannot be rolled back: no other commit was deployed successfully before"
        f" {live['git_hash']}, which is live."
    )
    # The other was reverted: Cloud 66 marks the older one as live.
    older.update(outcome=live["outcome"], is_live=True)
    live.update(is_live=False)
    message = deploy(state="rolled_back", check=check).result["msg"]
    assert message.endswith(
        f"{older['git_hash']}, which is live. To deploy {live['git_hash']} again, name it with git_ref."
    )
    assert not sim.writes


def test_a_rollback_needs_to_know_what_is_live(deploy, sim):
    for row in sim.world.deployments[AWESOME_APP]:
        row.update(git_hash=None)
    run = deploy(state="rolled_back")
    assert run.result["msg"].startswith("Cloud 66 does not say which commit of stack Awesome App is live.")
    assert not sim.writes


def test_a_container_stack_cannot_be_rolled_back(deploy, sim):
    """It would ignore the commit, and deploy the newest one."""
    sim.world.stack(AWESOME_APP)["framework"] = "docker"
    run = deploy(state="rolled_back")
    assert run.result["msg"].startswith("stack Awesome App is a container stack (docker), whose deployments do not say")
    assert not sim.writes


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"git_ref": "main", "services": ["web"]}, "git_ref and services cannot be used with state: rolled_back"),
        ({"git_ref": COMMIT, "only_if_changed": True}, "git_ref and only_if_changed cannot be used"),
        ({"when_busy": "join"}, "when_busy: join deploys nothing"),
    ],
)
def test_a_rollback_refuses_what_contradicts_it(deploy, sim, given, message):
    run = deploy(state="rolled_back", **given)
    assert run.result["msg"].startswith(message)
    assert not sim.requests


def test_a_lost_rollback_is_found(deploy, rows, sim, lost):
    run = deploy(state="rolled_back", api_retries=3)
    assert run.result["changed"], run.result
    assert run.result["rolled_back_to"] is not None
    assert lost.hits == len(posts(sim)) == len(rows()) == 1


# Another deployment is running


def test_a_running_deployment_is_waited_for_first(deploy, rows, sim, somebody):
    theirs = somebody(seconds=100)
    run = deploy()
    assert run.result["changed"]
    assert [row["outcome"]["meaning"] for row in rows()] == ["success", "success"]
    assert run.result["deployment"]["id"] == rows()[0]["id"]
    assert run.result["deployment"]["started_at"] >= theirs["finished_at"]
    assert run.notices[0].startswith(f"Deployment {theirs['id']} on stack Awesome App of jim@example.com since ")
    assert run.notices[0].endswith(" is running: waiting for its end")


def test_the_outcome_of_the_running_deployment_is_ignored(deploy, rows, sim, somebody):
    sim.world.deploy_failures[AWESOME_APP] = "No disk"
    somebody(seconds=20)
    sim.world.deploy_failures.clear()
    run = deploy()
    assert run.result["changed"], run.result
    assert [row["outcome"]["meaning"] for row in rows()] == ["success", "failed"]


def test_queued_deployments_are_waited_for_too(deploy, rows, sim, somebody):
    sim.settings(deploy_seconds=50)
    somebody()
    somebody()
    run = deploy()
    assert run.result["deployment"]["id"] == rows()[0]["id"]
    assert [row["outcome"]["meaning"] for row in rows()] == ["success"] * 3
    # It was requested after they had ended, not queued behind them.
    assert run.result["action"]["started_at"] >= rows()[1]["finished_at"]
    assert len(posts(sim)) == 1


def test_wait_timeout_limits_all_waits_together(deploy, rows, sim, clock, somebody):
    somebody(seconds=40)
    sim.settings(deploy_seconds=100)
    run = deploy(wait_timeout=60)
    assert run.result["failed"]
    assert clock.elapsed == pytest.approx(60, abs=1)
    assert run.result["action"]["finished_at"] is None
    somebody(seconds=4000)
    run = deploy(wait_timeout=60)
    assert run.result["msg"].endswith(
        "Nothing was started. Give it more time with wait_timeout, or queue behind it with when_busy: queue."
    )
    assert run.result["changed"] is False
    assert len(posts(sim)) == 1


def test_an_inconsistent_list_is_read_until_the_timeout(deploy, sim, clock, somebody):
    """It lists a deployment as running that has ended according to its own row."""
    theirs = somebody(seconds=5000)
    ended = {**theirs, "is_deploying": False, "outcome": {"code": 1, "meaning": "success"}}
    sim.fault("wrong_type", method="GET", path="/stacks/*/deployments/*", body={"response": ended})
    run = deploy(wait_timeout=60)
    assert "what is being deployed on stack Awesome App did not end within 60 seconds" in run.result["msg"]
    assert clock.elapsed == pytest.approx(60)
    assert len(clock.pauses) < 30


def test_join_waits_for_the_running_deployment_and_starts_none(deploy, rows, sim, clock, somebody):
    theirs = somebody()
    looked = [deploy(when_busy="join", **modes) for modes in ({"check": True}, {"wait": False})]
    assert [(run.result["changed"], run.result["deployment"]["is_deploying"]) for run in looked] == [(False, True)] * 2
    assert not clock.pauses
    run = deploy(when_busy="join", git_ref=COMMIT)
    assert run.result["changed"] is False
    assert run.result["deployment"] == {**theirs, "stack_uid": AWESOME_APP}
    assert run.result["deployment"]["outcome"]["meaning"] == "success"
    assert run.result["action"] is run.result["user_reference"] is None
    assert not sim.writes
    assert deploy(when_busy="join").result["changed"]


def test_join_fails_with_the_running_deployment(deploy, sim, somebody):
    sim.world.deploy_failures[AWESOME_APP] = "No disk"
    theirs = somebody()
    run = deploy(when_busy="join")
    assert run.result["failed"]
    assert run.result["msg"].startswith(f"deployment {theirs['id']} on stack Awesome App of jim@example.com since ")
    assert run.result["msg"].endswith(" failed: its outcome is failed")
    assert run.result["deployment"]["outcome"]["meaning"] == "failed"
    assert run.result["changed"] is False


def test_join_ends_at_the_timeout(deploy, sim, somebody):
    somebody(seconds=1000)
    run = deploy(when_busy="join", wait_timeout=50)
    assert "did not end within 50 seconds (deploying)" in run.result["msg"]
    assert "c66_deployment_info with running: true" in run.result["msg"]


@pytest.mark.parametrize("how", ["join", "wait"])
@pytest.mark.parametrize("shown", [10, 100, 1000])
def test_the_status_of_the_stack_reveals_an_unlisted_deployment(deploy, rows, sim, somebody, how, shown):
    sim.settings(deployment_shows_after=shown)
    theirs = somebody(seconds=100)
    sim.settings(deployment_shows_after=0)
    looked = deploy(when_busy=how, check=True)
    assert looked.result["changed"] is (how == "wait")
    run = deploy(when_busy=how)
    assert run.result["changed"] is (how == "wait")
    sim.world.settle()
    assert theirs["finished_at"]
    if how == "wait":
        assert run.result["deployment"]["started_at"] >= theirs["finished_at"]
    elif shown < 1000:
        assert run.result["deployment"]["id"] == theirs["id"]
    else:
        assert run.result["deployment"] is None
        assert "It is unclear" in run.warnings[0]
    assert len(posts(sim)) == (how == "wait")


@pytest.mark.parametrize("check", [False, True])
def test_a_busy_stack_can_be_a_failure(deploy, sim, somebody, check):
    theirs = somebody()
    run = deploy(when_busy="fail", check=check)
    assert run.result["msg"] == (
        f"Deployment {theirs['id']} on stack Awesome App of jim@example.com since {theirs['started_at']} is running,"
        " and when_busy is fail: nothing was started."
    )
    theirs["is_deploying"] = False
    run = deploy(when_busy="fail", check=check)
    assert run.result["msg"].startswith("A deployment of stack Awesome App is running, and when_busy is fail")
    assert not sim.writes


@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize("answer", ["full", "no_action", "brief"])
@pytest.mark.parametrize("action", [True, False])
def test_queue_lets_cloud_66_deploy_next(deploy, rows, sim, somebody, listed, answer, action):
    """A queued deployment may have no action and may not be listed."""
    sim.settings(queued_listed=listed, deploy_answer=answer, queued_action=action)
    theirs = somebody(seconds=200)
    run = deploy(when_busy="queue")
    assert run.result["changed"], run.result
    assert run.result["action"]["finished_success"] is True
    assert run.result["deployment"]["id"] == rows()[0]["id"]
    assert run.result["deployment"]["started_at"] >= theirs["finished_at"]
    assert len(posts(sim)) == 1
    assert len(rows()) == 2


def test_queue_does_not_take_another_queued_deployment_for_ours(deploy, rows, sim, somebody):
    """Although only the queue reveals ours."""
    sim.settings(queued_action=False, deploy_answer="no_action", deploy_seconds=100)
    somebody(seconds=50)
    somebody()
    sim.fault("wrong_type", method="GET", path="/stacks/*/actions", body={"response": [], "pagination": {}})
    run = deploy(when_busy="queue")
    assert run.result["changed"], run.result
    assert rows()[0]["outcome"]["meaning"] == "success"
    assert len(rows()) == 3
    assert run.result["action"] is None
    # Both others belong to somebody else, so only an action identifies ours.
    assert run.result["deployment"] is None
    assert "2 in its list may be" in run.warnings[0]


@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize("action", [True, False])
def test_queue_without_wait_returns_the_known_facts(deploy, rows, sim, clock, somebody, listed, action):
    sim.settings(queued_listed=listed, queued_action=action)
    somebody(seconds=200)
    run = deploy(when_busy="queue", wait=False)
    assert run.result["changed"]
    assert (run.result["action"] is not None) == action
    assert (run.result["deployment"] is not None) == listed
    assert run.result["user_reference"].startswith("ansible-")
    assert not clock.pauses
    assert not run.warnings


def test_a_timeout_in_the_queue_names_the_reference(deploy, sim, somebody):
    sim.settings(queued_action=False)
    somebody(seconds=2000)
    run = deploy(when_busy="queue", wait_timeout=100)
    assert "the deployment of stack Awesome App did not end within 100 seconds" in run.result["msg"]
    assert f"c66_action_info with user_reference: {run.result['user_reference']}" in run.result["msg"]
    assert run.result["changed"] is True


# Cancelling


@pytest.fixture
def cancel(deploy):
    return lambda **args: deploy(state="cancelled", **args)


@pytest.mark.parametrize("named", [False, True])
def test_the_running_deployment_is_cancelled(cancel, sim, clock, somebody, named):
    sim.settings(cancel_seconds=10)
    theirs = somebody()
    which = {"deployment_id": theirs["id"]} if named else {}
    predicted = cancel(check=True, diff=True, **which)
    assert predicted.result["deployment"]["is_deploying"] is True
    assert not sim.writes
    real = cancel(diff=True, **which)
    assert predicted.result["changed"] is real.result["changed"] is True
    assert predicted.result["diff"] == real.result["diff"]
    assert real.result["diff"]["after"] == {"is_deploying": False}
    assert real.result["deployment"] == {**theirs, "stack_uid": AWESOME_APP}
    assert real.result["deployment"]["outcome"]["meaning"] == "cancelled"
    assert real.result["action"] is None
    for check in (False, True):
        again = cancel(check=check, **which)
        assert again.result["changed"] is False
        assert (again.result["deployment"] or {}).get("id") == (theirs["id"] if named else None)
    assert len(sim.writes) == 1
    assert 10 <= clock.elapsed < 20


def test_a_queued_deployment_is_cancelled_by_id(cancel, sim, somebody):
    sim.settings(queued_listed=True)
    running, waiting = somebody(), somebody()
    run = cancel(deployment_id=waiting["id"])
    assert run.result["changed"]
    assert run.result["deployment"]["outcome"]["meaning"] == "cancelled"
    sim.world.settle()
    assert running["is_deploying"]


def test_an_unlisted_deployment_is_looked_for(cancel, sim, somebody):
    sim.settings(deployment_shows_after=10)
    theirs = somebody()
    assert cancel().result["deployment"]["id"] == theirs["id"]
    sim.settings(deployment_shows_after=100)
    somebody(seconds=1000)
    run = cancel()
    assert run.result["failed"]
    assert "is running, but the deployment is not listed yet" in run.result["msg"]


def test_cancel_without_wait(cancel, sim, clock, somebody):
    sim.settings(cancel_seconds=10)
    somebody()
    run = cancel(wait=False)
    assert (run.result["changed"], run.result["deployment"]["is_deploying"]) == (True, True)
    assert not clock.pauses


def test_a_deployment_that_succeeds_before_the_cancel_is_reported(cancel, sim, somebody):
    sim.settings(cancel_seconds=10)
    theirs = somebody()
    real = sim.world.deploys.cancel
    sim.world.deploys.cancel = lambda uid, row: True
    run = cancel()
    sim.world.deploys.cancel = real
    assert theirs["outcome"]["meaning"] == "success"
    assert run.result["deployment"]["outcome"]["meaning"] == "success"
    assert "succeeded before it could be cancelled" in run.warnings[0]


@pytest.mark.parametrize("finished", ["conflict", "ok"])
def test_a_deployment_that_has_ended_meanwhile_is_no_error(cancel, sim, somebody, finished):
    sim.settings(cancel_finished=finished)
    theirs = somebody(seconds=100)
    real = sim.world.deploys.cancel

    def late(uid, row):
        sim.settings(clock_offset=sim.world.settings.clock_offset + 200)
        sim.world.settle()
        return real(uid, row)

    sim.world.deploys.cancel = late
    run = cancel()
    assert not run.result.get("failed"), run.result
    assert run.result["changed"] is (finished == "ok")
    assert run.result["deployment"]["outcome"]["meaning"] == theirs["outcome"]["meaning"] == "success"


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
def test_a_lost_cancel_is_sent_again_at_most_once(cancel, sim, somebody, kind, seconds, finished):
    sim.settings(cancel_seconds=seconds, cancel_finished=finished)
    theirs = somebody(seconds=1000)
    fault = sim.fault(kind, method="DELETE", times=1, **CANCEL_LOST[kind])
    run = cancel(api_retries=3)
    assert run.result["changed"], run.result
    assert run.result["deployment"]["outcome"]["meaning"] == "cancelled"
    assert fault.hits == 1
    assert len(sim.writes) == (1 if fault.applied and seconds == 1 else 2)
    assert theirs["outcome"]["meaning"] == "cancelled"


def test_a_cancel_that_is_never_applied_is_an_error(cancel, sim, somebody):
    somebody(seconds=1000)
    fault = sim.fault("reset", method="DELETE")
    run = cancel(wait_timeout=100)
    assert run.result["failed"]
    assert run.result["changed"]
    assert run.result["msg"].endswith("The write may have been applied.")
    assert run.result["deployment"]["is_deploying"] is True
    assert fault.hits == 2


def test_a_rejected_cancel_is_an_error(cancel, sim, somebody):
    theirs = somebody()
    sim.fault("status", status=409, method="DELETE", times=1)
    assert cancel().result["status"] == 409
    sim.fault("wrong_type", method="DELETE", times=1, applied=False, body={"response": {"ok": False, "message": None}})
    run = cancel()
    assert run.result["msg"].startswith(f"Cloud 66 has refused to cancel deployment {theirs['id']} on stack")
    assert run.result["msg"].endswith(": it gives no reason.")


def test_two_running_deployments_are_ambiguous(cancel, sim, somebody):
    first, second = somebody(), somebody()
    second.update(is_deploying=True)
    sim.world.deployments[AWESOME_APP][1].update(is_deploying=True)
    run = cancel()
    assert "Several deployments are running on stack Awesome App: " in run.result["msg"]
    assert str(first["id"]) in run.result["msg"]
    assert not sim.writes


def test_a_missing_deployment_cannot_be_cancelled(cancel, sim):
    run = cancel(deployment_id=1)
    assert run.result["status"] == 404
    assert "deployment 1 of stack Awesome App" in run.result["msg"]


# Invalid options


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"user_reference": "x" * 256}, "user_reference may have 255 characters at most."),
        ({"canary_percentage": 101}, "canary_percentage must be from 0 to 100, not 101."),
        ({"canary_percentage": -1}, "canary_percentage must be from 0 to 100, not -1."),
        ({"deployment_id": 107}, "it needs state: cancelled"),
    ],
)
@pytest.mark.parametrize("check", [False, True])
def test_invalid_options_are_refused(deploy, sim, given, words, check):
    assert words in deploy(check=check, **given).result["msg"]
    assert not sim.requests


def test_the_longest_reference_is_accepted(deploy):
    assert deploy(user_reference="x" * 255).result["changed"]


@pytest.mark.parametrize("state", ["deployed", "cancelled"])
def test_a_missing_scope_is_named(deploy, sim, somebody, state):
    somebody(seconds=20)
    run = deploy(api_token=PUBLIC_TOKEN, state=state)
    assert run.result["status"] == 403
    assert "lacks the scope redeploy" in run.result["msg"]
    assert ("a deployment of" if state == "deployed" else "deployment 1") in run.result["msg"]


@pytest.mark.parametrize("state", ["deployed", "cancelled"])
def test_a_missing_stack_is_an_error(deploy, sim, state):
    assert "No stack matches" in deploy(stack="Nobody", state=state).result["msg"]
    assert not sim.writes
