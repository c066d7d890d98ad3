# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deployments of stacks: existing ones, and new ones."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from ..api.errors import Cloud66Error
from .action import Actions, moment, newest, reference_of
from .base import Is, Place, Progress, Resource, did_you_mean
from .command import Command, Plan
from .fields import Row
from .places import IN_STACK
from .stack import STATUS, place_of

FULL_HASH = re.compile(r"[0-9a-f]{40}")
LONGEST_REFERENCE = 255
SUCCESS = 1
BUSY = (STATUS.codes["queued_for_deploying"], STATUS.codes["deploying"])
# The options that say what is deployed, and how.
OPTIONS = ("git_ref", "services", "deployment_profile", "deploy_strategy", "rollout_strategy", "canary_percentage")
# Seconds that a deployment may be older than its action.
SLACK = 2
# Frameworks of container stacks, which ignore a git_ref.
CONTAINERS = ("docker", "kubernetes", "skycap")
# What a rollback decides itself, and what deploys something else than the plan.
NOT_FOR_ROLLBACK = ("git_ref", "services", "only_if_changed")


class Deployment(Resource):
    """A deployment of a stack. Source: list_deployments, get_deployment (deployment_id)."""

    noun = "deployment"
    plural = "deployments"
    subject = "Deployments"
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
    by_identity = ("deployment_id", "int")

    @property
    def api(self) -> Any:
        return self.client.labelled(self.label, Deployment.scope)


class Rollback(NamedTuple):
    """The deployment whose commit is deployed again, and the live one that it replaces."""

    target: Row
    live: Row


class DeploymentSnapshot(NamedTuple):
    """A stack and its deployments, and the rollback that was decided by them."""

    place: Place
    deployments: tuple[Row, ...]
    rollback: Rollback | None = None

    @property
    def ids(self) -> frozenset[int]:
        """The ids of the deployments; a new one has another."""
        return frozenset(row["id"] for row in self.deployments)

    @property
    def running(self) -> list[Row]:
        """The deployments that are running."""
        return [row for row in self.deployments if row.get("is_deploying")]

    @property
    def live(self) -> list[Row]:
        """What the servers run: the live deployment, or the latest one where none is marked as live."""
        live = [row for row in self.deployments if row.get("is_live")]
        return live or [row for row in self.deployments if row.get("is_head")]

    @property
    def is_busy(self) -> bool:
        """Whether a deployment is running or about to start; the list may be late."""
        return bool(self.running) or self.place.row.get("status") in BUSY


