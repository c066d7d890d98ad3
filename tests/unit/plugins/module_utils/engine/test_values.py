# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A write whose answer is lost is settled: it is sent again only if it had no effect."""

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
# Module, its options, and the method of its only write.
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
    return [write for write in sim.writes if write.applied]


@pytest.mark.parametrize("fault", LOST, ids=lambda fault: fault["kind"])
@pytest.mark.parametrize("visible", ["start", "end"])
def test_an_applied_write_is_found_and_not_sent_again(task, sim, fault, visible):
    sim.settings(async_visible=visible)
    struck = sim.fault(method=task.method, times=1, **fault)
    run = task()
    assert struck.hits == 1
    assert run.result["changed"], run.result
    assert len(sim.writes) == 1
    assert not task().result["changed"]


@pytest.mark.parametrize("fault", NOT_DONE, ids=lambda fault: fault["kind"])
def test_a_write_without_effect_is_sent_again_after_a_minute(task, sim, clock, fault):
    struck = sim.fault(method=task.method, times=1, **fault)
    run = task()
    assert struck.hits == 1
    assert run.result["changed"], run.result
    assert [write.applied for write in sim.writes] == [False, True]
    assert 60 <= clock.elapsed < 70
    assert not task().result["changed"]


@pytest.mark.parametrize("fault", NOT_DONE, ids=lambda fault: fault["kind"])
def test_a_write_is_sent_at_most_twice(task, sim, clock, fault):
    sim.fault(method=task.method, **fault)
    run = task()
    assert run.result["failed"]
    assert len(sim.writes) == 2
    assert 120 <= clock.elapsed < 130
    assert "may have been applied" in run.result["msg"]


def test_an_empty_answer_is_sufficient(task, sim):
    """The effect shows that it was applied."""
    sim.fault("empty", method=task.method)
    run = task()
    assert run.result["changed"]
    assert run.result["actions"] == []
    assert len(sim.writes) == 1


@pytest.mark.parametrize("offset", [-5000, 0, 5000])
def test_a_lost_long_action_is_waited_for(task, sim, clock, offset):
    """Its action is found by its start time, by Cloud 66's clock."""
    sim.settings(action_seconds=300, clock_offset=offset)
    sim.fault("reset_after", method=task.method, times=1)
    run = task()
    assert run.result["changed"], run.result
    assert len(sim.writes) == 1
    assert (clock.elapsed >= 300) == task.starts


def test_a_failed_action_without_effect_fails_the_task(task, sim):
    sim.settings(action_failure="The agent is away")
    sim.fault("reset_after", method=task.method, times=1)
    run = task()
    assert len(sim.writes) == 1
    if task.starts:
        assert "no effect is visible" in run.result["msg"]
        assert run.result["msg"].endswith(" failed: The agent is away")
    else:
        assert run.result["changed"]


def test_the_failure_of_another_action_is_ignored(task, sim, clock):
    sim.fault("reset_after", method=task.method, times=1)
    # It begins in the same second, and ends after the effect is visible.
    sim.world.start_action(AWESOME_APP, "application_deployment", seconds=1, failure="The disk is full")
    run = task()
    assert run.result["changed"], run.result
    assert len(sim.writes) == 1


def test_a_rejected_second_write_may_mean_that_the_first_was_applied(run_module, sim, values):
    """Cloud 66 may be slow to begin."""
    sim.settings(action_seconds=61)
    sim.fault("reset_after", method="POST", times=1)
    empty = {"body": {"response": [], "count": 0, "pagination": {"next": None, "current": 1}}}
    sim.fault("wrong_type", method="GET", path="*/actions", **empty)
    run = run_module("c66_env_var", stack="Awesome App", key="COLOUR", value="red")
    assert run.result["changed"], run.result
    assert [write.status for write in sim.writes if write.status] == [409]
    assert values()["COLOUR"] == "red"


@pytest.mark.parametrize("kind", ["throttled", "not_implemented"])
def test_a_rejection_is_not_a_lost_answer(task, sim, clock, kind):
    sim.fault(kind, method=task.method)
    assert task().result["failed"]
    assert len(sim.writes) == 1
    assert not clock.pauses


def test_without_wait_a_lost_answer_is_still_settled(task, sim):
    sim.fault("reset_after", method=task.method, times=1)
    run = task(wait=False)
    assert run.result["changed"]
    assert len(sim.writes) == 1


@pytest.mark.parametrize("kind", ["reset", "html", "empty", "bad_json"])
def test_failed_reads_after_the_write_are_retried(task, sim, kind):
    task(check=True)
    fault = sim.fault(kind, method="GET", skip=len(sim.requests), times=3)
    assert task().result["changed"]
    assert fault.hits == 3
    assert len(sim.writes) == 1
