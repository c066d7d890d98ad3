# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules that start work which takes time: once, with its action's id told before it is waited for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..api.errors import AnswerLostError, Cloud66Error
from ..resources.action import placed
from ..resources.base import Resource, Row, described, secrets_in
from . import wait as waiting
from .run import Arguments, Module, Result, Run

# Seconds before each look for the effect of work that has ended.
SOON = (0, 1, 2, 4, 8)
# Seconds in which a new stack must be listed, where its end is not waited for.
LISTED = sum(waiting.LOOKS)


class Start:
    """One run: what stands already, what is started, and what becomes of it.

    The resource is a Work. A failure after the start carries what is known of the work.
    """

    def __init__(self, resource: Any, run: Run) -> None:
        self.resource = resource
        self.run = run
        self.waits = run.params["wait"]
        self.patience = waiting.Patience.of(run.params)
        # As it was seen last; empty as long as it is not known.
        self.action: Row = {}

    def result(self) -> Result:
        self.resource.prepare()
        return self.brought()

    def brought(self) -> Result:
        """What the module returns, once what there is has been read."""
        if not self.resource.needed:
            return self.told(self._standing(), changed=False)
        if self.run.check_mode:
            return self.told(self.resource.predicted(), changed=True)
        self.action = self._begin()
        with self.telling(changed=True):
            thing = self.followed()
            return {**self.told(thing, changed=True), **self.resource.outcome(self.action)}

    def followed(self) -> Row | None:
        """The thing, when the work has ended or, without `wait`, as it is at once."""
        self._locate()
        if self.waits:
            self.wait_for_action()
            if waiting.look(self.run, lambda: self.resource.took_effect() or None, SOON) is None:
                raise Cloud66Error(
                    f"Cloud 66 says that {self.resource.action} of {self.resource.place} has ended well, but it had no"
                    f" effect within {sum(SOON)} seconds."
                )
        thing: Row | None = self.resource.after()
        return thing

    def wait_for_action(self) -> None:
        """Wait for the action to end well; for the thing itself, where Cloud 66 does not tell an action."""
        if not self.action:
            self.wait_for_thing(self.resource.stack)
            return
        try:
            [self.action] = waiting.wait_for_actions(self.run, [self.action], self.patience)
        except Cloud66Error as error:
            [self.action] = error.also.pop("actions", [self.action])
            raise

    def wait_for_thing(self, row: Row, watch_on: str = "", anyhow: bool = False, changed: bool = False) -> Row:
        """The thing when it has ended well, or `anyhow`. `changed` is for the result, should that fail."""
        what, seen = self.resource.called(row), row

        def ask() -> waiting.State:
            nonlocal seen
            seen = self.resource.again(row)
            done, words, failure = self.resource.progress(seen)
            return waiting.State(seen, done, words, None if anyhow else failure)

        self.run.notify(f"Waiting for {what}")
        try:
            waiting.wait_until(ask, what, self.run, self.patience, watch_on)
        except Cloud66Error as error:
            error.also.update(self.told(seen, changed))
            raise
        return seen

    def told(self, thing: Row | None, changed: bool) -> Result:
        """The result with a thing, or with what is known of it."""
        fields = self.resource.fields
        self.run.hide(secrets_in([thing] if thing else [], fields))
        result: Result = {
            "changed": changed,
            self.resource.noun: None if thing is None else described(thing, fields),
            "action": self.action or None,
        }
        if self.run.diff:
            before, after = self.resource.states() if changed else ({}, {})
            headers = {"before_header": self.resource.place, "after_header": self.resource.place}
            result["diff"] = {"before": before, "after": after, **headers}
        return result

    @contextmanager
    def telling(self, changed: bool) -> Iterator[None]:
        """Let an error carry what is known."""
        try:
            yield
        except Cloud66Error as error:
            try:
                thing = self.known()
            except Cloud66Error:
                thing = None
            error.also.update(self.told(thing, changed))
            raise

    def known(self) -> Row | None:
        """The thing after a failure."""
        thing: Row | None = self.resource.after()
        return thing

    def _standing(self) -> Row | None:
        """What makes it unneeded, when it is no longer in the making."""
        row: Row | None = self.resource.standing
        if row is None or not self.waits or self.run.check_mode or self.resource.progress(row).done:
            return row
        return self.wait_for_thing(row)

    def _begin(self) -> Row:
        """Start it once and tell its action, {} where it is not known."""
        action = self._started()
        if not action:
            self.run.notify(f"Cloud 66 has begun {self.resource.action} of {self.resource.place}")
            return {}
        self.run.notify(f"Action {action['id']} ({action.get('action')}) of {self.resource.place} has begun")
        return placed(action, self.resource.stack.get("uid"))

    def _started(self) -> Row:
        """The action. When the answer is lost it is looked for, and never started a second time."""
        since = self.run.client.now()
        try:
            answer = self.resource.start()
        except AnswerLostError as error:
            lost = error
        else:
            action: Row | None = self.resource.action_in(answer)
            if action is not None:
                return action
            lost = AnswerLostError(f"Cloud 66 has answered without the action of {self.resource.action}.")
        self.run.log(f"{lost} Looking for it.")
        found: Row | None = waiting.look(self.run, lambda: self.resource.find_again(since))
        if found is None:
            raise Cloud66Error(
                f"{lost} It was looked for {self.resource.sought} in vain, and is not started again. See there whether"
                " it was done.",
                **lost.facts(),
            ) from lost
        return found

    def _locate(self) -> None:
        """Wait until the stack is listed to which the action belongs."""
        patience = self.patience if self.waits else waiting.Patience(LISTED, self.patience.interval)
        waiting.wait_until(
            lambda: waiting.State(None, self.resource.locate(), "it is not listed yet"),
            f"the listing of {self.resource.place}",
            self.run,
            patience,
            f"Cloud 66 has begun {self.resource.action}: see there what becomes of it before it is started again.",
        )
        if self.action:
            self.action = placed(self.action, self.resource.stack["uid"])


class StartModule(Module):
    """Starts what a resource that is a Work starts, unless it is not needed. `run_by` is what a run of it is."""

    def __init__(
        self, resource: type[Resource], arguments: Arguments, run_by: type[Start] = Start, **constraints: Any
    ) -> None:
        super().__init__({**waiting.ARGUMENTS, **arguments}, **constraints)
        self.resource = resource
        self.run_by = run_by

    def work(self, run: Run) -> Result:
        return self.run_by(self.resource(run.client, run.params), run).result()
