# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_firewall_lease: a lease is started once, even if the answer is lost, and waited for."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from simulator.seed import AWESOME_APP, PUBLIC_TOKEN

ELSEWHERE = "198.51.100.7"


@pytest.fixture
def lease(run_module):
    def call(**args):
        return run_module("c66_firewall_lease", **{"stack": "Awesome App", **args})

    return call


@pytest.fixture
def rules(sim):
    """The rules for port 22 and the addresses that these tests use."""

    def read():
        sim.world.settle()
        return [rule for rule in sim.world.firewalls[AWESOME_APP] if rule["from_ip"] in ("127.0.0.1", ELSEWHERE)]

    return read


def posts(sim):
    return [request for request in sim.requests if request.method == "POST"]


def seconds_between(first, second):
    times = [datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() for text in (first, second)]
    return times[1] - times[0]


def test_a_port_is_open_for_the_caller_when_the_task_ends(lease, rules, sim):
    run = lease(ttl=30)
    assert run.result["changed"]
    [rule] = rules()
    assert (rule["from_ip"], rule["port"], rule["protocol"]) == ("127.0.0.1", 22, "tcp")
    assert json.loads(posts(sim)[0].body) == {"from_ip": "AUTO", "port": 22, "protocol": 1, "ttl": 30}
    action = run.result["action"]
    assert (action["action"], action["stack_uid"], action["finished_success"]) == ("open_lease", AWESOME_APP, True)
    assert run.result["lease"] == {
        "stack_uid": AWESOME_APP,
        "from_ip": "AUTO",
        "port": 22,
        "protocol": "tcp",
        "ttl": 30,
    }
    assert seconds_between(action["finished_at"], run.result["until"]) == 30 * 60


def test_all_options_are_sent(lease, sim):
    server = sim.world.servers[AWESOME_APP][0]["uid"]
    lease(from_ip=ELSEWHERE, port=5432, protocol="udp", group=128, ttl=5, environment="production")
    lease(from_ip=ELSEWHERE, server=server)
    first, second = (json.loads(post.body) for post in posts(sim))
    assert first == {"from_ip": ELSEWHERE, "port": 5432, "protocol": 2, "ttl": 5, "to_group_id": 128}
    assert second == {"from_ip": ELSEWHERE, "port": 22, "protocol": 1, "ttl": 20, "server_id": server}


def test_without_wait_it_returns_the_running_action(lease, rules, sim, clock):
    run = lease(wait=False)
    assert run.result["changed"]
    assert run.result["action"]["finished_at"] is None
    assert run.result["action"]["finished_success"] is None
    assert run.result["action"]["id"] == sim.world.actions[AWESOME_APP][0]["id"]
    assert run.result["until"]
    assert not rules()
    assert not clock.pauses


def test_the_id_is_shown_before_waiting(lease, sim):
    run = lease()
    number = str(sim.world.actions[AWESOME_APP][0]["id"])
    assert run.notices[0] == f"Action {number} (open_lease) of stack Awesome App has begun"
    assert number in run.notices[1]
    assert any("Waiting for action" in text and "still running" in text for text in run.logs)


@pytest.mark.parametrize("as_text", [False, True])
def test_success_may_be_a_boolean_or_a_string(lease, sim, as_text):
    sim.settings(success_as_text=as_text)
    assert lease().result["action"]["finished_success"] is True


@pytest.mark.parametrize("as_text", [False, True])
def test_a_failure_has_the_message_of_cloud_66(lease, sim, as_text):
    sim.settings(action_failure="Security group is full", success_as_text=as_text)
    run = lease()
    assert run.result["failed"]
    assert "open_lease" in run.result["msg"]
    assert run.result["msg"].endswith(" failed: Security group is full")


def test_a_timeout_says_how_to_keep_watching(lease, run_module, sim, clock):
    sim.settings(action_seconds=100)
    run = lease(wait_timeout=30)
    number = sim.world.actions[AWESOME_APP][0]["id"]
    assert run.result["failed"]
    assert f"action {number} (open_lease) of stack Awesome App did not end within 30 seconds" in run.result["msg"]
    assert f"c66_action_info with stack: {AWESOME_APP}, action_id: {number} and wait: true" in run.result["msg"]
    assert clock.elapsed == pytest.approx(30)
    # Follow that advice.
    watched = run_module("c66_action_info", stack=AWESOME_APP, action_id=number, wait=True)
    [action] = watched.result["actions"]
    assert action["finished_success"] is True
    assert not watched.result["changed"]
    assert len(posts(sim)) == 1


# Waiting


