# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_job: paused, unpaused, and run now."""

from __future__ import annotations

import pytest
from ansible_collections.cloud66.cloud.plugins.modules import c66_job
from simulator.seed import AWESOME_APP
from unit.fixtures.writes import LOST


@pytest.fixture
def job(run_module, sim):
    sim.settings(action_seconds=1)
    return lambda **args: run_module("c66_job", **{"stack": "Awesome App", "state": "paused", "diff": True, **args})


def paused(sim):
    sim.world.settle()
    return {row["name"]: row["paused"] for row in sim.world.jobs[AWESOME_APP]}


def test_all_jobs(sim, job):
    results = [job(state=state).result for state in ("paused", "paused", "unpaused", "unpaused")]
    assert [result["changed"] for result in results] == [True, False, True, False]
    assert [write.path.rpartition("/")[2] for write in sim.writes] == ["pause_all", "unpause_all"]
    assert paused(sim) == {"cleanup": False, "reports": False}


def test_one_job(sim, job):
    first, second = job(jobs=["cleanup"]), job(jobs=["cleanup"])
    assert (first.result["changed"], second.result["changed"]) == (True, False)
    assert [row["name"] for row in first.result["jobs"]] == ["cleanup"]
    assert first.result["changes"]["changed"] == ["cleanup"]
    assert [first.result["diff"][side] for side in ("before", "after")] == [{"cleanup": False}, {"cleanup": True}]
    assert paused(sim) == {"cleanup": True, "reports": False}
    assert [write.path.rpartition("/")[2] for write in sim.writes] == ["pause"]


def test_without_paused_in_the_answers(sim, job):
    sim.settings(job_paused=False)
    for _number in range(2):
        result = job(jobs=["cleanup"]).result
        assert not result.get("failed")
        assert result["changed"]
    assert paused(sim)["cleanup"]


def test_run_each_time(sim, job):
    for _number in range(2):
        result = job(jobs=["cleanup"], args="--all", state="run").result
        assert (result["changed"], result["job"]["name"]) == (True, "cleanup")
        assert result["action"]["finished_success"]
    runs = [record.notes["job"] for record in sim.requests if record.operation_id == "run_job"]
    assert runs == [("cleanup", "--all")] * 2


@pytest.mark.parametrize("args", [{}, {"jobs": ["reports"]}, {"jobs": ["cleanup"], "state": "run"}])
def test_check_mode_sends_no_write(sim, job, args):
    check = job(check=True, **args).result
    assert not sim.writes
    real = job(**args).result
    assert (check["changed"], check["diff"]) == (real["changed"], real["diff"])


@pytest.mark.parametrize(("kind", "options", "applied"), LOST)
def test_a_lost_pause(sim, job, kind, options, applied):
    sim.fault(kind, method="POST", times=1, **options)
    assert job(jobs=["cleanup"]).result["changed"]
    assert paused(sim)["cleanup"]


@pytest.mark.parametrize(("kind", "options", "applied"), LOST)
def test_a_lost_run_is_not_repeated(sim, job, kind, options, applied):
    """No source says how to tell a run from another one."""
    sim.fault(kind, method="POST", times=1, **options)
    result = job(jobs=["cleanup"], state="run").result
    assert result["failed"]
    assert result["changed"]
    assert "it is not started again" in result["msg"]
    assert len([one for one in sim.world.actions[AWESOME_APP] if one["action"] == "job_run"]) == applied


@pytest.mark.parametrize("state", ["paused", "run"])
def test_an_unknown_job(sim, job, state):
    result = job(jobs=["cleanupp"], state=state).result
    assert result["msg"] == "No job of stack Awesome App matches 'cleanupp'. Did you mean cleanup?"
    assert not sim.writes


def test_a_state_is_required():
    """Without one, and without jobs, it would be too easy to pause all jobs."""
    assert c66_job.MODULE.argument_spec["state"]["required"]
    assert "default" not in c66_job.MODULE.argument_spec["state"]


def test_a_blank_name(sim, job):
    assert job(jobs=[""]).result["msg"] == "The option jobs contains an empty string."
    assert not sim.writes


def test_only_one_can_be_run(sim, job):
    assert job(jobs=["cleanup", "reports"], state="run").result["msg"] == "Only one job can be run at a time."


def test_jobs(run_module, sim):
    sim.world.jobs[AWESOME_APP][0]["status"] = 3
    rows = run_module("c66_job_info", stack="Awesome App").result["jobs"]
    assert [(row["name"], row["status_name"]) for row in rows] == [("cleanup", "failed"), ("reports", "success")]
    assert run_module("c66_job_info", stack="Awesome App", paused=True).result["jobs"] == []
    [row] = run_module("c66_job_info", stack="Awesome App", job_id=rows[0]["uid"]).result["jobs"]
    assert row["name"] == "cleanup"


def test_server_groups(run_module):
    rows = run_module("c66_server_group_info", stack="Storefront", type="docker").result["server_groups"]
    assert [row["name"] for row in rows] == ["Docker Server", "Docker Server 2"]
    [row] = run_module("c66_server_group_info", stack="Storefront", group_id=130).result["server_groups"]
    assert row["name"] == "Mysql Server"
