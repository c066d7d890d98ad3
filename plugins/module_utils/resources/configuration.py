# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configuration files of stacks, and the versions of their YAML files."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any, NamedTuple

from ..api.errors import Cloud66Error
from ..api.transport import Dotless
from .base import Is, Place, Resource, Write, did_you_mean
from .command import Command
from .command import Plan as CommandPlan
from .fields import Row, enumerated
from .keyed import ByKey, Keyed, Plan, Values, read_source
from .places import IN_STACK
from .texts import as_yaml, only_text

# Cloud 66 keeps every version of these. They take effect with the next deployment.
YAMLS = ("service_yaml", "manifest_yaml")


class ConfigurationFile(Resource):
    """A configuration file, identified by its type. Source: list_configurations, get_configuration (type)."""

    noun = "configuration"
    plural = "configurations"
    subject = "Configuration"
    schema = "Configuration"
    parent = IN_STACK
    path = ("configuration",)
    identity = "type"
    key = ("type",)
    read_by = "type"

    @property
    def label(self) -> str:
        kind = self.params["type"]
        return f"{kind or 'the configurations'} of {self.place.label}"

    def one(self, identity: Any, **query: Any) -> Row:
        api = self.client.labelled(f"{identity} of {self.place.label}")
        return self.with_place(api.get(*self.place.path, *self.path, Dotless(identity), "show", **query))


class Configuration(ConfigurationFile, Keyed):
    """A configuration file, or the newest version of a YAML file.

    Source: list_configurations, get_configuration (type), update_configuration, list_service_yaml_versions,
    get_service_yaml_version, create_service_yaml_version, list_manifest_yaml_versions, get_manifest_yaml_version,
    create_manifest_yaml_version.
    """

    added = ("uid", "created_at_iso")
    value_field = "body"
    single = True
    text = True
    filters = {"type": Is("type")}
    options = {"versions": {"type": "bool", "default": False}}

    def read(self) -> list[Row]:
        asked = self.params["type"]
        rows = [] if asked in YAMLS else self.found()
        for kind in YAMLS:
            if asked in (None, kind):
                rows += self._versions(kind) if self.params["versions"] else self._newest(kind)
        return self.matching(rows)

    def all(self) -> list[Row]:
        """The newest version of a YAML file, or all configuration files."""
        return self._newest(self.params["type"]) if self.params["type"] in YAMLS else super().all()

    def _versions(self, kind: str) -> list[Row]:
        """All versions with their texts, newest first."""
        api = self.client.labelled(f"the versions of {kind} of {self.place.label}")
        return [{"type": kind, **row} for row in _newest_first(api.list(*self.place.path, kind, include_body=True))]

    def _newest(self, kind: str) -> list[Row]:
        """The newest version with its text, as the only row; no rows if there is no version."""
        api = self.client.labelled(f"{kind} of {self.place.label}")
        rows = _newest_first(api.list(*self.place.path, kind))
        return [{"type": kind, **api.get(*self.place.path, kind, row["uid"])} for row in rows[:1]]

    def exported(self) -> Values:
        return {row["type"]: _unix_lines(row.get("body") or "") for row in self.read()}

    def given(self) -> Values:
        kind = self.params["type"]
        return {kind: _unix_lines(self._body(kind) if self.params["src"] is None else read_source(self.params))}

    def _body(self, kind: str) -> str:
        body = self.params["body"]
        return as_yaml(body, "body") if kind in YAMLS else only_text(body, f"body of {kind}")

    def same(self, row: Row, value: Any) -> bool:
        """Compares texts, ignoring differences in line endings and trailing newlines."""
        return _unix_lines(row.get("body") or "").rstrip("\n") == value.rstrip("\n")

    def refusals(self, plan: Plan, rows: ByKey) -> list[str]:
        kind = self.params["type"]
        return [] if kind in YAMLS or kind in rows else [_unknown(kind, rows, self.place)]

    def warnings(self, plan: Plan, rows: ByKey) -> list[str]:
        if not plan or not self.params["apply"]:
            return []
        kind = self.params["type"]
        if kind in YAMLS:
            return [f"A version of {kind} cannot be applied separately: it takes effect with the next deployment."]
        if rows[kind].get("can_apply") is False:
            return [f"The configuration {kind} is only stored, because Cloud 66 cannot apply it."]
        return []

    def predicted(self, key: str, value: Any, rows: ByKey) -> Row:
        """A new version of a YAML file has no other known fields yet."""
        return {"type": key, "body": value} if key in YAMLS else super().predicted(key, value, rows)

    def writes(self, plan: Plan, rows: ByKey) -> list[Write]:
        return [
            self._version(kind, text) if kind in YAMLS else self._file(kind, text, rows[kind])
            for kind, text in plan.set.items()
        ]

    def _version(self, kind: str, text: str) -> Write:
        body = {kind: text, **self._comment("comments")}
        send = partial(self.client.labelled(self.label).post, *self.place.path, kind, body=body)
        return Write(self.label, send, (kind,))

    def _file(self, kind: str, text: str, row: Row) -> Write:
        must_apply = self.params["apply"] and row.get("can_apply") is not False
        body = {"body": text, "must_apply": must_apply, **self._comment("commit_message")}
        path = (*self.place.path, *self.path, kind, "update")
        send = partial(self.client.labelled(self.label).post, *path, body=body)
        return Write(self.label, send, (kind,), starts_action=True)

    def _comment(self, name: str) -> dict[str, Any]:
        return {} if self.params["comments"] is None else {name: self.params["comments"]}


