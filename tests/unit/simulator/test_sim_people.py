# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Access profiles, gateways and failover groups."""

from __future__ import annotations

import pytest
from simulator.seed import AWESOME_APP, STOREFRONT

PROFILE = {"account_profile": {"can_payment": True}, "stack_profiles": [{"stack_uid": STOREFRONT, "role": "Viewer"}]}


@pytest.mark.parametrize("put", ["replace", "merge"])
def test_an_access_profile(sim, call, conforms, put):
    sim.settings(profile_put=put)
    body = {"access_profile": PROFILE, "email": "ignored@example.com"}
    user = conforms("update_user", call("PUT", "/users/4", body=body))["response"]
    assert user["email"] == "jim@example.com"
    rights = {"can_create_stack": True, "can_admin_users": False, "default_roles": ["Viewer"], "can_payment": True}
    assert user["access_profile"] == ({**PROFILE, "account_profile": rights} if put == "merge" else PROFILE)


def test_a_gateway(sim, call, conforms):
    path = "/accounts/139/gateways"
    conforms("create_gateway", call("POST", path, body={"name": "new", "content": "a key", "ttl": 60}))
    row = conforms("list_gateways", call("GET", path))["response"][-1]
    assert (row["name"], row["content"], row["ttl"] > row["created_at_iso"]) == ("new", "N/A", True)
    conforms("update_gateway", call("PUT", f"{path}/{row['id']}", body={"address": "a.example.com"}))
    stored = sim.world.gateways[139][-1]
    assert (stored["address"], stored["content"], stored["ttl"]) == ("a.example.com", "a key", row["ttl"])
    conforms("delete_gateway", call("DELETE", f"{path}/{row['id']}"))
    assert call("DELETE", f"{path}/{row['id']}").status == 404
    assert call("GET", "/accounts/99/gateways").status == 404
    assert call("POST", path, body={"name": " "}).status == 400


@pytest.mark.parametrize(("choice", "status"), [("store", 200), ("conflict", 409)])
def test_things_twice(sim, call, choice, status):
    sim.settings(duplicate_gateways=choice, duplicate_failover_groups=choice)
    assert call("POST", "/accounts/139/gateways", body={"name": "aws_bastion"}).status == status
    assert call("POST", "/failover_groups", body={"primary_stack_uid": AWESOME_APP}).status == status


def test_a_failover_group(sim, call, conforms):
    sim.settings(failover_seconds=0)
    body = {"primary_stack_uid": STOREFRONT, "secondary_stack_uid": AWESOME_APP}
    conforms("create_failover_group", call("POST", "/failover_groups", body=body))
    row = conforms("list_failover_groups", call("GET", "/failover_groups"))["response"][-1]
    assert (row["primary_stack_name"], row["current_stack"]) == ("Storefront", 1)
    path = f"/failover_groups/{row['uid']}"
    kept = {"primary_stack_uid": None, "secondary_stack_uid": None, "current_stack": 2}
    conforms("update_failover_group", call("PUT", path, body=kept))
    row = call("GET", "/failover_groups").json["response"][-1]
    assert (row["secondary_stack_name"], row["current_stack"], row["busy_toggling"]) == ("Awesome App", 2, False)
    assert call("PUT", path, body={"secondary_stack_uid": ""}).status == 200
    assert call("GET", "/failover_groups").json["response"][-1]["secondary_stack_uid"] is None
    conforms("delete_failover_group", call("DELETE", path))
    assert call("DELETE", path).status == 404


@pytest.mark.parametrize(
    "body",
    [
        {"primary_stack_uid": "none"},
        {"primary_stack_uid": STOREFRONT, "secondary_stack_uid": STOREFRONT},
        {"primary_stack_uid": STOREFRONT, "current_stack": 2},
    ],
)
def test_failover_groups_that_are_refused(call, body):
    assert call("POST", "/failover_groups", body=body).status == 400


@pytest.mark.parametrize(("busy", "status"), [("conflict", 409), ("ok", 200)])
def test_a_write_during_a_switch(sim, call, busy, status):
    sim.settings(failover_seconds=60, failover_busy=busy)
    row = sim.world.add_failover_group(primary_stack_uid=STOREFRONT, secondary_stack_uid=AWESOME_APP)
    path = f"/failover_groups/{row['uid']}"
    assert call("PUT", path, body={"current_stack": 2}).status == 200
    assert call("GET", "/failover_groups").json["response"][-1]["busy_toggling"]
    assert call("PUT", path, body={"secondary_stack_uid": ""}).status == status


def test_a_failover_group_that_is_read_only(sim, call):
    sim.world.failover_groups[139][0]["readonly"] = True
    assert call("DELETE", f"/failover_groups/{sim.world.failover_groups[139][0]['uid']}").status == 403
