# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user gets of each call when something goes wrong on the way, and how often it is sent."""

from __future__ import annotations

import socket

import pytest
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
from unit.fixtures.programs import HANG

STACK = "f196c5b41758cb7977620d49eb1492ef"
DEVICE = {"device_type": 1, "sub_type": 2}
METHODS = ("GET", "PUT", "DELETE", "POST")
RETRIES = 2


def devices(sim):
    return next(user for user in sim.world.users if user["id"] == 18)["devices"]


def call(client, method):
    """One call of each kind, of which none but the POST changes what there is."""
    if method == "GET":
        return client.get("stacks", STACK)
    if method == "PUT":
        return client.put("users", 18, "devices", "known", body=DEVICE)
    if method == "DELETE":
        return client.delete("users", 18, "devices", "known")
    return client.post("users", 18, "devices", body={"token": "wertqy", **DEVICE})


@pytest.fixture
def known(sim):
    sim.world.add_device(18, token="known", **DEVICE)


# What is set, what the message says, and whether the call may go well the next time.
AGAIN = [
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


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("kind", "options", "words"), AGAIN)
def test_what_may_go_well_the_next_time(sim, clock, messages, make_client, method, kind, options, words):
    """A GET, PUT and DELETE is sent again as often as allowed; a POST that may have been applied never is."""
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


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize(("kind", "options", "words"), AGAIN)
def test_one_fault_on_the_way_is_overcome(sim, messages, make_client, method, kind, options, words):
    sim.fault(kind, times=1, **options)
    client = make_client(api_retries=1)
    answered = call(client, method)
    assert answered["uid"] == STACK if method == "GET" else answered is None
    assert len(devices(sim)) == (method != "DELETE")
    assert (client.usage.requests, client.usage.retries) == (2, 1)
    assert words in messages.logs[0]


# What makes no sense to send again.
FINAL = [
    ("status", {"status": 400}, "Check the given values"),
    ("status", {"status": 401}, "The token from the test is invalid or was revoked: log in again"),
    ("status", {"status": 402}, "See the billing of the account"),
    ("status", {"status": 403}, "The token from the test lacks the required scope, or its user may not do this"),
    ("status", {"status": 404}, "It does not exist, or the token's user cannot see it."),
    ("status", {"status": 409, "details": "Deploying"}, "409 conflict (Deploying). Something else is in progress"),
    ("status", {"status": 418, "error": "teapot"}, "Cloud 66 answered 418 teapot"),
    ("not_implemented", {}, "503 not_implemented (This call is not implemented). Cloud 66 does not offer this."),
    ("throttled", {}, "The hourly limit of requests is used up: try again at"),
    ("too_many", {}, "Cloud 66 answered 429 too_many_requests (Too many requests). The hourly limit"),
    ("status", {"status": 503}, "503 throttled (Rate limit reached). The hourly limit of requests is used up"),
    ("html", {"status": 404}, "the answer is not JSON (status 404, text/html). It does not exist"),
]


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("kind", "options", "words"), FINAL)
def test_what_fails_at_once(sim, clock, make_client, method, kind, options, words):
    sim.fault(kind, **options)
    client = make_client(api_retries=RETRIES)
    with pytest.raises(Cloud66Error) as caught:
        call(client, method)
    assert words in str(caught.value)
    assert not isinstance(caught.value, AnswerLostError)
    assert caught.value.status == sim.requests[0].status
    assert (len(sim.requests), client.usage.requests, client.usage.retries) == (1, 1, 0)
    assert clock.pauses == []


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
        call(make_client(), "POST")
    assert caught.type is kind
    assert caught.value.status == options["status"]


def test_a_lost_answer_keeps_the_facts_of_its_cause(sim, make_client):
    sim.fault("status", status=500, details="Out of memory")
    with pytest.raises(AnswerLostError) as caught:
        call(make_client(), "POST")
    cause = caught.value.__cause__
    assert isinstance(cause, Cloud66Error)
    assert str(caught.value) == f"{cause} The write may have been applied."
    assert caught.value.facts() == cause.facts()
    assert caught.value.details == "Out of memory"


def test_every_error_of_the_contract_is_tried_here(contract):
    errors = {
        int(example["description"][:3]): example["content"]["application/json"]["example"]["error"]
        for example in contract["components"]["responses"].values()
    }
    tried = {options.get("status") for _kind, options, _words in AGAIN + FINAL}
    assert set(errors) <= tried
    assert errors[503] == "throttled"


def test_403_names_the_scope(make_client):
    client = make_client(token="no-users-4c9c9b3333").labelled("the users", "users")
    with pytest.raises(Cloud66Error) as caught:
        client.list("users")
    assert str(caught.value).startswith("Cannot read the users: Cloud 66 answered 403 forbidden (")
    assert "lacks the scope users, or" in str(caught.value)
    assert caught.value.facts()["status"] == 403
    assert caught.value.facts()["error"] == "forbidden"


def test_an_unknown_token(make_client):
    with pytest.raises(Cloud66Error, match="The token from the test is invalid") as caught:
        make_client(token="revoked-0123456789").get("stacks", STACK)
    assert "revoked-0123456789" not in str(caught.value.facts())


# Answers without the expected content


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("method", METHODS)
def test_an_empty_answer_is_enough_for_a_write_only(sim, make_client, method):
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


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"error": null}', b'{"message": "x"}', b"5"])
def test_an_error_that_does_not_say_why(make_client, local_server, body):
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
def test_json_that_is_none(make_client, local_server, body, status):
    server = local_server()
    server.answers = [(status, {}, body)]
    with pytest.raises(Cloud66Error, match="not JSON"):
        make_client(api_url=server.origin, api_retries=0).get("stacks")


