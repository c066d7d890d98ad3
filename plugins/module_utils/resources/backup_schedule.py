# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What makes backups: schedules, which can be created and never read, and imports."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import urlsplit

from ..api.errors import Cloud66Error
from .backup import STATUS, Backup, BackupOfStack, made
from .base import Place, Progress
from .command import Command, Plan
from .fields import Row, enumerated
from .places import IN_STACK

ALL = "all"
KINDS = ("mysql", "postgresql", "redis", "mongodb", ALL)
IN_DASHBOARD = "Backup schedules can only be seen, changed and removed in Cloud 66's dashboard (Managed Backups)."


class Backups(NamedTuple):
    """A stack and its backups."""

    place: Place
    rows: tuple[Row, ...]


class NewBackups(Command[Backups]):
    """Work that makes backups. Only the backups can be seen, so these show what has become of it.

    Source: create_backup.
    """

    noun = "backup"
    subject = "Backups"
    schema = "Backup"
    scope = "admin"
    parent = IN_STACK
    path = Backup.path
    identity = Backup.identity
    key = Backup.key
    fields = Backup.fields
    adds = Backup.adds
    has_action = False

    def snapshot(self) -> Backups:
        return Backups(self.place, tuple(self._backups()))

    @property
    def kinds(self) -> list[str]:
        return list(dict.fromkeys(self.params["db_type"]))

    def start(self, snapshot: Backups) -> Any:
        api = self.client.labelled(f"a {self.title}{self._of_place()}", self.scope)
        return api.post(*snapshot.place.path, *self.path, body=self._body())

    def action_in(self, answer: Any) -> Row | None:
        """There is never an action. Anything but an acknowledgement is unclear."""
        return {} if isinstance(answer, dict) and answer.get("ok") else None

    def find_again(self, snapshot: Backups, since: float) -> Row | None:
        return {} if self._new(snapshot) else None

    def refreshed(self, snapshot: Backups, row: Row) -> Row:
        """The newest new backup once all types were backed up; {} until then."""
        new = self._new(snapshot)
        failed = [each for each in new if STATUS.word(each["backup_status"]) != "ok"]
        kinds = {each["db_type"] for each in new}
        complete = bool(new) if ALL in self.kinds else kinds >= set(self.kinds)
        return max(failed or new, key=made) if failed or complete else {}

    def progress(self, row: Row) -> Progress:
        """Of the new backup. It ends with the backup."""
        if not row:
            missing = "any database" if ALL in self.kinds else enumerated(self.kinds)
            return Progress(False, f"no backup of {missing} is listed yet")
        failed = STATUS.word(row["backup_status"]) != "ok"
        failure = f"backup {row['id']} failed: {row.get('backup_result') or 'Cloud 66 gives no reason'}"
        return Progress(True, failure=failure if failed else None, thing=row)

    def after(self, snapshot: Backups) -> Row | None:
        new = self._new(snapshot) if self.params["wait"] else []
        return max(new, key=made) if new else self.plan(snapshot).predicted

    def _new(self, snapshot: Backups) -> list[Row]:
        """The backups that may come from this work and have appeared since the snapshot."""
        known = {row["id"] for row in snapshot.rows}
        return [row for row in self._backups() if row["id"] not in known and self._looks_the_same(row)]

    def _backups(self) -> list[Row]:
        return BackupOfStack(self.client, self.place).all()

    def _looks_the_same(self, row: Row) -> bool:
        """Whether a backup looks like those of this work."""
        raise NotImplementedError

    def _body(self) -> Row:
        raise NotImplementedError


