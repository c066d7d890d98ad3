# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of stacks and of servers."""

from __future__ import annotations

from functools import partial
from typing import Any

from ..api.errors import Cloud66Error
from .base import Filter, Write, did_you_mean
from .fields import Flag, Row, as_text
from .keyed import ByKey, Keyed, Plan, Values, mapping
from .places import IN_STACK, ON_SERVER

# The API lists it as read-only, although the API's own example changes it.
WRITABLE = "server.name"
FLAG = Flag()


class IsSetting(Filter):
    """Keeps the setting with this id or key."""

    def wanted(self, value: Any) -> str:
        return slug(value)

    def keeps(self, row: Row, wanted: Any) -> bool:
        return bool(slug(row["key"]) == wanted)


class StackSetting(Keyed):
    """A setting of a stack. Source: list_stack_settings."""

    noun = "setting"
    plural = "settings"
    subject = "Configuration"
    schema = "Setting"
    scope = "public"
    write_scope = "admin"
    parent = IN_STACK
    path = ("settings",)
    identity = "id"
    key = ("key",)
    filters = {"setting": IsSetting("key")}

    def all(self) -> list[Row]:
        return [{"id": slug(row["key"]), **row} for row in super().all()]

    def exported(self) -> Values:
        rows = [row for row in self.all() if not row.get("readonly")]
        return {row["key"]: row["value"] for row in rows if not isinstance(row["value"], (list, dict))}

    def given(self) -> Values:
        settings = mapping(self.params, "settings")
        if len({slug(name) for name in settings}) < len(settings):
            raise Cloud66Error("A setting is given twice, by its id and by its key.")
        wrong = [name for name, value in settings.items() if isinstance(value, (list, dict))]
        if wrong:
            raise Cloud66Error(
                f"{', '.join(wrong)}: the value of a setting must be a string, a number, a boolean or null."
            )
        return settings

    def targets(self, given: Values, rows: ByKey) -> Values:
        keys = {slug(key): key for key in rows}
        return {keys.get(slug(name), name): as_text(value) for name, value in given.items()}

    def same(self, row: Row, value: Any) -> bool:
        """Compares numbers as numbers, treats all words for true or false the same, and None as an empty text."""
        existing = row.get("value")
        if isinstance(existing, (int, float)) and not isinstance(existing, bool):
            try:
                return float(value) == existing
            except ValueError:
                pass
        text = as_text(existing)
        return text == value or _meaning(text) == _meaning(value)

    def refusals(self, plan: Plan, rows: ByKey) -> list[str]:
        owner = self.place.label
        unknown = [f"There is no setting {key} of {owner}.{_near(key, rows)}" for key in plan.added]
        fixed = [key for key in plan.changed if rows[key].get("readonly") and key != WRITABLE]
        return [*unknown, *(f"The setting {key} of {owner} is read-only." for key in fixed)]

    def warnings(self, plan: Plan, rows: ByKey) -> list[str]:
        texts = {key: rows[key].get("warning_text") for key in plan.changed}
        return [f"The setting {key}: {text}" for key, text in texts.items() if text]

    def predicted(self, key: str, value: Any, rows: ByKey) -> Row:
        existing = rows[key]["value"]
        typed: Any = value
        if isinstance(existing, bool):
            typed = _meaning(value) is True
        elif isinstance(existing, int) and value.lstrip("-").isdecimal():
            typed = int(value)
        return super().predicted(key, typed, rows)

    def writes(self, plan: Plan, rows: ByKey) -> list[Write]:
        """One call for each setting. Source: update_stack_setting, update_server_setting."""
        return [self._change(key, value) for key, value in plan.changed.items()]

    def _change(self, key: str, value: str) -> Write:
        label = f"the {self.label_of({'key': key})}"
        path = (*self.place.path, *self.path, slug(key))
        send = partial(self.client.labelled(label, self.write_scope).write, "PUT", path, {"value": value}, retry=False)
        return Write(label, send, (key,), starts_action=True)


class ServerSetting(StackSetting):
    """A setting of a server. Source: list_server_settings."""

    subject = "Servers"
    parent = ON_SERVER


def slug(name: Any) -> str:
    """The id of a setting, from its key or its id."""
    return str(name).replace(".", "-")


def _meaning(value: str) -> Any:
    return FLAG.normal(value)


def _near(name: str, rows: ByKey) -> str:
    """Settings with similar names, or else all settings."""
    return did_you_mean(name, rows, f"Available: {', '.join(sorted(rows))}.")
