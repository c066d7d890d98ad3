# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_stack_setting: settings are compared as the API stores them, and changed one by one."""

from __future__ import annotations

import pytest
from simulator.seed import AWESOME_APP, PUBLIC_TOKEN


@pytest.fixture
def stack(run_module):
    def call(**settings):
        options = settings.pop("options", {})
        return run_module("c66_stack_setting", stack="Awesome App", settings=settings, diff=True, **options)

    return call


def test_several_settings_are_changed_once(stack, sent, sim):
    wanted = {"git.branch": "release", "continuous-deploy": True, "logrotate.app.keep.count": 9, "deploy.parallel": "0"}
    run = stack(**wanted)
    assert run.result["changes"] == {
        "added": [],
        "changed": ["continuous.deploy", "git.branch", "logrotate.app.keep.count"],
        "removed": [],
    }
    assert sent() == [
        ("PUT", "git-branch", {"value": "release"}),
        ("PUT", "continuous-deploy", {"value": "true"}),
        ("PUT", "logrotate-app-keep-count", {"value": "9"}),
    ]
    assert run.result["diff"]["before"] == {
        "git.branch": "fig",
        "continuous.deploy": False,
        "logrotate.app.keep.count": 7,
        "deploy.parallel": False,
    }
    assert run.result["diff"]["after"] == {
        "git.branch": "release",
        "continuous.deploy": True,
        "logrotate.app.keep.count": 9,
        "deploy.parallel": False,
    }
    assert {row["key"]: row["value"] for row in run.result["settings"]} == run.result["diff"]["after"]
    assert sim.world.stack(AWESOME_APP)["git_branch"] == "release"
    again = stack(**wanted)
    assert not again.result["changed"]
    assert again.result["diff"]["before"] == again.result["diff"]["after"]
    assert len(sim.writes) == 3


@pytest.mark.parametrize("typed", [True, False])
@pytest.mark.parametrize("visible", ["start", "end"])
def test_check_mode_predicts_the_change_and_sends_no_write(stack, sim, typed, visible):
    sim.settings(setting_typed_writes=typed, async_visible=visible)
    wanted = {
        "git-branch": "release",
        "continuous.deploy": "on",
        "reconfigure.nginx": "off",
        "logrotate.app.keep.count": "9",
        "custom.build.command": "make",
    }
    predicted = stack(**wanted, options={"check": True}).result
    assert not sim.writes
    real = stack(**wanted).result
    assert [predicted[name] for name in ("changed", "changes", "diff", "settings")] == [
        real[name] for name in ("changed", "changes", "diff", "settings")
    ]
    assert not stack(**wanted, options={"check": True}).result["changed"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("continuous.deploy", False),
        ("continuous.deploy", "off"),
        ("continuous.deploy", "DISABLE"),
        ("continuous.deploy", 0),
        ("reconfigure.nginx", 1),
        ("reconfigure.nginx", "enable"),
        ("maintenance.mode", "false"),
        ("logrotate.app.keep.count", 7),
        ("logrotate.app.keep.count", "7"),
        ("logrotate.app.keep.count", 7.0),
        ("custom.build.command", None),
        ("custom.build.command", ""),
        ("asset.prefix", "assets"),
        ("db.check.backup.size", "true"),
    ],
)
def test_equal_values_are_no_change(stack, sim, key, value):
    assert stack(**{key: value}).result["changed"] is False
    assert not sim.writes


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("logrotate.app.keep.count", 70),
        ("asset.prefix", "Assets"),
        ("asset.prefix", None),
        ("custom.build.command", "x"),
    ],
)
def test_different_values_are_a_change(stack, sim, key, value):
    assert stack(**{key: value}).result["changed"]
    assert not stack(**{key: value}).result["changed"]


def test_a_warning_of_cloud_66_is_passed_on_with_a_change(stack, sim):
    assert stack(**{"stack.name": "Awesome App"}).warnings == []
    assert stack(**{"stack.name": "Other"}, options={"check": True}).warnings == [
        "The setting stack.name: This changes DNS names."
    ]
    # It is still read back, by the UID.
    run = stack(**{"stack.name": "Other", "git.branch": "x"})
    assert run.result["changes"]["changed"] == ["git.branch", "stack.name"]
    assert len(run.warnings) == 1


@pytest.mark.parametrize("check", [False, True])
def test_all_invalid_settings_are_refused_together(stack, sim, check):
    run = stack(
        **{"db.check.backup.size": False, "git.brnch": "x", "nothing-like-it": 1, "git.branch": "x"},
        options={"check": check},
    )
    message = run.result["msg"]
    assert "There is no setting git.brnch of stack Awesome App. Did you mean git.branch?" in message
    assert "no setting nothing-like-it of stack Awesome App. Available: allowed.web.source, asset.prefix," in message
    assert "The setting db.check.backup.size of stack Awesome App is read-only." in message
    assert not sim.writes


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"git.branch": "a", "git-branch": "b"}, "given twice"),
        ({"git.branch": ["a"]}, "git.branch: the value of a setting must be a string"),
    ],
)
def test_invalid_settings_are_refused(stack, sim, settings, message):
    assert message in stack(**settings).result["msg"]
    assert not sim.requests


def test_a_rejection_has_the_words_of_cloud_66(stack, sim):
    run = stack(**{"git.branch": "x", "logrotate.app.keep.count": "many"})
    assert run.result["status"] == 400
    assert "the setting logrotate.app.keep.count of stack Awesome App" in run.result["msg"]
    assert "value must be a number" in run.result["msg"]
    assert run.result["changed"]
    assert run.result["changes"] == {"added": [], "changed": ["git.branch"], "removed": []}


def test_the_failed_one_of_several_settings_is_named(stack, sim):
    sim.settings(action_failure="No such branch")
    message = stack(**{"git.branch": "x", "continuous.deploy": True}).result["msg"]
    assert "(stack-set: git.branch): No such branch (2 of 2 failed)" in message


def test_without_wait_nothing_is_verified(stack, sim, clock):
    run = stack(**{"git.branch": "x"}, options={"wait": False})
    assert run.result["changed"]
    assert run.result["actions"][0]["finished_at"] is None
    assert run.result["settings"][0]["value"] == "x"
    assert not clock.pauses


def test_missing_scopes_are_named(stack, run_module, sim):
    assert "lacks the scope admin" in stack(**{"git.branch": "x"}, options={"api_token": PUBLIC_TOKEN}).result["msg"]
    # Reading them without a change requires less.
    assert "failed" not in stack(**{"git.branch": "fig"}, options={"api_token": PUBLIC_TOKEN}).result
    assert len(run_module("c66_stack_setting_info", stack="Awesome App", api_token=PUBLIC_TOKEN).result["settings"]) > 9


def test_stack_settings_are_listed_and_filtered(run_module):
    rows = run_module("c66_stack_setting_info", stack="Awesome App").result["settings"]
    assert len(rows) == 17
    for name in ("git.branch", "git-branch"):
        [row] = run_module("c66_stack_setting_info", stack="Awesome App", setting=name).result["settings"]
        assert (row["id"], row["key"], row["value"]) == ("git-branch", "git.branch", "fig")
    assert run_module("c66_stack_setting_info", stack="Awesome App", setting="no").result["settings"] == []
