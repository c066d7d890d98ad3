# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stacks, and how to find one by its UID or name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..api.client import Client
from ..api.errors import Cloud66Error, NotFoundError
from .base import Is, IsCode, Place, Resource, did_you_mean
from .fields import Codes, Row, Secret

UID = re.compile(r"[0-9a-f]{32}")
HEALTH = Codes({"unknown": 0, "building": 1, "partial": 2, "ok": 3, "broken": 4})
STATUS = Codes(
    {
        "queued": 0,
        "success": 1,
        "failed": 2,
        "analysing": 3,
        "analysed": 4,
        "queued_for_deploying": 5,
        "deploying": 6,
        "terminal_failure": 7,
    }
)


class Stack(Resource):
    """A stack: an application with its servers. Source: list_stacks, get_stack."""

    noun = "stack"
    plural = "stacks"
    subject = "Stacks"
    schema = "Stack"
    scope = "public"
    path = ("stacks",)
    key = ("name", "environment")
    options = {"stack": {"type": "str"}}
    refers_to = ("stack",)
    fields = {"status": STATUS, "health": HEALTH, "redeploy_hook": Secret()}
    filters = {
        "name": Is("name"),
        "environment": Is("environment"),
        "git_repo": Is("git"),
        "git_branch": Is("git_branch"),
        "health": IsCode("health", HEALTH),
        "status": IsCode("status", STATUS),
    }
    # Cloud 66 also applies these itself.
    sent_filters = ("name", "environment", "git_repo", "git_branch")

    def read(self) -> list[Row]:
        wanted = self.params.get("stack")
        if wanted is not None:
            return [self.named(wanted, self.params.get("environment"))]
        sent = {f"filter_{name}": self.params[name] for name in self.sent_filters if self.params.get(name)}
        found = self.matching(self.api.list("stacks", **sent))
        if sent and not found:
            # How Cloud 66 compares is undocumented, so an empty result is double-checked.
            return self.matching(self.of_environment(self.all(), self.params.get("environment")))
        return found

    def of_environment(self, rows: list[Row], environment: str | None) -> list[Row]:
        """The stacks in an environment, or all without one. Warns if there are none."""
        found = [row for row in rows if environment in (None, row.get("environment"))]
        if environment is not None and not found:
            advice = did_you_mean(environment, {str(row.get("environment")) for row in rows})
            self.client.warn(f"No stack is in the environment {environment!r}.{advice}")
        return found

    def named(self, wanted: str, environment: str | None = None) -> Row:
        """The stack with this UID or name. Raises Cloud66Error unless there is exactly one."""
        if not wanted.strip():
            raise Cloud66Error("The name of the stack is empty.")
        found = self._by_uid(wanted) if UID.fullmatch(wanted.lower()) else []
        known: list[Row] = []
        if not found:
            found, known = self._by_name(wanted)
        if environment is not None:
            candidates, found = found, [row for row in found if row.get("environment") == environment]
            if candidates and not found:
                places = ", ".join(sorted(str(row.get("environment")) for row in candidates))
                raise Cloud66Error(f"Stack {wanted} is not in the environment {environment}, but in {places}.")
        if not found:
            listed = "cloud66.cloud.c66_stack_info lists all visible stacks."
            advice = did_you_mean(wanted, [str(row["name"]) for row in known], listed)
            raise Cloud66Error(f"No stack matches {wanted!r}, or the token's user cannot see it.{advice}")
        if len(found) > 1:
            candidates_text = "; ".join(f"{row['uid']} ({row.get('environment')})" for row in found)
            raise Cloud66Error(
                f"{len(found)} stacks are named {wanted}: {candidates_text}. Specify one by its UID or by environment."
            )
        return found[0]

    def _by_uid(self, uid: str) -> list[Row]:
        try:
            return [self.client.labelled(f"stack {uid}", self.scope).get("stacks", uid.lower())]
        except NotFoundError:
            return []

    def _by_name(self, name: str) -> tuple[list[Row], list[Row]]:
        """The stacks with this exact name, or else with this name ignoring case; and all stacks that were read."""
        found = [row for row in self.api.list("stacks", filter_name=name) if row["name"] == name]
        if found:
            return found, found
        rows = self.all()
        exact = [row for row in rows if row["name"] == name]
        return exact or [row for row in rows if str(row["name"]).lower() == name.lower()], rows


def the_stack(client: Client, params: Mapping[str, Any]) -> Row:
    """The stack that the options `stack` and `environment` name. Raises Cloud66Error unless there is exactly one."""
    return Stack(client, params).named(params["stack"], params.get("environment"))


def place_of(stack: Row) -> Place:
    """The place of the things of a stack."""
    return Place(("stacks", stack["uid"]), f"stack {stack['name']}", stack)
