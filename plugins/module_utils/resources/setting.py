# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of a stack or of a server."""

from __future__ import annotations

import difflib
from functools import cached_property, partial
from typing import Any

from ..api.errors import Cloud66Error
from .base import Filter, Row
from .server import the_server
from .values import ByKey, Values, Write, given, written

# What the API reads as true and as false.
WORDS = {
    **dict.fromkeys(("1", "true", "on", "enable"), "true"),
    **dict.fromkeys(("0", "false", "off", "disable"), "false"),
}
# The list says that it is read-only, and yet the API's own example changes it.
WRITABLE = "server.name"


class IsSetting(Filter):
    """A filter that keeps the setting with an id or a key."""

    def wanted(self, value: Any) -> str:
        return slug(value)

    def keeps(self, row: Row, wanted: Any) -> bool:
        return bool(slug(row["key"]) == wanted)


class StackSetting(Values):
    """A setting of a stack. Source: list_stack_settings."""

    noun = "setting"
    schema = "Setting"
    plural = "settings"
    scope = "public"
    key = "key"
    filters = {"setting": IsSetting()}

    @property
    def path(self) -> tuple[str, ...]:
        return ("stacks", self.stack["uid"], "settings")

    @property
    def owner(self) -> str:
        """Whose settings they are, for messages."""
        return f"stack {self.stack['name']}"

    @property
    def whose(self) -> str:
        return f"the settings of {self.owner}"

    def all(self) -> list[Row]:
        rows = self.api.labelled(self.whose, self.scope).list(*self.path)
        return [{"id": slug(row["key"]), **row} for row in rows]

    def prepare(self) -> None:
        settings = given(self.params, "settings")
        self.given = {slug(name): (name, value) for name, value in settings.items()}
        if len(self.given) < len(settings):
            raise Cloud66Error("A setting is given twice, once by its id and once by its key.")
        wrong = [name for name, value in settings.items() if isinstance(value, (list, dict))]
        if wrong:
            raise Cloud66Error(f"{', '.join(wrong)}: the value of a setting is a text, a number, a boolean or none.")

    def wanted(self) -> dict[str, str]:
        keys = {slug(key): key for key in self.have}
        return {keys.get(one, name): written(value) for one, (name, value) in self.given.items()}

    def same(self, row: Row, value: str) -> bool:
        """Numbers as such, words for true and false alike, and none as an empty text."""
        have = row.get("value")
        if isinstance(have, (int, float)) and not isinstance(have, bool):
            try:
                return float(value) == have
            except ValueError:
                pass
        return _meaning(written(have)) == _meaning(value)

    def refusals(self) -> list[str]:
        unknown = [f"There is no setting {key} of {self.owner}{_near(key, self.have)}." for key in self.plan.added]
        fixed = [key for key in self.plan.changed if self.have[key].get("readonly") and key != WRITABLE]
        return [*unknown, *(f"The setting {key} of {self.owner} is read-only." for key in fixed)]

    def cautions(self) -> list[str]:
        texts = {key: self.have[key].get("warning_text") for key in self.plan.changed}
        return [f"The setting {key}: {told}" for key, told in texts.items() if told]

    def predicted(self, key: str, value: str) -> Row:
        have = self.have[key]["value"]
        typed: Any = value
        if isinstance(have, bool):
            typed = _meaning(value) == "true"
        elif isinstance(have, int) and value.lstrip("-").isdecimal():
            typed = int(value)
        return super().predicted(key, typed)

    def writes(self) -> list[Write]:
        """One call for each. Source: update_stack_setting, update_server_setting."""
        return [self._write(key, value) for key, value in self.plan.changed.items()]

    def _write(self, key: str, value: str) -> Write:
        title = f"the setting {key} of {self.owner}"
        send = partial(
            self.api.labelled(title, "admin").write, "PUT", (*self.path, slug(key)), {"value": value}, retry=False
        )
        return Write(title, (key,), send)


class ServerSetting(StackSetting):
    """A setting of a server. Source: list_server_settings."""

    @cached_property
    def server(self) -> Row:
        """The server whose settings they are."""
        return the_server(self.api, self.stack, self.params["server"])

    @property
    def path(self) -> tuple[str, ...]:
        return ("stacks", self.stack["uid"], "servers", self.server["uid"], "settings")

    @property
    def owner(self) -> str:
        return f"server {self.server['name']} of stack {self.stack['name']}"


def slug(name: Any) -> str:
    """The id of a setting, from its key or its id."""
    return str(name).replace(".", "-")


def _meaning(value: str) -> str:
    return WORDS.get(value.lower(), value)


def _near(name: str, have: ByKey) -> str:
    """The settings that may have been meant, or all that there are."""
    near = difflib.get_close_matches(slug(name), [slug(key) for key in have], n=3)
    keys = [key for key in have if slug(key) in near] or sorted(have)
    return f"; {'did you mean' if near else 'there are'} {', '.join(keys)}"
