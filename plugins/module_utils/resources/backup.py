# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Managed backups of stacks."""

from __future__ import annotations

from .base import Is, Resource
from .fields import Codes, Row
from .places import IN_STACK


class Backup(Resource):
    """A backup. The API does not return its backup group, so only Cloud 66 can filter by that.

    Source: list_backups, get_backup (backup_id).
    """

    noun = "backup"
    plural = "backups"
    subject = "Backups"
    schema = "Backup"
    scope = "public"
    parent = IN_STACK
    path = ("backups",)
    identity = "id"
    key = ("id",)
    fields = {
        "backup_status": Codes({"ok": 0, "failed": 1}),
        "restore_status": Codes({"not_restored": 0, "restoring": 1, "restored": 2, "failed": 3}),
        "verify_status": Codes({"not_verified": 0, "verifying": 1, "verified": 2, "failed": 3, "unable": 4}),
    }
    filters = {"db_type": Is("db_type")}
    options = {"backup_id": {"type": "int"}, "group": {"type": "int"}}
    refers_to = ("backup_id", "group")

    def read(self) -> list[Row]:
        number = self.params["backup_id"]
        if number is not None:
            api = self.client.labelled(self.label_of({"id": number}), self.scope)
            return self.matching([api.get(*self.place.path, *self.path, number)])
        sent = {name: self.params[name] for name in ("group", "db_type") if self.params[name] is not None}
        return self.matching(self.api.list(*self.place.path, *self.path, **sent))