class NewDeployment(Deployment, Command[DeploymentSnapshot]):
    """A deployment that is started, or cancelled. Source: create_deployment, cancel_deployment."""

    scope = "redeploy"
    action = "application_deployment"
    sends_reference = True
    refers_to = ("services", "deployment_id")

    def check(self) -> None:
        """Raises Cloud66Error for options that make no sense together, before anything is read."""
        params = self.params
        if len(params["user_reference"] or "") > LONGEST_REFERENCE:
            raise Cloud66Error(f"user_reference may have {LONGEST_REFERENCE} characters at most.")
        if params["only_if_changed"] and not _full_hash(params["git_ref"]):
            raise Cloud66Error(
                "only_if_changed needs the full hash of a commit (40 hex digits) as git_ref: what a branch, a tag or a"
                f" part of a hash ({params['git_ref']}) refers to cannot be compared with what is deployed."
            )
        if params["canary_percentage"] is not None and not 0 <= params["canary_percentage"] <= 100:
            raise Cloud66Error(f"canary_percentage must be from 0 to 100, not {params['canary_percentage']}.")
        if params["deployment_id"] is not None and params["state"] != "cancelled":
            raise Cloud66Error("deployment_id says which deployment to cancel, so it needs state: cancelled.")
        if params["state"] == "rolled_back":
            given = [name for name in NOT_FOR_ROLLBACK if params[name]]
            if given:
                raise Cloud66Error(
                    f"{' and '.join(given)} cannot be used with state: rolled_back, which finds the commit itself. To"
                    " deploy a commit of your choice, use state: deployed with git_ref."
                )
            if params["when_busy"] == "join":
                raise Cloud66Error("when_busy: join deploys nothing, so it cannot be used with state: rolled_back.")

    def snapshot(self) -> DeploymentSnapshot:
        self.check()
        return DeploymentSnapshot(self.place, tuple(self.all()))

    def newer(self, snapshot: DeploymentSnapshot) -> DeploymentSnapshot:
        """Source: get_stack, list_deployments."""
        stack = self.client.labelled(snapshot.place.label, Deployment.scope).get(*snapshot.place.path)
        return snapshot._replace(place=place_of(stack), deployments=tuple(self.all()))

    def plan(self, snapshot: DeploymentSnapshot) -> Plan:
        """Nothing is known of a deployment before it exists."""
        existing = self._deployed_already(snapshot)
        before = {}
        if snapshot.rollback:
            before = {"stack_uid": self.stack_uid, "git_ref": snapshot.rollback.live["git_hash"]}
        return Plan(existing is None, existing, None, before, {"stack_uid": self.stack_uid, **self._given(snapshot)})

    def rollback(self, snapshot: DeploymentSnapshot) -> Rollback:
        """What to deploy: the newest successful deployment of another commit than the live one. Sends nothing.

        A commit that was first deployed after the live one has been rolled back itself, and is left out. Raises
        Cloud66Error if there is none.
        """
        label = snapshot.place.label
        framework = snapshot.place.row.get("framework")
        if framework in CONTAINERS:
            raise Cloud66Error(
                f"{label} is a container stack ({framework}), whose deployments do not say which images they used. Name"
                " the older images with state: deployed and services, such as web:1.4.1."
            )
        live = next((row for row in snapshot.live if row.get("git_hash")), None)
        if live is None:
            raise Cloud66Error(
                f"Cloud 66 does not say which commit of {label} is live. Name the commit to deploy with state: deployed"
                " and git_ref."
            )
        done = sorted((row for row in snapshot.deployments if row.get("git_hash") and succeeded(row)), key=_age)
        commits = list(dict.fromkeys(_commit(row) for row in [*done, live]))
        older = commits[: commits.index(_commit(live))]
        target = next((row for row in reversed(done) if _commit(row) in older), None)
        if target is None:
            newer = [row for row in done if _commit(row) != _commit(live)]
            advice = f" To deploy {newer[-1]['git_hash']} again, name it with git_ref." if newer else ""
            raise Cloud66Error(
                f"{label} cannot be rolled back: no other commit was deployed successfully before"
                f" {live['git_hash']}, which is live.{advice}"
            )
        return Rollback(target, live)

    def warnings(self, plan: Plan) -> list[str]:
        """Services that the stack does not have, as far as that can be read: a new one is not listed yet."""
        wanted = [str(one).partition(":")[0] for one in self.params["services"] or []]
        if not wanted or not plan.needed or self.params["state"] != "deployed":
            return []
        label = self.place.label
        try:
            rows = self.client.labelled(f"the services of {label}", Deployment.scope).list(*self.place.path, "services")
        except Cloud66Error:
            return []
        names = [row["name"] for row in rows]
        return [
            f"{label} has no service {one}.{_near(one, names)} Only one that is new in service.yml can be deployed."
            for one in wanted
            if names and one not in names
        ]

    def failed_since(self, live: Row, snapshot: DeploymentSnapshot) -> Row | None:
        """The latest deployment after the live one, if it has ended without success."""
        latest = max(snapshot.deployments, key=_age)
        ended = bool(latest.get("outcome")) and not succeeded(latest)
        return latest if ended and _age(latest) > _age(live) else None

    def start(self, snapshot: DeploymentSnapshot) -> Any:
        """Deploy. The reference comes back in the metadata of the action, and in nothing else."""
        body = {**self._given(snapshot), "user_reference": self.reference}
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
        return newest(self._with_reference())

    def searched(self, snapshot: DeploymentSnapshot) -> str:
        return f"{super().searched(snapshot)} by the user_reference {self.reference}"

    def earlier(self) -> Row | None:
        """The deployment's action that was started with the user's reference before."""
        if not self.params["user_reference"]:
            return None
        return newest(row for row in self._with_reference() if row.get("action") == self.action)

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
        """One that is queued behind another is not running, and has not ended either."""
        if row.get("is_deploying"):
            return Progress(False, "deploying", thing=row)
        if not (row.get("started_at") or row.get("finished_at") or row.get("outcome")):
            return Progress(False, "queued", thing=row)
        outcome = row.get("outcome") or {}
        word = outcome.get("meaning") or "unknown"
        return Progress(True, word, None if succeeded(row) else f"its outcome is {word}", row)

    def cancel(self, row: Row) -> Any:
        """Send the call that cancels a deployment once. Returns what Cloud 66 answered."""
        api = self.client.labelled(self.label_of(row), self.scope)
        return api.write("DELETE", (*self.place.path, *self.path, row["id"]), retry=False)

    def cancelled_in(self, row: Row, answer: Any) -> Row:
        """Cancelling begins no action. Raises Cloud66Error where the answer refuses it."""
        _refuse_unless_ok(answer, f"to cancel {self.title_of(row)}")
        return {}

    def deployments_of(self, snapshot: DeploymentSnapshot, before: frozenset[int], action: Row) -> list[Row]:
        """The deployments that this action can have made: new, by its user, while it went on, of the wanted commit."""
        wanted = _full_hash(self._git_ref(snapshot))
        rows = [row for row in self.all() if row["id"] not in before and _can_be_of(row, action, wanted)]
        same = [row for row in rows if row.get("triggered_by") == action.get("user")]
        return same if len(rows) > 1 and same else rows

    def _deployed_already(self, snapshot: DeploymentSnapshot) -> Row | None:
        """What makes a deployment unneeded: the wanted commit is live, or comes live where that is waited for."""
        if not self.params["only_if_changed"]:
            return None
        current = [row for row in snapshot.live if not row.get("is_deploying") and succeeded(row)]
        if snapshot.running and self.params["when_busy"] == "wait":
            current = snapshot.running
        return next((row for row in current if _commit(row) == _full_hash(self.params["git_ref"])), None)

    def _git_ref(self, snapshot: DeploymentSnapshot) -> Any:
        """What to deploy: what the user names, or what is rolled back to."""
        return snapshot.rollback.target["git_hash"] if snapshot.rollback else self.params["git_ref"]

    def _given(self, snapshot: DeploymentSnapshot) -> Row:
        """The options that are set. Empty texts and lists count as not set."""
        given = {**{name: self.params[name] for name in OPTIONS}, "git_ref": self._git_ref(snapshot)}
        return {name: value for name, value in given.items() if value not in (None, "", [])}

    def _with_reference(self) -> list[Row]:
        """The actions with the reference; Cloud 66 may not filter."""
        rows = self._actions().all(user_reference=self.reference)
        return [row for row in rows if reference_of(row) == self.reference]

    def _actions(self) -> Actions:
        return Actions(self.client, self.place.row["uid"])


