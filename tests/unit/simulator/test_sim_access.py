# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens, scopes, the OAuth flow, and the hourly limit."""

from __future__ import annotations

import base64
import re
from email.utils import parsedate_to_datetime
from urllib.parse import urlencode

import pytest

OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
SECRET = "demo-app-secret-0123456789"
STACK = "f196c5b41758cb7977620d49eb1492ef"


def test_missing_and_invalid_tokens(call, conforms):
    assert call("GET", "/ping", token=None).status == 200
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic 4c9c9b1111"}):
        reply = call("GET", "/stacks", token=None, headers=headers)
        assert reply.status == 401
        assert conforms("list_stacks", reply)["error"] == "unauthenticated"
        assert "x-ratelimit-limit" not in reply.headers
    assert call("GET", "/stacks?access_token=4c9c9b1111", token=None).status == 401


@pytest.mark.parametrize(
    ("token", "path", "status"),
    [
        ("public-only-4c9c9b2222", "/stacks", 200),
        ("public-only-4c9c9b2222", "/ping/auth", 200),
        ("public-only-4c9c9b2222", "/users/18", 403),
        ("public-only-4c9c9b2222", "/clouds", 403),
        ("public-only-4c9c9b2222", "/image_repositories", 403),
        ("no-users-4c9c9b3333", "/clouds", 200),
        ("no-users-4c9c9b3333", "/image_repositories", 200),
        ("no-users-4c9c9b3333", "/users", 403),
        ("no-users-4c9c9b3333", "/accounts", 403),
    ],
)
def test_scopes(call, token, path, status):
    reply = call("GET", path, token=token)
    assert reply.status == status
    assert status == 200 or reply.error == "forbidden"


def test_denied_write_changes_nothing(sim, call):
    device = {"token": "wertqy", "device_type": 1, "sub_type": 1}
    assert call("POST", "/users/18/devices", token="no-users-4c9c9b3333", body=device).status == 403
    assert not sim.writes[0].applied


# OAuth


def authorize(call, **changes):
    fields = {"client_id": "demo-app", "redirect_uri": OUT_OF_BAND, "response_type": "code", "scope": "public admin"}
    return call("GET", "//oauth/authorize?" + urlencode({**fields, **changes}), token=None)


def code_of(reply):
    return re.search(rb'<code id="code">(.+?)</code>', reply.body)[1].decode()


def exchange(call, one_time_code, headers=None, **changes):
    fields = {"grant_type": "authorization_code", "code": one_time_code, "redirect_uri": OUT_OF_BAND}
    if headers is None:
        fields.update(client_id="demo-app", client_secret=SECRET)
    return call("POST", "//oauth/token", token=None, form={**fields, **changes}, headers=headers)


def test_oauth_flow(call):
    page = authorize(call)
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    reply = exchange(call, code_of(page))
    assert reply.status == 200
    assert set(reply.json) == {"access_token", "token_type", "scope", "created_at"}
    assert (reply.json["token_type"], reply.json["scope"]) == ("bearer", "admin public")
    token = reply.json["access_token"]
    assert call("GET", "/stacks", token=token).status == 200
    assert call("GET", "/users", token=token).status == 403


def test_client_credentials_in_http_basic(call):
    """Ruby's oauth2 sends them this way."""
    value = base64.b64encode(f"demo-app:{SECRET}".encode()).decode()
    reply = exchange(call, code_of(authorize(call)), headers={"Authorization": "Basic " + value})
    assert reply.json["access_token"]


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "unknown"},
        {"client_id": "<script>"},
        {"redirect_uri": "https://elsewhere.example.com/"},
        {"scope": "public everything"},
        {"response_type": "token"},
    ],
)
def test_authorize_rejects_bad_parameters(call, changes):
    page = authorize(call, **changes)
    assert page.status == 400
    assert b"<h1>" in page.body
    assert b'id="code"' not in page.body
    assert b"<script>" not in page.body


@pytest.mark.parametrize(
    ("changes", "error", "status"),
    [
        ({"client_secret": "wrong"}, "invalid_client", 401),
        ({"client_id": "other-app", "client_secret": "other-app-secret-0123456789"}, "invalid_grant", 400),
        ({"redirect_uri": "https://elsewhere.example.com/"}, "invalid_grant", 400),
        ({"code": "wrong"}, "invalid_grant", 400),
        ({"grant_type": "password"}, "unsupported_grant_type", 400),
        ({"grant_type": None}, "unsupported_grant_type", 400),
    ],
)
def test_code_exchange_is_refused(call, changes, error, status):
    reply = exchange(call, code_of(authorize(call)), **changes)
    assert (reply.status, reply.error) == (status, error)
    assert reply.json["error_description"]


def test_code_is_valid_once_and_expires(sim, call):
    code = code_of(authorize(call))
    assert [exchange(call, code).status for _number in range(2)] == [200, 400]
    code = code_of(authorize(call))
    sim.settings(clock_offset=3600)
    assert exchange(call, code).error == "invalid_grant"


# The hourly limit


def test_hourly_limit(sim, call, conforms):
    sim.settings(limit=2)
    replies = [call("GET", "/stacks") for _number in range(3)]
    assert [reply.status for reply in replies] == [200, 200, 503]
    assert [reply.headers["x-ratelimit-remaining"] for reply in replies] == ["1", "0", "0"]
    assert {reply.headers["x-ratelimit-limit"] for reply in replies} == {"2"}
    assert conforms("list_stacks", replies[-1])["error"] == "throttled"
    assert "retry-after" not in replies[-1].headers
    assert call("GET", "/stacks", token="public-only-4c9c9b2222").status == 200, "each user has a separate limit"

    sim.settings(retry_after=77)
    assert call("GET", "/stacks").headers["retry-after"] == "77"
    sim.settings(clock_offset=3600)
    assert call("GET", "/stacks").status == 200


def test_remaining_requests_can_be_set(sim, call):
    sim.settings(remaining=1)
    assert call("GET", "/stacks").headers["x-ratelimit-remaining"] == "0"
    assert call("GET", "/stacks").status == 503


def test_date_header_follows_the_simulated_clock(sim, call):
    first = parsedate_to_datetime(call("GET", "/ping").headers["date"])
    sim.settings(clock_offset=86400)
    second = parsedate_to_datetime(call("GET", "/ping").headers["date"])
    assert 86400 <= (second - first).total_seconds() < 86460


def test_warning_header_is_sent_with_2xx_only(sim, call):
    sim.settings(warning="The API is old")
    assert call("GET", "/stacks").headers["x-cloud66-warning"] == "The API is old"
    assert "x-cloud66-warning" not in call("GET", "/stacks/nope").headers


@pytest.mark.parametrize(
    "changes", [{"nonsense": 1}, {"limit": "many"}, {"put_answer": "device, please"}, {"brief_users": 1}]
)
def test_unknown_settings_and_invalid_values(sim, changes):
    with pytest.raises(ValueError, match=next(iter(changes))):
        sim.settings(**changes)
