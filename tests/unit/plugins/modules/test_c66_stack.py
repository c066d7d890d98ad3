# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stack is created once, and known by its name and environment."""

from __future__ import annotations

import pytest
from simulator.seed import AWESOME_APP, PUBLIC_TOKEN

SERVICES = "services: {web: {image: nginx}}"
OWN = {"cloud": "digitalocean", "region": "ams3", "size": "2gb", "build_type": "multi"}


@pytest.fixture
def create(run_module):
    def call(**args):
        given = {"name": "shop", "environment": "production", "service_yaml": SERVICES, **OWN, **args}
        return run_module("c66_stack", **{name: value for name, value in given.items() if value is not None})

    return call


@pytest.fixture
def shops(sim):
    """The stacks of this name."""

    def look():
        sim.world.settle()
        return [row for row in sim.world.stacks if row["name"] == "shop"]

    return look


def test_a_stack_is_built_when_the_task_ends(create, shops, sim, bodies):
    ran = create(diff=True)
    assert ran.result["changed"], ran.result
    [row] = shops()
    stack = ran.result["stack"]
    assert (stack["uid"], stack["status_name"], stack["health_name"]) == (row["uid"], "success", "ok")
    assert "redeploy_hook" not in stack
    action = ran.result["action"]
    assert (action["action"], action["stack_uid"], action["finished_success"]) == ("stack_create", row["uid"], True)
    assert bodies() == [{"name": "shop", "environment": "production", "service_yaml": SERVICES, **OWN}]
    assert ran.result["diff"]["before"] == {}
    assert ran.result["diff"]["after"] == {"name": "shop", "environment": "production", **OWN}
    assert ran.notices[0] == f"Action {action['id']} (stack_create) of stack shop (production) has begun"


def test_a_manifest_says_it_all(create, bodies):
    given = {**dict.fromkeys(OWN, ""), "build_type": None, "manifest_yaml": "production: {}", "key_name": "Default"}
    assert create(**given).result["changed"]
    assert bodies() == [
        {
            "name": "shop",
            "environment": "production",
            "service_yaml": SERVICES,
            "manifest_yaml": "production: {}",
            "key_name": "Default",
        }
    ]


@pytest.mark.parametrize("check", [False, True])
def test_a_second_run_changes_nothing(create, shops, sim, check):
    done = create().result
    again = create(check=check, diff=True, size="4gb", service_yaml=None)
    assert again.result["changed"] is False
    assert again.result["stack"] == done["stack"]
    assert again.result["action"] is None
    assert again.result["diff"]["before"] == again.result["diff"]["after"] == {}
    assert len(sim.writes) == len(shops()) == 1


def test_another_environment_is_another_stack(create, shops):
    create()
    assert create(environment="staging").result["changed"]
    assert create(name="Shop").result["changed"]
    assert [row["environment"] for row in shops()] == ["production", "staging"]


def test_check_mode_predicts_and_sends_nothing(create, sim):
    predicted = create(check=True, diff=True).result
    assert not sim.writes
    done = create(diff=True).result
    assert predicted["changed"] is done["changed"] is True
    assert predicted["diff"] == done["diff"]
    assert predicted["action"] is None
    assert predicted["stack"].items() <= done["stack"].items()


@pytest.mark.parametrize("visible", [0, 3, 100])
@pytest.mark.parametrize("seconds", [1, 200])
def test_it_may_be_listed_late(create, shops, sim, visible, seconds):
    """Also later than it is built."""
    sim.settings(create_visible_seconds=visible, create_seconds=seconds)
    assert create().result["stack"]["status_name"] == "success"
    assert len(shops()) == 1


@pytest.mark.parametrize("match", ["exact", "partial", "ignore"])
def test_filters_may_mean_anything(create, shops, sim, match):
    sim.settings(filter_match=match)
    sim.world.add_stack(name="shop 2", environment="production")
    sim.world.add_stack(name="SHOP", environment="production")
    assert create().result["changed"]
    assert not create().result["changed"]
    assert len(shops()) == 1


