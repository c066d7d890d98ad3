# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deployments of stacks: existing ones, and new ones."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from ..api.errors import Cloud66Error
from .action import Actions, moment, newest, reference_of
from .base import Is, Place, Progress, Resource
from .command import Command, Plan
from .fields import Row
from .places import IN_STACK
from .stack import STATUS

FULL_HASH = re.compile(r"[0-9a-f]{40}")
LONGEST_REFERENCE = 255
SUCCESS = 1
BUSY = (STATUS.codes["queued_for_deploying"], STATUS.codes["deploying"])
# The options that say what is deployed, and how.
OPTIONS = ("git_ref", "services", "deployment_profile", "deploy_strategy", "rollout_strategy", "canary_percentage")
# Seconds that a deployment may be older than its action.
SLACK = 2


class Deployment(Resource):
    """A deployment of a stack. Source: list_deployments, get_deployment."""

    noun = "deployment"
    plural = "deployments"
    schema = "Deployment"
    scope = "public"
    parent = IN_STACK
    path = ("deployments",)
    identity = "id"
    key = ("id",)
    adds = {"stack_uid": "uid"}
    filters = {
        "git_hash": Is("git_hash"),
        "running": Is("is_deploying", type="bool"),
        "live": Is("is_live", type="bool"),
    }
    options = {"deployment_id": {"type": "int"}}

    @property
    def api(self) -> Any:
        return self.client.labelled(self.label, Deployment.scope)

    def read(self) -> list[Row]:
        number = self.params["deployment_id"]
        return self.matching(self.all() if number is None else [self.one(number)])

    def one(self, number: int) -> Row:
        """The deployment with an id."""
        api = self.client.labelled(self.label_of({"id": number}), Deployment.scope)
        return self.placed(api.get(*self.place.path, *self.path, number))


class DeploymentSnapshot(NamedTuple):
    """A stack and its deployments."""

    place: Place
    deployments: tuple[Row, ...]

    @property
    def ids(self) -> frozenset[int]:
        """The ids of the deployments; a new one has another."""
        return frozenset(row["id"] for row in self.deployments)

    @property
    def running(self) -> list[Row]:
        """The deployments that are going on."""
        return [row for row in self.deployments if row.get("is_deploying")]

    @property
    def is_busy(self) -> bool:
        """Whether a deployment is going on or about to start; the list may be late."""
        return bool(self.running) or self.place.row.get("status") in BUSY


