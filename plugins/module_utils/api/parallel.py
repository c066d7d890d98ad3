# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading many things side by side, never more at once than asked for."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")


def side_by_side(function: Callable[[T], R], items: Iterable[T], workers: int) -> list[R]:
    """`function` of every item, in the order of the items. The first exception stops all and is raised.

    The threads are daemons: neither a task that runs out of its `timeout` nor the end of the process waits for an
    answer that is still on its way, as the threads of concurrent.futures would make it.
    """
    given = list(items)
    if len(given) < 2 or workers < 2:
        return [function(item) for item in given]
    todo: queue.SimpleQueue[tuple[int, T]] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[int, Any, Any]] = queue.SimpleQueue()
    stopped = threading.Event()
    for numbered in enumerate(given):
        todo.put(numbered)

    def work() -> None:
        while not stopped.is_set():
            try:
                number, item = todo.get_nowait()
            except queue.Empty:
                return
            try:
                done.put((number, function(item), None))
            except BaseException as problem:  # noqa: BLE001 (it is raised again where the results are gathered)
                stopped.set()
                done.put((number, None, problem))

    for _worker in range(min(workers, len(given))):
        threading.Thread(target=work, daemon=True, name="cloud66-reader").start()
    results: dict[int, R] = {}
    try:
        while len(results) < len(given):
            number, result, problem = done.get()
            if problem is not None:
                raise problem
            results[number] = result
    finally:
        stopped.set()
    return [results[number] for number in range(len(given))]
