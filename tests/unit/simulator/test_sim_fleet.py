# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fleets: keys, accounts, gateways, stacks that change, and the hostile fleet."""

from __future__ import annotations

import base64
import re

import pytest
from simulator import running
from simulator.hostile import ADDRESSES, EVIL, ODD, RESERVED, USERS

STACK = "f196c5b41758cb7977620d49eb1492ef"
PEM = "-----BEGIN OPENSSH PRIVATE KEY-----\nreal\n-----END OPENSSH PRIVATE KEY-----\n"


def all_rows(call, path, **options):
    rows, page = [], 1
    while page:
        answer = call("GET", f"{path}?page={page}", **options).json
        rows += answer["response"]
        page = answer["pagination"]["next"]
    return rows


# Keys


def test_private_keys_set_by_a_test(sim, call, conforms):
    server, other = sim.world.servers[STACK][:2]
    path = f"/stacks/{STACK}/servers/{server['uid']}?include_private_key=1"
    sim.world.private_keys[server["uid"]] = PEM
    assert conforms("get_server", call("GET", path))["response"]["ssh_private_key"] == PEM
    assert call("POST", "//_sim/private_keys", body={other["uid"]: PEM}).json == sorted([server["uid"], other["uid"]])
    assert call("GET", path.replace(server["uid"], other["uid"])).json["response"]["ssh_private_key"] == PEM
    assert "ssh_private_key" not in call("GET", path.partition("?")[0]).json["response"]
    server["ssh_private_key"] = None
    assert call("GET", path).json["response"]["ssh_private_key"] is None


def test_private_keys_may_require_another_scope(sim, call):
    path = f"/stacks/{STACK}/servers/{sim.world.servers[STACK][0]['uid']}?include_private_key=1"
    assert call("GET", path, token="public-only-4c9c9b2222").status == 200
    sim.settings(private_key_scope="admin")
    assert call("GET", path, token="public-only-4c9c9b2222").error == "forbidden"
    assert call("GET", path).status == 200


def test_access_key(sim, call, conforms):
    def read(**options):
        return conforms("get_access_ssh_key", call("GET", "/ssh_keys/access", **options))

    assert read(token="public-only-4c9c9b2222")["error"] == "not_found"
    sim.settings(ssh_key_missing="empty")
    assert read(token="public-only-4c9c9b2222")["response"] == {"public_key": None}
    line = "ssh-ed25519 AAAA me@example.com"
    text = base64.encodebytes(line.encode()).decode()
    conforms("set_access_ssh_key", call("POST", "/ssh_keys/access", body={"public_key": text}))
    assert read()["response"]["public_key"] == line
    sim.settings(ssh_key_read="base64")
    assert base64.b64decode(read()["response"]["public_key"]).decode() == line
    for bad in (line, "", "4"):
        assert call("POST", "/ssh_keys/access", body={"public_key": bad}).status == 400


# Accounts


@pytest.fixture(scope="module")
def large():
    with running(stacks=60) as simulator:
        yield simulator


@pytest.fixture
def call_large(large, call):
    large.reset()
    return type(call)(large.origin)


def test_many_accounts(call_large):
    accounts = all_rows(call_large, "/accounts")
    assert len(accounts) == 37
    assert [account["id"] for account in accounts if account["current_account"]] == [139]
    counts = {account["id"]: account["stack_count"] for account in accounts}
    assert sum(counts.values()) == len(all_rows(call_large, "/stacks")) == 60
    for account_id in (139, 207, 1003):
        rows = all_rows(call_large, "/stacks", headers={"X-Account": str(account_id)})
        assert {row["account_id"] for row in rows} == {account_id}
        assert len(rows) == counts[account_id]


def test_only_the_current_account_without_the_header(large, call_large):
    large.settings(visible_accounts="current")
    assert {row["account_id"] for row in all_rows(call_large, "/stacks")} == {139}
    assert {row["primary_account_id"] for row in all_rows(call_large, "/users")} == {139}


