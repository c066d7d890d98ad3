# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_stack: a stack is created once, and identified by its name and environment."""

from __future__ import annotations

import pytest
import yaml
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
    """The stacks with this name."""

    def read():
        sim.world.settle()
        return [row for row in sim.world.stacks if row["name"] == "shop"]

    return read


def test_a_stack_is_built_when_the_task_ends(create, shops, sim, bodies):
    run = create(diff=True)
    assert run.result["changed"], run.result
    [row] = shops()
    stack = run.result["stack"]
    assert (stack["uid"], stack["status_name"], stack["health_name"]) == (row["uid"], "success", "ok")
    assert "redeploy_hook" not in stack
    action = run.result["action"]
    assert (action["action"], action["stack_uid"], action["finished_success"]) == ("stack_create", row["uid"], True)
    assert bodies() == [{"name": "shop", "environment": "production", "service_yaml": SERVICES, **OWN}]
    assert run.result["diff"]["before"] == {}
    assert run.result["diff"]["after"] == {"name": "shop", "environment": "production", **OWN}
    assert run.notices[0] == f"Action {action['id']} (stack_create) of stack shop (production) has begun"


def test_a_manifest_is_sufficient(create, bodies):
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
    real = create().result
    again = create(check=check, diff=True, size="4gb", service_yaml=None)
    assert again.result["changed"] is False
    assert again.result["stack"] == real["stack"]
    assert again.result["action"] is None
    assert again.result["diff"]["before"] == again.result["diff"]["after"] == {}
    assert len(sim.writes) == len(shops()) == 1


def test_another_environment_is_another_stack(create, shops):
    create()
    assert create(environment="staging").result["changed"]
    assert create(name="Shop").result["changed"]
    assert [row["environment"] for row in shops()] == ["production", "staging"]


def test_check_mode_predicts_the_result_and_sends_nothing(create, sim):
    predicted = create(check=True, diff=True).result
    assert not sim.writes
    real = create(diff=True).result
    assert predicted["changed"] is real["changed"] is True
    assert predicted["diff"] == real["diff"]
    assert predicted["action"] is None
    assert predicted["stack"].items() <= real["stack"].items()


@pytest.mark.parametrize("visible", [0, 3, 100])
@pytest.mark.parametrize("seconds", [1, 200])
def test_a_new_stack_may_be_listed_late(create, shops, sim, visible, seconds):
    """Even after it is built."""
    sim.settings(create_visible_seconds=visible, create_seconds=seconds)
    assert create().result["stack"]["status_name"] == "success"
    assert len(shops()) == 1


@pytest.mark.parametrize("match", ["exact", "partial", "ignore"])
def test_filters_of_cloud_66_are_not_trusted(create, shops, sim, match):
    sim.settings(filter_match=match)
    sim.world.add_stack(name="shop 2", environment="production")
    sim.world.add_stack(name="SHOP", environment="production")
    assert create().result["changed"]
    assert not create().result["changed"]
    assert len(shops()) == 1


def test_without_wait_it_returns_once_the_stack_is_listed(create, sim, clock):
    sim.settings(create_seconds=500)
    run = create(wait=False)
    assert run.result["changed"]
    assert run.result["stack"]["status_name"] == "analysing"
    assert run.result["action"]["finished_at"] is None
    assert run.result["action"]["stack_uid"] == run.result["stack"]["uid"]
    assert clock.elapsed < 10


# A stack from an earlier run


@pytest.mark.parametrize("status", [0, 3, 5, 6])
def test_a_stack_being_built_is_waited_for(create, sim, status):
    row = sim.world.add_stack(name="shop", environment="production", status=status, health=1)
    sim.world.schedule.at(sim.world.now() + 100, lambda: row.update(status=1, health=3))
    run = create()
    assert run.result["changed"] is False
    assert run.result["stack"]["status_name"] == "success"
    assert not sim.writes


def test_a_stack_between_analysis_and_building_is_waited_for(create, sim):
    row = sim.world.add_stack(name="shop", environment="production", status=3, health=1)
    sim.world.schedule.at(sim.world.now() + 10, lambda: row.update(status=4))
    sim.world.schedule.at(sim.world.now() + 100, lambda: row.update(status=1, health=3))
    assert create().result["stack"]["status_name"] == "success"


@pytest.mark.parametrize("modes", [{"check": True}, {"wait": False}])
def test_a_stack_being_built_is_not_waited_for_otherwise(create, sim, clock, modes):
    sim.world.add_stack(name="shop", environment="production", status=3, health=1)
    run = create(**modes)
    assert run.result["changed"] is False
    assert run.result["stack"]["status_name"] == "analysing"
    assert not clock.pauses


def test_an_analysed_stack_is_not_waited_for(create, sim, clock):
    sim.world.add_stack(name="shop", environment="production", status=4, health=0)
    assert create().result["stack"]["status_name"] == "analysed"
    assert not clock.pauses


def test_a_failed_build_is_a_failure(create, sim):
    row = sim.world.add_stack(name="shop", environment="production", status=3, health=1)
    sim.world.schedule.at(sim.world.now() + 100, lambda: row.update(status=7, health=4))
    run = create()
    assert run.result["failed"]
    assert run.result["msg"] == "the stack shop (production) failed: its status is terminal_failure"
    assert run.result["stack"]["status_name"] == "terminal_failure"
    again = create()
    assert again.result["changed"] is False
    assert again.warnings == ["The stack shop (production) exists, but its status is terminal_failure."]


