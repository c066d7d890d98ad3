# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A write whose answer is lost is looked for, and sent once more only where it has had no effect."""

from __future__ import annotations

import pytest
from simulator.seed import AWESOME_APP

LOST = [
    {"kind": "reset_after"},
    {"kind": "cut"},
    {"kind": "bad_json"},
    {"kind": "status", "status": 408, "applied": True},
    {"kind": "html", "applied": True},
    {"kind": "unavailable", "applied": True},
]
NOT_DONE = [
    {"kind": "reset"},
    {"kind": "status", "status": 408},
    {"kind": "html"},
    {"kind": "unavailable"},
    {"kind": "bad_json", "applied": False},
]
# Module, its options, and the method of its one write.
TASKS = {
    "add": ("c66_env_var", {"key": "COLOUR", "value": "red"}, "POST"),
    "change": ("c66_env_var", {"key": "LOG_LEVEL", "value": "debug"}, "PUT"),
    "bulk": ("c66_env_var", {"env_vars": {"LOG_LEVEL": "debug", "COLOUR": "red"}}, "PATCH"),
    "remove": ("c66_env_var", {"key": "LOG_LEVEL", "state": "absent"}, "DELETE"),
    "stack": ("c66_stack_setting", {"settings": {"git.branch": "x"}}, "PUT"),
    "server": ("c66_server_setting", {"server": "Lion", "settings": {"server.name": "x"}}, "PUT"),
    "nginx": ("c66_configuration", {"type": "nginx", "body": "x\n"}, "POST"),
    "service": ("c66_configuration", {"type": "service_yaml", "body": "x: 1\n"}, "POST"),
}


@pytest.fixture(params=TASKS)
def task(request, run_module):
    name, options, method = TASKS[request.param]

    def call(**args):
        return run_module(name, **{"stack": "Awesome App", "api_retries": 3, **options, **args})

    call.method = method
    call.starts = request.param != "service"
    return call


def applied(sim):
    return [one for one in sim.writes if one.applied]


@pytest.mark.parametrize("fault", LOST, ids=lambda one: one["kind"])
@pytest.mark.parametrize("visible", ["start", "end"])
def test_what_was_done_is_found_and_not_sent_again(task, sim, fault, visible):
    sim.settings(async_visible=visible)
    struck = sim.fault(method=task.method, times=1, **fault)
    ran = task()
    assert struck.hits == 1
    assert ran.result["changed"], ran.result
    assert len(sim.writes) == 1
    assert not task().result["changed"]


@pytest.mark.parametrize("fault", NOT_DONE, ids=lambda one: one["kind"])
def test_what_was_not_done_is_sent_once_more_after_a_minute(task, sim, clock, fault):
    struck = sim.fault(method=task.method, times=1, **fault)
    ran = task()
    assert struck.hits == 1
    assert ran.result["changed"], ran.result
    assert [one.applied for one in sim.writes] == [False, True]
    assert 60 <= clock.elapsed < 70
    assert not task().result["changed"]


@pytest.mark.parametrize("fault", NOT_DONE, ids=lambda one: one["kind"])
def test_it_is_sent_no_more_than_twice(task, sim, clock, fault):
    sim.fault(method=task.method, **fault)
    ran = task()
    assert ran.result["failed"]
    assert len(sim.writes) == 2
    assert 120 <= clock.elapsed < 130
    assert "may have been applied" in ran.result["msg"]


def test_an_answer_without_a_body_is_as_good_as_any(task, sim):
    """The effect tells that it is done."""
    sim.fault("empty", method=task.method)
    ran = task()
    assert ran.result["changed"]
    assert ran.result["actions"] == []
    assert len(sim.writes) == 1


@pytest.mark.parametrize("offset", [-5000, 0, 5000])
def test_long_work_whose_answer_was_lost_is_waited_for(task, sim, clock, offset):
    """Its action is found by the time that it began, by Cloud 66's clock."""
    sim.settings(action_seconds=300, clock_offset=offset)
    sim.fault("reset_after", method=task.method, times=1)
    ran = task()
    assert ran.result["changed"], ran.result
    assert len(sim.writes) == 1
    assert (clock.elapsed >= 300) == task.starts


def test_its_failure_counts_where_the_effect_is_missing(task, sim):
    sim.settings(action_failure="The agent is away")
    sim.fault("reset_after", method=task.method, times=1)
    ran = task()
    assert len(sim.writes) == 1
    if task.starts:
        assert "it has had no effect" in ran.result["msg"]
        assert ran.result["msg"].endswith("has failed: The agent is away")
    else:
        assert ran.result["changed"]


def test_the_failure_of_something_else_does_not_count(task, sim, clock):
    sim.fault("reset_after", method=task.method, times=1)
    # It begins in the same second, and ends later than the effect shows.
    sim.world.start_action(AWESOME_APP, "application_deployment", seconds=1, failure="The disk is full")
    ran = task()
    assert ran.result["changed"], ran.result
    assert len(sim.writes) == 1


def test_a_refusal_of_the_second_may_mean_that_the_first_has_come_through(run_module, sim, values):
    """As Cloud 66 may be slow to begin, too."""
    sim.settings(action_seconds=61)
    sim.fault("reset_after", method="POST", times=1)
    nothing = {"body": {"response": [], "count": 0, "pagination": {"next": None, "current": 1}}}
    sim.fault("wrong_type", method="GET", path="*/actions", **nothing)
    ran = run_module("c66_env_var", stack="Awesome App", key="COLOUR", value="red")
    assert ran.result["changed"], ran.result
    assert [one.status for one in sim.writes if one.status] == [409]
    assert values()["COLOUR"] == "red"


@pytest.mark.parametrize("kind", ["throttled", "not_implemented"])
def test_a_refusal_is_no_lost_answer(task, sim, clock, kind):
    sim.fault(kind, method=task.method)
    assert task().result["failed"]
    assert len(sim.writes) == 1
    assert not clock.pauses


def test_without_wait_a_lost_answer_is_looked_for_all_the_same(task, sim):
    sim.fault("reset_after", method=task.method, times=1)
    ran = task(wait=False)
    assert ran.result["changed"]
    assert len(sim.writes) == 1


@pytest.mark.parametrize("kind", ["reset", "html", "empty", "bad_json"])
def test_what_goes_wrong_after_the_write_is_asked_again(task, sim, kind):
    task(check=True)
    fault = sim.fault(kind, method="GET", skip=len(sim.requests), times=3)
    assert task().result["changed"]
    assert fault.hits == 3
    assert len(sim.writes) == 1
