# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of backups."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..api.client import Client
from ..api.errors import Cloud66Error
from ..api.transport import Dotless
from .backup import Backup, by_database, newest_good
from .base import Place, Resource
from .fields import Row, enumerated
from .places import IN_STACK

SUFFIX = re.compile(r"(.*?)-([a-z]+|\d+)")


class StackBackup(Backup):
    """The backup of one stack that the options name. Source: list_backups, get_backup."""

    parent = IN_STACK

    def chosen(self) -> Row:
        """The backup with the given id, or else the newest good one of the only database. Raises Cloud66Error."""
        if self.params["backup_id"] is not None:
            return self.one(self.params["backup_id"])
        rows = self.matching(self.all())
        databases = by_database(rows)
        if len(databases) > 1:
            names = ", ".join(sorted(f"{each[0].get('database_name')} ({each[0]['db_type']})" for each in databases))
            raise Cloud66Error(
                f"There are backups of several databases of {self.place.label}: {names}."
                " Choose one with db_type, database_name or both."
            )
        best = newest_good(rows, self.params["verified"])
        if best is None:
            kind = "good and verified" if self.params["verified"] else "good"
            raise Cloud66Error(f"No backup of {self.place.label} that matches is {kind}; {len(rows)} match.")
        return best


class BackupFile(Resource):
    """A file of a backup. Large backups are split into several. Source: list_backup_files, get_backup_file (url_of)."""

    noun = "backup_file"
    plural = "backup_files"
    title = "backup file"
    titles = "backup files"
    schema = "BackupFile"
    scope = "public"
    path = ("files",)
    identity = "id"
    key = ("name",)

    def __init__(self, client: Client, params: Mapping[str, Any], place: Place) -> None:
        super().__init__(client, params)
        self.place = place

    def segments(self) -> list[Row]:
        """The files in the order in which they are joined. Raises Cloud66Error if they do not make up one file."""
        rows = self.all()
        if not rows:
            raise Cloud66Error(f"Cloud 66 lists no files of {self.place.label}.")
        if len(rows) == 1:
            return rows
        split = [SUFFIX.fullmatch(str(row["id"])) for row in rows]
        if not all(split) or len({match[1] for match in split if match}) > 1:
            ids = enumerated(sorted(str(row["id"]) for row in rows))
            raise Cloud66Error(f"The files {ids} of {self.place.label} are not the segments of one file.")
        # Numbers by value, letters as `split` counts: aa to yz, zaaa to ...
        ordered = sorted(rows, key=lambda row: _place_of(str(row["id"])))
        self._refuse_gaps([str(row["id"]) for row in ordered])
        return ordered

    def _refuse_gaps(self, ids: list[str]) -> None:
        """Raise Cloud66Error if a segment is missing: the result would look like a backup and not be one."""
        suffixes = [id_.rpartition("-")[2] for id_ in ids]
        if len({len(suffix) for suffix in suffixes}) > 1 and not suffixes[0].isdecimal():
            return
        numbers = [_number(suffix) for suffix in suffixes]
        gaps = [ids[at] for at in range(len(ids) - 1) if numbers[at + 1] != numbers[at] + 1]
        if gaps or numbers[0] > 1 or (numbers[0] == 1 and not suffixes[0].isdecimal()):
            where = f"after {gaps[0]}" if gaps else f"before {ids[0]}"
            raise Cloud66Error(f"A segment of {self.place.label} is missing {where} in Cloud 66's list.")

    def url_of(self, row: Row) -> str:
        """A signed URL of a file, which expires. It arrives with its percent signs encoded twice."""
        api = self.client.labelled(f"the URL of {row['name']} of {self.place.label}", self.scope)
        answer = api.get(*self.place.path, *self.path, Dotless(row["id"]))
        url = answer.get("public_url")
        if not answer.get("ok") or not isinstance(url, str) or not url:
            raise Cloud66Error(f"Cloud 66 returned no URL for {row['name']} of {self.place.label}.")
        return url.replace("%25", "%")


def files_of(client: Client, params: Mapping[str, Any], stack: Place, backup: Row) -> BackupFile:
    """The files of a backup."""
    label = f"backup {backup['id']} of {stack.label}"
    return BackupFile(client, params, Place((*stack.path, *Backup.path, backup["id"]), label))


def _place_of(id_: str) -> tuple[int, str]:
    suffix = id_.rpartition("-")[2]
    return (int(suffix), "") if suffix.isdecimal() else (0, suffix)


def _number(suffix: str) -> int:
    if suffix.isdecimal():
        return int(suffix)
    number = 0
    for letter in suffix:
        number = number * 26 + ord(letter) - ord("a")
    return number
