# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parallel reads, limited to a number of threads."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Hashable, Iterable
from functools import partial
from types import TracebackType
from typing import Any, Generic, TypeVar

from .errors import Cloud66Error
from .transport import MAX_CONNECTIONS

T = TypeVar("T")
R = TypeVar("R")


def check_workers(workers: int) -> None:
    """Raise Cloud66Error for a number of threads that the connections do not suffice for."""
    if not 1 <= workers <= MAX_CONNECTIONS:
        raise Cloud66Error(f"workers must be from 1 to {MAX_CONNECTIONS}, not {workers}.")


class Readers(Generic[R]):
    """A pool of reading threads for the duration of a `with` block. The result of a job is fetched by the job's key.

    `result` raises the exception of its own job; with `together`, the exception of any job.

    Unlike those of concurrent.futures, the threads are daemons: neither a task that exceeds its `timeout` nor the
    exiting process waits for an outstanding answer.
    """

    def __init__(self, workers: int, together: bool = False) -> None:
        self._free = max(workers, 1)
        self._todo: queue.SimpleQueue[tuple[Hashable, Callable[[], R]] | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[tuple[Hashable, Any, BaseException | None]] = queue.SimpleQueue()
        self._results: dict[Hashable, tuple[Any, BaseException | None]] = {}
        self._threads = 0
        self._together = together
        self._stopped = threading.Event()

    def __enter__(self) -> Readers[R]:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Start no more jobs."""
        self._stopped.set()
        for _thread in range(self._threads):
            self._todo.put(None)

    def start(self, key: Hashable, job: Callable[[], R]) -> None:
        """Run a job as soon as a thread is free."""
        self._todo.put((key, job))
        if self._free:
            self._free -= 1
            self._threads += 1
            threading.Thread(target=self._run, daemon=True, name="cloud66-reader").start()

    def result(self, key: Hashable) -> R:
        """Wait for a job and return its result. Raises its exception."""
        while key not in self._results:
            done, result, error = self._done.get()
            if error is not None and self._together:
                raise error
            self._results[done] = (result, error)
        result, error = self._results[key]
        if error is not None:
            raise error
        return result  # type: ignore[no-any-return]

    def _run(self) -> None:
        while True:
            entry = self._todo.get()
            if entry is None or self._stopped.is_set():
                return
            key, job = entry
            try:
                self._done.put((key, job(), None))
            except BaseException as error:  # noqa: BLE001 (raised again by result)
                if self._together:
                    self._stopped.set()
                self._done.put((key, None, error))


def side_by_side(function: Callable[[T], R], items: Iterable[T], workers: int) -> list[R]:
    """The results of `function` for all items, in their order. The first exception is raised and stops all."""
    items = list(items)
    if len(items) < 2 or workers < 2:
        return [function(item) for item in items]
    with Readers[R](min(workers, len(items)), together=True) as readers:
        for number, item in enumerate(items):
            readers.start(number, partial(function, item))
        return [readers.result(number) for number in range(len(items))]
