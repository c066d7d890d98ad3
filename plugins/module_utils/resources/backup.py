# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Managed backups of stacks, and whether they are good and new enough."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from ..api.client import Client
from ..api.errors import Cloud66Error
from .action import moment
from .base import Is, Place
from .fields import Codes, Row
from .stacks import OF_STACKS, OfStacks

OK, FAILED = "ok", "failed"
VERIFIED = "verified"
STATUS = Codes({OK: 0, FAILED: 1})
VERIFICATION = Codes({"not_verified": 0, "verifying": 1, VERIFIED: 2, "failed": 3, "unable": 4})
DURATION = re.compile(r"(\d+)\s*([smhdw]?)")
UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 24 * 3600, "w": 7 * 24 * 3600}


class Backup(OfStacks):
    """A backup. The API does not return its backup group, so only Cloud 66 can filter by that.

    Source: list_backups, get_backup (backup_id).
    """

    noun = "backup"
    plural = "backups"
    subject = "Backups"
    schema = "Backup"
    scope = "public"
    path = ("backups",)
    identity = "id"
    key = ("id",)
    adds = {"stack_uid": "uid", "stack_name": "name", "environment": "environment"}
    fields = {
        "backup_status": STATUS,
        "restore_status": Codes({"not_restored": 0, "restoring": 1, "restored": 2, "failed": 3}),
        "verify_status": VERIFICATION,
    }
    by_identity = ("backup_id", "int")
    filters = {"db_type": Is("db_type"), "database_name": Is("database_name")}
    options = {
        **OF_STACKS,
        "group": {"type": "int"},
        "failed_only": {"type": "bool", "default": False},
        "max_age": {"type": "str"},
        "verified": {"type": "bool", "default": False},
    }
    refers_to = ("stack", "environment", "backup_id", "group")

    def read_all(self) -> tuple[list[Row], dict[str, Any]]:
        """The backups, and of each database whether its newest good backup is as wanted."""
        longest = None if self.params["max_age"] is None else seconds_in("max_age", self.params["max_age"])
        rows, more = super().read_all()
        databases = [
            judged(backups, self.client.now(), longest, self.params["verified"]) for backups in by_database(rows)
        ]
        known = {row["stack_uid"] for row in (*rows, *more["failed_stacks"])}
        more["without_backups"] = [
            {name: stack.get(field) for name, field in self.adds.items()}
            for stack in self.stacks
            if stack["uid"] not in known
        ]
        if self.params["failed_only"]:
            rows = [row for row in rows if STATUS.word(row["backup_status"]) == FAILED]
        overdue = [row for row in databases if row["problem"]]
        return rows, {**more, "audited_databases": databases, "overdue": overdue}

    def all(self) -> list[Row]:
        """Every backup, as far as Cloud 66 filters them."""
        names = ("group", "db_type")
        sent = {name: self.params[name] for name in names if self.params.get(name) is not None}
        return [self.with_place(row) for row in self.api.list(*self.place.path, *self.path, **sent)]


class BackupOfStack(Backup):
    """A backup of one stack that has already been found. Source: list_backups."""

    def __init__(self, client: Client, place: Place, **sent: Any) -> None:
        """`sent`: the values of filters that Cloud 66 applies."""
        super().__init__(client, sent)
        self.place = place


def by_database(rows: Iterable[Row]) -> list[list[Row]]:
    """The backups of each database of each stack."""
    found: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        found.setdefault((row["stack_uid"], row["db_type"], row.get("database_name")), []).append(row)
    return list(found.values())


def judged(backups: list[Row], now: float, longest: float | None, verified: bool) -> Row:
    """What is known of a database from its backups: the newest good one, its age in seconds, and what is wrong."""
    best = newest_good(backups, verified)
    age = None if best is None else max(int(now - made(best)), 0)
    problem = None
    if best is None:
        problem = f"none of its {len(backups)} backups is {'good and verified' if verified else 'good'}"
    elif longest is not None and age is not None and age > longest:
        problem = f"its newest good backup is {in_words(age)} old, and not at most {in_words(longest)}"
    names = ("stack_uid", "stack_name", "environment", "db_type", "database_name")
    return {
        **{name: backups[0].get(name) for name in names},
        "backup_id": best and best["id"],
        "backup_date_iso": best and best.get("backup_date_iso"),
        "verify_status_name": best and VERIFICATION.word(best["verify_status"]),
        "age": age,
        "problem": problem,
    }


def newest_good(backups: Iterable[Row], verified: bool = False) -> Row | None:
    """The newest backup that succeeded and, if wanted, was verified; None if there is none."""
    good = [row for row in backups if STATUS.word(row["backup_status"]) == OK]
    if verified:
        good = [row for row in good if VERIFICATION.word(row["verify_status"]) == VERIFIED]
    return max(good, key=lambda row: (made(row), row["id"]), default=None)


def made(row: Row) -> float:
    """When a backup was made, in seconds since 1970; 0 if that is unknown."""
    return moment(row.get("backup_date_iso") or row.get("created_at_iso"))


def seconds_in(option: str, text: str) -> int:
    """A duration such as 26h or 2d, or a number of seconds. Raises Cloud66Error for anything else."""
    match = DURATION.fullmatch(text.strip().lower())
    if not match:
        raise Cloud66Error(f"{option} must be a duration such as 26h, 2d or 90m, or a number of seconds, not {text!r}.")
    return int(match[1]) * UNITS[match[2]]


def in_words(seconds: float) -> str:
    """A duration for a message, in the largest fitting unit, rounded down."""
    for word, unit in (("days", UNITS["d"]), ("hours", UNITS["h"]), ("minutes", UNITS["m"])):
        if seconds >= 2 * unit:
            return f"{int(seconds // unit)} {word}"
    return f"{int(seconds)} seconds"
