# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_process: so many on each server, paused or running."""

from __future__ import annotations

import pytest
from simulator.seed import AWESOME_APP, PUBLIC_TOKEN
from unit.fixtures.writes import LOST


@pytest.fixture
def process(run_module, sim):
    sim.settings(action_seconds=1)
    return lambda **args: run_module("c66_process", stack="Awesome App", process="worker", diff=True, **args)


@pytest.fixture
def running(sim):
    def read():
        sim.world.settle()
        return sim.world.processes[AWESOME_APP][1]["servers"]

    return read


@pytest.mark.parametrize("keys", ["name", "uid"])
@pytest.mark.parametrize("answer", ["object", "list"])
def test_scale_twice(sim, process, running, sent, keys, answer):
    """Counts are read by the name of a server or by its UID, and written by its UID."""
    sim.settings(process_keys=keys, scale_answer=answer)
    first, second = process(servers={"Caribou": 2}), process(servers={"Caribou": 2})
    assert (first.result["changed"], second.result["changed"]) == (True, False)
    assert running() == {"Lion": 1, "Caribou": 2}
    lion, caribou = (row["uid"] for row in sim.world.servers[AWESOME_APP])
    assert sent() == [("POST", "processes", {"process_name": "worker", "server_count": {lion: 1, caribou: 2}})]
    assert [action["finished_success"] for action in first.result["actions"]] == [True]


@pytest.mark.parametrize("others", ["keep", "stop"])
def test_other_servers_keep_their_numbers(sim, process, running, others):
    sim.settings(scale_others=others)
    process(servers={"Caribou": 1})
    assert running() == {"Lion": 1, "Caribou": 1}


def test_pause_and_resume_twice(sim, process):
    results = [process(state=state).result for state in ("paused", "paused", "running", "running")]
    assert [result["changed"] for result in results] == [True, False, True, False]
    assert results[0]["diff"]["after"] == {"Lion": "paused"}
    assert len(sim.writes) == 2


def test_pausing_on_one_server(sim, process, sent):
    process(servers={"Lion": 1, "Caribou": 1})
    assert process(state="paused", server="Caribou").result["changed"]
    assert sent()[-1][2]["server_uid"] == sim.world.servers[AWESOME_APP][1]["uid"]
    assert sim.world.processes[AWESOME_APP][1]["servers_pauses"] == {"Caribou": 1}


def test_without_pauses_in_the_answers(sim, process):
    """Then each run sends the command, and nothing can be verified."""
    sim.settings(process_pauses=False)
    for _number in range(2):
        result = process(state="paused").result
        assert not result.get("failed")
        assert result["changed"]
    assert len(sim.writes) == 2


@pytest.mark.parametrize("args", [{"servers": {"Lion": 2}}, {"state": "paused"}, {"state": "running"}])
def test_check_mode_predicts_the_change_and_sends_no_write(sim, process, args):
    check = process(check=True, **args).result
    assert not sim.writes
    real = process(**args).result
    for name in ("changed", "changes", "diff"):
        assert check[name] == real[name]


@pytest.mark.parametrize(("kind", "options", "applied"), LOST)
@pytest.mark.parametrize("args", [{"servers": {"Lion": 2}}, {"state": "paused"}])
def test_a_lost_answer(sim, process, kind, options, applied, args):
    sim.fault(kind, method="POST", times=1, **options)
    assert process(**args).result["changed"]
    assert not process(**args).result["changed"]
    actions = [one for one in sim.world.actions[AWESOME_APP] if one["action"] in ("scale_process", "process_pause")]
    assert len(actions) == 1


def test_unknown_names(run_module, sim):
    result = run_module("c66_process", stack="Awesome App", process="workr", servers={"Lion": 1}).result
    assert result["msg"] == "No process of stack Awesome App matches 'workr'. Did you mean worker?"
    result = run_module("c66_process", stack="Awesome App", process="worker", servers={"Lyon": 1}).result
    assert "Did you mean Lion?" in result["msg"]
    assert not sim.writes


def test_without_the_scope(run_module):
    args = {"stack": "Awesome App", "process": "worker", "servers": {"Lion": 2}}
    assert "the scope admin" in run_module("c66_process", api_token=PUBLIC_TOKEN, **args).result["msg"]


def test_processes(run_module):
    rows = run_module("c66_process_info", stack="Awesome App").result["processes"]
    assert [row["name"] for row in rows] == ["scheduler", "worker"]
    [row] = run_module("c66_process_info", stack="Awesome App", process="worker").result["processes"]
    assert row["servers"] == {"Lion": 1}


def test_pausing_takes_no_numbers(sim, process):
    assert "is only for state: present" in process(state="paused", servers={"Caribou": 3}).result["msg"]
    assert sim.writes == []
