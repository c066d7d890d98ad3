# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deployments of stacks: those there are, and new ones."""

from __future__ import annotations

import re
from typing import Any

from ..api.errors import Cloud66Error
from .action import Actions, moment, newest, reference_of
from .base import Is, Progress, Resource, Row
from .stack import STATUS, the_stack
from .work import Work

FULL_HASH = re.compile(r"[0-9a-f]{40}")
LONGEST_REFERENCE = 255
SUCCESS = 1
BUSY = (STATUS.codes["queued_for_deploying"], STATUS.codes["deploying"])
# What says what is deployed, and how.
WANTED = ("git_ref", "services", "deployment_profile", "deploy_strategy", "rollout_strategy", "canary_percentage")
# Seconds that a deployment may be older than its action.
SLACK = 2


class Deployment(Resource):
    """A deployment of a stack. Source: list_deployments, get_deployment."""

    noun = "deployment"
    schema = "Deployment"
    added = ("stack_uid",)
    plural = "deployments"
    scope = "public"
    key = "id"
    filters = {"git_hash": Is("git_hash"), "running": Is("is_deploying"), "live": Is("is_live")}

    def read(self) -> list[Row]:
        self.stack = the_stack(self.api, self.params)
        number = self.params["deployment_id"]
        return self.matching(self.all() if number is None else [self.one(number)])

    def all(self) -> list[Row]:
        api = self.api.labelled(f"the deployments of stack {self.stack['name']}", Deployment.scope)
        return [self._placed(row) for row in api.list("stacks", self.stack["uid"], "deployments")]

    def one(self, number: int) -> Row:
        api = self.api.labelled(f"deployment {number} of stack {self.stack['name']}", Deployment.scope)
        return self._placed(api.get("stacks", self.stack["uid"], "deployments", number))

    def _placed(self, row: Row) -> Row:
        return {**row, "stack_uid": self.stack["uid"]}


