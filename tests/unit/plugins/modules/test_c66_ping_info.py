# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_ping_info: whether the API and the token work, and the scopes of the token."""

from __future__ import annotations

import pytest


@pytest.fixture
def ping(run_module):
    return lambda **args: run_module("c66_ping_info", **args).result


def test_ping(sim, ping):
    result = ping()
    assert (result["api_url"], result["token_source"]) == (sim.url, "the option api_token")
    assert "scopes" not in result
    assert [request.path for request in sim.requests] == ["/api/3/ping", "/api/3/ping/auth"]


@pytest.mark.parametrize(
    ("token", "yes"),
    [
        ("4c9c9b1111", {"public", "redeploy", "users", "admin"}),
        ("public-only-4c9c9b2222", {"public"}),
        ("no-users-4c9c9b3333", {"public", "redeploy", "admin"}),
    ],
)
def test_scopes(ping, token, yes):
    scopes = ping(api_token=token, probe=True)["scopes"]
    assert scopes.pop("jobs") == "unknown"
    assert {scope for scope, has in scopes.items() if has == "yes"} == yes
    assert {scope for scope, has in scopes.items() if has == "no"} == {"public", "redeploy", "users", "admin"} - yes


def test_a_scope_that_cannot_be_determined(sim, ping):
    sim.fault("not_implemented", path="/clouds")
    assert ping(probe=True)["scopes"]["redeploy"] == "unknown"


def test_an_unreachable_api(sim, ping):
    sim.fault("html", path="/ping")
    assert ping(api_retries=0)["msg"].startswith("Cannot read the status of the API: ")


def test_an_invalid_token(ping):
    message = ping(api_token="wrong-0123456789")["msg"]
    assert message.startswith("Cannot read the status of the token: Cloud 66 answered 401")
    assert "The token from the option api_token is invalid or was revoked" in message
