# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lease is started once, whatever becomes of the answer, and waited for."""

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
    """The rules for port 22 of the addresses that these tests use."""

    def look():
        sim.world.settle()
        return [one for one in sim.world.firewalls[AWESOME_APP] if one["from_ip"] in ("127.0.0.1", ELSEWHERE)]

    return look


def posts(sim):
    return [one for one in sim.requests if one.method == "POST"]


def seconds_between(one, other):
    times = [datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() for text in (one, other)]
    return times[1] - times[0]


def test_a_port_is_open_for_the_caller_when_the_task_ends(lease, rules, sim):
    ran = lease(ttl=30)
    assert ran.result["changed"]
    [rule] = rules()
    assert (rule["from_ip"], rule["port"], rule["protocol"]) == ("127.0.0.1", 22, "tcp")
    assert json.loads(posts(sim)[0].body) == {"from_ip": "AUTO", "port": 22, "protocol": 1, "ttl": 30}
    action = ran.result["action"]
    assert (action["action"], action["stack_uid"], action["finished_success"]) == ("open_lease", AWESOME_APP, True)
    assert ran.result["lease"] == {
        "stack_uid": AWESOME_APP,
        "from_ip": "AUTO",
        "port": 22,
        "protocol": "tcp",
        "ttl": 30,
    }
    assert seconds_between(action["finished_at"], ran.result["until"]) == 30 * 60


def test_everything_that_can_be_said_is_sent(lease, sim):
    server = sim.world.servers[AWESOME_APP][0]["uid"]
    lease(from_ip=ELSEWHERE, port=5432, protocol="udp", group=128, ttl=5, environment="production")
    lease(from_ip=ELSEWHERE, server=server)
    one, other = (json.loads(post.body) for post in posts(sim))
    assert one == {"from_ip": ELSEWHERE, "port": 5432, "protocol": 2, "ttl": 5, "to_group_id": 128}
    assert other == {"from_ip": ELSEWHERE, "port": 22, "protocol": 1, "ttl": 20, "server_id": server}


def test_without_wait_the_action_comes_back_as_it_has_begun(lease, rules, sim, clock):
    ran = lease(wait=False)
    assert ran.result["changed"]
    assert ran.result["action"]["finished_at"] is None
    assert ran.result["action"]["finished_success"] is None
    assert ran.result["action"]["id"] == sim.world.actions[AWESOME_APP][0]["id"]
    assert ran.result["until"]
    assert not rules()
    assert not clock.pauses


def test_the_id_is_told_before_it_is_waited_for(lease, sim):
    ran = lease()
    number = str(sim.world.actions[AWESOME_APP][0]["id"])
    assert ran.notices[0] == f"Action {number} (open_lease) of stack Awesome App has begun"
    assert number in ran.notices[1]
    assert any("Waiting for action" in text and "going on" in text for text in ran.logs)


@pytest.mark.parametrize("as_text", [False, True])
def test_success_may_be_a_boolean_or_a_text(lease, sim, as_text):
    sim.settings(success_as_text=as_text)
    assert lease().result["action"]["finished_success"] is True


@pytest.mark.parametrize("as_text", [False, True])
def test_a_failure_carries_the_words_of_cloud_66(lease, sim, as_text):
    sim.settings(action_failure="Security group is full", success_as_text=as_text)
    ran = lease()
    assert ran.result["failed"]
    assert "open_lease" in ran.result["msg"]
    assert ran.result["msg"].endswith("has failed: Security group is full")


def test_running_out_of_time_says_how_to_go_on(lease, run_module, sim, clock):
    sim.settings(action_seconds=100)
    ran = lease(wait_timeout=30)
    number = sim.world.actions[AWESOME_APP][0]["id"]
    assert ran.result["failed"]
    assert f"action {number} (open_lease) has not ended within 30 seconds" in ran.result["msg"]
    assert f"c66_action_info with stack: {AWESOME_APP}, action_id: {number} and wait: true" in ran.result["msg"]
    assert clock.elapsed == pytest.approx(30)
    # And so one does.
    watched = run_module("c66_action_info", stack=AWESOME_APP, action_id=number, wait=True)
    [action] = watched.result["actions"]
    assert action["finished_success"] is True
    assert not watched.result["changed"]
    assert len(posts(sim)) == 1


