# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules that work on several things, batch by batch: a batch begins once the one before has ended well."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from ..api.errors import AnswerLostError, Cloud66Error
from ..resources.action import succeeded
from ..resources.base import Progress, Write
from ..resources.command import Batched, accepted
from ..resources.fields import Row, described, enumerated, secrets_in
from . import wait
from .run import Result, Run
from .write import Task

ARGUMENTS: dict[str, dict[str, Any]] = {"batch": {"type": "str", "default": "1"}}
SIZE = re.compile(r"\s*(\d+)\s*(%?)\s*", re.ASCII)

T = TypeVar("T")


class Size(NamedTuple):
    """The size of a batch: a count, or a share of all in per cent."""

    number: int
    is_share: bool = False

    @classmethod
    def of(cls, text: str) -> Size:
        """The size that a user gives, such as 2 or 25%. Raises Cloud66Error for an invalid one."""
        found = SIZE.fullmatch(text)
        if found:
            size = cls(int(found[1]), bool(found[2]))
            if size.number >= 1 and not (size.is_share and size.number > 100):
                return size
        raise Cloud66Error(f"batch must be a count such as 2 or a share such as 25%, from 1 or 1%, not {text!r}.")

    def split(self, items: list[T]) -> list[list[T]]:
        """The items in batches, in order. A share is rounded down to whole items, but is at least one."""
        size = max(len(items) * self.number // 100, 1) if self.is_share else self.number
        rest = iter(items)
        return list(iter(lambda: list(islice(rest, size)), []))


class BatchesTask(Task):
    """One run: the batches, and what has become of each thing."""

    def __init__(self, run: Run, resource: Batched) -> None:
        super().__init__(run)
        self.resource = resource
        self.size = Size.of(run.params["batch"])
        self.batches: list[list[Row]] = []
        # The things as last read, and the ids of the actions of those whose work was started, by identity. The id is
        # None if the answer was lost.
        self.seen: dict[Any, Row] = {}
        self.started: dict[Any, int | None] = {}

    def result(self) -> Result:
        resource = self.resource
        rows = resource.all()
        self.run.hide(secrets_in(rows, resource.fields))
        self._remember(rows)
        self.batches = self.size.split(resource.chosen(rows))
        self._refuse_unwatched()
        self.writer.stack_uid = resource.stack_uid
        changed = bool(self.batches)
        if self.run.check_mode:
            self._remember([resource.predicted(row) for row in self._chosen])
            return self._described(self.batches, changed)
        for number, batch in enumerate(self.batches, start=1):
            self.run.log(f"Batch {number} of {len(self.batches)}: {self._title(batch)}")
            self._work_on(batch)
        if changed and not self.waits:
            self._read(self._chosen)
        return self._described(self.batches, changed)

    def partial_result(self) -> Result:
        """With the things whose work was started, or may have been."""
        begun = [[row for row in batch if self._id(row) in self.started] for batch in self.batches]
        return self._described([batch for batch in begun if batch], changed=True)

    @property
    def _chosen(self) -> list[Row]:
        return [row for batch in self.batches for row in batch]

    def _refuse_unwatched(self) -> None:
        count, chosen = len(self.batches), len(self._chosen)
        if count > 1 and not self.waits:
            raise Cloud66Error(
                f"With wait: false, one batch must include all {chosen} {self.resource.titles}, but batch is"
                f" {self.run.params['batch']}, which makes {count} batches: the next may only begin once the one before"
                f" is healthy. Set wait: true or batch: {chosen}. Nothing was sent."
            )

    def _work_on(self, batch: list[Row]) -> None:
        """Start the work on each thing of a batch, and wait until all are healthy. Each batch has the whole timeout."""
        self.patience = self.writer.patience = wait.Patience.of(self.run.params)
        try:
            for row in batch:
                self._start(row)
            if self.waits:
                self.writer.place = self._title(batch)
                self.writer.wait_for_actions()
                self._wait_until_healthy(batch)
        except Cloud66Error as error:
            if not self.writer.changed:
                raise
            explained = type(error)(f"{error} {self._account(batch)}", **error.facts())
            explained.also = error.also
            raise explained from error

    def _start(self, row: Row) -> None:
        """Start the work on one thing once. If the answer is lost, look for the action."""
        resource = self.resource
        self.writer.place = resource.label_of(row)
        write = Write(self.writer.place, lambda: resource.start(row), starts_action=True)
        try:
            action = self.writer.send_once(
                write,
                lambda since: resource.find_again(since, self.writer.actions),
                resource.searched,
                action_in=accepted,
            )
        except AnswerLostError:
            self.started[self._id(row)] = None
            raise
        self.started[self._id(row)] = action["id"]

    def _wait_until_healthy(self, batch: list[Row]) -> None:
        title = self._title(batch)

        def ask() -> Progress:
            self._read(batch)
            states = [(self._name(row), self.resource.progress(self._now(row))) for row in batch]
            return Progress(
                all(state.done for _name, state in states),
                ", ".join(f"{name} is {state.words}" for name, state in states if not state.done),
            )

        wait.wait_until(
            ask,
            f"the {self.resource.work} of {title}",
            self.run,
            self.patience,
            "Check in Cloud 66 what is wrong before you continue.",
            notice=f"Waiting until {title} {'is' if len(batch) == 1 else 'are'} healthy",
        )

    def _read(self, batch: list[Row]) -> None:
        """Read the things of a batch again, with one request for each page or for a single one."""
        rows = [self.resource.one(self._id(batch[0]))] if len(batch) == 1 else self.resource.all()
        self._remember(rows)

    def _account(self, batch: list[Row]) -> str:
        """What was done when a batch failed, in sentences."""
        try:
            self.writer.read_actions()
            self._read(batch)
        except Cloud66Error as error:
            self.run.log(f"{error} Using what was last read.")
        resource, known = self.resource, self.writer.actions
        parts: dict[str, list[str]] = {
            f"{resource.done.capitalize()} and healthy": [],
            "Not healthy": [],
            f"Unclear whether {resource.done}": [],
            f"Not {resource.done}": [],
        }
        good, bad, unclear, untouched = parts.values()
        for row in self._chosen:
            number = self.started.get(self._id(row))
            if self._id(row) not in self.started:
                part = untouched
            elif not resource.progress(self._now(row)).done:
                part = bad
            elif number is not None and succeeded(known[number]):
                part = good
            else:
                part = unclear
            part.append(self._name(row))
        return " ".join(f"{words}: {enumerated(names)}." for words, names in parts.items() if names)

    def _described(self, batches: list[list[Row]], changed: bool) -> Result:
        fields = self.resource.fields
        names = [[self._name(row) for row in batch] for batch in batches]
        result: Result = {
            "changed": changed,
            self.resource.plural: [described(self._now(row), fields) for row in self._chosen],
            "batches": names,
            "actions": list(self.writer.actions.values()),
        }
        if self.run.diff:
            place = self.resource.place.label
            after = {"batches": names} if changed else {}
            result["diff"] = {"before": {}, "after": after, "before_header": place, "after_header": place}
        return result

    def _remember(self, rows: Iterable[Row]) -> None:
        self.seen.update({self._id(row): row for row in rows})

    def _now(self, row: Row) -> Row:
        """The thing as last read."""
        return self.seen[self._id(row)]

    def _id(self, row: Row) -> Any:
        return row[self.resource.identity]

    def _name(self, row: Row) -> str:
        return str(row[self.resource.key[0]])

    def _title(self, batch: list[Row]) -> str:
        """The name of a batch, for messages."""
        if len(batch) == 1:
            return self.resource.label_of(batch[0])
        return f"{self.resource.titles} {enumerated(map(self._name, batch))} of {self.resource.place.label}"
