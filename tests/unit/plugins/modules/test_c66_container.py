# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_container: stopped or restarted, and never with its environment."""

from __future__ import annotations

import pytest
from simulator.seed import PUBLIC_TOKEN, STOREFRONT
from unit.fixtures.writes import LOST


@pytest.fixture
def uid(sim):
    sim.settings(action_seconds=1)
    return sim.world.services[STOREFRONT][1]["containers"][0]["uid"]


@pytest.fixture
def container(run_module, sim):
    def call(name, **args):
        given = {"stack": "Storefront", "container": name, "state": "stopped", "diff": True}
        return run_module("c66_container", **{**given, **args})

    return call


def listed(sim):
    sim.world.settle()
    return [row["uid"] for row in sim.world.services[STOREFRONT][1]["containers"]]


def test_stop_twice(sim, container, uid):
    first, second = container(uid), container(uid)
    assert (first.result["changed"], second.result["changed"]) == (True, False)
    assert uid not in listed(sim)
    assert first.result["changes"]["removed"] == [uid]
    assert first.result["container"] is None
    assert [write.method for write in sim.writes] == ["DELETE"]


def test_the_first_digits_are_enough(sim, container, uid):
    assert container(uid[:12]).result["changed"]
    assert uid not in listed(sim)


def test_check_mode(sim, container, uid):
    assert container(uid, check=True).result["changed"]
    assert not sim.writes
    assert container(uid, state="restarted", check=True).result["changed"]
    assert not sim.writes


def test_restart_each_time(sim, container, uid, sent):
    for _number in range(2):
        result = container(uid, state="restarted").result
        assert (result["changed"], result["container"]["uid"]) == (True, uid)
        assert result["action"]["finished_success"]
    assert {body["container"] for _method, _path, body in sent()} == {uid}
    assert len(sent()) == 2


def test_an_unknown_container_cannot_be_restarted(sim, container):
    result = container("nothing", state="restarted").result
    assert result["msg"].startswith("No container of stack Storefront matches 'nothing'.")
    assert not sim.writes


@pytest.mark.parametrize("kind", ["reset_after", "reset"])
def test_a_lost_stop(sim, container, uid, kind):
    sim.fault(kind, method="DELETE", times=1)
    assert container(uid).result["changed"]
    assert uid not in listed(sim)


@pytest.mark.parametrize(("kind", "options", "applied"), LOST)
def test_a_lost_restart_is_not_repeated(sim, container, uid, kind, options, applied):
    sim.fault(kind, method="POST", times=1, **options)
    result = container(uid, state="restarted").result
    assert bool(result.get("failed")) is not applied
    assert len([one for one in sim.world.actions[STOREFRONT] if one["action"] == "container_restart"]) == applied


def test_containers(run_module, sim, uid):
    def read(**args):
        return run_module("c66_container_info", stack="Storefront", **args).result["containers"]

    assert len(read()) == 2
    assert [row["uid"] for row in read(server="Lion")] == [uid]
    assert read(service="api") == []
    assert "secret-of-a-container" not in str(read())
    assert {request.operation_id for request in sim.requests} <= {"list_stacks", "list_containers"}


def test_without_the_scope(container, uid):
    result = container(uid, api_token=PUBLIC_TOKEN).result
    assert "the scope admin" in result["msg"]


def test_one_container_by_its_uid(sim, run_module, uid):
    result = run_module("c66_container_info", stack="Storefront", uid=uid).result
    assert [(row["uid"], row["stack_uid"]) for row in result["containers"]] == [(uid, STOREFRONT)]
    assert "secret-of-a-container" not in str(result)
    assert "list_containers" not in [request.operation_id for request in sim.requests]


@pytest.mark.parametrize("by_uid", [False, True])
@pytest.mark.parametrize("returned", [False, True])
def test_the_environment_is_read_on_request(sim, run_module, uid, by_uid, returned):
    sim.settings(container_runtime=returned)
    args = {"uid": uid} if by_uid else {"service": sim.world.services[STOREFRONT][1]["name"]}
    result = run_module("c66_container_info", stack="Storefront", include_runtime=True, **args).result
    shown = [row.get("runtime") for row in result["containers"]]
    assert shown
    assert all(row == {"Config": {"Env": ["DATABASE_PASSWORD=secret-of-a-container"]}} for row in shown) is returned


def test_an_unknown_container(run_module):
    result = run_module("c66_container_info", stack="Storefront", uid="0" * 64).result
    assert (result["status"], "container 000000000000 of stack Storefront" in result["msg"]) == (404, True)


def test_one_container_needs_the_scope_admin(run_module, uid):
    result = run_module("c66_container_info", stack="Storefront", uid=uid, api_token=PUBLIC_TOKEN).result
    assert "lacks the scope admin" in result["msg"]
