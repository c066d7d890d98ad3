# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Things that happen later: a schedule, and the asynchronous actions that it ends."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from . import shapes
from .shapes import Row

if TYPE_CHECKING:
    from .world import World

Do = Callable[[], None]


@dataclass(order=True)
class Job:
    """A callback that is due at a time. `do` is None once it is cancelled."""

    due: float
    number: int
    do: Do | None = field(compare=False)


class Schedule:
    """Callbacks to run later. `moment` is the due time of the running callback, or None."""

    def __init__(self) -> None:
        self._jobs: list[Job] = []
        self._numbers = count()
        self.moment: float | None = None

    def at(self, due: float, do: Do) -> Job:
        job = Job(due, next(self._numbers), do)
        heapq.heappush(self._jobs, job)
        return job

    def run(self, now: float) -> None:
        """Run what is due, in order, each at its own simulated time."""
        while self._jobs and self._jobs[0].due <= now:
            job = heapq.heappop(self._jobs)
            if job.do is None:
                continue
            self.moment = job.due
            try:
                job.do()
            finally:
                self.moment = None


class Work:
    """The asynchronous actions that have not ended yet."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._ends: dict[int, tuple[Job, Row]] = {}

    def open(
        self,
        stack_uid: str,
        action: str,
        *,
        user: str | None = None,
        resource_type: str = "stack",
        user_reference: str | None = None,
    ) -> Row:
        """Start an action without an end. Returns the AsyncAction."""
        row = shapes.action(self._world.number("action", 6566418), self._world.now(), action)
        row.update(user=user, resource_type=resource_type)
        if user_reference is not None:
            row["metadata"]["user_reference"] = user_reference
        self._world.actions[stack_uid].insert(0, row)
        return row

    def end_after(
        self,
        row: Row,
        seconds: float,
        *,
        then: Do | None = None,
        otherwise: Do | None = None,
        failure: str | None = None,
    ) -> None:
        """Let an action end by itself after `seconds`.

        `then` changes the world when the action succeeds, `otherwise` when it fails. The outcome is decided now, by
        `failure` or the setting action_failure.
        """
        world = self._world
        failure = world.settings.action_failure if failure is None else failure
        do = then if failure is None else otherwise
        job = world.schedule.at(world.now() + seconds, lambda: self._end(row, do, failure))
        self._ends[row["id"]] = job, row

    def stop(self, action_id: int, seconds: float, then: Do | None, message: str) -> None:
        """Let a running action fail in `seconds`, or at its own end if that is sooner."""
        job, row = self._ends[action_id]
        job.do = None
        due = min(job.due, self._world.now() + seconds)
        self._ends[action_id] = self._world.schedule.at(due, lambda: self._end(row, then, message)), row

    def end(self, row: Row, failure: str) -> None:
        """Fail an action that has no end yet."""
        self._end(row, None, failure)

    def _end(self, row: Row, do: Do | None, failure: str | None) -> None:
        self._ends.pop(row["id"], None)
        if do:
            do()
        success = failure is None
        row.update(
            finished_at=shapes.iso(self._world.now()),
            finished_success=str(success).lower() if self._world.settings.success_as_text else success,
            finished_message="Completed successfully" if success else failure,
            finished_result={} if success else None,
        )
