# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many stacks at once: plan, guards, apply, deployments and the budget of requests."""

from __future__ import annotations

import json

import pytest
from ansible_collections.cloud66.cloud.plugins.action.c66_fleet import KINDS, ActionModule
from ansible_collections.cloud66.cloud.plugins.module_utils.engine import run as running
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.fleet import Declared, FleetModule
from simulator.seed import AWESOME_APP
from unit.fixtures.runs import ModuleRun

SECRET = "a-very-secret-value"


@pytest.fixture
def stacks(sim):
    """Three more stacks, each with a variable."""
    rows = [sim.world.add_stack(name=f"shop-{number}", environment="production", status=1) for number in range(3)]
    for row in rows:
        sim.world.add_env_var(row["uid"], "COLOUR", "red")
    return rows


@pytest.fixture
def fleet(sim):
    """Run c66_fleet on what is declared for stacks."""

    def call(*declared, check=False, diff=False, **options):
        module = FleetModule().of(KINDS, ActionModule.deployment, declared)
        given = {"api_url": sim.url, "api_token": sim.token, "api_retries": 0, "wait_interval": 1, **options}
        run = ModuleRun({})
        run.result, run.secrets, run.warnings = running.execute(
            module,
            running.validated(module, given),
            check_mode=check,
            diff=diff,
            notify=run.notices.append,
            log=run.logs.append,
        )
        return run

    return call


def declared(row, **more):
    """A stack that the inventory knows, called like it."""
    known = {name: row[name] for name in ("uid", "name", "environment")}
    return Declared(row["name"], row["uid"], known, **{"values": {"env_vars": {"COLOUR": "blue"}}, **more})


def states(run):
    return {host: one["state"] for host, one in run.result["stacks"].items()}


def variables(sim, row):
    return {one["key"]: one["value"] for one in sim.world.env_vars[row["uid"]]}


def test_plan_apply_and_nothing_left(sim, stacks, fleet):
    wanted = [declared(row) for row in stacks]
    planned = fleet(*wanted, check=True, diff=True)
    assert sim.writes == []
    assert planned.result["changed"]
    assert set(states(planned).values()) == {"differs"}
    assert planned.result["summary"] == {"differs": 3}
    assert planned.result["stacks"]["shop-1"]["kinds"]["env_vars"]["changed"] == ["COLOUR"]
    assert [diff["after"] for diff in planned.result["diff"]] == [{"changed": ["COLOUR"]}] * 3
    applied = fleet(*wanted)
    assert set(states(applied).values()) == {"changed"}
    assert [variables(sim, row)["COLOUR"] for row in stacks] == ["blue"] * 3
    writes = len(sim.writes)
    assert applied.result["plan"] == planned.result["plan"]
    again = fleet(*wanted)
    assert not again.result["changed"]
    assert again.result["summary"] == {"clean": 3}
    assert again.result["plan"]["stacks"] == {}
    assert len(sim.writes) == writes


def test_a_known_stack_is_not_looked_up_and_nothing_is_read_twice(sim, stacks, fleet):
    values = {"configurations": {"redis.conf": "a", "mysql.conf": "b"}, "env_vars": {"COLOUR": "red"}}
    fleet(*(declared(row, values=values) for row in stacks), check=True)
    paths = [request.path.rpartition("/")[2] for request in sim.requests]
    assert sorted(paths) == ["configuration"] * 3 + ["environments"] * 3


def test_what_is_not_declared_is_not_read(sim, stacks, fleet):
    assert states(fleet(declared(stacks[0], values={}))) == {"shop-0": "clean"}
    assert sim.requests == []


def test_a_stack_can_be_named(sim, fleet):
    run = fleet(Declared("a-host", "Awesome App", values={"settings": {"git.branch": "release"}}))
    assert run.result["stacks"]["a-host"]["stack"] == AWESOME_APP
    assert run.result["stacks"]["a-host"]["state"] == "changed"


def test_a_stack_that_fails_does_not_stop_the_others(sim, stacks, fleet):
    sim.fault("status", status=500, path=f"/stacks/{stacks[0]['uid']}/environments", times=50)
    run = fleet(declared(stacks[0]), declared(stacks[1], values={"settings": {"no.such": 1}}), declared(stacks[2]))
    assert states(run) == {"shop-0": "unreachable", "shop-1": "failed", "shop-2": "changed"}
    assert run.result["failed"]
    assert run.result["changed"]
    assert "2 of 3 stacks failed. shop-0: env_vars:" in run.result["msg"]
    assert "shop-1: settings: There is no setting no.such" in run.result["msg"]