def test_stacks_of_another_account(sim, call):
    other = {"X-Account": "207"}
    assert call("GET", f"/stacks/{STACK}/servers", headers=other).status == 200
    sim.settings(strict_account=True)
    assert call("GET", f"/stacks/{STACK}/servers", headers=other).status == 404
    assert call("GET", f"/stacks/{STACK}/servers").status == 200


# Gateways, and stacks that change


def test_servers_behind_a_gateway(large, call_large, conforms):
    behind = [row for rows in large.world.servers.values() for row in rows if row["has_deploy_gateway"]]
    assert behind
    for server in behind:
        path = f"/stacks/{server['stack_uid']}/servers/{server['uid']}"
        read = conforms("get_server", call_large("GET", path))["response"]
        assert (read["deploy_gateway_address"], read["deploy_gateway_user_name"]) == ("198.51.100.250", "gateway")
        assert read["address"] == read["int_ipv4"]
        assert read["ext_ipv4"] is None


def test_updated_at_can_follow_servers(sim, call):
    def updated():
        return call("GET", f"/stacks/{STACK}").json["response"]["updated_at_iso"]

    first = updated()
    server = sim.world.add_server(STACK)
    assert updated() == first
    sim.settings(servers_touch_stack=True)
    times = [first]
    for change in (
        lambda: sim.world.remove_server(server["uid"]),
        lambda: sim.world.add_server(STACK),
        lambda: sim.world.touch(STACK),
        lambda: call("POST", f"//_sim/touch?stack={STACK}"),
    ):
        change()
        times.append(updated())
    assert times == sorted(set(times))


def test_stacks_and_servers_through_the_control_api(call, conforms):
    servers = [{"name": "a", "address": "127.0.0.1"}, {"name": "b"}]
    stack = call("POST", "//_sim/stacks", body={"name": "made", "environment": "test", "servers": servers}).json
    path = f"/stacks/{stack['uid']}/servers"
    assert [row["name"] for row in conforms("list_servers", call("GET", path))["response"]] == ["a", "b"]
    added = call("POST", "//_sim/servers", body={"stack_uid": stack["uid"], "name": "c"}).json
    assert call("GET", path).json["count"] == 3
    assert call("DELETE", f"//_sim/servers?uid={added['uid']}").status == 200
    assert call("GET", path).json["count"] == 2
    assert call("GET", f"//_sim/state?thing=firewalls&stack={stack['uid']}").json
    for method, target, body in (
        ("POST", "//_sim/servers", {"stack_uid": "nope"}),
        ("POST", "//_sim/touch?stack=nope", None),
        ("GET", "//_sim/state?thing=firewalls&stack=nope", None),
        ("POST", "//_sim/stacks", b"{"),
    ):
        assert call(method, target, body=body).status == 400, target


def test_list_of_actions(sim, call, conforms):
    sim.world.add_past_actions(STACK, 70)
    mine = sim.world.start_action(STACK, "restart", user_reference="mine")
    path = f"/stacks/{STACK}/actions"
    rows = all_rows(call, path)
    assert len(rows) == 71
    assert rows[0]["id"] == mine["id"]
    conforms("list_stack_actions", call("GET", path))
    sim.settings(action_order="oldest")
    assert all_rows(call, path) == rows[::-1]
    assert call("GET", path + "?user_reference=mine").json["count"] == 1
    sim.settings(reference_filter=False)
    assert call("GET", path + "?user_reference=mine").json["pagination"]["count"] == 71


# The hostile fleet


@pytest.fixture(scope="module")
def hostile():
    with running(stacks=2, hostile=True) as simulator:
        yield simulator


@pytest.fixture
def call_hostile(hostile, call):
    return type(call)(hostile.origin)


def servers(hostile, subject):
    return hostile.world.servers[hostile.world.hostile[subject]]


