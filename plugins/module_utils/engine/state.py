# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules that ensure that one thing is present or absent."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

from ..api.errors import Cloud66Error
from ..resources.base import Progress, Write
from ..resources.fields import Row, UnreadNumber, described, enumerated, secrets_in
from ..resources.thing import Thing, Wanted
from . import wait
from .censor import HIDDEN
from .run import Result, Run
from .write import SOON, Planned, Task, WritingModule


class Plan(NamedTuple):
    """The writes that produce the wanted state, the thing before and after them, and the values that differ.

    `renews`: the last write renews the thing.
    """

    before: Row | None
    after: Row | None
    writes: tuple[Write, ...]
    changes: Row = {}
    renews: bool = False


NEW = "There is no {thing} yet; creating it also requires {options}."
CHANGED = "Changing {thing} also requires {options}."


def plan(resource: Thing, existing: list[Row], wanted: Wanted, absent: bool, renewed: bool = False) -> Plan:
    """The writes to send. Sends nothing. Raises Cloud66Error if the wanted state cannot be reached."""
    staying = [row for row in existing if not resource.is_leaving(row)]
    first = staying[0] if staying else None
    if absent and first and resource.cannot_delete:
        raise Cloud66Error(f"The {resource.name_of(first)} exists. {resource.cannot_delete}")
    if absent:
        for row in staying:
            _refuse(resource, row, None)
        return Plan(first, None, tuple(resource.removal(row) for row in staying))
    if first is None and resource.cannot_create:
        raise Cloud66Error(f"There is no {resource.name_of(wanted.values)}. {resource.cannot_create}")
    if first is None:
        _refuse_incomplete(resource, wanted.values, wanted, NEW)
        expected = resource.expected(wanted.values)
        _refuse(resource, None, expected)
        return Plan(None, expected, (resource.creation(wanted),), wanted.values)
    changes = {name: value for name, value in wanted.values.items() if not resource.fits(first, {name: value})}
    has_failed = resource.progress(first).failure is not None
    renews = bool(resource.renewed) and (has_failed or renewed)
    # A thing whose last change failed is written again, unless it can be renewed.
    is_written = changes or wanted.forced or (has_failed and not renews)
    if not is_written and not renews:
        return Plan(first, first, ())
    after = {**first, **resource.expected(changes)}
    _refuse_fixed(resource, first, changes)
    _refuse(resource, first, after)
    writes: list[Write] = []
    if is_written:
        _refuse_incomplete(resource, after, wanted, CHANGED)
        writes.append(resource.change(first, wanted))
    if renews:
        writes.append(resource.renewal(first))
    return Plan(first, after, tuple(writes), changes, renews)


def _refuse(resource: Thing, before: Row | None, after: Row | None) -> None:
    refusal = resource.refusal(before, after)
    if refusal:
        raise Cloud66Error(refusal)


def _refuse_incomplete(resource: Thing, row: Row, wanted: Wanted, sentence: str) -> None:
    there = {**{name: value for name, value in row.items() if not _is_write_only(resource, name)}, **wanted.unread}
    missing = [
        field.option or name
        for name, field in resource.fields.items()
        if field.is_required(row) and there.get(name) is None
    ]
    if missing:
        name = resource.name_of(row)
        thing = name if resource.label_of(row) == name else f"such {name}"
        raise Cloud66Error(sentence.format(thing=thing, options=enumerated(missing)))


def _refuse_fixed(resource: Thing, row: Row, changes: Row) -> None:
    fixed = [name for name in changes if name in resource.fields and resource.fields[name].create_only]
    if fixed:
        advice = (
            f", nor can it be replaced: {resource.cannot_delete}"
            if resource.cannot_delete
            else ": remove it and create it again."
        )
        raise Cloud66Error(f"{enumerated(fixed)} of the {resource.name_of(row)} cannot be changed{advice}")


def _is_write_only(resource: Thing, name: str) -> bool:
    return name in resource.fields and resource.fields[name].write_only


