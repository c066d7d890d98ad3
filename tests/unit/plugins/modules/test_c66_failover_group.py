# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_failover_group: two stacks, named as users name them, and a switch that is waited for."""

from __future__ import annotations

import pytest
from simulator.seed import AWESOME_APP, STOREFRONT
from unit.fixtures.writes import LOST

PRIMARY, SECONDARY = "primary_stack_uid", "secondary_stack_uid"
BOTH = {PRIMARY: STOREFRONT, SECONDARY: AWESOME_APP}
WANTED = {"primary_stack": "Storefront", "secondary_stack": "Awesome App"}
SECOND = {"current_stack": "secondary"}


@pytest.fixture
def group(run_module):
    return lambda **args: run_module("c66_failover_group", **{"diff": True, **WANTED, **args})


@pytest.fixture
def existing(sim):
    return sim.world.add_failover_group(**BOTH)


def rows(sim):
    """The failover groups besides the seeded one."""
    sim.world.settle()
    return sim.world.failover_groups[139][1:]


def methods(sim):
    return [write.method for write in sim.writes]


def states(run):
    return run.result["diff"]["before"], run.result["diff"]["after"]


def shown(current=1, **changes):
    word = {1: "primary", 2: "secondary", None: None}[current]
    return {**BOTH, "current_stack": current, "current_stack_name": word, **changes}


def test_present_twice(sim, group, sent):
    first = group()
    assert (first.result["changed"], states(first)) == (True, ({}, shown(None)))
    assert sent() == [("POST", "failover_groups", BOTH)]
    found = first.result["failover_group"]
    assert (found["uid"], found["primary_stack_name"], found["current_stack_name"]) == (
        rows(sim)[0]["uid"],
        "Storefront",
        "primary",
    )
    second = group()
    assert (second.result["changed"], second.result["failover_group"]) == (False, found)
    assert methods(sim) == ["POST"]


def test_absent_twice(sim, group, existing):
    first, second = (group(state="absent") for _number in range(2))
    assert (first.result["changed"], first.result["failover_group"], states(first)) == (True, None, (shown(), {}))
    assert (second.result["changed"], states(second)) == (False, ({}, {}))
    assert (methods(sim), rows(sim)) == (["DELETE"], [])
    assert not group(state="absent", failover_group=existing["uid"], primary_stack=None).result["changed"]


@pytest.mark.parametrize("field", ["uid", "address"])
def test_a_group_that_is_named(group, existing, sent, field):
    """Its primary stack is a value like any other."""
    named = {"failover_group": existing[field]}
    run = group(primary_stack="Ledger", **named)
    assert run.result["failover_group"]["primary_stack_name"] == "Ledger"
    assert not group(primary_stack="ledger", **named).result["changed"]
    assert group(primary_stack="", **named).result["changed"]
    assert not group(primary_stack="", **named).result["changed"]
    assert [set(body) for _method, _path, body in sent()] == [{PRIMARY}, {PRIMARY}]
    assert sent()[-1] == ("PUT", existing["uid"], {PRIMARY: ""})
    assert existing[PRIMARY] is None


def test_the_stack_that_serves_is_not_detached(group, existing, sent):
    existing["current_stack"] = 2
    result = group(secondary_stack="").result
    assert "The secondary stack serves the requests" in result["msg"]
    assert sent() == []


def test_a_stack_is_detached_and_attached(group, existing, sent):
    run = group(secondary_stack="")
    assert states(run) == (shown(), shown(**{SECONDARY: ""}))
    assert existing[SECONDARY] is None
    assert not group(secondary_stack="").result["changed"]
    assert group().result["failover_group"]["secondary_stack_name"] == "Awesome App"
    assert [body for _method, _path, body in sent()] == [{SECONDARY: ""}, {SECONDARY: AWESOME_APP}]


@pytest.mark.usefixtures("existing")
def test_a_stack_that_is_not_given_stays(sim, group):
    assert not group(secondary_stack=None).result["changed"]
    assert not sim.writes


# Switching


@pytest.mark.parametrize("visible", ["start", "end"])
@pytest.mark.parametrize("read", ["number", "word"])
def test_a_switch_is_waited_for(sim, clock, group, existing, sent, visible, read):
    sim.settings(failover_seconds=90, failover_visible=visible, failover_current=read)
    run = group(**SECOND)
    assert clock.elapsed >= 90
    found = run.result["failover_group"]
    assert (run.result["changed"], found["current_stack_name"], found["busy_toggling"]) == (True, "secondary", False)
    assert sent() == [("PUT", existing["uid"], {"current_stack": 2})]
    assert not group(**SECOND).result["changed"]
    assert not group(current_stack="2").result["changed"]


@pytest.mark.usefixtures("existing")
@pytest.mark.parametrize("read", ["number", "word"])
def test_another_change_does_not_send_the_current_stack(sim, group, sent, read):
    sim.settings(failover_current=read)
    assert group(secondary_stack="Ledger", current_stack="primary").result["changed"]
    assert list(sent()[0][2]) == [SECONDARY]


@pytest.mark.parametrize("visible", ["start", "end"])
def test_an_earlier_switch_is_waited_for_before_a_write(sim, clock, group, existing, visible):
    sim.settings(failover_seconds=90, failover_visible=visible)
    assert group(**SECOND, wait=False).result["changed"]
    run = group(current_stack="primary")
    assert run.result["failover_group"]["current_stack_name"] == "primary"
    assert clock.elapsed >= (180 if visible == "start" else 90)
    assert (methods(sim)[0], existing["busy_toggling"]) == ("PUT", False)


