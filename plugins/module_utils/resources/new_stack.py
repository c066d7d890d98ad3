# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Creating stacks."""

from __future__ import annotations

from typing import NamedTuple

from ..api.errors import Cloud66Error
from .action import Actions, newest
from .base import Place, Progress
from .command import Command, Plan
from .fields import Row
from .stack import HEALTH, STATUS, Stack, place_of
from .texts import as_yaml

# The options that describe a new stack.
OPTIONS = ("service_yaml", "manifest_yaml", "cloud", "key_name", "region", "size", "build_type")
TEXTS = ("service_yaml", "manifest_yaml")
WITHOUT_MANIFEST = ("cloud", "region", "size", "build_type")
MAKING = tuple(STATUS.codes[word] for word in ("queued", "analysing", "queued_for_deploying", "deploying"))
FAILED = tuple(STATUS.codes[word] for word in ("failed", "terminal_failure"))


class NewStackSnapshot(NamedTuple):
    """The stack. If it does not exist, its place has no row."""

    place: Place


class NewStack(Command[NewStackSnapshot]):
    """A stack that exists or is created, identified only by its name and environment. Source: list_stacks."""

    noun = "stack"
    plural = "stacks"
    subject = "Stacks"
    schema = "Stack"
    scope = "public"
    write_scope = "redeploy"
    key = ("name", "environment")
    fields = Stack.fields
    action = "stack_create"
    cannot_delete = (
        "Cloud 66's API has no call to delete a stack: delete it in Cloud 66's dashboard, in the stack's settings."
    )

    @property
    def label(self) -> str:
        return f"stack {self.params['name']} ({self.params['environment']})"

    def label_of(self, row: Row) -> str:
        return f"the {self.label}"

    def where(self, snapshot: NewStackSnapshot) -> str:
        return self.label

    def searched(self, snapshot: NewStackSnapshot) -> str:
        return "among the stacks by its name and environment"

    def snapshot(self) -> NewStackSnapshot:
        stack = self._find()
        return NewStackSnapshot(place_of(stack) if stack else Place())

    def plan(self, snapshot: NewStackSnapshot) -> Plan:
        stack = snapshot.place.row
        predicted = {name: self.params[name] for name in ("name", "environment")}
        if self.params["state"] == "absent":
            if stack:
                raise Cloud66Error(f"The {self.label} exists, with the UID {stack['uid']}. {self.cannot_delete}")
            return Plan(False)
        if stack:
            return Plan(False, stack, predicted)
        self._refuse_incomplete()
        # The texts are left out: they are long and may contain secrets.
        shown = {name: value for name, value in self._given().items() if name not in TEXTS}
        return Plan(True, None, predicted, {}, {**predicted, **shown})

    def warnings(self, plan: Plan) -> list[str]:
        """Warnings about the plan."""
        failure = self.progress(plan.existing).failure if plan.existing else None
        return [f"The {self.label} exists, but {failure}."] if failure else []

    def start(self, snapshot: NewStackSnapshot) -> object:
        """Source: create_stack."""
        body = {**{name: self.params[name] for name in self.key}, **self._given()}
        return self.client.labelled(self.label, self.write_scope).post("stacks", body=body)

    def find_again(self, snapshot: NewStackSnapshot, since: float) -> Row | None:
        """The action that created the stack, which did not exist before the call; {} if there is no such action."""
        located = self.located(snapshot)
        if located is None:
            return None
        rows = Actions(self.client, located.place.row["uid"]).all()
        return newest(row for row in rows if row.get("action") == self.action) or {}

    def located(self, snapshot: NewStackSnapshot) -> NewStackSnapshot | None:
        found = snapshot if snapshot.place.row else self.snapshot()
        return found if found.place.row else None

    def refreshed(self, snapshot: NewStackSnapshot, row: Row) -> Row:
        """Source: get_stack."""
        return self.client.labelled(self.label, self.scope).get("stacks", row["uid"])

    def progress(self, row: Row) -> Progress:
        """Whether the stack is being built. An analysed stack may be waiting for the user, unless it is being built."""
        status, word = row.get("status"), STATUS.word(row.get("status"))
        analysed = status == STATUS.codes["analysed"] and row.get("health") == HEALTH.codes["building"]
        failure = f"its status is {word}" if status in FAILED else None
        return Progress(status not in MAKING and not analysed, str(word), failure, row)

    def after(self, snapshot: NewStackSnapshot) -> Row | None:
        return self.refreshed(snapshot, snapshot.place.row) if snapshot.place.row else None

    def _find(self) -> Row | None:
        """Source: list_stacks."""
        rows = Stack(self.client, {name: self.params[name] for name in self.key}).read()
        if len(rows) > 1:
            uids = ", ".join(row["uid"] for row in rows)
            raise Cloud66Error(
                f"There are {len(rows)} stacks {self.params['name']} in the environment {self.params['environment']}:"
                f" {uids}. If they are in several accounts, set account_id."
            )
        return rows[0] if rows else None

    def _refuse_incomplete(self) -> None:
        given = self._given()
        missing = [name for name in WITHOUT_MANIFEST if name not in given and "manifest_yaml" not in given]
        if "service_yaml" not in given or missing:
            needs = ["service_yaml"] if "service_yaml" not in given else []
            needs += [f"either manifest_yaml or {' and '.join(missing)}"] if missing else []
            raise Cloud66Error(f"There is no {self.label} yet; creating it also requires {' and '.join(needs)}.")

    def _given(self) -> Row:
        """The options that are set. An empty text counts as not set."""
        given = {name: self.params[name] for name in OPTIONS if self.params[name] not in (None, {})}
        texts = {name: as_yaml(value, name) if name in TEXTS else value for name, value in given.items()}
        return {name: text for name, text in texts.items() if text.strip()}