@pytest.mark.parametrize("kind", ["reset", "html", "cut", "bad_json", "empty", "unavailable", "too_many"])
def test_failed_reads_while_waiting_are_retried(lease, rules, sim, kind):
    fault = sim.fault(kind, method="GET", path="/stacks/*/actions/*", times=3)
    run = lease()
    assert fault.hits == 3
    assert run.result["action"]["finished_success"] is True
    assert len(rules()) == 1
    assert len(posts(sim)) == 1
    assert any("Polling again" in text for text in run.logs)


def test_a_lost_connection_ends_with_how_to_keep_watching(lease, sim):
    sim.fault("reset", method="GET", path="/stacks/*/actions/*")
    run = lease(wait_timeout=60)
    number = sim.world.actions[AWESOME_APP][0]["id"]
    assert run.result["failed"]
    assert "connection was lost" in run.result["msg"]
    assert f"action_id: {number} and wait: true" in run.result["msg"]
    assert len(posts(sim)) == 1


@pytest.mark.parametrize("status", [401, 403, 404])
def test_final_errors_end_the_wait_at_once(lease, sim, clock, status):
    sim.fault("status", status=status, method="GET", path="/stacks/*/actions/*")
    run = lease()
    assert run.result["status"] == status
    assert not clock.pauses


def test_the_intervals_grow_and_vary(lease, sim, clock):
    sim.settings(action_seconds=300)
    lease(wait_interval=2)
    assert 1.8 <= clock.pauses[0] <= 2.2
    assert 13.5 <= clock.pauses[-1] <= 16.5
    assert len(clock.pauses) < 40
    assert len({round(pause % 1, 6) for pause in clock.pauses}) > len(clock.pauses) / 2
    steady = [sum(clock.pauses[start : start + 3]) for start in range(0, 9, 3)]
    assert steady == sorted(steady)


def test_a_long_interval_is_kept(lease, sim, clock):
    sim.settings(action_seconds=300)
    lease(wait_interval=40)
    assert all(36 <= pause <= 44 for pause in clock.pauses)


@pytest.fixture
def begun_hour(sim):
    """The hour of the limit has just started."""
    sim.settings(clock_offset=3600 - sim.world.now() % 3600)


@pytest.mark.parametrize(("left", "least"), [(3000, 1), (100, 32), (3, 54)])
def test_few_requests_left_make_the_intervals_long(lease, sim, begun_hour, clock, left, least):
    sim.settings(action_seconds=200, remaining=left)
    lease(wait_timeout=600)
    assert clock.pauses[0] >= least
    assert max(clock.pauses) <= 66


def test_no_requests_left_make_the_intervals_long_too(lease, sim, begun_hour, clock):
    sim.settings(action_seconds=50, remaining=3)
    sim.fault("throttled", method="GET", path="/stacks/*/actions/*", times=2, skip=1)
    lease(wait_timeout=600)
    assert clock.pauses[1] >= 54


# Lost answers


LOST = {
    "reset_after": {},
    "status": {"status": 408, "applied": True},
    "html": {"applied": True},
    "cut": {},
    "bad_json": {},
    "empty": {},
    "wrong_type": {},
    "unavailable": {"applied": True},
}


@pytest.mark.parametrize("kind", LOST)
@pytest.mark.parametrize("offset", [0, 5000, -5000])
def test_an_action_whose_answer_was_lost_is_found(lease, rules, sim, kind, offset):
    """By its start time, by Cloud 66's clock."""
    sim.settings(clock_offset=offset)
    sim.fault(kind, method="POST", times=1, **LOST[kind])
    run = lease(api_retries=3)
    assert run.result["changed"]
    assert run.result["action"]["id"] == sim.world.actions[AWESOME_APP][0]["id"]
    assert run.result["action"]["finished_success"] is True
    assert len(posts(sim)) == 1
    assert len(rules()) == 1


@pytest.mark.parametrize("kind", ["reset", "status", "html", "unavailable"])
def test_a_lost_lease_that_did_not_begin_fails_and_is_not_sent_again(lease, rules, sim, clock, kind):
    # A lease that somebody else started an hour ago is not ours.
    sim.world.start_action(AWESOME_APP, "open_lease", seconds=0)
    sim.settings(clock_offset=3600)
    fault = sim.fault(kind, method="POST")
    run = lease(api_retries=3)
    assert run.result["failed"]
    assert fault.hits == len(posts(sim)) == 1
    assert "a lease to the firewall of stack Awesome App" in run.result["msg"]
    assert (
        f"Not found among the actions of stack Awesome App ({AWESOME_APP}); it is not started again"
        in run.result["msg"]
    )
    assert sum(clock.pauses) >= 60
    assert not rules()


def test_an_action_that_is_listed_late_is_found(lease, sim):
    """Cloud 66 may list it late."""
    sim.fault("reset_after", method="POST", times=1)
    hidden = sim.fault(
        "wrong_type", method="GET", path="/stacks/*/actions", times=3, body={"response": [], "pagination": {}}
    )
    assert lease().result["action"]["finished_success"] is True
    assert hidden.hits == 3


