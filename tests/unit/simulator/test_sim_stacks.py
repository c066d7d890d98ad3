# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Creating stacks, and commands on stacks."""

from __future__ import annotations

import pytest
from simulator.seed import PUBLIC_TOKEN

STACK = "f196c5b41758cb7977620d49eb1492ef"
NEW = {
    "name": "shop",
    "environment": "production",
    "service_yaml": "services: {}",
    "cloud": "digitalocean",
    "region": "ams3",
    "size": "2gb",
    "build_type": "multi",
}
EMPTY = {"manifest_yaml": "", "key_name": ""}


def stacks_named(call, name="shop"):
    return call("GET", f"/stacks?filter_name={name}").json["response"]


@pytest.mark.parametrize("form", [False, True])
def test_new_stack_is_listed_after_a_while(sim, call, conforms, form):
    sim.settings(create_visible_seconds=10, create_seconds=60)
    action = conforms("create_stack", call("POST", "/stacks", **{"form" if form else "body": {**NEW, **EMPTY}}))
    action = action["response"]
    assert (action["action"], "uid" in action) == ("stack_create", False)
    assert stacks_named(call) == []
    sim.settings(clock_offset=11)
    (stack,) = conforms("list_stacks", call("GET", "/stacks?filter_name=shop"))["response"]
    assert (stack["environment"], stack["account_id"], stack["status"], stack["is_busy"]) == (
        "production",
        139,
        3,
        True,
    )
    path = f"/stacks/{stack['uid']}"
    assert call("GET", f"{path}/actions/{action['id']}").json["response"]["finished_at"] is None
    assert call("GET", f"{path}/servers").json["response"] == []
    sim.settings(clock_offset=61)
    assert call("GET", f"{path}/actions/{action['id']}").json["response"]["finished_success"] is True
    (stack,) = stacks_named(call)
    assert (stack["status"], stack["is_busy"]) == (1, False)
    assert len(call("GET", f"{path}/servers").json["response"]) == 3
    assert [row["is_live"] for row in call("GET", f"{path}/deployments").json["response"]] == [True]
    (version,) = call("GET", f"{path}/service_yaml?include_body=true").json["response"]
    assert version["body"] == "services: {}"
    assert call("GET", f"{path}/manifest_yaml").json["response"] == []
    for name in ("firewalls", "environments", "settings", "configuration"):
        assert call("GET", f"{path}/{name}").status == 200


def test_stack_creation_fails(sim, call):
    sim.settings(create_visible_seconds=10, create_seconds=1, action_failure="No such size")
    call("POST", "/stacks", body=NEW)
    sim.settings(clock_offset=2)
    (stack,) = stacks_named(call)
    assert (stack["status"], stack["is_busy"]) == (7, False)
    sim.settings(clock_offset=20)
    assert len(stacks_named(call)) == 1


def test_duplicate_stack_name(sim, call, conforms):
    sim.settings(create_visible_seconds=0)
    assert [call("POST", "/stacks", body=NEW).status for _number in range(2)] == [200, 200]
    assert len(stacks_named(call)) == 2
    sim.settings(duplicate_stacks="conflict", create_visible_seconds=60)
    other = {**NEW, "name": "other"}
    assert [call("POST", "/stacks", body=other).status for _number in range(2)] == [200, 409]
    assert conforms("create_stack", call("POST", "/stacks", body=NEW))["error"] == "conflict"
    assert call("POST", "/stacks", body={**NEW, "environment": "staging"}).status == 200
    assert call("POST", "/stacks", body=NEW, headers={"X-Account": "207"}).status == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"environment": None},
        {"service_yaml": "a: [1"},
        {"size": ""},
        {"build_type": "x"},
        EMPTY | {"cloud": ""},
    ],
)
def test_stack_is_refused(sim, call, conforms, changes):
    assert conforms("create_stack", call("POST", "/stacks", body={**NEW, **changes}))["error"] == "bad_request"
    assert not sim.writes[-1].applied
    assert call("POST", "/stacks", body={**NEW, "cloud": "", "manifest_yaml": "production: {}"}).status == 200


# Commands

ACTIONS = f"/stacks/{STACK}/actions"