# While it waits


@pytest.mark.parametrize("kind", ["reset", "html", "cut", "bad_json", "empty", "unavailable", "too_many"])
def test_what_goes_wrong_while_it_waits_is_asked_again(lease, rules, sim, kind):
    fault = sim.fault(kind, method="GET", path="/stacks/*/actions/*", times=3)
    ran = lease()
    assert fault.hits == 3
    assert ran.result["action"]["finished_success"] is True
    assert len(rules()) == 1
    assert len(posts(sim)) == 1
    assert any("Asking again" in text for text in ran.logs)


def test_a_connection_that_stays_lost_ends_with_how_to_go_on(lease, sim):
    sim.fault("reset", method="GET", path="/stacks/*/actions/*")
    ran = lease(wait_timeout=60)
    number = sim.world.actions[AWESOME_APP][0]["id"]
    assert ran.result["failed"]
    assert "connection was lost" in ran.result["msg"]
    assert f"action_id: {number} and wait: true" in ran.result["msg"]
    assert len(posts(sim)) == 1


@pytest.mark.parametrize("status", [401, 403, 404])
def test_what_another_question_would_not_mend_ends_at_once(lease, sim, clock, status):
    sim.fault("status", status=status, method="GET", path="/stacks/*/actions/*")
    ran = lease()
    assert ran.result["status"] == status
    assert not clock.pauses


def test_the_intervals_grow_and_are_not_the_same_for_all(lease, sim, clock):
    sim.settings(action_seconds=300)
    lease(wait_interval=2)
    assert 1.8 <= clock.pauses[0] <= 2.2
    assert 13.5 <= clock.pauses[-1] <= 16.5
    assert len(clock.pauses) < 40
    assert len({round(pause % 1, 6) for pause in clock.pauses}) > len(clock.pauses) / 2
    steady = [sum(clock.pauses[start : start + 3]) for start in range(0, 9, 3)]
    assert steady == sorted(steady)


def test_a_long_interval_stays_as_the_user_wishes(lease, sim, clock):
    sim.settings(action_seconds=300)
    lease(wait_interval=40)
    assert all(36 <= pause <= 44 for pause in clock.pauses)


@pytest.fixture
def begun_hour(sim):
    """The hour of the limit has just begun."""
    sim.settings(clock_offset=3600 - sim.world.now() % 3600)


@pytest.mark.parametrize(("left", "least"), [(3000, 1), (100, 32), (3, 54)])
def test_few_requests_left_make_the_intervals_long(lease, sim, begun_hour, clock, left, least):
    sim.settings(action_seconds=200, remaining=left)
    lease(wait_timeout=600)
    assert clock.pauses[0] >= least
    assert max(clock.pauses) <= 66


def test_none_left_is_few_too(lease, sim, begun_hour, clock):
    sim.settings(action_seconds=50, remaining=3)
    sim.fault("throttled", method="GET", path="/stacks/*/actions/*", times=2, skip=1)
    lease(wait_timeout=600)
    assert clock.pauses[1] >= 54


# The answer is lost


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
    """By the time that it began, by Cloud 66's clock."""
    sim.settings(clock_offset=offset)
    sim.fault(kind, method="POST", times=1, **LOST[kind])
    ran = lease(api_retries=3)
    assert ran.result["changed"]
    assert ran.result["action"]["id"] == sim.world.actions[AWESOME_APP][0]["id"]
    assert ran.result["action"]["finished_success"] is True
    assert len(posts(sim)) == 1
    assert len(rules()) == 1


@pytest.mark.parametrize("kind", ["reset", "status", "html", "unavailable"])
def test_what_was_lost_and_not_done_fails_and_is_not_sent_again(lease, rules, sim, clock, kind):
    # A lease of somebody else, an hour ago, is not ours.
    sim.world.start_action(AWESOME_APP, "open_lease", seconds=0)
    sim.settings(clock_offset=3600)
    fault = sim.fault(kind, method="POST")
    ran = lease(api_retries=3)
    assert ran.result["failed"]
    assert fault.hits == len(posts(sim)) == 1
    assert "a lease to the firewall of stack Awesome App" in ran.result["msg"]
    assert (
        f"Not found among the actions of stack Awesome App ({AWESOME_APP}); it is not started again"
        in ran.result["msg"]
    )
    assert sum(clock.pauses) >= 60
    assert not rules()


