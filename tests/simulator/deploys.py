# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deployments: a stack runs one at a time and queues the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import shapes
from .shapes import Row

if TYPE_CHECKING:
    from .world import World

ACTION = "application_deployment"
DEPLOYING, SUCCESS, FAILED = 6, 1, 2


@dataclass
class Deploy:
    """A deployment that has not ended: its request, and its action and row once they exist."""

    stack: Row
    user: str | None
    git_ref: str | None
    reference: str | None
    action: Row | None = None
    row: Row | None = None
    status_before: int = SUCCESS


class Deploys:
    """The running and the queued deployments."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._running: dict[str, Deploy] = {}
        self._queued: dict[str, list[Deploy]] = {}
        self._visible_from: dict[int, float] = {}

    def ask(self, stack: Row, user: str | None, git_ref: str | None, reference: str | None) -> tuple[bool, Row | None]:
        """Start a deployment, or queue it behind the running one. Returns whether it is queued, and its action."""
        deploy = Deploy(stack, user, git_ref, reference)
        if stack["uid"] not in self._running:
            self._begin(deploy)
            return False, deploy.action
        self._queued.setdefault(stack["uid"], []).append(deploy)
        if self._world.settings.queued_action:
            self._open(deploy)
        if self._world.settings.queued_listed:
            self._add_row(deploy)
        return True, deploy.action

    def visible(self, stack_uid: str) -> list[Row]:
        """Return the rows of a stack that are listed by now."""
        now = self._world.now()
        return [row for row in self._world.deployments[stack_uid] if self._visible_from.get(row["id"], 0) <= now]

    def cancel(self, stack_uid: str, row: Row) -> bool:
        """Cancel a deployment if it is running or queued. Returns whether it was."""
        running = self._running.get(stack_uid)
        if running and running.row is row and running.action:
            seconds = self._world.settings.cancel_seconds
            self._world.work.stop(running.action["id"], seconds, lambda: self._cancelled(running), "Cancelled")
            return True
        for deploy in self._queued.get(stack_uid, []):
            if deploy.row is row:
                self._queued[stack_uid].remove(deploy)
                self._finish_row(deploy, shapes.CANCELLED)
                if deploy.action:
                    self._world.work.end(deploy.action, "Cancelled")
                return True
        return False

    def _begin(self, deploy: Deploy) -> None:
        stack, world = deploy.stack, self._world
        self._running[stack["uid"]] = deploy
        if deploy.action is None:
            self._open(deploy)
        if deploy.row is None:
            self._add_row(deploy)
        self._start_row(deploy)
        if stack["status"] != DEPLOYING:
            deploy.status_before = stack["status"]
        self._mark(stack, DEPLOYING, busy=True)
        if deploy.action:
            world.work.end_after(
                deploy.action,
                world.settings.deploy_seconds,
                then=lambda: self._succeeded(deploy),
                otherwise=lambda: self._failed(deploy),
                failure=world.deploy_failures.get(stack["uid"], world.settings.deploy_failure),
            )

    def _open(self, deploy: Deploy) -> None:
        deploy.action = self._world.work.open(
            deploy.stack["uid"], ACTION, user=deploy.user, user_reference=deploy.reference
        )

    def _add_row(self, deploy: Deploy) -> None:
        stack, world = deploy.stack, self._world
        deploy.row = shapes.deployment(
            world.number("deployment", 100_000_000), stack, deploy.git_ref, triggered_by=deploy.user
        )
        world.deployments[stack["uid"]].insert(0, deploy.row)

    def _start_row(self, deploy: Deploy) -> None:
        now = self._world.now()
        if deploy.row:
            deploy.row.update(is_deploying=True, started_at=shapes.iso(now))
            self._visible_from[deploy.row["id"]] = now + self._world.settings.deployment_shows_after

    def _succeeded(self, deploy: Deploy) -> None:
        for row in self._world.deployments[deploy.stack["uid"]]:
            row.update(is_head=row is deploy.row, is_live=row is deploy.row)
        self._finish(deploy, shapes.SUCCEEDED, SUCCESS)

    def _failed(self, deploy: Deploy) -> None:
        self._finish(deploy, shapes.FAILED, FAILED)

    def _cancelled(self, deploy: Deploy) -> None:
        self._finish(deploy, shapes.CANCELLED, deploy.status_before)

    def _finish(self, deploy: Deploy, outcome: Row, status: int) -> None:
        """End the running deployment and start the next one in the queue."""
        uid = deploy.stack["uid"]
        del self._running[uid]
        self._finish_row(deploy, outcome)
        self._mark(deploy.stack, status, busy=False)
        if self._queued.get(uid):
            self._begin(self._queued[uid].pop(0))

    def _finish_row(self, deploy: Deploy, outcome: Row) -> None:
        if deploy.row:
            moment = shapes.iso(self._world.now())
            deploy.row.update(is_deploying=False, finished_at=moment, outcome=dict(outcome))

    def _mark(self, stack: Row, status: int, busy: bool) -> None:
        stack.update(status=status, is_busy=busy)
        self._world.move(stack)
