# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asynchronous work that is started only once."""

from __future__ import annotations

import uuid
from collections.abc import Container, Iterable, Mapping
from typing import Any, Generic, NamedTuple, TypeVar

from ..api.client import Client
from .action import Actions, moment, newest, reference_of
from .base import Resource
from .fields import Row

S = TypeVar("S", bound=Any)


class Plan(NamedTuple):
    """Whether anything has to be started.

    `existing`: the thing that makes it unnecessary. `predicted`: the expected thing afterwards. `before` and `after`:
    the two sides of the diff.
    """

    needed: bool
    existing: Row | None = None
    predicted: Row | None = None
    before: Row = {}
    after: Row = {}


class Command(Resource, Generic[S]):
    """Work: how to start it, how to recognise it, and how to read its outcome. The call is never sent twice.

    `action` is Cloud 66's name for the work. `sends_reference`: the call sends a reference, by which its action is
    recognised. `has_action`: Cloud 66 does the work as an action. `watch_on`: what to do if work without one takes
    longer than the wait, for messages.
    S is a snapshot, which has at least a `place`. Methods that take a snapshot only use it, or read newer state.
    """

    action = ""
    sends_reference = False
    watch_on = ""
    has_action = True

    def __init__(self, client: Client, params: Mapping[str, Any]) -> None:
        super().__init__(client, params)
        given = params.get("user_reference")
        self.reference: str | None = (given or f"ansible-{uuid.uuid4()}") if self.sends_reference else None

    def snapshot(self) -> S:
        """Read what the plan depends on. Raises Cloud66Error for invalid options."""
        raise NotImplementedError

    def newer(self, snapshot: S) -> S:
        """A snapshot of the same place, as it is now."""
        return self.snapshot()

    def plan(self, snapshot: S) -> Plan:
        """Decide whether to start the work. Sends nothing. Raises Cloud66Error if the work cannot be done."""
        raise NotImplementedError

    def warnings(self, plan: Plan) -> list[str]:
        """Warnings about the plan."""
        return []

    def start(self, snapshot: S) -> Any:
        """Send the call once. Returns Cloud 66's answer."""
        raise NotImplementedError

    def action_in(self, answer: Any) -> Row | None:
        """The action in an answer; {} for work that was accepted without an action; None if that is unclear."""
        return accepted(answer)

    def find_again(self, snapshot: S, since: float) -> Row | None:
        """The action started since then by a call whose answer was lost; {} as in `action_in`; None if not found.

        If no action carries the reference, an action of the same kind without a reference is assumed to be it.
        """
        rows = Actions(self.client, snapshot.place.row["uid"]).all()
        if self.reference is not None:
            found = newest(row for row in rows if reference_of(row) == self.reference)
            if found is not None:
                return found
        return begun_since(rows, self.action_name, since)

    @property
    def action_name(self) -> str:
        """Cloud 66's name for the work."""
        return self.action

    def where(self, snapshot: S) -> str:
        """Where the work is done, for messages."""
        return str(snapshot.place.label)

    def searched(self, snapshot: S) -> str:
        """Where `find_again` looks, for messages."""
        return f"among the actions of {self.where(snapshot)} ({snapshot.place.row['uid']})"

    def located(self, snapshot: S) -> S | None:
        """The snapshot with the place of the work; None while the place does not exist yet."""
        return snapshot

    def refreshed(self, snapshot: S, row: Row) -> Row:
        """A thing as it is now."""
        raise NotImplementedError

    def took_effect(self, snapshot: S) -> bool:
        """Whether the effect of the work is visible; true if it cannot be read."""
        return True

    def after(self, snapshot: S) -> Row | None:
        """The thing after the work."""
        return self.plan(snapshot).predicted

    def outcome(self, action: Row) -> dict[str, Any]:
        """Additional values for the result."""
        return {}


class Batched(Resource):
    """Work on several things of a stack, batch by batch. The call for one thing is never sent twice.

    `action` is Cloud 66's name for the work on one thing. `work` and `done` are words for messages, such as reboot and
    rebooted. `progress` says whether a thing is as it should be after the work.
    """

    action = ""
    work = ""
    done = ""

    def chosen(self, rows: list[Row]) -> list[Row]:
        """The things that the options select, of all, each once. Raises Cloud66Error for invalid options."""
        raise NotImplementedError

    def start(self, row: Row) -> Any:
        """Send the call for one thing once. Returns Cloud 66's answer."""
        raise NotImplementedError

    def predicted(self, row: Row) -> Row:
        """The expected thing after the work."""
        return row

    def find_again(self, since: float, known: Container[int]) -> Row | None:
        """The action started since then by a call whose answer was lost; None if not found.

        Actions do not say which thing they belong to. `known` has the ids of those of other things.
        """
        rows = Actions(self.client, self.place.row["uid"]).all()
        return begun_since((row for row in rows if row["id"] not in known), self.action, since)

    @property
    def searched(self) -> str:
        """Where `find_again` looks, for messages."""
        return f"among the actions of {self.place.label} ({self.place.row['uid']})"


def accepted(answer: Any) -> Row | None:
    """The action in an answer; None if it contains none."""
    return answer if isinstance(answer, dict) and "id" in answer else None


def begun_since(rows: Iterable[Row], action: str, since: float) -> Row | None:
    """The newest of these actions that is of this kind, has no reference and started since then."""
    return newest(
        row
        for row in rows
        if row.get("action") == action and reference_of(row) is None and moment(row.get("started_at")) >= int(since)
    )
