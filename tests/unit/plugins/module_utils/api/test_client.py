# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client: retries, lost answers, unexpected content and redirects."""

from __future__ import annotations

import re
import socket

import pytest
from ansible_collections.cloud66.cloud.plugins.module_utils.api.errors import AnswerLostError, Cloud66Error
from unit.fixtures.programs import HANG

STACK = "f196c5b41758cb7977620d49eb1492ef"
DEVICE = {"device_type": 1, "sub_type": 2}
METHODS = ("GET", "PUT", "DELETE", "POST")
RETRIES = 2


def devices(sim):
    return next(user for user in sim.world.users if user["id"] == 18)["devices"]


def call(client, method):
    """One call of each kind. Only the POST changes something."""
    if method == "GET":
        return client.get("stacks", STACK)
    if method == "PUT":
        return client.put("users", 18, "devices", "known", body=DEVICE)
    if method == "DELETE":
        return client.delete("users", 18, "devices", "known")
    return client.post("users", 18, "devices", body={"token": "wertqy", **DEVICE})


@pytest.fixture
def existing_device(sim):
    sim.world.add_device(18, token="known", **DEVICE)


# Fault, its options, and words of the message: failures that a retry may help against.
TRANSIENT = [
    ("reset", {}, "the connection was lost (Connection reset by peer)"),
    ("reset_after", {}, "the connection was lost (Connection reset by peer)"),
    ("cut", {}, "the answer was cut off"),
    ("html", {}, "the answer is not JSON (status 502, text/html)"),
    ("html", {"status": 200}, "the answer is not JSON (status 200, text/html)"),
    ("bad_json", {}, "the answer is not JSON (status 200, application/json)"),
    ("status", {"status": 408}, "Cloud 66 answered 408 time_out (The system timed out)."),
    ("status", {"status": 500, "details": "a\n b"}, "Cloud 66 answered 500 error (a b)."),
    ("status", {"status": 502}, "Cloud 66 answered 502 error"),
    ("status", {"status": 504}, "Cloud 66 answered 504 error"),
    ("unavailable", {}, "the answer is not JSON (status 503, text/html)."),
    ("unavailable", {"html": False}, "Cloud 66 answered 503 unavailable (Service unavailable)."),
    ("unavailable", {"retry_after": 1}, "the answer is not JSON (status 503, text/html)."),
]


@pytest.mark.usefixtures("existing_device")
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("kind", "options", "words"), TRANSIENT)
def test_transient_failures_are_retried(sim, clock, messages, make_client, method, kind, options, words):
    """GET, PUT and DELETE are retried as often as allowed; a POST that may have been applied is not."""
    sim.fault(kind, **options)
    client = make_client(api_retries=RETRIES)
    with pytest.raises(Cloud66Error) as caught:
        call(client, method)
    error = caught.value
    tries = 1 if method == "POST" else RETRIES + 1
    assert words in str(error)
    assert str(error).startswith({"GET": "Cannot read the API", "POST": "Cannot add"}.get(method, "Cannot "))
    assert len(sim.requests) == tries
    assert (client.usage.requests, client.usage.retries) == (tries, tries - 1)
    assert len(clock.pauses) == len(messages.logs) == tries - 1
    assert isinstance(error, AnswerLostError) is (method != "GET")
    assert ("may have been applied" in str(error)) is (method != "GET")
    assert error.request_id == sim.requests[-1].headers["x-request-id"]


@pytest.mark.usefixtures("existing_device")
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize(("kind", "options", "words"), TRANSIENT)
def test_a_retry_succeeds_after_a_single_fault(sim, messages, make_client, method, kind, options, words):
    sim.fault(kind, times=1, **options)
    client = make_client(api_retries=1)
    answer = call(client, method)
    assert answer["uid"] == STACK if method == "GET" else answer is None
    assert len(devices(sim)) == (method != "DELETE")
    assert (client.usage.requests, client.usage.retries) == (2, 1)
    assert words in messages.logs[0]


@pytest.mark.parametrize("status", [400, 409])
@pytest.mark.usefixtures("existing_device")
def test_a_put_that_is_rejected_after_a_lost_answer_may_have_been_applied(sim, make_client, status):
    """The first try may have been applied, whatever the second one says."""
    sim.fault("html", method="PUT", times=1)
    sim.fault("status", method="PUT", status=status)
    with pytest.raises(AnswerLostError, match="The write may have been applied") as caught:
        call(make_client(), "PUT")
    assert caught.value.status == status
    assert len(sim.writes) == 2


