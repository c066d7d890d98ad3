# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Work that is started once, by a call that is answered before the work has ended."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Generic, NamedTuple, TypeVar

from ..api.client import Client
from .action import Actions, moment, newest, reference_of
from .base import Resource
from .fields import Row

S = TypeVar("S", bound=Any)


class Plan(NamedTuple):
    """Whether anything has to be started. `existing` makes it unneeded, `predicted` is the thing once it is done.

    `before` and `after` say what changes.
    """

    needed: bool
    existing: Row | None = None
    predicted: Row | None = None
    before: Row = {}
    after: Row = {}


class Command(Resource, Generic[S]):
    """How work is started, recognised, and what comes of it. The call is never sent twice.

    `action` is what Cloud 66 calls the work. `refers`: the call carries a reference by which its action is recognised.
    S is a snapshot, which has at least a `place`; methods that take one decide by it alone, or read what is newer.
    """

    action = ""
    refers = False

    def __init__(self, client: Client, params: Mapping[str, Any]) -> None:
        super().__init__(client, params)
        given = params.get("user_reference")
        self.reference: str | None = (given or f"ansible-{uuid.uuid4()}") if self.refers else None

    def snapshot(self) -> S:
        """Read what the plan depends on. Raises Cloud66Error when what is asked for makes no sense."""
        raise NotImplementedError

    def plan(self, snapshot: S) -> Plan:
        """Whether to start the work. Sends nothing. Raises Cloud66Error for what cannot be done."""
        raise NotImplementedError

    def cautions(self, plan: Plan) -> list[str]:
        """What the user should know about the plan, as warnings."""
        return []

    def start(self, snapshot: S) -> Any:
        """Send the call once. Returns what Cloud 66 answered."""
        raise NotImplementedError

    def action_in(self, answer: Any) -> Row | None:
        """The action in an answer: {} for work that was accepted without one, None where the answer does not say so."""
        return answer if isinstance(answer, dict) and "id" in answer else None

    def find_again(self, snapshot: S, since: float) -> Row | None:
        """The action that a call whose answer was lost has started since then; {} as in `action_in`.

        If no action carries the reference, an action of the same kind without a reference is assumed to be it.
        """
        rows = Actions(self.client, snapshot.place.row["uid"]).all()
        if self.reference is not None:
            found = newest(row for row in rows if reference_of(row) == self.reference)
            if found is not None:
                return found
        action = self.action_name
        return newest(
            row
            for row in rows
            if row.get("action") == action and reference_of(row) is None and moment(row.get("started_at")) >= int(since)
        )

    @property
    def action_name(self) -> str:
        """What Cloud 66 calls the work."""
        return self.action

    def where(self, snapshot: S) -> str:
        """Where the work is done, for messages."""
        return str(snapshot.place.label)

    def searched(self, snapshot: S) -> str:
        """Where and by what `find_again` looks, for messages."""
        return f"among the actions of {self.where(snapshot)} ({snapshot.place.row['uid']})"

    def located(self, snapshot: S) -> S | None:
        """The snapshot with the place of the work, which is not known at once where the work makes it."""
        return snapshot

    def refreshed(self, snapshot: S, row: Row) -> Row:
        """A thing as it is now."""
        raise NotImplementedError

    def took_effect(self, snapshot: S) -> bool:
        """Whether what the work is for can be seen now, as far as it can be seen at all."""
        return True

    def after(self, snapshot: S) -> Row | None:
        """The thing after the work."""
        return self.plan(snapshot).predicted

    def outcome(self, action: Row) -> dict[str, Any]:
        """What else the result holds."""
        return {}
