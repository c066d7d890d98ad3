# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of stacks and servers."""

from __future__ import annotations

import pytest

STACK = "f196c5b41758cb7977620d49eb1492ef"
PATH = f"/stacks/{STACK}/settings"


@pytest.fixture(autouse=True)
def _at_once(sim):
    sim.settings(action_seconds=0)


def settings(call, path=PATH):
    return {row["key"]: row for row in call("GET", path).json["response"]}


def test_settings_have_types(contract, call):
    rows = settings(call)
    types = {key: type(row["value"]) for key, row in rows.items()}
    assert set(types.values()) == {str, bool, int, type(None)}
    known = contract["components"]["schemas"]["Setting"]["x-known-keys"]
    assert set(rows) == set(known) - {"server.name"}
    assert all(row["id"] == key.replace(".", "-") for key, row in rows.items())
    assert call("GET", f"{PATH}/git-branch").json["response"] == {"key": "git.branch", "value": "master"}
    assert call("GET", f"{PATH}/git.branch").status == 404


@pytest.mark.parametrize(
    ("slug", "written", "read", "field"),
    [
        ("git-branch", "feature", "feature", "git_branch"),
        ("git-repository", "git@example.com:x.git", "git@example.com:x.git", "git"),
        ("stack-name", "New Name", "New Name", "name"),
        ("maintenance-mode", "on", True, "maintenance_mode"),
        ("continuous-deploy", "1", True, None),
        ("continuous-deploy", "TRUE", True, None),
        ("reconfigure-nginx", "disable", False, None),
        ("logrotate-app-keep-count", "9", 9, None),
        ("custom-build-command", "make", "make", None),
        ("asset-prefix", "4", "4", None),
    ],
)
def test_setting_is_written_as_a_string(sim, call, conforms, slug, written, read, field):
    before = sim.world.stack(STACK)["updated_at_iso"]
    action = conforms("update_stack_setting", call("PUT", f"{PATH}/{slug}", body={"value": written}))["response"]
    key = slug.replace("-", ".")
    assert (action["action"], action["resource_type"]) == (f"stack-set: {key}", "stack")
    assert settings(call)[key]["value"] == read
    assert type(settings(call)[key]["value"]) is type(read)
    stack = conforms("get_stack", call("GET", f"/stacks/{STACK}"))["response"]
    assert field is None or stack[field] == read
    assert stack["updated_at_iso"] > before
    assert sim.writes[-1].notes == {"setting": key}


def test_new_name_changes_the_address(call):
    call("PUT", f"{PATH}/stack-name", form={"value": "New Name"})
    assert call("GET", f"/stacks/{STACK}").json["response"]["fqdn"] == "new_name.dev.c66.me"


def test_typed_writes(sim, call):
    assert call("PUT", f"{PATH}/continuous-deploy", body={"value": True}).status == 200
    assert call("PUT", f"{PATH}/logrotate-app-keep-count", body={"value": 3}).status == 200
    rows = settings(call)
    assert (rows["continuous.deploy"]["value"], rows["logrotate.app.keep.count"]["value"]) == (True, 3)
    sim.settings(setting_typed_writes=False)
    assert call("PUT", f"{PATH}/continuous-deploy", body={"value": True}).error == "bad_request"


@pytest.mark.parametrize(
    ("slug", "value"),
    [("continuous-deploy", "maybe"), ("maintenance-mode", "2"), ("logrotate-app-keep-count", "x"), ("stack-name", "")],
)
def test_value_is_refused(sim, call, conforms, slug, value):
    reply = call("PUT", f"{PATH}/{slug}", body={"value": value})
    assert conforms("update_stack_setting", reply)["error"] == "bad_request"
    assert not sim.writes[-1].applied


@pytest.mark.parametrize("status", [400, 403, 409])
def test_read_only_setting(sim, call, conforms, status):
    sim.settings(readonly_status=status)
    assert settings(call)["db.check.backup.size"]["readonly"]
    reply = call("PUT", f"{PATH}/db-check-backup-size", body={"value": "false"})
    assert reply.status == status
    assert "read-only" in conforms("update_stack_setting", reply)["details"]
    assert call("PUT", f"{PATH}/nope", body={"value": "x"}).status == 404


def test_server_settings(sim, call, conforms):
    uid = sim.world.servers[STACK][0]["uid"]
    path = f"/stacks/{STACK}/servers/{uid}/settings"
    row = settings(call, path)["server.name"]
    assert row["readonly"]
    assert "id" not in row
    action = conforms("update_server_setting", call("PUT", f"{path}/server-name", body={"value": "Tiger"}))["response"]
    assert (action["action"], action["resource_type"]) == ("server-set: server.name", "server")
    server = call("GET", f"/stacks/{STACK}/servers/{uid}").json["response"]
    assert (server["name"], server["dns_record"]) == ("Tiger", "tiger.f196c5b4.dev.c66.me")
    assert call("GET", f"{path}/server-name").json["response"] == {"key": "server.name", "value": "Tiger"}
    sim.settings(server_name_writable=False)
    assert call("PUT", f"{path}/server-name", body={"value": "Lion"}).status == 400
    assert call("GET", f"/stacks/{STACK}/servers/nope/settings").status == 404
