# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules that set keys to values. Values that differ are written, waited for together, and read back."""

from __future__ import annotations

from functools import partial
from typing import Any

from ..api.errors import Cloud66Error
from ..resources.action import Actions, moment, succeeded, with_stack_uid
from ..resources.base import Progress, Write
from ..resources.fields import Row, described
from ..resources.keyed import ByKey, Keyed, Plan, Values
from . import wait
from .censor import HIDDEN
from .run import Arguments, Result, Run
from .write import SOON, Planned, Task, WritingModule


def plan(resource: Keyed, given: Values, rows: ByKey) -> Plan:
    """The changes to make. Sends nothing. Raises Cloud66Error if a change cannot be made."""
    wanted = resource.targets(given, rows)
    added = {key: value for key, value in wanted.items() if key not in rows}
    changed = {key: value for key, value in wanted.items() if key in rows and not resource.same(rows[key], value)}
    planned = Plan(added, changed, resource.unwanted(given, rows))
    refusals = resource.refusals(planned, rows)
    if refusals:
        raise Cloud66Error(" ".join(refusals))
    return planned


def predicted(resource: Keyed, planned: Plan, rows: ByKey) -> ByKey:
    """The expected rows after the plan is carried out."""
    staying = {key: row for key, row in rows.items() if key not in planned.removed}
    return {**staying, **{key: resource.predicted(key, value, rows) for key, value in planned.set.items()}}


class ValuesModule(WritingModule):
    """Sets keys of a resource to the wanted values and removes unwanted keys."""

    def __init__(self, resource: type[Keyed], arguments: Arguments, **constraints: Any) -> None:
        waiting = wait.ARGUMENTS if resource.starts_actions else {}
        arguments = {**resource.parent.arguments, **arguments, **waiting}
        super().__init__(arguments, identifying=resource.identifying(), **constraints)
        self.resource = resource

    def task(self, run: Run) -> Task:
        return ValuesTask(run, self.resource(run.client, run.params))


