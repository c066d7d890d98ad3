# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_base_template: pulled in the background, and pulled again on request or after a failure."""

from __future__ import annotations

import pytest
from unit.fixtures.writes import LOST

KEY = {"git_repo": "https://git.example.com/new.git", "git_branch": "main"}
WANTED = {**KEY, "name": "Web"}


@pytest.fixture
def template(run_module):
    return lambda **args: run_module("c66_base_template", **{"diff": True, **WANTED, **args})


@pytest.fixture
def existing(sim):
    return sim.world.add_base_template(**WANTED, short_name=None)


@pytest.fixture
def rows(sim):
    """The base templates besides the seeded one."""

    def read():
        sim.world.settle()
        return sim.world.base_templates[139][1:]

    return read


def calls(sim):
    return [(write.method, write.path.endswith("/sync")) for write in sim.writes]


CREATED, CHANGED, SYNCED, REMOVED = ("POST", False), ("PUT", False), ("POST", True), ("DELETE", False)


def states(run):
    return run.result["diff"]["before"], run.result["diff"]["after"]


def test_present_twice(sim, clock, template, rows, sent):
    sim.settings(template_seconds=60)
    first = template()
    assert first.result["changed"]
    assert clock.elapsed >= 60
    assert (first.result["base_template"]["uid"], first.result["base_template"]["status_name"]) == (
        rows()[0]["uid"],
        "available",
    )
    assert states(first) == ({}, {**WANTED, "short_name": None})
    second = template()
    assert not second.result["changed"]
    assert second.result["base_template"] == first.result["base_template"]
    assert sent() == [("POST", "base_templates", {"base_template": WANTED})]


def test_another_branch_is_another_base_template(sim, template, rows, existing):
    assert template(git_branch="next").result["changed"]
    assert rows()[0] is existing
    assert calls(sim) == [CREATED]


@pytest.mark.parametrize("pulls", [False, True])
def test_a_change_sends_no_empty_field(sim, template, existing, sent, pulls):
    sim.settings(template_put=pulls)
    run = template(name="Shop")
    assert run.result["changed"]
    assert sent() == [("PUT", existing["uid"], {"base_template": {**KEY, "name": "Shop"}})]
    assert (existing["name"], run.result["base_template"]["status_name"]) == ("Shop", "available")
    assert not template(name="Shop").result["changed"]


@pytest.mark.usefixtures("existing")
def test_absent_twice(sim, template, rows):
    first, second = (template(state="absent", name=None) for _number in range(2))
    assert (first.result["changed"], first.result["base_template"], states(first)[1]) == (True, None, {})
    assert (second.result["changed"], states(second)) == (False, ({}, {}))
    assert (calls(sim), rows()) == ([REMOVED], [])


# Pulling again


def test_every_run_pulls_again(sim, template, existing):
    before = existing["last_sync_iso"]
    for _number in range(2):
        run = template(state="synced")
        assert run.result["changed"]
        assert run.result["base_template"]["last_sync_iso"] > before
        before = run.result["base_template"]["last_sync_iso"]
    assert calls(sim) == [SYNCED, SYNCED]


@pytest.mark.usefixtures("existing")
def test_a_change_comes_before_the_pull(sim, template):
    assert template(state="synced", name="Shop").result["base_template"]["name"] == "Shop"
    assert calls(sim) == [CHANGED, SYNCED]


def test_a_new_one_is_pulled_once(sim, template):
    assert template(state="synced").result["changed"]
    assert calls(sim) == [CREATED]


@pytest.mark.parametrize("failure", ["connection_error", "verification_error"])
def test_a_failed_pull_fails_the_task_and_is_tried_again(sim, template, failure):
    sim.settings(template_failure=failure)
    result = template().result
    assert (result["failed"], result["changed"]) == (True, True)
    assert f"its status is {failure}" in result["msg"]
    assert result["base_template"]["status_name"] == failure
    sim.settings(template_failure=None)
    run = template()
    assert "is tried again" in run.warnings[0]
    assert (run.result["changed"], run.result["base_template"]["status_name"]) == (True, "available")
    assert calls(sim) == [CREATED, SYNCED]


@pytest.mark.parametrize("state", ["present", "synced"])
def test_without_wait(sim, clock, template, state):
    sim.settings(template_seconds=90)
    assert template(wait=False).result["changed"]
    assert clock.elapsed < 10
    again = template(state=state)
    assert again.result["changed"] is (state == "synced")
    assert again.result["base_template"]["status_name"] == "available"
    assert clock.elapsed >= 90


# Check mode, missing scopes and faults


@pytest.mark.parametrize("exists", [False, True])
@pytest.mark.parametrize(
    "args", [{}, {"name": "Shop"}, {"short_name": "web"}, {"state": "synced"}, {"state": "absent"}]
)
def test_check_mode_predicts_the_change_and_sends_no_write(sim, template, exists, args):
    if exists:
        sim.world.add_base_template(**WANTED, short_name=None)
    check = template(check=True, **args).result
    assert calls(sim) == []
    real = template(**args).result
    assert (check["changed"], check["diff"]) == (real["changed"], real["diff"])
    assert (check["base_template"] or {}).get("name") == (real["base_template"] or {}).get("name")


@pytest.mark.parametrize("option", ["git_repo", "git_branch"])
def test_an_empty_key(sim, template, option):
    result = template(**{option: " "}).result
    assert (result["failed"], result["msg"]) == (True, f"The option {option} is empty.")
    assert sim.requests == []


@pytest.mark.parametrize("state", ["present", "synced", "absent"])
def test_without_the_permission_nothing_is_written(sim, template, existing, state):
    sim.fault("status", status=403, path="/base_templates*")
    result = template(state=state, name="Shop").result
    assert (result["failed"], result["changed"], result["status"]) == (True, False, 403)
    assert existing["name"] == "Web"


@pytest.mark.parametrize("duplicates", ["store", "conflict"])
@pytest.mark.parametrize(("kind", "options", "applied"), LOST)
def test_a_lost_answer_to_the_creation(sim, template, rows, kind, options, applied, duplicates):
    sim.settings(duplicate_templates=duplicates)
    sim.fault(kind, method="POST", times=1, **options)
    assert template().result["changed"]
    assert len(rows()) == 1
    assert calls(sim) == ([CREATED] if applied else [CREATED, CREATED])


@pytest.mark.usefixtures("existing")
@pytest.mark.parametrize(("kind", "options", "applied"), LOST)
def test_a_lost_answer_to_the_pull(sim, template, kind, options, applied):
    sim.settings(template_seconds=60)
    sim.fault(kind, method="POST", times=1, **options)
    assert template(state="synced").result["base_template"]["status_name"] == "available"
    assert calls(sim) == ([SYNCED] if applied else [SYNCED, SYNCED])


@pytest.mark.parametrize(("kind", "options", "_applied"), LOST)
@pytest.mark.parametrize("args", [{"name": "Shop"}, {"state": "absent"}])
def test_a_lost_answer_to_the_change_or_removal(sim, template, rows, existing, kind, options, _applied, args):
    sim.fault(kind, method="DELETE" if "state" in args else "PUT", times=1, **options)
    run = template(**args)
    assert (run.result["changed"], run.result.get("failed")) == (True, None)
    assert rows() == ([] if "state" in args else [existing])


@pytest.mark.usefixtures("existing")
def test_an_error_after_the_first_write(sim, template):
    sim.fault("status", status=400, path="*/sync")
    run = template(name="Shop", state="synced")
    assert (run.result["failed"], run.result["changed"], run.result["status"]) == (True, True, 400)
    assert any("Written before the failure" in warning for warning in run.warnings)
