# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a stack is doing, from a few requests: its health, servers, deployments, backups and certificates.

What cannot be read is a note, never an error.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from ..api.client import Client, Memory
from ..api.errors import Cloud66Error, ThrottledError, UnauthorizedError
from ..api.limits import DAY
from ..resources.action import iso, moment
from ..resources.backup import FAILED, STATUS, BackupOfStack, by_database, made, newest_good
from ..resources.deployment import Deployment, DeploymentSnapshot, succeeded
from ..resources.fields import Row, described
from ..resources.server import Server
from ..resources.ssl_certificate import SslCertificate
from ..resources.stack import Stack, place_of

# The days of which the deployments are counted, including today.
DAYS = 30


class Overview:
    """The overview of a stack. `row`: what is known of the stack, at least its UID and name.

    Source: get_stack, list_servers, list_deployments (its first page), list_backups, list_ssl_certificates.
    """

    def __init__(self, client: Client, row: Row) -> None:
        self.client, self.row = client, row
        self.place = place_of(row)
        self.now = client.now()
        self.notes: list[str] = []

    def read(self) -> Row:
        """Everything that can be read. After an error that every request would meet, the rest is not tried."""
        found: Row = {"read_at": iso(self.now)}
        for part in self._parts:
            try:
                found.update(part())
            except Cloud66Error as error:
                self.notes.append(str(error))
                if error.status is None or isinstance(error, (ThrottledError, UnauthorizedError)):
                    break
        return {**found, "notes": self.notes}

    @property
    def _parts(self) -> tuple[Callable[[], Row], ...]:
        return self._stack, self._servers, self._deployments, self._backups, self._certificates

    def _stack(self) -> Row:
        row = described(self._whole_row, Stack.fields)
        return {name: row.get(name) for name in ("health_name", "status_name")}

    @cached_property
    def _whole_row(self) -> Row:
        """The stack as Cloud 66 knows it now. The memory only has what the inventory knows."""
        if "health" in self.row:
            return self.row
        fresh = self.client.part(Memory(), log=self.client.log, warn=self.client.warn)
        return fresh.labelled(self.place.label, Stack.scope).get(*self.place.path)

    def _servers(self) -> Row:
        return {"servers": len(self._listed(Server))}

    def _deployments(self) -> Row:
        label = f"the deployments of {self.place.label}"
        page = self.client.labelled(label, Deployment.scope).first_page(*self.place.path, *Deployment.path)
        rows = sorted(page.rows, key=_age)
        live = DeploymentSnapshot(self.place, tuple(rows)).live
        return {
            "live_commit": live[-1].get("git_hash") if live else None,
            "deployment": self._deployment(rows[-1]) if rows else None,
            "deployments_by_day": self._by_day(rows),
            "has_more_deployments": page.next is not None and moment(rows[0].get("started_at")) > self._first_day,
        }

    def _deployment(self, row: Row) -> Row:
        return {
            "id": row["id"],
            "commit": row.get("git_hash"),
            "started_at": row.get("started_at"),
            "finished_at": row.get("finished_at"),
            "outcome": _outcome(row),
            "age": self._age(moment(row.get("started_at"))),
        }

    def _by_day(self, rows: list[Row]) -> dict[str, dict[str, int]]:
        """The number of deployments of each day (UTC) by their outcome, without the days that have none."""
        found: dict[str, dict[str, int]] = {}
        for row in rows:
            started = moment(row.get("started_at"))
            if started >= self._first_day:
                day, outcome = iso(started)[:10], _outcome(row)
                found.setdefault(day, {})
                found[day][outcome] = found[day].get(outcome, 0) + 1
        return found

    @property
    def _first_day(self) -> float:
        """When the first of the days begins that are counted."""
        return self.now // DAY * DAY - (DAYS - 1) * DAY

    def _backups(self) -> Row:
        """Of several databases, the one whose newest good backup is the oldest."""
        there = BackupOfStack(self.client, self.place)
        databases = by_database(there.all())
        newest = [max(rows, key=lambda row: (made(row), row["id"])) for rows in databases]
        good = [newest_good(rows) for rows in databases]
        times = [made(row) for row in good if row]
        oldest = min(times, default=0)
        summary = {
            "databases": len(databases),
            "failed": sum(STATUS.word(row["backup_status"]) == FAILED for row in newest),
            "without_good": good.count(None),
            "newest_good_at": iso(oldest) if oldest else None,
            "age": self._age(oldest),
        }
        return {"backups": summary}

    def _certificates(self) -> Row:
        rows = self._listed(SslCertificate)
        end = min(filter(None, (moment(row.get("expires_at")) for row in rows)), default=0)
        left = int((end - self.now) // DAY) if end else None
        return {"certificates": {"count": len(rows), "ends_at": iso(end) if end else None, "days_left": left}}

    def _listed(self, resource: Any) -> list[Row]:
        there = resource(self.client, {})
        there.place = self.place
        rows: list[Row] = there.all()
        return rows

    def _age(self, time: float) -> int | None:
        return max(int(self.now - time), 0) if time else None


def _outcome(row: Row) -> str:
    """What became of a deployment: running, success, or another word of Cloud 66, which documents no others."""
    if row.get("is_deploying") or row.get("finished_at") is None:
        return "running"
    return "success" if succeeded(row) else str((row.get("outcome") or {}).get("meaning") or "failed")


def _age(row: Row) -> tuple[bool, float, int]:
    """What sorts deployments, the oldest first. One that is about to start has no time yet."""
    return row.get("finished_at") is None, moment(row.get("started_at")), row["id"]