def test_an_earlier_switch_to_the_wanted_stack_is_not_repeated(sim, group):
    sim.settings(failover_seconds=90)
    sim.world.add_failover_group(**BOTH)
    group(**SECOND, wait=False)
    run = group(**SECOND)
    assert (run.result["changed"], run.result["failover_group"]["current_stack_name"]) == (False, "secondary")
    assert methods(sim) == ["PUT"]


@pytest.mark.usefixtures("existing")
def test_a_switch_that_does_not_end_in_time(sim, group):
    sim.settings(failover_seconds=10**6)
    result = group(**SECOND, wait_timeout=60).result
    assert (result["failed"], result["changed"]) == (True, True)
    assert "did not end within 60 seconds (it is being switched)" in result["msg"]
    assert result["failover_group"]["busy_toggling"]


@pytest.mark.usefixtures("existing")
def test_without_wait(sim, clock, group):
    sim.settings(failover_seconds=90, failover_visible="start")
    assert group(**SECOND, wait=False).result["failover_group"]["busy_toggling"]
    assert clock.elapsed < 10


# Check mode, refusals and faults


@pytest.mark.parametrize("exists", [False, True])
@pytest.mark.parametrize("args", [{}, SECOND, {"secondary_stack": ""}, {"state": "absent"}])
def test_check_mode_predicts_the_change_and_sends_no_write(sim, group, exists, args):
    if exists:
        sim.world.add_failover_group(**BOTH)
    check = group(check=True, **args).result
    assert methods(sim) == []
    real = group(**args).result
    assert (check["changed"], check["diff"]) == (real["changed"], real["diff"])
    names = (PRIMARY, SECONDARY) if args.get("secondary_stack") is None else (PRIMARY,)
    for name in names:
        assert (check["failover_group"] or {}).get(name) == (real["failover_group"] or {}).get(name)


@pytest.mark.usefixtures("existing")
@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"primary_stack": "Storefrnt"}, "No stack matches 'Storefrnt'"),
        ({"primary_stack": ""}, "The option primary_stack is empty."),
        ({"failover_group": " "}, "The option failover_group is empty."),
        ({"failover_group": "958-797-51.cloud66.net"}, "No failover group matches '958-797-51.cloud66.net'. Did you"),
        ({"secondary_stack": "Storefront"}, "must be different stacks"),
        ({"secondary_stack": "", **SECOND}, "has no secondary stack, so it cannot become the current one."),
        ({"environment": "production"}, "is not in the environment production"),
    ],
)
@pytest.mark.parametrize("check", [False, True])
def test_refusals(sim, group, args, message, check):
    result = group(check=check, **args).result
    assert message in result["msg"]
    assert (result["failed"], result["changed"]) == (True, False)
    assert not sim.writes


@pytest.mark.parametrize("args", [SECOND, {"state": "absent"}])
def test_a_group_that_is_read_only(sim, group, existing, args):
    existing["readonly"] = True
    assert not group().result["changed"]
    assert "is read-only for the token's user" in group(**args).result["msg"]
    assert not sim.writes


@pytest.mark.parametrize("args", [{"secondary_stack": ""}, {"state": "absent"}, {"primary_stack": "Ledger"}])
def test_without_the_permission_nothing_is_written(sim, group, existing, args):
    sim.fault("status", status=403, path="/failover_groups*")
    result = group(**args).result
    assert (result["failed"], result["changed"], result["status"]) == (True, False, 403)
    assert rows(sim) == [existing]


@pytest.mark.parametrize(("kind", "options", "applied"), LOST)
@pytest.mark.parametrize("duplicates", ["store", "conflict"])
def test_a_lost_answer_to_the_post(sim, group, kind, options, applied, duplicates):
    sim.settings(duplicate_failover_groups=duplicates)
    sim.fault(kind, method="POST", times=1, **options)
    assert group().result["changed"]
    assert len(rows(sim)) == 1
    assert methods(sim) == (["POST"] if applied else ["POST", "POST"])


@pytest.mark.parametrize(("kind", "options", "applied"), LOST)
@pytest.mark.parametrize("visible", ["start", "end"])
def test_a_lost_answer_to_a_switch(sim, group, existing, kind, options, applied, visible):
    """A running switch shows that it was applied, so it is not sent again."""
    sim.settings(failover_seconds=60, failover_visible=visible)
    sim.fault(kind, method="PUT", times=1, **options)
    result = group(**SECOND).result
    assert (result["changed"], result.get("failed"), existing["current_stack"]) == (True, None, 2)
    assert methods(sim) == (["PUT"] if applied else ["PUT", "PUT"])


@pytest.mark.parametrize(("kind", "options", "_applied"), LOST)
@pytest.mark.parametrize("args", [{"secondary_stack": ""}, {"state": "absent"}])
def test_a_lost_answer_to_the_change_or_removal(sim, group, existing, kind, options, _applied, args):
    sim.fault(kind, method="DELETE" if "state" in args else "PUT", times=1, **options)
    result = group(**args).result
    assert (result["changed"], result.get("failed")) == (True, None)
    assert rows(sim) == ([] if "state" in args else [existing])
