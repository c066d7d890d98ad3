# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading many things side by side, never more at once than asked for."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Hashable, Iterable
from functools import partial
from types import TracebackType
from typing import Any, Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Readers(Generic[R]):
    """A number of threads that read, for as long as a `with` lasts. Each result is fetched by the key of its work.

    A problem is raised where its work's result is asked for; with `together`, whichever result is asked for.

    The threads are daemons: neither a task that runs out of its `timeout` nor the end of the process waits for an
    answer that is still on its way, as the threads of concurrent.futures would make it.
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

    def __exit__(self, kind: type | None, problem: BaseException | None, trace: TracebackType | None) -> None:
        """Begin nothing more."""
        self._stopped.set()
        for _thread in range(self._threads):
            self._todo.put(None)

    def start(self, key: Hashable, work: Callable[[], R]) -> None:
        """Do `work` as soon as a thread is free."""
        self._todo.put((key, work))
        if self._free:
            self._free -= 1
            self._threads += 1
            threading.Thread(target=self._run, daemon=True, name="cloud66-reader").start()

    def result(self, key: Hashable) -> R:
        """What the work of this key returned, when it is done. Raises what it raised."""
        while key not in self._results:
            done, result, problem = self._done.get()
            if problem is not None and self._together:
                raise problem
            self._results[done] = (result, problem)
        result, problem = self._results[key]
        if problem is not None:
            raise problem
        return result  # type: ignore[no-any-return]

    def _run(self) -> None:
        while True:
            one = self._todo.get()
            if one is None or self._stopped.is_set():
                return
            key, work = one
            try:
                self._done.put((key, work(), None))
            except BaseException as problem:  # noqa: BLE001 (raised again by result)
                if self._together:
                    self._stopped.set()
                self._done.put((key, None, problem))


def side_by_side(function: Callable[[T], R], items: Iterable[T], workers: int) -> list[R]:
    """`function` of every item, in the order of the items. The first exception stops all and is raised."""
    given = list(items)
    if len(given) < 2 or workers < 2:
        return [function(item) for item in given]
    with Readers[R](min(workers, len(given)), together=True) as readers:
        for number, item in enumerate(given):
            readers.start(number, partial(function, item))
        return [readers.result(number) for number in range(len(given))]
