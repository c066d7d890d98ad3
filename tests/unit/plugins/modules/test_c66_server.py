# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_server: servers are rebooted once each, batch by batch, and the first that is not healthy stops the rest."""

from __future__ import annotations

from importlib import import_module

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from simulator.seed import AWESOME_APP, PUBLIC_TOKEN
from unit.fixtures.writes import APPLIED, LOST

NAMES = ["Ant", "Bee", "Cat", "Dog", "Elk"]
MODULE = import_module("ansible_collections.cloud66.cloud.plugins.modules.c66_server").MODULE


@pytest.fixture
def stack(sim):
    """Five servers: two databases in a group of their own, and three web servers."""
    sim.settings(action_seconds=1, reboot_seconds=60)
    sim.world.servers[AWESOME_APP].clear()
    for name in NAMES:
        roles, group = (["mysql"], 900) if name < "Cat" else (["web"], 901)
        sim.world.add_server(AWESOME_APP, name=name, server_roles=roles, server_group_id=group, health_state=3)
    sim.world.server_groups[AWESOME_APP] = [
        {"id": 900, "name": "MySQL Servers", "type": "mysql"},
        {"id": 901, "name": "Web Servers", "type": "web"},
        {"id": 902, "name": "Empty", "type": "web"},
    ]
    return sim.world.servers[AWESOME_APP]


@pytest.fixture
def reboot(run_module, stack):
    options = {"stack": "Awesome App", "state": "rebooted", "diff": True}
    return lambda **args: run_module("c66_server", **{**options, **args})


@pytest.fixture
def rebooted(sim, stack):
    """The names of the servers for which a reboot was applied, in order."""

    def read():
        names = {row["uid"]: row["name"] for row in stack}
        return [names[write.path.split("/")[-2]] for write in sim.writes if write.applied]

    return read


def most_unhealthy(sim):
    return max(write.notes["unhealthy"] for write in sim.writes if "unhealthy" in write.notes)


def refusal(**args):
    given = {"stack": "Awesome App", "state": "rebooted", **args}
    return " ".join(ArgumentSpecValidator(MODULE.argument_spec, **MODULE.constraints).validate(given).error_messages)


# Which servers, and in which batches


@pytest.mark.parametrize(
    ("given", "batches"),
    [
        ({"servers": ["Bee"]}, [["Bee"]]),
        ({"servers": ["Dog", "ant", "Dog"]}, [["Dog"], ["Ant"]]),
        ({"group": "MySQL Servers"}, [["Ant"], ["Bee"]]),
        ({"group": "901", "batch": "2"}, [["Cat", "Dog"], ["Elk"]]),
        ({"role": "web", "batch": "100%"}, [["Cat", "Dog", "Elk"]]),
        ({"all": True, "batch": "2"}, [["Ant", "Bee"], ["Cat", "Dog"], ["Elk"]]),
        ({"all": True, "batch": "25%"}, [["Ant"], ["Bee"], ["Cat"], ["Dog"], ["Elk"]]),
        ({"all": True, "batch": "9"}, [NAMES]),
    ],
)
def test_servers_are_rebooted_in_batches(sim, reboot, rebooted, given, batches):
    predicted = reboot(check=True, **given).result
    assert not sim.writes
    real = reboot(**given).result
    for name in ("changed", "batches", "servers", "diff"):
        assert predicted[name] == real[name], name
    assert real["changed"]
    assert real["batches"] == real["diff"]["after"]["batches"] == batches
    names = [name for batch in batches for name in batch]
    assert [(row["name"], row["health_state_name"]) for row in real["servers"]] == [(name, "ok") for name in names]
    assert rebooted() == names
    assert [action["finished_success"] for action in real["actions"]] == [True] * len(names)
    assert predicted["actions"] == []
    assert most_unhealthy(sim) == max(map(len, batches))


def test_a_uid_names_a_server(stack, reboot, rebooted):
    assert reboot(servers=[stack[1]["uid"], "Bee"]).result["batches"] == [["Bee"]]
    assert rebooted() == ["Bee"]


def test_each_run_reboots(reboot, rebooted):
    assert [reboot(servers=["Ant"], check=check).result["changed"] for check in (False, True, False)] == [True] * 3
    assert rebooted() == ["Ant", "Ant"]


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize("given", [{"servers": []}, {"group": "Empty"}])
def test_nothing_is_selected(sim, reboot, given, check):
    result = reboot(check=check, **given).result
    assert (result["changed"], result["servers"], result["batches"], result["actions"]) == (False, [], [], [])
    assert result["diff"]["before"] == result["diff"]["after"] == {}
    assert not sim.writes


def test_a_broken_server_can_be_rebooted(stack, reboot):
    stack[0]["health_state"] = 4
    predicted, real = reboot(servers=["Ant"], check=True).result, reboot(servers=["Ant"]).result
    assert predicted["servers"][0]["health_state_name"] == real["servers"][0]["health_state_name"] == "ok"


# Waiting


