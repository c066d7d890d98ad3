# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules that start asynchronous work: only once, and showing the action's id before waiting for it."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from ..api.errors import Cloud66Error
from ..resources.base import Progress, Write
from ..resources.command import Command, Plan
from ..resources.fields import Row, described, secrets_in
from . import wait
from .run import Arguments, Module, Result, Run
from .write import Task

# Seconds to wait before each check for the effect of work that has ended.
LATE = (0, 1, 2, 4, 8)
# Seconds within which a new stack must be listed, if `wait` is false.
LISTED = sum(wait.LOOKS)

C = TypeVar("C", bound="Command[Any]")


class CommandTask(Task, Generic[C]):
    """One run: what already exists, what is started, and the outcome."""

    def __init__(self, run: Run, resource: C) -> None:
        super().__init__(run)
        self.resource = resource
        self.snapshot: Any = None
        self.plan = Plan(False)
        # The thing as last read.
        self.seen: Row | None = None

    def result(self) -> Result:
        self.read()
        for warning in self.resource.warnings(self.plan):
            self.run.warn(warning)
        return self.apply()

    def read(self) -> None:
        """Read what the plan depends on, and make the plan."""
        known = self.snapshot
        self.snapshot = self.resource.snapshot() if known is None else self.resource.newer(known)
        self.plan = self.resource.plan(self.snapshot)
        self.writer.place = self.resource.where(self.snapshot)
        self.writer.stack_uid = self.snapshot.place.row.get("uid")

    def apply(self) -> Result:
        """Carry out the plan and return the result."""
        if not self.plan.needed:
            return self.described(self._existing(), changed=False)
        if self.run.check_mode:
            return self.described(self.plan.predicted, changed=True)
        self._start()
        thing = self.followed()
        return {**self.described(thing, changed=True), **self.resource.outcome(self.action)}

    def partial_result(self) -> Result:
        try:
            thing = self.last_seen()
        except Cloud66Error:
            thing = None
        return self.described(thing, changed=True)

    @property
    def action(self) -> Row:
        """The action as last read; {} while it is unknown."""
        return next(reversed(list(self.writer.actions.values())), {})

    def followed(self) -> Row | None:
        """The thing after the work has ended or, without `wait`, as it is now."""
        self._locate()
        if self.waits:
            self.wait_for_work()
            if wait.look(self.run, lambda: self.resource.took_effect(self.snapshot) or None, LATE) is None:
                raise Cloud66Error(
                    f"Cloud 66 says that {self.resource.action_name} of {self.resource.where(self.snapshot)} succeeded,"
                    f" but it had no effect within {sum(LATE)} seconds."
                )
        return self.resource.after(self.snapshot)

    def wait_for_work(self) -> None:
        """Wait until the action succeeds. If Cloud 66 returned no action, wait for the thing itself."""
        if self.action:
            self.writer.wait_for_actions()
        else:
            self.wait_for_thing(self.snapshot.place.row, self.resource.watch_on)

    def wait_for_thing(self, row: Row, watch_on: str = "", any_end: bool = False) -> Row:
        """Wait until the thing's work has succeeded; with `any_end`, until it has ended. Returns the thing."""
        title = self.title_of(row)

        def ask() -> Progress:
            self.seen = self.resource.refreshed(self.snapshot, row)
            progress = self.resource.progress(self.seen)._replace(thing=self.seen)
            return progress._replace(failure=None) if any_end else progress

        self.seen = row
        try:
            seen: Row = wait.wait_until(ask, title, self.run, self.patience, watch_on, notice=f"Waiting for {title}")
        except Cloud66Error as error:
            error.also.update(self.described(self.seen, self.writer.changed))
            raise
        return seen

    def title_of(self, row: Row) -> str:
        """The name of a thing, for messages."""
        return self.resource.label_of(row)

    def last_seen(self) -> Row | None:
        """The thing as last read, after a failure."""
        return self.resource.after(self.snapshot)

    def described(self, thing: Row | None, changed: bool) -> Result:
        """The result with a thing; None if it is unknown."""
        fields = self.resource.fields
        self.run.hide(secrets_in([thing] if thing else [], fields))
        result: Result = {
            "changed": changed,
            self.resource.noun: None if thing is None else described(thing, fields),
        }
        if self.resource.has_action:
            result["action"] = self.action or None
        if self.run.diff:
            before, after = (self.plan.before, self.plan.after) if changed else ({}, {})
            place = self.resource.where(self.snapshot)
            result["diff"] = {"before": before, "after": after, "before_header": place, "after_header": place}
        return result

    def _existing(self) -> Row | None:
        """The existing thing, once it is built."""
        row = self.plan.existing
        if row is None or not self.waits or self.run.check_mode or self.resource.progress(row).done:
            return row
        return self.wait_for_thing(row)

    def _start(self) -> None:
        """Start the work once. If the answer is lost, look for the action; the work is never started again."""
        resource = self.resource
        where = resource.where(self.snapshot)
        action = self.writer.send_once(
            Write(where, lambda: resource.start(self.snapshot), starts_action=True),
            lambda since: resource.find_again(self.snapshot, since),
            resource.searched(self.snapshot),
            action_in=resource.action_in,
        )
        if not action:
            self.run.notify(f"Cloud 66 has begun {resource.action_name} of {where}")

    def _locate(self) -> None:
        """Wait until the stack that the work belongs to is listed."""

        def ask() -> Progress:
            located = self.resource.located(self.snapshot)
            self.snapshot = located or self.snapshot
            return Progress(located is not None, "it is not listed yet")

        patience = self.patience if self.waits else wait.Patience(LISTED, self.patience.interval)
        wait.wait_until(
            ask,
            f"the listing of {self.resource.where(self.snapshot)}",
            self.run,
            patience,
            f"Cloud 66 has begun {self.resource.action_name}: check its outcome there before starting it again.",
        )
        self.writer.stack_uid = self.snapshot.place.row["uid"]
        self.writer.track(*self.writer.actions.values())


class CommandModule(Module):
    """Starts the work of a resource, if it is needed. `task` is the class of its runs."""

    def __init__(
        self,
        resource: type[Command[Any]],
        arguments: Arguments,
        task: type[CommandTask[Any]] = CommandTask,
        **constraints: Any,
    ) -> None:
        arguments = {**resource.parent.arguments, **wait.ARGUMENTS, **arguments}
        super().__init__(arguments, identifying=resource.identifying(), **constraints)
        self.resource = resource
        self.task = task

    def work(self, run: Run) -> Result:
        return self.task(run, self.resource(run.client, run.params)).completed()