# The same for failures that are not retried.
PERMANENT = [
    ("status", {"status": 400}, "Check the given values"),
    ("status", {"status": 401}, "The token from the test is invalid or was revoked: log in again"),
    ("status", {"status": 402}, "See the billing of the account"),
    ("status", {"status": 403}, "The token from the test lacks the required scope, or its user may not do this"),
    ("status", {"status": 404}, "It does not exist, or the token's user cannot see it."),
    ("status", {"status": 409, "details": "Deploying"}, "409 conflict (Deploying). If something else is in progress"),
    ("status", {"status": 418, "error": "teapot"}, "Cloud 66 answered 418 teapot"),
    ("not_implemented", {}, "503 not_implemented (This call is not implemented). Cloud 66 does not offer this."),
    ("throttled", {}, "The hourly limit of requests is used up: try again at"),
    ("too_many", {}, "Cloud 66 answered 429 too_many_requests (Too many requests). The hourly limit"),
    ("status", {"status": 503}, "503 throttled (Rate limit reached). The hourly limit of requests is used up"),
    ("html", {"status": 404}, "the answer is not JSON (status 404, text/html). It does not exist"),
]


@pytest.mark.usefixtures("existing_device")
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("kind", "options", "words"), PERMANENT)
def test_permanent_failures_are_not_retried(sim, clock, make_client, method, kind, options, words):
    sim.fault(kind, **options)
    client = make_client(api_retries=RETRIES)
    with pytest.raises(Cloud66Error) as caught:
        call(client, method)
    assert words in str(caught.value)
    assert not isinstance(caught.value, AnswerLostError)
    assert caught.value.status == sim.requests[0].status
    assert (len(sim.requests), client.usage.requests, client.usage.retries) == (1, 1, 0)
    assert clock.pauses == []


def test_every_error_of_the_contract_is_covered(contract):
    errors = {
        int(example["description"][:3]): example["content"]["application/json"]["example"]["error"]
        for example in contract["components"]["responses"].values()
    }
    tried = {options.get("status") for _kind, options, _words in TRANSIENT + PERMANENT}
    assert set(errors) <= tried
    assert errors[503] == "throttled"


# Unexpected content


@pytest.mark.usefixtures("existing_device")
@pytest.mark.parametrize("method", METHODS)
def test_only_a_write_may_have_an_empty_answer(sim, make_client, method):
    sim.fault("empty")
    client = make_client(api_retries=RETRIES)
    if method == "GET":
        with pytest.raises(Cloud66Error, match=r"the answer is empty \(status 200, application/json\)"):
            call(client, method)
        assert len(sim.requests) == RETRIES + 1
    else:
        assert call(client, method) is None
        assert len(sim.requests) == 1


@pytest.mark.parametrize("body", [[], "text", None, 5, {"response": []}, {"response": None}, {"response": "text"}])
def test_an_answer_of_the_wrong_type(sim, make_client, body):
    sim.fault("wrong_type", body=body)
    with pytest.raises(Cloud66Error, match="Cannot read the API: Cloud 66's answer is not a JSON object"):
        make_client().get("stacks", STACK)
    assert make_client().put("users", 18, "devices", "known", body={}) == (
        body["response"] if isinstance(body, dict) else body
    )


# Slow, refused and unavailable


