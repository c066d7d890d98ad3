# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_server_info: the servers of stacks."""

from __future__ import annotations

import pytest

AWESOME, STOREFRONT = "5999b763474b0eafa5fafb64bff0ba80", "f196c5b41758cb7977620d49eb1492ef"
CARIBOU = "f8468fc145ea49bac474b30a8fea888d"


@pytest.fixture
def servers(run_module):
    return lambda **args: run_module("c66_server_info", **args).result["servers"]


def uids(rows):
    return [row["uid"] for row in rows]


@pytest.mark.parametrize("workers", [0, -1, 65])
def test_invalid_workers(sim, run_module, workers):
    result = run_module("c66_server_info", workers=workers).result
    assert (result["failed"], result["msg"]) == (True, f"workers must be from 1 to 64, not {workers}.")
    assert not sim.requests


@pytest.mark.parametrize("workers", [1, 8])
def test_all(sim, servers, workers):
    rows = servers(workers=workers)
    assert uids(rows) == [row["uid"] for stack in sim.world.stacks for row in sim.world.servers[stack["uid"]]]
    assert {(row["stack_uid"], row["stack_name"], row["environment"]) for row in rows} == {
        (AWESOME, "Awesome App", "production"),
        (STOREFRONT, "Storefront", "staging"),
    }
    assert rows[0]["health_state_name"] == "ok"
    assert len(sim.requests) == 1 + len(sim.world.stacks)


@pytest.mark.parametrize(
    ("stack", "count"),
    [
        ("Storefront", 5),
        (AWESOME, 2),
        ([STOREFRONT, AWESOME], 7),
        (["Storefront", STOREFRONT, "storefront"], 5),
        ([], 0),
    ],
)
def test_some(servers, stack, count):
    assert len(servers(stack=stack)) == count


def test_many_named_stacks_are_looked_up_in_the_list(sim, servers):
    """A page of the list costs one request, not one for each stack."""
    stacks = [sim.world.add_stack(1)["uid"] for _number in range(40)]
    assert [row["stack_uid"] for row in servers(stack=[*stacks, "Awesome App"])][:40] == stacks
    assert sum("/servers" not in request.path for request in sim.requests) == 2 + 1


def test_servers_are_in_the_order_of_their_stacks(servers):
    rows = servers(stack=["Storefront", "Awesome App"])
    assert [row["stack_name"] for row in rows] == ["Storefront"] * 5 + ["Awesome App"] * 2


def test_a_missing_stack(sim, run_module):
    result = run_module("c66_server_info", stack=["Storefront", "Nothing"], skip_failed=True).result
    assert result["failed"]
    assert "No stack matches 'Nothing'" in result["msg"]
    assert "failed_stacks" not in result
    assert all(not request.path.endswith("/servers") for request in sim.requests)


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({"server": "Caribou", "stack": "Awesome App"}, ["Caribou"]),
        ({"server": CARIBOU}, ["Caribou"]),
        ({"server": [CARIBOU, "Otter", "Nobody"]}, ["Caribou", "Otter"]),
        ({"role": "elasticsearch"}, ["Caribou"]),
        ({"role": "elastic"}, []),
        ({"group": 128, "stack": "Awesome App"}, ["Lion"]),
        ({"group": 999}, []),
    ],
)
def test_filters(servers, filters, names):
    assert [row["name"] for row in servers(**filters)] == names


# Private keys


def test_no_private_key_by_default(sim, run_module):
    """Even if Cloud 66 sends keys with the list."""
    sim.world.servers[AWESOME][0]["ssh_private_key"] = "-----BEGIN KEY-----"
    run = run_module("c66_server_info", stack="Awesome App")
    assert all("ssh_private_key" not in row for row in run.result["servers"])
    assert "-----BEGIN KEY-----" in run.secrets


def test_private_keys(sim, run_module):
    """They are requested, so they must not be hidden."""
    run = run_module("c66_server_info", stack="Awesome App", include_private_key=True)
    keys = [row["ssh_private_key"] for row in run.result["servers"]]
    assert all(key.startswith("-----BEGIN RSA PRIVATE KEY-----\n") for key in keys)
    assert len(set(keys)) == 2
    assert not run.secrets & set(keys)
    requests = [request for request in sim.requests if request.query]
    assert [request.query for request in requests if "filter" not in request.query] == ["include_private_key=1"] * 2


def test_a_private_key_that_cannot_be_read(sim, run_module):
    sim.fault("status", status=403, path="/stacks/*/servers/*")
    result = run_module("c66_server_info", stack="Awesome App", include_private_key=True, workers=1).result
    assert result["msg"].startswith("Cannot read the private key of server Lion: Cloud 66 answered 403")


# Failed stacks


def test_a_failed_stack_is_named(sim, run_module):
    sim.fault("status", status=500, path=f"/stacks/{STOREFRONT}/servers")
    result = run_module("c66_server_info", api_retries=1).result
    assert result["failed"]
    assert result["msg"].startswith(
        f"Cannot read the servers of stack Storefront (staging, {STOREFRONT}): Cloud 66 answered 500"
    )


@pytest.mark.parametrize("kind", ["html", "reset", "repeat_page", "not_implemented"])
def test_skip_failed(sim, run_module, kind):
    sim.fault(kind, path=f"/stacks/{STOREFRONT}/servers")
    run = run_module("c66_server_info", api_retries=1, skip_failed=True)
    assert {row["stack_uid"] for row in run.result["servers"]} == {AWESOME}
    (failed,) = run.result["failed_stacks"]
    assert (failed["stack_uid"], failed["stack_name"], failed["environment"]) == (STOREFRONT, "Storefront", "staging")
    assert failed["msg"].startswith("Cannot read the servers of stack Storefront")
    assert run.warnings == [f"The servers of stack Storefront (staging, {STOREFRONT}) were skipped: {failed['msg']}"]


def test_nothing_failed(run_module):
    assert run_module("c66_server_info", skip_failed=True).result["failed_stacks"] == []


@pytest.mark.parametrize(
    ("kind", "options"), [("status", {"status": 401}), ("throttled", {}), ("too_many", {}), ("status", {"status": 503})]
)
def test_errors_that_affect_every_stack_are_never_skipped(sim, run_module, kind, options):
    sim.fault(kind, path=f"/stacks/{STOREFRONT}/servers", **options)
    result = run_module("c66_server_info", skip_failed=True).result
    assert result["failed"]
    assert "servers" not in result


def test_only_the_servers_of_an_environment(run_module, sim):
    every = run_module("c66_server_info").result["servers"]
    expected = [row["uid"] for row in every if row["environment"] == "staging"]
    assert expected
    assert [row["uid"] for row in run_module("c66_server_info", environment="staging").result["servers"]] == expected
    named = run_module("c66_server_info", stack=["Storefront"], environment="staging")
    assert {row["stack_name"] for row in named.result["servers"]} == {"Storefront"}
    wrong = run_module("c66_server_info", stack=["Storefront"], environment="production")
    assert "is not in the environment production" in wrong.result["msg"]
