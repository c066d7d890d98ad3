# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hourly limit and waits."""

from __future__ import annotations

from datetime import datetime, timezone
from email.utils import format_datetime, formatdate

import pytest
from ansible_collections.cloud66.cloud.plugins.module_utils.api.errors import Cloud66Error
from ansible_collections.cloud66.cloud.plugins.module_utils.api.limits import (
    RateLimit,
    clock_time,
    rate_limit,
    retry_after,
    wait_for_next_hour,
)

STACK = "f196c5b41758cb7977620d49eb1492ef"
AT_20_TO_3 = format_datetime(datetime(2026, 1, 5, 14, 40, tzinfo=timezone.utc), usegmt=True)


# Headers


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"X-RateLimit-Limit": "3000", "X-RateLimit-Remaining": "7"}, RateLimit(3000, 7)),
        ({"X-RateLimit-Limit": "3000"}, RateLimit(3000, 1)),
        ({"X-RateLimit-Remaining": "0"}, RateLimit(2, 0)),
        ({"X-RateLimit-Limit": "many", "X-RateLimit-Remaining": "²"}, RateLimit(2, 1)),
        ({}, RateLimit(2, 1)),
    ],
)
def test_rate_limit(headers, expected):
    assert rate_limit(headers, RateLimit(2, 1)) == expected


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0", 0), (" 90 ", 90), ("soon", None), ("-5", None), ("1.5", None), ("²", None), ("", None), (None, None)],
)
def test_retry_after_in_seconds(text, seconds):
    assert retry_after({} if text is None else {"Retry-After": text}) == seconds


def test_retry_after_as_a_date(clock):
    second = clock.now() // 1
    part = clock.now() % 1
    assert retry_after({"Retry-After": formatdate(second + 100, usegmt=True)}) == 100 - part
    assert retry_after({"Retry-After": formatdate(second - 100, usegmt=True)}) == 0


@pytest.mark.parametrize("text", ["9" * 12, "9" * 400, "9" * 5000, "Mon, 05 Jan 9999 14:40:00 GMT"])
def test_a_huge_retry_after_is_capped(text):
    seconds = retry_after({"Retry-After": text})
    assert seconds is None or seconds <= 24 * 3600
    assert clock_time(wait_for_next_hour({"Retry-After": text})).endswith("UTC")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "90", "Date": AT_20_TO_3}, 90),
        ({"Date": AT_20_TO_3}, 1201),
        ({"Retry-After": "soon", "Date": AT_20_TO_3}, 1201),
    ],
)
def test_the_next_hour_begins_by_the_clock_of_cloud_66(headers, seconds):
    assert wait_for_next_hour(headers) == seconds


@pytest.mark.parametrize("headers", [{}, {"Date": "today"}, {"Date": ""}])
def test_the_next_hour_without_a_date(clock, headers):
    assert (clock.now() + wait_for_next_hour(headers)) % 3600 == 1


def test_clock_time(clock):
    clock.move((14 * 3600 - clock.now()) % (24 * 3600))
    assert clock_time(60) == "14:01 UTC"


# The client


def fails(client, word="try again at"):
    with pytest.raises(Cloud66Error, match=word) as caught:
        client.get("stacks", STACK)
    return str(caught.value)


def test_usage_is_counted(make_client):
    client = make_client()
    client.get("stacks", STACK)
    client.labelled("something else").get("stacks", STACK)
    assert client.usage.facts() == {
        "requests": 2,
        "retries": 0,
        "rate_limit": {"limit": 3000, "remaining": 2998},
    }


def test_without_throttle_wait_it_fails_and_says_when_to_try_again(sim, clock, make_client):
    sim.settings(remaining=0, retry_after=600)
    message = fails(make_client())
    assert "The hourly limit of 3000 requests is used up" in message
    assert f"try again at {clock_time(600)}" in message
    assert "allow a wait with throttle_wait: 601." in message
    assert (len(sim.requests), clock.pauses) == (1, [])


def test_throttle_wait_allows_the_wait(sim, clock, messages, make_client):
    sim.fault("throttled", retry_after=600, times=1)
    assert make_client(throttle_wait=600).get("stacks", STACK)["uid"] == STACK
    assert clock.pauses == [600]
    assert messages.logs[0].startswith("The hourly limit is used up: waiting until ")


def test_throttle_wait_is_too_short(sim, clock, make_client):
    sim.fault("throttled", retry_after=600)
    fails(make_client(throttle_wait=599))
    assert (len(sim.requests), clock.pauses) == (1, [])


def test_it_waits_for_the_next_full_hour_of_cloud_66(sim, clock, make_client):
    """Its clock shows 20 minutes to the hour, whatever the time is here."""
    sim.settings(clock_offset=2400 - sim.world.now() % 3600)
    sim.settings(remaining=0)
    assert make_client(throttle_wait=2000).get("stacks", STACK)["uid"] == STACK
    assert clock.pauses == [1201]


def test_throttle_wait_limits_all_waits_of_a_task_together(sim, clock, make_client):
    sim.fault("too_many", retry_after=400)
    client = make_client(throttle_wait=1000, api_retries=0)
    fails(client)
    assert (len(sim.requests), clock.pauses, client.usage.retries) == (3, [400, 400], 2)
    fails(client.labelled("something else"))
    assert clock.pauses == [400, 400]


def test_retry_after_zero_does_not_loop_forever(sim, clock, make_client):
    """`Retry-After: 0` counts as one second."""
    sim.fault("throttled", retry_after=0)
    fails(make_client())
    assert (len(sim.requests), clock.pauses) == (1, [])
    fails(make_client(throttle_wait=3))
    assert (len(sim.requests), clock.pauses) == (5, [1, 1, 1])


@pytest.mark.parametrize("kind", ["throttled", "too_many"])
def test_a_throttled_post_is_retried(sim, make_client, kind):
    """It has not been applied."""
    sim.fault(kind, retry_after=5, times=1)
    body = {"token": "wertqy", "device_type": 1, "sub_type": 1}
    assert make_client(throttle_wait=5).post("users", 18, "devices", body=body)["token"] == "wertqy"
    assert [write.applied for write in sim.writes] == [False, True]


def test_the_limit_of_the_simulator_itself(sim, make_client):
    sim.settings(remaining=1)
    client = make_client()
    client.get("stacks", STACK)
    fails(client, "503 throttled")
    assert client.usage.facts()["rate_limit"] == {"limit": 3000, "remaining": 0}