def test_the_next_batch_waits_for_health_and_not_only_for_the_action(sim, reboot, clock):
    sim.settings(action_seconds=0, reboot_seconds=300)
    run = reboot(all=True, batch="2", wait_timeout=400)
    assert run.result["changed"], run.result
    assert clock.elapsed >= 900
    assert most_unhealthy(sim) == 2


def test_the_action_is_waited_for_too(sim, reboot, clock):
    sim.settings(action_seconds=300, reboot_seconds=0)
    assert reboot(role="mysql").result["changed"]
    assert clock.elapsed >= 600


def test_without_wait_one_batch_is_started(sim, reboot, rebooted, clock):
    result = reboot(role="mysql", batch="2", wait=False).result
    assert rebooted() == ["Ant", "Bee"]
    assert [row["health_state_name"] for row in result["servers"]] == ["unknown", "unknown"]
    assert [action["finished_at"] for action in result["actions"]] == [None, None]
    assert not clock.pauses


@pytest.mark.parametrize("check", [False, True])
def test_several_batches_need_waiting(sim, reboot, check):
    message = reboot(all=True, batch="50%", wait=False, check=check).result["msg"]
    assert message.startswith("With wait: false, one batch must include all 5 servers, but batch is 50%, which makes 3")
    assert message.endswith("Set wait: true or batch: 5. Nothing was sent.")
    assert not sim.writes


# Failures


def test_a_server_that_stays_broken_stops_the_rest(sim, reboot, rebooted):
    sim.settings(reboot_breaks="Cat")
    run = reboot(all=True, batch="2", wait_timeout=120)
    assert (run.result["failed"], run.result["changed"]) == (True, True)
    assert run.result["msg"] == (
        "the reboot of servers Cat and Dog of stack Awesome App did not end within 120 seconds (Cat is broken). Check"
        " in Cloud 66 what is wrong before you continue. Rebooted and healthy: Ant, Bee and Dog. Not healthy: Cat."
        " Not rebooted: Elk."
    )
    assert rebooted() == NAMES[:4]
    assert run.result["batches"] == [["Ant", "Bee"], ["Cat", "Dog"]]
    assert [row["health_state_name"] for row in run.result["servers"]] == ["ok", "ok", "broken", "ok", "ok"]
    assert len(run.result["actions"]) == 4


def test_a_failed_action_stops_the_rest(sim, reboot, rebooted):
    sim.settings(action_failure="The cloud did not answer")
    run = reboot(all=True)
    assert (run.result["failed"], run.result["changed"]) == (True, True)
    assert "server Ant of stack Awesome App failed: The cloud did not answer" in run.result["msg"]
    assert run.result["msg"].endswith("Unclear whether rebooted: Ant. Not rebooted: Bee, Cat, Dog and Elk.")
    assert rebooted() == ["Ant"]
    assert run.result["actions"][0]["finished_success"] is False


def test_a_refused_call_in_a_batch_says_what_was_done(sim, stack, reboot, rebooted):
    sim.fault("status", status=404, method="POST", path=f"/stacks/*/servers/{stack[1]['uid']}/*", applied=False)
    run = reboot(all=True, batch="3")
    assert (run.result["failed"], run.result["changed"], run.result["status"]) == (True, True, 404)
    assert run.result["msg"].endswith("Not healthy: Ant. Not rebooted: Bee, Cat, Dog and Elk.")
    assert run.result["batches"] == [["Ant"]]
    assert rebooted() == ["Ant"]


def test_a_busy_stack_is_tried_again_after_the_reboots_of_the_task(sim, stack, reboot, rebooted):
    path = f"/stacks/*/servers/{stack[1]['uid']}/*"
    fault = sim.fault("status", status=409, method="POST", path=path, applied=False, times=1)
    assert reboot(role="mysql", batch="2").result["changed"]
    assert fault.hits == 1
    assert rebooted() == ["Ant", "Bee"]


def test_another_users_reboot_is_not_mistaken_for_a_lost_one(sim, stack, reboot):
    """It began before the task."""
    sim.world.start_action(AWESOME_APP, "server_reboot", seconds=0)
    sim.settings(clock_offset=60)
    sim.fault("reset", method="POST")
    message = reboot(servers=["Ant"]).result["msg"]
    assert "it is not started again" in message
    assert message.endswith("Unclear whether rebooted: Ant.")


def test_a_failure_after_the_action_reports_its_end(sim, stack, reboot):
    """The result has the actions as they are at the end."""
    sim.settings(reboot_seconds=0)
    sim.fault("reset", method="POST", path=f"/stacks/*/servers/{stack[1]['uid']}/*")
    result = reboot(role="mysql", batch="2").result
    assert [action["finished_success"] for action in result["actions"]] == [True]
    assert "Rebooted and healthy: Ant. Unclear whether rebooted: Bee." in result["msg"]


def test_a_removed_server_stops_the_rest(sim, stack, reboot):
    uid = stack[1]["uid"]
    sim.world.schedule.at(sim.world.now() + 90, lambda: sim.world.remove_server(uid))
    run = reboot(role="mysql")
    assert (run.result["failed"], run.result["changed"]) == (True, True)
    assert "server" in run.result["msg"]
    assert run.result["msg"].endswith("Rebooted and healthy: Ant. Not healthy: Bee.")


