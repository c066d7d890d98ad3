# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules that start work which takes time: once, with its action's id told before it is waited for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from . import waiting
from .api.errors import AnswerLostError, Cloud66Error
from .resources.action import Actions, placed
from .resources.base import Resource, Row, described
from .run import Arguments, Module, Result, Run

# Seconds between the looks for work whose answer was lost.
LOOKS = (1, 2, 4, 8, 15, 30)


class StartModule(Module):
    """Starts what a resource's `start` starts, unless its `standing` says that it is there already.

    The resource has `prepare()`, which reads what it needs, `standing()`, the row that makes it unneeded or None,
    `described_start()`, what is told of it, and `start()`, which returns what Cloud 66 answered: the action.
    """

    def __init__(self, resource: type[Resource], arguments: Arguments, **constraints: Any) -> None:
        super().__init__({**arguments, **waiting.ARGUMENTS}, **constraints)
        self.resource = resource

    def work(self, run: Run) -> Result:
        resource: Any = self.resource(run.client, run.params)
        resource.prepare()
        standing = resource.standing()
        if standing is not None:
            return {"changed": False, resource.noun: described(standing, resource.fields), "action": None}
        told = {"changed": True, resource.noun: resource.described_start()}
        if run.check_mode:
            return {**told, "action": None}
        action = self._start(run, resource)
        run.tell(f"Action {action['id']} ({action.get('action')}) of stack {action['stack_uid']} has begun")
        if run.params["wait"]:
            action = waiting.wait_for_actions(run, [action], waiting.Patience.of(run.params))[0]
        return {**told, "action": action, **resource.outcome(action)}

    def _start(self, run: Run, resource: Any) -> Row:
        """Start it once. When the answer is lost the action is looked for, and never started a second time."""
        before = run.client.now()
        try:
            answer = resource.start()
        except AnswerLostError as error:
            lost = error
        else:
            if isinstance(answer, dict) and "id" in answer:
                return placed(answer, resource.stack["uid"])
            lost = AnswerLostError(f"Cloud 66 has answered without the action of {resource.action}.")
        run.say(f"{lost} Looking for it.")
        found = self._find(run, resource, before)
        if found is None:
            raise Cloud66Error(
                f"{lost} It was looked for among the actions of stack {resource.stack['uid']} in vain, and is"
                " not started again. See there whether it was done.",
                **lost.facts(),
            ) from lost
        return found

    def _find(self, run: Run, resource: Any, since: float) -> Row | None:
        """An action of this kind that began after the call was sent; Cloud 66 may be slow to list it."""
        actions = Actions(run.client, resource.stack["uid"])
        for wait in LOOKS:
            run.client.pause(wait)
            rows = [row for row in actions.all(**resource.reference) if row.get("action") == resource.action]
            newest = max(rows, key=lambda row: int(row["id"]), default=None)
            if newest is not None and moment(newest.get("started_at")) >= int(since):
                return placed(newest, resource.stack["uid"])
        return None


def moment(text: Any) -> float:
    """A time of the API as seconds since 1970; 0 where it is none."""
    try:
        return datetime.fromisoformat(str(text).replace("Z", "+00:00")).timestamp()
    except ValueError:
        return 0