class ValuesTask(Task):
    """One run: the existing rows, the plan, and how much of it has been carried out."""

    def __init__(self, run: Run, resource: Keyed) -> None:
        super().__init__(run)
        self.resource = resource
        self.plan = Plan({}, {}, ())
        self.named: Values = {}
        self.seen: ByKey = {}

    def result(self) -> Result:
        given = self.resource.given()
        self.writer.place = self.resource.place.label
        self.writer.stack_uid = self.resource.stack_uid
        rows = self._read()
        self.named = self.resource.targets(given, rows)
        if self._is_secret:
            self.run.hide(self.named.values())
        self.plan = plan(self.resource, given, rows)
        if self.plan.added and self._has_waited_for_earlier():
            rows = self._read()
            self.plan = plan(self.resource, given, rows)
        for warning in self.resource.warnings(self.plan, rows):
            self.run.warn(warning)
        self.approve(self._summary(rows))
        after = expected = predicted(self.resource, self.plan, rows)
        if self.plan and not self.run.check_mode:
            writes = self.resource.writes(self.plan, rows)
            for write in writes:
                self.writer.send(write, partial(self._settled, write))
            if self.waits:
                self.writer.wait_for_actions()
                after = self._verified(writes)
        return {**self._described(self.plan, after), **self._diff(rows, expected)}

    def _summary(self, rows: ByKey) -> Planned:
        field = self.resource.value_field or ""
        changed = {key: [rows[key].get(field), value] for key, value in self.plan.changed.items()}
        return Planned(
            self._titles(self.plan, rows),
            len(self.resource.removable(rows)),
            [self.plan.added, changed, sorted(self.plan.removed)],
        )

    def _titles(self, planned: Plan, rows: ByKey) -> dict[str, list[str]]:
        """The names of what is added, changed and removed, sorted."""
        return {
            word: sorted(self.resource.title_of(key, rows) for key in keys) for word, keys in planned._asdict().items()
        }

    def partial_result(self) -> Result:
        return self._described(self.plan.only(key for write in self.writer.done for key in write.keys), self.seen)

    def _read(self) -> ByKey:
        rows = self.resource.all()
        self.run.hide(self.resource.secrets(rows))
        self.seen = {row[self.resource.key[0]]: row for row in rows}
        return self.seen

    def _has_waited_for_earlier(self) -> bool:
        """Wait for running actions that may already add what is missing. Returns whether there were any.

        They are those of another task, or of an earlier run that did not wait for them.
        """
        uid = self.writer.stack_uid
        if not self.resource.action or uid is None:
            return False
        rows = [row for row in Actions(self.run.client, uid).all() if row.get("action") == self.resource.action]
        running = [with_stack_uid(row, uid) for row in rows if succeeded(row) is None]
        if running:
            wait.wait_for_actions(self.run, running, self.patience, place=self.writer.place, any_end=True)
        return bool(running)

    # A lost answer

    def _settled(self, write: Write, since: float) -> Row | None:
        """{} once the effect of a write whose answer was lost is visible; None if that takes more than a minute.

        It is unknown which action belongs to the write, and any action that began after it may. So all of them are
        waited for, and a failure only counts if the effect is missing.
        """
        seen: dict[int, Row] = {}
        for pause in wait.LOOKS:
            self.run.client.pause(pause)
            if self._shows(write):
                return {}
            begun = self._others_since(since, seen) if write.starts_action else []
            if begun:
                ended = wait.wait_for_actions(self.run, begun, self.patience, place=self.writer.place, any_end=True)
                seen.update({row["id"]: row for row in ended})
                if self._shows(write):
                    return {}
        failed = [row for row in seen.values() if not succeeded(row)]
        if failed:
            why = failed[0].get("finished_message") or "Cloud 66 gives no reason"
            raise Cloud66Error(
                f"The answer to the change of {write.label} was lost and no effect is visible. Action {failed[0]['id']}"
                f" ({failed[0].get('action')}), which started at that time or later, failed: {why}"
            )
        return None

    def _others_since(self, since: float, seen: dict[int, Row]) -> list[Row]:
        """The stack's actions that began since then, except this task's own and those already seen."""
        uid = self.writer.stack_uid
        if uid is None:
            return []
        rows = [row for row in Actions(self.run.client, uid).all() if moment(row.get("started_at")) >= int(since)]
        return [
            with_stack_uid(row, uid) for row in rows if row["id"] not in self.writer.actions and row["id"] not in seen
        ]

    # Reading back

    def _verified(self, writes: list[Write]) -> ByKey:
        """The rows, once all values are as wanted. Raises Cloud66Error, which names keys but never values."""

        def ask() -> Progress:
            rows = self._read()
            wrong = sorted(key for write in writes for key in write.keys if not self._is_done(rows, key))
            gone = sorted(key for write in writes for key in write.keeps if key not in rows)
            words = [f"not as wanted: {', '.join(wrong)}"] if wrong else []
            words += [f"unexpectedly removed: {', '.join(gone)}"] if gone else []
            return Progress(not words, "; ".join(words), thing=rows)

        # Without an action, only the effect shows that the write is done.
        is_late = any(write.starts_action for write in writes) and len(self.writer.actions) < len(writes)
        patience = self.patience if is_late or self.resource.takes_long else wait.Patience(sum(SOON), interval=1)
        rows: ByKey = wait.wait_until(ask, f"the change of {self.resource.label}", self.run, patience)
        return rows

    def _shows(self, write: Write) -> bool:
        """Whether the effect of a write can be seen."""
        rows = self._read()
        readable = all(self.resource.is_readable(rows[key]) for key in write.keys if key in rows)
        return readable and all(self._is_applied(rows, key) for key in write.keys)

    def _is_applied(self, rows: ByKey, key: str) -> bool:
        if key in self.plan.removed:
            return key not in rows
        return self.resource.is_applied(key, self.plan.set[key], rows)

    def _is_done(self, rows: ByKey, key: str) -> bool:
        if key in self.plan.removed:
            return key not in rows
        if key in rows and not self.resource.is_readable(rows[key]):
            return True
        return self.resource.is_done(key, self.plan.set[key], rows)

    # The result

    def _described(self, planned: Plan, rows: ByKey) -> Result:
        resource = self.resource
        shown = [described(row, resource.fields) for row in resource.shown(self.named, rows)]
        others = [described(row, resource.fields) for key, row in rows.items() if key not in self.named]
        actions = {"actions": list(self.writer.actions.values())} if resource.starts_actions else {}
        return {
            "changed": bool(planned),
            "changes": self._titles(planned, rows),
            **actions,
            **({resource.noun: shown[0] if shown else None} if resource.single else {resource.plural: shown}),
            **({"others": others} if resource.shows_others else {}),
        }

    def _diff(self, rows: ByKey, expected: ByKey) -> Result:
        if not self.run.diff:
            return {}
        headers = {"before_header": self.resource.label, "after_header": self.resource.label}
        if self._is_secret:
            changes = {name: titles for name, titles in self._titles(self.plan, rows).items() if titles}
            return {"diff": {**headers, "before": {}, "after": changes}}
        before, after = self._values(rows), self._values(expected)
        if isinstance(after, dict):
            # Nothing of a changed secret inside a value is shown, but that it changes.
            changed = [self.resource.title_of(key, rows) for key in self.plan.changed]
            after.update({title: HIDDEN for title in changed if before.get(title) == after.get(title)})
        return {"diff": {**headers, "before": before, "after": after}}

    def _values(self, rows: ByKey) -> Any:
        """The values of the keys that the task names, or the text that it is about."""
        field = self.resource.value_field
        if field is None:
            # Ansible shows dictionaries and texts in diffs, but not lists.
            return {self.resource.plural: sorted(rows)}
        keys = [key for key in (*self.named, *self.plan.removed) if key in rows]
        values = {
            self.resource.title_of(key, rows): described(rows[key], self.resource.fields).get(field) for key in keys
        }
        return next(iter(values.values()), "") if self.resource.text else values

    @property
    def _is_secret(self) -> bool:
        return self.resource.field(self.resource.value_field or "").secret