@pytest.mark.parametrize("resource_type", ["stack", "server"])
@pytest.mark.parametrize("kind", APPLIED)
def test_a_reboot_whose_answer_was_lost_is_found_and_not_sent_again(sim, reboot, rebooted, kind, resource_type):
    """Also if it is not the first of its batch: the action of the first is not mistaken for it."""
    sim.settings(reboot_resource_type=resource_type)
    for number in (0, 1):
        path = f"/stacks/*/servers/{sim.world.servers[AWESOME_APP][number]['uid']}/*"
        fault = sim.fault(kind, method="POST", path=path, times=1, **APPLIED[kind])
        before = len(sim.writes)
        run = reboot(servers=["Ant", "Bee"], batch="2", api_retries=3)
        assert run.result["changed"], run.result
        assert not run.result.get("failed"), run.result
        assert len({action["id"] for action in run.result["actions"]}) == 2
        assert len(sim.writes) == before + 2
        assert fault.hits == 1
    assert rebooted() == ["Ant", "Bee"] * 2


@pytest.mark.parametrize("kind", [kind for kind, _options, applied in LOST if not applied])
def test_a_lost_reboot_that_did_not_run_fails(sim, reboot, rebooted, clock, kind):
    path = f"/stacks/*/servers/{sim.world.servers[AWESOME_APP][1]['uid']}/*"
    sim.fault(kind, method="POST", path=path)
    run = reboot(servers=["Ant", "Bee", "Cat"], batch="2", api_retries=3)
    assert (run.result["failed"], run.result["changed"]) == (True, True)
    assert f"among the actions of stack Awesome App ({AWESOME_APP}); it is not started again" in run.result["msg"]
    assert run.result["msg"].endswith("Rebooted and healthy: Ant. Unclear whether rebooted: Bee. Not rebooted: Cat.")
    assert run.result["batches"] == [["Ant", "Bee"]]
    assert rebooted() == ["Ant"]
    assert len(sim.writes) == 2


@pytest.mark.parametrize("scope", ["redeploy", "admin"])
def test_a_missing_scope_is_named(sim, reboot, scope):
    sim.settings(reboot_scope=scope)
    result = reboot(all=True, api_token=PUBLIC_TOKEN).result
    assert (result["failed"], result["changed"], result["status"]) == (True, False, 403)
    assert "lacks the scope redeploy or admin" in result["msg"]
    assert "a reboot of server Ant of stack Awesome App" in result["msg"]
    assert len(sim.writes) == 1


def test_no_scope_may_be_needed(sim, reboot):
    sim.settings(reboot_scope=None)
    assert reboot(servers=["Ant"], api_token=PUBLIC_TOKEN).result["changed"]


# Invalid options


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"servers": ["Ant", "Bea"]}, "No server of stack Awesome App matches 'Bea'. Did you mean Bee?"),
        ({"group": "Web Server"}, "Did you mean Web Servers or MySQL Servers?"),
        ({"role": "msql"}, "No server of stack Awesome App has the role 'msql'. Did you mean mysql?"),
        ({"role": "x"}, "Available: mysql, web."),
        ({"all": False}, "all is false, so no server is selected: set servers, group, role or all: true."),
        ({"servers": [" "]}, "The option servers contains an empty string."),
        ({"role": ""}, "The option role is empty."),
        ({"all": True, "wait_timeout": -1}, "wait_timeout must be at least 0 seconds, not -1."),
    ],
)
def test_what_does_not_exist_is_refused(sim, reboot, given, message, check):
    result = reboot(check=check, **given).result
    assert message in result["msg"]
    assert not sim.writes


@pytest.mark.parametrize("batch", ["0", "-1", "0%", "101%", "1.5", "half", ""])
def test_an_invalid_batch_is_refused(sim, reboot, batch):
    message = reboot(all=True, batch=batch).result["msg"]
    assert message.startswith("batch must be a count such as 2 or a share such as 25%")
    assert not sim.requests


def test_two_servers_of_one_name(sim, reboot):
    sim.world.add_server(AWESOME_APP, name="Ant")
    assert "2 servers of stack Awesome App match Ant: Ant (" in reboot(servers=["Ant"]).result["msg"]
    assert not sim.writes


def test_exactly_one_selection_is_required():
    assert "one of the following is required: servers, group, role, all" in refusal()
    assert "mutually exclusive: servers|group|role|all" in refusal(all=True, role="web")
    assert "value of state must be one of: rebooted" in refusal(all=True, state="present")


def test_the_state_is_required():
    given = {"stack": "Awesome App", "all": True}
    messages = ArgumentSpecValidator(MODULE.argument_spec, **MODULE.constraints).validate(given).error_messages
    assert messages == ["missing required arguments: state"]


def test_no_private_key_is_shown(sim, stack, reboot):
    stack[0]["ssh_private_key"] = "a-private-key-of-a-server"
    run = reboot(servers=["Ant"])
    assert "a-private-key" not in str((run.result, run.notices, run.logs, run.warnings))
