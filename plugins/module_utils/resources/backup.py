# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The runs of managed backups."""

from __future__ import annotations

from .base import Codes, Is, Resource, Row
from .stack import the_stack


class Backup(Resource):
    """A backup that was made. Its backup group is in no answer, so only Cloud 66 can filter by it.

    Source: list_backups, get_backup.
    """

    noun = "backup"
    schema = "Backup"
    plural = "backups"
    scope = "public"
    key = "id"
    fields = {
        "backup_status": Codes(ok=0, failed=1),
        "restore_status": Codes(not_restored=0, restoring=1, restored=2, failed=3),
        "verify_status": Codes(not_verified=0, verifying=1, verified=2, failed=3, unable=4),
    }
    filters = {"db_type": Is("db_type")}

    def read(self) -> list[Row]:
        stack = the_stack(self.api, self.params)
        api = self.api.labelled(f"the backups of stack {stack['name']}", self.scope)
        if self.params["backup_id"] is not None:
            api = api.labelled(f"backup {self.params['backup_id']} of stack {stack['name']}", self.scope)
            return self.matching([api.get("stacks", stack["uid"], "backups", self.params["backup_id"])])
        sent = {name: self.params[name] for name in ("group", "db_type") if self.params[name] is not None}
        return self.matching(api.list("stacks", stack["uid"], "backups", **sent))
