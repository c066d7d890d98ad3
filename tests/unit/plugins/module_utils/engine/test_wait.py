# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting: the intervals of one and of many waiters, and the outcome."""

from __future__ import annotations

import heapq
from types import SimpleNamespace

import pytest
from ansible_collections.cloud66.cloud.plugins.module_utils.api.errors import Cloud66Error
from ansible_collections.cloud66.cloud.plugins.module_utils.engine import wait as waiting
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.run import Run
from ansible_collections.cloud66.cloud.plugins.module_utils.resources.base import Progress
from simulator.seed import AWESOME_APP, STOREFRONT

LIMIT = 3000
# The limit is reset at each full hour.
START = 1_000 * 3600


class Asker:
    """A client that knows the time and the requests left, as of its last answer."""

    def __init__(self, hour):
        self.hour = hour
        self.usage = SimpleNamespace(rate_limit=SimpleNamespace(remaining=hour.left))

    def now(self):
        return self.hour.now

    def ask(self):
        self.hour.left -= 1
        self.usage.rate_limit.remaining = max(self.hour.left, 0)


def requests_of(count, seconds, left=LIMIT):
    """The number of requests that `count` waiters send in this time."""
    hour = SimpleNamespace(now=START, left=left)
    askers = [Asker(hour) for _number in range(count)]
    paces = [waiting.Pace(asker, 2) for asker in askers]
    due = [(START + number / count, number) for number in range(count)]
    while due[0][0] < START + seconds:
        hour.now, number = heapq.heappop(due)
        askers[number].ask()
        heapq.heappush(due, (hour.now + paces[number].next_wait(), number))
    return left - hour.left


def test_a_single_waiter_ends_up_asking_every_15_seconds():
    assert 3600 / 16.5 < requests_of(1, 3600) < 3600 / 13.5 + 10


@pytest.mark.parametrize(("count", "seconds"), [(10, 600), (50, 600), (50, 3500), (200, 60)])
def test_many_waiters_do_not_use_up_the_hourly_limit(count, seconds):
    """Although a single waiter asks four times a minute."""
    assert requests_of(count, seconds) <= LIMIT * 1.05


def test_few_requests_left_make_the_interval_long():
    assert requests_of(1, 1800, left=40) < 40


def test_an_interval_is_at_most_a_minute():
    """Plus the jitter."""
    assert requests_of(100, 66, left=1) >= 100


# A single wait


@pytest.fixture
def run(sim, clock):
    assert not clock.pauses
    return Run({"api_url": sim.url, "api_token": sim.token, "api_retries": 0})


def test_actions_of_two_stacks_are_waited_for_together(sim, run, clock):
    rows = []
    for uid in (AWESOME_APP, STOREFRONT):
        for seconds in (5, 10):
            row = sim.world.start_action(uid, "application_deployment", seconds=seconds)
            rows.append({**row, "stack_uid": uid})
    ended = waiting.wait_for_actions(run, rows, waiting.Patience(100, 2))
    assert [action["id"] for action in ended] == [row["id"] for row in rows]
    assert [action["stack_uid"] for action in ended] == [row["stack_uid"] for row in rows]
    assert {action["finished_success"] for action in ended} == {True}
    # At most one request for each poll and stack.
    assert len(sim.requests) <= 2 * (len(clock.pauses) + 1)


def test_no_actions_need_no_wait(run, sim):
    assert waiting.wait_for_actions(run, [], waiting.Patience(100, 2)) == []
    assert not sim.requests


def test_other_work_is_waited_for_in_the_same_way(run, clock):
    states = [
        Progress(False, "ordered", thing="first"),
        Progress(False, "issued", thing="second"),
        Progress(True, "installed", thing="third"),
    ]
    said = []
    run.log = said.append
    thing = waiting.wait_until(lambda: states.pop(0), "certificate 7", run, waiting.Patience(100, 2))
    assert thing == "third"
    assert [text.rpartition(",")[0] for text in said] == [
        "Waiting for certificate 7: ordered",
        "Waiting for certificate 7: issued",
    ]
    assert len(clock.pauses) == 2


def test_other_work_that_fails_or_does_not_end_is_an_error(run):
    patience = waiting.Patience(10, 2)
    with pytest.raises(Cloud66Error, match=r"^certificate 7 failed: the domain is not yours$"):
        waiting.wait_until(lambda: Progress(True, "", "the domain is not yours"), "certificate 7", run, patience)
    with pytest.raises(Cloud66Error, match=r"^certificate 7 did not end within 10 seconds \(ordered\)\. Look there\.$"):
        waiting.wait_until(lambda: Progress(False, "ordered"), "certificate 7", run, patience, "Look there.")


def test_a_timeout_of_zero_asks_once(run, clock):
    polls = []

    def ask():
        polls.append(1)
        return Progress(False, "going on", thing="thing")

    with pytest.raises(Cloud66Error):
        waiting.wait_until(ask, "it", run, waiting.Patience(0, 2))
    assert len(polls) == 1
    assert not clock.pauses


def test_a_line_a_minute_shows_that_it_waits(run, clock):
    """Without -v, too: CI systems stop jobs that print nothing."""
    notices = []
    run.notify = notices.append
    patience = waiting.Patience(200, 10)
    with pytest.raises(Cloud66Error):
        waiting.wait_until(lambda: Progress(False, "ordered"), "certificate 7", run, patience)
    assert len(notices) in (2, 3)
    assert all(notice.startswith("Still waiting for certificate 7: ordered, ") for notice in notices)