@pytest.mark.parametrize("kind", ["slow_headers", "slow_body"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_slow_answers(sim, make_client, kind, method):
    """The POST has been applied, but its answer was too late."""
    sim.fault(kind, seconds=HANG)
    client = make_client(api_timeout=0.1, api_retries=1)
    with pytest.raises(Cloud66Error, match=r"no answer within 0\.1 seconds") as caught:
        call(client, method)
    assert isinstance(caught.value, AnswerLostError) is (method == "POST")
    assert client.usage.requests == (1 if method == "POST" else 2)


@pytest.mark.parametrize("method", METHODS)
def test_a_refused_connection(make_client, closed_port, method):
    """Nothing was sent, so even a POST is retried."""
    client = make_client(api_url=f"http://127.0.0.1:{closed_port}/api/3", api_retries=RETRIES)
    with pytest.raises(Cloud66Error) as caught:
        call(client, method)
    words = f"cannot connect to http://127.0.0.1:{closed_port} (Connection refused): check api_url"
    assert words in str(caught.value)
    assert re.search(r" Tried 3 times in \d+ seconds\.$", str(caught.value))
    assert not isinstance(caught.value, AnswerLostError)
    assert client.usage.requests == RETRIES + 1


def test_a_host_that_does_not_answer(make_client):
    """It accepts no connection, so nothing was sent."""
    with socket.socket() as busy, socket.socket() as first, socket.socket() as second:
        busy.bind(("127.0.0.1", 0))
        busy.listen(0)
        for socket_ in (first, second):
            socket_.setblocking(False)
            socket_.connect_ex(busy.getsockname())
        client = make_client(api_url=f"http://127.0.0.1:{busy.getsockname()[1]}", api_timeout=0.1, api_retries=1)
        with pytest.raises(Cloud66Error, match=r"no connection within 0\.1 seconds") as caught:
            call(client, "POST")
    assert caught.type is Cloud66Error
    assert client.usage.requests == 2


def test_an_unknown_host(make_client):
    client = make_client(api_url="https://cloud66.invalid", api_retries=0)
    with pytest.raises(Cloud66Error, match=r"cannot connect to https://cloud66\.invalid"):
        client.get("ping")


@pytest.mark.parametrize("host", [".example.com", "a..example", f"{'a' * 70}.example"])
def test_an_invalid_host(make_client, host):
    client = make_client(api_url=f"https://{host}", api_retries=RETRIES)
    with pytest.raises(Cloud66Error, match="Cannot read the API: the request could not be sent"):
        client.get("ping")
    assert client.usage.requests == 1


@pytest.mark.parametrize(("retry_after", "requests"), [(1, 3), (60, 3), (61, 1), (120, 1), (10**15, 1)])
def test_retry_after_of_an_unavailable_api(sim, clock, make_client, retry_after, requests):
    """The longest wait is a minute."""
    sim.fault("unavailable", retry_after=retry_after)
    with pytest.raises(Cloud66Error, match="status 503"):
        call(make_client(api_retries=RETRIES), "GET")
    assert len(sim.requests) == requests
    assert all(retry_after <= pause <= 60 for pause in clock.pauses)


def test_waits_grow_up_to_a_minute(sim, clock, make_client):
    sim.fault("html")
    with pytest.raises(Cloud66Error):
        call(make_client(api_retries=12), "GET")
    longest = [min(0.5 * 2**tries, 60) for tries in range(1, 13)]
    assert all(most / 2 <= pause <= most for pause, most in zip(clock.pauses, longest, strict=True))


def test_no_retries(sim, clock, make_client):
    sim.fault("html")
    with pytest.raises(Cloud66Error):
        call(make_client(api_retries=0), "GET")
    assert (len(sim.requests), clock.pauses) == (1, [])


# A retried DELETE


@pytest.mark.usefixtures("existing_device")
@pytest.mark.parametrize("kind", ["reset_after", "cut", "bad_json"])
def test_a_retried_delete_that_finds_nothing_has_succeeded(sim, make_client, kind):
    sim.fault(kind, times=1, method="DELETE")
    assert call(make_client(), "DELETE") is None
    assert devices(sim) == []
    assert [write.status for write in sim.writes][-1] == 404


def test_a_first_delete_that_finds_nothing_is_an_error(make_client):
    with pytest.raises(Cloud66Error, match="404 not_found"):
        call(make_client(), "DELETE")


# Redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", METHODS)
def test_a_redirect_to_another_host_never_gets_the_token(sim, make_client, local_server, status, method):
    other = local_server()
    sim.fault("redirect", location=f"{other.origin}/api/3/stacks", status=status)
    client = make_client()
    with pytest.raises(Cloud66Error) as caught:
        call(client, method)
    assert f"{sim.origin} redirects to {other.origin}, which must not get the token." in str(caught.value)
    assert "Check api_url." in str(caught.value)
    assert (other.requests, client.usage.requests, caught.value.status) == ([], 1, status)


@pytest.mark.parametrize(
    "location", ["http://[bad", "http://127.0.0.1:99999/", "//cloud66.invalid/", "file:///etc/passwd"]
)
def test_redirects_to_other_places_are_refused(sim, make_client, location):
    sim.fault("redirect", location=location)
    with pytest.raises(Cloud66Error, match="which must not get the token"):
        make_client().get("stacks")


@pytest.mark.parametrize("relative", [True, False])
def test_a_get_follows_a_redirect_within_the_host(sim, make_client, relative):
    path = f"/api/3/stacks/{STACK}"
    sim.fault("redirect_same", location=path if relative else sim.origin + path, times=1)
    assert make_client().get("elsewhere", filter="x")["uid"] == STACK
    assert [(request.path, request.query) for request in sim.requests] == [("/api/3/elsewhere", "filter=x"), (path, "")]
    assert all(request.headers["authorization"] == f"Bearer {sim.token}" for request in sim.requests)


@pytest.mark.parametrize("location", [None, ""])
def test_a_redirect_loop(sim, make_client, location):
    sim.fault("redirect_same", location=location)
    with pytest.raises(Cloud66Error, match="redirects in a loop"):
        make_client().get("stacks")
    assert len(sim.requests) == 5


@pytest.mark.usefixtures("existing_device")
@pytest.mark.parametrize("status", [302, 307])
@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST"])
def test_a_redirected_write_is_not_followed(sim, make_client, method, status):
    sim.fault("redirect_same", status=status, times=1)
    with pytest.raises(Cloud66Error, match=f"redirects a {method}, which is not followed") as caught:
        call(make_client(), method)
    assert len(sim.requests) == 1
    assert not isinstance(caught.value, AnswerLostError)
