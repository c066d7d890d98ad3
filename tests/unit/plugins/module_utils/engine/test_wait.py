# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How work is waited for: how often is asked, by one and by many, and how it ends."""

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
# The limit begins anew at each full hour.
START = 1_000 * 3600


class Asker:
    """A client that knows the time and, from its last answer, how many requests are left."""

    def __init__(self, hour):
        self.hour = hour
        self.usage = SimpleNamespace(rate_limit=SimpleNamespace(remaining=hour.left))

    def now(self):
        return self.hour.now

    def ask(self):
        self.hour.left -= 1
        self.usage.rate_limit.remaining = max(self.hour.left, 0)


def asked(count, seconds, left=LIMIT):
    """How many requests so many who wait make in that time."""
    hour = SimpleNamespace(now=START, left=left)
    askers = [Asker(hour) for _number in range(count)]
    paces = [waiting.Pace(asker, 2) for asker in askers]
    due = [(START + number / count, number) for number in range(count)]
    while due[0][0] < START + seconds:
        hour.now, number = heapq.heappop(due)
        askers[number].ask()
        heapq.heappush(due, (hour.now + paces[number].next_wait(), number))
    return left - hour.left


def test_one_who_waits_asks_every_quarter_of_a_minute_in_the_end():
    assert 3600 / 16.5 < asked(1, 3600) < 3600 / 13.5 + 10


@pytest.mark.parametrize(("count", "seconds"), [(10, 600), (50, 600), (50, 3500), (200, 60)])
def test_many_who_wait_do_not_use_up_the_hour(count, seconds):
    """Though each would ask four times a minute if it were alone."""
    assert asked(count, seconds) <= LIMIT * 1.05


def test_who_has_few_left_asks_seldom():
    assert asked(1, 1800, left=40) < 40


def test_nobody_waits_longer_than_a_minute():
    """Plus what makes them differ."""
    assert asked(100, 66, left=1) >= 100


# One wait


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
    assert [one["id"] for one in ended] == [one["id"] for one in rows]
    assert [one["stack_uid"] for one in ended] == [one["stack_uid"] for one in rows]
    assert {one["finished_success"] for one in ended} == {True}
    # One request a question and stack at most.
    assert len(sim.requests) <= 2 * (len(clock.pauses) + 1)


def test_no_actions_are_no_wait(run, sim):
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


def test_other_work_that_fails_or_does_not_end_is_said(run):
    patience = waiting.Patience(10, 2)
    with pytest.raises(Cloud66Error, match=r"^certificate 7 has failed: the domain is not yours$"):
        waiting.wait_until(lambda: Progress(True, "", "the domain is not yours"), "certificate 7", run, patience)
    with pytest.raises(
        Cloud66Error, match=r"^certificate 7 has not ended within 10 seconds \(ordered\)\. Look there\.$"
    ):
        waiting.wait_until(lambda: Progress(False, "ordered"), "certificate 7", run, patience, "Look there.")


def test_no_time_to_wait_is_one_question(run, clock):
    asked = []

    def ask():
        asked.append(1)
        return Progress(False, "going on", thing="thing")

    with pytest.raises(Cloud66Error):
        waiting.wait_until(ask, "it", run, waiting.Patience(0, 2))
    assert len(asked) == 1
    assert not clock.pauses