class Stored(NamedTuple):
    """A stack, and the configuration to apply."""

    place: Place
    row: Row


class AppliedConfiguration(ConfigurationFile, Command[Stored]):
    """A stored configuration file that is applied to the servers. Nothing shows whether it has been applied before.

    Source: list_configurations, get_configuration (type), apply_configuration (state: applied).
    """

    action = "applying the configuration"

    def snapshot(self) -> Stored:
        kind = self.params["type"]
        given = [name for name in ("body", "src", "comments") if self.params[name] is not None]
        if given:
            raise Cloud66Error(
                f"{enumerated(given)} cannot be given with state: applied, which applies what is stored. To store new"
                " content and apply it, use apply: true."
            )
        if kind in YAMLS:
            raise Cloud66Error(f"{kind} cannot be applied separately: it takes effect with the next deployment.")
        rows = {row["type"]: row for row in self.found()}
        if kind not in rows:
            raise Cloud66Error(_unknown(kind, rows, self.place))
        if rows[kind].get("can_apply") is False:
            raise Cloud66Error(f"Cloud 66 cannot apply the configuration {kind}.")
        return Stored(self.place, rows[kind])

    def plan(self, snapshot: Stored) -> CommandPlan:
        return CommandPlan(True, None, snapshot.row, {}, {"applied": snapshot.row["type"]})

    def where(self, snapshot: Stored) -> str:
        return f"{snapshot.row['type']} of {snapshot.place.label}"

    def start(self, snapshot: Stored) -> Any:
        path = (*snapshot.place.path, *self.path, Dotless(snapshot.row["type"]), "apply")
        return self.client.labelled(self.where(snapshot), self.scope).post(*path)

    def find_again(self, snapshot: Stored, since: float) -> Row | None:
        """The name of its action is not documented, so a lost one is not guessed."""
        return None

    def searched(self, snapshot: Stored) -> str:
        return f"for certain among the actions of {snapshot.place.label}"


def _unknown(kind: str, rows: Iterable[str], place: Place) -> str:
    """The sentence that says that there is no such type."""
    known = [*YAMLS, *rows]
    advice = did_you_mean(kind, known, f"Available types: {', '.join(known)}.")
    return f"{place.label[0].upper()}{place.label[1:]} has no configuration of the type {kind}.{advice}"


def _newest_first(rows: list[Row]) -> list[Row]:
    """Versions, newest first. The order in which Cloud 66 lists them is undocumented."""
    times = [str(row.get("created_at_iso") or "") for row in rows]
    oldest_first = bool(rows) and times[0] < times[-1]
    # Of two versions from the same second, the one nearer to the newest end of the list is newer.
    ordered = reversed(rows) if oldest_first else rows
    return sorted(ordered, key=lambda row: str(row.get("created_at_iso") or ""), reverse=True)


def _unix_lines(text: str) -> str:
    """A text with Unix line endings, as on servers."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