# Slow, refused, unavailable


@pytest.mark.parametrize("kind", ["slow_headers", "slow_body"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_slow_answers(sim, make_client, kind, method):
    """A POST that was answered too late has been applied."""
    sim.fault(kind, seconds=HANG)
    client = make_client(api_timeout=0.1, api_retries=1)
    with pytest.raises(Cloud66Error, match=r"no answer within 0\.1 seconds") as caught:
        call(client, method)
    assert isinstance(caught.value, AnswerLostError) is (method == "POST")
    assert client.usage.requests == (1 if method == "POST" else 2)


@pytest.mark.parametrize("method", METHODS)
def test_a_refused_connection(make_client, closed_port, method):
    """Nothing has been sent, so that even a POST may be sent again."""
    client = make_client(api_url=f"http://127.0.0.1:{closed_port}/api/3", api_retries=RETRIES)
    with pytest.raises(Cloud66Error) as caught:
        call(client, method)
    words = f"cannot connect to http://127.0.0.1:{closed_port} (Connection refused)."
    assert str(caught.value).endswith(words)
    assert not isinstance(caught.value, AnswerLostError)
    assert client.usage.requests == RETRIES + 1


def test_a_host_that_does_not_answer(make_client):
    """It takes no connection, so that nothing was sent."""
    with socket.socket() as busy, socket.socket() as first, socket.socket() as second:
        busy.bind(("127.0.0.1", 0))
        busy.listen(0)
        for one in (first, second):
            one.setblocking(False)
            one.connect_ex(busy.getsockname())
        client = make_client(api_url=f"http://127.0.0.1:{busy.getsockname()[1]}", api_timeout=0.1, api_retries=1)
        with pytest.raises(Cloud66Error, match=r"no connection within 0\.1 seconds") as caught:
            call(client, "POST")
    assert caught.type is Cloud66Error
    assert client.usage.requests == 2


def test_a_host_that_is_not(make_client):
    client = make_client(api_url="https://cloud66.invalid", api_retries=0)
    with pytest.raises(Cloud66Error, match=r"cannot connect to https://cloud66\.invalid"):
        client.get("ping")


@pytest.mark.parametrize("host", [".example.com", "a..example", f"{'a' * 70}.example"])
def test_a_host_that_cannot_be(make_client, host):
    client = make_client(api_url=f"https://{host}", api_retries=RETRIES)
    with pytest.raises(Cloud66Error, match="Cannot read the API: the request could not be sent"):
        client.get("ping")
    assert client.usage.requests == 1


@pytest.mark.parametrize(("retry_after", "requests"), [(1, 3), (60, 3), (61, 1), (120, 1), (10**15, 1)])
def test_retry_after_of_an_unavailable_api(sim, clock, make_client, retry_after, requests):
    """A minute at most is waited for."""
    sim.fault("unavailable", retry_after=retry_after)
    with pytest.raises(Cloud66Error, match="status 503"):
        call(make_client(api_retries=RETRIES), "GET")
    assert len(sim.requests) == requests
    assert all(retry_after <= pause <= 60 for pause in clock.pauses)


def test_waits_grow_and_end_at_a_minute(sim, clock, make_client):
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


# A DELETE that is sent again


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("kind", ["reset_after", "cut", "bad_json"])
def test_a_delete_whose_answer_was_lost_is_done_when_it_is_gone(sim, make_client, kind):
    sim.fault(kind, times=1, method="DELETE")
    assert call(make_client(), "DELETE") is None
    assert devices(sim) == []
    assert [one.status for one in sim.writes][-1] == 404


def test_a_delete_of_nothing_is_an_error(make_client):
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
def test_redirects_to_anything_else(sim, make_client, location):
    sim.fault("redirect", location=location)
    with pytest.raises(Cloud66Error, match="which must not get the token"):
        make_client().get("stacks")


@pytest.mark.parametrize("relative", [True, False])
def test_a_get_may_be_redirected_on_the_same_host(sim, make_client, relative):
    path = f"/api/3/stacks/{STACK}"
    sim.fault("redirect_same", location=path if relative else sim.origin + path, times=1)
    assert make_client().get("elsewhere", filter="x")["uid"] == STACK
    assert [(one.path, one.query) for one in sim.requests] == [("/api/3/elsewhere", "filter=x"), (path, "")]
    assert all(one.headers["authorization"] == f"Bearer {sim.token}" for one in sim.requests)


@pytest.mark.parametrize("location", [None, ""])
def test_a_redirect_that_goes_in_circles(sim, make_client, location):
    sim.fault("redirect_same", location=location)
    with pytest.raises(Cloud66Error, match="redirects in a loop"):
        make_client().get("stacks")
    assert len(sim.requests) == 5


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("status", [302, 307])
@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST"])
def test_a_redirected_write_is_not_followed(sim, make_client, method, status):
    sim.fault("redirect_same", status=status, times=1)
    with pytest.raises(Cloud66Error, match=f"redirects a {method}, which is not followed") as caught:
        call(make_client(), method)
    assert len(sim.requests) == 1
    assert not isinstance(caught.value, AnswerLostError)


# The text of an error


def test_an_error_tells_all_it_knows(sim, make_client):
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


def test_an_error_says_only_what_it_knows():
    assert Cloud66Error("It went wrong.").facts() == {}