def test_another_kind_of_action_is_not_ours(lease, sim):
    sim.fault("status", status=408, method="POST")
    sim.world.start_action(AWESOME_APP, "application_deployment", seconds=0)
    assert lease().result["failed"]


@pytest.mark.parametrize("kind", ["throttled", "not_implemented"])
def test_a_rejection_is_not_a_lost_answer(lease, sim, clock, kind):
    sim.fault(kind, method="POST", times=1)
    run = lease()
    assert run.result["failed"]
    assert len(posts(sim)) == 1
    assert not clock.pauses
    assert "in vain" not in run.result["msg"]


def test_throttle_wait_waits_for_the_next_hour(lease, rules, sim):
    sim.fault("throttled", method="POST", times=1, retry_after=10)
    assert lease(throttle_wait=60).result["changed"]
    assert len(posts(sim)) == 2
    assert len(rules()) == 1


# Existing rules and check mode


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize("written", [ELSEWHERE, f"{ELSEWHERE}/32"])
def test_an_existing_rule_is_no_change(lease, sim, check, written):
    rule = sim.world.add_rule(AWESOME_APP, from_ip=ELSEWHERE, protocol="tcp", port=22)
    run = lease(from_ip=written, check=check)
    assert run.result["changed"] is False
    assert run.result["lease"]["id"] == rule["id"]
    assert run.result["action"] is None
    assert not posts(sim)


@pytest.mark.parametrize(
    "other",
    [{"port": 2222}, {"protocol": "udp"}, {"from_ip": "198.51.100.8"}, {"to_group_id": 128}, {"to_ip": "10.0.0.1"}],
)
def test_a_rule_for_something_else_is_ignored(lease, sim, other):
    sim.world.add_rule(AWESOME_APP, **{"from_ip": ELSEWHERE, "protocol": "tcp", "port": 22, **other})
    assert lease(from_ip=ELSEWHERE).result["changed"]
    assert len(posts(sim)) == 1


def test_renew_opens_the_port_again(lease, sim):
    sim.world.add_rule(AWESOME_APP, from_ip=ELSEWHERE, protocol="tcp", port=22)
    assert lease(from_ip=ELSEWHERE, renew=True).result["changed"]
    assert len(posts(sim)) == 1


def test_a_second_run_changes_something_only_for_the_callers_own_address(lease, sim):
    assert lease(from_ip=ELSEWHERE).result["changed"]
    assert not lease(from_ip=ELSEWHERE).result["changed"]
    assert len(posts(sim)) == 1
    assert lease().result["changed"]
    assert lease().result["changed"]
    assert len(posts(sim)) == 3


def test_an_ended_lease_is_opened_again(lease, sim):
    lease(from_ip=ELSEWHERE, ttl=10)
    sim.settings(clock_offset=sim.world.settings.clock_offset + 700)
    assert lease(from_ip=ELSEWHERE, ttl=10).result["changed"]


@pytest.mark.parametrize("address", ["AUTO", ELSEWHERE])
def test_check_mode_sends_nothing_and_predicts_the_result(lease, sim, address):
    predicted = lease(from_ip=address, check=True).result
    assert not sim.writes
    real = lease(from_ip=address).result
    assert (predicted["changed"], real["changed"]) == (True, True)
    assert predicted["lease"] == real["lease"]
    assert predicted["action"] is None


def test_a_missing_scope_is_named(lease, sim):
    run = lease(api_token=PUBLIC_TOKEN)
    assert run.result["status"] == 403
    assert "lacks the scope admin" in run.result["msg"]
    assert len(posts(sim)) == 1
    assert "lacks the scope admin" in lease(api_token=PUBLIC_TOKEN, from_ip=ELSEWHERE).result["msg"]


@pytest.mark.parametrize(("stack", "message"), [("Nobody", "No stack matches"), ("0" * 32, "No stack matches")])
def test_a_missing_stack_is_an_error(lease, sim, stack, message):
    assert message in lease(stack=stack).result["msg"]
    assert not posts(sim)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"ttl": 0}, "ttl must be at least 1, not 0."),
        ({"port": 70000}, "port must be from 1 to 65535, not 70000."),
        ({"wait_timeout": -1}, "wait_timeout must be at least 0 seconds, not -1."),
        ({"wait_interval": -2}, "wait_interval must be at least 0 seconds, not -2."),
    ],
)
@pytest.mark.parametrize("check", [False, True])
def test_impossible_numbers_are_refused_before_anything_is_sent(run_module, sim, options, message, check):
    result = run_module("c66_firewall_lease", stack="Awesome App", check=check, **options).result
    assert result["msg"] == message
    assert not sim.writes
