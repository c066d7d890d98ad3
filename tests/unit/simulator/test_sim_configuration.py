# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""service.yml, manifest.yml, and the configuration files."""

from __future__ import annotations

import pytest

STACK = "f196c5b41758cb7977620d49eb1492ef"


@pytest.mark.parametrize("kind", ["service_yaml", "manifest_yaml"])
def test_versions(sim, call, conforms, kind):
    path = f"/stacks/{STACK}/{kind}"
    before = call("GET", path).json["response"]
    assert len(before) == 2
    assert not any("body" in row for row in before)
    created = []
    for comments in ("one", "one", None):
        body = {kind: "services: {}\n", **({"comments": comments} if comments else {})}
        created.append(conforms(f"create_{kind}_version", call("POST", path, body=body))["response"])
    rows = conforms(f"list_{kind}_versions", call("GET", path + "?include_body=true"))["response"]
    assert rows[:3] == created[::-1]
    moments = [row["created_at_iso"] for row in rows]
    assert moments == sorted(set(moments), reverse=True)
    assert [row["comments"] for row in created] == ["one", "one", None]
    read = conforms(f"get_{kind}_version", call("GET", f"{path}/{created[0]['uid']}"))["response"]
    assert read["body"] == "services: {}\n"
    assert call("GET", f"{path}/{created[0]['uid'][:5]}").status == 404
    sim.settings(version_order="oldest")
    assert [row["uid"] for row in call("GET", path).json["response"]] == [row["uid"] for row in rows[::-1]]
    assert conforms(f"create_{kind}_version", call("POST", path, body={kind: "a: [1"}))["details"].startswith(kind)


CONFIGURATION = f"/stacks/{STACK}/configuration"


@pytest.fixture
def body(call, conforms):
    def read(kind="nginx"):
        return conforms("get_configuration", call("GET", f"{CONFIGURATION}/{kind}/show"))["response"]["body"]

    return read


@pytest.mark.parametrize(
    ("kind", "must_apply", "applied"), [("nginx", True, 1), ("nginx", False, 0), ("redis", True, 0)]
)
def test_update_a_configuration(sim, call, conforms, body, kind, must_apply, applied):
    sim.settings(action_seconds=60)
    before = body(kind)
    fields = {"body": "new\n", "commit_message": "why", "must_apply": must_apply}
    conforms("update_configuration", call("POST", f"{CONFIGURATION}/{kind}/update", body=fields))
    assert body(kind) == before
    sim.settings(clock_offset=61)
    assert body(kind) == "new\n"
    row = next(row for row in call("GET", CONFIGURATION).json["response"] if row["type"] == kind)
    assert (row["comments"], row["changed_by"]) == ("why", "owner@example.com")
    assert sim.world.applied == ({f"{STACK}/{kind}": "new\n"} if applied else {})
    assert sim.writes[-1].notes == {"configuration": kind, "applied": bool(applied)}


def test_apply_a_configuration(sim, call, conforms, body):
    sim.settings(action_seconds=0)
    conforms("apply_configuration", call("POST", f"{CONFIGURATION}/nginx/apply"))
    assert body()
    assert sim.world.applied == {f"{STACK}/nginx": "worker_processes 1;\n"}
    reply = call("POST", f"{CONFIGURATION}/redis/apply")
    assert conforms("apply_configuration", reply)["error"] == "conflict"
    sim.settings(apply_unable="ignore")
    assert call("POST", f"{CONFIGURATION}/redis/apply").status == 200
    for path in ("nope/show", "nginx.conf/show"):
        assert call("GET", f"{CONFIGURATION}/{path}").status == 404
    assert call("POST", f"{CONFIGURATION}/nope/update", body={"body": ""}).status == 404
