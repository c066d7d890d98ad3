# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_stack_info: how a stack is named and found."""

from __future__ import annotations

import pytest

AWESOME, STOREFRONT = "5999b763474b0eafa5fafb64bff0ba80", "f196c5b41758cb7977620d49eb1492ef"


@pytest.fixture
def stacks(run_module):
    """The names of the stacks that the options find, or the message of the failure."""

    def find(**args):
        result = run_module("c66_stack_info", **args).result
        return result["msg"] if result.get("failed") else [row["name"] for row in result["stacks"]]

    return find


def twins(sim):
    """Two stacks with the same name, in production and in staging."""
    return [
        sim.world.add_stack(name="twin-app", environment=environment)["uid"]
        for environment in ("production", "staging")
    ]


def test_all(sim, run_module):
    run = run_module("c66_stack_info")
    assert [row["uid"] for row in run.result["stacks"]] == [row["uid"] for row in sim.world.stacks]
    first = run.result["stacks"][0]
    assert (first["status"], first["status_name"], first["health"], first["health_name"]) == (1, "success", 3, "ok")
    assert run.result["api"] == {"requests": 1, "retries": 0, "rate_limit": {"limit": 3000, "remaining": 2999}}
    assert not run.result["changed"]


def test_the_redeploy_hook_is_a_secret(sim, run_module):
    run = run_module("c66_stack_info")
    hooks = {row["redeploy_hook"] for row in sim.world.stacks}
    assert hooks <= run.secrets
    assert "redeploy" not in str(run.result)


@pytest.mark.parametrize("wanted", [STOREFRONT, STOREFRONT.upper()])
def test_by_uid(sim, stacks, wanted):
    assert stacks(stack=wanted) == ["Storefront"]
    assert [request.path for request in sim.requests] == [f"/api/3/stacks/{STOREFRONT}"]


@pytest.mark.parametrize("wanted", ["Storefront", "storefront", "STOREFRONT"])
@pytest.mark.parametrize("filter_match", ["exact", "partial", "ignore"])
def test_by_name(sim, stacks, wanted, filter_match):
    """Whichever way Cloud 66 compares."""
    sim.world.add_stack(name="Storefront 2")
    sim.settings(filter_match=filter_match)
    assert stacks(stack=wanted) == ["Storefront"]


def test_an_exact_name_wins(sim, stacks):
    sim.world.add_stack(name="storefront")
    assert stacks(stack="storefront") == ["storefront"]
    assert stacks(stack="Storefront") == ["Storefront"]
    assert stacks(stack="STOREFRONT").startswith("2 stacks are named STOREFRONT: ")


def test_an_exact_name_wins_if_the_filter_finds_nothing(sim, stacks):
    sim.world.add_stack(name="storefront")
    sim.fault("wrong_type", times=1, body={"response": [], "count": 0})
    assert stacks(stack="storefront") == ["storefront"]


def test_a_name_of_32_hex_digits(sim, stacks):
    sim.world.add_stack(name="d" * 32)
    assert stacks(stack="d" * 32) == ["d" * 32]


def test_an_empty_result_for_a_name_is_confirmed(sim, stacks):
    """A filter without results may be one that Cloud 66 does not support."""
    sim.fault("wrong_type", times=1, body={"response": [], "count": 0})
    assert stacks(stack="Storefront") == ["Storefront"]
    assert [request.query for request in sim.requests] == ["filter_name=Storefront", ""]


@pytest.mark.parametrize("wanted", ["Nothing", "e" * 32, "../users"])
def test_not_found(stacks, wanted):
    message = stacks(stack=wanted)
    assert message.startswith(f"No stack matches {wanted!r}, or")
    assert "c66_stack_info lists all visible stacks" in message


@pytest.mark.parametrize(("wanted", "near"), [("Store", "Storefront"), ("awsome app", "Awesome App")])
def test_near_matches(stacks, wanted, near):
    assert stacks(stack=wanted).endswith(f"Did you mean {near}?")


