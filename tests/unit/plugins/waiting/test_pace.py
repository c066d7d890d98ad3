# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How often is asked by one who waits, and by many who share the hour's requests."""

from __future__ import annotations

import heapq
from types import SimpleNamespace

import pytest
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.wait import Pace

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
    paces = [Pace(asker, 2) for asker in askers]
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