class NewDeployment(Deployment, Command[DeploymentSnapshot]):
    """A deployment that is started, or cancelled. Source: create_deployment, cancel_deployment."""

    scope = "redeploy"
    action = "application_deployment"
    refers = True

    def check(self) -> None:
        """Raises Cloud66Error for options that make no sense together, before anything is read."""
        params = self.params
        if len(params["user_reference"] or "") > LONGEST_REFERENCE:
            raise Cloud66Error(f"user_reference may have {LONGEST_REFERENCE} characters at most.")
        if params["only_if_changed"] and not self._full_hash():
            raise Cloud66Error(
                "only_if_changed needs the full hash of a commit (40 hex digits) as git_ref: what a branch, a tag or a"
                f" part of a hash ({params['git_ref']}) refers to cannot be compared with what is deployed."
            )
        if params["canary_percentage"] is not None and not 0 <= params["canary_percentage"] <= 100:
            raise Cloud66Error(f"canary_percentage must be from 0 to 100, not {params['canary_percentage']}.")
        if params["deployment_id"] is not None and params["state"] != "cancelled":
            raise Cloud66Error("deployment_id says which deployment to cancel, so it needs state: cancelled.")

    def snapshot(self) -> DeploymentSnapshot:
        self.check()
        place = IN_STACK.find(self.client, self.params)
        self.__dict__.setdefault("place", place)
        return DeploymentSnapshot(place, tuple(self.all()))

    def plan(self, snapshot: DeploymentSnapshot) -> Plan:
        """Nothing is known of a deployment before it exists."""
        existing = self._deployed_already(snapshot)
        return Plan(existing is None, existing, None, {}, {"stack_uid": self.stack_uid, **self._given()})

    def start(self, snapshot: DeploymentSnapshot) -> Any:
        """Deploy. The reference comes back in the metadata of the action, and in nothing else."""
        body = {**self._given(), "user_reference": self.reference}
        api = self.client.labelled(f"a deployment of {snapshot.place.label}", self.scope)
        return api.post(*snapshot.place.path, *self.path, body=body)

    def action_in(self, answer: Any) -> Row | None:
        """The answer has the action's id, or none for a deployment that is queued; older ones lack the field."""
        if not isinstance(answer, dict) or "ok" not in answer:
            return None
        _refuse_unless_ok(answer, f"a deployment of {self.place.label}")
        number = answer.get("async_action_id")
        return {"id": number, "action": self.action, "finished_at": None} if number else {}

    def find_again(self, snapshot: DeploymentSnapshot, since: float) -> Row | None:
        """The action by its reference, which is certain to be kept."""
        return newest(self._referred())

    def searched(self, snapshot: DeploymentSnapshot) -> str:
        return f"{super().searched(snapshot)} by the user_reference {self.reference}"

    def earlier(self) -> Row | None:
        """The deployment's action that was started with the user's reference before."""
        if not self.params["user_reference"]:
            return None
        return newest(row for row in self._referred() if row.get("action") == self.action)

    def action_now(self, action: Row) -> Row:
        """An action as it is now, of which at least the id is known."""
        return self._actions().one(action["id"])

    def is_busy_now(self, snapshot: DeploymentSnapshot) -> bool:
        """Whether Cloud 66 says now that the stack is being deployed or waits for that. Source: get_stack."""
        stack = self.client.labelled(snapshot.place.label, Deployment.scope).get(*snapshot.place.path)
        return stack.get("status") in BUSY

    def title_of(self, row: Row) -> str:
        """A deployment with who started it, and when."""
        who, since = row.get("triggered_by"), row.get("started_at")
        by = (f" of {who}" if who else "") + (f" since {since}" if since else "")
        return f"deployment {row['id']} on {self.place.label}{by}"

    def refreshed(self, snapshot: DeploymentSnapshot, row: Row) -> Row:
        return self.one(row["id"])

    def progress(self, row: Row) -> Progress:
        """One that waits behind another is not going on, and has not ended either."""
        if row.get("is_deploying"):
            return Progress(False, "deploying", thing=row)
        if not (row.get("started_at") or row.get("finished_at") or row.get("outcome")):
            return Progress(False, "queued", thing=row)
        outcome = row.get("outcome") or {}
        word = outcome.get("meaning") or "unknown"
        return Progress(True, word, None if _succeeded(row) else f"its outcome is {word}", row)

    def cancel(self, row: Row) -> Any:
        """Send the call that cancels a deployment once. Returns what Cloud 66 answered."""
        api = self.client.labelled(self.label_of(row), self.scope)
        return api.write("DELETE", (*self.place.path, *self.path, row["id"]), retry=False)

    def cancelled_in(self, row: Row, answer: Any) -> Row:
        """Cancelling begins no action. Raises Cloud66Error where the answer refuses it."""
        _refuse_unless_ok(answer, f"to cancel {self.title_of(row)}")
        return {}

    def deployments_of(self, before: frozenset[int], action: Row) -> list[Row]:
        """The deployments that this action can have made: new, by its user, while it went on, of the wanted commit."""
        rows = [row for row in self.all() if row["id"] not in before and self._can_be_of(row, action)]
        same = [row for row in rows if row.get("triggered_by") == action.get("user")]
        return same if len(rows) > 1 and same else rows

    def _can_be_of(self, row: Row, action: Row) -> bool:
        commit = str(row.get("git_hash") or "").lower()
        if self._full_hash() and commit and commit != self._full_hash():
            return False
        began, ended = moment(row.get("started_at")), moment(action.get("finished_at"))
        if not began:
            return bool(ended) == bool(row.get("finished_at"))
        return began >= moment(action.get("started_at")) - SLACK and (not ended or began <= ended)

    def _deployed_already(self, snapshot: DeploymentSnapshot) -> Row | None:
        """What makes a deployment unneeded: the wanted commit is live, or comes live where that is waited for."""
        if not self.params["only_if_changed"]:
            return None
        rows = snapshot.deployments
        live = [row for row in rows if row.get("is_live")] or [row for row in rows if row.get("is_head")]
        current = [row for row in live if not row.get("is_deploying") and _succeeded(row)]
        if snapshot.running and self.params["when_busy"] == "wait":
            current = snapshot.running
        return next((row for row in current if str(row.get("git_hash")).lower() == self._full_hash()), None)

    def _full_hash(self) -> str | None:
        ref = str(self.params["git_ref"]).lower()
        return ref if FULL_HASH.fullmatch(ref) else None

    def _given(self) -> Row:
        """What is given; an empty text or list says nothing."""
        return {name: self.params[name] for name in OPTIONS if self.params[name] not in (None, "", [])}

    def _referred(self) -> list[Row]:
        """The actions with the reference; Cloud 66 may not filter."""
        rows = self._actions().all(user_reference=self.reference)
        return [row for row in rows if reference_of(row) == self.reference]

    def _actions(self) -> Actions:
        return Actions(self.client, self.place.row["uid"])


def _succeeded(row: Row) -> bool:
    outcome = row.get("outcome") or {}
    return outcome.get("code") == SUCCESS or outcome.get("meaning") == "success"


def _refuse_unless_ok(answer: Any, what: str) -> None:
    """Raises Cloud66Error where Cloud 66 acknowledges that it does not do something."""
    if isinstance(answer, dict) and answer.get("ok") is False:
        raise Cloud66Error(f"Cloud 66 has refused {what}: {answer.get('message') or 'it gives no reason'}.")
