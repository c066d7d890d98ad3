# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_service: exactly so many containers on each server or group, or none."""

from __future__ import annotations

from collections import Counter

import pytest
from simulator.seed import PUBLIC_TOKEN, STOREFRONT
from unit.fixtures.writes import LOST


@pytest.fixture
def service(run_module, sim):
    sim.settings(action_seconds=1)
    return lambda **args: run_module("c66_service", stack="Storefront", service="web", diff=True, **args)


@pytest.fixture
def running(sim):
    """How many containers of `web` run on each server."""

    def read():
        sim.world.settle()
        [service] = [row for row in sim.world.services[STOREFRONT] if row["name"] == "web"]
        return dict(Counter(row["server_name"] for row in service["containers"]))

    return read


def test_scale_twice(service, running, sent):
    first, second = service(servers={"Lion": 3}), service(servers={"Lion": 3})
    assert (first.result["changed"], second.result["changed"]) == (True, False)
    assert running() == {"Lion": 3, "Caribou": 1}
    assert first.result["changes"] == {"added": [], "changed": ["Lion"], "removed": []}
    assert [(row["name"], row["count"]) for row in first.result["scale"]] == [("Lion", 3)]
    assert (first.result["diff"]["before"], first.result["diff"]["after"]) == ({"Lion": 1}, {"Lion": 3})
    assert second.result["scale"] == first.result["scale"]
    assert len(sent()) == 1


@pytest.mark.parametrize("others", ["keep", "stop"])
def test_other_servers_keep_their_numbers(sim, service, running, others):
    """Whatever Cloud 66 does to servers that the call leaves out."""
    sim.settings(scale_others=others)
    service(servers={"Otter": 2})
    assert running() == {"Lion": 1, "Caribou": 1, "Otter": 2}


def test_down_to_nothing(service, running):
    assert service(servers={"Lion": 0, "Caribou": 0}).result["changed"]
    assert running() == {}
    assert not service(servers={"Lion": 0}).result["changed"]


def test_a_group(service, running, sent):
    assert service(groups={"Docker Server": 2}).result["changed"]
    assert running() == {"Lion": 2, "Caribou": 1}
    assert not service(groups={"docker server": 2}).result["changed"]
    [(method, path, body)] = sent()
    assert (method, path) == ("POST", "services")
    assert body == {"service_name": "web", "server_group_count": {"Docker Server": 2}}


def test_on_kubernetes(sim, service, sent):
    """With one group, the wanted replicas count, and not what runs."""
    stack = sim.world.stack(STOREFRONT)
    stack["framework"] = "kubernetes"
    sim.world.server_groups[STOREFRONT] = sim.world.server_groups[STOREFRONT][:1]
    sim.world.services[STOREFRONT][1]["desired_count"] = 3
    assert not service(groups={"Docker Server": 3}).result["changed"]
    assert service(groups={"Docker Server": 4}).result["changed"]
    assert len(sent()) == 1


def test_stop_twice(service, running, sent):
    first, second = service(state="stopped"), service(state="stopped")
    assert (first.result["changed"], second.result["changed"]) == (True, False)
    assert running() == {}
    assert [(method, path) for method, path, _body in sent()] == [("DELETE", "web")]


def test_stop_on_one_server(service, running):
    assert service(state="stopped", server="Lion").result["changed"]
    assert running() == {"Caribou": 1}


@pytest.mark.parametrize("args", [{"servers": {"Lion": 2}}, {"groups": {"Docker Server": 0}}, {"state": "stopped"}])
def test_check_mode_predicts_the_change_and_sends_no_write(sim, service, args):
    check = service(check=True, **args).result
    assert not sim.writes
    real = service(**args).result
    for name in ("changed", "changes", "diff", "scale"):
        assert check[name] == real[name]


def test_containers_that_show_late_are_waited_for(sim, service, running):
    sim.settings(containers_show_after=40)
    assert service(servers={"Lion": 2}).result["changed"]
    assert running()["Lion"] == 2


@pytest.mark.parametrize(("kind", "options", "applied"), LOST)
def test_a_lost_answer(sim, service, running, sent, kind, options, applied):
    sim.fault(kind, method="POST", times=1, **options)
    assert service(servers={"Lion": 2}).result["changed"]
    assert running()["Lion"] == 2
    assert len([one for one in sim.world.actions[STOREFRONT] if one["action"] == "scale_service"]) == 1


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"servers": {"Lyon": 1}}, "Nothing that service web of stack Storefront can run on matches 'Lyon'. Did you"),
        ({"groups": {"Docker": 1}}, "matches 'Docker'. Did you mean Docker Server"),
        ({"servers": {"Lion": -1}}, "servers: Lion must be a whole number, 0 or more."),
        ({"servers": {"Lion": "two"}}, "servers: Lion must be a whole number, 0 or more."),
    ],
)
def test_bad_numbers_and_names(sim, service, args, message):
    result = service(**args).result
    assert message in result["msg"]
    assert not sim.writes


def test_an_unknown_service(run_module, sim):
    result = run_module("c66_service", stack="Storefront", service="wep", servers={"Lion": 1}).result
    assert result["msg"] == "No service of stack Storefront matches 'wep'. Did you mean web?"
    result = run_module("c66_service", stack="Storefront", service="WEB", servers={"Lion": 1}).result
    assert result["msg"] == "The service is called web, not WEB."


def test_a_failed_action(sim, service):
    sim.settings(action_failure="No capacity")
    result = service(servers={"Lion": 2}).result
    assert result["failed"]
    assert result["changed"]
    assert "No capacity" in result["msg"]


def test_without_the_scope(run_module):
    args = {"stack": "Storefront", "service": "web", "servers": {"Lion": 2}}
    result = run_module("c66_service", api_token=PUBLIC_TOKEN, **args).result
    assert "the scope admin" in result["msg"]
    assert not result["changed"]


def test_services_with_words(run_module, sim):
    rows = run_module("c66_service_info", stack="Storefront").result["services"]
    assert [row["name"] for row in rows] == ["api", "web", "worker"]
    assert rows[1]["containers"][0]["health_state_name"] == "UP"
    [row] = run_module("c66_service_info", stack="Storefront", service="api").result["services"]
    assert row["name"] == "api"


@pytest.mark.parametrize("args", [{"servers": {"Lion": 0}}, {"groups": {"Web": 3}}])
def test_stopping_takes_no_numbers(sim, service, args):
    result = service(state="stopped", **args).result
    assert "is only for state: present" in result["msg"]
    assert sim.writes == []