def test_a_timeout_is_an_error(create, sim):
    sim.world.add_stack(name="shop", environment="production", status=3, health=1)
    run = create(wait_timeout=30)
    assert "the stack shop (production) did not end within 30 seconds (analysing)" in run.result["msg"]


# Lost answers


@pytest.mark.parametrize("duplicates", ["store", "conflict"])
def test_a_stack_whose_answer_was_lost_is_found(create, shops, sim, lost, duplicates):
    sim.settings(duplicate_stacks=duplicates, create_visible_seconds=20)
    run = create(api_retries=3)
    assert run.result["changed"], run.result
    assert run.result["stack"]["status_name"] == "success"
    assert run.result["action"]["finished_success"] is True
    assert lost.hits == len(sim.writes) == len(shops()) == 1


def test_a_lost_stack_that_was_not_created_fails_and_is_not_created_again(create, shops, sim, clock, vanished):
    run = create(api_retries=3)
    assert run.result["failed"]
    assert vanished.hits == len(sim.writes) == 1
    assert "among the stacks by its name and environment; it is not started again" in run.result["msg"]
    assert "stack shop (production)" in run.result["msg"]
    assert sum(clock.pauses) >= 60
    assert not shops()


def test_a_stack_without_a_listed_action_is_waited_for(create, shops, sim):
    sim.settings(create_seconds=100)
    sim.fault("reset_after", method="POST", times=1)
    sim.fault("wrong_type", method="GET", path="/stacks/*/actions", body={"response": [], "pagination": {}})
    run = create()
    assert run.result["changed"]
    assert run.result["action"] is None
    assert run.result["stack"]["status_name"] == "success"


def test_a_stack_that_is_never_listed_is_an_error_with_its_action(create, shops, sim):
    sim.settings(create_visible_seconds=5000, create_seconds=5000)
    for modes in ({"wait_timeout": 100}, {"wait": False}):
        run = create(**modes)
        assert run.result["failed"]
        assert "the listing of stack shop (production) did not end within" in run.result["msg"]
        assert "check its outcome there before starting it again" in run.result["msg"]
        assert run.result["action"]["action"] == "stack_create"
        assert run.result["stack"] is None


# Failures


@pytest.mark.parametrize("as_text", [False, True])
def test_a_failure_has_the_message_of_cloud_66_and_the_stack(create, sim, as_text):
    sim.settings(action_failure="No such size", success_as_text=as_text)
    run = create()
    assert run.result["failed"]
    assert run.result["msg"].endswith(" failed: No such size")
    assert run.result["action"]["finished_success"] is False
    assert run.result["stack"]["status_name"] == "terminal_failure"


@pytest.mark.parametrize(
    ("missing", "words"),
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
def test_required_options_of_a_new_stack_are_named(create, sim, missing, words, check):
    run = create(check=check, **dict.fromkeys(missing))
    assert run.result["failed"]
    assert "There is no stack shop (production) yet" in run.result["msg"]
    assert words in run.result["msg"]
    assert not sim.writes


def test_a_rejection_is_an_error(create, sim, clock):
    run = create(service_yaml="a: [1")
    assert run.result["status"] == 400
    assert not clock.pauses
    run = create(api_token=PUBLIC_TOKEN)
    assert run.result["status"] == 403
    assert "lacks the scope redeploy" in run.result["msg"]


def test_the_texts_may_be_dictionaries(create, bodies):
    services, manifest = {"services": {"web": {"image": "nginx", "grace": None}}}, {"production": {"a": 1}}
    assert create(service_yaml=services, manifest_yaml=manifest).result["changed"]
    [body] = bodies()
    assert body["service_yaml"] == "services:\n  web:\n    image: nginx\n    grace: null\n"
    assert yaml.safe_load(body["manifest_yaml"]) == manifest


@pytest.mark.parametrize("value", [1.1, False, ["a"]])
def test_other_values_are_no_texts(create, sim, value):
    assert create(service_yaml=value).result["msg"] == "service_yaml must be a string or a dictionary."
    assert not sim.writes


def test_stacks_with_equal_names_are_ambiguous(create, sim):
    for _number in range(2):
        sim.world.add_stack(name="shop", environment="production")
    run = create()
    assert "There are 2 stacks shop in the environment production: " in run.result["msg"]
    assert not sim.writes


def test_an_account_has_its_own_stacks(create, sim, shops):
    create()
    assert create(account_id=207).result["changed"]
    assert not create(account_id=207).result["changed"]
    assert {row["account_id"] for row in shops()} == {139, 207}


# Absent


@pytest.mark.parametrize("check", [False, True])
def test_a_missing_stack_is_absent(create, sim, check):
    for _number in range(2):
        run = create(state="absent", check=check, service_yaml=None)
        assert run.result["changed"] is False
        assert run.result["stack"] is run.result["action"] is None
    assert not sim.writes


@pytest.mark.parametrize("check", [False, True])
def test_a_stack_cannot_be_deleted(create, sim, check):
    run = create(name="Awesome App", state="absent", check=check)
    assert run.result["failed"]
    assert "has no call to delete a stack: delete it in Cloud 66's dashboard" in run.result["msg"]
    assert AWESOME_APP in run.result["msg"]
    assert not sim.writes
