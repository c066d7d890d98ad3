# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls: requests in every accepted form, and their answers."""

from __future__ import annotations

from urllib.parse import quote

import pytest
import yaml
from simulator import shapes
from simulator.operations import HANDLERS
from tools.places import ROOT
from unit.simulator import sample_requests

STACK = "f196c5b41758cb7977620d49eb1492ef"
SNAPSHOT = shapes.snapshots(STACK)[0]["uid"]
DEVICE = {"token": "wertqy", "device_type": 1, "sub_type": 1}


def test_the_five_commands_of_the_seed(call, conforms):
    """Sent as curl does: -d makes a form body, even for GET."""
    stacks = conforms("list_stacks", call("GET", "/stacks.json"))
    assert STACK in [stack["uid"] for stack in stacks["response"]]

    path = f"/stacks/{STACK}/backups.json"
    backups = conforms("list_backups", call("GET", path, form="group=1345&db_type=mysql"))["response"]
    assert backups
    assert {backup["db_type"] for backup in backups} == {"mysql"}

    added = conforms("add_device", call("POST", "/users/18/devices.json", form="token=wertqy&device_type=1&sub_type=1"))
    assert (added["response"]["device_type"], added["response"]["sub_type"]) == (1, 1)

    changed = call("PUT", "/users/18/devices/wertqy.json", form="device_type=1&sub_type=2")
    assert (changed.status, changed.body) == (200, b"")
    assert [device["sub_type"] for device in call("GET", "/users/18").json["response"]["devices"]] == [2]

    deleted = call("DELETE", "/users/18/devices/wertqy.json")
    assert (deleted.status, deleted.body) == (200, b"")
    assert call("GET", "/users/18").json["response"]["devices"] == []


# Queries that make an answer more complete.
QUERIES = {
    "get_server": "?include_private_key=1",
    "get_account": "?include_servers=true",
    "get_pipeline": f"?snapshot_uid={SNAPSHOT}&use_latest=true&workflow=default",
    "get_cluster": "?show_log=1",
    "get_base_template": "?include_stencils=1",
    "list_formations": "?full_content=1",
    "list_operation_logs": "?include_children=true",
    "list_service_yaml_versions": "?include_body=true",
}
CONTRACT = yaml.load((ROOT / "tests/contract/cloud66-v3.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
READS = {
    call["operationId"]: path
    for path, calls in CONTRACT["paths"].items()
    for method, call in calls.items()
    if method == "get" and call["operationId"] in HANDLERS
}


@pytest.mark.parametrize("operation_id", READS)
def test_every_read_conforms_to_the_contract(sim, call, conforms, operation_id):
    path = READS[operation_id].format(**sample_requests.one(sim.world, operation_id))
    reply = call("GET", path + QUERIES.get(operation_id, ""))
    assert reply.status == 200, reply
    conforms(operation_id, reply)
    assert sim.requests[-1].operation_id == operation_id


@pytest.mark.parametrize("form", [False, True])
def test_devices_as_json_and_as_forms(sim, call, conforms, form):
    def send(method, path, fields):
        return call(method, path, **{"form" if form else "body": fields})

    sim.settings(put_answer="device", delete_answer="acknowledgement")
    assert conforms("add_device", send("POST", "/users/18/devices", DEVICE))["response"]["enabled"] is True
    changed = send("PUT", "/users/18/devices/wertqy", {"device_type": 1, "sub_type": 2})
    assert conforms("update_device", changed)["response"]["sub_type"] == 2
    changed = send("PUT", "/users/18/devices", {**DEVICE, "sub_type": 3})
    assert conforms("update_device_by_body", changed)["response"]["sub_type"] == 3
    assert conforms("delete_device", call("DELETE", "/users/18/devices/wertqy"))["response"]["ok"] is True


@pytest.mark.parametrize("path", ["/stacks", "/stacks.json", "//api/3//stacks", "//api/3/stacks//"])
def test_json_suffix_and_repeated_slashes(call, path):
    assert len(call("GET", path).json["response"]) == 3


def test_repeated_slash_inside_a_path(call, conforms):
    """Cloud 66's own client requests `files//tar-aa.json`."""
    reply = call("GET", f"/stacks/{STACK}/backups//4153.json")
    assert conforms("get_backup", reply)["response"]["id"] == 4153


@pytest.mark.parametrize(
    "token", ["a/b", "100%", "with blanks", "émoji 🐑", "..", "a?b#c", "x;y=1", "+", "%2F", "a.json"]
)
def test_device_token_is_one_path_segment(call, token):
    path = "/users/18/devices/" + quote(token, safe="") + ".json"
    assert call("POST", "/users/18/devices", body={**DEVICE, "token": token}).status == 200
    assert call("PUT", path, body={"device_type": 2, "sub_type": 1}).status == 200
    devices = call("GET", "/users/18").json["response"]["devices"]
    assert [(device["token"], device["device_type"]) for device in devices] == [(token, 2)]
    assert call("DELETE", path).status == 200
    assert call("DELETE", path).status == 404


def test_absolute_url_as_for_a_proxy(sim, call):
    assert call("GET", "http://app.cloud66.com/api/3/ping?x=1").status == 200
    assert sim.requests[-1].path == "/api/3/ping"


def test_not_found(call, conforms):
    for path in ("/stacks/nope", f"/stacks/{STACK}/servers/nope", f"/stacks/{STACK}/backups/1", "/users/999"):
        assert call("GET", path).error == "not_found"
    assert conforms("get_user", call("GET", "/users/abc"))["error"] == "not_found"
    assert call("DELETE", "/users/18/devices/unknown").status == 404
    assert call("PATCH", "/stacks").status == 404
    assert call("GET", "/nowhere").error == "not_found"
    assert call("GET", "//elsewhere").status == 404


def test_operation_without_a_handler(call, conforms):
    reply = call("GET", "/queues")
    assert (reply.status, reply.error) == (503, "not_implemented")
    conforms("list_queues", reply)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"token": "x", "device_type": 1},
        {"token": "x", "device_type": 3, "sub_type": 1},
        {"token": "x", "device_type": "one", "sub_type": 1},
        {"token": 7, "device_type": 1, "sub_type": 1},
        {"token": "x", "device_type": None, "sub_type": 1},
    ],
)
def test_body_outside_the_contract(sim, call, conforms, fields):
    reply = call("POST", "/users/18/devices", body=fields)
    assert conforms("add_device", reply)["error"] == "bad_request"
    assert reply.json["details"]
    assert not sim.writes[-1].applied


