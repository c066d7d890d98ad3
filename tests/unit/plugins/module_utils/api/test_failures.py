# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The errors of failed calls: their types, their messages and their facts."""

from __future__ import annotations

import pytest
from ansible_collections.cloud66.cloud.plugins.module_utils.api.client import Client
from ansible_collections.cloud66.cloud.plugins.module_utils.api.credentials import Token
from ansible_collections.cloud66.cloud.plugins.module_utils.api.errors import (
    AnswerLostError,
    Cloud66Error,
    ConflictError,
    DeniedError,
    NotFoundError,
    RejectedError,
    ThrottledError,
    UnauthorizedError,
)

STACK = "f196c5b41758cb7977620d49eb1492ef"
DEVICE = {"token": "wertqy", "device_type": 1, "sub_type": 2}
TYPES = [
    ({"status": 400}, RejectedError),
    ({"status": 401}, UnauthorizedError),
    ({"status": 402}, RejectedError),
    ({"status": 403}, DeniedError),
    ({"status": 404}, NotFoundError),
    ({"status": 409}, ConflictError),
    ({"status": 418}, Cloud66Error),
    ({"status": 429}, ThrottledError),
    ({"status": 503, "error": "throttled"}, ThrottledError),
    ({"status": 503, "error": "not_implemented"}, Cloud66Error),
    ({"status": 500}, AnswerLostError),
    ({"status": 503, "error": "unavailable"}, AnswerLostError),
]


@pytest.mark.parametrize(("options", "kind"), TYPES)
def test_each_kind_of_failure_has_a_type(sim, make_client, options, kind):
    sim.fault("status", **options)
    with pytest.raises(Cloud66Error) as caught:
        make_client().post("users", 18, "devices", body=DEVICE)
    assert caught.type is kind
    assert caught.value.status == options["status"]


def test_a_lost_answer_keeps_the_facts_of_its_cause(sim, make_client):
    sim.fault("status", status=500, details="Out of memory")
    with pytest.raises(AnswerLostError) as caught:
        make_client().post("users", 18, "devices", body=DEVICE)
    cause = caught.value.__cause__
    assert isinstance(cause, Cloud66Error)
    assert str(caught.value) == f"{cause} The write may have been applied."
    assert caught.value.facts() == cause.facts()
    assert caught.value.details == "Out of memory"


def test_403_names_the_scope(make_client):
    client = make_client(token="no-users-4c9c9b3333").labelled("the users", "users")
    with pytest.raises(Cloud66Error) as caught:
        client.list("users")
    assert str(caught.value).startswith("Cannot read the users: Cloud 66 answered 403 forbidden (")
    assert "lacks the scope users, or" in str(caught.value)
    assert caught.value.facts()["status"] == 403
    assert caught.value.facts()["error"] == "forbidden"


@pytest.mark.parametrize(
    ("source", "shadowed", "words"),
    [
        ("the file /x.json", (), "log in again"),
        ("the variable CLOUD66_TOKEN", (), "replace it, or unset CLOUD66_TOKEN and log in"),
        ("the option api_token", ("the file /x.json",), "replace it, or remove api_token to use the file /x.json"),
        (
            "the variable CLOUD66_ACCESS_TOKEN",
            ("the file /x.json", "the file /y.json"),
            "replace it, or unset CLOUD66_ACCESS_TOKEN to use the file /x.json.",
        ),
    ],
)
@pytest.mark.parametrize("status", [401, 403])
def test_the_source_of_a_token_decides_what_to_do(sim, make_settings, source, shadowed, words, status):
    """Logging in does not help while another source takes precedence."""
    sim.fault("status", status=status)
    client = Client(make_settings(), Token(sim.token, source, frozenset(), shadowed=shadowed), "agent")
    with pytest.raises(Cloud66Error) as caught:
        client.get("stacks", STACK)
    assert f"The token from {source} " in str(caught.value)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (403, "Either the token's user has no account 9: correct account_id. Or the token from "),
        (404, "the token's user cannot see it in account 9 (account_id)."),
    ],
)
def test_the_account_may_be_wrong(sim, make_client, status, words):
    sim.fault("status", status=status, times=2)
    with pytest.raises(Cloud66Error) as caught:
        make_client(account_id=9).get("stacks", STACK)
    assert words in str(caught.value)
    with pytest.raises(Cloud66Error) as caught:
        make_client().get("stacks", STACK)
    assert "account" not in str(caught.value)


@pytest.mark.parametrize("answer", [(404, {}, b"<html>"), (200, {}, b"<html>"), (404, {}, b'{"error": "not_found"}')])
def test_the_url_may_be_wrong(make_client, local_server, answer):
    server = local_server()
    for path, hint in (("", True), ("/api/3", False)):
        server.answers = [answer]
        with pytest.raises(Cloud66Error) as caught:
            make_client(api_url=f"{server.origin}{path}", api_retries=0).get("stacks")
        words = f"api_url is {server.origin}: the URL of Cloud 66's API ends with /api/3."
        assert (words in str(caught.value)) is hint


@pytest.mark.parametrize("status", [500, 502, 504])
def test_an_outage(sim, make_client, status):
    sim.fault("status", status=status, times=5)
    with pytest.raises(Cloud66Error) as caught:
        make_client().get("stacks", STACK)
    assert "has a problem: try again later. Tried 5 times in " in str(caught.value)


def test_an_unknown_token(make_client):
    with pytest.raises(Cloud66Error, match="The token from the test is invalid") as caught:
        make_client(token="revoked-0123456789").get("stacks", STACK)
    assert "revoked-0123456789" not in str(caught.value.facts())


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"error": null}', b'{"message": "x"}', b"5"])
def test_an_error_without_a_reason(make_client, local_server, body):
    server = local_server()
    server.answers = [(400, {"Content-Type": "application/json; charset=utf-8"}, body)]
    with pytest.raises(Cloud66Error) as caught:
        make_client(api_url=server.origin).get("stacks")
    words = "the answer gives no reason (status 400, application/json). Check the given values."
    assert str(caught.value) == f"Cannot read the API: {words}"


def test_an_error_without_a_body(make_client, local_server):
    server = local_server()
    server.answers = [(403, {}, b"  ")]
    with pytest.raises(Cloud66Error, match=r"the answer is empty \(status 403\)"):
        make_client(api_url=server.origin).get("stacks")


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"error": ' * 50_000, b"\xff\xfe"])
@pytest.mark.parametrize("status", [200, 400])
def test_invalid_json(make_client, local_server, body, status):
    server = local_server()
    server.answers = [(status, {}, body)]
    with pytest.raises(Cloud66Error, match="not JSON"):
        make_client(api_url=server.origin, api_retries=0).get("stacks")


def test_an_error_has_all_known_facts(sim, make_client):
    sim.fault("status", status=409, error="busy", description="It is busy", details="A deployment runs")
    with pytest.raises(Cloud66Error) as caught:
        make_client().labelled("stack Storefront").get("stacks", STACK)
    assert caught.value.facts() == {
        "status": 409,
        "error": "busy",
        "description": "It is busy",
        "details": "A deployment runs",
        "method": "GET",
        "url": f"{sim.url}/stacks/{STACK}",
        "request_id": sim.requests[0].headers["x-request-id"],
    }


def test_an_error_has_no_unknown_facts():
    assert Cloud66Error("It went wrong.").facts() == {}