class NewDeployment(Work, Deployment):
    """A deployment that is started, or cancelled. Source: create_deployment, cancel_deployment."""

    scope = "redeploy"
    action = "application_deployment"

    def prepare(self) -> None:
        """What runs on the stack, and what is deployed there already."""
        self._check()
        self.reference = self.params["user_reference"] or None
        self.stack = the_stack(self.api, self.params)
        rows = self.all()
        # By these, a new one is told from those before it.
        self.before = {row["id"] for row in rows}
        self.running = [row for row in rows if row.get("is_deploying")]
        self.standing = self._wanted_already(rows)
        self.needed = self.standing is None

    @property
    def is_busy(self) -> bool:
        """Whether a deployment runs or is about to; the list may be late."""
        return bool(self.running) or self.stack.get("status") in BUSY

    def is_busy_now(self) -> bool:
        """Whether Cloud 66 says now that the stack is being deployed or waits for that. Source: get_stack."""
        return self.api.labelled(self.place, Deployment.scope).get("stacks", self._uid()).get("status") in BUSY

    @property
    def place(self) -> str:
        return f"stack {self.stack['name']}"

    @property
    def sought(self) -> str:
        return f"among the actions of stack {self._uid()} by the user_reference {self.reference}"

    def predicted(self) -> None:
        """Nothing is known of a deployment before it is there."""

    def states(self) -> tuple[Row, Row]:
        if self.params["state"] == "cancelled":
            return {"is_deploying": True}, {"is_deploying": False}
        return {}, {"stack_uid": self._uid(), **self._asked()}

    def start(self) -> Any:
        """Deploy. The reference comes back in the metadata of the action, and in nothing else."""
        body = {**self._asked(), "user_reference": self.refer()}
        api = self.api.labelled(f"a deployment of stack {self.stack['name']}", self.scope)
        return api.post("stacks", self._uid(), "deployments", body=body)

    def action_in(self, answer: Any) -> Row | None:
        """The answer has the action's id, or none for a deployment that is queued; older ones have no word of it."""
        if not isinstance(answer, dict) or "ok" not in answer:
            return None
        _must_be_ok(answer, f"a deployment of stack {self.stack['name']}")
        number = answer.get("async_action_id")
        return {"id": number, "action": self.action, "finished_at": None} if number else {}

    def find_again(self, _since: float) -> Row | None:
        """The action by its reference, which is kept for certain."""
        return newest(self._referred())

    def earlier(self) -> Row | None:
        """The deployment's action that was started with the user's reference before."""
        if self.reference is None:
            return None
        return newest(row for row in self._referred() if row.get("action") == self.action)

    def action_now(self, action: Row) -> Row:
        """An action as it is now, of which the id is known at least."""
        return Actions(self.api, self.stack["uid"]).one(action["id"])

    def called(self, row: Row) -> str:
        who = row.get("triggered_by")
        since = row.get("started_at")
        by = (f" of {who}" if who else "") + (f" since {since}" if since else "")
        return f"deployment {row['id']} on stack {self.stack['name']}{by}"

    def again(self, row: Row) -> Row:
        return self.one(row["id"])

    def progress(self, row: Row) -> Progress:
        """One that waits behind another does not run, and has not ended either."""
        if row.get("is_deploying"):
            return Progress(False, "deploying")
        if not (row.get("started_at") or row.get("finished_at") or row.get("outcome")):
            return Progress(False, "queued")
        outcome = row.get("outcome") or {}
        word = outcome.get("meaning") or "unknown"
        return Progress(True, word, None if _went_well(row) else f"its outcome is {word}")

    def cancel(self, row: Row) -> None:
        """Cancel it. Raises AnswerLostError where nobody knows whether that came through."""
        api = self.api.labelled(f"deployment {row['id']} of stack {self.stack['name']}", self.scope)
        answer = api.write("DELETE", ("stacks", self._uid(), "deployments", row["id"]), retry=False)
        _must_be_ok(answer, f"the end of deployment {row['id']}")

    def deployments_of(self, action: Row) -> list[Row]:
        """Those since the start that this action can have made: by its user, while it went on, of the wanted commit."""
        rows = [row for row in self.all() if row["id"] not in self.before and self._fits(row, action)]
        same = [row for row in rows if row.get("triggered_by") == action.get("user")]
        return same if len(rows) > 1 and same else rows

    def _fits(self, row: Row, action: Row) -> bool:
        commit = str(row.get("git_hash") or "").lower()
        if self._full_hash() and commit and commit != self._full_hash():
            return False
        began, ended = moment(row.get("started_at")), moment(action.get("finished_at"))
        if not began:
            return bool(ended) == bool(row.get("finished_at"))
        return began >= moment(action.get("started_at")) - SLACK and (not ended or began <= ended)

    def _wanted_already(self, rows: list[Row]) -> Row | None:
        """What makes a deployment unneeded: the wanted commit is live, or comes live where that is waited for."""
        if not self.params["only_if_changed"]:
            return None
        live = [row for row in rows if row.get("is_live")] or [row for row in rows if row.get("is_head")]
        current = [row for row in live if not row.get("is_deploying") and _went_well(row)]
        if self.running and self.params["when_busy"] == "wait":
            current = self.running
        return next((row for row in current if str(row.get("git_hash")).lower() == self._full_hash()), None)

    def _full_hash(self) -> str | None:
        ref = str(self.params["git_ref"]).lower()
        return ref if FULL_HASH.fullmatch(ref) else None

    def _asked(self) -> Row:
        """What is given; an empty text or list says nothing."""
        return {name: self.params[name] for name in WANTED if self.params[name] not in (None, "", [])}

    def _referred(self) -> list[Row]:
        """The actions with the reference; Cloud 66 may not filter."""
        rows = Actions(self.api, self.stack["uid"]).all(user_reference=self.reference)
        return [row for row in rows if reference_of(row) == self.reference]

    def _check(self) -> None:
        params = self.params
        if len(params["user_reference"] or "") > LONGEST_REFERENCE:
            raise Cloud66Error(f"user_reference may have {LONGEST_REFERENCE} characters at most.")
        if params["only_if_changed"] and not self._full_hash():
            raise Cloud66Error(
                "only_if_changed needs the full hash of a commit (40 hex digits) as git_ref: what a branch, a tag or a"
                f" part of a hash stands for ({params['git_ref']}) cannot be compared with what is deployed."
            )
        if params["canary_percentage"] is not None and not 0 <= params["canary_percentage"] <= 100:
            raise Cloud66Error(f"canary_percentage must be from 0 to 100, not {params['canary_percentage']}.")
        if params["deployment_id"] is not None and params["state"] != "cancelled":
            raise Cloud66Error("deployment_id says which deployment to cancel: it goes with state: cancelled only.")


def _went_well(row: Row) -> bool:
    outcome = row.get("outcome") or {}
    return outcome.get("code") == SUCCESS or outcome.get("meaning") == "success"


def _must_be_ok(answer: Any, what: str) -> None:
    """Raises Cloud66Error where Cloud 66 acknowledges that it does not do something."""
    if isinstance(answer, dict) and answer.get("ok") is False:
        raise Cloud66Error(f"Cloud 66 has refused {what}: {answer.get('message') or 'it gives no reason'}.")
