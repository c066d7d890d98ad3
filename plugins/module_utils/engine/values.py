# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules that set keys to values: what differs is written, waited for together, and read back."""

from __future__ import annotations

from typing import Any

from ..api.errors import AnswerLostError, Cloud66Error
from ..resources.action import Actions, moment, placed, succeeded
from ..resources.base import Row, Secret, described
from ..resources.values import ByKey, Plan, Values, Write
from . import wait as waiting
from .run import Arguments, Module, Result, Run
from .wait import LOOKS, Patience, State

# Seconds that the effect of a write may take to show, after Cloud 66 has said that it is done.
SHOWS = 7


class ValuesModule(Module):
    """Brings keys of a resource to the wanted values, and removes those that are unwanted."""

    def __init__(self, resource: type[Values], arguments: Arguments, **constraints: Any) -> None:
        super().__init__({**arguments, **waiting.ARGUMENTS}, **constraints)
        self.resource = resource

    def work(self, run: Run) -> Result:
        resource = self.resource(run.client, run.params)
        resource.prepare()
        return _Work(run, resource).result()


class _Work:
    """One run: what is there, the plan, and how far it has been carried out."""

    def __init__(self, run: Run, resource: Values) -> None:
        self.run = run
        self.resource = resource
        self.patience = Patience.of(run.params)
        self.have = resource.have = self._read()
        self.wanted = resource.wanted()
        self.plan = resource.plan = self._planned()
        # What this task has begun, by the actions' ids, and whether it has begun something without an action.
        self.actions: dict[int, Row] = {}
        self.has_begun_more = False

    def result(self) -> Result:
        refusals = self.resource.refusals()
        if refusals:
            raise Cloud66Error(" ".join(refusals))
        for caution in self.resource.cautions():
            self.run.warn(caution)
        after = predicted = self._predicted()
        if self.plan and not self.run.check_mode:
            writes = self.resource.writes()
            self._write_all(writes)
            if self.run.params["wait"]:
                self._wait()
                after = self._verified(writes)
        return self._outcome(predicted, after)

    def _read(self) -> ByKey:
        rows = self.resource.all()
        self.run.hide(self.resource.secrets(rows))
        return {row[self.resource.key]: row for row in rows}

    def _planned(self) -> Plan:
        if self._is_secret():
            self.run.hide(self.wanted.values())
        added = {key: value for key, value in self.wanted.items() if key not in self.have}
        known = {key: value for key, value in self.wanted.items() if key in self.have}
        changed = {key: value for key, value in known.items() if not self.resource.same(self.have[key], value)}
        return Plan(added, changed, self.resource.unwanted())

    def _predicted(self) -> ByKey:
        """The rows as they shall be."""
        rows = {key: row for key, row in self.have.items() if key not in self.plan.removed}
        for key, value in self.plan.set.items():
            rows[key] = self.resource.predicted(key, value)
        return rows

    # Writing

    def _write_all(self, writes: list[Write]) -> None:
        """Send one after the other, and do not wait in between."""
        for number, write in enumerate(writes):
            try:
                self._write(write)
            except Cloud66Error as error:
                if number:
                    before = ", ".join(one.what for one in writes[:number])
                    error.args = (f"{error} Changed or on its way by then: {before}.",)
                raise

    def _write(self, write: Write) -> None:
        """Send it. When the answer is lost, its effect is looked for before it is sent once more, and no more."""
        since = self.run.client.now()
        try:
            self._take(write, self._sent(write))
        except AnswerLostError as lost:
            self.run.log(f"{lost} Looking whether it was done.")
            if not self._has_come_through(write, since):
                self._write_once_more(write, since)

    def _write_once_more(self, write: Write, since: float) -> None:
        try:
            self._take(write, self._sent(write))
        except Cloud66Error as error:
            # The first one may have come through in the meantime, and be the reason for a refusal.
            self.run.log(f"{error} Looking whether it was done.")
            if not self._has_come_through(write, since):
                raise

    def _sent(self, write: Write) -> Any:
        """What Cloud 66 answers. Where this task's own work is in the way, that is waited for."""
        try:
            return write.send()
        except Cloud66Error as error:
            if error.status == 404 and set(write.keys) <= set(self.plan.removed):
                # Somebody else was faster.
                return None
            if error.status != 409 or not self._open_actions():
                raise
            self.run.log(f"{error} Waiting for what this task has begun.")
        self._wait()
        return write.send()

    def _take(self, write: Write, answer: Any) -> None:
        """Keep the action that was begun, and show its id before anything is waited for."""
        if isinstance(answer, dict) and {"id", "finished_at"} <= set(answer):
            action = placed(answer, self.resource.stack["uid"])
            self.actions[action["id"]] = action
            self.run.notify(f"Action {action['id']} ({action.get('action')}) of stack {action['stack_uid']} has begun")
        elif write.starts:
            self.has_begun_more = True

    def _has_come_through(self, write: Write, since: float) -> bool:
        """Whether the effect of a write whose answer was lost shows within a minute, or when its action has ended.

        Which action is the write's cannot be told. Any that began after it may be, so it is waited for; that it has
        failed counts only where the effect is missing.
        """
        seen: dict[int, Row] = {}
        for pause in LOOKS:
            self.run.client.pause(pause)
            if self._shows(write):
                return True
            begun = self._others_since(since, seen) if write.starts else []
            if begun:
                ended = waiting.wait_for_actions(self.run, begun, self.patience, judge=False)
                seen.update({row["id"]: row for row in ended})
                if self._shows(write):
                    return True
        failed = [row for row in seen.values() if not succeeded(row)]
        if failed:
            why = failed[0].get("finished_message") or "Cloud 66 gives no reason"
            raise Cloud66Error(
                f"The answer to the change of {write.what} was lost, it shows no effect, and action {failed[0]['id']}"
                f" ({failed[0].get('action')}), which began then, has failed: {why}"
            )
        return False

    def _others_since(self, since: float, seen: dict[int, Row]) -> list[Row]:
        """The stack's actions that began since then and are neither known to be this task's nor seen before."""
        uid = self.resource.stack["uid"]
        rows = [row for row in Actions(self.run.client, uid).all() if moment(row.get("started_at")) >= int(since)]
        return [placed(row, uid) for row in rows if row["id"] not in self.actions and row["id"] not in seen]

    # Waiting and reading back

    def _open_actions(self) -> list[Row]:
        return [row for row in self.actions.values() if succeeded(row) is None]

    def _wait(self) -> None:
        """Wait until all that this task has begun has ended. Raises Cloud66Error when something has failed."""
        still = self._open_actions()
        if still:
            ended = waiting.wait_for_actions(self.run, still, self.patience)
            self.actions.update({row["id"]: row for row in ended})

    def _verified(self, writes: list[Write]) -> ByKey:
        """The rows, when all is as it shall be. Raises Cloud66Error, which names keys and no values."""

        def ask() -> State:
            rows = self._read()
            wrong = sorted(key for write in writes for key in write.keys if not self._is_done(rows, key))
            gone = sorted(key for write in writes for key in write.keeps if key not in rows)
            words = [f"not as wanted: {', '.join(wrong)}"] if wrong else []
            words += [f"gone, though nobody wanted that: {', '.join(gone)}"] if gone else []
            return State(rows, not words, "; ".join(words))

        # Without an action, nothing but the effect tells that it is done.
        patience = self.patience if self.has_begun_more else Patience(SHOWS, interval=1)
        rows: ByKey = waiting.wait_until(ask, f"the change of {self.resource.whose}", self.run, patience)
        return rows

    def _shows(self, write: Write) -> bool:
        rows = self._read()
        return all(self._is_done(rows, key) for key in write.keys)

    def _is_done(self, rows: ByKey, key: str) -> bool:
        if key in self.plan.removed:
            return key not in rows
        return key in rows and self.resource.same(rows[key], self.plan.set[key])

    # The result

    def _outcome(self, predicted: ByKey, after: ByKey) -> Result:
        resource = self.resource
        rows = [described(after[key], resource.fields) for key in self.wanted if key in after]
        result: Result = {
            "changed": bool(self.plan),
            "changes": self.plan.keys,
            "actions": list(self.actions.values()),
            **({resource.noun: rows[0]} if resource.single else {resource.plural: rows}),
        }
        if self.run.diff:
            header = {"before_header": resource.whose, "after_header": resource.whose}
            result["diff"] = {**header, "before": self._state(self.have), "after": self._state(predicted)}
            if self._is_secret():
                told = {name: keys for name, keys in self.plan.keys.items() if keys}
                result["diff"].update(before={}, after=told)
        return result

    def _state(self, rows: ByKey) -> Any:
        """The values of the keys that the task is about, or the one text that it is about."""
        values = {key: rows[key].get(self.resource.value_field) for key in self.wanted if key in rows}
        return next(iter(values.values()), "") if self.resource.single else values

    def _is_secret(self) -> bool:
        return isinstance(self.resource.fields.get(self.resource.value_field), Secret)