def test_values_are_not_shown(sim, stacks, fleet):
    sim.world.add_env_var(stacks[0]["uid"], "OLD", "another-secret-value")
    values = {"env_vars": {"TOKEN": SECRET, "OLD": SECRET + "2"}}
    run = fleet(declared(stacks[0], values=values), check=True, diff=True)
    text = json.dumps([run.result, run.notices, run.logs, run.warnings])
    assert "TOKEN" in text
    assert SECRET not in text
    assert "another-secret-value" not in text


def test_options_that_a_module_would_refuse(stacks, fleet):
    run = fleet(declared(stacks[0], values={"server_groups": {"web": "many"}}))
    assert states(run) == {"shop-0": "failed"}
    assert "shop-0: server_groups: argument 'count' is of type" in run.result["msg"]


# Guards


def with_variables(sim, row, count):
    for number in range(count):
        sim.world.add_env_var(row["uid"], f"KEY_{number}", "1")


def test_purge_removes_only_where_it_is_asked_for(sim, stacks, fleet):
    with_variables(sim, stacks[0], 40)
    keep = {f"KEY_{number}": "1" for number in range(40)}
    fleet(declared(stacks[0], values={"env_vars": keep}))
    assert "COLOUR" in variables(sim, stacks[0])
    fleet(declared(stacks[0], values={"env_vars": keep}, purge=frozenset(["env_vars"])))
    assert "COLOUR" not in variables(sim, stacks[0])


def test_a_large_purge_is_refused(sim, stacks, fleet):
    with_variables(sim, stacks[0], 11)
    wanted = declared(stacks[0], values={"env_vars": {"KEY_1": "1"}}, purge=frozenset(["env_vars"]))
    run = fleet(wanted)
    assert states(run) == {"shop-0": "failed"}
    assert "purge_limit (30 %)" in run.result["msg"]
    assert len(run.result["stacks"]["shop-0"]["kinds"]["env_vars"]["removed"]) > 10
    assert sim.writes == []
    assert states(fleet(wanted, force=True)) == {"shop-0": "changed"}


def test_what_moved_since_the_plan_is_refused(sim, stacks, fleet, monkeypatch):
    """Somebody changes a stack after all have been planned."""
    apply = FleetModule.work.__globals__["StackTask"].apply

    def change_and_apply(stack):
        if stack.declared.host == "shop-0":
            sim.world.env_vars[stacks[0]["uid"]][-1]["value"] = "green"
        apply(stack)

    monkeypatch.setattr(FleetModule.work.__globals__["StackTask"], "apply", change_and_apply)
    run = fleet(*map(declared, stacks[:2]))
    assert states(run) == {"shop-0": "failed", "shop-1": "changed"}
    assert "changed by somebody else" in run.result["msg"]
    assert variables(sim, stacks[0])["COLOUR"] == "green"


@pytest.fixture
def approve(fleet, tmp_path):
    """Make a plan, and return the options that approve it."""

    def call(*declared):
        path = tmp_path / "plan.json"
        path.write_text(json.dumps(fleet(*declared, check=True).result["plan"]))
        return {"approved_plan": str(path)}

    return call


def test_an_approved_plan(sim, stacks, fleet, approve):
    """Only stacks whose plan is still the same are changed. A second run takes up where the first stopped."""
    approved = approve(*map(declared, stacks[:2]))
    sim.world.env_vars[stacks[1]["uid"]][-1]["value"] = "green"
    run = fleet(*map(declared, stacks), **approved)
    assert states(run) == {"shop-0": "changed", "shop-1": "failed", "shop-2": "failed"}
    assert "shop-1: Its plan is no longer the approved one" in run.result["msg"]
    assert "shop-2 is not in the approved plan." in run.result["msg"]
    assert states(fleet(declared(stacks[0]), **approved)) == {"shop-0": "clean"}