def test_hostile_rows_conform_to_the_contract(hostile, call_hostile, conforms):
    stacks = all_rows(call_hostile, "/stacks")
    assert len({stack["uid"] for stack in stacks}) == len(stacks) == len(hostile.world.stacks)
    for page in range(1, -(-len(stacks) // 30) + 1):
        conforms("list_stacks", call_hostile("GET", f"/stacks?page={page}"))
    uids = set()
    for stack in stacks:
        for page in (1, 2, 3):
            reply = conforms("list_servers", call_hostile("GET", f"/stacks/{stack['uid']}/servers?page={page}"))
            uids.update(server["uid"] for server in reply["response"])
        conforms("get_stack", call_hostile("GET", f"/stacks/{stack['uid']}"))
        conforms("list_firewall_rules", call_hostile("GET", f"/stacks/{stack['uid']}/firewalls"))
        conforms("list_environment_variables", call_hostile("GET", f"/stacks/{stack['uid']}/environments"))
    assert len(uids) == sum(len(rows) for rows in hostile.world.servers.values())
    for page in (1, 2):
        conforms("list_accounts", call_hostile("GET", f"/accounts?page={page}"))


def test_hostile_names(hostile):
    names = [stack["name"] for stack in hostile.world.stacks]
    assert set(names) >= {*EVIL, *ODD, *RESERVED}
    twins = [stack["environment"] for stack in hostile.world.stacks if stack["name"] == "three-of-one-name"]
    assert sorted(twins) == ["production", "production", "staging"]
    group_names = [re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") for name in names]
    assert group_names.count("my_app") > 3
    assert group_names.count("") > 3
    assert {server["name"] for server in servers(hostile, "names")} == {*EVIL, *ODD}
    assert {server["name"] for server in servers(hostile, "groups")} > {*RESERVED}
    doubles = [server["name"] for subject in ("doubles", "doubles_again") for server in servers(hostile, subject)]
    assert doubles.count("Twin") == 4


def test_hostile_addresses_and_users(hostile):
    assert [server["address"] for server in servers(hostile, "addresses")] == list(ADDRESSES)
    assert [server["user_name"] for server in servers(hostile, "users")] == list(USERS)
    assert {server["deploy_gateway_address"] for server in servers(hostile, "gateways")} == {
        *ADDRESSES,
        None,
        "198.51.100.250",
    }
    ways = [
        {name for name in ("address", "ext_ipv4", "ext_ipv6", "int_ipv4", "int_ipv6", "dns_record") if server[name]}
        for server in servers(hostile, "ways")
    ]
    assert ways[:2] == [set(), {"ext_ipv6"}]
    assert {"dns_record"} in ways
    assert (len(servers(hostile, "none")), len(servers(hostile, "seventy"))) == (0, 70)


def test_null_in_every_nullable_field(hostile, contract):
    def nullable(schema):
        properties = contract["components"]["schemas"][schema]["properties"]
        return {name for name, field in properties.items() if "null" in field.get("type", [])}

    stack = hostile.world.stack(hostile.world.hostile["nulls"])
    (server,) = servers(hostile, "nulls")
    assert {name for name, value in stack.items() if value is None} == nullable("Stack")
    assert {name for name, value in server.items() if value is None} == nullable("Server")
    bare = hostile.world.stack(hostile.world.hostile["bare"])
    assert set(bare) == set(contract["components"]["schemas"]["Stack"]["required"])
    (server,) = servers(hostile, "bare")
    assert set(server) == set(contract["components"]["schemas"]["Server"]["required"])


def test_filters_on_a_hostile_fleet(call_hostile):
    for name in ("filter_name", "filter_environment", "filter_git_repo", "filter_git_branch"):
        assert call_hostile("GET", f"/stacks?{name}=x").status == 200
    assert call_hostile("GET", "/stacks", headers={"X-Account": "9001"}).json["response"]