def test_an_action_that_is_listed_late_is_found(lease, sim):
    """Cloud 66 may be slow to list it."""
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
def test_a_refusal_is_no_lost_answer(lease, sim, clock, kind):
    sim.fault(kind, method="POST", times=1)
    ran = lease()
    assert ran.result["failed"]
    assert len(posts(sim)) == 1
    assert not clock.pauses
    assert "in vain" not in ran.result["msg"]


def test_the_next_hour_is_waited_for_when_it_may_be(lease, rules, sim):
    sim.fault("throttled", method="POST", times=1, retry_after=10)
    assert lease(throttle_wait=60).result["changed"]
    assert len(posts(sim)) == 2
    assert len(rules()) == 1


# What is there already, and what would be


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize("written", [ELSEWHERE, f"{ELSEWHERE}/32"])
def test_a_rule_that_stands_is_no_change(lease, sim, check, written):
    rule = sim.world.add_rule(AWESOME_APP, from_ip=ELSEWHERE, protocol="tcp", port=22)
    ran = lease(from_ip=written, check=check)
    assert ran.result["changed"] is False
    assert ran.result["lease"]["id"] == rule["id"]
    assert ran.result["action"] is None
    assert not posts(sim)


@pytest.mark.parametrize(
    "other",
    [{"port": 2222}, {"protocol": "udp"}, {"from_ip": "198.51.100.8"}, {"to_group_id": 128}, {"to_ip": "10.0.0.1"}],
)
def test_a_rule_that_opens_something_else_does_not_count(lease, sim, other):
    sim.world.add_rule(AWESOME_APP, **{"from_ip": ELSEWHERE, "protocol": "tcp", "port": 22, **other})
    assert lease(from_ip=ELSEWHERE).result["changed"]
    assert len(posts(sim)) == 1


def test_renew_opens_it_once_more(lease, sim):
    sim.world.add_rule(AWESOME_APP, from_ip=ELSEWHERE, protocol="tcp", port=22)
    assert lease(from_ip=ELSEWHERE, renew=True).result["changed"]
    assert len(posts(sim)) == 1


def test_the_second_run_changes_nothing_and_the_callers_own_address_always_does(lease, sim):
    assert lease(from_ip=ELSEWHERE).result["changed"]
    assert not lease(from_ip=ELSEWHERE).result["changed"]
    assert len(posts(sim)) == 1
    assert lease().result["changed"]
    assert lease().result["changed"]
    assert len(posts(sim)) == 3


def test_a_lease_that_has_ended_is_opened_anew(lease, sim):
    lease(from_ip=ELSEWHERE, ttl=10)
    sim.settings(clock_offset=sim.world.settings.clock_offset + 700)
    assert lease(from_ip=ELSEWHERE, ttl=10).result["changed"]


@pytest.mark.parametrize("address", ["AUTO", ELSEWHERE])
def test_check_mode_sends_nothing_and_says_what_would_be(lease, sim, address):
    predicted = lease(from_ip=address, check=True).result
    assert not sim.writes
    done = lease(from_ip=address).result
    assert (predicted["changed"], done["changed"]) == (True, True)
    assert predicted["lease"] == done["lease"]
    assert predicted["action"] is None


def test_a_scope_that_is_missing_is_named(lease, sim):
    ran = lease(api_token=PUBLIC_TOKEN)
    assert ran.result["status"] == 403
    assert "lacks the scope admin" in ran.result["msg"]
    assert len(posts(sim)) == 1
    assert "lacks the scope admin" in lease(api_token=PUBLIC_TOKEN, from_ip=ELSEWHERE).result["msg"]


@pytest.mark.parametrize(("stack", "message"), [("Nobody", "There is no stack"), ("0" * 32, "There is no stack")])
def test_a_stack_that_is_not_there_is_said(lease, sim, stack, message):
    assert message in lease(stack=stack).result["msg"]
    assert not posts(sim)