def test_without_wait_it_comes_back_when_it_is_listed(create, sim, clock):
    sim.settings(create_seconds=500)
    ran = create(wait=False)
    assert ran.result["changed"]
    assert ran.result["stack"]["status_name"] == "analysing"
    assert ran.result["action"]["finished_at"] is None
    assert ran.result["action"]["stack_uid"] == ran.result["stack"]["uid"]
    assert clock.elapsed < 10


# One that an earlier run has begun


@pytest.mark.parametrize("status", [0, 3, 5, 6])
def test_one_that_is_being_built_is_waited_for(create, sim, status):
    row = sim.world.add_stack(name="shop", environment="production", status=status, health=1)
    sim.world.schedule.at(sim.world.now() + 100, lambda: row.update(status=1, health=3))
    ran = create()
    assert ran.result["changed"] is False
    assert ran.result["stack"]["status_name"] == "success"
    assert not sim.writes


def test_one_between_analysis_and_building_is_waited_for_too(create, sim):
    row = sim.world.add_stack(name="shop", environment="production", status=3, health=1)
    sim.world.schedule.at(sim.world.now() + 10, lambda: row.update(status=4))
    sim.world.schedule.at(sim.world.now() + 100, lambda: row.update(status=1, health=3))
    assert create().result["stack"]["status_name"] == "success"


@pytest.mark.parametrize("modes", [{"check": True}, {"wait": False}])
def test_one_that_is_being_built_is_not_waited_for_otherwise(create, sim, clock, modes):
    sim.world.add_stack(name="shop", environment="production", status=3, health=1)
    ran = create(**modes)
    assert ran.result["changed"] is False
    assert ran.result["stack"]["status_name"] == "analysing"
    assert not clock.pauses


def test_one_that_only_was_analysed_is_not_waited_for(create, sim, clock):
    sim.world.add_stack(name="shop", environment="production", status=4, health=0)
    assert create().result["stack"]["status_name"] == "analysed"
    assert not clock.pauses


def test_one_whose_building_fails_while_it_is_waited_for_is_a_failure(create, sim):
    row = sim.world.add_stack(name="shop", environment="production", status=3, health=1)
    sim.world.schedule.at(sim.world.now() + 100, lambda: row.update(status=7, health=4))
    ran = create()
    assert ran.result["failed"]
    assert ran.result["msg"] == "the stack shop (production) has failed: its status is terminal_failure"
    assert ran.result["stack"]["status_name"] == "terminal_failure"
    again = create()
    assert again.result["changed"] is False
    assert again.warnings == ["The stack shop (production) exists, but its status is terminal_failure."]


def test_running_out_of_time_is_said(create, sim):
    sim.world.add_stack(name="shop", environment="production", status=3, health=1)
    ran = create(wait_timeout=30)
    assert "the stack shop (production) has not ended within 30 seconds (analysing)" in ran.result["msg"]


# Lost answers


@pytest.mark.parametrize("duplicates", ["store", "conflict"])
def test_a_stack_whose_answer_was_lost_is_found(create, shops, sim, lost, duplicates):
    sim.settings(duplicate_stacks=duplicates, create_visible_seconds=20)
    ran = create(api_retries=3)
    assert ran.result["changed"], ran.result
    assert ran.result["stack"]["status_name"] == "success"
    assert ran.result["action"]["finished_success"] is True
    assert lost.hits == len(sim.writes) == len(shops()) == 1


def test_a_stack_that_was_lost_and_not_made_fails_and_is_not_made_again(create, shops, sim, clock, vanished):
    ran = create(api_retries=3)
    assert ran.result["failed"]
    assert vanished.hits == len(sim.writes) == 1
    assert "among the stacks by its name and environment; it is not started again" in ran.result["msg"]
    assert "stack shop (production)" in ran.result["msg"]
    assert sum(clock.pauses) >= 60
    assert not shops()


