# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every kind of fault, as a raw HTTP client sees it."""

from __future__ import annotations

import http.client
import json
import time
from contextlib import suppress

import pytest
from simulator.faults import KINDS
from unit.fixtures.programs import HANG

DEVICE = {"token": "wertqy", "device_type": 1, "sub_type": 1}
STACK = "f196c5b41758cb7977620d49eb1492ef"
LISTS_THAT_GROW = ("servers", "backups", "firewalls", "environments", "deployments")


def devices(sim):
    return next(user for user in sim.world.users if user["id"] == 18)["devices"]


def add_device(call, **options):
    return call("POST", "/users/18/devices", body=DEVICE, **options)


@pytest.mark.parametrize(("kind", "stored"), [("reset", 0), ("reset_after", 1)])
def test_connection_reset(sim, call, kind, stored):
    fault = sim.fault(kind, method="POST", times=1)
    with pytest.raises(ConnectionResetError):
        add_device(call)
    assert len(devices(sim)) == stored
    assert [(record.status, record.applied, record.fault) for record in sim.requests] == [(None, bool(stored), kind)]
    assert fault.hits == 1
    assert add_device(call).status == 200


def test_truncated_body(sim, call):
    sim.fault("cut")
    with pytest.raises(http.client.IncompleteRead) as caught:
        call("GET", "/stacks")
    assert caught.value.partial.startswith(b'{"response": [')
    assert caught.value.expected


def test_truncated_empty_body(sim, call):
    add_device(call)
    sim.fault("cut")
    with pytest.raises(http.client.IncompleteRead):
        call("DELETE", "/users/18/devices/wertqy")
    assert devices(sim) == []


@pytest.mark.parametrize(
    ("kind", "options", "status", "error"),
    [
        ("status", {}, 408, "time_out"),
        ("status", {"status": 402}, 402, "trial_expired"),
        ("status", {"status": 409, "error": "busy", "details": "Later"}, 409, "busy"),
        ("status", {"status": 500}, 500, "error"),
        ("throttled", {}, 503, "throttled"),
        ("too_many", {}, 429, "too_many_requests"),
        ("not_implemented", {}, 503, "not_implemented"),
        ("unavailable", {"html": False}, 503, "unavailable"),
    ],
)
@pytest.mark.parametrize("applied", [False, True])
def test_api_errors(sim, call, kind, options, status, error, applied):
    sim.fault(kind, applied=applied, **options)
    reply = add_device(call)
    assert (reply.status, reply.error) == (status, error)
    assert set(reply.json) == {"error", "error_description", "details"}
    assert len(devices(sim)) == applied == sim.writes[0].applied
    assert "retry-after" not in reply.headers


@pytest.mark.parametrize("kind", ["throttled", "too_many", "unavailable"])
def test_retry_after(sim, call, kind):
    sim.fault(kind, retry_after=7)
    assert call("GET", "/stacks").headers["retry-after"] == "7"


