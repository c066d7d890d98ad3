# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_api: any endpoint."""

from __future__ import annotations

import pytest
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.censor import HIDDEN

STACK = "f196c5b41758cb7977620d49eb1492ef"


@pytest.fixture
def api(run_module):
    return lambda **args: run_module("c66_api", **args)


@pytest.mark.parametrize("path", ["/stacks", "stacks", "/stacks/", "/stacks.json"])
def test_one_page_or_all(sim, api, path):
    sim.settings(per_page=2)
    assert len(api(path=path).result["response"]) == 2
    assert len(api(path=path, paginate=True).result["response"]) == 3
    assert not api(path=path).result["changed"]


def test_a_query(sim, api):
    query = {"filter_environment": "staging", "self": "x", 1: 2, "left_out": None}
    for paginate in (False, True):
        assert len(api(path="/stacks", query=query, paginate=paginate).result["response"]) == 1
    assert {request.query for request in sim.requests} == {"filter_environment=staging&self=x&1=2"}


def test_an_encoded_path(sim, api):
    body = {"device_type": 1, "sub_type": 3}
    run = api(path="/users/5/devices/maria%2Ftablet%201", method="PUT", body=body)
    assert (run.result["changed"], run.result["response"]) == (True, None)
    assert sim.writes[0].path.endswith("/maria%2Ftablet%201")
    assert sim.world.users[4]["devices"][0]["sub_type"] == 3


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("https://elsewhere.example/x", "not a URL"),
        ("//elsewhere.example/x", "not a URL"),
        ("/stacks?page=2", "must not contain a query"),
        ("/stacks#x", "must not contain a query"),
        ("/", "is not a valid path"),
        ("", "The option path is empty."),
        ("/../../oauth/token", "is not a valid path"),
        ("/stacks/%2e%2E/users", "is not a valid path"),
        ("/./stacks", "is not a valid path"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("check", [False, True])
def test_invalid_paths(sim, api, path, words, method, check):
    assert words in api(path=path, method=method, check=check).result["msg"]
    assert sim.requests == []


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"body": {"a": 1}}, "A GET request has no body: use the option query for filters."),
        ({"method": "POST", "paginate": True}, "paginate is only for GET, not for POST."),
    ],
)
def test_exclusive_options(api, args, words):
    assert api(path="/stacks", **args).result["msg"] == words


def test_check_mode_sends_no_write(sim, api):
    run = api(path="/users/18/devices", method="POST", body={"token": "x"}, check=True)
    assert (run.result["changed"], run.result["response"], sim.requests) == (True, None, [])
    assert api(path="/stacks", check=True).result["response"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize("kind", ["reset_after", "html", "cut", "status"])
def test_a_write_with_a_lost_answer_is_never_sent_again(sim, api, method, kind):
    sim.fault(kind)
    result = api(path="/users/4/devices/jims-phone", method=method).result
    assert "The write may have been applied." in result["msg"]
    assert len(sim.requests) == 1


def test_secrets_are_left_out_by_default(sim, api):
    hook = sim.world.stacks[0]["redeploy_hook"]
    run = api(path="/stacks")
    assert run.result["response"][0]["redeploy_hook"] == HIDDEN
    assert hook in run.secrets
    assert hook not in str(run.result)
    assert api(path="/users/4").result["response"]["devices"][0]["token"] == HIDDEN
    assert api(path="/stacks", include_secrets=True).result["response"][0]["redeploy_hook"] == hook


@pytest.mark.parametrize("body", [[], None, "text", 5, {"response": None}, {"response": [1, "x"]}, {"token": 5}])
def test_any_answer_is_returned(sim, api, body):
    sim.fault("wrong_type", body=body)
    expected = body["response"] if isinstance(body, dict) and "response" in body else body
    assert api(path="/stacks").result["response"] == expected
    assert api(path="/stacks", method="PATCH").result["response"] == expected


def test_an_error_names_the_path(api):
    assert api(path="/nothing").result["msg"].startswith("Cannot read /nothing: Cloud 66 answered 404")
