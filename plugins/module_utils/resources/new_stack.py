# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stacks that are created. No call of the API changes or deletes one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..api.client import Client
from ..api.errors import Cloud66Error
from .action import Actions, newest
from .base import Progress, Resource, Row
from .stack import HEALTH, STATUS, Stack
from .work import Work

# What says what a new stack is made of.
OPTIONS = ("service_yaml", "manifest_yaml", "cloud", "key_name", "region", "size", "build_type")
TEXTS = ("service_yaml", "manifest_yaml")
WITHOUT_MANIFEST = ("cloud", "region", "size", "build_type")
MAKING = tuple(STATUS.codes[word] for word in ("queued", "analysing", "queued_for_deploying", "deploying"))
FAILED = tuple(STATUS.codes[word] for word in ("failed", "terminal_failure"))


class NewStack(Work, Resource):
    """A stack that is there or is created. It is known by its name and environment alone. Source: create_stack."""

    noun = "stack"
    schema = "Stack"
    plural = "stacks"
    scope = "redeploy"
    fields = Stack.fields
    action = "stack_create"

    def __init__(self, client: Client, params: Mapping[str, Any]) -> None:
        super().__init__(client, params)
        self.stacks = Stack(client, {name: params[name] for name in ("name", "environment")})

    @property
    def label(self) -> str:
        return f"stack {self.params['name']} ({self.params['environment']})"

    @property
    def place(self) -> str:
        return self.label

    @property
    def sought(self) -> str:
        return "among the stacks by its name and environment"

    def prepare(self) -> None:
        found = self._found()
        if self.params["state"] == "absent" and found:
            raise Cloud66Error(
                f"The {self.label} is there, with the UID {found['uid']}, and Cloud 66's API has no call to delete a"
                " stack: delete it in Cloud 66's dashboard."
            )
        self.needed = not found and self.params["state"] == "present"
        self.standing = found
        if self.needed:
            self._check()
        elif found and found.get("status") in FAILED:
            self.api.warn(f"The {self.label} is there, but {self.progress(found).failure}.")

    def predicted(self) -> Row:
        return {name: self.params[name] for name in ("name", "environment")}

    def states(self) -> tuple[Row, Row]:
        """Without the texts, which are long and may hold secrets."""
        told = {name: value for name, value in self._given().items() if name not in TEXTS}
        return {}, {**self.predicted(), **told}

    def start(self) -> Any:
        return self.api.labelled(self.label, self.scope).post("stacks", body={**self.predicted(), **self._given()})

    def find_again(self, _since: float) -> Row | None:
        """The action of the stack, which was not there before the call; {} where the stack has none."""
        if not self.locate():
            return None
        rows = Actions(self.api, self.stack["uid"]).all()
        return newest(row for row in rows if row.get("action") == self.action) or {}

    def locate(self) -> bool:
        self.stack = self.stack or self._found() or {}
        return bool(self.stack)

    def called(self, _row: Row) -> str:
        return f"the {self.label}"

    def again(self, row: Row) -> Row:
        """Source: get_stack."""
        return self.api.labelled(self.label, Stack.scope).get("stacks", row["uid"])

    def progress(self, row: Row) -> Progress:
        """Whether it is in the making: what was analysed may wait for somebody, unless it is being built."""
        status, word = row.get("status"), STATUS.word(row.get("status"))
        analysed = status == STATUS.codes["analysed"] and row.get("health") == HEALTH.codes["building"]
        failure = f"its status is {word}" if status in FAILED else None
        return Progress(status not in MAKING and not analysed, str(word), failure)

    def after(self) -> Row | None:
        return self.again(self.stack) if self.stack else None

    def _found(self) -> Row | None:
        rows = self.stacks.read()
        if len(rows) > 1:
            uids = ", ".join(row["uid"] for row in rows)
            raise Cloud66Error(
                f"There are {len(rows)} stacks {self.params['name']} in the environment {self.params['environment']}:"
                f" {uids}. With several accounts, say which one by account_id."
            )
        return rows[0] if rows else None

    def _check(self) -> None:
        given = self._given()
        missing = [name for name in WITHOUT_MANIFEST if name not in given and "manifest_yaml" not in given]
        if "service_yaml" not in given or missing:
            needs = ["service_yaml"] if "service_yaml" not in given else []
            needs += [f"either manifest_yaml or {' and '.join(missing)}"] if missing else []
            raise Cloud66Error(f"There is no {self.label} yet, and a new one needs {' and '.join(needs)} beside.")

    def _given(self) -> Row:
        """What is given; an empty text says nothing."""
        return {name: self.params[name] for name in OPTIONS if (self.params[name] or "").strip()}