@pytest.mark.parametrize(
    ("kind", "options", "status"), [("html", {}, 502), ("html", {"status": 200}, 200), ("unavailable", {}, 503)]
)
def test_html(sim, call, kind, options, status):
    sim.fault(kind, **options)
    reply = call("GET", "/stacks")
    assert (reply.status, reply.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert b"<html>" in reply.body


def test_invalid_json(sim, call):
    sim.fault("bad_json")
    reply = call("GET", "/stacks")
    assert (reply.status, reply.headers["content-type"]) == (200, "application/json; charset=utf-8")
    with pytest.raises(json.JSONDecodeError):
        json.loads(reply.body)


def test_empty_answer(sim, call):
    sim.fault("empty")
    reply = add_device(call)
    assert (reply.status, reply.body, len(devices(sim))) == (200, b"", 1)


@pytest.mark.parametrize("body", [[], "text", None])
def test_answer_of_the_wrong_type(sim, call, body):
    sim.fault("wrong_type", body=body)
    assert call("GET", "/stacks").json == body


@pytest.mark.parametrize("kind", ["slow_headers", "slow_body"])
def test_slow_answers(sim, call, kind):
    sim.fault(kind, seconds=0.3, times=1)
    started = time.monotonic()
    assert len(call("GET", "/stacks").json["response"]) == 3
    assert time.monotonic() - started >= 0.3
    sim.fault(kind, seconds=HANG)
    with pytest.raises(TimeoutError):
        call("GET", "/stacks", timeout=0.1)


def test_slow_body_sends_headers_at_once(sim):
    sim.fault("slow_body", seconds=HANG)
    connection = http.client.HTTPConnection(sim.origin.removeprefix("http://"), timeout=HANG / 2)
    connection.request("GET", "/api/3/ping")
    with connection.getresponse() as response:
        connection.sock.settimeout(0.1)
        with pytest.raises(TimeoutError):
            response.read()
    connection.close()


def test_redirects(sim, call):
    sim.fault("redirect", times=1)
    assert call("GET", "/stacks").headers["location"] == "https://elsewhere.invalid/api/3"
    sim.fault("redirect", location="http://127.0.0.2:1/x", status=307, times=1)
    reply = call("GET", "/stacks")
    assert (reply.status, reply.headers["location"]) == (307, "http://127.0.0.2:1/x")
    sim.fault("redirect_same", times=1)
    reply = call("GET", "/stacks")
    assert (reply.status, reply.headers["location"]) == (302, "/api/3/stacks")


@pytest.mark.parametrize(("variant", "currents"), [("follow", [1, 2, 7]), ("stuck", [1, 1, 1])])
def test_repeated_page(sim, call, variant, currents):
    sim.fault("repeat_page", variant=variant)
    pages = [call("GET", f"/stacks/{STACK}/backups?page={page}").json for page in (1, 2, 7)]
    assert pages[0]["response"] == pages[1]["response"] == pages[2]["response"]
    assert [page["pagination"]["current"] for page in pages] == currents
    assert all(page["pagination"]["next"] > page["pagination"]["current"] for page in pages)


@pytest.mark.parametrize("path", ["/stacks", "/users", *(f"/stacks/{STACK}/{name}" for name in LISTS_THAT_GROW)])
@pytest.mark.parametrize(("every", "counts"), [(False, [0, 1, 1]), (True, [0, 1, 2])])
def test_moving_list(sim, call, conforms, path, every, counts):
    sim.settings(per_page=1)
    sim.fault("moving", every=every)
    pages = [call("GET", f"{path}?page={page}") for page in (1, 2, 3)]
    tail = path.rpartition("/")[2]
    for page in pages:
        conforms(
            "list_" + {"firewalls": "firewall_rules", "environments": "environment_variables"}.get(tail, tail), page
        )
    rows = [page.json["response"][0] for page in pages]
    assert rows[1] == rows[0], "page 2 repeats the row of page 1"
    assert (rows[2] == rows[0]) is every
    sizes = [page.json["pagination"]["count"] for page in pages]
    assert [size - sizes[0] for size in sizes] == counts


@pytest.mark.parametrize(
    ("matching", "expected"),
    [
        ({}, [True, True, True]),
        ({"method": "POST"}, [False, False, True]),
        ({"path": "/stacks"}, [True, False, False]),
        ({"path": "/stacks/*"}, [False, True, False]),
        ({"path": "^/(users|stacks)/"}, [False, True, True]),
        ({"times": 1}, [True, False, False]),
        ({"skip": 1}, [False, True, True]),
        ({"skip": 1, "times": 1}, [False, True, False]),
        ({"rate": 0.0}, [False, False, False]),
    ],
)
def test_requests_that_a_fault_strikes(sim, call, matching, expected):
    fault = sim.fault("html", **matching)
    replies = [call("GET", "/stacks.json"), call("GET", f"/stacks//{STACK}"), add_device(call)]
    assert [reply.status == 502 for reply in replies] == expected
    assert fault.hits == sum(expected)


def test_random_faults_are_reproducible(sim, call):
    def run():
        sim.reset()
        sim.fault("html", rate=0.5, seed=3)
        return [call("GET", "/ping").status for _number in range(20)]

    first = run()
    assert first == run()
    assert set(first) == {200, 502}


ROUNDS = 40


def outcomes(sim, call, **options):
    """Send some requests under random faults. Returns method, fault, status and effect of each, from the log."""
    sim.reset()
    sim.fault("any_transient", seed=5, **options)
    for number in range(ROUNDS):
        with suppress(ConnectionError, http.client.HTTPException):
            call("GET", "/ping")
        if number % 2:
            with suppress(ConnectionError, http.client.HTTPException):
                add_device(call)
    return [(record.method, record.fault, record.status, record.applied) for record in sim.requests]


def test_any_transient_is_reproducible(sim, call):
    first = outcomes(sim, call, rate=0.5)
    assert first == outcomes(sim, call, rate=0.5)
    faults = [fault for _method, fault, _status, _applied in first if fault]
    assert 0.3 < len(faults) / len(first) < 0.7
    assert set(faults) >= {"reset", "reset_after", "cut", "html", "status", "unavailable", "bad_json"}
    writes = [applied for method, fault, _status, applied in first if method == "POST" and fault]
    assert set(writes) == {True, False}


def test_any_transient_does_not_depend_on_other_requests(sim, call):
    def posts(**options):
        return [outcome for outcome in outcomes(sim, call, rate=0.5, **options) if outcome[0] == "POST"]

    assert posts() == posts(method="POST")


def test_any_transient_limited_by_kind_and_in_a_row(sim, call):
    options = {"rate": 1.0, "kinds": ["status", "empty"], "in_a_row": 2, "path": "/ping"}
    faults = [fault for _method, fault, _status, _applied in outcomes(sim, call, **options) if fault]
    assert set(faults) == {"status", "empty"}
    assert len(faults) == sum(number % 3 < 2 for number in range(ROUNDS))
    with pytest.raises(ValueError, match="must be among"):
        sim.fault("any_transient", kinds=["redirect"])


def test_fault_in_the_oauth_flow(sim, call):
    sim.fault("html", path="/oauth/token")
    assert call("POST", "//oauth/token", token=None, form={}).status == 502


def test_latency(sim, call, clock):
    sim.settings(latency_ms=200)
    call("GET", "/ping")
    assert clock.elapsed == pytest.approx(0.2)


def test_latency_takes_its_time(sim, real_time, call):
    sim.settings(latency_ms=200)
    started = time.monotonic()
    call("GET", "/ping")
    assert time.monotonic() - started >= 0.2


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"kind": "nonsense"}, "no such kind"),
        ({"kind": "reset", "second": 1}, "no argument second"),
        ({"kind": "html", "path": "^("}, "not a regular expression"),
    ],
)
def test_invalid_faults(sim, call, options, problem):
    with pytest.raises(ValueError, match=problem):
        sim.fault(**options)
    assert call("POST", "//_sim/faults", body=options).status == 400


