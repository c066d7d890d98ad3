# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lifecycle of every write, whichever module sends it.

*Send once, settle a lost answer, wait, verify, record.* A failure after a write that was, or may have been, applied
carries what was done: `changed: true`, the actions, and the thing as it was last seen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..api.errors import AnswerLostError, Cloud66Error, ConflictError, NotFoundError
from ..resources.action import placed, succeeded
from ..resources.base import Write
from ..resources.fields import Row
from . import wait
from .run import Result, Run

# Seconds before each look for the effect of a synchronous write. One whose answer was lost may still be on its way.
SOON = (0, 1, 2, 4)

# Finds an action, or {} for a write without one, by which a lost write is known to be applied; None without evidence.
Settle = Callable[[float], "Row | None"]


def action_in(answer: Any) -> Row:
    """The action that an answer holds, {} where it holds none."""
    return answer if isinstance(answer, dict) and {"id", "finished_at"} <= set(answer) else {}


class Writer:
    """Sends the writes of one run, and knows at any time what has been done.

    `changed`: a write was, or may have been, applied. `done`: those that were. `actions`: what they began, by id.
    `place` is where they take effect, for messages, and `stack_uid` the stack that the actions belong to.
    """

    def __init__(self, run: Run, patience: wait.Patience) -> None:
        self.run = run
        self.patience = patience
        self.changed = False
        self.done: list[Write] = []
        self.actions: dict[int, Row] = {}
        self.place = ""
        self.stack_uid: str | None = None

    def send(
        self,
        write: Write,
        settle: Settle,
        *,
        repeatable: bool = True,
        action_in: Callable[[Any], Row | None] = action_in,
    ) -> Row:
        """Send it, and return the action that it began, {} for none.

        When the answer is lost, `settle` looks for what the write did since then. A repeatable write without a trace is
        sent once more. `action_in` finds the action in an answer; None means that the answer cannot be trusted.
        """
        since = self.run.client.now()
        try:
            action = self._send(write, action_in)
        except AnswerLostError as lost:
            self.changed = True
            self.run.log(f"{lost} Checking whether it was applied.")
            found = settle(since)
            if found is None and not repeatable:
                raise
            action = self._send_again(write, settle, since, action_in) if found is None else found
        self._record(write, action)
        return action

    def _send_again(self, write: Write, settle: Settle, since: float, action_in: Callable[[Any], Row | None]) -> Row:
        try:
            return self._send(write, action_in)
        except Cloud66Error as error:
            # The first one may have arrived in the meantime, and be the reason for a refusal.
            self.run.log(f"{error} Checking whether it was applied.")
            found = settle(since)
            if found is None:
                raise
            return found

    def _send(self, write: Write, action_in: Callable[[Any], Row | None]) -> Row:
        """Send it once. What this run itself has begun may be in the way; that is waited for."""
        try:
            answer = write.send()
        except NotFoundError:
            if not write.removes:
                raise
            # Somebody else was faster.
            answer = None
        except ConflictError as error:
            if not self.open_actions:
                raise
            self.run.log(f"{error} Waiting for what this task has begun.")
            self.wait_for_actions()
            answer = write.send()
        action = action_in(answer)
        if action is None:
            raise AnswerLostError(f"Cloud 66's answer to the change of {write.label} does not say what became of it.")
        return action

    def _record(self, write: Write, action: Row) -> None:
        """Remember what was done, and show the action's id before anything is waited for."""
        self.changed = True
        self.done.append(write)
        if action:
            self.track(action)
            self.run.notify(f"Action {action['id']} ({action.get('action')}) of {self.place} has begun")

    def track(self, *actions: Row) -> None:
        """Keep actions as they were last seen."""
        for action in actions:
            self.actions[action["id"]] = placed(action, self.stack_uid or action.get("stack_uid"))

    @property
    def open_actions(self) -> list[Row]:
        return [row for row in self.actions.values() if succeeded(row) is None]

    def wait_for_actions(self) -> None:
        """Wait until everything that was begun has ended. Raises Cloud66Error when something failed."""
        if not self.open_actions:
            return
        try:
            self.track(*wait.wait_for_actions(self.run, self.open_actions, self.patience, place=self.place))
        except Cloud66Error as error:
            self.track(*error.also.pop("actions", []))
            raise


class Task:
    """One run of a module that writes. `so_far` is what a failure reports."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.waits = run.params.get("wait", True)
        self.patience = wait.Patience.of(run.params) if "wait_timeout" in run.params else wait.Patience(sum(SOON), 1)
        self.writer = Writer(run, self.patience)

    def completed(self) -> Result:
        """The result. A failure after a write carries what was done by then."""
        try:
            return self.result()
        except Cloud66Error as error:
            if self.writer.changed:
                error.also = {**self.so_far(), **error.also, "changed": True}
            raise

    def result(self) -> Result:
        raise NotImplementedError

    def so_far(self) -> Result:
        """What was done, as far as it is known. Sends nothing that changes anything."""
        raise NotImplementedError