def test_another_declaration_is_not_approved(sim, stacks, fleet, approve):
    approved = approve(declared(stacks[0]))
    run = fleet(declared(stacks[0], values={"env_vars": {"COLOUR": "pink"}}), **approved)
    assert states(run) == {"shop-0": "failed"}
    assert not run.result["changed"]
    assert sim.writes == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "cannot be read: No such file"),
        ("{", "is not a plan"),
        ("[]", "is not a plan"),
        ('{"version": 0}', "another version"),
        ('{"version": 1, "made_with": "x"}', "another token"),
    ],
)
def test_a_file_that_is_no_plan(sim, stacks, fleet, tmp_path, text, message):
    path = tmp_path / "plan.json"
    if text is not None:
        path.write_text(text)
    run = fleet(declared(stacks[0]), approved_plan=str(path))
    assert run.result["failed"]
    assert message in run.result["msg"]
    assert sim.writes == []


@pytest.mark.parametrize(
    "options", [{"workers": 0}, {"workers": 65}, {"purge_limit": 101}, {"deploy_batch": 0}, {"max_failures": 0}]
)
def test_impossible_options(sim, stacks, fleet, options):
    run = fleet(declared(stacks[0]), **options)
    assert run.result["failed"]
    assert next(iter(options)) in run.result["msg"]
    assert sim.requests == []


# Faults


def test_a_lost_answer(sim, stacks, fleet):
    sim.fault("reset_after", method="PUT")
    run = fleet(*map(declared, stacks))
    assert set(states(run).values()) == {"changed"}
    assert len([write for write in sim.writes if write.applied]) == 3


def test_the_first_failure_stops_the_other_kinds_of_a_stack(sim, stacks, fleet):
    sim.fault("status", status=422, method="PUT", path=f"/stacks/{stacks[0]['uid']}/settings/git-branch", times=1)
    values = {"settings": {"git.branch": "release"}, "env_vars": {"COLOUR": "blue"}}
    run = fleet(declared(stacks[0], values=values))
    assert states(run) == {"shop-0": "failed"}
    assert not run.result["changed"]
    assert variables(sim, stacks[0])["COLOUR"] == "red"


# The budget of requests


def test_too_many_requests_are_refused_before_they_are_sent(sim, stacks, fleet):
    many = [declared(stacks[0]), *(Declared(f"host-{n}", f"{n:032x}", values={"env_vars": {}}) for n in range(3000))]
    run = fleet(*many)
    assert run.result["failed"]
    assert (
        "Reading 3000 more stacks takes about 3000 requests; 2999 of 3000 are left in this hour." in run.result["msg"]
    )
    assert "throttle_wait" in run.result["msg"]
    assert len(sim.requests) == 1
    assert run.notices == [run.result["msg"].partition(" Nothing")[0]]


# Deployments


def deployed(sim, stacks):
    names = {row["uid"]: row["name"] for row in stacks}
    posts = [request for request in sim.requests if request.method == "POST" and request.path.endswith("deployments")]
    return [names[request.path.rpartition("/stacks/")[2].partition("/")[0]] for request in posts]


def test_deployments(sim, stacks, fleet):
    """Only where the variable says so, and the canary first."""
    sim.settings(deploy_seconds=0)
    clean = {"env_vars": {"COLOUR": "red"}}
    wanted = [
        declared(stacks[0], deploy="when_changed", values=clean),
        declared(stacks[1], deploy="when_changed"),
        declared(stacks[2], deploy="always", values=clean, is_canary=True),
    ]
    planned = fleet(*wanted, check=True)
    assert [one["must_deploy"] for one in planned.result["stacks"].values()] == [False, True, True]
    assert planned.result["changed"]
    run = fleet(*wanted)
    assert deployed(sim, stacks) == ["shop-2", "shop-1"]
    assert states(run) == {"shop-0": "clean", "shop-1": "changed", "shop-2": "changed"}
    assert run.result["stacks"]["shop-2"]["deployment"]["finished_at"]


def test_a_failed_canary_stops_the_deployments(sim, stacks, fleet):
    sim.settings(deploy_seconds=0)
    sim.fault("status", status=422, method="POST", path=f"/stacks/{stacks[2]['uid']}/deployments", times=1)
    run = fleet(*(declared(row, deploy="always", is_canary=row is stacks[2]) for row in stacks), max_failures=3)
    assert deployed(sim, stacks) == ["shop-2"]
    assert set(states(run).values()) == {"failed"}
    assert "other deployments failed" in run.result["stacks"]["shop-0"]["msg"]
