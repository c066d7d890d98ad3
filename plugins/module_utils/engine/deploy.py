# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deploying a stack: once, when nothing else is being deployed, and found again in the list of deployments."""

from __future__ import annotations

from collections.abc import Iterable

from ..api.errors import AnswerLostError, Cloud66Error
from ..resources.action import placed, succeeded
from ..resources.base import Row
from . import wait as waiting
from .command import SOON, Start
from .run import Result

NOT_STARTED = "Nothing was started. Give it more time by wait_timeout, or queue behind it by when_busy: queue."
GOES_ON = (
    "It goes on in Cloud 66, and nothing was started; look at it by cloud66.cloud.c66_deployment_info with"
    " running: true."
)


class Deploy(Start):
    """One run: what became of the user's reference before, what runs on the stack, and then the deployment."""

    def brought(self) -> Result:
        if self.run.params["state"] == "cancelled":
            return self._cancelled()
        earlier = self.resource.earlier()
        if earlier is not None:
            return self._done_before(placed(earlier, self.resource.stack["uid"]))
        if self.resource.is_busy and self.run.params["when_busy"] == "join":
            return self._joined()
        self._make_way()
        return super().brought()

    def told(self, thing: Row | None, changed: bool) -> Result:
        return {**super().told(thing, changed), "user_reference": self.resource.reference}

    def followed(self) -> Row | None:
        if self.waits:
            if not self.action:
                self._wait_for_a_trace()
            if self.action:
                self.wait_for_action()
            return self._deployment(SOON, ended=True)
        found = self.resource.action_now(self.action) if self.action else self.resource.find_again(0)
        self.action = placed(found, self.resource.stack["uid"]) if found else {}
        return self._deployment()

    def known(self) -> Row | None:
        return self._deployment()

    def _done_before(self, action: Row) -> Result:
        """No deployment, as there has been one with this reference; one that has failed is not repeated."""
        self.action = action
        # It may be any of them.
        self.resource.before = set()
        with self.telling(changed=False):
            if succeeded(action) is False:
                reason = action.get("finished_message") or "Cloud 66 gives no reason"
                raise Cloud66Error(
                    f"The user_reference {self.resource.reference} was used before, by action {action['id']} of"
                    f" {self.resource.place}, and that has failed: {reason}. To deploy again, give another"
                    " user_reference."
                )
            if self.waits and not self.run.check_mode and succeeded(action) is None:
                self.wait_for_action()
            return self.told(self._deployment(), changed=False)

    def _joined(self) -> Result:
        """What becomes of the deployment that runs; none is started."""
        if not self.waits or self.run.check_mode:
            return self.told(next(iter(self.resource.running), None), changed=False)
        before = self.resource.before
        self._until_listed(GOES_ON)
        rows = self.resource.running or [row for row in self.resource.all() if row["id"] not in before]
        if len(rows) != 1:
            self.run.warn(f"Which deployment ran on {self.resource.place} cannot be told, nor what became of it.")
            return self.told(None, changed=False)
        return self.told(self.wait_for_thing(rows[0], GOES_ON), changed=False)

    def _make_way(self) -> None:
        """Wait until nothing is being deployed, whatever comes of it, as far as the user wants that."""
        how = self.run.params["when_busy"]
        if how == "queue" or not self.resource.is_busy:
            return
        if how == "fail":
            raise Cloud66Error(f"{self._what_runs()}, and when_busy is fail: nothing was started.")
        if not self.run.check_mode:
            self.run.notify(f"{self._what_runs()}: waiting for its end")
            what = f"what is being deployed on {self.resource.place}"
            waiting.wait_until(self._is_free, what, self.run, self.patience, NOT_STARTED)

    def _is_free(self) -> waiting.State:
        """Whether nothing is being deployed. One that runs is asked for first, which costs less than the list."""
        running = self.resource.running
        if not running or self._has_ended(running[0]):
            self.resource.prepare()
        return waiting.State(None, not self.resource.is_busy, self._what_runs())

    def _until_listed(self, watch_on: str) -> None:
        """Wait until the deployment can be read by which the stack is busy, or until it is not busy any more."""
        if self.resource.running:
            return

        def ask() -> waiting.State:
            self.resource.prepare()
            return waiting.State(None, bool(self.resource.running) or not self.resource.is_busy, "it is not listed yet")

        what = f"the deployment on {self.resource.place}"
        self.run.notify(f"Waiting for {what}")
        waiting.wait_until(ask, what, self.run, self.patience, watch_on)

    def _what_runs(self) -> str:
        running = self.resource.running
        text = self.resource.called(running[0]) if running else f"a deployment of {self.resource.place}"
        return f"{text[0].upper()}{text[1:]} is going on"

    def _wait_for_a_trace(self) -> None:
        """Wait for the action of a deployment that was taken without one, or for the end of all that began since."""

        def ask() -> waiting.State:
            found = self.resource.find_again(0)
            if found is not None:
                self.action = placed(found, self.resource.stack["uid"])
                return waiting.State(None, True)
            ends = [self.resource.progress(row) for row in self.resource.deployments_of({})]
            if not ends or not all(end.done for end in ends) or self.resource.is_busy_now():
                return waiting.State(None, False, "going on" if ends else "it has not begun")
            return waiting.State(None, True, "", next((end.failure for end in ends if end.failure), None))

        waiting.wait_until(
            ask,
            f"the deployment of {self.resource.place}",
            self.run,
            self.patience,
            "It goes on in Cloud 66; look at it by cloud66.cloud.c66_action_info with"
            f" user_reference: {self.resource.reference}.",
        )

    def _deployment(self, looks: Iterable[float] = (0,), ended: bool = False) -> Row | None:
        """The deployment, where it is the only one that it can be; when it has `ended`, if that shows soon."""
        rows: list[Row] = []

        def ask() -> bool | None:
            rows[:] = self.resource.deployments_of(self.action)
            settled = bool(rows) and (len(rows) > 1 or not ended or self.resource.progress(rows[0]).done)
            return settled or None

        waiting.look(self.run, ask, looks)
        if len(rows) == 1:
            return rows[0]
        if self.waits:
            self.run.warn(
                f"Which deployment of {self.resource.place} this is cannot be told for certain: {len(rows)} in its list"
                " may be it. The action tells what became of it."
            )
        return None

    # Cancelling

    def _cancelled(self) -> Result:
        row = self._to_cancel()
        if row is None or self.resource.progress(row).done:
            return self.told(row, changed=False)
        if self.run.check_mode:
            return self.told(row, changed=True)
        cancelled = self._cancel(row)
        if not self.waits:
            return self.told(self.resource.again(row), changed=cancelled)
        row = self.wait_for_thing(row, "It was told to end, and may still do so.", anyhow=True, changed=cancelled)
        if cancelled and self.resource.progress(row).failure is None:
            self.run.warn(f"{self.resource.called(row)} has ended well before it could be cancelled.")
        return self.told(row, changed=cancelled)

    def _to_cancel(self) -> Row | None:
        """The deployment that the user names, or the one that runs; None where none does."""
        number = self.run.params["deployment_id"]
        if number is not None:
            named: Row = self.resource.one(number)
            return named

        def ask() -> list[Row] | None:
            if not self.resource.running and self.resource.is_busy:
                self.resource.prepare()
            return self.resource.running or (None if self.resource.is_busy else [])

        running = waiting.look(self.run, ask, (0, *waiting.LOOKS))
        if running is None:
            raise Cloud66Error(
                f"{self._what_runs()}, but the deployment is not listed yet, so it cannot be cancelled: try again."
            )
        if len(running) > 1:
            ids = ", ".join(str(row["id"]) for row in running)
            raise Cloud66Error(f"Several deployments run on {self.resource.place}: {ids}. Say which by deployment_id.")
        return running[0] if running else None

    def _cancel(self, row: Row) -> bool:
        """Cancel it, once more where that was lost and it goes on. Returns whether it did not end by itself before."""
        for again in (False, True):
            try:
                self.resource.cancel(row)
            except AnswerLostError as lost:
                self.run.log(f"{lost} Looking whether it has ended.")
                if waiting.look(self.run, lambda: self._has_ended(row) or None, SOON):
                    return True
            except Cloud66Error as error:
                if error.status not in (404, 409) or not self._has_ended(row):
                    raise
                return again
            else:
                return True
        return True

    def _has_ended(self, row: Row) -> bool:
        return bool(self.resource.progress(self.resource.again(row)).done)