def test_every_kind_is_tested():
    tested = {
        *("reset", "reset_after", "cut", "html", "bad_json", "empty", "wrong_type", "redirect", "redirect_same"),
        *("status", "throttled", "too_many", "not_implemented", "unavailable"),
        *("slow_headers", "slow_body", "repeat_page", "moving", "any_transient"),
    }
    assert set(KINDS) == tested


# The control API


def test_control_api(sim, call):
    assert call("POST", "//_sim/faults", body={"kind": "html", "times": 1}).json[0]["hits"] == 0
    assert call("GET", "/stacks").status == 502
    assert call("GET", "//_sim/faults").json[0]["hits"] == 1
    assert call("DELETE", "//_sim/faults").json == []
    assert call("POST", "//_sim/settings", body={"limit": 5}).json["limit"] == 5
    assert call("GET", "//_sim/settings").json["limit"] == 5
    assert [record["status"] for record in call("GET", "//_sim/requests").json] == [502]
    assert call("DELETE", "//_sim/requests").json == []
    assert len(call("GET", "//_sim/state?thing=stacks").json) == 3
    assert call("POST", "//_sim/reset").status == 200
    assert call("GET", "//_sim/settings").json["limit"] == 3000
    assert sim.requests == [], "control calls are not logged"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "//_sim/nonsense", None, 404),
        ("GET", "//_sim/state?thing=tokens", None, 400),
        ("POST", "//_sim/settings", {"limit": "x"}, 400),
        ("POST", "//_sim/settings", [1], 400),
        ("POST", "//_sim/faults", b"{", 400),
    ],
)
def test_invalid_control_calls(call, method, path, body, status):
    assert call(method, path, body=body).status == status
