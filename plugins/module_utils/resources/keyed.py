# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Things that have a key and perhaps a value: variables, settings, tags."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ..api.errors import Cloud66Error
from .base import Resource, Write
from .fields import Row, secrets_in

ByKey = Mapping[str, Row]
Values = Mapping[str, Any]
# Among the parameters: the place where `src` can be read, if it is another.
OPENED = "src, opened"


class Plan(NamedTuple):
    """The changes to make, by key: values to add and to change, and keys to remove."""

    added: Values
    changed: Values
    removed: tuple[str, ...]

    @property
    def set(self) -> dict[str, Any]:
        """The values that are added or changed."""
        return {**self.added, **self.changed}

    def only(self, keys: Iterable[str]) -> Plan:
        """The part of the plan that is about these keys."""
        some = set(keys)
        return Plan(
            {key: value for key, value in self.added.items() if key in some},
            {key: value for key, value in self.changed.items() if key in some},
            tuple(key for key in self.removed if key in some),
        )

    def __bool__(self) -> bool:
        return any(self)


class Keyed(Resource):
    """Keys with their values. All methods but those that read are pure: they decide by what they are given.

    `value_field` is the field that holds the value, None for keys without values. `single`: results hold one thing.
    `text`: the value is a text of lines, and diffs show nothing else. `whole`: results hold all of them, and not only
    those that the task names. `shows_others`: results also hold all others, under `others`. `starts_actions`: the
    writes are asynchronous. `takes_long`: their effect may show long after their actions ended. `action`: Cloud 66's
    name for the action of a write that must not be repeated while an earlier one is running, because what it adds is
    not listed before it ends.
    """

    value_field: str | None = "value"
    single = False
    text = False
    whole = False
    shows_others = False
    starts_actions = True
    takes_long = False
    action = ""

    def secrets(self, rows: Iterable[Row]) -> set[str]:
        """The secrets in these rows, to be hidden."""
        return secrets_in(rows, self.fields)

    def given(self) -> Values:
        """The values that the options give, by key, before anything is read. Raises Cloud66Error."""
        raise NotImplementedError

    def targets(self, given: Values, rows: ByKey) -> Values:
        """The values to set, by key, as they are sent. Includes keys that do not exist yet."""
        return given

    def unwanted(self, given: Values, rows: ByKey) -> tuple[str, ...]:
        """Existing keys to remove."""
        return ()

    def same(self, row: Row, value: Any) -> bool:
        """Whether a row has this value, in whatever form the API returns it."""
        return self.value_field is None or bool(row.get(self.value_field) == value)

    def is_readable(self, row: Row) -> bool:
        """Whether the row has the value at all. Otherwise it is written each time and cannot be verified."""
        return True

    def removable(self, rows: ByKey) -> list[str]:
        """The keys that a purge may remove."""
        return list(rows)

    def refusals(self, plan: Plan, rows: ByKey) -> list[str]:
        """Sentences that say why the plan cannot be carried out; [] when it can."""
        return []

    def warnings(self, plan: Plan, rows: ByKey) -> list[str]:
        """What the user should know about the plan, as warnings."""
        return []

    def is_done(self, key: str, value: Any, rows: ByKey) -> bool:
        """Whether the effect of setting a key to this value is visible."""
        return key in rows and self.same(rows[key], value)

    def is_applied(self, key: str, value: Any, rows: ByKey) -> bool:
        """Whether a write has been applied, even if its effect is not complete."""
        return self.is_done(key, value, rows)

    def shown(self, keys: Iterable[str], rows: ByKey) -> list[Row]:
        """The rows for results: those of the keys that the task names, or all (`whole`)."""
        return [rows[key] for key in (rows if self.whole else keys) if key in rows]

    def title_of(self, key: str, rows: ByKey) -> str:
        """What users call the thing with this key."""
        return key

    def predicted(self, key: str, value: Any, rows: ByKey) -> Row:
        """The row of a key once it has this value."""
        row = rows.get(key, {self.key[0]: key})
        return row if self.value_field is None else {**row, self.value_field: value}

    def writes(self, plan: Plan, rows: ByKey) -> list[Write]:
        """The calls that carry out the plan, in their order."""
        raise NotImplementedError


def mapping(params: Mapping[str, Any], name: str) -> dict[str, Any]:
    """An option that is a dictionary. Raises Cloud66Error for anything else.

    ansible-core 2.16 passes a template of a dictionary with dates as a text.
    """
    if not isinstance(params[name], Mapping):
        raise Cloud66Error(f"{name} is not a dictionary. Write dates in it in quotes.")
    return {str(key): value for key, value in params[name].items()}


def read_source(params: Mapping[str, Any]) -> str:
    """The text of the user's file `src`. Raises Cloud66Error, which does not quote the file."""
    path = params["src"]
    try:
        return Path(params.get(OPENED, path)).read_text(encoding="utf-8-sig")
    except OSError as problem:
        raise Cloud66Error(f"{path} cannot be read: {problem.strerror}.") from None
    except UnicodeDecodeError:
        raise Cloud66Error(f"{path} is not UTF-8 text.") from None