@pytest.mark.parametrize("wanted", ["", "  "])
def test_an_empty_name(sim, stacks, wanted):
    assert stacks(stack=wanted) == "The option stack is empty."
    assert sim.requests == []


@pytest.mark.parametrize("health", ["ok", "3"])
def test_filters_on_codes(run_module, health):
    every = run_module("c66_stack_info").result["stacks"]
    found = run_module("c66_stack_info", health=health).result["stacks"]
    assert found == [row for row in every if row["health_name"] == "ok"]
    assert run_module("c66_stack_info", status="deploying").result["stacks"] == []


def test_only_some_fields(run_module):
    run = run_module("c66_stack_info", fields=["name", "health_name"])
    assert run.warnings == []
    assert {"name": "Storefront", "health_name": "ok"} in run.result["stacks"]


def test_a_field_that_does_not_exist(run_module):
    run = run_module("c66_stack_info", fields=["name", "helth_name"])
    assert run.warnings == ["No row has the field helth_name. Did you mean health_name or health?"]
    assert all(set(row) == {"name"} for row in run.result["stacks"])


def test_equal_names(sim, stacks):
    production, staging = twins(sim)
    message = stacks(stack="twin-app")
    assert message == (
        f"2 stacks are named twin-app: {production} (production); {staging} (staging)."
        " Specify one by its UID or by environment."
    )


@pytest.mark.parametrize("number", [0, 1])
def test_the_environment_selects_one(sim, run_module, number):
    wanted = twins(sim)[number]
    run = run_module("c66_stack_info", stack="twin-app", environment=("production", "staging")[number])
    assert [row["uid"] for row in run.result["stacks"]] == [wanted]


@pytest.mark.parametrize("wanted", ["twin-app", "uid"])
def test_another_environment(sim, stacks, wanted):
    uids = twins(sim)
    places = "production, staging" if wanted == "twin-app" else "production"
    wanted = uids[0] if wanted == "uid" else wanted
    message = stacks(stack=wanted, environment="development")
    assert message == f"Stack {wanted} is not in the environment development, but in {places}."


def test_errors_other_than_404_are_reported(sim, stacks):
    sim.fault("status", status=403)
    message = stacks(stack=STOREFRONT)
    assert message.startswith(f"Cannot read stack {STOREFRONT}: Cloud 66 answered 403")
    assert "lacks the scope public" in message
    assert len(sim.requests) == 1


# Filters

FOUND = [
    ({"environment": "staging"}, ["Storefront"]),
    ({"name": "Awesome App"}, ["Awesome App"]),
    ({"name": "awesome app"}, []),
    ({"name": "Nothing"}, []),
    ({"name": ""}, []),
    ({"git_repo": "http://github.com/cloud66-samples/awesome-app.git"}, ["Awesome App"]),
    ({"git_branch": "fig", "environment": "production"}, ["Awesome App"]),
    ({"git_branch": "fig", "environment": "staging"}, []),
]


@pytest.mark.parametrize(("filters", "names"), FOUND)
@pytest.mark.parametrize("filter_match", ["exact", "partial", "ignore"])
def test_filters_are_exact_however_cloud_66_compares(sim, stacks, filters, names, filter_match):
    sim.settings(filter_match=filter_match)
    assert stacks(**filters) == names


def test_filters_are_sent_and_an_empty_result_is_confirmed(sim, stacks):
    stacks(environment="staging")
    assert [request.query for request in sim.requests] == ["filter_environment=staging"]
    stacks(environment="nowhere")
    assert [request.query for request in sim.requests][1:] == ["filter_environment=nowhere", ""]


def test_only_the_stacks_of_an_account(stacks):
    assert stacks(account_id=207) == ["Ledger"]


@pytest.mark.parametrize("module", ["c66_stack_info", "c66_server_info", "c66_backup_info"])
def test_an_environment_without_stacks(run_module, module):
    run = run_module(module, environment="prod")
    assert run.warnings == ["No stack is in the environment 'prod'. Did you mean production?"]
    assert not run.result.get("failed")
