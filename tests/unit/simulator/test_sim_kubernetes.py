# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Base templates, formations, snapshots, application variants and operation logs."""

from __future__ import annotations

import base64

import pytest

STACK = "5999b763474b0eafa5fafb64bff0ba80"
TEMPLATE = {"git_repo": "https://git.example.com/new.git", "git_branch": "main"}


@pytest.fixture
def template(call, conforms):
    """Create a base template. Returns its answer."""

    def create(**fields):
        reply = call("POST", "/base_templates", body={"base_template": {**TEMPLATE, **fields}})
        return conforms("create_base_template", reply).get("response", reply)

    return create


@pytest.fixture
def status(sim, call, conforms):
    """The status of a base template after some seconds."""

    def read(uid, seconds):
        sim.settings(clock_offset=seconds)
        return conforms("get_base_template", call("GET", f"/base_templates/{uid}"))["response"]["status"]

    return read


@pytest.mark.parametrize(("failure", "last"), [(None, 6), ("connection_error", 5), ("verification_error", 7)])
def test_a_base_template_is_pulled_in_the_background(sim, call, conforms, template, status, failure, last):
    sim.settings(template_seconds=60, template_failure=failure)
    uid = template()["uid"]
    assert [status(uid, seconds) for seconds in (0, 31, 61)] == [2, 3, last]
    sim.settings(template_failure=None)
    synced = conforms("sync_base_template", call("POST", f"/base_templates/{uid}/sync"))["response"]
    assert (synced["status"], status(uid, 122)) == (2, 6)


@pytest.mark.parametrize(("choice", "expected"), [("store", 200), ("conflict", 409)])
def test_a_duplicate_base_template(sim, call, template, choice, expected):
    sim.settings(duplicate_templates=choice)
    template()
    assert call("POST", "/base_templates", body={"base_template": TEMPLATE}).status == expected


@pytest.mark.parametrize(("pulls", "expected"), [(True, 2), (False, 6)])
def test_whether_a_change_pulls(sim, call, conforms, pulls, expected):
    sim.settings(template_put=pulls)
    uid = sim.world.base_templates[139][0]["uid"]
    changed = call("PUT", f"/base_templates/{uid}", body={"base_template": TEMPLATE})
    assert conforms("update_base_template", changed)["response"]["status"] == expected


def test_base_templates_belong_to_an_account(call):
    assert call("GET", "/base_templates", headers={"X-Account": "207"}).json["response"] == []


def test_bodies_of_a_formation_are_returned_on_request(sim, call, conforms):
    path = f"/stacks/{STACK}/formations"

    def body(query=""):
        (row,) = conforms("list_formations", call("GET", path + query))["response"]
        return row["stencils"][0]["body"]

    text = sim.world.formations[STACK][0]["stencils"][0]["body"]
    assert (body(), body("?full_content=1")) == (None, text)
    sim.settings(stencil_body_read="base64")
    assert base64.b64decode(body("?full_content=1")).decode() == text


def test_stencils_are_added_by_an_action(sim, call, conforms):
    row = sim.world.formations[STACK][0]
    body = {"message": "m", "btr_uuid": row["base_templates"][0]["uid"], "stencils": [{"filename": "a.yml"}]}
    path = f"/stacks/{STACK}/formations/{row['uid']}/stencils"
    conforms("add_stencils", call("POST", path, body=body))
    assert len(row["stencils"]) == 1
    sim.settings(clock_offset=10)
    sim.world.settle()
    assert [one["filename"] for one in row["stencils"]] == ["web_deployment.yml", "a.yml"]
    assert call("POST", path, body=body).status == 409
    assert call("POST", path, body={**body, "btr_uuid": "nothing"}).status == 400


@pytest.mark.parametrize("templates", [{}, {"base_templates": []}, {"base_templates": [{"repo": "x", "branch": "y"}]}])
def test_a_formation_needs_base_templates(call, templates):
    assert call("POST", f"/stacks/{STACK}/formations", body={"name": "a", **templates}).status == 400


@pytest.mark.parametrize(("accepted", "statuses"), [("both", [200, 200]), ("patch", [200, 404]), ("put", [404, 200])])
def test_methods_of_a_variant(sim, call, accepted, statuses):
    sim.settings(variant_methods=accepted)
    path = f"/stacks/{STACK}/application_variants/{sim.world.variants[STACK][1]['uid']}"
    body = {"operation": "commit", "canary_percentage": 30}
    assert [call(method, path, body=body).status for method in ("PATCH", "PUT")] == statuses


@pytest.mark.parametrize(("choice", "count"), [("active", 2), ("merged", 2)])
def test_a_committed_variant(sim, call, choice, count):
    sim.settings(variant_committed=choice, action_seconds=0)
    active, canary = (dict(row) for row in sim.world.variants[STACK][:2])
    call("PATCH", f"/stacks/{STACK}/application_variants/{canary['uid']}", body={"operation": "commit"})
    sim.world.settle()
    rows = sim.world.variants[STACK]
    (now,) = [row for row in rows if row["kind"] == "active"]
    assert (len(rows), now["git_hash"]) == (count, canary["git_hash"])
    assert now["uid"] == (canary if choice == "active" else active)["uid"]


def test_only_previews_are_removed(sim, call):
    paths = [f"/stacks/{STACK}/application_variants/{row['uid']}" for row in sim.world.variants[STACK]]
    assert [call("DELETE", path).status for path in paths] == [409, 409, 200]


@pytest.mark.parametrize(("query", "severities"), [("", [2, 1, 4]), ("min_severity=4", [4])])
def test_the_log_of_an_operation(call, conforms, query, severities):
    rows = conforms("list_operation_logs", call("GET", f"/operations/op-1/logs?{query}"))["response"]
    assert [row["v"] for row in rows] == severities
    assert call("GET", "/operations/op-9/logs").status == 404
