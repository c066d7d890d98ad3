# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading in parallel."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest
from ansible_collections.cloud66.cloud.plugins.module_utils.api.parallel import side_by_side
from unit.fixtures.programs import HANG


class Gauge:
    """Counts parallel calls. They return once `most` are running and no other has started for a moment."""

    def __init__(self, most):
        self.lock = threading.Lock()
        self.full, self.too_full = threading.Event(), threading.Event()
        self.most, self.inside, self.highest = most, 0, 0
        self.threads = set()

    def __call__(self, item):
        with self.lock:
            self.inside += 1
            self.highest = max(self.highest, self.inside)
            self.threads.add(threading.current_thread())
            if self.inside >= self.most:
                self.full.set()
            if self.inside > self.most:
                self.too_full.set()
        self.full.wait(HANG)
        self.too_full.wait(0.05)
        with self.lock:
            self.inside -= 1
        return item * 2


@pytest.mark.parametrize(("items", "workers", "at_once"), [(12, 4, 4), (3, 8, 3), (2, 2, 2)])
def test_exactly_as_many_at_once_as_allowed(items, workers, at_once):
    gauge = Gauge(at_once)
    assert side_by_side(gauge, range(items), workers) == [number * 2 for number in range(items)]
    assert gauge.highest == len(gauge.threads) == at_once
    assert all(thread.daemon for thread in gauge.threads)


@pytest.mark.parametrize(("items", "workers"), [([], 8), ([1], 8), ([1, 2, 3], 1), ([1, 2, 3], 0), ([1, 2], -1)])
def test_no_thread_if_one_is_enough(items, workers):
    seen = []
    side_by_side(lambda _item: seen.append(threading.current_thread()), iter(items), workers)
    assert seen == [threading.current_thread()] * len(items)


def test_results_are_in_the_order_of_the_items():
    """Even if the first item is ready last."""
    others = threading.Semaphore(0)

    def work(item):
        if item == 0:
            assert all(others.acquire(timeout=HANG) for _number in range(9))
        else:
            others.release()
        return item

    assert side_by_side(work, range(10), 2) == list(range(10))


@pytest.mark.parametrize("problem", [ValueError("broken"), KeyboardInterrupt()])
@pytest.mark.parametrize("workers", [1, 3])
def test_the_first_exception_stops_all(problem, workers):
    begun = []

    def work(item):
        begun.append(item)
        if item == 1:
            raise problem
        return item

    with pytest.raises(type(problem)):
        side_by_side(work, range(10_000), workers)
    for thread in threading.enumerate():
        if thread.name == "cloud66-reader":
            thread.join(HANG)
    assert len(begun) < 10_000


def test_the_process_ends_without_waiting_for_answers():
    """A task that exceeds its `timeout` must not run until the last answer arrives."""
    program = (
        "import sys, threading; sys.path.insert(0, sys.argv[1]); sys.dont_write_bytecode = True\n"
        f"from {side_by_side.__module__} import side_by_side\n"
        "def work(item):\n"
        "    if item: raise SystemExit(7)\n"
        "    threading.Event().wait()\n"
        "side_by_side(work, range(2), 2)\n"
    )
    folder = sys.modules[side_by_side.__module__].__file__.partition("/ansible_collections/")[0]
    assert subprocess.run([sys.executable, "-c", program, folder], timeout=HANG, check=False).returncode == 7
