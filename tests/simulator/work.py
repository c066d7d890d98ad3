# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens later: things to do at a moment, and the asynchronous actions that end then."""

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
    """Something to do at a moment; nothing once `do` is None."""

    due: float
    number: int
    do: Do | None = field(compare=False)


class Schedule:
    """What is to be done later. `moment` is the time of what is done just now, None in between."""

    def __init__(self) -> None:
        self._jobs: list[Job] = []
        self._numbers = count()
        self.moment: float | None = None

    def at(self, due: float, do: Do) -> Job:
        job = Job(due, next(self._numbers), do)
        heapq.heappush(self._jobs, job)
        return job

    def run(self, now: float) -> None:
        """Do what is due, in its order, each as if it were done at its own moment."""
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

    def start(
        self,
        stack_uid: str,
        action: str,
        *,
        user: str | None = None,
        seconds: float | None = None,
        resource_type: str = "stack",
        user_reference: str | None = None,
        then: Do | None = None,
        otherwise: Do | None = None,
        failure: str | None = None,
    ) -> Row:
        """Start work that ends by itself after `seconds` (default: the setting action_seconds).

        Returns the AsyncAction. `then` changes the world when the action ends well, `otherwise` when it does not.
        Whether it ends well is decided now, by `failure` or the setting action_failure.
        """
        world = self._world
        now = world.now()
        row = shapes.action(world.number("action", 6566418), now, action)
        row.update(user=user, resource_type=resource_type)
        if user_reference is not None:
            row["metadata"]["user_reference"] = user_reference
        world.actions[stack_uid].insert(0, row)
        failure = world.settings.action_failure if failure is None else failure
        due = now + (world.settings.action_seconds if seconds is None else seconds)
        do = then if failure is None else otherwise
        self._ends[row["id"]] = world.schedule.at(due, lambda: self._end(row, do, failure)), row
        return row

    def stop(self, action_id: int, seconds: float, then: Do | None, message: str) -> None:
        """Let a running action end without success, `seconds` from now or at its own time if that is sooner."""
        job, row = self._ends[action_id]
        job.do = None
        due = min(job.due, self._world.now() + seconds)
        self._ends[action_id] = self._world.schedule.at(due, lambda: self._end(row, then, message)), row

    def _end(self, row: Row, do: Do | None, failure: str | None) -> None:
        del self._ends[row["id"]]
        if do:
            do()
        success = failure is None
        row.update(
            finished_at=shapes.iso(self._world.now()),
            finished_success=str(success).lower() if self._world.settings.success_as_text else success,
            finished_message="Completed successfully" if success else failure,
            finished_result={} if success else None,
        )
