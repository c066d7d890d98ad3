# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules that write: present and absent, check mode, diff, and what becomes of a write whose answer was lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..api.errors import AnswerLostError, Cloud66Error
from ..resources.base import PLAIN, Resource, Row, described, secrets_in
from .run import Arguments, Module, Result, Run

# Seconds before each look for the effect of a write: it may take effect a moment after its answer, or be on its way
# still when its answer is lost.
LOOKS = (0, 1, 2)


class StateModule(Module):
    """Brings a thing into the wanted state, and changes nothing where it is there already.

    `key` is the option that names the thing, `wanted` the options that say what it shall be like and are called as its
    fields are. `needed` are those that a new thing must have.
    """

    def __init__(
        self,
        resource: type[Resource],
        arguments: Arguments,
        *,
        key: str,
        wanted: tuple[str, ...],
        needed: tuple[str, ...] = (),
        **constraints: Any,
    ) -> None:
        state = {"state": {"type": "str", "choices": ["present", "absent"], "default": "present"}}
        super().__init__({**arguments, **state}, **constraints)
        self.resource = resource
        self.key = key
        self.wanted = wanted
        self.needed = needed

    def work(self, run: Run) -> Result:
        return _Work(self, run).result()


class _Work:
    """One run: what is there, what is wanted, and the way from one to the other."""

    def __init__(self, module: StateModule, run: Run) -> None:
        self.module = module
        self.run = run
        self.resource = module.resource(run.client, run.params)
        self.fields = self.resource.fields
        self.key_value = run.params[module.key]

    def result(self) -> Result:
        found = self._find()
        if len(found) > 1:
            self.run.warn(
                f"This {self.resource.noun} is stored {len(found)} times among {self.resource.label}."
                " state=absent removes all of them."
            )
        if self.run.params["state"] == "absent":
            return self._absent(found)
        return self._present(found[0]) if found else self._new()

    def _absent(self, found: list[Row]) -> Result:
        if found and not self.run.check_mode:
            for row in found:
                self._delete(row)
            self._look(lambda rows: not rows)
        return self._outcome(found[0] if found else None, None)

    def _present(self, have: Row) -> Result:
        asked = self._asked()
        changes = {name: value for name, value in asked.items() if not self._field(name).same(have.get(name), value)}
        want = {**have, **changes}
        if changes and not self.run.check_mode:
            self.resource.update(have, want)
            want = self._look(lambda rows: bool(rows) and self._fits(rows[0], changes))[0]
        return self._outcome(have, want)

    def _new(self) -> Result:
        missing = [name for name in self.module.needed if self.run.params[name] is None]
        if missing:
            raise Cloud66Error(
                f"There is no such {self.resource.noun} among {self.resource.label} yet, and a new one needs"
                f" {' and '.join(missing)}."
            )
        asked = self._asked()
        want = {self.resource.key: self.key_value, **asked}
        if self.run.check_mode:
            return self._outcome(None, want)
        self._create(want)
        return self._outcome(None, self._look(lambda rows: bool(rows) and self._fits(rows[0], asked))[0])

    def _asked(self) -> Row:
        """What the user wants it to be like, as the API stores it."""
        return {name: self._stored(name) for name in self.module.wanted if self.run.params[name] is not None}

    def _create(self, want: Row) -> None:
        """Create it once: when the answer is lost, it is looked for, and sent once more only if it is not there."""
        try:
            self.resource.create(want)
        except AnswerLostError as lost:
            self.run.log(f"{lost} Looking whether it is there.")
            if self._wait_for(bool) is None:
                self._create_once_more(want)

    def _create_once_more(self, want: Row) -> None:
        try:
            self.resource.create(want)
        except Cloud66Error:
            # The first one may have come through in the meantime.
            if self._wait_for(bool) is None:
                raise

    def _delete(self, row: Row) -> None:
        try:
            self.resource.delete(row)
        except Cloud66Error as error:
            # Somebody else was faster, or one call has removed all that have this key.
            if error.status != 404:
                raise

    def _find(self) -> list[Row]:
        rows = self.resource.find(self.key_value)
        self.run.hide(secrets_in(rows, self.fields))
        return rows

    def _look(self, fits: Callable[[list[Row]], bool]) -> list[Row]:
        """What is there after a write. Raises Cloud66Error when the write has had no effect."""
        rows = self._wait_for(fits)
        if rows is None:
            raise Cloud66Error(
                f"Cloud 66 took the change of {self.resource.label}, but it had no effect within {sum(LOOKS)} seconds."
            )
        return rows

    def _wait_for(self, fits: Callable[[list[Row]], bool]) -> list[Row] | None:
        for wait in LOOKS:
            if wait:
                self.run.client.pause(wait)
            rows = self._find()
            if fits(rows):
                return rows
        return None

    def _fits(self, row: Row, asked: Row) -> bool:
        return all(self._field(name).same(row.get(name), value) for name, value in asked.items())

    def _field(self, name: str) -> Any:
        return self.fields.get(name, PLAIN)

    def _stored(self, name: str) -> Any:
        return self._field(name).stored(self.run.params[name])

    def _outcome(self, before: Row | None, after: Row | None) -> Result:
        states = {"before": self._state(before), "after": self._state(after)}
        result: Result = {
            "changed": states["before"] != states["after"],
            self.resource.noun: None if after is None else described(after, self.fields),
        }
        if self.run.diff:
            result["diff"] = {**states, "before_header": self.resource.label, "after_header": self.resource.label}
        return result

    def _state(self, row: Row | None) -> Row:
        """What the user can decide about a thing, which is what a change changes; {} for one that is not there."""
        return {} if row is None else described({name: row.get(name) for name in self.module.wanted}, self.fields)
