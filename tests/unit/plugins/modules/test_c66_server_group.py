# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_server_group: exactly so many servers, and never more."""

from __future__ import annotations

import pytest
from simulator.seed import AWESOME_APP, PUBLIC_TOKEN
from unit.fixtures.writes import LOST


@pytest.fixture
def group(run_module, sim):
    sim.settings(action_seconds=1)
    options = {"stack": "Awesome App", "group": "Rails Server", "diff": True}
    return lambda count, **args: run_module("c66_server_group", count=count, **{**options, **args})


def servers(sim):
    sim.world.settle()
    return sum(row["server_group_id"] == 128 for row in sim.world.servers[AWESOME_APP])


def asked(sim):
    return [record.notes["servers"] for record in sim.requests if record.operation_id == "scale_server_group"]


def test_up_and_down_twice(sim, group):
    results = [group(count).result for count in (3, 3, 1, 1)]
    assert [result["changed"] for result in results] == [True, False, True, False]
    assert asked(sim) == [("add", 2), ("keep", 1)]
    assert servers(sim) == 1
    assert (results[0]["diff"]["before"], results[0]["diff"]["after"]) == ({"Rails Server": 1}, {"Rails Server": 3})
    assert results[0]["server_group"]["count"] == 3


def test_the_size_is_that_of_the_group(sim, group, sent):
    group(2)
    assert sent()[0][2]["server_size"] == sim.world.servers[AWESOME_APP][0]["params"]["size"]
    group(3, server_size="8gb", subtype="docker")
    assert (sent()[1][2]["server_size"], sent()[1][2]["subtype"]) == ("8gb", "docker")


def test_new_servers_are_waited_for_until_they_are_healthy(sim, group):
    sim.settings(server_seconds=120)
    result = group(2).result
    assert result["server_group"]["unhealthy"] == []
    sim.settings(server_seconds=10**6)
    result = group(3, wait_timeout=60).result
    assert result["failed"]
    assert result["changed"]
    assert len(result["server_group"]["unhealthy"]) == 1


@pytest.mark.parametrize("count", [0, 1, 3])
def test_check_mode_predicts_the_change_and_sends_no_write(sim, group, count):
    check = group(count, check=True).result
    assert not sim.writes
    real = group(count).result
    for name in ("changed", "changes", "diff"):
        assert check[name] == real[name]


@pytest.mark.parametrize(("kind", "options", "applied"), LOST)
@pytest.mark.parametrize("count", [3, 0])
def test_a_lost_answer_never_overshoots(sim, group, kind, options, applied, count):
    """What was not applied is not sent again, and the next run counts first."""
    sim.fault(kind, method="POST", times=1, **options)
    result = group(count).result
    assert bool(result.get("failed")) is not applied
    assert servers(sim) == (count if applied else 1)
    assert group(count).result["changed"] is not applied
    assert servers(sim) == count


@pytest.mark.parametrize(
    ("count", "args", "message"),
    [
        (100, {}, "has 1 servers, and count is 100: that changes 99, and max_change is 5. Nothing was sent."),
        (-1, {}, "count must be at least 0, not -1."),
        (2, {"group": "Rails Servre"}, "Did you mean Rails Server"),
    ],
)
def test_refusals(sim, group, count, args, message):
    result = group(count, **args).result
    assert message in result["msg"]
    assert not sim.writes


def test_an_empty_group_needs_a_size(sim, group):
    sim.world.server_groups[AWESOME_APP].append({"id": 900, "name": "Empty", "type": "web"})
    result = group(1, group="Empty").result
    assert "set server_size" in result["msg"]
    assert group(1, group="Empty", server_size="2gb").result["changed"]


def test_the_group_of_a_database_needs_a_subtype(sim, group):
    options = {"stack": "Storefront", "group": "Mysql Server"}
    assert "is of the type mysql. Cloud 66 scales groups of" in group(2, **options).result["msg"]
    assert asked(sim) == []


def test_servers_that_came_instead_of_going_are_an_error(sim, group):
    """That a count without a size means the servers to keep is known from one source only."""
    sim.settings(scale_by_size=False)
    group(3)
    result = group(2, wait_timeout=60).result
    assert result["failed"]
    assert result["changed"]
    assert servers(sim) == 5
    assert asked(sim) == [("add", 2), ("keep", 2)]


def test_a_failed_action(sim, group):
    sim.settings(action_failure="No capacity in ams3")
    result = group(2).result
    assert (result["failed"], result["changed"]) == (True, True)
    assert "No capacity in ams3" in result["msg"]


def test_without_the_scope(group):
    assert "the scope redeploy" in group(2, api_token=PUBLIC_TOKEN).result["msg"]