@pytest.mark.parametrize("query", ["page=0", "page=x", "page=", "group=x", "db_type=oracle"])
def test_parameters_outside_the_contract(call, query):
    path = f"/stacks/{STACK}/backups"
    assert call("GET", f"{path}?{query}").error == "bad_request"
    assert call("GET", path, form=query).error == "bad_request"


def test_stack_filters(sim, call):
    def names(query):
        return [stack["name"] for stack in call("GET", f"/stacks?{query}").json["response"]]

    empty = "filter_environment=&filter_git_repo=&filter_git_branch="
    assert names("filter_name=Storefront&" + empty) == ["Storefront"]
    assert names("filter_environment=production") == ["Awesome App"]
    assert names("filter_git_branch=fig&filter_name=Storefront") == []
    assert names("filter_name=store") == []
    sim.settings(filter_match="partial")
    assert names("filter_name=store") == ["Storefront"]
    sim.settings(filter_match="ignore")
    assert len(names("filter_name=nothing")) == 3


def test_backups_by_group_and_type(sim, call):
    all_backups = sim.world.backups[STACK]
    assert len(all_backups) > sim.world.settings.per_page
    rows = call("GET", f"/stacks/{STACK}/backups?group=1345&db_type=mysql").json["response"]
    all_mysql = [row for row in all_backups if row["db_type"] == "mysql"]
    assert 0 < len(rows) < len(all_mysql) < len(all_backups)
    assert not any(str(value) == "1345" for row in rows for value in row.values()), "no answer contains a group id"
    assert call("GET", f"/stacks/{STACK}/backups?group=7").json["response"] == []
    dates = [row["backup_date_iso"] for row in rows]
    assert dates == sorted(dates, reverse=True)


