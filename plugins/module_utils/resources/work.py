# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a resource has beside that starts work: by a call that is answered before the work has ended."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from ..api.client import Client
from .action import Actions, moment, newest, reference_of
from .base import Progress, Row


class Work:
    """Beside a Resource: how its work is started, recognised, and what comes of it. The call is never sent twice.

    `prepare` reads what there is and sets `stack` (empty for one that does not exist yet), `needed`, which says whether
    anything has to be started, and `standing`, the thing that makes it unneeded. `action` is what Cloud 66 calls the
    work, `reference` the text by which its action can be recognised.
    """

    api: Client
    params: Mapping[str, Any]
    action = ""
    reference: str | None = None
    stack: Row = {}
    needed = True
    standing: Row | None = None

    def prepare(self) -> None:
        """Read what there is. Raises Cloud66Error when what is asked for makes no sense."""
        raise NotImplementedError

    def predicted(self) -> Row | None:
        """The thing as it will be, as far as is known."""
        raise NotImplementedError

    def states(self) -> tuple[Row, Row]:
        """What changes, before and after it."""
        return {}, self.predicted() or {}

    def start(self) -> Any:
        """Send the call once. Returns what Cloud 66 answered."""
        raise NotImplementedError

    def action_in(self, answer: Any) -> Row | None:
        """The action in an answer: {} where the work was taken without one, None where the answer does not say so."""
        return answer if isinstance(answer, dict) and "id" in answer else None

    def find_again(self, since: float) -> Row | None:
        """The action that was started since then, for a call whose answer was lost; {} as in `action_in`.

        Where no action carries the reference, one without any that does the same is taken for it.
        """
        rows = Actions(self.api, self.stack["uid"]).all()
        if self.reference is not None:
            found = newest(row for row in rows if reference_of(row) == self.reference)
            if found is not None:
                return found
        return newest(
            row
            for row in rows
            if row.get("action") == self.action
            and reference_of(row) is None
            and moment(row.get("started_at")) >= int(since)
        )

    @property
    def place(self) -> str:
        """Where the work is done, for messages."""
        return f"stack {self._uid()}"

    @property
    def sought(self) -> str:
        """Where and by what `find_again` looks, for messages."""
        return f"among the actions of {self.place}"

    def locate(self) -> bool:
        """Whether `stack` is known, which it is not at once where the work makes it."""
        return True

    def called(self, _row: Row) -> str:
        """A thing by its name, for messages."""
        raise NotImplementedError

    def again(self, row: Row) -> Row:
        """A thing as it is now."""
        raise NotImplementedError

    def progress(self, _row: Row) -> Progress:
        """How far a thing is."""
        return Progress(True)

    def took_effect(self) -> bool:
        """Whether what the work is for can be seen now, as far as it can be seen at all."""
        return True

    def after(self) -> Row | None:
        """The thing after the work."""
        return self.predicted()

    def outcome(self, _action: Row) -> dict[str, Any]:
        """What else the result holds."""
        return {}

    def refer(self) -> str:
        """A reference of its own for this work, by which nothing else is known."""
        self.reference = self.reference or f"ansible-{uuid.uuid4()}"
        return self.reference

    def _uid(self) -> str | None:
        return self.stack.get("uid")