def succeeded(row: Row) -> bool:
    """Whether a deployment has succeeded."""
    outcome = row.get("outcome") or {}
    return outcome.get("code") == SUCCESS or outcome.get("meaning") == "success"


def _age(row: Row) -> tuple[float, int]:
    """What sorts deployments, the oldest first."""
    return moment(row.get("started_at")), row["id"]


def _near(name: str, names: list[str]) -> str:
    return did_you_mean(name, names, f"Available: {', '.join(sorted(names))}.")


def _full_hash(ref: Any) -> str | None:
    """A Git reference that is the full hash of a commit, in lower case."""
    text = str(ref).lower()
    return text if FULL_HASH.fullmatch(text) else None


def _can_be_of(row: Row, action: Row, wanted: str | None) -> bool:
    """Whether a deployment can be what an action did, by its commit and its times."""
    commit = _commit(row)
    if wanted and commit and commit != wanted:
        return False
    began, ended = moment(row.get("started_at")), moment(action.get("finished_at"))
    if not began:
        return bool(ended) == bool(row.get("finished_at"))
    return began >= moment(action.get("started_at")) - SLACK and (not ended or began <= ended)


def _commit(row: Row) -> str:
    return str(row.get("git_hash") or "").lower()


def _refuse_unless_ok(answer: Any, what: str) -> None:
    """Raises Cloud66Error where Cloud 66 acknowledges that it does not do something."""
    if isinstance(answer, dict) and answer.get("ok") is False:
        raise Cloud66Error(f"Cloud 66 has refused {what}: {answer.get('message') or 'it gives no reason'}.")
