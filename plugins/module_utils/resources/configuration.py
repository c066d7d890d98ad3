# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a stack is configured with as texts: service.yml, manifest.yml, and configuration files."""

from __future__ import annotations

from functools import partial
from typing import Any

from .base import Is, Row
from .values import Values, Write, text_of

# They are kept version by version, and take effect with the next deployment.
YAMLS = ("service_yaml", "manifest_yaml")


class Configuration(Values):
    """A configuration file by its type, or the newest version of a YAML file.

    Source: list_configurations, update_configuration, list_service_yaml_versions, get_service_yaml_version,
    create_service_yaml_version, list_manifest_yaml_versions, get_manifest_yaml_version, create_manifest_yaml_version.
    """

    noun = "configuration"
    schema = "Configuration"
    added = ("uid", "created_at_iso")
    plural = "configurations"
    key = "type"
    value_field = "body"
    single = True
    filters = {"type": Is("type")}

    @property
    def whose(self) -> str:
        kind = self.params["type"]
        return f"{kind or 'the configurations'} of stack {self.stack['name']}"

    def read(self) -> list[Row]:
        asked = self.params["type"]
        rows = [] if asked in YAMLS else self._files()
        for kind in YAMLS:
            if asked in (None, kind):
                rows += self._versions(kind) if self.params["versions"] else self._newest(kind)
        return self.matching(rows)

    def all(self) -> list[Row]:
        """The newest version of a YAML file, or all configuration files."""
        return self._newest(self.params["type"]) if self.params["type"] in YAMLS else self._files()

    def _files(self) -> list[Row]:
        return self.api.labelled(self.whose).list("stacks", self.stack["uid"], "configuration")

    def _versions(self, kind: str) -> list[Row]:
        """All versions with their texts, the newest first."""
        api = self.api.labelled(f"the versions of {kind} of stack {self.stack['name']}")
        return [
            {"type": kind, **row} for row in _in_order(api.list("stacks", self.stack["uid"], kind, include_body=True))
        ]

    def _newest(self, kind: str) -> list[Row]:
        """The newest version with its text, as the only row; none where there is no version."""
        api = self.api.labelled(f"{kind} of stack {self.stack['name']}")
        rows = _in_order(api.list("stacks", self.stack["uid"], kind))
        return [{"type": kind, **api.get("stacks", self.stack["uid"], kind, row["uid"])} for row in rows[:1]]

    def prepare(self) -> None:
        src = self.params["src"]
        self.text = _with_newlines(self.params["body"] if src is None else text_of(src))

    def wanted(self) -> dict[str, str]:
        return {self.params["type"]: self.text}

    def same(self, row: Row, value: str) -> bool:
        """Neither the kind of line ends nor newlines at the end make a difference."""
        return _with_newlines(row.get("body") or "").rstrip("\n") == value.rstrip("\n")

    def refusals(self) -> list[str]:
        kind = self.params["type"]
        if kind in YAMLS or kind in self.have:
            return []
        known = ", ".join([*YAMLS, *self.have])
        return [f"Stack {self.stack['name']} has no configuration of the type {kind}. There are {known}."]

    def cautions(self) -> list[str]:
        if not self.plan or not self.params["apply"]:
            return []
        kind = self.params["type"]
        if kind in YAMLS:
            return [f"A version of {kind} cannot be applied by itself: it takes effect with the next deployment."]
        if self.have[kind].get("can_apply") is False:
            return [f"The configuration {kind} is stored only, as Cloud 66 says that it cannot be applied."]
        return []

    def predicted(self, key: str, value: str) -> Row:
        """Nothing more is known yet of a new version of a YAML file."""
        return {"type": key, "body": value} if key in YAMLS else super().predicted(key, value)

    def writes(self) -> list[Write]:
        return [self._version(kind) if kind in YAMLS else self._file(kind, self.have[kind]) for kind in self.plan.set]

    def _version(self, kind: str) -> Write:
        body = {kind: self.text, **self._comment("comments")}
        send = partial(self.api.labelled(self.whose).post, "stacks", self.stack["uid"], kind, body=body)
        return Write(self.whose, (kind,), send, starts=False)

    def _file(self, kind: str, row: Row) -> Write:
        must_apply = self.params["apply"] and row.get("can_apply") is not False
        body = {"body": self.text, "must_apply": must_apply, **self._comment("commit_message")}
        path = ("stacks", self.stack["uid"], "configuration", kind, "update")
        return Write(self.whose, (kind,), partial(self.api.labelled(self.whose).post, *path, body=body))

    def _comment(self, name: str) -> dict[str, Any]:
        return {} if self.params["comments"] is None else {name: self.params["comments"]}


def _in_order(rows: list[Row]) -> list[Row]:
    """Versions, the newest first. In which order they are listed is not documented."""
    times = [str(row.get("created_at_iso") or "") for row in rows]
    oldest_first = bool(rows) and times[0] < times[-1]
    # Of two of one second, the one at the newer end of the list is the newer one.
    given = reversed(rows) if oldest_first else rows
    return sorted(given, key=lambda row: str(row.get("created_at_iso") or ""), reverse=True)


def _with_newlines(text: str) -> str:
    """A text whose lines end as they do on servers."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