class StateModule(WritingModule):
    """Brings a thing into the wanted state; changes nothing if it is already there.

    All options are derived from the fields of the resource.
    """

    def __init__(self, resource: type[Thing], **constraints: Any) -> None:
        states = ["present", "absent", *([resource.renewed] if resource.renewed else [])]
        state = {"state": {"type": "str", "choices": states, "default": "present"}}
        waiting = wait.ARGUMENTS if resource.takes_time() else {}
        arguments = {**resource.arguments(), **state, **waiting}
        super().__init__(arguments, identifying=resource.identifying(), **constraints)
        self.resource = resource

    def task(self, run: Run) -> Task:
        return StateTask(run, self.resource(run.client, run.params))


class StateTask(Task):
    """One run: the existing state, the wanted state, and the writes in between."""

    def __init__(self, run: Run, resource: Thing) -> None:
        super().__init__(run)
        self.resource = resource
        self.wanted = Wanted({})
        self.seen: list[Row] = []

    def result(self) -> Result:
        self.wanted = self.resource.wanted()
        self.writer.place = self.resource.place.label
        self.writer.stack_uid = self.resource.stack_uid
        self.run.hide(secrets_in([self.wanted.values, self.wanted.unread], self.resource.fields))
        existing = self._read()
        if len(existing) > 1:
            self.run.warn(
                f"This {self.resource.title} is stored {len(existing)} times among {self.resource.label}."
                " state=absent removes all of them."
            )
        planned = self._planned(existing)
        is_ongoing = not all(self.resource.progress(row).done for row in existing)
        if is_ongoing and self.resource.rests_first and self.waits and not self.run.check_mode:
            planned = self._planned(self._rested())
            is_ongoing = False
        after = planned.after
        if planned.before and after:
            self._warn_of_failure(planned.before)
        self.approve(self._summary(planned, len(existing)))
        if self.run.check_mode:
            return self._outcome(planned, after)
        for write in planned.writes:
            self.writer.send(write, partial(self._settled, planned, write))
        if planned.writes or (is_ongoing and self.waits):
            after = self._verified(planned)
        return self._outcome(planned, after)

    def _planned(self, existing: list[Row]) -> Plan:
        state = self.run.params["state"]
        return plan(self.resource, existing, self.wanted, state == "absent", state == self.resource.renewed)

    def _rested(self) -> list[Row]:
        """The things with the wanted key, once no earlier change of them is running."""

        def ask() -> Progress:
            running = [each for each in map(self.resource.progress, self._read()) if not each.done]
            return running[0] if running else Progress(True)

        what = f"an earlier change of {self.resource.label_of(self.seen[0])}"
        wait.wait_until(ask, what, self.run, self.patience, notice=f"Waiting for {what}")
        return self.seen

    def _warn_of_failure(self, row: Row) -> None:
        failure = self.resource.progress(row).failure
        if failure:
            self.run.warn(f"The {self.resource.name_of(row)} has failed ({failure}) and is tried again.")

    def _summary(self, planned: Plan, existing: int) -> Planned:
        before, after = planned.before, planned.after
        word = "added" if before is None else "removed" if after is None else "changed"
        names = [self.resource.short_name(after or before or {})] if planned.writes else []
        changes: dict[str, list[str]] = {"added": [], "changed": [], "removed": [], word: names}
        existing_values = {name: before.get(name) for name in planned.changes} if before else {}
        return Planned(changes, existing, [existing_values, planned.changes, self.wanted.unread, names])

    def partial_result(self) -> Result:
        return self._described(self.seen[0] if self.seen else None)

    def _read(self) -> list[Row]:
        """The things with the wanted key. Those that are being removed come last."""
        rows = sorted(self.resource.existing(self.wanted), key=self.resource.is_leaving)
        self.run.hide(secrets_in(rows, self.resource.fields))
        self.seen = rows
        return rows

    def _settled(self, planned: Plan, write: Write, _since: float) -> Row | None:
        """{} if the effect of a write whose answer was lost shows soon, or else None. A failed read fails the task.

        The write must not be sent again while it is unknown whether it was applied.
        """
        shows = self._is_renewed if planned.renews and write is planned.writes[-1] else self._is_done
        if planned.before is not None and shows([planned.before], planned):
            # Only write-only values changed, so the effect cannot be seen.
            return None
        for pause in wait.LOOKS if self.resource.starts_actions else SOON[:-1]:
            if pause:
                self.run.client.pause(pause)
            rows = self._read()
            if shows(rows, planned) or self._has_begun(rows, planned):
                return {}
        return None

    def _has_begun(self, rows: list[Row], planned: Plan) -> bool:
        """Whether a change is running that was not running before."""
        was_done = planned.before is not None and self.resource.progress(planned.before).done
        return was_done and planned.after is not None and any(not self.resource.progress(row).done for row in rows)

    def _is_renewed(self, rows: list[Row], planned: Plan) -> bool:
        return bool(rows and planned.before) and self.resource.is_renewed(planned.before or {}, rows[0])

    def _is_done(self, rows: list[Row], planned: Plan) -> bool:
        if planned.after is None:
            return all(self.resource.is_leaving(row) for row in rows)
        return bool(rows) and not self.resource.is_leaving(rows[0]) and self.resource.fits(rows[0], self.wanted.values)

    def _verified(self, planned: Plan) -> Row | None:
        """Wait until the change has taken effect and return the thing. Raises Cloud66Error if it does not."""
        if self.waits:
            self.writer.wait_for_actions()
        elif self.resource.starts_actions:
            return planned.after
        if self.resource.status is None or not self.waits:
            return self._verified_soon(planned)

        def ask() -> Progress:
            rows = self._read()
            progress = self.resource.progress(rows[0]) if rows else Progress(planned.after is None, "not listed")
            if progress.failure is None and progress.done and not self._is_done(rows, planned):
                progress = Progress(False, "not as wanted yet")
            return progress

        label = self.resource.label_of(planned.after or planned.before or {})
        wait.wait_until(ask, label, self.run, self.patience, notice=f"Waiting for {label}")
        return self.seen[0] if self.seen else None

    def _verified_soon(self, planned: Plan) -> Row | None:
        for pause in SOON:
            if pause:
                self.run.client.pause(pause)
            rows = self._read()
            if self._is_done(rows, planned) and (not planned.renews or self._is_renewed(rows, planned)):
                return rows[0] if rows else None
        raise Cloud66Error(
            f"Cloud 66 accepted the change of {self.resource.label}, but it had no effect within {sum(SOON)} seconds."
        )

    # The result

    def _outcome(self, planned: Plan, after: Row | None) -> Result:
        result: Result = {"changed": bool(planned.writes), **self._described(after)}
        if self.run.diff:
            label = self.resource.label
            headers = {"before_header": label, "after_header": label}
            result["diff"] = {**headers, "before": self._state(planned.before), "after": self._state(planned.after)}
            if planned.after is not None and planned.writes:
                result["diff"]["after"].update(self._unread_changes(planned))
        return result

    def _described(self, thing: Row | None) -> Result:
        actions = {"actions": list(self.writer.actions.values())} if self.resource.starts_actions else {}
        return {self.resource.noun: None if thing is None else described(thing, self.resource.fields), **actions}

    def _unread_changes(self, planned: Plan) -> Row:
        """Fields that are written, but are secret or never read. Only numbers are shown."""
        secret = [name for name in planned.changes if self.resource.field(name).secret]
        return {
            name: self.wanted.unread[name] if isinstance(self.resource.field(name), UnreadNumber) else HIDDEN
            for name in (*secret, *self.wanted.unread)
            if name not in self.resource.key
        }

    def _state(self, row: Row | None) -> Row:
        """The fields of a thing that a user can set; {} if it is absent."""
        if row is None:
            return {}
        fields = self.resource.fields
        names = [name for name, field in fields.items() if (field.settable or name in self.wanted.values)]
        return described({name: row.get(name) for name in names}, fields)
