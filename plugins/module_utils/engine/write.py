# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lifecycle of every write, whichever module sends it.

*Send once, settle a lost answer, wait, verify, record.* If the task fails after a write that was or may have been
applied, its result reports what was done: `changed: true`, the actions, and the thing as last read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ..api.errors import AnswerLostError, Cloud66Error, ConflictError, NotFoundError
from ..resources.action import Actions, succeeded, with_stack_uid
from ..resources.base import PartlyAppliedError, Write
from ..resources.fields import Row, enumerated
from . import wait
from .run import Module, Result, Run

# Seconds to wait before each check for the effect of a synchronous write. A write whose answer was lost may still be
# in transit.
SOON = (0, 1, 2, 4)

# Finds evidence that a write whose answer was lost was applied: its action, or {} for a write without one. None if
# there is no evidence.
Settle = Callable[[float], "Row | None"]


def action_in(answer: Any) -> Row:
    """The action in an answer; {} if it contains none."""
    return answer if isinstance(answer, dict) and {"id", "finished_at"} <= set(answer) else {}


class Writer:
    """Sends the writes of one run and records what has been done.

    `changed`: whether a write was or may have been applied. `done`: the applied writes. `actions`: the actions started,
    by id. `place`: where the writes take effect, for messages. `stack_uid`: the stack of the actions.
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
        action_in: Callable[[Any], Row | None] = action_in,
    ) -> Row:
        """Send a write and return the action that it started; {} if it started none.

        If the answer is lost, `settle` looks for the effect of the write. If it finds none and the write is repeatable,
        the write is sent once more. `action_in` finds the action in an answer; None means that the answer is unusable.
        """
        since = self.run.client.now()
        try:
            action = self._send(write, action_in)
        except KeyboardInterrupt:
            self.run.notify(f"Interrupted while changing {write.label}: the change may have been applied.")
            raise
        except AnswerLostError as lost:
            self.changed = True
            self.run.log(f"{lost} Checking whether it was applied.")
            found = settle(since)
            if found is None and not write.repeatable:
                raise
            action = self._send_again(write, settle, since, action_in) if found is None else found
        self._record(write, action)
        return action

    def send_once(
        self,
        write: Write,
        find_again: Callable[[float], Row | None],
        searched: str,
        *,
        action_in: Callable[[Any], Row | None],
    ) -> Row:
        """Send a write that must not be repeated and return its action. If the answer is lost, look for the action.

        `searched` says where `find_again` looks, for messages. Raises AnswerLostError if it finds nothing.
        """

        def settle(since: float) -> Row | None:
            return wait.look(self.run, lambda: find_again(since))

        try:
            return self.send(write._replace(repeatable=False), settle, action_in=action_in)
        except AnswerLostError as lost:
            raise AnswerLostError(
                f"{lost} Not found {searched}; it is not started again. Check there whether it ran.", **lost.facts()
            ) from lost

    def _send_again(self, write: Write, settle: Settle, since: float, action_in: Callable[[Any], Row | None]) -> Row:
        try:
            return self._send(write, action_in)
        except Cloud66Error as error:
            # The first attempt may have been applied in the meantime and cause this error.
            self.run.log(f"{error} Checking whether it was applied.")
            found = settle(since)
            if found is None:
                raise
            return found

    def _send(self, write: Write, action_in: Callable[[Any], Row | None]) -> Row:
        """Send a write once. If it conflicts with actions that this run has started, wait for them first."""
        try:
            answer = write.send()
        except PartlyAppliedError as error:
            if error.applied:
                self._record(write._replace(keys=error.applied), {})
            raise
        except NotFoundError:
            if not write.removes:
                raise
            # Somebody else has already removed it.
            answer = None
        except ConflictError as error:
            if not self.open_actions:
                raise
            self.run.log(f"{error} Waiting for the actions that this task started.")
            self.wait_for_actions()
            answer = write.send()
        action = action_in(answer)
        if action is None:
            raise AnswerLostError(
                f"Cloud 66's answer to the change of {write.label} does not say whether it was accepted."
            )
        return action

    def _record(self, write: Write, action: Row) -> None:
        """Record what was done, and show the action's id before waiting for anything."""
        self.changed = True
        self.done.append(write)
        if action:
            self.track(action)
            self.run.notify(f"Action {action['id']} ({action.get('action')}) of {self.place} has begun")

    def track(self, *actions: Row) -> None:
        """Store actions as last read."""
        for action in actions:
            self.actions[action["id"]] = with_stack_uid(action, self.stack_uid or action.get("stack_uid"))

    @property
    def open_actions(self) -> list[Row]:
        return [row for row in self.actions.values() if succeeded(row) is None]

    def read_actions(self) -> None:
        """Read the actions that have not ended, once."""
        if self.stack_uid is not None:
            self.track(*Actions(self.run.client, self.stack_uid).some(row["id"] for row in self.open_actions))

    def wait_for_actions(self) -> None:
        """Wait until every started action has ended. Raises Cloud66Error if one failed."""
        if not self.open_actions:
            return
        try:
            self.track(*wait.wait_for_actions(self.run, self.open_actions, self.patience, place=self.place))
        except Cloud66Error as error:
            self.track(*error.also.pop("actions", []))
            raise


class Planned(NamedTuple):
    """What a task is going to change.

    `changes`: the names of what it adds, changes and removes. `existing`: how many it may remove. `evidence`: the
    values that the plan follows from, some of which may be secret.
    """

    changes: dict[str, list[str]]
    existing: int
    evidence: Any


def approve(planned: Planned) -> None:
    """Let a task go on with its plan."""


class WritingModule(Module):
    """A module whose runs are tasks: each reads, plans, and writes what differs. `resource`: what it is about."""

    resource: type[Any]

    def task(self, run: Run) -> Task:
        raise NotImplementedError

    def work(self, run: Run) -> Result:
        return self.task(run).completed()


class Task:
    """One run of a module that writes. A failure reports `partial_result`.

    `approve` gets the plan before the first write, and may raise Cloud66Error.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self.approve: Callable[[Planned], None] = approve
        self.waits = run.params.get("wait", True)
        self.patience = wait.Patience.of(run.params) if "wait_timeout" in run.params else wait.Patience(sum(SOON), 1)
        self.writer = Writer(run, self.patience)

    def completed(self) -> Result:
        """The result. A failure after a write includes what was done until then."""
        try:
            return self.result()
        except Cloud66Error as error:
            if self.writer.done:
                labels = enumerated(dict.fromkeys(write.label for write in self.writer.done))
                self.run.warn(f"Written before the failure: {labels}.")
            if self.writer.changed:
                error.also = {**self.partial_result(), **error.also, "changed": True}
            raise

    def result(self) -> Result:
        raise NotImplementedError

    def partial_result(self) -> Result:
        """What has been done so far, as far as it is known. Sends no writes."""
        raise NotImplementedError
