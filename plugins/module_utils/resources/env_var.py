# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment variables of a stack."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import partial
from typing import Any

from ..api.errors import Cloud66Error, NotFoundError
from .base import Is, Write, did_you_mean
from .dotenv import of_dotenv, of_json
from .fields import Row, Rows, Secret, as_text
from .keyed import ByKey, Keyed, Plan, Values, mapping, read_source
from .places import IN_STACK

# The names that a variable can have, in every shell and file format or in some. NO, ON and ~ without quotes are none to
# YAML: they reach a module as the last three.
NAME = re.compile(r"(?!(?:false|true|null)\Z)[A-Za-z_][A-Za-z0-9_.-]*")
# Cloud 66 replaces these by a random value of this length at the next deployment.
GENERATED = re.compile(r"AUTO_GENERATE(?:_\d+)?")
# When servers get a change: with their next deployment, or at once.
STRATEGIES = ("deployment", "immediately")


class EnvVar(Keyed):
    """An environment variable. Every value may be a password.

    Source: list_environment_variables, get_environment_variable (env_var_id), create_environment_variable,
    update_environment_variable, delete_environment_variable.
    """

    noun = "env_var"
    plural = "env_vars"
    title = "environment variable"
    titles = "environment variables"
    subject = "Configuration"
    schema = "EnvironmentVariable"
    scope = "admin"
    parent = IN_STACK
    path = ("environments",)
    identity = "key"
    key = ("key",)
    fields = {"value": Secret(), "history": Rows({"value": Secret()})}
    filters = {"key": Is("key", no_log=False)}
    by_identity = ("env_var_id", "int")
    reveals = {"include_values": "value"}

    def value(self, key: str) -> Any:
        """The value of a variable. Raises Cloud66Error when there is no such variable."""
        values = {row["key"]: row["value"] for row in self.all()}
        if key not in values:
            near = did_you_mean(key, values)
            raise Cloud66Error(f"There is no environment variable {key} in {self.place.label}.{near}")
        return values[key]

    def one(self, identity: Any, **query: Any) -> Row:
        """The variable with this id. If Cloud 66 only takes keys here, which is uncertain, it is found in the list."""
        try:
            return super().one(identity, **query)
        except NotFoundError:
            found = [row for row in self.all() if row.get("id") == identity]
            if not found:
                raise
            return found[0]

    def secrets(self, rows: Iterable[Row]) -> set[str]:
        """All values but those that are part of the stack's UID, which would hide the UID in results."""
        found = super().secrets({**row, "value": as_text(row.get("value"))} for row in rows)
        return {value for value in found if value not in str(self.stack_uid)}

    def exported(self) -> Values:
        return {row["key"]: as_text(row.get("value")) for row in self.all() if _is_users(row)}

    def given(self) -> Values:
        given = self._given()
        if not all(given):
            raise Cloud66Error("The key of an environment variable cannot be empty.")
        if self.params["state"] == "absent":
            if self.params["purge"]:
                raise Cloud66Error("purge says which variables to keep, so it needs state: present.")
            return given
        if self.params["key"] is not None and self.params["value"] is None:
            raise Cloud66Error(
                f"There is no value for {self.params['key']}: set value, or state: absent to remove the variable. Write"
                " '' for an empty string."
            )
        wrong = [key for key, value in given.items() if not isinstance(value, (str, int, float))]
        if wrong:
            raise Cloud66Error(
                f"{', '.join(wrong)}: the value of an environment variable is a string, a number or a boolean. Write ''"
                " for an empty string. For a list or a dictionary, use the filter to_json; for a template of a string"
                " in JSON, the filter string."
            )
        lost = [
            key for key, value in given.items() if isinstance(value, float) and as_text(value).strip("-.0123456789")
        ]
        if lost:
            raise Cloud66Error(
                f"{', '.join(lost)}: the value is a number that cannot be stored as it was written. Write it in quotes;"
                " in a template, add the filter string."
            )
        return given

    def _given(self) -> dict[str, Any]:
        params = self.params
        if params["key"] is not None:
            return {params["key"]: params["value"]}
        if params["src"] is None:
            return mapping(params, "env_vars")
        read = of_json if params["src"].endswith(".json") else of_dotenv
        return dict(read(read_source(params), params["src"]))

    def targets(self, given: Values, rows: ByKey) -> Values:
        if self.params["state"] == "absent":
            return {}
        return {key: as_text(value) for key, value in given.items()}

    def unwanted(self, given: Values, rows: ByKey) -> tuple[str, ...]:
        if self.params["state"] == "absent":
            return tuple(key for key in given if key in rows)
        if self.params["purge"]:
            return tuple(key for key in self.removable(rows) if key not in given)
        return ()

    def removable(self, rows: ByKey) -> list[str]:
        return [key for key, row in rows.items() if _is_users(row)]

    def same(self, row: Row, value: Any) -> bool:
        """A value that Cloud 66 generates is never written again: that would replace the generated one."""
        return as_text(row.get("value")) == value or bool(GENERATED.fullmatch(value))

    def refusals(self, plan: Plan, rows: ByKey) -> list[str]:
        fixed = [key for key in plan.changed if rows[key].get("readonly")]
        kept = [key for key in plan.removed if not _is_users(rows[key])]
        sentences = {
            "read-only, so its value cannot be changed": fixed,
            "read-only or generated by Cloud 66, so it cannot be removed": kept,
        }
        return [
            *(f"The environment variable {key} is {why}." for why, keys in sentences.items() for key in keys),
            *(f"{key} cannot be the name of an environment variable. {_advice(key)}" for key in _no_names(plan.added)),
        ]

    def warnings(self, plan: Plan, rows: ByKey) -> list[str]:
        """Values that YAML may have read as something else than was meant, without the values."""
        given = self._given() if self.params["src"] is None else {}
        values = {key: given.get(key) for key in plan.set}
        kinds = {
            "the boolean true, stored as true": [key for key, value in values.items() if value is True],
            "the boolean false, stored as false": [key for key, value in values.items() if value is False],
            "a number with a fraction, stored without zeros at its end": [
                key for key, value in values.items() if isinstance(value, float)
            ],
        }
        advice = "To store what was written, write it in quotes."
        return [f"The value of {', '.join(keys)} is {kind}. {advice}" for kind, keys in kinds.items() if keys]

    def writes(self, plan: Plan, rows: ByKey) -> list[Write]:
        """A single key is set by itself, several at once. Keys are removed one by one."""
        if len(plan.set) > 1:
            writes = [self._bulk(plan, rows)]
        else:
            writes = [self._single(key, value, is_new=key in plan.added) for key, value in plan.set.items()]
        return [*writes, *(self._removal(key) for key in plan.removed)]

    def _single(self, key: str, value: str, is_new: bool) -> Write:
        body = {"value": value, "apply_strategy": self.params["apply_strategy"]}
        if is_new:
            return self._call(key, "POST", (), {"key": key, **body})
        return self._call(key, "PUT", (key,), body)

    def _removal(self, key: str) -> Write:
        return self._call(key, "DELETE", (key,), None)._replace(removes=True)

    def _call(self, key: str, method: str, path: tuple[str, ...], body: Any) -> Write:
        label = f"the {self.label_of({'key': key})}"
        api = self.client.labelled(label, self.scope)
        send = partial(api.write, method, (*self.place.path, *self.path, *path), body, retry=False)
        return Write(label, send, (key,), starts_action=True)

    def _bulk(self, plan: Plan, rows: ByKey) -> Write:
        """All of the user's own variables are sent: no source says for certain that those left out would stay.

        Keys being removed are left out: sending them could recreate them. Source: merge_environment_variables, whose
        scope no source states.
        """
        staying = {key: row for key, row in rows.items() if _is_users(row) and key not in plan.removed}
        own = {key: as_text(row.get("value")) for key, row in staying.items()}
        body = {
            "environments_format": "json",
            "contents": json.dumps({**own, **plan.set}),
            "apply_strategy": self.params["apply_strategy"],
        }
        path = (*self.place.path, *self.path, "bulk")
        send = partial(self.client.labelled(self.label).write, "PATCH", path, body, retry=False)
        return Write(self.label, send, tuple(plan.set), keeps=tuple(own), starts_action=True)


def _no_names(keys: Iterable[str]) -> list[str]:
    return [key for key in keys if not NAME.fullmatch(key)]


def _advice(key: str) -> str:
    if key in ("false", "true", "null"):
        return "YAML reads NO, OFF, ON, YES and ~ as something else: write the key in quotes."
    return "A name starts with a letter or an underscore, and contains only letters, digits, _, . and -."


def _is_users(row: Row) -> bool:
    """Whether a user made it, and may remove it."""
    return not row.get("readonly") and not row.get("is_generated")
