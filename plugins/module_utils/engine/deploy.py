# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deploying a stack: once, when nothing else is being deployed, and found again in the list of deployments."""

from __future__ import annotations

from collections.abc import Iterable

from ..api.errors import Cloud66Error, ConflictError, NotFoundError
from ..resources.action import placed, succeeded
from ..resources.base import Progress, Write
from ..resources.deployment import DeploymentSnapshot, NewDeployment
from ..resources.fields import Row
from . import wait
from .command import LATE, CommandTask
from .run import Result, Run

NOT_STARTED = "Nothing was started. Give it more time with wait_timeout, or queue behind it with when_busy: queue."
CONTINUES = (
    "It continues in Cloud 66, and nothing was started. To watch it, use cloud66.cloud.c66_deployment_info with"
    " running: true."
)


class DeployTask(CommandTask[NewDeployment]):
    """One run: what the user's reference started earlier, what is being deployed already, and then the deployment."""

    snapshot: DeploymentSnapshot

    def __init__(self, run: Run, resource: NewDeployment) -> None:
        super().__init__(run, resource)
        # The deployments that existed before this task.
        self.before: frozenset[int] = frozenset()

    def read(self) -> None:
        super().read()
        self.before = self.snapshot.ids

    def carried_out(self) -> Result:
        if self.run.params["state"] == "cancelled":
            return self._cancelled()
        earlier = self.resource.earlier()
        if earlier is not None:
            return self._done_before(placed(earlier, self.writer.stack_uid))
        if self.run.params["state"] == "rolled_back":
            self._roll_back()
        if self.snapshot.is_busy and self.run.params["when_busy"] == "join":
            return self._joined()
        self._make_way()
        return super().carried_out()

    def described(self, thing: Row | None, changed: bool) -> Result:
        result = super().described(thing, changed)
        if self.run.diff and changed and self.run.params["state"] == "cancelled":
            result["diff"].update(before={"is_deploying": True}, after={"is_deploying": False})
        used = self.run.params["user_reference"] or (self.resource.reference if self.writer.changed else None)
        if self.run.params["state"] == "rolled_back":
            rollback = self.snapshot.rollback
            result["rolled_back_to"] = rollback and rollback.target
        return {**result, "user_reference": used}

    def followed(self) -> Row | None:
        if self.waits:
            if not self.action:
                self._wait_for_a_trace()
            if self.action:
                self.writer.wait_for_actions()
            return self._deployment(LATE, ended=True)
        found = self.resource.action_now(self.action) if self.action else self.resource.find_again(self.snapshot, 0)
        if found:
            self.writer.track(found)
        return self._deployment()

    def last_seen(self) -> Row | None:
        return self.seen if self.run.params["state"] == "cancelled" else self._deployment()

    def title_of(self, row: Row) -> str:
        return self.resource.title_of(row)

    def _done_before(self, action: Row) -> Result:
        """Start nothing, because this reference was used before. A deployment that failed is not repeated."""
        self.writer.track(action)
        # It may be any of them.
        self.before = frozenset()
        try:
            if succeeded(action) is False:
                reason = action.get("finished_message") or "Cloud 66 gives no reason"
                raise Cloud66Error(
                    f"The user_reference {self.resource.reference} was used before, by action {action['id']} of"
                    f" {self.snapshot.place.label}, which failed: {reason}. To deploy again, use another"
                    " user_reference."
                )
            if self.waits and not self.run.check_mode:
                self.writer.wait_for_actions()
            return self.described(self._deployment(), changed=False)
        except Cloud66Error as error:
            error.also.update({**self.so_far(), "changed": False})
            raise

    def _roll_back(self) -> None:
        """Decide by what is live now, and not by what a running deployment makes of it."""
        target, live = rollback = self.resource.rollback(self.snapshot)
        self.snapshot = self.snapshot._replace(rollback=rollback)
        self.plan = self.resource.plan(self.snapshot)
        self.run.notify(f"The commit to go back to is {target['git_hash']}, of {self.title_of(target)}")
        failed = self.resource.failed_since(live, self.snapshot)
        if failed:
            self.run.warn(
                f"{self.title_of(failed)} was not successful and never was live. The rollback replaces deployment"
                f" {live['id']} of {live['git_hash']}, which is."
            )

    def _joined(self) -> Result:
        """The result of the deployment that is running already; none is started."""
        if not self.waits or self.run.check_mode:
            return self.described(next(iter(self.snapshot.running), None), changed=False)
        before = self.before
        self._until_listed(CONTINUES)
        rows = self.snapshot.running or [row for row in self.resource.all() if row["id"] not in before]
        if len(rows) != 1:
            self.run.warn(
                f"It is unclear which deployment was running on {self.snapshot.place.label} and how it ended."
            )
            return self.described(None, changed=False)
        return self.described(self.wait_for_thing(rows[0], CONTINUES), changed=False)

    def _make_way(self) -> None:
        """Wait until nothing is being deployed, successfully or not, if the user wants that."""
        how = self.run.params["when_busy"]
        if how == "queue" or not self.snapshot.is_busy:
            return
        if how == "fail":
            raise Cloud66Error(f"{self._what_runs()}, and when_busy is fail: nothing was started.")
        if not self.run.check_mode:
            self.run.notify(f"{self._what_runs()}: waiting for its end")
            what = f"what is being deployed on {self.snapshot.place.label}"
            wait.wait_until(self._is_free, what, self.run, self.patience, NOT_STARTED)

    def _is_free(self) -> Progress:
        """Whether nothing is being deployed. A running one is asked for first, which costs less than the list."""
        running = self.snapshot.running
        if not running or self._has_ended(running[0]):
            self.read()
        return Progress(not self.snapshot.is_busy, self._what_runs())

    def _until_listed(self, watch_on: str) -> None:
        """Wait until the deployment that keeps the stack busy can be read, or until the stack is not busy any more."""
        if self.snapshot.running:
            return

        def ask() -> Progress:
            self.read()
            return Progress(bool(self.snapshot.running) or not self.snapshot.is_busy, "it is not listed yet")

        what = f"the deployment on {self.snapshot.place.label}"
        wait.wait_until(ask, what, self.run, self.patience, watch_on, notice=f"Waiting for {what}")

    def _what_runs(self) -> str:
        running = self.snapshot.running
        text = self.title_of(running[0]) if running else f"a deployment of {self.snapshot.place.label}"
        return f"{text[0].upper()}{text[1:]} is running"

    def _wait_for_a_trace(self) -> None:
        """Wait for the action of a deployment that was accepted without one, or for the end of all that began since."""

        def ask() -> Progress:
            found = self.resource.find_again(self.snapshot, 0)
            if found is not None:
                self.writer.track(found)
                return Progress(True)
            ends = [self.resource.progress(row) for row in self.resource.deployments_of(self.snapshot, self.before, {})]
            if not ends or not all(end.done for end in ends) or self.resource.is_busy_now(self.snapshot):
                return Progress(False, "still running" if ends else "it has not begun")
            return Progress(True, "", next((end.failure for end in ends if end.failure), None))

        wait.wait_until(
            ask,
            f"the deployment of {self.snapshot.place.label}",
            self.run,
            self.patience,
            "It continues in Cloud 66. To watch it, use cloud66.cloud.c66_action_info with"
            f" user_reference: {self.resource.reference}.",
        )

    def _deployment(self, looks: Iterable[float] = (0,), ended: bool = False) -> Row | None:
        """The deployment, if exactly one matches; when it has `ended`, if that shows soon."""
        rows: list[Row] = []

        def ask() -> bool | None:
            rows[:] = self.resource.deployments_of(self.snapshot, self.before, self.action)
            settled = bool(rows) and (len(rows) > 1 or not ended or self.resource.progress(rows[0]).done)
            return settled or None

        wait.look(self.run, ask, looks)
        if len(rows) == 1:
            return rows[0]
        if self.waits:
            self.run.warn(
                f"It is unclear which deployment of {self.snapshot.place.label} this is: {len(rows)} in its list may be"
                " it. The action says how it ended."
            )
        return None

    # Cancelling

    def _cancelled(self) -> Result:
        row = self._to_cancel()
        if row is None or self.resource.progress(row).done:
            return self.described(row, changed=False)
        if self.run.check_mode:
            return self.described(row, changed=True)
        self.seen = row
        cancelled = self._cancel(row)
        if not self.waits:
            return self.described(self.resource.one(row["id"]), changed=cancelled)
        row = self.wait_for_thing(row, "Cloud 66 was told to cancel it, and may still do so.", any_end=True)
        if cancelled and self.resource.progress(row).failure is None:
            self.run.warn(f"{self.title_of(row)} succeeded before it could be cancelled.")
        return self.described(row, changed=cancelled)

    def _to_cancel(self) -> Row | None:
        """The deployment that the user names, or the one that is running; None if there is none."""
        number = self.run.params["deployment_id"]
        if number is not None:
            return self.resource.one(number)

        def ask() -> list[Row] | None:
            if not self.snapshot.running and self.snapshot.is_busy:
                self.read()
            return self.snapshot.running or (None if self.snapshot.is_busy else [])

        running = wait.look(self.run, ask, (0, *wait.LOOKS))
        if running is None:
            raise Cloud66Error(
                f"{self._what_runs()}, but the deployment is not listed yet, so it cannot be cancelled: try again."
            )
        if len(running) > 1:
            ids = ", ".join(str(row["id"]) for row in running)
            raise Cloud66Error(
                f"Several deployments are running on {self.snapshot.place.label}: {ids}. Choose one with deployment_id."
            )
        return running[0] if running else None

    def _cancel(self, row: Row) -> bool:
        """Cancel it, retrying once if the answer was lost. Returns whether this call ended it."""
        write = Write(self.resource.label_of(row), lambda: self.resource.cancel(row))

        def settle(_since: float) -> Row | None:
            return {} if wait.look(self.run, lambda: self._has_ended(row) or None, LATE) else None

        try:
            self.writer.send(write, settle, action_in=lambda answer: self.resource.cancelled_in(row, answer))
        except (NotFoundError, ConflictError):
            if not self._has_ended(row):
                raise
            return self.writer.changed
        return True

    def _has_ended(self, row: Row) -> bool:
        return self.resource.progress(self.resource.one(row["id"])).done
