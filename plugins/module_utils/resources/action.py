# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asynchronous actions: the work that Cloud 66 is doing or has done."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from typing import Any

from ..api.client import Client
from ..api.pages import Page
from .base import Is, Resource
from .fields import Row
from .places import IN_STACK


class Action(Resource):
    """An asynchronous action of a stack. Source: list_stack_actions, get_stack_action."""

    noun = "action"
    plural = "actions"
    subject = "Deployments"
    schema = "AsyncAction"
    scope = "public"
    parent = IN_STACK
    identity = "id"
    key = ("id",)
    adds = {"stack_uid": "uid"}
    filters = {"action": Is("action")}
    options = {"action_id": {"type": "int"}, "user_reference": {"type": "str"}}
    refers_to = ("action_id",)

    def read(self) -> list[Row]:
        uid = self.place.row["uid"]
        actions = Actions(self.client, uid)
        if self.params["action_id"] is not None:
            return [with_stack_uid(actions.one(self.params["action_id"]), uid)]
        sent = {"user_reference": self.params["user_reference"]} if self.params["user_reference"] else {}
        return [with_stack_uid(row, uid) for row in self.matching(actions.all(**sent))]


class Actions:
    """The actions of one stack, read one by one or, if that takes fewer requests, as a list."""

    def __init__(self, client: Client, stack_uid: str) -> None:
        self.stack_uid = stack_uid
        self.api = client.labelled(f"the actions of stack {stack_uid}", Action.scope)
        self._pages: int | None = None

    def one(self, action_id: int) -> Row:
        """The action with an id."""
        api = self.api.labelled(f"action {action_id} of stack {self.stack_uid}", Action.scope)
        return api.get("stacks", self.stack_uid, "actions", action_id)

    def all(self, **query: Any) -> list[Row]:
        """Every action. Remembers how many requests this took."""
        pages: list[Page] = []
        rows = self.api.stream(("stacks", self.stack_uid, "actions"), query, lambda page, _rows: pages.append(page))
        self._pages = len(pages)
        return rows

    def some(self, ids: Iterable[int]) -> list[Row]:
        """The actions with these ids."""
        wanted = list(ids)
        if len(wanted) < 2 or (self._pages is not None and self._pages >= len(wanted)):
            return [self.one(action_id) for action_id in wanted]
        rows = {row["id"]: row for row in self.all()}
        return [rows[action_id] if action_id in rows else self.one(action_id) for action_id in wanted]


def with_stack_uid(row: Row, stack_uid: str | None) -> Row:
    """An action with the UID of the stack that it belongs to, and its success as a boolean."""
    return {**row, "stack_uid": stack_uid, "finished_success": succeeded(row)}


def succeeded(row: Row) -> bool | None:
    """Whether an action succeeded; None while it is running. Cloud 66 returns true or "true"."""
    if row.get("finished_at") is None:
        return None
    return str(row.get("finished_success")).lower() == "true"


def reference_of(row: Row) -> str | None:
    """The reference with which an action was started."""
    return (row.get("metadata") or {}).get("user_reference")


def newest(rows: Iterable[Row]) -> Row | None:
    """The action that was started last; None if there is none."""
    return max(rows, key=lambda row: int(row["id"]), default=None)


def iso(seconds: float) -> str:
    """A time in seconds since 1970 as the API returns times."""
    return (datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=int(seconds))).isoformat()[:19] + "Z"


def moment(text: Any) -> float:
    """A time as the API returns it, in seconds since 1970; 0 if it is not a time. Without a zone, it is in UTC."""
    try:
        found = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError:
        return 0
    return (found if found.tzinfo else found.replace(tzinfo=timezone.utc)).timestamp()