def test_every_command_in_the_contract(sim, call, conforms, contract):
    """With both spellings of parameters, accepted together or alone."""
    server = sim.world.servers[STACK][0]
    values = {
        "container": "c1",
        "container_id": "c1",
        "process-name": "worker",
        "process_name": "worker",
        "service_name": "web",
        "server": server["name"],
        "server_uid": server["uid"],
        "value": 1,
        "server_id_filter": server["uid"],
        "server_group": "mysql",
        "db_type": "mysql",
    }
    commands = contract["components"]["schemas"]["StackActionRequest"]["x-parameters-by-command"]
    for index, spellings in ((0, "slate"), (-1, "go"), (0, "both"), (-1, "both")):
        sim.settings(action_spellings=spellings)
        for command, parameters in commands.items():
            names = [parameter.rstrip("?").split("|")[index] for parameter in parameters]
            body = {"command": command, **{name: values[name] for name in names}}
            action = conforms("run_stack_action", call("POST", ACTIONS, body=body))["response"]
            assert action["action"] == command
            assert sim.writes[-1].notes == {"command": command}


@pytest.mark.parametrize(
    ("spellings", "body"),
    [
        ("both", {"command": "explode"}),
        ("both", {"command": "maintenance_mode"}),
        ("both", {"command": "maintenance_mode", "value": 2}),
        ("both", {"command": "process_pause", "process_name": ""}),
        ("slate", {"command": "container_restart", "container_id": "c1"}),
        ("go", {"command": "container_restart", "container": "c1"}),
        ("both", {"command": "promote_slave_db", "server": "nobody"}),
        ("both", {"command": "promote_slave_db", "server_uid": "nobody"}),
        ("both", {"command": "service_restart", "service_name": "web", "server_id_filter": "nobody"}),
    ],
)
def test_command_is_refused(sim, call, conforms, spellings, body):
    sim.settings(action_spellings=spellings)
    assert conforms("run_stack_action", call("POST", ACTIONS, body=body))["error"] == "bad_request"
    assert call("GET", ACTIONS).json["response"] == []


@pytest.mark.parametrize("value", [1, "1"])
def test_maintenance_mode(sim, call, value):
    def mode():
        return call("GET", f"/stacks/{STACK}").json["response"]["maintenance_mode"]

    sim.settings(action_seconds=60)
    body = {"command": "maintenance_mode", "value": value, "user_reference": "mine"}
    assert call("POST", ACTIONS, body=body).json["response"]["metadata"] == {"user_reference": "mine"}
    assert mode() is False
    sim.settings(clock_offset=61)
    assert mode() is True
    assert call("GET", f"/stacks/{STACK}/settings/maintenance-mode").json["response"]["value"] is True
    sim.settings(async_visible="start")
    call("POST", ACTIONS, form={"command": "maintenance_mode", "value": "0"})
    assert mode() is False


def test_reboots(sim, call, conforms):
    server = sim.world.servers[STACK][0]["uid"]
    reply = call("POST", f"/stacks/{STACK}/servers/{server}/reboot_server")
    assert conforms("reboot_server", reply)["response"]["action"] == "server_reboot"
    reply = call("POST", f"/stacks/{STACK}/reboot_servers", body={"strategy": "serial", "group": ""})
    assert conforms("reboot_stack_servers", reply)["response"]["action"] == "stack_reboot"
    assert call("POST", f"/stacks/{STACK}/reboot_servers", body={"strategy": "at once"}).status == 400
    assert call("POST", f"/stacks/{STACK}/servers/nope/reboot_server").status == 404


def test_a_rebooted_server_is_healthy_again_some_time_later(sim, call, clock):
    sim.settings(reboot_seconds=60, reboot_breaks="Breaks", reboot_resource_type="server")
    sim.world.servers[STACK].clear()
    servers = [sim.world.add_server(STACK, name=name, health_state=3) for name in ("Returns", "Breaks")]
    for server in servers:
        reply = call("POST", f"/stacks/{STACK}/servers/{server['uid']}/reboot_server")
        assert reply.json["response"]["resource_type"] == "server"
    assert [server["health_state"] for server in servers] == [0, 0]
    assert [record.notes["unhealthy"] for record in sim.writes] == [1, 2]
    clock.move(61)
    sim.world.settle()
    assert [server["health_state"] for server in servers] == [3, 4]


@pytest.mark.parametrize(("scope", "status"), [("redeploy", 403), ("admin", 403), (None, 200)])
def test_a_reboot_may_require_a_scope(sim, call, scope, status):
    sim.settings(reboot_scope=scope)
    server = sim.world.servers[STACK][0]["uid"]
    assert call("POST", f"/stacks/{STACK}/servers/{server}/reboot_server", token=PUBLIC_TOKEN).status == status
    body = {"strategy": "serial"}
    assert call("POST", f"/stacks/{STACK}/reboot_servers", body=body, token=PUBLIC_TOKEN).status == status