def test_private_keys_are_returned_only_on_request(call):
    servers = call("GET", f"/stacks/{STACK}/servers").json["response"]
    paths = [f"/stacks/{STACK}/servers/{server['uid']}" for server in servers]
    assert not any("ssh_private_key" in server for server in servers)
    assert "ssh_private_key" not in call("GET", paths[0] + "?include_private_key=0").json["response"]
    keys = [call("GET", path + "?include_private_key=1").json["response"]["ssh_private_key"] for path in paths]
    assert all(key.startswith("-----BEGIN RSA PRIVATE KEY-----\n") for key in keys)
    assert len(set(keys)) == len(servers)


def test_duplicate_device_token(sim, call):
    for _number in range(2):
        assert call("POST", "/users/18/devices", body=DEVICE).status == 200
    assert len(call("GET", "/users/18").json["response"]["devices"]) == 2
    assert [call("DELETE", "/users/18/devices/wertqy").status for _number in range(3)] == [200, 200, 404]

    sim.settings(duplicate_devices="update")
    for sub_type in (1, 2):
        assert call("POST", "/users/18/devices", body={**DEVICE, "sub_type": sub_type}).status == 200
    assert [device["sub_type"] for device in call("GET", "/users/18").json["response"]["devices"]] == [2]
    sim.settings(duplicate_devices="conflict")
    assert call("POST", "/users/18/devices", body=DEVICE).error == "conflict"


def test_brief_users(sim, call, conforms):
    assert all("devices" in user for user in call("GET", "/users").json["response"])
    sim.settings(brief_users=True)
    assert not any("devices" in user for user in conforms("list_users", call("GET", "/users"))["response"])


def test_account_header(call):
    def uids(path, account):
        rows = call("GET", path, headers={"X-Account": account}).json["response"]
        return {row.get("uid", row.get("id")) for row in rows}

    assert len(uids("/stacks", "139")) == 2
    assert len(uids("/stacks", "207")) == 1
    assert uids("/users", "207") == {21}
    assert call("GET", "/stacks", headers={"X-Account": "x"}).error == "bad_request"
    assert call("GET", "/stacks", headers={"X-Account": "1"}).error == "forbidden"
    counts = [account["stack_count"] for account in call("GET", "/accounts").json["response"]]
    assert counts == [2, 1]


def test_action_ends_by_itself(sim, call, conforms):
    ended = []
    row = sim.world.start_action(STACK, "restart", user_reference="mine", seconds=60, then=lambda: ended.append(1))
    path = f"/stacks/{STACK}/actions"

    def read():
        return conforms("get_stack_action", call("GET", f"{path}/{row['id']}"))["response"]

    assert (read()["finished_at"], read()["finished_success"]) == (None, None)
    assert ended == []
    sim.settings(clock_offset=61)
    assert read()["finished_success"] is True
    assert ended == [1]
    assert read()["finished_at"]
    assert len(call("GET", path + "?user_reference=mine").json["response"]) == 1
    assert call("GET", path + "?user_reference=other").json["response"] == []


def test_action_fails(sim, call, conforms):
    sim.settings(action_failure="The disk is full", success_as_text=True, action_seconds=0)
    row = sim.world.start_action(STACK, "restart", then=lambda: pytest.fail("called for a failed action"))
    read = conforms("get_stack_action", call("GET", f"/stacks/{STACK}/actions/{row['id']}"))["response"]
    assert (read["finished_success"], read["finished_message"]) == ("false", "The disk is full")


def test_request_log(sim, call):
    call("GET", "/stacks?page=1")
    call("POST", "/users/18/devices", body=DEVICE)
    call("POST", "/users/99/devices", body=DEVICE)
    read, added, refused = sim.requests
    assert (read.method, read.path, read.query, read.status) == ("GET", "/api/3/stacks", "page=1", 200)
    assert read.headers["authorization"] == "Bearer 4c9c9b1111"
    assert (added.operation_id, added.applied, added.status) == ("add_device", True, 200)
    assert '"wertqy"' in added.body
    assert (refused.applied, refused.status) == (False, 404)
    assert sim.writes == [added, refused]
    assert len({record.client_port for record in sim.requests}) == 3
    sim.reset()
    assert sim.requests == []
    assert sim.world.users[5]["devices"] == []