def test_a_stack_that_shows_without_its_action_is_waited_for(create, shops, sim):
    sim.settings(create_seconds=100)
    sim.fault("reset_after", method="POST", times=1)
    sim.fault("wrong_type", method="GET", path="/stacks/*/actions", body={"response": [], "pagination": {}})
    ran = create()
    assert ran.result["changed"]
    assert ran.result["action"] is None
    assert ran.result["stack"]["status_name"] == "success"


def test_a_new_stack_that_is_never_listed_is_said_with_its_action(create, shops, sim):
    sim.settings(create_visible_seconds=5000, create_seconds=5000)
    for modes in ({"wait_timeout": 100}, {"wait": False}):
        ran = create(**modes)
        assert ran.result["failed"]
        assert "the listing of stack shop (production) has not ended within" in ran.result["msg"]
        assert "check there what becomes of it before starting it again" in ran.result["msg"]
        assert ran.result["action"]["action"] == "stack_create"
        assert ran.result["stack"] is None


# Failures


@pytest.mark.parametrize("as_text", [False, True])
def test_a_failure_carries_the_words_of_cloud_66_and_the_stack(create, sim, as_text):
    sim.settings(action_failure="No such size", success_as_text=as_text)
    ran = create()
    assert ran.result["failed"]
    assert ran.result["msg"].endswith("has failed: No such size")
    assert ran.result["action"]["finished_success"] is False
    assert ran.result["stack"]["status_name"] == "terminal_failure"


@pytest.mark.parametrize(
    ("missing", "told"),
    [
        (["service_yaml"], "creating it also requires service_yaml."),
        (["region", "size"], "creating it also requires either manifest_yaml or region and size."),
        (
            ["service_yaml", *OWN],
            "requires service_yaml and either manifest_yaml or cloud and region and size and build_type",
        ),
    ],
)
@pytest.mark.parametrize("check", [False, True])
def test_what_a_new_stack_needs_is_said(create, sim, missing, told, check):
    ran = create(check=check, **dict.fromkeys(missing))
    assert ran.result["failed"]
    assert "There is no stack shop (production) yet" in ran.result["msg"]
    assert told in ran.result["msg"]
    assert not sim.writes


def test_a_refusal_is_told(create, sim, clock):
    ran = create(service_yaml="a: [1")
    assert ran.result["status"] == 400
    assert not clock.pauses
    ran = create(api_token=PUBLIC_TOKEN)
    assert ran.result["status"] == 403
    assert "lacks the scope redeploy" in ran.result["msg"]


def test_two_of_one_name_are_not_told_from_one_another(create, sim):
    for _number in range(2):
        sim.world.add_stack(name="shop", environment="production")
    ran = create()
    assert "There are 2 stacks shop in the environment production: " in ran.result["msg"]
    assert not sim.writes


def test_an_account_has_its_own_stacks(create, sim, shops):
    create()
    assert create(account_id=207).result["changed"]
    assert not create(account_id=207).result["changed"]
    assert {row["account_id"] for row in shops()} == {139, 207}


# Absent


@pytest.mark.parametrize("check", [False, True])
def test_a_stack_that_is_not_there_is_absent(create, sim, check):
    for _number in range(2):
        ran = create(state="absent", check=check, service_yaml=None)
        assert ran.result["changed"] is False
        assert ran.result["stack"] is ran.result["action"] is None
    assert not sim.writes


@pytest.mark.parametrize("check", [False, True])
def test_a_stack_cannot_be_deleted(create, sim, check):
    ran = create(name="Awesome App", state="absent", check=check)
    assert ran.result["failed"]
    assert "has no call to delete a stack: delete it in Cloud 66's dashboard" in ran.result["msg"]
    assert AWESOME_APP in ran.result["msg"]
    assert not sim.writes