class BackupSchedule(NewBackups):
    """A schedule. All that can be seen of it are the backups that it makes, so these show whether it is there.

    Source: create_backup.
    """

    title = "backup schedule"
    action = "the backup schedule"
    watch_on = (
        "The schedule was created. Its first backup may only be made at the time that frequency says: use wait: false,"
        " and cloud66.cloud.c66_backup_info with max_age later."
    )

    def snapshot(self) -> Backups:
        misplaced = [name for name in ("remote_url", "group") if self.params[name] is not None]
        if misplaced:
            raise Cloud66Error(f"{enumerated(misplaced)} can only be given with state: imported.")
        if self.params["keep_count"] is not None and self.params["keep_count"] < 1:
            raise Cloud66Error(f"keep_count must be at least 1, not {self.params['keep_count']}.")
        if len(self.kinds) > 1 and ALL in self.kinds:
            raise Cloud66Error(f"db_type must be {ALL}, or some types, but not both.")
        if not self.kinds:
            raise Cloud66Error("db_type is empty.")
        return super().snapshot()

    def plan(self, snapshot: Backups) -> Plan:
        """A schedule is needed unless backups that look the same have run, for all the types that are wanted."""
        same = [row for row in snapshot.rows if self._looks_the_same(row)]
        kinds = {row["db_type"] for row in same}
        covered = bool(same) if ALL in self.kinds else kinds >= set(self.kinds)
        existing = max(same, key=made) if covered and not self.params["force"] else None
        created = self._body()
        return Plan(existing is None, existing, {"stack_uid": self.stack_uid, **created}, {}, created)

    def warnings(self, plan: Plan) -> list[str]:
        if plan.existing is None:
            return []
        seen = f"backup {plan.existing['id']} of {plan.existing.get('backup_date_iso')} looks as if there is one"
        return [f"No schedule was created: {seen}. {IN_DASHBOARD} Use force to create another one."]

    def searched(self, snapshot: Backups) -> str:
        return f"among the backups of {self.where(snapshot)}, which a schedule without a first run does not show"

    def label_of(self, row: Row) -> str:
        return f"the first backup of the schedule{self._of_place()}"

    def _looks_the_same(self, row: Row) -> bool:
        excluded, logical = self.params["excluded_tables"], self.params["logical_backup"]
        same = [
            ALL in self.kinds or row["db_type"] in self.kinds,
            excluded is None or _tables(row.get("skip_tables")) == _tables(excluded),
            logical is None or row.get("logical_backup") in (None, logical),
        ]
        return all(same)

    def _body(self) -> Row:
        names = ("frequency", "keep_count", "gzip", "run_on_replica_server", "logical_backup")
        body = {name: self.params[name] for name in names if self.params[name] is not None}
        if self.params["excluded_tables"] is not None:
            body["excluded_tables"] = ",".join(sorted(_tables(self.params["excluded_tables"])))
        return {"db_type": ",".join(self.kinds), **body}


class BackupImport(NewBackups):
    """A backup that Cloud 66 copies from a URL. Nothing shows where a backup came from, so each run imports it again.

    Source: create_backup.
    """

    title = "backup import"
    action = "the import"
    watch_on = "The import was accepted: check cloud66.cloud.c66_backup_info with group before importing it again."
    refers_to = ("group",)

    def snapshot(self) -> Backups:
        if len(self.kinds) != 1 or ALL in self.kinds:
            raise Cloud66Error("db_type must be the one type of the imported backup, such as mysql.")
        if not _is_url(self.params["remote_url"]):
            raise Cloud66Error("remote_url must be a URL with a scheme and a host.")
        return super().snapshot()

    def plan(self, snapshot: Backups) -> Plan:
        shown = {name: value for name, value in self._body().items() if name != "remote_url"}
        return Plan(True, None, {"stack_uid": self.stack_uid, **shown}, {}, shown)

    def searched(self, snapshot: Backups) -> str:
        return f"among the backups of group {self.params['group']} of {self.where(snapshot)}"

    def label_of(self, row: Row) -> str:
        return f"the imported backup{self._of_place()}"

    def _backups(self) -> list[Row]:
        return BackupOfStack(self.client, self.place, group=self.params["group"]).all()

    def _looks_the_same(self, row: Row) -> bool:
        return row["db_type"] in self.kinds

    def _body(self) -> Row:
        return {"group": self.params["group"], "db_type": self.kinds[0], "remote_url": self.params["remote_url"]}


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        return False
    return bool(parts.scheme and parts.netloc)


def _tables(value: Any) -> frozenset[str]:
    names = value.split(",") if isinstance(value, str) else value or []
    return frozenset(name.strip() for name in names if name.strip())
